//! What to say of a period that is at risk or failed: what is lacking, why, and what to do. Pure.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::place::Obstacle;
use super::tally::{Amount, Page};
use crate::model::compliance::Verdict;
use crate::model::outcome::Outcome;
use crate::model::quota::{Count, MakeGood, Quota, Share};
use crate::model::text::Text;
use crate::text;

/// The advice; nothing where all is well. `obstacles` is what stood in the way of make-goods, if any were wanted.
pub(super) fn advice(
    quota: &Quota,
    page: &Page,
    verdict: Verdict,
    obstacles: Option<&BTreeSet<Obstacle>>,
) -> Option<Text> {
    match verdict {
        Verdict::Exempt | Verdict::Met | Verdict::OnTrack => None,
        Verdict::AtRisk => Some(at_risk(quota, page, obstacles)),
        Verdict::Failed => Some(failed(quota, page)),
    }
}

fn at_risk(quota: &Quota, page: &Page, obstacles: Option<&BTreeSet<Obstacle>>) -> Text {
    let (Text { vi, en }, until) = (amount(quota, &page.lacking()), day(page.span.last));
    let what = text!(
        "Còn thiếu {vi} đến hết {until}, kể cả khi mọi lượt đã xếp lịch đều phát được.",
        "Still lacking by the end of {until}, even if all that is planned airs: {en}."
    );
    let why = obstacles.map(|obstacles| why_not_made_good(quota, obstacles));
    let remedy = match &quota.make_good {
        None => text!(
            "Hãy thêm khung giờ phát trong những ngày còn lại, hoặc khai giờ phát bù [quota.make_good].",
            "Add a slot on the days that remain, or name times for make-goods in [quota.make_good]."
        ),
        Some(_) if obstacles.is_some() => text!(
            "Hãy thêm giờ phát bù (make_good.at) hoặc khung giờ phát trong những ngày còn lại.",
            "Add times for make-goods (make_good.at) or a slot on the days that remain."
        ),
        Some(_) => text!(
            "Lịch phát không đủ số lượt. Hãy thêm khung giờ phát trong những ngày còn lại.",
            "The schedule does not have enough airings. Add a slot on the days that remain."
        ),
    };
    sentences([Some(what), why, Some(remedy)])
}

fn failed(quota: &Quota, page: &Page) -> Text {
    let Text { vi, en } = amount(quota, &page.missing());
    let what = text!("Kỳ đã hết mà còn thiếu {vi}.", "The period is over, and this is lacking: {en}.");
    let lost = [Outcome::Missed, Outcome::Partial, Outcome::Unproven, Outcome::Skipped, Outcome::Cancelled];
    let lost = lost.into_iter().filter_map(|outcome| {
        let n = page.not_counted.iter().filter(|(_, why)| *why == outcome.code()).count();
        let label = outcome.label();
        (n > 0).then(|| Text::new(format!("{n} {}", lower(&label.vi)), format!("{n} {}", lower(&label.en))))
    });
    let Text { vi, en } = join(lost);
    let why = (!vi.is_empty()).then(|| text!("Lượt không được tính: {vi}.", "Airings that do not count: {en}."));
    sentences([Some(what), why, None])
}

/// "2 lượt, trong đó 1 lượt về bhxh-tu-nguyen".
fn amount(quota: &Quota, lacking: &Amount) -> Text {
    let shares = quota.at_least.iter().zip(&lacking.shares).filter(|(_, n)| **n > 0).map(|(part, n)| {
        let (n, of) = (items(quota.count, *n), of_share(&part.share));
        Text::new(format!("{} {}", n.vi, of.vi), format!("{} {}", n.en, of.en))
    });
    let (whole, shares) = (items(quota.count, lacking.total), join(shares));
    match (lacking.total, shares.vi.is_empty()) {
        (0, _) => shares,
        (_, true) => whole,
        (_, false) => {
            let (Text { vi, en }, of) = (whole, shares);
            Text::new(format!("{vi}, trong đó {}", of.vi), format!("{en}, of which {}", of.en))
        }
    }
}

fn items(count: Count, n: u32) -> Text {
    let ending = if n == 1 { "" } else { "s" };
    match count {
        Count::Airings => text!("{n} lượt", "{n} airing{ending}"),
        Count::Clips => text!("{n} bản tin", "{n} clip{ending}"),
    }
}

fn of_share(share: &Share) -> Text {
    match share {
        Share::Topic(topic) => text!("về {topic}", "on {topic}"),
        Share::Language(tag) => text!("bằng tiếng {tag}", "in {tag}"),
        Share::Audience(group) => text!("cho nhóm {group}", "for {group}"),
    }
}

fn why_not_made_good(quota: &Quota, obstacles: &BTreeSet<Obstacle>) -> Text {
    let most = quota.make_good.as_ref().map_or(0, |MakeGood { max_per_day, .. }| *max_per_day);
    let reasons = obstacles.iter().map(|obstacle| match obstacle {
        Obstacle::NoTimeLeft => text!("trong kỳ không còn giờ phát bù", "no time for make-goods is left in the period"),
        Obstacle::EnoughThatDay => text!("mỗi ngày chỉ phát bù tối đa {most} lượt", "at most {most} may air a day"),
        Obstacle::Rule(reason) => reason.label(),
        Obstacle::Overlap => {
            text!("giờ phát bù trùng với lượt phát khác", "their times overlap other airings")
        }
        Obstacle::NoClip => text!("không có bản tin phù hợp để phát", "there is no suitable clip to air"),
    });
    let Text { vi, en } = join(reasons);
    text!("Không phát bù đủ được: {vi}.", "Not all can be made good: {en}.")
}

fn join(parts: impl Iterator<Item = Text>) -> Text {
    let (vi, en): (Vec<_>, Vec<_>) = parts.map(|part| (part.vi, part.en)).unzip();
    Text::new(vi.join(", "), en.join(", "))
}

fn sentences<const N: usize>(parts: [Option<Text>; N]) -> Text {
    let (vi, en): (Vec<_>, Vec<_>) = parts.into_iter().flatten().map(|part| (part.vi, part.en)).unzip();
    Text::new(vi.join(" "), en.join(" "))
}

/// As it stands inside a sentence.
fn lower(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}
