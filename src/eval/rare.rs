//! A list that is mostly empty, and then takes one word where it lies.

use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// Mostly nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(
    from = "Vec<T>",
    into = "Vec<T>",
    bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>")
)]
#[expect(clippy::box_collection, reason = "the list itself takes three words, the box one")]
pub struct Rare<T>(Option<Box<Vec<T>>>);

impl<T> Rare<T> {
    /// The list, to be made longer or shorter.
    pub fn list(&mut self) -> &mut Vec<T> {
        self.0.get_or_insert_default()
    }

    /// Takes all out; the list keeps its room.
    pub fn clear(&mut self) {
        if let Some(list) = &mut self.0 {
            list.clear();
        }
    }
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// A copy takes no more room than it needs.
impl<T: Clone> Clone for Rare<T> {
    fn clone(&self) -> Self {
        self.0.as_deref().cloned().unwrap_or_default().into()
    }
}

impl<T: PartialEq> PartialEq for Rare<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Rare<T> {}

impl<T> From<Vec<T>> for Rare<T> {
    fn from(list: Vec<T>) -> Self {
        Self(if list.is_empty() { None } else { Some(Box::new(list)) })
    }
}

impl<T> From<Rare<T>> for Vec<T> {
    fn from(list: Rare<T>) -> Self {
        list.0.map(|list| *list).unwrap_or_default()
    }
}

impl<T> FromIterator<T> for Rare<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<T> IntoIterator for Rare<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(self).into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Rare<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Rare<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T> Deref for Rare<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl<T> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.0.as_deref_mut().map_or(&mut [], Vec::as_mut_slice)
    }
}
