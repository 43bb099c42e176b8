//! Members apart: where no rule looks across members, the events of a stretch of time may be worked member by member,
//! so that an account is fetched once for all of them and not for each.
//!
//! Each member's events keep their order. Members whom a fact joins, by a merge, a referral or a gift, stay together,
//! so what one finds of the other is what it would be in the order of time.

use super::book::Book;
use crate::ty::{Event, Kind};
use crate::value::Mix;
use hashbrown::HashMap;
use std::hash::Hasher;

/// Who belongs together, as far as a history has been read.
///
/// ```
/// use earnest::{eval::Apart, ty::Event};
/// let of = |member: &str| Event { member: member.into(), ..Event::default() };
/// let events = [of("Ann"), of("Bob"), of("Ann")];
/// assert_eq!(Apart::default().order(&events), [0, 2, 1]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Apart {
    /// Places in `joined`, by the hash of a name: two names of one hash only stay together.
    places: HashMap<u64, u32>,
    /// By place: who is met when one goes on from there; who stands for a group leads to itself.
    joined: Vec<u32>,
}

impl Apart {
    /// How many members were named so far.
    pub fn members(&self) -> usize {
        self.joined.len()
    }

    /// The places of the next events of the history, so that those of a member stand together, in their order.
    pub fn order<'e>(&mut self, events: impl IntoIterator<Item = &'e Event>) -> Vec<u32> {
        let mut groups = Vec::new();
        for event in events {
            let own = self.place(&event.member);
            // No purchase joins members, and most facts are purchases.
            if event.kind != Kind::Purchase {
                for other in [&event.into, &event.referred_by] {
                    if !other.is_empty() {
                        let other = self.place(other);
                        self.join(own, other);
                    }
                }
            }
            groups.push(own);
        }
        // Each group begins where those before it end.
        let mut begins = vec![0_u32; self.joined.len() + 1];
        for group in &mut groups {
            *group = self.head(*group);
            if let Some(behind) = begins.get_mut(*group as usize + 1) {
                *behind += 1;
            }
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let mut order = vec![0; groups.len()];
        for (number, group) in (0..).zip(groups) {
            if let Some(next) = begins.get_mut(group as usize)
                && let Some(place) = order.get_mut(*next as usize)
            {
                *place = number;
                *next += 1;
            }
        }
        order
    }

    fn place(&mut self, name: &str) -> u32 {
        let mut mix = Mix::default();
        mix.text(name);
        let next = u32::try_from(self.joined.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(mix.finish()).or_insert(next);
        if place == next {
            self.joined.push(next);
        }
        place
    }

    /// Who stands for a group.
    fn head(&mut self, mut place: u32) -> u32 {
        while let Some(next) = self.joined.get(place as usize).copied().filter(|next| *next != place) {
            // The next time the way is shorter.
            let behind = self.joined.get(next as usize).copied().unwrap_or(next);
            if let Some(way) = self.joined.get_mut(place as usize) {
                *way = behind;
            }
            place = behind;
        }
        place
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.head(one), self.head(other));
        if let Some(way) = self.joined.get_mut(one.max(other) as usize) {
            *way = one.min(other);
        }
    }
}

impl Book {
    /// May members be worked apart? Not where a rule looks at who referred or across all members, nor in an open
    /// book, whose hosts tell events in the order of time.
    pub fn takes_members_apart(&self) -> bool {
        self.index.levels == 0 && !self.plan.one_book && !self.options.strict
    }

    /// Goes on after a fault, which is then only that of its member: for who works members apart and tells the first
    /// fault of all.
    pub fn go_on(&mut self) {
        self.stopped = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(member: &str, into: &str) -> Event {
        Event { kind: Kind::Merge, member: member.into(), into: into.into(), ..Event::default() }
    }

    #[test]
    fn who_is_joined_stays_together_also_later() {
        let mut apart = Apart::default();
        let first = [event("a", ""), event("b", ""), event("c", ""), event("a", ""), event("b", "c"), event("c", "")];
        assert_eq!(apart.order(&first), [0, 3, 1, 2, 4, 5]);
        let later = [event("c", ""), event("a", ""), event("b", ""), event("d", "a"), event("c", "")];
        assert_eq!(apart.order(&later), [1, 3, 0, 2, 4]);
        assert_eq!(apart.members(), 4);
    }

    #[test]
    fn nothing_has_an_order() {
        assert!(Apart::default().order(&[]).is_empty());
    }
}
