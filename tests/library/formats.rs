//! What phones and chat apps send: decoded by ffmpeg where it is installed, into a copy that is played; named where it is not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use loaphuong::decode::{self, Decoder};
use loaphuong::library::Wanted;
use loaphuong::model::clip::{ClipFault, DecodedCopy};

use crate::support::{PROGRAM, Place, clip, faults, ffmpeg, sox, speech, tone};

/// What ffmpeg makes of a file with these arguments.
fn convert(from: &Path, arguments: &str, to: &Path) {
    let arguments = arguments.split_whitespace();
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-i"]).arg(from).args(arguments).arg(to).stdin(Stdio::null());
    assert!(ffmpeg.status().unwrap().success(), "{}", to.display());
}

/// Speech of some seconds, in no topic's folder.
fn voice(place: &Place) -> PathBuf {
    let file = place.at("../voice.wav");
    speech("Kính mời bà con nghe bản tin của phường An Xuân", &file);
    file
}

fn copy(place: &Place, name: &str) -> DecodedCopy {
    clip(&place.scan(), name).airable().unwrap().copy.clone().expect("a decoded copy")
}

/// A voice note as phones send it.
fn voice_note(place: &Place, name: &str) -> PathBuf {
    let note = place.at(name);
    sox(&voice(place), &note, "rate 8000 channels 1");
    note
}

fn hash(file: &Path) -> String {
    decode::hash(&mut decode::open(file).unwrap()).unwrap().0
}

#[test]
fn voice_notes_and_films_are_decoded_into_a_copy() {
    let place = Place::new();
    let voice = voice(&place);
    let at = |name: &str| place.at(format!("y-te/{name}"));
    voice_note(&place, "y-te/note.amr-nb");
    fs::rename(at("note.amr-nb"), at("note.amr")).unwrap();
    convert(&at("note.amr"), "-c copy", &at("note.3gp"));
    convert(&voice, "", &at("old.wma"));
    convert(&voice, "-c:a libopus", &at("chat.webm"));
    convert(&voice, "-c:a aac", &at("film.mkv"));
    convert(&voice, "-c:a mp3", &at("film.avi"));
    convert(&voice, "-f lavfi -i color=size=64x64:duration=3 -map 1:v -map 0:a -c:v mpeg4 -c:a aac", &at("film.mp4"));
    convert(&voice, "-c:a aac -ar 22050", &at("he.m4a"));
    let mut bytes = fs::read(at("he.m4a")).unwrap();
    // Lets the header say that the upper half of the spectrum is coded apart.
    let flag = bytes.windows(3).position(|three| three == [0x56, 0xe5, 0x00]).unwrap() + 2;
    bytes[flag] = 0x80 | 4 << 3;
    fs::write(at("he.m4a"), bytes).unwrap();
    convert(&voice, "-c:a libopus -b:a 24k", &at("chat.ogg"));
    let library = place.scan();
    let whole = Decoder::open(&voice).map(|_| fs::metadata(&voice).unwrap().len() - 44).unwrap();
    let whole = Duration::from_secs_f64(f64::from(u32::try_from(whole).unwrap()) / 2.0 / 22_050.0);
    let check = |name: &str, format: &str, copied: bool| {
        let clip = clip(&library, &format!("y-te/{name}"));
        assert_eq!(clip.faults, [], "{name}");
        let sound = clip.airable().unwrap();
        assert_eq!((sound.format.as_str(), sound.copy.is_some()), (format, copied), "{name}");
        assert_eq!(sound.hash.0, hash(&clip.file), "{name}: the hash is that of the original");
        // Encoders add some milliseconds at the ends; phones leave out the silence there.
        let off = sound.duration.abs_diff(whole);
        assert!(off < Duration::from_millis(250), "{name}: {:?} of {whole:?}", sound.duration);
        assert!((-30.0..-10.0).contains(&sound.loudness.unwrap().0), "{name}: {:?}", sound.loudness);
        if let Some(copy) = &sound.copy {
            assert_eq!(copy.hash.0, hash(&copy.file), "{name}: its own hash");
            assert!(copy.file.starts_with(place.state().join("decoded")), "{name}");
            let mut decoder = Decoder::open(&copy.file).unwrap();
            while decoder.next().unwrap().is_some() {}
            assert_eq!(decoder.decoded().lasting(decoder.rate()), sound.duration, "{name}");
        }
    };
    check("note.amr", "AMR", true);
    check("note.3gp", "3GP", true);
    check("old.wma", "WMA", true);
    check("chat.webm", "WebM", true);
    check("film.mkv", "WebM", true);
    check("film.avi", "AVI", true);
    check("film.mp4", "M4A/AAC", false);
    check("he.m4a", "M4A", true);
    check("chat.ogg", "Ogg Opus", false);
    assert_eq!(place.scan_watching(Path::new(PROGRAM)), (library, vec![]), "kept");
}

#[test]
fn pauses_in_which_a_phone_sent_nothing_are_as_long_as_they_were() {
    let place = Place::new();
    let note = voice_note(&place, "y-te/note.amr-nb");
    let bytes = fs::read(&note).unwrap();
    let sizes = [12, 13, 15, 17, 19, 20, 26, 31, 5];
    let frame = |at: usize| 1 + sizes.get(usize::from(bytes[at] >> 3 & 15)).copied().unwrap_or(0);
    let middle = (0..60).fold(6, |at, _| at + frame(at));
    let with_pause = [&bytes[..middle], &[0x7c; 50], &bytes[middle..]].concat();
    fs::write(place.at("y-te/pause.amr"), with_pause).unwrap();
    fs::rename(note, place.at("y-te/note.amr")).unwrap();
    let library = place.scan();
    let duration = |name: &str| clip(&library, name).airable().unwrap().duration;
    assert_eq!(duration("y-te/pause.amr"), duration("y-te/note.amr") + Duration::from_secs(1));
}

#[test]
fn what_is_damaged_is_no_clip_for_the_helper_either() {
    let place = Place::new();
    let voice = voice(&place);
    let at = |name: &str| place.at(format!("y-te/{name}"));
    fs::rename(voice_note(&place, "y-te/note.amr-nb"), at("note.amr")).unwrap();
    convert(&at("note.amr"), "-c copy -movflags +faststart", &at("note.3gp"));
    convert(&voice, "", &at("old.wma"));
    convert(&voice, "-c:a libopus", &at("chat.webm"));
    let spoil = |name: &str, to: &str, harm: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = fs::read(at(name)).unwrap();
        harm(&mut bytes);
        fs::write(at(to), bytes).unwrap();
    };
    for name in ["note.amr", "note.3gp", "old.wma", "chat.webm"] {
        spoil(name, &format!("cut-{name}"), &|bytes| bytes.truncate(bytes.len() * 6 / 10));
    }
    spoil("note.amr", "zeroed-note.amr", &|bytes| bytes[900..1_100].fill(0xff));
    // A list of other files is not followed.
    fs::write(at("list.amr"), "#!AMR\n#EXTM3U\nfile:///etc/passwd\n").unwrap();
    let library = place.scan();
    for name in ["cut-note.amr", "cut-note.3gp", "cut-old.wma", "cut-chat.webm", "zeroed-note.amr", "list.amr"] {
        let found = faults(&library, &format!("y-te/{name}"));
        assert!(matches!(found, [ClipFault::CutShort | ClipFault::Damaged]), "{name}: {found:?}");
    }
    let copies = fs::read_dir(place.state().join("decoded")).unwrap().count();
    assert_eq!(copies, 4, "those of the good ones, no draft");
}

#[test]
fn without_the_helper_it_says_what_to_do_and_with_it_the_clip_is_measured() {
    let place = Place::new();
    fs::rename(voice_note(&place, "y-te/note.amr-nb"), place.at("y-te/note.amr")).unwrap();
    let alone = place.at("../alone");
    fs::write(&alone, format!("#!/bin/sh\nPATH=/nowhere exec '{PROGRAM}' \"$@\"\n")).unwrap();
    fs::set_permissions(&alone, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(faults(&place.scan_with(&alone), "y-te/note.amr"), [ClipFault::Unsupported]);
    assert!(ClipFault::Unsupported.text().en.contains("sudo apt install ffmpeg"));
    assert_eq!(faults(&place.scan(), "y-te/note.amr"), []);
}

#[test]
fn a_copy_lives_as_long_as_its_original() {
    let place = Place::new();
    let note = place.at("y-te/note.amr");
    fs::rename(voice_note(&place, "y-te/note.amr-nb"), &note).unwrap();
    tone(&place.at("y-te/a.wav"));
    let first = copy(&place, "y-te/note.amr");
    let foreign = first.file.with_file_name("foreign.flac");
    fs::write(&foreign, "x").unwrap();
    fs::remove_file(&first.file).unwrap();
    assert_eq!(copy(&place, "y-te/note.amr"), first, "made again");
    assert!(first.file.exists());

    fs::write(&first.file, "rotten").unwrap();
    let recheck = ["y-te/note.amr".parse().unwrap()].into();
    let library = place.scan_wanting(Path::new(PROGRAM), &Wanted { recheck, ..Wanted::default() }).0;
    assert!(clip(&library, "y-te/note.amr").airable().is_ok());
    assert_eq!(hash(&first.file), first.hash.0, "made again");

    fs::rename(&note, place.at("y-te/renamed.amr")).unwrap();
    assert_eq!(copy(&place, "y-te/renamed.amr"), first);
    assert!(first.file.exists());
    fs::remove_file(place.at("y-te/renamed.amr")).unwrap();
    place.scan();
    assert!(!first.file.exists(), "its original is gone");
    // The tests' clock stands in 1970: what nobody knows is not a day old.
    assert!(foreign.exists());
}

/// What people send: pre-skip at the beginning, a last packet that is cut; as many samples as libopus and ffmpeg give.
#[test]
fn opus_is_decoded_to_the_sample() {
    let place = Place::new();
    for (name, arguments) in [
        ("a.opus", "-b:a 24k"),
        ("b.ogg", "-ac 2 -frame_duration 60"),
        ("c.opus", "-frame_duration 2.5 -application lowdelay"),
    ] {
        let file = place.at(format!("y-te/{name}"));
        ffmpeg("sine=frequency=440:duration=1.2345:sample_rate=48000", &format!("-c:a libopus {arguments}"), &file);
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-c:a", "libopus", "-i"])
            .arg(&file)
            .args(["-f", "f32le", "-"])
            .output();
        let theirs: Vec<f32> =
            output.unwrap().stdout.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
        let mut decoder = Decoder::open(&file).unwrap();
        let mut ours = Vec::new();
        while let Some(samples) = decoder.next().unwrap() {
            ours.extend_from_slice(samples);
        }
        assert_eq!(ours.len(), theirs.len(), "{name}");
        let off = ours.iter().zip(&theirs).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(off < 1e-4, "{name}: off by {off}");
    }
}
