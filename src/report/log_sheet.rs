//! The weekly log, *sổ nhật ký phát thanh*: every airing a line, as inspectors want to see it. Pure.

use super::count::Counted;
use super::document::{Align, Block, Cell, Column, Rank, Table, Total, together};
use super::sheet::{Names, Sheet};
use super::show::{date, hours, say};
use super::verdicts;
use crate::model::airing::Head;
use crate::model::id::AiringId;
use crate::model::outcome::{Kind, Outcome};
use crate::model::station::Channel;
use crate::model::text::Lang;

/// Seconds from which a late start is worth a remark.
const LATE_S: i64 = 60;

/// The parts of the sheet.
pub(super) fn blocks(sheet: &Sheet<'_>, rows: &[Counted<'_>]) -> Vec<Block> {
    let lang = sheet.lang;
    let mut table = table(rows, &sheet.names, lang);
    table.rank = Rank::Main;
    let mut blocks = vec![Block::Table(table), Block::Text(sum(rows, lang))];
    blocks.push(Block::Heading(say(lang, "Thực hiện chỉ tiêu", "Promised and aired")));
    blocks.extend(verdicts::blocks(sheet.assessments, lang));
    blocks
}

/// Every row a line.
pub(super) fn table(rows: &[Counted<'_>], names: &Names, lang: Lang) -> Table {
    let column = |vi: &str, en: &str, width, align| Column { heading: say(lang, vi, en), width, align };
    let mut table = Table::new(
        say(lang, "Nhật ký", "Log"),
        vec![
            column("STT", "No.", 9.0, Align::Centre),
            column("Ngày", "Day", 19.0, Align::Centre),
            column("Giờ dự kiến", "Planned", 16.0, Align::Centre),
            column("Giờ phát", "Started", 16.0, Align::Centre),
            column("Khung giờ, chương trình", "Slot", 31.0, Align::Left),
            column("Bài phát", "Clips", 49.0, Align::Left),
            column("Chuyên đề", "Topics", 27.0, Align::Left),
            column("Thời lượng", "Length", 15.0, Align::Right),
            column("Cụm loa", "Outputs", 24.0, Align::Left),
            column("Kết quả", "Outcome", 22.0, Align::Left),
            column("Lý do", "Reason", 24.0, Align::Left),
            column("Ghi chú", "Remarks", 32.0, Align::Left),
        ],
    );
    table.rows = rows.iter().zip(1_u64..).map(|(row, number)| line(row, number, names, lang)).collect();
    let mut totals = vec![Total::Blank; table.columns.len()];
    totals[4] = Total::Rows(say(lang, "Cộng số lượt", "Airings"));
    totals[7] = Total::Sum;
    totals[9] = Total::Matching(Outcome::Aired.label().get(lang).to_owned());
    table.totals = totals;
    table
}

fn line(row: &Counted<'_>, number: u64, names: &Names, lang: Lang) -> Vec<Cell> {
    let (airing, head) = (&row.row.airing, &row.row.airing.head);
    let planned = head.planned_at.local();
    let topics: Vec<&str> = head.topics.iter().map(crate::model::id::Topic::as_str).collect();
    vec![
        Cell::Count(number),
        Cell::Day(planned.date()),
        if planned.second() == 0 { Cell::Minute(planned.time()) } else { Cell::Second(planned.time()) },
        airing.started_at.map_or(Cell::Blank, |at| Cell::Second(at.local().time())),
        Cell::Text(head.slot_name.clone()),
        Cell::Text(airing.programme()),
        Cell::Text(topics.join(", ")),
        Cell::Length(row.length()),
        Cell::Text(outputs(row, lang)),
        Cell::Text(airing.outcome.label().get(lang).to_owned()),
        airing.why().map_or(Cell::Blank, |why| Cell::Text(why.get(lang).to_owned())),
        Cell::Text(remarks(row, names, lang)),
    ]
}

/// The outputs' names; with its own outcome where one differs from the whole.
fn outputs(row: &Counted<'_>, lang: Lang) -> String {
    let named = row.row.airing.outputs.iter().map(|output| {
        if output.outcome == row.row.airing.outcome {
            output.name.clone()
        } else {
            format!("{} ({})", output.name, output.outcome.label().get(lang).to_lowercase())
        }
    });
    named.collect::<Vec<_>>().join(", ")
}

fn remarks(row: &Counted<'_>, names: &Names, lang: Lang) -> String {
    let head = &row.row.airing.head;
    let mut remarks = Vec::new();
    match (head.kind, &head.makes_good_for) {
        (Kind::Scheduled, _) => {}
        (Kind::MakeGood, Some(lost)) => {
            let lost = when(lost);
            remarks.push(say(lang, &format!("Phát bù cho lượt {lost}"), &format!("Make-good for {lost}")));
        }
        (Kind::Campaign, _) => remarks.push(campaign(head, names, lang)),
        (kind, _) => remarks.push(kind.label().get(lang).to_owned()),
    }
    if let Some(origin) = &head.moved_from {
        let origin = when(origin);
        remarks.push(say(lang, &format!("Dời từ {origin}"), &format!("Moved from {origin}")));
    }
    let late = row.row.airing.start_error_ms.unwrap_or(0) / 1000;
    if late >= LATE_S {
        let minutes = late / 60;
        remarks.push(say(lang, &format!("Bắt đầu muộn {minutes} phút"), &format!("Began {minutes} min late")));
    }
    remarks.join("; ")
}

fn campaign(head: &Head, names: &Names, lang: Lang) -> String {
    let label = head.campaign.as_ref().map(|id| {
        let known = names.campaigns.iter().find(|(known, _)| known == id);
        known.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    });
    label.unwrap_or_else(|| Kind::Campaign.label().get(lang).to_owned())
}

/// "23/11/2026 05:30" of `an-xuan/sang@2026-11-23T05:30`; the id itself if it has no such end.
fn when(id: &AiringId) -> String {
    let local = id.as_str().rsplit_once('@').and_then(|(_, at)| at.split_once('T'));
    let shown = local.and_then(|(day, time)| Some(format!("{} {}", date(day.parse().ok()?), time.get(..5)?)));
    shown.unwrap_or_else(|| id.to_string())
}

/// How the week's airings ended, in one sentence.
fn sum(rows: &[Counted<'_>], lang: Lang) -> String {
    let ended = |outcome: Outcome| {
        let count = rows.iter().filter(|row| row.row.airing.outcome == outcome).count();
        (count > 0).then(|| format!("{}: {count}", outcome.label().get(lang)))
    };
    let ended: Vec<String> = Outcome::ALL.iter().filter_map(|outcome| ended(*outcome)).collect();
    let (count, length) = (rows.len(), hours(together(rows.iter().map(Counted::length)), lang));
    if rows.is_empty() {
        return say(lang, "Trong kỳ không có lượt phát nào.", "There were no airings in these days.");
    }
    let ended = ended.join("; ");
    let counted = rows.iter().filter(|row| row.counts(Channel::Commune)).count();
    say(
        lang,
        &format!(
            "Tổng số {count} lượt. {ended}. Tổng thời lượng đã phát: {length}. Được tính cho đài xã: {counted} lượt."
        ),
        &format!("{count} airings. {ended}. On air for {length}. Counted on the commune's channel: {counted}."),
    )
}
