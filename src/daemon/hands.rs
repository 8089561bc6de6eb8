//! Carries out what the engine orders. Effects; never waits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::RunError;
use super::amplifier;
use super::input::{Input, SpareNews};
use super::spare::{self, Spares};
use crate::engine::{AskId, Command, Switch};
use crate::journal::{Mender, Writer};
use crate::model::id::OutputId;
use crate::model::operator::Answer;
use crate::model::playback::{RunId, ToPlayer, Urgency};
use crate::model::station::{Output, Station};
use crate::player::{self, Handle, Heard};
use crate::text;

/// How long the amplifiers' commands may hold up the end.
const LAST_SWITCH: Duration = Duration::from_secs(1);
/// How long the disk may hold up the end, after the engine has waited for it already.
const LAST_WRITE: Duration = Duration::from_millis(300);

/// The hands.
pub(super) struct Hands {
    writer: Writer,
    /// This program: the player is a child of the same binary.
    program: PathBuf,
    players: BTreeMap<RunId, Handle>,
    /// Those of them that have not sounded yet: nothing shall compete with them.
    arming: BTreeSet<RunId>,
    spares: Spares,
    tell: UnboundedSender<(RunId, Heard)>,
    inputs: UnboundedSender<Input>,
    answers: BTreeMap<AskId, oneshot::Sender<Answer>>,
    next_ask: AskId,
    switching: Vec<JoinHandle<()>>,
    /// Outputs whose amplifier is on, as they were configured then.
    switched_on: BTreeMap<OutputId, Output>,
}

/// Whether the loop goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// It does.
    On,
    /// The engine has gone.
    End,
}

impl Hands {
    pub(super) fn new(
        writer: Writer,
        program: PathBuf,
        tell: UnboundedSender<(RunId, Heard)>,
        inputs: UnboundedSender<Input>,
    ) -> Self {
        Self {
            spares: Spares::new(program.clone(), tell.clone(), inputs.clone()),
            writer,
            program,
            players: BTreeMap::new(),
            arming: BTreeSet::new(),
            tell,
            inputs,
            answers: BTreeMap::new(),
            next_ask: AskId(1),
            switching: Vec::new(),
            switched_on: BTreeMap::new(),
        }
    }

    /// For whoever looks the journal over.
    pub(super) fn mender(&self) -> Mender {
        self.writer.mender()
    }

    /// A person waits for an answer.
    pub(super) fn expect(&mut self, answer: oneshot::Sender<Answer>) -> AskId {
        let ask = self.next_ask;
        self.next_ask = AskId(ask.0 + 1);
        self.answers.insert(ask, answer);
        ask
    }

    /// Answers a person who may have gone in the meantime.
    pub(super) fn answer(&mut self, ask: AskId, answer: Answer) {
        if let Some(waiting) = self.answers.remove(&ask)
            && waiting.send(answer).is_err()
        {
            tracing::debug!(?ask, "nobody waits for the answer any more");
        }
    }

    /// A player's process is gone.
    pub(super) fn forget(&mut self, run: RunId) {
        self.players.remove(&run);
        self.arming.remove(&run);
    }

    /// A player has let its first frame go.
    pub(super) fn sounding(&mut self, run: RunId) {
        self.arming.remove(&run);
    }

    /// Something about the players kept ready.
    pub(super) fn spare(&mut self, news: SpareNews) {
        match news {
            SpareNews::Due if self.arming.is_empty() => self.spares.fill(),
            SpareNews::Due => self.spares.put_off(),
            SpareNews::Lost => self.spares.lost(),
        }
    }

    /// Carries out commands, in order.
    ///
    /// # Errors
    /// The journal's thread is gone: without a record there is no airing, the process ends and is started anew.
    pub(super) fn obey(&mut self, commands: Vec<Command>, station: &Station) -> Result<Flow, RunError> {
        let mut flow = Flow::On;
        self.spares.keep(spare::wanted(station));
        let urgent: Vec<RunId> = commands.iter().filter_map(urgent).collect();
        for command in commands {
            match command {
                Command::Store(ticket, entries) => self.writer.store(ticket.0, entries).map_err(|_| gone())?,
                Command::Spawn(run) => self.spawn(run, urgent.contains(&run)),
                Command::Tell(run, message) => {
                    if let Some(player) = self.players.get(&run) {
                        player.send(message);
                    }
                }
                Command::Kill(run) => {
                    if let Some(player) = self.players.get(&run) {
                        player.kill();
                    }
                }
                // The loop reads files, and asks the journal.
                Command::Recheck(_) | Command::TestTone(_) | Command::Learn => {}
                Command::Amplifier(id, switch) => self.switch(&id, switch, station),
                Command::Answer(ask, answer) => self.answer(ask, answer),
                Command::Exit => flow = Flow::End,
            }
        }
        Ok(flow)
    }

    /// What was switched on is switched off by the command that belongs to it, also if another schedule came since.
    fn switch(&mut self, id: &OutputId, switch: Switch, station: &Station) {
        let output = match switch {
            Switch::On => station.output(id).cloned().inspect(|output| {
                self.switched_on.insert(id.clone(), output.clone());
            }),
            Switch::Off => self.switched_on.remove(id).or_else(|| station.output(id).cloned()),
        };
        self.switching.retain(|task| !task.is_finished());
        self.switching.extend(output.and_then(|o| amplifier::switch(&o, switch, &self.inputs)));
    }

    /// What is in a hurry takes a player that is ready, if there is one; all else has time to start one.
    fn spawn(&mut self, run: RunId, urgent: bool) {
        self.arming.insert(run);
        let ready = if urgent { self.spares.take(run) } else { None };
        match ready.map_or_else(|| player::spawn(run, &self.program, self.tell.clone()), Ok) {
            Ok(handle) => {
                self.players.insert(run, handle);
            }
            Err(error) => {
                tracing::error!(%error, ?run, "the player's process cannot be started");
                if self.tell.send((run, Heard::Gone { how: error.to_string() })).is_err() {
                    tracing::debug!("the loop has ended before the player");
                }
            }
        }
    }

    /// Lets go of everything: amplifiers are off, the journal is on the disk, or time is up.
    pub(super) async fn end(self) -> Result<(), RunError> {
        let switching = async {
            for task in self.switching {
                if let Err(error) = task.await {
                    tracing::error!(%error, "the amplifier's command did not end");
                }
            }
        };
        if tokio::time::timeout(LAST_SWITCH, switching).await.is_err() {
            tracing::error!("the amplifier may still be on");
        }
        drop((self.players, self.spares));
        self.writer.close(LAST_WRITE).map_err(|_| {
            RunError::Storage(text!(
                "Ổ đĩa không ghi kịp: những dòng nhật ký cuối cùng chưa được lưu. Hãy kiểm tra ổ đĩa.",
                "The disk was too slow: the last lines of the log are not stored. Look at the disk."
            ))
        })
    }
}

/// The run that this command wants to sound at once.
fn urgent(command: &Command) -> Option<RunId> {
    match command {
        Command::Tell(run, ToPlayer::Prepare(job)) if job.urgency == Urgency::AtOnce => Some(*run),
        _ => None,
    }
}

pub(super) fn gone() -> RunError {
    RunError::Storage(text!(
        "Bộ phận ghi nhật ký dừng đột ngột. Hãy khởi động lại chương trình.",
        "The part that writes the log has ended unexpectedly. Start the program again."
    ))
}
