//! What can be changed in a story to make its last purchase cost more: the day and the hour, the money, the kinds of
//! lines, what the receipt and the member are, and what happened before.

use super::days::on_birthday;
use super::deed::{BUYER, Deed, Goods, Value, Values, What};
use super::scene::{Class, Place, Word};
use super::script::Script;
use super::situations::Differences;
use crate::plan::{Act, Literal, Node, Period, PeriodId, Plan, Trigger, UnitId};
use crate::syntax::ast::Recipient;
use crate::time::{Day, TimeOfDay};
use crate::ty::AttributeType;
use crate::value::{Amount, Rounding};
use std::collections::BTreeSet;

/// So many numbers that a program names are tried.
const NUMBERS_MAX: usize = 24;
/// So many kinds of lines are tried.
const KINDS_MAX: usize = 24;
/// So often a deed of before is told at most.
const TIMES_MAX: i64 = 120;
/// So many days before the purchase something happened: the day before, in the same month, the same year, long ago.
const DAYS_BEFORE: [i64; 6] = [1, 3, 20, 45, 100, 400];

/// A text that no program names.
pub(super) const UNNAMED: &str = "another";

/// What there is to try.
pub(super) struct Moves<'p> {
    plan: &'p Plan,
    kinds: &'p [Class],
    days: &'p [Day],
    /// The numbers that the program names, and how often each is.
    pub numbers: Vec<Amount>,
    hours: Vec<TimeOfDay>,
    texts: Vec<String>,
}

/// A change of a story; none where it makes no sense.
pub(super) type Change<'m> = Box<dyn Fn(&Script) -> Option<Script> + 'm>;

impl<'p> Moves<'p> {
    pub(super) fn of(plan: &'p Plan, differences: &'p Differences) -> Self {
        let mut numbers = BTreeSet::new();
        let mut texts = BTreeSet::new();
        for node in &plan.nodes {
            match node {
                Node::Literal(Literal::Number(number)) => {
                    if let Ok(number) = number.round(Rounding::Up, 2)
                        && number.is_positive()
                    {
                        numbers.insert(number);
                    }
                }
                Node::Literal(Literal::Text(text)) => drop(texts.insert(plan.texts.text(*text).to_owned())),
                _ => {}
            }
        }
        let numbers: Vec<Amount> = numbers.into_iter().collect();
        let step = numbers.len().div_ceil(NUMBERS_MAX).max(1);
        let mut hours: Vec<TimeOfDay> = vec![TimeOfDay::default()];
        hours.extend(plan.periods.iter().filter_map(|period| match period {
            Period::Hours(from, _) => Some(*from),
            _ => None,
        }));
        Self {
            plan,
            kinds: &differences.kinds,
            days: &differences.days,
            numbers: numbers.into_iter().rev().step_by(step).collect(),
            hours,
            texts: texts.into_iter().take(NUMBERS_MAX).collect(),
        }
    }

    /// A line of a kind.
    pub(super) fn goods(&self, kind: usize, amount: Amount) -> Goods {
        let class = self.kinds.get(kind).cloned().unwrap_or_default();
        let values = class.values.iter().filter_map(|(slot, word)| Some((*slot, self.value(*word)?))).collect();
        let sku = match class.sku.map(|word| self.value(word)) {
            Some(Some(Value::Text(sku))) => Some(sku),
            _ => None,
        };
        Goods { sku, values, quantity: Amount::ONE, amount }
    }

    fn value(&self, word: Word) -> Option<Value> {
        match word {
            Word::Named(text) => Some(Value::Text(self.plan.texts.all().nth(text as usize)?.to_owned())),
            Word::Other => Some(Value::Text(UNNAMED.to_owned())),
            Word::Flag(flag) => Some(Value::Flag(flag)),
            Word::Missing => None,
        }
    }

    /// Attributes of the receipt, or of the member, as they are in a situation.
    pub(super) fn values(&self, of: &std::collections::BTreeMap<Place, Word>, member: bool) -> Values {
        let pair = |(place, word): (&Place, &Word)| match (place, member) {
            (Place::Receipt(slot), false) | (Place::Member(slot), true) => Some((*slot, self.value(*word)?)),
            _ => None,
        };
        of.iter().filter_map(pair).collect()
    }

    /// The birthday on a day.
    pub(super) fn birthday(&self, member: &mut Values, day: Day) {
        let (_, month, number) = day.ymd();
        if let (Some(slot), Some(born)) = (self.plan.birthday, Day::from_ymd_clamped(1990, month, number)) {
            member.insert(slot, Value::Date(born));
        }
    }

    /// All changes, those first that change most.
    pub(super) fn changes(&self) -> Vec<Change<'_>> {
        let mut all: Vec<Change<'_>> = Vec::new();
        self.of_state(&mut all);
        self.of_past(&mut all);
        self.of_lines(&mut all);
        self.of_time(&mut all);
        self.of_money(&mut all);
        all
    }

    fn of_money<'m>(&'m self, all: &mut Vec<Change<'m>>) {
        let tens = (0..8).filter_map(|power| Amount::whole(10_i64.pow(power)).ok());
        let kopeck = Amount::from_micros(10_000);
        let around = self
            .numbers
            .iter()
            .flat_map(move |number| [Ok(*number), number.plus(kopeck), number.minus(kopeck)].into_iter().flatten());
        for amount in tens.chain(around).filter(|amount| amount.is_positive()) {
            for line in 0..2 {
                all.push(Box::new(move |script| {
                    with_goods(script, |goods| goods.get_mut(line).map(|goods| goods.amount = amount))
                }));
            }
        }
    }

    fn of_lines<'m>(&'m self, all: &mut Vec<Change<'m>>) {
        let step = self.kinds.len().div_ceil(KINDS_MAX).max(1);
        for kind in (0..self.kinds.len()).step_by(step) {
            for line in 0..2 {
                all.push(Box::new(move |script| {
                    with_goods(script, |goods| {
                        let place = goods.get_mut(line)?;
                        *place = self.goods(kind, place.amount);
                        Some(())
                    })
                }));
            }
            for amount in self.numbers.iter().copied().chain(Amount::whole(100_000).ok()) {
                all.push(Box::new(move |script| {
                    with_goods(script, |goods| (goods.len() < 3).then(|| goods.push(self.goods(kind, amount))))
                }));
            }
        }
        for number in self.numbers.iter().copied().filter(|number| *number <= Amount::from_micros(1_000_000_000)) {
            all.push(Box::new(move |script| {
                with_goods(script, |goods| goods.first_mut().map(|goods| goods.quantity = number))
            }));
        }
    }

    fn of_time<'m>(&'m self, all: &mut Vec<Change<'m>>) {
        for hour in &self.hours {
            all.push(Box::new(move |script| {
                let mut script = script.clone();
                script.last.time = *hour;
                Some(script)
            }));
        }
        let step = self.days.len().div_ceil(NUMBERS_MAX * 4).max(1);
        for day in self.days.iter().step_by(step) {
            all.push(Box::new(move |script| Some(self.moved(script, *day))));
        }
    }

    /// The story on another day: what was before moves with it.
    fn moved(&self, script: &Script, day: Day) -> Script {
        let mut script = script.clone();
        let by = i64::from(day.number()) - i64::from(script.last.day.number());
        for deed in &mut script.before {
            deed.day = deed.day.plus_days(by).unwrap_or(deed.day);
        }
        script.last.day = day;
        if self.plan.birthday.is_some_and(|slot| script.member.contains_key(&slot)) {
            self.birthday(&mut script.member, day);
        }
        script
    }

    fn of_state<'m>(&'m self, all: &mut Vec<Change<'m>>) {
        for (member, attributes) in [(true, &self.plan.schema.member), (false, &self.plan.schema.receipt)] {
            for (slot, attribute) in attributes.iter().enumerate() {
                for value in self.tried(attribute.kind) {
                    all.push(Box::new(move |script| {
                        let mut script = script.clone();
                        let values = match &mut script.last.what {
                            What::Purchase(values, _) if !member => values,
                            _ => &mut script.member,
                        };
                        values.insert(slot, value.clone());
                        Some(script)
                    }));
                }
            }
        }
        for (slot, attribute) in self.plan.schema.line.iter().enumerate() {
            if matches!(attribute.kind, AttributeType::Number | AttributeType::Money) {
                for number in &self.numbers {
                    all.push(Box::new(move |script| {
                        with_goods(script, |goods| {
                            goods.first_mut()?.values.insert(slot, Value::Number(*number));
                            Some(())
                        })
                    }));
                }
            }
        }
        all.push(Box::new(move |script| {
            let mut script = script.clone();
            self.birthday(&mut script.member, script.last.day);
            Some(script)
        }));
    }

    fn tried(&self, kind: AttributeType) -> Vec<Value> {
        match kind {
            AttributeType::Text => self.texts.iter().cloned().map(Value::Text).collect(),
            AttributeType::Flag => vec![Value::Flag(true), Value::Flag(false)],
            AttributeType::Number | AttributeType::Money => self.numbers.iter().copied().map(Value::Number).collect(),
            AttributeType::Date | AttributeType::Time => Vec::new(),
        }
    }

    /// What happened before: purchases that lift tiers and fill counters, actions, balances, joining at another time.
    fn of_past<'m>(&'m self, all: &mut Vec<Change<'m>>) {
        for (action, _) in self.plan.schema.actions.iter().enumerate() {
            for values in self.action_values() {
                all.push(Box::new(move |script| Some(with_deed(script, 0, 1, &What::Action(action, values.clone())))));
            }
        }
        for days in [0, 1, 7, 20, 200, 364, 365, 366] {
            all.push(Box::new(move |script| joined(script, days)));
        }
        for unit in (0..self.plan.units.len()).map(UnitId::new) {
            for number in [Amount::ONE].into_iter().chain(self.numbers.iter().copied()) {
                all.push(Box::new(move |script| Some(with_deed(script, 1, 1, &What::Adjust(unit, number)))));
            }
        }
        let step = self.kinds.len().div_ceil(KINDS_MAX / 3).max(1);
        for days in DAYS_BEFORE {
            for kind in (0..self.kinds.len()).step_by(step) {
                for number in &self.numbers {
                    self.of_purchase(all, days, kind, *number);
                }
            }
        }
    }

    fn of_purchase<'m>(&'m self, all: &mut Vec<Change<'m>>, days: i64, kind: usize, number: Amount) {
        // For so much money; so many of something; so many times.
        all.push(Box::new(move |script| {
            let goods = vec![self.goods(kind, number)];
            Some(with_deed(script, days, 1, &What::Purchase(own_values(script), goods)))
        }));
        let times = number.micros().checked_div(Amount::SCALE).unwrap_or(0);
        if number.micros() % Amount::SCALE != 0 || times > TIMES_MAX * 20 {
            return;
        }
        all.push(Box::new(move |script| {
            let goods = vec![Goods { quantity: number, ..self.goods(kind, Amount::ONE) }];
            Some(with_deed(script, days, 1, &What::Purchase(own_values(script), goods)))
        }));
        if times > TIMES_MAX {
            return;
        }
        for times in [times, times - 1] {
            all.push(Box::new(move |script| {
                let goods = vec![self.goods(kind, Amount::ONE)];
                (times > 0).then(|| with_deed(script, days, times, &What::Purchase(own_values(script), goods)))
            }));
        }
    }

    /// What an action may carry: nothing, or one of the texts that the program names.
    fn action_values(&self) -> Vec<Values> {
        let mut all = vec![Values::new()];
        for (slot, attribute) in self.plan.schema.action.iter().enumerate() {
            for value in self.tried(attribute.kind) {
                all.push(Values::from([(slot, value)]));
            }
        }
        all
    }

    /// How many levels of referrers rules give something for.
    pub(super) fn levels(&self) -> usize {
        let friends = |trigger: &Trigger| match trigger {
            Trigger::Fact { friends, .. } | Trigger::Nth { friends, .. } => *friends,
            Trigger::Entering(..) | Trigger::StartOf(_) | Trigger::At(_) => false,
        };
        let level = |act: &Act| match act {
            Act::Give(give) => match give.recipient {
                Recipient::Member | Recipient::Referrer => 1,
                Recipient::SecondReferrer => 2,
                Recipient::ThirdReferrer => 3,
            },
            Act::Take(_) | Act::Multiply { .. } | Act::Add { .. } => 1,
        };
        let rules = self.plan.rules.iter().filter(|rule| friends(&rule.trigger));
        rules.flat_map(|rule| &rule.acts).map(level).max().unwrap_or(0).min(BUYER)
    }

    /// Does something hang on the birthday?
    pub(super) fn has_birthday(&self) -> bool {
        (0..self.plan.periods.len()).any(|at| on_birthday(self.plan, PeriodId::new(at)))
    }
}

fn own_values(script: &Script) -> Values {
    if let What::Purchase(values, _) = &script.last.what { values.clone() } else { Values::new() }
}

fn with_goods(script: &Script, change: impl Fn(&mut Vec<Goods>) -> Option<()>) -> Option<Script> {
    let mut script = script.clone();
    let What::Purchase(_, goods) = &mut script.last.what else { return None };
    change(goods)?;
    Some(script)
}

/// The story with something that the buyer did so many days before, once or more often.
fn with_deed(script: &Script, days: i64, times: i64, what: &What) -> Script {
    let mut script = script.clone();
    let day = script.last.day.plus_days(-days).unwrap_or(script.last.day);
    for _ in 0..times {
        script.before.push(Deed { day, time: TimeOfDay::default(), who: BUYER, what: what.clone() });
    }
    script.before.sort_by_key(|deed| (deed.day, deed.time));
    script
}

/// The story of who joined so many days before, or joins with the purchase where nothing happened before.
fn joined(script: &Script, days: i64) -> Option<Script> {
    let mut script = script.clone();
    let day = script.last.day.plus_days(-days)?;
    let own = |deed: &Deed| deed.who == BUYER && matches!(deed.what, What::Join(_));
    let at = script.before.iter().position(own)?;
    if days == 0 {
        script.before.remove(at);
    } else {
        script.before.get_mut(at)?.day = day;
        script.before.sort_by_key(|deed| (deed.day, deed.time));
    }
    Some(script)
}

/// The story without one thing that may be left out: a deed, a line, an attribute.
pub(super) fn shorter(script: &Script) -> Vec<Script> {
    let mut all = Vec::new();
    for at in 0..script.before.len() {
        // Who joins last first: nobody is referred by who is not there.
        let at = script.before.len() - 1 - at;
        let referred = script.before.get(at).is_some_and(|deed| matches!(deed.what, What::Join(_)) && deed.who < BUYER);
        let mut without = script.clone();
        without.before.remove(at);
        if !referred {
            all.push(without);
        }
    }
    for slot in script.member.keys() {
        let mut without = script.clone();
        without.member.remove(slot);
        all.push(without);
    }
    let What::Purchase(values, goods) = &script.last.what else { return all };
    for slot in values.keys() {
        let mut without = script.clone();
        if let What::Purchase(values, _) = &mut without.last.what {
            values.remove(slot);
        }
        all.push(without);
    }
    for (line, of) in goods.iter().enumerate() {
        all.extend(
            (goods.len() > 1)
                .then(|| {
                    with_goods(script, |goods| {
                        goods.remove(line);
                        Some(())
                    })
                })
                .flatten(),
        );
        all.extend(with_goods(script, |goods| goods.get_mut(line).map(|goods| goods.sku = None)));
        for slot in of.values.keys() {
            all.extend(with_goods(script, |goods| goods.get_mut(line)?.values.remove(slot).map(drop)));
        }
    }
    all.retain(|shorter| shorter != script);
    all
}

/// The story with a tenth of the money, in whole units of the currency.
pub(super) fn smaller(script: &Script) -> Option<Script> {
    with_goods(script, |goods| {
        for goods in goods {
            let tenth = goods.amount.micros().checked_div(10)?;
            let whole = tenth.checked_sub(tenth.checked_rem(Amount::SCALE)?)?;
            goods.amount = Some(Amount::from_micros(whole)).filter(|amount| amount.is_positive())?;
        }
        Some(())
    })
}
