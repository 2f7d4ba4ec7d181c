# SPDX-License-Identifier: Apache-2.0
"""Limits of control groups of version 2 hold, by the kernel's own figures (./dev vm has them)."""

import time
from pathlib import Path

import pytest

import tendbox
from tendbox import wait_for

HOG = "python3 -S -c 'x = bytearray(200 << 20); import time; time.sleep(1000)'"
DISK = "/dev/vda"  # of the virtual machine, with nothing on it


@pytest.fixture
def box(make_box):
    missing = {"cpu", "cpuset", "memory", "pids"} - set(tendbox.unified_controllers())
    if missing:
        pytest.skip("needs control groups of version 2 with " + ", ".join(sorted(missing)) + " (./dev vm)")
    return make_box(controllers=True)


def group_file(box, unit, file):
    return box.inside(f"/sys/fs/cgroup{box.show(unit, 'ControlGroup')}/{file}")


def figure(path, name):
    return int(dict(line.split() for line in path.read_text().splitlines())[name])


def test_a_processor_quota_holds(box):
    box.unit("q.service", "[Service]\nCPUQuota=20%\nExecStart=/bin/sh -c 'while :; do :; done'\n")
    box.start()
    box.systemctl("start", "q.service")
    assert group_file(box, "q.service", "cpu.max").read_text() == "20000 100000\n"
    usage = group_file(box, "q.service", "cpu.stat")
    wait_for(lambda: figure(usage, "usage_usec") > 50_000, "the loop to run")
    # Above the quota never; below it when others use the machine.
    begin, used = time.monotonic_ns(), figure(usage, "usage_usec")
    wait_for(lambda: time.monotonic_ns() - begin > 5_000_000_000, "five seconds")
    used = figure(usage, "usage_usec") - used
    elapsed = (time.monotonic_ns() - begin) / 1000
    assert used <= elapsed * 0.22, (used, elapsed)
    assert figure(usage, "nr_throttled") > 0
    assert int(box.show("q", "CPUUsageNSec")) >= used * 1000


def test_a_memory_limit_kills(box):
    box.unit("m.service", f"[Service]\nMemoryMax=40M\nMemorySwapMax=0\nExecStart=/bin/sh -c \"exec {HOG}\"\n")
    box.start()
    box.systemctl("start", "m.service")
    box.wait_state("m.service", "failed")
    assert box.show("m", "Result") == "oom-kill", box.logs()


def test_a_tasks_limit_refuses_to_fork(box):
    box.unit("p.service", "[Service]\nTasksMax=5\nExecStart=/bin/sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; wait'\n")
    box.start()
    box.systemctl("start", "--no-block", "p.service")
    wait_for(lambda: "fork" in box.log("p.service"), "the refusal")


def test_processors_and_protection_are_written(box):
    settings = "AllowedCPUs=0\nMemoryMin=2M\nMemoryLow=4M\nMemoryHigh=300M\nCPUWeight=50\n"
    box.unit("w.service", f"[Service]\nSlice=x-y.slice\n{settings}ExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "w.service").returncode == 0, box.logs()
    expected = {"cpuset.cpus": "0", "memory.min": 2 << 20, "memory.low": 4 << 20, "memory.high": 300 << 20, "cpu.weight": 50}
    for name, value in expected.items():
        assert group_file(box, "w.service", name).read_text().strip() == str(value), name
    assert "Cpus_allowed_list:\t0\n" in box.run("cat", f"/proc/{box.show('w', 'MainPID')}/status").stdout


def test_a_disk_is_read_no_faster(box):
    if "io" not in tendbox.unified_controllers() or not Path(DISK).is_block_device():
        pytest.skip(f"needs an io controller and {DISK} (./dev vm)")
    read = f"begin=$$(cut -d\" \" -f1 /proc/uptime); dd if={DISK} of=/dev/null bs=256k count=48 iflag=direct; echo $$begin $$(cut -d\" \" -f1 /proc/uptime) took"
    box.unit("d.service", f"[Service]\nType=oneshot\nIOAccounting=yes\nIOReadBandwidthMax={DISK} 2M\nExecStart=/bin/sh -c '{read}'\n")
    box.start()
    assert box.systemctl("start", "d.service", timeout=600).returncode == 0, box.logs()
    line = next(line for line in box.log("d.service").splitlines() if line.endswith(" took"))
    begin, end = map(float, line.split()[-3:-1])
    assert end - begin >= 12 / 2 * 0.8, "12 MiB at 2 MB a second"


LIVE = {
    "CPUWeight=33": ("cpu.weight", "33"),
    "MemoryMax=64M": ("memory.max", str(64 << 20)),
    "TasksMax=78": ("pids.max", "78"),
    "AllowedCPUs=0": ("cpuset.cpus", "0"),
    "IOWeight=44": ("io.weight", "44"),
}
PROBE = """
import os, socket, time
def attempt(what):
    try:
        return what() or "yes"
    except OSError:
        return "no"
def send():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))
def look():
    os.close(os.open("/dev/full", os.O_RDONLY))
last = None
while True:
    now = f"net {attempt(send)} full {attempt(look)}"
    if now != last:
        print(now, flush=True)
    last = now
    time.sleep(0.1)
"""


def test_settings_of_running_units_change_at_once_and_stay(make_box):
    missing = {"cpu", "cpuset", "memory", "pids"} - set(tendbox.unified_controllers())
    if missing:
        pytest.skip("needs control groups of version 2 with " + ", ".join(sorted(missing)) + " (./dev vm)")
    box = make_box(controllers=True, keeper=True, own_units=False)
    probe = box.path("probe.py")
    probe.write_text(PROBE)
    box.unit("l.service", f"[Service]\nExecStart=python3 -S {probe}\n")
    box.start()
    box.run("ip", "link", "set", "lo", "up")
    assert box.systemctl("start", "l.service").returncode == 0, box.logs()
    wait_for(lambda: "net yes full yes" in box.log("l.service"), "the service to reach everything")
    pid = box.show("l.service", "MainPID")
    settings = {words: place for words, place in LIVE.items() if not words.startswith("IO") or group_file(box, "l.service", "io.weight").exists()}
    words = [*settings, "IPAddressDeny=any", "DevicePolicy=closed", "DeviceAllow=/dev/null rw"]
    assert box.systemctl("set-property", "--runtime", "l.service", *words).returncode == 0, box.logs()

    def check():
        for name, value in settings.values():
            assert group_file(box, "l.service", name).read_text().split()[-1] == value, name
        assert box.show("l.service", "MainPID") == pid

    check()
    wait_for(lambda: "net no full yes" in box.log("l.service"), "addresses to be denied")  # "closed" has /dev/full
    box.systemctl("daemon-reload")
    check()
    box.forget_ready()
    box.kill_manager()
    box.wait_ready()
    check()
    assert box.systemctl("set-property", "--runtime", "l.service", "DevicePolicy=strict", "IPAddressDeny=").returncode == 0, box.logs()
    wait_for(lambda: box.log("l.service").rstrip().endswith("net yes full no"), "other rules")
    check()


def test_figures_are_the_kernels(box):
    box.unit("g.service", "[Service]\nIOAccounting=yes\nExecStart=sh -c 'sleep 1000 & sleep 1001 & wait'\n")
    box.start()
    assert box.systemctl("start", "g.service").returncode == 0, box.logs()
    wait_for(lambda: box.show("g.service", "TasksCurrent") == "3", "three processes")
    assert group_file(box, "g.service", "pids.current").read_text() == "3\n"
    # They sleep: nobody takes or gives memory.
    wait_for(
        lambda: box.show("g.service", "MemoryCurrent") == group_file(box, "g.service", "memory.current").read_text().strip(), "the same figure"
    )
    used = figure(group_file(box, "g.service", "cpu.stat"), "usage_usec")
    assert int(box.show("g.service", "CPUUsageNSec")) >= used * 1000


def test_what_was_read_is_counted_and_kept(box):
    if "io" not in tendbox.unified_controllers() or not Path(DISK).is_block_device():
        pytest.skip(f"needs an io controller and {DISK} (./dev vm)")
    box.unit("r.service", f"[Service]\nType=oneshot\nIOAccounting=yes\nExecStart=dd if={DISK} of=/dev/null bs=256k count=8 iflag=direct\nExecStart=false\n")
    box.start()
    assert box.systemctl("start", "r.service", timeout=600).returncode != 0
    assert int(box.show("r.service", "IOReadBytes")) >= 8 * 256 * 1024
    assert int(box.show("r.service", "IOReadOperations")) >= 8
    assert "read 2." in box.log("r.service"), box.log("r.service")
