//! Saying what is wrong: an unknown name `catgory`, with the nearest name and what was expected there.

use super::Checker;
use crate::diag::{Code, Diagnostic, Label, Severity, nearest};
use crate::source::Span;

impl Checker<'_> {
    /// Notes an error; more can be said about it.
    pub(super) fn error(&mut self, code: Code, span: Span, message: impl Into<String>) -> Said<'_> {
        self.say(code, Severity::Error, span, message.into())
    }

    /// Notes a warning; more can be said about it.
    pub(super) fn warning(&mut self, code: Code, span: Span, message: impl Into<String>) -> Said<'_> {
        self.say(code, Severity::Warning, span, message.into())
    }

    fn say(&mut self, code: Code, severity: Severity, span: Span, message: String) -> Said<'_> {
        let at = self.diagnostics.len();
        self.diagnostics.push(Diagnostic {
            code,
            severity,
            message,
            span,
            labels: Vec::new(),
            help: None,
            shown: None,
        });
        Said(self.diagnostics.get_mut(at))
    }

    /// An unknown name, with the nearest of those that could stand there.
    pub(super) fn unknown<'w>(
        &mut self,
        word: &str,
        span: Span,
        expected: &str,
        known: impl IntoIterator<Item = &'w str>,
    ) {
        self.diagnostics.push(unknown_name(word, span, expected, known));
    }
}

/// An unknown name, with the nearest of those that could stand there.
pub(super) fn unknown_name<'w>(
    word: &str,
    span: Span,
    expected: &str,
    known: impl IntoIterator<Item = &'w str>,
) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    let message = format!("unknown name `{word}`, expected {expected}");
    let help = match (nearest(word, known.iter().copied()), known.as_slice()) {
        (Some(near), _) => Some(format!("did you mean `{near}`?")),
        (None, []) => None,
        (None, some) if some.len() <= 8 => Some(format!("known here: {}", quoted(some))),
        (None, _) => None,
    };
    Diagnostic {
        code: Code::UnknownName,
        severity: Severity::Error,
        message,
        span,
        labels: Vec::new(),
        help,
        shown: None,
    }
}

impl Checker<'_> {
    /// An unknown name, with the nearest of those that could stand there, or else with what to write.
    pub(super) fn unknown_or<'w>(
        &mut self,
        word: &str,
        span: Span,
        expected: &str,
        known: impl IntoIterator<Item = &'w str>,
        help: String,
    ) {
        let help = nearest(word, known).map_or(help, |near| format!("did you mean `{near}`?"));
        self.error(Code::UnknownName, span, format!("unknown name `{word}`, expected {expected}")).help(help);
    }
}

/// A problem just noted.
pub(super) struct Said<'d>(Option<&'d mut Diagnostic>);

impl Said<'_> {
    /// What to do.
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        if let Some(found) = &mut self.0 {
            found.help = Some(help.into());
        }
        self
    }

    /// Another place that belongs to it.
    pub(super) fn label(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        if let Some(found) = &mut self.0 {
            found.labels.push(Label { span, text: text.into() });
        }
        self
    }
}

/// Words in backticks, joined by commas.
pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Sorted by place, the same problem once.
pub(super) fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| (a.span, a.severity, a.code, &a.message).cmp(&(b.span, b.severity, b.code, &b.message)));
    diagnostics.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
    diagnostics
}
