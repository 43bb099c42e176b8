//! How a fact begins and ends: joining by it, whether an open account covers it, and what looks after it.

use super::account::{Account, Holding};
use super::around::{Around, Level};
use super::fault::{Fault, NotCovered};
use super::house::own_piles;
use super::post::{Cause, Desk};
use super::purchase::Fact;
use crate::ledger::Sink;
use crate::plan::Plan;
use crate::ty::event::Datum;
use crate::ty::{Event, Kind};
use crate::value::Amount;

pub(super) fn cause_of(event: &Event) -> Cause<'_> {
    Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None }
}

/// Joining, by whatever first fact.
pub(super) fn join<S: Sink>(
    desk: &mut Desk<'_, S>,
    account: &mut Account,
    around: &mut Around<'_>,
    event: &Event,
    friend: Datum,
) -> Result<(), Fault> {
    let fact = Fact { kind: Kind::Join, friend, ..Fact::NONE };
    desk.fact_rules(account, around, cause_of(event), &fact)?;
    desk.promoted(account, around.shared, cause_of(event))
}

/// After a fact: ladders look, rules on entering run, and what comes next is planned.
pub(super) fn close<S: Sink>(
    desk: &mut Desk<'_, S>,
    account: &mut Account,
    around: &mut Around<'_>,
    event: &Event,
) -> Result<(), Fault> {
    let mut rises = Vec::new();
    if event.kind != Kind::Purchase {
        desk.look_at_ladders(account, event.at, &mut rises)?;
        desk.entered(account, around.shared, cause_of(event), &rises)?;
    }
    if !desk.index.automatic.is_empty() {
        desk.convert(account, around.shared, cause_of(event), &desk.index.automatic)?;
    }
    if event.kind == Kind::Purchase {
        desk.plan_on(account, event.at.day);
    } else {
        desk.plan_anew(account, event.at.day);
    }
    if account.receipts.is_empty() {
        forget_repaid(account, desk.plan);
    }
    for (level, moved) in Level::above().zip(around.moved) {
        if around.look(account, level).is_none() {
            break;
        }
        let lender = desk.lend(account, around, level);
        let Some(referrer) = around.referrers.at(account, level) else { break };
        if moved {
            let mut rises = Vec::new();
            desk.look_at_ladders(referrer, event.at, &mut rises)?;
            desk.entered(referrer, around.shared, cause_of(event), &rises)?;
        }
        desk.plan_anew(referrer, event.at.day);
        desk.hand_back(account, around, lender, level);
    }
    Ok(())
}

/// No redemption can come back, so what paid its debt is needed no more.
#[inline]
pub(super) fn forget_repaid(account: &mut Account, plan: &Plan) {
    let paid = |holding: &Holding| holding.piles.iter().any(|pile| !pile.repaid.is_empty());
    if account.holdings.iter().any(paid) {
        own_piles(account, plan).for_each(|pile| pile.repaid.clear());
    }
}

/// An open account refuses to spend what it does not have.
pub(super) fn covered<S: Sink>(desk: &Desk<'_, S>, account: &Account, event: &Event) -> Result<(), Fault> {
    for redemption in &event.redeemed {
        let unit = crate::plan::UnitId::new(redemption.unit);
        let tag = desk.tag(unit, &event.values);
        let pile =
            account.holdings.get(redemption.unit).and_then(|holding| holding.piles.iter().find(|pile| pile.tag == tag));
        let available = match pile {
            Some(pile) => pile.open_total()?.minus(pile.debt)?,
            None => Amount::ZERO,
        };
        if available < redemption.points {
            let (member, unit) = (event.member.to_string(), desk.plan.unit(unit).key().to_owned());
            let wanted = redemption.points;
            return Err(Fault::NotCovered(Box::new(NotCovered { member, unit, available, wanted })));
        }
    }
    Ok(())
}
