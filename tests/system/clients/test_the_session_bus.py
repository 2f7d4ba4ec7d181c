# SPDX-License-Identifier: Apache-2.0
"""On the bus of a user's session a user's manager is org.freedesktop.systemd1."""

import os
import shutil
import subprocess

import pytest

from tendbox import NOBODY, wait_for

pytestmark = [
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(not shutil.which("systemctl"), reason="needs systemctl"),
]

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <limit name="service_start_timeout">120000</limit>
  <servicedir>%s</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


class Session:
    """A user's manager and the bus of the session."""

    def __init__(self, box):
        self.box = box
        services = box.path("services")
        services.mkdir()
        service = "[D-BUS Service]\nName=org.tend.Named\nExec=/bin/false\nSystemdService=named.service\n"
        (services / "org.tend.Named.service").write_text(service)
        self.config = box.path("bus.conf")
        self.config.write_text(CONFIG % (box.directory / "run/bus", services))
        command = ["dbus-daemon", f"--config-file={self.config}", "--nofork", "--nopidfile", "--systemd-activation"]
        self.daemon = subprocess.Popen(
            box.command(command), env=box.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        wait_for(lambda: self.owner("org.freedesktop.systemd1"), "the manager on the bus", patience=60)

    def call(self, *words):
        return self.box.run("busctl", "--user", "--timeout=120", "call", *words, timeout=130)

    def owner(self, name):
        driver = ["org.freedesktop.DBus", "/", "org.freedesktop.DBus"]
        return self.call(*driver, "NameHasOwner", "s", name).stdout == "b true\n"

    def stop(self):
        self.daemon.kill()
        self.daemon.wait(timeout=60)


@pytest.fixture
def session(make_box):
    box = make_box(user=NOBODY if os.geteuid() == 0 else os.geteuid())
    box.unit("a.service", "[Service]\nExecStart=sleep 1000\n")
    box.unit("once.service", "[Service]\nType=oneshot\nExecStart=true\n")
    box.unit("bad.service", "[Service]\nExecStart=false\n")
    box.start()
    session = Session(box)
    yield session
    session.stop()


def test_a_user_manages_by_the_session_bus(session):
    box = session.box
    for words in (["start", "a"], ["restart", "a"], ["daemon-reload"], ["set-environment", "A=b"], ["stop", "a"]):
        result = box.systemctl(*words, env={"SYSTEMCTL_FORCE_BUS": "1"})
        assert result.returncode == 0, (words, result.stderr)
    assert box.systemctl("start", "--wait", "once").returncode == 0
    assert box.systemctl("start", "--wait", "bad").returncode == 1
    result = box.run("systemd-run", "--user", "--wait", "--collect", "sh", "-c", "exit 7")
    assert result.returncode == 7, result.stderr
    assert box.systemctl("start", "a").returncode == 0
    tree = box.run("busctl", "--user", "--list", "tree", "org.freedesktop.systemd1")
    assert "/org/freedesktop/systemd1/unit/a_2eservice" in tree.stdout, tree.stderr
    path = "/org/freedesktop/systemd1/unit/a_2eservice"
    assert "org.freedesktop.systemd1.Service" in box.run("busctl", "--user", "introspect", "org.freedesktop.systemd1", path).stdout


def test_the_session_bus_starts_services(session):
    box = session.box
    if box.run("/usr/bin/python3", "-c", "import dbus").returncode != 0:
        pytest.skip("needs python3-dbus")
    box.unit("dbus.service", "[Service]\nExecStart=sleep 1000\n")
    box.unit("dbus.socket", f"[Socket]\nListenStream={box.path('some.socket')}\n")
    own = box.path("own.py")
    own.write_text("import dbus, time\nb = dbus.SessionBus()\nb.request_name('org.tend.Named')\ntime.sleep(1000)\n")
    address = f"Environment=DBUS_SESSION_BUS_ADDRESS=unix:path={box.directory}/run/bus"
    box.unit("named.service", f"[Service]\nType=dbus\nBusName=org.tend.Named\n{address}\nExecStart=/usr/bin/python3 {own}\n")
    result = session.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "StartServiceByName", "su", "org.tend.Named", "0")
    assert result.stdout == "u 1\n", result.stderr
    assert box.is_active("named") == "active"
