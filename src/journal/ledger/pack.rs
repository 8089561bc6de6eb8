//! Numbers and texts in as few bytes as they need: seven bits a byte, the lowest first; texts behind their length. Pure.

use crate::model::query::RecordsError;

/// The bytes are not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

impl From<Unreadable> for RecordsError {
    fn from(Unreadable: Unreadable) -> Self {
        Self("the ledger's table cannot be read; see loaphuong verify".to_owned())
    }
}

pub(super) fn put_number(to: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        to.push(low_seven(n) | 0x80);
        n >>= 7;
    }
    to.push(low_seven(n));
}

fn low_seven(n: u64) -> u8 {
    n.to_le_bytes()[0] & 0x7f
}

pub(super) fn put_text(to: &mut Vec<u8>, text: &str) {
    put_number(to, text.len() as u64);
    to.extend_from_slice(text.as_bytes());
}

/// Nothing is 0; a text stands behind its length and one more.
pub(super) fn put_option(to: &mut Vec<u8>, text: Option<&str>) {
    put_number(to, text.map_or(0, |text| text.len() as u64 + 1));
    to.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// Bytes still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed<'b>(pub &'b [u8]);

impl<'b> Packed<'b> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn number(&mut self) -> Result<u64, Unreadable> {
        let mut n = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (first, rest) = self.0.split_first().ok_or(Unreadable)?;
            self.0 = rest;
            n |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(Unreadable)
    }

    pub(super) fn text(&mut self) -> Result<&'b str, Unreadable> {
        let length = self.number()?;
        self.take(length)
    }

    pub(super) fn option(&mut self) -> Result<Option<&'b str>, Unreadable> {
        match self.number()? {
            0 => Ok(None),
            length => self.take(length - 1).map(Some),
        }
    }

    fn take(&mut self, length: u64) -> Result<&'b str, Unreadable> {
        let length = usize::try_from(length).map_err(|_| Unreadable)?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(Unreadable)?;
        self.0 = rest;
        str::from_utf8(text).map_err(|_| Unreadable)
    }
}
