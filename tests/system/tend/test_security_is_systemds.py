# SPDX-License-Identifier: Apache-2.0
"""systemd-analyze security, beside the real one: the same rows, words, scores and exit status."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tendbox import NOBODY, Tendbox

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("TEND_BIN", ROOT / "build/bin"))
REAL = shutil.which("systemd-analyze")
INSTALLED = [  # masked units have no score
    path for path in sorted(Path("/lib/systemd/system").glob("*.service")) if path.resolve().is_file() and "masked" not in path.name
][:100]

pytestmark = pytest.mark.skipif(REAL is None, reason="systemd-analyze is not installed")

SETTINGS = [
    "", "DynamicUser=yes", "User=nobody", "User=daemon\nSupplementaryGroups=adm", "User=daemon\nRemoveIPC=yes",
    "ProtectHome=yes\nProtectSystem=yes", "ProtectHome=tmpfs\nProtectSystem=full", "ProtectHome=read-only\nProtectSystem=strict",
    "PrivateDevices=yes\nPrivateUsers=yes\nPrivateMounts=yes\nPrivateNetwork=yes\nPrivateTmp=yes",
    "ProtectClock=yes\nProtectKernelLogs=yes\nProtectKernelModules=yes\nProtectKernelTunables=yes\nProtectHostname=yes",
    "ProtectProc=ptraceable\nProcSubset=pid", "ProtectProc=invisible", "UMask=0077", "UMask=0027", "UMask=0007", "UMask=0",
    "KeyringMode=shared", "NotifyAccess=all", "Delegate=yes", "Delegate=cpu memory", "RootDirectory=/srv",
    "SystemCallArchitectures=native", "SystemCallArchitectures=native x86", "SystemCallFilter=@system-service",
    "SystemCallFilter=~@clock @swap\nSystemCallFilter=adjtimex", "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources",
    "SystemCallFilter=@system-service adjtimex:EPERM", "SystemCallFilter=~@clock:EACCES @mount",
    "IPAddressDeny=any", "IPAddressDeny=any\nIPAddressAllow=localhost", "IPAddressDeny=any\nIPAddressAllow=10.0.0.0/8",
    "DevicePolicy=closed", "DevicePolicy=strict\nDeviceAllow=/dev/null rw", "PrivateDevices=yes\nDeviceAllow=char-rtc r",
    "RestrictAddressFamilies=AF_UNIX AF_INET", "RestrictAddressFamilies=~AF_CAN", "RestrictAddressFamilies=none",
    "RestrictNamespaces=yes", "RestrictNamespaces=~user pid", "RestrictNamespaces=net",
    "CapabilityBoundingSet=CAP_CHOWN CAP_NET_RAW", "CapabilityBoundingSet=~CAP_SYS_ADMIN", "CapabilityBoundingSet=",
    "AmbientCapabilities=CAP_KILL", "LockPersonality=yes\nMemoryDenyWriteExecute=yes\nNoNewPrivileges=yes\nRestrictRealtime=yes",
]


def ask(program, *arguments):
    return subprocess.run([program, "security", "--offline=yes", "--no-pager", *arguments],
                          capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """tend under the name of systemd-analyze."""
    path = tmp_path_factory.mktemp("bin") / "systemd-analyze"
    path.symlink_to(BIN / "tend")
    return str(path)


def same(ours, path, *options):
    for more in ([], ["--json=short"], *([option] for option in options)):
        expected, result = ask(REAL, *more, str(path)), ask(ours, *more, str(path))
        assert result.stdout == expected.stdout, more
        assert result.returncode == expected.returncode, more


@pytest.mark.parametrize("settings", SETTINGS)
def test_one_setting(ours, tmp_path, settings):
    path = tmp_path / "probe.service"
    path.write_text(f"[Service]\nExecStart=/bin/true\n{settings}\n")
    same(ours, path, "--threshold=90", "--threshold=95", "--json=pretty")


def test_services_of_early_boot(ours, tmp_path):
    path = tmp_path / "early.service"
    path.write_text("[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true\nPrivateTmp=yes\n")
    same(ours, path)


@pytest.mark.parametrize("path", INSTALLED, ids=lambda path: path.name)
def test_units_of_the_distribution(ours, path):
    same(ours, path)


POLICIES = [
    '{"PrivateNetwork": {"description_good": "good", "description_bad": "bad", "weight": 9000, "range": 1}}',
    '{"UserOrDynamicUser": {"weight": 0}, "Nosuch": {"weight": 7}, "LockPersonality": {"range": 3}}',
    '{"PrivateNetwork": {"weight": "many", "range": -1, "description_bad": 5}, "PrivateTmp": [], "ProtectClock": 3}',
    "[]", "{", "", '{"PrivateTmp": {"description_bad": "a\\u00e9"}}',
]  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_changes_weights_and_words(ours, tmp_path, policy):
    path = tmp_path / "probe.service"
    path.write_text("[Service]\nExecStart=/bin/true\nLockPersonality=yes\n")
    (tmp_path / "policy.json").write_text(policy)
    same(ours, path, f"--security-policy={tmp_path}/policy.json")


def same_with(ours, *arguments):
    expected, result = ask(REAL, *arguments), ask(ours, *arguments)
    assert (result.returncode, result.stdout, result.stderr) == (expected.returncode, expected.stdout, expected.stderr)


def test_profiles_and_other_roots(ours, tmp_path):
    path = tmp_path / "probe.service"
    path.write_text("[Service]\nExecStart=/bin/true\n")
    (tmp_path / "tight.conf").write_text("[Service]\nPrivateNetwork=yes\nDynamicUser=yes\n")
    (tmp_path / "root/etc/systemd/system").mkdir(parents=True)
    (tmp_path / "root/etc/systemd/system/inside.service").write_text("[Service]\nExecStart=/bin/true\nPrivateUsers=yes\n")
    same_with(ours, f"--profile={tmp_path}/tight.conf", path)
    same_with(ours, f"--profile={tmp_path}/nosuch.conf", path)
    same_with(ours, f"--profile={tmp_path}/tight", path)
    same_with(ours, "--profile=nosuch", path)
    same_with(ours, f"--root={tmp_path}/root", "inside.service")
    same_with(ours, f"--root={tmp_path}/root", "nosuch.service")
    same_with(ours, path, path)
    same_with(ours)


def test_images_are_refused(ours, tmp_path):
    result = ask(ours, "--image=/x", "a.service")
    assert (result.returncode, result.stdout) == (1, "")
    assert "tend does not open disk images" in result.stderr


def test_tend_tells_what_it_enforces(tmp_path):
    path = tmp_path / "probe.service"
    path.write_text("[Service]\nExecStart=/bin/true\nNoNewPrivileges=yes\n")
    result = subprocess.run([BIN / "tend", "security", str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert "Overall exposure level for probe.service: " in result.stdout
    assert "With what tend enforces for probe.service: " in result.stdout
    result = subprocess.run([BIN / "tend", "security", "--json", str(path)], capture_output=True, text=True, timeout=60, check=False)
    answer = json.loads(result.stdout)
    rows = {row["json_field"]: row for row in answer["rows"]}
    assert rows["NoNewPrivileges"]["set"] is True and rows["NoNewPrivileges"]["held"] is True
    assert rows["PrivateNetwork"]["set"] is False
    assert answer["asked"] == answer["held"] and not answer["from_last_run"]


def test_tend_tells_what_held_in_the_last_run(tmp_path):
    with Tendbox(tmp_path, user=NOBODY if os.geteuid() == 0 else os.geteuid()) as box:
        box.unit("weak.service", "[Service]\nType=oneshot\nExecStart=/bin/true\nNoNewPrivileges=yes\nProtectClock=yes\nProtectHome=yes\n")
        box.start()
        assert "With what tend enforces for weak.service: " in box.tend("security", "weak").stdout
        box.tend("start", "weak", check=True)
        text = box.tend("security", "weak").stdout
        assert "With what held in the last run of weak.service: " in text
        assert "  ProtectHome= is refused: " in text
        answer = json.loads(box.tend("security", "--json", "weak").stdout)
        rows = {row["json_field"]: row for row in answer["rows"]}
        assert answer["from_last_run"]
        assert rows["ProtectHome"]["set"] is True and rows["ProtectHome"]["held"] is False
        assert rows["NoNewPrivileges"]["held"] is True
        assert float(answer["held"]["exposure"]) > float(answer["asked"]["exposure"])
        assert "ProtectHome" in {row["setting"] for row in answer["less_than_asked"]}
        # Its report is there although the unit is no longer loaded.
        report = json.loads(box.tend("report", "--json", "weak").stdout)
        assert {row["setting"]: row["holds"] for row in report["settings"]}["ProtectHome"] == "refused"
