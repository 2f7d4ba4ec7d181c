# SPDX-License-Identifier: Apache-2.0
"""Over the message bus, also by ssh and systemd-stdio-bridge, tend's programs reach a manager as systemd's do."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tend"))

import tendbox
from message_bus import running_bus
from same_answers import differences
from test_systemctl_is_systemds import UNITS

pytestmark = [
    pytest.mark.skipif(not shutil.which("systemctl"), reason="needs systemctl"),
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
]

# Those that systemctl sends over the message bus, whoever asks.
COMMANDS = """
! systemctl start foo x-y insl
! systemctl start once
systemctl clean foo
systemctl clean --what=runtime foo
systemctl clean --what=all nosuch
systemctl clean --what=nonsense foo
systemctl freeze nosuch
systemctl thaw foo
systemctl thaw nosuch
systemctl service-log-level foo
systemctl service-log-level foo debug
systemctl service-log-level nosuch
systemctl service-log-level foo bar
systemctl service-log-target foo
systemctl service-log-target foo journal
systemctl start --wait bad
systemctl start --wait short
systemctl restart --wait short
systemctl start --wait nosuch
systemctl -M .host list-units foo.service
systemctl -M .host show -p Version
"""

# Stands for ssh: what it would run on the other host runs here.
SSH = """#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
        -l | -p) shift 2 ;;
        -*) shift ;;
        *) break ;;
    esac
done
shift
exec "$@"
"""


@pytest.fixture
def bus(box):
    for name, text in UNITS.items():
        box.unit(name, text)
    with running_bus(box) as bus:
        yield bus


def test_what_systemctl_asks_over_the_bus(bus, tmp_path):
    found = differences(bus.box, tmp_path, COMMANDS)
    assert not found, "\n".join(map(str, found))


@pytest.mark.skipif(not shutil.which("systemd-stdio-bridge"), reason="needs systemd-stdio-bridge")
def test_another_host_is_reached_by_ssh(bus, tmp_path):
    box = bus.box
    box.tend("install-names", tmp_path / "names", check=True)
    ssh = tmp_path / "names/ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    path = {"PATH": f"{tmp_path}/names:{os.environ['PATH']}"}

    def there(program, *arguments):
        return box.run(tmp_path / "names" / program, "-H", "admin@there:22", *arguments, env=path)

    result = there("systemctl", "start", "foo.service")
    assert result.returncode == 0, result.stderr
    assert box.is_active("foo") == "active"
    assert "Loaded: loaded" in there("systemctl", "status", "foo").stdout
    result = there("systemctl", "start", "bad")
    assert result.returncode == 1
    assert "Job for bad.service failed because the control process exited with error code." in result.stderr
    assert there("systemctl", "is-enabled", "foo").stdout == "disabled\n"
    assert "Created symlink" in there("systemctl", "enable", "--runtime", "foo").stderr
    assert there("systemctl", "stop", "foo").returncode == 0
    assert box.is_active("foo") == "inactive"
    assert there("systemctl", "cat", "foo").stderr == "Cannot remotely cat units.\n"
    result = there("systemd-run", "--wait", "-q", "sh", "-c", "exit 5")
    assert result.returncode == 5, result.stderr
    assert "system.slice" in there("systemd-analyze", "dump", "foo*", "system.slice").stdout


def test_a_user_of_this_host_is_reached_by_its_manager(box, tmp_path):
    """--user -M USER@: root asks the manager of that user."""
    runtime = "/run/user/65534"
    script = f"mkdir -p {runtime} && chown 65534 {runtime} && exec setpriv --reuid=65534 --regid=65534 --clear-groups " \
             f"env XDG_RUNTIME_DIR={runtime} HOME={runtime} {tendbox.BIN}/tendd --cgroups=none"
    box.unit("manager.service", f"[Service]\nType=notify\nNotifyAccess=all\nExecStart=sh -c '{script}'\n")
    box.start()
    result = box.systemctl("start", "manager")
    assert result.returncode == 0, box.log("manager.service")
    ours = tmp_path / "systemctl"
    ours.symlink_to(tendbox.BIN / "tend")
    for machine in ("nobody@", "nobody@.host"):
        result = box.run(ours, "--user", "-M", machine, "show", "-P", "ControlGroup", "-p", "SystemState")
        assert (result.returncode, result.stdout) == (0, "\nrunning\n"), result.stderr
    result = box.run(ours, "--user", "-M", "nosuch@.host", "show")
    assert result.returncode == 1
