# SPDX-License-Identifier: Apache-2.0
"""enable, disable and is-enabled of a service that is an init script: the distribution's program does it, and the lines
are systemctl's. Each is tried in a root directory of its own."""

import os
import shutil
import subprocess

import pytest

import tendbox

INSTALLER = "/lib/systemd/systemd-sysv-install"
CASES = [
    ["enable", "old"],
    ["disable", "old.service"],
    ["is-enabled", "old"],
    ["enable", "both"],
    ["is-enabled", "both"],
    ["is-enabled", "started"],
    ["enable", "broken"],
    ["enable", "native", "old"],
    ["--quiet", "enable", "old"],
    ["enable", "nothing"],
]

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, as only root may change units of the system"),
    pytest.mark.skipif(not os.path.exists(INSTALLER) or not shutil.which("systemctl"), reason="needs systemd's systemctl"),
]


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def make_root(root):
    for name in ("old", "both", "started", "broken"):
        script(root / "etc/init.d" / name, "#!/bin/sh\n")
    (root / "etc/rc5.d").mkdir()
    (root / "etc/rc5.d/S01started").symlink_to("../init.d/started")
    for name in ("both", "native"):
        unit = root / f"etc/systemd/system/{name}.service"
        unit.parent.mkdir(parents=True, exist_ok=True)
        unit.write_text("[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n")


def answer(program, root, arguments):
    result = subprocess.run(
        [program, f"--root={root}", *arguments],
        env={"PATH": f"{root}/stubs:{os.environ['PATH']}", "SYSTEMD_COLORS": "0", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    links = sorted(str(path.relative_to(root)) for path in root.glob("etc/systemd/system/*.wants/*"))
    return [result.returncode, result.stdout.replace(str(root), "ROOT"), result.stderr.replace(str(root), "ROOT"), links]


@pytest.mark.parametrize("arguments", CASES, ids=" ".join)
def test_it_answers_as_systemctl(tmp_path, arguments):
    answers = []
    for who in ("theirs", "ours"):
        root = tmp_path / who
        make_root(root)
        # No chroot(8) into an almost empty directory: its program is run as it is.
        script(root / "stubs/chroot", f'#!/bin/sh\nshift 2\necho "$@" >> {root}/calls\n[ "$1" != broken ]\n')
        program = "systemctl"
        if who == "ours":
            program = tmp_path / "systemctl"
            program.symlink_to((tendbox.BIN / "tend").resolve())
        answers.append(answer(program, root, arguments))
        calls = root / "calls"
        answers[-1].append(calls.read_text() if calls.exists() else "")
    assert answers[0] == answers[1]
