# SPDX-License-Identifier: Apache-2.0
"""Each Condition*= and Assert*=, turned around and not: what does not hold skips the unit or fails its start, and
systemd-analyze condition has the same opinion of this machine."""

import os
import re
import shutil
import subprocess

import pytest
from tendbox import ROOT

# Condition to something of it that holds here; None = whether it does is for the machine to say. "@" is the box's directory.
HOLD = {
    "ACPower": (None, "true"),
    "Architecture": (True, "native"),
    "CPUFeature": (None, "sse2"),
    "CPUPressure": (None, "100%/1min"),
    "CPUs": (True, ">=1"),
    "Capability": (None, "CAP_CHOWN"),
    "ControlGroupController": (None, "cpu"),
    "Credential": (False, "no-such-credential"),
    "DirectoryNotEmpty": (True, "@/filled"),
    "Environment": (True, "PATH"),
    "FileIsExecutable": (True, "@/program"),
    "FileNotEmpty": (True, "@/text"),
    "Firmware": (None, "uefi"),
    "FirstBoot": (None, "yes"),
    "Group": (None, "root"),
    "Host": (True, "*"),
    "IOPressure": (None, "100%/1min"),
    "KernelCommandLine": (False, "no.such.word"),
    "KernelVersion": (True, ">=3.0"),
    "Memory": (True, ">=1M"),
    "MemoryPressure": (None, "100%/1min"),
    "NeedsUpdate": (None, "/etc"),
    "OSRelease": (False, "ID=no-such-system"),
    "PathExists": (True, "@/text"),
    "PathExistsGlob": (True, "@/te*t"),
    "PathIsDirectory": (True, "@/filled"),
    "PathIsEncrypted": (None, "/"),
    "PathIsMountPoint": (True, "/"),
    "PathIsReadWrite": (True, "@"),
    "PathIsSymbolicLink": (True, "@/link"),
    "Security": (None, "apparmor"),
    "User": (True, "root"),
    "Virtualization": (None, "container"),
}
MADE_BY_THE_BOX = ("FirstBoot", "NeedsUpdate")  # its /run is new, so that the machine's answer is another


NO_SUCH_SETTING = ("AssertFirmware",)  # of systemd 252


def settings():
    """(kind, name, value) of all of them."""
    return [(kind, name, value) for name, (_, value) in HOLD.items() for kind in ("Condition", "Assert") if kind + name not in NO_SUCH_SETTING]


def test_every_condition_is_tried():
    text = (ROOT / "src/unit/directives_unit.c").read_text()
    rows = re.findall(r'\.name = "((?:Condition|Assert)\w+)"', text)
    assert sorted(rows) == sorted(kind + name for kind, name, _ in settings())


@pytest.fixture
def answers(make_box):
    """Starts a target for each condition: what came of them, and the box."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    box = make_box()
    top = box.path()
    (top / "filled").mkdir()
    for name in ("text", "program", "filled/one"):
        (top / name).write_text("x")
    (top / "program").chmod(0o755)
    (top / "link").symlink_to("text")
    names = []
    for kind, name, value in settings():
        for mark in ("", "!"):
            unit = f"{kind}-{name}-{'not' if mark else 'so'}.target".lower()
            box.unit(unit, f"[Unit]\n{kind}{name}={mark}{value.replace('@', str(top))}\n")
            names.append(unit)
    box.start()
    box.systemctl("start", *names)
    shown = box.systemctl("show", "-pId", "-pActiveState", "-pConditionResult", "-pAssertResult", *names).stdout
    blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in shown.split("\n\n")]
    return box, {block["Id"]: block for block in blocks if block}


def test_what_does_not_hold_keeps_a_unit_down(answers):
    box, units = answers
    for kind, name, _ in settings():
        expected, result = HOLD[name][0], f"{kind}Result"
        so, turned = (units[f"{kind}-{name}-{end}.target".lower()] for end in ("so", "not"))
        assert {so[result], turned[result]} == {"yes", "no"}, kind + name
        if expected is not None:
            assert so[result] == ("yes" if expected else "no"), kind + name
        for unit in (so, turned):
            assert unit["ActiveState"] == ("active" if unit[result] == "yes" else "inactive"), unit
            if kind == "Assert" and unit[result] == "no":
                assert f"Assertion failed for {unit['Id']}" in box.manager_log() + box.log(unit["Id"]), unit


def test_the_machine_is_seen_as_by_systemd(answers):
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze")
    box, units = answers
    for name, (_, value) in HOLD.items():
        if name in MADE_BY_THE_BOX:
            continue
        asked = f"Condition{name}={value.replace('@', str(box.path()))}"
        theirs = box.run("/usr/bin/systemd-analyze", "condition", asked)
        ours = units[f"condition-{name}-so.target".lower()]["ConditionResult"]
        assert ours == ("yes" if theirs.returncode == 0 else "no"), asked + theirs.stdout + theirs.stderr
