//! Expressions of the plan: typed, resolved, in one list.

use super::{Anchor, CounterId, ExprId, LadderId, RuleId, UnitId};
use crate::syntax::ast::{Before, Compare};
use crate::time::{Day, Duration, TimeOfDay};
use crate::ty::Sym;
use crate::value::Exact;

pub use crate::syntax::ast::Factor;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// `3`: a plain number or count
    Number,
    /// `5%`; as a number it is 0.05
    Percent,
    /// `20 RUB`
    Money,
    /// `50 beans`
    Units(UnitId),
    /// `10 nights`: of a named counter
    Counted(CounterId),
    /// `"cakes"`
    Text,
    /// `yes`
    Flag,
    /// `2026-12-31`
    Date,
    /// `15:00`
    Time,
    /// `Gold`
    Tier(LadderId),
    /// A whole number of days: `days since the last purchase`
    Days,
}

/// A value known before the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// A number of any unit; percents as a share of one.
    Number(Exact),
    /// A text.
    Text(Sym),
    /// A yes or no.
    Flag(bool),
    /// A day.
    Date(Day),
    /// A time of day.
    Time(TimeOfDay),
    /// A tier, by its position in the ladder.
    Tier(u8),
}

/// A number that lines (or the receipt) have; over several lines it is their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumField {
    /// `spend`, `spend before points`, `spend before discounts`
    Spend(Option<Before>),
    /// `quantity`
    Quantity,
    /// A line attribute by its slot.
    Line(usize),
    /// A receipt attribute by its slot.
    Receipt(usize),
    /// An action attribute by its slot.
    Action(usize),
}

/// A text that lines or the receipt have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextField {
    /// `sku`
    Sku,
    /// A line attribute by its slot.
    Line(usize),
    /// A receipt attribute by its slot.
    Receipt(usize),
}

/// What of a unit is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Balance {
    /// `beans.balance`: open + pending − debt
    Balance,
    /// `beans.available`: open − debt
    Available,
    /// `beans.pending`
    Pending,
    /// `beans.debt`
    Debt,
    /// `beans.spent`: on this receipt
    Spent,
}

/// An expression. Children are ids, so the tree is flat in memory and cheap to walk.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `5%`, `"cakes"`
    Literal(Literal),
    /// `2, 1 from 2015-04-11`: the value of the day
    Dated(ExprId, Vec<(Day, ExprId)>),
    /// In `where`, in a counter's filter or as a table's key: this line's number. Elsewhere: the sum over the rule's lines.
    Lines(NumField),
    /// `receipt.spend`: over the whole receipt
    Receipt(NumField),
    /// A text of the line; only in `where`, a counter's filter, a table's key.
    LineText(TextField),
    /// A yes/no, date or time of the line, by slot; only in `where`, a filter, a key.
    LineDatum(usize),
    /// A text, yes/no, date or time of the receipt, by slot.
    ReceiptDatum(usize),
    /// An attribute of the action, by slot (not a number in a counter).
    ActionDatum(usize),
    /// An attribute of the member, by slot.
    MemberDatum(usize),
    /// `spend over the last 12 months including this purchase`
    Counter(CounterId, Including),
    /// `beans.available`
    Balance(UnitId, Balance),
    /// `status`
    Tier(LadderId),
    /// `status.extra`, by the value's position; of the tier held
    TierValue(LadderId, usize),
    /// `within 30 days of joining`
    Within(Duration, Anchor),
    /// `days since the last purchase`
    DaysSince(Anchor),
    /// `a or b`
    Or(Vec<ExprId>),
    /// `a and b`
    And(Vec<ExprId>),
    /// `not a`
    Not(ExprId),
    /// `spend >= 100 RUB`
    Compare(Compare, ExprId, ExprId),
    /// `category in ["a", "b"]`
    In(ExprId, Vec<Literal>),
    /// `birthday is known`
    IsKnown(ExprId),
    /// `channel or "store"`: the second where the first is missing
    Default(ExprId, ExprId),
    /// `a + b - c`: each with yes where it is taken off
    Sum(Vec<(ExprId, bool)>),
    /// `a * b / c`, `5% of spend`
    Product(Vec<(Factor, ExprId)>),
    /// What a rule gave on this event: `"Base"` after `of`
    Given(RuleId),
    /// The units that a reward is paid with: `0.5 RUB per bean off`
    Paid,
}

impl Node {
    /// The expressions in an expression.
    pub fn children(&self) -> Vec<ExprId> {
        match self {
            Self::Dated(first, later) => std::iter::once(*first).chain(later.iter().map(|(_, value)| *value)).collect(),
            Self::Or(list) | Self::And(list) => list.clone(),
            Self::Not(one) | Self::In(one, _) | Self::IsKnown(one) => vec![*one],
            Self::Compare(_, left, right) | Self::Default(left, right) => vec![*left, *right],
            Self::Sum(list) => list.iter().map(|(value, _)| *value).collect(),
            Self::Product(list) => list.iter().map(|(_, value)| *value).collect(),
            Self::Literal(_)
            | Self::Lines(_)
            | Self::Receipt(_)
            | Self::LineText(_)
            | Self::LineDatum(_)
            | Self::ReceiptDatum(_)
            | Self::ActionDatum(_)
            | Self::MemberDatum(_)
            | Self::Counter(..)
            | Self::Balance(..)
            | Self::Tier(_)
            | Self::TierValue(..)
            | Self::Within(..)
            | Self::DaysSince(_)
            | Self::Given(_)
            | Self::Paid => Vec::new(),
        }
    }
}

impl Node {
    /// Is it the same but for the expressions in it?
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Compare(one, ..), Self::Compare(two, ..)) => one == two,
            (Self::In(_, one), Self::In(_, two)) => one == two,
            (Self::Dated(_, one), Self::Dated(_, two)) => {
                one.iter().map(|(from, _)| from).eq(two.iter().map(|(from, _)| from))
            }
            (Self::Sum(one), Self::Sum(two)) => {
                one.iter().map(|(_, minus)| minus).eq(two.iter().map(|(_, minus)| minus))
            }
            (Self::Product(one), Self::Product(two)) => {
                one.iter().map(|(factor, _)| factor).eq(two.iter().map(|(factor, _)| factor))
            }
            _ if self.children().is_empty() => self == other,
            _ => {
                std::mem::discriminant(self) == std::mem::discriminant(other)
                    && self.children().len() == other.children().len()
            }
        }
    }
}

/// Does a counter include this purchase?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Including {
    /// As before this purchase (decided).
    Before,
    /// `including this purchase`
    This,
}
