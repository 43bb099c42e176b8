//! Expressions: `spend >= 100 RUB and category not in no_goods`, each form to its node.

use super::Checker;
use super::context::{Context, Value};
use super::names::Word;
use super::types::{is_numeric, is_plain};
use crate::diag::Code;
use crate::plan::{ExprId, Literal, Node, Type};
use crate::source::Span;
use crate::syntax::ast::{self, Compare, Expr, ExprKind, Factor, LiteralKind, Measure, SetExpr, Sign};
use crate::value::Exact;

impl<'a> Checker<'a> {
    /// Adds a node.
    pub(super) fn node(&mut self, node: Node, ty: Type, span: Span) -> Value {
        let id = ExprId::new(self.nodes.len());
        let inside = node.children().into_iter().map(|child| self.cost(child));
        self.costs.push(inside.fold(1, u32::saturating_add));
        self.nodes.push(node);
        self.types.push(ty);
        self.spans.push(span);
        Value { id, ty, span }
    }

    /// A condition; what it shows to be known stays known in the context.
    pub(super) fn condition(&mut self, context: &mut Context, expr: &'a Expr) -> Option<ExprId> {
        let value = self.value(context, expr);
        self.learn(context, expr);
        let value = value?;
        if value.ty != Type::Flag {
            self.mismatch(value, "a condition, which is yes or no");
            return None;
        }
        self.is_of_bounded_cost(value.id).then_some(value.id)
    }

    /// Notes what is known when the condition holds.
    fn learn(&self, context: &mut Context, expr: &Expr) {
        match &expr.kind {
            ExprKind::And(parts) => parts.iter().for_each(|part| self.learn(context, part)),
            ExprKind::IsKnown(value) => context.known.extend(self.attribute_of(context, value)),
            _ => {}
        }
    }

    /// Any value.
    pub(super) fn value(&mut self, context: &Context, expr: &'a Expr) -> Option<Value> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, span),
            ExprKind::Counted { measure, window, including } => {
                self.counted(context, measure, window.as_ref(), *including, span)
            }
            ExprKind::Within(duration, anchor) => self.within(context, *duration, anchor, span),
            ExprKind::DaysSince(anchor) => self.days_since(context, anchor, span),
            ExprKind::Or(parts) => self.or(context, parts, span),
            ExprKind::And(parts) => self.and(context, parts, span),
            ExprKind::Not(part) => {
                let id = self.flag(context, part)?;
                Some(self.node(Node::Not(id), Type::Flag, span))
            }
            ExprKind::Compare(compare, left, right) => self.compare(context, *compare, left, right, span),
            ExprKind::In { value, negated, set } => self.is_in(context, value, *negated, set, span),
            ExprKind::IsKnown(value) => self.is_known(context, value, span),
            ExprKind::Of(share, base) => self.share_of(context, share, base, span),
            ExprKind::Per(..) => {
                self.error(Code::NotHere, span, "found a rate, expected a value")
                    .help("a rate like `1 bean per full 20 RUB` stands in `give`, in a parameter or as a tier's value");
                None
            }
            ExprKind::Table(_) => {
                self.error(Code::NotHere, span, "found a table, expected a value")
                    .help("a table stands in `give` or in a parameter that is given");
                None
            }
            ExprKind::Sum(parts) => self.sum(context, parts, span),
            ExprKind::Product(parts) => self.product(context, parts, span),
            ExprKind::Negative(part) => {
                let value = self.value(context, part)?;
                if !is_numeric(value.ty) {
                    self.mismatch(value, "a number after `-`");
                    return None;
                }
                Some(self.node(Node::Sum(vec![(value.id, true)]), value.ty, span))
            }
        }
    }

    /// A value that is yes or no.
    fn flag(&mut self, context: &Context, expr: &'a Expr) -> Option<ExprId> {
        let value = self.value(context, expr)?;
        if value.ty != Type::Flag {
            self.mismatch(value, "a condition, which is yes or no");
            return None;
        }
        Some(value.id)
    }

    /// `5%`, `20 RUB`, `"cakes"`
    pub(super) fn literal(&mut self, literal: &LiteralKind, span: Span) -> Option<Value> {
        let (literal, ty) = match literal {
            LiteralKind::Number(number) => (Literal::Number(*number), Type::Number),
            LiteralKind::Percent(number) => {
                let share = number.over(Exact::whole(100)).ok()?;
                (Literal::Number(share), Type::Percent)
            }
            LiteralKind::Quantity(number, name) => (Literal::Number(*number), self.quantity_type(name)?),
            LiteralKind::Text(text) => (Literal::Text(self.texts.intern(text)), Type::Text),
            LiteralKind::Date(day) => (Literal::Date(*day), Type::Date),
            LiteralKind::Time(time) => (Literal::Time(*time), Type::Time),
            LiteralKind::Flag(flag) => (Literal::Flag(*flag), Type::Flag),
        };
        // In lowest terms, so that what is worked out with it stays small.
        let literal = if let Literal::Number(number) = literal { Literal::Number(number.lowest()) } else { literal };
        Some(self.node(Node::Literal(literal), ty, span))
    }

    fn quantity_type(&mut self, name: &ast::Name) -> Option<Type> {
        let word = name.text.as_str();
        if self.names.currency.is_some_and(|currency| currency.text == word) {
            return Some(Type::Money);
        }
        match self.names.words.get(word).copied() {
            Some((Word::Unit(unit), _)) => return Some(Type::Units(unit)),
            Some((Word::Counter(counter), _)) => {
                self.read.insert(format!("counter {}", counter.index()));
                return Some(Type::Counted(counter));
            }
            Some((word, _)) => {
                let found = word.kind();
                self.error(
                    Code::WrongKind,
                    name.span,
                    format!("`{}` is {found}, expected a currency, a unit or a counter after a number", name.text),
                );
                return None;
            }
            None => {}
        }
        if matches!(word, "day" | "days") {
            return Some(Type::Days);
        }
        if matches!(word, "time" | "times" | "receipt" | "receipts" | "members") {
            self.error(Code::NotHere, name.span, format!("`{word}` is counted in limits alone"))
                .help(format!("write `at most 5 {word}`, or declare a counter with this noun"));
            return None;
        }
        let known: Vec<&str> = self
            .names
            .currency
            .map(|currency| currency.text.as_str())
            .into_iter()
            .chain(
                self.names
                    .words
                    .iter()
                    .filter(|(_, (word, _))| matches!(word, Word::Unit(_) | Word::Counter(_)))
                    .map(|(name, _)| *name),
            )
            .collect();
        let help = self.quantity_wording(word, &known);
        self.unknown_or(word, name.span, "a currency, a unit or a counter", known, help);
        None
    }

    fn or(&mut self, context: &Context, parts: &'a [Expr], span: Span) -> Option<Value> {
        if let [value, default] = parts
            && let Some(attribute) = self.attribute_of(context, value)
            && matches!(default.kind, ExprKind::Literal(_))
        {
            return self.default(context, value, default, attribute, span);
        }
        let flags: Vec<Option<ExprId>> = parts.iter().map(|part| self.flag(context, part)).collect();
        let flags: Option<Vec<ExprId>> = flags.into_iter().collect();
        Some(self.node(Node::Or(flags?), Type::Flag, span))
    }

    /// `channel or "store"`
    fn default(
        &mut self,
        context: &Context,
        value: &'a Expr,
        default: &'a Expr,
        attribute: (crate::ty::Scope, usize),
        span: Span,
    ) -> Option<Value> {
        if !self.may_be_missing(context, attribute) {
            let name = self.source.slice(value.span).to_owned();
            self.error(
                Code::TypeMismatch,
                default.span,
                format!("`{name}` is never missing here, expected no value after `or`"),
            )
            .help(format!("write `{name}` alone"));
            return None;
        }
        let mut known = context.clone();
        known.known.push(attribute);
        let value = self.value(&known, value)?;
        let default = self.value(context, default)?;
        let ty = self.unify(value, default, "like what it stands in for")?;
        Some(self.node(Node::Default(value.id, default.id), ty, span))
    }

    fn and(&mut self, context: &Context, parts: &'a [Expr], span: Span) -> Option<Value> {
        let mut inner = context.clone();
        let flags: Vec<Option<ExprId>> = parts.iter().map(|part| self.condition(&mut inner, part)).collect();
        let flags: Option<Vec<ExprId>> = flags.into_iter().collect();
        Some(self.node(Node::And(flags?), Type::Flag, span))
    }

    /// The single name that an expression consists of: `Gold` or `"Gold Plus"`.
    pub(super) fn single_name(expr: &Expr) -> Option<&str> {
        match &expr.kind {
            ExprKind::Counted { measure: Measure::Path(path), window: None, including: false } => {
                match path.names.as_slice() {
                    [name] if path.before.is_none() => Some(&name.text),
                    _ => None,
                }
            }
            ExprKind::Literal(LiteralKind::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Is it a name that means nothing but a tier?
    pub(super) fn is_tier_name(&self, expr: &Expr) -> bool {
        let bare = matches!(expr.kind, ExprKind::Counted { .. });
        Self::single_name(expr)
            .is_some_and(|name| self.names.tiers.contains_key(name) && bare && !self.names.words.contains_key(name))
    }

    /// A tier of this ladder by its name, or any other value.
    pub(super) fn value_or_tier(&mut self, context: &Context, expr: &'a Expr, other: Type) -> Option<Value> {
        let Type::Tier(ladder) = other else { return self.value(context, expr) };
        let Some(name) = Self::single_name(expr).filter(|name| !self.names.words.contains_key(name)) else {
            return self.value(context, expr);
        };
        let found = self.names.tiers.get(name).and_then(|list| list.iter().find(|tier| tier.0 == ladder)).copied();
        if let Some((_, level, _)) = found {
            return Some(self.node(Node::Literal(Literal::Tier(level)), other, expr.span));
        }
        let tiers: Vec<&str> = self
            .names
            .ladders
            .get(ladder.index())
            .map(|found| found.tiers.iter().map(|tier| tier.name.text.as_str()).collect())
            .unwrap_or_default();
        let expected = self.type_name(other);
        self.unknown(name, expr.span, &expected, tiers);
        None
    }

    fn compare(
        &mut self,
        context: &Context,
        compare: Compare,
        left: &'a Expr,
        right: &'a Expr,
        span: Span,
    ) -> Option<Value> {
        let (left, right) = if self.is_tier_name(left) {
            let right = self.value(context, right)?;
            (self.value_or_tier(context, left, right.ty)?, right)
        } else {
            let left = self.value(context, left);
            // Without the left type a bare tier cannot be judged, everything else can.
            let right = match left {
                Some(left) => self.value_or_tier(context, right, left.ty),
                None if self.is_tier_name(right) => None,
                None => self.value(context, right),
            };
            (left?, right?)
        };
        let ty = self.unify(left, right, "to compare with")?;
        if matches!(ty, Type::Text | Type::Flag) && !matches!(compare, Compare::Equal | Compare::NotEqual) {
            let name = self.type_name(ty);
            self.error(Code::TypeMismatch, span, format!("found {name}, expected something that has an order"))
                .help("compare with `=` or `!=`");
            return None;
        }
        Some(self.node(Node::Compare(compare, left.id, right.id), Type::Flag, span))
    }

    fn is_in(
        &mut self,
        context: &Context,
        value: &'a Expr,
        negated: bool,
        set: &'a SetExpr,
        span: Span,
    ) -> Option<Value> {
        let value = self.value(context, value);
        let literals = self.set_literals(set)?;
        let value = value?;
        let mut list = Vec::with_capacity(literals.len());
        let mut fits = true;
        for literal in literals {
            match self.member_of_set(value, literal) {
                Some(found) => list.push(found),
                None => fits = false,
            }
        }
        if !fits {
            return None;
        }
        let found = self.node(Node::In(value.id, list), Type::Flag, span);
        Some(if negated { self.node(Node::Not(found.id), Type::Flag, span) } else { found })
    }

    fn set_literals(&mut self, set: &'a SetExpr) -> Option<&'a [ast::Literal]> {
        let name = match set {
            SetExpr::Literals(list) => return Some(list),
            SetExpr::Named(name) => name,
        };
        match self.names.words.get(name.text.as_str()).copied() {
            Some((Word::List(list), _)) => {
                self.read.insert(format!("list {}", name.text));
                self.names.lists.get(list).map(|found| found.values.as_slice())
            }
            Some((word, _)) => {
                let found = word.kind();
                self.error(
                    Code::WrongKind,
                    name.span,
                    format!("`{}` is {found}, expected a list after `in`", name.text),
                )
                .help("write `[\"a\", \"b\"]`, or name a list");
                None
            }
            None => {
                let known: Vec<&str> = self.names.lists.iter().map(|list| list.name.text.as_str()).collect();
                self.unknown(&name.text, name.span, "a list", known);
                None
            }
        }
    }

    fn member_of_set(&mut self, value: Value, literal: &'a ast::Literal) -> Option<Literal> {
        if let (Type::Tier(ladder), LiteralKind::Text(text)) = (value.ty, &literal.kind) {
            let found = self.names.tiers.get(text.as_str()).and_then(|list| list.iter().find(|tier| tier.0 == ladder));
            if let Some((_, level, _)) = found {
                return Some(Literal::Tier(*level));
            }
            let expected = self.type_name(value.ty);
            let tiers: Vec<&str> = self.names.tiers.keys().copied().collect();
            self.unknown(text, literal.span, &expected, tiers);
            return None;
        }
        let member = self.literal(&literal.kind, literal.span)?;
        self.unify(value, member, "in the list")?;
        match self.nodes.get(member.id.index()) {
            Some(Node::Literal(literal)) => Some(*literal),
            _ => None,
        }
    }

    fn is_known(&mut self, context: &Context, value: &'a Expr, span: Span) -> Option<Value> {
        let Some(attribute) = self.attribute_of(context, value) else {
            let value = self.value(context, value)?;
            self.error(
                Code::TypeMismatch,
                value.span,
                "found a value that is always known, expected an attribute before `is known`",
            );
            return None;
        };
        let mut known = context.clone();
        known.known.push(attribute);
        let value = self.value(&known, value)?;
        Some(self.node(Node::IsKnown(value.id), Type::Flag, span))
    }

    fn sum(&mut self, context: &Context, parts: &'a [(Sign, Expr)], span: Span) -> Option<Value> {
        let mut list = Vec::with_capacity(parts.len());
        let mut total: Option<Value> = None;
        let mut fits = true;
        for (sign, part) in parts {
            let Some(value) = self.value(context, part) else {
                fits = false;
                continue;
            };
            if !is_numeric(value.ty) {
                self.mismatch(value, "a number in a sum");
                fits = false;
                continue;
            }
            list.push((value.id, *sign == Sign::Minus));
            total = match total {
                None => Some(value),
                Some(left) => {
                    let ty = self.unify(left, value, "in this sum");
                    fits &= ty.is_some();
                    Some(ty.map_or(left, |ty| Value { ty, ..left }))
                }
            };
        }
        let total = total.filter(|_| fits)?;
        Some(self.node(Node::Sum(list), total.ty, span))
    }

    fn product(&mut self, context: &Context, parts: &'a [(Factor, Expr)], span: Span) -> Option<Value> {
        let values: Vec<Option<Value>> = parts.iter().map(|(_, part)| self.value(context, part)).collect();
        let mut list = Vec::with_capacity(parts.len());
        let mut ty: Option<Type> = None;
        for ((factor, _), value) in parts.iter().zip(values) {
            let value = value?;
            if !is_numeric(value.ty) {
                self.mismatch(value, "a number in a product");
                return None;
            }
            if *factor == Factor::Over && self.is_literal_zero(value.id) {
                self.error(Code::InvalidNumber, value.span, "found a division by zero, expected another number");
                return None;
            }
            list.push((*factor, value.id));
            ty = Some(match ty {
                None => value.ty,
                Some(left) => self.times(*factor, left, value)?,
            });
        }
        Some(self.node(Node::Product(list), ty?, span))
    }

    fn is_literal_zero(&self, id: ExprId) -> bool {
        matches!(self.nodes.get(id.index()), Some(Node::Literal(Literal::Number(number))) if number.is_zero())
    }

    fn times(&mut self, factor: Factor, left: Type, right: Value) -> Option<Type> {
        let ty = match (factor, left, right.ty) {
            (_, left, right) if is_plain(right) => Some(left),
            (Factor::Times, left, right) if is_plain(left) => Some(right),
            (Factor::Times, Type::Percent, right) => Some(right),
            (_, left, Type::Percent) => Some(left),
            (Factor::Over, left, right) if left == right => Some(Type::Number),
            _ => None,
        };
        if ty.is_none() {
            let (a, b) = (self.type_name(left), self.type_name(right.ty));
            let (verb, expected) = match factor {
                Factor::Times => ("times", "a plain number or a percent"),
                Factor::Over => ("divided by", "a plain number, or the same unit"),
            };
            self.error(Code::UnitMismatch, right.span, format!("found {a} {verb} {b}, expected {expected}"));
        }
        ty
    }

    /// `5% of spend` as a value.
    fn share_of(&mut self, context: &Context, share: &'a Expr, base: &'a Expr, span: Span) -> Option<Value> {
        let share = self.value(context, share);
        let base = match self.rule_name(base) {
            Some(name) => self.given(name, base.span),
            None => self.value(context, base),
        };
        let (share, base) = (share?, base?);
        if share.ty != Type::Percent {
            self.mismatch(share, "a percent before `of`");
            return None;
        }
        if !is_numeric(base.ty) {
            self.mismatch(base, "a number or money after `of`");
            return None;
        }
        let product = vec![(Factor::Times, share.id), (Factor::Times, base.id)];
        Some(self.node(Node::Product(product), base.ty, span))
    }

    /// The rule that an expression after `of` names.
    pub(super) fn rule_name(&self, expr: &'a Expr) -> Option<&'a str> {
        let name = Self::single_name(expr)?;
        let quoted = matches!(expr.kind, ExprKind::Literal(_));
        let known = self.names.by_rule.contains_key(name) && !self.names.words.contains_key(name);
        (quoted || known).then_some(name)
    }

    /// What a rule gave on this event, as a value.
    pub(super) fn given(&mut self, name: &str, span: Span) -> Option<Value> {
        let rules = self.rules_named(&ast::Name { text: name.to_owned(), span })?;
        let units: Vec<crate::plan::UnitId> =
            rules.iter().filter_map(|rule| self.rule_units.get(rule.index())).flatten().copied().collect();
        let Some(unit) = units.first().copied() else {
            if rules.iter().any(|rule| self.circular.contains(rule)) {
                return None;
            }
            self.error(Code::TypeMismatch, span, format!("rule `{name}` gives no units, expected a rule that does"));
            return None;
        };
        let ty = Type::Units(unit);
        let parts: Vec<Value> = rules.into_iter().map(|rule| self.node(Node::Given(rule), ty, span)).collect();
        match parts.as_slice() {
            [one] => Some(*one),
            many => {
                let list = many.iter().map(|part| (part.id, false)).collect();
                Some(self.node(Node::Sum(list), ty, span))
            }
        }
    }
}
