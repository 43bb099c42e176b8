//! Households: one pot of a unit for all who live together.
//!
//! What they have lies under the name of the pool, marked so that no member is mistaken for it.

use super::num::ZERO;
use super::world::{Booked, Datum, Entry, World};
use std::collections::BTreeSet;

/// Stands before the name of a pool where a member's could stand.
pub const MARK: char = '\u{1}';

/// The name as results tell it.
pub fn told(account: &str) -> &str {
    account.strip_prefix(MARK).unwrap_or(account)
}

impl World {
    /// Where a member lives, if units are pooled at all.
    pub fn home(&self, member: &str) -> Option<String> {
        let by = self.setup.units.iter().find_map(|unit| unit.pooled.as_ref())?;
        match self.homes.get(member)?.get(by) {
            Some(Datum::Text(house)) if !house.is_empty() => Some(format!("{MARK}{house}")),
            _ => None,
        }
    }

    /// Where a member's units lie: with the member, or in the pool.
    pub fn account(&self, member: &str, unit: usize) -> String {
        let pooled = self.setup.units[unit].pooled.is_some();
        self.home(member).filter(|_| pooled).unwrap_or_else(|| member.to_owned())
    }

    /// The pools in which something ever lay, each with its unit.
    pub fn pools(&self) -> BTreeSet<(String, usize)> {
        let lots = self.lots.iter().map(|lot| (lot.owner.clone(), lot.unit));
        let debts = self.debts.iter().map(|debt| (debt.owner.clone(), debt.unit));
        lots.chain(debts).filter(|pool| pool.0.starts_with(MARK)).collect()
    }

    /// Who lives from an account now.
    pub fn living(&self, account: &str) -> Vec<String> {
        let here = |name: &&String| **name == account || self.home(name).as_deref() == Some(account);
        let active = self.members.values().filter(|member| member.active).map(|member| &member.name);
        active.filter(here).cloned().collect()
    }

    /// Whoever else lives from what a member lives from.
    pub fn housemates(&self, member: &str) -> Vec<String> {
        let Some(home) = self.home(member) else { return vec![] };
        self.living(&home).into_iter().filter(|other| other != member).collect()
    }

    /// Did something that an account's owner did happen to this account, or to one whose units it has now?
    pub fn is_of_account(&self, who: &str, step: usize, account: &str) -> bool {
        let mut now = self.home(who).unwrap_or_else(|| who.to_owned());
        for (from, into, at) in &self.moves {
            if *at >= step && *from == now {
                now.clone_from(into);
            }
        }
        now == account
    }

    /// The facts by which units of an account live.
    pub fn doings<'a>(&'a self, account: &'a str) -> impl Iterator<Item = &'a Booked> {
        let pool = account.starts_with(MARK);
        self.facts.iter().filter(move |fact| {
            if pool { self.is_of_account(&fact.who, fact.step, account) } else { self.is_of(fact, account) }
        })
    }

    /// How a lot is called: the lot of a pool names who earned it.
    pub fn lot_name_of(&self, owner: &str, unit: usize, name: &str) -> String {
        if self.account(owner, unit) == owner { name.to_owned() } else { format!("{owner} {name}") }
    }

    /// What is lost with who leaves: their own, and the pool if nobody stays.
    pub fn lose_all(&mut self, owner: &str) {
        let alone = self.housemates(owner).is_empty();
        for lot in 0..self.lots.len() {
            let it = &self.lots[lot];
            let account = self.account(owner, it.unit);
            if it.owner == account && (alone || account == owner) {
                if it.left.positive() {
                    self.expire(lot);
                }
                self.lots[lot].expired.clear();
            }
        }
        for debt in 0..self.debts.len() {
            let it = &self.debts[debt];
            let (unit, left, account) = (it.unit, it.left, self.account(owner, it.unit));
            if it.owner == account && (alone || account == owner) && left.positive() {
                self.row(&account, "", unit, Entry::Adjust, left, "debt");
                self.debts[debt].left = ZERO;
            }
        }
    }

    /// Who lives from what moved looks, too, where a ladder hangs on it.
    pub fn housemates_look(&mut self, member: &str) {
        for other in self.housemates(member) {
            for ladder in 0..self.setup.ladders.len() {
                if self.setup.ladders[ladder].on_balance() {
                    self.look_at(ladder, &other, true, true);
                }
            }
            self.entered();
        }
    }
}
