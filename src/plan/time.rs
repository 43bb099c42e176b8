//! Periods, windows and moments to come, with names resolved.

use super::{ExprId, LadderId, PeriodId, UnitId};
use crate::syntax::ast::{Around, Feast, MonthDay, Ordinal, Side, WeekdaysOf};
use crate::time::{Day, Duration, DurationUnit, Span, TimeOfDay, Weekday};

/// A span of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Kalendar {
    /// `calendar month`
    Calendar(Span),
    /// `fiscal year`
    Fiscal(Span),
    /// `membership year`
    Membership(Span),
}

/// `end of next calendar year`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Edge {
    /// Which edge.
    pub side: Side,
    /// Of the span after this one.
    pub next: bool,
    /// Of what.
    pub kalendar: Kalendar,
}

/// A moment that something happens at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Anchor {
    /// `earning`: the moment of the award
    Earning,
    /// `opening`: when the lot opens
    Opening,
    /// `reaching`: when the tier's condition was last met
    Reaching,
    /// `joining`
    Joining,
    /// `the last purchase`
    LastPurchase,
    /// `the last award`: of this unit, or of any
    LastAward(Option<UnitId>),
    /// `the last redemption`: of this unit, or of any
    LastRedemption(Option<UnitId>),
    /// `entering Gold`; without a tier: the one held now
    Entering(LadderId, Option<u8>),
    /// `action confirm`, by its position: the last one
    Action(usize),
    /// `the birthday`
    Feast(Feast),
    /// `end of calendar year`
    Edge(Edge),
}

/// A number of days, months …
#[derive(Debug, Clone, PartialEq)]
pub enum Length {
    /// `6 months`
    Fixed(Duration),
    /// `status.life months`
    Value(ExprId, DurationUnit),
}

/// A moment to come.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// `6 months after opening`
    pub base: DueBase,
    /// `, at end of month`
    pub snap: Option<Edge>,
}

/// What a moment is counted from.
#[derive(Debug, Clone, PartialEq)]
pub enum DueBase {
    /// `2026-12-31`
    On(Day),
    /// `6 months after opening`
    After(Length, Anchor),
    /// `end of next calendar year`
    At(Anchor),
}

/// When an award opens.
#[derive(Debug, Clone, PartialEq)]
pub enum Opening {
    /// `at once`
    AtOnce,
    /// `14 days after earning`
    Due(Due),
    /// `on action confirm …`
    OnAction {
        /// The action's position.
        action: usize,
        /// `within 30 days` after earning
        within: Option<Duration>,
        /// `this calendar month`: an action already done in it counts; not done by its end: cancelled
        window: Option<Window>,
    },
}

/// When what is left of an award is lost.
#[derive(Debug, Clone, PartialEq)]
pub enum Expiry {
    /// `never`
    Never,
    /// `with status`
    With(LadderId),
    /// `with the next purchase`: after the first purchase that could have used it
    WithNextPurchase,
    /// `12 months after the last purchase`
    Due(Due),
}

/// The period of a counter or a limit.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    /// `lifetime`
    Lifetime,
    /// `over the last 12 months`
    Rolling(Duration),
    /// `this calendar month`
    This(Kalendar),
    /// `last calendar year`
    Last(Kalendar),
    /// `since joining`
    SinceJoining,
    /// `since entering Gold`; without a tier: since the last rise
    SinceEntering(LadderId, Option<u8>),
    /// `during "Black Friday"`: the occurrence that contains now; outside of it nothing
    During(PeriodId),
}

/// A stretch of time with occurrences.
#[derive(Debug, Clone, PartialEq)]
pub enum Period {
    /// `a or b`
    Any(Vec<PeriodId>),
    /// `a and b except c`
    All(Vec<PeriodId>, Vec<PeriodId>),
    /// `from 15:00 to 18:00`
    Hours(TimeOfDay, TimeOfDay),
    /// Stretches of dates, sorted, both days included; a named calendar or written dates
    Dates(Vec<(Option<Day>, Option<Day>)>),
    /// `every year from Dec 15 to Jan 10`
    Yearly(MonthDay, MonthDay),
    /// `every 4th Thursday of Nov`
    Weekdays(Option<Ordinal>, Vec<Weekday>, Option<WeekdaysOf>),
    /// `3 days around the birthday`
    Around(Duration, Around, Anchor),
    /// `the month of the birthday`
    SpanOf(Span, Feast),
    /// `the birthday`
    Feast(Feast),
}
