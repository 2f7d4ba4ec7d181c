# SPDX-License-Identifier: Apache-2.0
"""A message bus that leaves activation to systemd asks tendd; names and controllers on the bus are followed."""

import os
import shutil
import subprocess

import pytest

from message_bus import MessageBus
from tendbox import ROOT, wait_for

pytestmark = [
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
    pytest.mark.skipif(
        subprocess.run(["/usr/bin/python3", "-c", "import dbus"], capture_output=True).returncode != 0, reason="needs python3-dbus"
    ),
]

OWN = """
import dbus, os, sys, time
if "fork" in sys.argv and os.fork():
    os._exit(0)
if "fork" in sys.argv and os.fork(): # two processes: nobody can guess which is the main one
    time.sleep(1000)
bus = dbus.SystemBus()
bus.request_name(sys.argv[1])
time.sleep(1000)
"""

CONTROL = """
import dbus, dbus.mainloop.glib, os, signal, subprocess
from gi.repository import GLib
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
loop = GLib.MainLoop()
child = subprocess.Popen(["sleep", "1000"], stdout=subprocess.DEVNULL)
bus = dbus.SystemBus()
def asked(path):
    print("asked", path, flush=True)
    child.kill()
bus.add_signal_receiver(asked, "RequestStop", "org.freedesktop.systemd1.Scope", path_keyword="path")
manager = dbus.Interface(bus.get_object("org.freedesktop.systemd1", "/org/freedesktop/systemd1"), "org.freedesktop.systemd1.Manager")
properties = [("PIDs", dbus.Array([child.pid], "u")), ("Controller", bus.get_unique_name())]
manager.StartTransientUnit("mine.scope", "fail", properties, dbus.Array([], "(sa(sv))"))
print("ready", flush=True)
loop.run()
"""


@pytest.fixture(params=["open", "policy"])
def bus(request, box):
    """A bus that allows everything, and one that allows what the file for images without systemd allows."""
    activatable = box.path("services")
    activatable.mkdir()
    for name, unit in (("Named", "named.service"), ("Missing", "missing.service"), ("Manual", "manual.service")):
        text = f"[D-BUS Service]\nName=org.tend.{name}\nExec=/bin/false\nUser=root\nSystemdService={unit}\n"
        (activatable / f"org.tend.{name}.service").write_text(text)
    box.path("own.py").write_text(OWN)
    own = f"/usr/bin/python3 {box.path('own.py')}"
    box.unit("dbus.service", "[Service]\nExecStart=sleep 1000\n")
    box.unit("dbus.socket", "[Socket]\nListenStream=/run/some.socket\n")
    box.unit("named.service", f"[Service]\nType=dbus\nBusName=org.tend.Named\nExecStart={own} org.tend.Named\n")
    box.unit("manual.service", "[Unit]\nRefuseManualStart=yes\n[Service]\nExecStart=sleep 1000\n")
    forking = "[Service]\nType=forking\nGuessMainPID=no\nBusName=org.tend.Forked\n"
    box.unit("forked.service", f"{forking}ExecStart={own} org.tend.Forked fork\n")
    box.start()
    bus = MessageBus(box, activatable, ROOT / "share/dbus-1/system.d/tend.conf" if request.param == "policy" else None)
    bus.start()
    bus.wait_manager()
    yield bus
    bus.stop()


def start_by_name(bus, name):
    return bus.box.run("busctl", "--system", "--timeout=120", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "StartServiceByName", "su", name, "0", timeout=130)


def test_a_service_is_started_for_its_name(bus):
    result = start_by_name(bus, "org.tend.Named")
    assert result.stdout == "u 1\n", result.stderr
    assert bus.box.is_active("named") == "active"
    assert int(bus.box.show("named", "MainPID")) > 0


def test_the_bus_hears_why_there_is_no_start(bus):
    missing = start_by_name(bus, "org.tend.Missing")
    assert missing.returncode != 0 and "Unit missing.service not found." in missing.stderr, missing.stderr
    manual = start_by_name(bus, "org.tend.Manual")
    assert manual.returncode != 0 and "may be requested by dependency only" in manual.stderr, manual.stderr


def test_the_owner_of_the_name_is_the_main_process(bus):
    result = bus.box.systemctl("start", "forked")
    assert result.returncode == 0, result.stderr
    wait_for(lambda: bus.box.show("forked", "MainPID") != "0", "the owner of the name", patience=60)
    call = ["busctl", "--system", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus"]
    owner = bus.box.run(*call, "GetConnectionUnixProcessID", "s", "org.tend.Forked").stdout.split()
    assert owner == ["u", bus.box.show("forked", "MainPID")]
    assert bus.box.systemctl("stop", "forked").returncode == 0


def start_controller(bus):
    if bus.box.run("/usr/bin/python3", "-c", "import dbus.mainloop.glib, gi.repository.GLib").returncode != 0:
        pytest.skip("needs python3-gi")
    controller = subprocess.Popen(
        bus.box.command(["/usr/bin/python3", "-c", CONTROL]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    assert controller.stdout.readline() == "ready\n"
    wait_for(lambda: bus.box.is_active("mine.scope") == "active", "the scope", patience=60)
    return controller


def end_controller(bus, controller):
    bus.box.kill_processes("python3")
    controller.wait(timeout=60)


def test_a_scope_is_ended_by_its_controller(bus):
    controller = start_controller(bus)
    result = bus.box.systemctl("stop", "mine.scope")
    assert result.returncode == 0, result.stderr
    assert controller.stdout.readline() == "asked /org/freedesktop/systemd1/unit/mine_2escope\n"
    assert bus.box.is_active("mine.scope") == "inactive"
    end_controller(bus, controller)


def test_a_scope_whose_controller_left_is_ended_by_signals(bus):
    controller = start_controller(bus)
    assert bus.box.show("mine.scope", "Controller").startswith(":1.")
    end_controller(bus, controller)
    wait_for(lambda: bus.box.show("mine.scope", "Controller") == "", "the controller to be forgotten", patience=60)
    assert bus.box.is_active("mine.scope") == "active"
    assert bus.box.systemctl("stop", "mine.scope").returncode == 0
    assert bus.box.is_active("mine.scope") == "inactive"
