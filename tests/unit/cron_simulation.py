#!/usr/bin/python3 -B
"""Runs of random cron expressions as Debian's cron 3.0pl1 would start them, for tests/unit/test-cron-schedule.c to compare.

It knows nothing of midwatch's code: it reads fields by regular expressions and goes through cron's main loop (cron.c) minute by minute
with Python's zoneinfo. Prints one line a case, tab-separated: expression, zone, time, last run up to the time ("-": none in 12 days),
next runs up to four ("-": none), an asterisk behind those whose local time does not exist. Times are seconds since 1970.

cron_simulation.py SEED COUNT"""

import random
import re
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Asia/Kolkata", "America/Santiago"]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
EPOCH = datetime(1970, 1, 1)
DAY = 24 * 60


class Clock:
    """A zone's offset in minutes, kept by quarters of an hour."""

    def __init__(self, name):
        self.zone, self.kept = ZoneInfo(name), {}

    def offset(self, minute):
        quarter = minute // 15
        if quarter not in self.kept:
            at = datetime.fromtimestamp(quarter * 900, timezone.utc).astimezone(self.zone)
            self.kept[quarter] = int(at.utcoffset().total_seconds()) // 60
        return self.kept[quarter]

    def changes(self, first_year, last_year):
        at = int((datetime(first_year, 1, 1) - EPOCH).total_seconds()) // 60
        end = int((datetime(last_year, 12, 31) - EPOCH).total_seconds()) // 60
        found = []
        while at < end:
            if self.offset(at) != self.offset(at + DAY):
                found.append(next(m for m in range(at, at + DAY + 1) if self.offset(m) != self.offset(at)))
            at += DAY
        return found


def values(text, low, high, names):
    """The set that a field means."""
    out = set()
    for part in text.split(","):
        found = re.fullmatch(r"(\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", part)
        word = lambda w: names.index(w.lower()) + low if w.lower() in names else int(w)
        first = low if found[1] == "*" else word(found[2])
        last = high if found[1] == "*" else word(found[3] or found[2])
        out |= set(range(first, last + 1, int(found[4] or 1)))
    return out


class Entry:
    def __init__(self, text):
        minute, hour, dom, month, dow = text.split()
        self.minutes, self.hours = values(minute, 0, 59, []), values(hour, 0, 23, [])
        self.doms, self.months = values(dom, 1, 31, []), values(month, 1, 12, MONTHS)
        self.dows = {d % 7 for d in values(dow, 0, 7, DAYS)}
        self.star = dom[0] == "*" or dow[0] == "*"
        self.wild = minute[0] == "*" or hour[0] == "*"

    def day(self, number):
        date = EPOCH + timedelta(days=number)
        dom, dow = date.day in self.doms, (date.weekday() + 1) % 7 in self.dows
        return date.month in self.months and (dom and dow if self.star else dom or dow)

    def due(self, virtual):
        """find_jobs() for a minute of local time."""
        number, minute = divmod(virtual, DAY)
        return minute % 60 in self.minutes and minute // 60 in self.hours and self.day(number)


def runs(entry, clock, start, end):
    """Yields (minute, exists) for each start of the job from cron's start on: cron.c's main loop, and one step over a day or an
    hour in which neither the job nor the clock does anything."""
    now = start
    virtual = now + clock.offset(now)
    while now < end:
        local = now + clock.offset(now)
        if virtual == local and local % DAY == DAY - 1 and not entry.day(local // DAY + 1) \
                and clock.offset(now) == clock.offset(now + 2 * DAY) == clock.offset(now + DAY):
            now += DAY
            virtual += DAY
            continue
        if virtual == local and local % 60 == 59 and (local // 60 + 1) % 24 not in entry.hours and clock.offset(now) == clock.offset(now + 60):
            now += 60
            virtual += 60
            continue
        now += 1
        running = now + clock.offset(now)
        difference = running - virtual
        if 0 < difference <= 5:
            while virtual < running:
                virtual += 1
                if entry.due(virtual):
                    yield now, True
        elif 5 < difference <= 180:
            if entry.wild and entry.due(running):
                yield now, True
            while virtual < running:
                virtual += 1
                if not entry.wild and entry.due(virtual):
                    yield now, virtual == running
        elif -180 < difference <= 0:
            if entry.wild and entry.due(running):
                yield now, True
        else:
            virtual = running
            if entry.due(virtual):
                yield now, True


def random_part(r, low, high, names):
    kind = r.random()
    if kind < 0.45:
        n = r.randint(low, high)
        return r.choice([names[n - low], names[n - low].upper()]) if n - low < len(names) and r.random() < 0.4 else str(n)
    first = r.randint(low, high)
    last = r.randint(first, high)
    step = f"/{r.randint(1, max(1, (high - low) // 2))}" if kind > 0.7 else ""
    return f"{first}-{last}{step}"


def random_field(r, low, high, names=(), star=0.45):
    kind = r.random()
    if kind < star:
        return "*"
    if kind < star + 0.12:
        return f"*/{r.randint(1, high)}"
    parts = [random_part(r, low, high, names) for _ in range(r.choice([1, 1, 1, 2, 3]))]
    if r.random() < 0.04:
        parts.append("*")
    return ",".join(parts)


def random_expression(r):
    hour = random_field(r, 0, 23, star=0.2) if r.random() < 0.6 else random_field(r, 0, 3, star=0.1)
    return " ".join([random_field(r, 0, 59, star=0.15), hour, random_field(r, 1, 31), random_field(r, 1, 12, MONTHS, 0.7),
                     random_field(r, 0, 7, DAYS + ["sun"])])


def case(r, clocks, changes):
    text, name = random_expression(r), r.choice(ZONES)
    clock, entry = clocks[name], Entry(text)
    if changes[name] and r.random() < 0.6:
        at = r.choice(changes[name]) + r.randint(-2 * DAY, DAY // 2)
    else:
        at = r.randint(int(datetime(2024, 1, 1).timestamp()) // 60, int(datetime(2031, 1, 1).timestamp()) // 60)
    last, found = None, []
    for minute, exists in runs(entry, clock, at - 12 * DAY, at + 8 * 366 * DAY):
        if minute <= at:
            last = minute
        elif not found or found[-1][0] != minute:
            found.append((minute, exists))
        if len(found) == 4:
            break
    times = [f"{m * 60}{'' if exists else '*'}" for m, exists in found] or ["-"]
    return "\t".join([text, name, str(at * 60), str(last * 60) if last else "-", *times])


def main():
    r = random.Random(int(sys.argv[1]))
    clocks = {name: Clock(name) for name in ZONES}
    changes = {name: clocks[name].changes(2024, 2030) for name in ZONES}
    for _ in range(int(sys.argv[2])):
        print(case(r, clocks, changes))


main()
