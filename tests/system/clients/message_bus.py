# SPDX-License-Identifier: Apache-2.0
"""A private dbus-daemon in a box, where the system's one would be."""

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


class MessageBus:
    """`activatable`: a directory of services that the bus has systemd start."""

    def __init__(self, box, activatable=None):
        self.box = box
        self.config = box.path("bus.conf")
        self.config.write_text(CONFIG % (f"\n  <servicedir>{activatable}</servicedir>" if activatable else ""))
        self.options = ["--systemd-activation"] if activatable else []
        self.daemon = None

    def start(self):
        self.box.run("mkdir", "-p", "/run/dbus", check=True)
        command = self.box.command(["dbus-daemon", f"--config-file={self.config}", "--nofork", "--nopidfile", *self.options])
        self.daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_for(lambda: self.box.run("busctl", "--system", "list").returncode == 0, "the message bus")

    def stop(self):
        for pid in self.box.processes("dbus-daemon"):
            os.kill(pid, signal.SIGKILL)
        self.daemon.wait(timeout=20)

    def wait_manager(self):
        """Waits until the manager has its name."""
        wait_for(lambda: self.owner("org.freedesktop.systemd1"), "the manager on the bus")

    def owner(self, name):
        result = self.box.run("busctl", "--system", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", "s", name)
        return result.stdout == "b true\n"

    def as_nobody(self, *arguments):
        return self.box.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", *arguments)
