//! Does a rule fire? What happened, the day, the lines that it looks at, and then its conditions.
//!
//! Each is asked only where those before it agree, and the first that does not is the reason why the rule gave
//! nothing.

use super::Fault;
use super::accrual::{Chosen, Work, all_of};
use super::explain::{Reason, hangs_on_birthday};
use crate::plan::{RuleId, Trigger};

impl Work<'_> {
    /// Why a rule does not fire; where it does, `chosen` are the lines that it looks at.
    pub(super) fn misses(&self, id: RuleId, chosen: &mut Chosen) -> Result<Option<Reason>, Fault> {
        let reason = self.passes_by(id, chosen)?;
        let rule = self.plan.rule(id);
        if reason.is_some() || rule.conditions.is_empty() {
            return Ok(reason);
        }
        let scene = self.scene(chosen);
        for condition in &rule.conditions {
            if !scene.holds(*condition)? {
                return Ok(Some(Reason::of_condition(&scene, *condition, self.trace.is_some())?));
            }
        }
        Ok(None)
    }

    /// Why a rule does not come as far as its conditions.
    #[inline]
    pub(super) fn passes_by(&self, id: RuleId, chosen: &mut Chosen) -> Result<Option<Reason>, Fault> {
        let rule = self.plan.rule(id);
        let day = self.frame.at.day;
        let trigger = match &rule.trigger {
            Trigger::Fact { friends: false, kind, action: None } => (*kind != self.kind).then_some(Reason::WrongFact),
            trigger => self.trigger_misses(trigger)?,
        };
        if trigger == Some(Reason::WrongFact) {
            return Ok(Some(Reason::WrongFact));
        }
        if !rule.in_force.on(day) || !self.plan.in_force.on(day) || self.units_are_out(id) {
            return Ok(Some(Reason::NotInForce));
        }
        if let Some(reason) = trigger {
            return Ok(Some(reason));
        }
        let who = self.frame.who(self.plan, &self.index.layout);
        for period in &rule.during {
            if who.occurrence(*period, self.frame.at).is_none() {
                return Ok(Some(Reason::OutsidePeriod {
                    next: self.trace.as_ref().and_then(|_| who.next_start(*period, day)),
                    no_birthday: self.trace.is_some()
                        && who.birthday.is_none()
                        && hangs_on_birthday(self.plan, *period),
                }));
            }
        }
        if let Some(filter) = rule.filter {
            let mut scene = self.scene(&[]);
            for line in 0..self.basket.lines.len() {
                scene.line = Some(line);
                if scene.holds(filter)? {
                    chosen.push(u16::try_from(line).unwrap_or(u16::MAX));
                }
            }
            if chosen.is_empty() {
                return Ok(Some(Reason::NoLines));
            }
        } else {
            *chosen = all_of(self.basket.lines);
        }
        Ok(None)
    }

    /// Is no unit in force that the rule could give?
    fn units_are_out(&self, id: RuleId) -> bool {
        let day = self.frame.at.day;
        let dated = self.index.dated_units;
        dated && {
            let leaves = self.leaves(id);
            !leaves.is_empty() && leaves.iter().all(|leaf| !self.plan.unit(leaf.unit()).in_force.on(day))
        }
    }

    fn trigger_misses(&self, trigger: &Trigger) -> Result<Option<Reason>, Fault> {
        Ok(match trigger {
            Trigger::Fact { friends, kind, action } => {
                if *kind != self.kind || (action.is_some() && *action != self.action) {
                    Some(Reason::WrongFact)
                } else if *friends && self.frame.referrers == 0 {
                    Some(Reason::NoReferrer)
                } else {
                    None
                }
            }
            Trigger::Nth { friends, every, ordinal, visits } => {
                if *friends && self.frame.referrers == 0 {
                    return Ok(Some(Reason::NoReferrer));
                }
                let before = self.frame.counters.get(visits.index()).copied().flatten().unwrap_or_default();
                let this = super::counter::adds(*visits, &self.scene(&[]))?;
                super::building::nth_misses(*every, *ordinal, before, this)
            }
            Trigger::Entering(..) | Trigger::StartOf(_) | Trigger::At(_) => None,
        })
    }
}
