//! The door to pest: the only file that names its `Rule`. It turns what pest matched into [`Node`]s,
//! whose kinds are the names of `grammar/earnest.pest`, and a failure into the furthest place that the
//! grammar reached, with everything that could have stood there.
//!
//! A node is read in order, its own words and its children mixed, as the grammar writes them:
//! `"multiply" ~ name ~ "by" ~ sum` is `parts.word("multiply")`, `parts.node("name")`, ….

use super::token::{Token, TokenKind, Tokens};
use crate::source::{Source, Span};
use pest::Parser;
use pest::error::{Error, InputLocation};
use pest::iterators::Pair;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::sync::{LazyLock, Mutex, PoisonError};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/earnest.pest"]
struct Grammar;

/// The name of each rule.
static KINDS: LazyLock<BTreeMap<Rule, String>> =
    LazyLock::new(|| Rule::all_rules().iter().map(|each| (*each, format!("{each:?}"))).collect());

fn kind_of(matched: Rule) -> &'static str {
    // pest's own `EOI` is not among the written rules.
    KINDS.get(&matched).map_or("end", String::as_str)
}

/// The file that is read: its text as written and as tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'s> {
    /// As written.
    pub source: &'s Source,
    /// As tokens.
    pub tokens: &'s Tokens,
}

/// A matched piece of the grammar.
#[derive(Debug, Clone)]
pub(super) struct Node<'s> {
    /// The name of its rule.
    pub kind: &'static str,
    /// Where, without the blanks and comments after it.
    pub span: Span,
    /// The text that it was matched in.
    pub text: Text<'s>,
    pair: Pair<'s, Rule>,
    base: u32,
}

/// Where a text stops following the grammar.
#[derive(Debug)]
pub(super) struct Failure {
    /// The furthest byte that was reached.
    pub at: u32,
    /// The words and signs that could have stood there.
    pub words: BTreeSet<String>,
    /// The kinds that could have stood there.
    pub kinds: BTreeSet<&'static str>,
}

/// Matches one declaration at the beginning of a span.
pub(super) fn declaration(text: Text<'_>, span: Span) -> Option<Node<'_>> {
    let masked = text.tokens.masked.get(span.start as usize..span.end as usize)?;
    let pair = Grammar::parse(Rule::item, masked).ok()?.next()?;
    Some(Node::new(pair, span.start, text))
}

/// Why a span is no list of declarations.
pub(super) fn failure(text: Text<'_>, span: Span) -> Option<Failure> {
    let masked = text.tokens.masked.get(span.start as usize..span.end as usize)?;
    let error = failed(masked)?;
    let failure = failure_of(&error, span.start);
    // A reserved word that is no name is refused at its end; what could stand at its beginning is asked again,
    // with a sign in its place that nothing takes.
    let InputLocation::Pos(refused) = error.location else { return Some(failure) };
    let refused = span.start.saturating_add(u32::try_from(refused).unwrap_or(0));
    let word = text.tokens.list.get(text.tokens.at(refused)).map(|token| token.span);
    let Some(word) =
        word.filter(|word| word.start == refused && word.end == failure.at && failure.kinds.contains("bare"))
    else {
        return Some(failure);
    };
    let (before, after) =
        (word.start.saturating_sub(span.start) as usize, word.end.saturating_sub(span.start) as usize);
    let stopped = format!("{}\u{1}{}", masked.get(..before)?, masked.get(after..)?);
    failed(&stopped).map(|error| failure_of(&error, span.start)).or(Some(failure))
}

fn failed(masked: &str) -> Option<Error<Rule>> {
    // pest keeps the switch for its details per process; the lock keeps messages the same under threads.
    static DETAIL: Mutex<()> = Mutex::new(());
    let guard = DETAIL.lock().unwrap_or_else(PoisonError::into_inner);
    pest::set_error_detail(true);
    let result = Grammar::parse(Rule::file, masked);
    pest::set_error_detail(false);
    drop(guard);
    result.err()
}

fn failure_of(error: &Error<Rule>, base: u32) -> Failure {
    let mut failure = Failure { at: base, words: BTreeSet::new(), kinds: BTreeSet::new() };
    let Some(attempts) = error.parse_attempts() else { return failure };
    failure.at += u32::try_from(attempts.max_position).unwrap_or(0);
    failure.words = attempts.expected_tokens().iter().map(ToString::to_string).collect();
    for stack in attempts.call_stacks() {
        failure.kinds.extend(stack.deepest.get_rule().copied().map(kind_of));
        failure.kinds.extend(stack.parent.map(kind_of));
    }
    failure
}

impl<'s> Node<'s> {
    fn new(pair: Pair<'s, Rule>, base: u32, text: Text<'s>) -> Self {
        let matched = pair.as_span();
        let place = |at: usize| base.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        let span = Span::new(place(matched.start()), place(matched.end()));
        let end = text.tokens.within(span).last().map_or(span.end, |token| token.span.end.min(span.end));
        Self { kind: kind_of(pair.as_rule()), span: Span::new(span.start, end), text, pair, base }
    }

    /// The text as written.
    pub(super) fn written(&self) -> &'s str {
        self.text.source.slice(self.span)
    }

    /// A word of which the grammar took the beginning alone: `on` of `once`.
    pub(super) fn split_word(&self) -> Option<Token> {
        let begins = self.pair.clone().into_inner().flatten();
        begins.map(|pair| Self::new(pair, self.base, self.text).span.start).find_map(|start| {
            let before = self.text.tokens.at(start).checked_sub(1)?;
            let token = *self.text.tokens.list.get(before)?;
            (token.kind == TokenKind::Word && token.span.end > start).then_some(token)
        })
    }

    /// Its own words and its children, in the order of the text.
    pub(super) fn parts(&self) -> Parts<'s> {
        let mut parts = Vec::new();
        let mut from = self.span.start;
        for pair in self.pair.clone().into_inner() {
            let node = Self::new(pair, self.base, self.text);
            self.words_between(from, node.span.start, &mut parts);
            from = node.span.end;
            parts.push(Part::Node(node));
        }
        self.words_between(from, self.span.end, &mut parts);
        Parts { text: self.text, parts: parts.into_iter().peekable() }
    }

    fn words_between(&self, start: u32, end: u32, parts: &mut Vec<Part<'s>>) {
        parts.extend(self.text.tokens.within(Span::new(start, end)).iter().map(|token| Part::Word(*token)));
    }
}

/// A word or a child of a node.
enum Part<'s> {
    Word(Token),
    Node(Node<'s>),
}

/// What is left to read of a node.
pub(super) struct Parts<'s> {
    text: Text<'s>,
    parts: Peekable<std::vec::IntoIter<Part<'s>>>,
}

impl<'s> Parts<'s> {
    /// Reads the word, if it stands next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let text = self.text;
        self.parts.next_if(|part| matches!(part, Part::Word(token) if text.source.slice(token.span) == word)).is_some()
    }

    /// Reads the words, if the first of them stands next: a place for several that stand together.
    pub(super) fn words<const N: usize>(&mut self, words: [&str; N]) -> bool {
        let mut words = words.into_iter();
        let found = words.next().is_some_and(|first| self.word(first));
        found && words.all(|word| self.word(word))
    }

    /// Reads whatever word stands next.
    pub(super) fn any_word(&mut self) -> Option<&'s str> {
        let part = self.parts.next_if(|part| matches!(part, Part::Word(_)))?;
        let Part::Word(token) = part else { return None };
        Some(self.text.source.slice(token.span))
    }

    /// Reads the child, if one of that kind stands next.
    pub(super) fn node(&mut self, kind: &str) -> Option<Node<'s>> {
        match self.parts.next_if(|part| matches!(part, Part::Node(node) if node.kind == kind))? {
            Part::Node(node) => Some(node),
            Part::Word(_) => None,
        }
    }

    /// Reads whatever child stands next.
    pub(super) fn any_node(&mut self) -> Option<Node<'s>> {
        match self.parts.next_if(|part| matches!(part, Part::Node(_)))? {
            Part::Node(node) => Some(node),
            Part::Word(_) => None,
        }
    }

    /// Is there a child next?
    pub(super) fn at_node(&mut self) -> bool {
        matches!(self.parts.peek(), Some(Part::Node(_)))
    }

    /// Reads all children, between which the word stands.
    pub(super) fn joined(&mut self, word: &str) -> Vec<Node<'s>> {
        let mut nodes = Vec::new();
        while let Some(node) = self.any_node() {
            nodes.push(node);
            self.word(word);
        }
        nodes
    }

    /// Reads children of a kind, between commas or without.
    pub(super) fn all(&mut self, kind: &str) -> Vec<Node<'s>> {
        let mut nodes = Vec::new();
        while let Some(node) = self.node(kind) {
            nodes.push(node);
            self.word(",");
        }
        nodes
    }
}
