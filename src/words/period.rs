//! Stretches of time: `every Friday and from 15:00 to 18:00 except "holidays"`.

use super::literal::{MONTHS, at};
use super::teller::{Case, Teller};
use crate::syntax::ast::{Around, Ordinal, Period, PeriodAll, PeriodKind, PeriodPart, WeekdaysOf};
use crate::time::Weekday;

impl Teller<'_> {
    /// Parts joined by `or`.
    pub(super) fn period(self, period: &Period) -> String {
        let all = period.any.iter().map(|all| self.period_all(all)).collect::<Vec<_>>();
        all.join(&say!(self, "join-or"))
    }

    fn period_all(self, all: &PeriodAll) -> String {
        let parts = all.all.iter().map(|part| self.period_part(part)).collect::<Vec<_>>();
        let parts = parts.join(&say!(self, "join-and"));
        if all.except.is_empty() {
            return parts;
        }
        let except = self.listed(all.except.iter().map(|part| self.period_part(part)));
        say!(self, "period-except", period = parts, except = except)
    }

    pub(super) fn period_part(self, part: &PeriodPart) -> String {
        match &part.kind {
            PeriodKind::Hours(from, to) => say!(self, "hours", from = self.clock(*from), to = self.clock(*to)),
            PeriodKind::Dates(dates) => self.dates(*dates),
            PeriodKind::Yearly(from, to) if from == to => say!(self, "yearly-on", day = self.month_day(*from)),
            PeriodKind::Yearly(from, to) => {
                say!(self, "yearly", from = self.month_day(*from), to = self.month_day(*to))
            }
            PeriodKind::Weekdays { ordinal: None, days, of } => {
                let days = days.iter().map(|day| say!(self, "weekday-every", day = weekday_word(*day)));
                self.of_month(days.collect::<Vec<_>>().join(&say!(self, "join-and")), *of)
            }
            PeriodKind::Weekdays { ordinal: Some(ordinal), days, of } => {
                let days = self.listed(days.iter().map(|day| self.nth_weekday(*ordinal, *day)));
                self.of_month(days, *of)
            }
            PeriodKind::Around(duration, side, anchor) => {
                let (length, anchor) = (self.duration(*duration, Case::Subject), self.anchor(anchor));
                match side {
                    Around::Both => say!(self, "around-both", length = length, anchor = anchor),
                    Around::Before => say!(self, "around-before", length = length, anchor = anchor),
                    Around::After => say!(self, "around-after", length = length, anchor = anchor),
                }
            }
            PeriodKind::SpanOf(span, feast) => {
                say!(self, "span-of", span = span.word(), feast = self.feast(*feast, Case::Genitive))
            }
            PeriodKind::Feast(feast) => self.feast(*feast, Case::Subject),
            PeriodKind::Named(name) => self.name(name),
            PeriodKind::Nested(period) => say!(self, "brackets", text = self.period(period)),
        }
    }

    fn nth_weekday(self, ordinal: Ordinal, day: Weekday) -> String {
        match ordinal {
            Ordinal::Nth(nth) => say!(self, "weekday-nth", nth = nth, day = weekday_word(day)),
            Ordinal::Last => say!(self, "weekday-last", day = weekday_word(day)),
        }
    }

    fn of_month(self, days: String, of: Option<WeekdaysOf>) -> String {
        match of {
            None => days,
            Some(WeekdaysOf::EveryMonth) => say!(self, "of-every-month", days = days),
            Some(WeekdaysOf::Month(month)) => {
                say!(self, "of-month", days = days, month = MONTHS.get(at(month)).copied().unwrap_or(""))
            }
        }
    }
}

const fn weekday_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}
