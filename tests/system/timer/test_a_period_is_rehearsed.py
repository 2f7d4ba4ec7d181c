# SPDX-License-Identifier: Apache-2.0
"""`tend timers --simulate` tells each run of a period, by the engine that runs timers."""

import json
import subprocess

from tendbox import BIN


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
    assert told.stdout == ""
    assert "vague.timer: Refusing AccuracySec=infinity" in told.stderr
    assert "Unit mistyped.timer has a bad unit file setting." in told.stderr
    assert "Unit absent.timer not found." in told.stderr
