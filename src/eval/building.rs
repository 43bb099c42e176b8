//! Rules that build on another: `multiply "Base" by 2`, `add 10% to "Base"`.
//!
//! They look at the lines that both match, at the base's amount before its rounding, and get no more
//! than their share of what a limit or a group left of the base.

use super::Fault;
use super::accrual::{Award, Chosen, Leaf, Work};
use super::explain::Reason;
use super::formula;
use super::value::Scene;
use crate::plan::{Act, Formula, RuleId, UnitId};
use crate::syntax::ast::Ordinal;
use crate::value::{Amount, Exact, Rounding};

impl<'a> Work<'a> {
    /// How a rule rounds: as it says itself, or the rule that it builds on.
    pub(super) fn round_of(&self, id: RuleId) -> Option<crate::plan::Round> {
        let rule = self.plan.rule(id);
        let base = match rule.acts.first() {
            Some(Act::Multiply { base, .. } | Act::Add { base, .. }) => Some(*base),
            _ => None,
        };
        rule.round.or_else(|| self.round_of(base?))
    }

    pub(super) fn exact_of_base(&self, base: RuleId, leaf: Leaf<'a>, lines: &[u16]) -> Result<Option<Exact>, Fault> {
        match self.leaves(base).into_iter().find(|own| own.source == leaf.source) {
            Some(own) => self.exact(base, own, lines),
            None => Ok(None),
        }
    }

    /// The lines that a rule and its base both look at; none where the base did not fire.
    pub(super) fn shared_lines(&self, base: RuleId, chosen: &[u16]) -> Option<Chosen> {
        let of_base = self.done.chosen.get(base.index())?.as_ref()?;
        let shared: Chosen = chosen.iter().copied().filter(|line| of_base.contains(line)).collect();
        (!shared.is_empty() || self.basket.lines.is_empty()).then_some(shared)
    }

    /// The lines that a rule and all that it builds on look at.
    pub(super) fn lines_of_all(&self, rule: RuleId, chosen: &[u16]) -> Chosen {
        let mut lines = Chosen::from_slice(chosen);
        let mut at = rule;
        while let Some(base) = base_of(self.plan.rule(at).acts.first()) {
            lines = self.shared_lines(base, &lines).unwrap_or(lines);
            at = base;
        }
        lines
    }

    /// Is there no line that a rule and all that it builds on look at?
    pub(super) fn shares_no_line(&self, rule: RuleId, chosen: &[u16]) -> bool {
        let mut lines = Chosen::from_slice(chosen);
        let mut at = rule;
        while let Some(base) = base_of(self.plan.rule(at).acts.first()) {
            let Some(shared) = self.shared_lines(base, &lines) else { return true };
            (lines, at) = (shared, base);
        }
        false
    }

    /// Where a limit or group left a base less than it wanted, its multiplier gives at most (N−1) × what the base gave.
    pub(super) fn cap_by_base(
        &self,
        award: &mut Award,
        act: Option<&Act>,
        chosen: &[u16],
        mode: Rounding,
    ) -> Result<(), Fault> {
        let Some(Act::Multiply { base, by }) = act else { return Ok(()) };
        let mut given = Amount::ZERO;
        for own in self.done.awards.iter().filter(|own| own.rule == *base && own.source == award.source) {
            given = given.plus(own.given)?;
        }
        if self.was_cut(*base, award.source)
            && let Some(by) = self.scene(chosen).number(*by)?
        {
            let most = by.minus(Exact::ONE)?.times(Exact::from(given))?;
            let most = most.round(mode, self.plan.unit(award.unit).decimals)?;
            award.wanted = award.wanted.min(most.max(Amount::ZERO));
        }
        Ok(())
    }

    /// Was an award left less than it wanted, or one that it multiplies?
    fn was_cut(&self, mut rule: RuleId, source: (RuleId, u8)) -> bool {
        loop {
            let mut awards = self.done.awards.iter().filter(|own| own.rule == rule && own.source == source);
            if awards.any(|own| own.given < own.wanted) {
                return true;
            }
            let Some(Act::Multiply { base, .. }) = self.plan.rule(rule).acts.first() else { return false };
            rule = *base;
        }
    }
}

/// The base of a percent rate in units: what `add 10%` takes its share of.
pub(super) fn share_base(scene: &Scene<'_>, formula: &Formula, unit: UnitId) -> Result<Option<Exact>, Fault> {
    let Formula::Share { of, in_money, .. } = formula else {
        if let Formula::Dated(first, _) = formula {
            return share_base(scene, first, unit);
        }
        if let Formula::ByKey { rows, .. } = formula
            && let Some((_, row)) = rows.first()
        {
            return share_base(scene, row, unit);
        }
        return Ok(None);
    };
    let Some(of) = scene.number(*of)? else { return Ok(None) };
    // A negative base gives nothing.
    let of = if of.is_negative() { Exact::ZERO } else { of };
    if !in_money {
        return Ok(Some(of));
    }
    match formula::worth(scene, unit)? {
        Some(worth) if worth.is_positive() => Ok(Some(of.over(worth)?)),
        _ => Ok(None),
    }
}

/// The rule that a multiplier or an addition builds on.
pub(super) fn base_of(act: Option<&Act>) -> Option<RuleId> {
    match act {
        Some(Act::Multiply { base, .. } | Act::Add { base, .. }) => Some(*base),
        Some(Act::Give(_) | Act::Take(_)) | None => None,
    }
}

/// Why an ordinal does not fit; `this` is one if the purchase is a visit.
pub(super) fn nth_misses(every: bool, ordinal: Ordinal, before: Amount, this: Amount) -> Option<Reason> {
    let number = (before.micros() / Amount::SCALE).checked_add(this.micros() / Amount::SCALE)?;
    let Ordinal::Nth(nth) = ordinal else { return Some(Reason::NotNth { needs: None }) };
    let nth = i64::from(nth.max(1));
    if this.is_zero() {
        return Some(Reason::NotNth { needs: None });
    }
    let fits = if every { number % nth == 0 } else { number == nth };
    if fits {
        return None;
    }
    let needs = if every { Some(nth - number % nth) } else { (nth > number).then(|| nth - number) };
    Some(Reason::NotNth { needs })
}
