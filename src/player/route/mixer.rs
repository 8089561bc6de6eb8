//! The mixer of a card, asked through ALSA. Effects: the card's control device; may block.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use alsa::ctl::Ctl;
use alsa::mixer::{Selem, SelemChannelId};
use alsa::{Mixer, Output};

use super::judge::{self, Control, Place, Volume};

/// Every channel that a control may have.
const CHANNELS: [SelemChannelId; 9] = [
    SelemChannelId::FrontLeft,
    SelemChannelId::FrontRight,
    SelemChannelId::RearLeft,
    SelemChannelId::RearRight,
    SelemChannelId::FrontCenter,
    SelemChannelId::Woofer,
    SelemChannelId::SideLeft,
    SelemChannelId::SideRight,
    SelemChannelId::RearCenter,
];

/// Keeps ALSA on this thread from writing to standard error what it does not find, for as long as the value lives.
pub(in crate::player) fn quiet() -> Option<Rc<RefCell<Output>>> {
    Output::local_error_handler().ok()
}

/// The open mixer of a card.
pub(super) struct Card {
    device: String,
    mixer: Mixer,
}

impl Card {
    /// Opens the mixer of this ALSA name.
    pub(super) fn open(name: &str) -> alsa::Result<Self> {
        let about = Ctl::new(name, false)?.card_info()?;
        let device = match (about.get_id()?, about.get_name()?) {
            ("", name) => name.to_owned(),
            (id, name) => format!("{id}: {name}"),
        };
        Ok(Self { device, mixer: Mixer::new(name, false)? })
    }

    /// Waits until something has changed since the last question, at most so long.
    pub(super) fn wait(&self, most: Duration) -> alsa::Result<()> {
        self.mixer.wait(u32::try_from(most.as_millis()).ok())
    }

    /// The card, and whether it is muted now; nothing if its mixer says nothing about that.
    pub(super) fn place(&self) -> alsa::Result<Option<Place>> {
        self.mixer.handle_events()?;
        let controls: Vec<Control> = self.mixer.iter().filter_map(Selem::new).filter_map(|c| control(&c)).collect();
        Ok(judge::card_is_muted(&controls).map(|muted| Place { device: self.device.clone(), muted }))
    }
}

/// What a control says of playback. Of several with one name the first one counts.
fn control(selem: &Selem<'_>) -> Option<Control> {
    let id = selem.get_id();
    let name = id.get_name().ok().filter(|_| id.get_index() == 0 && selem.can_playback())?.to_owned();
    let channels = || CHANNELS.into_iter().filter(|channel| selem.has_playback_channel(*channel));
    let switch = |channel| selem.get_playback_switch(channel).ok();
    let on = selem.has_playback_switch().then(|| channels().filter_map(switch).max()).flatten();
    let now = selem.has_playback_volume().then(|| channels().filter_map(|c| selem.get_playback_volume(c).ok()).max());
    let range = selem.get_playback_volume_range();
    let lowest_db = selem.ask_playback_vol_db(range.0).ok().map(|db| f64::from(db.to_db()));
    let volume = now.flatten().map(|now| Volume { now, range, lowest_db });
    Some(Control { name, on: on.map(|on| on != 0), volume })
}
