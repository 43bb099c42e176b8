//! Plain programmes: `give 5% + status.extra of spend as beans` on the lines of some categories, `multiply "Base" by 2`
//! in a season, `at most 200 beans per calendar month`.
//!
//! Most purchases of most programmes need no more than that: each rule looks at the texts of lines, compares their
//! sums, and gives one number times one sum. Such a programme is brought into this form before the first event; its
//! purchases on which no units are spent, and to which no return comes, are then worked out without frames, scenes
//! and reasons. All else is worked out by `accrual`, `limit` and `award`; both ways give the same.

use super::almanac::is_by_day;
use super::award::{give_of, opens_by_action};
use super::daily::Rules;
use super::fixed::Fixed;
use super::friend::is_per_friend;
use super::index::Index;
use super::quick::{Counted, Quick};
use crate::plan::{
    Act, Anchor, CounterId, Due, DueBase, Each, Edge, Expiry, ExprId, Formula, Give, InForce, Kalendar, Length,
    LimitId, LimitKey, Measure, Measured, Node, NumField, Opening, OverLimit, PeriodId, Plan, Prize, RuleId, Trigger,
    UnitId,
};
use crate::syntax::ast::{BlockMode, Recipient, RoundScope};
use crate::ty::Kind;
use crate::value::Rounding;

/// Those that can fire on a day are the bits of a number.
const RULES_MAX: usize = Rules::BITS as usize;

/// A programme whose purchases are plain.
#[derive(Debug)]
pub(super) struct Plain {
    /// Its rules on purchases, each after the one that it multiplies.
    pub rules: Vec<PlainRule>,
    /// The counters that purchases move.
    pub counters: Vec<(CounterId, PlainCount)>,
    /// Is a purchase a matter of its member alone, but for those who referred?
    pub alone: bool,
}

/// A rule of a plain programme.
#[derive(Debug)]
pub(super) struct PlainRule {
    /// Which.
    pub id: RuleId,
    /// When it is in force.
    pub in_force: InForce,
    /// When it applies, as far as the day alone decides that.
    pub days: Vec<PeriodId>,
    /// When it applies, as the member or the time of day have it.
    pub times: Vec<PeriodId>,
    /// Which lines count: one look at a text of the line.
    pub filter: Option<ExprId>,
    /// Whether it applies: one look at a sum of its lines.
    pub conditions: Vec<ExprId>,
    /// `multiply "Base" by 2`: the place of `"Base"` among the plain rules, and how much more than once.
    pub base: Option<(usize, Fixed)>,
    /// What it gives for each of `of`: `5%`, `1 bean`, `50 beans`, in units.
    pub share: Fixed,
    /// Of what.
    pub of: PlainBase,
    /// The number of its lines that it is about, if any.
    pub field: Option<NumField>,
    /// The unit.
    pub unit: UnitId,
    /// Its decimals.
    pub decimals: u32,
    /// How the award is rounded.
    pub mode: Rounding,
    /// The one limit on it: of units, over a period.
    pub limit: Option<LimitId>,
    /// The give whose dates hold.
    pub source: (RuleId, u8),
    /// Does the day alone decide these dates?
    pub by_day: bool,
}

/// What a number is multiplied with.
#[derive(Debug, Clone, Copy)]
pub(super) enum PlainBase {
    /// `50 beans`, `1 stamp per visit`
    One,
    /// `5% of spend`: nothing where it is below zero
    Sum(NumField),
    /// `1 bean per full 20 RUB of spend`
    Blocks(NumField, ExprId, BlockMode),
    /// `1 cup per item`
    Items,
}

impl PlainBase {
    /// The number of lines that is summed.
    const fn field(self) -> Option<NumField> {
        match self {
            Self::One => None,
            Self::Sum(field) | Self::Blocks(field, ..) => Some(field),
            Self::Items => Some(NumField::Quantity),
        }
    }
}

/// What a purchase adds to a counter.
#[derive(Debug, Clone, Copy)]
pub(super) enum PlainCount {
    /// `spend`
    Sum(NumField),
    /// `visits`
    Visit,
}

impl Plain {
    /// The programme in this form, if it has it.
    pub(super) fn of(plan: &Plan, index: &Index) -> Option<Self> {
        let others = index.rounds_receipts
            || index.tells_money
            || index.opens_at_once
            || index.reads_balances
            || index.lost_with_purchase
            || !(index.read.is_empty() && index.awarded.is_empty() && index.sold.is_empty());
        if others || index.purchase.len() > RULES_MAX {
            return None;
        }
        let mut rules: Vec<PlainRule> = Vec::with_capacity(index.purchase.len());
        for id in &index.purchase {
            let rule = PlainRule::of(plan, index, *id, &rules)?;
            rules.push(rule);
        }
        let counter = |id: &CounterId| Some((*id, PlainCount::of(plan, *id)?));
        let others = opens_by_action(plan) || is_per_friend(plan);
        Some(Self {
            rules,
            counters: index.bought.iter().map(counter).collect::<Option<_>>()?,
            alone: !others && index.pooled.is_empty() && index.automatic.is_empty(),
        })
    }
}

impl PlainRule {
    fn of(plan: &Plan, index: &Index, id: RuleId, before: &[Self]) -> Option<Self> {
        let rule = plan.rule(id);
        let on_purchase = Trigger::Fact { friends: false, kind: Kind::Purchase, action: None };
        let [act] = rule.acts.as_slice() else { return None };
        if rule.trigger != on_purchase || rule.group.is_some() {
            return None;
        }
        let looks = |id: &ExprId| index.quick.get(id.index()).and_then(Option::as_ref);
        let of_line = |id: &ExprId| matches!(looks(id), Some(Quick::Text { .. }));
        let asked = |id: &ExprId| match looks(id) {
            Some(Quick::Number { of: Counted::Lines(field), .. }) if is_of_lines(*field) => Some(*field),
            _ => None,
        };
        if !rule.filter.iter().all(of_line) || !rule.conditions.iter().all(|id| asked(id).is_some()) {
            return None;
        }
        let (base, (share, of), source, own_limits) = match act {
            Act::Give(give) => (None, share_of(plan, index, give)?, (id, 0), give.limits.as_slice()),
            Act::Multiply { base, by } => {
                let place = before.iter().position(|rule| rule.id == *base)?;
                let own = before.get(place).filter(|rule| rule.base.is_none())?;
                let more = index.numbers.get(by.index())?.more();
                let share = more.times(&own.share);
                (Some((place, more)), (share, own.of), (*base, 0), &[][..])
            }
            Act::Take(_) | Act::Add { .. } => return None,
        };
        if matches!(share, Fixed::No) {
            return None;
        }
        let Some(Act::Give(Give { prize: Prize::Units(unit, _), .. })) = plan.rule(source.0).acts.first() else {
            return None;
        };
        let gives = plan.unit(*unit);
        let round = rule.round.or(plan.rule(source.0).round).unwrap_or(gives.round);
        let limits: Vec<LimitId> = own_limits.iter().chain(&rule.limits).copied().collect();
        let apart = gives.apart_by.is_some() || gives.pooled_by.is_some();
        if gives.in_force != InForce::default()
            || apart
            || round.scope != RoundScope::Rule
            || !has_plain_limit(plan, index, &limits, *unit)
        {
            return None;
        }
        let (days, times) = rule.during.iter().partition(|period| is_by_day(plan, **period));
        Some(Self {
            id,
            in_force: rule.in_force,
            days,
            times,
            filter: rule.filter,
            conditions: rule.conditions.clone(),
            base,
            share,
            of,
            field: of.field().or_else(|| rule.conditions.iter().find_map(asked)),
            unit: *unit,
            decimals: gives.decimals,
            mode: round.mode,
            limit: limits.first().copied(),
            source,
            by_day: give_of(plan, source).is_some_and(|give| has_dates_of_the_day(plan, give, *unit)),
        })
    }
}

/// What a give gives, as a number times a sum.
fn share_of(plan: &Plan, index: &Index, give: &Give) -> Option<(Fixed, PlainBase)> {
    let Prize::Units(unit, formula) = &give.prize else { return None };
    let of = plan.unit(*unit);
    let opening = give.opening.as_ref().unwrap_or(&of.opening);
    let expiry = give.expiry.as_ref().unwrap_or(&of.expiry);
    if give.recipient != Recipient::Member || !has_fixed_dates(opening, expiry) {
        return None;
    }
    let sum_of = |of: ExprId| match plan.node(of) {
        Node::Lines(field) if is_of_lines(*field) => Some(*field),
        _ => None,
    };
    let (number, of, in_money) = match formula {
        Formula::Fixed { amount, in_money } => (*amount, PlainBase::One, *in_money),
        Formula::Share { share, of, in_money } => (*share, PlainBase::Sum(sum_of(*of)?), *in_money),
        Formula::Block { units, in_money, size, mode, of } if index.is_fixed(*size) => {
            (*units, PlainBase::Blocks(sum_of(*of)?, *size, *mode), *in_money)
        }
        Formula::Each { units, in_money, each: Each::Item } => (*units, PlainBase::Items, *in_money),
        Formula::Each { units, in_money, each: Each::Visit } => (*units, PlainBase::One, *in_money),
        _ => return None,
    };
    let number = index.numbers.get(number.index())?;
    let share =
        if in_money { number.over(index.numbers.get(plan.unit(*unit).worth?.index())?) } else { number.clone() };
    Some((share, of))
}

impl PlainCount {
    fn of(plan: &Plan, id: CounterId) -> Option<Self> {
        let counter = plan.counter(id);
        if counter.filter.is_some() || counter.condition.is_some() {
            return None;
        }
        match counter.measure {
            Measure::Sum(field) if is_of_lines(field) => Some(Self::Sum(field)),
            Measure::Visits | Measure::Ordinals => Some(Self::Visit),
            _ => None,
        }
    }
}

/// Is a number one of lines, whose sum depends on which of them are looked at?
const fn is_of_lines(field: NumField) -> bool {
    matches!(field, NumField::Spend(_) | NumField::Quantity | NumField::Line(_))
}

/// Does no value of the program decide how long it takes until units open or are lost?
fn has_fixed_dates(opening: &Opening, expiry: &Expiry) -> bool {
    let fixed = |due: &Due| !matches!(due.base, DueBase::After(Length::Value(..), _));
    let opens = match opening {
        Opening::Due(due) => fixed(due),
        Opening::AtOnce | Opening::OnAction { .. } => true,
    };
    let expires = match expiry {
        Expiry::Due(due) => fixed(due),
        Expiry::Never | Expiry::With(_) | Expiry::WithNextPurchase => true,
    };
    opens && expires
}

/// Are the dates of an award those of every other member on that day?
fn has_dates_of_the_day(plan: &Plan, give: &Give, unit: UnitId) -> bool {
    let of = plan.unit(unit);
    let of_all = |edge: &Edge| !matches!(edge.kalendar, Kalendar::Membership(_));
    let by_day = |due: &Due| {
        due.snap.iter().all(of_all)
            && match &due.base {
                DueBase::On(_) => true,
                DueBase::At(Anchor::Edge(edge)) => of_all(edge),
                DueBase::After(Length::Fixed(how_long), Anchor::Earning | Anchor::Opening) => !how_long.is_elapsed(),
                DueBase::At(_) | DueBase::After(..) => false,
            }
    };
    let opens = match give.opening.as_ref().unwrap_or(&of.opening) {
        Opening::AtOnce => true,
        Opening::Due(due) => by_day(due),
        Opening::OnAction { .. } => false,
    };
    let expires = match give.expiry.as_ref().unwrap_or(&of.expiry) {
        Expiry::Never => true,
        Expiry::Due(due) => by_day(due),
        Expiry::With(_) | Expiry::WithNextPurchase => false,
    };
    opens && expires
}

/// Has a rule one limit at most, and is that a sum of its unit?
fn has_plain_limit(plan: &Plan, index: &Index, limits: &[LimitId], unit: UnitId) -> bool {
    limits.len() <= 1
        && limits.iter().map(|id| plan.limit(*id)).all(|limit| {
            limit.measured == Measured::Units(unit)
                && limit.keys.iter().all(|key| *key == LimitKey::Member)
                && limit.window.is_some()
                && matches!(limit.over, OverLimit::Cut)
                && index.is_fixed(limit.room)
        })
}
