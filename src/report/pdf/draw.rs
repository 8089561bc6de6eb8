//! Writes laid-out pages into a PDF file. Pure.

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::{Document as Pdf, SerializeSettings};

use super::face::{Faces, Weight};
use super::flow::{BOTTOM, HEIGHT, INNER, LEFT, Mark, WIDTH};
use crate::model::text::Lang;
use crate::model::time::Moment;
use crate::report::document::Document;
use crate::report::sheet::ReportError;
use crate::report::show::say;

/// Letters at the foot.
const FOOT: f32 = 9.0;

fn failed(what: impl std::fmt::Debug) -> ReportError {
    ReportError(format!("PDF: {what:?}"))
}

/// The file of these pages, each with its foot and number.
pub(super) fn file(
    faces: &Faces,
    pages: Vec<Vec<Mark>>,
    document: &Document,
    printed_at: Moment,
    lang: Lang,
) -> Result<Vec<u8>, ReportError> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U);
    let configuration = configuration.finish().map_err(failed)?;
    let mut pdf = Pdf::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    pdf.set_metadata(metadata(document, printed_at, lang));
    let all = pages.len();
    for (marks, number) in pages.into_iter().zip(1..) {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed("page size"))?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        for mark in &marks {
            draw(&mut surface, faces, mark);
        }
        let trang = say(lang, &format!("Trang {number}/{all}"), &format!("Page {number}/{all}"));
        foot(&mut surface, faces, &document.foot, &trang);
        surface.finish();
        page.finish();
    }
    pdf.finish().map_err(failed)
}

fn metadata(document: &Document, printed_at: Moment, lang: Lang) -> Metadata {
    let local = printed_at.local();
    let part = |n: i8| n.unsigned_abs();
    let offset = printed_at.offset.seconds();
    let made = DateTime::new(local.year().unsigned_abs())
        .month(part(local.month()))
        .day(part(local.day()))
        .hour(part(local.hour()))
        .minute(part(local.minute()))
        .second(part(local.second()))
        .utc_offset_hour(i8::try_from(offset / 3600).unwrap_or(0))
        .utc_offset_minute(u8::try_from(offset.abs() / 60 % 60).unwrap_or(0));
    Metadata::new()
        .title(format!("{} – {}", document.title, document.period))
        .authors(vec![document.issuer.join(", ")])
        .creator("loaphuong".to_owned())
        .language(say(lang, "vi", "en"))
        .creation_date(made)
}

fn draw(surface: &mut Surface<'_>, faces: &Faces, mark: &Mark) {
    match mark {
        Mark::Text { x, y, size, weight, text } => write(surface, faces, (*x, *y), (*size, *weight), text),
        Mark::Rule { x1, y1, x2, y2 } => {
            let mut path = PathBuilder::new();
            path.move_to(*x1, *y1);
            path.line_to(*x2, *y2);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: grey(0).into(), width: 0.5, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Shade { x, y, width, height } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            surface.set_stroke(None);
            surface.set_fill(Some(filled(232)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn write(surface: &mut Surface<'_>, faces: &Faces, (x, y): (f32, f32), (size, weight): (f32, Weight), text: &str) {
    let face = faces.get(weight);
    surface.set_stroke(None);
    surface.set_fill(Some(filled(0)));
    surface.draw_glyphs(Point::from_xy(x, y), &face.glyphs(text), face.font.clone(), text, size, false);
}

fn foot(surface: &mut Surface<'_>, faces: &Faces, left: &str, right: &str) {
    let face = faces.get(Weight::Regular);
    let y = HEIGHT - BOTTOM + 18.0;
    let number = face.writable(right);
    let end = LEFT + INNER - face.width(&number, FOOT);
    write(surface, faces, (LEFT, y), (FOOT, Weight::Regular), &face.writable(left));
    write(surface, faces, (end, y), (FOOT, Weight::Regular), &number);
}

fn grey(level: u8) -> rgb::Color {
    rgb::Color::new(level, level, level)
}

fn filled(level: u8) -> Fill {
    Fill { paint: grey(level).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}
