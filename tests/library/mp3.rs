//! MP3s as encoders and taggers leave them are good, however they are tagged; one that has lost frames is not, wherever
//! something in it says how many there were.

use std::fs;
use std::path::Path;
use std::time::Duration;

use loaphuong::model::clip::ClipFault;

use crate::support::{Place, clip, faults, ffmpeg};

/// A name, and how ffmpeg (with LAME's encoder) makes it; all but the last say how many frames they have.
const KINDS: [(&str, &str); 9] = [
    ("mot-toc-do", "-ar 44100 -b:a 128k"),
    ("hai-ben", "-ar 48000 -ac 2 -b:a 192k"),
    ("doi-toc-do", "-ar 44100 -q:a 5"),
    ("trung-binh", "-ar 32000 -ac 2 -abr 1 -b:a 96k"),
    ("thap", "-ar 22050 -b:a 32k"),
    ("rat-thap", "-ar 8000 -q:a 8"),
    ("nhan-cu", "-ar 44100 -b:a 64k -write_id3v1 1 -id3v2_version 0 -metadata title=tin"),
    ("nhan-moi", "-ar 44100 -q:a 2 -id3v2_version 3 -metadata title=tin"),
    ("khong-noi", "-ar 44100 -b:a 64k -write_xing 0"),
];

fn make(to: &Path, arguments: &str) -> Vec<u8> {
    ffmpeg("sine=frequency=440:duration=2,tremolo=f=3", arguments, to);
    fs::read(to).unwrap()
}

/// An `ID3v2` tag with a picture of so many bytes, which look like the heads of frames.
fn picture(len: u8) -> Vec<u8> {
    let body: Vec<u8> = b"APIC\0\0\0\0\0\0\0image/png\0\x03\0"
        .iter()
        .copied()
        .chain([0xff, 0xfb, 0x90, 0x64].repeat(usize::from(len) * 32))
        .collect();
    let size = body.len();
    let seven = |shift: usize| u8::try_from(size >> shift & 0x7f).unwrap();
    [b"ID3\x03\0\0".as_slice(), &[seven(21), seven(14), seven(7), seven(0)], &body].concat()
}

/// An `APEv2` tag without a header.
fn ape() -> Vec<u8> {
    let item = [&7_u32.to_le_bytes()[..], &[0; 4], b"Title\0ban tin"].concat();
    let size = u32::try_from(item.len() + 32).unwrap().to_le_bytes();
    [&item[..], b"APETAGEX", &2_000_u32.to_le_bytes(), &size, &1_u32.to_le_bytes(), &[0; 12]].concat()
}

/// Where the frame begins that carries `Xing` or `Info`, and where the word stands.
fn claims(bytes: &[u8]) -> usize {
    bytes.windows(4).position(|word| word == b"Xing" || word == b"Info").unwrap()
}

#[test]
fn good_ones_are_good_with_all_tags() {
    let place = Place::new();
    for (name, arguments) in KINDS {
        let bytes = make(&place.at(format!("y-te/{name}.mp3")), arguments);
        fs::write(place.at(format!("y-te/{name}-anh.mp3")), [picture(40), bytes.clone()].concat()).unwrap();
        fs::write(place.at(format!("y-te/{name}-ape.mp3")), [bytes, ape()].concat()).unwrap();
    }
    let library = place.scan();
    assert_eq!(library.clips.len(), 27);
    for clip in library.clips.values() {
        let sound = clip.airable().unwrap_or_else(|fault| panic!("{}: {fault:?}", clip.path));
        let most = Duration::from_millis(if clip.path.to_string().contains("thap") { 2_400 } else { 2_090 });
        assert!((Duration::from_secs(2)..most).contains(&sound.duration), "{}: {:?}", clip.path, sound.duration);
    }
}

#[test]
fn one_that_was_cut_between_two_frames_is_cut_if_it_says_its_length() {
    let place = Place::new();
    for (name, arguments) in [KINDS[0], KINDS[2], KINDS[4], KINDS[8]] {
        let file = place.at(format!("y-te/{name}.mp3"));
        let bytes = make(&file, &format!("{arguments} -id3v2_version 0"));
        // The head of the last frame whose like stands at the beginning: two bytes do not change from frame to frame.
        let last = bytes.windows(2).rposition(|head| head == &bytes[..2]).unwrap();
        fs::write(&file, &bytes[..last]).unwrap();
    }
    let library = place.scan();
    for (name, _) in [KINDS[0], KINDS[2], KINDS[4]] {
        assert_eq!(faults(&library, &format!("y-te/{name}.mp3")), [ClipFault::CutShort], "{name}");
    }
    // Nothing in it says that there was more.
    assert_eq!(faults(&library, "y-te/khong-noi.mp3"), []);
}

#[test]
fn one_whose_header_makes_a_decoder_leave_out_much_is_damaged() {
    let place = Place::new();
    for (name, arguments) in [KINDS[0], KINDS[2]] {
        let bytes = make(&place.at(format!("y-te/{name}.mp3")), arguments);
        let word = claims(&bytes);
        let mut fewer = bytes.clone();
        fewer[word + 8..word + 12].copy_from_slice(&20_u32.to_be_bytes());
        fs::write(place.at(format!("y-te/{name}-it-khung.mp3")), fewer).unwrap();
        // Behind the word: flags, frames, bytes, contents, quality, and 21 bytes of LAME's tag.
        let mut trimmed = bytes;
        trimmed[word + 120 + 21..word + 120 + 24].fill(0xff);
        fs::write(place.at(format!("y-te/{name}-bo-dau.mp3")), trimmed).unwrap();
    }
    let library = place.scan();
    for (name, _) in [KINDS[0], KINDS[2]] {
        assert_eq!(clip(&library, &format!("y-te/{name}.mp3")).faults, []);
        for harm in ["it-khung", "bo-dau"] {
            let path = format!("y-te/{name}-{harm}.mp3");
            let clip = clip(&library, &path);
            println!("{path}: {:?}, {:?}", clip.faults, clip.sound.as_ref().map(|sound| sound.duration));
            assert!(clip.airable().is_err(), "{path}");
        }
    }
}
