# SPDX-License-Identifier: Apache-2.0
"""PrivateUsers=: who the service is, and what it may do, in a user name space of its own."""

import os
from pathlib import Path

import pytest
from executor import NOBODY, needs_root, run

ASK = (
    'ExecStart=/bin/sh -c "readlink /proc/self/ns/user; id -u; id -g; sed \\"s/  */ /g\\" /proc/self/uid_map | tr \\"\\\\n\\" ,; echo;'
    ' grep CapEff /proc/self/status"'
)
OURS = os.readlink("/proc/self/ns/user")


def can_have_users():
    """Whether a plain user may make user name spaces here."""
    try:
        return int(Path("/proc/sys/user/max_user_namespaces").read_text()) > 0
    except OSError:
        return False


def ask(settings, **options):
    return run(["StandardOutput=inherit", "StandardError=inherit", "PrivateUsers=yes", *settings, ASK], **options)


@needs_root
def test_root_is_root_only_inside():
    space, uid, gid, users, capabilities = ask([]).lines
    assert space != OURS
    assert (uid, gid, users) == ("0", "0", " 0 0 1,")
    assert int(capabilities.split()[1], 16) != 0  # inside


@needs_root
def test_a_user_is_itself_and_everybody_else_nobody():
    result = ask([f"User={NOBODY}"])
    space, uid, gid, users, capabilities = result.lines
    assert space != OURS
    assert (uid, users) == (str(NOBODY), f" 0 0 1, {NOBODY} {NOBODY} 1,")
    assert int(capabilities.split()[1], 16) == 0
    assert [report for report in result.reports if report[1] != "note"] == []


@needs_root
def test_what_belongs_to_others_is_nobodys():
    lines = ["StandardOutput=inherit", "PrivateUsers=yes", "PrivateMounts=yes", "ProtectSystem=strict", 'ExecStart=/bin/sh -c "stat -c %%u /proc/1; chown 1 /tmp 2>/dev/null || echo no"']
    assert run(lines).lines[-1] == "no"


@pytest.mark.skipif(os.geteuid() != 0 or not can_have_users(), reason="needs root to become nobody, and user name spaces")
def test_a_plain_user_can_have_other_name_spaces_with_it():
    lines = ["StandardOutput=inherit", "PrivateUsers=yes", "PrivateNetwork=yes", 'ExecStart=/bin/sh -c "id -u; readlink /proc/self/ns/net"']
    result = run(lines, ["Scope=user"], uid=NOBODY)
    assert result.lines[0] == str(NOBODY)
    assert result.lines[1] != os.readlink("/proc/self/ns/net")
    assert result.levels("PrivateNetwork") == []
