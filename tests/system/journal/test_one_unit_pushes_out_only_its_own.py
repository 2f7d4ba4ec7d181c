# SPDX-License-Identifier: Apache-2.0
"""Units with limits of their own and name spaces have files apart, which are vacuumed by themselves."""

import json
import os
import shutil
import signal
import subprocess

import pytest

from tendbox import Tendbox, can_have_namespaces, wait_for

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not shutil.which("journalctl"), reason="needs journalctl"),
]


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        yield box


def configure(box, text):
    box.run("sh", "-c", "mkdir -p /run/systemd/journald.conf.d; cat > /run/systemd/journald.conf.d/test.conf", input="[Journal]\n" + text, check=True)


def entries(box, *arguments):
    box.run("journalctl", "--sync")
    result = box.run("journalctl", "--no-pager", "--quiet", "-o", "json", *arguments, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def messages(box, *arguments):
    return [entry["MESSAGE"] for entry in entries(box, *arguments)]


def names(box, pattern):
    return sorted(os.path.basename(path) for path in box.run("sh", "-c", f"ls {pattern}").stdout.split())


def assert_whole(box):
    for path in box.run("sh", "-c", "ls /run/log/journal/*/*.journal", check=True).stdout.split():
        result = box.run("journalctl", "--verify", "--file", path)
        assert result.returncode == 0, result.stdout + result.stderr


def flood(box, name, count, more=""):
    """A unit that says much: each line has 1000 characters that no other has."""
    box.run("sh", "-c", "cat > /run/flood", input='BEGIN { for (i = 1; i <= count; i++) printf "%08d %0990d\\n", i, i }', check=True)
    box.unit(name, f"[Service]\nType=oneshot\nLogRateLimitIntervalSec=0\nExecStart=awk -v count={count} -f /run/flood\n{more}")


def test_a_chatty_unit_keeps_within_its_limit(box):
    configure(box, "RuntimeMaxUse=4M\nRuntimeMaxFileSize=1M\nCompress=no\n")
    box.unit("quiet.service", "[Service]\nType=oneshot\nExecStart=echo this is remembered")
    flood(box, "chatty@a.service", 8000, "[X-Tend]\nLogMaxUse=3M\n")
    box.start()
    box.systemctl("start", "quiet.service", check=True)
    box.systemctl("start", "chatty@a.service", check=True)
    lines = messages(box, "_SYSTEMD_UNIT=chatty@a.service")
    assert lines[-1].startswith("00008000 ") and not lines[0].startswith("00000001 ")
    assert [int(line[:8]) for line in lines] == list(range(8001 - len(lines), 8001))
    assert messages(box, "_SYSTEMD_UNIT=quiet.service") == ["this is remembered"]
    own = names(box, "/run/log/journal/*/unit-*")
    assert "unit-chatty+a.service.journal" in own and len(own) > 1
    size = int(box.run("sh", "-c", "cat /run/log/journal/*/unit-* | wc -c").stdout)
    assert size <= 3 * 1024 * 1024
    assert_whole(box)


def test_others_do_not_push_out_what_a_unit_keeps(box):
    configure(box, "RuntimeMaxUse=2M\nRuntimeMaxFileSize=1M\nCompress=no\n")
    box.unit("kept.service", "[Service]\nType=oneshot\nExecStart=echo this is remembered\n[X-Tend]\nLogMaxUse=2M")
    flood(box, "chatty.service", 6000)
    box.start()
    box.systemctl("start", "kept.service", check=True)
    box.run("journalctl", "--rotate", check=True)
    box.systemctl("start", "chatty.service", check=True)
    assert len(messages(box, "_SYSTEMD_UNIT=chatty.service")) < 6000
    assert messages(box, "_SYSTEMD_UNIT=kept.service") == ["this is remembered"]


def test_a_unit_that_is_forgotten_soon(box):
    box.unit("kept.service", "[Service]\nType=oneshot\nExecStart=echo this is remembered")
    box.unit("short.service", "[Service]\nType=oneshot\nExecStart=echo a secret\n[X-Tend]\nLogRetentionSec=2s")
    box.start()
    box.systemctl("start", "kept.service", "short.service", check=True)
    wait_for(lambda: "unit-short.service.journal" in names(box, "/run/log/journal/*/"), "a file of its own", patience=60)
    wait_for(lambda: messages(box, "_SYSTEMD_UNIT=short.service") == [], "the message to go though nothing new comes", patience=60)
    assert box.run("sh", "-c", "grep -l 'MESSAGE=a secret' /run/log/journal/*/*").stdout == ""
    assert messages(box, "_SYSTEMD_UNIT=kept.service") == ["this is remembered"]


def test_a_name_space_has_its_own_directory(box):
    box.unit("apart.service", "[Service]\nLogNamespace=tenant\nExecStart=sh -c 'echo by stream; { echo by datagram; cat /run/fifo; } | logger'")
    box.run("mkfifo", "/run/fifo", check=True)
    box.unit("common.service", "[Service]\nType=oneshot\nExecStart=echo with the others")
    box.start()
    box.systemctl("start", "apart.service", "common.service", check=True)
    wait_for(lambda: len(messages(box, "--namespace=tenant")) == 2, "both messages")
    assert messages(box, "_SYSTEMD_UNIT=apart.service") == []
    found = entries(box, "--namespace=tenant")
    assert sorted(entry["MESSAGE"] for entry in found) == ["by datagram", "by stream"]
    assert {entry["_NAMESPACE"] for entry in found} == {"tenant"}
    assert messages(box, "_SYSTEMD_UNIT=common.service") == ["with the others"]
    assert_whole(box)


def test_a_name_space_has_settings_of_its_own(box):
    box.run("sh", "-c", "mkdir -p /run/systemd/journald@quiet.conf.d; printf '[Journal]\\nMaxLevelStore=err\\n' >/run/systemd/journald@quiet.conf.d/level.conf", check=True)
    command = "ExecStart=sh -c 'echo \\<6\\>minor; echo \\<3\\>major'"
    box.unit("apart.service", f"[Service]\nType=oneshot\nLogNamespace=quiet\n{command}")
    box.unit("common.service", f"[Service]\nType=oneshot\n{command}")
    box.start()
    box.systemctl("start", "common.service", "apart.service", check=True)
    wait_for(lambda: "major" in messages(box, "--namespace=quiet"), "a message", patience=60)
    assert messages(box, "--namespace=quiet") == ["major"]
    assert messages(box, "_SYSTEMD_UNIT=common.service") == ["minor", "major"]


def test_no_line_is_lost_or_doubled_when_the_recorder_is_killed(box):
    count = 5000
    box.unit("count.service", f"[Service]\nType=oneshot\nLogRateLimitIntervalSec=0\nExecStart=sh -c 'i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); done'\n[X-Tend]\nLogMaxUse=50M")
    box.start()
    start = subprocess.Popen(box.command(["systemctl", "start", "count.service"]), env=box.environment())
    for _ in range(3):
        pid = wait_for(lambda: box._descendant_named("tend-journald"), "tend-journald")
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: box.name_of(pid) != "tend-journald" or box._stat(pid)[:1] == ["Z"], "its end")
    assert start.wait(timeout=60) == 0
    got = messages(box, "_SYSTEMD_UNIT=count.service", "_TRANSPORT=stdout")
    assert got == [f"line {i}" for i in range(count)], box.logs()
    assert_whole(box)


def test_files_of_a_unit_go_to_disk_with_the_others(box):
    box.run("sh", "-c", "mount -t tmpfs tmpfs /var/log", check=True)
    box.unit("kept.service", "[Service]\nType=oneshot\nExecStart=echo this is remembered\n[X-Tend]\nLogMaxUse=20M")
    box.start()
    box.systemctl("start", "kept.service", check=True)
    assert names(box, "/run/log/journal/*/unit-*") == ["unit-kept.service.journal"]
    box.run("mkdir", "/var/log/journal", check=True)
    os.kill(box._descendant_named("tend-journald"), signal.SIGKILL)  # it looks for the directory when it starts
    wait_for(lambda: names(box, "/var/log/journal/*/system.journal"), "files on disk")
    box.systemctl("start", "kept.service", check=True)
    assert messages(box, "_SYSTEMD_UNIT=kept.service") == ["this is remembered"] * 2
    assert names(box, "/run/log/journal/*/unit-*") == []
    assert names(box, "/var/log/journal/*/unit-*") == ["unit-kept.service.journal"]
