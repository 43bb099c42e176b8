//! What a file says about itself and its data: `program "Sweet Corner" { … }`, `data { … }`, `param base = 5%`,
//! `list no_goods = ["POST", "M"]`.

use super::{Dated, InForce, Literal, MonthDay, Name};
use crate::source::Span;
use crate::time::{Day, Duration};

/// `program "Sweet Corner" from 2026-01-01 { currency RUB … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// `"Sweet Corner"`
    pub name: Name,
    /// When the programme awards.
    pub in_force: InForce,
    /// Its clauses.
    pub clauses: Vec<ProgramClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `program`.
#[derive(Debug, Clone, PartialEq)]
pub enum ProgramClause {
    /// `currency RUB` or `currency JPY, 0 decimals`
    Currency(Name, Option<u32>),
    /// `timezone "Europe/Moscow"`
    Timezone(Name),
    /// `returns within 90 days`
    Returns(Returns),
    /// `fiscal year from Apr 1`
    FiscalYear(MonthDay, Span),
    /// `settle by partner`
    Settle(Name),
    /// `amounts first`
    AmountsFirst(Span),
    /// `continues "HASH" from 2026-07-01`
    Continues(Name, Day),
}

/// `returns within 90 days, in proportion`
#[derive(Debug, Clone, PartialEq)]
pub struct Returns {
    /// `within 90 days`
    pub within: Option<Duration>,
    /// `in proportion`, `from pending only`, …
    pub modes: Vec<ReturnsMode>,
    /// Where.
    pub span: Span,
}

/// How a return is worked, where it is not "again with the lines that were kept".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReturnsMode {
    /// `in proportion`
    InProportion,
    /// `whole receipts only`
    WholeReceiptsOnly,
    /// `awards stay`
    AwardsStay,
    /// `spent units stay`
    SpentUnitsStay,
    /// `from pending only`
    FromPendingOnly,
}

/// `data { line category text … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The declared attributes and actions.
    pub attributes: Vec<AttributeDecl>,
    /// Where.
    pub span: Span,
}

/// `receipt channel text, or "store"`, or `action review` (a kind of action: no type)
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeDecl {
    /// `receipt`
    pub scope: crate::ty::Scope,
    /// `channel`
    pub name: Name,
    /// `text`; absent for a kind of action.
    pub kind: Option<crate::ty::AttributeType>,
    /// `may be missing` or `or "store"`
    pub missing: Option<MissingDecl>,
    /// Where.
    pub span: Span,
}

/// What if the data have no value.
#[derive(Debug, Clone, PartialEq)]
pub enum MissingDecl {
    /// `may be missing`
    Allowed,
    /// `or "store"`
    Default(Literal),
}

/// `param base = 5%`
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// `base`
    pub name: Name,
    /// `5%`
    pub value: Dated,
    /// Where.
    pub span: Span,
}

/// `list no_goods = ["POST", "M"]`
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// `no_goods`
    pub name: Name,
    /// Its members.
    pub values: Vec<Literal>,
    /// Where.
    pub span: Span,
}
