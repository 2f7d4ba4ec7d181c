# SPDX-License-Identifier: Apache-2.0
"""Path units beside the real systemd: what is read of them, what starts their units, and when they give up."""

import pytest

from two_managers import two_managers

STATES = ("ActiveState", "SubState", "Result")
SHOWN = ("LoadState", *STATES, "Unit", "Triggers", "Paths", "MakeDirectory", "DirectoryMode", "TriggerLimitIntervalUSec", "TriggerLimitBurst")

# One path unit each. What systemd refuses or corrects is among them.
SETTINGS = """
PathExists=/run/absent
PathExists=/run/absent|PathExists=
PathExists=relative
PathExists=/run/./a//b/
PathExists=/run/%n|PathChanged=/run/%p|PathModified=/run/x|DirectoryNotEmpty=/run/y|PathExistsGlob=/run/z*
DirectoryNotEmpty=/run/made/deep|MakeDirectory=yes|DirectoryMode=0711
PathChanged=/run/made/too|MakeDirectory=yes
PathExists=/run/made/not|MakeDirectory=yes
PathExists=/run/absent|Unit=other.service
PathExists=/run/absent|Unit=missing.service
PathExists=/run/absent|Unit=p0.path
PathExists=/run/absent|TriggerLimitIntervalSec=0|TriggerLimitBurst=3
PathExists=/run/absent|TriggerLimitIntervalSec=infinity
PathExistsGlob=/run/[absent
MakeDirectory=yes
""".strip("\n").split("\n")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with two_managers(tmp_path_factory.mktemp("paths")) as pair:
        yield pair


def test_settings_are_read_and_refused_alike(pair):
    for name in pair.start_samples("path", SETTINGS, "[Service]\nExecStart=sleep 1000\n"):
        pair.agree(name, *SHOWN)
    pair.agree("", say="find /run/made -printf '%p %y %m\\n' | sort", until="/run/made/deep d 711")
    pair.step("systemctl stop 'p*.path'")


# The services end at once, or when a file says so; each says that it ran.
UNITS = {
    "exists": ("PathExists=/run/w/exists", "rm /run/w/exists"),
    "below": ("PathExists=/run/w/a/b/c", "rm -r /run/w/a"),
    "glob": ("PathExistsGlob=/run/w/*.go", "rm /run/w/*.go"),
    "full": ("DirectoryNotEmpty=/run/w/full\nMakeDirectory=yes", "rm /run/w/full/*"),
    "changed": ("PathChanged=/run/w/changed", "true"),
    "modified": ("PathModified=/run/w/modified", "true"),
    "limit": ("PathExists=/run/w/limit\nTriggerLimitBurst=3\nTriggerLimitIntervalSec=1h", "true"),
    "starts": ("PathExists=/run/w/starts", "true"),
}


def test_what_starts_a_unit_and_how_often(pair):
    for name, (settings, command) in UNITS.items():
        starts = "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=3\n" if name == "starts" else "[Unit]\nStartLimitIntervalSec=0\n"
        pair.unit(f"{name}.path", f"[Path]\n{settings}\n")
        pair.unit(f"{name}.service", f"{starts}[Service]\nType=oneshot\nExecStart=sh -c 'echo {name} $TRIGGER_UNIT $TRIGGER_PATH >>/run/said; {command}'\n")
    paths = " ".join(f"{name}.path" for name in UNITS)
    units = paths + " " + paths.replace(".path", ".service")
    counts = "sort /run/said | uniq -c"
    pair.step(": >/run/said; mkdir -p /run/w; systemctl daemon-reload")
    pair.step(f"systemctl start {paths}")
    pair.agree(units, *STATES, say="find /run/w | sort", until="/run/w/full")
    for i in (1, 2):
        pair.step("touch /run/w/exists")
        pair.agree(units, *STATES, say=counts, until=f"{i} exists")
        pair.step("mkdir -p /run/w/a/b; touch /run/w/a/b/c")
        pair.agree(units, *STATES, say=counts, until=f"{i} below")
        pair.step("touch /run/w/x.go")
        pair.agree(units, *STATES, say=counts, until=f"{i} glob")
        pair.step("touch /run/w/full/entry")
        pair.agree(units, *STATES, say=counts, until=f"{i} full")
    pair.step("mv /run/w/full /run/w/moved; mkdir /run/w/full; touch /run/w/full/more")
    pair.agree(units, *STATES, say=counts, until="3 full")
    pair.step("touch /run/w/limit")
    pair.agree("limit.path limit.service", *STATES, say="grep -c limit /run/said", until="trigger-limit-hit")
    pair.step("rm /run/w/limit; systemctl reset-failed limit.path; systemctl start limit.path")
    pair.agree(units, *STATES)
    pair.step("touch /run/w/starts")
    pair.agree("starts.path starts.service", *STATES, say="grep -c starts /run/said", until="unit-start-limit-hit")
    pair.step(f"systemctl stop {paths}; systemctl reset-failed")
    pair.agree(units, *STATES)


def test_changes_are_seen(pair):
    """How often a change is seen depends on when it comes; whether it is does not."""
    pair.step("mkdir -p /run/w; rm -f /run/w/changed /run/w/modified; : >/run/said; systemctl start changed.path modified.path")
    kinds = "sort -u /run/said"
    pair.step("touch /run/w/changed")
    pair.agree("changed.path", *STATES, say=kinds, until="changed changed.path /run/w/changed")
    pair.step("echo x >>/run/w/modified")
    pair.agree("modified.path", *STATES, say=kinds, until="modified modified.path /run/w/modified")
    for change in ("mv /run/w/changed /run/w/away", "ln -s away /run/w/changed", "chmod 600 /run/w/changed", "rm /run/w/changed"):
        pair.agree("changed.path changed.service", *STATES, until="SubState=dead")
        pair.step(f": >/run/said; {change}")
        pair.agree("changed.path", *STATES, say=kinds, until="changed changed.path")
    # While the unit runs nothing is watched; a change meanwhile is one when it has ended.
    pair.unit("changed.service", "[Service]\nExecStart=sh -c 'echo changed >>/run/said; exec sleep 1000'\n")
    pair.step(": >/run/said; systemctl daemon-reload; touch /run/w/changed")
    pair.agree("changed.path changed.service", *STATES, until="SubState=running")
    pair.step("systemctl stop changed.path changed.service")
    pair.agree("changed.path changed.service", *STATES)
