//! Rules, groups and limits of the plan.

use super::reward::Role;
use super::time::{Edge, Expiry, Opening, Window};
use super::{CounterId, ExprId, GroupId, InForce, LadderId, LimitId, PeriodId, ReturnsPolicy, RuleId, UnitId};
use crate::source::Span;
use crate::syntax::ast::{BlockMode, GroupKind, Ordinal, Recipient, RoundScope};
use crate::time::Day;
use crate::ty::Kind;
use crate::value::Rounding;

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `Base`
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Is it a rule, a reward or a draw?
    pub role: Role,
    /// When it is in force.
    pub in_force: InForce,
    /// What sets it off.
    pub trigger: Trigger,
    /// Which lines count; all where absent. Several `where` are joined by `and`.
    pub filter: Option<ExprId>,
    /// Whether it applies: each must hold.
    pub conditions: Vec<ExprId>,
    /// When it applies: each must contain now.
    pub during: Vec<PeriodId>,
    /// What it does, in written order.
    pub acts: Vec<Act>,
    /// Limits on the sum of its awards.
    pub limits: Vec<LimitId>,
    /// Its own rounding.
    pub round: Option<Round>,
    /// Its own way with returns.
    pub returns: Option<ReturnsPolicy>,
    /// The group it stands in.
    pub group: Option<GroupId>,
}

/// What sets a rule off.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// `purchase`, `a friend's join`
    Fact {
        /// Of a member with a referrer.
        friends: bool,
        /// Which fact.
        kind: Kind,
        /// Which action.
        action: Option<usize>,
    },
    /// `the 5th purchase this calendar month`
    Nth {
        /// Of a member with a referrer.
        friends: bool,
        /// `every`
        every: bool,
        /// `5th`
        ordinal: Ordinal,
        /// The visits that are counted, as before this purchase.
        visits: CounterId,
    },
    /// `entering Gold`; without a tier: any rise
    Entering(LadderId, Option<u8>),
    /// The start of the first day of each occurrence.
    StartOf(PeriodId),
    /// `at end of calendar month` (end-of-day half), `at start of calendar month` (start-of-day half)
    At(Edge),
}

/// What a rule does.
#[derive(Debug, Clone)]
pub enum Act {
    /// `give 5% of spend as beans`
    Give(Give),
    /// `take all beans`
    Take(Take),
    /// `multiply "Base" by 2`
    Multiply {
        /// `"Base"`
        base: RuleId,
        /// `2`
        by: ExprId,
    },
    /// `add 10% to "Base"`
    Add {
        /// `10%`
        rate: ExprId,
        /// `"Base"`
        base: RuleId,
    },
}

/// `give the referrer 300 beans, at most 5 times per calendar month`
#[derive(Debug, Clone)]
pub struct Give {
    /// Who receives.
    pub recipient: Recipient,
    /// What.
    pub prize: Prize,
    /// Limits on this award alone.
    pub limits: Vec<LimitId>,
    /// Instead of the unit's opening.
    pub opening: Option<Opening>,
    /// Instead of the unit's expiry, or of the ladder's keeping.
    pub expiry: Option<Expiry>,
    /// As written, for explanations.
    pub text: String,
}

/// What is given.
#[derive(Debug, Clone)]
pub enum Prize {
    /// So many of a unit.
    Units(UnitId, Formula),
    /// A tier.
    Tier(LadderId, u8),
}

/// How an award is worked out: an exact number of units, rounded afterwards.
#[derive(Debug, Clone)]
pub enum Formula {
    /// `300 beans`; with `in_money`: money, divided by the unit's worth that day
    Fixed {
        /// How many.
        amount: ExprId,
        /// Money `as` the unit.
        in_money: bool,
    },
    /// `5% of spend`
    Share {
        /// `5%`
        share: ExprId,
        /// `spend`
        of: ExprId,
        /// Is the base money, to be divided by the unit's worth?
        in_money: bool,
    },
    /// `1 bean per full 20 RUB of spend`
    Block {
        /// `1 bean`
        units: ExprId,
        /// Is it money, to be divided by the unit's worth?
        in_money: bool,
        /// `20 RUB`
        size: ExprId,
        /// `full`
        mode: BlockMode,
        /// `spend`
        of: ExprId,
    },
    /// `1 cup per item`
    Each {
        /// `1 cup`
        units: ExprId,
        /// Is it money, to be divided by the unit's worth?
        in_money: bool,
        /// `item`
        each: Each,
    },
    /// `1 point per full 10 nights`: pays value now − paid so far
    Running {
        /// `1 point`
        units: ExprId,
        /// `10`
        size: ExprId,
        /// `full`
        mode: BlockMode,
        /// `nights`
        counter: CounterId,
    },
    /// `25% of "Base"`: of what it gave on this event
    OfAward {
        /// `25%`
        share: ExprId,
        /// `"Base"`
        rule: RuleId,
    },
    /// `by category { "tea" 5%  otherwise 1% }`: the first row whose key fits
    ByKey {
        /// `category`, `status`, `partner`
        key: ExprId,
        /// Is the key of a line? Then lines that pick the same row are added together.
        per_line: bool,
        /// The keys (literals) and what they give.
        rows: Vec<(Vec<ExprId>, Formula)>,
        /// `otherwise`
        otherwise: Option<Box<Formula>>,
    },
    /// `by spend { from 1_000 RUB 3% }`: the row with the highest bound reached
    Bands {
        /// `spend`
        key: ExprId,
        /// In rising order.
        rows: Vec<(Bound, Formula)>,
        /// `otherwise`: below all bounds
        otherwise: Option<Box<Formula>>,
        /// `each part at its own rate`: then the formulas' base is the part of the key between bounds
        marginal: bool,
    },
    /// `param rate = …, … from 2015-04-11`
    Dated(Box<Formula>, Vec<(Day, Formula)>),
}

/// `from 1_000 RUB`, `above 1_000 RUB`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// `1_000 RUB`
    pub at: ExprId,
    /// `above`: more than
    pub above: bool,
}

/// What is counted one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Each {
    /// `per item`: the quantity of the rule's lines
    Item,
    /// `per line`: the rule's kept lines above zero
    Line,
    /// `per visit`: one
    Visit,
}

/// `take all beans`
#[derive(Debug, Clone)]
pub struct Take {
    /// Of which unit.
    pub unit: UnitId,
    /// How many; absent: all that is open.
    pub amount: Option<ExprId>,
}

/// How an award is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// `half up`
    pub mode: Rounding,
    /// `per line`
    pub scope: RoundScope,
}

/// `at most 500 beans per store per calendar month, then 1%`
#[derive(Debug, Clone)]
pub struct Limit {
    /// As written, for explanations.
    pub text: String,
    /// `500`
    pub room: ExprId,
    /// `beans`
    pub measured: Measured,
    /// What room is counted apart by; empty: the member.
    pub keys: Vec<LimitKey>,
    /// Over which period; `None` for `per receipt`.
    pub window: Option<Window>,
    /// What happens with what has no room.
    pub over: OverLimit,
}

/// In what a limit is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measured {
    /// `500 beans`
    Units(UnitId),
    /// `1_000 RUB`: units × worth
    Money,
    /// `5 times`
    Times,
    /// `3 receipts`
    Receipts,
    /// `100 members`: different ones, over the whole programme
    Members,
}

/// What room is counted apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitKey {
    /// `per member` (decided)
    Member,
    /// `per programme`: over all members
    Programme,
    /// `per friend`: the one whose fact it is
    Friend,
    /// `per occurrence` of the rule's `during`
    Occurrence,
    /// `per sku`
    Sku,
    /// A line attribute by its slot.
    Line(usize),
    /// A receipt attribute by its slot.
    Receipt(usize),
    /// A member attribute by its slot.
    MemberAttribute(usize),
}

/// What happens with what has no room.
#[derive(Debug, Clone)]
pub enum OverLimit {
    /// It is not given (decided).
    Cut,
    /// `all or nothing`
    AllOrNothing,
    /// `then 1%`: the base of the share that was cut earns by this formula
    Then(Box<Formula>),
    /// `the rest carried`
    Carried,
}

/// `best of { "Base", "Birthday" }`
#[derive(Debug, Clone)]
pub struct Group {
    /// `best of`
    pub kind: GroupKind,
    /// In written order.
    pub rules: Vec<RuleId>,
    /// `per line`
    pub per_line: bool,
    /// `by worth`
    pub by_worth: bool,
    /// `in written order`
    pub in_written_order: bool,
    /// Limits on the sum.
    pub limits: Vec<LimitId>,
}
