//! What needs what: circles, and an order in which everything stands after what it needs.
//!
//! Both walk in a loop and not by calling themselves, so a chain of ten thousand parameters
//! (`param a = b`, `param b = c`, …) costs ten thousand steps and no stack.

use std::collections::BTreeSet;

/// What a walk over needs finds.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// All, each after what it needs (but for circles).
    pub(super) order: Vec<usize>,
    /// Each circle once, from where it was first met.
    pub(super) circles: Vec<Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Not,
    Open,
    Done,
}

/// Sorts by needs.
pub(super) fn sort(needs: &[Vec<usize>]) -> Sorted {
    let mut seen = vec![Seen::Not; needs.len()];
    let mut found = Sorted::default();
    for start in 0..needs.len() {
        let mut way: Vec<(usize, usize)> = Vec::new();
        if seen.get(start) == Some(&Seen::Not) {
            way.push((start, 0));
            mark(&mut seen, start, Seen::Open);
        }
        while let Some((at, next)) = way.last_mut() {
            let at = *at;
            let Some(to) = needs.get(at).and_then(|list| list.get(*next)).copied() else {
                mark(&mut seen, at, Seen::Done);
                found.order.push(at);
                way.pop();
                continue;
            };
            *next += 1;
            match seen.get(to) {
                Some(Seen::Not) => {
                    mark(&mut seen, to, Seen::Open);
                    way.push((to, 0));
                }
                Some(Seen::Open) => {
                    found.circles.push(way.iter().map(|(at, _)| *at).skip_while(|at| *at != to).collect());
                }
                Some(Seen::Done) | None => {}
            }
        }
    }
    found
}

fn mark(seen: &mut [Seen], at: usize, now: Seen) {
    if let Some(found) = seen.get_mut(at) {
        *found = now;
    }
}

/// Everything after what it needs, the smallest first where there is a choice. What is in a circle, or
/// needs one, is left out.
pub(super) fn smallest_first(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut missing: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (at, list) in needs.iter().enumerate() {
        for need in list {
            if let Some(list) = needed_by.get_mut(*need) {
                list.push(at);
            }
        }
    }
    let mut ready: BTreeSet<usize> =
        missing.iter().enumerate().filter(|(_, missing)| **missing == 0).map(|(at, _)| at).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for next in needed_by.get(at).into_iter().flatten() {
            if let Some(missing) = missing.get_mut(*next) {
                *missing = missing.saturating_sub(1);
                if *missing == 0 {
                    ready.insert(*next);
                }
            }
        }
    }
    order
}

/// How many names of a circle are told.
const TOLD_MAX: usize = 8;

/// A circle in words: `a` → `b` → `a`.
pub(super) fn told<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let first = names.first().cloned();
    if names.len() > TOLD_MAX {
        names.truncate(TOLD_MAX);
        names.push("…".to_owned());
    }
    names.extend(first);
    names.join(" → ")
}
