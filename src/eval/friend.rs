//! Limits per friend (`give the referrer 10% of spend as beans, at most 500 beans per friend`), where the friend goes up
//! in another account: what was charged for the one is charged for the other.
//!
//! Such a limit stands with who receives and names the friend. A merge looks for it with those above the friend, now or
//! at a receipt that can still come back, and nowhere else.

use super::Fault;
use super::account::{Account, Few, Key, Usage};
use super::around::LEVELS;
use super::book::Book;
use super::when::Who;
use crate::plan::{Limit, LimitId, LimitKey, Plan};
use crate::time::Moment;
use crate::ty::event::Datum;

/// A friend under the old name and under the one that goes on.
#[derive(Clone, Copy)]
pub(super) struct Renamed {
    old: Datum,
    new: Datum,
}

/// Is anything limited by the friend that it is given for?
pub(super) fn is_per_friend(plan: &Plan) -> bool {
    plan.limits.iter().any(|limit| limit.keys.contains(&LimitKey::Friend))
}

/// The place of the friend among the values of a limit's keys.
fn place_of_friend(limit: &Limit) -> Option<usize> {
    let mut named = limit.keys.iter().filter(|key| !matches!(key, LimitKey::Member | LimitKey::Programme));
    named.position(|key| *key == LimitKey::Friend)
}

impl Renamed {
    /// The key under which a limit goes on; none if it is not about this friend.
    fn key(self, plan: &Plan, limit: LimitId, key: Key) -> Option<Key> {
        let place = place_of_friend(plan.limit(limit))?;
        let mut renamed = key;
        let friend = renamed.0.get_mut(place).filter(|friend| **friend == self.old)?;
        *friend = self.new;
        Some(renamed)
    }

    /// What was charged under both names becomes one sum.
    fn usage(self, plan: &Plan, usage: &mut Few<Usage, 1>, who: &Who<'_>, at: Moment) -> Result<(), Fault> {
        for mut own in std::mem::take(usage) {
            own.key = self.key(plan, own.limit, own.key).unwrap_or(own.key);
            let Some(known) = usage.iter_mut().find(|known| known.limit == own.limit && known.key == own.key) else {
                usage.push(own);
                continue;
            };
            if let Some(window) = &plan.limit(own.limit).window {
                own.tally.roll(window, who, at)?;
                known.tally.roll(window, who, at)?;
            }
            known.tally.merge(&own.tally)?;
        }
        Ok(())
    }
}

impl Book {
    /// A member as limits per friend know one.
    pub(super) fn friend_of(&mut self, at: usize) -> Datum {
        match self.accounts.get(at).filter(|_| self.per_friend) {
            Some(account) => Datum::Text(self.texts.intern(&account.name)),
            None => Datum::Missing,
        }
    }

    /// Those above a member, now or at a receipt that can still come back.
    pub(super) fn all_above(&self, at: usize) -> Vec<usize> {
        let chains = |account: &Account| {
            let then = account.receipts.iter().map(|receipt| self.chain_then(receipt));
            then.chain([self.chain_of(at, None)]).flat_map(<[Option<usize>; LEVELS]>::into_iter).flatten().collect()
        };
        let mut all: Vec<usize> = self.accounts.get(at).map(chains).unwrap_or_default();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A friend went up in another account: limits per friend of those above, and its receipts, know it by that.
    pub(super) fn friend_goes_on(
        &mut self,
        (old, into): (Datum, usize),
        above: &[usize],
        at: Moment,
    ) -> Result<(), Fault> {
        let renamed = Renamed { old, new: self.friend_of(into) };
        let (plan, index) = (&*self.plan, &*self.index);
        for place in above.iter().chain([&into]) {
            let Some(account) = self.accounts.get_mut(*place) else { continue };
            let mut usage = std::mem::take(&mut account.usage);
            renamed.usage(plan, &mut usage, &account.who(plan, &index.layout), at)?;
            account.usage = usage;
            for carried in &mut account.carried {
                carried.key = renamed.key(plan, carried.limit, carried.key).unwrap_or(carried.key);
            }
        }
        let Some(account) = self.accounts.get_mut(into) else { return Ok(()) };
        renamed.usage(plan, &mut self.shared.usage, &account.who(plan, &index.layout), at)?;
        for receipt in &mut account.receipts {
            for room in &mut receipt.frame.rooms {
                room.key = renamed.key(plan, room.limit, room.key).unwrap_or(room.key);
            }
            for charge in receipt.awards.iter_mut().flat_map(|row| &mut row.charges) {
                charge.key = renamed.key(plan, charge.limit, charge.key).unwrap_or(charge.key);
            }
        }
        Ok(())
    }
}
