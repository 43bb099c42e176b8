//! What is given, when and for what: `rule "Base" { where category = "cakes" give 5% of spend as beans }`.

use super::{
    Among, Costs, Edge, Expiry, Expr, Gives, InForce, Limit, Name, Opening, Ordinal, Period, Returns, Round, RuleKind,
    Window,
};
use crate::source::Span;

/// `rule "Base" from 2026-01-01 { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `rule`, `reward` or `draw`
    pub kind: RuleKind,
    /// `"Base"`
    pub name: Name,
    /// When it is in force.
    pub in_force: InForce,
    /// Its clauses.
    pub clauses: Vec<RuleClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `rule`.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleClause {
    /// `on action review`
    On(Trigger, Span),
    /// `at end of calendar month`
    At(Edge, Span),
    /// `where category = "cakes"`
    Where(Expr),
    /// `if spend >= 100 RUB`
    If(Expr),
    /// `during every Friday`
    During(Period),
    /// `give 5% of spend as beans, at most 500 beans per receipt`
    Give(Give),
    /// `take all beans`, `take 10% of beans.balance as beans`
    Take(Take),
    /// `multiply "Base" by 2`
    Multiply(Name, Expr, Span),
    /// `add 10% to "Base"`
    Add(Expr, Name, Span),
    /// `turn 100 points into 1 mile`, `turn Gold into Platinum`
    Turn(Expr, Expr, Span),
    /// `costs 9 cups`
    Costs(Costs),
    /// `gives 1 item free`
    Gives(Gives),
    /// `automatically`
    Automatically(Span),
    /// `among tickets, 3 winners`
    Among(Among),
    /// `seed "spring"`
    Seed(Name),
    /// `at most 3 times per calendar month`
    Limit(Limit),
    /// `round up per line`
    Round(Round),
    /// `returns in proportion`
    Returns(Returns),
}

/// What sets a rule off; without `on`, a purchase.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// `purchase`, `a friend's join`
    Fact {
        /// `a friend's`: the fact is of someone that the receiver referred
        friends: bool,
        /// `join`
        fact: Fact,
    },
    /// `the 5th purchase`, `every 5th purchase this calendar month`, `a friend's first purchase`
    Nth {
        /// `a friend's`
        friends: bool,
        /// `every`
        every: bool,
        /// `5th`
        ordinal: Ordinal,
        /// `this calendar month`; not written: the lifetime
        window: Option<Window>,
    },
    /// `entering Gold`, `entering status` (any rise)
    Entering(Name),
    /// `the birthday`, `every Monday`, `2026-05-01`: the first moment of each occurrence
    Period(Period),
}

/// A kind of fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// `purchase`
    Purchase,
    /// `return`
    Return,
    /// `join`
    Join,
    /// `action review`
    Action(Name),
    /// `redeem`
    Redeem,
    /// `merge`
    Merge,
    /// `adjust`
    Adjust,
    /// `leave`
    Leave,
}

/// `give the referrer 300 beans, at most 5 times per calendar month`
#[derive(Debug, Clone, PartialEq)]
pub struct Give {
    /// `the referrer`; not written: the member of the fact
    pub recipient: Option<Recipient>,
    /// `300 beans`, `5% of spend`, or a tier: `Gold`
    pub amount: Expr,
    /// `as beans`
    pub unit: Option<Name>,
    /// `at most 5 times per calendar month`
    pub limits: Vec<Limit>,
    /// `opening 14 days after earning`
    pub opening: Option<Opening>,
    /// `expiring 2026-12-31`
    pub expiry: Option<Expiry>,
    /// Where.
    pub span: Span,
}

/// Who receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// `the member`
    Member,
    /// `the referrer`
    Referrer,
    /// `the referrer's referrer`
    SecondReferrer,
    /// `the referrer's referrer's referrer`, and who stands further up is nobody
    ThirdReferrer,
}

/// `take all beans`
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// `10% of beans.balance`; absent: `all`
    pub amount: Option<Expr>,
    /// `as beans`, or the unit after `all`
    pub unit: Option<Name>,
    /// Where.
    pub span: Span,
}
