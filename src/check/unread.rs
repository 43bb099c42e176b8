//! What is declared and read by nobody: a parameter that changes nothing is a mistake or a leftover.

use super::Checker;
use super::names::plural;
use crate::diag::{Code, Severity};
use crate::source::Span;
use std::collections::BTreeSet;

impl Checker<'_> {
    /// Warns of each, unless something is wrong: what is wrong may be what reads it.
    pub(super) fn warn_of_unread(&mut self) {
        if self.diagnostics.iter().any(|found| found.severity == Severity::Error) {
            return;
        }
        let mut found: Vec<(&str, String, Span)> = Vec::new();
        let by_params = self.read_by_params();
        for param in &self.names.params {
            if !self.read.contains(&format!("param {}", param.name.text)) && !by_params.contains(&param.name.text) {
                found.push(("parameter", param.name.text.clone(), param.name.span));
            }
        }
        for list in &self.names.lists {
            if !self.read.contains(&format!("list {}", list.name.text)) {
                found.push(("list", list.name.text.clone(), list.name.span));
            }
        }
        for (name, calendar) in &self.names.calendars {
            if !self.read.contains(&format!("calendar {name}")) {
                found.push(("calendar", (*name).to_owned(), calendar.name.span));
            }
        }
        for (at, counter) in self.names.counters.iter().enumerate() {
            if !self.read.contains(&format!("counter {at}"))
                && let Some(first) = counter.nouns.first()
            {
                found.push(("counter", plural(&counter.nouns).to_owned(), first.span));
            }
        }
        for ((scope, name), (slot, decl)) in &self.names.attributes {
            if self.schema.attributes(*scope).get(*slot).is_some_and(|attribute| attribute.read_by.is_none()) {
                found.push(("attribute", (*name).to_owned(), decl.name.span));
            }
        }
        for (name, (_, span)) in &self.names.actions {
            if !self.read.contains(&format!("action {name}")) {
                found.push(("action", (*name).to_owned(), *span));
            }
        }
        for (kind, name, span) in found {
            self.warning(Code::Unread, span, format!("nobody reads the {kind} `{name}`"))
                .help("use it, or leave it out");
        }
    }

    /// A parameter that a parameter names is read there.
    fn read_by_params(&self) -> BTreeSet<String> {
        let mut read = BTreeSet::new();
        for param in &self.names.params {
            super::walk::dated_paths(&param.value, &mut |path| {
                read.extend(path.names.first().filter(|_| path.names.len() == 1).map(|name| name.text.clone()));
            });
        }
        read
    }
}
