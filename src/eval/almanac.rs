//! What the calendar alone decides, written down by the day: in which occurrence of `every year from Dec 15 to
//! Jan 10` a day lies, where its month begins and ends, which day is `6 months` later.
//!
//! All members ask the same of a day, and those who come one after the other mostly mean the same day or one
//! near it. A page holds the answers of some years; an answer that is not there yet, or made room for another, is
//! worked out (again), so that the almanac changes nothing but the time that an event takes.

use crate::plan::{
    Act, Anchor, Due, DueBase, Edge, Expiry, Kalendar, LadderOpening, Length, Opening, Period, PeriodId, Plan, Window,
};
use crate::syntax::ast::Feast;
use crate::time::{Day, Duration};
use std::sync::atomic::{AtomicU64, Ordering};

/// So many days have a place of their own on a page: more than two years.
const DAYS: usize = 1_024;

/// No day has this number.
const NO_DAY: i32 = i32::MIN;

/// One question, and its answers by the day.
#[derive(Debug)]
struct Page(Box<[AtomicU64]>);

impl Page {
    fn new() -> Self {
        Self((0..DAYS).map(|_| AtomicU64::new(entry(NO_DAY, NO_DAY))).collect())
    }

    /// The answer for a day, worked out where it does not stand there.
    #[inline]
    fn of(&self, day: Day, work: impl FnOnce() -> Option<Day>) -> Option<Day> {
        let place = usize::try_from(day.number().cast_unsigned()).unwrap_or(0) % DAYS;
        let Some(place) = self.0.get(place) else { return work() };
        // Day and answer are one word, so that whoever looks meanwhile sees both or neither.
        let known = place.load(Ordering::Relaxed);
        let [number, answer] = parts(known);
        if number == day.number() {
            return Day::from_number(answer);
        }
        let answer = work();
        place.store(entry(day.number(), answer.map_or(NO_DAY, Day::number)), Ordering::Relaxed);
        answer
    }
}

fn entry(day: i32, answer: i32) -> u64 {
    u64::from(day.cast_unsigned()) << 32 | u64::from(answer.cast_unsigned())
}

fn parts(entry: u64) -> [i32; 2] {
    let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(0).cast_signed();
    [half(entry >> 32), half(entry)]
}

/// The pages of a plan: for all that it asks of the calendar.
#[derive(Debug, Default)]
pub(super) struct Almanac {
    /// By period; none where more than the day decides.
    periods: Vec<Option<Page>>,
    /// The day so long before a day, and after it.
    lengths: Vec<(Duration, Page, Page)>,
    /// The first and the last day of the span of a day.
    spans: Vec<(Kalendar, Page, Page)>,
}

impl Almanac {
    /// An empty almanac for the questions of a plan.
    pub(super) fn of(plan: &Plan) -> Self {
        let by_day = |at: usize| is_by_day(plan, PeriodId::new(at)).then(Page::new);
        let mut almanac = Self { periods: (0..plan.periods.len()).map(by_day).collect(), ..Self::default() };
        let of_limits = plan.limits.iter().filter_map(|limit| limit.window.as_ref());
        for window in plan.counters.iter().map(|counter| &counter.window).chain(of_limits) {
            match window {
                Window::Rolling(how_long) => almanac.note_length(*how_long),
                Window::This(kalendar) | Window::Last(kalendar) => almanac.note_span(*kalendar),
                Window::Lifetime | Window::SinceJoining | Window::SinceEntering(..) | Window::During(_) => {}
            }
        }
        let gives = || {
            plan.rules.iter().flat_map(|rule| &rule.acts).filter_map(|act| match act {
                Act::Give(give) => Some(give),
                Act::Take(_) | Act::Multiply { .. } | Act::Add { .. } => None,
            })
        };
        let openings = plan.units.iter().map(|unit| &unit.opening);
        for opening in openings.chain(gives().filter_map(|give| give.opening.as_ref())) {
            if let Opening::Due(due) = opening {
                almanac.note_due(due);
            }
        }
        let expiries = plan.units.iter().map(|unit| &unit.expiry);
        for expiry in expiries.chain(gives().filter_map(|give| give.expiry.as_ref())) {
            if let Expiry::Due(due) = expiry {
                almanac.note_due(due);
            }
        }
        for ladder in &plan.ladders {
            ladder.keep.iter().for_each(|due| almanac.note_due(due));
            if let LadderOpening::Due(due) = &ladder.opening {
                almanac.note_due(due);
            }
        }
        almanac
    }

    fn note_due(&mut self, due: &Due) {
        match &due.base {
            DueBase::After(Length::Fixed(how_long), _) => self.note_length(*how_long),
            DueBase::At(Anchor::Edge(edge)) => self.note_edge(*edge),
            DueBase::On(_) | DueBase::After(..) | DueBase::At(_) => {}
        }
        due.snap.into_iter().for_each(|edge| self.note_edge(edge));
    }

    fn note_edge(&mut self, edge: Edge) {
        self.note_span(edge.kalendar);
    }

    fn note_length(&mut self, how_long: Duration) {
        if self.lengths.iter().all(|(known, ..)| *known != how_long) {
            self.lengths.push((how_long, Page::new(), Page::new()));
        }
    }

    fn note_span(&mut self, kalendar: Kalendar) {
        let of_all = !matches!(kalendar, Kalendar::Membership(_));
        if of_all && self.spans.iter().all(|(known, ..)| *known != kalendar) {
            self.spans.push((kalendar, Page::new(), Page::new()));
        }
    }

    /// The start of the occurrence of a period that contains a day.
    #[inline]
    pub(super) fn occurrence(&self, period: PeriodId, day: Day, work: impl FnOnce() -> Option<Day>) -> Option<Day> {
        match self.periods.get(period.index()) {
            Some(Some(page)) => page.of(day, work),
            _ => work(),
        }
    }

    /// The day so long before a day.
    #[inline]
    pub(super) fn before(&self, how_long: Duration, day: Day) -> Option<Day> {
        match self.lengths.iter().find(|(known, ..)| *known == how_long) {
            Some((_, before, _)) => before.of(day, || how_long.before_day(day)),
            None => how_long.before_day(day),
        }
    }

    /// The day so long after a day.
    #[inline]
    pub(super) fn after(&self, how_long: Duration, day: Day) -> Option<Day> {
        match self.lengths.iter().find(|(known, ..)| *known == how_long) {
            Some((.., after)) => after.of(day, || how_long.after_day(day)),
            None => how_long.after_day(day),
        }
    }

    /// First and last day of the span that contains a day.
    #[inline]
    pub(super) fn bounds(
        &self,
        kalendar: Kalendar,
        day: Day,
        work: impl Fn() -> Option<(Day, Day)>,
    ) -> Option<(Day, Day)> {
        match self.spans.iter().find(|(known, ..)| *known == kalendar) {
            Some((_, first, last)) => {
                let first = first.of(day, || work().map(|(first, _)| first))?;
                Some((first, last.of(day, || work().map(|(_, last)| last))?))
            }
            None => work(),
        }
    }
}

/// Does the day alone decide in which occurrence of a period it lies?
pub(super) fn is_by_day(plan: &Plan, period: PeriodId) -> bool {
    let all = |parts: &[PeriodId]| parts.iter().all(|part| is_by_day(plan, *part));
    match plan.period(period) {
        Period::Any(parts) => all(parts),
        Period::All(parts, except) => all(parts) && all(except),
        Period::Dates(_) | Period::Yearly(..) | Period::Weekdays(..) => true,
        Period::Around(_, _, Anchor::Feast(feast)) | Period::SpanOf(_, feast) | Period::Feast(feast) => {
            *feast == Feast::Easter
        }
        Period::Hours(..) | Period::Around(..) => false,
    }
}
