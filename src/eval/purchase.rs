//! A purchase, step by step: units spent → earning → counters → tiers; and the posting of awards,
//! which every kind of fact shares.

use super::Fault;
use super::account::{Account, Frame, KeptLine, Receipt};
use super::accrual::{Done, Work};
use super::around::Around;
use super::bill::Bill;
use super::counter;
use super::explain::Trace;
use super::index::Index;
use super::plainly::LINES_MAX;
use super::post::{Cause, Desk};
use super::returns::known_until;
use super::rooms::Live;
use super::sale::Till;
use super::tier::Rise;
use super::value::Basket;
use super::when::Layout;
use crate::ledger::{EntryKind, Expires, Note, Opens, Sink};
use crate::plan::{CounterId, Measure, Plan, RuleId, UnitId};
use crate::time::{Day, Moment};
use crate::ty::event::Datum;
use crate::ty::{Event, Kind, Line};
use crate::value::Amount;
use std::sync::Arc;

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

/// The rooms of limits as they are now.
fn live<'l>(plan: &'l Plan, index: &'l Index, account: &'l Account, around: &'l Around<'_>, at: Moment) -> Live<'l> {
    Live { plan, index, member: account, referrers: around.all(), shared: around.shared, at }
}

impl<S: Sink> Desk<'_, S> {
    /// All that rules can read of a member now.
    pub(super) fn frame(&self, account: &Account, at: Moment) -> Result<Box<Frame>, Fault> {
        let mut frame = self.pool.frame();
        frame.at = at;
        frame.tiers.extend(account.standings.iter().map(|standing| standing.tier));
        frame.counters.resize(self.plan.counters.len(), None);
        frame.days.extend_from_slice(&account.days);
        if !account.values.is_empty() {
            frame.member.list().extend_from_slice(&account.values);
        }
        frame.joined = account.joined.unwrap_or(at.day);
        for id in &self.index.read {
            let value = counter::value(account, self.plan, self.index, *id, at)?;
            if let Some(place) = frame.counters.get_mut(id.index()) {
                *place = Some(value);
            }
            self.note_seen(account, *id, &mut frame);
        }
        if self.index.reads_balances {
            frame.balances = balances(account)?;
        }
        Ok(frame)
    }

    /// All that the rules of a fact can read, also how many levels of referrers there are.
    pub(super) fn frame_of(&self, account: &Account, around: &Around<'_>, at: Moment) -> Result<Box<Frame>, Fault> {
        let mut frame = self.frame(account, at)?;
        frame.referrers = around.levels();
        Ok(frame)
    }

    /// Which values a counter of different ones knows already.
    pub(super) fn note_seen(&self, account: &Account, id: CounterId, frame: &mut Frame) {
        if let Measure::Distinct(_) = self.plan.counter(id).measure
            && let Some(seen) = account.seen.get(id.index())
        {
            let who = account.who(self.plan, &self.index.layout);
            let window = &self.plan.counter(id).window;
            frame.seen.list().push((id, seen.within(window, &who, frame.at).collect()));
        }
    }

    /// Works rules out with the rooms as they are now.
    pub(super) fn work(
        &mut self,
        account: &Account,
        around: &Around<'_>,
        rules: &[RuleId],
        frame: &Frame,
        fact: &Fact<'_>,
        trace: Option<&mut Trace>,
    ) -> Result<Box<Done>, Fault> {
        let (plan, index) = (self.plan, self.index);
        let rooms = live(plan, index, account, around, frame.at);
        let mut work = Work {
            plan,
            index,
            frame,
            basket: fact.basket,
            kind: fact.kind,
            action: fact.action,
            friend: fact.friend,
            rooms: &rooms,
            done: self.pool.done(),
            trace,
        };
        let telling = work.trace.is_none() && self.sink.asks_how_near();
        work.run(rules)?;
        if telling {
            work.near(rules, |compared| self.sink.compared(&account.name, compared))?;
        }
        Ok(work.done)
    }

    pub(super) fn scene_of<'s>(
        &'s self,
        frame: &'s Frame,
        fact: &Fact<'s>,
        chosen: &'s [u16],
    ) -> super::value::Scene<'s> {
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
            paid: None,
        }
    }

    /// A purchase.
    pub(super) fn purchase(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        lines: &[Line],
        fact_of: (Datum, Datum),
        keep: Option<Day>,
    ) -> Result<(), Fault> {
        if let Some(plain) = &self.index.plain
            && keep.is_none()
            && event.redeemed.is_empty()
            && lines.len() <= LINES_MAX
        {
            return self.plain_purchase(plain, account, around, event, lines, fact_of.0).map(drop);
        }
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let mut frame = self.frame_of(account, around, event.at)?;
        let bill = self.bill_of(account, around, event, lines, &mut frame, fact_of.1, None)?;
        self.lose_with_purchase(account, cause)?;
        let lines: &[Line] = if bill.lines.is_empty() { lines } else { &bill.lines };
        let basket = Basket { lines, paid: &bill.paid, values: &event.values, part: None };
        let fact = Fact { kind: Kind::Purchase, action: None, basket, receipt: fact_of.0, friend: fact_of.1 };
        if self.index.opens_at_once {
            self.note_ladders(account, &mut frame)?;
            let mut tiers = std::mem::take(&mut frame.tiers);
            self.tiers_at_once(&self.scene_of(&frame, &fact, &[]), &mut tiers)?;
            frame.tiers = tiers;
        }
        let mut done = self.work(account, around, &self.index.purchase, &frame, &fact, None)?;
        if keep.is_some() {
            live(self.plan, self.index, account, around, frame.at).note_unasked(&mut done.rooms)?;
        }
        // What is given now lives from this purchase on, though conditions stood as before it.
        account.note_day(Layout::LAST_PURCHASE, event.at.day);
        let [running, totals] =
            if keep.is_some() { self.paid_before(account, around, event.at)? } else { Default::default() };
        let mut awards = Vec::with_capacity(if keep.is_some() { done.awards.len() } else { 0 });
        self.post(account, around, cause, &frame, &fact, &done, keep.is_some().then_some(&mut awards))?;
        let scene = self.scene_of(&frame, &fact, &[]);
        counter::count_event(account, &self.index.bought, &scene)?;
        let mut rises = Vec::new();
        let total = self.bought(account, event.at, lines, &mut rises)?;
        self.entered(account, around.shared, cause, &rises)?;
        self.post_gifts(account, around, cause, &frame, &fact, &bill.gifts)?;
        if let Some(until) = keep.map(|until| until.min(known_until(self.plan, event.at.day))) {
            account.keeps_until = account.keeps_until.min(until);
            // A copy takes no more room than it needs, and the frame is filled again.
            let frame = Frame { rooms: done.rooms.clone(), ..Frame::clone(&frame) };
            let visit = counter::has_kept_line(&basket);
            let kept = lines.iter().zip(&bill.paid).map(|(line, paid)| KeptLine {
                line: line.clone(),
                paid: *paid,
                back_quantity: Amount::ZERO,
                back_amount: Amount::ZERO,
            });
            let number: Arc<str> = Arc::from(event.receipt.as_str());
            let id = if event.id == event.receipt { Arc::clone(&number) } else { Arc::from(event.id.as_str()) };
            account.receipts.push_back(Box::new(Receipt {
                until,
                number,
                id,
                lines: kept.collect(),
                values: event.values.clone().into(),
                frame,
                awards,
                spent: bill.spent.into(),
                amount: total,
                visit,
                nth: account.purchases,
                named: fact_of.0,
                above: around.kept_above(),
                running,
                totals,
            }));
        }
        self.pool.put_frame(frame);
        self.pool.put_done(done);
        self.pool.put_paid(bill.paid);
        Ok(())
    }

    /// A purchase stands: it is counted, and ladders look; answers its money.
    pub(super) fn bought(
        &mut self,
        account: &mut Account,
        at: Moment,
        lines: &[Line],
        rises: &mut Vec<Rise>,
    ) -> Result<Amount, Fault> {
        account.purchases += 1;
        account.last_purchase = Some(at.day);
        let total = lines.iter().try_fold(Amount::ZERO, |sum, line| sum.plus(line.amount))?;
        account.revenue = account.revenue.plus(total)?;
        self.look_after_counting(account, at, rises).map(drop)?;
        Ok(total)
    }

    /// A receipt after discounts, coupons and units spent. One on which there is nothing of these keeps its lines.
    fn bill_of(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        lines: &[Line],
        frame: &mut Frame,
        friend: Datum,
        trace: Option<&mut Trace>,
    ) -> Result<Bill, Fault> {
        if self.index.sold.is_empty() && event.redeemed.is_empty() {
            return Ok(Bill::plain(self.pool.paid(lines.len())));
        }
        let mut bill = Bill::of(lines);
        let mut till = Till { event, frame, friend, trace };
        self.sell(account, around, &mut bill, &mut till)?;
        for spent in &bill.spent {
            if let Some(place) = frame.balances.get_mut(spent.unit.index()).and_then(|all| all.get_mut(4)) {
                *place = place.plus(spent.total)?;
            }
            self.tell_spent(account, &event.values, spent, (Amount::ZERO, spent.total), event.at)?;
        }
        Ok(bill)
    }

    /// Units that last until the next purchase are lost when it has spent what it spends.
    fn lose_with_purchase(&mut self, account: &mut Account, cause: Cause<'_>) -> Result<(), Fault> {
        if !self.index.lost_with_purchase {
            return Ok(());
        }
        for unit in (0..self.plan.units.len()).map(UnitId::new) {
            let piles = account.holdings.get(unit.index()).map(|holding| &holding.piles);
            let tags: Vec<Datum> = piles.into_iter().flatten().map(|pile| pile.tag).collect();
            for tag in tags {
                let (taken, _) = self.take(account, unit, tag, |_, _, pile, taken| {
                    for mut heap in pile.open.extract_if(.., |heap| heap.dates().expires == Expires::WithNextPurchase) {
                        let amount = heap.amount;
                        heap.take(amount, taken)?;
                    }
                    Ok(Amount::ZERO)
                })?;
                self.rows_of(account, cause, unit, EntryKind::Expire, &taken)?;
            }
        }
        Ok(())
    }

    /// Works an event's rules out with a trace; nothing is posted.
    pub(super) fn trace_event(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        lines: &[Line],
        friend: Datum,
        trace: &mut Trace,
    ) -> Result<(Vec<RuleId>, Box<Done>), Fault> {
        let mut frame = self.frame_of(account, around, event.at)?;
        let purchase = event.kind == Kind::Purchase;
        let bill = if purchase {
            self.bill_of(account, around, event, lines, &mut frame, friend, Some(trace))?
        } else {
            Bill::plain(self.pool.paid(lines.len()))
        };
        let lines: &[Line] = if bill.lines.is_empty() { lines } else { &bill.lines };
        let basket = Basket { lines, paid: &bill.paid, values: &event.values, part: None };
        let fact = Fact { kind: event.kind, action: event.action, basket, receipt: Datum::Missing, friend };
        if purchase && self.index.opens_at_once {
            self.note_ladders(account, &mut frame)?;
            let mut tiers = std::mem::take(&mut frame.tiers);
            self.tiers_at_once(&self.scene_of(&frame, &fact, &[]), &mut tiers)?;
            frame.tiers = tiers;
        }
        let mut rules = match event.kind {
            Kind::Purchase => self.index.purchase.clone(),
            Kind::Action => self.index.action.clone(),
            Kind::Join => self.index.join.clone(),
            _ => self.index.other.clone(),
        };
        let done = self.work(account, around, &rules, &frame, &fact, Some(trace))?;
        if purchase {
            rules.extend(&self.index.sold);
        }
        Ok((rules, done))
    }

    /// What so many units are worth on a day, in money.
    pub(super) fn money_of(
        &self,
        account: &Account,
        unit: UnitId,
        points: Amount,
        at: Moment,
    ) -> Result<Amount, Fault> {
        self.plan.unit(unit).worth.map_or(Ok(Amount::ZERO), |worth| self.in_money(account, worth, points, at))
    }

    /// Spends units as the history tells it; what is not covered becomes debt.
    pub(super) fn redeem(
        &mut self,
        account: &mut Account,
        cause: Cause<'_>,
        unit: UnitId,
        tag: Datum,
        points: Amount,
        kind: EntryKind,
    ) -> Result<(Vec<crate::ledger::Taken>, Amount), Fault> {
        let (taken, missing) = self.take_open(account, unit, tag, points)?;
        self.rows_of(account, cause, unit, kind, &taken)?;
        account.note_day(self.index.layout.redemption(unit.index()), cause.at.day);
        if missing.is_positive() {
            self.sink.note(Note::RedeemedBeyondBalance);
        }
        let owed = if missing.is_positive() && self.plan.covered_only {
            self.sink.shortfall(unit, missing);
            Amount::ZERO
        } else if missing.is_positive() {
            let holding = account.holdings.get_mut(unit.index()).ok_or(Fault::Overflow)?;
            let pile = holding.pile(tag);
            pile.incur(cause.event, cause.at.instant, missing)?;
            self.row(account, cause, unit, kind, missing.negated()?, None, "debt")?;
            missing
        } else {
            Amount::ZERO
        };
        Ok((taken, owed))
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

    /// The dates of a lot that an action opens: an expiry counted from the opening is known now.
    pub(super) fn opened_by_action(
        &self,
        account: &Account,
        dates: crate::ledger::Dates,
        at: Moment,
    ) -> crate::ledger::Dates {
        let mut dates = crate::ledger::Dates { opens: Opens::On(at.day), ..dates };
        if let Expires::After(how_long, crate::plan::Anchor::Opening, snap, _) = dates.expires {
            let day = how_long.after_day(at.day);
            let who = account.who(self.plan, &self.index.layout);
            let day = match (day, snap) {
                (Some(day), Some(edge)) => who.edge(edge, day),
                (day, _) => day,
            };
            dates.expires = day.map_or(Expires::Never, |day| Expires::On(day.max(at.day)));
        } else if let Expires::On(day) = dates.expires {
            dates.expires = Expires::On(day.max(at.day));
        } else if let Expires::After(.., floor) = &mut dates.expires {
            *floor = Some(at.day);
        }
        dates
    }
}
