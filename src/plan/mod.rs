//! Which occurrences exist on a day, whether they may air, which clip each gets. Pure.
//!
//! Nothing is remembered here: every question carries all that its answer depends on, so that the engine, the forecast
//! and the rehearsal get the same answer to the same question. (A lunar year is computed once and kept: nobody can tell.)

mod choose;
mod holidays;
mod lunar;
mod occurrences;
mod place;
mod programme;
mod ruling;
mod shift;

pub use choose::{About, Choice, NoChoice, about, airable_in_turn, choose, draws_what_is_owed, title};
pub use holidays::{DayKind, HolidayName, Music, day_of, day_ruling, holidays, music};
pub use lunar::{Leap, LunarDate, tet};
pub use occurrences::{next, occurrences};
pub use programme::{jingles, programme_length};
pub use ruling::{latest_start, ruling, usage_key, within_day_limits};
