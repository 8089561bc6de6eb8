//! Audio files → samples, with symphonia; shared by `library` and `player`. Effects: reads files.
//!
//! Headers lie, so nothing here is believed before it was decoded: a clip is as long as its samples, its kind is what its
//! bytes say, and damage is an error, never silence. A file that fails in its middle has given good samples until then.

mod check;
mod error;
mod format;
mod opus;
mod source;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia_adapter_libopus::OpusDecoder;

use self::format::{Format, is_he_aac, known_but_unsupported, mp3_says_its_length};
use self::opus::Head;
use self::source::Window;
use crate::model::clip::ClipFault;
use crate::model::units::{Frames, Hertz};

pub use self::check::check;
pub use self::error::DecodeError;
pub use self::format::ending_fits;
pub use self::source::{hash, hash_from_disk, kind, open, size_fault};

/// Longest clip.
const MOST_TIME: Duration = Duration::from_hours(2);
/// Rates outside this are refused.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// Bytes of an MP3 that may belong to no frame before it counts as damaged: one frame cut at the end.
const STRAY_BYTES: u64 = 2_048;

/// symphonia's own decoders, and libopus.
static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<OpusDecoder>();
    codecs
});

/// A clip on its way from file to samples. Reads forwards only.
pub struct Decoder {
    reader: Box<dyn FormatReader>,
    codec: Box<dyn AudioDecoder>,
    track: u32,
    format: Format,
    rate: Hertz,
    channels: u16,
    /// How many frames the file says it has; nothing if it does not say.
    promised: Option<u64>,
    decoded: u64,
    to_skip: u64,
    /// Frames still to come that only let the decoder settle, and do not belong to the clip.
    lead: u64,
    /// The factor that the file asks to apply to its samples.
    factor: f32,
    /// Bytes that no packet has claimed yet, where every byte should belong to one.
    stray: Option<u64>,
    block: Vec<f32>,
    over: bool,
}

impl Decoder {
    /// Opens the clip at `path` and reads its header.
    ///
    /// # Errors
    /// `Missing`, or what is wrong: not a regular file, 0 bytes, too large, unreadable, not audio, an unsupported format,
    /// an odd number of channels or rate, damage or truncation within the header.
    pub fn open(path: &Path) -> Result<Self, DecodeError> {
        Self::read(open(path)?)
    }

    /// The same for a file that [`open`] has opened already.
    ///
    /// # Errors
    /// As [`Decoder::open`].
    pub fn read(file: File) -> Result<Self, DecodeError> {
        guarded(|| Self::probe(Window::between_tags(file)?))
    }

    fn probe(mut bytes: Window) -> Result<Self, DecodeError> {
        let (head, len) = (bytes.head(16 * 1024)?, bytes.len());
        if let Some(name) = known_but_unsupported(&head) {
            return Err(DecodeError::new(ClipFault::Unsupported, name));
        }
        let stream = MediaSourceStream::new(Box::new(bytes), MediaSourceStreamOptions::default());
        // No hint: the ending of a name proves nothing.
        let (options, tags) = (FormatOptions::default(), MetadataOptions::default());
        let reader =
            symphonia::default::get_probe().probe(&Hint::new(), stream, options, tags).map_err(why_not_audio)?;
        let track = reader
            .first_track_known_codec(TrackType::Audio)
            .ok_or_else(|| DecodeError::new(ClipFault::Unsupported, "no audio track of a known codec"))?;
        let Some(CodecParameters::Audio(params)) = &track.codec_params else {
            return Err(DecodeError::new(ClipFault::Unsupported, "no parameters of the audio track"));
        };
        if params.codec == CODEC_ID_AAC && params.extra_data.as_deref().is_some_and(is_he_aac) {
            return Err(DecodeError::new(ClipFault::Unsupported, "HE-AAC"));
        }
        let opus = params.extra_data.as_deref().filter(|_| params.codec == CODEC_ID_OPUS).and_then(Head::read);
        let mut params = params.clone();
        if opus.is_some() {
            // The decoder would pass over its beginning within the first packet only; we do it.
            params.extra_data = None;
        }
        let codec = CODECS.make_audio_decoder(&params, &AudioDecoderOptions::default().verify(true))?;
        let format = Format::of(reader.format_info().short_name, params.codec);
        let (rate, channels) = shape(codec.as_ref())?;
        let untold_mp3 = format.name == "MP3" && !mp3_says_its_length(&head);
        let lead = opus.map_or(0, |head| head.pre_skip);
        let promised = promised_frames(track, rate).filter(|_| !untold_mp3).map(|frames| frames.saturating_sub(lead));
        Ok(Self {
            track: track.id,
            stray: untold_mp3.then_some(len),
            decoded: 0,
            to_skip: 0,
            lead,
            factor: opus.map_or(1.0, |head| head.factor),
            block: Vec::new(),
            over: false,
            reader,
            codec,
            format,
            rate,
            channels,
            promised,
        })
    }

    /// What people call the format: `MP3`, `WAV`, `FLAC`, `Ogg Vorbis`, `M4A/AAC` …
    #[must_use]
    pub fn format(&self) -> &str {
        self.format.name
    }

    /// Frames a second, 8,000–192,000.
    #[must_use]
    pub fn rate(&self) -> Hertz {
        self.rate
    }

    /// 1 or 2.
    #[must_use]
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// How many frames were decoded so far, skipped ones among them. At the clean end: the clip's length.
    #[must_use]
    pub fn decoded(&self) -> Frames {
        Frames(self.decoded)
    }

    /// Passes over this much from here, to the frame: [`Decoder::next`] decodes and drops it.
    pub fn skip(&mut self, time: Duration) {
        self.to_skip = self.to_skip.saturating_add(self.rate.frames_in(time).0);
    }

    /// The next samples, interleaved, never none of them; nothing at the clean end, and from then on.
    ///
    /// # Errors
    /// `Damaged`, `CutShort` (the file ended before its end), `TooLong`, `Unreadable`. After an error there is nothing more.
    #[expect(clippy::should_implement_trait, reason = "lends its buffer, which an Iterator cannot")]
    pub fn next(&mut self) -> Result<Option<&[f32]>, DecodeError> {
        if self.over {
            return Ok(None);
        }
        match guarded(|| self.next_block()) {
            Ok(Some(from)) => Ok(Some(&self.block[from..])),
            end => {
                self.over = true;
                end.map(|_| None)
            }
        }
    }

    /// Fills `block` with samples that are not all to be skipped; gives the index of the first one wanted.
    fn next_block(&mut self) -> Result<Option<usize>, DecodeError> {
        loop {
            let Some(packet) = self.reader.next_packet()? else {
                self.check_end()?;
                return Ok(None);
            };
            if packet.track_id != self.track {
                continue;
            }
            if let Some(stray) = &mut self.stray {
                *stray = stray.saturating_sub(packet.data.len() as u64);
            }
            let sound = self.codec.decode(&packet)?;
            let (rate, channels) = (sound.spec().rate(), sound.spec().channels().count());
            if rate != self.rate.0 || channels != usize::from(self.channels) {
                return Err(DecodeError::new(ClipFault::Damaged, "rate or channels change inside the file"));
            }
            sound.copy_to_vec_interleaved(&mut self.block);
            self.settle();
            let frames = (self.block.len() / channels) as u64;
            self.decoded += frames;
            if Frames(self.decoded).lasting(self.rate) > MOST_TIME {
                return Err(DecodeError::new(ClipFault::TooLong, "longer than two hours"));
            }
            if !self.block.iter().all(|sample| sample.is_finite()) {
                return Err(DecodeError::new(ClipFault::Damaged, "samples that are not numbers"));
            }
            let skipped = self.to_skip.min(frames);
            self.to_skip -= skipped;
            if skipped < frames {
                return Ok(Some(usize::try_from(skipped).unwrap_or(usize::MAX) * channels));
            }
        }
    }

    /// Takes away what is not to be heard of the block at hand, and gives it the level that the file asks for.
    fn settle(&mut self) {
        let channels = usize::from(self.channels);
        let lead = usize::try_from(self.lead).unwrap_or(usize::MAX).min(self.block.len() / channels);
        self.block.drain(..lead * channels);
        self.lead -= lead as u64;
        if self.factor.to_bits() != 1.0_f32.to_bits() {
            self.block.iter_mut().for_each(|sample| *sample *= self.factor);
        }
    }

    /// The file came to an end without complaint: was it the whole of it?
    fn check_end(&mut self) -> Result<(), DecodeError> {
        let short = |detail: String| Err(DecodeError::new(ClipFault::CutShort, detail));
        if self.decoded == 0 {
            return short("not one frame in it".to_owned());
        }
        if let Some(promised) = self.promised
            && self.decoded + self.format.slack < promised
        {
            return short(format!("{} frames of {promised}", self.decoded));
        }
        if let Some(stray) = self.stray
            && stray > STRAY_BYTES
        {
            return Err(DecodeError::new(ClipFault::Damaged, format!("{stray} bytes that belong to no frame")));
        }
        if self.codec.finalize().verify_ok == Some(false) {
            return Err(DecodeError::new(ClipFault::Damaged, "the checksum of the samples is wrong"));
        }
        Ok(())
    }
}

/// symphonia panics on hardly any file (a debug build of its WAV reader on one in thousands of mutants): that file is damaged
/// and nothing else is.
fn guarded<T>(work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(DecodeError::new(ClipFault::Damaged, "the decoder panicked")))
}

/// Which fault a header that cannot be read is.
fn why_not_audio(error: Error) -> DecodeError {
    match error {
        // A cut MP4 lacks its table of contents, which most phones write last.
        Error::Unsupported(what) if what.contains("missing moov") => DecodeError::new(ClipFault::CutShort, what),
        Error::Unsupported(what) if what.starts_with("core (probe)") => DecodeError::new(ClipFault::NotAudio, what),
        error => error.into(),
    }
}

/// Rate and channels by the decoder's account, within the limits.
fn shape(codec: &dyn AudioDecoder) -> Result<(Hertz, u16), DecodeError> {
    let params = codec.codec_params();
    let odd = |detail: String| Err(DecodeError::new(ClipFault::OddShape, detail));
    let channels = match params.channels.as_ref().map(symphonia::core::audio::Channels::count) {
        Some(1) => 1,
        Some(2) => 2,
        other => return odd(format!("channels: {other:?}")),
    };
    match params.sample_rate {
        Some(rate) if RATES.contains(&rate) => Ok((Hertz(rate), channels)),
        other => odd(format!("sample rate: {other:?}")),
    }
}

/// How many frames the file says it has: by its own count, or by its duration in whatever unit it has.
fn promised_frames(track: &Track, rate: Hertz) -> Option<u64> {
    let by_duration = || {
        let (base, duration) = (track.time_base?, track.duration?);
        let frames = u128::from(duration.get()) * u128::from(base.numer.get()) * u128::from(rate.0)
            / u128::from(base.denom.get());
        u64::try_from(frames).ok()
    };
    track.num_frames.or_else(by_duration).filter(|frames| *frames > 0)
}
