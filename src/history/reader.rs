//! The history as a whole: several files in, events out in their order, every row accounted for.

use super::content;
use super::counts::{NonMemberSales, Reject, RowCounts, Warning};
use super::decode::Context;
use super::draft::{Draft, RawRow};
use super::error::{HistoryError, Problem, nearest};
use super::file::{Format, HistoryFile, Step};
use super::map::Map;
use super::queue::Key;
use super::seen::Seen;
use super::value::completed;
use super::window::Window;
use crate::time::{Day, Zone};
use crate::ty::event::RowPlace;
use crate::ty::{Event, Kind, Line, Schema, Texts};
use crate::value::Amount;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::num::NonZeroU64;

/// A receipt that goes on within so many rows is one event.
pub const WINDOW_ROWS: u64 = 100_000;

/// How the rows of the files stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By time, or by member and time: read in constant memory.
    #[default]
    Sorted,
    /// In any order: everything is read first (`--unsorted`).
    Unsorted,
}

/// What happens to a bad row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadRows {
    /// Reading ends with an error.
    #[default]
    Stop,
    /// The whole receipt is set aside (`--on-bad-row skip`).
    Skip,
}

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// How the rows stand.
    pub order: Order,
    /// What happens to a bad row.
    pub bad_rows: BadRows,
}

/// A history: files of rows, read as events in their order.
///
/// ```
/// use earnest::history::{Format, History, Map, Options};
/// use earnest::{time::Zone, ty::{Event, Schema, Texts}};
/// let mut history = History::new(Schema::default(), Zone::utc(), Map::default(), Options::default());
/// let rows: &[u8] = b"member,at,receipt,amount\nM1,2026-12-20,R1,12.50\n";
/// history.add("shop.csv", rows, Format::Csv).unwrap();
/// let (mut texts, mut event) = (Texts::default(), Event::default());
/// assert!(history.next_event(&mut texts, &mut event).unwrap());
/// assert_eq!(event.lines[0].amount.to_string(), "12.5");
/// assert!(!history.next_event(&mut texts, &mut event).unwrap());
/// assert_eq!(history.rows().events, 1);
/// ```
pub struct History {
    context: Context,
    options: Options,
    files: Vec<HistoryFile>,
    /// Without a merge, the file that is being read.
    current: usize,
    begun: bool,
    window: Window,
    draft: Draft,
    seen: Seen,
    /// The slot of the attribute that lines are ordered by.
    category: Option<usize>,
    /// An event while it is compared.
    compared: Event,
    /// Lines whose buffers can be used again.
    spare: Vec<Line>,
    last: Event,
    last_key: Option<Key>,
    event_rows: u64,
    rows: RowCounts,
    non_members: NonMemberSales,
    non_member_days: BTreeMap<Day, Amount>,
    rows_without_id: u64,
    unknown_actions: BTreeMap<String, u64>,
    rejects: Vec<Reject>,
}

/// What is known of an event that leaves, beside what it says.
struct Leaving {
    rows: u64,
    id_hash: Option<NonZeroU64>,
    has_id: bool,
    /// Another event of the same id, if it is still here.
    twin: Option<u64>,
}

impl History {
    /// A history without files.
    pub fn new(schema: Schema, zone: Zone, map: Map, options: Options) -> Self {
        let rows_max = match options.order {
            Order::Sorted => WINDOW_ROWS,
            Order::Unsorted => u64::MAX,
        };
        Self {
            category: schema.category(),
            context: Context { schema, zone, map },
            options,
            files: Vec::new(),
            current: 0,
            begun: false,
            window: Window::new(rows_max),
            draft: Draft::default(),
            seen: Seen::default(),
            compared: Event::default(),
            spare: Vec::new(),
            last: Event::default(),
            last_key: None,
            event_rows: 0,
            rows: RowCounts::default(),
            non_members: NonMemberSales::default(),
            non_member_days: BTreeMap::new(),
            rows_without_id: 0,
            unknown_actions: BTreeMap::new(),
            rejects: Vec::new(),
        }
    }

    /// Adds a file and reads its header; `name` is shown in messages. Several files are merged by time.
    pub fn add(&mut self, name: &str, reader: impl Read + 'static, format: Format) -> Result<(), HistoryError> {
        let number = u32::try_from(self.files.len() + 1).unwrap_or(u32::MAX);
        self.window.merged = number > 1;
        self.files.push(HistoryFile::open(name, number, Box::new(reader), format, &self.context)?);
        Ok(())
    }

    /// Puts the next event into `event`, whose buffers are used again; false at the end. The texts are
    /// the same in every call.
    pub fn next_event(&mut self, texts: &mut Texts, event: &mut Event) -> Result<bool, HistoryError> {
        if !self.begun {
            self.begun = true;
            self.check_columns()?;
        }
        loop {
            while let Some(ready) = self.window.next_ready() {
                if self.leave(ready, texts, event)? {
                    return Ok(true);
                }
            }
            if self.files.is_empty() || !self.read(texts)? {
                self.window.end();
                let Some(ready) = self.window.next_ready() else { return Ok(false) };
                if self.leave(ready, texts, event)? {
                    return Ok(true);
                }
            }
        }
    }

    /// How many rows the last event had, for those who find that it was counted before.
    pub fn event_rows(&self) -> u64 {
        self.event_rows
    }

    /// What became of the rows so far.
    pub fn rows(&self) -> RowCounts {
        self.rows
    }

    /// Sales without a member so far.
    pub fn non_member_sales(&self) -> NonMemberSales {
        self.non_members
    }

    /// Their money by the day, less what was returned.
    pub fn non_member_days(&self) -> &BTreeMap<Day, Amount> {
        &self.non_member_days
    }

    /// Are the amounts those after the programme's own discounts?
    pub fn after_discount(&self) -> bool {
        self.context.map.after_discount()
    }

    /// The name of a file by its number in places.
    pub fn file_name(&self, place: RowPlace) -> &str {
        self.file(place.file).map_or("", |file| &file.decoder.file)
    }

    /// The rows that were set aside since the last call.
    pub fn take_rejects(&mut self) -> Vec<Reject> {
        std::mem::take(&mut self.rejects)
    }

    /// What people should know, so far.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.rows_without_id > 0 {
            let code = "rows-without-id".to_owned();
            warnings.push(Warning { code, count: self.rows_without_id, detail: String::new() });
        }
        if !self.unknown_actions.is_empty() {
            let names: Vec<_> = self.unknown_actions.keys().take(20).map(String::as_str).collect();
            let count = self.unknown_actions.values().sum();
            warnings.push(Warning { code: "unknown-action".to_owned(), count, detail: names.join(", ") });
        }
        warnings
    }

    /// What people may want to know of the columns: those that nobody reads, and those that the program
    /// can do without and does not find. Misspelt names show here.
    pub fn notes(&self) -> Vec<Warning> {
        let named = |code: &str, names: BTreeSet<String>| {
            (!names.is_empty()).then(|| Warning::of_names(code, &names.into_iter().collect::<Vec<_>>()))
        };
        let unread = self.files.iter().flat_map(|file| file.decoder.layout.unread.iter().cloned()).collect();
        let layouts = || self.files.iter().map(|file| &file.decoder.layout);
        let absent = layouts().flat_map(|layout| layout.absent(&self.context.schema)).map(str::to_owned);
        let absent = absent.filter(|name| !layouts().any(|layout| layout.has(&self.context.schema, name)));
        named("unread-columns", unread).into_iter().chain(named("absent-columns", absent.collect())).collect()
    }

    fn file(&self, number: u32) -> Option<&HistoryFile> {
        (number as usize).checked_sub(1).and_then(|index| self.files.get(index))
    }

    /// A column that the map names has to be in one of the files.
    fn check_columns(&self) -> Result<(), HistoryError> {
        let Some(first) = self.files.first() else { return Ok(()) };
        for (standard, name) in &first.decoder.layout.unresolved {
            let missing = |file: &HistoryFile| file.decoder.layout.unresolved.iter().any(|(_, other)| other == name);
            if self.files.iter().all(missing) {
                let columns = first.decoder.layout.header.clone();
                let nearest = nearest(name, columns.iter().map(String::as_str));
                let problem = Problem::UnknownMapped { standard: standard.clone(), nearest, columns };
                return Err(HistoryError::of_file(&first.decoder.file, problem).in_column(name));
            }
        }
        Ok(())
    }

    /// Reads one row into the window; false when there is none.
    fn read(&mut self, texts: &mut Texts) -> Result<bool, HistoryError> {
        let merged = self.files.len() > 1 && self.options.order == Order::Sorted;
        let index = if merged {
            match self.earliest(texts)? {
                Some(index) => index,
                None => return Ok(false),
            }
        } else {
            loop {
                let Some(file) = self.files.get_mut(self.current) else { return Ok(false) };
                match file.step(&self.context, texts, &mut self.draft, self.options.bad_rows)? {
                    Step::Row => break self.current,
                    Step::Bad(error) => {
                        self.set_aside_row(*error);
                        return Ok(true);
                    }
                    Step::End => self.current += 1,
                }
            }
        };
        self.put(index, texts)?;
        Ok(true)
    }

    /// With several files: the one whose next row is the earliest, with that row in the draft.
    fn earliest(&mut self, texts: &mut Texts) -> Result<Option<usize>, HistoryError> {
        for index in 0..self.files.len() {
            while let Some(file) = self.files.get_mut(index).filter(|file| file.head.is_none() && !file.ended) {
                let mut draft = file.spare_draft.take().unwrap_or_default();
                match file.step(&self.context, texts, &mut draft, self.options.bad_rows)? {
                    Step::Row => file.head = Some(draft),
                    Step::Bad(error) => {
                        std::mem::swap(&mut self.draft, &mut draft);
                        self.set_aside_row(*error);
                    }
                    Step::End => file.ended = true,
                }
            }
        }
        let heads = self
            .files
            .iter()
            .enumerate()
            .filter_map(|(index, file)| file.head.as_ref().map(|head| (head.at.instant, index)));
        let Some((_, index)) = heads.min() else { return Ok(None) };
        if let Some(file) = self.files.get_mut(index)
            && let Some(mut head) = file.head.take()
        {
            std::mem::swap(&mut self.draft, &mut head);
            file.spare_draft = Some(head);
        }
        Ok(Some(index))
    }

    /// Hands the draft to the window.
    fn put(&mut self, file: usize, texts: &Texts) -> Result<(), HistoryError> {
        self.rows.read += 1;
        if !self.draft.unknown_action.is_empty() {
            *self.unknown_actions.entry(self.draft.unknown_action.clone()).or_default() += 1;
        }
        let place = self.draft.place;
        let Err(wrong) = self.window.put(&mut self.draft, &self.context.schema, texts) else { return Ok(()) };
        let layout = self.files.get(file).map(|file| &file.decoder);
        let name = layout.map_or("", |decoder| decoder.file.as_str());
        let column = layout
            .map_or(wrong.column.as_str(), |decoder| decoder.layout.shown_name(&self.context.schema, &wrong.column));
        let error = HistoryError::of_row(name, place.row, wrong.problem).in_column(column);
        match self.options.bad_rows {
            BadRows::Stop => Err(error),
            BadRows::Skip => {
                self.window.put_bad(&mut self.draft, error);
                Ok(())
            }
        }
    }

    /// A bad row, in the draft: its receipt is set aside, or the row alone where that is not known.
    fn set_aside_row(&mut self, error: HistoryError) {
        self.rows.read += 1;
        if self.draft.identified {
            self.window.put_bad(&mut self.draft, error);
            return;
        }
        self.rows.set_aside += 1;
        self.rejects.push(Reject {
            file: error.file.clone(),
            row: error.row.unwrap_or(0),
            code: error.code().to_owned(),
            reason: error.to_string(),
            text: std::mem::take(&mut self.draft.raw),
        });
    }

    /// An event leaves the window: handed on (true), or counted in another way.
    fn leave(&mut self, number: u64, texts: &Texts, out: &mut Event) -> Result<bool, HistoryError> {
        let Some(held) = self.window.store.get_mut(number) else { return Ok(false) };
        if let Some(bad) = held.rare.as_mut().and_then(|rare| rare.bad.take()) {
            self.set_aside(number, &bad);
            return Ok(false);
        }
        let (rows, key, id_hash, has_id) = (u64::from(held.rows), Key::of(held), held.id_hash, held.has_id);
        let twin = held.rare.as_ref().and_then(|rare| rare.twin);
        if !held.is_member() {
            let (net, day) = (held.net, held.at.day);
            self.window.remove(number);
            self.rows.non_member += rows;
            self.non_members.receipts += 1;
            let of_day = self.non_member_days.get(&day).copied().unwrap_or_default();
            let sums = self.non_members.amount.plus(net).and_then(|all| Ok((all, of_day.plus(net)?)));
            let (all, of_day) = sums
                .map_err(|_| HistoryError::of_file(self.file_name(RowPlace { file: 1, row: 0 }), Problem::Overflow))?;
            self.non_members.amount = all;
            self.non_member_days.insert(day, of_day);
            return Ok(false);
        }
        self.window.store.copy_out(number, out, &mut self.spare);
        let leaving = Leaving { rows, id_hash, has_id, twin };
        let counted = self.counted_before(&leaving, out).and_then(|counted| {
            if !counted {
                self.complete(out)?;
            }
            Ok(counted)
        });
        match counted {
            Ok(false) => {
                self.check_order(key, out)?;
                self.window.remove(number);
                self.hand_on(rows, texts, out);
                Ok(true)
            }
            Ok(true) => {
                self.window.remove(number);
                self.rows.already_counted += rows;
                Ok(false)
            }
            Err(error) if self.options.bad_rows == BadRows::Stop || error.problem.is_fatal() => Err(error),
            Err(error) => {
                self.set_aside(number, &error);
                Ok(false)
            }
        }
    }

    /// Was the same event handed on before? Another event of the same id is an error.
    fn counted_before(&mut self, leaving: &Leaving, event: &Event) -> Result<bool, HistoryError> {
        let Leaving { rows, id_hash, has_id, twin } = *leaving;
        let Some(id_hash) = id_hash.map(NonZeroU64::get) else { return Ok(false) };
        let place = event.place;
        // Within one file a receipt that comes again is not the same event but a part of it.
        let comparable = has_id || self.files.len() > 1;
        let content = if comparable { content::content_hash(event, &self.window.hasher) } else { 0 };
        if let Some(twin) = twin.filter(|twin| self.window.store.get(*twin).is_some())
            && self.seen.find(id_hash).is_none()
        {
            self.window.store.copy_out(twin, &mut self.compared, &mut self.spare);
            if content::content_hash(&self.compared, &self.window.hasher) != content {
                return Err(self.conflict(event, rows, twin));
            }
        }
        match self.seen.find_or_note(id_hash, content, place) {
            None => Ok(false),
            Some((other, _)) if comparable && other == content => Ok(true),
            Some((_, first)) => {
                let problem = content::conflict(event, has_id, rows, first);
                Err(HistoryError::of_row(self.file_name(place), place.row, problem))
            }
        }
    }

    /// Two events of one id in the window, the second one at hand: both are shown, and both are set aside.
    fn conflict(&mut self, event: &Event, rows: u64, twin: u64) -> HistoryError {
        let twin_rows = self.window.store.get(twin).map_or(0, |held| u64::from(held.rows));
        let mut both = [(event, rows), (&self.compared, twin_rows)]
            .map(|(event, rows)| (event.place, content::shown(event, rows), event.id.to_string()));
        // The one that comes first in the files is named first.
        both.sort();
        let [(_, first, id), (place, second, _)] = both;
        let problem = Problem::IdConflict { id, first, second };
        let error = HistoryError::of_row(self.file_name(place), place.row, problem);
        if let Some(twin) = self.window.store.get_mut(twin) {
            twin.rare_mut().bad = Some(Box::new(error.clone()));
        }
        error
    }

    /// All rows are there: what no row said is taken from the program, or refused.
    fn complete(&self, event: &mut Event) -> Result<(), HistoryError> {
        if event.kind == Kind::Action {
            return Ok(());
        }
        for (at, (value, attribute)) in event.values.iter_mut().zip(&self.context.schema.receipt).enumerate() {
            match completed(*value, attribute) {
                Some(found) => *value = found,
                // Only a purchase has to say all: a return is judged by its sale.
                None if event.kind == Kind::Purchase => {
                    let Some(file) = self.file(event.place.file) else { break };
                    let source = file.decoder.layout.receipt.get(at).unwrap_or(&super::layout::Source::Absent);
                    return Err(file.decoder.refused(attribute, source, event.place.row));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// An event that comes before the last one cannot be put in its place any more.
    fn check_order(&mut self, key: Key, event: &Event) -> Result<(), HistoryError> {
        if let Some(last) = self.last_key
            && (key < last || (key == last && event.order(&self.last).is_lt()))
        {
            let (found, last, place) = (event.at.to_string(), self.last.at.to_string(), event.place);
            return Err(HistoryError::of_row(self.file_name(place), place.row, Problem::OutOfOrder { found, last }));
        }
        self.last_key = Some(key);
        Ok(())
    }

    fn hand_on(&mut self, rows: u64, texts: &Texts, event: &mut Event) {
        if event.lines.len() > 1 {
            event.sort_lines_by(self.category, texts);
        }
        self.event_rows = rows;
        self.rows.events += rows;
        if event.unnamed {
            self.rows_without_id += rows;
        }
        (self.last.at, self.last.seq, self.last.kind) = (event.at, event.seq, event.kind);
        (self.last.unnamed, self.last.place) = (event.unnamed, event.place);
        self.last.id.clone_from(&event.id);
        self.last.member.clone_from(&event.member);
    }

    /// All rows of an event are set aside.
    fn set_aside(&mut self, number: u64, error: &HistoryError) {
        let Some(held) = self.window.store.get_mut(number) else { return };
        let (raws, rows) = (std::mem::take(&mut held.rare_mut().raws), u64::from(held.rows));
        self.window.remove(number);
        self.rows.set_aside += rows;
        for RawRow { place, text, bad } in raws {
            let file = self.file_name(place).to_owned();
            let reason = match bad.as_deref() {
                Some(own) => own.to_string(),
                None => format!("set aside with another row: {error}"),
            };
            let code = bad.as_deref().unwrap_or(error).code().to_owned();
            self.rejects.push(Reject { file, row: place.row, code, reason, text });
        }
    }
}
