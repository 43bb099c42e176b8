//! Cases with households in which the product is known to do otherwise, or the manual leaves it open: not compared.

use super::generate::Case;
use super::kinds::{home, together};
use earnest::ty::Kind;

/// Which of them a case is.
pub fn of(case: &Case) -> Option<&'static str> {
    let text = case.text();
    if !text.contains("pooled by") {
        return None;
    }
    let facts = &case.facts;
    let lives = |name: &str| home(case, name).is_some();
    let parts = |at: usize| {
        facts[at].kind == Kind::Merge
            && (lives(&facts[at].member) || lives(&facts[at].into))
            && !together(case, &facts[at].member, &facts[at].into)
    };
    let back = |at: usize| {
        let by = |fact: &super::world::Fact| fact.kind == Kind::Return && fact.member == facts[at].member;
        parts(at) && facts[at..].iter().any(by)
    };
    if (0..facts.len()).any(back) {
        return Some("a return after one of a household went elsewhere");
    }
    let apart = |one: &super::brought::Brought| {
        case.brought.iter().any(|other| other.at != one.at && together(case, &one.member, &other.member))
    };
    if case.brought.iter().any(apart) {
        return Some("opening balances of a household on several days");
    }
    let asks = |decl: &super::generate::Decl| {
        let ends = decl.clauses.iter().any(|clause| clause.starts_with("at end of"));
        ends && decl.clauses.iter().any(|clause| clause.contains("beans."))
    };
    if case.decls.iter().any(asks) {
        return Some("what the second of a household sees at the end of a day");
    }
    let opened = facts.iter().position(|fact| fact.action.as_deref() == Some("confirm") && lives(&fact.member));
    let waits = text.contains("opens on action") || text.contains("opening on action");
    if waits && opened.is_some_and(|at| facts[at..].iter().any(|fact| fact.kind == Kind::Return)) {
        return Some("a return after another of the household opened what waits");
    }
    None
}
