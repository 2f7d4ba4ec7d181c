# SPDX-License-Identifier: Apache-2.0
"""What is stored beside the text: of the kernel's messages, of syslog lines that were changed, of processes that others speak of."""

import json
import os
import select

import pytest

from tendbox import Tendbox, can_have_namespaces, wait_for
from test_room_is_limited import configure

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
]

SENDER = """
import socket
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.connect("/dev/log")
client.send(b"<13>Nov 21 08:00:00 raw: whole")
client.send(b"<13>Nov 21 08:00:00 raw: cut \\n")
client.send(b"<13>raw: no time")
"""


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        yield box


def entries(box, *matches):
    box.run("journalctl", "--sync", check=True)
    return [json.loads(line) for line in box.run("journalctl", "--no-pager", "-q", "-o", "json", *matches).stdout.splitlines()]


def test_the_kernels_messages_are_stored_once(box):
    """A pipe is in the place of the kernel's device."""
    box.run("sh", "-c", "mkfifo /run/kernel; test -e /dev/kmsg || touch /dev/kmsg; mount --bind /run/kernel /dev/kmsg", check=True)
    configure(box, "ReadKMsg=yes\n")
    kernel = os.open(os.path.join(box.inside("/run"), "kernel"), os.O_RDWR)
    try:
        box.start()

        def say(number, priority, text):
            os.write(kernel, f"{priority},{number},5000000,-;{text}\n SUBSYSTEM=net\n DEVICE=n3\n".encode())

        say(7, 4, "link is up")
        first = wait_for(lambda: entries(box, "_TRANSPORT=kernel"), "the first message", patience=60)
        assert {name: first[0].get(name) for name in ("MESSAGE", "PRIORITY", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER", "_SOURCE_MONOTONIC_TIMESTAMP", "_KERNEL_DEVICE", "_KERNEL_SUBSYSTEM")} == {
            "MESSAGE": "link is up",
            "PRIORITY": "4",
            "SYSLOG_FACILITY": "0",
            "SYSLOG_IDENTIFIER": "kernel",
            "_SOURCE_MONOTONIC_TIMESTAMP": "5000000",
            "_KERNEL_DEVICE": "n3",
            "_KERNEL_SUBSYSTEM": "net",
        }
        assert "_PID" not in first[0]
        say(7, 4, "seen already")
        wait_for(lambda: not readable(kernel), "it to be read", patience=60)
        say(8, 30, "prog[12]: of a program")
        second = wait_for(lambda: entries(box, "_TRANSPORT=kernel", "SYSLOG_FACILITY=3"), "the second message", patience=60)
        assert (second[0]["MESSAGE"], second[0]["SYSLOG_IDENTIFIER"], second[0]["SYSLOG_PID"]) == ("of a program", "prog", "12")
        say(11, 4, "after a gap")
        wait_for(lambda: entries(box, "_TRANSPORT=kernel", "MESSAGE=after a gap"), "the third message", patience=60)
        assert [e["MESSAGE"] for e in entries(box, "_TRANSPORT=driver") if "kernel" in e["MESSAGE"]] == ["Missed 2 kernel messages"]
        assert [e["MESSAGE"] for e in entries(box, "_TRANSPORT=kernel")] == ["link is up", "of a program", "after a gap"]
    finally:
        os.close(kernel)


def readable(fd):
    return bool(select.select([fd], [], [], 0)[0])


def test_a_syslog_line_that_was_changed_is_kept(box):
    box.start()
    box.run("python3", "-c", SENDER, check=True)
    found = wait_for(lambda: (e := entries(box, "SYSLOG_IDENTIFIER=raw"))[2:] and e, "three lines", patience=60)
    assert [e["MESSAGE"] for e in found] == ["whole", "cut", "no time"]
    assert [e.get("SYSLOG_RAW") for e in found] == [None, "<13>Nov 21 08:00:00 raw: cut \n", "<13>raw: no time"]
    assert [e.get("SYSLOG_TIMESTAMP") for e in found] == ["Nov 21 08:00:00 ", "Nov 21 08:00:00 ", None]


def test_a_process_that_root_speaks_of(box):
    box.start()
    box.run("logger", "--journald", input="MESSAGE=of one\nSYSLOG_IDENTIFIER=about\nOBJECT_PID=1\n", check=True)
    found = wait_for(lambda: entries(box, "SYSLOG_IDENTIFIER=about"), "the message", patience=60)[0]
    comm = box.run("cat", "/proc/1/comm").stdout.strip()
    assert (found["OBJECT_PID"], found["OBJECT_UID"], found["OBJECT_GID"], found["OBJECT_COMM"]) == ("1", "0", "0", comm)
    assert "OBJECT_CMDLINE" in found
    box.run("setpriv", "--reuid", "65534", "--clear-groups", "logger", "--journald", input="MESSAGE=of one\nSYSLOG_IDENTIFIER=stranger\nOBJECT_PID=1\n", check=True)
    found = wait_for(lambda: entries(box, "SYSLOG_IDENTIFIER=stranger"), "the message", patience=60)[0]
    assert "OBJECT_UID" not in found


def test_what_the_manager_says_of_a_service(box):
    box.unit("fails.service", "[Service]\nExecStart=sh -c 'exit 3'")
    box.unit("works.service", "[Service]\nType=oneshot\nExecStart=true")
    box.start()
    box.systemctl("start", "works.service", check=True)
    box.systemctl("start", "fails.service")

    def of(unit, message_id):
        return wait_for(lambda: entries(box, f"UNIT={unit}", f"MESSAGE_ID={message_id}"), f"{message_id} of {unit}", patience=60)[0]

    started = of("works.service", "39f53479d3a045ac8e11786248231fbf")
    assert (started["JOB_TYPE"], started["JOB_RESULT"]) == ("start", "done") and int(started["JOB_ID"]) > 0
    starting = of("works.service", "7d4958e842da4a758f6c1cdc7b36dcc5")
    assert starting["JOB_ID"] == started["JOB_ID"] and "JOB_RESULT" not in starting
    assert "UNIT_RESULT" not in of("works.service", "7ad2d189f7e94e70a38c781354912448")
    exit_line = of("fails.service", "98e322203f7a4ed290d09fe03c09fe15")
    assert (exit_line["COMMAND"], exit_line["EXIT_CODE"], exit_line["EXIT_STATUS"]) == ("ExecStart", "exited", "3")
    assert of("fails.service", "d9b373ed55a64feb8242e02dbe79a49c")["UNIT_RESULT"] == "exit-code"


SUCCESS, FAILURE, STARTED, NOT_STARTED, EXIT = (
    "7ad2d189f7e94e70a38c781354912448", "d9b373ed55a64feb8242e02dbe79a49c", "39f53479d3a045ac8e11786248231fbf",
    "be02cf6855d2428ba40df7e9d022f03d", "98e322203f7a4ed290d09fe03c09fe15",
)


@pytest.mark.parametrize("unit, text, expected", [
    ("a.socket", "[Socket]\nListenStream=/run/a.sock\nService=other.service", [(STARTED, "JOB_RESULT", "done"), (SUCCESS, "UNIT_RESULT", None)]),
    ("b.socket", "[Socket]\nListenStream=/run/b.sock\nService=other.service\nExecStartPre=false", [(EXIT, "COMMAND", "ExecStartPre"), (FAILURE, "UNIT_RESULT", "exit-code"), (NOT_STARTED, "JOB_RESULT", "failed")]),
    ("c.timer", "[Timer]\nOnActiveSec=1h\nUnit=other.service", [(STARTED, "JOB_RESULT", "done"), (SUCCESS, "UNIT_RESULT", None)]),
    ("d.path", "[Path]\nPathExists=/run/never\nUnit=other.service", [(STARTED, "JOB_RESULT", "done"), (SUCCESS, "UNIT_RESULT", None)]),
    ("e.service", "[Unit]\nConditionPathExists=/run/never\n[Service]\nExecStart=true", [(STARTED, "JOB_RESULT", "done")]),
    ("f.service", "[Unit]\nAssertPathExists=/run/never\n[Service]\nExecStart=true", [(NOT_STARTED, "JOB_RESULT", "assert")]),
    ("g.service", "[Unit]\nRequires=f.service\nAfter=f.service\n[Service]\nExecStart=true", [(NOT_STARTED, "JOB_RESULT", "dependency")]),
    ("h.service", "[Service]\nType=exec\nExecStart=/run/none", [("641257651c1b4ec9a8624d7a40a9e1e7", "EXECUTABLE", "/run/none"), (FAILURE, "UNIT_RESULT", "exit-code")]),
])
def test_what_the_manager_says_of_other_units(box, unit, text, expected):
    """The ids and fields are those of systemd's own messages of the same events."""
    box.unit("other.service", "[Service]\nExecStart=true")
    box.unit("f.service", "[Unit]\nAssertPathExists=/run/never\n[Service]\nExecStart=true")
    box.unit(unit, text)
    box.start()
    box.systemctl("start", unit)
    box.systemctl("stop", unit)
    for message_id, field, value in expected:
        found = wait_for(lambda: entries(box, f"UNIT={unit}", f"MESSAGE_ID={message_id}"), f"{message_id} of {unit}", patience=60)
        assert found[0].get(field) == value
