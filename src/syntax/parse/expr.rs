//! Expressions: `(base + status.extra) of spend`, `1 bean per full 20 RUB`,
//! `spend over the last 12 months >= 100 RUB and category not in no_goods`.
//!
//! A level of the grammar that holds one thing alone adds no node: `5%` is one literal, not a sum of a
//! product of a literal.

use super::{Builder, grammar::Node};
use crate::syntax::ast::{
    Before, Block, BlockMode, Compare, Expr, ExprKind, Factor, Literal, Measure, Path, Row, RowMatch, SetExpr, Sign,
    Table,
};

impl Builder {
    /// `a or b`
    pub(super) fn expr(&mut self, node: Option<Node<'_>>) -> Option<Expr> {
        let node = node?;
        let terms = node.parts().joined("or").into_iter().map(|term| self.conjunction(&term)).collect::<Option<_>>()?;
        Some(one_or(terms, &node, ExprKind::Or))
    }

    fn conjunction(&mut self, node: &Node<'_>) -> Option<Expr> {
        let terms = node.parts().joined("and").into_iter().map(|term| self.negation(&term)).collect::<Option<_>>()?;
        Some(one_or(terms, node, ExprKind::And))
    }

    fn negation(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let negated = parts.word("not");
        let inner = self.comparison(&parts.node("comparison")?)?;
        Some(if negated { Expr { kind: ExprKind::Not(Box::new(inner)), span: node.span } } else { inner })
    }

    fn comparison(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let value = self.value(parts.node("value"))?;
        let kind = if let Some(compare) = parts.node("compare") {
            let right = self.value(parts.node("value"))?;
            ExprKind::Compare(comparison(&compare), Box::new(value), Box::new(right))
        } else if parts.word("is") {
            ExprKind::IsKnown(Box::new(value))
        } else {
            let negated = parts.word("not");
            if !parts.word("in") {
                return Some(value);
            }
            let set = match parts.node("name") {
                Some(name) => SetExpr::Named(self.name(Some(name))?),
                None => SetExpr::Literals(self.set_literal(parts.node("set_literal"))?),
            };
            ExprKind::In { value: Box::new(value), negated, set }
        };
        Some(Expr { kind, span: node.span })
    }

    /// `5% of spend`, `1 bean per 20 RUB`, a table
    pub(super) fn value(&mut self, node: Option<Node<'_>>) -> Option<Expr> {
        let node = node?;
        let mut parts = node.parts();
        let first = parts.any_node()?;
        let value = if first.kind == "table" { self.table(&first)? } else { self.rate(&first)? };
        if !parts.word("of") {
            return Some(value);
        }
        let of = self.sum(parts.node("sum"))?;
        Some(Expr { kind: ExprKind::Of(Box::new(value), Box::new(of)), span: node.span })
    }

    fn rate(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let amount = self.sum(parts.node("sum"))?;
        if !parts.word("per") {
            return Some(amount);
        }
        let block = self.block(&parts.node("block")?)?;
        Some(Expr { kind: ExprKind::Per(Box::new(amount), Box::new(block)), span: node.span })
    }

    fn block(&mut self, node: &Node<'_>) -> Option<Block> {
        let mut parts = node.parts();
        let mode = match parts.any_word() {
            Some("item") => return Some(Block::Item),
            Some("line") => return Some(Block::Line),
            Some("visit") => return Some(Block::Visit),
            Some("full") => BlockMode::Full,
            Some("started") => BlockMode::Started,
            Some(_) => BlockMode::Nearest,
            None => BlockMode::Linear,
        };
        Some(Block::Size(mode, self.sum(parts.node("sum"))?))
    }

    fn table(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        parts.word("by");
        let key = self.sum(parts.node("sum"))?;
        let marginal = parts.words([",", "each", "part", "at", "its", "own", "rate"]);
        parts.word("{");
        let rows = parts.all("row").iter().map(|row| self.row(row)).collect::<Option<_>>()?;
        Some(Expr { kind: ExprKind::Table(Box::new(Table { key, marginal, rows })), span: node.span })
    }

    fn row(&mut self, node: &Node<'_>) -> Option<Row> {
        let mut parts = node.parts();
        let matches = match parts.any_word() {
            Some("from") => RowMatch::From(self.sum(parts.node("sum"))?),
            Some("above") => RowMatch::Above(self.sum(parts.node("sum"))?),
            Some(_) => RowMatch::Otherwise,
            None => RowMatch::Keys(parts.all("key").iter().map(|key| self.key(key)).collect::<Option<_>>()?),
        };
        Some(Row { matches, value: self.value(parts.node("value"))?, span: node.span })
    }

    fn key(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let kind = match parts.node("name") {
            Some(name) => {
                let name = self.name(Some(name))?;
                let path = Path { span: name.span, names: vec![name], before: None };
                ExprKind::Counted { measure: Measure::Path(path), window: None, including: false }
            }
            None => ExprKind::Literal(self.literal(parts.node("literal"))?.kind),
        };
        Some(Expr { kind, span: node.span })
    }

    /// `a + b - c`
    pub(super) fn sum(&mut self, node: Option<Node<'_>>) -> Option<Expr> {
        let node = node?;
        let mut parts = node.parts();
        let mut terms = vec![(Sign::Plus, self.product(&parts.node("product")?)?)];
        while let Some(sign) = parts.any_word() {
            let sign = if sign == "+" { Sign::Plus } else { Sign::Minus };
            terms.push((sign, self.product(&parts.node("product")?)?));
        }
        Some(match <[_; 1]>::try_from(terms) {
            Ok([(_, only)]) => only,
            Err(terms) => Expr { kind: ExprKind::Sum(terms), span: node.span },
        })
    }

    fn product(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let mut factors = vec![(Factor::Times, self.negative(&parts.node("negative")?)?)];
        while let Some(factor) = parts.any_word() {
            let factor = if factor == "*" { Factor::Times } else { Factor::Over };
            factors.push((factor, self.negative(&parts.node("negative")?)?));
        }
        Some(match <[_; 1]>::try_from(factors) {
            Ok([(_, only)]) => only,
            Err(factors) => Expr { kind: ExprKind::Product(factors), span: node.span },
        })
    }

    fn negative(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let negative = parts.word("-");
        let inner = self.primary(&parts.node("primary")?)?;
        Some(if negative { Expr { kind: ExprKind::Negative(Box::new(inner)), span: node.span } } else { inner })
    }

    fn primary(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let kind = match parts.any_word() {
            Some("within") => {
                let duration = self.duration(parts.node("duration"))?;
                parts.word("of");
                ExprKind::Within(duration, self.anchor_of(parts.node("anchor"))?)
            }
            Some("days") => {
                parts.word("since");
                ExprKind::DaysSince(self.anchor_of(parts.node("anchor"))?)
            }
            // Parentheses only group: the tree already says what they said.
            Some(_) => return self.expr(parts.node("expr")),
            None => {
                let child = parts.any_node()?;
                if child.kind == "counted" {
                    return self.counted(&child);
                }
                let Literal { kind, .. } = self.literal(Some(child))?;
                ExprKind::Literal(kind)
            }
        };
        Some(Expr { kind, span: node.span })
    }

    /// `spend over the last 12 months including this purchase`
    pub(super) fn counted(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut parts = node.parts();
        let measure = self.measure(parts.node("measure"))?;
        let window = self.optional_window(parts.node("window"))?;
        let including = parts.words(["including", "this", "purchase"]);
        Some(Expr { kind: ExprKind::Counted { measure, window, including }, span: node.span })
    }

    /// `sum of nights`, `count of awards of "Base"`, `points from "Base"`
    pub(super) fn measure(&mut self, node: Option<Node<'_>>) -> Option<Measure> {
        let mut parts = node?.parts();
        if let Some(path) = parts.node("path") {
            let path = self.path(&path)?;
            if parts.word("from") {
                return Some(Measure::AwardedFrom(path, self.name(parts.node("text"))?));
            }
            return Some(Measure::Path(path));
        }
        let word = parts.any_word()?;
        parts.word("of");
        Some(match word {
            "sum" => Measure::Sum(self.path(&parts.node("path")?)?),
            "largest" => Measure::Largest(self.path(&parts.node("path")?)?),
            _ if parts.word("distinct") => Measure::Distinct(self.path(&parts.node("path")?)?),
            _ if parts.words(["awards", "of"]) => Measure::AwardsOf(self.name(parts.node("name"))?),
            _ => Measure::Actions(self.action(&parts.node("action")?)?),
        })
    }

    /// `status.extra`, `spend before discounts`
    pub(super) fn path(&mut self, node: &Node<'_>) -> Option<Path> {
        let mut parts = node.parts();
        let mut names = vec![self.name(parts.node("name"))?];
        while parts.word(".") {
            names.push(self.name(parts.node("name"))?);
        }
        let before = if parts.word("before") {
            Some(if parts.any_word()? == "discounts" { Before::Discounts } else { Before::Points })
        } else {
            None
        };
        Some(Path { names, before, span: node.span })
    }
}

fn one_or(terms: Vec<Expr>, node: &Node<'_>, many: impl FnOnce(Vec<Expr>) -> ExprKind) -> Expr {
    match <[_; 1]>::try_from(terms) {
        Ok([only]) => only,
        Err(terms) => Expr { kind: many(terms), span: node.span },
    }
}

fn comparison(node: &Node<'_>) -> Compare {
    match node.written() {
        "=" => Compare::Equal,
        "!=" => Compare::NotEqual,
        "<" => Compare::Less,
        "<=" => Compare::AtMost,
        ">" => Compare::More,
        _ => Compare::AtLeast,
    }
}
