//! Groups: `best of`, `first of`, `all of`.

use super::Fault;
use super::accrual::{Chosen, Work};
use super::award::running_counter;
use super::explain::Reason;
use super::formula;
use crate::plan::{GroupId, RuleId};
use crate::syntax::ast::GroupKind;
use crate::value::{Amount, Exact};

impl Work<'_> {
    /// All rules of a group are worked out: choose among them, then cut the sum.
    pub(super) fn group(&mut self, id: GroupId) -> Result<(), Fault> {
        let plan = self.plan;
        let group = plan.group(id);
        match group.kind {
            GroupKind::All => {}
            GroupKind::First => {
                let winner = group.rules.iter().copied().find(|rule| self.sum_of(*rule).is_positive());
                self.silence_all_but(&group.rules, winner, Reason::NotFirst);
            }
            GroupKind::Best if group.per_line => self.best_per_line(&group.rules, group.by_worth)?,
            GroupKind::Best => {
                let winner = self.best(&group.rules, group.by_worth)?;
                self.silence_all_but(&group.rules, winner, Reason::NotBest);
            }
        }
        for limit in &group.limits {
            self.limit_group(*limit, &group.rules, group.in_written_order, None)?;
        }
        Ok(())
    }

    fn sum_of(&self, rule: RuleId) -> Amount {
        let own = self.done.awards.iter().filter(|award| award.rule == rule);
        own.fold(Amount::ZERO, |sum, award| sum.plus(award.given).unwrap_or(Amount::MAX))
    }

    /// What a rule gives, in units or in money.
    fn value_of(&self, rule: RuleId, by_worth: bool) -> Result<Exact, Fault> {
        let mut sum = Exact::ZERO;
        for award in self.done.awards.iter().filter(|award| award.rule == rule) {
            let worth = if by_worth {
                formula::worth(&self.scene(&[]), award.unit)?.unwrap_or(Exact::ZERO)
            } else {
                Exact::ONE
            };
            sum = sum.plus(Exact::from(award.given).times(worth)?)?;
        }
        Ok(sum)
    }

    fn best(&self, rules: &[RuleId], by_worth: bool) -> Result<Option<RuleId>, Fault> {
        let mut best: Option<(Exact, RuleId)> = None;
        // Ids follow names, so the first of equals is the first by name.
        let mut by_name = rules.to_vec();
        by_name.sort_unstable();
        for rule in by_name {
            let value = self.value_of(rule, by_worth)?;
            let better = match best {
                Some((most, _)) => value.compare(most)?.is_gt(),
                None => value.is_positive(),
            };
            if better {
                best = Some((value, rule));
            }
        }
        Ok(best.map(|(_, rule)| rule))
    }

    fn silence_all_but(&mut self, rules: &[RuleId], winner: Option<RuleId>, reason: fn(RuleId) -> Reason) {
        let Some(winner) = winner else { return };
        for rule in rules.iter().filter(|rule| **rule != winner) {
            let mut lost = false;
            for award in self.done.awards.iter_mut().filter(|award| award.rule == *rule) {
                lost |= award.given.is_positive();
                award.given = Amount::ZERO;
                if running_counter(self.plan, award.rule, award.act).is_some() {
                    // A limit's cut counts as paid, another rule's taking its place does not.
                    award.wanted = Amount::ZERO;
                }
                award.charges.clear();
                award.carried = None;
            }
            if let Some(given) = self.done.given.get_mut(rule.index()) {
                *given = Exact::ZERO;
            }
            if lost {
                self.missed(*rule, reason(winner));
            }
        }
    }

    /// Each line goes to the rule that gives most for it alone; then each rule is worked out on its lines.
    fn best_per_line(&mut self, rules: &[RuleId], by_worth: bool) -> Result<(), Fault> {
        let mut by_name = rules.to_vec();
        by_name.sort_unstable();
        let looks: Vec<Option<Chosen>> =
            by_name.iter().map(|rule| self.done.chosen.get(rule.index()).cloned().flatten()).collect();
        let won = self.lines_won(&by_name, &looks, by_worth)?;
        for (rule, lines) in by_name.into_iter().zip(won) {
            let fired = self.done.chosen.get(rule.index()).is_some_and(Option::is_some);
            self.done.awards.retain(|award| award.rule != rule);
            if let Some(given) = self.done.given.get_mut(rule.index()) {
                *given = Exact::ZERO;
            }
            if fired && lines.is_empty() {
                self.missed(rule, Reason::NotBest(rule));
            } else if fired {
                if let Some(trace) = &mut self.trace {
                    trace.forget(rule);
                }
                self.fire(rule, lines)?;
            }
        }
        // Awards are booked in the order of their rules, also those worked out once more.
        let place = |rule: RuleId| self.plan.order.iter().position(|other| *other == rule);
        self.done.awards.sort_by_cached_key(|award| place(award.rule));
        Ok(())
    }

    /// The lines that each of the rules keeps, given those that it looks at; they stand by name.
    pub(super) fn lines_won(
        &self,
        by_name: &[RuleId],
        looks: &[Option<Chosen>],
        by_worth: bool,
    ) -> Result<Vec<Chosen>, Fault> {
        let mut won: Vec<Chosen> = vec![Chosen::new(); by_name.len()];
        for line in 0..self.basket.lines.len() {
            let line = u16::try_from(line).unwrap_or(u16::MAX);
            let mut best: Option<(Exact, usize)> = None;
            for (at, (rule, looks)) in by_name.iter().zip(looks).enumerate() {
                if !looks.as_ref().is_some_and(|lines| lines.contains(&line)) {
                    continue;
                }
                let mut value = Exact::ZERO;
                for leaf in self.leaves(*rule) {
                    let worth = if by_worth {
                        formula::worth(&self.scene(&[]), leaf.unit())?.unwrap_or(Exact::ZERO)
                    } else {
                        Exact::ONE
                    };
                    value = value.plus(self.exact(*rule, leaf, &[line])?.unwrap_or(Exact::ZERO).times(worth)?)?;
                }
                if best.map_or(Ok(true), |(most, _)| value.compare(most).map(std::cmp::Ordering::is_gt))? {
                    best = Some((value, at));
                }
            }
            if let Some((_, at)) = best
                && let Some(lines) = won.get_mut(at)
            {
                lines.push(line);
            }
        }
        Ok(won)
    }
}
