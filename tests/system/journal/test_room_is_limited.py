# SPDX-License-Identifier: Apache-2.0
"""Journal files stay within their limits, a full disk stops nobody, and many streams cost little."""

import json
import os
import shutil
import socket
import time

import pytest

from tendbox import Tendbox, can_have_namespaces, wait_for

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not shutil.which("journalctl"), reason="needs journalctl"),
]

HEADER = "%s\n%s\n30\n1\n0\n0\n0\n"


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        yield box


def configure(box, text):
    box.run("sh", "-c", "mkdir -p /run/systemd/journald.conf.d; cat > /run/systemd/journald.conf.d/test.conf", input="[Journal]\n" + text, check=True)


def connect(box, identifier, unit=""):
    """A stream to the recorder."""
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    directory = os.open(box.inside("/run/tend/journal"), os.O_PATH)
    try:
        stream.connect(f"/proc/self/fd/{directory}/stdout")
    finally:
        os.close(directory)
    stream.sendall((HEADER % (identifier, unit)).encode())
    return stream


def write(stream, count, size=1000):
    for i in range(count):
        stream.sendall(b"%08d %s\n" % (i, os.urandom(size // 2).hex().encode()))


def messages(box, *arguments):
    box.run("journalctl", "--sync")
    result = box.run("journalctl", "--no-pager", "--quiet", "-o", "json", *arguments, check=True)
    return [json.loads(line)["MESSAGE"] for line in result.stdout.splitlines()]


def files(box, directory="/run/log/journal"):
    return box.run("sh", "-c", f"ls {directory}/*/*").stdout.split()


def assert_whole(box, paths):
    for path in paths:
        result = box.run("journalctl", "--verify", "--file", path)
        assert result.returncode == 0, result.stdout + result.stderr


def test_old_files_go_when_there_are_too_many(box):
    configure(box, "RuntimeMaxFileSize=1M\nRuntimeMaxUse=3M\nCompress=no\n")
    box.start()
    stream = connect(box, "flood")
    write(stream, 8000)
    last = wait_for(lambda: [m for m in messages(box, "-t", "flood", "-n", "1") if m.startswith("00007999 ")], "the last line")
    assert last
    found = files(box)
    assert 2 <= len(found) <= 6
    assert_whole(box, found)
    assert not messages(box, "-t", "flood")[0].startswith("00000000 ")


def test_a_full_disk_stops_nobody(box):
    box.run("sh", "-c", "mkdir /run/log; mount -t tmpfs -o size=3M tmpfs /run/log", check=True)
    configure(box, "RuntimeMaxFileSize=8M\nRuntimeMaxUse=100M\nRuntimeKeepFree=0\nCompress=no\n")
    box.start()
    stream = connect(box, "flood")
    write(stream, 6000)
    wait_for(lambda: [m for m in messages(box, "-t", "flood", "-n", "1") if m.startswith("00005999 ")] or box.manager_log().count("it is counted"), "the end")
    box.run("sh", "-c", "mount -o remount,size=50M /run/log", check=True)

    def goes_on():
        box.run("logger", "there is room again", check=True)
        return "there is room again" in messages(box)

    wait_for(goes_on, "a message after it")
    assert_whole(box, [path for path in files(box) if not path.endswith("~")])


def test_lost_messages_are_counted(box):
    box.run("sh", "-c", "mkdir /run/log; mount -t tmpfs -o size=1300k tmpfs /run/log", check=True)
    configure(box, "RuntimeMaxFileSize=100M\nRuntimeMaxUse=100M\nRuntimeKeepFree=0\nCompress=no\n")
    box.start()
    wait_for(lambda: files(box), "a file")
    box.run("sh", "-c", "cat /dev/zero >/run/log/others")  # somebody else takes the rest
    stream = connect(box, "flood")
    write(stream, 3000)
    wait_for(lambda: "it is counted" in box.manager_log(), "the disk to be full")
    box.run("journalctl", "--sync")
    box.run("sh", "-c", "mount -o remount,size=100M /run/log", check=True)

    def goes_on():
        box.run("logger", "after it", check=True)
        return [m for m in messages(box, "-t", "tend-journald") if m.startswith("Missed ")]

    found = wait_for(goes_on, "the count")
    assert int(found[0].split()[1]) > 100


def test_a_file_that_somebody_cuts_ends_nobody(box):
    box.start()
    box.run("logger", "before it", check=True)
    wait_for(lambda: "before it" in messages(box), "a message", patience=60)
    pid = box._descendant_named("tend-journald")
    for size in ("5000000", "4096", "0"):
        box.run("sh", "-c", f"truncate -s {size} /run/log/journal/*/system.journal", check=True)

        def goes_on():
            box.run("logger", f"after {size}", check=True)
            return f"after {size}" in messages(box)

        wait_for(goes_on, "a message after it", patience=60)
    assert box._descendant_named("tend-journald") == pid
    assert "was cut by somebody else" in box.manager_log()
    assert_whole(box, [path for path in files(box) if not path.endswith("~")])


def test_what_is_in_memory_goes_to_disk_on_request(box):
    box.start()
    box.run("logger", "in memory", check=True)
    messages(box)
    box.run("sh", "-c", "mount -t tmpfs tmpfs /var/log; mkdir /var/log/journal", check=True)
    pid = box._descendant_named("tend-journald")
    os.kill(pid, 9)  # it looks for the directory when it starts
    wait_for(lambda: files(box, "/var/log/journal"), "files on disk")
    box.run("logger", "on disk", check=True)
    assert [m for m in messages(box) if m in ("in memory", "on disk")] == ["in memory", "on disk"]
    assert files(box) == []
    assert_whole(box, files(box, "/var/log/journal"))


def test_a_disk_that_came_later_is_used_from_the_flush_on(box):
    """The directory is root's, the recorder is not: it is there when journalctl returns all the same."""
    box.start()
    stream = connect(box, "goes-on")
    stream.sendall(b"in memory\n")
    wait_for(lambda: "in memory" in messages(box), "the line")
    box.run("sh", "-c", "mount -t tmpfs tmpfs /var/log; mkdir /var/log/journal", check=True)
    box.run("journalctl", "--flush", check=True)
    assert files(box, "/var/log/journal") and files(box) == []
    stream.sendall(b"on disk\n")
    wait_for(lambda: [m for m in messages(box) if m in ("in memory", "on disk")] == ["in memory", "on disk"], "both lines")
    box.run("journalctl", "--flush", check=True)  # once more, when there is nothing to do
    assert_whole(box, files(box, "/var/log/journal"))


def test_a_chatty_unit_is_cut_off_and_told_of(box):
    configure(box, "RateLimitIntervalSec=1s\nRateLimitBurst=10\nRuntimeMaxUse=1M\n")
    box.start()
    stream = connect(box, "chatty", "chatty.service")
    write(stream, 50, size=20)
    assert len(wait_for(lambda: messages(box, "-t", "chatty"), "lines")) == 10

    def goes_on():
        write(stream, 1, size=20)
        return [m for m in messages(box, "-t", "tend-journald") if m.startswith("Suppressed ")]

    assert "chatty.service" in wait_for(goes_on, "the count")[0]


def test_a_thousand_streams_cost_little(box):
    box.start()
    streams = [connect(box, f"s{i}") for i in range(1000)]
    for i, stream in enumerate(streams):
        stream.sendall(b"line of %d\n" % i)
    assert len(messages(box, "_TRANSPORT=stdout")) == 1000
    pid = box._descendant_named("tend-journald")

    def memory():
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))

    assert memory() < 16 * 1024

    def switches():
        with open(f"/proc/{pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt"))

    before = switches()
    time.sleep(1)  # what is looked at is that nothing happens
    assert switches() == before

