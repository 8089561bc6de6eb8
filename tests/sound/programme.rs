//! What is made of the clips of a job: repetitions, ends, fades, checks; to the frame.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use loaphuong::model::outcome::Reason;
use loaphuong::model::playback::{
    Delivered, End, FromPlayer, Job, JobItem, Opened, Programme, Progress, Repeat, ToPlayer, Urgency,
};
use loaphuong::model::station::OutputKind;

use crate::child::{CARD, Player, ended, item, job};
use crate::level::ebur128;
use crate::rig::{Recording, Rig, babble, now, write_wav};

const PATIENCE: Duration = Duration::from_secs(10);

fn millis(time: u64) -> Duration {
    Duration::from_millis(time)
}

fn times(n: u32) -> Programme {
    Programme::Clips { repeat: Repeat::Times(n.try_into().unwrap()), longest: None }
}

/// A clip of babble at 48 kHz.
fn clip(rig: &Rig, name: &str, seconds: f64, seed: u32) -> (PathBuf, Vec<f32>) {
    let (file, samples) = (rig.path(name), babble(seconds, 48_000, seed));
    write_wav(&file, &samples, 48_000);
    (file, samples)
}

/// Plays it into a WAV file at once; gives what was said and what was recorded.
fn recorded(rig: &Rig, job: Job) -> (Player, Progress, Vec<Delivered>, End, Vec<f32>) {
    let heard = job.heard.clone();
    let mut player = Player::start(rig);
    player.tell(&ToPlayer::Prepare(Box::new(job)));
    player.tell(&ToPlayer::Begin { at: now() });
    let (progress, items, end) = ended(player.last(PATIENCE).0);
    (player, progress, items, end, Recording::read(&heard).samples)
}

fn wav(rig: &Rig, name: &str, items: Vec<JobItem>) -> Job {
    job(OutputKind::Wav, rig.path(name), items)
}

fn assert_same(got: &[f32], want: &[f32], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (n, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() < 2e-4, "{what}: sample {n} is {got}, not {want}");
    }
}

#[test]
fn over_and_over_without_a_gap() {
    let rig = Rig::without_server();
    let ((first, one), (second, two)) = (clip(&rig, "một.wav", 0.4, 1), clip(&rig, "hai.wav", 0.3, 2));
    for urgency in [Urgency::InTime, Urgency::AtOnce] {
        // The first one again at the end; and the run resumes in the middle of it, once.
        let resumed = JobItem { from: millis(100), ..item(&first) };
        let items = vec![resumed, item(&second), item(&first)];
        let hashes: Vec<_> = items.iter().map(|item| Some(item.hash.clone())).collect();
        let name = format!("{urgency:?}.wav");
        let (player, progress, items, end, heard) =
            recorded(&rig, Job { programme: times(3), urgency, ..wav(&rig, &name, items) });
        let pass = [&one[..], &two, &one].concat();
        // The rise of a resumed clip is another test's.
        let want = [&heard[..240], &pass[4_800 + 240..], &pass, &pass].concat();
        assert_same(&heard, &want, &name);
        assert_eq!((end, progress.consumed.0), (End::Whole, want.len() as u64));
        assert_eq!(progress.played, [millis(1_100), millis(900), millis(1_200)]);
        assert_eq!(items.iter().map(|item| item.played).collect::<Vec<_>>(), progress.played);
        assert_eq!(items.iter().map(|item| item.hash.clone()).collect::<Vec<_>>(), hashes);
        assert!(items.iter().all(|item| item.fault.is_none()), "{items:?}");
        let sums: Vec<Duration> = player.progress().iter().map(|progress| progress.played.iter().sum()).collect();
        for (sum, progress) in sums.iter().zip(player.progress()) {
            let consumed = progress.consumed.lasting(progress.rate);
            assert!(sum.abs_diff(consumed) < Duration::from_micros(1), "{progress:?}");
        }
    }
}

#[test]
fn the_longest_is_an_end_of_its_own() {
    let rig = Rig::without_server();
    let tone = rig.path("ton.wav");
    write_wav(&tone, &vec![0.4; 14_400], 48_000);
    let until = |longest| Programme::Clips { repeat: Repeat::UntilStopped, longest: Some(longest) };
    let (_, progress, items, end, heard) =
        recorded(&rig, Job { programme: until(millis(1_000)), ..wav(&rig, "a.wav", vec![item(&tone)]) });
    assert_eq!((end, progress.consumed.0, heard.len()), (End::Whole, 48_000, 48_000));
    assert_eq!((&progress.played[..], items[0].played), (&[millis(1_000)][..], millis(1_000)));
    let falling = &heard[48_000 - 2_400..];
    assert!(heard[..48_000 - 2_400].iter().all(|sample| (sample - 0.4).abs() < 1e-3), "it falls too soon");
    assert!(falling.windows(2).all(|two| two[0] >= two[1] && two[0] - two[1] < 0.001), "a click");
    assert!(falling.last().unwrap().abs() < 1e-3);
    // A programme that is shorter ends as it always does: as it is.
    let twice = Programme::Clips { repeat: Repeat::Times(2.try_into().unwrap()), longest: Some(millis(700)) };
    let (_, _, _, end, heard) = recorded(&rig, Job { programme: twice, ..wav(&rig, "b.wav", vec![item(&tone)]) });
    assert_eq!((end, heard.len()), (End::Whole, 28_800));
    assert!(heard.iter().all(|sample| (sample - 0.4).abs() < 1e-3));
}

#[test]
fn fades_are_exact_to_the_last_frame() {
    let rig = Rig::without_server();
    let (long, short) = (rig.path("dài.wav"), rig.path("ngắn.wav"));
    // The fall begins in the clip before the last one.
    write_wav(&long, &vec![0.4; 48_000], 48_000);
    write_wav(&short, &vec![0.4; 19_200], 48_000);
    let faded =
        Job { fade_in: millis(300), fade_out: millis(600), ..wav(&rig, "a.wav", vec![item(&long), item(&short)]) };
    let (_, progress, _, end, heard) = recorded(&rig, faded);
    assert_eq!((end, progress.consumed.0, heard.len()), (End::Whole, 67_200, 67_200));
    for (n, sample) in (0_u32..).zip(&heard) {
        let want = 0.4 * (f64::from(n) / 14_400.0).min(f64::from(67_199 - n) / 28_800.0).min(1.0);
        assert!((f64::from(*sample) - want).abs() < 2e-4, "frame {n}: {sample}, not {want}");
    }
    assert!(heard[67_199].abs() < 1e-4);
}

/// The file is held against its hash while it sounds: what is wrong with it is said at its end.
#[test]
fn in_a_hurry_a_changed_clip_sounds_and_is_told() {
    let rig = Rig::without_server();
    let (file, _) = clip(&rig, "bài.wav", 0.5, 1);
    let before = item(&file);
    let (file, samples) = clip(&rig, "bài.wav", 0.5, 2);
    let now_it_is = item(&file).hash;
    let changed = Job { urgency: Urgency::AtOnce, ..wav(&rig, "a.wav", vec![before, item(&file)]) };
    let (player, _, items, end, heard) = recorded(&rig, changed);
    assert_same(&heard, &[&samples[..], &samples].concat(), "both");
    assert_eq!(end, End::Whole);
    assert_eq!(items.iter().map(|item| item.fault).collect::<Vec<_>>(), [Some(Reason::ClipCorrupt), None]);
    assert!(items.iter().all(|item| item.hash == Some(now_it_is.clone())), "{items:?}");
    assert!(matches!(player.said[0].1, FromPlayer::Ready { .. }), "{:?}", player.said[0]);
    assert!(player.said.iter().any(|(_, said)| matches!(said, FromPlayer::Started { .. })));

    let missing = JobItem { file: rig.path("không-có.wav"), ..item(&file) };
    let mut player = Player::start(&rig);
    player.tell(&ToPlayer::Prepare(Box::new(Job { urgency: Urgency::AtOnce, ..wav(&rig, "b.wav", vec![missing]) })));
    let last = player.last(PATIENCE).0;
    assert!(matches!(last, FromPlayer::Failed { reason: Reason::ClipMissing, item: Some(0), .. }), "{last:?}");
    assert!(!rig.path("b.wav").exists(), "no device is opened for nothing");
}

#[test]
fn a_hundred_clips_do_not_take_a_hundred_handles() {
    let rig = Rig::without_server();
    let files: Vec<PathBuf> = (0..120).map(|n| clip(&rig, &format!("{n}.wav"), 0.01, n + 1).0).collect();
    let items = files.iter().map(|file| item(file)).collect();
    let (mut player, _) = Player::ready(&rig, Job { programme: times(2), ..wav(&rig, "a.wav", items) });
    let open = fs::read_dir(format!("/proc/{}/fd", player.pid())).unwrap().count();
    assert!(open < 100, "{open} open files");
    // One that is held, one that is not: replaced while they wait.
    for (n, file) in [(3, &files[3]), (110, &files[110])] {
        let other = rig.path("khác.wav");
        write_wav(&other, &babble(0.01, 48_000, 500 + n), 48_000);
        fs::rename(other, file).unwrap();
    }
    player.tell(&ToPlayer::Begin { at: now() });
    let (progress, items, end) = ended(player.last(PATIENCE).0);
    assert_eq!((progress.consumed.0, end), (2 * 120 * 480, End::Whole));
    let faults: Vec<usize> = (0..120).filter(|n| items[*n].fault.is_some()).collect();
    assert_eq!(faults, [110], "the one that is held sounds as it was");
    assert_eq!(items[110].fault, Some(Reason::ClipCorrupt));
}

#[test]
fn a_clip_without_a_frame_is_not_repeated_for_ever() {
    let rig = Rig::without_server();
    let (file, _) = clip(&rig, "bài.wav", 0.1, 1);
    let over = JobItem { from: millis(100), ..item(&file) };
    let programme = Programme::Clips { repeat: Repeat::UntilStopped, longest: None };
    let (_, progress, _, end, _) = recorded(&rig, Job { programme, ..wav(&rig, "a.wav", vec![over]) });
    assert_eq!((progress.consumed.0, end), (0, End::Whole));
}

#[test]
fn until_somebody_stops_it() {
    let rig = Rig::without_server();
    let (file, samples) = clip(&rig, "bài.wav", 0.25, 1);
    let programme = Programme::Clips { repeat: Repeat::UntilStopped, longest: None };
    let (mut player, _) = Player::ready(&rig, Job { programme, ..wav(&rig, "a.wav", vec![item(&file)]) });
    player.tell(&ToPlayer::Begin { at: now() });
    let second = |said: &FromPlayer| matches!(said, FromPlayer::Progress(progress) if progress.consumed.0 > 48_000);
    player.until(PATIENCE, second);
    player.tell(&ToPlayer::Stop { fade: Duration::ZERO });
    let (progress, items, end) = ended(player.last(PATIENCE).0);
    assert_eq!((end, items[0].hash.clone()), (End::Stopped, Some(item(&file).hash)));
    assert!(progress.played[0] > millis(1_000) && items[0].played == progress.played[0], "{progress:?}");
    let heard = Recording::read(&rig.path("a.wav")).samples;
    assert_eq!(heard.len() as u64, progress.consumed.0);
    let want: Vec<f32> = samples.iter().cycle().take(heard.len()).copied().collect();
    assert_same(&heard, &want, "over and over");
}

#[test]
fn a_probe_opens_listens_and_goes() {
    let rig = Rig::new();
    for output in [CARD, OutputKind::Null] {
        let mut player = Player::start(&rig);
        let asked = now();
        let probe = Job { programme: Programme::Probe, ..job(output, rig.path("heard.wav"), Vec::new()) };
        player.tell(&ToPlayer::Prepare(Box::new(probe)));
        let (last, status) = player.last(PATIENCE);
        let (progress, items, end) = ended(last);
        let took = now().since(asked);
        assert!(status.success() && took >= millis(500), "{status:?} after {took:?}");
        assert_eq!((progress.consumed.0, items.len(), end), (0, 0, End::Whole));
        assert!(player.said.iter().any(|(_, said)| matches!(said, FromPlayer::Ready { .. })), "{:?}", player.said);
        let told = |(_, said): &(_, FromPlayer)| {
            matches!(said, FromPlayer::Ready { .. } | FromPlayer::Route { .. } | FromPlayer::Ended { .. })
        };
        assert!(player.said.iter().all(told), "{:?}", player.said);
    }
}

/// Every frame counts, also where the peaks between the samples are what is measured.
#[test]
fn what_was_delivered_is_measured_as_others_do() {
    let rig = Rig::without_server();
    let file = rig.path("nói.wav");
    let spoken =
        Command::new("espeak-ng").args(["-v", "vi", "-w"]).arg(&file).arg("Kính thưa bà con trong xã").status();
    assert!(spoken.expect("espeak-ng must be installed").success());
    let (_, _, items, _, heard) = recorded(&rig, wav(&rig, "a.wav", vec![item(&file)]));
    let (loudness, peak) = ebur128(&rig.path("a.wav"));
    assert!((items[0].loudness.unwrap() - loudness).abs() <= 0.1, "{items:?} against {loudness} LUFS");
    assert!((items[0].peak.0 - peak).abs() <= 0.3, "{items:?} against {peak} dBTP");
    let silent = heard.chunks(960).filter(|part| {
        let power: f64 = part.iter().map(|s| f64::from(*s).powi(2)).sum();
        power / f64::from(u32::try_from(part.len()).unwrap()) < 1e-5
    });
    let silent = millis(20) * u32::try_from(silent.count()).unwrap();
    assert!(items[0].silent.abs_diff(silent) <= millis(20), "{items:?} against {silent:?}");
}

#[test]
fn a_device_for_a_hurry_is_opened_also_when_the_order_comes_late() {
    let rig = Rig::new();
    let (file, _) = clip(&rig, "bài.wav", 0.5, 1);
    let hurry = Job { urgency: Urgency::AtOnce, ..job(CARD, rig.path("heard.wav"), vec![item(&file)]) };
    let (mut player, device) = Player::ready(&rig, hurry);
    assert_eq!(device, Opened::Card { name: "default".to_owned() });
    player.tell(&ToPlayer::Begin { at: now() });
    assert_eq!(ended(player.last(PATIENCE).0).0.consumed.0, 24_000);
}
