//! What is counted and over which stretch: `counter night, nights = sum of nights this calendar year`.

use super::{Anchor, Expr, Name, PeriodPart};
use crate::source::Span;
use crate::time::{Duration, Span as Stretch};

/// `counter night, nights = sum of nights this calendar year where room = "suite"`
#[derive(Debug, Clone, PartialEq)]
pub struct Counter {
    /// `night, nights`: any of them names it.
    pub nouns: Vec<Name>,
    /// `sum of nights`
    pub measure: Measure,
    /// `where room = "suite"`: which lines count.
    pub filter: Option<Expr>,
    /// `if channel = "web"`: which facts count.
    pub condition: Option<Expr>,
    /// `this calendar year`; absent: the lifetime.
    pub window: Option<Window>,
    /// Where.
    pub span: Span,
}

/// What a counter counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// `sum of nights`
    Sum(Path),
    /// `largest of spend`
    Largest(Path),
    /// `count of distinct category`
    Distinct(Path),
    /// `count of awards of "Base"`
    AwardsOf(Name),
    /// `count of action review`
    Actions(Name),
    /// `points from "Base"`
    AwardedFrom(Path, Name),
    /// `spend`, `visits`, `returns`, `friends`, `points` (all awards of a unit), a named counter; or, without a
    /// window, also an attribute, a parameter, `status.extra`, `beans.balance`, a tier, a rule …
    Path(Path),
}

/// `status.extra`, `spend before discounts`
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The names between the dots.
    pub names: Vec<Name>,
    /// `before discounts`, `before points`
    pub before: Option<Before>,
    /// Where.
    pub span: Span,
}

/// Up to which step of a purchase money is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Before {
    /// `before discounts`
    Discounts,
    /// `before points`
    Points,
}

/// The period of a counter.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    /// `over the last 12 months`
    Rolling(Duration),
    /// `this calendar month`
    This(Kalendar),
    /// `last calendar year`: the one before this
    Last(Kalendar),
    /// `lifetime`
    Lifetime,
    /// `since entering Gold`, `since entering status` (the tier held now), `since joining`
    Since(Anchor),
    /// `during "Black Friday"`: the occurrence that contains now
    During(Box<PeriodPart>),
}

/// `calendar month`, `fiscal year`, `membership year`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kalendar {
    /// `fiscal`; not written: `calendar`.
    pub kind: KalendarKind,
    /// `year`
    pub span: Stretch,
}

/// From when spans are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KalendarKind {
    /// `calendar`
    #[default]
    Calendar,
    /// `fiscal`: from `fiscal year from Apr 1`
    Fiscal,
    /// `membership`: from the day of joining
    Membership,
}
