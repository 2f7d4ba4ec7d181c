# SPDX-License-Identifier: Apache-2.0
"""Calendar expressions, time spans and time stamps mean what systemd-analyze says: generated
expressions in twelve time zones, asked in batches, with base times close to the changes of clocks.

TEND_TIME_CASES=N asks about N expressions (100000 say) of each kind, TEND_TIME_SEED=S about others."""

import os
import random
import shutil
import subprocess

import pytest

import tendbox

ANALYZE = shutil.which("systemd-analyze")
CASES = int(os.environ.get("TEND_TIME_CASES", "5000"))
SEED = int(os.environ.get("TEND_TIME_SEED", "20260101"))
BATCH = 100
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
         "America/Sao_Paulo", "Europe/Dublin", "Pacific/Apia", "Africa/Casablanca", "Asia/Tokyo",
         "America/St_Johns", "Pacific/Chatham"]
# Near the changes of 2026 and 2027 in those zones, around leap days, and far away.
BASES = ["2026-03-29 00:30", "2026-10-25 00:10", "2026-03-08 06:20", "2026-11-01 04:50", "2026-04-04 14:40",
         "2026-10-03 15:20", "2028-02-28 23:59:59", "2026-12-31 23:30", "2027-03-14 07:00",
         "2026-02-14 03:00", "2026-03-22 02:00", "2026-09-26 14:00", "2100-02-28 10:00", "2198-12-01",
         "2011-12-29 09:00", "1999-12-31 22:00", "2040-03-25 00:59:59"]

pytestmark = pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")


def number(rng, low, high):
    value = rng.randint(low, high) if rng.random() < 0.97 else rng.randint(0, high * 2 + 5)
    return f"{value:02d}" if rng.random() < 0.5 else str(value)


def part(rng, low, high, seconds=False):
    if rng.random() < 0.3:
        return "*"
    items = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        item = number(rng, low, high)
        if seconds and rng.random() < 0.2:
            item += rng.choice([".5", ".25", ".123456", ".9999999", ".000001"])
        if rng.random() < 0.3:
            item += ".." + number(rng, low, high)
        if rng.random() < 0.3:
            item += "/" + rng.choice(["1", "2", "3", "5", "7", "10", "15", "30", "100", "0"])
            if seconds and rng.random() < 0.2:
                item += rng.choice([".5", ".1"])
        items.append(item)
    return ",".join(items)


def weekdays(rng):
    names = ["Mon", "tue", "Wednesday", "THU", "Fri", "saturday", "Sun"]
    items = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        first = rng.choice(names)
        items.append(first if rng.random() < 0.6
                     else first + rng.choice(["..", "..", "-"]) + rng.choice(names))
    return ",".join(items) + rng.choice(["", "", "", ","])


def date(rng):
    day = rng.choice("--~") + part(rng, 1, 31)
    text = part(rng, 1, 12) + day
    if rng.random() < 0.75:
        year = rng.choice(["*", "*", "*", "2026", "2026..2030", "2028/4", "27,28", "2199", "99", "1970..2100/3"])
        text = year + "-" + text
    return text


def time(rng):
    hour = rng.choice(["0", "1", "2", "02", "03", "0..3", "*", "2,3"]) if rng.random() < 0.5 else part(rng, 0, 23)
    minute = rng.choice(["0", "30", "15,45", "0/10"]) if rng.random() < 0.4 else part(rng, 0, 59)
    text = hour + ":" + minute
    if rng.random() < 0.5:
        text += ":" + part(rng, 0, 59, seconds=True)
    return text


def zone(rng):
    return rng.choice(["UTC", "utc", "CET", "CEST", "EDT", "EST", "NST", "Mars/Base"] + ZONES)


WORDS = ["minutely", "hourly", "Daily", "weekly", "monthly", "quarterly", "yearly", "annually", "anually",
         "semiannually", "semi-annually", "bi-annually", "biannually", "@1800000000", "@0", "@99999999999"]


def calendar(rng):
    if rng.random() < 0.04:
        text = rng.choice(WORDS)
    else:
        chosen = [f(rng) for f, chance in ((weekdays, 0.35), (date, 0.7), (time, 0.75)) if rng.random() < chance]
        text = rng.choice([" ", " ", " ", "  "]).join(chosen)
    if rng.random() < 0.2:
        text += " " + zone(rng)
    if rng.random() < 0.03 and text:  # somebody mistyped
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice("*/.,-~: x9") + text[at + rng.randrange(2):]
    return text


def ask(program, zone_name, arguments):
    """What it answers, without what depends on the moment of the question."""
    done = subprocess.run(program + arguments, capture_output=True, text=True, timeout=120,
                          env={"PATH": "/usr/bin:/bin", "TZ": zone_name})
    lines = [line.rstrip() for line in done.stdout.split("\n") if "From now:" not in line]
    return lines, done.stderr.split("\n"), done.returncode


def batches(seed, make, cases):
    rng = random.Random(seed)
    for first in range(0, cases, BATCH):
        zone_name = ZONES[first // BATCH % len(ZONES)]
        yield rng, zone_name, [make(rng) for _ in range(min(BATCH, cases - first))]


def differences(ours, zone_name, begin, texts, ends_at_error):
    """Asks about all texts at once; where the answers differ, about each. A program that ends at the first error is asked again
    about those behind it."""
    expected = ask([ANALYZE], zone_name, begin + texts)
    answered = ask(ours, zone_name, begin + texts)
    if answered != expected:
        each = [found for text in texts if len(texts) > 1 for found in differences(ours, zone_name, begin, [text], False)]
        yield from each or [f"TZ={zone_name} {' '.join(map(repr, begin + texts))}\n  systemd: {expected}\n  tend:    {answered}"]
    elif ends_at_error and expected[2] != 0:
        n_answered = sum(line.startswith("Original:") for line in expected[0])
        if texts[n_answered + 1:]:
            yield from differences(ours, zone_name, begin, texts[n_answered + 1:], True)


def compare(ours, verb, options, seed, make, ends_at_error=False):
    different, cases = [], CASES // 10 if ends_at_error else CASES  # each error costs another question
    for rng, zone_name, texts in batches(seed, make, cases):
        begin = [verb] + [option(rng) for option in options] + ["--"]
        different += differences(ours, zone_name, begin, texts, ends_at_error)
    assert not different, f"{len(different)} of {cases} differ\n" + "\n".join(different[:40])


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    link = tmp_path_factory.mktemp("names") / "systemd-analyze"
    link.symlink_to(tendbox.BIN / "tend")
    return [str(link)]


def test_calendar_expressions_elapse_when_systemd_says(ours):
    compare(ours, "calendar", [lambda rng: "--iterations=" + rng.choice(["1", "4", "9"]),
                               lambda rng: "--base-time=" + rng.choice(BASES)], SEED, calendar)


def span(rng):
    units = ["", "s", "sec", "seconds", "ms", "us", "\u03bcs", "m", "min", "minutes", "h", "hr", "d", "days", "w",
             "weeks", "M", "months", "y", "years", "ns", "fortnight"]
    items = []
    for _ in range(rng.choice([1, 1, 2, 3, 5])):
        text = str(rng.choice([0, 1, 2, 5, 10, 59, 60, 90, 1000, 86400, 99999999, 10 ** 15, 10 ** 19]))
        if rng.random() < 0.3:
            text = rng.choice(["", text]) + "." + rng.choice(["5", "25", "001", "123456789", ""])
        items.append(text + rng.choice(["", "", " "]) + rng.choice(units))
    text = rng.choice(["", " "]).join(items)
    return rng.choice([text] * 30 + ["infinity", "", "-" + text, "+" + text, text + " ", " " + text])


def test_time_spans_are_as_long_as_systemd_says(ours):
    compare(ours, "timespan", [], SEED + 1, span, ends_at_error=True)


def stamp(rng):
    kind = rng.random()
    if kind < 0.08:
        return "@" + span(rng)
    year = rng.choice(["2026", "26", "1970", "70", "68", "69", "2100", "9999", "1969", "10000", "026"])
    text = f"{year}-{number(rng, 1, 12)}-{number(rng, 1, 31)}"
    if kind < 0.8:
        text += rng.choice([" ", " ", "  ", "T"]) + number(rng, 0, 23) + ":" + number(rng, 0, 59)
        if rng.random() < 0.6:
            text += ":" + number(rng, 0, 59) + rng.choice(["", "", ".5", ".123456789", "."])
    if rng.random() < 0.25:
        text = rng.choice(["Mon", "tuesday", "Wed", "Thu", "FRI", "Sat", "Sun", "Day"]) + " " + text
    if rng.random() < 0.25:
        text += " " + rng.choice(["UTC", "utc", "CEST", "EDT", "Mars", ""])
    return text


def test_time_stamps_are_the_moments_systemd_says(ours):
    compare(ours, "timestamp", [], SEED + 2, stamp)


@pytest.mark.parametrize("arguments", [
    ["calendar"], ["timespan"], ["timestamp"], ["calendar", "--iterations=x", "daily"],
    ["calendar", "--base-time=x", "daily"], ["calendar", "2026-01-01 00:00 x"], ["timespan", "daily"],
    ["timestamp", "5min"], ["calendar", "5min"], ["calendar", "now"], ["calendar", "--iterations=0", "daily"],
    ["calendar", "+5min"], ["calendar", "-5min"], ["calendar", "5min ago"], ["calendar", "tomorrow"], ["timespan", "now"],
    ["timespan", "--", "5min", "never", "6min"], ["timestamp", "--", "@5", "never", "@6"], ["calendar", "--", "daily", "never", "weekly"],
    ["timespan", "-5min"], ["timespan", "today"], ["timespan", "5min ago"], ["timespan", "@5"], ["calendar", "@1.5"],
])
def test_mistakes_are_answered_alike(ours, arguments):
    if len(arguments) == 2:
        arguments = [arguments[0], "--", arguments[1]]
    assert ask(ours, "Europe/Berlin", arguments) == ask([ANALYZE], "Europe/Berlin", arguments)
