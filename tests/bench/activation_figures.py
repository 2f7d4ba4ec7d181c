# SPDX-License-Identifier: Apache-2.0
"""What is measured of timers. Sessions and limits as in figures.py."""

import statistics
import time

from contenders import STAMPS
from figures import n_stamps, stamps
from tendbox import wait_for


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def timers(contender, n=40):
    """From the moment at which a timer is due to the first instruction of what it starts. The due moments lie apart and at odd
    places, so that nothing else is awake."""
    box = contender.box
    box.run("rm", "-f", STAMPS)
    begin = time.clock_gettime(time.CLOCK_REALTIME) + 5
    due = [begin + 0.1 * i + 0.0137 for i in range(n)]
    for i, at in enumerate(due):
        text = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1e6):06d} UTC"
        contender.unit(f"l-{i}.timer", f"[Timer]\nOnCalendar={text}\nAccuracySec=1us\n")
        contender.service(f"l-{i}", "once", service="Type=oneshot\n")
    contender.reload()
    box.run("systemctl", "start", *(f"l-{i}.timer" for i in range(n)))
    wait_for(lambda: n_stamps(contender) >= n, f"{n} timers of {contender.name}", 60)
    apart = time.clock_gettime(time.CLOCK_REALTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    late = [stamp / 1e6 - (int(at * 1e6) / 1e6 - apart) * 1e3 for stamp, at in zip(sorted(stamps(contender)), due)]
    yield "lateness of a timer, median", statistics.median(late)
    yield "lateness of a timer, p99", percentile(late, 0.99)


SESSIONS = {
    "timers": (timers, ("systemd",), 9, 9),
}

LIMITS = {
    "lateness of a timer, median": (3.0, None),
    "lateness of a timer, p99": (6.0, None),
}
