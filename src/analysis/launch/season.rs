//! Seasons that look alike and meet badly: two multipliers of one base whose days overlap in part, so that both come
//! on the days in between, or two that leave a day between them; a rule that goes on under its name a day late.
//!
//! Only rules that differ in nothing but their days and how much they give are alike. A season inside another is taken
//! to be meant, as are weekdays, hours and what hangs on the member.

use super::number::{first_of, parts_of};
use super::setting::Settings;
use super::time::Days;
use super::warning;
use crate::analysis::days::lies_in;
use crate::analysis::deed::{BUYER, Deed, What};
use crate::analysis::scene::Truth;
use crate::analysis::story::{Story, award};
use crate::diag::{Code, Diagnostic, Label};
use crate::plan::{Act, ExprId, Formula, InForce, Period, PeriodId, Plan, Prize, Role, Rule, RuleId};
use crate::time::Day;
use crate::value::{Amount, Exact};
use std::sync::Arc;

/// So many years are looked through for seasons that come every year.
const YEARS: i64 = 3;
/// So many days a season lasts at least that another leaves a day to.
const SEASON_MIN: usize = 7;
/// So many days may lie between two clauses of one name that were meant to meet.
const GAP_MAX: i64 = 3;
/// So many pairs of rules are compared day by day.
const PAIRS_MAX: usize = 500;

/// Warns of each.
pub(super) fn told(plan: &Arc<Plan>, settings: &Settings<'_>) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    let mut pairs = 0;
    let seasons: Vec<RuleId> = (0..plan.rules.len()).map(RuleId::new).filter(|id| has_season(plan, *id)).collect();
    for (at, one) in seasons.iter().enumerate() {
        for other in seasons.iter().skip(at + 1) {
            let (first, second) = (plan.rule(*one), plan.rule(*other));
            if first.name == second.name {
                all.extend(late(first, second));
            } else if are_alike(plan, first, second) && pairs < PAIRS_MAX {
                pairs += 1;
                all.extend(met(plan, settings, *one, *other));
            }
        }
    }
    all
}

/// Do the dates of the calendar alone decide when it applies, and not every day?
fn has_season(plan: &Plan, id: RuleId) -> bool {
    let rule = plan.rule(id);
    let dated = rule.in_force != InForce::default();
    matches!(rule.role, Role::Rule)
        && (dated || !rule.during.is_empty())
        && rule.during.iter().all(|period| is_of_dates(plan, *period))
}

fn is_of_dates(plan: &Plan, period: PeriodId) -> bool {
    match plan.period(period) {
        Period::Any(parts) => parts.iter().all(|part| is_of_dates(plan, *part)),
        Period::Dates(_) | Period::Yearly(..) => true,
        _ => false,
    }
}

/// Two rules of one name of which the second begins some days late.
fn late(one: &Rule, other: &Rule) -> Option<Diagnostic> {
    let (first, second) = if one.in_force.to.is_some_and(|to| other.in_force.from.is_some_and(|from| to < from)) {
        (one, other)
    } else {
        (other, one)
    };
    let (to, from) = (first.in_force.to?, second.in_force.from?);
    let between = i64::from(from.number()) - i64::from(to.number()) - 1;
    if !(1..=GAP_MAX).contains(&between) || !first.during.is_empty() || !second.during.is_empty() {
        return None;
    }
    let missed = to.next()?;
    let message = format!("`{}` ends on {to} and goes on from {from}: on {missed} it gives nothing", first.name);
    let help = format!("let it go on from {missed}");
    let mut warning = warning(Code::DatesGap, second.span, message, help);
    warning.labels.push(Label { span: first.span, text: format!("this ends on {to}") });
    Some(warning)
}

/// Do two rules differ in nothing but their days and how much they give?
fn are_alike(plan: &Plan, one: &Rule, other: &Rule) -> bool {
    let filters = match (one.filter, other.filter) {
        (None, None) => true,
        (Some(one), Some(other)) => plan.same(one, other),
        _ => false,
    };
    let of = |rule: &Rule| -> Vec<ExprId> {
        rule.conditions.iter().flat_map(|condition| parts_of(plan, *condition)).collect()
    };
    let (asked, other_asked) = (of(one), of(other));
    let conditions =
        asked.len() == other_asked.len() && asked.iter().zip(&other_asked).all(|(one, other)| plan.same(*one, *other));
    let grouped = one.group.is_some() && one.group == other.group;
    filters && conditions && !grouped && one.trigger == other.trigger && acts_alike(plan, one, other)
}

fn acts_alike(plan: &Plan, one: &Rule, other: &Rule) -> bool {
    match (one.acts.as_slice(), other.acts.as_slice()) {
        ([Act::Multiply { base: one, .. }], [Act::Multiply { base: other, .. }])
        | ([Act::Add { base: one, .. }], [Act::Add { base: other, .. }]) => one == other,
        ([Act::Give(one)], [Act::Give(other)]) => match (&one.prize, &other.prize) {
            (
                Prize::Units(unit, Formula::Share { of, .. } | Formula::Block { of, .. }),
                Prize::Units(also, Formula::Share { of: other_of, .. } | Formula::Block { of: other_of, .. }),
            ) => unit == also && one.recipient == other.recipient && plan.same(*of, *other_of),
            _ => false,
        },
        _ => false,
    }
}

/// When a rule applies.
fn days_of(rule: &Rule) -> Vec<Days> {
    std::iter::once(Days::In(rule.in_force)).chain(rule.during.iter().map(|period| Days::During(*period))).collect()
}

fn applies(plan: &Plan, days: &[Days], day: Day) -> bool {
    plan.in_force.on(day)
        && days.iter().all(|days| match days {
            Days::In(force) => force.on(day),
            Days::During(period) => lies_in(plan, *period, day) != Truth::No,
        })
}

/// How two seasons meet: in part over each other, or with one day between them.
fn met(plan: &Arc<Plan>, settings: &Settings<'_>, one: RuleId, other: RuleId) -> Option<Diagnostic> {
    let (first, second) = (plan.rule(one), plan.rule(other));
    let (of_first, of_second) = (days_of(first), days_of(second));
    let mut named: Vec<Day> =
        [first.in_force, second.in_force].iter().flat_map(|of| of.from.into_iter().chain(of.to)).collect();
    for period in first.during.iter().chain(&second.during) {
        super::time::seen(plan, *period, &mut named, &mut Vec::new());
    }
    let begin = named.iter().min().copied().or(plan.in_force.from).or_else(|| Day::from_ymd(2027, 1, 1))?;
    let end = named.iter().max().copied().unwrap_or(begin).plus_months(YEARS * 12)?;
    let mut day = begin.plus_days(-1)?;
    let mut both: Option<Day> = None;
    let (mut first_alone, mut second_alone) = (false, false);
    // How long the season before lasted, and whether it was the first rule's.
    let mut before: Option<(bool, usize)> = None;
    let mut empty: Option<Day> = None;
    let mut gap: Option<Day> = None;
    while day <= end {
        match (applies(plan, &of_first, day), applies(plan, &of_second, day)) {
            (true, true) => {
                both = both.or(Some(day));
                (before, empty) = (None, None);
            }
            (false, false) => {
                before = before.filter(|(_, lasted)| empty.is_none() && *lasted >= SEASON_MIN);
                empty = empty.or(Some(day)).filter(|_| before.is_some());
            }
            (is_first, _) => {
                (first_alone, second_alone) = (first_alone || is_first, second_alone || !is_first);
                if let (Some((was_first, _)), Some(missed)) = (before, empty)
                    && was_first != is_first
                {
                    gap = gap.or(Some(missed));
                }
                let lasted = before.filter(|(was, _)| *was == is_first && empty.is_none()).map_or(0, |(_, days)| days);
                (before, empty) = (Some((is_first, lasted + 1)), None);
            }
        }
        day = day.next()?;
    }
    if let Some(day) = both.filter(|_| first_alone && second_alone) {
        let mut warning = overlap_said(plan, one, other, day);
        warning.shown = settings.show(|| story(plan, settings, one, other, day));
        return Some(warning);
    }
    gap.filter(|_| both.is_none()).map(|day| gap_said(plan, one, other, day))
}

fn place_of(plan: &Plan, id: RuleId) -> crate::source::Span {
    let rule = plan.rule(id);
    let of_act = match rule.acts.first() {
        Some(Act::Multiply { by: at, .. } | Act::Add { rate: at, .. }) => Some(*at),
        Some(Act::Give(give)) => match &give.prize {
            Prize::Units(_, formula) => first_of(formula),
            Prize::Tier(..) => None,
        },
        Some(Act::Take(_)) | None => None,
    };
    of_act.map_or(rule.span, |at| super::place(plan, at))
}

fn overlap_said(plan: &Plan, one: RuleId, other: RuleId, day: Day) -> Diagnostic {
    let (first, second) = (&plan.rule(one).name, &plan.rule(other).name);
    let message = format!("`{first}` and `{second}` both come on {day}, and add up");
    let help = format!("let one end before the other begins, or write `best of {{ \"{first}\", \"{second}\" }}`");
    let mut warning = warning(Code::DatesOverlap, place_of(plan, other), message, help);
    warning.labels.push(Label { span: place_of(plan, one), text: "beside this".to_owned() });
    warning
}

fn gap_said(plan: &Plan, one: RuleId, other: RuleId, day: Day) -> Diagnostic {
    let (first, second) = (&plan.rule(one).name, &plan.rule(other).name);
    let message = format!("neither `{first}` nor `{second}` comes on {day}, the one day between them");
    let help = "let one begin on the day after the other ends: `to` includes its day".to_owned();
    let mut warning = warning(Code::DatesGap, place_of(plan, other), message, help);
    warning.labels.push(Label { span: place_of(plan, one), text: "beside this".to_owned() });
    warning
}

/// A purchase on a day of both.
fn story(plan: &Arc<Plan>, settings: &Settings<'_>, one: RuleId, other: RuleId, day: Day) -> Option<String> {
    settings.for_rule(one).iter().find_map(|setting| {
        let what = setting.purchase(Exact::whole(1_000));
        let deeds = vec![
            Deed { day, time: setting.time, who: BUYER, what: What::Join(None) },
            Deed { day, time: setting.time, who: BUYER, what },
        ];
        let story = Story { member: setting.member.clone(), deeds };
        let ending = story.run(plan)?;
        let of = |rule: RuleId| {
            let mut given = ending.given.last()?.iter();
            let ((_, unit, whose), number): (_, &Amount) =
                given.find(|((of, ..), number)| *of == rule && number.is_positive())?;
            Some(award(plan, rule, *unit, *number, whose))
        };
        let expected = vec![of(one)?, of(other)?];
        Some(story.example(plan, "a day of both", expected))
    })
}
