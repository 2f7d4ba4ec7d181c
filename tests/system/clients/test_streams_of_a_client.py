# SPDX-License-Identifier: Apache-2.0
"""systemd-run gives its own streams to the service it starts."""

import os
import shutil

import pytest

from message_bus import MessageBus

pytestmark = [
    pytest.mark.skipif(not shutil.which("systemd-run"), reason="needs systemd-run"),
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a system's manager"),
]


@pytest.fixture(params=["systemd-run", "tend run"])
def run(request, make_box):
    box = make_box(user=0)
    box.start()
    bus = MessageBus(box)
    bus.start()
    bus.wait_manager()

    def call(*words, **options):
        if request.param == "tend run":
            return box.tend("run", *words, **options)
        return box.run("/usr/bin/systemd-run", *words, **options)

    yield call
    bus.stop()


def test_pipe_connects_all_three(run):
    script = "read line; echo got $line; echo wrong >&2; exit 3"
    result = run("--quiet", "--wait", "--pipe", "sh", "-c", script, input="word\n")
    assert (result.returncode, result.stdout, result.stderr) == (3, "got word\n", "wrong\n")


def test_streams_are_no_passed_descriptors(run):
    result = run("--quiet", "--wait", "--pipe", "sh", "-c", "env | grep -c LISTEN; ls /proc/self/fd", input="")
    assert result.stdout == "0\n0\n1\n2\n3\n", result.stderr


def test_a_terminal_is_one(run):
    result = run("--quiet", "--wait", "--pty", "sh", "-c", "test -t 0 && test -t 1 && echo yes; exit 4")
    assert result.returncode == 4, result.stderr
    assert "yes" in result.stdout
