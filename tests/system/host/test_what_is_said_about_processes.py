# SPDX-License-Identifier: Apache-2.0
"""What the log says when processes are signalled, found or left behind: the words of systemd 252. And what is tidied up."""

import os
import signal

import pytest

from tendbox import wait_for


@pytest.fixture
def root_box(make_box):
    if os.geteuid() != 0:
        pytest.skip("needs root for a box with control groups")
    box = make_box()
    if not box.groups():
        pytest.skip("needs a writable control group")
    return box


def test_a_killed_process_is_named(root_box):
    root_box.unit(
        "stubborn.service",
        "[Service]\nExecStart=/bin/sh -c 'trap \"\" TERM; touch /run/deaf; while :; do sleep 1000; done'\n"
        "TimeoutStopSec=300ms\n",
    )
    root_box.start()
    root_box.systemctl("start", "stubborn.service")
    wait_for(root_box.inside("/run/deaf").exists, "the trap to stand")
    main = root_box.show("stubborn", "MainPID")
    root_box.systemctl("stop", "stubborn.service")
    log = root_box.log("stubborn.service")
    assert "stubborn.service: State 'stop-sigterm' timed out. Killing." in log
    assert f"stubborn.service: Killing process {main} (sh) with signal SIGKILL." in log


def test_a_signal_of_a_client_is_named(root_box):
    root_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\nSuccessExitStatus=SIGUSR1\n")
    root_box.start()
    root_box.systemctl("start", "a.service")
    wait_for(lambda: root_box.processes("sleep"), "the program")
    main = root_box.show("a", "MainPID")
    root_box.systemctl("kill", "--signal=USR1", "a.service")
    root_box.wait_state("a.service", "inactive")
    assert f"a.service: Sent signal SIGUSR1 to main process {main} (sleep) on client request." in root_box.log("a.service")


def test_what_is_left_over_is_named(root_box):
    root_box.unit(
        "l.service",
        "[Service]\nKillMode=process\nExecStart=/bin/sh -c 'sleep 2000 & exec sleep 1000'\n",
    )
    root_box.start()
    root_box.systemctl("start", "l.service")
    wait_for(lambda: len(root_box.processes("sleep")) == 2, "both processes")
    root_box.systemctl("stop", "l.service")
    log = root_box.log("l.service")
    assert "(sleep) remains running after unit stopped." in log
    assert "Found left-over process" not in log
    root_box.systemctl("start", "l.service")
    log = root_box.log("l.service")
    assert "(sleep) in control group while starting unit. Ignoring." in log
    assert "This usually indicates unclean termination of a previous run" in log


def test_nothing_is_said_of_an_ordinary_life(root_box):
    root_box.unit(
        "o.service",
        "[Service]\nExecStartPre=/bin/true\nExecStart=/bin/sleep 1000\nExecStopPost=/bin/true\n",
    )
    root_box.start()
    for _ in range(3):
        assert root_box.systemctl("restart", "o.service").returncode == 0
    assert root_box.systemctl("stop", "o.service").returncode == 0
    log = root_box.log("o.service")
    for words in ("left-over", "remains running", "Killing process", "client request"):
        assert words not in log


def test_the_pid_file_of_a_stopped_service_is_removed(make_box):
    box = make_box()
    path = box.path("daemon.pid")
    box.unit(
        "f.service",
        f"[Service]\nType=forking\nPIDFile={path}\nExecStart=/bin/sh -c 'sleep 1000 & echo $$! >{path}'\n",
    )
    box.start()
    assert box.systemctl("start", "f.service").returncode == 0, box.logs()
    assert path.exists()
    assert box.systemctl("stop", "f.service").returncode == 0
    assert not path.exists()


def test_a_missing_environment_file_is_a_failure_of_resources(make_box):
    box = make_box()
    box.unit("m.service", "[Service]\nEnvironmentFile=/nowhere/%N\nExecStart=/bin/sleep 1000\n")
    box.unit("o.service", "[Service]\nEnvironmentFile=-/nowhere/%N\nExecStart=/bin/sleep 1000\n")
    box.start()
    assert box.systemctl("start", "m.service").returncode == 1
    assert box.show("m", "Result") == "resources"
    assert box.show("m", "ExecMainPID") == "0"
    assert "m.service: Failed to load environment files: No such file or directory (/nowhere/m)" in box.log("m.service")
    assert "m.service: Failed to run 'start' task: No such file or directory" in box.log("m.service")
    assert box.systemctl("start", "o.service").returncode == 0


def test_a_supervisor_that_does_not_read_stops_nobody(make_box):
    box = make_box(keeper=True)
    box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    box.start()
    for _ in range(40):  # more than a queue of datagrams holds
        old = box.kill_manager(signal.SIGKILL)
        wait_for(lambda: box.manager_pid() not in (None, old), "a new manager")
        wait_for(lambda: box.systemctl("is-active", "a.service").stdout == "inactive\n", "it to answer")
