//! Where stories play: days, hours, kinds of lines and attributes in which a rule may give.

use super::super::award::{Awards, Count};
use super::super::days::on_birthday;
use super::super::deed::{Goods, Value, Values, What};
use super::super::moves::{Moves, UNNAMED};
use super::super::situations::Differences;
use crate::plan::{Period, Plan, RuleId};
use crate::time::{Day, TimeOfDay};
use crate::ty::event::Datum;
use crate::ty::{Attribute, Missing};
use crate::value::{Amount, Exact};
use std::cell::{Cell, OnceCell};

/// So many settings are tried for a story.
const TRIED_MAX: usize = 24;
/// So many stories are searched for one program.
const SHOWN_MAX: usize = 20;
/// So many rules are looked at of which only stories tell whether something is wrong.
const SEARCHED_MAX: usize = 40;

/// Where a story plays.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// On which day.
    pub day: Day,
    /// At which hour.
    pub time: TimeOfDay,
    /// What the member is.
    pub member: Values,
    /// What a receipt is.
    pub receipt: Values,
    /// What is bought, for one unit of money.
    pub goods: Goods,
}

impl Setting {
    /// A purchase of so much money, of one unit of it where that is nothing.
    pub(super) fn purchase(&self, money: Exact) -> What {
        let amount = money.to_amount().filter(|amount| amount.is_positive()).unwrap_or(Amount::ONE);
        What::Purchase(self.receipt.clone(), vec![Goods { amount, ..self.goods.clone() }])
    }
}

/// All settings of a program.
pub(super) struct Settings<'p> {
    plan: &'p Plan,
    differences: OnceCell<Differences>,
    shown: Cell<usize>,
    searched: Cell<usize>,
}

impl<'p> Settings<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        Self { plan, differences: OnceCell::new(), shown: Cell::new(0), searched: Cell::new(0) }
    }

    /// Searches a story, unless enough were found.
    pub(super) fn show(&self, search: impl FnOnce() -> Option<String>) -> Option<String> {
        let story = (self.shown.get() < SHOWN_MAX).then(search).flatten()?;
        self.shown.set(self.shown.get() + 1);
        Some(story)
    }

    /// Searches what only a story decides, unless enough was searched.
    pub(super) fn search<T>(&self, search: impl FnOnce() -> Option<T>) -> Option<T> {
        self.searched.set(self.searched.get() + 1);
        (self.searched.get() <= SEARCHED_MAX).then(search).flatten()
    }

    /// Some in which a rule may give.
    pub(super) fn for_rule(&self, rule: RuleId) -> Vec<Setting> {
        let plan = self.plan;
        let rule = plan.rule(rule);
        let differences = self.differences.get_or_init(|| Differences::of(plan));
        let moves = Moves::of(plan, differences);
        let scenes = differences.situations(plan);
        let mut hours = vec![TimeOfDay::default()];
        hours.extend(plan.periods.iter().filter_map(|period| match period {
            Period::Hours(from, _) => Some(*from),
            _ => None,
        }));
        let mut found = Vec::new();
        for scene in &scenes {
            let awards = Awards::new(scene, Count::Money, &[]);
            let Some(kind) = awards.mask(rule).iter().position(|counts| *counts) else { continue };
            if !awards.may_apply(rule) {
                continue;
            }
            let mut member = said(moves.values(&scene.values, true), &plan.schema.member);
            if rule.during.iter().any(|period| on_birthday(plan, *period)) {
                moves.birthday(&mut member, scene.day);
            }
            let mut goods = moves.goods(kind, Amount::ONE);
            goods.values = said(goods.values, &plan.schema.line);
            let receipt = said(moves.values(&scene.values, false), &plan.schema.receipt);
            for time in &hours {
                found.push(Setting {
                    day: scene.day,
                    time: *time,
                    member: member.clone(),
                    receipt: receipt.clone(),
                    goods: goods.clone(),
                });
            }
            if found.len() >= TRIED_MAX {
                break;
            }
        }
        found
    }
}

/// The attributes that have to be said: a text that the program does not name may be the one that is meant where
/// nothing is said.
fn said(mut values: Values, attributes: &[Attribute]) -> Values {
    values.retain(|slot, value| {
        let default = attributes.get(*slot).is_some_and(
            |attribute| matches!(attribute.missing, Missing::Default(datum) if datum != Datum::Flag(true)),
        );
        let unsaid = match value {
            Value::Text(text) => text == UNNAMED,
            Value::Flag(flag) => !*flag,
            Value::Number(_) | Value::Date(_) => false,
        };
        !(default && unsaid)
    });
    values
}
