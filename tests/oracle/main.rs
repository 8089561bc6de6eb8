//! The independent oracle (Python, this folder): its own test, and random stations that it judges. Effects: processes.

use std::path::Path;
use std::process::Command;

/// Stations and years of the run that goes with all tests; the whole one is `run.py --stations 200 --years 3`.
const SMALL: [&str; 4] = ["--stations", "6", "--years", "0.25"];

/// Runs one of this folder's scripts to its end, and shows what it said if it is not content.
fn python(script: &str, args: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let Ok(output) = Command::new("python3").arg("-B").arg(folder.join(script)).args(args).output() else {
        eprintln!("skipped: there is no python3 on this machine");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} ended with {}\n{said}", output.status);
}

#[test]
fn the_oracle_knows_the_golden_cases_and_bites() {
    python("selftest.py", &[]);
}

#[test]
fn it_agrees_with_the_program_on_random_stations() {
    let program = ["--program", env!("CARGO_BIN_EXE_loaphuong")];
    python("run.py", &[SMALL.as_slice(), &program].concat());
}
