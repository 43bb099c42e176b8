//! What a value is worked out from: `(base + status.extra) of spend`, `category in no_goods`, tables, literals.

use super::{Anchor, Measure, Name, Window};
use crate::source::Span;
use crate::time::{Day, Duration, TimeOfDay};
use crate::value::Exact;
use std::cmp::Ordering;

/// An expression with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The forms of an expression. Lists (`and`, `or`, `+`, `*`) are flat, so a long line is not a deep tree.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `5%`, `20 RUB`, `"cakes"`
    Literal(LiteralKind),
    /// `spend over the last 12 months including this purchase`, `status.extra`, `base`
    Counted {
        /// `spend`
        measure: Measure,
        /// `over the last 12 months`
        window: Option<Window>,
        /// `including this purchase`
        including: bool,
    },
    /// `within 30 days of joining`
    Within(Duration, Anchor),
    /// `days since the last purchase`
    DaysSince(Anchor),
    /// `a or b`; also a value for what may be missing: `channel or "store"`
    Or(Vec<Expr>),
    /// `a and b`
    And(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `spend >= 100 RUB`
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// `category in ["a", "b"]`, `category not in no_goods`
    In {
        /// `category`
        value: Box<Expr>,
        /// `not in`
        negated: bool,
        /// `["a", "b"]`
        set: SetExpr,
    },
    /// `birthday is known`
    IsKnown(Box<Expr>),
    /// `5% of spend`, `25% of "Base"`
    Of(Box<Expr>, Box<Expr>),
    /// `1 bean per full 20 RUB`
    Per(Box<Expr>, Box<Block>),
    /// `by category { "tea" 5%  otherwise 1% }`
    Table(Box<Table>),
    /// `a + b - c`: the first, then each with its sign
    Sum(Vec<(Sign, Expr)>),
    /// `a * b / c`
    Product(Vec<(Factor, Expr)>),
    /// `-a`
    Negative(Box<Expr>),
}

/// A sign of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// A sign of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Factor {
    /// `*`
    Times,
    /// `/`
    Over,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Compare {
    /// Does an order of the two sides fit?
    pub const fn fits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// `["a", "b"]` or the name of a list
#[derive(Debug, Clone, PartialEq)]
pub enum SetExpr {
    /// `["a", "b"]`
    Literals(Vec<Literal>),
    /// `no_goods`
    Named(Name),
}

/// What stands after `per`.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// `item`: one of a line's quantity
    Item,
    /// `line`
    Line,
    /// `visit`: the receipt
    Visit,
    /// `20 RUB`, `full 10 nights`
    Size(BlockMode, Expr),
}

/// How blocks are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockMode {
    /// no word: in proportion
    Linear,
    /// `full`
    Full,
    /// `started`
    Started,
    /// `nearest`
    Nearest,
}

/// `by spend, each part at its own rate { from 1_000 RUB 3% }`
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// `spend`
    pub key: Expr,
    /// `each part at its own rate`
    pub marginal: bool,
    /// In written order.
    pub rows: Vec<Row>,
}

/// `from 1_000 RUB 3%`
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// `from 1_000 RUB`
    pub matches: RowMatch,
    /// `3%`
    pub value: Expr,
    /// Where.
    pub span: Span,
}

/// When a row applies.
#[derive(Debug, Clone, PartialEq)]
pub enum RowMatch {
    /// `"B", "C"`, `Gold`, `3`
    Keys(Vec<Expr>),
    /// `from 1_000 RUB`
    From(Expr),
    /// `above 1_000 RUB`
    Above(Expr),
    /// `otherwise`
    Otherwise,
}

/// A literal with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// What it is.
    pub kind: LiteralKind,
    /// Where.
    pub span: Span,
}

/// The forms of a literal. Numbers are exact; `1.5` and `1.50` are one value.
#[derive(Debug, Clone, PartialEq)]
pub enum LiteralKind {
    /// `20`
    Number(Exact),
    /// `5%`: the number as written, 5
    Percent(Exact),
    /// `20 RUB`, `50 beans`, `5 times`
    Quantity(Exact, Name),
    /// `"cakes"`
    Text(String),
    /// `2026-12-31`
    Date(Day),
    /// `15:00`
    Time(TimeOfDay),
    /// `yes`
    Flag(bool),
}
