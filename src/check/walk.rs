//! Walking expressions: what stands in a node of the plan, the paths of a tree.

use super::Checker;
use crate::diag::Code;
use crate::plan::{ExprId, Node};
use crate::syntax::ast::{Block, Dated, Expr, ExprKind, Measure, Path, RowMatch};

/// As many parts may an expression have, parameters worked in: more is no terms that people read.
const PARTS_MAX: u32 = 10_000;

impl Checker<'_> {
    /// How many parts an expression has, those of the parameters that it names counted each time.
    pub(super) fn cost(&self, id: ExprId) -> u32 {
        self.costs.get(id.index()).copied().unwrap_or(1)
    }

    /// Says so if an expression is too large to be worked out for each purchase.
    pub(super) fn is_of_bounded_cost(&mut self, id: ExprId) -> bool {
        let cost = self.cost(id);
        if cost > PARTS_MAX {
            let span = self.spans.get(id.index()).copied().unwrap_or_default();
            self.error(
                Code::TooLarge,
                span,
                format!("found an expression of {cost} parts, expected at most {PARTS_MAX}"),
            )
            .help("name fewer parameters that are made of parameters");
        }
        cost <= PARTS_MAX
    }

    /// Does the expression, or one in it, satisfy the test?
    pub(super) fn any_node(&self, id: ExprId, test: &dyn Fn(&Node) -> bool) -> bool {
        let Some(node) = self.nodes.get(id.index()) else { return false };
        test(node) || node.children().into_iter().any(|child| self.any_node(child, test))
    }

    /// Does it read lines one by one or as a sum?
    pub(super) fn reads_lines(&self, id: ExprId) -> bool {
        self.any_node(id, &|node| matches!(node, Node::Lines(_) | Node::LineText(_) | Node::LineDatum(_)))
    }
}

/// Calls for each path written in dated values.
pub(super) fn dated_paths<'e>(dated: &'e Dated, call: &mut dyn FnMut(&'e Path)) {
    paths(&dated.first, call);
    for (value, _) in &dated.later {
        paths(value, call);
    }
}

/// Calls for each path written in an expression.
pub(super) fn paths<'e>(expr: &'e Expr, call: &mut dyn FnMut(&'e Path)) {
    match &expr.kind {
        ExprKind::Counted { measure, .. } => {
            if let Measure::Path(path) = measure {
                call(path);
            }
        }
        ExprKind::Or(list) | ExprKind::And(list) => list.iter().for_each(|part| paths(part, call)),
        ExprKind::Not(one) | ExprKind::IsKnown(one) | ExprKind::Negative(one) => paths(one, call),
        ExprKind::In { value, .. } => paths(value, call),
        ExprKind::Compare(_, left, right) | ExprKind::Of(left, right) => {
            paths(left, call);
            paths(right, call);
        }
        ExprKind::Per(units, block) => {
            paths(units, call);
            if let Block::Size(_, size) = block.as_ref() {
                paths(size, call);
            }
        }
        ExprKind::Table(table) => {
            paths(&table.key, call);
            for row in &table.rows {
                match &row.matches {
                    RowMatch::Keys(keys) => keys.iter().for_each(|key| paths(key, call)),
                    RowMatch::From(bound) | RowMatch::Above(bound) => paths(bound, call),
                    RowMatch::Otherwise => {}
                }
                paths(&row.value, call);
            }
        }
        ExprKind::Sum(list) => list.iter().for_each(|(_, part)| paths(part, call)),
        ExprKind::Product(list) => list.iter().for_each(|(_, part)| paths(part, call)),
        ExprKind::Literal(_) | ExprKind::Within(..) | ExprKind::DaysSince(_) => {}
    }
}
