//! Awards: what rules gave becomes lots with dates, charges on limits, and what waits for the next span.

use super::Fault;
use super::account::{Account, ByGive, Charge, Charges, Few, Frame, Posted, Running, Usage};
use super::accrual::{Award, Done, Rooms, Work, all_of};
use super::around::{Around, LEVELS, Level};
use super::book::Shared;
use super::counter;
use super::index::is_programme_wide;
use super::post::{Cause, Desk, dates_of};
use super::purchase::Fact;
use super::rooms::Live;
use super::tally::Tally;
use super::tier::length_of;
use super::when::{Layout, Who, fixed_length};
use crate::ledger::{Dates, EntryKind, Sink};
use crate::plan::{Act, CounterId, Give, Measure, Measured, Opening, Plan, RuleId, UnitId};
use crate::time::{Day, Moment};
use crate::ty::event::Datum;
use crate::value::{Amount, Exact, Rounding};
use std::sync::Arc;

impl<S: Sink> Desk<'_, S> {
    /// Posts what rules gave; `posted` takes the rows of a receipt that may come back.
    pub(super) fn post(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        frame: &Frame,
        fact: &Fact<'_>,
        done: &Done,
        mut posted: Option<&mut Vec<Posted>>,
    ) -> Result<(), Fault> {
        for award in &done.awards {
            self.sink.award(award.rule, award.unit, award.wanted, award.given);
            if award.wanted.is_zero() && award.given.is_zero() {
                continue;
            }
            let lender = self.lend(account, around, award.level);
            let receiver = around.referrers.at(account, award.level);
            let Some(receiver) = receiver else { continue };
            let give = give_of(self.plan, award.source);
            let own = (give.and_then(|give| give.opening.as_ref()), give.and_then(|give| give.expiry.as_ref()));
            // A length that is a value of a tier is that of the tier of the one who receives.
            let of_receiver = if award.level == Level::MEMBER { None } else { Some(self.frame(receiver, cause.at)?) };
            let frame = of_receiver.as_deref().unwrap_or(frame);
            let dates = dates_of(self.plan, self.index, receiver, award.unit, own, cause.at, fact.receipt, |length| {
                fixed_length(length)
                    .or_else(|| length_of(&self.scene_of(frame, fact, &all_of(fact.basket.lines)), length))
            });
            // An action has attributes of its own: units are kept apart by those of receipts.
            let values = if fact.kind == crate::ty::Kind::Action { &[] } else { fact.basket.values };
            let tag = self.tag(award.unit, values);
            let lot = self.lot_of(receiver, award.unit, cause, award.rule);
            self.post_award(receiver, cause, award, &dates, tag, lot.as_ref())?;
            self.tell_award(receiver, values, award.unit, (Amount::ZERO, award.given), cause.at)?;
            self.hand_back(account, around, lender, award.level);
            if award.given.is_positive() {
                around.note_moved(award.level);
            }
            self.charge_all(account, around, &award.charges, cause.at)?;
            self.carry_over(account, award, cause.at);
            let Some(posted) = &mut posted else { continue };
            posted.push(Posted {
                rule: award.rule,
                act: award.act,
                level: award.level,
                unit: award.unit,
                dates: dates.into(),
                tag,
                lot,
                first: award.given,
                net: award.given,
                lost: Amount::ZERO,
                dropped: Amount::ZERO,
                charges: award.charges.to_vec(),
                again: false,
            });
        }
        if !self.index.takers.is_empty() {
            self.take_on_fact(account, frame, fact, done, cause)?;
        }
        for promotion in &done.promotions {
            around.note_moved(promotion.level);
            let receiver = around.at(account, promotion.level);
            let Some(receiver) = receiver else { continue };
            let give = give_of(self.plan, (promotion.rule, promotion.act));
            let until =
                give.and_then(|give| give.expiry.as_ref()).and_then(|expiry| self.day_of(receiver, expiry, cause.at));
            self.give_tier(receiver, promotion.ladder, promotion.tier, until, cause.at);
        }
        Ok(())
    }

    pub(super) fn post_award(
        &mut self,
        receiver: &mut Account,
        cause: Cause<'_>,
        award: &Award,
        dates: &Dates,
        tag: Datum,
        lot: Option<&Arc<str>>,
    ) -> Result<(), Fault> {
        if award.given.is_positive() {
            receiver.note_day(Layout::award(award.unit.index()), cause.at.day);
            // The lot's own expiry may hang on this award, so the day stands before the row is written.
            self.give(receiver, cause.by(award.rule), award.unit, tag, *dates, award.given, lot, EntryKind::Earn)?;
            for id in &self.index.awarded {
                let measure = self.plan.counter(*id).measure;
                if counter::counts_award(self.plan, measure, award.rule, award.unit) {
                    let amount = if matches!(measure, Measure::AwardTimes(_)) { Amount::ONE } else { award.given };
                    counter::add(receiver, self.plan, self.index, *id, cause.at, amount)?;
                }
            }
        }
        self.note_running(receiver, award, cause.at)
    }

    /// What each running total of a purchase has paid who receives so far, and what those of who referred stand at.
    pub(super) fn paid_before(&self, account: &Account, around: &Around<'_>, at: Moment) -> Result<[ByGive; 2], Fault> {
        let [mut paid, mut totals] = [ByGive::default(), ByGive::default()];
        for (rule, act, counter) in &self.index.running {
            let level = give_of(self.plan, (*rule, *act)).map_or(Level::MEMBER, |give| Level::from(give.recipient));
            let Some(receiver) = around.look(account, level) else { continue };
            let own = receiver.running.iter().find(|running| running.rule == *rule && running.act == *act);
            let who = receiver.who(self.plan, &self.index.layout);
            let window = &self.plan.counter(*counter).window;
            paid.list().push((
                *rule,
                *act,
                own.map_or(Ok(Amount::ZERO), |running| running.paid.peek(window, &who, at))?,
            ));
            if level != Level::MEMBER {
                totals.list().push((*rule, *act, counter::value(receiver, self.plan, self.index, *counter, at)?));
            }
        }
        Ok([paid, totals])
    }

    /// A running total counts as paid what it wanted, cut or not.
    pub(super) fn note_running(&self, receiver: &mut Account, award: &Award, at: Moment) -> Result<(), Fault> {
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
            let receiver = around.referrers.at(account, charge.level);
            let Some(receiver) = receiver else { continue };
            let layout = &self.index.layout;
            // How often a member was served stands with the member; the first time counts for the programme.
            let newly = of.measured != Measured::Members || {
                let who = receiver.who(self.plan, layout);
                let served = receiver.usage(charge.limit, charge.key);
                served.map_or(Ok(Amount::ZERO), |own| own.tally.peek(window, &who, at))?.is_zero()
            };
            if is_programme_wide(of) && newly {
                let who = receiver.who(self.plan, layout);
                add_usage(&mut around.shared.usage, charge, |tally| {
                    tally.roll(window, &who, at)?;
                    tally.add(window, at.day, charge.amount).map_err(Fault::from)
                })?;
            }
            if !is_programme_wide(of) || of.measured == Measured::Members {
                let who = Who {
                    plan: self.plan,
                    layout,
                    joined: receiver.joined.unwrap_or(receiver.today),
                    birthday: super::account::birthday(self.plan, &receiver.values),
                    days: &receiver.days,
                };
                add_usage(&mut receiver.usage, charge, |tally| {
                    tally.roll(window, &who, at)?;
                    tally.add(window, at.day, charge.amount).map_err(Fault::from)
                })?;
            }
        }
        Ok(())
    }

    pub(super) fn day_of(&self, account: &Account, expiry: &crate::plan::Expiry, at: Moment) -> Option<Day> {
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

    /// The same of a receiver; in a pool a lot names also who earned it.
    pub(super) fn lot_of(&self, receiver: &Account, unit: UnitId, cause: Cause<'_>, rule: RuleId) -> Option<Arc<str>> {
        let lot = self.lot_name(cause, rule)?;
        let shared = receiver.pool_of(self.plan, unit).is_some();
        Some(if shared { Arc::from(format!("{} {lot}", receiver.name)) } else { lot })
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

    /// Notes what a limit cut and carries to its next span.
    pub(super) fn carry_over(&self, account: &mut Account, award: &Award, at: Moment) {
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
                at,
            });
        }
    }

    /// What limits carried over is wanted again, before all else of the new day.
    pub(super) fn carry_on(&mut self, account: &mut Account, shared: &mut Shared, at: Moment) -> Result<(), Fault> {
        if account.carried.is_empty() {
            return Ok(());
        }
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut account.carried).into_iter().partition(|carried| carried.due <= at.day);
        let mut due: Vec<super::account::Carried> = due;
        due.sort_by_key(|carried| carried.at);
        account.carried = later;
        for carried in due {
            let frame = self.frame(account, at)?;
            let scene = self.scene_of(&frame, &Fact::NONE, &[]);
            let room = scene.number(self.plan.limit(carried.limit).room)?.unwrap_or(Exact::ZERO);
            let rooms =
                Live { plan: self.plan, index: self.index, member: account, referrers: [None; LEVELS], shared, at };
            let used = rooms.used(carried.limit, carried.key, Level::MEMBER)?;
            let left = room.minus(Exact::from(used))?;
            let decimals = self.plan.unit(carried.unit).decimals;
            let left = if left.is_negative() { Amount::ZERO } else { left.round(Rounding::Down, decimals)? };
            let given = left.min(carried.wanted);
            let rest = carried.wanted.minus(given)?;
            let award = Award {
                rule: carried.rule,
                act: carried.act,
                source: (carried.rule, carried.act),
                level: Level::MEMBER,
                unit: carried.unit,
                exact: Exact::from(carried.wanted),
                wanted: Amount::ZERO,
                given,
                extra: Amount::ZERO,
                charges: Charges::from_slice(&[Charge {
                    limit: carried.limit,
                    key: carried.key,
                    level: Level::MEMBER,
                    amount: given,
                    net: given,
                }]),
                carried: rest.is_positive().then_some((carried.limit, carried.key, rest)),
            };
            let mut around = Around::alone(shared);
            let before = account.carried.len();
            self.post_carried(account, &mut around, &frame, &award, at)?;
            // What is still left stands in line as the award that it was cut from.
            account.carried.iter_mut().skip(before).for_each(|left| left.at = carried.at);
        }
        Ok(())
    }

    pub(super) fn post_carried(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        frame: &Frame,
        award: &Award,
        at: Moment,
    ) -> Result<(), Fault> {
        let done = Done { awards: vec![award.clone()], ..Done::default() };
        self.post(account, around, Cause::midnight(at), frame, &Fact::NONE, &done, None)?;
        if award.given.is_zero() {
            self.carry_over(account, award, at);
        }
        account.gifted = true;
        Ok(())
    }
}

pub(super) fn add_usage(
    usage: &mut Few<Usage, 1>,
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

/// The running totals of rules: rule, place of the give, counter.
pub(super) fn running_totals(plan: &Plan) -> Vec<(RuleId, u8, CounterId)> {
    let acts = |rule: &RuleId| 0..u8::try_from(plan.rule(*rule).acts.len()).unwrap_or(u8::MAX);
    let all = plan.order.iter().flat_map(|rule| acts(rule).map(|act| (*rule, act)));
    all.filter_map(|(rule, act)| Some((rule, act, running_counter(plan, rule, act)?))).collect()
}
