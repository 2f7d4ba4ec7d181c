# SPDX-License-Identifier: Apache-2.0
"""Timer units start their units, tell why, are listed by the real systemctl, and outlive their manager."""

import json
import os
import time

from tendbox import NOBODY, wait_for


def last_field(text, prefix):
    return [line for line in text.splitlines() if line.startswith(prefix)][-1].split("=", 1)[1]


def test_a_timer_starts_its_unit_and_tells_it_why(any_box):
    any_box.unit("a.timer", "[Timer]\nOnActiveSec=100ms\nOnUnitActiveSec=300ms\nAccuracySec=1us\n")
    any_box.unit("a.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/env\n")
    any_box.start()
    before = time.time()
    assert any_box.systemctl("start", "a.timer").returncode == 0, any_box.manager_log()
    wait_for(lambda: any_box.log("a.service").count("TRIGGER_UNIT=a.timer") >= 3, "three runs")
    said = int(last_field(any_box.log("a.service"), "TRIGGER_TIMER_REALTIME_USEC="))
    assert before <= said / 1e6 <= time.time()
    any_box.systemctl("stop", "a.timer")
    assert any_box.show("a.timer", "SubState") == "dead"


def test_a_calendar_timer_is_listed_by_systemctl(any_box):
    any_box.unit("c.timer", "[Timer]\nOnCalendar=2199-02-03 UTC\nUnit=c.service\n")
    any_box.unit("c.service", "[Service]\nExecStart=/bin/true\n")
    any_box.start()
    assert any_box.systemctl("start", "c.timer").returncode == 0, any_box.manager_log()
    listed = any_box.systemctl("list-timers", "--no-legend", "c.timer").stdout
    assert "2199-02-03" in listed and "c.timer" in listed and "c.service" in listed
    assert "OnCalendar=2199-02-03 00:00:00 UTC" in any_box.show("c.timer", "TimersCalendar")
    assert any_box.show("c.timer", "Triggers") == "c.service"
    assert any_box.show("c.service", "TriggeredBy") == "c.timer"
    assert any_box.show("c.timer", "NextElapseUSecMonotonic") == "0"


def test_the_calendar_fires_each_second(any_box):
    any_box.unit("s.timer", "[Timer]\nOnCalendar=*:*:*\nAccuracySec=1us\n")
    any_box.unit("s.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/env\n")
    any_box.start()
    any_box.systemctl("start", "s.timer")
    wait_for(lambda: any_box.log("s.service").count("TRIGGER_UNIT=") >= 2, "two seconds")
    said = int(last_field(any_box.log("s.service"), "TRIGGER_TIMER_REALTIME_USEC="))
    assert said % 1000000 < 900000  # not before the full second


def test_what_elapses_under_another_manager_happens(make_box):
    box = make_box(keeper=True)
    box.unit("k.timer", "[Timer]\nOnActiveSec=2s\nAccuracySec=1us\n")
    box.unit("k.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/echo it ran\n")
    box.start()
    box.systemctl("start", "k.timer")
    box.kill_manager()
    wait_for(lambda: "it ran" in box.log("k.service"), "the run")
    assert box.show("k.timer", "SubState") == "running"


def test_a_timer_without_its_unit_is_refused(box):
    box.unit("n.timer", "[Timer]\nOnActiveSec=1\n")
    box.start()
    assert box.systemctl("start", "n.timer").returncode != 0
    assert "Refusing to start, unit n.service to trigger not loaded." in box.manager_log()


def test_what_is_up_is_rehearsed(any_box):
    any_box.unit("up.timer", "[Timer]\nOnCalendar=*-*-* 12:00 UTC\nUnit=s.service\n")
    any_box.unit("down.timer", "[Timer]\nOnCalendar=*-*-* 12:00 UTC\nUnit=s.service\n")
    any_box.unit("s.service", "[Service]\nExecStart=/bin/true\n")
    any_box.start()
    assert any_box.systemctl("start", "up.timer").returncode == 0, any_box.manager_log()
    told = any_box.tend("timers", "--simulate", "2198-01-01 UTC", "2198-01-02 UTC").stdout
    assert "up.timer" in told and "down.timer" not in told


def test_each_run_is_written_down(make_box):
    box = make_box(user=NOBODY if os.geteuid() == 0 else os.geteuid())
    box.unit("r.timer", "[Timer]\nOnActiveSec=10ms\nOnUnitInactiveSec=10ms\nAccuracySec=1us\n")
    box.unit("r.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n[Unit]\nStartLimitIntervalSec=0\n")
    box.start()
    assert "no run is on record" in box.tend("timer", "r").stdout
    box.systemctl("start", "r.timer")

    def runs():
        return [run for run in json.loads(box.tend("timer", "r", "--json").stdout) if run["result"] != "running"]

    wait_for(lambda: len(runs()) >= 2, "two runs")
    for run in runs():
        assert run["result"] == "exit-code"
        assert run["due_usec"] <= run["started_usec"] <= run["finished_usec"]
        assert run["lateness_usec"] == run["started_usec"] - run["due_usec"]
    assert "exit-code" in box.tend("timer", "r.timer").stdout
