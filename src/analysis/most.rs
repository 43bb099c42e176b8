//! The most that a number can be: `spend + 100 RUB` is all of the rule's money and a hundred beside it.

use super::bound::{Sum, greater};
use crate::plan::{NumField, Plan};
use crate::syntax::ast::Before;
use crate::value::Exact;
use std::collections::BTreeMap;

/// What something grows with that is no money of the receipt. Of a line each belongs to one kind of line alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Per {
    /// Items.
    Item,
    /// Lines.
    Line,
    /// An attribute of lines: `fare`.
    OfLines(String),
    /// An attribute of the receipt, the action or the member.
    Of(String),
}

impl Per {
    /// Does each line bring its own?
    pub(super) const fn is_of_lines(&self) -> bool {
        !matches!(self, Self::Of(_))
    }

    /// As it is told.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Item => "item",
            Self::Line => "line",
            Self::OfLines(name) | Self::Of(name) => name,
        }
    }
}

/// A number that lies under something: parts of money, something else, and a fixed amount.
#[derive(Debug, Clone)]
pub(super) struct Most {
    /// Of the rule's lines after discounts, before them; of all lines after and before.
    pub money: [Exact; 4],
    /// Of what else.
    pub extras: BTreeMap<Per, Exact>,
    /// Beside that.
    pub fixed: Exact,
}

impl Most {
    pub(super) const NOTHING: Self = Self { money: [Exact::ZERO; 4], extras: BTreeMap::new(), fixed: Exact::ZERO };

    pub(super) fn fixed(fixed: Exact) -> Self {
        Self { fixed, ..Self::NOTHING }
    }

    pub(super) fn money(place: usize) -> Self {
        let mut most = Self::NOTHING;
        if let Some(own) = most.money.get_mut(place) {
            *own = Exact::ONE;
        }
        most
    }

    pub(super) fn extra(of: Per) -> Self {
        Self { extras: BTreeMap::from([(of, Exact::ONE)]), ..Self::NOTHING }
    }

    pub(super) fn plus(mut self, other: &Self) -> Sum<Self> {
        for (own, other) in self.money.iter_mut().zip(other.money) {
            *own = own.plus(other)?;
        }
        for (of, number) in &other.extras {
            let own = self.extras.entry(of.clone()).or_insert(Exact::ZERO);
            *own = own.plus(*number)?;
        }
        self.fixed = self.fixed.plus(other.fixed)?;
        Ok(self)
    }

    pub(super) fn or(mut self, other: &Self) -> Sum<Self> {
        for (own, other) in self.money.iter_mut().zip(other.money) {
            *own = greater(*own, other)?;
        }
        for (of, number) in &other.extras {
            let own = self.extras.entry(of.clone()).or_insert(Exact::ZERO);
            *own = greater(*own, *number)?;
        }
        self.fixed = greater(self.fixed, other.fixed)?;
        Ok(self)
    }

    pub(super) fn times(mut self, by: Exact) -> Sum<Self> {
        for own in self.money.iter_mut().chain(self.extras.values_mut()) {
            *own = own.times(by)?.lowest();
        }
        self.fixed = self.fixed.times(by)?.lowest();
        Ok(self)
    }
}

impl Most {
    /// What a field of lines comes to; `all` is 2 for all lines of the receipt, 0 for the rule's.
    pub(super) fn of(plan: &Plan, field: NumField, all: usize) -> Self {
        match field {
            NumField::Spend(Some(Before::Discounts)) => Self::money(all + 1),
            NumField::Spend(_) => Self::money(all),
            NumField::Quantity => Self::extra(Per::Item),
            NumField::Line(slot) => Self::extra(Per::OfLines(name(plan.schema.line.get(slot)))),
            NumField::Receipt(slot) => Self::extra(Per::Of(name(plan.schema.receipt.get(slot)))),
            NumField::Action(slot) => Self::extra(Per::Of(name(plan.schema.action.get(slot)))),
        }
    }
}

/// The name of an attribute.
pub(super) fn name(attribute: Option<&crate::ty::Attribute>) -> String {
    attribute.map_or_else(String::new, |attribute| attribute.name.clone())
}
