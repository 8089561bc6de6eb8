//! What counts for a quota, how much, and why the rest does not. Pure.

use jiff::civil::Date;

use super::Facts;
use super::period::Span;
use crate::model::compliance::ByKind;
use crate::model::id::CommuneId;
use crate::model::ledger::{LedgerClip, LedgerRow};
use crate::model::outcome::{Kind, Outcome};
use crate::model::quota::{Count, Quota, Share};
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Channel, Commune};

/// So many in total, and so many of each share, in the quota's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) total: u32,
    pub(super) shares: Vec<u32>,
}

impl Amount {
    fn none(quota: &Quota) -> Self {
        Self { total: 0, shares: vec![0; quota.at_least.len()] }
    }

    /// What is asked of a period.
    fn required(quota: &Quota, span: &Span) -> Self {
        let shares = quota.at_least.iter().map(|part| span.required(quota, part.required));
        Self { total: span.required(quota, quota.airings), shares: shares.collect() }
    }

    /// What an airing counts in which these clips were whole, each named once.
    fn add(&mut self, quota: &Quota, clips: &[LedgerClip]) {
        let counted = |all: usize| match quota.count {
            Count::Airings => u32::from(all > 0),
            Count::Clips => u32::try_from(all).unwrap_or(u32::MAX),
        };
        self.total += match quota.count {
            Count::Airings => 1,
            Count::Clips => counted(clips.len()),
        };
        for (sum, part) in self.shares.iter_mut().zip(&quota.at_least) {
            *sum += counted(clips.iter().filter(|clip| has(clip, &part.share)).count());
        }
    }

    /// What is left of it after `have`; nothing where that is more.
    fn less(&self, have: &Self) -> Self {
        let parts = self.shares.iter().zip(&have.shares);
        Self {
            total: self.total.saturating_sub(have.total),
            shares: parts.map(|(asked, have)| asked.saturating_sub(*have)).collect(),
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.total == 0 && self.shares.iter().all(|part| *part == 0)
    }
}

/// Does the clip belong to the share?
pub(super) fn has(clip: &LedgerClip, share: &Share) -> bool {
    match share {
        Share::Topic(topic) => clip.topics.contains(topic),
        Share::Language(tag) => clip.language == *tag,
        Share::Audience(group) => clip.audience.contains(group),
    }
}

/// Does the row count for a quota of this channel?
///
/// # Errors
/// Why it does not: a kind that never counts, `other_channel`, or how it ended there.
pub(super) fn counts(row: &LedgerRow, channel: Channel) -> Result<(), &'static str> {
    if !row.kind.by_schedule() {
        return Err(row.kind.code());
    }
    match row.channels.iter().find(|(of, _)| *of == channel || seeded(Bug::AnyChannelCounts)) {
        None => Err("other_channel"),
        Some((_, Outcome::Aired)) => Ok(()),
        Some((_, Outcome::Partial)) if seeded(Bug::PartialCounts) => Ok(()),
        Some((_, outcome)) => Err(outcome.code()),
    }
}

/// A period of a quota with what was aired in it and what is planned.
#[derive(Debug, Clone)]
pub(super) struct Page<'a> {
    pub(super) span: Span,
    pub(super) required: Amount,
    pub(super) aired: Amount,
    /// What is under way or foreseen.
    pub(super) planned: Amount,
    pub(super) by_kind: ByKind,
    pub(super) counted: Vec<&'a LedgerRow>,
    pub(super) not_counted: Vec<(&'a LedgerRow, &'static str)>,
}

impl<'a> Page<'a> {
    fn new(quota: &Quota, span: Span) -> Self {
        Self {
            required: Amount::required(quota, &span),
            aired: Amount::none(quota),
            planned: Amount::none(quota),
            by_kind: ByKind::default(),
            counted: Vec::new(),
            not_counted: Vec::new(),
            span,
        }
    }

    fn enter(&mut self, quota: &Quota, row: &'a LedgerRow) {
        if let Err(why) = counts(row, quota.channel) {
            self.not_counted.push((row, why));
            return;
        }
        let before = self.aired.total;
        self.aired.add(quota, &row.clips);
        let counter = match row.kind {
            Kind::Campaign => &mut self.by_kind.campaign,
            Kind::MakeGood => &mut self.by_kind.make_good,
            _ => &mut self.by_kind.regular,
        };
        *counter += self.aired.total - before;
        self.counted.push(row);
    }

    /// What is asked and was not aired.
    pub(super) fn missing(&self) -> Amount {
        self.required.less(&self.aired)
    }

    /// What is asked, and neither was aired nor is planned.
    pub(super) fn lacking(&self) -> Amount {
        self.missing().less(&self.planned)
    }
}

/// The periods of one quota, by time.
#[derive(Debug, Clone)]
pub(super) struct Book<'a> {
    pub(super) commune: &'a Commune,
    pub(super) quota: &'a Quota,
    /// Do the commune's outputs reach those whose airings count?
    pub(super) reached: bool,
    pub(super) pages: Vec<Page<'a>>,
}

impl<'a> Book<'a> {
    /// With what was aired in these periods and what is under way.
    pub(super) fn of(facts: &Facts<'a>, commune: &'a Commune, quota: &'a Quota, spans: Vec<Span>) -> Self {
        let mut outputs = commune.outputs.iter().filter_map(|id| facts.station.output(id));
        let reached = outputs.any(|output| output.channel == quota.channel);
        let pages = spans.into_iter().map(|span| Page::new(quota, span)).collect();
        let mut book = Self { commune, quota, reached, pages };
        book.enter(facts.rows);
        for airing in facts.underway.iter().filter(|airing| airing.channels.contains(&quota.channel)) {
            book.expect(&airing.commune, airing.date, &airing.clips);
        }
        book
    }

    /// The page on which a day lies.
    pub(super) fn page(&self, date: Date) -> Option<&Page<'a>> {
        let at = self.pages.partition_point(|page| page.span.last < date);
        self.pages.get(at).filter(|page| page.span.contains(date))
    }

    fn page_mut(&mut self, date: Date) -> Option<&mut Page<'a>> {
        let at = self.pages.partition_point(|page| page.span.last < date);
        self.pages.get_mut(at).filter(|page| page.span.contains(date))
    }

    /// Enters those of the rows that concern the quota's commune.
    fn enter(&mut self, rows: &'a [LedgerRow]) {
        for row in rows.iter().filter(|row| row.commune == self.commune.id) {
            let quota = self.quota;
            if let Some(page) = self.page_mut(row.date) {
                page.enter(quota, row);
            }
        }
    }

    /// Enters what will count if it airs whole.
    pub(super) fn expect(&mut self, commune: &CommuneId, date: Date, clips: &[LedgerClip]) {
        if self.reached && self.commune.id == *commune {
            let quota = self.quota;
            if let Some(page) = self.page_mut(date) {
                page.planned.add(quota, clips);
            }
        }
    }
}
