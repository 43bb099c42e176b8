//! What is known by half a hash, in no more bytes than it needs: in order, but for the newest.

/// So many may stand unordered at the end.
const NEWEST: usize = 256;

/// Values by half a hash.
#[derive(Debug, Clone)]
pub(super) struct Halves<V> {
    ordered: Vec<(u32, V)>,
    newest: Vec<(u32, V)>,
}

impl<V> Default for Halves<V> {
    fn default() -> Self {
        Self { ordered: Vec::new(), newest: Vec::new() }
    }
}

impl<V> Halves<V> {
    /// Is nothing known?
    pub(super) fn is_empty(&self) -> bool {
        self.ordered.is_empty() && self.newest.is_empty()
    }

    /// What is known of a hash.
    pub(super) fn get(&self, hash: u32) -> Option<&V> {
        match self.ordered.binary_search_by_key(&hash, |(known, _)| *known) {
            Ok(at) => self.ordered.get(at).map(|(_, value)| value),
            Err(_) => self.newest.iter().find(|(known, _)| *known == hash).map(|(_, value)| value),
        }
    }

    /// What is known of a hash, or from now on.
    pub(super) fn get_or_insert(&mut self, hash: u32, value: V) -> Option<&mut V> {
        if let Ok(at) = self.ordered.binary_search_by_key(&hash, |(known, _)| *known) {
            return self.ordered.get_mut(at).map(|(_, value)| value);
        }
        let known = self.newest.iter().position(|(known, _)| *known == hash);
        let at = known.unwrap_or_else(|| {
            if self.newest.len() == NEWEST {
                self.ordered.reserve_exact(NEWEST);
                self.ordered.append(&mut self.newest);
                self.ordered.sort_by_key(|(known, _)| *known);
            }
            self.newest.push((hash, value));
            self.newest.len() - 1
        });
        self.newest.get_mut(at).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_first_stands_whatever_the_order() {
        let mut all = Halves::default();
        let hashes = || (0_u32..2_560).map(|number| number.wrapping_mul(0x9E37_79B9));
        for (at, hash) in hashes().enumerate() {
            assert_eq!(all.get(hash), None);
            assert_eq!(all.get_or_insert(hash, at).copied(), Some(at));
            assert_eq!(all.get_or_insert(hash, 0).copied(), Some(at));
        }
        assert!(hashes().enumerate().all(|(at, hash)| all.get(hash) == Some(&at)));
        assert_eq!(all.get(1), None);
    }
}
