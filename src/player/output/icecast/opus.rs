//! Sound to pages of Opus in Ogg (RFC 6716, RFC 7845), a tenth of a second each. Pure but for the encoder's state.

use ogg::PacketWriteEndInfo::{self, EndPage, EndStream, NormalPacket};
use ogg::PacketWriter;
use opusic_c::{Application, Bitrate, Channels, Encoder, SampleRate};

use super::super::super::{CHANNEL_COUNT, CHANNELS, RATE};

/// Frames in a packet: 20 ms.
pub(super) const PACKET: usize = 960;
/// Packets on a page: 100 ms, so that listeners are not late and the page's header costs little.
const PACKETS: u64 = 5;
/// Frames on a page.
pub(super) const PAGE: u64 = PACKETS * PACKET as u64;
/// No packet of 20 ms is longer.
const LONGEST: usize = 2_560;

/// A stream that is being written.
pub(super) struct Opus {
    encoder: Encoder,
    pages: PacketWriter<'static, Vec<u8>>,
    serial: u32,
    /// Frames by which the encoder is late; a decoder throws so many away.
    pre_skip: u16,
    packets: u64,
}

impl Opus {
    /// An encoder for this many kilobits a second. The first pages that it gives hold the headers.
    ///
    /// The rate is constant: a server gives a new listener so many *bytes* of what was, and with silence in a few bytes
    /// that would be minutes.
    pub(super) fn new(kilobits: u32, serial: u32) -> Result<Self, String> {
        let text = |error: opusic_c::ErrorCode| format!("Opus encoder: {}", error.message());
        let mut encoder = Encoder::new(Channels::Stereo, SampleRate::Hz48000, Application::Audio).map_err(text)?;
        encoder.set_bitrate(Bitrate::Value(kilobits.saturating_mul(1000))).map_err(text)?;
        encoder.set_vbr(false).map_err(text)?;
        let pre_skip = u16::try_from(encoder.get_look_ahead().map_err(text)?).unwrap_or_default();
        let mut opus = Self { encoder, pages: PacketWriter::new(Vec::new()), serial, pre_skip, packets: 0 };
        opus.write(head(pre_skip), EndPage, 0)?;
        opus.write(tags(), EndPage, 0)?;
        Ok(opus)
    }

    /// Encodes one packet's frames; gives the bytes of all pages that are full.
    pub(super) fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, String> {
        let packet = self.packet(samples)?;
        let end = if self.packets.is_multiple_of(PACKETS) { EndPage } else { NormalPacket };
        self.write(packet, end, self.packets * PACKET as u64)?;
        Ok(std::mem::take(self.pages.inner_mut()))
    }

    /// Ends the stream behind the last frame that was given; gives the remaining bytes.
    pub(super) fn end(&mut self) -> Result<Vec<u8>, String> {
        let last = self.packets * PACKET as u64 + u64::from(self.pre_skip);
        // What the encoder holds back comes out with a last packet of silence, of which a decoder keeps as much.
        let packet = self.packet(&[0.0; PACKET * CHANNELS])?;
        self.write(packet, EndStream, last)?;
        Ok(std::mem::take(self.pages.inner_mut()))
    }

    /// How many of the given frames a listener has who has received pages up to this position.
    pub(super) fn frames_at(&self, granule: u64) -> u64 {
        granule.saturating_sub(self.pre_skip.into())
    }

    /// What tells this stream from others.
    pub(super) fn serial(&self) -> u32 {
        self.serial
    }

    fn packet(&mut self, samples: &[f32]) -> Result<Vec<u8>, String> {
        let mut packet = Vec::with_capacity(LONGEST);
        self.encoder.encode_float_to_vec(samples, &mut packet).map_err(|e| format!("Opus encoder: {}", e.message()))?;
        self.packets += 1;
        Ok(packet)
    }

    fn write(&mut self, packet: Vec<u8>, end: PacketWriteEndInfo, granule: u64) -> Result<(), String> {
        self.pages.write_packet(packet, self.serial, end, granule).map_err(|e| e.to_string())
    }
}

fn head(pre_skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.extend(u8::try_from(CHANNEL_COUNT));
    head.extend(pre_skip.to_le_bytes());
    head.extend(RATE.0.to_le_bytes());
    // No gain, and the simplest order of channels.
    head.extend([0, 0, 0]);
    head
}

fn tags() -> Vec<u8> {
    let vendor = env!("CARGO_PKG_NAME").as_bytes();
    let mut tags = b"OpusTags".to_vec();
    tags.extend(u32::try_from(vendor.len()).unwrap_or_default().to_le_bytes());
    tags.extend(vendor);
    tags.extend(0_u32.to_le_bytes());
    tags
}
