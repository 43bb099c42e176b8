//! Groups: which rule of several is taken, and what a limit leaves of their sum.

use super::amounts::Reason;
use super::limits::Room;
use super::num::{Q, ZERO};
use super::rules::{Cand, Job, Ready};
use earnest::syntax::ast::{GroupKind, GroupOption};
use std::collections::BTreeMap;

impl Job<'_> {
    /// `best of … per line`: each line goes to the rule that would give most on it alone.
    pub(super) fn share_lines(&self, ready: &mut BTreeMap<usize, Result<Ready, Reason>>) {
        for (number, group) in self.w.setup.groups.iter().enumerate() {
            if !group.options.contains(&GroupOption::PerLine) {
                continue;
            }
            let mut kept: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for line in 0..self.lines.len() {
                let mut best: Option<(Q, usize)> = None;
                for (rule, state) in ready.iter() {
                    let Ok(state) = state else { continue };
                    if self.group_of(*rule) == Some(number) && state.lines.contains(&line) {
                        let give = &self.rule(*rule).gives[0];
                        let amount = self.ctx(&[line]).exact(give).map_or(ZERO, |exact| exact.0);
                        if best.is_none_or(|best| amount > best.0) {
                            best = Some((amount, *rule));
                        }
                    }
                }
                if let Some((_, rule)) = best {
                    kept.entry(rule).or_default().push(line);
                }
            }
            for (rule, state) in ready.iter_mut() {
                if self.group_of(*rule) == Some(number)
                    && let Ok(at) = state
                {
                    match kept.remove(rule) {
                        Some(lines) => at.lines = lines,
                        None => *state = Err("not-best"),
                    }
                }
            }
        }
    }

    pub(super) fn group(
        &self,
        number: usize,
        group: &earnest::syntax::ast::Group,
        all: &[usize],
        done: &mut BTreeMap<usize, Result<Vec<Cand>, Reason>>,
    ) {
        let by_worth = group.options.contains(&GroupOption::ByWorth);
        let value = |done: &BTreeMap<usize, Result<Vec<Cand>, Reason>>, rule: usize| -> Q {
            let cands = done[&rule].as_ref().map_or(&[][..], Vec::as_slice);
            let worth = |unit: usize| {
                if by_worth { self.w.worth(unit, self.w.now.day).unwrap_or(ZERO) } else { super::num::ONE }
            };
            cands.iter().map(|cand| (cand.given + cand.extra) * worth(cand.unit)).sum()
        };
        let written = |name: &str| group.rules.iter().position(|rule| rule.text == name).unwrap();
        let mut order = all.to_vec();
        let in_order = group.options.contains(&GroupOption::InWrittenOrder) || group.kind == GroupKind::First;
        if in_order {
            order.sort_by_key(|rule| written(&self.rule(*rule).name));
        }
        let per_line = group.options.contains(&GroupOption::PerLine);
        let winner = match group.kind {
            GroupKind::All => None,
            GroupKind::Best if per_line => None,
            GroupKind::First => order.iter().copied().find(|rule| value(done, *rule).positive()),
            GroupKind::Best => {
                let mut best: Option<usize> = None;
                for rule in all {
                    let now = value(done, *rule);
                    if now.positive() && best.is_none_or(|best| now > value(done, best)) {
                        best = Some(*rule);
                    }
                }
                best
            }
        };
        if let Some(winner) = winner {
            let reason = if group.kind == GroupKind::Best { "not-best" } else { "not-first" };
            for rule in all {
                if *rule == winner {
                    continue;
                }
                // Who gives nothing keeps the reason; but nothing of it is carried over or counts as paid.
                let lost = if value(done, *rule).positive() { Some(reason) } else { None };
                let blank = done[rule].as_ref().ok().and_then(|cands| cands.first()).map(|cand| cand.blank);
                if let Some(reason) = lost.or(blank) {
                    done.insert(*rule, Err(reason));
                }
            }
        }
        for (at, limit) in group.limits.iter().enumerate() {
            let mut cands: Vec<Cand> = vec![];
            for rule in &order {
                if let Ok(mine) = &done[rule] {
                    cands.extend(mine.iter().cloned());
                }
            }
            self.limit(&mut cands, limit, &Room::group_site(number, at), Some((group, in_order)), &[]);
            for cand in cands.iter_mut().filter(|cand| (cand.given + cand.extra).is_zero()) {
                cand.blank = "limit-reached";
            }
            for rule in &order {
                if done[rule].is_ok() {
                    let mine: Vec<Cand> = cands.iter().filter(|cand| cand.rule == *rule).cloned().collect();
                    let empty = mine.iter().all(|cand| (cand.given + cand.extra).is_zero());
                    let waits = mine.iter().any(|cand| cand.running || cand.carried.is_some());
                    let gone = empty && !mine.is_empty() && !waits;
                    done.insert(*rule, if gone { Err("limit-reached") } else { Ok(mine) });
                }
            }
        }
    }
}
