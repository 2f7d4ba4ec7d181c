# SPDX-License-Identifier: Apache-2.0
"""A client that sends garbage, never reads, floods, or comes four thousand times is cut off or waits; others are answered."""

import subprocess
from pathlib import Path

import pytest

CROWD = Path(__file__).with_name("crowd.py")
SOCKET = "/run/tend/private"
MEMORY_MAX = 256 << 20


def memory_of(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


@pytest.mark.parametrize("kind", ["garbage", "never-reads", "flood", "multitude"])
def test_others_are_answered(box, kind):
    box.unit("a.service", "[Service]\nExecStart=sleep 1000\n")
    box.unit("b.service", "[Service]\nExecStart=sleep 1000\n")
    box.start("a.service")
    pid = box.manager_pid()
    result = box.run("/usr/bin/python3", CROWD, SOCKET, kind, timeout=100)
    assert "cut off" in result.stdout, result.stderr
    assert box.systemctl("is-active", "a").stdout == "active\n"
    assert box.manager_pid() == pid
    assert memory_of(pid) < MEMORY_MAX


def test_others_are_answered_while_twenty_flood(box):
    for name in "ab":
        box.unit(f"{name}.service", "[Service]\nExecStart=sleep 1000\n")
    box.start()
    flooders = subprocess.Popen(box.command(["/usr/bin/python3", CROWD, SOCKET, "flood-on"]), stdout=subprocess.PIPE, text=True)
    try:
        assert flooders.stdout.readline() == "flooding\n"
        for _ in range(20):
            assert box.systemctl("show", "--property=Id", "a").stdout == "Id=a.service\n"
        assert memory_of(box.manager_pid()) < MEMORY_MAX
        assert flooders.poll() is None
    finally:
        flooders.kill()
        flooders.wait()
