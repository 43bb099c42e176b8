//! Where the account of a name lies.
//!
//! Half a hash of each name and the place of its account, and nothing else: so the list is small enough to stay near
//! the processor, and who looks ahead need not wait for the names themselves, which lie with the accounts.

use super::account::Account;
use crate::value::Mix;
use hashbrown::HashTable;
use std::hash::Hasher;

/// The places of accounts by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(HashTable<Entry>);

#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u32,
    account: u32,
}

impl Entry {
    const fn place(self) -> usize {
        self.account as usize
    }
}

impl Names {
    /// Where an account lies that most probably bears this name: its hash is the same.
    pub(super) fn likely(&self, name: &str) -> Option<usize> {
        let hash = half(name);
        self.0.find(spread(hash), |entry| entry.hash == hash).map(|entry| entry.place())
    }

    /// Where the account of this name lies.
    pub(super) fn get(&self, name: &str, accounts: &[Account]) -> Option<usize> {
        let hash = half(name);
        self.0.find(spread(hash), |entry| entry.is_of(hash, name, accounts)).map(|entry| entry.place())
    }

    /// Notes where the account of a new name lies.
    pub(super) fn insert(&mut self, name: &str, at: usize) {
        let hash = half(name);
        // There is no memory for more accounts than this can count.
        let account = u32::try_from(at).unwrap_or(u32::MAX);
        self.0.insert_unique(spread(hash), Entry { hash, account }, |entry| spread(entry.hash));
    }

    /// Forgets a name whose account is the last of these.
    pub(super) fn remove(&mut self, name: &str, accounts: &[Account]) {
        let hash = half(name);
        if let Ok(entry) = self.0.find_entry(spread(hash), |entry| entry.is_of(hash, name, accounts)) {
            entry.remove();
        }
    }
}

impl Entry {
    fn is_of(self, hash: u32, name: &str, accounts: &[Account]) -> bool {
        self.hash == hash && accounts.get(self.place()).is_some_and(|account| *account.name == *name)
    }
}

fn half(name: &str) -> u32 {
    let mut mix = Mix::default();
    mix.text(name);
    u32::try_from(mix.finish() >> 32).unwrap_or(0)
}

/// The table looks at both ends of a long number.
const fn spread(half: u32) -> u64 {
    (half as u64) << 32 | half as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn each_name_finds_its_account_and_a_removed_one_none() {
        let names: Vec<String> = (0..5_000).map(|number| format!("member {number}")).collect();
        let mut accounts: Vec<Account> =
            names.iter().map(|name| Account { name: Arc::from(name.as_str()), ..Account::default() }).collect();
        let mut known = Names::default();
        for (at, name) in names.iter().enumerate() {
            assert_eq!(known.get(name, &accounts), None);
            known.insert(name, at);
        }
        for (at, name) in names.iter().enumerate() {
            assert_eq!((known.get(name, &accounts), known.likely(name)), (Some(at), Some(at)));
        }
        for name in names.iter().skip(4_000) {
            known.remove(name, &accounts);
        }
        accounts.truncate(4_000);
        let found = names.iter().filter(|name| known.get(name, &accounts).is_some()).count();
        assert_eq!(found, 4_000);
    }
}
