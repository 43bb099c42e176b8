//! Limits: the room is what was allowed less every award that was ever charged to it.
//!
//! `at most 500 beans per calendar month` adds up all awards of this month to this member, each time.

use super::expr::{Ctx, Ty, Val, to_money};
use super::num::{ONE, Q, ZERO};
use super::rules::{Cand, Job, share_wants};
use super::world::{Award, Datum, World};
use earnest::syntax::ast::{ExprKind, Group, Limit, LimitKey, LiteralKind, OverLimit, Window};
use earnest::ty::Scope;
use std::collections::BTreeSet;

/// A place where room is counted, as it stands in the shares of an award.
pub struct Room;

/// What a limit counts.
enum Counts {
    Units(Q),
    Money(Q),
    Times(Q),
    Receipts(Q),
    Members(Q),
}

impl Room {
    pub fn give_site(rule: &str, give: usize, number: usize) -> String {
        format!("give {rule} {give} {number}")
    }
    pub fn rule_site(rule: &str, number: usize) -> String {
        format!("rule {rule} {number}")
    }
    pub fn group_site(group: usize, number: usize) -> String {
        format!("group {group} {number}")
    }
}

fn key_name(datum: Option<&Datum>) -> String {
    format!("{datum:?}")
}

impl Job<'_> {
    fn counts(&self, limit: &Limit, cand: &Cand) -> Counts {
        let ctx = self.ctx(&cand.lines);
        if let ExprKind::Literal(LiteralKind::Quantity(count, name)) = &limit.room.kind {
            match name.text.as_str() {
                "time" | "times" => return Counts::Times((*count).into()),
                "receipt" | "receipts" => return Counts::Receipts((*count).into()),
                "member" | "members" => return Counts::Members((*count).into()),
                _ => {}
            }
        }
        match ctx.eval(&limit.room) {
            Val::N(number, Ty::Money) => Counts::Money(to_money(number.max0(), self.w.setup.money_decimals)),
            Val::N(number, _) => Counts::Units(number),
            other => panic!("a limit of {other:?}"),
        }
    }

    /// Whose room it is: of who receives, or for a rule with several gives of the member of the fact.
    fn by_fact(&self, site: &str, cand: &Cand, group: bool) -> bool {
        group || (site.starts_with("rule") && self.w.setup.rules[cand.rule].gives.len() > 1)
    }

    /// The awards charged to a room before.
    fn charged<'w>(&'w self, limit: &Limit, site: &str, cand: &Cand, group: Option<&Group>) -> Vec<&'w Award> {
        let w: &World = self.w;
        let name =
            |key: &str| limit.keys.iter().any(|other| matches!(other, LimitKey::Named(name) if name.text == key));
        let everybody = name("programme") || matches!(self.counts(limit, cand), Counts::Members(_));
        let by_fact = self.by_fact(site, cand, group.is_some());
        let rule = &w.setup.rules[cand.rule].name;
        let share = matches!(&limit.room.kind, ExprKind::Of(..));
        if name("receipt") || share {
            return vec![];
        }
        let member = if by_fact { self.member } else { &cand.to };
        let mut ctx = Ctx::new(w, member);
        ctx.now = w.now;
        let fits_key = |award: &Award, key: &LimitKey| match key {
            LimitKey::Per(kalendar) => {
                ctx.in_window(Some(&Window::This(*kalendar)), award.at, award.step, &award.first_to)
            }
            LimitKey::Window(window) => ctx.in_window(Some(window), award.at, award.step, &award.first_to),
            LimitKey::Named(name) => match name.text.as_str() {
                "member" | "programme" => true,
                "friend" => award.friend == self.member,
                "occurrence" => award.occurrence == cand.occurrence,
                attr => match w.setup.attr(attr) {
                    Some((Scope::Line, _)) | None => true,
                    _ => award.attrs.get(attr) == self.attribute(attr).as_ref(),
                },
            },
        };
        w.awards
            .iter()
            .filter(|award| match group {
                Some(group) => group.rules.iter().any(|other| other.text == award.rule),
                None if site.starts_with("give") => award.rule == *rule && award.give == cand.give,
                None => award.rule == *rule,
            })
            .filter(|award| everybody || if by_fact { award.of == self.member } else { award.to == cand.to })
            // With who left their used room is gone.
            .filter(|award| everybody || !(if by_fact { award.parted } else { award.gone }))
            .filter(|award| award.only.as_ref().is_none_or(|only| only == site))
            .filter(|award| limit.keys.iter().all(|key| fits_key(award, key)))
            .collect()
    }

    pub fn attribute(&self, name: &str) -> Option<Datum> {
        let member = || self.w.members.get(self.member).and_then(|member| member.attrs.get(name).cloned());
        self.fact.and_then(|fact| fact.fact.attrs.get(name).cloned()).or_else(member)
    }

    /// One award: the least of what is wanted and the room in each limit; each is charged what was given.
    pub fn limits(&self, cand: &mut Cand, limits: &[(String, &Limit)], before: &[(String, String, Q)]) {
        let mut least = cand.wanted;
        let mut alone = vec![];
        let whole =
            |cand: &Cand| Cand { given: cand.wanted, extra: ZERO, carried: None, shares: vec![], ..cand.clone() };
        for (site, limit) in limits {
            let mut one = whole(cand);
            self.limit(std::slice::from_mut(&mut one), limit, site, None, before);
            least = least.min(one.given);
            cand.extra = cand.extra.max(one.extra);
            cand.carried = one.carried.or(cand.carried);
            alone.push(one.shares);
        }
        cand.given = least;
        let decimals = self.w.setup.units[cand.unit].decimals;
        for shares in alone {
            // Each is charged what was given: in proportion to what it left.
            let left: Vec<Q> = shares.iter().map(|share| share.2).collect();
            let given = super::num::share(least, &left, decimals);
            cand.shares.extend(shares.into_iter().zip(given).map(|(share, part)| (share.0, share.1, part)));
        }
    }

    /// Cuts awards to the room of a limit.
    pub fn limit(
        &self,
        cands: &mut [Cand],
        limit: &Limit,
        site: &str,
        group: Option<(&Group, bool)>,
        before: &[(String, String, Q)],
    ) {
        let Some(first) = cands.iter().find(|cand| cand.given.positive()).cloned() else { return };
        if let Some(key) = self.line_key(limit) {
            for cand in cands.iter_mut() {
                self.by_line(cand, limit, site, &key, before);
            }
            return;
        }
        let charged = self.charged(limit, site, &first, group.map(|group| group.0));
        let net = |award: &&Award| award.used.max0();
        let decimals = self.w.setup.units[first.unit].decimals;
        let worth = |unit: usize| self.w.worth(unit, self.w.now.day).unwrap_or(ONE);
        let some = |room: bool| if room { Err(()) } else { Ok(ZERO) };
        // A fallback rate alone is charged to no limit; a row of a rework stands for what it was raised to.
        let counts = |award: &&&Award| award.charged.positive() || award.given.is_zero();
        let live = || charged.iter().filter(counts).filter(|award| (award.given - award.reversed).positive());
        // Units that have room, or as many as one likes.
        let room: Result<Q, ()> = match self.counts(limit, &first) {
            Counts::Units(most) => Ok(most - charged.iter().map(net).sum()),
            Counts::Money(most) => {
                let used: Q = charged.iter().map(|award| net(award) * award.worth.unwrap_or(ONE)).sum();
                Ok((most - used) / worth(first.unit))
            }
            // Several gives of a rule are one time for a limit on their sum.
            Counts::Times(most) if self.by_fact(site, &first, group.is_some()) => {
                let facts: BTreeSet<&str> = live().map(|award| award.event.as_str()).collect();
                some(Q::whole(facts.len().try_into().unwrap()) < most)
            }
            Counts::Times(most) => some(Q::whole(live().count().try_into().unwrap()) < most),
            Counts::Receipts(most) => {
                let receipts: BTreeSet<&str> = live().map(|award| award.event.as_str()).collect();
                let count = receipts.iter().filter(|event| **event != self.w.event).count();
                some(Q::whole(count.try_into().unwrap()) < most)
            }
            Counts::Members(most) => {
                // Who was counted stays counted after a merge: of the places of two one comes free again, with the last
                // award of both.
                let stands = |award: &&&Award| award.merged || (award.given - award.reversed).positive();
                let all: Vec<&&Award> = charged.iter().filter(counts).filter(stands).collect();
                let by_fact = self.by_fact(site, &first, group.is_some());
                let who = |award: &Award| if by_fact { award.of.clone() } else { award.first_to.clone() };
                let known = |award: &Award, before: &&&Award| self.w.went_into(&who(before), &who(award), award.step);
                let first_times = (0..all.len()).filter(|at| !all[..*at].iter().any(|before| known(all[*at], &before)));
                let holder = |award: &Award| if by_fact { award.of.clone() } else { award.to.clone() };
                let all_back: BTreeSet<String> = all.iter().map(|award| holder(award)).collect();
                let all_back = all_back.iter().filter(|name| !live().any(|award| holder(award) == **name)).count();
                let count = Q::whole((first_times.count() - all_back).try_into().unwrap());
                let served = |award: &&Award| if by_fact { award.of == self.member } else { award.to == first.to };
                some(live().any(served) || count < most)
            }
        };
        let Ok(room) = room else { return };
        let room = room.max0().round(earnest::value::Rounding::Down, decimals);
        let wants: Vec<Q> = cands.iter().map(|cand| cand.given).collect();
        let wanted: Q = wants.iter().copied().sum();
        if wanted <= room {
            return;
        }
        let parts = match (&limit.over, group) {
            (Some(OverLimit::AllOrNothing), _) => vec![ZERO; wants.len()],
            (_, Some((_, true))) => {
                let mut left = room;
                wants
                    .iter()
                    .map(|want| {
                        let part = (*want).min(left);
                        left -= part;
                        part
                    })
                    .collect()
            }
            _ => share_wants(room, &wants, decimals),
        };
        for (cand, part) in cands.iter_mut().zip(parts) {
            self.over(cand, limit, cand.given - part);
            // Rooms by lines are charged what was left in the same proportion.
            for share in cand.shares.iter_mut().filter(|_| cand.given.positive()) {
                share.2 = (share.2 * part / cand.given).round(earnest::value::Rounding::HalfUp, 6);
            }
            cand.given = part;
        }
    }

    /// The attribute of lines by which a limit has its rooms.
    pub fn line_key(&self, limit: &Limit) -> Option<String> {
        limit.keys.iter().find_map(|key| match key {
            LimitKey::Named(name) if name.text == "sku" => Some("sku".to_owned()),
            LimitKey::Named(name) => {
                self.w.setup.attr(&name.text).filter(|attr| attr.0 == Scope::Line).map(|_| name.text.clone())
            }
            _ => None,
        })
    }

    /// A room for each value of an attribute of lines.
    fn by_line(&self, cand: &mut Cand, limit: &Limit, site: &str, key: &str, before: &[(String, String, Q)]) {
        let value = |line: usize| match key {
            "sku" => self.lines[line].sku.clone(),
            _ => key_name(self.lines[line].attrs.get(key)),
        };
        let mut values: Vec<(String, Vec<usize>)> = vec![];
        for line in &cand.lines {
            match values.iter_mut().find(|known| known.0 == value(*line)) {
                Some(known) => known.1.push(*line),
                None => values.push((value(*line), vec![*line])),
            }
        }
        let decimals = self.w.setup.units[cand.unit].decimals;
        let give = &self.w.setup.rules[cand.dates.0].gives[cand.dates.1];
        let exact: Vec<Q> =
            values.iter().map(|value| self.ctx(&value.1).exact(give).map_or(ZERO, |exact| exact.0)).collect();
        let wants = super::num::share(cand.given, &exact, decimals);
        let Counts::Units(most) = self.counts(limit, cand) else { panic!("a room by line in {:?}", limit.room) };
        let charged = self.charged(limit, site, cand, None);
        let mut sum = ZERO;
        for ((value, _), want) in values.iter().zip(wants) {
            let used: Q = charged
                .iter()
                .flat_map(|award| &award.shares)
                .chain(before)
                .filter(|share| share.0 == site && share.1 == *value)
                .map(|share| share.2)
                .sum();
            let room = (most - used).max0().round(earnest::value::Rounding::Down, decimals);
            let part = want.min(room);
            cand.shares.push((site.to_owned(), value.clone(), part));
            sum += part;
        }
        self.over(cand, limit, cand.given - sum);
        cand.given = sum;
    }

    /// What happens with what had no room.
    fn over(&self, cand: &mut Cand, limit: &Limit, cut: Q) {
        match &limit.over {
            Some(OverLimit::Then(rate)) if cut.positive() => {
                let give = &self.w.setup.rules[cand.dates.0].gives[cand.dates.1];
                let ctx = self.ctx(&cand.lines);
                let base = match &give.amount.kind {
                    ExprKind::Of(_, base) => ctx.base(base),
                    _ => Val::N(cand.lines.iter().map(|line| self.lines[*line].net()).sum(), Ty::Money),
                };
                let (Val::N(base, _), Val::N(rate, _)) = (base, ctx.eval(rate)) else { return };
                let decimals = self.w.setup.units[cand.unit].decimals;
                let worth = self.w.worth(cand.unit, self.w.now.day).unwrap_or(ONE);
                let extra = cut / cand.wanted * base * rate / worth;
                cand.extra += extra.round(earnest::value::Rounding::Down, decimals);
            }
            Some(OverLimit::Carried) if cut.positive() => {
                let kalendar = limit.keys.iter().find_map(|key| match key {
                    LimitKey::Per(kalendar) => Some(*kalendar),
                    _ => None,
                });
                cand.carried = kalendar.map(|kalendar| (kalendar, cut));
            }
            _ => {}
        }
    }
}
