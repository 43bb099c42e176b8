//! Ladders: `tiers status by spend over the last 12 months { … }`; each tier's `from` becomes a condition.

use super::Checker;
use super::context::{Context, Place, Value};
use super::due::DueFor;
use crate::diag::Code;
use crate::plan::{CounterId, ExprId, Ladder, LadderId, LadderOpening, Node, Opening, Tier, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Compare, Expr, TiersClause};
use crate::value::Exact;
use std::cmp::Ordering;

/// What a plain amount after `from` is compared with.
#[derive(Debug, Clone, Copy)]
enum By {
    /// `by spend`
    Value(Value),
    /// No `by`.
    Unsaid,
    /// It is wrong, which has been said.
    Bad,
}

/// A ladder has fewer tiers than a byte counts.
const TIERS_MAX: usize = 250;

impl<'a> Checker<'a> {
    /// Checks every ladder.
    pub(super) fn check_ladders(&mut self) -> Vec<Option<Ladder>> {
        let ladders = self.names.ladders.clone();
        ladders.into_iter().enumerate().map(|(at, ladder)| self.ladder(LadderId::new(at), ladder)).collect()
    }

    fn ladder(&mut self, id: LadderId, tiers: &'a ast::Tiers) -> Option<Ladder> {
        self.reader = format!("tiers `{}`", tiers.name.text);
        let restarts = tiers.clauses.iter().any(|clause| matches!(clause, TiersClause::Restart(_)));
        let context = Context { lifetime: true, restarts: restarts.then_some(id), ..Context::new(Place::Moment) };
        let by = tiers.by.as_ref().map_or(By::Unsaid, |by| self.by(&context, by).map_or(By::Bad, By::Value));
        let mut built = Ladder {
            name: tiers.name.text.clone(),
            in_force: self.in_force(tiers.in_force),
            tiers: Vec::new(),
            value_names: self.value_names(id).iter().map(|name| (*name).to_owned()).collect(),
            keep: None,
            drop: None,
            opening: LadderOpening::NextEvent,
            restarts,
            on_balance: false,
            counters: Vec::new(),
        };
        let mut fits = self.ladder_clauses(&context, tiers, &mut built);
        if tiers.tiers.is_empty() || tiers.tiers.len() > TIERS_MAX {
            self.error(
                Code::MissingValue,
                tiers.name.span,
                format!("found {} tiers, expected 1 to {TIERS_MAX}", tiers.tiers.len()),
            )
            .help("write `Bronze` and then `Silver from 20_000 RUB`");
            return None;
        }
        let values = self.values_by_tier(id, tiers);
        for (level, tier) in tiers.tiers.iter().enumerate() {
            let reach = tier.reach.as_ref().map(|reach| self.reach(&context, by, reach));
            let (reach, needs) = match reach {
                None => (None, Vec::new()),
                Some(Some((reach, needs))) => (Some(reach), needs),
                Some(None) => {
                    fits = false;
                    continue;
                }
            };
            let values = values.iter().map(|list| list.get(level).copied().flatten()).collect();
            built.tiers.push(Tier { name: tier.name.text.clone(), reach, needs, values });
        }
        if !fits {
            return None;
        }
        self.reads_of(&mut built);
        self.warn_of_order(tiers, &built);
        Some(built)
    }

    fn by(&mut self, context: &Context, by: &'a Expr) -> Option<Value> {
        let value = self.value(context, by)?;
        if !super::types::is_numeric(value.ty) || value.ty == Type::Percent {
            self.mismatch(value, "something that is counted, like `spend over the last 12 months`");
            return None;
        }
        Some(value)
    }

    fn ladder_clauses(&mut self, context: &Context, tiers: &'a ast::Tiers, built: &mut Ladder) -> bool {
        let mut seen = Vec::new();
        let mut fits = true;
        for clause in &tiers.clauses {
            match clause {
                TiersClause::Keep(due, drop, span) => {
                    self.once("keep", *span, &mut seen);
                    built.keep = self.due(context, due, DueFor::Ladder);
                    built.drop = *drop;
                    fits &= built.keep.is_some();
                }
                TiersClause::Opens(opening, span) => {
                    self.once("opens", *span, &mut seen);
                    match self.ladder_opening(context, opening, *span) {
                        Some(opening) => built.opening = opening,
                        None => fits = false,
                    }
                }
                TiersClause::Restart(span) => {
                    self.once("restart", *span, &mut seen);
                    if !tiers.clauses.iter().any(|clause| matches!(clause, TiersClause::Keep(..))) {
                        self.error(
                            Code::NotHere,
                            *span,
                            "a tier that is not kept ends with the counter that starts again",
                        )
                        .help("write how long a tier is kept: `keep until end of next calendar year`");
                    }
                }
            }
        }
        fits
    }

    fn ladder_opening(&mut self, context: &Context, opening: &'a ast::Opening, span: Span) -> Option<LadderOpening> {
        match self.opening(context, opening, DueFor::Ladder, span)? {
            Opening::AtOnce => Some(LadderOpening::AtOnce),
            Opening::Due(due) => Some(LadderOpening::Due(due)),
            Opening::OnAction { .. } => {
                self.error(Code::NotHere, span, "a tier opens at a date, found an action")
                    .help("give the tier by a rule: `on action confirm  give Gold`");
                None
            }
        }
    }

    /// The values of the tiers, by value and tier.
    fn values_by_tier(&mut self, id: LadderId, tiers: &'a ast::Tiers) -> Vec<Vec<Option<ExprId>>> {
        let mut lists = Vec::new();
        for (at, name) in self.value_names(id).to_vec().into_iter().enumerate() {
            for tier in &tiers.tiers {
                let given = tier.values.iter().filter(|(found, _)| found.text == name).count();
                if given > 1 {
                    self.error(
                        Code::RepeatedClause,
                        tier.name.span,
                        format!("tier `{}` says `{name}` twice, expected once", tier.name.text),
                    );
                }
                if given == 0 && !self.is_text_value(id, at) {
                    self.error(
                        Code::MissingValue,
                        tier.name.span,
                        format!("tier `{}` has no `{name}`, expected one as in the other tiers", tier.name.text),
                    )
                    .help(format!("write `{}, {name} …`", tier.name.text));
                }
            }
            let values = if self.tier_value_is_rate(id, at) { None } else { self.tier_values(id, at) };
            lists.push(values.map(|values| values.ids).unwrap_or_default());
        }
        lists
    }

    /// Texts are perks, which a tier may lack.
    fn is_text_value(&self, id: LadderId, at: usize) -> bool {
        self.tier_dated(id, at)
            .into_iter()
            .flatten()
            .any(|dated| matches!(&dated.first.kind, ast::ExprKind::Literal(ast::LiteralKind::Text(_))))
    }

    /// `from 4 stays or 10 nights and 25_000 points`: the condition and its single comparisons.
    fn reach(&mut self, context: &Context, by: By, reach: &'a ast::Reach) -> Option<(ExprId, Vec<ExprId>)> {
        let mut any = Vec::new();
        let mut needs = Vec::new();
        let mut fits = true;
        for all in &reach.any {
            let mut parts = Vec::new();
            for bound in all {
                match self.reached(context, by, bound, reach.above) {
                    Some(id) => parts.push(id),
                    None => fits = false,
                }
            }
            needs.extend(parts.iter().copied());
            any.extend(match parts.as_slice() {
                [] => None,
                [one] => Some(*one),
                many => Some(self.node(Node::And(many.to_vec()), Type::Flag, reach.span).id),
            });
        }
        if !fits {
            return None;
        }
        let id = match any.as_slice() {
            [one] => *one,
            many => self.node(Node::Or(many.to_vec()), Type::Flag, reach.span).id,
        };
        Some((id, needs))
    }

    fn reached(&mut self, context: &Context, by: By, bound: &'a Expr, above: bool) -> Option<ExprId> {
        let bound = self.value(&Context::new(Place::Constant), bound)?;
        let counted = match (bound.ty, by) {
            (Type::Counted(counter), By::Value(by)) if by.ty != Type::Counted(counter) => {
                self.counter_of_quantity(context, counter, bound.span)?
            }
            (Type::Counted(counter), By::Unsaid) => self.counter_of_quantity(context, counter, bound.span)?,
            (_, By::Value(by)) => by,
            // What is wrong with `by` has been said.
            (_, By::Bad) => return None,
            (ty, By::Unsaid) => {
                let found = self.type_name(ty);
                self.error(
                    Code::MissingValue,
                    bound.span,
                    format!("found {found}, but these tiers do not say by what"),
                )
                .help("write `by spend over the last 12 months` after the name of the ladder");
                return None;
            }
        };
        // `30_000 spent_before` of a counter of money is money.
        let of_sums = matches!(counted.ty, Type::Money | Type::Units(_));
        let bound = match bound.ty {
            Type::Counted(_) if of_sums => Value { ty: counted.ty, ..bound },
            _ => bound,
        };
        self.unify(counted, bound, "to compare with what the tiers go by")?;
        let compare = if above { Compare::More } else { Compare::AtLeast };
        Some(self.node(Node::Compare(compare, counted.id, bound.id), Type::Flag, bound.span).id)
    }

    /// Which counters and balances the conditions read.
    fn reads_of(&mut self, built: &mut Ladder) {
        let mut counters: Vec<CounterId> = Vec::new();
        let mut open: Vec<ExprId> = built.tiers.iter().filter_map(|tier| tier.reach).collect();
        while let Some(id) = open.pop() {
            let Some(node) = self.nodes.get(id.index()) else { continue };
            match node {
                Node::Counter(counter, _) => counters.push(*counter),
                Node::Balance(..) => built.on_balance = true,
                other => open.extend(other.children()),
            }
        }
        counters.sort();
        counters.dedup();
        for counter in &counters {
            self.read.insert(format!("counter {}", counter.index()));
        }
        built.counters = counters;
    }

    /// Bounds that do not rise leave a tier that nobody reaches.
    fn warn_of_order(&mut self, tiers: &'a ast::Tiers, built: &Ladder) {
        let mut before: Option<(ExprId, Exact, &str)> = None;
        for (tier, written) in built.tiers.iter().zip(&tiers.tiers) {
            let [one] = tier.needs.as_slice() else { continue };
            let Some(Node::Compare(_, of, bound)) = self.nodes.get(one.index()) else { continue };
            let (of, Some(bound)) = (*of, self.literal_number(*bound)) else { continue };
            if let Some((what, last, name)) = before
                && self.same(what, of)
                && bound.compare(last).is_ok_and(|order| order != Ordering::Greater)
            {
                self.warning(
                    Code::TiersNotRising,
                    written.span,
                    format!("`{}` is reached no later than `{name}` below it, so `{name}` is never held", tier.name),
                )
                .help("write the tiers from the lowest to the highest bound");
            }
            before = Some((of, bound, &written.name.text));
        }
    }
}
