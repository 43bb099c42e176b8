//! Posting: units move, and each move is a row of the ledger.

use super::Fault;
use super::account::{Account, Holding};
use super::index::Index;
use super::pool::Pool;
use super::when::{DueAt, From, Who};
use crate::ledger::{Dates, Entry, EntryKind, Expires, Opens, Pile, ShortDates, Sink, Taken, put_on};
use crate::plan::{Anchor, DueBase, Expiry, Length, Opening, Plan, RuleId, UnitId, Window};
use crate::syntax::ast::SpendOrder;
use crate::time::{Day, Duration, Moment};
use crate::ty::event::Datum;
use crate::value::Amount;
use std::cmp::Ordering;
use std::sync::Arc;

/// Why a row is written: the moment, the fact and the rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause<'a> {
    /// When.
    pub at: Moment,
    /// The fact's id; empty at midnight.
    pub event: &'a str,
    /// The fact's receipt.
    pub receipt: &'a str,
    /// The rule.
    pub rule: Option<RuleId>,
}

impl<'a> Cause<'a> {
    /// The same cause by a rule.
    pub(super) fn by(self, rule: RuleId) -> Cause<'a> {
        Cause { rule: Some(rule), ..self }
    }

    /// What midnight brings.
    pub(super) const fn midnight(at: Moment) -> Cause<'static> {
        Cause { at, event: "", receipt: "", rule: None }
    }
}

/// Where rows are written.
pub(super) struct Desk<'a, S: Sink> {
    /// The program.
    pub plan: &'a Plan,
    /// Its index.
    pub index: &'a Index,
    /// Who listens.
    pub sink: &'a mut S,
    /// Are lots named?
    pub named: bool,
    /// Lists that the last event left, to be filled again.
    pub pool: &'a Pool,
}

/// A pile lifted out of its account, so that the member's days can be read meanwhile.
fn lift(account: &mut Account, unit: UnitId) -> Holding {
    account.holdings.get_mut(unit.index()).map(std::mem::take).unwrap_or_default()
}

fn put_back(account: &mut Account, unit: UnitId, holding: Holding) {
    if let Some(place) = account.holdings.get_mut(unit.index()) {
        *place = holding;
    }
}

/// Dates of units that are given.
#[derive(Debug)]
pub(super) struct Dated {
    /// As a heap has them.
    dates: ShortDates,
    /// Do they open later?
    pending: bool,
    /// The first day on which the units can be used, if it is known.
    opens: Option<Day>,
    /// The last one.
    expires: Option<Day>,
    /// The midnight at which they open or are lost.
    due: Day,
}

impl<S: Sink> Desk<'_, S> {
    /// Writes a row and moves the balance.
    pub(super) fn row(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        kind: EntryKind,
        amount: Amount,
        dates: Option<&Dates>,
        lot: &str,
    ) -> Result<(), Fault> {
        let opens = dates
            .and_then(|dates| dates.opens.day(if kind == EntryKind::Earn { Some(cause.at.day) } else { dates.earned }));
        let expires = dates.and_then(|dates| self.last_day(account, unit, &dates.expires));
        let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
        holding.balance = holding.balance.plus(amount)?;
        let balance = holding.balance;
        self.sink.entry(&Entry {
            member: account.name_for(self.plan, unit),
            at: cause.at,
            event: cause.event,
            receipt: cause.receipt,
            rule: cause.rule,
            unit,
            kind,
            amount,
            lot,
            opens,
            expires,
            balance,
        });
        Ok(())
    }

    /// The last day of units, as it stands now.
    pub(super) fn last_day(&self, account: &Account, unit: UnitId, expires: &Expires) -> Option<Day> {
        match expires {
            Expires::On(day) => Some(*day),
            Expires::Never => None,
            _ => last_day(&account.who_of(self.plan, &self.index.layout, unit), account, expires),
        }
    }

    /// Gives units: a row of `kind`, then debts are paid if they are open.
    pub(super) fn give(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        tag: Datum,
        dates: Dates,
        amount: Amount,
        lot: Option<&Arc<str>>,
        kind: EntryKind,
    ) -> Result<(), Fault> {
        let dated = self.dated(account, unit, dates, kind, cause.at.day);
        self.give_dated(account, cause, unit, tag, &dated, amount, lot, kind)
    }

    /// Dates in all the forms that giving asks for.
    pub(super) fn dated(&self, account: &Account, unit: UnitId, dates: Dates, kind: EntryKind, today: Day) -> Dated {
        let pending = dates.opens != Opens::AtOnce;
        Dated {
            pending,
            opens: dates.opens.day(if kind == EntryKind::Earn { Some(today) } else { dates.earned }),
            expires: self.last_day(account, unit, &dates.expires),
            due: self.units_due(account, unit, &dates, pending, today),
            dates: ShortDates::from(dates),
        }
    }

    /// The same, where the dates were brought into all forms before.
    pub(super) fn give_dated(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        tag: Datum,
        dated: &Dated,
        amount: Amount,
        lot: Option<&Arc<str>>,
        kind: EntryKind,
    ) -> Result<(), Fault> {
        let holding = account.holdings.get_mut(unit.index()).ok_or(Fault::Overflow)?;
        holding.balance = holding.balance.plus(amount)?;
        let balance = holding.balance;
        let pile = holding.pile(tag);
        put_on(if dated.pending { &mut pile.pending } else { &mut pile.open }, &dated.dates, amount, lot)?;
        let pays = pile.debt.is_positive() && !dated.pending;
        account.due = account.due.min(dated.due);
        self.sink.entry(&Entry {
            member: account.name_for(self.plan, unit),
            at: cause.at,
            event: cause.event,
            receipt: cause.receipt,
            rule: cause.rule,
            unit,
            kind,
            amount,
            lot: lot.map_or("", |lot| lot),
            opens: dated.opens,
            expires: dated.expires,
            balance,
        });
        if pays { self.pay_debt(account, cause, unit, tag) } else { Ok(()) }
    }

    /// Open units pay the pile's debt first; the two rows cancel out.
    pub(super) fn pay_debt(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        tag: Datum,
    ) -> Result<(), Fault> {
        let owes = |holding: &Holding| holding.piles.iter().any(|pile| pile.tag == tag && pile.debt.is_positive());
        if !account.holdings.get(unit.index()).is_some_and(owes) {
            return Ok(());
        }
        let mut holding = lift(account, unit);
        let pile = holding.pile(tag);
        let mut taken = Vec::new();
        if pile.debt.is_positive() && !pile.open.is_empty() {
            let order = self.order(account, unit);
            pile.take_open(pile.debt, order, &mut taken)?;
            pile.pay(&taken)?;
        }
        put_back(account, unit, holding);
        for part in &taken {
            let lot = part.lot.as_deref().unwrap_or("");
            self.row(account, cause, unit, EntryKind::Transfer, part.amount.negated()?, Some(&part.dates), lot)?;
            self.row(account, cause, unit, EntryKind::Transfer, part.amount, None, "debt")?;
        }
        Ok(())
    }

    /// The order of spending.
    pub(super) fn order<'o>(&'o self, account: &'o Account, unit: UnitId) -> impl Fn(&Dates, &Dates) -> Ordering + 'o {
        let who = account.who_of(self.plan, &self.index.layout, unit);
        let order = self.plan.unit(unit).spend_order;
        let key = move |dates: &Dates| {
            let last = last_day(&who, account, &dates.expires).unwrap_or(Day::MAX);
            let earned = dates.earned.unwrap_or(Day::MIN).number();
            match order {
                SpendOrder::Soonest => (0, last, dates.opens.rank()),
                SpendOrder::Oldest => (earned, last, dates.opens.rank()),
                SpendOrder::Newest => (-earned, last, dates.opens.rank()),
            }
        };
        move |one, other| key(one).cmp(&key(other))
    }

    /// Takes open units in the order of spending; returns what was taken and what was missing.
    pub(super) fn take_open(
        &mut self,
        account: &mut Account,
        unit: UnitId,
        tag: Datum,
        amount: Amount,
    ) -> Result<(Vec<Taken>, Amount), Fault> {
        self.take(account, unit, tag, |desk, account, pile, taken| {
            pile.take_open(amount, desk.order(account, unit), taken).map_err(Fault::from)
        })
    }

    /// Takes pending units, those that open first before others; returns what was taken and what was missing.
    pub(super) fn take_pending(
        &mut self,
        account: &mut Account,
        unit: UnitId,
        tag: Datum,
        amount: Amount,
    ) -> Result<(Vec<Taken>, Amount), Fault> {
        self.take(account, unit, tag, |_, _, pile, taken| {
            let order = |one: &Dates, other: &Dates| one.opens.rank().cmp(&other.opens.rank());
            pile.take_pending(amount, order, taken).map_err(Fault::from)
        })
    }

    /// Works on a lifted pile.
    pub(super) fn take(
        &mut self,
        account: &mut Account,
        unit: UnitId,
        tag: Datum,
        work: impl FnOnce(&Self, &Account, &mut Pile, &mut Vec<Taken>) -> Result<Amount, Fault>,
    ) -> Result<(Vec<Taken>, Amount), Fault> {
        let mut holding = lift(account, unit);
        let mut taken = Vec::new();
        let missing = work(self, account, holding.pile(tag), &mut taken);
        put_back(account, unit, holding);
        Ok((taken, missing?))
    }

    /// Writes a row for each part that was taken.
    pub(super) fn rows_of(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        kind: EntryKind,
        taken: &[Taken],
    ) -> Result<(), Fault> {
        for part in taken {
            let lot = part.lot.as_deref().unwrap_or("");
            self.row(account, cause, unit, kind, part.amount.negated()?, Some(&part.dates), lot)?;
        }
        Ok(())
    }

    /// What is missing becomes debt; answers what really did (nothing, where a unit never goes below zero).
    pub(super) fn owe(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        tag: Datum,
        kind: EntryKind,
        missing: Amount,
    ) -> Result<Amount, Fault> {
        if !missing.is_positive() {
            return Ok(Amount::ZERO);
        }
        if self.plan.unit(unit).never_below_zero {
            self.sink.note(crate::ledger::Note::NotRecovered);
            return Ok(Amount::ZERO);
        }
        let holding = account.holdings.get_mut(unit.index()).ok_or(Fault::Overflow)?;
        let pile = holding.pile(tag);
        pile.incur("", cause.at.instant, missing)?;
        self.row(account, cause, unit, kind, missing.negated()?, None, "debt")?;
        Ok(missing)
    }
}

/// The last day of units, as it stands now; none: never, or not known yet.
pub(super) fn last_day(who: &Who<'_>, account: &Account, expires: &Expires) -> Option<Day> {
    match expires {
        Expires::On(day) => Some(*day),
        // What opens by an action gets its last day when it opens.
        Expires::Never | Expires::WithNextPurchase | Expires::After(_, Anchor::Opening, ..) => None,
        Expires::After(how_long, anchor, snap, floor) => {
            let from = From { now: Moment { day: account.today, ..Moment::default() }, opens: None };
            let day = how_long.after_day(who.anchor(*anchor, from)?)?;
            let day = match snap {
                Some(edge) => who.edge(*edge, day)?,
                None => day,
            };
            Some(floor.map_or(day, |floor| day.max(floor)))
        }
        // As long as that tier or a higher one is held: as far as that is known now.
        Expires::WithTier(ladder, tier) => {
            let held = account.standings.get(ladder.index())?.holds.get(usize::from(*tier).max(1)..)?.iter().flatten();
            let last = held.map(|hold| hold.until.unwrap_or(Day::MAX)).max();
            last.filter(|last| *tier > 0 && *last < Day::MAX)
        }
    }
}

/// The dates of an award to an account. `length` gives the number of a length that is a value.
pub(super) fn dates_of(
    plan: &Plan,
    index: &Index,
    account: &Account,
    unit: UnitId,
    own: (Option<&Opening>, Option<&Expiry>),
    now: Moment,
    receipt: Datum,
    length: impl Fn(&Length) -> Option<Duration>,
) -> Dates {
    let of = plan.unit(unit);
    let who = account.who(plan, &index.layout);
    let from = From { now, opens: None };
    let opens = match own.0.unwrap_or(&of.opening) {
        Opening::AtOnce => Opens::AtOnce,
        Opening::Due(due) => match who.due(due, from, &length) {
            Some(DueAt::Day(day)) if day <= now.day => Opens::AtOnce,
            Some(DueAt::Day(day)) => Opens::On(day),
            Some(DueAt::Instant(instant)) if instant <= now.instant => Opens::AtOnce,
            Some(DueAt::Instant(instant)) => {
                let day = plan.zone.moment(instant).day;
                if plan.zone.day_start(day) == instant { Opens::On(day) } else { Opens::At(instant, day) }
            }
            None => Opens::On(Day::MAX),
        },
        Opening::OnAction { action, within, window } => {
            on_action(&who, *action, *within, window.as_ref(), now, receipt)
        }
    };
    let opens_day = opens.day(Some(now.day));
    let expires = match own.1.unwrap_or(&of.expiry) {
        Expiry::Never => Expires::Never,
        Expiry::WithNextPurchase => Expires::WithNextPurchase,
        Expiry::With(ladder) => {
            Expires::WithTier(*ladder, account.standings.get(ladder.index()).map_or(0, |standing| standing.tier))
        }
        Expiry::Due(due) => expires_on(&who, due, From { now, opens: opens_day }, opens, &length),
    };
    let earned = index.is_of_age(unit).then_some(now.day);
    Dates { opens, expires, earned }
}

fn on_action(
    who: &Who<'_>,
    action: usize,
    within: Option<Duration>,
    window: Option<&Window>,
    now: Moment,
    receipt: Datum,
) -> Opens {
    if let Some(window) = window
        && let Some((first, last)) = who.window(window, now)
    {
        let done = who.days.get(who.layout.action(action)).copied().flatten();
        if done.is_some_and(|done| first <= done && done <= last) {
            return Opens::AtOnce;
        }
        return Opens::WithAction(action, (last < Day::MAX).then_some(last), receipt);
    }
    let until = within.and_then(|within| within.after_day(now.day));
    Opens::WithAction(action, until, receipt)
}

fn expires_on(
    who: &Who<'_>,
    due: &crate::plan::Due,
    from: From,
    opens: Opens,
    length: &impl Fn(&Length) -> Option<Duration>,
) -> Expires {
    if let DueBase::After(how_long, anchor) = &due.base {
        let moves = matches!(
            anchor,
            Anchor::LastPurchase
                | Anchor::LastAward(_)
                | Anchor::LastRedemption(_)
                | Anchor::Entering(..)
                | Anchor::Action(_)
        ) || (matches!(anchor, Anchor::Opening) && matches!(opens, Opens::WithAction(..)));
        if moves && let Some(how_long) = length(how_long) {
            return Expires::After(how_long, *anchor, due.snap, from.opens);
        }
    }
    let day = match who.due(due, from, length) {
        Some(DueAt::Day(day)) => day,
        Some(DueAt::Instant(instant)) => who.plan.zone.moment(instant).day,
        None => return Expires::Never,
    };
    Expires::On(from.opens.map_or(day, |opens| day.max(opens)))
}
