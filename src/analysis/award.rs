//! The most that rules give on a purchase in a situation: which of them may apply, what their formulas come to, what
//! rounding can add, and what limits and groups leave.

use super::bound::{Mask, Part, Sum, on_lines, scaled};
use super::days::lies_in;
use super::formula::Look;
use super::round::{of_each, rounding, step_up, takes_from_others};
use super::scene::{Scene, Truth};
use crate::plan::{
    Act, ExprId, Formula, Give, GroupId, LadderId, LimitId, LimitKey, Measured, Node, NumField, OverLimit, Plan, Prize,
    Role, Rule, RuleId, Stacking, Trigger, UnitId, Window,
};
use crate::syntax::ast::{Compare, Ordinal, Recipient, RoundScope};
use crate::ty::Kind;
use crate::value::Exact;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// In what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// In money, by worth; units without worth are none.
    Money,
    /// In units of a kind.
    Units(UnitId),
}

/// What is given of one unit.
pub(super) type Given = (UnitId, Vec<Part>);

/// What rules give in a situation.
pub(super) struct Awards<'s> {
    /// The situation.
    pub scene: &'s Scene<'s>,
    /// In what it is counted.
    pub count: Count,
    /// Rules that another of their group was taken for.
    pub losers: &'s [RuleId],
    /// The tier that is entered, where it is asked what that gives.
    pub entering: Option<(LadderId, usize)>,
    /// What each rule gives, as far as it was asked for.
    known: RefCell<BTreeMap<RuleId, Vec<Given>>>,
}

impl<'s> Awards<'s> {
    pub(super) const fn new(scene: &'s Scene<'s>, count: Count, losers: &'s [RuleId]) -> Self {
        Self { scene, count, losers, entering: None, known: RefCell::new(BTreeMap::new()) }
    }

    pub(super) const fn plan(&self) -> &'s Plan {
        self.scene.plan
    }

    /// What one of a unit counts as.
    pub(super) fn weight(&self, unit: UnitId) -> Exact {
        match self.count {
            Count::Units(counted) if counted == unit => Exact::ONE,
            Count::Units(_) => Exact::ZERO,
            Count::Money => self.worth(unit),
        }
    }

    /// What one of a unit is worth on the day.
    fn worth(&self, unit: UnitId) -> Exact {
        let worth = self.plan().unit(unit).worth;
        worth.and_then(|id| self.scene.range(id).ok()?.most).unwrap_or(Exact::ZERO)
    }

    /// The lines that a rule looks at.
    pub(super) fn mask(&self, rule: &Rule) -> Mask {
        if let Some(known) = self.known_mask(rule) {
            return known.clone();
        }
        let keeps = |filter: ExprId| {
            self.scene.classes.iter().map(|class| self.scene.truth(filter, Some(class)) != Truth::No).collect()
        };
        rule.filter.map_or_else(|| vec![true; self.scene.classes.len()], keeps)
    }

    fn known_mask(&self, rule: &Rule) -> Option<&'s Mask> {
        self.scene.kept.get(&rule.filter?)
    }

    /// Does a rule look at any line?
    fn has_lines(&self, rule: &Rule) -> bool {
        self.known_mask(rule).map_or_else(|| self.mask(rule).contains(&true), |known| known.contains(&true))
    }

    /// May a rule apply, its trigger aside?
    pub(super) fn may_apply(&self, rule: &Rule) -> bool {
        let day = self.scene.day;
        let in_force = self.plan().in_force.on(day) && rule.in_force.on(day);
        in_force
            && rule.during.iter().all(|period| lies_in(self.plan(), *period, day) != Truth::No)
            // On entering a tier conditions are asked of what is so then.
            && (self.entering.is_some()
                || rule.conditions.iter().all(|condition| self.scene.truth(*condition, None) != Truth::No))
            && self.has_lines(rule)
    }

    /// May a purchase set a rule off?
    pub(super) fn sets_off(&self, rule: &Rule) -> bool {
        if !matches!(rule.role, Role::Rule) {
            return false;
        }
        if let Some((ladder, tier)) = self.entering {
            return matches!(&rule.trigger, Trigger::Entering(of, which)
                if *of == ladder && which.is_none_or(|which| usize::from(which) == tier));
        }
        let friends_fit = |friends: bool| !(friends && self.scene.newcomer);
        match &rule.trigger {
            Trigger::Fact { friends, kind: Kind::Purchase, .. } => friends_fit(*friends),
            Trigger::Fact { friends: false, kind: Kind::Join, .. } => self.scene.newcomer,
            Trigger::Nth { friends, every, ordinal, visits } => {
                friends_fit(*friends) && nth_fits(self.scene, *every, *ordinal, *visits)
            }
            Trigger::Fact { .. } | Trigger::Entering(..) | Trigger::StartOf(_) | Trigger::At(_) => false,
        }
    }

    /// What a rule gives, each unit by itself, after the limits of its gives and its own.
    pub(super) fn of_rule(&self, id: RuleId) -> Vec<Given> {
        if let Some(known) = self.known.borrow().get(&id) {
            return known.clone();
        }
        let given = self.work_out(id);
        self.known.borrow_mut().insert(id, given.clone());
        given
    }

    fn work_out(&self, id: RuleId) -> Vec<Given> {
        let rule = self.plan().rule(id);
        if self.losers.contains(&id) || !self.sets_off(rule) || !self.may_apply(rule) {
            return Vec::new();
        }
        self.acts(id, &self.mask(rule))
    }

    /// What the acts of a rule give on some lines.
    fn acts(&self, id: RuleId, mask: &Mask) -> Vec<Given> {
        let rule = self.plan().rule(id);
        let mut all: Vec<Given> = Vec::new();
        let mut beyond: Vec<Given> = Vec::new();
        for act in &rule.acts {
            match act {
                Act::Give(give) => {
                    if let Some((given, then)) = self.give(id, give, mask) {
                        beyond.push((given.0, then));
                        all.push(given);
                    }
                }
                Act::Multiply { base, by } => all.extend(self.multiply(*base, *by, mask)),
                Act::Add { rate, base } => all.extend(self.add(*rate, *base, mask)),
                Act::Take(_) => {}
            }
        }
        let mut all = self.limited(all, &rule.limits);
        // What `then 1%` adds is charged to no limit.
        for (unit, then) in beyond.into_iter().filter(|(_, then)| !then.is_empty()) {
            match all.iter_mut().find(|(known, _)| *known == unit) {
                Some((_, parts)) => parts.extend(then),
                None => all.push((unit, then)),
            }
        }
        all
    }

    /// What a give gives within its limits, and what `then` adds to it.
    fn give(&self, id: RuleId, give: &Give, mask: &Mask) -> Option<(Given, Vec<Part>)> {
        let rule = self.plan().rule(id);
        let Prize::Units(unit, formula) = &give.prize else { return None };
        let of = self.plan().unit(*unit);
        let weight = self.weight(*unit);
        if !of.in_force.on(self.scene.day) || weight.is_zero() {
            return None;
        }
        let look = Look { scene: self.scene, mask, weight };
        let given = |rule: RuleId| self.of_rule(rule).into_iter().next().map(|(_, parts)| parts).unwrap_or_default();
        let mut parts = look.formula(formula, &given);
        if let Some(why) = self.unpaid(rule, give, formula) {
            parts.push(Part::Open(why));
        }
        if parts.is_empty() {
            return None;
        }
        let round = rule.round.unwrap_or(of.round);
        if matches!(round.scope, RoundScope::Line | RoundScope::Item)
            && crate::eval::depends_on_lines(self.plan(), formula)
        {
            parts = parts.into_iter().map(|part| of_each(part, round.scope)).collect::<Sum<_>>().ok()?;
        }
        if let Some(own) = upper_spend(self.scene, rule) {
            parts = parts.into_iter().map(|part| within(part, rule, mask, own)).collect::<Sum<_>>().unwrap_or_default();
        }
        let taken = takes_from_others(self.plan(), id, give, round);
        parts.extend(rounding(self.plan(), formula, round, of.decimals, weight, mask, taken));
        let mut then = Vec::new();
        for limit in give.limits.iter().chain(&rule.limits) {
            if let OverLimit::Then(formula) = &self.plan().limit(*limit).over {
                then.extend(look.formula(formula, &given));
            }
        }
        Some((self.limited(vec![(*unit, parts)], &give.limits).pop()?, then))
    }

    /// A running total that may have missed something before pays it with the next purchase, however much it is.
    fn unpaid(&self, rule: &Rule, give: &Give, formula: &Formula) -> Option<String> {
        let mut running = None;
        let mut see = |formula: &Formula| {
            if let Formula::Running { counter, .. } = formula {
                running = Some(*counter);
            }
        };
        see(formula);
        let counter = self.plan().counter(running?);
        let always = rule.conditions.is_empty()
            && rule.during.is_empty()
            && rule.filter.is_none()
            && rule.group.is_none()
            && rule.in_force == crate::plan::InForce::default()
            && self.plan().in_force == crate::plan::InForce::default()
            && matches!(rule.trigger, Trigger::Fact { friends: false, kind: Kind::Purchase, .. })
            && give.recipient == Recipient::Member
            && !matches!(counter.window, Window::During(_) | Window::SinceEntering(..));
        (!always).then(|| format!("what was not paid before of {}", counter.text))
    }

    fn multiply(&self, base: RuleId, by: ExprId, mask: &Mask) -> Vec<Given> {
        let Some(by) = self.scene.range(by).ok().and_then(|by| by.most) else {
            return vec![(self.unit_of(base), vec![Part::Open(super::walk::told(self.plan(), by))])];
        };
        let Ok(more) = by.minus(Exact::ONE) else { return Vec::new() };
        if !more.is_positive() {
            return Vec::new();
        }
        let step = |(unit, parts): Given| {
            let mut parts = scaled(&on_lines(&parts, mask), more).unwrap_or_default();
            if !parts.is_empty() {
                parts.extend(self.rounding_of(base, unit, mask));
            }
            (unit, parts)
        };
        self.of_rule(base).into_iter().map(step).collect()
    }

    /// What the rounding of a rule that builds on another can add: it rounds as that does.
    fn rounding_of(&self, base: RuleId, unit: UnitId, mask: &Mask) -> Option<Part> {
        let of = self.plan().unit(unit);
        let mut rule = self.plan().rule(base);
        while let Some(Act::Multiply { base, .. } | Act::Add { base, .. }) = rule.acts.first() {
            rule = self.plan().rule(*base);
        }
        let round = rule.round.unwrap_or(of.round);
        step_up(round, of.decimals, self.weight(unit), mask)
    }

    fn unit_of(&self, rule: RuleId) -> UnitId {
        self.of_rule(rule).first().map_or(UnitId::new(0), |(unit, _)| *unit)
    }

    fn add(&self, rate: ExprId, base: RuleId, mask: &Mask) -> Vec<Given> {
        let plan = self.plan();
        if self.of_rule(base).is_empty() {
            return Vec::new();
        }
        let of = plan.rule(base);
        let Some(Act::Give(Give { prize: Prize::Units(unit, formula), .. })) = of.acts.first() else {
            return Vec::new();
        };
        let both: Mask = self.mask(of).iter().zip(mask).map(|(one, other)| *one && *other).collect();
        let Some(share) = share_in(self.scene, formula) else {
            return vec![(*unit, vec![Part::Open("a rate that is added".to_owned())])];
        };
        let added = Formula::Share { share: rate, of: share, in_money: true };
        let look = Look { scene: self.scene, mask: &both, weight: self.weight(*unit) };
        let mut parts = look.formula(&added, &|_| Vec::new());
        parts.extend(self.rounding_of(base, *unit, &both));
        vec![(*unit, parts)]
    }

    /// What limits leave.
    pub(super) fn limited(&self, mut all: Vec<Given>, limits: &[LimitId]) -> Vec<Given> {
        for id in limits {
            let limit = self.plan().limit(*id);
            let by_line = limit.keys.iter().any(|key| matches!(key, LimitKey::Sku | LimitKey::Line(_)));
            if by_line || matches!(limit.over, OverLimit::Carried) {
                continue;
            }
            let Some(room) = self.scene.range(limit.room).ok().and_then(|room| room.most) else { continue };
            let counts = |unit: UnitId| match limit.measured {
                Measured::Units(measured) => measured == unit,
                Measured::Money => self.worth(unit).is_positive(),
                Measured::Times | Measured::Receipts | Measured::Members => true,
            };
            let cap = match limit.measured {
                Measured::Units(unit) => room.times(self.weight(unit)).ok(),
                Measured::Money => (self.count == Count::Money).then_some(room),
                _ => room.compare(Exact::ONE).is_ok_and(std::cmp::Ordering::is_lt).then_some(Exact::ZERO),
            };
            let Some(cap) = cap else { continue };
            // Several units share a room in money: the cap binds the sum, so each keeps to it by itself at least.
            let (bound, mut free): (Vec<Given>, Vec<Given>) = all.into_iter().partition(|(unit, _)| counts(*unit));
            let unit = bound.first().map(|(unit, _)| *unit);
            let parts: Vec<Part> = bound.into_iter().flat_map(|(_, parts)| parts).collect();
            if let (Some(unit), false) = (unit, parts.is_empty()) {
                free.push((unit, vec![Part::Cap(parts, cap)]));
            }
            all = free;
        }
        all
    }

    /// What groups leave of the rules in them, and what all others give.
    pub(super) fn all(&self) -> Vec<Part> {
        let plan = self.plan();
        let mut parts = Vec::new();
        for id in &plan.order {
            if plan.rule(*id).group.is_none() {
                parts.extend(self.of_rule(*id).into_iter().flat_map(|(_, parts)| parts));
            }
        }
        for group in (0..plan.groups.len()).map(GroupId::new) {
            parts.extend(self.of_group(group));
        }
        parts.extend(self.on_entering());
        parts
    }

    fn of_group(&self, id: GroupId) -> Vec<Part> {
        let group = self.plan().group(id);
        let each: Vec<Vec<Given>> = group.rules.iter().map(|rule| self.of_rule(*rule)).collect();
        let unit = each.iter().flatten().map(|(unit, _)| *unit).next();
        let Some(unit) = unit else { return Vec::new() };
        // What does not look at its own lines gives all of it for any line that it keeps.
        let whole = |act: &Act| {
            let Act::Give(Give { prize: Prize::Units(_, formula), .. }) = act else { return false };
            !matches!(formula, Formula::Fixed { .. }) && !crate::eval::depends_on_lines(self.plan(), formula)
        };
        let any_whole = || group.rules.iter().flat_map(|rule| &self.plan().rule(*rule).acts).any(whole);
        let parts = if group.kind == Stacking::All || (group.per_line && any_whole()) {
            each.into_iter().flatten().flat_map(|(_, parts)| parts).collect()
        } else {
            let of: Vec<Vec<Part>> = each
                .into_iter()
                .map(|given| given.into_iter().flat_map(|(_, parts)| parts).collect::<Vec<Part>>())
                .filter(|parts| !parts.is_empty())
                .collect();
            if of.len() == 1 {
                of.into_iter().flatten().collect()
            } else {
                vec![Part::One { of, per_line: group.per_line }]
            }
        };
        self.limited(vec![(unit, parts)], &group.limits).into_iter().flat_map(|(_, parts)| parts).collect()
    }
}

/// Is it that purchase, as far as is known?
fn nth_fits(scene: &Scene<'_>, every: bool, ordinal: Ordinal, visits: crate::plan::CounterId) -> bool {
    let counter = scene.plan.counter(visits);
    let lifetime = counter.window == Window::Lifetime && counter.filter.is_none() && counter.condition.is_none();
    let (Some(visit), true, Ordinal::Nth(nth)) = (scene.visit, lifetime, ordinal) else { return true };
    if every { nth > 0 && visit.is_multiple_of(nth) } else { visit == nth }
}

/// The most that a rule's own lines may cost, where an `if` says so.
fn upper_spend(scene: &Scene<'_>, rule: &Rule) -> Option<Exact> {
    let mut least: Option<Exact> = None;
    for condition in &rule.conditions {
        let Node::Compare(compare, left, right) = scene.plan.node(*condition) else { continue };
        let is_spend = matches!(scene.plan.node(*left), Node::Lines(NumField::Spend(None)));
        if !is_spend || !matches!(compare, Compare::Less | Compare::AtMost | Compare::Equal) {
            continue;
        }
        let bound = scene.range(*right).ok().and_then(|range| range.most)?;
        least = Some(least.map_or(bound, |least| super::bound::lesser(least, bound).unwrap_or(least)));
    }
    least
}

/// What grows with the rule's own lines, up to so much money.
fn within(part: Part, rule: &Rule, mask: &Mask, most: Exact) -> Sum<Part> {
    let Part::Leaf(mut leaf) = part else { return Ok(part) };
    let own = !leaf.whole || rule.filter.is_none();
    let inside = own && leaf.net && leaf.mask.iter().zip(mask).all(|(own, other)| !own || *other);
    if inside {
        for piece in &mut leaf.pieces {
            piece.to = Some(piece.to.map_or(Ok(most), |to| super::bound::lesser(to, most))?);
        }
    }
    Ok(Part::Leaf(leaf))
}

/// The money that a percentage is of.
fn share_in(scene: &Scene<'_>, formula: &Formula) -> Option<ExprId> {
    match formula {
        Formula::Share { of, .. } => Some(*of),
        Formula::Dated(first, later) => {
            let row = later.iter().rev().find(|(from, _)| *from <= scene.day).map_or(first.as_ref(), |(_, row)| row);
            share_in(scene, row)
        }
        Formula::ByKey { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).find_map(|row| share_in(scene, row))
        }
        Formula::Bands { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).find_map(|row| share_in(scene, row))
        }
        _ => None,
    }
}
