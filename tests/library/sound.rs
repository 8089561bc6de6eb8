//! What a clip sounds like, held against ffmpeg.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use loaphuong::library::inspect;
use loaphuong::model::clip::ClipFault;
use loaphuong::model::units::Hertz;

use crate::support::{PROGRAM, Place, clip, ffmpeg, sox, speech, tone};

/// Integrated loudness and true peak by ffmpeg's account.
fn by_ffmpeg(file: &Path) -> (f64, f64) {
    let output = Command::new("ffmpeg")
        .args(["-nostats", "-hide_banner", "-i"])
        .arg(file)
        // The summary has one decimal only; what is said of each moment has three.
        .args(["-af", "ebur128=peak=true:metadata=1,ametadata=print:key=lavfi.r128.I", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = text.rsplit_once("Summary:").expect("ffmpeg's summary").1.to_owned();
    let value = |text: &str, label: &str| {
        let rest = text.rsplit_once(label).expect(label).1;
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    (value(&text, "lavfi.r128.I="), value(&summary, "Peak:"))
}

#[test]
fn loudness_and_peak_agree_with_ffmpeg() {
    let place = Place::new();
    speech(
        "Kính mời bà con nghe bản tin của phường An Xuân về bảo hiểm xã hội tự nguyện",
        &place.at("bhxh/speech.wav"),
    );
    ffmpeg("anoisesrc=d=4:a=0.1:c=pink", "-ac 2 -b:a 128k", &place.at("bhxh/noise.mp3"));
    ffmpeg("sine=frequency=997:duration=3:sample_rate=44100", "-af volume=12dB -ac 2", &place.at("bhxh/loud.flac"));
    ffmpeg("sine=frequency=220:duration=3", "-af volume=-20dB -c:a libvorbis -ar 22050", &place.at("bhxh/soft.ogg"));
    ffmpeg("anoisesrc=d=3:a=0.5:c=pink:r=8000", "", &place.at("bhxh/phone.wav"));
    sox(&place.at("bhxh/speech.wav"), &place.at("bhxh/voice-note.wav"), "rate 8000");
    sox(&place.at("bhxh/speech.wav"), &place.at("bhxh/old.wav"), "rate 11025 channels 2");
    sox(&place.at("bhxh/speech.wav"), &place.at("bhxh/studio.flac"), "gain -6 rate 96000");
    let library = place.scan();
    assert_eq!(library.clips.len(), 8);
    for clip in library.clips.values() {
        assert_eq!(clip.faults, [], "{}", clip.path);
        let sound = clip.airable().unwrap();
        let (loudness, peak) = by_ffmpeg(&clip.file);
        let ours = sound.loudness.unwrap().0;
        assert!((ours - loudness).abs() <= 0.1, "{}: {ours} against {loudness} LUFS", clip.path);
        assert!((sound.peak.0 - peak).abs() <= 0.3, "{}: {} against {peak} dBTP", clip.path, sound.peak.0);
    }
}

#[test]
fn a_clip_is_as_long_as_its_samples() {
    let place = Place::new();
    ffmpeg("sine=frequency=440:duration=2.5:sample_rate=22050", "-ac 2", &place.at("y-te/a.wav"));
    let library = place.scan();
    let clip = clip(&library, "y-te/a.wav");
    let sound = clip.airable().unwrap();
    let shape = (sound.format.as_str(), sound.duration, sound.rate, sound.channels);
    assert_eq!(shape, ("WAV", Duration::from_millis(2500), Hertz(22_050), 2));
    assert_eq!(clip.topic.as_ref().unwrap().as_str(), "y-te");
    assert_eq!((clip.size, &clip.file), (clip.file.metadata().unwrap().len(), &place.at("y-te/a.wav")));
    let sha256sum = Command::new("sha256sum").arg(&clip.file).output().unwrap().stdout;
    assert_eq!(sound.hash.0, format!("sha256:{}", String::from_utf8_lossy(&sha256sum[..64])));
}

#[test]
fn a_file_anywhere_can_be_looked_at() {
    let place = Place::new();
    let file = place.state().join("khẩn cấp.wav");
    std::fs::create_dir(place.state()).unwrap();
    tone(&file);
    let clip = inspect(&file, &place.state(), Path::new(PROGRAM), &[]);
    assert_eq!((clip.path.as_str(), &clip.file, clip.topic.as_ref()), ("khẩn cấp.wav", &file, None));
    assert_eq!(clip.airable().unwrap().duration, Duration::from_secs(1));
    let check = |file: &Path, fault| {
        assert_eq!(inspect(file, &place.state(), Path::new(PROGRAM), &[]).faults, [fault], "{file:?}");
    };
    check(&place.audio(), ClipFault::NotAFile);
    check(&place.audio().join("none.mp3"), ClipFault::Unreadable);
    check(Path::new("/"), ClipFault::NotAFile);
    check(Path::new("/dev/zero"), ClipFault::NotAFile);
}
