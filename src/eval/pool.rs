//! What one event leaves for the next: lists that are filled anew, so that an event allocates nothing, and what is
//! known of the days around.

use super::account::Frame;
use super::accrual::Done;
use super::daily::Daily;
use crate::plan::Plan;
use crate::time::{Day, Moment};
use crate::value::Amount;
use std::cell::{Cell, RefCell};

/// Lists that are filled anew for each event, kept so that an event allocates nothing.
#[derive(Default)]
pub(super) struct Pool {
    frame: Cell<Option<Box<Frame>>>,
    ladder: Cell<Option<Box<Frame>>>,
    done: Cell<Option<Box<Done>>>,
    paid: Cell<Vec<Amount>>,
    starts: RefCell<Vec<Moment>>,
    /// What is known of the day of the last purchase.
    pub(super) daily: RefCell<Daily>,
    /// The same of the days around.
    days: RefCell<Vec<Daily>>,
}

impl Pool {
    /// A frame without content, with room.
    pub(super) fn frame(&self) -> Box<Frame> {
        let mut frame = self.frame.take().unwrap_or_default();
        frame.empty();
        frame
    }

    /// Takes a frame back.
    pub(super) fn put_frame(&self, frame: Box<Frame>) {
        self.frame.set(Some(frame));
    }

    /// What an event gives, with nothing in it yet.
    pub(super) fn done(&self) -> Box<Done> {
        let mut done = self.done.take().unwrap_or_default();
        done.empty();
        done
    }

    /// Takes back what an event gave.
    pub(super) fn put_done(&self, done: Box<Done>) {
        self.done.set(Some(done));
    }

    /// Money paid with units, for so many lines: none yet.
    pub(super) fn paid(&self, lines: usize) -> Vec<Amount> {
        let mut paid = self.paid.take();
        paid.clear();
        paid.resize(lines, Amount::ZERO);
        paid
    }

    /// Takes such a list back.
    pub(super) fn put_paid(&self, paid: Vec<Amount>) {
        self.paid.set(paid);
    }

    /// A frame for looking at a ladder.
    pub(super) fn ladder(&self) -> Box<Frame> {
        let mut frame = self.ladder.take().unwrap_or_default();
        frame.empty();
        frame
    }

    /// Takes a ladder's frame back.
    pub(super) fn put_ladder(&self, frame: Box<Frame>) {
        self.ladder.set(Some(frame));
    }

    /// The start of a day; those of the days around are remembered, because midnights come for many members.
    pub(super) fn start_of(&self, plan: &Plan, day: Day) -> Moment {
        let mut starts = self.starts.borrow_mut();
        let place = place_of(day);
        if let Some(start) = starts.get(place).filter(|start| start.day == day) {
            return *start;
        }
        let start = plan.zone.start_of(day);
        let count = starts.len().max(place + 1);
        starts.resize(count, start);
        if let Some(known) = starts.get_mut(place) {
            *known = start;
        }
        start
    }

    /// Takes out what is known of a day, if it was not another's turn since.
    pub(super) fn take_day(&self, day: Day) -> Option<Daily> {
        self.days.borrow_mut().get_mut(place_of(day)).map(std::mem::take)
    }

    /// Puts away what is known of a day.
    pub(super) fn put_day(&self, day: Day, daily: Daily) {
        let (mut days, place) = (self.days.borrow_mut(), place_of(day));
        if days.len() <= place {
            days.resize_with(place + 1, Daily::default);
        }
        if let Some(known) = days.get_mut(place) {
            *known = daily;
        }
    }
}

/// So many days are remembered: where members are worked one after the other, each goes through years.
const DAYS_AROUND: i32 = 1_024;

fn place_of(day: Day) -> usize {
    usize::try_from(day.number().rem_euclid(DAYS_AROUND)).unwrap_or(0)
}
