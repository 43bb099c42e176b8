//! What can be read of a member: balances, tiers, what is missing to the next.

use super::Fault;
use super::account::{Account, Holding};
use super::book::Book;
use super::counter;
use super::explain::text_of;
use super::house::House;
use super::near::about_need;
use super::post::Desk;
use super::value::{Scene, Val};
use crate::ledger::{Expires, Heap, Pile};
use crate::plan::{ExprId, LadderId, Node, Type, UnitId};
use crate::time::{Day, Moment};
use crate::value::{Amount, Exact};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A member as others see it.
#[derive(Debug, Clone, Copy)]
pub struct MemberView<'a> {
    book: &'a Book,
    account: &'a Account,
}

/// One comparison that does not hold yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// What is compared, as written: `spend over the last 12 months`.
    pub of: String,
    /// How much there has to be.
    pub want: Exact,
    /// How much more that is.
    pub more: Exact,
    /// Must it be more than that?
    pub above: bool,
    /// Its type.
    pub ty: Type,
}

impl Book {
    /// The members, in order of name.
    pub fn members(&self) -> impl Iterator<Item = MemberView<'_>> {
        let mut all: Vec<&Account> = self
            .accounts
            .iter()
            .filter(|account| account.merged_into.is_none() && (account.joined.is_some() || account.left))
            .collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all.into_iter().map(move |account| MemberView { book: self, account })
    }

    /// One member.
    pub fn member(&self, name: &str) -> Option<MemberView<'_>> {
        let account = self.accounts.get(self.find(name)?)?;
        (account.joined.is_some() || account.left).then_some(MemberView { book: self, account })
    }

    /// What one of a unit is worth on a day, in money; none for a unit without worth.
    pub fn worth(&self, unit: UnitId, day: Day) -> Option<Exact> {
        let worth = self.plan.unit(unit).worth?;
        let mut silent = ();
        let desk = Desk { plan: &self.plan, index: &self.index, sink: &mut silent, named: false, pool: &self.pool };
        let frame = super::account::Frame { at: self.plan.zone.start_of(day), joined: day, ..Default::default() };
        desk.state_scene(&frame).number(worth).ok().flatten()
    }

    /// What of a unit nobody can use yet, and what is owed of it, over all members and households.
    pub fn pending_and_debt(&self, unit: UnitId) -> (i128, i128) {
        let own = self.accounts.iter().filter(|account| account.merged_into.is_none());
        let own = own.filter_map(|account| account.holdings.get(unit.index()));
        let shared = self.pools().filter_map(|house| self.in_pool(house, unit));
        let (mut pending, mut debt) = (0_i128, 0_i128);
        for pile in own.chain(shared).flat_map(|holding| &holding.piles) {
            let waits = pile.pending_total().unwrap_or(Amount::MAX);
            pending = pending.saturating_add(i128::from(waits.micros()));
            debt = debt.saturating_add(i128::from(pile.debt.micros()));
        }
        (pending, debt)
    }

    /// What is open or pending of a unit, over all members and households, by its last day as it stands now; none:
    /// it has no last day.
    pub fn lots_by_expiry(&self, unit: UnitId) -> BTreeMap<Option<Day>, i128> {
        let mut lots: BTreeMap<Option<Day>, i128> = BTreeMap::new();
        for account in self.accounts.iter().filter(|account| account.merged_into.is_none()) {
            let who = account.who_of(&self.plan, &self.index.layout, unit);
            for heap in account.holdings.get(unit.index()).into_iter().flat_map(heaps) {
                let last = super::post::last_day(&who, account, &heap.dates().expires);
                let sum = lots.entry(last).or_default();
                *sum = sum.saturating_add(i128::from(heap.amount.micros()));
            }
        }
        for heap in self.pools().filter_map(|house| self.in_pool(house, unit)).flat_map(heaps) {
            let last = if let Expires::On(day) = heap.dates().expires { Some(day) } else { None };
            let sum = lots.entry(last).or_default();
            *sum = sum.saturating_add(i128::from(heap.amount.micros()));
        }
        lots
    }

    /// How many accounts appear in the history: also those that merged or left.
    pub fn appeared(&self) -> usize {
        self.accounts
            .iter()
            .filter(|account| account.joined.is_some() || account.left || account.merged_into.is_some())
            .count()
    }
}

fn heaps(holding: &Holding) -> impl Iterator<Item = &Heap> {
    holding.piles.iter().flat_map(|pile| pile.open.iter().chain(&pile.pending))
}

impl<'a> MemberView<'a> {
    /// The name.
    pub fn name(&self) -> &'a str {
        &self.account.name
    }

    /// The day of joining.
    pub fn joined(&self) -> Option<Day> {
        self.account.joined
    }

    /// The day of the last purchase.
    pub fn last_purchase(&self) -> Option<Day> {
        self.account.last_purchase
    }

    /// Purchases counted.
    pub fn purchases(&self) -> u64 {
        self.account.purchases
    }

    /// Money of purchases less returns.
    pub fn spend(&self) -> Amount {
        self.account.revenue
    }

    /// Open + pending − debt.
    pub fn balance(&self, unit: UnitId) -> Amount {
        self.holding(unit).map_or(Amount::ZERO, |holding| holding.balance)
    }

    /// What there is of a unit: the member's own, or what the household has together.
    fn holding(&self, unit: UnitId) -> Option<&'a Holding> {
        self.pool(unit).and_then(|house| self.book.in_pool(house, unit)).or(self.account.holdings.get(unit.index()))
    }

    fn pool(&self, unit: UnitId) -> Option<&'a House> {
        let home = self.account.home().filter(|_| self.book.index.pooled.contains(&unit))?;
        self.book.households.houses.get(home)?.as_deref()
    }

    /// Does the household have a unit together?
    pub fn shares(&self, unit: UnitId) -> bool {
        self.pool(unit).is_some()
    }

    /// The account with what it shares.
    fn whole(&self) -> Cow<'a, Account> {
        match self.account.home {
            Some(_) => Cow::Owned(self.book.with_pool(self.account)),
            None => Cow::Borrowed(self.account),
        }
    }

    /// Units that cannot be used yet.
    pub fn pending(&self, unit: UnitId) -> Amount {
        self.sum(unit, |pile| pile.pending_total().unwrap_or(Amount::MAX))
    }

    /// What was taken without cover.
    pub fn debt(&self, unit: UnitId) -> Amount {
        self.sum(unit, |pile| pile.debt)
    }

    /// Open units less debt.
    pub fn available(&self, unit: UnitId) -> Amount {
        let open = self.sum(unit, |pile| pile.open_total().unwrap_or(Amount::MAX));
        open.minus(self.debt(unit)).unwrap_or(Amount::ZERO)
    }

    fn sum(&self, unit: UnitId, of: impl Fn(&Pile) -> Amount) -> Amount {
        let piles = self.holding(unit).into_iter().flat_map(|holding| &holding.piles);
        piles.fold(Amount::ZERO, |sum, pile| sum.plus(of(pile)).unwrap_or(Amount::MAX))
    }

    /// The tier held, by its position, and until when it is kept.
    pub fn tier(&self, ladder: LadderId) -> (u8, Option<Day>) {
        let Some(standing) = self.account.standings.get(ladder.index()) else { return (0, None) };
        let hold = standing.holds.get(usize::from(standing.tier)).and_then(Option::as_ref);
        // The lowest tier needs no keeping.
        (
            standing.tier,
            hold.filter(|_| standing.tier > 0).and_then(|hold| hold.until).filter(|until| *until >= self.account.today),
        )
    }

    /// What is missing to the next tier: each comparison of its condition that fails now.
    pub fn to_next(&self, ladder: LadderId) -> Result<Vec<Missing>, Fault> {
        let (tier, _) = self.tier(ladder);
        self.missing_to(ladder, tier.saturating_add(1))
    }

    /// What is missing to keep the tier held at its next review.
    pub fn to_keep(&self, ladder: LadderId) -> Result<Vec<Missing>, Fault> {
        let (tier, _) = self.tier(ladder);
        if tier == 0 { Ok(Vec::new()) } else { self.missing_to(ladder, tier) }
    }

    /// The tier at the next review if nothing more happens: that of today's value.
    pub fn tier_of_value(&self, ladder: LadderId) -> Result<u8, Fault> {
        let mut silent = ();
        let desk = Desk {
            plan: &self.book.plan,
            index: &self.book.index,
            sink: &mut silent,
            named: false,
            pool: &self.book.pool,
        };
        desk.value_tier(&self.whole(), ladder, self.now())
    }

    fn now(&self) -> Moment {
        self.book.plan.zone.start_of(self.account.today)
    }

    fn missing_to(&self, ladder: LadderId, tier: u8) -> Result<Vec<Missing>, Fault> {
        let of = self.book.plan.ladder(ladder);
        let Some(tier) = of.tiers.get(usize::from(tier)) else { return Ok(Vec::new()) };
        self.with_scene(self.now(), |scene| {
            let mut all = Vec::new();
            for need in &tier.needs {
                all.extend(self.missing(*need, scene)?);
            }
            Ok(all)
        })
    }

    fn missing(&self, need: ExprId, scene: &super::value::Scene<'_>) -> Result<Option<Missing>, Fault> {
        let plan = &self.book.plan;
        if scene.holds(need)? {
            return Ok(None);
        }
        let Node::Compare(compare, left, right) = plan.node(need) else { return Ok(None) };
        let (Some(have), Some(want)) = (scene.number(*left)?, scene.number(*right)?) else { return Ok(None) };
        let (of, ty) = about_need(plan, need);
        Ok(Some(Missing {
            of,
            want,
            more: want.minus(have)?,
            above: *compare == crate::syntax::ast::Compare::More,
            ty,
        }))
    }

    /// Does a condition of an example hold: `beans.balance = 100 beans`?
    pub fn holds(&self, condition: ExprId, at: Moment) -> Result<bool, Fault> {
        self.with_scene(at, |scene| scene.holds(condition))
    }

    /// What stands on the left of a comparison, for the message of an example that fails.
    pub fn told(&self, condition: ExprId, at: Moment) -> Result<String, Fault> {
        let plan = &self.book.plan;
        self.with_scene(at, |scene| {
            let Node::Compare(_, left, _) = plan.node(condition) else { return Ok("it does not hold".to_owned()) };
            let value = match scene.value(*left)? {
                Val::Num(number) => super::explain::plain(number),
                Val::Tier(tier) => match plan.node(*left) {
                    Node::Tier(ladder) => plan
                        .ladder(*ladder)
                        .tiers
                        .get(usize::from(tier))
                        .map_or_else(String::new, |tier| tier.name.clone()),
                    _ => tier.to_string(),
                },
                Val::Text(sym) => self.book.texts.text(sym).to_owned(),
                Val::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
                Val::Date(day) => day.to_string(),
                Val::Time(time) => time.to_string(),
                Val::Missing => "nothing".to_owned(),
            };
            Ok(format!("{} = {value}", text_of(plan, *left)))
        })
    }

    fn with_scene<T>(&self, at: Moment, work: impl FnOnce(&Scene<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut silent = ();
        let desk = Desk {
            plan: &self.book.plan,
            index: &self.book.index,
            sink: &mut silent,
            named: false,
            pool: &self.book.pool,
        };
        let account = self.whole();
        let mut frame = desk.frame(&account, at)?;
        for id in (0..self.book.plan.counters.len()).map(crate::plan::CounterId::new) {
            let value = counter::value(&account, &self.book.plan, &self.book.index, id, at)?;
            if let Some(place) = frame.counters.get_mut(id.index()) {
                *place = Some(value);
            }
        }
        frame.balances = super::purchase::balances(&account)?;
        work(&desk.state_scene(&frame))
    }
}
