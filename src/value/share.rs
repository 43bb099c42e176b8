//! Sharing an amount out, so that the parts add up to the whole.

use super::{Amount, Overflow};

/// Shares `total` over `weights` in proportion, in steps of `step` millionths, by largest remainder;
/// equal remainders go to the earlier weight. The parts add up to `total`.
///
/// Without a positive weight everything goes to the first part.
///
/// ```
/// use earnest::value::{share_out, Amount};
/// let one = Amount::ONE.micros();
/// let weights = [6, 6, 2].map(Amount::from_micros);
/// let parts = share_out(Amount::from_micros(11 * one), &weights, one).unwrap();
/// assert_eq!(parts.iter().map(|part| part.micros() / one).collect::<Vec<_>>(), [5, 5, 1]);
/// ```
pub fn share_out(total: Amount, weights: &[Amount], step: i64) -> Result<Vec<Amount>, Overflow> {
    let step = i128::from(step.max(1));
    let whole: i128 = weights.iter().map(|weight| i128::from(weight.micros().max(0))).sum();
    let steps = i128::from(total.micros()) / step;
    let mut rest = i128::from(total.micros()) % step;
    if whole == 0 {
        let mut parts = vec![Amount::ZERO; weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return Ok(parts);
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = steps;
    for (at, weight) in weights.iter().enumerate() {
        let product = steps.checked_mul(i128::from(weight.micros().max(0))).ok_or(Overflow)?;
        let part = product / whole;
        left -= part;
        parts.push(part * step);
        remainders.push((-(product % whole).abs(), at));
    }
    remainders.sort_unstable();
    let sign = if left < 0 { -1 } else { 1 };
    for (_, at) in remainders {
        let Some(part) = parts.get_mut(at) else { break };
        if left != 0 {
            *part += step * sign;
            left -= sign;
        } else if rest != 0 {
            *part += rest;
            rest = 0;
        } else {
            break;
        }
    }
    if rest != 0
        && let Some(first) = parts.first_mut()
    {
        *first += rest;
    }
    parts.into_iter().map(|part| i64::try_from(part).map(Amount::from_micros).map_err(|_| Overflow)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_always_add_up() {
        for total in [-7_i64, 0, 1, 10, 11, 99, 1_000_003] {
            let weights = [3, 0, 7, 7, 1].map(Amount::from_micros);
            let parts = share_out(Amount::from_micros(total), &weights, 10).unwrap_or_default();
            assert_eq!(parts.iter().map(|part| part.micros()).sum::<i64>(), total);
        }
    }
}
