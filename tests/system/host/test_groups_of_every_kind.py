# SPDX-License-Identifier: Apache-2.0
"""Processes of a unit are found and killed with control groups of version 2, of version 1, and without."""

import pytest

import tendbox
from tendbox import wait_for

DAEMON = (
    "[Service]\nType=forking\n"
    "ExecStart=/bin/sh -c '(setsid sh -c \"sleep 2000 & sleep 1000\" &)'\n"
)


@pytest.fixture(params=["unified", "legacy", "none"])
def grouped_box(request, make_box):
    if request.param != "none" and not tendbox.own_group("" if request.param == "unified" else "name=systemd"):
        pytest.skip(f"needs {request.param} control groups")
    return make_box(cgroups=request.param)


def test_a_daemon_that_left_its_session_is_stopped(grouped_box):
    grouped_box.unit("d.service", DAEMON)
    grouped_box.start()
    assert grouped_box.systemctl("start", "d.service").returncode == 0
    wait_for(lambda: len(grouped_box.processes("sleep")) == 2, "both to run")
    assert grouped_box.systemctl("stop", "d.service").returncode == 0
    assert not grouped_box.processes("sleep")


def test_the_unit_ends_with_its_last_process(grouped_box):
    """No main process is known: only the group tells when everything is over."""
    text = DAEMON.replace("sleep 2000 & sleep 1000", "sleep 2000 & sleep 1000 & wait")
    grouped_box.unit("d.service", text + "GuessMainPID=no\n")
    grouped_box.start()
    grouped_box.systemctl("start", "d.service")
    wait_for(lambda: len(grouped_box.processes("sleep")) == 2, "both to run")
    assert grouped_box.is_active("d.service") == "active"
    for name in ("sleep", "sh"):
        grouped_box.kill_processes(name, unit_only=True)
    grouped_box.wait_state("d.service", "inactive")


def test_notifications_of_children_are_theirs(grouped_box):
    grouped_box.unit(
        "n.service",
        "[Service]\nType=notify\nNotifyAccess=all\n"
        "ExecStart=/bin/sh -c 'sh -c \"systemd-notify --ready; true\"; exec sleep 1000'\n",
    )
    grouped_box.start()
    result = grouped_box.systemctl("start", "n.service")
    assert result.returncode == 0, result.stderr


def test_nothing_is_left_of_the_groups_at_the_end(grouped_box):
    grouped_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\nSlice=x-y.slice\n")
    grouped_box.start()
    assert grouped_box.systemctl("start", "a.service").returncode == 0
    group = grouped_box.show("a", "ControlGroup")
    assert group.endswith("/x.slice/x-y.slice/a.service") or grouped_box.cgroups == "none"
    assert grouped_box.stop() == 0
    for top in grouped_box.groups():
        assert not [entry for entry in top.iterdir() if entry.is_dir()]
