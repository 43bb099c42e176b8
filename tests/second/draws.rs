//! Draws: each whole unit that is available is an entry, and a written seed chooses.

use super::num::Q;
use super::rules::Job;
use super::world::{Trig, World};
use earnest::syntax::ast::{Rule, RuleClause, RuleKind, Side};
use earnest::time::Day;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

/// What a draw says beside what it gives.
#[derive(Clone, Debug)]
pub struct DrawDef {
    pub among: String,
    pub winners: usize,
    pub seed: String,
}

impl DrawDef {
    pub fn new(rule: &Rule) -> Option<Self> {
        let mut def = Self { among: String::new(), winners: 1, seed: String::new() };
        for clause in &rule.clauses {
            match clause {
                RuleClause::Among(among) => {
                    def.among.clone_from(&among.unit.text);
                    def.winners = among.winners.unwrap_or(1) as usize;
                }
                RuleClause::Seed(seed) => def.seed.clone_from(&seed.text),
                _ => {}
            }
        }
        (rule.kind == RuleKind::Draw).then_some(def)
    }
}

impl World {
    /// After what a midnight brings everybody: those at the end of the old day, those at the start of the new one.
    pub fn draws(&mut self, old: Day, day: Day) {
        for rule in 0..self.setup.rules.len() {
            let def = self.setup.rules[rule].clone();
            let Some(draw) = &def.draw else { continue };
            let takes_place = match &def.trig {
                Trig::Edge(edge) => {
                    let day = if edge.side == Side::End { old } else { day };
                    self.edge(*edge, "", day) == day
                }
                Trig::Period(period) => self.begins(period, "", day),
                _ => false,
            };
            let in_force = [self.setup.in_force, def.in_force].into_iter().all(|force| World::day_in_force(force, day));
            if takes_place && in_force {
                self.step += 1;
                // The product knows no entry of whom the members file alone tells.
                let unit = self.setup.unit_named(&draw.among).unwrap();
                let silent = |member: &super::world::Member| member.active && !member.began && member.joined <= day;
                if self.members.values().any(|member| silent(member) && self.open(&member.name, unit).positive()) {
                    self.known = Some("entries of who has no fact");
                }
                for winner in self.winners(rule, draw, &def.name, day) {
                    let outcome = Job::new(self, &winner, None).run(&[rule]);
                    self.post(&outcome, None, &winner, "");
                    // Ladders see it at a fact, or when the day ends.
                    if outcome.cands.iter().any(|cand| (cand.given + cand.extra).positive()) {
                        self.gifted.push(winner);
                    }
                }
            }
        }
    }

    fn winners(&self, rule: usize, draw: &DrawDef, name: &str, day: Day) -> Vec<String> {
        let unit = self.setup.unit_named(&draw.among).unwrap();
        let mut entries: Vec<(String, u64)> = vec![];
        for member in self.members.values().filter(|member| member.active && member.joined <= day) {
            let available = self.open(&member.name, unit) - self.debt(&member.name, unit);
            let whole = (available.max0().floor().micros() / 1_000_000) as u64;
            let fits = self.setup.rules[rule]
                .ifs
                .iter()
                .all(|condition| Job::new(self, &member.name, None).ctx(&[]).truth(condition) == Ok(true));
            if whole > 0 && fits {
                entries.push((member.name.clone(), whole));
            }
        }
        let mut key = Sha256::new();
        for text in [draw.seed.as_str(), name, &day.to_string()] {
            key.update(text.as_bytes());
            key.update([0]);
        }
        let mut chance = ChaCha12Rng::from_seed(key.finalize().into());
        let mut winners = vec![];
        while winners.len() < draw.winners && !entries.is_empty() {
            let all: u64 = entries.iter().map(|entry| entry.1).sum();
            let mut number = chance.next_u64() % all;
            let at = entries.iter().position(|entry| {
                let here = number < entry.1;
                number = if here { number } else { number - entry.1 };
                here
            });
            winners.push(entries.remove(at.unwrap()).0);
        }
        winners
    }
}
