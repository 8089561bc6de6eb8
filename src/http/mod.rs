//! The HTTP service: API, first page, tokens, limits. Effects.
//!
//! Everything it knows comes through [`Deps`]; it never asks a clock, a device or another room. The way of a request:
//! `accept` (seats, time limits) → `app` (language, panics, timeout) → `auth` (who asks) → `routes` (the answer).

mod accept;
mod alarm;
mod app;
mod attached;
mod auth;
mod clips;
mod compliance_query;
mod cursor;
mod dates;
mod deps;
mod fields;
mod format;
mod headline;
mod language;
mod limits;
mod listen;
mod page;
mod page_lines;
mod page_quotas;
mod page_view;
mod params;
mod problem;
mod routes;
mod seats;
mod token_file;
pub mod tokens;
mod verdict;
mod when;

pub use accept::serve;
pub use alarm::{Alarm, alarms, output_device, output_words};
pub use clips::{ApprovalView, ClipView, ClipsKnown, FaultView, LevelView, views as clip_views};
pub use compliance_query::{ComplianceAsked, Mistake, compliance_query};
pub use dates::weekday;
pub use deps::{ComplianceSource, Deps, Health, PlanSource};
pub use headline::{Headline, Tone, headline};
pub use listen::{BindError, Listener, bind};
pub use problem::MEDIA_TYPE as PROBLEM_MEDIA_TYPE;
pub use verdict::{balance, called_for, counted_unit, verdict_tone};
pub use when::{Edge, instant};
