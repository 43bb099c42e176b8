//! What members do in a story: a fact with its day and its member, run as an event or printed as a step of an example.
//!
//! ```text
//! on 2026-12-20 purchase by "Ann" { category "cakes" 100_000 RUB }
//! ```

use crate::plan::{Plan, UnitId};
use crate::source::Span;
use crate::syntax::ast::{self, ExampleFact, Fact, FactPart, LiteralKind, Name};
use crate::time::{Day, TimeOfDay};
use crate::ty::event::{Datum, Line, Redemption};
use crate::ty::{Attribute, Event, Kind, Missing, Text, Texts};
use crate::value::{Amount, Exact};
use std::collections::BTreeMap;

/// What an attribute is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A text.
    Text(String),
    /// A yes or no.
    Flag(bool),
    /// A number, or money.
    Number(Amount),
    /// A day.
    Date(Day),
}

/// Attributes by slot.
pub(super) type Values = BTreeMap<usize, Value>;

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Goods {
    /// Its `sku`, if it has one.
    pub sku: Option<String>,
    /// Its attributes.
    pub values: Values,
    /// How many.
    pub quantity: Amount,
    /// What they cost.
    pub amount: Amount,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// The member joins, referred by another, or by nobody.
    Join(Option<usize>),
    /// An action, with its attributes.
    Action(usize, Values),
    /// A balance is set.
    Adjust(UnitId, Amount),
    /// A purchase: attributes of the receipt, lines.
    Purchase(Values, Vec<Goods>),
    /// What was bought in a deed of the story comes back, all of it or some goods.
    Return(usize, Option<Goods>),
    /// Units are spent: on the purchase of a deed of the story, or alone.
    Redeem(UnitId, Amount, Option<usize>),
}

/// The name of the receipt of a deed that others name.
pub(super) fn receipt(at: usize) -> String {
    format!("r{}", at + 1)
}

/// A fact of the story.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deed {
    /// The day.
    pub day: Day,
    /// The time of day.
    pub time: TimeOfDay,
    /// Which member: the buyer is the last.
    pub who: usize,
    /// What happens.
    pub what: What,
}

/// The members of a story; the buyer is referred by the one before, and so on.
pub(super) const NAMES: [&str; 4] = ["Dan", "Cat", "Bob", "Ann"];

/// The buyer.
pub(super) const BUYER: usize = NAMES.len() - 1;

pub(super) fn event(plan: &Plan, deed: &Deed, id: &str, texts: &mut Texts) -> Event {
    let name = |who: usize| Text::from(NAMES.get(who).copied().unwrap_or_default());
    let mut event = Event {
        at: plan.zone.at(deed.day, deed.time),
        id: id.into(),
        member: name(deed.who),
        values: defaults(&plan.schema.receipt),
        ..Event::default()
    };
    match &deed.what {
        What::Join(referred) => {
            event.kind = Kind::Join;
            event.referred_by = referred.map(name).unwrap_or_default();
        }
        What::Action(action, values) => {
            event.kind = Kind::Action;
            event.action = Some(*action);
            event.values = defaults(&plan.schema.action);
            fill(&mut event.values, values, texts);
        }
        What::Adjust(unit, points) => {
            event.kind = Kind::Adjust;
            event.adjusted = Some(Redemption { unit: unit.index(), points: *points, reward: None });
        }
        What::Purchase(values, goods) => {
            event.kind = Kind::Purchase;
            event.receipt.clone_from(&event.id);
            fill(&mut event.values, values, texts);
            event.lines = goods.iter().map(|goods| line(plan, goods, texts)).collect();
            event.sort_lines(&plan.schema, texts);
        }
        What::Return(of, goods) => {
            event.kind = Kind::Return;
            event.of = receipt(*of).into();
            event.lines = goods.iter().map(|goods| line(plan, goods, texts)).collect();
        }
        What::Redeem(unit, points, _) => {
            event.kind = Kind::Redeem;
            event.redeemed = vec![Redemption { unit: unit.index(), points: *points, reward: None }];
        }
    }
    event
}

fn line(plan: &Plan, goods: &Goods, texts: &mut Texts) -> Line {
    let mut line = Line {
        sku: goods.sku.as_ref().map(|sku| texts.intern(sku)),
        amount: goods.amount,
        quantity: goods.quantity,
        values: defaults(&plan.schema.line).into(),
        ..Line::default()
    };
    fill(&mut line.values, &goods.values, texts);
    line
}

pub(super) fn defaults(attributes: &[Attribute]) -> Vec<Datum> {
    let default = |attribute: &Attribute| match attribute.missing {
        Missing::Default(datum) => datum,
        Missing::Refused
            if matches!(attribute.kind, crate::ty::AttributeType::Number | crate::ty::AttributeType::Money) =>
        {
            Datum::Number(Amount::ZERO)
        }
        Missing::Allowed | Missing::Refused => Datum::Missing,
    };
    attributes.iter().map(default).collect()
}

pub(super) fn fill(data: &mut [Datum], values: &Values, texts: &mut Texts) {
    for (slot, value) in values {
        if let Some(place) = data.get_mut(*slot) {
            *place = match value {
                Value::Text(text) => Datum::Text(texts.intern(text)),
                Value::Flag(flag) => Datum::Flag(*flag),
                Value::Number(number) => Datum::Number(*number),
                Value::Date(day) => Datum::Date(*day),
            };
        }
    }
}

pub(super) const NOWHERE: Span = Span { start: 0, end: 0 };

pub(super) fn name(text: &str) -> Name {
    Name { text: text.to_owned(), span: NOWHERE }
}

pub(super) fn literal(kind: LiteralKind) -> ast::Literal {
    ast::Literal { kind, span: NOWHERE }
}

pub(super) fn pairs(attributes: &[Attribute], values: &Values, currency: &str) -> Vec<(Name, ast::Literal)> {
    let pair = |(slot, value): (&usize, &Value)| {
        let attribute = attributes.get(*slot)?;
        let kind = match value {
            Value::Text(text) => LiteralKind::Text(text.clone()),
            Value::Flag(flag) => LiteralKind::Flag(*flag),
            Value::Number(number) if attribute.kind == crate::ty::AttributeType::Money => {
                LiteralKind::Quantity(Exact::from(*number), name(currency))
            }
            Value::Number(number) => LiteralKind::Number(Exact::from(*number)),
            Value::Date(day) => LiteralKind::Date(*day),
        };
        Some((name(&attribute.name), literal(kind)))
    };
    values.iter().filter_map(pair).collect()
}

pub(super) fn fact(plan: &Plan, deed: &Deed) -> ExampleFact {
    let of = |who: usize| NAMES.get(who).copied().map(name);
    let part = |(of, literal): (Name, ast::Literal)| FactPart::Pair(of, literal);
    let mut found = ExampleFact {
        day: deed.day,
        time: Some(deed.time).filter(|time| *time != TimeOfDay::default()),
        fact: Fact::Purchase,
        receipt: None,
        quantity: None,
        of: None,
        by: of(deed.who),
        referred_by: None,
        into: None,
        reward: None,
        parts: None,
        span: NOWHERE,
    };
    match &deed.what {
        What::Join(referred) => {
            found.fact = Fact::Join;
            found.referred_by = referred.and_then(of);
        }
        What::Action(action, values) => {
            found.fact = Fact::Action(name(plan.schema.actions.get(*action).map_or("", String::as_str)));
            let parts: Vec<FactPart> =
                pairs(&plan.schema.action, values, &plan.currency).into_iter().map(part).collect();
            found.parts = Some(parts).filter(|parts| !parts.is_empty());
        }
        What::Adjust(unit, number) => {
            found.fact = Fact::Adjust;
            let noun = name(plan.unit(*unit).key());
            found.quantity = Some(literal(LiteralKind::Quantity(Exact::from(*number), noun)));
        }
        What::Purchase(values, goods) => {
            let mut parts: Vec<FactPart> =
                pairs(&plan.schema.receipt, values, &plan.currency).into_iter().map(part).collect();
            for goods in goods {
                parts.extend(parts_of(plan, goods));
            }
            found.parts = Some(parts);
        }
        What::Return(at, goods) => {
            found.fact = Fact::Return;
            found.of = Some(name(&receipt(*at)));
            found.parts = goods.as_ref().map(|goods| parts_of(plan, goods));
        }
        What::Redeem(unit, points, at) => {
            found.fact = Fact::Redeem;
            found.quantity = Some(literal(LiteralKind::Quantity(Exact::from(*points), name(plan.unit(*unit).key()))));
            found.of = at.map(|at| name(&receipt(at)));
        }
    }
    found
}

/// A line of a receipt, as it is written.
fn parts_of(plan: &Plan, goods: &Goods) -> Vec<FactPart> {
    let part = |(of, literal): (Name, ast::Literal)| FactPart::Pair(of, literal);
    let mut parts: Vec<FactPart> =
        pairs(&plan.schema.line, &goods.values, &plan.currency).into_iter().map(part).collect();
    if let Some(sku) = &goods.sku {
        parts.push(FactPart::Pair(name("sku"), literal(LiteralKind::Text(sku.clone()))));
    }
    if goods.quantity != Amount::ONE {
        parts.push(FactPart::Pair(name("quantity"), literal(LiteralKind::Number(Exact::from(goods.quantity)))));
    }
    let amount = LiteralKind::Quantity(Exact::from(goods.amount), name(&plan.currency));
    parts.push(FactPart::Amount(literal(amount)));
    parts
}
