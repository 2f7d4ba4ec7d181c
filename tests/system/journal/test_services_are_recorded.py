# SPDX-License-Identifier: Apache-2.0
"""What services and programs say is in the journal, read by the real journalctl, whatever is killed meanwhile."""

import json
import os
import pty
import re
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
        box.start()
        yield box


def entries(box, *arguments):
    """The entries that journalctl shows, as dictionaries."""
    box.run("journalctl", "--sync")
    result = box.run("journalctl", "--no-pager", "--quiet", "-o", "json", *arguments, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def messages(box, *arguments):
    return [entry["MESSAGE"] for entry in entries(box, *arguments)]


def files(box):
    result = box.run("sh", "-c", "ls /run/log/journal/*/*", check=True)
    return result.stdout.split()


def assert_whole(box):
    for path in files(box):
        result = box.run("journalctl", "--verify", "--file", path)
        assert result.returncode == 0, result.stdout + result.stderr


def recorder_pid(box):
    return box._descendant_named("tend-journald")


def test_output_of_a_service_is_in_the_journal(box):
    box.unit("talk.service", "[Service]\nType=oneshot\nExecStart=sh -c 'echo one; echo \"<3>two\" >&2; echo $JOURNAL_STREAM'\nSyslogIdentifier=talker")
    box.systemctl("start", "talk.service", check=True)
    lines = entries(box, "_SYSTEMD_UNIT=talk.service")
    assert [line["MESSAGE"] for line in lines[:2]] == ["one", "two"]
    assert [line["PRIORITY"] for line in lines[:2]] == ["6", "3"]
    assert ":" in lines[2]["MESSAGE"]
    assert all(line["SYSLOG_IDENTIFIER"] == "talker" and line["_TRANSPORT"] == "stdout" for line in lines)
    assert_whole(box)


def test_datagrams_of_programs_are_in_the_journal(box):
    box.run("logger", "-t", "by-syslog", "-p", "user.err", "hello syslog", check=True)
    assert [(e["MESSAGE"], e["PRIORITY"]) for e in entries(box, "SYSLOG_IDENTIFIER=by-syslog")] == [("hello syslog", "3")]
    box.run("sh", "-c", "echo by stream | systemd-cat -t by-cat -p warning", check=True)
    assert [(e["MESSAGE"], e["PRIORITY"]) for e in entries(box, "SYSLOG_IDENTIFIER=by-cat")] == [("by stream", "4")]
    native = box.run("logger", "--journald", input="MESSAGE=native\nSYSLOG_IDENTIFIER=by-native\nEXTRA=a\n")
    assert native.returncode == 0, native.stderr
    assert [e["EXTRA"] for e in entries(box, "SYSLOG_IDENTIFIER=by-native")] == ["a"]


def test_no_line_is_lost_or_doubled_when_the_recorder_is_killed(box):
    count = 20000
    box.unit("count.service", f"[Service]\nType=oneshot\nLogRateLimitIntervalSec=0\nExecStart=sh -c 'i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); done'")
    start = subprocess.Popen(box.command(["systemctl", "start", "count.service"]), env=box.environment())
    for _ in range(5):
        pid = wait_for(lambda: recorder_pid(box), "tend-journald")
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: box.name_of(pid) != "tend-journald" or box._stat(pid)[:1] == ["Z"], "its end")
    assert start.wait(timeout=60) == 0
    got = messages(box, "_SYSTEMD_UNIT=count.service", "_TRANSPORT=stdout")
    assert got == [f"line {i}" for i in range(count)], box.logs()
    assert_whole(box)


def test_streams_go_on_after_the_recorder_was_killed(box):
    box.unit("slow.service", "[Service]\nExecStart=sh -c 'echo before; read x < /run/go; echo after; exec sleep 1000'")
    box.run("mkfifo", "/run/go", check=True)
    box.systemctl("start", "slow.service", check=True)
    wait_for(lambda: "before" in messages(box, "_SYSTEMD_UNIT=slow.service"), "the first line")
    os.kill(recorder_pid(box), signal.SIGKILL)
    box.run("sh", "-c", "echo > /run/go", check=True)
    wait_for(lambda: "after" in messages(box, "_SYSTEMD_UNIT=slow.service"), "the second line")
    assert messages(box, "_SYSTEMD_UNIT=slow.service") == ["before", "after"]


def test_files_are_rotated_on_request(box):
    box.run("logger", "first", check=True)
    assert box.run("journalctl", "--rotate").returncode == 0
    box.run("logger", "second", check=True)
    assert "second" in messages(box)
    assert len(files(box)) == 2
    assert_whole(box)


def test_stopping_leaves_whole_files_and_no_sockets(box):
    box.run("logger", "something", check=True)
    assert box.stop() == 0
    result = box.run("sh", "-c", "ls /run/systemd/journal /run/tend/journal; readlink /dev/log")
    assert "stdout" not in result.stdout and "dev-log" not in result.stdout
    for path in files(box):
        header = box.run("journalctl", "--header", "--file", path, check=True).stdout
        assert "State: OFFLINE" in header or "State: ARCHIVED" in header
    assert_whole(box)


def test_tend_logs_reads_the_journal(box):
    box.unit("talk.service", "[Service]\nType=oneshot\nExecStart=sh -c 'echo one; echo two'")
    box.systemctl("start", "talk.service", check=True)
    lines = box.tend("logs", "talk", check=True).stdout.splitlines()
    assert lines[0].endswith("Starting talk.service...") and lines[0].startswith("tendd["), (lines, box.logs())
    assert lines[1:3] == ["one", "two"]
    assert box.tend("logs", "-n", "1", "talk").stdout.splitlines() == lines[-1:]
    assert box.log("talk.service") == ""


def test_facts_and_messages_of_units_are_found(box):
    box.unit("facts.service", "[Service]\nType=oneshot\nLogLevelMax=notice\nLogExtraFields=COLOUR=red\nExecStart=sh -c 'echo \"<6>hidden\"; echo \"<5>shown\"'")
    box.systemctl("start", "facts.service", check=True)
    shown = entries(box, "COLOUR=red")
    assert [entry["MESSAGE"] for entry in shown] == ["shown"]
    own = entries(box, "-u", "facts.service", "SYSLOG_IDENTIFIER=tendd")
    assert [entry["MESSAGE_ID"] for entry in own if "MESSAGE_ID" in entry] == [
        "7d4958e842da4a758f6c1cdc7b36dcc5",
        "7ad2d189f7e94e70a38c781354912448",
        "39f53479d3a045ac8e11786248231fbf",
    ]
    assert own[0]["INVOCATION_ID"] == shown[0]["_SYSTEMD_INVOCATION_ID"]


def test_without_a_recorder_output_goes_to_files(tmp_path):
    with Tendbox(tmp_path, journal=True, recorder="/bin/false") as box:
        box.start()
        box.unit("talk.service", "[Service]\nType=oneshot\nExecStart=echo one")
        box.systemctl("start", "talk.service", check=True)
        assert "one\n" in box.log("talk.service")
        assert "one" in box.tend("logs", "talk").stdout.splitlines()
        wait_for(lambda: "going on without it" in box.manager_log(), "the keeper to give up")


def test_tend_logs_has_the_options_of_journalctl(box):
    box.unit("one.service", "[Service]\nType=oneshot\nExecStart=sh -c 'echo \"<3>bad\"; echo good'")
    box.unit("two.service", "[Service]\nType=oneshot\nExecStart=echo other")
    box.systemctl("start", "one.service", check=True)
    box.systemctl("start", "two.service", check=True)
    box.run("journalctl", "--sync")
    assert box.tend("logs", "one", "-p", "err", "-o", "cat", check=True).stdout == "bad\n"
    both = box.tend("logs", "one", "two", "-o", "cat", "_TRANSPORT=stdout", check=True).stdout.splitlines()
    assert both == ["bad", "good", "other"]
    entries_shown = [json.loads(line) for line in box.tend("logs", "two", "-o", "json", "-g", "other").stdout.splitlines()]
    assert [entry["_SYSTEMD_UNIT"] for entry in entries_shown] == ["two.service"]
    assert len(box.tend("logs", check=True).stdout.splitlines()) == 10


def test_tend_logs_of_several_units_is_in_order_of_time(box):
    for name in ("one", "two"):
        box.unit(f"{name}.service", f"[Service]\nType=oneshot\nExecStart=sh -c 'echo {name} speaks'")
    for name in ("one", "two", "one"):
        box.systemctl("start", f"{name}.service", check=True)
    box.run("journalctl", "--sync", check=True)
    spoken = [line for line in box.tend("logs", "two", "one", check=True).stdout.splitlines() if line.endswith(" speaks")]
    assert spoken == ["one.service | one speaks", "two.service | two speaks", "one.service | one speaks"]
    leader, follower = pty.openpty()  # on a terminal each has its colour
    environment = box.environment() | {"TERM": "xterm", "PAGER": "cat"}
    subprocess.run(box.command(["tend", "logs", "one", "two"]), env=environment, stdout=follower, check=True, timeout=60)
    os.close(follower)
    text = b""
    try:
        while piece := os.read(leader, 65536):
            text += piece
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    colours = dict(re.findall(r"(\x1b\[3\dm)(one|two)\.service", text.decode()))
    assert sorted(colours.values()) == ["one", "two"]


def test_runs_of_a_unit_are_listed_and_chosen(box):
    box.unit("run.service", "[Service]\nType=oneshot\nExecStart=sh -c 'echo run $INVOCATION_ID'")
    for _ in range(3):
        box.systemctl("start", "run.service", check=True)
    box.run("journalctl", "--sync", check=True)
    said = [message.split()[1] for message in messages(box, "_SYSTEMD_UNIT=run.service") if message.startswith("run ")]
    lines = box.tend("logs", "--list-invocations", "-u", "run", check=True).stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["-2", said[0]], ["-1", said[1]], ["0", said[2]]]
    for offset, expected in (("0", said[2]), ("-1", said[1]), ("1", said[0]), (said[1], said[1])):
        shown = box.tend("logs", f"--invocation={offset}", "-u", "run", "-o", "cat", "-n", "all", check=True).stdout
        assert f"run {expected}\n" in shown and shown.count("run ") == 1
    assert f"run {said[2]}\n" in box.tend("logs", "-I", "-u", "run", "-o", "cat", check=True).stdout
    result = box.tend("logs", "--invocation=-3", "-u", "run")
    assert result.returncode == 1 and "3 runs" in result.stderr
    assert box.tend("logs", "--invocation=-1").returncode == 1
