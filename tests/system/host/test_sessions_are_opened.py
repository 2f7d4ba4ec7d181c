# SPDX-License-Identifier: Apache-2.0
"""PAMName=: a session of Linux-PAM is opened before the service runs, and closed when it has ended."""

import os
from pathlib import Path

import pytest

from tendbox import wait_for

MODULES = [path.parent for path in Path("/").glob("usr/lib/*/security/pam_exec.so")]
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
    pytest.mark.skipif(not MODULES, reason="needs pam_exec.so"),
]


@pytest.fixture
def box(make_box):
    """A box with files of PAM of its own; each session is noted in `notes`."""
    box = make_box()
    note = box.path("note")
    note.write_text(f"#!/bin/sh\necho $PAM_SERVICE $PAM_USER $PAM_TYPE >> {box.path('notes')}\n")
    note.chmod(0o755)
    box.path("notes").touch()
    box.path("notes").chmod(0o666)
    box.directory.chmod(0o755)
    for parent in box.directory.parents:  # pytest keeps its directories closed, the session ends as the user
        if str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    box.path("variables").write_text("SHOWN DEFAULT=from-pam\n")
    files = box.path("pam.d")
    files.mkdir()
    common = f"session required pam_env.so conffile={box.path('variables')} readenv=0\nsession required pam_exec.so {note}\n"
    (files / "allows").write_text("account required pam_permit.so\n" + common)
    (files / "denies").write_text("account required pam_deny.so\n" + common)
    box.run("mount", "--bind", files, "/etc/pam.d", check=True)
    box.notes = lambda: box.path("notes").read_text().splitlines()
    return box


def test_a_session_lives_as_long_as_its_service(box):
    box.unit("s.service", "[Service]\nType=exec\nUser=daemon\nPAMName=allows\nExecStart=sh -c 'env; id -un; exec sleep 1000'\n")
    box.start()
    assert box.systemctl("start", "s.service").returncode == 0, box.logs()
    wait_for(lambda: "daemon\n" in box.log("s.service"), "the output")
    assert "SHOWN=from-pam" in box.log("s.service")
    assert box.notes() == ["allows daemon open_session"]
    pid = box.show("s", "MainPID")
    children = box.run("cat", f"/proc/{pid}/task/{pid}/children").stdout.split()
    assert [box.run("cat", f"/proc/{child}/comm").stdout.strip() for child in children] == ["(sd-pam)"]
    box.run("kill", pid, check=True)
    wait_for(lambda: box.notes()[1:] == ["allows daemon close_session"], "the end of the session")
    wait_for(lambda: box.is_active("s.service") != "active", "the end of the service")


def test_a_session_that_is_denied_fails_the_start(box):
    box.unit("d.service", "[Service]\nUser=daemon\nPAMName=denies\nExecStart=sleep 1000\n")
    box.unit("r.service", "[Service]\nType=exec\nPAMName=denies\nExecStart=sleep 1000\n")
    box.unit("p.service", "[Service]\nType=exec\nUser=daemon\nPAMName=denies\nExecStart=+sleep 1000\n")
    box.start()
    box.systemctl("start", "d.service")
    box.wait_state("d.service", "failed")
    assert box.show("d", "ExecMainStatus") == "224", box.logs()
    assert box.systemctl("start", "r.service", "p.service").returncode == 0, box.logs()
    assert box.notes() == []
