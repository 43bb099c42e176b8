//! An example of what a member really did: the facts of a history, and what they come to.
//!
//! Who was merged into the member, whom the member brought, and who shares a household belong to the story, because
//! their facts bring the member something. What an example cannot say (opening balances, limits that other members
//! use up) shows where the story ends elsewhere than the history: that is said.

use super::steps::{self, name, quantity};
use super::{Asked, Made, example, free_name, proven, with_expectations};
use crate::eval::{Book, Fault};
use crate::plan::{LadderId, Plan, UnitId};
use crate::sim::example::Stage;
use crate::sim::literal::defaults;
use crate::source::Source;
use crate::syntax::ast::{ExampleFact, Fact, FactPart, File, LiteralKind, Step};
use crate::time::{Day, TimeOfDay};
use crate::ty::event::{Datum, Discounts};
use crate::ty::{Event, Kind, Member, Texts};
use crate::value::{Amount, Exact};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Friends of friends of friends still bring their referrer something.
const LEVELS: usize = 3;

/// Whose facts touch whom.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// Who is brought by, or goes up in, somebody.
    to: BTreeMap<String, BTreeSet<String>>,
    /// Who lives together, by attribute and value.
    together: BTreeMap<(usize, String), BTreeSet<String>>,
}

impl Links {
    /// Whom an event links.
    pub fn see(&mut self, event: &Event) {
        let to = match event.kind {
            Kind::Join => &event.referred_by,
            Kind::Merge | Kind::Redeem => &event.into,
            Kind::Adjust | Kind::Action | Kind::Purchase | Kind::Return | Kind::Leave => return,
        };
        if !to.is_empty() {
            self.to.entry(to.to_string()).or_default().insert(event.member.to_string());
        }
    }

    /// Whom the members file links.
    pub fn see_member(&mut self, plan: &Plan, member: &Member, texts: &Texts) {
        for slot in plan.units.iter().filter_map(|unit| unit.pooled_by) {
            if let Some(Datum::Text(value)) = member.values.get(slot) {
                let key = (slot, texts.text(*value).to_owned());
                self.together.entry(key).or_default().insert(member.name.clone());
            }
        }
    }

    /// The member, and all whose facts touch it.
    pub fn around(&self, member: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::from([member.to_owned()]);
        for of in self.together.values().filter(|of| of.contains(member)) {
            all.extend(of.iter().cloned());
        }
        for _ in 0..LEVELS {
            let more: Vec<String> = all.iter().filter_map(|of| self.to.get(of)).flatten().cloned().collect();
            all.extend(more);
        }
        // Who brought the member must be one, too.
        let brought = self.to.iter().filter(|(_, of)| of.contains(member)).map(|(by, _)| by.clone());
        all.extend(brought.collect::<Vec<String>>());
        all
    }
}

/// The story of a member on its way.
#[derive(Debug)]
pub struct MemberStory {
    plan: Arc<Plan>,
    /// The member that it is about.
    about: String,
    who: BTreeSet<String>,
    members: Vec<Step>,
    facts: Vec<Step>,
    /// Numbers that receipts of the story bear, each of its member.
    numbers: BTreeSet<(String, String)>,
    left: Vec<String>,
}

impl MemberStory {
    /// A story of nobody's facts yet.
    pub fn new(plan: Arc<Plan>, about: &str, links: &Links) -> Self {
        let who = links.around(about);
        let (members, facts, numbers, left) = (Vec::new(), Vec::new(), BTreeSet::new(), Vec::new());
        Self { plan, about: about.to_owned(), who, members, facts, numbers, left }
    }

    /// Is somebody in the story?
    pub fn is_about(&self, member: &str) -> bool {
        self.who.contains(member)
    }

    /// Has somebody done anything?
    pub fn has_facts_of(&self, member: &str) -> bool {
        self.facts.iter().any(|step| match step {
            Step::Fact(fact) => fact.by.as_ref().is_some_and(|by| by.text == member),
            _ => false,
        })
    }

    /// What the members file says of somebody in the story.
    pub fn member(&mut self, member: &Member, texts: &Texts) {
        if !self.is_about(&member.name) {
            return;
        }
        let unsaid = defaults(&self.plan.schema.member);
        let mut pairs = steps::pairs(&self.plan, &self.plan.schema.member, &member.values, &unsaid, texts);
        pairs.extend(member.joined.map(|day| (name("joined"), steps::literal(LiteralKind::Date(day)))));
        self.members.push(steps::member(&member.name, pairs));
    }

    /// A fact of somebody in the story, in the order of the history.
    pub fn event(&mut self, event: &Event, texts: &Texts) {
        if !self.is_about(&event.member) {
            return;
        }
        let plan = Arc::clone(&self.plan);
        let back = plan.zone.at(event.at.day, event.at.time);
        if back.instant != event.at.instant {
            self.left.push(format!("{} is told to the second of the programme's zone", event.at));
        }
        let mut fact = steps::fact(event.at.day, minute(event.at.time), kind(&plan, event));
        fact.by = Some(name(&event.member));
        match event.kind {
            Kind::Purchase | Kind::Return => return self.sale(event, fact, texts),
            Kind::Redeem => {
                fact.into = text(&event.into);
                for redeemed in &event.redeemed {
                    let mut fact = fact.clone();
                    self.spent(&mut fact, redeemed.unit, redeemed.points, redeemed.reward);
                    self.facts.push(Step::Fact(fact));
                }
                return;
            }
            Kind::Adjust => {
                if let Some(adjusted) = event.adjusted {
                    self.spent(&mut fact, adjusted.unit, adjusted.points, None);
                }
            }
            Kind::Action if event.action.is_none() => {
                return self.left.push(format!("an action of {} that the program does not declare", event.at.day));
            }
            Kind::Action => {
                fact.of = text(&event.of);
                let parts = self.values(event, texts);
                fact.parts = Some(parts).filter(|parts| !parts.is_empty());
            }
            Kind::Join => fact.referred_by = text(&event.referred_by),
            Kind::Merge => fact.into = text(&event.into),
            Kind::Leave => {}
        }
        self.facts.push(Step::Fact(fact));
    }

    fn spent(&self, fact: &mut ExampleFact, unit: usize, points: Amount, reward: Option<usize>) {
        let noun = self.plan.units.get(unit).map_or("", |unit| unit.key());
        fact.quantity = Some(quantity(points, noun));
        fact.reward = reward.and_then(|reward| self.plan.schema.rewards.get(reward)).map(|reward| name(reward));
    }

    fn values(&self, event: &Event, texts: &Texts) -> Vec<FactPart> {
        let schema = &self.plan.schema;
        let attributes = if event.kind == Kind::Action { &schema.action } else { &schema.receipt };
        steps::parts(steps::pairs(&self.plan, attributes, &event.values, &defaults(attributes), texts)).collect()
    }

    /// A purchase with what was spent on it, or a return.
    fn sale(&mut self, event: &Event, mut fact: ExampleFact, texts: &Texts) {
        let number = self.number(event);
        fact.receipt = Some(name(&number));
        fact.of = text(&event.of);
        let mut parts = self.values(event, texts);
        for line in &event.lines {
            let schema = &self.plan.schema.line;
            parts.extend(steps::parts(steps::pairs(&self.plan, schema, &line.values, &defaults(schema), texts)));
            let mut pair = |of: &str, kind| parts.push(FactPart::Pair(name(of), steps::literal(kind)));
            if let Some(sku) = line.sku {
                pair("sku", LiteralKind::Text(texts.text(sku).to_owned()));
            }
            if event.discounts != Discounts::Programs {
                let told = if event.discounts == Discounts::Told { line.discount } else { Amount::ZERO };
                pair("discount", quantity(told, &self.plan.currency).kind);
            }
            if line.quantity != Amount::ONE {
                pair("quantity", LiteralKind::Number(Exact::from(line.quantity)));
            }
            parts.push(FactPart::Amount(quantity(line.amount, &self.plan.currency)));
        }
        let is_whole_return = event.kind == Kind::Return && event.lines.is_empty();
        fact.parts = Some(parts).filter(|_| !is_whole_return);
        for redeemed in event.redeemed.iter().filter(|_| event.kind == Kind::Purchase) {
            let mut spent = steps::fact(event.at.day, minute(event.at.time), Fact::Redeem);
            (spent.by, spent.of) = (fact.by.clone(), fact.receipt.clone());
            self.spent(&mut spent, redeemed.unit, redeemed.points, redeemed.reward);
            self.facts.push(Step::Fact(spent));
        }
        self.facts.push(Step::Fact(fact));
    }

    /// The receipt's number; one that no other fact bears, because an example knows facts by it.
    fn number(&mut self, event: &Event) -> String {
        let wanted = match (event.receipt.as_str(), event.kind) {
            ("", Kind::Return) => "return",
            ("", _) => "purchase",
            (receipt, _) => receipt,
        };
        let (mut number, mut count) = (wanted.to_owned(), 2_u32);
        while !self.numbers.insert((event.member.to_string(), number.clone())) {
            number = format!("{wanted}/{count}");
            count = count.saturating_add(1);
        }
        if number != wanted && event.kind == Kind::Purchase {
            self.left.push(format!("receipt \"{wanted}\" of {} is told as \"{number}\"", event.at.day));
        }
        number
    }

    /// The example, as of the last day of the history; `book` is how the history really ended.
    pub fn made(self, source: &Source, file: &File, book: &Book, as_of: Day) -> Result<Made, Fault> {
        let plan = Arc::clone(&self.plan);
        let called = free_name(file, &[], &format!("member {}", self.about));
        let all: Vec<Step> = self.members.into_iter().chain(self.facts).collect();
        let ends = different_ends(&plan, all.clone(), book, &self.about, as_of)?;
        let asked = Asked { end: Some(as_of), ..Asked::default() };
        let told = with_expectations(&plan, &called, spoken(all), asked)?;
        let mut made = proven(source, vec![told]);
        made.left = self.left.into_iter().chain(ends).chain(made.left).collect();
        Ok(made)
    }
}

/// Of one member that is described, facts need not say whose they are.
fn spoken(mut all: Vec<Step>) -> Vec<Step> {
    let whose = super::subject(&all);
    let described = all.iter().any(|step| matches!(step, Step::Member(..)));
    let one = all.iter().all(|step| match step {
        Step::Fact(fact) => fact.by.as_ref().is_some_and(|by| by.text == whose),
        _ => true,
    });
    if described && one {
        for step in &mut all {
            if let Step::Fact(fact) = step {
                fact.by = None;
            }
        }
    }
    all
}

/// Where the story ends elsewhere than the history.
fn different_ends(
    plan: &Arc<Plan>,
    facts: Vec<Step>,
    book: &Book,
    about: &str,
    as_of: Day,
) -> Result<Vec<String>, Fault> {
    let alone = example("", facts);
    let mut stage = Stage::new(plan, &alone);
    for at in 0..alone.steps.len() {
        stage.go(at)?;
    }
    stage.book.finish(as_of, &mut ())?;
    let (Some(told), Some(real)) = (stage.book.member(about), book.member(about)) else { return Ok(Vec::new()) };
    let mut ends = Vec::new();
    for (at, unit) in plan.units.iter().enumerate() {
        let (told, real) = (told.balance(UnitId::new(at)), real.balance(UnitId::new(at)));
        if told != real {
            ends.push(format!("the example ends with {told} {}, the history with {real}", unit.key()));
        }
    }
    for (at, ladder) in plan.ladders.iter().enumerate() {
        let of = |tier: u8| ladder.tiers.get(usize::from(tier)).map_or("", |tier| tier.name.as_str());
        let (told, real) = (told.tier(LadderId::new(at)).0, real.tier(LadderId::new(at)).0);
        if told != real {
            ends.push(format!("the example ends in {}, the history in {}", of(told), of(real)));
        }
    }
    if !ends.is_empty() {
        ends.push("no example holds opening balances, or members that are not linked".to_owned());
    }
    Ok(ends)
}

/// Examples tell the minute; no stretch of the language begins or ends within one.
fn minute(time: TimeOfDay) -> TimeOfDay {
    let minutes = time.seconds() / 60;
    TimeOfDay::hms(minutes / 60, minutes % 60, 0).unwrap_or(time)
}

fn kind(plan: &Plan, event: &Event) -> Fact {
    match event.kind {
        Kind::Purchase => Fact::Purchase,
        Kind::Return => Fact::Return,
        Kind::Join => Fact::Join,
        Kind::Redeem => Fact::Redeem,
        Kind::Merge => Fact::Merge,
        Kind::Adjust => Fact::Adjust,
        Kind::Leave => Fact::Leave,
        Kind::Action => {
            let action = event.action.and_then(|action| plan.schema.actions.get(action));
            Fact::Action(name(action.map_or("", String::as_str)))
        }
    }
}

fn text(of: &str) -> Option<crate::syntax::ast::Name> {
    Some(of).filter(|of| !of.is_empty()).map(name)
}
