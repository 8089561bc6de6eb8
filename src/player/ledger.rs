//! Which frames of the programme the device has consumed, from where the device stands in all that it was given. Pure.

use std::collections::VecDeque;

use super::RATE;
use crate::model::time::Mono;
use crate::model::units::Frames;

/// A stretch of programme in the stream of everything that was handed to the device, silence included.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: u64,
    frames: u64,
}

/// The account of one open device. Positions count frames since it was opened.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    handed: u64,
    spans: VecDeque<Span>,
    /// Frames of programme in what was handed over last.
    last: u64,
    consumed: u64,
    first: Option<u64>,
    after_last: Option<u64>,
    started: Option<Mono>,
    over: Option<Mono>,
}

impl Ledger {
    /// At `now` the device holds `waiting` frames of those that were handed to it: all before them were consumed.
    pub(super) fn device_holds(&mut self, waiting: u64, now: Mono) {
        let position = self.handed.saturating_sub(waiting);
        while let Some(span) = self.spans.front_mut() {
            let gone = position.saturating_sub(span.from).min(span.frames);
            self.consumed += gone;
            span.from += gone;
            span.frames -= gone;
            if span.frames > 0 {
                break;
            }
            self.spans.pop_front();
        }
        let passed = |mark: Option<u64>| {
            let beyond = position.checked_sub(mark?)?;
            Some(now.minus(Frames(beyond).lasting(RATE)))
        };
        // The first frame is through when the device stands behind it, the last one when it stands at the end.
        let first = self.first.filter(|first| position > *first);
        self.started = self.started.or_else(|| passed(first));
        self.over = self.over.or_else(|| passed(self.after_last));
    }

    /// `frames` more were handed over: `lead` frames of silence, then `programme` frames, then silence again.
    pub(super) fn hand(&mut self, frames: u64, lead: u64, programme: u64) {
        let from = self.handed + lead;
        if programme > 0 {
            self.first.get_or_insert(from);
            match self.spans.back_mut() {
                Some(span) if span.from + span.frames == from => span.frames += programme,
                _ => self.spans.push_back(Span { from, frames: programme }),
            }
        }
        self.handed += frames;
        self.last = programme;
    }

    /// What was handed over last never reached the device.
    pub(super) fn lose_last(&mut self) {
        let mut lost = std::mem::take(&mut self.last);
        while lost > 0
            && let Some(span) = self.spans.back_mut()
        {
            let gone = lost.min(span.frames);
            span.frames -= gone;
            lost -= gone;
            if span.frames == 0 {
                self.spans.pop_back();
            }
        }
    }

    /// No frame of the programme follows: the end lies `lead` frames behind what was handed over so far.
    pub(super) fn ends_after(&mut self, lead: u64) {
        self.after_last.get_or_insert(self.handed + lead);
    }

    /// Frames of the programme that the device consumed.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// When the first frame of the programme left, once it has.
    pub(super) fn started(&self) -> Option<Mono> {
        self.started
    }

    /// When the last frame of the programme had left, once it has.
    pub(super) fn over(&self) -> Option<Mono> {
        self.over
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(millis: u64) -> Mono {
        Mono(Duration::from_millis(millis))
    }

    #[test]
    fn silence_is_never_counted_and_delay_is_taken_off() {
        let mut ledger = Ledger::default();
        // 100 ms of silence with 20 ms of programme at its end, 100 ms with a gap behind 40 ms, 100 ms of programme.
        ledger.hand(4800, 3840, 960);
        ledger.hand(4800, 0, 1920);
        ledger.hand(4800, 0, 4800);
        // (frames that the device holds, frames of the programme that it consumed)
        let cases = [
            (14_400, 0),
            (10_560, 0),
            (10_559, 1),
            (9_600, 960),
            (8_000, 2_560),
            (7_680, 2_880),
            (6_000, 2_880),
            (4_800, 2_880),
            (100, 7_580),
            (4_800, 7_580),
            (0, 7_680),
        ];
        for (millis, (waiting, consumed)) in (0..).zip(cases) {
            ledger.device_holds(waiting, at(millis));
            assert_eq!(ledger.consumed(), consumed, "device holds {waiting}");
        }
    }

    #[test]
    fn what_was_lost_on_the_way_is_never_counted() {
        let mut ledger = Ledger::default();
        ledger.hand(4800, 800, 4000);
        ledger.hand(4800, 0, 4800);
        ledger.lose_last();
        ledger.lose_last();
        // The device has run dry; what follows is played.
        ledger.hand(4800, 0, 4800);
        ledger.device_holds(4800, at(1000));
        assert_eq!(ledger.consumed(), 4000);
        ledger.device_holds(0, at(1100));
        assert_eq!(ledger.consumed(), 8800);
    }

    #[test]
    fn start_and_end_are_told_by_where_the_device_stood() {
        let mut ledger = Ledger::default();
        ledger.hand(4800, 2400, 2400);
        ledger.device_holds(2400, at(1000));
        assert_eq!(ledger.started(), None, "it stands before the first frame");
        ledger.device_holds(1920, at(1010));
        assert_eq!(ledger.started(), Some(at(1000)), "10 ms of it have left");
        ledger.ends_after(0);
        ledger.device_holds(480, at(1040));
        assert_eq!(ledger.over(), None);
        ledger.hand(4800, 0, 0);
        ledger.device_holds(4320, at(1060));
        assert_eq!((ledger.started(), ledger.over()), (Some(at(1000)), Some(at(1050))));
    }
}
