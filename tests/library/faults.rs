//! Each fault has a file that has it, and only that file.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use loaphuong::model::clip::ClipFault;

use crate::support::{Place, clip, faults, ffmpeg, tone};

#[test]
fn what_is_wrong_inside_a_file_is_named() {
    let place = Place::new();
    let tone_as = |name: &str, arguments: &str| {
        ffmpeg("sine=frequency=440:duration=2:sample_rate=44100", arguments, &place.at(format!("y-te/{name}")));
        place.at(format!("y-te/{name}"))
    };
    let spoil = |name: &str, arguments: &str, harm: &dyn Fn(&mut Vec<u8>)| {
        let file = tone_as(name, arguments);
        let mut bytes = fs::read(&file).unwrap();
        harm(&mut bytes);
        fs::write(&file, bytes).unwrap();
    };
    tone_as("good.mp3", "");
    spoil("empty.mp3", "", &|bytes| bytes.clear());
    spoil("text.mp3", "", &|bytes| *bytes = "Kính gửi các đồng chí!\n".repeat(100).into());
    spoil("voice.amr", "-f wav", &|bytes| *bytes = b"#!AMR\n\x3c\x55".to_vec());
    spoil("damaged.mp3", "-b:a 128k -write_xing 0", &|bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4096].fill(0);
    });
    spoil("cut.wav", "", &|bytes| bytes.truncate(bytes.len() / 2));
    spoil("wrong.mp3", "-f wav", &|_| ());
    spoil("six.wav", "-ac 6", &|_| ());
    ffmpeg("anullsrc=r=44100:cl=mono", "-t 1", &place.at("y-te/silent.wav"));
    ffmpeg("sine=frequency=440:duration=1", "-af volume=-45dB", &place.at("y-te/whisper.wav"));
    ffmpeg("anullsrc=r=8000:cl=mono", "-t 7210", &place.at("y-te/long.flac"));
    fs::File::create(place.at("y-te/large.wav")).unwrap().set_len(500_000_001).unwrap();

    let library = place.scan();
    let check = |name: &str, expected: &[ClipFault], sounds: bool| {
        let clip = clip(&library, &format!("y-te/{name}"));
        assert_eq!((clip.faults.as_slice(), clip.sound.is_some()), (expected, sounds), "{name}");
    };
    check("good.mp3", &[], true);
    check("empty.mp3", &[ClipFault::Empty], false);
    check("text.mp3", &[ClipFault::NotAudio], false);
    check("voice.amr", &[ClipFault::CutShort], false);
    check("damaged.mp3", &[ClipFault::Damaged], true);
    check("cut.wav", &[ClipFault::CutShort], true);
    check("wrong.mp3", &[ClipFault::WrongEnding], true);
    check("six.wav", &[ClipFault::OddShape], false);
    check("silent.wav", &[ClipFault::Silent], true);
    check("whisper.wav", &[ClipFault::Silent], true);
    check("long.flac", &[ClipFault::TooLong], true);
    check("large.wav", &[ClipFault::TooLarge], false);
    assert!(clip(&library, "y-te/wrong.mp3").airable().is_ok());
    assert_eq!(library.clips.len(), 12);
}

#[test]
fn what_is_wrong_with_a_name_or_a_place_is_named() {
    let place = Place::new();
    let good = place.at("y-te/good.wav");
    tone(&good);
    let copy = |to: &Path| fs::copy(&good, to).map(drop).unwrap();
    for ignored in ["README.md", "y-te/.hidden.wav", ".git/config.wav", "y-te/ghi chú.txt", "y-te/Thumbs.db"] {
        copy(&place.at(ignored));
    }
    copy(&place.at("rootless.wav"));
    copy(&place.at("Bản tin/a.wav"));
    copy(&place.at("y-te/bản tin.wav"));
    copy(&place.at("y-te/ba\u{309}n tin.wav"));
    copy(&place.at("y-te/de\u{302}m.wav"));
    copy(&place.at(Path::new(OsStr::from_bytes(b"y-te/t\xean.wav"))));
    copy(&place.at("y-te/a\\b.wav"));
    copy(&place.at("1/2/3/4/5/6/7/8/deep.wav"));
    copy(&place.at("1/2/3/4/5/6/7/8/9/deeper.wav"));
    assert!(Command::new("mkfifo").arg(place.at("y-te/fifo.wav")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(place.at("y-te/socket.wav")).unwrap();
    let outside = place.state().join("outside.wav");
    fs::create_dir(place.state()).unwrap();
    copy(&outside);
    symlink(&outside, place.at("y-te/outside.wav")).unwrap();
    symlink("/", place.at("y-te/root")).unwrap();
    symlink("/dev/zero", place.at("y-te/device.wav")).unwrap();
    symlink("../y-te/good.wav", place.at("bhxh/inside.wav")).unwrap();
    symlink("nowhere.wav", place.at("y-te/dangling.wav")).unwrap();
    symlink("loop.wav", place.at("y-te/loop.wav")).unwrap();
    symlink("..", place.at("bhxh/up")).unwrap();
    symlink("y-te", place.at("bhyt")).unwrap();

    let library = place.scan();
    let check = |name: &str, expected: &[ClipFault]| assert_eq!(faults(&library, name), expected, "{name}");
    check("rootless.wav", &[ClipFault::NoTopic]);
    check("Bản tin/a.wav", &[ClipFault::NoTopic]);
    check("y-te/bản tin.wav", &[ClipFault::Twin]);
    check("y-te/đêm.wav".replace('đ', "d").as_str(), &[]);
    check("y-te/t\u{fffd}n.wav", &[ClipFault::OddName]);
    check("y-te/a\u{fffd}b.wav", &[ClipFault::OddName]);
    check("1/2/3/4/5/6/7/8/deep.wav", &[]);
    check("1/2/3/4/5/6/7/8/9", &[ClipFault::NotAFile]);
    check("y-te/fifo.wav", &[ClipFault::NotAFile]);
    check("y-te/socket.wav", &[ClipFault::NotAFile]);
    check("y-te/outside.wav", &[ClipFault::OutsideFolder]);
    check("y-te/root", &[ClipFault::OutsideFolder]);
    check("y-te/device.wav", &[ClipFault::OutsideFolder]);
    check("bhxh/inside.wav", &[]);
    check("y-te/dangling.wav", &[ClipFault::Unreadable]);
    check("y-te/loop.wav", &[ClipFault::Unreadable]);
    check("bhxh/up", &[ClipFault::NotAFile]);
    check("bhyt/good.wav", &[]);
    // What is composed here is opened by the bytes that the disk has.
    assert_eq!(clip(&library, "y-te/dêm.wav").file, place.at("y-te/de\u{302}m.wav"));
    assert!(clip(&library, "bhxh/inside.wav").airable().is_ok());
    let ignored = |path: &str| path.contains("README") || path.contains("hidden") || path.contains(".git");
    assert!(!library.clips.keys().any(|path| ignored(path.as_str())));
}

#[test]
fn a_folder_that_is_not_there_holds_nothing() {
    let place = Place::new();
    fs::remove_dir(place.audio()).unwrap();
    assert!(place.scan().clips.is_empty());
}

#[test]
fn no_more_than_ten_thousand_entries_are_looked_at() {
    let place = Place::new();
    for n in 0..10_100 {
        fs::File::create(place.at(format!("y-te/{n:05}.mp3"))).unwrap();
    }
    // Nothing to decode: what is counted is entries, the folder among them.
    let library = place.scan_with(Path::new("/nowhere"));
    assert_eq!(library.clips.len(), 9_999);
}
