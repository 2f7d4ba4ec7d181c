# SPDX-License-Identifier: Apache-2.0
"""What the manager gives to services and takes back: environment, directories, users, main processes."""

import os
import signal

import pytest

from tendbox import NOBODY, wait_for


def environment_of(box, unit):
    """The variables that /usr/bin/env wrote into the unit's log."""
    lines = [line for line in box.log(unit).splitlines() if not line.startswith("tendd[")]
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_the_environment_is_what_the_manager_passes_on(any_box):
    any_box.unit(
        "e.service",
        "[Service]\nType=oneshot\nExecStart=/usr/bin/env\nPassEnvironment=TENDBOX NOT_THERE\n"
        "NotifyAccess=main\nEnvironment=OWN=1\n",
    )
    any_box.start()
    assert any_box.systemctl("set-environment", "CHANGED=yes").returncode == 0
    assert any_box.systemctl("start", "e.service").returncode == 0, any_box.logs()
    found = environment_of(any_box, "e.service")
    assert found["TENDBOX"] == str(any_box.directory)
    assert found["OWN"] == "1"
    assert found["CHANGED"] == "yes"
    assert found["NOTIFY_SOCKET"] == str(any_box.runtime / "notify")
    assert len(found["INVOCATION_ID"]) == 32
    assert "NOT_THERE" not in found
    assert any_box.systemctl("unset-environment", "CHANGED").returncode == 0
    any_box.systemctl("start", "e.service")
    assert "CHANGED=yes" not in any_box.log("e.service").rpartition("INVOCATION_ID=")[2]


def test_runtime_directories_go_with_the_unit(any_box):
    root = "/run" if any_box.is_system else any_box.path("run")
    for name, preserve in (("gone", "no"), ("kept", "yes")):
        any_box.unit(
            f"{name}.service",
            "[Service]\nExecStart=/bin/sleep 1000\n"
            f"RuntimeDirectory=box-{name}/sub\nRuntimeDirectoryPreserve={preserve}\n",
        )
    any_box.start()
    assert any_box.systemctl("start", "gone.service", "kept.service").returncode == 0
    gone, kept = (any_box.inside(f"{root}/box-{name}/sub") for name in ("gone", "kept"))
    wait_for(lambda: gone.is_dir() and kept.is_dir(), "the directories")
    assert any_box.systemctl("stop", "gone.service", "kept.service").returncode == 0
    assert not gone.exists()
    assert kept.is_dir()


def test_a_dynamic_user_has_an_id_of_its_own(make_box):
    box = make_box(user=0)
    for name in ("one", "two"):
        box.unit(
            f"{name}.service",
            "[Service]\nDynamicUser=yes\nRuntimeDirectory=%N\n"
            "ExecStart=/bin/sh -c 'echo uid $$(id -u) >$$RUNTIME_DIRECTORY/id; exec sleep 1000'\n",
        )
    box.start()
    assert box.systemctl("start", "one.service", "two.service").returncode == 0
    files = [box.inside(f"/run/{name}/id") for name in ("one", "two")]
    wait_for(lambda: all(path.exists() and path.read_text() for path in files), "both to run")
    uids = [int(path.read_text().split()[1]) for path in files]
    assert all(61184 <= uid <= 65519 for uid in uids)
    assert uids[0] != uids[1]
    assert box.systemctl("stop", "one.service", "two.service").returncode == 0
    assert not any(path.exists() or path.is_symlink() for path in files)
    box.systemctl("start", "one.service")
    wait_for(lambda: files[0].exists() and files[0].read_text(), "the directory again")
    assert int(files[0].read_text().split()[1]) == uids[0]


def test_a_program_that_is_missing_fails_the_start(any_box):
    any_box.unit("x.service", "[Service]\nType=exec\nExecStart=/nonexistent/program\n")
    any_box.unit("y.service", "[Service]\nType=exec\nExecStart=/bin/sleep 1000\n")
    any_box.start()
    assert any_box.systemctl("start", "x.service").returncode == 1
    assert any_box.show("x", "ExecMainStatus") == "203"
    assert any_box.systemctl("start", "y.service").returncode == 0
    assert any_box.is_active("y.service") == "active"


def test_a_pid_file_names_the_main_process(any_box):
    pid_file = any_box.path("run" if not any_box.is_system else "", "x.pid")
    any_box.unit(
        "p.service",
        f"[Service]\nType=forking\nPIDFile={pid_file}\n"
        f"ExecStart=/bin/sh -c '(sleep 2000 & sleep 1000 & echo $! >{pid_file})'\n",
    )
    any_box.start()
    result = any_box.systemctl("start", "p.service")
    assert result.returncode == 0, any_box.logs()
    assert any_box.show("p", "MainPID") == pid_file.read_text().strip()
    is_main = lambda p: b"1000" in open(f"/proc/{p}/cmdline", "rb").read()
    main = wait_for(lambda: next(filter(is_main, any_box.processes("sleep")), None), "the main process to be what it is to become")
    os.kill(main, signal.SIGTERM)
    any_box.wait_state("p.service", "inactive")
    wait_for(lambda: not any_box.processes("sleep"), "the others to be stopped")


@pytest.mark.parametrize("wait", ["at once", "later"])
def test_a_pid_file_may_come_late_and_may_lie(any_box, wait):
    """A number that names nobody of the unit, in a file that an ordinary user wrote, is not believed."""
    pid_file = any_box.path("run" if not any_box.is_system else "", "x.pid")
    delay = "" if wait == "at once" else "sleep 0.2; "
    any_box.unit(
        "p.service",
        f"[Service]\nType=forking\nPIDFile={pid_file}\nTimeoutStartSec=20\n"
        f"ExecStart=/bin/sh -c '(sleep 1000 & pid=$!; {delay}echo $$pid >{pid_file}.new; "
        f"mv {pid_file}.new {pid_file}) &'\n",
    )
    any_box.start()
    assert any_box.systemctl("start", "p.service").returncode == 0, any_box.logs()
    assert any_box.show("p", "MainPID") == pid_file.read_text().strip()


# What PostgreSQL's does: leaves the process that was started, drops to its user, clears the environment, writes the file.
DAEMON = """#!/usr/bin/python3
import os, sys, time
path, user = sys.argv[1], int(sys.argv[2])
ready, done = os.pipe()
if os.fork():
    os.close(done)
    os.read(ready, 1)
    os._exit(0)
os.setsid()
os.setgid(user), os.setuid(user)
with open(path + ".new", "w") as file:
    file.write(f"{sys.argv[3] if len(sys.argv) > 3 else os.getpid()}\\n")
os.rename(path + ".new", path)
os.execve("/bin/sleep", ["sleep", "1000"], {})
"""


@pytest.mark.parametrize("cgroups", ["auto", "none"])
def test_a_daemon_of_another_user_may_clear_its_environment(make_box, cgroups):
    box = make_box(user=0, cgroups=cgroups)
    program = box.path("daemon.py")
    program.write_text(DAEMON)
    place = "/run/daemons"
    for name, liar, patience in (("d", "", 60), ("liar", f"$$(cat {place}/d.pid)", 1)):
        start = f"/bin/sh -c 'exec /usr/bin/python3 {program} {place}/{name}.pid {NOBODY} {liar}'"
        box.unit(f"{name}.service", f"[Service]\nType=forking\nPIDFile={place}/{name}.pid\nTimeoutStartSec={patience}\nExecStart={start}\n")
    box.start()
    box.run("install", "-d", "-o", str(NOBODY), place, check=True)
    assert box.systemctl("start", "d.service").returncode == 0, box.logs()
    assert box.show("d", "MainPID") == box.inside(f"{place}/d.pid").read_text().strip()
    assert box.systemctl("start", "liar.service").returncode == 1
    assert box.show("d", "ActiveState") == "active"
    assert box.systemctl("stop", "d.service").returncode == 0
    assert not box.inside(f"{place}/d.pid").exists()


def test_changed_files_are_seen_after_a_reload(any_box):
    any_box.unit("a.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    any_box.start()
    any_box.systemctl("start", "a.service")
    before = any_box.show("a", "MainPID")
    assert any_box.show("a", "NeedDaemonReload") == "no"
    any_box.unit("a.service", "[Unit]\nDescription=Second\n[Service]\nExecStart=/bin/sleep 2000\n")
    any_box.unit("a.service.d/more.conf", "[Service]\nEnvironment=X=1\n")
    assert any_box.show("a", "NeedDaemonReload") == "yes"
    assert any_box.systemctl("daemon-reload").returncode == 0
    assert any_box.show("a", "NeedDaemonReload") == "no"
    assert any_box.show("a", "Description") == "Second"
    assert any_box.show("a", "MainPID") == before
    any_box.systemctl("restart", "a.service")
    wait_for(lambda: any_box.processes("sleep"), "the new process")
    assert any_box.show("a", "Environment") == "X=1"


def test_files_that_come_and_go_are_read_with_the_others(any_box):
    any_box.unit("a.service", "[Unit]\nDescription=One\n[Service]\nExecStart=/bin/sleep 1000\n")
    any_box.unit("b.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    any_box.unit("all.target", "[Unit]\nDescription=All\n")
    any_box.start()
    any_box.systemctl("start", "a.service", "all.target")
    dropin = any_box.unit("a.service.d/more.conf", "[Unit]\nDescription=Two\n")
    assert any_box.show("a", "NeedDaemonReload") == "yes"
    link = any_box.units / "all.target.wants/b.service"
    link.parent.mkdir()
    link.symlink_to("../b.service")
    assert any_box.systemctl("daemon-reload").returncode == 0
    assert any_box.show("a", "Description") == "Two"
    assert any_box.show("a", "NeedDaemonReload") == "no"
    assert any_box.show("all.target", "Wants") == "b.service"
    dropin.unlink()
    link.unlink()
    assert any_box.show("a", "NeedDaemonReload") == "yes"
    assert any_box.systemctl("daemon-reload").returncode == 0
    assert any_box.show("a", "Description") == "One"
    assert any_box.show("all.target", "Wants") == ""


def test_an_exit_action_ends_the_manager_with_its_status(any_box):
    any_box.unit(
        "x.service",
        "[Unit]\nFailureAction=exit\nFailureActionExitStatus=7\n[Service]\nExecStart=/bin/false\n",
    )
    any_box.unit("other.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    any_box.start()
    any_box.systemctl("start", "other.service")
    any_box.systemctl("start", "--no-block", "x.service")
    assert any_box._main.wait(timeout=60) == 7
    assert not any_box.processes("sleep")


def test_so_does_one_for_a_good_end(any_box):
    any_box.unit("x.service", "[Unit]\nSuccessAction=exit\nSuccessActionExitStatus=9\n[Service]\nExecStart=/bin/true\n")
    any_box.start()
    any_box.systemctl("start", "--no-block", "x.service")
    assert any_box._main.wait(timeout=60) == 9
