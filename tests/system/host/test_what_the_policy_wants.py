# SPDX-License-Identifier: Apache-2.0
"""--strict and Enforce= also hold for what the manager itself does: control groups, and settings of [Unit] and [Socket]."""

import os

from tendbox import NOBODY


def test_limits_that_cannot_be_had_fail_a_start_that_insists_on_them(make_box):
    box = make_box(cgroups="none")
    text = "[Service]\nTasksMax=9\nExecStartPre=touch {name}-ran\nExecStart=sleep 1000\nWorkingDirectory={directory}\n[X-Tend]\n{policy}\n"
    policies = {"named": "Enforce=TasksMax", "all": "Enforce=strict", "other": "Enforce=MemoryMax", "none": "Enforce=report"}
    for name, policy in policies.items():
        box.unit(f"{name}.service", text.format(name=name, directory=box.directory, policy=policy))
    box.start()
    for name in policies:
        started = box.systemctl("start", f"{name}.service").returncode == 0
        assert started == (name in ("other", "none")), box.log(f"{name}.service")
        assert box.path(f"{name}-ran").exists() == started
    assert "Failed at step CGROUP, TasksMax" in box.log("named.service"), box.logs()
    assert "TasksMax= is refused" in box.log("other.service")
    assert box.show("named", "Result") == "resources"


def test_a_strict_manager_refuses_limits_that_cannot_be_had(make_box):
    box = make_box(cgroups="none", arguments=["--strict"])
    box.unit("strict.service", "[Service]\nTasksMax=9\nExecStart=sleep 1000\n")
    box.unit("lenient.service", "[Service]\nTasksMax=9\nExecStart=sleep 1000\n[X-Tend]\nEnforce=report\n")
    box.unit("plain.service", "[Service]\nExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "strict.service").returncode != 0
    assert box.systemctl("start", "lenient.service", "plain.service").returncode == 0, box.logs()


def test_settings_of_other_sections_are_judged_when_the_unit_is_loaded(make_box):
    box = make_box(arguments=["--strict"])
    service = "[Unit]\nJobTimeoutRebootArgument=now\n[Service]\nExecStart=sleep 1000\n"
    box.unit("strict.service", service)
    box.unit("lenient.service", service + "[X-Tend]\nEnforce=report\n")
    box.unit("strict.socket", f"[Socket]\nListenStream={box.path('s')}\nSELinuxContextFromNet=yes\nService=lenient.service\n")
    box.start()
    for unit, name in (("strict.service", "JobTimeoutRebootArgument"), ("strict.socket", "SELinuxContextFromNet")):
        assert box.systemctl("start", unit).returncode != 0
        assert f"{name}= is not supported" in box.show(unit, "LoadError")
        assert box.show(unit, "LoadState") == "bad-setting"
    assert box.systemctl("start", "lenient.service").returncode == 0, box.logs()


def test_a_setting_of_another_section_can_be_named(make_box):
    box = make_box()
    text = "[Unit]\nJobTimeoutRebootArgument=now\n[Service]\nExecStart=sleep 1000\n[X-Tend]\nEnforce="
    box.unit("named.service", text + "JobTimeoutRebootArgument\n")
    box.unit("other.service", text + "TasksMax\n")
    box.start()
    assert box.systemctl("start", "named.service").returncode != 0
    assert box.systemctl("start", "other.service").returncode == 0, box.logs()


def test_only_what_was_asked_for_is_reported(make_box):
    box = make_box(user=NOBODY if os.geteuid() == 0 else os.geteuid())
    box.unit("a.service", "[Service]\nType=oneshot\nProtectSystem=strict\nExecStart=true\n")
    box.start()
    assert box.systemctl("start", "a.service").returncode == 0, box.logs()
    told = box.tend("report", "--all", "a.service").stdout
    assert "ProtectSystem=strict" in told and "LoadCredential" not in told
