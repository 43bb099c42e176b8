//! What `earnest diff` says of one change after another, and that it says nothing where nothing changes in meaning.
#![cfg(feature = "words")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use super::sources;
use earnest::source::Source;
use earnest::syntax::ast::File;
use earnest::words::{Language, What, differences};

const PROGRAM: &str = r#"program "Shop" { currency RUB timezone "Europe/Moscow" returns within 90 days }
data {
  line category text, or ""
  receipt channel text, or "store"
  member birthday date, may be missing
  action review
}
param base = 5%
list not_ours = ["tobacco", "alcohol"]
calendar "Black Friday" { 2026-11-27 to 2026-11-30 }
unit bean, beans { worth 1 RUB expires 12 months after earning }
unit cup, cups { expires never }
counter visit_now, visits_now = visits this calendar month
tiers status by spend over the last 12 months {
  Bronze, extra 0%
  Silver from 20_000 RUB, extra 1%
  Gold from 50_000 RUB, extra 2%
  keep until end of next calendar year
}
rule "Base" {
  where category not in not_ours
  if spend >= 100 RUB and channel = "store"
  give (base + status.extra) of spend as beans, at most 500 beans per calendar month
}
rule "By channel" { give by channel { "web" 10 beans "app" 20 beans } }
rule "Friday" { during every Friday multiply "Base" by 2 }
rule "Review" { on action review give 50 beans }
rule "Cup" { where category in ["coffee", "tea"] give 1 cup per item }
reward "Tenth" { where category = "coffee" costs 9 cups gives 1 item free }
best of { "Review", "By channel" }
scenario "Cheaper" {
  set status.Gold.from = 45_000 RUB
  set base = 3%
  without "Friday"
  rule "Cup" { where category = "coffee" give 2 cups per item }
  assume "Tenth" used by 40%, 60%, 80% of members at 50% of receipts
}
measure "Share" = cost / revenue
measure "Gold" = status.Gold.cost / status.Gold.active
example "a" { on 2026-01-02 purchase { 1_000 RUB } expect 50 beans from "Base" }
"#;

fn file(text: &str) -> File {
    let compiled = earnest::compile(&Source::new("shop.earn", text));
    assert!(compiled.plan.is_some(), "{text}\n{:?}", compiled.diagnostics);
    compiled.file
}

/// The clauses of all changes, a line each: `Rule “Base” | Goods: was: …; now: …`.
fn told(old: &str, new: &str, language: &str) -> Vec<String> {
    let language = Language::named(language).expect("a language");
    let found = differences(&file(old), &file(new), &language);
    let mut lines = Vec::new();
    for change in &found.changes {
        for clause in &change.part.clauses {
            let text = format!("{:?} {} | {}: {}", change.what, change.part.heading, clause.label, clause.text);
            lines.push(text.replace('\u{a0}', " "));
        }
    }
    assert_eq!(lines.is_empty(), found.same);
    lines
}

/// What to put where, and each thing that is to be said of it in English and in Russian.
type Told = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CHANGES: &[Told] = &[
    (
        "base = 5%",
        "base = 4%",
        &["Changed Value: base | Value: was: 5%; now: 4%", "Changed Value: base | Used by: Base"],
        &[
            "Changed Значение: base | Значение: было: 5 %; стало: 4 %",
            "Changed Значение: base | Где используется: Base",
        ],
    ),
    (
        "base = 5%",
        "base = 5%, 4% from 2027-01-01",
        &[
            "Changed Value: base | Value: was: 5%; now: 5% (from 1 January 2027: 4%)",
            "Changed Value: base | Used by: Base",
        ],
        &[
            "Changed Значение: base | Значение: было: 5 %; стало: 5 % (с 1 января 2027 г. — 4 %)",
            "Changed Значение: base | Где используется: Base",
        ],
    ),
    (
        "from 50_000 RUB",
        "from 40_000 RUB",
        &["Changed Levels: status | Gold, reached: was: from 50,000 RUB; now: from 40,000 RUB"],
        &["Changed Уровни: status | Gold, условие: было: от 50 000 ₽; стало: от 40 000 ₽"],
    ),
    (
        "from 50_000 RUB",
        "above 50_000 RUB",
        &["Changed Levels: status | Gold, reached: was: from 50,000 RUB; now: above 50,000 RUB"],
        &["Changed Уровни: status | Gold, условие: было: от 50 000 ₽; стало: свыше 50 000 ₽"],
    ),
    (
        "extra 2%",
        "extra 3%",
        &["Changed Levels: status | Gold, extra: was: 2%; now: 3%"],
        &["Changed Уровни: status | Gold, extra: было: 2 %; стало: 3 %"],
    ),
    (
        "extra 2%\n",
        "extra 2%\n  Platinum from 90_000 RUB, extra 4%\n",
        &["Changed Levels: status | Platinum: new: reached: from 90,000 RUB, extra: 4%"],
        &["Changed Уровни: status | Platinum: добавлено: условие: от 90 000 ₽, extra: 4 %"],
    ),
    (
        "  Silver from 20_000 RUB, extra 1%\n",
        "",
        &["Changed Levels: status | Silver: no longer: reached: from 20,000 RUB, extra: 1%"],
        &["Changed Уровни: status | Silver: отменено: условие: от 20 000 ₽, extra: 1 %"],
    ),
    (
        "over the last 12 months {",
        "over the last 6 months {",
        &[
            "Changed Levels: status | Decided by: was: the amount spent over the last 12 months; now: the amount spent over the last 6 months",
        ],
        &[
            "Changed Уровни: status | Показатель: было: сумма покупок за последние 12 месяцев; стало: сумма покупок за последние 6 месяцев",
        ],
    ),
    (
        "calendar year\n}",
        "calendar year, then one tier down\n}",
        &["Changed Levels: status | After that: was: the level reached on that day; now: at most one level down"],
        &[
            "Changed Уровни: status | Затем: было: уровень, условие которого выполнено в этот день; стало: не более чем на один уровень ниже",
        ],
    ),
    (
        "\"tobacco\", \"alcohol\"]",
        "\"tobacco\", \"alcohol\", \"gift card\"]",
        &["Changed List: not_ours | not_ours: was: “alcohol”, “tobacco”; now: “alcohol”, “gift card”, “tobacco”"],
        &["Changed Список: not_ours | not_ours: было: «alcohol», «tobacco»; стало: «alcohol», «gift card», «tobacco»"],
    ),
    (
        "spend >= 100 RUB and channel",
        "channel",
        &["Changed Rule “Base” | Condition: no longer: the amount of these goods is at least 100 RUB"],
        &["Changed Правило «Base» | Условие: отменено: стоимость этих товаров — не менее 100 ₽"],
    ),
    (
        "spend >= 100 RUB and channel",
        "spend >= 200 RUB and channel",
        &[
            "Changed Rule “Base” | Condition: was: the amount of these goods is at least 100 RUB; now: the amount of these goods is at least 200 RUB",
        ],
        &[
            "Changed Правило «Base» | Условие: было: стоимость этих товаров — не менее 100 ₽; стало: стоимость этих товаров — не менее 200 ₽",
        ],
    ),
    (
        "beans per calendar month",
        "beans per calendar week",
        &[
            "Changed Rule “Base” | You receive: was: (base + your level’s “extra” in “status”) of the amount of these goods, as beans; at most 500 beans per calendar month; now: (base + your level’s “extra” in “status”) of the amount of these goods, as beans; at most 500 beans per calendar week",
        ],
        &[
            "Changed Правило «Base» | Вы получаете: было: (base + «extra» уровня «status») от стоимости этих товаров, в виде beans; максимум 500 beans за календарный месяц; стало: (base + «extra» уровня «status») от стоимости этих товаров, в виде beans; максимум 500 beans за календарную неделю",
        ],
    ),
    (
        "every Friday",
        "every Monday",
        &["Changed Rule “Friday” | When: was: every Friday; now: every Monday"],
        &["Changed Правило «Friday» | Когда: было: по пятницам; стало: по понедельникам"],
    ),
    (
        "\"app\" 20 beans",
        "\"app\" 30 beans",
        &["Changed Rule “By channel” | “app”, what is given: was: 20 beans; now: 30 beans"],
        &["Changed Правило «By channel» | «app», сколько: было: 20 beans; стало: 30 beans"],
    ),
    (
        "\"app\" 20 beans",
        "\"app\" 20 beans otherwise 5 beans",
        &["Changed Rule “By channel” | otherwise: new: what is given: 5 beans"],
        &["Changed Правило «By channel» | в остальных случаях: добавлено: сколько: 5 beans"],
    ),
    (
        "expires 12 months after earning",
        "expires 6 months after earning",
        &["Changed What you collect: beans | Lost: was: 12 months after earning; now: 6 months after earning"],
        &[
            "Changed Что вы копите: beans | Сгорание: было: через 12 месяцев после начисления; стало: через 6 месяцев после начисления",
        ],
    ),
    (
        "returns within 90 days",
        "returns within 60 days, awards stay",
        &[
            "Changed The programme Shop | Returns: was: a purchase can come back within 90 days; later returns change nothing here; what a purchase gave is worked out again for the goods that were kept, and the difference is taken back; now: a purchase can come back within 60 days; later returns change nothing here; what was given stays",
        ],
        &[
            "Changed Программа Shop | Возвраты: было: покупку можно вернуть в течение 90 дней; более поздний возврат здесь ничего не меняет; начисленное за покупку рассчитывается заново по оставленным товарам, разница списывается; стало: покупку можно вернуть в течение 60 дней; более поздний возврат здесь ничего не меняет; начисленное остаётся",
        ],
    ),
    (
        "costs 9 cups",
        "costs 8 cups",
        &["Changed Reward “Tenth” | Costs: was: 9 cups; now: 8 cups"],
        &["Changed Награда «Tenth» | Нужно отдать: было: 9 cups; стало: 8 cups"],
    ),
    (
        "best of { \"Review\", \"By channel\" }",
        "",
        &[
            "Removed Together: “By channel”, “Review” | : Of “By channel”, “Review” only the one that gives most counts.",
        ],
        &[
            "Removed Сочетание: «By channel», «Review» | : Из «By channel», «Review» действует только то, что даёт больше.",
        ],
    ),
    (
        "rule \"Review\" { on action review give 50 beans }",
        "rule \"Review\" { on action review give 50 beans } rule \"Hello\" { on join give 5 beans }",
        &["Added Rule “Hello” | For: joining", "Added Rule “Hello” | You receive: 5 beans"],
        &["Added Правило «Hello» | Событие: вступление в программу", "Added Правило «Hello» | Вы получаете: 5 beans"],
    ),
    (
        "2026-11-30",
        "2026-12-01",
        &[
            "Changed Calendar “Black Friday” | Black Friday: was: from 27 November 2026 to 30 November 2026; now: from 27 November 2026 to 1 December 2026",
        ],
        &[
            "Changed Календарь «Black Friday» | Black Friday: было: с 27 ноября 2026 г. по 30 ноября 2026 г.; стало: с 27 ноября 2026 г. по 1 декабря 2026 г.",
        ],
    ),
    (
        "or \"store\"",
        "or \"web\"",
        &[
            "Changed Data: channel (the purchase) | Data: was: the purchase, text, “store”; now: the purchase, text, “web”",
        ],
        &["Changed Данные: channel (покупка) | Данные: было: покупка, текст, «store»; стало: покупка, текст, «web»"],
    ),
    (
        "visits this calendar month",
        "visits last calendar month",
        &[
            "Changed Counter: visits_now | Counts: was: the number of purchases in this calendar month; now: the number of purchases in the last calendar month",
        ],
        &[
            "Changed Подсчёт: visits_now | Считается: было: число покупок за текущий календарный месяц; стало: число покупок за прошлый календарный месяц",
        ],
    ),
    (
        "give 1 cup per item }",
        "give 1 cup per item round up }",
        &["Changed Rule “Cup” | Rounding: new: rounded up"],
        &["Changed Правило «Cup» | Округление: добавлено: вверх"],
    ),
    (
        "45_000 RUB",
        "42_000 RUB",
        &["Changed Scenario “Cheaper” | Gold, reached: was: from 45,000 RUB; now: from 42,000 RUB"],
        &["Changed Сценарий «Cheaper» | Gold, условие: было: от 45 000 ₽; стало: от 42 000 ₽"],
    ),
    (
        "  set base = 3%\n",
        "",
        &["Changed Scenario “Cheaper” | base: no longer: 3%"],
        &["Changed Сценарий «Cheaper» | base: отменено: 3 %"],
    ),
    (
        "  without \"Friday\"\n",
        "",
        &["Changed Scenario “Cheaper” | Leaves out: no longer: “Friday”"],
        &["Changed Сценарий «Cheaper» | Не действует: отменено: «Friday»"],
    ),
    (
        "give 2 cups per item",
        "give 3 cups per item",
        &["Changed Scenario “Cheaper” | Rule “Cup”, You receive: was: 2 cups for each item; now: 3 cups for each item"],
        &[
            "Changed Сценарий «Cheaper» | Правило «Cup», Вы получаете: было: 2 cups за каждую единицу товара; стало: 3 cups за каждую единицу товара",
        ],
    ),
    (
        "40%, 60%, 80% of members",
        "60% of members",
        &[
            "Changed Scenario “Cheaper” | Assumed of “Tenth”: was: 40% (low), 60% (base) or 80% (high) of members use it, at 50% of the purchases at which they can; now: 60% of members use it, at 50% of the purchases at which they can",
        ],
        &[
            "Changed Сценарий «Cheaper» | Предположение о «Tenth»: было: пользуются 40 % (мало), 60 % (обычно) или 80 % (много) участников, в 50 % покупок, в которых это можно; стало: пользуются 60 % участников, в 50 % покупок, в которых это можно",
        ],
    ),
    (
        "cost / revenue\n",
        "100 * cost / revenue\n",
        &["Changed Measure “Share” | Worked out as: was: the cost ÷ the revenue; now: 100 × the cost ÷ the revenue"],
        &["Changed Показатель «Share» | Расчёт: было: затраты ÷ выручка; стало: 100 × затраты ÷ выручка"],
    ),
    (
        "measure \"Share\" = cost / revenue\n",
        "",
        &["Removed Measure “Share” | Worked out as: the cost ÷ the revenue"],
        &["Removed Показатель «Share» | Расчёт: затраты ÷ выручка"],
    ),
    (
        "scenario \"Cheaper\" {",
        "scenario \"Dearer\" {",
        &["Renamed Scenario “Dearer” | : was “Cheaper”; now “Dearer”"],
        &["Renamed Сценарий «Dearer» | : было «Cheaper»; стало «Dearer»"],
    ),
    (
        "measure \"Gold\" =",
        "measure \"Beans\" = beans.earned - beans from \"Review\"\nmeasure \"Gold\" =",
        &["Added Measure “Beans” | Worked out as: the number of beans earned − the number of beans earned (“Review”)"],
        &["Added Показатель «Beans» | Расчёт: число начисленных beans − число начисленных beans («Review»)"],
    ),
    (
        "scenario \"Cheaper\" {",
        "scenario \"Even\" { set status.Gold.extra = 5%  assume \"Tenth\" used with at least 20 cups }\nscenario \"Cheaper\" {",
        &[
            "Added Scenario “Even” | Gold, extra: 5%",
            "Added Scenario “Even” | Assumed of “Tenth”: all members use it, as soon as they have 20 cups",
        ],
        &[
            "Added Сценарий «Even» | Gold, extra: 5 %",
            "Added Сценарий «Even» | Предположение о «Tenth»: пользуются все участники, как только накоплено 20 cups",
        ],
    ),
];

/// What to put where without a change of meaning.
const NO_CHANGES: &[(&str, &str)] = &[
    ("rule \"Review\" {", "# a comment\nrule \"Review\" {\n"),
    ("\"tobacco\", \"alcohol\"]", "\"alcohol\", \"tobacco\"]"),
    ("[\"coffee\", \"tea\"]", "[\"tea\", \"coffee\"]"),
    ("if spend >= 100 RUB and channel = \"store\"", "if channel = \"store\" if spend >= 100 RUB"),
    ("rule \"Review\" { on action review give 50 beans }", "rule \"Review\" { give 50 beans on action review }"),
    ("rule \"By channel\" {", "rule \"By channel\" { on purchase"),
    ("\"Review\", \"By channel\"", "\"By channel\", \"Review\""),
    ("expires never", "opens at once"),
    ("20_000 RUB", "20000.00 RUB"),
    ("expect 50 beans from", "expect 51 beans from"),
    (
        "line category text, or \"\"\n  receipt channel text, or \"store\"",
        "receipt channel text, or \"store\"\n  line category text, or \"\"",
    ),
    (
        "  set status.Gold.from = 45_000 RUB\n  set base = 3%\n",
        "  set base = 3%\n  set status.Gold.from = 45_000 RUB\n",
    ),
    ("currency RUB", "amounts first currency RUB"),
];

#[test]
fn each_change_is_said_as_what_it_means() {
    let mut wrong = Vec::new();
    assert!(CHANGES.len() > 30);
    for (old, new, english, russian) in CHANGES {
        assert_eq!(PROGRAM.matches(old).count(), 1, "{old}");
        let changed = PROGRAM.replacen(old, new, 1);
        for (language, expected) in [("en", english), ("ru", russian)] {
            let said = told(PROGRAM, &changed, language);
            if said != **expected {
                wrong.push(format!("{old} → {new}: {said:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn order_layout_and_comments_are_no_change() {
    let said = |(old, new): &(&str, &str)| {
        assert_eq!(PROGRAM.matches(old).count(), 1, "{old}");
        told(PROGRAM, &PROGRAM.replacen(old, new, 1), "en")
    };
    let (last, same) = NO_CHANGES.split_last().expect("changes");
    for change in same {
        assert_eq!(said(change), Vec::<String>::new(), "{change:?}");
    }
    // The test would see it if nothing were ever said.
    assert_eq!(said(last).len(), 1);
}

#[test]
fn a_new_name_is_no_other_rule() {
    let renamed = PROGRAM.replace("\"Base\"", "\"Earning\"");
    assert_eq!(told(PROGRAM, &renamed, "en"), ["Renamed Rule “Earning” | : was “Base”; now “Earning”"]);
    assert_eq!(told(PROGRAM, &renamed, "ru"), ["Renamed Правило «Earning» | : было «Base»; стало «Earning»"]);
}

#[test]
fn rules_of_one_name_are_matched_in_time() {
    let old = PROGRAM.replace("rule \"Review\" {", "rule \"Review\" to 2026-06-30 {");
    let new = format!("rule \"Review\" from 2026-07-01 {{ on action review give 70 beans }}\n{old}");
    let language = Language::named("en").expect("English");
    let found = differences(&file(&old), &file(&new), &language);
    assert_eq!(found.changes.iter().map(|change| change.what).collect::<Vec<_>>(), [What::Added]);
}

#[test]
fn a_program_is_what_it_is_and_what_the_formatter_makes_of_it() {
    let language = Language::named("en").expect("English");
    let mut seen = 0;
    for (place, text) in sources::programs() {
        let compiled = earnest::compile(&Source::new(place.as_str(), text.as_str()));
        if compiled.plan.is_none() {
            continue;
        }
        seen += 1;
        let laid_out = earnest::syntax::format(&Source::new(place.as_str(), text.as_str())).expect("a layout");
        let mut other = file(&laid_out);
        other.items.reverse();
        let found = differences(&compiled.file, &other, &language);
        assert!(found.same, "{place}: {:#?}", found.changes);
    }
    assert!(seen > 200, "{seen} programs");
}
