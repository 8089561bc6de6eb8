//! The samples of a clip, kept to be heard again: a clip of ordinary length is decoded once, a longer one each time.
//! Effects: reads the file.

use std::path::Path;

use crate::decode::{DecodeError, Decoder};

/// Samples that are kept at the most: five minutes of two channels at 48 kHz, 115 MB. The measuring process may have four
/// times as much in all.
const MOST: usize = 5 * 60 * 48_000 * 2;
/// Samples in a piece: what is kept never moves to a larger place, which would need the room of both.
const PIECE: usize = 1 << 18;
/// Samples that are played at a time.
const BLOCK: usize = 1 << 12;

/// A clip that is being decoded, and can be played afterwards as often as need be.
pub(super) struct Tape<'f> {
    file: &'f Path,
    /// Nothing if there is more of it than is kept.
    pieces: Option<Vec<Vec<f32>>>,
}

impl<'f> Tape<'f> {
    /// For the clip in `file`. Keeps nothing if nobody will `hear` it again.
    pub(super) fn new(file: &'f Path, hear: bool) -> Self {
        Self { file, pieces: hear.then(Vec::new) }
    }

    /// The next samples of it, from its beginning on.
    pub(super) fn push(&mut self, mut samples: &[f32]) {
        let Some(pieces) = &mut self.pieces else { return };
        while !samples.is_empty() {
            if pieces.last().is_none_or(|piece| piece.len() == PIECE) {
                if pieces.len() == MOST / PIECE {
                    self.pieces = None;
                    return;
                }
                pieces.push(Vec::with_capacity(PIECE));
            }
            let Some(piece) = pieces.last_mut() else { return };
            let (now, later) = samples.split_at(samples.len().min(PIECE - piece.len()));
            piece.extend_from_slice(now);
            samples = later;
        }
    }

    /// The whole of it, interleaved, in whole frames.
    pub(super) fn play(&self, mut to: impl FnMut(&[f32])) -> Result<(), DecodeError> {
        if let Some(pieces) = &self.pieces {
            pieces.iter().flat_map(|piece| piece.chunks(BLOCK)).for_each(to);
            return Ok(());
        }
        let mut decoder = Decoder::open(self.file)?;
        while let Some(samples) = decoder.next()? {
            to(samples);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_is_played_as_it_was_decoded_whether_it_was_kept_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clip.wav");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&file, spec).unwrap();
        (0..600_000_i32).for_each(|n| writer.write_sample((n % 20_011) as i16).unwrap());
        writer.finalize().unwrap();
        let (mut kept, mut dropped) = (Tape::new(&file, true), Tape::new(&file, false));
        let (mut decoder, mut all) = (Decoder::open(&file).unwrap(), Vec::new());
        while let Some(samples) = decoder.next().unwrap() {
            kept.push(samples);
            dropped.push(samples);
            all.extend_from_slice(samples);
        }
        assert_eq!(all.len(), 600_000);
        assert!(kept.pieces.as_ref().is_some_and(|pieces| pieces.len() == 3) && dropped.pieces.is_none());
        for tape in [kept, dropped] {
            let mut heard = Vec::new();
            tape.play(|samples| heard.extend_from_slice(samples)).unwrap();
            assert!(heard == all);
        }
        let mut long = Tape::new(&file, true);
        (0..=MOST / BLOCK).for_each(|_| long.push(&[0.0; BLOCK]));
        assert!(long.pieces.is_none(), "more than is kept");
    }
}
