//! A fast hash that is the same on every machine: what a snapshot remembers of the events it counted.
//!
//! Each word is folded in by one multiplication to 128 bits whose halves are joined, as wyhash does
//! (<https://github.com/wangyi-fudan/wyhash>). It tells contents apart; it does not resist someone
//! who makes them collide.

use std::hash::Hasher;

/// A hash in the making.
#[derive(Debug, Clone, Copy)]
pub struct Mix(u64);

const START: u64 = 0x2d35_8dcc_aa6c_78a5;
const FACTOR: u64 = 0x8bb8_4b93_962e_acc9;

impl Default for Mix {
    fn default() -> Self {
        Self(START)
    }
}

impl Mix {
    #[expect(clippy::cast_possible_truncation, reason = "both halves of the product are used")]
    const fn fold(&mut self, word: u64) {
        let product = ((self.0 ^ word) as u128).wrapping_mul(FACTOR as u128);
        self.0 = (product as u64) ^ ((product >> 64) as u64) ^ word.rotate_left(23);
    }
}

impl Mix {
    /// Folds two words in at once: half the work of one after the other.
    #[expect(clippy::cast_possible_truncation, reason = "both halves of the product are used")]
    pub const fn pair(&mut self, one: u64, other: u64) {
        let product = ((self.0 ^ one) as u128).wrapping_mul((other ^ FACTOR) as u128);
        self.0 = (product as u64) ^ ((product >> 64) as u64) ^ one.rotate_left(23) ^ other.rotate_left(47);
    }

    /// Folds a text in, with its length. Most are ids and names: their ends, which may overlap, are all there is.
    #[inline]
    pub fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let length = bytes.len() as u64;
        if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            // The length tells texts apart whose ends overlap.
            self.pair(u64::from_le_bytes(*first), u64::from_le_bytes(*last) ^ length.wrapping_mul(FACTOR));
            if bytes.len() > 16 {
                self.middle(bytes);
            }
        } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            self.pair(u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)) << 32 | length);
        } else {
            self.pair(bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), length);
        }
    }

    /// Folds in what lies between the ends of a text.
    #[inline(never)]
    fn middle(&mut self, bytes: &[u8]) {
        let (words, _) = bytes.get(8..).unwrap_or(&[]).as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        let mut end = *self;
        end.fold(START);
        end.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let (fours, odd) = rest.as_chunks::<4>();
            let word = fours.iter().fold(0, |_, four| u64::from(u32::from_le_bytes(*four)));
            let word = odd.iter().fold(word, |word, byte| word << 8 | u64::from(*byte));
            self.fold(word ^ ((rest.len() as u64) << 56));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.fold(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64);
    }

    fn write_i32(&mut self, number: i32) {
        self.fold(u64::from(number.cast_unsigned()));
    }

    fn write_i64(&mut self, number: i64) {
        self.fold(number.cast_unsigned());
    }

    fn write_isize(&mut self, number: isize) {
        self.fold((number as i64).cast_unsigned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::hash::Hash;

    fn of(value: impl Hash) -> u64 {
        let mut mix = Mix::default();
        value.hash(&mut mix);
        mix.finish()
    }

    #[test]
    fn near_values_do_not_meet() {
        let mut seen = HashSet::new();
        for one in 0..300_u64 {
            for other in 0..300_i64 {
                assert!(seen.insert(of((one, other))), "{one} {other}");
            }
            assert!(seen.insert(of(format!("receipt-{one}"))), "{one}");
        }
    }

    #[test]
    fn each_sign_of_a_text_and_its_length_tell_it_apart() {
        let mut seen = HashSet::new();
        let mut insert = |text: &str| {
            let mut mix = Mix::default();
            mix.text(text);
            assert!(seen.insert(mix.finish()), "{text:?}");
        };
        for length in 0..70 {
            let plain = "a".repeat(length);
            insert(&plain);
            insert(&"\0".repeat(length + 1));
            for at in 0..length {
                let mut text = plain.clone();
                text.replace_range(at..=at, "b");
                insert(&text);
            }
        }
    }

    #[test]
    fn the_hash_is_the_same_on_every_machine() {
        assert_eq!(of(7_u64), 4_310_956_781_080_127_909);
    }
}
