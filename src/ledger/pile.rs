//! What a member has of a unit: heaps of lots, and debt.
//!
//! Units with the same opening and expiry are interchangeable, so they lie on one [`Heap`]: a unit
//! that lasts "12 months, to the end of the month" never needs more than thirteen. Where lots are
//! named (`--ledger`), each heap also remembers which award each part came from, oldest first.

use super::dates::{Dates, ShortDates};
use crate::time::Instant;
use crate::ty::event::Datum;
use crate::value::{Amount, Overflow};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

/// A part of a heap that came from one award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Event and rule.
    pub name: Arc<str>,
    /// What is left of it.
    pub amount: Amount,
}

/// Interchangeable units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heap {
    dates: ShortDates,
    /// How many are left.
    pub amount: Amount,
    /// From which awards, oldest first; none where lots are not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[expect(clippy::box_collection, reason = "most books name no lots, and a heap is to be small")]
    lots: Option<Box<VecDeque<Lot>>>,
}

/// Units moved from (or to) a heap, for the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The dates of the heap.
    pub dates: Dates,
    /// How many.
    pub amount: Amount,
    /// The lot, where lots are named.
    pub lot: Option<Arc<str>>,
}

/// Units that were lost by date, or that a rule took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    dates: ShortDates,
    /// How many.
    pub amount: Amount,
    /// When: what was earned later is not among them.
    #[serde(default = "ever")]
    pub at: Instant,
}

/// What an older snapshot does not tell may have been lost at any time.
const fn ever() -> Instant {
    Instant::from_micros(i64::MAX)
}

/// Debt that a fact left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The id of the fact; empty where it cannot come back.
    pub of: Arc<str>,
    /// When it was incurred.
    pub at: Instant,
    /// What is left of it.
    pub amount: Amount,
}

/// All that a member has of a unit (of one value of the attribute that keeps it apart).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pile {
    /// The attribute's value, where the unit is kept apart.
    pub tag: Datum,
    /// Units that can be used.
    pub open: Vec<Heap>,
    /// Units that cannot be used yet.
    pub pending: Vec<Heap>,
    /// What was taken without cover.
    pub debt: Amount,
    /// Units that paid debt and the fact that had left it, last at the end, while that may still come back.
    pub repaid: Vec<(Arc<str>, Taken)>,
    /// Units lost by date, while a return may still ask for them.
    pub lost: Vec<Lost>,
    /// The debt by the facts that left it, the first first.
    #[serde(default)]
    pub debts: Vec<Owed>,
    /// Under which dates units lie since an action opened them, while a return may ask for them.
    #[serde(default)]
    pub opened: Vec<(Dates, Dates)>,
}

impl Pile {
    /// A pile of a tag.
    pub fn tagged(tag: Datum) -> Self {
        Self { tag, ..Self::default() }
    }

    /// The pile under another tag, with other dates.
    pub fn with_dates<E>(self, tag: Datum, dates: impl Fn(Dates) -> Result<Dates, E>) -> Result<Self, E> {
        let heap = |heap: Heap| Ok(Heap { dates: ShortDates::from(dates(heap.dates())?), ..heap });
        let heaps = |list: Vec<Heap>| list.into_iter().map(heap).collect::<Result<Vec<Heap>, E>>();
        let mut repaid = Vec::with_capacity(self.repaid.len());
        for (of, part) in self.repaid {
            repaid.push((of, Taken { dates: dates(part.dates)?, ..part }));
        }
        let mut lost = Vec::with_capacity(self.lost.len());
        for part in self.lost {
            lost.push(Lost { dates: ShortDates::from(dates(part.dates.dates())?), ..part });
        }
        let mut opened = Vec::with_capacity(self.opened.len());
        for (earned, now) in self.opened {
            opened.push((dates(earned)?, dates(now)?));
        }
        Ok(Self {
            tag,
            open: heaps(self.open)?,
            pending: heaps(self.pending)?,
            lost,
            debt: self.debt,
            debts: self.debts,
            repaid,
            opened,
        })
    }

    /// A fact leaves debt.
    pub fn incur(&mut self, of: &str, at: Instant, amount: Amount) -> Result<(), Overflow> {
        self.debt = self.debt.plus(amount)?;
        self.debts.push(Owed { of: Arc::from(of), at, amount });
        Ok(())
    }

    /// Units that were taken pay debt, the debt incurred first.
    pub fn pay(&mut self, taken: &[Taken]) -> Result<(), Overflow> {
        for part in taken {
            self.debt = self.debt.minus(part.amount)?;
            let mut left = part.amount;
            while left.is_positive() {
                let Some(owed) = self.debts.first_mut() else { break };
                let piece = owed.amount.min(left);
                owed.amount = owed.amount.minus(piece)?;
                left = left.minus(piece)?;
                self.repaid.push((Arc::clone(&owed.of), Taken { amount: piece, ..part.clone() }));
                if owed.amount.is_zero() {
                    self.debts.remove(0);
                }
            }
        }
        Ok(())
    }

    /// The dates that units have now, which had these when they were earned.
    pub fn dates_now(&self, dates: Dates) -> Dates {
        self.opened.iter().rev().find(|(earned, _)| *earned == dates).map_or(dates, |(_, now)| *now)
    }

    /// Takes up to `amount` off the debt that a fact left; returns how much that was.
    pub fn forgive(&mut self, of: &str, amount: Amount) -> Result<Amount, Overflow> {
        let mut left = amount;
        for owed in self.debts.iter_mut().filter(|owed| *owed.of == *of) {
            let piece = owed.amount.min(left);
            owed.amount = owed.amount.minus(piece)?;
            left = left.minus(piece)?;
        }
        self.debts.retain(|owed| owed.amount.is_positive());
        let part = amount.minus(left)?;
        self.debt = self.debt.minus(part)?;
        Ok(part)
    }

    /// Units that can be used.
    pub fn open_total(&self) -> Result<Amount, Overflow> {
        self.open.iter().try_fold(Amount::ZERO, |sum, heap| sum.plus(heap.amount))
    }

    /// Units that cannot be used yet.
    pub fn pending_total(&self) -> Result<Amount, Overflow> {
        self.pending.iter().try_fold(Amount::ZERO, |sum, heap| sum.plus(heap.amount))
    }

    /// Puts units on the heap of their dates.
    pub fn put(&mut self, pending: bool, dates: Dates, amount: Amount, lot: Option<&Arc<str>>) -> Result<(), Overflow> {
        let heaps = if pending { &mut self.pending } else { &mut self.open };
        put(heaps, dates, amount, lot)
    }

    /// Takes up to `amount` of open units, first those that `order` puts first; returns what was missing.
    pub fn take_open(
        &mut self,
        amount: Amount,
        order: impl Fn(&Dates, &Dates) -> Ordering,
        taken: &mut Vec<Taken>,
    ) -> Result<Amount, Overflow> {
        take_ordered(&mut self.open, amount, order, taken)
    }

    /// Takes up to `amount` of pending units; returns what was missing.
    pub fn take_pending(
        &mut self,
        amount: Amount,
        order: impl Fn(&Dates, &Dates) -> Ordering,
        taken: &mut Vec<Taken>,
    ) -> Result<Amount, Overflow> {
        take_ordered(&mut self.pending, amount, order, taken)
    }

    /// Takes up to `amount` of the units with exactly these dates, open or pending, newest lots
    /// first (a named lot before all others); returns what was missing.
    pub fn take_same(
        &mut self,
        amount: Amount,
        dates: &Dates,
        lot: Option<&Arc<str>>,
        taken: &mut Vec<Taken>,
    ) -> Result<Amount, Overflow> {
        let dates = ShortDates::from(*dates);
        let mut left = amount;
        for heaps in [&mut self.open, &mut self.pending] {
            if let Some(at) = heaps.iter().position(|heap| heap.dates == dates)
                && left.is_positive()
                && let Some(heap) = heaps.get_mut(at)
            {
                left = heap.take_back(left, lot, taken)?;
                if heap.amount.is_zero() {
                    heaps.remove(at);
                }
            }
        }
        Ok(left)
    }

    /// Notes units that are lost, while a return may ask for them.
    pub fn lose(&mut self, dates: Dates, amount: Amount, at: Instant) -> Result<(), Overflow> {
        let dates = ShortDates::from(dates);
        match self.lost.iter_mut().find(|lost| lost.at == at && lost.dates == dates) {
            Some(lost) => lost.amount = lost.amount.plus(amount)?,
            None => self.lost.push(Lost { dates, amount, at }),
        }
        Ok(())
    }

    /// Counts up to `amount` of the units with these dates that were lost since they were earned as taken back;
    /// returns what was missing.
    pub fn take_lost(&mut self, amount: Amount, dates: &Dates, earned: Instant) -> Result<Amount, Overflow> {
        let dates = ShortDates::from(*dates);
        let mut left = amount;
        for lost in self.lost.iter_mut().filter(|lost| lost.at >= earned && lost.dates == dates) {
            let part = lost.amount.min(left);
            lost.amount = lost.amount.minus(part)?;
            left = left.minus(part)?;
        }
        self.lost.retain(|lost| !lost.amount.is_zero());
        Ok(left)
    }
}

/// So many heaps have room when one has none.
const HEAPS_AT_ONCE: usize = 8;

/// Puts units on the heap of their dates.
pub fn put(heaps: &mut Vec<Heap>, dates: Dates, amount: Amount, lot: Option<&Arc<str>>) -> Result<(), Overflow> {
    put_on(heaps, &ShortDates::from(dates), amount, lot)
}

/// The same, where the dates have a heap's form already.
pub fn put_on(
    heaps: &mut Vec<Heap>,
    dates: &ShortDates,
    amount: Amount,
    lot: Option<&Arc<str>>,
) -> Result<(), Overflow> {
    // The newest dates are mostly the last heap's, so the search runs from the end.
    let heap = match heaps.iter().rposition(|heap| heap.dates == *dates) {
        Some(at) => heaps.get_mut(at),
        None => new_heap(heaps, dates),
    };
    let Some(heap) = heap else { return Ok(()) };
    heap.amount = heap.amount.plus(amount)?;
    if let Some(name) = lot {
        let lots = heap.lots.get_or_insert_default();
        if let Some(same) = lots.iter_mut().rev().find(|lot| lot.name == *name) {
            same.amount = same.amount.plus(amount)?;
        } else {
            lots.push_back(Lot { name: Arc::clone(name), amount });
        }
    }
    Ok(())
}

#[cold]
fn new_heap<'a>(heaps: &'a mut Vec<Heap>, dates: &ShortDates) -> Option<&'a mut Heap> {
    if heaps.len() == heaps.capacity() {
        // Room for those of half a year, month by month: there are many members, each with a few heaps.
        heaps.reserve_exact(HEAPS_AT_ONCE);
    }
    heaps.push(Heap { dates: dates.clone(), amount: Amount::ZERO, lots: None });
    heaps.last_mut()
}

fn take_ordered(
    heaps: &mut Vec<Heap>,
    amount: Amount,
    order: impl Fn(&Dates, &Dates) -> Ordering,
    taken: &mut Vec<Taken>,
) -> Result<Amount, Overflow> {
    let mut left = amount;
    while left.is_positive() {
        // `min_by` gives the first of equals: the heap that was made first.
        let Some(at) = heaps
            .iter()
            .enumerate()
            .min_by(|(_, one), (_, other)| order(&one.dates(), &other.dates()))
            .map(|(at, _)| at)
        else {
            break;
        };
        let Some(heap) = heaps.get_mut(at) else { break };
        left = heap.take(left, taken)?;
        if heap.amount.is_zero() {
            heaps.remove(at);
        }
    }
    Ok(left)
}

impl Heap {
    /// The dates of its units.
    #[inline]
    pub fn dates(&self) -> Dates {
        self.dates.dates()
    }

    /// From which awards they came, oldest first; empty where lots are not named.
    pub fn lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.iter().flat_map(|lots| lots.iter())
    }

    /// The same, for changing what is left of each.
    pub fn lots_mut(&mut self) -> impl Iterator<Item = &mut Lot> {
        self.lots.iter_mut().flat_map(|lots| lots.iter_mut())
    }

    /// Awards of which nothing is left are named no more.
    pub fn forget_empty_lots(&mut self) {
        if let Some(lots) = &mut self.lots {
            lots.retain(|lot| lot.amount.is_positive());
        }
    }

    /// Takes up to `amount`, oldest lots first; returns what was missing.
    pub fn take(&mut self, amount: Amount, taken: &mut Vec<Taken>) -> Result<Amount, Overflow> {
        let part = self.amount.min(amount);
        self.amount = self.amount.minus(part)?;
        let dates = self.dates();
        let Some(lots) = self.lots.as_deref_mut().filter(|lots| !lots.is_empty()) else {
            taken.push(Taken { dates, amount: part, lot: None });
            return amount.minus(part);
        };
        let mut left = part;
        while left.is_positive() {
            let Some(lot) = lots.front_mut() else { break };
            let piece = lot.amount.min(left);
            lot.amount = lot.amount.minus(piece)?;
            left = left.minus(piece)?;
            taken.push(Taken { dates, amount: piece, lot: Some(Arc::clone(&lot.name)) });
            if lot.amount.is_zero() {
                lots.pop_front();
            }
        }
        amount.minus(part)
    }

    /// Takes up to `amount`, first of the named lot, then oldest first; returns what was missing.
    fn take_back(
        &mut self,
        amount: Amount,
        lot: Option<&Arc<str>>,
        taken: &mut Vec<Taken>,
    ) -> Result<Amount, Overflow> {
        let mut left = amount;
        let dates = self.dates();
        if let Some(name) = lot
            && let Some(lots) = &mut self.lots
            && let Some(at) = lots.iter().position(|lot| lot.name == *name)
            && let Some(own) = lots.get_mut(at)
        {
            let piece = own.amount.min(left);
            own.amount = own.amount.minus(piece)?;
            if own.amount.is_zero() {
                lots.remove(at);
            }
            self.amount = self.amount.minus(piece)?;
            left = left.minus(piece)?;
            if piece.is_positive() {
                taken.push(Taken { dates, amount: piece, lot: Some(Arc::clone(name)) });
            }
        }
        if left.is_positive() && self.amount.is_positive() { self.take(left, taken) } else { Ok(left) }
    }
}
