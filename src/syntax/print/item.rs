//! Declarations but rules and examples.

use super::LINE_MAX;
use super::expr::Binding;
use super::name::{bare, bare_all, quoted};
use super::period::{dates_text, month_day};
use super::rule::{returns_text, round_text};
use super::writer::Writer;
use crate::source::Span;
use crate::syntax::ast::{
    AttributeDecl, Calendar, Counter, Data, Drop, Group, GroupKind, GroupOption, Item, List, MissingDecl, Param,
    Program, ProgramClause, Reach, SpendOrder, Tier, Tiers, TiersClause, Unit, UnitClause,
};
use crate::ty::{AttributeType, Scope};

impl Writer<'_> {
    /// One declaration, after a blank line if it stands apart.
    pub(super) fn item(&mut self, item: &Item, apart: bool) {
        let span = item.span();
        if apart {
            self.blank_line();
        }
        let bracket = if matches!(item, Item::List(_)) { "[" } else { "{" };
        self.begin(span, self.block_start(bracket, span));
        match item {
            Item::Program(program) => self.program(program),
            Item::Data(data) => self.data(data),
            Item::Param(param) => self.param(param),
            Item::List(list) => self.list(list),
            Item::Calendar(calendar) => self.calendar(calendar),
            Item::Counter(counter) => self.counter(counter),
            Item::Unit(unit) => self.unit(unit),
            Item::Tiers(tiers) => self.tiers(tiers),
            Item::Rule(rule) => self.rule(rule),
            Item::Group(group) => self.group(group),
            Item::Scenario(scenario) => self.scenario(scenario),
            Item::Assume(assume) => self.assume(assume),
            Item::Measure(measure) => self.own_measure(measure),
            Item::Example(example) => self.example(example),
        }
        self.end_line(span.end);
    }

    fn program(&mut self, program: &Program) {
        self.put(&format!("program {}", quoted(&program.name.text)));
        self.in_force(program.in_force);
        let place = |clause: &ProgramClause| program_clause_span(clause);
        self.put(" ");
        self.open("{", program.name.span.end);
        for clause in &program.clauses {
            let mut span = place(clause);
            if matches!(clause, ProgramClause::Currency(_, Some(_))) {
                span.end = self.past("decimals", span.end, 3);
            }
            self.line(span, |writer| writer.put(&program_clause_text(clause)));
        }
        self.close("}", program.span.end);
    }

    fn data(&mut self, data: &Data) {
        self.put("data");
        self.block_of(&data.attributes, data.span.start, data.span.end, |each| each.span, Self::attribute);
    }

    fn attribute(&mut self, attribute: &AttributeDecl) {
        let scope = match attribute.scope {
            Scope::Line => "line",
            Scope::Receipt => "receipt",
            Scope::Action => "action",
            Scope::Member => "member",
        };
        self.put(&format!("{scope} {}", bare(&attribute.name)));
        if let Some(kind) = attribute.kind {
            self.put(match kind {
                AttributeType::Text => " text",
                AttributeType::Number => " number",
                AttributeType::Money => " money",
                AttributeType::Date => " date",
                AttributeType::Time => " time",
                AttributeType::Flag => " yes/no",
            });
        }
        match &attribute.missing {
            Some(MissingDecl::Allowed) => self.put(", may be missing"),
            Some(MissingDecl::Default(value)) => self.put(&format!(", or {}", self.literal(&value.kind, value.span))),
            None => {}
        }
    }

    fn param(&mut self, param: &Param) {
        self.put(&format!("param {} = ", bare(&param.name)));
        self.dated(&param.value);
    }

    fn list(&mut self, list: &List) {
        self.put(&format!("list {} = ", bare(&list.name)));
        let inline = self.inline_list(&list.values);
        let fits = self.column() + inline.chars().count() <= LINE_MAX;
        if fits && !self.has_comment(list.span) {
            return self.put(&inline);
        }
        self.open("[", list.name.span.end);
        for value in &list.values {
            self.line(value.span, |writer| writer.put(&format!("{},", writer.literal(&value.kind, value.span))));
        }
        self.close("]", list.span.end);
    }

    fn calendar(&mut self, calendar: &Calendar) {
        self.put(&format!("calendar {}", quoted(&calendar.name.text)));
        let (from, end) = (calendar.name.span.end, calendar.span.end);
        self.block_of(
            &calendar.stretches,
            from,
            end,
            |dates| dates.span,
            |writer, dates| {
                writer.put(&format!("{},", dates_text(*dates, "")));
            },
        );
    }

    fn counter(&mut self, counter: &Counter) {
        self.put(&format!("counter {} = ", bare_all(&counter.nouns)));
        self.measure(&counter.measure);
        if let Some(window) = &counter.window {
            self.put(" ");
            self.window(window);
        }
        if let Some(filter) = &counter.filter {
            self.put(" where ");
            self.condition(filter);
        }
        if let Some(condition) = &counter.condition {
            self.put(" if ");
            self.condition(condition);
        }
    }

    fn unit(&mut self, unit: &Unit) {
        self.put(&format!("unit {}", bare_all(&unit.nouns)));
        self.in_force(unit.in_force);
        self.block_of(&unit.clauses, unit.span.start, unit.span.end, unit_clause_span, Self::unit_clause);
    }

    fn unit_clause(&mut self, clause: &UnitClause) {
        match clause {
            UnitClause::Worth(worth, _) => {
                self.put("worth ");
                self.dated(worth);
            }
            UnitClause::Decimals(decimals, _) => self.put(&format!("decimals {decimals}")),
            UnitClause::Round(round) => self.put(&round_text(*round)),
            UnitClause::Opens(opening, _) => {
                self.put("opens ");
                self.opening(opening);
            }
            UnitClause::Expires(expiry, _) => {
                self.put("expires ");
                self.expiry(expiry);
            }
            UnitClause::SpendOrder(order, _) => self.put(match order {
                SpendOrder::Soonest => "spend soonest first",
                SpendOrder::Oldest => "spend oldest first",
                SpendOrder::Newest => "spend newest first",
            }),
            UnitClause::PooledBy(attribute) => self.put(&format!("pooled by {}", bare(attribute))),
            UnitClause::Price(price, _) => {
                self.put("price ");
                self.dated(price);
            }
            UnitClause::ApartBy(attribute) => self.put(&format!("apart by {}", bare(attribute))),
            UnitClause::NeverBelowZero(_) => self.put("never below zero"),
        }
    }

    fn tiers(&mut self, tiers: &Tiers) {
        self.put(&format!("tiers {}", bare(&tiers.name)));
        self.in_force(tiers.in_force);
        if let Some(by) = &tiers.by {
            self.put(" by ");
            // The grammar takes a counter here, so no parentheses.
            self.condition(by);
        }
        self.put(" ");
        self.open("{", tiers.name.span.end);
        for tier in &tiers.tiers {
            self.line(tier.span, |writer| writer.tier(tier));
        }
        for clause in &tiers.clauses {
            self.line(tiers_clause_span(clause), |writer| writer.tiers_clause(clause));
        }
        self.close("}", tiers.span.end);
    }

    fn tier(&mut self, tier: &Tier) {
        self.put(&bare(&tier.name));
        if let Some(reach) = &tier.reach {
            self.put(if reach.above { " above " } else { " from " });
            self.bounds(reach);
        }
        for (name, value) in &tier.values {
            self.put(&format!(", {} ", bare(name)));
            self.dated(value);
        }
    }

    /// `50_000 RUB or 4 stays and 10 nights`
    pub(super) fn bounds(&mut self, reach: &Reach) {
        for (at, all) in reach.any.iter().enumerate() {
            self.put(if at == 0 { "" } else { " or " });
            for (at, bound) in all.iter().enumerate() {
                self.put(if at == 0 { "" } else { " and " });
                self.expr(bound, Binding::Sum);
            }
        }
    }

    fn tiers_clause(&mut self, clause: &TiersClause) {
        match clause {
            TiersClause::Keep(due, fall, _) => {
                self.put("keep until ");
                self.due(due);
                self.put(match fall {
                    Some(Drop::OneDown) => ", then one tier down",
                    Some(Drop::Bottom) => ", then to the bottom",
                    Some(Drop::Stay) => ", then stay",
                    None => "",
                });
            }
            TiersClause::Opens(opening, _) => {
                self.put("opens ");
                self.opening(opening);
            }
            TiersClause::Restart(_) => self.put("restart at a rise"),
        }
    }

    fn group(&mut self, group: &Group) {
        self.put(match group.kind {
            GroupKind::Best => "best of",
            GroupKind::First => "first of",
            GroupKind::All => "all of",
        });
        let names: Vec<String> = group.rules.iter().map(|rule| quoted(&rule.text)).collect();
        let inline = format!(" {{ {} }}", names.join(", "));
        let plain = group.options.is_empty() && group.limits.is_empty() && !self.has_comment(group.span);
        if plain && self.column() + inline.chars().count() <= LINE_MAX {
            return self.put(&inline);
        }
        self.put(" ");
        self.open("{", group.span.start);
        for rule in &group.rules {
            self.line(rule.span, |writer| writer.put(&format!("{},", quoted(&rule.text))));
        }
        // An option has no place in the tree; it stands before the limits.
        for option in &group.options {
            let here = Span::new(group.rules.last().map_or(0, |rule| rule.span.end), 0);
            self.line(Span::new(here.start, here.start), |writer| writer.put(group_option_text(*option)));
        }
        for limit in &group.limits {
            self.line(limit.span, |writer| writer.limit(limit));
        }
        self.close("}", group.span.end);
    }
}

fn program_clause_span(clause: &ProgramClause) -> Span {
    match clause {
        ProgramClause::Currency(name, _)
        | ProgramClause::Timezone(name)
        | ProgramClause::Settle(name)
        | ProgramClause::Continues(name, _) => name.span,
        ProgramClause::Returns(returns) => returns.span,
        ProgramClause::FiscalYear(_, span) | ProgramClause::AmountsFirst(span) => *span,
    }
}

fn program_clause_text(clause: &ProgramClause) -> String {
    match clause {
        ProgramClause::Currency(name, None) => format!("currency {}", bare(name)),
        ProgramClause::Currency(name, Some(decimals)) => format!("currency {}, {decimals} decimals", bare(name)),
        ProgramClause::Timezone(zone) => format!("timezone {}", quoted(&zone.text)),
        ProgramClause::Returns(returns) => returns_text(returns),
        ProgramClause::FiscalYear(from, _) => format!("fiscal year from {}", month_day(*from)),
        ProgramClause::Settle(attribute) => format!("settle by {}", bare(attribute)),
        ProgramClause::AmountsFirst(_) => "amounts first".to_owned(),
        ProgramClause::Continues(hash, from) => format!("continues {} from {from}", quoted(&hash.text)),
    }
}

fn unit_clause_span(clause: &UnitClause) -> Span {
    match clause {
        UnitClause::Worth(_, span)
        | UnitClause::Price(_, span)
        | UnitClause::Decimals(_, span)
        | UnitClause::Opens(_, span)
        | UnitClause::Expires(_, span)
        | UnitClause::SpendOrder(_, span)
        | UnitClause::NeverBelowZero(span) => *span,
        UnitClause::Round(round) => round.span,
        UnitClause::ApartBy(name) | UnitClause::PooledBy(name) => name.span,
    }
}

fn tiers_clause_span(clause: &TiersClause) -> Span {
    match clause {
        TiersClause::Keep(_, _, span) | TiersClause::Opens(_, span) | TiersClause::Restart(span) => *span,
    }
}

fn group_option_text(option: GroupOption) -> &'static str {
    match option {
        GroupOption::PerLine => "per line",
        GroupOption::ByWorth => "by worth",
        GroupOption::InWrittenOrder => "in written order",
    }
}
