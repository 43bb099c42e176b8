//! The book: all members of a programme, and the order in which facts reach them.
//!
//! Where no rule looks across members, each account has its own clock and events may come member by
//! member; a programme with referrals or programme-wide limits is one book with one clock.

use super::Fault;
use super::account::{Account, Clock, Few, Key, Usage};
use super::ahead::Upcoming;
use super::around::{Around, LEVELS, Level, reached};
use super::award::opens_by_action;
use super::away::Parcel;
use super::close::{cause_of, close, covered, join};
use super::friend::is_per_friend;
use super::house::{Households, Reached};
use super::index::{Index, is_programme_wide};
use super::names::Names;
use super::order::in_order;
use super::pool::Pool;
use super::post::Desk;
use super::purchase::Fact;
use super::value::Basket;
use crate::ledger::{Note, Sink};
use crate::plan::{LimitId, Plan};
use crate::syntax::ast::Recipient;
use crate::time::Day;
use crate::ty::event::Datum;
use crate::ty::{Event, Kind, Line, Member, Text, Texts};
use crate::value::Amount;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::sync::Arc;

/// How a book is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookOptions {
    /// Name the lot of every unit that moves: needed for a ledger, costs memory.
    pub named_lots: bool,
    /// An open book, that goes on after what it refuses, also redemptions that are not covered: it tries each event
    /// before it applies it. Without it a book replays a history, and stops with the first fault.
    pub strict: bool,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It counted.
    Counted,
    /// It was counted already.
    AlreadyCounted,
    /// A sale without a member.
    NonMember,
}

/// What is counted over all members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shared {
    /// What programme-wide limits have used.
    pub usage: Few<Usage, 1>,
    /// Draws were held up to the beginning of this day.
    #[serde(default)]
    pub drawn: Day,
}

impl Shared {
    /// The tally of a limit's key, if anything was used.
    pub(super) fn usage(&self, limit: LimitId, key: Key) -> Option<&Usage> {
        self.usage.iter().find(|usage| usage.limit == limit && usage.key == key)
    }
}

/// A balance or a tier that a member brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningBalance {
    /// Who.
    pub member: String,
    /// The unit's position and how many.
    pub points: Option<(usize, Amount)>,
    /// From which day on it counts.
    pub at: Day,
    /// When the units were earned: their expiry is counted from it.
    pub earned: Day,
    /// The first day on which the units can be spent, if later.
    pub opens: Option<Day>,
    /// Their last day; none: as the unit says.
    pub expires: Option<Day>,
    /// A ladder's position and a tier's.
    pub tier: Option<(usize, u8)>,
    /// The last day of the tier; none: as the ladder says.
    pub until: Option<Day>,
    /// A counter's position and how much of it stood.
    pub counter: Option<(usize, Amount)>,
}

/// All members of a programme.
pub struct Book {
    pub(super) plan: Arc<Plan>,
    pub(super) index: Arc<Index>,
    pub(super) texts: Texts,
    pub(super) accounts: Vec<Account>,
    pub(super) names: Names,
    pub(super) shared: Shared,
    pub(super) options: BookOptions,
    /// The place of the last event of all, where there is one clock.
    pub(super) clock: (Clock, Text),
    pub(super) by_action: bool,
    pub(super) per_friend: bool,
    pub(super) sweeps: bool,
    /// All midnights up to the beginning of this day were worked for everybody.
    pub(super) swept: Day,
    pub(super) keep: Option<Keep>,
    pub(super) pool: Pool,
    pub(super) scratch: Vec<Line>,
    pub(super) upcoming: Cell<Upcoming>,
    pub(super) households: Households,
    /// The fault in the middle of an event, after which a replay does not go on.
    pub(super) stopped: Option<Fault>,
}

/// Says of a purchase until when a return may touch it; none where no return does.
pub(super) type Keep = Box<dyn Fn(&Event, &Texts, Day) -> Option<Day> + Send>;

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Book")
            .field("program", &self.plan.name)
            .field("members", &self.accounts.len())
            .finish_non_exhaustive()
    }
}

/// Ids are remembered for so many days, to tell "already counted" from "too late".
pub(super) const DAYS_REMEMBERED: i64 = 30;

impl Book {
    /// An empty book.
    pub fn new(plan: Arc<Plan>, options: BookOptions) -> Self {
        let index = Arc::new(Index::of(&plan));
        let wide = plan.limits.iter().any(is_programme_wide);
        Self {
            texts: plan.texts.clone(),
            by_action: opens_by_action(&plan),
            per_friend: is_per_friend(&plan),
            sweeps: !index.draws.is_empty() || (wide && !(index.moments.is_empty() && index.entering.is_empty())),
            swept: Day::MIN,
            plan,
            index,
            accounts: Vec::new(),
            names: Names::default(),
            shared: Shared::default(),
            options,
            clock: Default::default(),
            keep: None,
            pool: Pool::default(),
            scratch: Vec::new(),
            upcoming: Cell::default(),
            households: Households::default(),
            stopped: None,
        }
    }

    /// An empty book that takes no shortcut: it works every condition, date and tier out anew. It gives the same,
    /// and is there to show that it does.
    pub fn without_shortcuts(plan: Arc<Plan>, options: BookOptions) -> Self {
        let index = Arc::new(Index::without_shortcuts(&plan));
        Self { index, ..Self::new(plan, options) }
    }

    /// Keeps only the receipts that a later return touches, and each until the last of these returns: a replay
    /// knows them beforehand.
    pub fn keep_until(&mut self, last_return: impl Fn(&Event, &Texts, Day) -> Option<Day> + Send + 'static) {
        self.keep = Some(Box::new(last_return));
    }

    /// The program.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The texts of the run: events are made with them.
    pub fn texts_mut(&mut self) -> &mut Texts {
        &mut self.texts
    }

    /// The texts of the run.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Is the book empty?
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name, &self.accounts).map(|at| self.last_of(at))
    }

    pub(super) fn find_or_make(&mut self, name: &str) -> usize {
        if let Some(at) = self.find(name) {
            return at;
        }
        let at = self.accounts.len();
        self.accounts.push(Account::new(&self.plan, &self.index.layout, Arc::from(name)));
        self.names.insert(name, at);
        at
    }

    /// Tells what the members file says of a member, before the first fact.
    pub fn add_member(&mut self, member: &Member) {
        let at = self.find_or_make(&member.name);
        if let Some(account) = self.accounts.get_mut(at) {
            account.values = Few::from_slice(&member.values);
            account.listed = member.joined;
        }
        self.settle_in(at);
    }

    /// Applies an event: midnights first, then the fact. See [`Fault`] for what a fault leaves.
    pub fn apply(&mut self, event: &Event, sink: &mut impl Sink) -> Result<Applied, Fault> {
        let found = self.next_found(&event.member);
        if event.member.is_empty() {
            return Ok(Applied::NonMember);
        }
        let at = found.unwrap_or_else(|| self.find_or_make(&event.member));
        if let Some(fault) = &self.stopped {
            return Err(fault.clone());
        }
        if self.options.strict {
            self.try_out(at, event)?;
        }
        let applied = self.apply_to_book(at, event, sink);
        applied.map_err(|fault| self.stop_with(fault))
    }

    /// Stops with a fault, unless it came before anything was done.
    pub(crate) fn stop_with(&mut self, fault: Fault) -> Fault {
        self.stopped = Some(fault.clone()).filter(|fault| !fault.comes_first());
        fault
    }

    /// The same of a member's account, wherever a fault may come.
    #[inline]
    pub(super) fn apply_to_book(&mut self, at: usize, event: &Event, sink: &mut impl Sink) -> Result<Applied, Fault> {
        let newcomer = self.accounts.get(at).is_some_and(|account| account.clock.is_new());
        if let Some(seen) = self.place_in_order(at, event)? {
            sink.note(Note::AlreadyCounted);
            return Ok(seen);
        }
        if self.sweeps && self.swept < event.at.day {
            self.sweep(event.at, sink)?;
        }
        if event.kind == Kind::Purchase && self.apply_plainly(at, event, sink)? {
            return Ok(Applied::Counted);
        }
        self.apply_fully(at, newcomer, event, sink)?;
        Ok(Applied::Counted)
    }

    /// Applies an event with all that any programme can ask for.
    #[inline(never)]
    fn apply_fully(&mut self, at: usize, newcomer: bool, event: &Event, sink: &mut impl Sink) -> Result<(), Fault> {
        let pooled = !self.index.pooled.is_empty();
        if event.kind == Kind::Merge {
            if event.into.is_empty() || event.into == event.member || self.find(&event.into) == Some(at) {
                // Refused it is no fact: who was none is no member by it.
                sink.note(Note::MergeRefused);
                if let Some(account) = self.accounts.get_mut(at).filter(|_| newcomer) {
                    account.clock = Clock::default();
                }
                return Ok(());
            }
            if pooled {
                self.find_or_make(&event.into);
                let reached = self.gather(at, None, event, sink)?;
                self.merge(at, event, sink)?;
                return self.part(reached, event.at, sink);
            }
            return self.merge(at, event, sink);
        }
        if self.goes_nowhere(at, event, sink) {
            return Ok(());
        }
        let link = if event.kind == Kind::Join { self.link_of(at, newcomer, event, sink) } else { None };
        let reached = if pooled { self.gather(at, link, event, sink)? } else { Reached::default() };
        let friend = self.friend_of(at);
        let mut parcels = Vec::new();
        if event.kind == Kind::Return {
            self.take_return(at, friend, event, sink)?;
        } else {
            parcels = self.apply_to(at, (link, friend), newcomer, event, sink)?;
        }
        if pooled {
            self.part(reached, event.at, sink)?;
        }
        if !parcels.is_empty() {
            self.deliver(parcels, event, sink)?;
        }
        Ok(())
    }

    /// The account that goes on after merges; each step leads to an account merged later, so this ends.
    pub(super) fn last_of(&self, mut at: usize) -> usize {
        while let Some(next) = self.accounts.get(at).and_then(|account| account.merged_into) {
            at = next.account;
        }
        at
    }

    /// Who referred a member, who referred those, and so on, as far up as rules give.
    pub(super) fn chain_of(&self, at: usize, link: Option<usize>) -> [Option<usize>; LEVELS] {
        let mut chain = [None; LEVELS];
        let mut next = link;
        let mut last = at;
        let levels = usize::from(self.index.levels.max(u8::from(link.is_some())));
        for place in 0..levels.min(LEVELS) {
            let referrer = next.take().or_else(|| self.accounts.get(last)?.referrer).map(|at| self.last_of(at));
            // Who left is nobody's referrer as long as they are gone.
            let gone = |found: usize| self.accounts.get(found).is_none_or(|account| account.left);
            let goes_on = |found: &usize| *found != at && !chain.contains(&Some(*found)) && !gone(*found);
            let Some(referrer) = referrer.filter(goes_on) else { break };
            if let Some(free) = chain.get_mut(place) {
                *free = Some(referrer);
            }
            last = referrer;
        }
        chain
    }

    #[expect(
        clippy::too_many_lines,
        reason = "the steps of every kind of fact stand below each other, as in the manual"
    )]
    fn apply_to(
        &mut self,
        at: usize,
        (link, friend): (Option<usize>, Datum),
        newcomer: bool,
        event: &Event,
        sink: &mut impl Sink,
    ) -> Result<Vec<Parcel>, Fault> {
        let chain = self.chain_of(at, link);
        let Self { plan, index, accounts, texts, shared, options, pool, scratch, keep, by_action, .. } = self;
        let (plan, index) = (&**plan, &**index);
        let Some((account, mut referrers)) = reached(accounts, at, chain) else { return Ok(Vec::new()) };
        let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
        let first = account.joined.is_none();
        if first {
            desk.begin(account, event.at.day);
        }
        desk.catch_up(account, shared, event.at)?;
        for referrer in referrers.each_mut() {
            if referrer.joined.is_none() {
                desk.begin(referrer, event.at.day);
            }
            desk.catch_up(referrer, shared, event.at)?;
        }
        desk.sink.fact(event);
        super::returns::forget_receipts(account, plan, event.at.day, index.levels > 0);
        if let (Some(link), Some(referrer)) = (link, referrers.nearest()) {
            account.referrer = Some(link);
            for id in &index.befriended {
                super::counter::add(referrer, plan, index, *id, event.at, Amount::ONE)?;
            }
        }
        let mut around = Around { referrers, ..Around::alone(shared) };
        if link.is_some() {
            around.note_moved(Level::from(Recipient::Referrer));
        }
        if event.kind == Kind::Join {
            if first || newcomer {
                join(&mut desk, account, &mut around, event, friend)?;
            }
            return close(&mut desk, account, &mut around, event).map(|()| Vec::new());
        }
        if first && account.listed.is_none_or(|day| day > event.at.day) {
            join(&mut desk, account, &mut around, event, friend)?;
        }
        let receipt = |number: &str, texts: &mut Texts| {
            if *by_action && !number.is_empty() { Datum::Text(texts.intern(number)) } else { Datum::Missing }
        };
        let mut parcels = Vec::new();
        if options.strict {
            covered(&desk, account, event)?;
        }
        match event.kind {
            Kind::Purchase => {
                let number = receipt(&event.receipt, texts);
                let lines = in_order(index.category, texts, &event.lines, scratch);
                let keep = keep.as_ref().map_or(Some(Day::MAX), |keep| {
                    keep(event, texts, plan.returns.within.after_day(event.at.day).unwrap_or(Day::MAX))
                });
                desk.purchase(account, &mut around, event, lines, (number, friend), keep)?;
            }
            Kind::Action => {
                let number = receipt(&event.of, texts);
                desk.acted(account, &mut around, event, number, friend)?;
            }
            Kind::Redeem => parcels = desk.redeemed(account, &mut around, event, friend)?,
            Kind::Adjust => desk.adjusted(account, event)?,
            Kind::Leave => desk.lose_all(account, cause_of(event))?,
            Kind::Return | Kind::Join | Kind::Merge => {}
        }
        if matches!(event.kind, Kind::Redeem | Kind::Adjust | Kind::Leave) {
            let fact = Fact {
                kind: event.kind,
                action: None,
                basket: Basket { lines: &[], paid: &[], values: &event.values, part: None },
                receipt: Datum::Missing,
                friend,
            };
            desk.fact_rules(account, &mut around, cause_of(event), &fact)?;
        }
        if event.kind == Kind::Leave {
            // What a rule gave is lost at once.
            desk.lose_all(account, cause_of(event))?;
            desk.leave(account);
            account.due = Day::MAX;
            return Ok(parcels);
        }
        close(&mut desk, account, &mut around, event)?;
        Ok(parcels)
    }

    /// Whom a join links to: made on joining only, to someone who joined earlier.
    fn link_of(&self, at: usize, newcomer: bool, event: &Event, sink: &mut impl Sink) -> Option<usize> {
        if event.referred_by.is_empty() {
            return None;
        }
        let account = self.accounts.get(at)?;
        let other = self.find(&event.referred_by);
        let refused = if event.referred_by == event.member || other == Some(at) {
            Some(Note::ReferralSelf)
        } else if account.referrer.is_some() {
            Some(Note::ReferralSecond)
        } else if !newcomer {
            Some(Note::ReferralMemberBefore)
        } else if other.and_then(|other| self.accounts.get(other)).is_none_or(|other| !other.is_member_on(event.at.day))
        {
            Some(Note::ReferrerUnknown)
        } else {
            None
        };
        match refused {
            Some(note) => {
                sink.note(note);
                None
            }
            None => other,
        }
    }
}
