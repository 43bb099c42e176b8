//! What is counted of a member.

use crate::ledger::Short;
use crate::plan::{LadderId, Plan, RuleId, UnitId};
use crate::time::Day;
use crate::ty::event::Datum;
use crate::value::Amount;
use smallvec::SmallVec;
use std::sync::Arc;

/// A member moved on a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// When.
    pub day: Day,
    /// On which.
    pub ladder: LadderId,
    /// From that tier, by its place.
    pub from: u8,
    /// To that one.
    pub to: u8,
    /// What was missing to stay.
    pub short: Option<Short>,
}

impl Move {
    /// Is it the same move, whatever was missing?
    pub fn is_same(&self, other: &Self) -> bool {
        (self.day, self.ladder, self.from, self.to) == (other.day, other.ladder, other.from, other.to)
    }
}

/// What a member was counted for once already, by small numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks(SmallVec<[u64; 1]>);

impl Marks {
    /// Is it the first time?
    pub(super) fn first(&mut self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1 << (number % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let Some(marks) = self.0.get_mut(word) else { return false };
        let first = *marks & bit == 0;
        *marks |= bit;
        first
    }
}

/// What is counted of a member; amounts in millionths.
#[derive(Debug, Clone)]
pub struct MemberCount {
    /// Who: a member, or what a household has together.
    pub name: Arc<str>,
    /// The tier held on each ladder.
    pub tiers: Vec<u8>,
    /// Moves, in order.
    pub moves: Vec<Move>,
    /// By the ladder's place: how high the number that climbs it ever stood, if one does and anything happened.
    heights: Vec<Option<Amount>>,
    /// By the unit's place: awarded, less what returns took back.
    pub gains: Vec<i128>,
    /// The same by rule and unit.
    pub rules: Vec<(RuleId, UnitId, i128)>,
    /// Money that came off without units.
    pub discounts: i128,
    /// The same by rule.
    pub offs: Vec<(RuleId, i128)>,
    /// The declared attributes.
    pub values: Vec<Datum>,
    /// The month of the last purchase.
    pub(super) last_month: Option<i32>,
    /// The day of the last fact.
    pub(super) today: Option<Day>,
    /// In which tiers they bought something: ladder after ladder, tier after tier.
    pub(super) bought_in: Marks,
    /// Which comparisons they missed.
    pub(super) missed: Marks,
}

impl MemberCount {
    pub(super) fn new(plan: &Plan, name: Arc<str>) -> Self {
        Self {
            name,
            tiers: vec![0; plan.ladders.len()],
            moves: Vec::new(),
            heights: vec![None; plan.ladders.len()],
            gains: vec![0; plan.units.len()],
            rules: Vec::new(),
            discounts: 0,
            offs: Vec::new(),
            values: Vec::new(),
            last_month: None,
            today: None,
            bought_in: Marks::default(),
            missed: Marks::default(),
        }
    }

    /// Did anything happen to them? The members file may name people who never came.
    pub fn appeared(&self) -> bool {
        self.today.is_some() || self.discounts != 0 || self.gains.iter().any(|sum| *sum != 0)
    }

    /// How high the number that climbs a ladder ever stood, if one does and anything happened.
    pub fn height(&self, ladder: LadderId) -> Option<Amount> {
        self.heights.get(ladder.index()).copied().flatten()
    }

    pub(super) fn climbed(&mut self, ladder: LadderId, value: Amount) {
        if let Some(height) = self.heights.get_mut(ladder.index()) {
            *height = (*height).max(Some(value));
        }
    }

    pub(super) fn take_off(&mut self, rule: RuleId, amount: i128) {
        self.discounts = self.discounts.saturating_add(amount);
        match self.offs.iter_mut().find(|(known, _)| *known == rule) {
            Some((_, sum)) => *sum = sum.saturating_add(amount),
            None => self.offs.push((rule, amount)),
        }
    }

    pub(super) fn gain(&mut self, rule: Option<RuleId>, unit: UnitId, amount: i128) {
        if let Some(sum) = self.gains.get_mut(unit.index()) {
            *sum = sum.saturating_add(amount);
        }
        let Some(rule) = rule else { return };
        match self.rules.iter_mut().find(|(known, of, _)| *known == rule && *of == unit) {
            Some((_, _, sum)) => *sum = sum.saturating_add(amount),
            None => self.rules.push((rule, unit, amount)),
        }
    }
}
