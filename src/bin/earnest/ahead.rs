//! The history, read in a thread of its own: the next events are taken from their rows while the last ones
//! are evaluated. What comes of it, and in which order, is the same as without.

use crate::failure::Failure;
use crate::history::of_history;
use earnest::eval::Book;
use earnest::history::{Batch, Came, Giver, History, Taken, Taker, Told};
use earnest::plan::Plan;
use earnest::ty::{Event, Texts};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// How many lots of events may wait.
const BATCHES: usize = 4;

/// A history that is being read ahead.
pub(crate) struct Ahead {
    batches: Receiver<Batch>,
    back: Sender<Batch>,
    taker: Taker,
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
                    read(Giver::new(history, plan.texts.clone()), &filled, &emptied);
                }
            }
            Err(failure) => drop(opened.send(Err(failure))),
        });
        reader.map_err(|error| Failure::file("start", "a thread to read in", &error))?;
        is_open.recv().unwrap_or_else(|_| Err(broken()))?;
        Ok(Self { batches, back, taker: Taker::default(), told: None })
    }

    /// The next events, told once for each stretch of them.
    pub(crate) fn upcoming(&self) -> impl Iterator<Item = &Event> + Clone {
        self.taker.upcoming(Book::EVENTS_AHEAD)
    }

    /// Exchanges an event for the next one; false at the end, where `came` holds the last rejects.
    pub(crate) fn next(&mut self, texts: &mut Texts, came: &mut Came) -> Result<bool, Failure> {
        loop {
            match self.taker.take(came) {
                Taken::Event => return Ok(true),
                Taken::End(end) => {
                    self.told = Some(end.map_err(|error| of_history(&error))?);
                    return Ok(false);
                }
                Taken::Nothing if self.told.is_some() => return Ok(false),
                Taken::Nothing => {
                    // At the end nobody takes it.
                    let _ = self.back.send(self.taker.give_back());
                    self.taker.receive(self.batches.recv().map_err(|_| broken())?, texts);
                }
            }
        }
    }
}

/// The reader broke down; what it had to say stands on stderr.
fn broken() -> Failure {
    Failure::data("reading ended without a result")
}

fn read(mut giver: Giver, filled: &SyncSender<Batch>, emptied: &Receiver<Batch>) {
    let mut goes_on = true;
    while goes_on {
        let mut batch = emptied.try_recv().unwrap_or_default();
        goes_on = giver.fill(&mut batch);
        if filled.send(batch).is_err() {
            return;
        }
    }
}
