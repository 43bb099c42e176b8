//! Time: moments to come (`6 months after opening, at end of month`), stretches (`every year from Dec 15
//! to Jan 10`) and the windows of counters.

use super::{Builder, grammar::Node, leaf};
use crate::syntax::ast::{
    Activity, Anchor, Around, Dates, Due, DueBase, Edge, Expiry, Feast, Kalendar, KalendarKind, Length, Name, Opening,
    Period, PeriodAll, PeriodKind, PeriodPart, Side, WeekdaysOf, Window,
};
use crate::time::Span as Stretch;

impl Builder {
    /// `6 months after opening, at end of month`
    pub(super) fn due(&mut self, node: Option<Node<'_>>) -> Option<Due> {
        let node = node?;
        let mut parts = node.parts();
        let first = parts.any_node()?;
        let base = match first.kind {
            "date" => DueBase::On(self.day(Some(first))?),
            "length" => {
                parts.word("after");
                DueBase::After(self.length(&first)?, self.anchor(&parts.node("anchor")?)?)
            }
            _ => DueBase::At(self.anchor(&first)?),
        };
        let snap = if parts.words([",", "at"]) { Some(self.edge(&parts.node("edge")?)?) } else { None };
        Some(Due { base, snap, span: node.span })
    }

    fn length(&mut self, node: &Node<'_>) -> Option<Length> {
        let mut parts = node.parts();
        let first = parts.any_node()?;
        let unit = leaf::duration_unit(&parts.node("duration_unit")?)?;
        Some(if first.kind == "number" {
            Length::Fixed(crate::time::Duration::new(self.whole(Some(first))?, unit))
        } else {
            Length::Value(self.path(&first)?, unit)
        })
    }

    fn anchor(&mut self, node: &Node<'_>) -> Option<Anchor> {
        let mut parts = node.parts();
        if let Some(child) = parts.any_node() {
            return Some(match child.kind {
                "edge" => Anchor::Edge(self.edge(&child)?),
                "feast" => Anchor::Feast(feast(&child)),
                _ => Anchor::Action(self.action(&child)?),
            });
        }
        Some(match parts.any_word()? {
            "the" => {
                parts.word("last");
                Anchor::Last(match parts.any_word()? {
                    "purchase" => Activity::Purchase,
                    "award" => Activity::Award,
                    _ => Activity::Redemption,
                })
            }
            "entering" => Anchor::Entering(self.name(parts.node("name"))?),
            "earning" => Anchor::Earning,
            "opening" => Anchor::Opening,
            "reaching" => Anchor::Reaching,
            _ => Anchor::Joining,
        })
    }

    /// The anchor that a node holds next, for `within … of` and `days since`.
    pub(super) fn anchor_of(&mut self, node: Option<Node<'_>>) -> Option<Anchor> {
        self.anchor(&node?)
    }

    /// `action review`
    pub(super) fn action(&mut self, node: &Node<'_>) -> Option<Name> {
        let mut parts = node.parts();
        parts.word("action");
        self.name(parts.node("name"))
    }

    /// `end of next calendar year`
    pub(super) fn edge(&mut self, node: &Node<'_>) -> Option<Edge> {
        let mut parts = node.parts();
        let side = if parts.any_word()? == "end" { Side::End } else { Side::Start };
        parts.word("of");
        let next = parts.word("next");
        Some(Edge { side, next, kalendar: self.kalendar(&parts.node("kalendar")?)? })
    }

    /// `fiscal year`
    #[expect(clippy::unused_self, reason = "reads like its neighbours")]
    pub(super) fn kalendar(&mut self, node: &Node<'_>) -> Option<Kalendar> {
        let mut parts = node.parts();
        let kind = match parts.any_word() {
            Some("fiscal") => KalendarKind::Fiscal,
            Some("membership") => KalendarKind::Membership,
            _ => KalendarKind::Calendar,
        };
        Some(Kalendar { kind, span: stretch(&parts.node("span")?)? })
    }

    /// `at once`, `on action confirm within 30 days`, `14 days after earning`
    pub(super) fn opening(&mut self, node: Option<Node<'_>>) -> Option<Opening> {
        let mut parts = node?.parts();
        if parts.word("at") {
            return Some(Opening::AtOnce);
        }
        if !parts.word("on") {
            return Some(Opening::Due(self.due(parts.node("due"))?));
        }
        let action = self.action(&parts.node("action")?)?;
        let within = if parts.word("within") { Some(self.duration(parts.node("duration"))?) } else { None };
        let window = self.optional_window(parts.node("window"))?;
        Some(Opening::OnAction { action, within, window })
    }

    /// `never`, `with status`, `12 months after the last purchase`
    pub(super) fn expiry(&mut self, node: Option<Node<'_>>) -> Option<Expiry> {
        let mut parts = node?.parts();
        Some(match parts.any_word() {
            Some("never") => Expiry::Never,
            Some(_) if parts.words(["the", "next", "purchase"]) => Expiry::WithNextPurchase,
            Some(_) => Expiry::With(self.name(parts.node("name"))?),
            None => Expiry::Due(self.due(parts.node("due"))?),
        })
    }

    /// A window, if there is one.
    #[expect(clippy::option_option, reason = "the outer one is the reading's, the inner one the program's")]
    pub(super) fn optional_window(&mut self, node: Option<Node<'_>>) -> Option<Option<Window>> {
        let Some(node) = node else { return Some(None) };
        self.window(&node).map(Some)
    }

    /// `over the last 12 months`
    pub(super) fn window(&mut self, node: &Node<'_>) -> Option<Window> {
        let mut parts = node.parts();
        Some(match parts.any_word()? {
            "over" => {
                parts.words(["the", "last"]);
                Window::Rolling(self.duration(parts.node("duration"))?)
            }
            "this" => Window::This(self.kalendar(&parts.node("kalendar")?)?),
            "last" => Window::Last(self.kalendar(&parts.node("kalendar")?)?),
            "since" => Window::Since(self.anchor(&parts.node("anchor")?)?),
            _ => Window::Lifetime,
        })
    }

    /// `every Friday or the birthday`
    pub(super) fn period(&mut self, node: Option<Node<'_>>) -> Option<Period> {
        let node = node?;
        let mut parts = node.parts();
        let mut any = Vec::new();
        while let Some(all) = parts.node("period_all") {
            parts.word("or");
            any.push(self.period_all(&all)?);
        }
        Some(Period { any, span: node.span })
    }

    fn period_all(&mut self, node: &Node<'_>) -> Option<PeriodAll> {
        let mut parts = node.parts();
        let (mut all, mut except) = (Vec::new(), Vec::new());
        let mut excluded = false;
        while let Some(part) = parts.node("period_part") {
            let part = self.period_part(&part)?;
            if excluded {
                except.push(part);
            } else {
                all.push(part);
            }
            excluded = parts.word("except");
            parts.word("and");
        }
        Some(PeriodAll { all, except })
    }

    /// One stretch.
    pub(super) fn period_part(&mut self, node: &Node<'_>) -> Option<PeriodPart> {
        let mut parts = node.parts();
        let kind = if parts.word("(") {
            PeriodKind::Nested(self.period(parts.node("period"))?)
        } else if parts.word("the") {
            let span = stretch(&parts.node("span")?)?;
            parts.word("of");
            PeriodKind::SpanOf(span, feast(&parts.node("feast")?))
        } else {
            self.period_kind(parts.any_node()?)?
        };
        Some(PeriodPart { kind, span: node.span })
    }

    fn period_kind(&mut self, node: Node<'_>) -> Option<PeriodKind> {
        let mut parts = node.parts();
        Some(match node.kind {
            "hours" => {
                parts.word("from");
                let from = self.clock(parts.node("clock"))?;
                parts.word("to");
                PeriodKind::Hours(from, self.clock(parts.node("clock"))?)
            }
            "dates" => PeriodKind::Dates(self.dates(&node)?),
            "yearly" => {
                parts.words(["every", "year"]);
                if parts.word("on") {
                    let day = self.month_day(parts.node("month_day"))?;
                    return Some(PeriodKind::Yearly(day, day));
                }
                parts.word("from");
                let from = self.month_day(parts.node("month_day"))?;
                parts.word("to");
                PeriodKind::Yearly(from, self.month_day(parts.node("month_day"))?)
            }
            "weekdays" => self.weekdays(&node)?,
            "around" => {
                let duration = self.duration(parts.node("duration"))?;
                let side = match parts.any_word()? {
                    "around" => Around::Both,
                    "before" => Around::Before,
                    _ => Around::After,
                };
                PeriodKind::Around(duration, side, self.anchor(&parts.node("anchor")?)?)
            }
            "feast" => PeriodKind::Feast(feast(&node)),
            _ => PeriodKind::Named(self.name(Some(node))?),
        })
    }

    fn weekdays(&mut self, node: &Node<'_>) -> Option<PeriodKind> {
        let mut parts = node.parts();
        parts.word("every");
        let ordinal = match parts.node("ordinal") {
            Some(ordinal) => Some(self.ordinal(Some(ordinal))?),
            None => None,
        };
        let days = parts.all("weekday").iter().map(leaf::weekday).collect::<Option<_>>()?;
        let of = if parts.word("of") {
            Some(match parts.node("month") {
                Some(month) => WeekdaysOf::Month(leaf::month_number(&month)?),
                None => WeekdaysOf::EveryMonth,
            })
        } else {
            None
        };
        Some(PeriodKind::Weekdays { ordinal, days, of })
    }

    /// `from 2026-11-27 to 2026-11-30`, `2026-11-27`
    pub(super) fn dates(&mut self, node: &Node<'_>) -> Option<Dates> {
        let mut parts = node.parts();
        let written_from = parts.word("from");
        let from = match parts.node("date") {
            Some(date) => Some(self.day(Some(date))?),
            None => None,
        };
        let to = if parts.word("to") { Some(self.day(parts.node("date"))?) } else { from.filter(|_| !written_from) };
        Some(Dates { from, to, span: node.span })
    }
}

fn feast(node: &Node<'_>) -> Feast {
    let mut parts = node.parts();
    parts.word("the");
    match parts.any_word() {
        Some("birthday") => Feast::Birthday,
        Some("anniversary") => Feast::Anniversary,
        _ => Feast::Easter,
    }
}

fn stretch(node: &Node<'_>) -> Option<Stretch> {
    Some(match node.written() {
        "day" => Stretch::Day,
        "week" => Stretch::Week,
        "month" => Stretch::Month,
        "quarter" => Stretch::Quarter,
        "year" => Stretch::Year,
        _ => return None,
    })
}
