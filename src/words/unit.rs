//! Units: `unit bean, beans { worth 1 RUB  expires 6 months after opening }`. What is decided where the file is
//! silent is told too, because members ask for it.

use super::names::{key, one};
use super::page::{Clause, Kind, Part};
use super::teller::{Case, Teller, clause};
use crate::syntax::ast::{Expiry, Opening, Round, RoundScope, SpendOrder, Unit, UnitClause};
use crate::value::Rounding;

impl Teller<'_> {
    pub(super) fn unit(self, unit: &Unit) -> Part {
        let (one, many) = (one(&unit.nouns), key(&unit.nouns));
        let mut clauses = Vec::new();
        if let Some(text) = self.in_force(unit.in_force) {
            clauses.push(clause("in-force", say!(self, "label-unit-in-force"), text));
        }
        for each in &unit.clauses {
            clauses.extend(self.unit_clause(each, one));
        }
        if !unit.clauses.iter().any(|each| matches!(each, UnitClause::Opens(..))) {
            clauses.push(clause("opens", say!(self, "label-opens"), self.opening(&Opening::AtOnce)));
        }
        if !unit.clauses.iter().any(|each| matches!(each, UnitClause::Expires(..))) {
            clauses.push(clause("expires", say!(self, "label-expires"), self.expiry(&Expiry::Never)));
        }
        clauses.push(self.rounding_of(unit));
        clauses.sort_by_key(|clause| ORDER.iter().position(|about| *about == clause.about));
        Part {
            kind: Kind::Unit,
            name: many.to_owned(),
            heading: say!(self, "heading-unit", one = one, many = many),
            clauses,
        }
    }

    fn unit_clause(self, of: &UnitClause, one: &str) -> Option<Clause> {
        Some(match of {
            UnitClause::Worth(worth, _) => clause(
                "worth",
                say!(self, "label-worth"),
                say!(self, "worth", one = one, worth = self.dated(worth, Case::Subject)),
            ),
            UnitClause::Opens(opening, _) => clause("opens", say!(self, "label-opens"), self.opening(opening)),
            UnitClause::Expires(expiry, _) => clause("expires", say!(self, "label-expires"), self.expiry(expiry)),
            UnitClause::SpendOrder(SpendOrder::Soonest, _) => {
                clause("spend", say!(self, "label-spend"), say!(self, "spend-soonest"))
            }
            UnitClause::SpendOrder(SpendOrder::Oldest, _) => {
                clause("spend", say!(self, "label-spend"), say!(self, "spend-oldest"))
            }
            UnitClause::SpendOrder(SpendOrder::Newest, _) => {
                clause("spend", say!(self, "label-spend"), say!(self, "spend-newest"))
            }
            UnitClause::ApartBy(name) => {
                clause("apart", String::new(), say!(self, "apart-by", name = name.text.as_str()))
            }
            UnitClause::PooledBy(name) => {
                clause("pooled", String::new(), say!(self, "pooled-by", name = name.text.as_str()))
            }
            UnitClause::Price(price, _) => clause("price", say!(self, "label-price"), self.dated(price, Case::Subject)),
            UnitClause::NeverBelowZero(_) => clause("debt", String::new(), say!(self, "never-below-zero")),
            // Both are told as one.
            UnitClause::Decimals(..) | UnitClause::Round(_) => return None,
        })
    }

    fn rounding_of(self, unit: &Unit) -> Clause {
        let (mut decimals, mut round) = (0, None);
        for each in &unit.clauses {
            match each {
                UnitClause::Decimals(number, _) => decimals = *number,
                UnitClause::Round(of) => round = Some(*of),
                _ => {}
            }
        }
        let how = round.map_or_else(|| say!(self, "round", mode = "down", scope = "rule"), |round| self.round(round));
        let places = say!(self, "decimals", count = decimals);
        clause("round", say!(self, "label-round"), say!(self, "rounded", places = places, how = how))
    }

    /// `half up per line`
    pub(super) fn round(self, round: Round) -> String {
        let mode = match round.mode {
            Rounding::Down => "down",
            Rounding::Up => "up",
            Rounding::HalfUp => "half-up",
            Rounding::HalfEven => "half-even",
        };
        let scope = match round.scope {
            RoundScope::Rule => "rule",
            RoundScope::Line => "line",
            RoundScope::Item => "item",
            RoundScope::Receipt => "receipt",
        };
        say!(self, "round", mode = mode, scope = scope)
    }
}

/// Written clauses and decided ones stand in one order.
const ORDER: &[&str] = &["in-force", "worth", "price", "opens", "expires", "spend", "apart", "pooled", "debt", "round"];
