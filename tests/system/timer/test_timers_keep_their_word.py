# SPDX-License-Identifier: Apache-2.0
"""What a timer owes while no manager ran, while its unit was still running, in another time zone, under another manager, and
what it says when it cannot keep it."""

import json
import os
import time
from pathlib import Path

import pytest

from tendbox import NOBODY, wait_for

TOKYO = Path("/usr/share/zoneinfo/Asia/Tokyo")
LONG = 60  # seconds that a wait may last on a busy machine


def receipts(box, timer):
    """The runs that are over."""
    return [run for run in json.loads(box.tend("timer", timer, "--json").stdout) if run["result"] != "running"]


def test_a_run_that_was_missed_is_made_up_for_at_the_start(box):
    box.unit("p.timer", "[Timer]\nOnCalendar=daily UTC\nPersistent=yes\nAccuracySec=1us\n[X-Tend]\nOnMissed=told.service\n")
    box.unit("p.service", "[Service]\nType=oneshot\nExecStart=/bin/echo it ran\n")
    box.unit("told.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/env\n")
    stamp = box.inside("/var/lib/systemd/timers/stamp-p.timer")
    stamp.touch()
    before = time.time()
    os.utime(stamp, (before - 3 * 86400, before - 3 * 86400))
    box.start()
    assert box.systemctl("start", "p.timer").returncode == 0, box.manager_log()
    wait_for(lambda: receipts(box, "p.timer"), "the run to be over", LONG)
    [run] = receipts(box, "p.timer")
    assert run["due_usec"] % (86400 * 1000000) == 0 and run["result"] == "success"
    assert run["missed"] in (2, 3)  # three, when midnight passed since
    assert stamp.stat().st_mtime >= before
    wait_for(lambda: "TRIGGER_UNIT=p.timer" in box.log("told.service"), "OnMissed=", LONG)
    box.systemctl("restart", "p.timer")
    assert box.show("p.timer", "SubState") == "waiting"
    assert len(receipts(box, "p.timer")) == 1


def test_a_failed_run_starts_what_on_missed_names(any_box):
    any_box.unit("f.timer", "[Timer]\nOnActiveSec=10ms\nAccuracySec=1us\n[X-Tend]\nOnMissed=told.service\n")
    any_box.unit("f.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n")
    any_box.unit("told.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/env\n")
    any_box.start()
    assert any_box.systemctl("start", "f.timer").returncode == 0, any_box.manager_log()
    wait_for(lambda: "TRIGGER_UNIT=f.timer" in any_box.log("told.service"), "OnMissed=", LONG)
    wait_for(lambda: [run["result"] for run in receipts(any_box, "f.timer")] == ["exit-code"], "the receipt", LONG)


def test_elapses_beside_a_long_run_are_skipped_and_counted(box):
    go = box.path("go")
    box.unit("s.timer", "[Timer]\nOnCalendar=*:*:*\nAccuracySec=1us\n")
    box.unit("s.service", f"[Service]\nType=oneshot\nExecStart=sh -c 'until [ -e {go} ]; do sleep 0.05; done'\n")
    box.start()
    assert box.systemctl("start", "s.timer").returncode == 0, box.manager_log()
    wait_for(lambda: box.show("s.service", "ActiveState") == "activating", "the first run", LONG)
    second = int(time.time())
    wait_for(lambda: time.time() >= second + 3, "elapses meanwhile", LONG)
    assert box.show("s.timer", "SubState") == "running"
    go.touch()
    wait_for(lambda: len(receipts(box, "s.timer")) >= 2, "the next run", LONG)
    first, following = receipts(box, "s.timer")[:2]
    assert first["result"] == "success" and first["finished_usec"] >= (second + 3) * 1000000
    assert following["skipped"] + first["skipped"] >= 1


def test_another_time_zone_is_noticed(box):
    if not TOKYO.exists():
        pytest.skip(f"needs {TOKYO}")
    box.unit("z.timer", "[Timer]\nOnTimezoneChange=yes\n")
    box.unit("z.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/env\n")
    box.unit("noon.timer", "[Timer]\nOnCalendar=2198-06-01 12:00\nUnit=z.service\n")
    mounted = box.run("sh", "-c", "mkdir /run/etc && cp -a /etc/. /run/etc && mount --bind /run/etc /etc && ln -sfn /usr/share/zoneinfo/UTC /etc/localtime")
    assert mounted.returncode == 0, mounted.stderr
    box.start()
    assert box.systemctl("start", "z.timer", "noon.timer").returncode == 0, box.manager_log()
    assert "12:00:00 UTC" in box.show("noon.timer", "NextElapseUSecRealtime")
    moved = box.run("sh", "-c", f"ln -s {TOKYO} /etc/localtime.new && mv -T /etc/localtime.new /etc/localtime")
    assert moved.returncode == 0, moved.stderr
    wait_for(lambda: "TRIGGER_UNIT=z.timer" in box.log("z.service"), "the run for the zone", LONG)
    wait_for(lambda: "12:00:00 JST" in box.show("noon.timer", "NextElapseUSecRealtime"), "noon in Tokyo", LONG)


def test_a_random_delay_is_drawn_once_for_a_run(make_box):
    box = make_box(keeper=True)
    box.unit("d.timer", "[Timer]\nOnCalendar=2198-01-01 UTC\nRandomizedDelaySec=300d\n")
    box.unit("d.service", "[Service]\nExecStart=/bin/true\n")
    box.start()
    assert box.systemctl("start", "d.timer").returncode == 0, box.manager_log()
    drawn = box.show("d.timer", "NextElapseUSecRealtime")
    assert drawn and "2198-01-01 00:00:00" not in drawn
    box.forget_ready()
    box.kill_manager()
    box.wait_ready()
    assert box.show("d.timer", "NextElapseUSecRealtime") == drawn
    assert box.systemctl("daemon-reload").returncode == 0
    assert box.show("d.timer", "NextElapseUSecRealtime") == drawn


def test_waking_the_machine_is_refused_without_the_privilege(make_box):
    box = make_box(user=NOBODY if os.geteuid() == 0 else os.geteuid())
    box.unit("w.timer", "[Timer]\nOnCalendar=daily\nWakeSystem=yes\n")
    box.unit("w.service", "[Service]\nExecStart=/bin/true\n")
    box.start()
    assert box.systemctl("start", "w.timer").returncode != 0
    assert box.show("w.timer", "Result") == "resources"
    assert "w.timer: Refusing WakeSystem=yes:" in box.manager_log()
    told = box.tend("report", "w.timer", "--json").stdout
    assert "WakeSystem" in told and "refused" in told, told
