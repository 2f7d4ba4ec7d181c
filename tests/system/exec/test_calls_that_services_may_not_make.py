# SPDX-License-Identifier: Apache-2.0
"""Filters of system calls, asked from inside: what is refused with which error, what still works, who is killed."""

import os
import platform
import tempfile
from pathlib import Path

import pytest

import tendbox

PROBE = Path(__file__).with_name("call_probe.py")

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the probe knows the calls of x86-64")


@pytest.fixture(params=["root", "root's service of a plain user", "plain user"])
def place(request, make_box):
    """A box and the settings that make its service run as whom the parameter says."""
    if request.param == "plain user":
        return make_box(user=tendbox.NOBODY if os.geteuid() == 0 else os.geteuid()), []
    if os.geteuid() != 0:
        pytest.skip("needs root")
    return make_box(user=0), [] if request.param == "root" else [f"User={tendbox.NOBODY}"]


class Place:
    """Runs the probe in services, one after another."""

    def __init__(self, box, settings, directory):
        self.box, self.settings, self.count = box, settings, 0
        directory.chmod(0o755)
        probe = directory / "probe.py"
        probe.write_bytes(PROBE.read_bytes())
        probe.chmod(0o644)
        self.command = f"/usr/bin/python3 -S {probe}"

    def run(self, settings, probes):
        self.count += 1
        self.unit = f"p{self.count}.service"
        lines = ["[Service]", "Type=oneshot", *self.settings, *settings, f"ExecStart={self.command} {probes}", ""]
        self.box.unit(self.unit, "\n".join(lines))
        if self.count == 1:
            self.box.start()
        else:
            self.box.systemctl("daemon-reload")
        self.box.systemctl("start", self.unit)
        lines = self.box.log(self.unit).splitlines()
        return dict(line.split("=") for line in lines if line.split("=")[0] in probes.split())

    def result(self):
        return self.box.show(self.unit, "Result"), self.box.show(self.unit, "ExecMainStatus")


@pytest.fixture
def calls(place):
    with tempfile.TemporaryDirectory() as directory:  # which every user can read
        yield Place(*place, Path(directory))


def test_lists_of_calls(calls):
    assert calls.run(["SystemCallFilter=~mkdir", "SystemCallErrorNumber=EUCLEAN"], "mkdir rmdir") == {"mkdir": "EUCLEAN", "rmdir": "EFAULT"}
    assert calls.result() == ("success", "0")
    found = calls.run(["SystemCallFilter=~@mount:ENOANO mkdir:EXFULL rmdir", "SystemCallErrorNumber=EPERM"], "umount mkdir rmdir sysinfo")
    assert found == {"umount": "ENOANO", "mkdir": "EXFULL", "rmdir": "EPERM", "sysinfo": "EFAULT"}
    found = calls.run(["SystemCallFilter=@system-service", "SystemCallFilter=~mkdir", "SystemCallErrorNumber=EACCES"], "mkdir rmdir umount")
    assert found == {"mkdir": "EACCES", "rmdir": "EFAULT", "umount": "EACCES"}
    found = calls.run(["SystemCallFilter=@system-service", "SystemCallFilter=~mkdir:EXFULL rmdir"], "mkdir rmdir")
    assert found == {"mkdir": "EXFULL"}
    assert calls.run(["SystemCallFilter=~mkdir"], "rmdir mkdir rmdir") == {"rmdir": "EFAULT"}
    assert calls.result() in {("core-dump", "31"), ("signal", "31")}
    assert calls.run(["SystemCallFilter=~mkdir:kill", "SystemCallErrorNumber=EPERM"], "mkdir") == {}
    assert calls.result() in {("core-dump", "31"), ("signal", "31")}


def test_foreign_architectures(calls):
    assert calls.run([], "foreign") == {"foreign": "0"}
    assert calls.run(["SystemCallArchitectures=native"], "foreign") == {}
    assert calls.result() in {("core-dump", "31"), ("signal", "31")}
    assert calls.run(["SystemCallArchitectures=x86"], "foreign") == {"foreign": "0"}


def test_families_of_sockets(calls):
    probes = "unix inet netlink"
    refused = "EAFNOSUPPORT"
    assert calls.run(["RestrictAddressFamilies=AF_UNIX AF_INET"], probes) == {"unix": "0", "inet": "0", "netlink": refused}
    assert calls.run(["RestrictAddressFamilies=~AF_INET"], probes) == {"unix": "0", "inet": refused, "netlink": "0"}
    assert calls.run(["RestrictAddressFamilies=none"], probes) == dict.fromkeys(probes.split(), refused)


def test_name_spaces(calls):
    found = calls.run(["RestrictNamespaces=yes"], "unshare_user unshare_files setns setns_uts clone_user clone3")
    assert found == {
        "unshare_user": "EPERM", "unshare_files": "0", "setns": "EPERM", "setns_uts": "EPERM",
        "clone_user": "EPERM", "clone3": "ENOSYS",
    }  # fmt: skip
    found = calls.run(["RestrictNamespaces=uts"], "unshare_user setns setns_uts")
    assert found == {"unshare_user": "EPERM", "setns": "EPERM", "setns_uts": "EBADF"}


def test_memory(calls):
    assert calls.run([], "map_wx protect_x") == {"map_wx": "0", "protect_x": "0"}
    found = calls.run(["MemoryDenyWriteExecute=yes"], "map_wx map_x protect_x")
    assert found == {"map_wx": "EPERM", "map_x": "0", "protect_x": "EPERM"}


def test_single_calls(calls):
    assert calls.run(["RestrictRealtime=yes"], "fifo batch") == {"fifo": "EPERM", "batch": "EINVAL"}
    found = calls.run(["RestrictSUIDSGID=yes"], "chmod_suid chmod open_suid openat2 fchmodat2")
    assert found == {"chmod_suid": "EPERM", "chmod": "EFAULT", "open_suid": "EPERM", "openat2": "ENOSYS", "fchmodat2": "EPERM"}
    assert calls.run(["LockPersonality=yes"], "personality") == {"personality": "EPERM"}
    found = calls.run(["ProtectKernelModules=yes", "ProtectKernelLogs=yes"], "module syslog clock")
    assert (found["module"], found["syslog"]) == ("EPERM", "EPERM")
    found = calls.run(["ProtectClock=yes", "ProtectHostname=yes", "PrivateDevices=yes"], "clock hostname raw_io")
    assert found == {"clock": "EPERM", "hostname": "EPERM", "raw_io": "EPERM"}


def test_without_a_filter_nothing_is_refused_that_the_kernel_allows(calls):
    found = calls.run([], "unix inet netlink map_wx clone3 batch chmod_suid open_suid openat2 mkdir sysinfo")
    assert found == {
        "unix": "0", "inet": "0", "netlink": "0", "map_wx": "0", "clone3": "EINVAL", "batch": "EINVAL",
        "chmod_suid": "EFAULT", "open_suid": "EFAULT", "openat2": "E2BIG", "mkdir": "EFAULT", "sysinfo": "EFAULT",
    }  # fmt: skip


def test_a_command_with_full_privilege_has_no_filter(calls):
    calls.command = "+" + calls.command
    assert calls.run(["SystemCallFilter=~mkdir:EPERM"], "mkdir") == {"mkdir": "EFAULT"}


def test_a_program_that_is_missing_fails_before_the_filter(calls):
    calls.command = "/no/such/program"
    calls.run(["SystemCallFilter=@default"], "mkdir")
    assert calls.result() == ("exit-code", "203")
