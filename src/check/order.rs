//! In which order rules are worked out: each after those that it builds on, and after the whole
//! group of a rule that it builds on; ties by name. Rules that need each other are an error.

use super::Checker;
use super::constant::circle_from;
use crate::diag::Code;
use crate::plan::{Group, Rule, RuleId};
use crate::syntax::ast::GroupKind;

impl Checker<'_> {
    pub(super) fn check_order(&mut self, rules: &[Option<Rule>], groups: &[Group]) -> Vec<RuleId> {
        let needs: Vec<Vec<usize>> = rules.iter().map(|rule| self.needs(rule.as_ref(), groups)).collect();
        let mut said: Vec<usize> = Vec::new();
        for start in 0..rules.len() {
            if said.contains(&start) {
                continue;
            }
            if let Some(circle) = circle_from(start, &needs) {
                self.say_circle(&circle);
                said.extend(circle);
            }
        }
        if !said.is_empty() {
            return Vec::new();
        }
        let mut order: Vec<usize> = Vec::with_capacity(rules.len());
        while order.len() < rules.len() {
            let ready = |at: &usize| {
                !order.contains(at)
                    && needs.get(*at).is_none_or(|needs| needs.iter().all(|need| order.contains(need)))
            };
            let Some(next) = (0..rules.len()).find(ready) else { break };
            order.push(next);
        }
        order.into_iter().map(RuleId::new).collect()
    }

    fn needs(&self, rule: Option<&Rule>, groups: &[Group]) -> Vec<usize> {
        let Some(rule) = rule else { return Vec::new() };
        let mut needs = Vec::new();
        for base in self.bases_of(rule) {
            needs.push(base.index());
            for (at, group) in groups.iter().enumerate() {
                let together = rule.group.is_some_and(|own| own.index() == at);
                if group.rules.contains(&base) && !(together && group.kind == GroupKind::All) {
                    needs.extend(group.rules.iter().map(|rule| rule.index()));
                }
            }
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    fn say_circle(&mut self, circle: &[usize]) {
        let names: Vec<String> = circle
            .iter()
            .chain(circle.first())
            .filter_map(|at| self.names.rules.get(*at))
            .map(|rule| format!("`{}`", rule.name.text))
            .collect();
        let Some(first) = circle.first().and_then(|at| self.names.rules.get(*at)).map(|rule| rule.name.span) else { return };
        self.error(Code::Circle, first, format!("rules need each other: {}", names.join(" → ")))
            .help("let one of them stand alone; a rule cannot build on a group that it stands in");
    }
}
