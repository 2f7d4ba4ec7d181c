# SPDX-License-Identifier: Apache-2.0
"""What is measured. A session takes a contender whose container has just started and yields (figure, value) pairs; "floor" as third
member says that the value is the bare loop's. Times are milliseconds unless the figure says otherwise."""

import os
import re
import signal
import statistics
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from contenders import STAMPS, TOOL, Systemd, Tend
from tendbox import BIN, wait_for

STAMP_BYTES = 21
FLOOR = "floor"
MANAGER = ("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")


def n_stamps(contender, path=STAMPS):
    try:
        return contender.box.inside(path).stat().st_size // STAMP_BYTES
    except FileNotFoundError:
        return 0


def stamps(contender):
    return [int(line) for line in contender.box.inside(STAMPS).read_text().split()]


def timed(contender, n, *command):
    """(begin, end) in nanoseconds of each of n runs of a command inside."""
    lines = contender.box.run(TOOL, "time", n, *command).splitlines()
    return [tuple(int(word) for word in line.split()) for line in lines]


def milliseconds(runs):
    return [(end - begin) / 1e6 for begin, end in runs]


@contextmanager
def one_cpu(contender):
    """Manager and client on one CPU. Where the scheduler puts them decides otherwise: to wake a sleeping CPU takes longer than to
    answer most calls."""
    cpus = os.sched_getaffinity(0)
    pids = [0, *contender.pids()]
    try:
        for pid in pids:
            os.sched_setaffinity(pid, {min(cpus)})
        yield
    finally:
        for pid in pids:
            os.sched_setaffinity(pid, cpus)


def bus_calls(contender, *arguments):
    """Milliseconds of each method call by a client that is connected already and does not look into the answers."""
    with one_cpu(contender):
        return [float(line) for line in contender.box.run(BIN / "bench_bus", *arguments).split()]


def bus_call(contender, n, *call):
    """Median of n method calls."""
    return statistics.median(bus_calls(contender, n, *call))


def manager_cpu(contender):
    """Microseconds of CPU that the manager has used."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in contender.pids()) / 1000


def bus_cost(contender, n, *call):
    """Microseconds of CPU that the manager uses for a method call."""
    before = manager_cpu(contender)
    bus_call(contender, n, *call)
    return (manager_cpu(contender) - before) / n


def floor(contender, verb, n):
    """The bare loop, in the same container."""
    contender.box.run("rm", "-f", "/run/floor")
    return float(contender.box.run(TOOL, verb, n, "/run/floor"))


def until_stamped(contender, n, command):
    """From the exec of a command to the last of n stamps."""
    before = n_stamps(contender)
    [(begin, _)] = timed(contender, 1, *command)
    wait_for(lambda: n_stamps(contender) >= before + n, f"{n} starts by {contender.name}", 60)
    return (max(stamps(contender)[before:]) - begin) / 1e6


def pss(contender):
    """KiB of the manager's processes."""
    text = "".join(Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in contender.pids())
    return sum(int(kib) for kib in re.findall(r"^Pss:\s+(\d+)", text, re.M))


def wake_ups(contender):
    text = "".join(Path(f"/proc/{pid}/status").read_text() for pid in contender.pids())
    return sum(int(count) for count in re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M))


def many(contender, n=1000):
    """A thousand services: the start, what it costs, and what they cost while they run."""
    empty = pss(contender)
    if empty:  # runit and s6 start with the first service
        yield "memory without services, KiB PSS", empty
    contender.prepare(n)
    yield "start 1000 services", floor(contender, "start", n), FLOOR
    before = contender.box.cpu_seconds()
    yield "start 1000 services", until_stamped(contender, n, contender.start_command())
    if isinstance(contender, (Tend, Systemd)):
        contender.wait_idle()
    yield "CPU ms per service started", (contender.box.cpu_seconds() - before) * 1000 / n
    yield "memory per running service, KiB", (pss(contender) - empty) / n
    yield "state of one of 1000", statistics.median(milliseconds(timed(contender, 40, *contender.active_command())))
    if isinstance(contender, (Tend, Systemd)):
        yield "ListUnits of 1000", bus_call(contender, 20, *MANAGER, "ListUnits")
        yield "CPU us per ListUnits of 1000", bus_cost(contender, 50, *MANAGER, "ListUnits")


def idle(contender, n=1000, seconds=30):
    """Whether anything wakes up without need."""
    contender.prepare(n)
    until_stamped(contender, n, contender.start_command())
    contender.wait_idle()
    before = wake_ups(contender)
    time.sleep(seconds)
    yield "wake-ups in 30 s beside 1000 services", wake_ups(contender) - before


def chain(contender, n=100):
    """One-shots after one another."""
    command = contender.order("chain", n)
    if command:
        yield "chain of 100 one-shots", floor(contender, "wait", n), FLOOR
        yield "chain of 100 one-shots", until_stamped(contender, n, command)


def fan(contender, n=500):
    """One-shots beside one another."""
    command = contender.order("fan", n)
    if command:
        yield "fan of 500 one-shots", floor(contender, "wait", n), FLOOR
        yield "fan of 500 one-shots", until_stamped(contender, n, command)


def restart(contender, n=30):
    """Services that are killed, one after another. All have been up for a while: runsv waits a second between starts that follow
    each other closely."""
    contender.prepare(n)
    until_stamped(contender, n, contender.start_command())
    time.sleep(1.5)
    values = []
    for pid in contender.box.processes("bench_tool"):
        if pid == contender.box.pid:
            continue
        before = n_stamps(contender)
        begin = time.monotonic_ns()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: n_stamps(contender) > before, "a restart")
        values.append((stamps(contender)[-1] - begin) / 1e6)
        time.sleep(0.02)  # what the manager does after a start is not part of the next
    yield "restart after kill -9", statistics.median(values)


def own_systemctl(contender):
    """The manager's own program of that name."""
    if not isinstance(contender, Tend):
        return ["/usr/bin/systemctl"]
    contender.box.run("mkdir", "-p", "/run/names")
    contender.box.run("ln", "-sf", contender.control, "/run/names/systemctl")
    return ["/run/names/systemctl"]


def clients(contender, n=300):
    """The same systemctl and the same D-Bus calls against both managers, and tend under that name beside systemctl."""
    names = [f"svc-{i}.service" for i in range(n)]
    systemctl = "/usr/bin/systemctl"
    contender.prepare(n)
    contender.service("true", "once", service="Type=oneshot\n")
    contender.reload()
    yield "systemctl start of 300", milliseconds(timed(contender, 1, systemctl, "start", *names))[0]
    yield "systemctl daemon-reload, 300 active", statistics.median(milliseconds(timed(contender, 5, systemctl, "daemon-reload")))
    yield "Reload, 300 active", bus_call(contender, 5, *MANAGER, "Reload")
    yield "systemctl show of 300", milliseconds(timed(contender, 1, systemctl, "show", *names))[0]
    unit = "/org/freedesktop/systemd1/unit/svc_2d{}_2eservice"
    get_all = (unit.format(7), "org.freedesktop.DBus.Properties", "GetAll", "")
    yield "GetAll of each of 300", sum(bus_calls(contender, n, unit.format("*"), *get_all[1:]))
    yield "GetAll of a service", bus_call(contender, 200, *get_all)
    yield "CPU us per GetAll of a service", bus_cost(contender, 1000, *get_all)
    own = own_systemctl(contender)
    yield "own systemctl show of 300", milliseconds(timed(contender, 1, *own, "show", *names))[0]
    yield "systemctl stop of 300", milliseconds(timed(contender, 1, systemctl, "stop", *names))[0]
    # What systemctl itself takes.
    yield "50 systemctl start of a one-shot", sum(milliseconds(timed(contender, 50, systemctl, "--version"))), FLOOR
    before = manager_cpu(contender)
    yield "50 systemctl start of a one-shot", sum(milliseconds(timed(contender, 50, systemctl, "start", "true.service")))
    yield "CPU us per systemctl start", (manager_cpu(contender) - before) / 50
    start = (*MANAGER, "StartUnit", "true.service", "replace")
    with one_cpu(contender):
        bare = floor(contender, "wait", 50)
    yield "50 StartUnit above the bare loop", sum(bus_calls(contender, "--job", 50, *start)) - bare
    yield "50 own systemctl start of a one-shot", sum(milliseconds(timed(contender, 50, *own, "start", "true.service")))


@contextmanager
def flood(contender, n, *units):
    """Beside n clients that ask without pause to start and stop units."""
    flooders = subprocess.Popen(contender.box.command(BIN / "bench_flood", n, *units), stdout=subprocess.PIPE)
    try:
        assert flooders.stdout.readline() == b"flooding\n"
        yield
    finally:
        for pid in contender.box.processes("bench_flood"):
            os.kill(pid, signal.SIGKILL)
        flooders.wait()


def crowd(contender, n=300):
    """What a client gets beside others that flood, all of them with each other's signals to read."""
    contender.prepare(n)
    contender.box.run("/usr/bin/systemctl", "start", *(f"svc-{i}.service" for i in range(n)))
    contender.wait_idle()
    status = ("/usr/bin/systemctl", "status", "svc-7.service")
    alone = statistics.median(milliseconds(timed(contender, 50, *status)))
    yield "status beside 20 that flood", alone, FLOOR
    with flood(contender, 20, *(f"svc-{i}.service" for i in range(100, 140))):
        timed(contender, 20, *status)
        values = sorted(milliseconds(timed(contender, 300, *status)))
        yield "status beside 20 that flood", statistics.median(values)
        yield "status beside 20 that flood, 99 of 100", values[len(values) * 99 // 100 - 1]
        yield "memory beside 20 that flood, MiB PSS", pss(contender) / 1024


def load(contender, n=10000):
    """Ten thousand units, held by an active target that wants them; none runs."""
    contender.unit("hold.target", "[Unit]\nDescription=bench\n")
    contender.reload()
    contender.box.run("systemctl", "start", "hold.target")
    for i in range(n):
        contender.service(f"svc-{i}", "service")
    contender.target("hold", "svc-", n)
    empty = pss(contender)
    yield "first load of 10000 units", bus_call(contender, 1, *MANAGER, "Reload")
    assert_loaded(contender, n)
    yield "10000 loaded units, MiB PSS", (pss(contender) - empty) / 1024
    contender.service("svc-5", "service", service="TimeoutStopSec=5\n")
    yield "Reload of 10000 loaded, one changed", bus_call(contender, 1, *MANAGER, "Reload")
    assert_loaded(contender, n)


def assert_loaded(contender, n):
    """That the units are there, and were read anew where they changed."""
    loaded = contender.box.run("systemctl", "list-units", "--all", "--no-legend", "--plain", "svc-*").count(" loaded ")
    if loaded != n:
        raise AssertionError(f"{contender.name} has {loaded} of {n} units loaded")


BOTH = ("systemd",)
EVERY = ("runit", "s6", "finit", "systemd")

# Session: (function, peers that take part, rounds at most, rounds of peers at most)
SESSIONS = {
    "many": (many, EVERY, 9, 9),
    "chain": (chain, BOTH, 9, 9),
    "fan": (fan, ("finit", "systemd"), 9, 9),
    "restart": (restart, EVERY, 9, 9),
    "clients": (clients, BOTH, 9, 9),
    "crowd": (crowd, BOTH, 9, 9),
    "load": (load, BOTH, 9, 1),  # systemd takes half a minute
    "idle": (idle, (), 1, 0),
}

# Figures without a limit: why.
WHOLES = {
    "systemctl show of 300": "two thirds are systemctl's own, which are the same for all; GetAll of each of 300 is the manager's part",
    "50 systemctl start of a one-shot": "the floor is systemctl's own; 50 StartUnit is the manager's part: by one client that stays, without the service's program",
}

# Figure: (limit, the column whose multiple it is; None = absolute)
LIMITS = {
    "start 1000 services": (2.5, FLOOR),
    "CPU ms per service started": (1.0, "finit"),
    "memory without services, KiB PSS": (6144, None),
    "memory per running service, KiB": (4.0, None),
    "state of one of 1000": (3.0, None),
    "ListUnits of 1000": (0.5, "systemd"),
    "CPU us per ListUnits of 1000": (0.5, "systemd"),
    "chain of 100 one-shots": (2.5, FLOOR),
    "fan of 500 one-shots": (2.5, FLOOR),
    "restart after kill -9": (1.2, "runit"),
    "systemctl start of 300": (0.5, "systemd"),
    "systemctl daemon-reload, 300 active": (0.05, "systemd"),
    "Reload, 300 active": (0.05, "systemd"),
    "systemctl show of 300": (None, "systemd"),
    "GetAll of each of 300": (0.5, "systemd"),
    "GetAll of a service": (0.5, "systemd"),
    "CPU us per GetAll of a service": (0.5, "systemd"),
    "own systemctl show of 300": (0.5, "systemd"),
    "systemctl stop of 300": (0.5, "systemd"),
    "50 systemctl start of a one-shot": (None, "systemd"),
    "50 StartUnit above the bare loop": (0.5, "systemd"),
    "50 own systemctl start of a one-shot": (0.5, "systemd"),
    "CPU us per systemctl start": (0.5, "systemd"),
    "status beside 20 that flood": (5.0, FLOOR),
    "status beside 20 that flood, 99 of 100": (100, None),
    "memory beside 20 that flood, MiB PSS": (64, None),
    "first load of 10000 units": (500, None),
    "10000 loaded units, MiB PSS": (20, None),
    "Reload of 10000 loaded, one changed": (50, None),
    "wake-ups in 30 s beside 1000 services": (0, None),
}
