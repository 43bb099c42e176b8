//! Where reading goes on after a declaration that does not follow the grammar, and what that one may have named.
//!
//! A declaration begins with its keyword at the very start of a line, or anywhere after the `}` that closes the one
//! before. So in
//!
//! ```earn
//! rule "A" { giv 5 beans }  rule "B" { give 7 cups }
//! ```
//!
//! the first is given up, and the second is read and checked.

use super::grammar::Text;
use super::said;
use super::token::{Token, TokenKind};
use crate::source::Span;

/// A declaration that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The keyword it begins with, if it is one.
    pub keyword: Option<&'static str>,
    /// The part of it that may name what others use: `unit bean, beans` of a unit, everything of a ladder.
    pub naming: Span,
}

/// What was given up from a token up to the next declaration.
pub(super) fn broken(text: Text<'_>, at: usize, next: usize) -> Broken {
    let tokens = text.tokens.list.get(at..next).unwrap_or_default();
    let slice = |token: &Token| text.source.slice(token.span);
    let keyword =
        tokens.first().and_then(|token| said::DECLARATIONS.iter().find(|word| **word == slice(token)).copied());
    let naming = match keyword {
        Some("rule" | "reward" | "draw" | "example") => tokens.get(..2).unwrap_or(tokens),
        Some("best" | "first" | "all") => tokens.get(..1).unwrap_or(tokens),
        Some("unit" | "counter" | "param" | "list" | "calendar") => {
            let head = tokens.iter().position(|token| ["{", "="].contains(&slice(token)));
            head.and_then(|head| tokens.get(..head)).unwrap_or(tokens)
        }
        _ => tokens,
    };
    let (start, end) =
        (naming.first().map_or(0, |token| token.span.start), naming.last().map_or(0, |token| token.span.end));
    Broken { keyword, naming: Span::new(start, end) }
}

/// The first token from one on that begins a declaration, else the end.
pub(super) fn next_declaration(text: Text<'_>, from: usize) -> usize {
    let mut depth = 0_usize;
    let mut closed = false;
    for (at, token) in text.tokens.list.iter().enumerate().skip(from) {
        let slice = text.source.slice(token.span);
        if starts_declaration(text, at) || (closed && said::DECLARATIONS.contains(&slice)) {
            return at;
        }
        depth = match slice {
            "{" => depth.saturating_add(1),
            "}" => depth.saturating_sub(1),
            _ => depth,
        };
        closed = slice == "}" && depth == 0;
    }
    text.tokens.list.len()
}

/// Does a declaration begin at this token: its keyword at the very start of a line, or any word there after
/// a bracket that closes a declaration at the very start of its line?
pub(super) fn starts_declaration(text: Text<'_>, at: usize) -> bool {
    let Some(token) = starts_line(text, Some(at)) else { return false };
    if said::DECLARATIONS.contains(&text.source.slice(token.span)) {
        return true;
    }
    let before = starts_line(text, at.checked_sub(1));
    token.kind == TokenKind::Word && before.is_some_and(|before| text.source.slice(before.span) == "}")
}

fn starts_line(text: Text<'_>, at: Option<usize>) -> Option<Token> {
    let token = *text.tokens.list.get(at?)?;
    let start = token.span.start as usize;
    (start == 0 || text.source.text().as_bytes().get(start.wrapping_sub(1)) == Some(&b'\n')).then_some(token)
}
