//! Where the sound of an open card goes, and whether it is heard there: asked four times a second, and whenever something
//! changes. Effects: a thread that nobody waits for.
//!
//! Two can be asked: the sound server that carries our stream (it alone can put it on another device), and the mixer of
//! the card. Either may hang; then nothing is said, and the device that takes no samples speaks for itself.

mod judge;
mod mixer;
mod server;
pub mod survey;
mod way;

use std::process;
use std::thread;
use std::time::Duration;

use self::judge::Place;
use self::server::Server;
use super::now;
use crate::model::playback::Route;
use crate::model::time::Mono;

pub(super) use self::mixer::quiet;
pub(super) use self::way::Way;

/// How often it is asked.
const OFTEN: Duration = Duration::from_millis(250);
/// And how often at most.
const REST: Duration = Duration::from_millis(10);
/// A stream that the sound server has not seen for so long since it was opened does not go through it.
const UNSEEN: Duration = Duration::from_secs(1);
/// ALSA's name for what the system prefers, whose mixer has the same name.
const DEFAULT: &str = "default";

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    at: Mono,
    route: Route,
    device: Option<String>,
    /// It is no device, but what a sound server has in place of one, and the stream was there from the beginning.
    stand_in: bool,
}

/// What somebody answers.
enum Answer {
    Place(Place),
    /// Nothing now.
    Nothing,
    /// Nobody can be asked about this device.
    Nobody,
}

/// Who answers.
enum Witness {
    /// Not known yet.
    Sought {
        since: Mono,
    },
    /// The sound server; nothing while the connection is lost.
    Server(Option<Server>),
    /// The card itself.
    Card(mixer::Card),
    Nobody,
}

/// Begins to ask about the card that was opened under this ALSA name. `right` is the right device: if nothing is given,
/// the one that is found first. Tells whenever the answer is another one, until nobody listens any more.
pub(super) fn watch(card: &str, right: Option<String>, tell: impl Fn(Found) -> bool + Send + 'static) {
    let card = card.to_owned();
    let ask = move || {
        let _quiet = mixer::quiet();
        let mut witness =
            judge::mixer_of(&card).map_or(Witness::Sought { since: now() }, |mixer| Witness::card(&mixer));
        let (mut right, mut last) = (right, None);
        loop {
            let (answer, at) = (witness.ask(&card), now());
            let answered = matches!(answer, Answer::Place(_));
            if let Some((route, place)) = weigh(answer, &mut right) {
                let stand_in = last.is_none() && place.as_ref().is_some_and(Place::is_stand_in);
                let device = place.map(|place| place.device);
                if last.as_ref() != Some(&(route, device.clone())) {
                    last = Some((route, device.clone()));
                    if !tell(Found { at, route, device, stand_in }) {
                        return;
                    }
                }
            }
            if !answered || witness.wait().is_none() {
                thread::sleep(OFTEN);
            }
        }
    };
    if let Err(error) = thread::Builder::new().name("route".to_owned()).spawn(ask) {
        eprintln!("nobody asks where the sound goes: {error}");
    }
}

/// What an answer means; nothing if it says nothing. The first device that is found becomes the right one.
fn weigh(answer: Answer, right: &mut Option<String>) -> Option<(Route, Option<Place>)> {
    match answer {
        Answer::Place(place) => {
            let route = place.route(right.get_or_insert_with(|| place.device.clone()));
            Some((route, Some(place)))
        }
        Answer::Nothing => None,
        Answer::Nobody => Some((Route::Unknown, None)),
    }
}

impl Witness {
    /// The mixer of this name, if it can be opened.
    fn card(mixer: &str) -> Self {
        mixer::Card::open(mixer).map_or(Self::Nobody, Self::Card)
    }

    /// Asks about our stream on the card of this name.
    fn ask(&mut self, card: &str) -> Answer {
        match self {
            Self::Sought { since } => {
                let since = *since;
                self.seek(card, since)
            }
            Self::Server(server) => {
                *server = server.take().or_else(connect);
                match server.as_mut().map(|server| server.place(process::id())) {
                    Some(Ok(Some(place))) => Answer::Place(place),
                    Some(Ok(None)) | None => Answer::Nothing,
                    Some(Err(_)) => {
                        *server = None;
                        Answer::Nothing
                    }
                }
            }
            Self::Card(card) => match card.place() {
                Ok(Some(place)) => Answer::Place(place),
                Ok(None) => Answer::Nobody,
                // The card is gone, and its stream with it.
                Err(_) => Answer::Nothing,
            },
            Self::Nobody => Answer::Nobody,
        }
    }

    /// Waits until something has changed, but not longer than until it is time to ask again. Nothing if nobody tells.
    fn wait(&mut self) -> Option<()> {
        // Whoever turns a knob changes something many times.
        thread::sleep(REST);
        match self {
            Self::Server(Some(server)) => server.wait(OFTEN).ok(),
            Self::Card(card) => card.wait(OFTEN).ok(),
            Self::Sought { .. } | Self::Server(None) | Self::Nobody => None,
        }
    }

    /// Finds out who knows of our stream.
    fn seek(&mut self, card: &str, since: Mono) -> Answer {
        let mut server = connect();
        match server.as_mut().map(|server| server.place(process::id())) {
            Some(Ok(Some(place))) => {
                *self = Self::Server(server);
                Answer::Place(place)
            }
            Some(Ok(None)) if now().since(since) < UNSEEN => Answer::Nothing,
            _ if card == DEFAULT => {
                *self = Self::card(DEFAULT);
                self.ask(card)
            }
            _ => {
                *self = Self::Nobody;
                Answer::Nobody
            }
        }
    }
}

/// The sound server, which tells what changes.
fn connect() -> Option<Server> {
    let mut server = Server::find(None)?;
    server.subscribe().ok()?;
    Some(server)
}

/// Is there a sound server that has no device but a stand-in? May block.
pub(super) fn only_a_stand_in() -> bool {
    let sinks = Server::find(None).and_then(|mut server| server.sinks().ok());
    sinks.is_some_and(|sinks| !sinks.is_empty() && sinks.iter().all(|sink| judge::is_stand_in(&sink.name)))
}
