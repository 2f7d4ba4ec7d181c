# SPDX-License-Identifier: Apache-2.0
"""Somebody sets the clock, forwards and backwards, and moves to another time zone: timers do what those of the real systemd do.

It sets the clock of the whole machine, so it runs in the virtual one only: ./dev vm tests/system/timer/test_the_clock_is_set.py"""

import os
import subprocess

import pytest

from two_managers import two_managers

pytestmark = pytest.mark.skipif("TENDBOX_MACHINE" not in os.environ, reason="needs a machine whose clock it may set (./dev vm)")

TIMERS = {
    "daily": "OnCalendar=daily UTC",
    "local": "OnCalendar=*-*-* 09:00",
    "kept": "OnCalendar=daily UTC\nPersistent=yes",
    "once": "OnCalendar=2031-06-15 12:00 UTC",
    "span": "OnActiveSec=30d",
    "both": "OnActiveSec=30d\nOnCalendar=monthly UTC",
    "clock": "OnClockChange=yes",
    "zone": "OnTimezoneChange=yes",
}

# What the clock is set to, and what has run then, as often as it must.
JUMPS = (
    ("2031-01-10 10:10", "2 clock"),
    ("2031-01-11 00:00:30", "1 daily"),
    ("2031-02-20 12:00", "2 daily"),  # once for forty days
    ("2031-02-18 12:00", "5 clock"),  # backwards
    ("2031-02-19 00:30", "3 daily"),
    ("2031-06-15 12:01", "1 once"),
    ("2030-06-15 12:01", "8 clock"),
    ("2031-06-16 12:01", "9 clock"),  # what came once does not come again
)


def set_clock(text):
    subprocess.run(["date", "--utc", "--set", text], check=True, stdout=subprocess.DEVNULL)


def test_timers_follow_the_clock_as_systemds(tmp_path):
    set_clock("2031-01-10 10:00")
    with two_managers(tmp_path) as pair:
        for name, settings in TIMERS.items():
            pair.unit(f"{name}.timer", f"[Timer]\nAccuracySec=1us\n{settings}\n")
            pair.unit(f"{name}.service", f"[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=sh -c 'echo {name} >>/run/said'\n")
        timers = " ".join(f"{name}.timer" for name in TIMERS)
        pair.step("rm -f /var/lib/systemd/timers/stamp-*; ln -sfn /usr/share/zoneinfo/UTC /etc/localtime; : >/run/said; systemctl daemon-reload")
        pair.step(f"systemctl start {timers}")
        shown = ("ActiveState", "SubState", "Result", "NextElapseUSecRealtime")
        counts = "sort /run/said | uniq -c"
        pair.agree(timers, *shown, say=counts)
        set_clock("2031-01-10 10:05")
        pair.agree(timers, *shown, say=counts, until="1 clock")
        for moment, ran in JUMPS:
            set_clock(moment)
            pair.agree(timers, *shown, say=counts, until=ran)
        pair.step("ln -s /usr/share/zoneinfo/Asia/Tokyo /etc/localtime.new; mv -T /etc/localtime.new /etc/localtime")
        pair.agree(timers, *shown, say=counts, until="1 zone")
