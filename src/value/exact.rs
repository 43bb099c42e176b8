//! Exact fractions: what is worked out between reading an amount and rounding an award.

use super::{Amount, Overflow};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// How a number is brought to so many decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Rounding {
    /// `round down`: towards zero.
    #[default]
    Down,
    /// `round up`: away from zero.
    Up,
    /// `round half up`: to the nearest, a half away from zero.
    HalfUp,
    /// `round half even`: to the nearest, a half to the even neighbour.
    HalfEven,
}

/// An exact fraction, its denominator above zero. It is brought to lowest terms only when it has to be:
/// to be told, or when the next step would not fit.
///
/// ```
/// use earnest::value::{Amount, Exact, Rounding};
/// let five_percent = Exact::new(5, 100).unwrap();
/// let spend = Exact::from(Amount::from_micros(19_990_000));
/// let award = five_percent.times(spend).unwrap();
/// assert_eq!(award.round(Rounding::HalfUp, 2).unwrap().to_string(), "1");
/// assert_eq!(award.round(Rounding::Down, 2).unwrap().to_string(), "0.99");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    num: i128,
    den: i128,
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        if self.den == other.den {
            return self.num == other.num;
        }
        match self.small(*other) {
            Some([num, den, other_num, other_den]) => product(num, other_den) == product(other_num, den),
            None => self.parts() == other.parts(),
        }
    }
}

impl Eq for Exact {}

impl std::hash::Hash for Exact {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// A step that works with two fractions as they are and fails where it does not fit.
type Step = fn(Exact, Exact) -> Option<Exact>;

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self { num: 0, den: 1 };
    /// One.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// `num / den`; an error if `den` is zero or the fraction cannot be held.
    pub fn new(num: i128, den: i128) -> Result<Self, Overflow> {
        match den {
            0 => Err(Overflow),
            1.. => Ok(Self { num, den }),
            _ => Ok(Self { num: num.checked_neg().ok_or(Overflow)?, den: den.checked_neg().ok_or(Overflow)? }),
        }
    }

    /// A whole number.
    pub const fn whole(number: i64) -> Self {
        Self { num: number as i128, den: 1 }
    }

    /// Numerator and denominator in lowest terms.
    pub fn parts(self) -> (i128, i128) {
        let lowest = self.lowest();
        (lowest.num, lowest.den)
    }

    /// The same number in lowest terms.
    #[must_use]
    pub fn lowest(self) -> Self {
        let common = i128::try_from(gcd(self.num.unsigned_abs(), self.den.unsigned_abs())).unwrap_or(1).max(1);
        Self { num: self.num / common, den: self.den / common }
    }

    /// Takes a step; where it does not fit, once more in lowest terms.
    fn step(self, other: Self, step: Step) -> Result<Self, Overflow> {
        step(self, other).or_else(|| step(self.lowest(), other.lowest())).ok_or(Overflow)
    }

    /// Both numbers in the processor's own integers, whose products cannot leave an `i128`: nearly always.
    #[inline]
    fn small(self, other: Self) -> Option<[i64; 4]> {
        let small = |part: i128| i64::try_from(part).ok();
        Some([small(self.num)?, small(self.den)?, small(other.num)?, small(other.den)?])
    }

    /// The sum.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        if let Some([num, den, other_num, other_den]) = self.small(other) {
            // Two products of 126 bits and their sum fit.
            return Ok(if den == other_den {
                Self { num: self.num + other.num, den: self.den }
            } else {
                Self { num: product(num, other_den) + product(other_num, den), den: product(den, other_den) }
            });
        }
        self.step(other, |left, right| {
            if left.den == right.den {
                return Some(Self { num: left.num.checked_add(right.num)?, den: left.den });
            }
            let num = left.num.checked_mul(right.den)?.checked_add(right.num.checked_mul(left.den)?)?;
            Some(Self { num, den: left.den.checked_mul(right.den)? })
        })
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.plus(other.negated()?)
    }

    /// The product.
    #[inline]
    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        if let Some([num, den, other_num, other_den]) = self.small(other) {
            return Ok(Self { num: product(num, other_num), den: product(den, other_den) });
        }
        self.step(other, |left, right| {
            Some(Self { num: left.num.checked_mul(right.num)?, den: left.den.checked_mul(right.den)? })
        })
    }

    /// The quotient, exact; an error for a division by zero.
    pub fn over(self, other: Self) -> Result<Self, Overflow> {
        self.times(Self::new(other.den, other.num)?)
    }

    /// The number with its sign turned.
    pub fn negated(self) -> Result<Self, Overflow> {
        Ok(Self { num: self.num.checked_neg().ok_or(Overflow)?, den: self.den })
    }

    /// Is it zero?
    pub const fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Is it above zero?
    pub const fn is_positive(self) -> bool {
        self.num > 0
    }

    /// Is it below zero?
    pub const fn is_negative(self) -> bool {
        self.num < 0
    }

    /// Which is larger, exactly.
    pub fn compare(self, other: Self) -> Result<Ordering, Overflow> {
        if self.den == other.den {
            return Ok(self.num.cmp(&other.num));
        }
        if let Some([num, den, other_num, other_den]) = self.small(other) {
            return Ok(product(num, other_den).cmp(&product(other_num, den)));
        }
        let cross =
            |left: Self, right: Self| Some(left.num.checked_mul(right.den)?.cmp(&right.num.checked_mul(left.den)?));
        cross(self, other).or_else(|| cross(self.lowest(), other.lowest())).ok_or(Overflow)
    }

    /// The number brought to `decimals` (at most six) by a named rounding.
    pub fn round(self, rounding: Rounding, decimals: u32) -> Result<Amount, Overflow> {
        let [up, down] = SCALES.get(decimals as usize).copied().unwrap_or([Amount::SCALE, 1]);
        if let (Ok(num), Ok(den)) = (i64::try_from(self.num), i64::try_from(self.den))
            && let Some(scaled) = num.checked_mul(up)
            && let Some(micros) = divide_small(scaled, den, rounding).and_then(|whole| whole.checked_mul(down))
        {
            return Ok(Amount::from_micros(micros));
        }
        let scaled = |exact: Self| Some((exact.num.checked_mul(i128::from(up))?, exact.den));
        let (scaled, den) = scaled(self).or_else(|| scaled(self.lowest())).ok_or(Overflow)?;
        let rounded = divide(scaled, den, rounding).ok_or(Overflow)?;
        let micros = rounded.checked_mul(i128::from(down)).ok_or(Overflow)?;
        i64::try_from(micros).map(Amount::from_micros).map_err(|_| Overflow)
    }

    /// So much of an amount, brought to `decimals` (at most six) by a named rounding: `5% of spend`.
    pub fn share_of(self, amount: Amount, rounding: Rounding, decimals: u32) -> Result<Amount, Overflow> {
        // Both count millionths, so of the scales only what the decimals leave off remains.
        let [_, down] = SCALES.get(decimals as usize).copied().unwrap_or([Amount::SCALE, 1]);
        if let (Ok(num), Ok(den)) = (i64::try_from(self.num), i64::try_from(self.den))
            && let (Some(num), Some(den)) = (num.checked_mul(amount.micros()), den.checked_mul(down))
            && let Some(micros) = divide_small(num, den, rounding).and_then(|whole| whole.checked_mul(down))
        {
            return Ok(Amount::from_micros(micros));
        }
        self.times(Self::from(amount))?.round(rounding, decimals)
    }

    /// How many whole blocks fit, by a named rounding: `per full 20 RUB` is `Down`.
    pub fn blocks(self, size: Self, rounding: Rounding) -> Result<Self, Overflow> {
        let count = self.over(size)?;
        Ok(Self { num: divide(count.num, count.den, rounding).ok_or(Overflow)?, den: 1 })
    }

    /// The same as an amount, if six decimals hold it exactly.
    pub fn to_amount(self) -> Option<Amount> {
        let (num, den) = self.parts();
        let micros = num.checked_mul(i128::from(Amount::SCALE))?;
        if micros.checked_rem(den)? != 0 {
            return None;
        }
        i64::try_from(micros.checked_div(den)?).ok().map(Amount::from_micros)
    }
}

/// For each number of decimals: how many of the last one are a whole, and how many millionths one of it is.
const SCALES: [[i64; 2]; 7] =
    [[1, 1_000_000], [10, 100_000], [100, 10_000], [1_000, 1_000], [10_000, 100], [100_000, 10], [1_000_000, 1]];

impl From<Amount> for Exact {
    fn from(amount: Amount) -> Self {
        Self { num: i128::from(amount.micros()), den: i128::from(Amount::SCALE) }
    }
}

/// The product of two of the processor's own integers, which always fits.
#[inline]
fn product(left: i64, right: i64) -> i128 {
    i128::from(left) * i128::from(right)
}

/// `num / den` by a named rounding, `den` above zero.
fn divide(num: i128, den: i128, rounding: Rounding) -> Option<i128> {
    // Most divisions fit the processor's own instruction, which is several times faster.
    if let (Ok(num), Ok(den)) = (i64::try_from(num), i64::try_from(den)) {
        return divide_small(num, den, rounding).map(i128::from);
    }
    let (quotient, remainder) = (num.checked_div(den)?, num.checked_rem(den)?);
    if remainder == 0 {
        return Some(quotient);
    }
    let half = remainder.unsigned_abs().checked_mul(2)?.cmp(&den.unsigned_abs());
    if outward(rounding, half, quotient % 2 != 0) { quotient.checked_add(num.signum()) } else { Some(quotient) }
}

/// The same in the processor's own integers.
fn divide_small(num: i64, den: i64, rounding: Rounding) -> Option<i64> {
    let (quotient, remainder) = (num.checked_div(den)?, num.checked_rem(den)?);
    if remainder == 0 {
        return Some(quotient);
    }
    let half = remainder.unsigned_abs().checked_mul(2)?.cmp(&den.unsigned_abs());
    if outward(rounding, half, quotient % 2 != 0) { quotient.checked_add(num.signum()) } else { Some(quotient) }
}

/// Does a number between two steps go away from zero? `half` compares what is over with half a step.
const fn outward(rounding: Rounding, half: Ordering, odd: bool) -> bool {
    match rounding {
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::HalfUp => half.is_ge(),
        Rounding::HalfEven => half.is_gt() || half.is_eq() && odd,
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        if let (Ok(small_a), Ok(small_b)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(gcd_small(small_a, small_b));
        }
        (a, b) = (b, a % b);
    }
    a
}

fn gcd_small(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(num: i128, den: i128) -> Exact {
        Exact::new(num, den).unwrap_or(Exact::ZERO)
    }

    #[test]
    fn each_rounding_does_what_its_name_says() {
        let cases = [
            (exact(5, 2), ["2", "3", "3", "2"]),
            (exact(7, 2), ["3", "4", "4", "4"]),
            (exact(-5, 2), ["-2", "-3", "-3", "-2"]),
            (exact(9, 4), ["2", "3", "2", "2"]),
            (exact(4, 2), ["2", "2", "2", "2"]),
        ];
        for (number, expected) in cases {
            let modes = [Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven];
            let got = modes.map(|mode| number.round(mode, 0).map(|amount| amount.to_string()).unwrap_or_default());
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn a_share_of_an_amount_is_the_product_rounded_once() {
        let shares = [(5, 100), (-7, 300), (1, 3), (i128::from(i64::MAX), 1_000), (1, i128::from(i64::MAX)), (0, 1)];
        let amounts = [0, 1, -1, 19_990_000, -45_500_000, 999_999_999_999, i64::MAX / 1_000_000];
        for (share, micros) in shares.iter().flat_map(|share| amounts.map(|micros| (share, micros))) {
            let (share, amount) = (exact(share.0, share.1), Amount::from_micros(micros));
            for rounding in [Rounding::Down, Rounding::Up, Rounding::HalfUp, Rounding::HalfEven] {
                for decimals in 0..=6 {
                    let product = share.times(Exact::from(amount)).and_then(|exact| exact.round(rounding, decimals));
                    assert_eq!(share.share_of(amount, rounding, decimals), product, "{share:?} of {amount}");
                }
            }
        }
    }

    #[test]
    fn blocks_count_whole_blocks_only() {
        let spend = exact(999, 10);
        assert_eq!(spend.blocks(Exact::whole(20), Rounding::Down), Ok(Exact::whole(4)));
        assert_eq!(spend.blocks(Exact::whole(20), Rounding::Up), Ok(Exact::whole(5)));
        assert_eq!(spend.blocks(Exact::whole(20), Rounding::HalfUp), Ok(Exact::whole(5)));
    }

    #[test]
    fn overflow_is_an_error_not_a_wrong_number() {
        let huge = exact(i128::MAX, 1);
        assert_eq!(huge.plus(Exact::ONE), Err(Overflow));
        assert_eq!(huge.times(huge), Err(Overflow));
        assert_eq!(Exact::ONE.over(Exact::ZERO), Err(Overflow));
    }
}
