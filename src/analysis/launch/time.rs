//! Whether some moment lies in all of a rule's days: those in which it and its program are in force, and its `during`.

use super::super::days::{lies_at, lies_in};
use super::super::scene::Truth;
use crate::plan::{InForce, Period, PeriodId, Plan};
use crate::time::{Day, TimeOfDay};

/// So many years show every way in which weekdays and dates fall together.
const YEARS: i64 = 29;

/// When something must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Days {
    /// While something is in force.
    In(InForce),
    /// In a period.
    During(PeriodId),
}

/// Does some moment lie in all of them?
pub(super) fn may_come(plan: &Plan, all: &[&Days]) -> bool {
    let (mut from, mut to): (Option<Day>, Option<Day>) = (None, None);
    let mut periods = Vec::new();
    for days in all {
        match days {
            Days::In(force) => {
                from = from.max(force.from);
                to = [to, force.to].into_iter().flatten().min();
            }
            Days::During(period) => periods.push(*period),
        }
    }
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return false;
    }
    if periods.is_empty() {
        return true;
    }
    let mut named: Vec<Day> = from.into_iter().chain(to).collect();
    let mut hours = vec![TimeOfDay::MIDNIGHT];
    for period in &periods {
        seen(plan, *period, &mut named, &mut hours);
    }
    let first = named.iter().min().copied().or_else(|| Day::from_ymd(2027, 1, 1)).unwrap_or_default();
    let last = named.iter().max().copied().unwrap_or(first);
    let years = |day: Day, years: i64| day.plus_months(years * 12);
    let mut day = from.or_else(|| years(first, if to == Some(first) { -YEARS } else { -1 })).unwrap_or(Day::MIN);
    let end = to.or_else(|| years(last, YEARS)).unwrap_or(Day::MAX);
    while day <= end {
        if periods.iter().all(|period| lies_in(plan, *period, day) != Truth::No)
            && hours.iter().any(|hour| periods.iter().all(|period| lies_at(plan, *period, day, *hour) != Truth::No))
        {
            return true;
        }
        let Some(next) = day.next() else { break };
        day = next;
    }
    false
}

/// The days and the hours that a period names.
pub(super) fn seen(plan: &Plan, period: PeriodId, days: &mut Vec<Day>, hours: &mut Vec<TimeOfDay>) {
    match plan.period(period) {
        Period::Any(parts) => parts.iter().for_each(|part| seen(plan, *part, days, hours)),
        Period::All(parts, except) => parts.iter().chain(except).for_each(|part| seen(plan, *part, days, hours)),
        Period::Hours(from, to) => hours.extend([*from, *to]),
        Period::Dates(stretches) => days.extend(stretches.iter().flat_map(|(from, to)| from.iter().chain(to)).copied()),
        Period::Yearly(..) | Period::Weekdays(..) | Period::Around(..) | Period::SpanOf(..) | Period::Feast(_) => {}
    }
}
