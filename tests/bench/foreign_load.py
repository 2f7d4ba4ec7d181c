# SPDX-License-Identifier: Apache-2.0
"""How much of the machine somebody else uses while we measure."""

import os
import resource
import time

TICKS = os.sysconf("SC_CLK_TCK")


class ForeignLoad:
    """CPUs used by all but a container and ourselves since it was made."""

    def __init__(self, box=None):
        self._box = box
        self._begin = self._now()

    def _now(self):
        with open("/proc/stat") as file:
            user, nice, system, _, _, irq, soft_irq = (int(text) for text in file.readline().split()[1:8])
        own = resource.getrusage(resource.RUSAGE_SELF)
        ours = own.ru_utime + own.ru_stime + (self._box.cpu_seconds() if self._box else 0)
        return time.monotonic(), (user + nice + system + irq + soft_irq) / TICKS - ours

    def cpus(self):
        begin, used = self._begin
        end, used_now = self._now()
        return max(0.0, (used_now - used) / max(end - begin, 0.001))


def wait_quiet(limit, patience):
    """Waits until others use less than `limit` CPUs, but not longer than `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        load = ForeignLoad()
        time.sleep(0.2)
        if load.cpus() < limit:
            return True
    return False
