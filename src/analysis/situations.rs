//! Which situations there are: every day that differs, every tier, every text that the program names, the number of
//! the purchase, and whether the member joins with it. Where there are too many, something is left unknown, and
//! what hangs on it may be either.

use super::days::different;
use super::scene::{Class, Place, Scene, Truth, Word};
use crate::plan::{
    Act, ExprId, Formula, Give, LadderOpening, Literal, Node, Plan, Prize, Role, TextField, Trigger, Window,
};
use crate::syntax::ast::Ordinal;
use crate::time::Day;
use crate::ty::{Attribute, AttributeType, Kind, Missing};
use std::collections::{BTreeMap, BTreeSet};

/// So many situations are looked at.
const SITUATIONS_MAX: usize = 4_000;
/// So many kinds of lines are told apart.
const KINDS_MAX: usize = 512;
/// So many purchases of a member are told apart.
const VISITS_MAX: u32 = 60;

/// What the program tells apart.
#[derive(Debug)]
pub(super) struct Differences {
    /// The days.
    pub days: Vec<Day>,
    /// The kinds of lines.
    pub kinds: Vec<Class>,
    /// The tiers of each ladder.
    tiers: Vec<Vec<Option<u8>>>,
    /// What the receipt and the member may be.
    values: BTreeMap<Place, Vec<Word>>,
    /// Which purchase it may be.
    visits: Vec<Option<u32>>,
    /// Is there something for who joins?
    joins: bool,
    /// Which kinds of lines the filter of a rule keeps, where lines alone decide.
    kept: BTreeMap<ExprId, Vec<bool>>,
}

impl Differences {
    /// What a program tells apart.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut said = Said { plan, sku: BTreeSet::new(), lines: BTreeMap::new(), values: BTreeMap::new() };
        for node in &plan.nodes {
            said.node(node);
        }
        super::walk::each_of(plan, &mut |formula| {
            if let Formula::ByKey { key, rows, .. } = formula {
                for literal in rows.iter().flat_map(|(keys, _)| keys) {
                    if let Node::Literal(literal) = plan.node(*literal) {
                        said.named(*key, &[*literal]);
                    }
                }
            }
        });
        let tiers = plan.ladders.iter().map(|ladder| (0..ladder.tiers.len()).map(tier).collect()).collect();
        let joins = |rule: &crate::plan::Rule| {
            matches!(rule.role, Role::Rule)
                && matches!(rule.trigger, Trigger::Fact { friends: false, kind: Kind::Join, .. })
        };
        let kinds = said.kinds();
        let mut found = Self {
            days: different(plan),
            kept: kept(plan, &kinds),
            kinds,
            tiers,
            values: said.values(),
            visits: visits(plan),
            joins: plan.rules.iter().any(joins),
        };
        found.keep_within();
        found
    }

    /// Leaves something unknown until there are few enough situations.
    fn keep_within(&mut self) {
        while self.count() > SITUATIONS_MAX {
            let largest = self.values.iter().max_by_key(|(_, words)| words.len()).map(|(place, _)| *place);
            if let Some(place) = largest {
                self.values.remove(&place);
            } else if self.visits.len() > 1 {
                self.visits = vec![None];
            } else if let Some(tiers) = self.tiers.iter_mut().max_by_key(|tiers| tiers.len())
                && tiers.len() > 1
            {
                *tiers = vec![None];
            } else {
                break;
            }
        }
    }

    fn count(&self) -> usize {
        let tiers = self.tiers.iter().map(Vec::len);
        let values = self.values.values().map(Vec::len);
        let all = [self.days.len(), self.visits.len(), 1 + usize::from(self.joins)];
        all.into_iter().chain(tiers).chain(values).fold(1, usize::saturating_mul)
    }

    /// All situations.
    pub(super) fn situations<'s>(&'s self, plan: &'s Plan) -> Vec<Scene<'s>> {
        let mut all = vec![Scene::of(plan, &self.kinds, &self.kept)];
        for (place, words) in &self.values {
            all = each(&all, words, |scene, word| {
                scene.values.insert(*place, *word);
            });
        }
        for tiers in &self.tiers {
            all = each(&all, tiers, |scene, tier| scene.tiers.push(*tier));
        }
        all = each(&all, &self.visits, |scene, visit| scene.visit = *visit);
        if self.joins {
            let news: Vec<Scene<'s>> = all.iter().filter_map(|scene| newcomer(plan, scene)).collect();
            all.extend(news);
        }
        each(&all, &self.days, |scene, day| scene.day = *day)
    }
}

/// Which kinds of lines the filters keep that look at nothing but lines.
fn kept(plan: &Plan, kinds: &[Class]) -> BTreeMap<ExprId, Vec<bool>> {
    let none = BTreeMap::new();
    let scene = Scene::of(plan, kinds, &none);
    let keeps = |filter: ExprId| kinds.iter().map(|class| scene.truth(filter, Some(class)) != Truth::No).collect();
    let filters = plan.rules.iter().filter_map(|rule| rule.filter).filter(|filter| is_of_lines(plan, *filter));
    filters.map(|filter| (filter, keeps(filter))).collect()
}

/// Does a condition look at nothing but one line?
fn is_of_lines(plan: &Plan, id: ExprId) -> bool {
    match plan.node(id) {
        Node::Literal(_) | Node::Lines(_) | Node::LineDatum(_) => true,
        Node::LineText(field) => !matches!(field, TextField::Receipt(_)),
        Node::Or(_)
        | Node::And(_)
        | Node::Not(_)
        | Node::Compare(..)
        | Node::In(..)
        | Node::IsKnown(_)
        | Node::Default(..) => plan.node(id).children().into_iter().all(|child| is_of_lines(plan, child)),
        _ => false,
    }
}

/// Who joins with this purchase is at the lowest tiers, unless joining or the purchase itself lifts them.
fn newcomer<'s>(plan: &Plan, scene: &Scene<'s>) -> Option<Scene<'s>> {
    if scene.visit.is_some_and(|visit| visit != 1) {
        return None;
    }
    let lifts = |act: &Act| matches!(act, Act::Give(Give { prize: Prize::Tier(..), .. }));
    let lifted = plan.rules.iter().any(|rule| rule.acts.iter().any(lifts));
    for (ladder, held) in plan.ladders.iter().zip(&scene.tiers) {
        let lowest = ladder.opening != LadderOpening::AtOnce && !lifted;
        if lowest && held.is_some_and(|held| held > 0) {
            return None;
        }
    }
    Some(Scene { newcomer: true, ..scene.clone() })
}

fn each<'s, T>(scenes: &[Scene<'s>], all: &[T], set: impl Fn(&mut Scene<'s>, &T)) -> Vec<Scene<'s>> {
    let with = |scene: &Scene<'s>, value: &T| {
        let mut scene = scene.clone();
        set(&mut scene, value);
        scene
    };
    scenes.iter().flat_map(|scene| all.iter().map(|value| with(scene, value)).collect::<Vec<_>>()).collect()
}

fn tier(at: usize) -> Option<u8> {
    u8::try_from(at).ok()
}

/// Of the purchases on which the same rules fire the first.
fn visits(plan: &Plan) -> Vec<Option<u32>> {
    let mut nths: Vec<(bool, u32)> = Vec::new();
    for rule in &plan.rules {
        if let Trigger::Nth { every, ordinal: Ordinal::Nth(nth), visits, .. } = rule.trigger
            && plan.counter(visits).window == Window::Lifetime
        {
            nths.push((every, nth));
        }
    }
    if nths.is_empty() {
        return vec![None];
    }
    let mut seen = BTreeSet::new();
    let fires = |visit: u32| -> Vec<bool> {
        nths.iter()
            .map(|(every, nth)| if *every { *nth > 0 && visit.is_multiple_of(*nth) } else { visit == *nth })
            .collect()
    };
    (1..=VISITS_MAX.max(nths.iter().map(|(_, nth)| *nth).max().unwrap_or(1)))
        .filter(|visit| seen.insert(fires(*visit)))
        .map(Some)
        .collect()
}

/// The texts that a program names, by where they stand.
struct Said<'p> {
    plan: &'p Plan,
    sku: BTreeSet<Word>,
    lines: BTreeMap<usize, BTreeSet<Word>>,
    values: BTreeMap<Place, BTreeSet<Word>>,
}

impl Said<'_> {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Compare(_, left, right) => {
                for (of, other) in [(left, right), (right, left)] {
                    if let Node::Literal(literal) = self.plan.node(*other) {
                        self.named(*of, &[*literal]);
                    }
                }
            }
            Node::In(of, list) => self.named(*of, list),
            Node::IsKnown(of) => self.named(*of, &[]),
            Node::LineDatum(slot) => self.flag_of_line(*slot),
            Node::ReceiptDatum(slot) => self.flag(Place::Receipt(*slot), self.plan.schema.receipt.get(*slot)),
            Node::MemberDatum(slot) => self.flag(Place::Member(*slot), self.plan.schema.member.get(*slot)),
            _ => {}
        }
    }

    fn flag(&mut self, place: Place, attribute: Option<&Attribute>) {
        if attribute.is_some_and(|attribute| attribute.kind == AttributeType::Flag) {
            self.values.entry(place).or_default();
        }
    }

    fn flag_of_line(&mut self, slot: usize) {
        if self.plan.schema.line.get(slot).is_some_and(|attribute| attribute.kind == AttributeType::Flag) {
            self.lines.entry(slot).or_default();
        }
    }

    fn named(&mut self, of: ExprId, literals: &[Literal]) {
        let words = literals.iter().filter_map(|literal| match literal {
            Literal::Text(text) => Some(Word::of(*text)),
            _ => None,
        });
        let plan = self.plan;
        let text = |attribute: Option<&Attribute>| attribute.is_some_and(|of| of.kind == AttributeType::Text);
        match plan.node(of) {
            Node::Default(of, _) => self.named(*of, literals),
            Node::LineText(TextField::Sku) => self.sku.extend(words),
            Node::LineText(TextField::Line(slot)) if text(plan.schema.line.get(*slot)) => {
                self.lines.entry(*slot).or_default().extend(words);
            }
            Node::LineText(TextField::Receipt(slot)) | Node::ReceiptDatum(slot)
                if text(plan.schema.receipt.get(*slot)) =>
            {
                self.values.entry(Place::Receipt(*slot)).or_default().extend(words);
            }
            Node::MemberDatum(slot) if text(plan.schema.member.get(*slot)) => {
                self.values.entry(Place::Member(*slot)).or_default().extend(words);
            }
            _ => {}
        }
    }

    fn kinds(&self) -> Vec<Class> {
        let mut kinds = vec![Class::default()];
        if !self.sku.is_empty() {
            let words: Vec<Word> = [Word::Other].into_iter().chain(self.sku.iter().copied()).collect();
            kinds = words.iter().map(|word| Class { sku: Some(*word), values: BTreeMap::new() }).collect();
        }
        for (slot, named) in &self.lines {
            let words = words_of(self.plan.schema.line.get(*slot), named);
            if kinds.len().saturating_mul(words.len()) > KINDS_MAX {
                continue;
            }
            let with = |class: &Class, word: &Word| {
                let mut class = class.clone();
                class.values.insert(*slot, *word);
                class
            };
            kinds =
                kinds.iter().flat_map(|class| words.iter().map(|word| with(class, word)).collect::<Vec<_>>()).collect();
        }
        kinds
    }

    fn values(&self) -> BTreeMap<Place, Vec<Word>> {
        let words = |(place, named): (&Place, &BTreeSet<Word>)| {
            let attribute = match place {
                Place::Receipt(slot) => self.plan.schema.receipt.get(*slot),
                Place::Member(slot) => self.plan.schema.member.get(*slot),
            };
            (*place, words_of(attribute, named))
        };
        self.values.iter().map(words).collect()
    }
}

/// What an attribute may be: a text that the program names or another, yes or no, missing where it may be.
fn words_of(attribute: Option<&Attribute>, named: &BTreeSet<Word>) -> Vec<Word> {
    let flag = attribute.is_some_and(|attribute| attribute.kind == AttributeType::Flag);
    let mut words: Vec<Word> = if flag { vec![Word::Flag(false), Word::Flag(true)] } else { vec![Word::Other] };
    words.extend(named.iter().copied());
    if attribute.is_some_and(|attribute| attribute.missing == Missing::Allowed) {
        words.push(Word::Missing);
    }
    words
}
