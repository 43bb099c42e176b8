//! An amount of money, points or goods, exact to six decimals.

use super::Overflow;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An exact decimal with at most six decimals, held as an integer count of millionths.
///
/// `1.5` and `1.50` are one value. The range is about ±9.2 million million.
///
/// ```
/// use earnest::value::Amount;
/// let price: Amount = "19.99".parse().unwrap();
/// assert_eq!(price.micros(), 19_990_000);
/// assert_eq!(price.to_string(), "19.99");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// `abc`
    #[error("not a number")]
    NotANumber,
    /// `0.0000001`
    #[error("more than six decimals")]
    TooPrecise,
    /// `99999999999999`
    #[error("too large")]
    TooLarge,
}

impl Amount {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(Self::SCALE);
    /// The largest amount.
    pub const MAX: Self = Self(i64::MAX);
    /// Millionths in one.
    pub const SCALE: i64 = 1_000_000;

    /// The amount of so many millionths.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// So many millionths.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// A whole number.
    pub fn whole(number: i64) -> Result<Self, Overflow> {
        number.checked_mul(Self::SCALE).map(Self).ok_or(Overflow)
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow)
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow)
    }

    /// The amount with its sign turned.
    pub fn negated(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow)
    }

    /// Is it zero?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Is it zero? For lists that leave out what is nothing.
    pub const fn is_zero_ref(&self) -> bool {
        self.0 == 0
    }

    /// Is it above zero?
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Is it below zero?
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The same as a decimal, without trailing zeros.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, 6).normalize()
    }

    /// The text with at least `decimals` decimals, for money: `1447682.120`.
    pub fn to_text(self, decimals: usize) -> String {
        let mut text = self.to_string();
        let have = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if decimals > have {
            if have == 0 {
                text.push('.');
            }
            text.extend(std::iter::repeat_n('0', decimals - have));
        }
        text
    }

    /// Reads a plain decimal (`-1234.50`) from bytes: digits, at most one point and a leading sign.
    /// This is the hot path of reading histories.
    pub fn parse_bytes(text: &[u8]) -> Result<Self, AmountError> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] | rest => (false, rest),
        };
        match Self::parse_short(digits) {
            Some(Ok(micros)) => Ok(Self(if negative { -micros } else { micros })),
            Some(Err(error)) => Err(error),
            None => Self::parse_long(digits, negative),
        }
    }

    /// Reads up to eighteen signs with at most six decimals: no sum of digits can go beyond the range.
    fn parse_short(digits: &[u8]) -> Option<Result<i64, AmountError>> {
        const SHIFTS: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
        if digits.len() > 18 {
            return None;
        }
        let mut value: i64 = 0;
        let mut point = None;
        for (at, byte) in digits.iter().enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
            } else if *byte == b'.' && point.is_none() {
                point = Some(at);
            } else {
                return Some(Err(AmountError::NotANumber));
            }
        }
        let (count, decimals) = match point {
            None => (digits.len(), 0),
            Some(at) => (digits.len() - 1, digits.len() - at - 1),
        };
        if count == 0 {
            return Some(Err(AmountError::NotANumber));
        }
        let shift = SHIFTS.get(decimals)?;
        Some(value.checked_mul(*shift).ok_or(AmountError::TooLarge))
    }

    fn parse_long(digits: &[u8], negative: bool) -> Result<Self, AmountError> {
        let mut micros: i64 = 0;
        let mut decimals: Option<u32> = None;
        let mut seen = false;
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    seen = true;
                    let digit = i64::from(byte - b'0');
                    if let Some(count) = &mut decimals {
                        if *count == 6 {
                            if digit != 0 {
                                return Err(AmountError::TooPrecise);
                            }
                            continue;
                        }
                        *count += 1;
                    }
                    micros = micros
                        .checked_mul(10)
                        .and_then(|value| value.checked_sub(digit))
                        .ok_or(AmountError::TooLarge)?;
                }
                b'.' if decimals.is_none() => decimals = Some(0),
                _ => return Err(AmountError::NotANumber),
            }
        }
        if !seen {
            return Err(AmountError::NotANumber);
        }
        let shift = 6_u32.saturating_sub(decimals.unwrap_or(0));
        micros = micros.checked_mul(10_i64.pow(shift)).ok_or(AmountError::TooLarge)?;
        // Digits were gathered below zero, where the range is one larger.
        if negative { Ok(Self(micros)) } else { micros.checked_neg().map(Self).ok_or(AmountError::TooLarge) }
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        Self::parse_bytes(text.as_bytes())
    }
}

impl TryFrom<Decimal> for Amount {
    type Error = AmountError;

    fn try_from(decimal: Decimal) -> Result<Self, AmountError> {
        let plain = decimal.normalize();
        let shift = 6_u32.checked_sub(plain.scale()).ok_or(AmountError::TooPrecise)?;
        plain
            .mantissa()
            .checked_mul(10_i128.pow(shift))
            .and_then(|micros| i64::try_from(micros).ok())
            .map(Self)
            .ok_or(AmountError::TooLarge)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (whole, fraction) = (magnitude / 1_000_000, magnitude % 1_000_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return f.pad(&format!("{sign}{whole}"));
        }
        let digits = format!("{fraction:06}");
        f.pad(&format!("{sign}{whole}.{}", digits.trim_end_matches('0')))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_decimal_is_read_and_printed_as_written() {
        for text in ["0", "1", "-1", "19.99", "-0.000001", "9223372036854.775807"] {
            assert_eq!(text.parse::<Amount>().map(|amount| amount.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn trailing_zeros_do_not_matter() {
        assert_eq!("1.50".parse::<Amount>(), "1.5".parse());
        assert_eq!("1.5000000".parse::<Amount>(), "1.5".parse());
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        for (text, error) in [
            ("", AmountError::NotANumber),
            ("-", AmountError::NotANumber),
            ("1.2.3", AmountError::NotANumber),
            ("1,5", AmountError::NotANumber),
            ("0.0000001", AmountError::TooPrecise),
            ("9223372036855", AmountError::TooLarge),
        ] {
            assert_eq!(text.parse::<Amount>(), Err(error), "{text}");
        }
    }

    #[test]
    fn decimals_are_padded_on_request() {
        assert_eq!(Amount::from_micros(1_447_682_120_000).to_text(3), "1447682.120");
        assert_eq!(Amount::ONE.to_text(2), "1.00");
    }
}
