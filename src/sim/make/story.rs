//! Stories that can be changed: a few deeds of a member, told as steps of an example.

use super::steps::{self, name, quantity};
use crate::plan::{Plan, Trigger};
use crate::syntax::ast::{self, Fact, FactPart, LiteralKind, Name, Step};
use crate::time::{Day, TimeOfDay};
use crate::ty::Kind;
use crate::value::{Amount, Exact};
use std::collections::BTreeMap;

/// Attributes by name.
pub(super) type Values = BTreeMap<String, LiteralKind>;

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Goods {
    pub(super) sku: Option<String>,
    pub(super) values: Values,
    pub(super) quantity: Amount,
    pub(super) amount: Amount,
}

/// Something that the member does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deed {
    pub(super) day: Day,
    pub(super) time: TimeOfDay,
    pub(super) fact: Fact,
    pub(super) values: Values,
    pub(super) goods: Vec<Goods>,
    /// Of an adjustment.
    pub(super) number: Option<(Amount, String)>,
    /// Whose, where it is not the member's own.
    pub(super) by: Option<&'static str>,
    /// Of a joining: by whom.
    pub(super) referred_by: Option<&'static str>,
}

/// What happens, in order; the last deed is the one that is looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Story {
    pub(super) member: Values,
    before: Vec<Deed>,
    pub(super) last: Deed,
    after: Vec<Deed>,
    /// Units that the last purchase spends, on a reward.
    pub(super) spent: Option<(Amount, String, String)>,
}

/// The number of the purchase that units are spent on.
const RECEIPT: &str = "r1";
/// Who brought the member, where that matters.
const FRIEND: &str = "Bob";

impl Story {
    /// A plain purchase, or the fact that sets a rule off.
    pub(super) fn plain(plan: &Plan, day: Day, trigger: Option<&Trigger>) -> Option<Self> {
        let fact = match trigger {
            // What rises, begins or ends by itself follows from purchases.
            None | Some(Trigger::Nth { .. } | Trigger::Entering(..) | Trigger::StartOf(_) | Trigger::At(_)) => {
                Fact::Purchase
            }
            Some(Trigger::Fact { kind, action, .. }) => match kind {
                Kind::Purchase => Fact::Purchase,
                Kind::Join => Fact::Join,
                Kind::Action => Fact::Action(name(plan.schema.actions.get((*action)?)?)),
                Kind::Merge | Kind::Adjust | Kind::Redeem | Kind::Return | Kind::Leave => return None,
            },
        };
        let friends = matches!(trigger, Some(Trigger::Fact { friends: true, .. } | Trigger::Nth { friends: true, .. }));
        let mut last = match fact {
            Fact::Purchase => Deed { goods: vec![goods(Amount::whole(100).ok()?)], ..deed(day, fact, None) },
            _ => deed(day, fact, None),
        };
        let mut before = Vec::new();
        if friends {
            let earlier = day.plus_days(-2)?;
            before.push(Deed { by: Some(FRIEND), ..deed(earlier, Fact::Join, None) });
            if last.fact == Fact::Join {
                last.referred_by = Some(FRIEND);
            } else {
                before.push(Deed { referred_by: Some(FRIEND), ..deed(earlier, Fact::Join, None) });
            }
        }
        Some(Self { member: Values::new(), before, last, after: Vec::new(), spent: None })
    }

    /// The story as steps of an example.
    pub(super) fn steps(&self, plan: &Plan) -> Vec<Step> {
        let mut all = Vec::new();
        if !self.member.is_empty() {
            all.push(steps::member("Ann", pairs(&self.member)));
        }
        all.extend(self.before.iter().map(|deed| Step::Fact(deed.fact(plan))));
        let mut last = self.last.fact(plan);
        if let Some((number, noun, reward)) = &self.spent {
            let mut redeem = steps::fact(self.last.day, self.last.time, Fact::Redeem);
            redeem.quantity = Some(quantity(*number, noun));
            redeem.of = Some(name(RECEIPT));
            redeem.reward = Some(name(reward));
            last.receipt = Some(name(RECEIPT));
            all.push(Step::Fact(redeem));
        }
        all.push(Step::Fact(last));
        all.extend(self.after.iter().map(|deed| Step::Fact(deed.fact(plan))));
        all
    }

    /// The story on another day: all of it moves.
    pub(super) fn moved(&self, day: Day) -> Self {
        let by = i64::from(day.number()) - i64::from(self.last.day.number());
        let mut story = self.clone();
        for deed in story.before.iter_mut().chain(&mut story.after).chain([&mut story.last]) {
            deed.day = deed.day.plus_days(by).unwrap_or(deed.day);
        }
        story
    }

    /// The story with one more plain purchase so many days later, which shows what came of it.
    pub(super) fn followed(&self, days: i64) -> Option<Self> {
        let mut story = self.clone();
        let day = story.last.day.plus_days(days)?;
        let goods = vec![goods(Amount::whole(100).ok()?)];
        story.after = vec![Deed { values: self.last.values.clone(), goods, ..deed(day, Fact::Purchase, None) }];
        Some(story)
    }

    /// The story with something that happened so many days before, once or more often.
    pub(super) fn with_before(&self, days: i64, times: i64, deed: impl Fn(Day) -> Deed) -> Option<Self> {
        let mut story = self.clone();
        for _ in 0..times {
            story.before.push(deed(story.last.day.plus_days(-days)?));
        }
        story.before.sort_by_key(|deed| deed.day);
        Some(story)
    }

    /// A purchase of the same kind as the last, or a plain one.
    pub(super) fn alike(&self, day: Day, amount: Amount, number: Amount) -> Deed {
        let like = self.last.goods.first().cloned().unwrap_or_else(|| goods(amount));
        let values = if self.last.fact == Fact::Purchase { self.last.values.clone() } else { Values::new() };
        let goods = vec![Goods { amount, quantity: number, ..like }];
        Deed { values, goods, ..deed(day, Fact::Purchase, None) }
    }
}

fn goods(amount: Amount) -> Goods {
    Goods { sku: None, values: Values::new(), quantity: Amount::ONE, amount }
}

fn pairs(values: &Values) -> Vec<(Name, ast::Literal)> {
    values.iter().map(|(of, kind)| (name(of), steps::literal(kind.clone()))).collect()
}

impl Deed {
    fn fact(&self, plan: &Plan) -> ast::ExampleFact {
        let mut fact = steps::fact(self.day, self.time, self.fact.clone());
        fact.quantity = self.number.as_ref().map(|(number, noun)| quantity(*number, noun));
        (fact.by, fact.referred_by) = (self.by.map(name), self.referred_by.map(name));
        let mut parts: Vec<FactPart> = steps::parts(pairs(&self.values)).collect();
        for goods in &self.goods {
            parts.extend(steps::parts(pairs(&goods.values)));
            let mut pair = |of: &str, kind| parts.push(FactPart::Pair(name(of), steps::literal(kind)));
            if let Some(sku) = &goods.sku {
                pair("sku", LiteralKind::Text(sku.clone()));
            }
            if goods.quantity != Amount::ONE {
                pair("quantity", LiteralKind::Number(Exact::from(goods.quantity)));
            }
            parts.push(FactPart::Amount(quantity(goods.amount, &plan.currency)));
        }
        fact.parts = Some(parts).filter(|parts| !parts.is_empty());
        fact
    }
}

/// Something done on a day, without more.
pub(super) fn deed(day: Day, fact: Fact, number: Option<(Amount, String)>) -> Deed {
    let (values, goods) = (Values::new(), Vec::new());
    Deed { day, time: TimeOfDay::MIDNIGHT, fact, values, goods, number, by: None, referred_by: None }
}

/// The story with the first line of its last purchase changed.
pub(super) fn with_goods(story: &Story, change: impl Fn(&mut Goods)) -> Option<Story> {
    let mut story = story.clone();
    change(story.last.goods.first_mut()?);
    Some(story)
}
