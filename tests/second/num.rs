//! Fractions of the second evaluator: two integers, brought to lowest terms, nothing clever.
//!
//! `5% of 19.90 RUB` is the fraction 199/200 until an award is rounded.

use earnest::value::{Amount, Exact, Rounding};
use std::cmp::Ordering;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A fraction; overflow panics, which fails the test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Q {
    n: i128,
    d: i128,
}

pub const ZERO: Q = Q { n: 0, d: 1 };
pub const ONE: Q = Q { n: 1, d: 1 };

impl Q {
    pub fn new(n: i128, d: i128) -> Self {
        assert!(d != 0, "a fraction over zero");
        let (mut a, mut b) = (n.abs(), d.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = if d < 0 { -1 } else { 1 };
        Self { n: sign * n / a.max(1), d: d.abs() / a.max(1) }
    }

    pub fn whole(n: i64) -> Self {
        Self { n: n.into(), d: 1 }
    }

    pub fn is_zero(self) -> bool {
        self.n == 0
    }

    pub fn positive(self) -> bool {
        self.n > 0
    }

    pub fn floor(self) -> Self {
        Self { n: self.n.div_euclid(self.d), d: 1 }
    }

    /// To so many decimals; `Up` and the halves go away from zero, as `round` in the language says.
    pub fn round(self, mode: Rounding, decimals: u32) -> Self {
        let scale = 10_i128.pow(decimals);
        let (n, d) = ((self.n * scale).abs(), self.d);
        let (low, rest) = (n / d, n % d);
        let away = match mode {
            Rounding::Down => false,
            Rounding::Up => rest > 0,
            Rounding::HalfUp => 2 * rest >= d,
            Rounding::HalfEven => 2 * rest > d || (2 * rest == d && low % 2 == 1),
        };
        let size = low + i128::from(away);
        Self::new(if self.n < 0 { -size } else { size }, scale)
    }

    pub fn micros(self) -> i64 {
        let scaled = self * Self::whole(1_000_000);
        assert!(scaled.d == 1, "{self} has more than six decimals");
        scaled.n.try_into().unwrap()
    }

    pub fn from_micros(micros: i64) -> Self {
        Self::new(micros.into(), 1_000_000)
    }

    pub fn max0(self) -> Self {
        if self.n < 0 { ZERO } else { self }
    }
}

impl From<Exact> for Q {
    fn from(exact: Exact) -> Self {
        let (n, d) = exact.parts();
        Self::new(n, d)
    }
}

impl From<Amount> for Q {
    fn from(amount: Amount) -> Self {
        Self::from_micros(amount.micros())
    }
}

impl Add for Q {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self::new(self.n * o.d + o.n * self.d, self.d * o.d)
    }
}
impl Sub for Q {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self + -o
    }
}
impl Mul for Q {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Self::new(self.n * o.n, self.d * o.d)
    }
}
impl Div for Q {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        Self::new(self.n * o.d, self.d * o.n)
    }
}
impl Neg for Q {
    type Output = Self;
    fn neg(self) -> Self {
        Self { n: -self.n, d: self.d }
    }
}
impl AddAssign for Q {
    fn add_assign(&mut self, o: Self) {
        *self = *self + o;
    }
}
impl SubAssign for Q {
    fn sub_assign(&mut self, o: Self) {
        *self = *self - o;
    }
}
impl Sum for Q {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(ZERO, |sum, next| sum + next)
    }
}
impl PartialOrd for Q {
    fn partial_cmp(&self, o: &Self) -> Option<Ordering> {
        Some(self.cmp(o))
    }
}
impl Ord for Q {
    fn cmp(&self, o: &Self) -> Ordering {
        (self.n * o.d).cmp(&(o.n * self.d))
    }
}
impl std::fmt::Display for Q {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = *self * Self::whole(1_000_000);
        if micros.d == 1 {
            let text = Amount::from_micros(micros.n.try_into().unwrap()).to_string();
            f.pad(&text)
        } else {
            f.pad(&format!("{}/{}", self.n, self.d))
        }
    }
}

/// Shares a total over weights in steps by largest remainder; equal remainders go to the earlier.
/// Without any weight the first takes it.
pub fn share(total: Q, weights: &[Q], decimals: u32) -> Vec<Q> {
    let step = Q::new(1, 10_i128.pow(decimals));
    let whole: Q = weights.iter().copied().sum();
    let mut parts = vec![ZERO; weights.len()];
    if whole.is_zero() {
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return parts;
    }
    let exact: Vec<Q> = weights.iter().map(|weight| total * *weight / whole).collect();
    for (part, exact) in parts.iter_mut().zip(&exact) {
        *part = (*exact / step).floor() * step;
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| (exact[*b] - parts[*b]).cmp(&(exact[*a] - parts[*a])).then(a.cmp(b)));
    for at in order {
        let missing = total - parts.iter().copied().sum();
        if !missing.positive() {
            break;
        }
        parts[at] += missing.min(step);
    }
    parts
}
