//! What never comes to be: a rule whose conditions exclude each other or whose days hold none of its `during`, a
//! multiplier that no line shares with its base, a row of a table that the rule's conditions exclude.
//!
//! Of all that must hold together the fewest clauses are told that cannot: `where category = "alcohol"` excludes
//! `category not in ["alcohol"]`, which "Base" needs.

use super::number::parts_of;
use super::sat::{Scope, Wanted, may_hold};
use super::time::{Days, may_come};
use super::{place, text, warning};
use crate::diag::{Code, Diagnostic, Label};
use crate::plan::{Act, Benefit, Bound, ExprId, Formula, Literal, Node, Plan, Prize, Role, Rule, RuleId};
use crate::source::Span;
use crate::syntax::ast::Compare;

/// Something that must be so.
#[derive(Debug, Clone)]
enum Needed {
    /// A condition, at a place.
    Condition(Wanted, Span),
    /// Days.
    Days(Days),
}

/// A clause, and whose it is.
#[derive(Debug, Clone)]
struct Clause {
    needed: Needed,
    /// Of which rule.
    of: RuleId,
}

/// Warns of each.
pub(super) fn told(plan: &Plan) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for id in (0..plan.rules.len()).map(RuleId::new) {
        let own = clauses(plan, id, 0, 0);
        if let Some(core) = core(plan, &own) {
            all.push(rule_said(plan, id, &core));
            continue;
        }
        all.extend(bases(plan, id, &own));
        rows(plan, id, &own, &mut all);
    }
    all
}

/// May a rule apply at all?
pub(super) fn may_apply(plan: &Plan, id: RuleId) -> bool {
    may(plan, &clauses(plan, id, 0, 0).iter().collect::<Vec<_>>())
}

/// What must hold for a rule to give. `lines` tells apart of which lines it speaks, `sums` of which sums.
fn clauses(plan: &Plan, id: RuleId, lines: usize, sums: usize) -> Vec<Clause> {
    let rule = plan.rule(id);
    let mut all = Vec::new();
    for force in [plan.in_force, rule.in_force] {
        if force.from.is_some() || force.to.is_some() {
            all.push(Needed::Days(Days::In(force)));
        }
    }
    all.extend(rule.during.iter().map(|period| Needed::Days(Days::During(*period))));
    let mut add = |id: ExprId, scope: Scope| {
        for part in parts_of(plan, id) {
            all.push(Needed::Condition(Wanted::Holds(part, true, scope), place(plan, part)));
        }
    };
    rule.filter.iter().for_each(|filter| add(*filter, Scope::Line(lines)));
    rule.conditions.iter().for_each(|condition| add(*condition, Scope::Sums(sums)));
    all.into_iter().map(|needed| Clause { needed, of: id }).collect()
}

/// May all clauses hold at once?
fn may(plan: &Plan, clauses: &[&Clause]) -> bool {
    let mut wanted = Vec::new();
    let mut days = Vec::new();
    for clause in clauses {
        match &clause.needed {
            Needed::Condition(condition, _) => wanted.push(condition),
            Needed::Days(own) => days.push(own),
        }
    }
    may_hold(plan, &wanted) && may_come(plan, &days)
}

/// The fewest clauses that cannot hold together; none where all can.
fn core(plan: &Plan, clauses: &[Clause]) -> Option<Vec<Clause>> {
    let mut left: Vec<&Clause> = clauses.iter().collect();
    if may(plan, &left) {
        return None;
    }
    let mut at = 0;
    while at < left.len() {
        let mut fewer = left.clone();
        fewer.remove(at);
        if may(plan, &fewer) {
            at += 1;
        } else {
            left = fewer;
        }
    }
    Some(left.into_iter().cloned().collect())
}

/// The conditions among clauses, by place.
fn conditions(core: &[Clause]) -> Vec<(Span, RuleId)> {
    let span = |clause: &Clause| match clause.needed {
        Needed::Condition(_, span) => Some((span, clause.of)),
        Needed::Days(_) => None,
    };
    core.iter().filter_map(span).collect()
}

/// A rule that never applies.
fn rule_said(plan: &Plan, id: RuleId, core: &[Clause]) -> Diagnostic {
    let rule = plan.rule(id);
    let mut conditions = conditions(core);
    let Some((last, _)) = conditions.pop() else { return days_said(plan, rule, core) };
    let quoted = |span: Span| format!("`{}`", text(plan, span));
    let help = "no purchase is both: write `or` between them, or change a bound".to_owned();
    let message = match conditions.as_slice() {
        [] => format!("{} never holds", quoted(last)),
        [(one, _)] => format!("{} never holds where {} does", quoted(last), quoted(*one)),
        several => {
            let all: Vec<String> = several.iter().map(|(span, _)| quoted(*span)).collect();
            format!("{} never holds where {} do", quoted(last), all.join(" and "))
        }
    };
    let mut warning = warning(Code::NeverHolds, last, message, help);
    for (span, _) in conditions {
        warning.labels.push(Label { span, text: "this excludes it".to_owned() });
    }
    warning
}

/// A rule whose days do not come.
fn days_said(plan: &Plan, rule: &Rule, core: &[Clause]) -> Diagnostic {
    let days: Vec<&Days> = core
        .iter()
        .filter_map(|clause| match &clause.needed {
            Needed::Days(days) => Some(days),
            Needed::Condition(..) => None,
        })
        .collect();
    let during = days.iter().filter(|days| matches!(days, Days::During(_))).count();
    let (of, own) = (plan.in_force, rule.in_force);
    let before = own.to.zip(of.from).filter(|(to, from)| to < from);
    let after = own.from.zip(of.to).filter(|(from, to)| from > to);
    let force = |force: crate::plan::InForce| match (force.from, force.to) {
        (Some(from), Some(to)) => format!("from {from} to {to}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("to {to}"),
        (None, None) => "at any time".to_owned(),
    };
    let said = match (before, after, during) {
        (Some((to, from)), ..) => format!("it ends on {to}, and the program begins on {from}"),
        (None, Some((from, to)), _) => format!("it begins on {from}, and the program ends on {to}"),
        (None, None, 1) if days.contains(&&Days::In(own)) => {
            format!("it is in force {}, and no moment of its `during` lies there", force(own))
        }
        (None, None, 1) if days.len() > 1 => {
            format!("the program is in force {}, and no moment of its `during` lies there", force(of))
        }
        (None, None, 1) => "its `during` holds no moment".to_owned(),
        _ => "no moment lies in all of its `during`".to_owned(),
    };
    let message = format!("`{}` never applies: {said}", rule.name);
    warning(
        Code::NeverApplies,
        rule.span,
        message,
        "no purchase sets it off: change its days, or leave it out".to_owned(),
    )
}

/// What a rule builds on, and whether on the same lines.
fn built_on(plan: &Plan, rule: &Rule) -> Vec<(RuleId, bool, Span)> {
    let mut all = Vec::new();
    for act in &rule.acts {
        match act {
            Act::Multiply { base, by: at } | Act::Add { rate: at, base } => all.push((*base, true, place(plan, *at))),
            Act::Give(give) => {
                if let Prize::Units(_, Formula::OfAward { share, rule }) = &give.prize {
                    all.push((*rule, false, place(plan, *share)));
                }
            }
            Act::Take(_) => {}
        }
    }
    all
}

/// A rule that builds on another which never gives together with it.
fn bases(plan: &Plan, id: RuleId, own: &[Clause]) -> Option<Diagnostic> {
    let rule = plan.rule(id);
    for (base, same_lines, span) in built_on(plan, rule) {
        // Several clauses of one name: each may be the one.
        if plan.rules.iter().filter(|other| other.name == plan.rule(base).name).count() > 1 {
            continue;
        }
        let of_base = clauses(plan, base, usize::from(!same_lines), 1);
        if core(plan, &of_base).is_some() {
            continue;
        }
        let all: Vec<Clause> = own.iter().chain(&of_base).cloned().collect();
        let Some(core) = core(plan, &all) else { continue };
        let name = &plan.rule(base).name;
        let (mine, theirs): (Vec<_>, Vec<_>) = conditions(&core).into_iter().partition(|(_, of)| *of == id);
        let quoted = |span: Span| format!("`{}`", text(plan, span));
        let Some(((own, _), (other, _))) = mine.first().zip(theirs.first()) else {
            let message =
                format!("`{}` never gives: its days and those of `{name}`, on which it builds, never meet", rule.name);
            let help = format!("change its days, or those of `{name}`");
            return Some(warning(Code::NeverApplies, span, message, help));
        };
        let message = format!(
            "`{}` never gives: it builds on `{name}`, and {} never holds where {} does",
            rule.name,
            quoted(*own),
            quoted(*other)
        );
        let help = format!("change one of them, or let `{}` give by itself", rule.name);
        let mut warning = warning(Code::NeverApplies, *own, message, help);
        warning.labels.push(Label { span: *other, text: format!("`{name}` needs this") });
        return Some(warning);
    }
    None
}

/// Rows of tables that the clauses of their rule exclude.
fn rows(plan: &Plan, id: RuleId, own: &[Clause], all: &mut Vec<Diagnostic>) {
    let rule = plan.rule(id);
    let mut of_formula = |formula: &Formula| {
        super::super::walk::walk(formula, &mut |formula| match formula {
            Formula::ByKey { key, per_line, rows, .. } => {
                let scope = if *per_line { Scope::Line(0) } else { Scope::Sums(0) };
                for keys in rows.iter().map(|(keys, _)| keys) {
                    all.extend(row_of_keys(plan, own, *key, scope, keys));
                }
            }
            Formula::Bands { key, rows, marginal, .. } => {
                for at in 0..rows.len() {
                    all.extend(row_of_bounds(plan, own, *key, rows, at, *marginal));
                }
            }
            _ => {}
        });
    };
    for act in &rule.acts {
        if let Act::Give(give) = act
            && let Prize::Units(_, formula) = &give.prize
        {
            of_formula(formula);
        }
    }
    if let Role::Reward(reward) = &rule.role {
        for gift in reward.offers.iter().flat_map(|offer| &offer.gifts) {
            if let Benefit::Off { money, .. } = gift {
                of_formula(money);
            }
        }
    }
}

fn row_of_keys(plan: &Plan, own: &[Clause], key: ExprId, scope: Scope, keys: &[ExprId]) -> Option<Diagnostic> {
    let literals: Vec<Literal> = keys
        .iter()
        .filter_map(|key| match plan.node(*key) {
            Node::Literal(literal) => Some(*literal),
            _ => None,
        })
        .collect();
    let span = place(plan, *keys.first()?).join(place(plan, *keys.last()?));
    row_said(plan, own, vec![Wanted::OneOf(key, literals, scope)], span)
}

fn row_of_bounds(
    plan: &Plan,
    own: &[Clause],
    key: ExprId,
    rows: &[(Bound, Formula)],
    at: usize,
    marginal: bool,
) -> Option<Diagnostic> {
    let (bound, _) = rows.get(at)?;
    let how = if bound.above { Compare::More } else { Compare::AtLeast };
    let mut wanted = vec![Wanted::Compares(key, how, bound.at, Scope::Sums(0))];
    if let Some((next, _)) = rows.get(at + 1).filter(|_| !marginal) {
        let how = if next.above { Compare::AtMost } else { Compare::Less };
        wanted.push(Wanted::Compares(key, how, next.at, Scope::Sums(0)));
    }
    row_said(plan, own, wanted, place(plan, bound.at))
}

/// A row that never applies, where its own bounds alone would let it.
fn row_said(plan: &Plan, own: &[Clause], wanted: Vec<Wanted>, span: Span) -> Option<Diagnostic> {
    let of = own.first()?.of;
    let row = wanted.into_iter().map(|wanted| Clause { needed: Needed::Condition(wanted, span), of });
    let (row, mut all): (Vec<Clause>, Vec<Clause>) = (row.collect(), own.to_vec());
    if !may(plan, &row.iter().collect::<Vec<_>>()) {
        return None;
    }
    all.extend(row);
    let core = core(plan, &all)?;
    let (other, _) = conditions(&core).into_iter().find(|(other, _)| *other != span)?;
    let message = format!("this row never applies where `{}` holds", text(plan, other));
    let help = "leave the row out, or change the condition".to_owned();
    let mut warning = warning(Code::UnreachableRow, span, message, help);
    warning.labels.push(Label { span: other, text: "this excludes it".to_owned() });
    Some(warning)
}
