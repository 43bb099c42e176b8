//! Ladders: a table of bounds and values, then how long a tier is kept.

use super::page::{Kind, Part, Table};
use super::teller::{Case, Place, Teller, clause, tabled};
use crate::syntax::ast::{Drop, Expr, ExprKind, LiteralKind, Opening, Reach, Tier, Tiers, TiersClause};

impl Teller<'_> {
    pub(super) fn tiers(self, ladder: &Tiers) -> Part {
        let here = self.at(Place::Apart);
        let mut clauses = Vec::new();
        if let Some(text) = self.in_force(ladder.in_force) {
            clauses.push(clause("in-force", say!(self, "label-in-force"), text));
        }
        if let Some(by) = &ladder.by {
            clauses.push(clause("by", say!(self, "label-by"), here.value(by, Case::Subject)));
        }
        clauses.push(tabled("tiers", String::new(), String::new(), here.tier_table(ladder)));
        let kept = ladder.clauses.iter().find_map(|of| match of {
            TiersClause::Keep(due, drop, _) => Some((due, *drop)),
            TiersClause::Opens(..) | TiersClause::Restart(_) => None,
        });
        match kept {
            Some((due, drop)) => {
                clauses.push(clause("keep", say!(self, "label-keep-until"), self.due(due)));
                clauses.push(clause("drop", say!(self, "label-drop"), self.fall(drop)));
            }
            None => clauses.push(clause("keep", say!(self, "label-keep"), say!(self, "keep-day"))),
        }
        let opens = ladder.clauses.iter().find_map(|of| match of {
            TiersClause::Opens(opening, _) => Some(opening),
            TiersClause::Keep(..) | TiersClause::Restart(_) => None,
        });
        let opens = match opens {
            None => say!(self, "tier-opens-next"),
            Some(Opening::AtOnce) => say!(self, "tier-opens-at-once"),
            Some(opening) => self.opening(opening),
        };
        clauses.push(clause("opens", say!(self, "label-tier-opens"), opens));
        if ladder.clauses.iter().any(|of| matches!(of, TiersClause::Restart(_))) {
            clauses.push(clause("restart", String::new(), say!(self, "restart")));
        }
        let name = ladder.name.text.clone();
        Part { kind: Kind::Tiers, heading: say!(self, "heading-tiers", name = name.as_str()), name, clauses }
    }

    fn tier_table(self, ladder: &Tiers) -> Table {
        let mut values: Vec<&str> = Vec::new();
        for (name, _) in ladder.tiers.iter().flat_map(|tier| &tier.values) {
            if !values.contains(&name.text.as_str()) {
                values.push(&name.text);
            }
        }
        let mut head = vec![say!(self, "head-tier"), say!(self, "head-reach")];
        head.extend(values.iter().map(|name| (*name).to_owned()));
        let rows = ladder.tiers.iter().enumerate().map(|(at, tier)| {
            let mut row = vec![tier.name.text.clone(), self.tier_reach(tier, at)];
            row.extend(values.iter().map(|name| self.tier_cell(tier, name)));
            row
        });
        Table { head, rows: rows.collect() }
    }

    fn tier_reach(self, tier: &Tier, at: usize) -> String {
        match &tier.reach {
            Some(reach) => self.reach(reach),
            None if at == 0 => say!(self, "reach-all"),
            None => say!(self, "reach-given"),
        }
    }

    fn tier_cell(self, tier: &Tier, value: &str) -> String {
        let found = tier.values.iter().find(|(name, _)| name.text == value);
        found.map_or_else(|| say!(self, "cell-none"), |(_, dated)| self.dated(dated, Case::Subject))
    }

    /// `from 4 stays or 10 nights and 25_000 points`
    pub(super) fn reach(self, reach: &Reach) -> String {
        let any = reach.any.iter().map(|all| {
            let all = all.iter().map(|bound| self.bound(reach.above, bound)).collect::<Vec<_>>();
            all.join(&say!(self, "join-and"))
        });
        any.collect::<Vec<_>>().join(&say!(self, "join-or"))
    }

    fn bound(self, above: bool, bound: &Expr) -> String {
        let (text, kind) = (self.value(bound, Case::Subject), self.kind(bound));
        // A quantity of a unit means what was earned of it.
        let earned = matches!(&bound.kind, ExprKind::Literal(LiteralKind::Quantity(_, noun))
            if self.names.units.contains_key(noun.text.as_str()));
        let text = if earned { say!(self, "bound-earned", bound = text) } else { text };
        if above {
            say!(self, "row-above", bound = text, kind = kind)
        } else {
            say!(self, "row-from", bound = text, kind = kind)
        }
    }

    fn fall(self, drop: Option<Drop>) -> String {
        match drop {
            None => say!(self, "drop-value"),
            Some(Drop::OneDown) => say!(self, "drop-one"),
            Some(Drop::Bottom) => say!(self, "drop-bottom"),
            Some(Drop::Stay) => say!(self, "drop-stay"),
        }
    }
}
