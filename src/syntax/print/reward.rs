//! What rewards cost and give, and what draws ask, a clause a line.

use super::expr::Binding;
use super::name::bare;
use super::writer::Writer;
use crate::syntax::ast::{Among, CostAmount, CostOption, Costs, Expiry, Gift, Gives, Limit, Opening, Recipient};

impl Writer<'_> {
    /// `costs 9 cups`
    pub(super) fn costs(&mut self, costs: &Costs) {
        self.put("costs ");
        match &costs.amount {
            CostAmount::All(unit) => self.put(&format!("all {}", bare(unit))),
            CostAmount::Some(amount, unit) => {
                self.value(amount);
                if let Some(unit) = unit {
                    self.put(&format!(" as {}", bare(unit)));
                }
            }
        }
        for option in &costs.options {
            let (words, value) = match option {
                CostOption::Steps(value) => (", in steps of ", value),
                CostOption::AtLeast(value) => (", at least ", value),
                CostOption::Leaving(value) => (", leaving ", value),
            };
            self.put(words);
            self.expr(value, Binding::Sum);
        }
    }

    /// `gives 10% off`
    pub(super) fn gives(&mut self, gives: &Gives) {
        self.put("gives ");
        match &gives.gift {
            Gift::TheirWorth => self.put("their worth off"),
            Gift::Away => self.put("them to another member"),
            Gift::Off(amount) => {
                self.value(amount);
                self.put(" off");
            }
            Gift::Free(amount) => {
                self.value(amount);
                self.put(" free");
            }
            Gift::Units { recipient, amount, unit } => {
                self.recipient(*recipient);
                self.value(amount);
                if let Some(unit) = unit {
                    self.put(&format!(" as {}", bare(unit)));
                }
            }
        }
        self.award_options(&gives.limits, gives.opening.as_ref(), gives.expiry.as_ref());
    }

    /// `the referrer `, where it is written
    pub(super) fn recipient(&mut self, recipient: Option<Recipient>) {
        self.put(match recipient {
            Some(Recipient::Member) => "the member ",
            Some(Recipient::Referrer) => "the referrer ",
            Some(Recipient::SecondReferrer) => "the referrer's referrer ",
            Some(Recipient::ThirdReferrer) => "the referrer's referrer's referrer ",
            None => "",
        });
    }

    /// `, at most 5 times, opening …, expiring …`
    pub(super) fn award_options(&mut self, limits: &[Limit], opening: Option<&Opening>, expiry: Option<&Expiry>) {
        for limit in limits {
            self.put(", ");
            self.limit(limit);
        }
        if let Some(opening) = opening {
            self.put(", opening ");
            self.opening(opening);
        }
        if let Some(expiry) = expiry {
            self.put(", expiring ");
            self.expiry(expiry);
        }
    }

    /// `among tickets, 3 winners`
    pub(super) fn among(&mut self, among: &Among) {
        self.put(&format!("among {}", bare(&among.unit)));
        match among.winners {
            Some(1) => self.put(", 1 winner"),
            Some(winners) => self.put(&format!(", {winners} winners")),
            None => {}
        }
    }
}
