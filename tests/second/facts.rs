//! The course of time: midnights one by one, and what each kind of fact does.
//!
//! Nothing is skipped: between two facts a year apart lie 365 midnights for every member.

use super::brought::Brought;
use super::expr::to_money;
use super::num::{Q, ZERO, share};
use super::rules::{Job, Outcome, fits};
use super::world::{Booked, Entry, Exp, Fact, Hold, Member, Opens, Spending, Standing, Trig, World};
use earnest::syntax::ast::{Activity, Anchor, DueBase, Expiry, Opening, Side};
use earnest::time::{Day, Instant, Moment, TimeOfDay};
use earnest::ty::Kind;
use std::collections::BTreeMap;
use std::rc::Rc;

impl World {
    /// What the members file says; `joined` counts if it is earlier than the first fact.
    pub fn know(&mut self, name: &str, joined: Option<Day>, attrs: BTreeMap<String, super::world::Datum>) {
        self.homes.insert(name.into(), attrs.clone());
        let ladders = vec![Standing::default(); self.setup.ladders.len()];
        let member = Member {
            name: name.into(),
            joined: joined.unwrap_or(Day::MAX),
            referrer: None,
            active: joined.is_some(),
            seen: false,
            began: false,
            attrs,
            ladders,
        };
        self.members.insert(name.into(), member);
    }

    pub fn owner(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while let Some((next, _)) = self.aliases.get(&name) {
            name.clone_from(next);
        }
        name
    }

    /// Everything in the order of facts.
    pub fn run(&mut self, facts: Vec<Fact>, as_of: Day, finish: bool) {
        self.run_after(&[], facts, as_of, finish);
    }

    /// The same after what members brought along, which is in the order of its days.
    pub fn run_after(&mut self, brought: &[Brought], mut facts: Vec<Fact>, as_of: Day, finish: bool) {
        facts.sort_by(|a, b| {
            (a.at.instant, a.seq, a.kind, &a.id, &a.member).cmp(&(b.at.instant, b.seq, b.kind, &b.id, &b.member))
        });
        let joined = self.members.values().filter(|member| member.active).map(|member| member.joined).min();
        let first = facts.first().map(|fact| fact.at.day).into_iter().chain(joined);
        let first = first.chain(brought.first().map(|first| first.at)).min();
        self.today = first.or(Some(as_of));
        brought.iter().for_each(|one| self.bring(one));
        let mut seen: Vec<(String, String)> = vec![];
        for fact in facts {
            if fact.at.day > as_of || fact.member.is_empty() {
                continue;
            }
            let key = (fact.id.clone(), fact.member.clone());
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            self.advance(fact.at);
            self.apply(fact);
        }
        if !finish {
            return;
        }
        let end = self.setup.zone.day_start(as_of.next().unwrap());
        self.to_day(as_of);
        self.instants(Instant::from_micros(end.micros() - 1));
    }

    pub fn advance(&mut self, at: Moment) {
        self.to_day(at.day);
        self.instants(at.instant);
    }

    fn to_day(&mut self, day: Day) {
        while let Some(today) = self.today.filter(|today| *today < day) {
            let next = today.next().unwrap();
            self.instants(Instant::from_micros(self.setup.zone.day_start(next).micros() - 1));
            let evening = TimeOfDay::from_seconds(86_399).unwrap();
            let last = Instant::from_micros(self.setup.zone.day_start(next).micros() - 1);
            self.now = Moment { instant: last, day: today, time: evening };
            self.half(&format!("{today} end"), |w, name| w.end_of_day(name, today), today);
            self.now = self.setup.zone.start_of(next);
            self.now.day = next;
            self.half(&format!("{next} start"), |w, name| w.start_of_day(name, next), today);
            self.draws(today, next);
            self.today = Some(next);
        }
    }

    /// Lots that open at an instant within the day.
    fn instants(&mut self, until: Instant) {
        loop {
            let waiting = self.lots.iter().filter(|lot| !lot.open).filter_map(|lot| match &lot.opens {
                Opens::At(at, _) if *at <= until => Some((*at, lot.owner.clone())),
                _ => None,
            });
            let Some((at, owner)) = waiting.min() else { return };
            self.now = self.setup.zone.moment(at);
            self.event = format!("{} open", self.now.day);
            self.step += 1;
            self.open_due(&owner, at);
        }
    }

    fn half(&mut self, event: &str, act: impl Fn(&mut Self, &str), joined_by: Day) {
        self.event = event.into();
        let members = self.members.values().filter(|member| member.active && member.joined <= joined_by);
        let names: Vec<String> = members.map(|member| member.name.clone()).collect();
        for name in names {
            self.step += 1;
            self.gave.clear();
            self.moved.clear();
            act(self, &name);
            let gifted = self.gifted.contains(&name);
            self.gifted.retain(|other| *other != name);
            if self.gave.contains(&name) || gifted {
                self.look_after_gifts(&name, event.ends_with("end"));
            }
        }
    }

    /// A half of a midnight that gave units lets the ladders with `keep` look once more.
    pub fn look_after_gifts(&mut self, name: &str, waits: bool) {
        for ladder in 0..self.setup.ladders.len() {
            let def = &self.setup.ladders[ladder];
            // A ladder on a balance rises at the start of a day.
            if def.keep.is_some() && !(def.on_balance() && waits) && !self.moved.contains(&(name.to_owned(), ladder)) {
                self.look_at(ladder, name, true, false);
            }
        }
        self.entered();
    }

    /// The rules of a moment; at the end of a day what they take comes after expiry and is only answered.
    fn moment_rules(&mut self, member: &str, side: Side, day: Day) -> Vec<usize> {
        let rules: Vec<usize> = (0..self.setup.rules.len())
            .filter(|rule| self.setup.rules[*rule].gives_by_itself())
            .filter(|rule| match &self.setup.rules[*rule].trig {
                Trig::Edge(edge) => edge.side == side && self.edge(*edge, member, day) == day,
                Trig::Period(period) => side == Side::Start && self.begins(period, member, day),
                _ => false,
            })
            .collect();
        let mut outcome = Job::new(self, member, None).run(&rules);
        let takes = if side == Side::End { std::mem::take(&mut outcome.takes) } else { vec![] };
        self.post(&outcome, None, member, "");
        self.promoted(member);
        takes
    }

    fn end_of_day(&mut self, member: &str, day: Day) {
        let takes = self.moment_rules(member, Side::End, day);
        self.step += 1;
        for ladder in 0..self.setup.ladders.len() {
            self.review(ladder, member, day);
        }
        self.entered();
        self.expire_day(member, day);
        for rule in takes {
            let amounts = self.takes_of(rule, member, None);
            self.take_away(rule, member, amounts);
        }
        for ladder in 0..self.setup.ladders.len() {
            if self.setup.ladders[ladder].on_balance() && self.setup.ladders[ladder].keep.is_none() {
                self.look_at(ladder, member, false, true);
            }
        }
    }

    fn start_of_day(&mut self, member: &str, day: Day) {
        self.turn(member, day);
        self.carried(member, day);
        self.open_due(member, self.now.instant);
        for ladder in 0..self.setup.ladders.len() {
            let def = &self.setup.ladders[ladder];
            let balance = def.on_balance();
            if def.keep.is_some() && !balance {
                self.take_effect(ladder, member);
                continue;
            }
            if def.keep.is_none() || balance || matches!(def.opens, Some(Opening::Due(_))) {
                let reached = self.reached(ladder, member, self.now, None, None);
                let value = (0..reached.len()).filter(|tier| reached[*tier]).max().unwrap_or(0);
                if balance
                    && self.setup.ladders[ladder].keep.is_some()
                    && value <= self.members[member].ladders[ladder].tier.max(self.held(ladder, member))
                {
                    self.take_effect(ladder, member);
                    continue;
                }
                let over = !World::day_in_force(self.setup.ladders[ladder].in_force, day);
                self.look_at(ladder, member, true, !balance || over);
            }
        }
        self.entered();
        self.step += 1;
        self.moment_rules(member, Side::Start, day);
    }

    /// What a limit carried over is wanted again.
    fn carried(&mut self, member: &str, day: Day) {
        let mut due: Vec<_> =
            self.carries.iter().filter(|carry| carry.due == day && carry.award.to == member).cloned().collect();
        due.sort_by_key(|carry| carry.since.instant);
        self.carries.retain(|carry| carry.due != day || carry.award.to != member);
        for carry in due {
            let setup = Rc::clone(&self.setup);
            let rule = setup.rules.iter().position(|rule| rule.name == carry.award.rule).unwrap();
            let mut cand = super::rules::Cand {
                rule,
                give: carry.award.give,
                dates: (rule, carry.award.give),
                to: member.into(),
                unit: carry.award.unit,
                exact: carry.amount,
                wanted: carry.amount,
                given: carry.amount,
                extra: ZERO,
                lines: vec![],
                occurrence: carry.award.occurrence.clone(),
                running: false,
                shares: vec![],
                carried: None,
                only: None,
                blank: "limit-reached",
            };
            // Under the room of the limit that carried it, and of no other.
            let job = Job::new(self, member, None);
            let def = &setup.rules[rule];
            let carries = |limit: &earnest::syntax::ast::Limit| {
                matches!(limit.over, Some(earnest::syntax::ast::OverLimit::Carried))
            };
            let own = def.gives[cand.give].limits.iter().enumerate().find(|limit| carries(limit.1));
            let of_rule = def.limits.iter().enumerate().find(|limit| carries(limit.1));
            let (site, limit) = match (own, of_rule) {
                (Some((number, limit)), _) => (super::limits::Room::give_site(&def.name, cand.give, number), limit),
                (None, Some((number, limit))) => (super::limits::Room::rule_site(&def.name, number), limit),
                _ => continue,
            };
            cand.only = Some(site.clone());
            job.limits(&mut cand, &[(site, limit)], &[]);
            self.carrying = Some(carry.since);
            self.book(&cand, None, member, "");
            self.carrying = None;
        }
    }

    // ── Facts ───────────────────────────────────────────────────────────────────────────────────

    pub fn post(&mut self, outcome: &Outcome, fact: Option<&Booked>, of: &str, receipt: &str) {
        for (rule, result) in &outcome.reasons {
            self.reasons.push((self.event.clone(), rule.clone(), *result));
        }
        // State words stand as before the fact.
        let takes: Vec<_> = outcome.takes.iter().map(|rule| (*rule, self.takes_of(*rule, of, fact))).collect();
        for cand in &outcome.cands {
            // A tier that counts at once is that of who buys.
            self.at_once = if cand.to == of { outcome.tiers.clone() } else { BTreeMap::new() };
            if cand.wanted.positive() || cand.extra.positive() {
                self.book(cand, fact, of, receipt);
            }
        }
        self.at_once.clear();
        for (rule, amounts) in takes {
            let at_midnight = matches!(self.setup.rules[rule].trig, Trig::Edge(_) | Trig::Period(_));
            let amounts = if at_midnight { self.takes_of(rule, of, None) } else { amounts };
            self.take_away(rule, of, amounts);
        }
        for gift in &outcome.gifts {
            self.give_tier(gift);
            // The ladders of who referred look after the fact.
            self.gave.extend(fact.map(|_| gift.to.clone()));
        }
    }

    pub fn rules_for(&self, kind: Kind, action: Option<&str>) -> Vec<usize> {
        (0..self.setup.rules.len()).filter(|rule| fits(&self.setup.rules[*rule], kind, action)).collect()
    }

    fn set_off(&mut self, at: usize) {
        let fact = self.facts[at].clone();
        let rules = self.rules_for(fact.fact.kind, fact.fact.action.as_deref());
        let outcome = Job::new(self, &fact.owner, Some(&fact)).run(&rules);
        // What an action earns that names a receipt belongs to that receipt.
        let of = if fact.fact.kind == Kind::Action { fact.fact.of.clone() } else { String::new() };
        self.post(&outcome, Some(&fact), &fact.owner, &of);
    }

    fn join(&mut self, name: &str, by: Option<&Fact>) -> bool {
        if !self.members.contains_key(name) {
            self.know(name, None, BTreeMap::new());
        }
        let referrer = by.map(|fact| fact.referred_by.clone()).filter(|by| !by.is_empty());
        let first = !self.members[name].began;
        let joins = !self.members[name].active || self.members[name].joined > self.now.day;
        if let Some(by) = referrer {
            let by = self.owner(&by);
            let known = self.members.get(&by).is_some_and(|member| member.active && member.joined <= self.now.day);
            if by == name {
                self.warn("referral-self");
            } else if self.members[name].referrer.is_some() {
                self.warn("referral-second");
            } else if !first {
                self.warn("referral-late");
            } else if !known {
                self.warn("referral-unknown");
            } else {
                // Who has one friend more has their ladders look.
                self.gave.push(by.clone());
                self.members.get_mut(name).unwrap().referrer = Some(by);
            }
        }
        let day = self.now.day;
        let member = self.members.get_mut(name).unwrap();
        (member.seen, member.began) = (true, true);
        if joins {
            (member.active, member.joined) = (true, day);
        }
        joins
    }

    fn apply(&mut self, fact: Fact) {
        self.now = fact.at;
        self.event.clone_from(&fact.id);
        self.step += 1;
        self.gave.clear();
        let owner = self.owner(&fact.member);
        // Who is no member joins by going up in another, without the rules on join.
        let silently = fact.kind == Kind::Merge;
        if silently && self.owner(&fact.into) == owner {
            self.warn("merge-refused");
            return;
        }
        let by = (fact.kind == Kind::Join).then_some(&fact);
        let linked = self.members.get(&owner).is_some_and(|member| member.referrer.is_some());
        let newcomer = !self.members.get(&owner).is_some_and(|member| member.began);
        // A first fact that is a join counts as one, even where the members file tells an earlier day.
        let joined = (self.join(&owner, by) && !silently) || (newcomer && fact.kind == Kind::Join);
        let kind = fact.kind;
        self.step += 1;
        let after = self.members[&owner].referrer.clone();
        self.facts.push(Booked {
            fact,
            owner: owner.clone(),
            who: owner.clone(),
            link: if linked { None } else { after },
            spent: false,
            step: self.step,
            before: None,
            state: None,
            begun: false,
            counted: false,
            merged: vec![],
        });
        let at = self.facts.len() - 1;
        if joined {
            let mut as_join = self.facts[at].clone();
            as_join.fact.kind = Kind::Join;
            // Joining is no receipt.
            as_join.fact.attrs.clear();
            let rules = self.rules_for(Kind::Join, None);
            let outcome = Job::new(self, &owner, Some(&as_join)).run(&rules);
            self.post(&outcome, Some(&as_join), &owner, "");
            self.promoted(&owner);
            // The fact itself comes after joining.
            self.step += 1;
            self.facts[at].step = self.step;
        }
        self.facts[at].begun = true;
        match kind {
            Kind::Purchase => self.purchase(at, &owner),
            Kind::Action => self.action(at, &owner),
            Kind::Redeem => {
                self.spend(at, &owner);
                self.set_off(at);
            }
            Kind::Adjust => self.adjust(at, &owner),
            Kind::Return => self.returned(at, &owner),
            Kind::Merge => {
                if !self.merge(at, &owner) {
                    return;
                }
            }
            Kind::Leave => self.leave(at, &owner),
            Kind::Join => {}
        }
        self.facts[at].counted = kind != Kind::Leave;
        self.step += 1;
        let owner = self.owner(&owner);
        self.look(&owner);
        self.housemates_look(&owner);
        let mut others: Vec<String> = self.gave.iter().filter(|name| **name != owner).cloned().collect();
        others.dedup();
        for other in others {
            self.look(&other);
            self.housemates_look(&other);
        }
    }

    fn purchase(&mut self, at: usize, owner: &str) {
        self.facts[at].fact.sort_lines();
        let state = Rc::new(self.clone());
        self.facts[at].state = Some(state);
        self.spend(at, owner);
        let before = Rc::new(self.clone());
        self.facts[at].before = Some(before);
        let fact = self.facts[at].clone();
        let outcome = self.earning(&fact);
        let receipt = fact.fact.receipt.clone();
        self.post(&outcome, Some(&fact), owner, &receipt);
    }

    /// Step 5 of a purchase, on the world as it stands.
    pub fn earning(&self, fact: &Booked) -> Outcome {
        let mut job = Job::new(self, &fact.owner, Some(fact));
        for ladder in 0..self.setup.ladders.len() {
            if matches!(self.setup.ladders[ladder].opens, Some(Opening::AtOnce)) {
                let reached = self.reached(ladder, &fact.owner, self.now, None, Some(fact));
                let value = (0..reached.len()).filter(|tier| reached[*tier]).max().unwrap_or(0);
                job.tiers.insert(ladder, value.max(self.members[&fact.owner].ladders[ladder].tier));
            }
        }
        job.run(&self.rules_for(Kind::Purchase, None))
    }

    /// Units spent: from the lots in order, the rest is debt; on a purchase they pay a part of it.
    fn spend(&mut self, at: usize, owner: &str) {
        let mut redeemed = self.facts[at].fact.redeemed.clone();
        redeemed.sort_by_key(|redeemed| self.setup.units[redeemed.0].key.clone());
        for (unit, amount) in redeemed {
            let fact = self.facts[at].clone();
            let pot = self.pot(unit, Some(&fact));
            let mut spending = Spending {
                receipt: fact.fact.receipt.clone(),
                owner: owner.into(),
                unit,
                total: amount,
                taken: vec![],
                gone: vec![],
                back: ZERO,
                paid: ZERO,
                at: self.now,
                step: self.step,
            };
            let mut left = amount;
            for (lot, part) in self.take(owner, unit, pot.as_ref(), amount) {
                let (rule, name) = (self.lots[lot].rule.clone(), self.lots[lot].name.clone());
                self.row(owner, &rule, unit, Entry::Redeem, -part, &name);
                spending.taken.push((Some(lot), part));
                left -= part;
            }
            if left.positive() {
                self.warn("overdrawn");
                spending.taken.push((None, left));
                self.row(owner, "", unit, Entry::Redeem, -left, "debt");
            }
            self.owe(owner, unit, pot, left, Some(self.spendings.len()));
            let paid = self.pay_lines(at, unit, amount);
            self.spendings.push(Spending { paid, ..spending });
        }
        self.facts[at].spent = true;
    }

    fn pay_lines(&mut self, at: usize, unit: usize, amount: Q) -> Q {
        let worth = self.worth(unit, self.now.day).unwrap_or(ZERO);
        let decimals = self.setup.money_decimals;
        let lines = &mut self.facts[at].fact.lines;
        if lines.is_empty() {
            return ZERO;
        }
        let to_pay: Q = lines.iter().map(super::world::Line::net).sum();
        let money = to_money(amount * worth, decimals).min(to_pay);
        let weights: Vec<Q> = lines.iter().map(|line| line.amount - line.discount).collect();
        for (line, part) in lines.iter_mut().zip(share(money, &weights, decimals)) {
            line.paid += part;
        }
        money
    }

    fn action(&mut self, at: usize, owner: &str) {
        let fact = self.facts[at].fact.clone();
        let waiting: Vec<usize> = (0..self.lots.len())
            .filter(|lot| {
                let lot = &self.lots[*lot];
                let Opens::OnAction { action, receipt, deadline } = &lot.opens else { return false };
                lot.owner == self.account(owner, lot.unit)
                    && deadline.is_none_or(|deadline| deadline >= self.now.day)
                    && Some(action) == fact.action.as_ref()
                    && (fact.of.is_empty() || *receipt == fact.of)
            })
            .collect();
        self.open_together(&waiting);
        self.set_off(at);
    }

    fn adjust(&mut self, at: usize, owner: &str) {
        let fact = self.facts[at].clone();
        let (unit, amount) = fact.fact.adjusted.unwrap();
        let pot = self.pot(unit, Some(&fact));
        if amount.positive() {
            let name = self.event.clone();
            self.row(owner, "", unit, Entry::Adjust, amount, &name);
            let expires = self.setup.units[unit].expires.clone();
            let (opens, exp) = self.dates_of(&Opening::AtOnce, &expires, unit, owner, "");
            self.lot(owner, unit, pot, "", "", amount, opens, exp);
        } else {
            let mut left = -amount;
            let mut taken = self.take(owner, unit, pot.as_ref(), left);
            left -= taken.iter().map(|taken| taken.1).sum();
            for lot in self.pending_order(owner, unit, pot.as_ref()) {
                let part = left.min(self.lots[lot].left);
                self.lots[lot].left -= part;
                left -= part;
                taken.push((lot, part));
            }
            let floor = self.setup.units[unit].floor;
            for (lot, part) in taken {
                let name = self.lots[lot].name.clone();
                self.row(owner, "", unit, Entry::Adjust, -part, &name);
            }
            self.row(owner, "", unit, Entry::Adjust, if floor { ZERO } else { -left }, "debt");
            if floor && left.positive() {
                self.warn("not-recovered");
            }
            if !floor {
                self.owe(owner, unit, pot, left, None);
            }
        }
        self.set_off(at);
    }

    fn leave(&mut self, at: usize, owner: &str) {
        self.lose_all(owner);
        self.set_off(at);
        self.lose_all(owner);
        // Nothing of it counts any more.
        for fact in &mut self.facts {
            if fact.owner == owner {
                fact.owner.clear();
            }
            if fact.link.as_deref() == Some(owner) {
                fact.link = None;
            }
        }
        self.awards.iter_mut().filter(|award| award.to == owner).for_each(|award| award.gone = true);
        self.awards.iter_mut().filter(|award| award.of == owner).for_each(|award| award.parted = true);
        self.awards.iter_mut().filter(|award| award.friend == owner).for_each(|award| award.friend.clear());
        self.leaves.push((owner.to_owned(), self.step));
        self.pots.retain(|pot| pot.0 != owner);
        self.carries.retain(|carry| carry.award.to != owner);
        self.stood.retain(|stood| stood.owner != owner);
        let ladders = vec![Standing::default(); self.setup.ladders.len()];
        let member = self.members.get_mut(owner).unwrap();
        (member.active, member.referrer, member.ladders) = (false, None, ladders);
    }

    /// Did a member leave after a step, or whoever the account went up in since?
    pub fn has_left_since(&self, name: &str, step: usize) -> bool {
        let (mut name, mut since) = (name, step);
        loop {
            if self.leaves.iter().any(|(who, at)| who == name && *at > since) {
                return true;
            }
            let Some((next, at)) = self.aliases.get(name) else { return false };
            (name, since) = (next, since.max(*at));
        }
    }

    fn merge(&mut self, at: usize, owner: &str) -> bool {
        let into = self.owner(&self.facts[at].fact.into.clone());
        if into == owner {
            self.warn("merge-refused");
            return false;
        }
        self.join(&into, None);
        let alone = self.housemates(owner).is_empty();
        for unit in 0..self.setup.units.len() {
            let (from, to) = (self.account(owner, unit), self.account(&into, unit));
            // A pool goes along only where nobody else lives from it.
            if from == to || (from != owner && !alone) {
                continue;
            }
            let home = (from.clone(), to.clone(), self.step);
            if !self.moves.contains(&home) {
                self.moves.push(home);
            }
            let mine = |lot: &usize| self.lots[*lot].owner == from && self.lots[*lot].unit == unit;
            let mut lots: Vec<usize> = (0..self.lots.len()).filter(mine).collect();
            lots.sort_by_key(|lot| (!self.lots[*lot].open, self.lots[*lot].lies, self.lots[*lot].came));
            for pot in self.pots.clone().into_iter().filter(|pot| pot.0 == from && pot.1 == unit) {
                self.meet((to.clone(), unit, pot.2));
            }
            for lot in &lots {
                self.lots[*lot].owner.clone_from(&to);
                self.place(*lot);
            }
            let lots = lots.iter().map(|lot| &self.lots[*lot]).filter(|lot| lot.left.positive());
            let mut moved: Vec<(String, Q)> = lots.map(|lot| (lot.name.clone(), lot.left)).collect();
            moved.push(("debt".to_owned(), -self.debt(&from, unit)));
            for (lot, amount) in moved {
                self.row(&from, "", unit, Entry::Transfer, -amount, &lot);
                self.row(&to, "", unit, Entry::Transfer, amount, &lot);
            }
            let debts = self.debts.iter_mut().filter(|debt| debt.owner == from && debt.unit == unit);
            debts.for_each(|debt| debt.owner.clone_from(&to));
        }
        let rename = |name: &mut String| {
            if name == owner {
                name.clone_from(&into);
            }
        };
        let step = self.step;
        self.facts.iter_mut().for_each(|fact| {
            if fact.owner == owner || fact.owner == into {
                fact.merged.push((step, fact.fact.lines.clone()));
            }
            rename(&mut fact.owner);
            fact.link.iter_mut().for_each(rename);
        });
        self.spendings.iter_mut().for_each(|spending| rename(&mut spending.owner));
        self.stood.iter_mut().for_each(|stood| rename(&mut stood.owner));
        self.carries.sort_by_key(|carry| carry.award.to != owner);
        self.carries.iter_mut().for_each(|carry| rename(&mut carry.award.to));
        for award in &mut self.awards {
            let is_either = award.to == owner || award.to == into;
            award.merged |= is_either && (award.given - award.reversed).positive();
            rename(&mut award.to);
            rename(&mut award.of);
            rename(&mut award.friend);
        }
        for member in self.members.values_mut() {
            if let Some(referrer) = &mut member.referrer {
                rename(referrer);
            }
        }
        self.aliases.insert(owner.to_owned(), (into.clone(), self.step));
        let from = self.members.remove(owner).unwrap();
        let member = self.members.get_mut(&into).unwrap();
        member.joined = member.joined.min(from.joined);
        member.referrer = member.referrer.clone().or(from.referrer).filter(|by| *by != into);
        let today = self.now.day;
        let keeps: Vec<bool> = self.setup.ladders.iter().map(|def| def.keep.is_some()).collect();
        for ((mine, theirs), keeps) in member.ladders.iter_mut().zip(from.ladders).zip(keeps) {
            // What ended already keeps nothing.
            let alive = |hold: &Hold| hold.until.is_none_or(|until| until >= today);
            mine.holds.retain(|hold| alive(hold) || hold.tier == mine.tier);
            for hold in theirs.holds.into_iter().filter(|hold| alive(hold) || hold.tier == theirs.tier) {
                match mine.holds.iter_mut().find(|other| other.tier == hold.tier) {
                    Some(other) => {
                        // What one of them holds already goes on.
                        let effective = other.effective.min(hold.effective);
                        if !later(other, &hold) {
                            *other = hold;
                        }
                        other.effective = effective;
                    }
                    None => mine.holds.push(hold),
                }
            }
            // No later return asks which account a tier was reached in.
            mine.holds.iter_mut().for_each(|hold| hold.by_rule |= keeps);
            mine.rises.extend(theirs.rises);
            mine.rises.sort_by_key(|rise| rise.step);
            mine.tier = mine.tier.max(theirs.tier);
        }
        for unit in 0..self.setup.units.len() {
            let to = self.account(&into, unit);
            let mut pots: Vec<_> = self
                .debts
                .iter()
                .filter(|debt| debt.owner == to && debt.unit == unit)
                .map(|debt| debt.pot.clone())
                .collect();
            pots.dedup();
            for pot in pots {
                for lot in self.spending_order(&into, unit, pot.as_ref()) {
                    self.pay_debts(lot);
                }
            }
        }
        let fact = self.facts[at].clone();
        let rules = self.rules_for(Kind::Merge, None);
        let outcome = Job::new(self, &into, Some(&fact)).run(&rules);
        self.post(&outcome, Some(&fact), &into, "");
        true
    }
}

fn later(one: &Hold, other: &Hold) -> bool {
    one.until.unwrap_or(Day::MAX) >= other.until.unwrap_or(Day::MAX)
}

/// Is the last day of a lot past?
pub fn past(exp: Option<Day>, today: Day) -> bool {
    exp.is_some_and(|last| last < today)
}

/// A lot that lives with a tier.
pub fn with_tier(exp: &Exp) -> bool {
    matches!(exp, Exp::Tier(..))
}
