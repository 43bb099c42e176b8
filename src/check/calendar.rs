//! Named calendars: `calendar "Black Friday" { 2026-11-27 to 2026-11-30 }`.

use super::Checker;
use crate::diag::Code;
use crate::syntax::ast::Name;
use crate::time::Day;

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
