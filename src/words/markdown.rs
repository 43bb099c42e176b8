//! A description as Markdown that also reads well in a terminal: lines of 80 columns, tables drawn straight.

use super::page::{Clause, Description, Table};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// As wide as a terminal of old.
const WIDTH: usize = 80;

impl Description {
    /// The terms as Markdown.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("# {}\n", escaped(&self.title));
        for chapter in &self.chapters {
            let _ = write!(out, "\n## {}\n", escaped(&chapter.title));
            let mut in_list = false;
            for part in &chapter.parts {
                if !part.heading.is_empty() {
                    let _ = write!(out, "\n### {}\n", escaped(&part.heading));
                    in_list = false;
                }
                in_list = clauses(&mut out, &part.clauses, in_list);
            }
        }
        out
    }
}

/// Points of a list, and tables between them; says whether a list is still open.
fn clauses(out: &mut String, clauses: &[Clause], mut in_list: bool) -> bool {
    for clause in clauses {
        let (label, text) = (escaped(&clause.label), escaped(&clause.text));
        let point = match (label.is_empty(), text.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("- {text}")),
            (false, true) => Some(format!("- **{label}**")),
            (false, false) => Some(format!("- **{label}:** {text}")),
        };
        if let Some(point) = point {
            out.push_str(if in_list { "" } else { "\n" });
            wrapped(out, &point);
            in_list = true;
        }
        if let Some(table) = &clause.table {
            out.push('\n');
            drawn(out, table);
            in_list = false;
        }
    }
    in_list
}

/// A point of a list over as many lines as it needs, the later ones set in.
pub(super) fn wrapped(out: &mut String, text: &str) {
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.width();
        // A line that began with such a sign would be another list or a heading.
        let hangs = word.chars().all(|sign| "+-*#=>".contains(sign)) || word.ends_with(['.', ')']) && digits(word);
        if column > 0 && column + 1 + width > WIDTH && !hangs {
            out.push_str("\n  ");
            column = 2;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}

fn digits(word: &str) -> bool {
    word.trim_end_matches(['.', ')']).bytes().all(|byte| byte.is_ascii_digit())
}

/// Each column as wide as its widest cell.
pub(super) fn drawn(out: &mut String, table: &Table) {
    let cells = |row: &[String]| row.iter().map(|cell| escaped(cell).replace('|', "\\|")).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = std::iter::once(&table.head).chain(&table.rows).map(|row| cells(row)).collect();
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..table.head.len()).map(|column| widest(column).unwrap_or(0).max(3)).collect();
    for (at, row) in rows.iter().enumerate() {
        out.push('|');
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(out, " {cell}{} |", " ".repeat(width.saturating_sub(cell.width())));
        }
        out.push('\n');
        if at == 0 {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
            let _ = writeln!(out, "|{}|", rules.join("|"));
        }
    }
}

/// Signs of a name that Markdown would read as its own.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '*' | '`' | '<' | '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}
