//! Carries the engine's commands out, and lets the players live. Pure.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::{AskId, Command, Event, Wish};
use crate::model::clip::{Clip, ClipFault, Library, Sound};
use crate::model::id::{ClipHash, ClipPath};
use crate::model::outcome::Reason;
use crate::model::playback::{FromPlayer, Job, RunId, ToPlayer};
use crate::model::station::OutputKind;
use crate::model::time::{Mono, Now};
use crate::model::units::{Decibel, Hertz, Lufs};
use crate::rehearsal::World;
use crate::rehearsal::card::{Card, Spoilt};
use crate::rehearsal::player::{Birth, Carries, Player, failed};
use crate::rehearsal::world::Session;

impl World {
    /// Carries out one command. What it brings about at once is for the caller to tell the engine.
    pub(super) fn obey(&mut self, command: Command) -> Option<Event> {
        match command {
            Command::Store(ticket, entries) => {
                let due = self.now.mono.plus(self.pace.write);
                self.disk.store(ticket, entries, due);
            }
            Command::Spawn(_) => {}
            Command::TestTone(output) => {
                self.asked += 1;
                let clip = Box::new(tone());
                return Some(Event::Ask(AskId(self.asked), Wish::Tone { output, clip }));
            }
            Command::Learn => return Some(self.ledger()),
            Command::Recheck(_) => return Some(Event::Library(self.read_again())),
            Command::Tell(run, ToPlayer::Prepare(job)) => self.prepare(run, *job),
            Command::Tell(run, ToPlayer::Begin { at }) => self.player(run, |p| p.begin = Some(at.plus(p.lag))),
            Command::Tell(run, ToPlayer::Stop { fade }) => {
                let over = self.now.mono.plus(fade);
                self.player(run, |p| p.stops = Some(over));
            }
            Command::Kill(run) => return self.kill(run),
            Command::Amplifier(output, switch) => {
                self.switched.push(switch);
                self.amplifiers.insert(output.to_string(), switch);
            }
            Command::Answer(_, answer) => self.answers.push(answer),
            Command::Exit => self.session = Session::Ended,
        }
        None
    }

    /// What the audio folder holds, with what has become of its files.
    fn read_again(&mut self) -> Arc<Library> {
        if !self.spoilt.is_empty() {
            let library = Arc::make_mut(&mut self.library);
            for (path, spoilt) in &self.spoilt {
                match library.clips.get_mut(path) {
                    Some(clip) if *spoilt != Spoilt::Missing => clip.faults = vec![ClipFault::Damaged],
                    _ => drop(library.clips.remove(path)),
                }
            }
        }
        Arc::clone(&self.library)
    }

    /// The cards that do not do what they should while a player has them, by name, and since when.
    pub fn ill(&self) -> impl Iterator<Item = (&str, Mono)> {
        self.players.values().filter_map(|player| {
            let since = player.ill_since(self.card_of(player), self.now.mono)?;
            Some((device(&player.job)?, since))
        })
    }

    /// Does a run on this device carry silence? It does so to its end, whatever the card does by then.
    #[must_use]
    pub fn carries_silence(&self, name: &str) -> bool {
        self.players.values().any(|p| p.carries == Carries::Silence && device(&p.job) == Some(name))
    }

    /// Is a run about to open this device slowly? It does so to its end, whatever the card does by then.
    #[must_use]
    pub fn opens_slowly(&self, name: &str) -> bool {
        let soon = self.now.mono.plus(Duration::from_secs(1));
        let slow = |p: &Player| p.opened.is_none() && p.opens > soon && device(&p.job) == Some(name);
        self.players.values().any(slow)
    }

    /// What the player's card does.
    pub(super) fn card_of(&self, player: &Player) -> Card {
        device(&player.job).and_then(|name| self.cards.get(name)).copied().unwrap_or(self.card)
    }

    /// Every player says what it has to say.
    pub(super) fn play(&mut self) {
        let runs: Vec<RunId> = self.players.keys().copied().collect();
        for run in runs {
            self.play_one(run);
        }
    }

    fn play_one(&mut self, run: RunId) {
        let Some(player) = self.players.get(&run) else { return };
        if let Some(at) = player.dies {
            if at <= self.now.mono {
                self.gone(run, "killed");
            }
            return;
        }
        let card = self.card_of(player);
        let said = self.speak(run, card);
        if self.players.get(&run).is_some_and(|p| card.kills(p.played)) {
            self.gone(run, "killed by a signal");
            return;
        }
        let over = said.iter().any(|s| matches!(s, FromPlayer::Ended { .. } | FromPlayer::Failed { .. }));
        for said in said {
            self.step(Event::Player { run, said });
        }
        if over {
            self.gone(run, "ended");
        }
    }

    fn speak(&mut self, run: RunId, card: Card) -> Vec<FromPlayer> {
        let Some(player) = self.players.get_mut(&run) else { return Vec::new() };
        let opens = player.opened.is_none() && player.opens <= self.now.mono;
        if opens && player.job.output == OutputKind::Wav && !self.files.insert(player.job.heard.clone()) {
            return vec![failed(Reason::StorageFault, None)];
        }
        let sum = |player: &Player| player.by_item().iter().sum::<Duration>();
        let before = sum(player);
        let said = player.speak(card, self.line, self.now.mono);
        if let Some(begun) = player.started {
            let gained = sum(player).saturating_sub(before);
            let audible = player.audible(card);
            let place = *player.sound.get_or_insert_with(|| {
                let at = Now { wall: self.now.wall_at(begun), mono: begun };
                self.ear.begins(&player.job.heard, at, self.disk.ordered(), self.disk.durable())
            });
            self.ear.sounds(place, &player.job.heard, gained, audible, self.now.mono);
            self.ear.spoilt(place, player.sounds_spoilt());
        }
        said
    }

    fn prepare(&mut self, run: RunId, job: Job) {
        let same = |p: &&Player| device(&job).is_some() && device(&p.job) == device(&job);
        if let Some(holder) = self.players.values().find(same) {
            self.clashes.push(format!("{} while {} has it", job.heard.display(), holder.job.heard.display()));
        }
        let (open, lag) = (self.dice.within(self.pace.open), self.dice.within(self.pace.start));
        let card = device(&job).and_then(|name| self.cards.get(name)).copied().unwrap_or(self.card);
        let slow = if let Card::Slow(by) = card { by } else { Duration::ZERO };
        let birth = Birth { opens: self.now.mono.plus(open + slow), lag, crystal: self.pace.crystal };
        self.players.insert(run, Player::new(job, &self.library, &self.spoilt, &birth));
    }

    fn kill(&mut self, run: RunId) -> Option<Event> {
        if self.pace.leave.is_zero() {
            return self.players.remove(&run).map(|_| Event::PlayerGone { run, how: "killed".to_owned() });
        }
        let dies = self.now.mono.plus(self.pace.leave);
        self.player(run, |p| p.dies = p.dies.or(Some(dies)));
        None
    }

    fn player(&mut self, run: RunId, act: impl FnOnce(&mut Player)) {
        if let Some(player) = self.players.get_mut(&run) {
            act(player);
        }
    }

    fn gone(&mut self, run: RunId, how: &str) {
        if self.players.remove(&run).is_some() {
            self.step(Event::PlayerGone { run, how: how.to_owned() });
        }
    }
}

/// Three notes of 2 s, as the daemon makes them.
fn tone() -> Clip {
    let sound = Sound {
        hash: ClipHash("sha256:tone".to_owned()),
        format: "WAV".to_owned(),
        duration: Duration::from_secs(2),
        rate: Hertz(48_000),
        channels: 1,
        loudness: Some(Lufs(-16.0)),
        peak: Decibel(-12.0),
        silent_start: Duration::ZERO,
        silent_end: Duration::ZERO,
        levels: Vec::new(),
        copy: None,
    };
    Clip {
        path: ClipPath::tone(),
        file: "tone.wav".into(),
        topic: None,
        size: 1,
        sound: Some(sound),
        faults: Vec::new(),
    }
}

/// The name of the card that a job plays on, if it names a card.
fn device(job: &Job) -> Option<&str> {
    match &job.output {
        OutputKind::Device { name } => Some(name.as_deref().unwrap_or_default()),
        OutputKind::Auto | OutputKind::Wav | OutputKind::Null | OutputKind::Icecast(_) => None,
    }
}
