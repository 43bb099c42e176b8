//! One reading of a history for several variants: rows are decoded once, each stretch of events is shared, and every
//! variant has a book of its own. Variants are dealt out to as many threads as the machine has; what comes of it
//! is the same with one.

use crate::failure::Failure;
use crate::history::{Counts, Input, of_fault, of_history, place_of, report};
use crate::output::Terminal;
use crate::program::Program;
use crate::progress::Progress;
use earnest::eval::{Apart, Applied, Book};
use earnest::history::{Batch, Came, Copier, Giver, ReturnsIndex, Told};
use earnest::sim::compare::{VariantRun, worths};
use earnest::sim::count::{Counting, ISSUE_MONTH};
use earnest::sim::replay::Replay;
use earnest::syntax::ast::File;
use earnest::time::Day;
use earnest::ty::{Event, Scope};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many books are open at once: each holds all members.
const BOOKS_AT_ONCE: usize = 32;
/// So many events a member are read before all books work them, where members can be worked apart: then a book
/// fetches an account once for several events.
const EVENTS_A_MEMBER: usize = 8;

/// A program to be run beside others.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    /// What it is called.
    pub(crate) name: String,
    /// What runs.
    pub(crate) program: Program,
    /// What is written, a scenario's changes written in; none where the name says what is changed.
    pub(crate) tree: Option<File>,
    /// What it assumes, in its own words.
    pub(crate) assumptions: Vec<String>,
    /// The command that explains a member's receipts under it, up to the member.
    pub(crate) explain: String,
}

/// A stretch of the history on its way to all variants.
#[derive(Debug, Default)]
struct Stretch {
    /// Its events, those of a member together.
    batch: Batch,
    /// As what number each of them came.
    numbers: Vec<u32>,
    /// Their places in the order in which they came.
    as_they_came: Vec<u32>,
    /// The day of the first event of all; none where the history has none.
    first: Option<Day>,
    /// With the last one: what the reader tells of the history.
    told: Option<Told>,
}

impl Stretch {
    /// The next event with its number: of the same member, or as they came.
    fn event(&self, at: usize, apart: bool) -> Option<(u32, &Came)> {
        let place = if apart { at } else { *self.as_they_came.get(at)? as usize };
        Some((*self.numbers.get(place)?, self.batch.events().get(place)?))
    }
}

impl Input {
    /// Replays the history through all variants. `by` names the attributes by which is counted, where a program
    /// declares them.
    pub(crate) fn replay_all(
        &self,
        variants: &[Variant],
        by: &[String],
        terminal: Terminal,
    ) -> Result<Vec<VariantRun>, Failure> {
        let returns = self.returns().map(Arc::new);
        let mut runs: Vec<Option<VariantRun>> = Vec::new();
        runs.resize_with(variants.len(), || None);
        let mut left: Vec<usize> = (0..variants.len()).collect();
        // Rows are decoded as a program declares them, so those read together that declare the same.
        while let Some(first) = left.first().and_then(|at| variants.get(*at)) {
            let plan = &first.program.plan;
            let alike = |at: &usize| {
                variants.get(*at).is_some_and(|other| {
                    let other = &other.program.plan;
                    other.zone == plan.zone && other.schema.holds_the_same(&other.texts, &plan.schema, &plan.texts)
                })
            };
            let mut group: Vec<usize> = left.iter().copied().filter(alike).collect();
            group.truncate(BOOKS_AT_ONCE);
            left.retain(|at| !group.contains(at));
            let chosen: Vec<&Variant> = group.iter().filter_map(|at| variants.get(*at)).collect();
            let sets_aside = runs.iter().all(Option::is_none);
            for (at, run) in group.iter().zip(self.pass(&chosen, by, returns.as_ref(), sets_aside, terminal)?) {
                if let Some(place) = runs.get_mut(*at) {
                    *place = Some(run);
                }
            }
        }
        Ok(runs.into_iter().flatten().collect())
    }

    fn pass(
        &self,
        variants: &[&Variant],
        by: &[String],
        returns: Option<&Arc<ReturnsIndex>>,
        sets_aside: bool,
        terminal: Terminal,
    ) -> Result<Vec<VariantRun>, Failure> {
        let Some(first) = variants.first() else { return Ok(Vec::new()) };
        let plan = Arc::clone(&first.program.plan);
        let mut schema = plan.schema.clone();
        for variant in variants {
            schema.read_also_by(&variant.program.plan.schema);
        }
        let mut giver = Giver::new(self.history_of(schema, &plan.zone)?, plan.texts.clone());
        let mut rejects = if sets_aside { self.rejects()? } else { None };
        let progress = Progress::new(terminal, "reading");
        let threads = thread::available_parallelism().map_or(1, usize::from).min(variants.len());
        thread::scope(|scope| {
            let (mut senders, mut workers) = (Vec::new(), Vec::new());
            for worker in 0..threads {
                // One stretch is worked while the next is read.
                let (sender, stretches) = sync_channel(0);
                let all = variants.iter().copied().enumerate();
                let mine: Vec<(usize, &Variant)> = all.skip(worker).step_by(threads).collect();
                let returns = returns.map(Arc::clone);
                senders.push(sender);
                workers.push(scope.spawn(move || self.work(&mine, by, returns.as_ref(), &stretches)));
            }
            let handed = self.hand_out(&mut giver, &senders, &mut rejects, progress);
            // Who waits for more learns that there is none.
            drop(senders);
            let (mut hands, mut stops) = (Vec::new(), Vec::new());
            for worker in workers {
                match worker.join().map_err(|_| Failure::data("a thread ended without a result"))? {
                    Ok(runs) => hands.push(runs.into_iter()),
                    Err(stop) => stops.push(stop),
                }
            }
            // The first fault, whoever met it; it comes before what stopped the reading because of it.
            if let Some(stop) = stops.into_iter().min_by_key(|stop| (stop.stretch, stop.variant)) {
                return Err(stop.failure);
            }
            handed?;
            if let Some(sheet) = rejects {
                sheet.finish()?;
            }
            let dealt = (0..variants.len()).map(|at| at.checked_rem(threads).unwrap_or(0));
            Ok(dealt.filter_map(|worker| hands.get_mut(worker)?.next()).collect())
        })
    }

    /// Reads to the end and gives every worker every stretch.
    fn hand_out(
        &self,
        giver: &mut Giver,
        senders: &[SyncSender<Arc<Stretch>>],
        rejects: &mut Option<crate::cells::Sheet>,
        mut progress: Progress,
    ) -> Result<(), Failure> {
        let (mut first, mut apart, mut batch) = (None, Apart::default(), Batch::default());
        loop {
            let mut stretch = Stretch::default();
            let wanted = apart.members() * EVENTS_A_MEMBER;
            let end = loop {
                giver.fill(&mut batch);
                progress.at(batch.events().last().map_or(0, |came| came.rows_read));
                crate::history::set_aside(rejects, batch.take_rejects());
                let end = batch.take_end();
                stretch.batch.append(&mut batch);
                if end.is_some() || stretch.batch.events().len() >= wanted {
                    break end;
                }
            };
            let events = stretch.batch.events();
            first = first.or_else(|| events.first().map(|came| came.event.at.day));
            stretch.first = first.or(self.as_of());
            stretch.numbers = apart.order(events.iter().map(|came| &came.event));
            stretch.batch.put_in_order(&stretch.numbers);
            stretch.as_they_came = (0..).take(stretch.numbers.len()).collect();
            stretch.as_they_came.sort_by_key(|at| stretch.numbers.get(*at as usize));
            let ended = end.map(|end| end.map_err(|error| of_history(&error))).transpose();
            stretch.told = ended.as_ref().ok().cloned().flatten();
            let ends = !matches!(ended, Ok(None));
            let stretch = Arc::new(stretch);
            if senders.iter().any(|sender| sender.send(Arc::clone(&stretch)).is_err()) {
                // Who went away tells why; nobody needs the rest.
                return Err(Failure::data("a variant ended before the history"));
            }
            if ends {
                return ended.map(drop);
            }
        }
    }

    /// Works some of the variants, each with its place among all, to the end.
    fn work(
        &self,
        variants: &[(usize, &Variant)],
        by: &[String],
        returns: Option<&Arc<ReturnsIndex>>,
        stretches: &Receiver<Arc<Stretch>>,
    ) -> Result<Vec<VariantRun>, Stop> {
        let mut seats = Vec::new();
        for (at, variant) in variants {
            seats.push((*at, Seat::new(self, variant, by, returns).map_err(|failure| Stop::at(0, *at, failure))?));
        }
        let mut runs = Vec::new();
        for (number, stretch) in stretches.iter().enumerate() {
            for (at, seat) in &mut seats {
                let open = if number == 0 { seat.open(self, stretch.first) } else { Ok(()) };
                let taken = open.and_then(|()| seat.take(self, &stretch));
                taken.map_err(|failure| Stop::at(number, *at, failure))?;
            }
            if let Some(told) = &stretch.told {
                for (at, seat) in seats.drain(..) {
                    runs.push(seat.end(told.clone()).map_err(|failure| Stop::at(usize::MAX, at, failure))?);
                }
            }
        }
        Ok(runs)
    }
}

/// Where a variant could not go on.
struct Stop {
    /// In which stretch.
    stretch: usize,
    /// Which variant.
    variant: usize,
    failure: Failure,
}

impl Stop {
    fn at(stretch: usize, variant: usize, failure: Failure) -> Self {
        Self { stretch, variant, failure }
    }
}

/// A variant with its book.
struct Seat<'v> {
    variant: &'v Variant,
    replay: Replay,
    counting: Counting,
    copier: Copier,
    event: Event,
    counts: Counts,
}

impl<'v> Seat<'v> {
    fn new(
        input: &Input,
        variant: &'v Variant,
        by: &[String],
        returns: Option<&Arc<ReturnsIndex>>,
    ) -> Result<Self, Failure> {
        let plan = &variant.program.plan;
        let attributes: Vec<(Scope, usize)> = Counting::attributes(plan)
            .into_iter()
            .filter(|(name, ..)| by.contains(name))
            .map(|(_, scope, slot)| (scope, slot))
            .collect();
        let mut seat = Self {
            variant,
            // The month of issue is that of the lot.
            replay: Replay::new(Arc::clone(plan), by.iter().any(|name| name == ISSUE_MONTH), input.as_of()),
            counting: Counting::new(Arc::clone(plan), &attributes),
            copier: Copier::default(),
            event: Event::default(),
            counts: Counts::default(),
        };
        if by.iter().any(|name| name == ISSUE_MONTH) {
            seat.counting.count_issues();
        }
        if let Some(returns) = returns.map(Arc::clone) {
            seat.replay.keep_until(move |event, texts, within| returns.last_return(event, texts, within));
        }
        for member in input.members(&variant.program, &mut seat.replay)? {
            seat.counting.add_member(&member);
        }
        Ok(seat)
    }

    fn open(&mut self, input: &Input, first: Option<Day>) -> Result<(), Failure> {
        input.openings(&self.variant.program, first, &mut self.replay, &mut self.counting)
    }

    fn take(&mut self, input: &Input, stretch: &Stretch) -> Result<(), Failure> {
        self.copier.receive(&stretch.batch, self.replay.texts_mut());
        let apart = self.replay.book().takes_members_apart();
        // The first in the order of time, of all that come in this stretch.
        let mut first: Option<(u32, Failure)> = None;
        let all = stretch.numbers.len();
        for from in (0..all).step_by(Book::EVENTS_AHEAD) {
            let block = || (from..all.min(from + Book::EVENTS_AHEAD)).filter_map(|at| stretch.event(at, apart));
            self.replay.look_ahead(block().map(|(_, came)| &came.event));
            for (number, came) in block() {
                if first.as_ref().is_some_and(|(first, _)| number > *first) {
                    continue;
                }
                if input.as_of().is_some_and(|day| came.event.at.day > day) {
                    self.counts.after += 1;
                    continue;
                }
                let event = self.copier.read(came, &mut self.event);
                match self.replay.apply(event, &mut self.counting) {
                    Ok(Applied::AlreadyCounted) => self.counts.already += came.event_rows,
                    Ok(Applied::Counted | Applied::NonMember) => {}
                    Err(fault) => {
                        first = Some((number, of_fault(&fault, &place_of(input, came.event.place))));
                        self.replay.go_on();
                    }
                }
            }
        }
        first.map_or(Ok(()), |(_, failure)| Err(failure))
    }

    fn end(mut self, told: Told) -> Result<VariantRun, Failure> {
        let finished = self.replay.finish(&mut self.counting).map_err(|fault| of_fault(&fault, "at the end"))?;
        for (day, amount) in &told.non_member_days {
            self.counting.add_others(*day, *amount);
        }
        let report = report(&finished, told, self.counts);
        let counts = self.counting.counts(finished.book(), finished.as_of(), &report.totals);
        Ok(VariantRun {
            name: self.variant.name.clone(),
            plan: Arc::clone(&self.variant.program.plan),
            report,
            counts,
            counting: self.counting,
            worths: worths(finished.book(), finished.as_of()),
            assumptions: self.variant.assumptions.clone(),
            explain: self.variant.explain.clone(),
        })
    }
}
