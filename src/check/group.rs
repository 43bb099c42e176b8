//! Groups: `best of { "Base", "Birthday" at most 500 beans per receipt }`.

use super::Checker;
use super::context::{Context, Place};
use super::formula::Award;
use super::limit::Bound;
use crate::diag::Code;
use crate::plan::{self, GroupId, RuleId, UnitId};
use crate::source::Span;
use crate::syntax::ast::{self, GroupKind, GroupOption};
use std::collections::BTreeMap;

impl<'a> Checker<'a> {
    /// Checks every group and marks its rules.
    pub(super) fn check_groups(&mut self, rules: &mut [Option<plan::Rule>]) -> Vec<plan::Group> {
        let mut places: BTreeMap<RuleId, Span> = BTreeMap::new();
        let mut built = Vec::new();
        for group in self.names.groups.clone() {
            let id = GroupId::new(built.len());
            built.push(self.group(id, group, rules, &mut places));
        }
        built
    }

    fn group(
        &mut self,
        id: GroupId,
        group: &'a ast::Group,
        rules: &mut [Option<plan::Rule>],
        places: &mut BTreeMap<RuleId, Span>,
    ) -> plan::Group {
        self.reader = format!("{} of", word(group.kind));
        let mut built = plan::Group {
            kind: group.kind,
            rules: Vec::new(),
            per_line: false,
            by_worth: false,
            in_written_order: false,
            limits: Vec::new(),
        };
        for name in &group.rules {
            for rule in self.rules_named(name).unwrap_or_default() {
                if let Some(first) = places.get(&rule).copied() {
                    self.error(
                        Code::DuplicateName,
                        name.span,
                        format!("rule `{}` stands in two places of groups, expected one", name.text),
                    )
                    .label(first, "first here")
                    .help("leave it out of one of them");
                    continue;
                }
                places.insert(rule, name.span);
                built.rules.push(rule);
                if let Some(Some(found)) = rules.get_mut(rule.index()) {
                    found.group = Some(id);
                }
            }
        }
        self.group_options(group, &mut built);
        let units = self.group_units(group, &built);
        let bound = Bound { units, occurs: false, award: Award::default() };
        for limit in &group.limits {
            built.limits.extend(self.limit(&Context::new(Place::Purchase), limit, &bound));
        }
        if group.kind == GroupKind::All && group.limits.is_empty() {
            self.warning(
                Code::NoEffect,
                group.span,
                "`all of` without a limit changes nothing, since rules add up anyway",
            )
            .help("write `at most …` in it, or leave it out");
        }
        built
    }

    fn group_options(&mut self, group: &ast::Group, built: &mut plan::Group) {
        for option in &group.options {
            let (kinds, text): (&[GroupKind], _) = match option {
                GroupOption::PerLine => (&[GroupKind::Best], "per line"),
                GroupOption::ByWorth => (&[GroupKind::Best, GroupKind::All], "by worth"),
                GroupOption::InWrittenOrder => (&[GroupKind::All], "in written order"),
            };
            if !kinds.contains(&group.kind) {
                let found = word(group.kind);
                self.error(Code::NotHere, group.span, format!("`{text}` means nothing in `{found} of`"))
                    .help(format!("leave `{text}` out"));
            }
            match option {
                GroupOption::PerLine => built.per_line = true,
                GroupOption::ByWorth => built.by_worth = true,
                GroupOption::InWrittenOrder => built.in_written_order = true,
            }
        }
    }

    /// The units of the group's awards; `best of` needs one, or worth.
    fn group_units(&mut self, group: &ast::Group, built: &plan::Group) -> Vec<UnitId> {
        let mut units: Vec<UnitId> =
            built.rules.iter().filter_map(|rule| self.rule_units.get(rule.index())).flatten().copied().collect();
        units.sort();
        units.dedup();
        if group.kind == GroupKind::Best && units.len() > 1 {
            if built.by_worth {
                let _ = units.iter().try_for_each(|unit| self.worth_of(*unit, group.span));
            } else {
                let names: Vec<String> = units.iter().map(|unit| self.unit_key(*unit).to_owned()).collect();
                self.error(
                    Code::UnitMismatch,
                    group.span,
                    format!("these rules give {}, expected one unit to compare", names.join(" and ")),
                )
                .help("write `by worth` to compare what they are worth");
            }
        }
        units
    }
}

const fn word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Best => "best",
        GroupKind::First => "first",
        GroupKind::All => "all",
    }
}
