//! The other facts: join, action, redeem, adjust, leave.

use super::Fault;
use super::account::{Account, Usage};
use super::around::Around;
use super::counter;
use super::post::{Cause, Desk, dates_of};
use super::purchase::Fact;
use super::value::{Basket, Scene};
use crate::ledger::{EntryKind, Sink};
use crate::plan::{RuleId, Trigger, UnitId};
use crate::ty::event::{Datum, Redemption};
use crate::ty::{Event, Kind};
use crate::value::Amount;

impl<S: Sink> Desk<'_, S> {
    /// The rules on a fact that is no purchase.
    pub(super) fn fact_rules(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        cause: Cause<'_>,
        fact: &Fact<'_>,
    ) -> Result<(), Fault> {
        let rules: Vec<RuleId> = match fact.kind {
            Kind::Action => self.index.action.clone(),
            Kind::Join => self.index.join.clone(),
            _ => {
                let fits = |rule: &RuleId| matches!(self.plan.rule(*rule).trigger, Trigger::Fact { kind, .. } if kind == fact.kind);
                self.index.other.iter().copied().filter(fits).collect()
            }
        };
        if rules.is_empty() {
            return Ok(());
        }
        let frame = self.frame_of(account, around, cause.at)?;
        let done = self.work(account, around, &rules, &frame, fact, None)?;
        self.post(account, around, cause, &frame, fact, &done, None)?;
        self.pool.put_done(done);
        self.pool.put_frame(frame);
        Ok(())
    }

    /// An action.
    pub(super) fn acted(
        &mut self,
        account: &mut Account,
        around: &mut Around<'_>,
        event: &Event,
        receipt: Datum,
        friend: Datum,
    ) -> Result<(), Fault> {
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.of, rule: None };
        let Some(action) = event.action else { return Ok(()) };
        self.open_by_action(account, cause, action, receipt)?;
        let basket = Basket { lines: &[], paid: &[], values: &event.values, part: None };
        let fact = Fact { kind: Kind::Action, action: Some(action), basket, receipt, friend };
        self.fact_rules(account, around, cause, &fact)?;
        let frame = self.frame(account, event.at)?;
        let scene = Scene {
            plan: self.plan,
            index: self.index,
            frame: &frame,
            basket,
            chosen: &[],
            line: None,
            given: &[],
            kind: Kind::Action,
            action: Some(action),
            part: None,
            paid: None,
        };
        counter::count_event(account, &self.index.acted, &scene)?;
        account.note_day(self.index.layout.action(action), event.at.day);
        Ok(())
    }

    /// A correction by hand.
    pub(super) fn adjusted(&mut self, account: &mut Account, event: &Event) -> Result<(), Fault> {
        let cause = Cause { at: event.at, event: &event.id, receipt: &event.receipt, rule: None };
        let Some(Redemption { unit, points, .. }) = event.adjusted else { return Ok(()) };
        let unit = UnitId::new(unit);
        let tag = self.tag(unit, &event.values);
        if points.is_negative() {
            let (taken, missing) = self.take_open(account, unit, tag, points.negated()?)?;
            self.rows_of(account, cause, unit, EntryKind::Adjust, &taken)?;
            let (taken, missing) = self.take_pending(account, unit, tag, missing)?;
            self.rows_of(account, cause, unit, EntryKind::Adjust, &taken)?;
            self.owe(account, cause, unit, tag, EntryKind::Adjust, missing)?;
            return Ok(());
        }
        let at_once = crate::plan::Opening::AtOnce;
        let frame = self.frame(account, event.at)?;
        let scene = self.state_scene(&frame);
        let length = |length: &crate::plan::Length| super::tier::length_of(&scene, length);
        let dates =
            dates_of(self.plan, self.index, account, unit, (Some(&at_once), None), event.at, Datum::Missing, length);
        let lot = self.named.then(|| std::sync::Arc::from(event.id.as_str()));
        self.give(account, cause, unit, tag, dates, points, lot.as_ref(), EntryKind::Adjust)
    }

    /// A member leaves: all units are lost, debt is closed by an adjustment.
    pub(super) fn lose_all(&mut self, account: &mut Account, cause: Cause<'_>) -> Result<(), Fault> {
        // What a household has together stays with those who go on living there.
        let stays = |account: &Account, unit| account.pool_of(self.plan, unit).is_some_and(|house| house.others);
        for unit in (0..self.plan.units.len()).map(UnitId::new) {
            if stays(account, unit) {
                continue;
            }
            let tags: Vec<Datum> = account
                .holdings
                .get(unit.index())
                .into_iter()
                .flat_map(|h| h.piles.iter().map(|pile| pile.tag))
                .collect();
            for tag in tags {
                let (taken, _) = self.take_open(account, unit, tag, Amount::MAX)?;
                self.rows_of(account, cause, unit, EntryKind::Expire, &taken)?;
                let (taken, _) = self.take_pending(account, unit, tag, Amount::MAX)?;
                self.rows_of(account, cause, unit, EntryKind::Expire, &taken)?;
                let Some(holding) = account.holdings.get_mut(unit.index()) else { continue };
                let pile = holding.pile(tag);
                let debt = std::mem::take(&mut pile.debt);
                pile.debts.clear();
                if debt.is_positive() {
                    self.row(account, cause, unit, EntryKind::Adjust, debt, None, "debt")?;
                }
            }
        }
        Ok(())
    }

    /// Who left is a member no more; nothing of what was counted goes on.
    pub(super) fn leave(&mut self, account: &mut Account) {
        let mut fresh = Account::new(self.plan, &self.index.layout, std::sync::Arc::clone(&account.name));
        for unit in &self.index.pooled {
            if let (Some(to), Some(from)) =
                (fresh.holdings.get_mut(unit.index()), account.holdings.get_mut(unit.index()))
            {
                std::mem::swap(to, from);
            }
        }
        // Who was served once was: a limit of members does not count the same one twice.
        let members = |own: &mut Usage| self.plan.limit(own.limit).measured == crate::plan::Measured::Members;
        account.usage.retain(members);
        *account = Account {
            values: std::mem::take(&mut account.values),
            clock: std::mem::take(&mut account.clock),
            today: account.today,
            recent: std::mem::take(&mut account.recent),
            purchases: account.purchases,
            revenue: account.revenue,
            last_purchase: account.last_purchase,
            left: true,
            home: account.home,
            membership: account.membership.saturating_add(1),
            house: account.house.take(),
            usage: std::mem::take(&mut account.usage),
            ..fresh
        };
    }
}
