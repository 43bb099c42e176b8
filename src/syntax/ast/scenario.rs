//! What if: `scenario "Cheaper Gold" { set status.Gold.from = 40_000 RUB }`, and numbers of one's own.

use super::{Dated, Expr, Item, Name, Reach};
use crate::source::Span;
use crate::value::Exact;

/// `scenario "Cheaper Gold" { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// `"Cheaper Gold"`
    pub name: Name,
    /// What it changes.
    pub changes: Vec<Change>,
    /// Where.
    pub span: Span,
}

/// A change of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// `set base = 4%`
    Set(Setting),
    /// `without "New Year"`
    Without(Name, Span),
    /// A declaration that takes the place of the one of its name, or is added.
    Declare(Box<Item>),
}

/// `set status.Gold.from = 40_000 RUB`
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// `status`, `Gold`; without the `from` of a bound.
    pub path: Vec<Name>,
    /// What is put there.
    pub value: SetTo,
    /// Where.
    pub span: Span,
}

/// What a setting puts into its place.
#[derive(Debug, Clone, PartialEq)]
pub enum SetTo {
    /// A parameter's or a tier's value: `4%, 5% from 2027-01-01`
    Value(Dated),
    /// The bounds of a tier: `40_000 RUB or 10 nights`
    Bounds(Reach),
}

/// `assume "Pay with beans" used by 60% of members at 50% of receipts with at least 500 beans`
#[derive(Debug, Clone, PartialEq)]
pub struct Assume {
    /// The reward.
    pub reward: Name,
    /// Which part of the members ever use it; not written: all.
    pub members: Option<Shares>,
    /// At which part of their receipts; not written: at all that it can be had at.
    pub receipts: Option<Shares>,
    /// How many units they have at least when they do.
    pub least: Option<Expr>,
    /// What chance is seeded with, beside the reward and the member; not written: nothing.
    pub seed: Option<Name>,
    /// Where.
    pub span: Span,
}

/// `60%`, or `40%, 60%, 80%`: low, middle and high
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// The low one.
    pub low: Exact,
    /// The one that is expected.
    pub middle: Exact,
    /// The high one.
    pub high: Exact,
    /// Where.
    pub span: Span,
}

impl Shares {
    /// Is it one number three times?
    pub fn is_one(&self) -> bool {
        self.low == self.middle && self.middle == self.high
    }
}

/// `measure "Cost per active Gold" = status.Gold.cost / status.Gold.active`
#[derive(Debug, Clone, PartialEq)]
pub struct OwnMeasure {
    /// `"Cost per active Gold"`
    pub name: Name,
    /// What it is worked out from.
    pub value: Expr,
    /// Where.
    pub span: Span,
}
