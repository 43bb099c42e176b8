//! A text that lies with its owner as long as it is short, so that setting it anew looks nowhere else.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

/// So many bytes lie with the owner: most ids are shorter.
const BYTES: usize = 24;

/// A text, mostly short. Its order is that of code points.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShortText(SmallVec<[u8; BYTES]>);

impl ShortText {
    /// Takes another text.
    pub(super) fn set(&mut self, text: &str) {
        self.0 = SmallVec::from_slice(text.as_bytes());
    }

    /// The text's bytes, whose order is that of the texts.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for ShortText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(&self.0))
    }
}

impl<'de> Deserialize<'de> for ShortText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut short = Self::default();
        short.set(&String::deserialize(deserializer)?);
        Ok(short)
    }
}
