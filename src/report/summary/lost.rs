//! What did not count, and why: first how often for each reason, then one by one. Pure.

use std::collections::BTreeMap;

use crate::model::text::Lang;
use crate::report::count::Counted;
use crate::report::document::{Align, Block, Cell, Column, Table, Total};
use crate::report::show::say;

/// The two tables; a sentence where everything counted.
pub(super) fn blocks(rows: &[Counted<'_>], lang: Lang) -> Vec<Block> {
    let lost: Vec<_> = rows.iter().filter_map(|row| Some((row, row.not_counted(lang)?))).collect();
    if lost.is_empty() {
        let none = say(lang, "Mọi lượt trong kỳ đều được tính.", "Everything in these days counted.");
        return vec![Block::Text(none)];
    }
    let mut groups: BTreeMap<&(String, String), usize> = BTreeMap::new();
    for (_, why) in &lost {
        *groups.entry(why).or_default() += 1;
    }
    // The most frequent first; equals by their words.
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let column = |vi: &str, en: &str, width, align| Column { heading: say(lang, vi, en), width, align };
    let mut by_reason = Table::new(
        say(lang, "Theo lý do", "By reason"),
        vec![
            column("Kết quả", "Outcome", 80.0, Align::Left),
            column("Lý do", "Reason", 120.0, Align::Left),
            column("Số lượt", "Airings", 30.0, Align::Right),
        ],
    );
    by_reason.rows =
        groups.into_iter().map(|((what, why), n)| vec![Cell::text(what), Cell::text(why), Cell::of(n)]).collect();
    by_reason.totals = vec![Total::Label(say(lang, "Cộng", "Total")), Total::Blank, Total::Sum];

    let mut list = Table::new(
        say(lang, "Không được tính", "Not counted"),
        vec![
            column("STT", "No.", 12.0, Align::Centre),
            column("Ngày", "Day", 30.0, Align::Centre),
            column("Giờ dự kiến", "Planned", 24.0, Align::Centre),
            column("Khung giờ, chương trình", "Slot", 50.0, Align::Left),
            column("Bài phát", "Clips", 70.0, Align::Left),
            column("Kết quả", "Outcome", 44.0, Align::Left),
            column("Lý do", "Reason", 60.0, Align::Left),
        ],
    );
    list.rows = lost.iter().zip(1_u64..).map(|((row, why), number)| line(row, why, number)).collect();
    vec![Block::Table(by_reason), Block::Table(list)]
}

fn line(row: &Counted<'_>, (what, why): &(String, String), number: u64) -> Vec<Cell> {
    let planned = row.row.airing.head.planned_at.local();
    vec![
        Cell::Count(number),
        Cell::Day(planned.date()),
        Cell::Minute(planned.time()),
        Cell::text(&row.row.airing.head.slot_name),
        Cell::Text(row.row.airing.programme()),
        Cell::text(what),
        Cell::text(why),
    ]
}
