//! How awards bound each other: `at most 500 beans per receipt`, `best of { "Base", "Birthday" }`.

use super::{Expr, Kalendar, Name, Window};
use crate::source::Span;

/// `at most 500 beans per store per calendar month, then 1%`
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// `500 beans`, `5 times`, `30% of spend`
    pub room: Expr,
    /// `per store`, `per calendar month`, `over the last 30 days`
    pub keys: Vec<LimitKey>,
    /// `all or nothing`, `then 1%`, `the rest carried`
    pub over: Option<OverLimit>,
    /// Where.
    pub span: Span,
}

/// What room is counted apart by.
#[derive(Debug, Clone, PartialEq)]
pub enum LimitKey {
    /// `per calendar month`
    Per(Kalendar),
    /// `per receipt`, `per member`, `per friend`, `per programme`, `per occurrence`, `per sku`, or an attribute: `per store`
    Named(Name),
    /// `over the last 30 days`
    Window(Window),
}

/// What happens with what has no room.
#[derive(Debug, Clone, PartialEq)]
pub enum OverLimit {
    /// `all or nothing`
    AllOrNothing,
    /// `then 1%`: a rate for the share that was cut
    Then(Expr),
    /// `the rest carried`: to the next period
    Carried,
}

/// `best of { "Base", "Birthday" at most 500 beans }`
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// `best of`
    pub kind: GroupKind,
    /// Its rules in written order.
    pub rules: Vec<Name>,
    /// `per line`, `by worth`, `in written order`
    pub options: Vec<GroupOption>,
    /// `at most 500 beans per receipt`: in sum
    pub limits: Vec<Limit>,
    /// Where.
    pub span: Span,
}

/// How a group stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// `best of`
    Best,
    /// `first of`
    First,
    /// `all of`
    All,
}

/// An option of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupOption {
    /// `per line`
    PerLine,
    /// `by worth`
    ByWorth,
    /// `in written order`
    InWrittenOrder,
}
