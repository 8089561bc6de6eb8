//! The configuration, from TOML to station or diagnostics: golden cases, the sample, damage, disk.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a failed test")]

mod damage;
mod disk;
mod golden;
mod lint;
mod lint_sound;
mod sample;

use std::path::Path;

use loaphuong::config::{Loaded, SourceFile, parse};

const STATION: &str = include_str!("../../config/station.toml");
const COMMUNE: &str = include_str!("../../config/communes/an-xuan.toml");

/// What `parse` makes of a station file and one commune's file.
fn parse_pair(station: &[u8], commune: &[u8]) -> Loaded {
    let files = [SourceFile::new("station.toml", station), SourceFile::new("communes/an-xuan.toml", commune)];
    parse(&files, Path::new("/srv/loaphuong/config"))
}
