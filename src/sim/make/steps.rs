//! Steps of examples as trees: `on 2026-02-01 purchase by "Ann" { category "tea" 100 RUB }`, `expect 5 beans from "Base"`.

use crate::plan::Plan;
use crate::source::Span;
use crate::syntax::ast::{
    Compare, ExampleFact, ExpectAward, Expr, ExprKind, Fact, FactPart, Literal, LiteralKind, Measure, Name, Path, Step,
};
use crate::time::{Day, TimeOfDay};
use crate::ty::event::Datum;
use crate::ty::{Attribute, AttributeType, Texts};
use crate::value::{Amount, Exact};

const NOWHERE: Span = Span { start: 0, end: 0 };

pub(super) fn name(text: &str) -> Name {
    Name { text: text.to_owned(), span: NOWHERE }
}

pub(super) fn literal(kind: LiteralKind) -> Literal {
    Literal { kind, span: NOWHERE }
}

/// `100 beans`
pub(super) fn quantity(number: Amount, noun: &str) -> Literal {
    literal(LiteralKind::Quantity(Exact::from(number), name(noun)))
}

/// A fact without more than its day.
pub(super) fn fact(day: Day, time: TimeOfDay, fact: Fact) -> ExampleFact {
    ExampleFact {
        day,
        time: Some(time).filter(|time| *time != TimeOfDay::MIDNIGHT),
        fact,
        receipt: None,
        quantity: None,
        of: None,
        by: None,
        referred_by: None,
        into: None,
        reward: None,
        parts: None,
        span: NOWHERE,
    }
}

/// `member "Ann" { birthday 1990-12-20 }`
pub(super) fn member(of: &str, pairs: Vec<(Name, Literal)>) -> Step {
    Step::Member(name(of), pairs, NOWHERE)
}

/// The values that differ from what an attribute is where nothing is said of it.
pub(super) fn pairs(
    plan: &Plan,
    attributes: &[Attribute],
    values: &[Datum],
    unsaid: &[Datum],
    texts: &Texts,
) -> Vec<(Name, Literal)> {
    let said = attributes.iter().zip(values).zip(unsaid).filter(|((_, value), unsaid)| value != unsaid);
    said.filter_map(|((attribute, value), _)| {
        let kind = match *value {
            Datum::Missing => return None,
            Datum::Text(sym) => LiteralKind::Text(texts.text(sym).to_owned()),
            Datum::Number(number) if attribute.kind == AttributeType::Money => {
                LiteralKind::Quantity(Exact::from(number), name(&plan.currency))
            }
            Datum::Number(number) => LiteralKind::Number(Exact::from(number)),
            Datum::Date(day) => LiteralKind::Date(day),
            Datum::Time(time) => LiteralKind::Time(time),
            Datum::Flag(flag) => LiteralKind::Flag(flag),
        };
        Some((name(&attribute.name), literal(kind)))
    })
    .collect()
}

/// The same as parts of a fact.
pub(super) fn parts(pairs: Vec<(Name, Literal)>) -> impl Iterator<Item = FactPart> {
    pairs.into_iter().map(|(name, literal)| FactPart::Pair(name, literal))
}

/// `expect 5 beans from "Base" for "Ann"`
pub(super) fn award(number: Amount, noun: &str, rule: Option<&str>, of: Option<&str>) -> Step {
    Step::ExpectAward(ExpectAward {
        quantity: quantity(number, noun),
        rule: rule.map(name),
        opening: None,
        expiring: None,
        member: of.map(name),
        span: NOWHERE,
    })
}

/// `expect "unmatched-return"`
pub(super) fn note(code: &str) -> Step {
    state(ExprKind::Literal(LiteralKind::Text(code.to_owned())), None, None)
}

/// `expect beans.balance = 5 beans for "Ann" on 2026-12-31`
pub(super) fn balance(number: Amount, key: &str, noun: &str, of: Option<&str>, on: Option<Day>) -> Step {
    let size = number.micros().checked_abs().map_or(number, Amount::from_micros);
    let held = ExprKind::Literal(LiteralKind::Quantity(Exact::from(size), name(noun)));
    let held = if number.is_negative() { ExprKind::Negative(Box::new(expr(held))) } else { held };
    state(equal(path(&[key, "balance"]), held), of, on)
}

/// `expect status = Gold for "Ann" on 2026-12-31`
pub(super) fn tier(ladder: &str, tier: &str, of: Option<&str>, on: Option<Day>) -> Step {
    state(equal(path(&[ladder]), path(&[tier])), of, on)
}

fn state(condition: ExprKind, of: Option<&str>, on: Option<Day>) -> Step {
    Step::ExpectState { condition: expr(condition), member: of.map(name), on, span: NOWHERE }
}

fn equal(left: ExprKind, right: ExprKind) -> ExprKind {
    ExprKind::Compare(Compare::Equal, Box::new(expr(left)), Box::new(expr(right)))
}

fn path(names: &[&str]) -> ExprKind {
    let names = names.iter().map(|of| name(of)).collect();
    let measure = Measure::Path(Path { names, before: None, span: NOWHERE });
    ExprKind::Counted { measure, window: None, including: false }
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: NOWHERE }
}
