//! Moments to come, stretches of time and windows.

use super::expr::path_text;
use super::name::{bare, month, quoted};
use super::writer::Writer;
use crate::syntax::ast::{
    Activity, Anchor, Around, Dates, Due, DueBase, Edge, Expiry, Feast, InForce, Kalendar, KalendarKind, Length,
    MonthDay, Opening, Ordinal, Period, PeriodAll, PeriodKind, PeriodPart, Side, WeekdaysOf, Window,
};
use crate::time::DurationUnit;

impl Writer<'_> {
    /// ` from 2026-01-01 to 2026-12-31`, after the name in a header.
    pub(super) fn in_force(&mut self, in_force: InForce) {
        if let Some(from) = in_force.from {
            self.put(&format!(" from {from}"));
        }
        if let Some(to) = in_force.to {
            self.put(&format!(" to {to}"));
        }
    }

    /// `6 months after opening, at end of month`
    pub(super) fn due(&mut self, due: &Due) {
        match &due.base {
            DueBase::On(day) => self.put(&day.to_string()),
            DueBase::After(length, anchor) => {
                match length {
                    Length::Fixed(duration) => self.put(&duration.to_string()),
                    Length::Value(path, unit) => self.put(&format!("{} {}", path_text(path), many(*unit))),
                }
                self.put(" after ");
                self.anchor(anchor);
            }
            DueBase::At(anchor) => self.anchor(anchor),
        }
        if let Some(edge) = due.snap {
            self.put(&format!(", at {}", edge_text(edge)));
        }
    }

    /// `the last purchase`
    pub(super) fn anchor(&mut self, anchor: &Anchor) {
        match anchor {
            Anchor::Earning => self.put("earning"),
            Anchor::Opening => self.put("opening"),
            Anchor::Reaching => self.put("reaching"),
            Anchor::Joining => self.put("joining"),
            Anchor::Last(Activity::Purchase) => self.put("the last purchase"),
            Anchor::Last(Activity::Award) => self.put("the last award"),
            Anchor::Last(Activity::Redemption) => self.put("the last redemption"),
            Anchor::Entering(tier) => self.put(&format!("entering {}", bare(tier))),
            Anchor::Action(action) => self.put(&format!("action {}", bare(action))),
            Anchor::Feast(feast) => self.put(feast_text(*feast)),
            Anchor::Edge(edge) => self.put(&edge_text(*edge)),
        }
    }

    /// `on action confirm within 30 days`
    pub(super) fn opening(&mut self, opening: &Opening) {
        match opening {
            Opening::AtOnce => self.put("at once"),
            Opening::Due(due) => self.due(due),
            Opening::OnAction { action, within, window } => {
                self.put(&format!("on action {}", bare(action)));
                if let Some(within) = within {
                    self.put(&format!(" within {within}"));
                }
                if let Some(window) = window {
                    self.put(" ");
                    self.window(window);
                }
            }
        }
    }

    /// `12 months after the last purchase`
    pub(super) fn expiry(&mut self, expiry: &Expiry) {
        match expiry {
            Expiry::Never => self.put("never"),
            Expiry::WithNextPurchase => self.put("with the next purchase"),
            Expiry::With(tiers) => self.put(&format!("with {}", bare(tiers))),
            Expiry::Due(due) => self.due(due),
        }
    }

    /// `over the last 12 months`
    pub(super) fn window(&mut self, window: &Window) {
        match window {
            Window::Rolling(duration) => self.put(&format!("over the last {duration}")),
            Window::This(kalendar) => self.put(&format!("this {}", kalendar_text(*kalendar))),
            Window::Last(kalendar) => self.put(&format!("last {}", kalendar_text(*kalendar))),
            Window::Lifetime => self.put("lifetime"),
            Window::Since(anchor) => {
                self.put("since ");
                self.anchor(anchor);
            }
            Window::During(part) => {
                self.put("during ");
                self.period_part(part);
            }
        }
    }

    /// `every Friday or the birthday`
    pub(super) fn period(&mut self, period: &Period) {
        for (at, all) in period.any.iter().enumerate() {
            self.put(if at == 0 { "" } else { " or " });
            self.period_all(all);
        }
    }

    fn period_all(&mut self, all: &PeriodAll) {
        for (at, part) in all.all.iter().enumerate() {
            self.put(if at == 0 { "" } else { " and " });
            self.period_part(part);
        }
        for part in &all.except {
            self.put(" except ");
            self.period_part(part);
        }
    }

    fn period_part(&mut self, part: &PeriodPart) {
        match &part.kind {
            PeriodKind::Hours(from, to) => self.put(&format!("from {from} to {to}")),
            PeriodKind::Dates(dates) => self.put(&dates_text(*dates, "from ")),
            PeriodKind::Yearly(from, to) if from == to => self.put(&format!("every year on {}", month_day(*from))),
            PeriodKind::Yearly(from, to) => {
                self.put(&format!("every year from {} to {}", month_day(*from), month_day(*to)));
            }
            PeriodKind::Weekdays { ordinal, days, of } => {
                let days: Vec<&str> = days.iter().map(|day| day.name()).collect();
                let nth = ordinal.map_or(String::new(), |ordinal| format!("{} ", ordinal_text(ordinal)));
                let of = match of {
                    Some(WeekdaysOf::EveryMonth) => " of the month".to_owned(),
                    Some(WeekdaysOf::Month(number)) => format!(" of {}", month(*number)),
                    None => String::new(),
                };
                self.put(&format!("every {nth}{}{of}", days.join(", ")));
            }
            PeriodKind::Around(duration, side, anchor) => {
                let side = match side {
                    Around::Both => "around",
                    Around::Before => "before",
                    Around::After => "after",
                };
                self.put(&format!("{duration} {side} "));
                self.anchor(anchor);
            }
            PeriodKind::SpanOf(span, feast) => self.put(&format!("the {} of {}", span.word(), feast_text(*feast))),
            PeriodKind::Feast(feast) => self.put(feast_text(*feast)),
            PeriodKind::Named(name) => self.put(&quoted(&name.text)),
            PeriodKind::Nested(period) => {
                self.put("(");
                self.period(period);
                self.put(")");
            }
        }
    }
}

/// `from 2026-11-27 to 2026-11-30`; in a calendar without the first word.
pub(super) fn dates_text(dates: Dates, from_word: &str) -> String {
    match (dates.from, dates.to) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from_word}{from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("to {to}"),
        (None, None) => String::new(),
    }
}

/// `first`, `5th`
pub(super) fn ordinal_text(ordinal: Ordinal) -> String {
    let Ordinal::Nth(nth) = ordinal else { return "last".to_owned() };
    let ending = match (nth % 10, nth % 100) {
        (_, 11..=13) => "th",
        (1, _) if nth == 1 => return "first".to_owned(),
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{nth}{ending}")
}

/// `Dec 15`
pub(super) fn month_day(day: MonthDay) -> String {
    format!("{} {}", month(day.month), day.day)
}

/// `end of month`, `end of next calendar year`
pub(super) fn edge_text(edge: Edge) -> String {
    let side = match edge.side {
        Side::Start => "start",
        Side::End => "end",
    };
    if edge.next {
        return format!("{side} of next {}", kalendar_text(edge.kalendar));
    }
    let kalendar = match edge.kalendar.kind {
        KalendarKind::Calendar => edge.kalendar.span.word().to_owned(),
        KalendarKind::Fiscal | KalendarKind::Membership => kalendar_text(edge.kalendar),
    };
    format!("{side} of {kalendar}")
}

/// `calendar month`
pub(super) fn kalendar_text(kalendar: Kalendar) -> String {
    let kind = match kalendar.kind {
        KalendarKind::Calendar => "calendar",
        KalendarKind::Fiscal => "fiscal",
        KalendarKind::Membership => "membership",
    };
    format!("{kind} {}", kalendar.span.word())
}

fn many(unit: DurationUnit) -> &'static str {
    match unit {
        DurationUnit::Minute => "minutes",
        DurationUnit::Hour => "hours",
        DurationUnit::Day => "days",
        DurationUnit::Week => "weeks",
        DurationUnit::Month => "months",
        DurationUnit::Quarter => "quarters",
        DurationUnit::Year => "years",
    }
}

fn feast_text(feast: Feast) -> &'static str {
    match feast {
        Feast::Birthday => "the birthday",
        Feast::Anniversary => "the anniversary",
        Feast::Easter => "Easter",
    }
}
