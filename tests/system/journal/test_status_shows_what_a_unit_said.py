# SPDX-License-Identifier: Apache-2.0
"""systemctl status shows the last lines of a unit as the real one does, of the same journal."""

import os
import shutil

import pytest

from tendbox import BIN, Tendbox, can_have_namespaces, wait_for

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not shutil.which("systemctl"), reason="needs systemctl"),
]

SERVICE = """[Unit]
Description=One that talks
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=sh -c 'for i in $(seq 15); do echo line $i; done; printf "%%0300d\\n" 7; printf "a\\tb\\n"'
"""


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        box.unit("talk.service", SERVICE)
        box.unit("silent.service", "[Service]\nType=oneshot\nExecStart=true")
        box.start()
        box.systemctl("start", "talk.service", check=True)
        box.systemctl("restart", "talk.service", check=True)  # what it said before is not shown
        box.run("journalctl", "--sync", check=True)
        yield box


@pytest.mark.parametrize("options", [
    [], ["-n", "3"], ["-n", "100"], ["-n", "0"], ["-l", "-n", "2"], ["-o", "cat"], ["-o", "short-iso", "-n", "2"], ["-o", "short-monotonic"], ["-o", "verbose", "-n", "1"],
], ids=" ".join)
def test_its_lines_are_those_of_the_real_one(box, tmp_path, options):
    ours = tmp_path / "systemctl"
    ours.symlink_to(os.path.realpath(BIN / "tend"))

    def ask(program):
        result = box.run(program, "--no-pager", "status", *options, "talk.service", "silent.service")
        head, *rest = [line for line in result.stdout.splitlines() if " ago" not in line]
        return result.returncode, head, rest

    expected = ask("systemctl")
    assert ask(ours) == expected
    shown = [line for line in expected[2] if "line 15" in line]
    assert bool(shown) == (options in ([], ["-n", "100"], ["-o", "cat"], ["-o", "short-monotonic"]))


def test_the_first_of_them_says_that_it_starts(box):
    shown = box.run("systemctl", "--no-pager", "status", "-n", "100", "talk.service").stdout
    assert shown.count("Starting talk.service") == 1
    assert shown.index("Starting talk.service") < shown.index("line 1\n")
