//! A trial: an open book tries an event before it applies it, so that one that cannot be applied changes nothing.
//!
//! The trial is the event itself, with nobody listening: what it can touch is copied before and put back after. So
//! a fault may come anywhere in it, with a pool lent or units on their way to another member. A book that replays a
//! history does without: there a fault ends the run.

use super::Fault;
use super::account::{Account, Clock};
use super::book::{Book, Shared};
use super::house::House;
use crate::time::Day;
use crate::ty::{Event, Text};

/// All that an event can touch, as it was.
struct Before {
    accounts: Vec<(usize, Account)>,
    houses: Vec<(usize, Option<Box<House>>)>,
    len: usize,
    shared: Shared,
    clock: (Clock, Text),
    swept: Day,
}

impl Book {
    /// Would an event be applied? Nothing is changed by asking.
    pub(super) fn try_out(&mut self, at: usize, event: &Event) -> Result<(), Fault> {
        if self.sweeps && self.swept < event.at.day {
            // Midnights of everybody come first.
            return self.copy().apply_to_book(at, event, &mut ()).map(drop);
        }
        let before = self.before(at, event);
        let tried = self.apply_to_book(at, event, &mut ());
        self.put_back(before);
        tried.map(drop)
    }

    fn before(&self, at: usize, event: &Event) -> Before {
        let mut touched: Vec<usize> =
            [&event.into, &event.referred_by].into_iter().filter_map(|name| self.find(name)).collect();
        let above: Vec<usize> = touched.iter().flat_map(|other| self.all_above(*other)).collect();
        touched.extend(above);
        touched.extend(self.all_above(at));
        touched.push(at);
        let mut homes: Vec<usize> = touched.iter().filter_map(|at| self.home(*at)).collect();
        homes.sort_unstable();
        homes.dedup();
        touched.extend(homes.iter().flat_map(|home| self.households.living_in(*home)));
        touched.sort_unstable();
        touched.dedup();
        let copy = |at: usize| Some((at, self.accounts.get(at)?.clone()));
        Before {
            accounts: touched.into_iter().filter_map(copy).collect(),
            houses: homes
                .into_iter()
                .filter_map(|home| Some((home, self.households.houses.get(home)?.clone())))
                .collect(),
            len: self.accounts.len(),
            shared: self.shared.clone(),
            clock: self.clock.clone(),
            swept: self.swept,
        }
    }

    fn put_back(&mut self, before: Before) {
        for account in self.accounts.iter().skip(before.len) {
            self.names.remove(&account.name, &self.accounts);
        }
        self.accounts.truncate(before.len);
        for (at, account) in before.accounts {
            if let Some(slot) = self.accounts.get_mut(at) {
                *slot = account;
            }
        }
        for (home, house) in before.houses {
            if let Some(slot) = self.households.houses.get_mut(home) {
                *slot = house;
            }
        }
        self.shared = before.shared;
        self.clock = before.clock;
        self.swept = before.swept;
    }
}

impl Fault {
    /// Is it said before anything of the event is done?
    pub(super) const fn comes_first(&self) -> bool {
        matches!(self, Self::TooLate(_) | Self::Conflict(_))
    }
}
