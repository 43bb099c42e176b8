//! The days that differ for a program: `during every year from Dec 15 to Jan 10` makes 20 December another day
//! than 20 May. What the calendar alone decides is asked of each day of some years; of the days on which the same
//! holds the first stands for all.

use super::scene::Truth;
use crate::plan::{Anchor, Formula, InForce, Node, Period, PeriodId, Plan};
use crate::syntax::ast::{Around, Feast, MonthDay, Ordinal, WeekdaysOf};
use crate::time::{Day, Duration, Span, TimeOfDay, easter};
use std::collections::BTreeMap;

/// So many years show every way in which weekdays and dates fall together.
const YEARS_ALL: i64 = 29;
/// So many years do where the calendar says nothing of weekdays, or nothing of dates.
const YEARS_FEW: i64 = 3;

/// May a moment of that day lie in a period? Yes is: all of it does, of every member.
pub(super) fn lies_in(plan: &Plan, period: PeriodId, day: Day) -> Truth {
    lies(plan, period, day, None)
}

/// May that moment lie in a period? Hours over midnight are those of the day that they begin on, or of the next.
pub(super) fn lies_at(plan: &Plan, period: PeriodId, day: Day, time: TimeOfDay) -> Truth {
    lies(plan, period, day, Some(time))
}

fn lies(plan: &Plan, period: PeriodId, day: Day, time: Option<TimeOfDay>) -> Truth {
    let lies_in = |plan: &Plan, period: PeriodId, day: Day| lies(plan, period, day, time);
    match plan.period(period) {
        Period::Any(parts) => {
            let all: Vec<Truth> = parts.iter().map(|part| lies_in(plan, *part, day)).collect();
            either(&all)
        }
        Period::All(parts, except) => {
            let within = parts.iter().map(|part| negated(lies_in(plan, *part, day)));
            let all: Vec<Truth> = within.chain(except.iter().map(|part| lies_in(plan, *part, day))).collect();
            negated(either(&all))
        }
        Period::Dates(stretches) => {
            let contains = |(from, to): &(Option<Day>, Option<Day>)| {
                from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
            };
            stretches.iter().any(contains).into()
        }
        Period::Yearly(from, to) => yearly(*from, *to, day).into(),
        Period::Weekdays(ordinal, days, of) => (days.contains(&day.weekday()) && nth_fits(*ordinal, *of, day)).into(),
        Period::Around(how_long, side, Anchor::Feast(Feast::Easter)) => {
            feasts(day).any(|feast| around(*how_long, *side, feast, day)).into()
        }
        Period::SpanOf(span, Feast::Easter) => {
            feasts(day).any(|feast| span.start(feast) <= day && day <= span.end(feast)).into()
        }
        Period::Feast(Feast::Easter) => feasts(day).any(|feast| feast == day).into(),
        Period::Hours(from, to) if time.is_some() => time
            .is_some_and(|time| if from <= to { *from <= time && time < *to } else { time >= *from || time < *to })
            .into(),
        // The hour, the birthday and what happened before may be anything.
        Period::Hours(..) | Period::Around(..) | Period::SpanOf(..) | Period::Feast(_) => Truth::Perhaps,
    }
}

/// Does a period hang on the birthday?
pub(super) fn on_birthday(plan: &Plan, period: PeriodId) -> bool {
    match plan.period(period) {
        Period::Any(parts) => parts.iter().any(|part| on_birthday(plan, *part)),
        Period::All(parts, except) => parts.iter().chain(except).any(|part| on_birthday(plan, *part)),
        Period::Around(_, _, Anchor::Feast(feast)) | Period::SpanOf(_, feast) | Period::Feast(feast) => {
            *feast == Feast::Birthday
        }
        Period::Hours(..) | Period::Dates(_) | Period::Yearly(..) | Period::Weekdays(..) | Period::Around(..) => false,
    }
}

fn either(all: &[Truth]) -> Truth {
    if all.contains(&Truth::Yes) {
        Truth::Yes
    } else if all.contains(&Truth::Perhaps) {
        Truth::Perhaps
    } else {
        Truth::No
    }
}

const fn negated(truth: Truth) -> Truth {
    match truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Perhaps => Truth::Perhaps,
    }
}

fn feasts(day: Day) -> impl Iterator<Item = Day> {
    (day.year() - 1..=day.year() + 1).filter_map(easter)
}

fn around(how_long: Duration, side: Around, center: Day, day: Day) -> bool {
    let start = if side == Around::After { Some(center) } else { how_long.before_day(center) };
    let end = if side == Around::Before { Some(center) } else { how_long.after_day(center) };
    start.is_some_and(|start| start <= day) && end.is_some_and(|end| day <= end)
}

fn yearly(from: MonthDay, to: MonthDay, day: Day) -> bool {
    let wraps = i32::from((to.month, to.day) < (from.month, from.day));
    [day.year(), day.year() - 1].into_iter().any(|year| {
        let start = Day::from_ymd_clamped(year, from.month, from.day);
        let end = Day::from_ymd_clamped(year + wraps, to.month, to.day);
        start.is_some_and(|start| start <= day) && end.is_some_and(|end| day <= end)
    })
}

fn nth_fits(ordinal: Option<Ordinal>, of: Option<WeekdaysOf>, day: Day) -> bool {
    let (_, month, number) = day.ymd();
    let month_fits = !matches!(of, Some(WeekdaysOf::Month(wanted)) if wanted != month);
    let nth_fits = match ordinal {
        None => true,
        Some(Ordinal::Nth(nth)) => number.div_ceil(7) == nth,
        Some(Ordinal::Last) => Span::Month.end(day).number() - day.number() < 7,
    };
    month_fits && nth_fits
}

/// The days that differ, each by the first on which the same holds.
pub(super) fn different(plan: &Plan) -> Vec<Day> {
    let named = named(plan);
    let first = named.first().copied().or_else(|| Day::from_ymd(2027, 1, 1)).unwrap_or_default();
    let last = named.last().copied().unwrap_or(first);
    let weekdays = plan.periods.iter().any(|period| matches!(period, Period::Weekdays(..)));
    let dates = plan.periods.iter().any(|period| {
        matches!(period, Period::Yearly(..) | Period::Around(..) | Period::SpanOf(..) | Period::Feast(_))
    });
    let years = if weekdays && dates { YEARS_ALL } else { YEARS_FEW };
    let mut day = first.plus_months(-12).unwrap_or(Day::MIN);
    let end = last.plus_months(years * 12).unwrap_or(Day::MAX);
    let mut found: BTreeMap<Vec<u8>, Day> = BTreeMap::new();
    let asked = Asked::of(plan);
    while day <= end {
        found.entry(asked.signature(plan, day)).or_insert(day);
        let Some(next) = day.next() else { break };
        day = next;
    }
    let mut days: Vec<Day> = found.into_values().collect();
    days.sort_unstable();
    days
}

/// What the calendar is asked of a day.
struct Asked {
    forces: Vec<InForce>,
    periods: Vec<PeriodId>,
    dated: Vec<Day>,
}

impl Asked {
    /// What a program asks, each thing once.
    fn of(plan: &Plan) -> Self {
        let mut forces = vec![plan.in_force];
        forces.extend(plan.units.iter().map(|unit| unit.in_force));
        forces.extend(plan.rules.iter().map(|rule| rule.in_force));
        forces.extend(plan.ladders.iter().map(|ladder| ladder.in_force));
        forces.sort_unstable_by_key(|force| (force.from, force.to));
        forces.dedup();
        let mut periods: Vec<PeriodId> = plan.rules.iter().flat_map(|rule| &rule.during).copied().collect();
        periods.sort_unstable();
        periods.dedup();
        Self { forces, periods, dated: dated(plan) }
    }

    /// What the calendar says of a day: what is in force, which period it lies in, which value is that of the day.
    fn signature(&self, plan: &Plan, day: Day) -> Vec<u8> {
        let in_force = self.forces.iter().map(|force| u8::from(force.on(day)));
        let lies = self.periods.iter().map(|period| match lies_in(plan, *period, day) {
            Truth::No => 0,
            Truth::Perhaps => 1,
            Truth::Yes => 2,
        });
        in_force.chain(lies).chain(self.dated.iter().map(|from| u8::from(*from <= day))).collect()
    }
}

/// The days from which another value holds.
fn dated(plan: &Plan) -> Vec<Day> {
    let mut days = Vec::new();
    for node in &plan.nodes {
        if let Node::Dated(_, later) = node {
            days.extend(later.iter().map(|(from, _)| *from));
        }
    }
    super::walk::each_of(plan, &mut |formula| {
        if let Formula::Dated(_, later) = formula {
            days.extend(later.iter().map(|(from, _)| *from));
        }
    });
    days.sort_unstable();
    days.dedup();
    days
}

/// All days that the program names, in order.
fn named(plan: &Plan) -> Vec<Day> {
    let mut days = dated(plan);
    let mut force = |force: InForce| days.extend(force.from.into_iter().chain(force.to));
    force(plan.in_force);
    plan.units.iter().for_each(|unit| force(unit.in_force));
    plan.rules.iter().for_each(|rule| force(rule.in_force));
    plan.ladders.iter().for_each(|ladder| force(ladder.in_force));
    for period in &plan.periods {
        if let Period::Dates(stretches) = period {
            days.extend(stretches.iter().flat_map(|(from, to)| from.iter().chain(to)).copied());
        }
    }
    days.sort_unstable();
    days
}
