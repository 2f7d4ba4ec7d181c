# SPDX-License-Identifier: Apache-2.0
"""tend beside the real systemd, each PID 1 of a container of its own with the same units; what one does the other must do.

    with two_managers(directory) as pair:
        pair.unit("a.timer", "[Timer]\\nOnActiveSec=1h")
        pair.step("systemctl start a.timer")
        pair.agree("a.timer", "SubState", "NextElapseUSecMonotonic")

A step is a shell command for both, whose exit status and words must be the same. What comes of it need not be there at once:
`agree` waits until both say the same, after systemd has said what `until` names.
"""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

from contenders import Systemd, Tend  # noqa: E402
from tendbox import PATIENCE, Timeout, can_have_namespaces, own_group  # noqa: E402


class Pair:
    def __init__(self, systemd, tend):
        self.both = (systemd, tend)

    def unit(self, name, text):
        for one in self.both:
            one.unit(name, text)

    def paths(self, path):
        """A path of the containers as seen from outside: systemd's, tend's."""
        return [one.box.inside(path) for one in self.both]

    def ask_one(self, one, command):
        done = subprocess.run(one.box.command("sh", "-c", command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=3 * PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def ask(self, command):
        return [self.ask_one(one, command) for one in self.both]

    def step(self, command):
        """Does it in both. What they answer must be alike."""
        theirs, ours = self.ask(command)
        assert ours == theirs, f"{command}\n  systemd: {theirs}\n  tend:    {ours}"

    def start_samples(self, kind, samples, service):
        """A unit of this type for each sample (settings between bars), its service, and other.service. Starts them; their names."""
        names = [f"{kind[0]}{i}" for i in range(len(samples))]
        for name, settings in zip(names, samples):
            self.unit(f"{name}.{kind}", f"[{kind.title()}]\n" + settings.replace("|", "\n") + "\n")
            self.unit(f"{name}{'@' if 'Accept=yes' in settings else ''}.service", service)
        self.unit("other.service", service)
        self.step("systemctl daemon-reload")
        for name in names:
            self.step(f"systemctl start {name}.{kind}")
        return [f"{name}.{kind}" for name in names]

    def agree(self, units, *properties, until="", say="true"):
        """Waits until both show the same of some units, and `say`, another command, the same words; gives these."""
        if properties:
            say = f"systemctl show -p Id,{','.join(properties)} {units}; {say}"
        deadline = time.monotonic() + PATIENCE
        while True:
            theirs, ours = self.ask(say)
            if ours == theirs and until in theirs[1]:
                return theirs[1]
            if time.monotonic() > deadline:
                raise Timeout(f"no agreement on {say} with '{until}'\n  systemd: {theirs}\n  tend:    {ours}")


def why_not():
    """What this place lacks for it, or ""."""
    if not can_have_namespaces():
        return "needs root with CAP_SYS_ADMIN for namespaces"
    if not own_group(""):
        return "needs control groups of version 2"
    missing = Systemd.missing()
    return f"needs {missing} to compare with" if missing else ""


@contextlib.contextmanager
def both_started(directory, systemd_is, tend_is, need):
    """A pair of contenders of these kinds, started; skips the test where systemd's cannot be, naming what it needs."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with contextlib.ExitStack() as stack:
        places = [Path(directory) / name for name in ("systemd", "tend")]
        for place in places:
            place.mkdir()
        try:
            systemd = stack.enter_context(systemd_is(places[0]))
        except (RuntimeError, Timeout, subprocess.SubprocessError) as error:
            pytest.skip(f"needs {need}: {error}")
        yield Pair(systemd, stack.enter_context(tend_is(places[1])))


@contextlib.contextmanager
def two_managers(directory, tend_is=Tend):
    """Both managers, started, tend as a contender of this kind; skips the test where systemd cannot be."""
    with both_started(directory, Systemd, tend_is, "a systemd that runs as PID 1 of a name space") as pair:
        pair.ask("ip link set lo up")  # systemd did
        yield pair
