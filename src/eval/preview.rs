//! A preview: what an event would give and why, on a copy of all that it would change.
//!
//! Where one member's midnight decides what is left for another (a limit of the whole programme, what a household has
//! together), everybody comes to the event's moment first, as when it is applied. The book is copied for that only where
//! somebody's midnight is due.

use super::Fault;
use super::account::Account;
use super::ahead::Upcoming;
use super::around::{Around, LEVELS, Referrers};
use super::book::Book;
use super::close::join;
use super::explain::{Explanation, Trace};
use super::order::in_order;
use super::pool::Pool;
use super::post::Desk;
use crate::ty::Event;
use crate::ty::event::Datum;
use std::cell::Cell;
use std::sync::Arc;

impl Book {
    /// Why an event would give what it gives: the same code, without applying anything.
    pub fn explain(&self, event: &Event) -> Result<Explanation, Fault> {
        let at = self.find(&event.member);
        let reached =
            at.map_or_else(Vec::new, |at| self.chain_of(at, None).into_iter().flatten().chain([at]).collect());
        let sweeps = self.sweeps && self.swept < event.at.day;
        if !sweeps && !reached.iter().any(|at| self.is_house_due(self.home(*at), event.at.day)) {
            return self.explain_now(event);
        }
        let mut book = self.copy();
        if book.sweeps {
            book.sweep(event.at, &mut ())?;
        }
        for at in reached {
            book.bring_house(book.home(at), event.at, &mut ())?;
        }
        book.explain_now(event)
    }

    /// The same, all others being at the moment of the event.
    fn explain_now(&self, event: &Event) -> Result<Explanation, Fault> {
        let (plan, index) = (Arc::clone(&self.plan), Arc::clone(&self.index));
        let mut account = match self.find(&event.member).and_then(|at| self.accounts.get(at)) {
            Some(account) => self.with_pool(account),
            None => Account::new(&plan, &index.layout, Arc::from(event.member.as_str())),
        };
        let mut shared = self.shared.clone();
        let mut silent = ();
        // What midnights give meanwhile lies beside named lots.
        let named = self.options.named_lots;
        let mut desk = Desk { plan: &plan, index: &index, sink: &mut silent, named, pool: &self.pool };
        let first = account.joined.is_none();
        if first {
            desk.begin(&mut account, event.at.day);
        }
        desk.catch_up(&mut account, &mut shared, event.at)?;
        let chain = self.find(&event.member).map_or([None; LEVELS], |at| self.chain_of(at, None));
        let mut referrers = chain.map(|at| at.and_then(|at| self.accounts.get(at)).cloned());
        // Who lives with the member is lent what they have together.
        for referrer in referrers.iter_mut().flatten().filter(|referrer| referrer.home != account.home) {
            *referrer = self.with_pool(referrer);
        }
        for referrer in referrers.iter_mut().flatten() {
            desk.catch_up(referrer, &mut shared, event.at)?;
        }
        let mut texts = self.texts.clone();
        let friend = Datum::Text(texts.intern(&account.name));
        let mut scratch = Vec::new();
        let lines = in_order(index.category, &texts, &event.lines, &mut scratch);
        let mut around =
            Around { referrers: Referrers::of(referrers.each_mut().map(Option::as_mut)), ..Around::alone(&mut shared) };
        if first && account.listed.is_none_or(|day| day > event.at.day) {
            join(&mut desk, &mut account, &mut around, event, friend)?;
        }
        let mut trace = Trace::default();
        let (rules, done) = desk.trace_event(&mut account, &mut around, event, lines, friend, &mut trace)?;
        Ok(trace.finish(&rules, &done))
    }

    /// A book of its own that stands where this one does.
    pub(super) fn copy(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            index: Arc::clone(&self.index),
            texts: self.texts.clone(),
            accounts: self.accounts.clone(),
            names: self.names.clone(),
            shared: self.shared.clone(),
            clock: self.clock.clone(),
            households: self.households.clone(),
            options: self.options,
            by_action: self.by_action,
            per_friend: self.per_friend,
            sweeps: self.sweeps,
            swept: self.swept,
            keep: None,
            pool: Pool::default(),
            scratch: Vec::new(),
            upcoming: Cell::new(Upcoming::default()),
            stopped: self.stopped.clone(),
        }
    }
}
