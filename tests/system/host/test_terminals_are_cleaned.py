# SPDX-License-Identifier: Apache-2.0
"""TTYReset=, TTYVHangup=, TTYVTDisallocate=: what becomes of a terminal before a service starts and after its end."""

import os
import pty
import stat
import termios
import tty

import pytest

from tendbox import wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to hang up terminals")
CLEARED = b"\033c"  # the end of what clears a terminal


@pytest.fixture
def terminal():
    """(master, slave, path) of a terminal that is in raw mode."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    yield master, slave, os.ttyname(slave)
    os.close(master)
    os.close(slave)


def is_raw(slave):
    return not termios.tcgetattr(slave)[3] & termios.ICANON


def is_hung_up(slave):
    try:
        termios.tcgetattr(slave)
        return False
    except termios.error:
        return True


def shown(master):
    """What is on the terminal and was not read yet."""
    try:
        return os.read(master, 10000)
    except BlockingIOError:
        return b""


def start(box, setting, path, more=""):
    box.unit("t.service", f"[Service]\nType=exec\nTTYPath={path}\n{setting}\n{more}ExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "t.service").returncode == 0, box.logs()


@pytest.mark.parametrize("value", ["yes", "no"])
def test_modes_are_reset(box, terminal, value):
    _, slave, path = terminal
    start(box, f"TTYReset={value}", path)
    assert is_raw(slave) == (value == "no")
    tty.setraw(slave)
    box.systemctl("stop", "t.service")
    assert is_raw(slave) == (value == "no")


@pytest.mark.parametrize("value", ["yes", "no"])
def test_who_has_it_open_loses_it(box, terminal, value):
    master, slave, path = terminal
    start(box, f"TTYVHangup={value}", path)
    assert is_hung_up(slave) == (value == "yes"), box.logs()
    again = os.open(path, os.O_RDWR | os.O_NOCTTY)
    box.systemctl("stop", "t.service")
    assert is_hung_up(again) == (value == "yes")
    os.close(again)


@pytest.mark.parametrize("value", ["yes", "no"])
def test_what_was_on_it_is_cleared(box, terminal, value):
    master, _, path = terminal
    start(box, f"TTYVTDisallocate={value}", path)
    assert shown(master).endswith(CLEARED) == (value == "yes")
    box.systemctl("stop", "t.service")
    assert shown(master).endswith(CLEARED) == (value == "yes")


def test_the_one_that_a_user_had_goes_back_to_root(box, terminal):
    _, slave, path = terminal
    start(box, "TTYReset=no", path, "StandardInput=tty-force\nUser=daemon\n")
    assert os.stat(path).st_uid != 0
    box.systemctl("stop", "t.service")
    state = os.stat(path)
    assert (state.st_uid, state.st_gid, stat.S_IMODE(state.st_mode)) == (0, 5, 0o620)


def test_one_that_is_gone_delays_nobody(box):
    master, slave = pty.openpty()
    start(box, "TTYReset=yes\nTTYVHangup=yes\nTTYVTDisallocate=yes", os.ttyname(slave))
    os.close(master)
    os.close(slave)
    box.systemctl("stop", "t.service")
    wait_for(lambda: box.is_active("t.service") == "inactive", "the end")
