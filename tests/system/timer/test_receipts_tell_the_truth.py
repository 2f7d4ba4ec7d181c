# SPDX-License-Identifier: Apache-2.0
"""What `tend timer` says of runs that are under way, that went with the machine, that the disk had no place for, of transient
timers and of names that are none."""

import json
import os

from tendbox import wait_for


def receipts(box, timer):
    return json.loads(box.tend("timer", timer, "--json").stdout)


def results(box, timer):
    return [run["result"] for run in receipts(box, timer)]


def test_a_run_under_way_is_shown(box):
    box.unit("u.timer", "[Timer]\nOnActiveSec=10ms\nAccuracySec=1us\n")
    box.unit("u.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=true\n")
    box.start()
    assert box.systemctl("start", "u.timer").returncode == 0, box.manager_log()
    wait_for(lambda: results(box, "u") == ["running"], "the beginning")
    assert "running" in box.tend("timer", "u").stdout
    assert box.systemctl("stop", "u.service").returncode == 0
    wait_for(lambda: results(box, "u") == ["success"], "the end")
    [run] = receipts(box, "u")
    assert run["finished_usec"] >= run["started_usec"] and run["duration_usec"] > 0


def test_a_run_that_went_with_the_machine_is_lost(make_box):
    box = make_box()
    box.unit("m.timer", "[Timer]\nOnActiveSec=10ms\nAccuracySec=1us\n[X-Tend]\nOnMissed=told.service\n")
    box.unit("m.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n")
    box.unit("told.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/env\n")
    box.start()
    assert box.systemctl("start", "m.timer").returncode == 0, box.manager_log()
    wait_for(lambda: results(box, "m") == ["running"], "the beginning")
    box.kill_manager()
    box.kill_processes("sleep")
    box.inside(box.runtime / "state").unlink()  # what the machine's end does to /run
    box.forget_ready()
    box.start()
    box.unit("m.timer.d/later.conf", "[Timer]\nOnActiveSec=\nOnActiveSec=1h\n")
    assert box.systemctl("daemon-reload").returncode == 0
    assert box.systemctl("start", "m.timer").returncode == 0, box.manager_log()
    wait_for(lambda: "TRIGGER_UNIT=m.timer" in box.log("told.service"), "OnMissed=")
    assert results(box, "m") == ["lost"]
    assert "the manager or the machine ended before it did" in box.tend("timer", "m").stdout
    box.systemctl("restart", "m.timer")
    assert results(box, "m") == ["lost"]


def test_a_full_disk_costs_receipts_and_no_runs(box):
    box.unit("d.timer", "[Timer]\nOnActiveSec=10ms\nOnUnitInactiveSec=20ms\nAccuracySec=1us\n")
    box.unit("d.service", "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/echo it ran\n")
    full = box.run("sh", "-c", "mount -t tmpfs -o size=4k,mode=755 tmpfs /var/lib/tend && mkdir /var/lib/tend/timers && ! head -c 5000 /dev/zero >/var/lib/tend/full")
    assert full.returncode == 0, full.stderr
    box.start()
    assert box.systemctl("start", "d.timer").returncode == 0, box.manager_log()
    wait_for(lambda: box.log("d.service").count("it ran") >= 3, "runs without a place for receipts")
    assert "d.timer: Cannot write down its run in /var/lib/tend/timers/d.timer: No space left on device" in box.manager_log()
    assert receipts(box, "d") == []
    box.inside("/var/lib/tend/full").unlink()
    wait_for(lambda: "success" in results(box, "d"), "a receipt when there is place again")


def test_what_is_no_timer_is_said_to_be_none(box):
    box.unit("s.service", "[Service]\nExecStart=true\n")
    box.unit("never.timer", "[Timer]\nOnCalendar=2198-01-01 UTC\nUnit=s.service\n")
    box.start()
    unknown = box.tend("timer", "nosuch")
    assert unknown.returncode == 4 and "Unit nosuch.timer not found" in unknown.stderr
    other = box.tend("timer", "s.service")
    assert other.returncode == 1 and "s.service is no timer" in other.stderr
    assert box.tend("timer", "never").stdout == "never.timer: no run is on record.\n"


def test_what_a_timer_remembers_can_be_cleaned(box):
    box.unit("c.timer", "[Timer]\nOnActiveSec=10ms\nOnCalendar=2198-01-01\nAccuracySec=1us\nPersistent=yes\n")
    box.unit("c.service", "[Service]\nType=oneshot\nExecStart=true\n")
    box.start()
    assert box.systemctl("start", "c.timer").returncode == 0, box.manager_log()
    wait_for(lambda: results(box, "c") == ["success"], "the receipt")
    assert box.show("c.timer", "CanClean") == "state"
    assert "not inactive" in box.tend("clean", "--what=state", "c.timer").stderr
    assert box.systemctl("stop", "c.timer").returncode == 0
    assert box.tend("clean", "--what=cache", "c.timer").returncode != 0
    assert box.tend("clean", "--what=state", "c.timer").returncode == 0
    assert receipts(box, "c") == []
    assert not box.inside("/var/lib/systemd/timers/stamp-c.timer").exists()
    assert "No matching resources found" in box.tend("clean", "--what=all", "c.timer").stderr


def test_receipts_of_transient_timers_go_with_the_boot(box):
    box.start()
    made = box.tend("run", "--unit=once", "--on-active=10ms", "--timer-property=AccuracySec=1us", "true")
    assert made.returncode == 0, made.stderr
    wait_for(lambda: results(box, "once") == ["success"], "the receipt")
    assert not os.path.exists(box.inside("/var/lib/tend/timers/once.timer"))
