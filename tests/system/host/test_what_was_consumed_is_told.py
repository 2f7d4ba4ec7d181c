# SPDX-License-Identifier: Apache-2.0
"""What a unit has consumed is said when it ends, and shown until it starts again: known amounts of work, by the kernel's count."""

import re

import pytest

import tendbox

BURN = "import time\nwhile time.process_time() < 1.2: pass"
SEND = """
import socket
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
other = server.accept()[0]
for i in range(100):
    client.sendall(bytes(4096))
    left = 4096
    while left:
        left -= len(other.recv(left))
"""
SENT = 100 * 4096
NSEC_PER_SEC = 10**9


def program(box, name, text):
    path = box.path(f"{name}.py")
    path.write_text(text + "\nraise SystemExit(1)\n")  # a unit that failed is not forgotten
    return f"python3 -S {path}"


def run(box, unit, command, settings=""):
    box.unit(unit, f"[Service]\nType=oneshot\n{settings}ExecStart={command}\n")
    box.systemctl("daemon-reload")
    assert box.systemctl("start", unit).returncode != 0, box.logs()


@pytest.fixture
def unified_box(make_box):
    if not tendbox.own_group(""):
        pytest.skip("needs control groups of version 2")
    box = make_box(cgroups="unified")
    box.start()
    return box


def test_processor_time_is_told_and_kept(unified_box):
    box = unified_box
    run(box, "b.service", program(box, "burn", BURN))
    used = int(box.show("b.service", "CPUUsageNSec"))
    assert 1.2 * NSEC_PER_SEC <= used < 3 * NSEC_PER_SEC
    assert re.search(r"b.service: Consumed [12]\.\d+s CPU time\.$", box.log("b.service"), re.MULTILINE), box.log("b.service")
    assert box.show("b.service", "MemoryCurrent") == "[not set]"
    box.systemctl("reset-failed", "b.service")


def test_little_is_not_told(unified_box):
    box = unified_box
    run(box, "f.service", "/bin/false")
    assert 0 < int(box.show("f.service", "CPUUsageNSec")) < NSEC_PER_SEC
    run(box, "n.service", "/bin/false", "CPUAccounting=no\n")
    assert box.show("n.service", "CPUUsageNSec") == "[not set]"
    box.unit("r.service", "[Service]\nCPUAccounting=no\nExecStart=sleep 1000\n")
    box.systemctl("daemon-reload")
    assert box.systemctl("start", "r.service").returncode == 0, box.logs()
    assert box.show("r.service", "CPUUsageNSec") == "[not set]"
    assert "Consumed" not in box.log("f.service") + box.log("n.service")


def test_traffic_is_told_and_kept(unified_box):
    box = unified_box
    box.run("ip", "link", "set", "lo", "up")
    run(box, "s.service", program(box, "send", SEND), "IPAccounting=yes\n")
    if box.show("s.service", "IPEgressBytes") == "[no data]":
        pytest.skip("needs a kernel that takes programs at control groups")
    for name in ("IPIngressBytes", "IPEgressBytes"):
        assert SENT <= int(box.show("s.service", name)) < 2 * SENT
    assert int(box.show("s.service", "IPEgressPackets")) >= 100
    assert "K IP traffic, sent 4" in box.log("s.service"), box.log("s.service")


def test_processor_time_of_version_1_is_told_where_it_is_wanted(make_box):
    if not tendbox.own_group("cpuacct"):
        pytest.skip("needs control groups of version 1 with cpuacct")
    box = make_box(controllers=True)
    box.start()
    run(box, "b.service", program(box, "burn", BURN), "CPUAccounting=yes\n")
    assert 1.2 * NSEC_PER_SEC <= int(box.show("b.service", "CPUUsageNSec")) < 3 * NSEC_PER_SEC
    assert "b.service: Consumed 1." in box.log("b.service")


def test_nothing_is_told_where_nobody_counts(make_box):
    box = make_box(cgroups="none")
    box.start()
    run(box, "b.service", program(box, "burn", BURN))
    assert box.show("b.service", "CPUUsageNSec") == "[not set]"
    assert "Consumed" not in box.log("b.service")
