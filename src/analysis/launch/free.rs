//! Units for what members do freely and as often as they like: an action, a friend who joins, a return, a purchase
//! of any size.
//!
//! `rule "Review" { on action review give 50 beans }` gives a thousand beans for twenty reviews of one evening.
//! `at most 1 time per calendar month` bounds it; `at most 50 beans per receipt` does not, it looks at one review.

use super::super::deed::{BUYER, Deed, Values, What};
use super::super::story::{Story, award};
use super::number::{any_node, first_of, is_more, is_spend, least, most, most_worth, parts_of, reads, told_number};
use super::reach::may_apply;
use super::setting::{Setting, Settings};
use super::worth::{Brings, Worths};
use super::{place, text, useful, warning};
use crate::diag::{Code, Diagnostic};
use crate::plan::{
    Act, Anchor, Balance, Bound, Each, ExprId, Formula, Give, LimitId, LimitKey, Measured, Node, NumField, Plan, Prize,
    Role, Rule, RuleId, Trigger, UnitId,
};
use crate::source::Span;
use crate::syntax::ast::{Compare, Recipient};
use crate::ty::Kind;
use crate::value::{Amount, Exact};
use std::sync::Arc;

/// So often something is done in a story, or so many friends do it.
const TIMES: usize = BUYER;

/// What is done freely.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Freely {
    /// An action of one's own.
    Action(usize),
    /// An action of a friend.
    FriendsAction(usize),
    /// A friend joins.
    FriendsJoin,
    /// Something is brought back.
    Return,
    /// Units are spent.
    Redeem,
    /// A purchase gives what is worth more.
    Purchase(Cheap),
    /// A friend's purchase does.
    FriendsPurchase(Cheap),
}

/// What costs less than it gives.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cheap {
    /// So much money does.
    least: Exact,
    /// What is given is worth more.
    worth: Exact,
    /// Where it is given.
    at: ExprId,
    /// The reward that brings so much for it, where it is not the worth of the unit.
    by: Option<RuleId>,
    /// Does it grow with the purchase?
    is_rate: bool,
}

impl Freely {
    /// What is done, as it is told.
    fn told(self, plan: &Plan) -> String {
        let action = |at: usize| plan.schema.actions.get(at).map_or("", String::as_str);
        let of = |least: Exact| {
            if least.is_zero() {
                "of any size".to_owned()
            } else {
                format!("of {} {}", told_number(least), plan.currency)
            }
        };
        match self {
            Self::Action(at) => format!("each `{}`", action(at)),
            Self::FriendsAction(at) => format!("each `{}` of a friend", action(at)),
            Self::FriendsJoin => "each account that joins and names them".to_owned(),
            Self::Return => "each return, however small,".to_owned(),
            Self::Redeem => "each redemption, however small,".to_owned(),
            Self::Purchase(cheap) => format!("each purchase {}", of(cheap.least)),
            Self::FriendsPurchase(cheap) => format!("each friend's purchase {}", of(cheap.least)),
        }
    }
}

/// A give that nothing bounds.
struct Unbounded<'p> {
    rule: RuleId,
    give: &'p Give,
    unit: UnitId,
    freely: Freely,
    span: Span,
}

/// Warns of each.
pub(super) fn told(plan: &Arc<Plan>, settings: &Settings<'_>, worths: &Worths) -> Vec<Diagnostic> {
    let rules = (0..plan.rules.len()).map(RuleId::new).filter(|rule| may_apply(plan, *rule));
    let with_story = |found: Unbounded<'_>| {
        let mut warning = said(plan, &found);
        warning.shown = settings.show(|| story(plan, settings, &found));
        warning
    };
    rules.flat_map(|rule| unbounded(plan, worths, rule)).map(with_story).collect()
}

/// The gives of a rule that nothing bounds.
fn unbounded<'p>(plan: &'p Plan, worths: &Worths, id: RuleId) -> Vec<Unbounded<'p>> {
    let rule = plan.rule(id);
    let mut found = Vec::new();
    for act in rule.acts.iter().filter(|_| matches!(rule.role, Role::Rule)) {
        let Act::Give(give) = act else { continue };
        let Prize::Units(unit, formula) = &give.prize else { continue };
        let Some(freely) = freely(plan, worths, rule, give, *unit, formula) else { continue };
        // What an action's own numbers decide is measured: a flight of so many miles.
        let measured =
            reads(plan, formula, &|node| matches!(node, Node::ActionDatum(_) | Node::Lines(NumField::Action(_))));
        if measured || !useful(plan, *unit) || is_bounded(plan, rule, give, freely) {
            continue;
        }
        let first = if let Freely::Purchase(cheap) | Freely::FriendsPurchase(cheap) = freely {
            Some(cheap.at)
        } else {
            first_of(formula)
        };
        let span = first.map_or(rule.span, |id| place(plan, id));
        found.push(Unbounded { rule: id, give, unit: *unit, freely, span });
    }
    found
}

/// Is what sets a give off done freely?
fn freely(plan: &Plan, worths: &Worths, rule: &Rule, give: &Give, unit: UnitId, formula: &Formula) -> Option<Freely> {
    match &rule.trigger {
        Trigger::Fact { friends: false, kind: Kind::Action, action } => Some(Freely::Action((*action)?)),
        Trigger::Fact { friends: true, kind: Kind::Action, action } => Some(Freely::FriendsAction((*action)?)),
        Trigger::Fact { friends: true, kind: Kind::Join, .. } => {
            (give.recipient != Recipient::Member).then_some(Freely::FriendsJoin)
        }
        Trigger::Fact { friends: false, kind: Kind::Return, .. } => Some(Freely::Return),
        Trigger::Fact { friends: false, kind: Kind::Redeem, .. } => Some(Freely::Redeem),
        Trigger::Fact { friends, kind: Kind::Purchase, .. } | Trigger::Nth { friends: friends @ true, .. } => {
            let brings = worths.brings(unit)?;
            let cheap = cheap(plan, brings, most_worth(plan, unit), formula, least_spend(plan, rule))?;
            Some(if *friends { Freely::FriendsPurchase(cheap) } else { Freely::Purchase(cheap) })
        }
        _ => None,
    }
}

/// An award that brings more than a purchase must bring for it: a fixed one, or a rate that a reward makes worth more.
fn cheap(plan: &Plan, brings: Brings, worth: Option<Exact>, formula: &Formula, spend: Exact) -> Option<Cheap> {
    let of = |row: &Formula| cheap(plan, brings, worth, row, spend);
    let found = |money: Exact, at: ExprId| {
        is_more(money, spend).then_some(Cheap { least: spend, worth: money, at, by: brings.by, is_rate: false })
    };
    match formula {
        Formula::Fixed { amount, in_money } | Formula::Each { units: amount, in_money, each: Each::Visit } => {
            let most = most(plan, *amount)?;
            let units = if *in_money { most.over(worth?).ok()? } else { most };
            found(units.times(brings.money).ok()?.lowest(), *amount)
        }
        // What a rate gives by the worth of its unit is told where it is written.
        Formula::Share { share, of, in_money: true } if brings.by.is_some() && is_spend(plan, *of) => {
            let rate = most(plan, *share)?.over(worth?).ok()?.times(brings.money).ok()?;
            rate_of(rate, *share, spend, brings)
        }
        Formula::Block { units, in_money: false, size, of, .. } if brings.by.is_some() && is_spend(plan, *of) => {
            let rate = most(plan, *units)?.times(brings.money).ok()?.over(least(plan, *size)?).ok()?;
            rate_of(rate, *units, spend, brings)
        }
        Formula::ByKey { rows, otherwise, .. } => {
            rows.iter().map(|(_, row)| row).chain(otherwise.as_deref()).find_map(of)
        }
        Formula::Bands { key, rows, otherwise, .. } => {
            let from =
                |bound: &Bound| least(plan, bound.at).filter(|from| is_spend(plan, *key) && is_more(*from, spend));
            let of_row =
                |(bound, row): &(Bound, Formula)| cheap(plan, brings, worth, row, from(bound).unwrap_or(spend));
            rows.iter().find_map(of_row).or_else(|| of(otherwise.as_deref()?))
        }
        Formula::Dated(first, later) => {
            std::iter::once(first.as_ref()).chain(later.iter().map(|(_, row)| row)).find_map(of)
        }
        _ => None,
    }
}

/// A rate above what is paid, told of a purchase of a thousand.
fn rate_of(rate: Exact, at: ExprId, spend: Exact, brings: Brings) -> Option<Cheap> {
    let thousand = Exact::whole(1_000);
    let least = if is_more(spend, thousand) { spend } else { thousand };
    let worth = rate.times(least).ok()?.lowest();
    is_more(rate, Exact::ONE).then_some(Cheap { least, worth, at, by: brings.by, is_rate: true })
}

/// The least that a purchase must bring by the conditions of a rule.
fn least_spend(plan: &Plan, rule: &Rule) -> Exact {
    let mut spend = Exact::ZERO;
    for part in rule.conditions.iter().flat_map(|condition| parts_of(plan, *condition)) {
        if let Node::Compare(Compare::AtLeast | Compare::More | Compare::Equal, of, with) = plan.node(part)
            && is_spend(plan, *of)
            && let Some(number) = least(plan, *with).filter(|number| is_more(*number, spend))
        {
            spend = number;
        }
    }
    spend
}

/// Does a limit or a condition bound how often a give gives?
fn is_bounded(plan: &Plan, rule: &Rule, give: &Give, freely: Freely) -> bool {
    let of_group = rule.group.map(|group| plan.group(group).limits.as_slice()).unwrap_or_default();
    let mut limits = give.limits.iter().chain(&rule.limits).chain(of_group);
    let counts = |node: &Node| {
        matches!(node, Node::Counter(..) | Node::Balance(_, Balance::Balance | Balance::Available | Balance::Pending))
    };
    limits.any(|limit| bounds(plan, *limit, freely))
        || rule.conditions.iter().any(|condition| {
            any_node(plan, *condition, &|node| match node {
                Node::Compare(Compare::Less | Compare::AtMost | Compare::Equal, of, _) => counts(plan.node(*of)),
                Node::DaysSince(Anchor::LastAward(_)) => true,
                Node::DaysSince(Anchor::LastPurchase) => matches!(freely, Freely::Purchase(..)),
                Node::DaysSince(Anchor::LastRedemption(_)) => freely == Freely::Redeem,
                _ => false,
            })
        })
}

/// A limit over a time bounds, not one of a single fact, or of the number of members. One per friend bounds no number
/// of friends.
fn bounds(plan: &Plan, limit: LimitId, freely: Freely) -> bool {
    let limit = plan.limit(limit);
    let per_friend = limit.keys.contains(&LimitKey::Friend);
    limit.window.is_some()
        && limit.measured != Measured::Members
        && !(per_friend && matches!(freely, Freely::FriendsJoin | Freely::FriendsPurchase(..)))
}

fn said(plan: &Plan, found: &Unbounded<'_>) -> Diagnostic {
    let rule = plan.rule(found.rule);
    let (name, gives, deed) = (&rule.name, text(plan, found.span), found.freely.told(plan));
    if let Freely::Purchase(cheap) | Freely::FriendsPurchase(cheap) = found.freely {
        let worth = format!("{} {}", told_number(cheap.worth), plan.currency);
        let span = if matches!(found.freely, Freely::Purchase(_)) { "day" } else { "month" };
        let by = cheap.by.map_or_else(String::new, |by| format!(" by `{}`", plan.rule(by).name));
        if let Some(reward) = cheap.by.filter(|_| cheap.is_rate) {
            let reward = &plan.rule(reward).name;
            let least = format!("{} {}", told_number(cheap.least), plan.currency);
            let message = format!(
                "`{gives}` of `{name}` gives more than is paid: what a purchase of {least} gives brings {worth}{by}"
            );
            let help = format!("give fewer, let `{reward}` ask for more of them, or limit one of both");
            return warning(Code::MoreThanPaid, found.span, message, help);
        }
        let help =
            format!("ask for more (`if spend >= {worth}`), or write `, at most 1 time per calendar {span}` after it");
        let message = format!("{deed} gives `{gives}` of `{name}`, worth {worth}{by}, and nothing limits how often");
        return warning(Code::MoreThanPaid, found.span, message, help);
    }
    let message = format!("nothing limits `{gives}` of `{name}`: {deed} gives it again");
    let mut help = "write `, at most 1 time per calendar month` after it, or another limit".to_owned();
    if let Some(limit) = found.give.limits.iter().chain(&rule.limits).next() {
        help = format!("{help}: `{}` does not bound how often", plan.limit(*limit).text);
    }
    warning(Code::NoLimit, found.span, message, help)
}

/// The same deed several times, and what the last of them gave; none where no setting lets it give.
fn story(plan: &Arc<Plan>, settings: &Settings<'_>, found: &Unbounded<'_>) -> Option<String> {
    settings.for_rule(found.rule).iter().find_map(|setting| {
        let story = Story { member: setting.member.clone(), deeds: deeds(plan, found, setting) };
        let ending = story.run(plan)?;
        let mut given = ending.given.last()?.iter();
        let ((_, _, whose), number) = given
            .find(|((rule, unit, _), number)| *rule == found.rule && *unit == found.unit && number.is_positive())?;
        let called = format!("nothing limits {}", plan.rule(found.rule).name);
        Some(story.example(plan, &called, vec![award(plan, found.rule, found.unit, *number, whose)]))
    })
}

fn deeds(plan: &Plan, found: &Unbounded<'_>, setting: &Setting) -> Vec<Deed> {
    let deed = |who: usize, what: What| Deed { day: setting.day, time: setting.time, who, what };
    let join = |who: usize| deed(who, What::Join(Some(BUYER)));
    let buy = |who: usize, money: Exact| deed(who, setting.purchase(money));
    let often = |what: &dyn Fn(usize) -> Vec<Deed>| (0..TIMES).flat_map(what).collect::<Vec<Deed>>();
    let mut all = vec![deed(BUYER, What::Join(None))];
    match found.freely {
        Freely::Action(action) => {
            all.extend(often(&|_| vec![deed(BUYER, What::Action(action, Values::new()))]));
        }
        Freely::FriendsAction(action) => {
            all.push(join(0));
            all.extend(often(&|_| vec![deed(0, What::Action(action, Values::new()))]));
        }
        Freely::FriendsJoin => all.extend(often(&|who| vec![join(who)])),
        Freely::Return => {
            all.extend(often(&|at| vec![buy(BUYER, Exact::ONE), deed(BUYER, What::Return(1 + 2 * at, None))]));
        }
        Freely::Redeem => {
            let unit = (0..plan.units.len()).map(UnitId::new).find(|unit| useful(plan, *unit)).unwrap_or(found.unit);
            all.push(deed(BUYER, What::Adjust(unit, Amount::from_micros(100 * Amount::SCALE))));
            all.extend(often(&|_| vec![deed(BUYER, What::Redeem(unit, Amount::ONE, None))]));
        }
        Freely::Purchase(cheap) => all.extend(often(&|_| vec![buy(BUYER, cheap.least)])),
        Freely::FriendsPurchase(cheap) => all.extend(often(&|who| vec![join(who), buy(who, cheap.least)])),
    }
    all
}
