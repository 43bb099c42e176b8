//! Returns: the receipt is worked out again on the world as it stood before it, and the difference is
//! taken back.
//!
//! Each purchase keeps a copy of the whole world; nothing else is remembered for the rework.

use super::expr::Ctx;
use super::num::{Q, ZERO};
use super::rules::{Cand, Job};
use super::world::{Award, Booked, Entry, Exp, Line, Lot, Opens, World};
use earnest::syntax::ast::ReturnsMode;
use earnest::ty::Kind;
use earnest::value::Rounding;
use std::rc::Rc;

/// The unit price; none without a quantity, which is like no other.
fn price(line: &Line) -> Option<Q> {
    line.quantity.positive().then(|| line.amount / line.quantity)
}

impl World {
    pub fn returned(&mut self, at: usize, owner: &str) {
        // Articles first, the larger amount first.
        let lines = &mut self.facts[at].fact;
        lines.sort_lines();
        lines.lines.sort_by_key(|line| (line.sku.is_empty(), std::cmp::Reverse(line.amount)));
        let fact = self.facts[at].fact.clone();
        let mut touched: Vec<usize> = vec![];
        if fact.of.is_empty() {
            for line in &fact.lines {
                self.match_sku(owner, line, &mut touched);
            }
        } else {
            self.match_receipt(owner, &fact.of, &fact.lines, &mut touched);
        }
        touched.sort_unstable();
        let mut above: Vec<(String, usize)> = vec![];
        for receipt in touched {
            self.come_back(receipt);
            self.rework(receipt);
            let step = self.facts[receipt].step;
            self.take_back_tiers(owner, step);
            let others = self.awards.iter().filter(|award| award.step == step && award.to != owner && !award.gone);
            above.extend(others.map(|award| (award.to.clone(), step)));
        }
        for (other, step) in above {
            self.take_back_tiers(&other, step);
        }
        let fact = self.facts[at].clone();
        let rules = self.rules_for(Kind::Return, None);
        let outcome = Job::new(self, owner, Some(&fact)).run(&rules);
        self.post(&outcome, Some(&fact), owner, "");
    }

    fn is_late(&self, sale: usize) -> bool {
        let last = self.setup.within.after_day(self.facts[sale].fact.at.day).unwrap();
        self.now.day > last
    }

    /// A receipt is known for a year longer than it can be returned.
    fn is_forgotten(&self, sale: usize) -> bool {
        let bought = self.facts[sale].fact.at.day.plus_days(366).unwrap();
        self.now.day > self.setup.within.after_day(bought).unwrap()
    }

    fn give_back(&mut self, sale: usize, line: usize, quantity: Q, touched: &mut Vec<usize>) {
        if !touched.contains(&sale) {
            touched.push(sale);
        }
        self.facts[sale].fact.lines[line].returned += quantity;
    }

    /// Takes from lines in order, as many as are needed; what found none.
    fn from_lines(&mut self, order: Vec<(usize, usize)>, quantity: Q, touched: &mut Vec<usize>) -> Q {
        let mut left = quantity;
        for (sale, line) in order {
            let it = &self.facts[sale].fact.lines[line];
            let part = left.min(it.quantity - it.returned);
            if part.positive() && !it.is_gone() {
                self.give_back(sale, line, part, touched);
                left -= part;
            }
        }
        left
    }

    fn match_sku(&mut self, owner: &str, line: &Line, touched: &mut Vec<usize>) {
        if line.sku.is_empty() {
            // No article is looked for, so none is found.
            if line.quantity.positive() {
                self.warn("unmatched-return");
            }
            return;
        }
        let mut order: Vec<(usize, usize)> = vec![];
        for (sale, booked) in self.facts.iter().enumerate() {
            if booked.fact.kind == Kind::Purchase && booked.counted && self.is_of(booked, owner) && !self.is_late(sale)
            {
                let lines = booked
                    .fact
                    .lines
                    .iter()
                    .enumerate()
                    .filter(|other| other.1.sku == line.sku && other.1.quantity.positive());
                order.extend(lines.map(|other| (sale, other.0)));
            }
        }
        let at = |place: (usize, usize)| &self.facts[place.0].fact.lines[place.1];
        order.sort_by(|a, b| {
            let same = |place| price(at(place)) != price(line);
            (same(*a), b.0).cmp(&(same(*b), a.0)).then(price(at(*b)).cmp(&price(at(*a)))).then(a.1.cmp(&b.1))
        });
        if self.from_lines(order, line.quantity, touched).positive() {
            self.warn("unmatched-return");
        }
    }

    fn match_receipt(&mut self, owner: &str, of: &str, lines: &[Line], touched: &mut Vec<usize>) {
        let is_it = |booked: &&Booked| {
            booked.fact.kind == Kind::Purchase
                && booked.fact.receipt == of
                && booked.counted
                && self.is_of(booked, owner)
        };
        let known = self.facts.iter().rposition(|booked| is_it(&booked)).filter(|sale| !self.is_forgotten(*sale));
        let Some(sale) = known else {
            (0..lines.len().max(1)).for_each(|_| self.warn("unmatched-return"));
            return;
        };
        if self.is_late(sale) {
            self.warn("return-too-late");
            return;
        }
        if lines.is_empty() {
            for line in 0..self.facts[sale].fact.lines.len() {
                let it = &self.facts[sale].fact.lines[line];
                let rest = it.quantity - it.returned;
                self.give_back(sale, line, rest, touched);
                let it = &mut self.facts[sale].fact.lines[line];
                it.lowered = it.amount;
            }
            return;
        }
        for line in lines {
            let left = if line.sku.is_empty() {
                self.lower(sale, line.amount, touched)
            } else {
                let all = &self.facts[sale].fact.lines;
                let mut order: Vec<(usize, usize)> = (0..all.len())
                    .filter(|other| all[*other].sku == line.sku && all[*other].quantity.positive())
                    .map(|other| (sale, other))
                    .collect();
                order.sort_by(|a, b| {
                    let key = |place: &(usize, usize)| price(&all[place.1]);
                    (key(a) != price(line)).cmp(&(key(b) != price(line))).then(key(b).cmp(&key(a))).then(a.1.cmp(&b.1))
                });
                self.from_lines(order, line.quantity, touched)
            };
            if left.positive() {
                self.warn("unmatched-return");
            }
        }
    }

    /// A return line without sku lowers all kept lines in proportion to what is left of them.
    fn lower(&mut self, sale: usize, amount: Q, touched: &mut Vec<usize>) -> Q {
        let kept = self.facts[sale].fact.kept();
        let weights: Vec<Q> = kept.iter().map(|line| line.amount).collect();
        let whole: Q = weights.iter().copied().sum();
        let part = amount.min(whole);
        if part.positive() {
            // The last of it goes with its fractions.
            let decimals = if part == whole { 6 } else { self.setup.money_decimals };
            let shares = super::num::share(part, &weights, decimals);
            for (line, part) in shares.into_iter().enumerate() {
                if part.positive() {
                    self.give_back(sale, line, ZERO, touched);
                    self.facts[sale].fact.lines[line].lowered += part;
                }
            }
        }
        amount - part
    }

    // ── Units spent come back ───────────────────────────────────────────────────────────────────

    fn come_back(&mut self, sale: usize) {
        if self.setup.modes.contains(&ReturnsMode::SpentUnitsStay) {
            return;
        }
        let (fact, owner) = (self.facts[sale].fact.clone(), self.facts[sale].owner.clone());
        for at in 0..self.spendings.len() {
            let spending = &self.spendings[at];
            if spending.receipt != fact.receipt || spending.owner != owner || spending.receipt.is_empty() {
                continue;
            }
            let kept = fact.kept();
            let priced = spending.paid.positive();
            let value = |line: &Line| if priced { line.paid } else { line.amount - line.discount };
            let whole: Q = fact.lines.iter().map(value).sum();
            let rest: Q = kept.iter().map(value).sum();
            let decimals = self.setup.units[spending.unit].decimals;
            let all = fact.is_all_back();
            let due = match (whole.is_zero(), all) {
                (_, true) => spending.total,
                (true, false) => ZERO,
                _ => (spending.total * (whole - rest) / whole).round(Rounding::Down, decimals),
            };
            let now = due - spending.back;
            self.spendings[at].back = due;
            self.bring_back(at, now);
        }
    }

    fn bring_back(&mut self, at: usize, amount: Q) {
        let mut left = amount;
        let unit = self.spendings[at].unit;
        let since = self.spendings[at].at.day;
        let breaks = |factor: Q| factor.round(Rounding::Down, 0) != factor;
        let broken = self.migrations.iter().any(|turn| turn.day > since && breaks(turn.factor));
        if amount.positive() && broken && self.was_turned(unit, since) {
            // Each lot is rounded here; the product rounds what has come back in all.
            self.known = Some("broken parts of spent units that come back after a migration");
        }
        let credit: Q = self.spendings[at].taken.iter().filter(|taken| taken.0.is_none()).map(|taken| taken.1).sum();
        let part = left.min(credit);
        let day = self.spendings[at].at.day;
        if part.positive() {
            left -= part;
            let mut lowered = part;
            for taken in self.spendings[at].taken.iter_mut().filter(|taken| taken.0.is_none()) {
                let here = lowered.min(taken.1);
                taken.1 -= here;
                lowered -= here;
            }
            let gone = self.spendings[at].gone(0);
            let now = self.today_of(unit, day, gone, part);
            self.spendings[at].gone[0] += part;
            for debt in self.debts.iter_mut().filter(|debt| debt.spending == Some(at)) {
                debt.left -= now.min(debt.left);
            }
            let (unit, _) = self.since_turned(unit, day);
            let owed = self.debts.iter().find(|debt| debt.spending == Some(at));
            let owner = owed.map_or(self.spendings[at].owner.clone(), |debt| debt.owner.clone());
            self.row(&owner, "", unit, Entry::Redeem, now, "debt");
        }
        for number in (0..self.spendings[at].taken.len()).rev() {
            let (Some(lot), had) = self.spendings[at].taken[number] else { continue };
            let part = left.min(had);
            if !part.positive() {
                continue;
            }
            left -= part;
            self.spendings[at].taken[number].1 -= part;
            let gone = self.spendings[at].gone(number + 1);
            let now = self.today_of(unit, day, gone, part);
            self.spendings[at].gone[number + 1] += part;
            let (rule, name) = (self.lots[lot].rule.clone(), self.lots[lot].name.clone());
            let owner = self.lots[lot].owner.clone();
            if owner != self.account(&self.spendings[at].owner, self.lots[lot].unit) {
                self.known = Some("a receipt comes back whose pool stayed where it was");
            }
            self.row(&owner, &rule, self.lots[lot].unit, Entry::Redeem, now, &name);
            self.put_back(lot, now);
        }
    }

    /// Units go back into their lot; where its last day is past, or its tier has ended, they expire at once.
    fn put_back(&mut self, lot: usize, amount: Q) {
        if self.lots[lot].left.is_zero() {
            self.place(lot);
        }
        self.lots[lot].left += amount;
        let ended = match &self.lots[lot].exp {
            Exp::Tier(ladder, tier) => self.members[&self.lots[lot].owner].ladders[*ladder].tier < *tier,
            _ => self.last_day(&self.lots[lot]).is_some_and(|last| last < self.now.day),
        };
        if ended && self.lots[lot].open {
            self.expire_part(lot, amount);
        } else if self.lots[lot].open {
            self.pay_debts(lot);
        }
    }

    // ── Awards ──────────────────────────────────────────────────────────────────────────────────

    fn modes_of(&self, rule: &str) -> Vec<ReturnsMode> {
        let def = self.setup.rules.iter().find(|def| def.name == rule);
        def.and_then(|def| def.modes.clone()).unwrap_or_else(|| self.setup.modes.clone())
    }

    fn is_again(&self, rule: &str) -> bool {
        let modes = self.modes_of(rule);
        ![ReturnsMode::InProportion, ReturnsMode::WholeReceiptsOnly, ReturnsMode::AwardsStay]
            .iter()
            .any(|mode| modes.contains(mode))
    }

    fn rework(&mut self, sale: usize) {
        let booked = self.facts[sale].clone();
        let whole = booked.fact.is_all_back();
        let snapshot = Rc::clone(booked.before.as_ref().unwrap());
        let mut again = snapshot.facts.last().unwrap().clone();
        again.fact.lines.clone_from(&booked.fact.lines);
        let mut at_once = std::collections::BTreeMap::new();
        let cands: Vec<Cand> = if whole {
            vec![]
        } else {
            let outcome = snapshot.earning(&again);
            at_once = outcome.tiers;
            let mut cands = outcome.cands;
            cands.retain(|cand| (cand.given + cand.extra).positive());
            cands
        };
        if !whole && self.setup.modes.contains(&ReturnsMode::WholeReceiptsOnly) {
            self.warn("partial-return");
        }
        self.new_rows(&cands, &snapshot, &booked, &at_once);
        let mut rows: Vec<usize> = (0..self.awards.len())
            .filter(|row| self.awards[*row].event == booked.fact.id && !self.awards[*row].receipt.is_empty())
            .filter(|row| self.awards[*row].step == booked.step && !self.awards[*row].gone)
            .collect();
        rows.sort_by_key(|row| (self.awards[*row].rule.clone(), self.awards[*row].give));
        let again_of = |award: &Award| {
            let found = cands.iter().find(|cand| {
                cand.to == award.first_to
                    && self.setup.rules[cand.rule].name == award.rule
                    && cand.give == award.give
                    && cand.unit == award.unit
            });
            found.map_or(ZERO, |cand| cand.given + cand.extra)
        };
        // Running totals come last: they look at what the others left.
        let (running, others): (Vec<usize>, Vec<usize>) =
            rows.iter().partition(|row| self.runs_on(&self.awards[**row]));
        let mut targets: Vec<(usize, Q, bool)> = vec![];
        for row in &others {
            let award = &self.awards[*row];
            if !self.is_again(&award.rule) {
                targets.push((*row, self.other_target(award, &booked, whole), false));
                continue;
            }
            let group = || {
                others.iter().map(|row| &self.awards[*row]).filter(|other| {
                    self.is_again(&other.rule) && other.first_to == award.first_to && other.unit == award.unit
                })
            };
            let first: Q = group().map(|award| award.given).sum();
            let now: Q = group().map(again_of).sum();
            let stands = now > first;
            targets.push((*row, if stands { award.given } else { again_of(award) }, stands));
        }
        for (row, target, _) in &targets {
            self.bring_to(*row, *target);
        }
        for row in running {
            let target = self.running_target(&self.awards[row]);
            self.bring_to(row, target);
            targets.push((row, target, false));
        }
        // What limits are charged now: what the rework gave, or in proportion.
        for (row, target, stands) in &targets {
            let (award, target) = (self.awards[*row].clone(), *target);
            let again = self.is_again(&award.rule) && !self.runs_on(&award) && !whole;
            let found = cands.iter().find(|cand| {
                cand.to == award.first_to
                    && self.setup.rules[cand.rule].name == award.rule
                    && cand.give == award.give
                    && cand.unit == award.unit
            });
            let net = award.given - award.reversed;
            let (used, shares) = match found {
                Some(cand) if again && !stands && target == cand.given + cand.extra && net == target => {
                    (cand.given, cand.shares.clone())
                }
                None if again && net.is_zero() => (ZERO, vec![]),
                _ if award.given.is_zero() => (net, vec![]),
                _ => {
                    let part = |whole: Q| (whole * net / award.given).round(Rounding::HalfUp, 6);
                    let shares = award.first_shares.iter();
                    let shares = shares.map(|share| (share.0.clone(), share.1.clone(), part(share.2))).collect();
                    (part(award.charged), shares)
                }
            };
            (self.awards[*row].used, self.awards[*row].shares) = (used, shares);
        }
    }

    /// Takes from a row or gives to it until it stands at its target.
    fn bring_to(&mut self, row: usize, target: Q) {
        let award = &self.awards[row];
        let (change, to) = (target - (award.given - award.reversed), award.to.clone());
        if change.is_zero() {
            return;
        }
        self.gave.push(to);
        if change.positive() {
            self.give_more(row, change);
        } else {
            self.take_back(row, -change);
        }
    }

    /// A rule that gave nothing at first may give now: a row of nothing, to be raised.
    fn new_rows(
        &mut self,
        cands: &[Cand],
        snapshot: &World,
        booked: &Booked,
        at_once: &std::collections::BTreeMap<usize, usize>,
    ) {
        for cand in cands {
            let name = self.setup.rules[cand.rule].name.clone();
            let to = self.owner(&cand.to);
            if self.has_left_since(&cand.to, booked.step) {
                continue;
            }
            let known = self.awards.iter().position(|award| {
                award.step == booked.step
                    && award.rule == name
                    && award.give == cand.give
                    && award.first_to == cand.to
                    && !award.receipt.is_empty()
            });
            let has_lot = known.is_some_and(|award| self.awards[award].lot.is_some());
            if has_lot || !self.is_again(&name) || !(cand.given + cand.extra).positive() {
                continue;
            }
            let mut then = snapshot.clone();
            then.at_once.clone_from(at_once);
            let (opens, exp) = then.dates(cand.dates, cand.unit, &cand.to, &booked.fact.receipt);
            let opens = self.since_opened(opens, &to, booked.step);
            let (unit, _) = self.since_turned(cand.unit, booked.fact.at.day);
            let pot = self.pot(unit, Some(booked));
            let open = matches!(&opens, Opens::At(instant, _) if *instant <= self.now.instant);
            self.lots.push(Lot {
                owner: self.account(&to, unit),
                unit,
                pot,
                rule: name.clone(),
                name: self.lot_name_of(&to, unit, &format!("{} {name}", booked.fact.id)),
                receipt: booked.fact.receipt.clone(),
                left: ZERO,
                open,
                at_once: matches!(&opens, Opens::At(instant, _) if *instant <= booked.fact.at.instant),
                opens,
                exp,
                earned: booked.fact.at,
                step: booked.step,
                lies: 0,
                came: 0,
                expired: vec![],
            });
            let lot = Some(self.lots.len() - 1);
            if let Some(award) = known {
                // It was cut to nothing at first.
                self.awards[award].lot = lot;
                continue;
            }
            self.awards.push(Award {
                step: booked.step,
                at: booked.fact.at,
                event: booked.fact.id.clone(),
                receipt: booked.fact.receipt.clone(),
                of: booked.owner.clone(),
                friend: booked.owner.clone(),
                to,
                first_to: cand.to.clone(),
                gone: false,
                merged: false,
                parted: false,
                rule: name,
                give: cand.give,
                unit: cand.unit,
                wanted: ZERO,
                given: ZERO,
                charged: ZERO,
                worth: self.worth(cand.unit, booked.fact.at.day),
                reversed: ZERO,
                lost: ZERO,
                dropped: ZERO,
                used: ZERO,
                first_shares: vec![],
                only: None,
                lot,
                occurrence: cand.occurrence.clone(),
                shares: cand.shares.clone(),
                running: false,
                lines: cand.lines.clone(),
                attrs: booked.fact.attrs.clone(),
            });
        }
    }

    /// Where the action that opens units came since they would have been earned, they opened with it.
    fn since_opened(&self, opens: Opens, to: &str, step: usize) -> Opens {
        let Opens::OnAction { action, deadline, receipt } = &opens else { return opens };
        let came = self.facts.iter().find(|fact| {
            fact.step > step
                && (self.is_of(fact, to) || self.housemates(to).contains(&fact.owner))
                && fact.fact.action.as_ref() == Some(action)
                && (fact.fact.of.is_empty() || fact.fact.of == *receipt)
                && deadline.is_none_or(|deadline| fact.fact.at.day <= deadline)
        });
        came.map_or(opens.clone(), |fact| Opens::At(fact.fact.at.instant, fact.fact.at.day))
    }

    /// Does the running total of an award still count in today's window? One that is over is worked out
    /// again with the total of its day.
    fn runs_on(&self, award: &Award) -> bool {
        if !award.running || !self.is_again(&award.rule) {
            return false;
        }
        let rule = self.setup.rules.iter().find(|rule| rule.name == award.rule).unwrap();
        let mut ctx = Ctx::new(self, &award.of);
        ctx.to = &award.to;
        let Some(window) = ctx.running_window(&rule.gives[award.give].amount) else { return false };
        let rolling = matches!(window, Some(earnest::syntax::ast::Window::Rolling(_)));
        ctx.member = &award.to;
        !rolling && ctx.in_window(window.as_ref(), award.at, award.step, &award.first_to)
    }

    /// What the total of a running award still supports.
    fn running_target(&self, award: &Award) -> Q {
        let rule = self.setup.rules.iter().find(|rule| rule.name == award.rule).unwrap();
        let mut ctx = Ctx::new(self, &award.of);
        ctx.to = &award.to;
        ctx.award = (&award.rule, award.give);
        let left = award.given - award.reversed;
        match ctx.supported(&rule.gives[award.give].amount) {
            Some((worth, paid)) => left - (paid - worth).max0().min(left),
            None => left,
        }
    }

    fn other_target(&self, award: &Award, booked: &Booked, whole: bool) -> Q {
        let modes = self.modes_of(&award.rule);
        if modes.contains(&ReturnsMode::InProportion) {
            let kept = booked.fact.kept();
            let all: Q = award.lines.iter().map(|line| booked.fact.lines[*line].net()).sum();
            let rest: Q = award.lines.iter().map(|line| kept[*line].net()).sum();
            if whole {
                return ZERO;
            }
            if all.is_zero() {
                return award.given;
            }
            let decimals = self.setup.units[award.unit].decimals;
            return award.given - (award.given * (all - rest) / all).round(Rounding::Up, decimals);
        }
        if modes.contains(&ReturnsMode::WholeReceiptsOnly) && whole {
            return ZERO;
        }
        if modes.contains(&ReturnsMode::WholeReceiptsOnly) || modes.contains(&ReturnsMode::AwardsStay) {
            return award.given;
        }
        award.given - award.reversed
    }

    fn give_more(&mut self, row: usize, change: Q) {
        let award = self.awards[row].clone();
        // As many units of today.
        let mut amount = self.today_of(award.unit, award.at.day, award.reversed - change, change);
        let Some(lot) = award.lot else { return };
        if !amount.positive() {
            return;
        }
        self.awards[row].reversed -= change;
        // What had expired is expired again, what was not recovered is with the member still.
        let lost = amount.min(award.lost);
        self.awards[row].lost -= lost;
        if lost.positive() {
            self.lots[lot].expired.push((award.at.instant, lost));
        }
        amount -= lost;
        let dropped = amount.min(award.dropped);
        self.awards[row].dropped -= dropped;
        amount -= dropped;
        if amount.positive() {
            let name = self.lots[lot].name.clone();
            let owner = self.lots[lot].owner.clone();
            self.row(&owner, &award.rule, self.lots[lot].unit, Entry::Reverse, amount, &name);
            self.put_back(lot, amount);
        }
    }

    fn take_back(&mut self, row: usize, amount: Q) {
        let award = self.awards[row].clone();
        let Some(own) = award.lot.filter(|_| amount.positive()) else { return };
        let (unit, pot) = (self.lots[own].unit, self.lots[own].pot.clone());
        // Where it lies: in the pool, whoever's the receipt is now.
        let owner = self.lots[own].owner.clone();
        if owner != self.account(&award.to, unit) {
            // The product takes it from the pool that the account has gone to.
            self.known = Some("a receipt comes back whose pool stayed where it was");
        }
        // As many units of today.
        let today = self.today_of(award.unit, award.at.day, award.reversed, amount);
        let pending_only = self.modes_of(&award.rule).contains(&ReturnsMode::FromPendingOnly);
        let mut left = today;
        let mine = |lot: &usize| self.alike(&self.lots[*lot], &self.lots[own]);
        let twins: Vec<usize> = (0..self.lots.len()).filter(mine).collect();
        let mut order = twins.clone();
        // Its own lot first, then what came first.
        order.sort_by_key(|lot| (self.lots[*lot].name != self.lots[own].name, self.lots[*lot].came));
        if pending_only {
            order.retain(|lot| !self.lots[*lot].open);
        }
        let lower = |w: &mut World, order: Vec<usize>, mut left: Q| {
            for lot in order {
                let part = left.min(w.lots[lot].left);
                w.lots[lot].left -= part;
                left -= part;
                let name = w.lots[lot].name.clone();
                w.row(&owner, &award.rule, unit, Entry::Reverse, -part, &name);
            }
            left
        };
        left = lower(self, order, left);
        if pending_only {
            if self.was_turned(award.unit, award.at.day) {
                // The product frees room of what is not taken.
                self.known = Some("from pending only after a migration");
            }
            let (_, factor) = self.since_turned(award.unit, award.at.day);
            let taken = if left.is_zero() { amount } else { (today - left) / factor };
            self.awards[row].reversed += taken;
            return;
        }
        // What expired unspent since it was earned counts as taken back.
        let mut lost = ZERO;
        for lot in twins {
            for gone in self.lots[lot].expired.iter_mut().filter(|gone| gone.0 >= award.at.instant) {
                let part = left.min(gone.1);
                gone.1 -= part;
                lost += part;
                left -= part;
            }
        }
        self.awards[row].lost += lost;
        let mut order = self.spending_order(&owner, unit, pot.as_ref());
        order.extend(self.pending_order(&owner, unit, pot.as_ref()));
        left = lower(self, order, left);
        self.awards[row].reversed += amount;
        let dropped = if self.setup.units[unit].floor { left } else { ZERO };
        if dropped.positive() {
            self.warn("not-recovered");
            self.awards[row].dropped += dropped;
        }
        self.row(&owner, &award.rule, unit, Entry::Reverse, -(left - dropped), "debt");
        self.owe(&owner, unit, pot, left - dropped, None);
    }
}
