# SPDX-License-Identifier: Apache-2.0
"""UtmpIdentifier= and UtmpMode=: what is written into utmp(5) while a service runs and when it has ended."""

import os
import platform
import struct

import pytest

from tendbox import wait_for

RECORD = struct.Struct("<h2xi32s4s32s256shhiii16s20s")
TYPES = {5: "init", 6: "login", 7: "user", 8: "dead"}

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the files are made up otherwise"),
]


def records(path):
    """(type, pid, terminal, id, user) of each record."""
    data = path.read_bytes()
    assert len(data) % RECORD.size == 0
    fields = [RECORD.unpack_from(data, at) for at in range(0, len(data), RECORD.size)]
    words = [[part.rstrip(b"\0").decode() for part in field[2:5]] for field in fields]
    return [(TYPES[field[0]], field[1], line, id, user) for field, (line, id, user) in zip(fields, words)]


@pytest.fixture
def box(make_box):
    box = make_box()
    box.run("mount", "-t", "tmpfs", "tmpfs", "/var/log", check=True)  # the machine's history is not ours
    box.run("touch", "/run/utmp", "/var/log/wtmp", check=True)
    return box


def test_records_follow_the_service(box):
    for mode in ("init", "login", "user"):
        box.unit(f"{mode}.service", f"[Service]\nType=exec\nUser=daemon\nUtmpIdentifier=long-{mode[:2]}\nUtmpMode={mode}\nTTYPath=/dev/tty9\nExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "init.service", "login.service", "user.service").returncode == 0, box.logs()
    utmp = box.inside("/run/utmp")
    expected = {
        (mode, int(box.show(mode, "MainPID")), "tty9", f"g-{mode[:2]}", "daemon" if mode == "user" else "")
        for mode in ("init", "login", "user")
    }
    assert set(records(utmp)) == expected
    assert len(records(box.inside("/var/log/wtmp"))) == 1 + 2 + 3
    assert box.systemctl("stop", "init.service", "login.service", "user.service").returncode == 0
    wait_for(lambda: {record[0] for record in records(utmp)} == {"dead"}, "the ends")
    assert len(records(utmp)) == 3
    assert box.systemctl("start", "user.service").returncode == 0
    assert len(records(utmp)) == 3  # in its former place


def test_without_the_file_it_is_said(box):
    box.run("rm", "/run/utmp", check=True)
    box.unit("n.service", "[Service]\nType=exec\nUtmpIdentifier=n\nExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "n.service").returncode == 0, box.logs()
    wait_for(lambda: "UtmpIdentifier= is refused: there is no /run/utmp" in box.log("n.service"), "the report")
