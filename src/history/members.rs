//! The members file: since when someone is a member, and what the program knows of members.
//!
//! ```text
//! member,joined,birthday
//! M1,2024-05-01,1985-02-28
//! ```
//!
//! The map names other columns under `[members]`.

use super::error::{HistoryError, Problem};
use super::file::{Format, read_header, settle_delimiter};
use super::layout::{Binder, Source};
use super::map::{Column, Map};
use super::rows::{Record, Rows};
use super::value::{Reader, completed, shown};
use crate::time::Day;
use crate::ty::event::Datum;
use crate::ty::{Attribute, AttributeType, Member, Missing, Schema, Texts};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;

/// Reads a members file; `name` is shown in messages. Each member stands there once.
pub fn read_members(
    name: &str,
    reader: impl Read + 'static,
    format: Format,
    schema: &Schema,
    map: &Map,
    texts: &mut Texts,
) -> Result<Vec<Member>, HistoryError> {
    let mut table = Table::open(name, Box::new(reader), format, map, &map.members, |names| {
        names.extend(["member", "joined"].map(str::to_owned));
        names.extend(schema.member.iter().map(|attribute| attribute.name.clone()));
    })?;
    let who = table.column("member", Some("every members file"))?;
    let since = table.column("joined", None)?;
    let mut attributes = Vec::new();
    for attribute in &schema.member {
        let needed =
            (attribute.missing == Missing::Refused).then(|| attribute.read_by.as_deref().unwrap_or("the program"));
        attributes.push((attribute, table.column(&attribute.name, needed)?));
    }
    let mut members = Vec::new();
    let mut places: HashMap<String, u64> = HashMap::new();
    while let Some(row) = table.next()? {
        let member = row.id(&who, "member")?;
        if let Some(first) = places.insert(member.clone(), row.record.row) {
            return Err(row.error(&who, "member", Problem::DoubledMember { found: member, row: first }));
        }
        let joined = row.day(&since, "joined", texts)?;
        let mut values = Vec::with_capacity(attributes.len());
        for (attribute, source) in &attributes {
            let datum = row.datum(attribute, source, texts)?;
            let Some(datum) = completed(datum, attribute) else {
                let reader = attribute.read_by.clone().unwrap_or_else(|| "the program".to_owned());
                return Err(row.error(source, &attribute.name, Problem::NoValue { reader }));
            };
            values.push(datum);
        }
        members.push(Member { name: member, joined, values });
    }
    Ok(members)
}

/// A small file of rows, read as a whole: members, opening balances.
pub(super) struct Table<'a> {
    file: &'a str,
    map: &'a Map,
    columns: &'a BTreeMap<String, Column>,
    header: Vec<String>,
    rows: Rows,
    waiting: bool,
}

impl<'a> Table<'a> {
    pub(super) fn open(
        file: &'a str,
        reader: Box<dyn Read>,
        format: Format,
        map: &'a Map,
        columns: &'a BTreeMap<String, Column>,
        wanted: impl FnOnce(&mut Vec<String>),
    ) -> Result<Self, HistoryError> {
        let mut names = Vec::new();
        if format == Format::JsonLines {
            wanted(&mut names);
            names.sort_unstable();
            names.dedup();
        }
        let mut rows = Rows::new(reader, map.encoding, format.dialect(map, &names));
        settle_delimiter(file, &mut rows, format, map)?;
        let (header, waiting) = match format {
            Format::JsonLines => (names, false),
            Format::Csv | Format::Tsv => read_header(file, &mut rows, map)?,
        };
        Ok(Self { file, map, columns, header, rows, waiting })
    }

    /// Finds a column; one that is needed has to be there.
    pub(super) fn column(&self, name: &str, needed_by: Option<&str>) -> Result<Source, HistoryError> {
        let source = Binder::new(self.file, &self.header, self.map, self.columns).source(name)?;
        match (&source, needed_by) {
            (Source::Absent, Some(reader)) => {
                let nearest = super::error::nearest(name, self.header.iter().map(String::as_str));
                let problem = Problem::MissingColumn {
                    reader: reader.to_owned(),
                    name: name.to_owned(),
                    section: "members",
                    nearest,
                    columns: self.header.clone(),
                };
                Err(HistoryError::of_file(self.file, problem).in_column(name))
            }
            _ => Ok(source),
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<TableRow<'_>>, HistoryError> {
        if !std::mem::take(&mut self.waiting) {
            let came = self.rows.advance();
            let came = came.map_err(|problem| HistoryError::of_row(self.file, self.rows.row(), problem))?;
            if !came {
                return Ok(None);
            }
        }
        let record = self.rows.record();
        if record.len() != self.header.len() {
            let problem = Problem::FieldCount { found: record.len(), expected: self.header.len() };
            return Err(HistoryError::of_row(self.file, record.row, problem));
        }
        Ok(Some(TableRow { file: self.file, map: self.map, header: &self.header, record }))
    }
}

/// One row of such a file.
pub(super) struct TableRow<'a> {
    file: &'a str,
    map: &'a Map,
    header: &'a [String],
    pub(super) record: Record<'a>,
}

impl<'a> TableRow<'a> {
    pub(super) fn bytes(&self, source: &'a Source) -> &'a [u8] {
        match source {
            Source::Absent => &[],
            Source::Column(index) => self.record.field(*index),
            Source::Constant(text) => text,
        }
    }

    pub(super) fn error(&self, source: &Source, name: &str, problem: Problem) -> HistoryError {
        let column = match source {
            Source::Column(index) => self.header.get(*index).map_or(name, String::as_str),
            Source::Absent | Source::Constant(_) => name,
        };
        HistoryError::of_row(self.file, self.record.row, problem).in_column(column)
    }

    pub(super) fn text(&self, source: &'a Source, name: &str) -> Result<&'a str, HistoryError> {
        std::str::from_utf8(self.bytes(source)).map_err(|_| self.error(source, name, Problem::Encoding))
    }

    /// An id that has to be there, without what a spreadsheet put behind it.
    pub(super) fn id(&self, source: &'a Source, name: &str) -> Result<String, HistoryError> {
        let text = self.text(source, name)?;
        let text = self.map.strip.as_deref().and_then(|end| text.strip_suffix(end)).unwrap_or(text);
        if text.is_empty() {
            return Err(self.error(source, name, Problem::NoValue { reader: "every row".to_owned() }));
        }
        Ok(text.to_owned())
    }

    pub(super) fn number(&self, source: &'a Source, name: &str) -> Result<Option<crate::value::Amount>, HistoryError> {
        Reader { map: self.map }.number(self.bytes(source)).map_err(|problem| self.error(source, name, problem))
    }

    pub(super) fn datum(
        &self,
        attribute: &Attribute,
        source: &'a Source,
        texts: &mut Texts,
    ) -> Result<Datum, HistoryError> {
        Reader { map: self.map }
            .datum(attribute, self.bytes(source), texts)
            .map_err(|problem| self.error(source, &attribute.name, problem))
    }

    /// A date, if there is one.
    pub(super) fn day(&self, source: &'a Source, name: &str, texts: &mut Texts) -> Result<Option<Day>, HistoryError> {
        let attribute =
            Attribute { name: name.to_owned(), kind: AttributeType::Date, missing: Missing::Allowed, read_by: None };
        match self.datum(&attribute, source, texts)? {
            Datum::Date(day) => Ok(Some(day)),
            Datum::Missing | Datum::Text(_) | Datum::Number(_) | Datum::Time(_) | Datum::Flag(_) => Ok(None),
        }
    }

    /// The field for a message.
    pub(super) fn shown(&self, source: &'a Source) -> String {
        shown(self.bytes(source))
    }
}
