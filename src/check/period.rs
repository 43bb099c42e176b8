//! Stretches of time: `every Friday and from 15:00 to 18:00 except "holidays"`.

use super::Checker;
use super::context::Context;
use crate::diag::Code;
use crate::plan::{Period, PeriodId};
use crate::source::Span;
use crate::syntax::ast::{self, Dates, MonthDay, Ordinal, PeriodKind, PeriodPart};
use crate::time::{Calendar, Day, TimeOfDay};

impl<'a> Checker<'a> {
    fn add_period(&mut self, period: Period) -> PeriodId {
        let at = self.periods.iter().position(|known| *known == period).unwrap_or_else(|| {
            self.periods.push(period);
            self.periods.len() - 1
        });
        PeriodId::new(at)
    }

    /// A whole period.
    pub(super) fn period(&mut self, context: &Context, period: &'a ast::Period) -> Option<PeriodId> {
        let parts: Vec<Option<PeriodId>> = period.any.iter().map(|all| self.period_all(context, all)).collect();
        let parts: Option<Vec<PeriodId>> = parts.into_iter().collect();
        match parts?.as_slice() {
            [one] => Some(*one),
            many => {
                let many = many.to_vec();
                Some(self.add_period(Period::Any(many)))
            }
        }
    }

    fn period_all(&mut self, context: &Context, all: &'a ast::PeriodAll) -> Option<PeriodId> {
        let parts: Vec<Option<PeriodId>> = all.all.iter().map(|part| self.period_part(context, part)).collect();
        let except: Vec<Option<PeriodId>> = all.except.iter().map(|part| self.period_part(context, part)).collect();
        let parts: Option<Vec<PeriodId>> = parts.into_iter().collect();
        let except: Option<Vec<PeriodId>> = except.into_iter().collect();
        match (parts?.as_slice(), except?) {
            ([one], except) if except.is_empty() => Some(*one),
            (many, except) => {
                let many = many.to_vec();
                Some(self.add_period(Period::All(many, except)))
            }
        }
    }

    /// One stretch.
    pub(super) fn period_part(&mut self, context: &Context, part: &'a PeriodPart) -> Option<PeriodId> {
        let period = match &part.kind {
            PeriodKind::Hours(from, to) => {
                if from == to {
                    self.error(
                        Code::ImpossibleDates,
                        part.span,
                        format!("from {from} to {to} is no time at all, expected two different times"),
                    )
                    .help("leave the hours out for the whole day");
                    return None;
                }
                self.warn_of_last_minute(*to, part.span);
                Period::Hours(*from, *to)
            }
            PeriodKind::Dates(dates) => Period::Dates(vec![self.dates(dates)?]),
            PeriodKind::Yearly(from, to) => {
                self.month_day(*from, part.span)?;
                self.month_day(*to, part.span)?;
                Period::Yearly(*from, *to)
            }
            PeriodKind::Weekdays { ordinal, days, of } => {
                if let Some(Ordinal::Nth(nth)) = ordinal
                    && !(1..=5).contains(nth)
                {
                    self.error(
                        Code::ImpossibleDates,
                        part.span,
                        format!("no month has a weekday {nth} times, expected `first` to `5th` or `last`"),
                    );
                    return None;
                }
                if ordinal.is_some() && of.is_none() {
                    self.error(
                        Code::MissingValue,
                        part.span,
                        "this does not say of which month, expected `of the month` or `of Nov`",
                    )
                    .help("write `every first Monday of the month`");
                    return None;
                }
                Period::Weekdays(*ordinal, days.clone(), *of)
            }
            PeriodKind::Around(duration, around, anchor) => {
                if duration.is_elapsed() {
                    self.hours(part.span, "a number of days, weeks, months or years");
                    return None;
                }
                Period::Around(*duration, *around, self.past_anchor(context, anchor, part.span)?)
            }
            PeriodKind::SpanOf(span, feast) => Period::SpanOf(*span, self.feast(*feast, part.span)?),
            PeriodKind::Feast(feast) => Period::Feast(self.feast(*feast, part.span)?),
            PeriodKind::Named(name) => Period::Dates(self.calendar_named(name)?),
            PeriodKind::Nested(period) => return self.period(context, period),
        };
        Some(self.add_period(period))
    }

    /// `to 17:59` ends just before 17:59, and most who write it mean 18:00.
    fn warn_of_last_minute(&mut self, to: TimeOfDay, span: Span) {
        let after = to.seconds() + 60;
        if to.seconds() % 3_600 == 59 * 60
            && let Some(meant) = TimeOfDay::from_seconds(after % 86_400)
        {
            self.warning(
                Code::DatesGap,
                span,
                format!("this ends just before {to}, so the minute from {to} is left out"),
            )
            .help(format!("write `to {meant}`: `to` is the moment at which it ends"));
        }
    }

    /// `from 2026-11-27 to 2026-11-30`
    pub(super) fn dates(&mut self, dates: &Dates) -> Option<(Option<Day>, Option<Day>)> {
        self.in_order(dates.from, dates.to, dates.span)?;
        Some((dates.from, dates.to))
    }

    /// The first day must not come after the last.
    pub(super) fn in_order(&mut self, from: Option<Day>, to: Option<Day>, span: Span) -> Option<()> {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            self.error(
                Code::ImpossibleDates,
                span,
                format!("from {from} to {to} holds no day, expected the earlier day first"),
            )
            .help(format!("write `from {to} to {from}`"));
            return None;
        }
        Some(())
    }

    fn month_day(&mut self, day: MonthDay, span: Span) -> Option<()> {
        if Calendar::starting(day.month, day.day).is_none() {
            self.error(Code::ImpossibleDates, span, format!("no month {} has a day {}", day.month, day.day));
            return None;
        }
        Some(())
    }
}
