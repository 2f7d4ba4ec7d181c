# SPDX-License-Identifier: Apache-2.0
"""Services that do harm: what they do stays with them, and the one beside them does not notice."""

import os
from pathlib import Path

import pytest
import tendbox
from tendbox import wait_for

NEIGHBOUR = "[Service]\nExecStart=/bin/sh -c 'echo neighbour is up; exec sleep 7777'\n"


@pytest.fixture
def hostile(make_box):
    """Makes a box with a hostile service and starts it beside a neighbour."""

    def begin(text, **options):
        box = make_box(**options)
        box.unit("hostile.service", text)
        box.unit("neighbour.service", NEIGHBOUR)
        box.start()
        return box

    return begin


def assert_neighbour_is_served(box):
    """It can be started, restarted and stopped as ever."""
    for verb in ("start", "restart"):
        result = box.systemctl(verb, "neighbour.service")
        assert result.returncode == 0, result.stderr
        assert box.is_active("neighbour.service") == "active"
    assert "neighbour is up" in box.log("neighbour.service")
    assert box.systemctl("stop", "neighbour.service").returncode == 0


def assert_gone(box, name="sleep"):
    wait_for(lambda: not box.processes(name), f"the end of every {name}")


def pids_group(box, unit):
    """The directory of a unit's group that limits processes, as the test sees it."""
    if "pids" in tendbox.unified_controllers():
        mount = "/sys/fs/cgroup"
    else:
        mount = next(mount for mount, names in tendbox.controller_mounts().items() if "pids" in names.split(","))
    return box.inside(mount + box.show(unit, "ControlGroup"))


def test_a_fork_bomb_hits_its_limit(hostile):
    own = tendbox.own_group("pids")
    if not (own and os.access(own, os.W_OK)) and "pids" not in tendbox.unified_controllers():
        pytest.skip("needs a pids controller of control groups")
    # At most 400 processes, should the limit not hold.
    bomb = "for i in 1 2 3 4 5 6 7 8; do (for j in 1 2 3 4 5 6 7; do (for k in 1 2 3 4 5 6 7; do sleep 1000 & done) & done; wait) & done; wait"
    box = hostile(f"[Service]\nTasksMax=25\nExecStart=/bin/sh -c '({bomb}) & exec sleep 1000'\n", controllers=True)
    box.systemctl("start", "hostile.service")
    wait_for(lambda: "fork" in box.log("hostile.service"), "a fork that is refused")
    group = pids_group(box, "hostile")
    assert int((group / "pids.max").read_text()) == 25
    assert int((group / "pids.current").read_text()) <= 25
    assert_neighbour_is_served(box)
    assert box.systemctl("stop", "hostile.service").returncode == 0
    assert_gone(box)


@pytest.mark.parametrize("cgroups", ["auto", "none"])
def test_who_leaves_its_session_is_stopped_all_the_same(hostile, cgroups):
    script = "setsid sh -c \"(setsid sleep 1000 &) & (setsid setsid -f sleep 1000)\"; trap \"\" TERM HUP; nohup sleep 1000 & exec sleep 1000"
    box = hostile(f"[Service]\nTimeoutStopSec=1\nExecStart=/bin/sh -c '{script}'\n", cgroups=cgroups)
    box.systemctl("start", "hostile.service")
    wait_for(lambda: len(box.processes("sleep")) == 4, "all that escape")
    assert_neighbour_is_served(box)
    assert box.systemctl("stop", "hostile.service").returncode == 0
    assert_gone(box)


def test_nobody_says_that_another_is_ready(hostile):
    spoof = "import os, socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n" \
            "for text in ('READY=1', 'STOPPING=1', 'MAINPID=1', 'ERRNO=5', 'STATUS=spoofed', 'MAINPID=%s\\nREADY=1' % open('/run/victim').read()):\n" \
            "    s.sendto(text.encode(), os.environ['NOTIFY_SOCKET'])\nprint('said it', flush=True)\n"  # fmt: skip
    box = hostile("")
    box.path("spoof.py").write_text(spoof)
    box.path("spoof.py").chmod(0o644)
    for parent in (box.directory, *box.directory.parents):
        if str(parent).startswith("/tmp/") and parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o011)
    box.unit("victim.service", "[Service]\nType=notify\nTimeoutStartSec=infinity\nExecStart=/bin/sh -c 'echo -n $$$$ >/run/victim; until [ -e /run/go ]; do sleep 0.05; done; systemd-notify --ready; exec sleep 1000'\nNotifyAccess=all\n")
    box.unit("hostile.service", f"[Service]\nType=oneshot\nUser=65534\nNotifyAccess=all\nEnvironment=NOTIFY_SOCKET=/run/systemd/notify\nExecStart=/usr/bin/python3 -S {box.path('spoof.py')}\n")
    box.systemctl("daemon-reload")
    box.systemctl("start", "--no-block", "victim.service")
    wait_for(lambda: box.inside("/run/victim").exists() and box.inside("/run/victim").read_text(), "the victim")
    assert box.systemctl("start", "hostile.service").returncode == 0, box.logs()
    assert "said it" in box.log("hostile.service")
    assert box.is_active("victim.service") == "activating"
    assert box.show("victim", "StatusText") == ""
    assert box.show("victim", "MainPID") == box.inside("/run/victim").read_text()
    box.inside("/run/go").touch()
    box.wait_state("victim.service", "active")


def test_a_flood_of_output_drowns_nobody(hostile):
    box = hostile("[Service]\nExecStart=/bin/sh -c 'head -c 30000000 /dev/zero | tr \"\\\\0\" x; echo; exec sleep 1000'\n")
    box.systemctl("start", "hostile.service")
    assert_neighbour_is_served(box)
    assert box.systemctl("stop", "hostile.service").returncode == 0
    assert_gone(box)


def test_output_that_nobody_reads_stops_only_who_writes_it(hostile):
    box = hostile("[Service]\nStandardOutput=file:/run/pipe\nExecStart=/bin/sh -c 'exec cat /dev/zero'\n")
    box.run("mkfifo", "/run/pipe", check=True)
    holder = box.run("sh", "-c", "sleep 1000 <>/run/pipe >/dev/null 2>&1 & echo $!", check=True)  # so that it can be opened, and is never read
    assert holder.returncode == 0
    box.systemctl("start", "hostile.service")
    assert box.is_active("hostile.service") == "active"
    assert_neighbour_is_served(box)
    assert box.systemctl("stop", "hostile.service").returncode == 0
    assert_gone(box, "cat")


def test_a_name_space_that_is_held_busy_goes_with_its_service(hostile):
    hold = "cd /tmp; exec 5>held; echo $$(stat -c %%i /tmp) >/run/seen; (cd /var/tmp && setsid sleep 1000 >deep) & while :; do sleep 0.01 >/tmp/x; done"
    box = hostile(f"[Service]\nPrivateTmp=yes\nProtectSystem=strict\nReadWritePaths=/run\nTimeoutStopSec=1\nExecStart=/bin/sh -c '{hold}'\n")
    mounts = n_mounts(box)
    for _ in range(3):
        assert box.systemctl("start", "hostile.service").returncode == 0
        wait_for(lambda: box.inside("/run/seen").exists(), "the service to hold it")
        assert_neighbour_is_served(box)
        assert box.systemctl("stop", "hostile.service").returncode == 0
        assert_gone(box)
        left = [path for top in ("/tmp", "/var/tmp") for path in Path(top).glob("systemd-private-*-hostile.service-*") if owned_by_box(box, path)]
        assert left == []
        box.inside("/run/seen").unlink()
    assert n_mounts(box) == mounts


def n_mounts(box):
    """Of the first process of the box."""
    return len(Path(f"/proc/{box.inside('/').parts[2]}/mounts").read_text().splitlines())


def owned_by_box(box, path):
    """Whether the box's manager made this directory: other runs of this test may be under way."""
    return str(path) in box.log("hostile.service") + box.manager_log()


STORE = """import array, os, resource, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ["NOTIFY_SOCKET"])
r, w = os.pipe()
for i in range(400):
    fds = array.array("i", [os.dup(r) for _ in range(100)])
    s.sendmsg([b"FDSTORE=1\\nFDNAME=x%d" % i], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    for fd in fds: os.close(fd)
held = []
try:
    while True: held.append(os.open("/dev/null", 0))
except OSError as error:
    print("at", len(held), error.strerror, flush=True)
import time
while True: time.sleep(1000)
"""


def test_descriptors_run_out_for_who_wastes_them(hostile):
    box = hostile("")
    box.path("store.py").write_text(STORE)
    box.unit("hostile.service", f"[Service]\nFileDescriptorStoreMax=8\nNotifyAccess=all\nLimitNOFILE=300\nExecStart=/usr/bin/python3 -S {box.path('store.py')}\n")
    box.systemctl("daemon-reload")
    manager = box.manager_pid()
    before = len(os.listdir(f"/proc/{manager}/fd"))
    box.systemctl("start", "hostile.service")
    wait_for(lambda: "Too many open files" in box.log("hostile.service"), "the end of its descriptors")
    wait_for(lambda: int(box.show("hostile", "NFileDescriptorStore")) > 0, "what it stored")
    assert int(box.show("hostile", "NFileDescriptorStore")) <= 8
    wait_for(lambda: len(os.listdir(f"/proc/{manager}/fd")) <= before + 8 + 8, "the manager to close what is too much")
    assert_neighbour_is_served(box)
    assert box.systemctl("stop", "hostile.service").returncode == 0


def test_links_in_a_state_directory_lead_nowhere(hostile):
    swap = "cd /var/lib/hostile && for i in 1 2 3 4 5 6 7 8; do rm -rf sub; ln -sfn /run/treasure sub; rm -f sub; mkdir -p sub; done; rm -rf sub; ln -sfn /run/treasure sub"
    box = hostile(f"[Service]\nType=oneshot\nUser=65534\nStateDirectory=hostile hostile/sub\nStateDirectoryMode=0777\nExecStart=-/bin/sh -c '{swap}'\n")
    box.run("sh", "-c", "mount -t tmpfs tmpfs /var/lib && mkdir -m 700 /run/treasure && echo gold >/run/treasure/gold && chmod 600 /run/treasure/gold", check=True)
    for _ in range(6):
        box.systemctl("start", "hostile.service")  # fails, or not; never by the link
        found = [box.inside(path).stat() for path in ("/run/treasure", "/run/treasure/gold")]
        assert [(st.st_uid, st.st_gid, st.st_mode & 0o777) for st in found] == [(0, 0, 0o700), (0, 0, 0o600)]
    assert_neighbour_is_served(box)
