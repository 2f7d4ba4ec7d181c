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
