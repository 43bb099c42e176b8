//! A receipt on its way through the steps of a purchase: what came off each line, and what units paid.

use super::Fault;
use super::account::{Charge, Spent};
use super::away::Parcel;
use super::offer::Gift;
use crate::ty::Line;
use crate::value::{Amount, Exact, Rounding, share_out};

/// A receipt on its way through the steps.
#[derive(Default)]
pub(super) struct Bill {
    /// The lines, each with what came off.
    pub lines: Vec<Line>,
    /// Money of each line that units paid.
    pub paid: Vec<Amount>,
    /// The units spent.
    pub spent: Vec<Spent>,
    /// Units that rewards give, when all else is worked out.
    pub gifts: Vec<Gift>,
    /// Units that go to another member.
    pub parcels: Vec<Parcel>,
    /// What limits without a window were charged on this receipt.
    pub charges: Vec<Charge>,
}

impl Bill {
    /// A receipt before its first step.
    pub(super) fn of(lines: &[Line]) -> Self {
        Self { lines: lines.to_vec(), paid: vec![Amount::ZERO; lines.len()], ..Self::default() }
    }

    /// A receipt from which nothing comes off: its lines stay where they are.
    pub(super) fn plain(paid: Vec<Amount>) -> Self {
        Self { paid, ..Self::default() }
    }

    /// What is left to pay of each line.
    pub(super) fn left(&self) -> Result<Vec<Amount>, Fault> {
        let mut left = Vec::with_capacity(self.lines.len());
        for (line, paid) in self.lines.iter().zip(&self.paid) {
            left.push(line.amount.minus(line.discount)?.minus(*paid)?.max(Amount::ZERO));
        }
        Ok(left)
    }

    /// Takes money off the chosen lines, in proportion to `weights`, no line below zero; answers how much that was.
    pub(super) fn take_off(
        &mut self,
        chosen: &[u16],
        money: Amount,
        weights: &[Amount],
        step: i64,
        by_units: bool,
    ) -> Result<Amount, Fault> {
        let left = self.left()?;
        let of = |list: &[Amount], at: &u16| list.get(usize::from(*at)).copied().unwrap_or_default();
        let room = sum_of(&left, chosen)?;
        let money = money.min(room);
        if !money.is_positive() {
            return Ok(Amount::ZERO);
        }
        let own: Vec<Amount> = chosen.iter().map(|at| of(weights, at)).collect();
        let mut parts = share_out(money, &own, step)?;
        let mut over = Amount::ZERO;
        for (at, part) in chosen.iter().zip(&mut parts) {
            let fits = (*part).min(of(&left, at));
            over = over.plus(part.minus(fits)?)?;
            *part = fits;
        }
        // What a line cannot bear goes to the others, the earlier first.
        for (at, part) in chosen.iter().zip(&mut parts) {
            let more = of(&left, at).minus(*part)?.min(over);
            *part = part.plus(more)?;
            over = over.minus(more)?;
        }
        for (at, part) in chosen.iter().zip(parts) {
            self.take_off_line(usize::from(*at), part, by_units)?;
        }
        money.minus(over).map_err(Fault::from)
    }

    fn take_off_line(&mut self, at: usize, part: Amount, by_units: bool) -> Result<(), Fault> {
        if by_units {
            if let Some(paid) = self.paid.get_mut(at) {
                *paid = paid.plus(part)?;
            }
        } else if let Some(line) = self.lines.get_mut(at) {
            line.discount = line.discount.plus(part)?;
        }
        Ok(())
    }

    /// Lets so many of the cheapest items of the chosen lines cost nothing; answers what they cost.
    pub(super) fn free(&mut self, chosen: &[u16], items: i64, decimals: u32) -> Result<Amount, Fault> {
        let left = self.left()?;
        let mut priced = Vec::with_capacity(chosen.len());
        for at in chosen.iter().map(|at| usize::from(*at)) {
            let (Some(line), Some(left)) = (self.lines.get(at), left.get(at)) else { continue };
            let whole = line.quantity.minus(line.free)?.micros().div_euclid(Amount::SCALE);
            if whole > 0 && left.is_positive() {
                let count = Exact::from(line.quantity.minus(line.free)?);
                priced.push((Exact::from(*left).over(count)?, at, whole));
            }
        }
        priced.sort_by(|(one, at, _), (other, place, _)| {
            one.compare(*other).unwrap_or(std::cmp::Ordering::Equal).then(at.cmp(place))
        });
        let mut wanted = items;
        let mut sum = Amount::ZERO;
        for (price, at, whole) in priced {
            let count = whole.min(wanted);
            if count <= 0 {
                break;
            }
            wanted = wanted.saturating_sub(count);
            let most = left.get(at).copied().unwrap_or_default();
            let money = price.times(Exact::whole(count))?.round(Rounding::HalfUp, decimals)?.min(most);
            if let Some(line) = self.lines.get_mut(at) {
                line.free = line.free.plus(Amount::whole(count)?)?;
            }
            self.take_off_line(at, money, false)?;
            sum = sum.plus(money)?;
        }
        Ok(sum)
    }

    /// How many whole items of the chosen lines still cost something.
    pub(super) fn items(&self, chosen: &[u16]) -> Result<i64, Fault> {
        let left = self.left()?;
        let mut count = 0_i64;
        for at in chosen.iter().map(|at| usize::from(*at)) {
            if let (Some(line), Some(left)) = (self.lines.get(at), left.get(at))
                && left.is_positive()
            {
                let whole = line.quantity.minus(line.free)?.micros().div_euclid(Amount::SCALE);
                count = count.saturating_add(whole.max(0));
            }
        }
        Ok(count)
    }
}

/// The sum of a list over some lines.
pub(super) fn sum_of(list: &[Amount], chosen: &[u16]) -> Result<Amount, Fault> {
    let mut own = chosen.iter().filter_map(|at| list.get(usize::from(*at)));
    own.try_fold(Amount::ZERO, |sum, part| sum.plus(*part)).map_err(Fault::from)
}
