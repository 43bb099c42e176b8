//! Values: `5% of spend`, `1 bean per full 20 RUB`, `(base + status.extra) of spend`, tables.

use super::page::Table;
use super::teller::{Case, Place, Teller};
use crate::syntax::ast::{
    self, Block, BlockMode, Expr, ExprKind, Factor, LiteralKind, Measure, Path, Row, RowMatch, Sign,
};
use crate::value::Exact;

impl Teller<'_> {
    /// A value as a part of a sentence; a table within it is told in brackets.
    pub(super) fn value(self, expr: &Expr, case: Case) -> String {
        match &expr.kind {
            ExprKind::Literal(kind) => self.literal(kind),
            ExprKind::Counted { measure, window, including } => {
                self.counted(measure, window.as_ref(), *including, case)
            }
            ExprKind::DaysSince(anchor) => {
                say!(self, "days-since", anchor = self.anchor(anchor), case = case.word())
            }
            ExprKind::Or(terms) => self.substituted(terms, case),
            ExprKind::Of(share, whole) => self.of(share, whole),
            ExprKind::Per(amount, block) => self.per(amount, block, None),
            ExprKind::Table(table) => self.table_in_brackets(table, case),
            ExprKind::Sum(terms) => self.sum(terms, case),
            ExprKind::Product(terms) => self.product(terms, case),
            ExprKind::Negative(inner) => say!(self, "negative", value = self.operand(inner, Case::Subject)),
            ExprKind::Within(..)
            | ExprKind::And(_)
            | ExprKind::Not(_)
            | ExprKind::Compare(..)
            | ExprKind::In { .. }
            | ExprKind::IsKnown(_) => self.condition(expr),
        }
    }

    /// `channel or "store"`
    fn substituted(self, terms: &[Expr], case: Case) -> String {
        let mut values = terms.iter();
        let first = values.next().map_or(String::new(), |first| self.value(first, case));
        values
            .fold(first, |value, other| say!(self, "value-or", value = value, other = self.value(other, Case::Subject)))
    }

    /// A value that stands beside a sign or a word, in brackets if it is several.
    fn operand(self, expr: &Expr, case: Case) -> String {
        let text = self.value(expr, case);
        match &expr.kind {
            ExprKind::Sum(_) | ExprKind::Of(..) | ExprKind::Per(..) | ExprKind::Product(_) | ExprKind::Or(_) => {
                say!(self, "brackets", text = text)
            }
            _ => text,
        }
    }

    fn sum(self, terms: &[(Sign, Expr)], case: Case) -> String {
        let mut text = String::new();
        for (at, (sign, term)) in terms.iter().enumerate() {
            let term = if matches!(term.kind, ExprKind::Product(_)) {
                self.value(term, Case::Subject)
            } else {
                self.operand(term, if at == 0 { case } else { Case::Subject })
            };
            text.push_str(match sign {
                _ if at == 0 => "",
                Sign::Plus => " + ",
                Sign::Minus => " − ",
            });
            text.push_str(&term);
        }
        text
    }

    fn product(self, terms: &[(Factor, Expr)], case: Case) -> String {
        let mut text = String::new();
        for (at, (factor, term)) in terms.iter().enumerate() {
            text.push_str(match factor {
                _ if at == 0 => "",
                Factor::Times => " × ",
                Factor::Over => " ÷ ",
            });
            text.push_str(&self.operand(term, if at == 0 { case } else { Case::Subject }));
        }
        text
    }

    /// `5% of spend`, `25% of "Base"`, `1 bean per full 20 RUB of spend`
    fn of(self, share: &Expr, whole: &Expr) -> String {
        match (&share.kind, &whole.kind) {
            (_, ExprKind::Literal(LiteralKind::Text(rule))) => {
                say!(self, "of-award", share = self.operand(share, Case::Subject), rule = rule.as_str())
            }
            (ExprKind::Per(amount, block), _) => self.per(amount, block, Some(whole)),
            _ => say!(
                self,
                "of",
                share = self.operand(share, Case::Subject),
                whole = self.operand(whole, Case::Genitive)
            ),
        }
    }

    /// `1 bean per full 20 RUB`; without a word of what, money is that of the rule's purchase.
    fn per(self, amount: &Expr, block: &Block, whole: Option<&Expr>) -> String {
        let amount = self.operand(amount, Case::Subject);
        let (mode, size) = match block {
            Block::Item => return say!(self, "per-item", amount = amount),
            Block::Line => return say!(self, "per-line", amount = amount),
            Block::Visit => return say!(self, "per-visit", amount = amount),
            Block::Size(mode, size) => (*mode, size),
        };
        let paid = self.paid_noun(size);
        let kind = match paid {
            Some(_) => "unit",
            None if is_one_of_money(size, self.names.currency) => "money-one",
            None => self.kind(size),
        };
        let size = paid.unwrap_or_else(|| self.operand(size, Case::Subject));
        let rate = match mode {
            BlockMode::Linear => say!(self, "per-linear", amount = amount, size = size, kind = kind),
            BlockMode::Full => say!(self, "per-full", amount = amount, size = size, kind = kind),
            BlockMode::Started => say!(self, "per-started", amount = amount, size = size, kind = kind),
            BlockMode::Nearest => say!(self, "per-nearest", amount = amount, size = size, kind = kind),
        };
        match whole {
            Some(whole) => say!(self, "of-base", rate = rate, whole = self.operand(whole, Case::Genitive)),
            // A paid unit names its own base.
            None if kind.starts_with("money") => {
                let spend = Path { names: vec![spend()], before: None, span: crate::source::Span::default() };
                say!(self, "of-base", rate = rate, whole = self.path(&spend, Case::Genitive))
            }
            None => rate,
        }
    }

    /// `bean` in `0.5 RUB per bean off`
    fn paid_noun(self, size: &Expr) -> Option<String> {
        let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &size.kind else { return None };
        let [noun] = path.names.as_slice() else { return None };
        self.names.units.contains_key(noun.text.as_str()).then(|| say!(self, "one", noun = noun.text.as_str()))
    }

    /// What kind of thing a value is, for the words beside it.
    pub(super) fn kind(self, expr: &Expr) -> &'static str {
        match &expr.kind {
            ExprKind::Literal(LiteralKind::Quantity(_, noun)) if noun.text == self.names.currency => "money",
            ExprKind::Literal(LiteralKind::Quantity(..)) => "noun",
            ExprKind::Literal(LiteralKind::Date(_)) => "date",
            ExprKind::Literal(LiteralKind::Time(_)) => "time",
            ExprKind::Literal(LiteralKind::Text(_) | LiteralKind::Flag(_)) => "text",
            ExprKind::Literal(LiteralKind::Number(_) | LiteralKind::Percent(_)) => "number",
            ExprKind::Counted { measure: Measure::Path(path), window: None, .. } => match path.names.as_slice() {
                [one] if self.names.tiers.contains_key(one.text.as_str()) => "tier",
                [one] => {
                    self.names.params.get(one.text.as_str()).map_or("other", |param| self.kind(&param.value.first))
                }
                _ => "other",
            },
            _ => "other",
        }
    }

    /// A table inside a sentence: `by status: Silver: 5%, Gold: 10%`
    fn table_in_brackets(self, table: &ast::Table, case: Case) -> String {
        let rows = table
            .rows
            .iter()
            .map(|row| say!(self, "table-cell", fits = self.fits(row), value = self.operand(&row.value, case)));
        let rows = rows.collect::<Vec<_>>().join(&say!(self, "row-gap"));
        let marginal = if table.marginal { "yes" } else { "no" };
        say!(self, "table-inline", key = self.key(table), rows = rows, marginal = marginal)
    }

    fn key(self, table: &ast::Table) -> String {
        // A key of lines is looked at line by line.
        let of_lines = matches!(&table.key.kind, ExprKind::Counted { measure: Measure::Path(path), window: None, .. }
            if path.names.iter().all(|name| self.names.is_of_lines(&name.text)));
        if of_lines { self.at(Place::Line) } else { self }.value(&table.key, Case::Subject)
    }

    /// When a row is the one.
    fn fits(self, row: &Row) -> String {
        match &row.matches {
            RowMatch::Keys(keys) => self.listed(keys.iter().map(|key| self.value(key, Case::Subject))),
            RowMatch::From(bound) => {
                say!(self, "row-from", bound = self.value(bound, Case::Subject), kind = self.kind(bound))
            }
            RowMatch::Above(bound) => {
                say!(self, "row-above", bound = self.value(bound, Case::Subject), kind = self.kind(bound))
            }
            RowMatch::Otherwise => say!(self, "row-otherwise"),
        }
    }

    /// An amount: a table where it is one, with what `whole` it is of in each of its cells; else a sentence.
    pub(super) fn amount(self, expr: &Expr) -> Amount {
        let (table, whole) = match &expr.kind {
            ExprKind::Table(table) => (table, None),
            ExprKind::Of(share, whole) => match &share.kind {
                ExprKind::Table(table) => (table, Some(whole)),
                _ => return Amount::Said(self.value(expr, Case::Subject)),
            },
            _ => return Amount::Said(self.value(expr, Case::Subject)),
        };
        let cell = |row: &Row| match whole {
            Some(whole) => self.of(&row.value, whole),
            None => self.value(&row.value, Case::Subject),
        };
        let key = self.key(table);
        Amount::Tabled {
            text: if table.marginal {
                say!(self, "table-marginal", key = key.as_str())
            } else {
                say!(self, "table-by", key = key.as_str())
            },
            table: Table {
                head: vec![key, say!(self, "head-given")],
                rows: table.rows.iter().map(|row| vec![self.fits(row), cell(row)]).collect(),
            },
        }
    }
}

/// `1 RUB`: some languages say "each full" of one and "every full" of several.
fn is_one_of_money(size: &Expr, currency: &str) -> bool {
    matches!(&size.kind, ExprKind::Literal(LiteralKind::Quantity(number, noun))
        if noun.text == currency && *number == Exact::ONE)
}

/// How an amount is told.
pub(super) enum Amount {
    /// In a sentence.
    Said(String),
    /// By a table.
    Tabled {
        /// What it goes by.
        text: String,
        /// The rows.
        table: Table,
    },
}

fn spend() -> ast::Name {
    ast::Name { text: "spend".to_owned(), span: crate::source::Span::default() }
}
