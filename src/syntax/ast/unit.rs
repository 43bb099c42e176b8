//! What is earned and kept in lots: `unit bean, beans { worth 1 RUB expires 6 months after opening }`.

use super::{Dated, Due, InForce, Name, Window};
use crate::source::Span;
use crate::time::Duration;
use crate::value::Rounding;

/// `unit bean, beans { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// `bean, beans`: one, many, and further forms; the second (or only) is its key in results.
    pub nouns: Vec<Name>,
    /// When it can be earned.
    pub in_force: InForce,
    /// Its clauses.
    pub clauses: Vec<UnitClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `unit`.
#[derive(Debug, Clone, PartialEq)]
pub enum UnitClause {
    /// `worth 1 RUB`
    Worth(Dated, Span),
    /// `decimals 2`
    Decimals(u32, Span),
    /// `round half up per line`
    Round(Round),
    /// `opens 14 days after earning`
    Opens(Opening, Span),
    /// `expires 6 months after opening, at end of month`
    Expires(Expiry, Span),
    /// `spend oldest first`
    SpendOrder(SpendOrder, Span),
    /// `apart by store`
    ApartBy(Name),
    /// `pooled by household`
    PooledBy(Name),
    /// `price 990 RUB`
    Price(Dated, Span),
    /// `never below zero`
    NeverBelowZero(Span),
}

/// `round half up per line`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// `half up`
    pub mode: Rounding,
    /// `per line`; not written: the rule on a receipt.
    pub scope: RoundScope,
    /// Where.
    pub span: Span,
}

/// What is rounded as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RoundScope {
    /// The rule's award on a receipt (decided).
    #[default]
    Rule,
    /// `per line`
    Line,
    /// `per item`
    Item,
    /// `per receipt`: all rows of the unit on it together, shared back by largest remainder.
    Receipt,
}

/// Which lots are spent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SpendOrder {
    /// `spend soonest first` (decided): the soonest expiry
    #[default]
    Soonest,
    /// `spend oldest first`
    Oldest,
    /// `spend newest first`
    Newest,
}

/// When an award can be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Opening {
    /// `at once` (decided)
    AtOnce,
    /// `14 days after earning`
    Due(Due),
    /// `on action confirm within 30 days`, `on action opt_in this calendar month`
    OnAction {
        /// `confirm`
        action: Name,
        /// `within 30 days`
        within: Option<Duration>,
        /// `this calendar month`: an action already done in it counts
        window: Option<Window>,
    },
}

/// When what is left of an award is lost.
#[derive(Debug, Clone, PartialEq)]
pub enum Expiry {
    /// `never` (decided)
    Never,
    /// `with status`: when the tier held at earning ends
    With(Name),
    /// `with the next purchase`
    WithNextPurchase,
    /// `12 months after the last purchase`
    Due(Due),
}
