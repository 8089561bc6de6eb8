//! Measuring processes that die, hang, talk nonsense or do not exist: the next file is measured all the same.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// A measuring process that answers as the shell says: `$line` is the question.
fn worker(folder: &Path, answer: &str) -> Worker {
    let program = folder.join("program");
    let script =
        format!("#!/bin/sh\necho started >>{}/starts\nwhile read -r line; do {answer}; done\n", folder.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    Worker::new(&program, Duration::from_millis)
}

fn about(file: &str) -> Question {
    Question::Hash { file: file.into() }
}

#[test]
fn a_file_that_ends_or_hangs_the_process_costs_only_itself() {
    let good = r#"printf '{"sound":null,"faults":["silent"]}\n'"#;
    let check = |bad: &str, patience: u64, expected: &str| {
        let folder = tempfile::tempdir().unwrap();
        let answer = format!("case $line in *bad*) {bad};; *) {good};; esac");
        let mut worker = worker(folder.path(), &answer);
        for round in 0..2 {
            assert!(worker.ask(&about("good"), 60_000).is_ok(), "{bad}");
            assert!(worker.ask(&about("good"), 60_000).is_ok(), "{bad}");
            let error = worker.ask(&about("bad"), patience).unwrap_err().to_string();
            assert!(error.contains(expected), "{bad}: {error}");
            let starts = std::fs::read_to_string(folder.path().join("starts")).unwrap().lines().count();
            assert_eq!(starts, round + 1, "{bad}: one process until it is lost");
        }
    };
    check("exit 3", 60_000, "died; exit status: 3");
    check("kill -9 $$", 60_000, "died; signal: 9");
    check("exec sleep 1000", 50, "hung; signal: 9");
    check("echo nonsense", 60_000, "nonsense");
    check("yes | tr -d '\\n'", 60_000, "nonsense");
}

#[test]
fn a_program_that_cannot_be_started_says_nothing_of_the_file() {
    let mut worker = Worker::new(Path::new("/nowhere/loaphuong"), patience);
    for _ in 0..2 {
        assert!(matches!(worker.ask(&about("good"), 1), Err(NoAnswer::NotStarted(_))));
    }
}
