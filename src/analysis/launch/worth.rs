//! What units bring a member: their worth, or what a reward gives for them, and rewards that turn units into others
//! and back for more.
//!
//! With `reward "Tenth" { costs 5 stamps gives 300 RUB off }` a stamp brings 60 RUB, though it has no worth.

use super::number::{is_more, least, most, most_worth, told_number};
use super::setting::Settings;
use super::warning;
use crate::analysis::deed::{BUYER, Deed, NAMES, What};
use crate::analysis::story::{Story, balance};
use crate::diag::{Code, Diagnostic, Label};
use crate::plan::{Act, Benefit, CostOf, Formula, Node, Offer, Plan, Prize, Role, Rule, RuleId, UnitId};
use crate::time::{Day, TimeOfDay};
use crate::value::{Exact, Rounding};
use std::cmp::Ordering;
use std::sync::Arc;

/// So many steps are taken in search of circles.
const STEPS_MAX: usize = 10_000;
/// So many rewards a circle has at most.
const CIRCLE_MAX: usize = 4;

/// What one of a unit brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Brings {
    /// In money.
    pub money: Exact,
    /// By which reward, where it is not the worth of the unit.
    pub by: Option<RuleId>,
}

/// A reward that turns units into others.
#[derive(Debug, Clone, Copy)]
struct Turn {
    from: UnitId,
    into: UnitId,
    /// So many are taken.
    cost: Exact,
    /// So many are given.
    gives: Exact,
    rule: RuleId,
}

/// What all units bring.
#[derive(Debug)]
pub(super) struct Worths {
    brings: Vec<Option<Brings>>,
    turns: Vec<Turn>,
    /// Rewards that lead back for more.
    circles: Vec<Vec<Turn>>,
}

impl Worths {
    /// What the units of a program bring.
    pub(super) fn of(plan: &Plan) -> Self {
        let worth = |at: usize| most_worth(plan, UnitId::new(at)).map(|money| Brings { money, by: None });
        let mut found =
            Self { brings: (0..plan.units.len()).map(worth).collect(), turns: Vec::new(), circles: Vec::new() };
        for (at, rule) in plan.rules.iter().enumerate() {
            if let Role::Reward(reward) = &rule.role {
                for offer in &reward.offers {
                    found.see(plan, RuleId::new(at), rule, offer);
                }
            }
        }
        found.circles = circles_of(&found.turns);
        // Where a circle brings ever more, nothing says what units bring.
        let turns = if found.circles.is_empty() { found.turns.clone() } else { Vec::new() };
        for _ in 0..plan.units.len() {
            for turn in &turns {
                let Some(Some(of)) = found.brings.get(turn.into.index()).copied() else { continue };
                let money = of.money.times(turn.gives).and_then(|money| money.over(turn.cost));
                if let Ok(money) = money {
                    found.raise(turn.from, money.lowest(), turn.rule);
                }
            }
        }
        found
    }

    /// What one of a unit brings at most.
    pub(super) fn brings(&self, unit: UnitId) -> Option<Brings> {
        self.brings.get(unit.index()).copied().flatten()
    }

    fn raise(&mut self, unit: UnitId, money: Exact, by: RuleId) {
        if let Some(known) = self.brings.get_mut(unit.index())
            && known.is_none_or(|known| is_more(money, known.money))
        {
            *known = Some(Brings { money, by: Some(by) });
        }
    }

    /// Takes in what an offer gives, unless a limit over a time bounds it.
    fn see(&mut self, plan: &Plan, id: RuleId, rule: &Rule, offer: &Offer) {
        let bounded = |limits: &[crate::plan::LimitId]| limits.iter().any(|limit| plan.limit(*limit).window.is_some());
        let Some(cost) = offer.cost.as_ref().filter(|_| !bounded(&rule.limits)) else { return };
        for gift in &offer.gifts {
            match gift {
                Benefit::Off { money, limits, .. } if !bounded(limits) => {
                    if let Some((cost_of, money)) = rate(plan, cost.amount, money)
                        && let Ok(each) = money.over(cost_of)
                    {
                        self.raise(cost.unit, each.lowest(), id);
                    }
                }
                Benefit::Units(act) => {
                    if let Some(Act::Give(give)) = rule.acts.get(usize::from(*act))
                        && let Prize::Units(into, formula) = &give.prize
                        && !bounded(&give.limits)
                        && let Some((taken, gives)) = rate(plan, cost.amount, formula)
                    {
                        self.turns.push(Turn { from: cost.unit, into: *into, cost: taken, gives, rule: id });
                    }
                }
                _ => {}
            }
        }
    }
}

/// So many units are taken for so much.
fn rate(plan: &Plan, cost: CostOf, formula: &Formula) -> Option<(Exact, Exact)> {
    let paid = |id| matches!(plan.node(id), Node::Paid);
    let found = match (cost, formula) {
        (CostOf::Fixed(units), Formula::Fixed { amount, .. }) => (least(plan, units)?, most(plan, *amount)?),
        (_, Formula::Share { share, of, .. }) if paid(*of) => (Exact::ONE, most(plan, *share)?),
        (_, Formula::Block { units, size, of, .. }) if paid(*of) => (least(plan, *size)?, most(plan, *units)?),
        _ => return None,
    };
    found.0.is_positive().then_some(found)
}

/// Warns of rewards that make units of nothing.
pub(super) fn told(plan: &Arc<Plan>, settings: &Settings<'_>, worths: &Worths) -> Vec<Diagnostic> {
    worths.circles.iter().map(|circle| said(plan, settings, circle)).collect()
}

/// All circles that bring more than they took.
fn circles_of(turns: &[Turn]) -> Vec<Vec<Turn>> {
    let (mut steps, mut found) = (0, Vec::new());
    for turn in turns {
        circles(turns, &mut vec![*turn], &mut steps, &mut found);
    }
    found
}

/// Goes on from a way as long as it does not come back; each circle is found from its first reward.
fn circles(turns: &[Turn], way: &mut Vec<Turn>, steps: &mut usize, found: &mut Vec<Vec<Turn>>) {
    *steps += 1;
    let (Some(first), Some(last)) = (way.first().copied(), way.last().copied()) else { return };
    if last.into == first.from {
        let product = way.iter().try_fold(Exact::ONE, |product, turn| product.times(turn.gives)?.over(turn.cost));
        if product.is_ok_and(|product| is_more(product, Exact::ONE)) {
            found.push(way.clone());
        }
        return;
    }
    if way.len() >= CIRCLE_MAX || *steps > STEPS_MAX {
        return;
    }
    for next in turns.iter().filter(|next| next.from == last.into && next.rule > first.rule) {
        if way.iter().all(|known| known.from != next.from) {
            way.push(*next);
            circles(turns, way, steps, found);
            way.pop();
        }
    }
}

fn said(plan: &Arc<Plan>, settings: &Settings<'_>, circle: &[Turn]) -> Diagnostic {
    let names: Vec<String> = circle.iter().map(|turn| format!("`{}`", plan.rule(turn.rule).name)).collect();
    let (after, span) = circle.first().map_or((Exact::ONE, crate::source::Span::default()), |first| {
        let all = circle.iter().try_fold(first.cost, |sum, turn| sum.times(turn.gives)?.over(turn.cost));
        (all.unwrap_or(first.cost).lowest(), plan.rule(first.rule).span)
    });
    let (from, before) = circle.first().map_or(("", Exact::ONE), |first| (plan.unit(first.from).key(), first.cost));
    let message = format!(
        "{} {} units of nothing: {} {from} become {} {from}",
        names.join(" and "),
        if names.len() == 1 { "makes" } else { "make" },
        told_number(before),
        told_number(after)
    );
    let help = "give less for them, or limit one of them: `at most 1 time per calendar month`".to_owned();
    let mut warning = warning(Code::MoneyCircle, span, message, help);
    for turn in circle.iter().skip(1) {
        warning.labels.push(Label { span: plan.rule(turn.rule).span, text: "and this one".to_owned() });
    }
    warning.shown = settings.show(|| story(plan, circle));
    warning
}

/// Who has some units, turns them round once and has more.
fn story(plan: &Arc<Plan>, circle: &[Turn]) -> Option<String> {
    let first = circle.first()?;
    (1..=20).find_map(|times| {
        let begin = first.cost.times(Exact::whole(times)).ok()?.to_amount()?;
        let day = Day::from_ymd(2027, 1, 4)?;
        let deed = |what: What| Deed { day, time: TimeOfDay::MIDNIGHT, who: BUYER, what };
        let mut deeds = vec![deed(What::Adjust(first.from, begin))];
        let mut has = begin;
        for turn in circle {
            // As many as the price goes into.
            let often = Exact::from(has).over(turn.cost).ok()?.round(Rounding::Down, 0).ok()?;
            let taken = turn.cost.times(Exact::from(often)).ok()?.to_amount()?;
            deeds.push(deed(What::Redeem(turn.from, taken, None)));
            has = turn.gives.times(Exact::from(often)).ok()?.to_amount()?;
        }
        let story = Story { deeds, ..Story::default() };
        let ending = story.run(plan)?;
        let whose = NAMES.get(BUYER).copied()?;
        let after = ending.has.last()?.get(&(whose.to_owned(), first.from)).copied()?;
        (after.cmp(&begin) == Ordering::Greater)
            .then(|| story.example(plan, "a circle of rewards", vec![balance(plan, first.from, after, whose)]))
    })
}
