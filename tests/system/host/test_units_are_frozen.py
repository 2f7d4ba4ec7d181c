# SPDX-License-Identifier: Apache-2.0
"""freeze and thaw, with control groups of version 2 and with the freezer controller of version 1."""

import signal
from pathlib import Path

import pytest

import tendbox
from tendbox import BIN, wait_for

# Says that it runs each time it is asked.
ANSWERS = "[Service]\nExecStart=/bin/sh -c 'trap \"echo here >>%s\" USR1; while :; do sleep 1000 & wait $!; done'\n"


@pytest.fixture(params=["unified", "legacy"])
def frozen_box(request, make_box):
    if not tendbox.own_group("" if request.param == "unified" else "name=systemd"):
        pytest.skip(f"needs {request.param} control groups")
    if request.param == "legacy" and "freezer" not in "".join(tendbox.controller_mounts().values()):
        pytest.skip("needs the freezer controller of version 1")
    box = make_box(cgroups=request.param, controllers=request.param == "legacy", keeper=True)
    box.unit("a.service", ANSWERS % box.path("said"))
    box.start()
    return box


def systemctl(box, *words):
    """Ours, which needs no message bus to freeze."""
    ours = box.path("systemctl")
    if not ours.exists():
        ours.symlink_to(BIN / "tend")
    result = box.run(ours, *words)
    assert result.returncode == 0, result.stderr


def kernel_says(box):
    """Whether the kernel holds the service's processes."""
    found = []
    for top in box.groups():
        for name, wanted in (("cgroup.events", "frozen 1"), ("freezer.state", "FROZEN")):
            found += [path for path in Path(top).rglob(f"*/a.service/{name}") if wanted in path.read_text()]
    return bool(found)


def test_a_frozen_unit_stands_still_until_it_is_thawed(frozen_box):
    box = frozen_box
    assert box.systemctl("start", "a").returncode == 0
    systemctl(box, "freeze", "a.service")
    assert box.show("a", "FreezerState") == "frozen"
    wait_for(lambda: kernel_says(box), "the kernel to have stopped it", patience=60)
    systemctl(box, "thaw", "a.service")
    assert box.show("a", "FreezerState") == "running"
    wait_for(lambda: not kernel_says(box), "the kernel to let it go", patience=60)
    assert box.systemctl("kill", "--kill-whom=main", "--signal=USR1", "a").returncode == 0
    wait_for(box.path("said").exists, "an answer", patience=60)


def test_another_manager_knows_what_is_frozen_and_can_stop_it(frozen_box):
    box = frozen_box
    assert box.systemctl("start", "a").returncode == 0
    systemctl(box, "freeze", "a.service")
    wait_for(lambda: kernel_says(box), "the kernel to have stopped it", patience=60)
    box.forget_ready()
    box.kill_manager(signal.SIGKILL)
    box.wait_ready()
    assert box.show("a", "FreezerState") == "frozen"
    assert box.systemctl("stop", "a").returncode == 0
    assert box.is_active("a") == "inactive"
    assert not box.processes("sleep")
    assert box.show("a", "FreezerState") == "running"


def test_a_start_in_a_frozen_slice_waits_and_holds_nobody_up(frozen_box):
    if frozen_box.cgroups == "legacy":
        pytest.skip("needs unified control groups")
    frozen_box.unit("b.service", "[Service]\nSlice=cold.slice\nExecStart=/bin/sleep 1000\n")
    frozen_box.unit("c.service", f"[Service]\nSlice=cold.slice\nExecStart=/bin/sh -c 'echo run >{frozen_box.path('ran')}; exec sleep 2000'\n")
    frozen_box.systemctl("start", "b.service")
    systemctl(frozen_box, "freeze", "cold.slice")
    frozen_box.kill_manager()  # the next one knows of it
    frozen_box.wait_ready()
    assert frozen_box.systemctl("start", "--no-block", "c.service").returncode == 0
    frozen_box.wait_state("c.service", "active")  # as a service of this type is, with its process
    assert frozen_box.show("b", "ActiveState") == "active" and not frozen_box.path("ran").exists()
    systemctl(frozen_box, "thaw", "cold.slice")
    wait_for(lambda: frozen_box.path("ran").exists(), "the service to run")
