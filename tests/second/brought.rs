//! Opening balances: what stood before the first fact.
//!
//! `M1, 250 beans, earned 2024-01-01, at 2024-02-20`: a lot that is booked as an adjustment. A tier is held, and
//! so much of a counter stood already.

use super::num::{Q, ZERO};
use super::world::{Entry, Exp, Lot, Opens, World};
use earnest::syntax::ast;
use earnest::time::{Day, Moment};
use std::collections::BTreeMap;

/// What a member brings along.
#[derive(Clone, Debug)]
pub struct Brought {
    pub member: String,
    /// The day on which it stood so.
    pub at: Day,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    /// Below zero: debt.
    Lot {
        unit: usize,
        points: Q,
        earned: Day,
        opens: Option<Day>,
        expires: Option<Day>,
    },
    Tier {
        ladder: String,
        tier: usize,
        until: Option<Day>,
    },
    /// So much of a declared counter.
    Counter {
        noun: String,
        value: Q,
    },
}

/// A part of a counter that no fact tells.
#[derive(Clone, Debug)]
pub struct Stood {
    pub owner: String,
    /// The account that brought it.
    pub who: String,
    pub noun: String,
    pub at: Moment,
    pub step: usize,
    pub value: Q,
}

impl World {
    /// Books what a member brings along, before the first fact.
    pub fn bring(&mut self, it: &Brought) {
        let start = self.setup.zone.start_of(it.at);
        self.advance(start);
        self.now = start;
        self.event = "opening".into();
        self.step += 1;
        let name = it.member.as_str();
        if !self.members.contains_key(name) {
            self.know(name, None, BTreeMap::new());
        }
        // Joins then, unless the members file says an earlier day.
        let member = self.members.get_mut(name).unwrap();
        if !member.seen && (!member.active || member.joined > it.at) {
            member.joined = it.at;
        }
        (member.active, member.seen) = (true, true);
        match &it.what {
            What::Lot { unit, points, .. } if *points < ZERO => {
                self.row(name, "", *unit, Entry::Adjust, *points, "debt");
                self.owe(name, *unit, None, -*points, None);
                for lot in self.spending_order(name, *unit, None) {
                    self.pay_debts(lot);
                }
            }
            What::Lot { unit, points, earned, opens, expires } => {
                self.bring_lot(name, *unit, *points, *earned, *opens, *expires);
            }
            What::Tier { ladder, tier, until } => {
                let ladder = self.setup.ladder_named(ladder).unwrap();
                let expiry = until.map(|day| {
                    let zero = earnest::source::Span::default();
                    ast::Expiry::Due(ast::Due { base: ast::DueBase::On(day), snap: None, span: zero })
                });
                self.give_tier(&super::rules::TierGift { to: name.into(), ladder, tier: *tier, expiry });
            }
            What::Counter { noun, value } => self.stood.push(Stood {
                owner: name.into(),
                who: name.into(),
                noun: noun.clone(),
                at: start,
                step: self.step,
                value: *value,
            }),
        }
        for ladder in 0..self.setup.ladders.len() {
            self.look_at(ladder, name, true, true);
        }
        // How a member stands is no rise that a rule hears of.
        self.rose.clear();
    }

    fn bring_lot(&mut self, name: &str, unit: usize, points: Q, earned: Day, opens: Option<Day>, expires: Option<Day>) {
        let now = self.now;
        let then = self.setup.zone.start_of(earned);
        // As the unit says, counted from the day of earning.
        self.now = then;
        let as_said = self.setup.units[unit].expires.clone();
        let (_, exp) = self.dates_of(&ast::Opening::AtOnce, &as_said, unit, name, "");
        self.now = now;
        let opens = match opens.filter(|day| *day > now.day) {
            Some(day) => Opens::At(self.setup.zone.day_start(day), day),
            None => Opens::At(then.instant, earned),
        };
        let open = matches!(&opens, Opens::At(at, _) if *at <= now.instant);
        let lot = format!("opening {earned}");
        self.row(name, "", unit, Entry::Adjust, points, &lot);
        self.lots.push(Lot {
            owner: self.account(name, unit),
            unit,
            pot: None,
            rule: String::new(),
            name: lot,
            receipt: String::new(),
            left: points,
            open,
            at_once: open,
            opens,
            exp: expires.map_or(exp, Exp::On),
            earned: then,
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
    }
}
