//! Levels of a member: `tiers status by spend over the last 12 months { Bronze Gold from 50_000 RUB }`.

use super::{Dated, Due, Expr, InForce, Name, Opening};
use crate::source::Span;

/// `tiers status by spend over the last 12 months { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Tiers {
    /// `status`
    pub name: Name,
    /// When the ladder is in force.
    pub in_force: InForce,
    /// `spend over the last 12 months`: what a bare amount after `from` is compared with
    pub by: Option<Expr>,
    /// From the lowest to the highest.
    pub tiers: Vec<Tier>,
    /// Its clauses.
    pub clauses: Vec<TiersClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `tiers`.
#[derive(Debug, Clone, PartialEq)]
pub enum TiersClause {
    /// `keep until end of next calendar year, then one tier down`
    Keep(Due, Option<Drop>, Span),
    /// `opens start of next calendar month`: when a tier that was reached takes effect; `opens at once`: this purchase already
    Opens(Opening, Span),
    /// `restart at a rise`
    Restart(Span),
}

/// Where a member falls when a keeping ends; not written: to the tier of the day's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Drop {
    /// `one tier down`
    OneDown,
    /// `to the bottom`
    Bottom,
    /// `stay`
    Stay,
}

/// `Gold from 50_000 RUB, extra 2%, perk "free tasting"`
#[derive(Debug, Clone, PartialEq)]
pub struct Tier {
    /// `Gold`
    pub name: Name,
    /// `from 50_000 RUB`; absent: the lowest tier, or one that only a rule gives
    pub reach: Option<Reach>,
    /// `extra 2%`
    pub values: Vec<(Name, Dated)>,
    /// Where.
    pub span: Span,
}

/// `from 4 stays or 10 nights and 25_000 points`
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// `above`: more than; else `from`: at least
    pub above: bool,
    /// Joined by `or`, each a list joined by `and`. A quantity names its counter; a plain amount means the ladder's `by`.
    pub any: Vec<Vec<Expr>>,
    /// Where.
    pub span: Span,
}
