//! Why a text is no declaration, in words of the language: what was found, what was expected, and what to
//! type instead.
//!
//! pest knows the furthest place that the grammar reached and what could have stood there. Here that
//! becomes ``found `expries`, expected a clause of a unit or `}` `` with the help ``write `expires` ``.

use super::grammar::{self, Failure, Text};
use super::token::{Bad, Token, TokenKind};
use super::{NESTING_MAX, problem};
use crate::diag::{self, Code, Diagnostic, Label};
use crate::source::Span;
use std::collections::BTreeSet;

/// How many words a message names before it says `…`.
const NAMED_MAX: usize = 8;

/// Words that stand together: if all are expected, the name of the group is said.
const GROUPS: [(&[&str], &str); 8] = [
    (&["program", "param", "rule", "unit"], "a declaration (`program`, `data`, `unit`, `tiers`, `rule`, …)"),
    (&["give", "take", "multiply", "where"], "a clause of a rule (`on`, `where`, `if`, `during`, `give`, …)"),
    (&["worth", "decimals", "opens", "expires"], "a clause of a unit (`worth`, `opens`, `expires`, `round`, …)"),
    (&["currency", "timezone", "fiscal"], "a clause of the program (`currency`, `timezone`, `returns`, `fiscal year`)"),
    (&["line", "receipt", "action", "member"], "an attribute (`line`, `receipt`, `action` or `member`)"),
    (&["Jan", "Feb", "Dec"], "a month (`Jan` to `Dec`)"),
    (&["Monday", "Tuesday", "Sunday"], "a weekday (`Monday` to `Sunday`)"),
    (&["minutes", "hours", "days", "years"], "a length of time (`days`, `months`, …)"),
];

/// The words that each group stands for beyond those that tell it.
const GROUPED: [&[&str]; 8] = [
    &[
        "program", "data", "param", "list", "calendar", "counter", "unit", "tiers", "rule", "best", "first", "all",
        "example",
    ],
    &["on", "at", "where", "if", "during", "give", "take", "multiply", "add", "round", "returns"],
    &["worth", "decimals", "round", "opens", "expires", "spend", "apart", "never"],
    &["currency", "timezone", "returns", "fiscal"],
    &["line", "receipt", "action", "member"],
    &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    &[
        "minute", "hour", "day", "week", "month", "quarter", "year", "minutes", "hours", "days", "weeks", "months",
        "quarters", "years",
    ],
];

/// Kinds of the grammar that stand for a whole value, and the words that begin one.
const VALUE_KINDS: [&str; 14] = [
    "expr",
    "conjunction",
    "negation",
    "comparison",
    "value",
    "rate",
    "sum",
    "product",
    "negative",
    "primary",
    "literal",
    "counted",
    "measure",
    "table",
];
const VALUE_WORDS: [&str; 11] = ["(", "-", "by", "within", "days", "sum", "largest", "count", "not", "yes", "no"];
const OPERATOR_WORDS: [&str; 14] = ["+", "-", "*", "/", ".", "=", "!=", "<", "<=", ">", ">=", "and", "or", "per"];

/// The problems of a span that is no list of declarations; `from` is where the first of them fails.
pub(super) fn explain(text: Text<'_>, span: Span, from: u32) -> Vec<Diagnostic> {
    let first = text.tokens.at(from);
    if let Some(deep) = text.tokens.too_deep(first, NESTING_MAX).filter(|deep| deep.span.start < span.end) {
        let message = format!("brackets nest deeper than {NESTING_MAX} here");
        return vec![problem(Code::TooDeep, deep.span, message, "name a part of it with `param` or `counter`")];
    }
    let mut diagnostics: Vec<Diagnostic> =
        text.tokens.within(span).iter().filter_map(|token| explain_bad(text, *token)).collect();
    let failure = grammar::failure(text, span);
    let diagnostic = match &failure {
        Some(failure) => explain_failure(text, span, failure),
        None => {
            problem(Code::Syntax, Span::new(from, from), "found a text that is no declaration", "write a declaration")
        }
    };
    // A token that is no token is the cause of what follows it.
    let before = |bad: &Diagnostic| diagnostic.span.end <= bad.span.start && diagnostic.code == Code::Syntax;
    if diagnostics.iter().all(before) {
        diagnostics.push(diagnostic);
    }
    diagnostics
}

fn explain_bad(text: Text<'_>, token: Token) -> Option<Diagnostic> {
    let TokenKind::Bad(bad) = token.kind else { return None };
    let written = text.source.slice(token.span);
    let start = token.span.start;
    Some(match bad {
        Bad::OpenText => {
            let message = format!("found {} without its closing quote", shown(written));
            problem(Code::Syntax, Span::new(start, token.span.end), message, "write `\"` at the end of the text")
        }
        Bad::Escape => {
            let message = format!("found {} with a backslash before something else than `\"` or `\\`", shown(written));
            problem(Code::Syntax, token.span, message, "write `\\\\` for a backslash, `\\\"` for a quote")
        }
        Bad::Glued => {
            let digits = written.find(|c: char| c.is_alphabetic()).unwrap_or(written.len());
            let (number, word) = written.split_at_checked(digits).unwrap_or((written, ""));
            let message = format!("found {}, expected a number or a word", shown(written));
            problem(Code::Syntax, token.span, message, format!("write `{number} {word}`"))
        }
        Bad::Date => {
            let message = format!("found {}, expected a date", shown(written));
            problem(Code::InvalidDate, token.span, message, "write year, month and day, as in `2026-01-05`")
        }
        Bad::Sign => {
            let message = format!("found {}, which is no sign of the language", shown(written));
            problem(Code::Syntax, token.span, message, sign_help(written))
        }
    })
}

fn sign_help(written: &str) -> &'static str {
    match written {
        "“" | "”" | "«" | "»" | "'" | "‘" | "’" | "`" => "write texts in straight double quotes: `\"cakes\"`",
        "–" | "—" | "−" => "write `-`",
        "&" => "write `and`",
        "|" => "write `or`",
        "!" => "write `not`, or `!=` for different",
        "≥" => "write `>=`",
        "≤" => "write `<=`",
        "≠" => "write `!=`",
        "×" => "write `*`",
        "÷" => "write `/`",
        ";" => "take it out: clauses need no sign between them",
        "$" | "€" | "£" | "₽" => "write the currency by its letters after the number: `20 RUB`",
        _ => "take it out, or put the text in quotes",
    }
}

/// The user's text in backticks, shortened to one glance.
fn shown(written: &str) -> String {
    let mut short: String = written.chars().take(40).collect();
    if short.len() < written.len() {
        short.push('…');
    }
    format!("`{}`", short.trim_end())
}

fn explain_failure(text: Text<'_>, span: Span, failure: &Failure) -> Diagnostic {
    let tokens = &text.tokens.list;
    // The place may lie within a token (`month` of `months`) or in the blanks before it.
    let at = tokens.partition_point(|token| token.span.end <= failure.at);
    let Some(found) = tokens.get(at).filter(|token| token.span.start < span.end) else {
        return explain_end(text, span, failure);
    };
    let previous = at.checked_sub(1).and_then(|at| tokens.get(at)).filter(|token| token.span.start >= span.start);
    let word = text.source.slice(found.span);
    let glued = failure.at > found.span.start;
    let expected = expected(failure);
    let message = if glued || expected.is_empty() {
        format!("found {}, which cannot stand here", shown(word))
    } else {
        format!("found {}, expected {expected}", shown(word))
    };
    if let Some(near) =
        nearest(word, failure.words.iter().map(String::as_str)).filter(|_| found.kind == TokenKind::Word)
    {
        return problem(Code::Syntax, found.span, message, format!("write `{near}`"));
    }
    if let Some(diagnostic) = previous.and_then(|previous| misspelt(text, *previous)) {
        return diagnostic;
    }
    problem(Code::Syntax, found.span, message, help_for(failure, text, *found))
}

/// A misspelt keyword is often taken for a name, and only the word after it does not fit.
fn misspelt(text: Text<'_>, previous: Token) -> Option<Diagnostic> {
    let word = text.source.slice(previous.span);
    if previous.kind != TokenKind::Word || super::token::is_keyword(word) || word.chars().count() < 3 {
        return None;
    }
    let near =
        nearest(word, GROUPED.iter().flat_map(|group| group.iter().copied()).chain(["keep", "restart", "expect"]))?;
    let message = format!("found {}, expected `{near}`", shown(word));
    Some(problem(Code::Syntax, previous.span, message, format!("write `{near}`")))
}

/// The text ends, or the next declaration begins, too early.
fn explain_end(text: Text<'_>, span: Span, failure: &Failure) -> Diagnostic {
    let inside = text.tokens.within(span);
    let last = inside.last().map_or(span, |token| token.span);
    let Some((open, close)) = unclosed(text, inside) else {
        let message = format!("found the end of this declaration, expected {}", expected(failure));
        return problem(
            Code::Syntax,
            last,
            message,
            help_for(failure, text, Token { kind: TokenKind::Sign, span: last }),
        );
    };
    let sign = text.source.slice(open.span);
    let message = format!("found the end of this declaration, expected `{close}` for the `{sign}` before");
    let mut diagnostic = problem(Code::Syntax, last, message, format!("write `{close}`"));
    diagnostic.labels.push(Label { span: open.span, text: format!("this `{sign}` is not closed") });
    diagnostic
}

/// The innermost bracket that is not closed, and what closes it.
fn unclosed(text: Text<'_>, tokens: &[Token]) -> Option<(Token, char)> {
    let mut open = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Sign) {
        match text.source.slice(token.span) {
            "(" => open.push((*token, ')')),
            "{" => open.push((*token, '}')),
            "[" => open.push((*token, ']')),
            ")" | "}" | "]" => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// What could have stood at the place, in words of the language.
fn expected(failure: &Failure) -> String {
    let mut words: BTreeSet<&str> = failure.words.iter().map(String::as_str).filter(|word| is_said(word)).collect();
    let mut said: Vec<String> = Vec::new();
    let value = VALUE_KINDS.iter().any(|kind| failure.kinds.contains(kind)) && words.contains("(");
    if value {
        said.push("a value".to_owned());
        words.retain(|word| !VALUE_WORDS.contains(word));
    }
    let has = |kind: &str| failure.kinds.contains(kind);
    if !value {
        if has("bare") || has("name") {
            said.push("a name".to_owned());
        } else if has("text") {
            said.push("a text in quotes".to_owned());
        }
        said.extend(leaf_kinds(&failure.kinds).into_iter().map(str::to_owned));
    }
    for ((telling, name), group) in GROUPS.iter().zip(GROUPED) {
        if telling.iter().all(|word| words.contains(word)) {
            said.push((*name).to_owned());
            words.retain(|word| !group.contains(word));
        }
    }
    if ["+", "*", "/"].iter().all(|sign| words.contains(sign)) {
        words.retain(|word| !OPERATOR_WORDS.contains(word));
        said.push("an operator".to_owned());
    }
    let rest = words.len();
    said.extend(words.into_iter().take(NAMED_MAX).map(|word| format!("`{word}`")));
    if rest > NAMED_MAX {
        said.push("…".to_owned());
    }
    listed(&said)
}

/// Leaves that are expected where no whole value is.
fn leaf_kinds(kinds: &BTreeSet<&'static str>) -> Vec<&'static str> {
    let mut said = Vec::new();
    if kinds.contains("literal") {
        return vec!["a number, text, date or time"];
    }
    for (kind, name) in [
        ("date", "a date (`2026-12-31`)"),
        ("clock", "a time (`15:00`)"),
        ("duration", "a length of time (`14 days`)"),
        ("quantity", "a number with its unit (`100 beans`)"),
        ("ordinal", "a number in a row (`first`, `5th`)"),
    ] {
        if kinds.contains(kind) {
            said.push(name);
        }
    }
    if kinds.contains("number") && said.is_empty() {
        said.push("a number");
    }
    said
}

/// Blanks, quotes, digits and letters that only pest counts are not said.
fn is_said(word: &str) -> bool {
    !word.is_empty()
        && word != "BUILTIN_RULE"
        && !word.contains("..")
        && !["\"", "\\", "#", "_", "%", ":", "s", "st", "nd", "rd", "th", "\u{FEFF}"].contains(&word)
        && !word.chars().all(char::is_whitespace)
}

/// `a`, `a or b`, `a, b or c`
fn listed(said: &[String]) -> String {
    match said {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if last == "…" => format!("{} …", first.join(", ")),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn help_for(failure: &Failure, text: Text<'_>, found: Token) -> String {
    let said: Vec<&String> = failure.words.iter().filter(|word| is_said(word)).collect();
    let word = text.source.slice(found.span);
    if let [only] = said.as_slice() {
        return format!("write `{only}` here");
    }
    if word == "}" && !failure.words.contains("}") {
        return "complete what stands before it".to_owned();
    }
    if found.kind == TokenKind::Word && super::token::is_keyword(word) && failure.kinds.contains("bare") {
        return format!("write `\"{word}\"` if it is meant as a name");
    }
    if failure.words.contains("{") {
        return "write `{`".to_owned();
    }
    "write one of these, or take it out".to_owned()
}

/// The word of the language that is meant.
fn nearest<'w>(word: &str, candidates: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    diag::nearest(word, candidates.filter(|each| *each != word && each.chars().all(char::is_alphabetic)))
}
