//! A story with its outcome: `example "double at New Year" { on … purchase { … } expect 100 beans }`.

use super::{Expr, Fact, Literal, Name};
use crate::source::Span;
use crate::time::{Day, TimeOfDay};

/// `example "double at New Year" { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// `"double at New Year"`
    pub name: Name,
    /// Its steps in written order.
    pub steps: Vec<Step>,
    /// Where.
    pub span: Span,
}

impl Example {
    /// Whose the facts and expectations are that name nobody: the one member that it describes, else `member`.
    pub fn subject(&self) -> &str {
        let mut described = self.steps.iter().filter_map(|step| match step {
            Step::Member(name, ..) => Some(name.text.as_str()),
            Step::Fact(_) | Step::ExpectAward(_) | Step::ExpectState { .. } => None,
        });
        match (described.next(), described.next()) {
            (Some(only), None) => only,
            _ => "member",
        }
    }
}

/// A step of an example.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// `member "Ann" { birthday 1990-12-20 }`
    Member(Name, Vec<(Name, Literal)>, Span),
    /// `on 2026-12-20 15:00 purchase "r1" by "Ann" { category "cakes" 1_000 RUB }`
    Fact(ExampleFact),
    /// `expect 100 beans from "Base" opening on 2027-01-03`: earned, net, by the fact just before
    ExpectAward(ExpectAward),
    /// `expect beans.balance = 100 beans for "Ann" on 2027-01-03`
    ExpectState {
        /// `beans.balance = 100 beans`
        condition: Expr,
        /// `for "Ann"`
        member: Option<Name>,
        /// `on 2027-01-03`: as of that day, before its end-of-day steps; not written: right after the fact before
        on: Option<Day>,
        /// Where.
        span: Span,
    },
}

/// A fact of an example.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleFact {
    /// `2026-12-20`
    pub day: Day,
    /// `15:00`
    pub time: Option<TimeOfDay>,
    /// `purchase`
    pub fact: Fact,
    /// `"r1"` after `purchase` or `return`
    pub receipt: Option<Name>,
    /// `100 beans` after `redeem` or `adjust`
    pub quantity: Option<Literal>,
    /// `of "r1"`
    pub of: Option<Name>,
    /// `by "Ann"`
    pub by: Option<Name>,
    /// `referred by "Bob"`
    pub referred_by: Option<Name>,
    /// `into "Ann"`
    pub into: Option<Name>,
    /// `for "Tenth coffee"`: the reward that a redemption asks for
    pub reward: Option<Name>,
    /// `{ category "cakes" 1_000 RUB  channel "web" }`: pairs, and amounts that each end a line
    pub parts: Option<Vec<FactPart>>,
    /// Where.
    pub span: Span,
}

/// A part of a fact of an example.
#[derive(Debug, Clone, PartialEq)]
pub enum FactPart {
    /// `category "cakes"`
    Pair(Name, Literal),
    /// `1_000 RUB`: the amount of the line whose pairs stand before it
    Amount(Literal),
}

/// `expect 100 beans from "Base" opening on 2027-01-03 for "Ann"`
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectAward {
    /// `100 beans`; may be below zero after a return
    pub quantity: Literal,
    /// `from "Base"`
    pub rule: Option<Name>,
    /// `opening on 2027-01-03`
    pub opening: Option<Day>,
    /// `expiring on 2027-06-30`
    pub expiring: Option<Day>,
    /// `for "Ann"`
    pub member: Option<Name>,
    /// Where.
    pub span: Span,
}
