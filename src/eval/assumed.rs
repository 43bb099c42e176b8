//! What members are assumed to do where a history does not say.
//!
//! `assume "Pay with beans" used by 60% of members at 50% of receipts` decides of each member once, and of each of
//! their purchases again. The choice is the SHA-256 of seed, reward, member (and receipt), so it hangs on nothing
//! else: neither on who else there is nor on the order of work. A receipt with which the history redeems something
//! is left as it is.

use super::Fault;
use super::account::Account;
use super::offer::available;
use super::post::Desk;
use super::purchase::Fact;
use super::sale::Till;
use crate::ledger::Sink;
use crate::plan::{Reward, RuleId};
use crate::value::Exact;
use sha2::{Digest, Sha256};

/// All of something, in millionths.
const ALL: u32 = 1_000_000;

impl<S: Sink> Desk<'_, S> {
    /// Is a reward assumed to be used with this receipt?
    pub(super) fn is_assumed(
        &self,
        account: &Account,
        till: &Till<'_, '_>,
        rule: RuleId,
        reward: &Reward,
    ) -> Result<bool, Fault> {
        let Some(assumed) = &reward.assumed else { return Ok(false) };
        if !till.event.redeemed.is_empty() {
            return Ok(false);
        }
        let name = &self.plan.rule(rule).name;
        let member = [&assumed.seed, name.as_str(), &*account.name];
        let receipt = [&assumed.seed, name.as_str(), &*account.name, till.event.id.as_str()];
        if !chance(assumed.members, &member) || !chance(assumed.receipts, &receipt) {
            return Ok(false);
        }
        let Some((unit, least)) = assumed.least else { return Ok(true) };
        let scene = self.scene_of(till.frame, &Fact::NONE, &[]);
        let least = scene.number(least)?.unwrap_or(Exact::ZERO);
        let have = Exact::from(available(account, unit, self.tag(unit, &till.event.values))?);
        Ok(have.compare(least)?.is_ge())
    }
}

/// Does it happen, at so many millionths? The same texts give the same answer, and a larger part holds all that a
/// smaller one does.
fn chance(millionths: u32, texts: &[&str]) -> bool {
    if millionths >= ALL {
        return true;
    }
    let mut hash = Sha256::new();
    for text in texts {
        // Lengths keep `ab` + `c` and `a` + `bc` apart.
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(text.as_bytes());
    }
    let hash = hash.finalize();
    let first = hash.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let drawn = (u128::from(first) * u128::from(ALL)) >> 64;
    drawn < u128::from(millionths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_many_is_about_that_part_and_grows_with_it() {
        let names: Vec<String> = (0..10_000).map(|at| format!("M{at}")).collect();
        let chosen = |part| names.iter().filter(|name| chance(part, &["s", "Pay", name])).count();
        assert_eq!((chosen(0), chosen(ALL)), (0, 10_000));
        assert!((5_800..6_200).contains(&chosen(600_000)), "{}", chosen(600_000));
        assert!(names.iter().all(|name| !chance(400_000, &["s", name]) || chance(800_000, &["s", name])));
        assert!(names.iter().any(|name| chance(500_000, &["s", name]) != chance(500_000, &["t", name])));
    }
}
