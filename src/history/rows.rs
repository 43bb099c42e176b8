//! Bytes → rows of fields, without copying where no field is quoted.
//!
//! Delimited files follow RFC 4180 (quotes are doubled, a quoted field may hold line ends); files with
//! runs of blanks between columns have no quotes; JSON lines are taken apart by [`super::json`].
//! Row numbers are line numbers, as an editor shows them.

use super::encoding::Windows1251;
use super::error::Problem;
use super::json;
use super::map::Encoding;
use memchr::{memchr, memchr_iter};
use std::io::Read;

/// The longest field that is read.
pub(super) const FIELD_BYTES_MAX: usize = 1 << 20;
/// The longest row that is read.
pub(super) const ROW_BYTES_MAX: usize = 16 << 20;

/// How a row is divided.
pub(super) enum Dialect {
    /// By one byte.
    Delimited(u8),
    /// By runs of blanks or tabs.
    Blanks,
    /// By the keys of an object.
    JsonLines(json::Keys),
}

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    data: &'a [u8],
    fields: &'a [(u32, u32)],
    /// The line on which the row starts, from 1.
    pub(super) row: u64,
    /// The row as it stands in the file, without its line end.
    pub(super) raw: &'a [u8],
    /// Its fields lie between delimiters.
    pub(super) plain: bool,
    /// Its leading columns are those of the row before, if it is plain and they are watched.
    pub(super) repeats: bool,
}

impl<'a> Record<'a> {
    /// A field by its position from 0; empty where there is none.
    pub(super) fn field(self, index: usize) -> &'a [u8] {
        self.fields.get(index).and_then(|(start, end)| self.data.get(*start as usize..*end as usize)).unwrap_or(&[])
    }

    /// How many fields there are.
    pub(super) fn len(self) -> usize {
        self.fields.len()
    }
}

/// The rows of one file.
#[expect(clippy::struct_excessive_bools, reason = "each is one plain fact about the bytes")]
pub(super) struct Rows {
    reader: Box<dyn Read>,
    dialect: Dialect,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    begun: bool,
    /// Up to here the buffer holds no quote, from `start` on.
    unquoted: usize,
    /// The number of the next line.
    line: u64,
    row: u64,
    raw: (usize, usize),
    fields: Vec<(u32, u32)>,
    /// Where quoted fields lie without their quotes.
    scratch: Vec<u8>,
    scratched: bool,
    /// How many leading columns are watched, and how they stood in the row before, each with the delimiter
    /// behind it; empty where that row was not plain.
    watched: usize,
    lead: Vec<u8>,
    repeats: bool,
}

impl Rows {
    pub(super) fn new(reader: Box<dyn Read>, encoding: Encoding, dialect: Dialect) -> Self {
        let reader = match encoding {
            Encoding::Utf8 => reader,
            Encoding::Windows1251 => Box::new(Windows1251::new(reader)),
        };
        Self {
            reader,
            dialect,
            buffer: vec![0; 1 << 18],
            start: 0,
            end: 0,
            ended: false,
            begun: false,
            unquoted: 0,
            line: 1,
            row: 0,
            raw: (0, 0),
            fields: Vec::new(),
            scratch: Vec::new(),
            scratched: false,
            watched: 0,
            lead: Vec::new(),
            repeats: false,
        }
    }

    /// From now on each row is told whether so many leading columns repeat those of the row before.
    pub(super) fn watch(&mut self, columns: usize) {
        self.watched = columns;
    }

    /// The row that was read last.
    pub(super) fn record(&self) -> Record<'_> {
        let raw = self.buffer.get(self.raw.0..self.raw.1).unwrap_or(&[]);
        let data = if self.scratched { self.scratch.as_slice() } else { raw };
        let plain = !self.scratched && matches!(self.dialect, Dialect::Delimited(_));
        Record { data, fields: &self.fields, row: self.row, raw, plain, repeats: self.repeats }
    }

    /// The number of the row that was read last.
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// Reads the next row; false at the end. After an error that is not about the bytes themselves,
    /// the next call goes on with the row after.
    pub(super) fn advance(&mut self) -> Result<bool, Problem> {
        self.advance_to(|_, _| true)
    }

    /// Reads the next row that may be wanted: those between delimiters without quotes are asked about
    /// before they are taken apart, by their text and the delimiter.
    pub(super) fn advance_to(&mut self, wanted: impl Fn(&[u8], u8) -> bool) -> Result<bool, Problem> {
        self.begin()?;
        loop {
            let Some((length, used)) = self.find_line()? else { return Ok(false) };
            let (start, end) = (self.start, self.start + length);
            let quoted = matches!(self.dialect, Dialect::Delimited(_)) && self.is_quoted(length);
            let text = self.buffer.get(start..end).unwrap_or(&[]);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            self.row = self.line;
            self.raw = (start, start + text.len());
            if text.iter().all(u8::is_ascii_whitespace) && !matches!(self.dialect, Dialect::Delimited(b'\t')) {
                self.consume(used, 1);
                continue;
            }
            (self.scratched, self.repeats) = (false, false);
            match &self.dialect {
                Dialect::Blanks => {
                    self.fields.clear();
                    split_blanks(text, &mut self.fields);
                }
                Dialect::JsonLines(keys) => {
                    self.scratched = true;
                    self.scratch.clear();
                    self.fields.clear();
                    let split = json::split(text, keys, &mut self.scratch, &mut self.fields);
                    self.consume(used, 1);
                    return split.map(|()| true);
                }
                Dialect::Delimited(delimiter) => {
                    if quoted {
                        self.lead.clear();
                        return self.quoted(*delimiter, used).map(|()| true);
                    }
                    if !wanted(text, *delimiter) {
                        self.consume(used, 1);
                        continue;
                    }
                    self.repeats = split_behind(text, *delimiter, &mut self.fields, &self.lead, self.watched);
                    if !self.repeats {
                        split_plain(text, *delimiter, &mut self.fields);
                        self.lead.clear();
                        let end = self.watched.checked_sub(1).and_then(|last| self.fields.get(last));
                        let lead = end.and_then(|(_, end)| text.get(..=*end as usize));
                        self.lead.extend_from_slice(lead.unwrap_or(&[]));
                    }
                }
            }
            let long = text.len() > FIELD_BYTES_MAX;
            self.consume(used, 1);
            if long {
                self.check_lengths()?;
            }
            return Ok(true);
        }
    }

    /// Where a header holds no comma but semicolons or tabs, those divide the fields.
    pub(super) fn settle_delimiter(&mut self) -> Result<(), Problem> {
        self.begin()?;
        let Some((length, _)) = self.find_line()? else { return Ok(()) };
        let header = self.buffer.get(self.start..self.start + length).unwrap_or(&[]);
        let has = |byte| memchr(byte, header).is_some();
        match (has(b','), has(b';'), has(b'\t')) {
            (false, true, false) => self.dialect = Dialect::Delimited(b';'),
            (false, false, true) => self.dialect = Dialect::Delimited(b'\t'),
            _ => {}
        }
        Ok(())
    }

    /// Does the line that comes next, of so many bytes, hold a quote? Most files hold none, so it is
    /// looked for in all that was read.
    fn is_quoted(&mut self, length: usize) -> bool {
        let end = self.start + length;
        if self.unquoted < end {
            let have = self.buffer.get(self.start..self.end).unwrap_or(&[]);
            self.unquoted = memchr(b'"', have).map_or(self.end, |found| self.start + found);
        }
        self.unquoted < end
    }

    fn check_lengths(&self) -> Result<(), Problem> {
        let too_long = self.fields.iter().any(|(start, end)| (end - start) as usize > FIELD_BYTES_MAX);
        if too_long { Err(Problem::FieldTooLong) } else { Ok(()) }
    }

    fn consume(&mut self, bytes: usize, lines: u64) {
        self.start += bytes;
        self.line += lines;
    }

    /// Skips a byte order mark.
    fn begin(&mut self) -> Result<(), Problem> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        while self.end < 3 && !self.ended {
            self.fill()?;
        }
        match self.buffer.get(..self.end).unwrap_or(&[]) {
            [0xEF, 0xBB, 0xBF, ..] => self.start = 3,
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Err(Problem::Utf16),
            _ => {}
        }
        Ok(())
    }

    /// The length of the next line, without and with its line feed; none at the end of the file.
    fn find_line(&mut self) -> Result<Option<(usize, usize)>, Problem> {
        let mut searched = 0;
        loop {
            let have = self.buffer.get(self.start..self.end).unwrap_or(&[]);
            if let Some(found) = memchr(b'\n', have.get(searched..).unwrap_or(&[])) {
                return Ok(Some((searched + found, searched + found + 1)));
            }
            if self.ended {
                return Ok(if have.is_empty() { None } else { Some((have.len(), have.len())) });
            }
            searched = have.len();
            self.fill()?;
        }
    }

    /// Reads more bytes, after moving those not yet used to the front.
    fn fill(&mut self) -> Result<(), Problem> {
        if self.start > 0 && self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.unquoted = self.unquoted.saturating_sub(self.start);
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            if self.buffer.len() >= ROW_BYTES_MAX {
                self.row = self.line;
                return Err(Problem::RowTooLong);
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let free = self.buffer.get_mut(self.end..).unwrap_or(&mut []);
        loop {
            match self.reader.read(free) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Problem::Unreadable(error.to_string())),
            }
            return Ok(());
        }
    }

    /// Takes a row with quotes apart; it may go on over several lines.
    fn quoted(&mut self, delimiter: u8, first_line: usize) -> Result<(), Problem> {
        self.scratched = true;
        loop {
            let have = self.buffer.get(self.start..self.end).unwrap_or(&[]);
            self.scratch.clear();
            self.fields.clear();
            match split_quoted(have, delimiter, self.ended, &mut self.scratch, &mut self.fields) {
                Split::Done { length, used, lines } => {
                    self.raw = (self.start, self.start + length);
                    self.consume(used, lines);
                    return self.check_lengths();
                }
                Split::AfterQuote => {
                    self.consume(first_line, 1);
                    return Err(Problem::AfterQuote);
                }
                Split::Open if self.ended => {
                    // A quote that never closes swallows the rest: only its first line is skipped.
                    self.consume(first_line, 1);
                    return Err(Problem::UnclosedQuote);
                }
                Split::Open => self.fill()?,
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a row is at most 16 MiB long")]
const fn range(start: usize, end: usize) -> (u32, u32) {
    (start as u32, end as u32)
}

/// Divides a row that begins as the row before it did, whose leading fields stand; false if it does not.
fn split_behind(text: &[u8], delimiter: u8, fields: &mut [(u32, u32)], lead: &[u8], watched: usize) -> bool {
    let Some(rest) = text.strip_prefix(lead).filter(|_| !lead.is_empty()) else { return false };
    fields.get_mut(watched..).is_some_and(|fields| split_same(rest, delimiter, fields, lead.len()))
}

/// Divides a row without quotes. Most rows have as many fields as the row before.
fn split_plain(text: &[u8], delimiter: u8, fields: &mut Vec<(u32, u32)>) {
    if split_same(text, delimiter, fields, 0) {
        return;
    }
    fields.clear();
    let mut start = 0;
    for end in memchr_iter(delimiter, text).chain([text.len()]) {
        fields.push(range(start, end));
        start = end + 1;
    }
}

/// Divides what stands in a row from a place on into exactly as many fields as there are places for; false
/// if it has more or fewer.
/// Fields are a few bytes long, so eight bytes are looked at together. Places within a row stay far
/// below the bounds of their type.
fn split_same(text: &[u8], delimiter: u8, fields: &mut [(u32, u32)], from: usize) -> bool {
    let pattern = u64::from_ne_bytes([delimiter; 8]);
    let (chunks, rest) = text.as_chunks::<8>();
    let ((mut start, mut base), mut count) = (range(from, from), 0_usize);
    let mut end_field = |end: u32| {
        let Some(place) = fields.get_mut(count) else { return false };
        *place = (start, end);
        start = end.wrapping_add(1);
        count = count.wrapping_add(1);
        true
    };
    for chunk in chunks {
        let mut found = places_of(u64::from_le_bytes(*chunk) ^ pattern);
        while found != 0 {
            if !end_field(base.wrapping_add(found.trailing_zeros() >> 3)) {
                return false;
            }
            found &= found.wrapping_sub(1);
        }
        base = base.wrapping_add(8);
    }
    for byte in rest {
        if *byte == delimiter && !end_field(base) {
            return false;
        }
        base = base.wrapping_add(1);
    }
    end_field(base) && count == fields.len()
}

/// The top bit of each byte that is zero, and no other bit.
const fn places_of(bytes: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    !((bytes & LOW).wrapping_add(LOW) | bytes | LOW)
}

fn split_blanks(text: &[u8], fields: &mut Vec<(u32, u32)>) {
    let mut start = None;
    for (at, byte) in text.iter().enumerate() {
        match (byte.is_ascii_whitespace(), start) {
            (true, Some(from)) => {
                fields.push(range(from, at));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    if let Some(from) = start {
        fields.push(range(from, text.len()));
    }
}

/// What came of taking a quoted row apart.
enum Split {
    /// The row is `length` bytes long, `used` with its line end, over so many lines.
    Done { length: usize, used: usize, lines: u64 },
    /// More bytes are needed.
    Open,
    /// `"abc"def`
    AfterQuote,
}

fn split_quoted(have: &[u8], delimiter: u8, ended: bool, scratch: &mut Vec<u8>, fields: &mut Vec<(u32, u32)>) -> Split {
    let byte = |at: usize| have.get(at).copied();
    let (mut at, mut lines) = (0, 1);
    loop {
        let start = scratch.len();
        if byte(at) == Some(b'"') {
            at += 1;
            loop {
                let rest = have.get(at..).unwrap_or(&[]);
                let Some(found) = memchr(b'"', rest) else { return Split::Open };
                let inside = rest.get(..found).unwrap_or(&[]);
                lines += memchr_iter(b'\n', inside).count() as u64;
                scratch.extend_from_slice(inside);
                at += found + 1;
                match byte(at) {
                    None if !ended => return Split::Open,
                    Some(b'"') => {
                        scratch.push(b'"');
                        at += 1;
                    }
                    _ => break,
                }
            }
        } else {
            while let Some(letter) = byte(at).filter(|letter| *letter != delimiter && *letter != b'\n') {
                scratch.push(letter);
                at += 1;
            }
            if byte(at).is_none_or(|letter| letter == b'\n') && scratch.len() > start && scratch.last() == Some(&b'\r')
            {
                scratch.pop();
                at -= 1;
            }
        }
        fields.push(range(start, scratch.len()));
        match (byte(at), byte(at + 1)) {
            (Some(found), _) if found == delimiter => at += 1,
            (Some(b'\n'), _) => return Split::Done { length: at, used: at + 1, lines },
            (Some(b'\r'), Some(b'\n')) => return Split::Done { length: at, used: at + 2, lines },
            (Some(b'\r'), None) if ended => return Split::Done { length: at, used: at + 1, lines },
            (None, _) if ended => return Split::Done { length: at, used: at, lines },
            (Some(b'\r') | None, None) => return Split::Open,
            _ => return Split::AfterQuote,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, dialect: Dialect) -> Vec<Result<(u64, Vec<String>), Problem>> {
        let mut rows = Rows::new(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())), Encoding::Utf8, dialect);
        let mut all = Vec::new();
        loop {
            match rows.advance() {
                Ok(false) => return all,
                Ok(true) => {
                    let record = rows.record();
                    let fields = (0..record.len()).map(|at| String::from_utf8_lossy(record.field(at)).into_owned());
                    all.push(Ok((record.row, fields.collect())));
                }
                Err(problem) => all.push(Err(problem)),
            }
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands beside results")]
    fn row(number: u64, fields: &[&str]) -> Result<(u64, Vec<String>), Problem> {
        Ok((number, fields.iter().map(|field| (*field).to_owned()).collect()))
    }

    #[test]
    fn quotes_line_ends_and_byte_order_marks_are_read_as_in_an_editor() {
        let text = "\u{feff}a,b\r\n1,\"x \"\"y\"\"\nz\"\n\n2,\"\"\r\n3,5\" nail\n\"4\",d";
        assert_eq!(
            rows(text, Dialect::Delimited(b',')),
            [
                row(1, &["a", "b"]),
                row(2, &["1", "x \"y\"\nz"]),
                row(5, &["2", ""]),
                row(6, &["3", "5\" nail"]),
                row(7, &["4", "d"]),
            ]
        );
    }

    #[test]
    fn a_bad_quote_costs_one_line() {
        assert_eq!(
            rows("\"a\"b,c\nd,e\n\"f,g\nh,i", Dialect::Delimited(b',')),
            [Err(Problem::AfterQuote), row(2, &["d", "e"]), Err(Problem::UnclosedQuote), row(4, &["h", "i"])]
        );
    }

    #[test]
    fn blanks_run_together() {
        assert_eq!(rows("  a  b\r\n 1\t 2 \r\n", Dialect::Blanks), [row(1, &["a", "b"]), row(2, &["1", "2"])]);
    }
}
