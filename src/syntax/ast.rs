//! The tree of a rule file, as written: names are texts, nothing is resolved yet.
//!
//! Every variant is documented by the source text it stands for. Lists hold what was written in the
//! order it was written; spans cover the node's own text.

use crate::source::Span;
use crate::time::{Day, Duration, DurationUnit, Span as Stretch, TimeOfDay, Weekday};
use crate::value::{Exact, Rounding};

/// A name or a text as written, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The text.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A whole rule file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// Its declarations in the order written.
    pub items: Vec<Item>,
}

/// A declaration.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `program "Sweet Corner" { … }`
    Program(Program),
    /// `data { … }`
    Data(Data),
    /// `param base = 5%`
    Param(Param),
    /// `list goods_not = ["POST", "M"]`
    List(List),
    /// `calendar "Black Friday" { 2026-11-27 to 2026-11-30 }`
    Calendar(Calendar),
    /// `counter night, nights = sum of nights this calendar year`
    Counter(Counter),
    /// `unit bean, beans { … }`
    Unit(Unit),
    /// `tiers status by spend over the last 12 months { … }`
    Tiers(Tiers),
    /// `rule "Base" { … }`
    Rule(Rule),
    /// `best of { "Base", "Birthday" }`
    Group(Group),
    /// `example "double at New Year" { … }`
    Example(Example),
}

impl Item {
    /// Where it stands.
    pub const fn span(&self) -> Span {
        match self {
            Self::Program(of) => of.span,
            Self::Data(of) => of.span,
            Self::Param(of) => of.span,
            Self::List(of) => of.span,
            Self::Calendar(of) => of.span,
            Self::Counter(of) => of.span,
            Self::Unit(of) => of.span,
            Self::Tiers(of) => of.span,
            Self::Rule(of) => of.span,
            Self::Group(of) => of.span,
            Self::Example(of) => of.span,
        }
    }
}

/// ` from 2026-01-01 to 2026-12-31` in a header: when the declaration is in force, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InForce {
    /// `from 2026-01-01`
    pub from: Option<Day>,
    /// `to 2026-12-31`
    pub to: Option<Day>,
    /// Where; empty if not written.
    pub span: Span,
}

/// `program "Sweet Corner" from 2026-01-01 { currency RUB … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// `"Sweet Corner"`
    pub name: Name,
    /// When the programme awards.
    pub in_force: InForce,
    /// Its clauses.
    pub clauses: Vec<ProgramClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `program`.
#[derive(Debug, Clone, PartialEq)]
pub enum ProgramClause {
    /// `currency RUB` or `currency JPY, 0 decimals`
    Currency(Name, Option<u32>),
    /// `timezone "Europe/Moscow"`
    Timezone(Name),
    /// `returns within 90 days`
    Returns(Returns),
    /// `fiscal year from Apr 1`
    FiscalYear(MonthDay, Span),
}

/// `returns within 90 days, in proportion`
#[derive(Debug, Clone, PartialEq)]
pub struct Returns {
    /// `within 90 days`
    pub within: Option<Duration>,
    /// `in proportion`, `from pending only`, …
    pub modes: Vec<ReturnsMode>,
    /// Where.
    pub span: Span,
}

/// How a return is worked, where it is not "again with the lines that were kept".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReturnsMode {
    /// `in proportion`
    InProportion,
    /// `whole receipts only`
    WholeReceiptsOnly,
    /// `awards stay`
    AwardsStay,
    /// `spent units stay`
    SpentUnitsStay,
    /// `from pending only`
    FromPendingOnly,
}

/// `Dec 15`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

/// `data { line category text … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// The declared attributes and actions.
    pub attributes: Vec<AttributeDecl>,
    /// Where.
    pub span: Span,
}

/// `receipt channel text, or "store"`, or `action review` (a kind of action: no type)
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeDecl {
    /// `receipt`
    pub scope: crate::ty::Scope,
    /// `channel`
    pub name: Name,
    /// `text`; absent for a kind of action.
    pub kind: Option<crate::ty::AttributeType>,
    /// `may be missing` or `or "store"`
    pub missing: Option<MissingDecl>,
    /// Where.
    pub span: Span,
}

/// What if the data have no value.
#[derive(Debug, Clone, PartialEq)]
pub enum MissingDecl {
    /// `may be missing`
    Allowed,
    /// `or "store"`
    Default(Literal),
}

/// `2, 1 from 2015-04-11`: a value and those that follow it in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    /// The first value.
    pub first: Expr,
    /// Each later value with its first day.
    pub later: Vec<(Expr, Day)>,
}

/// `param base = 5%`
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// `base`
    pub name: Name,
    /// `5%`
    pub value: Dated,
    /// Where.
    pub span: Span,
}

/// `list no_goods = ["POST", "M"]`
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// `no_goods`
    pub name: Name,
    /// Its members.
    pub values: Vec<Literal>,
    /// Where.
    pub span: Span,
}

/// `calendar "Black Friday" { 2026-11-27 to 2026-11-30, 2027-11-26 }`
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// `"Black Friday"`
    pub name: Name,
    /// First and last day of each stretch.
    pub stretches: Vec<Dates>,
    /// Where.
    pub span: Span,
}

/// `from 2026-11-27 to 2026-11-30`; one day has the same day twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// The first day; open if absent.
    pub from: Option<Day>,
    /// The last day; open if absent.
    pub to: Option<Day>,
    /// Where.
    pub span: Span,
}

/// `counter night, nights = sum of nights this calendar year where room = "suite"`
#[derive(Debug, Clone, PartialEq)]
pub struct Counter {
    /// `night, nights`: any of them names it.
    pub nouns: Vec<Name>,
    /// `sum of nights`
    pub measure: Measure,
    /// `where room = "suite"`: which lines count.
    pub filter: Option<Expr>,
    /// `if channel = "web"`: which facts count.
    pub condition: Option<Expr>,
    /// `this calendar year`; absent: the lifetime.
    pub window: Option<Window>,
    /// Where.
    pub span: Span,
}

/// What a counter counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// `sum of nights`
    Sum(Path),
    /// `largest of spend`
    Largest(Path),
    /// `count of distinct category`
    Distinct(Path),
    /// `count of awards of "Base"`
    AwardsOf(Name),
    /// `count of action review`
    Actions(Name),
    /// `points from "Base"`
    AwardedFrom(Path, Name),
    /// `spend`, `visits`, `returns`, `friends`, `points` (all awards of a unit), a named counter; or, without a
    /// window, also an attribute, a parameter, `status.extra`, `beans.balance`, a tier, a rule …
    Path(Path),
}

/// `status.extra`, `spend before discounts`
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The names between the dots.
    pub names: Vec<Name>,
    /// `before discounts`, `before points`
    pub before: Option<Before>,
    /// Where.
    pub span: Span,
}

/// Up to which step of a purchase money is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Before {
    /// `before discounts`
    Discounts,
    /// `before points`
    Points,
}

/// The period of a counter.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    /// `over the last 12 months`
    Rolling(Duration),
    /// `this calendar month`
    This(Kalendar),
    /// `last calendar year`: the one before this
    Last(Kalendar),
    /// `lifetime`
    Lifetime,
    /// `since entering Gold`, `since entering status` (the tier held now), `since joining`
    Since(Anchor),
    /// `during "Black Friday"`: the occurrence that contains now
    During(Box<PeriodPart>),
}

/// `calendar month`, `fiscal year`, `membership year`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kalendar {
    /// `fiscal`; not written: `calendar`.
    pub kind: KalendarKind,
    /// `year`
    pub span: Stretch,
}

/// From when spans are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KalendarKind {
    /// `calendar`
    #[default]
    Calendar,
    /// `fiscal`: from `fiscal year from Apr 1`
    Fiscal,
    /// `membership`: from the day of joining
    Membership,
}

/// `unit bean, beans { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// `bean, beans`: one, many, and further forms; the second (or only) is its key in results.
    pub nouns: Vec<Name>,
    /// When it can be earned.
    pub in_force: InForce,
    /// Its clauses.
    pub clauses: Vec<UnitClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `unit`.
#[derive(Debug, Clone, PartialEq)]
pub enum UnitClause {
    /// `worth 1 RUB`
    Worth(Dated, Span),
    /// `decimals 2`
    Decimals(u32, Span),
    /// `round half up per line`
    Round(Round),
    /// `opens 14 days after earning`
    Opens(Opening, Span),
    /// `expires 6 months after opening, at end of month`
    Expires(Expiry, Span),
    /// `spend oldest first`
    SpendOrder(SpendOrder, Span),
    /// `apart by store`
    ApartBy(Name),
    /// `never below zero`
    NeverBelowZero(Span),
}

/// `round half up per line`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// `half up`
    pub mode: Rounding,
    /// `per line`; not written: the rule on a receipt.
    pub scope: RoundScope,
    /// Where.
    pub span: Span,
}

/// What is rounded as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RoundScope {
    /// The rule's award on a receipt (decided).
    #[default]
    Rule,
    /// `per line`
    Line,
    /// `per item`
    Item,
    /// `per receipt`: all rows of the unit on it together, shared back by largest remainder.
    Receipt,
}

/// Which lots are spent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SpendOrder {
    /// `spend soonest first` (decided): the soonest expiry
    #[default]
    Soonest,
    /// `spend oldest first`
    Oldest,
    /// `spend newest first`
    Newest,
}

/// When an award can be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Opening {
    /// `at once` (decided)
    AtOnce,
    /// `14 days after earning`
    Due(Due),
    /// `on action confirm within 30 days`, `on action opt_in this calendar month`
    OnAction {
        /// `confirm`
        action: Name,
        /// `within 30 days`
        within: Option<Duration>,
        /// `this calendar month`: an action already done in it counts
        window: Option<Window>,
    },
}

/// When what is left of an award is lost.
#[derive(Debug, Clone, PartialEq)]
pub enum Expiry {
    /// `never` (decided)
    Never,
    /// `with status`: when the tier held at earning ends
    With(Name),
    /// `12 months after the last purchase`
    Due(Due),
}

/// A moment to come: `6 months after opening, at end of month`
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// `6 months after opening`
    pub base: DueBase,
    /// `, at end of month`: moved to that edge of the span that it falls into
    pub snap: Option<Edge>,
    /// Where.
    pub span: Span,
}

/// How long, where the number may be a value of the tier held.
#[derive(Debug, Clone, PartialEq)]
pub enum Length {
    /// `6 months`
    Fixed(Duration),
    /// `status.life months`
    Value(Path, DurationUnit),
}

/// What a moment is counted from.
#[derive(Debug, Clone, PartialEq)]
pub enum DueBase {
    /// `2026-12-31`
    On(Day),
    /// `6 months after opening`, `status.life months after earning`
    After(Length, Anchor),
    /// `end of next calendar year`
    At(Anchor),
}

/// A moment that something happens at.
#[derive(Debug, Clone, PartialEq)]
pub enum Anchor {
    /// `earning`: when the award is made
    Earning,
    /// `opening`: when the lot opens
    Opening,
    /// `reaching`: when the tier's condition was last met
    Reaching,
    /// `joining`
    Joining,
    /// `the last purchase`
    Last(Activity),
    /// `entering Gold`, `entering status`
    Entering(Name),
    /// `action confirm`: the last one
    Action(Name),
    /// `the birthday`, `Easter`: the next one
    Feast(Feast),
    /// `end of next calendar year`
    Edge(Edge),
}

/// What keeps units alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// `purchase`
    Purchase,
    /// `award` (of the unit)
    Award,
    /// `redemption` (of the unit)
    Redemption,
}

/// `end of next calendar year`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    /// `end`; else `start`
    pub side: Side,
    /// `next`
    pub next: bool,
    /// `calendar year`
    pub kalendar: Kalendar,
}

/// Which edge of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Side {
    /// `start`
    Start,
    /// `end`
    End,
}

/// A day that returns every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Feast {
    /// `the birthday`
    Birthday,
    /// `the anniversary` of joining
    Anniversary,
    /// `Easter`
    Easter,
}

/// A stretch of time: parts joined by `or`.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Joined by `or`.
    pub any: Vec<PeriodAll>,
    /// Where.
    pub span: Span,
}

/// `every Friday and from 15:00 to 18:00 except "holidays"`
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodAll {
    /// Joined by `and`.
    pub all: Vec<PeriodPart>,
    /// Each after `except`.
    pub except: Vec<PeriodPart>,
}

/// One stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodPart {
    /// What it is.
    pub kind: PeriodKind,
    /// Where.
    pub span: Span,
}

/// The forms of a stretch.
#[derive(Debug, Clone, PartialEq)]
pub enum PeriodKind {
    /// `from 15:00 to 18:00`: until just before 18:00; over midnight if the second is earlier
    Hours(TimeOfDay, TimeOfDay),
    /// `from 2026-11-27 to 2026-11-30`, `2026-11-27`
    Dates(Dates),
    /// `every year from Dec 15 to Jan 10`, `every year on Dec 25`
    Yearly(MonthDay, MonthDay),
    /// `every Friday`, `every first Monday of the month`, `every 4th Thursday of Nov`
    Weekdays {
        /// `4th`
        ordinal: Option<Ordinal>,
        /// `Thursday`
        days: Vec<Weekday>,
        /// `of Nov`
        of: Option<WeekdaysOf>,
    },
    /// `3 days around the birthday`: from 3 before to 3 after; `before` and `after` include the day itself
    Around(Duration, Around, Anchor),
    /// `the month of the birthday`
    SpanOf(Stretch, Feast),
    /// `the birthday`
    Feast(Feast),
    /// `"Black Friday"`
    Named(Name),
    /// `( … )`
    Nested(Period),
}

/// `of the month`, `of Nov`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeekdaysOf {
    /// `of the month`
    EveryMonth,
    /// `of Nov`
    Month(u32),
}

/// Which of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ordinal {
    /// `first`, `5th`
    Nth(u32),
    /// `last`
    Last,
}

/// On which side of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Around {
    /// `around`
    Both,
    /// `before`
    Before,
    /// `after`
    After,
}

/// `tiers status by spend over the last 12 months { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Tiers {
    /// `status`
    pub name: Name,
    /// When the ladder is in force.
    pub in_force: InForce,
    /// `spend over the last 12 months`: what a bare amount after `from` is compared with
    pub by: Option<Expr>,
    /// From the lowest to the highest.
    pub tiers: Vec<Tier>,
    /// Its clauses.
    pub clauses: Vec<TiersClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `tiers`.
#[derive(Debug, Clone, PartialEq)]
pub enum TiersClause {
    /// `keep until end of next calendar year, then one tier down`
    Keep(Due, Option<Drop>, Span),
    /// `opens start of next calendar month`: when a tier that was reached takes effect; `opens at once`: this purchase already
    Opens(Opening, Span),
    /// `restart at a rise`
    Restart(Span),
}

/// Where a member falls when a keeping ends; not written: to the tier of the day's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Drop {
    /// `one tier down`
    OneDown,
    /// `to the bottom`
    Bottom,
    /// `stay`
    Stay,
}

/// `Gold from 50_000 RUB, extra 2%, perk "free tasting"`
#[derive(Debug, Clone, PartialEq)]
pub struct Tier {
    /// `Gold`
    pub name: Name,
    /// `from 50_000 RUB`; absent: the lowest tier, or one that only a rule gives
    pub reach: Option<Reach>,
    /// `extra 2%`
    pub values: Vec<(Name, Dated)>,
    /// Where.
    pub span: Span,
}

/// `from 4 stays or 10 nights and 25_000 points`
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// `above`: more than; else `from`: at least
    pub above: bool,
    /// Joined by `or`, each a list joined by `and`. A quantity names its counter; a plain amount means the ladder's `by`.
    pub any: Vec<Vec<Expr>>,
    /// Where.
    pub span: Span,
}

/// `rule "Base" from 2026-01-01 { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `"Base"`
    pub name: Name,
    /// When it is in force.
    pub in_force: InForce,
    /// Its clauses.
    pub clauses: Vec<RuleClause>,
    /// Where.
    pub span: Span,
}

/// A clause of `rule`.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleClause {
    /// `on action review`
    On(Trigger, Span),
    /// `at end of calendar month`
    At(Edge, Span),
    /// `where category = "cakes"`
    Where(Expr),
    /// `if spend >= 100 RUB`
    If(Expr),
    /// `during every Friday`
    During(Period),
    /// `give 5% of spend as beans, at most 500 beans per receipt`
    Give(Give),
    /// `take all beans`, `take 10% of beans.balance as beans`
    Take(Take),
    /// `multiply "Base" by 2`
    Multiply(Name, Expr, Span),
    /// `add 10% to "Base"`
    Add(Expr, Name, Span),
    /// `at most 3 times per calendar month`
    Limit(Limit),
    /// `round up per line`
    Round(Round),
    /// `returns in proportion`
    Returns(Returns),
}

/// What sets a rule off; without `on`, a purchase.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// `purchase`, `a friend's join`
    Fact {
        /// `a friend's`: the fact is of someone that the receiver referred
        friends: bool,
        /// `join`
        fact: Fact,
    },
    /// `the 5th purchase`, `every 5th purchase this calendar month`, `a friend's first purchase`
    Nth {
        /// `a friend's`
        friends: bool,
        /// `every`
        every: bool,
        /// `5th`
        ordinal: Ordinal,
        /// `this calendar month`; not written: the lifetime
        window: Option<Window>,
    },
    /// `entering Gold`, `entering status` (any rise)
    Entering(Name),
    /// `the birthday`, `every Monday`, `2026-05-01`: the first moment of each occurrence
    Period(Period),
}

/// A kind of fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// `purchase`
    Purchase,
    /// `return`
    Return,
    /// `join`
    Join,
    /// `action review`
    Action(Name),
    /// `redeem`
    Redeem,
    /// `merge`
    Merge,
    /// `adjust`
    Adjust,
    /// `leave`
    Leave,
}

/// `give the referrer 300 beans, at most 5 times per calendar month`
#[derive(Debug, Clone, PartialEq)]
pub struct Give {
    /// `the referrer`; not written: the member of the fact
    pub recipient: Option<Recipient>,
    /// `300 beans`, `5% of spend`, or a tier: `Gold`
    pub amount: Expr,
    /// `as beans`
    pub unit: Option<Name>,
    /// `at most 5 times per calendar month`
    pub limits: Vec<Limit>,
    /// `opening 14 days after earning`
    pub opening: Option<Opening>,
    /// `expiring 2026-12-31`
    pub expiry: Option<Expiry>,
    /// Where.
    pub span: Span,
}

/// Who receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// `the member`
    Member,
    /// `the referrer`
    Referrer,
}

/// `take all beans`
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// `10% of beans.balance`; absent: `all`
    pub amount: Option<Expr>,
    /// `as beans`, or the unit after `all`
    pub unit: Option<Name>,
    /// Where.
    pub span: Span,
}

/// `at most 500 beans per store per calendar month, then 1%`
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// `500 beans`, `5 times`, `30% of spend`
    pub room: Expr,
    /// `per store`, `per calendar month`, `over the last 30 days`
    pub keys: Vec<LimitKey>,
    /// `all or nothing`, `then 1%`, `the rest carried`
    pub over: Option<OverLimit>,
    /// Where.
    pub span: Span,
}

/// What room is counted apart by.
#[derive(Debug, Clone, PartialEq)]
pub enum LimitKey {
    /// `per calendar month`
    Per(Kalendar),
    /// `per receipt`, `per member`, `per friend`, `per programme`, `per occurrence`, `per sku`, or an attribute: `per store`
    Named(Name),
    /// `over the last 30 days`
    Window(Window),
}

/// What happens with what has no room.
#[derive(Debug, Clone, PartialEq)]
pub enum OverLimit {
    /// `all or nothing`
    AllOrNothing,
    /// `then 1%`: a rate for the share that was cut
    Then(Expr),
    /// `the rest carried`: to the next period
    Carried,
}

/// `best of { "Base", "Birthday" at most 500 beans }`
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// `best of`
    pub kind: GroupKind,
    /// Its rules in written order.
    pub rules: Vec<Name>,
    /// `per line`, `by worth`, `in written order`
    pub options: Vec<GroupOption>,
    /// `at most 500 beans per receipt`: in sum
    pub limits: Vec<Limit>,
    /// Where.
    pub span: Span,
}

/// How a group stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// `best of`
    Best,
    /// `first of`
    First,
    /// `all of`
    All,
}

/// An option of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupOption {
    /// `per line`
    PerLine,
    /// `by worth`
    ByWorth,
    /// `in written order`
    InWrittenOrder,
}

/// An expression with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The forms of an expression. Lists (`and`, `or`, `+`, `*`) are flat, so a long line is not a deep tree.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `5%`, `20 RUB`, `"cakes"`
    Literal(LiteralKind),
    /// `spend over the last 12 months including this purchase`, `status.extra`, `base`
    Counted {
        /// `spend`
        measure: Measure,
        /// `over the last 12 months`
        window: Option<Window>,
        /// `including this purchase`
        including: bool,
    },
    /// `within 30 days of joining`
    Within(Duration, Anchor),
    /// `days since the last purchase`
    DaysSince(Anchor),
    /// `a or b`; also a value for what may be missing: `channel or "store"`
    Or(Vec<Expr>),
    /// `a and b`
    And(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `spend >= 100 RUB`
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// `category in ["a", "b"]`, `category not in no_goods`
    In {
        /// `category`
        value: Box<Expr>,
        /// `not in`
        negated: bool,
        /// `["a", "b"]`
        set: SetExpr,
    },
    /// `birthday is known`
    IsKnown(Box<Expr>),
    /// `5% of spend`, `25% of "Base"`
    Of(Box<Expr>, Box<Expr>),
    /// `1 bean per full 20 RUB`
    Per(Box<Expr>, Box<Block>),
    /// `by category { "tea" 5%  otherwise 1% }`
    Table(Box<Table>),
    /// `a + b - c`: the first, then each with its sign
    Sum(Vec<(Sign, Expr)>),
    /// `a * b / c`
    Product(Vec<(Factor, Expr)>),
    /// `-a`
    Negative(Box<Expr>),
}

/// A sign of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// A sign of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Factor {
    /// `*`
    Times,
    /// `/`
    Over,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// `["a", "b"]` or the name of a list
#[derive(Debug, Clone, PartialEq)]
pub enum SetExpr {
    /// `["a", "b"]`
    Literals(Vec<Literal>),
    /// `no_goods`
    Named(Name),
}

/// What stands after `per`.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// `item`: one of a line's quantity
    Item,
    /// `line`
    Line,
    /// `visit`: the receipt
    Visit,
    /// `20 RUB`, `full 10 nights`
    Size(BlockMode, Expr),
}

/// How blocks are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockMode {
    /// no word: in proportion
    Linear,
    /// `full`
    Full,
    /// `started`
    Started,
    /// `nearest`
    Nearest,
}

/// `by spend, each part at its own rate { from 1_000 RUB 3% }`
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// `spend`
    pub key: Expr,
    /// `each part at its own rate`
    pub marginal: bool,
    /// In written order.
    pub rows: Vec<Row>,
}

/// `from 1_000 RUB 3%`
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// `from 1_000 RUB`
    pub matches: RowMatch,
    /// `3%`
    pub value: Expr,
    /// Where.
    pub span: Span,
}

/// When a row applies.
#[derive(Debug, Clone, PartialEq)]
pub enum RowMatch {
    /// `"B", "C"`, `Gold`, `3`
    Keys(Vec<Expr>),
    /// `from 1_000 RUB`
    From(Expr),
    /// `above 1_000 RUB`
    Above(Expr),
    /// `otherwise`
    Otherwise,
}

/// A literal with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// What it is.
    pub kind: LiteralKind,
    /// Where.
    pub span: Span,
}

/// The forms of a literal. Numbers are exact; `1.5` and `1.50` are one value.
#[derive(Debug, Clone, PartialEq)]
pub enum LiteralKind {
    /// `20`
    Number(Exact),
    /// `5%`: the number as written, 5
    Percent(Exact),
    /// `20 RUB`, `50 beans`, `5 times`
    Quantity(Exact, Name),
    /// `"cakes"`
    Text(String),
    /// `2026-12-31`
    Date(Day),
    /// `15:00`
    Time(TimeOfDay),
    /// `yes`
    Flag(bool),
}

/// `example "double at New Year" { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// `"double at New Year"`
    pub name: Name,
    /// Its steps in written order.
    pub steps: Vec<Step>,
    /// Where.
    pub span: Span,
}

impl Example {
    /// Whose the facts and expectations are that name nobody: the one member that it describes, else `member`.
    pub fn subject(&self) -> &str {
        let mut described = self.steps.iter().filter_map(|step| match step {
            Step::Member(name, ..) => Some(name.text.as_str()),
            Step::Fact(_) | Step::ExpectAward(_) | Step::ExpectState { .. } => None,
        });
        match (described.next(), described.next()) {
            (Some(only), None) => only,
            _ => "member",
        }
    }
}

/// A step of an example.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// `member "Ann" { birthday 1990-12-20 }`
    Member(Name, Vec<(Name, Literal)>, Span),
    /// `on 2026-12-20 15:00 purchase "r1" by "Ann" { category "cakes" 1_000 RUB }`
    Fact(ExampleFact),
    /// `expect 100 beans from "Base" opening on 2027-01-03`: earned, net, by the fact just before
    ExpectAward(ExpectAward),
    /// `expect beans.balance = 100 beans for "Ann" on 2027-01-03`
    ExpectState {
        /// `beans.balance = 100 beans`
        condition: Expr,
        /// `for "Ann"`
        member: Option<Name>,
        /// `on 2027-01-03`: as of that day, before its end-of-day steps; not written: right after the fact before
        on: Option<Day>,
        /// Where.
        span: Span,
    },
}

/// A fact of an example.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleFact {
    /// `2026-12-20`
    pub day: Day,
    /// `15:00`
    pub time: Option<TimeOfDay>,
    /// `purchase`
    pub fact: Fact,
    /// `"r1"` after `purchase` or `return`
    pub receipt: Option<Name>,
    /// `100 beans` after `redeem` or `adjust`
    pub quantity: Option<Literal>,
    /// `of "r1"`
    pub of: Option<Name>,
    /// `by "Ann"`
    pub by: Option<Name>,
    /// `referred by "Bob"`
    pub referred_by: Option<Name>,
    /// `into "Ann"`
    pub into: Option<Name>,
    /// `{ category "cakes" 1_000 RUB  channel "web" }`: pairs, and amounts that each end a line
    pub parts: Option<Vec<FactPart>>,
    /// Where.
    pub span: Span,
}

/// A part of a fact of an example.
#[derive(Debug, Clone, PartialEq)]
pub enum FactPart {
    /// `category "cakes"`
    Pair(Name, Literal),
    /// `1_000 RUB`: the amount of the line whose pairs stand before it
    Amount(Literal),
}

/// `expect 100 beans from "Base" opening on 2027-01-03 for "Ann"`
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectAward {
    /// `100 beans`; may be below zero after a return
    pub quantity: Literal,
    /// `from "Base"`
    pub rule: Option<Name>,
    /// `opening on 2027-01-03`
    pub opening: Option<Day>,
    /// `expiring on 2027-06-30`
    pub expiring: Option<Day>,
    /// `for "Ann"`
    pub member: Option<Name>,
    /// Where.
    pub span: Span,
}
