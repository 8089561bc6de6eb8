//! The independent oracle (Python, this folder): its own test. Effects: processes.

use std::path::Path;
use std::process::Command;

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
