//! Declarations but rules and examples: `program`, `data`, `param`, `list`, `calendar`, `counter`,
//! `unit`, `tiers`, groups.

use super::{Builder, grammar::Node};
use crate::syntax::ast::{
    AttributeDecl, Calendar, Counter, Data, Dated, Drop, Group, GroupKind, GroupOption, InForce, Item, List, Literal,
    MissingDecl, Param, Program, ProgramClause, Reach, Returns, ReturnsMode, Round, RoundScope, SpendOrder, Tier,
    Tiers, TiersClause, Unit, UnitClause, Window,
};
use crate::ty::{AttributeType, Scope};
use crate::value::Rounding;

impl Builder {
    /// One declaration.
    pub(super) fn item(&mut self, node: &Node<'_>) -> Option<Item> {
        Some(match node.kind {
            "program" => Item::Program(self.program(node)?),
            "data" => Item::Data(self.data(node)?),
            "param" => Item::Param(self.param(node)?),
            "list" => Item::List(self.list(node)?),
            "calendar" => Item::Calendar(self.calendar(node)?),
            "counter" => Item::Counter(self.counter(node)?),
            "unit" => Item::Unit(self.unit(node)?),
            "tiers" => Item::Tiers(self.tiers(node)?),
            "rule" => Item::Rule(self.rule(node)?),
            "group" => Item::Group(self.group(node)?),
            "scenario" => Item::Scenario(self.scenario(node)?),
            "assume" => Item::Assume(self.assume(node)?),
            "own_measure" => Item::Measure(self.own_measure(node)?),
            "example" => Item::Example(self.example(node)?),
            _ => return None,
        })
    }

    fn program(&mut self, node: &Node<'_>) -> Option<Program> {
        let mut parts = node.parts();
        parts.word("program");
        let name = self.name(parts.node("name"))?;
        let in_force = self.in_force(parts.node("in_force"))?;
        parts.word("{");
        let clauses = parts.all("program_clause");
        let clauses = clauses.iter().map(|clause| self.program_clause(clause)).collect::<Option<_>>()?;
        Some(Program { name, in_force, clauses, span: node.span })
    }

    fn program_clause(&mut self, node: &Node<'_>) -> Option<ProgramClause> {
        let mut parts = node.parts();
        match parts.any_word() {
            Some("currency") => {
                let name = self.name(parts.node("name"))?;
                let decimals = if parts.word(",") { Some(self.whole(parts.node("number"))?) } else { None };
                Some(ProgramClause::Currency(name, decimals))
            }
            Some("timezone") => Some(ProgramClause::Timezone(self.name(parts.node("text"))?)),
            Some("fiscal") => {
                parts.words(["year", "from"]);
                Some(ProgramClause::FiscalYear(self.month_day(parts.node("month_day"))?, node.span))
            }
            Some("settle") => {
                parts.word("by");
                Some(ProgramClause::Settle(self.name(parts.node("name"))?))
            }
            Some("amounts") => Some(ProgramClause::AmountsFirst(node.span)),
            Some("continues") => {
                let hash = self.name(parts.node("text"))?;
                parts.word("from");
                Some(ProgramClause::Continues(hash, self.day(parts.node("date"))?))
            }
            _ => Some(ProgramClause::Returns(self.returns(parts.node("returns"))?)),
        }
    }

    /// The dates of a header, or none.
    pub(super) fn in_force(&mut self, node: Option<Node<'_>>) -> Option<InForce> {
        let Some(node) = node else { return Some(InForce::default()) };
        let mut parts = node.parts();
        let from = if parts.word("from") { Some(self.day(parts.node("date"))?) } else { None };
        let to = if parts.word("to") { Some(self.day(parts.node("date"))?) } else { None };
        Some(InForce { from, to, span: node.span })
    }

    /// `returns within 90 days, in proportion`
    pub(super) fn returns(&mut self, node: Option<Node<'_>>) -> Option<Returns> {
        let node = node?;
        let mut parts = node.parts();
        parts.word("returns");
        let within = if parts.word("within") { Some(self.duration(parts.node("duration"))?) } else { None };
        parts.word(",");
        let modes = parts.all("returns_mode").iter().map(returns_mode).collect::<Option<_>>()?;
        Some(Returns { within, modes, span: node.span })
    }

    fn data(&mut self, node: &Node<'_>) -> Option<Data> {
        let mut parts = node.parts();
        parts.words(["data", "{"]);
        let attributes = parts.all("attribute");
        let attributes = attributes.iter().map(|attribute| self.attribute(attribute)).collect::<Option<_>>()?;
        Some(Data { attributes, span: node.span })
    }

    fn attribute(&mut self, node: &Node<'_>) -> Option<AttributeDecl> {
        let mut parts = node.parts();
        let scope = match parts.node("scope")?.written() {
            "line" => Scope::Line,
            "receipt" => Scope::Receipt,
            "action" => Scope::Action,
            _ => Scope::Member,
        };
        let name = self.name(parts.node("name"))?;
        let kind = parts.node("attribute_type").map(|kind| attribute_type(&kind));
        parts.word(",");
        let missing = if parts.word("may") {
            Some(MissingDecl::Allowed)
        } else if parts.word("or") {
            Some(MissingDecl::Default(self.literal(parts.node("literal"))?))
        } else {
            None
        };
        Some(AttributeDecl { scope, name, kind, missing, span: node.span })
    }

    fn param(&mut self, node: &Node<'_>) -> Option<Param> {
        let mut parts = node.parts();
        parts.word("param");
        let name = self.name(parts.node("name"))?;
        parts.word("=");
        Some(Param { name, value: self.dated(parts.node("dated"))?, span: node.span })
    }

    /// `2, 1 from 2015-04-11`
    pub(super) fn dated(&mut self, node: Option<Node<'_>>) -> Option<Dated> {
        let mut parts = node?.parts();
        let first = self.value(parts.node("value"))?;
        let mut later = Vec::new();
        while parts.word(",") {
            let value = self.value(parts.node("value"))?;
            parts.word("from");
            later.push((value, self.day(parts.node("date"))?));
        }
        Some(Dated { first, later })
    }

    fn list(&mut self, node: &Node<'_>) -> Option<List> {
        let mut parts = node.parts();
        parts.word("list");
        let name = self.name(parts.node("name"))?;
        parts.word("=");
        Some(List { name, values: self.set_literal(parts.node("set_literal"))?, span: node.span })
    }

    /// `["a", "b"]`
    pub(super) fn set_literal(&mut self, node: Option<Node<'_>>) -> Option<Vec<Literal>> {
        let mut parts = node?.parts();
        parts.word("[");
        parts.all("literal").into_iter().map(|literal| self.literal(Some(literal))).collect()
    }

    fn calendar(&mut self, node: &Node<'_>) -> Option<Calendar> {
        let mut parts = node.parts();
        parts.word("calendar");
        let name = self.name(parts.node("name"))?;
        parts.word("{");
        let stretches = parts.all("dates").iter().map(|dates| self.dates(dates)).collect::<Option<_>>()?;
        Some(Calendar { name, stretches, span: node.span })
    }

    fn counter(&mut self, node: &Node<'_>) -> Option<Counter> {
        let mut parts = node.parts();
        parts.word("counter");
        let nouns = self.names(parts.node("nouns")?.parts().all("name"))?;
        parts.word("=");
        let measure = self.measure(parts.node("measure"))?;
        let window = if parts.word("during") {
            Some(Window::During(Box::new(self.period_part(&parts.node("period_part")?)?)))
        } else {
            self.optional_window(parts.node("window"))?
        };
        let filter = if parts.word("where") { Some(self.expr(parts.node("expr"))?) } else { None };
        let condition = if parts.word("if") { Some(self.expr(parts.node("expr"))?) } else { None };
        Some(Counter { nouns, measure, filter, condition, window, span: node.span })
    }

    fn unit(&mut self, node: &Node<'_>) -> Option<Unit> {
        let mut parts = node.parts();
        parts.word("unit");
        let nouns = self.names(parts.node("nouns")?.parts().all("name"))?;
        let in_force = self.in_force(parts.node("in_force"))?;
        parts.word("{");
        let clauses = parts.all("unit_clause");
        let clauses = clauses.iter().map(|clause| self.unit_clause(clause)).collect::<Option<_>>()?;
        Some(Unit { nouns, in_force, clauses, span: node.span })
    }

    fn unit_clause(&mut self, node: &Node<'_>) -> Option<UnitClause> {
        let span = node.span;
        let mut parts = node.parts();
        Some(match parts.any_word() {
            Some("worth") => UnitClause::Worth(self.dated(parts.node("dated"))?, span),
            Some("decimals") => UnitClause::Decimals(self.whole(parts.node("number"))?, span),
            Some("opens") => UnitClause::Opens(self.opening(parts.node("opening"))?, span),
            Some("expires") => UnitClause::Expires(self.expiry(parts.node("expiry"))?, span),
            Some("spend") => UnitClause::SpendOrder(spend_order(parts.any_word()?), span),
            Some("price") => UnitClause::Price(self.dated(parts.node("dated"))?, span),
            Some("pooled") => {
                parts.word("by");
                UnitClause::PooledBy(self.name(parts.node("name"))?)
            }
            Some("apart") => {
                parts.word("by");
                UnitClause::ApartBy(self.name(parts.node("name"))?)
            }
            Some(_) => UnitClause::NeverBelowZero(span),
            None => UnitClause::Round(round(&parts.node("round")?)?),
        })
    }

    fn tiers(&mut self, node: &Node<'_>) -> Option<Tiers> {
        let mut parts = node.parts();
        parts.word("tiers");
        let name = self.name(parts.node("name"))?;
        let in_force = self.in_force(parts.node("in_force"))?;
        let by = if parts.word("by") { Some(self.counted(&parts.node("counted")?)?) } else { None };
        parts.word("{");
        let mut ladder = Tiers { name, in_force, by, tiers: Vec::new(), clauses: Vec::new(), span: node.span };
        while let Some(node) = parts.any_node() {
            match node.kind {
                "tier" => ladder.tiers.push(self.tier(&node)?),
                _ => ladder.clauses.push(self.tiers_clause(&node)?),
            }
        }
        Some(ladder)
    }

    fn tiers_clause(&mut self, node: &Node<'_>) -> Option<TiersClause> {
        let mut parts = node.parts();
        Some(match parts.any_word()? {
            "keep" => {
                parts.word("until");
                let due = self.due(parts.node("due"))?;
                parts.words([",", "then"]);
                let fall = parts.node("fall").map(|node| fall(&node));
                TiersClause::Keep(due, fall, node.span)
            }
            "opens" => TiersClause::Opens(self.opening(parts.node("opening"))?, node.span),
            _ => TiersClause::Restart(node.span),
        })
    }

    fn tier(&mut self, node: &Node<'_>) -> Option<Tier> {
        let mut parts = node.parts();
        let name = self.name(parts.node("name"))?;
        let reach = match parts.node("reach") {
            Some(reach) => Some(self.reach(&reach)?),
            None => None,
        };
        let mut values = Vec::new();
        while parts.word(",") {
            values.push((self.name(parts.node("name"))?, self.dated(parts.node("dated"))?));
        }
        Some(Tier { name, reach, values, span: node.span })
    }

    fn reach(&mut self, node: &Node<'_>) -> Option<Reach> {
        let mut parts = node.parts();
        let above = parts.any_word() == Some("above");
        Some(Reach { span: node.span, ..self.bounds(&parts.node("bounds")?, above)? })
    }

    /// `50_000 RUB or 4 stays and 10 nights`
    pub(super) fn bounds(&mut self, node: &Node<'_>, above: bool) -> Option<Reach> {
        let mut parts = node.parts();
        let mut any = Vec::new();
        while let Some(all) = parts.node("reach_all") {
            parts.word("or");
            let mut parts = all.parts();
            let mut sums = Vec::new();
            while parts.at_node() {
                sums.push(self.sum(parts.node("sum"))?);
                parts.word("and");
            }
            any.push(sums);
        }
        Some(Reach { above, any, span: node.span })
    }

    fn group(&mut self, node: &Node<'_>) -> Option<Group> {
        let mut parts = node.parts();
        let kind = match parts.any_word()? {
            "best" => GroupKind::Best,
            "first" => GroupKind::First,
            _ => GroupKind::All,
        };
        parts.words(["of", "{"]);
        let rules = self.names(parts.all("name"))?;
        let (mut options, mut limits) = (Vec::new(), Vec::new());
        while let Some(node) = parts.any_node() {
            match node.kind {
                "limit" => limits.push(self.limit(&node)?),
                _ => options.push(group_option(&node)?),
            }
        }
        Some(Group { kind, rules, options, limits, span: node.span })
    }
}

/// `round half up per line`
pub(super) fn round(node: &Node<'_>) -> Option<Round> {
    let mut parts = node.parts();
    parts.word("round");
    let mode = match parts.any_word()? {
        "half" if parts.word("even") => Rounding::HalfEven,
        "half" => {
            parts.word("up");
            Rounding::HalfUp
        }
        "up" => Rounding::Up,
        _ => Rounding::Down,
    };
    parts.word("per");
    let scope = match parts.any_word() {
        Some("line") => RoundScope::Line,
        Some("item") => RoundScope::Item,
        Some("receipt") => RoundScope::Receipt,
        _ => RoundScope::Rule,
    };
    Some(Round { mode, scope, span: node.span })
}

fn returns_mode(node: &Node<'_>) -> Option<ReturnsMode> {
    Some(match node.parts().any_word()? {
        "in" => ReturnsMode::InProportion,
        "whole" => ReturnsMode::WholeReceiptsOnly,
        "awards" => ReturnsMode::AwardsStay,
        "spent" => ReturnsMode::SpentUnitsStay,
        _ => ReturnsMode::FromPendingOnly,
    })
}

fn attribute_type(node: &Node<'_>) -> AttributeType {
    match node.written() {
        "text" => AttributeType::Text,
        "number" => AttributeType::Number,
        "money" => AttributeType::Money,
        "date" => AttributeType::Date,
        "time" => AttributeType::Time,
        _ => AttributeType::Flag,
    }
}

fn spend_order(word: &str) -> SpendOrder {
    match word {
        "oldest" => SpendOrder::Oldest,
        "newest" => SpendOrder::Newest,
        _ => SpendOrder::Soonest,
    }
}

fn fall(node: &Node<'_>) -> Drop {
    match node.parts().any_word() {
        Some("one") => Drop::OneDown,
        Some("to") => Drop::Bottom,
        _ => Drop::Stay,
    }
}

fn group_option(node: &Node<'_>) -> Option<GroupOption> {
    Some(match node.parts().any_word()? {
        "per" => GroupOption::PerLine,
        "by" => GroupOption::ByWorth,
        _ => GroupOption::InWrittenOrder,
    })
}
