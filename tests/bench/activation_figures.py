# SPDX-License-Identifier: Apache-2.0
"""What is measured of timers and sockets. Sessions and limits as in figures.py."""

import re
import statistics
import time

from contenders import STAMPS, TOOL, Tend
from figures import FLOOR, n_stamps, pss, wake_ups
from tendbox import BIN, wait_for

YEAR = 365
SOCKET_TOOL = BIN / "bench_socket"


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def lateness(box, path, moments):
    """Milliseconds from each moment (CLOCK_MONOTONIC, seconds) to its stamp."""
    stamps = sorted(int(line) for line in box.inside(path).read_text().split())
    return [stamp / 1e6 - moment * 1e3 for stamp, moment in zip(stamps, moments)]


def timers(contender, n=100):
    """From the moment at which a timer is due to the first instruction of what it starts. The due moments lie apart and at odd
    places, so that nothing else is awake. The floor sleeps until moments in between and spawns: it says what the machine adds."""
    box = contender.box
    box.run("rm", "-f", STAMPS)
    begin = time.clock_gettime(time.CLOCK_REALTIME) + 5
    apart = time.clock_gettime(time.CLOCK_REALTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    due = [int((begin + 0.1 * i + 0.0137) * 1e6) for i in range(n)]
    for i, at in enumerate(due):
        text = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at // 1000000)) + f".{at % 1000000:06d} UTC"
        contender.unit(f"l-{i}.timer", f"[Timer]\nOnCalendar={text}\nAccuracySec=1us\n")
        contender.service(f"l-{i}", "once", service="Type=oneshot\n")
    contender.reload()
    box.run("systemctl", "start", *(f"l-{i}.timer" for i in range(n)))
    moments = [at / 1e6 - apart for at in due]
    between = [moment + 0.05 for moment in moments]
    box.run(TOOL, "due", n, int(between[0] * 1e9), "/run/floor")
    wait_for(lambda: n_stamps(contender) >= n, f"{n} timers of {contender.name}", 60)
    late, floor_late = lateness(box, STAMPS, moments), lateness(box, "/run/floor", between)
    for figure, of in (("median", statistics.median), ("p99", lambda values: percentile(values, 0.99))):
        yield f"lateness of a timer, {figure}", of(floor_late), FLOOR
        yield f"lateness of a timer, {figure}", of(late)


def cpu_seconds(contender, *command):
    """What a command used, of the user's and the system's time."""
    timed = ["bash", "-c", 'TIMEFORMAT="%U %S"; time "$@" >/dev/null', "bash", *command]
    user, system = contender.box.run("sh", "-c", 'exec "$@" 2>&1', "sh", *timed).split()
    return float(user) + float(system)


def rehearsal(contender, n=1000):
    """A year of a thousand daily timers. systemd has no rehearsal: systemd-analyze says when the same expressions match as often,
    which is the arithmetic alone."""
    moments = [f"*-*-* {i % 24:02d}:{i % 59 + 1:02d}" for i in range(n)]
    if not isinstance(contender, Tend):
        yield "a year of 1000 timers, CPU s", cpu_seconds(contender, "systemd-analyze", "calendar", f"--iterations={YEAR}", *moments)
        return
    for i, moment in enumerate(moments):
        contender.unit(f"r-{i}.timer", f"[Timer]\nOnCalendar={moment}\nAccuracySec=1us\n")
    names = [f"r-{i}.timer" for i in range(n)]
    yield "a year of 1000 timers, CPU s", cpu_seconds(contender, BIN / "tend", "timers", "--simulate", "2026-01-01", "2027-01-01", *names)


def armed(contender, n=10000, seconds=20):
    """Timers that are not due cost their memory, and no wake-up."""
    for i in range(n):
        contender.unit(f"a-{i}.timer", f"[Timer]\nOnCalendar=2199-{i % 12 + 1}-{i % 28 + 1} {i % 24}:{i % 60}\nUnit=a.service\n")
    contender.service("a", "once", service="Type=oneshot\n")
    contender.unit("armed.target", "[Unit]\nDescription=bench\n" + "".join(f"Wants=a-{i}.timer\n" for i in range(n)))
    contender.reload()
    empty = pss(contender)
    contender.box.run("systemctl", "start", "armed.target")
    contender.wait_idle()
    listed = contender.box.run("systemctl", "list-units", "--no-legend", "--plain", "a-*.timer")
    if len(re.findall(" active +waiting ", listed)) != n:
        raise AssertionError(f"{contender.name} has not armed all of {n} timers")
    yield "memory of 10000 armed timers, MiB PSS", (pss(contender) - empty) / 1024
    before = wake_ups(contender)
    time.sleep(seconds)
    yield "wake-ups in 20 s beside 10000 timers", wake_ups(contender) - before


def sockets(contender, n=100):
    """From connect(2) to the first byte: of a service for each connection, and of one that is started with the socket and ends
    when it has answered. The floor is a loop that accepts or polls, and spawns the same program."""
    contender.box.run("systemctl", "start", "basic.target")  # it is up wherever connections come
    limits = "StartLimitIntervalSec=0\n", "TriggerLimitIntervalSec=0\n"
    for name, verb, extra in (("connection", "answer", "StandardInput=socket\n"), ("socket", "serve", "")):
        is_template = "@" if verb == "answer" else ""
        contender.unit(f"{name}.socket", f"[Socket]\nListenStream=/run/{name}\nAccept={'yes' if is_template else 'no'}\n{limits[1]}")
        contender.unit(f"{name}{is_template}.service", f"[Unit]\nCollectMode=inactive-or-failed\n{limits[0]}[Service]\nExecStart={SOCKET_TOOL} {verb}\n{extra}")
        contender.reload()
        contender.box.run("systemctl", "start", f"{name}.socket")
        contender.wait_idle()
        for command, whose in ((("floor", verb, n, f"/run/{name}.floor"), (FLOOR,)), (("clients", n, f"/run/{name}"), ())):
            times = [float(line) for line in contender.box.run(SOCKET_TOOL, *command).split()]
            yield f"first byte of a {name}'s service", statistics.median(times), *whose


SESSIONS = {
    "timers": (timers, ("systemd",), 9, 9),
    "rehearsal": (rehearsal, ("systemd",), 9, 9),
    "sockets": (sockets, ("systemd",), 9, 9),
    "armed": (armed, ("systemd",), 1, 1),
}

LIMITS = {
    "first byte of a connection's service": (1.5, FLOOR),
    "first byte of a socket's service": (1.5, FLOOR),
    "a year of 1000 timers, CPU s": (2.0, None),
    "memory of 10000 armed timers, MiB PSS": (1.0, "systemd"),
    "wake-ups in 20 s beside 10000 timers": (0, None),
    "lateness of a timer, median": (3.0, None),
    "lateness of a timer, p99": (6.0, None),
}
