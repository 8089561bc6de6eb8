//! The pure rooms of the program and nothing else, as the simulation needs them.
#![forbid(unsafe_code)]

#[path = "../../../src/compliance/mod.rs"]
pub mod compliance;
#[path = "../../../src/engine/mod.rs"]
pub mod engine;
#[path = "../../../src/model/mod.rs"]
pub mod model;
#[path = "../../../src/plan/mod.rs"]
pub mod plan;
#[path = "../../../src/rehearsal/mod.rs"]
pub mod rehearsal;
