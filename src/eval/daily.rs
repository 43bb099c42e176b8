//! What a day alone decides of a plain programme: which rules can fire, and when the units that they give open and
//! are lost.
//!
//! It is worked out with the first purchase of a day and stands for those that follow.

use super::account::Account;
use super::award::give_of;
use super::plain::{Plain, PlainRule};
use super::post::{Dated, Desk, dates_of};
use super::when::{Who, fixed_length};
use crate::ledger::{Dates, EntryKind, Sink};
use crate::plan::Window;
use crate::time::{Day, Moment};
use crate::ty::event::Datum;
use std::cell::Ref;

/// Plain rules, each a bit.
pub(super) type Rules = u32;

/// What is known of a day.
#[derive(Debug, Default)]
pub(super) struct Daily {
    /// Which day.
    day: Option<Day>,
    /// The rules that can fire.
    pub on: Rules,
    /// The dates of what each gives, where the day alone decides them.
    dates: Vec<Option<Dated>>,
    /// For each counter that purchases move: the first day of its window, where it counts so many days or months.
    since: Vec<Option<Day>>,
}

impl Daily {
    /// The dates of what a rule gives, where the day alone decides them.
    pub(super) fn dates(&self, rule: usize) -> Option<&Dated> {
        self.dates.get(rule)?.as_ref()
    }

    /// The first day of a counter's window, where it counts so many days or months.
    pub(super) fn since(&self, counter: usize) -> Option<Day> {
        self.since.get(counter).copied().flatten()
    }
}

impl<'a, S: Sink> Desk<'a, S> {
    /// What is known of the day of a purchase.
    #[inline]
    pub(super) fn daily(&self, plain: &Plain, account: &Account, at: Moment) -> Ref<'a, Daily> {
        let known = self.pool.daily.borrow();
        if known.day == Some(at.day) {
            return known;
        }
        drop(known);
        let daily = self.pool.take_day(at.day).filter(|daily| daily.day == Some(at.day));
        let before = self.pool.daily.replace(daily.unwrap_or_else(|| self.find_daily(plain, account, at)));
        if let Some(day) = before.day {
            self.pool.put_day(day, before);
        }
        self.pool.daily.borrow()
    }

    #[inline(never)]
    fn find_daily(&self, plain: &Plain, account: &Account, at: Moment) -> Daily {
        // What the day alone decides is the same for whoever asks.
        let who = Who { plan: self.plan, layout: &self.index.layout, joined: at.day, birthday: None, days: &[] };
        let mut daily = Daily { day: Some(at.day), ..Daily::default() };
        for (place, rule) in plain.rules.iter().enumerate() {
            let in_force = self.plan.in_force.on(at.day) && rule.in_force.on(at.day);
            let on = in_force && rule.days.iter().all(|period| who.occurrence(*period, at).is_some());
            daily.on |= Rules::from(on) << place;
            daily.dates.push((on && rule.by_day).then(|| {
                let dates = self.plain_dates(account, rule, at, Datum::Missing);
                self.dated(account, rule.unit, dates, EntryKind::Earn, at.day)
            }));
        }
        for (id, _) in &plain.counters {
            let window = &self.plan.counter(*id).window;
            let first = if let Window::Rolling(_) = window { who.window(window, at) } else { None };
            daily.since.push(first.map(|(first, _)| first));
        }
        daily
    }

    /// The dates of what a plain rule gives.
    pub(super) fn plain_dates(&self, account: &Account, rule: &PlainRule, at: Moment, receipt: Datum) -> Dates {
        let give = give_of(self.plan, rule.source);
        let own = (give.and_then(|give| give.opening.as_ref()), give.and_then(|give| give.expiry.as_ref()));
        dates_of(self.plan, self.index, account, rule.unit, own, at, receipt, fixed_length)
    }
}
