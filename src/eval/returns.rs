//! Returns: a receipt is worked out again with the lines that were kept, by the code that worked it
//! out first and with the state of its day, and the difference is taken back.
//!
//! One return may touch several receipts, and who referred may differ from one to the next: each is worked out with
//! those who stood above its member when it was bought.

use super::Fault;
use super::account::{Account, Receipt};
use super::around::{Around, Level, reached};
use super::book::Book;
use super::close::{cause_of, close, join};
use super::counter;
use super::fall::Lowered;
use super::house::own_piles;
use super::kept::{Kept, back_of, is_gone, kept_of};
use super::order::in_order;
use super::post::{Cause, Desk};
use super::purchase::Fact;
use super::value::Basket;
use crate::ledger::{Note, Sink};
use crate::plan::Plan;
use crate::time::Day;
use crate::ty::event::Datum;
use crate::ty::{Event, Kind, Line};
use crate::value::{Amount, Exact, Rounding, share_out};

impl Book {
    /// A return: finds what is returned, then works each receipt that it touches out again.
    pub(super) fn take_return(
        &mut self,
        at: usize,
        friend: Datum,
        event: &Event,
        sink: &mut impl Sink,
    ) -> Result<(), Fault> {
        let touched = self.find_returned(at, friend, event, sink)?;
        let mut returned = Vec::with_capacity(touched.len());
        let mut moved = Vec::new();
        for (place, before) in touched {
            returned.extend(self.return_receipt((at, place), &before, friend, event, &mut moved, sink)?);
        }
        let Self { plan, index, accounts, texts, shared, options, pool, scratch, .. } = self;
        let Some(account) = accounts.get_mut(at) else { return Ok(()) };
        let mut desk = Desk { plan, index, sink: &mut *sink, named: options.named_lots, pool };
        if !returned.is_empty() {
            desk.take_back_rises(account, &returned, event.at)?;
        }
        let lines = in_order(index.category, texts, &event.lines, scratch);
        let mut around = Around::alone(shared);
        desk.after_return(account, &mut around, event, lines, friend)?;
        close(&mut desk, account, &mut around, event)?;
        for (other, returned) in moved {
            self.look_after_return(other, &returned, event, sink)?;
        }
        Ok(())
    }

    /// The member comes to the moment of a return; answers the receipts that it touches, with what was kept of each.
    fn find_returned(
        &mut self,
        at: usize,
        friend: Datum,
        event: &Event,
        sink: &mut impl Sink,
    ) -> Result<Vec<(usize, Kept)>, Fault> {
        let Self { plan, index, accounts, shared, options, pool, .. } = self;
        let Some(account) = accounts.get_mut(at) else { return Ok(Vec::new()) };
        let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
        let first = account.joined.is_none();
        if first {
            desk.begin(account, event.at.day);
        }
        desk.catch_up(account, shared, event.at)?;
        desk.sink.fact(event);
        forget_receipts(account, plan, event.at.day, index.levels > 0);
        if first && account.listed.is_none_or(|day| day > event.at.day) {
            join(&mut desk, account, &mut Around::alone(shared), event, friend)?;
        }
        desk.match_receipts(account, event)
    }

    /// One receipt that a return touches; answers what it lowered.
    fn return_receipt(
        &mut self,
        (at, place): (usize, usize),
        before: &Kept,
        friend: Datum,
        event: &Event,
        moved: &mut Vec<(usize, Vec<Lowered>)>,
        sink: &mut impl Sink,
    ) -> Result<Option<Lowered>, Fault> {
        let Some(receipt) = self.accounts.get(at).and_then(|account| account.receipts.get(place)) else {
            return Ok(None);
        };
        // A return that finds nothing of it changes nothing.
        let kept = kept_of(receipt)?;
        if kept.lines == before.lines && kept.paid == before.paid {
            return Ok(None);
        }
        let chain = self.chain_then(receipt);
        let elsewhere = |book: &Self, other: &usize| book.home(*other).is_some() && book.home(*other) != book.home(at);
        for other in chain.into_iter().flatten() {
            if elsewhere(self, &other) {
                self.bring_house(self.home(other), event.at, sink)?;
                self.host(other, event.at, sink)?;
            }
        }
        let Self { plan, index, accounts, shared, options, pool, .. } = &mut *self;
        let Some((account, mut referrers)) = reached(accounts, at, chain) else { return Ok(None) };
        let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
        for referrer in referrers.each_mut() {
            desk.catch_up(referrer, shared, event.at)?;
        }
        let mut around = Around { referrers, ..Around::alone(shared) };
        let Some(mut receipt) = account.receipts.remove(place) else { return Ok(None) };
        let lowered = desk.rework(account, &mut around, &mut receipt, (before, &kept), event, friend)?;
        let (bought, nth) = (receipt.frame.at, receipt.nth);
        account.receipts.insert(place, receipt);
        let of = |seat: Level| {
            lowered.iter().filter(|(whose, ..)| *whose == seat).map(|(_, id, amount)| (*id, *amount)).collect()
        };
        for (seat, other) in around.all_moved() {
            // Which purchase of the friend it was is no matter of who referred.
            let part = (bought, 0, of(seat));
            match moved.iter_mut().find(|(known, _)| *known == other) {
                Some((_, parts)) => parts.push(part),
                None => moved.push((other, vec![part])),
            }
        }
        for other in chain.into_iter().flatten() {
            if elsewhere(self, &other) {
                self.unhost(other);
            }
        }
        Ok(Some((bought, nth, of(Level::MEMBER))))
    }

    /// The ladders of someone above look, where a return moved their units.
    fn look_after_return(
        &mut self,
        at: usize,
        returned: &[Lowered],
        event: &Event,
        sink: &mut impl Sink,
    ) -> Result<(), Fault> {
        self.host(at, event.at, sink)?;
        let Self { plan, index, accounts, shared, options, pool, .. } = self;
        if let Some(account) = accounts.get_mut(at) {
            let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
            desk.take_back_rises(account, returned, event.at)?;
            let mut rises = Vec::new();
            desk.look_at_ladders(account, event.at, &mut rises)?;
            desk.entered(account, shared, cause_of(event), &rises)?;
            desk.plan_anew(account, event.at.day);
        }
        self.unhost(at);
        Ok(())
    }
}

impl<S: Sink> Desk<'_, S> {
    /// The receipts that a return touches, with what was kept of each before it.
    fn match_receipts(&mut self, account: &mut Account, event: &Event) -> Result<Vec<(usize, Kept)>, Fault> {
        let mut touched = Vec::new();
        let mut receipts = std::mem::take(&mut account.receipts);
        let result = self.match_return(&mut receipts, event, &mut touched);
        account.receipts = receipts;
        result?;
        let total = event.lines.iter().try_fold(Amount::ZERO, |sum, line| sum.plus(line.amount))?;
        account.revenue = account.revenue.minus(total)?;
        touched.sort_by_key(|(place, _)| *place);
        Ok(touched)
    }

    fn still_within(&self, receipt: &Receipt, day: Day) -> bool {
        self.plan.returns.within.after_day(receipt.frame.at.day).is_none_or(|last| day <= last)
    }

    /// Marks what came back; notes each receipt touched with what was kept of it before.
    fn match_return(
        &mut self,
        receipts: &mut std::collections::VecDeque<Box<Receipt>>,
        event: &Event,
        touched: &mut Vec<(usize, Kept)>,
    ) -> Result<(), Fault> {
        // Articles first, the larger amount first, so that the order of rows does not matter.
        let mut lines: Vec<&Line> = event.lines.iter().collect();
        lines.sort_by_key(|line| (line.sku.is_none(), std::cmp::Reverse(line.amount)));
        if event.of.is_empty() {
            for line in lines {
                self.match_sku(receipts, None, line, event.at.day, touched)?;
            }
            return Ok(());
        }
        let Some(place) = receipts.iter().rposition(|receipt| *receipt.number == *event.of) else {
            for at in 0..event.lines.len().max(1) {
                self.unmatched(event.lines.get(at).map_or(Amount::ZERO, |line| line.amount));
            }
            return Ok(());
        };
        let Some(receipt) = receipts.get_mut(place) else { return Ok(()) };
        if !self.still_within(receipt, event.at.day) {
            self.sink.note(Note::ReturnTooLate);
            return Ok(());
        }
        touch(touched, place, receipt)?;
        if event.lines.is_empty() {
            for line in &mut receipt.lines {
                line.back_quantity = line.line.quantity;
                line.back_amount = if line.line.quantity.is_positive() { Amount::ZERO } else { line.line.amount };
            }
            return Ok(());
        }
        for line in lines {
            if line.sku.is_some() {
                self.match_sku(receipts, Some(place), line, event.at.day, touched)?;
            } else if let Some(receipt) = receipts.get_mut(place) {
                self.lower_lines(receipt, line.amount)?;
            }
        }
        Ok(())
    }

    /// Finds sales of an article: same unit price first, then others; the latest receipt first, within it the dearer line.
    fn match_sku(
        &mut self,
        receipts: &mut std::collections::VecDeque<Box<Receipt>>,
        only: Option<usize>,
        line: &Line,
        day: Day,
        touched: &mut Vec<(usize, Kept)>,
    ) -> Result<(), Fault> {
        let mut found = Vec::new();
        for (place, receipt) in receipts.iter().enumerate() {
            let searched = only.map_or_else(|| self.still_within(receipt, day), |only| only == place);
            if !searched || line.sku.is_none() {
                continue;
            }
            for (at, sold) in receipt.lines.iter().enumerate() {
                if sold.line.sku == line.sku && !is_gone(sold)? && sold.line.quantity.is_positive() {
                    let price = Exact::from(sold.line.amount).over(Exact::from(sold.line.quantity))?;
                    found.push((place, at, price));
                }
            }
        }
        let price = if line.quantity.is_positive() {
            Some(Exact::from(line.amount).over(Exact::from(line.quantity))?)
        } else {
            None
        };
        found.sort_by(|(place, at, one), (other_place, other_at, other)| {
            let differs = (Some(*one) != price).cmp(&(Some(*other) != price));
            let dearer = other.compare(*one).unwrap_or(std::cmp::Ordering::Equal);
            differs.then(other_place.cmp(place)).then(dearer).then(at.cmp(other_at))
        });
        let mut left = line.quantity;
        for (place, at, _) in found {
            if !left.is_positive() {
                break;
            }
            let Some(receipt) = receipts.get_mut(place) else { continue };
            touch(touched, place, receipt)?;
            let Some(sold) = receipt.lines.get_mut(at) else { continue };
            let part = sold.line.quantity.minus(sold.back_quantity)?.min(left);
            sold.back_quantity = sold.back_quantity.plus(part)?;
            left = left.minus(part)?;
        }
        if left.is_positive() {
            let share = Exact::from(line.amount).times(Exact::from(left))?.over(Exact::from(line.quantity))?;
            self.unmatched(share.round(Rounding::HalfUp, 6)?);
        }
        Ok(())
    }

    /// A line came back, or a part of it, that was not bought here.
    fn unmatched(&mut self, money: Amount) {
        self.sink.note(Note::UnmatchedReturn);
        self.sink.unmatched(money);
    }

    /// An amount without an article lowers the kept lines in proportion to what is left of them.
    fn lower_lines(&mut self, receipt: &mut Receipt, amount: Amount) -> Result<(), Fault> {
        let mut left = Vec::with_capacity(receipt.lines.len());
        for line in &receipt.lines {
            let rest = line.line.amount.minus(back_of(line, line.line.amount)?)?;
            left.push(if is_gone(line)? { Amount::ZERO } else { rest.max(Amount::ZERO) });
        }
        let room = left.iter().try_fold(Amount::ZERO, |sum, part| sum.plus(*part))?;
        if amount > room {
            self.unmatched(amount.minus(room)?);
        }
        let step = 10_i64.pow(6_u32.saturating_sub(self.plan.currency_decimals));
        let amount = amount.min(room);
        if !amount.is_positive() {
            return Ok(());
        }
        let parts = share_out(amount, &left, if amount == room { 1 } else { step })?;
        for (line, part) in receipt.lines.iter_mut().zip(parts) {
            line.back_amount = line.back_amount.plus(part)?;
        }
        Ok(())
    }

    /// The rules on a return itself, and the counter of returns.
    pub(super) fn after_return(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        lines: &[Line],
        friend: Datum,
    ) -> Result<(), Fault> {
        let paid = vec![Amount::ZERO; lines.len()];
        let fact = Fact {
            kind: Kind::Return,
            action: None,
            basket: Basket { lines, paid: &paid, values: &event.values, part: None },
            receipt: Datum::Missing,
            friend,
        };
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        self.fact_rules(account, around, cause, &fact)?;
        for id in &self.index.returned {
            counter::add(account, self.plan, self.index, *id, event.at, Amount::ONE)?;
        }
        Ok(())
    }
}

fn touch(touched: &mut Vec<(usize, Kept)>, place: usize, receipt: &Receipt) -> Result<(), Fault> {
    if !touched.iter().any(|(known, _)| *known == place) {
        touched.push((place, kept_of(receipt)?));
    }
    Ok(())
}

/// A receipt whose return is too late is still known for so many days.
const DAYS_OF_GRACE: i64 = 366;

/// The last day on which a receipt of a day is known, whatever returns may come: a year longer than needed, because
/// a return after `returns within` is told apart from one of an unknown receipt.
pub(super) fn known_until(plan: &Plan, bought: Day) -> Day {
    let grace = bought.plus_days(DAYS_OF_GRACE).and_then(|day| plan.returns.within.after_day(day));
    grace.unwrap_or(Day::MAX)
}

impl super::index::Index {
    /// May a return ask for what an account lost by date, its own or that of a friend?
    pub(super) fn keeps_lost(&self, plan: &Plan, account: &Account, unit: crate::plan::UnitId) -> bool {
        self.levels > 0 || account.keeps_lost(plan, unit)
    }
}

/// Receipts that can no longer come back are forgotten, and with the last of them what was lost by date.
pub(super) fn forget_receipts(account: &mut Account, plan: &Plan, today: Day, by_friends: bool) {
    if account.receipts.is_empty() || today <= account.keeps_until {
        return;
    }
    let known = account.receipts.len();
    account.receipts.retain(|receipt| today <= receipt.until);
    account.keeps_until = account.receipts.iter().map(|receipt| receipt.until).min().unwrap_or(Day::MAX);
    if account.receipts.len() == known {
        return;
    }
    account.receipts.shrink_to_fit();
    if account.receipts.is_empty() && !by_friends {
        for pile in own_piles(account, plan) {
            pile.lost = Vec::new();
            pile.repaid = Vec::new();
        }
    }
}
