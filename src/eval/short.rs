//! A text that lies with its owner as long as it is short, so that setting it anew looks nowhere else.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;

/// So many bytes lie with the owner: most ids are shorter.
const BYTES: usize = 23;

/// A text, mostly short. Its order is that of code points.
#[derive(Debug, Clone, Default)]
pub struct ShortText {
    short: [u8; BYTES],
    /// So many of them are the text, where it is not a long one.
    length: u8,
    long: Option<Box<[u8]>>,
}

impl ShortText {
    /// Takes another text.
    #[inline]
    pub(super) fn set(&mut self, text: &str) {
        let bytes = text.as_bytes();
        match (self.short.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(bytes);
                self.length = length;
                self.long = None;
            }
            _ => self.long = Some(Box::from(bytes)),
        }
    }

    /// The text's bytes, whose order is that of the texts.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.long {
            Some(long) => long,
            None => self.short.get(..usize::from(self.length)).unwrap_or(&[]),
        }
    }
}

impl PartialEq for ShortText {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for ShortText {}

impl PartialOrd for ShortText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ShortText {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl Serialize for ShortText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(self.bytes()))
    }
}

impl<'de> Deserialize<'de> for ShortText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut short = Self::default();
        short.set(&String::deserialize(deserializer)?);
        Ok(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_is_what_was_set_last() {
        let texts: Vec<String> = (0..60).map(|length| "ж".repeat(length)).collect();
        let mut short = ShortText::default();
        for text in texts.iter().chain(texts.iter().rev()) {
            short.set(text);
            assert_eq!(short.bytes(), text.as_bytes());
        }
    }
}
