//! The tree of a rule file, as written: names are texts, nothing is resolved yet.
//!
//! Every variant is documented by the source text it stands for. Lists hold what was written in the
//! order it was written; spans cover the node's own text. One file per idea: a rule that says
//! `give 5% of spend as beans, at most 500 beans per receipt` is a [`Rule`] (`rule.rs`) with an [`Expr`]
//! (`expr.rs`) and a [`Limit`] (`group.rs`) inside.

mod counter;
mod date;
mod example;
mod expr;
mod group;
mod period;
mod program;
mod reward;
mod rule;
mod scenario;
mod tiers;
mod unit;

pub use counter::{Before, Counter, Kalendar, KalendarKind, Measure, Path, Window};
pub use date::{Activity, Anchor, Due, DueBase, Edge, Feast, Length, Side};
pub use example::{Example, ExampleFact, ExpectAward, FactPart, Step};
pub use expr::{
    Block, BlockMode, Compare, Expr, ExprKind, Factor, Literal, LiteralKind, Row, RowMatch, SetExpr, Sign, Table,
};
pub use group::{Group, GroupKind, GroupOption, Limit, LimitKey, OverLimit};
pub use period::{Around, Calendar, Dates, MonthDay, Ordinal, Period, PeriodAll, PeriodKind, PeriodPart, WeekdaysOf};
pub use program::{AttributeDecl, Data, List, MissingDecl, Param, Program, ProgramClause, Returns, ReturnsMode};
pub use reward::{Among, CostAmount, CostOption, Costs, Gift, Gives, RuleKind};
pub use rule::{Fact, Give, Recipient, Rule, RuleClause, Take, Trigger};
pub use scenario::{Assume, Change, OwnMeasure, Scenario, SetTo, Setting, Shares};
pub use tiers::{Drop, Reach, Tier, Tiers, TiersClause};
pub use unit::{Expiry, Opening, Round, RoundScope, SpendOrder, Unit, UnitClause};

use crate::source::Span;
use crate::time::Day;

/// A name or a text as written, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The text.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A whole rule file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// Its declarations in the order written.
    pub items: Vec<Item>,
    /// Rules that a scenario leaves out: a measure of them counts nothing.
    pub left_out: Vec<String>,
}

/// A declaration.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `program "Sweet Corner" { … }`
    Program(Program),
    /// `data { … }`
    Data(Data),
    /// `param base = 5%`
    Param(Param),
    /// `list goods_not = ["POST", "M"]`
    List(List),
    /// `calendar "Black Friday" { 2026-11-27 to 2026-11-30 }`
    Calendar(Calendar),
    /// `counter night, nights = sum of nights this calendar year`
    Counter(Counter),
    /// `unit bean, beans { … }`
    Unit(Unit),
    /// `tiers status by spend over the last 12 months { … }`
    Tiers(Tiers),
    /// `rule "Base" { … }`, `reward "Tenth coffee" { … }`, `draw "Spring" { … }`
    Rule(Rule),
    /// `best of { "Base", "Birthday" }`
    Group(Group),
    /// `scenario "Cheaper Gold" { … }`
    Scenario(Scenario),
    /// `assume "Pay with beans" used by 60% of members`: in a scenario only
    Assume(Assume),
    /// `measure "Cost per active Gold" = …`
    Measure(OwnMeasure),
    /// `example "double at New Year" { … }`
    Example(Example),
}

impl Item {
    /// Where it stands.
    pub const fn span(&self) -> Span {
        match self {
            Self::Program(of) => of.span,
            Self::Data(of) => of.span,
            Self::Param(of) => of.span,
            Self::List(of) => of.span,
            Self::Calendar(of) => of.span,
            Self::Counter(of) => of.span,
            Self::Unit(of) => of.span,
            Self::Tiers(of) => of.span,
            Self::Rule(of) => of.span,
            Self::Group(of) => of.span,
            Self::Scenario(of) => of.span,
            Self::Assume(of) => of.span,
            Self::Measure(of) => of.span,
            Self::Example(of) => of.span,
        }
    }
}

/// ` from 2026-01-01 to 2026-12-31` in a header: when the declaration is in force, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InForce {
    /// `from 2026-01-01`
    pub from: Option<Day>,
    /// `to 2026-12-31`
    pub to: Option<Day>,
    /// Where; empty if not written.
    pub span: Span,
}

/// `2, 1 from 2015-04-11`: a value and those that follow it in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    /// The first value.
    pub first: Expr,
    /// Each later value with its first day.
    pub later: Vec<(Expr, Day)>,
}
