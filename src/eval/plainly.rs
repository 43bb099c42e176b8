//! A purchase of a plain programme: see `plain` for what that is.
//!
//! The lines that a rule looks at are the bits of a number, what it gives is two amounts, and nothing is noted that
//! only an explanation or a return would ask for. The steps are those of `purchase`, `accrual`, `limit` and `award`.

use super::Fault;
use super::account::{Account, Charge, Key};
use super::around::{Around, Level};
use super::award::give_of;
use super::counter;
use super::fixed::Fixed;
use super::formula;
use super::plain::{Plain, PlainAct, PlainAmount, PlainBase, PlainCount, PlainRule, RULES_MAX};
use super::post::{Cause, Desk, dates_of};
use super::quick::{Counted, Quick};
use super::value::{Basket, fits};
use super::when::{Layout, fixed_length};
use crate::ledger::{Dates, EntryKind, Sink};
use crate::plan::{ExprId, NumField};
use crate::time::Moment;
use crate::ty::event::Datum;
use crate::ty::{Event, Line};
use crate::value::{Amount, Exact, Rounding};
use smallvec::SmallVec;

/// Lines of a receipt, each a bit.
type Lines = u64;

/// A receipt of more lines is no plain one.
pub(super) const LINES_MAX: usize = Lines::BITS as usize;

/// What a rule gives on a purchase.
#[derive(Debug, Clone, Copy)]
struct Award {
    /// The rule's place.
    rule: usize,
    /// Before limits.
    wanted: Amount,
    /// After them.
    given: Amount,
}

/// Few rules of a programme give something on the same purchase.
type Awards = SmallVec<[Award; 4]>;

/// What the rules of a purchase read.
struct Counter<'a> {
    basket: Basket<'a>,
    account: &'a Account,
    at: Moment,
}

impl Counter<'_> {
    /// The sum of a number over some lines.
    #[inline]
    fn sum(&self, mut lines: Lines, field: NumField) -> Result<Amount, Fault> {
        let mut sum = Amount::ZERO;
        while lines != 0 {
            sum = sum.plus(self.basket.number(lines.trailing_zeros() as usize, field)?)?;
            lines &= lines - 1;
        }
        Ok(sum)
    }
}

impl<S: Sink> Desk<'_, S> {
    /// A purchase on which no units are spent, and to which no return comes.
    pub(super) fn plain_purchase(
        &mut self,
        plain: &Plain,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        lines: &[Line],
        receipt: Datum,
    ) -> Result<(), Fault> {
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let basket = Basket { lines, paid: &[], values: &event.values, part: None };
        let mut awards = Awards::new();
        self.work_plainly(plain, &Counter { basket, account, at: event.at }, &mut awards)?;
        // What is given now lives from this purchase on, though conditions stood as before it.
        if let Some(day) = account.days.get_mut(Layout::LAST_PURCHASE) {
            *day = Some(event.at.day);
        }
        for award in &awards {
            if let Some(rule) = plain.rules.get(award.rule) {
                self.post_plainly(account, around, cause, rule, *award, receipt)?;
            }
        }
        for (id, count) in &plain.counters {
            let adds = match count {
                PlainCount::Sum(field) => {
                    let sum = |sum: Amount, at| sum.plus(basket.number(at, *field)?).map_err(Fault::from);
                    (0..lines.len()).try_fold(Amount::ZERO, sum)?
                }
                PlainCount::Visit if counter::has_kept_line(&basket) => Amount::ONE,
                PlainCount::Visit => Amount::ZERO,
            };
            counter::add(account, self.plan, self.index, *id, event.at, adds)?;
        }
        let mut rises = Vec::new();
        self.bought(account, event.at, lines, &mut rises)?;
        self.entered(account, around.shared, cause, &rises)
    }

    /// What the rules of a purchase give.
    fn work_plainly(&self, plain: &Plain, read: &Counter<'_>, done: &mut Awards) -> Result<(), Fault> {
        if !self.plan.in_force.on(read.at.day) {
            return Ok(());
        }
        // The lines of each rule that fired, told apart from a rule that did not.
        let mut looked: [Option<Lines>; RULES_MAX] = [None; RULES_MAX];
        for (at, rule) in plain.rules.iter().enumerate() {
            let Some(lines) = self.plain_lines(rule, read)? else { continue };
            let (exact, most) = match &rule.act {
                PlainAct::Give(amount) => (self.plain_exact(amount, read, lines)?, None),
                PlainAct::Multiply { base, by } => {
                    let Some(own) = done.iter().find(|award| award.rule == *base) else { continue };
                    let (Some(of_base), Some(rule)) = (looked.get(*base).copied().flatten(), plain.rules.get(*base))
                    else {
                        continue;
                    };
                    let shared = lines & of_base;
                    let (PlainAct::Give(amount), true) = (&rule.act, own.given.is_positive()) else { continue };
                    if shared == 0 && !read.basket.lines.is_empty() {
                        continue;
                    }
                    let Some(by) = self.plain_number(*by, read.account) else { continue };
                    let more = by.minus(Exact::ONE)?;
                    let exact = self.plain_exact(amount, read, shared)?;
                    let cut = own.given < own.wanted;
                    let most = if cut { Some(more.times(Exact::from(own.given))?) } else { None };
                    (exact.map(|base| more.times(base)).transpose()?, most)
                }
            };
            if let Some(place) = looked.get_mut(at) {
                *place = Some(lines);
            }
            let Some(exact) = exact else { continue };
            let mut wanted = exact.round(rule.mode, rule.decimals)?.max(Amount::ZERO);
            if let Some(most) = most {
                wanted = wanted.min(most.round(rule.mode, rule.decimals)?.max(Amount::ZERO));
            }
            let given = self.plain_room(rule, read, wanted)?;
            done.push(Award { rule: at, wanted, given });
        }
        Ok(())
    }

    /// The lines that a rule looks at; none where it does not fire.
    fn plain_lines(&self, rule: &PlainRule, read: &Counter<'_>) -> Result<Option<Lines>, Fault> {
        if !rule.in_force.on(read.at.day) {
            return Ok(None);
        }
        if !rule.during.is_empty() {
            let who = read.account.who(self.plan, &self.index.layout);
            if rule.during.iter().any(|period| who.occurrence(*period, read.at).is_none()) {
                return Ok(None);
            }
        }
        let quick = |id: ExprId| self.index.quick.get(id.index()).and_then(Option::as_ref);
        let count = read.basket.lines.len();
        let mut lines = if count == 0 { 0 } else { Lines::MAX >> (LINES_MAX - count.min(LINES_MAX)) };
        if let Some(filter) = rule.filter.and_then(quick) {
            let mut fit = 0;
            for at in 0..count {
                fit |= Lines::from(filter.fits_line(&read.basket, at)) << at;
            }
            lines = fit;
            if lines == 0 {
                return Ok(None);
            }
        }
        for condition in rule.conditions.iter().filter_map(|id| quick(*id)) {
            if let Quick::Number { of: Counted::Lines(field), compare, bound } = condition
                && !fits(*compare, read.sum(lines, *field)?.cmp(bound))
            {
                return Ok(None);
            }
        }
        Ok(Some(lines))
    }

    /// A number that no event changes; none where the tier held has none.
    #[inline]
    fn plain_number(&self, id: ExprId, account: &Account) -> Option<Exact> {
        match self.index.numbers.get(id.index())? {
            Fixed::Number(number) => Some(*number),
            Fixed::ByTier(ladder, numbers) => {
                let tier = account.standings.get(ladder.index()).map_or(0, |standing| standing.tier);
                numbers.get(usize::from(tier)).copied().flatten()
            }
            Fixed::No => None,
        }
    }

    /// The exact award over some lines.
    fn plain_exact(&self, amount: &PlainAmount, read: &Counter<'_>, lines: Lines) -> Result<Option<Exact>, Fault> {
        let Some(number) = self.plain_number(amount.number, read.account) else { return Ok(None) };
        let exact = match amount.of {
            PlainBase::One => number,
            PlainBase::Sum(field) => number.times(Exact::from(read.sum(lines, field)?.max(Amount::ZERO)))?,
            PlainBase::Blocks(field, size, mode) => {
                let of = Exact::from(read.sum(lines, field)?);
                let Some(size) = self.plain_number(size, read.account).filter(|size| size.is_positive()) else {
                    return Ok(None);
                };
                number.times(formula::blocks(of, size, mode)?)?
            }
            PlainBase::Items => number.times(Exact::from(read.sum(lines, NumField::Quantity)?))?,
        };
        let Some(worth) = amount.worth else { return Ok(Some(exact)) };
        match self.plain_number(worth, read.account) {
            Some(worth) if worth == Exact::ONE => Ok(Some(exact)),
            Some(worth) if worth.is_positive() => Ok(Some(exact.over(worth)?)),
            _ => Ok(None),
        }
    }

    /// What the limit of a rule leaves of an award.
    fn plain_room(&self, rule: &PlainRule, read: &Counter<'_>, wanted: Amount) -> Result<Amount, Fault> {
        let Some(limit) = rule.limit.filter(|_| wanted.is_positive()) else { return Ok(wanted) };
        let of = self.plan.limit(limit);
        let (Some(room), Some(window)) = (self.plain_number(of.room, read.account), &of.window) else {
            return Ok(wanted);
        };
        let used = match read.account.usage(limit, Key::default()) {
            Some(own) => own.tally.peek(window, &read.account.who(self.plan, &self.index.layout), read.at)?,
            None => Amount::ZERO,
        };
        let rest = room.minus(Exact::from(used))?;
        let rest = if rest.is_negative() { Exact::ZERO } else { rest };
        Ok(rest.round(Rounding::Down, rule.decimals)?.min(wanted))
    }

    /// Posts what a rule gave.
    fn post_plainly(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        rule: &PlainRule,
        award: Award,
        receipt: Datum,
    ) -> Result<(), Fault> {
        self.sink.award(rule.id, rule.unit, award.wanted, award.given);
        if !award.given.is_positive() {
            return Ok(());
        }
        let pool = self.pool;
        let known = if rule.by_day { pool.dates_of(award.rule, cause.at.day) } else { None };
        let dates = known.unwrap_or_else(|| self.plain_dates(account, rule, cause.at, receipt));
        if rule.by_day && known.is_none() {
            pool.put_dates(award.rule, cause.at.day, dates);
        }
        if let Some(day) = account.days.get_mut(Layout::award(rule.unit.index())) {
            *day = Some(cause.at.day);
        }
        let lot = if self.named { self.lot_name(cause, rule.id) } else { None };
        self.give(
            account,
            cause.by(rule.id),
            rule.unit,
            Datum::Missing,
            dates,
            award.given,
            lot.as_ref(),
            EntryKind::Earn,
        )?;
        let Some(limit) = rule.limit else { return Ok(()) };
        if self.plain_number(self.plan.limit(limit).room, account).is_none() {
            return Ok(());
        }
        let charge = Charge { limit, key: Key::default(), level: Level::MEMBER, amount: award.given, net: award.given };
        self.charge_all(account, around, &[charge], cause.at)
    }

    fn plain_dates(&self, account: &Account, rule: &PlainRule, at: Moment, receipt: Datum) -> Dates {
        let give = give_of(self.plan, rule.source);
        let own = (give.and_then(|give| give.opening.as_ref()), give.and_then(|give| give.expiry.as_ref()));
        dates_of(self.plan, self.index, account, rule.unit, own, at, receipt, fixed_length)
    }
}
