//! What the shops of a sample sell: categories with their seasons, articles with their prices.

use super::chance::Chance;
use crate::time::Day;

/// A category: its name, how much of all lines it is, its prices, and its season.
pub(super) struct Category {
    pub(super) name: &'static str,
    /// Share of lines, in a thousand.
    share: u64,
    /// The lowest price, in hundredths.
    price_min: u64,
    /// How many steps of `price_min` the dearest is above it.
    price_steps: u64,
    /// Against an average month, in percent, January first.
    season: [u64; 12],
    /// How often one line holds several, in a thousand.
    several: u64,
}

const EVEN: [u64; 12] = [100; 12];

/// All categories.
pub(super) const CATEGORIES: [Category; 8] = [
    Category { name: "coffee", share: 300, price_min: 9_000, price_steps: 4, season: EVEN, several: 250 },
    Category { name: "bread", share: 220, price_min: 3_500, price_steps: 5, season: EVEN, several: 350 },
    Category {
        name: "cakes",
        share: 150,
        price_min: 18_000,
        price_steps: 12,
        season: [90, 110, 130, 90, 90, 80, 75, 80, 110, 100, 110, 235],
        several: 60,
    },
    Category { name: "lunch", share: 140, price_min: 15_000, price_steps: 4, season: EVEN, several: 100 },
    Category {
        name: "ice cream",
        share: 70,
        price_min: 6_000,
        price_steps: 4,
        season: [20, 20, 50, 90, 150, 220, 250, 210, 100, 50, 20, 20],
        several: 400,
    },
    Category {
        name: "gifts",
        share: 50,
        price_min: 50_000,
        price_steps: 9,
        season: [40, 150, 180, 60, 60, 50, 50, 50, 70, 80, 130, 280],
        several: 50,
    },
    Category { name: "gift card", share: 20, price_min: 100_000, price_steps: 5, season: EVEN, several: 20 },
    Category { name: "alcohol", share: 50, price_min: 40_000, price_steps: 20, season: EVEN, several: 150 },
];

const BRANDS: [&str; 6] = ["house", "Aurora", "Birch Lane", "Copper Pot", "Daily", "Evergreen"];

/// An article.
pub(super) struct Article {
    pub(super) sku: String,
    pub(super) category: usize,
    pub(super) brand: &'static str,
    /// In hundredths.
    pub(super) price: u64,
}

/// All articles, forty of each category; the first of each are bought most.
pub(super) struct Goods(Vec<Vec<Article>>);

const ARTICLES: usize = 40;

impl Goods {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed, 2);
        let article = |chance: &mut Chance, index: usize, category: &Category, number: usize| {
            // The square of a chance: many cheap articles, few dear ones.
            let step = chance.below(100) * chance.below(100) * category.price_steps;
            let price = category.price_min + category.price_min * step / 10_000;
            Article {
                sku: format!("{}{:03}", index + 1, number + 1),
                category: index,
                brand: BRANDS.get(chance.index(BRANDS.len())).copied().unwrap_or("house"),
                price: price - price % 100 + if chance.in_thousand(300) { 90 } else { 0 },
            }
        };
        let all = CATEGORIES.iter().enumerate().map(|(index, category)| {
            (0..ARTICLES).map(|number| article(&mut chance, index, category, number)).collect()
        });
        Self(all.collect())
    }

    /// An article for someone who likes a category, in the season of a day.
    pub(super) fn pick(&self, chance: &mut Chance, likes: usize, day: Day) -> Option<&Article> {
        let month = day.ymd().1.saturating_sub(1) as usize;
        let weight = |(index, category): (usize, &Category)| {
            let season = category.season.get(month).copied().unwrap_or(100);
            category.share * season * if index == likes { 3 } else { 1 }
        };
        let category = chance.weighted(CATEGORIES.iter().enumerate().map(weight));
        let number = chance.index(ARTICLES).min(chance.index(ARTICLES)).min(chance.index(ARTICLES));
        self.0.get(category)?.get(number)
    }
}

/// How many of an article one line holds.
pub(super) fn quantity(chance: &mut Chance, category: usize) -> u64 {
    let several = CATEGORIES.get(category).map_or(0, |category| category.several);
    if chance.in_thousand(several) { 2 + chance.below(4) * chance.below(4) / 3 } else { 1 }
}
