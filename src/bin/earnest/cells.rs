//! Rows of the files that other tools read: CSV, raw, or with cells that a spreadsheet would run made harmless.

use crate::failure::Failure;
use crate::files::{self, NewFile};
use sha2::{Digest as _, Sha256};
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

/// Where a sheet goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// The file; none where its hash alone is asked for.
    pub(crate) path: Option<&'a Path>,
    /// How texts are written.
    pub(crate) cells: Cells,
    /// Is the hash of its bytes asked for?
    pub(crate) hashed: bool,
}

/// A CSV file being written.
pub(crate) struct Sheet {
    name: String,
    cells: Cells,
    /// None where only the hash of the file is asked for.
    out: Option<NewFile>,
    hash: Option<Sha256>,
    row: Vec<u8>,
    /// The first thing that went wrong: rows are written from where nothing can be returned.
    failed: Option<io::Error>,
}

impl Sheet {
    /// Begins the sheet with its heads.
    pub(crate) fn create(target: Target<'_>, heads: &[String]) -> Result<Self, Failure> {
        let mut sheet = Self {
            name: target.path.map_or(String::new(), |path| path.display().to_string()),
            cells: target.cells,
            out: target.path.map(NewFile::create).transpose()?,
            hash: target.hashed.then(Sha256::new),
            row: Vec::new(),
            failed: None,
        };
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
        if let (Some(out), None) = (&mut self.out, &self.failed) {
            self.failed = out.write_all(&self.row).err();
        }
        if let Some(hash) = &mut self.hash {
            hash.update(&self.row);
        }
        self.row.clear();
    }

    /// The file takes its place; answers its hash where that was asked for.
    pub(crate) fn finish(self) -> Result<Option<String>, Failure> {
        if let Some(error) = &self.failed {
            return Err(Failure::file("write", &self.name, error));
        }
        self.out.map_or(Ok(()), NewFile::finish)?;
        Ok(self.hash.map(files::digits))
    }
}
