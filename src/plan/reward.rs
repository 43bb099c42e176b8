//! Rewards and draws of the plan: what they cost, what they give, who can win.

use super::rule::Formula;
use super::{ExprId, LadderId, LimitId, UnitId};
use crate::value::Exact;

/// What a rule is beside its trigger and its conditions.
#[derive(Debug, Clone, Default)]
pub enum Role {
    /// `rule "Base" { … }`
    #[default]
    Rule,
    /// `reward "Tenth coffee" { … }`
    Reward(Reward),
    /// `draw "Spring" { … }`
    Draw(Draw),
    /// `rule "New points" { on 2026-07-01 turn 100 points into 1 mile }`
    Migration(Vec<Turn>),
}

/// A reward: offers of something for a price, or a discount.
#[derive(Debug, Clone)]
pub struct Reward {
    /// `costs 100 beans gives 5 EUR off`, the largest step first; one where it is no ladder.
    pub offers: Vec<Offer>,
    /// `automatically`: whenever it can be had, without being asked for
    pub automatic: bool,
    /// `assume "Pay with beans" used by 60% of members`: how members are assumed to use it where a history does
    /// not say
    pub assumed: Option<Assumed>,
    /// When in a purchase it has its turn.
    pub step: Step,
}

/// What a scenario assumes of a reward's use. Chance is seeded by member, and by receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// Which part of the members ever use it, in millionths.
    pub members: u32,
    /// At which part of their receipts, in millionths.
    pub receipts: u32,
    /// How many units they have at least when they do.
    pub least: Option<(UnitId, ExprId)>,
    /// What chance is seeded with, beside the reward, the member and the receipt.
    pub seed: String,
}

/// The steps of a purchase, in their order; percentages and amounts of one step see the same money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Discounts without a price that have a `where`.
    LineDiscounts,
    /// Discounts without a price on the whole receipt.
    ReceiptDiscounts,
    /// A fixed price for money off or items.
    Coupons,
    /// Any number of units for money off.
    Units,
    /// Units for units: alone, or after all else.
    After,
}

/// A price and what there is for it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// `costs 9 cups`; absent: a discount
    pub cost: Option<Cost>,
    /// `gives 1 item free`
    pub gifts: Vec<Benefit>,
}

/// A price in units.
#[derive(Debug, Clone)]
pub struct Cost {
    /// `cups`
    pub unit: UnitId,
    /// `9`
    pub amount: CostOf,
    /// `in steps of 100 beans`
    pub step: Option<ExprId>,
    /// `at least 500 beans`
    pub least: Option<ExprId>,
    /// `leaving 100 beans`: of the balance
    pub leaving: Option<ExprId>,
    /// `leaving 1 RUB`: of what there is to pay
    pub to_pay: Option<ExprId>,
}

/// How many units a price is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostOf {
    /// `9 cups`
    Fixed(ExprId),
    /// `beans`: as many as are asked for
    Any,
    /// `all beans`
    All,
}

/// What a reward gives.
#[derive(Debug, Clone)]
pub enum Benefit {
    /// `10% off`: an amount of money, worked out of the reward's lines as they cost when the step begins
    Off {
        /// `10%`
        money: Formula,
        /// Is it a percentage of its lines? Those of a step add up and come before amounts.
        percentage: bool,
        /// `at most 30% of spend`
        limits: Vec<LimitId>,
        /// As written, for explanations.
        text: String,
    },
    /// `1 item free`: the cheapest of the reward's lines
    Free {
        /// `1`
        items: ExprId,
        /// `at most 1 time per calendar day`
        limits: Vec<LimitId>,
        /// As written, for explanations.
        text: String,
    },
    /// `1 voucher`: one of the acts of the rule that holds the reward
    Units(u8),
    /// `them to another member`: the units themselves, to the member that the redemption names
    Away,
}

/// A seeded choice among the open units of all members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// `among tickets`
    pub unit: UnitId,
    /// `3 winners`
    pub winners: u32,
    /// `seed "spring"`
    pub seed: String,
}

/// `turn 100 points into 1 mile`, `turn Gold into Platinum`
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// Every lot of one unit becomes lots of another with the same dates.
    Units {
        /// `points`
        from: UnitId,
        /// `mile`
        into: UnitId,
        /// How many of the new for one of the old.
        factor: Exact,
    },
    /// Who holds the one tier holds the other, as long.
    Tier {
        /// `Gold`
        from: (LadderId, u8),
        /// `Platinum`
        into: (LadderId, u8),
    },
}
