//! The bounds that a program names, and the rows of its tables: `spend >= 100 RUB`, `Gold from 50_000 RUB`.

use crate::source::Span;
use crate::syntax::ast::{Compare, Expr, ExprKind, File, Gift, Item, LiteralKind, RowMatch, Rule, RuleClause, Table};
use crate::value::Exact;

/// A number that something is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Threshold {
    /// `rule "Base"`, `status.Gold`
    pub(super) of: String,
    /// The whole comparison.
    pub(super) span: Span,
    /// The literal.
    pub(super) literal: Span,
    /// Its number.
    pub(super) bound: Exact,
    /// Does the bound itself belong to what lies below, as with `above` and `<=`?
    pub(super) open: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableRow {
    /// `rule "Base"`
    pub(super) of: String,
    /// The whole row.
    pub(super) span: Span,
}

/// Everything of a file that has an edge.
#[derive(Debug, Default)]
pub(super) struct Edges {
    pub(super) thresholds: Vec<Threshold>,
    pub(super) rows: Vec<TableRow>,
}

impl Edges {
    pub(super) fn of(file: &File) -> Self {
        let mut edges = Self::default();
        for item in &file.items {
            match item {
                Item::Rule(rule) => edges.rule(rule),
                Item::Tiers(ladder) => {
                    for tier in &ladder.tiers {
                        let of = format!("{}.{}", ladder.name.text, tier.name.text);
                        for bound in tier.reach.iter().flat_map(|reach| reach.any.iter().flatten()) {
                            let open = tier.reach.as_ref().is_some_and(|reach| reach.above);
                            edges.bound(&of, bound.span, bound, open);
                        }
                    }
                }
                _ => {}
            }
        }
        edges
    }

    fn rule(&mut self, rule: &Rule) {
        let of = format!("{} \"{}\"", rule.kind.word(), rule.name.text);
        for clause in &rule.clauses {
            match clause {
                RuleClause::Where(expr) | RuleClause::If(expr) | RuleClause::Multiply(_, expr, _) => {
                    self.expr(&of, expr);
                }
                RuleClause::Give(give) => self.expr(&of, &give.amount),
                RuleClause::Gives(gives) => match &gives.gift {
                    Gift::Off(amount) | Gift::Units { amount, .. } => self.expr(&of, amount),
                    Gift::TheirWorth | Gift::Away | Gift::Free(_) => {}
                },
                _ => {}
            }
        }
    }

    fn expr(&mut self, of: &str, expr: &Expr) {
        match &expr.kind {
            ExprKind::Or(terms) | ExprKind::And(terms) => terms.iter().for_each(|term| self.expr(of, term)),
            ExprKind::Not(inner) => self.expr(of, inner),
            ExprKind::Compare(compare, _, right) => match compare {
                Compare::AtLeast | Compare::Less => self.bound(of, expr.span, right, false),
                Compare::More | Compare::AtMost => self.bound(of, expr.span, right, true),
                Compare::Equal | Compare::NotEqual => {}
            },
            ExprKind::Of(share, _) => self.expr(of, share),
            ExprKind::Table(table) => self.table(of, table),
            _ => {}
        }
    }

    fn table(&mut self, of: &str, table: &Table) {
        for row in &table.rows {
            self.rows.push(TableRow { of: of.to_owned(), span: row.span });
            match &row.matches {
                RowMatch::From(bound) => self.bound(of, bound.span, bound, false),
                RowMatch::Above(bound) => self.bound(of, bound.span, bound, true),
                RowMatch::Keys(_) | RowMatch::Otherwise => {}
            }
            self.expr(of, &row.value);
        }
    }

    fn bound(&mut self, of: &str, span: Span, literal: &Expr, open: bool) {
        if let ExprKind::Literal(LiteralKind::Quantity(bound, _) | LiteralKind::Number(bound)) = &literal.kind {
            self.thresholds.push(Threshold { of: of.to_owned(), span, literal: literal.span, bound: *bound, open });
        }
    }
}
