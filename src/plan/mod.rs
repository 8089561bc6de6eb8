//! Which occurrences exist on a day, whether they may air, which clip each gets. Pure.
//!
//! Nothing is remembered here: every question carries all that its answer depends on, so that the engine, the forecast
//! and the rehearsal get the same answer to the same question.

mod choose;
mod lunar;
mod occurrences;
mod place;
mod ruling;

pub use choose::{About, Choice, NoChoice, about, choose, title};
pub use lunar::{Leap, LunarDate, tet};
pub use occurrences::{next, occurrences};
pub use ruling::{latest_start, ruling, usage_key};
