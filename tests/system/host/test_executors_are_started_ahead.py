# SPDX-License-Identifier: Apache-2.0
"""While a start waits for another one, its executor is there already and waits for its order: nobody may notice it."""

import os
import signal
import threading

import pytest

from tendbox import wait_for


class Gate:
    """A oneshot service that ends with the exit status it is told, and services that are started after it."""

    def __init__(self, box, keeper=False):
        self.box = box
        self.fifo = box.path("gate")
        os.mkfifo(self.fifo)
        os.chmod(self.fifo, 0o666)
        box.unit("first.service", f"[Service]\nType=oneshot\nExecStart=/bin/sh -c 'read status <{self.fifo}; exit $$status'\n")

    def unit(self, name, service, requires="first.service"):
        self.box.unit(name, f"[Unit]\nRequires={requires}\nAfter={requires}\n[Service]\n{service}")

    def begin(self, name):
        """Asks for a service, and waits until the first one runs and nothing is left to do but to wait for it."""
        assert self.box.systemctl("start", "--no-block", name).returncode == 0
        wait_for(lambda: self.having("sh", b"read status"), "the first one to run")
        return wait_for(self.waiting, "an executor that waits")

    def having(self, name, word):
        """Processes of this name with the word in their command line, as seen from outside."""
        found = []
        for pid in self.box.processes(name):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    if word in file.read():
                        found.append(pid)
            except OSError:
                continue
        return found

    def waiting(self):
        """Executors without an order."""
        return self.having("tend-exec", b"--order")

    def open(self, status=0):
        threading.Thread(target=self.fifo.write_text, args=(f"{status}\n",), daemon=True).start()


@pytest.fixture
def gate(make_box):
    return Gate(make_box(keeper=True))


def test_it_becomes_the_service(gate):
    gate.unit("next.service", "ExecStart=/bin/sh -c 'echo pid $$$$ in $$GREETING; exec sleep 1000'\nEnvironment=GREETING=hello\n")
    gate.box.start()
    (waiting,) = gate.begin("next.service")
    assert gate.box.show("next", "ActiveState") == "inactive" and gate.box.show("next", "MainPID") == "0"
    gate.open()
    gate.box.wait_state("next.service", "active")
    wait_for(lambda: gate.box.processes("sleep") == [waiting], "the same process to be the service")
    wait_for(lambda: f"pid {gate.box.show('next', 'MainPID')} in hello" in gate.box.log("next.service"), "its words")
    assert not gate.waiting()
    assert gate.box.systemctl("stop", "next.service").returncode == 0
    assert "left-over" not in gate.box.logs() and not gate.box.processes("sleep")


def test_who_asks_for_others_finds_none(gate):
    """A service with SendSIGKILL=no is not started beside what is left of it: an executor is nothing of it yet."""
    gate.unit("next.service", "Type=oneshot\nSendSIGKILL=no\nExecStart=/bin/true\n")
    gate.box.start()
    gate.open()
    result = gate.box.systemctl("start", "next.service")
    assert result.returncode == 0, gate.box.logs()


def test_it_goes_when_the_start_is_off(gate):
    gate.unit("next.service", "ExecStart=/bin/sleep 1000\nPrivateTmp=yes\n")
    gate.box.start()
    gate.begin("next.service")
    gate.open(3)
    wait_for(lambda: gate.box.show("first", "Result") == "exit-code", "the first one to fail")
    wait_for(lambda: not gate.waiting(), "the executor to go")
    assert gate.box.show("next", "ActiveState") == "inactive"
    gate.begin("next.service")
    assert gate.box.systemctl("stop", "next.service").returncode == 0
    wait_for(lambda: not gate.waiting(), "the executor to go")
    gate.open()
    wait_for(lambda: gate.box.show("first", "ActiveState") == "inactive", "the first one to end")
    assert gate.box.show("next", "ActiveState") == "inactive" and not gate.box.processes("sleep")


def test_it_may_die(gate):
    gate.unit("next.service", "Type=oneshot\nExecStart=/bin/echo done all the same\n")
    gate.box.start()
    (waiting,) = gate.begin("next.service")
    os.kill(waiting, signal.SIGKILL)
    wait_for(lambda: waiting not in gate.waiting(), "it to be gone")
    gate.open()
    wait_for(lambda: "done all the same" in gate.box.log("next.service"), "the service to run")
    assert gate.box.show("next", "Result") == "success"


def test_what_changes_meanwhile_counts(gate):
    gate.unit("next.service", "Type=oneshot\nEnvironment=WORD=old\nExecStart=/bin/sh -c 'echo the word is $$WORD'\n")
    gate.box.start()
    gate.begin("next.service")
    gate.unit("next.service", "Type=oneshot\nEnvironment=WORD=new\nExecStart=/bin/sh -c 'echo the word is $$WORD'\n")
    assert gate.box.systemctl("daemon-reload").returncode == 0
    gate.open()
    wait_for(lambda: "the word is" in gate.box.log("next.service"), "the service to run")
    assert "the word is new" in gate.box.log("next.service")


def test_it_dies_with_the_manager(gate):
    gate.unit("next.service", "ExecStart=/bin/sleep 1000\n")
    gate.box.start()
    (waiting,) = gate.begin("next.service")
    gate.box.kill_manager()
    gate.box.wait_ready()
    wait_for(lambda: waiting not in gate.waiting(), "it to be gone")
    gate.open()
    gate.box.wait_state("next.service", "active")
    wait_for(lambda: len(gate.box.processes("sleep")) == 1, "one process")
    assert gate.box.show("next", "NRestarts") == "0"


def test_they_are_few(gate):
    for i in range(20):
        gate.unit(f"next-{i}.service", "Type=oneshot\nExecStart=/bin/true\n")
    gate.box.unit("all.target", "[Unit]\n" + "".join(f"Wants=next-{i}.service\n" for i in range(20)))
    gate.box.start()
    assert len(gate.begin("all.target")) <= 4
    gate.open()
    for i in range(20):
        wait_for(lambda: gate.box.show(f"next-{i}", "Result") == "success" and gate.box.show(f"next-{i}", "ExecMainPID") != "0", f"service {i}")
    assert not gate.waiting()
