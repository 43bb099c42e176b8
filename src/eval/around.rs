//! Whom a fact reaches besides its member: who referred them, and who referred those.
//!
//! `give the referrer's referrer 1 bean` reaches two levels up. The chain ends where nobody referred, and where
//! a merge has bent it back to someone who stands on it already: nobody is reached twice by one fact.
//!
//! A receipt that comes back reaches who stood above its member when it was worked, whoever does now: it keeps them as
//! memberships, and each goes on through merges and is over with a leave. So one account may stand on two levels then.

use super::account::{Account, Receipt};
use super::book::{Book, Shared};
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

/// Somebody's time in the programme, from joining to leaving: an account, and how many of its times were over before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The account, by its place.
    pub account: usize,
    /// How often its holder had left before.
    pub number: u32,
}

/// Who stood above the member of a receipt when it was worked, the nearest first.
pub(super) type Above = [Option<Membership>; LEVELS];

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

/// The accounts of those above a member.
#[derive(Default)]
pub(super) struct Referrers<'a> {
    accounts: [Option<&'a mut Account>; LEVELS],
    /// Which of them stands on each level, or the member: one may do on two levels, where a merge made one of two.
    stands: [Option<Level>; LEVELS],
    /// The same as memberships.
    pub above: Above,
}

impl<'a> Referrers<'a> {
    /// Nobody.
    pub(super) const NONE: Self = Self { accounts: [None, None, None], stands: [None; LEVELS], above: [None; LEVELS] };

    /// One account for each level.
    pub(super) fn of(accounts: [Option<&'a mut Account>; LEVELS]) -> Self {
        let mut stands = [None; LEVELS];
        for ((level, stands), account) in Level::above().zip(&mut stands).zip(&accounts) {
            *stands = account.is_some().then_some(level);
        }
        Self { accounts, stands, above: [None; LEVELS] }
    }

    /// Each of them once.
    pub(super) fn each_mut(&mut self) -> impl Iterator<Item = &mut Account> {
        self.accounts.iter_mut().filter_map(Option::as_deref_mut)
    }

    /// The nearest of them.
    pub(super) fn nearest(&mut self) -> Option<&mut Account> {
        self.each_mut().next()
    }

    /// Who stands on a level: the member of the fact, or a referrer, if there is one.
    pub(super) fn at<'s>(&'s mut self, account: &'s mut Account, level: Level) -> Option<&'s mut Account> {
        match self.seat(level)?.place() {
            None => Some(account),
            Some(place) => self.accounts.get_mut(place)?.as_deref_mut(),
        }
    }

    /// The same, to be read.
    pub(super) fn look<'s>(&'s self, account: &'s Account, level: Level) -> Option<&'s Account> {
        match self.seat(level)?.place() {
            None => Some(account),
            Some(place) => self.accounts.get(place)?.as_deref(),
        }
    }

    fn seat(&self, level: Level) -> Option<Level> {
        level.place().map_or(Some(level), |place| self.stands.get(place).copied().flatten())
    }
}

/// The other side of a fact: who referred, and what is counted over all members.
pub(super) struct Around<'a> {
    /// Who referred, who referred those, and so on.
    pub referrers: Referrers<'a>,
    /// What is counted over all members.
    pub shared: &'a mut Shared,
    /// Did who referred get units, or lose some?
    pub moved: [bool; LEVELS],
}

impl<'a> Around<'a> {
    /// A fact that reaches nobody else.
    pub(super) const fn alone(shared: &'a mut Shared) -> Self {
        Self { referrers: Referrers::NONE, shared, moved: [false; LEVELS] }
    }

    /// How many levels of referrers there are.
    pub(super) fn levels(&self) -> u8 {
        let levels = self.referrers.stands.iter().take_while(|stands| stands.is_some()).count();
        u8::try_from(levels).unwrap_or(u8::MAX)
    }

    /// Who stands on a level: the member of the fact, or a referrer, if there is one.
    pub(super) fn at<'s>(&'s mut self, account: &'s mut Account, level: Level) -> Option<&'s mut Account> {
        self.referrers.at(account, level)
    }

    /// The same, to be read.
    pub(super) fn look<'s>(&'s self, account: &'s Account, level: Level) -> Option<&'s Account> {
        self.referrers.look(account, level)
    }

    /// The referrers, to be read.
    pub(super) fn all(&self) -> [Option<&Account>; LEVELS] {
        self.referrers.accounts.each_ref().map(Option::as_deref)
    }

    /// Whose units moved, with the places of their accounts.
    pub(super) fn all_moved(&self) -> impl Iterator<Item = (Level, usize)> {
        let of = |seat: Level| self.referrers.stands.iter().position(|stands| *stands == Some(seat));
        let moved = Level::above().zip(self.moved).filter(|(_, moved)| *moved);
        moved.filter_map(move |(seat, _)| Some((seat, self.referrers.above.get(of(seat)?)?.as_ref()?.account)))
    }

    /// Who stands above, for a receipt to keep.
    pub(super) fn kept_above(&self) -> Option<Box<Above>> {
        let above = self.referrers.above;
        (above != [None; LEVELS]).then(|| Box::new(above))
    }

    /// Whose account stands on a level: the member's, or one above.
    pub(super) fn seat(&self, level: Level) -> Option<Level> {
        self.referrers.seat(level)
    }

    /// Units of someone moved: a referrer's ladders look after the fact.
    pub(super) fn note_moved(&mut self, level: Level) {
        let seat = self.referrers.seat(level);
        if let Some(moved) = seat.and_then(Level::place).and_then(|place| self.moved.get_mut(place)) {
            *moved = true;
        }
    }
}

/// The account of a member and those of the referrers on a chain.
pub(super) fn reached(
    accounts: &mut [Account],
    at: usize,
    chain: [Option<usize>; LEVELS],
) -> Option<(&mut Account, Referrers<'_>)> {
    let (mut stands, mut above) = ([None; LEVELS], [None; LEVELS]);
    // Each account once.
    let mut seats: [Option<usize>; LEVELS] = [None; LEVELS];
    for ((of, stands), above) in chain.iter().zip(&mut stands).zip(&mut above) {
        let Some(of) = *of else { continue };
        *above = accounts.get(of).map(|account| Membership { account: of, number: account.membership });
        if of == at {
            *stands = Some(Level::MEMBER);
            continue;
        }
        let free = seats.iter_mut().zip(Level::above()).find(|(seat, _)| seat.is_none_or(|seat| seat == of));
        *stands = free.map(|(seat, level)| {
            *seat = Some(of);
            level
        });
    }
    let (account, accounts) = apart(accounts, at, seats)?;
    Some((account, Referrers { accounts, stands, above }))
}

/// Different accounts, to be changed at the same time.
fn apart(
    accounts: &mut [Account],
    at: usize,
    seats: [Option<usize>; LEVELS],
) -> Option<(&mut Account, [Option<&mut Account>; LEVELS])> {
    Some(match seats {
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

impl Book {
    /// The account that goes on with a membership; none where it is over.
    fn goes_on_with(&self, mut of: Membership) -> Option<usize> {
        loop {
            let account = self.accounts.get(of.account).filter(|account| account.membership == of.number)?;
            match account.merged_into {
                Some(next) => of = next,
                None => return Some(of.account),
            }
        }
    }

    /// Who stands now for those who stood above the member of a receipt when it was worked.
    pub(super) fn chain_then(&self, receipt: &Receipt) -> [Option<usize>; LEVELS] {
        let above = receipt.above.as_deref().copied().unwrap_or_default();
        above.map(|of| of.and_then(|of| self.goes_on_with(of)))
    }
}
