//! Which column of a file holds what: the header, the map and the program's schema brought together.
//!
//! Columns that nobody reads are named in a warning; columns that somebody needs and that are not
//! there are an error at the first row that needs them, because a file of actions has no amounts.

use super::error::{HistoryError, Problem, nearest};
use super::map::{Column, KindTest, Map};
use crate::ty::{Attribute, Kind, Missing, Schema};
use std::collections::BTreeSet;

/// The columns with a meaning of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standard {
    Member,
    At,
    Seq,
    Kind,
    Id,
    Receipt,
    Of,
    Sku,
    Quantity,
    Price,
    Amount,
    Discount,
    Points,
    Unit,
    Name,
    ReferredBy,
    Into,
}

impl Standard {
    pub(super) const ALL: [Self; 17] = [
        Self::Member,
        Self::At,
        Self::Seq,
        Self::Kind,
        Self::Id,
        Self::Receipt,
        Self::Of,
        Self::Sku,
        Self::Quantity,
        Self::Price,
        Self::Amount,
        Self::Discount,
        Self::Points,
        Self::Unit,
        Self::Name,
        Self::ReferredBy,
        Self::Into,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::At => "at",
            Self::Seq => "seq",
            Self::Kind => "kind",
            Self::Id => "id",
            Self::Receipt => "receipt",
            Self::Of => "of",
            Self::Sku => "sku",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Amount => "amount",
            Self::Discount => "discount",
            Self::Points => "points",
            Self::Unit => "unit",
            Self::Name => "name",
            Self::ReferredBy => "referred_by",
            Self::Into => "into",
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The file has no such column.
    Absent,
    /// The field at this position, from 0.
    Column(usize),
    /// The same for every row: `[constants]`.
    Constant(Vec<u8>),
}

/// A kind rule with its column found.
pub(super) struct BoundRule {
    pub(super) kind: Kind,
    pub(super) source: Source,
    pub(super) test: KindTest,
}

/// Where each value of a row comes from.
pub(super) struct Layout {
    standard: [Source; 17],
    pub(super) line: Vec<Source>,
    pub(super) receipt: Vec<Source>,
    pub(super) action: Vec<Source>,
    pub(super) kinds: Vec<BoundRule>,
    /// The names in the header; without one, the positions.
    pub(super) header: Vec<String>,
    /// Columns that the map names and this file does not have, with what they stand for.
    pub(super) unresolved: Vec<(String, String)>,
    /// Columns that nobody reads.
    pub(super) unread: Vec<String>,
}

/// What is known while the columns of one file are found.
pub(super) struct Binder<'a> {
    file: &'a str,
    header: &'a [String],
    map: &'a Map,
    columns: &'a std::collections::BTreeMap<String, Column>,
    used: BTreeSet<usize>,
    unresolved: Vec<(String, String)>,
}

impl<'a> Binder<'a> {
    pub(super) fn new(
        file: &'a str,
        header: &'a [String],
        map: &'a Map,
        columns: &'a std::collections::BTreeMap<String, Column>,
    ) -> Self {
        Self { file, header, map, columns, used: BTreeSet::new(), unresolved: Vec::new() }
    }

    /// Where the values of a standard column or an attribute come from.
    pub(super) fn source(&mut self, name: &str) -> Result<Source, HistoryError> {
        let found = match self.columns.get(name) {
            Some(column) => {
                let found = self.find(column)?;
                if let (None, Column::Named(wanted)) = (found, column) {
                    self.unresolved.push((name.to_owned(), wanted.clone()));
                }
                found
            }
            // A column that the map gives to another name is not taken by its own as well.
            None if self.columns.values().any(|column| matches!(column, Column::Named(taken) if taken == name)) => None,
            None => self.find(&Column::Named(name.to_owned()))?,
        };
        if let Some(index) = found {
            self.used.insert(index);
            return Ok(Source::Column(index));
        }
        Ok(match self.map.constants.get(name) {
            Some(text) => Source::Constant(text.clone().into_bytes()),
            None => Source::Absent,
        })
    }

    fn sources(&mut self, attributes: &[Attribute]) -> Result<Vec<Source>, HistoryError> {
        attributes.iter().map(|attribute| self.source(&attribute.name)).collect()
    }

    fn find(&self, column: &Column) -> Result<Option<usize>, HistoryError> {
        match column {
            Column::Position(position) => Ok(position.checked_sub(1).filter(|index| *index < self.header.len())),
            Column::Named(name) => {
                let mut places = self.header.iter().enumerate().filter(|(_, found)| *found == name);
                let first = places.next().map(|(index, _)| index);
                if first.is_some() && places.next().is_some() {
                    return Err(HistoryError::of_file(self.file, Problem::DoubledColumn).in_column(name));
                }
                Ok(first)
            }
        }
    }

    /// A kind rule names a column of the file, or a standard name.
    fn rule_source(&mut self, column: &Column) -> Result<Source, HistoryError> {
        if let Some(index) = self.find(column)? {
            self.used.insert(index);
            return Ok(Source::Column(index));
        }
        let Column::Named(name) = column else { return Ok(Source::Absent) };
        let source = self.source(name)?;
        if source == Source::Absent {
            self.unresolved.push(("kind".to_owned(), name.clone()));
        }
        Ok(source)
    }

    /// Columns that nobody reads.
    pub(super) fn unread(&self) -> Vec<String> {
        let names = self.header.iter().enumerate();
        names.filter(|(index, _)| !self.used.contains(index)).map(|(_, name)| name.clone()).collect()
    }
}

impl Layout {
    /// Finds the columns of a file.
    pub(super) fn bind(file: &str, header: Vec<String>, map: &Map, schema: &Schema) -> Result<Self, HistoryError> {
        let mut binder = Binder::new(file, &header, map, &map.columns);
        let mut standard = [const { Source::Absent }; 17];
        for (source, column) in standard.iter_mut().zip(Standard::ALL) {
            *source = binder.source(column.name())?;
        }
        let line = binder.sources(&schema.line)?;
        let receipt = binder.sources(&schema.receipt)?;
        let action = binder.sources(&schema.action)?;
        let mut kinds = Vec::new();
        for rule in &map.kinds {
            let source = binder.rule_source(&rule.column)?;
            kinds.push(BoundRule { kind: rule.kind, source, test: rule.test.clone() });
        }
        let unread = binder.unread();
        let unresolved = std::mem::take(&mut binder.unresolved);
        let layout = Self { standard, line, receipt, action, kinds, header, unresolved, unread };
        for needed in [Standard::Member, Standard::At] {
            if *layout.standard(needed) == Source::Absent
                && layout.unresolved.iter().all(|(name, _)| name != needed.name())
            {
                return Err(layout.missing(file, needed.name(), "every history"));
            }
        }
        Ok(layout)
    }

    /// The names that a program can want, for files without a header of their own.
    pub(super) fn wanted(map: &Map, schema: &Schema) -> Vec<String> {
        let mut names = BTreeSet::new();
        let attributes = schema.line.iter().chain(&schema.receipt).chain(&schema.action);
        for name in Standard::ALL.iter().map(|s| s.name()).chain(attributes.map(|attribute| attribute.name.as_str())) {
            match map.columns.get(name) {
                Some(Column::Named(theirs)) => names.insert(theirs.clone()),
                _ => names.insert(name.to_owned()),
            };
        }
        for rule in &map.kinds {
            if let Column::Named(name) = &rule.column {
                names.insert(name.clone());
            }
        }
        names.into_iter().collect()
    }

    /// The columns that say which fact a row is of, and when: where they repeat, so does the fact.
    pub(super) fn identity(&self) -> Vec<usize> {
        let standard = [Standard::Member, Standard::At, Standard::Kind, Standard::Id, Standard::Receipt];
        let sources = standard.into_iter().map(|standard| self.standard(standard));
        let sources = sources.chain(self.kinds.iter().map(|rule| &rule.source));
        let columns: BTreeSet<_> =
            sources.filter_map(|source| if let Source::Column(index) = source { Some(*index) } else { None }).collect();
        columns.into_iter().collect()
    }

    /// Where a standard column comes from.
    pub(super) fn standard(&self, standard: Standard) -> &Source {
        self.standard.get(standard as usize).unwrap_or(&Source::Absent)
    }

    /// The name that people know a value by: the file's, or the standard one.
    pub(super) fn column_name<'a>(&'a self, source: &Source, standard: &'a str) -> &'a str {
        match source {
            Source::Column(index) => self.header.get(*index).map_or(standard, String::as_str),
            Source::Absent | Source::Constant(_) => standard,
        }
    }

    /// The file's name of a standard column or a receipt's attribute.
    pub(super) fn shown_name<'a>(&'a self, schema: &Schema, name: &'a str) -> &'a str {
        let standard = Standard::ALL.iter().find(|standard| standard.name() == name).map(|found| self.standard(*found));
        let attribute = || schema.receipt.iter().position(|attribute| attribute.name == name);
        let source = standard.or_else(|| attribute().and_then(|slot| self.receipt.get(slot)));
        source.map_or(name, |source| self.column_name(source, name))
    }

    /// Does the file say anything about an attribute?
    pub(super) fn has(&self, schema: &Schema, name: &str) -> bool {
        let all = schema.line.iter().zip(&self.line).chain(schema.receipt.iter().zip(&self.receipt));
        all.into_iter().any(|(attribute, source)| attribute.name == name && *source != Source::Absent)
    }

    /// The error for a column that is not there.
    pub(super) fn missing(&self, file: &str, name: &str, reader: &str) -> HistoryError {
        let nearest = nearest(name, self.unread.iter().map(String::as_str));
        let problem = Problem::MissingColumn {
            reader: reader.to_owned(),
            name: name.to_owned(),
            section: "columns",
            nearest,
            columns: self.header.clone(),
        };
        HistoryError::of_file(file, problem).in_column(name)
    }

    /// Optional attributes for which the file has no column: most likely a slip, so they are told.
    pub(super) fn absent<'a>(&'a self, schema: &'a Schema) -> impl Iterator<Item = &'a str> {
        let all = schema.line.iter().zip(&self.line).chain(schema.receipt.iter().zip(&self.receipt));
        all.filter(|(attribute, source)| **source == Source::Absent && attribute.missing != Missing::Refused)
            .map(|(attribute, _)| attribute.name.as_str())
    }
}
