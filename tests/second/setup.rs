//! From the tree of a program to plain lists.

use super::world::{LadderDef, RuleDef, Setup, Trig, UnitDef};
use earnest::syntax::ast;
use earnest::time::{Calendar, Duration, DurationUnit, Zone};
use earnest::ty::{AttributeType, Scope};
use earnest::value::Rounding;

fn text(name: &ast::Name) -> String {
    name.text.clone()
}

impl Setup {
    pub fn new(file: &ast::File) -> Self {
        let zone = Zone::utc();
        let mut setup = Self {
            zone,
            money_decimals: 2,
            currency: String::new(),
            in_force: ast::InForce::default(),
            within: Duration::new(12, DurationUnit::Month),
            modes: vec![],
            fiscal: Calendar::CIVIL,
            attrs: vec![],
            units: vec![],
            ladders: vec![],
            rules: vec![],
            groups: vec![],
            counters: vec![],
            params: vec![],
            lists: vec![],
            calendars: vec![],
        };
        for item in &file.items {
            match item {
                ast::Item::Program(program) => setup.program(program),
                ast::Item::Data(data) => {
                    for attribute in &data.attributes {
                        if let Some(kind) = attribute.kind {
                            setup.attrs.push((attribute.scope, text(&attribute.name), kind));
                        }
                    }
                }
                ast::Item::Param(param) => setup.params.push(param.clone()),
                ast::Item::List(list) => setup.lists.push(list.clone()),
                ast::Item::Calendar(calendar) => setup.calendars.push(calendar.clone()),
                ast::Item::Counter(counter) => setup.counters.push(counter.clone()),
                ast::Item::Unit(unit) => setup.units.push(UnitDef::new(unit)),
                ast::Item::Tiers(tiers) => setup.ladders.push(LadderDef::new(tiers)),
                ast::Item::Rule(rule) => setup.rules.push(RuleDef::new(rule)),
                ast::Item::Group(group) => setup.groups.push(group.clone()),
                ast::Item::Example(_) | ast::Item::Scenario(_) | ast::Item::Assume(_) | ast::Item::Measure(_) => {}
            }
        }
        setup.rules.sort_by(|a, b| a.name.cmp(&b.name));
        setup.ladders.sort_by(|a, b| a.name.cmp(&b.name));
        setup
    }

    fn program(&mut self, program: &ast::Program) {
        self.in_force = program.in_force;
        for clause in &program.clauses {
            match clause {
                ast::ProgramClause::Currency(name, decimals) => {
                    self.currency = text(name);
                    self.money_decimals = decimals.unwrap_or(2);
                }
                ast::ProgramClause::Timezone(name) => self.zone = Zone::named(&name.text).unwrap(),
                ast::ProgramClause::Returns(returns) => {
                    self.within = returns.within.unwrap_or(self.within);
                    self.modes.extend(&returns.modes);
                }
                ast::ProgramClause::FiscalYear(day, _) => {
                    self.fiscal = Calendar::starting(day.month, day.day).unwrap();
                }
                ast::ProgramClause::Settle(_) | ast::ProgramClause::Continues(..) => {}
                other => panic!("the second evaluator does not know {other:?}"),
            }
        }
    }

    pub fn unit_named(&self, noun: &str) -> Option<usize> {
        self.units.iter().position(|unit| unit.nouns.iter().any(|name| name == noun))
    }

    pub fn ladder_named(&self, name: &str) -> Option<usize> {
        self.ladders.iter().position(|ladder| ladder.name == name)
    }

    pub fn attr(&self, name: &str) -> Option<(Scope, AttributeType)> {
        self.attrs.iter().find(|attr| attr.1 == name).map(|attr| (attr.0, attr.2))
    }
}

impl UnitDef {
    fn new(unit: &ast::Unit) -> Self {
        let nouns: Vec<String> = unit.nouns.iter().map(text).collect();
        let mut def = Self {
            key: nouns.get(1).unwrap_or(&nouns[0]).clone(),
            nouns,
            in_force: unit.in_force,
            worth: None,
            decimals: 0,
            mode: Rounding::Down,
            scope: ast::RoundScope::Rule,
            opens: ast::Opening::AtOnce,
            expires: ast::Expiry::Never,
            order: ast::SpendOrder::Soonest,
            apart: None,
            pooled: None,
            floor: false,
        };
        for clause in &unit.clauses {
            match clause.clone() {
                ast::UnitClause::Worth(worth, _) => def.worth = Some(worth),
                ast::UnitClause::Decimals(decimals, _) => def.decimals = decimals,
                ast::UnitClause::Round(round) => (def.mode, def.scope) = (round.mode, round.scope),
                ast::UnitClause::Opens(opens, _) => def.opens = opens,
                ast::UnitClause::Expires(expires, _) => def.expires = expires,
                ast::UnitClause::SpendOrder(order, _) => def.order = order,
                ast::UnitClause::ApartBy(name) => def.apart = Some(name.text),
                ast::UnitClause::NeverBelowZero(_) => def.floor = true,
                ast::UnitClause::PooledBy(name) => def.pooled = Some(name.text),
                ast::UnitClause::Price(..) => {}
            }
        }
        def
    }
}

impl LadderDef {
    fn new(tiers: &ast::Tiers) -> Self {
        let mut def = Self {
            name: text(&tiers.name),
            in_force: tiers.in_force,
            by: tiers.by.clone(),
            tiers: tiers.tiers.clone(),
            keep: None,
            drop: None,
            opens: None,
            restart: false,
        };
        for clause in &tiers.clauses {
            match clause.clone() {
                ast::TiersClause::Keep(due, drop, _) => (def.keep, def.drop) = (Some(due), drop),
                ast::TiersClause::Opens(opens, _) => def.opens = Some(opens),
                ast::TiersClause::Restart(_) => def.restart = true,
            }
        }
        def
    }

    /// Does it look at a balance?
    pub fn on_balance(&self) -> bool {
        matches!(&self.by, Some(ast::Expr { kind: ast::ExprKind::Counted { measure: ast::Measure::Path(path), .. }, .. })
            if path.names.len() == 2)
    }

    pub fn tier_named(&self, name: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.name.text == name)
    }
}

impl RuleDef {
    fn new(rule: &ast::Rule) -> Self {
        let mut def = Self {
            name: text(&rule.name),
            in_force: rule.in_force,
            trig: Trig::Fact { friends: false, fact: ast::Fact::Purchase },
            wheres: vec![],
            ifs: vec![],
            durings: vec![],
            gives: vec![],
            takes: vec![],
            multiply: None,
            add: None,
            limits: vec![],
            round: None,
            turns: vec![],
            draw: None,
            modes: None,
        };
        for clause in &rule.clauses {
            match clause.clone() {
                ast::RuleClause::On(trigger, _) => def.trig = Trig::new(trigger),
                ast::RuleClause::At(edge, _) => def.trig = Trig::Edge(edge),
                ast::RuleClause::Where(expr) => def.wheres.push(expr),
                ast::RuleClause::If(expr) => def.ifs.push(expr),
                ast::RuleClause::During(period) => def.durings.push(period),
                ast::RuleClause::Give(give) => def.gives.push(give),
                ast::RuleClause::Take(take) => def.takes.push(take),
                ast::RuleClause::Multiply(name, by, _) => def.multiply = Some((name.text, by)),
                ast::RuleClause::Add(sum, name, _) => def.add = Some((sum, name.text)),
                ast::RuleClause::Limit(limit) => def.limits.push(limit),
                ast::RuleClause::Turn(from, into, _) => def.turns.push((from, into)),
                ast::RuleClause::Among(_) | ast::RuleClause::Seed(_) => {}
                other @ (ast::RuleClause::Costs(_) | ast::RuleClause::Gives(_) | ast::RuleClause::Automatically(_)) => {
                    panic!("the second evaluator does not know {other:?}")
                }
                ast::RuleClause::Round(round) => def.round = Some(round),
                ast::RuleClause::Returns(returns) => def.modes = Some(returns.modes),
            }
        }
        def.draw = super::draws::DrawDef::new(rule);
        def
    }

    /// Is it no migration and no draw?
    pub fn gives_by_itself(&self) -> bool {
        self.turns.is_empty() && self.draw.is_none()
    }

    pub fn friends(&self) -> bool {
        matches!(self.trig, Trig::Fact { friends: true, .. } | Trig::Nth { friends: true, .. })
    }
}

impl Trig {
    fn new(trigger: ast::Trigger) -> Self {
        match trigger {
            ast::Trigger::Fact { friends, fact } => Self::Fact { friends, fact },
            ast::Trigger::Nth { friends, every, ordinal, window } => Self::Nth { friends, every, ordinal, window },
            ast::Trigger::Entering(name) => Self::Entering(name.text),
            ast::Trigger::Period(period) => Self::Period(period),
        }
    }
}
