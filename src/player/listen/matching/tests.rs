//! Real speech over simulated ways from speaker to ear: clean, through a horn in a noisy street, and other speech.

use std::path::Path;
use std::process::Command;

use super::super::envelope::Envelope;
use super::*;
use crate::model::units::Hertz;

const WORDS: [&str; 4] = [
    "Kính mời bà con đến trạm y tế xã để được tư vấn tham gia bảo hiểm xã hội tự nguyện, với mức đóng phù hợp với thu \
     nhập của từng hộ gia đình, được nhà nước hỗ trợ một phần.",
    "Thông báo lịch tiêm phòng cho đàn gia súc trên địa bàn xã. Đề nghị các hộ chăn nuôi nhốt gia súc tại chuồng trong \
     các ngày mười hai và mười ba, để cán bộ thú y đến làm việc.",
    "Dự báo thời tiết: đêm nay và ngày mai, trời nhiều mây, có mưa rào và dông vài nơi; trong mưa dông có khả năng xảy \
     ra lốc, sét và gió giật mạnh. Bà con chú ý phòng tránh.",
    "Hội người cao tuổi tổ chức khám sức khỏe định kỳ. Các cụ từ bảy mươi tuổi trở lên mang theo thẻ bảo hiểm y tế và \
     căn cước công dân, có mặt lúc bảy giờ sáng thứ năm.",
];

/// A bright horn that overdrives, its echo from the houses, and a street as loud as this beside it, in dB of its own level.
const HORN: &[&str] = &["highpass", "450", "lowpass", "3500", "overdrive", "12", "reverb", "45"];

fn sox(arguments: &[&str]) {
    let status = Command::new("sox").args(arguments).status();
    assert!(status.expect("sox must be installed: script/test does it").success(), "{arguments:?}");
}

/// Samples of a file, at 48 kHz.
fn samples(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).unwrap();
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32768.0).collect()
}

fn envelope(samples: &[f32]) -> Vec<f32> {
    let mut envelope = Envelope::new(Hertz(48_000), 1);
    envelope.add(samples);
    envelope.levels().to_vec()
}

fn power(samples: &[f32]) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "some millions")]
    let count = samples.len() as f32;
    samples.iter().map(|sample| sample * sample).sum::<f32>() / count
}

/// The envelope of these words as they are sent, and as they are heard `late` samples later through a horn, with noise
/// that is so many times as strong; nothing: cleanly.
fn spoken(folder: &Path, words: &str, horn: Option<f32>, late: usize) -> (Vec<f32>, Vec<f32>) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let status = Command::new("espeak-ng").args(["-v", "vi", "-w", &path("a.wav"), words]).status();
    assert!(status.expect("espeak-ng must be installed: script/test does it").success());
    sox(&[&path("a.wav"), "-b", "16", "-r", "48000", "-c", "1", &path("sent.wav"), "gain", "-3"]);
    let sent = samples(&folder.join("sent.wav"));
    let mut heard = vec![0.0; late];
    match horn {
        None => heard.extend(&sent),
        Some(noise) => {
            let (from, to) = (path("sent.wav"), path("horn.wav"));
            sox(&[&[from.as_str(), "-b", "16", to.as_str()], HORN].concat());
            let horn = samples(&folder.join("horn.wav"));
            let factor = (power(&horn) * noise).sqrt() * 3.0_f32.sqrt();
            heard.extend(horn);
            let mut state = 12_345_u32;
            for sample in &mut heard {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                #[expect(clippy::cast_precision_loss, reason = "noise")]
                let random = (state >> 8) as f32 / 8_388_608.0 - 1.0;
                *sample += random * factor;
            }
        }
    }
    heard.extend(vec![0.0; 4_800]);
    (envelope(&sent), envelope(&heard))
}

/// (noise against the horn in power, how much later in samples, the lowest score of what was sent)
const WAYS: [(Option<f32>, usize, f64); 4] =
    [(None, 0, 0.98), (None, 12_345, 0.97), (Some(0.1), 4_800, 0.6), (Some(1.0), 24_000, 0.42)];

#[test]
fn what_was_sent_is_told_from_what_was_not() {
    let folder = tempfile::tempdir().unwrap();
    for (way, (noise, late, least)) in WAYS.into_iter().enumerate() {
        let each: Vec<_> = WORDS.iter().map(|words| spoken(folder.path(), words, noise, late)).collect();
        let (mut lowest, mut highest) = (1.0_f64, 0.0_f64);
        for (n, (sent, _)) in each.iter().enumerate() {
            for (m, (_, heard)) in each.iter().enumerate() {
                let found = matching(sent, heard, 0).unwrap();
                if n == m {
                    let apart = found.lag.as_secs_f64() - Duration::from_secs(late as u64).as_secs_f64() / 48_000.0;
                    assert!(apart.abs() < 0.03, "way {way}: {n}: {found:?}");
                    lowest = lowest.min(found.score);
                } else {
                    highest = highest.max(found.score);
                }
            }
        }
        println!("way {way}, ten seconds: the same {lowest:.3} at least, another {highest:.3} at most");
        assert!(lowest >= least && highest < 0.4, "way {way}: {lowest} {highest}");
    }
}

#[test]
fn the_longer_the_surer() {
    let folder = tempfile::tempdir().unwrap();
    for (way, (noise, late, least)) in WAYS.into_iter().enumerate() {
        let forwards: String = WORDS.join(" ");
        let backwards: String = WORDS.into_iter().rev().collect::<Vec<_>>().join(" ");
        let (sent, heard) = spoken(folder.path(), &forwards, noise, late);
        let (_, other) = spoken(folder.path(), &backwards, noise, late);
        let (same, other) = (matching(&sent, &heard, 0).unwrap(), matching(&sent, &other, 0).unwrap());
        println!("way {way}, {} s: the same {:.3}, another {:.3}", sent.len() / 200, same.score, other.score);
        assert!(same.score >= least && other.score <= 0.25, "way {way}: {same:?} {other:?}");
    }
}

/// A level that goes up and down by chance, at each step.
fn chance(windows: usize, mut state: u32) -> Vec<f32> {
    let mut level = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        #[expect(clippy::cast_precision_loss, reason = "chance")]
        let level = (state >> 8) as f32 / 16_777_216.0 * 30.0 - 40.0;
        level
    };
    (0..windows).flat_map(|_| [level(); 4 * WINDOW]).collect()
}

#[test]
fn what_cannot_be_compared_gives_no_score() {
    let still = vec![-20.0; 4_000];
    let speech = chance(250, 1);
    assert_eq!(matching(&speech[..49 * WINDOW], &speech, 0), None, "less than a second");
    assert_eq!(matching(&still, &speech, 0), None, "a tone");
    let deaf = matching(&speech, &still, 0).unwrap();
    assert!(deaf.score.abs() < 0.1, "{deaf:?}");
    assert_eq!(matching(&speech, &[], 0).map(|found| found.score), Some(0.0), "an ear that hears nothing");
    // An ear that was open before, and one that was opened in the middle.
    let mut before = vec![-60.0; 800];
    before.extend(&speech);
    assert!(matching(&speech, &before, 800).unwrap().score > 0.98);
    assert!(matching(&speech, &speech[1_000..], -1_000).unwrap().score > 0.9);
    assert!(matching(&speech, &speech[3_000..], -3_000).unwrap().score < 0.1, "a quarter was heard");
}

/// However little of the silence around a short clip was heard with it: that silence is not held against the clip.
#[test]
fn silence_on_one_side_does_not_matter() {
    let sent = chance(40, 3);
    for behind in [0, 7, 20, 60] {
        let mut heard = vec![FLOOR; 300];
        heard.extend(&sent);
        heard.extend(vec![FLOOR; behind]);
        let found = matching(&sent, &heard, 300).unwrap();
        assert!(found.score > 0.99, "{behind}: {found:?}");
    }
}

/// Two cards whose clocks run apart by a hundred parts in a million are a window and a half apart after five minutes.
#[test]
fn clocks_that_run_apart_do_not_matter() {
    let sent = chance(3_750, 7);
    let heard: Vec<f32> = (0..sent.len()).map(|n| sent[n - n * 4 / 10_000]).collect();
    let found = matching(&sent, &heard, 0).unwrap();
    assert!(found.score > 0.9, "{found:?}");
}
