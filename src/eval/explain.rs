//! Why these points, and why not more: the evaluator itself tells, while it works an event out.

use super::Fault;
use super::accrual::{Award, Work};
use super::arithmetic;
use super::around::Level;
use super::value::{Scene, Val};
use crate::plan::{Anchor, ExprId, Formula, LimitId, Node, Period, PeriodId, Plan, Round, RuleId, Type};
use crate::syntax::ast::{Compare, Feast, RoundScope};
use crate::time::Day;
use crate::value::{Amount, Exact, Rounding};
use serde::Serialize;

/// Why a rule gave nothing: a closed list.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The fact does not set the rule off at all.
    WrongFact,
    /// The rule or the programme is not in force that day.
    NotInForce,
    /// `during` does not contain the moment.
    OutsidePeriod {
        /// When the next occurrence begins.
        next: Option<Day>,
        /// Does it hang on a birthday that is not known?
        no_birthday: bool,
    },
    /// Not the purchase that `on the 5th purchase` asks for.
    NotNth {
        /// How many visits are missing, if one can come.
        needs: Option<i64>,
    },
    /// No line passes `where`.
    NoLines,
    /// A condition does not hold.
    Condition {
        /// The condition, as written.
        text: String,
        /// What is missing, if it is a number.
        needs: Option<Needs>,
    },
    /// A value that the rule reads is not known.
    MissingValue,
    /// No row of the table fits.
    NoRow,
    /// The member was not referred.
    NoReferrer,
    /// The rule it builds on did not fire.
    NoBase(RuleId),
    /// The award rounds to nothing.
    RoundsToZero(Option<Needs>),
    /// A limit has no room.
    LimitReached(LimitId),
    /// Another rule of `best of` gives more.
    NotBest(RuleId),
    /// An earlier rule of `first of` gives something.
    NotFirst(RuleId),
    /// Nobody asked for the reward.
    NotAsked,
    /// The member has too little to pay for the reward.
    NotEnough(Needs),
    /// The running total was paid already.
    PaidAlready(Option<Needs>),
}

/// What is missing: `180 RUB more`.
#[derive(Debug, Clone, PartialEq)]
pub struct Needs {
    /// Of what, as written: `spend`.
    pub of: String,
    /// How much more (below zero: how much less).
    pub more: Exact,
    /// Must it be more than that?
    pub above: bool,
    /// Its type.
    pub ty: Type,
}

impl Reason {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongFact => "wrong-fact",
            Self::NotInForce => "not-in-force",
            Self::OutsidePeriod { .. } => "outside-period",
            Self::NotNth { .. } => "not-nth",
            Self::NoLines => "no-lines",
            Self::Condition { .. } => "condition",
            Self::MissingValue => "missing",
            Self::NoRow => "no-row",
            Self::NoReferrer => "no-referrer",
            Self::NoBase(_) => "no-base",
            Self::RoundsToZero(_) => "rounds-to-zero",
            Self::LimitReached(_) => "limit-reached",
            Self::NotBest(_) => "not-best",
            Self::NotFirst(_) => "not-first",
            Self::PaidAlready(_) => "paid-already",
            Self::NotAsked => "not-asked",
            Self::NotEnough(_) => "not-enough",
        }
    }

    /// What is missing, where a number is.
    pub const fn needs(&self) -> Option<&Needs> {
        match self {
            Self::Condition { needs, .. } | Self::RoundsToZero(needs) | Self::PaidAlready(needs) => needs.as_ref(),
            Self::NotEnough(needs) => Some(needs),
            _ => None,
        }
    }

    /// Why a condition fails: its first part that does.
    pub(super) fn of_condition(scene: &Scene<'_>, id: ExprId, explain: bool) -> Result<Self, Fault> {
        if !explain {
            return Ok(Self::Condition { text: String::new(), needs: None });
        }
        if let Node::And(parts) = scene.plan.node(id) {
            for part in parts {
                if !scene.holds(*part)? {
                    return Self::of_condition(scene, *part, explain);
                }
            }
        }
        if scene.value(id)? == Val::Missing {
            return Ok(Self::MissingValue);
        }
        if let Node::Compare(compare, left, right) = scene.plan.node(id) {
            let (left_value, right_value) = (scene.value(*left)?, scene.value(*right)?);
            if left_value == Val::Missing || right_value == Val::Missing {
                return Ok(Self::MissingValue);
            }
            if let (Val::Num(have), Val::Num(want)) = (left_value, right_value)
                && !matches!(compare, Compare::NotEqual)
            {
                let above = matches!(compare, Compare::More | Compare::Less);
                let needs = Needs {
                    of: text_of(scene.plan, *left),
                    more: want.minus(have)?,
                    above,
                    ty: type_of(scene.plan, *left),
                };
                return Ok(Self::Condition { text: text_of(scene.plan, id), needs: Some(needs) });
            }
        }
        Ok(Self::Condition { text: text_of(scene.plan, id), needs: None })
    }

    /// Why a formula has no value: no row of a table fits, a division by zero, something that is not known.
    pub(super) fn of_formula(scene: &Scene<'_>, formula: &Formula) -> Result<Self, Fault> {
        let divided = || Self::Condition { text: String::new(), needs: None };
        let by_zero = |exprs: &[ExprId]| -> Result<bool, Fault> {
            for expr in exprs {
                if divides_by_zero(scene, *expr)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        Ok(match formula {
            Formula::ByKey { key, .. } | Formula::Bands { key, .. } => {
                let mut inner = None;
                super::formula::rows_that_apply(scene, formula, &mut |scene, row| {
                    inner = Some(Self::of_formula(scene, row)?);
                    Ok(())
                })?;
                match inner {
                    Some(reason) => reason,
                    None if scene.value(*key)? == Val::Missing && !by_lines(formula) => Self::MissingValue,
                    None => Self::NoRow,
                }
            }
            Formula::Fixed { amount, .. } if by_zero(&[*amount])? => divided(),
            Formula::Share { share, of, .. } if by_zero(&[*share, *of])? => divided(),
            Formula::Block { units, size, of, .. } if by_zero(&[*units, *size, *of])? => divided(),
            Formula::Block { size, .. } if scene.number(*size)?.is_some_and(|size| !size.is_positive()) => divided(),
            _ => Self::MissingValue,
        })
    }
}

/// Is a table worked out line by line?
const fn by_lines(formula: &Formula) -> bool {
    matches!(formula, Formula::ByKey { per_line: true, .. })
}

/// Does an expression divide by nothing?
fn divides_by_zero(scene: &Scene<'_>, id: ExprId) -> Result<bool, Fault> {
    match scene.plan.node(id) {
        Node::Product(parts) => {
            for (factor, part) in parts {
                let zero = scene.number(*part)?.is_some_and(crate::value::Exact::is_zero);
                if (*factor == crate::plan::Factor::Over && zero) || divides_by_zero(scene, *part)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Node::Sum(parts) => {
            for (part, _) in parts {
                if divides_by_zero(scene, *part)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => Ok(false),
    }
}

/// The source text of an expression.
pub fn text_of(plan: &Plan, id: ExprId) -> String {
    let span = plan.spans.get(id.index()).copied().unwrap_or_default();
    let text = plan.source.get(span.start as usize..span.end as usize).unwrap_or("");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The type of an expression, as far as explanations need it.
pub(super) fn type_of(plan: &Plan, id: ExprId) -> Type {
    use crate::plan::NumField;
    match plan.node(id) {
        Node::Lines(NumField::Spend(_)) | Node::Receipt(NumField::Spend(_)) => Type::Money,
        Node::Counter(counter, _) => plan.counter(*counter).ty,
        Node::Balance(unit, _) => Type::Units(*unit),
        Node::DaysSince(_) => Type::Days,
        _ => Type::Number,
    }
}

/// One award's arithmetic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The unit's plural.
    pub unit: String,
    /// What gives, as written.
    pub text: String,
    /// The arithmetic with the numbers put in: `5% × 250 ÷ 1`.
    pub arithmetic: String,
    /// Its exact result: `25/2`.
    pub exact: String,
    /// How it is rounded: `down`.
    pub rounding: String,
    /// To how many decimals.
    pub decimals: u32,
    /// After rounding.
    pub wanted: Amount,
    /// After limits and groups.
    pub given: Amount,
    /// The limits that it met: as written.
    pub limits: Vec<String>,
    /// Is it a referrer's?
    pub to_referrer: bool,
    /// How many links up the one who receives stands, if more than the referrer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<u8>,
}

/// What became of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It gave.
    Paid(Vec<Step>),
    /// It gave nothing.
    Missed(Reason, Vec<Step>),
}

/// What became of a rule on an event.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleOutcome {
    /// The rule.
    pub rule: RuleId,
    /// What became of it.
    pub outcome: Outcome,
}

/// Why an event gave what it gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// Each rule that the kind of fact can set off, by name.
    pub rules: Vec<RuleOutcome>,
}

/// Gathers an explanation while the work goes on.
#[derive(Debug, Default)]
pub(super) struct Trace {
    steps: Vec<(RuleId, u8, Step, Option<Needs>)>,
    missed: Vec<(RuleId, Reason)>,
    gives: Vec<(RuleId, u8, Reason)>,
    promoted: Vec<RuleId>,
    sold: Vec<RuleId>,
}

impl Trace {
    /// A rule gave nothing.
    pub(super) fn missed(&mut self, rule: RuleId, reason: Reason) {
        self.missed.retain(|(known, _)| *known != rule);
        self.missed.push((rule, reason));
    }

    /// A give of a rule gave nothing: of several gives the first one's reason counts.
    pub(super) fn missed_give(&mut self, rule: RuleId, act: u8, reason: Reason) {
        self.gives.retain(|(known, at, _)| *known != rule || *at != act);
        self.gives.push((rule, act, reason));
    }

    /// A rule is worked out once more, on other lines.
    pub(super) fn forget(&mut self, rule: RuleId) {
        self.missed.retain(|(known, _)| *known != rule);
        self.gives.retain(|(known, ..)| *known != rule);
    }

    /// A rule gave a tier.
    pub(super) fn promoted(&mut self, rule: RuleId) {
        self.promoted.push(rule);
    }

    /// A reward took money off, or a limit left it none.
    pub(super) fn sold(
        &mut self,
        plan: &Plan,
        rule: RuleId,
        text: &str,
        wanted: Amount,
        given: Amount,
        limit: Option<LimitId>,
    ) {
        if given.is_positive() {
            self.sold.push(rule);
        } else {
            self.missed(
                rule,
                limit.filter(|_| wanted.is_positive()).map_or(Reason::RoundsToZero(None), Reason::LimitReached),
            );
        }
        let step = Step {
            unit: plan.currency.clone(),
            text: text.to_owned(),
            arithmetic: wanted.to_string(),
            exact: wanted.to_string(),
            rounding: rounding_word(Round { mode: Rounding::HalfUp, scope: RoundScope::Rule }),
            decimals: plan.currency_decimals,
            wanted,
            given,
            limits: limit.map(|limit| plan.limit(limit).text.clone()).into_iter().collect(),
            to_referrer: false,
            links: None,
        };
        self.steps.push((rule, u8::MAX, step, None));
    }

    /// A group cut a row.
    pub(super) fn cut(&mut self, rule: RuleId, act: u8, given: Amount, limit: LimitId) {
        for (of, at, step, _) in &mut self.steps {
            if *of == rule && *at == act {
                step.given = given;
            }
        }
        if given.is_zero() {
            self.missed_give(rule, act, Reason::LimitReached(limit));
        }
    }

    /// An award was worked out.
    pub(super) fn worked(
        &mut self,
        work: &Work<'_>,
        award: &Award,
        formula: &Formula,
        round: Round,
        chosen: &[u16],
    ) -> Result<(), Fault> {
        let plan = work.plan;
        let unit = plan.unit(award.unit);
        let scene = work.scene(chosen);
        let own = award.source.0 == award.rule;
        let arithmetic = arithmetic::of_award(work, award, formula, chosen)?;
        let (num, den) = award.exact.parts();
        let exact = if den == 1 { num.to_string() } else { format!("{num}/{den}") };
        let step = Step {
            unit: unit.key().to_owned(),
            text: text_of_act(plan, award),
            arithmetic: arithmetic.unwrap_or_else(|| exact.clone()),
            exact,
            rounding: rounding_word(round),
            decimals: unit.decimals,
            wanted: award.wanted,
            given: award.given,
            limits: award.charges.iter().map(|charge| plan.limit(charge.limit).text.clone()).collect(),
            to_referrer: award.level != Level::MEMBER,
            links: Some(award.level.links()).filter(|links| *links > 1),
        };
        let needs = if award.wanted.is_zero() && own {
            arithmetic::needs_for_one(&scene, formula, award.unit, round)?
        } else {
            None
        };
        if award.given.is_zero() {
            let limit = award.charges.first().map(|charge| charge.limit);
            let reason = match (award.wanted.is_zero(), limit) {
                (true, _) if own && matches!(formula, Formula::Running { .. }) => {
                    Reason::PaidAlready(arithmetic::needs_of_running(work, award, formula, chosen)?)
                }
                (false, Some(limit)) => Reason::LimitReached(limit),
                (true, _) if own && quotes_nothing(&scene, formula).is_some() => {
                    Reason::NoBase(quotes_nothing(&scene, formula).unwrap_or(award.rule))
                }
                _ => Reason::RoundsToZero(needs.clone()),
            };
            self.missed_give(award.rule, award.act, reason);
        }
        self.steps.retain(|(rule, act, _, _)| *rule != award.rule || *act != award.act);
        self.steps.push((award.rule, award.act, step, needs));
        Ok(())
    }

    /// The explanation of an event that could set off these rules.
    pub(super) fn finish(self, rules: &[RuleId], done: &super::accrual::Done) -> Explanation {
        let mut sorted = rules.to_vec();
        sorted.sort_unstable();
        let mut outcomes = Vec::new();
        for rule in sorted {
            let mut steps: Vec<Step> =
                self.steps.iter().filter(|(of, ..)| *of == rule).map(|(_, _, step, _)| step.clone()).collect();
            let mut paid = self.promoted.contains(&rule) || self.sold.contains(&rule);
            let finals: Vec<&Award> = done.awards.iter().filter(|award| award.rule == rule).collect();
            for (step, award) in steps.iter_mut().zip(finals) {
                step.wanted = award.wanted;
                step.given = award.given;
                paid |= award.given.is_positive();
            }
            let of_rule = self.missed.iter().find(|(of, _)| *of == rule).map(|(_, reason)| reason.clone());
            let of_gives = self.gives.iter().filter(|(of, ..)| *of == rule).min_by_key(|(_, act, _)| *act);
            let reason = of_rule.or_else(|| of_gives.map(|(.., reason)| reason.clone()));
            match reason {
                _ if paid => outcomes.push(RuleOutcome { rule, outcome: Outcome::Paid(steps) }),
                // A rule that neither paid nor missed was not set off by this fact.
                Some(Reason::WrongFact) | None => {}
                Some(reason) => outcomes.push(RuleOutcome { rule, outcome: Outcome::Missed(reason, steps) }),
            }
        }
        Explanation { rules: outcomes }
    }
}

/// Does a period hang on the birthday?
pub(super) fn hangs_on_birthday(plan: &Plan, period: PeriodId) -> bool {
    match plan.periods.get(period.index()) {
        Some(Period::Any(parts)) => parts.iter().any(|part| hangs_on_birthday(plan, *part)),
        Some(Period::All(parts, _)) => parts.iter().any(|part| hangs_on_birthday(plan, *part)),
        Some(Period::Around(_, _, Anchor::Feast(Feast::Birthday)) | Period::SpanOf(_, Feast::Birthday)) => true,
        Some(Period::Feast(feast)) => *feast == Feast::Birthday,
        _ => false,
    }
}

/// The rule whose award a formula quotes, where that gave nothing.
fn quotes_nothing(scene: &Scene<'_>, formula: &Formula) -> Option<RuleId> {
    let Formula::OfAward { rule, .. } = formula else { return None };
    scene.given.get(rule.index()).is_none_or(|given| given.is_zero()).then_some(*rule)
}

fn text_of_act(plan: &Plan, award: &Award) -> String {
    let rule = plan.rule(award.rule);
    match rule.acts.get(usize::from(award.act)) {
        Some(crate::plan::Act::Give(give)) => give.text.clone(),
        Some(crate::plan::Act::Multiply { base, by }) => {
            format!("multiply \"{}\" by {}", plan.rule(*base).name, text_of(plan, *by))
        }
        Some(crate::plan::Act::Add { rate, base }) => {
            format!("add {} to \"{}\"", text_of(plan, *rate), plan.rule(*base).name)
        }
        Some(crate::plan::Act::Take(_)) | None => String::new(),
    }
}

fn rounding_word(round: Round) -> String {
    let mode = match round.mode {
        Rounding::Down => "down",
        Rounding::Up => "up",
        Rounding::HalfUp => "half up",
        Rounding::HalfEven => "half even",
    };
    match round.scope {
        RoundScope::Rule => mode.to_owned(),
        RoundScope::Line => format!("{mode} per line"),
        RoundScope::Item => format!("{mode} per item"),
        RoundScope::Receipt => format!("{mode} per receipt"),
    }
}

/// An exact number as a decimal where it is one, else as a fraction.
pub fn plain(number: Exact) -> String {
    if let Some(amount) = number.to_amount() {
        return amount.to_string();
    }
    let (num, den) = number.parts();
    format!("{num}/{den}")
}
