# SPDX-License-Identifier: Apache-2.0
"""Programs that were written for systemd's bus work on tendd unchanged."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess

import pytest

from message_bus import running_bus
from tendbox import wait_for

pytestmark = [
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
]

SLEEPER = "[Service]\nExecStart=sleep 1000\n"


@pytest.fixture
def bus(box):
    with running_bus(box, a=SLEEPER, bad="[Service]\nExecStart=false\n") as bus:
        yield bus


def end(box, process, name):
    for pid in box.processes(name):
        os.kill(pid, signal.SIGTERM)
    process.wait(timeout=20)


# --- Prometheus ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [False, True], ids=["bus", "private"])
def test_the_exporter_of_prometheus_sees_units(bus, private):
    program = shutil.which("prometheus-node-exporter") or pytest.skip("needs prometheus-node-exporter")
    box = bus.box
    box.unit("often.timer", "[Timer]\nOnCalendar=daily\nUnit=a.service\n")
    box.unit("in.socket", "[Socket]\nListenStream=/run/in.socket\nService=a.service\n")
    assert box.systemctl("start", "often.timer", "in.socket", "a.service").returncode == 0
    box.systemctl("start", "bad.service")
    box.wait_state("bad.service", "failed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % probe.getsockname()[1]
    wanted = ["--collector.disable-defaults", "--collector.systemd", "--collector.systemd.enable-start-time-metrics"]
    wanted += ["--collector.systemd.enable-task-metrics", "--collector.systemd.enable-restarts-metrics"]
    wanted += ["--collector.systemd.private"] if private else []
    command = box.command([program, f"--web.listen-address={address}", *wanted])
    log = open(box.path("exporter"), "wb")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    scrape = ["curl", "-s", f"http://{address}/metrics"]
    metrics = wait_for(lambda: subprocess.run(scrape, capture_output=True, text=True).stdout, "the exporter")
    end(box, process, "prometheus-node")
    for line in (
        'node_scrape_collector_success{collector="systemd"} 1',
        'node_systemd_unit_state{name="a.service",state="active",type="simple"} 1',
        'node_systemd_unit_state{name="bad.service",state="failed",type="simple"} 1',
        'node_systemd_service_restart_total{name="a.service"} 0',
        'node_systemd_socket_accepted_connections_total{name="in.socket"} 0',
        'node_systemd_timer_last_trigger_seconds{name="often.timer"} 0',
        'node_systemd_version{version="252',
    ):
        assert line in metrics, box.path("exporter").read_text()
    assert re.search(r'node_systemd_unit_start_time_seconds\{name="a.service".*\} 1\.', metrics), metrics


# --- Ansible -------------------------------------------------------------------------------------------


class Ansible:
    def __init__(self, box):
        self.box = box
        self.program = shutil.which("ansible") or pytest.skip("needs ansible")
        box.path("home").mkdir()

    def __call__(self, module, arguments=""):
        """What the module answered, as a dictionary; `failed` says whether it did not work."""
        options = ["-o", "-c", "local", "-i", "localhost,", "-e", "ansible_python_interpreter=/usr/bin/python3"]
        environment = {"HOME": str(self.box.path("home")), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"}
        words = [self.program, "localhost", *options, "-m", module, "-a", arguments]
        result = self.box.run(*words, env=environment, timeout=120)
        match = re.search(r"localhost \| (\S+?)!? *=> (\{.*\})", result.stdout, re.S)
        assert match, result.stdout + result.stderr
        return json.loads(match.group(2))


def test_ansible_changes_services(bus):
    ansible = Ansible(bus.box)
    started = ansible("systemd", "name=a state=started")
    assert started["changed"] and started["status"]["LoadState"] == "loaded"
    assert bus.box.is_active("a") == "active"
    assert not ansible("systemd", "name=a.service state=started")["changed"]
    pid = bus.box.show("a", "MainPID")
    assert ansible("service", "name=a state=restarted")["changed"]
    assert bus.box.show("a", "MainPID") != pid
    assert ansible("systemd", "name=a state=stopped daemon_reload=yes")["changed"]
    assert bus.box.is_active("a") == "inactive"
    assert "Could not find the requested service nothing" in ansible("systemd", "name=nothing state=started")["msg"]


def test_ansible_enables_and_masks(make_box):
    box = make_box(user=0, own_units=False)
    box.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/etc/systemd/system", check=True)
    box.inside("/etc/systemd/system/wanted.service").write_text(SLEEPER + "[Install]\nWantedBy=multi-user.target\n")
    box.start()
    ansible = Ansible(box)
    assert ansible("systemd", "name=wanted enabled=yes")["enabled"] is True
    assert box.systemctl("is-enabled", "wanted").stdout == "enabled\n"
    assert not ansible("systemd", "name=wanted enabled=yes")["changed"]
    assert ansible("systemd", "name=wanted enabled=no")["changed"]
    assert box.systemctl("is-enabled", "wanted").stdout == "disabled\n"
    assert ansible("systemd", "name=cron.service masked=yes")["changed"]
    assert box.systemctl("is-enabled", "cron").stdout == "masked\n"


def test_ansible_lists_services(bus):
    ansible = Ansible(bus.box)
    bus.box.systemctl("start", "a")
    name = bus.box.path("comm")  # the module looks what PID 1 is called, which is a shell here
    name.write_text("systemd\n")
    bus.box.run("mount", "--bind", name, "/proc/1/comm", check=True)
    services = ansible("service_facts")["ansible_facts"]["services"]
    assert services["a.service"] == {"name": "a.service", "source": "systemd", "state": "running", "status": "static"}
    assert services["bad.service"]["state"] in ("stopped", "inactive", "failed")


# --- python3-dbus ----------------------------------------------------------------------------------------

LISTENER = """
import dbus, dbus.mainloop.glib, sys
from gi.repository import GLib
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus, loop, heard = dbus.SystemBus(), GLib.MainLoop(), []
manager = dbus.Interface(bus.get_object("org.freedesktop.systemd1", "/org/freedesktop/systemd1"), "org.freedesktop.systemd1.Manager")
def on_removed(number, path, unit, result):
    if path == job:
        print(unit, result, *sorted(set(heard)))
        loop.quit()
def on_changed(interface, changed, invalidated):
    heard.append(str(changed.get("ActiveState", "-")))
manager.Subscribe()
manager.connect_to_signal("JobRemoved", on_removed)
unit = bus.get_object("org.freedesktop.systemd1", manager.LoadUnit("a.service"))
unit.connect_to_signal("PropertiesChanged", on_changed, dbus_interface="org.freedesktop.DBus.Properties")
job = manager.StartUnit("a.service", "replace")
GLib.timeout_add_seconds(30, loop.quit)
loop.run()
"""


def test_python_hears_of_a_start(bus):
    for module, package in (("dbus", "python3-dbus"), ("gi", "python3-gi")):
        if bus.box.run("/usr/bin/python3", "-c", f"import {module}").returncode != 0:
            pytest.skip(f"needs {package}")
    result = bus.box.run("/usr/bin/python3", "-c", LISTENER)
    assert result.stdout.split()[:2] == ["a.service", "done"], result.stdout + result.stderr
    assert "active" in result.stdout.split()[2:]
