//! Who may stay connected when many come: limits for each address and in all, and who has to leave. Pure.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::http::limits::{CONNECTIONS, FROM_LOOPBACK, PER_ADDRESS};

/// A connection's number, ascending in the order of arrival.
pub(super) type SeatId = u64;

/// All connections. `H` is the handle by which one is ended.
#[derive(Debug)]
pub(super) struct Seats<H> {
    clock: u64,
    taken: BTreeMap<SeatId, Seat<H>>,
}

#[derive(Debug)]
struct Seat<H> {
    addr: IpAddr,
    /// When it last began or ended a request, in events; arrival counts.
    touched: u64,
    phase: Phase,
    handle: Option<H>,
}

/// In the order in which they have to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Has not asked anything yet: a half-open connection looks like this.
    Stranger,
    /// Has been answered, and is kept for the next question.
    Known,
    /// Is being answered; never sent away.
    Busy,
}

/// What becomes of somebody who comes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission<H> {
    /// They stay; somebody else may have to leave for them.
    Seated(SeatId, Option<H>),
    /// Too many of this address are being answered.
    AddressFull,
    /// Too many in all are being answered.
    HouseFull,
}

impl<H> Seats<H> {
    pub(super) fn new() -> Self {
        Self { clock: 0, taken: BTreeMap::new() }
    }

    /// Takes in a connection from `addr`.
    pub(super) fn admit(&mut self, addr: IpAddr) -> Admission<H> {
        let addr = neighbourhood(addr);
        let limit = if addr.is_loopback() { FROM_LOOPBACK } else { PER_ADDRESS };
        let mut evicted = None;
        if self.taken.values().filter(|s| s.addr == addr).count() >= limit {
            match self.evict(|s| s.addr == addr) {
                Some(leaving) => evicted = leaving.handle,
                None => return Admission::AddressFull,
            }
        } else if self.taken.len() >= CONNECTIONS {
            match self.evict(|_| true) {
                Some(leaving) => evicted = leaving.handle,
                None => return Admission::HouseFull,
            }
        }
        let id = self.tick();
        self.taken.insert(id, Seat { addr, touched: id, phase: Phase::Stranger, handle: None });
        Admission::Seated(id, evicted)
    }

    /// Sends away the connection that is needed least: when the kernel has no room for another.
    pub(super) fn evict_one(&mut self) -> Option<H> {
        self.evict(|_| true)?.handle
    }

    /// Remembers how to end the connection.
    pub(super) fn hold(&mut self, id: SeatId, handle: H) {
        if let Some(seat) = self.taken.get_mut(&id) {
            seat.handle = Some(handle);
        }
    }

    /// A request of this connection begins.
    pub(super) fn begin(&mut self, id: SeatId) {
        self.turn(id, Phase::Busy);
    }

    /// Its answer is ready.
    pub(super) fn end(&mut self, id: SeatId) {
        self.turn(id, Phase::Known);
    }

    /// The connection is over.
    pub(super) fn leave(&mut self, id: SeatId) {
        self.taken.remove(&id);
    }

    fn turn(&mut self, id: SeatId, phase: Phase) {
        let now = self.tick();
        if let Some(seat) = self.taken.get_mut(&id) {
            (seat.phase, seat.touched) = (phase, now);
        }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Frees the seat that is needed least among those meant: nothing if all of them are busy.
    fn evict(&mut self, meant: impl Fn(&Seat<H>) -> bool) -> Option<Seat<H>> {
        let leaving = self
            .taken
            .iter()
            .filter(|(_, s)| s.phase != Phase::Busy && meant(s))
            .min_by_key(|(_, s)| (s.phase, s.touched))
            .map(|(id, _)| *id)?;
        self.taken.remove(&leaving)
    }
}

/// What counts as one address: for IPv6 the /64, of which anybody has all.
fn neighbourhood(addr: IpAddr) -> IpAddr {
    match addr.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats_with(n: u8, addr: &str) -> Seats<SeatId> {
        let mut seats = Seats::new();
        for _ in 0..n {
            let Admission::Seated(id, _) = seats.admit(addr.parse().unwrap()) else { panic!("full") };
            seats.hold(id, id);
        }
        seats
    }

    #[test]
    fn the_oldest_stranger_leaves_for_a_newcomer_of_the_same_address() {
        let mut seats = seats_with(32, "10.0.0.1");
        assert_eq!(seats.admit("10.0.0.1".parse().unwrap()), Admission::Seated(33, Some(1)));
        assert!(matches!(seats.admit("10.0.0.2".parse().unwrap()), Admission::Seated(_, None)));
    }

    #[test]
    fn those_who_were_answered_outlive_strangers_and_those_being_answered_outlive_all() {
        let mut seats = seats_with(32, "10.0.0.1");
        seats.begin(1);
        seats.begin(2);
        seats.end(2);
        for expected in (3..=32).chain([2]) {
            let Admission::Seated(id, evicted) = seats.admit("10.0.0.1".parse().unwrap()) else { panic!("full") };
            assert_eq!(evicted, Some(expected));
            seats.begin(id);
        }
        assert_eq!(seats.admit("10.0.0.1".parse().unwrap()), Admission::AddressFull);
    }

    #[test]
    fn loopback_alone_never_fills_the_house() {
        let seats = seats_with(250, "127.0.0.1");
        assert_eq!(seats.taken.len(), FROM_LOOPBACK);
    }

    #[test]
    fn a_v6_neighbourhood_is_one_address_and_mapped_v4_is_v4() {
        assert_eq!(neighbourhood("2001:db8::1:2:3:4".parse().unwrap()), "2001:db8::".parse::<IpAddr>().unwrap());
        assert_eq!(neighbourhood("::ffff:127.0.0.1".parse().unwrap()), "127.0.0.1".parse::<IpAddr>().unwrap());
        assert!(neighbourhood("::1".parse().unwrap()).is_loopback());
    }
}
