//! Accrual: which rules an event sets off, what each wants, and what limits and groups leave of it.
//!
//! The work reads a [`Frame`] and a [`Basket`] and nothing else, so a receipt that comes back is
//! worked out again by the very same code with the lines that were kept.

use super::Fault;
use super::account::{Charges, Frame, Key, Room};
use super::around::Level;
use super::award::give_of;
use super::building::share_base;
use super::explain::{Reason, Trace};
use super::formula;
use super::index::Index;
use super::outline::Sketch;
use super::value::{Basket, Scene};
use crate::plan::{Act, CounterId, Formula, Give, LadderId, LimitId, Plan, Prize, RuleId, UnitId};
use crate::ty::Kind;
use crate::ty::event::Datum;
use crate::value::{Amount, Exact};

/// What limits have used, what running totals have paid: of the member or the referrer, now or as it was.
pub(super) trait Rooms {
    /// How much of a limit is used.
    fn used(&self, limit: LimitId, key: Key, level: Level) -> Result<Amount, Fault>;
    /// Was this member served before (for `at most 100 members`)?
    fn served(&self, limit: LimitId, key: Key, level: Level) -> bool;
    /// What a running total stands at and what it has paid, before this event; none where it is not worked out now.
    fn running(
        &self,
        rule: RuleId,
        act: u8,
        counter: CounterId,
        level: Level,
    ) -> Result<Option<(Amount, Amount)>, Fault>;
}

/// What a rule gives on an event.
#[derive(Debug, Clone)]
pub(super) struct Award {
    /// The rule.
    pub rule: RuleId,
    /// Which of its acts (for a multiplier: which of its base's awards).
    pub act: u8,
    /// The give whose opening and expiry hold: of the base, for a multiplier.
    pub source: (RuleId, u8),
    /// Who receives it?
    pub level: Level,
    /// The unit.
    pub unit: UnitId,
    /// Before rounding.
    pub exact: Exact,
    /// After rounding, before limits.
    pub wanted: Amount,
    /// After limits and groups.
    pub given: Amount,
    /// The part of it that is charged to no limit: what a fallback rate added.
    pub extra: Amount,
    /// What each limit is charged.
    pub charges: Charges,
    /// The limit that carries the rest to its next period.
    pub carried: Option<(LimitId, Key, Amount)>,
}

/// A tier that a rule gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promotion {
    /// The rule.
    pub rule: RuleId,
    /// Which of its acts.
    pub act: u8,
    /// The ladder.
    pub ladder: LadderId,
    /// The tier.
    pub tier: u8,
    /// Who receives it?
    pub level: Level,
}

/// The lines that a rule looks at, by position.
pub(super) type Chosen = smallvec::SmallVec<[u16; 8]>;

/// The positions of the lines of a short receipt.
const POSITIONS: [u16; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// The positions of all lines.
pub(super) fn all_of(lines: &[crate::ty::Line]) -> Chosen {
    match POSITIONS.get(..lines.len()) {
        Some(positions) => Chosen::from_slice(positions),
        None => (0..lines.len()).map(|at| u16::try_from(at).unwrap_or(u16::MAX)).collect(),
    }
}

/// What an event gives.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The awards of all rules that fired, also those that got nothing.
    pub awards: Vec<Award>,
    /// Tiers given.
    pub promotions: Vec<Promotion>,
    /// For each rule that fired, the lines it looked at.
    pub chosen: Vec<Option<Chosen>>,
    /// What each rule gave in its first unit.
    pub given: Vec<Exact>,
    /// The rooms that were read.
    pub rooms: Vec<Room>,
    /// What awards that are rounded per receipt want, by rule and act.
    pub shared: Vec<(RuleId, u8, Amount)>,
}

impl Done {
    /// Takes all out; the lists keep their room.
    pub(super) fn empty(&mut self) {
        self.awards.clear();
        self.promotions.clear();
        self.chosen.clear();
        self.given.clear();
        self.rooms.clear();
        self.shared.clear();
    }
}

/// The work on one event.
pub(super) struct Work<'a> {
    /// The program.
    pub plan: &'a Plan,
    /// Its index.
    pub index: &'a Index,
    /// The state before the event.
    pub frame: &'a Frame,
    /// The receipt.
    pub basket: Basket<'a>,
    /// What happened.
    pub kind: Kind,
    /// Which action.
    pub action: Option<usize>,
    /// The member, as a limit's key.
    pub friend: Datum,
    /// What limits have used.
    pub rooms: &'a dyn Rooms,
    /// What was done so far.
    pub done: Box<Done>,
    /// Who wants to know why.
    pub trace: Option<&'a mut Trace>,
}

/// One award of a rule: its own give, or that of the rule it builds on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf<'p> {
    act: u8,
    pub source: (RuleId, u8),
    unit: UnitId,
    formula: &'p Formula,
    give: &'p Give,
}

/// The awards of a rule.
pub(super) type Leaves<'p> = smallvec::SmallVec<[Leaf<'p>; 2]>;

impl<'a> Work<'a> {
    /// Works the rules of a list out, each after those it builds on.
    pub(super) fn run(&mut self, rules: &[RuleId]) -> Result<(), Fault> {
        self.done.chosen.resize(self.plan.rules.len(), None);
        self.done.given.resize(self.plan.rules.len(), Exact::ZERO);
        if self.index.rounds_receipts {
            self.round_receipt(rules)?;
        }
        for rule in rules {
            self.rule(*rule)?;
            if let Some(group) = self.index.completes.get(rule.index()).copied().flatten() {
                self.group(group)?;
            }
        }
        Ok(())
    }

    /// The scene of a rule that looks at some lines.
    pub(super) fn scene<'s>(&'s self, chosen: &'s [u16]) -> Scene<'s> {
        Scene {
            plan: self.plan,
            index: self.index,
            frame: self.frame,
            basket: self.basket,
            chosen,
            line: None,
            given: &self.done.given,
            kind: self.kind,
            action: self.action,
            part: None,
            paid: None,
        }
    }

    fn rule(&mut self, id: RuleId) -> Result<(), Fault> {
        let mut chosen = Chosen::new();
        match self.misses(id, &mut chosen)? {
            None => return self.fire(id, chosen),
            Some(Reason::WrongFact) => {}
            Some(reason) => self.missed(id, reason),
        }
        Ok(())
    }

    fn missed_give(&mut self, id: RuleId, act: u8, reason: Reason) {
        if let Some(trace) = &mut self.trace {
            trace.missed_give(id, act, reason);
        }
    }

    pub(super) fn missed(&mut self, id: RuleId, reason: Reason) {
        if let Some(trace) = &mut self.trace {
            trace.missed(id, reason);
        }
    }

    /// A rule that fires wants its awards from the lines that it looks at.
    pub(super) fn fire(&mut self, id: RuleId, chosen: Chosen) -> Result<(), Fault> {
        self.fire_on(id, &chosen)?;
        if let Some(place) = self.done.chosen.get_mut(id.index()) {
            *place = Some(chosen);
        }
        Ok(())
    }

    fn fire_on(&mut self, id: RuleId, chosen: &[u16]) -> Result<(), Fault> {
        let rule = self.plan.rule(id);
        let Some(outline) = self.index.outlines.get(id.index()) else { return Ok(()) };
        if let Some(base) = outline.base
            && !self.gave(base)
        {
            self.missed(id, Reason::NoBase(base));
            return Ok(());
        }
        for sketch in &outline.awards {
            if let Some(leaf) = self.leaf(*sketch) {
                self.award(id, leaf, chosen)?;
            }
        }
        self.limit_rule(id, chosen)?;
        if !outline.promotes {
            return Ok(());
        }
        for (at, act) in rule.acts.iter().enumerate() {
            if let Act::Give(Give { prize: Prize::Tier(ladder, tier), recipient, .. }) = act {
                self.done.promotions.push(Promotion {
                    rule: id,
                    act: position(at),
                    ladder: *ladder,
                    tier: *tier,
                    level: Level::from(*recipient),
                });
                if let Some(trace) = &mut self.trace {
                    trace.promoted(id);
                }
            }
        }
        Ok(())
    }

    /// Did a rule give more than zero on this event?
    fn gave(&self, id: RuleId) -> bool {
        self.done.awards.iter().any(|award| award.rule == id && award.given.is_positive())
    }

    /// The awards of a rule: its own, and one for each award of the rules it multiplies or adds to.
    pub(super) fn leaves(&self, id: RuleId) -> Leaves<'a> {
        self.sketches(id).iter().filter_map(|sketch| self.leaf(*sketch)).collect()
    }

    fn sketches(&self, id: RuleId) -> &'a [Sketch] {
        self.index.outlines.get(id.index()).map_or(&[], |outline| &outline.awards)
    }

    fn leaf(&self, sketch: Sketch) -> Option<Leaf<'a>> {
        let give = give_of(self.plan, sketch.source)?;
        let Prize::Units(unit, formula) = &give.prize else { return None };
        Some(Leaf { act: sketch.act, source: sketch.source, unit: *unit, formula, give })
    }

    fn award(&mut self, id: RuleId, leaf: Leaf<'a>, chosen: &[u16]) -> Result<(), Fault> {
        let rule = self.plan.rule(id);
        let unit = self.plan.unit(leaf.unit);
        if !unit.in_force.on(self.frame.at.day) {
            self.missed_give(id, leaf.act, Reason::NotInForce);
            return Ok(());
        }
        let level = Level::from(leaf.give.recipient);
        if level.links() > self.frame.referrers {
            self.missed_give(id, leaf.act, Reason::NoReferrer);
            return Ok(());
        }
        let Some(exact) = self.exact(id, leaf, chosen)? else {
            let reason = if self.shares_no_line(id, chosen) {
                Reason::NoLines
            } else {
                Reason::of_formula(&self.scene(&self.lines_of_all(id, chosen)), leaf.formula)?
            };
            self.missed_give(id, leaf.act, reason);
            return Ok(());
        };
        let round = self.round_of(id).unwrap_or(unit.round);
        let shared = self.done.shared.iter().find(|(rule, act, _)| *rule == id && *act == leaf.act);
        let wanted = if let Some((_, _, wanted)) = shared {
            *wanted
        } else if let Formula::Running { .. } = leaf.formula {
            exact.round(round.mode, unit.decimals)?
        } else {
            let formula = leaf.formula;
            if formula::is_by_item(self.plan, formula, round) {
                self.rounded_by_item(id, leaf, chosen, round, unit.decimals)?
            } else {
                let work = |scene: &Scene<'_>| self.exact(id, leaf, scene.chosen);
                formula::rounded(&self.scene(chosen), formula, exact, round, unit.decimals, work)?
            }
        };
        let mut award = Award {
            rule: id,
            act: leaf.act,
            source: leaf.source,
            level,
            unit: leaf.unit,
            exact,
            wanted: wanted.max(Amount::ZERO),
            given: Amount::ZERO,
            extra: Amount::ZERO,
            charges: Charges::new(),
            carried: None,
        };
        self.cap_by_base(&mut award, rule.acts.first(), chosen, round.mode)?;
        self.limit_award(&mut award, leaf, chosen)?;
        if let Some(trace) = self.trace.take() {
            trace.worked(self, &award, leaf.formula, round, chosen)?;
            self.trace = Some(trace);
        }
        if let Some(place) = self.done.given.get_mut(id.index()) {
            *place = place.plus(Exact::from(award.given))?;
        }
        self.done.awards.push(award);
        Ok(())
    }

    /// The exact award over some lines: for a multiplier, that of its base over the lines that both match.
    pub(super) fn exact(&self, id: RuleId, leaf: Leaf<'a>, chosen: &[u16]) -> Result<Option<Exact>, Fault> {
        let scene = self.scene(chosen);
        let own = leaf.source.0 == id;
        if own {
            if let Formula::Running { units, size, mode, counter } = leaf.formula {
                let level = Level::from(leaf.give.recipient);
                let Some((before, paid)) = self.rooms.running(id, leaf.act, *counter, level)? else {
                    return Ok(None);
                };
                let now = if level == Level::MEMBER { scene.including(*counter, before)? } else { before };
                let (Some(units), Some(size)) = (scene.number(*units)?, scene.number(*size)?) else { return Ok(None) };
                let total = units.times(formula::blocks(Exact::from(now), size, *mode)?)?;
                let rest = total.minus(Exact::from(paid))?;
                return Ok(Some(if rest.is_negative() { Exact::ZERO } else { rest }));
            }
            return formula::exact(&scene, leaf.formula, leaf.unit);
        }
        let mut total = None;
        for act in &self.plan.rule(id).acts {
            let part = match act {
                Act::Multiply { base, by } => {
                    let Some(lines) = self.shared_lines(*base, chosen) else { continue };
                    let Some(by) = scene.number(*by)? else { continue };
                    let Some(base) = self.exact_of_base(*base, leaf, &lines)? else { continue };
                    by.minus(Exact::ONE)?.times(base)?
                }
                Act::Add { rate, base } => {
                    let Some(lines) = self.shared_lines(*base, chosen) else { continue };
                    let Some(rate) = scene.number(*rate)? else { continue };
                    let scene = self.scene(&lines);
                    let Some(base) = share_base(&scene, leaf.formula, leaf.unit)? else { continue };
                    rate.times(base)?
                }
                Act::Give(_) | Act::Take(_) => continue,
            };
            total = Some(total.unwrap_or(Exact::ZERO).plus(part)?);
        }
        Ok(total)
    }
}

/// A position as it is kept in awards.
pub(super) fn position(at: usize) -> u8 {
    u8::try_from(at).unwrap_or(u8::MAX)
}

impl<'p> Leaf<'p> {
    /// Is it the same award of the same rule?
    pub(super) fn is_same(&self, other: &Leaf<'_>) -> bool {
        self.act == other.act && self.source == other.source
    }

    /// Which act of its rule.
    pub(super) fn act(&self) -> u8 {
        self.act
    }

    /// Does it quote what another rule gave?
    pub(super) fn quotes(&self) -> bool {
        matches!(self.formula, Formula::OfAward { .. })
    }

    /// The unit.
    pub(super) fn unit(&self) -> UnitId {
        self.unit
    }

    /// The give.
    pub(super) fn give(&self) -> &'p Give {
        self.give
    }
}
