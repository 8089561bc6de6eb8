//! The encoder's pages against a decoder of their kind, and the finder of pages against damage.

use opusic_c::{Channels, Decoder, SampleRate};

use super::opus::{Opus, PACKET};
use super::page::{Page, Pages};
use crate::player::CHANNELS;

/// A tone of so many packets as one stream: what is given after each packet, and at the end.
fn stream(opus: &mut Opus, packets: usize) -> Vec<Vec<u8>> {
    let sample = |n: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a tone")]
        let phase = (n / CHANNELS) as f32 * 0.05;
        phase.sin() * 0.4
    };
    let samples: Vec<f32> = (0..packets * PACKET * CHANNELS).map(sample).collect();
    let mut given: Vec<Vec<u8>> =
        samples.chunks(PACKET * CHANNELS).map(|packet| opus.encode(packet).unwrap()).collect();
    given.push(opus.end().unwrap());
    given
}

fn read(bytes: &[u8]) -> Vec<Page> {
    let mut pages = Pages::default();
    // As a network gives them.
    bytes.chunks(7).for_each(|piece| pages.add(piece));
    std::iter::from_fn(|| pages.next().unwrap()).collect()
}

#[test]
fn a_page_goes_out_every_tenth_of_a_second_and_the_end_is_to_the_frame() {
    let mut opus = Opus::new(64, 7).unwrap();
    let given = stream(&mut opus, 12);
    let when: Vec<usize> = (0..given.len()).filter(|n| !given[*n].is_empty()).collect();
    assert_eq!(when, [0, 4, 9, 12], "the headers at once, then every fifth packet, then the rest");
    let granules: Vec<u64> = read(&given.concat()).iter().map(|page| page.granule.unwrap()).collect();
    assert_eq!(granules, [0, 0, 4_800, 9_600, 11_520 + 312]);
    assert_eq!(opus.frames_at(11_520 + 312), 11_520);
    assert_eq!(opus.frames_at(0), 0);
}

#[test]
fn the_rate_is_constant_also_in_silence() {
    for kilobits in [16, 64, 256] {
        let mut opus = Opus::new(kilobits, 7).unwrap();
        opus.encode(&[0.0; PACKET * CHANNELS]).unwrap();
        let bytes: usize = (0..500).map(|_| opus.encode(&[0.0; PACKET * CHANNELS]).unwrap().len()).sum();
        let (least, most) = (kilobits as usize * 1250, kilobits as usize * 1250 + 100 * 45);
        assert!((least..=most).contains(&bytes), "{bytes} bytes in ten seconds at {kilobits} kbit/s");
    }
}

#[test]
fn a_decoder_gives_back_what_went_in() {
    let mut opus = Opus::new(128, 7).unwrap();
    let bytes = stream(&mut opus, 15).concat();
    let mut packets = ogg::PacketReader::new(std::io::Cursor::new(bytes));
    let head = packets.read_packet().unwrap().unwrap();
    assert_eq!(&head.data[..12], b"OpusHead\x01\x02\x38\x01");
    assert_eq!((head.data.len(), head.stream_serial()), (19, 7));
    assert!(packets.read_packet().unwrap().unwrap().data.starts_with(b"OpusTags"));
    let mut decoder = Decoder::new(Channels::Stereo, SampleRate::Hz48000).unwrap();
    let mut sound = Vec::new();
    let mut last = None;
    while let Some(packet) = packets.read_packet().unwrap() {
        let mut block = [0.0; PACKET * CHANNELS];
        assert_eq!(decoder.decode_float_to_slice(&packet.data, &mut block, false), Ok(PACKET));
        sound.extend(block);
        last = Some((packet.absgp_page(), packet.last_in_stream()));
    }
    assert_eq!(last, Some((15 * 960 + 312, true)));
    let sound = &sound[312 * CHANNELS..(15 * 960 + 312) * CHANNELS];
    // The first packet is still finding its level.
    for (n, sample) in sound.iter().enumerate().skip(4_000).take(20_000) {
        #[expect(clippy::cast_precision_loss, reason = "a tone")]
        let expected = ((n / CHANNELS) as f32 * 0.05).sin() * 0.4;
        assert!((sample - expected).abs() < 0.02, "sample {n}: {sample}, not {expected}");
    }
}

#[test]
fn what_is_no_ogg_is_seen_and_a_part_is_waited_for() {
    let mut opus = Opus::new(64, 7).unwrap();
    let whole = stream(&mut opus, 1).concat();
    for length in 0..whole.len() {
        let found = read(&whole[..length]);
        assert!(found.len() < 3 && found.iter().all(|page| page.serial == 7), "{length} bytes: {found:?}");
    }
    assert_eq!(read(&whole).len(), 3);
    let mut pages = Pages::default();
    pages.add(b"<html><body>404 Not Found</body></html>");
    assert!(pages.next().is_err());
}
