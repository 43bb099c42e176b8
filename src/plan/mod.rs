//! The typed program: what the checker makes of a tree, and all that the evaluator ever sees.
//!
//! Names have become ids, units have been checked, every form of the language has been brought to
//! its core form: a rate held in a parameter or a tier is a [`Formula`] here, `spend` is a
//! [`NumField`] of lines, a plain amount after `from` is a comparison. Ids are positions in the
//! plan's lists; the checker makes only ids that exist.

mod expr;
mod ids;
mod measure;
mod reward;
mod rule;
mod time;

pub use expr::{Balance, Factor, Including, Literal, Node, NumField, TextField, Type};
pub use ids::{CounterId, ExprId, GroupId, LadderId, LimitId, PeriodId, RuleId, UnitId};
pub use measure::{Counted, Figure, OwnMeasure, Slice, UnitFigure};
pub use reward::{Assumed, Benefit, Cost, CostOf, Draw, Offer, Reward, Role, Step, Turn};
pub use rule::{
    Act, Bound, Each, Formula, Give, Group, Limit, LimitKey, Measured, OverLimit, Prize, Round, Rule, Take, Trigger,
};
pub use time::{Anchor, Due, DueBase, Edge, Expiry, Kalendar, Length, Opening, Period, Window};

use crate::source::Span;
use crate::syntax::ast::{Drop, GroupKind, Ordinal, ReturnsMode, SpendOrder};
use crate::time::{Calendar, Day, Duration, Zone};
use crate::ty::{Schema, Sym, Texts};

/// A checked programme.
#[derive(Debug, Clone)]
pub struct Plan {
    /// `"Sweet Corner"`
    pub name: String,
    /// The hash of the checked form, without comments and layout: 64 hexadecimal digits.
    pub version: String,
    /// When the programme awards.
    pub in_force: InForce,
    /// `RUB`
    pub currency: String,
    /// Decimals of the smallest currency unit: 2 for kopecks.
    pub currency_decimals: u32,
    /// The programme's zone.
    pub zone: Zone,
    /// The fiscal calendar.
    pub fiscal: Calendar,
    /// How returns are worked.
    pub returns: ReturnsPolicy,
    /// `settle by partner`: the attribute of receipts by which it is told what is owed.
    pub settle_by: Option<usize>,
    /// `amounts first`: within a step of a purchase amounts come off before percentages.
    pub amounts_first: bool,
    /// `continues "HASH" from DATE`: versions whose accounts this program takes over, and from when.
    pub continues: Vec<(String, Day)>,
    /// What the data hold.
    pub schema: Schema,
    /// The slot of the member attribute `birthday`.
    pub birthday: Option<usize>,
    /// All literal texts of the program; a run goes on from a copy.
    pub texts: Texts,
    /// All expressions.
    pub nodes: Vec<Node>,
    /// Where each expression stands, for explanations.
    pub spans: Vec<Span>,
    /// All periods.
    pub periods: Vec<Period>,
    /// All counters, named and inline.
    pub counters: Vec<Counter>,
    /// The units in order of their plural names.
    pub units: Vec<Unit>,
    /// The ladders in order of their names.
    pub ladders: Vec<Ladder>,
    /// Rules, rewards and draws in order of name, then of first day in force.
    pub rules: Vec<Rule>,
    /// The rules (no rewards, no draws) so that each stands after those it builds on; ties by name.
    pub order: Vec<RuleId>,
    /// The groups.
    pub groups: Vec<Group>,
    /// All limits.
    pub limits: Vec<Limit>,
    /// Measures of the program's own, in order of name.
    pub measures: Vec<OwnMeasure>,
    /// Are redemptions of a history booked at most up to what is available? So they are in a variant, where members
    /// may have less than they had; what is missing is told as a shortfall.
    pub covered_only: bool,
    /// Does a rule, limit or counter look across members? Then all are one book with one clock.
    pub one_book: bool,
    /// The conditions of examples, by their place.
    pub expectations: Vec<(Span, ExprId)>,
    /// The source text, for explanations.
    pub source: String,
}

/// When something is in force: both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InForce {
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
}

impl InForce {
    /// Is it in force on that day?
    pub fn on(self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// `returns within 90 days, in proportion`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnsPolicy {
    /// How long a receipt can come back.
    pub within: Duration,
    /// What differs from working the receipt out again.
    pub modes: Vec<ReturnsMode>,
}

/// A counted thing.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its noun forms; [`Unit::key`] is its key in results.
    pub nouns: Vec<String>,
    /// When it can be earned.
    pub in_force: InForce,
    /// `worth 1 RUB`, of type money, may be dated.
    pub worth: Option<ExprId>,
    /// Decimals of an award.
    pub decimals: u32,
    /// How an award is rounded.
    pub round: Round,
    /// When an award opens.
    pub opening: Opening,
    /// When it expires.
    pub expiry: Expiry,
    /// Which lots are spent first.
    pub spend_order: SpendOrder,
    /// The attribute of the receipt by which balances are kept apart.
    pub apart_by: Option<usize>,
    /// The attribute of the member whose equals share one balance.
    pub pooled_by: Option<usize>,
    /// `price 990 RUB`: what a member pays for one, for the fees in the totals; may be dated.
    pub price: Option<ExprId>,
    /// `never below zero`
    pub never_below_zero: bool,
}

impl Unit {
    /// The plural: its key in results.
    pub fn key(&self) -> &str {
        self.nouns.get(1).or(self.nouns.first()).map_or("", String::as_str)
    }
}

/// A counter.
#[derive(Debug, Clone)]
pub struct Counter {
    /// Its noun forms, empty where it is written inline.
    pub nouns: Vec<String>,
    /// As written, for explanations.
    pub text: String,
    /// What it counts.
    pub measure: Measure,
    /// Which lines count.
    pub filter: Option<ExprId>,
    /// Which facts count.
    pub condition: Option<ExprId>,
    /// Over which period.
    pub window: Window,
    /// Starts at nothing whenever this ladder rises.
    pub restarts: Option<LadderId>,
    /// The type of its value.
    pub ty: Type,
}

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// `spend`, `sum of nights`: over the lines (or the receipt) of purchases, less returns
    Sum(NumField),
    /// `largest of spend`
    Largest(NumField),
    /// `count of distinct category`
    Distinct(TextField),
    /// `visits`: purchases with a kept line above zero that passes the filter
    Visits,
    /// `on the 5th purchase`: visits as they were made; a return takes none back
    Ordinals,
    /// `returns`
    Returns,
    /// `friends`
    Friends,
    /// `count of action review`
    Actions(usize),
    /// `count of awards of "Base"`: the first rule of that name stands for all
    AwardTimes(RuleId),
    /// `points from "Base"`, `points`: awarded, less reversed
    Awarded(UnitId, Option<RuleId>),
}

impl Measure {
    /// Does it look at values one by one, not at a sum of them?
    pub const fn sees_values(self) -> bool {
        matches!(self, Self::Largest(_) | Self::Distinct(_))
    }
}

/// A ladder of tiers.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// `status`
    pub name: String,
    /// When it is in force.
    pub in_force: InForce,
    /// From the lowest to the highest.
    pub tiers: Vec<Tier>,
    /// The names of the tiers' values.
    pub value_names: Vec<String>,
    /// How long a tier is kept.
    pub keep: Option<Due>,
    /// Where a member falls at a review; absent: to the tier of the day's value.
    pub drop: Option<Drop>,
    /// When a reached tier takes effect.
    pub opening: LadderOpening,
    /// `restart at a rise`
    pub restarts: bool,
    /// Does a condition read a balance?
    pub on_balance: bool,
    /// The counters that its conditions read.
    pub counters: Vec<CounterId>,
}

/// When a tier that was reached takes effect.
#[derive(Debug, Clone, PartialEq)]
pub enum LadderOpening {
    /// With the next event (decided).
    NextEvent,
    /// `opens at once`: this purchase already
    AtOnce,
    /// `opens start of next calendar month`
    Due(Due),
}

/// A tier.
#[derive(Debug, Clone)]
pub struct Tier {
    /// `Gold`
    pub name: String,
    /// Its condition, of type yes/no; absent for the lowest tier and for one that only a rule gives.
    pub reach: Option<ExprId>,
    /// The single comparisons of the condition, for "missing to the next tier".
    pub needs: Vec<ExprId>,
    /// Its values in the order of [`Ladder::value_names`].
    pub values: Vec<Option<ExprId>>,
}

/// A kind of stacking as written.
pub type Stacking = GroupKind;
/// Which of several as written.
pub type Nth = Ordinal;

/// A text of the program or the data.
pub type Text = Sym;

impl Plan {
    /// Is a rule one of several of which one alone gives: of `best of` or `first of`, not line by line?
    pub fn is_one_of_several(&self, rule: &Rule) -> bool {
        let group = rule.group.map(|group| self.group(group));
        group.is_some_and(|group| group.kind != Stacking::All && !group.per_line)
    }

    /// Do two expressions say the same?
    pub fn same(&self, one: ExprId, other: ExprId) -> bool {
        one == other || same(&self.nodes, one, other)
    }
}

/// Do two expressions say the same?
pub(crate) fn same(nodes: &[Node], one: ExprId, other: ExprId) -> bool {
    let (Some(a), Some(b)) = (nodes.get(one.index()), nodes.get(other.index())) else { return false };
    a.is_like(b) && a.children().into_iter().zip(b.children()).all(|(a, b)| same(nodes, a, b))
}

macro_rules! list_access {
    ($($fn:ident, $list:ident, $id:ty, $item:ty, $what:literal;)*) => {
        impl Plan {
            $(
                #[doc = $what]
                #[expect(clippy::indexing_slicing, reason = "the checker makes only ids that exist")]
                pub fn $fn(&self, id: $id) -> &$item {
                    &self.$list[id.index()]
                }
            )*
        }
    };
}

list_access! {
    node, nodes, ExprId, Node, "The expression of an id.";
    period, periods, PeriodId, Period, "The period of an id.";
    counter, counters, CounterId, Counter, "The counter of an id.";
    unit, units, UnitId, Unit, "The unit of an id.";
    ladder, ladders, LadderId, Ladder, "The ladder of an id.";
    rule, rules, RuleId, Rule, "The rule of an id.";
    group, groups, GroupId, Group, "The group of an id.";
    limit, limits, LimitId, Limit, "The limit of an id.";
}
