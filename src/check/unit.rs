//! Units: `unit bean, beans { worth 1 RUB  opens 14 days after earning  expires 6 months after opening }`.

use super::Checker;
use super::context::{Context, Place};
use super::due::DueFor;
use super::names::plural;
use crate::diag::Code;
use crate::plan::{self, Expiry, ExprId, Literal, Node, Opening, Round, Type, UnitId};
use crate::syntax::ast::{self, Block, Dated, Expr, ExprKind, LiteralKind, Name, RowMatch, UnitClause};
use crate::ty::{AttributeType, Scope};

impl<'a> Checker<'a> {
    /// Checks every unit.
    pub(super) fn check_units(&mut self) -> Vec<Option<plan::Unit>> {
        let units = self.names.units.clone();
        units.into_iter().enumerate().map(|(at, unit)| self.unit(UnitId::new(at), unit)).collect()
    }

    fn unit(&mut self, id: UnitId, unit: &'a ast::Unit) -> Option<plan::Unit> {
        self.reader = format!("unit `{}`", plural(&unit.nouns));
        let mut built = plan::Unit {
            nouns: unit.nouns.iter().map(|noun| noun.text.clone()).collect(),
            in_force: self.in_force(unit.in_force),
            worth: None,
            decimals: 0,
            round: Round::default(),
            opening: Opening::AtOnce,
            expiry: Expiry::Never,
            spend_order: ast::SpendOrder::default(),
            apart_by: None,
            pooled_by: None,
            price: None,
            never_below_zero: false,
        };
        let context = Context { unit: Some(id), ..Context::new(Place::Moment) };
        let mut seen = Vec::new();
        let mut fits = true;
        for clause in &unit.clauses {
            fits &= self.unit_clause(&context, clause, &mut built, &mut seen).is_some();
        }
        if !seen.contains(&"expires") {
            let name = unit.nouns.first()?;
            self.warning(
                Code::NeverExpires,
                name.span,
                format!("{} never expire, and what is not spent is owed for ever", plural(&unit.nouns)),
            )
            .help("write `expires 12 months after the last purchase`, or `expires never` if that is meant");
        }
        fits.then_some(built)
    }

    fn unit_clause(
        &mut self,
        context: &Context,
        clause: &'a UnitClause,
        built: &mut plan::Unit,
        seen: &mut Vec<&'static str>,
    ) -> Option<()> {
        match clause {
            UnitClause::Worth(dated, span) => {
                self.once("worth", *span, seen);
                built.worth = Some(self.worth(dated)?);
            }
            UnitClause::Decimals(decimals, span) => {
                self.once("decimals", *span, seen);
                built.decimals = self.decimals(*decimals, *span);
            }
            UnitClause::Round(round) => {
                self.once("round", round.span, seen);
                built.round = Round { mode: round.mode, scope: round.scope };
            }
            UnitClause::Opens(opening, span) => {
                self.once("opens", *span, seen);
                built.opening = self.opening(context, opening, DueFor::Opening, *span)?;
            }
            UnitClause::Expires(expiry, span) => {
                self.once("expires", *span, seen);
                built.expiry = self.expiry(context, expiry)?;
            }
            UnitClause::SpendOrder(order, span) => {
                self.once("spend", *span, seen);
                built.spend_order = *order;
            }
            UnitClause::ApartBy(name) => {
                self.once("apart", name.span, seen);
                built.apart_by = Some(self.text_of(Scope::Receipt, name, "the receipt")?);
            }
            UnitClause::PooledBy(name) => {
                self.once("pooled", name.span, seen);
                built.pooled_by = Some(self.text_of(Scope::Member, name, "the member")?);
                self.one_book = true;
            }
            UnitClause::Price(dated, span) => {
                self.once("price", *span, seen);
                built.price = Some(self.price(dated)?);
            }
            UnitClause::NeverBelowZero(span) => {
                self.once("never below zero", *span, seen);
                built.never_below_zero = true;
            }
        }
        Some(())
    }

    pub(super) fn worth(&mut self, dated: &'a Dated) -> Option<ExprId> {
        let value = self.dated(&Context::new(Place::Constant), dated)?;
        if value.ty != Type::Money {
            self.mismatch(value, "money that one of the unit is worth");
            return None;
        }
        let positive = match self.nodes.get(value.id.index()) {
            Some(Node::Literal(Literal::Number(number))) => number.is_positive(),
            _ => true,
        };
        if !positive {
            self.error(Code::InvalidNumber, value.span, "found a worth of nothing, expected more than zero")
                .help("leave `worth` out for units that are no money");
            return None;
        }
        Some(value.id)
    }

    /// A declared text of a scope.
    pub(super) fn text_of(&mut self, scope: Scope, name: &Name, of: &str) -> Option<usize> {
        let found = self.names.attributes.get(&(scope, name.text.as_str())).map(|(slot, decl)| (*slot, decl.kind));
        match found {
            Some((slot, Some(AttributeType::Text))) => {
                self.note_read(scope, slot);
                Some(slot)
            }
            Some(_) => {
                self.error(
                    Code::TypeMismatch,
                    name.span,
                    format!("`{}` is no text, expected a text of {of}", name.text),
                );
                None
            }
            None => {
                let attributes = self.names.attributes.keys();
                let known: Vec<&str> = attributes.filter(|(found, _)| *found == scope).map(|(_, name)| *name).collect();
                self.unknown(&name.text, name.span, &format!("an attribute of {of}"), known);
                None
            }
        }
    }

    fn price(&mut self, dated: &'a Dated) -> Option<ExprId> {
        let value = self.dated(&Context::new(Place::Constant), dated)?;
        if value.ty != Type::Money {
            self.mismatch(value, "money that a member pays for one");
            return None;
        }
        Some(value.id)
    }

    /// The units that each rule's awards are of, as far as its text shows, before rules are checked.
    pub(super) fn guess_rule_units(&mut self) {
        let rules = self.names.rules.clone();
        self.rule_units = vec![Vec::new(); rules.len()];
        // A rule that builds on another takes its unit.
        let needs: Vec<Vec<usize>> = rules.iter().map(|rule| self.named_bases(rule)).collect();
        for at in super::graph::sort(&needs).order {
            let mut found = Vec::new();
            for clause in rules.get(at).iter().flat_map(|rule| &rule.clauses) {
                self.units_of_clause(clause, &mut found);
            }
            found.sort();
            found.dedup();
            if let Some(slot) = self.rule_units.get_mut(at) {
                *slot = found;
            }
        }
    }

    fn units_of_clause(&self, clause: &'a ast::RuleClause, found: &mut Vec<UnitId>) {
        match clause {
            ast::RuleClause::Give(give) => {
                let before = found.len();
                if let Some(name) = &give.unit {
                    if let Some((super::names::Word::Unit(unit), _)) = self.names.words.get(name.text.as_str()) {
                        found.push(*unit);
                    }
                } else {
                    found.extend(self.unit_written(&give.amount));
                    if found.len() == before
                        && let ExprKind::Of(_, base) = &give.amount.kind
                        && let Some(name) = Self::single_name(base)
                    {
                        self.units_of_rule(name, found);
                    }
                }
                found.truncate(before + 1);
            }
            ast::RuleClause::Multiply(base, ..) | ast::RuleClause::Add(_, base, _) => {
                self.units_of_rule(&base.text, found);
            }
            _ => {}
        }
    }

    fn units_of_rule(&self, name: &str, found: &mut Vec<UnitId>) {
        for rule in self.names.by_rule.get(name).into_iter().flatten() {
            found.extend(self.rule_units.get(rule.index()).into_iter().flatten());
        }
    }
}

/// Calls for each noun written after a number.
pub(super) fn units_in<'e>(expr: &'e Expr, call: &mut dyn FnMut(&'e str)) {
    match &expr.kind {
        ExprKind::Literal(LiteralKind::Quantity(_, name)) => call(&name.text),
        ExprKind::Of(left, _) => units_in(left, call),
        ExprKind::Per(units, block) => {
            units_in(units, call);
            if let Block::Size(_, size) = block.as_ref() {
                units_in(size, call);
            }
        }
        ExprKind::Table(table) => {
            for row in &table.rows {
                if !matches!(row.matches, RowMatch::Keys(_)) {
                    units_in(&row.value, call);
                }
            }
            table.rows.iter().for_each(|row| units_in(&row.value, call));
        }
        ExprKind::Sum(parts) => parts.iter().for_each(|(_, part)| units_in(part, call)),
        ExprKind::Product(parts) => parts.iter().for_each(|(_, part)| units_in(part, call)),
        ExprKind::Negative(part) => units_in(part, call),
        _ => {}
    }
}
