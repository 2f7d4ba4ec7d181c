# SPDX-License-Identifier: Apache-2.0
"""Limits of resources hold, as seen from inside the service and from the kernel's own figures (version 1 of control groups)."""

import shutil
import time

import pytest

import tendbox
from tendbox import wait_for

HOG = "python3 -c 'x = bytearray(200 << 20); import time; time.sleep(1000)'"


def hierarchy(name):
    own = tendbox.own_group(name)
    return own if own and (own / "tasks").exists() else None


@pytest.fixture
def box(make_box):
    missing = [name for name in ("cpu", "cpuset", "devices", "memory", "pids") if not hierarchy(name)]
    if missing:
        pytest.skip("needs control groups of version 1 with " + ", ".join(missing))
    return make_box(controllers=True)


def group_file(box, unit, controller, file):
    """A control file of a unit's group, as the machine sees it."""
    mount = [mount for mount, names in tendbox.controller_mounts().items() if controller in names.split(",")][0]
    relative = box.show(unit, "ControlGroup")
    assert relative, box.logs()
    return box.inside(f"{mount}{relative}/{file}")


def in_group(box, unit, controller, file):
    return group_file(box, unit, controller, file).read_text().strip()


def test_a_memory_limit_kills(box):
    box.unit("m.service", f"[Service]\nMemoryMax=40M\nExecStart=/bin/sh -c \"exec {HOG}\"\n")
    box.start()
    box.systemctl("start", "m.service")
    box.wait_state("m.service", "failed")
    assert box.show("m", "Result") == "oom-kill", box.logs()
    assert "killed by the OOM killer" in box.log("m.service")


def test_a_kill_of_a_child_stops_the_service(box):
    text = f"[Service]\nMemoryMax=40M\nExecStart=/bin/sh -c \"{HOG}; exec sleep 1000\"\n"
    box.unit("c.service", text)
    box.unit("d.service", text + "OOMPolicy=continue\n")
    box.start()
    box.systemctl("start", "c.service", "d.service")
    box.wait_state("c.service", "failed")
    assert box.show("c", "Result") == "oom-kill", box.logs()
    wait_for(lambda: "OOM killer" in box.log("d.service"), "the message")
    assert box.is_active("d.service") == "active"


def test_a_tasks_limit_refuses_to_fork(box):
    box.unit(
        "p.service",
        "[Service]\nType=oneshot\nTasksMax=5\nRemainAfterExit=yes\n"
        "ExecStart=/bin/sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; wait'\n",
    )
    box.start()
    box.systemctl("start", "--no-block", "p.service")
    wait_for(lambda: "fork" in box.log("p.service"), "the refusal")


def test_a_processor_quota_holds(box):
    box.unit("q.service", "[Service]\nCPUQuota=20%\nCPUAccounting=yes\nExecStart=/bin/sh -c 'while :; do :; done'\n")
    box.start()
    box.systemctl("start", "q.service")
    assert in_group(box, "q", "cpu", "cpu.cfs_quota_us") == "20000"
    assert in_group(box, "q", "cpu", "cpu.cfs_period_us") == "100000"
    usage = group_file(box, "q", "cpuacct", "cpuacct.usage")
    wait_for(lambda: int(usage.read_text()) > 50_000_000, "the loop to run")
    # Above the quota never; below it when others use the machine.
    begin, used = time.monotonic_ns(), int(usage.read_text())
    wait_for(lambda: time.monotonic_ns() - begin > 2_000_000_000, "two seconds")
    used = int(usage.read_text()) - used
    elapsed = time.monotonic_ns() - begin
    assert used <= elapsed * 0.22, (used, elapsed)
    throttled = dict(line.split() for line in in_group(box, "q", "cpu", "cpu.stat").splitlines())
    assert int(throttled["nr_throttled"]) > 0
    assert int(box.show("q", "CPUUsageNSec")) >= used


def test_processors_are_those_that_are_allowed(box):
    box.unit("s.service", "[Service]\nAllowedCPUs=0\nAllowedMemoryNodes=0\nSlice=x-y.slice\nExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "s.service").returncode == 0, box.logs()
    pid = box.show("s", "MainPID")
    status = box.run("cat", f"/proc/{pid}/status").stdout
    assert "Cpus_allowed_list:\t0\n" in status
    assert "Mems_allowed_list:\t0\n" in status


def test_devices_are_denied(box):
    program = "for d in null full kmsg; do if (: < /dev/$d); then echo $d yes; else echo $d no; fi; done"
    box.unit("d.service", f"[Service]\nType=oneshot\nDevicePolicy=closed\nExecStart=/bin/sh -c '{program}'\n")
    box.unit("e.service", f"[Service]\nType=oneshot\nDevicePolicy=strict\nDeviceAllow=/dev/full r\nDeviceAllow=/dev/null rw\nExecStart=/bin/sh -c '{program}'\n")
    box.unit("f.service", f"[Service]\nType=oneshot\nDeviceAllow=char-mem r\nExecStart=/bin/sh -c '{program}'\n")
    box.start()
    for name, expected in (("d", "yes yes no"), ("e", "yes yes no"), ("f", "yes yes yes")):
        assert box.systemctl("start", f"{name}.service").returncode == 0, box.logs()
        lines = [line for line in box.log(f"{name}.service").splitlines() if line.endswith((" yes", " no"))]
        assert " ".join(line.split()[-1] for line in lines) == expected, box.logs()


def test_private_devices_and_a_protected_clock_close_the_others(box):
    node = "/run/own-node"
    program = f"for d in /dev/null /dev/full {node}; do if (: < $d); then echo $d yes; else echo $d no; fi; done"
    for name, setting in (("p", "PrivateDevices=yes"), ("c", "ProtectClock=yes"), ("n", "ProtectClock=no")):
        box.unit(f"{name}.service", f"[Service]\nType=oneshot\n{setting}\nExecStart=/bin/sh -c '{program}'\n")
    box.start()
    box.run("mknod", node, "c", "1", "11", check=True)  # /dev/kmsg by another name
    for name, expected in (("p", "yes yes no"), ("c", "yes yes no"), ("n", "yes yes yes")):
        assert box.systemctl("start", f"{name}.service").returncode == 0, box.logs()
        lines = [line for line in box.log(f"{name}.service").splitlines() if line.endswith((" yes", " no"))]
        assert " ".join(line.split()[-1] for line in lines) == expected, box.logs()


def test_services_share_the_limit_of_their_slice(box):
    box.unit("s.slice", "[Slice]\nTasksMax=6\nCPUWeight=50\n")
    for name in ("a", "b"):
        box.unit(
            f"{name}.service",
            "[Service]\nSlice=s.slice\nExecStart=/bin/sh -c 'for i in 1 2 3 4; do sleep 1000 & done; exec sleep 1000'\n",
        )
    box.start()
    box.systemctl("start", "a.service")
    wait_for(lambda: in_group(box, "s.slice", "pids", "pids.current") == "5", "the first one")
    box.systemctl("start", "b.service")
    wait_for(lambda: "fork" in box.log("b.service"), "the refusal")
    assert int(in_group(box, "s.slice", "pids", "pids.current")) <= 6
    assert in_group(box, "s.slice", "cpu", "cpu.shares") == "512"
    assert in_group(box, "a.service", "cpu", "cpu.shares") == "1024"


def test_limits_change_while_a_service_runs(box):
    box.start()
    assert box.run("systemd-run", "--unit=r", "sleep", "1000").returncode == 0
    pid = box.show("r", "MainPID")
    assert "r.service" not in box.run("sh", "-c", f"grep pids /proc/{pid}/cgroup").stdout
    box.unit("r.service.d/10-x.conf", "[Service]\nTasksMax=77\n")
    assert box.systemctl("daemon-reload").returncode == 0
    assert box.show("r", "TasksMax") == "77"
    assert in_group(box, "r", "pids", "pids.max") == "77"
    assert box.show("r", "TasksCurrent") == "1"
    assert box.systemctl("set-property", "--runtime", "r.service", "MemoryMax=64M", "TasksMax=78").returncode == 0
    assert in_group(box, "r", "memory", "memory.limit_in_bytes") == str(64 << 20)
    assert in_group(box, "r", "pids", "pids.max") == "78"
    assert int(box.show("r", "MemoryCurrent")) <= 64 << 20  # what was charged before stays where it was
    assert 0 < int(box.show("r", "MemoryAvailable")) <= 64 << 20
    assert box.show("r", "MainPID") == pid
    status = box.systemctl("status", "r.service").stdout
    assert "Tasks: 1 (limit: 78)" in status and "Memory: " in status, status


def test_top_shows_what_systemd_cgtop_does(box):
    if not shutil.which("systemd-cgtop"):
        pytest.skip("needs systemd-cgtop")
    box.unit("t.service", "[Service]\nTasksMax=9\nMemoryAccounting=yes\nExecStart=sh -c 'sleep 1000 & sleep 1001 & wait'\n")
    box.start()
    assert box.systemctl("start", "t.service").returncode == 0, box.logs()
    wait_for(lambda: box.show("t", "TasksCurrent") == "3", "three processes")

    def rows(*program):
        shown = box.run(*program, "--batch", "--iterations=1", "--raw", "--depth=9", check=True).stdout
        return [line.split() for line in shown.splitlines() if line.split()[:1] and line.split()[0].endswith("/t.service")]

    # They sleep, but pages that nobody uses may still be taken back.
    wait_for(lambda: rows(tendbox.BIN / "tend", "top") == rows("systemd-cgtop") != [], "both to show the same")
    assert rows("systemd-cgtop")[0][1] == "3"


def test_limits_survive_the_manager(make_box):
    if not hierarchy("memory"):
        pytest.skip("needs control groups of version 1 with memory")
    box = make_box(controllers=True, keeper=True)
    text = "[Service]\nMemoryMax=40M\nExecStart=/bin/sh -c 'while ! [ -e %s ]; do sleep 0.01; done; exec %s'\n"
    box.unit("k.service", text % (box.path("go"), HOG.replace("'", '"')))
    box.start()
    box.systemctl("start", "k.service")
    box.forget_ready()
    box.kill_manager()
    box.wait_ready()
    box.path("go").touch()
    box.wait_state("k.service", "failed")
    assert box.show("k", "Result") == "oom-kill", box.logs()


def test_groups_of_controllers_go_with_the_unit(box):
    box.unit("g.service", "[Service]\nTasksMax=9\nMemoryMax=1G\nSlice=t.slice\nExecStart=sleep 1000\n")
    box.start()
    box.systemctl("start", "g.service")
    group = group_file(box, "g", "pids", "pids.max").parent
    assert group.is_dir()
    box.systemctl("stop", "g.service")
    assert not group.exists()
    box.systemctl("stop", "t.slice")
    assert not group.parent.exists()


def test_what_cannot_be_had_is_reported(make_box):
    box = make_box()
    box.unit("n.service", "[Service]\nTasksMax=9\nMemoryMax=1G\nCPUQuota=10%\nExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "n.service").returncode == 0
    assert box.is_active("n.service") == "active"
    for name, controller in (("TasksMax", "pids"), ("MemoryMax", "memory"), ("CPUQuota", "cpu")):
        assert f"{name}= is refused: there is no {controller} controller" in box.log("n.service"), box.logs()


SERVER = (
    "import socket, sys\n"
    "from select import select\n"
    "s = socket.create_server(('127.0.0.1', 0)); t = socket.create_server(('::1', 0), family=socket.AF_INET6)\n"
    "for server in (s, t):\n"
    "    try: c = socket.create_connection(server.getsockname()[:2], timeout=1); c.send(b'x' * 1000); print('reached', flush=True)\n"
    "    except OSError as e: print('denied', flush=True)\n"
)


@pytest.fixture
def unified_box(make_box):
    if not tendbox.own_group(""):
        pytest.skip("needs control groups of version 2")
    return make_box()


def words(box, unit, *wanted):
    """Those of the words that stand at the ends of lines of the unit's log, in order."""
    return [line.split()[-1] for line in box.log(unit).splitlines() if line.split()[-1:] and line.split()[-1] in wanted]


def test_addresses_are_denied(unified_box):
    box = unified_box
    program = box.path("talk.py")
    program.write_text(SERVER)
    common = f"[Service]\nType=oneshot\nExecStart=python3 {program}\n"
    box.unit("deny.slice", "[Slice]\nIPAddressDeny=any\n")
    box.unit("free.service", common)
    box.unit("none.service", common + "IPAddressDeny=any\n")
    box.unit("four.service", common + "Slice=deny.slice\nIPAddressAllow=127.0.0.0/8\n")
    box.unit("six.service", common + "IPAddressDeny=127.0.0.1\n")
    box.start()
    for unit, expected in (
        ("free", ["reached", "reached"]),
        ("none", ["denied", "denied"]),
        ("four", ["reached", "denied"]),
        ("six", ["denied", "reached"]),
    ):
        assert box.systemctl("start", f"{unit}.service").returncode == 0, box.logs()
        assert words(box, f"{unit}.service", "reached", "denied") == expected, unit


def test_traffic_is_counted_and_rules_change(unified_box):
    box = unified_box
    program = box.path("talk.py")
    program.write_text(SERVER + "import time; time.sleep(1000)\n")
    box.unit("n.service", f"[Service]\nIPAccounting=yes\nExecStart=python3 {program}\n")
    box.start()
    box.systemctl("start", "n.service")
    wait_for(lambda: len(words(box, "n.service", "reached")) == 2, "the connections")
    assert int(box.show("n", "IPEgressBytes")) >= 2000
    assert int(box.show("n", "IPIngressBytes")) >= 2000
    assert int(box.show("n", "IPIngressPackets")) >= 6
    before = int(box.show("n", "IPEgressBytes"))
    box.unit("n.service.d/x.conf", "[Service]\nIPAddressDeny=any\n")
    box.systemctl("daemon-reload")
    assert int(box.show("n", "IPEgressBytes")) >= before
    pid = box.show("n", "MainPID")
    group = box.inside("/sys/fs/cgroup/unified" + box.show("n", "ControlGroup"))
    if group.exists():
        ping = f"echo $$ > /sys/fs/cgroup/unified{box.show('n', 'ControlGroup')}/cgroup.procs; "
        ping += "python3 -c \"import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('127.0.0.1', 9))\""
        result = box.run("sh", "-c", ping)
        assert result.returncode != 0 and "Operation not permitted" in result.stderr, result.stderr
    assert box.show("n", "MainPID") == pid


def test_devices_are_denied_without_their_controller(unified_box):
    box = unified_box
    program = "for d in null full kmsg; do if (: < /dev/$d); then echo $d yes; else echo $d no; fi; done; (: >> /dev/full) && echo full yes"
    for name, settings, expected in (
        ("d", "DevicePolicy=closed\n", "yes yes no yes"),
        ("e", "DevicePolicy=strict\nDeviceAllow=/dev/full r\nDeviceAllow=/dev/null rw\n", "yes yes no"),
        ("f", "DeviceAllow=char-mem r\n", "yes yes yes yes"),
        ("g", "DevicePolicy=auto\n", "yes yes yes yes"),
    ):
        box.unit(f"{name}.service", f"[Service]\nType=oneshot\nSuccessExitStatus=1 2\n{settings}ExecStart=/bin/sh -c '{program}'\n")
        if name == "d":
            box.start()
        else:
            box.systemctl("daemon-reload")
        assert box.systemctl("start", f"{name}.service").returncode == 0, box.logs()
        assert " ".join(words(box, f"{name}.service", "yes", "no")) == expected, box.logs()


def test_a_delegated_group_belongs_to_its_user(unified_box):
    box = unified_box
    program = 'g=/sys/fs/cgroup/unified$$(sed -n s/^0:://p /proc/self/cgroup); mkdir $$g/sub && echo 0 > $$g/sub/cgroup.procs && echo moved yes'
    box.unit("d.service", f"[Service]\nType=oneshot\nUser=65534\nDelegate=yes\nExecStart=/bin/sh -c '{program}'\n")
    box.unit("n.service", f"[Service]\nType=oneshot\nUser=65534\nExecStart=-/bin/sh -c '{program}'\n")
    box.start()
    for unit, expected in (("d.service", ["yes"]), ("n.service", [])):
        assert box.systemctl("start", unit).returncode == 0, box.logs()
        assert words(box, unit, "yes") == expected, box.logs()
    assert not list(box.inside("/sys/fs/cgroup/unified").glob("*tend*/**/d.service"))
