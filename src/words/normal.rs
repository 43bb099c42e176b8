//! A program in one of the forms that mean the same: `where a and b` as two clauses, sets and groups sorted.
//!
//! Only what [`super::diff`] compares goes through here; terms for members keep the order of the file.

use crate::syntax::ast::{
    Change, Expr, ExprKind, File, Group, GroupKind, GroupOption, Item, Literal, LiteralKind, Rule, RuleClause, SetExpr,
};

/// The same program in its normal form.
pub(super) fn of(file: &File) -> File {
    let mut items = file.items.clone();
    items.iter_mut().for_each(item_of);
    // Of several rules with one name the one that is in force first stands first.
    items.sort_by_key(|item| if let Item::Rule(rule) = item { rule.in_force.from } else { None });
    File { items, ..File::default() }
}

fn item_of(item: &mut Item) {
    match item {
        Item::Rule(rule) => rule_of(rule),
        Item::Group(group) => group_of(group),
        Item::List(list) => sort(&mut list.values),
        Item::Calendar(calendar) => calendar.stretches.sort_by_key(|dates| (dates.from, dates.to)),
        Item::Counter(counter) => {
            for condition in counter.filter.iter_mut().chain(&mut counter.condition) {
                expr_of(condition);
            }
        }
        Item::Scenario(scenario) => {
            for change in &mut scenario.changes {
                if let Change::Declare(item) = change {
                    item_of(item);
                }
            }
        }
        _ => {}
    }
}

fn rule_of(rule: &mut Rule) {
    let clauses = std::mem::take(&mut rule.clauses);
    for of in clauses {
        match of {
            RuleClause::Where(condition) => rule.clauses.extend(parts(condition).map(RuleClause::Where)),
            RuleClause::If(condition) => rule.clauses.extend(parts(condition).map(RuleClause::If)),
            other => rule.clauses.push(other),
        }
    }
}

/// The parts of an `and`, each in its normal form.
fn parts(condition: Expr) -> impl Iterator<Item = Expr> {
    let parts = match condition.kind {
        ExprKind::And(terms) => terms,
        _ => vec![condition],
    };
    parts.into_iter().map(|mut part| {
        expr_of(&mut part);
        part
    })
}

fn expr_of(expr: &mut Expr) {
    match &mut expr.kind {
        ExprKind::In { set: SetExpr::Literals(literals), .. } => sort(literals),
        ExprKind::And(terms) | ExprKind::Or(terms) => terms.iter_mut().for_each(expr_of),
        ExprKind::Not(inner) => expr_of(inner),
        _ => {}
    }
}

fn group_of(group: &mut Group) {
    let ordered = group.kind == GroupKind::First || group.options.contains(&GroupOption::InWrittenOrder);
    if !ordered {
        group.rules.sort_by(|a, b| a.text.cmp(&b.text));
    }
}

/// By what they say; a set has no order.
fn sort(literals: &mut Vec<Literal>) {
    let key = |literal: &Literal| match &literal.kind {
        LiteralKind::Text(text) => (0, text.clone()),
        LiteralKind::Number(number) | LiteralKind::Percent(number) | LiteralKind::Quantity(number, _) => {
            (1, format!("{:>40}", number.to_amount().unwrap_or_default().to_string()))
        }
        LiteralKind::Date(day) => (2, day.to_string()),
        LiteralKind::Time(time) => (3, time.to_string()),
        LiteralKind::Flag(flag) => (4, flag.to_string()),
    };
    literals.sort_by_cached_key(key);
    literals.dedup_by(|a, b| a.kind == b.kind);
}
