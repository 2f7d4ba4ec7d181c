# SPDX-License-Identifier: Apache-2.0
"""systemd.exec(5) beside the real systemd: the services of view_samples.py are started by both managers, and each tells what it
sees of itself: rights, limits, name spaces, mounts, environment, descriptors, its directories. It must be the same, and so must
what becomes of the unit and what it leaves behind; where that is not so, view_differences.py says why."""

import os
import shutil
from pathlib import Path

import pytest
from tendbox import BIN, ROOT
from two_managers import Tend, two_managers
from view_differences import is_known
from view_reader import comparable, left_over
from view_samples import SAMPLES, SEEN, SETUP, VIEW, unit_text

PROGRAM = Path(os.environ.get("TEND_SELF_VIEW", ROOT / "build/tests/units/probe/self_view"))
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")
SHOWN = "Id,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus"
OWN = f"-path /run/systemd -prune -o -path /run/tend -prune -o -path {SEEN} -prune -o -path /etc/systemd -prune"
FIND = f"find /run /var/lib /var/cache /var/log /etc /opt /tmp -maxdepth 2 {OWN} -o -name '*[0-9]*'"


class Recorded(Tend):
    """With the journal, which systemd has too."""

    init = [Tend.init[0], BIN / "tend-journald", *Tend.init[1:]]


class Results:
    """What one manager made of all samples."""

    def __init__(self, pair, one):
        names = " ".join(f"{name}.service" for name in SAMPLES)
        pair.ask_one(one, f"systemctl start {names}")
        self.seen = one.box.inside(SEEN)
        self.namespaces = {kind: os.readlink(f"/proc/{one.box.pid}/ns/{kind}") for kind in NAMESPACES}
        shown = pair.ask_one(one, f"systemctl show -p {SHOWN} {names}")[1]
        self.states = dict(zip(SAMPLES, shown.split("\n\n")))
        self.left = pair.ask_one(one, f"{FIND} -printf '%p %y %m %u:%g %l\\n' | sort")[1]

    def of(self, name):
        path = self.seen / name
        text = path.read_text(errors="replace") if path.exists() else ""
        return [*self.states[name].splitlines(), *comparable(name, text, self.namespaces), *left_over(self.left, name)]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Of systemd and of tend."""
    with two_managers(tmp_path_factory.mktemp("view"), Recorded) as pair:
        for one in pair.both:
            place = one.box.inside(str(Path(VIEW).parent))
            place.mkdir(parents=True)
            shutil.copy(PROGRAM, place)
        pair.step(SETUP)
        for name, settings in SAMPLES.items():
            pair.unit(f"{name}.service", unit_text(settings))
        pair.ask("systemctl daemon-reload")
        yield [Results(pair, one) for one in pair.both]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_service_sees_the_same(results, name):
    theirs, ours = (one.of(name) for one in results)
    differing = [f"systemd: {line}" for line in theirs if line not in ours and not is_known(SAMPLES[name], line)]
    differing += [f"tend:    {line}" for line in ours if line not in theirs and not is_known(SAMPLES[name], line)]
    assert not differing, "\n".join([SAMPLES[name], *differing])
