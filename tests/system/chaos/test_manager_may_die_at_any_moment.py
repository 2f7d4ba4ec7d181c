# SPDX-License-Identifier: Apache-2.0
"""kill -9 of tendd at random moments while services start, stop, crash and are reloaded.

What must hold: a service that nobody touched keeps its process; every exit status reaches ExecStopPost= exactly as it
was; no process is left that no unit knows; a call is answered within a second of the kill. The report at the end prints
the counts. CHAOS_ROUNDS and CHAOS_SEED choose another length and another sequence, CHAOS_CGROUPS other control groups."""

import os
import random
import signal
import subprocess
import time

from tendbox import wait_for

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "500"))
CGROUPS = os.environ.get("CHAOS_CGROUPS", "auto")  # --cgroups of tendd
SEED = int(os.environ.get("CHAOS_SEED", "1"))
STEADY = [f"steady-{i}.service" for i in range(10)]
TOGGLED = [f"toggled-{i}.service" for i in range(6)]
CRASHING = [f"crashing-{i}.service" for i in range(4)]

STEADY_UNIT = """[Service]
ExecStart=sleep 1000000
Restart=always
RestartSec=0
ExecReload=true
"""

TOGGLED_UNITS = [
    """[Unit]
StartLimitIntervalSec=0
[Service]
Type=notify
NotifyAccess=all
ExecStartPre=true
ExecStart=sh -c 'systemd-notify --ready; exec sleep 1000000'
ExecStopPost=true
""",
    """[Unit]
StartLimitIntervalSec=0
[Service]
Type=exec
ExecCondition=true
ExecStart=sleep 1000000
ExecStartPost=true
ExecStartPost=true
ExecStop=true
ExecStopPost=true
""",
    """[Unit]
StartLimitIntervalSec=0
[Service]
Type=forking
ExecStart=sh -c 'sleep 1000000 &'
ExecStop=true
""",
]

# What the manager must never have to say.
UNHEARD_OF = [
    "Failed with result 'protocol'",
    "Failed with result 'resources'",
    "Failed with result 'timeout'",
    "exit status is not known",
    "is not wanted any more",
    "Cannot find the unit",
    "timed out",
]

# Each run says in `ran` how it will end; each ExecStopPost= says in `seen` what the manager was told.
CRASHING_UNIT = """[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart=sh -c 'code=$$(shuf -i 1-99 -n 1); echo $$INVOCATION_ID $$code >>{ran}; sleep 0.0$$(shuf -i 1-9 -n 1); exit $$code'
ExecStopPost=sh -c 'echo $$INVOCATION_ID $$EXIT_STATUS >>{seen}'
Restart=always
RestartSec=30ms
"""


class Chaos:
    def __init__(self, box):
        self.box = box
        self.random = random.Random(SEED)
        self.back_msec = []
        self.n_kills = 0
        self.actions = 0
        self.calls = []
        self.state = None  # the state log of the living manager, kept open: its successor replaces the file

    def write_units(self):
        for name in STEADY:
            self.box.unit(name, STEADY_UNIT)
        for i, name in enumerate(TOGGLED):
            self.box.unit(name, TOGGLED_UNITS[i % len(TOGGLED_UNITS)])
        for name in CRASHING:
            ran, seen = self.box.path(name + ".ran"), self.box.path(name + ".seen")
            self.box.unit(name, CRASHING_UNIT.format(ran=ran, seen=seen))

    def call(self, *arguments):
        """Starts a systemctl that may well fail: the manager dies under it."""
        self.actions += 1
        self.calls.append(
            subprocess.Popen(
                self.box.command(["systemctl", *arguments]),
                env=self.box.environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def act(self):
        which = self.random.randrange(5)
        if which == 0:
            self.call("start", *self.random.sample(TOGGLED, 3))
        elif which == 1:
            self.call("stop", *self.random.sample(TOGGLED, 3))
        elif which == 2:
            self.call("restart", self.random.choice(TOGGLED))
        elif which == 3:
            self.call("reload", self.random.choice(STEADY))
        else:
            self.call("daemon-reload")

    def kill_successor(self):
        """Kills the next manager too, as a rule while it still takes over."""
        wait_for(self.box.manager_pid, "a new manager")
        time.sleep(self.random.uniform(0, 0.06))
        self.box.kill_manager()
        self.n_kills += 1

    def round(self):
        self.n_kills += 1
        self.box.forget_ready()
        for _ in range(self.random.randrange(1, 4)):
            self.act()
        time.sleep(self.random.uniform(0, 0.06))  # the random moment: no state is awaited here
        self.box.kill_manager()
        begin = time.monotonic()
        if self.random.randrange(4) == 0:
            self.kill_successor()
        self.box.wait_ready()
        self.keep_state_log()
        wait_for(lambda: self.box.systemctl("is-active", STEADY[0]).stdout == "active\n", "control to be back")
        self.back_msec.append((time.monotonic() - begin) * 1000)
        for call in self.calls:
            call.kill()
            call.wait()
        self.calls = []

    def keep_state_log(self):
        """What the last manager wrote, and the next one before it wrote the file anew."""
        if self.state:
            with open(self.box.path("state-logs"), "ab") as kept:
                kept.write(b"\n=== round %d\n" % len(self.back_msec) + self.state.read())
            self.state.close()
        self.state = open(self.box.inside(self.box.runtime / "state"), "rb")

    def main_pid(self, unit):
        return int(self.box.show(unit, "MainPID"))

    def settle(self):
        """Brings everything to rest: no job is left, the crashing services are stopped."""
        self.box.systemctl("stop", *CRASHING)
        wait_for(lambda: "No jobs" in self.box.systemctl("list-jobs").stdout, "all jobs to end")

    def strays(self):
        """Processes of the box that no unit has."""
        known = {self.main_pid(unit) for unit in STEADY + TOGGLED + CRASHING}
        names = self.box.run("ps", "-e", "-o", "pid=,comm=").stdout.split("\n")
        services = [line.split() for line in names if line.split()[1:] in (["sh"], ["sleep"], ["shuf"])]
        init = ["1"]
        children = self.box.run("ps", "--ppid", "1", "-o", "pid=,args=").stdout
        waiting = [line.split()[0] for line in children.split("\n") if line.endswith("sleep 1000")]
        return [p for p, _ in services if int(p) not in known and p not in init + waiting]


def lines_of(path):
    return path.read_text().split("\n")[:-1] if path.exists() else []


def test_manager_may_die_at_any_moment(make_box):
    box = make_box(keeper=True, cgroups=CGROUPS)
    chaos = Chaos(box)
    chaos.write_units()
    box.start()
    started = box.systemctl("start", *STEADY, *TOGGLED, *CRASHING)
    assert started.returncode == 0, started.stderr + box.logs()
    before = {unit: chaos.main_pid(unit) for unit in STEADY}

    chaos.keep_state_log()
    for _ in range(ROUNDS):
        chaos.round()
    chaos.settle()

    restarted = [unit for unit in STEADY if chaos.main_pid(unit) != before[unit]]
    lost, invented, runs = [], [], 0
    for unit in CRASHING:
        ran, seen = lines_of(box.path(unit + ".ran")), lines_of(box.path(unit + ".seen"))
        runs += len(ran)
        stopped = {ran[-1].split()[0], seen[-1].split()[0]}  # `stop` ended the last run, maybe before it wrote its line
        wrong = {line for line in ran if line not in seen and line.split()[0] not in stopped}
        lost += sorted(wrong)
        invented += [line for line in set(seen) if line not in ran and line.split()[0] not in stopped]
    strays = chaos.strays()
    back = sorted(chaos.back_msec)
    print(
        f"\nchaos: {chaos.n_kills} kills of tendd, {chaos.actions} requests, {runs} crashes of services; "
        f"restarted without being asked {len(restarted)}, exit statuses lost {len(lost)}, wrong {len(invented)}, "
        f"stray processes {len(strays)}; control back after {back[len(back) // 2]:.0f} ms (median), {back[-1]:.0f} ms (longest)"
    )
    assert not restarted
    assert not lost, f"lost {lost}, wrong {invented}"
    assert not invented
    said = [words for words in UNHEARD_OF if words in box.manager_log()]
    assert not said, f"{said}, see the log"
    assert not strays, box.run("ps", "-ef").stdout
    assert box.stop() == 0
