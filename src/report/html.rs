//! A sheet as one HTML page that needs nothing else, for reading and for printing on A4. Pure.

use super::document::{Align, Block, Document, Table};
use super::show;
use crate::model::text::Lang;

const STYLE: &str = include_str!("style.css");

/// The page.
pub(super) fn document(document: &Document, lang: Lang) -> String {
    let code = show::say(lang, "vi", "en");
    let (title, period) = (escaped(&document.title), escaped(&document.period));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}, {period}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    let issuer: Vec<String> = document.issuer.iter().map(|line| format!("<div>{}</div>", escaped(line))).collect();
    let [state, motto] = document.motto.each_ref().map(|line| escaped(line));
    out.push_str(&format!(
        "<header>\n<div class=\"issuer\">{}</div>\n<div class=\"state\"><div>{state}</div><div>{motto}</div></div>\n\
         </header>\n<h1>{title}</h1>\n<p class=\"period\">{period}</p>\n",
        issuer.concat()
    ));
    for block in &document.blocks {
        match block {
            Block::Heading(text) => push(&mut out, "h2", text),
            Block::Text(text) => push(&mut out, "p", text),
            Block::Note(text) => push(&mut out, "small", text),
            Block::Table(shown) => out.push_str(&table(shown, lang)),
        }
    }
    let signed: Vec<String> = document
        .signatures
        .iter()
        .map(|[role, how]| format!("<div><b>{}</b><i>{}</i></div>", escaped(role), escaped(how)))
        .collect();
    out.push_str(&format!(
        "<section class=\"end\">\n<p class=\"dated\">{}</p>\n<div class=\"signatures\">{}</div>\n</section>\n\
         <footer>{}</footer>\n</body>\n</html>\n",
        escaped(&document.dated),
        signed.concat(),
        escaped(&document.foot)
    ));
    out
}

fn push(out: &mut String, tag: &str, text: &str) {
    out.push_str(&format!("<{tag}>{}</{tag}>\n", escaped(text)));
}

fn table(table: &Table, lang: Lang) -> String {
    let mut out = table.lead.as_ref().map(|lead| format!("<p>{}</p>\n", escaped(lead))).unwrap_or_default();
    let class = |at: usize| match table.columns.get(at).map(|c| c.align) {
        Some(Align::Right) => " class=\"r\"",
        Some(Align::Centre) => " class=\"c\"",
        Some(Align::Left) | None => "",
    };
    let all: f32 = table.columns.iter().map(|c| c.width).sum();
    let widths = table.columns.iter().map(|c| format!("<col style=\"width:{:.1}%\">", c.width / all * 100.0));
    let heads = table.columns.iter().map(|c| format!("<th>{}</th>", escaped(&c.heading)));
    out.push_str(&format!(
        "<table>\n<colgroup>{}</colgroup>\n<thead><tr>{}</tr></thead>\n<tbody>\n",
        widths.collect::<String>(),
        heads.collect::<String>()
    ));
    for row in &table.rows {
        let cells =
            row.iter().enumerate().map(|(at, c)| format!("<td{}>{}</td>", class(at), escaped(&show::cell(c, lang))));
        out.push_str(&format!("<tr>{}</tr>\n", cells.collect::<String>()));
    }
    out.push_str("</tbody>\n");
    if !table.totals.is_empty() {
        let cells = (0..table.columns.len())
            .map(|at| format!("<td{}>{}</td>", class(at), escaped(&show::total(table, at, lang))));
        out.push_str(&format!("<tbody class=\"sum\"><tr>{}</tr></tbody>\n", cells.collect::<String>()));
    }
    out.push_str("</table>\n");
    out
}

/// Text as it may stand between tags.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("<br>"),
            c => out.push(c),
        }
    }
    out
}

#[test]
fn text_is_never_markup() {
    assert_eq!(escaped("<b>&\"x\"\ny"), "&lt;b&gt;&amp;&quot;x&quot;<br>y");
}
