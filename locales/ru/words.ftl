# Слова команд `earnest describe` и `earnest diff`, по-русски. Пояснения к значениям — в locales/en/words.ftl.
#
# Имена и единицы программы не склоняются: вторая форма единицы («баллов») стоит там, где нужно «много чего», первая
# («балл») — там, где один. Где понадобился бы другой падеж, фраза построена без него.

## Знаки

number-gap = { "\u00A0" }
number-point = { "," }
list-gap = { ", " }
row-gap = { "; " }
brackets = ({ $text })
text = «{ $text }»
text-empty = пусто
yes = да
no = нет
percent = { $number }{ "\u00A0" }%
currency-RUB = ₽
currency-EUR = €
currency-USD = $
currency-GBP = £
money = { $number }{ "\u00A0" }{ $currency }
quantity = { $number }{ "\u00A0" }{ $noun }
one = «{ $noun }»
negative = −{ $value }
cell-none = —
times = { $n ->
    [one] { $number }{ "\u00A0" }раз
    [few] { $number }{ "\u00A0" }раза
    [many] { $number }{ "\u00A0" }раз
   *[other] { $number }{ "\u00A0" }раза
}
receipts = { $n ->
    [one] { $number }{ "\u00A0" }покупка
    [few] { $number }{ "\u00A0" }покупки
    [many] { $number }{ "\u00A0" }покупок
   *[other] { $number }{ "\u00A0" }покупки
}
members = { $n ->
    [one] { $number }{ "\u00A0" }участник
    [few] { $number }{ "\u00A0" }участника
    [many] { $number }{ "\u00A0" }участников
   *[other] { $number }{ "\u00A0" }участника
}

## Дни и сроки

month-name = { $month ->
    [jan] января
    [feb] февраля
    [mar] марта
    [apr] апреля
    [may] мая
    [jun] июня
    [jul] июля
    [aug] августа
    [sep] сентября
    [oct] октября
    [nov] ноября
   *[dec] декабря
}
date = { $day }{ "\u00A0" }{ month-name } { $year }{ "\u00A0" }г.
month-day = { $day }{ "\u00A0" }{ month-name }
clock = { $time }
length = { $case ->
    [genitive] { $unit ->
        [minute] { $count ->
            [one] { $count }{ "\u00A0" }минуты
           *[other] { $count }{ "\u00A0" }минут
        }
        [hour] { $count ->
            [one] { $count }{ "\u00A0" }часа
           *[other] { $count }{ "\u00A0" }часов
        }
        [day] { $count ->
            [one] { $count }{ "\u00A0" }дня
           *[other] { $count }{ "\u00A0" }дней
        }
        [week] { $count ->
            [one] { $count }{ "\u00A0" }недели
           *[other] { $count }{ "\u00A0" }недель
        }
        [month] { $count ->
            [one] { $count }{ "\u00A0" }месяца
           *[other] { $count }{ "\u00A0" }месяцев
        }
        [quarter] { $count ->
            [one] { $count }{ "\u00A0" }квартала
           *[other] { $count }{ "\u00A0" }кварталов
        }
       *[year] { $count ->
            [one] { $count }{ "\u00A0" }года
           *[other] { $count }{ "\u00A0" }лет
        }
    }
   *[subject] { $unit ->
        [minute] { $count ->
            [one] { $count }{ "\u00A0" }минуту
            [few] { $count }{ "\u00A0" }минуты
           *[many] { $count }{ "\u00A0" }минут
        }
        [hour] { $count ->
            [one] { $count }{ "\u00A0" }час
            [few] { $count }{ "\u00A0" }часа
           *[many] { $count }{ "\u00A0" }часов
        }
        [day] { $count ->
            [one] { $count }{ "\u00A0" }день
            [few] { $count }{ "\u00A0" }дня
           *[many] { $count }{ "\u00A0" }дней
        }
        [week] { $count ->
            [one] { $count }{ "\u00A0" }неделю
            [few] { $count }{ "\u00A0" }недели
           *[many] { $count }{ "\u00A0" }недель
        }
        [month] { $count ->
            [one] { $count }{ "\u00A0" }месяц
            [few] { $count }{ "\u00A0" }месяца
           *[many] { $count }{ "\u00A0" }месяцев
        }
        [quarter] { $count ->
            [one] { $count }{ "\u00A0" }квартал
            [few] { $count }{ "\u00A0" }квартала
           *[many] { $count }{ "\u00A0" }кварталов
        }
       *[year] { $count ->
            [one] { $count }{ "\u00A0" }год
            [few] { $count }{ "\u00A0" }года
           *[many] { $count }{ "\u00A0" }лет
        }
    }
}
length-many = { $unit ->
    [minute] минут
    [hour] часов
    [day] дней
    [week] недель
    [month] месяцев
    [quarter] кварталов
   *[year] лет
}
from-to = с { $from } по { $to }
from-on = с { $from }
up-to = по { $to }

## Отрезки календаря

span-name = { $span ->
    [day] день
    [week] неделя
    [month] месяц
    [quarter] квартал
   *[year] год
}
span-accusative = { $span ->
    [day] { $kind ->
        [fiscal] финансовый день
        [membership] день участия
       *[calendar] календарный день
    }
    [week] { $kind ->
        [fiscal] финансовую неделю
        [membership] неделю участия
       *[calendar] календарную неделю
    }
    [month] { $kind ->
        [fiscal] финансовый месяц
        [membership] месяц участия
       *[calendar] календарный месяц
    }
    [quarter] { $kind ->
        [fiscal] финансовый квартал
        [membership] квартал участия
       *[calendar] календарный квартал
    }
   *[year] { $kind ->
        [fiscal] финансовый год
        [membership] год участия
       *[calendar] календарный год
    }
}
span-genitive = { $span ->
    [day] { $kind ->
        [fiscal] финансового дня
        [membership] дня участия
       *[calendar] календарного дня
    }
    [week] { $kind ->
        [fiscal] финансовой недели
        [membership] недели участия
       *[calendar] календарной недели
    }
    [month] { $kind ->
        [fiscal] финансового месяца
        [membership] месяца участия
       *[calendar] календарного месяца
    }
    [quarter] { $kind ->
        [fiscal] финансового квартала
        [membership] квартала участия
       *[calendar] календарного квартала
    }
   *[year] { $kind ->
        [fiscal] финансового года
        [membership] года участия
       *[calendar] календарного года
    }
}
next-genitive = { $span ->
    [week] следующей { span-genitive }
   *[other] следующего { span-genitive }
}
that-genitive = { $span ->
    [week] той же { span-genitive }
   *[other] того же { span-genitive }
}
edge = { $side ->
    [start] { $next ->
        [yes] в начале { next-genitive }
       *[no] в начале { span-genitive }
    }
   *[end] { $next ->
        [yes] в конце { next-genitive }
       *[no] в конце { span-genitive }
    }
}
anchor-edge = { $side ->
    [start] { $next ->
        [yes] начала { next-genitive }
       *[no] начала { span-genitive }
    }
   *[end] { $next ->
        [yes] конца { next-genitive }
       *[no] конца { span-genitive }
    }
}
per-kalendar = за { span-accusative }
window-last = { $unit ->
    [minute] { $count ->
        [one] за последнюю { $count }{ "\u00A0" }минуту
        [few] за последние { $count }{ "\u00A0" }минуты
       *[many] за последние { $count }{ "\u00A0" }минут
    }
    [hour] { $count ->
        [one] за последний { $count }{ "\u00A0" }час
        [few] за последние { $count }{ "\u00A0" }часа
       *[many] за последние { $count }{ "\u00A0" }часов
    }
    [day] { $count ->
        [one] за последний { $count }{ "\u00A0" }день
        [few] за последние { $count }{ "\u00A0" }дня
       *[many] за последние { $count }{ "\u00A0" }дней
    }
    [week] { $count ->
        [one] за последнюю { $count }{ "\u00A0" }неделю
        [few] за последние { $count }{ "\u00A0" }недели
       *[many] за последние { $count }{ "\u00A0" }недель
    }
    [month] { $count ->
        [one] за последний { $count }{ "\u00A0" }месяц
        [few] за последние { $count }{ "\u00A0" }месяца
       *[many] за последние { $count }{ "\u00A0" }месяцев
    }
    [quarter] { $count ->
        [one] за последний { $count }{ "\u00A0" }квартал
        [few] за последние { $count }{ "\u00A0" }квартала
       *[many] за последние { $count }{ "\u00A0" }кварталов
    }
   *[year] { $count ->
        [one] за последний { $count }{ "\u00A0" }год
        [few] за последние { $count }{ "\u00A0" }года
       *[many] за последние { $count }{ "\u00A0" }лет
    }
}
window-this = { $span ->
    [week] за текущую { span-accusative }
   *[other] за текущий { span-accusative }
}
window-before = { $span ->
    [week] за прошлую { span-accusative }
   *[other] за прошлый { span-accusative }
}
window-lifetime = за всё время участия
window-since = с момента { $anchor }
window-during = за период: { $period }

## Моменты

due-on = { $date }
due-after = через { $length } после { $anchor }
due-after-value = через столько { length-many }, сколько указывает { $value }, после { $anchor }
due-feast = в следующий { feast-name }
due-at = в день { $anchor }
due-moved = { $due }, с переносом на { $side ->
    [start] начало
   *[end] конец
} { that-genitive }
anchor-earning = начисления
anchor-opening = открытия
anchor-reaching = достижения уровня
anchor-joining = вступления
anchor-purchase = последней покупки
anchor-award = последнего начисления
anchor-redemption = последнего списания
anchor-entering = перехода на уровень «{ $name }»
anchor-entering-ladder = последнего повышения уровня «{ $name }»
anchor-action = действия «{ $name }»
feast-name = { $feast ->
    [birthday] день рождения
    [anniversary] день годовщины вступления
   *[easter] день Пасхи
}
feast = { $case ->
    [genitive] { $feast ->
        [birthday] дня рождения
        [anniversary] годовщины вступления
       *[easter] Пасхи
    }
   *[subject] { $feast ->
        [birthday] день рождения
        [anniversary] годовщина вступления
       *[easter] Пасха
    }
}
opening-at-once = сразу
opening-action = после действия «{ $action }»
opening-action-within = после действия «{ $action }», если оно совершено в течение { $length } после начисления; иначе сгорают
opening-action-window = после действия «{ $action }» ({ $window }) или сразу, если оно уже совершено ({ $window }); иначе сгорают
expiry-never = никогда
expiry-with = когда заканчивается уровень «{ $ladder }», при котором они начислены
expiry-next-purchase = со следующей покупкой, если не использованы в ней

## Периоды

join-and = { " и " }
join-or = { " или " }
hours = с { $from } до { $to }
yearly = ежегодно с { $from } по { $to }
yearly-on = ежегодно { $day }
weekday-every = { $day ->
    [mon] по понедельникам
    [tue] по вторникам
    [wed] по средам
    [thu] по четвергам
    [fri] по пятницам
    [sat] по субботам
   *[sun] по воскресеньям
}
weekday-nth = { $day ->
    [mon] { $nth }-й понедельник
    [tue] { $nth }-й вторник
    [wed] { $nth }-я среда
    [thu] { $nth }-й четверг
    [fri] { $nth }-я пятница
    [sat] { $nth }-я суббота
   *[sun] { $nth }-е воскресенье
}
weekday-last = { $day ->
    [mon] последний понедельник
    [tue] последний вторник
    [wed] последняя среда
    [thu] последний четверг
    [fri] последняя пятница
    [sat] последняя суббота
   *[sun] последнее воскресенье
}
of-every-month = { $days } каждого месяца
of-month = { $days } { month-name }
around-both = { $length } до { $anchor }, сам этот день и { $length } после
around-before = { $length } до { $anchor } и сам этот день
around-after = день { $anchor } и { $length } после него
span-of = { span-name } { $feast }
period-except = { $period }, кроме: { $except }

## Значения

days-since = { $case ->
    [genitive] числа дней после { $anchor }
   *[subject] число дней после { $anchor }
}
value-or = { $value } (если неизвестно — { $other })
of = { $share } от { $whole }
of-base = { $rate } от { $whole }
of-award = { $share } от того, что даёт «{ $rule }»
per-item = { $amount } за каждую единицу товара
per-line = { $amount } за каждую строку чека
per-visit = { $amount } за каждую покупку
per-linear = { $kind ->
    [unit] { $amount } за каждую единицу { $size }
   *[other] пропорционально, { $amount } за { $size }
}
per-full = { $kind ->
    [money-one] { $amount } за каждый полный { $size }
   *[other] { $amount } за каждые полные { $size }
}
per-started = { $kind ->
    [money-one] { $amount } за каждый начатый { $size }
   *[other] { $amount } за каждые начатые { $size }
}
per-nearest = { $amount } за каждые { $size } (их число округляется до ближайшего целого)
table-by = по таблице ниже ({ $key })
table-marginal = по таблице ниже ({ $key }; каждая часть — по своей ставке)
table-inline = { $marginal ->
    [yes] ({ $key }, каждая часть по своей ставке: { $rows })
   *[no] ({ $key }: { $rows })
}
table-cell = { $fits } — { $value }
row-from = { $kind ->
    [noun] минимум { $bound }
    [tier] от уровня { $bound }
   *[other] от { $bound }
}
row-above = { $kind ->
    [noun] больше, чем { $bound }
    [tier] выше уровня { $bound }
   *[other] свыше { $bound }
}
row-otherwise = в остальных случаях
head-given = сколько
dated = { $first } ({ $later })
dated-later = с { $date } — { $value }

## Что считается

before-suffix = { $before ->
    [discounts] { " (до скидок и оплаты баллами)" }
    [points] { " (после скидок, до оплаты баллами)" }
   *[none] { "" }
}
spend = { $case ->
    [genitive] { $of ->
        [lines] стоимости этих товаров{ before-suffix }
        [line] стоимости товара{ before-suffix }
        [whole] суммы всей покупки{ before-suffix }
       *[receipt] суммы покупки{ before-suffix }
    }
   *[subject] { $of ->
        [lines] стоимость этих товаров{ before-suffix }
        [line] стоимость товара{ before-suffix }
        [whole] сумма всей покупки{ before-suffix }
       *[receipt] сумма покупки{ before-suffix }
    }
}
items = { $case ->
    [genitive] { $of ->
        [lines] количества этих товаров
        [line] количества товара
        [whole] количества товаров во всей покупке
       *[receipt] количества товаров
    }
   *[subject] { $of ->
        [lines] количество этих товаров
        [line] количество товара
        [whole] количество товаров во всей покупке
       *[receipt] количество товаров
    }
}
sku = { $case ->
    [genitive] артикула (sku)
   *[subject] артикул (sku)
}
attribute-sum = { $case ->
    [genitive] суммы значений «{ $name }»
   *[subject] сумма значений «{ $name }»
}
attribute-of = { $scope ->
    [line] «{ $name }» товара
    [member] «{ $name }» участника
    [action] «{ $name }» действия
   *[receipt] «{ $name }» покупки
}
ladder = { $case ->
    [genitive] уровня «{ $name }»
   *[subject] уровень «{ $name }»
}
tier-value = { $case ->
    [genitive] значения «{ $value }» уровня «{ $ladder }»
   *[subject] «{ $value }» уровня «{ $ladder }»
}
state = { $case ->
    [genitive] { $state ->
        [available] доступного числа { $unit }
        [balance] остатка { $unit }
        [pending] числа ещё не открытых { $unit }
        [debt] долга { $unit }
       *[spent] числа списанных за эту покупку { $unit }
    }
   *[subject] { $state ->
        [available] доступное число { $unit }
        [balance] остаток { $unit }
        [pending] число ещё не открытых { $unit }
        [debt] долг { $unit }
       *[spent] число списанных за эту покупку { $unit }
    }
}
measure-window = { $measure } { $window }
measure-including = { $measure }, включая эту покупку
measure-sum = { $case ->
    [genitive] суммы { $what }
   *[subject] сумма { $what }
}
measure-largest = { $case ->
    [genitive] наибольшего значения { $what }
   *[subject] наибольшее значение { $what }
}
measure-largest-spend = { $case ->
    [genitive] наибольшей суммы одной покупки{ before-suffix }
   *[subject] наибольшая сумма одной покупки{ before-suffix }
}
measure-distinct = { $case ->
    [genitive] числа разных значений { $what }
   *[subject] число разных значений { $what }
}
measure-awards = { $case ->
    [genitive] числа начислений по правилу «{ $rule }»
   *[subject] число начислений по правилу «{ $rule }»
}
measure-actions = { $case ->
    [genitive] числа действий «{ $action }»
   *[subject] число действий «{ $action }»
}
measure-awarded-from = { $case ->
    [genitive] числа { $unit }, начисленных по правилу «{ $rule }»
   *[subject] число { $unit }, начисленных по правилу «{ $rule }»
}
total-spend = { $case ->
    [genitive] суммы покупок{ before-suffix }
   *[subject] сумма покупок{ before-suffix }
}
total-visits = { $case ->
    [genitive] числа покупок
   *[subject] число покупок
}
total-returns = { $case ->
    [genitive] числа возвратов
   *[subject] число возвратов
}
total-friends = { $case ->
    [genitive] числа вступивших друзей
   *[subject] число вступивших друзей
}
total-unit = { $case ->
    [genitive] числа начисленных { $unit }
   *[subject] число начисленных { $unit }
}

## Условия

not = неверно, что { $condition }
equal = { $left } — { $right }
not-equal = { $left } — не { $right }
less = { $kind ->
    [date] { $left } — раньше, чем { $right }
    [time] { $left } — раньше, чем { $right }
    [tier] { $left } — ниже, чем { $right }
   *[other] { $left } — меньше, чем { $right }
}
at-most = { $kind ->
    [date] { $left } — не позже, чем { $right }
    [time] { $left } — не позже, чем { $right }
    [tier] { $left } — { $right } или ниже
    [money] { $left } — не более { $right }
   *[other] { $left } — максимум { $right }
}
more = { $kind ->
    [date] { $left } — позже, чем { $right }
    [time] { $left } — позже, чем { $right }
    [tier] { $left } — выше, чем { $right }
   *[other] { $left } — больше, чем { $right }
}
at-least = { $kind ->
    [date] { $left } — не раньше, чем { $right }
    [time] { $left } — не раньше, чем { $right }
    [tier] { $left } — { $right } или выше
    [money] { $left } — не менее { $right }
   *[other] { $left } — минимум { $right }
}
in-one = { $value } — одно из: { $members }
in-none = { $value } — что угодно, кроме: { $members }
in-list = { $negated ->
    [yes] { $value } — не из списка «{ $name }»
   *[no] { $value } — из списка «{ $name }»
}
in-list-shown = { $negated ->
    [yes] { $value } — не из списка «{ $name }» ({ $members })
   *[no] { $value } — из списка «{ $name }» ({ $members })
}
is-known = { $value } — известно
is-yes = { $value } — «да»
within = прошло не более { $length } после { $anchor }

## Ограничения

limit = максимум { $room }
limit-all-or-nothing = { $limit } (если всё не помещается, не начисляется ничего)
limit-then = { $limit } (сверх этого — { $rate })
limit-carried = { $limit } (остаток переносится на следующий срок)
key-receipt = за одну покупку
key-member = на участника
key-friend = за одного друга
key-programme = на всю программу
key-occurrence = за один такой период
key-sku = на один артикул (sku)
key-attribute = на каждое значение «{ $name }»

## Разделы

title = { $name }: правила программы
chapter-program = Общие положения
chapter-units = Что вы копите
chapter-tiers = Уровни
chapter-rules = За что начисляется
chapter-rewards = На что можно обменять
chapter-draws = Розыгрыши
chapter-groups = Как это сочетается
chapter-counters = Как ведётся подсчёт
chapter-params = Значения
chapter-lists = Списки
chapter-calendars = Календари
chapter-data = Что учитывается
chapter-examples = Примеры

## Вся программа

label-in-force = Действует
label-currency = Валюта
currency-decimals = { $count ->
    [0] { $code }, без дробной части (знаков после запятой: { $count })
   *[other] { $code }, знаков после запятой: { $count }
}
label-timezone = Дни
timezone = начинаются и заканчиваются по часовому поясу { $name }
spend-told = Сумма покупки — то, что оплачено деньгами: после скидок и без той части, что оплачена накопленным.
fiscal-year = Финансовый год начинается { $day }.
settle = Взаиморасчёты ведутся по значению «{ $name }» покупки.
amounts-first = Скидки в деньгах вычитаются раньше скидок в процентах.
continues = Эти правила продолжают версию { $version } с { $date }.
label-returns = Возвраты
returns-within = покупку можно вернуть в течение { $length }; более поздний возврат здесь ничего не меняет
returns-again = начисленное за покупку рассчитывается заново по оставленным товарам, разница списывается
returns-in-proportion = начисленное списывается пропорционально возвращённому
returns-whole = начисленное списывается только при возврате всей покупки
returns-awards-stay = начисленное остаётся
returns-spent-stay = использованное в покупке не возвращается
returns-pending = списывается только то, что ещё не открыто

## Единицы

heading-unit = { $one }
label-unit-in-force = Начисление
label-worth = Стоимость
worth = 1{ "\u00A0" }{ $one } = { $worth }
label-price = Цена одной единицы
label-opens = Можно использовать
label-expires = Сгорание
label-spend = Сначала используется
spend-soonest = то, что раньше сгорит
spend-oldest = то, что начислено раньше
spend-newest = то, что начислено позже
apart-by = Учёт раздельный по значению «{ $name }» покупки: начисленное при одном значении используется только при нём.
pooled-by = У участников с одинаковым значением «{ $name }» счёт общий.
never-below-zero = Остаток не бывает ниже нуля: что уже нельзя списать, прощается.
label-round = Округление
decimals = { $count ->
    [0] до целых
   *[other] знаков после запятой: { $count }
}
rounded = { $places }, { $how }
round-mode = { $mode ->
    [up] вверх
    [half-up] до ближайшего, половина — вверх
    [half-even] до ближайшего, половина — до чётного
   *[down] вниз
}
round = { $scope ->
    [line] { round-mode }, по каждой строке чека
    [item] { round-mode }, по каждой единице товара
    [receipt] { round-mode }, всё начисленное за покупку вместе
   *[rule] { round-mode }
}

## Уровни

heading-tiers = { $name }
label-by = Показатель
head-tier = уровень
head-reach = условие
reach-all = у всех
reach-given = только по правилам ниже
bound-earned = { $bound } (начислено)
label-keep = Сохраняется
label-keep-until = Уровень заканчивается
keep-day = пока условие выполнено
label-drop = Затем
drop-value = уровень, условие которого выполнено в этот день
drop-one = не более чем на один уровень ниже
drop-bottom = самый низкий уровень, если в этот день не выполнено условие другого
drop-stay = уровень остаётся
label-tier-opens = Начинает действовать
tier-opens-next = после покупки, с которой достигнут
tier-opens-at-once = уже в той покупке, с которой достигнут
restart = С каждым повышением уровня подсчёт начинается заново.

## Правила

label-on = Событие
label-when = Когда
label-during = Когда
label-where = Товары
label-if = Условие
label-receives = Вы получаете
label-friend-receives = Друг получает
label-referrer-receives = Пригласивший получает
label-second-receives = Пригласивший пригласившего получает
label-third-receives = Пригласивший на третьем уровне получает
label-take = Списывается
label-multiply = Умножение
label-add = Прибавка
label-turn = Замена
label-limit = Всего
label-seed = Выбор
label-among = Участвуют
every-purchase = каждая покупка
fact-purchase = { $friends ->
    [yes] покупка друга
   *[no] покупка
}
fact-return = { $friends ->
    [yes] возврат друга
   *[no] возврат
}
fact-join = { $friends ->
    [yes] вступление друга
   *[no] вступление в программу
}
fact-action = { $friends ->
    [yes] действие друга «{ $name }»
   *[no] действие «{ $name }»
}
fact-redeem = { $friends ->
    [yes] списание у друга
   *[no] списание
}
fact-merge = { $friends ->
    [yes] объединение счёта друга с другим
   *[no] объединение с другим счётом
}
fact-adjust = { $friends ->
    [yes] исправление остатка у друга
   *[no] исправление остатка
}
fact-leave = { $friends ->
    [yes] выход друга из программы
   *[no] выход из программы
}
purchase-first = { $friends ->
    [yes] первая покупка друга
   *[no] первая покупка
}
purchase-nth = { $every ->
    [yes] { $friends ->
        [yes] каждая { $nth }-я покупка друга
       *[no] каждая { $nth }-я покупка
    }
   *[no] { $friends ->
        [yes] { $nth }-я покупка друга
       *[no] { $nth }-я покупка
    }
}
purchase-nth-window = { $purchase } { $window }
entering = переход на уровень «{ $name }»
entering-ladder = любое повышение уровня «{ $name }»
begin-of = в начале дня ({ $period })
give-tier = уровень «{ $tier }»
as-unit = { $amount }, в виде { $unit }
with-limits = { $amount }; { $limits }
with-opening = { $amount }; можно использовать: { $opening }
with-expiry = { $amount }; сгорание: { $expiry }
with-end = { $amount }; заканчивается: { $expiry }
take-all = весь остаток { $unit }
multiply = { $of ->
    [lines] начисленное по правилу «{ $rule }» за эти товары умножается на { $by }
   *[receipt] начисленное по правилу «{ $rule }» умножается на { $by }
}
multiply-table = { $of ->
    [lines] начисленное по правилу «{ $rule }» за эти товары умножается { $by }
   *[receipt] начисленное по правилу «{ $rule }» умножается { $by }
}
add = ещё { $rate } от той же суммы к начисленному по правилу «{ $rule }»
turn = { $from } → { $into }
turn-tier = уровень «{ $from }» → уровень «{ $into }»
seed = победителей определяет проверяемый способ; его начальное значение — «{ $seed }»
among = { $winners ->
    [one] все, у кого есть «{ $one }»: каждая единица — один шанс; { $winners }{ "\u00A0" }победитель
    [few] все, у кого есть «{ $one }»: каждая единица — один шанс; { $winners }{ "\u00A0" }победителя
   *[many] все, у кого есть «{ $one }»: каждая единица — один шанс; { $winners }{ "\u00A0" }победителей
}

## Награды

automatically = Происходит само, столько раз, сколько возможно.
label-costs = Нужно отдать
label-offers = Варианты
offers = сначала выбирается самый крупный
head-price = нужно отдать
cost-all = весь доступный остаток { $unit }
cost-any = любое число { $unit }
cost-steps = { $cost }, шаг — { $step }
cost-least = { $cost }, минимум { $least }
cost-leaving = { $cost }; должно остаться: { $rest }
cost-leaving-money = { $cost }; деньгами нужно оплатить минимум { $rest }
off = скидка в размере { $amount }
off-table = скидка { $by }
their-worth = их стоимость вычитается из суммы к оплате
away = они переходят другому участнику, которого вы назовёте
free = { $n ->
    [one] { $number } товар бесплатно — самый дешёвый из подходящих
    [few] { $number } товара бесплатно — самые дешёвые из подходящих
    [many] { $number } товаров бесплатно — самые дешёвые из подходящих
   *[other] { $number } товара бесплатно — самые дешёвые из подходящих
}
free-counted = бесплатные товары — самые дешёвые из подходящих; их число: { $items }

## Группы

group-best = Из { $rules } действует только то, что даёт больше.
group-first = Из { $rules } действует только первое, что даёт хоть что-то.
group-all = { $rules } действуют вместе.
group-per-line = Это решается отдельно для каждой строки чека.
group-by-worth = Сравнение — по стоимости.
group-in-order = Если места не хватает, оно распределяется в этом порядке.
label-group-limit = Вместе

## Слова правил

label-measure = Считается
head-name = название
head-value = значение
head-from = с какого дня
cell-first = с самого начала
calendar-empty = ни одного дня
head-of = чьё
head-type = что это
head-missing = если не указано
scope-line = строка чека
scope-receipt = покупка
scope-action = действие
scope-member = участник
type-action = то, что вы делаете
type-text = текст
type-number = число
type-money = деньги
type-date = дата
type-time = время суток
type-flag = да или нет
missing-allowed = неизвестно
missing-default = { $value }
missing-never = указано всегда

## Примеры

example-moment = { $date }, { $time }
example-member = { $name } — участник программы
example-member-with = { $name } — участник программы: { $pairs }
example-redeem = списание: { $quantity }
example-adjust = исправление остатка: { $quantity }
example-receipt = № «{ $name }»
example-of = (к покупке № «{ $name }»)
example-by = (кто: { $name })
example-referred = (пригласил: { $name })
example-into = (кому: { $name })
example-for = (на что: «{ $name }»)
example-link = { $story } { $link }
example-parts = { $story }: { $parts }
example-line = { $amount } ({ $pairs })
example-pair = { $name } — { $value }
expect-award = → { $quantity }
expect-back = → списано { $quantity }
expect-from = { $expected } по правилу «{ $rule }»
expect-opening = { $expected }, можно использовать с { $date }
expect-expiring = { $expected }, последний день — { $date }
expect-for = { $expected } (кому: { $name })
expect-on = { $expected } (на { $date })
expect-note = → учтено как «{ $code }»
expect-state = → { $condition }

## Что пробуют и что считают

label-without = Не действует
label-assumed = Предположение о «{ $reward }»
label-figure = Расчёт
assume-all = пользуются все участники
assume-members = пользуются { $share } участников
assume-receipts = в { $share } покупок, в которых это можно
assume-least = как только накоплено { $least }
assume-seed = случай определяет ключ «{ $seed }»
assume-three = { $low } (мало), { $middle } (обычно) или { $high } (много)
figure = { $name ->
    [members] число участников
    [active] число активных участников
    [joined] число новых участников
    [purchases] число покупок
    [returns] число возвратов
    [revenue] выручка
    [cost] затраты
    [discounts] скидки
    [liability] сумма обязательств
   *[times] число начислений
}
figure-unit = { $name ->
    [earned] число начисленных { $unit }
    [reversed] число списанных по возвратам { $unit }
    [redeemed] число использованных { $unit }
    [expired] число сгоревших { $unit }
    [adjusted] число исправленных { $unit }
   *[balance] остаток { $unit }
}
figure-of-tier = { $figure } ({ $tier })
figure-of-rule = { $figure } («{ $rule }»)

## Две программы

diff-title = { $name }: что меняется
diff-chapter-same = Коротко
diff-chapter-changed = Изменено
diff-chapter-renamed = Переименовано
diff-chapter-added = Новое
diff-chapter-removed = Отменено
diff-same = По смыслу ничего не меняется.
diff-heading = { $kind ->
    [program] Программа { $name }
    [unit] Что вы копите: { $name }
    [tiers] Уровни: { $name }
    [rule] Правило «{ $name }»
    [reward] Награда «{ $name }»
    [draw] Розыгрыш «{ $name }»
    [group] Сочетание: { $name }
    [counter] Подсчёт: { $name }
    [param] Значение: { $name }
    [list] Список: { $name }
    [calendar] Календарь «{ $name }»
    [data] Данные: { $name }
    [scenario] Сценарий «{ $name }»
    [measure] Показатель «{ $name }»
   *[example] Пример «{ $name }»
}
diff-renamed = было «{ $old }»; стало «{ $new }»
diff-changed = было: { $old }; стало: { $new }
diff-new = добавлено: { $text }
diff-gone = отменено: { $text }
diff-cell = { $row }, { $column }
diff-of = { $column }: { $cell }
diff-readers = Где используется
label-value = Значение
label-attribute = Данные
label-nouns = Названия
label-order = Порядок
label-members = Участники
effect-chapter = Что это меняет на этой истории, на { $date }
effect-chapter-empty = Что это меняет на этой истории
effect-measure = показатель
effect-old = было
effect-new = стало
effect-difference = разница
effect-members = выигрывают — { $better }, теряют — { $worse }, без изменений — { $same }
effect-units = { $measure ->
    [earned] { $unit }: начислено
    [reversed] { $unit }: списано при возврате
    [redeemed] { $unit }: использовано
    [expired] { $unit }: сгорело
    [adjusted] { $unit }: исправлено
    [pending] { $unit }: ещё не открыто
    [debt] { $unit }: долг
   *[balance] { $unit }: остаток
}
effect-owed = { $unit }: обязательства, { $currency }
effect-tier = { $ladder }: участников на уровне { $tier }

## Отчёт `earnest simulate`; %0, %1 … подставляет страница.

report-question = Что изменилось бы в программе «{ $program }»: { $count ->
    [1] { $names }
    [2] { $names }
    [3] { $names }
   *[other] вариантов — { $count }
}?
report-named = «{ $name }»
report-or = или
report-answer-more = { $name }: даёт на { $cost } { $currency } больше ({ $percent }); больше получают { $better }, меньше { $worse }, столько же { $same }.
report-answer-less = { $name }: даёт на { $cost } { $currency } меньше ({ $percent }); больше получают { $better }, меньше { $worse }, столько же { $same }.
report-answer-same = { $name }: даёт столько же; больше получают { $better }, меньше { $worse }, столько же { $same }.
report-answer-share = Стоимость – { $after } продаж за вычетом возвратов; как есть – { $before }.
report-answer-owed-all = Всё это ещё в долгу на конец, если потратят всё: { $owed } { $currency } ({ $change }). Это те же деньги, а не ещё одни: в данных ничего не потрачено и ничего не сгорело.
report-as-above = { $name }: как выше
report-unmatched = : { $sum } { $currency }, которые уменьшили продажи, но баллов не сняли; поэтому стоимость может быть большей долей продаж, чем дают правила
report-in-all = у всех одинаково
report-each = на каждого, %0
report-c-slice-tier = Что дали на покупках все правила вместе, разрез: %0, каким он был до покупки; уровень действует со следующей покупки после той, которая его достигла.
report-answer-owed = Ещё в долгу на конец, если потратят всё: { $owed } { $currency } ({ $change }).
report-answer-gain = Половина получающих больше получает не больше чем на { $median } { $currency }; десятой части тех, кто выигрывает больше всех, достаётся { $tenth } всего выигрыша.
report-answer-loss = Половина получающих меньше теряет не больше { $median } { $currency }.
report-rules-before = Правила варианта «%0»
report-rule-costs = Стоимость по правилам
report-rule-costs-why = Что дало каждое правило за вычетом возвратов, в деньгах.
report-largest-cost = самое большее, во что обойдётся одна покупка
report-median-gain = половина получающих больше получает не больше чем на
report-top-gain = доля выигрыша у десятой части, что выигрывает больше всех
report-median-loss = половина получающих меньше теряет не больше
report-missed-receipts = %0 чеков
report-missed-members = %0 участников
report-held-now = Есть
report-more-by = %0: больше на
report-c-slice-without = В варианте «%0» нет «%1».
report-tier-members = участники на конец
report-tier-active = участники, которые покупали на нём
report-rows = прочитано { $read }: событий участников { $events }, продаж не участникам { $others }, отложено { $aside }, пришло дважды { $already }
report-warning = { $count } × { $code }
report-rule-revenue = продажи, на которые дало, до возвратов
report-period = продажи с %0 по %1, остатки на конец этого дня
report-as-it-is = как есть
report-points-of = %0 п. п.
report-changed = { $name } – { $clauses }
report-renamed = Новое название { $name }: { $clauses }
report-added = Новое: { $name } – { $clauses }
report-removed = Без { $name }
report-fixed = Что у всех вариантов общее
report-worth = { $unit }: единица стоит { $worth } { $currency }.
report-fixed-cost = Стоимость – это цена данного за вычетом возвратов и скидки; она считается, когда дано, потрачено оно или нет. Долг – та её часть, что ещё не потрачена: складывать их не нужно.
report-fixed-behaviour = Участники покупают, возвращают и тратят, как в данных: из-за изменения никто не ведёт себя иначе, если это не названо допущением.
report-fixed-redeemed = В данных нет списаний: за начисленное программа в долгу, пока оно не сгорит.
report-fixed-before = Купленное до первого дня данных считается, только если загружены начальные остатки: уровни за период набираются в первые месяцы и редко теряются, пока он не прошёл. Поэтому здесь они могут стоить меньше, чем в следующий год, и теряют их меньше; как они набираются, видно по месяцам.
report-fixed-last = Последний месяц кончается последним днём данных.
note-unmatched-return = строки возвратов, которым целиком или частью не нашлось покупки: за эту часть ничего не снято
note-return-too-late = возвраты после срока: за них ничего не снято
note-partial-return = возвраты части чека там, где чек возвращают только целиком
note-overdrawn = списания сверх того, что было: остаток стал долгом
note-discount-differs = чеки, на которых скидка другая, чем по правилам
note-discounts-off = чеки, суммы которых уже после скидок: свои скидки правила не считали
note-reward-beyond-limit = вознаграждения в данных сверх их пределов
note-no-reward = списания, которым не подходит ни одно вознаграждение
note-not-recovered = снятия, которым не хватило начисленного
note-referral-self = участники, которые назвали пригласившими себя
note-referral-unknown = пригласившие, которых ещё нет среди участников
note-referral-late = приглашения тех, кто уже был участником
note-referral-second = вторые пригласившие у того же участника
note-after-leaving = события участников, которые уже вышли
note-merge-refused = счета, слитые с собой или ни с каким
note-transfer-refused = единицы, подаренные самому себе
report-skip = К показателям
report-figures = Главные показатели
report-variant = Вариант
report-unit = Единица
report-by = В разрезе
report-largest = Самые большие изменения
report-slices = Все разрезы
report-filter = Найти
report-made = Как получен отчёт
report-assumed = Допущения, а не факты: поведение участников
report-warned = Что сказано о данных
report-data = Числа
report-month = месяц
report-before = было
report-after = стало
report-member = Участник
report-why = Почему
report-none = (нет)
report-never = бессрочно
report-nobody = Выберите вариант, чтобы увидеть, у кого изменятся начисления.
report-change-of = Изменение, %0
report-members-better = Получают больше
report-members-worse = Получают меньше
report-members-same = Получают столько же
report-moved = %0: %1 → %2, %3
report-lost = уровень %0 потерян %1
report-no-tier = нет уровня %0 (раньше с %1)
report-short = не хватило %0 %1
report-always-short = всегда не хватало %0 %1
report-explain = «команда» показывает команду, которая объясняет каждый чек участника.
report-ask = команда
report-near = Чуть-чуть не хватило
report-near-hint = По правилам – чеки, на которых не хватило только этого, и на скольких хватило бы при другой границе. По уровням – участники, которые так и не дошли до него, и сколько дошло бы когда-либо, считая и тех, у кого его на конец уже нет; кто выше уровнем, считается и для нижних. Во что обошлась бы другая граница, скажет вариант с ней.
report-needs = Нужно
report-missed-what = Правило или уровень
report-missed = Не хватило
report-missed-by = Не хватило %0
report-missed-more = больше
report-short-mean = В среднем не хватило
report-held-at = Было бы при %0 границы
report-c-time = Стоимость по месяцам
report-c-time-why = Начислено за вычетом возвратов, в деньгах, и скидки. Последний месяц кончается %0.
report-c-roll = Движение остатка
report-c-roll-why = Вариант «%0»: начало + начислено − списано − сгорело − снято по возвратам ± исправлено = конец.
report-c-who = Кто выигрывает и кто теряет
report-by-change = участники по изменению в %0
report-c-who-why = Больше получают %0 (всего %3 %5), меньше %1 (%4 %5), столько же %2.
report-c-flow = Уровни до и после
report-c-flow-why = Участники по уровню на конец: по исходной программе и здесь.
report-c-levels = Участники по уровням
report-c-levels-why = «%0» на конец каждого месяца, вариант «%1». Уровни за период набираются с первого дня данных.
report-c-slice = Стоимость по частям
report-c-slice-why = В разрезе: %0.
report-c-sweep = По значениям
report-c-sweep-why = Стоимость и число тех, кто получает больше или меньше, для каждого значения.
report-c-lots = Что открыто, по месяцам сгорания
report-c-lots-why = На конец, и то, что ещё нельзя тратить, по месяцам, в которые они сгорят, если их не потратят.
report-c-near = Чуть-чуть не хватило
report-c-near-why = Сколько раз не хватило до правила или уровня и какой доли нужного.
report-f-members = участники
report-f-active = активные участники (с покупками)
report-f-joined = новые участники в этих данных
report-f-purchases = покупки
report-f-returns = возвраты
report-f-revenue = продажи за вычетом возвратов
report-f-discounts = скидки
report-f-cost = стоимость данного
report-f-cost-share = стоимость, доля продаж за вычетом возвратов
report-f-average-receipt = продажи за вычетом возвратов, на покупку
report-f-purchases-per-member = покупок на активного участника
report-f-liability = ещё в долгу (обязательство)
report-f-retention = активные, кто был активен и месяц назад
report-f-earned = начислено
report-f-reversed = снято по возвратам
report-f-redeemed = списано
report-f-expired = сгорело
report-f-adjusted = исправлено
report-f-balance = остаток
report-f-pending = ожидает
report-f-others = продажи не участникам
report-f-unmatched = возвраты, которым не нашлось покупки
report-f-member-share = доля продаж участникам
report-f-rules-fired = доля сработавших правил
report-f-times = начислений
report-f-fired = доля покупок
report-rule = правило
report-issue-month = месяц начисления
report-f-redemption-rate = потрачено, от начисленного
report-c-part = Кто получает больше или меньше
report-c-part-why = Участники, разрез: %0, на конец варианта «%1».
report-c-rules = Как часто срабатывает каждое правило
report-c-rules-why = Доля покупок, на которых оно что-то дало.
report-c-issue = Потрачено по месяцам начисления
report-c-issue-why = Какая часть начисленного за месяц уже потрачена.
report-f-opening = начало
report-m-program = Программа
report-m-version = Версия правил
report-m-as-of = На дату
report-m-data = Данные
report-m-rows = Строк
report-m-zone-rules = Правила часовых поясов
report-m-earnest = earnest
