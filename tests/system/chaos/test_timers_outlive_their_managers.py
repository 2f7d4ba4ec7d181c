# SPDX-License-Identifier: Apache-2.0
"""kill -9 of tendd at random moments while timers elapse, ten a second: each elapse runs its unit once, and the receipts say so.

CHAOS_TIMERS, CHAOS_SEED and CHAOS_CGROUPS choose how many, another sequence, and other control groups."""

import json
import os
import random
import time

from tendbox import wait_for

TIMERS = int(os.environ.get("CHAOS_TIMERS", "40"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
CGROUPS = os.environ.get("CHAOS_CGROUPS", "auto")

SERVICE = """[Unit]
StartLimitIntervalSec=0
[Service]
Type=oneshot
ExecStart=sh -c 'echo %p $$INVOCATION_ID $$TRIGGER_TIMER_REALTIME_USEC >>{ran}; sleep 0.0{hundredths}; exit {status}'
"""


def stamp(usec):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(usec // 1000000)) + f".{usec % 1000000:06d} UTC"


def test_each_elapse_runs_once_and_is_written_down_once(make_box):
    box = make_box(keeper=True, cgroups=CGROUPS)
    rng = random.Random(SEED)
    ran = box.path("ran")
    box.start()
    first = int(time.time() * 1e6) + 3000000
    due = {f"t{i}": first + i * 100000 + rng.randrange(50000) for i in range(TIMERS)}
    status = {name: rng.choice([0, 0, 3]) for name in due}
    for name, usec in due.items():
        box.unit(f"{name}.timer", f"[Timer]\nOnCalendar={stamp(usec)}\nAccuracySec=1us\n")
        box.unit(f"{name}.service", SERVICE.format(ran=ran, status=status[name], hundredths=rng.randrange(1, 9)))
    box.systemctl("daemon-reload")
    started = box.systemctl("start", *(f"{name}.timer" for name in due))
    assert started.returncode == 0, started.stderr

    def runs():
        return ran.read_text().splitlines() if ran.exists() else []

    n_kills, last = 0, max(due.values()) / 1e6
    while time.time() < last:  # the last one is due then, however slow all this is
        box.forget_ready()
        time.sleep(rng.uniform(0, 0.15))  # the random moment: no state is awaited here
        box.kill_manager()
        n_kills += 1
        box.wait_ready()
    wait_for(lambda: len(runs()) >= TIMERS, "all runs", 60)
    wait_for(lambda: "No jobs" in box.systemctl("list-jobs").stdout, "all jobs to end", 60)

    def receipts(name):
        return json.loads(box.tend("timer", name, "--json").stdout)

    def is_over(name):
        return any(entry["result"] != "running" for entry in receipts(name))

    wait_for(lambda: all(is_over(name) for name in due), "all receipts", 60)
    print(f"\nchaos of timers: {n_kills} kills of tendd, {len(runs())} runs of {TIMERS} timers")
    assert sorted(line.split()[0] for line in runs()) == sorted(due)
    for name, usec in due.items():
        [entry] = receipts(name)
        assert entry["due_usec"] == usec
        assert entry["due_usec"] <= entry["started_usec"] <= entry["finished_usec"]
        assert entry["result"] == ("success" if status[name] == 0 else "exit-code")
        assert entry["skipped"] == entry["missed"] == 0
        assert box.show(f"{name}.timer", "SubState") == "elapsed"
    assert box.stop() == 0
