//! One row → a draft of an event with one line, in the schema's slots.

use super::draft::Draft;
use super::error::{HistoryError, Problem};
use super::held::HeldLine;
use super::layout::{Layout, Source, Standard};
use super::map::{KINDS, KindTest, Map, kind_name};
use super::memo::Memo;
use super::rows::Record;
use super::value::{self, Reader};
use crate::time::{Moment, Zone};
use crate::ty::event::{Datum, Discounts, RowPlace};
use crate::ty::{Attribute, AttributeType, Kind, Redemption, Schema, Seq, Texts};
use crate::value::Amount;

/// More names than these are no help.
const NAMES_SHOWN: usize = 8;

/// What all files of a history share.
pub(super) struct Context {
    pub(super) schema: Schema,
    pub(super) zone: Zone,
    pub(super) map: Map,
}

/// What reading a row makes use of, and leaves for the next.
pub(super) struct Tools<'a> {
    pub(super) texts: &'a mut Texts,
    pub(super) memo: &'a mut Memo,
}

/// Reads the rows of one file.
pub(super) struct Decoder {
    pub(super) file: String,
    pub(super) number: u32,
    pub(super) layout: Layout,
    /// The kinds whose rows are read to the end; all, if empty.
    pub(super) only: Vec<Kind>,
}

impl Decoder {
    pub(super) fn new(file: String, number: u32, layout: Layout) -> Self {
        Self { file, number, layout, only: Vec::new() }
    }

    /// Reads a row into a draft, whose buffers are used again.
    pub(super) fn decode(
        &self,
        record: Record<'_>,
        context: &Context,
        tools: &mut Tools<'_>,
        draft: &mut Draft,
    ) -> Result<(), HistoryError> {
        let place = RowPlace { file: self.number, row: record.row };
        if record.len() != self.layout.header.len() {
            draft.begin(place);
            let problem = Problem::FieldCount { found: record.len(), expected: self.layout.header.len() };
            return Err(HistoryError::of_row(&self.file, record.row, problem));
        }
        let row = Row { decoder: self, record, context };
        if tools.memo.repeats(record) && draft.identity == (self.number, tools.memo.version()) {
            draft.go_on(place);
        } else {
            draft.begin(place);
            row.identify(draft)?;
            draft.identified = true;
            if !self.only.is_empty() && !self.only.contains(&draft.kind) {
                return Ok(());
            }
            draft.at = row.moment(tools.memo)?;
            draft.identity = (self.number, tools.memo.note(record));
        }
        row.contents(tools, draft)
    }

    /// The attribute that an event may not be without, and is.
    pub(super) fn refused(&self, attribute: &Attribute, source: &Source, row: u64) -> HistoryError {
        let reader = attribute.read_by.clone().unwrap_or_else(|| "the program".to_owned());
        if *source == Source::Absent {
            return self.layout.missing(&self.file, &attribute.name, &reader);
        }
        HistoryError::of_row(&self.file, row, Problem::NoValue { reader })
            .in_column(self.layout.column_name(source, &attribute.name))
    }
}

/// One row while it is read.
struct Row<'a> {
    decoder: &'a Decoder,
    record: Record<'a>,
    context: &'a Context,
}

impl<'a> Row<'a> {
    fn source_bytes(&self, source: &'a Source) -> &'a [u8] {
        match source {
            Source::Absent => &[],
            Source::Column(index) => self.record.field(*index),
            Source::Constant(text) => text,
        }
    }

    fn bytes(&self, standard: Standard) -> &'a [u8] {
        self.source_bytes(self.decoder.layout.standard(standard))
    }

    fn error(&self, standard: Standard, problem: Problem) -> HistoryError {
        let layout = &self.decoder.layout;
        HistoryError::of_row(&self.decoder.file, self.record.row, problem)
            .in_column(layout.column_name(layout.standard(standard), standard.name()))
    }

    /// The error for an empty field; for a column that is not there at all, that is said instead.
    fn no_value(&self, standard: Standard, reader: &str) -> HistoryError {
        if *self.decoder.layout.standard(standard) == Source::Absent {
            let mut error = self.decoder.layout.missing(&self.decoder.file, standard.name(), reader);
            error.row = Some(self.record.row);
            return error;
        }
        self.error(standard, Problem::NoValue { reader: reader.to_owned() })
    }

    fn values(&self) -> Reader<'a> {
        Reader { map: &self.context.map }
    }

    fn text(&self, standard: Standard) -> Result<&'a str, HistoryError> {
        std::str::from_utf8(self.bytes(standard)).map_err(|_| self.error(standard, Problem::Encoding))
    }

    /// The bytes of an id, without what a spreadsheet put behind it.
    fn id_bytes(&self, standard: Standard) -> &'a [u8] {
        let field = self.bytes(standard);
        match &self.context.map.strip {
            Some(end) => field.strip_suffix(end.as_bytes()).unwrap_or(field),
            None => field,
        }
    }

    /// Puts an id into a text.
    fn put_id(&self, standard: Standard, into: &mut String) -> Result<(), HistoryError> {
        into.clear();
        let bare = self.id_bytes(standard);
        if !bare.is_empty() {
            into.push_str(std::str::from_utf8(bare).map_err(|_| self.error(standard, Problem::Encoding))?);
        }
        Ok(())
    }

    #[inline]
    fn number(&self, standard: Standard) -> Result<Option<Amount>, HistoryError> {
        let field = self.bytes(standard);
        if field.is_empty() {
            return Ok(None);
        }
        match self.values().plain_number(field) {
            Some(number) => Ok(Some(number)),
            None => self.any_number(standard, field),
        }
    }

    #[cold]
    fn any_number(&self, standard: Standard, field: &[u8]) -> Result<Option<Amount>, HistoryError> {
        self.values().number(field).map_err(|problem| self.error(standard, problem))
    }

    /// Whose, what and which receipt: enough to know what a bad row belongs to.
    fn identify(&self, draft: &mut Draft) -> Result<(), HistoryError> {
        draft.kind = self.kind()?;
        self.put_id(Standard::Member, &mut draft.member)?;
        self.put_id(Standard::Receipt, &mut draft.receipt)?;
        self.put_id(Standard::Id, &mut draft.id)?;
        draft.has_id = !draft.id.is_empty();
        Ok(())
    }

    fn kind(&self) -> Result<Kind, HistoryError> {
        let decoder = self.decoder;
        for rule in &decoder.layout.kinds {
            let field = self.source_bytes(&rule.source);
            let number = |field| self.values().number(field).ok().flatten();
            let fits = match &rule.test {
                KindTest::StartsWith(text) => field.starts_with(text.as_bytes()),
                KindTest::EndsWith(text) => field.ends_with(text.as_bytes()),
                KindTest::OneOf(texts) => texts.iter().any(|text| text.as_bytes() == field),
                KindTest::Below(bound) => number(field).is_some_and(|number| number < *bound),
                KindTest::Above(bound) => number(field).is_some_and(|number| number > *bound),
            };
            if fits {
                return Ok(rule.kind);
            }
        }
        let name = self.bytes(Standard::Kind);
        if name.is_empty() {
            return Ok(Kind::Purchase);
        }
        let found = KINDS.iter().find(|(known, _)| known.as_bytes() == name);
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let known: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            self.error(Standard::Kind, Problem::NotOneOf { found: value::shown(name), known: known.join(", ") })
        })
    }

    fn moment(&self, memo: &mut Memo) -> Result<Moment, HistoryError> {
        let text = self.bytes(Standard::At);
        if let Some(known) = memo.known_moment(text) {
            return Ok(known);
        }
        if text.is_empty() {
            return Err(self.no_value(Standard::At, "every row"));
        }
        let format = self.context.map.formats.get("at");
        let stamp = match format {
            None => memo.parse_iso(text),
            Some(format) => format.read(text),
        };
        stamp.and_then(|stamp| memo.moment(text, stamp, &self.context.zone)).ok_or_else(|| {
            let expected = match format {
                None => "a date or a date and time such as 2026-12-20T15:00, from 1900 to 2200".to_owned(),
                Some(format) => format!("a date or a date and time as `{}`, from 1900 to 2200", format.text()),
            };
            self.error(Standard::At, Problem::NotA { found: value::shown(text), expected })
        })
    }

    fn contents(&self, tools: &mut Tools<'_>, draft: &mut Draft) -> Result<(), HistoryError> {
        let kind = draft.kind;
        draft.seq = self.seq()?;
        if draft.member.is_empty() && !matches!(kind, Kind::Purchase | Kind::Return) {
            return Err(self.no_value(Standard::Member, &format!("a row of kind {}", kind_name(kind))));
        }
        if !matches!(kind, Kind::Redeem | Kind::Adjust)
            && let Some(points) = self.number(Standard::Points)?
            && !points.is_zero()
        {
            let found = value::shown(self.bytes(Standard::Points));
            return Err(self.error(Standard::Points, Problem::StrayPoints { found, kind: kind_name(kind) }));
        }
        match kind {
            Kind::Purchase | Kind::Return => return self.trade(tools, draft),
            Kind::Redeem => {
                draft.redeemed = Some(Redemption { reward: self.reward()?, ..self.redemption(kind)? });
                self.put_id(Standard::Into, &mut draft.other)?;
                self.receipt_values(tools, draft)?;
            }
            Kind::Adjust => draft.adjusted = Some(self.redemption(kind)?),
            Kind::Action => return self.action(tools, draft),
            Kind::Join => self.put_id(Standard::ReferredBy, &mut draft.other)?,
            Kind::Merge => {
                self.put_id(Standard::Into, &mut draft.other)?;
                if draft.other.is_empty() {
                    return Err(self.no_value(Standard::Into, "a row of kind merge"));
                }
            }
            Kind::Leave => {}
        }
        Ok(())
    }

    fn seq(&self) -> Result<Option<Seq>, HistoryError> {
        let text = self.bytes(Standard::Seq);
        if text.is_empty() {
            return Ok(None);
        }
        let read = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()).and_then(Seq::new);
        read.map(Some).ok_or_else(|| {
            let problem = Problem::NotA { found: value::shown(text), expected: "a whole number".to_owned() };
            self.error(Standard::Seq, problem)
        })
    }

    fn action(&self, tools: &mut Tools<'_>, draft: &mut Draft) -> Result<(), HistoryError> {
        let name = self.text(Standard::Name)?;
        if name.is_empty() {
            return Err(self.no_value(Standard::Name, "a row of kind action"));
        }
        draft.action = self.context.schema.actions.iter().position(|known| known == name);
        if draft.action.is_none() {
            draft.unknown_action.push_str(name);
        }
        self.put_id(Standard::Of, &mut draft.other)?;
        for (attribute, source) in self.context.schema.action.iter().zip(&self.decoder.layout.action) {
            let datum = self.datum(attribute, source, tools)?;
            match value::completed(datum, attribute) {
                // An action that no rule knows is not asked for what the known ones need.
                None if draft.action.is_some() => {
                    return Err(self.decoder.refused(attribute, source, self.record.row));
                }
                completed => draft.values.push(completed.unwrap_or_default()),
            }
        }
        Ok(())
    }

    fn redemption(&self, kind: Kind) -> Result<Redemption, HistoryError> {
        let reader = format!("a row of kind {}", kind_name(kind));
        let mut points = self.number(Standard::Points)?.ok_or_else(|| self.no_value(Standard::Points, &reader))?;
        if kind == Kind::Redeem {
            let found = || value::shown(self.bytes(Standard::Points));
            if self.negative(kind) {
                if points.is_positive() {
                    return Err(self.error(Standard::Points, Problem::NotNegative { found: found(), kind: "redeem" }));
                }
                points = points.negated().map_err(|_| self.error(Standard::Points, Problem::Overflow))?;
            } else if points.is_negative() {
                return Err(self.error(Standard::Points, Problem::Negative { found: found(), kind: "redeem" }));
            }
        }
        let unit = value::unit(&self.context.schema, self.text(Standard::Unit)?).ok_or_else(|| {
            let known = value::unit_names(&self.context.schema);
            self.error(Standard::Unit, Problem::NotOneOf { found: value::shown(self.bytes(Standard::Unit)), known })
        })?;
        Ok(Redemption { unit, points, reward: None })
    }

    /// The reward that a redemption is for, if it says so.
    fn reward(&self) -> Result<Option<usize>, HistoryError> {
        let name = self.text(Standard::Name)?;
        if name.is_empty() {
            return Ok(None);
        }
        let rewards = &self.context.schema.rewards;
        let found = rewards.iter().position(|known| known == name);
        found.map(Some).ok_or_else(|| {
            let found = name.to_owned();
            let near = super::error::nearest(name, rewards.iter().map(String::as_str));
            let problem = match (near, rewards.len()) {
                (Some(near), _) => Problem::NotA { found, expected: format!("a reward, such as `{near}`") },
                (None, 0) => Problem::NotA { found, expected: "nothing: the program has no rewards".to_owned() },
                (None, 1..=NAMES_SHOWN) => Problem::NotOneOf { found, known: rewards.join(", ") },
                (None, many) => Problem::NotA { found, expected: format!("one of the {many} rewards of the program") },
            };
            self.error(Standard::Name, problem)
        })
    }

    /// Does the map say that numbers of this kind are written below zero?
    fn negative(&self, kind: Kind) -> bool {
        let map = &self.context.map;
        let said = match kind {
            Kind::Return => map.returns_negative,
            Kind::Redeem => map.redeems_negative,
            Kind::Purchase | Kind::Join | Kind::Merge | Kind::Adjust | Kind::Action | Kind::Leave => false,
        };
        said || map.kinds.iter().any(|rule| rule.kind == kind && matches!(rule.test, KindTest::Below(_)))
    }

    /// A line of a purchase or a return.
    fn trade(&self, tools: &mut Tools<'_>, draft: &mut Draft) -> Result<(), HistoryError> {
        let kind = kind_name(draft.kind);
        let mut quantity = self.number(Standard::Quantity)?.unwrap_or(Amount::ONE);
        let mut amount = self.amount(quantity, kind)?;
        let found = || value::shown(self.bytes(Standard::Quantity));
        let below = quantity.is_negative() || amount.is_negative();
        let overflow = |_| self.error(Standard::Amount, Problem::Overflow);
        if draft.kind == Kind::Return && self.negative(Kind::Return) {
            if !below && !draft.member.is_empty() {
                let found = if amount.is_zero() { found() } else { amount.to_string() };
                return Err(self.error(Standard::Amount, Problem::NotNegative { found, kind }));
            }
            draft.net = if quantity.is_negative() && amount.is_positive() {
                amount.negated().map_err(overflow)?
            } else {
                amount
            };
            quantity = value::magnitude(quantity).map_err(overflow)?;
            amount = value::magnitude(amount).map_err(overflow)?;
        } else {
            draft.net = if draft.kind == Kind::Return { amount.negated().map_err(overflow)? } else { amount };
            if below && !draft.member.is_empty() {
                let standard = if quantity.is_negative() { Standard::Quantity } else { Standard::Amount };
                let found = if quantity.is_negative() { found() } else { amount.to_string() };
                return Err(self.error(standard, Problem::Negative { found, kind }));
            }
        }
        if draft.member.is_empty() {
            return Ok(());
        }
        let told = self.number(Standard::Discount)?;
        let after = self.context.map.after_discount;
        draft.discounts = match told {
            _ if after => Discounts::Off,
            Some(_) => Discounts::Told,
            None => Discounts::Programs,
        };
        let discount = told.filter(|_| !after).unwrap_or(Amount::ZERO);
        if discount.is_negative() {
            let found = value::shown(self.bytes(Standard::Discount));
            return Err(self.error(Standard::Discount, Problem::Negative { found, kind }));
        }
        if discount > amount {
            let problem = Problem::DiscountAboveAmount { discount: discount.to_string(), amount: amount.to_string() };
            return Err(self.error(Standard::Discount, problem));
        }
        if draft.kind == Kind::Return {
            self.put_id(Standard::Of, &mut draft.other)?;
        }
        let sku = self.id_bytes(Standard::Sku);
        let sku = if sku.is_empty() {
            None
        } else {
            let sym = tools.memo.intern(sku, tools.texts);
            Some(sym.ok_or_else(|| self.error(Standard::Sku, Problem::Encoding))?)
        };
        for (attribute, source) in self.context.schema.line.iter().zip(&self.decoder.layout.line) {
            let datum = self.datum(attribute, source, tools)?;
            match value::completed(datum, attribute) {
                // A return may say less of its goods than the sale did, whose lines are worked out again.
                None if draft.kind == Kind::Purchase => {
                    return Err(self.decoder.refused(attribute, source, self.record.row));
                }
                completed => draft.line_values.push(completed.unwrap_or_default()),
            }
        }
        draft.line = Some(HeldLine { sku, amount, quantity, discount });
        self.receipt_values(tools, draft)
    }

    fn amount(&self, quantity: Amount, kind: &str) -> Result<Amount, HistoryError> {
        if let Some(amount) = self.number(Standard::Amount)? {
            return Ok(amount);
        }
        let Some(price) = self.number(Standard::Price)? else {
            let standard = match self.decoder.layout.standard(Standard::Price) {
                Source::Absent => Standard::Amount,
                Source::Column(_) | Source::Constant(_) => Standard::Price,
            };
            return Err(self.no_value(standard, &format!("a row of kind {kind}")));
        };
        value::times(quantity, price)
            .ok_or_else(|| self.error(Standard::Price, Problem::NotMoney { found: format!("{quantity} × {price}") }))
    }

    /// Attributes of the receipt, as far as this row says them; what is missing is looked at when all
    /// rows of the receipt are there.
    fn receipt_values(&self, tools: &mut Tools<'_>, draft: &mut Draft) -> Result<(), HistoryError> {
        for (attribute, source) in self.context.schema.receipt.iter().zip(&self.decoder.layout.receipt) {
            let datum = self.datum(attribute, source, tools)?;
            draft.values.push(datum);
        }
        Ok(())
    }

    fn datum(&self, attribute: &Attribute, source: &'a Source, tools: &mut Tools<'_>) -> Result<Datum, HistoryError> {
        let field = self.source_bytes(source);
        if attribute.kind == AttributeType::Text
            && !field.is_empty()
            && let Some(sym) = tools.memo.intern(field, tools.texts)
        {
            return Ok(Datum::Text(sym));
        }
        self.values().datum(attribute, field, tools.texts).map_err(|problem| {
            HistoryError::of_row(&self.decoder.file, self.record.row, problem)
                .in_column(self.decoder.layout.column_name(source, &attribute.name))
        })
    }
}
