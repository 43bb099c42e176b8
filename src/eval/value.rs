//! Expressions at work: one event, one member, exact values.
//!
//! A [`Scene`] is all that an expression can see: the frame of the moment, the basket and the lines
//! of the rule, what rules gave so far. The checker has made sure that types fit; a value that the
//! data lack is [`Val::Missing`], and any comparison with it is false.

use super::Fault;
use super::account::Frame;
use super::fixed::Fixed;
use super::index::Index;
use super::when::{From, Who};
use crate::plan::{Balance, CounterId, ExprId, Factor, Including, Literal, Node, NumField, Plan, TextField};
use crate::syntax::ast::{Before, Compare};
use crate::time::{Day, TimeOfDay};
use crate::ty::event::Datum;
use crate::ty::{Kind, Line, Sym};
use crate::value::{Amount, Exact};

/// The value of an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Val {
    /// A number of any unit.
    Num(Exact),
    /// A text.
    Text(Sym),
    /// A yes or no.
    Flag(bool),
    /// A day.
    Date(Day),
    /// A time of day.
    Time(TimeOfDay),
    /// A tier by its position.
    Tier(u8),
    /// The data have none.
    Missing,
}

/// The lines of a receipt with their money at each step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basket<'a> {
    /// The lines in canonical order; only kept ones.
    pub lines: &'a [Line],
    /// Money of each line paid with units.
    pub paid: &'a [Amount],
    /// The receipt's (or the action's) attributes.
    pub values: &'a [Datum],
    /// Only so much of each line: `per item` works out one of several.
    pub part: Option<Exact>,
}

impl Basket<'_> {
    /// A basket of nothing: for facts that are no purchases, and for midnight.
    pub(super) const EMPTY: Basket<'static> = Basket { lines: &[], paid: &[], values: &[], part: None };

    /// A line's number.
    #[inline]
    pub(super) fn number(&self, at: usize, field: NumField) -> Result<Amount, Fault> {
        let Some(line) = self.lines.get(at) else { return Ok(Amount::ZERO) };
        match field {
            NumField::Receipt(slot) | NumField::Action(slot) => Ok(number_of(self.values.get(slot))),
            NumField::Spend(None) => {
                let paid = self.paid.get(at).copied().unwrap_or(Amount::ZERO);
                number_of_line(line, field)?.minus(paid).map_err(Fault::from)
            }
            field => number_of_line(line, field),
        }
    }

    /// The sum of a number over some lines.
    pub(super) fn sum(&self, chosen: &[u16], field: NumField) -> Result<Amount, Fault> {
        if let NumField::Receipt(slot) | NumField::Action(slot) = field {
            return Ok(number_of(self.values.get(slot)));
        }
        let mut sum = Amount::ZERO;
        for at in chosen {
            sum = sum.plus(self.number(usize::from(*at), field)?)?;
        }
        Ok(sum)
    }

    /// The number of a line, or its sum over some, exactly.
    fn exact(&self, line: Option<usize>, chosen: &[u16], field: NumField) -> Result<Exact, Fault> {
        let number = Exact::from(match line {
            Some(line) => self.number(line, field)?,
            None => self.sum(chosen, field)?,
        });
        match self.part {
            Some(part) if !matches!(field, NumField::Receipt(_) | NumField::Action(_)) => {
                number.times(part).map_err(Fault::from)
            }
            _ => Ok(number),
        }
    }

    /// How many there are of some lines.
    pub(super) fn items(&self, chosen: &[u16]) -> Result<Exact, Fault> {
        self.exact(None, chosen, NumField::Quantity)
    }

    /// A text of a line.
    #[inline]
    pub(super) fn text(&self, at: usize, field: TextField) -> Datum {
        match (field, self.lines.get(at)) {
            (TextField::Receipt(slot), _) => self.values.get(slot).copied().unwrap_or_default(),
            (_, Some(line)) => self.text_of(line, field),
            (_, None) => Datum::Missing,
        }
    }

    /// A text of one of the lines.
    #[inline]
    pub(super) fn text_of(&self, line: &Line, field: TextField) -> Datum {
        match field {
            // Without an article it is the empty text.
            TextField::Sku => Datum::Text(line.sku.unwrap_or(Sym::EMPTY)),
            TextField::Line(slot) => line.values.get(slot).copied().unwrap_or_default(),
            TextField::Receipt(slot) => self.values.get(slot).copied().unwrap_or_default(),
        }
    }
}

/// A number of a line that nothing was paid for with units.
#[inline]
pub(super) fn number_of_line(line: &Line, field: NumField) -> Result<Amount, Fault> {
    Ok(match field {
        NumField::Spend(Some(Before::Discounts)) => line.amount,
        NumField::Spend(Some(Before::Points) | None) => line.amount.minus(line.discount)?,
        NumField::Quantity => line.quantity.minus(line.free)?,
        NumField::Line(slot) => number_of(line.values.get(slot)),
        NumField::Receipt(_) | NumField::Action(_) => Amount::ZERO,
    })
}

fn number_of(datum: Option<&Datum>) -> Amount {
    match datum {
        Some(Datum::Number(amount)) => *amount,
        _ => Amount::ZERO,
    }
}

/// All that an expression can see.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    /// The program.
    pub plan: &'a Plan,
    /// What was worked out of the plan once.
    pub index: &'a Index,
    /// The state that was before the event.
    pub frame: &'a Frame,
    /// The receipt.
    pub basket: Basket<'a>,
    /// The lines that the rule looks at, by position.
    pub chosen: &'a [u16],
    /// The one line that a condition on lines looks at.
    pub line: Option<usize>,
    /// What each rule gave on this event, in its first unit.
    pub given: &'a [Exact],
    /// What happened.
    pub kind: Kind,
    /// Which action happened.
    pub action: Option<usize>,
    /// In a marginal table: the part of the base that a row is for.
    pub part: Option<Exact>,
    /// The units that the reward at hand is paid with.
    pub paid: Option<Exact>,
}

impl<'a> Scene<'a> {
    /// The member's days.
    pub(super) fn who(&self) -> Who<'a> {
        self.frame.who(self.plan, &self.index.layout)
    }

    /// The same scene seen from one line.
    pub(super) fn at_line(&self, line: usize) -> Scene<'a> {
        Scene { line: Some(line), ..*self }
    }

    /// The same scene with other lines chosen.
    pub(super) fn choosing<'b>(&self, chosen: &'b [u16]) -> Scene<'b>
    where
        'a: 'b,
    {
        Scene { chosen, ..*self }
    }

    /// The value of an expression.
    pub(super) fn value(&self, id: ExprId) -> Result<Val, Fault> {
        Ok(match self.plan.node(id) {
            Node::Literal(literal) => literal_value(*literal),
            Node::Dated(first, later) => self.value(self.of_the_day(*first, later))?,
            Node::LineText(field) => self.line.map_or(Val::Missing, |line| datum_value(self.basket.text(line, *field))),
            Node::LineDatum(slot) => self.line_datum(*slot),
            Node::ReceiptDatum(slot) | Node::ActionDatum(slot) => {
                self.basket.values.get(*slot).map_or(Val::Missing, |datum| datum_value(*datum))
            }
            Node::MemberDatum(slot) => self.frame.member.get(*slot).map_or(Val::Missing, |datum| datum_value(*datum)),
            Node::Tier(ladder) => Val::Tier(self.tier(ladder.index())),
            Node::TierValue(ladder, position) => match self.tier_value(*ladder, *position) {
                Some(expr) => self.value(expr)?,
                None => Val::Missing,
            },
            Node::Within(how_long, anchor) => self.within(*how_long, *anchor),
            Node::Default(value, default) => match self.value(*value)? {
                Val::Missing => self.value(*default)?,
                known => known,
            },
            Node::Or(_) | Node::And(_) | Node::Not(_) | Node::Compare(..) | Node::In(..) | Node::IsKnown(_) => {
                Val::Flag(self.holds(id)?)
            }
            Node::Lines(_)
            | Node::Receipt(_)
            | Node::Counter(..)
            | Node::Balance(..)
            | Node::DaysSince(_)
            | Node::Sum(_)
            | Node::Product(_)
            | Node::Given(_)
            | Node::Paid => self.number(id)?.map_or(Val::Missing, Val::Num),
        })
    }

    /// The number of an expression; none where a value is missing.
    #[inline]
    pub(super) fn number(&self, id: ExprId) -> Result<Option<Exact>, Fault> {
        match self.index.numbers.get(id.index()) {
            Some(Fixed::Number(number)) => Ok(Some(*number)),
            Some(Fixed::ByTier(ladder, numbers)) => {
                let tier = usize::from(self.tier(ladder.index()));
                Ok(numbers.get(tier).copied().flatten())
            }
            Some(Fixed::No) | None => self.work_number(id),
        }
    }

    fn work_number(&self, id: ExprId) -> Result<Option<Exact>, Fault> {
        Ok(match self.plan.node(id) {
            Node::Dated(first, later) => self.number(self.of_the_day(*first, later))?,
            Node::Lines(field) => Some(self.basket.exact(self.line, self.chosen, *field)?),
            Node::Receipt(field) => Some(self.receipt_number(*field)?),
            Node::Counter(counter, including) => self.counter(*counter, *including)?,
            Node::Balance(unit, what) => Some(self.balance(unit.index(), *what)),
            Node::TierValue(ladder, position) => match self.tier_value(*ladder, *position) {
                Some(expr) => self.number(expr)?,
                None => None,
            },
            Node::DaysSince(anchor) => self.days_since(*anchor),
            Node::Sum(parts) => self.sum(parts)?,
            Node::Product(parts) => self.product(parts)?,
            Node::Given(rule) => Some(self.given.get(rule.index()).copied().unwrap_or(Exact::ZERO)),
            Node::Paid => self.paid,
            _ => match self.value(id)? {
                Val::Num(number) => Some(number),
                _ => None,
            },
        })
    }

    /// Does a condition hold?
    #[inline]
    pub(super) fn holds(&self, id: ExprId) -> Result<bool, Fault> {
        match self.index.quick.get(id.index()) {
            Some(Some(quick)) if self.basket.part.is_none() => quick.holds(self),
            _ => self.walk(id),
        }
    }

    fn walk(&self, id: ExprId) -> Result<bool, Fault> {
        Ok(match self.plan.node(id) {
            Node::Or(parts) => self.any(parts, true)?,
            Node::And(parts) => !self.any(parts, false)?,
            Node::Not(part) => !self.holds(*part)?,
            Node::Compare(compare, left, right) => match self.plan.node(*right) {
                Node::Literal(Literal::Number(right)) => match self.number(*left)? {
                    Some(left) => compare.fits(left.compare(*right)?),
                    None => false,
                },
                _ => compare_values(*compare, self.value(*left)?, self.value(*right)?)?,
            },
            Node::In(value, set) => match (self.plan.node(*value), self.line) {
                (Node::LineText(field), Some(line)) => is_in_texts(self.basket.text(line, *field), set),
                _ => is_in(self.value(*value)?, set)?,
            },
            Node::IsKnown(value) => self.value(*value)? != Val::Missing,
            _ => self.value(id)? == Val::Flag(true),
        })
    }

    /// The row of a dated value that holds today.
    fn of_the_day(&self, first: ExprId, later: &[(Day, ExprId)]) -> ExprId {
        let day = self.frame.at.day;
        later.iter().rev().find(|(from, _)| *from <= day).map_or(first, |(_, expr)| *expr)
    }

    fn tier_value(&self, ladder: crate::plan::LadderId, position: usize) -> Option<ExprId> {
        let tier = self.tier(ladder.index());
        let tier = self.plan.ladder(ladder).tiers.get(usize::from(tier))?;
        tier.values.get(position).copied().flatten()
    }

    fn any(&self, parts: &[ExprId], wanted: bool) -> Result<bool, Fault> {
        for part in parts {
            if self.holds(*part)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tier(&self, ladder: usize) -> u8 {
        self.frame.tiers.get(ladder).copied().unwrap_or(0)
    }

    fn receipt_number(&self, field: NumField) -> Result<Exact, Fault> {
        self.basket.exact(None, &super::accrual::all_of(self.basket.lines), field)
    }

    fn line_datum(&self, slot: usize) -> Val {
        let line = self.line.and_then(|line| self.basket.lines.get(line));
        let value = line.and_then(|line| line.values.get(slot)).map_or(Val::Missing, |datum| datum_value(*datum));
        match (value, self.basket.part) {
            (Val::Num(number), Some(part)) => number.times(part).map_or(Val::Missing, Val::Num),
            (value, _) => value,
        }
    }

    fn counter(&self, counter: CounterId, including: Including) -> Result<Option<Exact>, Fault> {
        let Some(before) = self.frame.counters.get(counter.index()).copied().flatten() else { return Ok(None) };
        let value = match including {
            Including::Before => before,
            Including::This => self.including(counter, before)?,
        };
        Ok(Some(Exact::from(value)))
    }

    /// A counter's value with what this event adds.
    pub(super) fn including(&self, counter: CounterId, before: Amount) -> Result<Amount, Fault> {
        use crate::plan::Measure;
        let adds = super::counter::adds(counter, self)?;
        Ok(match self.plan.counter(counter).measure {
            Measure::Largest(_) => before.max(adds),
            _ => before.plus(adds)?,
        })
    }

    fn balance(&self, unit: usize, what: Balance) -> Exact {
        let place = match what {
            Balance::Balance => 0,
            Balance::Available => 1,
            Balance::Pending => 2,
            Balance::Debt => 3,
            Balance::Spent => 4,
        };
        let amount = self.frame.balances.get(unit).and_then(|all| all.get(place)).copied();
        Exact::from(amount.unwrap_or_default())
    }

    fn within(&self, how_long: crate::time::Duration, anchor: crate::plan::Anchor) -> Val {
        let now = self.frame.at;
        let Some(start) = self.who().anchor(anchor, From { now, opens: None }) else { return Val::Missing };
        let end = how_long.after_day(start);
        Val::Flag(start <= now.day && end.is_none_or(|end| now.day <= end))
    }

    fn days_since(&self, anchor: crate::plan::Anchor) -> Option<Exact> {
        let now = self.frame.at;
        let day = self.who().anchor(anchor, From { now, opens: None })?;
        Some(Exact::whole(i64::from(now.day.number()) - i64::from(day.number())))
    }

    fn sum(&self, parts: &[(ExprId, bool)]) -> Result<Option<Exact>, Fault> {
        let mut sum = Exact::ZERO;
        for (part, minus) in parts {
            let Some(number) = self.number(*part)? else { return Ok(None) };
            sum = if *minus { sum.minus(number)? } else { sum.plus(number)? };
        }
        Ok(Some(sum))
    }

    fn product(&self, parts: &[(Factor, ExprId)]) -> Result<Option<Exact>, Fault> {
        let mut product = Exact::ONE;
        for (factor, part) in parts {
            let Some(number) = self.number(*part)? else { return Ok(None) };
            product = match factor {
                Factor::Times => product.times(number)?,
                // What is divided by nothing has no value.
                Factor::Over if number.is_zero() => return Ok(None),
                Factor::Over => product.over(number)?,
            };
        }
        Ok(Some(product))
    }
}

/// Is a text one of a list of texts?
fn is_in_texts(datum: Datum, set: &[Literal]) -> bool {
    let Datum::Text(text) = datum else { return false };
    set.iter().any(|literal| matches!(literal, Literal::Text(known) if *known == text))
}

/// Is a value one of a list?
fn is_in(value: Val, set: &[Literal]) -> Result<bool, Fault> {
    if let Val::Text(text) = value {
        return Ok(set.contains(&Literal::Text(text)));
    }
    for literal in set {
        if compare_values(Compare::Equal, value, literal_value(*literal))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The value of a literal.
pub(super) fn literal_value(literal: Literal) -> Val {
    match literal {
        Literal::Number(number) => Val::Num(number),
        Literal::Text(text) => Val::Text(text),
        Literal::Flag(flag) => Val::Flag(flag),
        Literal::Date(day) => Val::Date(day),
        Literal::Time(time) => Val::Time(time),
        Literal::Tier(tier) => Val::Tier(tier),
    }
}

/// The value of a datum.
pub(super) fn datum_value(datum: Datum) -> Val {
    match datum {
        Datum::Missing => Val::Missing,
        Datum::Text(text) => Val::Text(text),
        Datum::Number(amount) => Val::Num(Exact::from(amount)),
        Datum::Date(day) => Val::Date(day),
        Datum::Time(time) => Val::Time(time),
        Datum::Flag(flag) => Val::Flag(flag),
    }
}

/// A comparison of two values of one type; with a missing value it is false.
pub(super) fn compare_values(compare: Compare, left: Val, right: Val) -> Result<bool, Fault> {
    let order = match (left, right) {
        (Val::Num(left), Val::Num(right)) => left.compare(right)?,
        (Val::Date(left), Val::Date(right)) => left.cmp(&right),
        (Val::Time(left), Val::Time(right)) => left.cmp(&right),
        (Val::Tier(left), Val::Tier(right)) => left.cmp(&right),
        (Val::Flag(left), Val::Flag(right)) => left.cmp(&right),
        (Val::Text(left), Val::Text(right)) => {
            return Ok(matches!(compare, Compare::Equal) == (left == right)
                && matches!(compare, Compare::Equal | Compare::NotEqual));
        }
        _ => return Ok(false),
    };
    Ok(compare.fits(order))
}
