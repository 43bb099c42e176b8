//! All members at once: midnights in order of names, and the end of a run.

use super::Fault;
use super::ahead::touch_all;
use super::book::Book;
use super::post::Desk;
use crate::ledger::Sink;
use crate::time::{Day, Moment};
use crate::ty::beginning;
use std::sync::Arc;

impl Book {
    /// Midnights of all members in order, where a limit over all members makes it matter who comes first.
    pub(super) fn sweep(&mut self, to: Moment, sink: &mut impl Sink) -> Result<(), Fault> {
        let (plan, index) = (Arc::clone(&self.plan), Arc::clone(&self.index));
        let order = self.by_name();
        // Who is listed takes part from the day of joining on.
        for account in self.accounts.iter_mut().filter(|account| account.joined.is_none() && !account.left) {
            if account.listed.is_some_and(|day| day <= to.day) && account.merged_into.is_none() {
                let desk = Desk { plan: &plan, index: &index, sink: &mut *sink, named: false, pool: &self.pool };
                desk.begin(account, to.day);
            }
        }
        if self.shared.drawn == Day::default() {
            // Draws before the first fact had nobody to draw from.
            self.shared.drawn = to.day.previous().unwrap_or(to.day);
        }
        loop {
            let next_draw = self.next_draw();
            let next = self.accounts.iter().filter(|a| a.joined.is_some()).map(|a| a.due).min().unwrap_or(Day::MAX);
            let next = next_draw.as_ref().map_or(next, |(day, _)| next.min(*day));
            if next > to.day {
                self.swept = to.day;
                return Ok(());
            }
            let until = plan.zone.start_of(next);
            for at in &order {
                if self.accounts.get(*at).is_some_and(|account| account.joined.is_some() && account.due <= next) {
                    self.bring(*at, until, sink)?;
                }
            }
            if let Some((day, draws)) = next_draw.filter(|(day, _)| *day == next) {
                self.hold_draws(day, &draws, &order, sink)?;
            }
        }
    }

    /// The places of all accounts, in the order of their names.
    fn by_name(&self) -> Vec<usize> {
        let name = |at: usize| self.accounts.get(at).map_or("", |account| &account.name);
        // Most names are told apart by how they begin, without going to each again and again.
        let mut order: Vec<(u64, usize)> = (0..self.accounts.len()).map(|at| (beginning(name(at)), at)).collect();
        order.sort_by(|(one, at), (other, other_at)| one.cmp(other).then_with(|| name(*at).cmp(name(*other_at))));
        order.into_iter().map(|(_, at)| at).collect()
    }

    /// Brings all members to a day, before its end-of-day steps.
    pub fn finish(&mut self, as_of: Day, sink: &mut impl Sink) -> Result<(), Fault> {
        if let Some(fault) = &self.stopped {
            return Err(fault.clone());
        }
        let next = as_of.next().ok_or(Fault::DateOutOfRange)?;
        let start = self.plan.zone.day_start(next);
        let to = Moment {
            instant: crate::time::Instant::from_micros(start.micros().saturating_sub(1)),
            day: as_of,
            ..Moment::default()
        };
        let (plan, index) = (Arc::clone(&self.plan), Arc::clone(&self.index));
        for account in &mut self.accounts {
            if account.joined.is_none()
                && !account.left
                && let Some(day) = account.listed.filter(|day| *day <= as_of)
            {
                let desk = Desk { plan: &plan, index: &index, sink: &mut *sink, named: false, pool: &self.pool };
                desk.begin(account, day);
            }
        }
        if self.sweeps {
            self.sweep(to, sink)?;
        }
        let order = self.by_name();
        for (number, at) in order.iter().copied().enumerate() {
            if number.is_multiple_of(Self::EVENTS_AHEAD) {
                touch_all(&self.accounts, order.iter().skip(number).take(Self::EVENTS_AHEAD).copied());
            }
            let Some(account) = self.accounts.get(at) else { continue };
            if account.joined.is_some() && account.merged_into.is_none() && !account.left {
                self.bring_house(account.home(), to, sink)?;
                self.bring(at, to, sink)?;
            }
        }
        Ok(())
    }
}
