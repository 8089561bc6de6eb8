//! The HTTP service: API, first page, tokens, limits. Effects.
//!
//! Everything it knows comes through [`Deps`]; it never asks a clock, a device or another room. The way of a request:
//! `accept` (seats, time limits) → `app` (language, panics, timeout) → `auth` (who asks) → `routes` (the answer).

mod accept;
mod app;
mod auth;
mod clips;
mod cursor;
mod dates;
mod deps;
mod headline;
mod language;
mod limits;
mod listen;
mod page;
mod page_lines;
mod page_view;
mod params;
mod problem;
mod routes;
mod seats;
mod token_file;
pub mod tokens;
mod when;

pub use accept::serve;
pub use clips::{ClipView, FaultView, views as clip_views};
pub use dates::weekday;
pub use deps::{Deps, Health, PlanSource};
pub use headline::{Headline, Tone, headline};
pub use listen::{BindError, Listener, bind};
pub use problem::MEDIA_TYPE as PROBLEM_MEDIA_TYPE;
pub use when::{Edge, instant};
