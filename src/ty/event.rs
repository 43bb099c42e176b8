//! A fact, as a reader of histories or a host hands it to the evaluator.

use super::schema::Schema;
use super::text::{Sym, Texts, Translation};
use crate::time::{Day, Moment, TimeOfDay};
use crate::value::Amount;
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU64;

/// What happened. The order of the variants is the order of facts at the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// Becomes a member.
    Join,
    /// This account goes up in another.
    Merge,
    /// Someone corrects a balance by hand.
    Adjust,
    /// Does something that is no purchase: `review`.
    Action,
    /// Buys.
    #[default]
    Purchase,
    /// Spends units, not on a purchase.
    Redeem,
    /// Brings goods back.
    Return,
    /// Is a member no more.
    Leave,
}

/// The value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Datum {
    /// The data have none.
    #[default]
    Missing,
    /// `text`
    Text(Sym),
    /// `number` or `money`
    Number(Amount),
    /// `date`
    Date(Day),
    /// `time`
    Time(TimeOfDay),
    /// `yes/no`
    Flag(bool),
}

/// The attributes of a line. One lies with the line itself: most programmes declare no more than a category.
pub type LineValues = SmallVec<[Datum; 1]>;

/// One line of a receipt. A file of whole receipts gives one line each.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// The article; empty where the data have none.
    pub sku: Option<Sym>,
    /// Money for the whole line before anything the programme gives.
    pub amount: Amount,
    /// How many.
    pub quantity: Amount,
    /// Money that comes off under this programme: as the till tells it, or as the program's own discounts and
    /// coupons have it.
    pub discount: Amount,
    /// How many of the quantity cost nothing, as a reward.
    #[serde(default, skip_serializing_if = "Amount::is_zero_ref")]
    pub free: Amount,
    /// The declared attributes, in the slots of the schema.
    pub values: LineValues,
}

/// Units spent, as the history tells it: `redeem 100 beans`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Redemption {
    /// The unit's position in [`super::Schema::units`].
    pub unit: usize,
    /// How many.
    pub points: Amount,
    /// For which reward, by its place in [`super::Schema::rewards`]; if not said, the first by name that fits.
    pub reward: Option<usize>,
}

/// A source's own order among facts of equal time, in so few bytes that none takes no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(NonZeroU64);

impl Seq {
    /// A number; the least there is has no room.
    pub const fn new(number: i64) -> Option<Self> {
        match NonZeroU64::new(number.cast_unsigned() ^ FLIP) {
            Some(flipped) => Some(Self(flipped)),
            None => None,
        }
    }

    /// The number.
    pub const fn get(self) -> i64 {
        (self.0.get() ^ FLIP).cast_signed()
    }
}

/// Puts numbers below zero before the others.
const FLIP: u64 = i64::MIN.cast_unsigned();

/// What a history tells of the discounts of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Discounts {
    /// Nothing: the program's own are worked out.
    #[default]
    Programs,
    /// What the till took off each line, also zero; it is used instead of the program's own.
    Told,
    /// The amounts are those after discounts, so none are worked out.
    Off,
}

/// A text of an event: it lies with the event as long as it has at most 24 bytes, as most ids and names do.
pub use compact_str::CompactString as Text;

/// A fact. What a purchase needs comes first and fills three lines of a processor's memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[repr(C, align(64))]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// What the history tells of discounts.
    pub discounts: Discounts,
    /// The id is the place in the input (`file 1, row 7`): facts without an id of their own are ordered by it as
    /// numbers and cannot be de-duplicated.
    pub unnamed: bool,
    /// When.
    pub at: Moment,
    /// Whose; empty = a sale to a non-member.
    pub member: Text,
    /// The fact's id; empty never.
    pub id: Text,
    /// The receipt's number; empty where there is none.
    pub receipt: Text,
    /// What was bought or brought back; amounts and quantities are above or equal to zero.
    pub lines: Vec<Line>,
    /// Declared attributes of the receipt, or of the action.
    pub values: Vec<Datum>,
    /// Units spent: on this purchase, or by this redemption.
    pub redeemed: Vec<Redemption>,
    /// Order among facts of equal time, if the source knows it; facts without one come first.
    pub seq: Option<Seq>,
    /// Where its first row stood, for messages.
    pub place: RowPlace,
    /// For a return: the receipt it returns; for an action: the receipt it concerns; else empty.
    pub of: Text,
    /// For an adjustment: the unit and how many, either sign.
    pub adjusted: Option<Redemption>,
    /// For an action: its position in [`super::Schema::actions`].
    pub action: Option<usize>,
    /// For a join: by whom; empty where nobody.
    pub referred_by: Text,
    /// For a merge: the account that goes on; for a redemption: who gets the units, where a reward gives them away.
    pub into: Text,
}

impl Event {
    /// Becomes a copy of another; the room of texts and lists is used again.
    pub fn copy_from(&mut self, other: &Self) {
        (self.kind, self.discounts, self.unnamed) = (other.kind, other.discounts, other.unnamed);
        (self.at, self.seq, self.place) = (other.at, other.seq, other.place);
        (self.adjusted, self.action) = (other.adjusted, other.action);
        for (own, other) in [
            (&mut self.member, &other.member),
            (&mut self.id, &other.id),
            (&mut self.receipt, &other.receipt),
            (&mut self.of, &other.of),
            (&mut self.referred_by, &other.referred_by),
            (&mut self.into, &other.into),
        ] {
            own.clone_from(other);
        }
        self.lines.clone_from(&other.lines);
        self.values.clone_from(&other.values);
        self.redeemed.clone_from(&other.redeemed);
    }

    /// The order of facts: by time, `seq`, kind, id and member, texts by code point. Facts without an
    /// id of their own come after those with one, as their rows stand.
    pub fn order(&self, other: &Self) -> Ordering {
        let ids = || match (self.place_as_id(), other.place_as_id()) {
            (None, None) => self.id.cmp(&other.id),
            (left, right) => left.cmp(&right),
        };
        (self.at.instant, self.seq, self.kind)
            .cmp(&(other.at.instant, other.seq, other.kind))
            .then_with(ids)
            .then_with(|| self.member.cmp(&other.member))
    }

    /// The place that stands for an id.
    pub fn place_as_id(&self) -> Option<RowPlace> {
        self.unnamed.then_some(self.place)
    }

    /// Puts the lines into canonical order: by sku, category, amount, quantity, then all else. The order
    /// in which a till printed them never changes a result.
    pub fn sort_lines(&mut self, schema: &Schema, texts: &Texts) {
        self.sort_lines_by(schema.category(), texts);
    }

    /// The same, where the slot of the category is known.
    pub fn sort_lines_by(&mut self, category: Option<usize>, texts: &Texts) {
        let order = |left: &Line, right: &Line| left.order(right, category, texts);
        if !self.lines.is_sorted_by(|left, right| order(left, right).is_le()) {
            self.lines.sort_by(order);
        }
    }
}

impl Event {
    /// Puts our symbols in the place of those that the event was read with.
    pub fn translate(&mut self, translation: &Translation) {
        if translation.changes_nothing() {
            return;
        }
        let translate = |datum: &mut Datum| {
            if let Datum::Text(sym) = datum {
                *sym = translation.of(*sym);
            }
        };
        self.values.iter_mut().for_each(translate);
        for line in &mut self.lines {
            line.sku = line.sku.map(|sku| translation.of(sku));
            line.values.iter_mut().for_each(translate);
        }
    }
}

/// In few words, because every purchase is hashed: what most lines do not have is told by a bit.
impl Hash for Line {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let sku = self.sku.map_or(0, |sku| 1 + u64::from(sku.number()));
        let rare = [self.discount, self.free].map(|amount| !amount.is_zero());
        let bits = u64::from(rare[0]) | u64::from(rare[1]) << 1;
        state.write_u64(sku << 16 | bits);
        state.write_i64(self.amount.micros());
        state.write_i64(self.quantity.micros());
        for (amount, told) in [self.discount, self.free].into_iter().zip(rare) {
            if told {
                state.write_i64(amount.micros());
            }
        }
        self.values.hash(state);
    }
}

impl Datum {
    /// What sort of value it is, in three bits, and which.
    #[inline]
    pub fn words(self) -> (u64, u64) {
        match self {
            Self::Missing => (0, 0),
            Self::Text(sym) => (1, u64::from(sym.number())),
            Self::Number(amount) => (2, amount.micros().cast_unsigned()),
            Self::Date(day) => (3, u64::from(day.number().cast_unsigned())),
            Self::Time(time) => (4, u64::from(time.seconds())),
            Self::Flag(flag) => (5, u64::from(flag)),
        }
    }
}

impl Hash for Datum {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (sort, value) = self.words();
        state.write_u64(sort);
        state.write_u64(value);
    }
}

impl Line {
    /// The canonical order of lines; `category` is the slot of that attribute.
    pub fn order(&self, other: &Self, category: Option<usize>, texts: &Texts) -> Ordering {
        let at = |line: &Self| category.and_then(|slot| line.values.get(slot)).copied().unwrap_or_default();
        let values = || {
            let pairs = self.values.iter().zip(&other.values);
            pairs.map(|(left, right)| left.order(*right, texts)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        if self.sku != other.sku {
            return match (self.sku, other.sku) {
                (Some(own), Some(other)) => texts.compare(own, other),
                (own, other) => own.is_some().cmp(&other.is_some()),
            };
        }
        at(self)
            .order(at(other), texts)
            .then_with(|| (self.amount, self.quantity).cmp(&(other.amount, other.quantity)))
            .then_with(values)
            .then_with(|| self.discount.cmp(&other.discount))
    }
}

impl Datum {
    /// Missing first, then texts by code point, numbers, dates and times by size.
    fn order(self, other: Self, texts: &Texts) -> Ordering {
        let rank = |datum: Self| match datum {
            Self::Missing => (0, 0),
            Self::Text(_) => (1, 0),
            Self::Number(number) => (2, number.micros()),
            Self::Date(day) => (3, i64::from(day.number())),
            Self::Time(time) => (4, i64::from(time.seconds())),
            Self::Flag(flag) => (5, i64::from(flag)),
        };
        match (self, other) {
            (Self::Text(left), Self::Text(right)) if left != right => texts.compare(left, right),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

/// A row of an input file, counted from 1 as people see it in an editor (the header is row 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RowPlace {
    /// The file's place in the command, from 1.
    pub file: u32,
    /// The row, from 1.
    pub row: u64,
}

/// What the members file says of a member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Member {
    /// Who.
    pub name: String,
    /// Since when, if earlier than the first fact.
    pub joined: Option<Day>,
    /// Declared attributes, in the slots of the schema.
    pub values: Vec<Datum>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn what_a_purchase_needs_lies_on_few_lines_of_memory() {
        const LINE_OF_MEMORY: usize = 64;
        assert_eq!(size_of::<Line>(), LINE_OF_MEMORY);
        assert_eq!(offset_of!(Event, of), 3 * LINE_OF_MEMORY);
    }

    #[test]
    fn a_place_among_equals_is_what_it_was_and_keeps_its_order() {
        let numbers = [i64::MIN + 1, -7, -1, 0, 1, 7, i64::MAX];
        let all: Vec<_> = numbers.into_iter().map(Seq::new).collect();
        assert!(all.is_sorted() && all.iter().all(|seq| *seq > None));
        assert_eq!(all.iter().flatten().map(|seq| seq.get()).collect::<Vec<_>>(), numbers);
        assert_eq!((Seq::new(i64::MIN), size_of::<Option<Seq>>()), (None, 8));
    }
}
