#!/usr/bin/env python3
"""Works the figures of `earnest simulate` out once more, from the ledger files and the raw histories, and compares.

    tests/recompute/recompute.py EARNEST DATA [online_retail] [cdnow]

EARNEST is the command, DATA the folder of the real histories. For the baseline and the variant of each program
beside this script `earnest run --ledger` writes every row; pandas adds them up. What no ledger tells is worked out
from the sales themselves by the words of the manual: who bought when, which sales a return takes back, which tier
each member holds when. Every number must be met exactly; exit status 1 where one differs. Not asked for are what rules
wanted before limits and the days of tier moves of single members.
"""

import gzip, json, os, subprocess, sys, tempfile
from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pandas as pd

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
M = 1_000_000
CENT = M // 100  # both units are worth a hundredth of the currency


def micros(text):
    return int(Decimal(str(text)) * M)


def shown(number):
    return str(Decimal(number) / M)


def half_up(num, den):
    return (2 * num + den) // (2 * den)


def each(number, of):
    """One number for each of another, both in millionths."""
    return half_up(number * M, of) if of > 0 else None


def money(points):
    return half_up(points * CENT, M)


def back(day, months):
    """`months` before a day; a day that the month has not is its last."""
    first = day.year * 12 + day.month - 1 - months
    year, month = divmod(first, 12)
    last = (date(year + month // 11, month % 11 + 2 if month < 11 else 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def ahead(day, months):
    return back(day, -months)


def month_of(day):
    return f"{day.year:04}-{day.month:02}"


class Event:
    def __init__(self, member, at, kind, receipt, slice_):
        self.member, self.at, self.kind, self.receipt, self.slice = member, at, kind, receipt, slice_
        self.lines = []

    def done(self):
        """What is asked for often, worked out once."""
        self.day, self.amount = self.at.date(), sum(line[2] for line in self.lines)
        self.month = month_of(self.day)
        return self

    def order(self):
        return (self.at, 0 if self.kind == "purchase" else 1, self.receipt, self.member)


def online_retail(path):
    """Invoices; those that begin with C are returns. Sales without a customer are told apart."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding_errors="replace")
    events, others, receipts = {}, defaultdict(int), set()
    stamps = {}
    for invoice, sku, _, quantity, at, price, customer, country in rows.itertuples(index=False):
        member = customer.removesuffix(".0")
        amount = int(Decimal(quantity) * Decimal(price) * M)
        if not member:
            others[at[:10]] += amount
            receipts.add((invoice, invoice.startswith("C")))
            continue
        kind = "return" if invoice.startswith("C") else "purchase"
        when = stamps.get(at)
        if when is None:
            when = stamps[at] = datetime.fromisoformat(at)
        event = events.get((invoice, member, kind))
        if event is None:
            event = events[invoice, member, kind] = Event(member, when, kind, invoice, country)
        event.at = min(event.at, when)
        sign = -1 if kind == "return" else 1
        event.lines.append([sku, sign * int(quantity) * M, sign * amount])
    return sorted((event.done() for event in events.values()), key=Event.order), others, len(receipts)


def cdnow(path):
    events = []
    with gzip.open(path, "rt") as file:
        next(file)
        for line in file:
            receipt, member, at, quantity, amount, _, channel = line.rstrip("\n").split(",")
            event = Event(member, datetime.fromisoformat(at), "purchase", receipt, channel)
            event.lines.append(["", int(quantity) * M, micros(amount)])
            events.append(event)
    return sorted((event.done() for event in events), key=Event.order), {}, 0


class Ladder:
    """The tier that each member holds at each moment, by the words of the manual."""

    def __init__(self, bounds, months, keep, returns):
        self.bounds, self.months, self.keep, self.returns = bounds, months, keep, returns

    def run(self, events, last, spent):
        """`spent` is the money of a receipt that units paid: it is no spend."""
        self.at, self.moves, self.heights, self.tiers, self.unmatched = {}, [], {}, {}, 0
        mine = defaultdict(list)
        for event in events:
            mine[event.member].append(event)
        for member, own in mine.items():
            self.member(member, own, last, spent)
        return self

    def tier_of(self, value):
        return max(place for place, bound in enumerate(self.bounds) if value >= bound)

    def value(self, sales, day):
        since = back(day, self.months)
        return sum(sale["spend"] for sale in sales if since < sale["day"] <= day)

    def member(self, name, events, last, spent):
        sales, tier, held, seen = [], 0, {}, None
        moves = []

        def to(new, day):
            nonlocal tier
            if new != tier:
                moves.append((day, tier, new))
                tier = new

        def looked(day):
            """After a fact: holds, and the tier in effect."""
            value = self.value(sales, day)
            reached = self.tier_of(value)
            self.heights[name] = max(self.heights.get(name, value), value)
            if self.keep is None:
                return to(reached, day)
            for place in range(1, reached + 1):
                held[place] = max(held.get(place, day), ahead(day, self.keep))
            to(max([place for place, until in held.items() if until >= day], default=0), day)

        def midnights(first, until):
            """Each midnight between two days: of no day of `first`, up to the begin of `until`."""
            day = first
            while day < until:
                if self.keep is None:
                    if tier == 0:
                        return
                    day += timedelta(days=1)
                    to(self.tier_of(self.value(sales, day)), day)
                else:
                    ends = held.get(tier)
                    if tier == 0 or ends is None or ends >= until:
                        return
                    day = max(day, ends)
                    reached = self.tier_of(self.value(sales, day))
                    for place in [place for place, end in held.items() if end <= day]:
                        del held[place]
                    for place in range(1, reached + 1):
                        held[place] = max(held.get(place, day), ahead(day, self.keep))
                    to(max(held, default=0), day)
                    day += timedelta(days=1)

        for event in events:
            if event.day > last:
                continue
            if seen is not None:
                midnights(seen, event.day)
            self.at[id(event)] = tier
            seen = event.day
            if event.kind == "purchase":
                off = spent.get(event.receipt, 0)
                sales.append({"day": event.day, "at": event.at, "spend": event.amount - off, "lines": [
                    {"sku": sku, "quantity": quantity, "amount": amount, "back": 0} for sku, quantity, amount in event.lines]})
            else:
                self.take_back(event, sales)
            looked(event.day)
        midnights(seen, last)
        self.moves += [(name, *move) for move in moves]
        self.tiers[name] = tier

    def take_back(self, event, sales):
        """Earlier sales of that sku within the time: same unit price first, then the latest receipt, the dearer line."""
        for sku, bought, amount in sorted(event.lines, key=lambda line: -line[2]):
            quantity = bought
            known = [(sale, line) for sale in sales for line in sale["lines"]
                     if line["sku"] == sku and line["quantity"] > line["back"]
                     and event.day <= ahead(sale["day"], self.returns)]
            same = lambda line: line["amount"] * quantity == amount * line["quantity"]
            order = {id(sale): place for place, sale in enumerate(sales)}
            known.sort(key=lambda found: (not same(found[1]), -order[id(found[0])], -Decimal(found[1]["amount"]) / found[1]["quantity"]))
            for sale, line in known:
                part = min(quantity, line["quantity"] - line["back"])
                if part <= 0:
                    break
                kept = lambda: line["amount"] - half_up(line["amount"] * line["back"], line["quantity"])
                before = kept()
                line["back"] += part
                sale["spend"] -= before - kept()
                quantity -= part
            self.unmatched += half_up(amount * quantity, bought)

    def tier_then(self, member, day):
        """The tier at a midnight after a day: for rows that no fact caused."""
        tier = 0
        for name, when, _, to in self.by_member.get(member, []):
            if when <= day:
                tier = to
        return tier

    @property
    def by_member(self):
        if not hasattr(self, "_by_member"):
            self._by_member = defaultdict(list)
            for move in self.moves:
                self._by_member[move[0]].append(move)
        return self._by_member


SETS = {
    "online_retail": dict(
        read=online_retail, history="online_retail/online_retail.csv.gz", map="examples/online_retail/online_retail.map.toml",
        ladder="level", tiers=["Member", "Silver", "Gold"], slice="country", currency="GBP", large={0: 500, 1: 600},
        ladders=[Ladder([0, 500 * M, 2000 * M], 6, None, 13), Ladder([0, 500 * M, 3000 * M], 6, None, 13)],
        scenario="Higher and November"),
    "cdnow": dict(
        read=cdnow, history="cdnow/cdnow.csv.gz", map="examples/cdnow/cdnow.map.toml",
        ladder="status", tiers=["Bronze", "Silver", "Gold"], slice="channel", currency="USD", large={},
        ladders=[Ladder([0, 100 * M, 300 * M], 12, 3, 12), Ladder([0, 100 * M, 400 * M], 12, 3, 12)],
        scenario="Higher"),
}


class Check:
    """Compares number by number, and keeps what differs."""

    def __init__(self):
        self.compared, self.wrong = 0, []

    def same(self, path, found, wanted):
        self.compared += 1
        number = lambda value: None if value is None else Decimal(str(value))
        if number(found) != number(wanted):
            self.wrong.append(f"{path}: earnest {found}, worked out {wanted}")

    def all(self, path, found, wanted):
        """Each name of both sides."""
        for name in [*found, *(name for name in wanted if name not in found)]:
            self.same(f"{path}/{name}", found.get(name), wanted.get(name))


FLOWS = {"earn": ("earned", 1), "reverse": ("reversed", -1), "redeem": ("redeemed", -1), "expire": ("expired", -1),
         "adjust": ("adjusted", 1)}


def sums(ledger):
    """Rows of the ledger as flows of the one unit, in millionths."""
    flows = {name: 0 for name, _ in FLOWS.values()}
    for entry, amount in ledger.groupby("entry")["micros"].sum().items():
        if entry in FLOWS:
            name, sign = FLOWS[entry]
            flows[name] += sign * int(amount)
    return flows


def net(flows):
    return flows["earned"] - flows["reversed"] - flows["redeemed"] - flows["expired"] + flows["adjusted"]


class Run:
    """One variant, added up from its ledger and the sales."""

    def __init__(self, conf, events, ledger, ladder, as_of):
        self.conf, self.events, self.ladder, self.as_of = conf, events, ladder, as_of
        ledger["micros"] = [micros(text) for text in ledger["amount"]]
        ledger["day"] = [date.fromisoformat(text[:10]) for text in ledger["at"]]
        self.ledger = ledger
        spent = defaultdict(int)
        paid = ledger[(ledger.entry == "redeem") & (ledger.receipt != "")]
        for receipt, amount in zip(paid.receipt, paid.micros):
            spent[receipt] += money(-amount)
        self.spent = spent
        ladder.run(events, as_of, spent)
        caused = {(event.member, event.kind, event.receipt): event for event in events}
        tiers, slices = [], []
        for member, event, receipt, day in zip(ledger.member, ledger.event, ledger.receipt, ledger.day):
            fact = caused.get((member, "return" if event.startswith("return") else "purchase", receipt)) if event else None
            if fact is None:
                tiers.append(ladder.tier_then(member, day))
                slices.append("")
            else:
                tiers.append(ladder.at[id(fact)])
                slices.append(fact.slice)
        ledger["tier"], ledger["slice"], ledger["month"] = tiers, slices, [month_of(day) for day in ledger.day]

    def numbers(self, events, ledger, active, extra):
        """What every slice has, under the names of the JSON."""
        bought = [event for event in events if event.kind == "purchase"]
        returned = [event for event in events if event.kind == "return"]
        revenue = sum(event.amount for event in bought) - sum(event.amount for event in returned)
        flows = sums(ledger)
        cost = money(flows["earned"] - flows["reversed"])
        row = {"active": active * M, "purchases": len(bought) * M, "returns": len(returned) * M, "revenue": revenue,
               "discounts": 0, "cost": cost, "cost_share": each(cost, revenue),
               "average_receipt": each(revenue, len(bought) * M), "purchases_per_member": each(len(bought) * M, active * M)}
        row.update({f"points.{name}": value for name, value in flows.items()})
        row.update(extra)
        return {name: shown(value) for name, value in row.items() if value is not None}

    def by_month(self):
        rows, balance, members, before = {}, 0, 0, 0
        buyers = defaultdict(set)
        first = {}
        for event in self.events:
            first.setdefault(event.member, event.month)
            if event.kind == "purchase":
                buyers[event.month].add(event.member)
        joined = Counter(first.values())
        months = sorted({event.month for event in self.events} | set(self.ledger.month))
        last = ""
        own = defaultdict(list)
        for event in self.events:
            own[event.month].append(event)
        for month in months:
            events = own[month]
            ledger = self.ledger[self.ledger.month == month]
            members += joined[month]
            opening, balance = balance, balance + net(sums(ledger))
            extra = {"members": members * M, "joined": joined[month] * M, "points.balance": balance,
                     "liability": money(balance), "points.opening": opening,
                     "retention": each(len(buyers[month] & buyers[last]) * M, len(buyers[last]) * M)}
            held = Counter({0: members})
            for _, day, start, to in self.ladder.moves:
                if month_of(day) <= month:
                    held[start] -= 1
                    held[to] += 1
            extra.update({f"tier.{self.conf['ladder']}.{tier}": held[place] * M for place, tier in enumerate(self.conf["tiers"])})
            rows[month] = self.numbers(events, ledger, len(buyers[month]), extra)
            last = month
        return rows

    def by(self, key, column, members):
        """By what each event and each row has: tiers or an attribute of receipts."""
        rows = {}
        for value in sorted({key(event) for event in self.events} | set(self.ledger[column]) | set(members)):
            events = [event for event in self.events if key(event) == value]
            ledger = self.ledger[self.ledger[column] == value]
            active = len({event.member for event in events if event.kind == "purchase"})
            rows[value] = self.numbers(events, ledger, active, members.get(value, {"members": 0, "joined": 0}))
        return rows

    def balances(self):
        return self.ledger.groupby("member")["micros"].sum().to_dict()

    def pending(self):
        """By member: what of the lots opens after the last day."""
        lots = self.ledger[self.ledger.lot != "debt"]
        opens = lots[lots.entry == "earn"].groupby(["member", "lot"])["opens"].max()
        left = lots.groupby(["member", "lot"])["micros"].sum()
        waits = opens[opens > self.as_of.isoformat()].index
        return left[left.index.isin(waits)].groupby("member").sum().to_dict()

    def tier_members(self):
        balances, pending, rows = self.balances(), self.pending(), {}
        for member, tier in self.ladder.tiers.items():
            row = rows.setdefault(tier, {"members": 0, "joined": 0, "points.balance": 0, "points.pending": 0})
            row["members"] += M
            row["points.pending"] += int(pending.get(member, 0))
            row["points.balance"] += int(balances.get(member, 0))
        for row in rows.values():
            row["liability"] = money(row["points.balance"])
        return rows

    def total(self):
        if not hasattr(self, "_total"):
            self._total = self.whole()
        return self._total

    def whole(self):
        members = len({event.member for event in self.events})
        active = len({event.member for event in self.events if event.kind == "purchase"})
        balance = int(self.ledger.micros.sum())
        return self.numbers(self.events, self.ledger, active, {
            "members": members * M, "joined": members * M, "points.balance": balance, "liability": money(balance),
            "points.pending": int(sum(self.pending().values()))})

    def lots(self):
        rows = defaultdict(int)
        lots = self.ledger[self.ledger.lot != "debt"].groupby(["member", "lot", "expires"], sort=False)["micros"].sum()
        for (_, _, expires), left in lots[lots != 0].items():
            rows[expires[:7] or "never"] += int(left)
        return {month: shown(value) for month, value in rows.items()}

    def rules(self, known):
        """What each rule brought, and what belongs to none: its rows, and the purchases that it gave on."""
        rows, bought = {}, {(e.member, e.receipt): e for e in self.events if e.kind == "purchase"}
        for rule in [*known, ""]:
            own = self.ledger[self.ledger.rule == rule]
            flows = sums(own)
            if rule == "" and not any(flows.values()):
                continue
            gave = own[(own.entry == "earn") & (own.micros > 0) & (own.event != "")]
            on = {pair for pair in zip(gave.member, gave.receipt) if pair in bought}
            revenue, count = sum(bought[pair].amount for pair in on), len(on)
            members = own[own.entry.isin(["earn", "reverse"])].member.nunique() if rule else 0
            cost = money(flows["earned"] - flows["reversed"])
            row = {"members": members * M, "purchases": count * M, "revenue": revenue, "discounts": 0, "cost": cost,
                   "cost_share": each(cost, revenue), "average_receipt": each(revenue, count * M),
                   "purchases_per_member": each(count * M, members * M), "times": known.get(rule, {"times": 0})["times"] * M,
                   "fired": each(count * M, len(bought) * M), **{f"points.{name}": value for name, value in flows.items()}}
            rows[rule] = {name: shown(value) for name, value in row.items() if value is not None}
        return rows

    def issues(self):
        """By the month in which a lot was given; debt is in no lot."""
        ledger = self.ledger
        keys = list(zip(ledger.member, ledger.lot))
        first = {}
        for key, month in zip(keys, ledger.month):
            first.setdefault(key, month)
        issued = pd.Series(["" if key[1] in ("", "debt") else first[key] for key in keys], index=ledger.index)
        rows = {}
        for month, own in ledger.groupby(issued):
            flows = sums(own)
            rate = each(flows["redeemed"], flows["earned"] - flows["reversed"])
            rows[month] = {**{f"points.{name}": shown(value) for name, value in flows.items()}, "points.balance": shown(net(flows)),
                           **({"points.redemption_rate": shown(rate)} if rate is not None else {})}
        return rows

    def gains(self):
        """What each member got, less what returns took back, in money; and by rule."""
        own = self.ledger[self.ledger.entry.isin(["earn", "reverse"])]
        return {member: money(int(value)) for member, value in own.groupby("member")["micros"].sum().items()}

    def by_rule(self):
        own = self.ledger[self.ledger.entry.isin(["earn", "reverse"])]
        rules = defaultdict(dict)
        for (member, rule), value in own.groupby(["member", "rule"])["micros"].sum().items():
            rules[member][rule] = money(int(value))
        return rules


def check_totals(check, at, said, run, others, other_receipts):
    total, points = said["totals"], said["totals"]["points"]["points"]
    flows = sums(run.ledger)
    balance = int(run.ledger.micros.sum())
    check.same(f"{at}/roll-forward", shown(net(flows)), shown(balance))
    for name, value in flows.items():
        check.same(f"{at}/points/{name}", points[name], shown(value))
    check.same(f"{at}/points/pending", points["pending"], shown(int(sum(run.pending().values()))))
    check.same(f"{at}/points/balance", points["balance"], shown(balance))
    check.same(f"{at}/points/liability", points["liability"], shown(money(balance)))
    debt = run.ledger[run.ledger.lot == "debt"].micros.sum()
    check.same(f"{at}/points/debt", points["debt"], shown(-int(debt)))
    check.same(f"{at}/non_member/amount", total["non_member_sales"]["amount"], shown(sum(others.values())))
    check.same(f"{at}/non_member/receipts", total["non_member_sales"]["receipts"], other_receipts)
    whole = run.total()
    for name in ["members", "purchases", "returns", "revenue"]:
        check.same(f"{at}/{name}", total[name], whole[name])
    earned = run.ledger[run.ledger.entry == "earn"]
    for rule, of in total["rules"].items():
        rows = earned[earned.rule == rule]
        check.same(f"{at}/rules/{rule}/times", of["times"], int((rows.micros > 0).sum()) if len(rows) or not of["given"].get(run.conf["currency"]) else of["times"])
        check.same(f"{at}/rules/{rule}/given", of["given"].get("points", 0), shown(int(rows.micros.sum())))
    held = Counter(run.ladder.tiers.values())
    for place, tier in enumerate(run.conf["tiers"]):
        check.same(f"{at}/tiers/{tier}", total["tiers"][run.conf["ladder"]][tier], held[place])


def shares(revenue, others):
    """What others than members buy, and the share of those, where there are any."""
    share = each(revenue, revenue + others)
    return {"others": shown(others), **({"member_share": shown(share)} if share is not None else {})}


def check_counts(check, at, said, run, others):
    counts, conf = said["counts"], run.conf
    fired = [rule["times"] > 0 for rule in said["totals"]["rules"].values()]
    total = {**run.total(), "rules_fired": shown(half_up(sum(fired) * M, len(fired)))}
    months = run.by_month()
    if run.ladder.unmatched:
        total["unmatched"] = shown(run.ladder.unmatched)
    if others:
        total.update(shares(micros(total["revenue"]), sum(others.values())))
        for month, row in months.items():
            own = sum(value for day, value in others.items() if day[:7] == month)
            row.update(shares(micros(row["revenue"]), own))
    check.all(f"{at}/total", counts["total"], total)
    check.same(f"{at}/months", len(counts["by"]["month"]), len(months))
    for month, row in counts["by"]["month"].items():
        check.all(f"{at}/month/{month}", row, months[month])
    tiers = run.by(lambda event: run.ladder.at[id(event)], "tier", run.tier_members())
    for place, tier in enumerate(conf["tiers"]):
        check.all(f"{at}/{tier}", counts["by"][conf["ladder"]][tier], tiers.get(place, {}))
    slices = run.by(lambda event: event.slice, "slice", {})
    for value, row in counts["by"][conf["slice"]].items():
        check.all(f"{at}/{conf['slice']}/{value}", row, slices.get(value, {}))
    rules = run.rules(said["totals"]["rules"])
    for rule, row in counts["by"]["rule"].items():
        check.all(f"{at}/rule/{rule}", row, rules[rule])
    issues = run.issues()
    check.same(f"{at}/issues", len(counts["by"]["issue-month"]), len(issues))
    for month, row in counts["by"]["issue-month"].items():
        check.all(f"{at}/issue/{month}", row, issues[month])
    lots = run.lots()
    check.all(f"{at}/lots", {k: v for k, v in counts["lots"]["points"].items()}, lots)
    moves = Counter((run.conf["tiers"][a], run.conf["tiers"][b]) for _, _, a, b in run.ladder.moves)
    said_moves = {(move["from"], move["to"]): move["times"] for move in counts["moves"][conf["ladder"]]}
    check.all(f"{at}/moves", said_moves, moves)
    if "Points per 100 GBP" in counts["measures"]:
        earned, revenue = sums(run.ledger)["earned"], micros(run.total()["revenue"])
        check.same(f"{at}/measure", counts["measures"]["Points per 100 GBP"], shown(half_up(100 * earned * M, revenue)))


def check_near(check, at, said, run, which):
    near, conf = said["counts"]["near"], run.conf
    bounds = [90, 95, 100, 105, 110]

    def of(values, want):
        """`values` of (member, what there was)."""
        missed = [(member, want - have) for member, have in values if have < want]
        bands = Counter()
        for _, short in missed:
            bands[next((f"{band}%" for band in (5, 10, 25, 50) if 100 * short <= band * want), "more")] += 1
        return {"asked": len(values), "missed": len(missed), "members": len({member for member, _ in missed}),
                "missing": shown(sum(short for _, short in missed)),
                **{f"by {band}": bands[band] for band in ["5%", "10%", "25%", "50%", "more"]},
                **{f"at {bound}%": sum(100 * have >= bound * want for _, have in values) for bound in bounds}}

    def flat(said):
        return {**{name: said[name] for name in ["asked", "missed", "members", "missing"]},
                **{f"by {band}": count for band, count in said["by_up_to"].items()},
                **{f"at {bound}": count for bound, count in said["held_at"].items()}}

    sales = [(event.member, event.amount - run.spent.get(event.receipt, 0)) for event in run.events if event.kind == "purchase"]
    check.all(f"{at}/near/Base", flat(near["rules"]["Base"][0]), of(sales, M))
    if which in conf["large"]:
        check.all(f"{at}/near/Large", flat(near["rules"]["Large"][0]), of(sales, conf["large"][which] * M))
    for place, tier in enumerate(conf["tiers"][1:], 1):
        want = run.ladder.bounds[place]
        check.all(f"{at}/near/{tier}", flat(near["tiers"][conf["ladder"]][tier]), of(list(run.ladder.heights.items()), want))


def check_changes(check, at, said, base, run):
    conf = run.conf
    before, after = base.gains(), run.gains()
    everyone = {event.member for event in run.events}
    change = {member: after.get(member, 0) - before.get(member, 0) for member in everyone}
    gains, losses = sorted(v for v in change.values() if v > 0), sorted(v for v in change.values() if v < 0)
    check.all(f"{at}/members", said["members"], {"better": len(gains), "worse": len(losses), "same": len(everyone) - len(gains) - len(losses)})
    changes = said["changes"]
    middle = lambda values: values[len(values) // 2] if values else 0
    check.same(f"{at}/gained", changes["gained"], shown(sum(gains)))
    check.same(f"{at}/lost", changes["lost"], shown(-sum(losses)))
    tenth = -(-len(gains) // 10)
    check.same(f"{at}/gained_by_top_tenth", changes["gained_by_top_tenth"], shown(sum(gains[len(gains) - tenth:])))
    check.same(f"{at}/median_gain", changes["median_gain"], shown(middle(gains)))
    check.same(f"{at}/median_loss", changes["median_loss"], shown(-middle(losses)))
    for band in changes["distribution"]:
        low, high = (None if band[side] is None else micros(band[side]) for side in ("from", "to"))
        if low == 0 and high == 0:
            count = sum(value == 0 for value in change.values())
        else:
            # Losses belong to the band that ends with them, gains to the one that begins with them.
            loss = high is not None and high <= 0
            inside = lambda v: v != 0 and ((low is None or v > low) and v <= high if loss else v >= low and (high is None or v < high)) if (loss or low is not None) else False
            count = sum(inside(value) for value in change.values() if (value < 0) == loss)
        check.same(f"{at}/band {band['from']}..{band['to']}", band["members"], count)
    sides = defaultdict(lambda: [0, 0, 0, 0])
    for member in everyone:
        side = sides[conf["tiers"][base.ladder.tiers[member]]]
        side[0 if change[member] > 0 else 1 if change[member] < 0 else 2] += 1
        side[3] += change[member]
    for tier, row in changes["by"][conf["ladder"]].items():
        better, worse, same, by = sides[tier]
        check.all(f"{at}/by/{tier}", row, {"better": better, "worse": worse, "same": same, "change": shown(by)})
    flows = Counter((conf["tiers"][base.ladder.tiers[m]], conf["tiers"][run.ladder.tiers[m]]) for m in everyone)
    check.all(f"{at}/flows", {(f["from"], f["to"]): f["members"] for f in said["flows"][conf["ladder"]]}, flows)
    old, new = base.by_rule(), run.by_rule()
    for side, sign in [("winners", -1), ("losers", 1)]:
        wanted = sorted((sign * value, -sign * 1, member) for member, value in change.items() if sign * value < 0)
        largest = [value for value, _, _ in wanted[:10]]
        check.same(f"{at}/{side}", len(changes[side]), len(largest))
        for place, one in enumerate(changes[side]):
            member = one["member"]
            check.same(f"{at}/{side}/{place}", shown(sign * largest[place]), shown(change[member]))
            check.same(f"{at}/{side}/{member}/before", one["before"], shown(before.get(member, 0)))
            check.same(f"{at}/{side}/{member}/after", one["after"], shown(after.get(member, 0)))
            rules = {rule: new[member].get(rule, 0) - old[member].get(rule, 0) for rule in {*new[member], *old[member]}}
            check.all(f"{at}/{side}/{member}", {rule["rule"]: rule["change"] for rule in one["rules"]},
                      {rule: shown(value) for rule, value in rules.items() if value})
            for move in one.get("moves", []):
                check_short(check, f"{at}/{side}/{member}", move, member, base, run)


def check_short(check, at, move, member, base, run):
    """What was missing to a tier that is lost, or that the variant never gave."""
    if "short" not in move or move["falls"]:
        return
    want = run.ladder.bounds[run.conf["tiers"].index(move["to"])]
    check.same(f"{at}/short to {move['to']}", move["short"]["more"], shown(want - run.ladder.heights[member]))


def check_deltas(check, at, said, base):
    """Every difference is that of two numbers that were checked."""
    def walk(path, delta, one, other):
        if isinstance(delta, dict):
            for name, part in delta.items():
                walk(f"{path}/{name}", part, (one or {}).get(name), (other or {}).get(name))
        elif not isinstance(delta, list) and delta is not None:
            number = lambda value: Decimal(str(value)) if value is not None else Decimal(0)
            check.same(path, delta, number(one) - number(other))
    walk(f"{at}/delta", said["delta"], said["totals"], base["totals"])
    walk(f"{at}/counts_delta", said["counts_delta"], said["counts"], base["counts"])


def recompute(name, earnest, data):
    conf = SETS[name]
    history, mapped = os.path.join(data, conf["history"]), os.path.join(ROOT, conf["map"])
    program = os.path.join(HERE, f"{name}.earn")
    common = [program, "--history", history, "--map", mapped]
    said = json.loads(subprocess.run([earnest, "simulate", *common, "--scenario", conf["scenario"], "--by", conf["slice"],
                                      "--by", "issue-month", "--format", "json"], check=True, stdout=subprocess.PIPE).stdout)
    events, others, other_receipts = conf["read"](history)
    as_of = date.fromisoformat(said["history"]["as_of"])
    check, runs = Check(), []
    with tempfile.TemporaryDirectory() as folder:
        for which, scenario in enumerate([[], ["--scenario", conf["scenario"]]]):
            path = os.path.join(folder, f"{which}.csv")
            subprocess.run([earnest, "run", *common, *scenario, "--ledger", path, "--format", "json"], check=True,
                           stdout=subprocess.PIPE)
            ledger = pd.read_csv(path, dtype=str, keep_default_na=False)
            runs.append(Run(conf, events, ledger, conf["ladders"][which], as_of))
    for which, (variant, run) in enumerate(zip(said["variants"], runs)):
        at = variant["name"]
        check_totals(check, at, variant, run, others, other_receipts)
        check_counts(check, at, variant, run, others)
        check_near(check, at, variant, run, which)
        check_changes(check, at, variant, runs[0], run)
        check_deltas(check, at, variant, said["variants"][0])
    print(f"{name}: {check.compared} figures worked out again, {len(check.wrong)} differ")
    for wrong in check.wrong[:40]:
        print("  " + wrong)
    return not check.wrong


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    earnest, data, names = sys.argv[1], sys.argv[2], sys.argv[3:] or list(SETS)
    results = [recompute(name, earnest, data) for name in names]
    sys.exit(0 if all(results) else 1)


main()
