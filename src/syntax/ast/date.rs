//! One grammar for every moment to come: `6 months after opening, at end of month`.

use super::{Kalendar, Name, Path};
use crate::source::Span;
use crate::time::{Day, Duration, DurationUnit};

/// A moment to come: `6 months after opening, at end of month`
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// `6 months after opening`
    pub base: DueBase,
    /// `, at end of month`: moved to that edge of the span that it falls into
    pub snap: Option<Edge>,
    /// Where.
    pub span: Span,
}

/// How long, where the number may be a value of the tier held.
#[derive(Debug, Clone, PartialEq)]
pub enum Length {
    /// `6 months`
    Fixed(Duration),
    /// `status.life months`
    Value(Path, DurationUnit),
}

/// What a moment is counted from.
#[derive(Debug, Clone, PartialEq)]
pub enum DueBase {
    /// `2026-12-31`
    On(Day),
    /// `6 months after opening`, `status.life months after earning`
    After(Length, Anchor),
    /// `end of next calendar year`
    At(Anchor),
}

/// A moment that something happens at.
#[derive(Debug, Clone, PartialEq)]
pub enum Anchor {
    /// `earning`: when the award is made
    Earning,
    /// `opening`: when the lot opens
    Opening,
    /// `reaching`: when the tier's condition was last met
    Reaching,
    /// `joining`
    Joining,
    /// `the last purchase`
    Last(Activity),
    /// `entering Gold`, `entering status`
    Entering(Name),
    /// `action confirm`: the last one
    Action(Name),
    /// `the birthday`, `Easter`: the next one
    Feast(Feast),
    /// `end of next calendar year`
    Edge(Edge),
}

/// What keeps units alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// `purchase`
    Purchase,
    /// `award` (of the unit)
    Award,
    /// `redemption` (of the unit)
    Redemption,
}

/// `end of next calendar year`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    /// `end`; else `start`
    pub side: Side,
    /// `next`
    pub next: bool,
    /// `calendar year`
    pub kalendar: Kalendar,
}

/// Which edge of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Side {
    /// `start`
    Start,
    /// `end`
    End,
}

/// A day that returns every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Feast {
    /// `the birthday`
    Birthday,
    /// `the anniversary` of joining
    Anniversary,
    /// `Easter`
    Easter,
}
