# SPDX-License-Identifier: Apache-2.0
"""The environment: its sources and which of them wins; passed descriptors."""

import fcntl
import os

import pytest
from executor import needs_root, run, shell


def env_of(settings, facts=(), **options):
    return run(["StandardOutput=inherit", *settings, "ExecStart=/usr/bin/env"], facts, **options)


@needs_root
def test_user_variables_replace_those_of_the_manager():
    given = {"HOME": "/manager", "USER": "manager", "SHELL": "/bin/manager"}
    environment = env_of(["User=root"], env=given).environment
    assert (environment["HOME"], environment["USER"], environment["LOGNAME"]) == ("/root", "root", "root")
    assert env_of([], env=given).environment["HOME"] == "/manager"


def test_what_the_manager_gives_reaches_the_program():
    given = {"INVOCATION_ID": "0123456789abcdef0123456789abcdef", "NOTIFY_SOCKET": "@notify", "MAINPID": "12",
             "SERVICE_RESULT": "exit-code", "EXIT_CODE": "exited", "EXIT_STATUS": "3", "PATH": "/bin"}
    environment = env_of([], env=given).environment
    assert {name: environment[name] for name in given} == given


def test_unit_then_files_then_unset(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("A=one\nB='one b'\nNOT VALID=1\n# C=1\n")
    two.write_text("B=two\n")
    result = env_of(["Environment=A=unit C=unit D=unit", f"EnvironmentFile={one}", f"EnvironmentFile={two}",
                     f"EnvironmentFile=-{tmp_path}/missing", "UnsetEnvironment=D"])
    environment = result.environment
    assert [environment.get(name) for name in "ABCD"] == ["one", "two", "unit", None]
    assert result.levels("EnvironmentFile") == ["note"]


def test_patterns_are_read_in_order(tmp_path):
    for name in ("20-b.env", "10-a.env", "ignored.txt"):
        (tmp_path / name).write_text(f"LAST={name}\n")
    assert env_of([f"EnvironmentFile={tmp_path}/*.env"]).environment["LAST"] == "20-b.env"
    assert env_of([f"EnvironmentFile=-{tmp_path}/*.none"]).code == 0


@pytest.mark.parametrize("name", ["missing", "*.none"])
def test_a_missing_file_is_fatal(tmp_path, name):
    result = env_of([f"EnvironmentFile={tmp_path}/{name}"])
    assert result.code == 203
    assert result.reports[-1][1:] == ("failed", "EnvironmentFile", f"{tmp_path}/{name}: No such file or directory")


def test_files_expand_in_command_lines(tmp_path):
    file = tmp_path / "env"
    file.write_text('ARGS=--one "two words"\n')
    result = run(["StandardOutput=inherit", f"EnvironmentFile={file}", "ExecStart=/usr/bin/printf %%s| $ARGS"])
    assert result.output == "--one|two words|"


def test_watchdog_pid_comes_with_its_time():
    environment = env_of([], env={"WATCHDOG_USEC": "1000000"}).environment
    assert environment["WATCHDOG_PID"] == environment["SYSTEMD_EXEC_PID"]
    assert "WATCHDOG_PID" not in env_of([]).environment


def test_descriptors_come_down_to_three(tmp_path):
    files = [open(tmp_path / name, "w+", encoding="utf-8") for name in "abc"]
    result = shell([], "echo $LISTEN_FDS $LISTEN_FDNAMES; [ $LISTEN_PID = $$ ] && echo mine; "
                   "readlink /proc/$$/fd/3 /proc/$$/fd/4 /proc/$$/fd/5; ls /proc/$$/fd",
                   fds=[file.fileno() for file in files], names="x:y:z", confirm=True)
    paths = [str(tmp_path / name) for name in "abc"]
    assert result.confirmed
    assert result.lines[:5] == ["3 x:y:z", "mine", *paths]
    # 10 is the shell's own, for the script it reads.
    assert set(result.lines[5:]) <= {"0", "1", "2", "3", "4", "5", "10"}


@pytest.mark.parametrize("value", ["yes", "no"])
def test_non_blocking_spares_the_store(value):
    read, write = os.pipe()
    store_read, store_write = os.pipe()
    os.set_blocking(read, value == "no")
    result = run([f"NonBlocking={value}", "ExecStart=/bin/true"], fds=[read, store_read], options=["--stored-fds=1"])
    assert result.code == 0
    assert bool(fcntl.fcntl(read, fcntl.F_GETFL) & os.O_NONBLOCK) == (value == "yes")
    assert not fcntl.fcntl(store_read, fcntl.F_GETFL) & os.O_NONBLOCK
    for fd in (read, write, store_read, store_write):
        os.close(fd)


def test_nothing_else_is_inherited():
    result = shell([], "ls /proc/$$/fd", confirm=True)
    assert set(result.lines) <= {"0", "1", "2", "10"}
