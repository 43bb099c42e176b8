//! What the facts of an example say, as the evaluator is given it: `quantity 3`, `1_000 RUB`, `channel "web"`.

use crate::plan::Plan;
use crate::syntax::ast::{Fact, Literal, LiteralKind, Name};
use crate::ty::event::Datum;
use crate::ty::{AttributeType, Kind, Missing, Redemption, Texts};
use crate::value::{Amount, Exact, Rounding};

pub(super) fn kind_of(fact: &Fact) -> Kind {
    match fact {
        Fact::Purchase => Kind::Purchase,
        Fact::Return => Kind::Return,
        Fact::Join => Kind::Join,
        Fact::Action(_) => Kind::Action,
        Fact::Redeem => Kind::Redeem,
        Fact::Merge => Kind::Merge,
        Fact::Adjust => Kind::Adjust,
        Fact::Leave => Kind::Leave,
    }
}

/// The values of attributes of which nothing is said.
pub(super) fn defaults(attributes: &[crate::ty::Attribute]) -> Vec<Datum> {
    let default = |attribute: &crate::ty::Attribute| match attribute.missing {
        Missing::Default(datum) => datum,
        // An example need not tell what its rules do not ask for.
        Missing::Refused if matches!(attribute.kind, AttributeType::Number | AttributeType::Money) => {
            Datum::Number(Amount::ZERO)
        }
        Missing::Allowed | Missing::Refused => Datum::Missing,
    };
    attributes.iter().map(default).collect()
}

pub(super) fn set(values: &mut [Datum], slot: usize, datum: Datum) {
    if let Some(value) = values.get_mut(slot) {
        *value = datum;
    }
}

pub(super) fn amount(literal: &Literal) -> Amount {
    match &literal.kind {
        LiteralKind::Number(number) | LiteralKind::Quantity(number, _) => {
            number.round(Rounding::HalfUp, 6).unwrap_or_default()
        }
        _ => Amount::ZERO,
    }
}

pub(super) fn quantity(plan: &Plan, literal: &Literal, reward: Option<&Name>) -> Option<Redemption> {
    let LiteralKind::Quantity(_, noun) = &literal.kind else { return None };
    let unit = plan.units.iter().position(|unit| unit.nouns.contains(&noun.text))?;
    let reward = reward.and_then(|name| plan.schema.rewards.iter().position(|known| *known == name.text));
    Some(Redemption { unit, points: amount(literal), reward })
}

pub(super) fn datum(literal: &Literal, texts: &mut Texts) -> Datum {
    match &literal.kind {
        LiteralKind::Number(_) | LiteralKind::Quantity(..) => Datum::Number(amount(literal)),
        LiteralKind::Percent(number) => {
            let share = number.over(Exact::whole(100)).and_then(|share| share.round(Rounding::HalfUp, 6));
            Datum::Number(share.unwrap_or_default())
        }
        LiteralKind::Text(text) => Datum::Text(texts.intern(text)),
        LiteralKind::Date(day) => Datum::Date(*day),
        LiteralKind::Time(time) => Datum::Time(*time),
        LiteralKind::Flag(flag) => Datum::Flag(*flag),
    }
}
