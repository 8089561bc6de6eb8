//! A smoke of each fuzz target: its seeds, and some hundreds of damaged ones. The real thing is `script/fuzz TARGET SECONDS`.
//! Effects: files, a service on loopback.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::Path;
use std::process::Command;

#[path = "../common/harm.rs"]
mod harm;
#[path = "../../fuzz/targets.rs"]
mod targets;
#[expect(dead_code, reason = "the tests of the service use the rest")]
#[path = "../http/world.rs"]
mod world;

/// Hands the target each seed, and so many damaged ones of each. Short texts are harmed twice: one harm is soon exhausted.
fn smoke(target: fn(&[u8]), seeds: &[Vec<u8>], each: u32) {
    for seed in seeds {
        target(seed);
        for n in 0..each {
            let (mut harmed, _) = harm::mutant(seed, n);
            if harmed.len() > 300 && n % 2 == 1 {
                harmed = harm::mutant(&harmed, n / 2).0;
            }
            target(&harmed);
        }
    }
}

/// The seeds that lie beside the target.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .filter(|f| f.file_name().unwrap().to_str().unwrap().starts_with("seed-"))
        .map(|f| fs::read(f).unwrap())
        .collect()
}

#[test]
fn toml() {
    smoke(targets::toml, &seeds("toml"), 400);
}

#[test]
fn cron() {
    let each: Vec<Vec<u8>> = seeds("cron").iter().flat_map(|f| f.split(|b| *b == b'\n').map(<[u8]>::to_vec)).collect();
    smoke(targets::cron, &each, 300);
}

#[test]
fn journal() {
    smoke(targets::journal, &seeds("journal"), 500);
}

#[test]
fn http() {
    smoke(targets::http, &seeds("http"), 60);
}

#[test]
fn clip() {
    let folder = tempfile::tempdir().unwrap();
    let formats = ["wav", "mp3", "ogg", "flac", "m4a", "opus", "aiff"];
    let made = formats.map(|ending| {
        let file = folder.path().join(format!("a.{ending}"));
        let tone = ["-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=0.3", "-ar", "48000"];
        let status = Command::new("ffmpeg").args(tone).arg(&file).status();
        assert!(status.expect("ffmpeg must be installed: script/test does it").success());
        fs::read(file).unwrap()
    });
    smoke(targets::clip, &made, 60);
}
