//! What sets a rule off, and so what it can read: `on action review`, `on the 5th purchase`.

use super::Checker;
use super::context::{Context, Place};
use crate::diag::Code;
use crate::plan::{Trigger, Window};
use crate::source::Span;
use crate::syntax::ast::{self, Fact, Ordinal, RuleClause};
use crate::ty::Kind;

impl<'a> Checker<'a> {
    /// The trigger of a rule's clauses and the context it gives.
    pub(super) fn trigger(&mut self, rule: &'a ast::Rule) -> (Option<Trigger>, Place) {
        let mut found: Option<(Option<Trigger>, Place, Span)> = None;
        for clause in &rule.clauses {
            let (place, span) = match clause {
                RuleClause::On(trigger, span) => (place_of(trigger), *span),
                RuleClause::At(_, span) => (Place::Moment, *span),
                _ => continue,
            };
            if let Some((.., first)) = found {
                self.error(Code::RepeatedClause, span, "found a second `on` or `at`, expected one in a rule")
                    .label(first, "the first is here")
                    .help("write a rule for each");
                continue;
            }
            let trigger = match clause {
                RuleClause::On(trigger, span) => self.on(trigger, *span),
                RuleClause::At(edge, span) => self.edge(*edge, *span).map(Trigger::At),
                _ => None,
            };
            found = Some((trigger, place, span));
        }
        let purchase = Trigger::Fact { friends: false, kind: Kind::Purchase, action: None };
        found.map_or((Some(purchase), Place::Purchase), |(trigger, place, _)| (trigger, place))
    }

    fn on(&mut self, trigger: &'a ast::Trigger, span: Span) -> Option<Trigger> {
        let context = Context::new(Place::Moment);
        Some(match trigger {
            ast::Trigger::Fact { friends, fact } => {
                self.one_book |= *friends;
                let (kind, action) = self.fact_kind(fact)?;
                Trigger::Fact { friends: *friends, kind, action }
            }
            ast::Trigger::Nth { friends, every, ordinal, window } => {
                self.one_book |= *friends;
                if matches!(ordinal, Ordinal::Last | Ordinal::Nth(0)) {
                    self.error(
                        Code::InvalidNumber,
                        span,
                        "nobody knows which purchase is that one, expected `first`, `2nd`, `5th`",
                    );
                    return None;
                }
                let window = match window {
                    Some(window) => self.window(&context, window, span)?,
                    None => Window::Lifetime,
                };
                let visits = self.visits(window, "visits".to_owned());
                Trigger::Nth { friends: *friends, every: *every, ordinal: *ordinal, visits }
            }
            ast::Trigger::Entering(name) => {
                let (ladder, tier) = self.entered(name)?;
                Trigger::Entering(ladder, tier)
            }
            ast::Trigger::Period(period) => Trigger::StartOf(self.period(&context, period)?),
        })
    }
}

fn place_of(trigger: &ast::Trigger) -> Place {
    match trigger {
        ast::Trigger::Nth { .. } => Place::Purchase,
        ast::Trigger::Entering(_) | ast::Trigger::Period(_) => Place::Moment,
        ast::Trigger::Fact { fact, .. } => match fact {
            Fact::Purchase | Fact::Return => Place::Purchase,
            Fact::Action(_) => Place::Action,
            Fact::Redeem => Place::Redeem,
            Fact::Join | Fact::Merge | Fact::Adjust | Fact::Leave => Place::Moment,
        },
    }
}
