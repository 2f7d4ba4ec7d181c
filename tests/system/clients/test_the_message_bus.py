# SPDX-License-Identifier: Apache-2.0
"""On the system's message bus tendd is org.freedesktop.systemd1: anybody may read, root may change."""

import os
import shutil
import signal
import subprocess

import pytest

from message_bus import running_bus
from tendbox import wait_for

pytestmark = [
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
]

MANAGER = ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"]
A = "[Service]\nExecStart=sleep 1000\n"


@pytest.fixture
def bus(box):
    with running_bus(box, a=A) as bus:
        yield bus


def test_root_changes_over_the_bus(bus):
    force = {"env": {"SYSTEMCTL_FORCE_BUS": "1"}}
    result = bus.box.systemctl("start", "a", **force)
    assert result.returncode == 0, result.stderr
    assert bus.box.systemctl("is-active", "a", **force).stdout == "active\n"
    assert bus.box.systemctl("freeze", "a").returncode == 0
    assert bus.box.systemctl("thaw", "a").returncode == 0
    assert bus.box.systemctl("daemon-reload", **force).returncode == 0
    assert bus.box.systemctl("stop", "a", **force).returncode == 0


def test_others_read_and_change_nothing(bus):
    assert bus.as_nobody("systemctl", "is-active", "a").stdout == "inactive\n"
    assert "system.slice" in bus.as_nobody("systemctl", "list-units", "--all").stdout
    for words in (["start", "a"], ["daemon-reload"], ["reset-failed"], ["enable", "a"], ["set-environment", "A=b"], ["set-property", "a.service", "MemoryMax=1G"]):
        result = bus.as_nobody("systemctl", "--no-ask-password", *words)
        assert result.returncode != 0
        assert "denied" in result.stderr.lower() or "authentication required" in result.stderr.lower(), result.stderr
    assert bus.box.is_active("a") == "inactive"


def test_a_start_is_waited_for(bus):
    bus.box.unit("once.service", "[Service]\nType=oneshot\nExecStart=true\n")
    bus.box.unit("bad.service", "[Service]\nExecStart=false\n")
    assert bus.box.systemctl("start", "--wait", "once").returncode == 0
    assert bus.box.systemctl("start", "--wait", "bad").returncode == 1
    result = bus.box.run("systemd-run", "--wait", "--collect", "sh", "-c", "exit 7")
    assert result.returncode == 7, result.stderr


def test_the_bus_may_come_again(bus):
    bus.stop()
    assert bus.box.is_active("a") == "inactive"
    bus.start()
    bus.wait_manager()
    assert bus.box.systemctl("start", "a", env={"SYSTEMCTL_FORCE_BUS": "1"}).returncode == 0


def test_signals_are_for_subscribers(bus):
    watch = "type='signal',sender='org.freedesktop.systemd1'"
    seen = bus.box.path("seen")
    monitor = f"exec timeout 60 busctl --system monitor --json=short --match={watch!r} >{seen} 2>&1"
    process = subprocess.Popen(bus.box.command(["sh", "-c", monitor]), stdin=subprocess.DEVNULL)
    wait_for(lambda: seen.exists() and "Monitoring" in seen.read_text(), "the monitor")
    assert bus.box.systemctl("start", "a").returncode == 0
    assert '"UnitNew"' not in seen.read_text()
    assert bus.box.systemctl("stop", "a", env={"SYSTEMCTL_FORCE_BUS": "1"}).returncode == 0
    wait_for(lambda: '"JobRemoved"' in seen.read_text(), "the signal")
    for pid in bus.box.processes("busctl"):
        os.kill(pid, signal.SIGTERM)
    process.wait(timeout=20)


def test_a_service_is_up_when_it_has_its_name(bus):
    script = bus.box.path("own.py")
    script.write_text("import dbus, time\nb = dbus.SystemBus()\nprint(b.request_name('org.tend.Test'))\ntime.sleep(1000)\n")
    if bus.box.run("/usr/bin/python3", "-c", "import dbus").returncode != 0:
        pytest.skip("needs python3-dbus")
    bus.box.unit("dbus.service", "[Service]\nExecStart=sleep 1000\n")
    bus.box.unit("dbus.socket", "[Socket]\nListenStream=/run/some.socket\n")
    bus.box.unit("named.service", f"[Service]\nType=dbus\nBusName=org.tend.Test\nExecStart=/usr/bin/python3 {script}\n")
    result = bus.box.systemctl("start", "named", timeout=60)
    assert result.returncode == 0, result.stderr
    assert bus.owner("org.tend.Test")
    assert bus.box.show("named", "SubState") == "running"


def test_busctl_sees_everything(bus):
    assert bus.box.systemctl("start", "a").returncode == 0
    tree = bus.box.run("busctl", "--system", "--list", "tree", "org.freedesktop.systemd1").stdout
    assert "/org/freedesktop/systemd1/unit/a_2eservice" in tree
    assert "/org/freedesktop/LogControl1" in tree
    for path in ("/org/freedesktop/systemd1", "/org/freedesktop/systemd1/unit/a_2eservice"):
        result = bus.box.run("busctl", "--system", "introspect", "org.freedesktop.systemd1", path)
        assert result.returncode == 0, result.stderr
    wrong = bus.box.run("busctl", "--system", "call", *MANAGER, "StartUnit", "s", "a.service")
    assert "Invalid arguments 's' to call org.freedesktop.systemd1.Manager.StartUnit()" in wrong.stderr or "expecting" in wrong.stderr
