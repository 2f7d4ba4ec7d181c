# SPDX-License-Identifier: Apache-2.0
"""Programs that are made for systemd's journal work on ours: they read its files and write to its sockets."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tendbox import Tendbox, can_have_namespaces, wait_for

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not shutil.which("journalctl"), reason="needs journalctl"),
]

PATIENCE = 60
COUNT = 200
REMOTE, GATEWAY, UPLOAD = (f"/lib/systemd/systemd-journal-{name}" for name in ("remote", "gatewayd", "upload"))
TEXTS = ["plain", "zwei\nZeilen", "\u00fcber \u2603", "x" * 3000, "tab\there"]

SEND = """
import socket, struct, sys, json
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("/run/systemd/journal/socket")
for i, text in enumerate(json.loads(sys.argv[1])):
    data = text.encode()
    s.send(b"MESSAGE\\n" + struct.pack("<Q", len(data)) + data + f"\\nPRIORITY={i % 8}\\nSYSLOG_IDENTIFIER=consumer\\nNUMBER={i}\\n".encode())
"""


def needs(path):
    return pytest.mark.skipif(not os.path.exists(path), reason=f"needs {path}")


def has_module(name):
    return subprocess.run(["/usr/bin/python3", "-c", f"import {name}"], capture_output=True).returncode == 0


def wanted():
    return [TEXTS[i % len(TEXTS)] + f" {i}" for i in range(COUNT)]


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        box.start()
        box.run("/usr/bin/python3", "-c", SEND, json.dumps(wanted()), check=True)
        box.run("journalctl", "--sync", check=True)
        yield box


class Background:
    """A program in the box, which is ended with the block; what it says is in `log`."""

    def __init__(self, box, *command):
        self.log = box.directory / (Path(command[0]).name + ".log")
        self.process = subprocess.Popen(box.command(command), env=box.environment(), stdout=open(self.log, "wb"), stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()  # what it started dies with the box
        self.process.wait()


def messages_of(text):
    """MESSAGE of ours in JSON lines."""
    entries = [json.loads(line) for line in text.splitlines()]
    return [entry["MESSAGE"] for entry in entries if entry.get("SYSLOG_IDENTIFIER") == "consumer"]


@pytest.mark.skipif(not has_module("systemd.journal"), reason="needs python3-systemd")
def test_python3_systemd(box):
    script = """
import glob, json, logging
from systemd import journal
journal.send("sent by sd_journal_send", FIELD="value", NUMBER=COUNT, SYSLOG_IDENTIFIER="consumer", PRIORITY="3")
logger = logging.getLogger("x")
logger.addHandler(journal.JournalHandler(SYSLOG_IDENTIFIER="consumer"))
logger.warning("logged")
with journal.stream("consumer") as stream:
    stream.write("streamed\\n")
wanted = 3
reader = journal.Reader(path=glob.glob("/run/log/journal/*")[0])
reader.add_match(SYSLOG_IDENTIFIER="consumer")
found = []
while len(found) < COUNT + wanted:
    found += [[entry["MESSAGE"], entry["PRIORITY"], str(entry["__REALTIME_TIMESTAMP"])] for entry in reader]
    reader.wait(1)
reader.seek_tail()
last = reader.get_previous()
reader.seek_cursor(found and last["__CURSOR"])
print(json.dumps([found, reader.get_next()["MESSAGE"] == last["MESSAGE"], sorted(reader.query_unique("PRIORITY"))]))
""".replace("COUNT", str(COUNT))
    result = box.run("/usr/bin/python3", "-c", script)
    assert result.returncode == 0, result.stderr
    found, same, priorities = json.loads(result.stdout)
    assert [message for message, _, _ in found[:COUNT]] == wanted()
    assert sorted((message, priority) for message, priority, _ in found[COUNT:]) == [("logged", 4), ("sent by sd_journal_send", 3), ("streamed", 6)]
    assert same and priorities == list(range(8))


@needs(REMOTE)
def test_journal_remote_takes_our_export(box):
    script = f"tend logs -n all -o export | {REMOTE} -o /run/copy.journal - && journalctl --verify --file /run/copy.journal && journalctl --file /run/copy.journal -o json"
    result = box.run("sh", "-c", script)
    assert result.returncode == 0, result.stderr
    assert messages_of(result.stdout) == wanted()


@needs(GATEWAY)
@pytest.mark.skipif(not shutil.which("systemd-socket-activate"), reason="needs systemd-socket-activate")
@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_journal_gatewayd_serves_our_files(box):
    def ask(path, *options):
        result = box.run("curl", "-sS", "--unix-socket", "/run/gateway", *options, "http://localhost" + path)
        return result.stdout if result.returncode == 0 else None

    with Background(box, "systemd-socket-activate", "-l", "/run/gateway", GATEWAY):
        text = wait_for(lambda: ask("/entries", "-H", "Accept: application/json"), "an answer", PATIENCE)
        assert messages_of(text) == wanted()
        text = ask("/entries?NUMBER=7", "-H", "Accept: application/json")
        assert messages_of(text) == [wanted()[7]]
        assert len(ask("/entries?SYSLOG_IDENTIFIER=consumer", "-H", "Range: entries=:-5:5", "-H", "Accept: application/json").splitlines()) == 5
        assert sorted(ask("/fields/PRIORITY").split()) == [str(i) for i in range(8)]


UPLOADED = """
set -e
/usr/bin/python3 - <<'END'
import fcntl, socket, struct
s = socket.socket()
fcntl.ioctl(s, 0x8914, struct.pack("16sh22x", b"lo", 0x41))  # SIOCSIFFLAGS: up and running
END
REMOTE --listen-http=127.0.0.1:19532 --split-mode=none -o /run/uploaded.journal & remote=$!
until UPLOAD -u http://127.0.0.1:19532 --follow=no --save-state=/run/upload-state; do kill -0 $remote; sleep 0.1; done
kill $remote
wait $remote || true
journalctl --verify --file /run/uploaded.journal
journalctl --file /run/uploaded.journal -o json
"""


@needs(REMOTE)
@needs(UPLOAD)
def test_journal_upload_sends_our_files(box):
    """In a network name space of its own, so that the port is free."""
    script = UPLOADED.replace("REMOTE", REMOTE).replace("UPLOAD", UPLOAD)
    result = box.run("unshare", "--net", "sh", "-c", script)
    assert result.returncode == 0, result.stderr
    assert messages_of(result.stdout) == wanted()


RSYSLOG = """
module(load="imjournal" StateFile="/run/rsyslog/state" IgnorePreviousMessages="off" Ratelimit.Interval="0" PersistStateInterval="10")
template(name="bare" type="string" string="%programname% %syslogseverity% %msg:::json%\\n")
action(type="omfile" file="/run/rsyslog/out" template="bare")
"""


@pytest.mark.skipif(not shutil.which("rsyslogd", path="/usr/sbin:/usr/bin:/sbin:/bin"), reason="needs rsyslogd")
def test_rsyslog_reads_our_files(box):
    modules = subprocess.run(["sh", "-c", "ls /usr/lib/*/rsyslog/imjournal.so"], capture_output=True)
    if modules.returncode != 0:
        pytest.skip("needs rsyslog's imjournal")
    configuration = box.directory / "rsyslog.conf"
    configuration.write_text(RSYSLOG)
    box.run("mkdir", "/run/rsyslog", check=True)

    def lines():
        text = box.run("cat", "/run/rsyslog/out").stdout
        return [line for line in text.splitlines() if line.startswith("consumer ")]

    with Background(box, "rsyslogd", "-n", "-f", configuration, "-i", "/run/rsyslog/pid") as rsyslog:
        wait_for(lambda: len(lines()) >= COUNT or rsyslog.process.poll() is not None, "all lines", PATIENCE)
        assert len(lines()) == COUNT, rsyslog.log.read_text()
        assert [int(line.split()[1]) for line in lines()] == [i % 8 for i in range(COUNT)]
        assert [line.rsplit(" ", 1)[1] for line in lines()] == [str(i) for i in range(COUNT)]
        box.run("logger", "-t", "consumer", "-p", "user.err", "and one 777", check=True)  # it follows
        wait_for(lambda: any(line.endswith(" 777") for line in lines()), "a further line", PATIENCE)
