//! Measures of a program's own: arithmetic over what a simulation counts.

use super::{LadderId, UnitId};
use crate::syntax::ast::{Factor, Sign};
use crate::value::Exact;

/// `measure "Cost per active Gold" = status.Gold.cost / status.Gold.active`
#[derive(Debug, Clone, PartialEq)]
pub struct OwnMeasure {
    /// Its name.
    pub name: String,
    /// What it is worked out from.
    pub value: Counted,
}

/// A number worked out from what is counted.
#[derive(Debug, Clone, PartialEq)]
pub enum Counted {
    /// `100`
    Number(Exact),
    /// `status.Gold.cost`
    Of(Slice, Figure),
    /// `a + b`
    Sum(Vec<(Sign, Counted)>),
    /// `a * b`; nothing where it divides by zero
    Product(Vec<(Factor, Counted)>),
    /// `-a`
    Negative(Box<Counted>),
}

/// Of whom something is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slice {
    /// Of all.
    All,
    /// `status.Gold`: of members while they hold the tier.
    Tier(LadderId, u8),
    /// `"Base"`: of what the rules of that name gave.
    Rule(String),
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// `members`: who appeared, for a tier who holds it at the end
    Members,
    /// `active`: members with a purchase
    Active,
    /// `joined`: members who joined
    Joined,
    /// `purchases`
    Purchases,
    /// `returns`
    Returns,
    /// `revenue`: purchases less returns
    Revenue,
    /// `cost`: in money, what was awarded less what was taken back, and discounts that nobody paid for with units
    Cost,
    /// `discounts`: money taken off without units
    Discounts,
    /// `liability`: the balance in money at the end
    Liability,
    /// `times`: how often a rule gave something
    Times,
    /// `beans.earned`
    Units(UnitId, UnitFigure),
}

/// What is counted of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitFigure {
    /// Awards before reversals.
    Earned,
    /// Taken back by returns.
    Reversed,
    /// Spent.
    Redeemed,
    /// Lost.
    Expired,
    /// Set by hand.
    Adjusted,
    /// What there is at the end.
    Balance,
}
