//! Amounts of awards: rates, tables, blocks, running totals, and their rounding.
//!
//! `by category { "tea" 5% otherwise 1% } of spend` asks every line for its row, adds up the lines of
//! each row and works out the row's rate on them.

use super::expr::{Ctx, Ty, Val, times};
use super::num::{ONE, Q, ZERO};
use super::world::{Line, RuleDef};
use earnest::syntax::ast::{
    Block, BlockMode, Compare, Expr, ExprKind, Give, LiteralKind, Measure, Path, RoundScope, Row, RowMatch, Table,
    Window,
};
use earnest::ty::Scope;
use earnest::value::Rounding;

pub type Reason = &'static str;

/// The counter of a running total and its window.
pub struct Running {
    pub total: Val,
    pub window: Option<Window>,
}

impl Ctx<'_> {
    /// A rate on a base: `5%` of it, or so many units per block of it. `part` stands for the base in a
    /// marginal table.
    pub fn rate(&self, rate: &Expr, base: Option<&Expr>, part: Option<Q>) -> Result<Val, Reason> {
        match &rate.kind {
            ExprKind::Table(table) => self.table(table, base),
            ExprKind::Of(inner, own) => self.rate(inner, Some(own), None),
            ExprKind::Per(amount, block) => {
                let amount = self.eval(amount);
                let count = match &**block {
                    Block::Item => self.lines.iter().map(|line| line.quantity).sum(),
                    Block::Line => {
                        Q::whole(self.lines.iter().filter(|line| line.amount.positive()).count().try_into().unwrap())
                    }
                    Block::Visit => ONE,
                    Block::Size(mode, size) => return self.blocks(amount, *mode, size, base, part),
                };
                Ok(times(amount, Val::N(count, Ty::Plain), false))
            }
            _ => {
                let value = self.eval(rate);
                let Val::N(number, Ty::Percent) = value else { return Ok(value) };
                if let Some(part) = part {
                    return Ok(Val::N(number * part, Ty::Money));
                }
                let Some(base) = base else { return Ok(value) };
                match self.base(base) {
                    Val::N(base, ty) => Ok(Val::N((number * base).max0(), ty)),
                    other => Ok(other),
                }
            }
        }
    }

    /// What a rate is of: money, or what another rule gave.
    pub fn base(&self, base: &Expr) -> Val {
        match self.eval(base) {
            Val::Name(rule) | Val::Text(rule) => {
                let mine: Vec<_> = self.given.iter().filter(|row| row.0 == rule && row.1 == self.to).collect();
                match mine.first() {
                    Some(first) => Val::N(mine.iter().map(|row| row.3).sum(), Ty::Unit(first.2)),
                    None => Val::N(ZERO, Ty::Plain),
                }
            }
            value => value,
        }
    }

    fn blocks(
        &self,
        amount: Val,
        mode: BlockMode,
        size: &Expr,
        base: Option<&Expr>,
        part: Option<Q>,
    ) -> Result<Val, Reason> {
        let (Val::N(units, ty), Val::N(one, _)) = (amount, self.eval(size)) else { return Err("missing") };
        if one.is_zero() {
            return Err("condition");
        }
        let count = |total: Q| count(total, one, mode);
        if let Some(running) = self.running(size, base) {
            let Val::N(total, _) = running.total else { return Err("missing") };
            let due = count(total) * units - self.paid(running.window.as_ref());
            return if due.positive() { Ok(Val::N(due, ty)) } else { Err("paid-already") };
        }
        let total = match (part, base) {
            (Some(part), _) => Val::N(part, Ty::Money),
            (None, Some(base)) => self.eval(base),
            (None, None) => Val::N(self.lines.iter().map(Line::net).sum(), Ty::Money),
        };
        match total {
            Val::N(total, _) => Ok(Val::N(count(total) * units, ty)),
            other => Ok(other),
        }
    }

    /// What a running total supports now, and what was paid on it.
    pub fn supported(&self, amount: &Expr) -> Option<(Q, Q)> {
        let (rate, base) = match &amount.kind {
            ExprKind::Of(rate, base) => (&**rate, Some(&**base)),
            _ => (amount, None),
        };
        let ExprKind::Per(units, block) = &rate.kind else { return None };
        let Block::Size(mode, size) = &**block else { return None };
        let running = self.running(size, base)?;
        match (running.total, self.eval(units), self.eval(size)) {
            (Val::N(total, _), Val::N(units, _), Val::N(one, _)) => {
                Some((count(total, one, *mode) * units, self.paid(running.window.as_ref())))
            }
            _ => None,
        }
    }

    fn declared(&self, name: &str) -> Option<&earnest::syntax::ast::Counter> {
        self.w.setup.counters.iter().find(|counter| counter.nouns.iter().any(|noun| noun.text == name))
    }

    /// Is the base of a block a counter with a window, or a declared one?
    pub fn running(&self, size: &Expr, base: Option<&Expr>) -> Option<Running> {
        let mut ctx = self.clone();
        ctx.including = true;
        ctx.member = self.to;
        if let Some(base) = base {
            let ExprKind::Counted { measure, window, .. } = &base.kind else { return None };
            let declared = match measure {
                Measure::Path(path) => self.declared(&path.names[0].text),
                _ => None,
            };
            if window.is_none() && declared.is_none() {
                return None;
            }
            let window = window.clone().or_else(|| declared.and_then(|counter| counter.window.clone()));
            return Some(Running { total: ctx.counter(measure, window.as_ref()), window });
        }
        let ExprKind::Literal(LiteralKind::Quantity(_, name)) = &size.kind else { return None };
        let counter = self.declared(&name.text);
        if counter.is_none() && !["visit", "visits"].contains(&name.text.as_str()) {
            return None;
        }
        let word = if counter.is_some() { name.text.as_str() } else { "visits" };
        let path = Path {
            names: vec![earnest::syntax::ast::Name { text: word.into(), span: name.span }],
            before: None,
            span: name.span,
        };
        let window = counter.and_then(|counter| counter.window.clone());
        Some(Running { total: ctx.counter(&Measure::Path(path), None), window })
    }

    /// The window of a running total; none, if it is no running total.
    pub fn running_window(&self, amount: &Expr) -> Option<Option<Window>> {
        let (rate, base) = match &amount.kind {
            ExprKind::Of(rate, base) => (&**rate, Some(&**base)),
            _ => (amount, None),
        };
        let ExprKind::Per(_, block) = &rate.kind else { return None };
        let Block::Size(_, size) = &**block else { return None };
        self.running(size, base).map(|running| running.window)
    }

    /// What a give of a running total has paid in the window; what was given back does not count, and what
    /// a limit carried over was counted when it was cut.
    fn paid(&self, window: Option<&Window>) -> Q {
        let w = self.w;
        let mut own = self.clone();
        own.member = self.to;
        w.awards
            .iter()
            .filter(|award| award.to == self.to && (award.rule.as_str(), award.give) == self.award)
            .filter(|award| !award.gone && award.only.is_none())
            .filter(|award| own.in_window(window, award.at, award.step, &award.first_to))
            .map(|award| award.wanted - award.reversed)
            .sum()
    }

    // ── Tables ──────────────────────────────────────────────────────────────────────────────────

    fn table(&self, table: &Table, base: Option<&Expr>) -> Result<Val, Reason> {
        if table.marginal {
            return self.marginal(table, base);
        }
        if self.line_key(&table.key) {
            return self.by_line(table, base);
        }
        let key = self.eval(&table.key);
        let row = self.pick(table, &key)?;
        self.rate(&row.value, base, None)
    }

    fn line_key(&self, key: &Expr) -> bool {
        let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &key.kind else {
            return match &key.kind {
                ExprKind::Or(parts) => self.line_key(&parts[0]),
                _ => false,
            };
        };
        let name = path.names[0].text.as_str();
        path.names.len() == 1 && (name == "sku" || self.w.setup.attr(name).is_some_and(|attr| attr.0 == Scope::Line))
    }

    fn pick<'t>(&self, table: &'t Table, key: &Val) -> Result<&'t Row, Reason> {
        let mut best: Option<(Q, &Row)> = None;
        for row in &table.rows {
            match &row.matches {
                RowMatch::Keys(keys) => {
                    for one in keys {
                        if self.compare(Compare::Equal, key, &self.eval(one))? {
                            return Ok(row);
                        }
                    }
                }
                RowMatch::From(bound) | RowMatch::Above(bound) => {
                    let bound = self.eval(bound);
                    let above = matches!(row.matches, RowMatch::Above(_));
                    let reached = self.compare(if above { Compare::More } else { Compare::AtLeast }, key, &bound)?;
                    let Val::N(bound, _) = bound else { return Err("missing") };
                    if reached && best.is_none_or(|best| best.0 <= bound) {
                        best = Some((bound, row));
                    }
                }
                RowMatch::Otherwise => {}
            }
        }
        if *key == Val::Missing {
            return Err("missing");
        }
        let otherwise = table.rows.iter().find(|row| row.matches == RowMatch::Otherwise);
        best.map(|best| best.1).or(otherwise).ok_or("no-row")
    }

    fn by_line(&self, table: &Table, base: Option<&Expr>) -> Result<Val, Reason> {
        let mut rows: Vec<(&Row, Vec<Line>)> = vec![];
        let mut failed = Err("no-row");
        for line in &self.lines {
            let mut ctx = self.clone();
            ctx.line = Some(line.clone());
            match self.pick(table, &ctx.eval(&table.key)) {
                Ok(row) => match rows.iter_mut().find(|known| std::ptr::eq(known.0, row)) {
                    Some(known) => known.1.push(line.clone()),
                    None => rows.push((row, vec![line.clone()])),
                },
                Err("no-row") => {}
                Err(reason) => failed = Err(reason),
            }
        }
        if rows.is_empty() {
            return failed;
        }
        let mut sum = (ZERO, Ty::Plain);
        for (row, lines) in rows {
            match self.with_lines(lines).rate(&row.value, base, None)? {
                Val::N(number, ty) => sum = (sum.0 + number, ty),
                other => return Ok(other),
            }
        }
        Ok(Val::N(sum.0, sum.1))
    }

    fn marginal(&self, table: &Table, base: Option<&Expr>) -> Result<Val, Reason> {
        let Val::N(whole, _) = self.eval(&table.key) else { return Err("missing") };
        let mut bounds: Vec<(Q, &Row)> = vec![];
        for row in &table.rows {
            if let RowMatch::From(bound) | RowMatch::Above(bound) = &row.matches {
                let Val::N(bound, _) = self.eval(bound) else { return Err("missing") };
                bounds.push((bound, row));
            }
        }
        bounds.sort_by_key(|bound| bound.0);
        let mut sum = (ZERO, Ty::Plain);
        for (at, (bound, row)) in bounds.iter().enumerate() {
            let top = bounds.get(at + 1).map_or(whole, |next| next.0.min(whole));
            let part = (top - *bound).max0();
            match self.rate(&row.value, base, Some(part))? {
                Val::N(number, ty) => sum = (sum.0 + number, ty),
                other => return Ok(other),
            }
        }
        if bounds.first().is_some_and(|first| whole < first.0) {
            return Err("no-row");
        }
        Ok(Val::N(sum.0, sum.1))
    }

    // ── Gives ───────────────────────────────────────────────────────────────────────────────────

    /// The exact amount of a give, in its unit.
    pub fn exact(&self, give: &Give) -> Result<(Q, usize), Reason> {
        let value = match &give.amount.kind {
            ExprKind::Of(..) | ExprKind::Per(..) | ExprKind::Table(_) => self.rate(&give.amount, None, None)?,
            _ => self.eval(&give.amount),
        };
        let wanted = give.unit.as_ref().map(|name| self.w.setup.unit_named(&name.text).unwrap());
        match value {
            Val::N(number, Ty::Unit(unit)) => {
                let into = wanted.unwrap_or(unit);
                if into == unit {
                    return Ok((number.max0(), unit));
                }
                Ok((number.max0() * self.worth(unit)? / self.worth(into)?, into))
            }
            Val::N(number, Ty::Money) => {
                let unit = wanted.unwrap();
                Ok((number.max0() / self.worth(unit)?, unit))
            }
            Val::N(number, _) => Ok((number.max0(), wanted.unwrap_or(0))),
            Val::Missing => Err("missing"),
            Val::Bad => Err("condition"),
            other => panic!("cannot give {other:?}"),
        }
    }

    pub fn worth(&self, unit: usize) -> Result<Q, Reason> {
        self.w.worth(unit, self.now.day).filter(|worth| worth.positive()).ok_or("condition")
    }

    /// Exact and rounded amount of a give on the context's lines.
    pub fn rounded(&self, rule: &RuleDef, give: &Give) -> Result<(Q, Q, usize), Reason> {
        let (exact, unit) = self.exact(give)?;
        let def = &self.w.setup.units[unit];
        let (mode, scope) = rule.round.map_or((def.mode, def.scope), |round| (round.mode, round.scope));
        let of_lines = |ctx: &Ctx| ctx.exact(give).map_or(ZERO, |exact| exact.0);
        let wanted = self.spread(give, scope, mode, def.decimals, exact, &of_lines);
        Ok((exact, wanted, unit))
    }
}

impl Ctx<'_> {
    /// Rounds an amount: as one, or worked out for each line or item by itself.
    pub fn spread(
        &self,
        give: &Give,
        scope: RoundScope,
        mode: Rounding,
        decimals: u32,
        exact: Q,
        of_lines: &dyn Fn(&Ctx) -> Q,
    ) -> Q {
        let round = |ctx: Ctx| of_lines(&ctx).round(mode, decimals);
        match scope {
            RoundScope::Line if self.is_by_line(&give.amount) => {
                self.lines.iter().map(|line| round(self.with_lines(vec![line.clone()]))).sum()
            }
            // What a line earns as a line has no smaller part.
            RoundScope::Item if self.is_by_line(&give.amount) && !is_per_line(&give.amount) => {
                let mut sum = ZERO;
                for line in &self.lines {
                    if line.quantity.is_zero() {
                        sum += round(self.with_lines(vec![line.clone()]));
                        continue;
                    }
                    let items = line.quantity.floor();
                    sum += items * round(self.with_lines(vec![scaled(line, ONE)]));
                    let rest = line.quantity - items;
                    if rest.positive() {
                        sum += round(self.with_lines(vec![scaled(line, rest)]));
                    }
                }
                sum
            }
            RoundScope::Line | RoundScope::Item if self.is_by_line(&give.amount) => {
                self.lines.iter().map(|line| round(self.with_lines(vec![line.clone()]))).sum()
            }
            _ => exact.round(mode, decimals),
        }
    }

    /// Is the amount one of lines, so that rounding by line means something: a rate, or a table with one?
    fn is_by_line(&self, amount: &Expr) -> bool {
        let quoted = |base: &Expr| matches!(self.eval(base), Val::Name(_) | Val::Text(_));
        match &amount.kind {
            ExprKind::Of(rate, base) => {
                !quoted(base)
                    && self.running_window(amount).is_none()
                    && self.of_own_lines(base)
                    && self.by_line_rate(rate)
            }
            ExprKind::Per(_, block) => **block != Block::Visit && self.running_window(amount).is_none(),
            ExprKind::Table(table) => table.rows.iter().any(|row| self.is_by_line(&row.value)),
            _ => false,
        }
    }

    /// Does a base look at the rule's own lines, and at nothing else that one line does not have?
    fn of_own_lines(&self, base: &Expr) -> bool {
        match &base.kind {
            ExprKind::Sum(parts) => {
                parts.iter().any(|part| self.of_own_lines(&part.1))
                    && parts.iter().all(|part| self.of_own_lines(&part.1) || self.is_fixed(&part.1))
            }
            ExprKind::Product(parts) => parts.iter().any(|part| self.of_own_lines(&part.1)),
            ExprKind::Negative(inner) => self.of_own_lines(inner),
            ExprKind::Or(parts) => parts.iter().any(|part| self.of_own_lines(part)),
            ExprKind::Counted { measure: Measure::Path(path), window: None, .. } => {
                let name = path.names[0].text.as_str();
                path.names.len() == 1
                    && (["spend", "amount", "quantity"].contains(&name)
                        || self.w.setup.attr(name).is_some_and(|attr| attr.0 == Scope::Line))
            }
            _ => false,
        }
    }

    /// A number that no event changes.
    fn is_fixed(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Sum(parts) => parts.iter().all(|part| self.is_fixed(&part.1)),
            ExprKind::Product(parts) => parts.iter().all(|part| self.is_fixed(&part.1)),
            ExprKind::Negative(inner) => self.is_fixed(inner),
            ExprKind::Counted { measure: Measure::Path(path), window: None, .. } => {
                let first = path.names[0].text.as_str();
                match path.names.len() {
                    1 => self.w.setup.params.iter().any(|param| param.name.text == first),
                    _ => self.w.setup.ladder_named(first).is_some(),
                }
            }
            _ => false,
        }
    }

    fn by_line_rate(&self, rate: &Expr) -> bool {
        match &rate.kind {
            ExprKind::Table(table) => table.rows.iter().any(|row| self.by_line_rate(&row.value)),
            ExprKind::Literal(LiteralKind::Quantity(..)) => false,
            _ => true,
        }
    }
}

fn is_per_line(amount: &Expr) -> bool {
    matches!(&amount.kind, ExprKind::Per(_, block) if **block == Block::Line)
}

fn count(total: Q, one: Q, mode: BlockMode) -> Q {
    let blocks = total.max0() / one;
    match mode {
        BlockMode::Linear => blocks,
        BlockMode::Full => blocks.floor(),
        BlockMode::Started => blocks.round(Rounding::Up, 0),
        BlockMode::Nearest => blocks.round(Rounding::HalfUp, 0),
    }
}

/// A line as if only so many of its items had been bought.
fn scaled(line: &Line, items: Q) -> Line {
    let mut one = line.clone();
    let part = items / line.quantity;
    one.amount = line.amount * part;
    one.discount = line.discount * part;
    one.paid = line.paid * part;
    one.quantity = items;
    for datum in one.attrs.values_mut() {
        if let super::world::Datum::Number(number) = datum {
            *number = *number * part;
        }
    }
    one
}
