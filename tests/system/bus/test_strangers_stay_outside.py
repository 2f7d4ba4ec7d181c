# SPDX-License-Identifier: Apache-2.0
"""Only root and the manager's own user get in over the private socket."""

import os
import subprocess
from pathlib import Path

import pytest

PEER = Path(__file__).with_name("peer.py")
MANAGER = "/org/freedesktop/systemd1"


@pytest.fixture
def root_box(make_box):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    box = make_box(user=0)
    box.start()
    return box


def ask_as(box, uid):
    identity = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    return box.run("setpriv", *identity, "/usr/bin/python3", "-", box.runtime / "private", MANAGER, input=PEER.read_text())


def test_root_gets_in(root_box):
    assert ask_as(root_box, 0).returncode == 0


def test_the_socket_is_closed_to_others(root_box):
    result = ask_as(root_box, 65534)
    assert result.returncode != 0
    assert "PermissionError" in result.stderr


def test_an_open_socket_helps_nobody(root_box):
    root_box.run("chmod", "-R", "a+rwx", root_box.runtime, check=True)
    result = ask_as(root_box, 65534)
    assert result.returncode != 0
    # Where the hanging-up is noticed is chance.
    assert any(f"{name}Error" in result.stderr for name in ("Connection", "ConnectionReset", "BrokenPipe"))
    assert ask_as(root_box, 0).returncode == 0


def ask_from_outside(box, uid):
    """A client that sees the same files, but lives in the pid namespace above."""
    identity = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    enter = ["nsenter", f"--target={box._init}", "--mount", "--", "setpriv", *identity]
    return subprocess.run(
        [*enter, "systemctl", "--no-pager", "is-active", "--", "-.slice"],
        env=box.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_root_gets_in_from_a_pid_namespace_above(root_box):
    result = ask_from_outside(root_box, 0)
    assert "active" in result.stdout.split(), result.stderr
    root_box.run("chmod", "-R", "a+rwx", root_box.runtime, check=True)
    result = ask_from_outside(root_box, 65534)
    assert "active" not in result.stdout.split()
