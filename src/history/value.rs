//! Fields → values: numbers, dates, yes and no, units.

use super::error::Problem;
use super::map::Map;
use super::stamp::Stamp;
use crate::time::TimeOfDay;
use crate::ty::event::Datum;
use crate::ty::{Attribute, AttributeType, Missing, Schema, Texts};
use crate::value::{Amount, AmountError, Overflow};

/// The longest number that is read; longer ones cannot be amounts.
const NUMBER_BYTES_MAX: usize = 64;

/// Reads fields as the map says.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) map: &'a Map,
}

/// The longest number that is read at a glance; any of so many digits is in the range of amounts.
const PLAIN_BYTES_MAX: usize = 13;

impl Reader<'_> {
    /// The number, if it is a plain one.
    pub(super) fn plain_number(self, field: &[u8]) -> Option<Amount> {
        plain(field, if self.map.decimal_comma { b',' } else { b'.' })
    }

    /// A number; none where the field is empty.
    pub(super) fn number(self, field: &[u8]) -> Result<Option<Amount>, Problem> {
        let text = field.trim_ascii();
        if text.is_empty() {
            return Ok(None);
        }
        let refused = |reason| Problem::NotANumber { found: shown(field), reason };
        let read = if self.map.decimal_comma {
            let mut buffer = [0; NUMBER_BYTES_MAX];
            let Some(copy) = buffer.get_mut(..text.len()) else { return Err(refused(AmountError::NotANumber)) };
            for (to, from) in copy.iter_mut().zip(text) {
                *to = match from {
                    b',' => b'.',
                    // A point in a file of commas is no digit, so the number is refused.
                    b'.' => b',',
                    other => *other,
                };
            }
            Amount::parse_bytes(copy)
        } else {
            Amount::parse_bytes(text)
        };
        read.map(Some).map_err(refused)
    }

    /// The value of an attribute; missing where the field is empty.
    pub(super) fn datum(self, attribute: &Attribute, field: &[u8], texts: &mut Texts) -> Result<Datum, Problem> {
        if field.is_empty() {
            return Ok(Datum::Missing);
        }
        let not_a = |expected: &str| Problem::NotA { found: shown(field), expected: expected.to_owned() };
        match attribute.kind {
            AttributeType::Text => {
                let text = std::str::from_utf8(field).map_err(|_| Problem::Encoding)?;
                Ok(Datum::Text(texts.intern(text)))
            }
            AttributeType::Number | AttributeType::Money => {
                Ok(self.number(field)?.map_or(Datum::Missing, Datum::Number))
            }
            AttributeType::Date => {
                let stamp = match self.map.formats.get(&attribute.name) {
                    Some(format) => format.read(field),
                    None => Stamp::parse_iso(field),
                };
                stamp
                    .map(|stamp| Datum::Date(stamp.day))
                    .ok_or_else(|| not_a("a date such as 2026-12-20, from 1900 to 2200"))
            }
            AttributeType::Time => {
                TimeOfDay::parse_bytes(field).map(Datum::Time).ok_or_else(|| not_a("a time of day such as 15:00"))
            }
            AttributeType::Flag => flag(field).map(Datum::Flag).ok_or_else(|| not_a("yes or no")),
        }
    }
}

/// Reads what most numbers are: a few digits, with at most six decimals. What is anything else, or wrong,
/// is left to those who know what to say of it.
fn plain(field: &[u8], point: u8) -> Option<Amount> {
    const SHIFTS: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    if field.len() > PLAIN_BYTES_MAX {
        return None;
    }
    let (mut value, mut digits, mut decimals) = (0_i64, 0_usize, None);
    for byte in field {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
            digits = digits.wrapping_add(1);
        } else if *byte == point && decimals.is_none() {
            decimals = Some(digits);
        } else {
            return None;
        }
    }
    let decimals = digits - decimals.unwrap_or(digits);
    let shift = SHIFTS.get(decimals).filter(|_| digits > 0)?;
    value.checked_mul(*shift).map(Amount::from_micros)
}

fn flag(field: &[u8]) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(field));
    if is(["yes", "true", "1"]) {
        return Some(true);
    }
    is(["no", "false", "0"]).then_some(false)
}

/// The value, or what the program takes instead; none where it has to be there and is not.
pub(super) fn completed(datum: Datum, attribute: &Attribute) -> Option<Datum> {
    match (datum, attribute.missing) {
        (Datum::Missing, Missing::Refused) => None,
        (Datum::Missing, Missing::Default(default)) => Some(default),
        (datum, _) => Some(datum),
    }
}

/// The field as a message shows it: its beginning, if it is long.
pub(super) fn shown(field: &[u8]) -> String {
    const LETTERS_MAX: usize = 80;
    let text = String::from_utf8_lossy(field);
    if text.chars().count() <= LETTERS_MAX {
        return text.into_owned();
    }
    text.chars().take(LETTERS_MAX).chain(['…']).collect()
}

/// The product, if it is exact to six decimals.
pub(super) fn times(quantity: Amount, price: Amount) -> Option<Amount> {
    let product = i128::from(quantity.micros()) * i128::from(price.micros());
    let scale = i128::from(Amount::SCALE);
    if product % scale != 0 {
        return None;
    }
    i64::try_from(product / scale).ok().map(Amount::from_micros)
}

/// The number without its sign.
pub(super) fn magnitude(amount: Amount) -> Result<Amount, Overflow> {
    if amount.is_negative() { amount.negated() } else { Ok(amount) }
}

/// The unit of a name in any of its forms; without a name, the only one.
pub(super) fn unit(schema: &Schema, name: &str) -> Option<usize> {
    if name.is_empty() {
        return (schema.units.len() == 1).then_some(0);
    }
    schema.units.iter().position(|forms| forms.iter().any(|form| form == name))
}

/// The units by their last form, for messages.
pub(super) fn unit_names(schema: &Schema) -> String {
    let names: Vec<_> = schema.units.iter().filter_map(|forms| forms.last()).map(String::as_str).collect();
    if names.is_empty() { "none, as the program has no units".to_owned() } else { names.join(", ") }
}
