//! Lines, indentation, and the comments between them.
//!
//! Whatever gets a line of its own is announced by its place ([`Writer::line`]). Comments that stand before
//! it, or within it, come out on lines before it; one that follows it on its line stays there. In what is
//! laid out so, every comment stands outside of what it was hoisted from, so a second pass changes nothing.

use super::name::literal;
use crate::source::{Source, Span};
use crate::syntax::ast::LiteralKind;
use crate::syntax::parse::token::{Token, Tokens};

/// A text that grows line by line.
pub(super) struct Writer<'s> {
    text: String,
    indent: usize,
    written: Option<Written<'s>>,
    /// The comment that comes next.
    comment: usize,
    /// Where the last thing that was laid out ended in the source.
    end: u32,
    /// Nothing was written in this block yet.
    fresh: bool,
}

/// The file as it was written.
#[derive(Clone, Copy)]
struct Written<'s> {
    source: &'s Source,
    tokens: &'s Tokens,
}

impl<'s> Writer<'s> {
    /// Writes a tree alone.
    pub(super) fn plain() -> Self {
        Self { text: String::new(), indent: 0, written: None, comment: 0, end: 0, fresh: true }
    }

    /// Writes a tree with the comments and the blank lines of its file.
    pub(super) fn with_comments(source: &'s Source, tokens: &'s Tokens) -> Self {
        Self { written: Some(Written { source, tokens }), ..Self::plain() }
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.comments_before(u32::MAX);
        self.text
    }

    /// Adds to the line.
    pub(super) fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes one thing on a line of its own. Comments within it come out before it, but those in a block of it.
    pub(super) fn line(&mut self, span: Span, write: impl FnOnce(&mut Self)) {
        self.begin(span, self.block_start("{", span));
        write(self);
        self.end_line(span.end);
    }

    /// Begins a line for what lies at a place; comments before `hoisted` come out before it.
    pub(super) fn begin(&mut self, span: Span, hoisted: u32) {
        self.comments_before(hoisted);
        self.blank_line_before(span.start);
        self.start_line();
    }

    /// Ends the line of what ends at a place, with the comment that follows it there.
    pub(super) fn end_line(&mut self, end: u32) {
        self.end = self.end.max(end);
        self.trailing_comment(end);
        self.text.push('\n');
        self.fresh = false;
    }

    /// Opens the block whose bracket is the first `{` (or `[`) at or after a place, for what lies within `span`.
    pub(super) fn open(&mut self, bracket: &str, from: u32) {
        self.put(bracket);
        let end = self.find(bracket, from).map_or(from, |token| token.span.end);
        self.end_line(end);
        self.indent += 1;
        self.fresh = true;
    }

    /// Closes the block that ends at a place and leaves the line open.
    pub(super) fn close(&mut self, bracket: &str, end: u32) {
        let start = end.saturating_sub(1);
        self.comments_before(start);
        self.indent = self.indent.saturating_sub(1);
        self.start_line();
        self.put(bracket);
        self.end = self.end.max(end);
        self.fresh = false;
    }

    /// Makes sure that a blank line stands before what comes next.
    pub(super) fn blank_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// `200.50 EUR`: a number keeps the zeros at its end, which people write where it is money.
    pub(super) fn literal(&self, kind: &LiteralKind, span: Span) -> String {
        literal(kind, self.decimals_written(span))
    }

    /// How many decimals the number has that begins at a place.
    fn decimals_written(&self, span: Span) -> usize {
        let Some(written) = self.written else { return 0 };
        let number = written.tokens.within(span).first().map_or("", |token| written.source.slice(token.span));
        let decimals = number.split_once('.').map_or("", |(_, decimals)| decimals);
        decimals.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// How long the line is.
    pub(super) fn column(&self) -> usize {
        self.text.rsplit('\n').next().map_or(0, |line| line.chars().count())
    }

    /// Is there a comment within a place that is not written yet?
    pub(super) fn has_comment(&self, span: Span) -> bool {
        let Some(written) = self.written else { return false };
        let from = written.tokens.comments.partition_point(|comment| comment.start < span.start).max(self.comment);
        written.tokens.comments.get(from).is_some_and(|comment| comment.start < span.end)
    }

    /// Where the first such bracket at or after a place begins; without the file, just there.
    pub(super) fn bracket(&self, bracket: &str, from: u32) -> u32 {
        self.find(bracket, from).map_or(from, |token| token.span.start)
    }

    /// Where the first such bracket within a place begins, or its end.
    pub(super) fn block_start(&self, bracket: &str, span: Span) -> u32 {
        let Some(written) = self.written else { return span.end };
        let mut inside = written.tokens.within(span).iter();
        inside.find(|token| written.source.slice(token.span) == bracket).map_or(span.end, |token| token.span.start)
    }

    /// Where the bracket closes that opens first at or after a place.
    pub(super) fn closing(&self, from: u32) -> u32 {
        let Some(written) = self.written else { return from };
        let mut depth = 0_usize;
        for token in written.tokens.list.iter().skip(written.tokens.at(from)) {
            match written.source.slice(token.span) {
                "{" | "[" => depth += 1,
                "}" | "]" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return token.span.end;
                    }
                }
                _ => {}
            }
        }
        from
    }

    /// Where a clause ends whose last part the tree has no place for: so many tokens on, if the word is among them.
    pub(super) fn past(&self, word: &str, from: u32, reach: usize) -> u32 {
        let Some(written) = self.written else { return from };
        let ahead = written.tokens.list.iter().skip(written.tokens.at(from)).take(reach);
        ahead.into_iter().find(|token| written.source.slice(token.span) == word).map_or(from, |token| token.span.end)
    }

    fn find(&self, bracket: &str, from: u32) -> Option<Token> {
        let written = self.written?;
        let mut ahead = written.tokens.list.iter().skip(written.tokens.at(from));
        ahead.find(|token| written.source.slice(token.span) == bracket).copied()
    }

    fn start_line(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.indent));
    }

    /// Writes the comments that stand before a place, each on its line.
    pub(super) fn comments_before(&mut self, end: u32) {
        let Some(written) = self.written else { return };
        while let Some(comment) = written.tokens.comments.get(self.comment).filter(|comment| comment.start < end) {
            self.blank_line_before(comment.start);
            self.start_line();
            self.text.push_str(written.source.slice(*comment).trim_end());
            self.text.push('\n');
            self.end = self.end.max(comment.end);
            self.fresh = false;
            self.comment += 1;
        }
    }

    /// Keeps a blank line of the source above what begins its line there, but not at the beginning of a block.
    fn blank_line_before(&mut self, start: u32) {
        let Some(written) = self.written else { return };
        if self.fresh || self.end > start {
            return;
        }
        // What ends before it bounds the search: a long line is not read again for each of its parts.
        let between = written.source.slice(Span::new(self.end, start));
        let Some((above, _)) = between.rsplit_once('\n') else { return };
        if above.rsplit_once('\n').is_some_and(|(_, line)| line.trim().is_empty()) {
            self.blank_line();
        }
    }

    fn trailing_comment(&mut self, end: u32) {
        let Some(written) = self.written else { return };
        let Some(comment) = written.tokens.comments.get(self.comment) else { return };
        let between = Span::new(end, comment.start);
        let mut tokens = written.tokens.within(between).iter();
        if comment.start < end || !tokens.all(|token| matches!(written.source.slice(token.span), ")" | "," | "]")) {
            return;
        }
        if !written.source.slice(between).contains('\n') {
            self.text.push_str("  ");
            self.text.push_str(written.source.slice(*comment).trim_end());
            self.end = self.end.max(comment.end);
            self.comment += 1;
        }
    }
}
