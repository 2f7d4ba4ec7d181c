# SPDX-License-Identifier: Apache-2.0
"""What the journal receives goes on to a syslog daemon, the kernel's log, a console and terminals, as configured."""

import grp
import os
import re
import socket
import struct

import pytest

from tendbox import Tendbox, can_have_namespaces, wait_for
from test_room_is_limited import configure, connect

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
]


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        yield box


def syslog_daemon(box):
    """Its socket, as of a daemon inside."""
    daemon = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    directory = os.open(box.inside("/run/systemd/journal"), os.O_PATH)
    try:
        daemon.bind(f"/proc/self/fd/{directory}/syslog")
        os.chmod(f"/proc/self/fd/{directory}/syslog", 0o666)  # as daemons do
    finally:
        os.close(directory)
    daemon.settimeout(60)
    return daemon


def text_of(box, path):
    return box.run("cat", path).stdout


# What a syslog daemon is given to read from is its descriptor 3.
COLLECTOR = """import socket
messages = socket.socket(fileno=3)
while b"by logger" not in messages.recv(8192):
    pass
open("/run/collected", "w").close()
"""


def test_a_syslog_daemon_finds_its_socket_open(box):
    box.path("collect.py").write_text(COLLECTOR)
    box.unit(
        "syslog.service",
        f"[Unit]\nRequires=syslog.socket\n[Service]\nExecStart=/usr/bin/python3 {box.path('collect.py')}\n",
    )
    box.start()
    assert box.systemctl("start", "syslog.service").returncode == 0, box.logs()

    def collected():
        box.run("logger", "by logger", check=True)  # it may be forwarded to only after a moment
        return box.inside("/run/collected").exists()

    wait_for(collected, "the message")
    assert box.systemctl("stop", "syslog.socket").returncode == 0


def test_a_syslog_daemon_gets_all(box):
    box.start()
    with syslog_daemon(box) as daemon:
        stream = connect(box, "prog")

        def received():
            stream.sendall(b"<4>careful\n")
            daemon.settimeout(0.5)  # it may be looked for again only after a moment
            try:
                return daemon.recv(4096).decode()
            except TimeoutError:
                return None

        line = wait_for(received, "a line", patience=60)
        assert re.fullmatch(r"<28>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d prog(\[\d+\])?: careful", line)
        daemon.settimeout(60)
        box.run("logger", "-p", "local3.err", "-t", "me", "by logger", check=True)
        while "by logger" not in (line := daemon.recv(4096).decode()):
            pass
        assert line.startswith("<155>") and line.endswith("me: by logger")
        box.run("logger", "--journald", input="MESSAGE=native\nSYSLOG_IDENTIFIER=it\nPRIORITY=2\nSYSLOG_FACILITY=4\n", check=True)
        while "native" not in (line := daemon.recv(4096).decode()):
            pass
        assert line.startswith("<34>") and re.search(r" it(\[\d+\])?: native$", line)


def test_console_and_kernel_get_what_is_important(box):
    box.run("sh", "-c", "touch /run/console /run/kernel; test -e /dev/kmsg || touch /dev/kmsg; mount --bind /run/kernel /dev/kmsg", check=True)
    configure(box, "ForwardToConsole=yes\nTTYPath=/run/console\nMaxLevelConsole=warning\nForwardToKMsg=yes\nMaxLevelKMsg=err\nReadKMsg=no\nForwardToSyslog=no\n")
    box.start()
    stream = connect(box, "prog")
    stream.sendall(b"<7>quiet\n<4>careful\n<3>broken\n<0>last\n")
    wait_for(lambda: "last" in text_of(box, "/run/console"), "the console", patience=60)
    shown = [re.sub(r"^\[ *[\d.]+\] |\[\d+\]", "", line) for line in text_of(box, "/run/console").splitlines() if "prog" in line]
    assert shown == ["prog: careful", "prog: broken", "prog: last"]
    kernel = [re.sub(r"\[\d+\]", "", line) for line in text_of(box, "/run/kernel").splitlines() if "prog" in line]
    assert kernel == ["<27>prog: broken", "<24>prog: last"]


def test_a_stream_may_want_the_console(box):
    box.run("touch", "/run/console", check=True)
    configure(box, "TTYPath=/run/console\n")
    box.start()
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    directory = os.open(box.inside("/run/tend/journal"), os.O_PATH)
    stream.connect(f"/proc/self/fd/{directory}/stdout")
    os.close(directory)
    stream.sendall(b"shown\n\n30\n1\n0\n0\n1\nhello\n")
    other = connect(box, "hidden")
    other.sendall(b"not here\n")
    wait_for(lambda: "shown" in text_of(box, "/run/console"), "the console", patience=60)
    box.run("journalctl", "--sync", check=True)
    assert "not here" not in text_of(box, "/run/console")


def test_emergencies_reach_who_is_logged_in(box):
    """The record of who is logged in names a terminal of ours."""
    ours, theirs = os.openpty()
    try:
        os.fchown(theirs, -1, grp.getgrnam("tty").gr_gid)  # as it is after a log-in
        os.fchmod(theirs, 0o620)
        name = os.ttyname(theirs).removeprefix("/dev/")
        if box.run("test", "-c", f"/dev/{name}").returncode != 0:
            pytest.skip("lacks terminals that are seen inside the namespace")
        record = struct.pack("hi32s4s32s256shhiii16s20s", 7, os.getpid(), name.encode(), b"x", b"somebody", b"", 0, 0, 0, 0, 0, b"", b"")
        with open(os.path.join(box.inside("/run"), "utmp"), "wb") as utmp:
            utmp.write(record)
        box.start()
        connect(box, "prog").sendall(b"<1>not for all\n<0>the house burns\n")
        os.set_blocking(ours, False)
        seen = b""

        def burns():
            nonlocal seen
            try:
                seen += os.read(ours, 4096)
            except BlockingIOError:
                pass
            return b"the house burns" in seen

        wait_for(burns, "the terminal", patience=60)
        assert b"Broadcast message from systemd-journald@" in seen and b"not for all" not in seen
    finally:
        os.close(ours)
        os.close(theirs)
