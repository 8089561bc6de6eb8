//! Fuzzes `clip` of `fuzz/targets.rs`. Effects: see there.
#![no_main]

#[expect(dead_code, reason = "each target uses one of them")]
#[path = "../targets.rs"]
mod targets;
#[expect(dead_code, reason = "the tests of the service use the rest")]
#[path = "../../tests/http/world.rs"]
mod world;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::clip(data));
