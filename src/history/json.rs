//! JSON lines: one object a line, `{"member": "M1", "at": "2026-12-20", "amount": 12.50}`.
//!
//! Numbers are taken as they are written, never through binary floating point.

use super::error::Problem;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;

/// The keys that are read, each with its place among the fields.
pub(super) struct Keys(HashMap<String, usize>);

impl Keys {
    pub(super) fn new(names: &[String]) -> Self {
        Self(names.iter().enumerate().map(|(index, name)| (name.clone(), index)).collect())
    }
}

/// Puts the values of the known keys into `fields`; a key that is missing or null leaves its field empty.
pub(super) fn split(
    text: &[u8],
    keys: &Keys,
    scratch: &mut Vec<u8>,
    fields: &mut Vec<(u32, u32)>,
) -> Result<(), Problem> {
    fields.resize(keys.0.len(), (0, 0));
    let mut seen = vec![false; keys.0.len()];
    let mut reader = serde_json::Deserializer::from_slice(text);
    let object = Object { keys, scratch, fields, seen: &mut seen };
    object.deserialize(&mut reader).and_then(|()| reader.end()).map_err(|error| Problem::Json(error.to_string()))
}

struct Object<'a> {
    keys: &'a Keys,
    scratch: &'a mut Vec<u8>,
    fields: &'a mut Vec<(u32, u32)>,
    seen: &'a mut [bool],
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let value: &RawValue = map.next_value()?;
            let Some(index) = self.keys.0.get(&key) else { continue };
            if self.seen.get_mut(*index).is_none_or(|seen| std::mem::replace(seen, true)) {
                return Err(A::Error::custom(format!("the key `{key}` stands there twice")));
            }
            let start = self.scratch.len();
            match value.get() {
                "null" => {}
                text if text.starts_with('"') => {
                    let text: String = serde_json::from_str(text).map_err(A::Error::custom)?;
                    self.scratch.extend_from_slice(text.as_bytes());
                }
                text if text.starts_with(['{', '[']) => {
                    return Err(A::Error::custom(format!("`{key}` holds more than one value")));
                }
                text => self.scratch.extend_from_slice(text.as_bytes()),
            }
            let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            if let Some(field) = self.fields.get_mut(*index) {
                *field = (place(start), place(self.scratch.len()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, Problem> {
        let (mut scratch, mut fields) = (Vec::new(), Vec::new());
        let keys = Keys::new(&["a".to_owned(), "b".to_owned()]);
        split(text.as_bytes(), &keys, &mut scratch, &mut fields)?;
        Ok(fields
            .iter()
            .map(|(s, e)| String::from_utf8_lossy(&scratch[*s as usize..*e as usize]).into_owned())
            .collect())
    }

    #[test]
    fn numbers_stay_as_written_and_null_is_nothing() {
        assert_eq!(read(r#"{"b": 0.10, "c": [1], "a": "x\ny"}"#), Ok(vec!["x\ny".to_owned(), "0.10".to_owned()]));
        assert_eq!(read(r#"{"a": null}"#), Ok(vec![String::new(), String::new()]));
    }

    #[test]
    fn what_is_no_plain_object_is_refused() {
        for text in [r#"{"a": 1, "a": 2}"#, r#"{"a": [1]}"#, "[1]", "{", "{} {}"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
