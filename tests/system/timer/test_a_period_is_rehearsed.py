# SPDX-License-Identifier: Apache-2.0
"""`tend timers --simulate` tells each run of a period, by the engine that runs timers."""

import calendar
import json
import re
import shutil
import subprocess
import time

import pytest

from tendbox import BIN

BERLIN_IN_SPRING, BERLIN_IN_AUTUMN = ("2026-03-28", "2026-03-31"), ("2026-10-24", "2026-10-27")
EXPRESSIONS = """daily
hourly
*-*-* 02:30
*-*-* 02:00,30:15
*-*-* 0..3:0/20
Sun 01:59:59
*-*-* 02:30 UTC
*-*-* 01:30 America/New_York
*-*~05/2 03:00
*:0/45
*-10-25 02:15:00.5
Mon,Sun *-03,10-* 00:00""".splitlines()


def simulate(directory, *arguments):
    return subprocess.run(
        [BIN / "tend", "timers", "--simulate", *arguments, "--units", directory, "--json", "--tz", "Europe/Berlin"],
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout


def test_each_run_is_told_once_with_the_outage_made_up_for(tmp_path):
    (tmp_path / "p.timer").write_text("[Timer]\nOnCalendar=daily\nPersistent=yes\nAccuracySec=1us\n")
    (tmp_path / "v.timer").write_text("[Timer]\nOnCalendar=daily\nUnit=other.service\nAccuracySec=1us\n")
    runs = json.loads(simulate(tmp_path, "2026-03-25", "2026-04-02", "--down", "2026-03-27 12:00",
                               "2026-03-29 12:00", "p.timer", "v.timer"))
    kept = [run for run in runs if run["timer"] == "p.timer"]
    lost = [run for run in runs if run["timer"] == "v.timer"]
    assert [run["catches_up"] for run in kept] == [False, False, True, False, False, False, False]
    assert len(lost) == len(kept) - 1 and {run["unit"] for run in lost} == {"other.service"}
    days = [run["realtime_usec"] // 1000000 for run in lost]
    assert days[2] - days[1] == 3 * 86400 - 3600  # clocks were changed in the outage
    assert kept[2]["realtime_usec"] == 1774778400 * 1000000


def test_several_outages_are_made_up_for_one_by_one(tmp_path):
    (tmp_path / "p.timer").write_text("[Timer]\nOnCalendar=daily\nPersistent=yes\nAccuracySec=1us\n")
    runs = json.loads(simulate(tmp_path, "2026-05-01 12:00", "2026-05-06 12:00", "--down", "2026-05-04 23:00", "2026-05-05 08:00",
                               "--down", "2026-05-01 20:00", "2026-05-03 06:00", "p"))
    told = [(time.strftime("%d %H:%M", time.gmtime(run["realtime_usec"] // 1000000 + 7200)), run["catches_up"]) for run in runs]
    assert told == [("03 06:00", True), ("04 00:00", False), ("05 08:00", True), ("06 00:00", False)]


def test_spans_count_from_each_start_of_the_machine(tmp_path):
    (tmp_path / "b.timer").write_text("[Timer]\nOnBootSec=15min\nOnUnitActiveSec=1h\nAccuracySec=1us\n")
    runs = json.loads(simulate(tmp_path, "2026-05-01", "2026-05-01 06:00", "--down", "2026-05-01 02:00", "2026-05-01 04:30", "b.timer"))
    minutes = [run["realtime_usec"] / 60e6 % 1440 for run in runs]
    assert [round((m + 120) % 1440, 3) for m in minutes] == [15, 75, 4 * 60 + 45, 5 * 60 + 45]
    assert not any(run["catches_up"] for run in runs)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("period", [BERLIN_IN_SPRING, BERLIN_IN_AUTUMN])
def test_calendars_elapse_as_systemd_says_when_clocks_are_changed(tmp_path, period):
    for i, expression in enumerate(EXPRESSIONS):
        (tmp_path / f"c{i}.timer").write_text(f"[Timer]\nOnCalendar={expression}\nAccuracySec=1us\n")
    runs = json.loads(simulate(tmp_path, *period, *(f"c{i}" for i in range(len(EXPRESSIONS)))))
    first, last = (int(stamp(moment)) for moment in period)
    for i, expression in enumerate(EXPRESSIONS):
        ours = [run["realtime_usec"] // 1000000 for run in runs if run["timer"] == f"c{i}.timer"]
        theirs = [moment for moment in elapses(expression, period[0]) if first < moment <= last]
        assert ours == theirs, expression


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=True, timeout=120,
                          env={"PATH": "/usr/bin:/bin", "TZ": "Europe/Berlin"})
    return done.stdout


def stamp(moment):
    return re.search(r"UNIX seconds: @(\d+)", analyze("timestamp", moment)).group(1)


def elapses(expression, since):
    """The next elapses in seconds since 1970."""
    said = re.findall(r"\(in UTC\): \w+ (.*) UTC", analyze("calendar", "--iterations=300", f"--base-time={since}", expression))
    return [calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S")) for text in said]


def test_files_and_short_names_are_taken_and_mistakes_refused(tmp_path):
    (tmp_path / r"with\x2ddash.timer").write_text("[Timer]\nOnCalendar=daily\n")
    (tmp_path / "s.timer").write_text("[Timer]\nOnCalendar=daily\n")
    period = ["timers", "--simulate", "2026-01-01", "2026-01-02 12:00", "--json"]

    def ask(*arguments):
        done = subprocess.run([BIN / "tend", *arguments], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    status, out, _ = ask(*period, tmp_path / r"with\x2ddash.timer", tmp_path / "s.timer")
    assert status == 0
    assert {run["timer"] for run in json.loads(out)} == {r"with\x2ddash.timer", "s.timer"}
    assert ask(*period, "--units", tmp_path, "s")[0] == 0
    status, out, errors = ask(*period, "--units", tmp_path, "s", "absent")
    assert status == 1 and len(json.loads(out)) == 1 and "Unit absent.timer not found." in errors
    for arguments, expected, words in (
            (["timers"], 2, "Usage"),
            ([*period, "--down", "2026-01-01"], 2, "Usage"),
            ([*period, "x.service"], 1, "x.service is no timer"),
            ([*period, "--tz", "Nowhere/Land"], 1, "no time zone"),
            ([*period, "--down", "2026-01-01 10:00", "2026-01-01 12:00", "--down", "2026-01-01 11:00", "2026-01-01 13:00", "s"], 1, "apart from the others"),
            (["timers", "--simulate", "2026-01-02", "2026-01-01"], 1, "FROM must lie before TO"),
            (["timers", "--simulate", "soon", "2026-01-01"], 1, "soon is no time stamp")):
        status, out, errors = ask(*arguments)
        assert (status, out) == (expected, "") and words in errors, arguments


def test_a_year_of_a_thousand_timers(tmp_path):
    for i in range(1000):
        (tmp_path / f"t{i}.timer").write_text(f"[Timer]\nOnCalendar=*-*-* {i % 24:02d}:{i % 59 + 1:02d}\nAccuracySec=1us\n")
    names = [f"t{i}.timer" for i in range(1000)]
    runs = json.loads(simulate(tmp_path, "2026-01-01", "2027-01-01", *names))
    # 02:xx is leapt over once in spring; nothing happens twice in autumn.
    at_two = sum(1 for i in range(1000) if i % 24 == 2)
    assert len(runs) == 1000 * 365 - at_two


def test_timers_that_will_never_elapse_are_told(tmp_path):
    (tmp_path / "vague.timer").write_text("[Timer]\nOnCalendar=daily\nAccuracySec=infinity\n")
    (tmp_path / "mistyped.timer").write_text("[Timer]\nOnCalendar=evry day\n")
    told = subprocess.run(
        [BIN / "tend", "timers", "--simulate", "2026-01-01", "2026-01-03", "--units", tmp_path, "vague.timer", "mistyped.timer", "absent.timer"],
        capture_output=True, text=True, timeout=120,
    )
    assert told.stdout == "" and told.returncode == 1
    assert "vague.timer: Refusing AccuracySec=infinity" in told.stderr
    assert "Unit mistyped.timer has a bad unit file setting." in told.stderr
    assert "Unit absent.timer not found." in told.stderr
