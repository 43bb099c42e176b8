//! An explanation as data for people and programs: what each rule gave with its arithmetic, or why it gave
//! nothing, and the ledger's rows beside it.
//!
//! ```text
//! Receipt R1 · purchase of M1 · 2026-12-20 15:00
//!   Base      100 beans   5% × 2000 ÷ 1 = 100
//!   New Year  –           needs 180 RUB more: spend >= 1_000 RUB
//! ```

use super::report::Sum;
use crate::eval::{Explanation, Outcome, Reason, Step};
use crate::ledger::{Entry, EntryKind, Sink};
use crate::plan::{Plan, RuleId, Type};
use crate::time::{Day, Moment};
use crate::ty::{Event, Kind};
use crate::value::{Amount, Exact, Rounding};
use serde::Serialize;

/// An event with all that it brought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The event's id.
    pub event: String,
    /// Its receipt; empty where there is none.
    pub receipt: String,
    /// Whose.
    pub member: String,
    /// What it is: `purchase`.
    pub kind: &'static str,
    /// When.
    pub at: String,
    /// Each rule that such a fact can set off, by name.
    pub rules: Vec<ExplainedRule>,
    /// The ledger's rows of the event.
    pub ledger: Vec<Row>,
}

/// What became of a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedRule {
    /// Its name.
    pub rule: String,
    /// Did it give?
    pub paid: bool,
    /// Its awards with their arithmetic; also those that came to nothing.
    pub awards: Vec<Step>,
    /// Why it gave nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ExplainedReason>,
}

/// Why a rule gave nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedReason {
    /// The stable word, of a closed list.
    pub code: &'static str,
    /// In words.
    pub text: String,
    /// What is missing, where it is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<ExplainedNeeds>,
}

/// `180 RUB more`
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedNeeds {
    /// Of what, as written: `spend`.
    pub of: String,
    /// How much more, to six decimals; below zero: how much less.
    pub more: Sum,
    /// Must it be more than that, not just as much?
    pub above: bool,
    /// `RUB`, `beans`; empty for a plain number.
    pub unit: String,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Whose balance changes.
    pub member: String,
    /// The rule; empty where none is behind it.
    pub rule: String,
    /// The unit's plural.
    pub unit: String,
    /// What the row does.
    pub entry: EntryKind,
    /// By how much.
    pub amount: Amount,
    /// The lot.
    pub lot: String,
    /// Its first day.
    pub opens: Option<Day>,
    /// Its last day.
    pub expires: Option<Day>,
    /// The balance after the row.
    pub balance: Amount,
}

/// Gathers the rows of one event; the midnights before it are not its own.
#[derive(Debug)]
pub struct RowsOf<'a> {
    plan: &'a Plan,
    event: String,
    rows: Vec<Row>,
}

impl<'a> RowsOf<'a> {
    /// Ready for an event.
    pub fn new(plan: &'a Plan) -> Self {
        Self { plan, event: String::new(), rows: Vec::new() }
    }

    /// The next event's rows are gathered from here on.
    pub fn begin(&mut self, event: &str) {
        self.event.clear();
        self.event.push_str(event);
        self.rows.clear();
    }

    /// The rows since then.
    pub fn take(&mut self) -> Vec<Row> {
        std::mem::take(&mut self.rows)
    }
}

impl Sink for RowsOf<'_> {
    fn entry(&mut self, entry: &Entry<'_>) {
        if entry.event != self.event || self.event.is_empty() {
            return;
        }
        let rule = entry.rule.and_then(|rule| self.plan.rules.get(rule.index()));
        let unit = self.plan.units.get(entry.unit.index());
        self.rows.push(Row {
            member: entry.member.to_owned(),
            rule: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
            unit: unit.map(|unit| unit.key().to_owned()).unwrap_or_default(),
            entry: entry.kind,
            amount: entry.amount,
            lot: entry.lot.to_owned(),
            opens: entry.opens,
            expires: entry.expires,
            balance: entry.balance,
        });
    }
}

impl Explained {
    /// An event's explanation and rows, in names and words.
    pub fn new(plan: &Plan, event: &Event, explanation: &Explanation, ledger: Vec<Row>) -> Self {
        let rules = explanation.rules.iter().map(|found| {
            let rule = name(plan, found.rule).to_owned();
            match &found.outcome {
                Outcome::Paid(steps) => ExplainedRule { rule, paid: true, awards: steps.clone(), reason: None },
                Outcome::Missed(reason, steps) => {
                    let reason = Some(ExplainedReason::new(plan, reason));
                    ExplainedRule { rule, paid: false, awards: steps.clone(), reason }
                }
            }
        });
        Self {
            event: event.id.to_string(),
            receipt: event.receipt.to_string(),
            member: event.member.to_string(),
            kind: kind_word(event.kind),
            at: stamp(event.at),
            rules: rules.collect(),
            ledger,
        }
    }
}

/// The word of a kind of fact, as histories write it.
pub const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Join => "join",
        Kind::Merge => "merge",
        Kind::Adjust => "adjust",
        Kind::Action => "action",
        Kind::Purchase => "purchase",
        Kind::Redeem => "redeem",
        Kind::Return => "return",
        Kind::Leave => "leave",
    }
}

/// A moment as ISO 8601 writes it: `2026-12-20T15:00`; at midnight only the day.
pub fn stamp(moment: Moment) -> String {
    moment.to_string().replace(' ', "T")
}

fn name(plan: &Plan, rule: RuleId) -> &str {
    plan.rules.get(rule.index()).map_or("", |rule| rule.name.as_str())
}

impl ExplainedReason {
    /// A reason in names and words.
    pub fn new(plan: &Plan, reason: &Reason) -> Self {
        let needs = reason.needs().map(|needs| ExplainedNeeds {
            of: needs.of.clone(),
            more: decimal(needs.more),
            above: needs.above,
            unit: unit_word(plan, needs.ty),
        });
        let missing = needs.as_ref().map(in_words).unwrap_or_default();
        let text = words(plan, reason);
        let text = match (missing.is_empty(), text.is_empty()) {
            (true, _) => text,
            (false, true) => missing,
            (false, false) => format!("{missing}: {text}"),
        };
        Self { code: reason.code(), text, needs }
    }
}

/// What became of each rule, in a line each.
pub(super) fn told(plan: &Plan, explanation: &Explanation) -> Vec<String> {
    let mut lines = Vec::new();
    for of in &explanation.rules {
        let name = &plan.rule(of.rule).name;
        lines.push(match &of.outcome {
            Outcome::Paid(steps) => {
                let given: Vec<String> = steps.iter().map(|step| format!("{} {}", step.given, step.unit)).collect();
                format!("{name}: gave {}", given.join(", "))
            }
            Outcome::Missed(reason, _) => {
                let text = ExplainedReason::new(plan, reason).text;
                let text = if text.is_empty() { text } else { format!(" ({text})") };
                format!("{name}: {}{text}", reason.code())
            }
        });
    }
    lines
}

/// To six decimals, away from zero, so that what is said to be missing is enough.
fn decimal(exact: Exact) -> Sum {
    let rounded = exact.round(Rounding::Up, 6);
    Sum::from(rounded.unwrap_or(Amount::MAX))
}

fn unit_word(plan: &Plan, ty: Type) -> String {
    match ty {
        Type::Money => plan.currency.clone(),
        Type::Units(unit) => plan.units.get(unit.index()).map(|unit| unit.key().to_owned()).unwrap_or_default(),
        Type::Days => "days".to_owned(),
        _ => String::new(),
    }
}

/// `needs 180 RUB more`, `5 days too many`
fn in_words(needs: &ExplainedNeeds) -> String {
    let unit = if needs.unit.is_empty() { String::new() } else { format!(" {}", needs.unit) };
    let above = if needs.above { "more than " } else { "" };
    if needs.more < Sum::ZERO {
        return format!("needs {above}{}{unit} less", Sum(-needs.more.0));
    }
    format!("needs {above}{}{unit} more", needs.more)
}

/// A reason in the words of the language, without what is missing.
fn words(plan: &Plan, reason: &Reason) -> String {
    match reason {
        Reason::WrongFact => "set off by another fact".to_owned(),
        Reason::NotInForce => "not in force on that day".to_owned(),
        Reason::OutsidePeriod { no_birthday: true, .. } => "no birthday is known of this member".to_owned(),
        Reason::OutsidePeriod { next: Some(day), .. } => format!("outside its period; the next begins on {day}"),
        Reason::OutsidePeriod { next: None, .. } => "outside its period".to_owned(),
        Reason::NotNth { needs: Some(1) } => "one visit too early".to_owned(),
        Reason::NotNth { needs: Some(visits) } => format!("{visits} visits too early"),
        Reason::NotNth { needs: None } => "not the visit that it asks for".to_owned(),
        Reason::NoLines => "no line passes its `where`".to_owned(),
        Reason::Condition { text, .. } => text.clone(),
        Reason::MissingValue => "a value that it reads is not known".to_owned(),
        Reason::NoRow => "no row of its table fits".to_owned(),
        Reason::NoReferrer => "the member was not referred".to_owned(),
        Reason::NoBase(base) => format!("`{}` gave nothing", name(plan, *base)),
        Reason::RoundsToZero(_) => "what it gives rounds to nothing".to_owned(),
        Reason::LimitReached(limit) => {
            let text = plan.limits.get(limit.index()).map_or("", |limit| limit.text.as_str());
            format!("no room left: {text}")
        }
        Reason::NotBest(other) => format!("`{}` gives more", name(plan, *other)),
        Reason::NotFirst(other) => format!("`{}` comes first", name(plan, *other)),
        Reason::NotAsked => "nobody asked for it".to_owned(),
        Reason::NotEnough(_) => "there is not enough to pay for it".to_owned(),
        Reason::PaidAlready(_) => "the running total was paid already".to_owned(),
    }
}
