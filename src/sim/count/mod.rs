//! What a simulation counts beside the totals: by month, by tier, by declared attribute, and what each member got.
//!
//! [`Counting`] listens to a run. A purchase counts in the month of its day, in the tier that its member held
//! before it, and under each attribute that is asked for; a row of the ledger counts in the month of its moment
//! and in the tier of its member at that moment. What midnight brings belongs to no receipt, so under an attribute
//! of receipts it stands with those that have none.
//!
//! ```text
//! by month    2011-11   revenue 1 461 756   beans.earned 1 461 204   cost …
//! by status   Gold      revenue   402 110   …
//! ```

mod by_rule;
mod figures;
mod issue;
mod member;
mod near;
mod numbers;

pub use figures::{Figures, Flow};
pub use member::{MemberCount, Move};
pub use near::{Lacking, Near, NearMisses};
pub(super) use numbers::tier_name;
pub use numbers::{Counts, Moved};

use crate::ledger::{Compared, Entry, EntryKind, Sink, TierMove};
use crate::plan::{LadderId, Plan, Role, RuleId, UnitId};
use crate::time::Day;
use crate::ty::event::Datum;
use crate::ty::{AttributeType, Event, Kind, Member, Scope, Text};
use crate::value::Amount;
use hashbrown::{DefaultHashBuilder, HashMap, HashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What `--by` calls the month in which units were issued.
pub const ISSUE_MONTH: &str = "issue-month";

/// By what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The calendar month.
    Month,
    /// The tier of a ladder.
    Tier(LadderId),
    /// A declared attribute of receipts, of their lines or of members.
    Attribute(Scope, usize),
}

/// Under what something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    /// There is none.
    None,
    /// Months since the year 0.
    Month(i32),
    /// A tier's place.
    Tier(u8),
    /// A text's number.
    Text(u32),
    /// `yes` or `no`.
    Flag(bool),
}

type Slices = BTreeMap<Key, Figures>;

/// The fact that is being worked.
#[derive(Debug, Default)]
struct Now {
    /// Its id.
    event: Text,
    member: usize,
    /// Under what its receipt counts, for each attribute of receipts that is asked for.
    keys: Vec<Key>,
    /// The money of a purchase.
    bought: Option<i128>,
    /// The rules that gave something on it.
    fired: Vec<RuleId>,
}

/// Listens to a run and counts.
#[derive(Debug)]
pub struct Counting {
    plan: Arc<Plan>,
    by: Vec<By>,
    whole: Figures,
    /// By the places of `by`.
    slices: Vec<Slices>,
    /// By the rule's place, and one more for what belongs to none.
    rules: Vec<Figures>,
    /// By the month of issue, where that is asked for.
    issues: Option<issue::Issues>,
    /// Sales to others than members, by day.
    others: BTreeMap<Day, i128>,
    /// By the places of `by`: what its keys are called, known at the end.
    keys: Vec<BTreeMap<Key, String>>,
    /// Places in `members`; it is only looked into, so its order never shows.
    names: HashMap<Arc<str>, usize, DefaultHashBuilder>,
    members: Vec<MemberCount>,
    /// Who was active under which value of which attribute.
    active: HashSet<(usize, Key, usize), DefaultHashBuilder>,
    /// How often members moved between two tiers of a ladder.
    moves: BTreeMap<(LadderId, u8, u8), u64>,
    /// By month: how many more members a tier of a ladder has, or less; known at the end.
    came: BTreeMap<(i32, LadderId, u8), i64>,
    /// By the unit's place: what redemptions of the history could not take.
    shortfall: Vec<i128>,
    /// What came back and matches no purchase, in money.
    unmatched: i128,
    sites: near::Sites,
    /// By the ladder's place: from how much on each tier is reached, where one number climbs it; known at the end.
    bounds: Vec<Option<Vec<Option<Amount>>>>,
    now: Now,
    /// The member of the row before: most rows follow one of the same.
    last: usize,
    /// The day of the row before, and its month.
    month: (Day, i32),
}

impl Counting {
    /// Counts by month, by each ladder, and by the attributes that are named.
    pub fn new(plan: Arc<Plan>, attributes: &[(Scope, usize)]) -> Self {
        let mut by = vec![By::Month];
        by.extend((0..plan.ladders.len()).map(|at| By::Tier(LadderId::new(at))));
        by.extend(attributes.iter().map(|(scope, slot)| By::Attribute(*scope, *slot)));
        Self {
            slices: vec![Slices::new(); by.len()],
            by,
            whole: Figures::default(),
            rules: vec![Figures::default(); plan.rules.len() + 1],
            issues: None,
            others: BTreeMap::new(),
            keys: Vec::new(),
            names: HashMap::default(),
            members: Vec::new(),
            active: HashSet::default(),
            moves: BTreeMap::new(),
            came: BTreeMap::new(),
            shortfall: vec![0; plan.units.len()],
            unmatched: 0,
            sites: near::Sites::default(),
            bounds: Vec::new(),
            now: Now::default(),
            last: 0,
            month: (Day::MIN, month_of(Day::MIN)),
            plan,
        }
    }

    /// The attributes of a program by which can be counted: texts and yes/no.
    pub fn attributes(plan: &Plan) -> Vec<(String, Scope, usize)> {
        let scopes = [Scope::Receipt, Scope::Line, Scope::Member];
        let mut found = Vec::new();
        for scope in scopes {
            for (slot, attribute) in plan.schema.attributes(scope).iter().enumerate() {
                if matches!(attribute.kind, AttributeType::Text | AttributeType::Flag) {
                    found.push((attribute.name.clone(), scope, slot));
                }
            }
        }
        found
    }

    /// Tells what the members file says of a member.
    pub fn add_member(&mut self, member: &Member) {
        let at = self.place(&member.name);
        if let Some(count) = self.members.get_mut(at) {
            count.values.clone_from(&member.values);
        }
    }

    /// Tells what others than members bought on a day, net.
    pub fn add_others(&mut self, day: Day, amount: Amount) {
        let sum = self.others.entry(day).or_default();
        *sum = sum.saturating_add(i128::from(amount.micros()));
    }

    /// What was counted of each member.
    pub fn members(&self) -> &[MemberCount] {
        &self.members
    }

    fn place(&mut self, name: &str) -> usize {
        if self.members.get(self.last).is_some_and(|member| &*member.name == name) {
            return self.last;
        }
        if let Some(at) = self.names.get(name) {
            self.last = *at;
            return *at;
        }
        let name: Arc<str> = Arc::from(name);
        self.last = self.members.len();
        self.members.push(MemberCount::new(&self.plan, Arc::clone(&name)));
        self.names.insert(name, self.last);
        self.last
    }

    fn month(&mut self, day: Day) -> i32 {
        if self.month.0 != day {
            self.month = (day, month_of(day));
        }
        self.month.1
    }

    /// Adds to the whole and to every slice that is meant.
    fn add(&mut self, member: usize, day: Day, of_receipt: bool, add: impl Fn(&mut Figures)) {
        add(&mut self.whole);
        let month = self.month(day);
        let Some(count) = self.members.get(member) else { return };
        let mut receipt = self.now.keys.iter();
        for (by, slices) in self.by.iter().zip(&mut self.slices) {
            let key = match by {
                By::Month => Key::Month(month),
                By::Tier(ladder) => count.tiers.get(ladder.index()).map_or(Key::None, |tier| Key::Tier(*tier)),
                By::Attribute(Scope::Member, slot) => key_of(count.values.get(*slot)),
                By::Attribute(Scope::Receipt, _) => {
                    let key = receipt.next().copied().unwrap_or(Key::None);
                    if of_receipt { key } else { Key::None }
                }
                By::Attribute(..) => continue,
            };
            add(slices.entry(key).or_default());
        }
    }

    /// A member bought something: they are active, once in each slice.
    fn note_active(&mut self, at: usize, day: Day) {
        let month = self.month(day);
        let Self { members, by, slices, active, whole, now, plan, .. } = self;
        let Some(member) = members.get_mut(at) else { return };
        whole.active += u64::from(member.last_month.is_none());
        let retained = member.last_month == Some(month - 1);
        let first_in_month = member.last_month != Some(month);
        member.last_month = Some(month);
        let mut receipt = now.keys.iter();
        for (place, (by, slices)) in by.iter().zip(slices).enumerate() {
            let (key, first) = match by {
                By::Month => (Key::Month(month), first_in_month),
                By::Tier(ladder) => {
                    let tier = member.tiers.get(ladder.index()).copied().unwrap_or(0);
                    let before: usize = plan.ladders.iter().take(ladder.index()).map(|of| of.tiers.len()).sum();
                    (Key::Tier(tier), member.bought_in.first(before + usize::from(tier)))
                }
                By::Attribute(scope, slot) => {
                    let key = match scope {
                        Scope::Member => key_of(member.values.get(*slot)),
                        Scope::Receipt => receipt.next().copied().unwrap_or(Key::None),
                        Scope::Line | Scope::Action => continue,
                    };
                    (key, active.insert((place, key, at)))
                }
            };
            if first {
                let figures = slices.entry(key).or_default();
                figures.active += 1;
                figures.retained += u64::from(retained && *by == By::Month);
            }
        }
    }

    /// Lines count under their own attributes: money, and receipts and members that have such a line.
    fn count_lines(&mut self, event: &Event, at: usize) {
        let Self { by, slices, active, .. } = self;
        let sign = if event.kind == Kind::Return { -1 } else { 1 };
        for (place, (by, slices)) in by.iter().zip(slices).enumerate() {
            let By::Attribute(Scope::Line, slot) = by else { continue };
            let mut seen: Vec<Key> = Vec::new();
            for line in &event.lines {
                let key = key_of(line.values.get(*slot));
                let figures = slices.entry(key).or_default();
                figures.revenue = figures.revenue.saturating_add(sign * i128::from(line.amount.micros()));
                if seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                if event.kind == Kind::Return {
                    figures.returns += 1;
                } else {
                    figures.purchases += 1;
                    figures.active += u64::from(active.insert((place, key, at)));
                }
            }
        }
    }

    fn of_receipt(&self, event: &str) -> bool {
        !event.is_empty() && event == self.now.event
    }
}

impl Sink for Counting {
    fn fact(&mut self, event: &Event) {
        let at = self.place(&event.member);
        self.now.member = at;
        if let Some(member) = self.members.get_mut(at) {
            member.today = Some(event.at.day);
        }
        self.now.event.clone_from(&event.id);
        self.now.keys.clear();
        for by in &self.by {
            if let By::Attribute(Scope::Receipt, slot) = by {
                let known = event.kind != Kind::Action;
                self.now.keys.push(key_of(event.values.get(*slot).filter(|_| known)));
            }
        }
        let sum: i128 = event.lines.iter().map(|line| i128::from(line.amount.micros())).sum();
        self.now.bought = (event.kind == Kind::Purchase).then_some(sum);
        self.now.fired.clear();
        match event.kind {
            Kind::Purchase => {
                self.add(at, event.at.day, true, |figures| {
                    figures.purchases += 1;
                    figures.revenue = figures.revenue.saturating_add(sum);
                });
                self.note_active(at, event.at.day);
                self.count_lines(event, at);
            }
            Kind::Return => {
                self.add(at, event.at.day, true, |figures| {
                    figures.returns += 1;
                    figures.revenue = figures.revenue.saturating_sub(sum);
                });
                self.count_lines(event, at);
            }
            _ => {}
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        if matches!(entry.kind, EntryKind::Open | EntryKind::Transfer) {
            return;
        }
        let at = self.place(entry.member);
        let (unit, kind, amount) = (entry.unit.index(), entry.kind, i128::from(entry.amount.micros()));
        let of_receipt = self.of_receipt(entry.event);
        self.add(at, entry.at.day, of_receipt, |figures| figures.flow(unit, kind, amount));
        self.count_rule(entry, of_receipt);
        if let Some(issues) = &mut self.issues {
            issues.add(entry, at, self.plan.units.len());
        }
        if matches!(kind, EntryKind::Earn | EntryKind::Reverse)
            && let Some(member) = self.members.get_mut(at)
        {
            member.gain(entry.rule, entry.unit, amount);
        }
    }

    fn discount(&mut self, rule: RuleId, _wanted: Amount, given: Amount) {
        let Role::Reward(reward) = &self.plan.rule(rule).role else { return };
        // What units pay for was counted when they were earned.
        if given.is_zero() || reward.offers.iter().any(|offer| offer.cost.is_some()) {
            return;
        }
        let amount = i128::from(given.micros());
        let at = self.now.member;
        let day = self.members.get(at).and_then(|member| member.today).unwrap_or_default();
        self.add(at, day, true, |figures| figures.discounts = figures.discounts.saturating_add(amount));
        self.count_discount(rule, amount);
        if let Some(member) = self.members.get_mut(at) {
            member.take_off(rule, amount);
        }
    }

    fn shortfall(&mut self, unit: UnitId, missing: Amount) {
        if let Some(sum) = self.shortfall.get_mut(unit.index()) {
            *sum = sum.saturating_add(i128::from(missing.micros()));
        }
    }

    fn unmatched(&mut self, money: Amount) {
        self.unmatched = self.unmatched.saturating_add(i128::from(money.micros()));
    }

    fn moved(&mut self, member: &str, moved: TierMove) {
        let TierMove { at, ladder, from, to, short } = moved;
        let place = self.place(member);
        *self.moves.entry((ladder, from, to)).or_default() += 1;
        let Some(member) = self.members.get_mut(place) else { return };
        if let Some(tier) = member.tiers.get_mut(ladder.index()) {
            *tier = to;
        }
        member.moves.push(Move { day: at.day, ladder, from, to, short });
    }

    fn asks_for_order(&self) -> bool {
        false
    }

    fn asks_how_near(&self) -> bool {
        true
    }

    fn compared(&mut self, member: &str, compared: Compared) {
        if let Some(site) = self.sites.add(&compared) {
            let at = self.place(member);
            if self.members.get_mut(at).is_some_and(|member| member.missed.first(site)) {
                self.sites.missed(site);
            }
        }
    }

    fn climbed(&mut self, member: &str, ladder: LadderId, value: Amount) {
        let at = self.place(member);
        if let Some(member) = self.members.get_mut(at) {
            member.climbed(ladder, value);
        }
    }
}

/// Months since the year 0.
fn month_of(day: Day) -> i32 {
    let (year, month, _) = day.ymd();
    year.saturating_mul(12).saturating_add(i32::try_from(month).unwrap_or(1)).saturating_sub(1)
}

fn key_of(datum: Option<&Datum>) -> Key {
    match datum {
        Some(Datum::Text(sym)) => Key::Text(sym.number()),
        Some(Datum::Flag(flag)) => Key::Flag(*flag),
        _ => Key::None,
    }
}
