//! The folder on disk: what is read, what is passed over, what is said of the rest.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use loaphuong::config::load;

use crate::{COMMUNE, STATION};

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("communes")).unwrap();
    fs::write(dir.path().join("station.toml"), STATION).unwrap();
    fs::write(dir.path().join("communes/an-xuan.toml"), COMMUNE).unwrap();
    dir
}

/// The codes and files of what is said of a good folder after `change`.
fn check(what: &str, change: impl FnOnce(&Path), expected: &[(&str, &str)]) {
    let dir = folder();
    change(dir.path());
    let loaded = load(dir.path());
    let found: Vec<_> = loaded.diagnostics.iter().map(|d| (d.code.as_str(), d.file.as_str())).collect();
    assert_eq!(found, expected, "{what}");
    assert_eq!(loaded.station.is_some(), expected.is_empty(), "{what}");
}

#[test]
fn what_editors_leave_is_passed_over() {
    let leave = |dir: &Path| {
        for name in [
            ".an-xuan.toml.swp",
            ".#an-xuan.toml",
            "#an-xuan.toml#",
            "an-xuan.toml~",
            "~$an-xuan.toml",
            ".hidden.toml",
            "an-xuan.toml.bak",
            "an-xuan.bak",
            "ghi-chu.txt",
        ] {
            fs::write(dir.join("communes").join(name), "không phải TOML").unwrap();
        }
        symlink("nowhere", dir.join("communes/.#truong-xuan.toml")).unwrap();
    };
    check("left by editors", leave, &[]);
}

#[test]
fn what_is_missing_or_odd_is_named() {
    let remove = |name: &'static str| move |dir: &Path| fs::remove_file(dir.join(name)).unwrap();
    check("nothing", |_| {}, &[]);
    check("no station", remove("station.toml"), &[("station_missing", "station.toml")]);
    check("no commune", remove("communes/an-xuan.toml"), &[("no_communes", "station.toml")]);
    check(
        "no folder",
        |dir| fs::remove_dir_all(dir.join("communes")).unwrap(),
        &[("unreadable", "communes"), ("no_communes", "station.toml")],
    );
    let pipe = |dir: &Path| {
        let made = std::process::Command::new("mkfifo").arg(dir.join("communes/b.toml")).status().unwrap();
        assert!(made.success());
    };
    check("a pipe", pipe, &[("not_a_file", "communes/b.toml")]);
    check("a folder", |dir| fs::create_dir(dir.join("communes/b.toml")).unwrap(), &[("not_a_file", "communes/b.toml")]);
    check(
        "a dead link",
        |dir| symlink("nowhere", dir.join("communes/b.toml")).unwrap(),
        &[("unreadable", "communes/b.toml")],
    );
    check(
        "too large",
        |dir| fs::write(dir.join("communes/b.toml"), vec![b' '; 1_000_001]).unwrap(),
        &[("too_large", "communes/b.toml")],
    );
    let absent = load(Path::new("/nowhere/at/all"));
    assert_eq!(absent.diagnostics.len(), 1);
    assert!(absent.station.is_none() && absent.diagnostics[0].message.vi.contains("/nowhere/at/all"));
}

#[test]
fn links_and_other_folders_are_followed() {
    check(
        "a link to a file",
        |dir| {
            fs::rename(dir.join("communes/an-xuan.toml"), dir.join("elsewhere")).unwrap();
            symlink(dir.join("elsewhere"), dir.join("communes/an-xuan.toml")).unwrap();
        },
        &[],
    );
    check(
        "another folder",
        |dir| {
            fs::rename(dir.join("communes"), dir.join("lich-phat")).unwrap();
            fs::write(
                dir.join("station.toml"),
                STATION.replace("communes = \"communes\"", "communes = \"./lich-phat/\""),
            )
            .unwrap();
        },
        &[],
    );
    let dir = folder();
    let link = dir.path().join("link");
    symlink(dir.path(), &link).unwrap();
    let station = load(&link).station.expect("a station");
    assert_eq!(station.paths.state, dir.path().canonicalize().unwrap().parent().unwrap().join("state"));
}
