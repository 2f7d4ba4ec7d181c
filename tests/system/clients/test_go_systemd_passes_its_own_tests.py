# SPDX-License-Identifier: Apache-2.0
"""go-systemd's own tests of its D-Bus package pass against tendd. The package of the distribution has
them without the units they start, which are therefore here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from message_bus import MessageBus

SOURCES = Path("/usr/share/gocode/src/github.com/coreos/go-systemd")
GODBUS = Path("/usr/share/gocode/src/github.com/godbus/dbus")

# It looks once a second whether a unit has changed, and starts and kills one between two looks.
BLIND = {"TestKillUnit"}

# It waits for the end of one of two jobs and finds fault with a process of the other that is still there, which happens on a busy
# machine (TestStartStopTransientUnitAll). What did not pass is tried again.
ATTEMPTS = 6

SLEEPER = "[Unit]\nDescription=Of a test\n[Service]\nExecStart=sleep 400\n"
UNITS = {
    "start-stop": SLEEPER,
    "subscribe-events": SLEEPER,
    "subscribe-events-set": SLEEPER,
    "enable-disable": SLEEPER,
    "mask-unmask": SLEEPER,
    "reload": SLEEPER + "ExecReload=true\n",
    "start-failed": "[Service]\nType=oneshot\nExecStart=false\n",
    "oneshot": "[Service]\nType=oneshot\nExecStart=sleep 400\n",
}

pytestmark = [
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
    pytest.mark.skipif(not shutil.which("go"), reason="needs go"),
    pytest.mark.skipif(not SOURCES.exists(), reason="needs golang-github-coreos-go-systemd-dev"),
]


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    """The tests as a program."""
    top = tmp_path_factory.mktemp("go")
    copy = shutil.copytree(SOURCES, top / "go-systemd")
    environment = {**os.environ, "HOME": str(top), "GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOSUMDB": "off"}

    def go(*words):
        subprocess.run(["go", *words], cwd=copy, env=environment, check=True, timeout=500)

    go("mod", "edit", "-replace", f"github.com/godbus/dbus/v5={GODBUS}")
    go("test", "-c", "-o", top / "dbus.test", "./dbus")
    yield top / "dbus.test"
    subprocess.run(["chmod", "-R", "u+w", top])


def test_the_tests_of_go_systemd_pass(make_box, program):
    box = make_box(user=0, own_units=False)
    box.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/etc/systemd/system", check=True)
    box.path("fixtures").mkdir()
    box.path("dbus").mkdir()
    for name, text in UNITS.items():
        box.path("fixtures", f"{name}.service").write_text(text)
    box.start()
    bus = MessageBus(box)
    bus.start()
    bus.wait_manager()
    listed = subprocess.run([program, "-test.list", "."], capture_output=True, text=True, check=True).stdout
    names = set(listed.split()) - BLIND
    assert len(names) > 25
    said = ""
    for _ in range(ATTEMPTS):
        run = f'cd {box.path("dbus")} && exec {program} -test.v -test.run "^({"|".join(sorted(names))})$"'
        result = box.run("sh", "-c", run, timeout=200)
        said += result.stdout + result.stderr
        names -= {line.split()[2] for line in result.stdout.splitlines() if line.startswith("--- PASS: ")}
        if not names:
            break
        box.systemctl("stop", "testing-*")
    bus.stop()
    assert names == set(), said
