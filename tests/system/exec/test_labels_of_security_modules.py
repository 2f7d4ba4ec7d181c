# SPDX-License-Identifier: Apache-2.0
"""AppArmorProfile=: the kernel holds a service to its profile. Profiles are the kernel's, not a box's: only in `./dev vm`.
SELinuxContext=: the program has it, in `VM_SECURITY=selinux ./dev vm`."""

import os
import shutil
from pathlib import Path

import pytest
from executor import run
from tendbox import Tendbox

ENABLED = Path("/sys/module/apparmor/parameters/enabled")
PROFILE = """
profile tend-test flags=(attach_disconnected, mediate_deleted) {
  file,
  capability,
  network,
  signal,
  ptrace,
  unix,
  deny /etc/hostname r,
}
"""
SERVICE = """[Service]
Type=oneshot
RemainAfterExit=yes
AppArmorProfile=%s
ExecStart=/bin/sh -c 'echo LABEL $$(cat /proc/self/attr/current); if read name </etc/hostname; then echo READ yes; else echo READ no; fi'
"""


@pytest.fixture
def box(tmp_path):
    if os.environ.get("TENDBOX_MACHINE") != "yes":
        pytest.skip("loads a profile into the kernel: only in ./dev vm")
    if not ENABLED.exists() or not ENABLED.read_text().startswith("Y"):
        pytest.skip("the kernel runs without AppArmor")
    if not shutil.which("apparmor_parser"):
        pytest.skip("apparmor_parser is not installed")
    with Tendbox(tmp_path) as box:
        yield box


def words(box, unit):
    return [line.split()[1] for line in box.log(unit).splitlines() if line.startswith(("LABEL", "READ"))]


def test_a_service_is_held_to_its_profile(box):
    profile = box.path("profile")
    profile.write_text(PROFILE)
    if not Path("/sys/kernel/security/apparmor").exists():
        box.run("mount", "-t", "securityfs", "securityfs", "/sys/kernel/security", check=True)
    box.run("apparmor_parser", "--replace", "--skip-cache", profile, check=True)
    box.unit("held.service", SERVICE % "tend-test")
    box.unit("free.service", SERVICE % "unconfined")
    box.unit("unknown.service", SERVICE % "no-such-profile")
    box.unit("maybe.service", SERVICE % "-no-such-profile")
    box.start()
    for unit in ("held", "free", "maybe"):
        assert box.systemctl("start", unit).returncode == 0, box.logs()
    assert words(box, "held.service") == ["tend-test", "no"], box.logs()
    assert words(box, "free.service") == ["unconfined", "yes"], box.logs()
    assert words(box, "maybe.service") == ["unconfined", "yes"], box.logs()
    assert box.systemctl("start", "unknown").returncode != 0
    assert box.show("unknown", "ExecMainStatus") == "231"
    assert "AppArmorProfile" in box.tend("report", "unknown").stdout


def test_a_program_has_its_context():
    if os.geteuid() != 0 or not Path("/sys/fs/selinux/enforce").exists():
        pytest.skip("needs root and a kernel that runs SELinux (VM_SECURITY=selinux ./dev vm)")
    if label_of("SELinuxContext=") != "kernel":
        pytest.skip("needs SELinux without a policy, which has other names")
    assert label_of("SELinuxContext=unlabeled") == "unlabeled"


def label_of(setting):
    result = run([setting, "StandardOutput=inherit", "ExecStart=/bin/cat /proc/self/attr/current"])
    assert result.code == 0, result.reports
    return result.output.strip("\n\0")
