//! Lots and debts, each by itself: opening, spending, paying debts, expiry.
//!
//! What can be spent is found by listing all lots of a member and sorting them.

use super::num::{Q, ZERO};
use super::rules::Cand;
use super::world::{Award, Booked, Carry, Datum, Debt, Entry, Exp, Lot, Opens, World};
use earnest::syntax::ast::{Activity, Anchor, Due, DueBase, Expiry, Length, Opening, SpendOrder};
use earnest::time::{Day, Instant};
use earnest::ty::Kind;
use earnest::value::Rounding;

impl World {
    fn mine<'a>(&'a self, member: &'a str, unit: usize) -> impl Iterator<Item = &'a Lot> {
        let member = self.account(member, unit);
        self.lots.iter().filter(move |lot| lot.owner == member && lot.unit == unit)
    }

    pub fn open(&self, member: &str, unit: usize) -> Q {
        self.mine(member, unit).filter(|lot| lot.open).map(|lot| lot.left).sum()
    }

    pub fn pending(&self, member: &str, unit: usize) -> Q {
        self.mine(member, unit).filter(|lot| !lot.open).map(|lot| lot.left).sum()
    }

    pub fn debt(&self, member: &str, unit: usize) -> Q {
        let member = self.account(member, unit);
        self.debts.iter().filter(|debt| debt.owner == member && debt.unit == unit).map(|debt| debt.left).sum()
    }

    /// In which pot units of a fact lie, if the unit is kept apart.
    pub fn pot(&self, unit: usize, fact: Option<&Booked>) -> Option<Datum> {
        let name = self.setup.units[unit].apart.as_ref()?;
        fact.and_then(|fact| fact.fact.attrs.get(name).cloned())
    }

    // ── Dates ───────────────────────────────────────────────────────────────────────────────────

    fn activities(&self, which: Activity, unit: usize, member: &str) -> Vec<Day> {
        let facts = self.doings(member).filter(|fact| fact.begun);
        let pool = member.starts_with(super::pools::MARK);
        let received = |award: &&Award| {
            if pool {
                self.is_of_account(&award.first_to, award.step, member)
            } else {
                award.to == member && !award.gone
            }
        };
        match which {
            Activity::Purchase => {
                // What is spent on a purchase is spent by the dates from before it.
                let bought = |fact: &&Booked| fact.fact.kind == Kind::Purchase && fact.spent;
                facts.filter(bought).map(|fact| fact.fact.at.day).collect()
            }
            Activity::Redemption => facts
                .filter(|fact| fact.spent && fact.fact.redeemed.iter().any(|redeemed| redeemed.0 == unit))
                .map(|fact| fact.fact.at.day)
                .collect(),
            Activity::Award => self
                .awards
                .iter()
                .filter(|award| award.unit == unit && award.given.positive())
                .filter(received)
                .map(|award| award.at.day)
                .collect(),
        }
    }

    fn after_activity(&self, due: &Due, member: &str, day: Day) -> Day {
        let at = match &due.base {
            DueBase::After(Length::Fixed(length), _) => length.after_day(day).unwrap(),
            _ => day,
        };
        due.snap.map_or(at, |edge| self.edge(edge, member, at))
    }

    /// The last day of a lot; none = never (or not yet told).
    pub fn last_day(&self, lot: &Lot) -> Option<Day> {
        let opening = match &lot.opens {
            Opens::At(_, day) => Some(*day),
            Opens::OnAction { .. } => None,
        };
        let day = match &lot.exp {
            Exp::Never | Exp::AfterOpening(_) => return None,
            // As far as it is known now: to the end of the keeping of that tier or a higher one.
            Exp::Tier(ladder, tier) => {
                let holds = &self.members[&lot.owner].ladders[*ladder].holds;
                let holds = holds.iter().filter(|hold| *tier > 0 && hold.tier >= *tier);
                return holds.map(|hold| hold.until.unwrap_or(Day::MAX)).max().filter(|last| *last < Day::MAX);
            }
            Exp::On(day) => *day,
            Exp::Since(anchor, due) => {
                let day = match anchor {
                    // An action of anyone who lives from it.
                    Anchor::Action(name) => {
                        let done = self.doings(&lot.owner).filter(|fact| fact.counted);
                        let done = done.filter(|fact| fact.fact.action.as_deref() == Some(&name.text));
                        done.map(|fact| fact.fact.at.day).max()?
                    }
                    other => self.anchor_day(other, &lot.owner)?,
                };
                self.after_activity(due, &lot.owner, day)
            }
            Exp::Activity(which, unit, due) => {
                let days = self.activities(*which, *unit, &lot.owner);
                days.into_iter().map(|day| self.after_activity(due, &lot.owner, day)).max()?
            }
        };
        Some(opening.map_or(day, |opening| day.max(opening)))
    }

    /// Opening and expiry of an award made now.
    pub fn dates(&self, dates: (usize, usize), unit: usize, to: &str, receipt: &str) -> (Opens, Exp) {
        let give = &self.setup.rules[dates.0].gives[dates.1];
        let def = &self.setup.units[unit];
        self.dates_of(
            give.opening.as_ref().unwrap_or(&def.opens),
            give.expiry.as_ref().unwrap_or(&def.expires),
            unit,
            to,
            receipt,
        )
    }

    pub fn dates_of(&self, opening: &Opening, expiry: &Expiry, unit: usize, to: &str, receipt: &str) -> (Opens, Exp) {
        let now = Opens::At(self.now.instant, self.now.day);
        let opens = match opening {
            Opening::AtOnce => now,
            Opening::Due(due) => match self.due(due, to, self.now, None) {
                Some((Some(instant), day)) => Opens::At(instant, day),
                // No birthday, no opening.
                None => Opens::At(Instant::from_micros(i64::MAX), Day::MAX),
                Some((None, day)) if day > self.now.day => Opens::At(self.setup.zone.day_start(day), day),
                _ => now,
            },
            Opening::OnAction { action, within, window } => {
                let mut ctx = super::expr::Ctx::new(self, to);
                ctx.now = self.now;
                let done = window.is_some()
                    && self.facts.iter().any(|fact| {
                        fact.counted
                            && self.is_of(fact, to)
                            && fact.fact.action.as_deref() == Some(&action.text)
                            && ctx.in_window(window.as_ref(), fact.fact.at, fact.step, &fact.who)
                    });
                let deadline = match (within, window) {
                    (Some(within), _) => Some(within.after_day(self.now.day).unwrap()),
                    (None, Some(earnest::syntax::ast::Window::This(kalendar))) => {
                        Some(self.span(*kalendar, to, self.now.day).1)
                    }
                    _ => None,
                };
                let wait = Opens::OnAction { action: action.text.clone(), deadline, receipt: receipt.to_owned() };
                if done { now } else { wait }
            }
        };
        let exp = self.expiry_of(expiry, unit, to, &opens);
        (opens, exp)
    }

    fn expiry_of(&self, expiry: &Expiry, unit: usize, to: &str, opens: &Opens) -> Exp {
        let due = match expiry {
            Expiry::Never => return Exp::Never,
            Expiry::WithNextPurchase => panic!("the second evaluator does not know `with the next purchase`"),
            Expiry::With(ladder) => {
                let ladder = self.setup.ladder_named(&ladder.text).unwrap();
                return Exp::Tier(ladder, self.members[to].ladders[ladder].tier);
            }
            Expiry::Due(due) => due,
        };
        let anchor = match &due.base {
            DueBase::After(_, anchor) | DueBase::At(anchor) => Some(anchor),
            DueBase::On(_) => None,
        };
        let moves = matches!(anchor, Some(Anchor::Last(_) | Anchor::Entering(_) | Anchor::Action(_)));
        if let (true, DueBase::After(..), Some(anchor)) = (moves, &due.base, anchor) {
            let mut fixed = due.clone();
            if let DueBase::After(length, anchor) = &due.base {
                let Some(length) = self.length(length, to) else { return Exp::Never };
                fixed.base = DueBase::After(Length::Fixed(length), anchor.clone());
            }
            return match anchor {
                Anchor::Last(which) => Exp::Activity(*which, unit, fixed),
                other => Exp::Since(other.clone(), fixed),
            };
        }
        let opening = match opens {
            Opens::At(instant, day) => Some((*instant, *day)),
            Opens::OnAction { .. } if matches!(anchor, Some(Anchor::Opening)) => return Exp::AfterOpening(due.clone()),
            Opens::OnAction { .. } => None,
        };
        self.due(due, to, self.now, opening).map_or(Exp::Never, |due| Exp::On(due.1))
    }

    // ── Order ───────────────────────────────────────────────────────────────────────────────────

    /// Open lots in the order of spending.
    pub fn spending_order(&self, member: &str, unit: usize, pot: Option<&Datum>) -> Vec<usize> {
        let member = self.account(member, unit);
        let apart = self.setup.units[unit].apart.is_some();
        let lots = (0..self.lots.len())
            .filter(|lot| {
                let lot = &self.lots[*lot];
                lot.owner == member
                    && lot.unit == unit
                    && lot.open
                    && lot.left.positive()
                    && (!apart || lot.pot.as_ref() == pot)
            })
            .collect();
        self.in_order(unit, lots)
    }

    fn in_order(&self, unit: usize, mut lots: Vec<usize>) -> Vec<usize> {
        // The soonest, and among equals what opened with its award, what opened first, what lies there longest.
        let soonest = |lot: usize| {
            let it = &self.lots[lot];
            let opened = match &it.opens {
                Opens::At(at, day) if !it.at_once => Some((*at, *day)),
                _ => None,
            };
            let last = self.last_day(it).unwrap_or(Day::MAX);
            // Of several pots the one that the account met first.
            let pot = self.pots.iter().position(|pot| pot.0 == it.owner && pot.1 == unit && pot.2 == it.pot);
            (last, opened, pot, it.lies, it.came)
        };
        let earned = |lot: usize| self.lots[lot].earned.day;
        lots.sort_by(|a, b| {
            let by_age = match self.setup.units[unit].order {
                SpendOrder::Soonest => std::cmp::Ordering::Equal,
                SpendOrder::Oldest => earned(*a).cmp(&earned(*b)),
                SpendOrder::Newest => earned(*b).cmp(&earned(*a)),
            };
            by_age.then_with(|| soonest(*a).cmp(&soonest(*b)))
        });
        lots
    }

    /// Takes from open lots in order; what was found.
    pub fn take(&mut self, member: &str, unit: usize, pot: Option<&Datum>, amount: Q) -> Vec<(usize, Q)> {
        self.meet((member.to_owned(), unit, pot.cloned()));
        let mut left = amount;
        let mut taken = vec![];
        for lot in self.spending_order(member, unit, pot) {
            let part = left.min(self.lots[lot].left);
            if part.positive() {
                self.lots[lot].left -= part;
                left -= part;
                taken.push((lot, part));
            }
        }
        taken
    }

    pub fn pending_order(&self, member: &str, unit: usize, pot: Option<&Datum>) -> Vec<usize> {
        let member = self.account(member, unit);
        let apart = self.setup.units[unit].apart.is_some();
        let mut lots: Vec<usize> = (0..self.lots.len())
            .filter(|lot| {
                let lot = &self.lots[*lot];
                lot.owner == member
                    && lot.unit == unit
                    && !lot.open
                    && lot.left.positive()
                    && (!apart || lot.pot.as_ref() == pot)
            })
            .collect();
        let opens = |lot: usize| match &self.lots[lot].opens {
            Opens::At(instant, _) => (0, *instant),
            Opens::OnAction { .. } => (1, Instant::from_micros(i64::MAX)),
        };
        // What waits for an action: what would be cancelled first goes first.
        let deadline = |lot: usize| match &self.lots[lot].opens {
            Opens::OnAction { deadline: Some(deadline), .. } => *deadline,
            _ => Day::MAX,
        };
        let opens = |lot: usize| (opens(lot), deadline(lot));
        lots.sort_by_key(|lot| (opens(*lot), self.lots[*lot].lies, self.lots[*lot].came));
        lots
    }

    /// An open lot pays debts, the debt incurred first.
    pub fn pay_debts(&mut self, lot: usize) {
        let (owner, unit, pot) = (self.lots[lot].owner.clone(), self.lots[lot].unit, self.lots[lot].pot.clone());
        for at in 0..self.debts.len() {
            let debt = &self.debts[at];
            if debt.owner != owner || debt.unit != unit || debt.pot != pot {
                continue;
            }
            let part = debt.left.min(self.lots[lot].left);
            if !part.positive() {
                continue;
            }
            self.debts[at].left -= part;
            self.lots[lot].left -= part;
            let name = self.lots[lot].name.clone();
            self.row(&owner, "", unit, Entry::Transfer, -part, &name);
            self.row(&owner, "", unit, Entry::Transfer, part, "debt");
            if let Some(spending) = self.debts[at].spending {
                // What had been spent on credit is now known to come from this lot.
                let (_, factor) = self.since_turned(self.spendings[spending].unit, self.spendings[spending].at.day);
                let part = part / factor;
                let taken = &mut self.spendings[spending].taken;
                let mut moved = part;
                for entry in taken.iter_mut().filter(|entry| entry.0.is_none()) {
                    let here = moved.min(entry.1);
                    entry.1 -= here;
                    moved -= here;
                }
                taken.push((Some(lot), part));
            }
        }
    }

    pub fn owe(&mut self, member: &str, unit: usize, pot: Option<Datum>, amount: Q, spending: Option<usize>) {
        if amount.positive() {
            let owner = self.account(member, unit);
            self.debts.push(Debt { owner, unit, pot, left: amount, spending });
        }
    }

    // ── Awards ──────────────────────────────────────────────────────────────────────────────────

    /// Books an award: a row, and a lot.
    pub fn book(&mut self, cand: &Cand, fact: Option<&Booked>, of: &str, receipt: &str) {
        let setup = std::rc::Rc::clone(&self.setup);
        let given = cand.given + cand.extra;
        let award = Award {
            step: fact.map_or(self.step, |fact| fact.step),
            at: self.now,
            event: self.event.clone(),
            receipt: receipt.to_owned(),
            of: of.to_owned(),
            friend: of.to_owned(),
            to: cand.to.clone(),
            first_to: cand.to.clone(),
            gone: false,
            merged: false,
            parted: false,
            rule: setup.rules[cand.rule].name.clone(),
            give: cand.give,
            unit: cand.unit,
            wanted: cand.wanted,
            given,
            charged: cand.given,
            worth: self.worth(cand.unit, self.now.day),
            reversed: ZERO,
            lost: ZERO,
            dropped: ZERO,
            used: cand.given,
            first_shares: cand.shares.clone(),
            only: cand.only.clone(),
            lot: None,
            occurrence: cand.occurrence.clone(),
            shares: cand.shares.clone(),
            running: cand.running,
            lines: cand.lines.clone(),
            attrs: fact.map(|fact| fact.fact.attrs.clone()).unwrap_or_default(),
        };
        if let Some((kalendar, cut)) = cand.carried {
            let due = self.span(kalendar, &cand.to, self.now.day).1.next().unwrap();
            // What is still left stands in line as the award that it was cut from.
            let since = self.carrying.unwrap_or(self.now);
            self.carries.push(Carry { due, since, award: award.clone(), amount: cut });
        }
        self.awards.push(award);
        if !given.positive() {
            return;
        }
        let number = self.awards.len() - 1;
        let (opens, exp) = self.dates(cand.dates, cand.unit, &cand.to, receipt);
        let name = self.lot_name_of(&cand.to, cand.unit, &self.lot_name(&setup.rules[cand.rule].name));
        self.row(&cand.to, &setup.rules[cand.rule].name, cand.unit, Entry::Earn, given, &name);
        self.gave.push(cand.to.clone());
        let pot = self.pot(cand.unit, fact);
        let lot = self.lot(&cand.to, cand.unit, pot, &setup.rules[cand.rule].name, receipt, given, opens, exp);
        self.awards[number].lot = Some(lot);
        let it = &self.lots[lot];
        let opens = match &it.opens {
            Opens::At(_, day) => Some(*day),
            Opens::OnAction { .. } => None,
        };
        let text = match &it.exp {
            // How long a tier is held is not told beforehand.
            Exp::Tier(..) => String::new(),
            _ => super::product::dated(given, opens, self.last_day(it)),
        };
        let rule = setup.rules[cand.rule].name.clone();
        let to = super::pools::told(&self.account(&cand.to, cand.unit)).to_owned();
        self.dated.push((self.event.clone(), self.now.day, to, rule, cand.unit, text));
    }

    pub fn lot(
        &mut self,
        owner: &str,
        unit: usize,
        pot: Option<Datum>,
        rule: &str,
        receipt: &str,
        left: Q,
        opens: Opens,
        exp: Exp,
    ) -> usize {
        let open = matches!(&opens, Opens::At(instant, _) if *instant <= self.now.instant);
        // What is adjusted nobody earned.
        let name = self.lot_name(rule);
        let name = if rule.is_empty() { name } else { self.lot_name_of(owner, unit, &name) };
        self.lots.push(Lot {
            owner: self.account(owner, unit),
            unit,
            pot,
            rule: rule.into(),
            name,
            receipt: receipt.into(),
            left,
            open,
            at_once: open,
            opens,
            exp,
            earned: self.now,
            step: self.step,
            lies: 0,
            came: 0,
            expired: vec![],
        });
        let lot = self.lots.len() - 1;
        self.place(lot);
        if open {
            self.pay_debts(lot);
        }
        lot
    }

    /// The event, or the day of a midnight, and the rule; an adjustment has none.
    fn lot_name(&self, rule: &str) -> String {
        let event = self.event.split(' ').next().unwrap_or_default();
        format!("{event} {rule}").trim_end().to_owned()
    }

    /// Opens a lot that waited.
    fn open_lot(&mut self, lot: usize) {
        if let Opens::OnAction { .. } = self.lots[lot].opens {
            self.lots[lot].opens = Opens::At(self.now.instant, self.now.day);
            if let Exp::AfterOpening(due) = self.lots[lot].exp.clone() {
                let owner = self.lots[lot].owner.clone();
                let opening = Some((self.now.instant, self.now.day));
                self.lots[lot].exp = self.due(&due, &owner, self.now, opening).map_or(Exp::Never, |due| Exp::On(due.1));
            }
        }
        self.lots[lot].open = true;
        let (owner, rule, unit) = (self.lots[lot].owner.clone(), self.lots[lot].rule.clone(), self.lots[lot].unit);
        let name = self.lots[lot].name.clone();
        if self.lots[lot].left.positive() {
            self.row(&owner, &rule, unit, Entry::Open, ZERO, &name);
        }
    }

    /// Lots open together; then debt is paid from what is open, in the order of spending.
    pub fn open_together(&mut self, lots: &[usize]) {
        let mut lots = lots.to_vec();
        lots.sort_by_key(|lot| (self.lots[*lot].lies, self.lots[*lot].came));
        for lot in &lots {
            self.open_lot(*lot);
            self.place(*lot);
        }
        for unit in 0..self.setup.units.len() {
            let Some(first) = lots.iter().find(|lot| self.lots[**lot].unit == unit) else { continue };
            let owner = self.lots[*first].owner.clone();
            let mut pots: Vec<Option<Datum>> = vec![];
            for lot in lots.iter().filter(|lot| self.lots[**lot].unit == unit) {
                if !pots.contains(&self.lots[*lot].pot) {
                    pots.push(self.lots[*lot].pot.clone());
                }
            }
            for pot in pots {
                for lot in self.spending_order(&owner, unit, pot.as_ref()) {
                    self.pay_debts(lot);
                }
            }
        }
    }

    /// Lots whose time has come, the unit by name, then the lot that was earned first.
    pub fn open_due(&mut self, member: &str, until: Instant) {
        let mut due: Vec<usize> = (0..self.lots.len())
            .filter(|lot| {
                let lot = &self.lots[*lot];
                lot.owner == self.account(member, lot.unit)
                    && !lot.open
                    && matches!(&lot.opens, Opens::At(at, _) if *at <= until)
            })
            .collect();
        let unit = |lot: usize| self.setup.units[self.lots[lot].unit].key.clone();
        due.sort_by_key(|lot| (unit(*lot), self.lots[*lot].earned.instant, self.lots[*lot].step, *lot));
        self.open_together(&due);
    }

    /// Loses what is left of a lot.
    pub fn expire(&mut self, lot: usize) {
        self.expire_part(lot, self.lots[lot].left);
    }

    /// Loses a part of a lot.
    pub fn expire_part(&mut self, lot: usize, part: Q) {
        let (owner, rule, unit) = (self.lots[lot].owner.clone(), self.lots[lot].rule.clone(), self.lots[lot].unit);
        let name = self.lots[lot].name.clone();
        self.row(&owner, &rule, unit, Entry::Expire, -part, &name);
        let lost = (self.now.instant, part);
        self.lots[lot].expired.push(lost);
        self.lots[lot].left -= part;
    }

    /// The end of a day: last days, tiers that ended, openings that did not come.
    pub fn expire_day(&mut self, member: &str, day: Day) {
        for lot in 0..self.lots.len() {
            let it = &self.lots[lot];
            if it.owner != self.account(member, it.unit) || !it.left.positive() {
                continue;
            }
            let over = match &it.exp {
                Exp::Tier(ladder, tier) => self.members[member].ladders[*ladder].tier < *tier,
                _ => self.last_day(it).is_some_and(|last| last <= day),
            };
            let late = matches!(&it.opens, Opens::OnAction { deadline: Some(deadline), .. } if *deadline <= day);
            if (it.open && over) || late {
                self.expire(lot);
            }
        }
    }

    /// What a rule takes: unit and amount, none for all.
    pub fn takes_of(&self, rule: usize, member: &str, fact: Option<&Booked>) -> Vec<(usize, Option<Q>)> {
        let setup = std::rc::Rc::clone(&self.setup);
        let mut all = vec![];
        for take in &setup.rules[rule].takes {
            let job = super::rules::Job::new(self, member, fact);
            let ctx = job.ctx(&[]);
            let named = take.unit.as_ref().and_then(|name| setup.unit_named(&name.text));
            let (amount, unit) = match &take.amount {
                None => {
                    all.push((named.unwrap(), None));
                    continue;
                }
                Some(expr) => match ctx.eval(expr) {
                    super::expr::Val::N(amount, super::expr::Ty::Unit(unit)) => (amount, named.unwrap_or(unit)),
                    super::expr::Val::N(amount, _) => (amount, named.unwrap()),
                    _ => continue,
                },
            };
            let def = &setup.units[unit];
            let mode = setup.rules[rule].round.map_or(def.mode, |round| round.mode);
            all.push((unit, Some(amount.max0().round(mode, def.decimals).round(Rounding::Down, def.decimals))));
        }
        all
    }

    /// `take`: lowers what is open, never below zero available.
    pub fn take_away(&mut self, rule: usize, member: &str, amounts: Vec<(usize, Option<Q>)>) {
        let setup = std::rc::Rc::clone(&self.setup);
        for (unit, amount) in amounts {
            let amount = amount.unwrap_or_else(|| self.open(member, unit));
            // In the order of spending, also where units are kept apart.
            let account = self.account(member, unit);
            let at_midnight =
                matches!(setup.rules[rule].trig, super::world::Trig::Edge(_) | super::world::Trig::Period(_));
            if account != member && at_midnight {
                // What several have together is taken from once.
                let taken = (account.clone(), rule, self.now.day);
                if self.pool_took.contains(&taken) {
                    continue;
                }
                self.pool_took.push(taken);
            }
            let mine = |lot: &usize| {
                let lot = &self.lots[*lot];
                lot.owner == account && lot.unit == unit && lot.open && lot.left.positive()
            };
            let lots = self.in_order(unit, (0..self.lots.len()).filter(mine).collect());
            let mut left = amount;
            for lot in lots {
                let part = left.min(self.lots[lot].left);
                self.lots[lot].left -= part;
                let lost = (self.now.instant, part);
                self.lots[lot].expired.push(lost);
                left -= part;
                let name = self.lots[lot].name.clone();
                self.row(member, &setup.rules[rule].name, unit, Entry::Expire, -part, &name);
            }
        }
    }
}
