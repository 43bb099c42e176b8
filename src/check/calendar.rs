//! Named calendars: `calendar "Black Friday" { 2026-11-27 to 2026-11-30 }`.

use super::Checker;
use crate::diag::Code;
use crate::source::Span;
use crate::syntax::ast::{Dates, Name};
use crate::time::Day;

/// A stretch whose last day lies so many days after its first is a season, not single days.
const STRETCH_MIN: i64 = 2;

impl Checker<'_> {
    /// Checks every calendar, read or not.
    pub(super) fn check_calendars(&mut self) {
        for calendar in self.names.calendars.values().copied().collect::<Vec<_>>() {
            if calendar.stretches.is_empty() {
                self.error(
                    Code::MissingValue,
                    calendar.span,
                    format!("calendar `{}` has no day, expected dates", calendar.name.text),
                )
                .help("write `{ 2026-11-27 to 2026-11-30 }`");
            }
            for dates in &calendar.stretches {
                let _ = self.dates(dates);
            }
            self.warn_of_missed_days(&calendar.stretches);
        }
    }

    /// Stretches of several days with one day between them.
    fn warn_of_missed_days(&mut self, stretches: &[Dates]) {
        let long = |dates: &Dates| {
            let (from, to) = dates.from.zip(dates.to)?;
            (i64::from(to.number()) - i64::from(from.number()) >= STRETCH_MIN).then_some((from, to, dates.span))
        };
        let mut long: Vec<(Day, Day, Span)> = stretches.iter().filter_map(long).collect();
        long.sort_unstable();
        for pair in long.windows(2) {
            let [(_, to, before), (from, _, span)] = pair else { continue };
            let missed = to.next().filter(|missed| missed.next() == Some(*from));
            let covered = |day: Day| stretches.iter().any(|dates| dates.from <= Some(day) && dates.to >= Some(day));
            if let Some(missed) = missed.filter(|missed| !covered(*missed)) {
                self.warning(
                    Code::DatesGap,
                    *span,
                    format!("{missed} lies in neither stretch, the one day between them"),
                )
                .label(*before, "beside this")
                .help(format!("write one stretch, or begin on {missed}: `to` includes its day"));
            }
        }
    }

    /// The stretches of a calendar, sorted.
    pub(super) fn calendar_named(&mut self, name: &Name) -> Option<Vec<(Option<Day>, Option<Day>)>> {
        let Some(calendar) = self.names.calendars.get(name.text.as_str()).copied() else {
            let known: Vec<&str> = self.names.calendars.keys().copied().collect();
            let help = self.period_wording(&name.text);
            self.unknown_or(&name.text, name.span, "a calendar or another period", known, help);
            return None;
        };
        self.read.insert(format!("calendar {}", name.text));
        let mut stretches: Vec<_> = calendar.stretches.iter().map(|dates| (dates.from, dates.to)).collect();
        stretches.sort();
        Some(stretches)
    }
}
