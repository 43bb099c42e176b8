//! Purchases that come back and leave something: a gift on entering a tier that a return does not take, awards that
//! stay, units that are no longer there when they are to be taken back.
//!
//! What a program may leave is only suspected here; a member buys, brings back, and does so again, and what they have
//! then is told if it grows each time.

use super::number::{any_node, first_of, is_spend, most, parts_of, told_number};
use super::reach::may_apply;
use super::setting::{Setting, Settings};
use super::worth::Worths;
use super::{place, text, useful, warning};
use crate::analysis::deed::{BUYER, Deed, Goods, NAMES, What};
use crate::analysis::story::{Ending, Story, balance};
use crate::diag::{Code, Diagnostic};
use crate::plan::{Act, ExprId, Give, Measure, Node, NumField, Plan, Prize, Role, Rule, RuleId, Trigger, UnitId};
use crate::syntax::ast::{Recipient, ReturnsMode};
use crate::time::{Day, DurationUnit};
use crate::ty::Kind;
use crate::value::{Amount, Exact, Rounding};
use std::sync::Arc;

/// So often something is bought and brought back.
const TIMES: usize = 3;
/// So many settings are tried for a rule.
const SETTINGS_MAX: usize = 3;
/// What is bought where a program names no amount.
const AMOUNT: i64 = 10_000;

/// How something is bought and brought back.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// The next day.
    Soon,
    /// On the last day on which it can come back.
    Late,
    /// All but a part for one unit of money.
    Part,
    /// After what it gave was spent.
    Spent,
}

/// Warns of each rule that gives something which a return leaves.
pub(super) fn told(plan: &Arc<Plan>, settings: &Settings<'_>, worths: &Worths) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for id in (0..plan.rules.len()).map(RuleId::new) {
        let rule = plan.rule(id);
        for act in rule.acts.iter().filter(|_| matches!(rule.role, Role::Rule)) {
            let Act::Give(give) = act else { continue };
            let Prize::Units(unit, formula) = &give.prize else { continue };
            let ways = ways(plan, rule, *unit);
            let own = give.recipient == Recipient::Member && useful(plan, *unit) && may_apply(plan, id);
            if !own || ways.is_empty() || is_limited(plan, rule, give) {
                continue;
            }
            let search = || found(plan, settings, worths, id, *unit, &ways);
            if let Some((way, amount, shown)) = settings.search(search) {
                let span = first_of(formula).map_or(rule.span, |first| place(plan, first));
                let mut warning = said(plan, rule, text(plan, span), way, amount);
                warning.span = span;
                warning.shown = Some(shown);
                all.push(warning);
                break;
            }
        }
    }
    all
}

/// Does a limit over a time bound it?
fn is_limited(plan: &Plan, rule: &Rule, give: &Give) -> bool {
    let of_group = rule.group.map(|group| plan.group(group).limits.as_slice()).unwrap_or_default();
    give.limits.iter().chain(&rule.limits).chain(of_group).any(|limit| plan.limit(*limit).window.is_some())
}

/// In which ways a give may stay when the purchase comes back.
fn ways(plan: &Plan, rule: &Rule, unit: UnitId) -> Vec<Way> {
    if matches!(rule.trigger, Trigger::Entering(..)) {
        return vec![Way::Soon];
    }
    let purchase = matches!(rule.trigger, Trigger::Fact { friends: false, kind: Kind::Purchase, .. });
    if !purchase {
        return Vec::new();
    }
    let modes = &rule.returns.as_ref().unwrap_or(&plan.returns).modes;
    let mut all = Vec::new();
    if modes.contains(&ReturnsMode::AwardsStay) {
        all.push(Way::Soon);
    }
    if modes.contains(&ReturnsMode::FromPendingOnly) {
        all.extend([Way::Soon, Way::Late]);
    }
    if modes.contains(&ReturnsMode::WholeReceiptsOnly) {
        all.push(Way::Part);
    }
    if plan.unit(unit).never_below_zero {
        all.push(Way::Spent);
    }
    all
}

/// The way and the amount with which a give stays each time, and the story.
fn found(
    plan: &Arc<Plan>,
    settings: &Settings<'_>,
    worths: &Worths,
    rule: RuleId,
    unit: UnitId,
    ways: &[Way],
) -> Option<(Way, Amount, String)> {
    let of = settings.for_rule(rule);
    let amounts = amounts(plan, plan.rule(rule));
    for setting in of.iter().take(SETTINGS_MAX) {
        for way in ways {
            for amount in &amounts {
                if let Some(story) = grows(plan, worths, setting, (rule, unit), *way, *amount) {
                    return Some((*way, *amount, story));
                }
            }
        }
    }
    None
}

/// What is bought: enough for the tiers and the conditions that name an amount.
fn amounts(plan: &Plan, rule: &Rule) -> Vec<Amount> {
    let mut all: Vec<Amount> = Vec::new();
    let mut see =
        |id: ExprId| all.extend(most(plan, id).and_then(Exact::to_amount).filter(|amount| amount.is_positive()));
    if let Trigger::Entering(ladder, tier) = rule.trigger {
        let tiers = plan.ladder(ladder).tiers.iter().enumerate();
        for (_, tier) in tiers.filter(|(at, _)| tier.is_none_or(|tier| usize::from(tier) == *at)) {
            for need in &tier.needs {
                if let Node::Compare(_, of, with) = plan.node(*need)
                    && is_of_spend(plan, *of)
                {
                    see(*with);
                }
            }
        }
    } else {
        for part in rule.conditions.iter().flat_map(|condition| parts_of(plan, *condition)) {
            if let Node::Compare(_, of, with) = plan.node(part)
                && is_spend(plan, *of)
            {
                see(*with);
            }
        }
        all.extend(Amount::whole(AMOUNT));
    }
    all
}

fn is_of_spend(plan: &Plan, id: ExprId) -> bool {
    any_node(
        plan,
        id,
        &|node| matches!(node, Node::Counter(counter, _) if matches!(plan.counter(*counter).measure, Measure::Sum(NumField::Spend(_)))),
    )
}

/// The story in which a member has more of a unit, or more money off, after each time.
fn grows(
    plan: &Arc<Plan>,
    worths: &Worths,
    setting: &Setting,
    of: (RuleId, UnitId),
    way: Way,
    amount: Amount,
) -> Option<String> {
    let (story, ends) = rounds(plan, setting, of.1, way, amount)?;
    let ending = story.run(plan)?;
    let each = ends.iter().zip(ends.iter().skip(1));
    let gains: Option<Vec<Exact>> = each.map(|(from, to)| gain(plan, worths, &story, &ending, *from, *to)).collect();
    let gains = gains?;
    let grows = gains.len() + 1 == TIMES && gains.iter().all(|gain| gain.is_positive());
    if !grows || !stays(&story, &ending, of) {
        return None;
    }
    let whose = NAMES.get(BUYER).copied()?;
    let has = ending.has.last()?.iter();
    let has = has.filter(|((member, unit), number)| member == whose && (*unit == of.1 || number.is_positive()));
    let expected = has.map(|((_, of), number)| balance(plan, *of, *number, whose)).collect();
    Some(story.example(plan, "bought and brought back", expected))
}

/// Was not all taken back of what a rule gave on what came back?
fn stays(story: &Story, ending: &Ending, (rule, unit): (RuleId, UnitId)) -> bool {
    let deeds = story.deeds.iter().zip(&ending.given).enumerate().filter(|(at, _)| !story.is_kept(*at));
    let all = deeds.flat_map(|(_, (_, given))| given.iter().filter(|((of, own, _), _)| *of == rule && *own == unit));
    all.fold(Amount::ZERO, |sum, (_, number)| sum.plus(*number).unwrap_or(sum)).is_positive()
}

/// What a round brings, in money: what the member has more of, and what came off a purchase that was kept, less what
/// that purchase gave. Units that bring no money count where nothing else changes.
fn gain(plan: &Plan, worths: &Worths, story: &Story, ending: &Ending, from: usize, to: usize) -> Option<Exact> {
    let whose = NAMES.get(BUYER).copied()?;
    let (before, after) = (ending.has.get(from)?, ending.has.get(to)?);
    let mut money = Exact::ZERO;
    let mut others = Exact::ZERO;
    for unit in (0..plan.units.len()).map(UnitId::new).filter(|unit| useful(plan, *unit)) {
        let of = |all: &std::collections::BTreeMap<(String, UnitId), Amount>| {
            all.get(&(whose.to_owned(), unit)).copied().map_or(Exact::ZERO, Exact::from)
        };
        let mut more = of(after).minus(of(before)).ok()?;
        for at in (from + 1..=to).filter(|at| story.is_kept(*at)) {
            let given = ending.given.get(at)?.iter().filter(|((_, of, member), _)| *of == unit && member == whose);
            for (_, number) in given {
                more = more.minus(Exact::from(*number)).ok()?;
            }
        }
        match worths.brings(unit) {
            Some(brings) => money = money.plus(more.times(brings.money).ok()?).ok()?.lowest(),
            None => others = others.plus(more).ok()?.lowest(),
        }
    }
    for at in (from + 1..=to).filter(|at| story.is_kept(*at)) {
        money = money.plus(*ending.off.get(at)?).ok()?.lowest();
    }
    Some(if money.is_zero() { others } else { money })
}

/// The rounds of a story, and where each ends.
fn rounds(plan: &Arc<Plan>, setting: &Setting, unit: UnitId, way: Way, amount: Amount) -> Option<(Story, Vec<usize>)> {
    let deed = |day: Day, what: What| Deed { day, time: setting.time, who: BUYER, what };
    let last = |day: Day| plan.returns.within.after_day(day);
    let goods = |sku: &str, amount: Amount| Goods { sku: Some(sku.to_owned()), amount, ..setting.goods.clone() };
    let buys = || setting.purchase(Exact::from(amount));
    let mut day = setting.day;
    let mut deeds = vec![deed(day, What::Join(None))];
    let mut ends = Vec::new();
    for _ in 0..TIMES {
        let bought = deeds.len();
        let back = match way {
            Way::Soon | Way::Part => day.next()?,
            Way::Late | Way::Spent => last(day)?,
        };
        match way {
            Way::Soon | Way::Late => deeds.push(deed(day, buys())),
            Way::Part => {
                let both = vec![goods("a", amount), goods("b", Amount::ONE)];
                deeds.push(deed(day, What::Purchase(setting.receipt.clone(), both)));
            }
            Way::Spent => {
                deeds.push(deed(day, buys()));
                let story = Story { member: setting.member.clone(), deeds: deeds.clone() };
                let ending = story.run(plan)?;
                let given =
                    ending.given.last()?.iter().filter(|((_, of, _), _)| *of == unit).map(|(_, number)| *number);
                let spent = given.fold(Amount::ZERO, |sum, number| sum.plus(number).unwrap_or(sum));
                let spent = Exact::from(spent).round(Rounding::Down, 0).ok().filter(|spent| spent.is_positive())?;
                let at = deeds.len() + 1;
                deeds.push(deed(back, What::Redeem(unit, spent, Some(at))));
                deeds.push(deed(back, buys()));
            }
        }
        let part = (way == Way::Part).then(|| goods("a", amount));
        deeds.push(deed(back, What::Return(bought, part)));
        ends.push(deeds.len() - 1);
        day = back.next()?;
    }
    Some((Story { member: setting.member.clone(), deeds }, ends))
}

fn said(plan: &Plan, rule: &Rule, gives: &str, way: Way, amount: Amount) -> Diagnostic {
    let money = format!("{} {}", told_number(Exact::from(amount)), plan.currency);
    let name = &rule.name;
    let within = plan.returns.within;
    let later = match within.unit {
        DurationUnit::Day => format!("`, opening {} days after earning`", within.count.saturating_add(1)),
        _ => format!("later than {within} after earning"),
    };
    let modes = &rule.returns.as_ref().unwrap_or(&plan.returns).modes;
    let (message, help) = match way {
        _ if matches!(rule.trigger, Trigger::Entering(..)) => (
            format!(
                "`{gives}` of `{name}` comes again and again: who buys for {money} and brings it back falls, enters anew with the next, and keeps each"
            ),
            "write `, at most 1 time per calendar year` after it".to_owned(),
        ),
        Way::Soon | Way::Late => (
            format!("`{gives}` of `{name}` makes money: who buys for {money} and brings it back keeps it"),
            if modes.contains(&ReturnsMode::AwardsStay) {
                "leave `awards stay` out, or write `, at most 1 time per calendar month` after it".to_owned()
            } else {
                format!("let it open after the time of returns ({later}), or leave `from pending only` out")
            },
        ),
        Way::Part => (
            format!(
                "`{gives}` of `{name}` makes money: who brings back all but 1 {} of {money} keeps all of it",
                plan.currency
            ),
            "leave `whole receipts only` out, or write `in proportion`".to_owned(),
        ),
        Way::Spent => (
            format!(
                "`{gives}` of `{name}` makes money: who buys for {money}, spends what it gave and brings it back owes nothing for it"
            ),
            format!("let it open after the time of returns ({later}), or leave `never below zero` out"),
        ),
    };
    warning(Code::MoneyCircle, rule.span, message, help)
}
