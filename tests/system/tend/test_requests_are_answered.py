# SPDX-License-Identifier: Apache-2.0
"""start, stop and their like: what happens, and the exit status that systemctl would give."""

import subprocess

import pytest

SLEEPER = "[Service]\nExecStart=/bin/sleep 2000\n"


@pytest.fixture
def manager(any_box):
    any_box.unit("a.service", SLEEPER)
    any_box.unit("bad.service", "[Service]\nType=oneshot\nExecStart=/bin/false\n")
    any_box.unit("broken.service", "[Service]\nType=oneshot\n")
    any_box.start()
    return any_box


def test_exit_statuses_are_systemctls(manager):
    for arguments in (
        ["start", "a"],
        ["start", "nosuch"],
        ["start", "bad"],
        ["start", "broken"],
        ["stop", "nosuch"],
        ["reload", "a"],
        ["isolate", "a"],
        ["isolate", "a.service"],
        ["start", "t@.service"],
        ["restart", "a"],
        ["try-restart", "a"],
        ["reload-or-restart", "a"],
        ["kill", "nosuch"],
        ["reset-failed", "nosuch"],
        ["reset-failed"],
        ["stop", "a"],
        ["kill", "a"],
        ["daemon-reload"],
    ):
        theirs = manager.systemctl(*arguments)
        ours = manager.tend(*arguments)
        assert ours.returncode == theirs.returncode, (arguments, ours.stderr, theirs.stderr)


def test_refusals_have_systemctls_words(manager):
    for arguments, words in (
        (["start", "nosuch"], "Failed to start nosuch.service: Unit nosuch.service not found."),
        (["stop", "nosuch"], "Failed to stop nosuch.service: Unit nosuch.service not loaded."),
        (["reload", "a"], "Job type reload is not applicable for unit a.service."),
        (["isolate", "a.service"], "Operation refused, unit may not be isolated."),
    ):
        assert words in manager.tend(*arguments).stderr


def test_a_unit_that_cannot_be_loaded_is_explained(manager):
    manager.unit("syntax.service", "[Service]\nType=simple\nExecStrat=/bin/true\n")
    result = manager.tend("start", "syntax")
    assert result.returncode == manager.systemctl("start", "syntax").returncode != 0
    assert f"{manager.units}/syntax.service:3" in result.stderr
    assert "ExecStart" in result.stderr
    assert "next: tend verify syntax.service" in result.stderr


def test_quiet_is_quiet(manager):
    result = manager.tend("-q", "start", "a")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert manager.tend("-q", "stop", "a").stdout == ""


def test_no_block_does_not_wait(manager):
    manager.unit("slow.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep 2000\n")
    assert manager.tend("start", "--no-block", "slow").returncode == 0
    assert manager.tend("is-active", "slow").stdout == "activating\n"


def test_a_time_limit_ends_the_wait_and_not_the_job(manager):
    manager.unit("slow.service", "[Service]\nType=oneshot\nExecStart=/bin/sleep 2000\n")
    result = manager.tend("start", "--timeout=100ms", "slow")
    assert result.returncode == 1
    assert "they go on" in result.stderr
    assert manager.tend("is-active", "slow").stdout == "activating\n"


def test_signals_are_sent(manager):
    manager.tend("start", "a", check=True)
    manager.tend("kill", "--signal=KILL", "--kill-whom=main", "a", check=True)
    manager.wait_state("a.service", "failed")
    assert manager.tend("kill", "--signal=NONSENSE", "a").returncode == 2


def test_changed_files_are_read_on_daemon_reload(manager):
    manager.tend("start", "a", check=True)
    manager.unit("a.service", "[Unit]\nDescription=New words\n" + SLEEPER)
    assert "tend daemon-reload" in manager.tend("status", "a").stdout
    manager.tend("daemon-reload", check=True)
    assert "New words" in manager.tend("status", "a").stdout


def test_isolate_stops_the_others(manager):
    manager.unit("only.target", "[Unit]\nAllowIsolate=yes\n")
    manager.tend("start", "a", check=True)
    assert manager.tend("isolate", "only.target").returncode == 0
    manager.wait_state("a.service", "inactive")


def test_unknown_commands_and_options_are_refused(any_box):
    result = any_box.tend("stauts")
    assert result.returncode == 2
    assert '"status"' in result.stderr
    assert any_box.tend("--nonsense").returncode == 2
    result = any_box.tend("start")
    assert result.returncode == 2
    assert "usage: tend start UNIT..." in result.stderr
    assert "Start units" in any_box.tend("--help").stdout
    assert any_box.tend("version").stdout.startswith("tend ")


def test_output_that_cannot_be_written_is_an_error(any_box):
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            any_box.command(["tend", "help"]), env=any_box.environment(), stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert result.returncode == 1
    assert "No space left" in result.stderr


def test_wait_lasts_until_the_unit_has_ended(manager):
    go = manager.path("go")
    script = f"while [ ! -e {go} ]; do sleep 0.01; done"
    manager.unit("short.service", f"[Service]\nExecStart=/bin/sh -c '{script}'\n")
    manager.unit("fails.service", f"[Service]\nExecStart=/bin/sh -c '{script}; exit 1'\n")
    for unit, status in (("short", 0), ("fails", 1)):
        go.unlink(missing_ok=True)
        waiting = subprocess.Popen(manager.command(["tend", "start", "--wait", unit]), env=manager.environment())
        manager.wait_state(unit, "active")
        assert waiting.poll() is None
        go.touch()
        assert waiting.wait(timeout=60) == status
