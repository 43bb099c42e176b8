//! A purchase, step by step: units spent → earning → counters → tiers; and the posting of awards,
//! which every kind of fact shares.

use super::Fault;
use super::account::{Account, Charge, Frame, KeptLine, Key, Posted, Receipt, Room, Running, Spent, Usage};
use super::accrual::{Award, Done, Rooms, Work};
use super::book::Shared;
use super::counter;
use super::explain::Trace;
use super::index::{Index, is_programme_wide};
use super::post::{Cause, Desk, dates_of};
use super::tally::Tally;
use super::tier::{Rise, length_of};
use super::value::Basket;
use super::when::Layout;
use crate::ledger::{EntryKind, Note, Opens, Sink};
use crate::plan::{Act, CounterId, Give, LimitId, Measure, Measured, Opening, Plan, RuleId, UnitId};
use crate::time::{Day, Moment};
use crate::ty::event::Datum;
use crate::ty::{Event, Kind, Line};
use crate::value::{Amount, Exact, Rounding, share_out};
use std::sync::Arc;

/// The rooms as they are now.
pub(super) struct Live<'a> {
    /// The program.
    pub plan: &'a Plan,
    /// Its index.
    pub index: &'a Index,
    /// The member.
    pub member: &'a Account,
    /// Who referred.
    pub referrer: Option<&'a Account>,
    /// What is counted over all members.
    pub shared: &'a Shared,
    /// Now.
    pub at: Moment,
}

impl Live<'_> {
    fn account(&self, of_referrer: bool) -> &Account {
        if of_referrer { self.referrer.unwrap_or(self.member) } else { self.member }
    }
}

impl Rooms for Live<'_> {
    fn used(&self, limit: LimitId, key: Key, of_referrer: bool) -> Result<Amount, Fault> {
        let of = self.plan.limit(limit);
        let Some(window) = &of.window else { return Ok(Amount::ZERO) };
        let account = self.account(of_referrer);
        let usage = if is_programme_wide(of) { self.shared.usage(limit, key) } else { account.usage(limit, key) };
        let who = account.who(self.plan, &self.index.layout);
        usage.map_or(Ok(Amount::ZERO), |usage| usage.tally.peek(window, &who, self.at).map_err(Fault::from))
    }

    fn served(&self, limit: LimitId, of_referrer: bool) -> bool {
        self.plan.limit(limit).measured == Measured::Members
            && self.account(of_referrer).usage(limit, Key::default()).is_some()
    }

    fn running(
        &self,
        rule: RuleId,
        act: u8,
        counter: CounterId,
        of_referrer: bool,
    ) -> Result<Option<(Amount, Amount)>, Fault> {
        let account = self.account(of_referrer);
        let now = counter::value(account, self.plan, self.index, counter, self.at)?;
        let window = &self.plan.counter(counter).window;
        let who = account.who(self.plan, &self.index.layout);
        let paid = account.running.iter().find(|running| running.rule == rule && running.act == act);
        let paid = paid.map_or(Ok(Amount::ZERO), |running| running.paid.peek(window, &who, self.at))?;
        Ok(Some((now, paid)))
    }
}

/// The rooms as they were on the day of purchase.
pub(super) struct Past<'a>(pub &'a [Room]);

impl Rooms for Past<'_> {
    fn used(&self, limit: LimitId, key: Key, _: bool) -> Result<Amount, Fault> {
        let room = self.0.iter().find(|room| room.limit == limit && room.key == key);
        Ok(room.map_or(Amount::ZERO, |room| room.used))
    }

    fn served(&self, limit: LimitId, _: bool) -> bool {
        self.0.iter().any(|room| room.limit == limit && room.served)
    }

    fn running(&self, _: RuleId, _: u8, _: CounterId, _: bool) -> Result<Option<(Amount, Amount)>, Fault> {
        Ok(None)
    }
}

/// The other side of a fact: who referred, and what is counted over all members.
pub(super) struct Around<'a> {
    /// Who referred.
    pub referrer: Option<&'a mut Account>,
    /// What is counted over all members.
    pub shared: &'a mut Shared,
}

/// What is posted for a fact.
pub(super) struct Fact<'a> {
    /// What happened.
    pub kind: Kind,
    /// Which action.
    pub action: Option<usize>,
    /// The receipt.
    pub basket: Basket<'a>,
    /// The receipt's number as a datum, for openings by an action that names it.
    pub receipt: Datum,
    /// The member as a datum, for limits per friend.
    pub friend: Datum,
}

impl Fact<'_> {
    /// No fact: midnight.
    pub(super) const NONE: Fact<'static> = Fact {
        kind: Kind::Adjust,
        action: None,
        basket: Basket::EMPTY,
        receipt: Datum::Missing,
        friend: Datum::Missing,
    };
}

/// Balance, available, pending, debt of each unit; spent on a receipt is set by the purchase.
pub(super) fn balances(account: &Account) -> Result<Vec<[Amount; 5]>, Fault> {
    let mut all = Vec::with_capacity(account.holdings.len());
    for holding in &account.holdings {
        let (mut open, mut pending, mut debt) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
        for pile in &holding.piles {
            open = open.plus(pile.open_total()?)?;
            pending = pending.plus(pile.pending_total()?)?;
            debt = debt.plus(pile.debt)?;
        }
        all.push([holding.balance, open.minus(debt)?, pending, debt, Amount::ZERO]);
    }
    Ok(all)
}

impl<S: Sink> Desk<'_, S> {
    /// All that rules can read of a member now.
    pub(super) fn frame(&self, account: &Account, at: Moment) -> Result<Frame, Fault> {
        let mut frame = Frame {
            at,
            tiers: account.standings.iter().map(|standing| standing.tier).collect(),
            counters: vec![None; self.plan.counters.len()],
            days: account.days.clone(),
            member: account.values.clone(),
            joined: account.joined.unwrap_or(at.day),
            referred: account.referrer.is_some(),
            ..Frame::default()
        };
        for id in &self.index.read {
            let value = counter::value(account, self.plan, self.index, *id, at)?;
            if let Some(place) = frame.counters.get_mut(id.index()) {
                *place = Some(value);
            }
            if let Measure::Distinct(_) = self.plan.counter(*id).measure
                && let Some(seen) = account.seen.get(id.index())
            {
                let who = account.who(self.plan, &self.index.layout);
                frame.seen.push((*id, seen.within(&self.plan.counter(*id).window, &who, at).collect()));
            }
        }
        frame.balances = if self.index.reads_balances { balances(account)? } else { Vec::new() };
        Ok(frame)
    }

    /// Works rules out with the rooms as they are now.
    pub(super) fn work(
        &self,
        account: &Account,
        around: &Around<'_>,
        rules: &[RuleId],
        frame: &Frame,
        fact: &Fact<'_>,
        trace: Option<&mut Trace>,
    ) -> Result<Done, Fault> {
        if rules.is_empty() {
            return Ok(Done::default());
        }
        let rooms = Live {
            plan: self.plan,
            index: self.index,
            member: account,
            referrer: around.referrer.as_deref(),
            shared: around.shared,
            at: frame.at,
        };
        let mut work = Work {
            plan: self.plan,
            index: self.index,
            frame,
            basket: fact.basket,
            kind: fact.kind,
            action: fact.action,
            friend: fact.friend,
            rooms: &rooms,
            done: Done::default(),
            trace,
        };
        work.run(rules)?;
        Ok(work.done)
    }

    /// Posts what rules gave; returns the rows for a receipt that may come back.
    pub(super) fn post(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        frame: &Frame,
        fact: &Fact<'_>,
        done: &Done,
        rises: &mut Vec<Rise>,
    ) -> Result<Vec<Posted>, Fault> {
        let mut posted = Vec::with_capacity(done.awards.len());
        for award in &done.awards {
            self.sink.award(award.rule, award.unit, award.wanted, award.given);
            if award.wanted.is_zero() && award.given.is_zero() {
                continue;
            }
            let lines: Vec<u16> =
                (0..fact.basket.lines.len()).map(|at| u16::try_from(at).unwrap_or(u16::MAX)).collect();
            let scene = self.scene_of(frame, fact, &lines);
            let receiver = match (&mut around.referrer, award.to_referrer) {
                (Some(referrer), true) => &mut **referrer,
                (None, true) => continue,
                (_, false) => &mut *account,
            };
            let give = give_of(self.plan, award.source);
            let own = (give.and_then(|give| give.opening.as_ref()), give.and_then(|give| give.expiry.as_ref()));
            let dates = dates_of(self.plan, self.index, receiver, award.unit, own, cause.at, fact.receipt, |length| {
                length_of(&scene, length)
            });
            let tag = self.tag(award.unit, fact.basket.values);
            let lot = self.lot_name(cause, award.rule);
            let row = Posted {
                rule: award.rule,
                act: award.act,
                to_referrer: award.to_referrer,
                unit: award.unit,
                dates,
                tag,
                lot,
                first: award.given,
                net: award.given,
                lost: Amount::ZERO,
                charges: award.charges.clone(),
            };
            self.post_award(receiver, cause, award, &row)?;
            self.charge_all(account, around, &award.charges, cause.at)?;
            self.carry_over(account, award, cause.at);
            posted.push(row);
        }
        for promotion in &done.promotions {
            let receiver = match (&mut around.referrer, promotion.to_referrer) {
                (Some(referrer), true) => &mut **referrer,
                (None, true) => continue,
                (_, false) => &mut *account,
            };
            let give = give_of(self.plan, (promotion.rule, promotion.act));
            let until =
                give.and_then(|give| give.expiry.as_ref()).and_then(|expiry| self.day_of(receiver, expiry, cause.at));
            self.give_tier(receiver, promotion.ladder, promotion.tier, until, cause.at, rises)?;
        }
        Ok(posted)
    }

    fn post_award(
        &mut self,
        receiver: &mut Account,
        cause: Cause<'_>,
        award: &Award,
        row: &Posted,
    ) -> Result<(), Fault> {
        if award.given.is_positive() {
            let place = self.index.layout.award(award.unit.index());
            if let Some(day) = receiver.days.get_mut(place) {
                *day = Some(cause.at.day);
            }
            // The lot's own expiry may hang on this award, so the day stands before the row is written.
            self.give(
                receiver,
                cause.by(award.rule),
                award.unit,
                row.tag,
                row.dates,
                award.given,
                row.lot.clone(),
                EntryKind::Earn,
            )?;
            for id in &self.index.awarded {
                let measure = self.plan.counter(*id).measure;
                if counter::counts_award(measure, award.rule, award.unit) {
                    let amount = if matches!(measure, Measure::AwardTimes(_)) { Amount::ONE } else { award.given };
                    counter::add(receiver, self.plan, self.index, *id, cause.at, amount)?;
                }
            }
        }
        self.note_running(receiver, award, cause.at)
    }

    /// A running total counts as paid what it wanted, cut or not.
    fn note_running(&self, receiver: &mut Account, award: &Award, at: Moment) -> Result<(), Fault> {
        let Some(counter) = running_counter(self.plan, award.rule, award.act) else { return Ok(()) };
        let window = &self.plan.counter(counter).window;
        let place = receiver.running.iter().position(|running| running.rule == award.rule && running.act == award.act);
        let place = place.unwrap_or_else(|| {
            receiver.running.push(Running { rule: award.rule, act: award.act, paid: Tally::default() });
            receiver.running.len() - 1
        });
        let Some(mut running) = receiver.running.get(place).cloned() else { return Ok(()) };
        let who = receiver.who(self.plan, &self.index.layout);
        running.paid.roll(window, &who, at)?;
        running.paid.add(window, at.day, award.wanted)?;
        if let Some(slot) = receiver.running.get_mut(place) {
            *slot = running;
        }
        Ok(())
    }

    /// Charges limits with what was given.
    pub(super) fn charge_all(
        &self,
        account: &mut Account,
        around: &mut Around<'_>,
        charges: &[Charge],
        at: Moment,
    ) -> Result<(), Fault> {
        for charge in charges {
            let of = self.plan.limit(charge.limit);
            let Some(window) = &of.window else { continue };
            if charge.amount.is_zero() {
                continue;
            }
            let receiver = match (&mut around.referrer, charge.of_referrer) {
                (Some(referrer), true) => &mut **referrer,
                _ => &mut *account,
            };
            let layout = &self.index.layout;
            if is_programme_wide(of) {
                let who = receiver.who(self.plan, layout);
                add_usage(&mut around.shared.usage, charge, |tally| {
                    tally.roll(window, &who, at)?;
                    tally.add(window, at.day, charge.amount).map_err(Fault::from)
                })?;
                if of.measured == Measured::Members {
                    let own = Charge { key: Key::default(), ..*charge };
                    add_usage(&mut receiver.usage, &own, |_| Ok(()))?;
                }
            } else {
                let mut usage = std::mem::take(&mut receiver.usage);
                let who = receiver.who(self.plan, layout);
                let done = add_usage(&mut usage, charge, |tally| {
                    tally.roll(window, &who, at)?;
                    tally.add(window, at.day, charge.amount).map_err(Fault::from)
                });
                receiver.usage = usage;
                done?;
            }
        }
        Ok(())
    }

    fn scene_of<'s>(&'s self, frame: &'s Frame, fact: &Fact<'s>, chosen: &'s [u16]) -> super::value::Scene<'s> {
        super::value::Scene {
            plan: self.plan,
            index: self.index,
            frame,
            basket: fact.basket,
            chosen,
            line: None,
            given: &[],
            kind: fact.kind,
            action: fact.action,
            part: None,
        }
    }

    fn day_of(&self, account: &Account, expiry: &crate::plan::Expiry, at: Moment) -> Option<Day> {
        let crate::plan::Expiry::Due(due) = expiry else { return None };
        let who = account.who(self.plan, &self.index.layout);
        let fixed = |length: &crate::plan::Length| {
            if let crate::plan::Length::Fixed(how_long) = length { Some(*how_long) } else { None }
        };
        match who.due(due, super::when::From { now: at, opens: None }, fixed) {
            Some(super::when::DueAt::Day(day)) => Some(day),
            _ => None,
        }
    }

    /// The pile that an award or a redemption of a receipt belongs to.
    pub(super) fn tag(&self, unit: UnitId, values: &[Datum]) -> Datum {
        self.plan.unit(unit).apart_by.and_then(|slot| values.get(slot)).copied().unwrap_or_default()
    }

    /// `r1 Base`, where lots are named.
    pub(super) fn lot_name(&self, cause: Cause<'_>, rule: RuleId) -> Option<Arc<str>> {
        if !self.named {
            return None;
        }
        let name = &self.plan.rule(rule).name;
        Some(if cause.event.is_empty() {
            Arc::from(format!("{} {name}", cause.at.day))
        } else {
            Arc::from(format!("{} {name}", cause.event))
        })
    }

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
        if rules.is_empty() {
            return Ok(());
        }
        let frame = self.frame(account, cause.at)?;
        let mut around = Around { referrer: None, shared };
        let done = self.work(account, &around, rules, &frame, &Fact::NONE, None)?;
        self.post(account, &mut around, cause, &frame, &Fact::NONE, &done, &mut Vec::new())?;
        account.gifted = true;
        Ok(())
    }

    /// A purchase.
    pub(super) fn purchase(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        lines: &[Line],
        fact_of: (Datum, Datum),
        keep: bool,
    ) -> Result<(), Fault> {
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let mut frame = self.frame(account, event.at)?;
        let (spent, paid) = self.spend_on(account, cause, event, lines)?;
        for spent in &spent {
            if let Some(place) = frame.balances.get_mut(spent.unit.index()).and_then(|all| all.get_mut(4)) {
                *place = spent.total;
            }
        }
        let basket = Basket { lines, paid: &paid, values: &event.values };
        let fact = Fact { kind: Kind::Purchase, action: None, basket, receipt: fact_of.0, friend: fact_of.1 };
        let mut tiers = std::mem::take(&mut frame.tiers);
        self.tiers_at_once(account, &self.scene_of(&frame, &fact, &[]), &mut tiers)?;
        frame.tiers = tiers;
        let done = self.work(account, around, &self.index.purchase, &frame, &fact, None)?;
        let mut rises = Vec::new();
        let awards = self.post(account, around, cause, &frame, &fact, &done, &mut rises)?;
        let scene = self.scene_of(&frame, &fact, &[]);
        counter::count_event(account, &self.index.bought, &scene)?;
        if let Some(day) = account.days.get_mut(Layout::LAST_PURCHASE) {
            *day = Some(event.at.day);
        }
        account.purchases += 1;
        account.last_purchase = Some(event.at.day);
        let total = lines.iter().try_fold(Amount::ZERO, |sum, line| sum.plus(line.amount))?;
        account.revenue = account.revenue.plus(total)?;
        self.look_at_ladders(account, event.at, &mut rises)?;
        self.entered(account, around.shared, cause, &rises)?;
        if keep {
            frame.rooms = done.rooms;
            let visit = counter::has_kept_line(&basket);
            let kept = lines.iter().zip(&paid).map(|(line, paid)| KeptLine {
                line: line.clone(),
                paid: *paid,
                back_quantity: Amount::ZERO,
                back_amount: Amount::ZERO,
            });
            account.receipts.push_back(Receipt {
                number: event.receipt.clone(),
                id: event.id.clone(),
                lines: kept.collect(),
                values: event.values.clone(),
                frame,
                awards,
                spent,
                amount: total,
                visit,
            });
        }
        Ok(())
    }

    /// Works an event's rules out with a trace; nothing is posted.
    pub(super) fn trace_event(
        &mut self,
        account: &mut Account,
        around: &Around<'_>,
        event: &Event,
        lines: &[Line],
        friend: Datum,
        trace: &mut Trace,
    ) -> Result<(Vec<RuleId>, Done), Fault> {
        let mut frame = self.frame(account, event.at)?;
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let (spent, paid) = self.spend_on(account, cause, event, lines)?;
        for spent in &spent {
            if let Some(place) = frame.balances.get_mut(spent.unit.index()).and_then(|all| all.get_mut(4)) {
                *place = spent.total;
            }
        }
        let basket = Basket { lines, paid: &paid, values: &event.values };
        let fact = Fact { kind: event.kind, action: event.action, basket, receipt: Datum::Missing, friend };
        if event.kind == Kind::Purchase {
            let mut tiers = std::mem::take(&mut frame.tiers);
            self.tiers_at_once(account, &self.scene_of(&frame, &fact, &[]), &mut tiers)?;
            frame.tiers = tiers;
        }
        let rules = match event.kind {
            Kind::Purchase => self.index.purchase.clone(),
            Kind::Action => self.index.action.clone(),
            Kind::Join => self.index.join.clone(),
            _ => self.index.other.clone(),
        };
        let done = self.work(account, around, &rules, &frame, &fact, Some(trace))?;
        Ok((rules, done))
    }

    /// The units spent on a purchase, and the money of each line that they paid.
    fn spend_on(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        event: &Event,
        lines: &[Line],
    ) -> Result<(Vec<Spent>, Vec<Amount>), Fault> {
        let mut paid = vec![Amount::ZERO; lines.len()];
        let mut spent = Vec::new();
        for redemption in &event.redeemed {
            let unit = UnitId::new(redemption.unit);
            let tag = self.tag(unit, &event.values);
            let (taken, owed) = self.redeem(account, cause, unit, tag, redemption.points)?;
            let money = self.money_of(account, unit, redemption.points, cause.at)?;
            let mut left = Vec::with_capacity(lines.len());
            for (line, paid) in lines.iter().zip(&paid) {
                left.push(line.amount.minus(line.discount)?.minus(*paid)?.max(Amount::ZERO));
            }
            let room = left.iter().try_fold(Amount::ZERO, |sum, part| sum.plus(*part))?;
            let money = money.min(room);
            let step = 10_i64.pow(6_u32.saturating_sub(self.plan.currency_decimals));
            for (paid, part) in paid.iter_mut().zip(share_out(money, &left, step)?) {
                *paid = paid.plus(part)?;
            }
            spent.push(Spent { unit, tag, total: redemption.points, back: Amount::ZERO, owed, taken, paid: money });
        }
        Ok((spent, paid))
    }

    /// What so many units are worth on a day, in money.
    fn money_of(&self, account: &Account, unit: UnitId, points: Amount, at: Moment) -> Result<Amount, Fault> {
        let Some(worth) = self.plan.unit(unit).worth else { return Ok(Amount::ZERO) };
        let frame = Frame { at, joined: account.joined.unwrap_or(at.day), ..Frame::default() };
        let worth = self.scene_of(&frame, &Fact::NONE, &[]).number(worth)?.unwrap_or(Exact::ZERO);
        Exact::from(points).times(worth)?.round(Rounding::HalfUp, self.plan.currency_decimals).map_err(Fault::from)
    }

    /// Spends units as the history tells it; what is not covered becomes debt.
    pub(super) fn redeem(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        tag: Datum,
        points: Amount,
    ) -> Result<(Vec<crate::ledger::Taken>, Amount), Fault> {
        let (taken, missing) = self.take_open(account, unit, tag, points)?;
        self.rows_of(account, cause, unit, EntryKind::Redeem, &taken)?;
        let place = self.index.layout.redemption(unit.index());
        if let Some(day) = account.days.get_mut(place) {
            *day = Some(cause.at.day);
        }
        if missing.is_positive() {
            self.sink.note(Note::RedeemedBeyondBalance);
        }
        let owed = if missing.is_positive() {
            let holding = account.holdings.get_mut(unit.index()).ok_or(Fault::Overflow)?;
            let pile = holding.pile(tag);
            pile.debt = pile.debt.plus(missing)?;
            self.row(account, cause, unit, EntryKind::Redeem, missing.negated()?, None, "debt")?;
            missing
        } else {
            Amount::ZERO
        };
        Ok((taken, owed))
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
        let takes = |rule: &RuleId| self.plan.rule(*rule).acts.iter().any(|act| matches!(act, Act::Take(_)));
        if half != Half::EndTakes {
            let gives: Vec<RuleId> = rules
                .iter()
                .copied()
                .filter(|rule| !self.plan.rule(*rule).acts.iter().all(|act| matches!(act, Act::Take(_))))
                .collect();
            self.run_alone(account, shared, Cause::midnight(at), &gives)?;
        }
        if half != Half::EndGives {
            let takers: Vec<RuleId> = rules.iter().copied().filter(takes).collect();
            for rule in takers {
                self.take_by_rule(account, shared, rule, at)?;
            }
        }
        Ok(())
    }

    /// `take 10% of beans.balance as beans`: units are lost by a rule.
    fn take_by_rule(
        &mut self,
        account: &mut Account,
        shared: &mut Shared,
        rule: RuleId,
        at: Moment,
    ) -> Result<(), Fault> {
        let frame = self.frame(account, at)?;
        let around = Around { referrer: None, shared };
        // A rule that only takes wants no award, but the same conditions decide whether it fires.
        let done = self.work(account, &around, &[rule], &frame, &Fact::NONE, None)?;
        if done.chosen.get(rule.index()).is_none_or(Option::is_none) {
            return Ok(());
        }
        for act in &self.plan.rule(rule).acts {
            let Act::Take(take) = act else { continue };
            let tags: Vec<Datum> = account
                .holdings
                .get(take.unit.index())
                .into_iter()
                .flat_map(|h| h.piles.iter().map(|pile| pile.tag))
                .collect();
            let unit = self.plan.unit(take.unit);
            let mut left = match take.amount {
                Some(amount) => {
                    let scene = self.scene_of(&frame, &Fact::NONE, &[]);
                    let exact = scene.number(amount)?.unwrap_or(Exact::ZERO);
                    exact.round(unit.round.mode, unit.decimals)?.max(Amount::ZERO)
                }
                None => Amount::MAX,
            };
            for tag in tags {
                let (taken, missing) = self.take_open(account, take.unit, tag, left)?;
                self.rows_of(account, Cause::midnight(at).by(rule), take.unit, EntryKind::Expire, &taken)?;
                left = missing;
            }
        }
        Ok(())
    }

    /// Notes what a limit cut and carries to its next span.
    fn carry_over(&self, account: &mut Account, award: &Award, at: Moment) {
        let Some((limit, key, wanted)) = award.carried else { return };
        let due = match &self.plan.limit(limit).window {
            Some(crate::plan::Window::This(kalendar)) => {
                account.who(self.plan, &self.index.layout).bounds(*kalendar, at.day).and_then(|(_, end)| end.next())
            }
            _ => None,
        };
        if let Some(due) = due {
            account.carried.push(super::account::Carried {
                limit,
                key,
                rule: award.rule,
                act: award.act,
                unit: award.unit,
                wanted,
                due,
            });
        }
    }

    /// What limits carried over is wanted again, before all else of the new day.
    pub(super) fn carry_on(&mut self, account: &mut Account, shared: &mut Shared, at: Moment) -> Result<(), Fault> {
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut account.carried).into_iter().partition(|carried| carried.due <= at.day);
        account.carried = later;
        for carried in due {
            let frame = self.frame(account, at)?;
            let scene = self.scene_of(&frame, &Fact::NONE, &[]);
            let room = scene.number(self.plan.limit(carried.limit).room)?.unwrap_or(Exact::ZERO);
            let rooms = Live { plan: self.plan, index: self.index, member: account, referrer: None, shared, at };
            let used = rooms.used(carried.limit, carried.key, false)?;
            let left = room.minus(Exact::from(used))?;
            let decimals = self.plan.unit(carried.unit).decimals;
            let left = if left.is_negative() { Amount::ZERO } else { left.round(Rounding::Down, decimals)? };
            let given = left.min(carried.wanted);
            let rest = carried.wanted.minus(given)?;
            let award = Award {
                rule: carried.rule,
                act: carried.act,
                source: (carried.rule, carried.act),
                to_referrer: false,
                unit: carried.unit,
                exact: Exact::from(carried.wanted),
                wanted: Amount::ZERO,
                given,
                charges: vec![Charge { limit: carried.limit, key: carried.key, of_referrer: false, amount: given }],
                carried: rest.is_positive().then_some((carried.limit, carried.key, rest)),
            };
            let mut around = Around { referrer: None, shared };
            self.post_carried(account, &mut around, &frame, &award, at)?;
        }
        Ok(())
    }

    fn post_carried(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        frame: &Frame,
        award: &Award,
        at: Moment,
    ) -> Result<(), Fault> {
        let done = Done { awards: vec![award.clone()], ..Done::default() };
        self.post(account, around, Cause::midnight(at), frame, &Fact::NONE, &done, &mut Vec::new())?;
        if award.given.is_zero() {
            self.carry_over(account, award, at);
        }
        account.gifted = true;
        Ok(())
    }

    /// An action opens what waits for it.
    pub(super) fn open_by_action(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        action: usize,
        of: Datum,
    ) -> Result<(), Fault> {
        let fits = |opens: Opens| matches!(opens, Opens::WithAction(wanted, _, receipt) if wanted == action && (of == Datum::Missing || of == receipt));
        self.open_where(account, cause.at, fits, cause)
    }
}

fn add_usage(
    usage: &mut Vec<Usage>,
    charge: &Charge,
    add: impl FnOnce(&mut Tally) -> Result<(), Fault>,
) -> Result<(), Fault> {
    if let Some(own) = usage.iter_mut().find(|own| own.limit == charge.limit && own.key == charge.key) {
        return add(&mut own.tally);
    }
    // A key that is a date belongs to an occurrence: those before it are over.
    if Work::is_dated(charge.key) {
        usage.retain(|own| own.limit != charge.limit || !Work::is_dated(own.key));
    }
    let mut tally = Tally::default();
    add(&mut tally)?;
    usage.push(Usage { limit: charge.limit, key: charge.key, tally });
    Ok(())
}

/// The give whose dates hold for an award.
pub(super) fn give_of(plan: &Plan, source: (RuleId, u8)) -> Option<&Give> {
    match plan.rule(source.0).acts.get(usize::from(source.1)) {
        Some(Act::Give(give)) => Some(give),
        _ => None,
    }
}

/// The counter of a running total.
pub(super) fn running_counter(plan: &Plan, rule: RuleId, act: u8) -> Option<CounterId> {
    match give_of(plan, (rule, act)).map(|give| &give.prize) {
        Some(crate::plan::Prize::Units(_, crate::plan::Formula::Running { counter, .. })) => Some(*counter),
        _ => None,
    }
}

fn enters(plan: &Plan, rule: RuleId, rise: Rise) -> bool {
    matches!(plan.rule(rule).trigger, crate::plan::Trigger::Entering(ladder, tier)
        if ladder == rise.ladder && tier.is_none_or(|tier| tier == rise.tier))
}

/// Does any unit or give open by an action, so that receipts must be told apart?
pub(super) fn opens_by_action(plan: &Plan) -> bool {
    let by_action = |opening: &Opening| matches!(opening, Opening::OnAction { .. });
    plan.units.iter().any(|unit| by_action(&unit.opening))
        || plan
            .rules
            .iter()
            .flat_map(|rule| &rule.acts)
            .any(|act| matches!(act, Act::Give(give) if give.opening.as_ref().is_some_and(by_action)))
}
