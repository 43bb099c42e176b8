//! Where things of one program stand in another: by their names, and limits and counters by where and what they are.

use super::Fault;
use super::explain::text_of;
use super::index::Index;
use crate::ledger::{Dates, Expires, Opens};
use crate::plan::{
    Act, Anchor, Benefit, Counter, CounterId, ExprId, LadderId, Limit, LimitId, Measure, Plan, Role, Rule, RuleId,
    UnitId,
};
use crate::ty::event::Datum;
use crate::ty::{Attribute, Sym};
use crate::value::Amount;

/// For each place in the old program, the place in the new one.
pub(super) type Places = Vec<Option<usize>>;

/// Where all that a book's state names stands in another program.
pub(super) struct Moved {
    pub(super) members: Places,
    pub(super) receipts: Places,
    pub(super) lines: Places,
    pub(super) days: Places,
    /// How many days the new program names.
    pub(super) new_days: usize,
    pub(super) counters: Places,
    pub(super) units: Places,
    pub(super) ladders: Places,
    texts: Vec<Sym>,
    actions: Places,
    tiers: Vec<Places>,
    /// For each old ladder: for each counter of the new one the place in the old list.
    values: Vec<Places>,
    limits: Places,
    rules: Places,
}

impl Moved {
    /// Finds everything again; `texts` are the old symbols in the new book.
    pub(super) fn between(old: (&Plan, &Index), new: (&Plan, &Index), texts: Vec<Sym>) -> Result<Self, Fault> {
        let ((old, old_index), (new, new_index)) = (old, new);
        let attributes = |old: &[Attribute], new: &[Attribute]| -> Places {
            places(old, |of| new.iter().position(|other| other.name == of.name && other.kind == of.kind))
        };
        let units = places(&old.units, |of| new.units.iter().position(|other| other.key() == of.key()));
        let ladders = places(&old.ladders, |of| new.ladders.iter().position(|other| other.name == of.name));
        let actions = places(&old.schema.actions, |of| new.schema.actions.iter().position(|other| other == of));
        let tiers: Vec<Places> = old
            .ladders
            .iter()
            .zip(&ladders)
            .map(|(of, place)| {
                let other = place.and_then(|place| new.ladders.get(place));
                places(&of.tiers, |tier| other?.tiers.iter().position(|known| known.name == tier.name))
            })
            .collect();
        let rules = places(&old.rules, |of| place_of_rule(new, of));
        let mut moved = Self {
            members: attributes(&old.schema.member, &new.schema.member),
            receipts: attributes(&old.schema.receipt, &new.schema.receipt),
            lines: attributes(&old.schema.line, &new.schema.line),
            days: vec![None; old_index.layout.len],
            new_days: new_index.layout.len,
            counters: Places::new(),
            values: Vec::new(),
            limits: Places::new(),
            texts,
            units,
            ladders,
            actions,
            tiers,
            rules,
        };
        moved.counters = moved.counters_of(old, new)?;
        moved.limits = moved.limits_of(old, new);
        moved.values = moved.values_of(old, new);
        moved.days = moved.days_of((old, old_index), new_index);
        let lost = moved.units.iter().position(Option::is_none).and_then(|at| old.units.get(at));
        if let Some(unit) = lost {
            return Err(Fault::unknown(&format!("the unit `{}`", unit.key())));
        }
        let lost = moved.tiers.iter().zip(&old.ladders).find(|(tiers, _)| tiers.iter().any(Option::is_none));
        if let Some((_, ladder)) = lost {
            return Err(Fault::unknown(&format!("a tier of `{}`", ladder.name)));
        }
        Ok(moved)
    }

    /// The same counters; one that the old book did not keep cannot be known.
    fn counters_of(&self, old: &Plan, new: &Plan) -> Result<Places, Fault> {
        let meaning = |plan: &Plan, of: &Counter| {
            let text = |id: Option<ExprId>| id.map(|id| text_of(plan, id));
            (of.nouns.clone(), of.text.clone(), text(of.filter), text(of.condition))
        };
        let mut taken = vec![false; new.counters.len()];
        let mut places = Places::with_capacity(old.counters.len());
        for of in &old.counters {
            let restarts = of.restarts.and_then(|ladder| self.ladders.get(ladder.index()).copied().flatten());
            let same = |(at, other): &(usize, &Counter)| {
                !taken.get(*at).copied().unwrap_or(true)
                    && meaning(old, of) == meaning(new, other)
                    && other.restarts.map(LadderId::index) == restarts
                    && std::mem::discriminant(&other.measure) == std::mem::discriminant(&of.measure)
            };
            let place = new.counters.iter().enumerate().find(same).map(|(at, _)| at);
            if let Some(slot) = place.and_then(|at| taken.get_mut(at)) {
                *slot = true;
            }
            places.push(place);
        }
        let of_new_rule = |counter: &Counter| match counter.measure {
            // Of a rule that was not there nothing was awarded.
            Measure::AwardTimes(rule) | Measure::Awarded(_, Some(rule)) => !self.rules.contains(&Some(rule.index())),
            _ => false,
        };
        let unknown = new.counters.iter().zip(taken).find(|(counter, taken)| !taken && !of_new_rule(counter));
        match unknown {
            Some((counter, _)) => Err(Fault::unknown(&format!("`{}`", counter.text))),
            None => Ok(places),
        }
    }

    fn limits_of(&self, old: &Plan, new: &Plan) -> Places {
        let known = all_limits(new);
        let mut found = vec![None; old.limits.len()];
        for (limit, mut place) in all_limits(old) {
            if let Standing::Rule(rule, ..) = &mut place {
                let Some(moved) = self.rules.get(rule.index()).copied().flatten() else { continue };
                *rule = RuleId::new(moved);
            }
            let same =
                |(id, other): &&(LimitId, Standing)| *other == place && is_alike(new.limit(*id), old.limit(limit));
            if let Some(slot) = found.get_mut(limit.index()) {
                *slot = known.iter().find(same).map(|(id, _)| id.index());
            }
        }
        found
    }

    fn values_of(&self, old: &Plan, new: &Plan) -> Vec<Places> {
        let all = old.ladders.iter().zip(&self.ladders);
        all.map(|(of, place)| {
            let Some(other) = place.and_then(|place| new.ladders.get(place)) else { return Places::new() };
            let moved: Vec<Option<usize>> =
                of.counters.iter().map(|id| self.counters.get(id.index()).copied().flatten()).collect();
            places(&other.counters, |id| moved.iter().position(|known| *known == Some(id.index())))
        })
        .collect()
    }

    fn days_of(&self, (old, old_index): (&Plan, &Index), new: &Index) -> Places {
        let mut days = vec![None; old_index.layout.len];
        let mut set = |old: usize, new: usize| {
            if let Some(slot) = days.get_mut(old) {
                *slot = Some(new);
            }
        };
        let (from, to) = (&old_index.layout, &new.layout);
        set(super::when::Layout::LAST_PURCHASE, super::when::Layout::LAST_PURCHASE);
        for (unit, place) in self.units.iter().enumerate() {
            let Some(place) = *place else { continue };
            set(super::when::Layout::award(unit), super::when::Layout::award(place));
            set(from.redemption(unit), to.redemption(place));
        }
        for (action, place) in self.actions.iter().enumerate() {
            if let Some(place) = *place {
                set(from.action(action), to.action(place));
            }
        }
        for (ladder, place) in self.ladders.iter().enumerate() {
            let Some(place) = *place else { continue };
            set(from.entering(ladder, None), to.entering(place, None));
            let tiers = old.ladders.get(ladder).map_or(0, |of| of.tiers.len());
            for tier in 0..tiers {
                let (own, other) = (super::accrual::position(tier), super::accrual::position(self.tier(ladder, tier)));
                set(from.entering(ladder, Some(own)), to.entering(place, Some(other)));
            }
        }
        days
    }

    pub(super) fn text(&self, sym: Sym) -> Sym {
        usize::try_from(sym.number()).ok().and_then(|at| self.texts.get(at)).copied().unwrap_or(sym)
    }

    pub(super) fn datum(&self, datum: Datum) -> Datum {
        if let Datum::Text(sym) = datum { Datum::Text(self.text(sym)) } else { datum }
    }

    pub(super) fn unit(&self, unit: UnitId) -> Result<UnitId, Fault> {
        let place = self.units.get(unit.index()).copied().flatten();
        place.map(UnitId::new).ok_or_else(|| Fault::unknown("a unit"))
    }

    pub(super) fn counter(&self, counter: CounterId) -> Option<CounterId> {
        self.counters.get(counter.index()).copied().flatten().map(CounterId::new)
    }

    pub(super) fn limit(&self, limit: LimitId) -> Option<LimitId> {
        self.limits.get(limit.index()).copied().flatten().map(LimitId::new)
    }

    pub(super) fn rule(&self, rule: RuleId) -> Result<RuleId, Fault> {
        let place = self.rules.get(rule.index()).copied().flatten();
        place.map(RuleId::new).ok_or_else(|| Fault::unknown("a rule that gave what can still come back"))
    }

    pub(super) fn tier(&self, ladder: usize, tier: usize) -> usize {
        self.tiers.get(ladder).and_then(|tiers| tiers.get(tier)).copied().flatten().unwrap_or(0)
    }

    /// What a ladder's counters stood at, in the order of the new program.
    pub(super) fn ladder_values(&self, ladder: usize, old: &[Amount]) -> Vec<Amount> {
        let places = self.values.get(ladder).into_iter().flatten();
        places.map(|place| place.and_then(|place| old.get(place)).copied().unwrap_or_default()).collect()
    }

    pub(super) fn dates(&self, dates: Dates) -> Result<Dates, Fault> {
        let action = |action: usize| {
            self.actions.get(action).copied().flatten().ok_or_else(|| Fault::unknown("an action that units wait for"))
        };
        let ladder = |id: LadderId, tier: u8| {
            let place = self.ladders.get(id.index()).copied().flatten();
            let place = place.ok_or_else(|| Fault::unknown("a ladder that units live with"))?;
            Ok::<_, Fault>((LadderId::new(place), super::accrual::position(self.tier(id.index(), usize::from(tier)))))
        };
        let opens = match dates.opens {
            Opens::WithAction(by, until, receipt) => Opens::WithAction(action(by)?, until, self.datum(receipt)),
            Opens::AtOnce | Opens::On(_) | Opens::At(..) => dates.opens,
        };
        let expires = match dates.expires {
            Expires::After(how_long, anchor, edge, floor) => {
                let anchor = match anchor {
                    Anchor::LastAward(unit) => Anchor::LastAward(unit.map(|unit| self.unit(unit)).transpose()?),
                    Anchor::LastRedemption(unit) => {
                        Anchor::LastRedemption(unit.map(|unit| self.unit(unit)).transpose()?)
                    }
                    Anchor::Entering(id, tier) => {
                        let (id, own) = ladder(id, tier.unwrap_or(0))?;
                        Anchor::Entering(id, tier.map(|_| own))
                    }
                    Anchor::Action(by) => Anchor::Action(action(by)?),
                    other => other,
                };
                Expires::After(how_long, anchor, edge, floor)
            }
            Expires::WithTier(id, tier) => {
                let (id, tier) = ladder(id, tier)?;
                Expires::WithTier(id, tier)
            }
            Expires::On(_) | Expires::Never | Expires::WithNextPurchase => dates.expires,
        };
        Ok(Dates { opens, expires, ..dates })
    }
}

/// Puts the items of a list to where they belong.
pub(super) fn spread<T>(places: &Places, from: impl IntoIterator<Item = T>, to: &mut [T]) {
    for (item, place) in from.into_iter().zip(places) {
        if let Some(slot) = place.and_then(|place| to.get_mut(place)) {
            *slot = item;
        }
    }
}

fn places<T>(list: &[T], find: impl Fn(&T) -> Option<usize>) -> Places {
    list.iter().map(find).collect()
}

/// The same clause: that of the same first day, else the earliest of the name.
fn place_of_rule(new: &Plan, of: &Rule) -> Option<usize> {
    let own = |other: &Rule| other.name == of.name;
    let same = new.rules.iter().position(|other| own(other) && other.in_force.from == of.in_force.from);
    same.or_else(|| new.rules.iter().position(own))
}

/// Where a limit stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    /// After which act of a rule (none: a clause of its own), and which of those there.
    Rule(RuleId, Option<usize>, usize),
    /// In which group, and which of those there.
    Group(usize, usize),
}

fn all_limits(plan: &Plan) -> Vec<(LimitId, Standing)> {
    let mut all = Vec::new();
    for (at, rule) in plan.rules.iter().enumerate() {
        let rule_id = RuleId::new(at);
        let mut acts: Vec<&[LimitId]> = Vec::new();
        for act in &rule.acts {
            acts.push(if let Act::Give(give) = act { &give.limits } else { &[] });
        }
        if let Role::Reward(reward) = &rule.role {
            for gift in reward.offers.iter().flat_map(|offer| &offer.gifts) {
                acts.push(match gift {
                    Benefit::Off { limits, .. } | Benefit::Free { limits, .. } => limits,
                    Benefit::Units(_) | Benefit::Away => &[],
                });
            }
        }
        for (act, limits) in acts.into_iter().enumerate() {
            all.extend(limits.iter().enumerate().map(|(nth, id)| (*id, Standing::Rule(rule_id, Some(act), nth))));
        }
        all.extend(rule.limits.iter().enumerate().map(|(nth, id)| (*id, Standing::Rule(rule_id, None, nth))));
    }
    for (at, group) in plan.groups.iter().enumerate() {
        all.extend(group.limits.iter().enumerate().map(|(nth, id)| (*id, Standing::Group(at, nth))));
    }
    all
}

/// Does a limit count the same as another, whatever room it leaves?
fn is_alike(one: &Limit, other: &Limit) -> bool {
    use crate::plan::Window;
    let windows = match (&one.window, &other.window) {
        (Some(Window::During(_)), Some(Window::During(_)))
        | (Some(Window::SinceEntering(..)), Some(Window::SinceEntering(..)))
        | (None, None) => true,
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    let kinds = std::mem::discriminant(&one.measured) == std::mem::discriminant(&other.measured);
    windows && kinds && one.keys.len() == other.keys.len()
}
