//! Limits: `at most 500 beans per store per calendar month, then 1%`.

use super::Checker;
use super::context::{Context, Value};
use super::formula::Award;
use crate::diag::Code;
use crate::plan::{ExprId, Limit, LimitId, LimitKey, Literal, Measured, Node, OverLimit, Type, UnitId, Window};
use crate::source::Span;
use crate::syntax::ast::{self, ExprKind, LiteralKind, Name};
use crate::ty::{AttributeType, Scope};
use crate::value::Exact;

/// What a limit binds.
#[derive(Debug, Clone, Default)]
pub(super) struct Bound {
    /// The units that are given; empty where a tier is given or nothing is known.
    pub(super) units: Vec<UnitId>,
    /// Does the rule have occurrences: `during`, `on` a period?
    pub(super) occurs: bool,
    /// The award with its base, for `then 1%`.
    pub(super) award: Award,
}

/// `30% of spend`, and not `30% of spend lifetime`
fn is_share_of_receipt(room: &ast::Expr) -> bool {
    let ExprKind::Of(_, base) = &room.kind else { return false };
    matches!(&base.kind, ExprKind::Counted { window: None, .. })
}

impl<'a> Checker<'a> {
    pub(super) fn limit(&mut self, context: &Context, limit: &'a ast::Limit, bound: &Bound) -> Option<LimitId> {
        let room = self.room(context, &limit.room);
        if let Some((_, measured)) = room {
            self.fits_award(measured, bound, limit.room.span)?;
        }
        let keys = self.limit_keys(context, limit, bound);
        let over = self.over_limit(context, limit, bound, keys.as_ref().and_then(|(_, window)| window.as_ref()));
        let (room, measured) = room?;
        let (mut keys, mut window) = keys?;
        // A share of this receipt is room on this receipt, unless a period or a key says otherwise.
        let of_receipt = self.any_node(room, &|node| matches!(node, Node::Lines(_) | Node::Receipt(_)));
        if of_receipt && limit.keys.is_empty() {
            window = None;
        }
        if measured == Measured::Members {
            self.one_book = true;
            if !keys.contains(&LimitKey::Programme) {
                keys.push(LimitKey::Programme);
            }
        }
        let id = LimitId::new(self.limits.len());
        self.limits.push(Limit {
            text: self.source.slice(limit.span).to_owned(),
            room,
            measured,
            keys,
            window,
            over: over?,
        });
        Some(id)
    }

    fn room(&mut self, context: &Context, room: &'a ast::Expr) -> Option<(ExprId, Measured)> {
        if let ExprKind::Literal(LiteralKind::Quantity(number, name)) = &room.kind
            && !self.names.words.contains_key(name.text.as_str())
        {
            let measured = match name.text.as_str() {
                "time" | "times" => Some(Measured::Times),
                "receipt" | "receipts" => Some(Measured::Receipts),
                "member" | "members" => Some(Measured::Members),
                _ => None,
            };
            if let Some(measured) = measured {
                self.room_above_zero(*number, room.span);
                return Some((self.number(*number, room.span).id, measured));
            }
        }
        let value = self.value(context, room)?;
        if let Some(number) = self.literal_number(value.id) {
            self.room_above_zero(number, room.span);
        }
        let measured = match value.ty {
            Type::Units(unit) => Measured::Units(unit),
            Type::Money => Measured::Money,
            Type::Percent => {
                let written = self.source.slice(value.span).to_owned();
                self.error(Code::PercentWithoutOf, value.span, "found a percent, expected also of what")
                    .help(format!("write `{written} of spend`"));
                return None;
            }
            _ => {
                self.limit_of_number(value);
                return None;
            }
        };
        Some((value.id, measured))
    }

    fn limit_of_number(&mut self, value: Value) {
        let found = self.type_name(value.ty);
        let written = self.source.slice(value.span).to_owned();
        self.error(
            Code::LimitUnit,
            value.span,
            format!("found {found}, expected units, money, times, receipts or members"),
        )
        .help(format!("write `{written} times`, or `{written}` and a unit"));
    }

    fn room_above_zero(&mut self, number: Exact, span: Span) {
        if !number.is_positive() {
            self.warning(Code::NoEffect, span, "a limit of nothing lets nothing be given")
                .help("leave the rule out, or raise the limit");
        }
    }

    fn fits_award(&mut self, measured: Measured, bound: &Bound, span: Span) -> Option<()> {
        match measured {
            Measured::Units(unit) => {
                let other = bound.units.iter().copied().find(|given| *given != unit);
                let Some(given) = other else { return Some(()) };
                let (found, expected) = (self.unit_key(unit).to_owned(), self.unit_key(given).to_owned());
                self.error(
                    Code::LimitUnit,
                    span,
                    format!("found a limit in {found}, expected {expected}, which are given"),
                )
                .help(format!("write the limit in {expected}, in money or in `times`"));
                None
            }
            Measured::Money if bound.award.money => Some(()),
            Measured::Money => bound.units.iter().try_for_each(|unit| self.worth_of(*unit, span)),
            Measured::Times | Measured::Receipts | Measured::Members => Some(()),
        }
    }

    fn limit_keys(
        &mut self,
        context: &Context,
        limit: &'a ast::Limit,
        bound: &Bound,
    ) -> Option<(Vec<LimitKey>, Option<Window>)> {
        let mut keys: Vec<LimitKey> = Vec::new();
        let mut window: Option<Window> = None;
        let mut per_receipt = false;
        let mut fits = true;
        for key in &limit.keys {
            let found = match key {
                ast::LimitKey::Per(kalendar) => self.kalendar(*kalendar, limit.span).map(Window::This),
                ast::LimitKey::Window(found) => self.window(context, found, limit.span),
                ast::LimitKey::Named(name) if name.text == "receipt" => {
                    per_receipt = true;
                    continue;
                }
                ast::LimitKey::Named(name) => {
                    match self.limit_key(context, name, bound) {
                        Some(key) if keys.contains(&key) => {
                            self.error(
                                Code::RepeatedClause,
                                name.span,
                                format!("found `per {}` twice, expected it once", name.text),
                            );
                        }
                        Some(key) => keys.push(key),
                        None => fits = false,
                    }
                    continue;
                }
            };
            match (found, &window) {
                (None, _) => fits = false,
                (Some(_), Some(_)) => {
                    self.error(Code::RepeatedClause, limit.span, "found two periods in one limit, expected one")
                        .help("write two limits");
                    fits = false;
                }
                (Some(found), None) => window = Some(found),
            }
        }
        if per_receipt && window.is_some() {
            self.error(Code::RepeatedClause, limit.span, "found a period besides `per receipt`, expected one of them")
                .help("write two limits");
            return None;
        }
        // A share of what a receipt costs leaves room on that receipt.
        let per_receipt = per_receipt || window.is_none() && is_share_of_receipt(&limit.room);
        let window = if per_receipt { None } else { Some(window.unwrap_or(Window::Lifetime)) };
        fits.then_some((keys, window))
    }

    fn limit_key(&mut self, context: &Context, name: &'a Name, bound: &Bound) -> Option<LimitKey> {
        match name.text.as_str() {
            "member" => return Some(LimitKey::Member),
            "programme" => {
                self.one_book = true;
                return Some(LimitKey::Programme);
            }
            "friend" => {
                self.one_book = true;
                return Some(LimitKey::Friend);
            }
            "occurrence" if bound.occurs => return Some(LimitKey::Occurrence),
            "occurrence" => {
                self.error(
                    Code::NotHere,
                    name.span,
                    "nothing occurs in this rule, expected `during …` for `per occurrence`",
                )
                .help("write `during …`, or a calendar period: `per calendar year`");
                return None;
            }
            "sku" => return Some(LimitKey::Sku),
            _ => {}
        }
        let found = [Scope::Line, Scope::Receipt, Scope::Action, Scope::Member].into_iter().find_map(|scope| {
            self.names.attributes.get(&(scope, name.text.as_str())).map(|(slot, decl)| (scope, *slot, decl.kind))
        });
        let Some((scope, slot, kind)) = found else {
            let known: Vec<&str> = ["receipt", "member", "friend", "programme", "occurrence", "sku"]
                .into_iter()
                .chain(self.names.attributes.keys().map(|(_, name)| *name))
                .collect();
            self.unknown(&name.text, name.span, "what the limit is counted by", known);
            return None;
        };
        self.note_read(scope, slot);
        if !context.can_read(scope) {
            self.not_here(&name.text, "an attribute of the purchase", name.span);
            return None;
        }
        if matches!(kind, Some(AttributeType::Number | AttributeType::Money)) {
            self.error(
                Code::TypeMismatch,
                name.span,
                format!("`{}` is a number, expected a text to count the limit by", name.text),
            );
            return None;
        }
        Some(match scope {
            Scope::Line => LimitKey::Line(slot),
            Scope::Member => LimitKey::MemberAttribute(slot),
            Scope::Receipt | Scope::Action => LimitKey::Receipt(slot),
        })
    }

    fn over_limit(
        &mut self,
        context: &Context,
        limit: &'a ast::Limit,
        bound: &Bound,
        window: Option<&Window>,
    ) -> Option<OverLimit> {
        match &limit.over {
            None => Some(OverLimit::Cut),
            Some(ast::OverLimit::AllOrNothing) => Some(OverLimit::AllOrNothing),
            Some(ast::OverLimit::Then(rate)) => {
                let mut award = bound.award.clone();
                let Some(base) = award.base.take() else {
                    self.error(
                        Code::MissingValue,
                        rate.span,
                        "what is given has no base, expected a share of money before `then`",
                    )
                    .help("write `give 5% of spend as …, at most …, then 1%`");
                    return None;
                };
                award.unit = award.unit.or(bound.units.first().copied());
                // Money of the base becomes units here, whether or not the award itself said `as`.
                award.named = Some(rate.span);
                let of = if matches!(rate.kind, ExprKind::Of(..)) { None } else { Some(&base) };
                Some(OverLimit::Then(Box::new(self.formula(context, rate, of, &mut award)?)))
            }
            Some(ast::OverLimit::Carried) => {
                if !matches!(window, Some(Window::This(_))) {
                    self.error(
                        Code::MissingValue,
                        limit.span,
                        "there is no next period to carry to, expected a calendar period",
                    )
                    .help("write `per calendar month`");
                    return None;
                }
                Some(OverLimit::Carried)
            }
        }
    }

    /// Warns of a limit in times per receipt that can never bind.
    pub(super) fn warn_of_idle_limit(&mut self, id: LimitId, span: Span) {
        let Some(limit) = self.limits.get(id.index()) else { return };
        let idle = limit.window.is_none()
            && limit.keys.is_empty()
            && matches!(limit.measured, Measured::Times | Measured::Receipts | Measured::Members)
            && matches!(self.nodes.get(limit.room.index()), Some(Node::Literal(Literal::Number(room))) if room.compare(Exact::ONE).is_ok_and(std::cmp::Ordering::is_ge));
        if idle {
            self.warning(Code::NoEffect, span, "a rule gives once on a receipt anyway, so this limit changes nothing")
                .help("write over which period: `per calendar month`");
        }
    }
}
