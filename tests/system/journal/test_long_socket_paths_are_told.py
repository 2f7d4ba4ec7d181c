# SPDX-License-Identifier: Apache-2.0
"""A runtime directory whose sockets have longer paths than the kernel takes: the recorder says so, and does what it still can."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tendbox import BIN, wait_for

LONGEST = 107


@pytest.fixture
def directory():
    """Of a short path, whatever TMPDIR says."""
    path = Path(tempfile.mkdtemp(prefix="tend-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


def recorder(directory, length, stderr):
    """tend-journald with a runtime directory whose path is that long."""
    runtime = directory / ("d" * (length - len(str(directory)) - 1))
    runtime.mkdir()
    environment = os.environ | {"XDG_STATE_HOME": str(directory / "state"), "TEND_RUNTIME_DIR": str(runtime)}
    return runtime, subprocess.Popen([BIN / "tend-journald", "--user", f"--runtime-dir={runtime}"], env=environment, stderr=stderr)


def test_without_the_control_socket_it_records(directory):
    stderr = directory / "stderr"
    runtime, process = recorder(directory, LONGEST - len("/journal/io.systemd.journal") + 1, open(stderr, "wb"))
    try:
        wait_for(lambda: (runtime / "journal/socket").exists() or process.poll() is not None, "the socket", 60)
        assert process.poll() is None, stderr.read_text()
        wait_for(lambda: "io.systemd.journal: the path has 108 bytes, of a socket it may have 107" in stderr.read_text(), "the message", 60)
    finally:
        process.kill()
        process.wait()


def test_without_any_it_says_so_and_ends(directory):
    _, process = recorder(directory, LONGEST - len("/journal/stdout") + 1, subprocess.PIPE)
    _, text = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"/journal/stdout: the path has 108 bytes" in text and b"shorter runtime directory" in text
