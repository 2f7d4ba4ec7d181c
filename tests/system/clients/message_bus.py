# SPDX-License-Identifier: Apache-2.0
"""A private dbus-daemon in a box, where the system's one would be."""

import contextlib
import os
import signal
import subprocess

from tendbox import wait_for

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>%s
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="false"/><allow receive_sender="*"/>
  </policy>
</busconfig>
"""


# As distributions have it: what no file allows is refused.
STRICT = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/><deny send_type="method_call"/>
    <allow send_type="signal"/><allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/>
    <allow receive_type="error"/><allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Introspectable"/>
    <deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.systemd1.Activator"/>
  </policy>
  <policy user="root">
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.systemd1.Activator"/>
    <allow own_prefix="org.tend"/>
  </policy>%s
</busconfig>
"""


class MessageBus:
    """`activatable`: a directory of services that the bus has systemd start; `policy`: a file that says alone what is allowed."""

    def __init__(self, box, activatable=None, policy=None):
        self.box = box
        self.config = box.path("bus.conf")
        more = f"\n  <servicedir>{activatable}</servicedir>" if activatable else ""
        more += '\n  <limit name="service_start_timeout">120000</limit>'  # a busy machine is slow
        more += f"\n  <include>{policy}</include>" if policy else ""
        self.config.write_text((STRICT if policy else CONFIG) % more)
        self.options = ["--systemd-activation"] if activatable else []
        self.daemon = None

    def start(self):
        self.box.run("mkdir", "-p", "/run/dbus", check=True)
        command = self.box.command(["dbus-daemon", f"--config-file={self.config}", "--nofork", "--nopidfile", *self.options])
        self.daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_for(lambda: self.box.run("busctl", "--system", "list").returncode == 0, "the message bus", patience=60)

    def stop(self):
        for pid in self.box.processes("dbus-daemon"):
            os.kill(pid, signal.SIGKILL)
        self.daemon.wait(timeout=20)

    def wait_manager(self):
        """Waits until the manager has its name."""
        wait_for(lambda: self.owner("org.freedesktop.systemd1"), "the manager on the bus", patience=60)

    def owner(self, name):
        result = self.box.run("busctl", "--system", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", "s", name)
        return result.stdout == "b true\n"

    def as_nobody(self, *arguments):
        return self.box.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", *arguments)


@contextlib.contextmanager
def running_bus(box, **units):
    """A bus beside the manager of a box with these units (NAME=text is NAME.service)."""
    for name, text in units.items():
        box.unit(f"{name}.service", text)
    box.start()
    bus = MessageBus(box)
    bus.start()
    bus.wait_manager()
    yield bus
    bus.stop()
