//! What `run`, `simulate` and `explain` read: the options checked, the files opened, the events replayed.

use crate::ahead::Ahead;
use crate::args::{DataArgs, OnBadRow};
use crate::cells::{Cells, Sheet, Target};
use crate::failure::Failure;
use crate::files::{self, is_stdin, shown};
use crate::opening;
use crate::output::Terminal;
use crate::program::Program;
use crate::progress::Progress;
use crate::receipt::Part;
use crate::sample::day;
use earnest::eval::{Applied, Fault};
use earnest::history::{
    BadRows, Came, Format, History, HistoryError, Map, Options, Order, Reject, ReturnsIndex, Told, read_members,
    read_openings,
};
use earnest::ledger::Sink;
use earnest::plan::Plan;
use earnest::sim::explained::{Explained, RowsOf};
use earnest::sim::make::{Links, Made, MemberStory};
use earnest::sim::replay::{Finished, Replay};
use earnest::sim::report::{NonMemberSales, Report, Rows, Sum, Warning};
use earnest::time::{Day, Zone};
use earnest::ty::{Event, Member, RowPlace, Schema, Texts};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// The largest map file: it is written by hand.
const MAP_BYTES_MAX: usize = 1 << 20;

/// All inputs of a run, ready to be read, more than once where needed.
#[derive(Clone)]
pub(crate) struct Input {
    data: DataArgs,
    map: Map,
    as_of: Option<Day>,
    /// Standard input, where it is read more than once.
    held: Option<Arc<[u8]>>,
}

/// What a run hands to its command.
pub(crate) struct Ran {
    /// The result.
    pub(crate) report: Report,
    /// The run at its end.
    pub(crate) finished: Finished,
}

/// Are lots named? The ledger's rows need it, totals do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lots {
    /// Each by event and rule.
    Named,
    /// Only their dates.
    Unnamed,
}

/// How often the history is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// By one program.
    Once,
    /// By several.
    Several,
}

impl Input {
    /// Checks the options before any long work.
    pub(crate) fn prepare(data: &DataArgs, times: Times) -> Result<Self, Failure> {
        match (data.on_bad_row, &data.rejects) {
            (OnBadRow::Skip, None) => {
                return Err(Failure::usage("--on-bad-row skip needs a place for the rows that are set aside")
                    .help("add --rejects FILE"));
            }
            (OnBadRow::Stop, Some(_)) => {
                return Err(Failure::usage("--rejects is of no use while the run stops at a bad row")
                    .help("add --on-bad-row skip"));
            }
            _ => {}
        }
        Self::again(data, times)
    }

    /// As [`Input::prepare`], for a run that only repeats another: what that set aside need not be written again.
    pub(crate) fn again(data: &DataArgs, times: Times) -> Result<Self, Failure> {
        let all = data.histories.iter().chain(&data.members).chain(&data.opening).chain(&data.map);
        if all.filter(|path| is_stdin(path)).count() > 1 {
            return Err(Failure::usage("standard input can be read for one file only").help("name the other files"));
        }
        let map = match &data.map {
            Some(path) => {
                let text = files::read_text(path, MAP_BYTES_MAX)?;
                Map::parse(&shown(path), &text).map_err(|error| of_history(&error))?
            }
            None => Map::default(),
        };
        let as_of = data.as_of.as_deref().map(|text| day("--as-of", text)).transpose()?;
        let mut held = None;
        if times == Times::Several && data.histories.iter().any(|path| is_stdin(path)) {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| Failure::file("read", "standard input", &error))?;
            held = Some(Arc::from(bytes));
        }
        Ok(Self { data: data.clone(), map, as_of, held })
    }

    /// Each file that is read with the SHA-256 of its bytes, as it lies there.
    pub(crate) fn hashes(&self) -> Result<Vec<String>, Failure> {
        let mut all = Vec::new();
        for path in self.paths() {
            let digits = match &self.held {
                Some(bytes) if is_stdin(path) => files::sha256_digits(bytes),
                _ if is_stdin(path) => continue,
                _ => files::sha256_of(path)?,
            };
            all.push(format!("{} · sha256 {digits}", shown(path)));
        }
        Ok(all)
    }

    /// The paths that are read, so that no result is written over them.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        self.parts().map(|(_, path)| path).collect()
    }

    /// The same, each with what it is.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (Part, &Path)> {
        let data = &self.data;
        let histories = data.histories.iter().map(|path| (Part::History, path));
        let members = data.members.iter().map(|path| (Part::Members, path));
        let opening = data.opening.iter().map(|path| (Part::Opening, path));
        let map = data.map.iter().map(|path| (Part::Map, path));
        histories.chain(members).chain(opening).chain(map).map(|(part, path)| (part, path.as_path()))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn Read>, Failure> {
        match &self.held {
            Some(bytes) if is_stdin(path) => Ok(Box::new(files::held_stream(Arc::clone(bytes), path)?)),
            _ => Ok(Box::new(files::stream(path)?)),
        }
    }

    /// Replays the whole history through a program.
    pub(crate) fn replay(
        &self,
        program: &Program,
        sink: &mut impl Sink,
        terminal: Terminal,
        lots: Lots,
    ) -> Result<Ran, Failure> {
        let mut underway = self.begin(program, sink, terminal, lots)?;
        while underway.advance()? {
            underway.count(sink)?;
        }
        underway.end(sink)
    }

    /// Replays the whole history and asks about each event that is meant, before it counts.
    pub(crate) fn explain(
        &self,
        program: &Program,
        terminal: Terminal,
        lots: Lots,
        is_meant: impl Fn(&Event) -> bool,
        mut tell: impl FnMut(Explained) -> Result<(), Failure>,
    ) -> Result<Ran, Failure> {
        let mut rows = RowsOf::new(&program.plan);
        let mut underway = self.begin(program, &mut rows, terminal, lots)?;
        while underway.advance()? {
            let event = &underway.came.event;
            if !underway.is_in_time() || !is_meant(event) {
                rows.begin("");
                underway.count(&mut rows)?;
                continue;
            }
            let explanation = underway.replay.book().explain(event).map_err(|fault| underway.fault(&fault))?;
            rows.begin(&event.id);
            underway.count(&mut rows)?;
            tell(Explained::new(&program.plan, &underway.came.event, &explanation, rows.take()))?;
        }
        underway.end(&mut rows)
    }

    fn begin(
        &self,
        program: &Program,
        sink: &mut impl Sink,
        terminal: Terminal,
        lots: Lots,
    ) -> Result<Underway, Failure> {
        let input = self.clone();
        let reader = Ahead::begin(Arc::clone(&program.plan), move |plan| input.history(plan))?;
        let mut replay = Replay::new(Arc::clone(&program.plan), lots == Lots::Named, self.as_of);
        if let Some(returns) = self.returns() {
            replay.keep_until(move |event, texts, within| returns.last_return(event, texts, within));
        }
        self.members(program, &mut replay)?;
        let rejects = self.rejects()?;
        let progress = Progress::new(terminal, "reading");
        let mut underway = Underway {
            reader,
            files: self.data.histories.iter().map(|path| shown(path)).collect(),
            replay,
            rejects,
            progress,
            came: Came::default(),
            ahead: None,
            as_of: self.as_of,
            counts: Counts::default(),
        };
        if self.data.opening.is_some() {
            // What stands before the first event is booked on its day, so the event is read first.
            let came = underway.advance()?;
            underway.ahead = Some(came);
            let first = if came { Some(underway.came.event.at.day) } else { self.as_of };
            self.openings(program, first, &mut underway.replay, sink)?;
        }
        Ok(underway)
    }

    /// An example of what a member did; none where the history has no fact of that name.
    pub(crate) fn story(&self, program: &Program, about: &str, terminal: Terminal) -> Result<Option<Made>, Failure> {
        let plan = &program.plan;
        let mut aside = Replay::new(Arc::clone(plan), false, None);
        let members = self.members(program, &mut aside)?;
        let mut links = Links::default();
        for member in &members {
            links.see_member(plan, member, aside.book().texts());
        }
        self.watch(program, terminal, |event, _| links.see(event))?;
        let mut story = MemberStory::new(Arc::clone(plan), about, &links);
        for member in &members {
            story.member(member, aside.book().texts());
        }
        let ran = self.watch(program, terminal, |event, texts| story.event(event, texts))?;
        if !story.has_facts_of(about) {
            return Ok(None);
        }
        let made = story.made(&program.source, &program.file, ran.finished.book(), ran.finished.as_of());
        made.map(Some).map_err(|fault| of_fault(&fault, "the example"))
    }

    /// Replays the whole history and shows each event that counts.
    fn watch(
        &self,
        program: &Program,
        terminal: Terminal,
        mut see: impl FnMut(&Event, &Texts),
    ) -> Result<Ran, Failure> {
        let mut underway = self.begin(program, &mut (), terminal, Lots::Unnamed)?;
        while underway.advance()? {
            let before = underway.counts.already;
            underway.count(&mut ())?;
            if underway.is_in_time() && underway.counts.already == before {
                see(&underway.came.event, underway.replay.book().texts());
            }
        }
        underway.end(&mut ())
    }

    /// The day of the result, if one is asked for.
    pub(crate) const fn as_of(&self) -> Option<Day> {
        self.as_of
    }

    fn history(&self, plan: &Plan) -> Result<History, Failure> {
        self.history_of(plan.schema.clone(), &plan.zone)
    }

    /// The history, opened for what a program declares.
    pub(crate) fn history_of(&self, schema: Schema, zone: &Zone) -> Result<History, Failure> {
        let options = Options {
            order: if self.data.unsorted { Order::Unsorted } else { Order::Sorted },
            bad_rows: if self.data.on_bad_row == OnBadRow::Skip { BadRows::Skip } else { BadRows::Stop },
        };
        let mut history = History::new(schema, zone.clone(), self.map.clone(), options);
        for path in &self.data.histories {
            let name = shown(path);
            history.add(&name, self.open(path)?, Format::of_name(&name)).map_err(|error| of_history(&error))?;
        }
        Ok(history)
    }

    /// What later returns reach, where they can be read beforehand: then other receipts need not be kept.
    pub(crate) fn returns(&self) -> Option<ReturnsIndex> {
        if self.held.is_none() && self.data.histories.iter().any(|path| is_stdin(path)) {
            return None;
        }
        let mut index = ReturnsIndex::default();
        for path in &self.data.histories {
            let name = shown(path);
            // What is wrong with a file is told by the replay, with its place.
            index.scan(&name, self.open(path).ok()?, Format::of_name(&name), &self.map).ok()?;
        }
        Some(index)
    }

    /// Tells a replay what the members file says; answers what that is.
    pub(crate) fn members(&self, program: &Program, replay: &mut Replay) -> Result<Vec<Member>, Failure> {
        let Some(path) = &self.data.members else { return Ok(Vec::new()) };
        let (name, plan) = (shown(path), &program.plan);
        let reader = self.open(path)?;
        let members = read_members(&name, reader, Format::of_name(&name), &plan.schema, &self.map, replay.texts_mut());
        let members = members.map_err(|error| of_history(&error))?;
        for member in &members {
            replay.add_member(member);
        }
        Ok(members)
    }

    /// Books the opening balances; `first` is the day of the first event.
    pub(crate) fn openings(
        &self,
        program: &Program,
        first: Option<Day>,
        replay: &mut Replay,
        sink: &mut impl Sink,
    ) -> Result<(), Failure> {
        let Some(path) = &self.data.opening else { return Ok(()) };
        let (name, plan) = (shown(path), &program.plan);
        let reader = self.open(path)?;
        let rows = read_openings(&name, reader, Format::of_name(&name), &plan.schema, &self.map, replay.texts_mut());
        let balances =
            opening::balances(plan, rows.map_err(|error| of_history(&error))?, first.unwrap_or_default(), &name)?;
        for (balance, place) in &balances {
            replay.open_with(balance, sink).map_err(|fault| of_fault(&fault, place))?;
        }
        Ok(())
    }

    /// The file for rows that are set aside, begun.
    pub(crate) fn rejects(&self) -> Result<Option<Sheet>, Failure> {
        let Some(path) = &self.data.rejects else { return Ok(None) };
        let heads = ["file", "row", "code", "reason", "text"].map(str::to_owned);
        Sheet::create(Target { path: Some(path), cells: Cells::Raw, hashed: false }, &heads).map(Some)
    }
}

/// What the replay does not count itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Rows of events that the book had counted.
    pub(crate) already: u64,
    /// Events after the day of the result.
    pub(crate) after: u64,
}

/// A run between its events.
struct Underway {
    reader: Ahead,
    /// The files of the history by their places in the command.
    files: Vec<String>,
    replay: Replay,
    rejects: Option<Sheet>,
    progress: Progress,
    came: Came,
    /// Whether the event that comes next was read already, and came.
    ahead: Option<bool>,
    as_of: Option<Day>,
    counts: Counts,
}

impl Underway {
    /// Reads the next event; false at the end.
    fn advance(&mut self) -> Result<bool, Failure> {
        if let Some(came) = self.ahead.take() {
            return Ok(came);
        }
        let came = self.reader.next(self.replay.texts_mut(), &mut self.came);
        self.replay.look_ahead(self.reader.upcoming());
        self.progress.at(self.came.rows_read);
        set_aside(&mut self.rejects, std::mem::take(&mut self.came.rejects));
        came
    }

    /// The event counts.
    fn count(&mut self, sink: &mut impl Sink) -> Result<(), Failure> {
        if !self.is_in_time() {
            self.counts.after += 1;
            return Ok(());
        }
        match self.replay.apply(&self.came.event, sink) {
            Ok(Applied::AlreadyCounted) => self.counts.already += self.came.event_rows,
            Ok(Applied::Counted | Applied::NonMember) => {}
            Err(fault) => return Err(self.fault(&fault)),
        }
        Ok(())
    }

    /// Is the event not after the day of the result?
    fn is_in_time(&self) -> bool {
        self.as_of.is_none_or(|day| self.came.event.at.day <= day)
    }

    fn fault(&self, fault: &Fault) -> Failure {
        of_fault(fault, &place_in(&self.files, self.came.event.place))
    }

    fn end(self, sink: &mut impl Sink) -> Result<Ran, Failure> {
        drop(self.progress);
        let finished = self.replay.finish(sink).map_err(|fault| of_fault(&fault, "at the end"))?;
        if let Some(sheet) = self.rejects {
            sheet.finish()?;
        }
        let told = self.reader.told.unwrap_or_default();
        Ok(Ran { report: report(&finished, told, self.counts), finished })
    }
}

/// Where a row stands, for messages.
pub(crate) fn place_of(input: &Input, place: RowPlace) -> String {
    let files: Vec<String> = input.data.histories.iter().map(|path| shown(path)).collect();
    place_in(&files, place)
}

fn place_in(files: &[String], place: RowPlace) -> String {
    let file = (place.file as usize).checked_sub(1).and_then(|file| files.get(file));
    format!("{}, row {}", file.map_or("", String::as_str), place.row)
}

/// Writes rows that are set aside.
pub(crate) fn set_aside(rejects: &mut Option<Sheet>, rows: Vec<Reject>) {
    let Some(sheet) = rejects else { return };
    for Reject { file, row, code, reason, text } in rows {
        sheet.text(&file);
        sheet.plain(row);
        sheet.text(&code);
        sheet.text(without_help(&reason));
        sheet.text(&text);
        sheet.end_row();
    }
}

/// The result of a run with what its reader counted.
pub(crate) fn report(finished: &Finished, told: Told, ours: Counts) -> Report {
    let counts = told.rows;
    let rows = Rows {
        read: counts.read,
        events: counts.events.saturating_sub(ours.already),
        non_member: counts.non_member,
        set_aside: counts.set_aside,
        already_counted: counts.already_counted + ours.already,
    };
    let sales = told.non_members;
    let others =
        NonMemberSales { receipts: i64::try_from(sales.receipts).unwrap_or(i64::MAX), amount: Sum::from(sales.amount) };
    // A column that is not there decides what rules read, so it is told as loudly as a return without a sale.
    let absent = told.notes.into_iter().filter(|note| note.code == "absent-columns");
    let warnings = told.warnings.into_iter().chain(absent);
    let warnings = warnings.map(|warning| Warning { code: warning.code, count: warning.count, detail: warning.detail });
    let after = Warning { code: "after-as-of".to_owned(), count: ours.after, detail: String::new() };
    finished.report(rows, others, warnings.chain((ours.after > 0).then_some(after)).collect())
}

/// What is wrong with a file, as a failure of the data.
pub(crate) fn of_history(error: &HistoryError) -> Failure {
    let text = error.to_string();
    let failure = Failure::data(format_args!("{} [{}]", without_help(&text), error.code()));
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// What is wrong alone: the help is told apart.
fn without_help(text: &str) -> &str {
    text.split("\n  help:").next().unwrap_or(text).trim_end()
}

/// A run that cannot go on, with its place.
pub(crate) fn of_fault(fault: &Fault, place: &str) -> Failure {
    Failure::data(format_args!("{place}: {fault}"))
}
