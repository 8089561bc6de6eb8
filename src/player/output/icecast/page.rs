//! Finds the pages in a stream of Ogg bytes. Pure.

/// How every page begins: four letters and the version of the form.
const MAGIC: &[u8; 5] = b"OggS\0";
/// Bytes of a page before the lengths of its segments.
const HEADER: usize = 27;

/// What the head of a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// Of which stream.
    pub(super) serial: u32,
    /// Where its last packet ends; nothing if no packet ends on it.
    pub(super) granule: Option<u64>,
}

/// Bytes of which pages are made, as they come.
#[derive(Debug, Default)]
pub(super) struct Pages {
    bytes: Vec<u8>,
}

impl Pages {
    /// More has come.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the next page that is whole. An error means that these are no pages.
    pub(super) fn next(&mut self) -> Result<Option<Page>, NotOgg> {
        if self.bytes.iter().zip(MAGIC).any(|(byte, magic)| byte != magic) {
            return Err(NotOgg);
        }
        let Some((header, rest)) = self.bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
        let [_, _, _, _, _, _, middle @ .., segments] = header;
        let Some(lengths) = rest.get(..usize::from(*segments)) else { return Ok(None) };
        let length = HEADER + lengths.len() + lengths.iter().map(|length| usize::from(*length)).sum::<usize>();
        if self.bytes.len() < length {
            return Ok(None);
        }
        let [g0, g1, g2, g3, g4, g5, g6, g7, s0, s1, s2, s3, ..] = *middle;
        let granule = u64::from_le_bytes([g0, g1, g2, g3, g4, g5, g6, g7]);
        let page =
            Page { serial: u32::from_le_bytes([s0, s1, s2, s3]), granule: (granule != u64::MAX).then_some(granule) };
        self.bytes.drain(..length);
        Ok(Some(page))
    }
}

/// The bytes are not of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotOgg;
