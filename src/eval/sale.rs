//! What a receipt costs in the end, step by step: line discounts → receipt discounts → coupons → units spent.
//!
//! `reward "Card" { where category = "cakes" gives 10% off }` lowers the lines it looks at before
//! `reward "Pay with beans" { costs beans gives their worth off }` pays a part of what is left. Each step sees the
//! money as it stands when the step begins; within a step percentages come before amounts. What stands in the
//! history happened, whatever limits say; what comes off by itself keeps to its limits.

use super::Fault;
use super::account::{Account, Charge, Frame, Key};
use super::accrual::{Chosen, Work};
use super::around::{Around, Level};
use super::bill::{Bill, sum_of};
use super::counter;
use super::explain::{Reason, Trace};
use super::formula;
use super::post::Desk;
use super::rooms::Live;
use super::value::{Basket, Scene};
use crate::ledger::{Note, Sink};
use crate::plan::{Benefit, GroupId, LimitId, Measure, Measured, Plan, Role, RuleId, Step, UnitId};
use crate::syntax::ast::GroupKind;
use crate::ty::event::{Datum, Discounts};
use crate::ty::{Event, Kind, Line};
use crate::value::{Amount, Exact, Rounding};

/// What the steps read beside the bill.
pub(super) struct Till<'a, 't> {
    /// The event.
    pub event: &'a Event,
    /// The state before it.
    pub frame: &'a Frame,
    /// The member as a limit's key.
    pub friend: Datum,
    /// Who wants to know why.
    pub trace: Option<&'t mut Trace>,
}

/// One use of an offer.
#[derive(Debug, Clone, Copy)]
pub(super) struct UseOf {
    /// The reward.
    pub rule: RuleId,
    /// Which of its offers.
    pub offer: usize,
    /// How often, for a fixed price.
    pub times: Exact,
    /// The units that it is paid with.
    pub paid: Exact,
    /// Does it keep to its limits?
    pub bound: bool,
}

/// Money that a reward wants to take off.
pub(super) struct Want<'p> {
    rule: RuleId,
    benefit: &'p Benefit,
    chosen: Chosen,
    /// How much; of free items it is worked out when they are chosen.
    money: Amount,
    /// How many items are free.
    items: i64,
    /// Does it keep to its limits? What the history tells does not.
    bound: bool,
    /// Is it a part that units paid, not a discount?
    by_units: bool,
}

impl Want<'_> {
    const fn is_percentage(&self) -> bool {
        matches!(self.benefit, Benefit::Off { percentage: true, .. })
    }

    /// How much money it is.
    pub(super) const fn money(&self) -> Amount {
        self.money
    }

    fn limits(&self) -> &[LimitId] {
        match self.benefit {
            Benefit::Off { limits, .. } | Benefit::Free { limits, .. } => limits,
            Benefit::Units(_) | Benefit::Away => &[],
        }
    }
}

impl<'a, S: Sink> Desk<'a, S> {
    /// Brings a receipt through its steps.
    pub(super) fn sell(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        bill: &mut Bill,
        till: &mut Till<'_, '_>,
    ) -> Result<(), Fault> {
        match till.event.discounts {
            Discounts::Programs => self.discount(account, around, bill, till)?,
            Discounts::Told => self.compare_discounts(account, around, till)?,
            Discounts::Off => {
                let steps = [Step::LineDiscounts, Step::ReceiptDiscounts];
                if steps.into_iter().any(|step| !self.index.sold_at(step).is_empty()) {
                    self.sink.note(Note::DiscountsOff);
                }
            }
        }
        let (mut asks, unnamed) = self.asks(account, around, bill, till)?;
        asks.sort_by_key(|ask| (ask.step, ask.rule));
        for step in [Step::Coupons, Step::Units] {
            let mut wants = Vec::new();
            for ask in asks.iter().filter(|ask| ask.step == step) {
                self.pay(account, around, bill, till, ask, &mut wants)?;
            }
            for ask in self.automatic_asks(account, around, bill, till, step)? {
                self.pay(account, around, bill, till, &ask, &mut wants)?;
            }
            self.come_off(account, around, bill, till, wants)?;
        }
        for ask in asks.iter().filter(|ask| ask.step == Step::After) {
            self.pay(account, around, bill, till, ask, &mut Vec::new())?;
        }
        self.pay_by_worth(account, bill, till, unnamed)
    }

    /// Looks at a bill with the eyes of a rule.
    pub(super) fn look_at_bill<T>(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        kind: Kind,
        look: impl FnOnce(&mut Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let rooms = Live {
            plan: self.plan,
            index: self.index,
            member: account,
            referrers: around.all(),
            shared: around.shared,
            at: till.frame.at,
        };
        let mut work = Work {
            plan: self.plan,
            index: self.index,
            frame: till.frame,
            basket: Basket { lines: &bill.lines, paid: &bill.paid, values: &till.event.values, part: None },
            kind,
            action: None,
            friend: till.friend,
            rooms: &rooms,
            done: self.pool.done(),
            trace: None,
        };
        let found = look(&mut work);
        let done = std::mem::take(&mut work.done);
        self.pool.put_done(done);
        found
    }

    /// The two steps of discounts: what costs nothing and applies to this receipt.
    fn discount(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        bill: &mut Bill,
        till: &mut Till<'_, '_>,
    ) -> Result<(), Fault> {
        let index = self.index;
        for step in [Step::LineDiscounts, Step::ReceiptDiscounts] {
            let mut wants = Vec::new();
            for rule in index.sold_at(step) {
                let found = self.look_at_bill(account, around, bill, till, Kind::Purchase, |work| work.fires(*rule))?;
                match found {
                    Ok(chosen) => {
                        let use_of = UseOf { rule: *rule, offer: 0, times: Exact::ONE, paid: Exact::ZERO, bound: true };
                        self.wants_of(account, around, bill, till, &use_of, &chosen, &mut wants)?;
                    }
                    Err(reason) => till.missed(*rule, reason),
                }
            }
            self.choose(&mut wants, till)?;
            self.come_off(account, around, bill, till, wants)?;
        }
        Ok(())
    }

    /// The till's discounts hold; where the program's own would come to something else, the run counts it.
    fn compare_discounts(
        &mut self,
        account: &Account,
        around: &mut Around<'_>,
        till: &mut Till<'_, '_>,
    ) -> Result<(), Fault> {
        let sum = |lines: &[Line]| lines.iter().try_fold(Amount::ZERO, |sum, line| sum.plus(line.discount));
        let told = sum(&till.event.lines)?;
        let plain: Vec<Line> =
            till.event.lines.iter().map(|line| Line { discount: Amount::ZERO, ..line.clone() }).collect();
        let mut bill = Bill::of(&plain);
        let mut shared = around.shared.clone();
        let mut alone = Around::alone(&mut shared);
        let mut silent = ();
        let mut desk = Desk { plan: self.plan, index: self.index, sink: &mut silent, named: false, pool: self.pool };
        let mut quiet = Till { event: till.event, frame: till.frame, friend: till.friend, trace: None };
        desk.discount(&mut account.clone(), &mut alone, &mut bill, &mut quiet)?;
        if sum(&bill.lines)? != told {
            self.sink.note(Note::DiscountDiffers);
        }
        Ok(())
    }

    /// What an offer takes off.
    pub(super) fn wants_of(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        use_of: &UseOf,
        chosen: &Chosen,
        wants: &mut Vec<Want<'a>>,
    ) -> Result<(), Fault> {
        let plan = self.plan;
        let Role::Reward(reward) = &plan.rule(use_of.rule).role else { return Ok(()) };
        let Some(offer) = reward.offers.get(use_of.offer) else { return Ok(()) };
        for benefit in &offer.gifts {
            let mut want = Want {
                rule: use_of.rule,
                benefit,
                chosen: chosen.clone(),
                money: Amount::ZERO,
                items: 0,
                bound: use_of.bound,
                by_units: reward.step == Step::Units,
            };
            match benefit {
                Benefit::Off { .. } => {
                    want.money = self.money_of_offer(account, around, bill, till, use_of, benefit, chosen)?;
                }
                Benefit::Free { items, .. } => {
                    let items = self.look_at_bill(account, around, bill, till, Kind::Purchase, |work| {
                        work.scene(chosen).number(*items)
                    })?;
                    let items = items.unwrap_or(Exact::ZERO).times(use_of.times)?.round(Rounding::Down, 0)?;
                    want.items = items.micros().div_euclid(Amount::SCALE);
                }
                Benefit::Units(_) | Benefit::Away => continue,
            }
            wants.push(want);
        }
        Ok(())
    }

    /// The money that a benefit comes to, in smallest units of the currency.
    pub(super) fn money_of_offer(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        use_of: &UseOf,
        benefit: &Benefit,
        chosen: &Chosen,
    ) -> Result<Amount, Fault> {
        let Benefit::Off { money, .. } = benefit else { return Ok(Amount::ZERO) };
        let exact = self.look_at_bill(account, around, bill, till, Kind::Purchase, |work| {
            let scene = Scene { paid: Some(use_of.paid), ..work.scene(chosen) };
            formula::exact(&scene, money, UnitId::new(0))
        })?;
        let exact = exact.unwrap_or(Exact::ZERO).times(use_of.times)?;
        let money = exact.round(Rounding::HalfUp, self.plan.currency_decimals)?;
        Ok(money.max(Amount::ZERO))
    }

    /// Groups of discounts: only the best, or the first, comes off.
    fn choose(&self, wants: &mut Vec<Want<'_>>, till: &mut Till<'_, '_>) -> Result<(), Fault> {
        for group in (0..self.plan.groups.len()).map(GroupId::new) {
            let of = self.plan.group(group);
            let mut taken: Option<(RuleId, Amount)> = None;
            for rule in &of.rules {
                let own = wants.iter().filter(|want| want.rule == *rule);
                let sum = own.map(|want| want.money).try_fold(Amount::ZERO, Amount::plus)?;
                let better = match (of.kind, taken) {
                    (GroupKind::All, _) | (GroupKind::First, Some(_)) => false,
                    (_, None) => sum.is_positive(),
                    (GroupKind::Best, Some((best, most))) => sum > most || (sum == most && *rule < best),
                };
                if better {
                    taken = Some((*rule, sum));
                }
            }
            let Some((winner, _)) = taken else { continue };
            for rule in of.rules.iter().filter(|rule| **rule != winner) {
                if wants.iter().any(|want| want.rule == *rule) {
                    let best = of.kind == GroupKind::Best;
                    till.missed(*rule, if best { Reason::NotBest(winner) } else { Reason::NotFirst(winner) });
                }
            }
            wants.retain(|want| want.rule == winner || !of.rules.contains(&want.rule));
        }
        Ok(())
    }

    /// Takes off what is wanted: percentages of the money as it stood when the step began, then amounts.
    fn come_off(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        bill: &mut Bill,
        till: &mut Till<'_, '_>,
        mut wants: Vec<Want<'_>>,
    ) -> Result<(), Fault> {
        let first = !self.plan.amounts_first;
        wants.sort_by_key(|want| want.is_percentage() != first);
        let begun = bill.left()?;
        let decimals = self.plan.currency_decimals;
        let step = 10_i64.pow(6_u32.saturating_sub(decimals));
        for want in &wants {
            let limits: Vec<LimitId> = self.plan.rule(want.rule).limits.iter().chain(want.limits()).copied().collect();
            let wanted = if want.items > 0 { Amount::MAX } else { want.money };
            let mut most = wanted;
            let mut keys = Vec::with_capacity(limits.len());
            for limit in &limits {
                let (room, key) = self.room_for_money(account, around, bill, till, *limit, want)?;
                if room < most.min(bill_total(bill, want)?) {
                    if want.bound {
                        most = room;
                    } else {
                        self.sink.note(Note::RewardBeyondLimit);
                    }
                }
                keys.push((*limit, key));
            }
            let given = if want.items > 0 {
                if most.is_positive() { bill.free(&want.chosen, want.items, decimals)? } else { Amount::ZERO }
            } else {
                let weights = if want.is_percentage() { begun.clone() } else { bill.left()? };
                bill.take_off(&want.chosen, most, &weights, step, want.by_units)?
            };
            let charges: Vec<Charge> = keys
                .into_iter()
                .map(|(limit, key)| self.charge_of(limit, key, given))
                .filter(|charge| charge.amount.is_positive())
                .collect();
            self.charge_all(account, around, &charges, till.event.at)?;
            bill.charges.extend(charges.iter().filter(|charge| self.plan.limit(charge.limit).window.is_none()));
            let wanted = if want.items > 0 { given } else { want.money };
            self.sink.discount(want.rule, wanted, given);
            till.came_off(self.plan, want.rule, want.benefit, wanted, given, limits.first().copied());
            if given.is_positive() {
                self.count_use(account, want.rule, till)?;
            }
        }
        Ok(())
    }

    /// What a limit leaves for money off, and under which key.
    fn room_for_money(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        limit: LimitId,
        want: &Want<'_>,
    ) -> Result<(Amount, Key), Fault> {
        let of = self.plan.limit(limit);
        self.look_at_bill(account, around, bill, till, Kind::Purchase, |work| {
            let key = work.key(want.rule, of, want.chosen.first().copied());
            let Some(room) = work.scene(&want.chosen).number(of.room)? else { return Ok((Amount::MAX, key)) };
            let mut used = if of.window.is_some() { work.rooms.used(limit, key, Level::MEMBER)? } else { Amount::ZERO };
            for charge in bill.charges.iter().filter(|charge| charge.limit == limit && charge.key == key) {
                used = used.plus(charge.amount)?;
            }
            let rest = room.minus(Exact::from(used))?;
            let left = match of.measured {
                Measured::Money => rest.round(Rounding::Down, self.plan.currency_decimals)?.max(Amount::ZERO),
                // Units are bound where they are paid.
                Measured::Units(_) => Amount::MAX,
                Measured::Members if work.rooms.served(limit, key, Level::MEMBER) => Amount::MAX,
                Measured::Times | Measured::Receipts | Measured::Members => {
                    if rest.compare(Exact::ONE)?.is_ge() {
                        Amount::MAX
                    } else {
                        Amount::ZERO
                    }
                }
            };
            Ok((left, key))
        })
    }

    fn charge_of(&self, limit: LimitId, key: Key, given: Amount) -> Charge {
        let amount = match self.plan.limit(limit).measured {
            Measured::Money => given,
            Measured::Units(_) => Amount::ZERO,
            Measured::Times | Measured::Receipts | Measured::Members => {
                if given.is_positive() {
                    Amount::ONE
                } else {
                    Amount::ZERO
                }
            }
        };
        Charge { limit, key, level: Level::MEMBER, amount, net: amount }
    }

    /// Counters of how often a reward was had.
    pub(super) fn count_use(&self, account: &mut Account, rule: RuleId, till: &Till<'_, '_>) -> Result<(), Fault> {
        for id in &self.index.awarded {
            if self.plan.counter(*id).measure == Measure::AwardTimes(rule) {
                counter::add(account, self.plan, self.index, *id, till.event.at, Amount::ONE)?;
            }
        }
        Ok(())
    }
}

fn bill_total(bill: &Bill, want: &Want<'_>) -> Result<Amount, Fault> {
    Ok(if want.items > 0 { Amount::MAX } else { want.money.min(sum_of(&bill.left()?, &want.chosen)?) })
}

impl Till<'_, '_> {
    /// A reward takes nothing off.
    pub(super) fn missed(&mut self, rule: RuleId, reason: Reason) {
        if let Some(trace) = &mut self.trace {
            trace.missed(rule, reason);
        }
    }

    /// A reward took money off, or found none.
    fn came_off(
        &mut self,
        plan: &Plan,
        rule: RuleId,
        benefit: &Benefit,
        wanted: Amount,
        given: Amount,
        limit: Option<LimitId>,
    ) {
        let Some(trace) = &mut self.trace else { return };
        let (Benefit::Off { text, .. } | Benefit::Free { text, .. }) = benefit else { return };
        trace.sold(plan, rule, text, wanted, given, limit);
    }
}
