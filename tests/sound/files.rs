//! Clips that are not what they seem: named, never aired, and no hold on the player.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use loaphuong::model::id::ClipHash;
use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{FromPlayer, JobItem, ToPlayer};
use loaphuong::model::station::OutputKind;

use crate::child::{Player, ended, item, job};
use crate::rig::{Recording, Rig, babble, matches, now, write_wav};

const PATIENCE: Duration = Duration::from_secs(5);

/// A good clip of a second.
fn good(rig: &Rig) -> PathBuf {
    let file = rig.path("tốt.wav");
    write_wav(&file, &babble(1.0, 48_000, 9), 48_000);
    file
}

#[test]
fn bad_clips_are_named_before_anything_sounds() {
    let rig = Rig::without_server();
    let good = good(&rig);
    let bytes = fs::read(&good).unwrap();
    let make = |name: &str, bytes: &[u8]| {
        let path = rig.path(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let fifo = rig.path("ống.mp3");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let cases = [
        (rig.path("không-có.mp3"), Reason::ClipMissing),
        (make("rỗng.mp3", b""), Reason::ClipCorrupt),
        (make("không.mp3", &vec![0; 50_000]), Reason::ClipCorrupt),
        (make("chữ.mp3", "Kính gửi".repeat(1_000).as_bytes()), Reason::ClipCorrupt),
        (make("đầu.wav", &bytes[..20]), Reason::ClipShort),
        (fifo, Reason::ClipCorrupt),
        (rig.path(""), Reason::ClipCorrupt),
        (PathBuf::from("/dev/zero"), Reason::ClipCorrupt),
    ];
    for (file, expected) in cases {
        for at in 0..2 {
            let bad = JobItem { hash: hash_of(&file), file: file.clone(), ..item(&good) };
            let items = if at == 0 { vec![bad, item(&good)] } else { vec![item(&good), bad] };
            let mut player = Player::start(&rig);
            player.tell(&ToPlayer::Prepare(Box::new(job(OutputKind::Null, rig.path("heard.wav"), items))));
            let last = player.last(PATIENCE).0;
            let named = matches!(&last, FromPlayer::Failed { reason, item: Some(item), progress: None, .. }
                if *reason == expected && *item == at);
            assert!(named, "{}: {last:?}", file.display());
        }
    }
}

fn hash_of(file: &Path) -> ClipHash {
    let hash = || loaphuong::decode::hash(&mut loaphuong::decode::open(file)?);
    hash().unwrap_or(ClipHash(String::new()))
}

#[test]
fn a_clip_that_changed_is_not_aired() {
    let rig = Rig::without_server();
    let file = good(&rig);
    let before = item(&file);
    write_wav(&file, &babble(1.0, 48_000, 10), 48_000);
    let mut player = Player::start(&rig);
    player.tell(&ToPlayer::Prepare(Box::new(job(OutputKind::Null, rig.path("heard.wav"), vec![before]))));
    let last = player.last(PATIENCE).0;
    let expected = matches!(&last, FromPlayer::Failed { reason: Reason::ClipCorrupt, item: Some(0), detail, .. }
        if detail == "changed since it was measured");
    assert!(expected, "{last:?}");
}

#[test]
fn a_clip_replaced_while_it_waits_plays_as_it_was() {
    let rig = Rig::without_server();
    let (file, heard) = (good(&rig), rig.path("heard.wav"));
    let (mut player, _) = Player::ready(&rig, job(OutputKind::Wav, heard.clone(), vec![item(&file)]));
    let other = rig.path("khác.wav");
    write_wav(&other, &babble(1.0, 48_000, 11), 48_000);
    fs::rename(other, &file).unwrap();
    player.tell(&ToPlayer::Begin { at: now() });
    ended(player.last(PATIENCE).0);
    let (score, _) = matches(&babble(1.0, 48_000, 9), &Recording::read(&heard).samples, 48_000);
    assert!(score > 0.999, "{score}");
}

/// The damage lies where decoding comes to it only on air: what is good is played, the next clip follows, and the row
/// will know.
#[test]
fn a_clip_that_fails_on_its_way_is_marked() {
    let rig = Rig::without_server();
    let file = good(&rig);
    let bytes = fs::read(&file).unwrap();
    let cut = rig.path("cụt.wav");
    fs::write(&cut, &bytes[..bytes.len() * 6 / 10]).unwrap();
    // A wrong ending is no fault.
    let mp3 = rig.path("đuôi.mp3");
    fs::copy(&file, &mp3).unwrap();
    let items = vec![item(&cut), item(&mp3)];
    let (mut player, _) = Player::ready(&rig, job(OutputKind::Null, rig.path("heard.wav"), items));
    player.tell(&ToPlayer::Begin { at: now() });
    let (progress, items, _) = ended(player.last(PATIENCE).0);
    assert_eq!(items.iter().map(|item| item.fault).collect::<Vec<_>>(), [Some(Reason::ClipShort), None]);
    assert!((progress.played[0].as_secs_f64() - 0.6).abs() < 0.02, "{progress:?}");
    assert_eq!(progress.played[1], Duration::from_secs(1));
}
