//! Stretches of time and moments to come, found by listing occurrences around a day.
//!
//! `every Friday and from 15:00 to 18:00` lists the Fridays and the afternoons near the day asked for
//! and cuts each with each. A local moment is a number of seconds from 1970-01-01 00:00 local time.

use super::num::Q;
use super::world::{Datum, Rise, World};
use earnest::syntax::ast::{
    Activity, Anchor, Around, Dates, Due, DueBase, Edge, Feast, Kalendar, KalendarKind, Length, MonthDay, Ordinal,
    Period, PeriodAll, PeriodKind, PeriodPart, Side, WeekdaysOf,
};
use earnest::time::{Day, Duration, DurationUnit, Instant, Moment, Span, anniversary_span, easter, nth_weekday};
use earnest::ty::Kind;

/// The pieces of one occurrence: seconds of local time, the end not included.
pub type Pieces = Vec<(i64, i64)>;

const EVER: i64 = i64::MAX / 4;

fn from(day: Day) -> i64 {
    i64::from(day.number()) * 86_400
}

fn days(first: Day, last: Day) -> Pieces {
    vec![(from(first), from(last) + 86_400)]
}

fn cut(left: &Pieces, right: &Pieces) -> Pieces {
    let mut pieces = vec![];
    for a in left {
        for b in right {
            let both = (a.0.max(b.0), a.1.min(b.1));
            if both.0 < both.1 {
                pieces.push(both);
            }
        }
    }
    pieces.sort_unstable();
    pieces
}

fn without(left: &Pieces, right: &Pieces) -> Pieces {
    let mut pieces = left.clone();
    for hole in right {
        pieces = pieces
            .into_iter()
            .flat_map(|piece| [(piece.0, piece.1.min(hole.0)), (piece.0.max(hole.1), piece.1)])
            .filter(|piece| piece.0 < piece.1)
            .collect();
    }
    pieces
}

pub fn local(at: Moment) -> i64 {
    from(at.day) + i64::from(at.time.seconds())
}

impl World {
    /// The occurrence that holds the moment, the one that began first.
    pub fn occurrence(&self, period: &Period, member: &str, at: Moment) -> Option<Pieces> {
        let now = local(at);
        let mut holding: Vec<Pieces> = self
            .occurrences(period, member, at.day)
            .into_iter()
            .filter(|pieces| pieces.iter().any(|piece| piece.0 <= now && now < piece.1))
            .collect();
        holding.sort();
        holding.into_iter().next()
    }

    /// Does an occurrence begin on this day?
    pub fn begins(&self, period: &Period, member: &str, day: Day) -> bool {
        let on_day =
            |pieces: &Pieces| pieces.first().is_some_and(|piece| from(day) <= piece.0 && piece.0 < from(day) + 86_400);
        self.occurrences(period, member, day).iter().any(on_day)
    }

    /// All occurrences that touch the day (or nearly).
    pub fn occurrences(&self, period: &Period, member: &str, day: Day) -> Vec<Pieces> {
        period.any.iter().flat_map(|all| self.all_of(all, member, day)).collect()
    }

    fn all_of(&self, all: &PeriodAll, member: &str, day: Day) -> Vec<Pieces> {
        let mut result = self.part(&all.all[0], member, day);
        for part in &all.all[1..] {
            let other = self.part(part, member, day);
            result = result.iter().flat_map(|a| other.iter().map(move |b| cut(a, b))).collect();
        }
        for part in &all.except {
            for hole in self.part(part, member, day) {
                result = result.iter().map(|pieces| without(pieces, &hole)).collect();
            }
        }
        result.retain(|pieces| !pieces.is_empty());
        result
    }

    pub fn part(&self, part: &PeriodPart, member: &str, day: Day) -> Vec<Pieces> {
        let years = (day.year() - 2)..=(day.year() + 2);
        let found: Vec<Pieces> = match &part.kind {
            PeriodKind::Hours(a, b) => (-2..=2)
                .map(|shift| {
                    let start = from(day.plus_days(shift).unwrap());
                    let (a, b) = (i64::from(a.seconds()), i64::from(b.seconds()));
                    vec![(start + a, start + if b <= a { b + 86_400 } else { b })]
                })
                .collect(),
            PeriodKind::Dates(dates) => vec![stretch(dates)],
            PeriodKind::Yearly(a, b) => years.map(|year| yearly(year, *a, *b)).collect(),
            PeriodKind::Weekdays { ordinal, days: wanted, of } => (-3..=3)
                .map(|shift| day.plus_days(shift).unwrap())
                .filter(|day| wanted.iter().any(|weekday| is_weekday(*day, *weekday, *ordinal, *of)))
                .map(|day| days(day, day))
                .collect(),
            PeriodKind::Around(length, side, anchor) => self
                .anchor_days(anchor, member, day)
                .into_iter()
                .map(|at| {
                    let first = if *side == Around::After { at } else { length.before_day(at).unwrap() };
                    let last = if *side == Around::Before { at } else { length.after_day(at).unwrap() };
                    days(first, last)
                })
                .collect(),
            PeriodKind::SpanOf(span, feast) => {
                self.feast_days(*feast, member, day).into_iter().map(|at| days(span.start(at), span.end(at))).collect()
            }
            PeriodKind::Feast(feast) => {
                self.feast_days(*feast, member, day).into_iter().map(|day| days(day, day)).collect()
            }
            PeriodKind::Named(name) => {
                let calendar = self.setup.calendars.iter().find(|calendar| calendar.name.text == name.text).unwrap();
                calendar.stretches.iter().map(stretch).collect()
            }
            PeriodKind::Nested(period) => self.occurrences(period, member, day),
        };
        let near = |piece: &(i64, i64)| piece.0 < from(day) + 2 * 86_400 && piece.1 > from(day) - 86_400;
        found.into_iter().filter(|pieces| pieces.iter().any(near)).collect()
    }

    /// The days of a feast in the years around.
    pub fn feast_days(&self, feast: Feast, member: &str, day: Day) -> Vec<Day> {
        let years = (day.year() - 2)..=(day.year() + 2);
        match feast {
            Feast::Easter => years.filter_map(easter).collect(),
            Feast::Birthday => match self.members.get(member).and_then(|member| member.attrs.get("birthday")) {
                Some(Datum::Date(birthday)) => {
                    let (_, month, date) = birthday.ymd();
                    years.filter_map(|year| Day::from_ymd_clamped(year, month, date)).collect()
                }
                _ => vec![],
            },
            Feast::Anniversary => match self.members.get(member) {
                Some(member) => {
                    let (joined, month, date) = member.joined.ymd();
                    years
                        .filter(|year| *year > joined)
                        .filter_map(|year| Day::from_ymd_clamped(year, month, date))
                        .collect()
                }
                None => vec![],
            },
        }
    }

    pub fn anchor_days(&self, anchor: &Anchor, member: &str, day: Day) -> Vec<Day> {
        match anchor {
            Anchor::Feast(feast) => self.feast_days(*feast, member, day),
            other => self.anchor_day(other, member).into_iter().collect(),
        }
    }

    /// The day of something that happened to the member, the last time that it did.
    pub fn anchor_day(&self, anchor: &Anchor, member: &str) -> Option<Day> {
        let mine = || self.facts.iter().filter(|fact| fact.counted && self.is_of(fact, member));
        match anchor {
            Anchor::Joining => self.members.get(member).map(|member| member.joined),
            Anchor::Last(Activity::Purchase) => {
                mine().filter(|fact| fact.fact.kind == Kind::Purchase).map(|fact| fact.fact.at.day).max()
            }
            Anchor::Action(name) => {
                mine().filter(|fact| fact.fact.action.as_deref() == Some(&name.text)).map(|fact| fact.fact.at.day).max()
            }
            Anchor::Entering(name) => self.rises_into(name, member).last().map(|rise| rise.at.day),
            other => panic!("no day of {other:?}"),
        }
    }

    /// The rises into a tier, or on a ladder, the last one last.
    pub fn rises_into<'a>(&'a self, name: &earnest::syntax::ast::Name, member: &str) -> impl Iterator<Item = &'a Rise> {
        let setup = &self.setup;
        let whole = setup.ladder_named(&name.text).map(|ladder| (ladder, None));
        let one = || {
            (0..setup.ladders.len())
                .find_map(|ladder| setup.ladders[ladder].tier_named(&name.text).map(|tier| (ladder, Some(tier))))
        };
        let found = whole.or_else(one).zip(self.members.get(member));
        found.into_iter().flat_map(|((ladder, tier), member)| {
            member.ladders[ladder].rises.iter().filter(move |rise| tier.is_none_or(|tier| rise.tier == tier))
        })
    }

    /// Did something that happened to an account come before a rise of it, or of the one it had gone up in?
    pub fn is_before(&self, who: &str, step: usize, rise: &Rise) -> bool {
        step <= rise.step && self.went_into(who, &rise.who, rise.step)
    }

    /// Was an account the other one, or had it gone up in it, before a step?
    pub fn went_into(&self, who: &str, other: &str, step: usize) -> bool {
        let mut name = who;
        while name != other {
            match self.aliases.get(name) {
                Some((next, merged)) if *merged < step => name = next,
                _ => return false,
            }
        }
        true
    }

    /// First and last day of the span that holds a day.
    pub fn span(&self, kalendar: Kalendar, member: &str, day: Day) -> (Day, Day) {
        match kalendar.kind {
            KalendarKind::Calendar => (kalendar.span.start(day), kalendar.span.end(day)),
            KalendarKind::Fiscal => self.setup.fiscal.bounds(kalendar.span, day),
            KalendarKind::Membership => {
                let joined = self.members[member].joined;
                anniversary_span(joined, kalendar.span, day).unwrap_or((day, day))
            }
        }
    }

    pub fn edge(&self, edge: Edge, member: &str, day: Day) -> Day {
        let mut span = self.span(edge.kalendar, member, day);
        if edge.next {
            span = self.span(edge.kalendar, member, span.1.next().unwrap());
        }
        if edge.side == Side::Start { span.0 } else { span.1 }
    }

    /// The number of a length, where it may be a value of the tier held.
    pub fn length(&self, length: &Length, member: &str) -> Option<Duration> {
        match length {
            Length::Fixed(duration) => Some(*duration),
            Length::Value(path, unit) => {
                let ladder = self.setup.ladder_named(&path.names[0].text).unwrap();
                let held = self.members[member].ladders[ladder].tier;
                let tier = self.at_once.get(&ladder).copied().unwrap_or(held);
                let value = self.tier_value(ladder, tier, &path.names[1].text, member)?;
                Some(Duration::new((value.floor().micros() / 1_000_000).try_into().ok()?, *unit))
            }
        }
    }

    /// A moment to come, counted from an award: the instant (for minutes and hours) and the day.
    pub fn due(
        &self,
        due: &Due,
        member: &str,
        earned: Moment,
        opening: Option<(Instant, Day)>,
    ) -> Option<(Option<Instant>, Day)> {
        let (mut instant, mut day) = match &due.base {
            DueBase::On(day) => (None, *day),
            DueBase::After(length, anchor) => {
                let length = self.length(length, member)?;
                let (at, day) = match anchor {
                    Anchor::Earning | Anchor::Reaching => (earned.instant, earned.day),
                    Anchor::Opening => opening?,
                    other => (earned.instant, self.due_anchor(other, member, earned.day)?),
                };
                match elapsed(length) {
                    Some(seconds) => {
                        let moment = self.setup.zone.moment(at.plus_seconds(seconds).unwrap());
                        (Some(moment.instant), moment.day)
                    }
                    None => (None, length.after_day(day)?),
                }
            }
            DueBase::At(anchor) => (None, self.due_anchor(anchor, member, earned.day)?),
        };
        if let Some(edge) = due.snap {
            day = self.edge(edge, member, day);
            instant = None;
        }
        Some((instant, day))
    }

    fn due_anchor(&self, anchor: &Anchor, member: &str, day: Day) -> Option<Day> {
        match anchor {
            Anchor::Edge(edge) => Some(self.edge(*edge, member, day)),
            Anchor::Feast(feast) => self.feast_days(*feast, member, day).into_iter().filter(|at| *at > day).min(),
            Anchor::Earning | Anchor::Reaching | Anchor::Opening => Some(day),
            other => self.anchor_day(other, member),
        }
    }

    pub fn tier_value(&self, ladder: usize, tier: usize, name: &str, member: &str) -> Option<Q> {
        let values = &self.setup.ladders[ladder].tiers[tier].values;
        let dated = &values.iter().find(|value| value.0.text == name)?.1;
        match self.dated(dated, self.now.day, member) {
            super::expr::Val::N(q, _) => Some(q),
            _ => None,
        }
    }
}

/// Minutes and hours in seconds.
pub fn elapsed(length: Duration) -> Option<i64> {
    match length.unit {
        DurationUnit::Minute => Some(i64::from(length.count) * 60),
        DurationUnit::Hour => Some(i64::from(length.count) * 3_600),
        _ => None,
    }
}

fn stretch(dates: &Dates) -> Pieces {
    vec![(dates.from.map_or(-EVER, from), dates.to.map_or(EVER, |to| from(to) + 86_400))]
}

fn yearly(year: i32, a: MonthDay, b: MonthDay) -> Pieces {
    let wraps = (b.month, b.day) < (a.month, a.day);
    let first = Day::from_ymd_clamped(year, a.month, a.day).unwrap();
    let last = Day::from_ymd_clamped(year + i32::from(wraps), b.month, b.day).unwrap();
    days(first, last)
}

fn is_weekday(day: Day, weekday: earnest::time::Weekday, ordinal: Option<Ordinal>, of: Option<WeekdaysOf>) -> bool {
    let (year, month, _) = day.ymd();
    if let Some(WeekdaysOf::Month(wanted)) = of
        && wanted != month
    {
        return false;
    }
    match ordinal {
        None => day.weekday() == weekday,
        Some(Ordinal::Nth(nth)) => nth_weekday(year, month, weekday, nth.try_into().unwrap()) == Some(day),
        Some(Ordinal::Last) => nth_weekday(year, month, weekday, -1) == Some(day),
    }
}

/// Weeks of the calendar are Monday to Sunday.
pub fn week_start(day: Day) -> Day {
    Span::Week.start(day)
}
