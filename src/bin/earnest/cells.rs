//! Rows of the files that other tools read: CSV, raw, or with cells that a spreadsheet would run made harmless.

use crate::failure::Failure;
use crate::files::NewFile;
use std::fmt;
use std::io::{self, Write as _};
use std::path::Path;

/// How text cells are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    /// As they are.
    Raw,
    /// With `'` before a text that begins as a formula would.
    ForSpreadsheet,
}

/// A CSV file being written.
pub(crate) struct Sheet {
    name: String,
    cells: Cells,
    out: NewFile,
    row: Vec<u8>,
    /// The first thing that went wrong: rows are written from where nothing can be returned.
    failed: Option<io::Error>,
}

impl Sheet {
    /// Begins the file with its heads.
    pub(crate) fn create(path: &Path, cells: Cells, heads: &[String]) -> Result<Self, Failure> {
        let out = NewFile::create(path)?;
        let mut sheet = Self { name: path.display().to_string(), cells, out, row: Vec::new(), failed: None };
        for head in heads {
            sheet.text(head);
        }
        sheet.end_row();
        Ok(sheet)
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) {
        let harmless = self.cells == Cells::ForSpreadsheet && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        let mark = if harmless { "'" } else { "" };
        if text.contains(['"', ',', '\n', '\r']) {
            self.field(format_args!("\"{mark}{}\"", text.replace('"', "\"\"")));
        } else {
            self.field(format_args!("{mark}{text}"));
        }
    }

    /// A number or a date: never a formula, never in need of quotes.
    pub(crate) fn plain(&mut self, value: impl fmt::Display) {
        self.field(format_args!("{value}"));
    }

    /// Nothing, or a number or a date.
    pub(crate) fn maybe(&mut self, value: Option<impl fmt::Display>) {
        match value {
            Some(value) => self.plain(value),
            None => self.field(format_args!("")),
        }
    }

    fn field(&mut self, value: fmt::Arguments<'_>) {
        // A list of bytes takes everything.
        let _ = write!(self.row, "{value},");
    }

    /// The row is whole.
    pub(crate) fn end_row(&mut self) {
        self.row.pop();
        self.row.push(b'\n');
        if self.failed.is_none() {
            self.failed = self.out.write_all(&self.row).err();
        }
        self.row.clear();
    }

    /// The file takes its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match &self.failed {
            Some(error) => Err(Failure::file("write", &self.name, error)),
            None => self.out.finish(),
        }
    }
}
