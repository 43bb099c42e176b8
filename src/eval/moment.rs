//! Rules that no fact sets off: on entering a tier, at an edge of the calendar, `take`.

use super::Fault;
use super::account::{Account, Frame};
use super::accrual::Done;
use super::around::Around;
use super::book::Shared;
use super::post::{Cause, Desk};
use super::purchase::Fact;
use super::tier::Rise;
use crate::ledger::{EntryKind, Sink, Taken};
use crate::plan::{Act, LadderId, Plan, Role, RuleId, Trigger, UnitId};
use crate::time::Moment;
use crate::ty::event::Datum;
use crate::value::{Amount, Exact};

impl<S: Sink> Desk<'_, S> {
    /// Rules on entering a tier, for each rise; what they give is seen by ladders from the next step on.
    pub(super) fn entered(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        cause: Cause<'_>,
        rises: &[Rise],
    ) -> Result<(), Fault> {
        if self.index.entering.is_empty() {
            return Ok(());
        }
        for rise in rises {
            let rules: Vec<RuleId> =
                self.index.entering.iter().copied().filter(|rule| enters(self.plan, *rule, *rise)).collect();
            self.run_alone(account, shared, cause, &rules)?;
        }
        Ok(())
    }

    /// Runs rules that look at no receipt: on entering a tier, at a moment.
    pub(super) fn run_alone(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        cause: Cause<'_>,
        rules: &[RuleId],
    ) -> Result<(), Fault> {
        if self.run_together(account, shared, cause, rules)? { self.promoted(account, shared, cause) } else { Ok(()) }
    }

    /// The same; answers whether a rule gave a tier, which counts when the rules of the moment are done.
    fn run_together(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        cause: Cause<'_>,
        rules: &[RuleId],
    ) -> Result<bool, Fault> {
        if rules.is_empty() {
            return Ok(false);
        }
        let frame = self.frame(account, cause.at)?;
        let mut around = Around::alone(shared);
        let done = self.work(account, &around, rules, &frame, &Fact::NONE, None)?;
        self.post(account, &mut around, cause, &frame, &Fact::NONE, &done, None)?;
        account.gifted |= done.awards.iter().any(|award| award.given.is_positive());
        let promoted = !done.promotions.is_empty();
        self.pool.put_done(done);
        self.pool.put_frame(frame);
        Ok(promoted)
    }

    /// Tiers that rules gave count from now on.
    pub(super) fn promoted(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        cause: Cause<'_>,
    ) -> Result<(), Fault> {
        let mut rises = Vec::new();
        for place in 0..self.plan.ladders.len() {
            let tier = account.standings.get(place).map_or(0, |standing| standing.tier);
            self.settle(account, LadderId::new(place), cause.at, tier, &mut rises);
        }
        self.entered(account, shared, cause, &rises)
    }

    /// The rules of a midnight.
    pub(super) fn moment(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        rules: &[RuleId],
        at: Moment,
        half: super::clock::Half,
    ) -> Result<(), Fault> {
        use super::clock::Half;
        let (rewards, rules): (Vec<RuleId>, Vec<RuleId>) =
            rules.iter().partition(|rule| !matches!(self.plan.rule(**rule).role, Role::Rule));
        if half != Half::EndTakes {
            self.convert(account, shared, Cause::midnight(at), &rewards)?;
        }
        let mut promoted = false;
        let takes = |rule: &RuleId| self.plan.rule(*rule).acts.iter().any(|act| matches!(act, Act::Take(_)));
        if half != Half::EndTakes {
            let gives: Vec<RuleId> = rules
                .iter()
                .copied()
                .filter(|rule| !self.plan.rule(*rule).acts.iter().all(|act| matches!(act, Act::Take(_))))
                .collect();
            promoted = self.run_together(account, shared, Cause::midnight(at), &gives)?;
        }
        if half != Half::EndGives {
            let takers: Vec<RuleId> = rules.iter().copied().filter(takes).collect();
            for rule in takers {
                self.take_by_rule(account, shared, rule, at)?;
            }
        }
        if promoted { self.promoted(account, shared, Cause::midnight(at)) } else { Ok(()) }
    }

    /// `take 10% of beans.balance as beans`: units are lost by a rule.
    pub(super) fn take_by_rule(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        rule: RuleId,
        at: Moment,
    ) -> Result<(), Fault> {
        let frame = self.frame(account, at)?;
        let around = Around::alone(shared);
        // A rule that only takes wants no award, but the same conditions decide whether it fires.
        let done = self.work(account, &around, &[rule], &frame, &Fact::NONE, None)?;
        if done.chosen.get(rule.index()).is_none_or(Option::is_none) {
            return Ok(());
        }
        self.take_units(account, rule, &frame, &Fact::NONE, &[], Cause::midnight(at))
    }

    /// What the rules that a fact set off take, when all that they give is booked.
    pub(super) fn take_on_fact(
        &mut self,
        account: &mut Account,
        frame: &Frame,
        fact: &Fact<'_>,
        done: &Done,
        cause: Cause<'_>,
    ) -> Result<(), Fault> {
        let index = self.index;
        for rule in &index.takers {
            if let Some(Some(chosen)) = done.chosen.get(rule.index()) {
                self.take_units(account, *rule, frame, fact, chosen, cause)?;
            }
        }
        Ok(())
    }

    fn take_units(
        &mut self,
        account: &mut Account,
        rule: RuleId,
        frame: &Frame,
        fact: &Fact<'_>,
        chosen: &[u16],
        cause: Cause<'_>,
    ) -> Result<(), Fault> {
        for act in &self.plan.rule(rule).acts {
            let Act::Take(take) = act else { continue };
            // What a household has together a midnight takes from once, not for each who lives there.
            let took = (rule, cause.at.day);
            let house = account.pool_of(self.plan, take.unit).filter(|_| cause.event.is_empty());
            if house.is_some_and(|house| house.took.contains(&took)) {
                continue;
            }
            let unit = self.plan.unit(take.unit);
            let mut left = match take.amount {
                Some(amount) => {
                    let scene = self.scene_of(frame, fact, chosen);
                    let exact = scene.number(amount)?.unwrap_or(Exact::ZERO);
                    exact.round(self.plan.rule(rule).round.unwrap_or(unit.round).mode, unit.decimals)?.max(Amount::ZERO)
                }
                None => Amount::MAX,
            };
            // In the order of spending, also where units are kept apart.
            let piles = account.holdings.get(take.unit.index()).into_iter().flat_map(|holding| &holding.piles);
            let mut heaps: Vec<_> =
                piles.flat_map(|pile| pile.open.iter().map(|heap| (pile.tag, heap.dates(), heap.amount))).collect();
            let order = self.order(account, take.unit);
            heaps.sort_by(|(_, one, _), (_, other, _)| order(one, other));
            drop(order);
            for (tag, _, amount) in heaps {
                let part = left.min(amount);
                let (taken, missing) = self.take_open(account, take.unit, tag, part)?;
                if !cause.event.is_empty() || self.index.keeps_lost(self.plan, account, take.unit) {
                    note_lost(account, take.unit, tag, &taken, cause.at)?;
                }
                self.rows_of(account, cause.by(rule), take.unit, EntryKind::Expire, &taken)?;
                left = left.minus(part)?.plus(missing)?;
            }
        }
        if let Some(house) = account.house.as_mut().filter(|_| cause.event.is_empty()) {
            house.took.retain(|(known, _)| *known != rule);
            house.took.push((rule, cause.at.day));
        }
        Ok(())
    }
}

/// What a rule took counts as taken back, should a return ask for it.
fn note_lost(account: &mut Account, unit: UnitId, tag: Datum, taken: &[Taken], at: Moment) -> Result<(), Fault> {
    let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
    for part in taken {
        holding.pile(tag).lose(part.dates, part.amount, at.instant)?;
    }
    Ok(())
}

pub(super) fn enters(plan: &Plan, rule: RuleId, rise: Rise) -> bool {
    matches!(plan.rule(rule).trigger, crate::plan::Trigger::Entering(ladder, tier)
        if ladder == rise.ladder && tier.is_none_or(|tier| tier == rise.tier))
}

/// The rules that facts set off and that take units, in the order in which rules are worked out.
pub(super) fn takers(plan: &Plan) -> Vec<RuleId> {
    let takes = |id: &RuleId| {
        let rule = plan.rule(*id);
        let at_midnight = matches!(rule.trigger, Trigger::StartOf(_) | Trigger::At(_));
        !at_midnight && rule.acts.iter().any(|act| matches!(act, Act::Take(_)))
    };
    plan.order.iter().copied().filter(takes).collect()
}
