//! How long it takes from the core's word to sound at the speaker, the start of the process included.

use std::thread;
use std::time::Duration;

use loaphuong::model::playback::{Job, Programme, Repeat, ToPlayer, Urgency};

use crate::child::{CARD, Player, item, job};
use crate::rig::{Rig, babble, now, write_wav};

/// So many starts in an ordinary run; `STARTS=100` for more.
fn starts() -> u32 {
    std::env::var("STARTS").ok().and_then(|n| n.parse().ok()).unwrap_or(8)
}

/// The time below which so many of a hundred lie.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

#[test]
fn at_once_means_at_once() {
    let rig = Rig::new();
    let file = rig.path("khẩn.wav");
    write_wav(&file, &babble(2.0, 48_000, 7), 48_000);
    let item = item(&file);
    let programme = Programme::Clips { repeat: Repeat::UntilStopped, longest: Some(Duration::from_secs(1800)) };
    let mut took = Vec::new();
    for _ in 0..starts() {
        let ear = rig.capture();
        let hurry = Job {
            urgency: Urgency::AtOnce,
            programme: programme.clone(),
            ..job(CARD, rig.path("heard.wav"), vec![item.clone()])
        };
        let asked = now();
        let mut player = Player::start(&rig);
        player.tell(&ToPlayer::Prepare(Box::new(hurry)));
        player.tell(&ToPlayer::Begin { at: asked });
        thread::sleep(Duration::from_millis(700));
        drop(player);
        let heard = ear.stop();
        took.push(heard.at(heard.onset(0.02).expect("sound")).since(asked));
    }
    took.sort();
    println!(
        "from the word to the speaker, {} times: p50 {:?}, p99 {:?}, most {:?}",
        took.len(),
        percentile(&took, 50),
        percentile(&took, 99),
        took.last()
    );
    assert!(percentile(&took, 50) < Duration::from_millis(400), "{took:?}");
}
