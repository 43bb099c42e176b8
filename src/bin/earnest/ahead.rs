//! The history, read in a thread of its own: the next events are taken from their rows while the last ones
//! are evaluated. What comes of it, and in which order, is the same as without.

use crate::failure::Failure;
use crate::history::of_history;
use earnest::eval::Book;
use earnest::history::{History, NonMemberSales, Reject, RowCounts, Warning};
use earnest::plan::Plan;
use earnest::ty::{Event, Texts, Translation};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// How many events are handed over at once.
const EVENTS: usize = 256;
/// How many lots of them may wait.
const BATCHES: usize = 4;

/// An event, with what the reader knows when it comes.
#[derive(Default)]
pub(crate) struct Came {
    pub(crate) event: Event,
    /// How many rows it had.
    pub(crate) event_rows: u64,
    /// How many rows had been read.
    pub(crate) rows_read: u64,
    /// What was set aside since the event before.
    pub(crate) rejects: Vec<Reject>,
}

/// What the reader knows at the end.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) rows: RowCounts,
    pub(crate) non_members: NonMemberSales,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) notes: Vec<Warning>,
}

/// Events on their way. Their buffers go back and forth.
#[derive(Default)]
struct Batch {
    events: Vec<Came>,
    /// How many of them are filled.
    count: usize,
    /// The texts that the events speak of and those before do not.
    texts: Vec<Arc<str>>,
    /// How the history ended, if it did.
    end: Option<Result<Told, Failure>>,
}

/// A history that is being read ahead.
pub(crate) struct Ahead {
    batches: Receiver<Batch>,
    back: Sender<Batch>,
    batch: Batch,
    /// How many events of the batch were taken.
    taken: usize,
    /// The reader's texts in those of the book.
    translation: Translation,
    /// What the reader told at the end.
    pub(crate) told: Option<Told>,
}

impl Ahead {
    /// Opens a history and begins to read; answers when it is open.
    pub(crate) fn begin(
        plan: Arc<Plan>,
        open: impl FnOnce(&Plan) -> Result<History, Failure> + Send + 'static,
    ) -> Result<Self, Failure> {
        let (filled, batches) = sync_channel(BATCHES);
        let (back, emptied) = channel();
        let (opened, is_open) = sync_channel(1);
        let reader = thread::Builder::new().name("reader".to_owned()).spawn(move || match open(&plan) {
            Ok(history) => {
                // Whoever does not listen any more needs no events.
                if opened.send(Ok(())).is_ok() {
                    read(history, plan.texts.clone(), &filled, &emptied);
                }
            }
            Err(failure) => drop(opened.send(Err(failure))),
        });
        reader.map_err(|error| Failure::file("start", "a thread to read in", &error))?;
        is_open.recv().unwrap_or_else(|_| Err(broken()))?;
        let (batch, translation) = (Batch::default(), Translation::default());
        Ok(Self { batches, back, batch, taken: 0, translation, told: None })
    }

    /// Whose the next events are, told once for each stretch of them.
    pub(crate) fn upcoming(&self) -> impl Iterator<Item = &str> {
        let begins = self.taken % Book::EVENTS_AHEAD == 1;
        let end = if begins { self.batch.count.min(self.taken + Book::EVENTS_AHEAD) } else { self.taken };
        self.batch.events.get(self.taken..end).unwrap_or(&[]).iter().map(|came| came.event.member.as_str())
    }

    /// Exchanges an event for the next one; false at the end, where `came` holds the last rejects.
    pub(crate) fn next(&mut self, texts: &mut Texts, came: &mut Came) -> Result<bool, Failure> {
        loop {
            if let Some(next) = self.batch.events.get_mut(self.taken).filter(|_| self.taken < self.batch.count) {
                std::mem::swap(next, came);
                came.event.translate(&self.translation);
                self.taken += 1;
                return Ok(true);
            }
            if let Some(end) = self.batch.end.take() {
                // The place behind the last event holds what came after it.
                if let Some(rest) = self.batch.events.get_mut(self.batch.count) {
                    std::mem::swap(rest, came);
                }
                self.told = Some(end?);
                return Ok(false);
            }
            if self.told.is_some() {
                return Ok(false);
            }
            // At the end nobody takes it.
            let _ = self.back.send(std::mem::take(&mut self.batch));
            self.batch = self.batches.recv().map_err(|_| broken())?;
            self.taken = 0;
            self.translation.learn(&self.batch.texts, texts);
        }
    }
}

/// The reader broke down; what it had to say stands on stderr.
fn broken() -> Failure {
    Failure::data("reading ended without a result")
}

fn read(mut history: History, mut texts: Texts, filled: &SyncSender<Batch>, emptied: &Receiver<Batch>) {
    let mut sent = 0;
    loop {
        let mut batch = emptied.try_recv().unwrap_or_default();
        batch.events.resize_with(EVENTS + 1, Came::default);
        batch.count = 0;
        while batch.count < EVENTS && batch.end.is_none() {
            let Some(place) = batch.events.get_mut(batch.count) else { break };
            let came = history.next_event(&mut texts, &mut place.event);
            place.event_rows = history.event_rows();
            place.rows_read = history.rows().read;
            place.rejects = history.take_rejects();
            match came {
                Ok(true) => batch.count += 1,
                Ok(false) => batch.end = Some(Ok(told(&history))),
                Err(error) => batch.end = Some(Err(of_history(&error))),
            }
        }
        batch.texts.clear();
        batch.texts.extend_from_slice(texts.since(sent));
        sent = texts.count();
        let ended = batch.end.is_some();
        if filled.send(batch).is_err() || ended {
            return;
        }
    }
}

fn told(history: &History) -> Told {
    Told {
        rows: history.rows(),
        non_members: history.non_member_sales(),
        warnings: history.warnings(),
        notes: history.notes(),
    }
}
