//! The ways that sound leaves the PC: cards, files, streams, and how loud they are. Pure.

use std::time::Duration;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::model::id::OutputId;
use crate::model::outcome::Kind;
use crate::model::time::DaySpan;
use crate::model::units::{Decibel, Lufs};

/// A way that sound leaves the PC.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Unique in the station.
    pub id: OutputId,
    /// As people read it.
    pub name: String,
    /// Whose counter it feeds.
    pub channel: Channel,
    /// Where the samples go.
    pub kind: OutputKind,
    /// Loudness that every clip is brought to, −40…−6 LUFS.
    pub volume: Lufs,
    /// Silence before the first sound, 0–10 s: it lies before the slot's second, not after.
    pub lead_in: Duration,
    /// Switched on before and off after.
    pub amplifier: Option<Amplifier>,
    /// The sink of a sound server (`PulseAudio`, `PipeWire`) that is the right one, by its name; nothing: the one on which
    /// the sound server puts the stream when it is opened, its stand-in for missing hardware never.
    pub sink: Option<String>,
    /// A ceiling on the loudness at night.
    pub night: Option<Night>,
    /// So long before the first airing of a local day a test tone sounds, 1 min–2 h; nothing: none.
    pub test_before: Option<Duration>,
    /// A capture device that hears what the output plays.
    pub listen: Option<Listen>,
}

/// A ceiling on the loudness at night (`night_volume_lufs`, `night`).
#[derive(Debug, Clone, PartialEq)]
pub struct Night {
    /// What is louder is brought down to this, −60…−6 LUFS. Emergencies are exempt.
    pub ceiling: Lufs,
    /// When it is night: 21:00–06:00 unless said otherwise (QCVN 26:2010/BTNMT).
    pub hours: Vec<DaySpan>,
}

/// A capture device that hears what an output plays (`[output.listen]`): monitor, line-in, microphone.
///
/// Only the loudness envelope of what it hears is looked at, and nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listen {
    /// Its ALSA name; nothing: ALSA's `default`.
    pub device: Option<String>,
    /// Correlation of the envelopes from which on an airing counts as heard, 0.1–1; 0.4 unless said otherwise.
    pub at_least: f64,
}

/// Who hears an output; each channel has its own counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// *Đài xã*.
    Commune,
    /// *Loa thôn, khối phố*.
    Village,
    /// *Lưu động*.
    Mobile,
}

/// Where the samples of an output go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutputKind {
    /// ALSA's default; a WAV to listen to where there is none, and then nothing is proven.
    Auto,
    /// A sound card by its ALSA name (`plughw:CARD=Device,DEV=0`), else ALSA's `default`.
    Device {
        /// The ALSA name, if one is given.
        name: Option<String>,
    },
    /// A file for each airing in `<state>/heard/`: chosen on purpose, the file is the proof.
    Wav,
    /// Paced silence: never proven.
    Null,
    /// A mount of an Icecast server, as its source: for IP loudspeakers and listeners on the web.
    Icecast(Mount),
}

/// A mount of an Icecast server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// `http://host:port/mount.opus`.
    pub url: String,
    /// The source's name; `source` unless said otherwise.
    pub user: String,
    /// The source's password.
    pub password: Secret,
    /// Kilobits a second, 16–256; 64 unless said otherwise.
    pub bitrate: u32,
}

/// Something that is never shown. It stands in the configuration and goes to the player, nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Commands that switch an amplifier or a transmitter; the first word is the program, no shell in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amplifier {
    /// Before the first sound.
    pub on: Vec<String>,
    /// After the last sound.
    pub off: Vec<String>,
    /// How long it needs before it carries sound, 0–120 s.
    pub warm_up: Duration,
}

/// What a loudness may be: softer is not heard, louder is not to be had without harm.
const LOUDNESS: std::ops::RangeInclusive<f64> = -60.0..=-6.0;

impl Output {
    /// The loudness to which a clip is brought here that begins at this local time: the output's own, changed by what the
    /// slot asks for, and at night no louder than the ceiling. An emergency knows no night.
    #[must_use]
    pub fn target(&self, slot: Decibel, kind: Kind, begins: Time) -> Lufs {
        let wanted = self.asked(slot);
        let night =
            self.night.as_ref().filter(|n| kind != Kind::Emergency && n.hours.iter().any(|h| h.contains(begins)));
        night.map_or(wanted, |night| Lufs(wanted.0.min(night.ceiling.0)))
    }

    /// The same at all times of the day.
    pub(super) fn targets(&self, slot: Decibel) -> impl Iterator<Item = Lufs> {
        let wanted = self.asked(slot);
        let night = self.night.as_ref().map(|night| Lufs(wanted.0.min(night.ceiling.0)));
        std::iter::once(wanted).chain(night)
    }

    fn asked(&self, slot: Decibel) -> Lufs {
        Lufs((self.volume.0 + slot.0).clamp(*LOUDNESS.start(), *LOUDNESS.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_changes_the_loudness_and_the_night_has_a_ceiling() {
        let night = Night { ceiling: Lufs(-24.0), hours: vec![DaySpan::new(21 * 3600, DaySpan::DAY).unwrap()] };
        let output = Output {
            id: "loa".parse().unwrap(),
            name: "Loa".into(),
            channel: Channel::Commune,
            kind: OutputKind::Null,
            volume: Lufs(-16.0),
            lead_in: Duration::ZERO,
            amplifier: None,
            sink: None,
            night: Some(night),
            test_before: None,
            listen: None,
        };
        let at = |hour| Time::new(hour, 0, 0, 0).unwrap();
        let target = |slot, kind, hour| output.target(Decibel(slot), kind, at(hour)).0;
        let cases = [
            (0.0, Kind::Scheduled, 17, -16.0),
            (-3.0, Kind::Scheduled, 17, -19.0),
            (0.0, Kind::Scheduled, 22, -24.0),
            (-12.0, Kind::Scheduled, 22, -28.0),
            (0.0, Kind::Emergency, 22, -16.0),
            (20.0, Kind::Manual, 12, -6.0),
        ];
        for (slot, kind, hour, expected) in cases {
            assert!((target(slot, kind, hour) - expected).abs() < 1e-9, "{slot} {kind} {hour}");
        }
    }
}
