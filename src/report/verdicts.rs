//! The verdicts as a table with a line for each quota and each of its shares, and what to do about the bad ones. Pure.

use super::document::{Align, Block, Cell, Column, Table};
use super::period::period_name;
use super::shares::share_words;
use super::show::{date, say};
use super::words::{channel, unit};
use crate::model::compliance::{Assessment, Verdict};
use crate::model::text::Lang;

/// The table, and the advice below it; a sentence where nothing is promised.
pub(super) fn blocks(assessments: &[Assessment], lang: Lang) -> Vec<Block> {
    if assessments.is_empty() {
        return vec![Block::Text(say(lang, "Trong kỳ không có chỉ tiêu nào.", "No quota binds in these days."))];
    }
    let column = |vi: &str, en: &str, width, align| Column { heading: say(lang, vi, en), width, align };
    let mut table = Table::new(
        say(lang, "Chỉ tiêu", "Quotas"),
        vec![
            column("Chỉ tiêu", "Quota", 92.0, Align::Left),
            column("Kỳ", "Period", 46.0, Align::Left),
            column("Yêu cầu", "Required", 18.0, Align::Right),
            column("Đã phát", "Aired", 18.0, Align::Right),
            column("Còn theo lịch", "Planned", 20.0, Align::Right),
            column("Còn thiếu", "Missing", 18.0, Align::Right),
            column("Đánh giá", "Verdict", 38.0, Align::Left),
        ],
    );
    for of in assessments {
        table.rows.push(whole(of, lang));
        table.rows.extend(of.at_least.iter().map(|part| {
            let named = share_words(&part.share).get(lang).to_owned();
            let figures = (part.required, part.aired, part.planned, part.missing, part.verdict);
            line(
                say(lang, &format!("– trong đó: {named}"), &format!("– of which {named}")),
                String::new(),
                figures,
                lang,
            )
        }));
    }
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(assessments.iter().filter_map(|of| {
        let advice = of.advice.as_ref()?.get(lang);
        Some(Block::Text(format!("{}, {}: {advice}", of.name, lower(period_name(&of.period).get(lang)))))
    }));
    blocks
}

fn whole(of: &Assessment, lang: Lang) -> Vec<Cell> {
    let mut name = of.name.clone();
    if let Some(basis) = &of.basis {
        name = format!("{name}\n({basis})");
    }
    let (unit, channel) = (unit(of.count, lang), channel(of.channel, lang));
    let period = format!("{}\n{} – {}", period_name(&of.period).get(lang), date(of.from), date(of.until));
    let figures = (of.required, of.aired, of.planned, of.missing, of.verdict);
    line(
        format!("{name}\n{}", say(lang, &format!("Tính theo {unit}, {channel}"), &format!("In {unit}, {channel}"))),
        period,
        figures,
        lang,
    )
}

fn line(name: String, period: String, figures: (u32, u32, u32, u32, Verdict), lang: Lang) -> Vec<Cell> {
    let (required, aired, planned, missing, verdict) = figures;
    vec![
        Cell::Text(name),
        Cell::Text(period),
        Cell::Count(required.into()),
        Cell::Count(aired.into()),
        Cell::Count(planned.into()),
        Cell::Count(missing.into()),
        Cell::Text(verdict.label().get(lang).to_owned()),
    ]
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
