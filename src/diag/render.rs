//! Diagnostics as people read them in a terminal: the message, the line of the file, what is meant on it,
//! and what to type instead.
//!
//! ```text
//! error[syntax]: found `expries`, expected a clause of a unit or `}`
//!   --> shop.earn:2:3
//!   |
//! 2 |   expries never
//!   |   ^^^^^^^
//!   = help: write `expires`
//! ```

use super::{Code, Diagnostic, Severity};
use crate::source::{Source, Span};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthChar;

/// How much of a long line is shown, in columns.
const WIDTH_MAX: usize = 100;
/// What a tab is shown as.
const TAB: &str = "    ";

/// Whether escape codes colour the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// Plain text.
    #[default]
    Never,
    /// ANSI escape codes.
    Always,
}

/// What a piece of the text is painted as.
#[derive(Clone, Copy)]
enum Paint {
    Error,
    Warning,
    Place,
    Title,
}

impl Color {
    fn paint(self, paint: Paint, text: &str) -> String {
        let code = match (self, paint) {
            (Self::Never, _) => return text.to_owned(),
            (Self::Always, Paint::Error) => "1;31",
            (Self::Always, Paint::Warning) => "1;33",
            (Self::Always, Paint::Place) => "1;34",
            (Self::Always, Paint::Title) => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Renders the diagnostics of a file, sorted by place, with a blank line after each.
///
/// ```
/// use earnest::{diag::{Color, render}, source::Source, syntax};
/// let source = Source::new("shop.earn", "unit bean {\n  expries never\n}\n");
/// let text = render(&source, &syntax::parse(&source).diagnostics, Color::Never);
/// assert!(text.contains("2 |   expries never\n  |   ^^^^^^^\n"), "{text}");
/// ```
pub fn render(source: &Source, diagnostics: &[Diagnostic], color: Color) -> String {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end, diagnostic.code));
    let mut text = String::new();
    for diagnostic in sorted {
        text.push_str(&render_one(source, diagnostic, color));
        text.push('\n');
    }
    text
}

/// Renders one diagnostic.
pub fn render_one(source: &Source, diagnostic: &Diagnostic, color: Color) -> String {
    let (word, paint) = match diagnostic.severity {
        Severity::Error => ("error", Paint::Error),
        Severity::Warning => ("warning", Paint::Warning),
    };
    let head = color.paint(paint, &format!("{word}[{}]", diagnostic.code));
    let mut text = format!("{head}: {}\n", color.paint(Paint::Title, &diagnostic.message));
    let marks = marks(source, diagnostic);
    let gutter = marks.iter().map(|mark| mark.line.to_string().len()).max().unwrap_or(1);
    let side = |content: &str| color.paint(Paint::Place, content);
    let place = source.place(diagnostic.span.start);
    let arrow = side(&format!("{:gutter$}-->", ""));
    let _ = writeln!(text, "{arrow} {}:{}:{}", source.name(), place.line, place.column);
    let _ = writeln!(text, "{}", side(&format!("{:gutter$} |", "")));
    let mut shown = (0, String::new());
    for mark in marks {
        // On a long line, each mark shows its own part.
        if (mark.line, &mark.text) != (shown.0, &shown.1) {
            if shown.0 != 0 && mark.line > shown.0 + 1 {
                let _ = writeln!(text, "{}", side("..."));
            }
            let _ = writeln!(text, "{} {}", side(&format!("{:>gutter$} |", mark.line)), mark.text);
            shown = (mark.line, mark.text.clone());
        }
        let paint = if mark.primary { paint } else { Paint::Place };
        let underline = color.paint(paint, &format!("{}{}", mark.sign().repeat(mark.width), mark.said()));
        let _ =
            writeln!(text, "{} {:indent$}{underline}", side(&format!("{:gutter$} |", "")), "", indent = mark.indent);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(text, "{} help: {help}", side(&format!("{:gutter$} =", "")));
    }
    for (at, line) in diagnostic.shown.iter().flat_map(|shown| shown.lines()).enumerate() {
        let lead = if at == 0 { side(&format!("{:gutter$} =", "")) } else { format!("{:gutter$}  ", "") };
        let _ = writeln!(text, "{lead} {line}");
    }
    text
}

/// A stretch of a line that is underlined.
struct Mark {
    line: u32,
    /// The line as shown.
    text: String,
    /// Columns before the underline.
    indent: usize,
    /// Columns of the underline.
    width: usize,
    primary: bool,
    label: Option<String>,
}

impl Mark {
    const fn sign(&self) -> &'static str {
        if self.primary { "^" } else { "-" }
    }

    fn said(&self) -> String {
        self.label.as_ref().map_or(String::new(), |label| format!(" {label}"))
    }
}

/// The underlines of a diagnostic, from the top of the file down.
fn marks(source: &Source, diagnostic: &Diagnostic) -> Vec<Mark> {
    let mut marks = vec![mark(source, diagnostic.span, true, None)];
    for label in &diagnostic.labels {
        marks.push(mark(source, label.span, false, Some(label.text.clone())));
    }
    marks.sort_by_key(|mark| (mark.line, !mark.primary, mark.indent));
    marks
}

fn mark(source: &Source, span: Span, primary: bool, label: Option<String>) -> Mark {
    let place = source.place(span.start);
    let line = source.line(place.line);
    let skip = usize::try_from(place.column.saturating_sub(1)).unwrap_or(0);
    let length = source.slice(span).lines().next().unwrap_or("").chars().count();
    let before: String = line.chars().take(skip).collect();
    let marked: String = line.chars().skip(skip).take(length).collect();
    let after: String = line.chars().skip(skip + length).collect();
    let (before, marked, after) = (expanded(&before), expanded(&marked), expanded(&after));
    let width = columns(&marked).clamp(1, WIDTH_MAX);
    let (before, marked, after) = cut(before, marked, after);
    let indent = columns(&before);
    Mark {
        line: place.line,
        text: format!("{before}{marked}{after}").trim_end().to_owned(),
        indent,
        width,
        primary,
        label,
    }
}

/// Cuts a long line to what stands around the marked part.
fn cut(before: String, marked: String, after: String) -> (String, String, String) {
    if columns(&before) + columns(&marked) + columns(&after) <= WIDTH_MAX {
        return (before, marked, after);
    }
    let marked = first_columns(&marked, WIDTH_MAX);
    let room = WIDTH_MAX.saturating_sub(columns(&marked));
    let before_room = if columns(&before) <= room / 2 { columns(&before) } else { room / 2 };
    let before = if columns(&before) > before_room {
        let reversed: String = before.chars().rev().collect();
        let kept: String = first_columns(&reversed, before_room).chars().rev().collect();
        format!("…{kept}")
    } else {
        before
    };
    let after_room = room.saturating_sub(before_room);
    let after = if columns(&after) > after_room { format!("{}…", first_columns(&after, after_room)) } else { after };
    (before, marked, after)
}

fn first_columns(text: &str, columns_max: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= columns_max
        })
        .collect()
}

/// Tabs as blanks; other signs that steer a terminal are not passed on.
fn expanded(text: &str) -> String {
    text.replace('\t', TAB).chars().map(|c| if c.is_control() { '�' } else { c }).collect()
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

impl std::fmt::Display for Code {
    /// The word that `docs/diagnostics.md` lists: `unknown-name`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The derived name of the variant is the word, in one piece.
        let mut word = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_uppercase() && !word.is_empty() {
                word.push('-');
            }
            word.extend(c.to_lowercase());
        }
        f.pad(&word)
    }
}
