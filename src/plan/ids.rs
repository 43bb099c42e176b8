//! Ids: positions in the lists of a plan.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($name:ident $what:literal;)*) => {
        $(
            #[doc = $what]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(u32);

            impl $name {
                /// The id of a position.
                pub fn new(index: usize) -> Self {
                    Self(u32::try_from(index).unwrap_or(u32::MAX))
                }

                /// The position.
                pub const fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

ids! {
    ExprId "An expression.";
    PeriodId "A period.";
    CounterId "A counter.";
    UnitId "A unit.";
    LadderId "A ladder.";
    RuleId "A rule.";
    GroupId "A group.";
    LimitId "A limit.";
}
