//! How loud a clip must be played to reach a loudness, worked out by the library and tried here with the limiter as the
//! player does: at 48 kHz, on both sides.

use std::path::Path;
use std::time::Duration;

use ebur128::{EbuR128, Mode};
use loaphuong::level::Limiter;
use loaphuong::library::Wanted;
use loaphuong::model::clip::{CEILING, Clip, Sound};
use loaphuong::model::units::{Decibel, Hertz, Lufs};

use crate::support::{PROGRAM, Place, clip, ffmpeg, on_both_sides, sox, speech};

/// Loudness and true peak of a file as it airs with this gain.
fn as_aired(clip: &Clip, channels: u16, gain: Decibel) -> (f64, f64) {
    let factor = gain.factor();
    #[expect(clippy::cast_possible_truncation, reason = "sound is made of f32")]
    let louder: Vec<f32> =
        on_both_sides(&clip.file, channels).iter().map(|sample| (f64::from(*sample) * factor) as f32).collect();
    let mut limiter = Limiter::new(Hertz(48_000), 2, CEILING);
    let mut out = limiter.push(&louder).to_vec();
    out.extend_from_slice(limiter.finish());
    let mut meter = EbuR128::new(2, 48_000, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(&out).unwrap();
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    (meter.loudness_global().unwrap(), Decibel::of_amplitude(peak).0)
}

#[test]
fn every_clip_is_brought_to_every_loudness_below_the_ceiling() {
    let place = Place::new();
    let words = "Kính mời bà con nghe bản tin của phường An Xuân về bảo hiểm xã hội tự nguyện";
    let at = |name: &str| place.at(format!("bhxh/{name}"));
    speech(words, &at("speech.wav"));
    sox(&at("speech.wav"), &at("soft.wav"), "gain -20");
    sox(&at("speech.wav"), &at("phone.wav"), "rate 8000 gain -9");
    sox(&at("speech.wav"), &at("lively.flac"), "rate 44100 gain -3 reverb 40 channels 2");
    ffmpeg("sine=frequency=300:duration=3", "-af volume=-14dB -ac 2 -ar 44100 -b:a 96k", &at("tone.mp3"));
    // Soft speech with a knock on the microphone.
    let knock = "aevalsrc=exprs=0.02*sin(2*PI*320*t)*sin(7*t)+if(between(mod(t\\,1)\\,0.5\\,0.503)\\,0.9\\,0):d=4";
    ffmpeg(knock, "-ar 32000", &at("knock.wav"));
    let targets = [-10.0, -14.0, -16.0, -20.0, -24.0].map(Lufs);
    let wanted = Wanted { targets: targets.to_vec(), ..Wanted::default() };
    let library = place.scan_wanting(Path::new(PROGRAM), &wanted).0;
    let mut worked_out = 0;
    for clip in library.clips.values() {
        let sound = clip.airable().unwrap();
        worked_out += sound.levels.len();
        for target in targets {
            let gain = sound.gain(target);
            let (loudness, peak) = as_aired(clip, sound.channels, gain);
            let about = format!("{} with {:.2} dB: {loudness:.2} LUFS, {peak:.2} dBTP", clip.path, gain.0);
            assert!(peak <= CEILING.0, "{about}");
            assert!((loudness - target.0).abs() <= 0.1, "{about}, not {}", target.0);
        }
    }
    assert!(worked_out >= 10, "only {worked_out} levels needed the limiter");
}

#[test]
fn what_a_plain_gain_reaches_needs_no_limiter_and_nothing_is_made_louder_than_sense_has_it() {
    let place = Place::new();
    ffmpeg("sine=frequency=300:duration=2", "-af volume=-20dB", &place.at("bhxh/tone.wav"));
    ffmpeg(
        "aevalsrc=exprs=0.0005*sin(2*PI*320*t)+if(between(t\\,1\\,1.002)\\,0.5\\,0):d=3",
        "",
        &place.at("bhxh/hiss.wav"),
    );
    let wanted = Wanted { targets: [-23.0, -16.0].map(Lufs).to_vec(), ..Wanted::default() };
    let library = place.scan_wanting(Path::new(PROGRAM), &wanted).0;
    assert_eq!(clip(&library, "bhxh/tone.wav").airable().unwrap().levels, []);
    let hiss = clip(&library, "bhxh/hiss.wav").airable().unwrap();
    assert!(hiss.levels.iter().all(|level| level.gain.0 <= 40.0) && hiss.levels.len() == 2, "{:?}", hiss.levels);
}

#[test]
fn silence_at_both_ends_is_found() {
    let place = Place::new();
    let between =
        "aevalsrc=exprs=if(between(t\\,0.5\\,1.25)\\,0.2*sin(2*PI*1000*t)\\,0.001*sin(2*PI*500*t)):d=3:s=48000";
    ffmpeg(between, "", &place.at("y-te/between.wav"));
    ffmpeg(between, "-ac 2 -c:a libvorbis", &place.at("y-te/between.ogg"));
    ffmpeg("anullsrc=r=8000:cl=mono", "-t 1", &place.at("y-te/silent.wav"));
    let library = place.scan();
    let ends = |sound: &Sound| (sound.silent_start, sound.silent_end);
    let near = |time: Duration, millis: u64| time.abs_diff(Duration::from_millis(millis)) < Duration::from_millis(8);
    for name in ["y-te/between.wav", "y-te/between.ogg"] {
        let (start, end) = ends(clip(&library, name).airable().unwrap());
        assert!(near(start, 500) && near(end, 1750), "{name}: {start:?}, {end:?}");
    }
    let silent = clip(&library, "y-te/silent.wav").sound.as_ref().unwrap();
    assert_eq!(ends(silent), (Duration::from_secs(1), Duration::ZERO));
}
