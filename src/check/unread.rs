//! What is declared and read by nobody: a parameter that changes nothing is a mistake or a leftover.

use super::Checker;
use super::names::plural;
use crate::diag::Code;
use crate::source::Span;

impl Checker<'_> {
    pub(super) fn warn_of_unread(&mut self) {
        let mut found: Vec<(&str, String, Span)> = Vec::new();
        for param in &self.names.params {
            if !self.read.contains(&format!("param {}", param.name.text)) && !self.is_read_by_param(&param.name.text) {
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
            // A name that something is wrong with has its message.
            if self.diagnostics.iter().any(|other| other.span == span) {
                continue;
            }
            self.warning(Code::Unread, span, format!("nobody reads the {kind} `{name}`"))
                .help("use it, or leave it out");
        }
    }

    /// A parameter that a parameter names is read there.
    fn is_read_by_param(&self, name: &str) -> bool {
        self.names.params.iter().any(|param| {
            let mut read = false;
            super::walk::dated_paths(&param.value, &mut |path| {
                read |= path.names.len() == 1 && path.names.first().is_some_and(|first| first.text == name);
            });
            read
        })
    }
}
