//! What a word of an expression means: `spend`, `status.extra`, `beans.balance`, `nights`, `channel`.

use super::Checker;
use super::attribute::{Found, scope_of};
use super::context::{Context, Lines, Place, Value};
use super::names::{STANDARD, Word};
use crate::diag::Code;
use crate::plan::{Balance, Including, LadderId, Node, NumField, TextField, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast::{Before, Measure, Name, Path, Window};
use crate::ty::Scope;

impl<'a> Checker<'a> {
    /// `spend over the last 12 months including this purchase`, `base`, `status.extra`
    pub(super) fn counted(
        &mut self,
        context: &Context,
        measure: &'a Measure,
        window: Option<&'a Window>,
        including: bool,
        span: Span,
    ) -> Option<Value> {
        match measure {
            Measure::Path(path) if window.is_none() && !including => self.path_value(context, path),
            _ => {
                let including = if including { Including::This } else { Including::Before };
                self.counter_value(context, measure, window, including, span)
            }
        }
    }

    fn path_value(&mut self, context: &Context, path: &'a Path) -> Option<Value> {
        match path.names.as_slice() {
            [name] => self.word(context, path, name),
            [first, second] => self.dotted(context, path, first, second),
            _ => {
                let text = self.source.slice(path.span).to_owned();
                self.error(Code::UnknownName, path.span, format!("unknown name `{text}`, expected at most one dot"));
                None
            }
        }
    }

    fn word(&mut self, context: &Context, path: &'a Path, name: &'a Name) -> Option<Value> {
        let span = path.span;
        if path.before.is_some() && name.text != "spend" {
            self.error(Code::WrongKind, span, format!("found `{}`, expected `spend` before `before`", name.text));
            return None;
        }
        match name.text.as_str() {
            "spend" if context.lifetime => return self.counter_of_path(context, path, span),
            "spend" => return self.lines_number(context, NumField::Spend(path.before), Type::Money, span),
            "amount" => return self.lines_number(context, NumField::Spend(Some(Before::Discounts)), Type::Money, span),
            "quantity" => return self.lines_number(context, NumField::Quantity, Type::Number, span),
            "sku" => return self.sku(context, span),
            "visits" | "returns" | "friends" => return self.counter_of_path(context, path, span),
            _ => {}
        }
        // In `where` a stay's own `nights` is meant; elsewhere the counter of that name.
        if context.lines == Lines::Sum
            && let Some((word, _)) = self.names.words.get(name.text.as_str()).copied()
        {
            return self.declared(context, path, name, word);
        }
        match self.attribute_here(context, &name.text, span) {
            Found::Here(scope, slot) => return self.attribute_value(context, scope, slot, span),
            Found::Refused => return None,
            Found::Nothing => {}
        }
        if let Some((word, _)) = self.names.words.get(name.text.as_str()).copied() {
            return self.declared(context, path, name, word);
        }
        self.unknown_word(name);
        None
    }

    fn declared(&mut self, context: &Context, path: &'a Path, name: &'a Name, word: Word) -> Option<Value> {
        let span = path.span;
        match word {
            Word::Param(param) => self.param_value(param, span),
            Word::Counter(_) => self.counter_of_path(context, path, span),
            Word::Unit(_) if context.lifetime => self.counter_of_path(context, path, span),
            Word::Unit(unit) => {
                let key = self.unit_key(unit).to_owned();
                self.error(Code::NotHere, span, format!("`{}` alone does not say which {key}", name.text)).help(format!(
                    "write `{key}.available`, `{key}.balance`, `{key}.spent`, or over which period: `{key} this calendar year`"
                ));
                None
            }
            Word::Ladder(ladder) => {
                self.state(context, &name.text, span)?;
                self.read.insert(format!("tiers {}", name.text));
                Some(self.node(Node::Tier(ladder), Type::Tier(ladder), span))
            }
            Word::List(_) => {
                self.error(Code::WrongKind, span, format!("`{}` is a list, expected a value", name.text))
                    .help(format!("a list stands after `in`: `category in {}`", name.text));
                None
            }
        }
    }

    fn unknown_word(&mut self, name: &Name) {
        if self.names.tiers.contains_key(name.text.as_str()) {
            self.error(Code::WrongKind, name.span, format!("`{}` is a tier, expected a value", name.text))
                .help("compare a tier with its ladder: `status = Gold`");
            return;
        }
        if self.names.by_rule.contains_key(name.text.as_str()) {
            self.error(Code::WrongKind, name.span, format!("`{}` is a rule, expected a value", name.text))
                .help("what a rule gave stands after `of`: `10% of \"Base\"`");
            return;
        }
        if self.names.currency.is_some_and(|currency| currency.text == name.text) {
            self.error(
                Code::WrongKind,
                name.span,
                format!("`{}` is the currency, expected a number before it", name.text),
            )
            .help(format!("write how much: `1 {}`", name.text));
            return;
        }
        if scope_of(&name.text).is_some() {
            let message = format!("`{}` alone is no value, expected what of it", name.text);
            let help = if name.text == "receipt" {
                "write `receipt.spend` for its money; an attribute of it stands after the dot alike".to_owned()
            } else {
                format!("an attribute of it stands after a dot: `{}.name`", name.text)
            };
            self.error(Code::WrongKind, name.span, message).help(help);
            return;
        }
        let known: Vec<&str> = STANDARD
            .iter()
            .copied()
            .chain(self.names.words.keys().copied())
            .chain(self.names.attributes.keys().map(|(_, name)| *name))
            .chain(self.names.tiers.keys().copied())
            .collect();
        let near = crate::diag::nearest(&name.text, known.iter().copied()).map(ToOwned::to_owned);
        let message = format!(
            "unknown name `{}`, expected an attribute, a parameter, a counter or another declared name",
            name.text
        );
        let help = self.money_wording(&name.text).or_else(|| near.map(|near| format!("did you mean `{near}`?")));
        let declare = || format!("if the data have it, declare it: `data {{ receipt {} text }}`", name.text);
        self.error(Code::UnknownName, name.span, message).help(help.unwrap_or_else(declare));
    }

    fn lines_number(&mut self, context: &Context, field: NumField, ty: Type, span: Span) -> Option<Value> {
        if !context.has_lines() {
            let text = self.source.slice(span).to_owned();
            let reader = self.reader.clone();
            self.error(
                Code::NotHere,
                span,
                format!("there is no purchase in {reader}, so `{text}` has no value there"),
            )
            .help("say over which period: `spend over the last 12 months`");
            return None;
        }
        if ty == Type::Money {
            self.money_read.get_or_insert(span);
        }
        Some(self.node(Node::Lines(field), ty, span))
    }

    fn sku(&mut self, context: &Context, span: Span) -> Option<Value> {
        if !context.has_lines() {
            self.not_here("sku", "an attribute of a line", span);
            return None;
        }
        if context.lines == Lines::Sum {
            self.say_where("sku", span);
            return None;
        }
        Some(self.node(Node::LineText(TextField::Sku), Type::Text, span))
    }

    /// May the member's state (tier, balance, counters) be read here?
    pub(super) fn state(&mut self, context: &Context, text: &str, span: Span) -> Option<()> {
        if context.place != Place::Constant {
            return Some(());
        }
        self.error(Code::NotHere, span, format!("`{text}` changes from member to member, expected a fixed value"))
            .help("write it where it is used, in a rule");
        None
    }

    fn dotted(&mut self, context: &Context, path: &'a Path, first: &'a Name, second: &'a Name) -> Option<Value> {
        let span = path.span;
        if first.text == "receipt" && matches!(second.text.as_str(), "spend" | "amount" | "quantity") {
            return self.whole_receipt(context, path, &second.text);
        }
        if let Some(scope) = scope_of(&first.text) {
            return self.scoped(context, scope, second, span);
        }
        match self.names.words.get(first.text.as_str()).copied() {
            Some((Word::Unit(unit), _)) => self.balance(context, unit, second, span),
            Some((Word::Ladder(ladder), _)) => self.tier_value(context, ladder, path, span),
            Some((word, _)) => {
                let found = word.kind();
                self.error(
                    Code::WrongKind,
                    first.span,
                    format!("`{}` is {found}, expected a unit or a ladder before the dot", first.text),
                );
                None
            }
            None => {
                let known: Vec<&str> = self
                    .names
                    .words
                    .iter()
                    .filter(|(_, (word, _))| matches!(word, Word::Unit(_) | Word::Ladder(_)))
                    .map(|(name, _)| *name)
                    .chain(["receipt", "line", "member", "action"])
                    .collect();
                self.unknown(&first.text, first.span, "a unit or a ladder before the dot", known);
                None
            }
        }
    }

    fn whole_receipt(&mut self, context: &Context, path: &'a Path, word: &str) -> Option<Value> {
        let (field, ty) = match word {
            "quantity" => (NumField::Quantity, Type::Number),
            "amount" => (NumField::Spend(Some(Before::Discounts)), Type::Money),
            _ => (NumField::Spend(path.before), Type::Money),
        };
        if context.lifetime {
            return self.counter_of_path(context, path, path.span);
        }
        let value = self.lines_number(context, field, ty, path.span)?;
        Some(self.node(Node::Receipt(field), value.ty, path.span))
    }

    fn balance(&mut self, context: &Context, unit: UnitId, word: &Name, span: Span) -> Option<Value> {
        let what = match word.text.as_str() {
            "balance" => Balance::Balance,
            "available" => Balance::Available,
            "pending" => Balance::Pending,
            "debt" => Balance::Debt,
            "spent" => Balance::Spent,
            other => {
                let key = self.unit_key(unit).to_owned();
                let known = ["balance", "available", "pending", "debt", "spent"];
                self.unknown(other, word.span, &format!("a state of {key}"), known);
                return None;
            }
        };
        let text = self.source.slice(span).to_owned();
        self.state(context, &text, span)?;
        if what == Balance::Spent && !context.can_read(Scope::Receipt) {
            self.not_here(&text, "what is spent on a receipt", span);
            return None;
        }
        Some(self.node(Node::Balance(unit, what), Type::Units(unit), span))
    }

    fn tier_value(&mut self, context: &Context, ladder: LadderId, path: &'a Path, span: Span) -> Option<Value> {
        let text = self.source.slice(span).to_owned();
        self.state(context, &text, span)?;
        let Some((_, value)) = self.tier_value_of(path) else {
            let name = path.names.last()?;
            self.unknown_value(ladder, &name.text, name.span);
            return None;
        };
        self.read.insert(format!("tier value {}.{value}", ladder.index()));
        if self.tier_value_is_rate(ladder, value) {
            self.error(Code::NotHere, span, format!("`{text}` holds a rate, expected a value here"))
                .help("a rate can be given: `give … as …`");
            return None;
        }
        let values = self.tier_values(ladder, value)?;
        Some(self.node(Node::TierValue(ladder, value), values.ty, span))
    }
}
