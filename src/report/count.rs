//! Which rows count, by the definition that every sheet carries; the same as for quotas. Pure.

use jiff::civil::Date;

use super::show::say;
use crate::model::airing::{Airing, Item, Role};
use crate::model::ledger::LedgerRow;
use crate::model::outcome::{Kind, Outcome};
use crate::model::query::Row;
use crate::model::station::Channel;
use crate::model::text::Lang;

/// A row, and what of it matters for counting.
pub(super) struct Counted<'a> {
    /// The row.
    pub(super) row: &'a Row,
    /// The same, shortened.
    pub(super) ledger: LedgerRow,
}

/// Rows by planned time, those of one time in the journal's order.
pub(super) fn by_time(rows: &[Row]) -> Vec<Counted<'_>> {
    let mut all: Vec<_> = rows.iter().map(|row| Counted { row, ledger: LedgerRow::from(&row.airing) }).collect();
    all.sort_by_key(|c| (c.ledger.planned_at, c.row.seq));
    all
}

/// Seconds of a programme that sounded, jingles included.
pub(super) fn played(airing: &Airing) -> f64 {
    airing.items.iter().map(|item| item.played_s.0).sum()
}

/// Does a row count as an airing on this channel?
pub(super) fn counts(row: &LedgerRow, channel: Channel) -> bool {
    row.kind.by_schedule() && row.channels.contains(&(channel, Outcome::Aired))
}

impl Counted<'_> {
    /// The local day for which it was planned.
    pub(super) fn date(&self) -> Date {
        self.ledger.date
    }

    /// Does it count on this channel?
    pub(super) fn counts(&self, channel: Channel) -> bool {
        counts(&self.ledger, channel)
    }

    /// Seconds that sounded, jingles included.
    pub(super) fn length(&self) -> f64 {
        played(&self.row.airing)
    }

    /// Its clips that were aired whole.
    pub(super) fn whole_clips(&self) -> impl Iterator<Item = &Item> {
        self.row.airing.items.iter().filter(|i| i.plan.role == Role::Clip && i.outcome == Outcome::Aired)
    }

    /// Was a clip in another language than Vietnamese aired whole in it?
    pub(super) fn minority_language(&self) -> bool {
        self.ledger.clips.iter().any(|clip| clip.language != "vi" && !clip.language.starts_with("vi-"))
    }

    /// Why it does not count on the commune's channel: what, and the reason if there is one. Nothing if it counts.
    pub(super) fn not_counted(&self, lang: Lang) -> Option<(String, String)> {
        if self.counts(Channel::Commune) {
            return None;
        }
        let airing = &self.row.airing;
        let reason = airing.reason.map(|r| r.label().get(lang).to_owned()).unwrap_or_default();
        let own = self.ledger.channels.iter().find(|(channel, _)| *channel == Channel::Commune);
        Some(match (self.ledger.kind, own) {
            (kind @ (Kind::Manual | Kind::Trial | Kind::Emergency | Kind::Relay), _) => {
                (kind.label().get(lang).to_owned(), reason)
            }
            (_, Some((_, outcome))) => (outcome.label().get(lang).to_owned(), reason),
            (_, None) => (say(lang, "Chỉ phát ở loa thôn, lưu động", "Village or mobile outputs only"), reason),
        })
    }
}
