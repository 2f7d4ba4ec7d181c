# SPDX-License-Identifier: Apache-2.0
"""tend under the name systemd-analyze against the distribution's, both asking the same tendd."""

import shutil
import xml.dom.minidom

import pytest
import tendbox
from same_answers import answer, differences

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")

UNITS = {
    "foo.service": "[Unit]\nAfter=net.target\nWants=net.target\n[Service]\nExecStart=sleep 1000\n",
    "bar.service": "[Unit]\nRequires=foo.service\nAfter=foo.service\n[Service]\nExecStart=sleep 1000\n",
    "bad.service": "[Service]\nType=oneshot\nExecStart=false\n",
    "once.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=sleep 0.1\n",
    "x-y.service": "[Service]\nExecStart=sleep 1000\n",
    "net.target": "[Unit]\nDescription=Net\n",
    "all.target": "[Unit]\nWants=foo.service bar.service once.service\nAfter=foo.service bar.service once.service\n",
    "default.target": "[Unit]\nRequires=all.target\nAfter=all.target\n",
}

COMMANDS = """
! systemctl start bad.service
! systemctl start x-y.service
systemd-analyze
systemd-analyze time
systemd-analyze time x
systemd-analyze blame
systemd-analyze blame x
systemd-analyze -q blame
systemd-analyze critical-chain
systemd-analyze critical-chain bar.service
systemd-analyze critical-chain all.target foo.service
systemd-analyze critical-chain --fuzz=1s nosuch
systemd-analyze critical-chain --fuzz=10s all.target
systemd-analyze critical-chain --fuzz=1h default.target
systemd-analyze dot
systemd-analyze dot --order
systemd-analyze dot --require
systemd-analyze dot --order --require
systemd-analyze dot b* --from-pattern=x*
systemd-analyze dot b* --to-pattern=sys*
systemd-analyze dot --from-pattern=x* --to-pattern=sys*
systemd-analyze dot --order foo.service
systemd-analyze dot foo
systemd-analyze dump
systemd-analyze dump foo.service
systemd-analyze capability
systemd-analyze capability cap_chown 5
systemd-analyze capability 5 CAP_KILL
systemd-analyze capability cap_chown 5 99
systemd-analyze capability nosuch
systemd-analyze compare-versions 1 2
systemd-analyze compare-versions 2 1
systemd-analyze compare-versions 1 1
systemd-analyze compare-versions 1~rc1 1
systemd-analyze compare-versions 1 lt 2
systemd-analyze compare-versions 1 gt 2
systemd-analyze compare-versions 1 ge 1
systemd-analyze compare-versions 1 ne 1
systemd-analyze compare-versions 1 foo 2
systemd-analyze compare-versions 1 < 2
systemd-analyze compare-versions 1
systemd-analyze compare-versions a b c d
systemd-analyze cat-config systemd/system.conf
systemd-analyze cat-config nosuch.conf
systemd-analyze cat-config nosuch nosuch2
systemd-analyze cat-config sysctl.d
systemd-analyze cat-config sysusers.d tmpfiles.d
systemd-analyze cat-config udev/rules.d
systemd-analyze cat-config systemd/system-preset
systemd-analyze cat-config /etc/systemd/journald.conf
systemd-analyze cat-config /foo/bar
systemd-analyze cat-config
systemd-analyze cat-config --root=/tmp x
systemd-analyze log-level
systemd-analyze log-level info
systemd-analyze log-level bad
systemd-analyze log-target
systemd-analyze get-log-level
systemd-analyze set-log-level
systemd-analyze service-watchdogs
systemd-analyze service-watchdogs x
systemd-analyze nosuch
systemd-analyze --json=short time
systemd-analyze --json=foo time
systemd-analyze --json=off time
systemd-analyze --json=help
systemd-analyze --user time
systemd-analyze --fuzz=x
systemd-analyze --root=/tmp time
systemd-analyze --root=/tmp unit-paths
systemd-analyze --image=/tmp unit-paths
systemd-analyze -M x time
systemd-analyze --threshold=3 time
systemd-analyze --security-policy=/x time
systemd-analyze --offline=x
systemd-analyze --offline=yes time
systemd-analyze --profile=x
systemd-analyze --global time
systemd-analyze --global unit-paths
systemd-analyze unit-paths
systemd-analyze exit-status
systemd-analyze exit-status 1 SUCCESS
systemd-analyze exit-status nosuch
systemd-analyze plot x
systemd-analyze syscall-filter @nosuch
systemd-analyze syscall-filter chown
systemd-analyze security
systemd-analyze security foo.service
systemd-analyze security foo.service bar.service
systemd-analyze security nosuch
systemd-analyze security default.target
systemd-analyze security --json=short
systemd-analyze security --json=pretty
systemd-analyze security --json=pretty foo.service
systemd-analyze security --json=short foo.service bar.service
systemd-analyze security --threshold=10 foo.service
systemd-analyze security --threshold=10
systemd-analyze security --threshold=100
systemd-analyze security --threshold=1000
systemd-analyze security --profile=strict foo.service
systemd-analyze security --offline=yes
systemd-analyze security --root=/tmp foo.service
systemd-analyze security --security-policy=/nosuch foo.service
systemd-analyze --threshold=abc security
systemd-analyze --offline=yes security nosuch-anywhere.service
systemd-analyze --offline=yes --root=/tmp security nosuch.service
systemd-analyze --user security
systemd-analyze inspect-elf
systemd-analyze --json=off inspect-elf /nosuch
systemd-analyze inspect-elf /bin/true /nosuch
systemd-analyze --roo=/ unit-paths
systemd-analyze inspect-elf /bin/true
systemd-analyze inspect-elf /etc/passwd
systemd-analyze inspect-elf --json=short /bin/true
systemd-analyze inspect-elf --json=pretty /bin/true /usr/bin/systemd-analyze
systemd-analyze filesystems @nosuch
systemd-analyze filesystems ext4
systemd-analyze malloc
systemd-analyze dump nosuch*
systemd-analyze log-target nosuch
systemd-analyze set-log-target journal
systemd-analyze get-log-target
systemd-analyze log-level 6 7
systemd-analyze service-watchdogs on
systemd-analyze get-service-watchdogs
systemd-analyze condition
systemd-analyze condition 'ConditionPathExists=/etc' 'AssertPathExists=/x'
systemd-analyze calendar --iterations=x daily
systemd-analyze timespan 1h x
systemd-analyze --man=no verify nosuch.service
systemd-analyze --recursive-errors=foo verify x.service
systemd-analyze -H
systemd-analyze -M nosuch blame
systemd-analyze --json=short blame
systemd-analyze --json=short exit-status
systemd-analyze exit-status 0 1 2 SUCCESS 256
systemd-analyze exit-status -1
systemd-analyze plot --json=short
systemd-analyze calendar
systemd-analyze --base-time=x calendar daily
systemd-analyze --order time
systemd-analyze --from-pattern=x blame
systemd-analyze -q
systemd-analyze --no-such
systemd-analyze --ro
"""


@pytest.fixture
def started(box):
    for name, text in UNITS.items():
        box.unit(name, text)
    box.start("default.target")
    box.wait_state("default.target", "active")
    return box


def test_same_lines_and_exit_status(started, tmp_path):
    assert differences(started, tmp_path, COMMANDS) == []


def test_unit_files_are_the_same_in_some_order(started, tmp_path):
    ours = tmp_path / "systemd-analyze"
    ours.symlink_to(tendbox.BIN / "tend")

    def lines(program):
        status, out, _ = answer(started, program, ["unit-files"])
        assert status == 0
        return sorted(" ".join(sorted(line.replace(",", "").split())) for line in out.splitlines())

    assert lines(str(ours)) == lines(shutil.which("systemd-analyze"))


def test_system_calls_are_grouped_as_in_systemd(started, tmp_path):
    ours = tmp_path / "systemd-analyze"
    ours.symlink_to(tendbox.BIN / "tend")

    def calls(program, *sets):
        """All but what the groups are for, which each says in its own words, and the kernel's own list."""
        status, out, _ = answer(started, program, ["syscall-filter", *sets])
        assert status == 0
        return [line for line in out.splitlines() if line and not line.strip().startswith("# ")]

    theirs = shutil.which("systemd-analyze")
    for sets in ([], ["@clock"], ["@aio", "@system-service"]):
        assert calls(str(ours), *sets) == calls(theirs, *sets)


def test_plot_is_a_picture_of_the_start(started, tmp_path):
    ours = tmp_path / "systemd-analyze"
    ours.symlink_to(tendbox.BIN / "tend")
    result = started.run(ours, "plot", check=True)
    picture = xml.dom.minidom.parseString(result.stdout)
    names = [node.firstChild.data for node in picture.getElementsByTagName("text")]
    assert any(name.startswith("once.service (") for name in names)
    assert "default.target" in names
