//! Limits: `at most 500 beans per store per calendar month, then 1%`.

use super::teller::{Case, Teller};
use crate::syntax::ast::{Expr, ExprKind, Limit, LimitKey, LiteralKind, OverLimit};

impl Teller<'_> {
    /// A limit as a part of a sentence.
    pub(super) fn limit(self, limit: &Limit) -> String {
        let room = self.value(&limit.room, Case::Subject);
        let mut keys: Vec<String> = limit.keys.iter().map(|key| self.limit_key(key)).collect();
        if is_for_life(limit) {
            keys.push(say!(self, "window-lifetime"));
        }
        let text = keys.iter().fold(say!(self, "limit", room = room), |text, key| format!("{text} {key}"));
        match &limit.over {
            None => text,
            Some(OverLimit::AllOrNothing) => say!(self, "limit-all-or-nothing", limit = text),
            Some(OverLimit::Then(rate)) => {
                say!(self, "limit-then", limit = text, rate = self.value(rate, Case::Subject))
            }
            Some(OverLimit::Carried) => say!(self, "limit-carried", limit = text),
        }
    }

    /// Several limits, with a comma between.
    pub(super) fn limits(self, limits: &[Limit]) -> String {
        self.listed(limits.iter().map(|limit| self.limit(limit)))
    }

    fn limit_key(self, key: &LimitKey) -> String {
        match key {
            LimitKey::Per(kalendar) => self.kalendar(*kalendar),
            LimitKey::Window(window) => self.window(window),
            LimitKey::Named(name) => match name.text.as_str() {
                "receipt" => say!(self, "key-receipt"),
                "member" => say!(self, "key-member"),
                "friend" => say!(self, "key-friend"),
                "programme" => say!(self, "key-programme"),
                "occurrence" => say!(self, "key-occurrence"),
                "sku" => say!(self, "key-sku"),
                other => say!(self, "key-attribute", name = other),
            },
        }
    }
}

/// Without a word of when, room is counted for good; a share of a receipt and what is counted by receipts is not.
fn is_for_life(limit: &Limit) -> bool {
    let timed = limit.keys.iter().any(|key| match key {
        LimitKey::Per(_) | LimitKey::Window(_) => true,
        LimitKey::Named(name) => ["receipt", "occurrence", "programme"].contains(&name.text.as_str()),
    });
    !timed && !is_share(&limit.room)
}

fn is_share(room: &Expr) -> bool {
    match &room.kind {
        ExprKind::Of(..) | ExprKind::Literal(LiteralKind::Percent(_)) => true,
        ExprKind::Table(table) => table.rows.iter().any(|row| is_share(&row.value)),
        _ => false,
    }
}
