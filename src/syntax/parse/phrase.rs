//! What people write in words that the language does not have, and how the language says it.
//!
//! `on friend's first purchase` fails at `friend's`, but what the grammar expected there (a fact, a
//! period, an ordinal …) helps nobody: the phrase as a whole is told by its words, and answered with
//! ``write `on a friend's first purchase` ``.

use super::grammar::Text;
use super::token::{Token, TokenKind};
use crate::source::Span;
use crate::time::month_named;

/// Words that stand together, and what to write instead.
struct Phrase {
    /// The words; `#` is any number, `"` any text in quotes.
    words: &'static [&'static str],
    /// Which of them is the wrong one.
    wrong: usize,
    /// What was expected there.
    expected: &'static str,
    /// What to write.
    help: &'static str,
}

const fn phrase(words: &'static [&'static str], wrong: usize, expected: &'static str, help: &'static str) -> Phrase {
    Phrase { words, wrong, expected, help }
}

const FRIEND: &str = "write `on a friend's first purchase`, `on a friend's join` or another fact";
const BIRTHDAY: &str = "write `the birthday`";
const ACTIVITY: &str = "write `the last purchase`";
const PERIODICAL: &str = "write `per full 50 EUR` for whole blocks, `per 50 EUR` in proportion";
const LENGTH: &str = "write the length first: `30 days after earning`, `12 months after the last purchase`";
const TOMORROW: &str = "write `1 day after earning`";
const SIDES: &str = "write `give the referrer …` and `give the member …`, each a clause of its own";
const RECEIVER: &str = "say who receives before how much: `give the member 100 beans`, `give the referrer 100 beans`";
const AT_MOST: &str = "write `at most 3 times per calendar month`";
const MOMENT: &str = "a moment";
const A_VALUE: &str = "a value";
const A_SIGN: &str = "a comparison";

/// The first that fits is told, so a longer phrase stands before a shorter one that begins it.
const PHRASES: &[Phrase] = &[
    phrase(&["on", "friend's"], 1, "`a friend's`", FRIEND),
    phrase(&["on", "friends"], 1, "`a friend's`", FRIEND),
    phrase(&["on", "friend"], 1, "`a friend's`", FRIEND),
    phrase(&["on", "a", "friend"], 2, "`friend's`", FRIEND),
    phrase(&["on", "the", "friend's"], 1, "`a friend's`", FRIEND),
    phrase(&["around", "birthday"], 1, "`the birthday`", BIRTHDAY),
    phrase(&["before", "birthday"], 1, "`the birthday`", BIRTHDAY),
    phrase(&["after", "birthday"], 1, "`the birthday`", BIRTHDAY),
    phrase(&["of", "birthday"], 1, "`the birthday`", BIRTHDAY),
    phrase(&["after", "last"], 1, "`the last purchase`", ACTIVITY),
    phrase(&["since", "last"], 1, "`the last purchase`", ACTIVITY),
    phrase(&["after", "purchase"], 1, "a moment such as `the last purchase` or `earning`", LENGTH),
    phrase(&["opens", "tomorrow"], 1, MOMENT, TOMORROW),
    phrase(&["opening", "tomorrow"], 1, MOMENT, TOMORROW),
    phrase(&["expires", "tomorrow"], 1, MOMENT, TOMORROW),
    phrase(&["expiring", "tomorrow"], 1, MOMENT, TOMORROW),
    phrase(&["opens", "next", "day"], 1, MOMENT, TOMORROW),
    phrase(&["opens", "next"], 1, MOMENT, "write `opens start of next calendar month`, or `opens 1 day after earning`"),
    phrase(&["opens", "immediately"], 1, MOMENT, "write `opens at once`"),
    phrase(&["opening", "immediately"], 1, MOMENT, "write `opening at once`"),
    phrase(&["expires", "in"], 1, MOMENT, LENGTH),
    phrase(&["expires", "after"], 1, MOMENT, LENGTH),
    phrase(&["expiring", "in"], 1, MOMENT, LENGTH),
    phrase(&["expiring", "after"], 1, MOMENT, LENGTH),
    phrase(&["opens", "in"], 1, MOMENT, "write the length first: `14 days after earning`"),
    phrase(&["opens", "after"], 1, MOMENT, "write the length first: `14 days after earning`"),
    phrase(
        &["every", "month"],
        1,
        "a weekday or `year`",
        "for something each month write `at start of calendar month`",
    ),
    phrase(&["every", "week"], 1, "a weekday or `year`", "for something each week name its day: `every Monday`"),
    phrase(&["every", "day"], 1, "a weekday or `year`", "leave it out, or name hours: `during from 15:00 to 18:00`"),
    phrase(&["every", "weekend"], 1, "a weekday", "write `every Saturday, Sunday`"),
    phrase(&["per", "every"], 1, "an amount", PERIODICAL),
    phrase(&["per", "each"], 1, "an amount", PERIODICAL),
    phrase(&["for", "every"], 0, "`per`", PERIODICAL),
    phrase(&["for", "each"], 0, "`per`", PERIODICAL),
    phrase(&["give", "both"], 1, A_VALUE, SIDES),
    phrase(&["give", "the", "both"], 2, "`member` or `referrer`", SIDES),
    phrase(
        &["give", "the", "friend"],
        2,
        "`member` or `referrer`",
        "write `the member`: the friend who buys, or `the referrer`",
    ),
    phrase(&["give", "referrer"], 1, "`the referrer`", "write `give the referrer …`"),
    phrase(&["give", "member"], 1, "`the member`", "write `give the member …`"),
    phrase(&["give", "to"], 1, A_VALUE, RECEIVER),
    phrase(&["to", "the"], 0, "a clause", RECEIVER),
    phrase(&["to", "referrer"], 0, "a clause", RECEIVER),
    phrase(&["to", "member"], 0, "a clause", RECEIVER),
    phrase(&["give", "double"], 1, A_VALUE, "write `multiply \"Base\" by 2`, in place of `give`"),
    phrase(&["double", "\""], 0, "a clause of a rule", "write `multiply \"Base\" by 2`"),
    phrase(&["triple", "\""], 0, "a clause of a rule", "write `multiply \"Base\" by 3`"),
    phrase(&["#", "%"], 1, "`%` right after the number", "write `5%` without a blank"),
    phrase(&["at", "least"], 0, A_SIGN, "write `>=`"),
    phrase(&["is", "at"], 0, A_SIGN, "write `>=` for at least, `<=` for at most"),
    phrase(&["is", "more"], 0, A_SIGN, "write `>`"),
    phrase(&["is", "greater"], 0, A_SIGN, "write `>`"),
    phrase(&["is", "less"], 0, A_SIGN, "write `<`"),
    phrase(&["is", "not"], 0, A_SIGN, "write `!=`; what may be missing is asked by `not (… is known)`"),
    phrase(&["is", "\""], 0, A_SIGN, "write `=`"),
    phrase(&["is", "#"], 0, A_SIGN, "write `=`"),
    phrase(&["more", "than"], 0, A_SIGN, "write `>`"),
    phrase(&["less", "than"], 0, A_SIGN, "write `<`"),
    phrase(&["between"], 0, A_SIGN, "write both bounds: `spend >= 5 EUR and spend <= 10 EUR`"),
    phrase(&["equals"], 0, A_SIGN, "write `=`"),
    phrase(&["in", "("], 1, "`[` or the name of a list", "write the list in square brackets: `in [\"a\", \"b\"]`"),
    phrase(&["off", "spend"], 0, "`of`", "write `of`"),
    phrase(&["max"], 0, "`at most`", AT_MOST),
    phrase(&["maximum"], 0, "`at most`", AT_MOST),
    phrase(&["up", "to"], 0, "`at most`", AT_MOST),
    phrase(&["once"], 0, "`at most`", "write `at most 1 time`, or `at most 1 time per calendar month`"),
    phrase(
        &["when"],
        0,
        "a clause of a rule",
        "write `if` before a condition, `during` before a time, `on` before a fact",
    ),
    phrase(&["then"], 0, "the next clause", "take it out: clauses need no word between them"),
    phrase(&["known"], 0, "`is known`", "write `is known`"),
    phrase(&["zone", "\""], 0, "`timezone`", "write `timezone`"),
];

/// What is wrong with the words around a place: where, what was expected, what to write.
pub(super) struct Told {
    /// The wrong word.
    pub(super) span: Span,
    /// What was expected in its place.
    pub(super) expected: &'static str,
    /// What to write.
    pub(super) help: String,
}

/// The phrase that the token at a position stands in, or that ends just before it.
pub(super) fn told(text: Text<'_>, at: usize) -> Option<Told> {
    if let Some(told) = number_told(text, at) {
        return Some(told);
    }
    let found = PHRASES.iter().find_map(|phrase| {
        // One word is wrong only where the grammar stops; several may have been taken in part.
        let before = if phrase.words.len() > 1 { phrase.words.len() } else { 0 };
        let first = at.saturating_sub(before);
        let start = (first..=at).rev().find(|start| stands_at(text, phrase, *start))?;
        let wrong = text.tokens.list.get(start + phrase.wrong)?;
        Some(Told { span: wrong.span, expected: phrase.expected, help: phrase.help.to_owned() })
    });
    found.or_else(|| month_told(text, at))
}

fn stands_at(text: Text<'_>, phrase: &Phrase, start: usize) -> bool {
    phrase.words.iter().enumerate().all(|(offset, wanted)| {
        text.tokens.list.get(start + offset).is_some_and(|token| match *wanted {
            "#" => token.kind == TokenKind::Number,
            "\"" => token.kind == TokenKind::Text,
            word => token.kind != TokenKind::Text && text.source.slice(token.span).eq_ignore_ascii_case(word),
        })
    })
}

/// `March` is `Mar`.
fn month_told(text: Text<'_>, at: usize) -> Option<Told> {
    let token = text.tokens.list.get(at)?;
    let word = text.source.slice(token.span);
    let (month, last) = month_named(word).filter(|(short, _)| !short.eq_ignore_ascii_case(word) || *short == "May")?;
    let help = format!("write `every year from {month} 1 to {month} {last}`: a month by three letters, then the day");
    Some(Told { span: token.span, expected: "a month and day of every year", help })
}

/// `12,50` and `1 000` are one number elsewhere.
fn number_told(text: Text<'_>, at: usize) -> Option<Told> {
    (at.saturating_sub(3)..=at).find_map(|start| comma_told(text, start).or_else(|| blank_told(text, start)))
}

fn comma_told(text: Text<'_>, start: usize) -> Option<Told> {
    let [whole, comma, decimals] = tokens(text, start)?;
    let glued = whole.span.end == comma.span.start && comma.span.end == decimals.span.start;
    let numbers = whole.kind == TokenKind::Number && decimals.kind == TokenKind::Number;
    let written = |token: Token| text.source.slice(token.span);
    if !glued || !numbers || written(comma) != "," || written(whole).contains('.') {
        return None;
    }
    let span = whole.span.join(decimals.span);
    let help = format!("write `{}.{}`: decimals stand after a point", written(whole), written(decimals));
    Some(Told { span, expected: "a number with a decimal point", help })
}

fn blank_told(text: Text<'_>, start: usize) -> Option<Told> {
    let [thousands, hundreds] = tokens(text, start)?;
    let written = |token: Token| text.source.slice(token.span);
    let is_group = |word: &str| word.split(['.', '%']).next().is_some_and(|whole| whole.len() == 3);
    let numbers = thousands.kind == TokenKind::Number && hundreds.kind == TokenKind::Number;
    let plain = written(thousands).bytes().all(|byte| byte.is_ascii_digit()) && written(thousands).len() <= 3;
    if !numbers || !plain || !is_group(written(hundreds)) {
        return None;
    }
    let help = format!("write `{}_{}`: a number has no blanks", written(thousands), written(hundreds));
    Some(Told { span: thousands.span.join(hundreds.span), expected: "one number", help })
}

fn tokens<const N: usize>(text: Text<'_>, start: usize) -> Option<[Token; N]> {
    text.tokens.list.get(start..start + N)?.try_into().ok()
}
