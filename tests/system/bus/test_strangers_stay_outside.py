# SPDX-License-Identifier: Apache-2.0
"""Only root and the manager's own user get in over the private socket."""

import os
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
