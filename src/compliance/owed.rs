//! What is still owed on a day: the shares that queues in the order `quota` draw from first. Pure.

use jiff::civil::Date;

use super::Facts;
use super::period::period_on;
use super::tally::Book;
use crate::model::quota::Share;
use crate::model::station::Commune;

/// The shares that the commune still owes in the periods of that day, in the order of the file: asked for, and neither
/// aired nor under way.
#[must_use]
pub fn owed(facts: &Facts, commune: &Commune, date: Date) -> Vec<Share> {
    let shared = commune.quotas.iter().filter(|quota| !quota.at_least.is_empty());
    let books = shared.filter_map(|quota| Some(Book::of(facts, commune, quota, vec![period_on(quota, date)?])));
    books.flat_map(|book| still_owed(&book, date)).collect()
}

/// The shares of one quota that are still owed on that day.
pub(super) fn still_owed(book: &Book, date: Date) -> Vec<Share> {
    let lacking = book.page(date).map(|page| page.lacking().shares).unwrap_or_default();
    let parts = book.quota.at_least.iter().zip(lacking);
    parts.filter(|(_, lacking)| *lacking > 0).map(|(part, _)| part.share.clone()).collect()
}
