//! Who asks for which offer, what it costs, and the units that a reward gives.
//!
//! `redeem 300 beans of "r1"` in a history asks the first reward by name that costs beans, applies, and can be paid
//! with so many: `costs 100 beans gives 5 EUR off  costs 250 beans gives 15 EUR off` takes 250 once and then 50
//! are no step, so it does not fit. What no reward fits is worth what the unit is worth. A reward that has its
//! price taken `automatically` takes it as often as it fits.

use super::Fault;
use super::account::{Account, Charge, Charges, Frame, Spent};
use super::accrual::{Award, Chosen, Done, all_of};
use super::around::{Around, Level};
use super::away::{Parcel, gives_away};
use super::bill::{Bill, sum_of};
use super::explain::{Needs, Reason};
use super::fixed::Fixed;
use super::formula;
use super::post::{Cause, Desk};
use super::purchase::Fact;
use super::sale::{Till, UseOf, Want};
use super::value::{Basket, Scene};
use crate::ledger::{EntryKind, Note, Sink};
use crate::plan::{Act, Benefit, CostOf, Give, Measured, Prize, Reward, Role, RuleId, Step, Trigger, Type, UnitId};
use crate::ty::event::{Datum, Redemption};
use crate::ty::{Event, Kind};
use crate::value::{Amount, Exact, Rounding, share_out};

/// Somebody asks for an offer.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    /// The use.
    pub use_of: UseOf,
    /// When it has its turn.
    pub step: Step,
    /// The lines that the reward looks at.
    pub chosen: Chosen,
    /// What it costs, in all.
    pub units: (UnitId, Amount),
    /// By name.
    pub rule: RuleId,
}

/// Units that a reward gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gift {
    /// The use that gives them.
    use_of: UseOf,
    /// Which of the reward's acts.
    act: u8,
}

impl<'a, S: Sink> Desk<'a, S> {
    pub(super) fn reward(&self, rule: RuleId) -> Option<&'a Reward> {
        match &self.plan.rule(rule).role {
            Role::Reward(reward) => Some(reward),
            Role::Rule | Role::Draw(_) | Role::Migration(_) => None,
        }
    }

    /// What the history asks for with a receipt: uses of offers, and redemptions that no reward fits.
    pub(super) fn asks(
        &mut self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &mut Till<'_, '_>,
    ) -> Result<(Vec<Ask>, Vec<Redemption>), Fault> {
        // Units follow their names, whatever the order of the rows.
        let mut redeemed = till.event.redeemed.clone();
        redeemed.sort_by_key(|redemption| (redemption.unit, redemption.reward));
        let (mut asks, mut unnamed) = (Vec::new(), Vec::new());
        for redemption in redeemed {
            match self.ask_of(account, around, bill, till, redemption)? {
                Some(found) => asks.extend(found),
                None => unnamed.push(redemption),
            }
        }
        for rule in &self.index.sold {
            let asked = asks.iter().any(|ask: &Ask| ask.rule == *rule);
            let Some(reward) =
                self.reward(*rule).filter(|reward| !asked && !reward.automatic && reward.assumed.is_none())
            else {
                continue;
            };
            if till.trace.is_some() && reward.offers.iter().any(|offer| offer.cost.is_some()) {
                let reason = self.not_asked(account, around, bill, till, *rule, reward)?;
                till.missed(*rule, reason);
            }
        }
        Ok((asks, unnamed))
    }

    /// Why a reward that nobody asked for gave nothing: it does not apply, it cannot be paid, or it was not asked for.
    pub(super) fn not_asked(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        rule: RuleId,
        reward: &Reward,
    ) -> Result<Reason, Fault> {
        if let Err(reason) = self.fires_on(account, around, bill, till, rule)?
            && reason != Reason::WrongFact
        {
            return Ok(reason);
        }
        let Some(offer) = reward.offers.last() else { return Ok(Reason::NotAsked) };
        let Some(cost) = &offer.cost else { return Ok(Reason::NotAsked) };
        let price = match cost.amount {
            CostOf::Fixed(id) => Some(id),
            CostOf::Any | CostOf::All => cost.least,
        };
        let scene = self.scene_of(till.frame, &Fact::NONE, &[]);
        let price = price.map_or(Ok(None), |id| scene.number(id))?.unwrap_or(Exact::ZERO);
        let have = Exact::from(available(account, cost.unit, self.tag(cost.unit, &till.event.values))?);
        if have.compare(price)?.is_ge() {
            return Ok(Reason::NotAsked);
        }
        let of = format!("{}.available", self.plan.unit(cost.unit).key());
        Ok(Reason::NotEnough(Needs { of, more: price.minus(have)?, above: false, ty: Type::Units(cost.unit) }))
    }

    pub(super) fn fires_on(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        rule: RuleId,
    ) -> Result<Result<Chosen, Reason>, Fault> {
        let kind = match self.plan.rule(rule).trigger {
            Trigger::Fact { kind: Kind::Redeem, .. } => Kind::Redeem,
            _ => till.event.kind,
        };
        self.look_at_bill(account, around, bill, till, kind, |work| work.fires(rule))
    }

    /// The uses that a redemption stands for; none where no reward fits it.
    fn ask_of(
        &self,
        account: &Account,
        around: &Around<'_>,
        bill: &Bill,
        till: &Till<'_, '_>,
        redemption: Redemption,
    ) -> Result<Option<Vec<Ask>>, Fault> {
        let unit = UnitId::new(redemption.unit);
        let named = redemption.reward.and_then(|at| self.plan.schema.rewards.get(at));
        for rule in &self.index.sold {
            let of = self.plan.rule(*rule);
            let Some(reward) = self.reward(*rule) else { continue };
            let costs = reward.offers.iter().any(|offer| offer.cost.as_ref().is_some_and(|cost| cost.unit == unit));
            let off = reward.step != Step::After;
            // Who names another member gives units away, and nobody else does.
            let fits = gives_away(reward) != till.event.into.is_empty();
            if !costs
                || !fits
                || named.is_some_and(|name| *name != of.name)
                || (off && till.event.kind != Kind::Purchase)
            {
                continue;
            }
            let chosen = match self.fires_on(account, around, bill, till, *rule)? {
                Ok(chosen) => chosen,
                // Who names a reward had it, whatever its conditions say now.
                Err(_) if named.is_some() && of.in_force.on(till.event.at.day) => all_of(&bill.lines),
                Err(_) => continue,
            };
            if let Some(uses) = self.uses_for(till, *rule, reward, redemption.points)? {
                let asks = uses.into_iter().map(|(use_of, units)| Ask {
                    use_of,
                    step: reward.step,
                    chosen: chosen.clone(),
                    units: (unit, units),
                    rule: *rule,
                });
                return Ok(Some(asks.collect()));
            }
        }
        Ok(None)
    }

    /// The offers that so many units pay exactly, the largest first.
    fn uses_for(
        &self,
        till: &Till<'_, '_>,
        rule: RuleId,
        reward: &Reward,
        points: Amount,
    ) -> Result<Option<Vec<(UseOf, Amount)>>, Fault> {
        let scene = self.scene_of(till.frame, &Fact::NONE, &[]);
        let mut left = points;
        let mut uses = Vec::new();
        for (at, offer) in reward.offers.iter().enumerate() {
            let Some(cost) = &offer.cost else { continue };
            let CostOf::Fixed(price) = cost.amount else {
                let use_of = UseOf { rule, offer: at, times: Exact::ONE, paid: Exact::from(points), bound: false };
                return Ok(Some(vec![(use_of, points)]));
            };
            let price = scene.number(price)?.unwrap_or(Exact::ZERO);
            let Some(price) = price.to_amount().filter(|price| price.is_positive()) else { continue };
            let times = left.micros().div_euclid(price.micros());
            if times > 0 {
                let units = Exact::from(price).times(Exact::whole(times))?.round(Rounding::Down, 6)?;
                left = left.minus(units)?;
                let paid = Exact::from(units);
                uses.push((UseOf { rule, offer: at, times: Exact::whole(times), paid, bound: false }, units));
            }
        }
        Ok(left.is_zero().then_some(uses))
    }

    /// Takes the price of a use; its money joins what is wanted, its units wait for the end.
    pub(super) fn pay(
        &mut self,
        account: &mut Account,
        around: &Around<'_>,
        bill: &mut Bill,
        till: &Till<'_, '_>,
        ask: &Ask,
        wants: &mut Vec<Want<'a>>,
    ) -> Result<(), Fault> {
        let (unit, units) = ask.units;
        let event = till.event;
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: Some(ask.rule) };
        let before = wants.len();
        self.wants_of(account, around, bill, till, &ask.use_of, &ask.chosen, wants)?;
        let mut paid = Amount::ZERO;
        if ask.step == Step::Units {
            let mut money = wants.iter().skip(before).map(Want::money);
            paid = money.try_fold(Amount::ZERO, Amount::plus)?.min(sum_of(&bill.left()?, &ask.chosen)?);
        }
        if !ask.use_of.bound && !self.keeps_to_price(account, bill, till, ask, paid)? {
            self.sink.note(Note::RewardBeyondLimit);
        }
        let tag = self.tag(unit, &event.values);
        if self.is_away(&ask.use_of) {
            let (taken, owed) = self.redeem(account, cause, unit, tag, units, EntryKind::Transfer)?;
            self.sink.award(ask.rule, unit, units, units);
            bill.parcels.push(Parcel { rule: ask.rule, unit, tag, taken, owed });
            return Ok(());
        }
        let (taken, owed) = self.redeem(account, cause, unit, tag, units, EntryKind::Redeem)?;
        bill.spent.push(Spent { unit, tag, total: units, back: Amount::ZERO, owed, taken, paid });
        bill.gifts.extend(self.gifts_of(&ask.use_of));
        Ok(())
    }

    /// The units that an offer gives.
    fn gifts_of(&self, use_of: &UseOf) -> Vec<Gift> {
        let offer = self.reward(use_of.rule).and_then(|reward| reward.offers.get(use_of.offer));
        let gifts = offer.into_iter().flat_map(|offer| &offer.gifts);
        gifts
            .filter_map(|gift| match gift {
                Benefit::Units(act) => Some(Gift { use_of: *use_of, act: *act }),
                Benefit::Off { .. } | Benefit::Free { .. } | Benefit::Away => None,
            })
            .collect()
    }

    /// Redemptions that no reward fits: the unit's worth comes off all lines alike.
    pub(super) fn pay_by_worth(
        &mut self,
        account: &mut Account,
        bill: &mut Bill,
        till: &Till<'_, '_>,
        unnamed: Vec<Redemption>,
    ) -> Result<(), Fault> {
        let event = till.event;
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let step = 10_i64.pow(6_u32.saturating_sub(self.plan.currency_decimals));
        for redemption in unnamed {
            let unit = UnitId::new(redemption.unit);
            if self.index.sold.iter().any(|rule| self.sells_for(*rule, unit)) {
                self.sink.note(Note::NoReward);
            }
            let tag = self.tag(unit, &event.values);
            let (taken, owed) = self.redeem(account, cause, unit, tag, redemption.points, EntryKind::Redeem)?;
            let money = self.money_of(account, unit, redemption.points, cause.at)?;
            let left = bill.left()?;
            let room = left.iter().try_fold(Amount::ZERO, |sum, part| sum.plus(*part))?;
            let money = money.min(room);
            for (paid, part) in bill.paid.iter_mut().zip(share_out(money, &left, step)?) {
                *paid = paid.plus(part)?;
            }
            let total = redemption.points;
            bill.spent.push(Spent { unit, tag, total, back: Amount::ZERO, owed, taken, paid: money });
        }
        Ok(())
    }

    fn sells_for(&self, rule: RuleId, unit: UnitId) -> bool {
        self.reward(rule).is_some_and(|reward| {
            reward.offers.iter().any(|offer| offer.cost.as_ref().is_some_and(|cost| cost.unit == unit))
        })
    }

    /// Posts the units that rewards give.
    pub(super) fn post_gifts(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        frame: &Frame,
        fact: &Fact<'_>,
        gifts: &[Gift],
    ) -> Result<(), Fault> {
        if gifts.is_empty() {
            return Ok(());
        }
        let mut done = Done::default();
        for gift in gifts {
            let Some(award) = self.gift_of(frame, fact, *gift)? else { continue };
            let charges = self.charges_of_gift(account, around, frame, fact, &award)?;
            done.awards.push(Award { charges, ..award });
        }
        self.post(account, around, cause, frame, fact, &done, None)
    }

    /// The award of a gift, before its limits.
    fn gift_of(&self, frame: &Frame, fact: &Fact<'_>, gift: Gift) -> Result<Option<Award>, Fault> {
        let rule = self.plan.rule(gift.use_of.rule);
        let Some(Act::Give(give)) = rule.acts.get(usize::from(gift.act)) else { return Ok(None) };
        let Give { prize: Prize::Units(unit, amount), .. } = give else { return Ok(None) };
        let all = all_of(fact.basket.lines);
        let scene = Scene { paid: Some(gift.use_of.paid), ..self.scene_of(frame, fact, &all) };
        let exact = formula::exact(&scene, amount, *unit)?.unwrap_or(Exact::ZERO).times(gift.use_of.times)?;
        let of = self.plan.unit(*unit);
        let wanted = exact.round(rule.round.unwrap_or(of.round).mode, of.decimals)?.max(Amount::ZERO);
        Ok(Some(Award {
            rule: gift.use_of.rule,
            act: gift.act,
            source: (gift.use_of.rule, gift.act),
            level: Level::from(give.recipient),
            unit: *unit,
            exact,
            wanted,
            given: wanted,
            extra: Amount::ZERO,
            charges: super::account::Charges::new(),
            carried: None,
        }))
    }

    /// What the limits after `gives` are charged for a gift.
    fn charges_of_gift(
        &self,
        account: &Account,
        around: &Around<'_>,
        frame: &Frame,
        fact: &Fact<'_>,
        award: &Award,
    ) -> Result<Charges, Fault> {
        let mut charges = Charges::new();
        let Some(Act::Give(give)) = self.plan.rule(award.rule).acts.get(usize::from(award.act)) else {
            return Ok(charges);
        };
        for limit in &give.limits {
            let of = self.plan.limit(*limit);
            let key = self.look_at_fact(account, around, frame, fact, |work| Ok(work.key(award.rule, of, None)))?;
            let amount = self.charge_for(of.measured, award)?;
            charges.push(Charge { limit: *limit, key, level: award.level, amount, net: amount });
        }
        Ok(charges)
    }

    fn charge_for(&self, measured: Measured, award: &Award) -> Result<Amount, Fault> {
        Ok(match measured {
            Measured::Units(_) => award.given,
            Measured::Money => {
                let worth = self.plan.unit(award.unit).worth;
                let scene_worth = worth.and_then(|id| self.index.numbers.get(id.index()));
                match scene_worth {
                    Some(Fixed::Number(worth)) => Exact::from(award.given).times(*worth)?.round(Rounding::HalfUp, 6)?,
                    Some(Fixed::ByTier(..) | Fixed::No) | None => Amount::ZERO,
                }
            }
            Measured::Times | Measured::Receipts | Measured::Members => {
                if award.given.is_positive() {
                    Amount::ONE
                } else {
                    Amount::ZERO
                }
            }
        })
    }

    /// Do the gifts of a use fit the limits after `gives`?
    pub(super) fn gifts_fit(
        &self,
        account: &Account,
        around: &Around<'_>,
        till: &Till<'_, '_>,
        use_of: &UseOf,
    ) -> Result<bool, Fault> {
        let fact = Fact { kind: Kind::Redeem, friend: till.friend, ..Fact::NONE };
        for gift in self.gifts_of(use_of) {
            let Some(award) = self.gift_of(till.frame, &fact, gift)? else { continue };
            for charge in self.charges_of_gift(account, around, till.frame, &fact, &award)? {
                let of = self.plan.limit(charge.limit);
                let room = self.look_at_fact(account, around, till.frame, &fact, |work| {
                    let Some(room) = work.scene(&[]).number(of.room)? else { return Ok(Exact::from(charge.amount)) };
                    let used = if of.window.is_some() {
                        work.rooms.used(charge.limit, charge.key, charge.level)?
                    } else {
                        Amount::ZERO
                    };
                    room.minus(Exact::from(used)).map_err(Fault::from)
                })?;
                if Exact::from(charge.amount).compare(room)?.is_gt() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Looks at a fact without a receipt with the eyes of a rule.
    fn look_at_fact<T>(
        &self,
        account: &Account,
        around: &Around<'_>,
        frame: &Frame,
        fact: &Fact<'_>,
        look: impl FnOnce(&mut super::accrual::Work<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let event = Event { values: fact.basket.values.to_vec(), ..Event::default() };
        let till = Till { event: &event, frame, friend: fact.friend, trace: None };
        self.look_at_bill(account, around, &Bill::of(&[]), &till, fact.kind, look)
    }

    /// A redemption that is no part of a purchase; answers what goes to another member.
    pub(super) fn redeemed(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        friend: Datum,
    ) -> Result<Vec<Parcel>, Fault> {
        let frame = self.frame(account, event.at)?;
        let mut bill = Bill::of(&[]);
        let mut till = Till { event, frame: &frame, friend, trace: None };
        let (asks, unnamed) = self.asks(account, around, &bill, &mut till)?;
        for ask in &asks {
            self.pay(account, around, &mut bill, &till, ask, &mut Vec::new())?;
            self.charge_use(account, around, &till, ask)?;
            self.count_use(account, ask.rule, &till)?;
        }
        self.pay_by_worth(account, &mut bill, &till, unnamed)?;
        for spent in &bill.spent {
            self.tell_spent(account, &event.values, spent, (Amount::ZERO, spent.total), event.at)?;
        }
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let basket = Basket { lines: &[], paid: &[], values: &event.values, part: None };
        let fact = Fact { kind: Kind::Redeem, action: None, basket, receipt: Datum::Missing, friend };
        self.post_gifts(account, around, cause, &frame, &fact, &bill.gifts)?;
        Ok(bill.parcels)
    }

    /// Limits of a reward that gives units are charged by the use.
    pub(super) fn charge_use(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        till: &Till<'_, '_>,
        ask: &Ask,
    ) -> Result<(), Fault> {
        let bill = Bill::of(&[]);
        let mut charges = Vec::new();
        for limit in &self.plan.rule(ask.rule).limits {
            let of = self.plan.limit(*limit);
            let key =
                self.look_at_bill(account, around, &bill, till, Kind::Redeem, |work| Ok(work.key(ask.rule, of, None)))?;
            let room = self.room_of_use(account, around, &bill, till, *limit, &ask.use_of, &ask.chosen)?;
            if !ask.use_of.bound && room.is_zero() {
                self.sink.note(Note::RewardBeyondLimit);
            }
            let amount = match of.measured {
                Measured::Units(_) => ask.units.1,
                Measured::Times => ask.use_of.times.round(Rounding::Down, 6)?,
                Measured::Receipts | Measured::Members => Amount::ONE,
                Measured::Money => Amount::ZERO,
            };
            charges.push(Charge { limit: *limit, key, level: Level::MEMBER, amount, net: amount });
        }
        self.charge_all(account, around, &charges, till.event.at)
    }
}

/// What a member can spend of a unit.
pub(super) fn available(account: &Account, unit: UnitId, tag: Datum) -> Result<Amount, Fault> {
    let holding = account.holdings.get(unit.index());
    let pile = holding.and_then(|holding| holding.piles.iter().find(|pile| pile.tag == tag));
    pile.map_or(Ok(Amount::ZERO), |pile| Ok(pile.open_total()?.minus(pile.debt)?.max(Amount::ZERO)))
}
