//! Draws: a seeded choice among the open units of all members.
//!
//! `draw "Spring" { on 2026-06-01 among tickets, 3 winners seed "spring" give 1 bicycle }` takes place when the
//! midnight before 1 June is worked for everybody. Each whole ticket that is open is an entry; members stand in the
//! order of their names. The generator is `ChaCha12`, its key the `SHA-256` of seed, draw and day, so the same
//! seed draws the same winners everywhere, and nobody can know them before the seed is published with the rules. A
//! member wins once.

use super::Fault;
use super::account::Account;
use super::around::Around;
use super::book::Book;
use super::offer::available;
use super::post::{Cause, Desk};
use super::purchase::Fact;
use crate::ledger::Sink;
use crate::plan::{Draw, Role, RuleId, Trigger, UnitId};
use crate::time::{Day, Moment};
use crate::value::Amount;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Each try succeeds in more than half of all cases, so nobody lives to see the last.
const TRIES_MAX: u32 = 128;

impl Book {
    /// The day of the next draw after those that were held, and which draws it has.
    pub(super) fn next_draw(&self) -> Option<(Day, Vec<RuleId>)> {
        let mut next: Option<(Day, Vec<RuleId>)> = None;
        for id in &self.index.draws {
            let Some(day) = self.day_after(*id, self.shared.drawn) else { continue };
            match &mut next {
                Some((known, rules)) if *known == day => rules.push(*id),
                Some((known, _)) if *known < day => {}
                _ => next = Some((day, vec![*id])),
            }
        }
        next
    }

    /// The first day after another at whose beginning a draw is held.
    fn day_after(&self, id: RuleId, after: Day) -> Option<Day> {
        let nobody = super::account::Account::default();
        let who = nobody.who(&self.plan, &self.index.layout);
        let rule = self.plan.rule(id);
        let day = match &rule.trigger {
            Trigger::StartOf(period) => who.next_start(*period, after),
            // Both edges fall on the same midnight: the end of this span, the start of the next.
            Trigger::At(edge) => who.bounds(edge.kalendar, after).and_then(|(_, end)| end.next()),
            Trigger::Fact { .. } | Trigger::Nth { .. } | Trigger::Entering(..) => None,
        };
        day.filter(|day| rule.in_force.to.is_none_or(|to| *day <= to))
    }

    /// Holds the draws of a midnight, which is worked for all members.
    pub(super) fn hold_draws(
        &mut self,
        day: Day,
        rules: &[RuleId],
        order: &[usize],
        sink: &mut impl Sink,
    ) -> Result<(), Fault> {
        self.shared.drawn = day;
        let at = self.plan.zone.start_of(day);
        for id in rules {
            let rule = self.plan.rule(*id);
            let Role::Draw(draw) = rule.role.clone() else { continue };
            if rule.in_force.on(day) && self.plan.in_force.on(day) {
                self.hold_draw(*id, &draw, at, order, sink)?;
            }
        }
        Ok(())
    }

    fn hold_draw(
        &mut self,
        id: RuleId,
        draw: &Draw,
        at: Moment,
        order: &[usize],
        sink: &mut impl Sink,
    ) -> Result<(), Fault> {
        let (plan, index) = (Arc::clone(&self.plan), Arc::clone(&self.index));
        let named = self.options.named_lots;
        let mut entries: Vec<(usize, u64)> = Vec::new();
        for place in order {
            let Some(account) = self.accounts.get_mut(*place) else { continue };
            if account.joined.is_none() || account.left || account.merged_into.is_some() {
                continue;
            }
            let mut desk = Desk { plan: &plan, index: &index, sink: &mut *sink, named, pool: &self.pool };
            // What opened within the day before takes part.
            desk.open_instants(account, at)?;
            let Ok(tickets @ 1..) = u64::try_from(entries_of(account, draw.unit)?) else { continue };
            let frame = desk.frame(account, at)?;
            let around = Around::alone(&mut self.shared);
            let done = desk.work(account, &around, &[id], &frame, &Fact::NONE, None)?;
            if done.chosen.get(id.index()).is_some_and(Option::is_some) {
                entries.push((*place, tickets));
            }
            desk.pool.put_done(done);
            desk.pool.put_frame(frame);
        }
        let mut chance = chance(draw, &plan.rule(id).name, at.day);
        for _ in 0..draw.winners {
            let total =
                entries.iter().try_fold(0_u64, |sum, (_, tickets)| sum.checked_add(*tickets)).ok_or(Fault::Overflow)?;
            if total == 0 {
                break;
            }
            let mut ticket = below(&mut chance, total);
            let Some(winner) = entries.iter().position(|(_, tickets)| {
                let drawn = ticket < *tickets;
                ticket = ticket.saturating_sub(*tickets);
                drawn
            }) else {
                break;
            };
            let (place, _) = entries.remove(winner);
            self.host(place, at, sink)?;
            if let Some(account) = self.accounts.get_mut(place) {
                let mut desk = Desk { plan: &plan, index: &index, sink: &mut *sink, named, pool: &self.pool };
                desk.run_alone(account, &mut self.shared, Cause::midnight(at), &[id])?;
                desk.plan_ahead(account, at.day);
            }
            self.unhost(place);
        }
        Ok(())
    }
}

/// The whole units that a member has open, whatever they are kept apart by.
fn entries_of(account: &Account, unit: UnitId) -> Result<i64, Fault> {
    let piles = account.holdings.get(unit.index()).into_iter().flat_map(|holding| &holding.piles);
    let mut sum = Amount::ZERO;
    for pile in piles {
        sum = sum.plus(available(account, unit, pile.tag)?)?;
    }
    Ok(sum.micros().div_euclid(Amount::SCALE))
}

/// The generator of a draw.
fn chance(draw: &Draw, name: &str, day: Day) -> ChaCha12Rng {
    let mut hash = Sha256::new();
    for part in [draw.seed.as_str(), name, &day.to_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    ChaCha12Rng::from_seed(hash.finalize().into())
}

/// A number below `bound`, each alike: what would favour the small ones is drawn again.
fn below(chance: &mut ChaCha12Rng, bound: u64) -> u64 {
    let fair = u64::MAX - u64::MAX % bound;
    let mut number = chance.next_u64();
    for _ in 0..TRIES_MAX {
        if number < fair {
            break;
        }
        number = chance.next_u64();
    }
    number % bound
}
