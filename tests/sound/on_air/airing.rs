//! Programmes of several clips, and slots that share one output.

use std::time::Duration;

use jiff::SignedDuration;
use loaphuong::model::outcome::Outcome;

use super::ear::{babble_in, same, seconds, stretches};
use super::station::{Slot, Station, audio, soon, wall_at};
use crate::rig::{RATE, Rig};

#[test]
fn jingles_stand_before_and_behind_the_clip() {
    let rig = Rig::new();
    let jingles = audio(&rig, "nhac-hieu");
    let clips = [
        babble_in(&jingles, "truoc.wav", 1.2, 21),
        babble_in(&audio(&rig, "tin"), "tin.wav", 2.5, 22),
        babble_in(&jingles, "sau.wav", 1.5, 23),
    ];
    let slot =
        Slot { more: "intro = \"nhac-hieu/truoc.wav\"\noutro = \"nhac-hieu/sau.wav\"", ..Slot::once("tin", soon()) };
    let ear = rig.capture();
    let station = Station::start(&rig, &[slot]);
    let row = station.wait_row(Duration::from_secs(40));
    let recording = ear.stop();

    let heard = stretches(&recording);
    assert_eq!(heard.len(), 1, "one sound without a hole: {heard:?}");
    let mut rest = &recording.samples[heard[0].clone()];
    for (clip, item) in clips.iter().zip(&row.airing.items) {
        let (part, later) = rest.split_at(clip.len().min(rest.len()));
        let score = same(clip, part);
        println!("{}: score {score:.4}", item.plan.clip);
        assert!(score >= 0.95, "{}: score {score}", item.plan.clip);
        assert_eq!(item.outcome, Outcome::Aired);
        assert!((item.played_s.0 - seconds(clip.len())).abs() < 0.01, "{item:?}");
        rest = later;
    }
    assert!(rest.len() < RATE as usize / 20, "{} samples too many", rest.len());
    assert_eq!((row.airing.items.len(), row.airing.outcome), (3, Outcome::Aired));
}

#[test]
fn slots_that_share_an_output_never_sound_at_once() {
    let rig = Rig::new();
    let first = soon();
    // The second is due in the middle of the first, the third when the second should be over.
    let slots = [("mot", 0, 4.0), ("hai", 2, 1.5), ("ba", 7, 2.0)];
    let at = |after: i64| first + SignedDuration::from_secs(after);
    let mut clips = Vec::new();
    for (seed, (id, _, length)) in (31..).zip(slots) {
        clips.push(babble_in(&audio(&rig, id), "tin.wav", length, seed));
    }
    let ear = rig.capture();
    let station = Station::start(&rig, &slots.map(|(id, after, _)| Slot::once(id, at(after))));
    let rows = station.wait_rows(3, Duration::from_secs(50));
    let recording = ear.stop();

    let heard = stretches(&recording);
    assert_eq!(heard.len(), 3, "{heard:?}\n{rows:#?}");
    for ((stretch, clip), row) in heard.iter().zip(&clips).zip(&rows) {
        let score = same(clip, &recording.samples[stretch.clone()]);
        let planned = row.airing.head.planned_at.at;
        let late = wall_at(recording.at(stretch.start)).duration_since(planned).as_secs_f64() * 1e3;
        let stated = row.airing.start_error_ms.expect("a start");
        println!("{}: heard {late:+.0} ms, row {stated:+} ms, score {score:.4}", row.airing.head.id);
        assert!(score >= 0.95, "score {score}");
        assert!((seconds(stretch.len()) - seconds(clip.len())).abs() <= 0.05, "{} s", seconds(stretch.len()));
        assert_eq!(row.airing.outcome, Outcome::Aired, "{row:#?}");
        #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
        let apart = (late - stated as f64).abs();
        assert!(apart <= 20.0, "the row says {stated} ms, the ear {late:.1} ms");
    }
    let waited = rows[1].airing.start_error_ms.unwrap();
    assert!((2_000..6_000).contains(&waited), "the second had to wait for the first: {waited} ms");
}
