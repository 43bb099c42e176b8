//! `round … per receipt`: all rows of a unit are rounded as one and shared back.

use super::Fault;
use super::accrual::Work;
use crate::plan::{Measured, Round};
use crate::value::{Amount, Exact, Rounding};

impl Work<'_> {
    /// `round … per receipt`: the rows of a unit are rounded as one and shared back by largest remainder.
    pub(super) fn round_receipt(&mut self) -> Result<(), Fault> {
        use crate::syntax::ast::RoundScope;
        for (at, unit) in self.plan.units.iter().enumerate() {
            let Round { mode, scope: RoundScope::Receipt } = unit.round else { continue };
            let mut rows: Vec<usize> = Vec::new();
            let mut total = Exact::ZERO;
            for (row, award) in self.done.awards.iter().enumerate() {
                if award.unit.index() == at && award.given == award.wanted && !award.exact.is_negative() {
                    rows.push(row);
                    total = total.plus(award.exact)?;
                }
            }
            self.share_back(&rows, total.round(mode, unit.decimals)?, unit.decimals)?;
        }
        Ok(())
    }

    pub(super) fn share_back(&mut self, rows: &[usize], total: Amount, decimals: u32) -> Result<(), Fault> {
        let weights: Vec<Amount> = rows
            .iter()
            .filter_map(|row| self.done.awards.get(*row))
            .map(|award| award.exact.round(Rounding::Down, 6).unwrap_or(Amount::ZERO))
            .collect();
        let plan = self.plan;
        let step = 10_i64.pow(6_u32.saturating_sub(decimals));
        let parts = crate::value::share_out(total, &weights, step)?;
        for (row, part) in rows.iter().zip(parts) {
            if let Some(award) = self.done.awards.get_mut(*row) {
                let before = award.given;
                award.wanted = part;
                award.given = part;
                for charge in &mut award.charges {
                    if matches!(plan.limit(charge.limit).measured, Measured::Units(_)) && before.is_positive() {
                        let share = Exact::from(charge.amount).over(Exact::from(before))?;
                        charge.amount = share.times(Exact::from(part))?.round(Rounding::Down, decimals)?;
                    }
                }
            }
        }
        Ok(())
    }
}
