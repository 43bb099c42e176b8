//! Which rules a fact or a moment sets off, what they want and what limits and groups leave of it.
//!
//! Nothing is booked here: a return works a receipt out again with the very same code on the world as
//! it stood before the purchase.

use super::amounts::Reason;
use super::expr::{Ctx, Ty, Val};
use super::limits::Room;
use super::num::{Q, ZERO, share};
use super::world::{Booked, Line, RuleDef, Trig, World};
use earnest::syntax::ast::{
    Expiry, Expr, ExprKind, Fact as FactWord, Give, GroupKind, GroupOption, Limit, Measure, Ordinal, Recipient,
    RoundScope,
};
use earnest::ty::Kind;
use earnest::value::Rounding;
use std::collections::BTreeMap;

/// An award that a rule wants.
#[derive(Clone, Debug)]
pub struct Cand {
    pub rule: usize,
    pub give: usize,
    /// Whose give tells the dates (a multiplier has those of its base).
    pub dates: (usize, usize),
    pub to: String,
    pub unit: usize,
    pub exact: Q,
    pub wanted: Q,
    pub given: Q,
    /// A fallback rate, charged to no limit.
    pub extra: Q,
    pub lines: Vec<usize>,
    pub occurrence: String,
    pub running: bool,
    pub shares: Vec<(String, String, Q)>,
    pub carried: Option<(earnest::syntax::ast::Kalendar, Q)>,
    /// Carried over by this limit.
    pub only: Option<String>,
    /// Why the rule gave nothing, if it does: the first give's reason.
    pub blank: Reason,
}

/// A tier that a rule gives.
#[derive(Clone, Debug)]
pub struct TierGift {
    pub to: String,
    pub ladder: usize,
    pub tier: usize,
    pub expiry: Option<Expiry>,
}

#[derive(Default, Debug)]
pub struct Outcome {
    pub cands: Vec<Cand>,
    pub gifts: Vec<TierGift>,
    /// Rules with `take` whose conditions hold.
    pub takes: Vec<usize>,
    pub reasons: Vec<(String, Result<Q, Reason>)>,
    /// Tiers that count for this purchase already.
    pub tiers: BTreeMap<usize, usize>,
}

/// What is looked at: a member, a fact or a moment, and the lines.
pub struct Job<'a> {
    pub w: &'a World,
    pub member: &'a str,
    pub fact: Option<&'a Booked>,
    pub lines: Vec<Line>,
    pub tiers: BTreeMap<usize, usize>,
}

#[derive(Clone, Debug)]
pub struct Ready {
    pub lines: Vec<usize>,
    occurrence: String,
}

/// The rule that a rule builds on.
pub fn base_of(rule: &RuleDef) -> Option<String> {
    let own = rule.multiply.as_ref().map(|multiply| multiply.0.clone()).or(rule.add.as_ref().map(|add| add.1.clone()));
    own.or_else(|| rule.gives.iter().find_map(|give| quoted(&give.amount)))
}

fn quoted(amount: &Expr) -> Option<String> {
    let ExprKind::Of(_, base) = &amount.kind else { return None };
    if let ExprKind::Literal(earnest::syntax::ast::LiteralKind::Text(name)) = &base.kind {
        return Some(name.clone());
    }
    let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &base.kind else { return None };
    Some(path.names[0].text.clone())
}

impl<'a> Job<'a> {
    pub fn new(w: &'a World, member: &'a str, fact: Option<&'a Booked>) -> Self {
        let lines =
            fact.filter(|fact| fact.fact.kind == Kind::Purchase).map(|fact| fact.fact.kept()).unwrap_or_default();
        Job { w, member, fact, lines, tiers: BTreeMap::new() }
    }

    pub fn ctx(&self, lines: &[usize]) -> Ctx<'_> {
        let mut ctx = Ctx::new(self.w, self.member);
        ctx.fact = self.fact.map(|fact| &fact.fact);
        ctx.current = self.fact;
        ctx.all.clone_from(&self.lines);
        ctx.lines = lines.iter().map(|line| self.lines[*line].clone()).collect();
        ctx.tiers = self.tiers.clone();
        ctx
    }

    pub(super) fn rule(&self, rule: usize) -> &RuleDef {
        &self.w.setup.rules[rule]
    }

    fn unit_of(&self, rule: &RuleDef) -> Option<usize> {
        let setup = &self.w.setup;
        if let Some(base) = rule.multiply.as_ref().map(|multiply| &multiply.0).or(rule.add.as_ref().map(|add| &add.1)) {
            return self.unit_of(setup.rules.iter().find(|rule| rule.name == *base)?);
        }
        self.unit_of_give(rule.gives.first()?)
    }

    fn unit_of_give(&self, give: &Give) -> Option<usize> {
        let setup = &self.w.setup;
        if let Some(name) = &give.unit {
            return setup.unit_named(&name.text);
        }
        if let Some(base) = quoted(&give.amount).and_then(|base| self.index(&base)) {
            return self.unit_of(self.rule(base));
        }
        units_in(&give.amount).iter().find_map(|noun| setup.unit_named(noun))
    }

    /// Is a unit of the rule in force?
    fn unit_in_force(&self, rule: &RuleDef) -> bool {
        let in_force = |unit: usize| World::day_in_force(self.w.setup.units[unit].in_force, self.w.now.day);
        if rule.gives.is_empty() {
            return self.unit_of(rule).is_none_or(in_force);
        }
        let units: Vec<usize> = rule.gives.iter().filter_map(|give| self.unit_of_give(give)).collect();
        units.is_empty() || units.into_iter().any(in_force)
    }

    /// All that must hold before an amount is worked out.
    fn ready(&self, index: usize) -> Result<Ready, Reason> {
        let (w, rule) = (self.w, self.rule(index));
        let today = w.now.day;
        let forces = [w.setup.in_force, rule.in_force];
        if !forces.into_iter().all(|force| World::day_in_force(force, today)) || !self.unit_in_force(rule) {
            return Err("not-in-force");
        }
        if rule.friends() && self.referrer_of(self.member).is_none() {
            return Err("no-referrer");
        }
        if let Trig::Nth { every, ordinal, window, .. } = &rule.trig {
            self.nth(*every, *ordinal, window.as_ref())?;
        }
        let mut occurrence = String::new();
        for period in &rule.durings {
            let pieces = w.occurrence(period, self.member, w.now).ok_or("outside-period")?;
            occurrence += &format!("{} ", pieces[0].0);
        }
        let mut lines: Vec<usize> = (0..self.lines.len()).filter(|line| !self.lines[*line].gone).collect();
        for filter in &rule.wheres {
            lines.retain(|line| {
                let mut ctx = self.ctx(&[]);
                ctx.line = Some(self.lines[*line].clone());
                ctx.truth(filter) == Ok(true)
            });
        }
        if !rule.wheres.is_empty() && lines.is_empty() {
            return Err("no-lines");
        }
        let ctx = self.ctx(&lines);
        for condition in &rule.ifs {
            match ctx.truth(condition) {
                Ok(true) => {}
                Ok(false) => return Err("condition"),
                Err(reason) => return Err(reason),
            }
        }
        Ok(Ready { lines, occurrence })
    }

    fn nth(&self, every: bool, ordinal: Ordinal, window: Option<&earnest::syntax::ast::Window>) -> Result<(), Reason> {
        let fact = self.fact.ok_or("not-nth")?;
        let Ordinal::Nth(wanted) = ordinal else { return Err("not-nth") };
        if !fact.fact.is_visit() {
            return Err("not-nth");
        }
        // A visit that was returned later keeps its number, so ordinals look at what was bought.
        let earlier = self.w.facts.iter().filter(|other| {
            let bought = other.fact.lines.iter().any(|line| line.amount.positive());
            other.counted
                && other.fact.kind == Kind::Purchase
                && bought
                && self.w.is_of(other, self.member)
                && self.ctx(&[]).in_window(window, other.fact.at, other.step, &other.who)
        });
        let number = earlier.count() + 1;
        let wanted = wanted as usize;
        let fits = if every { number.is_multiple_of(wanted) } else { number == wanted };
        if fits { Ok(()) } else { Err("not-nth") }
    }

    /// Works out the rules of these numbers, by name.
    pub fn run(&self, rules: &[usize]) -> Outcome {
        let mut outcome = Outcome { tiers: self.tiers.clone(), ..Outcome::default() };
        let mut ready: BTreeMap<usize, Result<Ready, Reason>> =
            rules.iter().map(|rule| (*rule, self.ready(*rule))).collect();
        self.share_lines(&mut ready);
        let mut wants = self.wants(&ready);
        self.round_receipt(&mut wants);
        let mut done: BTreeMap<usize, Result<Vec<Cand>, Reason>> = BTreeMap::new();
        let (mut settled, mut order): (Vec<usize>, Vec<usize>) = (vec![], vec![]);
        loop {
            let before = (done.len(), settled.len());
            // By name; what builds on a rule as soon as that one, and its group, is done.
            let next = |rule: &&usize| !done.contains_key(rule) && self.base_settled(**rule, rules, &settled, &done);
            if let Some(rule) = rules.iter().find(next) {
                let result = match &ready[rule] {
                    Err(reason) => Err(*reason),
                    Ok(at) => self.work(*rule, at, wants.remove(rule), &ready, &done, &mut outcome),
                };
                order.push(*rule);
                done.insert(*rule, result);
                if self.group_of(*rule).is_none() {
                    settled.push(*rule);
                }
            }
            for (number, group) in self.w.setup.groups.iter().enumerate() {
                let all: Vec<usize> =
                    rules.iter().copied().filter(|rule| self.group_of(*rule) == Some(number)).collect();
                let first = all.first().is_some_and(|first| !settled.contains(first));
                if first && all.iter().all(|rule| done.contains_key(rule)) {
                    self.group(number, group, &all, &mut done);
                    settled.extend(all);
                }
            }
            if before == (done.len(), settled.len()) {
                break;
            }
        }
        order.retain(|rule| settled.contains(rule));
        self.gather(order, done, &mut outcome);
        outcome
    }

    fn gather(&self, order: Vec<usize>, mut done: BTreeMap<usize, Result<Vec<Cand>, Reason>>, outcome: &mut Outcome) {
        for rule in order {
            let name = self.rule(rule).name.clone();
            match done.remove(&rule).unwrap() {
                Err(reason) => outcome.reasons.push((name, Err(reason))),
                Ok(cands) => {
                    let sum = cands.iter().map(|cand| cand.given + cand.extra).sum::<Q>();
                    let blank = cands.first().filter(|_| sum.is_zero()).map(|cand| cand.blank);
                    let promotes = self.rule(rule).gives.iter().any(|give| self.tier_gift(give).is_some());
                    let given = if promotes { super::num::ONE } else { sum };
                    outcome.reasons.push((name, blank.filter(|_| !promotes).map_or(Ok(given), Err)));
                    outcome.cands.extend(cands);
                }
            }
        }
    }

    /// The rule of that name, the one in force today if there are several.
    fn index(&self, name: &str) -> Option<usize> {
        let rules = &self.w.setup.rules;
        let named = |index: &usize| rules[*index].name == name;
        let in_force = |index: &usize| World::day_in_force(rules[*index].in_force, self.w.now.day);
        (0..rules.len()).filter(named).find(in_force).or_else(|| (0..rules.len()).find(named))
    }

    pub(super) fn group_of(&self, rule: usize) -> Option<usize> {
        let name = &self.rule(rule).name;
        self.w.setup.groups.iter().position(|group| group.rules.iter().any(|other| other.text == *name))
    }

    /// In `all of` a rule is worked out as if there were no group: there its base is ready when worked out.
    fn base_settled(
        &self,
        rule: usize,
        rules: &[usize],
        settled: &[usize],
        done: &BTreeMap<usize, Result<Vec<Cand>, Reason>>,
    ) -> bool {
        let all_of = |group: usize| self.w.setup.groups[group].kind == GroupKind::All;
        let together =
            |base: usize| self.group_of(base) == self.group_of(rule) && self.group_of(base).is_some_and(all_of);
        let base = base_of(self.rule(rule)).and_then(|base| self.index(&base));
        base.is_none_or(|base| {
            settled.contains(&base) || !rules.contains(&base) || (together(base) && done.contains_key(&base))
        })
    }

    /// Who referred; who left is nobody's referrer.
    fn referrer_of(&self, member: &str) -> Option<String> {
        let referrer = self.w.members[member].referrer.clone();
        referrer.filter(|by| self.w.members.get(by).is_some_and(|by| by.active))
    }

    fn receiver(&self, give: &Give) -> Option<String> {
        let links = match give.recipient {
            Some(Recipient::Referrer) => 1,
            Some(Recipient::SecondReferrer) => 2,
            Some(Recipient::ThirdReferrer) => 3,
            _ => 0,
        };
        let mut chain = vec![self.member.to_owned()];
        for _ in 0..links {
            let next = self.referrer_of(chain.last()?)?;
            if chain.contains(&next) {
                return None;
            }
            chain.push(next);
        }
        chain.pop()
    }

    /// The wanted amounts of all rules that build on no other.
    fn wants(&self, ready: &BTreeMap<usize, Result<Ready, Reason>>) -> BTreeMap<usize, Vec<Result<Cand, Reason>>> {
        let mut wants = BTreeMap::new();
        for (rule, state) in ready {
            if let Ok(at) = state
                && base_of(self.rule(*rule)).and_then(|base| self.index(&base)).is_none()
            {
                wants.insert(*rule, self.want(*rule, at, &[]));
            }
        }
        wants
    }

    fn want(&self, rule: usize, at: &Ready, given: &[(String, String, usize, Q)]) -> Vec<Result<Cand, Reason>> {
        let def = self.rule(rule);
        let mut wants = vec![];
        for (number, give) in def.gives.iter().enumerate() {
            if self.tier_gift(give).is_some() {
                continue;
            }
            let Some(to) = self.receiver(give) else { continue };
            let in_force = |unit: usize| World::day_in_force(self.w.setup.units[unit].in_force, self.w.now.day);
            if !self.unit_of_give(give).is_none_or(in_force) {
                wants.push(Err("not-in-force"));
                continue;
            }
            let mut ctx = self.ctx(&at.lines);
            ctx.given = given;
            ctx.to = &to;
            ctx.award = (&def.name, number);
            wants.push(ctx.rounded(def, give).map(|(exact, wanted, unit)| Cand {
                rule,
                give: number,
                dates: (rule, number),
                to: to.clone(),
                unit,
                exact,
                wanted,
                given: wanted,
                extra: ZERO,
                lines: at.lines.clone(),
                occurrence: at.occurrence.clone(),
                running: is_running(&ctx, &give.amount),
                shares: vec![],
                carried: None,
                only: None,
                blank: "limit-reached",
            }));
        }
        wants
    }

    fn tier_gift(&self, give: &Give) -> Option<(usize, usize)> {
        let ExprKind::Counted { measure: Measure::Path(path), window: None, .. } = &give.amount.kind else {
            return None;
        };
        let name = &path.names[0].text;
        let ladders = &self.w.setup.ladders;
        (0..ladders.len()).find_map(|ladder| ladders[ladder].tier_named(name).map(|tier| (ladder, tier)))
    }

    /// In `best of` and `first of` one rule gives, and is rounded by itself.
    fn alone(&self, rule: usize) -> bool {
        self.group_of(rule).is_some_and(|group| {
            let group = &self.w.setup.groups[group];
            group.kind != GroupKind::All && !group.options.contains(&GroupOption::PerLine)
        })
    }

    /// `round … per receipt`: the sum is rounded, and shared back by largest remainder.
    fn round_receipt(&self, wants: &mut BTreeMap<usize, Vec<Result<Cand, Reason>>>) {
        let mut all: Vec<&mut Cand> = wants.values_mut().flatten().filter_map(|want| want.as_mut().ok()).collect();
        all.retain(|cand| {
            let def = &self.w.setup.units[cand.unit];
            self.rule(cand.rule).round.map_or(def.scope, |round| round.scope) == RoundScope::Receipt
        });
        let mode_of =
            |cand: &Cand| self.rule(cand.rule).round.map_or(self.w.setup.units[cand.unit].mode, |round| round.mode);
        let key_of =
            |cand: &Cand| (cand.to.clone(), cand.unit, mode_of(cand), Some(cand.rule).filter(|rule| self.alone(*rule)));
        let mut keys: Vec<(String, usize, Rounding, Option<usize>)> = vec![];
        for cand in &all {
            if !keys.contains(&key_of(cand)) {
                keys.push(key_of(cand));
            }
        }
        for key in keys {
            let (unit, mode) = (key.1, key.2);
            let def = &self.w.setup.units[unit];
            let mut mine: Vec<&mut &mut Cand> = all.iter_mut().filter(|cand| key_of(cand) == key).collect();
            let exact: Vec<Q> = mine.iter().map(|cand| cand.exact.max0()).collect();
            let sum = exact.iter().copied().sum::<Q>().round(mode, def.decimals);
            let parts = if sum.is_zero() { vec![ZERO; exact.len()] } else { by_remainder(sum, &exact, def.decimals) };
            for (cand, part) in mine.iter_mut().zip(parts) {
                cand.wanted = part;
                cand.given = part;
            }
        }
    }

    fn work(
        &self,
        rule: usize,
        at: &Ready,
        want: Option<Vec<Result<Cand, Reason>>>,
        ready: &BTreeMap<usize, Result<Ready, Reason>>,
        done: &BTreeMap<usize, Result<Vec<Cand>, Reason>>,
        outcome: &mut Outcome,
    ) -> Result<Vec<Cand>, Reason> {
        let def = self.rule(rule);
        for give in &def.gives {
            if let (Some((ladder, tier)), Some(to)) = (self.tier_gift(give), self.receiver(give)) {
                outcome.gifts.push(TierGift { to, ladder, tier, expiry: give.expiry.clone() });
            }
        }
        if !def.takes.is_empty() {
            outcome.takes.push(rule);
            return Ok(vec![]);
        }
        let wants = match want {
            Some(wants) => wants,
            None => self.dependent(rule, at, ready, done)?,
        };
        if wants.is_empty() {
            return Ok(vec![]);
        }
        let mut cands = vec![];
        // What became of each give, in written order.
        let mut blanks: Vec<(usize, Reason)> = vec![];
        let nothing = if wants.iter().flatten().any(|cand| cand.running) { "paid-already" } else { "rounds-to-zero" };
        for (number, want) in wants.into_iter().enumerate() {
            match want {
                Ok(cand) if cand.wanted.positive() => cands.push(cand),
                Ok(cand) => blanks.push((number, if cand.running { nothing } else { "rounds-to-zero" })),
                Err(reason) => blanks.push((number, reason)),
            }
        }
        let several = def.gives.len() > 1;
        let mut before: Vec<(String, String, Q)> = vec![];
        for cand in &mut cands {
            let mut limits: Vec<(String, &Limit)> = vec![];
            if let Some(give) = def.gives.get(cand.give) {
                let site = |number: usize| Room::give_site(&def.name, cand.give, number);
                limits.extend(give.limits.iter().enumerate().map(|(number, limit)| (site(number), limit)));
            }
            // Room by lines is taken give by give.
            let of_rule = def.limits.iter().enumerate().filter(|limit| !several || self.line_key(limit.1).is_some());
            limits.extend(of_rule.map(|(number, limit)| (Room::rule_site(&def.name, number), limit)));
            self.limits(cand, &limits, &before);
            before.extend(cand.shares.iter().filter(|share| share.0.starts_with("rule ")).cloned());
        }
        if several {
            let of_sum = |limit: &(usize, &Limit)| self.line_key(limit.1).is_none();
            for (number, limit) in def.limits.iter().enumerate().filter(of_sum) {
                self.limit(&mut cands, limit, &Room::rule_site(&def.name, number), None, &[]);
            }
        }
        let cut =
            cands.iter().filter(|cand| (cand.given + cand.extra).is_zero()).map(|cand| (cand.give, "limit-reached"));
        let first = cut.chain(blanks.iter().copied()).min_by_key(|blank| blank.0);
        let first = first.map_or("rounds-to-zero", |blank| blank.1);
        let keep = |cand: &Cand| cand.running || cand.carried.is_some() || (cand.given + cand.extra).positive();
        if !cands.iter().any(keep) {
            return Err(first);
        }
        for cand in &mut cands {
            cand.blank = first;
        }
        Ok(cands)
    }

    /// Multipliers, additions and quotations.
    fn dependent(
        &self,
        rule: usize,
        at: &Ready,
        ready: &BTreeMap<usize, Result<Ready, Reason>>,
        done: &BTreeMap<usize, Result<Vec<Cand>, Reason>>,
    ) -> Result<Vec<Result<Cand, Reason>>, Reason> {
        let def = self.rule(rule);
        let base = self.index(&base_of(def).unwrap()).unwrap();
        let cands: &[Cand] = done.get(&base).and_then(|done| done.as_ref().ok()).map_or(&[], Vec::as_slice);
        let gave: Q = cands.iter().map(|cand| cand.given + cand.extra).sum();
        if !gave.positive() {
            return Err("no-base");
        }
        if def.multiply.is_none() && def.add.is_none() {
            let name = self.rule(base).name.clone();
            let given: Vec<_> =
                cands.iter().map(|cand| (name.clone(), cand.to.clone(), cand.unit, cand.given + cand.extra)).collect();
            return Ok(self.want(rule, at, &given));
        }
        let base_cand = &cands[0];
        let lines = self.common(rule, &at.lines, ready);
        if !self.lines.is_empty() && lines.is_empty() {
            return Err("no-lines");
        }
        let ctx = self.ctx(&lines);
        let exact = self.exact_on(rule, &ctx)?;
        let unit = &self.w.setup.units[base_cand.unit];
        let source = self.rule(base_cand.dates.0);
        let (mode, scope) = source.round.map_or((unit.mode, unit.scope), |round| (round.mode, round.scope));
        let of_lines = |ctx: &Ctx| self.exact_on(rule, ctx).unwrap_or(ZERO);
        let give = &source.gives[base_cand.dates.1];
        let mut wanted = ctx.spread(give, scope, mode, unit.decimals, exact, &of_lines);
        if self.was_cut(base, done)
            && let Some((_, by)) = &def.multiply
        {
            let Val::N(times, _) = self.ctx(&at.lines).eval(by) else { return Err("missing") };
            let cap = (times - super::num::ONE) * (base_cand.given + base_cand.extra);
            wanted = wanted.min(cap.max0().round(mode, unit.decimals));
        }
        let mut cand = base_cand.clone();
        (cand.rule, cand.give, cand.exact, cand.wanted, cand.given) = (rule, 0, exact, wanted, wanted);
        (cand.extra, cand.carried, cand.shares, cand.running) = (ZERO, None, vec![], false);
        cand.blank = "limit-reached";
        cand.lines = lines;
        cand.occurrence.clone_from(&at.occurrence);
        Ok(vec![Ok(cand)])
    }

    /// Did a rule get less than it wanted, or one that it multiplies?
    fn was_cut(&self, rule: usize, done: &BTreeMap<usize, Result<Vec<Cand>, Reason>>) -> bool {
        let cut = |cand: &Cand| cand.given + cand.extra < cand.wanted;
        done.get(&rule).and_then(|done| done.as_ref().ok()).is_some_and(|cands| cands.iter().any(cut))
            || self.rule(rule).multiply.as_ref().is_some_and(|(name, _)| self.was_cut(self.index(name).unwrap(), done))
    }

    /// The lines that a multiplier shares with all that it builds on.
    fn common(&self, rule: usize, lines: &[usize], ready: &BTreeMap<usize, Result<Ready, Reason>>) -> Vec<usize> {
        let mut lines = lines.to_vec();
        let mut at = rule;
        while let Some(base) = base_of(self.rule(at)).and_then(|base| self.index(&base)) {
            if let Some(Ok(ready)) = ready.get(&base) {
                lines.retain(|line| ready.lines.contains(line));
            }
            at = base;
        }
        lines
    }

    /// The exact amount of a rule on some lines, before its rounding.
    fn exact_on(&self, rule: usize, ctx: &Ctx) -> Result<Q, Reason> {
        let def = self.rule(rule);
        let mut ctx = ctx.clone();
        if let Some((base, by)) = &def.multiply {
            let base = self.index(base).unwrap();
            return match ctx.eval(by) {
                Val::N(times, _) => Ok((times - super::num::ONE).max0() * self.exact_on(base, &ctx)?),
                Val::Missing => Err("missing"),
                _ => Err("condition"),
            };
        }
        if let Some((sum, base)) = &def.add {
            let base = self.rule(self.index(base).unwrap());
            let give = &base.gives[0];
            let money = match &give.amount.kind {
                ExprKind::Of(_, money) => ctx.base(money),
                _ => return Err("condition"),
            };
            let unit = self.w.setup.unit_named(&give.unit.as_ref().unwrap().text).unwrap();
            return match (ctx.eval(sum), money) {
                (Val::N(rate, _), Val::N(money, Ty::Money)) => Ok((rate * money).max0() / ctx.worth(unit)?),
                _ => Err("missing"),
            };
        }
        ctx.award = (&def.name, 0);
        ctx.exact(&def.gives[0]).map(|exact| exact.0)
    }
}

/// The nouns of quantities in an amount.
fn units_in(expr: &Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::Literal(earnest::syntax::ast::LiteralKind::Quantity(_, name)) => vec![name.text.clone()],
        ExprKind::Of(inner, _) | ExprKind::Per(inner, _) | ExprKind::Negative(inner) => units_in(inner),
        ExprKind::Table(table) => table.rows.iter().flat_map(|row| units_in(&row.value)).collect(),
        ExprKind::Sum(parts) => parts.iter().flat_map(|part| units_in(&part.1)).collect(),
        // What something is divided by gives no unit.
        ExprKind::Product(parts) => {
            let over = |part: &&(earnest::syntax::ast::Factor, Expr)| part.0 != earnest::syntax::ast::Factor::Over;
            parts.iter().filter(over).flat_map(|part| units_in(&part.1)).collect()
        }
        _ => vec![],
    }
}

fn is_running(ctx: &Ctx, amount: &Expr) -> bool {
    match &amount.kind {
        ExprKind::Per(_, block) => match &**block {
            earnest::syntax::ast::Block::Size(_, size) => ctx.running(size, None).is_some(),
            _ => false,
        },
        ExprKind::Of(rate, base) => match &rate.kind {
            ExprKind::Per(_, block) => match &**block {
                earnest::syntax::ast::Block::Size(_, size) => ctx.running(size, Some(base)).is_some(),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// Each exact amount rounded down, the rest in smallest parts to the largest remainders.
fn by_remainder(total: Q, exact: &[Q], decimals: u32) -> Vec<Q> {
    let step = Q::new(1, 10_i128.pow(decimals));
    let mut parts: Vec<Q> = exact.iter().map(|exact| (*exact / step).floor() * step).collect();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by(|a, b| (exact[*b] - parts[*b]).cmp(&(exact[*a] - parts[*a])).then(a.cmp(b)));
    for at in order {
        if total - parts.iter().copied().sum() >= step {
            parts[at] += step;
        }
    }
    parts
}

/// Shares what there is over what is wanted, never more to one than it wants.
pub fn share_wants(total: Q, wants: &[Q], decimals: u32) -> Vec<Q> {
    if wants.iter().copied().sum::<Q>() <= total { wants.to_vec() } else { share(total, wants, decimals) }
}

/// Which kind of fact sets a rule off.
pub fn fits(rule: &RuleDef, kind: Kind, action: Option<&str>) -> bool {
    match &rule.trig {
        Trig::Fact { fact, .. } => match fact {
            FactWord::Purchase => kind == Kind::Purchase,
            FactWord::Return => kind == Kind::Return,
            FactWord::Join => kind == Kind::Join,
            FactWord::Action(name) => kind == Kind::Action && action == Some(&name.text),
            FactWord::Redeem => kind == Kind::Redeem,
            FactWord::Merge => kind == Kind::Merge,
            FactWord::Adjust => kind == Kind::Adjust,
            FactWord::Leave => kind == Kind::Leave,
        },
        Trig::Nth { .. } => kind == Kind::Purchase,
        Trig::Entering(_) | Trig::Period(_) | Trig::Edge(_) => false,
    }
}
