//! What in a story can be changed and turned: the money of a purchase, how often one came before.
//!
//! A search begins with a plain purchase, changes one thing after the other until the rule that is meant comes
//! further (its own reasons say how far it came), then turns one number until the bound that is meant is just
//! reached. The evaluator alone decides what a story comes to.

use super::steps::{name, quantity};
use super::story::{Deed, Story, Values, deed, with_goods};
use crate::plan::{Literal, Node, Period, Plan, Role, RuleId};
use crate::syntax::ast::{Fact, LiteralKind};
use crate::time::{Day, TimeOfDay};
use crate::ty::{Attribute, AttributeType, Schema};
use crate::value::{Amount, Exact, Rounding};
use std::collections::BTreeSet;

/// So many numbers and texts that a program names are tried.
const NAMED_MAX: usize = 32;
/// So often something is done before at most.
const TIMES_MAX: i64 = 64;
/// Cents of money that a purchase may have.
const CENTS_MAX: i64 = 100_000_000_000;
/// So many days before the purchase something happened.
const DAYS_BEFORE: [i64; 4] = [1, 0, 40, 400];

/// A change of a story; none where it makes no sense.
pub(super) type Change<'p> = Box<dyn Fn(&Story) -> Option<Story> + 'p>;

/// Puts a number into a story.
type Turn<'p> = Box<dyn Fn(&Story, i64) -> Option<Story> + 'p>;

/// A number of a story that can be turned, up to a largest one.
pub(super) struct Knob<'p> {
    pub(super) most: i64,
    pub(super) turn: Turn<'p>,
}

/// What there is to try.
pub(super) struct Moves<'p> {
    plan: &'p Plan,
    numbers: Vec<Amount>,
    texts: Vec<String>,
    hours: Vec<TimeOfDay>,
}

impl<'p> Moves<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let (mut numbers, mut texts) = (BTreeSet::new(), BTreeSet::new());
        for node in &plan.nodes {
            match node {
                Node::Literal(Literal::Number(number)) => {
                    numbers.extend(number.round(Rounding::Up, 2).ok().filter(|number| number.is_positive()));
                }
                Node::Literal(Literal::Text(text)) => drop(texts.insert(plan.texts.text(*text).to_owned())),
                Node::In(_, literals) => texts.extend(literals.iter().filter_map(|literal| match literal {
                    Literal::Text(text) => Some(plan.texts.text(*text).to_owned()),
                    _ => None,
                })),
                _ => {}
            }
        }
        numbers.extend((0..7).filter_map(|power| Amount::whole(10_i64.pow(power)).ok()));
        let mut texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).take(NAMED_MAX).collect();
        texts.push("another".to_owned());
        let hours = plan.periods.iter().filter_map(|period| match period {
            Period::Hours(from, _) => Some(*from),
            _ => None,
        });
        // The small ones first: they make the simpler stories.
        let numbers = numbers.into_iter().take(NAMED_MAX).collect();
        Self { plan, numbers, texts, hours: hours.collect() }
    }

    /// Changes of what a receipt and its lines are.
    pub(super) fn kinds(&self) -> Vec<Change<'_>> {
        let mut all: Vec<Change<'_>> = Vec::new();
        self.of_values(&mut all);
        all
    }

    /// Changes that may bring a rule further, the likely ones first.
    pub(super) fn changes(&self, rule: Option<RuleId>) -> Vec<Change<'_>> {
        let mut all: Vec<Change<'_>> = Vec::new();
        self.of_values(&mut all);
        for hour in &self.hours {
            all.push(Box::new(move |story| {
                let mut story = story.clone();
                story.last.time = *hour;
                Some(story)
            }));
        }
        for number in &self.numbers {
            all.push(Box::new(move |story| with_goods(story, |goods| goods.amount = *number)));
            all.push(Box::new(move |story| with_goods(story, |goods| goods.quantity = *number)));
        }
        self.of_past(&mut all);
        if let Some(rule) = rule {
            self.of_reward(rule, &mut all);
        }
        all
    }

    fn of_values<'m>(&'m self, all: &mut Vec<Change<'m>>) {
        let Schema { line, receipt, action, member, .. } = &self.plan.schema;
        for attribute in line {
            for value in self.tried(attribute) {
                let of = attribute.name.clone();
                all.push(Box::new(move |story| {
                    with_goods(story, |goods| drop(goods.values.insert(of.clone(), value.clone())))
                }));
            }
        }
        for text in &self.texts {
            all.push(Box::new(move |story| with_goods(story, |goods| goods.sku = Some(text.clone()))));
        }
        for (attributes, of_action) in [(receipt, false), (action, true)] {
            for attribute in attributes {
                for value in self.tried(attribute) {
                    let of = attribute.name.clone();
                    all.push(Box::new(move |story| {
                        let mut story = story.clone();
                        let fits = matches!(story.last.fact, Fact::Action(_)) == of_action;
                        fits.then(|| story.last.values.insert(of.clone(), value.clone()))?;
                        Some(story)
                    }));
                }
            }
        }
        for attribute in member {
            for value in self.tried(attribute) {
                let of = attribute.name.clone();
                all.push(Box::new(move |story| {
                    let mut story = story.clone();
                    story.member.insert(of.clone(), value.clone());
                    Some(story)
                }));
            }
            if attribute.kind == AttributeType::Date {
                let of = attribute.name.clone();
                all.push(Box::new(move |story| {
                    let (_, month, day) = story.last.day.ymd();
                    let mut story = story.clone();
                    story.member.insert(of.clone(), LiteralKind::Date(Day::from_ymd_clamped(1990, month, day)?));
                    Some(story)
                }));
            }
        }
    }

    fn tried(&self, attribute: &Attribute) -> Vec<LiteralKind> {
        match attribute.kind {
            AttributeType::Text => self.texts.iter().cloned().map(LiteralKind::Text).collect(),
            AttributeType::Flag => vec![LiteralKind::Flag(true), LiteralKind::Flag(false)],
            AttributeType::Number | AttributeType::Money => {
                self.numbers.iter().map(|number| self.number(attribute, *number)).collect()
            }
            AttributeType::Date | AttributeType::Time => Vec::new(),
        }
    }

    fn number(&self, attribute: &Attribute, number: Amount) -> LiteralKind {
        if attribute.kind == AttributeType::Money {
            quantity(number, &self.plan.currency).kind
        } else {
            LiteralKind::Number(Exact::from(number))
        }
    }

    /// What happened before: purchases that lift tiers and fill counters, actions, balances, joining.
    fn of_past<'m>(&'m self, all: &mut Vec<Change<'m>>) {
        for days in DAYS_BEFORE {
            for number in &self.numbers {
                all.push(Box::new(move |story| {
                    story.with_before(days, 1, |day| story.alike(day, *number, Amount::ONE))
                }));
                let times = number.micros().checked_div(Amount::SCALE).unwrap_or(0);
                if (1..=TIMES_MAX).contains(&times) {
                    all.push(Box::new(move |story| {
                        story.with_before(days, times, |day| story.alike(day, Amount::ONE, Amount::ONE))
                    }));
                    all.push(Box::new(move |story| {
                        story.with_before(days, times - 1, |day| story.alike(day, Amount::ONE, Amount::ONE))
                    }));
                }
            }
            all.push(Box::new(move |story| story.with_before(days, 1, |day| deed(day, Fact::Join, None))));
        }
        for (action, values) in self.actions() {
            for days in [0, 1] {
                let (action, values) = (action.clone(), values.clone());
                all.push(Box::new(move |story| {
                    let did = |day| Deed { values: values.clone(), ..deed(day, action.clone(), None) };
                    story.with_before(days, 1, did)
                }));
            }
        }
        for unit in &self.plan.units {
            for number in &self.numbers {
                let number = (*number, unit.key().to_owned());
                all.push(Box::new(move |story| {
                    story.with_before(1, 1, |day| deed(day, Fact::Adjust, Some(number.clone())))
                }));
            }
        }
    }

    /// Actions, plain and with each text or flag that the program names.
    fn actions(&self) -> Vec<(Fact, Values)> {
        let mut all = Vec::new();
        for action in &self.plan.schema.actions {
            all.push((Fact::Action(name(action)), Values::new()));
            for attribute in self.plan.schema.action.iter().filter(|of| of.kind != AttributeType::Number) {
                for value in self.tried(attribute) {
                    all.push((Fact::Action(name(action)), Values::from([(attribute.name.clone(), value)])));
                }
            }
        }
        all
    }

    /// Units at hand, and spent on a reward.
    fn of_reward<'m>(&'m self, rule: RuleId, all: &mut Vec<Change<'m>>) {
        let of = self.plan.rule(rule);
        let Role::Reward(reward) = &of.role else { return };
        for unit in reward.offers.iter().filter_map(|offer| offer.cost.as_ref()).map(|cost| cost.unit) {
            let noun = self.plan.unit(unit).key();
            for number in &self.numbers {
                all.push(Box::new(move |story| {
                    let at_hand = Some((*number, noun.to_owned()));
                    let mut story = story.with_before(1, 1, |day| deed(day, Fact::Adjust, at_hand.clone()))?;
                    story.spent = Some((*number, noun.to_owned(), of.name.clone()));
                    (story.last.fact == Fact::Purchase).then_some(story)
                }));
            }
        }
    }

    /// Everything that can be turned.
    pub(super) fn knobs(&self) -> Vec<Knob<'_>> {
        let mut all: Vec<Knob<'_>> = Vec::new();
        let mut knob = |most, turn: Turn<'p>| all.push(Knob { most, turn });
        let cents = |number: i64| Amount::from_micros(number.saturating_mul(Amount::SCALE / 100));
        let whole = |number: i64| Amount::whole(number).unwrap_or(Amount::ONE);
        knob(CENTS_MAX, Box::new(move |story, number| with_goods(story, |goods| goods.amount = cents(number))));
        knob(1_000_000, Box::new(move |story, number| with_goods(story, |goods| goods.quantity = whole(number))));
        for days in DAYS_BEFORE {
            knob(
                CENTS_MAX,
                Box::new(move |story, number| {
                    story.with_before(days, 1, |day| story.alike(day, cents(number), Amount::ONE))
                }),
            );
            knob(
                1_000_000,
                Box::new(move |story, number| {
                    story.with_before(days, 1, |day| story.alike(day, Amount::ONE, whole(number)))
                }),
            );
            knob(
                TIMES_MAX,
                Box::new(move |story, number| {
                    story.with_before(days, number, |day| story.alike(day, Amount::ONE, Amount::ONE))
                }),
            );
        }
        knob(
            1_000,
            Box::new(move |story, number| {
                story.with_before(number, 1, |day| story.alike(day, Amount::ONE, Amount::ONE))
            }),
        );
        all.extend(self.knobs_of_deeds());
        all.extend(self.knobs_of_attributes());
        all
    }

    /// How often something was done before, and how much is at hand.
    fn knobs_of_deeds(&self) -> Vec<Knob<'_>> {
        let mut all: Vec<Knob<'_>> = Vec::new();
        for (action, values) in self.actions() {
            for days in [0, 1] {
                let (action, values) = (action.clone(), values.clone());
                let turn = move |story: &Story, number| {
                    let did = |day| Deed { values: values.clone(), ..deed(day, action.clone(), None) };
                    story.with_before(days, number, did)
                };
                all.push(Knob { most: TIMES_MAX, turn: Box::new(turn) });
            }
        }
        for unit in &self.plan.units {
            let turn = move |story: &Story, number| {
                let number = (Amount::whole(number).ok()?, unit.key().to_owned());
                story.with_before(1, 1, |day| deed(day, Fact::Adjust, Some(number.clone())))
            };
            all.push(Knob { most: 1_000_000_000, turn: Box::new(turn) });
        }
        all
    }

    fn knobs_of_attributes(&self) -> Vec<Knob<'_>> {
        let Schema { line, receipt, action, member, .. } = &self.plan.schema;
        let is_number = |of: &&Attribute| matches!(of.kind, AttributeType::Number | AttributeType::Money);
        let mut all: Vec<Knob<'_>> = Vec::new();
        // Whole numbers first, then hundredths.
        for step in [Amount::SCALE, Amount::SCALE / 100] {
            let size = move |number: i64| Amount::from_micros(number.saturating_mul(step));
            for of in line.iter().filter(is_number) {
                let turn = move |story: &Story, number| {
                    let value = self.number(of, size(number));
                    with_goods(story, |goods| drop(goods.values.insert(of.name.clone(), value.clone())))
                };
                all.push(Knob { most: 1_000_000_000, turn: Box::new(turn) });
            }
            for of in receipt.iter().chain(action).filter(is_number) {
                let turn = move |story: &Story, number| {
                    let mut story = story.clone();
                    story.last.values.insert(of.name.clone(), self.number(of, size(number)));
                    Some(story)
                };
                all.push(Knob { most: 1_000_000_000, turn: Box::new(turn) });
            }
            for of in member.iter().filter(is_number) {
                let turn = move |story: &Story, number| {
                    let mut story = story.clone();
                    story.member.insert(of.name.clone(), self.number(of, size(number)));
                    Some(story)
                };
                all.push(Knob { most: 1_000_000_000, turn: Box::new(turn) });
            }
        }
        all
    }
}
