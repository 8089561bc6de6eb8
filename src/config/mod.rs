//! TOML → `Station`, or all diagnostics at once. Pure, but for `load.rs`, which reads files.
//!
//! ```text
//! load ─► parse: source ─► syntax ─► read (raw tables) ─► lower ─► Station
//!                    └────────┴──────────┴────────────────┴─────► diagnostics ─► render
//! ```

mod describe;
mod findings;
mod lint;
mod load;
mod lower;
mod parse;
mod places;
mod read;
mod render;
mod schema;
mod source;
mod suggest;
mod syntax;

pub use describe::describe;
pub use lint::lint;
pub use load::load;
pub use parse::{Loaded, parse};
pub use places::{Item, Places};
pub use read::when::duration;
pub use render::{Color, render};
pub use schema::schema;
pub use source::{MAX_BYTES, SourceFile};
