//! The level: what the speaker gives is as loud as the station was told, whatever the file.

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::model::outcome::Outcome;

use super::ear::{Stereo, loudness, same, speech_in};
use super::station::{Slot, Station, VOLUME, audio, soon};
use crate::rig::{RATE, Rig, babble};

/// A stereo clip, louder on one side.
fn stereo_in(folder: &Path) -> Vec<f32> {
    let (left, right) = (babble(4.0, RATE, 41), babble(4.0, RATE, 42));
    let frames = || left.iter().zip(&right).map(|(left, right)| [left * 0.4, right * 0.1]);
    let spec =
        hound::WavSpec { channels: 2, sample_rate: RATE, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(folder.join("tin.wav"), spec).unwrap();
    for sample in frames().flatten() {
        #[expect(clippy::cast_possible_truncation, reason = "far below full scale")]
        writer.write_sample((sample * 32767.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
    frames().map(|[left, right]| (left + right) * 0.5).collect()
}

#[test]
fn every_clip_is_as_loud_as_the_station_was_told() {
    let rig = Rig::new();
    let words = "Kính mời bà con đến trạm y tế để tham gia bảo hiểm xã hội tự nguyện.";
    let mono = speech_in(&audio(&rig, "mot-ben"), "tin.wav", words);
    let both = stereo_in(&audio(&rig, "hai-ben"));
    let first = soon();
    let slots = [Slot::once("mot-ben", first), Slot::once("hai-ben", first + SignedDuration::from_secs(8))];
    let ear = Stereo::listen(&rig);
    let station = Station::start(&rig, &slots);
    let rows = station.wait_rows(2, Duration::from_secs(50));
    let heard = ear.stop();

    let mut from = 0;
    for (clip, row) in [&mono, &both].into_iter().zip(&rows) {
        let onset = from + heard[from..].iter().position(|sample| sample.abs() > 1e-3).expect("nothing was heard");
        let (first, last) = (onset / 2, (onset / 2 + clip.len()).min(heard.len() / 2));
        let part = &heard[first * 2..last * 2];
        let mixed: Vec<f32> = part.chunks_exact(2).map(|frame| (frame[0] + frame[1]) * 0.5).collect();
        let (level, score) = (loudness(part), same(clip, &mixed));
        let stated = row.airing.items[0].loudness_lufs.expect("a loudness");
        let peak = part.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        println!(
            "{}: {level:.2} LUFS at the speaker, row {stated}, peak {peak:.3}, score {score:.4}",
            row.airing.head.id
        );
        assert_eq!(row.airing.outcome, Outcome::Aired, "{row:#?}");
        assert!((level - VOLUME).abs() <= 0.5, "{level:.2} LUFS instead of {VOLUME}");
        assert!((level - stated).abs() <= 0.5, "the row says {stated}, the ear {level:.2} LUFS");
        assert!(peak < 0.9, "peak {peak}");
        assert!(score >= 0.95, "score {score}");
        from = (last + RATE as usize / 2) * 2;
    }
}
