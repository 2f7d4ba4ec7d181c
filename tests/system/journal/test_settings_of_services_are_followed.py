# SPDX-License-Identifier: Apache-2.0
"""What a unit says about its own messages: how many are taken, and whether "<3>" before a line is a level."""

import json
import shutil

import pytest

from tendbox import can_have_namespaces

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not shutil.which("journalctl"), reason="needs journalctl"),
]
LINES = 5000


def entries(box, unit):
    box.run("journalctl", "--sync")
    result = box.run("journalctl", "--no-pager", "--quiet", "-o", "json", f"_SYSTEMD_UNIT={unit}", check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_more_than_the_burst_is_dropped(make_box):
    box = make_box(journal=True)
    talk = f"Type=oneshot\nExecStart=seq {LINES}\n"
    box.unit("few.service", f"[Service]\nLogRateLimitIntervalSec=1h\nLogRateLimitBurst=10\n{talk}")
    box.unit("all.service", f"[Service]\nLogRateLimitIntervalSec=1h\nLogRateLimitBurst=1000000\n{talk}")
    box.start()
    for unit in ("few.service", "all.service"):
        assert box.systemctl("start", unit).returncode == 0, box.logs()
    numbers = [int(entry["MESSAGE"]) for entry in entries(box, "few.service")]
    assert numbers == list(range(1, len(numbers) + 1)), "the first ones are kept"
    assert 10 <= len(numbers) <= 100  # the more room, the more: journald.conf(5)
    assert len(entries(box, "all.service")) == LINES


def test_levels_before_lines_are_read_or_left(make_box):
    box = make_box(journal=True)
    for name, setting in (("read", "yes"), ("left", "no")):
        box.unit(f"{name}.service", f"[Service]\nType=oneshot\nSyslogLevel=notice\nSyslogLevelPrefix={setting}\nExecStart=sh -c 'echo \"<3>bad\"; echo good'\n")
    box.start()
    for unit, expected in (("read.service", [("bad", "3"), ("good", "5")]), ("left.service", [("<3>bad", "5"), ("good", "5")])):
        assert box.systemctl("start", unit).returncode == 0, box.logs()
        assert [(entry["MESSAGE"], entry["PRIORITY"]) for entry in entries(box, unit)] == expected
