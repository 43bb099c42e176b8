//! Groups: `best of { "Base", "Birthday" at most 500 beans }`.

use super::page::{Kind, Part};
use super::teller::{Teller, clause};
use crate::syntax::ast::{Group, GroupKind, GroupOption};

impl Teller<'_> {
    pub(super) fn group(self, group: &Group) -> Part {
        let rules = self.listed(group.rules.iter().map(|rule| self.name(rule)));
        let text = match group.kind {
            GroupKind::Best => say!(self, "group-best", rules = rules.as_str()),
            GroupKind::First => say!(self, "group-first", rules = rules.as_str()),
            GroupKind::All => say!(self, "group-all", rules = rules.as_str()),
        };
        let mut clauses = vec![clause("group", String::new(), text)];
        for option in &group.options {
            let text = match option {
                GroupOption::PerLine => say!(self, "group-per-line"),
                GroupOption::ByWorth => say!(self, "group-by-worth"),
                GroupOption::InWrittenOrder => say!(self, "group-in-order"),
            };
            clauses.push(clause("option", String::new(), text));
        }
        for limit in &group.limits {
            clauses.push(clause("limit", say!(self, "label-group-limit"), self.limit(limit)));
        }
        Part { kind: Kind::Group, name: rules, heading: String::new(), clauses }
    }
}
