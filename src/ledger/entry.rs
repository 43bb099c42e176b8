//! One row of the ledger, who listens to it, and the totals of a run.

use super::near::{Compared, TierMove};
use crate::plan::{LadderId, RuleId, UnitId};
use crate::time::{Day, Moment};
use crate::ty::{Event, Sym};
use crate::value::Amount;
use std::collections::BTreeMap;

/// What a row of the ledger does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// An award: +
    Earn,
    /// A lot opens: 0
    Open,
    /// Units are spent: − (+ when they come back)
    Redeem,
    /// Units are lost: −
    Expire,
    /// A return takes an award back: − (+ where working it out again gives the row more)
    Reverse,
    /// Set by hand, opening balances: ±
    Adjust,
    /// Between accounts, or between a lot and debt: in pairs
    Transfer,
}

impl EntryKind {
    /// The word in the ledger file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Earn => "earn",
            Self::Open => "open",
            Self::Redeem => "redeem",
            Self::Expire => "expire",
            Self::Reverse => "reverse",
            Self::Adjust => "adjust",
            Self::Transfer => "transfer",
        }
    }
}

/// A row of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Whose balance changes.
    pub member: &'a str,
    /// When.
    pub at: Moment,
    /// The id of the fact that caused it; empty at midnight.
    pub event: &'a str,
    /// The receipt of that fact; empty where there is none.
    pub receipt: &'a str,
    /// The rule that awards or takes.
    pub rule: Option<RuleId>,
    /// What is counted.
    pub unit: UnitId,
    /// What the row does.
    pub kind: EntryKind,
    /// By how much, with its sign.
    pub amount: Amount,
    /// The lot: event and rule of its award, or `debt`; empty where lots are not named.
    pub lot: &'a str,
    /// The first day on which the lot can be used, if it has one yet.
    pub opens: Option<Day>,
    /// The last day on which the lot can be used, if it has one.
    pub expires: Option<Day>,
    /// The member's balance of the unit after the row.
    pub balance: Amount,
}

/// Something that a run counts because it did not go the usual way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// A line of a return that could not be wholly matched to earlier sales.
    UnmatchedReturn,
    /// A return after `returns within`.
    ReturnTooLate,
    /// A part came back where only whole receipts do.
    PartialReturn,
    /// A redemption took more than was available: the rest is debt.
    RedeemedBeyondBalance,
    /// The till took off something else than the program's own discounts come to.
    DiscountDiffers,
    /// The amounts are those after discounts, so the program's own were not worked out.
    DiscountsOff,
    /// The history has a reward that goes beyond its limits.
    RewardBeyondLimit,
    /// Units were spent that a reward could be had for, and none fits.
    NoReward,
    /// A reversal below zero where a unit never goes below zero.
    NotRecovered,
    /// An event counted once already.
    AlreadyCounted,
    /// A join names oneself as referrer.
    ReferralSelf,
    /// A join names someone who is not a member yet.
    ReferrerUnknown,
    /// A join of someone who was a member before names a referrer.
    ReferralMemberBefore,
    /// A join names a second referrer.
    ReferralSecond,
    /// A fact of a member who left.
    AfterLeaving,
    /// A merge of an account into itself or one that does not exist.
    MergeRefused,
    /// Units given away to oneself.
    TransferRefused,
}

impl Note {
    /// The stable code in results.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnmatchedReturn => "unmatched-return",
            Self::ReturnTooLate => "return-too-late",
            Self::PartialReturn => "partial-return",
            Self::RedeemedBeyondBalance => "overdrawn",
            Self::DiscountDiffers => "discount-differs",
            Self::DiscountsOff => "discounts-off",
            Self::RewardBeyondLimit => "reward-beyond-limit",
            Self::NoReward => "no-reward",
            Self::NotRecovered => "not-recovered",
            Self::AlreadyCounted => "already-counted",
            Self::ReferralSelf => "referral-self",
            Self::ReferrerUnknown => "referral-unknown",
            Self::ReferralMemberBefore => "referral-late",
            Self::ReferralSecond => "referral-second",
            Self::AfterLeaving => "after-leaving",
            Self::MergeRefused => "merge-refused",
            Self::TransferRefused => "transfer-refused",
        }
    }
}

/// Who listens to a run. Every method does nothing unless it is written.
pub trait Sink {
    /// A fact counts: what midnight brought before it is done, nothing of its own is.
    fn fact(&mut self, event: &Event) {
        let _ = event;
    }
    /// A row of the ledger.
    fn entry(&mut self, entry: &Entry<'_>) {
        let _ = entry;
    }
    /// A rule was worked out: what it wanted and what it gave.
    fn award(&mut self, rule: RuleId, unit: UnitId, wanted: Amount, given: Amount) {
        let _ = (rule, unit, wanted, given);
    }
    /// A reward was worked out: the money that it wanted to take off, and took.
    fn discount(&mut self, rule: RuleId, wanted: Amount, given: Amount) {
        let _ = (rule, wanted, given);
    }
    /// A member paid for units that have a price, or got the money back.
    fn fee(&mut self, unit: UnitId, money: Amount) {
        let _ = (unit, money);
    }
    /// Units were earned or spent with a partner, or it was taken back: what they are in money.
    fn settled(&mut self, partner: Sym, side: Settled, money: Amount) {
        let _ = (partner, side, money);
    }
    /// A redemption of the history took less than it says, because there was not enough.
    fn shortfall(&mut self, unit: UnitId, missing: Amount) {
        let _ = (unit, missing);
    }
    /// A line of a return, or a part of it, matches no purchase: so much money came back for nothing.
    fn unmatched(&mut self, money: Amount) {
        let _ = money;
    }
    /// A member moved on a ladder.
    fn moved(&mut self, member: &str, moved: TierMove) {
        let _ = (member, moved);
    }
    /// Does it want to hear of things in the order of time? If not, members may be worked apart, each in its order,
    /// which is faster.
    fn asks_for_order(&self) -> bool {
        true
    }
    /// Does it want to know how near rules and tiers came? Then it is told of what follows, which costs time.
    fn asks_how_near(&self) -> bool {
        false
    }
    /// One comparison alone decided whether a rule gives.
    fn compared(&mut self, member: &str, compared: Compared) {
        let _ = (member, compared);
    }
    /// The number that climbs a ladder stands so high after a fact.
    fn climbed(&mut self, member: &str, ladder: LadderId, value: Amount) {
        let _ = (member, ladder, value);
    }
    /// Something to count.
    fn note(&mut self, note: Note) {
        let _ = note;
    }
}

impl Sink for () {
    fn asks_for_order(&self) -> bool {
        false
    }
}

/// Which side of a partner's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Units that were earned with it.
    Issued,
    /// Units that were spent with it.
    Redeemed,
}

/// What a partner issued and took, in millionths of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartnerTotals {
    /// Units that were earned with it, less what returns took back.
    pub issued: i128,
    /// Units that were spent with it, less what came back.
    pub redeemed: i128,
}

/// Totals of a unit. `balance = earned − reversed − redeemed − expired + adjusted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitTotals {
    /// Awards before reversals.
    pub earned: i128,
    /// Taken back by returns, net.
    pub reversed: i128,
    /// Spent, net of what came back.
    pub redeemed: i128,
    /// Lost by date, decay, wipe or leaving.
    pub expired: i128,
    /// Set by hand and opening balances, net.
    pub adjusted: i128,
}

/// What a rule gave in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTotals {
    /// The unit.
    pub unit: UnitId,
    /// Awards above zero.
    pub times: u64,
    /// Given, in millionths.
    pub given: i128,
    /// Wanted before limits, in millionths.
    pub wanted: i128,
}

/// Money that a reward took off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Discounts {
    /// How often it took off more than nothing.
    pub times: u64,
    /// Taken off, in millionths.
    pub given: i128,
    /// Wanted before limits, in millionths.
    pub wanted: i128,
}

/// What a run adds up, in millionths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// By the unit's place.
    units: Vec<UnitTotals>,
    /// By the rule's place, for each unit that it gave.
    rules: Vec<Vec<RuleTotals>>,
    /// By the rule's place: money that rewards took off.
    discounts: Vec<Discounts>,
    /// By the unit's place: what members paid for it, in millionths of money.
    fees: Vec<i128>,
    /// By the number of the partner's name, which orders nothing.
    partners: BTreeMap<u32, (Sym, PartnerTotals)>,
    /// How often each note came.
    pub notes: BTreeMap<Note, u64>,
}

impl Totals {
    /// What became of a unit.
    pub fn unit(&self, unit: UnitId) -> UnitTotals {
        self.units.get(unit.index()).copied().unwrap_or_default()
    }

    /// What members paid for a unit.
    pub fn fees(&self, unit: UnitId) -> i128 {
        self.fees.get(unit.index()).copied().unwrap_or_default()
    }

    /// The partners that issued or took anything, in no order.
    pub fn partners(&self) -> impl Iterator<Item = (Sym, PartnerTotals)> {
        self.partners.values().copied()
    }

    /// What a rule gave, by unit.
    pub fn rule(&self, rule: RuleId) -> &[RuleTotals] {
        self.rules.get(rule.index()).map_or(&[], Vec::as_slice)
    }
}

impl Totals {
    /// What a reward took off; nothing for what takes nothing off.
    pub fn discounts(&self, rule: RuleId) -> Discounts {
        self.discounts.get(rule.index()).copied().unwrap_or_default()
    }
}

/// The place of a list, made where there is none yet.
#[inline]
fn place<T: Default>(list: &mut Vec<T>, at: usize) -> Option<&mut T> {
    if list.len() <= at {
        make_place(list, at);
    }
    list.get_mut(at)
}

#[cold]
fn make_place<T: Default>(list: &mut Vec<T>, at: usize) {
    list.resize_with(at + 1, T::default);
}

impl Sink for Totals {
    fn asks_for_order(&self) -> bool {
        false
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let Some(totals) = place(&mut self.units, entry.unit.index()) else { return };
        let amount = i128::from(entry.amount.micros());
        match entry.kind {
            EntryKind::Earn => totals.earned += amount,
            EntryKind::Reverse => totals.reversed -= amount,
            EntryKind::Redeem => totals.redeemed -= amount,
            EntryKind::Expire => totals.expired -= amount,
            EntryKind::Adjust => totals.adjusted += amount,
            EntryKind::Open | EntryKind::Transfer => {}
        }
    }

    fn award(&mut self, rule: RuleId, unit: UnitId, wanted: Amount, given: Amount) {
        let Some(units) = place(&mut self.rules, rule.index()) else { return };
        // Nearly every rule gives one unit.
        let known = units.iter().position(|totals| totals.unit == unit);
        let at = known.unwrap_or_else(|| {
            let at = units.partition_point(|totals| totals.unit < unit);
            units.insert(at, RuleTotals { unit, times: 0, given: 0, wanted: 0 });
            at
        });
        let Some(totals) = units.get_mut(at) else { return };
        totals.times += u64::from(given.is_positive());
        totals.given += i128::from(given.micros());
        totals.wanted += i128::from(wanted.micros());
    }

    fn discount(&mut self, rule: RuleId, wanted: Amount, given: Amount) {
        let Some(sums) = place(&mut self.discounts, rule.index()) else { return };
        sums.times += u64::from(given.is_positive());
        sums.given += i128::from(given.micros());
        sums.wanted += i128::from(wanted.micros());
    }

    fn fee(&mut self, unit: UnitId, money: Amount) {
        if let Some(sum) = place(&mut self.fees, unit.index()) {
            *sum += i128::from(money.micros());
        }
    }

    fn settled(&mut self, partner: Sym, side: Settled, money: Amount) {
        let (_, totals) = self.partners.entry(partner.number()).or_insert((partner, PartnerTotals::default()));
        let sum = match side {
            Settled::Issued => &mut totals.issued,
            Settled::Redeemed => &mut totals.redeemed,
        };
        *sum += i128::from(money.micros());
    }

    fn note(&mut self, note: Note) {
        *self.notes.entry(note).or_default() += 1;
    }
}

/// Two listeners at once.
impl<A: Sink, B: Sink> Sink for (&mut A, &mut B) {
    fn fact(&mut self, event: &Event) {
        self.0.fact(event);
        self.1.fact(event);
    }
    fn entry(&mut self, entry: &Entry<'_>) {
        self.0.entry(entry);
        self.1.entry(entry);
    }
    fn award(&mut self, rule: RuleId, unit: UnitId, wanted: Amount, given: Amount) {
        self.0.award(rule, unit, wanted, given);
        self.1.award(rule, unit, wanted, given);
    }
    fn discount(&mut self, rule: RuleId, wanted: Amount, given: Amount) {
        self.0.discount(rule, wanted, given);
        self.1.discount(rule, wanted, given);
    }
    fn fee(&mut self, unit: UnitId, money: Amount) {
        self.0.fee(unit, money);
        self.1.fee(unit, money);
    }
    fn settled(&mut self, partner: Sym, side: Settled, money: Amount) {
        self.0.settled(partner, side, money);
        self.1.settled(partner, side, money);
    }
    fn shortfall(&mut self, unit: UnitId, missing: Amount) {
        self.0.shortfall(unit, missing);
        self.1.shortfall(unit, missing);
    }
    fn unmatched(&mut self, money: Amount) {
        self.0.unmatched(money);
        self.1.unmatched(money);
    }
    fn moved(&mut self, member: &str, moved: TierMove) {
        self.0.moved(member, moved);
        self.1.moved(member, moved);
    }
    fn asks_for_order(&self) -> bool {
        self.0.asks_for_order() || self.1.asks_for_order()
    }
    fn asks_how_near(&self) -> bool {
        self.0.asks_how_near() || self.1.asks_how_near()
    }
    fn compared(&mut self, member: &str, compared: Compared) {
        self.0.compared(member, compared);
        self.1.compared(member, compared);
    }
    fn climbed(&mut self, member: &str, ladder: LadderId, value: Amount) {
        self.0.climbed(member, ladder, value);
        self.1.climbed(member, ladder, value);
    }
    fn note(&mut self, note: Note) {
        self.0.note(note);
        self.1.note(note);
    }
}
