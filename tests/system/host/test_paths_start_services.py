# SPDX-License-Identifier: Apache-2.0
"""Path units: something that appears or changes starts a service, and nothing is lost in between."""

import os
import signal

from tendbox import wait_for


def runs(box, unit="a.service"):
    return box.log(unit).count("ran because of")


def counter(box, name="a"):
    """A service that says each time that it was started, and by what."""
    box.unit(
        f"{name}.service",
        "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\n"
        "ExecStart=/bin/sh -c 'echo ran because of $TRIGGER_UNIT $TRIGGER_PATH; rm -f ${TRIGGER_PATH}.go'\n",
    )


def start(box, *units):
    box.start()
    result = box.systemctl("start", *units)
    assert result.returncode == 0, result.stderr + box.logs()


def test_a_path_that_comes_below_directories_that_are_missing(any_box):
    counter(any_box)
    path = any_box.path("not", "yet", "there")
    any_box.unit("a.path", f"[Path]\nPathExists={path}\nTriggerLimitBurst=1000\n")
    any_box.unit(
        "a.service", f"[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo ran because of $TRIGGER_PATH; rm {path}'\n"
    )
    start(any_box, "a.path")
    assert any_box.show("a.path", "SubState") == "waiting"
    path.parent.mkdir(parents=True, mode=0o777)
    path.parent.chmod(0o777)
    path.touch()
    wait_for(lambda: f"ran because of {path}" in any_box.log("a.service"), "the service")
    wait_for(lambda: any_box.show("a.path", "SubState") == "waiting", "the path to wait again")
    path.touch()
    wait_for(lambda: runs(any_box) == 2, "the second run")


def test_changes_of_every_kind(any_box):
    work = any_box.path("work")
    work.mkdir()
    kinds = {"changed": "PathChanged", "modified": "PathModified"}
    for name, setting in kinds.items():
        counter(any_box, name)
        work.joinpath(name).touch()
        any_box.unit(f"{name}.path", f"[Path]\n{setting}={work / name}\n")
    counter(any_box, "full")
    any_box.unit("full.path", f"[Path]\nDirectoryNotEmpty={work / 'full'}\nMakeDirectory=yes\nDirectoryMode=0777\nTriggerLimitBurst=3\nTriggerLimitIntervalSec=60\n")
    counter(any_box, "glob")
    any_box.unit("glob.path", f"[Path]\nPathExistsGlob={work}/*.[0-9]\n")
    if not any_box.is_system:
        os.chown(work, any_box.user, any_box.user)
    start(any_box, "changed.path", "modified.path", "full.path", "glob.path")
    with open(work / "modified", "w") as file:
        file.write("x")
        file.flush()
        wait_for(lambda: runs(any_box, "modified.service") >= 1, "a write to be seen before the file is closed")
    with open(work / "changed", "w") as file:
        file.write("x")
        file.flush()
        assert runs(any_box, "changed.service") == 0
    wait_for(lambda: runs(any_box, "changed.service") >= 1, "a close to be seen")
    assert (work / "full").is_dir()
    assert runs(any_box, "full.service") == runs(any_box, "glob.service") == 0
    (work / "a.5").touch()
    wait_for(lambda: runs(any_box, "glob.service") >= 1, "the pattern to match")
    (work / "full" / "entry").touch()
    wait_for(lambda: runs(any_box, "full.service") >= 1, "the entry to be seen")
    # What stays there starts the service again and again, until the limit.
    wait_for(lambda: any_box.show("full.path", "Result") == "trigger-limit-hit", "the limit")


def test_what_changes_while_no_manager_lives_is_found(make_box):
    box = make_box(keeper=True)
    counter(box)
    box.unit("a.path", f"[Path]\nPathExists={box.path('a')}.go\n")
    box.unit(
        "a.service",
        f"[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo ran because of $TRIGGER_UNIT; rm {box.path('a')}.go'\n",
    )
    start(box, "a.path")
    manager = box.manager_pid()
    os.kill(manager, signal.SIGSTOP)
    box.path("a.go").touch()
    os.kill(manager, signal.SIGKILL)
    box.wait_ready()
    wait_for(lambda: runs(box) == 1, "the service")


def test_systemctl_shows_what_is_watched(any_box):
    counter(any_box)
    any_box.unit("a.path", f"[Path]\nPathExists={any_box.path('x')}\nPathChanged={any_box.path('y')}\n")
    start(any_box, "a.path")
    shown = any_box.systemctl("show", "-p", "Paths,Result,Triggers", "a.path").stdout.splitlines()
    assert f"Paths={any_box.path('x')} (PathExists)" in shown
    assert f"Paths={any_box.path('y')} (PathChanged)" in shown
    assert "Triggers=a.service" in shown
    assert "TriggeredBy=a.path" in any_box.systemctl("show", "a.service").stdout
