# SPDX-License-Identifier: Apache-2.0
"""Verbs that tend leaves to its systemctl, and what systemctl cannot do without a bus but tend can."""

import json

import pytest
import tendbox

UNITS = {
    "s.socket": "[Socket]\nListenStream=%t/s.sock\n",
    "s.service": "[Service]\nExecStart=sleep 1000\n",
    "good.service": "[Service]\nType=exec\nExecStart=sleep 0.1\n",
    "bad.service": "[Service]\nType=exec\nExecStart=sh -c 'sleep 0.1; exit 1'\n",
}


@pytest.fixture
def named(any_box, tmp_path):
    """A running box, root's and a user's, and the path of tend as systemctl in it."""
    for name, text in UNITS.items():
        any_box.unit(name, text)
    any_box.start("s.service")
    directory = tmp_path / "names"
    directory.mkdir(mode=0o755)
    (directory / "systemctl").symlink_to(tendbox.BIN / "tend")
    user = [] if any_box.is_system else ["--user"]
    return any_box, lambda *arguments: any_box.run(directory / "systemctl", *user, *arguments)


def test_lists_have_json(any_box):
    for name, text in UNITS.items():
        any_box.unit(name, text)
    any_box.start()
    any_box.systemctl("start", "s.socket", check=True)
    result = any_box.tend("list-sockets", "--json", check=True)
    rows = json.loads(result.stdout)
    assert [(row["unit"], row["activates"]) for row in rows] == [("s.socket", "s.service")]


def test_unknown_verbs_are_still_unknown(box):
    box.start()
    result = box.tend("list-nothing")
    assert result.returncode == 2
    assert "Unknown command" in result.stderr


def test_start_waits_for_the_end(named):
    _, systemctl = named
    assert systemctl("start", "--wait", "good").returncode == 0
    assert systemctl("is-active", "good").stdout == "inactive\n"
    assert systemctl("start", "--wait", "bad").returncode == 1
    assert systemctl("is-failed", "bad").returncode == 0


def test_the_state_of_the_system_is_told(named):
    _, systemctl = named
    result = systemctl("is-system-running", "--wait")
    assert (result.returncode, result.stdout) == (0, "running\n")
    systemctl("start", "--wait", "bad")
    result = systemctl("is-system-running")
    assert (result.returncode, result.stdout) == (1, "degraded\n")


def test_a_manager_that_is_not_there_is_told_as_systemd_tells_it(box, tmp_path):
    systemctl = tmp_path / "systemctl"
    systemctl.symlink_to(tendbox.BIN / "tend")
    result = box.run(systemctl, "start", "a")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "System has not been booted with systemd as init system (PID 1). Can't operate.",
        "Failed to connect to bus: Host is down",
    ]
    result = box.run(systemctl, "is-system-running")
    assert (result.returncode, result.stdout) == (1, "offline\n")
