//! One member's state: all that the past leaves behind, and nothing that can be worked out again.

use super::around::{Above, Level, Membership};
use super::house::House;
use super::rare::Rare;
use super::recent::RecentIds;
use super::tally::{Seen, Tally};
use super::when::{Layout, Who};
use crate::ledger::{Pile, ShortDates, Taken};
use crate::plan::{CounterId, LimitId, Plan, RuleId, UnitId};
use crate::time::{Day, Moment};
use crate::ty::event::{Datum, RowPlace};
use crate::ty::{Kind, Line, Text};
use crate::value::Amount;
use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};
use std::collections::VecDeque;
use std::sync::Arc;

/// A list that mostly has so few items that they lie with the account itself, where the next event finds them.
pub(super) type Few<T, const N: usize> = SmallVec<[T; N]>;

/// One member's state. It lies as it is written: first what every purchase needs, so that few lines of memory have to
/// come near for it, then what only some facts ask for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[repr(C)]
pub struct Account {
    /// The place of the last event in the order of events.
    pub clock: Clock,
    /// Who.
    pub name: Arc<str>,
    /// Midnights up to the start of this day have been worked.
    pub today: Day,
    /// The next midnight (before the start of that day) at which something is due.
    pub due: Day,
    /// The day of joining; none before the first fact.
    pub joined: Option<Day>,
    /// The day of the last purchase, also after leaving.
    pub last_purchase: Option<Day>,
    /// All of them are known to the end of that day at least.
    #[serde(skip)]
    pub keeps_until: Day,
    /// The day of joining that the members file tells.
    pub listed: Option<Day>,
    /// Is a member no more.
    pub left: bool,
    /// A midnight, or a rule on entering a tier, gave units that ladders have not seen yet.
    pub gifted: bool,
    /// Money of purchases less returns, as the history has it.
    pub revenue: Amount,
    /// Purchases counted.
    pub purchases: u64,
    /// Who goes on after a merge.
    pub merged_into: Option<Membership>,
    /// Who referred.
    pub referrer: Option<usize>,
    /// Ids of the last 30 days.
    pub recent: RecentIds,
    /// Receipts that can still come back.
    pub receipts: VecDeque<Box<Receipt>>,
    /// What waits for room in the next period.
    pub carried: Vec<Carried>,
    /// The last purchase, awards, actions, tiers entered: see `Layout`.
    pub days: Few<Option<Day>, 8>,
    /// Where the member stands, by ladder.
    pub standings: Few<Standing, 1>,
    /// The counters, by id.
    pub counters: Few<Tally, 1>,
    /// What the member has, by unit.
    pub holdings: Few<Holding, 1>,
    /// What limits have used.
    pub usage: Few<Usage, 1>,
    /// Declared attributes, in the slots of the schema.
    pub values: Few<Datum, 2>,
    /// Values seen, by counter, for `distinct` and `largest`.
    pub seen: Vec<Seen>,
    /// What running totals have paid.
    pub running: Vec<Running>,
    /// The next midnight of each rule that has one, in the order of the index.
    pub moments: Vec<Option<Day>>,
    /// How often the member has left.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub membership: u32,
    /// The household, by its place, where units are pooled.
    #[serde(skip)]
    pub home: Option<u32>,
    /// What the household has together, while it lies with this member.
    #[serde(skip)]
    pub house: Option<Box<House>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A place in the order of events: time, then `seq`, then kind, then id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Clock {
    /// When.
    pub at: Moment,
    /// The source's own order.
    pub seq: Option<i64>,
    /// What.
    pub kind: Kind,
    /// Rows without an id: their place, compared as numbers.
    pub unnamed: Option<RowPlace>,
    /// The id.
    pub id: Text,
}

impl Clock {
    /// Has nothing been counted yet?
    #[inline]
    pub(super) fn is_new(&self) -> bool {
        self.at == Moment::default() && *self == Self::default()
    }
}

/// What a member has of a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Open + pending − debt.
    pub balance: Amount,
    /// One pile; several where the unit is kept apart.
    pub piles: Few<Pile, 1>,
}

/// Where a member stands on a ladder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The tier in effect.
    pub tier: u8,
    /// For each tier that is held, until when; as many as the highest that ever was.
    pub holds: Vec<Option<Hold>>,
    /// The day from which on the tier may be lost if nothing happens, where it was asked for.
    #[serde(skip)]
    pub falls: Option<Day>,
}

impl Standing {
    /// The place of a tier's hold.
    pub fn hold(&mut self, tier: usize) -> Option<&mut Option<Hold>> {
        if self.holds.len() <= tier {
            self.holds.resize(tier + 1, None);
        }
        self.holds.get_mut(tier)
    }
}

impl Standing {
    /// The highest tier held on a day, also one that takes effect later.
    pub(super) fn held_on(&self, day: Day) -> u8 {
        let alive = |hold: &Hold| hold.until.is_none_or(|until| until >= day);
        let held = self.holds.iter().rposition(|hold| hold.as_ref().is_some_and(alive));
        held.map_or(0, super::accrual::position)
    }
}

/// A tier that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// From that day.
    pub from: Day,
    /// To the end of that day; none: for good.
    pub until: Option<Day>,
    /// When it was entered.
    pub entered: Moment,
    /// After how many purchases: tells apart what happened at the same time.
    #[serde(default)]
    pub purchases: u64,
    /// The ladder's counters as they stood then, in the ladder's order; lowered by returns.
    pub values: Vec<Amount>,
    /// Given by a rule, not reached.
    pub given: bool,
    /// Where a rise makes the counters start again: the rise after which they counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<(Moment, u64)>,
}

impl Hold {
    /// One that begins now and that no value holds.
    pub const fn given(at: Moment, until: Option<Day>, purchases: u64) -> Self {
        Self { from: at.day, until, entered: at, purchases, values: Vec::new(), given: true, after: None }
    }
}

/// What a limit has used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Which limit.
    pub limit: LimitId,
    /// Of which key.
    pub key: Key,
    /// How much in which window.
    pub tally: Tally,
}

/// The values of a limit's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Key(pub [Datum; 2]);

/// What a rule over a running total has paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The rule.
    pub rule: RuleId,
    /// Which of its acts.
    pub act: u8,
    /// Units that counted as paid, in the counter's window.
    pub paid: Tally,
}

/// Something that a limit cut and that waits for the next period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// The limit.
    pub limit: LimitId,
    /// Of which key.
    pub key: Key,
    /// The rule that awards.
    pub rule: RuleId,
    /// Which of its acts.
    pub act: u8,
    /// The unit.
    pub unit: UnitId,
    /// What is still wanted.
    pub wanted: Amount,
    /// The start of the next period.
    pub due: Day,
    /// When it was cut.
    #[serde(default)]
    pub at: Moment,
}

/// A purchase that can still come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// No return touches it after that day, as far as is known.
    pub until: Day,
    /// Its number.
    pub number: Arc<str>,
    /// The id of the purchase; mostly the same.
    pub id: Arc<str>,
    /// The lines with what came back of each, in canonical order.
    pub lines: Vec<KeptLine>,
    /// The receipt's attributes.
    pub values: Rare<Datum>,
    /// All that its rules read.
    pub frame: Frame,
    /// What it gave.
    pub awards: Vec<Posted>,
    /// The units spent on it.
    pub spent: Rare<Spent>,
    /// Its money as the history has it.
    pub amount: Amount,
    /// Was it a visit when it was bought?
    pub visit: bool,
    /// Which purchase of the member it was.
    #[serde(default)]
    pub nth: u64,
    /// Its number as units know it that wait for an action.
    #[serde(default)]
    pub named: Datum,
    /// Who stood above the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Box<Above>>,
    /// What each running total had paid before, also one that gave nothing at first.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub running: ByGive,
    /// What those of who referred stood at.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub totals: ByGive,
}

/// An amount for gives: the rule and which of its acts.
pub(super) type ByGive = Rare<(RuleId, u8, Amount)>;

/// A line of a receipt and what came back of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLine {
    /// As it was sold.
    pub line: Line,
    /// Money of it that was paid with units.
    pub paid: Amount,
    /// Quantity that came back.
    pub back_quantity: Amount,
    /// Money that came back: by quantity, or as an amount.
    pub back_amount: Amount,
}

/// An award as it was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The rule.
    pub rule: RuleId,
    /// Which of its acts.
    pub act: u8,
    /// Who received it?
    pub level: Level,
    /// The unit.
    pub unit: UnitId,
    /// The dates of the units.
    pub dates: ShortDates,
    /// The pile.
    pub tag: Datum,
    /// The lot, where lots are named.
    pub lot: Option<Arc<str>>,
    /// What was given first.
    pub first: Amount,
    /// What is left of it after reversals.
    pub net: Amount,
    /// How much of the reversals met units that were lost by date.
    pub lost: Amount,
    /// How much of the reversals was dropped, where a unit never goes below zero.
    #[serde(default)]
    pub dropped: Amount,
    /// What each limit was charged.
    pub charges: Vec<Charge>,
    /// Only working the receipt out again gave it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// What limits were charged for an award; mostly one or none.
pub(super) type Charges = smallvec::SmallVec<[Charge; 1]>;

/// What a limit was charged for an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The limit.
    pub limit: LimitId,
    /// Of which key.
    pub key: Key,
    /// Whose room it is.
    pub level: Level,
    /// How much.
    pub amount: Amount,
    /// How much of it is charged now, after returns.
    #[serde(default)]
    pub net: Amount,
}

/// Units spent on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The unit.
    pub unit: UnitId,
    /// The pile.
    pub tag: Datum,
    /// How many.
    pub total: Amount,
    /// How many came back.
    pub back: Amount,
    /// What was not covered and became debt.
    pub owed: Amount,
    /// From where, first spent first.
    pub taken: Vec<Taken>,
    /// The money they paid; zero for a unit without worth.
    pub paid: Amount,
}

/// All that the rules of a purchase read besides its lines, so that it can be worked out again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Frame {
    /// When.
    pub at: Moment,
    /// The tiers, by ladder.
    pub tiers: Few<u8, 8>,
    /// The tiers held before the purchase, where one may count at once.
    #[serde(default)]
    pub held: Few<u8, 8>,
    /// The counters, by id, as before the purchase; none where it was not read or has no value.
    pub counters: Few<Option<Amount>, 1>,
    /// Values seen by `distinct` counters that are read.
    pub seen: Rare<(CounterId, Vec<Datum>)>,
    /// The days, as before the purchase.
    pub days: Few<Option<Day>, 4>,
    /// Balance, available, pending, debt, spent on this receipt; by unit.
    pub balances: Vec<[Amount; 5]>,
    /// The room each limit had.
    pub rooms: Vec<Room>,
    /// How many levels of referrers there were.
    pub referrers: u8,
    /// Attributes of the member.
    pub member: Rare<Datum>,
    /// The day of joining.
    pub joined: Day,
}

/// The room that a limit had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// The limit.
    pub limit: LimitId,
    /// Of which key.
    pub key: Key,
    /// How much was used.
    pub used: Amount,
    /// Was the member served before?
    pub served: bool,
}

impl Account {
    /// A member without a past.
    pub fn new(plan: &Plan, layout: &Layout, name: Arc<str>) -> Self {
        Self {
            name,
            values: smallvec![Datum::Missing; plan.schema.member.len()],
            days: smallvec![None; layout.len],
            counters: smallvec![Tally::default(); plan.counters.len()],
            seen: if plan.counters.iter().any(|counter| counter.measure.sees_values()) {
                vec![Seen::default(); plan.counters.len()]
            } else {
                Vec::new()
            },
            holdings: smallvec![Holding::default(); plan.units.len()],
            standings: smallvec![Standing::default(); plan.ladders.len()],
            due: Day::MAX,
            keeps_until: Day::MAX,
            ..Self::default()
        }
    }

    /// Is this a member on a day: by a fact, or as the members file says?
    pub(super) fn is_member_on(&self, day: Day) -> bool {
        self.joined.is_some() || (!self.left && self.listed.is_some_and(|listed| listed <= day))
    }

    /// The member's days, for working out dates.
    pub fn who<'a>(&'a self, plan: &'a Plan, layout: &'a Layout) -> Who<'a> {
        Who { plan, layout, joined: self.joined.unwrap_or(self.today), birthday: self.birthday(plan), days: &self.days }
    }

    fn birthday(&self, plan: &Plan) -> Option<Day> {
        birthday(plan, &self.values)
    }

    /// The tally of a limit's key, if anything was used.
    pub fn usage(&self, limit: LimitId, key: Key) -> Option<&Usage> {
        self.usage.iter().find(|usage| usage.limit == limit && usage.key == key)
    }
}

/// The birthday among a member's attributes.
pub(super) fn birthday(plan: &Plan, values: &[Datum]) -> Option<Day> {
    match plan.birthday.and_then(|slot| values.get(slot)) {
        Some(Datum::Date(day)) => Some(*day),
        _ => None,
    }
}

impl Holding {
    /// What cannot be used yet.
    pub fn pending(&self) -> Amount {
        let piles = self.piles.iter().map(|pile| pile.pending_total().unwrap_or(Amount::MAX));
        piles.fold(Amount::ZERO, |sum, part| sum.plus(part).unwrap_or(Amount::MAX))
    }

    /// The pile of a tag, made where there is none.
    #[inline]
    pub fn pile(&mut self, tag: Datum) -> &mut Pile {
        let known = self.piles.iter().position(|pile| pile.tag == tag);
        let at = known.unwrap_or_else(|| self.new_pile(tag));
        #[expect(clippy::indexing_slicing, reason = "the position was just found, or the pile pushed")]
        &mut self.piles[at]
    }

    #[cold]
    fn new_pile(&mut self, tag: Datum) -> usize {
        self.piles.push(Pile::tagged(tag));
        self.piles.len() - 1
    }
}

impl Frame {
    /// Takes the content out; the lists keep their room.
    pub(super) fn empty(&mut self) {
        self.tiers.clear();
        self.held.clear();
        self.counters.clear();
        self.seen.clear();
        self.days.clear();
        self.balances.clear();
        self.rooms.clear();
        self.member.clear();
    }

    /// The frame's days, for working out dates.
    pub fn who<'a>(&'a self, plan: &'a Plan, layout: &'a Layout) -> Who<'a> {
        Who { plan, layout, joined: self.joined, birthday: birthday(plan, &self.member), days: &self.days }
    }
}
