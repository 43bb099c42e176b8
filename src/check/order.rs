//! In which order rules are worked out: each after those that it builds on, and after the whole
//! group of a rule that it builds on; ties by name. Rules that need each other are an error.

use super::Checker;
use super::graph;
use crate::diag::Code;
use crate::plan::{Act, ExprId, Formula, Group, GroupId, LimitId, Node, Prize, Role, Rule, RuleId};
use crate::syntax::ast::{self, ExprKind, GroupKind, RuleClause};
use std::collections::BTreeMap;

impl Checker<'_> {
    /// Rules that build on each other by name, before anything of them is checked.
    pub(super) fn check_circles_of_rules(&mut self) {
        let needs: Vec<Vec<usize>> = self.names.rules.iter().map(|rule| self.named_bases(rule)).collect();
        for circle in graph::sort(&needs).circles {
            self.say_circle(&circle);
            self.circular.extend(circle.into_iter().map(RuleId::new));
        }
    }

    /// The rules that a rule names as what it builds on.
    pub(super) fn named_bases(&self, rule: &ast::Rule) -> Vec<usize> {
        let mut found = Vec::new();
        for clause in &rule.clauses {
            let name = match clause {
                RuleClause::Multiply(base, ..) | RuleClause::Add(_, base, _) => Some(base.text.as_str()),
                RuleClause::Give(give) => match &give.amount.kind {
                    ExprKind::Of(_, base) => Self::single_name(base),
                    _ => None,
                },
                _ => None,
            };
            let rules = name.and_then(|name| self.names.by_rule.get(name));
            found.extend(rules.into_iter().flatten().map(|rule| rule.index()));
        }
        found
    }

    pub(super) fn check_order(&mut self, rules: &[Option<Rule>], groups: &[Group]) -> Vec<RuleId> {
        // A rule that is wrong in itself has its place in a group all the same.
        let places: BTreeMap<RuleId, usize> =
            groups.iter().enumerate().flat_map(|(at, group)| group.rules.iter().map(move |rule| (*rule, at))).collect();
        let needs: Vec<Vec<usize>> = rules.iter().map(|rule| self.needs(rule.as_ref(), &places, groups)).collect();
        for circle in graph::sort(&needs).circles {
            if circle.iter().all(|at| !self.circular.contains(&RuleId::new(*at))) {
                self.say_circle(&circle);
            }
        }
        // Rewards, draws and migrations have their own turn.
        let is_rule = |at: &usize| {
            rules.get(*at).is_some_and(|rule| rule.as_ref().is_none_or(|rule| matches!(rule.role, Role::Rule)))
        };
        graph::smallest_first(&needs).into_iter().filter(is_rule).map(RuleId::new).collect()
    }

    fn needs(&self, rule: Option<&Rule>, places: &BTreeMap<RuleId, usize>, groups: &[Group]) -> Vec<usize> {
        let Some(rule) = rule else { return Vec::new() };
        let mut needs = Vec::new();
        for base in self.bases_of(rule) {
            needs.push(base.index());
            let Some((at, found)) = places.get(&base).and_then(|at| Some((*at, groups.get(*at)?))) else { continue };
            // What is only added up and cut in sum may stand together with what it builds on.
            if rule.group.map(GroupId::index) != Some(at) || found.kind != GroupKind::All {
                needs.extend(found.rules.iter().map(|rule| rule.index()));
            }
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    fn say_circle(&mut self, circle: &[usize]) {
        let names: Vec<&str> =
            circle.iter().filter_map(|at| self.names.rules.get(*at)).map(|rule| rule.name.text.as_str()).collect();
        let way = graph::told(names.iter().copied());
        let Some(first) = circle.first().and_then(|at| self.names.rules.get(*at)).map(|rule| rule.name.span) else {
            return;
        };
        let mut grouped = self.names.groups.iter().flat_map(|group| &group.rules);
        match names.as_slice() {
            [name] if grouped.any(|rule| rule.text == *name) => {
                let message = format!("`{name}` builds on a rule that it stands in a group with");
                self.error(Code::Circle, first, message).help(format!(
                    "take `{name}` out of the group: what builds on a rule follows it anyway, and gives where that \
                     rule is taken; to choose between the two, let `{name}` give an amount of its own"
                ))
            }
            _ => self
                .error(Code::Circle, first, format!("rules need each other: {way}"))
                .help("let one of them stand alone"),
        };
    }

    /// The rules that a checked rule builds on.
    fn bases_of(&self, rule: &Rule) -> Vec<RuleId> {
        let mut found = Vec::new();
        for act in &rule.acts {
            match act {
                Act::Multiply { base, by } => {
                    found.push(*base);
                    self.given_in(*by, &mut found);
                }
                Act::Add { rate, base } => {
                    found.push(*base);
                    self.given_in(*rate, &mut found);
                }
                Act::Give(give) => {
                    if let Prize::Units(_, formula) = &give.prize {
                        self.given_in_formula(formula, &mut found);
                    }
                    give.limits.iter().for_each(|limit| self.given_in_limit(*limit, &mut found));
                }
                Act::Take(take) => take.amount.iter().for_each(|amount| self.given_in(*amount, &mut found)),
            }
        }
        rule.limits.iter().for_each(|limit| self.given_in_limit(*limit, &mut found));
        rule.conditions.iter().chain(&rule.filter).for_each(|condition| self.given_in(*condition, &mut found));
        found.sort();
        found.dedup();
        found
    }

    fn given_in_limit(&self, limit: LimitId, found: &mut Vec<RuleId>) {
        if let Some(limit) = self.limits.get(limit.index()) {
            self.given_in(limit.room, found);
        }
    }

    fn given_in_all(&self, ids: &[ExprId], found: &mut Vec<RuleId>) {
        for id in ids {
            self.given_in(*id, found);
        }
    }

    fn given_in(&self, id: ExprId, found: &mut Vec<RuleId>) {
        let Some(node) = self.nodes.get(id.index()) else { return };
        if let Node::Given(rule) = node {
            found.push(*rule);
        }
        for child in node.children() {
            self.given_in(child, found);
        }
    }

    fn given_in_formula(&self, formula: &Formula, found: &mut Vec<RuleId>) {
        match formula {
            Formula::Fixed { amount: one, .. } | Formula::Each { units: one, .. } => self.given_in(*one, found),
            Formula::Share { share, of, .. } => {
                self.given_in(*share, found);
                self.given_in(*of, found);
            }
            Formula::Block { units, size, of, .. } => {
                self.given_in_all(&[*units, *size, *of], found);
            }
            Formula::Running { units, size, .. } => self.given_in_all(&[*units, *size], found),
            Formula::OfAward { share, rule } => {
                self.given_in(*share, found);
                found.push(*rule);
            }
            Formula::ByKey { key, rows, otherwise, .. } => {
                self.given_in(*key, found);
                self.given_in_rows(rows.iter().map(|(_, row)| row), found);
                self.given_in_rows(otherwise.iter().map(AsRef::as_ref), found);
            }
            Formula::Bands { key, rows, otherwise, .. } => {
                self.given_in(*key, found);
                self.given_in_rows(rows.iter().map(|(_, row)| row), found);
                self.given_in_rows(otherwise.iter().map(AsRef::as_ref), found);
            }
            Formula::Dated(first, later) => {
                self.given_in_formula(first, found);
                self.given_in_rows(later.iter().map(|(_, row)| row), found);
            }
        }
    }

    fn given_in_rows<'f>(&self, rows: impl Iterator<Item = &'f Formula>, found: &mut Vec<RuleId>) {
        for row in rows {
            self.given_in_formula(row, found);
        }
    }
}
