//! A tier that a return takes back: one that was reached by the receipt, or later, and whose value falls short.

use super::Fault;
use super::account::{Account, Hold};
use super::around::Level;
use super::post::Desk;
use crate::ledger::Sink;
use crate::plan::{CounterId, LadderId};
use crate::time::Moment;
use crate::value::Amount;

/// A receipt that came back: when it was bought, which purchase it was, and by how much it lowered counters.
pub(super) type Lowered = (Moment, u64, Vec<(CounterId, Amount)>);

/// By how much a receipt that came back lowered counters, and whose: the member's, or those of one above.
pub(super) type LoweredOf = Vec<(Level, CounterId, Amount)>;

impl<S: Sink> Desk<'_, S> {
    /// A return lowered counters: a rise by that receipt or later is taken back where the value falls
    /// short, both as it stood on entering and as it stands now.
    pub(super) fn take_back_rises(
        &mut self,
        account: &mut Account,
        returned: &[Lowered],
        at: Moment,
    ) -> Result<(), Fault> {
        for place in 0..self.plan.ladders.len() {
            let ladder = LadderId::new(place);
            let of = self.plan.ladder(ladder);
            if of.keep.is_none() {
                continue;
            }
            let reached = self.value_tier(account, ladder, at)?;
            let mut fallen = Vec::new();
            let restarts = of.counters.iter().any(|id| self.plan.counter(*id).restarts.is_some());
            let Some(standing) = account.standings.get(place) else { continue };
            let mut holds = standing.holds.clone();
            for (tier, hold) in holds.iter_mut().enumerate() {
                let Some(held) = hold.as_mut().filter(|hold| !hold.given) else { continue };
                let mut made_by_one = false;
                // Where a rise makes the counters start again, what was bought up to the rise before is not in them,
                // nor what was bought after this one.
                for (bought, nth, lowered) in returned {
                    let by_it = held.entered > *bought || (held.entered == *bought && held.purchases >= *nth);
                    let counts = held.after.is_none_or(|after| (*bought, *nth) > after) && (by_it || !restarts);
                    if counts && (by_it || held.entered.day == bought.day) {
                        self.lower(account, ladder, held, *bought, lowered)?;
                    }
                    made_by_one |= by_it;
                }
                if !made_by_one {
                    continue;
                }
                let mut frame = self.ladder_frame(account, ladder, held.entered)?;
                for (id, value) in of.counters.iter().zip(&held.values) {
                    if let Some(place) = frame.counters.get_mut(id.index()) {
                        *place = Some(*value);
                    }
                }
                let reach = of.tiers.get(tier).and_then(|tier| tier.reach);
                let stood = match reach {
                    Some(reach) => self.state_scene(&frame).holds(reach)?,
                    None => true,
                };
                if !stood && usize::from(reached) < tier {
                    fallen.push(tier);
                }
            }
            for tier in fallen {
                if let Some(hold) = holds.get_mut(tier) {
                    *hold = None;
                }
            }
            if let Some(standing) = account.standings.get_mut(place) {
                standing.holds = holds;
            }
            self.settle(account, ladder, at, reached, &mut Vec::new());
        }
        Ok(())
    }

    fn lower(
        &self,
        account: &Account,
        ladder: LadderId,
        hold: &mut Hold,
        bought: Moment,
        lowered: &[(CounterId, Amount)],
    ) -> Result<(), Fault> {
        let who = account.who(self.plan, &self.index.layout);
        for (id, value) in self.plan.ladder(ladder).counters.iter().zip(&mut hold.values) {
            let window = who.window(&self.plan.counter(*id).window, hold.entered);
            if window.is_none_or(|(first, last)| first <= bought.day && bought.day <= last) {
                for (_, amount) in lowered.iter().filter(|(of, _)| of == id) {
                    *value = value.plus(*amount)?;
                }
            }
        }
        Ok(())
    }
}
