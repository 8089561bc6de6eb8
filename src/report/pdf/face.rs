//! The two faces of the embedded font: which characters they have, how wide text is, its glyphs. Pure.
//!
//! Liberation Serif has the widths of Times New Roman, in which offices here must write (Decree 30/2020, annex I).

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};
use unicode_normalization::UnicodeNormalization as _;

use crate::report::sheet::ReportError;

const REGULAR: &[u8] = include_bytes!("../font/LiberationSerif-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../font/LiberationSerif-Bold.ttf");

/// What stands for a character that the font does not have.
const REPLACEMENT: char = '\u{fffd}';

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Both faces.
pub(super) struct Faces {
    regular: Face,
    bold: Face,
}

impl Faces {
    /// Reads the embedded files.
    pub(super) fn load() -> Result<Self, ReportError> {
        Ok(Self { regular: Face::load(REGULAR)?, bold: Face::load(BOLD)? })
    }

    /// The face of a weight.
    pub(super) fn get(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// One face.
pub(super) struct Face {
    /// As the PDF embeds it.
    pub(super) font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

impl Face {
    fn load(bytes: &'static [u8]) -> Result<Self, ReportError> {
        let broken = || ReportError("the embedded font cannot be read".to_owned());
        let font = Font::new(bytes.into(), 0).ok_or_else(broken)?;
        let face = FontRef::new(bytes).map_err(|_| broken())?;
        let metrics = face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = font.units_per_em();
        Ok(Self { font, charmap: face.charmap(), metrics, units })
    }

    /// Text that this face can write: NFC, in lines, without invisible characters, and with a visible sign for each
    /// character that it does not have.
    pub(super) fn writable(&self, text: &str) -> String {
        let known = |c: char| match c {
            '\n' => Some(c),
            '\t' | '\r' => Some(' '),
            c if c.is_control() || invisible(c) => None,
            c if self.charmap.map(c).is_some() => Some(c),
            _ => Some(REPLACEMENT),
        };
        text.nfc().filter_map(known).collect()
    }

    /// How wide a line of writable text is at this size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c)).sum::<f32>() * size
    }

    /// The glyphs of a line of writable text.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let range: Range<usize> = at..at + c.len_utf8();
            KrillaGlyph::new(GlyphId::new(self.glyph(c).to_u32()), self.advance(c), 0.0, 0.0, 0.0, range, None)
        };
        text.char_indices().map(glyph).collect()
    }

    fn glyph(&self, c: char) -> skrifa::GlyphId {
        self.charmap.map(c).unwrap_or_default()
    }

    /// Of one em.
    fn advance(&self, c: char) -> f32 {
        self.metrics.advance_width(self.glyph(c)).unwrap_or(0.0) / self.units
    }
}

/// Marks that have no place on paper: joiners, directions, the byte order mark, the soft hyphen.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_write_vietnamese_and_mark_what_they_cannot() {
        let vietnamese = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ \
                          0123456789 .,;:!?()[]{}<>/\\|@#$%^&*_+-=~`'\"“”‘’–—…₫°²½×•§";
        let faces = Faces::load().unwrap();
        for face in [faces.get(Weight::Regular), faces.get(Weight::Bold)] {
            let all = format!("{vietnamese}{}", vietnamese.to_uppercase());
            assert_eq!(face.writable(&all), all);
            let check = |text: &str, expected: &str| assert_eq!(face.writable(text), expected, "{text:?}");
            check("tie\u{302}\u{301}ng Vie\u{323}\u{302}t", "tiếng Việt");
            check("ꪀ 中 😀", "\u{fffd} \u{fffd} \u{fffd}");
            check("a\u{200b}b\u{feff}\u{7}\tc\r\n", "ab c \n");
            // The sign itself is a glyph of its own, and seen.
            assert_ne!(face.glyph(REPLACEMENT), face.glyph(' '));
            assert!(face.charmap.map(REPLACEMENT).is_some());
            assert!(face.width("\u{fffd}", 10.0) > 3.0);
        }
    }
}
