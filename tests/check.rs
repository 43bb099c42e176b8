//! What the checker promises, held over every program of this repository: a plan names nothing that does not
//! exist, and the order of declarations changes neither what is said nor the version.
#![allow(
    clippy::needless_for_each,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use super::sources;
use earnest::plan::{Act, ExprId, Formula, LimitId, Node, Plan, Prize, RuleId};
use earnest::source::Source;
use proptest::prelude::*;

/// Follows every id of a plan; an id that leads nowhere, or forward, fails.
struct Walk<'p>(&'p Plan);

impl Walk<'_> {
    fn plan(&self) {
        for at in 0..self.0.nodes.len() {
            self.node(ExprId::new(at));
        }
        assert_eq!(self.0.nodes.len(), self.0.spans.len());
        for counter in &self.0.counters {
            counter.filter.iter().chain(&counter.condition).for_each(|id| self.expr(*id));
        }
        for ladder in &self.0.ladders {
            for tier in &ladder.tiers {
                assert_eq!(tier.values.len(), ladder.value_names.len(), "{} has a value for each name", tier.name);
                tier.reach.iter().chain(&tier.needs).for_each(|id| self.expr(*id));
                tier.values.iter().flatten().for_each(|id| self.expr(*id));
            }
            ladder.counters.iter().for_each(|id| assert!(id.index() < self.0.counters.len()));
        }
        for limit in &self.0.limits {
            self.expr(limit.room);
        }
        for rule in &self.0.rules {
            rule.filter.iter().chain(&rule.conditions).for_each(|id| self.expr(*id));
            rule.during.iter().for_each(|id| assert!(id.index() < self.0.periods.len()));
            rule.limits.iter().for_each(|id| self.limit(*id));
            rule.group.iter().for_each(|id| assert!(id.index() < self.0.groups.len()));
            rule.acts.iter().for_each(|act| self.act(act));
        }
        let mut order: Vec<usize> = self.0.order.iter().map(|rule| rule.index()).collect();
        order.sort_unstable();
        // Rewards, draws and migrations have their own turn.
        let is_rule =
            |at: &usize| self.0.rules.get(*at).is_some_and(|rule| matches!(rule.role, earnest::plan::Role::Rule));
        let rules: Vec<usize> = (0..self.0.rules.len()).filter(is_rule).collect();
        assert_eq!(order, rules, "each rule has one turn");
    }

    fn expr(&self, id: ExprId) {
        assert!(id.index() < self.0.nodes.len());
    }

    fn rule(&self, id: RuleId) {
        assert!(id.index() < self.0.rules.len());
    }

    fn limit(&self, id: LimitId) {
        assert!(id.index() < self.0.limits.len());
    }

    fn node(&self, id: ExprId) {
        let before = |child: &ExprId| assert!(child < &id, "an expression stands after its parts");
        match self.0.node(id) {
            Node::Dated(first, later) => {
                before(first);
                later.iter().for_each(|(_, value)| before(value));
            }
            Node::Or(list) | Node::And(list) => list.iter().for_each(before),
            Node::Not(one) | Node::In(one, _) | Node::IsKnown(one) => before(one),
            Node::Compare(_, left, right) | Node::Default(left, right) => [left, right].into_iter().for_each(before),
            Node::Sum(list) => list.iter().for_each(|(part, _)| before(part)),
            Node::Product(list) => list.iter().for_each(|(_, part)| before(part)),
            Node::Counter(counter, _) => assert!(counter.index() < self.0.counters.len()),
            Node::Balance(unit, _) => assert!(unit.index() < self.0.units.len()),
            Node::Tier(ladder) => assert!(ladder.index() < self.0.ladders.len()),
            Node::TierValue(ladder, value) => assert!(*value < self.0.ladder(*ladder).value_names.len()),
            Node::Given(rule) => self.rule(*rule),
            _ => {}
        }
    }

    fn act(&self, act: &Act) {
        match act {
            Act::Give(give) => {
                give.limits.iter().for_each(|id| self.limit(*id));
                match &give.prize {
                    Prize::Units(unit, formula) => {
                        assert!(unit.index() < self.0.units.len());
                        self.formula(formula);
                    }
                    Prize::Tier(ladder, tier) => assert!(usize::from(*tier) < self.0.ladder(*ladder).tiers.len()),
                }
            }
            Act::Take(take) => take.amount.iter().for_each(|id| self.expr(*id)),
            Act::Multiply { base, by } => {
                self.rule(*base);
                self.expr(*by);
            }
            Act::Add { rate, base } => {
                self.rule(*base);
                self.expr(*rate);
            }
        }
    }

    fn formula(&self, formula: &Formula) {
        match formula {
            Formula::Fixed { amount, .. } => self.expr(*amount),
            Formula::Share { share, of, .. } => [share, of].into_iter().for_each(|id| self.expr(*id)),
            Formula::Block { units, size, of, .. } => [units, size, of].into_iter().for_each(|id| self.expr(*id)),
            Formula::Each { units, .. } => self.expr(*units),
            Formula::Running { units, size, counter, .. } => {
                [units, size].into_iter().for_each(|id| self.expr(*id));
                assert!(counter.index() < self.0.counters.len());
            }
            Formula::OfAward { share, rule } => {
                self.expr(*share);
                self.rule(*rule);
            }
            Formula::ByKey { key, rows, otherwise, .. } => {
                self.expr(*key);
                rows.iter().flat_map(|(keys, _)| keys).for_each(|id| self.expr(*id));
                rows.iter().for_each(|(_, row)| self.formula(row));
                otherwise.iter().for_each(|row| self.formula(row));
            }
            Formula::Bands { key, rows, otherwise, .. } => {
                self.expr(*key);
                rows.iter().for_each(|(bound, row)| {
                    self.expr(bound.at);
                    self.formula(row);
                });
                otherwise.iter().for_each(|row| self.formula(row));
            }
            Formula::Dated(first, later) => {
                self.formula(first);
                later.iter().for_each(|(_, row)| self.formula(row));
            }
        }
    }
}

#[test]
fn a_plan_names_nothing_that_does_not_exist() {
    let mut plans = 0;
    for (name, text) in sources::programs() {
        if let Some(plan) = earnest::compile(&Source::new(&name, text)).plan {
            Walk(&plan).plan();
            plans += 1;
        }
    }
    assert!(plans > 200, "{plans} programs have a plan");
}

/// What is said, without places.
fn said(source: &Source) -> (Option<String>, Vec<String>) {
    let compiled = earnest::compile(source);
    let mut all: Vec<String> =
        compiled.diagnostics.iter().map(|found| format!("{}: {}", found.code, found.message)).collect();
    all.sort();
    (compiled.plan.map(|plan| plan.version), all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_order_of_declarations_changes_nothing(at in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let all = sources::programs();
        let (name, text) = at.get(&all);
        let source = Source::new(name, text.clone());
        let parsed = earnest::syntax::parse(&source);
        prop_assume!(parsed.diagnostics.is_empty());
        let mut items: Vec<(u64, &str)> = Vec::new();
        let mut next = seed | 1;
        for item in &parsed.file.items {
            next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            items.push((next >> 32, source.slice(item.span())));
        }
        items.sort_unstable();
        let shuffled: Vec<&str> = items.into_iter().map(|(_, text)| text).collect();
        let shuffled = Source::new(name, shuffled.join("\n"));
        prop_assert_eq!(said(&source), said(&shuffled), "{}", name);
    }
}

#[test]
fn layout_and_examples_do_not_change_the_version_and_a_number_does() {
    let version = |text: &str| earnest::compile(&Source::new("shop.earn", text)).plan.unwrap().version;
    let first = version(
        "program \"Shop\" { currency RUB }\nunit bean, beans { worth 1 RUB  expires never }\nrule \"Base\" { give 5% of spend as beans }",
    );
    let same = version(
        "# A shop.\nunit bean, beans {\n  worth 1.00 RUB\n  expires never\n}\nrule \"Base\" { give 5% of spend as beans }\nprogram \"Shop\" { currency RUB }\nexample \"e\" { on 2026-01-01 purchase { 100 RUB }  expect 5 beans }",
    );
    let other = version(
        "program \"Shop\" { currency RUB }\nunit bean, beans { worth 1 RUB  expires never }\nrule \"Base\" { give 6% of spend as beans }",
    );
    assert_eq!(first, same);
    assert_ne!(first, other);
}

#[test]
fn the_version_is_of_what_is_said_not_of_how_it_is_written() {
    let version = |text: &str| earnest::compile(&Source::new("shop.earn", text)).plan.unwrap().version;
    let program = |rule: &str| {
        version(&format!(
            "program \"Shop\" {{ currency RUB }}\nparam base = 5%\nunit bean, beans {{ worth 1 RUB  expires never }}\n{rule}"
        ))
    };
    let first =
        program("rule \"Base\" { if spend >= 100 RUB give base of spend as beans, at most 50 beans per month }");
    for same in [
        "rule \"Base\" {\n  # why\n  if spend >= 100.00 RUB\n  give base of spend as beans, at most 50 beans per calendar month\n}",
        "rule Base { if (spend >= 100 RUB) give base of spend as \"beans\", at most 50 beans per month }  # late",
    ] {
        assert_eq!(first, program(same), "{same}");
    }
    for other in [
        "rule \"Base\" { if spend > 100 RUB give base of spend as beans, at most 50 beans per month }",
        "rule \"Base\" { if spend >= 100 RUB give base of spend as beans, at most 50 beans per week }",
        "rule \"Bass\" { if spend >= 100 RUB give base of spend as beans, at most 50 beans per month }",
        "rule \"Base\" from 2026-01-01 { if spend >= 100 RUB give base of spend as beans, at most 50 beans per month }",
    ] {
        assert_ne!(first, program(other), "{other}");
    }
}
