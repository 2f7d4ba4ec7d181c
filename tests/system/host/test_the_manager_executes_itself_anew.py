# SPDX-License-Identifier: Apache-2.0
"""daemon-reexec: another image of the manager goes on, services do not notice."""

import pytest

from tendbox import wait_for

SERVICES = {
    "a.service": "[Service]\nExecStart=sleep 1000\n",
    "often.service": "[Service]\nExecStart=sleep 1000\nRestart=always\nRestartSec=0\n",
    "told.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=true\n",
}


@pytest.mark.parametrize("keeper", [False, True], ids=["alone", "with a keeper"])
def test_services_go_on(make_box, keeper):
    box = make_box(keeper=keeper)
    for name, text in SERVICES.items():
        box.unit(name, text)
    box.start()
    assert box.systemctl("start", *SERVICES).returncode == 0
    before = [box.show(name, "MainPID") for name in SERVICES]
    limit = box.inside(f"/proc/{before[0]}/limits").read_text()
    for _ in range(3):
        assert box.systemctl("daemon-reexec").returncode == 0
        box.wait_ready()
        assert [box.is_active(name) for name in SERVICES] == ["active"] * 3
        assert [box.show(name, "MainPID") for name in SERVICES] == before
    box.run("kill", "-9", before[1])
    wait_for(lambda: box.show("often", "NRestarts") == "1", "the restart")
    assert box.systemctl("restart", "a").returncode == 0
    after = box.show("a", "MainPID")
    assert after != before[0]
    assert box.inside(f"/proc/{after}/limits").read_text() == limit
    assert box.systemctl("stop", *SERVICES).returncode == 0
    assert box.show("a", "Result") == "success"


def test_an_idle_manager_is_running(box):
    box.start()
    result = box.systemctl("is-system-running", "--wait")
    assert (result.returncode, result.stdout) == (0, "running\n")
