//! A purchase of a plain programme: see `plain` for what that is.
//!
//! The lines that a rule looks at are the bits of a number, what it gives is two amounts, and nothing is noted that
//! only an explanation or a return would ask for. The steps are those of `purchase`, `accrual`, `limit` and `award`.

use super::Fault;
use super::account::{Account, Charge, Key};
use super::around::{Around, Level};
use super::book::Book;
use super::close::forget_repaid;
use super::counter;
use super::daily::Rules;
use super::formula;
use super::plain::{Plain, PlainBase, PlainCount, PlainRule};
use super::post::{Cause, Dated, Desk};
use super::quick::{Counted, Quick};
use super::returns::forget_receipts;
use super::value::{Basket, number_of_line};
use super::when::Layout;
use crate::ledger::{Compared, EntryKind, Sink};
use crate::plan::{ExprId, NumField};
use crate::syntax::ast::{BlockMode, Compare};
use crate::time::{Day, Moment};
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
    /// The lines that it looked at.
    lines: Lines,
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
    fn sum(&self, lines: Lines, field: NumField) -> Result<Amount, Fault> {
        let mut sum = Amount::ZERO;
        for (at, line) in self.basket.lines.iter().enumerate() {
            if lines >> at & 1 == 1 {
                sum = sum.plus(number_of_line(line, field)?)?;
            }
        }
        Ok(sum)
    }
}

impl Book {
    /// Applies a purchase of a plain programme that touches nobody but the member; answers whether it was such a one.
    pub(super) fn apply_plainly(&mut self, at: usize, event: &Event, sink: &mut impl Sink) -> Result<bool, Fault> {
        let Self { plan, index, accounts, texts, shared, options, pool, keep, .. } = self;
        let (plan, index) = (&**plan, &**index);
        let (Some(plain), Some(account)) = (&index.plain, accounts.get_mut(at)) else { return Ok(false) };
        let is_plain = plain.alone && event.redeemed.is_empty() && event.lines.len() <= LINES_MAX;
        if !is_plain || account.joined.is_none() || (account.referrer.is_some() && index.levels > 0) {
            return Ok(false);
        }
        let within = || plan.returns.within.after_day(event.at.day).unwrap_or(Day::MAX);
        if keep.as_ref().is_none_or(|keep| keep(event, texts, within()).is_some()) {
            return Ok(false);
        }
        let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
        if account.due > event.at.day && !index.opens_at_instants {
            account.today = account.today.max(event.at.day);
        } else {
            desk.catch_up(account, shared, event.at)?;
        }
        desk.sink.fact(event);
        forget_receipts(account, plan, event.at.day, index.levels > 0);
        let mut around = Around::alone(shared);
        let stands = desk.plain_purchase(plain, account, &mut around, event, &event.lines, Datum::Missing)?;
        if !(stands && index.steady && account.carried.is_empty()) {
            desk.plan_on(account, event.at.day);
        }
        if account.receipts.is_empty() {
            forget_repaid(account, plan);
        }
        Ok(true)
    }
}

/// Was a rule left less than it wanted, or one that it multiplies?
fn was_cut(plain: &Plain, done: &Awards, rule: usize) -> bool {
    let cut = |award: &Award| award.rule == rule && award.given < award.wanted;
    let base = || plain.rules.get(rule)?.base.as_ref();
    done.iter().any(cut) || base().is_some_and(|(base, _)| was_cut(plain, done, *base))
}

impl<S: Sink> Desk<'_, S> {
    /// A purchase on which no units are spent, and to which no return comes; answers whether all ladders stand as they
    /// stood.
    pub(super) fn plain_purchase(
        &mut self,
        plain: &Plain,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        lines: &[Line],
        receipt: Datum,
    ) -> Result<bool, Fault> {
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let basket = Basket { lines, paid: &[], values: &event.values, part: None };
        let daily = self.daily(plain, account, event.at);
        let mut awards = Awards::new();
        self.work_plainly(plain, daily.on, &Counter { basket, account, at: event.at }, &mut awards)?;
        // What is given now lives from this purchase on, though conditions stood as before it.
        if let Some(day) = account.days.get_mut(Layout::LAST_PURCHASE) {
            *day = Some(event.at.day);
        }
        for award in &awards {
            if let Some(rule) = plain.rules.get(award.rule) {
                self.post_plainly(account, around, cause, rule, *award, daily.dates(award.rule), receipt)?;
            }
        }
        for (place, (id, count)) in plain.counters.iter().enumerate() {
            let adds = match count {
                PlainCount::Sum(field) => {
                    let sum = |sum: Amount, line| sum.plus(number_of_line(line, *field)?).map_err(Fault::from);
                    lines.iter().try_fold(Amount::ZERO, sum)?
                }
                PlainCount::Visit if counter::has_kept_line(&basket) => Amount::ONE,
                PlainCount::Visit => Amount::ZERO,
            };
            match (daily.since(place), account.counters.get_mut(id.index())) {
                (Some(first), Some(tally)) => {
                    tally.roll_to(first)?;
                    if !adds.is_zero() {
                        tally.add(&self.plan.counter(*id).window, event.at.day, adds)?;
                    }
                }
                _ => counter::add(account, self.plan, self.index, *id, event.at, adds)?,
            }
        }
        account.purchases += 1;
        account.last_purchase = Some(event.at.day);
        for line in lines {
            account.revenue = account.revenue.plus(line.amount)?;
        }
        let mut rises = Vec::new();
        let stands = self.look_after_counting(account, event.at, &mut rises)?;
        if !rises.is_empty() {
            self.entered(account, around.shared, cause, &rises)?;
        }
        Ok(stands && !account.gifted)
    }

    /// What the rules of a purchase give, of those that can fire on its day.
    fn work_plainly(
        &mut self,
        plain: &Plain,
        mut on: Rules,
        read: &Counter<'_>,
        done: &mut Awards,
    ) -> Result<(), Fault> {
        while on != 0 {
            let at = on.trailing_zeros() as usize;
            on &= on - 1;
            let Some(rule) = plain.rules.get(at) else { break };
            let Some((mut lines, mut sum)) = self.plain_lines(rule, read)? else { continue };
            if self.sink.asks_how_near() {
                self.tell_near(rule, read, lines, sum)?;
            }
            if !self.plain_holds(rule, read, lines, sum)? {
                continue;
            }
            let mut most = None;
            if let Some((base, more)) = &rule.base {
                let own = done.iter().find(|award| award.rule == *base && award.given.is_positive());
                let Some(own) = own else { continue };
                if lines & !own.lines != 0 {
                    lines &= own.lines;
                    sum = rule.field.map_or(Ok(sum), |field| read.sum(lines, field))?;
                }
                if lines == 0 && !read.basket.lines.is_empty() {
                    continue;
                }
                // Where a limit cut the base, no more than that is multiplied.
                most = Some((own.given, more)).filter(|_| was_cut(plain, done, *base));
            }
            let Some(share) = rule.share.at(&read.account.standings) else { continue };
            let Some(wanted) = self.plain_share(rule, share, read.account, sum)? else { continue };
            let mut wanted = wanted.max(Amount::ZERO);
            if let Some((given, more)) = most {
                let Some(more) = more.at(&read.account.standings) else { continue };
                wanted = wanted.min(more.share_of(given, rule.mode, rule.decimals)?.max(Amount::ZERO));
            }
            let given = self.plain_room(rule, read, wanted)?;
            done.push(Award { rule: at, lines, wanted, given });
        }
        Ok(())
    }

    /// The lines that a rule looks at, and the sum of its number over them; none where it has no line or its time is
    /// not now.
    fn plain_lines(&self, rule: &PlainRule, read: &Counter<'_>) -> Result<Option<(Lines, Amount)>, Fault> {
        if !rule.times.is_empty() {
            let who = read.account.who(self.plan, &self.index.layout);
            if rule.times.iter().any(|period| who.occurrence(*period, read.at).is_none()) {
                return Ok(None);
            }
        }
        let quick = |id: ExprId| self.index.quick.get(id.index()).and_then(Option::as_ref);
        let (mut lines, mut sum) = (0, Amount::ZERO);
        let filter = rule.filter.and_then(quick);
        for (at, line) in read.basket.lines.iter().enumerate() {
            let fits = match filter {
                Some(filter @ Quick::Text { field, .. }) => filter.fits_text(read.basket.text_of(line, *field)),
                _ => true,
            };
            if fits {
                lines |= 1 << at;
                if let Some(field) = rule.field {
                    sum = sum.plus(number_of_line(line, field)?)?;
                }
            }
        }
        if lines == 0 && filter.is_some() {
            return Ok(None);
        }
        Ok(Some((lines, sum)))
    }

    /// Do the conditions of a rule hold for its lines?
    fn plain_holds(&self, rule: &PlainRule, read: &Counter<'_>, lines: Lines, sum: Amount) -> Result<bool, Fault> {
        for (_, field, compare, bound) in self.bounds_of(rule) {
            let sum = if Some(field) == rule.field { sum } else { read.sum(lines, field)? };
            if !compare.fits(sum.cmp(&bound)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a rule compares: where it stands, which sum, how, and with what.
    fn bounds_of<'s>(&'s self, rule: &'s PlainRule) -> impl Iterator<Item = (ExprId, NumField, Compare, Amount)> + 's {
        rule.conditions.iter().filter_map(|id| match self.index.quick.get(id.index())? {
            Some(Quick::Number { of: Counted::Lines(field), compare, bound }) => Some((*id, *field, *compare, *bound)),
            _ => None,
        })
    }

    /// Tells which comparison alone decides on a rule: all that hold, or the one that does not.
    fn tell_near(&mut self, rule: &PlainRule, read: &Counter<'_>, lines: Lines, sum: Amount) -> Result<(), Fault> {
        let mut all: SmallVec<[Compared; 4]> = SmallVec::new();
        for (at, field, compare, want) in self.bounds_of(rule) {
            let have = if Some(field) == rule.field { sum } else { read.sum(lines, field)? };
            all.push(Compared { rule: rule.id, at, compare, have, want });
        }
        let holds = |compared: &Compared| compared.compare.fits(compared.have.cmp(&compared.want));
        match all.iter().filter(|compared| !holds(compared)).count() {
            0 => {
                if let PlainBase::Blocks(_, at, BlockMode::Full) = rule.of
                    && rule.base.is_none()
                    && let Some(size) = self.plain_number(at, read.account).and_then(|size| size.to_amount())
                {
                    all.push(Compared { rule: rule.id, at, compare: Compare::AtLeast, have: sum, want: size });
                }
            }
            1 => all.retain(|compared| !holds(compared)),
            _ => all.clear(),
        }
        all.into_iter().for_each(|compared| self.sink.compared(&read.account.name, compared));
        Ok(())
    }

    /// What a rule wants for the sum of its lines; none where the tier held has no number for it.
    fn plain_share(
        &self,
        rule: &PlainRule,
        share: &Exact,
        account: &Account,
        sum: Amount,
    ) -> Result<Option<Amount>, Fault> {
        let (mode, decimals) = (rule.mode, rule.decimals);
        let wanted = match rule.of {
            PlainBase::One => share.round(mode, decimals),
            PlainBase::Sum(_) => share.share_of(sum.max(Amount::ZERO), mode, decimals),
            PlainBase::Items => share.share_of(sum, mode, decimals),
            PlainBase::Blocks(_, size, blocks) => {
                let Some(size) = self.plain_number(size, account).filter(|size| size.is_positive()) else {
                    return Ok(None);
                };
                share.times(formula::blocks(Exact::from(sum), *size, blocks)?)?.round(mode, decimals)
            }
        };
        Ok(Some(wanted?))
    }

    /// A number that no event changes; none where the tier held has none.
    fn plain_number(&self, id: ExprId, account: &Account) -> Option<&Exact> {
        self.index.numbers.get(id.index())?.at(&account.standings)
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

    /// Posts what a rule gave; `dates` are those of the day, where it alone decides them.
    fn post_plainly(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        rule: &PlainRule,
        award: Award,
        dates: Option<&Dated>,
        receipt: Datum,
    ) -> Result<(), Fault> {
        self.sink.award(rule.id, rule.unit, award.wanted, award.given);
        if !award.given.is_positive() {
            return Ok(());
        }
        let own = if dates.is_none() { Some(self.plain_dates(account, rule, cause.at, receipt)) } else { None };
        if let Some(day) = account.days.get_mut(Layout::award(rule.unit.index())) {
            *day = Some(cause.at.day);
        }
        let lot = if self.named { self.lot_name(cause, rule.id) } else { None };
        let (lot, by) = (lot.as_ref(), cause.by(rule.id));
        match (dates, own) {
            (Some(dated), _) => {
                self.give_dated(account, by, rule.unit, Datum::Missing, dated, award.given, lot, EntryKind::Earn)?;
            }
            (None, Some(dates)) => {
                self.give(account, by, rule.unit, Datum::Missing, dates, award.given, lot, EntryKind::Earn)?;
            }
            (None, None) => {}
        }
        let Some(limit) = rule.limit else { return Ok(()) };
        if self.plain_number(self.plan.limit(limit).room, account).is_none() {
            return Ok(());
        }
        let charge = Charge { limit, key: Key::default(), level: Level::MEMBER, amount: award.given, net: award.given };
        self.charge_all(account, around, &[charge], cause.at)
    }
}
