//! Migrations: `turn 100 points into 250 miles`, `turn Silver into Gold`.
//!
//! A migration touches the lots and debts that there are; what was earned before is still told in the old unit, and
//! a return of it passes through all migrations since.

use super::num::{Q, ZERO, share};
use super::world::{Datum, Entry, Hold, Rise, Trig, World};
use earnest::syntax::ast::{Expr, ExprKind, LiteralKind, Measure};
use earnest::time::Day;
use earnest::value::Rounding;

/// One `turn` of units on its day.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub day: Day,
    pub rule: usize,
    pub from: usize,
    pub into: usize,
    pub factor: Q,
}

/// What stands on a side of `turn`: so many units, or a tier.
fn side(expr: &Expr) -> (Option<Q>, String) {
    match &expr.kind {
        ExprKind::Literal(LiteralKind::Quantity(count, name)) => (Some((*count).into()), name.text.clone()),
        ExprKind::Literal(LiteralKind::Text(name)) => (None, name.clone()),
        ExprKind::Counted { measure: Measure::Path(path), .. } => (None, path.names[0].text.clone()),
        other => panic!("a turn of {other:?}"),
    }
}

impl World {
    /// At the beginning of a day, before all else of it.
    pub fn turn(&mut self, member: &str, day: Day) {
        for rule in 0..self.setup.rules.len() {
            let def = self.setup.rules[rule].clone();
            let Trig::Period(period) = &def.trig else { continue };
            if def.turns.is_empty() || !World::day_in_force(def.in_force, day) || !self.begins(period, member, day) {
                continue;
            }
            let mut units = vec![];
            for (from, into) in &def.turns {
                match (side(from), side(into)) {
                    ((Some(less), one), (Some(more), other)) => {
                        let unit = |noun: &str| self.setup.unit_named(noun).unwrap();
                        let (from, into) = (unit(&one), unit(&other));
                        units.push(Migration { day, rule, from, into, factor: more / less });
                    }
                    ((_, one), (_, other)) => self.turn_tier(member, &one, &other),
                }
            }
            self.turn_units(member, &units);
        }
    }

    /// All turns of a rule act at once.
    fn turn_units(&mut self, member: &str, turns: &[Migration]) {
        let mut all = vec![];
        for turn in turns {
            let known = |other: &Migration| (other.day, other.rule, other.from) == (turn.day, turn.rule, turn.from);
            if !self.migrations.iter().any(known) {
                self.migrations.push(*turn);
            }
            let owner = self.account(member, turn.from);
            // What several have together is turned once.
            if owner != member {
                let done = (owner.clone(), turn.rule, turn.day);
                if self.pool_turned.contains(&done) {
                    continue;
                }
            }
            let mut lots: Vec<usize> = (0..self.lots.len())
                .filter(|lot| self.lots[*lot].owner == owner && self.lots[*lot].unit == turn.from)
                .collect();
            lots.sort_by_key(|lot| (!self.lots[*lot].open, self.lots[*lot].lies, self.lots[*lot].came));
            let debts: Vec<usize> = (0..self.debts.len())
                .filter(|debt| self.debts[*debt].owner == owner && self.debts[*debt].unit == turn.from)
                .collect();
            all.push((*turn, owner, lots, debts));
        }
        for (turn, owner, ..) in &all {
            if owner != member {
                self.pool_turned.push((owner.clone(), turn.rule, turn.day));
            }
        }
        for (turn, _, lots, debts) in &all {
            self.turn_lots(member, turn, lots.clone());
            self.turn_debts(member, turn, debts);
        }
        // What came pays what is owed now, as it lies there; then what lay there before.
        let owing: Vec<usize> = all.iter().flat_map(|(_, _, _, debts)| debts.clone()).collect();
        for (_, _, mut lots, _) in all {
            lots.sort_by_key(|lot| (!self.lots[*lot].open, self.lots[*lot].lies, self.lots[*lot].came));
            lots.retain(|lot| self.lots[*lot].open);
            lots.into_iter().for_each(|lot| self.pay_debts(lot));
        }
        for debt in owing {
            let (owner, unit, pot) = {
                let debt = &self.debts[debt];
                (debt.owner.clone(), debt.unit, debt.pot.clone())
            };
            self.spending_order(&owner, unit, pot.as_ref()).into_iter().for_each(|lot| self.pay_debts(lot));
        }
    }

    fn turn_lots(&mut self, member: &str, turn: &Migration, mut lots: Vec<usize>) {
        let decimals = self.setup.units[turn.into].decimals;
        let parts = self.turned_parts(turn, &lots);
        let owner = self.account(member, turn.into);
        for (lot, part) in lots.iter().zip(parts) {
            let (name, old, had) = (self.lots[*lot].name.clone(), self.lots[*lot].owner.clone(), self.lots[*lot].left);
            self.row(&old, "", turn.from, Entry::Adjust, -had, &name);
            self.row(&owner, "", turn.into, Entry::Adjust, part, &name);
            let pot = self.turned_pot(self.lots[*lot].pot.clone(), turn);
            let it = &mut self.lots[*lot];
            (it.left, it.unit, it.pot) = (part, turn.into, pot);
            it.owner.clone_from(&owner);
            for gone in &mut it.expired {
                gone.1 = (gone.1 * turn.factor).round(Rounding::Down, decimals);
            }
        }
        for award in self.awards.iter_mut().filter(|award| award.lot.is_some_and(|lot| lots.contains(&lot))) {
            award.lost = (award.lost * turn.factor).round(Rounding::Down, decimals);
            award.dropped = (award.dropped * turn.factor).round(Rounding::Down, decimals);
        }
        if turn.from != turn.into {
            // One after the other they come to what lies there.
            lots.sort_by_key(|lot| (!self.lots[*lot].open, self.lots[*lot].lies, self.lots[*lot].came));
            let parts: Vec<Q> = lots.iter().map(|lot| std::mem::take(&mut self.lots[*lot].left)).collect();
            for (lot, part) in lots.into_iter().zip(parts) {
                self.place(lot);
                self.lots[lot].left = part;
            }
        }
    }

    /// The new sum is shared over what lies together, and there over the lots.
    fn turned_parts(&self, turn: &Migration, lots: &[usize]) -> Vec<Q> {
        let decimals = self.setup.units[turn.into].decimals;
        let mut piles: Vec<Vec<usize>> = vec![];
        for (at, lot) in lots.iter().enumerate() {
            let one = &self.lots[*lot];
            let like = |pile: &&mut Vec<usize>| {
                let other = &self.lots[lots[pile[0]]];
                one.open == other.open && self.alike(one, other)
            };
            match piles.iter_mut().find(like) {
                Some(pile) => pile.push(at),
                None => piles.push(vec![at]),
            }
        }
        let left = |at: &usize| self.lots[lots[*at]].left;
        let weights: Vec<Q> = piles.iter().map(|pile| pile.iter().map(left).sum()).collect();
        let whole = (weights.iter().copied().sum::<Q>() * turn.factor).round(Rounding::Down, decimals);
        let mut parts = vec![ZERO; lots.len()];
        for (pile, part) in piles.iter().zip(share(whole, &weights, decimals)) {
            let weights: Vec<Q> = pile.iter().map(left).collect();
            for (at, part) in pile.iter().zip(share(part, &weights, decimals)) {
                parts[*at] = part;
            }
        }
        parts
    }

    fn turn_debts(&mut self, member: &str, turn: &Migration, debts: &[usize]) {
        let decimals = self.setup.units[turn.into].decimals;
        let weights: Vec<Q> = debts.iter().map(|debt| self.debts[*debt].left).collect();
        let sum: Q = weights.iter().copied().sum();
        let whole = (sum * turn.factor).round(Rounding::Down, decimals);
        let (old, owner) = (self.account(member, turn.from), self.account(member, turn.into));
        let apart = debts.iter().any(|debt| self.debts[*debt].pot.is_some());
        if sum.positive() && (apart || self.home(member).is_some()) {
            self.known = Some("debt of a household, or kept apart, that was turned");
        }
        self.row(&old, "", turn.from, Entry::Adjust, sum, "debt");
        self.row(&owner, "", turn.into, Entry::Adjust, -whole, "debt");
        for (debt, part) in debts.iter().zip(share(whole, &weights, decimals)) {
            let pot = self.turned_pot(self.debts[*debt].pot.clone(), turn);
            let it = &mut self.debts[*debt];
            (it.left, it.unit, it.pot) = (part, turn.into, pot);
            it.owner.clone_from(&owner);
        }
    }

    /// Kept apart by the same attribute, units stay so.
    fn turned_pot(&self, pot: Option<Datum>, turn: &Migration) -> Option<Datum> {
        let by = |unit: usize| self.setup.units[unit].apart.as_ref();
        pot.filter(|_| by(turn.into).is_some() && by(turn.into) == by(turn.from))
    }

    /// What units of a day are since: the unit, and how many one has become.
    pub fn since_turned(&self, unit: usize, day: Day) -> (usize, Q) {
        let mut now = (unit, super::num::ONE);
        let mut at: Option<(Day, usize)> = None;
        for turn in self.migrations.iter().filter(|turn| turn.day > day) {
            // Of the turns of one rule on one day each unit passes through one.
            if turn.from == now.0 && at != Some((turn.day, turn.rule)) {
                now = (turn.into, now.1 * turn.factor);
                at = Some((turn.day, turn.rule));
            }
        }
        now
    }

    /// Has what a unit was on a day been turned since?
    pub fn was_turned(&self, unit: usize, day: Day) -> bool {
        self.migrations.iter().any(|turn| turn.day > day && turn.from == unit)
    }

    /// So much more of a row goes after so much has gone already: as many units of today, parts adding up.
    pub fn today_of(&self, unit: usize, day: Day, gone: Q, more: Q) -> Q {
        let (now, factor) = self.since_turned(unit, day);
        if !self.was_turned(unit, day) {
            return more;
        }
        let decimals = self.setup.units[now].decimals;
        let down = |amount: Q| (amount * factor).round(Rounding::Down, decimals);
        down(gone + more) - down(gone)
    }

    /// Who holds the one as the tier in effect holds the other as long.
    fn turn_tier(&mut self, member: &str, from: &str, into: &str) {
        for ladder in 0..self.setup.ladders.len() {
            let tier = |name: &str| self.setup.ladders[ladder].tier_named(name);
            let (Some(from), Some(into)) = (tier(from), tier(into)) else { continue };
            let (now, step) = (self.now, self.step);
            let standing = &mut self.members.get_mut(member).unwrap().ladders[ladder];
            if standing.tier != from {
                continue;
            }
            standing.tier = into;
            // Dates that hang on entering a tier count from now on.
            if into > from {
                standing.rises.push(Rise { at: now, step, tier: into, who: member.to_owned() });
            }
            let (old, mut rest): (Vec<Hold>, Vec<Hold>) =
                std::mem::take(&mut standing.holds).into_iter().partition(|hold| hold.tier == from);
            for mut hold in old {
                // No later return takes it back.
                (hold.tier, hold.by_rule) = (into, true);
                match rest.iter_mut().find(|other| other.tier == into) {
                    Some(other) => {
                        let longer = hold.until.unwrap_or(Day::MAX) > other.until.unwrap_or(Day::MAX);
                        if longer {
                            other.until = hold.until;
                        }
                        other.effective = other.effective.min(hold.effective);
                    }
                    None => rest.push(hold),
                }
            }
            standing.holds = rest;
        }
    }
}
