//! What is worked out of a plan once, so that an event asks only the rules and counters it can touch.

use super::around::Level;
use super::climb::Climb;
use super::due::stands;
use super::fixed::{Fixed, fixed};
use super::outline::Outline;
use super::plain::Plain;
use super::quick::Quick;
use super::when::Layout;
use crate::plan::{
    Act, Benefit, CostOf, CounterId, Due, DueBase, Expiry, ExprId, Formula, GroupId, InForce, LadderOpening, Length,
    LimitKey, Measure, Measured, Node, NumField, Opening, Plan, Prize, Reward, Role, RuleId, Step, Trigger, UnitId,
    Window,
};
use crate::syntax::ast::Side;
use crate::time::Day;
use crate::ty::Kind;
use crate::value::Exact;

/// Lists of a plan by what they are asked for.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each answers one question that an event would ask again")]
pub(super) struct Index {
    /// Where each day stands.
    pub layout: Layout,
    /// Rules on each fact, in the plan's order.
    pub purchase: Vec<RuleId>,
    /// Rules on actions.
    pub action: Vec<RuleId>,
    /// Rules on joins.
    pub join: Vec<RuleId>,
    /// Rules on every other fact.
    pub other: Vec<RuleId>,
    /// Rules on entering a tier.
    pub entering: Vec<RuleId>,
    /// Rules that midnight sets off.
    pub moments: Vec<RuleId>,
    /// Draws, by name.
    pub draws: Vec<RuleId>,
    /// The turns of units, the earliest first.
    pub turns: Vec<(Day, UnitId, UnitId, Exact)>,
    /// For each unit: does the day of earning matter, because it is spent by it, or what it turns into is?
    of_age: Vec<bool>,
    /// Is there a migration?
    pub migrates: bool,
    /// Rewards, by name.
    pub sold: Vec<RuleId>,
    /// Rewards by the step of a purchase at which they have their turn.
    sold_at: [Vec<RuleId>; 5],
    /// Rewards of units for units that come automatically, whenever they can be had.
    pub automatic: Vec<RuleId>,
    /// Counters that purchases and returns move.
    pub bought: Vec<CounterId>,
    /// Counters that actions move.
    pub acted: Vec<CounterId>,
    /// Counters that friends move.
    pub befriended: Vec<CounterId>,
    /// Counters that returns as facts move.
    pub returned: Vec<CounterId>,
    /// Counters that awards move.
    pub awarded: Vec<CounterId>,
    /// Counters that rules read.
    pub read: Vec<CounterId>,
    /// Does a rule read balances?
    pub reads_balances: bool,
    /// For each rule: the group that is complete after it.
    pub completes: Vec<Option<GroupId>>,
    /// How many levels of referrers rules give to.
    pub levels: u8,
    /// Does any ladder stand on balances, counters that windows move, or nothing kept?
    pub restless_ladders: bool,
    /// Are there units that can be earned for a time only?
    pub dated_units: bool,
    /// Are there units or rules that round over the whole receipt?
    pub rounds_receipts: bool,
    /// Does a ladder open at once, for the purchase that reaches it?
    pub opens_at_once: bool,
    /// Are there units that last until the next purchase?
    pub lost_with_purchase: bool,
    /// The units that households have together.
    pub pooled: Vec<UnitId>,
    /// Are there fees, or partners that settle?
    pub tells_money: bool,
    /// Running totals: rule, place of the give, counter.
    pub running: Vec<(RuleId, u8, CounterId)>,
    /// Rules that facts set off and that take units.
    pub takers: Vec<RuleId>,
    /// Can a lot open at an instant?
    pub opens_at_instants: bool,
    /// The slot of a line's category, by which lines are ordered.
    pub category: Option<usize>,
    /// For each expression: its number, where no event can change it.
    pub numbers: Vec<Fixed>,
    /// For each expression: the condition that is one look.
    pub quick: Vec<Option<Quick>>,
    /// The programme in its plain form, if it has one.
    pub plain: Option<Plain>,
    /// For each rule: its outline.
    pub outlines: Vec<Outline>,
    /// For each ladder: its bounds, where one number climbs it.
    pub climbs: Vec<Option<Climb>>,
    /// For each ladder: can only the days that leave a sum move it while nothing happens?
    pub calm: Vec<bool>,
    /// Can a purchase only put off what is due, but for the units that it brings?
    pub steady: bool,
    /// Has no midnight rules of its own, and no ladder that it reviews?
    pub quiet: bool,
    /// For each ladder: can its value only fall while nothing happens? Then the lowest tier needs no look.
    pub sinks: Vec<bool>,
}

impl Index {
    /// Does the day of earning matter for a unit?
    pub(super) fn is_of_age(&self, unit: UnitId) -> bool {
        self.of_age.get(unit.index()).copied().unwrap_or(true)
    }

    /// The index of a plan.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut index = Self {
            layout: Layout::of(plan),
            purchase: Vec::new(),
            action: Vec::new(),
            join: Vec::new(),
            other: Vec::new(),
            entering: Vec::new(),
            moments: Vec::new(),
            draws: Vec::new(),
            turns: super::migration::turns_of_units(plan),
            of_age: super::migration::units_of_age(plan),
            migrates: plan.rules.iter().any(|rule| matches!(rule.role, Role::Migration(_))),
            sold: Vec::new(),
            sold_at: std::array::from_fn(|_| Vec::new()),
            automatic: Vec::new(),
            bought: Vec::new(),
            acted: Vec::new(),
            befriended: Vec::new(),
            returned: Vec::new(),
            awarded: Vec::new(),
            read: Vec::new(),
            reads_balances: false,
            completes: vec![None; plan.rules.len()],
            levels: levels(plan),
            restless_ladders: plan.ladders.iter().any(|ladder| ladder.keep.is_none() || ladder.on_balance),
            dated_units: plan.units.iter().any(|unit| unit.in_force != InForce::default()),
            opens_at_once: plan.ladders.iter().any(|ladder| ladder.opening == LadderOpening::AtOnce),
            lost_with_purchase: expiries(plan).any(|expiry| *expiry == Expiry::WithNextPurchase),
            pooled: pooled(plan),
            tells_money: super::settle::tells_money(plan),
            running: super::award::running_totals(plan),
            takers: super::moment::takers(plan),
            opens_at_instants: opens_at_instants(plan),
            category: plan.schema.line.iter().position(|attribute| attribute.name == "category"),
            numbers: (0..plan.nodes.len()).map(|at| fixed(plan, ExprId::new(at))).collect(),
            quick: (0..plan.nodes.len()).map(|at| Quick::of(plan, ExprId::new(at))).collect(),
            plain: None,
            outlines: Outline::all_of(plan),
            climbs: plan.ladders.iter().map(|ladder| Climb::of(plan, ladder)).collect(),
            calm: Vec::new(),
            steady: false,
            quiet: false,
            sinks: plan.ladders.iter().map(|ladder| super::climb::sinks(plan, ladder)).collect(),
            rounds_receipts: plan
                .units
                .iter()
                .map(|unit| unit.round)
                .chain(plan.rules.iter().filter_map(|rule| rule.round))
                .any(|round| round.scope == crate::syntax::ast::RoundScope::Receipt),
        };
        index.sort_rules(plan);
        index.sort_rewards(plan);
        index.steady = index.moments.is_empty() && index.sold.is_empty() && expiries(plan).all(stands);
        index.sort_counters(plan);
        index.find_reads(plan);
        for id in &plan.order {
            if let Some(group) = plan.rule(*id).group {
                let position = |rule: &RuleId| plan.order.iter().position(|other| other == rule);
                let last = plan.group(group).rules.iter().max_by_key(|rule| position(rule));
                if last == Some(id)
                    && let Some(place) = index.completes.get_mut(id.index())
                {
                    *place = Some(group);
                }
            }
        }
        index.find_shortcuts(plan);
        index
    }

    fn find_shortcuts(&mut self, plan: &Plan) {
        self.calm = (0..plan.ladders.len()).map(|at| self.is_calm(plan, at)).collect();
        self.quiet = self.moments.is_empty() && self.automatic.is_empty() && !self.migrates;
        self.quiet &= self.calm.iter().all(|calm| *calm);
        self.plain = Plain::of(plan, self);
    }

    /// Can no event change a number?
    pub(super) fn is_fixed(&self, id: ExprId) -> bool {
        !matches!(self.numbers.get(id.index()), Some(Fixed::No) | None)
    }

    /// The index without all that only saves time: every question is worked out anew.
    pub(super) fn without_shortcuts(plan: &Plan) -> Self {
        let mut index = Self::of(plan);
        index.layout.forget_almanac();
        index.numbers.clear();
        index.quick.clear();
        index.climbs.clear();
        index.sinks.clear();
        index.steady = false;
        index.calm.clear();
        index.quiet = false;
        index.plain = None;
        index
    }

    fn sort_rules(&mut self, plan: &Plan) {
        for id in &plan.order {
            let rule = plan.rule(*id);
            let list = match &rule.trigger {
                Trigger::Fact { kind: Kind::Purchase, .. } | Trigger::Nth { .. } => &mut self.purchase,
                Trigger::Fact { kind: Kind::Action, .. } => &mut self.action,
                Trigger::Fact { kind: Kind::Join, .. } => &mut self.join,
                Trigger::Fact { .. } => &mut self.other,
                Trigger::Entering(..) => &mut self.entering,
                Trigger::StartOf(_) | Trigger::At(_) => &mut self.moments,
            };
            list.push(*id);
        }
    }

    fn sort_rewards(&mut self, plan: &Plan) {
        for (at, rule) in plan.rules.iter().enumerate() {
            let id = RuleId::new(at);
            let reward = match &rule.role {
                Role::Reward(reward) => reward,
                Role::Draw(_) => {
                    self.draws.push(id);
                    continue;
                }
                // A midnight that something happens at is looked for like that of any rule.
                Role::Migration(_) => {
                    self.moments.push(id);
                    continue;
                }
                Role::Rule => continue,
            };
            if matches!(rule.trigger, Trigger::StartOf(_) | Trigger::At(_)) {
                self.moments.push(id);
                continue;
            }
            self.sold.push(id);
            if let Some(list) = self.sold_at.get_mut(reward.step as usize) {
                list.push(id);
            }
            if reward.automatic && reward.step == Step::After {
                self.automatic.push(id);
            }
        }
    }

    /// The rewards of a step of a purchase.
    pub(super) fn sold_at(&self, step: Step) -> &[RuleId] {
        self.sold_at.get(step as usize).map_or(&[], Vec::as_slice)
    }

    fn sort_counters(&mut self, plan: &Plan) {
        for (at, counter) in plan.counters.iter().enumerate() {
            let list = match counter.measure {
                Measure::Sum(NumField::Action(_)) | Measure::Actions(_) => &mut self.acted,
                Measure::Sum(_) | Measure::Largest(_) | Measure::Distinct(_) | Measure::Visits | Measure::Ordinals => {
                    &mut self.bought
                }
                Measure::Returns => &mut self.returned,
                Measure::Friends => &mut self.befriended,
                Measure::AwardTimes(_) | Measure::Awarded(..) => &mut self.awarded,
            };
            list.push(CounterId::new(at));
        }
    }

    fn find_reads(&mut self, plan: &Plan) {
        let mut reads = Reads { plan, counters: vec![false; plan.counters.len()], balances: false };
        for rule in &plan.rules {
            reads.rule(rule);
        }
        for limit in &plan.limits {
            reads.expr(limit.room);
            if let crate::plan::OverLimit::Then(formula) = &limit.over {
                reads.formula(formula);
            }
        }
        self.read = (0..plan.counters.len())
            .filter(|at| reads.counters.get(*at).copied().unwrap_or(false))
            .map(CounterId::new)
            .collect();
        self.reads_balances = reads.balances;
    }
}

/// Walks expressions for the counters and balances that they read.
struct Reads<'a> {
    plan: &'a Plan,
    counters: Vec<bool>,
    balances: bool,
}

impl Reads<'_> {
    fn rule(&mut self, rule: &crate::plan::Rule) {
        if let Trigger::Nth { visits, .. } = &rule.trigger {
            self.counter(*visits);
        }
        if let Role::Reward(reward) = &rule.role {
            self.reward(reward);
        }
        for expr in rule.filter.iter().chain(&rule.conditions) {
            self.expr(*expr);
        }
        for act in &rule.acts {
            match act {
                Act::Give(give) => {
                    if let Prize::Units(_, formula) = &give.prize {
                        self.formula(formula);
                    }
                }
                Act::Take(take) => take.amount.iter().for_each(|expr| self.expr(*expr)),
                Act::Multiply { by, .. } => self.expr(*by),
                Act::Add { rate, .. } => self.expr(*rate),
            }
        }
    }

    fn reward(&mut self, reward: &Reward) {
        for offer in &reward.offers {
            if let Some(cost) = &offer.cost {
                if let CostOf::Fixed(price) = cost.amount {
                    self.expr(price);
                }
                [cost.step, cost.least, cost.leaving, cost.to_pay]
                    .into_iter()
                    .flatten()
                    .for_each(|expr| self.expr(expr));
            }
            for gift in &offer.gifts {
                match gift {
                    Benefit::Off { money, .. } => self.formula(money),
                    Benefit::Free { items, .. } => self.expr(*items),
                    Benefit::Units(_) | Benefit::Away => {}
                }
            }
        }
    }

    fn counter(&mut self, counter: CounterId) {
        if let Some(read) = self.counters.get_mut(counter.index()) {
            *read = true;
        }
    }

    fn formula(&mut self, formula: &Formula) {
        match formula {
            Formula::Fixed { amount, .. } => self.expr(*amount),
            Formula::Share { share, of, .. } => [share, of].into_iter().for_each(|expr| self.expr(*expr)),
            Formula::Block { units, size, of, .. } => [units, size, of].into_iter().for_each(|expr| self.expr(*expr)),
            Formula::Each { units, .. } => self.expr(*units),
            Formula::Running { units, size, counter, .. } => {
                self.expr(*units);
                self.expr(*size);
                self.counter(*counter);
            }
            Formula::OfAward { share, .. } => self.expr(*share),
            Formula::ByKey { key, rows, otherwise, .. } => {
                self.expr(*key);
                for (keys, row) in rows {
                    for expr in keys {
                        self.expr(*expr);
                    }
                    self.formula(row);
                }
                if let Some(row) = otherwise {
                    self.formula(row);
                }
            }
            Formula::Bands { key, rows, otherwise, .. } => {
                self.expr(*key);
                for (bound, row) in rows {
                    self.expr(bound.at);
                    self.formula(row);
                }
                if let Some(row) = otherwise {
                    self.formula(row);
                }
            }
            Formula::Dated(first, later) => {
                self.formula(first);
                for (_, row) in later {
                    self.formula(row);
                }
            }
        }
    }

    fn expr(&mut self, id: ExprId) {
        match self.plan.node(id) {
            Node::Counter(counter, _) => self.counter(*counter),
            Node::Balance(..) => self.balances = true,
            Node::TierValue(ladder, position) => {
                for tier in &self.plan.ladder(*ladder).tiers {
                    if let Some(expr) = tier.values.get(*position).copied().flatten() {
                        self.expr(expr);
                    }
                }
            }
            other => other.children().into_iter().for_each(|expr| self.expr(expr)),
        }
    }
}

/// Is a limit counted over all members?
pub(super) fn is_programme_wide(limit: &crate::plan::Limit) -> bool {
    limit.keys.contains(&LimitKey::Programme) || limit.measured == Measured::Members
}

/// Does a moment rule belong to the end of the old day?
pub(super) fn at_end_of_day(trigger: &Trigger) -> bool {
    matches!(trigger, Trigger::At(edge) if edge.side == Side::End)
}

/// A window whose value changes by itself.
pub(super) fn moves_by_itself(window: &Window) -> bool {
    !matches!(window, Window::Lifetime | Window::SinceJoining | Window::SinceEntering(..))
}

/// The expiries of all units and of all rules that give them.
fn expiries(plan: &Plan) -> impl Iterator<Item = &Expiry> {
    let of_rules = plan.rules.iter().flat_map(|rule| &rule.acts).filter_map(|act| match act {
        Act::Give(give) => give.expiry.as_ref(),
        Act::Take(_) | Act::Multiply { .. } | Act::Add { .. } => None,
    });
    plan.units.iter().map(|unit| &unit.expiry).chain(of_rules)
}

/// Can units of any kind open at an instant, not at the start of a day?
fn opens_at_instants(plan: &Plan) -> bool {
    let of_rules = plan.rules.iter().flat_map(|rule| &rule.acts).filter_map(|act| match act {
        Act::Give(give) => give.opening.as_ref(),
        Act::Take(_) | Act::Multiply { .. } | Act::Add { .. } => None,
    });
    plan.units.iter().map(|unit| &unit.opening).chain(of_rules).any(|opening| {
        matches!(opening, Opening::Due(Due { base: DueBase::After(length, _), .. })
            if !matches!(length, Length::Fixed(how_long) if !how_long.is_elapsed()))
    })
}

/// The units that households have together.
fn pooled(plan: &Plan) -> Vec<UnitId> {
    (0..plan.units.len()).map(UnitId::new).filter(|unit| plan.unit(*unit).pooled_by.is_some()).collect()
}

/// How many levels of referrers rules look at: one where they only ask whether there is any.
fn levels(plan: &Plan) -> u8 {
    let of_friends = |rule: &crate::plan::Rule| {
        matches!(rule.trigger, Trigger::Fact { friends: true, .. } | Trigger::Nth { friends: true, .. })
    };
    let given = plan.rules.iter().flat_map(|rule| &rule.acts).map(links_of).max().unwrap_or(0);
    given.max(u8::from(plan.rules.iter().any(of_friends)))
}

/// How many links up an act gives.
fn links_of(act: &Act) -> u8 {
    if let Act::Give(give) = act { Level::from(give.recipient).links() } else { 0 }
}
