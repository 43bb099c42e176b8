//! Text to tree: [`parse`] reads a rule file and finds every problem of its form in one go.
//!
//! Declarations are matched one after another. Where one does not follow the grammar, the text up to the
//! next declaration is given up (`recover`), with one message for its own best place; the declarations
//! around it are kept. So in
//!
//! ```earn
//! unit bean { expries never }
//! rule "Base" { give 1 bean per 20 RUB }
//! ```
//!
//! the first is reported (`expries`, write `expires`) and the second is in the tree.

mod example;
mod expected;
mod expr;
mod grammar;
mod item;
pub(in crate::syntax) mod leaf;
mod period;
mod phrase;
mod recover;
mod reward;
mod rule;
mod said;
mod scenario;
pub(in crate::syntax) mod token;

use crate::diag::{Code, Diagnostic, Severity};
use crate::source::{Source, Span};
use crate::syntax::ast::{File, Item};
use grammar::{Node, Text};
pub use recover::Broken;
use recover::{broken, next_declaration, starts_declaration};
use token::{Token, TokenKind, Tokens};

/// How deep brackets may nest: far deeper than people read, and shallow enough for every stack.
pub const NESTING_MAX: usize = 64;
/// The largest declaration, in words, numbers and signs but commas; lists, calendars and examples are data
/// and only bound by the file.
pub const NODES_PER_RULE_MAX: usize = 10_000;
/// The largest program, in words, numbers and signs but commas.
pub const NODES_PER_PROGRAM_MAX: usize = 200_000;

/// What was read of a rule file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The declarations that follow the grammar.
    pub file: File,
    /// Every problem, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The declarations that were given up, so that nobody is blamed for using what they name.
    pub broken: Vec<Broken>,
}

/// Reads a rule file.
///
/// ```
/// use earnest::{source::Source, syntax};
/// let parsed = syntax::parse(&Source::new("shop.earn", "unit bean { expires never }"));
/// assert_eq!(parsed.file.items.len(), 1);
/// assert!(parsed.diagnostics.is_empty());
/// ```
pub fn parse(source: &Source) -> Parsed {
    if source.text().len() > Source::BYTES_MAX {
        let message = format!("this file has {} bytes, at most {} are read", source.text().len(), Source::BYTES_MAX);
        let help = "split the programme, or move data out of it";
        let diagnostic = problem(Code::TooLarge, Span::default(), message, help);
        return Parsed { diagnostics: vec![diagnostic], ..Parsed::default() };
    }
    parse_tokens(source, &Tokens::of(source.text()))
}

/// Reads a rule file that is already cut into tokens.
pub(in crate::syntax) fn parse_tokens(source: &Source, tokens: &Tokens) -> Parsed {
    let text = Text { source, tokens };
    let mut parsed = Parsed::default();
    if let Some(diagnostic) = program_too_large(text) {
        parsed.diagnostics.push(diagnostic);
        return parsed;
    }
    let mut builder = Builder { diagnostics: Vec::new() };
    let mut chunk = 0;
    let mut at = 0;
    while let Some(token) = tokens.list.get(at) {
        if starts_declaration(text, at) {
            chunk = at;
        }
        if let Some(node) = declaration(text, at) {
            let end = tokens.at(node.span.end);
            match builder.build(&node) {
                Some(item) => parsed.file.items.push(item),
                None => parsed.broken.push(broken(text, at, end)),
            }
            at = end;
            continue;
        }
        let next = next_declaration(text, at + 1);
        let end = tokens.list.get(next).map_or(source.text().len(), |token| token.span.start as usize);
        let span = Span::new(tokens.list.get(chunk).map_or(token.span.start, |token| token.span.start), offset(end));
        builder.diagnostics.extend(expected::explain(text, span, token.span.start));
        parsed.broken.push(broken(text, at, next));
        at = next;
    }
    parsed.diagnostics = builder.diagnostics;
    parsed.diagnostics.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
    parsed
}

/// The declaration that begins at a token, unless it nests too deep.
fn declaration(text: Text<'_>, at: usize) -> Option<Node<'_>> {
    let start = text.tokens.list.get(at)?.span.start;
    let end = match text.tokens.too_deep(at, NESTING_MAX) {
        Some(deep) => deep.span.start,
        None => offset(text.source.text().len()),
    };
    let node = grammar::declaration(text, Span::new(start, end))?;
    // What is no token (`20RUB`) may have been taken in part.
    let whole = |token: &Token| !matches!(token.kind, TokenKind::Bad(_)) && token.span.end <= node.span.end;
    text.tokens.within(node.span).iter().all(whole).then_some(node)
}

fn program_too_large(text: Text<'_>) -> Option<Diagnostic> {
    let nodes = count_nodes(text, Span::new(0, offset(text.source.text().len())));
    if nodes <= NODES_PER_PROGRAM_MAX {
        return None;
    }
    let message =
        format!("this program has {nodes} words, numbers and signs, at most {NODES_PER_PROGRAM_MAX} are read");
    Some(problem(Code::TooLarge, Span::default(), message, "split the programme, or move data out of it"))
}

fn count_nodes(text: Text<'_>, span: Span) -> usize {
    text.tokens.within(span).iter().filter(|token| text.source.slice(token.span) != ",").count()
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Turns matched nodes into the tree and gathers the problems of their values.
struct Builder {
    diagnostics: Vec<Diagnostic>,
}

impl Builder {
    fn build(&mut self, node: &Node<'_>) -> Option<Item> {
        let bounded = !matches!(node.kind, "list" | "calendar" | "example" | "data" | "scenario");
        let nodes = if bounded { count_nodes(node.text, node.span) } else { 0 };
        if nodes > NODES_PER_RULE_MAX {
            let message =
                format!("this declaration has {nodes} words, numbers and signs, at most {NODES_PER_RULE_MAX} are read");
            let span = node.text.tokens.within(node.span).first().map_or(node.span, |token| token.span);
            self.report(problem(Code::TooLarge, span, message, "split it into several"));
            return None;
        }
        let item = self.item(node);
        if let (None, Some(token)) = (&item, node.split_word()) {
            self.report(expected::explain_split(node.text, token));
        } else if item.is_none() {
            let message = "this declaration follows the grammar but was not understood: a bug in earnest".to_owned();
            self.report(problem(Code::Syntax, node.span, message, "report it with this declaration"));
        }
        item
    }
}

/// An error with its place and what to do.
fn problem(code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message: message.into(),
        span,
        labels: Vec::new(),
        help: Some(help.into()),
        shown: None,
    }
}
