# SPDX-License-Identifier: Apache-2.0
"""Accept=yes: a connection that was accepted is served although the manager dies before its service has it."""

import os
import signal
import socket

import pytest

from state_records import records_of
from tendbox import wait_for

ECHO = "[Service]\nStandardInput=socket\nStandardOutput=socket\nStandardError=journal\n"


@pytest.fixture
def kept_box(make_box):
    return make_box(keeper=True)


def connect(path):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(60)
    client.connect(str(path))
    return client


def crash(box):
    box.forget_ready()
    box.kill_manager()
    box.wait_ready()


def test_a_connection_whose_service_is_being_prepared(kept_box):
    go = kept_box.path("go")
    os.mkfifo(go)
    kept_box.unit("c.socket", f"[Socket]\nListenStream={kept_box.path('c')}\nAccept=yes\n")
    kept_box.unit("c@.service", f"{ECHO}ExecStartPre=/bin/sh -c 'read x <{go}'\nExecStart=/bin/sh -c 'read x; echo $x'\n")
    kept_box.start()
    assert kept_box.systemctl("start", "c.socket").returncode == 0, kept_box.logs()
    with connect(kept_box.path("c")) as client:
        wait_for(lambda: kept_box.processes("sh"), "the first command")
        crash(kept_box)
        assert kept_box.show("c.socket", "NConnections") == "1"
        go.write_text("x\n")
        client.sendall(b"hello\n")
        assert client.makefile().read() == "hello\n"
    wait_for(lambda: kept_box.show("c.socket", "NConnections") == "0", "the connection to be over")
    assert kept_box.show("c.socket", "NAccepted") == "1"


# Which records are missing, and how many connections the socket says it has accepted then.
LOST = {
    "service": (lambda name, _: name.startswith("c@"), "6"),  # those of before, and the same once more
    "socket": (lambda name, record: name == "c.socket" and b"connections=" in record, "3"),
}


@pytest.mark.parametrize("lost", LOST)
def test_a_connection_that_a_record_does_not_know_of(kept_box, lost):
    """As if the manager had died right after accept(2), or before it wrote that the socket counts one more."""
    is_lost, n_accepted = LOST[lost]
    kept_box.unit("first.service", f"[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'read x <{kept_box.path('go')}'\n")
    kept_box.unit("c.socket", f"[Socket]\nListenStream={kept_box.path('c')}\nAccept=yes\n")
    kept_box.unit("c@.service", f"[Unit]\nAfter=first.service\n{ECHO}ExecStart=/bin/sh -c 'read x; echo $x'\n")
    os.mkfifo(kept_box.path("go"))
    kept_box.start()
    kept_box.systemctl("start", "c.socket")
    kept_box.systemctl("start", "--no-block", "first.service")
    wait_for(lambda: kept_box.processes("sh"), "what comes first")
    clients = [connect(kept_box.path("c")) for _ in range(3)]
    wait_for(lambda: kept_box.show("c.socket", "NConnections") == "3", "the connections to be accepted")
    keeper = kept_box._descendant_named("tend-keeper")
    kept_box.forget_ready()
    os.kill(keeper, signal.SIGSTOP)
    kept_box.kill_manager()
    wait_for(lambda: kept_box.manager_pid() is None, "the manager to be gone")
    log = kept_box.inside(kept_box.runtime / "state")
    log.write_bytes(b"".join(r for _, name, r in records_of(log.read_bytes()) if not is_lost(name, r)))
    os.kill(keeper, signal.SIGCONT)
    kept_box.wait_ready()
    wait_for(lambda: kept_box.show("c.socket", "NConnections") == "3", "the connections to be announced again")
    assert kept_box.show("c.socket", "NAccepted") == n_accepted
    kept_box.path("go").write_text("x\n")
    for i, client in enumerate(clients):
        client.sendall(b"hello %d\n" % i)
        assert client.makefile().read() == f"hello {i}\n"
        client.close()
    wait_for(lambda: kept_box.show("c.socket", "NConnections") == "0", "the connections to be over")


def test_connections_are_counted_across_a_crash_and_a_reload(kept_box):
    kept_box.unit("c.socket", f"[Socket]\nListenStream={kept_box.path('c')}\nAccept=yes\nMaxConnections=2\n")
    kept_box.unit("c@.service", f"{ECHO}ExecStart=/bin/cat\n")
    kept_box.start()
    kept_box.systemctl("start", "c.socket")
    clients = [connect(kept_box.path("c")) for _ in range(2)]
    for client in clients:
        client.sendall(b"x")
        assert client.recv(1) == b"x"
    crash(kept_box)
    assert kept_box.systemctl("daemon-reload").returncode == 0
    assert kept_box.show("c.socket", "NConnections") == "2"
    with connect(kept_box.path("c")) as third:
        assert third.recv(1) == b"", "a third one is turned away"
    for client in clients:
        client.close()
    wait_for(lambda: kept_box.show("c.socket", "NConnections") == "0", "the connections to be over")
    assert kept_box.show("c.socket", "NAccepted,NRefused").split() == ["2", "1"]
    assert kept_box.systemctl("list-units", "--no-legend", "--all", "--plain", "c@*").stdout == ""


def test_a_manager_that_executes_itself_anew_keeps_connections(kept_box):
    go = kept_box.path("go")
    os.mkfifo(go)
    kept_box.unit("c.socket", f"[Socket]\nListenStream={kept_box.path('c')}\nAccept=yes\n")
    kept_box.unit("c@.service", f"{ECHO}ExecStartPre=/bin/sh -c 'read x <{go}'\nExecStart=/bin/sh -c 'read x; echo $x'\n")
    kept_box.start()
    kept_box.systemctl("start", "c.socket")
    with connect(kept_box.path("c")) as client:
        wait_for(lambda: kept_box.processes("sh"), "the first command")
        assert kept_box.systemctl("daemon-reexec").returncode == 0
        go.write_text("x\n")
        client.sendall(b"hello\n")
        assert client.makefile().read() == "hello\n"
