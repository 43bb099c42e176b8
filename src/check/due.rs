//! Moments to come and the moments they hang on: `6 months after opening, at end of month`,
//! `within 30 days of joining`, `days since the last purchase`.

use super::Checker;
use super::context::{Context, Place, Value};
use super::names::Word;
use super::types::is_plain;
use crate::diag::Code;
use crate::plan::{Anchor, Due, DueBase, Edge, Expiry, Kalendar, LadderId, Length, Node, Opening, Type, Window};
use crate::source::Span;
use crate::syntax::ast::{self, Activity, Feast, KalendarKind};
use crate::time::Duration;

/// For what a moment is worked out; not every moment is known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DueFor {
    /// `opens`
    Opening,
    /// `expires`
    Expiry,
    /// `keep`, and `opens` of a ladder
    Ladder,
}

impl<'a> Checker<'a> {
    /// `14 days after earning`
    pub(super) fn due(&mut self, context: &Context, due: &'a ast::Due, what: DueFor) -> Option<Due> {
        let base = match &due.base {
            ast::DueBase::On(day) => DueBase::On(*day),
            ast::DueBase::After(length, anchor) => {
                let length = self.length(length, due.span, what);
                let anchor = self.due_anchor(context, anchor, due.span, what);
                DueBase::After(length?, anchor?)
            }
            ast::DueBase::At(anchor) => DueBase::At(self.due_anchor(context, anchor, due.span, what)?),
        };
        let snap = match &due.snap {
            Some(edge) => Some(self.edge(*edge, due.span)?),
            None => None,
        };
        Some(Due { base, snap })
    }

    fn length(&mut self, length: &'a ast::Length, span: Span, what: DueFor) -> Option<Length> {
        match length {
            ast::Length::Fixed(duration) => {
                if duration.is_elapsed() && what != DueFor::Opening {
                    self.hours(span, "a number of days, weeks, months or years");
                    return None;
                }
                Some(Length::Fixed(*duration))
            }
            ast::Length::Value(path, unit) => {
                let expr = self.path_as_number(path)?;
                Some(Length::Value(expr.id, *unit))
            }
        }
    }

    fn path_as_number(&mut self, path: &'a ast::Path) -> Option<Value> {
        let context = Context::new(Place::Moment);
        let value = self.value_of_path(&context, path)?;
        if !is_plain(value.ty) {
            self.mismatch(value, "a plain number before days, months or years");
            return None;
        }
        Some(value)
    }

    fn value_of_path(&mut self, context: &Context, path: &'a ast::Path) -> Option<Value> {
        if let Some((ladder, at)) = self.tier_value_of(path) {
            self.read.insert(format!("tier value {}.{at}", ladder.index()));
            let values = self.tier_values(ladder, at)?;
            return Some(self.node(Node::TierValue(ladder, at), values.ty, path.span));
        }
        if let Some(param) = self.param_of(path) {
            return self.param_value(param, path.span);
        }
        let _ = context;
        let text = self.source.slice(path.span).to_owned();
        let known: Vec<&str> = self.names.params.iter().map(|param| param.name.text.as_str()).collect();
        self.unknown(&text, path.span, "a parameter or a value of the tiers", known);
        None
    }

    pub(super) fn hours(&mut self, span: Span, expected: &str) {
        self.error(Code::BadDuration, span, format!("found hours or minutes, expected {expected}"))
            .help("write whole days: `1 day`");
    }

    fn due_anchor(&mut self, context: &Context, anchor: &'a ast::Anchor, span: Span, what: DueFor) -> Option<Anchor> {
        let fits = match anchor {
            ast::Anchor::Earning => what != DueFor::Ladder,
            ast::Anchor::Opening => what == DueFor::Expiry,
            ast::Anchor::Reaching => what == DueFor::Ladder,
            _ => true,
        };
        if !fits {
            let (found, help) = match (anchor, what) {
                (ast::Anchor::Reaching, _) => ("reaching", "an award is counted from `earning`"),
                (ast::Anchor::Opening, DueFor::Opening) => ("opening", "what opens later is counted from `earning`"),
                (ast::Anchor::Opening, _) => ("opening", "a tier is counted from `reaching`"),
                _ => ("earning", "a tier is counted from `reaching`"),
            };
            self.error(Code::NotHere, span, format!("`{found}` has no moment here")).help(help);
            return None;
        }
        self.anchor(context, anchor, span)
    }

    /// A moment that something happens at.
    pub(super) fn anchor(&mut self, context: &Context, anchor: &'a ast::Anchor, span: Span) -> Option<Anchor> {
        Some(match anchor {
            ast::Anchor::Earning => Anchor::Earning,
            ast::Anchor::Opening => Anchor::Opening,
            ast::Anchor::Reaching => Anchor::Reaching,
            ast::Anchor::Joining => Anchor::Joining,
            ast::Anchor::Last(Activity::Purchase) => Anchor::LastPurchase,
            ast::Anchor::Last(Activity::Award) => Anchor::LastAward(context.unit),
            ast::Anchor::Last(Activity::Redemption) => Anchor::LastRedemption(context.unit),
            ast::Anchor::Entering(name) => {
                let (ladder, tier) = self.entered(name)?;
                Anchor::Entering(ladder, tier)
            }
            ast::Anchor::Action(name) => Anchor::Action(self.action_named(name)?),
            ast::Anchor::Feast(feast) => Anchor::Feast(self.feast(*feast, span)?),
            ast::Anchor::Edge(edge) => Anchor::Edge(self.edge(*edge, span)?),
        })
    }

    /// `entering Gold`, `entering status`
    pub(super) fn entered(&mut self, name: &ast::Name) -> Option<(LadderId, Option<u8>)> {
        if let Some((Word::Ladder(ladder), _)) = self.names.words.get(name.text.as_str()) {
            return Some((*ladder, None));
        }
        let (ladder, tier) = self.tier_named(name, "a tier or a ladder")?;
        Some((ladder, Some(tier)))
    }

    /// The tier of a name, which must be in one ladder alone.
    pub(super) fn tier_named(&mut self, name: &ast::Name, expected: &str) -> Option<(LadderId, u8)> {
        let found = self.names.tiers.get(name.text.as_str()).cloned().unwrap_or_default();
        match found.as_slice() {
            [(ladder, tier, _)] => Some((*ladder, *tier)),
            [] => {
                let known: Vec<&str> = self
                    .names
                    .tiers
                    .keys()
                    .copied()
                    .chain(self.names.ladders.iter().map(|ladder| ladder.name.text.as_str()))
                    .collect();
                self.unknown(&name.text, name.span, expected, known);
                None
            }
            [first, second, ..] => {
                let (first, second) = (first.2, second.2);
                self.error(
                    Code::AmbiguousName,
                    name.span,
                    format!("`{}` is a tier of more than one ladder", name.text),
                )
                .label(first, "here")
                .label(second, "and here")
                .help("give the tiers different names");
                None
            }
        }
    }

    pub(super) fn feast(&mut self, feast: Feast, span: Span) -> Option<Feast> {
        if feast == Feast::Birthday {
            self.read_birthday(span)?;
        }
        Some(feast)
    }

    pub(super) fn edge(&mut self, edge: ast::Edge, span: Span) -> Option<Edge> {
        Some(Edge { side: edge.side, next: edge.next, kalendar: self.kalendar(edge.kalendar, span)? })
    }

    pub(super) fn kalendar(&mut self, kalendar: ast::Kalendar, span: Span) -> Option<Kalendar> {
        Some(match kalendar.kind {
            KalendarKind::Calendar => Kalendar::Calendar(kalendar.span),
            KalendarKind::Membership => Kalendar::Membership(kalendar.span),
            KalendarKind::Fiscal => {
                let said = self.file.items.iter().any(|item| match item {
                    ast::Item::Program(program) => {
                        program.clauses.iter().any(|clause| matches!(clause, ast::ProgramClause::FiscalYear(..)))
                    }
                    _ => false,
                });
                if !said {
                    self.error(Code::MissingDeclaration, span, "the program does not say when its fiscal year begins")
                        .help("write `fiscal year from Apr 1` in `program`");
                    return None;
                }
                Kalendar::Fiscal(kalendar.span)
            }
        })
    }

    /// When an award opens.
    pub(super) fn opening(
        &mut self,
        context: &Context,
        opening: &'a ast::Opening,
        what: DueFor,
        span: Span,
    ) -> Option<Opening> {
        Some(match opening {
            ast::Opening::AtOnce => Opening::AtOnce,
            ast::Opening::Due(due) => Opening::Due(self.due(context, due, what)?),
            ast::Opening::OnAction { action, within, window } => {
                let action = self.action_named(action);
                let window = match window {
                    Some(window) => Some(self.window(context, window, span)?),
                    None => None,
                };
                Opening::OnAction { action: action?, within: *within, window }
            }
        })
    }

    /// When what is left of an award is lost.
    pub(super) fn expiry(&mut self, context: &Context, expiry: &'a ast::Expiry) -> Option<Expiry> {
        Some(match expiry {
            ast::Expiry::Never => Expiry::Never,
            ast::Expiry::WithNextPurchase => Expiry::WithNextPurchase,
            ast::Expiry::With(name) => Expiry::With(self.ladder_named(name)?),
            ast::Expiry::Due(due) => Expiry::Due(self.due(context, due, DueFor::Expiry)?),
        })
    }

    fn ladder_named(&mut self, name: &ast::Name) -> Option<LadderId> {
        if let Some((Word::Ladder(ladder), _)) = self.names.words.get(name.text.as_str()) {
            return Some(*ladder);
        }
        let known: Vec<&str> = self.names.ladders.iter().map(|ladder| ladder.name.text.as_str()).collect();
        self.unknown(&name.text, name.span, "a ladder of tiers", known);
        None
    }

    /// The period of a counter.
    pub(super) fn window(&mut self, context: &Context, window: &'a ast::Window, span: Span) -> Option<Window> {
        Some(match window {
            ast::Window::Lifetime => Window::Lifetime,
            ast::Window::Rolling(duration) => {
                if duration.is_elapsed() || duration.count == 0 {
                    self.hours(span, "at least one whole day");
                    return None;
                }
                Window::Rolling(*duration)
            }
            ast::Window::This(kalendar) => Window::This(self.kalendar(*kalendar, span)?),
            ast::Window::Last(kalendar) => Window::Last(self.kalendar(*kalendar, span)?),
            ast::Window::Since(anchor) => match self.anchor(context, anchor, span)? {
                Anchor::Joining => Window::SinceJoining,
                Anchor::Entering(ladder, tier) => Window::SinceEntering(ladder, tier),
                _ => {
                    self.error(
                        Code::NotHere,
                        span,
                        "a counter can begin with joining or with entering a tier, found another moment",
                    )
                    .help("write `since joining`, `since entering status` or `over the last …`");
                    return None;
                }
            },
            ast::Window::During(part) => Window::During(self.period_part(context, part)?),
        })
    }

    /// `within 30 days of joining`
    pub(super) fn within(
        &mut self,
        context: &Context,
        duration: Duration,
        anchor: &'a ast::Anchor,
        span: Span,
    ) -> Option<Value> {
        self.state(context, "within", span)?;
        if duration.is_elapsed() {
            self.hours(span, "a number of days, weeks, months or years");
            return None;
        }
        let anchor = self.past_anchor(context, anchor, span)?;
        Some(self.node(Node::Within(duration, anchor), Type::Flag, span))
    }

    /// `days since the last purchase`
    pub(super) fn days_since(&mut self, context: &Context, anchor: &'a ast::Anchor, span: Span) -> Option<Value> {
        self.state(context, "days since", span)?;
        let anchor = self.past_anchor(context, anchor, span)?;
        Some(self.node(Node::DaysSince(anchor), Type::Days, span))
    }

    /// A moment of the member, not of an award or a tier's value.
    pub(super) fn past_anchor(&mut self, context: &Context, anchor: &'a ast::Anchor, span: Span) -> Option<Anchor> {
        let word = match anchor {
            ast::Anchor::Earning => "earning",
            ast::Anchor::Opening => "opening",
            ast::Anchor::Reaching => "reaching",
            _ => return self.anchor(context, anchor, span),
        };
        self.error(Code::NotHere, span, format!("`{word}` has no moment here"))
            .help("write `joining`, `the last purchase`, `entering status` or `the birthday`");
        None
    }
}
