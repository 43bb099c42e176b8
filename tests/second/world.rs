//! What the second evaluator knows: the program as plain lists, and everything that ever happened.
//!
//! Nothing is summed up ahead. Facts, awards, lots, debts and ledger rows are kept for ever, and every
//! number is found by going through all of them.

use super::num::{Q, ZERO};
use earnest::syntax::ast;
use earnest::time::{Calendar, Day, Duration, DurationUnit, Instant, Moment, TimeOfDay, Zone};
use earnest::ty::{AttributeType, Kind, Scope};
use earnest::value::Rounding;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Datum {
    Text(String),
    Number(Q),
    Date(Day),
    Time(TimeOfDay),
    Flag(bool),
}

/// A line of a receipt.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub sku: String,
    pub amount: Q,
    pub quantity: Q,
    pub discount: Q,
    /// What units paid of it.
    pub paid: Q,
    /// How many of the quantity were brought back.
    pub returned: Q,
    /// Money that was brought back without an article.
    pub lowered: Q,
    /// Came back wholly.
    pub gone: bool,
    pub attrs: BTreeMap<String, Datum>,
}

impl Default for Q {
    fn default() -> Self {
        ZERO
    }
}

impl Line {
    pub fn net(&self) -> Q {
        self.amount - self.discount - self.paid
    }

    /// The line without what was brought back.
    pub fn kept(&self) -> Self {
        let share = |whole: Q, back: Q, of: Q| {
            if back.is_zero() || of.is_zero() { ZERO } else { (whole * back / of).round(Rounding::HalfUp, 6) }
        };
        let part = |whole: Q| {
            let back = share(whole, self.returned, self.quantity) + share(whole, self.lowered, self.amount);
            whole - back.min(whole)
        };
        let mut kept = self.clone();
        if self.is_gone() {
            return Self { sku: self.sku.clone(), gone: true, ..Self::default() };
        }
        if self.returned.positive() || self.lowered.positive() {
            kept.amount = part(self.amount);
            kept.discount = part(self.discount);
            kept.paid = part(self.paid);
            kept.quantity = self.quantity - self.returned;
            for datum in kept.attrs.values_mut() {
                if let Datum::Number(number) = datum {
                    *number = part(*number);
                }
            }
            (kept.returned, kept.lowered) = (ZERO, ZERO);
        }
        kept
    }

    /// Is all of it back, by quantity or by money?
    pub fn is_gone(&self) -> bool {
        let part = |back: Q, of: Q| {
            if back.is_zero() || of.is_zero() { ZERO } else { (self.amount * back / of).round(Rounding::HalfUp, 6) }
        };
        let back = part(self.returned, self.quantity) + part(self.lowered, self.amount);
        (self.quantity.positive() && self.returned >= self.quantity) || (self.amount.positive() && back >= self.amount)
    }
}

/// A fact of the history, and what became of it.
#[derive(Clone, Debug)]
pub struct Fact {
    pub kind: Kind,
    pub at: Moment,
    pub seq: Option<i64>,
    pub id: String,
    pub member: String,
    pub receipt: String,
    pub of: String,
    pub lines: Vec<Line>,
    pub attrs: BTreeMap<String, Datum>,
    pub redeemed: Vec<(usize, Q)>,
    pub adjusted: Option<(usize, Q)>,
    pub action: Option<String>,
    pub referred_by: String,
    pub into: String,
}

impl Fact {
    pub fn new(kind: Kind, at: Moment, id: &str, member: &str) -> Self {
        Self {
            kind,
            at,
            seq: None,
            id: id.into(),
            member: member.into(),
            receipt: String::new(),
            of: String::new(),
            lines: vec![],
            attrs: BTreeMap::new(),
            redeemed: vec![],
            adjusted: None,
            action: None,
            referred_by: String::new(),
            into: String::new(),
        }
    }

    /// The lines as they are kept; one that is gone is there without money, quantity or attributes.
    pub fn kept(&self) -> Vec<Line> {
        self.lines.iter().map(Line::kept).collect()
    }

    pub fn is_all_back(&self) -> bool {
        self.lines.iter().all(Line::is_gone)
    }

    /// The lines of a receipt come in one order.
    pub fn sort_lines(&mut self) {
        let key = |line: &Line| {
            let category = line.attrs.get("category").cloned();
            (line.sku.clone(), category, line.amount, line.quantity, line.attrs.clone(), line.discount)
        };
        self.lines.sort_by(|one, other| key(one).partial_cmp(&key(other)).unwrap());
    }

    pub fn is_visit(&self) -> bool {
        self.kind == Kind::Purchase && self.kept().iter().any(|line| line.amount.positive())
    }
}

#[derive(Clone, Debug)]
pub struct UnitDef {
    pub key: String,
    pub nouns: Vec<String>,
    pub in_force: ast::InForce,
    pub worth: Option<ast::Dated>,
    pub decimals: u32,
    pub mode: Rounding,
    pub scope: ast::RoundScope,
    pub opens: ast::Opening,
    pub expires: ast::Expiry,
    pub order: ast::SpendOrder,
    pub apart: Option<String>,
    pub pooled: Option<String>,
    pub floor: bool,
}

#[derive(Clone, Debug)]
pub struct LadderDef {
    pub name: String,
    pub in_force: ast::InForce,
    pub by: Option<ast::Expr>,
    pub tiers: Vec<ast::Tier>,
    pub keep: Option<ast::Due>,
    pub drop: Option<ast::Drop>,
    pub opens: Option<ast::Opening>,
    pub restart: bool,
}

#[derive(Clone, Debug)]
pub enum Trig {
    Fact { friends: bool, fact: ast::Fact },
    Nth { friends: bool, every: bool, ordinal: ast::Ordinal, window: Option<ast::Window> },
    Entering(String),
    Period(ast::Period),
    Edge(ast::Edge),
}

#[derive(Clone, Debug)]
pub struct RuleDef {
    pub name: String,
    pub in_force: ast::InForce,
    pub trig: Trig,
    pub wheres: Vec<ast::Expr>,
    pub ifs: Vec<ast::Expr>,
    pub durings: Vec<ast::Period>,
    pub gives: Vec<ast::Give>,
    pub takes: Vec<ast::Take>,
    pub multiply: Option<(String, ast::Expr)>,
    pub add: Option<(ast::Expr, String)>,
    pub limits: Vec<ast::Limit>,
    pub round: Option<ast::Round>,
    /// `turn 100 points into 250 miles`
    pub turns: Vec<(ast::Expr, ast::Expr)>,
    pub draw: Option<super::draws::DrawDef>,
    pub modes: Option<Vec<ast::ReturnsMode>>,
}

/// The program, sorted into lists.
#[derive(Clone, Debug)]
pub struct Setup {
    pub zone: Zone,
    pub money_decimals: u32,
    pub currency: String,
    pub in_force: ast::InForce,
    pub within: Duration,
    pub modes: Vec<ast::ReturnsMode>,
    pub fiscal: Calendar,
    pub attrs: Vec<(Scope, String, AttributeType)>,
    pub units: Vec<UnitDef>,
    pub ladders: Vec<LadderDef>,
    pub rules: Vec<RuleDef>,
    pub groups: Vec<ast::Group>,
    pub counters: Vec<ast::Counter>,
    pub params: Vec<ast::Param>,
    pub lists: Vec<ast::List>,
    pub calendars: Vec<ast::Calendar>,
}

/// A tier that is held.
#[derive(Clone, Debug)]
pub struct Hold {
    pub tier: usize,
    /// The last day; none = for ever.
    pub until: Option<Day>,
    /// When it was first made, and by the how-manieth step.
    pub made: Moment,
    pub made_step: usize,
    /// From when it counts.
    pub effective: Day,
    pub by_rule: bool,
}

/// A rise into a tier, and whose account it was then.
#[derive(Clone, Debug)]
pub struct Rise {
    pub at: Moment,
    pub step: usize,
    pub tier: usize,
    pub who: String,
}

#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub tier: usize,
    pub holds: Vec<Hold>,
    pub rises: Vec<Rise>,
}

#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    pub joined: Day,
    pub referrer: Option<String>,
    pub active: bool,
    /// Does the member appear in results?
    pub seen: bool,
    /// Has a fact of theirs happened?
    pub began: bool,
    pub attrs: BTreeMap<String, Datum>,
    pub ladders: Vec<Standing>,
}

/// A booked fact: whose it is now, and in which step it came.
#[derive(Clone, Debug)]
pub struct Booked {
    pub fact: Fact,
    pub owner: String,
    /// The account it was booked in.
    pub who: String,
    /// Are its units spent already?
    pub spent: bool,
    /// The referrer that a joining named and that was accepted.
    pub link: Option<String>,
    pub step: usize,
    /// For a purchase: the world as it stood before the earning.
    pub before: Option<Rc<World>>,
    /// The world before the units were spent on it: what state words look at.
    pub state: Option<Rc<World>>,
    /// Has it begun, all that joining set off being over?
    pub begun: bool,
    /// Taken into the counters?
    pub counted: bool,
    /// Its lines as they stood when its account became one with another, and in which step.
    pub merged: Vec<(usize, Vec<Line>)>,
}

/// An award: a row of the ledger that can be worked out again.
#[derive(Clone, Debug)]
pub struct Award {
    pub step: usize,
    pub at: Moment,
    pub event: String,
    pub receipt: String,
    /// The member of the fact.
    pub of: String,
    /// The same to limits per friend, until the friend leaves.
    pub friend: String,
    pub to: String,
    /// The account that received it.
    pub first_to: String,
    /// The member has left since.
    pub gone: bool,
    /// Whose fact it was has.
    pub parted: bool,
    /// It stood when the account went up in another, or another in it.
    pub merged: bool,
    pub rule: String,
    pub give: usize,
    pub unit: usize,
    pub wanted: Q,
    pub given: Q,
    /// What limits are charged: all but a fallback rate.
    pub charged: Q,
    pub worth: Option<Q>,
    /// All that was taken back; of it what had expired unspent, and what could not be recovered.
    pub reversed: Q,
    pub lost: Q,
    pub dropped: Q,
    /// What limits are charged after returns.
    pub used: Q,
    pub first_shares: Vec<(String, String, Q)>,
    /// Carried over by this limit, it counts for no other.
    pub only: Option<String>,
    pub lot: Option<usize>,
    pub occurrence: String,
    /// Of a limit by an attribute of lines: what each value got, by limit (place, number).
    pub shares: Vec<(String, String, Q)>,
    pub running: bool,
    pub lines: Vec<usize>,
    pub attrs: BTreeMap<String, Datum>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Opens {
    At(Instant, Day),
    OnAction { action: String, deadline: Option<Day>, receipt: String },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Exp {
    Never,
    On(Day),
    Activity(ast::Activity, usize, ast::Due),
    /// After something else that can happen again: entering a tier, an action.
    Since(ast::Anchor, ast::Due),
    Tier(usize, usize),
    AfterOpening(ast::Due),
}

#[derive(Clone, Debug)]
pub struct Lot {
    pub owner: String,
    pub unit: usize,
    pub pot: Option<Datum>,
    pub rule: String,
    /// How the ledger calls it: the event (or the day of a midnight) and the rule.
    pub name: String,
    pub receipt: String,
    pub left: Q,
    pub open: bool,
    pub opens: Opens,
    /// Opened with its award.
    pub at_once: bool,
    pub exp: Exp,
    pub earned: Moment,
    pub step: usize,
    /// Since when there have been units of its dates without a break, and when its own came: both place it among
    /// others that the order of spending leaves alike.
    pub lies: usize,
    pub came: usize,
    /// What of it was lost, and when.
    pub expired: Vec<(Instant, Q)>,
}

#[derive(Clone, Debug)]
pub struct Debt {
    pub owner: String,
    pub unit: usize,
    pub pot: Option<Datum>,
    pub left: Q,
    pub spending: Option<usize>,
}

/// Units spent on a receipt, to come back last spent first.
#[derive(Clone, Debug)]
pub struct Spending {
    pub receipt: String,
    pub owner: String,
    pub unit: usize,
    pub total: Q,
    pub taken: Vec<(Option<usize>, Q)>,
    /// How much of the debt, and of each part taken, came back.
    pub gone: Vec<Q>,
    pub back: Q,
    /// The money that it paid.
    pub paid: Q,
    pub at: Moment,
    pub step: usize,
}

impl Spending {
    /// How much came back of a part.
    pub fn gone(&mut self, part: usize) -> Q {
        self.gone.resize(self.gone.len().max(part + 1), ZERO);
        self.gone[part]
    }
}

#[derive(Clone, Debug)]
pub struct Carry {
    pub due: Day,
    /// When it was first cut.
    pub since: Moment,
    pub award: Award,
    pub amount: Q,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    Earn,
    Open,
    Redeem,
    Expire,
    Reverse,
    Adjust,
    Transfer,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub event: String,
    pub day: Day,
    pub member: String,
    pub rule: String,
    pub unit: usize,
    pub entry: Entry,
    pub amount: Q,
    /// The lot, or `debt`.
    pub lot: String,
}

#[derive(Clone, Debug)]
pub struct World {
    pub setup: Rc<Setup>,
    pub facts: Vec<Booked>,
    pub awards: Vec<Award>,
    pub lots: Vec<Lot>,
    pub debts: Vec<Debt>,
    pub spendings: Vec<Spending>,
    pub carries: Vec<Carry>,
    /// Of what is wanted again: when it was first cut.
    pub carrying: Option<Moment>,
    pub members: BTreeMap<String, Member>,
    /// Accounts that went up in others, and in which step.
    pub aliases: BTreeMap<String, (String, usize)>,
    /// Who left, and in which step.
    pub leaves: Vec<(String, usize)>,
    pub rows: Vec<Row>,
    /// For each award: event, day, member, rule, unit, and its amount with the dates of its lot.
    pub dated: Vec<(String, Day, String, String, usize, String)>,
    /// For each event and rule: what it gave, or why not.
    pub reasons: Vec<(String, String, Result<Q, &'static str>)>,
    pub warnings: BTreeMap<&'static str, usize>,
    pub now: Moment,
    pub today: Option<Day>,
    /// What units were turned into others, one after the other.
    pub migrations: Vec<super::migrations::Migration>,
    /// What the members file says of each, also of who went up in another.
    pub homes: BTreeMap<String, BTreeMap<String, Datum>>,
    /// Accounts whose units went to another, and in which step.
    pub moves: Vec<(String, String, usize)>,
    /// The pools that each rule of a midnight took from.
    pub pool_took: Vec<(String, usize, Day)>,
    /// The pools that each migration turned.
    pub pool_turned: Vec<(String, usize, Day)>,
    /// What the product is known to do otherwise, where it was met: such a case is not compared.
    pub known: Option<&'static str>,
    /// Of counters, what no fact tells.
    pub stood: Vec<super::brought::Stood>,
    /// How often units came to an account.
    pub arrivals: usize,
    /// The values by which an account's units are kept apart, in the order in which it met them.
    pub pots: Vec<(String, usize, Option<Datum>)>,
    /// Tiers that count for the purchase at hand already: what it gives is dated by them.
    pub at_once: BTreeMap<usize, usize>,
    /// Rises whose rules wait until all ladders have looked: member, ladder, tier.
    pub rose: Vec<(String, usize, usize)>,
    /// Whom a rule on entering a tier gave units that no ladder has looked at yet.
    pub gifted: Vec<String>,
    /// Counts everything that happens, so that "after" can be told.
    pub step: usize,
    pub event: String,
    /// Members given units, and ladders moved, in this half of a midnight.
    pub gave: Vec<String>,
    pub moved: Vec<(String, usize)>,
}

impl World {
    pub fn new(setup: Setup) -> Self {
        Self {
            setup: Rc::new(setup),
            facts: vec![],
            awards: vec![],
            lots: vec![],
            debts: vec![],
            spendings: vec![],
            carries: vec![],
            carrying: None,
            migrations: vec![],
            homes: BTreeMap::new(),
            moves: vec![],
            pool_took: vec![],
            pool_turned: vec![],
            known: None,
            stood: vec![],
            arrivals: 0,
            pots: vec![],
            members: BTreeMap::new(),
            aliases: BTreeMap::new(),
            leaves: vec![],
            rows: vec![],
            dated: vec![],
            reasons: vec![],
            warnings: BTreeMap::new(),
            now: Moment::default(),
            today: None,
            step: 0,
            event: String::new(),
            gave: vec![],
            gifted: vec![],
            rose: vec![],
            at_once: BTreeMap::new(),
            moved: vec![],
        }
    }

    /// The next place at the end of the row.
    fn arrive(&mut self) -> usize {
        self.arrivals += 1;
        self.arrivals
    }

    /// Units come to a lot of which nothing was there: they join those of their dates, and a lot of their name.
    pub fn place(&mut self, lot: usize) {
        let it = &self.lots[lot];
        self.meet((it.owner.clone(), it.unit, it.pot.clone()));
        let it = &self.lots[lot];
        let there = |other: &&Lot| other.left.positive() && other.open == it.open && self.alike(other, it);
        let others = self.lots.iter().enumerate().filter(|other| other.0 != lot).map(|other| other.1).filter(there);
        let others: Vec<&Lot> = others.collect();
        let lies = others.first().map(|other| other.lies);
        let came = others.iter().find(|other| other.name == it.name).map(|other| other.came);
        let next = self.arrive();
        (self.lots[lot].lies, self.lots[lot].came) = (lies.unwrap_or(next), came.unwrap_or(next));
    }

    /// An account meets a value by which units are kept apart.
    pub fn meet(&mut self, mut pot: (String, usize, Option<Datum>)) {
        pot.0 = self.account(&pot.0, pot.1);
        if !self.pots.contains(&pot) {
            self.pots.push(pot);
        }
    }

    /// Do two lots of an account open and end together?
    pub fn alike(&self, one: &Lot, other: &Lot) -> bool {
        let kind = |lot: &Lot| (lot.owner.clone(), lot.unit, lot.pot.clone());
        let by_age = self.setup.units[one.unit].order != ast::SpendOrder::Soonest;
        let opened = |lot: &Lot| match &lot.opens {
            Opens::At(_, day) => Some(*day),
            Opens::OnAction { .. } => None,
        };
        // What hangs on activity never ends before it opened.
        let moves = matches!(one.exp, Exp::Activity(..) | Exp::Since(..));
        let same_end = match (&one.exp, &other.exp) {
            (Exp::On(_), Exp::On(_)) => self.last_day(one) == self.last_day(other),
            (a, b) => a == b && (!moves || opened(one) == opened(other)),
        };
        let same_opening = match (&one.opens, &other.opens) {
            _ if one.at_once || other.at_once => one.at_once == other.at_once,
            (Opens::At(a, _), Opens::At(b, _)) => a == b,
            (a, b) => a == b,
        };
        kind(one) == kind(other) && same_end && same_opening && (!by_age || one.earned.day == other.earned.day)
    }

    pub fn warn(&mut self, code: &'static str) {
        *self.warnings.entry(code).or_default() += 1;
    }

    pub fn row(&mut self, member: &str, rule: &str, unit: usize, entry: Entry, amount: Q, lot: &str) {
        if entry != Entry::Open && amount.is_zero() {
            return;
        }
        let row = Row {
            event: self.event.clone(),
            day: self.now.day,
            member: super::pools::told(&self.account(member, unit)).to_owned(),
            rule: rule.into(),
            unit,
            entry,
            amount,
            lot: lot.into(),
        };
        self.rows.push(row);
    }

    pub fn day_in_force(force: ast::InForce, day: Day) -> bool {
        force.from.is_none_or(|from| from <= day) && force.to.is_none_or(|to| day <= to)
    }
}
