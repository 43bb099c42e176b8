//! Expressions, with parentheses only where the tree would else be read differently; a table writes one
//! row a line.

use super::name::{bare, quoted};
use super::writer::Writer;
use crate::source::Span;
use crate::syntax::ast::{
    Before, Block, BlockMode, Compare, Dated, Expr, ExprKind, Factor, Literal, LiteralKind, Measure, Path, Row,
    RowMatch, SetExpr, Sign, Table,
};

/// How tightly a form binds: an expression that binds looser than its place asks for gets parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binding {
    /// `a or b`
    Or,
    /// `a and b`
    And,
    /// `not a`
    Not,
    /// `a = b`
    Compare,
    /// `5% of spend`: what the grammar calls a value
    Value,
    /// `1 bean per 20 RUB`, a table
    Rate,
    /// `a + b`
    Sum,
    /// `a * b`
    Product,
    /// `-a`
    Negative,
    /// `a`
    Primary,
}

fn binding(kind: &ExprKind) -> Binding {
    match kind {
        ExprKind::Or(_) => Binding::Or,
        ExprKind::And(_) => Binding::And,
        ExprKind::Not(_) => Binding::Not,
        ExprKind::Compare(..) | ExprKind::In { .. } | ExprKind::IsKnown(_) => Binding::Compare,
        ExprKind::Of(..) => Binding::Value,
        ExprKind::Per(..) | ExprKind::Table(_) => Binding::Rate,
        ExprKind::Sum(_) => Binding::Sum,
        ExprKind::Product(_) => Binding::Product,
        ExprKind::Negative(_) => Binding::Negative,
        // `count of spend` would be another measure.
        ExprKind::Counted { .. } if leading_word(kind).is_some_and(is_measure_word) => Binding::Or,
        ExprKind::Counted { .. } | ExprKind::Literal(_) | ExprKind::Within(..) | ExprKind::DaysSince(_) => {
            Binding::Primary
        }
    }
}

fn is_measure_word(word: &str) -> bool {
    ["sum", "largest", "count", "days"].contains(&word)
}

/// The bare word that a path alone is.
fn leading_word(kind: &ExprKind) -> Option<&str> {
    match kind {
        ExprKind::Counted { measure: Measure::Path(path), window: None, including: false } => {
            match path.names.as_slice() {
                [only] if path.before.is_none() => Some(&only.text),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The expression that is written first within another.
fn first_of(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Of(first, _)
        | ExprKind::Per(first, _)
        | ExprKind::Compare(_, first, _)
        | ExprKind::IsKnown(first) => first_of(first),
        ExprKind::In { value, .. } => first_of(value),
        ExprKind::Sum(terms) => terms.first().map_or(expr, |(_, first)| first_of(first)),
        ExprKind::Product(terms) => terms.first().map_or(expr, |(_, first)| first_of(first)),
        ExprKind::Or(terms) | ExprKind::And(terms) => terms.first().map_or(expr, first_of),
        ExprKind::Literal(_)
        | ExprKind::Counted { .. }
        | ExprKind::Within(..)
        | ExprKind::DaysSince(_)
        | ExprKind::Not(_)
        | ExprKind::Table(_)
        | ExprKind::Negative(_) => expr,
    }
}

impl Writer<'_> {
    /// A whole condition.
    pub(super) fn condition(&mut self, expr: &Expr) {
        self.expr(expr, Binding::Or);
    }

    /// An amount or a rate.
    pub(super) fn value(&mut self, expr: &Expr) {
        self.expr(expr, Binding::Value);
    }

    /// An expression in a place that asks for so tight a binding.
    pub(super) fn expr(&mut self, expr: &Expr, place: Binding) {
        if binding(&expr.kind) >= place {
            return self.bare_expr(expr);
        }
        self.put("(");
        self.bare_expr(expr);
        self.put(")");
    }

    /// `["a", "b"]`
    pub(super) fn inline_list(&self, literals: &[Literal]) -> String {
        let entries: Vec<String> = literals.iter().map(|each| self.literal(&each.kind, each.span)).collect();
        format!("[{}]", entries.join(", "))
    }

    fn bare_expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(kind) => self.put(&self.literal(kind, expr.span)),
            ExprKind::Counted { measure, window, including } => {
                self.measure(measure);
                if let Some(window) = window {
                    self.put(" ");
                    self.window(window);
                }
                self.put(if *including { " including this purchase" } else { "" });
            }
            ExprKind::Within(duration, anchor) => {
                self.put(&format!("within {duration} of "));
                self.anchor(anchor);
            }
            ExprKind::DaysSince(anchor) => {
                self.put("days since ");
                self.anchor(anchor);
            }
            ExprKind::Or(terms) => self.joined(terms, " or ", Binding::And),
            ExprKind::And(terms) => self.joined(terms, " and ", Binding::Not),
            ExprKind::Not(inner) => {
                self.put("not ");
                self.expr(inner, Binding::Compare);
            }
            ExprKind::Compare(compare, left, right) => {
                self.value(left);
                self.put(&format!(" {} ", comparison(*compare)));
                self.value(right);
            }
            ExprKind::In { value, negated, set } => {
                self.value(value);
                self.put(if *negated { " not in " } else { " in " });
                self.set(set);
            }
            ExprKind::IsKnown(value) => {
                self.value(value);
                self.put(" is known");
            }
            ExprKind::Of(share, whole) => {
                self.operand(share, Binding::Rate);
                self.put(" of ");
                self.operand(whole, Binding::Sum);
            }
            ExprKind::Per(amount, block) => {
                self.operand(amount, Binding::Sum);
                self.put(" per ");
                self.block(block);
            }
            ExprKind::Table(table) => self.table(table, expr.span),
            ExprKind::Sum(terms) => self.sum(terms),
            ExprKind::Product(terms) => self.product(terms),
            ExprKind::Negative(inner) => {
                self.put("-");
                self.expr(inner, Binding::Primary);
            }
        }
    }

    fn joined(&mut self, terms: &[Expr], word: &str, place: Binding) {
        for (at, term) in terms.iter().enumerate() {
            self.put(if at == 0 { "" } else { word });
            self.expr(term, place);
        }
    }

    fn sum(&mut self, terms: &[(Sign, Expr)]) {
        for (at, (sign, term)) in terms.iter().enumerate() {
            self.put(match sign {
                _ if at == 0 => "",
                Sign::Plus => " + ",
                Sign::Minus => " - ",
            });
            self.expr(term, Binding::Product);
        }
    }

    fn product(&mut self, factors: &[(Factor, Expr)]) {
        for (at, (factor, term)) in factors.iter().enumerate() {
            self.put(match factor {
                _ if at == 0 => "",
                Factor::Times => " * ",
                Factor::Over => " / ",
            });
            self.expr(term, Binding::Negative);
        }
    }

    fn block(&mut self, block: &Block) {
        let (mode, size) = match block {
            Block::Item => return self.put("item"),
            Block::Line => return self.put("line"),
            Block::Visit => return self.put("visit"),
            Block::Size(mode, size) => (*mode, size),
        };
        self.put(match mode {
            BlockMode::Linear => "",
            BlockMode::Full => "full ",
            BlockMode::Started => "started ",
            BlockMode::Nearest => "nearest ",
        });
        let words = ["item", "line", "visit", "full", "started", "nearest"];
        let ambiguous = leading_word(&first_of(size).kind).is_some_and(|word| words.contains(&word));
        self.guarded(size, Binding::Sum, ambiguous || is_arithmetic(size));
    }

    /// What stands beside `of` and `per`: `(base + extra) of spend` needs no parentheses, but people do.
    pub(super) fn operand(&mut self, expr: &Expr, place: Binding) {
        self.guarded(expr, place, is_arithmetic(expr));
    }

    /// An expression that needs parentheses also where its first word would be read as something else.
    fn guarded(&mut self, expr: &Expr, place: Binding, ambiguous: bool) {
        if !ambiguous || binding(&expr.kind) < place {
            return self.expr(expr, place);
        }
        self.put("(");
        self.bare_expr(expr);
        self.put(")");
    }

    fn table(&mut self, table: &Table, span: Span) {
        self.put("by ");
        self.expr(&table.key, Binding::Sum);
        self.put(if table.marginal { ", each part at its own rate " } else { " " });
        let from = table.key.span.end;
        let end = self.closing(from).max(span.start);
        self.open("{", from);
        for row in &table.rows {
            self.line(row.span, |writer| writer.row(row));
        }
        self.close("}", end);
    }

    fn row(&mut self, row: &Row) {
        let bound = match &row.matches {
            RowMatch::Keys(keys) => {
                self.joined(keys, ", ", Binding::Primary);
                keys.last()
            }
            RowMatch::From(bound) => {
                self.put("from ");
                self.expr(bound, Binding::Sum);
                Some(bound)
            }
            RowMatch::Above(bound) => {
                self.put("above ");
                self.expr(bound, Binding::Sum);
                Some(bound)
            }
            RowMatch::Otherwise => {
                self.put("otherwise");
                None
            }
        };
        let first = &first_of(&row.value).kind;
        // `from 5 - 3%` would be one sum, `5 Gold` on one line a number and its unit.
        let negative =
            matches!(first, ExprKind::Negative(_)) && !matches!(row.matches, RowMatch::Keys(_) | RowMatch::Otherwise);
        let unit = bound.is_some_and(ends_with_number) && starts_with_name(first);
        self.put(" ");
        self.guarded(&row.value, Binding::Value, negative || unit);
    }

    fn set(&mut self, set: &SetExpr) {
        match set {
            SetExpr::Named(name) => self.put(&bare(name)),
            SetExpr::Literals(literals) => self.put(&self.inline_list(literals)),
        }
    }

    /// `sum of nights`
    pub(super) fn measure(&mut self, measure: &Measure) {
        match measure {
            Measure::Sum(path) => self.put(&format!("sum of {}", path_text(path))),
            Measure::Largest(path) => self.put(&format!("largest of {}", path_text(path))),
            Measure::Distinct(path) => self.put(&format!("count of distinct {}", path_text(path))),
            Measure::AwardsOf(rule) => self.put(&format!("count of awards of {}", quoted(&rule.text))),
            Measure::Actions(action) => self.put(&format!("count of action {}", bare(action))),
            Measure::AwardedFrom(path, rule) => self.put(&format!("{} from {}", path_text(path), quoted(&rule.text))),
            Measure::Path(path) => self.put(&path_text(path)),
        }
    }

    /// `2, 1 from 2015-04-11`
    pub(super) fn dated(&mut self, dated: &Dated) {
        self.value(&dated.first);
        for (value, from) in &dated.later {
            self.put(", ");
            self.value(value);
            self.put(&format!(" from {from}"));
        }
    }
}

fn is_arithmetic(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Sum(_) | ExprKind::Product(_))
}

fn ends_with_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(LiteralKind::Number(_)) => true,
        ExprKind::Sum(terms) => terms.last().is_some_and(|(_, last)| ends_with_number(last)),
        ExprKind::Product(terms) => terms.last().is_some_and(|(_, last)| ends_with_number(last)),
        ExprKind::Negative(inner) => ends_with_number(inner),
        _ => false,
    }
}

fn starts_with_name(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Counted { .. } | ExprKind::DaysSince(_) | ExprKind::Literal(LiteralKind::Text(_)))
}

/// `status.extra`, `spend before discounts`
pub(super) fn path_text(path: &Path) -> String {
    let names: Vec<String> = path.names.iter().map(bare).collect();
    let before = match path.before {
        Some(Before::Discounts) => " before discounts",
        Some(Before::Points) => " before points",
        None => "",
    };
    format!("{}{before}", names.join("."))
}

fn comparison(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => "=",
        Compare::NotEqual => "!=",
        Compare::Less => "<",
        Compare::AtMost => "<=",
        Compare::More => ">",
        Compare::AtLeast => ">=",
    }
}
