//! Reading the data: `category`, `receipt.store`, `birthday is known`, and what `data` declares.

use super::Checker;
use super::context::{Context, Lines, Value};
use crate::diag::Code;
use crate::plan::{Node, NumField, TextField, Type};
use crate::source::Span;
use crate::syntax::ast::{AttributeDecl, Expr, ExprKind, LiteralKind, Measure, MissingDecl, Path, RuleKind};
use crate::ty::event::Datum;
use crate::ty::{Attribute, AttributeType, Missing, Scope};
use crate::value::Exact;

/// All scopes in the order in which a bare name is looked up.
const SCOPES: [Scope; 4] = [Scope::Line, Scope::Receipt, Scope::Action, Scope::Member];

impl<'a> Checker<'a> {
    /// Fills the schema.
    pub(super) fn check_data(&mut self) {
        let found: Vec<(Scope, &'a AttributeDecl)> =
            self.names.attributes.iter().map(|((scope, _), (_, decl))| (*scope, *decl)).collect();
        // The keys are sorted by scope and name, so slots rise as they were given out.
        for (scope, decl) in found {
            let kind = self.attribute_type(decl);
            let missing = self.missing(decl, kind);
            let attribute = Attribute { name: decl.name.text.clone(), kind, missing, read_by: None };
            match scope {
                Scope::Line => self.schema.line.push(attribute),
                Scope::Receipt => self.schema.receipt.push(attribute),
                Scope::Action => self.schema.action.push(attribute),
                Scope::Member => self.schema.member.push(attribute),
            }
        }
        self.schema.actions = self.names.actions.keys().map(|name| (*name).to_owned()).collect();
        let slots: Vec<&'a str> = self.names.actions.keys().copied().collect();
        for (slot, name) in slots.into_iter().enumerate() {
            if let Some(action) = self.names.actions.get_mut(name) {
                action.0 = slot;
            }
        }
        let mut rewards: Vec<String> = self
            .names
            .rules
            .iter()
            .filter(|rule| rule.kind == RuleKind::Reward)
            .map(|rule| rule.name.text.clone())
            .collect();
        rewards.dedup();
        self.schema.rewards = rewards;
        self.schema.units =
            self.names.units.iter().map(|unit| unit.nouns.iter().map(|noun| noun.text.clone()).collect()).collect();
    }

    fn attribute_type(&mut self, decl: &AttributeDecl) -> AttributeType {
        if let Some(kind) = decl.kind {
            return kind;
        }
        let name = &decl.name.text;
        self.error(
            Code::MissingValue,
            decl.span,
            format!("attribute `{name}` has no type, expected one after its name"),
        )
        .help(format!("write `{name} text`, or `number`, `money`, `date`, `time`, `yes/no`"));
        AttributeType::Text
    }

    fn missing(&mut self, decl: &AttributeDecl, kind: AttributeType) -> Missing {
        let literal = match &decl.missing {
            None => return Missing::Refused,
            Some(MissingDecl::Allowed) => return Missing::Allowed,
            Some(MissingDecl::Default(literal)) => literal,
        };
        let money = self.names.currency.map(|currency| currency.text.as_str());
        let datum = match (&literal.kind, kind) {
            (LiteralKind::Text(text), AttributeType::Text) => Some(Datum::Text(self.texts.intern(text))),
            (LiteralKind::Number(number), AttributeType::Number) => number.to_amount().map(Datum::Number),
            (LiteralKind::Number(number), AttributeType::Money) if number.is_zero() => {
                number.to_amount().map(Datum::Number)
            }
            (LiteralKind::Quantity(number, unit), AttributeType::Money) if money == Some(unit.text.as_str()) => {
                number.to_amount().map(Datum::Number)
            }
            (LiteralKind::Date(day), AttributeType::Date) => Some(Datum::Date(*day)),
            (LiteralKind::Time(time), AttributeType::Time) => Some(Datum::Time(*time)),
            (LiteralKind::Flag(flag), AttributeType::Flag) => Some(Datum::Flag(*flag)),
            _ => None,
        };
        if let Some(datum) = datum {
            return Missing::Default(datum);
        }
        let expected = self.type_name(value_type(kind));
        let written = self.source.slice(literal.span).to_owned();
        self.error(
            Code::TypeMismatch,
            literal.span,
            format!("found `{written}`, expected {expected} like `{}` itself", decl.name.text),
        );
        Missing::Allowed
    }

    /// The slot of the member's birthday.
    pub(super) fn birthday(&self) -> Option<usize> {
        let (slot, decl) = self.names.attributes.get(&(Scope::Member, "birthday"))?;
        (decl.kind == Some(AttributeType::Date)).then_some(*slot)
    }

    /// Notes that the birthday is read; it must be declared.
    pub(super) fn read_birthday(&mut self, span: Span) -> Option<()> {
        let Some(slot) = self.birthday() else {
            self.error(
                Code::MissingDeclaration,
                span,
                "`the birthday` is not in the data, expected a declaration of it",
            )
            .help("write `data { member birthday date, may be missing }`");
            return None;
        };
        self.note_read(Scope::Member, slot);
        Some(())
    }

    /// The attribute that a bare name means here: found, or not here, or none of that name.
    pub(super) fn attribute_here(&mut self, context: &Context, name: &str, span: Span) -> Found {
        let declared: Vec<(Scope, usize)> = SCOPES
            .into_iter()
            .filter_map(|scope| self.names.attributes.get(&(scope, name)).map(|(slot, _)| (scope, *slot)))
            .collect();
        let here: Vec<(Scope, usize)> =
            declared.iter().copied().filter(|(scope, _)| context.can_read(*scope)).collect();
        match (here.as_slice(), declared.as_slice()) {
            (_, []) => Found::Nothing,
            ([one], _) => Found::Here(one.0, one.1),
            ([], [(scope, slot), ..]) => {
                // It is read, only in the wrong place: no second message that nobody reads it.
                self.note_read(*scope, *slot);
                self.not_here(name, &format!("an attribute of {}", scope_name(*scope)), span);
                Found::Refused
            }
            ([(first, slot), (second, other), ..], _) => {
                let (first, second) = (*first, *second);
                self.note_read(first, *slot);
                self.note_read(second, *other);
                let (a, b) = (scope_word(first), scope_word(second));
                self.error(
                    Code::AmbiguousName,
                    span,
                    format!("`{name}` is an attribute of {} and of {}", scope_name(first), scope_name(second)),
                )
                .help(format!("write `{a}.{name}` or `{b}.{name}`"));
                Found::Refused
            }
        }
    }

    /// Says that a thing cannot be read where it stands.
    pub(super) fn not_here(&mut self, text: &str, what: &str, span: Span) {
        let reader = self.reader.clone();
        self.error(Code::NotHere, span, format!("`{text}` is {what}, which is not at hand in {reader}"))
            .help("read it in a rule on a fact that has it, or count it over a period");
    }

    /// `category`, `receipt.store`
    pub(super) fn attribute_value(
        &mut self,
        context: &Context,
        scope: Scope,
        slot: usize,
        span: Span,
    ) -> Option<Value> {
        self.note_read(scope, slot);
        let attribute = self.schema.attributes(scope).get(slot)?.clone();
        let ty = value_type(attribute.kind);
        let number = matches!(attribute.kind, AttributeType::Number | AttributeType::Money);
        if attribute.missing == Missing::Allowed && !context.known.contains(&(scope, slot)) {
            let name = &attribute.name;
            let help = format!(
                "write `{name} is known and …` before it, or `({name} or …)` with a value for when it is missing"
            );
            self.error(Code::MayBeMissing, span, format!("`{name}` may be missing, expected that case to be handled"))
                .help(help);
            return None;
        }
        let node = match (scope, number) {
            (Scope::Line, true) => Node::Lines(NumField::Line(slot)),
            (Scope::Line, false) if context.lines == Lines::Sum => {
                self.say_where(&attribute.name, span);
                return None;
            }
            (Scope::Line, false) if attribute.kind == AttributeType::Text => Node::LineText(TextField::Line(slot)),
            (Scope::Line, false) => Node::LineDatum(slot),
            (Scope::Receipt, true) => Node::Receipt(NumField::Receipt(slot)),
            (Scope::Receipt, false) => Node::ReceiptDatum(slot),
            (Scope::Action, _) => Node::ActionDatum(slot),
            (Scope::Member, _) => Node::MemberDatum(slot),
        };
        Some(self.node(node, ty, span))
    }

    /// An attribute of single lines where the receipt as a whole is looked at.
    pub(super) fn say_where(&mut self, name: &str, span: Span) {
        self.error(
            Code::SayWhere,
            span,
            format!("`{name}` is of each line, expected something of the whole receipt here"),
        )
        .help(format!("to choose lines write `where {name} …`"));
    }

    /// Notes who reads an attribute.
    pub(super) fn note_read(&mut self, scope: Scope, slot: usize) {
        let reader = self.reader.clone();
        let list = match scope {
            Scope::Line => &mut self.schema.line,
            Scope::Receipt => &mut self.schema.receipt,
            Scope::Action => &mut self.schema.action,
            Scope::Member => &mut self.schema.member,
        };
        if let Some(attribute) = list.get_mut(slot)
            && attribute.read_by.is_none()
        {
            attribute.read_by = Some(reader);
        }
    }

    /// The attribute that an expression consists of, if it is only that; no messages.
    pub(super) fn attribute_of(&self, context: &Context, expr: &Expr) -> Option<(Scope, usize)> {
        let ExprKind::Counted { measure: Measure::Path(path), window: None, including: false } = &expr.kind else {
            return None;
        };
        self.attribute_of_path(context, path)
    }

    fn attribute_of_path(&self, context: &Context, path: &Path) -> Option<(Scope, usize)> {
        match path.names.as_slice() {
            [name] => {
                if self.names.words.contains_key(name.text.as_str()) && context.lines == Lines::Sum {
                    return None;
                }
                SCOPES.into_iter().find_map(|scope| {
                    let (slot, _) = self.names.attributes.get(&(scope, name.text.as_str()))?;
                    context.can_read(scope).then_some((scope, *slot))
                })
            }
            [scope, name] => {
                let scope = scope_of(&scope.text)?;
                let (slot, _) = self.names.attributes.get(&(scope, name.text.as_str()))?;
                Some((scope, *slot))
            }
            _ => None,
        }
    }

    /// May this attribute be missing here?
    pub(super) fn may_be_missing(&self, context: &Context, (scope, slot): (Scope, usize)) -> bool {
        let allowed = self.schema.attributes(scope).get(slot).is_some_and(|found| found.missing == Missing::Allowed);
        allowed && !context.known.contains(&(scope, slot))
    }

    /// `receipt.store`
    pub(super) fn scoped(
        &mut self,
        context: &Context,
        scope: Scope,
        name: &crate::syntax::ast::Name,
        span: Span,
    ) -> Option<Value> {
        let Some((slot, _)) = self.names.attributes.get(&(scope, name.text.as_str())) else {
            let known: Vec<&str> =
                self.names.attributes.keys().filter(|(of, _)| *of == scope).map(|(_, name)| *name).collect();
            self.unknown(&name.text, name.span, &format!("an attribute of {}", scope_name(scope)), known);
            return None;
        };
        let slot = *slot;
        if !context.can_read(scope) {
            self.note_read(scope, slot);
            self.not_here(&name.text, &format!("an attribute of {}", scope_name(scope)), span);
            return None;
        }
        self.attribute_value(context, scope, slot, span)
    }

    /// A number literal as a node, for forms that have one by meaning.
    pub(super) fn number(&mut self, number: Exact, span: Span) -> Value {
        self.node(Node::Literal(crate::plan::Literal::Number(number)), Type::Number, span)
    }
}

/// How a name was found among the attributes.
pub(super) enum Found {
    /// No attribute has that name.
    Nothing,
    /// One that can be read here.
    Here(Scope, usize),
    /// It cannot be read here; that has been said.
    Refused,
}

/// The type of an attribute's value.
pub(super) const fn value_type(kind: AttributeType) -> Type {
    match kind {
        AttributeType::Text => Type::Text,
        AttributeType::Number => Type::Number,
        AttributeType::Money => Type::Money,
        AttributeType::Date => Type::Date,
        AttributeType::Time => Type::Time,
        AttributeType::Flag => Type::Flag,
    }
}

/// `receipt` before a dot.
pub(super) fn scope_of(word: &str) -> Option<Scope> {
    SCOPES.into_iter().find(|scope| scope_word(*scope) == word)
}

const fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Line => "line",
        Scope::Receipt => "receipt",
        Scope::Action => "action",
        Scope::Member => "member",
    }
}

const fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Line => "a line",
        Scope::Receipt => "the receipt",
        Scope::Action => "the action",
        Scope::Member => "the member",
    }
}
