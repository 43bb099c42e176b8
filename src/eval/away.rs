//! Units that a member gives to another: `reward "To a friend" { costs beans  gives them to another member }`.
//!
//! The units leave in the order of spending and arrive with their dates and under the names of their lots, each
//! movement a pair of rows. What the giver did not have becomes debt there and arrives as units of that day.

use super::Fault;
use super::account::Account;
use super::book::Book;
use super::post::{Cause, Desk, dates_of};
use super::sale::UseOf;
use crate::ledger::{EntryKind, Note, Sink, Taken};
use crate::plan::{Benefit, Offer, Opening, Reward, RuleId, UnitId};
use crate::ty::event::Datum;
use crate::ty::{Event, Kind};
use crate::value::Amount;

/// Units on their way to another member.
#[derive(Debug)]
pub(super) struct Parcel {
    /// The reward that gives them away.
    pub rule: RuleId,
    /// The unit.
    pub unit: UnitId,
    /// The pile.
    pub tag: Datum,
    /// The lots.
    pub taken: Vec<Taken>,
    /// How many the giver did not have.
    pub owed: Amount,
}

/// Does an offer give the units themselves to another member?
pub(super) fn goes_away(offer: &Offer) -> bool {
    offer.gifts.iter().any(|gift| matches!(gift, Benefit::Away))
}

/// Does a reward?
pub(super) fn gives_away(reward: &Reward) -> bool {
    reward.offers.iter().any(goes_away)
}

impl Book {
    /// Is a redemption refused, because the units would go where they are?
    pub(super) fn goes_nowhere(&self, at: usize, event: &Event, sink: &mut impl Sink) -> bool {
        if event.kind != Kind::Redeem || event.into.is_empty() {
            return false;
        }
        let other = self.find(&event.into);
        let shares = |other| {
            let pools = event.redeemed.iter().all(|of| self.index.pooled.contains(&UnitId::new(of.unit)));
            pools && self.home(at).is_some() && self.home(at) == self.home(other)
        };
        let same = event.into == event.member || other == Some(at) || other.is_some_and(shares);
        if same {
            sink.note(Note::TransferRefused);
        }
        same
    }

    /// Units reach the member that a redemption names, who joins by that if need be.
    pub(super) fn deliver(&mut self, parcels: Vec<Parcel>, event: &Event, sink: &mut impl Sink) -> Result<(), Fault> {
        let to = self.find_or_make(&event.into);
        self.bring_house(self.home(to), event.at, sink)?;
        self.host(to, event.at, sink)?;
        let Self { plan, index, accounts, shared, options, pool, .. } = self;
        let Some(receiver) = accounts.get_mut(to) else { return Ok(()) };
        let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
        if receiver.joined.is_none() {
            desk.begin(receiver, event.at.day);
        }
        desk.catch_up(receiver, shared, event.at)?;
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        for parcel in parcels {
            desk.receive(receiver, cause.by(parcel.rule), &parcel)?;
        }
        let mut rises = Vec::new();
        desk.look_at_ladders(receiver, event.at, &mut rises)?;
        desk.entered(receiver, shared, cause, &rises)?;
        desk.convert(receiver, shared, cause, &desk.index.automatic)?;
        desk.plan_anew(receiver, event.at.day);
        self.unhost(to);
        Ok(())
    }
}

impl<S: Sink> Desk<'_, S> {
    /// Does a use give units to another member?
    pub(super) fn is_away(&self, use_of: &UseOf) -> bool {
        self.reward(use_of.rule).and_then(|reward| reward.offers.get(use_of.offer)).is_some_and(goes_away)
    }

    /// The units of a parcel arrive.
    fn receive(&mut self, receiver: &mut Account, cause: Cause<'_>, parcel: &Parcel) -> Result<(), Fault> {
        for part in &parcel.taken {
            self.put_again(receiver, cause, parcel.unit, parcel.tag, part, EntryKind::Transfer)?;
        }
        if !parcel.owed.is_positive() {
            return Ok(());
        }
        // Of what the giver did not have there are no dates: it counts from today.
        let own = (Some(&Opening::AtOnce), None);
        let frame = self.frame(receiver, cause.at)?;
        let scene = self.state_scene(&frame);
        let length = |length: &crate::plan::Length| super::tier::length_of(&scene, length);
        let dates = dates_of(self.plan, self.index, receiver, parcel.unit, own, cause.at, Datum::Missing, length);
        let lot = self.lot_of(receiver, parcel.unit, cause, parcel.rule);
        self.give(receiver, cause, parcel.unit, parcel.tag, dates, parcel.owed, lot.as_ref(), EntryKind::Transfer)
    }
}
