# SPDX-License-Identifier: Apache-2.0
"""RemoveIPC=: shared memory, semaphores and queues of a service's user go with it; those of others stay."""

import os
from pathlib import Path

import pytest

from tendbox import wait_for

MAKES = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
ids = libc.shmget(0, 4096, 0o1600), libc.semget(0, 1, 0o1600), libc.msgget(0, 0o1600)
assert min(ids) >= 0, ids
fd = os.open("/dev/shm/" + sys.argv[1], os.O_CREAT | os.O_RDWR, 0o600)
print("MADE", *ids, flush=True)
"""
FIRST = 1_000_000 + 2 * os.getpid()  # users that nobody else has, nor another run of this test
SECOND = FIRST + 1


def has_users():
    """Whether this user name space has them."""
    first, _, count = map(int, Path("/proc/self/uid_map").read_text().split()[:3])
    return first == 0 and count > SECOND


pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not has_users(), reason="needs root with all users")


def left(box, uid):
    """How many objects of this user there are."""
    lines = box.run("cat", "/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg", check=True).stdout.splitlines()
    files = box.run("find", "/dev/shm", "-maxdepth", "1", "-uid", str(uid), check=True).stdout.splitlines()
    return sum(str(uid) in line.split() for line in lines) + len(files)


def clean(box, uid):
    box.run("sh", "-c", f"find /dev/shm -maxdepth 1 -uid {uid} -delete")
    for table, column, option in (("shm", 8, "-m"), ("sem", 5, "-s"), ("msg", 8, "-q")):
        box.run("sh", "-c", f"awk '${column} == {uid} {{ print $2 }}' /proc/sysvipc/{table} | xargs -r -n 1 ipcrm {option}")


@pytest.fixture
def box(make_box):
    box = make_box()
    box.path("makes.py").write_text(MAKES)
    box.directory.chmod(0o755)
    for name, line in (("passwd", "tend-{0}:x:{0}:{0}::/:/bin/false\n"), ("group", "tend-{0}:x:{0}:\n")):
        text = Path("/etc", name).read_text().rstrip("\n") + "\n"
        box.path(name).write_text(text + line.format(FIRST) + line.format(SECOND))
        box.run("mount", "--bind", box.path(name), f"/etc/{name}", check=True)
    yield box
    for uid in (FIRST, SECOND):
        clean(box, uid)


def service(box, name, uid, settings):
    # As oneshot services that remain: what they made is there when they are up.
    box.unit(f"{name}.service", f"[Service]\nType=oneshot\nRemainAfterExit=yes\nUser={uid}\nGroup={uid}\n{settings}\n"
             f"ExecStart=python3 -c \"import sys; exec(sys.stdin.read())\" tend-{os.getpid()}-{name}\nStandardInput=file:{box.path('makes.py')}\n")


def test_objects_of_the_user_are_removed(box):
    service(box, "removed", FIRST, "RemoveIPC=yes")
    service(box, "kept", SECOND, "RemoveIPC=no")
    box.start()
    for name in ("removed", "kept"):
        assert box.systemctl("start", f"{name}.service").returncode == 0, box.logs()
        assert "MADE" in box.log(f"{name}.service")
    assert (left(box, FIRST), left(box, SECOND)) == (4, 4)
    assert box.systemctl("stop", "removed.service", "kept.service").returncode == 0
    wait_for(lambda: left(box, FIRST) == 0, "the objects to go")
    assert left(box, SECOND) == 4


def test_the_last_unit_of_a_user_removes_them(box):
    service(box, "one", FIRST, "RemoveIPC=yes")
    service(box, "two", FIRST, "RemoveIPC=yes")
    box.start()
    for name in ("one", "two"):
        assert box.systemctl("start", f"{name}.service").returncode == 0, box.logs()
    assert box.systemctl("stop", "one.service").returncode == 0
    assert left(box, FIRST) == 8
    assert box.systemctl("stop", "two.service").returncode == 0
    wait_for(lambda: left(box, FIRST) == 0, "the objects to go")
