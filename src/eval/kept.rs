//! What is left of a receipt after returns: the lines that were kept, with their money.

use super::Fault;
use super::account::{KeptLine, Receipt};
use super::value::Basket;
use crate::ty::Line;
use crate::ty::event::Datum;
use crate::value::{Amount, Exact, Rounding};

/// What the lines of a receipt are now: those kept, with their money that units paid.
pub(super) struct Kept {
    pub(super) lines: Vec<Line>,
    pub(super) paid: Vec<Amount>,
    /// For each kept line, its place on the receipt.
    pub(super) places: Vec<usize>,
}

impl Kept {
    pub(super) fn basket<'a>(&'a self, values: &'a [Datum]) -> Basket<'a> {
        Basket { lines: &self.lines, paid: &self.paid, values, part: None }
    }
}

/// A receipt as it was bought.
pub(super) fn whole_of(receipt: &Receipt) -> Kept {
    Kept {
        lines: receipt.lines.iter().map(|line| line.line.clone()).collect(),
        paid: receipt.lines.iter().map(|line| line.paid).collect(),
        places: (0..receipt.lines.len()).collect(),
    }
}

/// The part of `whole` that has come back: by quantity, and by amounts without an article.
pub(super) fn back_of(line: &KeptLine, whole: Amount) -> Result<Amount, Fault> {
    let mut back = Amount::ZERO;
    if line.back_quantity.is_positive() && line.line.quantity.is_positive() {
        let share = Exact::from(line.back_quantity).over(Exact::from(line.line.quantity))?;
        back = Exact::from(whole).times(share)?.round(Rounding::HalfUp, 6)?;
    }
    if line.back_amount.is_positive() && line.line.amount.is_positive() {
        let share = Exact::from(line.back_amount).over(Exact::from(line.line.amount))?;
        back = back.plus(Exact::from(whole).times(share)?.round(Rounding::HalfUp, 6)?)?;
    }
    Ok(if whole.is_negative() { back } else { back.min(whole) })
}

pub(super) fn is_gone(line: &KeptLine) -> Result<bool, Fault> {
    let quantity = line.line.quantity;
    let by_quantity = quantity.is_positive() && line.back_quantity >= quantity;
    let left = line.line.amount.minus(back_of(line, line.line.amount)?)?;
    Ok(by_quantity || (line.line.amount.is_positive() && !left.is_positive()))
}

pub(super) fn kept_of(receipt: &Receipt) -> Result<Kept, Fault> {
    let most = receipt.lines.len();
    let mut kept =
        Kept { lines: Vec::with_capacity(most), paid: Vec::with_capacity(most), places: Vec::with_capacity(most) };
    for (place, line) in receipt.lines.iter().enumerate() {
        if is_gone(line)? {
            continue;
        }
        let mut left = line.line.clone();
        left.amount = left.amount.minus(back_of(line, line.line.amount)?)?;
        left.discount = left.discount.minus(back_of(line, line.line.discount)?)?;
        left.quantity = left.quantity.minus(line.back_quantity)?;
        left.free = left.free.minus(back_of(line, line.line.free)?)?;
        for value in &mut left.values {
            if let Datum::Number(number) = value {
                *number = number.minus(back_of(line, *number)?)?;
            }
        }
        kept.lines.push(left);
        kept.paid.push(line.paid.minus(back_of(line, line.paid)?)?);
        kept.places.push(place);
    }
    Ok(kept)
}
