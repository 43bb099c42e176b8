//! What a reward costs and gives, and what a draw asks: the clauses that only these have.
//!
//! ```earn
//! reward "Tenth coffee" { costs 9 cups  gives 1 item free }
//! draw "Spring" { on 2026-06-01  among tickets, 3 winners  seed "spring"  give 1 bicycle }
//! ```

use super::{Expiry, Expr, Limit, Name, Opening, Recipient};
use crate::source::Span;

/// What a declaration of rules is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RuleKind {
    /// `rule "Base" { … }`
    #[default]
    Rule,
    /// `reward "Tenth coffee" { … }`: a rule with a price, or a discount
    Reward,
    /// `draw "Spring" { … }`: a rule that chance has a say in
    Draw,
}

impl RuleKind {
    /// The word that declares it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Reward => "reward",
            Self::Draw => "draw",
        }
    }
}

/// `costs 9 cups`, `costs beans, in steps of 100 beans`
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    /// How many of what.
    pub amount: CostAmount,
    /// `in steps of 100 beans`, `at least 500 beans`, `leaving 1 RUB`
    pub options: Vec<CostOption>,
    /// Where.
    pub span: Span,
}

/// How many units a reward costs.
#[derive(Debug, Clone, PartialEq)]
pub enum CostAmount {
    /// `all beans`
    All(Name),
    /// `9 cups`; `beans` alone: any number; `by status { Gold 80  otherwise 100 } as beans`
    Some(Expr, Option<Name>),
}

/// What narrows a cost.
#[derive(Debug, Clone, PartialEq)]
pub enum CostOption {
    /// `in steps of 100 beans`
    Steps(Expr),
    /// `at least 500 beans`
    AtLeast(Expr),
    /// `leaving 1 RUB`: of what there is to pay; `leaving 100 beans`: of the balance
    Leaving(Expr),
}

/// `gives 10% off, at most 500 RUB per calendar month`
#[derive(Debug, Clone, PartialEq)]
pub struct Gives {
    /// What.
    pub gift: Gift,
    /// `at most 30% of spend`
    pub limits: Vec<Limit>,
    /// `opening 1 day after earning`, where units are given
    pub opening: Option<Opening>,
    /// `expiring 2026-12-31`, where units are given
    pub expiry: Option<Expiry>,
    /// Where.
    pub span: Span,
}

/// What a reward gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Gift {
    /// `their worth off`
    TheirWorth,
    /// `them to another member`
    Away,
    /// `10% off`, `500 RUB off`, `0.5 RUB per bean off`
    Off(Expr),
    /// `1 item free`
    Free(Expr),
    /// `the referrer 1 voucher`, `10% of spend as beans`
    Units {
        /// `the referrer`; not written: the member of the fact
        recipient: Option<Recipient>,
        /// `1 voucher`
        amount: Expr,
        /// `as beans`
        unit: Option<Name>,
    },
}

/// `among tickets, 3 winners`
#[derive(Debug, Clone, PartialEq)]
pub struct Among {
    /// `tickets`: each that is open is an entry
    pub unit: Name,
    /// `3`; not written: one
    pub winners: Option<u32>,
    /// Where.
    pub span: Span,
}
