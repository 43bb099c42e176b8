//! What a listener may be told beside the rows: how near rules and tiers came, and moves between tiers.

use crate::plan::{ExprId, LadderId, RuleId};
use crate::syntax::ast::Compare;
use crate::time::Moment;
use crate::value::Amount;

/// One comparison that alone decided whether a rule gives: all else held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// The rule.
    pub rule: RuleId,
    /// The comparison, or the size of a block: `1 point per full 20 RUB` needs 20 RUB.
    pub at: ExprId,
    /// How it compares.
    pub compare: Compare,
    /// What there was.
    pub have: Amount,
    /// What it asks for.
    pub want: Amount,
}

/// What was missing to a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    /// The comparison that failed.
    pub of: ExprId,
    /// How much more it asks for.
    pub more: Amount,
}

/// A member moves on a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierMove {
    /// When.
    pub at: Moment,
    /// On which.
    pub ladder: LadderId,
    /// From that tier, by its place.
    pub from: u8,
    /// To that one.
    pub to: u8,
    /// What was missing to stay, where it is known and someone asks.
    pub short: Option<Short>,
}
