//! A sum over a window of time: what counters count and limits have used.
//!
//! A calendar window keeps this occurrence and the one before; a rolling window keeps a sum per day,
//! so memory does not grow with events.

use super::days::DaySums;
use super::when::Who;
use crate::plan::{Kalendar, Window};
use crate::time::{Day, Duration, Moment};
use crate::ty::event::Datum;
use crate::value::{Amount, Overflow};
use serde::{Deserialize, Serialize};

/// When a purchase was made, and which of the member's purchases it was.
pub(super) type Bought = (Moment, u64);

/// The state of one window.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tally {
    /// The sum in the occurrence that began on `start`; for a rolling window over all `days`.
    now: Amount,
    /// The sum in the occurrence before.
    before: Amount,
    /// Where the occurrence began.
    start: Option<Day>,
    /// Only what was bought after this counts, where a rise made the sum start again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Bought>,
    /// Rolling windows, and spans of membership, which a merge moves: what was added on which day, in order.
    #[serde(default, skip_serializing_if = "DaySums::is_empty")]
    days: DaySums,
    /// Did the sum of a day ever lie below zero, so that the value can rise when that day falls out?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dips: bool,
    /// The oldest day, and the day on which it falls out: worked out once, as long as it is the oldest.
    #[serde(skip)]
    leaves: Option<(Day, Day)>,
}

impl PartialEq for Tally {
    fn eq(&self, other: &Self) -> bool {
        let state = |own: &Self| (own.now, own.before, own.start, own.since, own.dips);
        state(self) == state(other) && self.days == other.days
    }
}

impl Eq for Tally {}

impl Tally {
    /// Brings the tally to a moment: days fall out of a rolling window, a new occurrence begins.
    pub fn roll(&mut self, window: &Window, who: &Who<'_>, at: Moment) -> Result<(), Overflow> {
        match window {
            Window::Lifetime | Window::SinceJoining | Window::SinceEntering(..) => {}
            Window::Rolling(_) => {
                let Some((first, _)) = who.window(window, at) else { return Ok(()) };
                return self.roll_to(first);
            }
            Window::This(kalendar) | Window::Last(kalendar) => {
                let Some((first, _)) = who.bounds(*kalendar, at.day) else { return Ok(()) };
                if self.start == Some(first) {
                    return Ok(());
                }
                let previous = first.previous().and_then(|day| who.bounds(*kalendar, day)).map(|(start, _)| start);
                if is_of_membership(window) {
                    return self.roll_days(who, *kalendar, first, previous.unwrap_or(first));
                }
                let follows = self.start.is_some() && self.start == previous;
                self.before = if follows { self.now } else { Amount::ZERO };
                self.now = Amount::ZERO;
                self.start = Some(first);
            }
            Window::During(period) => {
                let first = who.occurrence(*period, at);
                if first != self.start {
                    self.now = Amount::ZERO;
                    self.start = first;
                }
            }
        }
        Ok(())
    }

    /// Brings a sum over so many days or months to where its window begins.
    #[inline]
    pub fn roll_to(&mut self, first: Day) -> Result<(), Overflow> {
        while self.days.first().is_some_and(|day| day < first)
            && let Some((_, amount)) = self.days.pop_first()
        {
            self.now = self.now.minus(amount)?;
        }
        Ok(())
    }

    /// The sum at a moment, without rolling.
    pub fn peek(&self, window: &Window, who: &Who<'_>, at: Moment) -> Result<Amount, Overflow> {
        match window {
            Window::Lifetime | Window::SinceJoining | Window::SinceEntering(..) => Ok(self.now),
            Window::Rolling(_) => {
                let Some((first, _)) = who.window(window, at) else { return Ok(self.now) };
                if self.days.first().is_none_or(|day| day >= first) {
                    return Ok(self.now);
                }
                let old = self.days.iter().take_while(|(day, _)| *day < first);
                old.map(|(_, amount)| amount).try_fold(self.now, Amount::minus)
            }
            Window::This(kalendar) | Window::Last(kalendar) => {
                let first = who.bounds(*kalendar, at.day).map(|(first, _)| first);
                let is_last = matches!(window, Window::Last(_));
                if first == self.start {
                    return Ok(if is_last { self.before } else { self.now });
                }
                let previous = first.and_then(Day::previous).and_then(|day| who.bounds(*kalendar, day));
                if is_of_membership(window) {
                    let Some(first) = first else { return Ok(Amount::ZERO) };
                    let start = previous.map_or(first, |(start, _)| start);
                    return if is_last { self.sum_of(start, Some(first)) } else { self.sum_of(first, None) };
                }
                let follows = is_last && self.start.is_some() && self.start == previous.map(|(start, _)| start);
                Ok(if follows { self.now } else { Amount::ZERO })
            }
            Window::During(period) => {
                let first = who.occurrence(*period, at);
                Ok(if first.is_some() && first == self.start { self.now } else { Amount::ZERO })
            }
        }
    }

    /// The sum, after [`Self::roll`]. Outside of a `during` there is none.
    pub fn value(&self, window: &Window) -> Amount {
        match window {
            Window::Last(_) => self.before,
            Window::During(_) if self.start.is_none() => Amount::ZERO,
            _ => self.now,
        }
    }

    /// Adds what happens now, after [`Self::roll`].
    pub fn add(&mut self, window: &Window, day: Day, amount: Amount) -> Result<(), Overflow> {
        match window {
            Window::During(_) if self.start.is_none() => return Ok(()),
            _ if matches!(window, Window::Rolling(_)) || is_of_membership(window) => {
                self.dips |= self.days.add(day, amount)?.is_negative();
            }
            _ => {}
        }
        self.now = self.now.plus(amount)?;
        Ok(())
    }

    /// Adds to what happened on an earlier day, where it still counts: returns go back to the day of purchase.
    /// Answers whether it did.
    pub fn add_back(&mut self, window: &Window, who: &Who<'_>, then: Bought, amount: Amount) -> Result<bool, Overflow> {
        if self.since.is_some_and(|since| then <= since) {
            return Ok(false);
        }
        let then = then.0;
        let day = then.day;
        if is_of_membership(window) {
            self.days.add_back(day, amount)?;
        }
        match window {
            Window::Lifetime | Window::SinceJoining | Window::SinceEntering(..) => self.now = self.now.plus(amount)?,
            Window::Rolling(_) => match self.days.add_back(day, amount)? {
                Some(sum) => {
                    self.dips |= sum.is_negative();
                    self.now = self.now.plus(amount)?;
                }
                None => return Ok(false),
            },
            Window::This(kalendar) | Window::Last(kalendar) => {
                let Some((first, _)) = who.bounds(*kalendar, day) else { return Ok(false) };
                let Some(start) = self.start else { return Ok(false) };
                let previous = start.previous().and_then(|day| who.bounds(*kalendar, day)).map(|(start, _)| start);
                if first == start {
                    self.now = self.now.plus(amount)?;
                } else if Some(first) == previous {
                    self.before = self.before.plus(amount)?;
                } else {
                    return Ok(false);
                }
            }
            Window::During(period) => {
                if self.start.is_none() || who.occurrence(*period, then) != self.start {
                    return Ok(false);
                }
                self.now = self.now.plus(amount)?;
            }
        }
        Ok(true)
    }

    /// Starts again at nothing: a rise, where the ladder says so, or a tier entered.
    pub fn restart(&mut self, at: Bought) {
        *self = Self { start: Some(at.0.day), since: Some(at), ..Self::default() };
    }

    /// Gives the purchase another number after which it counts.
    pub(super) fn number_since(&mut self, number: impl Fn(Bought) -> u64) {
        self.since = self.since.map(|since| (since.0, number(since)));
    }

    /// After which rise it counts, where one made it start again.
    pub const fn since(&self) -> Option<Bought> {
        self.since
    }

    /// A new span of membership: its sums are those of its days. Two spans more are kept, should a merge move them.
    fn roll_days(&mut self, who: &Who<'_>, kalendar: Kalendar, first: Day, previous: Day) -> Result<(), Overflow> {
        let before =
            |day: Day| day.previous().and_then(|day| who.bounds(kalendar, day)).map_or(day, |(start, _)| start);
        let oldest = before(before(previous));
        while self.days.first().is_some_and(|day| day < oldest) {
            self.days.pop_first();
        }
        self.now = self.sum_of(first, None)?;
        self.before = self.sum_of(previous, Some(first))?;
        self.start = Some(first);
        Ok(())
    }

    fn sum_of(&self, from: Day, to: Option<Day>) -> Result<Amount, Overflow> {
        let inside = self.days.iter().filter(|(day, _)| from <= *day && to.is_none_or(|to| *day < to));
        inside.map(|(_, amount)| amount).try_fold(Amount::ZERO, Amount::plus)
    }

    /// The sums of two accounts that become one.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.since = self.since.max(other.since);
        if !self.days.is_empty() || !other.days.is_empty() {
            // Worked out anew from the days, as the earlier joining has it.
            self.start = None;
        } else if self.start == other.start {
            self.before = self.before.plus(other.before)?;
        } else if other.start > self.start {
            self.start = other.start;
        }
        self.now = self.now.plus(other.now)?;
        self.dips |= other.dips;
        for (day, amount) in other.days.iter() {
            self.days.add(day, amount)?;
        }
        Ok(())
    }

    /// Reads a day, so that the days are at hand for what follows.
    pub fn touch(&self) -> i64 {
        self.days.touch()
    }

    /// Did the sum of a day ever lie below zero?
    pub const fn dips(&self) -> bool {
        self.dips
    }

    /// Can the value of a sum have changed with the start of a day, without a fact?
    pub fn moves_on(&self, window: &Window, who: &Who<'_>, day: Day) -> bool {
        match window {
            Window::Rolling(_) => match (self.days.first(), self.leaves) {
                (Some(oldest), Some((known, leaves))) => known != oldest || leaves <= day,
                (front, _) => front.is_some(),
            },
            Window::This(kalendar) => who.bounds(*kalendar, day).is_none_or(|(first, _)| first == day),
            _ => true,
        }
    }

    /// The day on which a rolling sum falls below a bound if nothing happens.
    pub fn falls_below(&self, bound: Amount, how_long: Duration, who: &Who<'_>, today: Day) -> Option<Day> {
        let gone = who.before(how_long, today)?;
        let mut left = self.now;
        for (day, amount) in self.days.iter() {
            left = left.minus(amount).ok()?;
            if day > gone && left < bound {
                return leaves_on(how_long, day);
            }
        }
        None
    }

    /// The day on which the value changes if nothing happens: a day falls out, an occurrence ends.
    pub fn next_change(&mut self, window: &Window, who: &Who<'_>, today: Day) -> Option<Day> {
        match window {
            Window::Lifetime | Window::SinceJoining | Window::SinceEntering(..) => None,
            Window::Rolling(how_long) => {
                let oldest = self.days.first()?;
                if let Some((known, leaves)) = self.leaves
                    && known == oldest
                    && leaves > today
                {
                    return Some(leaves);
                }
                let gone = who.before(*how_long, today)?;
                let (oldest, _) = self.days.iter().find(|(day, _)| *day > gone)?;
                let leaves = leaves_on(*how_long, oldest)?;
                self.leaves = Some((oldest, leaves));
                Some(leaves)
            }
            Window::This(kalendar) | Window::Last(kalendar) => who.bounds(*kalendar, today)?.1.next(),
            Window::During(_) => today.next(),
        }
    }
}

/// The first day whose window of the last so many days or months does not reach back to `oldest`.
fn leaves_on(how_long: Duration, oldest: Day) -> Option<Day> {
    let mut day = how_long.after_day(oldest)?;
    // Months clamp, so the day on which `oldest` is out can be a little later or earlier.
    while how_long.before_day(day)? >= oldest {
        day = day.previous()?;
    }
    while how_long.before_day(day)? < oldest {
        day = day.next()?;
    }
    Some(day)
}

/// Does a window begin on the day of joining, which a merge moves?
const fn is_of_membership(window: &Window) -> bool {
    matches!(window, Window::This(Kalendar::Membership(_)) | Window::Last(Kalendar::Membership(_)))
}

/// Values seen in a window, each with the last day: for `distinct` and `largest`, which returns do not lower.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// The value and the moment it was last seen.
    pub values: Vec<(Datum, Moment)>,
}

impl Seen {
    /// Notes a value. A span that is over keeps what was seen in it, though it was seen again since.
    pub fn note(&mut self, value: Datum, at: Moment, window: &Window) {
        let again = |last: Moment| !matches!(window, Window::Last(_)) || last.day == at.day;
        match self.values.iter_mut().find(|(known, last)| *known == value && again(*last)) {
            Some((_, last)) => *last = (*last).max(at),
            None => self.values.push((value, at)),
        }
    }

    /// The different values whose moment lies in the window.
    pub fn within<'a>(&'a self, window: &Window, who: &Who<'_>, at: Moment) -> impl Iterator<Item = Datum> + 'a {
        let bounds = who.window(window, at);
        let lies = move |seen: &Moment| bounds.is_some_and(|(first, last)| first <= seen.day && seen.day <= last);
        let values = self.values.iter().enumerate().filter(move |(_, (_, seen))| lies(seen));
        let first = move |(place, (value, _)): &(usize, &(Datum, Moment))| {
            !self.values.iter().take(*place).any(|(known, seen)| known == value && lies(seen))
        };
        values.filter(first).map(|(_, (value, _))| *value)
    }

    /// Forgets what no window will contain again.
    pub fn forget(&mut self, window: &Window, who: &Who<'_>, at: Moment) {
        let first = match window {
            Window::Rolling(_) | Window::This(_) | Window::During(_) => who.window(window, at).map(|(first, _)| first),
            Window::Last(_) => who.window(window, at).map(|(first, _)| first),
            Window::Lifetime | Window::SinceJoining | Window::SinceEntering(..) => None,
        };
        if let Some(first) = first {
            self.values.retain(|(_, seen)| seen.day >= first);
        }
    }
}
