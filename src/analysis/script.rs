//! A small history that ends with a purchase: run through the evaluator it has a cost, printed it is an example block.
//!
//! ```text
//! member "Ann" { birthday 1990-12-20 }
//! on 2026-06-01 purchase by "Ann" { 50_000 RUB }
//! on 2026-12-20 purchase by "Ann" { category "cakes" 100_000 RUB }
//! ```

use super::deed::{
    BUYER, Deed, Goods, NAMES, NOWHERE, Value, Values, What, defaults, event, fact, fill, literal, name, pairs,
};
use crate::eval::{Book, BookOptions, Fault};
use crate::ledger::{Entry, EntryKind, Sink};
use crate::plan::{ExprId, Literal, Node, Plan, Role, RuleId, UnitId};
use crate::syntax::ast::{self, Example, File, Item, LiteralKind, Step};
use crate::time::Day;
use crate::ty::{Attribute, Event, Member, Seq};
use crate::value::{Amount, Exact, Overflow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The story; its last deed is the purchase whose cost is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Script {
    /// What the buyer is.
    pub member: Values,
    /// What happened before, in order.
    pub before: Vec<Deed>,
    /// The purchase.
    pub last: Deed,
}

/// What a purchase gave and took off.
#[derive(Debug)]
pub(super) struct Outcome {
    /// What it cost, in money.
    pub cost: Exact,
    /// What each rule gave of each unit, to whom.
    pub given: BTreeMap<(RuleId, UnitId, String), Amount>,
    /// What each discount took off.
    pub off: BTreeMap<RuleId, Amount>,
}

impl Outcome {
    const NOTHING: Self = Self { cost: Exact::ZERO, given: BTreeMap::new(), off: BTreeMap::new() };
}

/// Adds up what one event costs.
struct Meter<'p> {
    plan: &'p Plan,
    event: &'p str,
    outcome: Outcome,
    /// For each automatic reward, what it gave and took off, less the worth of what it cost.
    net: BTreeMap<RuleId, Exact>,
    overflow: bool,
}

/// Does money come off by itself, or are units turned by themselves?
fn comes_by_itself(plan: &Plan, rule: RuleId) -> bool {
    match &plan.rule(rule).role {
        Role::Reward(reward) => reward.automatic || reward.offers.iter().all(|offer| offer.cost.is_none()),
        Role::Rule | Role::Draw(_) | Role::Migration(_) => false,
    }
}

/// What one of a unit is worth on a day.
pub(super) fn worth_on(plan: &Plan, unit: UnitId, day: Day) -> Exact {
    let literal = |id: ExprId| match plan.node(id) {
        Node::Literal(Literal::Number(number)) => Some(*number),
        _ => None,
    };
    let worth = |id: ExprId| match plan.node(id) {
        Node::Dated(first, later) => {
            literal(later.iter().rev().find(|(from, _)| *from <= day).map_or(*first, |(_, value)| *value))
        }
        _ => literal(id),
    };
    plan.unit(unit).worth.and_then(worth).unwrap_or(Exact::ZERO)
}

impl Meter<'_> {
    fn add(&mut self, rule: RuleId, money: Result<Exact, Overflow>) {
        let is_rule = matches!(self.plan.rule(rule).role, Role::Rule);
        let sum = |known: Exact| known.plus(money?);
        if is_rule {
            match sum(self.outcome.cost) {
                Ok(sum) => self.outcome.cost = sum.lowest(),
                Err(Overflow) => self.overflow = true,
            }
        } else if comes_by_itself(self.plan, rule) {
            let known = self.net.get(&rule).copied().unwrap_or(Exact::ZERO);
            match sum(known) {
                Ok(sum) => drop(self.net.insert(rule, sum.lowest())),
                Err(Overflow) => self.overflow = true,
            }
        }
    }
}

impl Sink for Meter<'_> {
    fn discount(&mut self, rule: RuleId, _: Amount, given: Amount) {
        if comes_by_itself(self.plan, rule) {
            let known = self.outcome.off.entry(rule).or_default();
            *known = known.plus(given).unwrap_or(*known);
        }
        self.add(rule, Ok(Exact::from(given)));
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let Some(rule) = entry.rule.filter(|_| entry.event == self.event) else { return };
        if !matches!(entry.kind, EntryKind::Earn | EntryKind::Redeem) {
            return;
        }
        let money = Exact::from(entry.amount).times(worth_on(self.plan, entry.unit, entry.at.day));
        self.add(rule, money);
        if entry.kind == EntryKind::Earn {
            let key = (rule, entry.unit, entry.member.to_owned());
            let known = self.outcome.given.entry(key).or_default();
            *known = known.plus(entry.amount).unwrap_or(*known);
        }
    }
}

impl Script {
    /// Runs the story and tells what its last purchase cost; none where the evaluator refuses it.
    pub(super) fn run(&self, plan: &Arc<Plan>) -> Option<Outcome> {
        let mut book = Book::new(Arc::clone(plan), BookOptions { named_lots: false, strict: false });
        let mut member = Member { name: NAMES[BUYER].to_owned(), joined: None, values: defaults(&plan.schema.member) };
        fill(&mut member.values, &self.member, book.texts_mut());
        book.add_member(&member);
        for (at, deed) in self.before.iter().enumerate() {
            let mut event = event(plan, deed, &format!("before {at}"), book.texts_mut());
            event.seq = i64::try_from(at).ok().and_then(Seq::new);
            book.apply(&event, &mut ()).ok()?;
        }
        let mut event = event(plan, &self.last, LAST, book.texts_mut());
        event.seq = Seq::new(i64::MAX);
        measured(plan, &mut book, &event).ok().flatten()
    }

    /// What the receipt of the last purchase comes to before discounts.
    pub(super) fn amount(&self) -> Exact {
        self.goods()
            .iter()
            .try_fold(Exact::ZERO, |sum, goods| sum.plus(Exact::from(goods.amount)))
            .unwrap_or(Exact::ZERO)
    }

    /// The lines of the last purchase.
    pub(super) fn goods(&self) -> &[Goods] {
        if let What::Purchase(_, goods) = &self.last.what { goods } else { &[] }
    }
}

/// The id of the purchase whose cost is asked for.
const LAST: &str = "the purchase";

/// Applies an event and tells what it cost; none where numbers are too large.
fn measured(plan: &Plan, book: &mut Book, event: &Event) -> Result<Option<Outcome>, Fault> {
    let mut meter = Meter { plan, event: &event.id, outcome: Outcome::NOTHING, net: BTreeMap::new(), overflow: false };
    book.apply(event, &mut meter)?;
    let Meter { mut outcome, net, overflow, .. } = meter;
    for money in net.into_values().filter(|money| money.is_positive()) {
        match outcome.cost.plus(money) {
            Ok(sum) => outcome.cost = sum.lowest(),
            Err(Overflow) => return Ok(None),
        }
    }
    Ok(Some(outcome).filter(|_| !overflow))
}

/// What a purchase costs as it is applied to a book: the worth of the units that it gives to anybody, and what comes
/// off by itself beyond the worth of the units that this takes.
pub fn cost_of(plan: &Plan, book: &mut Book, event: &Event) -> Result<Option<Exact>, Fault> {
    Ok(measured(plan, book, event)?.map(|outcome| outcome.cost))
}

impl Script {
    /// The story as an example block, with what its last purchase gives.
    pub(super) fn example(&self, plan: &Plan, called: &str, outcome: &Outcome) -> String {
        let pairs = pairs(&plan.schema.member, &self.member, &plan.currency);
        let mut steps = vec![Step::Member(name(NAMES[BUYER]), pairs, NOWHERE)];
        for deed in self.before.iter().chain([&self.last]) {
            steps.push(Step::Fact(fact(plan, deed)));
        }
        let expect = |number: Amount, noun: &str, rule: RuleId, member: Option<&str>| {
            Step::ExpectAward(ast::ExpectAward {
                quantity: literal(LiteralKind::Quantity(Exact::from(number), name(noun))),
                rule: Some(name(&plan.rule(rule).name)),
                opening: None,
                expiring: None,
                member: member.map(name),
                span: NOWHERE,
            })
        };
        for ((rule, unit, member), number) in &outcome.given {
            let of = plan.unit(*unit);
            let noun = of.nouns.first().filter(|_| *number == Amount::ONE).map_or(of.key(), String::as_str);
            let pooled = of.pooled_by.is_some();
            steps.push(expect(*number, noun, *rule, Some(member.as_str()).filter(|_| !pooled)));
        }
        for (rule, money) in outcome.off.iter().filter(|(_, money)| money.is_positive()) {
            steps.push(expect(*money, &plan.currency, *rule, None));
        }
        let example = Example { name: name(called), steps, span: NOWHERE };
        crate::syntax::print(&File { items: vec![Item::Example(example)], ..File::default() })
    }
}

impl Script {
    /// What the last purchase has of something that is no money of its lines: items, lines, an attribute.
    pub(super) fn measured(&self, plan: &Plan, of: &str) -> Result<Exact, Overflow> {
        let numbers = |values: &Values, attributes: &[Attribute]| -> Vec<Amount> {
            let slot = attributes.iter().position(|attribute| attribute.name == of);
            match slot.and_then(|slot| values.get(&slot)) {
                Some(Value::Number(number)) => vec![*number],
                _ => Vec::new(),
            }
        };
        let What::Purchase(values, goods) = &self.last.what else { return Ok(Exact::ZERO) };
        let mut all = numbers(values, &plan.schema.receipt);
        all.extend(numbers(&self.member, &plan.schema.member));
        for goods in goods {
            match of {
                "item" => all.push(goods.quantity),
                "line" => all.push(Amount::ONE),
                _ => all.extend(numbers(&goods.values, &plan.schema.line)),
            }
        }
        all.into_iter().try_fold(Exact::ZERO, |sum, number| sum.plus(Exact::from(number)))
    }
}
