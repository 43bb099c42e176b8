//! What is known by half a hash, in few more bytes than it needs: a look at its place, or just behind it.
//!
//! Hashes are spread evenly, so each has a home at its share of the list; all stand in order at their homes or as soon
//! after them as there was room. What stands between a home and its hash are a few smaller ones.

/// Room for so many that stand behind the last home.
const PUSHED: usize = 64;

/// Values by half a hash. A hash of zero is taken for one: whoever asks must bear what is the same by chance.
#[derive(Debug, Clone)]
pub(super) struct Halves<V> {
    /// In order, but for those that are empty, whose hash is zero.
    slots: Vec<(u32, V)>,
    /// So many of them are homes; the last ones may be pushed further.
    homes: usize,
    /// So many are taken.
    taken: usize,
}

impl<V> Default for Halves<V> {
    fn default() -> Self {
        Self { slots: Vec::new(), homes: 0, taken: 0 }
    }
}

impl<V: Copy + Default> Halves<V> {
    /// Is nothing known?
    pub(super) fn is_empty(&self) -> bool {
        self.taken == 0
    }

    /// What is known of a hash.
    pub(super) fn get(&self, hash: u32) -> Option<&V> {
        let hash = hash.max(1);
        let at = self.place_of(hash);
        self.slots.get(at).filter(|(known, _)| *known == hash).map(|(_, value)| value)
    }

    /// What is known of a hash, or from now on.
    pub(super) fn get_or_insert(&mut self, hash: u32, value: V) -> Option<&mut V> {
        let hash = hash.max(1);
        if self.taken >= self.homes / 8 * 7 {
            self.make_room();
        }
        let at = self.place_of(hash);
        if self.slots.get(at).is_none_or(|(known, _)| *known != hash) {
            let free = self.slots.iter().skip(at).position(|(known, _)| *known == 0);
            if free.is_none() {
                self.slots.push((0, V::default()));
            }
            // Those that are larger stand one further.
            let moved = self.slots.get_mut(at..).and_then(|rest| rest.get_mut(..=free.unwrap_or(rest.len() - 1)))?;
            moved.rotate_right(1);
            *moved.first_mut()? = (hash, value);
            self.taken += 1;
        }
        self.slots.get_mut(at).map(|(_, value)| value)
    }

    /// Where a hash stands, or would.
    fn place_of(&self, hash: u32) -> usize {
        let home = self.home(hash);
        let passed = self.slots.iter().skip(home).take_while(|(known, _)| *known != 0 && *known < hash).count();
        home + passed
    }

    fn home(&self, hash: u32) -> usize {
        usize::try_from((u64::from(hash) * self.homes as u64) >> u32::BITS).unwrap_or(0)
    }

    /// An eighth more homes.
    #[cold]
    fn make_room(&mut self) {
        self.homes += self.homes / 8 + 64;
        let old = std::mem::take(&mut self.slots);
        self.slots.reserve_exact(self.homes + PUSHED);
        for (hash, value) in old.into_iter().filter(|(hash, _)| *hash != 0) {
            let home = self.home(hash).max(self.slots.len());
            self.slots.resize(home, (0, V::default()));
            self.slots.push((hash, value));
        }
        self.slots.resize(self.homes.max(self.slots.len()), (0, V::default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_first_stands_whatever_the_order() {
        let mut all = Halves::default();
        // Some are near each other, at the end of the list too.
        let hashes = || (0_u32..5_000).map(|n| if n % 3 == 0 { u32::MAX - n } else { n.wrapping_mul(0x9E37_79B9) });
        for (at, hash) in hashes().enumerate() {
            assert_eq!(all.get(hash), None);
            assert_eq!(all.get_or_insert(hash, at).copied(), Some(at));
            assert_eq!(all.get_or_insert(hash, 0).copied(), Some(at));
        }
        assert!(hashes().enumerate().all(|(at, hash)| all.get(hash) == Some(&at)));
        assert_eq!(all.get(7), None);
        assert!(all.slots.len() < 2 * 5_000, "{}", all.slots.len());
    }
}
