# SPDX-License-Identifier: Apache-2.0
"""A manager without privilege: what the kernel refuses is said, and the service runs."""

import os
import shutil
import subprocess

import faults
import pytest
from executor import NOBODY, needs_capability, run, sample, shell

AS_NOBODY = {"uid": NOBODY} if os.geteuid() == 0 else {}


def refused(settings, *directives, script="cat /proc/self/status"):
    result = shell(settings, script, ["Scope=user"], **AS_NOBODY)
    assert result.code == 0
    for directive in directives:
        assert result.levels(directive) == ["refused"], result.reports
    return result


@pytest.mark.parametrize("setting,directive", [
    ("Nice=-5", "Nice"),
    ("OOMScoreAdjust=-500", "OOMScoreAdjust"),
    ("CPUSchedulingPolicy=rr", "CPUSchedulingPolicy"),
    ("IOSchedulingClass=realtime", "IOSchedulingClass"),
    ("CapabilityBoundingSet=CAP_CHOWN", "CapabilityBoundingSet"),
    ("AmbientCapabilities=CAP_CHOWN", "AmbientCapabilities"),
    ("SecureBits=noroot", "SecureBits"),
    ("SupplementaryGroups=adm", "SupplementaryGroups"),
    ("DynamicUser=yes", "DynamicUser"),
])
def test_the_service_runs_without(setting, directive):
    result = refused([setting], directive)
    assert "Uid" in result.output


@pytest.mark.parametrize("setting,code", [
    ("Nice=-5", 201), ("OOMScoreAdjust=-500", 206), ("CPUSchedulingPolicy=rr", 214), ("SupplementaryGroups=adm", 216),
    ("IOSchedulingClass=realtime", 211), ("CapabilityBoundingSet=CAP_CHOWN", 218), ("SecureBits=noroot", 213),
])
def test_unless_the_policy_insists(setting, code):
    result = shell([setting], "true", ["Policy=strict"], **AS_NOBODY)
    assert result.code == code
    assert result.reports[-1][1] == "failed"


def test_or_the_unit_insists_on_this_setting():
    settings = ["Nice=-5", "OOMScoreAdjust=-500"]
    result = shell(settings, "true", ["Policy=report", "Enforce=Nice"], **AS_NOBODY)
    assert result.code == 201
    assert result.levels("Nice") == ["failed"] and result.levels("OOMScoreAdjust") == ["refused"]


@pytest.mark.parametrize("fact", ["Policy=strict", "Enforce=ManagedOOMSwap"])
def test_what_tend_does_not_do_fails_where_the_policy_insists(fact):
    result = shell(["ManagedOOMSwap=kill"], "echo started", [fact], **AS_NOBODY)
    assert result.code == 78 and "started" not in result.output
    assert result.levels("ManagedOOMSwap") == ["failed"]


def test_what_tend_does_not_do_fails_before_any_command():
    settings = ["ManagedOOMSwap=kill", "StandardOutput=inherit", "ExecStartPre=/bin/echo before"]
    for facts, code in ((["Policy=strict"], 78), ([], 0)):
        result = run(settings, facts, command=("ExecStartPre", 0), **AS_NOBODY)
        assert result.code == code, result.reports
        assert ("before" in result.output) == (code == 0)


def test_another_user_is_never_left_out():
    result = shell(["User=daemon"], "true", **AS_NOBODY)
    assert result.code == 217 or result.code == 216
    assert result.reports[-1][1] == "failed"


def test_another_group_is_never_left_out():
    result = shell(["Group=daemon"], "true", **AS_NOBODY)
    assert result.code == 216


def test_another_root_is_never_left_out(tmp_path):
    assert shell([f"RootDirectory={tmp_path}"], "true", **AS_NOBODY).code == 210


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become nobody")
def test_its_own_user_is_no_change():
    result = shell(["User=nobody"], "id -u", **AS_NOBODY)
    assert (result.code, result.output) == (0, f"{NOBODY}\n")


def test_settings_that_need_no_privilege_work():
    for name in ("umask", "limits", "no-new-privileges", "timer-slack", "nice"):
        result = run(["StandardOutput=inherit", *sample(name)], ["Scope=user"], **AS_NOBODY)
        assert result.code == 0
        assert [report for report in result.reports if report[1] != "unsupported"] == []


def test_a_user_service_begins_at_home(tmp_path):
    os.chmod(tmp_path, 0o755)
    result = run(["StandardOutput=inherit", "ExecStart=/bin/pwd"], ["Scope=user"], env={"HOME": "/usr/share"}, **AS_NOBODY)
    assert result.output == "/usr/share\n"


def test_a_user_service_keeps_the_mask_of_its_manager():
    result = shell([], "umask", ["Scope=user"], before=lambda: os.umask(0o027), **AS_NOBODY)
    assert result.output == "0027\n"


def test_what_was_not_asked_for_is_not_reported():
    """Credentials of other units are hidden where mounts can be had, and nobody misses that where they cannot."""
    result = refused(["ProtectHome=yes"], "ProtectHome")
    assert {directive for _, _, directive, _ in result.reports} == {"ProtectHome"}


@needs_capability("CAP_SYS_ADMIN")
def test_credentials_are_there_without_mounts():
    def begin():
        faults.be_alone()
        if subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=False).returncode != 0:
            raise OSError("no /run of our own")

    confine = [shutil.which("setpriv"), "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--"]
    settings = ["SetCredential=one:two", "ProtectHome=yes"]
    result = shell(settings, "cat $CREDENTIALS_DIRECTORY/one", before=begin, wrapper=confine)
    assert (result.code, result.output) == (0, "two"), result.reports
    assert result.levels("ProtectHome") == ["refused"]
    assert result.levels("LoadCredential") == []
    assert result.levels("SetCredential") == ["weakened"]


def test_what_the_service_cannot_do_without_fails(tmp_path):
    result = shell([f"BindReadOnlyPaths=/usr:{tmp_path}/x"], "true", ["Scope=user"], **AS_NOBODY)
    assert result.code == 226
    assert result.levels("BindPaths") == ["failed"], result.reports
