//! Quotas, make-good, campaigns and holidays in plain sentences. Pure.

use jiff::civil::Date;

use super::{channel, day, plural, slot, spoken_times};
use crate::model::calendar::{Calendar, Campaign, ExtraDay, Holiday, Holidays, InMourning, Mourning, OnHoliday};
use crate::model::quota::{Closing, Count, MakeGood, Minimum, PartialPeriod, Period, Quota, Share};
use crate::model::text::Text;
use crate::text;

/// What is promised, and how lost airings are made good.
pub(super) fn quota_lines(quota: &Quota) -> Vec<Text> {
    let (name, id) = (&quota.name, &quota.id);
    let (each, many, on) = (each(quota.period), counted(quota.airings, quota.count), channel(quota.channel));
    let parts: Vec<_> = quota.at_least.iter().map(|minimum| part(minimum, quota.count)).collect();
    let parts = joined(&parts, &text!(", trong đó ít nhất ", ", of which at least "));
    let (dates, cut, basis) = (dates(quota), cut(quota), quota.basis.as_ref());
    let basis = basis.map_or_else(|| text!("", ""), |basis| text!(" (căn cứ: {basis})", " (basis: {basis})"));
    let promise = Text::new(
        format!(
            "Chỉ tiêu \"{name}\" ({id}): {} ít nhất {} trên {}{}{}{}{}.",
            each.vi, many.vi, on.vi, parts.vi, dates.vi, cut.vi, basis.vi
        ),
        format!(
            "Quota \"{name}\" ({id}): {} at least {} on the {}{}{}{}{}.",
            each.en, many.en, on.en, parts.en, dates.en, cut.en, basis.en
        ),
    );
    vec![promise, make_good(quota.make_good.as_ref())]
}

fn each(period: Period) -> Text {
    let (each, closing) = match period {
        Period::Day => return text!("mỗi ngày", "each day"),
        Period::Week => return text!("mỗi tuần", "each week"),
        Period::Plan => return text!("cả kế hoạch", "in the whole plan"),
        Period::Month(closing) => (text!("mỗi tháng", "each month"), closing),
        Period::Quarter(closing) => (text!("mỗi quý", "each quarter"), closing),
        Period::Year(closing) => (text!("mỗi năm", "each year"), closing),
    };
    match closing {
        Closing::LastDay => each,
        Closing::Day(day) => {
            Text::new(format!("{} (chốt vào ngày {day})", each.vi), format!("{} (closing on day {day})", each.en))
        }
    }
}

fn counted(n: u32, count: Count) -> Text {
    match count {
        Count::Airings => Text::new(format!("{n} lượt"), plural(n, "airing")),
        Count::Clips => Text::new(format!("{n} bài"), plural(n, "clip")),
    }
}

fn part(minimum: &Minimum, count: Count) -> Text {
    let many = counted(minimum.required, count);
    let about = match &minimum.share {
        Share::Topic(topic) => text!("về {topic}", "on {topic}"),
        Share::Language(tag) => text!("bằng ngôn ngữ {tag}", "in the language {tag}"),
        Share::Audience(group) => text!("cho nhóm {group}", "for the group {group}"),
    };
    Text::new(format!("{} {}", many.vi, about.vi), format!("{} {}", many.en, about.en))
}

/// `before` and the parts with commas between them; nothing without parts.
fn joined(parts: &[Text], before: &Text) -> Text {
    if parts.is_empty() {
        return text!("", "");
    }
    let all = |part: fn(&Text) -> &str| parts.iter().map(part).collect::<Vec<_>>().join(", ");
    Text::new(format!("{}{}", before.vi, all(|part| &part.vi)), format!("{}{}", before.en, all(|part| &part.en)))
}

fn dates(quota: &Quota) -> Text {
    match (quota.from.map(day), quota.until.map(day)) {
        (None, None) => text!("", ""),
        (Some(from), None) => text!("; từ ngày {from}", "; from {from}"),
        (None, Some(until)) => text!("; đến hết ngày {until}", "; until {until}"),
        (Some(from), Some(until)) => text!("; từ ngày {from} đến hết ngày {until}", "; from {from} until {until}"),
    }
}

/// What is asked of a first and last period that is not whole, where there can be one.
fn cut(quota: &Quota) -> Text {
    if matches!(quota.period, Period::Day | Period::Plan) || (quota.from.is_none() && quota.until.is_none()) {
        return text!("", "");
    }
    match quota.partial_period {
        PartialPeriod::Full => text!(
            "; kỳ đầu và kỳ cuối dù không trọn vẫn phải đủ",
            "; a first or last period that is not whole counts in full"
        ),
        PartialPeriod::ProRata => text!(
            "; kỳ đầu và kỳ cuối không trọn thì tính theo số ngày",
            "; a first or last period that is not whole counts by its days"
        ),
        PartialPeriod::Exempt => text!(
            "; kỳ đầu và kỳ cuối không trọn thì được miễn",
            "; a first or last period that is not whole is exempt"
        ),
    }
}

fn make_good(rule: Option<&MakeGood>) -> Text {
    let Some(MakeGood { at, max_per_day }) = rule else {
        return text!("Lượt hỏng của chỉ tiêu này không tự phát bù.", "What this quota loses is not made good.");
    };
    let times = spoken_times(at);
    text!(
        "Lượt hỏng của chỉ tiêu này được phát bù trong cùng kỳ lúc {times} (giờ ghi trước dùng trước), một ngày nhiều nhất {max_per_day} lượt.",
        "What this quota loses is made good in the same period at {times} (the first is preferred), at most {max_per_day} a day."
    )
}

/// When a campaign runs, what rests meanwhile, what it adds.
pub(super) fn campaign_lines(campaign: &Campaign) -> Vec<Text> {
    let (name, id, days) = (&campaign.name, &campaign.id, span(campaign.from, campaign.until));
    let resting: Vec<_> = campaign.replaces.iter().map(|slot| text!("{slot}", "{slot}")).collect();
    let resting = joined(&resting, &text!("; trong đợt các khung giờ này nghỉ: ", "; these slots rest meanwhile: "));
    let head = Text::new(
        format!("{}: đợt \"{name}\" ({id}){}.", days.vi, resting.vi),
        format!("{}: the campaign \"{name}\" ({id}){}.", days.en, resting.en),
    );
    let added = campaign
        .slots
        .iter()
        .map(slot::line)
        .map(|line| Text::new(format!("Trong đợt: {}", line.vi), format!("In the campaign: {}", line.en)));
    std::iter::once(head).chain(added).collect()
}

/// Which days are apart, and what happens on them.
pub(super) fn holiday_lines(holidays: &Holidays) -> Vec<Text> {
    let usual = done(holidays.on_holiday);
    let calendar = match holidays.calendar {
        Calendar::None => text!("Ngày lễ trong năm vẫn phát như ngày thường.", "Public holidays are as any other day."),
        Calendar::Vietnam => {
            let names: Vec<_> = Holiday::ALL.iter().map(|holiday| holiday.label()).collect();
            let names = joined(&names, &text!("Ngày lễ (", "Holidays ("));
            Text::new(format!("{}): {}.", names.vi, usual.vi), format!("{}): {}.", names.en, usual.en))
        }
    };
    let extra = holidays.extra.iter().map(|extra| extra_line(extra, holidays.on_holiday));
    std::iter::once(calendar).chain(extra).chain(holidays.mourning.iter().map(mourning_line)).collect()
}

fn done(action: OnHoliday) -> Text {
    match action {
        OnHoliday::Skip => text!("nghỉ, không phát", "nothing airs"),
        OnHoliday::Play => text!("vẫn phát như ngày thường", "as any other day"),
        OnHoliday::Shift => text!("dời sang ngày sau", "moved to a later day"),
    }
}

fn extra_line(extra: &ExtraDay, usual: OnHoliday) -> Text {
    let ExtraDay { from, until, name, action } = extra;
    let done = done(action.unwrap_or(usual));
    let days = span(*from, *until);
    Text::new(format!("{} ({name}): {}.", days.vi, done.vi), format!("{} ({name}): {}.", days.en, done.en))
}

fn mourning_line(mourning: &Mourning) -> Text {
    let Mourning { from, until, name, action } = mourning;
    let done = match action {
        InMourning::Skip => text!("không phát", "nothing airs"),
        InMourning::WithoutMusic => text!("phát nhưng không có nhạc hiệu", "airs without its jingles"),
    };
    let days = span(*from, *until);
    Text::new(format!("{} ({name}): {}.", days.vi, done.vi), format!("{} ({name}): {}.", days.en, done.en))
}

fn span(from: Date, until: Date) -> Text {
    let (first, last) = (day(from), day(until));
    if from == until {
        return text!("Ngày {first}", "On {first}");
    }
    text!("Từ ngày {first} đến hết ngày {last}", "From {first} until {last}")
}
