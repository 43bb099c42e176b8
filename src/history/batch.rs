//! Events on their way from one who reads to one who evaluates, many at a time. The two may work side by
//! side, as the command line does: the caller brings the threads, and what comes of it, and in which
//! order, is the same as with one after the other.
//!
//! Buffers go back and forth: a [`Giver`] fills a [`Batch`], a [`Taker`] empties it and gives it back.

use super::counts::{NonMemberSales, Reject, RowCounts, Warning};
use super::error::HistoryError;
use super::reader::History;
use crate::time::Day;
use crate::ty::{Event, Texts, Translation};
use crate::value::Amount;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many events a batch holds.
const EVENTS: usize = 256;

/// An event, with what the reader knows when it comes.
#[derive(Debug, Clone, Default)]
pub struct Came {
    /// What came.
    pub event: Event,
    /// How many rows it had.
    pub event_rows: u64,
    /// How many rows had been read.
    pub rows_read: u64,
    /// What was set aside since the event before.
    pub rejects: Vec<Reject>,
}

/// What the reader knows at the end.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What became of the rows.
    pub rows: RowCounts,
    /// Sales without a member.
    pub non_members: NonMemberSales,
    /// Their money by the day.
    pub non_member_days: BTreeMap<Day, Amount>,
    /// What people should know.
    pub warnings: Vec<Warning>,
    /// What people may want to know of the columns.
    pub notes: Vec<Warning>,
}

/// Events on their way.
#[derive(Debug, Default)]
pub struct Batch {
    events: Vec<Came>,
    /// How many of them are filled.
    count: usize,
    /// The texts that the events speak of and those before do not.
    texts: Vec<Arc<str>>,
    /// How the history ended, if it did.
    end: Option<Result<Told, HistoryError>>,
}

impl Batch {
    /// The events, for several who look at them side by side; each reads them with a [`Copier`].
    pub fn events(&self) -> &[Came] {
        self.events.get(..self.count).unwrap_or(&[])
    }

    /// Takes the events of another batch, behind its own.
    pub fn append(&mut self, other: &mut Self) {
        self.events.truncate(self.count);
        self.events.extend(other.events.drain(..other.count));
        self.count = self.events.len();
        self.texts.append(&mut other.texts);
        other.count = 0;
    }

    /// Puts the events in another order: each place says which comes there. They are copied, so that they lie behind
    /// each other for whoever goes through them.
    pub fn put_in_order(&mut self, order: &[u32]) {
        self.events = order.iter().filter_map(|at| self.events().get(*at as usize)).cloned().collect();
        self.count = self.events.len();
    }

    /// What was set aside before each event, and behind the last one.
    pub fn take_rejects(&mut self) -> Vec<Reject> {
        let filled = self.events.iter_mut().take(self.count.saturating_add(1));
        filled.flat_map(|came| std::mem::take(&mut came.rejects)).collect()
    }

    /// How the history ended, if it ended in this batch.
    pub fn take_end(&mut self) -> Option<Result<Told, HistoryError>> {
        self.end.take()
    }
}

/// An event of a shared batch in the texts of one who evaluates it.
///
/// ```
/// use earnest::history::{Batch, Copier, Format, Giver, History, Map, Options};
/// use earnest::{time::Zone, ty::{Event, Schema, Texts}};
/// let mut history = History::new(Schema::default(), Zone::utc(), Map::default(), Options::default());
/// let rows: &[u8] = b"member,at,receipt,amount\nM1,2026-12-20,R1,12.50\n";
/// history.add("shop.csv", rows, Format::Csv).unwrap();
/// let mut batch = Batch::default();
/// Giver::new(history, Texts::default()).fill(&mut batch);
/// let (mut copier, mut texts, mut event) = (Copier::default(), Texts::default(), Event::default());
/// copier.receive(&batch, &mut texts);
/// assert_eq!(copier.read(&batch.events()[0], &mut event).receipt, "R1");
/// ```
#[derive(Debug, Default)]
pub struct Copier {
    translation: Translation,
}

impl Copier {
    /// Learns the texts of a further batch.
    pub fn receive(&mut self, batch: &Batch, texts: &mut Texts) {
        self.translation.learn(&batch.texts, texts);
    }

    /// The event in the texts of one who evaluates it; where it must be told otherwise, `copy` is made to hold it.
    pub fn read<'e>(&self, came: &'e Came, copy: &'e mut Event) -> &'e Event {
        if self.translation.changes_nothing() {
            return &came.event;
        }
        copy.copy_from(&came.event);
        copy.translate(&self.translation);
        copy
    }
}

/// Reads a history, a batch at a time.
pub struct Giver {
    history: History,
    texts: Texts,
    /// How many of the texts were given.
    given: usize,
}

impl Giver {
    /// Of a history whose texts are numbered behind some that are known.
    pub fn new(history: History, texts: Texts) -> Self {
        Self { history, texts, given: 0 }
    }

    /// Fills a batch with the next events; false if the history ended in it.
    pub fn fill(&mut self, batch: &mut Batch) -> bool {
        batch.events.resize_with(EVENTS + 1, Came::default);
        batch.count = 0;
        while batch.count < EVENTS && batch.end.is_none() {
            let Some(place) = batch.events.get_mut(batch.count) else { break };
            let came = self.history.next_event(&mut self.texts, &mut place.event);
            place.event_rows = self.history.event_rows();
            place.rows_read = self.history.rows().read;
            place.rejects = self.history.take_rejects();
            match came {
                Ok(true) => batch.count += 1,
                Ok(false) => batch.end = Some(Ok(self.told())),
                Err(error) => batch.end = Some(Err(error)),
            }
        }
        batch.texts.clear();
        batch.texts.extend_from_slice(self.texts.since(self.given));
        self.given = self.texts.count();
        batch.end.is_none()
    }

    fn told(&self) -> Told {
        Told {
            rows: self.history.rows(),
            non_members: self.history.non_member_sales(),
            non_member_days: self.history.non_member_days().clone(),
            warnings: self.history.warnings(),
            notes: self.history.notes(),
        }
    }
}

/// What a [`Taker`] has.
#[derive(Debug)]
pub enum Taken {
    /// An event.
    Event,
    /// The end; what was set aside behind the last event is with it.
    End(Box<Result<Told, HistoryError>>),
    /// It needs a further batch.
    Nothing,
}

/// Takes events out of batches.
///
/// ```
/// use earnest::history::{Batch, Came, Format, Giver, History, Map, Options, Taken, Taker};
/// use earnest::{time::Zone, ty::{Schema, Texts}};
/// let mut history = History::new(Schema::default(), Zone::utc(), Map::default(), Options::default());
/// let rows: &[u8] = b"member,at,receipt,amount\nM1,2026-12-20,R1,12.50\n";
/// history.add("shop.csv", rows, Format::Csv).unwrap();
/// let (mut giver, mut taker) = (Giver::new(history, Texts::default()), Taker::default());
/// let (mut batch, mut texts, mut came) = (Batch::default(), Texts::default(), Came::default());
/// giver.fill(&mut batch);
/// taker.receive(batch, &mut texts);
/// assert!(matches!(taker.take(&mut came), Taken::Event));
/// assert_eq!(came.event.receipt, "R1");
/// assert!(matches!(taker.take(&mut came), Taken::End(_)));
/// ```
#[derive(Debug, Default)]
pub struct Taker {
    batch: Batch,
    /// How many events of the batch were taken.
    taken: usize,
    /// The reader's texts in those of the one who takes.
    translation: Translation,
}

impl Taker {
    /// Exchanges an event for the next one.
    pub fn take(&mut self, came: &mut Came) -> Taken {
        if let Some(next) = self.batch.events.get_mut(self.taken).filter(|_| self.taken < self.batch.count) {
            std::mem::swap(next, came);
            came.event.translate(&self.translation);
            self.taken += 1;
            return Taken::Event;
        }
        let Some(end) = self.batch.end.take() else { return Taken::Nothing };
        // The place behind the last event holds what came after it.
        if let Some(rest) = self.batch.events.get_mut(self.batch.count) {
            std::mem::swap(rest, came);
        }
        Taken::End(Box::new(end))
    }

    /// Gives the batch back, to be filled again.
    pub fn give_back(&mut self) -> Batch {
        self.taken = 0;
        std::mem::take(&mut self.batch)
    }

    /// Goes on with a further batch; its texts are learnt.
    pub fn receive(&mut self, batch: Batch, texts: &mut Texts) {
        (self.batch, self.taken) = (batch, 0);
        self.translation.learn(&self.batch.texts, texts);
    }

    /// The next events, told once for each stretch of so many of them.
    pub fn upcoming(&self, stretch: usize) -> impl Iterator<Item = &Event> + Clone {
        let begins = self.taken.checked_rem(stretch) == Some(1);
        let end = if begins { self.batch.count.min(self.taken + stretch) } else { self.taken };
        self.batch.events.get(self.taken..end).unwrap_or(&[]).iter().map(|came| &came.event)
    }
}
