//! A story that shows what is told of a program: what members do, run through the evaluator, and what they have then.
//!
//! ```text
//! on 2027-01-01 action review by "Ann"
//! on 2027-01-01 action review by "Ann"
//! expect 50 beans from "Review" for "Ann"
//! ```

use super::deed::{
    BUYER, Deed, NAMES, NOWHERE, Values, What, defaults, event, fact, fill, literal, name, pairs, receipt,
};
use crate::eval::{Book, BookOptions, Fault};
use crate::ledger::{Entry, EntryKind, Sink};
use crate::plan::{Plan, RuleId, UnitId};
use crate::syntax::ast::{
    Compare, Example, ExpectAward, Expr, ExprKind, File, Item, Literal, LiteralKind, Measure, Path, Step,
};
use crate::ty::{Event, Member, Redemption, Seq};
use crate::value::{Amount, Exact};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What members do, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Story {
    /// The attributes of the last of the members.
    pub member: Values,
    /// What they do.
    pub deeds: Vec<Deed>,
}

/// What a story came to.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// What each deed gave, less what it took back, of which rule and unit, to whom.
    pub given: Vec<BTreeMap<(RuleId, UnitId, String), Amount>>,
    /// What each deed took off in money.
    pub off: Vec<Exact>,
    /// What each member has of each unit after each deed.
    pub has: Vec<BTreeMap<(String, UnitId), Amount>>,
}

/// Listens to one deed.
struct Listener<'e> {
    event: &'e str,
    given: BTreeMap<(RuleId, UnitId, String), Amount>,
    has: &'e mut BTreeMap<(String, UnitId), Amount>,
    off: Exact,
}

impl Sink for Listener<'_> {
    fn entry(&mut self, entry: &Entry<'_>) {
        let has = self.has.entry((entry.member.to_owned(), entry.unit)).or_default();
        *has = has.plus(entry.amount).unwrap_or(*has);
        if let Some(rule) = entry.rule
            && entry.event == self.event
            && matches!(entry.kind, EntryKind::Earn | EntryKind::Reverse)
        {
            let given = self.given.entry((rule, entry.unit, entry.member.to_owned())).or_default();
            *given = given.plus(entry.amount).unwrap_or(*given);
        }
    }

    fn discount(&mut self, _: RuleId, _: Amount, given: Amount) {
        self.off = self.off.plus(Exact::from(given)).unwrap_or(self.off);
    }
}

impl Story {
    /// Runs the story; none where the evaluator refuses it.
    pub(super) fn run(&self, plan: &Arc<Plan>) -> Option<Ending> {
        let mut book = Book::new(Arc::clone(plan), BookOptions { named_lots: false, strict: false });
        let mut member = Member {
            name: NAMES.get(BUYER).copied().unwrap_or_default().to_owned(),
            joined: None,
            values: defaults(&plan.schema.member),
        };
        fill(&mut member.values, &self.member, book.texts_mut());
        book.add_member(&member);
        let mut ending = Ending::default();
        let mut has = BTreeMap::new();
        for at in 0..self.deeds.len() {
            self.go(plan, &mut book, at, &mut ending, &mut has).ok()?;
        }
        Some(ending)
    }

    fn go(
        &self,
        plan: &Plan,
        book: &mut Book,
        at: usize,
        ending: &mut Ending,
        has: &mut BTreeMap<(String, UnitId), Amount>,
    ) -> Result<(), Fault> {
        let mut listener = Listener { event: "", given: BTreeMap::new(), has, off: Exact::ZERO };
        let id = receipt(at);
        if let Some(event) = self.event(plan, book, at) {
            listener.event = &id;
            book.apply(&event, &mut listener)?;
        }
        ending.given.push(listener.given);
        ending.off.push(listener.off);
        ending.has.push(has.clone());
        Ok(())
    }

    /// The event of a deed; what is spent on a purchase is part of it.
    fn event(&self, plan: &Plan, book: &mut Book, at: usize) -> Option<Event> {
        let deed = self.deeds.get(at)?;
        let mut event = event(plan, deed, &receipt(at), book.texts_mut());
        event.seq = i64::try_from(at).ok().and_then(Seq::new);
        match &deed.what {
            What::Purchase(..) => {
                let spent = self.deeds.iter().filter_map(|deed| match deed.what {
                    What::Redeem(unit, points, Some(on)) if on == at => {
                        Some(Redemption { unit: unit.index(), points, reward: None })
                    }
                    _ => None,
                });
                event.redeemed = spent.collect();
            }
            What::Redeem(_, _, Some(_)) => return None,
            What::Return(of, None) => {
                let bought = self.deeds.get(*of)?;
                event.lines = super::deed::event(plan, bought, "", book.texts_mut()).lines;
            }
            _ => {}
        }
        Some(event)
    }

    /// Is a deed a purchase that never comes back?
    pub(super) fn is_kept(&self, at: usize) -> bool {
        let bought = self.deeds.get(at).is_some_and(|deed| matches!(deed.what, What::Purchase(..)));
        bought && !self.deeds.iter().any(|deed| matches!(deed.what, What::Return(of, _) if of == at))
    }

    /// The story as an example block.
    pub(super) fn example(&self, plan: &Plan, called: &str, expected: Vec<Step>) -> String {
        let mut steps = Vec::new();
        let member = pairs(&plan.schema.member, &self.member, &plan.currency);
        if !member.is_empty() {
            steps.push(Step::Member(name(NAMES.get(BUYER).copied().unwrap_or_default()), member, NOWHERE));
        }
        let named = |at: usize| {
            self.deeds.iter().any(|deed| match deed.what {
                What::Return(of, _) | What::Redeem(_, _, Some(of)) => of == at,
                _ => false,
            })
        };
        for (at, deed) in self.deeds.iter().enumerate() {
            let mut fact = fact(plan, deed);
            fact.receipt = named(at).then(|| name(&receipt(at)));
            steps.push(Step::Fact(fact));
        }
        steps.extend(expected);
        let example = Example { name: name(called), steps, span: NOWHERE };
        crate::syntax::print(&File { items: vec![Item::Example(example)], ..File::default() })
    }
}

/// `100 beans`
fn quantity(plan: &Plan, unit: UnitId, number: Amount) -> Literal {
    let of = plan.unit(unit);
    let noun = of.nouns.first().filter(|_| number == Amount::ONE).map_or(of.key(), String::as_str);
    literal(LiteralKind::Quantity(Exact::from(number), name(noun)))
}

/// `expect 50 beans from "Review" for "Ann"`
pub(super) fn award(plan: &Plan, rule: RuleId, unit: UnitId, number: Amount, of: &str) -> Step {
    let pooled = plan.unit(unit).pooled_by.is_some();
    Step::ExpectAward(ExpectAward {
        quantity: quantity(plan, unit, number),
        rule: Some(name(&plan.rule(rule).name)),
        opening: None,
        expiring: None,
        member: Some(name(of)).filter(|_| !pooled),
        span: NOWHERE,
    })
}
/// `expect beans.balance = 100 beans for "Ann"`
pub(super) fn balance(plan: &Plan, unit: UnitId, number: Amount, of: &str) -> Step {
    let expr = |kind| Expr { kind, span: NOWHERE };
    let path = Path { names: vec![name(plan.unit(unit).key()), name("balance")], before: None, span: NOWHERE };
    let measure = ExprKind::Counted { measure: Measure::Path(path), window: None, including: false };
    let number = ExprKind::Literal(quantity(plan, unit, number).kind);
    let condition = expr(ExprKind::Compare(Compare::Equal, Box::new(expr(measure)), Box::new(expr(number))));
    Step::ExpectState { condition, member: Some(name(of)), on: None, span: NOWHERE }
}
