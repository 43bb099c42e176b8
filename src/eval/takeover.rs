//! Taking accounts over: a program that `continues` another goes on with a book that the other kept.
//!
//! Up to the day of the change both say the same, so all that the book holds means the same under the new program;
//! only the places differ at which units, rules and limits stand. They are found again by their names. What the new
//! program would have to know of the past and the book does not tell is refused, not taken for nothing.

use super::Fault;
use super::account::{
    Account, ByGive, Carried, Few, Frame, Holding, Key, Posted, Receipt, Room, Spent, Standing, Usage,
};
use super::book::{Book, BookOptions, Shared};
use super::fault::OtherSnapshot;
use super::house::House;
use super::index::Index;
use super::moved::{Moved, spread};
use super::post::Desk;
use super::rare::Rare;
use super::snapshot::Snapshot;
use crate::ledger::Taken;
use crate::plan::Plan;
use crate::ty::event::Datum;
use crate::value::Amount;
use smallvec::smallvec;
use std::sync::Arc;

impl Book {
    /// Takes up a snapshot of a program that this one continues; `old` is that program.
    ///
    /// Its facts must all lie before the day from which this program may say otherwise.
    pub fn take_over(plan: Arc<Plan>, old: &Plan, snapshot: Snapshot, options: BookOptions) -> Result<Self, Fault> {
        let refuse =
            |found: String, expected: String| Err(Fault::OtherSnapshot(Box::new(OtherSnapshot { found, expected })));
        let known = plan.continues.iter().find(|(version, _)| *version == snapshot.version);
        let Some((_, from)) = known.filter(|_| old.version == snapshot.version) else {
            return refuse(
                format!("program version {}", snapshot.version),
                "a version that the program continues".to_owned(),
            );
        };
        let last = snapshot.accounts.iter().map(|account| account.clock.at.day.max(account.today)).max();
        if let Some(last) = last.filter(|last| last >= from) {
            return refuse(last.to_string(), format!("a day before {from}, from which this program may say otherwise"));
        }
        let mut book = Self::new(plan, BookOptions { named_lots: snapshot.named_lots, ..options });
        let texts = snapshot.texts.iter().map(|text| book.texts.intern(text)).collect();
        let index = Arc::clone(&book.index);
        let new_plan = Arc::clone(&book.plan);
        let old_index = Index::of(old);
        let passage =
            Passage { moved: Moved::between((old, &old_index), (&new_plan, &index), texts)?, plan: &new_plan };
        for account in snapshot.accounts {
            let mut account = passage.account(account, &index)?;
            book.names.insert(&account.name, book.accounts.len());
            if account.joined.is_some() {
                let mut silent = ();
                let pool = &book.pool;
                let desk = Desk { plan: &new_plan, index: &index, sink: &mut silent, named: false, pool };
                let today = account.today;
                desk.plan_anew(&mut account, today);
            }
            book.accounts.push(account);
        }
        book.shared = passage.shared(snapshot.shared);
        book.clock = snapshot.clock;
        let houses = snapshot.houses.into_iter().map(|house| passage.house(house, &old_index, &index));
        let houses: Vec<House> = houses.collect::<Result<_, _>>()?;
        book.settle_all(houses);
        Ok(book)
    }
}

/// The way of a book's state from one program to another.
struct Passage<'a> {
    moved: Moved,
    plan: &'a Plan,
}

impl Passage<'_> {
    fn account(&self, old: Account, index: &Index) -> Result<Account, Fault> {
        let moved = &self.moved;
        let mut new = Account::new(self.plan, &index.layout, Arc::clone(&old.name));
        spread(&moved.members, old.values.iter().map(|value| moved.datum(*value)), &mut new.values);
        spread(&moved.days, old.days.iter().copied(), &mut new.days);
        spread(&moved.counters, old.counters, &mut new.counters);
        for (place, seen) in old.seen.into_iter().enumerate() {
            let slot = moved.counters.get(place).copied().flatten().and_then(|place| new.seen.get_mut(place));
            if let Some(slot) = slot {
                slot.values = seen.values.into_iter().map(|(value, at)| (moved.datum(value), at)).collect();
            }
        }
        let holdings = old.holdings.into_iter().map(|holding| self.holding(holding)).collect::<Result<Vec<_>, _>>()?;
        spread(&moved.units, holdings, &mut new.holdings);
        for (ladder, standing) in old.standings.into_iter().enumerate() {
            let place = moved.ladders.get(ladder).copied().flatten().and_then(|place| new.standings.get_mut(place));
            if let Some(place) = place {
                *place = self.standing(ladder, standing);
            }
        }
        new.usage = old.usage.into_iter().filter_map(|usage| self.usage(usage)).collect();
        new.running = old
            .running
            .into_iter()
            .map(|running| Ok(super::account::Running { rule: moved.rule(running.rule)?, ..running }))
            .collect::<Result<_, Fault>>()?;
        new.receipts =
            old.receipts.into_iter().map(|receipt| self.receipt(*receipt).map(Box::new)).collect::<Result<_, _>>()?;
        new.carried = old.carried.iter().map(|carried| self.carried(carried)).collect::<Result<_, _>>()?;
        Ok(Account {
            joined: old.joined,
            listed: old.listed,
            left: old.left,
            referrer: old.referrer,
            merged_into: old.merged_into,
            membership: old.membership,
            clock: old.clock,
            today: old.today,
            recent: old.recent,
            keeps_until: old.keeps_until,
            gifted: old.gifted,
            last_purchase: old.last_purchase,
            purchases: old.purchases,
            revenue: old.revenue,
            ..new
        })
    }

    fn holding(&self, holding: Holding) -> Result<Holding, Fault> {
        let piles = holding.piles.into_iter().map(|pile| {
            let tag = self.moved.datum(pile.tag);
            pile.with_dates(tag, |dates| self.moved.dates(dates))
        });
        Ok(Holding { balance: holding.balance, piles: piles.collect::<Result<_, Fault>>()? })
    }

    fn standing(&self, ladder: usize, old: Standing) -> Standing {
        let tier = |tier: usize| self.moved.tier(ladder, tier);
        let mut new = Standing { tier: super::accrual::position(tier(usize::from(old.tier))), ..Standing::default() };
        for (place, hold) in old.holds.into_iter().enumerate() {
            let Some(mut hold) = hold else { continue };
            hold.values = self.moved.ladder_values(ladder, &hold.values);
            if let Some(slot) = new.hold(tier(place)) {
                *slot = Some(hold);
            }
        }
        new
    }

    /// What a limit has used; nothing of a limit that is no more.
    fn usage(&self, usage: Usage) -> Option<Usage> {
        let limit = self.moved.limit(usage.limit)?;
        Some(Usage { limit, key: self.key(usage.key), tally: usage.tally })
    }

    fn key(&self, key: Key) -> Key {
        Key(key.0.map(|datum| self.moved.datum(datum)))
    }

    /// What belongs to rules; those that are gone are worked out no more.
    fn of_rules(&self, old: ByGive) -> ByGive {
        old.into_iter().filter_map(|(rule, act, amount)| Some((self.moved.rule(rule).ok()?, act, amount))).collect()
    }

    fn receipt(&self, old: Receipt) -> Result<Receipt, Fault> {
        let moved = &self.moved;
        let mut new = Receipt {
            values: vec![Datum::Missing; self.plan.schema.receipt.len()].into(),
            frame: self.frame(old.frame),
            awards: old.awards.into_iter().map(|row| self.posted(row)).collect::<Result<_, _>>()?,
            spent: old.spent.into_iter().map(|spent| self.spent(spent)).collect::<Result<_, _>>()?,
            named: moved.datum(old.named),
            running: self.of_rules(old.running),
            totals: self.of_rules(old.totals),
            ..old
        };
        spread(&moved.receipts, old.values.into_iter().map(|value| moved.datum(value)), &mut new.values);
        for kept in &mut new.lines {
            let line = &mut kept.line;
            line.sku = line.sku.map(|sku| moved.text(sku));
            let old = std::mem::replace(&mut line.values, smallvec![Datum::Missing; self.plan.schema.line.len()]);
            spread(&moved.lines, old.into_iter().map(|value| moved.datum(value)), &mut line.values);
        }
        // In the order that the new program has for its rules.
        new.awards.sort_by_key(|row| (row.rule, row.act));
        Ok(new)
    }

    fn frame(&self, old: Frame) -> Frame {
        let moved = &self.moved;
        let tiers = |list: Few<u8, 8>| {
            let mut new = smallvec![0; if list.is_empty() { 0 } else { self.plan.ladders.len() }];
            let own = list.into_iter().enumerate();
            let own = own.map(|(at, tier)| super::accrual::position(moved.tier(at, usize::from(tier))));
            spread(&moved.ladders, own, &mut new);
            new
        };
        let mut new = Frame {
            tiers: tiers(old.tiers),
            held: tiers(old.held),
            counters: smallvec![None; self.plan.counters.len()],
            days: smallvec![None; moved.new_days],
            balances: vec![[Amount::ZERO; 5]; if old.balances.is_empty() { 0 } else { self.plan.units.len() }],
            member: vec![Datum::Missing; self.plan.schema.member.len()].into(),
            seen: Rare::default(),
            rooms: Vec::new(),
            ..old
        };
        spread(&moved.counters, old.counters, &mut new.counters);
        spread(&moved.days, old.days, &mut new.days);
        spread(&moved.units, old.balances, &mut new.balances);
        spread(&moved.members, old.member.into_iter().map(|value| moved.datum(value)), &mut new.member);
        for (counter, values) in old.seen {
            if let Some(counter) = moved.counter(counter) {
                new.seen.list().push((counter, values.into_iter().map(|value| moved.datum(value)).collect()));
            }
        }
        for room in old.rooms {
            if let Some(limit) = moved.limit(room.limit) {
                new.rooms.push(Room { limit, key: self.key(room.key), ..room });
            }
        }
        new
    }

    fn posted(&self, row: Posted) -> Result<Posted, Fault> {
        let moved = &self.moved;
        let charges = row.charges.iter().filter_map(|charge| {
            let limit = moved.limit(charge.limit)?;
            Some(super::account::Charge { limit, key: self.key(charge.key), ..*charge })
        });
        Ok(Posted {
            rule: moved.rule(row.rule)?,
            unit: moved.unit(row.unit)?,
            dates: moved.dates(row.dates.dates())?.into(),
            tag: moved.datum(row.tag),
            charges: charges.collect(),
            ..row
        })
    }

    fn spent(&self, spent: Spent) -> Result<Spent, Fault> {
        let taken = spent.taken.into_iter().map(|part| Ok(Taken { dates: self.moved.dates(part.dates)?, ..part }));
        Ok(Spent {
            unit: self.moved.unit(spent.unit)?,
            tag: self.moved.datum(spent.tag),
            taken: taken.collect::<Result<_, Fault>>()?,
            ..spent
        })
    }

    fn carried(&self, carried: &Carried) -> Result<Carried, Fault> {
        let moved = &self.moved;
        Ok(Carried {
            limit: moved.limit(carried.limit).ok_or_else(|| Fault::unknown("a limit whose rest is carried"))?,
            key: self.key(carried.key),
            rule: moved.rule(carried.rule)?,
            unit: moved.unit(carried.unit)?,
            ..carried.clone()
        })
    }

    fn shared(&self, shared: Shared) -> Shared {
        Shared { usage: shared.usage.into_iter().filter_map(|usage| self.usage(usage)).collect(), ..shared }
    }

    fn house(&self, old: House, old_index: &Index, index: &Index) -> Result<House, Fault> {
        let mut new = House {
            holdings: vec![Holding::default(); index.pooled.len()],
            days: vec![None; index.layout.len],
            took: Vec::new(),
            ..old
        };
        spread(&self.moved.days, old.days, &mut new.days);
        for (unit, holding) in old_index.pooled.iter().zip(old.holdings) {
            let unit = self.moved.unit(*unit)?;
            let place = index.pooled.iter().position(|pooled| *pooled == unit);
            let place = place.and_then(|place| new.holdings.get_mut(place));
            *place.ok_or_else(|| Fault::unknown("the pool of a unit"))? = self.holding(holding)?;
        }
        for (rule, day) in old.took {
            new.took.push((self.moved.rule(rule)?, day));
        }
        Ok(new)
    }
}
