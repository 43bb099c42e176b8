//! Tables: `by category { "tea" 5%  otherwise 1% }`, `by spend { from 1_000 RUB 3% }`.

use super::Checker;
use super::context::{Context, Lines, Value};
use super::formula::{Award, Base};
use super::types::is_numeric;
use crate::diag::Code;
use crate::plan::{self, Bound, ExprId, Formula, Literal, Node, NumField, Type};
use crate::source::Span;
use crate::syntax::ast::{Expr, Row, RowMatch, Table};
use crate::value::Exact;
use std::cmp::Ordering;

impl<'a> Checker<'a> {
    pub(super) fn table(
        &mut self,
        context: &Context,
        table: &'a Table,
        base: Option<&Base>,
        award: &mut Award,
        span: Span,
    ) -> Option<Formula> {
        if table.rows.is_empty() {
            self.error(Code::MissingValue, span, "this table has no row, expected what to give")
                .help("write `\"tea\" 5%  otherwise 1%`");
            return None;
        }
        let bands = table.rows.iter().any(|row| matches!(row.matches, RowMatch::From(_) | RowMatch::Above(_)));
        let keys = table.rows.iter().find(|row| matches!(row.matches, RowMatch::Keys(_)));
        if let (true, Some(row)) = (bands, keys) {
            self.error(
                Code::BadTable,
                row.span,
                "found a single value among rows with `from`, expected one kind of row in a table",
            )
            .help("write `from …` or `above …` in each row, or values in each");
            return None;
        }
        if !self.otherwise_is_last(table) {
            return None;
        }
        if bands {
            self.bands(context, table, base, award, span)
        } else {
            self.by_key(context, table, base, award, span)
        }
    }

    fn otherwise_is_last(&mut self, table: &Table) -> bool {
        let last = table.rows.len().saturating_sub(1);
        let early = table.rows.iter().take(last).find(|row| matches!(row.matches, RowMatch::Otherwise));
        if let Some(row) = early {
            self.error(Code::BadTable, row.span, "found rows after `otherwise`, expected it last")
                .help("move `otherwise` to the end");
        }
        early.is_none()
    }

    fn by_key(
        &mut self,
        context: &Context,
        table: &'a Table,
        base: Option<&Base>,
        award: &mut Award,
        span: Span,
    ) -> Option<Formula> {
        if table.marginal {
            self.error(Code::BadTable, span, "`each part at its own rate` needs rows with `from`, found single values");
            return None;
        }
        let key = self.table_key(context, &table.key);
        let mut rows = Vec::new();
        let mut otherwise = None;
        let mut fits = true;
        let mut seen: Vec<Literal> = Vec::new();
        for row in &table.rows {
            let keys = match (&row.matches, key) {
                (RowMatch::Keys(keys), Some((key, _))) => Some(self.row_keys(context, key, keys, &mut seen)),
                _ => None,
            };
            let formula = self.formula(context, &row.value, base, award);
            match (&row.matches, keys, formula) {
                (RowMatch::Otherwise, _, Some(formula)) => otherwise = Some(Box::new(formula)),
                (_, Some(Some(keys)), Some(formula)) => rows.push((keys, formula)),
                _ => fits = false,
            }
        }
        let (key, per_line) = key.filter(|_| fits)?;
        Some(Formula::ByKey { key: key.id, per_line, rows, otherwise })
    }

    /// The key of a table; yes if each line has its own.
    fn table_key(&mut self, context: &Context, key: &'a Expr) -> Option<(Value, bool)> {
        let lines = if context.has_lines() { context.of_each_line() } else { context.clone() };
        // A counter of the same name as an attribute is meant only where no line has it.
        let value = self.value(&lines, key)?;
        let of_lines = self.any_node(value.id, &|node| {
            matches!(node, Node::LineText(_) | Node::LineDatum(_) | Node::Lines(NumField::Line(_) | NumField::Quantity))
        });
        if of_lines || !self.reads_lines(value.id) {
            return Some((value, of_lines));
        }
        Some((value, false))
    }

    fn row_keys(
        &mut self,
        context: &Context,
        key: Value,
        keys: &'a [Expr],
        seen: &mut Vec<Literal>,
    ) -> Option<Vec<ExprId>> {
        let mut ids = Vec::with_capacity(keys.len());
        for written in keys {
            let value = self.value_or_tier(context, written, key.ty)?;
            self.unify(key, value, "like the key of the table")?;
            let Some(Node::Literal(literal)) = self.nodes.get(value.id.index()) else {
                self.error(Code::BadTable, written.span, "found a value that is worked out, expected a fixed key");
                return None;
            };
            let literal = *literal;
            if seen.contains(&literal) {
                let text = self.source.slice(written.span).to_owned();
                self.warning(
                    Code::UnreachableRow,
                    written.span,
                    format!("`{text}` stands in a row before, so this row never applies to it"),
                )
                .help("leave one of them out");
            }
            seen.push(literal);
            ids.push(value.id);
        }
        Some(ids)
    }

    fn bands(
        &mut self,
        context: &Context,
        table: &'a Table,
        base: Option<&Base>,
        award: &mut Award,
        span: Span,
    ) -> Option<Formula> {
        let context = Context { lines: Lines::Sum, ..context.clone() };
        let key = self.value(&context, &table.key);
        if let Some(key) = key
            && !is_numeric(key.ty)
            && !matches!(key.ty, Type::Tier(_) | Type::Date | Type::Time)
        {
            self.mismatch(key, "a number or money before rows with `from`");
            return None;
        }
        let key = key.filter(|key| is_numeric(key.ty)).or_else(|| {
            if let Some(key) = key {
                self.mismatch(key, "a number or money before rows with `from`");
            }
            None
        });
        let part = match (table.marginal, key, base) {
            (true, Some(key), None) => Some(Base::Value(key)),
            (true, Some(key), Some(Base::Value(of))) if !self.same(key.id, of.id) => {
                self.error(
                    Code::BadTable,
                    of.span,
                    "parts at their own rate are parts of the key, expected the same base after `of`",
                )
                .label(key.span, "the key of the table");
                return None;
            }
            (true, Some(_), Some(Base::Award(_))) => {
                self.error(
                    Code::BadTable,
                    span,
                    "parts at their own rate are parts of the key, expected no award after `of`",
                );
                return None;
            }
            _ => None,
        };
        if award.base.is_none() {
            award.base.clone_from(&part);
        }
        let base = part.as_ref().or(base);
        let mut rows = Vec::new();
        let mut otherwise = None;
        let mut fits = true;
        for row in &table.rows {
            let bound = key.map(|key| self.bound(&context, key, row));
            let formula = self.formula(&context, &row.value, base, award);
            match (bound, formula) {
                (Some(Some(Some(bound))), Some(formula)) => rows.push((bound, formula)),
                (Some(Some(None)), Some(formula)) => otherwise = Some(Box::new(formula)),
                _ => fits = false,
            }
        }
        let key = key.filter(|_| fits)?;
        self.bounds_rise(&rows)?;
        Some(Formula::Bands { key: key.id, rows, otherwise, marginal: table.marginal })
    }

    /// The bound of a row; `Some(None)` for `otherwise`.
    #[expect(
        clippy::option_option,
        reason = "the outer says whether it could be checked, the inner whether there is a bound"
    )]
    fn bound(&mut self, context: &Context, key: Value, row: &'a Row) -> Option<Option<Bound>> {
        let (at, above) = match &row.matches {
            RowMatch::From(at) => (at, false),
            RowMatch::Above(at) => (at, true),
            RowMatch::Keys(_) | RowMatch::Otherwise => return Some(None),
        };
        let value = self.value(context, at)?;
        self.unify(key, value, "like the key of the table")?;
        Some(Some(Bound { at: value.id, above }))
    }

    fn bounds_rise(&mut self, rows: &[(Bound, Formula)]) -> Option<()> {
        let mut before: Option<(Exact, bool)> = None;
        for (bound, _) in rows {
            let Some(at) = self.literal_number(bound.at) else { continue };
            if let Some((last, above)) = before {
                let order = at.compare(last).unwrap_or(Ordering::Greater);
                let span = self.spans.get(bound.at.index()).copied().unwrap_or_default();
                if order == Ordering::Less {
                    self.error(Code::BadTable, span, "this bound is below the one before it, expected rising bounds")
                        .help("write the rows from the lowest to the highest");
                    return None;
                }
                if order == Ordering::Equal && above == bound.above {
                    self.warning(
                        Code::UnreachableRow,
                        span,
                        "this bound is that of the row before it, which never applies",
                    )
                    .help("leave one of the rows out");
                }
            }
            before = Some((at, bound.above));
        }
        Some(())
    }

    /// The number of a literal.
    pub(super) fn literal_number(&self, id: ExprId) -> Option<Exact> {
        match self.nodes.get(id.index()) {
            Some(Node::Literal(Literal::Number(number))) => Some(*number),
            _ => None,
        }
    }

    /// Do two expressions say the same?
    pub(super) fn same(&self, left: ExprId, right: ExprId) -> bool {
        plan::same(&self.nodes, left, right)
    }
}
