//! A live stream as it comes, at the output's rate; called again whenever it is lost. Effects: the network, a thread.

use std::io;
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia_adapter_libopus::OpusDecoder;

use super::client;
use crate::model::units::Hertz;
use crate::player::CHANNELS;
use crate::player::resample::Resampler;

/// How long to wait before a lost stream is called again.
const AGAIN: Duration = Duration::from_secs(5);
/// Frames in a block, at least; and blocks that may wait: then the server waits too, and memory is not filled.
const BLOCK: usize = 1_024;
const WAITING: usize = 96;
/// Packets in a row that may be damaged before the stream counts as lost.
const DAMAGED: u32 = 50;

static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<OpusDecoder>();
    codecs
});

/// What comes of the stream.
#[derive(Debug)]
pub(super) enum Live {
    /// Interleaved stereo at the output's rate.
    Sound(Vec<f32>),
    /// It is not there (any more), for this reason.
    Lost(String),
}

/// Why a stream gives no more.
enum Gone {
    /// For engineers.
    Lost(String),
    /// Nobody listens.
    Unheard,
}

impl From<Error> for Gone {
    fn from(error: Error) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<String> for Gone {
    fn from(detail: String) -> Self {
        Self::Lost(detail)
    }
}

/// Calls the stream on a thread that nobody waits for, again and again until nobody listens.
pub(super) fn listen(url: String) -> io::Result<Receiver<Live>> {
    let (tell, heard) = sync_channel(WAITING);
    let listen = move || {
        while let Err(Gone::Lost(why)) = relay(&url, &tell) {
            if tell.send(Live::Lost(why)).is_err() {
                return;
            }
            thread::sleep(AGAIN);
        }
    };
    thread::Builder::new().name("stream".to_owned()).spawn(listen)?;
    Ok(heard)
}

/// From the call to the loss.
fn relay(url: &str, tell: &SyncSender<Live>) -> Result<(), Gone> {
    let source = ReadOnlySource::new(client::open(url)?);
    let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    let (options, tags) = (FormatOptions::default(), MetadataOptions::default());
    let mut reader = symphonia::default::get_probe().probe(&Hint::new(), stream, options, tags)?;
    loop {
        // Once for each song of a chained Ogg stream, once for all of anything else.
        song(reader.as_mut(), tell)?;
    }
}

/// All that one decoder can decode. Gives nothing when the next one is to begin.
fn song(reader: &mut dyn FormatReader, tell: &SyncSender<Live>) -> Result<(), Gone> {
    let track =
        reader.first_track_known_codec(TrackType::Audio).ok_or_else(|| "no sound of a known codec".to_owned())?;
    let Some(CodecParameters::Audio(params)) = &track.codec_params else {
        return Err(Gone::Lost("no parameters of the sound".to_owned()));
    };
    let (id, mut codec) = (track.id, CODECS.make_audio_decoder(params, &AudioDecoderOptions::default())?);
    let mut made: Option<(Hertz, usize, Resampler)> = None;
    let (mut raw, mut block, mut damaged) = (Vec::new(), Vec::new(), 0);
    loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => return Err(Gone::Lost("the stream has ended".to_owned())),
            Err(Error::ResetRequired) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if packet.track_id != id {
            continue;
        }
        let Some((rate, channels)) = decode(codec.as_mut(), &packet, &mut raw, &mut damaged)? else { continue };
        let fits = made.as_ref().is_some_and(|(r, c, _)| (*r, *c) == (rate, channels));
        if !fits {
            let count = u16::try_from(channels).ok().filter(|count| (1..=2).contains(count));
            let count = count.ok_or_else(|| format!("{channels} channels"))?;
            made = Some((rate, channels, Resampler::new(rate, count)?));
        }
        if let Some((_, _, resampler)) = &mut made {
            block.extend_from_slice(resampler.push(&raw)?);
        }
        if block.len() >= BLOCK * CHANNELS {
            tell.send(Live::Sound(std::mem::take(&mut block))).map_err(|_| Gone::Unheard)?;
        }
    }
}

/// One packet; a damaged one is a gap, many of them are a loss.
fn decode(
    codec: &mut dyn AudioDecoder,
    packet: &symphonia::core::packet::Packet,
    raw: &mut Vec<f32>,
    damaged: &mut u32,
) -> Result<Option<(Hertz, usize)>, Gone> {
    match codec.decode(packet) {
        Ok(sound) => {
            sound.copy_to_vec_interleaved(raw);
            for sample in raw.iter_mut().filter(|sample| !sample.is_finite()) {
                *sample = 0.0;
            }
            *damaged = 0;
            Ok(Some((Hertz(sound.spec().rate()), sound.spec().channels().count())))
        }
        Err(Error::DecodeError(_)) if *damaged < DAMAGED => {
            *damaged += 1;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
