# SPDX-License-Identifier: Apache-2.0
"""Socket units: traffic starts services, which get the sockets; waiting traffic outlives a manager."""

import os
import signal
import socket
import stat

from tendbox import wait_for

# Answers each connection on the first passed descriptor with what it was given, for ever.
SERVER = """
import os, socket
listener = socket.socket(fileno=3)
listener.setblocking(True)
while True:
    connection, _ = listener.accept()
    word = " ".join(os.environ.get(n, "-") for n in ("LISTEN_FDS", "LISTEN_FDNAMES"))
    connection.sendall(f"{os.environ['LISTEN_PID'] == str(os.getpid())} {word}".encode())
    connection.close()
"""


def server(box, name="a", extra=""):
    box.path("server.py").write_text(SERVER)
    box.unit(f"{name}.service", f"[Service]\nExecStart=/usr/bin/python3 {box.path('server.py')}\n")
    box.unit(f"{name}.socket", f"[Socket]\nListenStream={box.path(name)}\nSocketMode=0666\n{extra}")


def ask(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(path))
        return client.makefile().read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_traffic_starts_the_service_with_the_socket(any_box):
    server(any_box, extra="FileDescriptorName=front\n")
    any_box.start()
    assert any_box.systemctl("start", "a.socket").returncode == 0, any_box.logs()
    assert any_box.show("a.socket", "SubState") == "listening"
    assert any_box.is_active("a.service") == "inactive"
    assert ask(any_box.path("a")) == "True 1 front"
    assert any_box.show("a.socket", "SubState") == "running"
    assert any_box.is_active("a.service") == "active"
    # A restart keeps the socket; a stopped service is started by the next client.
    assert any_box.systemctl("restart", "a.service").returncode == 0
    assert ask(any_box.path("a")) == "True 1 front"
    assert any_box.systemctl("stop", "a.service").returncode == 0
    assert any_box.show("a.socket", "SubState") == "listening"
    assert ask(any_box.path("a")) == "True 1 front"


def test_list_sockets_names_them(any_box):
    server(any_box)
    any_box.start()
    any_box.systemctl("start", "a.socket")
    shown = any_box.systemctl("list-sockets", "--no-legend").stdout.split()
    assert shown == [str(any_box.path("a")), "a.socket", "a.service"]


def test_what_waits_outlives_the_manager(make_box):
    for user in (0, 65534) if os.geteuid() == 0 else (os.geteuid(),):
        box = make_box(user=user, keeper=True)
        server(box)
        box.start()
        assert box.systemctl("start", "a.socket").returncode == 0, box.logs()
        inode = box.path("a").stat().st_ino
        manager = box.manager_pid()
        os.kill(manager, signal.SIGSTOP)  # it will not see the client
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(str(box.path("a")))
            os.kill(manager, signal.SIGKILL)
            box.wait_ready()
            assert client.makefile().read() == "True 1 a.socket"
        assert box.path("a").stat().st_ino == inode
        assert ask(box.path("a")) == "True 1 a.socket"


def test_each_connection_gets_a_service(any_box):
    port = free_port()
    any_box.unit("echo.socket", f"[Socket]\nListenStream=127.0.0.1:{port}\nAccept=yes\nMaxConnections=2\n")
    any_box.unit(
        "echo@.service",
        "[Service]\nStandardInput=socket\nStandardOutput=socket\nStandardError=journal\n"
        "ExecStart=/bin/sh -c 'read line; echo $line from $REMOTE_ADDR $REMOTE_PORT'\n",
    )
    any_box.start()
    assert any_box.systemctl("start", "echo.socket").returncode == 0, any_box.logs()
    clients = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(2)]
    wait_for(lambda: any_box.show("echo.socket", "NConnections") == "2", "two connections")
    names = any_box.systemctl("list-units", "--no-legend", "--plain", "echo@*").stdout.split()
    local = clients[0].getsockname()[1]
    assert f"echo@0-127.0.0.1:{port}-127.0.0.1:{local}.service" in names
    with socket.create_connection(("127.0.0.1", port), timeout=20) as third:
        assert third.recv(10) == b"", "a third one is turned away"
    assert any_box.show("echo.socket", "NRefused") == "1"
    for client in clients:
        own = client.getsockname()[1]
        client.sendall(b"hello\n")
        assert client.makefile().read() == f"hello from 127.0.0.1 {own}\n"
        client.close()
    wait_for(lambda: any_box.show("echo.socket", "NConnections") == "0", "the connections to be over")
    assert any_box.show("echo.socket", "NAccepted") == "2"
    assert any_box.systemctl("list-units", "--no-legend", "--all", "--plain", "echo@*").stdout == ""


def test_nodes_are_made_and_removed_as_asked(any_box):
    path = any_box.path("deep", "er", "node")
    any_box.unit(
        "n.socket",
        f"[Socket]\nListenDatagram={path}\nSocketMode=0640\nDirectoryMode=0750\n"
        f"Symlinks={any_box.path('link')}\nRemoveOnStop=yes\nExecStartPost=/bin/true\n",
    )
    any_box.unit("n.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    any_box.unit("f.socket", f"[Socket]\nListenFIFO={any_box.path('fifo')}\nSocketMode=0622\n")
    any_box.unit("f.service", "[Service]\nStandardInput=fd:f.socket\nStandardOutput=journal\nExecStart=/bin/cat\n")
    any_box.start()
    assert any_box.systemctl("start", "n.socket", "f.socket").returncode == 0, any_box.logs()
    mode = path.stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o640
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750
    assert os.readlink(any_box.path("link")) == str(path)
    assert stat.S_ISFIFO(any_box.path("fifo").stat().st_mode)
    with open(any_box.path("fifo"), "w") as fifo:
        fifo.write("a line\n")
    wait_for(lambda: "a line" in any_box.log("f.service"), "the line")
    assert any_box.systemctl("stop", "n.socket").returncode == 0
    assert not path.exists() and not any_box.path("link").is_symlink()


def test_an_address_in_use_is_named(any_box):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        any_box.unit("b.socket", f"[Socket]\nListenStream=127.0.0.1:{port}\n")
        any_box.unit("b.service", "[Service]\nExecStart=/bin/sleep 1000\n")
        any_box.start()
        assert any_box.systemctl("start", "b.socket").returncode == 1
    assert any_box.show("b.socket", "Result") == "resources"
    assert f"Cannot listen on 127.0.0.1:{port}: binding failed: Address already in use" in any_box.manager_log()


def test_every_command_has_the_connection_as_its_standard_input(any_box):
    say = "ExecStart{}=/bin/sh -c 'echo {}'\n"
    any_box.unit("c.socket", f"[Socket]\nListenStream={any_box.path('c')}\nAccept=yes\n")
    any_box.unit(
        "c@.service",
        "[Unit]\nDescription=one of many\n[Service]\nType=oneshot\nStandardInput=socket\nStandardError=journal\n"
        + say.format("Pre", "before")
        + say.format("", "first")
        + say.format("", "second")
        + say.format("Post", "after")
        + "ExecStopPost=/bin/sh -c 'echo end'\n",
    )
    any_box.start()
    assert any_box.systemctl("start", "c.socket").returncode == 0, any_box.logs()
    assert ask(any_box.path("c")) == "before\nfirst\nsecond\nafter\nend\n"
    assert "one of many (PID " in any_box.manager_log()


def test_a_template_that_changes_is_read_again(any_box):
    any_box.unit("c.socket", f"[Socket]\nListenStream={any_box.path('c')}\nAccept=yes\nTriggerLimitIntervalSec=0\n")
    text = "[Service]\nStandardInput=socket\nStandardError=journal\nExecStart=/bin/echo {}\n"
    any_box.unit("c@.service", text.format("first"))
    any_box.start()
    assert any_box.systemctl("start", "c.socket").returncode == 0, any_box.logs()
    assert [ask(any_box.path("c")) for _ in range(3)] == ["first\n"] * 3
    any_box.unit("c@.service", text.format("second"))
    assert any_box.systemctl("daemon-reload").returncode == 0
    assert [ask(any_box.path("c")) for _ in range(2)] == ["second\n"] * 2
    any_box.unit("c@.service.d/more.conf", "[Service]\nExecStart=\nExecStart=/bin/echo third\n")
    assert any_box.systemctl("daemon-reload").returncode == 0
    assert ask(any_box.path("c")) == "third\n"


def test_a_stream_without_its_socket_fails_the_start(any_box):
    any_box.unit("c.service", "[Service]\nStandardInput=socket\nExecStart=/bin/true\n")
    any_box.unit("f.service", "[Service]\nStandardInput=fd:front\nExecStart=/bin/true\n")
    any_box.start()
    for name, reason in (("c", "Got no socket for StandardInput=socket"), ("f", "StandardInput=fd:front: no descriptor of this name")):
        assert any_box.systemctl("start", f"{name}.service").returncode == 1
        assert any_box.show(f"{name}.service", "Result") == "resources"
        assert reason in any_box.manager_log()


def test_a_socket_counts_its_connections_while_it_is_down(any_box):
    any_box.unit("c.socket", f"[Socket]\nListenStream={any_box.path('c')}\nAccept=yes\nMaxConnections=1\n")
    any_box.unit("c@.service", "[Service]\nStandardInput=socket\nExecStart=/bin/cat\n")
    any_box.start()
    any_box.systemctl("start", "c.socket")
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(60)
        client.connect(str(any_box.path("c")))
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        any_box.systemctl("stop", "c.socket")
        any_box.systemctl("start", "c.socket")
        assert ask(any_box.path("c")) == "", "there is room for one"
        assert any_box.show("c.socket", "NConnections") == "1"
    wait_for(lambda: any_box.show("c.socket", "NConnections") == "0", "the connection to be over")
