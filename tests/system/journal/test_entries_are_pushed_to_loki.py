# SPDX-License-Identifier: Apache-2.0
"""tend logs --push: every line arrives once, whatever fails on the way. The server is one of ours that speaks Loki's push API."""

import ctypes.util
import http.server
import json
import os
import signal
import subprocess
import threading

import pytest

from tendbox import BIN, Tendbox, can_have_namespaces, wait_for

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not (ctypes.util.find_library("curl") or ctypes.util.find_library("curl-gnutls")), reason="needs libcurl"),
]

PATIENCE = 60

LOG = """
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("/run/systemd/journal/socket")
for i in range(int(sys.argv[1]), int(sys.argv[2])):
    s.send(f"MESSAGE=line {i}\\nPRIORITY={i % 8}\\nSYSLOG_IDENTIFIER=pushed\\n".encode())
"""


class Loki(http.server.ThreadingHTTPServer):
    """Answers requests as `plan` says, one word each: a status, "close" (takes nothing), "die" (takes the batch, then calls `on_die`
    instead of answering); 204 when the plan is at its end."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.plan, self.received, self.paths, self.on_die = [], [], [], None
        self.n_requests = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def lines(self):
        return [line for _, _, line in self.received]

    def handle_error(self, *_):  # a client that was killed
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        loki = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        word = loki.plan.pop(0) if loki.plan else "204"
        loki.paths.append(self.path)
        if word in ("204", "die"):
            for stream in body["streams"]:
                labels = tuple(sorted(stream["stream"].items()))
                loki.received += [(labels, moment, line) for moment, line in stream["values"]]
        loki.n_requests += 1
        if word == "die":
            loki.on_die()
        if word in ("die", "close"):
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(int(word))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def loki():
    with Loki() as loki:
        yield loki
        loki.shutdown()


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        box.start()
        yield box


def log(box, begin, end):
    box.run("/usr/bin/python3", "-c", LOG, str(begin), str(end), check=True)
    box.run("journalctl", "--sync", check=True)


def push(box, loki, *arguments, url=""):
    """Sends what there is of our lines, and ends."""
    return box.run(BIN / "tend", "logs", "-t", "pushed", "--push", loki.url + url, "--cursor-file", box.directory / "cursor", *arguments)


class Pusher:
    """tend logs -f --push in the box."""

    def __init__(self, box, loki):
        self.box = box
        self.process = subprocess.Popen(
            box.command([BIN / "tend", "logs", "-f", "-t", "pushed", "--push=" + loki.url, f"--cursor-file={box.directory}/cursor"]),
            env=box.environment(), stderr=subprocess.PIPE, text=True,
        )

    def kill(self):
        """SIGKILL; returns when nothing of it is left."""
        for pid in self.box.processes("tend"):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(timeout=PATIENCE)
        self.process.stderr.close()


def test_every_line_arrives_once_over_failures_and_kills(box, loki):
    loki.plan = ["500", "429", "close", "204"]
    log(box, 0, 300)
    pusher = Pusher(box, loki)
    wait_for(lambda: len(loki.received) >= 300, "the first lines", PATIENCE)
    log(box, 300, 310)  # it follows
    wait_for(lambda: len(loki.received) >= 310, "further lines", PATIENCE)
    wait_for(lambda: (box.directory / "cursor").exists(), "a cursor", PATIENCE)
    n_before_death = len(set(loki.received))
    assert sorted(loki.lines()) == sorted(f"line {i}" for i in range(310))
    pusher.kill()

    # It dies after its batch was taken and before it knows.
    died = threading.Event()
    loki.on_die = lambda: (pusher.kill(), died.set())
    loki.plan = ["die"]
    log(box, 310, 400)
    pusher = Pusher(box, loki)
    assert died.wait(PATIENCE)
    assert len(set(loki.received)) > n_before_death
    pusher = Pusher(box, loki)
    try:
        wait_for(lambda: len({line for line in loki.lines()}) >= 400, "all lines", PATIENCE)
        log(box, 400, 401)
        wait_for(lambda: "line 400" in loki.lines(), "the last line", PATIENCE)
    finally:
        pusher.kill()
    # Whatever came twice came with the same labels, moment and text, so that Loki stores it once.
    stored = sorted({(int(line.split()[1]), moment) for _, moment, line in loki.received})
    assert [number for number, _ in stored] == list(range(401))
    assert [moment for _, moment in stored] == sorted(moment for _, moment in stored)
    assert set(loki.paths) == {"/loki/api/v1/push"}
    labels = {line: dict(labels) for labels, _, line in loki.received}
    assert labels["line 3"]["priority"] == "err" and labels["line 3"]["unit"] and labels["line 3"]["host"]


def test_a_second_run_sends_only_what_is_new(box, loki):
    log(box, 0, 50)
    assert push(box, loki).returncode == 0
    assert push(box, loki, url="/loki/api/v1/push").returncode == 0
    assert sorted(loki.lines()) == sorted(f"line {i}" for i in range(50))
    log(box, 50, 51)
    assert push(box, loki).returncode == 0
    assert loki.lines()[50:] == ["line 50"]


def test_a_wrong_address_ends_it_and_leaves_the_cursor(box, loki):
    log(box, 0, 5)
    loki.plan = ["404"]
    result = push(box, loki)
    assert result.returncode == 1 and "404" in result.stderr and result.stdout == ""
    assert not (box.directory / "cursor").exists()
    loki.plan = ["400"]
    result = push(box, loki)
    assert result.returncode == 0 and "left out" in result.stderr
    assert push(box, loki).returncode == 0 and loki.received == []
