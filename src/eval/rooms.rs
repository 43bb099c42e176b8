//! The room of limits: as it is now, and as it was on the day of a purchase that is worked out again.

use super::Fault;
use super::account::{Account, Key, Receipt, Room, Usage};
use super::accrual::Rooms;
use super::around::{LEVELS, Level};
use super::book::Shared;
use super::counter;
use super::index::{Index, is_programme_wide};
use crate::plan::{Act, CounterId, LimitId, Measured, Plan, RuleId};
use crate::time::Moment;
use crate::value::Amount;

/// The rooms as they are now.
pub(super) struct Live<'a> {
    /// The program.
    pub plan: &'a Plan,
    /// Its index.
    pub index: &'a Index,
    /// The member.
    pub member: &'a Account,
    /// Who referred, who referred those, and so on.
    pub referrers: [Option<&'a Account>; LEVELS],
    /// What is counted over all members.
    pub shared: &'a Shared,
    /// Now.
    pub at: Moment,
}

impl Live<'_> {
    fn account(&self, level: Level) -> &Account {
        level.place().and_then(|place| self.referrers.get(place).copied().flatten()).unwrap_or(self.member)
    }
}

impl Live<'_> {
    /// What the limits had used that no rule of the receipt asked: with fewer lines another rule may ask them.
    pub(super) fn note_unasked(&self, rooms: &mut Vec<Room>) -> Result<(), Fault> {
        let own = std::iter::once((Level::MEMBER, self.member));
        let above = Level::above().filter_map(|level| Some((level, self.referrers.get(level.place()?).copied()??)));
        for (level, account) in own.chain(above) {
            for usage in &account.usage {
                self.note(usage, level, rooms)?;
            }
        }
        for usage in &self.shared.usage {
            if let Some(level) = self.level_of(usage.limit) {
                self.note(usage, level, rooms)?;
            }
        }
        Ok(())
    }

    fn note(&self, usage: &Usage, level: Level, rooms: &mut Vec<Room>) -> Result<(), Fault> {
        let (limit, key) = (usage.limit, usage.key);
        let known = rooms.iter().any(|room| room.limit == limit && room.key == key);
        if known || self.level_of(limit) != Some(level) {
            return Ok(());
        }
        let used = self.used(limit, key, level)?;
        let served = self.served(limit, key, level);
        if served || !used.is_zero() {
            rooms.push(Room { limit, key, used, served });
        }
        Ok(())
    }

    /// Whose room a limit counts, if it is one of a purchase: of who receives, or of the member.
    fn level_of(&self, limit: LimitId) -> Option<Level> {
        let of_rule = |id: &RuleId| {
            let rule = self.plan.rule(*id);
            let of_give = |act: &Act| match act {
                Act::Give(give) if give.limits.contains(&limit) => Some(Level::from(give.recipient)),
                _ => None,
            };
            let of_one = || if rule.acts.len() == 1 { self.level_of_rule(*id) } else { Level::MEMBER };
            rule.acts.iter().find_map(of_give).or_else(|| rule.limits.contains(&limit).then(of_one))
        };
        let of_group = || self.plan.groups.iter().any(|group| group.limits.contains(&limit)).then_some(Level::MEMBER);
        self.index.purchase.iter().find_map(of_rule).or_else(of_group)
    }

    /// Who receives what a rule of one award gives.
    fn level_of_rule(&self, id: RuleId) -> Level {
        let mut rule = self.plan.rule(id);
        while let Some(Act::Multiply { base, .. } | Act::Add { base, .. }) = rule.acts.first() {
            rule = self.plan.rule(*base);
        }
        match rule.acts.first() {
            Some(Act::Give(give)) => Level::from(give.recipient),
            _ => Level::MEMBER,
        }
    }
}

impl Rooms for Live<'_> {
    fn used(&self, limit: LimitId, key: Key, level: Level) -> Result<Amount, Fault> {
        let of = self.plan.limit(limit);
        let Some(window) = &of.window else { return Ok(Amount::ZERO) };
        let account = self.account(level);
        let usage = if is_programme_wide(of) { self.shared.usage(limit, key) } else { account.usage(limit, key) };
        let who = account.who(self.plan, &self.index.layout);
        usage.map_or(Ok(Amount::ZERO), |usage| usage.tally.peek(window, &who, self.at).map_err(Fault::from))
    }

    fn served(&self, limit: LimitId, key: Key, level: Level) -> bool {
        let of = self.plan.limit(limit);
        let (Some(window), true) = (&of.window, of.measured == Measured::Members) else { return false };
        let account = self.account(level);
        let who = account.who(self.plan, &self.index.layout);
        let served = account.usage(limit, key).map(|own| own.tally.peek(window, &who, self.at));
        matches!(served, Some(Ok(times)) if times.is_positive())
    }

    fn running(
        &self,
        rule: RuleId,
        act: u8,
        counter: CounterId,
        level: Level,
    ) -> Result<Option<(Amount, Amount)>, Fault> {
        let account = self.account(level);
        let now = counter::value(account, self.plan, self.index, counter, self.at)?;
        let window = &self.plan.counter(counter).window;
        let who = account.who(self.plan, &self.index.layout);
        let paid = account.running.iter().find(|running| running.rule == rule && running.act == act);
        let paid = paid.map_or(Ok(Amount::ZERO), |running| running.paid.peek(window, &who, self.at))?;
        Ok(Some((now, paid)))
    }
}

/// The rooms as they were on the day of purchase.
pub(super) struct Past<'a>(pub &'a Receipt);

impl Rooms for Past<'_> {
    fn used(&self, limit: LimitId, key: Key, _: Level) -> Result<Amount, Fault> {
        let room = self.0.frame.rooms.iter().find(|room| room.limit == limit && room.key == key);
        Ok(room.map_or(Amount::ZERO, |room| room.used))
    }

    fn served(&self, limit: LimitId, key: Key, _: Level) -> bool {
        self.0.frame.rooms.iter().any(|room| room.limit == limit && room.key == key && room.served)
    }

    fn running(
        &self,
        rule: RuleId,
        act: u8,
        counter: CounterId,
        level: Level,
    ) -> Result<Option<(Amount, Amount)>, Fault> {
        let of =
            |all: &[(RuleId, u8, Amount)]| all.iter().find(|known| (known.0, known.1) == (rule, act)).map(|own| own.2);
        let before = if level == Level::MEMBER {
            self.0.frame.counters.get(counter.index()).copied().flatten()
        } else {
            of(&self.0.totals)
        };
        Ok(before.zip(of(&self.0.running)))
    }
}
