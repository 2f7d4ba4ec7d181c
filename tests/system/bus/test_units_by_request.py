# SPDX-License-Identifier: Apache-2.0
"""Units and settings that exist by request: systemd-run and systemctl set-property of the distribution."""

import shutil
from pathlib import Path

import pytest

from tendbox import wait_for

PEER = Path(__file__).with_name("peer.py")

pytestmark = pytest.mark.skipif(not shutil.which("systemd-run"), reason="needs systemd-run")


def run(box, *arguments, **options):
    return box.run("systemd-run", *arguments, **options)


def transient_file(box, name):
    return box.inside(box.runtime / "transient" / name)


def test_a_transient_service_runs_and_goes(box):
    box.start()
    result = run(box, "--unit=one", "-p", "Nice=5", "--description=A one", "--setenv=A=b c", "sh", "-c", 'echo "$A"; exec sleep 1000')
    assert result.returncode == 0, result.stderr
    assert "Running as unit: one.service" in result.stderr
    assert box.show("one", "ActiveState") == "active"
    assert box.show("one", "Transient") == "yes"
    assert box.show("one", "Description") == "A one"
    assert box.show("one", "Nice") == "5"
    assert box.show("one", "FragmentPath") == str(box.runtime / "transient/one.service")
    assert box.show("one", "UnitFileState") == "transient"
    wait_for(lambda: "b c\n" in box.log("one.service"), "its output")
    again = run(box, "--unit=one", "true")
    assert "Unit one.service was already loaded or has a fragment file." in again.stderr
    assert box.systemctl("stop", "one").returncode == 0
    assert box.show("one", "LoadState") == "not-found"
    assert not transient_file(box, "one.service").exists()


def test_words_arrive_as_they_were_sent(box):
    box.start()
    words = ["a b", 'say "so"', "100%", "%n", "back\\slash", "line\nbreak", "semi;", ";", "", "tab\t", "$$HOME"]
    result = run(box, "--unit=words", "printf", "<%s>", *words)
    assert result.returncode == 0, result.stderr
    expected = "".join(f"<{word}>" for word in words).replace("$$", "$")
    wait_for(lambda: expected in box.log("words.service"), f"{expected!r} in the log")


@pytest.mark.parametrize(
    "assignment,name,shown",
    [
        ("MemoryMax=64M", "MemoryMax", str(64 << 20)),
        ("CPUQuota=20%", "CPUQuotaPerSecUSec", "200ms"),
        ("TasksMax=30", "TasksMax", "30"),
        ("LimitNOFILE=100:200", "LimitNOFILESoft", "100"),
        ("UMask=077", "UMask", "0077"),
        ("WorkingDirectory=/tmp", "WorkingDirectory", "/tmp"),
        ("TimeoutStopSec=3s", "TimeoutStopUSec", "3s"),
        ("CPUAffinity=0", "CPUAffinity", "0"),
        ("KillSignal=SIGINT", "KillSignal", "2"),
        ("SuccessExitStatus=7 SIGKILL", "SuccessExitStatus", "7 KILL"),
        ("CapabilityBoundingSet=CAP_CHOWN", "CapabilityBoundingSet", "cap_chown"),
        ("Wants=other.service", "Wants", "other.service"),
        ("StandardOutput=file:/dev/null", "StandardOutput", "file"),
        ("IOSchedulingClass=idle", "IOSchedulingClass", "3"),
        ("SyslogIdentifier=x y", "SyslogIdentifier", "x y"),
        ("DeviceAllow=/dev/null rw", "DeviceAllow", "/dev/null rw"),
        ("RestrictAddressFamilies=AF_UNIX AF_INET", "RestrictAddressFamilies", "AF_UNIX AF_INET"),
        ("IPAddressDeny=10.0.0.0/8", "IPAddressDeny", "10.0.0.0/8"),
        ("ConditionPathExists=/etc", "ConditionResult", "yes"),
        ("BindReadOnlyPaths=/etc:/mnt", "BindReadOnlyPaths", "/etc:/mnt:rbind"),
        ("LogExtraFields=A=b", "LogExtraFields", "A=b"),
    ],
)
def test_a_property_becomes_a_setting(box, assignment, name, shown):
    box.start()
    result = run(box, "--unit=one", "--remain-after-exit", "-p", assignment, "true")
    assert result.returncode == 0, result.stderr
    if name == "RestrictAddressFamilies":
        assert sorted(box.show("one", name).split()) == sorted(shown.split())
    else:
        assert box.show("one", name) == shown


def test_wrong_properties_are_told(box):
    box.start()
    result = run(box, "--unit=one", "-p", "CPUWeight=100", "-p", "Slice=no.service", "true")
    assert result.returncode == 1
    assert "Slice" in result.stderr
    assert box.show("one", "LoadState") == "not-found"
    assert not transient_file(box, "one.service").exists()


def test_a_transient_unit_outlives_its_manager(make_box):
    box = make_box(keeper=True)
    box.start()
    assert run(box, "--unit=one", "sleep", "1000").returncode == 0
    pid = box.show("one", "MainPID")
    box.kill_manager()
    box.wait_ready()
    assert box.show("one", "MainPID") == pid
    assert box.show("one", "Transient") == "yes"
    assert box.systemctl("daemon-reload").returncode == 0
    assert box.show("one", "ActiveState") == "active"


def test_properties_are_set_for_now_and_for_good(box):
    box.unit("a.service", "[Service]\nExecStart=sleep 1000\n")
    box.start("a.service")
    assert run(box, "--unit=one", "sleep", "1000").returncode == 0
    result = box.systemctl("set-property", "--runtime", "one.service", "MemoryMax=1G", "CPUWeight=50")
    assert result.returncode == 0, result.stderr
    assert box.show("one", "MemoryMax") == str(1 << 30)
    assert box.show("one", "CPUWeight") == "50"
    assert transient_file(box, "one.service.d/50-MemoryMax.conf").exists()
    result = box.systemctl("set-property", "--runtime", "one.service", "ExecStart=/bin/true")
    assert result.returncode == 1


def test_a_collected_unit_leaves_nothing(box):
    box.start()
    assert run(box, "--unit=bad", "--collect", "false").returncode == 0
    wait_for(lambda: box.show("bad", "LoadState") == "not-found", "the unit to be forgotten")
    assert run(box, "--unit=worse", "false").returncode == 0
    box.wait_state("worse", "failed")
    assert box.systemctl("reset-failed", "worse").returncode == 0
    wait_for(lambda: box.show("worse", "LoadState") == "not-found", "the unit to be forgotten")


def test_a_scope_has_the_processes_of_others(make_box):
    box = make_box(keeper=True)
    box.start()
    result = run(box, "--scope", "--unit=mine", "sh", "-c", "systemctl show mine.scope -p ActiveState,SubState,Transient; cat /proc/self/cgroup")
    assert result.returncode == 0, result.stderr
    assert "ActiveState=active\nSubState=running\nTransient=yes\n" in result.stdout
    assert "/system.slice/mine.scope\n" in result.stdout
    wait_for(lambda: box.show("mine.scope", "LoadState") == "not-found", "the scope to be forgotten")


def test_a_scope_is_stopped_and_outlives_the_manager(make_box):
    box = make_box(keeper=True)
    box.start()
    shell = "systemd-run --scope --unit=long sleep 1000 </dev/null >/dev/null 2>&1 & echo"
    assert box.run("sh", "-c", shell).returncode == 0
    box.wait_state("long.scope", "active")
    box.kill_manager()
    box.wait_ready()
    assert box.is_active("long.scope") == "active"
    assert box.systemctl("stop", "long.scope").returncode == 0
    assert box.show("long.scope", "LoadState") == "not-found"
    wait_for(lambda: not box.processes("sleep"), "its process to end")


def test_a_unit_is_frozen_and_thawed(box):
    box.unit("a.service", "[Service]\nExecStart=sleep 1000\n")
    box.start("a.service")
    socket = "/run/tend/private"

    def call(member):
        return box.run("/usr/bin/python3", PEER, socket, "/org/freedesktop/systemd1/unit/a_2eservice", "org.freedesktop.systemd1.Unit", member)

    assert box.show("a", "FreezerState") == "running"
    if box.show("a", "ControlGroup") == "":
        pytest.skip("needs a control group that can be written")
    call("Freeze")
    wait_for(lambda: box.show("a", "FreezerState") == "frozen", "the unit to be frozen")
    call("Thaw")
    wait_for(lambda: box.show("a", "FreezerState") == "running", "the unit to run again")
    call("Freeze")
    assert box.systemctl("stop", "a", timeout=60).returncode == 0
    assert box.show("a", "ActiveState") == "inactive"


def test_the_log_level_is_set(box):
    box.start()
    assert box.systemctl("log-level").stdout == "info\n"
    assert box.systemctl("log-level", "debug").returncode == 0
    assert box.systemctl("log-level").stdout == "debug\n"
    assert box.systemctl("service-watchdogs").stdout == "yes\n"
    assert box.systemctl("service-watchdogs", "no").returncode == 0
    assert box.systemctl("service-watchdogs").stdout == "no\n"
