//! Text to tree and back: what is printed reads as the same tree, what is laid out stays as it is, and no
//! text makes the parser panic, hang or overflow.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing"
)]

use super::sources::{programs, tokens};
use earnest::diag::{Code, Color, render};
use earnest::source::Source;
use earnest::syntax::{self, NESTING_MAX, ast::File};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const FULL: &str = include_str!("syntax/full.earn");
static PROGRAMS: LazyLock<Vec<(String, String)>> = LazyLock::new(programs);

/// The tree without its places.
fn shape(file: &File) -> String {
    let text = format!("{file:#?}");
    let mut lines = text.lines();
    let mut shape = String::new();
    while let Some(line) = lines.next() {
        if line.trim_start().ends_with("Span {") {
            lines.by_ref().take(3).for_each(drop);
        } else {
            shape.push_str(line);
            shape.push('\n');
        }
    }
    shape
}

fn source(text: &str) -> Source {
    Source::new("test.earn", text)
}

fn read(text: &str) -> File {
    let parsed = syntax::parse(&source(text));
    assert_eq!(parsed.diagnostics, [], "{text}");
    parsed.file
}

/// Printing and laying out keep the tree and every comment, and a second time changes nothing.
fn check_round_trip(text: &str) {
    let file = read(text);
    let printed = syntax::print(&file);
    assert_eq!(shape(&read(&printed)), shape(&file), "{printed}");
    assert_eq!(syntax::print(&read(&printed)), printed);
    let laid_out = syntax::format(&source(text)).unwrap();
    assert_eq!(shape(&read(&laid_out)), shape(&file), "{laid_out}");
    assert_eq!(syntax::format(&source(&laid_out)).unwrap(), laid_out);
    assert_eq!(laid_out.matches('#').count(), text.matches('#').count(), "{laid_out}");
}

#[test]
fn everything_that_can_be_said_is_read_and_printed() {
    check_round_trip(FULL);
}

#[test]
fn comments_stay_where_they_stand() {
    let text = include_str!("syntax/comments.earn");
    check_round_trip(text);
    let laid_out = syntax::format(&source(text)).unwrap();
    assert_eq!(laid_out, include_str!("syntax/comments.formatted.earn"));
}

#[test]
fn a_comment_above_a_block_does_not_break_its_line() {
    for text in
        ["first # of\nof { \"Z\", \"A\" }\n", "first of # of\n{ \"Z\", \"A\" }\n", "list a # of\n= [\"x\", \"y\"]\n"]
    {
        check_round_trip(text);
    }
}

#[test]
fn every_program_of_the_repository_is_read_and_printed() {
    assert!(PROGRAMS.len() >= 5);
    for (_, text) in PROGRAMS.iter() {
        check_round_trip(text);
    }
}

#[test]
fn the_examples_stand_in_the_canonical_layout() {
    for (path, text) in PROGRAMS.iter().filter(|(path, _)| path.contains("/examples/")) {
        assert_eq!(syntax::format(&source(text)).as_ref(), Ok(text), "{path}");
    }
}

/// The first problem of a program in which one token is missing, or has changed places with the next, is told
/// within two lines of that place in nine of ten cases.
#[test]
fn the_first_error_is_told_near_the_place() {
    let (mut near, mut far) = (0, Vec::new());
    let mut check = |text: String, line: u32| {
        let source = source(&text);
        if let Some(first) = syntax::parse(&source).diagnostics.first() {
            let told = source.place(first.span.start).line;
            if told.abs_diff(line) <= 2 {
                near += 1;
            } else {
                far.push(format!("line {line}, told {told}: {}\n{}", first.message, source.line(line)));
            }
        }
    };
    for (_, text) in PROGRAMS.iter().filter(|(path, _)| path.contains("examples") || path.ends_with("full.earn")) {
        let original = source(text);
        let tokens = tokens(text);
        for (at, (start, end)) in tokens.iter().enumerate() {
            let line = original.place(u32::try_from(*start).unwrap()).line;
            check(format!("{}{}", &text[..*start], &text[*end..]), line);
            if let Some((next_start, next_end)) = tokens.get(at + 1) {
                let (this, between, next) =
                    (&text[*start..*end], &text[*end..*next_start], &text[*next_start..*next_end]);
                check(format!("{}{next}{between}{this}{}", &text[..*start], &text[*next_end..]), line);
            }
        }
    }
    let all = near + far.len();
    println!("{near} of {all} near");
    assert!(near * 10 >= all * 9, "{near} of {all}:\n{}", far.join("\n"));
}

#[test]
fn brackets_nest_as_deep_as_the_limit() {
    let nested = |depth: usize| format!("param a = {}1{}\n", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(syntax::parse(&source(&nested(NESTING_MAX))).diagnostics, []);
    let too_deep = syntax::parse(&source(&format!("{}param b = 1\n", nested(NESTING_MAX + 1))));
    assert_eq!(too_deep.diagnostics.iter().map(|each| each.code).collect::<Vec<_>>(), [Code::TooDeep]);
    assert_eq!(too_deep.file.items.len(), 1);
    for depth in [1_000, 90_000] {
        assert_eq!(syntax::parse(&source(&nested(depth))).diagnostics[0].code, Code::TooDeep);
        assert!(!syntax::parse(&source(&"param a = (\n".repeat(depth / 20))).diagnostics.is_empty());
    }
    let periods = |depth: usize| format!("rule \"A\" {{ during {}Easter{} }}\n", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(syntax::parse(&source(&periods(NESTING_MAX - 1))).diagnostics, []);
    let tables = |depth: usize| format!("param a = {}1{}\n", "by x { 1 ".repeat(depth), "}".repeat(depth));
    let printed = syntax::print(&read(&tables(NESTING_MAX)));
    assert_eq!(syntax::print(&read(&printed)), printed);
    check_round_trip(&periods(NESTING_MAX - 1));
}

/// A word that begins a declaration may stand within one; it must not hide how deep that is.
#[test]
fn depth_is_not_hidden_by_what_looks_like_a_declaration() {
    let text = format!("rule \"A\" {{ during {}", "(every\nfirst Monday or ".repeat(50_000));
    let parsed = syntax::parse(&source(&text));
    assert!(!parsed.diagnostics.is_empty());
}

#[test]
fn what_is_too_large_is_refused() {
    let sum = |terms: usize| format!("param a = 1{}\nparam b = 1\n", " + 1".repeat(terms));
    let parsed = syntax::parse(&source(&sum(99_000)));
    assert_eq!(parsed.diagnostics[0].code, Code::TooLarge);
    assert_eq!(parsed.file.items.len(), 1);
    assert_eq!(syntax::parse(&source(&sum(4_900))).diagnostics, []);
    assert_eq!(syntax::parse(&source(&sum(150_000))).diagnostics[0].code, Code::TooLarge);
    assert_eq!(syntax::parse(&source(&" ".repeat(Source::BYTES_MAX + 1))).diagnostics[0].code, Code::TooLarge);
    let name = format!("param a = \"{}\"", "x".repeat(129));
    assert_eq!(syntax::parse(&source(&name)).diagnostics[0].code, Code::TooLarge);
}

#[test]
fn time_grows_with_the_length_of_the_text() {
    let list = |entries: usize| format!("list a = [{}] # {{\n", "\"x\", ".repeat(entries));
    let rules = |count: usize| "rule \"A\" {\n  give 5% of (a + b) as c\n}\n".repeat(count);
    let broken = |count: usize| "rule \"A\" {\n  giv 5% of (a + b) as c\n}\n".repeat(count);
    let unclosed = |count: usize| "rule \"A\" {\n  give (5%\n".repeat(count);
    let stray = |count: usize| "calendar \"A\" ( {}\n".repeat(count);
    let programs: [&dyn Fn(usize) -> String; 5] =
        [&|n| list(n * 10), &rules, &|n| broken(n / 2), &|n| unclosed(n / 2), &|n| stray(n / 2)];
    for program in programs {
        let best = |text: &str| (0..3).map(|_| took(text)).min().unwrap_or_default();
        let (short, long) = (best(&program(1_000)), best(&program(8_000)));
        // Eight times the text takes eight times as long, and four times that on a busy machine; what grows
        // with the square would take sixty-four times as long.
        assert!(long < short * 32 + Duration::from_millis(200), "{short:?} {long:?}");
    }
}

fn took(text: &str) -> Duration {
    let source = source(text);
    let run = || {
        let start = worked();
        drop(syntax::format(&source));
        worked().saturating_sub(start)
    };
    (0..3).map(|_| run()).min().unwrap_or_default()
}

/// How long this thread has worked: waiting for others does not count, where the system tells.
fn worked() -> Duration {
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.as_deref().and_then(|told| told.split(' ').next()).and_then(|told| told.parse().ok());
    nanos.map_or_else(|| BEGAN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// Reading a text neither panics nor says nothing of what it gives up; its places can be shown.
fn check_reads(text: &str) {
    let source = source(text);
    let parsed = syntax::parse(&source);
    assert!(parsed.diagnostics.is_sorted_by_key(|each| each.span.start));
    assert!(parsed.diagnostics.iter().all(|each| !each.message.is_empty() && each.help.is_some()), "{parsed:?}");
    render(&source, &parsed.diagnostics, Color::Always);
    if parsed.diagnostics.is_empty() {
        check_round_trip(text);
    } else {
        assert_eq!(syntax::format(&source), Err(parsed.diagnostics));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check_reads(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_tokens_are_read(picks in proptest::collection::vec(any::<usize>(), 0..60)) {
        let words: Vec<&str> = tokens(FULL).into_iter().map(|(start, end)| &FULL[start..end]).collect();
        let mut text = String::new();
        for pick in picks {
            let gap = if pick % 7 == 0 { "\n" } else { " " };
            write!(text, "{}{gap}", words[pick / 7 % words.len()]).unwrap();
        }
        check_reads(&text);
    }

    #[test]
    fn any_changed_program_is_read(which in any::<usize>(), edits in proptest::collection::vec(any::<(usize, usize, u8)>(), 1..6)) {
        let (_, text) = &PROGRAMS[which % PROGRAMS.len()];
        check_reads(&changed(text, &edits));
    }
}

/// A program with a few tokens left out, doubled, put elsewhere or joined.
fn changed(text: &str, edits: &[(usize, usize, u8)]) -> String {
    let words: Vec<&str> = tokens(FULL).into_iter().map(|(start, end)| &FULL[start..end]).collect();
    let mut text = text.to_owned();
    for (at, other, kind) in edits {
        let tokens = tokens(&text);
        let Some((start, end)) = tokens.get(at % tokens.len().max(1)).copied() else { continue };
        let word = words[other % words.len()];
        let insert = match kind % 4 {
            0 => String::new(),
            1 => word.to_owned(),
            2 => format!("{} {word}", &text[start..end]),
            _ => format!("{} # {word}\n", &text[start..end]),
        };
        text.replace_range(start..end, &insert);
    }
    text
}
