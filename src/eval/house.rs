//! Households: what members who share an attribute have together (`unit bean, beans { pooled by household }`).
//!
//! A pool lies with nobody. For as long as a fact or a midnight of a member is worked it is that member's: rules,
//! limits and ladders see one holding, and what they earn, spend and lose is the pool's, in rows under its name.
//! All members of a household are brought to each moment together, one after the other in order of their names. Of
//! two members of one household in one fact (a friend and who referred them) the one lends it to the other.

use super::Fault;
use super::account::{Account, Holding};
use super::around::{Around, LEVELS, Level};
use super::book::Book;
use super::post::{Cause, Desk};
use super::when::Who;
use crate::ledger::Sink;
use crate::plan::{Plan, RuleId, UnitId};
use crate::time::{Day, Moment};
use crate::ty::event::Datum;
use crate::ty::{Event, Kind, Sym};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::Arc;

/// What the members of a household have together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct House {
    /// The value of the attribute that they share.
    pub name: Arc<str>,
    /// What they have, in the order of the pooled units.
    pub holdings: Vec<Holding>,
    /// The latest of their days: what one does keeps the units of all.
    pub days: Vec<Option<Day>>,
    /// The day of the last migration.
    pub turned: Day,
    /// The day on which each rule took units last.
    pub took: Vec<(RuleId, Day)>,
    /// Are there others who live here?
    #[serde(skip)]
    pub others: bool,
    /// Did a midnight give units that ladders look at on the next day?
    #[serde(skip)]
    pub gave: bool,
}

/// Whom a fact reaches: its member, and who stands above.
pub(super) type Reached = [Option<usize>; LEVELS + 1];

/// All households of a book.
#[derive(Debug, Clone, Default)]
pub(super) struct Households {
    /// By their place; none while a member has it.
    pub houses: Vec<Option<Box<House>>>,
    /// Who lives in each, in order of name.
    members: Vec<Vec<usize>>,
    by_name: HashMap<Sym, usize>,
}

impl Households {
    /// Who lives in a household, in order of name.
    pub(super) fn living_in(&self, home: usize) -> impl Iterator<Item = usize> {
        self.members.get(home).into_iter().flatten().copied()
    }
}

/// Is it an account of somebody who is a member now?
fn lives(account: &Account) -> bool {
    account.joined.is_some() && !account.left && account.merged_into.is_none()
}

impl Account {
    /// The household, by its place.
    pub(super) fn home(&self) -> Option<usize> {
        self.home.and_then(|home| usize::try_from(home).ok())
    }

    /// Notes when something happened last, also for those who share units.
    pub(super) fn note_day(&mut self, place: usize, day: Day) {
        if let Some(slot) = self.days.get_mut(place) {
            *slot = Some(day);
        }
        if let Some(slot) = self.house.as_mut().and_then(|house| house.days.get_mut(place)) {
            *slot = Some(day);
        }
    }

    /// The household, where a unit is that of all.
    pub(super) fn pool_of(&self, plan: &Plan, unit: UnitId) -> Option<&House> {
        self.house.as_deref().filter(|_| plan.unit(unit).pooled_by.is_some())
    }

    /// Under whose name rows of a unit stand.
    pub(super) fn name_for(&self, plan: &Plan, unit: UnitId) -> &Arc<str> {
        self.pool_of(plan, unit).map_or(&self.name, |house| &house.name)
    }

    /// The days that the dates of a unit follow: the member's, or those of all who share it.
    pub(super) fn who_of<'a>(&'a self, plan: &'a Plan, layout: &'a super::when::Layout, unit: UnitId) -> Who<'a> {
        let who = self.who(plan, layout);
        self.pool_of(plan, unit).map_or(who, |house| Who { days: &house.days, ..who })
    }

    /// May a return ask for what is lost of a unit?
    pub(super) fn keeps_lost(&self, plan: &Plan, unit: UnitId) -> bool {
        !self.receipts.is_empty() || self.pool_of(plan, unit).is_some()
    }

    /// The member's own units, and those of a pool, change places.
    pub(super) fn swap_pool(&mut self, pooled: &[UnitId], house: &mut House) {
        for (unit, other) in pooled.iter().zip(&mut house.holdings) {
            if let Some(own) = self.holdings.get_mut(unit.index()) {
                std::mem::swap(own, other);
            }
        }
    }
}

/// The piles of a unit that are the member's alone.
pub(super) fn own_piles<'a>(
    account: &'a mut Account,
    plan: &'a Plan,
) -> impl Iterator<Item = &'a mut crate::ledger::Pile> {
    let shares = account.house.is_some();
    let units = account.holdings.iter_mut().zip(&plan.units);
    units.filter(move |(_, unit)| !shares || unit.pooled_by.is_none()).flat_map(|(holding, _)| &mut holding.piles)
}

impl Book {
    /// A member lives where the attribute says.
    pub(super) fn settle_in(&mut self, at: usize) {
        let Some(slot) = self.index.pooled.first().and_then(|unit| self.plan.unit(*unit).pooled_by) else { return };
        let Some(account) = self.accounts.get_mut(at) else { return };
        let name = match account.values.get(slot) {
            Some(Datum::Text(name)) if *name != Sym::EMPTY => Some(*name),
            _ => None,
        };
        let all = &mut self.households;
        let home = name.map(|name| {
            *all.by_name.entry(name).or_insert_with(|| {
                all.houses.push(Some(Box::new(House {
                    name: Arc::from(self.texts.text(name)),
                    holdings: vec![Holding::default(); self.index.pooled.len()],
                    days: vec![None; self.index.layout.len],
                    ..House::default()
                })));
                all.members.push(Vec::new());
                all.houses.len() - 1
            })
        });
        let before = account.home();
        if before == home {
            return;
        }
        account.home = home.and_then(|home| u32::try_from(home).ok());
        if let Some(members) = before.and_then(|home| all.members.get_mut(home)) {
            members.retain(|member| *member != at);
        }
        let accounts = &self.accounts;
        let order = |one: &usize, other: &usize| match (accounts.get(*one), accounts.get(*other)) {
            (Some(one), Some(other)) => one.name.cmp(&other.name),
            _ => Ordering::Equal,
        };
        if let Some(members) = home.and_then(|home| all.members.get_mut(home)) {
            let place = members.partition_point(|member| order(member, &at).is_lt());
            members.insert(place, at);
        }
    }

    /// Takes up the households of a snapshot.
    pub(super) fn settle_all(&mut self, houses: Vec<House>) {
        for house in houses {
            let name = self.texts.intern(&house.name);
            self.households.by_name.insert(name, self.households.houses.len());
            self.households.houses.push(Some(Box::new(house)));
            self.households.members.push(Vec::new());
        }
        for at in 0..self.accounts.len() {
            if let Some(account) = self.accounts.get_mut(at) {
                account.home = None;
            }
            self.settle_in(at);
        }
    }

    /// Where a member lives.
    pub(super) fn home(&self, at: usize) -> Option<usize> {
        self.accounts.get(at)?.home()
    }

    /// A member has the pool for a while; what was the member's alone goes into it.
    pub(super) fn host(&mut self, at: usize, now: Moment, sink: &mut impl Sink) -> Result<(), Fault> {
        let Some(home) = self.home(at) else { return Ok(()) };
        let Some(mut house) = self.households.houses.get_mut(home).and_then(Option::take) else { return Ok(()) };
        let others = self.households.members.get(home).into_iter().flatten().filter(|other| **other != at);
        house.others = others.filter_map(|other| self.accounts.get(*other)).any(lives);
        let Self { plan, index, accounts, options, pool, .. } = self;
        let Some(account) = accounts.get_mut(at) else { return Ok(()) };
        account.swap_pool(&index.pooled, &mut house);
        let brought = house.holdings.iter().any(|holding| !holding.piles.is_empty());
        if !brought {
            account.house = Some(house);
            return Ok(());
        }
        let mut alone = Account::new(plan, &index.layout, Arc::clone(&account.name));
        alone.today = account.today;
        alone.swap_pool(&index.pooled, &mut house);
        account.house = Some(house);
        let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
        desk.move_units(&mut alone, account, Cause::midnight(now))?;
        desk.pay_debts(account, Cause::midnight(now))
    }

    /// The pool lies with nobody again, and everybody knows when something of it is due.
    pub(super) fn unhost(&mut self, at: usize) {
        let Self { plan, index, accounts, households, pool, .. } = self;
        let Some(account) = accounts.get_mut(at) else { return };
        let Some(mut house) = account.house.take() else { return };
        for (latest, own) in house.days.iter_mut().zip(&account.days) {
            *latest = (*latest).max(*own);
        }
        account.house = Some(house);
        let mut silent = ();
        let desk = Desk { plan, index, sink: &mut silent, named: false, pool };
        let due = desk.pool_due(account);
        let Some(mut house) = account.house.take() else { return };
        account.swap_pool(&index.pooled, &mut house);
        let Some(home) = account.home() else { return };
        let tomorrow = |account: &Account| account.today.next().unwrap_or(Day::MAX);
        let looked_at = if std::mem::take(&mut house.gave) { accounts.get(at).map(tomorrow) } else { None };
        let mut returns = false;
        for member in households.members.get(home).into_iter().flatten() {
            let Some(account) = accounts.get_mut(*member).filter(|account| lives(account)) else { continue };
            returns |= !account.receipts.is_empty();
            let due = due.min(looked_at.unwrap_or(Day::MAX));
            account.due = account.due.min(due.max(tomorrow(account)));
        }
        if !returns {
            for pile in house.holdings.iter_mut().flat_map(|holding| &mut holding.piles) {
                pile.lost = Vec::new();
                pile.repaid = Vec::new();
            }
        }
        if let Some(place) = households.houses.get_mut(home) {
            *place = Some(house);
        }
    }

    /// Brings one member to a moment, with what is shared.
    pub(super) fn bring(&mut self, at: usize, to: Moment, sink: &mut impl Sink) -> Result<(), Fault> {
        self.host(at, to, sink)?;
        let Self { plan, index, accounts, shared, options, pool, .. } = self;
        if let Some(account) = accounts.get_mut(at) {
            let mut desk = Desk { plan, index, sink, named: options.named_lots, pool };
            desk.catch_up(account, shared, to)?;
        }
        self.unhost(at);
        Ok(())
    }

    /// Brings all who live together to a day, midnight by midnight.
    pub(super) fn bring_house(&mut self, home: Option<usize>, to: Moment, sink: &mut impl Sink) -> Result<(), Fault> {
        let Some(members) = home.and_then(|home| self.households.members.get(home)).cloned() else { return Ok(()) };
        for at in &members {
            let Self { plan, index, accounts, pool, .. } = &mut *self;
            let Some(account) = accounts.get_mut(*at) else { continue };
            let begins = account.joined.is_none() && !account.left && account.merged_into.is_none();
            if begins && account.listed.is_some_and(|day| day <= to.day) {
                Desk { plan, index, sink: &mut *sink, named: false, pool }.begin(account, to.day);
            }
        }
        loop {
            let living = members.iter().filter_map(|at| self.accounts.get(*at)).filter(|account| lives(account));
            let next = living.map(|account| account.due).min().unwrap_or(Day::MAX);
            if next > to.day {
                return Ok(());
            }
            let until = self.plan.zone.start_of(next);
            for at in &members {
                if self.accounts.get(*at).is_some_and(|account| lives(account) && account.due <= next) {
                    self.bring(*at, until, sink)?;
                }
            }
        }
    }

    /// Has anybody who lives in a household a midnight to come up to a day?
    pub(super) fn is_house_due(&self, home: Option<usize>, day: Day) -> bool {
        let members = home.and_then(|home| self.households.members.get(home)).into_iter().flatten();
        let joins = |account: &Account| account.joined.is_none() && account.listed.is_some_and(|listed| listed <= day);
        members
            .filter_map(|at| self.accounts.get(*at))
            .any(|account| (lives(account) && account.due <= day) || joins(account))
    }

    /// Before a fact: the households that it reaches come to its moment, and the pools to its members. Answers whom it
    /// reaches, because the fact may cut what joins them.
    pub(super) fn gather(
        &mut self,
        at: usize,
        link: Option<usize>,
        event: &Event,
        sink: &mut impl Sink,
    ) -> Result<Reached, Fault> {
        let reached = self.reached_by(at, link, event);
        for member in reached.into_iter().flatten() {
            self.bring_house(self.home(member), event.at, sink)?;
        }
        for (place, member) in reached.into_iter().flatten().enumerate() {
            // Who goes up in another brings the pool along only where nobody else lives from it.
            let merges = event.kind == Kind::Merge && place == 1;
            if !merges || self.home(member).is_some_and(|home| self.lives_alone(member, home)) {
                self.host(member, event.at, sink)?;
            }
        }
        Ok(reached)
    }

    /// After a fact: the pools lie with nobody, and the ladders of all who share them look.
    pub(super) fn part(&mut self, reached: Reached, at: Moment, sink: &mut impl Sink) -> Result<(), Fault> {
        for member in reached.into_iter().flatten() {
            self.unhost(member);
        }
        if !self.plan.ladders.iter().any(|ladder| ladder.on_balance) {
            return Ok(());
        }
        let mut homes: Vec<usize> = reached.into_iter().flatten().filter_map(|member| self.home(member)).collect();
        homes.sort_unstable();
        homes.dedup();
        let members: Vec<usize> = homes.into_iter().flat_map(|home| self.households.living_in(home)).collect();
        for member in members {
            if reached.contains(&Some(member)) || !self.accounts.get(member).is_some_and(lives) {
                continue;
            }
            self.host(member, at, sink)?;
            let Self { plan, index, accounts, shared, options, pool, .. } = &mut *self;
            let Some(account) = accounts.get_mut(member) else { continue };
            let mut desk = Desk { plan, index, sink: &mut *sink, named: options.named_lots, pool };
            let mut rises = Vec::new();
            desk.look_at_ladders(account, at, &mut rises)?;
            desk.entered(account, shared, Cause::midnight(at), &rises)?;
            desk.plan_anew(account, at.day);
            self.unhost(member);
        }
        Ok(())
    }

    /// Whom a fact reaches: of a merge the account that goes on first.
    fn reached_by(&self, at: usize, link: Option<usize>, event: &Event) -> Reached {
        if event.kind == Kind::Merge {
            return [self.find(&event.into), Some(at), None, None];
        }
        // A return reaches others receipt by receipt.
        if event.kind == Kind::Return {
            return [Some(at), None, None, None];
        }
        let [one, two, three] = self.chain_of(at, link);
        [Some(at), one, two, three]
    }

    fn lives_alone(&self, at: usize, home: usize) -> bool {
        let members = self.households.members.get(home);
        let others = members.into_iter().flatten().filter(|other| **other != at);
        !others.filter_map(|other| self.accounts.get(*other)).any(lives)
    }

    /// A copy of an account with a copy of what it shares.
    pub(super) fn with_pool(&self, account: &Account) -> Account {
        let mut copy = account.clone();
        let house = account.home().and_then(|home| self.households.houses.get(home)?.clone());
        if let Some(mut house) = house {
            copy.swap_pool(&self.index.pooled, &mut house);
            copy.house = Some(house);
        }
        copy
    }

    /// What lies in each pool, in the order of their names.
    pub fn pools(&self) -> impl Iterator<Item = &House> {
        let mut all: Vec<&House> = self.households.houses.iter().filter_map(Option::as_deref).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all.into_iter()
    }

    /// What a pool holds of a unit; none of one that is not pooled.
    pub fn in_pool<'a>(&self, house: &'a House, unit: UnitId) -> Option<&'a Holding> {
        house.holdings.get(self.index.pooled.iter().position(|pooled| *pooled == unit)?)
    }

    /// Under which name rows of a member's unit stand in the ledger: the member's, or that of the pool.
    pub fn ledger_name<'a>(&'a self, member: &'a str, unit: UnitId) -> &'a str {
        let home = self.find(member).and_then(|at| self.home(at)).filter(|_| self.index.pooled.contains(&unit));
        let house = home.and_then(|home| self.households.houses.get(home)?.as_deref());
        house.map_or(member, |house| &house.name)
    }
}

impl<S: Sink> Desk<'_, S> {
    /// When something of a pool is due; the member has it just now.
    fn pool_due(&self, account: &Account) -> Day {
        let mut due = Day::MAX;
        for unit in &self.index.pooled {
            let piles = account.holdings.get(unit.index()).into_iter().flat_map(|holding| &holding.piles);
            due = piles.fold(due, |due, pile| due.min(self.pile_due(account, *unit, pile, account.today)));
        }
        due
    }

    /// Who receives has the pool for as long as units move; answers from whom it was lent.
    pub(super) fn lend(&self, account: &mut Account, around: &mut Around<'_>, level: Level) -> Option<Level> {
        if self.index.pooled.is_empty() || level == Level::MEMBER {
            return None;
        }
        let receiver = around.look(account, level)?;
        let home = receiver.home.filter(|_| receiver.house.is_none())?;
        let has = |other: &Account| other.home == Some(home) && other.house.is_some();
        let lender = Level::all().find(|other| around.look(account, *other).is_some_and(has))?;
        self.hand_over(account, around, lender, level);
        Some(lender)
    }

    /// The pool goes back to whom it was lent from.
    pub(super) fn hand_back(
        &self,
        account: &mut Account,
        around: &mut Around<'_>,
        lender: Option<Level>,
        level: Level,
    ) {
        if let Some(lender) = lender {
            self.hand_over(account, around, level, lender);
        }
    }

    fn hand_over(&self, account: &mut Account, around: &mut Around<'_>, from: Level, to: Level) {
        let Some(mut house) = around.at(account, from).and_then(|account| account.house.take()) else { return };
        if let Some(from) = around.at(account, from) {
            from.swap_pool(&self.index.pooled, &mut house);
        }
        if let Some(to) = around.at(account, to) {
            to.swap_pool(&self.index.pooled, &mut house);
            to.house = Some(house);
        }
    }
}
