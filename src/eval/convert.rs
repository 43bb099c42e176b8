//! Rewards that nobody has to ask for: as often as the whole of one fits.
//!
//! `reward "Vouchers" { automatically costs 1_000 beans gives 1 voucher }` turns 2,500 beans into two vouchers and
//! leaves 500. One that takes money off takes as much as fits the receipt, its limits and what is left to pay;
//! `at most 5 times per calendar day` leaves the rest for the next days.

use super::Fault;
use super::account::Account;
use super::accrual::Chosen;
use super::around::{Around, Level};
use super::bill::{Bill, sum_of};
use super::book::Shared;
use super::explain::Reason;
use super::fixed::Fixed;
use super::offer::{Ask, available};
use super::post::{Cause, Desk};
use super::purchase::Fact;
use super::sale::{Till, UseOf};
use crate::ledger::Sink;
use crate::plan::{Benefit, Cost, CostOf, LimitId, Measured, Offer, RuleId, Step};
use crate::ty::event::Datum;
use crate::ty::{Event, Kind};
use crate::value::{Amount, Exact, Rounding};

/// More steps of a ladder, or uses at once, than anyone takes.
const USES_MAX: i64 = 1_000_000;

impl<S: Sink> Desk<'_, S> {
    /// The uses of rewards that take money off automatically: as often as the whole of it fits.
    pub(super) fn automatic_asks(
        &mut self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &mut Till<'_, '_>,
        step: Step,
    ) -> Result<Vec<Ask>, Fault> {
        let mut asks = Vec::new();
        let index = self.index;
        for rule in index.sold_at(step) {
            let Some(reward) = self.reward(*rule) else { continue };
            if !reward.automatic && !self.is_assumed(account, till, *rule, reward)? {
                continue;
            }
            let chosen = match self.fires_on(account, around, bill, till, *rule)? {
                Ok(chosen) => chosen,
                Err(reason) => {
                    till.missed(*rule, reason);
                    continue;
                }
            };
            let before = asks.len();
            for (at, offer) in reward.offers.iter().enumerate() {
                let Some(cost) = &offer.cost else { continue };
                // What an earlier use of this receipt takes is not there for a later one.
                let spoken: Amount = asks
                    .iter()
                    .filter(|ask: &&Ask| ask.units.0 == cost.unit)
                    .map(|ask| ask.units.1)
                    .try_fold(Amount::ZERO, Amount::plus)?;
                let use_of = UseOf { rule: *rule, offer: at, times: Exact::ONE, paid: Exact::ZERO, bound: true };
                let found = self.most_that_fits(account, around, bill, till, use_of, offer, &chosen, spoken)?;
                if let Some((use_of, units)) = found {
                    let units = (cost.unit, units);
                    asks.push(Ask { use_of, step, chosen: chosen.clone(), units, rule: *rule });
                }
            }
            if asks.len() == before && till.trace.is_some() {
                let reason = self.not_asked(account, around, bill, till, *rule, reward)?;
                till.missed(*rule, reason);
            }
        }
        Ok(asks)
    }

    /// The largest use of an offer whose money, items and limits all fit.
    fn most_that_fits(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        use_of: UseOf,
        offer: &Offer,
        chosen: &Chosen,
        spoken: Amount,
    ) -> Result<Option<(UseOf, Amount)>, Fault> {
        let Some(cost) = &offer.cost else { return Ok(None) };
        let tag = self.tag(cost.unit, &till.event.values);
        let have = available(account, cost.unit, tag)?.minus(spoken)?;
        let Some(scale) = self.scale_of(till, cost, have)? else { return Ok(None) };
        let percentage = offer.gifts.iter().any(|gift| matches!(gift, Benefit::Off { percentage: true, .. }));
        let most = if percentage && scale.fixed { scale.most.min(1) } else { scale.most };
        // The money of more units is never less, so the largest number that fits is found by halving.
        let (mut low, mut high) = (0, most.min(USES_MAX));
        while low < high {
            let middle = low.saturating_add(high.saturating_sub(low).saturating_add(1) / 2);
            let tried = scale.use_of(use_of, middle)?;
            if self.fits(account, around, bill, till, &tried, cost, offer, chosen)? {
                low = middle;
            } else {
                high = middle.saturating_sub(1);
            }
        }
        if low < scale.least.max(1) {
            return Ok(None);
        }
        let found = scale.use_of(use_of, low)?;
        Ok(Some((found, found.paid.round(Rounding::Down, 6)?)))
    }

    fn fits(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        use_of: &UseOf,
        cost: &Cost,
        offer: &Offer,
        chosen: &Chosen,
    ) -> Result<bool, Fault> {
        let left = bill.left()?;
        let room = sum_of(&left, chosen)?;
        let mut money = Amount::ZERO;
        for benefit in &offer.gifts {
            match benefit {
                Benefit::Off { limits, .. } => {
                    let own = self.money_of_offer(account, around, bill, till, use_of, benefit, chosen)?;
                    for limit in self.plan.rule(use_of.rule).limits.iter().chain(limits) {
                        if own > self.room_of_use(account, around, bill, till, *limit, use_of, chosen)? {
                            return Ok(false);
                        }
                    }
                    money = money.plus(own)?;
                }
                Benefit::Free { items, .. } => {
                    let scene = self.scene_of(till.frame, &Fact::NONE, &[]);
                    let items = scene.number(*items)?.unwrap_or(Exact::ZERO).times(use_of.times)?;
                    if items.compare(Exact::whole(bill.items(chosen)?))?.is_gt() {
                        return Ok(false);
                    }
                }
                Benefit::Units(_) | Benefit::Away => {}
            }
        }
        let total = left.iter().try_fold(Amount::ZERO, |sum, part| sum.plus(*part))?;
        let scene = self.scene_of(till.frame, &Fact::NONE, &[]);
        let to_pay = cost.to_pay.map_or(Ok(None), |id| scene.number(id))?.unwrap_or(Exact::ZERO);
        let rest = Exact::from(total.minus(money)?);
        Ok(money <= room && (to_pay.is_zero() || rest.compare(to_pay)?.is_ge()))
    }

    /// What a limit leaves to a use: money; units and times as the money that they stand for, all or nothing.
    pub(super) fn room_of_use(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        limit: LimitId,
        use_of: &UseOf,
        chosen: &Chosen,
    ) -> Result<Amount, Fault> {
        let of = self.plan.limit(limit);
        self.look_at_bill(account, around, bill, till, till.event.kind, |work| {
            let key = work.key(use_of.rule, of, chosen.first().copied());
            let Some(room) = work.scene(chosen).number(of.room)? else { return Ok(Amount::MAX) };
            let used = if of.window.is_some() { work.rooms.used(limit, key, Level::MEMBER)? } else { Amount::ZERO };
            let rest = room.minus(Exact::from(used))?;
            let wanted = match of.measured {
                Measured::Money => {
                    return Ok(rest.round(Rounding::Down, self.plan.currency_decimals)?.max(Amount::ZERO));
                }
                Measured::Units(_) => use_of.paid,
                Measured::Times => use_of.times,
                Measured::Members if work.rooms.served(limit, key, Level::MEMBER) => return Ok(Amount::MAX),
                Measured::Receipts | Measured::Members => Exact::ONE,
            };
            Ok(if rest.compare(wanted)?.is_ge() { Amount::MAX } else { Amount::ZERO })
        })
    }

    /// In which steps units can be spent on an offer, and how many steps there are.
    fn scale_of(&self, till: &Till<'_, '_>, cost: &Cost, have: Amount) -> Result<Option<Scale>, Fault> {
        let scene = self.scene_of(till.frame, &Fact::NONE, &[]);
        let number = |id: Option<crate::plan::ExprId>| id.map_or(Ok(None), |id| scene.number(id));
        let kept = number(cost.leaving)?.unwrap_or(Exact::ZERO).round(Rounding::Up, 6)?;
        let have = have.minus(kept)?.max(Amount::ZERO);
        let smallest = Exact::ONE.over(Exact::whole(10_i64.pow(self.plan.unit(cost.unit).decimals.min(6))))?;
        let (step, fixed) = match cost.amount {
            CostOf::Fixed(price) => (number(Some(price))?, true),
            CostOf::Any => (Some(number(cost.step)?.unwrap_or(smallest)), false),
            CostOf::All => (Some(Exact::from(have)), false),
        };
        let Some(step) = step.filter(|step| step.is_positive()) else { return Ok(None) };
        let count = |units: Exact, rounding: Rounding| -> Result<i64, Fault> {
            Ok(units.over(step)?.round(rounding, 0)?.micros().div_euclid(Amount::SCALE))
        };
        let most = count(Exact::from(have), Rounding::Down)?;
        let least = count(number(cost.least)?.unwrap_or(Exact::ZERO), Rounding::Up)?;
        Ok(Some(Scale { step, fixed, least, most }))
    }

    /// Does what the history paid keep to the steps, the least and what must be left of its price?
    pub(super) fn keeps_to_price(
        &self,
        account: &Account,
        bill: &Bill,
        till: &Till<'_, '_>,
        ask: &Ask,
        money: Amount,
    ) -> Result<bool, Fault> {
        let offer = self.reward(ask.rule).and_then(|reward| reward.offers.get(ask.use_of.offer));
        let Some(cost) = offer.and_then(|offer| offer.cost.as_ref()) else { return Ok(true) };
        let scene = self.scene_of(till.frame, &Fact::NONE, &[]);
        let number = |id: Option<crate::plan::ExprId>| id.map_or(Ok(None), |id| scene.number(id));
        let (unit, units) = (ask.units.0, Exact::from(ask.units.1));
        let mut keeps = true;
        if let Some(step) = number(cost.step)?.filter(|step| step.is_positive()) {
            keeps = units.compare(units.blocks(step, Rounding::Down)?.times(step)?)?.is_eq();
        }
        if let Some(least) = number(cost.least)? {
            keeps = keeps && units.compare(least)?.is_ge();
        }
        if let Some(kept) = number(cost.leaving)? {
            let have = available(account, unit, self.tag(unit, &till.event.values))?;
            keeps = keeps && Exact::from(have).minus(units)?.compare(kept)?.is_ge();
        }
        if let Some(to_pay) = number(cost.to_pay)? {
            let left = bill.left()?.iter().try_fold(Amount::ZERO, |sum, part| sum.plus(*part))?;
            keeps = keeps && Exact::from(left.minus(money)?).compare(to_pay)?.is_ge();
        }
        Ok(keeps)
    }

    /// Rewards of units for units that come automatically: as often as they fit.
    pub(super) fn convert(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        cause: Cause<'_>,
        rules: &[RuleId],
    ) -> Result<(), Fault> {
        for rule in rules {
            let Some(reward) = self.reward(*rule) else { continue };
            let frame = self.frame(account, cause.at)?;
            let event = Event {
                kind: Kind::Redeem,
                at: cause.at,
                id: cause.event.into(),
                receipt: cause.receipt.into(),
                values: vec![Datum::Missing; self.plan.schema.receipt.len()],
                ..Event::default()
            };
            let till = Till { event: &event, frame: &frame, friend: Datum::Missing, trace: None };
            let mut around = Around::alone(shared);
            let mut bill = Bill::of(&[]);
            let fires = self.fires_on(account, &around, &bill, &till, *rule)?;
            if fires.is_err() && !matches!(fires, Err(Reason::WrongFact)) {
                continue;
            }
            for (at, offer) in reward.offers.iter().enumerate() {
                let Some(cost) = &offer.cost else { continue };
                let use_of = UseOf { rule: *rule, offer: at, times: Exact::ONE, paid: Exact::ZERO, bound: true };
                let chosen = Chosen::new();
                let found = self.most_uses(account, &around, &till, use_of, cost)?;
                let Some((use_of, units)) = found else { continue };
                let ask = Ask { use_of, step: Step::After, chosen, units: (cost.unit, units), rule: *rule };
                self.pay(account, &around, &mut bill, &till, &ask, &mut Vec::new())?;
                self.charge_use(account, &mut around, &till, &ask)?;
                self.count_use(account, *rule, &till)?;
            }
            let fact = Fact { kind: Kind::Redeem, ..Fact::NONE };
            self.post_gifts(account, &mut around, cause, &frame, &fact, &bill.gifts)?;
            account.gifted |= !bill.gifts.is_empty();
        }
        Ok(())
    }

    /// Is there enough for a reward that comes automatically, so that only a limit can have kept it back?
    pub(super) fn can_convert(&self, account: &Account) -> bool {
        let offers =
            self.index.automatic.iter().filter_map(|rule| self.reward(*rule)).flat_map(|reward| &reward.offers);
        let mut costs = offers.filter_map(|offer| offer.cost.as_ref());
        costs.any(|cost| {
            let price = match cost.amount {
                CostOf::Fixed(id) => Some(id),
                CostOf::Any | CostOf::All => cost.least.or(cost.step),
            };
            let price = match price.and_then(|id| self.index.numbers.get(id.index())) {
                Some(Fixed::Number(price)) => *price,
                Some(Fixed::ByTier(..) | Fixed::No) | None => Exact::ZERO,
            };
            let have = available(account, cost.unit, Datum::Missing).unwrap_or_default();
            have.is_positive() && Exact::from(have).compare(price).is_ok_and(std::cmp::Ordering::is_ge)
        })
    }

    /// How often a conversion fits into what is there and into its limits.
    fn most_uses(
        &self,
        account: &Account,
        around: &Around<'_>,
        till: &Till<'_, '_>,
        use_of: UseOf,
        cost: &Cost,
    ) -> Result<Option<(UseOf, Amount)>, Fault> {
        let have = available(account, cost.unit, self.tag(cost.unit, &till.event.values))?;
        let Some(scale) = self.scale_of(till, cost, have)? else { return Ok(None) };
        let bill = Bill::of(&[]);
        let (mut low, mut high) = (0, scale.most.min(USES_MAX));
        while low < high {
            let middle = low.saturating_add(high.saturating_sub(low).saturating_add(1) / 2);
            let tried = scale.use_of(use_of, middle)?;
            let mut fits = true;
            for limit in &self.plan.rule(use_of.rule).limits {
                fits &= self.room_of_use(account, around, &bill, till, *limit, &tried, &Chosen::new())?.is_positive();
            }
            fits = fits && self.gifts_fit(account, around, till, &tried)?;
            if fits { low = middle } else { high = middle.saturating_sub(1) }
        }
        if low < scale.least.max(1) {
            return Ok(None);
        }
        let found = scale.use_of(use_of, low)?;
        Ok(Some((found, found.paid.round(Rounding::Down, 6)?)))
    }
}

/// In which steps units are spent.
struct Scale {
    /// One step, in units.
    step: Exact,
    /// Is a step a price of its own?
    fixed: bool,
    /// The least number of steps.
    least: i64,
    /// As many as there are units for.
    most: i64,
}

impl Scale {
    /// A use of so many steps.
    fn use_of(&self, of: UseOf, steps: i64) -> Result<UseOf, Fault> {
        let paid = self.step.times(Exact::whole(steps))?;
        Ok(UseOf { times: if self.fixed { Exact::whole(steps) } else { Exact::ONE }, paid, ..of })
    }
}
