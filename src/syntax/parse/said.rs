//! What could have stood at a place, in words of the language: `a clause of a unit or }` and not the forty
//! words that the grammar tried there.

use super::grammar::Failure;
use std::collections::BTreeSet;

/// How many words a message names before it says `…`.
const NAMED_MAX: usize = 8;

/// Words that are said by one name where all that tell them are expected.
struct Group {
    /// The words that tell it.
    telling: &'static [&'static str],
    /// All the words that it stands for.
    words: &'static [&'static str],
    /// Does it also stand for the names and numbers that are expected beside it?
    leaves: bool,
    /// What is said.
    name: &'static str,
}

const fn group(
    telling: &'static [&'static str],
    words: &'static [&'static str],
    leaves: bool,
    name: &'static str,
) -> Group {
    Group { telling, words, leaves, name }
}

/// The words that begin a declaration.
pub(super) const DECLARATIONS: &[&str] = &[
    "program", "data", "param", "list", "calendar", "counter", "unit", "tiers", "rule", "reward", "draw", "best",
    "first", "all", "scenario", "measure", "example",
];
/// The words that begin a change of a scenario.
const CHANGES: &[&str] = &[
    "set", "without", "assume", "param", "list", "calendar", "counter", "unit", "tiers", "rule", "reward", "draw",
    "best", "first", "all",
];
const RULE_CLAUSES: &[&str] = &[
    "on",
    "at",
    "where",
    "if",
    "during",
    "give",
    "take",
    "multiply",
    "add",
    "turn",
    "round",
    "returns",
    "costs",
    "gives",
    "automatically",
    "among",
    "seed",
];
const UNIT_CLAUSES: &[&str] =
    &["worth", "decimals", "round", "opens", "expires", "spend", "apart", "pooled", "price", "never"];
const PROGRAM_CLAUSES: &[&str] = &["currency", "timezone", "returns", "fiscal", "settle", "amounts", "continues"];
const TIERS_CLAUSES: &[&str] = &["keep", "opens", "restart"];
const SCOPES: &[&str] = &["line", "receipt", "action", "member"];
const KALENDARS: &[&str] = &["calendar", "fiscal", "membership", "day", "week", "month", "quarter", "year"];
const STEPS: &[&str] = &["on", "expect", "member"];
const FACTS: &[&str] = &["purchase", "return", "join", "action", "redeem", "merge", "adjust", "leave"];
const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const LENGTHS: &[&str] = &[
    "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "quarter", "quarters",
    "year", "years",
];
const WINDOWS: &[&str] = &["over", "this", "last", "lifetime", "since"];
const MOMENTS: &[&str] =
    &["Easter", "action", "earning", "end", "entering", "joining", "opening", "reaching", "start", "the"];
const PERIODS: &[&str] = &["every", "Easter", "from", "to", "the", "("];
const OPERATORS: &[&str] = &[
    "+",
    "-",
    "*",
    "/",
    ".",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "and",
    "or",
    "per",
    "of",
    "in",
    "is",
    "not",
    "before",
    "from",
    "including",
];
const VALUES: &[&str] = &["(", "-", "by", "within", "days", "sum", "largest", "count", "not", "yes", "no"];

/// From what is widest to what is narrowest.
const GROUPS: &[Group] = &[
    group(&["program", "param", "rule"], DECLARATIONS, false, "a declaration (`program`, `unit`, `tiers`, `rule`, …)"),
    group(&["set", "without", "assume"], CHANGES, false, "a change (`set`, `without`, `assume`, or a declaration)"),
    group(
        &["give", "take", "multiply"],
        RULE_CLAUSES,
        false,
        "a clause of a rule (`where`, `if`, `during`, `give`, …)",
    ),
    group(&["worth", "decimals", "apart"], UNIT_CLAUSES, false, "a clause of a unit (`worth`, `opens`, `expires`, …)"),
    group(&["currency", "timezone"], PROGRAM_CLAUSES, false, "a clause of the program (`currency`, `timezone`, …)"),
    group(&["keep", "restart"], TIERS_CLAUSES, true, "a tier or a clause of `tiers` (`keep`, `opens`, `restart`)"),
    group(&["expect", "member", "on"], STEPS, false, "a step of an example (`on`, `expect`, `member`)"),
    group(&["line", "receipt", "action"], SCOPES, false, "an attribute (`line`, `receipt`, `action` or `member`)"),
    group(&["redeem", "merge", "adjust"], FACTS, false, "a fact (`purchase`, `return`, `action`, …)"),
    group(&["every", "Easter", "("], PERIODS, true, "a stretch of time (`every Friday`, `from 2026-01-01 to …`, …)"),
    group(&["earning", "end", "entering"], MOMENTS, true, "a moment (`6 months after earning`, `end of month`, …)"),
    group(&["otherwise", "above", "from"], &["otherwise", "above", "from", "yes", "no"], true, "a row of the table"),
    group(&["Jan", "Feb"], MONTHS, false, "a month (`Jan` to `Dec`)"),
    group(&["Monday", "Tuesday"], WEEKDAYS, false, "a weekday (`Monday` to `Sunday`)"),
    group(&["minutes", "hours"], LENGTHS, false, "a length of time (`days`, `months`, …)"),
    group(&["over", "lifetime", "since"], WINDOWS, false, "a period (`over the last …`, `this …`)"),
    group(&["fiscal", "membership", "month"], KALENDARS, false, "a part of the calendar (`day`, `month`, …)"),
    group(&["+", "*", "/"], OPERATORS, false, "an operator"),
];

/// The words that begin a clause; months and weekdays are left to their own places.
pub(super) fn clause_words() -> impl Iterator<Item = &'static str> {
    [DECLARATIONS, CHANGES, RULE_CLAUSES, UNIT_CLAUSES, PROGRAM_CLAUSES, TIERS_CLAUSES, SCOPES, KALENDARS, STEPS]
        .into_iter()
        .flatten()
        .copied()
}

/// The declaration that has a clause which begins with a word: `worth` is of `unit`.
pub(super) fn home_of(word: &str) -> Option<&'static str> {
    let homes =
        [(UNIT_CLAUSES, "unit"), (PROGRAM_CLAUSES, "program"), (TIERS_CLAUSES, "tiers"), (RULE_CLAUSES, "rule")];
    let mut of = homes.into_iter().filter(|(words, _)| words.contains(&word));
    // What several have (`round`) tells nothing.
    of.next().filter(|_| of.next().is_none()).map(|(_, home)| home)
}

/// Kinds of leaves that could stand at the place.
#[expect(clippy::struct_excessive_bools, reason = "any of them may be expected beside any other")]
struct Leaves {
    name: bool,
    text: bool,
    number: bool,
    value: bool,
}

/// What the grammar tried, sorted out.
fn leaves(failure: &Failure) -> Leaves {
    let tried = |word: &str| failure.words.contains(word);
    // pest calls the beginning of a word by no name.
    let name = tried("BUILTIN_RULE");
    let number = tried("0..9");
    Leaves { name, number, text: tried("\""), value: name && number && tried("(") && tried("within") }
}

/// Could a name stand at the place?
pub(super) fn wants_name(failure: &Failure) -> bool {
    leaves(failure).name
}

/// Must a text in quotes stand at the place?
pub(super) fn wants_text(failure: &Failure) -> bool {
    let leaves = leaves(failure);
    leaves.text && !leaves.name && !leaves.number
}

/// Could a value stand at the place?
pub(super) fn wants_value(failure: &Failure) -> bool {
    leaves(failure).value
}

/// The words and signs that could have stood there, without what only pest counts.
pub(super) fn words(failure: &Failure) -> BTreeSet<&str> {
    failure.words.iter().map(String::as_str).filter(|word| is_word_or_sign(word)).collect()
}

fn is_word_or_sign(word: &str) -> bool {
    let part = ["\"", "\\", "#", "_", "%", ":", "st", "nd", "rd", "th", "\u{FEFF}", "BUILTIN_RULE"].contains(&word);
    !part && !word.contains("..") && !word.chars().all(char::is_whitespace)
}

/// What could have stood there: `a value`, `` `{` ``, `a clause of a unit or }`.
pub(super) fn expected(failure: &Failure) -> String {
    let mut words = words(failure);
    let mut leaves = leaves(failure);
    let mut said: Vec<String> = Vec::new();
    if leaves.value {
        said.push("a value".to_owned());
        words.retain(|word| !VALUES.contains(word));
    }
    for group in GROUPS {
        if group.telling.iter().all(|word| words.contains(word)) {
            said.push(group.name.to_owned());
            words.retain(|word| !group.words.contains(word));
            if group.leaves {
                leaves = Leaves { name: false, text: false, number: false, value: leaves.value };
            }
        }
    }
    if !leaves.value {
        let kinds = said_leaves(failure, &leaves);
        if leaves.text && leaves.number {
            words.retain(|word| !["yes", "no"].contains(word));
        }
        said.extend(kinds.into_iter().map(str::to_owned));
    }
    let rest = words.len();
    said.extend(words.into_iter().take(NAMED_MAX).map(|word| format!("`{word}`")));
    if rest > NAMED_MAX {
        said.push("…".to_owned());
    }
    listed(&said)
}

fn said_leaves(failure: &Failure, leaves: &Leaves) -> Vec<&'static str> {
    let mut said = Vec::new();
    if leaves.name {
        said.push("a name");
    }
    if leaves.text && leaves.number && !leaves.name {
        said.push("a text, number, date or time");
        return said;
    }
    if leaves.text && !leaves.name {
        said.push("a text in quotes");
    }
    if leaves.number {
        let kinds = [
            ("date", "a date (`2026-12-31`)"),
            ("clock", "a time (`15:00`)"),
            ("duration", "a length of time (`14 days`)"),
            ("quantity", "a number with its unit (`100 beans`)"),
            ("ordinal", "a place in a row (`first`, `5th`)"),
        ];
        let before = said.len();
        said.extend(kinds.iter().filter(|(kind, _)| failure.kinds.contains(kind)).map(|(_, name)| *name));
        if said.len() == before {
            said.push("a number");
        }
    }
    said
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
