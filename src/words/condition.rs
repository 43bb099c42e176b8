//! Conditions: `category not in ["gift card"] and spend >= 100 RUB`.

use super::teller::{Case, Teller, Values};
use crate::syntax::ast::{Compare, Expr, ExprKind, SetExpr};

/// A list of up to so many members stands where it is named; a longer one has its chapter.
const SHOWN_MAX: usize = 8;

impl Teller<'_> {
    /// A condition as a sentence.
    pub(super) fn condition(self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Or(terms) => self.joined(terms, &say!(self, "join-or")),
            ExprKind::And(terms) => self.joined(terms, &say!(self, "join-and")),
            ExprKind::Not(inner) => say!(self, "not", condition = self.term(inner)),
            ExprKind::Compare(compare, left, right) => self.comparison(*compare, left, right),
            ExprKind::In { value, negated, set } => self.belongs(value, *negated, set),
            ExprKind::IsKnown(value) => say!(self, "is-known", value = self.value(value, Case::Subject)),
            ExprKind::Within(duration, anchor) => {
                say!(self, "within", length = self.duration(*duration, Case::Genitive), anchor = self.anchor(anchor))
            }
            ExprKind::Counted { .. } => say!(self, "is-yes", value = self.value(expr, Case::Subject)),
            ExprKind::Literal(_)
            | ExprKind::DaysSince(_)
            | ExprKind::Of(..)
            | ExprKind::Per(..)
            | ExprKind::Table(_)
            | ExprKind::Sum(_)
            | ExprKind::Product(_)
            | ExprKind::Negative(_) => self.value(expr, Case::Subject),
        }
    }

    /// A condition within another, in brackets if it is several.
    fn term(self, expr: &Expr) -> String {
        let text = self.condition(expr);
        if matches!(expr.kind, ExprKind::Or(_) | ExprKind::And(_) | ExprKind::Not(_)) {
            say!(self, "brackets", text = text)
        } else {
            text
        }
    }

    fn joined(self, terms: &[Expr], word: &str) -> String {
        terms.iter().map(|term| self.term(term)).collect::<Vec<_>>().join(word)
    }

    fn comparison(self, compare: Compare, left: &Expr, right: &Expr) -> String {
        let kind = self.kind(right);
        let (left, right) = (self.value(left, Case::Subject), self.value(right, Case::Subject));
        match compare {
            Compare::Equal => say!(self, "equal", left = left, right = right, kind = kind),
            Compare::NotEqual => say!(self, "not-equal", left = left, right = right, kind = kind),
            Compare::Less => say!(self, "less", left = left, right = right, kind = kind),
            Compare::AtMost => say!(self, "at-most", left = left, right = right, kind = kind),
            Compare::More => say!(self, "more", left = left, right = right, kind = kind),
            Compare::AtLeast => say!(self, "at-least", left = left, right = right, kind = kind),
        }
    }

    fn belongs(self, value: &Expr, negated: bool, set: &SetExpr) -> String {
        let value = self.value(value, Case::Subject);
        match set {
            SetExpr::Literals(members) if negated => {
                say!(self, "in-none", value = value, members = self.literals(members))
            }
            SetExpr::Literals(members) => say!(self, "in-one", value = value, members = self.literals(members)),
            SetExpr::Named(name) => {
                let list = self.names.lists.get(name.text.as_str());
                let shown = list.filter(|list| self.values == Values::Shown && list.values.len() <= SHOWN_MAX);
                let negated = if negated { "yes" } else { "no" };
                match shown {
                    Some(list) => say!(
                        self,
                        "in-list-shown",
                        value = value,
                        name = name.text.as_str(),
                        members = self.literals(&list.values),
                        negated = negated
                    ),
                    None => say!(self, "in-list", value = value, name = name.text.as_str(), negated = negated),
                }
            }
        }
    }
}
