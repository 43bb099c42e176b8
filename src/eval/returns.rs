//! Returns: a receipt is worked out again with the lines that were kept, by the code that worked it
//! out first and with the state of its day, and the difference is taken back.

use super::Fault;
use super::account::{Account, Frame, KeptLine, Posted, Receipt};
use super::accrual::{Award, Done, Work};
use super::counter;
use super::formula;
use super::post::{Cause, Desk, dates_of};
use super::purchase::{Around, Fact, Past, give_of, running_counter};
use super::tier::length_of;
use super::value::{Basket, Scene};
use crate::ledger::{EntryKind, Note, Opens, Sink, Taken};
use crate::plan::{CounterId, Formula, Measure, Prize, RuleId};
use crate::syntax::ast::ReturnsMode;
use crate::time::{Day, Moment};
use crate::ty::event::Datum;
use crate::ty::{Event, Kind, Line};
use crate::value::{Amount, Exact, Rounding, share_out};

/// What the lines of a receipt are now: those kept, with their money that units paid.
struct Kept {
    lines: Vec<Line>,
    paid: Vec<Amount>,
    /// For each kept line, its place on the receipt.
    places: Vec<usize>,
}

impl Kept {
    fn basket<'a>(&'a self, values: &'a [Datum]) -> Basket<'a> {
        Basket { lines: &self.lines, paid: &self.paid, values }
    }
}

/// The part of `whole` that has come back: by quantity, and by amounts without an article.
fn back_of(line: &KeptLine, whole: Amount) -> Result<Amount, Fault> {
    let mut back = Amount::ZERO;
    if line.back_quantity.is_positive() && line.line.quantity.is_positive() {
        let share = Exact::from(line.back_quantity).over(Exact::from(line.line.quantity))?;
        back = Exact::from(whole).times(share)?.round(Rounding::HalfUp, 6)?;
    }
    if line.back_amount.is_positive() && line.line.amount.is_positive() {
        let share = Exact::from(line.back_amount).over(Exact::from(line.line.amount))?;
        back = back.plus(Exact::from(whole).times(share)?.round(Rounding::HalfUp, 6)?)?;
    }
    Ok(if whole.is_negative() { back } else { back.min(whole) })
}

fn is_gone(line: &KeptLine) -> Result<bool, Fault> {
    let quantity = line.line.quantity;
    let by_quantity = quantity.is_positive() && line.back_quantity >= quantity;
    let left = line.line.amount.minus(back_of(line, line.line.amount)?)?;
    Ok(by_quantity || (line.line.amount.is_positive() && !left.is_positive()))
}

fn kept_of(receipt: &Receipt) -> Result<Kept, Fault> {
    let mut kept = Kept { lines: Vec::new(), paid: Vec::new(), places: Vec::new() };
    for (place, line) in receipt.lines.iter().enumerate() {
        if is_gone(line)? {
            continue;
        }
        let mut left = line.line.clone();
        left.amount = left.amount.minus(back_of(line, line.line.amount)?)?;
        left.discount = left.discount.minus(back_of(line, line.line.discount)?)?;
        left.quantity = left.quantity.minus(line.back_quantity)?;
        for value in &mut left.values {
            if let Datum::Number(number) = value {
                *number = number.minus(back_of(line, *number)?)?;
            }
        }
        kept.lines.push(left);
        kept.paid.push(line.paid.minus(back_of(line, line.paid)?)?);
        kept.places.push(place);
    }
    Ok(kept)
}

impl<S: Sink> Desk<'_, S> {
    /// A return: finds what is returned, then works each receipt that it touches out again.
    pub(super) fn returned(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        friend: Datum,
    ) -> Result<(), Fault> {
        let before: Vec<(usize, Kept)> = Vec::new();
        let mut touched = before;
        let mut receipts = std::mem::take(&mut account.receipts);
        let result = self.match_return(&mut receipts, event, &mut touched);
        account.receipts = receipts;
        result?;
        let total = event.lines.iter().try_fold(Amount::ZERO, |sum, line| sum.plus(line.amount))?;
        account.revenue = account.revenue.minus(total)?;
        touched.sort_by_key(|(place, _)| *place);
        for (place, before) in touched {
            let Some(mut receipt) = account.receipts.get(place).cloned() else { continue };
            self.rework(account, around, &mut receipt, &before, event, friend)?;
            if let Some(slot) = account.receipts.get_mut(place) {
                *slot = receipt;
            }
        }
        Ok(())
    }

    fn still_within(&self, receipt: &Receipt, day: Day) -> bool {
        self.plan.returns.within.after_day(receipt.frame.at.day).is_none_or(|last| day <= last)
    }

    /// Marks what came back; notes each receipt touched with what was kept of it before.
    fn match_return(
        &mut self,
        receipts: &mut std::collections::VecDeque<Receipt>,
        event: &Event,
        touched: &mut Vec<(usize, Kept)>,
    ) -> Result<(), Fault> {
        if event.of.is_empty() {
            for line in &event.lines {
                self.match_sku(receipts, None, line, event.at.day, touched)?;
            }
            return Ok(());
        }
        let Some(place) = receipts.iter().rposition(|receipt| receipt.number == event.of) else {
            for _ in 0..event.lines.len().max(1) {
                self.sink.note(Note::UnmatchedReturn);
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
        for line in &event.lines {
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
        receipts: &mut std::collections::VecDeque<Receipt>,
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
            self.sink.note(Note::UnmatchedReturn);
        }
        Ok(())
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
            self.sink.note(Note::UnmatchedReturn);
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

    fn modes(&self, rule: RuleId) -> &[ReturnsMode] {
        self.plan.rule(rule).returns.as_ref().map_or(&self.plan.returns.modes, |own| &own.modes)
    }

    /// Works a receipt out again and takes the difference back.
    fn rework(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        receipt: &mut Receipt,
        before: &Kept,
        event: &Event,
        friend: Datum,
    ) -> Result<(), Fault> {
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let kept = kept_of(receipt)?;
        if kept.lines.is_empty() {
            receipt.visit = false;
        } else if self.plan.returns.modes.contains(&ReturnsMode::WholeReceiptsOnly) {
            self.sink.note(Note::PartialReturn);
        }
        self.units_come_back(account, cause, receipt, &kept)?;
        let now = self.work_again(receipt, &kept, friend)?;
        let mut lowered: Vec<(CounterId, Amount)> = Vec::new();
        self.change_rows(account, around, cause, receipt, &kept, &now, &mut lowered)?;
        self.lower_counters(account, receipt, before, &kept, event.at, &mut lowered)?;
        self.take_running(account, around, cause, receipt, &mut lowered)?;
        self.take_back_rises(account, receipt.frame.at, &lowered, event.at)
    }

    fn work_again(&self, receipt: &Receipt, kept: &Kept, friend: Datum) -> Result<Done, Fault> {
        if kept.lines.is_empty() {
            return Ok(Done::default());
        }
        let rooms = Past(&receipt.frame.rooms);
        let mut work = Work {
            plan: self.plan,
            index: self.index,
            frame: &receipt.frame,
            basket: kept.basket(&receipt.values),
            kind: Kind::Purchase,
            action: None,
            friend,
            rooms: &rooms,
            done: Done::default(),
            trace: None,
        };
        work.run(&self.index.purchase)?;
        Ok(work.done)
    }

    /// Units spent on the returned part come back with their old dates, before anything is taken back.
    fn units_come_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        receipt: &mut Receipt,
        kept: &Kept,
    ) -> Result<(), Fault> {
        if self.plan.returns.modes.contains(&ReturnsMode::SpentUnitsStay) {
            return Ok(());
        }
        let lines = &receipt.lines;
        for spent in &mut receipt.spent {
            let by_money = spent.paid.is_positive();
            let of = |line: &Line, paid: Amount| if by_money { Ok(paid) } else { line.amount.minus(line.discount) };
            let mut whole = Amount::ZERO;
            for line in lines {
                whole = whole.plus(of(&line.line, line.paid)?)?;
            }
            let mut rest = Amount::ZERO;
            for (line, paid) in kept.lines.iter().zip(&kept.paid) {
                rest = rest.plus(of(line, *paid)?)?;
            }
            let back = if kept.lines.is_empty() {
                spent.total
            } else if whole.is_positive() {
                let share = Exact::from(whole.minus(rest)?).over(Exact::from(whole))?;
                Exact::from(spent.total).times(share)?.round(Rounding::Down, self.plan.unit(spent.unit).decimals)?
            } else {
                Amount::ZERO
            };
            let mut left = back.minus(spent.back)?;
            if !left.is_positive() {
                continue;
            }
            spent.back = back;
            let owed = spent.owed.min(left);
            if owed.is_positive() {
                spent.owed = spent.owed.minus(owed)?;
                left = left.minus(owed)?;
                self.debt_comes_back(account, cause, spent.unit, spent.tag, owed)?;
            }
            while left.is_positive() {
                let Some(last) = spent.taken.last_mut() else { break };
                let part = last.amount.min(left);
                let back = Taken { amount: part, ..last.clone() };
                last.amount = last.amount.minus(part)?;
                left = left.minus(part)?;
                if last.amount.is_zero() {
                    spent.taken.pop();
                }
                self.put_again(account, cause, spent.unit, spent.tag, &back, EntryKind::Redeem)?;
            }
        }
        Ok(())
    }

    /// Debt that a redemption left goes first; where it was paid since, units come back open.
    fn debt_comes_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: crate::plan::UnitId,
        tag: Datum,
        owed: Amount,
    ) -> Result<(), Fault> {
        let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
        let pile = holding.pile(tag);
        let part = pile.debt.min(owed);
        pile.debt = pile.debt.minus(part)?;
        if part.is_positive() {
            self.row(account, cause, unit, EntryKind::Redeem, part, None, "debt")?;
        }
        let rest = owed.minus(part)?;
        if rest.is_positive() {
            let dates = dates_of(
                self.plan,
                self.index,
                account,
                unit,
                (Some(&crate::plan::Opening::AtOnce), None),
                cause.at,
                Datum::Missing,
                |_| None,
            );
            let lot = self.named.then(|| std::sync::Arc::from(cause.event));
            self.give(account, cause, unit, tag, dates, rest, lot, EntryKind::Redeem)?;
        }
        Ok(())
    }

    /// Units go back where they were; those whose last day is over are lost at once.
    fn put_again(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: crate::plan::UnitId,
        tag: Datum,
        back: &Taken,
        kind: EntryKind,
    ) -> Result<(), Fault> {
        let pending = match back.dates.opens {
            Opens::AtOnce => false,
            Opens::On(day) => day > cause.at.day,
            Opens::At(instant, _) => instant > cause.at.instant,
            Opens::WithAction(..) => true,
        };
        let Some(holding) = account.holdings.get_mut(unit.index()) else { return Ok(()) };
        holding.pile(tag).put(pending, back.dates, back.amount, back.lot.clone())?;
        let lot = back.lot.as_deref().unwrap_or("");
        self.row(account, cause, unit, kind, back.amount, Some(&back.dates), lot)?;
        let over = self.last_day(account, &back.dates.expires).is_some_and(|last| last < cause.at.day);
        if over && !pending {
            let (taken, _) = self.take(account, unit, tag, |_, _, pile, taken| {
                let missing = pile.take_same(back.amount, &back.dates, back.lot.as_ref(), taken)?;
                crate::ledger::put(&mut pile.lost, back.dates, back.amount, None)?;
                Ok(missing)
            })?;
            return self.rows_of(account, cause, unit, EntryKind::Expire, &taken);
        }
        if pending { Ok(()) } else { self.pay_debt(account, cause, unit, tag) }
    }

    /// Each row of the receipt comes to what the rework gives it.
    fn change_rows(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        receipt: &mut Receipt,
        kept: &Kept,
        now: &Done,
        lowered: &mut Vec<(CounterId, Amount)>,
    ) -> Result<(), Fault> {
        self.add_new_rows(account, around, receipt, kept, now);
        let mut targets = Vec::with_capacity(receipt.awards.len());
        for row in &receipt.awards {
            targets.push(self.target(receipt, row, kept, now)?);
        }
        // Where a unit would gain in total, the rows first given stand.
        for (at, row) in receipt.awards.iter().enumerate() {
            let same = |other: &&Posted| other.unit == row.unit && other.to_referrer == row.to_referrer;
            let mut first = Amount::ZERO;
            let mut again = Amount::ZERO;
            for (other, (_, target)) in receipt.awards.iter().zip(&targets).filter(|(other, _)| same(other)) {
                first = first.plus(other.first)?;
                again = again.plus(*target)?;
            }
            if again > first
                && let Some((stands, _)) = targets.get_mut(at)
            {
                *stands = true;
            }
        }
        let mut rows = std::mem::take(&mut receipt.awards);
        for (row, (stands, target)) in rows.iter_mut().zip(targets) {
            if running_counter(self.plan, row.rule, row.act).is_some() && !kept.lines.is_empty() {
                continue;
            }
            let target = if stands { row.first } else { target };
            self.bring_row(account, around, cause, row, target, receipt.frame.at, lowered)?;
        }
        receipt.awards = rows;
        Ok(())
    }

    /// A rule that gave nothing at first may give now.
    fn add_new_rows(&self, account: &Account, around: &Around<'_>, receipt: &mut Receipt, kept: &Kept, now: &Done) {
        for award in &now.awards {
            let known = receipt.awards.iter().any(|row| same_award(row, award));
            if known || !award.given.is_positive() {
                continue;
            }
            let receiver = if award.to_referrer { around.referrer.as_deref() } else { Some(account) };
            let Some(receiver) = receiver else { continue };
            let give = give_of(self.plan, award.source);
            let own = (give.and_then(|give| give.opening.as_ref()), give.and_then(|give| give.expiry.as_ref()));
            let scene = self.past_scene(&receipt.frame, kept.basket(&receipt.values));
            let dates = dates_of(
                self.plan,
                self.index,
                receiver,
                award.unit,
                own,
                receipt.frame.at,
                Datum::Missing,
                |length| length_of(&scene, length),
            );
            let lot =
                self.lot_name(Cause { at: receipt.frame.at, event: &receipt.id, receipt: "", rule: None }, award.rule);
            let tag = self.tag(award.unit, &receipt.values);
            receipt.awards.push(Posted {
                rule: award.rule,
                act: award.act,
                to_referrer: award.to_referrer,
                unit: award.unit,
                dates,
                tag,
                lot,
                first: Amount::ZERO,
                net: Amount::ZERO,
                lost: Amount::ZERO,
                charges: award.charges.clone(),
            });
        }
    }

    fn past_scene<'s>(&'s self, frame: &'s Frame, basket: Basket<'s>) -> Scene<'s> {
        Scene {
            plan: self.plan,
            index: self.index,
            frame,
            basket,
            chosen: &[],
            line: None,
            given: &[],
            kind: Kind::Purchase,
            action: None,
            part: None,
        }
    }

    /// What a row should come to; with `true` it stands as first given whatever others do.
    fn target(&self, receipt: &Receipt, row: &Posted, kept: &Kept, now: &Done) -> Result<(bool, Amount), Fault> {
        let modes = self.modes(row.rule);
        if modes.contains(&ReturnsMode::AwardsStay) {
            return Ok((true, row.first));
        }
        if kept.lines.is_empty() {
            return Ok((false, Amount::ZERO));
        }
        if modes.contains(&ReturnsMode::WholeReceiptsOnly) {
            return Ok((true, row.first));
        }
        if modes.contains(&ReturnsMode::InProportion) {
            return Ok((false, self.in_proportion(receipt, row, kept)?));
        }
        let again = now.awards.iter().find(|award| same_award(row, award)).map_or(Amount::ZERO, |award| award.given);
        Ok((false, again))
    }

    /// `in proportion`: the share of the rule's lines that is kept, what is taken back rounded up.
    fn in_proportion(&self, receipt: &Receipt, row: &Posted, kept: &Kept) -> Result<Amount, Fault> {
        let basket = kept.basket(&receipt.values);
        let filter = self.plan.rule(row.rule).filter;
        let all: Vec<Line> = receipt.lines.iter().map(|line| line.line.clone()).collect();
        let paid: Vec<Amount> = receipt.lines.iter().map(|line| line.paid).collect();
        let whole = Basket { lines: &all, paid: &paid, values: &receipt.values };
        let net = |basket: Basket<'_>| -> Result<Amount, Fault> {
            let scene = self.past_scene(&receipt.frame, basket);
            let mut sum = Amount::ZERO;
            for line in 0..basket.lines.len() {
                if filter.map_or(Ok(true), |filter| scene.at_line(line).holds(filter))? {
                    sum = sum.plus(basket.number(line, crate::plan::NumField::Spend(None))?)?;
                }
            }
            Ok(sum)
        };
        let (whole, rest) = (net(whole)?, net(basket)?);
        if !whole.is_positive() {
            return Ok(row.first);
        }
        let share = Exact::from(rest).over(Exact::from(whole))?;
        Exact::from(row.first)
            .times(share)?
            .round(Rounding::Down, self.plan.unit(row.unit).decimals)
            .map_err(Fault::from)
    }

    /// Takes back from a row, or gives back to it, until it stands at `target`.
    fn bring_row(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        row: &mut Posted,
        target: Amount,
        bought: Moment,
        lowered: &mut Vec<(CounterId, Amount)>,
    ) -> Result<(), Fault> {
        let change = target.minus(row.net)?;
        if change.is_zero() {
            return Ok(());
        }
        let before = row.net;
        let receiver = match (&mut around.referrer, row.to_referrer) {
            (Some(referrer), true) => &mut **referrer,
            (None, true) => return Ok(()),
            (_, false) => &mut *account,
        };
        let cause = cause.by(row.rule);
        if change.is_negative() {
            let wanted = change.negated()?;
            let done = self.take_back(receiver, cause, row, wanted)?;
            row.net = row.net.minus(done)?;
        } else {
            self.give_back(receiver, cause, row, change)?;
            row.net = row.net.plus(change)?;
        }
        let moved = row.net.minus(before)?;
        for id in &self.index.awarded {
            let measure = self.plan.counter(*id).measure;
            if counter::counts_award(measure, row.rule, row.unit) {
                let amount = if matches!(measure, Measure::AwardTimes(_)) {
                    match (before.is_positive(), row.net.is_positive()) {
                        (true, false) => Amount::ONE.negated()?,
                        (false, true) => Amount::ONE,
                        _ => Amount::ZERO,
                    }
                } else {
                    moved
                };
                counter::add_back(receiver, self.plan, self.index, *id, bought, cause.at, amount)?;
                lowered.push((*id, amount));
            }
        }
        self.free_room(account, around, row, before, bought, cause.at)
    }

    /// Room that becomes free serves later facts of the same window.
    fn free_room(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        row: &mut Posted,
        before: Amount,
        bought: Moment,
        now: Moment,
    ) -> Result<(), Fault> {
        for charge in &mut row.charges {
            let of = self.plan.limit(charge.limit);
            let Some(window) = &of.window else { continue };
            let amount = match of.measured {
                crate::plan::Measured::Units(_) | crate::plan::Measured::Money if row.first.is_positive() => {
                    let share = Exact::from(row.net.minus(before)?).over(Exact::from(row.first))?;
                    Exact::from(charge.amount).times(share)?.round(Rounding::HalfUp, 6)?
                }
                crate::plan::Measured::Units(_) | crate::plan::Measured::Money => row.net.minus(before)?,
                _ => match (before.is_positive(), row.net.is_positive()) {
                    (true, false) => charge.amount.negated()?,
                    (false, true) => charge.amount,
                    _ => Amount::ZERO,
                },
            };
            let receiver = match (&mut around.referrer, charge.of_referrer) {
                (Some(referrer), true) => &mut **referrer,
                _ => &mut *account,
            };
            let who_of = receiver.clone_days(self.plan);
            let usage =
                if super::index::is_programme_wide(of) { &mut around.shared.usage } else { &mut receiver.usage };
            if let Some(own) = usage.iter_mut().find(|own| own.limit == charge.limit && own.key == charge.key) {
                let who = who_of.who(self.plan, &self.index.layout);
                own.tally.roll(window, &who, now)?;
                own.tally.add_back(window, &who, bought, amount)?;
            }
        }
        Ok(())
    }

    /// Takes back: units of the same dates (also those lost), open units in the order of spending, pending ones, debt.
    fn take_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        row: &mut Posted,
        wanted: Amount,
    ) -> Result<Amount, Fault> {
        if self.modes(row.rule).contains(&ReturnsMode::FromPendingOnly) {
            let (taken, missing) = self.take(account, row.unit, row.tag, |_, _, pile, taken| {
                let open = std::mem::take(&mut pile.open);
                let missing = pile.take_same(wanted, &row.dates, row.lot.as_ref(), taken);
                pile.open = open;
                missing.map_err(Fault::from)
            })?;
            self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
            return wanted.minus(missing).map_err(Fault::from);
        }
        let (taken, missing) = self.take(account, row.unit, row.tag, |_, _, pile, taken| {
            pile.take_same(wanted, &row.dates, row.lot.as_ref(), taken).map_err(Fault::from)
        })?;
        self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
        let mut left = missing;
        if left.is_positive() {
            let holding = account.holdings.get_mut(row.unit.index()).ok_or(Fault::Overflow)?;
            let rest = holding.pile(row.tag).take_lost(left, &row.dates)?;
            row.lost = row.lost.plus(left.minus(rest)?)?;
            left = rest;
        }
        let (taken, missing) = self.take_open(account, row.unit, row.tag, left)?;
        self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
        let (taken, missing) = self.take_pending(account, row.unit, row.tag, missing)?;
        self.rows_of(account, cause, row.unit, EntryKind::Reverse, &taken)?;
        self.owe(account, cause, row.unit, row.tag, EntryKind::Reverse, missing)?;
        Ok(wanted)
    }

    fn give_back(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        row: &mut Posted,
        amount: Amount,
    ) -> Result<(), Fault> {
        let from_lost = row.lost.min(amount);
        if from_lost.is_positive() {
            row.lost = row.lost.minus(from_lost)?;
            let holding = account.holdings.get_mut(row.unit.index()).ok_or(Fault::Overflow)?;
            crate::ledger::put(&mut holding.pile(row.tag).lost, row.dates, from_lost, None)?;
        }
        let rest = amount.minus(from_lost)?;
        if !rest.is_positive() {
            return Ok(());
        }
        let back = Taken { dates: row.dates, amount: rest, lot: row.lot.clone() };
        self.put_again(account, cause, row.unit, row.tag, &back, EntryKind::Reverse)
    }

    /// Sums and visits go back on the day of purchase.
    fn lower_counters(
        &mut self,
        account: &mut Account,
        receipt: &Receipt,
        before: &Kept,
        kept: &Kept,
        now: Moment,
        lowered: &mut Vec<(CounterId, Amount)>,
    ) -> Result<(), Fault> {
        for id in &self.index.bought {
            let by_lines = match self.plan.counter(*id).measure {
                Measure::Visits => true,
                // What stands on the receipt as a whole goes back with the last of its lines.
                Measure::Sum(crate::plan::NumField::Receipt(_)) if !kept.lines.is_empty() => false,
                Measure::Sum(_) => true,
                _ => false,
            };
            if !by_lines {
                continue;
            }
            let old = counter::adds(*id, &self.past_scene(&receipt.frame, before.basket(&receipt.values)))?;
            let new = if kept.lines.is_empty() {
                Amount::ZERO
            } else {
                counter::adds(*id, &self.past_scene(&receipt.frame, kept.basket(&receipt.values)))?
            };
            let change = new.minus(old)?;
            if !change.is_zero() {
                counter::add_back(account, self.plan, self.index, *id, receipt.frame.at, now, change)?;
                lowered.push((*id, change));
            }
        }
        Ok(())
    }

    /// A running-total award gives back only what the total no longer supports.
    fn take_running(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        receipt: &mut Receipt,
        lowered: &mut Vec<(CounterId, Amount)>,
    ) -> Result<(), Fault> {
        let mut rows = std::mem::take(&mut receipt.awards);
        for row in &mut rows {
            let Some(id) = running_counter(self.plan, row.rule, row.act) else { continue };
            let receiver = match (&mut around.referrer, row.to_referrer) {
                (Some(referrer), true) => &mut **referrer,
                (None, true) => continue,
                (_, false) => &mut *account,
            };
            let total = counter::value(receiver, self.plan, self.index, id, cause.at)?;
            let supported = self.supported(&receipt.frame, row, total)?;
            let window = &self.plan.counter(id).window;
            let days = receiver.clone_days(self.plan);
            let who = days.who(self.plan, &self.index.layout);
            let Some(running) = receiver.running.iter_mut().find(|own| own.rule == row.rule && own.act == row.act)
            else {
                continue;
            };
            running.paid.roll(window, &who, cause.at)?;
            let paid = running.paid.value(window);
            let excess = paid.minus(supported)?.min(row.net);
            if !excess.is_positive() {
                continue;
            }
            running.paid.add_back(window, &who, receipt.frame.at, excess.negated()?)?;
            let target = row.net.minus(excess)?;
            self.bring_row(account, around, cause, row, target, receipt.frame.at, lowered)?;
        }
        receipt.awards = rows;
        Ok(())
    }

    fn supported(&self, frame: &Frame, row: &Posted, total: Amount) -> Result<Amount, Fault> {
        let Some(Prize::Units(_, Formula::Running { units, size, mode, .. })) =
            give_of(self.plan, (row.rule, row.act)).map(|give| &give.prize)
        else {
            return Ok(Amount::ZERO);
        };
        let scene = self.past_scene(frame, Basket::EMPTY);
        let (Some(units), Some(size)) = (scene.number(*units)?, scene.number(*size)?) else { return Ok(Amount::ZERO) };
        let exact = units.times(formula::blocks(Exact::from(total), size, *mode)?)?;
        exact.round(self.plan.unit(row.unit).round.mode, self.plan.unit(row.unit).decimals).map_err(Fault::from)
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
            basket: Basket { lines, paid: &paid, values: &event.values },
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

fn same_award(row: &Posted, award: &Award) -> bool {
    row.rule == award.rule && row.act == award.act && row.to_referrer == award.to_referrer && row.unit == award.unit
}

/// The days of a member, copied so that usage can be changed meanwhile.
pub(super) struct DaysOf {
    joined: Day,
    birthday: Option<Day>,
    days: Vec<Option<Day>>,
}

impl DaysOf {
    fn who<'a>(&'a self, plan: &'a crate::plan::Plan, layout: &'a super::when::Layout) -> super::when::Who<'a> {
        super::when::Who { plan, layout, joined: self.joined, birthday: self.birthday, days: &self.days }
    }
}

impl Account {
    fn clone_days(&self, plan: &crate::plan::Plan) -> DaysOf {
        DaysOf {
            joined: self.joined.unwrap_or(self.today),
            birthday: super::account::birthday(plan, &self.values),
            days: self.days.clone(),
        }
    }
}
