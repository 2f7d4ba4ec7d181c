# SPDX-License-Identifier: Apache-2.0
"""A new manager goes on where the last one was killed: processes, exits, notifications, descriptors, clients.

The keeper is stopped while no manager lives, so that what happens meanwhile surely happens without one."""

import os
import signal

import pytest

from tendbox import wait_for


@pytest.fixture
def kept_box(make_box):
    return make_box(keeper=True)


class WithoutManager:
    """Kills tendd and keeps the keeper from starting another until the end of the block."""

    def __init__(self, box):
        self.box = box

    def __enter__(self):
        self.keeper = self.box._descendant_named("tend-keeper")
        os.kill(self.keeper, signal.SIGSTOP)
        self.old = self.box.kill_manager()
        wait_for(lambda: self.box.manager_pid() is None, "the manager to be gone")

    def __exit__(self, *_):
        os.kill(self.keeper, signal.SIGCONT)
        self.box.wait_ready()


def test_services_keep_their_processes(kept_box):
    kept_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\nRestart=always\n")
    kept_box.start()
    kept_box.systemctl("start", "a.service")
    before = kept_box.show("a", "MainPID"), kept_box.show("a", "InvocationID")
    for _ in range(3):
        kept_box.kill_manager()
        kept_box.wait_ready()
        assert (kept_box.show("a", "MainPID"), kept_box.show("a", "InvocationID")) == before
        assert kept_box.show("a", "NRestarts") == "0"
    assert kept_box.systemctl("stop", "a.service").returncode == 0
    assert not kept_box.processes("sleep")


def test_an_exit_without_a_manager_is_known(kept_box):
    kept_box.unit(
        "e.service",
        "[Service]\nExecStart=/bin/sh -c 'trap \"exit 42\" USR1; while :; do sleep 1000 & wait; done'\n"
        "ExecStopPost=/bin/sh -c 'echo stopped with $$EXIT_CODE $$EXIT_STATUS'\n",
    )
    kept_box.start()
    kept_box.systemctl("start", "e.service")
    wait_for(lambda: kept_box.processes("sleep"), "the service to run")
    main = next(
        pid for pid in kept_box.processes("sh") if kept_box._stat(pid)[1] == str(kept_box.manager_pid())
    )
    with WithoutManager(kept_box):
        os.kill(main, signal.SIGUSR1)
        wait_for(lambda: kept_box._stat(main)[:1] in ([], ["Z"]), "its end")
    kept_box.wait_state("e.service", "failed")
    assert kept_box.show("e", "ExecMainStatus") == "42"
    assert "stopped with exited 42" in kept_box.log("e.service")


def test_what_the_new_manager_starts_is_not_taken_for_gone(kept_box):
    go = kept_box.path("go")
    os.mkfifo(go)
    kept_box.unit(
        "s.service",
        f"[Service]\nType=exec\nExecStartPre=/bin/bash -c 'read x <{go}'\nExecStart=/bin/sleep 1000\n",
    )
    kept_box.start()
    kept_box.systemctl("start", "--no-block", "s.service")
    wait_for(lambda: kept_box.show("s", "SubState") == "start-pre", "the first command")
    with WithoutManager(kept_box):
        go.write_text("x\n")
        wait_for(lambda: not kept_box.processes("bash"), "its end")
    wait_for(lambda: kept_box.is_active("s.service") != "activating", "the start")
    assert kept_box.is_active("s.service") == "active"
    assert len(kept_box.processes("sleep")) == 1


def test_a_notification_without_a_manager_is_heard(kept_box):
    go = kept_box.path("go")
    os.mkfifo(go)
    kept_box.unit(
        "n.service",
        "[Service]\nType=notify\nNotifyAccess=all\nTimeoutStartSec=infinity\n"
        f"ExecStart=/bin/sh -c 'read x <{go}; systemd-notify --no-block --ready --status=late; "
        f"echo >{go}; exec sleep 1000'\n",
    )
    kept_box.start()
    kept_box.systemctl("start", "--no-block", "n.service")
    kept_box.wait_state("n.service", "activating")
    with WithoutManager(kept_box):
        go.write_text("go\n")
        go.read_text()
    kept_box.wait_state("n.service", "active")
    assert kept_box.show("n", "StatusText") == "late"


def test_stored_descriptors_survive(kept_box):
    program = kept_box.path("store.py")
    program.write_text(
        "import array, os, signal, socket\n"
        "if os.environ.get('LISTEN_FDS'):\n"
        "    print('got', os.environ['LISTEN_FDNAMES'], os.read(3, 100).decode(), flush=True)\n"
        "else:\n"
        "    end = os.memfd_create('kept'); os.write(end, b'precious'); os.lseek(end, 0, 0)\n"
        "    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "    s.connect(os.environ['NOTIFY_SOCKET'])\n"
        "    fds = array.array('i', [end])\n"
        "    s.sendmsg([b'FDSTORE=1\\nFDNAME=box'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])\n"
        "    s.send(b'READY=1')\n"
        "signal.pause()\n"
    )
    kept_box.unit(
        "s.service",
        f"[Service]\nType=notify\nFileDescriptorStoreMax=4\nTimeoutStartSec=infinity\n"
        f"ExecStart=/usr/bin/python3 {program}\n",
    )
    kept_box.start()
    assert kept_box.systemctl("start", "s.service").returncode == 0
    kept_box.kill_manager()
    kept_box.wait_ready()
    assert kept_box.show("s", "NFileDescriptorStore") == "1"
    kept_box.systemctl("restart", "--no-block", "s.service")
    wait_for(lambda: "got box precious" in kept_box.log("s.service"), "the descriptor")


def test_clients_are_served_by_the_next_manager(kept_box):
    """The socket lives on: a client that comes while no manager lives only waits."""
    kept_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    kept_box.start()
    for _ in range(5):
        kept_box.kill_manager()
        assert kept_box.systemctl("start", "a.service").returncode == 0
        assert kept_box.is_active("a.service") == "active"
        kept_box.wait_ready()


def test_a_restart_that_was_due_still_comes(kept_box):
    kept_box.unit(
        "r.service", "[Service]\nExecStart=/bin/sh -c 'exit 1'\nRestart=always\nRestartSec=300ms\n"
        "[Unit]\nStartLimitIntervalSec=0\n"
    )
    kept_box.start()
    kept_box.systemctl("start", "r.service")
    kept_box.wait_state("r.service", "activating")
    with WithoutManager(kept_box):
        pass
    before = int(kept_box.show("r", "NRestarts"))
    wait_for(lambda: int(kept_box.show("r", "NRestarts")) > before, "more restarts")


def test_everything_stops_when_the_keeper_is_told_to(kept_box):
    kept_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    kept_box.start()
    kept_box.systemctl("start", "a.service")
    kept_box.kill_manager()
    kept_box.wait_ready()
    assert kept_box.stop() == 0
    assert not kept_box.processes("sleep")
    assert not kept_box.inside("/run/systemd/system").exists()
    assert not kept_box.inside("/run/systemd/private").exists()
    assert not kept_box.inside("/run/tend/private").exists()
