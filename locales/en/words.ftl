# The words of `earnest describe` and `earnest diff`, in English.
#
# A language of your own is a copy of this file: `earnest describe --lang-file de.ftl shop.earn`. What it lacks is said
# in English. `$case` is `subject` or `genitive` (after words such as "of" and "after"); languages without cases do not
# look at it. `$kind` tells what a value is: `money`, `noun` (so many of something), `number`, `date`, `time`, `tier`,
# `text`, `other`.

## Signs

number-gap = ,
number-point = .
list-gap = { ", " }
row-gap = { "; " }
brackets = ({ $text })
text = “{ $text }”
text-empty = nothing
yes = yes
no = no
percent = { $number }%
money = { $number } { $currency }
quantity = { $number } { $noun }
one = { $noun }
negative = −{ $value }
cell-none = –
times = { $n ->
    [one] { $number } time
   *[other] { $number } times
}
receipts = { $n ->
    [one] { $number } purchase
   *[other] { $number } purchases
}
members = { $n ->
    [one] { $number } member
   *[other] { $number } members
}

## Days and lengths of time

month-name = { $month ->
    [jan] January
    [feb] February
    [mar] March
    [apr] April
    [may] May
    [jun] June
    [jul] July
    [aug] August
    [sep] September
    [oct] October
    [nov] November
   *[dec] December
}
date = { $day } { month-name } { $year }
month-day = { $day } { month-name }
clock = { $time }
length = { $unit ->
    [minute] { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
    [hour] { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
    [day] { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
    [week] { $count ->
        [one] { $count } week
       *[other] { $count } weeks
    }
    [month] { $count ->
        [one] { $count } month
       *[other] { $count } months
    }
    [quarter] { $count ->
        [one] { $count } quarter
       *[other] { $count } quarters
    }
   *[year] { $count ->
        [one] { $count } year
       *[other] { $count } years
    }
}
length-many = { $unit ->
    [minute] minutes
    [hour] hours
    [day] days
    [week] weeks
    [month] months
    [quarter] quarters
   *[year] years
}
from-to = from { $from } to { $to }
from-on = from { $from } on
up-to = up to { $to }

## Spans of the calendar

span-name = { $span ->
    [day] day
    [week] week
    [month] month
    [quarter] quarter
   *[year] year
}
span-full = { $kind ->
    [fiscal] fiscal { span-name }
    [membership] { span-name } of membership
   *[calendar] calendar { span-name }
}
edge-name = { $side ->
    [start] start
   *[end] end
}
edge = { $next ->
    [yes] at the { edge-name } of the next { span-full }
   *[no] at the { edge-name } of the { span-full }
}
anchor-edge = { $next ->
    [yes] the { edge-name } of the next { span-full }
   *[no] the { edge-name } of the { span-full }
}
per-kalendar = per { span-full }
window-last = over the last { length }
window-this = in this { span-full }
window-before = in the last { span-full }
window-lifetime = over the whole membership
window-since = since { $anchor }
window-during = during: { $period }

## Moments

due-on = on { $date }
due-after = { $length } after { $anchor }
due-after-value = as many { length-many } as “{ $value }” says, after { $anchor }
due-feast = on the next { feast-name }
due-at = on the day of { $anchor }
due-moved = { $due }, then moved to the { edge-name } of that { span-full }
anchor-earning = earning
anchor-opening = they can be used
anchor-reaching = the level was reached
anchor-joining = joining
anchor-purchase = your last purchase
anchor-award = you last earned some
anchor-redemption = you last used some
anchor-entering = reaching “{ $name }”
anchor-entering-ladder = your last rise in “{ $name }”
anchor-action = the action “{ $name }”
feast-name = { $feast ->
    [birthday] birthday
    [anniversary] anniversary of joining
   *[easter] Easter Sunday
}
feast = { $feast ->
    [birthday] your birthday
    [anniversary] the anniversary of joining
   *[easter] Easter Sunday
}
opening-at-once = at once
opening-action = when you do the action “{ $action }”
opening-action-within = when you do the action “{ $action }” within { $length } of earning them; else they are lost
opening-action-window = when you do the action “{ $action }” { $window }, or at once if you have done it { $window }; else they are lost
expiry-never = never
expiry-with = when you no longer hold the level of “{ $ladder }” at which they were earned
expiry-next-purchase = with your next purchase, if it does not use them

## Stretches of time

join-and = { " and " }
join-or = { " or " }
hours = from { $from } to { $to }
yearly = every year from { $from } to { $to }
yearly-on = every year on { $day }
weekday-name = { $day ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}
weekday-every = every { weekday-name }
nth-name = { $nth ->
    [1] first
    [2] second
    [3] third
   *[other] { $nth }th
}
weekday-nth = every { nth-name } { weekday-name }
weekday-last = every last { weekday-name }
of-every-month = { $days } of the month
of-month = { $days } of { month-name }
around-both = from { $length } before to { $length } after { $anchor }
around-before = the { $length } before { $anchor }, and that day itself
around-after = the day of { $anchor }, and the { $length } after it
span-of = the { span-name } of { $feast }
period-except = { $period }, except { $except }

## Values

days-since = the number of days since { $anchor }
value-or = { $value } (if it is not known: { $other })
of = { $share } of { $whole }
of-base = { $rate } of { $whole }
of-award = { $share } of what “{ $rule }” gives
per-item = { $amount } for each item
per-line = { $amount } for each line of the receipt
per-visit = { $amount } for each purchase
per-linear = { $amount } per { $size }
per-full = { $amount } for every full { $size }
per-started = { $amount } for every { $size } begun
per-nearest = { $amount } for every { $size } (to the nearest whole number of them)
table-by = by { $key }, as the table says
table-marginal = by { $key }, each part of it at its own rate, as the table says
table-inline = { $marginal ->
    [yes] (by { $key }, each part at its own rate: { $rows })
   *[no] (by { $key }: { $rows })
}
table-cell = { $fits }: { $value }
row-from = from { $bound }
row-above = above { $bound }
row-otherwise = otherwise
head-given = what is given
dated = { $first } ({ $later })
dated-later = from { $date }: { $value }

## What is counted

before-suffix = { $before ->
    [discounts] { " (before discounts and payment with points)" }
    [points] { " (after discounts, before payment with points)" }
   *[none] { "" }
}
spend = { $of ->
    [lines] the amount of these goods{ before-suffix }
    [line] the amount of the item{ before-suffix }
    [whole] the amount of the whole purchase{ before-suffix }
   *[receipt] the purchase amount{ before-suffix }
}
items = { $of ->
    [lines] the number of these items
    [line] the number of pieces of the item
    [whole] the number of items in the whole purchase
   *[receipt] the number of items
}
sku = the article (sku)
attribute-sum = the sum of “{ $name }”
attribute-of = { $scope ->
    [line] “{ $name }” of the item
    [member] “{ $name }” of the member
    [action] “{ $name }” of the action
   *[receipt] “{ $name }” of the purchase
}
ladder = your level in “{ $name }”
tier-value = your level’s “{ $value }” in “{ $ladder }”
state = { $state ->
    [available] the number of { $unit } you can use
    [balance] your balance of { $unit }
    [pending] the number of { $unit } that cannot be used yet
    [debt] the number of { $unit } you owe
   *[spent] the number of { $unit } used on this purchase
}
measure-window = { $measure } { $window }
measure-including = { $measure }, this purchase included
measure-sum = the sum of { $what }
measure-largest = the largest { $what }
measure-largest-spend = the largest purchase amount{ before-suffix }
measure-distinct = the number of different values of { $what }
measure-awards = the number of times that “{ $rule }” gave something
measure-actions = the number of actions “{ $action }”
measure-awarded-from = the number of { $unit } earned by “{ $rule }”
total-spend = the amount spent{ before-suffix }
total-visits = the number of purchases
total-returns = the number of returns
total-friends = the number of friends who joined
total-unit = the number of { $unit } earned

## Conditions

not = it is not so that { $condition }
equal = { $kind ->
    [tier] { $left } is { $right }
   *[other] { $left } is { $right }
}
not-equal = { $left } is not { $right }
less = { $kind ->
    [date] { $left } is before { $right }
    [time] { $left } is before { $right }
    [tier] { $left } is below { $right }
   *[other] { $left } is less than { $right }
}
at-most = { $kind ->
    [date] { $left } is { $right } or earlier
    [time] { $left } is { $right } or earlier
    [tier] { $left } is { $right } or lower
   *[other] { $left } is at most { $right }
}
more = { $kind ->
    [date] { $left } is after { $right }
    [time] { $left } is after { $right }
    [tier] { $left } is above { $right }
   *[other] { $left } is more than { $right }
}
at-least = { $kind ->
    [date] { $left } is { $right } or later
    [time] { $left } is { $right } or later
    [tier] { $left } is { $right } or higher
   *[other] { $left } is at least { $right }
}
in-one = { $value } is one of { $members }
in-none = { $value } is none of { $members }
in-list = { $negated ->
    [yes] { $value } is not on the list “{ $name }”
   *[no] { $value } is on the list “{ $name }”
}
in-list-shown = { $negated ->
    [yes] { $value } is not on the list “{ $name }” ({ $members })
   *[no] { $value } is on the list “{ $name }” ({ $members })
}
is-known = { $value } is known
is-yes = { $value } is “yes”
within = no more than { $length } have passed since { $anchor }

## Limits

limit = at most { $room }
limit-all-or-nothing = { $limit } (if not all of it fits, nothing is given)
limit-then = { $limit } (beyond that: { $rate })
limit-carried = { $limit } (the rest is given in the next one)
key-receipt = per purchase
key-member = per member
key-friend = per friend
key-programme = in the whole programme
key-occurrence = in each such period
key-sku = per article (sku)
key-attribute = for each value of “{ $name }”

## The chapters

title = { $name }: the terms
chapter-program = In general
chapter-units = What you collect
chapter-tiers = Levels
chapter-rules = What you get it for
chapter-rewards = What you can have for it
chapter-draws = Draws
chapter-groups = What counts together
chapter-counters = How it is counted
chapter-params = Values
chapter-lists = Lists
chapter-calendars = Calendars
chapter-data = What the terms look at
chapter-examples = Examples

## The whole programme

label-in-force = In force
label-currency = Currency
currency-decimals = { $count ->
    [one] { $code }, with { $count } decimal
   *[other] { $code }, with { $count } decimals
}
label-timezone = Days
timezone = begin and end in the time zone { $name }
spend-told = A purchase amount is what is paid in money: after discounts, and without the part paid with what you have collected.
fiscal-year = The fiscal year begins on { $day }.
settle = Accounts are settled by “{ $name }” of the purchase.
amounts-first = Discounts in money come off before discounts in percent.
continues = These terms continue version { $version } from { $date }.
label-returns = Returns
returns-within = a purchase can come back within { $length }; later returns change nothing here
returns-again = what a purchase gave is worked out again for the goods that were kept, and the difference is taken back
returns-in-proportion = what was given is taken back in proportion to the goods returned
returns-whole = only the return of a whole purchase takes back what it gave
returns-awards-stay = what was given stays
returns-spent-stay = what was used on the purchase does not come back
returns-pending = only what cannot be used yet is taken back

## Units

heading-unit = { $many }
label-unit-in-force = Can be earned
label-worth = Worth
worth = 1 { $one } = { $worth }
label-price = Price of one
label-opens = Can be used
label-expires = Lost
label-spend = Used first
spend-soonest = what is lost soonest
spend-oldest = what was earned first
spend-newest = what was earned last
apart-by = Kept apart by “{ $name }” of the purchase: what was earned under one value is used under it alone.
pooled-by = Members with the same “{ $name }” have them together.
never-below-zero = The balance never falls below zero: what can no longer be taken back is forgiven.
label-round = Rounding
decimals = { $count ->
    [0] to whole ones
    [one] to { $count } decimal
   *[other] to { $count } decimals
}
rounded = { $places }, { $how }
round-mode = { $mode ->
    [up] rounded up
    [half-up] to the nearest, halves up
    [half-even] to the nearest, halves to the even one
   *[down] rounded down
}
round = { $scope ->
    [line] { round-mode }, for each line of the receipt
    [item] { round-mode }, for each item
    [receipt] { round-mode }, all that a purchase gives together
   *[rule] { round-mode }
}

## Levels

heading-tiers = { $name }
label-by = Decided by
head-tier = level
head-reach = reached
reach-all = everybody
reach-given = only where the terms give it
bound-earned = { $bound } earned
label-keep = Kept
label-keep-until = A level ends
keep-day = as long as it is reached
label-drop = After that
drop-value = the level reached on that day
drop-one = at most one level down
drop-bottom = the lowest level, unless another is reached on that day
drop-stay = the level stays
label-tier-opens = Takes effect
tier-opens-next = after the purchase that reaches it
tier-opens-at-once = with the purchase that reaches it
restart = Counting begins anew whenever a level is reached.

## Rules

label-on = For
label-when = When
label-during = When
label-where = Goods
label-if = Condition
label-receives = You receive
label-friend-receives = The friend receives
label-referrer-receives = Who brought the friend receives
label-second-receives = Who brought that one receives
label-third-receives = Who brought that one in turn receives
label-take = Is taken away
label-multiply = Multiplies
label-add = Adds
label-turn = Change
label-limit = In all
label-seed = Chance
label-among = Who can win
every-purchase = every purchase
fact-purchase = { $friends ->
    [yes] a friend's purchase
   *[no] a purchase
}
fact-return = { $friends ->
    [yes] a friend's return
   *[no] a return
}
fact-join = { $friends ->
    [yes] a friend's joining
   *[no] joining
}
fact-action = { $friends ->
    [yes] a friend's action “{ $name }”
   *[no] the action “{ $name }”
}
fact-redeem = { $friends ->
    [yes] a friend's use of what was collected
   *[no] using what was collected
}
fact-merge = { $friends ->
    [yes] the merging of a friend's account
   *[no] merging with another account
}
fact-adjust = { $friends ->
    [yes] a correction of a friend's balance
   *[no] a correction of the balance
}
fact-leave = { $friends ->
    [yes] a friend's leaving
   *[no] leaving
}
purchase-first = { $friends ->
    [yes] a friend's first purchase
   *[no] the first purchase
}
purchase-nth = { $every ->
    [yes] { $friends ->
        [yes] every { $nth }{ $ending } purchase of a friend
       *[no] every { $nth }{ $ending } purchase
    }
   *[no] { $friends ->
        [yes] the { $nth }{ $ending } purchase of a friend
       *[no] the { $nth }{ $ending } purchase
    }
}
purchase-nth-window = { $purchase } { $window }
entering = reaching the level “{ $name }”
entering-ladder = reaching a higher level in “{ $name }”
begin-of = at the beginning of: { $period }
give-tier = the level “{ $tier }”
as-unit = { $amount }, as { $unit }
with-limits = { $amount }; { $limits }
with-opening = { $amount }; can be used: { $opening }
with-expiry = { $amount }; lost: { $expiry }
with-end = { $amount }; ends: { $expiry }
take-all = all { $unit }
multiply = { $of ->
    [lines] what “{ $rule }” gives for these goods, times { $by }
   *[receipt] what “{ $rule }” gives, times { $by }
}
multiply-table = { $of ->
    [lines] what “{ $rule }” gives for these goods is multiplied { $by }
   *[receipt] what “{ $rule }” gives is multiplied { $by }
}
add = { $rate } more of the same amount to what “{ $rule }” gives
turn = { $from } become { $into }
turn-tier = the level “{ $from }” becomes “{ $into }”
seed = winners are drawn by a method that can be checked; its seed is “{ $seed }”
among = { $winners ->
    [one] whoever has { $unit }: each one is a chance; { $winners } winner
   *[other] whoever has { $unit }: each one is a chance; { $winners } winners
}

## Rewards

automatically = Comes by itself, as often as it can be had.
label-costs = Costs
label-offers = Offers
offers = the larger ones are taken first
head-price = costs
cost-all = all the { $unit } you can use
cost-any = any number of { $unit }
cost-steps = { $cost }, in steps of { $step }
cost-least = { $cost }, at least { $least }
cost-leaving = { $cost }; { $rest } must be left
cost-leaving-money = { $cost }; { $rest } must be left to pay in money
off = { $amount } off
off-table = a discount { $by }
their-worth = their worth off the amount to pay
away = they go to another member whom you name
free = { $n ->
    [one] { $number } item free, the cheapest that fits
   *[other] { $number } items free, the cheapest that fit
}
free-counted = { $items } items free, the cheapest that fit

## Groups

group-best = Of { $rules } only the one that gives most counts.
group-first = Of { $rules } only the first that gives something counts.
group-all = { $rules } add up.
group-per-line = This is decided for each line of the receipt.
group-by-worth = They are compared by what they are worth.
group-in-order = What has room is given in this order.
label-group-limit = Together

## The words of the terms

label-measure = Counts
head-name = name
head-value = value
head-from = from
cell-first = the beginning
calendar-empty = no day
head-of = of what
head-type = what
head-missing = if it is not told
scope-line = each line of the receipt
scope-receipt = the purchase
scope-action = the action
scope-member = the member
type-action = something that you do
type-text = text
type-number = number
type-money = money
type-date = date
type-time = time of day
type-flag = yes or no
missing-allowed = is not known
missing-default = { $value }
missing-never = is always told

## Examples

example-moment = { $date }, { $time }
example-member = { $name } is a member.
example-member-with = { $name } is a member: { $pairs }
example-redeem = { $quantity } used
example-adjust = a correction by { $quantity }
example-receipt = no. “{ $name }”
example-of = for purchase no. “{ $name }”
example-by = by { $name }
example-referred = brought by { $name }
example-into = to { $name }
example-for = for “{ $name }”
example-link = { $story } { $link }
example-parts = { $story }: { $parts }
example-line = { $amount } ({ $pairs })
example-pair = { $name } { $value }
expect-award = → { $quantity }
expect-back = → { $quantity } taken back
expect-from = { $expected } from “{ $rule }”
expect-opening = { $expected }, to be used from { $date }
expect-expiring = { $expected }, lost after { $date }
expect-for = { $expected }, for { $name }
expect-on = { $expected }, on { $date }
expect-note = → counted as “{ $code }”
expect-state = → { $condition }

## What is tried out, and what a run counts

label-without = Leaves out
label-assumed = Assumed of “{ $reward }”
label-figure = Worked out as
assume-all = all members use it
assume-members = { $share } of members use it
assume-receipts = at { $share } of the purchases at which they can
assume-least = as soon as they have { $least }
assume-seed = chance is seeded with “{ $seed }”
assume-three = { $low } (low), { $middle } (base) or { $high } (high)
figure = { $name ->
    [members] the number of members
    [active] the number of active members
    [joined] the number of new members
    [purchases] the number of purchases
    [returns] the number of returns
    [revenue] the revenue
    [cost] the cost
    [discounts] the discounts
    [liability] the amount owed
   *[times] the number of awards
}
figure-unit = { $name ->
    [earned] the number of { $unit } earned
    [reversed] the number of { $unit } taken back
    [redeemed] the number of { $unit } used
    [expired] the number of { $unit } lost
    [adjusted] the number of { $unit } corrected
   *[balance] the balance of { $unit }
}
figure-of-tier = { $figure } ({ $tier })
figure-of-rule = { $figure } (“{ $rule }”)

## Two programs

diff-title = { $name }: what changes
diff-chapter-same = In short
diff-chapter-changed = Changed
diff-chapter-renamed = Renamed
diff-chapter-added = New
diff-chapter-removed = Gone
diff-same = Nothing changes in meaning.
diff-heading = { $kind ->
    [program] The programme { $name }
    [unit] What you collect: { $name }
    [tiers] Levels: { $name }
    [rule] Rule “{ $name }”
    [reward] Reward “{ $name }”
    [draw] Draw “{ $name }”
    [group] Together: { $name }
    [counter] Counter: { $name }
    [param] Value: { $name }
    [list] List: { $name }
    [calendar] Calendar “{ $name }”
    [data] Data: { $name }
    [scenario] Scenario “{ $name }”
    [measure] Measure “{ $name }”
   *[example] Example “{ $name }”
}
diff-renamed = was “{ $old }”; now “{ $new }”
diff-changed = was: { $old }; now: { $new }
diff-new = new: { $text }
diff-gone = no longer: { $text }
diff-cell = { $row }, { $column }
diff-of = { $column }: { $cell }
diff-readers = Used by
label-value = Value
label-attribute = Data
label-nouns = Names
label-order = Order
label-members = Members
effect-chapter = What it does to this history, as of { $date }
effect-chapter-empty = What it does to this history
effect-measure = measure
effect-old = old
effect-new = new
effect-difference = difference
effect-members = { $better } better off, { $worse } worse off, { $same } the same
effect-units = { $measure ->
    [earned] { $unit }: earned
    [reversed] { $unit }: taken back
    [redeemed] { $unit }: used
    [expired] { $unit }: lost
    [adjusted] { $unit }: corrected
    [pending] { $unit }: not yet usable
    [debt] { $unit }: debt
   *[balance] { $unit }: balance
}
effect-owed = { $unit }: owed, { $currency }
effect-tier = { $ladder }: members in { $tier }

## The report of `earnest simulate`; %0, %1 … are filled in by the page.

report-question = What would change in { $program } under { $count ->
    [1] { $names }
    [2] { $names }
    [3] { $names }
   *[other] { $count } variants
}?
report-named = “{ $name }”
report-or = or
report-answer-more = { $name }: gives { $cost } { $currency } more ({ $percent }); { $better } members get more, { $worse } less, { $same } the same.
report-answer-less = { $name }: gives { $cost } { $currency } less ({ $percent }); { $better } members get more, { $worse } less, { $same } the same.
report-answer-same = { $name }: gives the same; { $better } members get more, { $worse } less, { $same } the same.
report-answer-share = Cost is { $after } of sales less returns; { $before } as it is.
report-answer-owed-all = All of it is still owed at the end, if everything is spent: { $owed } { $currency } ({ $change }). It is the same money once more, because nothing was redeemed or lost in these data.
report-as-above = { $name }: as above
report-unmatched = : { $sum } { $currency } that lower sales, but took no points back; so cost may be a larger part of sales than the rules give
report-in-all = the same for all
report-each = for each of them, %0
report-c-slice-tier = What was given on purchases by %0 as it was held before the purchase, by all rules together; a level counts from the purchase after the one that reached it.
report-answer-owed = Still owed at the end, if everything is spent: { $owed } { $currency } ({ $change }).
report-answer-gain = Half of those who get more get at most { $median } { $currency } more; { $tenth } of all that is gained goes to the tenth of them who gain most.
report-answer-loss = Half of those who get less get at most { $median } { $currency } less.
report-rules-before = The rules of “%0”
report-rule-costs = Cost by rule
report-rule-costs-why = What each rule gave, less what returns took back, in money.
report-largest-cost = the most that one purchase can cost
report-median-gain = half of those who get more get at most
report-top-gain = part of the gains that goes to the top tenth
report-median-loss = half of those who get less lose at most
report-missed-receipts = %0 receipts
report-missed-members = %0 members
report-held-now = Have it
report-more-by = %0: more by
report-c-slice-without = “%0” has no “%1”.
report-tier-members = members at the end
report-tier-active = members who bought at it
report-rows = { $read } read: { $events } of members’ events, { $others } of sales to others, { $aside } set aside, { $already } that came twice
report-warning = { $count } × { $code }
report-rule-revenue = sales it gave on, before returns
report-period = sales from %0 to %1, owed at the end of that day
report-as-it-is = as it is
report-points-of = %0 pp
report-changed = { $name } – { $clauses }
report-renamed = Renamed to { $name }: { $clauses }
report-added = New: { $name } – { $clauses }
report-removed = Without { $name }
report-fixed = What all variants share
report-worth = { $unit }: each is worth { $worth } { $currency }.
report-fixed-cost = Cost is the worth of what was given, less what returns took back, and discounts; it counts when it is given, spent or not. What is owed is the part that is not spent yet: the two are not to be added.
report-fixed-behaviour = Members buy, return and redeem as the data say: nobody is taken to do otherwise because of a change, unless it is told as an assumption.
report-fixed-redeemed = The data have no redemptions: what was earned is owed until it is lost.
report-fixed-before = What was bought before the first day of the data counts only where opening balances were loaded: levels that count a stretch of time fill up in the first months and are seldom lost before that time is over. So they may cost less here than in a later year, and fewer members fall; “Cost by month” and “Members by tier” show how they fill.
report-fixed-last = The last month ends with the last day of the data.
note-unmatched-return = lines of returns that match no purchase, wholly or in part, and for that part took nothing back
note-return-too-late = returns after the time for returns, which took nothing back
note-partial-return = returns of a part where only whole receipts come back
note-overdrawn = redemptions of more than there was, of which the rest is debt
note-discount-differs = receipts on which another discount was given than the rules come to
note-discounts-off = receipts whose amounts are after discounts, so the rules' own were not worked out
note-reward-beyond-limit = rewards in the data beyond their limits
note-no-reward = redemptions that no reward fits
note-not-recovered = reversals that found less than was given
note-referral-self = members who name themselves as their referrer
note-referral-unknown = referrers who are not members yet
note-referral-late = referrals of who was a member before
note-referral-second = second referrers of the same member
note-after-leaving = facts of members who had left
note-merge-refused = accounts merged into themselves or into none
note-transfer-refused = units given away to oneself
report-skip = To the figures
report-figures = Key figures
report-variant = Variant
report-unit = Unit
report-by = By
report-largest = Largest changes
report-slices = All slices
report-filter = Filter
report-made = How this report was made
report-assumed = Assumed, not known: what members do
report-warned = What the data say
report-data = The figures
report-month = month
report-before = before
report-after = after
report-member = Member
report-why = Why
report-none = (none)
report-never = never
report-nobody = Choose a variant to see whose awards change.
report-change-of = Change, %0
report-members-better = members who get more
report-members-worse = members who get less
report-members-same = members who get the same
report-moved = %0: %1 → %2 on %3
report-lost = lost %0 on %1
report-no-tier = no %0 (%1 before)
report-short = %0 %1 short
report-always-short = always %0 %1 short
report-explain = “command” shows the command that explains every receipt of a member.
report-ask = command
report-near = Near misses
report-near-hint = For a rule: receipts that had all else and missed only this, and how many would have had it with another bound. For a level: members who never came so far, and how many would have come so far at any time, also those who hold it no more at the end; who has a higher one counts for the lower ones too. What another bound would cost, a variant with that bound tells.
report-needs = Needs
report-missed-what = Rule or tier
report-missed = Missed
report-missed-by = Missed by %0
report-missed-more = by more
report-short-mean = Short on average
report-held-at = Would have it at %0 of the bound
report-c-time = Cost by month
report-c-time-why = What was given less what returns took back, in money, and discounts. The last month ends on %0.
report-c-roll = Roll-forward of the balance
report-c-roll-why = Of “%0”: begin + earned − redeemed − expired − reversed ± adjusted = end.
report-c-who = Winners and losers
report-by-change = members by change in %0
report-c-who-why = %0 get more (%3 %5 in all), %1 less (%4 %5), %2 the same.
report-c-flow = Tiers before and after
report-c-flow-why = Members by their tier at the end, under the baseline and here.
report-c-levels = Members by tier
report-c-levels-why = On “%0” at the end of each month, under “%1”. A level that counts a stretch of time fills up from the first day of the data on.
report-c-slice = Cost by part
report-c-slice-why = By %0.
report-c-sweep = Over the values
report-c-sweep-why = Cost, and how many members get more or less, for each value.
report-c-lots = What is open, by month of expiry
report-c-lots-why = At the end, also what cannot be used yet, by the month in which they are lost if nobody spends them.
report-c-near = Near misses
report-c-near-why = How often a rule or a tier was missed, by how much of what it asks for.
report-f-members = members
report-f-active = active members (who bought)
report-f-joined = members new in these data
report-f-purchases = purchases
report-f-returns = returns
report-f-revenue = sales less returns
report-f-discounts = discounts
report-f-cost = cost of what was given
report-f-cost-share = cost, part of sales less returns
report-f-average-receipt = sales less returns, per purchase
report-f-purchases-per-member = purchases per active member
report-f-liability = still owed (liability)
report-f-retention = active members who were active the month before
report-f-earned = earned
report-f-reversed = taken back by returns
report-f-redeemed = redeemed
report-f-expired = expired
report-f-adjusted = adjusted
report-f-balance = balance
report-f-opening = begin
report-f-pending = pending
report-f-others = sales to others
report-f-unmatched = returns that match no purchase
report-f-member-share = share of sales by members
report-f-rules-fired = share of rules that gave
report-f-times = awards
report-f-fired = share of purchases
report-rule = rule
report-issue-month = month of issue
report-f-redemption-rate = redeemed, of what was issued
report-c-part = Who gets more or less
report-c-part-why = Members by %0, as they stand at the end of “%1”.
report-c-rules = How often each rule gives
report-c-rules-why = The share of purchases on which it gave something.
report-c-issue = Redeemed by month of issue
report-c-issue-why = What part of a month's units is spent by now.
report-m-program = Program
report-m-version = Version of the rules
report-m-as-of = As of
report-m-data = Data
report-m-rows = Rows
report-m-zone-rules = Time zone rules
report-m-earnest = earnest
