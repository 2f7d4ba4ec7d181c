# SPDX-License-Identifier: Apache-2.0
"""The manager dies between a start and the record of it: the next one takes the process for what it is.

The moment is made by hand: while no manager lives, the records that followed the spawn record are cut off the state log."""

import os
import signal

import pytest

from state_records import SPAWN, records_of, void_record
from tendbox import wait_for

@pytest.fixture
def kept_box(make_box):
    return make_box(keeper=True)


class ForgottenStart:
    """Kills tendd, and has the log end for a unit with its last spawn record."""

    def __init__(self, box, unit):
        self.box, self.unit = box, unit

    def __enter__(self):
        self.keeper = self.box._descendant_named("tend-keeper")
        os.kill(self.keeper, signal.SIGSTOP)
        self.box.kill_manager()
        wait_for(lambda: self.box.manager_pid() is None, "the manager to be gone")
        log = self.box.inside(self.box.runtime / "state")
        records = list(records_of(log.read_bytes()))
        last = max(i for i, (kind, name, _) in enumerate(records) if (kind, name) == (SPAWN, self.unit))
        assert any(name == self.unit for _, name, _ in records[last + 1 :])
        kept = [r for i, (_, name, r) in enumerate(records) if i <= last or name != self.unit]
        log.write_bytes(b"".join(kept))

    def __exit__(self, *_):
        os.kill(self.keeper, signal.SIGCONT)
        self.box.wait_ready()


def test_a_main_process_is_taken_over(kept_box):
    kept_box.unit("a.service", "[Service]\nExecStartPre=/bin/true\nExecStart=/bin/sleep 1000\n")
    kept_box.start()
    kept_box.systemctl("start", "a.service")
    before = kept_box.show("a", "MainPID"), kept_box.show("a", "InvocationID")
    with ForgottenStart(kept_box, "a.service"):
        pass
    kept_box.wait_state("a.service", "active")
    assert (kept_box.show("a", "MainPID"), kept_box.show("a", "InvocationID")) == before
    assert len(kept_box.processes("sleep")) == 1


def test_a_process_that_was_told_nothing_is_started_again(kept_box):
    kept_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    kept_box.start()
    kept_box.systemctl("start", "a.service")
    before = kept_box.show("a", "MainPID")
    wait_for(lambda: kept_box.processes("sleep"), "the program")
    with ForgottenStart(kept_box, "a.service"):
        with kept_box.inside(kept_box.runtime / "state").open("ab") as log:
            log.write(void_record(int(before)))
        kept_box.kill_processes("sleep")  # which stands for an executor that ended
    kept_box.wait_state("a.service", "active")
    assert kept_box.show("a", "MainPID") != before
    assert (kept_box.show("a", "Result"), kept_box.show("a", "NRestarts")) == ("success", "0")
    wait_for(lambda: len(kept_box.processes("sleep")) == 1, "one program")


def test_a_process_that_ended_meanwhile_has_its_status(kept_box):
    go = kept_box.path("go")
    os.mkfifo(go)
    kept_box.unit("e.service", f"[Service]\nExecStart=/bin/bash -c 'read x <{go}; exit 42'\n")
    kept_box.start()
    kept_box.systemctl("start", "e.service")
    wait_for(lambda: kept_box.processes("bash"), "the program")
    with ForgottenStart(kept_box, "e.service"):
        go.write_text("x\n")
        wait_for(lambda: not kept_box.processes("bash"), "its end")
    kept_box.wait_state("e.service", "failed")
    assert kept_box.show("e", "ExecMainStatus") == "42"


def test_a_stop_post_command_is_not_stopped(kept_box):
    go = kept_box.path("go")
    os.mkfifo(go)
    kept_box.unit(
        "p.service",
        "[Service]\nExecStart=/bin/sleep 1000\n"
        f"ExecStopPost=/bin/sh -c 'read x <{go}; echo the end'\n",
    )
    kept_box.start()
    kept_box.systemctl("start", "p.service")
    wait_for(lambda: kept_box.processes("sleep"), "the program")
    kept_box.systemctl("kill", "--signal=KILL", "p.service")
    wait_for(lambda: kept_box.show("p", "SubState") == "stop-post", "the command")
    before = kept_box.show("p", "ControlPID")
    with ForgottenStart(kept_box, "p.service"):
        pass
    assert kept_box.show("p", "SubState") == "stop-post"
    assert kept_box.show("p", "ControlPID") == before
    go.write_text("x\n")
    wait_for(lambda: kept_box.show("p", "SubState") in ("dead", "failed"), "its end")
    assert kept_box.log("p.service").count("the end") == 1


def test_what_was_said_meanwhile_is_heard(kept_box):
    go = kept_box.path("go")
    os.mkfifo(go)
    kept_box.unit(
        "n.service",
        "[Service]\nType=notify\nNotifyAccess=all\nTimeoutStartSec=infinity\nExecStartPre=/bin/true\n"
        f"ExecStart=/bin/sh -c 'read x <{go}; systemd-notify --no-block --ready --status=late; "
        f"echo >{go}; exec sleep 1000'\n",
    )
    kept_box.start()
    kept_box.systemctl("start", "--no-block", "n.service")
    wait_for(lambda: kept_box.show("n", "MainPID") != "0", "the program")
    before = kept_box.show("n", "MainPID")
    with ForgottenStart(kept_box, "n.service"):
        go.write_text("x\n")
        go.read_text()
    kept_box.wait_state("n.service", "active")
    assert kept_box.show("n", "MainPID") == before
    assert kept_box.show("n", "StatusText") == "late"
