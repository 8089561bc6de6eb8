//! What persons ask: play, trial, stop, another configuration, the end of the daemon. Pure.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::advance::close_track;
use crate::engine::evidence::Ending;
use crate::engine::live::{Bill, Phase};
use crate::engine::take::{earlier, item_of, later, still_planned};
use crate::engine::{AskId, Closing, Command, Engine, Switch, Wish};
use crate::model::airing::{Asked, Head};
use crate::model::clip::{Clip, Sound};
use crate::model::entry::Entry;
use crate::model::id::{AiringId, CommuneId, OutputId};
use crate::model::occurrence::Placement;
use crate::model::operator::Answer;
use crate::model::outcome::{Kind, Priority, Reason};
use crate::model::seeded::{Bug, seeded};
use crate::model::station::{Commune, Level, Output, Station};
use crate::model::text::Text;
use crate::model::time::{Moment, Now};
use crate::{plan, text};

/// How long a person's wish waits for the output to open, once its amplifier is warm.
const PATIENCE: Duration = Duration::from_secs(30);
/// How near a scheduled airing forbids a manual one.
const TOO_NEAR: Duration = Duration::from_secs(15);
/// SIGTERM to exit takes at most 2 s: this much for the fade and the drain …
const CLOSING: Duration = Duration::from_millis(1400);
/// … and this much for the disk.
const FLUSHING: Duration = Duration::from_millis(400);

impl Engine {
    pub(super) fn asked(&mut self, now: Now, ask: AskId, wish: Wish) {
        if self.closing != Closing::No {
            self.refuse(ask, text!("Chương trình đang dừng.", "The program is stopping."));
            return;
        }
        match wish {
            Wish::Play { commune, clip, kind, by } => self.play(now, ask, commune.as_ref(), &clip, kind, &by),
            Wish::Trial => self.trial(now, ask),
            Wish::Tone { output, clip } => self.tone(now, ask, &output, &clip),
            Wish::Emergency(wish) => self.emergency(now, ask, &wish),
            Wish::ConfirmClock { seen, by } => self.confirm_clock(now, ask, seen, by),
            Wish::Stop { commune, confirm, by } => self.stop(now, ask, commune.as_ref(), confirm.as_ref(), &by),
        }
    }

    fn play(&mut self, now: Now, ask: AskId, commune: Option<&CommuneId>, clip: &Clip, kind: Kind, by: &str) {
        let station = Arc::clone(&self.station);
        let commune = match commune {
            Some(id) => station.commune(id),
            None => station.communes.first(),
        };
        let Some(commune) = commune else {
            self.refuse(ask, text!("Không có xã, phường này trong cấu hình.", "No such commune is configured."));
            return;
        };
        if let Some(why) = self.obstacle(now, commune, kind) {
            self.refuse(ask, why);
            return;
        }
        let Some(sound) = self.sound_or_refuse(ask, clip) else { return };
        let about = plan::about(commune, &clip.path, clip.topic.as_ref());
        let mut head = self.new_head(now, commune, kind, by);
        head.topics.clone_from(&about.topics);
        head.language = Some(about.language.clone());
        let (item, source) = item_of(clip, sound, &about);
        let id = head.id.clone();
        let bill = Bill::once(vec![item], vec![source], Level::default());
        self.open_airing(now, head, bill, &commune.outputs, later(now.wall, self.lead() + PATIENCE));
        self.order(Command::Answer(ask, Answer::Accepted { airing: Some(id) }));
    }

    /// The test tone before the first airing of a day: on one output, and only if nothing else wants it.
    fn tone(&mut self, now: Now, ask: AskId, output: &OutputId, clip: &Clip) {
        let station = Arc::clone(&self.station);
        let commune = station.communes.iter().find(|c| c.outputs.contains(output));
        let (Some(commune), Ok(sound)) = (commune, clip.airable()) else { return };
        if let Some(why) = self.obstacle(now, commune, Kind::Trial) {
            self.refuse(ask, why);
            return;
        }
        let about = plan::about(commune, &clip.path, clip.topic.as_ref());
        let head = self.new_head(now, commune, Kind::Trial, "test_before");
        let (item, source) = item_of(clip, sound, &about);
        let bill = Bill::once(vec![item], vec![source], Level::default());
        let outputs = std::slice::from_ref(output);
        self.open_airing(now, head, bill, outputs, later(now.wall, self.lead() + PATIENCE));
        self.order(Command::Answer(ask, Answer::Accepted { airing: None }));
    }

    /// The sound of the clip that a person wants to hear; one that cannot be played is refused.
    pub(super) fn sound_or_refuse<'c>(&mut self, ask: AskId, clip: &'c Clip) -> Option<&'c Sound> {
        let fault = match clip.airable() {
            Ok(sound) => return Some(sound),
            Err(fault) => fault.text(),
        };
        let (path, vi, en) = (&clip.path, fault.vi, fault.en);
        self.refuse(ask, text!("Không phát được {path}: {vi}", "Cannot play {path}: {en}"));
        None
    }

    /// The head of an airing that no slot planned. Its name is that of its millisecond, or of the next one that is free:
    /// two outputs may ask in the same one, and a clock that is set back shows it twice.
    pub(super) fn new_head(&self, now: Now, commune: &Commune, kind: Kind, by: &str) -> Head {
        let mut at = now;
        loop {
            let mut head = head_of(at, &self.station, commune, kind, by);
            if !self.clock_trusted(now) {
                head.choice = head.choice.map(|why| format!("{why}; the clock is not trusted"));
            }
            if !self.book.contains_key(&head.id) && !self.settled.contains_key(&head.id) {
                return head;
            }
            at.wall = later(at.wall, Duration::from_millis(1));
        }
    }

    /// Why a person's wish cannot be granted now. A trial ignores the permitted hours: it is short, never counted, and
    /// somebody stands beside the PC and wants to hear whether sound works.
    fn obstacle(&self, now: Now, commune: &Commune, kind: Kind) -> Option<Text> {
        let soon = |due| due <= later(now.wall, TOO_NEAR);
        let trusted = self.clock_trusted(now);
        for live in self.book.values() {
            let shares = live.tracks.iter().any(|t| commune.outputs.contains(&t.output));
            let name = &live.head.slot_name;
            if shares && live.tracks.iter().any(|t| t.phase.holds()) && live.sounded() {
                return Some(text!(
                    "Đang phát “{name}”. Hãy dừng trước rồi phát lại.",
                    "“{name}” is on air. Stop it first."
                ));
            }
            if shares && soon(live.due) && (trusted || !live.planned()) {
                return Some(text!("Sắp đến giờ phát “{name}”.", "“{name}” is about to air."));
            }
        }
        (kind != Kind::Trial && trusted && !self.permitted(commune, now.wall)).then(|| {
            text!(
                "Ngoài giờ được phép phát. Hãy phát trong giờ ghi ở mục [hours] của tệp lịch.",
                "Outside the permitted hours. Play within the hours given under [hours] in the schedule."
            )
        })
    }

    /// Airs what the schedule would air next: who tries the station wants to hear the station.
    fn trial(&mut self, now: Now, ask: AskId) {
        let station = Arc::clone(&self.station);
        let date = Moment::of(now.wall, &station.zone).local().date();
        let next = plan::next(&station, now.wall);
        let first = next.and_then(|o| Some((station.commune(&o.commune)?, o.slot)));
        let rules = station.communes.iter().flat_map(|c| c.slots.iter().map(move |s| (c, s)));
        let mut rules: Vec<_> = rules.collect();
        rules.sort_by_key(|(c, s)| first.as_ref().is_none_or(|(fc, fs)| fc.id != c.id || *fs != s.id));
        let found = rules.into_iter().find_map(|(commune, slot)| {
            let choice = plan::choose(commune, slot, &self.library, &self.history, date, &[]).ok()?;
            Some((commune.id.clone(), self.library.clips.get(&choice.clip)?.clone()))
        });
        match found {
            Some((commune, clip)) => self.play(now, ask, Some(&commune), &clip, Kind::Trial, "trial"),
            None => self.refuse(
                ask,
                text!(
                    "Chưa có bản tin nào phát được. Hãy chép tệp âm thanh vào thư mục chuyên đề.",
                    "There is no clip that can be played. Copy an audio file into a topic's folder."
                ),
            ),
        }
    }

    fn stop(&mut self, now: Now, ask: AskId, commune: Option<&CommuneId>, confirm: Option<&AiringId>, by: &str) {
        let emergencies = self.emergencies(commune);
        if !emergencies.is_empty() {
            self.stop_emergencies(now, ask, &emergencies, confirm, by);
            return;
        }
        let begun = |l: &super::Live| l.sounded() || (l.due <= now.wall && l.tracks.iter().any(|t| !t.done()));
        let ids: Vec<AiringId> = self
            .book
            .values()
            .filter(|l| commune.is_none_or(|c| c == &l.head.commune))
            .filter(|l| begun(l))
            .map(|l| l.head.id.clone())
            .collect();
        let Some(first) = ids.first().cloned() else {
            self.refuse(ask, text!("Hiện không có gì đang phát.", "Nothing is on air."));
            return;
        };
        for id in ids {
            self.end_airing(now, &id, Reason::ByOperator);
        }
        self.order(Command::Answer(ask, Answer::Accepted { airing: Some(first) }));
    }

    /// Another configuration: what is on air goes on, what has not begun goes on if it is still in the schedule.
    pub(super) fn configured(&mut self, now: Now, station: &Arc<Station>) {
        let at = self.moment(now);
        self.rejected = None;
        self.loaded_at = at;
        let taken_ahead = self.lead() + Duration::from_millis(1);
        let before = std::mem::replace(&mut self.station, Arc::clone(station));
        self.quiet_new_amplifiers(&before);
        self.books.forget_extent();
        let unbegun = self.book.values().filter(|l| l.head.slot.is_some() && !l.sounded());
        let gone = unbegun.filter(|l| !still_planned(station, &l.head));
        for id in gone.map(|l| l.head.id.clone()).collect::<Vec<AiringId>>() {
            self.end_airing(now, &id, Reason::ByOperator);
        }
        // Only what was taken ahead of its time is looked at again: everything before is decided, also where the clock
        // runs behind, and what is not decided yet stays so.
        let passed = now.wall.max(self.clock.trust.passed());
        let ahead = earlier(self.horizon, taken_ahead).max(self.known_from).max(passed).min(self.horizon);
        let ahead = if seeded(Bug::ReloadDecidesAnew) { now.wall } else { ahead };
        self.known_from = self.known_from.max(ahead);
        self.tie_approvals(now);
        self.look_again();
        self.look_ahead(ahead);
        self.review_faults(now);
        let from = Moment::of(self.horizon, &station.zone);
        self.entries.push(Entry::Configured { at, revision: station.revision.clone(), from });
    }

    /// An amplifier that was not known before may be on: a session that ended in a crash may have left it so.
    fn quiet_new_amplifiers(&mut self, before: &Station) {
        let known = |new: &Output| before.output(&new.id).is_some_and(|old| old.amplifier == new.amplifier);
        let new = self.station.outputs.iter().filter(|o| o.amplifier.is_some() && !known(o));
        let idle = new.map(|o| o.id.clone()).filter(|id| !self.amplifiers.contains_key(id));
        for output in idle.collect::<Vec<OutputId>>() {
            self.order(Command::Amplifier(output, Switch::Off));
        }
    }

    /// SIGTERM: what sounds fades out and has its row; what has not begun stays open for the next session.
    pub(super) fn close(&mut self, now: Now) {
        if self.closing != Closing::No {
            return;
        }
        self.closing = Closing::Until(now.mono.plus(CLOSING));
        let (sounding, waiting): (Vec<_>, Vec<_>) = self.book.values().partition(|l| l.sounded() || l.yields());
        let sounding: Vec<AiringId> = sounding.into_iter().map(|l| l.head.id.clone()).collect();
        let waiting: Vec<AiringId> = waiting.into_iter().map(|l| l.head.id.clone()).collect();
        for id in sounding {
            self.end_airing(now, &id, Reason::ByOperator);
        }
        for id in waiting {
            let Some(live) = self.book.remove(&id) else { continue };
            for track in &live.tracks {
                if let Some(run) = track.phase.run() {
                    self.dismiss(now, run, &track.output);
                }
            }
        }
    }

    /// Goes, once everything that sounded has ended and is written down, or time is up.
    pub(super) fn leave(&mut self, now: Now) {
        if let Closing::Until(at) = self.closing
            && (self.book.is_empty() || now.mono >= at)
        {
            for (_, mut live) in std::mem::take(&mut self.book) {
                for n in 0..live.tracks.len() {
                    if let Phase::Stopping { run, why, .. } = live.tracks[n].phase {
                        self.order(Command::Kill(run));
                        close_track(&mut live, n, Ending::Stopped(why), now);
                    }
                }
                self.settle(now, &live);
            }
            self.release_all();
            self.entries.push(Entry::SessionEnded { at: self.moment(now) });
            self.closing = Closing::Flushing(now.mono.plus(FLUSHING));
            return;
        }
        if let Closing::Flushing(at) = self.closing
            && (self.unstored.is_empty() || now.mono >= at)
        {
            self.closing = Closing::Gone;
            self.order(Command::Exit);
        }
    }

    fn release_all(&mut self) {
        let fitted = |id: &OutputId, station: &Station| station.output(id).is_some_and(|o| o.amplifier.is_some());
        let on = std::mem::take(&mut self.amplifiers).into_keys();
        for output in on.filter(|id| !fitted(id, &self.station)).collect::<Vec<OutputId>>() {
            self.order(Command::Amplifier(output, Switch::Off));
        }
        self.amplifiers_off();
    }
}

fn head_of(now: Now, station: &Station, commune: &Commune, kind: Kind, by: &str) -> Head {
    let planned_at = Moment::of(now.wall, &station.zone);
    Head {
        id: AiringId::new(&commune.id, kind.code(), planned_at.local()),
        station: station.id.clone(),
        commune: commune.id.clone(),
        commune_name: commune.name.clone(),
        slot: None,
        slot_name: kind.label().vi,
        queue: None,
        kind,
        priority: Priority::Normal,
        planned_at,
        placement: Placement::Exact,
        topics: Vec::new(),
        language: None,
        campaign: None,
        moved_from: None,
        quota: None,
        makes_good_for: None,
        asked: Some(Asked { by: by.to_owned(), why: None }),
        revision: station.revision.clone(),
        choice: Some(format!("asked for by {by}")),
    }
}
