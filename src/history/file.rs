//! One file of a history: its format, its header, its rows one by one.

use super::decode::{Context, Decoder, Tools};
use super::draft::Draft;
use super::error::{HistoryError, Problem};
use super::json::Keys;
use super::layout::{Layout, Source, Standard};
use super::map::{Map, kind_name};
use super::memo::Memo;
use super::reader::BadRows;
use super::rows::{Dialect, Record, Rows};
use crate::ty::{Kind, Texts};
use memchr::memchr;
use std::io::Read;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Fields between commas, or the delimiter of the map.
    #[default]
    Csv,
    /// Fields between tabs.
    Tsv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The format by a file's name, whatever packs it: `shop.jsonl.gz`.
    pub fn of_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        match plain.rsplit_once('.').map(|(_, ending)| ending) {
            Some("tsv" | "tab") => Self::Tsv,
            Some("jsonl" | "ndjson" | "json") => Self::JsonLines,
            _ => Self::Csv,
        }
    }

    pub(super) fn dialect(self, map: &Map, names: &[String]) -> Dialect {
        match (self, map.delimiter) {
            (Self::JsonLines, _) => Dialect::JsonLines(Keys::new(names)),
            (Self::Csv | Self::Tsv, Some(b' ')) => Dialect::Blanks,
            (Self::Csv | Self::Tsv, Some(delimiter)) => Dialect::Delimited(delimiter),
            (Self::Csv, None) => Dialect::Delimited(b','),
            (Self::Tsv, None) => Dialect::Delimited(b'\t'),
        }
    }
}

/// What came of reading a row.
pub(super) enum Step {
    /// It is in the draft.
    Row,
    /// It is bad, and bad rows are set aside.
    Bad(Box<HistoryError>),
    /// There are no more.
    End,
}

/// A file of rows.
pub(super) struct HistoryFile {
    pub(super) decoder: Decoder,
    memo: Memo,
    rows: Rows,
    /// The first row was read already, to count its fields.
    waiting: bool,
    /// The next row, where several files are merged.
    pub(super) head: Option<Draft>,
    pub(super) spare_draft: Option<Draft>,
    pub(super) ended: bool,
}

impl HistoryFile {
    /// Skips all rows but those of some kinds; false if the file can hold none of them.
    pub(super) fn only(&mut self, kinds: &[Kind]) -> bool {
        self.decoder.only = kinds.to_vec();
        let layout = &self.decoder.layout;
        !layout.kinds.is_empty()
            || *layout.standard(Standard::Kind) != Source::Absent
            || kinds.contains(&Kind::Purchase)
    }

    pub(super) fn open(
        name: &str,
        number: u32,
        reader: Box<dyn Read>,
        format: Format,
        context: &Context,
    ) -> Result<Self, HistoryError> {
        let wanted = match format {
            Format::JsonLines => Layout::wanted(&context.map, &context.schema),
            Format::Csv | Format::Tsv => Vec::new(),
        };
        let mut rows = Rows::new(reader, context.map.encoding, format.dialect(&context.map, &wanted));
        settle_delimiter(name, &mut rows, format, &context.map)?;
        let (header, waiting) = match format {
            Format::JsonLines => (wanted, false),
            Format::Csv | Format::Tsv => read_header(name, &mut rows, &context.map)?,
        };
        let mut layout = Layout::bind(name, header, &context.map, &context.schema)?;
        if format == Format::JsonLines {
            layout.unread.clear();
        }
        let decoder = Decoder::new(name.to_owned(), number, layout);
        let memo = Memo::new(decoder.layout.identity());
        rows.watch(memo.watched());
        Ok(Self { decoder, memo, rows, waiting, head: None, spare_draft: None, ended: false })
    }

    /// Goes on to the next row, if only some kinds are wanted to one that may be of them.
    fn advance(&mut self) -> Result<bool, Problem> {
        let Self { decoder, rows, .. } = self;
        match decoder.layout.standard(Standard::Kind) {
            Source::Column(index) if !decoder.only.is_empty() && decoder.layout.kinds.is_empty() => {
                rows.advance_to(|text, delimiter| {
                    let field = field_of(text, delimiter, *index);
                    decoder.only.iter().any(|kind| kind_name(*kind).as_bytes() == field)
                })
            }
            _ => rows.advance(),
        }
    }

    /// Reads the next row into the draft.
    pub(super) fn step(
        &mut self,
        context: &Context,
        texts: &mut Texts,
        draft: &mut Draft,
        bad_rows: BadRows,
    ) -> Result<Step, HistoryError> {
        draft.identified = false;
        let came = if std::mem::take(&mut self.waiting) { Ok(true) } else { self.advance() };
        let read = match came {
            Ok(false) => return Ok(Step::End),
            Ok(true) => {
                let mut tools = Tools { texts, memo: &mut self.memo };
                self.decoder.decode(self.rows.record(), context, &mut tools, draft)
            }
            Err(problem) => Err(HistoryError::of_row(&self.decoder.file, self.rows.row(), problem)),
        };
        if bad_rows == BadRows::Skip {
            draft.raw.clear();
            draft.raw.push_str(&String::from_utf8_lossy(self.rows.record().raw));
        }
        match read {
            Ok(()) => Ok(Step::Row),
            Err(error) if bad_rows == BadRows::Stop || error.problem.is_fatal() => Err(error),
            Err(error) => Ok(Step::Bad(Box::new(error))),
        }
    }
}

/// A field of a row without quotes by its position; empty where there is none.
fn field_of(text: &[u8], delimiter: u8, index: usize) -> &[u8] {
    let mut rest = text;
    for _ in 0..index {
        let Some(end) = memchr(delimiter, rest) else { return &[] };
        rest = rest.get(end + 1..).unwrap_or(&[]);
    }
    rest.get(..memchr(delimiter, rest).unwrap_or(rest.len())).unwrap_or(&[])
}

/// A CSV file whose delimiter nobody named is divided as its header shows.
pub(super) fn settle_delimiter(name: &str, rows: &mut Rows, format: Format, map: &Map) -> Result<(), HistoryError> {
    if format != Format::Csv || map.delimiter.is_some() || map.headless {
        return Ok(());
    }
    rows.settle_delimiter().map_err(|problem| HistoryError::of_row(name, 1, problem))
}

/// Does the file's name say that it holds rules?
fn is_rule_file(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("earn"))
}

/// The names of the columns; for a file without a header, their positions, and the first row waits.
pub(super) fn read_header(name: &str, rows: &mut Rows, map: &Map) -> Result<(Vec<String>, bool), HistoryError> {
    let came = rows.advance();
    let first = rows.record().raw.trim_ascii_start();
    if first.starts_with(b"program \"") || (is_rule_file(name) && !first.is_empty()) {
        return Err(HistoryError::of_file(name, Problem::Rules));
    }
    let came = came.map_err(|problem| HistoryError::of_row(name, rows.row(), problem))?;
    if map.headless {
        let width = if came { rows.record().len() } else { 0 };
        return Ok(((1..=width).map(|position| position.to_string()).collect(), came));
    }
    if !came {
        return Err(HistoryError::of_file(name, Problem::Empty));
    }
    names(rows.record()).map(|names| (names, false)).map_err(|problem| HistoryError::of_row(name, rows.row(), problem))
}

fn names(record: Record<'_>) -> Result<Vec<String>, Problem> {
    (0..record.len())
        .map(|index| {
            let name = std::str::from_utf8(record.field(index)).map_err(|_| Problem::Encoding)?;
            if name.contains('\r') { Err(Problem::CarriageReturn) } else { Ok(name.trim().to_owned()) }
        })
        .collect()
}
