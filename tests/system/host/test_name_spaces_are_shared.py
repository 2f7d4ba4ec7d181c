# SPDX-License-Identifier: Apache-2.0
"""Name spaces of a unit are the same for all its commands, for units that join it, and for a new manager."""

import os
from pathlib import Path

from tendbox import wait_for


def sleeper(box, name, extra=""):
    box.unit(
        f"{name}.service",
        f"[Unit]\n{extra}\n[Service]\nPrivateNetwork=yes\nPrivateIPC=yes\nPrivateTmp=yes\n"
        f"ExecStartPre=/bin/sh -c 'readlink /proc/self/ns/net; echo {name} >>/tmp/seen'\n"
        "ExecStart=/bin/sleep 1000\nExecReload=/bin/cat /tmp/seen\n",
    )


def spaces(box, unit):
    pid = int(box.show(unit, "MainPID"))
    inside = box.inside(f"/proc/{pid}/ns")
    return {kind: os.readlink(inside / kind) for kind in ("net", "ipc", "mnt")}


def test_commands_and_units_that_join_share_them(make_box):
    box = make_box(user=0, keeper=True)
    sleeper(box, "a")
    sleeper(box, "b", "JoinsNamespaceOf=a.service\nAfter=a.service")
    sleeper(box, "c")
    box.start()
    assert box.systemctl("start", "a.service", "b.service", "c.service").returncode == 0, box.logs()
    a, b, c = (spaces(box, f"{name}.service") for name in "abc")
    assert a["net"] == b["net"] != c["net"]
    assert a["ipc"] == b["ipc"] != c["ipc"]
    assert a["mnt"] != b["mnt"]
    assert a["net"] in box.log("a.service"), "ExecStartPre= ran in the same one"
    assert box.systemctl("reload", "b.service").returncode == 0
    wait_for(lambda: "a\nb\n" in box.log("b.service"), "b to see what a wrote")
    # A new manager gives the same ones to what it starts.
    box.kill_manager()
    box.wait_ready()
    box.kill_processes("sleep", unit_only=True)
    wait_for(lambda: box.is_active("a.service") == "failed", "a to have failed")
    assert box.systemctl("start", "a.service", "c.service").returncode == 0
    assert spaces(box, "c.service")["net"] != spaces(box, "a.service")["net"]
    directories = [path.name for top in ("/tmp", "/var/tmp") for path in Path(top).glob("systemd-private-*-[abc].service-*")]
    assert len(directories) == 4
    assert box.systemctl("stop", "a.service", "b.service", "c.service").returncode == 0
    assert not [path for top in ("/tmp", "/var/tmp") for path in Path(top).glob("systemd-private-*-[abc].service-*")]
