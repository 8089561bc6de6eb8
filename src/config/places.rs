//! Where each thing of the station is written, for warnings that come later than reading. Pure.

use std::collections::BTreeMap;

use crate::config::findings::{Finding, diagnostic, file_error};
use crate::config::source::{Source, Span};
use crate::model::diag::{Diagnostic, Severity};
use crate::model::id::{CampaignId, ClipPath, CommuneId, OutputId, QueueId, QuotaId, SlotId};
use crate::model::text::Text;

/// A thing that has a table of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// `[station]`.
    Station,
    /// `[[output]]`.
    Output(OutputId),
    /// `[commune]`.
    Commune(CommuneId),
    /// `[hours]`.
    Hours(CommuneId),
    /// `[[quota]]`; a part of it is an element of `at_least`, a make-good time one of `make_good`.
    Quota(CommuneId, QuotaId),
    /// `[[campaign]]`.
    Campaign(CommuneId, CampaignId),
    /// `[[slot]]` or `[[campaign.slot]]`.
    Slot(CommuneId, SlotId),
    /// `[[queue]]`.
    Queue(CommuneId, QueueId),
    /// `[[clip]]`.
    Clip(CommuneId, ClipPath),
}

/// A value inside a thing: its key, and which element if it is a list. The header is the key `""`.
type Spot = (Item, &'static str, Option<usize>);

/// Where each thing is written.
#[derive(Debug, Clone, Default)]
pub struct Places {
    sources: Vec<Source>,
    spans: BTreeMap<Spot, (usize, Span)>,
}

impl Places {
    /// No place yet; files are known by their number in `sources`.
    pub(super) fn new(sources: Vec<Source>) -> Self {
        Self { sources, spans: BTreeMap::new() }
    }

    /// Notes where a thing and its keys stand in file number `file`.
    pub(super) fn add(&mut self, file: usize, item: &Item, header: &Span, keys: Vec<(&'static str, Span)>) {
        for (key, span) in keys {
            self.spans.entry((item.clone(), key, None)).or_insert((file, span));
        }
        self.spans.entry((item.clone(), "", None)).or_insert((file, header.clone()));
    }

    /// Notes where an element of a list stands.
    pub(super) fn add_element(&mut self, file: usize, item: &Item, key: &'static str, index: usize, span: &Span) {
        self.spans.entry((item.clone(), key, Some(index))).or_insert((file, span.clone()));
    }

    /// A warning at a value; at the thing's header if the value is not written, at no line if the thing is not.
    #[must_use]
    pub fn warn(&self, at: (&Item, &'static str, Option<usize>), code: &'static str, text: (Text, Text)) -> Diagnostic {
        let (item, key, index) = at;
        let (message, remedy) = text;
        let spots = [(key, index), (key, None), ("", None)];
        let found = spots.iter().find_map(|(key, index)| self.spans.get(&(item.clone(), key, *index)));
        let Some((source, span)) = found.and_then(|(file, span)| Some((self.sources.get(*file)?, span))) else {
            return Diagnostic { severity: Severity::Warning, ..file_error("", code, message, remedy) };
        };
        diagnostic(source, Severity::Warning, Finding { code, span: span.clone(), message, remedy })
    }
}
