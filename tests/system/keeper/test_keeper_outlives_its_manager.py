# SPDX-License-Identifier: Apache-2.0
"""tend-keeper with a manager played by this file: exits are remembered and handed over, descriptors survive."""

import os
import signal
import socket
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

KEEPER = Path(__file__).resolve().parents[3] / "build/bin/tend-keeper"
FORMAT = "HHiii232s"

# The manager: says HELLO, tells the test what it receives, and does what the test writes, line by line.
MANAGER = textwrap.dedent(
    """
    import array, os, socket, struct, sys
    link = socket.socket(fileno=int(sys.argv[sys.argv.index("--keeper-fd") + 1]))
    talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    talk.connect(sys.argv[1])
    out = talk.makefile("w")
    def tell(kind, pid=0, code=0, status=0, name=b"", fds=()):
        data = struct.pack("HHiii232s", 1, kind, pid, code, status, name)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        link.sendmsg([data], rights)
    tell(1, os.getpid())
    print("manager", os.getpid(), file=out, flush=True)
    for command in talk.makefile():
        word, *rest = command.split()
        if word == "receive":
            data, rights, _, _ = link.recvmsg(248, socket.CMSG_SPACE(4))
            version, kind, pid, code, status, name = struct.unpack("HHiii232s", data)
            text = ""
            for _, _, fd in rights:
                fd = array.array("i", fd)[0]
                text = os.pread(fd, 100, 0).decode()
            print(kind, pid, code, status, name.rstrip(b"\\0").decode(), text, file=out, flush=True)
        elif word == "spawn":
            pid = os.fork()
            if pid == 0:
                os.execvp("sh", ["sh", "-c", " ".join(rest)])
            print("spawned", pid, file=out, flush=True)
        elif word == "ack":
            tell(3, int(rest[0]))
        elif word == "store":
            fd = os.memfd_create("kept")
            os.write(fd, rest[1].encode())
            tell(7, name=rest[0].encode(), fds=[fd])
        elif word == "quit":
            tell(9, status=int(rest[0]))
            sys.exit(0)
    """
)


class Box:
    """A keeper and the line to whatever manager it runs at the moment."""

    def __init__(self, directory):
        self.directory = directory
        path = str(directory / "talk")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen()
        self.listener.settimeout(5)
        program = directory / "manager.py"
        program.write_text(MANAGER)
        self.keeper = subprocess.Popen(
            [KEEPER, "--", sys.executable, program, path], stderr=subprocess.DEVNULL
        )

    def manager(self):
        """Waits for the next manager; returns its pid."""
        connection, _ = self.listener.accept()
        connection.settimeout(5)
        self.lines = connection.makefile()
        self.connection = connection
        return int(self.read()[1])

    def read(self):
        return self.lines.readline().split()

    def say(self, text, answer=True):
        self.connection.sendall((text + "\n").encode())
        return self.read() if answer else None

    def receive_until(self, kind):
        """All messages up to the first of this kind."""
        messages = []
        while not messages or messages[-1][0] != str(kind):
            messages.append(self.say("receive"))
        return messages

    def end(self):
        self.say("quit 7", answer=False)
        return self.keeper.wait(30)


@pytest.fixture
def box(tmp_path):
    box = Box(tmp_path)
    yield box
    box.keeper.kill()


def test_exit_of_an_orphan_reaches_the_next_manager(box):
    first = box.manager()
    box.receive_until(4)
    fifo = box.directory / "go"
    os.mkfifo(fifo)
    _, child = box.say(f"spawn read x < {fifo}; exit 5")
    os.kill(first, signal.SIGKILL)
    second = box.manager()
    assert second != first
    box.receive_until(4)
    fifo.write_text("go\n")
    assert box.say("receive") == ["2", child, "1", "5"]
    os.kill(second, signal.SIGKILL)
    third = box.manager()
    assert ["2", child, "1", "5"] in box.receive_until(4)  # not acknowledged: told again
    box.say(f"ack {child}", answer=False)
    _, other = box.say("spawn exit 0")  # answers after the acknowledgement was sent
    os.kill(third, signal.SIGKILL)
    box.manager()
    assert child not in [m[1] for m in box.receive_until(4) if m[0] == "2"]
    assert box.end() == 7


def test_stored_descriptors_survive(box):
    first = box.manager()
    box.receive_until(4)
    box.say("store listener hello", answer=False)
    box.say("store other bye", answer=False)
    box.say("store listener again", answer=False)
    box.say("spawn exit 0")  # answered after all of these were sent
    os.kill(first, signal.SIGKILL)
    box.manager()
    names = sorted(" ".join(m) for m in box.receive_until(6) if m[0] == "5")
    assert names == ["5 0 0 0 listener again", "5 0 0 0 other bye"]
    assert box.end() == 7


def test_signals_reach_the_manager(box):
    box.manager()
    box.receive_until(4)
    box.keeper.send_signal(signal.SIGTERM)
    assert box.say("receive") == ["10", "0", "0", str(int(signal.SIGTERM))]
    assert box.end() == 7


def test_message_size_is_what_the_header_says():
    assert struct.calcsize(FORMAT) == 248


def test_manager_that_never_comes_up_ends_the_keeper():
    ended = subprocess.run([KEEPER, "--", "/bin/sh", "-c", "exit 3"], timeout=30, check=False)
    assert ended.returncode == 3
