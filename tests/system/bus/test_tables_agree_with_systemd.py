# SPDX-License-Identifier: Apache-2.0
"""Names, signatures and flags of methods and properties are those that the installed systemd introspects."""

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PEER = Path(__file__).with_name("peer.py")
SYSTEMD = Path("/lib/systemd/systemd")
INTERFACES = """Manager Job Unit Service Socket Mount Swap Slice Scope Timer Path Automount Device
                Target""".split()

OBJECTS = {
    "Manager": "/org/freedesktop/systemd1",
    **{name: f"/org/freedesktop/systemd1/unit/x_2e{name.lower()}" for name in INTERFACES[3:]},
    "Unit": "/org/freedesktop/systemd1/unit/x_2eservice",
}


def need_systemd():
    if not SYSTEMD.exists() or "systemd 252" not in subprocess.run(
        [SYSTEMD, "--version"], capture_output=True, text=True
    ).stdout:
        pytest.skip("needs /lib/systemd/systemd of version 252")
    if os.geteuid() != 0:
        pytest.skip("needs root for a private mount name space")


def reference(interface):
    command = f"mount -t tmpfs tmpfs /run && exec {SYSTEMD} --bus-introspect=org.freedesktop.systemd1.{interface}"
    return subprocess.run(["unshare", "-m", "sh", "-c", command], capture_output=True, text=True, check=True).stdout


def describe(xml, interface):
    """(methods, properties, signals) by name; private and deprecated marks are left out."""
    methods, properties, signals = {}, {}, {}
    for node in ElementTree.fromstring(xml).findall("interface"):
        if node.get("name") != f"org.freedesktop.systemd1.{interface}":
            continue
        for item in node:
            arguments = [(a.get("type"), a.get("name"), a.get("direction")) for a in item.findall("arg")]
            marks = [a.get("value") for a in item.findall("annotation") if a.get("name").endswith("EmitsChangedSignal")]
            if item.tag == "method":
                methods[item.get("name")] = arguments
            elif item.tag == "signal":
                signals[item.get("name")] = arguments
            else:
                properties[item.get("name")] = (item.get("type"), item.get("access"), marks)
    return methods, properties, signals


@pytest.mark.parametrize("interface", OBJECTS)
def test_an_interface_is_systemds(box, interface):
    need_systemd()
    box.start()
    answer = box.run("/usr/bin/python3", PEER, "/run/tend/private", OBJECTS[interface])
    assert answer.returncode == 0, answer.stderr
    methods, properties, signals = describe(answer.stdout, interface)
    their_methods, their_properties, their_signals = describe(reference(interface), interface)
    assert properties == their_properties
    ours = {name: their_methods[name] for name in their_methods if "UnitFile" not in name and name != "SetDefaultTarget"}
    assert {**ours, **methods} == methods == {name: their_methods[name] for name in methods}
    assert signals == their_signals
    assert interface != "Manager" or len(methods) >= 50


def test_the_generated_table_is_up_to_date():
    need_systemd()
    result = subprocess.run([ROOT / "tools/gen_bus_defaults"], capture_output=True, text=True, check=True)
    assert result.stdout == (ROOT / "src/bus/bus_default_properties.c").read_text()
