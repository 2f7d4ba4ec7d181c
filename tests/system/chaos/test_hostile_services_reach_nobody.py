# SPDX-License-Identifier: Apache-2.0
"""Attackers that race with the executor, look into others, lie to the manager or fill its places: nobody else is hit."""

import json
import os
import signal
from pathlib import Path

import pytest
import tendbox
from tendbox import wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
ATTACKER = "daemon"
NEIGHBOUR = "[Service]\nExecStart=/bin/sh -c 'echo neighbour is up; exec sleep 7777'\n"
ROUNDS = 10


@pytest.fixture
def hostile(make_box):
    """Makes a box whose hostile.service runs a program of the attacker, beside a neighbour."""

    def begin(program, settings="", **options):
        box = make_box(**options)
        open_to_all(box)
        box.path("attack.py").write_text(program)
        box.path("attack.py").chmod(0o644)
        box.unit("hostile.service", f"[Service]\nUser={ATTACKER}\n{settings}\nExecStart=/usr/bin/python3 -S {box.path('attack.py')}\n")
        box.unit("neighbour.service", NEIGHBOUR)
        return box

    return begin


def open_to_all(box):
    """Lets other users reach the box's directory."""
    for parent in (box.directory, *box.directory.parents):
        if str(parent).startswith("/tmp/") and parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o011)


def start_attack(box):
    assert box.systemctl("start", "hostile.service").returncode == 0, box.logs()
    wait_for(lambda: "at work" in box.log("hostile.service"), "the attack to begin")


def assert_neighbour_is_served(box):
    for verb in ("start", "restart", "stop"):
        result = box.systemctl(verb, "neighbour.service")
        assert result.returncode == 0, result.stderr + box.logs()


# Changes a directory for a link, and a file in it for another, as fast as it can, in one system call each.
SWAP = """
import ctypes, os
libc = ctypes.CDLL(None)
def exchange(one, other):
    libc.renameat2(-100, one.encode(), -100, other.encode(), 2)
os.chdir("/var/lib/hostile")
os.symlink("/run/treasure", "link")
print("at work", flush=True)
while True:
    for make in (lambda: os.mkdir("sub"), lambda: os.mkdir("sub/deep"), lambda: os.symlink("/run/treasure", "sub/way"),
                 lambda: os.close(os.open("sub/file", os.O_CREAT)), lambda: os.symlink("/run/treasure/gold", "sub/false")):
        try: make()
        except OSError: pass
    exchange("sub", "link")
    exchange("sub/file", "sub/false")
    exchange("sub/deep", "sub/way")
    exchange("sub", "link")
    if os.path.lexists("sub") and not os.access("sub", os.W_OK):  # given to the victim: put it away
        try: os.rename("sub", "away%d" % len(os.listdir(".")))
        except OSError: pass
"""


def test_nobody_wins_a_race_in_a_state_directory(hostile):
    box = hostile(SWAP, "StateDirectory=hostile")
    box.unit("victim.service", "[Service]\nType=oneshot\nUser=bin\nStateDirectory=hostile/sub\nStateDirectoryMode=0770\nExecStart=true\n")
    prepare = "mount -t tmpfs tmpfs /var/lib && mkdir -m 700 /run/treasure && echo gold >/run/treasure/gold && chmod 600 /run/treasure/gold"
    box.run("sh", "-c", prepare, check=True)
    box.start()
    start_attack(box)
    for _ in range(ROUNDS):
        box.systemctl("reset-failed", "victim.service")
        box.systemctl("start", "victim.service")  # fails, or not; never by the link
        found = [box.inside(path).stat() for path in ("/run/treasure", "/run/treasure/gold")]
        assert [(st.st_uid, st.st_gid, st.st_mode & 0o777) for st in found] == [(0, 0, 0o700), (0, 0, 0o600)]
    assert box.is_active("hostile.service") == "active", "it went on all the time"
    assert_neighbour_is_served(box)


# Looks into all of tend's processes with the right to trace them, as ptrace(2) asks. What is still an executor afterwards was one.
PEEK = """
import ctypes, os
libc = ctypes.CDLL(None)
def name(pid):
    try: return open("/proc/%d/comm" % pid).read().strip()
    except OSError: return ""
def look(pid):
    for file, flags in (("mem", os.O_RDWR), ("environ", os.O_RDONLY), ("fd/3", os.O_RDONLY), ("fd/4", os.O_RDONLY)):
        try: os.close(os.open("/proc/%d/%s" % (pid, file), flags))
        except OSError: continue
        yield file
    pidfd = libc.syscall(434, pid, 0)
    for number in (3, 4) if pidfd >= 0 else ():
        fd = libc.syscall(438, pidfd, number, 0)
        if fd >= 0:
            os.close(fd)
            yield "descriptor %d" % number
    if pidfd >= 0: os.close(pidfd)
print("at work", flush=True)
while True:
    for pid in [int(word) for word in os.listdir("/proc") if word.isdigit() and name(int(word)).startswith("tend")]:
        found = list(look(pid))
        if found and name(pid).startswith("tend"): print("caught", name(pid), found, flush=True)
"""


def test_executors_of_the_same_user_cannot_be_looked_into(hostile):
    box = hostile(PEEK)
    box.unit("victim.service", f"[Service]\nType=oneshot\nUser={ATTACKER}\nSetCredential=key:s3cret\nPrivateTmp=yes\nExecStartPre=true\nExecStart=true\n")
    box.start()
    start_attack(box)
    for _ in range(ROUNDS):
        assert box.systemctl("start", "victim.service").returncode == 0, box.logs()
    assert "caught" not in box.log("hostile.service")
    assert_neighbour_is_served(box)


# Kills every executor that it may.
KILL = """
import os, signal
print("at work", flush=True)
while True:
    for pid in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
        try:
            if open("/proc/%d/comm" % pid).read().startswith("tend"): os.kill(pid, signal.SIGKILL)
        except OSError: pass
"""


def test_who_kills_its_executors_harms_itself(hostile):
    box = hostile(KILL)
    box.unit("own.service", f"[Service]\nType=oneshot\nUser={ATTACKER}\nExecStart=true\n")
    box.start()
    manager = box.manager_pid()
    start_attack(box)
    for _ in range(ROUNDS):
        box.systemctl("start", "own.service")  # may be killed: it is the attacker's own
        assert box.show("own", "Result") in ("success", "signal"), box.logs()
        box.systemctl("reset-failed", "own.service")
    assert_neighbour_is_served(box)
    assert box.manager_pid() == manager
    assert box.systemctl("stop", "hostile.service").returncode == 0


# Stands in for the executor: nonsense on descriptor 4, beside the real one.
GARBAGE = """#!/usr/bin/python3 -S
import array, os, socket, sys
if os.fork(): os.execv(REAL, ["tend-exec", *sys.argv[1:]])
os.close(3)
s = socket.socket(fileno=os.dup(4))
words = [b"", b"\\0", b"\\t\\t\\t\\t", b"USER\\tfailed\\tUser\\tspoofed", b"x" * 4096, b"y" * 100000, b"NAME\\trefused\\t" + b"z" * 3000,
         b"\\xff\\xfe\\n\\t", os.urandom(500), b"%s%n\\tweakened\\t%s\\t%n"]
for word in words:
    for rights in ([], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * 100))]):
        try: s.sendmsg([word], rights)
        except OSError: pass
"""


def test_nonsense_from_an_executor_is_read_to_its_end(make_box):
    box = make_box()
    liar = box.path("tend-exec")
    liar.write_text(GARBAGE.replace("REAL", repr(os.environ.get("TEND_EXEC", str(tendbox.BIN / "tend-exec")))))
    liar.chmod(0o755)
    box.extra_environment["TEND_EXEC"] = str(liar)
    box.unit("neighbour.service", NEIGHBOUR)
    box.start()
    manager = box.manager_pid()
    before = len(os.listdir(f"/proc/{manager}/fd"))
    for _ in range(5):
        assert_neighbour_is_served(box)
    assert box.manager_pid() == manager
    wait_for(lambda: len(os.listdir(f"/proc/{manager}/fd")) <= before + 2, "what was passed to be closed")
    report = box.tend("report", "--json", "neighbour.service")
    assert report.returncode == 0 and isinstance(json.loads(report.stdout)["settings"], list)


FILL = """
import os, time
fd = os.open("/run/hostile/all", os.O_CREAT | os.O_WRONLY)
size = 1 << 20
while size:
    try: os.write(fd, b"x" * size)
    except OSError: size //= 2
print("at work", flush=True)
time.sleep(1000)
"""


def test_a_full_runtime_directory_stops_nobody(hostile):
    box = hostile(FILL, "RuntimeDirectory=hostile")
    box.start()
    box.run("mount", "-o", "remount,size=4M", "/run", check=True)
    box.systemctl("start", "hostile.service")
    free = lambda: os.statvfs(box.inside("/run")).f_bavail  # noqa: E731
    wait_for(lambda: free() == 0, "the place to be full")
    assert_neighbour_is_served(box)
    assert box.systemctl("stop", "hostile.service").returncode == 0
    wait_for(lambda: free() > 0, "room again")
    assert_neighbour_is_served(box)


def test_a_manager_that_dies_when_its_place_is_full_comes_back(hostile):
    box = hostile(FILL, "RuntimeDirectory=hostile", keeper=True)
    box.start()
    assert box.systemctl("start", "neighbour.service").returncode == 0
    pid = box.show("neighbour", "MainPID")
    box.run("mount", "-o", "remount,size=4M", "/run", check=True)
    box.systemctl("start", "hostile.service")
    wait_for(lambda: os.statvfs(box.inside("/run")).f_bavail == 0, "the place to be full")
    box.forget_ready()
    box.kill_manager(signal.SIGKILL)
    box.wait_ready()
    assert box.show("neighbour", "MainPID") == pid, box.logs()
    assert box.systemctl("stop", "hostile.service").returncode == 0, box.logs()
    assert Path(f"/proc/{box._init}").exists()
    assert_neighbour_is_served(box)
