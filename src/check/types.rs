//! Types in words, and which of them go together: `3` and `3 nights` do, `3 RUB` and `3 beans` do not.

use super::Checker;
use super::context::Value;
use super::names::plural;
use crate::diag::Code;
use crate::plan::{Literal, Node, Type, UnitId};

/// How many of a thing: everything with which one can count and reckon.
pub(super) const fn is_numeric(ty: Type) -> bool {
    matches!(ty, Type::Number | Type::Percent | Type::Money | Type::Units(_) | Type::Counted(_) | Type::Days)
}

/// A number without money or a unit.
pub(super) const fn is_plain(ty: Type) -> bool {
    matches!(ty, Type::Number | Type::Counted(_) | Type::Days)
}

impl Checker<'_> {
    /// The type in words: `money (RUB)`.
    pub(super) fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Number => "a number".into(),
            Type::Percent => "a percent".into(),
            Type::Money => self.names.currency.map_or("money".into(), |currency| format!("money ({})", currency.text)),
            Type::Units(unit) => self.unit_key(unit).to_owned(),
            Type::Counted(counter) => {
                self.names.counters.get(counter.index()).map_or("a count", |found| plural(&found.nouns)).to_owned()
            }
            Type::Text => "a text".into(),
            Type::Flag => "yes or no".into(),
            Type::Date => "a date".into(),
            Type::Time => "a time of day".into(),
            Type::Tier(ladder) => {
                format!("a tier of `{}`", self.names.ladders.get(ladder.index()).map_or("", |found| &found.name.text))
            }
            Type::Days => "a number of days".into(),
        }
    }

    /// The plural of a unit.
    pub(super) fn unit_key(&self, unit: UnitId) -> &str {
        self.names.units.get(unit.index()).map_or("", |found| plural(&found.nouns))
    }

    /// The common type of two values that are compared or added, or a message.
    pub(super) fn unify(&mut self, left: Value, right: Value, doing: &str) -> Option<Type> {
        if let Some(ty) = self.common(left, right) {
            return Some(ty);
        }
        let (found, expected) = (self.type_name(right.ty), self.type_name(left.ty));
        let span = right.span;
        let both_counted = is_numeric(left.ty) && is_numeric(right.ty);
        let code = if both_counted { Code::UnitMismatch } else { Code::TypeMismatch };
        let help = self.help_to_match(left, right);
        let mut said = self.error(code, span, format!("found {found}, expected {expected} {doing}"));
        said.label(left.span, format!("this is {expected}"));
        if let Some(help) = help {
            said.help(help);
        }
        None
    }

    fn common(&self, left: Value, right: Value) -> Option<Type> {
        match (left.ty, right.ty) {
            (a, b) if a == b => Some(a),
            (a, b) if is_plain(a) && is_plain(b) && (a == Type::Number || b == Type::Number) => {
                Some(if a == Type::Number { b } else { a })
            }
            (a, b) if is_numeric(a) && b == Type::Number && self.is_zero(right) => Some(a),
            (a, b) if is_numeric(b) && a == Type::Number && self.is_zero(left) => Some(b),
            _ => None,
        }
    }

    fn is_zero(&self, value: Value) -> bool {
        matches!(self.nodes.get(value.id.index()), Some(Node::Literal(Literal::Number(number))) if number.is_zero())
    }

    fn help_to_match(&self, left: Value, right: Value) -> Option<String> {
        let text = self.source.slice(right.span);
        let currency = self.names.currency.map_or("RUB", |currency| currency.text.as_str());
        match (left.ty, right.ty) {
            (Type::Money, Type::Number) => Some(format!("write `{text} {currency}`")),
            (Type::Units(unit), Type::Number) => Some(format!("write `{text} {}`", self.unit_key(unit))),
            (Type::Percent, Type::Number) => Some(format!("write `{text}%`")),
            (Type::Money, Type::Units(unit)) | (Type::Units(unit), Type::Money) => {
                Some(format!("money and {} do not mix: write both in one of them", self.unit_key(unit)))
            }
            _ => None,
        }
    }

    /// Says that a value is not of the type expected.
    pub(super) fn mismatch(&mut self, value: Value, expected: &str) {
        let found = self.type_name(value.ty);
        let code = if is_numeric(value.ty) { Code::UnitMismatch } else { Code::TypeMismatch };
        self.error(code, value.span, format!("found {found}, expected {expected}"));
    }
}
