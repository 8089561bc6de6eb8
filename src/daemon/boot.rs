//! Opens everything, in the order in which a failure is cheapest, and hands it to the loop. Effects.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{mpsc, oneshot, watch};

use super::answers::{self, Known};
use super::hands::Hands;
use super::input::Input;
use super::pulse::Pulse;
use super::reading::{self, Start};
use super::turn::{Publish, Turn};
use super::{Announcement, MYSELF, Options, RunError, keeping};
use crate::compliance::Underway;
use crate::engine::{Engine, Event, Setup};
use crate::http::tokens::TokenStore;
use crate::http::{self, Deps, Health};
use crate::model::clip::Library;
use crate::model::diag::Diagnostic;
use crate::model::operator::{Action, Answer};
use crate::model::query::Records;
use crate::model::recovery::History;
use crate::model::station::Station;
use crate::model::text::Text;
use crate::model::time::Moment;
use crate::{clock, journal, text};

/// Persons who may wait for the loop at once.
const PERSONS: usize = 32;

/// Opens everything and runs until the end.
pub(super) async fn boot(options: &Options<'_>) -> Result<(), RunError> {
    let (station, rejected) = configuration(options)?;
    let (inputs, arriving) = unbounded_channel();
    let acks = inputs.clone();
    let on_ack = Box::new(move |ack| {
        if acks.send(Input::Ack(ack)).is_err() {
            tracing::debug!("the loop has ended before the journal");
        }
    });
    let opened = journal::open(&station.paths.state, &station.id, on_ack).map_err(|e| RunError::Storage(e.text()))?;
    let tokens = TokenStore::open(&station.paths.state).map_err(|e| RunError::Storage(e.text()))?;
    let listener = http::bind(station.http.listen, &tokens).map_err(|e| RunError::Port(e.text()))?;
    signals(&inputs)?;

    let station = Arc::new(station);
    let library = Arc::new(Library::default());
    let setup = Setup {
        station: Arc::clone(&station),
        library: Arc::clone(&library),
        recovery: opened.recovery,
        boot_id: clock::boot_id(),
        synchronised: clock::synchronised(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let now = clock::now();
    let (mut engine, mut commands) = Engine::new(now, setup);
    if let Some(diagnostics) = rejected {
        // Before anybody can ask: no answer may look as if all were well.
        commands.extend(engine.step(now, Event::Rejected(diagnostics)));
    }
    let set_aside = keeping::set_aside(&station.paths.state, opened.replaced.as_ref());
    commands.extend(set_aside.into_iter().flat_map(|event| engine.step(now, event)));
    keeping::listen(&opened.writer, &inputs)?;
    let status = watch::channel(Arc::new(engine.status(now))).0;
    let publish = Publish {
        status,
        station: watch::channel(Arc::clone(&station)).0,
        library: watch::channel(library).0,
        history: watch::channel(Arc::new(engine.history().clone())).0,
        underway: watch::channel(Arc::new(engine.underway())).0,
    };
    let pulse = Arc::new(Pulse::default());
    let address = listener.addr();
    let records: Arc<dyn Records> = Arc::new(opened.reader);
    let stop_http = serve(listener, &publish, Arc::clone(&records), tokens, &pulse, &inputs);
    let (tell, players) = unbounded_channel();
    let hands = Hands::new(opened.writer, PathBuf::from(MYSELF), tell, inputs.clone());
    (options.announce)(&Announcement::Ready(address));

    let turn = Turn::new(engine, hands, publish, pulse, inputs, records, options.config)?;
    let outcome = turn.run(commands, arriving, players, options).await;
    if stop_http.send(()).is_err() {
        tracing::debug!("the HTTP service had ended before");
    }
    outcome
}

/// The configuration with which to begin; and why the newest one is not used, if it is not.
fn configuration(options: &Options<'_>) -> Result<(Station, Option<Vec<Diagnostic>>), RunError> {
    match reading::start(options.config) {
        Start::Newest(station, loaded) => {
            if !loaded.diagnostics.is_empty() {
                (options.announce)(&Announcement::Warnings(loaded.diagnostics));
            }
            Ok((*station, None))
        }
        Start::LastGood(station, diagnostics) => {
            tracing::error!(errors = diagnostics.len(), "the configuration is broken, the last good one is in force");
            (options.announce)(&Announcement::Fallback(diagnostics.clone()));
            Ok((*station, Some(diagnostics)))
        }
        Start::Nothing(diagnostics) => Err(RunError::Config(diagnostics)),
    }
}

/// Starts the HTTP service; what is sent to it ends it.
fn serve(
    listener: http::Listener,
    publish: &Publish,
    reader: Arc<dyn Records>,
    tokens: TokenStore,
    pulse: &Arc<Pulse>,
    inputs: &UnboundedSender<Input>,
) -> oneshot::Sender<()> {
    let (stop, stopped) = oneshot::channel();
    let zone = publish.station.subscribe();
    let beats = Arc::clone(pulse);
    let in_force = in_force(publish, &reader);
    let deps = Deps {
        status: publish.status.subscribe(),
        station: publish.station.subscribe(),
        library: publish.library.subscribe(),
        history: publish.history.subscribe(),
        records: reader,
        plan: plan_source(in_force.clone()),
        compliance: compliance_source(in_force),
        now: Arc::new(move || Moment::of(clock::now().wall, &zone.borrow().zone)),
        operator: operators(inputs),
        health: Arc::new(move || if beats.beats(clock::mono()) { Health::Alive } else { Health::Stuck }),
        tokens: Arc::new(tokens),
    };
    let gone = inputs.clone();
    tokio::spawn(async move {
        let ended = http::serve(listener, deps, async {
            // An error means that the other side is gone, which is a reason to stop as well.
            stopped.await.unwrap_or_default();
        });
        let how = ended.await.err().map_or_else(|| "asked to".to_owned(), |e| e.to_string());
        if gone.send(Input::HttpGone(how)).is_err() {
            tracing::debug!("the loop has ended before the HTTP service");
        }
    });
    stop
}

/// What is in force, always the newest, for answers that compute.
#[derive(Clone)]
struct InForce {
    station: watch::Receiver<Arc<Station>>,
    library: watch::Receiver<Arc<Library>>,
    history: watch::Receiver<Arc<History>>,
    underway: watch::Receiver<Arc<Vec<Underway>>>,
    records: Arc<dyn Records>,
}

impl InForce {
    fn ask<T>(&self, question: impl FnOnce(&Known<'_>, &dyn Records) -> T) -> T {
        let (station, library) = (Arc::clone(&self.station.borrow()), Arc::clone(&self.library.borrow()));
        let (history, underway) = (Arc::clone(&self.history.borrow()), Arc::clone(&self.underway.borrow()));
        let now = clock::now().wall;
        let known = Known { station: &station, library: &library, history: &history, underway: &underway, now };
        question(&known, self.records.as_ref())
    }
}

fn in_force(publish: &Publish, records: &Arc<dyn Records>) -> InForce {
    InForce {
        station: publish.station.subscribe(),
        library: publish.library.subscribe(),
        history: publish.history.subscribe(),
        underway: publish.underway.subscribe(),
        records: Arc::clone(records),
    }
}

fn plan_source(in_force: InForce) -> http::PlanSource {
    Arc::new(move |from, days| {
        in_force.ask(|known, records| {
            answers::to_come(known, records, from, days).unwrap_or_else(|error| {
                tracing::error!(%error, "the journal did not answer: the plan is shown without what is made good");
                answers::scheduled(known, from, days)
            })
        })
    })
}

fn compliance_source(in_force: InForce) -> http::ComplianceSource {
    Arc::new(move |query| in_force.ask(|known, records| answers::verdicts(known, records, &query)))
}

/// Persons' wishes come through a narrow door, so that a flood of them stays outside the loop.
fn operators(inputs: &UnboundedSender<Input>) -> mpsc::Sender<(Action, oneshot::Sender<Answer>)> {
    let (door, mut asked) = mpsc::channel::<(Action, oneshot::Sender<Answer>)>(PERSONS);
    let inputs = inputs.clone();
    tokio::spawn(async move {
        while let Some((action, answer)) = asked.recv().await {
            if inputs.send(Input::Asked(action, answer)).is_err() {
                return;
            }
        }
    });
    door
}

fn signals(inputs: &UnboundedSender<Input>) -> Result<(), RunError> {
    let kinds: [(SignalKind, fn() -> Input); 3] = [
        (SignalKind::terminate(), || Input::Terminate),
        (SignalKind::interrupt(), || Input::Terminate),
        (SignalKind::hangup(), || Input::Hangup),
    ];
    for (kind, input) in kinds {
        let mut signal = signal(kind).map_err(|e| RunError::System(format!("signals: {e}")))?;
        let inputs = inputs.clone();
        tokio::spawn(async move {
            while signal.recv().await.is_some() {
                if inputs.send(input()).is_err() {
                    return;
                }
            }
        });
    }
    Ok(())
}

/// What to say when something needs a restart.
pub(super) fn restart_needed() -> (Text, Text) {
    (
        text!(
            "Mã đài, thư mục dữ liệu hoặc địa chỉ HTTP đã đổi; cấu hình cũ vẫn có hiệu lực.",
            "The station's id, its state folder or the HTTP address has changed; the old configuration is in force."
        ),
        text!(
            "Hãy khởi động lại chương trình (systemctl restart loaphuong) để dùng cấu hình mới.",
            "Restart the program (systemctl restart loaphuong) to use the new configuration."
        ),
    )
}
