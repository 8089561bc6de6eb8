//! `[[quota]]` and `[quota.make_good]`: what is promised, and how lost airings are made good. Pure.

use crate::config::lower::when::need_times;
use crate::config::lower::{Desk, Seen, in_order, need, not_too_many, optional};
use crate::config::places::Item;
use crate::config::read::At;
use crate::config::read::dated::{RawMakeGood, RawQuota};
use crate::config::read::scalar::{ClosingDay, Whole};
use crate::config::read::share::Shares;
use crate::config::read::table::Keys as _;
use crate::config::read::word::PeriodWord;
use crate::config::source::Span;
use crate::model::id::{CommuneId, QuotaId};
use crate::model::quota::{Closing, MakeGood, Minimum, Period, Quota};
use crate::model::station::Channel;
use crate::text;

const HEADER: &str = "[[quota]]";
const MAKE_GOOD: &str = "[quota.make_good]";

/// A commune has no more quotas than this.
const MAX_QUOTAS: usize = 50;

/// A quota has no more parts than this.
const MAX_SHARES: usize = 100;

/// All quotas of a file; `heard` are the channels of the commune's outputs, if they are known.
pub(crate) fn lower_quotas(
    field: Option<At<Vec<At<RawQuota>>>>,
    commune: Option<&CommuneId>,
    heard: Option<&[Channel]>,
    desk: &mut Desk<'_, '_>,
) -> Option<Vec<Quota>> {
    let Some(At { span, value }) = field else { return Some(Vec::new()) };
    let list = value?;
    not_too_many(&list, MAX_QUOTAS, &span, desk.to)?;
    let mut seen = Seen::default();
    let lowered: Vec<_> = list.into_iter().map(|at| lower(at, commune, heard, &mut seen, desk)).collect();
    lowered.into_iter().collect()
}

fn lower(
    at: At<RawQuota>,
    commune: Option<&CommuneId>,
    heard: Option<&[Channel]>,
    seen: &mut Seen<QuotaId>,
    desk: &mut Desk<'_, '_>,
) -> Option<Quota> {
    let (header, raw) = (at.span, at.value?);
    let (table, spans) = ((&header, HEADER), raw.spans());
    if let Some(At { span, value: Some(id) }) = &raw.id {
        seen.note(id, span, desk.to);
        if let Some(commune) = commune {
            let item = Item::Quota(commune.clone(), id.clone());
            desk.places.add(desk.file, &item, &header, spans);
            note_elements(&item, &raw, desk);
        }
    }
    let RawQuota { id, name, basis, from, until, period, airings, at_least, .. } = raw;
    let RawQuota { channel, partial_period, count, closing_day, make_good, .. } = raw;
    let id = need(id, "id", table, desk.to);
    let name = need(name, "name", table, desk.to);
    in_order(from.as_ref(), until.as_ref(), desk.to);
    let open = from.is_none() || until.is_none();
    let period = lower_period(period, closing_day, open, table, desk);
    let at_least = lower_shares(at_least, airings.as_ref(), desk);
    let airings = need(airings, "airings", table, desk.to);
    check_channel(channel.as_ref(), heard, &header, desk);
    let channel = optional(channel);
    let make_good = match make_good {
        None => Some(None),
        Some(At { span, value }) => value.and_then(|raw| lower_make_good(raw, &span, desk)).map(Some),
    };
    Some(Quota {
        id: id?,
        name: name?.0,
        basis: optional(basis)?.map(|line| line.0),
        from: optional(from)?,
        until: optional(until)?,
        period: period?,
        airings: airings?.0,
        at_least: at_least?,
        channel: channel?.unwrap_or(Channel::Commune),
        partial_period: optional(partial_period)?.unwrap_or_default(),
        count: optional(count)?.unwrap_or_default(),
        make_good: make_good?,
    })
}

/// Where parts and make-good times stand, each by its number.
fn note_elements(item: &Item, raw: &RawQuota, desk: &mut Desk<'_, '_>) {
    let shares = raw.at_least.as_ref().and_then(|at| at.value.as_ref());
    for (index, (share, _)) in shares.iter().flat_map(|shares| &shares.0).enumerate() {
        desk.places.add_element(desk.file, item, "at_least", index, &share.span);
    }
    let times = raw.make_good.as_ref().and_then(|at| at.value.as_ref()?.at.as_ref()?.value.as_ref());
    for (index, time) in times.iter().flat_map(|times| &times.0).enumerate() {
        desk.places.add_element(desk.file, item, "make_good", index, &time.span);
    }
}

/// The period with its closing day; `open` if the quota has no first or no last day.
fn lower_period(
    word: Option<At<PeriodWord>>,
    closing_day: Option<At<ClosingDay>>,
    open: bool,
    table: (&Span, &str),
    desk: &mut Desk<'_, '_>,
) -> Option<Period> {
    let place = word.as_ref().map(|at| at.span.clone());
    let closes = closing_day.as_ref().map(|at| at.span.clone());
    let closing = optional(closing_day).map(|day| day.map_or(Closing::LastDay, |day| Closing::Day(day.0)));
    let word = need(word, "period", table, desk.to)?;
    if word == PeriodWord::Plan && open && !desk.to.is_meant(table.0, &["from", "until"]) {
        desk.to.add(
            "open_plan",
            &place.unwrap_or_else(|| table.0.clone()),
            text!(
                "Chỉ tiêu tính cho cả kế hoạch (period = \"plan\") phải ghi ngày đầu và ngày cuối.",
                "A quota for a whole plan (period = \"plan\") needs its first and its last day."
            ),
            text!(
                "Thêm hai dòng, ví dụ: from = 2026-01-01 và until = 2026-12-31",
                "Add two lines, such as: from = 2026-01-01 and until = 2026-12-31"
            ),
        );
    }
    if let (PeriodWord::Day | PeriodWord::Week | PeriodWord::Plan, Some(closes)) = (word, closes) {
        desk.to.add(
            "no_closing_day",
            &closes,
            text!(
                "Ngày chốt (closing_day) chỉ dùng khi kỳ là tháng, quý hoặc năm.",
                "closing_day is only for periods of a month, a quarter or a year."
            ),
            text!(
                "Xóa dòng này, hoặc ghi period = \"month\", \"quarter\", \"year\".",
                "Remove this line, or write period = \"month\", \"quarter\" or \"year\"."
            ),
        );
    }
    Some(match word {
        PeriodWord::Day => Period::Day,
        PeriodWord::Week => Period::Week,
        PeriodWord::Month => Period::Month(closing?),
        PeriodWord::Quarter => Period::Quarter(closing?),
        PeriodWord::Year => Period::Year(closing?),
        PeriodWord::Plan => Period::Plan,
    })
}

fn lower_shares(
    field: Option<At<Shares>>,
    airings: Option<&At<Whole<1, 10_000>>>,
    desk: &mut Desk<'_, '_>,
) -> Option<Vec<Minimum>> {
    let Some(At { span, value }) = field else { return Some(Vec::new()) };
    let Shares(list) = value?;
    not_too_many(&list, MAX_SHARES, &span, desk.to)?;
    let whole = airings.and_then(|at| at.value);
    let mut lowered = Vec::new();
    for (share, required) in list {
        if let (Some(whole), Some(part), Some(share)) = (whole, required.value, &share.value)
            && part.0 > whole.0
        {
            let (part, whole) = (part.0, whole.0);
            desk.to.add(
                "share_too_large",
                &required.span,
                text!(
                    "Riêng phần \"{share}\" đòi {part}, nhiều hơn cả chỉ tiêu (airings = {whole}).",
                    "The part \"{share}\" asks for {part}, more than the whole quota (airings = {whole})."
                ),
                text!(
                    "Tăng airings lên ít nhất {part}, hoặc giảm số này xuống.",
                    "Raise airings to at least {part}, or lower this number."
                ),
            );
        }
        lowered.push(share.value.zip(required.value).map(|(share, n)| Minimum { share, required: n.0 }));
    }
    lowered.into_iter().collect()
}

fn check_channel(field: Option<&At<Channel>>, heard: Option<&[Channel]>, header: &Span, desk: &mut Desk<'_, '_>) {
    let (span, channel) = match field {
        None => (header, Channel::Commune),
        Some(At { span, value: Some(channel) }) => (span, *channel),
        Some(At { value: None, .. }) => return,
    };
    let Some(heard) = heard.filter(|heard| !heard.contains(&channel)) else { return };
    let word = word_of(channel);
    let mut others: Vec<_> = heard.iter().map(|other| format!("\"{}\"", word_of(*other))).collect();
    others.dedup();
    let others = others.join(", ");
    desk.to.add(
        "channel_unheard",
        span,
        text!(
            "Chỉ tiêu này chỉ đếm lượt phát trên loa loại \"{word}\", nhưng xã không có đầu ra nào loại đó.",
            "This quota counts airings on the channel \"{word}\", but no output of the commune is of it."
        ),
        text!(
            "Ghi channel = {others}, hoặc thêm vào outputs của [commune] một đầu ra có channel = \"{word}\".",
            "Write channel = {others}, or add to outputs of [commune] an output with channel = \"{word}\"."
        ),
    );
}

fn word_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Commune => "commune",
        Channel::Village => "village",
        Channel::Mobile => "mobile",
    }
}

fn lower_make_good(raw: RawMakeGood, header: &Span, desk: &mut Desk<'_, '_>) -> Option<MakeGood> {
    let RawMakeGood { at, max_per_day } = raw;
    let at = need_times(at, (header, MAKE_GOOD), desk);
    let most = optional(max_per_day);
    Some(MakeGood { at: at?, max_per_day: most?.map_or(1, |n| n.0) })
}
