//! How far a long run is: one line on stderr, only where someone watches.

use crate::output::Terminal;
use crate::table::grouped;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// How often the line changes.
const EVERY: Duration = Duration::from_millis(200);

/// A line that counts.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    on: bool,
    what: String,
    began: Instant,
    last: Instant,
    calls: u32,
}

impl Progress {
    /// Begins to count.
    pub(crate) fn new(terminal: Terminal, what: impl Into<String>) -> Self {
        let now = Instant::now();
        Self { shown: false, on: terminal.watched, what: what.into(), began: now, last: now, calls: 0 }
    }

    /// So many are done. Cheap enough to be called for every event.
    pub(crate) fn at(&mut self, done: u64) {
        self.calls = self.calls.wrapping_add(1);
        if !self.on || !self.calls.is_multiple_of(1024) || self.last.elapsed() < EVERY {
            return;
        }
        self.last = Instant::now();
        self.shown = true;
        let seconds = self.began.elapsed().as_secs();
        let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K{}: {} rows, {seconds} s", self.what, grouped(done));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}
