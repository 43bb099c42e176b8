//! Whom a fact reaches besides its member: who referred them, and who referred those.
//!
//! `give the referrer's referrer 1 bean` reaches two levels up. The chain ends where nobody referred, and where
//! a merge has bent it back to someone who stands on it already: nobody is reached twice by one fact.

use super::account::Account;
use super::book::Shared;
use crate::syntax::ast::Recipient;
use serde::{Deserialize, Serialize};

/// The referrer, theirs and theirs.
pub(super) const LEVELS: usize = 3;

/// How far up the chain of referrers someone stands: the member of the fact at its foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize)]
pub struct Level(u8);

impl Level {
    /// The member of the fact.
    pub(super) const MEMBER: Self = Self(0);

    /// The place of a referrer in a list of them; none for the member.
    pub(super) fn place(self) -> Option<usize> {
        usize::from(self.0).checked_sub(1)
    }

    /// The member and those above.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        [0, 1, 2, 3].into_iter().map(Self)
    }

    /// Those above the member, the nearest first.
    pub(super) fn above() -> impl Iterator<Item = Self> {
        Self::all().skip(1)
    }

    /// How many links up.
    pub(super) const fn links(self) -> u8 {
        self.0
    }
}

impl From<Recipient> for Level {
    fn from(recipient: Recipient) -> Self {
        Self(match recipient {
            Recipient::Member => 0,
            Recipient::Referrer => 1,
            Recipient::SecondReferrer => 2,
            Recipient::ThirdReferrer => 3,
        })
    }
}

/// The other side of a fact: who referred, and what is counted over all members.
pub(super) struct Around<'a> {
    /// Who referred, who referred those, and so on.
    pub referrers: [Option<&'a mut Account>; LEVELS],
    /// What is counted over all members.
    pub shared: &'a mut Shared,
    /// Did who referred get units, or lose some?
    pub moved: [bool; LEVELS],
}

impl<'a> Around<'a> {
    /// A fact that reaches nobody else.
    pub(super) const fn alone(shared: &'a mut Shared) -> Self {
        Self { referrers: [None, None, None], shared, moved: [false; LEVELS] }
    }

    /// How many levels of referrers there are.
    pub(super) fn levels(&self) -> u8 {
        let levels = self.referrers.iter().take_while(|referrer| referrer.is_some()).count();
        u8::try_from(levels).unwrap_or(u8::MAX)
    }

    /// Who stands on a level: the member of the fact, or a referrer, if there is one.
    pub(super) fn at<'s>(&'s mut self, account: &'s mut Account, level: Level) -> Option<&'s mut Account> {
        on_level(&mut self.referrers, account, level)
    }

    /// The same, to be read.
    pub(super) fn look<'s>(&'s self, account: &'s Account, level: Level) -> Option<&'s Account> {
        match level.place() {
            None => Some(account),
            Some(place) => self.referrers.get(place)?.as_deref(),
        }
    }

    /// The referrers, to be read.
    pub(super) fn all(&self) -> [Option<&Account>; LEVELS] {
        self.referrers.each_ref().map(Option::as_deref)
    }

    /// Units of someone moved: a referrer's ladders look after the fact.
    pub(super) fn note_moved(&mut self, level: Level) {
        if let Some(moved) = level.place().and_then(|place| self.moved.get_mut(place)) {
            *moved = true;
        }
    }
}

/// The member of a fact, or one of the referrers.
pub(super) fn on_level<'s>(
    referrers: &'s mut [Option<&mut Account>; LEVELS],
    account: &'s mut Account,
    level: Level,
) -> Option<&'s mut Account> {
    match level.place() {
        None => Some(account),
        Some(place) => referrers.get_mut(place)?.as_deref_mut(),
    }
}

/// The account of a member and those of the referrers on a chain.
pub(super) fn reached(
    accounts: &mut [Account],
    at: usize,
    chain: [Option<usize>; LEVELS],
) -> Option<(&mut Account, [Option<&mut Account>; LEVELS])> {
    Some(match chain {
        [None, ..] => (accounts.get_mut(at)?, [None, None, None]),
        [Some(one), None, _] => {
            let [account, one] = accounts.get_disjoint_mut([at, one]).ok()?;
            (account, [Some(one), None, None])
        }
        [Some(one), Some(two), None] => {
            let [account, one, two] = accounts.get_disjoint_mut([at, one, two]).ok()?;
            (account, [Some(one), Some(two), None])
        }
        [Some(one), Some(two), Some(three)] => {
            let [account, one, two, three] = accounts.get_disjoint_mut([at, one, two, three]).ok()?;
            (account, [Some(one), Some(two), Some(three)])
        }
    })
}
