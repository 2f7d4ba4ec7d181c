# SPDX-License-Identifier: Apache-2.0
"""Who is not root may change what polkit's rules say, over the message bus of the system."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from message_bus import MessageBus
from tendbox import wait_for

POLKITD = Path("/usr/lib/polkit-1/polkitd")
ACTIONS = Path("/usr/share/polkit-1/actions/org.freedesktop.systemd1.policy")
AGENT = Path(__file__).parent / "polkit_agent.py"

pytestmark = [
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
    pytest.mark.skipif(not POLKITD.exists(), reason="needs polkitd"),
    pytest.mark.skipif(not ACTIONS.exists(), reason="needs systemd's actions of polkit"),
]

RULES = """
polkit.addRule(function(action, subject) {
    var unit = action.lookup("unit"), verb = action.lookup("verb");
    if (subject.user != "nobody") return;
    if (action.id == "org.freedesktop.systemd1.manage-units" && unit == "a.service" && verb != "stop")
        return polkit.Result.YES;
    if (action.id == "org.freedesktop.systemd1.manage-units" && unit == "never.service")
        return polkit.Result.NO;
    if (action.id == "org.freedesktop.systemd1.reload-daemon")
        return polkit.Result.YES;
});
"""


class Polkit:
    """A polkitd in a box, with rules of its own."""

    def __init__(self, bus):
        self.bus = bus
        box = bus.box
        rules = box.path("polkit.rules")
        rules.write_text(RULES)
        script = "for d in /etc/polkit-1 /usr/share/polkit-1/rules.d; do mkdir -p $d; mount -t tmpfs -o mode=755 tmpfs $d; done\n"
        script += f"mkdir /etc/polkit-1/rules.d && install -m 644 {rules} /etc/polkit-1/rules.d/10-test.rules"
        box.run("sh", "-ec", script, check=True)
        command = box.command([POLKITD, "--no-debug"])
        self.daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: bus.owner("org.freedesktop.PolicyKit1"), "polkitd", patience=60)

    def stop(self):
        self.daemon.kill()
        self.bus.box.kill_processes("polkitd")
        self.daemon.wait(timeout=20)


@pytest.fixture
def bus(box):
    for name in ("a", "b", "never"):
        box.unit(f"{name}.service", "[Service]\nExecStart=sleep 1000\n")
    box.start()
    bus = MessageBus(box)
    bus.start()
    bus.wait_manager()
    polkit = Polkit(bus)
    yield bus
    polkit.stop()
    bus.stop()


def as_nobody(bus, *words):
    return bus.as_nobody("systemctl", "--no-ask-password", *words)


def test_rules_see_unit_and_verb(bus):
    assert as_nobody(bus, "start", "a").returncode == 0
    assert bus.box.is_active("a") == "active"
    refused = as_nobody(bus, "stop", "a")
    assert refused.returncode != 0 and "nteractive authentication required" in refused.stderr, refused.stderr
    assert bus.box.is_active("a") == "active"
    assert as_nobody(bus, "restart", "a").returncode == 0
    assert as_nobody(bus, "kill", "--signal=CONT", "a").returncode == 0
    assert as_nobody(bus, "start", "b").returncode != 0
    assert as_nobody(bus, "start", "--show-transaction", "a").returncode == 0
    assert bus.box.is_active("b") == "inactive"


def test_an_alias_is_asked_about_by_its_unit(bus):
    (bus.box.units / "alias.service").symlink_to("never.service")
    assert bus.box.systemctl("daemon-reload").returncode == 0
    refused = as_nobody(bus, "start", "alias")
    assert "ccess denied" in refused.stderr, refused.stderr
    assert bus.box.is_active("never") == "inactive"


def test_each_kind_of_change_has_its_action(bus):
    assert as_nobody(bus, "daemon-reload").returncode == 0
    for words in (["set-environment", "A=b"], ["disable", "a.service"], ["cancel"], ["reset-failed"]):
        result = as_nobody(bus, *words)
        assert result.returncode != 0 and "nteractive authentication required" in result.stderr, (words, result.stderr)
    manager = ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"]
    refused = bus.as_nobody("busctl", "--system", "call", *manager, "SetExitCode", "y", "3")
    assert refused.returncode != 0 and "denied" in refused.stderr.lower() + refused.stdout, refused.stderr


def test_somebody_is_asked_where_the_caller_allows_it(bus):
    if bus.box.run("/usr/bin/python3", "-c", "import dbus.mainloop.glib, gi.repository.GLib").returncode != 0:
        pytest.skip("needs python3-dbus and python3-gi")
    quiet = bus.box.run("/usr/bin/python3", AGENT, "b.service", "no")
    assert quiet.stdout.split() == ["org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"], quiet.stdout + quiet.stderr
    assert bus.box.is_active("b") == "inactive"
    question = "org.freedesktop.systemd1.manage-units Authentication is required to start 'b.service'."
    asked = bus.box.run("/usr/bin/python3", AGENT, "b.service", "yes")
    assert asked.stdout.splitlines() == [question, "started"], asked.stdout + asked.stderr
    wait_for(lambda: bus.box.is_active("b") == "active", "b.service")
