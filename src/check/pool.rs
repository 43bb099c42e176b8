//! Pools: `pooled by household` is one attribute for all units, and what a pool holds hangs on nobody's tier.

use super::Checker;
use crate::diag::Code;
use crate::plan::{Act, Anchor, DueBase, Expiry, Prize, Role, Rule, Turn, Unit, UnitId};
use crate::source::Span;
use crate::syntax::ast::UnitClause;

/// Does an expiry hang on a tier of one member?
fn hangs_on_a_tier(expiry: &Expiry) -> bool {
    match expiry {
        Expiry::With(_) => true,
        Expiry::Due(due) => matches!(due.base, DueBase::After(_, Anchor::Entering(..))),
        Expiry::Never | Expiry::WithNextPurchase => false,
    }
}

impl Checker<'_> {
    /// What units that households have together cannot do.
    pub(super) fn check_pools(&mut self, units: &[Option<Unit>], rules: &[Option<Rule>]) {
        let pools = |unit: UnitId| units.get(unit.index())?.as_ref()?.pooled_by;
        let mut first = None;
        for (at, unit) in units.iter().enumerate() {
            let Some((unit, slot)) = unit.as_ref().and_then(|unit| Some((unit, unit.pooled_by?))) else { continue };
            let span = self.pooled_span(at);
            if *first.get_or_insert(slot) != slot {
                self.error(Code::NotHere, span, "units are pooled by one attribute, found a second")
                    .help("pool them by the same, or let one of them be each member's own");
            }
            if hangs_on_a_tier(&unit.expiry) {
                self.error(Code::NotHere, span, "units of a household cannot be lost with the tier of one member")
                    .help("let them expire by a date or by activity: what one does keeps the units of all");
            }
        }
        for (at, rule) in rules.iter().enumerate() {
            let Some(rule) = rule else { continue };
            let span = self.names.rules.get(at).map_or(rule.span, |rule| rule.name.span);
            for act in &rule.acts {
                let Act::Give(give) = act else { continue };
                let Prize::Units(unit, _) = &give.prize else { continue };
                if pools(*unit).is_some() && give.expiry.as_ref().is_some_and(hangs_on_a_tier) {
                    self.error(Code::NotHere, span, "units of a household cannot be lost with the tier of one member")
                        .help("let them expire by a date or by activity: what one does keeps the units of all");
                }
            }
            match &rule.role {
                Role::Draw(draw) if pools(draw.unit).is_some() => {
                    self.error(Code::NotHere, span, "entries of a draw are each member's own, found units of a pool")
                        .help("draw among a unit that is not `pooled by` anything");
                }
                Role::Migration(turns) => {
                    let mixed =
                        |turn: &Turn| matches!(turn, Turn::Units { from, into, .. } if pools(*from) != pools(*into));
                    if turns.iter().any(mixed) {
                        self.error(Code::NotHere, span, "units of a household turn into units of a household alone")
                            .help("pool both units, or none of them");
                    }
                }
                Role::Draw(_) | Role::Rule | Role::Reward(_) => {}
            }
        }
    }

    fn pooled_span(&self, unit: usize) -> Span {
        let clauses = self.names.units.get(unit).into_iter().flat_map(|unit| &unit.clauses);
        let mut spans = clauses.filter_map(|clause| match clause {
            UnitClause::PooledBy(name) => Some(name.span),
            _ => None,
        });
        spans.next().unwrap_or_default()
    }
}
