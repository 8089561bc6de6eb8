//! Emergency messages: at once, over everything else, until somebody stops them in two steps. Pure.

use std::sync::Arc;

use crate::engine::advance::close_track;
use crate::engine::evidence::Ending;
use crate::engine::live::{Bill, Live, Phase, Show};
use crate::engine::take::{item_of, later};
use crate::engine::{AskId, Command, Engine};
use crate::model::airing::{Asked, Head, Preemption};
use crate::model::clip::Clip;
use crate::model::id::{AiringId, CommuneId, OutputId};
use crate::model::operator::Answer;
use crate::model::outcome::{Kind, Priority, Reason};
use crate::model::playback::Repeat;
use crate::model::station::{Commune, Level};
use crate::model::time::Now;
use crate::{plan, text};

/// What an emergency asks for.
#[derive(Debug, Clone)]
pub struct Emergency {
    /// Whose outputs; nothing means all communes.
    pub commune: Option<CommuneId>,
    /// The measured clip.
    pub clip: Box<Clip>,
    /// How often.
    pub repeat: Repeat,
    /// Who asks, and why.
    pub asked: Asked,
}

impl Engine {
    pub(super) fn emergency(&mut self, now: Now, ask: AskId, wish: &Emergency) {
        let station = Arc::clone(&self.station);
        let communes: Vec<&Commune> =
            station.communes.iter().filter(|c| wish.commune.as_ref().is_none_or(|id| id == &c.id)).collect();
        if communes.is_empty() {
            self.refuse(ask, text!("Không có xã, phường này trong cấu hình.", "No such commune is configured."));
            return;
        }
        if self.sound_or_refuse(ask, &wish.clip).is_none() {
            return;
        }
        let mut taken: Vec<OutputId> = Vec::new();
        let mut first = None;
        for commune in communes {
            // An output that serves several communes carries the message once, in the name of the first.
            let outputs: Vec<OutputId> = commune.outputs.iter().filter(|o| !taken.contains(o)).cloned().collect();
            if let Some(id) = self.begin_emergency(now, commune, &outputs, wish) {
                first.get_or_insert(id);
            }
            taken.extend(outputs);
        }
        self.order(Command::Answer(ask, Answer::Accepted { airing: first }));
    }

    fn begin_emergency(
        &mut self,
        now: Now,
        commune: &Commune,
        outputs: &[OutputId],
        wish: &Emergency,
    ) -> Option<AiringId> {
        let sound = wish.clip.airable().ok().filter(|_| !outputs.is_empty())?;
        let about = plan::about(commune, &wish.clip.path, wish.clip.topic.as_ref());
        let mut head = Head {
            priority: Priority::Emergency,
            asked: Some(wish.asked.clone()),
            ..self.new_head(now, commune, Kind::Emergency, &wish.asked.by)
        };
        head.topics.clone_from(&about.topics);
        head.language = Some(about.language.clone());
        let id = head.id.clone();
        let preemption = self.preemption(now, &head);
        self.clear_the_air(now, outputs, &preemption);
        let date = head.planned_at.local().date();
        let (item, source) = self.approved(commune, date, item_of(&wish.clip, sound, &about));
        let bill =
            Bill { items: vec![item], sources: vec![source], show: Show::Clips(wish.repeat), level: Level::default() };
        self.open_airing(now, head, bill, outputs, later(now.wall, self.station.emergency.longest));
        Some(id)
    }

    /// Takes these outputs from whatever has them. What sounds there ends, at once; what has not begun waits.
    fn clear_the_air(&mut self, now: Now, outputs: &[OutputId], by: &Preemption) {
        let ids: Vec<AiringId> = self.book.keys().cloned().collect();
        for id in ids {
            let Some(mut live) = self.book.remove(&id) else { continue };
            for n in 0..live.tracks.len() {
                if outputs.contains(&live.tracks[n].output) {
                    self.take_away(now, &mut live, n, by);
                }
            }
            self.book.insert(id, live);
        }
    }

    fn take_away(&mut self, now: Now, live: &mut Live, n: usize, by: &Preemption) {
        let track = &live.tracks[n];
        let over = track.evidence.started_at.is_some() || live.yields() || live.urgent();
        if let Some(run) = track.phase.run() {
            self.dismiss(now, run, &track.output.clone());
        } else if track.done() || !over {
            return;
        }
        live.preempted.get_or_insert_with(|| by.clone());
        if over {
            close_track(live, n, Ending::Stopped(Reason::Preempted), now);
        } else {
            live.tracks[n].hindrance = Some(Reason::Preempted);
            live.tracks[n].phase = Phase::Waiting { retry_at: None };
        }
    }

    /// What the row of an airing says whose output this one takes.
    pub(super) fn preemption(&self, now: Now, by: &Head) -> Preemption {
        Preemption { at: self.moment(now), airing: by.id.clone(), kind: by.kind, asked: by.asked.clone() }
    }

    /// Does an emergency have this output, or want it back after a loss?
    pub(super) fn emergency_on(&self, output: &OutputId) -> Option<&Live> {
        let mut all = self.book.values().map(|live| &**live);
        all.find(|l| l.urgent() && l.tracks.iter().any(|t| &t.output == output && !t.done()))
    }

    /// An airing that waits for an emergency to end says so in its row.
    pub(super) fn wait_for_emergency(&self, now: Now, live: &mut Live, n: usize) -> bool {
        let Some(emergency) = self.emergency_on(&live.tracks[n].output) else { return false };
        if now.wall >= live.due {
            live.preempted.get_or_insert(self.preemption(now, &emergency.head));
            live.tracks[n].hindrance = Some(Reason::Preempted);
        }
        true
    }

    /// The emergencies in progress, of one commune or of all.
    pub(super) fn emergencies(&self, commune: Option<&CommuneId>) -> Vec<AiringId> {
        let urgent = self.book.values().filter(|l| l.urgent() && commune.is_none_or(|c| c == &l.head.commune));
        urgent.map(|l| l.head.id.clone()).collect()
    }

    /// The two steps of stopping an emergency: the first tells its name, the second must say it.
    pub(super) fn stop_emergencies(
        &mut self,
        now: Now,
        ask: AskId,
        on_air: &[AiringId],
        confirm: Option<&AiringId>,
        by: &str,
    ) {
        let Some(first) = on_air.first().cloned() else { return };
        match confirm {
            Some(confirm) if on_air.contains(confirm) => {
                for id in on_air {
                    self.note_stop(id, by);
                    self.end_airing(now, id, Reason::ByOperator);
                }
                self.order(Command::Answer(ask, Answer::Accepted { airing: Some(first) }));
            }
            _ => {
                let why = text!(
                    "Đang phát khẩn cấp. Nếu chắc chắn muốn dừng, hãy xác nhận bằng lệnh: loaphuong stop --confirm {first}",
                    "An emergency is on air. To end it for certain, confirm: loaphuong stop --confirm {first}"
                );
                self.order(Command::Answer(ask, Answer::Confirm { airing: first, why }));
            }
        }
    }

    /// Who ended an emergency stands in its row.
    fn note_stop(&mut self, id: &AiringId, by: &str) {
        if let Some(live) = self.book.get_mut(id) {
            let choice = live.head.choice.take().unwrap_or_default();
            live.head.choice = Some(format!("{choice}; stopped by {by}"));
        }
    }
}
