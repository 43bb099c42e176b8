//! Replay: a history through one program, and what it comes to.
//!
//! Events come from outside, one by one and in order; what is done with rows and files is the
//! reader's business. A replay adds the totals up, passes every ledger row on to whoever listens, and
//! makes the [`Report`] of the run.

use super::report::{Named, NonMemberSales, Partner, Points, Report, Rows, RuleTotals, Sum, Totals, Warning};
use super::worked::in_money;
use crate::eval::{Apart, Applied, Book, BookOptions, Fault, OpeningBalance};
use crate::ledger::{self, Sink};
use crate::plan::{LadderId, Plan, RuleId, UnitId};
use crate::time::{Day, Zone};
use crate::ty::{Event, Kind, Member, Texts};
use std::sync::Arc;

/// A history on its way through a program.
///
/// ```no_run
/// # fn example(plan: std::sync::Arc<earnest::plan::Plan>, events: Vec<earnest::ty::Event>) -> Result<(), earnest::eval::Fault> {
/// use earnest::sim::replay::Replay;
/// let mut replay = Replay::new(plan, false, None);
/// for event in &events {
///     replay.apply(event, &mut ())?;
/// }
/// let report = replay.finish(&mut ())?.report(Default::default(), Default::default(), Vec::new());
/// println!("{}", report.totals.revenue);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Replay {
    book: Book,
    totals: ledger::Totals,
    as_of: Option<Day>,
    last_day: Option<Day>,
    purchases: i64,
    returns: i64,
    revenue: i128,
}

impl Replay {
    /// A replay that has seen nothing. Without `as_of` it ends with the day of the last event.
    pub fn new(plan: Arc<Plan>, named_lots: bool, as_of: Option<Day>) -> Self {
        Self {
            book: Book::new(plan, BookOptions { named_lots, strict: false }),
            totals: ledger::Totals::default(),
            as_of,
            last_day: None,
            purchases: 0,
            returns: 0,
            revenue: 0,
        }
    }

    /// Keeps only the receipts that a later return touches, and each until the last of these returns. The
    /// function is told the event and the last day of `returns within`.
    pub fn keep_until(&mut self, last_return: impl Fn(&Event, &Texts, Day) -> Option<Day> + Send + 'static) {
        self.book.keep_until(last_return);
    }

    /// The texts that events are made with.
    pub fn texts_mut(&mut self) -> &mut Texts {
        self.book.texts_mut()
    }

    /// Tells what the members file says of a member.
    pub fn add_member(&mut self, member: &Member) {
        self.book.add_member(member);
    }

    /// Books what a member brings along.
    pub fn open_with(&mut self, opening: &OpeningBalance, sink: &mut impl Sink) -> Result<(), Fault> {
        self.book.open_with(opening, &mut (&mut self.totals, sink))
    }

    /// Applies the next event; answers whether it counted. One after `as_of` is not applied.
    pub fn apply(&mut self, event: &Event, sink: &mut impl Sink) -> Result<Applied, Fault> {
        if self.as_of.is_some_and(|as_of| event.at.day > as_of) {
            return Ok(Applied::Counted);
        }
        self.last_day = self.last_day.max(Some(event.at.day));
        let applied = self.book.apply(event, &mut (&mut self.totals, sink))?;
        if applied == Applied::Counted && matches!(event.kind, Kind::Purchase | Kind::Return) {
            let sum: i128 = event.lines.iter().map(|line| i128::from(line.amount.micros())).sum();
            if event.kind == Kind::Purchase {
                self.purchases = self.purchases.saturating_add(1);
                self.revenue = self.revenue.saturating_add(sum);
            } else {
                self.returns = self.returns.saturating_add(1);
                self.revenue = self.revenue.saturating_sub(sum);
            }
        }
        Ok(applied)
    }

    /// Fetches the next [`Book::EVENTS_AHEAD`] events and what they will need. It changes nothing but the time that
    /// they take.
    pub fn look_ahead<'e>(&self, events: impl Iterator<Item = &'e Event> + Clone) {
        self.book.look_ahead(events);
    }

    /// Applies events in order; the same as [`Replay::apply`] one by one, and faster: where nobody asks for the order
    /// of time and no rule looks across members, those of a member are worked one after the other. After a fault,
    /// which is the first of all, what others got is that of no moment.
    pub fn apply_all(&mut self, events: &[Event], sink: &mut impl Sink) -> Result<(), Fault> {
        let apart = self.book.takes_members_apart() && !sink.asks_for_order();
        let as_they_come = 0..u32::try_from(events.len()).unwrap_or(u32::MAX);
        let order = if apart { Apart::default().order(events) } else { as_they_come.collect() };
        let mut first: Option<(u32, Fault)> = None;
        for block in order.chunks(Book::EVENTS_AHEAD) {
            let block = || block.iter().filter_map(|at| Some((*at, events.get(*at as usize)?)));
            self.look_ahead(block().map(|(_, event)| event));
            for (at, event) in block() {
                if first.as_ref().is_none_or(|(first, _)| at < *first)
                    && let Err(fault) = self.apply(event, sink)
                {
                    self.book.go_on();
                    first = Some((at, fault));
                }
            }
        }
        first.map_or(Ok(()), |(_, fault)| Err(self.book.stop_with(fault)))
    }

    /// Goes on after a fault: see [`Book::go_on`].
    pub fn go_on(&mut self) {
        self.book.go_on();
    }

    /// The book as it stands.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Brings all members to the last day, before its end-of-day steps.
    pub fn finish(mut self, sink: &mut impl Sink) -> Result<Finished, Fault> {
        let as_of = self.as_of.or(self.last_day);
        self.book.finish(as_of.unwrap_or_default(), &mut (&mut self.totals, sink))?;
        Ok(Finished { replay: self, as_of })
    }
}

/// A replay at its last day.
#[derive(Debug)]
pub struct Finished {
    replay: Replay,
    as_of: Option<Day>,
}

impl Finished {
    /// The book at the last day.
    pub fn book(&self) -> &Book {
        &self.replay.book
    }

    /// The last day; where there was neither an event nor a day that was asked for, the first day there is.
    pub fn as_of(&self) -> Day {
        self.as_of.unwrap_or_default()
    }

    /// The result of the run. `rows`, `non_members` and the first `warnings` are the reader's.
    pub fn report(&self, rows: Rows, non_members: NonMemberSales, mut warnings: Vec<Warning>) -> Report {
        let plan = self.replay.book.plan();
        for (note, count) in &self.replay.totals.notes {
            warnings.push(Warning { code: note.code().to_owned(), count: *count, detail: String::new() });
        }
        Report {
            program: plan.name.clone(),
            version: plan.version.clone(),
            as_of: self.as_of,
            zone_rules: Zone::rules_version().to_owned(),
            rows,
            totals: self.totals(plan, non_members),
            warnings,
        }
    }

    fn totals(&self, plan: &Plan, non_member_sales: NonMemberSales) -> Totals {
        Totals {
            members: i64::try_from(self.replay.book.appeared()).unwrap_or(i64::MAX),
            purchases: self.replay.purchases,
            returns: self.replay.returns,
            non_member_sales,
            revenue: Sum(self.replay.revenue),
            points: self.points(plan),
            tiers: self.tiers(plan),
            rules: self.rules(plan),
            partners: self.partners(),
        }
    }

    fn points(&self, plan: &Plan) -> Named<Points> {
        let mut all = Vec::with_capacity(plan.units.len());
        for (at, unit) in plan.units.iter().enumerate() {
            let id = UnitId::new(at);
            let sums = self.replay.totals.unit(id);
            let (pending, debt) = self.replay.book.pending_and_debt(id);
            let balance = sums.earned - sums.reversed - sums.redeemed - sums.expired + sums.adjusted;
            let points = Points {
                earned: Sum(sums.earned),
                reversed: Sum(sums.reversed),
                redeemed: Sum(sums.redeemed),
                expired: Sum(sums.expired),
                adjusted: Sum(sums.adjusted),
                pending: Sum(pending),
                balance: Sum(balance),
                debt: Sum(debt),
                liability: self.replay.book.worth(id, self.as_of()).map(|worth| in_money(balance, Some(worth))),
                fees: unit.price.map(|_| Sum(self.replay.totals.fees(id))),
            };
            all.push((unit.key().to_owned(), points));
        }
        Named(all)
    }

    fn partners(&self) -> Named<Partner> {
        let texts = self.replay.book.texts();
        let all = self.replay.totals.partners();
        let mut all: Vec<(String, Partner)> =
            all.map(|(name, sums)| (texts.text(name).to_owned(), Partner::of(sums.issued, sums.redeemed))).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Named(all)
    }

    fn tiers(&self, plan: &Plan) -> Named<Named<i64>> {
        let mut all = Vec::with_capacity(plan.ladders.len());
        for (at, ladder) in plan.ladders.iter().enumerate() {
            let mut counts: Vec<(String, i64)> = ladder.tiers.iter().map(|tier| (tier.name.clone(), 0)).collect();
            for member in self.replay.book.members().filter(|member| member.joined().is_some()) {
                let (tier, _) = member.tier(LadderId::new(at));
                if let Some((_, count)) = counts.get_mut(usize::from(tier)) {
                    *count = count.saturating_add(1);
                }
            }
            all.push((ladder.name.clone(), Named(counts)));
        }
        Named(all)
    }

    /// Rules of one name with dates that follow each other are one clause.
    fn rules(&self, plan: &Plan) -> Named<RuleTotals> {
        let mut all: Named<RuleTotals> = Named::default();
        for (at, rule) in plan.rules.iter().enumerate() {
            let clause = all.entry(&rule.name);
            let off = self.replay.totals.discounts(RuleId::new(at));
            if off.wanted != 0 || off.given != 0 {
                clause.times = clause.times.saturating_add(i64::try_from(off.times).unwrap_or(i64::MAX));
                let sum = clause.given.entry(&plan.currency);
                sum.0 = sum.0.saturating_add(off.given);
                let sum = clause.wanted.entry(&plan.currency);
                sum.0 = sum.0.saturating_add(off.wanted);
            }
            for sums in self.replay.totals.rule(RuleId::new(at)) {
                let unit = plan.unit(sums.unit).key();
                clause.times = clause.times.saturating_add(i64::try_from(sums.times).unwrap_or(i64::MAX));
                let sum = clause.given.entry(unit);
                sum.0 = sum.0.saturating_add(sums.given);
                let sum = clause.wanted.entry(unit);
                sum.0 = sum.0.saturating_add(sums.wanted);
            }
        }
        all
    }
}
