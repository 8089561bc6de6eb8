//! `loaphuong doctor` beside a sound server: the names to paste, and what is muted.

use std::process::Command;

use crate::child::PROGRAM;
use crate::rig::Rig;

/// What the doctor says, in English.
fn doctor(rig: &Rig) -> String {
    let mut command = Command::new(PROGRAM);
    command.envs(rig.env()).arg("--config").arg(rig.path("config")).args(["doctor", "--format", "json"]);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn the_doctor_names_sinks_and_says_which_are_muted() {
    let rig = Rig::new();
    let healthy = doctor(&rig);
    assert!(healthy.contains(r#"(100%): sink = \"speaker\""#), "{healthy}");
    assert!(!healthy.contains("pactl set-sink-mute"), "{healthy}");
    rig.control(&["set-sink-mute", "speaker", "1"]);
    let muted = doctor(&rig);
    assert!(
        muted.contains("muted, or its volume is at zero") && muted.contains("pactl set-sink-mute speaker 0"),
        "{muted}"
    );
    rig.unload_speaker();
    rig.control(&["load-module", "module-always-sink"]);
    let nothing = doctor(&rig);
    assert!(nothing.contains(r#"\"auto_null\" is only a stand-in"#), "{nothing}");
}
