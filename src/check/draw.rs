//! Draws and migrations: `draw "Spring" { on 2026-06-01 among tickets, 3 winners seed "spring" give 1 bicycle }`,
//! `rule "New points" { on 2026-07-01 turn 100 points into 1 mile }`.

use super::Checker;
use super::context::{Context, Place};
use crate::diag::Code;
use crate::plan::{self, Draw, Literal, Node, Role, Trigger, Turn, Type};
use crate::syntax::ast::{self, RuleClause};
use crate::value::Exact;

/// More prizes of one kind than people would draw for at once.
const WINNERS_MAX: u32 = 100_000;

impl<'a> Checker<'a> {
    /// Who takes part in a draw, how many win, and from which seed.
    pub(super) fn draw(&mut self, rule: &'a ast::Rule, built: &mut plan::Rule) -> bool {
        self.one_book = true;
        let name = rule.name.text.clone();
        let mut among: Option<&'a ast::Among> = None;
        let mut seed: Option<&'a ast::Name> = None;
        let mut seen = Vec::new();
        for clause in &rule.clauses {
            match clause {
                RuleClause::Among(found) => {
                    self.once("among", found.span, &mut seen);
                    among = Some(found);
                }
                RuleClause::Seed(found) => {
                    self.once("seed", found.span, &mut seen);
                    seed = Some(found);
                }
                _ => {}
            }
        }
        if !matches!(built.trigger, Trigger::StartOf(_) | Trigger::At(_)) {
            self.error(Code::MissingValue, rule.name.span, format!("draw `{name}` has no day, expected one"))
                .help("write `on 2026-06-01`, or `at end of calendar month`");
            return false;
        }
        let Some(among) = among else {
            self.error(Code::MissingValue, rule.name.span, format!("draw `{name}` has no entries, expected a unit"))
                .help("write `among tickets, 3 winners`: each open ticket is an entry");
            return false;
        };
        let unit = self.unit_named(&among.unit);
        let Some(seed) = seed else {
            self.error(Code::MissingValue, rule.name.span, format!("draw `{name}` has no seed, expected a text")).help(
                "write `seed \"…\"`, with a text that you publish beforehand: the same seed draws the same winners",
            );
            return false;
        };
        let winners = among.winners.unwrap_or(1);
        if winners == 0 || winners > WINNERS_MAX {
            self.error(
                Code::InvalidNumber,
                among.span,
                format!("found {winners} winners, expected 1 to {WINNERS_MAX}"),
            );
            return false;
        }
        let Some(unit) = unit else { return false };
        built.role = Role::Draw(Draw { unit, winners, seed: seed.text.clone() });
        true
    }

    /// Is it a migration? What it turns into what.
    pub(super) fn migration(&mut self, rule: &'a ast::Rule, built: &mut plan::Rule) -> bool {
        let mut turns = Vec::new();
        let mut fits = true;
        for clause in &rule.clauses {
            match clause {
                RuleClause::Turn(from, into, _) => match self.turn(from, into) {
                    Some(turn) => turns.push(turn),
                    None => fits = false,
                },
                RuleClause::On(..) => {}
                other => {
                    let span = super::rule::span_of(other);
                    self.error(Code::NotHere, span, "a rule that turns units or tiers into others does nothing else")
                        .help("write a rule of its own for it");
                    fits = false;
                }
            }
        }
        let dated = matches!(built.trigger, Trigger::StartOf(period)
            if matches!(self.periods.get(period.index()), Some(plan::Period::Dates(list)) if matches!(list.as_slice(), [(Some(from), Some(to))] if from == to)));
        if !dated && fits {
            self.error(Code::MissingValue, rule.name.span, "a migration needs its day, expected `on` and one date")
                .help("write `on 2026-07-01`");
            fits = false;
        }
        built.role = Role::Migration(turns);
        fits
    }

    fn turn(&mut self, from: &'a ast::Expr, into: &'a ast::Expr) -> Option<Turn> {
        if self.is_tier_name(from) {
            let context = Self::single_name(from).map(|text| ast::Name { text: text.to_owned(), span: from.span });
            let other = Self::single_name(into).map(|text| ast::Name { text: text.to_owned(), span: into.span });
            let from = self.tier_named(&context?, "a tier")?;
            let Some(other) = other else {
                self.error(Code::TypeMismatch, into.span, "found no tier, expected the tier that it becomes");
                return None;
            };
            return Some(Turn::Tier { from, into: self.tier_named(&other, "a tier")? });
        }
        let context = Context::new(Place::Constant);
        let (old, new) = (self.value(&context, from)?, self.value(&context, into)?);
        let (Type::Units(from), Type::Units(into)) = (old.ty, new.ty) else {
            let wrong = if matches!(old.ty, Type::Units(_)) { new } else { old };
            self.mismatch(wrong, "so many of a unit: `turn 100 points into 1 mile`");
            return None;
        };
        let number = |id: plan::ExprId| match self.nodes.get(id.index()) {
            Some(Node::Literal(Literal::Number(number))) if number.is_positive() => Some(*number),
            _ => None,
        };
        let (Some(old_number), Some(new_number)) = (number(old.id), number(new.id)) else {
            self.error(Code::InvalidNumber, new.span, "found no number above zero, expected one on both sides")
                .help("write `turn 100 points into 1 mile`");
            return None;
        };
        let factor: Exact = new_number.over(old_number).ok()?;
        Some(Turn::Units { from, into, factor })
    }
}
