# SPDX-License-Identifier: Apache-2.0
"""Whatever lies where a unit file should be gives an answer, and soon: never a hang, never a crash."""

import os
import subprocess
from pathlib import Path

import pytest
from tendbox import BIN

SERVICE = b"[Service]\nExecStart=/bin/true\n"
LIMIT = 1 << 20  # bytes of a line
PATIENCE = 60  # seconds: a hang, not a slow machine


def write(data):
    return lambda path: path.write_bytes(data)


def link(target):
    return lambda path: path.symlink_to(target)


def circle(path):
    path.symlink_to("other.service")
    path.with_name("other.service").symlink_to(path.name)


def dropin(make):
    def make_both(path):
        path.write_bytes(SERVICE)
        directory = path.with_name(path.name + ".d")
        directory.mkdir()
        make(directory / "a.conf")

    return make_both


def many_dropins(path):
    path.write_bytes(SERVICE)
    directory = path.with_name(path.name + ".d")
    directory.mkdir()
    for i in range(70000):
        os.close(os.open(directory / f"{i}.conf", os.O_CREAT | os.O_WRONLY))


CASES = {
    "a line of the greatest length": (write(SERVICE + b"#" + b"x" * (LIMIT - 2) + b"\n"), 0, ""),
    "a longer line": (write(SERVICE + b"Description=" + b"x" * LIMIT + b"\n"), 1, "Line too long"),
    "a longer line in pieces": (write(SERVICE + b"Description=" + b"x \\\n" * LIMIT), 1, "Line too long"),
    "a longer line in a drop-in": (dropin(write(b"#" * 2 * LIMIT)), 1, "Line too long"),
    "a file without an end": (write(SERVICE + b"# comment\n" * 2000000), 1, "File too large"),
    "a binary file": (lambda path: path.write_bytes(Path("/bin/true").read_bytes()), 1, "Assignment outside of section"),
    "a binary drop-in": (dropin(write(bytes(range(256)) * 100)), 1, "Assignment outside of section"),
    "zeros": (write(b"\0" * 100000), 1, "no ExecStart="),
    "not UTF-8": (write(b"[Unit]\nDescription=\xff\n" + SERVICE), 1, "not UTF-8"),
    "a FIFO": (os.mkfifo, 1, "not found"),
    "a FIFO as drop-in": (dropin(os.mkfifo), 0, ""),
    "a directory": (lambda path: path.mkdir(), 1, "not found"),
    "a link to itself": (link("web.service"), 1, "not found"),
    "links in a circle": (circle, 1, "links between names go in a circle"),
    "a link to itself as drop-in": (dropin(link("a.conf")), 1, "symbolic links"),
    "a link that leads nowhere": (link("/no/such/file.service"), 1, ""),
    "a device that never ends": (link("/dev/zero"), 1, "masked"),
    "a device that never ends as drop-in": (dropin(link("/dev/zero")), 0, ""),
    "a terminal": (link("/dev/tty"), 1, ""),
    "more drop-ins than anybody has": (many_dropins, 1, "More than 65536 files"),
}


@pytest.mark.parametrize("case", CASES)
def test_gives_an_answer(tmp_path, case):
    make, status, words = CASES[case]
    make(tmp_path / "web.service")
    result = subprocess.run(
        [BIN / "tend", "--units", tmp_path, "verify", "web.service"],
        capture_output=True, text=True, errors="replace", timeout=PATIENCE,
    )  # fmt: skip
    assert result.returncode == status, result.stdout + result.stderr
    assert words in result.stdout
