//! Words, numbers, texts, signs and comments of a rule file, found before the grammar looks at it.
//!
//! This pass is linear and never fails. It finds what no grammar rule can say well (an unclosed text, a
//! stray sign, `20RUB`), measures how deep brackets nest, keeps the comments for the formatter, and
//! masks every word that is no keyword: `giveaway` becomes `Ziveaway` in the text that the grammar
//! reads, so that the keyword `give` cannot match its beginning. Lengths stay, so places stay.

use crate::source::Span;
use pest::unicode::{XID_CONTINUE, XID_START};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum TokenKind {
    /// `give`, `category`, `friend's`
    Word,
    /// `20`, `5%`, `2026-12-31`, `15:00`, `5th`
    Number,
    /// `"cakes"`
    Text,
    /// `{`, `>=`
    Sign,
    /// What is no part of the language.
    Bad(Bad),
}

/// Why a token is no part of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum Bad {
    /// `"cakes` up to the line end
    OpenText,
    /// A backslash in a text before anything but `"` and `\`.
    Escape,
    /// `20RUB`
    Glued,
    /// `2026-1-5`
    Date,
    /// `;`
    Sign,
}

/// A token with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
}

/// A rule file cut into tokens.
#[derive(Debug, Default)]
pub(in crate::syntax) struct Tokens {
    /// In the order of the text, without comments.
    pub list: Vec<Token>,
    /// Comments, each from its `#` to the end of its line.
    pub comments: Vec<Span>,
    /// The text that the grammar reads.
    pub masked: String,
    /// For each depth of brackets, the tokens that open it; a file with unclosed brackets only grows deeper.
    opened: BTreeMap<i64, Vec<usize>>,
    /// The depth before each token.
    depths: Vec<i64>,
}

/// Brackets and what closes them.
const BRACKETS: [(char, char); 3] = [('(', ')'), ('{', '}'), ('[', ']')];

/// Every word that the grammar writes.
static KEYWORDS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| words_of_grammar(include_str!("../../../grammar/earnest.pest")));

fn words_of_grammar(grammar: &'static str) -> BTreeSet<&'static str> {
    let rules = grammar.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    rules
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .flat_map(|literal| literal.split('/'))
        .filter(|word| word.starts_with(XID_START) && !word.contains('\\'))
        .collect()
}

/// Every word that the grammar writes.
pub(in crate::syntax) fn keywords() -> &'static BTreeSet<&'static str> {
    &KEYWORDS
}

/// Is it one word, as names are?
pub(in crate::syntax) fn is_word(text: &str) -> bool {
    text.starts_with(XID_START) && text.chars().all(XID_CONTINUE)
}

/// Is it a word of the grammar?
pub(in crate::syntax) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(word)
}

impl Tokens {
    /// Cuts a text into tokens.
    pub(in crate::syntax) fn of(text: &str) -> Self {
        let mut tokens = Self { masked: String::with_capacity(text.len()), ..Self::default() };
        let mut depth = 0;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let start = tokens.masked.len();
            let (kind, length) = scan(rest, first);
            let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = after;
            tokens.mask(piece, kind);
            let span = Span::new(offset(start), offset(start + piece.len()));
            match kind {
                Scanned::Blank => {}
                Scanned::Comment => tokens.comments.push(span),
                Scanned::Token(kind) => {
                    tokens.depths.push(depth);
                    if BRACKETS.iter().any(|(open, _)| *open == first) {
                        depth += 1;
                        tokens.opened.entry(depth).or_default().push(tokens.list.len());
                    } else if BRACKETS.iter().any(|(_, close)| *close == first) {
                        depth -= 1;
                    }
                    tokens.list.push(Token { kind, span });
                }
            }
        }
        tokens
    }

    /// The first token at or after a byte offset.
    pub(in crate::syntax) fn at(&self, offset: u32) -> usize {
        self.list.partition_point(|token| token.span.start < offset)
    }

    /// The tokens that begin within a span.
    pub(in crate::syntax) fn within(&self, span: Span) -> &[Token] {
        self.list.get(self.at(span.start)..self.at(span.end)).unwrap_or_default()
    }

    /// The first bracket from token `from` on that nests deeper than `limit`, counted from there.
    pub(in crate::syntax) fn too_deep(&self, from: usize, limit: usize) -> Option<Token> {
        let base = self.depths.get(from).copied().unwrap_or(0);
        let opened = self.opened.get(&(base + i64::try_from(limit).unwrap_or(i64::MAX) + 1))?;
        let at = opened.get(opened.partition_point(|token| *token < from)).copied()?;
        self.list.get(at).copied()
    }

    fn mask(&mut self, piece: &str, kind: Scanned) {
        match kind {
            Scanned::Token(TokenKind::Word) if piece.starts_with(|c: char| c.is_ascii()) && !is_keyword(piece) => {
                // No keyword begins with Z.
                self.masked.push('Z');
                self.masked.push_str(piece.get(1..).unwrap_or_default());
            }
            _ => self.masked.push_str(piece),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Scanned {
    Blank,
    Comment,
    Token(TokenKind),
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The kind and the length in bytes of what the text begins with.
fn scan(text: &str, first: char) -> (Scanned, usize) {
    let token = |kind, length| (Scanned::Token(kind), length);
    match first {
        ' ' | '\t' | '\r' | '\n' | '\u{FEFF}' => (Scanned::Blank, first.len_utf8()),
        '#' => (Scanned::Comment, text.find('\n').unwrap_or(text.len())),
        '"' => scan_text(text),
        '0'..='9' => {
            let (kind, length) = scan_number(text);
            token(kind, length)
        }
        _ if XID_START(first) => token(TokenKind::Word, scan_word(text)),
        '<' | '>' | '!' if text.get(1..2) == Some("=") => token(TokenKind::Sign, 2),
        '(' | ')' | '{' | '}' | '[' | ']' | ',' | '.' | '=' | '<' | '>' | '+' | '-' | '*' | '/' => {
            token(TokenKind::Sign, 1)
        }
        _ => token(TokenKind::Bad(Bad::Sign), first.len_utf8()),
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !XID_CONTINUE(c)).unwrap_or(text.len())
}

fn scan_word(text: &str) -> usize {
    let length = word_length(text);
    let possessive = text.get(length..).and_then(|rest| rest.strip_prefix('\'')).map_or(0, word_length);
    if possessive > 0 { length + 1 + possessive } else { length }
}

fn scan_text(text: &str) -> (Scanned, usize) {
    let mut escaped = false;
    let mut kind = TokenKind::Text;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return (Scanned::Token(TokenKind::Bad(Bad::OpenText)), at),
            '"' if !escaped => return (Scanned::Token(kind), at + 1),
            '\\' if !escaped => escaped = true,
            '"' | '\\' => escaped = false,
            _ if escaped => {
                kind = TokenKind::Bad(Bad::Escape);
                escaped = false;
            }
            _ => {}
        }
    }
    (Scanned::Token(TokenKind::Bad(Bad::OpenText)), text.len())
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A number with what belongs to it: decimals, `%`, the rest of a date or a time, `th`.
fn scan_number(text: &str) -> (TokenKind, usize) {
    let tail = |at: usize| text.get(at..).unwrap_or_default();
    let whole = digits(text);
    let parts = [whole, tail(whole).strip_prefix('-').map_or(0, digits)];
    if parts == [4, 1] || parts == [4, 2] {
        let [_, month] = parts;
        let after = whole + 1 + month;
        let day = tail(after).strip_prefix('-').map_or(0, digits);
        if day > 0 {
            let length = after + 1 + day;
            let rest = word_length(tail(length));
            let kind = if month == 2 && day == 2 && rest == 0 { TokenKind::Number } else { TokenKind::Bad(Bad::Date) };
            return (kind, length + rest);
        }
    }
    let mut length = whole;
    while tail(length).starts_with('_') && digits(tail(length + 1)) > 0 {
        length += 1 + digits(tail(length + 1));
    }
    let minutes = tail(length).strip_prefix(':').map_or(0, digits);
    if minutes > 0 {
        length += 1 + minutes;
    } else {
        let decimals = tail(length).strip_prefix('.').map_or(0, digits);
        length += if decimals > 0 { 1 + decimals } else { 0 };
        length += usize::from(tail(length).starts_with('%'));
    }
    let word = word_length(tail(length));
    let ordinal = length == whole && matches!(tail(length).get(..word), Some("st" | "nd" | "rd" | "th"));
    if word == 0 || ordinal { (TokenKind::Number, length + word) } else { (TokenKind::Bad(Bad::Glued), length + word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_begins_with_a_keyword_is_masked() {
        assert_eq!(Tokens::of("giveaway give Жук \"giveaway\"").masked, "Ziveaway give Жук \"giveaway\"");
    }

    #[test]
    fn numbers_take_what_belongs_to_them() {
        let text = "20_000.5% 2026-12-31 15:00 5th 3-2 1.x";
        let tokens = Tokens::of(text);
        let words: Vec<&str> =
            tokens.list.iter().filter_map(|each| text.get(each.span.start as usize..each.span.end as usize)).collect();
        assert_eq!(words, ["20_000.5%", "2026-12-31", "15:00", "5th", "3", "-", "2", "1", ".", "x"]);
        assert!(tokens.list.iter().all(|token| !matches!(token.kind, TokenKind::Bad(_))));
    }

    #[test]
    fn what_is_no_token_is_kept_with_its_reason() {
        for (text, bad) in [
            ("\"cakes\n", Bad::OpenText),
            ("\"c\\n\"", Bad::Escape),
            ("20RUB", Bad::Glued),
            ("2026-1-5", Bad::Date),
            (";", Bad::Sign),
        ] {
            assert_eq!(Tokens::of(text).list.first().map(|token| token.kind), Some(TokenKind::Bad(bad)), "{text}");
        }
    }

    #[test]
    fn depth_is_counted_from_a_token_on() {
        let tokens = Tokens::of("{ ( [ ] ) } ( ( ( ) ) )");
        assert_eq!(tokens.too_deep(0, 3), None);
        assert_eq!(tokens.too_deep(0, 2).map(|token| token.span.start), Some(4));
        assert_eq!(tokens.too_deep(6, 2).map(|token| token.span.start), Some(16));
    }
}
