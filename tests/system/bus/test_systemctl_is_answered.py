# SPDX-License-Identifier: Apache-2.0
"""The distribution's systemctl says to tendd's answers what it says to systemd's: texts and exit statuses
were taken from systemd 252."""

import re
import shutil

import pytest
from tendbox import wait_for

pytestmark = pytest.mark.skipif(not shutil.which("systemctl"), reason="needs systemctl")

UNITS = {
    "foo.service": "[Unit]\nDescription=Foo\n[Service]\nExecStart=sleep 1000\n",
    "bar.service": "[Unit]\nDescription=Bar\n[Service]\nExecStart=sleep 1000\nExecReload=true\n",
    "bad.service": "[Service]\nType=oneshot\nExecStart=false\n",
    "broken.service": "[Service]\nExecStart=bin/false\n",
    "byhand.service": "[Unit]\nRefuseManualStart=yes\n[Service]\nExecStart=true\n",
    "slow.service": "[Service]\nType=notify\nExecStart=sleep 1000\n",
    "t@.service": "[Service]\nExecStart=sleep 1000\n",
    "all.target": "[Unit]\nAllowIsolate=yes\nWants=foo.service bar.service\n",
}

SEE = "See {whose} logs and 'systemctl{user} status {unit}' for details.\n"

# Commands in order, exit status, standard output (None: anything), standard error.
SESSION = [
    ("is-active foo.service", 3, "inactive\n", ""),
    ("is-failed foo.service", 1, "inactive\n", ""),
    ("start foo.service", 0, "", ""),
    ("is-active foo.service bar.service", 0, "active\ninactive\n", ""),
    ("is-active bar.service nosuch.service", 3, "inactive\ninactive\n", ""),
    ("start nosuch.service", 5, "", "Failed to start nosuch.service: Unit nosuch.service not found.\n"),
    ("restart nosuch.service", 5, "", "Failed to restart nosuch.service: Unit nosuch.service not found.\n"),
    ("stop nosuch.service", 5, "", "Failed to stop nosuch.service: Unit nosuch.service not loaded.\n"),
    ("kill nosuch.service", 1, "", "Failed to kill unit nosuch.service: Unit nosuch.service not loaded.\n"),
    (
        "reset-failed nosuch.service",
        1,
        "",
        "Failed to reset failed state of unit nosuch.service: Unit nosuch.service not loaded.\n",
    ),
    (
        "reload foo.service",
        3,
        "",
        "Failed to reload foo.service: Job type reload is not applicable for unit foo.service.\n",
    ),
    (
        "isolate foo.service",
        4,
        "",
        "Failed to start foo.service: Operation refused, unit may not be isolated.\n" + SEE.replace("{unit}", "foo.service"),
    ),
    (
        "start t@.service",
        1,
        "",
        "Failed to start t@.service: Unit name t@.service is missing the instance name.\n"
        + SEE.replace("{unit}", "t@.service"),
    ),
    (
        "start byhand.service",
        4,
        "",
        "Failed to start byhand.service: Operation refused, unit byhand.service may be requested by dependency "
        "only (it is configured to refuse manual start/stop).\n" + SEE.replace("{unit}", "byhand.service"),
    ),
    (
        "start broken.service",
        1,
        "",
        "Failed to start broken.service: Unit broken.service has a bad unit file setting.\n"
        + SEE.replace("{unit}", "broken.service"),
    ),
    ("status nosuch.service", 4, "", "Unit nosuch.service could not be found.\n"),
    ("cat nosuch.service", 1, "", "No files found for nosuch.service.\n"),
    ("is-enabled nosuch.service", 1, "", "Failed to get unit file state for nosuch.service: No such file or directory\n"),
    ("show -P ActiveState foo.service", 0, "active\n", ""),
    ("show -P LoadState nosuch.service", 0, "not-found\n", ""),
    ("try-restart foo.service bar.service", 0, "", ""),
    ("is-active foo.service bar.service", 0, "active\ninactive\n", ""),
    ("reload bar.service", 1, "", "bar.service is not active, cannot reload.\n"),
    ("start bar.service t@x.service", 0, "", ""),
    ("reload bar.service", 0, "", ""),
    ("reload-or-restart foo.service bar.service", 0, "", ""),
    ("list-jobs", 0, "No jobs running.\n", ""),
    (
        "start bad.service",
        1,
        "",
        "Job for bad.service failed because the control process exited with error code.\n"
        'See "systemctl{user} status bad.service" and "journalctl{user} -xeu bad.service" for details.\n',
    ),
    ("is-failed bad.service", 0, "failed\n", ""),
    ("status bad.service", 3, None, ""),
    ("is-system-running", 1, "degraded\n", ""),
    ("reset-failed", 0, "", ""),
    ("is-system-running", 0, "running\n", ""),
    ("daemon-reload", 0, "", ""),
    ("isolate all.target", 0, "", ""),
    ("stop t@x.service", 0, "", ""),  # isolate does not wait for what it stops
    ("is-active all.target foo.service bar.service t@x.service", 0, "active\nactive\nactive\ninactive\n", ""),
    ("stop all.target foo.service", 0, "", ""),
    ("is-active foo.service", 3, "inactive\n", ""),
]


@pytest.fixture
def units_box(any_box):
    for name, text in UNITS.items():
        any_box.unit(name, text)
    any_box.start()
    return any_box


def test_a_session_goes_as_with_systemd(units_box):
    user, whose = ("", "system") if units_box.is_system else (" --user", "user")
    for command, status, output, errors in SESSION:
        if command == "is-system-running" and not units_box.is_system:
            continue  # systemctl does not ask where /run/systemd/system is not
        result = units_box.systemctl(*command.split())
        said = (command, result.returncode, output if output is None else result.stdout, result.stderr)
        assert said == (command, status, output, errors.replace("{user}", user).replace("{whose}", whose))


def test_kill_ends_the_service(units_box):
    units_box.systemctl("start", "foo.service", check=True)
    units_box.systemctl("kill", "foo.service", check=True)
    units_box.wait_state("foo.service", "inactive")


def test_status_shows_what_runs(units_box):
    units_box.systemctl("start", "foo.service", check=True)
    # The process has another name until it has executed the program.
    wait_for(lambda: "(sleep)" in units_box.systemctl("status", "foo.service").stdout, "sleep to be executed", 60)
    result = units_box.systemctl("status", "foo.service")
    assert result.returncode == 0
    path = re.escape(str(units_box.path("units/foo.service")))
    assert re.match(
        rf"● foo\.service - Foo\n     Loaded: loaded \({path}; static\)\n"
        r"     Active: active \(running\) since [^\n]*\n   Main PID: \d+ \(sleep\)\n",
        result.stdout,
    )


def test_cat_prints_the_files(units_box):
    if not units_box.is_system:
        pytest.skip("systemctl --user cat asks the manager only where /run/systemd/system is: needs root")
    units_box.unit("foo.service.d/more.conf", "[Unit]\nDescription=More\n")
    units_box.systemctl("daemon-reload", check=True)
    result = units_box.systemctl("cat", "foo.service")
    assert result.returncode == 0
    assert result.stdout == (
        f"# {units_box.path('units/foo.service')}\n{UNITS['foo.service']}\n"
        f"# {units_box.path('units/foo.service.d/more.conf')}\n[Unit]\nDescription=More\n"
    )
    assert units_box.show("foo.service", "Description") == "More"


def test_lists_have_the_units(units_box):
    units_box.systemctl("start", "foo.service", check=True)
    listed = units_box.systemctl("list-units", "--plain", "--no-legend", "--type=service")
    assert re.fullmatch(r"foo\.service loaded active running Foo\s*", listed.stdout)
    failed = units_box.systemctl("list-units", "--failed", "--plain", "--no-legend")
    assert failed.stdout == ""
    tree = units_box.systemctl("list-dependencies", "--plain", "all.target")
    names = tree.stdout.split()
    assert "foo.service" in names and "bar.service" in names


def test_a_job_that_waits_is_listed_and_cancelled(units_box):
    units_box.systemctl("start", "--no-block", "slow.service", check=True)
    listed = units_box.systemctl("list-jobs", "--no-legend")
    job, unit, kind, state = listed.stdout.split()
    assert (unit, kind, state) == ("slow.service", "start", "running")
    assert units_box.systemctl("show", job, "-P", "JobType").stdout in ("start\n", "")
    assert units_box.systemctl("cancel", job).returncode == 0
    assert units_box.systemctl("list-jobs").stdout == "No jobs running.\n"


def test_show_knows_every_property(units_box):
    result = units_box.systemctl("show", "--all", "foo.service")
    assert result.stderr == ""
    names = {line.partition("=")[0] for line in result.stdout.splitlines()}
    assert len(names) >= 370  # of 401; systemctl prints some as one and leaves some out
    manager = units_box.systemctl("show", "--all")
    assert {"Version", "SystemState", "NNames", "UnitPath"} <= {
        line.partition("=")[0] for line in manager.stdout.splitlines()
    }


def test_unknown_methods_are_refused_and_nothing_breaks(units_box):
    result = units_box.systemctl("bind", "foo.service", "/tmp", "/mnt")
    assert result.returncode == 1
    assert units_box.systemctl("start", "foo.service").returncode == 0
