//! One file for each kind of answer. Effects.

pub(super) mod airings;
pub(super) mod compliance;
pub(super) mod health;
pub(super) mod journal;
pub(super) mod library;
pub(super) mod operator;
pub(super) mod plan;
pub(super) mod status;
