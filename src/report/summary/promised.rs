//! Promised against aired: a table for each quota, with a line for each of its periods, or for each month or year of
//! them. Pure.

use jiff::civil::Date;

use super::steps::Step;
use crate::model::compliance::{Assessment, Verdict};
use crate::model::text::Lang;
use crate::report::document::{Align, Block, Cell, Column, Table, Total, percent};
use crate::report::period::period_name;
use crate::report::shares::share_words;
use crate::report::sheet::Sheet;
use crate::report::show::say;
use crate::report::words::{channel, unit};

/// A line to be: periods that stand together.
struct Group<'a> {
    name: String,
    periods: Vec<&'a Assessment>,
}

/// Every quota: what it is, its table, and what to do about bad periods.
pub(super) fn blocks(sheet: &Sheet<'_>, step: Step) -> Vec<Block> {
    let lang = sheet.lang;
    let mut quotas: Vec<Vec<&Assessment>> = Vec::new();
    for of in sheet.assessments {
        match quotas.iter_mut().find(|periods| periods[0].quota == of.quota) {
            Some(periods) => periods.push(of),
            None => quotas.push(vec![of]),
        }
    }
    if quotas.is_empty() {
        return vec![Block::Text(say(lang, "Trong kỳ không có chỉ tiêu nào.", "No quota binds in these days."))];
    }
    let several = quotas.len() > 1;
    let mut blocks = Vec::new();
    for (periods, number) in quotas.into_iter().zip(1..) {
        let periods = ending_within(periods, sheet.from, sheet.until);
        let about = periods[0];
        let mark = if several { format!("{number}. ") } else { String::new() };
        let name = if several {
            format!("{} {number}", say(lang, "Chỉ tiêu", "Quota"))
        } else {
            say(lang, "Chỉ tiêu", "Quota")
        };
        let mut table = table(name, &grouped(&periods, step, lang), lang);
        table.lead = Some(format!("{mark}{}", described(about, lang)));
        blocks.push(Block::Table(table));
        blocks.extend(periods.iter().filter_map(|of| {
            let advice = of.advice.as_ref()?.get(lang);
            Some(Block::Text(format!("{}: {advice}", period_name(&of.period).get(lang).to_owned())))
        }));
    }
    blocks.push(Block::Note(say(
        lang,
        "Mỗi kỳ của chỉ tiêu tính vào báo cáo có ngày cuối của kỳ đó, nên không kỳ nào bị tính hai lần. Kỳ chưa kết thúc là số \
         lũy kế đến khi in.",
        "A period of a quota belongs to the sheet that holds its last day, so that none is counted twice. Of a period that \
         is not over, the figures are those at the time of printing.",
    )));
    blocks
}

/// The periods whose last day is one of the sheet's; of a quota that has none, those that go on.
fn ending_within(periods: Vec<&Assessment>, from: Date, until: Date) -> Vec<&Assessment> {
    let ends = |of: &&Assessment| from <= of.until && of.until <= until;
    if periods.iter().any(ends) { periods.into_iter().filter(ends).collect() } else { periods }
}

fn described(of: &Assessment, lang: Lang) -> String {
    let (unit, channel) = (unit(of.count, lang), channel(of.channel, lang));
    let counted = say(lang, &format!("tính theo {unit} của {channel}"), &format!("in {unit}, {channel} channel"));
    match &of.basis {
        Some(basis) => format!("{}; {}{basis}; {counted}.", of.name, say(lang, "căn cứ: ", "basis: ")),
        None => format!("{}; {counted}.", of.name),
    }
}

/// As they are for a month; else by months or years of their last day.
fn grouped<'a>(periods: &[&'a Assessment], step: Step, lang: Lang) -> Vec<Group<'a>> {
    let mut groups: Vec<(Date, Group<'a>)> = Vec::new();
    for of in periods {
        let (key, name) = match step {
            Step::Week => (of.until, period_name(&of.period).get(lang).to_owned()),
            Step::Month | Step::Year => (step.first(of.until), step.name(of.until, lang)),
        };
        match groups.last_mut().filter(|(last, _)| *last == key) {
            Some((_, group)) => group.periods.push(of),
            None => groups.push((key, Group { name, periods: vec![of] })),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn table(name: String, groups: &[Group<'_>], lang: Lang) -> Table {
    let column = |heading: String, width| Column { heading, width, align: Align::Right };
    let plain = |vi: &str, en: &str, width| column(say(lang, vi, en), width);
    let mut columns = vec![
        Column { heading: say(lang, "Kỳ", "Period"), width: 28.0, align: Align::Left },
        Column { heading: say(lang, "Từ ngày", "From"), width: 20.0, align: Align::Centre },
        Column { heading: say(lang, "Đến ngày", "Until"), width: 20.0, align: Align::Centre },
        plain("Chỉ tiêu", "Required", 15.0),
        plain("Đã phát", "Aired", 15.0),
        plain("Tỷ lệ", "Share", 16.0),
        plain("Thường xuyên", "Regular", 17.0),
        plain("Đợt cao điểm", "Campaign", 17.0),
        plain("Phát bù", "Make-good", 15.0),
    ];
    let mut totals = vec![
        Total::Label(say(lang, "Cộng", "Total")),
        Total::Blank,
        Total::Blank,
        Total::Sum,
        Total::Sum,
        Total::Percent { part: 4, whole: 3 },
        Total::Sum,
        Total::Sum,
        Total::Sum,
    ];
    for part in groups.iter().flat_map(|g| &g.periods).take(1).flat_map(|of| &of.at_least) {
        let named = share_words(&part.share).get(lang).to_owned();
        columns.push(column(say(lang, &format!("{named}: chỉ tiêu"), &format!("{named}: required")), 22.0));
        columns.push(column(say(lang, &format!("{named}: đã phát"), &format!("{named}: aired")), 22.0));
        totals.extend([Total::Sum, Total::Sum]);
    }
    columns.push(plain("Còn thiếu", "Missing", 15.0));
    columns.push(Column { heading: say(lang, "Đánh giá", "Verdict"), width: 26.0, align: Align::Left });
    totals.extend([
        Total::Sum,
        Total::Label(verdict(&groups.iter().flat_map(|g| g.periods.clone()).collect::<Vec<_>>(), lang)),
    ]);
    let mut table = Table::new(name, columns);
    table.rows = groups.iter().map(|group| line(group, lang)).collect();
    table.totals = totals;
    table
}

fn line(group: &Group<'_>, lang: Lang) -> Vec<Cell> {
    let periods = &group.periods;
    let sum = |of: fn(&Assessment) -> u32| periods.iter().map(|p| u64::from(of(p))).sum::<u64>();
    let (required, aired) = (sum(|p| p.required), sum(|p| p.aired));
    let mut cells = vec![
        Cell::text(&group.name),
        periods.iter().map(|p| p.from).min().map_or(Cell::Blank, Cell::Date),
        periods.iter().map(|p| p.until).max().map_or(Cell::Blank, Cell::Date),
        Cell::Count(required),
        Cell::Count(aired),
        percent(aired, required),
        Cell::Count(sum(|p| p.by_kind.regular)),
        Cell::Count(sum(|p| p.by_kind.campaign)),
        Cell::Count(sum(|p| p.by_kind.make_good)),
    ];
    for part in periods.iter().take(1).flat_map(|p| &p.at_least) {
        let same = || periods.iter().flat_map(|p| &p.at_least).filter(|other| other.share == part.share);
        cells.push(Cell::Count(same().map(|s| u64::from(s.required)).sum()));
        cells.push(Cell::Count(same().map(|s| u64::from(s.aired)).sum()));
    }
    cells.push(Cell::Count(sum(|p| p.missing)));
    cells.push(Cell::Text(verdict(periods, lang)));
    cells
}

/// The verdict of one period; of several, how many were met.
fn verdict(periods: &[&Assessment], lang: Lang) -> String {
    if let [one] = periods {
        return one.verdict.label().get(lang).to_owned();
    }
    let asked = periods.iter().filter(|p| p.verdict != Verdict::Exempt).count();
    let met = periods.iter().filter(|p| p.verdict == Verdict::Met).count();
    say(lang, &format!("Đạt {met}/{asked} kỳ"), &format!("{met} of {asked} met"))
}
