//! Files as officers have them, made by ffmpeg, then damaged in every way that disks and people damage them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{DecodeError, Decoder, ending_fits};
use crate::model::clip::ClipFault;
use crate::model::units::Frames;

/// Two seconds of a tone of 440 Hz at 44.1 kHz, made by ffmpeg with these arguments.
fn make(dir: &Path, name: &str, arguments: &str) -> PathBuf {
    let path = dir.join(name);
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", "sine=frequency=440:duration=2:sample_rate=44100"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .stdin(Stdio::null())
        .status()
        .expect("ffmpeg must be installed: script/test installs it");
    assert!(status.success(), "ffmpeg {arguments}");
    path
}

/// Everything until the clean end or the error.
fn drain(path: &Path) -> (Vec<f32>, Result<Decoder, DecodeError>) {
    let mut all = Vec::new();
    let mut decoder = match Decoder::open(path) {
        Ok(decoder) => decoder,
        Err(error) => return (all, Err(error)),
    };
    loop {
        match decoder.next() {
            Ok(Some(samples)) => all.extend_from_slice(samples),
            Ok(None) => return (all, Ok(decoder)),
            Err(error) => {
                assert!(decoder.next().expect("quiet after an error").is_none());
                return (all, Err(error));
            }
        }
    }
}

#[test]
fn every_format_gives_all_its_samples() {
    let dir = tempfile::tempdir().unwrap();
    // Name, arguments, format, channels, rate, frames, and by how many frames they may be off (encoders pad).
    let cases = [
        ("a.wav", "-c:a pcm_s16le", "WAV", 1, 44_100, 88_200, 0),
        ("b.wav", "-c:a pcm_s24le -ac 2", "WAV", 2, 44_100, 88_200, 0),
        ("c.wav", "-c:a pcm_f32le", "WAV", 1, 44_100, 88_200, 0),
        ("d.wav", "-c:a adpcm_ima_wav", "WAV", 1, 44_100, 88_200, 2_048),
        ("e.wav", "-c:a pcm_mulaw -ar 8000", "WAV", 1, 8_000, 16_000, 0),
        ("f.aiff", "-c:a pcm_s16be", "AIFF", 1, 44_100, 88_200, 0),
        ("g.flac", "-ac 2", "FLAC", 2, 44_100, 88_200, 0),
        ("h.mp3", "-b:a 128k", "MP3", 1, 44_100, 88_200, 0),
        ("i.mp3", "-q:a 4 -ac 2", "MP3", 2, 44_100, 88_200, 0),
        ("j.mp3", "-b:a 64k -write_xing 0", "MP3", 1, 44_100, 88_200, 3_000),
        ("k.mp3", "-b:a 32k -ar 16000", "MP3", 1, 16_000, 32_000, 0),
        ("l.ogg", "-c:a libvorbis", "Ogg Vorbis", 1, 44_100, 88_200, 0),
        ("m.oga", "-c:a flac", "Ogg FLAC", 1, 44_100, 88_200, 0),
        ("n.m4a", "-c:a aac", "M4A/AAC", 1, 44_100, 88_200, 3_000),
        ("o.m4a", "-c:a alac", "M4A/ALAC", 1, 44_100, 88_200, 0),
        ("p.aac", "-c:a aac", "AAC", 1, 44_100, 88_200, 3_000),
        ("q.m4a", "-c:a aac -movflags +faststart -ar 16000", "M4A/AAC", 1, 16_000, 32_000, 3_000),
        ("r.MP3", "-f mp3 -id3v2_version 3 -metadata title=Bản_tin", "MP3", 1, 44_100, 88_200, 0),
        ("s.mp3", "-write_id3v1 1 -metadata title=x -write_xing 0", "MP3", 1, 44_100, 88_200, 3_000),
        ("t.mp4", "-f lavfi -i color=size=64x64:duration=2 -c:v mpeg4 -c:a aac", "M4A/AAC", 1, 44_100, 88_200, 3_000),
    ];
    for (name, arguments, format, channels, rate, frames, off) in cases {
        let (samples, end) = drain(&make(dir.path(), name, arguments));
        let decoder = end.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let shape = (decoder.format(), decoder.channels(), decoder.rate().0, ending_fits(Path::new(name), format));
        assert_eq!(shape, (format, channels, rate, true), "{name}");
        assert_eq!(samples.len() as u64, decoder.decoded().0 * u64::from(channels), "{name}");
        assert!(decoder.decoded().0.abs_diff(frames) <= off, "{name}: {} frames", decoder.decoded().0);
        let count = f64::from(u32::try_from(samples.len()).unwrap());
        let rms = (samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / count).sqrt();
        assert!((0.05..0.15).contains(&rms), "{name}: level {rms}");
    }
}

#[test]
fn damage_is_named() {
    use ClipFault::{CutShort, Damaged, Empty, NotAudio, OddShape, Unsupported};
    type Harm = fn(&mut Vec<u8>);
    let cut: Harm = |bytes| bytes.truncate(bytes.len() * 6 / 10);
    let zero: Harm = |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4096].fill(0);
    };
    let zero_tail: Harm = |bytes| {
        let from = bytes.len() * 6 / 10;
        bytes[from..].fill(0);
    };
    let cases: &[(&str, &str, Harm, &[ClipFault])] = &[
        ("wav", "", cut, &[CutShort]),
        ("aiff", "", cut, &[CutShort]),
        ("flac", "-ac 2", cut, &[CutShort]),
        ("mp3", "-b:a 128k", cut, &[CutShort]),
        ("ogg", "-c:a libvorbis", cut, &[CutShort]),
        ("m4a", "-c:a aac", cut, &[CutShort]),
        ("m4a", "-c:a aac -movflags +faststart", cut, &[CutShort]),
        ("flac", "-ac 2", zero, &[Damaged, CutShort]),
        ("mp3", "-b:a 128k", zero, &[Damaged, CutShort]),
        ("mp3", "-b:a 128k -write_xing 0", zero, &[Damaged]),
        ("ogg", "-c:a libvorbis -b:a 160k", zero, &[Damaged, CutShort]),
        ("m4a", "-c:a aac -movflags +faststart", zero, &[Damaged]),
        ("mp3", "-b:a 128k", zero_tail, &[Damaged, CutShort]),
        ("mp3", "-b:a 128k -write_xing 0", zero_tail, &[Damaged]),
        ("flac", "-ac 2", zero_tail, &[Damaged, CutShort]),
        ("ogg", "-c:a libvorbis", zero_tail, &[Damaged, CutShort]),
        ("m4a", "-c:a aac -movflags +faststart", zero_tail, &[Damaged]),
        ("mp3", "", |bytes| bytes.clear(), &[Empty]),
        ("mp3", "", |bytes| bytes.fill(0), &[NotAudio]),
        ("mp3", "", |bytes| *bytes = "Kính gửi các đồng chí!\n".repeat(100).into(), &[NotAudio]),
        ("mp3", "", |bytes| bytes.splice(.., *b"#!AMR\n\x3c\x55").for_each(drop), &[Unsupported]),
        ("opus", "-c:a libopus -ac 2", cut, &[CutShort]),
        ("opus", "-c:a libopus -ac 2", zero, &[Damaged, CutShort]),
        ("opus", "-c:a libopus -ac 2", zero_tail, &[Damaged, CutShort]),
        ("mka", "-c:a aac", |_| (), &[Unsupported]),
        ("m4a", "-c:a aac -ar 22050", |bytes| say_he_aac(bytes), &[Unsupported]),
        ("wav", "-ac 6", |_| (), &[OddShape]),
        ("wav", "-ar 4000", |_| (), &[OddShape]),
    ];
    let mut wrong = Vec::new();
    for (at, (ending, arguments, harm, expected)) in cases.iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let path = make(dir.path(), &format!("clip.{ending}"), arguments);
        let mut bytes = fs::read(&path).unwrap();
        harm(&mut bytes);
        fs::write(&path, bytes).unwrap();
        let (_, end) = drain(&path);
        let end = end.map(|decoder| decoder.decoded());
        if !matches!(&end, Err(error) if expected.contains(&error.fault())) {
            wrong.push(format!("{at} {ending} {arguments}: {end:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Lets the header of an AAC say that the upper half of its spectrum is coded apart (spectral band replication): sets
/// the flag in the extension that ffmpeg always writes, 0x2b7, object type 5, flag, rate.
fn say_he_aac(bytes: &mut [u8]) {
    let at = bytes.windows(3).position(|three| three == [0x56, 0xe5, 0x00]).expect("the extension");
    bytes[at + 2] = 0x80 | 4 << 3;
}

#[test]
fn a_cut_clip_gives_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(dir.path(), "cut.wav", "");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let (samples, end) = drain(&path);
    assert!((43_000..44_200).contains(&samples.len()), "{}", samples.len());
    assert_eq!(end.err().unwrap().reason(), crate::model::outcome::Reason::ClipShort);
}

#[test]
fn only_regular_files_are_opened_and_none_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let fifo = dir.path().join("fifo.mp3");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let socket = dir.path().join("socket.mp3");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let loop_ = dir.path().join("loop.mp3");
    std::os::unix::fs::symlink(&loop_, &loop_).unwrap();
    let cases = [
        (fifo, Some(ClipFault::NotAFile)),
        (socket, Some(ClipFault::NotAFile)),
        (dir.path().to_owned(), Some(ClipFault::NotAFile)),
        (PathBuf::from("/dev/zero"), Some(ClipFault::NotAFile)),
        (loop_, Some(ClipFault::Unreadable)),
        (dir.path().join("nowhere.mp3"), None),
    ];
    for (path, expected) in cases {
        let error = Decoder::open(&path).err().unwrap();
        assert_eq!((error != DecodeError::Missing).then(|| error.fault()), expected, "{path:?}");
    }
}

#[test]
fn too_large_and_too_long() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.wav");
    fs::File::create(&path).unwrap().set_len(500_000_001).unwrap();
    assert_eq!(Decoder::open(&path).err().unwrap().fault(), ClipFault::TooLarge);

    // A FLAC of silence is small however long it is.
    let long = dir.path().join("long.flac");
    let arguments = ["-v", "error", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "7210"];
    assert!(Command::new("ffmpeg").args(arguments).arg(&long).status().unwrap().success());
    assert_eq!(drain(&long).1.err().unwrap().fault(), ClipFault::TooLong);
}

#[test]
fn a_wrong_ending_is_seen_and_harmless() {
    let dir = tempfile::tempdir().unwrap();
    for (name, wrong) in [("x.mp3", true), ("x.WAV", false), ("x", false), ("x.txt", true), ("bản tin.số 3.wav", false)]
    {
        let made = make(dir.path(), "made.wav", "");
        let path = dir.path().join(name);
        fs::rename(made, &path).unwrap();
        let (samples, end) = drain(&path);
        let format = end.ok().unwrap().format().to_owned();
        assert_eq!((samples.len(), ending_fits(&path, &format)), (88_200, !wrong), "{name}");
    }
}

/// Pictures and texts around an MP3 look like sound to whoever searches for it.
#[test]
fn tags_around_an_mp3_are_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = make(dir.path(), "plain.mp3", "-b:a 64k -write_xing 0 -id3v2_version 0");
    let plain = fs::read(&path).unwrap();
    let (samples, _) = drain(&path);
    let picture: Vec<u8> = [0xff, 0xfb, 0x90, 0x64, 0, 7].repeat(50_000);
    let id3 = |size: usize| {
        let seven = |shift: usize| u8::try_from(size >> shift & 0x7f).unwrap();
        [b"ID3\x04\0\0".to_vec(), vec![seven(21), seven(14), seven(7), seven(0)]].concat()
    };
    let ape = |size: usize| {
        let size = u32::try_from(size + 32).unwrap().to_le_bytes();
        [b"APETAGEX\xd0\x07\0\0".as_slice(), &size, &1_u32.to_le_bytes(), &[0; 12]].concat()
    };
    let front = [id3(picture.len()), picture.clone()].concat();
    let tail = [picture.clone(), ape(picture.len())].concat();
    let id3v1 = [b"TAG".as_slice(), &[0xff; 125]].concat();
    let cases: [&[&[u8]]; 5] = [
        &[&front, &plain],
        &[&front, &front, &plain],
        &[&plain, &id3v1],
        &[&plain, &tail],
        &[&front, &plain, &tail, &id3v1],
    ];
    for (at, parts) in cases.into_iter().enumerate() {
        fs::write(&path, parts.concat()).unwrap();
        let (tagged, end) = drain(&path);
        assert!(
            tagged == samples && end.is_ok(),
            "{at}: {} of {} samples, {:?}",
            tagged.len(),
            samples.len(),
            end.err()
        );
    }
    // A tag that claims more than there is, is no tag.
    fs::write(&path, [id3(10_000_000), plain].concat()).unwrap();
    assert_eq!(drain(&path).0, samples);
}

#[test]
fn skipping_is_exact() {
    let dir = tempfile::tempdir().unwrap();
    for (name, arguments) in [("a.wav", "-ac 2"), ("a.mp3", "-ac 2"), ("a.ogg", "-ac 2")] {
        let path = make(dir.path(), name, arguments);
        let (whole, _) = drain(&path);
        for millis in [0, 1, 777, 1_500, 1_999, 5_000] {
            let time = Duration::from_millis(millis);
            let mut decoder = Decoder::open(&path).unwrap();
            decoder.skip(time);
            let mut rest = Vec::new();
            while let Some(samples) = decoder.next().unwrap() {
                assert!(!samples.is_empty());
                rest.extend_from_slice(samples);
            }
            let Frames(from) = decoder.rate().frames_in(time);
            let from = usize::try_from(from).unwrap() * 2;
            assert!(rest == whole[from.min(whole.len())..], "{name} from {millis} ms");
        }
    }
}

#[test]
fn the_hash_is_what_sha256sum_says() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("abc");
    fs::write(&path, "abc").unwrap();
    let hash = super::hash(&mut super::open(&path).unwrap()).unwrap();
    assert_eq!(hash.0, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
