# SPDX-License-Identifier: Apache-2.0
"""tend up, down and init: a manager comes, starts what it shall, says what failed, and goes."""

import os
import re
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import pytest
from tendbox import BIN, NOBODY, wait_for

SLEEPER = "[Service]\nExecStart=/bin/sleep 2000\n"


def sleepers(box):
    """Processes of SLEEPER services (PID 1 of the box sleeps, too, but less)."""
    return [pid for pid in box.processes("sleep") if b"2000" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def up(box, *units, **options):
    return box.tend("up", "--units", box.units, *units, **options)


def test_up_starts_a_manager_and_units_and_down_ends_both(any_box):
    any_box.unit("a.service", SLEEPER)
    result = up(any_box, "a.service")
    assert result.returncode == 0, result.stderr
    assert "a.service" in result.stdout
    assert any_box.tend("is-active", "a").stdout == "active\n"
    assert any_box.processes("tend-keeper")
    result = any_box.tend("down")
    assert result.returncode == 0, result.stderr
    assert "a.service" in result.stdout
    assert not sleepers(any_box) + any_box.processes("tend-keeper") + any_box.processes("tendd")


def test_up_starts_default_target_when_no_unit_is_named(any_box):
    any_box.unit("a.service", SLEEPER)
    any_box.unit("default.target", "[Unit]\nRequires=a.service\nAfter=a.service\n")
    assert up(any_box).returncode == 0
    assert any_box.tend("is-active", "-q", "a").returncode == 0


def test_up_with_a_running_manager_only_starts_units(any_box, tmp_path):
    any_box.unit("a.service", SLEEPER)
    any_box.unit("b.service", SLEEPER)
    assert up(any_box, "a").returncode == 0
    manager = any_box.manager_pid()
    result = up(any_box, "b")
    assert result.returncode == 0
    assert result.stderr == ""
    assert any_box.manager_pid() == manager
    other = any_box.path("other")
    other.mkdir()
    other.chmod(0o755)
    result = any_box.tend("up", "--units", other, "a")
    assert result.returncode == 0
    assert str(other) in result.stderr


def test_a_strict_manager_lets_nothing_pass(make_box):
    box = make_box(user=NOBODY if os.geteuid() == 0 else os.geteuid())
    box.unit("weak.service", "[Service]\nType=exec\nTasksMax=9\nProtectHome=yes\nExecStart=/bin/sleep 2000\n")
    box.unit("plain.service", "[Service]\nType=exec\nExecStart=/bin/sleep 2000\n")
    result = up(box, "--strict", "weak", "plain")
    assert result.returncode == 1 and "weak.service" in result.stderr, result.stdout + result.stderr
    assert box.tend("is-active", "plain").stdout == "active\n"
    again = up(box, "--strict", "plain")
    assert again.returncode == 1 and "may not be strict" in again.stderr
    assert box.tend("down").returncode == 0
    assert up(box, "weak").returncode == 0


def test_two_at_once_start_one_manager(any_box):
    any_box.unit("a.service", SLEEPER)
    command = any_box.command([BIN / "tend", "up", "--units", any_box.units, "a"])
    both = [
        subprocess.Popen(command, env=any_box.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert len(any_box.processes("tend-keeper")) == 1


def test_up_tells_what_failed_and_where(any_box):
    any_box.unit("bad.service", "[Unit]\nDescription=Bad\n[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo oh no; exit 3'\n")
    any_box.unit("web.service", "[Unit]\nRequires=bad.service\nAfter=bad.service\n" + SLEEPER)
    any_box.unit("all.target", "[Unit]\nWants=web.service\n")
    result = up(any_box, "all.target")
    assert result.returncode == 1
    assert "FAILED bad.service" in result.stdout
    errors = result.stderr
    assert "Failed to start bad.service: its main process exited with status 3" in errors
    assert f"{any_box.units}/bad.service:5" in errors
    assert "| oh no" in errors
    assert "tend why bad.service" in errors
    assert "Failed to start web.service: it needs bad.service, which failed" in errors


def test_up_names_the_setting_that_could_not_be_applied(any_box):
    any_box.unit("a.service", "[Service]\nType=exec\nWorkingDirectory=/does/not/exist\nExecStart=/bin/sleep 1000\n")
    result = up(any_box, "a")
    assert result.returncode == 1
    assert "200/CHDIR" in result.stderr
    assert f"WorkingDirectory= ({any_box.units}/a.service:3)" in result.stderr


def test_up_shows_why_a_manager_does_not_start(any_box):
    any_box.tend("version", check=True)
    directory = any_box.path("closed")
    directory.mkdir()
    directory.chmod(0o777)  # anybody could write there
    result = any_box.tend("up", f"--runtime-dir={directory}", "--units", any_box.units)
    assert result.returncode == 1
    assert str(directory) in result.stderr


def test_down_without_a_manager_says_so(any_box):
    result = any_box.tend("down")
    assert result.returncode == 0
    assert "Nothing runs here" in result.stdout


def test_down_stops_in_reverse_order(any_box):
    log = any_box.path("order")
    log.write_text("")
    log.chmod(0o666)
    stop = "ExecStart=/bin/true\nRemainAfterExit=yes\nExecStop=/bin/sh -c 'echo %p >>" + str(log) + "'\n"
    any_box.unit("a.service", "[Service]\nType=oneshot\n" + stop)
    any_box.unit("b.service", "[Unit]\nAfter=a.service\n[Service]\nType=oneshot\n" + stop)
    any_box.unit("c.service", "[Unit]\nAfter=b.service\n[Service]\nType=oneshot\n" + stop)
    assert up(any_box, "a", "b", "c").returncode == 0
    assert any_box.tend("down").returncode == 0
    assert log.read_text().split() == ["c", "b", "a"]


def test_a_manager_that_was_killed_does_not_stop_down(any_box):
    any_box.unit("a.service", SLEEPER)
    assert up(any_box, "a").returncode == 0
    old = any_box.kill_manager()
    wait_for(lambda: any_box.manager_pid() not in (None, old), "another manager")
    wait_for(lambda: any_box.tend("is-active", "-q", "a").returncode == 0, "its answer")
    assert any_box.tend("down").returncode == 0


def init(box, *arguments, machine_id="0123456789abcdef0123456789abcdef", program=(BIN / "tend", "init"), own_network=False):
    """tend init as PID 1 of one more pid namespace, with a machine id that is not the machine's."""
    box.machine_id = box.directory / "machine-id"
    box.machine_id.write_text(machine_id and machine_id + "\n")
    box.files = box.directory / "tmpfiles.d"
    box.files.mkdir(exist_ok=True)
    mount = 'mount --bind "$0" /etc/machine-id && mount --bind "$1" /usr/lib/tmpfiles.d && shift && exec "$@"'
    command = ["env", "--default-signal=HUP", "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", *["--net"] * own_network, "sh", "-c", mount, box.machine_id, box.files,
               *program, "--units", box.units, *arguments]
    return subprocess.Popen(
        box.command(command), env=box.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_init_ends_with_the_status_of_one_unit(box):
    box.unit("a.service", SLEEPER)
    box.unit("main.service", "[Unit]\nRequires=a.service\nAfter=a.service\n[Service]\nExecStart=/bin/sh -c 'exit 7'\n")
    process = init(box, "--exit-with", "main")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 7, output
    assert "Stopped a.service" in output


def test_a_link_called_init_is_init(box):
    link = box.directory / "init"
    link.symlink_to(BIN / "tend")
    box.unit("main.service", "[Service]\nExecStart=/bin/sh -c 'exit 7'\n")
    process = init(box, "--exit-with", "main", program=[link])
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 7, output
    result = subprocess.run(box.command([link, "0"]), env=box.environment(), capture_output=True, text=True)
    assert result.returncode == 1 and "tend down" in result.stderr


ENDS = [(["poweroff"], 0), (["halt", "-f"], 0), (["exit", "5"], 5), (["reboot"], -1), (["reboot", "-f"], -1)]


@pytest.mark.parametrize("words,status", ENDS, ids=lambda value: " ".join(value) if isinstance(value, list) else str(value))
def test_systemctl_ends_a_container(box, words, status):
    """A container that is to begin anew dies of SIGHUP, as pid_namespaces(7) has it."""
    box.unit("a.service", SLEEPER)
    process = init(box, "a")
    wait_for(lambda: box.systemctl("is-active", "a").stdout == "active\n", "the service")
    result = box.systemctl("--no-wall", *words)
    assert result.returncode == 0, result.stderr
    output, _ = process.communicate(timeout=60)
    assert process.returncode == status, output
    assert "Stopped a.service" in output


@pytest.mark.parametrize("machine_id", ["", "uninitialized", "fedcba9876543210fedcba9876543210"])
def test_init_gives_a_machine_without_an_id_one(box, machine_id):
    box.unit("main.service", "[Service]\nExecStart=/bin/true\n")
    process = init(box, "--exit-with", "main", machine_id=machine_id)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    found = box.machine_id.read_text()
    assert re.fullmatch("[0-9a-f]{32}\n", found)
    assert len(machine_id) != 32 or found == machine_id + "\n"


def test_init_has_a_loopback(box):
    box.unit(
        "main.service",
        "[Service]\nExecStart=/usr/bin/python3 -c 'import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b\"\", (\"127.0.0.1\", 9))'\n",
    )
    process = init(box, "--exit-with", "main", own_network=True)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def test_init_makes_what_packages_ask_for(box):
    if not shutil.which("systemd-tmpfiles"):
        pytest.skip("needs systemd-tmpfiles")
    wanted = box.directory / "mysqld"
    (box.directory / "tmpfiles.d").mkdir()
    (box.directory / "tmpfiles.d" / "database.conf").write_text(f"d {wanted} 0750 root daemon -\n")
    box.unit("main.service", f"[Service]\nExecStart=/bin/test -d {wanted}\n")
    process = init(box, "--exit-with", "main")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert stat.S_IMODE(wanted.stat().st_mode) == 0o750 and wanted.group() == "daemon"


def test_init_says_when_nobody_makes_what_packages_ask_for(box):
    (box.directory / "tmpfiles.d").mkdir()
    (box.directory / "tmpfiles.d" / "database.conf").write_text("d /run/mysqld - - - -\n")
    box.unit("main.service", "[Service]\nExecStart=true\n")
    process = init(box, "--exit-with", "main", program=("env", "PATH=/nowhere", BIN / "tend", "init"))
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "systemd-standalone-tmpfiles" in output


def test_init_ends_when_the_unit_cannot_start(box):
    box.unit("bad.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n")
    box.unit("main.service", "[Unit]\nRequires=bad.service\nAfter=bad.service\n" + SLEEPER)
    process = init(box, "--exit-with=main.service")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1, output


def test_init_stops_in_order_on_sigterm(box):
    box.unit("a.service", SLEEPER)
    process = init(box, "a")
    for line in process.stdout:
        if "Started a.service" in line:
            break
    keeper = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if is_keeper_of(box, pid)]
    os.kill(keeper[0], signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "Stopped a.service" in output


def is_keeper_of(box, pid):
    """The keeper in the namespace below the box's: it has our mark in its environment."""
    return box.name_of(pid) == "tend-keeper" and f"TENDBOX={box.directory}".encode() in box._environ(pid)
