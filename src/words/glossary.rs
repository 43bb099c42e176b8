//! The words that the terms use: counters, values, lists, calendars, and what is known of members and purchases.

use super::names::key;
use super::page::{Kind, Part, Table};
use super::teller::{Case, Place, Teller, clause, tabled};
use crate::syntax::ast::{AttributeDecl, Calendar, Counter, File, Item, List, MissingDecl, Window};
use crate::ty::{AttributeType, Scope};

impl Teller<'_> {
    pub(super) fn counter(self, counter: &Counter) -> Part {
        let window = counter.window.as_ref().unwrap_or(&Window::Lifetime);
        let text = say!(
            self,
            "measure-window",
            measure = self.measure(&counter.measure, Case::Subject),
            window = self.window(window)
        );
        let mut clauses = vec![clause("measure", say!(self, "label-measure"), text)];
        if let Some(filter) = &counter.filter {
            clauses.push(clause("where", say!(self, "label-where"), self.at(Place::Line).condition(filter)));
        }
        if let Some(condition) = &counter.condition {
            clauses.push(clause("if", say!(self, "label-if"), self.at(Place::Receipt).condition(condition)));
        }
        let heading = self.listed(counter.nouns.iter().map(|noun| noun.text.clone()));
        Part { kind: Kind::Counter, name: key(&counter.nouns).to_owned(), heading, clauses }
    }

    /// All parameters in one table: each value with its first day.
    pub(super) fn params(self, file: &File) -> Vec<Part> {
        let mut rows = Vec::new();
        for item in &file.items {
            let Item::Param(param) = item else { continue };
            rows.push(vec![
                param.name.text.clone(),
                self.value(&param.value.first, Case::Subject),
                say!(self, "cell-first"),
            ]);
            rows.extend(
                param.value.later.iter().map(|(value, day)| {
                    vec![param.name.text.clone(), self.value(value, Case::Subject), self.date(*day)]
                }),
            );
        }
        if rows.is_empty() {
            return Vec::new();
        }
        let head = vec![say!(self, "head-name"), say!(self, "head-value"), say!(self, "head-from")];
        let clauses = vec![tabled("params", String::new(), String::new(), Table { head, rows })];
        vec![Part { kind: Kind::Param, name: String::new(), heading: String::new(), clauses }]
    }

    pub(super) fn list(self, list: &List) -> Part {
        let name = list.name.text.clone();
        let clauses = vec![clause("list", name.clone(), self.literals(&list.values))];
        Part { kind: Kind::List, name, heading: String::new(), clauses }
    }

    pub(super) fn calendar(self, calendar: &Calendar) -> Part {
        let name = calendar.name.text.clone();
        let days = self.listed(calendar.stretches.iter().map(|dates| self.dates(*dates)));
        let days = if days.is_empty() { say!(self, "calendar-empty") } else { days };
        Part { kind: Kind::Calendar, heading: String::new(), clauses: vec![clause("days", name.clone(), days)], name }
    }

    /// What the terms look at, in one table.
    pub(super) fn data(self, file: &File) -> Vec<Part> {
        let declared = file.items.iter().filter_map(|item| if let Item::Data(data) = item { Some(data) } else { None });
        let rows: Vec<Vec<String>> =
            declared.flat_map(|data| &data.attributes).map(|attribute| self.attribute(attribute)).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let head =
            vec![say!(self, "head-name"), say!(self, "head-of"), say!(self, "head-type"), say!(self, "head-missing")];
        let clauses = vec![tabled("data", String::new(), String::new(), Table { head, rows })];
        vec![Part { kind: Kind::Data, name: String::new(), heading: String::new(), clauses }]
    }

    pub(super) fn attribute(self, attribute: &AttributeDecl) -> Vec<String> {
        let scope = match attribute.scope {
            Scope::Line => say!(self, "scope-line"),
            Scope::Receipt => say!(self, "scope-receipt"),
            Scope::Action => say!(self, "scope-action"),
            Scope::Member => say!(self, "scope-member"),
        };
        let kind = match attribute.kind {
            None => say!(self, "type-action"),
            Some(AttributeType::Text) => say!(self, "type-text"),
            Some(AttributeType::Number) => say!(self, "type-number"),
            Some(AttributeType::Money) => say!(self, "type-money"),
            Some(AttributeType::Date) => say!(self, "type-date"),
            Some(AttributeType::Time) => say!(self, "type-time"),
            Some(AttributeType::Flag) => say!(self, "type-flag"),
        };
        let missing = match (&attribute.missing, attribute.kind) {
            (Some(MissingDecl::Allowed), _) => say!(self, "missing-allowed"),
            (Some(MissingDecl::Default(literal)), _) => {
                say!(self, "missing-default", value = self.literal(&literal.kind))
            }
            (None, None) => say!(self, "cell-none"),
            (None, Some(_)) => say!(self, "missing-never"),
        };
        vec![attribute.name.text.clone(), scope, kind, missing]
    }
}
