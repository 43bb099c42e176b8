//! What is told in money beside the units: fees, and what partners owe each other.
//!
//! `price 990 RUB` makes every award of the unit a fee, at the price of its day. `settle by partner` tells for each
//! partner what the units earned on its receipts are worth and what was redeemed with it. A return changes either by
//! the numbers of the day of purchase, so parts add up to the whole.

use super::Fault;
use super::account::{Account, Frame, Spent};
use super::post::Desk;
use super::purchase::Fact;
use crate::ledger::{Settled, Sink};
use crate::plan::{ExprId, Plan, UnitId};
use crate::time::Moment;
use crate::ty::Sym;
use crate::ty::event::Datum;
use crate::value::{Amount, Exact, Rounding};

/// Is anything told in money?
pub(super) fn tells_money(plan: &Plan) -> bool {
    plan.settle_by.is_some() || plan.units.iter().any(|unit| unit.price.is_some())
}

impl<S: Sink> Desk<'_, S> {
    /// An award stands at `now` units instead of `before`; `values` are those of its receipt.
    pub(super) fn tell_award(
        &mut self,
        account: &Account,
        values: &[Datum],
        unit: UnitId,
        (before, now): (Amount, Amount),
        at: Moment,
    ) -> Result<(), Fault> {
        if !self.index.tells_money || before == now {
            return Ok(());
        }
        if let Some(price) = self.plan.unit(unit).price {
            let fee = |units| self.in_money(account, price, units, at);
            let money = fee(now)?.minus(fee(before)?)?;
            self.sink.fee(unit, money);
        }
        if let Some(partner) = self.partner(values) {
            let money = self.money_of(account, unit, now, at)?.minus(self.money_of(account, unit, before, at)?)?;
            self.sink.settled(partner, Settled::Issued, money);
        }
        Ok(())
    }

    /// Of the units spent on a receipt so many stay spent, instead of so many.
    pub(super) fn tell_spent(
        &mut self,
        account: &Account,
        values: &[Datum],
        spent: &Spent,
        (before, now): (Amount, Amount),
        at: Moment,
    ) -> Result<(), Fault> {
        let Some(partner) = self.partner(values) else { return Ok(()) };
        let value = |units: Amount| -> Result<Amount, Fault> {
            if !spent.paid.is_positive() {
                return self.money_of(account, spent.unit, units, at);
            }
            let share = Exact::from(units).over(Exact::from(spent.total))?;
            let money = Exact::from(spent.paid).times(share)?;
            money.round(Rounding::HalfUp, self.plan.currency_decimals).map_err(Fault::from)
        };
        let money = value(now)?.minus(value(before)?)?;
        self.sink.settled(partner, Settled::Redeemed, money);
        Ok(())
    }

    /// With whom it happened; none where it is not told.
    fn partner(&self, values: &[Datum]) -> Option<Sym> {
        match self.plan.settle_by.and_then(|slot| values.get(slot)) {
            Some(Datum::Text(partner)) if *partner != Sym::EMPTY => Some(*partner),
            _ => None,
        }
    }

    /// What so many units come to at a value of the day, in smallest units of the currency.
    pub(super) fn in_money(
        &self,
        account: &Account,
        value: ExprId,
        units: Amount,
        at: Moment,
    ) -> Result<Amount, Fault> {
        let frame = Frame { at, joined: account.joined.unwrap_or(at.day), ..Frame::default() };
        let value = self.scene_of(&frame, &Fact::NONE, &[]).number(value)?.unwrap_or(Exact::ZERO);
        Exact::from(units).times(value)?.round(Rounding::HalfUp, self.plan.currency_decimals).map_err(Fault::from)
    }
}
