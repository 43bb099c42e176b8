//! How near rules and tiers came: told to a listener that asks, beside what is given.
//!
//! `if spend >= 1_000 RUB` with `930 RUB` was missed by 70, where all else of the rule held; with `1_050 RUB` it was
//! held by 50. `1 point per full 20 RUB of spend` with 15 RUB was missed by 5. Of a ladder that one number climbs the
//! number itself is told after each fact, and of a tier that is lost what was missing to keep it.

use super::Fault;
use super::account::Account;
use super::accrual::{Chosen, Work};
use super::book::Book;
use super::counter;
use super::explain::{text_of, type_of};
use super::post::Desk;
use super::value::Scene;
use crate::ledger::{Compared, Short, Sink};
use crate::plan::{Act, ExprId, Formula, LadderId, Node, Plan, Prize, RuleId, Type};
use crate::syntax::ast::{BlockMode, Compare};
use crate::time::Moment;
use crate::value::{Amount, Rounding};

/// Of an amount.
const DECIMALS: u32 = 6;

/// What a comparison of a rule asks for, as written, and the type of what it compares.
pub fn about(plan: &Plan, rule: RuleId, at: ExprId) -> (String, Type) {
    match (plan.node(at), block_of(plan, rule)) {
        (Node::Compare(_, left, _), _) => (text_of(plan, at), type_of(plan, *left)),
        (_, Some(block)) if block.size == at => (block.text.to_owned(), type_of(plan, block.of)),
        _ => (text_of(plan, at), Type::Number),
    }
}

/// What a comparison of a tier looks at, as written, and its type.
pub fn about_need(plan: &Plan, need: ExprId) -> (String, Type) {
    let Node::Compare(_, left, _) = plan.node(need) else { return (text_of(plan, need), Type::Number) };
    match plan.node(*left) {
        Node::Counter(counter, _) => (plan.counter(*counter).text.clone(), plan.counter(*counter).ty),
        Node::Balance(unit, _) => (text_of(plan, *left), Type::Units(*unit)),
        _ => (text_of(plan, *left), Type::Number),
    }
}

/// `1 point per full 20 RUB of spend`
struct Block<'p> {
    size: ExprId,
    of: ExprId,
    text: &'p str,
}

/// The full blocks that a rule gives for, where that is all that it gives.
fn block_of(plan: &Plan, rule: RuleId) -> Option<Block<'_>> {
    let [Act::Give(give)] = plan.rule(rule).acts.as_slice() else { return None };
    match &give.prize {
        Prize::Units(_, Formula::Block { size, of, mode: BlockMode::Full, .. }) => {
            Some(Block { size: *size, of: *of, text: &give.text })
        }
        _ => None,
    }
}

/// A comparison with a bound: not one that asks for the same.
fn bounded(plan: &Plan, part: ExprId) -> Option<(Compare, ExprId, ExprId)> {
    let Node::Compare(compare, left, right) = plan.node(part) else { return None };
    let one_sided =
        !matches!(compare, Compare::Equal | Compare::NotEqual) && !matches!(plan.node(*left), Node::Literal(_));
    one_sided.then_some((*compare, *left, *right))
}

/// The parts of a condition that all have to hold.
fn parts(plan: &Plan, condition: &ExprId) -> impl Iterator<Item = ExprId> {
    let parts = if let Node::And(parts) = plan.node(*condition) { parts.as_slice() } else { &[] };
    let alone = parts.is_empty().then_some(*condition);
    parts.iter().copied().chain(alone)
}

fn compared(scene: &Scene<'_>, rule: RuleId, at: ExprId, part: (Compare, ExprId, ExprId)) -> Option<Compared> {
    let (compare, left, right) = part;
    let number = |id| scene.number(id).ok().flatten()?.round(Rounding::Down, DECIMALS).ok();
    Some(Compared { rule, at, compare, have: number(left)?, want: number(right)? })
}

impl Work<'_> {
    /// Tells of each rule which comparison alone decided: all that held, or the one that did not.
    pub(super) fn near(&self, rules: &[RuleId], mut tell: impl FnMut(Compared)) -> Result<(), Fault> {
        let mut chosen = Chosen::new();
        for id in rules {
            let rule = self.plan.rule(*id);
            let block = block_of(self.plan, *id);
            let all = || rule.conditions.iter().flat_map(|condition| parts(self.plan, condition));
            if block.is_none() && !all().any(|part| bounded(self.plan, part).is_some()) {
                continue;
            }
            chosen.clear();
            if self.passes_by(*id, &mut chosen)?.is_some() {
                continue;
            }
            let scene = self.scene(&chosen);
            let mut failing = None;
            let mut failed = 0;
            for part in all() {
                if !scene.holds(part)? {
                    failed += 1;
                    failing = Some(part);
                }
            }
            let told = |part| compared(&scene, *id, part, bounded(self.plan, part)?);
            match failed {
                0 => {
                    all().filter_map(told).for_each(&mut tell);
                    let block = block.map(|block| (block.size, (Compare::AtLeast, block.of, block.size)));
                    block.and_then(|(at, part)| compared(&scene, *id, at, part)).into_iter().for_each(&mut tell);
                }
                1 => failing.and_then(told).into_iter().for_each(&mut tell),
                _ => {}
            }
        }
        Ok(())
    }
}

impl<S: Sink> Desk<'_, S> {
    /// Tells how high the numbers stand that climb ladders.
    pub(super) fn tell_climbed(&mut self, account: &Account, at: Moment) -> Result<(), Fault> {
        if !self.sink.asks_how_near() {
            return Ok(());
        }
        let index = self.index;
        for (place, climb) in index.climbs.iter().enumerate() {
            let in_force = self.plan.ladders.get(place).is_some_and(|of| of.in_force.on(at.day));
            if let Some(climb) = climb.as_ref().filter(|_| in_force) {
                let value = counter::value(account, self.plan, index, climb.counter(), at)?;
                self.sink.climbed(&account.name, LadderId::new(place), value);
            }
        }
        Ok(())
    }

    /// What is missing to a tier: the first comparison of its condition that fails.
    pub(super) fn short_of(&self, account: &Account, ladder: LadderId, tier: u8, at: Moment) -> Option<Short> {
        if !self.sink.asks_how_near() {
            return None;
        }
        let frame = self.ladder_frame(account, ladder, at).ok()?;
        let scene = self.state_scene(&frame);
        let needs = &self.plan.ladder(ladder).tiers.get(usize::from(tier))?.needs;
        let failing = needs.iter().copied().find(|need| !scene.holds(*need).unwrap_or(true))?;
        let (_, left, right) = bounded(self.plan, failing)?;
        let more = scene.number(right).ok().flatten()?.minus(scene.number(left).ok().flatten()?).ok()?;
        // What is said to be missing is enough.
        Some(Short { of: failing, more: more.round(Rounding::Up, DECIMALS).ok()? })
    }
}

impl Book {
    /// From how much on each tier of a ladder is reached, where one number climbs it.
    pub fn bounds(&self, ladder: LadderId) -> Option<&[Option<Amount>]> {
        Some(self.index.climbs.get(ladder.index())?.as_ref()?.bounds())
    }
}
