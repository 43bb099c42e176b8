//! Moments to come and windows: `6 months after opening, at end of month`, `over the last 12 months`.

use super::teller::{Case, Teller};
use crate::syntax::ast::{
    Activity, Anchor, Due, DueBase, Edge, Expiry, Feast, Kalendar, KalendarKind, Length, Opening, Side, Window,
};

impl Teller<'_> {
    /// `6 months after opening, at end of month`
    pub(super) fn due(self, due: &Due) -> String {
        let base = match &due.base {
            DueBase::On(day) => say!(self, "due-on", date = self.date(*day)),
            DueBase::After(Length::Fixed(duration), anchor) => {
                say!(self, "due-after", length = self.duration(*duration, Case::Subject), anchor = self.anchor(anchor))
            }
            DueBase::After(Length::Value(path, unit), anchor) => say!(
                self,
                "due-after-value",
                value = self.path(path, Case::Subject),
                unit = unit.word(),
                anchor = self.anchor(anchor)
            ),
            DueBase::At(Anchor::Edge(edge)) => self.edge(*edge),
            DueBase::At(Anchor::Feast(feast)) => say!(self, "due-feast", feast = feast_word(*feast)),
            DueBase::At(anchor) => say!(self, "due-at", anchor = self.anchor(anchor)),
        };
        match due.snap {
            Some(edge) => say!(
                self,
                "due-moved",
                due = base,
                side = side_word(edge.side),
                next = next_word(edge.next),
                kind = kind_word(edge.kalendar.kind),
                span = edge.kalendar.span.word()
            ),
            None => base,
        }
    }

    /// `the last purchase`: after words that ask for the genitive.
    pub(super) fn anchor(self, anchor: &Anchor) -> String {
        match anchor {
            Anchor::Earning => say!(self, "anchor-earning"),
            Anchor::Opening => say!(self, "anchor-opening"),
            Anchor::Reaching => say!(self, "anchor-reaching"),
            Anchor::Joining => say!(self, "anchor-joining"),
            Anchor::Last(Activity::Purchase) => say!(self, "anchor-purchase"),
            Anchor::Last(Activity::Award) => say!(self, "anchor-award"),
            Anchor::Last(Activity::Redemption) => say!(self, "anchor-redemption"),
            Anchor::Entering(name) if self.names.ladders.contains_key(name.text.as_str()) => {
                say!(self, "anchor-entering-ladder", name = name.text.as_str())
            }
            Anchor::Entering(name) => say!(self, "anchor-entering", name = name.text.as_str()),
            Anchor::Action(name) => say!(self, "anchor-action", name = name.text.as_str()),
            Anchor::Feast(feast) => self.feast(*feast, Case::Genitive),
            Anchor::Edge(edge) => say!(
                self,
                "anchor-edge",
                side = side_word(edge.side),
                next = next_word(edge.next),
                kind = kind_word(edge.kalendar.kind),
                span = edge.kalendar.span.word()
            ),
        }
    }

    pub(super) fn feast(self, feast: Feast, case: Case) -> String {
        say!(self, "feast", feast = feast_word(feast), case = case.word())
    }

    /// `at the end of the next calendar year`
    pub(super) fn edge(self, edge: Edge) -> String {
        say!(
            self,
            "edge",
            side = side_word(edge.side),
            next = next_word(edge.next),
            kind = kind_word(edge.kalendar.kind),
            span = edge.kalendar.span.word()
        )
    }

    /// `calendar month`, after `per`
    pub(super) fn kalendar(self, kalendar: Kalendar) -> String {
        say!(self, "per-kalendar", kind = kind_word(kalendar.kind), span = kalendar.span.word())
    }

    pub(super) fn opening(self, opening: &Opening) -> String {
        match opening {
            Opening::AtOnce => say!(self, "opening-at-once"),
            Opening::Due(due) => self.due(due),
            Opening::OnAction { action, within, window } => {
                let action = action.text.as_str();
                match (within, window) {
                    (Some(within), _) => say!(
                        self,
                        "opening-action-within",
                        action = action,
                        length = self.duration(*within, Case::Genitive)
                    ),
                    (None, Some(window)) => {
                        say!(self, "opening-action-window", action = action, window = self.window(window))
                    }
                    (None, None) => say!(self, "opening-action", action = action),
                }
            }
        }
    }

    pub(super) fn expiry(self, expiry: &Expiry) -> String {
        match expiry {
            Expiry::Never => say!(self, "expiry-never"),
            Expiry::With(ladder) => say!(self, "expiry-with", ladder = ladder.text.as_str()),
            Expiry::WithNextPurchase => say!(self, "expiry-next-purchase"),
            Expiry::Due(due) => self.due(due),
        }
    }

    /// `over the last 12 months`
    pub(super) fn window(self, window: &Window) -> String {
        match window {
            Window::Rolling(duration) => self.language.say("window-last", &Self::length(*duration)),
            Window::This(kalendar) => {
                say!(self, "window-this", kind = kind_word(kalendar.kind), span = kalendar.span.word())
            }
            Window::Last(kalendar) => {
                say!(self, "window-before", kind = kind_word(kalendar.kind), span = kalendar.span.word())
            }
            Window::Lifetime => say!(self, "window-lifetime"),
            Window::Since(anchor) => say!(self, "window-since", anchor = self.anchor(anchor)),
            Window::During(part) => say!(self, "window-during", period = self.period_part(part)),
        }
    }
}

pub(super) const fn feast_word(feast: Feast) -> &'static str {
    match feast {
        Feast::Birthday => "birthday",
        Feast::Anniversary => "anniversary",
        Feast::Easter => "easter",
    }
}

const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Start => "start",
        Side::End => "end",
    }
}

const fn next_word(next: bool) -> &'static str {
    if next { "yes" } else { "no" }
}

const fn kind_word(kind: KalendarKind) -> &'static str {
    match kind {
        KalendarKind::Calendar => "calendar",
        KalendarKind::Fiscal => "fiscal",
        KalendarKind::Membership => "membership",
    }
}
