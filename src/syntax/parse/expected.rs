//! Why a text is no declaration, in words of the language: what was found, what was expected, and what to
//! type instead.
//!
//! pest knows the furthest place that the grammar reached and what could have stood there. Here that
//! becomes ``found `expries`, expected a clause of a unit or `}` `` with the help ``write `expires` ``.

use super::grammar::{self, Failure, Text};
use super::phrase::{self, Told};
use super::said::{self, expected};
use super::token::{self, Bad, Token, TokenKind};
use super::{NESTING_MAX, problem};
use crate::diag::{self, Code, Diagnostic, Label};
use crate::source::Span;

/// The problems of a span that is no list of declarations; `from` is where the first of them fails.
pub(super) fn explain(text: Text<'_>, span: Span, from: u32) -> Vec<Diagnostic> {
    let first = text.tokens.at(from);
    if let Some(deep) = text.tokens.too_deep(first, NESTING_MAX).filter(|deep| deep.span.start < span.end) {
        let message = format!("brackets nest deeper than {NESTING_MAX} here");
        return vec![problem(Code::TooDeep, deep.span, message, "name a part of it with `param` or `counter`")];
    }
    let mut diagnostics: Vec<Diagnostic> =
        text.tokens.within(span).iter().filter_map(|token| explain_bad(text, *token)).collect();
    let diagnostic = match grammar::failure(text, span) {
        Some(failure) => explain_failure(text, span, &failure),
        None => {
            problem(Code::Syntax, Span::new(from, from), "found a text that is no declaration", "write a declaration")
        }
    };
    // A token that is no token is the cause of what fails on its line or after it.
    let earlier = |bad: &Diagnostic| {
        diagnostic.span.end <= bad.span.start
            && text.source.slice(Span::new(diagnostic.span.end, bad.span.start)).contains('\n')
    };
    if diagnostics.iter().all(earlier) {
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
        "%" => "write `5%` without a blank",
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
    if matches!(found.kind, TokenKind::Bad(_)) {
        // It is reported by itself.
        return problem(Code::Syntax, found.span, "", "");
    }
    let previous = at.checked_sub(1).and_then(|at| tokens.get(at)).filter(|token| token.span.start >= span.start);
    if let Some(told) = phrase::told(text, at).filter(|told| told.span.start >= span.start) {
        return of_phrase(text, told);
    }
    let word = text.source.slice(found.span);
    let expected = expected(failure);
    let message = if failure.at > found.span.start || expected.is_empty() {
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
    if failure.at > found.span.start {
        let help = format!("write `\"{word}\"` if it is meant as a name, or take it out");
        return problem(Code::Syntax, found.span, message, help);
    }
    let help = previous.and_then(|previous| sign_pair_help(text, *previous, *found));
    problem(Code::Syntax, found.span, message, help.unwrap_or_else(|| help_for(text, failure, *found)))
}

/// A word of the language whose beginning is another, where only that one could stand: `once`.
pub(super) fn explain_split(text: Text<'_>, token: Token) -> Diagnostic {
    if let Some(told) = phrase::told(text, text.tokens.at(token.span.start)) {
        return of_phrase(text, told);
    }
    let word = text.source.slice(token.span);
    let message = format!("found {}, which cannot stand here", shown(word));
    problem(Code::Syntax, token.span, message, format!("write `\"{word}\"` if it is meant as a name, or take it out"))
}

fn of_phrase(text: Text<'_>, told: Told) -> Diagnostic {
    let message = format!("found {}, expected {}", shown(text.source.slice(told.span)), told.expected);
    problem(Code::Syntax, told.span, message, told.help)
}

/// Two signs that other languages write as one.
fn sign_pair_help(text: Text<'_>, previous: Token, found: Token) -> Option<String> {
    if previous.span.end != found.span.start {
        return None;
    }
    let written = match text.source.slice(previous.span.join(found.span)) {
        "=>" => ">=",
        "=<" => "<=",
        "==" => "=",
        "<>" => "!=",
        _ => return None,
    };
    Some(format!("write `{written}`"))
}

/// A misspelt keyword is often taken for a name, and only the word after it does not fit.
fn misspelt(text: Text<'_>, previous: Token) -> Option<Diagnostic> {
    let word = text.source.slice(previous.span);
    if previous.kind != TokenKind::Word || token::is_keyword(word) || word.chars().count() < 3 {
        return None;
    }
    let near = nearest(word, said::clause_words()).filter(|near| diag::distance(word, near) <= 1)?;
    let message = format!("found {}, expected `{near}`", shown(word));
    Some(problem(Code::Syntax, previous.span, message, format!("write `{near}`")))
}

/// The text ends, or the next declaration begins, too early.
fn explain_end(text: Text<'_>, span: Span, failure: &Failure) -> Diagnostic {
    let inside = text.tokens.within(span);
    let last = inside.last().map_or(span, |token| token.span);
    let Some((open, close)) = unclosed(text, inside) else {
        if let Some(told) = phrase::told(text, text.tokens.at(last.start)).filter(|told| told.span.start >= span.start)
        {
            return of_phrase(text, told);
        }
        let message = format!("found the end of this declaration, expected {}", expected(failure));
        let end = Token { kind: TokenKind::Sign, span: last };
        let help = help_for(text, failure, end);
        return problem(Code::Syntax, last, message, help);
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

/// What to do about it.
fn help_for(text: Text<'_>, failure: &Failure, found: Token) -> String {
    let word = text.source.slice(found.span);
    let words: Vec<&str> = said::words(failure).into_iter().collect();
    if said::wants_value(failure) && (word == "}" || token::is_keyword(word)) {
        return "write a value before it".to_owned();
    }
    if let ([only], false) = (words.as_slice(), said::wants_name(failure)) {
        return format!("write `{only}` here");
    }
    if let Some(close) = [")", "]"].into_iter().find(|close| failure.words.contains(*close)) {
        return format!("write `{close}` where the bracket before it ends");
    }
    if found.kind == TokenKind::Word && said::wants_text(failure) {
        return format!("write `\"{word}\"`");
    }
    if word == "}" && !failure.words.contains("}") {
        return "complete what stands before it".to_owned();
    }
    if found.kind == TokenKind::Word && token::is_keyword(word) && words.is_empty() && said::wants_name(failure) {
        return format!("write `\"{word}\"` if it is meant as a name");
    }
    if failure.words.contains("{") {
        return "write `{` before it".to_owned();
    }
    if word == "at" && failure.words.contains(",") {
        return "write `,` before it".to_owned();
    }
    let home = said::home_of(word).filter(|home| found.kind == TokenKind::Word && *home != declaration_at(text, found));
    if let Some(home) = home {
        return format!("`{word}` is a clause of `{home} … {{ … }}`: write it there");
    }
    if failure.words.contains("line") && failure.words.contains("receipt") && found.kind == TokenKind::Word {
        return format!("write of what it is: `line {word} …`, `receipt {word} …`, `member {word} …`");
    }
    let expected = expected(failure);
    if expected.is_empty() {
        return "take it out".to_owned();
    }
    if expected.contains(" or ") || expected.contains('…') {
        return "write one of these, or take it out".to_owned();
    }
    format!("write {expected} here")
}

/// The keyword of the declaration that a token stands in.
fn declaration_at(text: Text<'_>, token: Token) -> &str {
    let at = text.tokens.at(token.span.start);
    let start = (0..=at).rev().find(|at| super::starts_declaration(text, *at)).unwrap_or(0);
    text.tokens.list.get(start).map_or("", |token| text.source.slice(token.span))
}

/// The word of the language that is meant. Words of two letters are all near to each other.
fn nearest<'w>(word: &str, candidates: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let words = candidates.filter(|each| *each != word && each.chars().all(char::is_alphabetic));
    let known = token::is_keyword(word);
    diag::nearest(word, words).filter(|near| word.chars().count() > 2 && (!known || diag::distance(word, near) < 2))
}
