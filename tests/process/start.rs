//! Starts that are refused, each with its exit code and a sentence. Effects: processes, sockets.

use std::fs;
use std::net::TcpListener;

use crate::rig::Station;

/// A start that must end by itself.
fn refused(station: &Station, code: i32, sentences: &[&str]) {
    let status = station.spawn(&[]).wait_end();
    let said = station.printed("stderr");
    assert_eq!(status.code(), Some(code), "{said}");
    for sentence in sentences {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
}

#[test]
fn a_second_daemon_on_the_same_journal_is_refused() {
    let station = Station::new();
    let daemon = station.start();
    refused(&station, 74, &["đang", "nhật ký"]);
    assert_eq!(daemon.get("/healthz").status, 200, "the first one does not mind");
}

#[test]
fn a_port_in_use_is_refused() {
    let station = Station::new();
    station.save();
    let foreign = TcpListener::bind(station.addr).unwrap();
    refused(&station, 78, &["đang do chương trình khác dùng", &station.addr.to_string()]);
    drop(foreign);
    station.start();
}

#[test]
fn the_network_without_a_token_is_refused() {
    let mut station = Station::new();
    station.addr.set_ip([0, 0, 0, 0].into());
    station.save();
    refused(&station, 78, &["chưa có mã truy cập"]);
}

#[test]
fn a_broken_first_configuration_is_refused_with_all_its_mistakes() {
    let station = Station::new();
    station.save();
    let commune = station.commune().replace("\"loa\"", "\"loaa\"").replace("empty = true", "emty = true");
    fs::write(station.path("config/communes/an-xuan.toml"), commune).unwrap();
    refused(&station, 78, &["an-xuan.toml:4", "emty", "loaa", "chưa phát được"]);
    let ghost = Station::new();
    refused(&ghost, 78, &["station.toml"]);
}
