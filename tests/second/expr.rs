//! What an expression is worth, and counters: every one goes through all facts and awards there are.
//!
//! `spend over the last 12 months >= 20_000 RUB` adds up every purchase whose day lies in the window.

use super::calendar::elapsed;
use super::num::{Q, ZERO};
use super::world::{Booked, Datum, Fact, Line, Rise, World};
use earnest::syntax::ast::{
    self, Before, Compare, Expr, ExprKind, Factor, LiteralKind, Measure, Path, SetExpr, Sign, Window,
};
use earnest::time::{Day, Moment, TimeOfDay};
use earnest::ty::{Kind, Scope};
use earnest::value::Rounding;
use std::collections::BTreeMap;

/// What kind of number it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    Plain,
    Money,
    Percent,
    Unit(usize),
}

#[derive(Clone, PartialEq, Debug)]
pub enum Val {
    N(Q, Ty),
    Text(String),
    Date(Day),
    Time(TimeOfDay),
    Flag(bool),
    Tier(usize, usize),
    /// A name that only a comparison can place: a tier, a rule.
    Name(String),
    Missing,
    /// A division by zero.
    Bad,
}

/// Where an expression stands.
#[derive(Clone)]
pub struct Ctx<'a> {
    pub w: &'a World,
    /// The member of the fact.
    pub member: &'a str,
    pub now: Moment,
    pub fact: Option<&'a Fact>,
    /// The lines of the rule, and all.
    pub lines: Vec<Line>,
    pub all: Vec<Line>,
    /// In `where`: the one line looked at.
    pub line: Option<Line>,
    /// The fact as the counters will take it in, and whether they do so already.
    pub current: Option<&'a Booked>,
    pub including: bool,
    /// Tiers that this purchase has reached already.
    pub tiers: BTreeMap<usize, usize>,
    /// What rules gave on this fact: rule, to whom, unit, how many.
    pub given: &'a [(String, String, usize, Q)],
    /// In a counter of a ladder that restarts: only what came after these rises.
    pub after: Option<Vec<Rise>>,
    /// Only what came up to this day and step.
    pub up_to: Option<Day>,
    pub up_to_step: Option<usize>,
    /// In the tests of a ladder: the window of what has none of its own.
    pub default_window: Option<&'a Window>,
    /// A bare `spend` is a counter.
    pub counting: bool,
    /// Who receives, and which award is worked out (rule, number of the give).
    pub to: &'a str,
    pub award: (&'a str, usize),
}

impl<'a> Ctx<'a> {
    pub fn new(w: &'a World, member: &'a str) -> Self {
        Ctx {
            w,
            member,
            now: w.now,
            fact: None,
            lines: vec![],
            all: vec![],
            line: None,
            current: None,
            including: false,
            tiers: BTreeMap::new(),
            given: &[],
            after: None,
            up_to: None,
            up_to_step: None,
            default_window: None,
            counting: false,
            to: member,
            award: ("", 0),
        }
    }

    pub fn with_lines(&self, lines: Vec<Line>) -> Self {
        let mut ctx = self.clone();
        ctx.lines = lines;
        ctx
    }
}

pub fn add(a: Val, b: Val, minus: bool) -> Val {
    match (a, b) {
        (Val::N(x, s), Val::N(y, t)) => Val::N(if minus { x - y } else { x + y }, if s == Ty::Plain { t } else { s }),
        (Val::Bad, _) | (_, Val::Bad) => Val::Bad,
        _ => Val::Missing,
    }
}

pub fn times(a: Val, b: Val, over: bool) -> Val {
    match (a, b) {
        (Val::N(_, _), Val::N(y, _)) if over && y.is_zero() => Val::Bad,
        (Val::N(x, s), Val::N(y, t)) if over => Val::N(x / y, if s == t { Ty::Plain } else { s }),
        (Val::N(x, s), Val::N(y, t)) => {
            let ty = match (s, t) {
                (Ty::Plain | Ty::Percent, other) if other != Ty::Percent || s == Ty::Plain => other,
                (other, _) => other,
            };
            Val::N(x * y, ty)
        }
        (Val::Bad, _) | (_, Val::Bad) => Val::Bad,
        _ => Val::Missing,
    }
}

/// True, false, or unknown.
pub type Truth = Result<bool, &'static str>;

impl World {
    pub fn is_of(&self, fact: &Booked, member: &str) -> bool {
        fact.owner == member && self.members.contains_key(member)
    }

    pub fn dated(&self, dated: &ast::Dated, day: Day, member: &str) -> Val {
        let later = dated.later.iter().filter(|later| later.1 <= day).max_by_key(|later| later.1);
        Ctx::new(self, member).eval(later.map_or(&dated.first, |later| &later.0))
    }

    pub fn worth(&self, unit: usize, day: Day) -> Option<Q> {
        match self.dated(self.setup.units[unit].worth.as_ref()?, day, "") {
            Val::N(q, _) => Some(q),
            _ => None,
        }
    }
}

impl Ctx<'_> {
    pub fn literal(&self, literal: &LiteralKind) -> Val {
        let setup = &self.w.setup;
        match literal {
            LiteralKind::Number(exact) => Val::N((*exact).into(), Ty::Plain),
            LiteralKind::Percent(exact) => Val::N(Q::from(*exact) / Q::whole(100), Ty::Percent),
            LiteralKind::Quantity(exact, name) => {
                let ty = match setup.unit_named(&name.text) {
                    Some(unit) => Ty::Unit(unit),
                    None if name.text == setup.currency => Ty::Money,
                    None => Ty::Plain,
                };
                Val::N((*exact).into(), ty)
            }
            LiteralKind::Text(text) => Val::Text(text.clone()),
            LiteralKind::Date(day) => Val::Date(*day),
            LiteralKind::Time(time) => Val::Time(*time),
            LiteralKind::Flag(flag) => Val::Flag(*flag),
        }
    }

    pub fn eval(&self, expr: &Expr) -> Val {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Counted { measure, window, including } => self.counted(measure, window.as_ref(), *including),
            ExprKind::Sum(parts) => {
                let mut parts = parts.iter();
                let (sign, first) = parts.next().unwrap();
                let first = self.eval(first);
                let start =
                    if *sign == Sign::Minus { times(Val::N(Q::whole(-1), Ty::Plain), first, false) } else { first };
                parts.fold(start, |sum, (sign, part)| add(sum, self.eval(part), *sign == Sign::Minus))
            }
            ExprKind::Product(parts) => {
                let start = self.eval(&parts[0].1);
                parts[1..].iter().fold(start, |left, (sign, part)| times(left, self.eval(part), *sign == Factor::Over))
            }
            ExprKind::Negative(inner) => times(Val::N(Q::whole(-1), Ty::Plain), self.eval(inner), false),
            ExprKind::DaysSince(anchor) => match self.w.anchor_day(anchor, self.member) {
                Some(day) => Val::N(Q::whole((self.now.day.number() - day.number()).into()), Ty::Plain),
                None => Val::Missing,
            },
            ExprKind::Or(parts) if self.is_value(&parts[0]) => {
                parts.iter().map(|part| self.eval(part)).find(|value| *value != Val::Missing).unwrap_or(Val::Missing)
            }
            ExprKind::Of(rate, base) => match self.rate(rate, Some(base), None) {
                Ok(value) => value,
                Err(_) => Val::Missing,
            },
            ExprKind::Per(..) | ExprKind::Table(_) => self.rate(expr, None, None).unwrap_or(Val::Missing),
            _ => match self.truth(expr) {
                Ok(flag) => Val::Flag(flag),
                Err("missing") => Val::Missing,
                Err(_) => Val::Bad,
            },
        }
    }

    /// Is `a or b` a substitute for what is missing, and not a condition?
    fn is_value(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Counted { measure: Measure::Path(path), .. } => {
                let name = &path.names.last().unwrap().text;
                self.w.setup.attr(name).is_none_or(|attr| attr.1 != earnest::ty::AttributeType::Flag)
            }
            ExprKind::Literal(literal) => !matches!(literal, LiteralKind::Flag(_)),
            ExprKind::DaysSince(_) => true,
            _ => false,
        }
    }

    pub fn truth(&self, expr: &Expr) -> Truth {
        match &expr.kind {
            ExprKind::And(parts) => {
                let all: Vec<Truth> = parts.iter().map(|part| self.truth(part)).collect();
                all.iter().find(|truth| **truth != Ok(true)).copied().unwrap_or(Ok(true))
            }
            ExprKind::Or(parts) if !self.is_value(&parts[0]) => {
                let all: Vec<Truth> = parts.iter().map(|part| self.truth(part)).collect();
                if all.contains(&Ok(true)) {
                    return Ok(true);
                }
                all.into_iter().find(Result::is_err).unwrap_or(Ok(false))
            }
            ExprKind::Not(inner) => self.truth(inner).map(|truth| !truth),
            ExprKind::Compare(compare, left, right) => self.compare(*compare, &self.eval(left), &self.eval(right)),
            ExprKind::In { value, negated, set } => {
                let value = self.eval(value);
                let set: Vec<Val> = match set {
                    SetExpr::Literals(literals) => literals.iter().map(|literal| self.literal(&literal.kind)).collect(),
                    SetExpr::Named(name) => {
                        let list = self.w.setup.lists.iter().find(|list| list.name.text == name.text).unwrap();
                        list.values.iter().map(|literal| self.literal(&literal.kind)).collect()
                    }
                };
                let found: Vec<Truth> = set.iter().map(|one| self.compare(Compare::Equal, &value, one)).collect();
                if let Some(unknown) = found.iter().find(|truth| truth.is_err()) {
                    return *unknown;
                }
                Ok(found.contains(&Ok(true)) != *negated)
            }
            ExprKind::IsKnown(inner) => Ok(self.eval(inner) != Val::Missing),
            ExprKind::Within(duration, anchor) => match self.w.anchor_day(anchor, self.member) {
                Some(day) => Ok(day <= self.now.day && self.now.day <= duration.after_day(day).unwrap()),
                None => Err("missing"),
            },
            _ => match self.eval(expr) {
                Val::Flag(flag) => Ok(flag),
                Val::Missing => Err("missing"),
                _ => Err("condition"),
            },
        }
    }

    fn tier_of_name(&self, ladder: usize, value: &Val) -> Option<usize> {
        match value {
            Val::Tier(_, tier) => Some(*tier),
            Val::Name(name) | Val::Text(name) => self.w.setup.ladders[ladder].tier_named(name),
            _ => None,
        }
    }

    pub fn compare(&self, compare: Compare, left: &Val, right: &Val) -> Truth {
        let order = match (left, right) {
            (Val::Missing, _) | (_, Val::Missing) => return Err("missing"),
            (Val::Bad, _) | (_, Val::Bad) => return Err("condition"),
            (Val::Tier(ladder, tier), other) => tier.cmp(&self.tier_of_name(*ladder, other).unwrap()),
            (other, Val::Tier(ladder, tier)) => self.tier_of_name(*ladder, other).unwrap().cmp(tier),
            (Val::N(a, _), Val::N(b, _)) => a.cmp(b),
            (Val::Text(a) | Val::Name(a), Val::Text(b) | Val::Name(b)) => a.cmp(b),
            (Val::Date(a), Val::Date(b)) => a.cmp(b),
            (Val::Time(a), Val::Time(b)) => a.cmp(b),
            (Val::Flag(a), Val::Flag(b)) => a.cmp(b),
            (left, right) => panic!("{left:?} against {right:?}"),
        };
        Ok(match compare {
            Compare::Equal => order.is_eq(),
            Compare::NotEqual => order.is_ne(),
            Compare::Less => order.is_lt(),
            Compare::AtMost => order.is_le(),
            Compare::More => order.is_gt(),
            Compare::AtLeast => order.is_ge(),
        })
    }

    fn counted(&self, measure: &Measure, window: Option<&Window>, including: bool) -> Val {
        if let Measure::Path(path) = measure
            && window.is_none()
            && !including
            && let Some(value) = self.plain(path)
        {
            return value;
        }
        let mut ctx = self.clone();
        ctx.including |= including;
        ctx.counter(measure, window)
    }

    fn datum(datum: Option<&Datum>, money: bool) -> Val {
        match datum {
            None => Val::Missing,
            Some(Datum::Text(text)) => Val::Text(text.clone()),
            Some(Datum::Number(number)) => Val::N(*number, if money { Ty::Money } else { Ty::Plain }),
            Some(Datum::Date(day)) => Val::Date(*day),
            Some(Datum::Time(time)) => Val::Time(*time),
            Some(Datum::Flag(flag)) => Val::Flag(*flag),
        }
    }

    pub fn money(line: &Line, before: Option<Before>) -> Q {
        match before {
            None => line.net(),
            Some(Before::Points) => line.amount - line.discount,
            Some(Before::Discounts) => line.amount,
        }
    }

    /// A path that is no counter.
    fn plain(&self, path: &Path) -> Option<Val> {
        let setup = &self.w.setup;
        let first = path.names[0].text.as_str();
        let lines = self.line.as_ref().map_or_else(|| self.lines.clone(), |line| vec![line.clone()]);
        if let Some(second) = path.names.get(1) {
            return Some(self.dotted(first, &second.text, path));
        }
        match first {
            "spend" if !self.counting => {
                return Some(Val::N(lines.iter().map(|line| Self::money(line, path.before)).sum(), Ty::Money));
            }
            "amount" => return Some(Val::N(lines.iter().map(|line| line.amount).sum(), Ty::Money)),
            "quantity" => return Some(Val::N(lines.iter().map(|line| line.quantity).sum(), Ty::Plain)),
            "sku" => return Some(Val::Text(lines.first().map(|line| line.sku.clone()).unwrap_or_default())),
            _ => {}
        }
        if let Some((scope, kind)) = setup.attr(first) {
            let money = kind == earnest::ty::AttributeType::Money;
            return Some(match scope {
                Scope::Line if self.line.is_some() => Self::datum(lines[0].attrs.get(first), money),
                Scope::Line => {
                    let ty = if money { Ty::Money } else { Ty::Plain };
                    let number = |line: &Line| match line.attrs.get(first) {
                        Some(Datum::Number(number)) => *number,
                        _ => ZERO,
                    };
                    Val::N(lines.iter().map(number).sum(), ty)
                }
                Scope::Member => {
                    Self::datum(self.w.members.get(self.member).and_then(|member| member.attrs.get(first)), money)
                }
                _ => Self::datum(self.fact.and_then(|fact| fact.attrs.get(first)), money),
            });
        }
        if let Some(param) = setup.params.iter().find(|param| param.name.text == first) {
            return Some(self.w.dated(&param.value, self.now.day, self.member));
        }
        if let Some(ladder) = setup.ladder_named(first) {
            return Some(Val::Tier(ladder, self.tier(ladder)));
        }
        let is_counter = setup.unit_named(first).is_some()
            || setup.counters.iter().any(|counter| counter.nouns.iter().any(|noun| noun.text == first))
            || ["spend", "visits", "returns", "friends"].contains(&first);
        (!is_counter).then(|| Val::Name(first.into()))
    }

    pub fn tier(&self, ladder: usize) -> usize {
        self.tiers.get(&ladder).copied().unwrap_or(self.w.members[self.member].ladders[ladder].tier)
    }

    fn dotted(&self, first: &str, second: &str, path: &Path) -> Val {
        let w = self.w;
        if first == "receipt" {
            let money = |line: &Line| if second == "amount" { line.amount } else { Self::money(line, path.before) };
            return match second {
                "quantity" => Val::N(self.all.iter().map(|line| line.quantity).sum(), Ty::Plain),
                _ => Val::N(self.all.iter().map(money).sum(), Ty::Money),
            };
        }
        if let Some(ladder) = w.setup.ladder_named(first) {
            let values = &w.setup.ladders[ladder].tiers[self.tier(ladder)].values;
            return match values.iter().find(|value| value.0.text == second) {
                Some((_, dated)) => w.dated(dated, self.now.day, self.member),
                None => Val::Missing,
            };
        }
        let unit = w.setup.unit_named(first).unwrap();
        let w = self.current.and_then(|fact| fact.state.as_deref()).unwrap_or(w);
        let number = match second {
            "balance" => w.open(self.member, unit) + w.pending(self.member, unit) - w.debt(self.member, unit),
            "available" => w.open(self.member, unit) - w.debt(self.member, unit),
            "pending" => w.pending(self.member, unit),
            "debt" => w.debt(self.member, unit),
            _ => {
                let spent = self.fact.map(|fact| &fact.redeemed[..]).unwrap_or_default();
                spent.iter().filter(|spent| spent.0 == unit).map(|spent| spent.1).sum()
            }
        };
        Val::N(number, Ty::Unit(unit))
    }

    // ── Counters ────────────────────────────────────────────────────────────────────────────────

    /// Does a moment (and step) lie in the window?
    pub fn in_window(&self, window: Option<&Window>, at: Moment, step: usize, who: &str) -> bool {
        let today = self.now.day;
        let (w, member) = (self.w, self.member);
        if self.after.as_ref().is_some_and(|rises| rises.iter().any(|rise| w.is_before(who, step, rise)))
            || self.up_to.is_some_and(|day| at.day > day)
            || self.up_to_step.is_some_and(|last| step > last)
        {
            return false;
        }
        match window {
            None | Some(Window::Lifetime) => true,
            Some(Window::Rolling(length)) => match elapsed(*length) {
                Some(seconds) => {
                    at.instant > self.now.instant.plus_seconds(-seconds).unwrap() && at.instant <= self.now.instant
                }
                None => at.day > length.before_day(today).unwrap() && at.day <= today,
            },
            Some(Window::This(kalendar)) => {
                let (first, last) = w.span(*kalendar, member, today);
                first <= at.day && at.day <= last
            }
            Some(Window::Last(kalendar)) => {
                let before = w.span(*kalendar, member, today).0.previous().unwrap();
                let (first, last) = w.span(*kalendar, member, before);
                first <= at.day && at.day <= last
            }
            Some(Window::Since(ast::Anchor::Entering(name))) => {
                let mut rises = w.rises_into(name, member).peekable();
                let any = rises.peek().is_some();
                (any || w.setup.ladder_named(&name.text).is_some()) && !rises.any(|rise| w.is_before(who, step, rise))
            }
            Some(Window::Since(anchor)) => w.anchor_day(anchor, member).is_some_and(|day| at.day >= day),
            Some(Window::During(part)) => {
                let period = ast::Period {
                    any: vec![ast::PeriodAll { all: vec![(**part).clone()], except: vec![] }],
                    span: part.span,
                };
                let now = w.occurrence(&period, member, self.now);
                let then = super::calendar::local(at);
                now.is_some_and(|pieces| pieces.iter().any(|piece| piece.0 <= then && then < piece.1))
            }
        }
    }

    /// The facts that count: the member's, in the window.
    fn facts(&self, window: Option<&Window>) -> Vec<&Booked> {
        let all = self.w.facts.iter().filter(|fact| fact.counted);
        let current = self.current.filter(|_| self.including);
        all.chain(current)
            .filter(|fact| self.w.is_of(fact, self.member))
            .filter(|fact| self.in_window(window, fact.fact.at, fact.step, &fact.who))
            .collect()
    }

    /// What one account counted stays counted where the other entered a tier later: what comes back of it after the
    /// merge lowers nothing that is counted since then.
    fn as_merged(&self, fact: &Booked, window: Option<&Window>) -> Option<Booked> {
        let entered = match window {
            Some(Window::Since(ast::Anchor::Entering(name))) => {
                self.w.rises_into(name, self.member).map(|rise| rise.step).max()
            }
            _ => self.after.as_ref().and_then(|rises| rises.iter().map(|rise| rise.step).max()),
        };
        let last = entered.filter(|last| fact.step <= *last)?;
        let (_, lines) = fact.merged.iter().find(|merge| merge.0 > last)?;
        let mut then = fact.clone();
        then.fact.lines.clone_from(lines);
        Some(then)
    }

    pub fn counter(&self, measure: &Measure, window: Option<&Window>) -> Val {
        let setup = &self.w.setup;
        if let Measure::Path(path) = measure {
            let name = path.names[0].text.as_str();
            let declared = setup.counters.iter().find(|counter| counter.nouns.iter().any(|noun| noun.text == name));
            if let Some(counter) = declared {
                let window = window.or(counter.window.as_ref());
                let counted = self.count(&counter.measure, window, counter.filter.as_ref(), counter.condition.as_ref());
                let nouns = |noun: &String| counter.nouns.iter().any(|own| own.text == *noun);
                let stood = self.w.stood.iter().filter(|stood| stood.owner == self.member && nouns(&stood.noun));
                let stood = stood.filter(|stood| self.in_window(window, stood.at, stood.step, &stood.who));
                let stood = stood.map(|stood| stood.value).sum();
                return add(counted, Val::N(stood, Ty::Plain), false);
            }
        }
        self.count(measure, window.or(self.default_window), None, None)
    }

    /// The lines of a fact that pass a counter's `where`.
    fn passing(&self, fact: &Booked, filter: Option<&Expr>, kept: bool) -> Vec<Line> {
        // The receipt at hand counts with the lines that are kept, also where it is worked out again.
        let at_hand = self.including && self.current.is_some_and(|current| current.step == fact.step);
        let mut lines = if kept || at_hand { fact.fact.kept() } else { fact.fact.lines.clone() };
        if at_hand {
            lines.retain(|line| !line.gone);
        }
        let Some(filter) = filter else { return lines };
        let mut ctx = Ctx::new(self.w, self.member);
        ctx.fact = Some(&fact.fact);
        lines
            .into_iter()
            .filter(|line| {
                ctx.line = Some(line.clone());
                ctx.truth(filter) == Ok(true)
            })
            .collect()
    }

    fn count(
        &self,
        measure: &Measure,
        window: Option<&Window>,
        filter: Option<&Expr>,
        condition: Option<&Expr>,
    ) -> Val {
        let w = self.w;
        let holds = |fact: &&Booked| {
            condition.is_none_or(|condition| {
                let mut ctx = Ctx::new(w, self.member);
                ctx.fact = Some(&fact.fact);
                ctx.lines = fact.fact.kept();
                ctx.truth(condition) == Ok(true)
            })
        };
        let facts: Vec<&Booked> = self.facts(window).into_iter().filter(holds).collect();
        let stood: Vec<Booked> = facts.iter().filter_map(|fact| self.as_merged(fact, window)).collect();
        let as_counted = |fact: &Booked| stood.iter().find(|then| then.step == fact.step);
        let facts: Vec<&Booked> = facts.into_iter().map(|fact| as_counted(fact).unwrap_or(fact)).collect();
        let purchases = || facts.iter().filter(|fact| fact.fact.kind == Kind::Purchase);
        let awards = || {
            w.awards
                .iter()
                .filter(|award| award.to == self.member && !award.gone)
                .filter(|award| self.in_window(window, award.at, award.step, &award.first_to))
        };
        let plain = |count: usize| Val::N(Q::whole(count.try_into().unwrap()), Ty::Plain);
        match measure {
            Measure::Path(path) => match path.names[0].text.as_str() {
                "spend" => {
                    let money = |fact: &&Booked| -> Q {
                        self.passing(fact, filter, true).iter().map(|line| Self::money(line, path.before)).sum()
                    };
                    Val::N(purchases().map(money).sum(), Ty::Money)
                }
                "visits" => plain(
                    purchases()
                        .filter(|fact| self.passing(fact, filter, true).iter().any(|line| line.amount.positive()))
                        .count(),
                ),
                "returns" => plain(facts.iter().filter(|fact| fact.fact.kind == Kind::Return).count()),
                "friends" => plain(self.friends(window)),
                noun => {
                    let unit = w.setup.unit_named(noun).unwrap_or_else(|| panic!("no counter {noun}"));
                    let given = awards().filter(|award| award.unit == unit).map(|award| award.given - award.reversed);
                    Val::N(given.sum(), Ty::Unit(unit))
                }
            },
            Measure::AwardedFrom(path, rule) => {
                let unit = w.setup.unit_named(&path.names[0].text).unwrap();
                let mine = awards().filter(|award| award.unit == unit && award.rule == rule.text);
                Val::N(mine.map(|award| award.given - award.reversed).sum(), Ty::Unit(unit))
            }
            Measure::AwardsOf(rule) => plain(
                awards().filter(|award| award.rule == rule.text && (award.given - award.reversed).positive()).count(),
            ),
            Measure::Actions(name) => {
                plain(facts.iter().filter(|fact| fact.fact.action.as_deref() == Some(&name.text)).count())
            }
            Measure::Sum(path) => self.sum_of(path, &facts, filter),
            Measure::Largest(path) => self.largest_of(path, &facts, filter),
            Measure::Distinct(path) => self.distinct(path, &facts, filter),
        }
    }

    fn friends(&self, window: Option<&Window>) -> usize {
        let joins = self.w.facts.iter().filter(|fact| fact.counted && fact.fact.kind == Kind::Join);
        joins
            .chain(self.current.filter(|fact| self.including && fact.fact.kind == Kind::Join))
            .filter(|fact| fact.link.as_deref() == Some(self.member))
            .filter(|fact| self.in_window(window, fact.fact.at, fact.step, &fact.who))
            .count()
    }

    fn of_line(path: &Path, line: &Line) -> Q {
        match path.names[0].text.as_str() {
            "spend" => Self::money(line, path.before),
            "amount" => line.amount,
            "quantity" => line.quantity,
            name => match line.attrs.get(name) {
                Some(Datum::Number(number)) => *number,
                _ => ZERO,
            },
        }
    }

    fn is_line(&self, path: &Path) -> bool {
        let name = path.names[0].text.as_str();
        ["spend", "amount", "quantity", "sku"].contains(&name)
            || self.w.setup.attr(name).is_some_and(|attr| attr.0 == Scope::Line)
    }

    fn ty_of(&self, path: &Path) -> Ty {
        let name = path.names[0].text.as_str();
        let money = ["spend", "amount"].contains(&name)
            || self.w.setup.attr(name).is_some_and(|attr| attr.1 == earnest::ty::AttributeType::Money);
        if money { Ty::Money } else { Ty::Plain }
    }

    fn receipt_number(&self, path: &Path, fact: &Booked, filter: Option<&Expr>, kept: bool) -> Q {
        if self.is_line(path) {
            let purchase = fact.fact.kind == Kind::Purchase;
            let lines = if purchase { self.passing(fact, filter, kept) } else { vec![] };
            return lines.iter().map(|line| Self::of_line(path, line)).sum();
        }
        let name = path.names[0].text.as_str();
        let wanted = if self.w.setup.attr(name).unwrap().0 == Scope::Action { Kind::Action } else { Kind::Purchase };
        match fact.fact.attrs.get(name) {
            // It goes back with the last line.
            Some(Datum::Number(_)) if wanted == Kind::Purchase && fact.fact.is_all_back() => ZERO,
            Some(Datum::Number(number)) if fact.fact.kind == wanted => *number,
            _ => ZERO,
        }
    }

    fn sum_of(&self, path: &Path, facts: &[&Booked], filter: Option<&Expr>) -> Val {
        Val::N(facts.iter().map(|fact| self.receipt_number(path, fact, filter, true)).sum(), self.ty_of(path))
    }

    fn largest_of(&self, path: &Path, facts: &[&Booked], filter: Option<&Expr>) -> Val {
        let purchases = facts.iter().filter(|fact| fact.fact.kind == Kind::Purchase);
        let largest = purchases.map(|fact| self.receipt_number(path, fact, filter, false)).max();
        Val::N(largest.unwrap_or(ZERO), self.ty_of(path))
    }

    fn distinct(&self, path: &Path, facts: &[&Booked], filter: Option<&Expr>) -> Val {
        let name = path.names[0].text.as_str();
        let mut seen: Vec<Datum> = vec![];
        for fact in facts.iter().filter(|fact| fact.fact.kind == Kind::Purchase) {
            let values: Vec<Datum> = if name == "sku" {
                self.passing(fact, filter, false)
                    .into_iter()
                    .filter(|line| !line.sku.is_empty())
                    .map(|line| Datum::Text(line.sku))
                    .collect()
            } else if self.is_line(path) {
                self.passing(fact, filter, false).into_iter().filter_map(|line| line.attrs.get(name).cloned()).collect()
            } else {
                fact.fact.attrs.get(name).cloned().into_iter().collect()
            };
            for value in values {
                // The empty text stands where there is none.
                if !seen.contains(&value) && value != Datum::Text(String::new()) {
                    seen.push(value);
                }
            }
        }
        Val::N(Q::whole(seen.len().try_into().unwrap()), Ty::Plain)
    }
}

/// Money, to the smallest unit of the currency.
pub fn to_money(amount: Q, decimals: u32) -> Q {
    amount.round(Rounding::HalfUp, decimals)
}
