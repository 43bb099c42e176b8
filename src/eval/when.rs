//! Dates of a member: what `3 days around the birthday` contains, when `6 months after opening, at
//! end of month` falls, where `this membership year` begins.
//!
//! Everything is worked out from a [`Who`]: the days of one member's life that rules can name.

use super::almanac::Almanac;
use crate::plan::{Anchor, Due, DueBase, Edge, Kalendar, Length, Period, PeriodId, Plan, Window};
use crate::syntax::ast::{Around, Feast, MonthDay, Ordinal, Side, WeekdaysOf};
use crate::time::{Calendar, Day, Duration, Instant, Moment, Span, anniversary_span, easter};

/// Where each day that a rule can name stands in a member's list of days, and what the calendar says of days.
#[derive(Debug)]
pub struct Layout {
    almanac: Almanac,
    units: usize,
    /// For each ladder, where the days of its tiers begin; its first place is the last rise.
    ladders: Vec<usize>,
    /// How many days there are.
    pub len: usize,
}

impl Layout {
    /// The layout of a plan.
    pub fn of(plan: &Plan) -> Self {
        let units = plan.units.len();
        let actions = plan.schema.actions.len();
        let mut len = 1 + 2 * units + actions;
        let mut ladders = Vec::with_capacity(plan.ladders.len());
        for ladder in &plan.ladders {
            ladders.push(len);
            len += 1 + ladder.tiers.len();
        }
        Self { almanac: Almanac::of(plan), units, ladders, len }
    }

    /// Leaves the calendar to be worked out anew.
    pub(super) fn forget_almanac(&mut self) {
        self.almanac = Almanac::default();
    }

    /// The place of the last purchase.
    pub const LAST_PURCHASE: usize = 0;

    /// The place of the last award of a unit.
    pub const fn award(unit: usize) -> usize {
        1 + unit
    }

    /// The place of the last redemption of a unit.
    pub fn redemption(&self, unit: usize) -> usize {
        1 + self.units + unit
    }

    /// The place of the last such action.
    pub fn action(&self, action: usize) -> usize {
        1 + 2 * self.units + action
    }

    /// The place of the last rise of a ladder, or of entering one of its tiers.
    pub fn entering(&self, ladder: usize, tier: Option<u8>) -> usize {
        let base = self.ladders.get(ladder).copied().unwrap_or(0);
        tier.map_or(base, |tier| base + 1 + usize::from(tier))
    }
}

/// The days of one member's life.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// How `days` is laid out.
    pub layout: &'a Layout,
    /// The day of joining.
    pub joined: Day,
    /// The birthday, if known.
    pub birthday: Option<Day>,
    /// The last purchase, awards, actions, tiers entered.
    pub days: &'a [Option<Day>],
}

/// What a moment to come is counted from.
#[derive(Debug, Clone, Copy)]
pub struct From {
    /// The moment of the award, or of reaching the tier.
    pub now: Moment,
    /// The day on which the lot opens, if it is known.
    pub opens: Option<Day>,
}

/// A length that no value of the program decides; a lot that is set by hand has no tier's value.
pub(super) fn fixed_length(length: &Length) -> Option<Duration> {
    match length {
        Length::Fixed(how_long) => Some(*how_long),
        Length::Value(..) => None,
    }
}

/// A moment to come: a day, or an instant for minutes and hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueAt {
    /// A whole day.
    Day(Day),
    /// An instant.
    Instant(Instant),
}

impl Who<'_> {
    /// The day of an anchor, if it has come.
    pub fn anchor(&self, anchor: Anchor, from: From) -> Option<Day> {
        let at = |place: usize| self.days.get(place).copied().flatten();
        match anchor {
            Anchor::Earning | Anchor::Reaching => Some(from.now.day),
            Anchor::Opening => Some(from.opens.unwrap_or(from.now.day)),
            Anchor::Joining => Some(self.joined),
            Anchor::LastPurchase => at(Layout::LAST_PURCHASE),
            Anchor::LastAward(Some(unit)) => at(Layout::award(unit.index())),
            Anchor::LastAward(None) => (0..self.layout.units).filter_map(|unit| at(Layout::award(unit))).max(),
            Anchor::LastRedemption(Some(unit)) => at(self.layout.redemption(unit.index())),
            Anchor::LastRedemption(None) => {
                (0..self.layout.units).filter_map(|unit| at(self.layout.redemption(unit))).max()
            }
            Anchor::Entering(ladder, tier) => at(self.layout.entering(ladder.index(), tier)),
            Anchor::Action(action) => at(self.layout.action(action)),
            Anchor::Feast(feast) => self.next_feast(feast, from.now.day),
            Anchor::Edge(edge) => self.edge(edge, from.now.day),
        }
    }

    /// The edge of a span, seen from a day.
    pub fn edge(&self, edge: Edge, day: Day) -> Option<Day> {
        let (start, end) = self.bounds(edge.kalendar, day)?;
        let (start, end) = if edge.next { self.bounds(edge.kalendar, end.next()?)? } else { (start, end) };
        Some(match edge.side {
            Side::Start => start,
            Side::End => end,
        })
    }

    /// First and last day of the span that contains a day.
    pub fn bounds(&self, kalendar: Kalendar, day: Day) -> Option<(Day, Day)> {
        self.layout.almanac.bounds(kalendar, day, || match kalendar {
            Kalendar::Calendar(span) => Some(Calendar::CIVIL.bounds(span, day)),
            Kalendar::Fiscal(span) => Some(self.plan.fiscal.bounds(span, day)),
            Kalendar::Membership(span) => anniversary_span(self.joined, span, day),
        })
    }

    /// The day so long before a day.
    pub fn before(&self, how_long: Duration, day: Day) -> Option<Day> {
        self.layout.almanac.before(how_long, day)
    }

    /// A moment to come. `length` gives the number where it is a value of the program.
    pub fn due(&self, due: &Due, from: From, length: impl Fn(&Length) -> Option<Duration>) -> Option<DueAt> {
        let day = match &due.base {
            DueBase::On(day) => *day,
            DueBase::At(anchor) => self.anchor(*anchor, from)?,
            DueBase::After(how_long, anchor) => {
                let how_long = length(how_long)?;
                if let Some(seconds) = how_long.seconds()
                    && matches!(anchor, Anchor::Earning)
                {
                    return from.now.instant.plus_seconds(seconds).map(DueAt::Instant);
                }
                self.layout.almanac.after(how_long, self.anchor(*anchor, from)?)?
            }
        };
        Some(DueAt::Day(match due.snap {
            Some(edge) => self.edge(edge, day)?,
            None => day,
        }))
    }

    /// The feast's day in a year.
    fn feast_in(&self, feast: Feast, year: i32) -> Option<Day> {
        let of = |day: Day| {
            let (_, month, number) = day.ymd();
            Day::from_ymd_clamped(year, month, number)
        };
        match feast {
            Feast::Birthday => of(self.birthday?),
            Feast::Anniversary => of(self.joined).filter(|day| *day > self.joined),
            Feast::Easter => easter(year),
        }
    }

    /// The next feast after a day.
    fn next_feast(&self, feast: Feast, day: Day) -> Option<Day> {
        let year = day.year();
        [year, year + 1].into_iter().filter_map(|year| self.feast_in(feast, year)).find(|found| *found > day)
    }

    /// The first day of the occurrence that contains a moment; none where no occurrence does.
    pub fn occurrence(&self, period: PeriodId, at: Moment) -> Option<Day> {
        self.layout.almanac.occurrence(period, at.day, || self.find_occurrence(period, at))
    }

    fn find_occurrence(&self, period: PeriodId, at: Moment) -> Option<Day> {
        let day = at.day;
        match self.plan.period(period) {
            // Of several the one that began first.
            Period::Any(parts) => parts.iter().filter_map(|part| self.occurrence(*part, at)).min(),
            Period::All(parts, except) => {
                let mut start = Day::MIN;
                for part in parts {
                    start = start.max(self.occurrence(*part, at)?);
                }
                if except.iter().any(|part| self.occurrence(*part, at).is_some()) { None } else { Some(start) }
            }
            Period::Hours(from, to) if from <= to => (*from <= at.time && at.time < *to).then_some(day),
            Period::Hours(from, to) => {
                if at.time >= *from {
                    Some(day)
                } else if at.time < *to {
                    day.previous()
                } else {
                    None
                }
            }
            Period::Dates(stretches) => {
                let until = stretches.partition_point(|(from, _)| from.is_none_or(|from| from <= day));
                let (from, to) = stretches.get(until.checked_sub(1)?)?;
                to.is_none_or(|to| day <= to).then_some(from.unwrap_or(Day::MIN))
            }
            Period::Yearly(from, to) => yearly(*from, *to, day),
            Period::Weekdays(ordinal, days, of) => {
                (days.contains(&day.weekday()) && nth_fits(*ordinal, *of, day)).then_some(day)
            }
            Period::Around(how_long, side, Anchor::Feast(feast)) => {
                let year = day.year();
                [year - 1, year, year + 1]
                    .into_iter()
                    .filter_map(|year| self.feast_in(*feast, year))
                    .find_map(|feast| around(*how_long, *side, feast, day))
            }
            Period::Around(how_long, side, anchor) => {
                let center = self.anchor(*anchor, From { now: at, opens: None })?;
                around(*how_long, *side, center, day)
            }
            Period::SpanOf(span, feast) => {
                let year = day.year();
                [year - 1, year, year + 1]
                    .into_iter()
                    .filter_map(|year| self.feast_in(*feast, year))
                    .map(|feast| (span.start(feast), span.end(feast)))
                    .find(|(start, end)| *start <= day && day <= *end)
                    .map(|(start, _)| start)
            }
            Period::Feast(feast) => {
                let year = day.year();
                self.feast_in(*feast, year).filter(|found| *found == day)
            }
        }
    }

    /// The first day after `after` on which an occurrence begins, looked for day by day through four
    /// years: every yearly occurrence comes within them.
    pub fn next_start(&self, period: PeriodId, after: Day) -> Option<Day> {
        let mut day = after;
        for _ in 0..Self::DAYS_SEARCHED_MAX {
            day = day.next()?;
            if self.starts(period, day) {
                return Some(day);
            }
        }
        None
    }

    const DAYS_SEARCHED_MAX: u32 = 1_500;

    /// Does an occurrence begin on that day?
    pub fn starts(&self, period: PeriodId, day: Day) -> bool {
        if let Period::Any(parts) = self.plan.period(period) {
            return parts.iter().any(|part| self.starts(*part, day));
        }
        let at = self.plan.zone.start_of(day);
        self.occurrence(period, at) == Some(day)
    }

    /// First and last day of the window that contains `day`; `Last` gives the one before. None where there is none.
    pub fn window(&self, window: &Window, at: Moment) -> Option<(Day, Day)> {
        match window {
            Window::Lifetime => Some((Day::MIN, Day::MAX)),
            Window::Rolling(how_long) => Some((self.before(*how_long, at.day)?.next()?, at.day)),
            Window::This(kalendar) => self.bounds(*kalendar, at.day),
            Window::Last(kalendar) => {
                let (start, _) = self.bounds(*kalendar, at.day)?;
                self.bounds(*kalendar, start.previous()?)
            }
            Window::SinceJoining => Some((self.joined, Day::MAX)),
            Window::SinceEntering(ladder, tier) => {
                let from = self.days.get(self.layout.entering(ladder.index(), *tier)).copied().flatten()?;
                Some((from, Day::MAX))
            }
            Window::During(period) => self.occurrence(*period, at).map(|start| (start, Day::MAX)),
        }
    }
}

fn around(how_long: Duration, side: Around, center: Day, day: Day) -> Option<Day> {
    let start = if side == Around::After { center } else { how_long.before_day(center)? };
    let end = if side == Around::Before { center } else { how_long.after_day(center)? };
    (start <= day && day <= end).then_some(start)
}

fn yearly(from: MonthDay, to: MonthDay, day: Day) -> Option<Day> {
    let year = day.year();
    let wraps = (to.month, to.day) < (from.month, from.day);
    [year, year - 1].into_iter().find_map(|year| {
        let start = Day::from_ymd_clamped(year, from.month, from.day)?;
        let end = Day::from_ymd_clamped(year + i32::from(wraps), to.month, to.day)?;
        (start <= day && day <= end).then_some(start)
    })
}

fn nth_fits(ordinal: Option<Ordinal>, of: Option<WeekdaysOf>, day: Day) -> bool {
    let (_, month, number) = day.ymd();
    let month_fits = match of {
        Some(WeekdaysOf::Month(wanted)) => wanted == month,
        Some(WeekdaysOf::EveryMonth) | None => true,
    };
    let nth_fits = match ordinal {
        None => true,
        Some(Ordinal::Nth(nth)) => number.div_ceil(7) == nth,
        Some(Ordinal::Last) => Span::Month.end(day).number() - day.number() < 7,
    };
    month_fits && nth_fits
}
