# SPDX-License-Identifier: Apache-2.0
"""The recorder of the system runs as a user of its own, with one capability that a filter of system calls keeps in bounds."""

import os

import pytest

from tendbox import Tendbox, can_have_namespaces, wait_for
from test_room_is_limited import assert_whole, files, messages

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
]

SYS_PTRACE = 1 << 19


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        yield box


def say(box, text):
    box.run("logger", text, check=True)
    wait_for(lambda: text in messages(box), text)


def status(box):
    with open(f"/proc/{box._descendant_named('tend-journald')}/status") as status:
        return dict(line.rstrip().split(":\t", 1) for line in status if ":\t" in line)


def owners(box, *paths):
    return set(box.run("stat", "-c", "%u", *paths, check=True).stdout.split())


def kill_recorder(box):
    pid = box._descendant_named("tend-journald")
    os.kill(pid, 9)
    wait_for(lambda: (new := box._descendant_named("tend-journald")) and new != pid, "another recorder")


def test_it_has_a_user_and_one_capability(box):
    box.start()
    say(box, "hello")
    found = status(box)
    uids = set(found["Uid"].split())
    assert len(uids) == 1 and "0" not in uids and "0" not in found["Gid"].split()
    for name in ("CapPrm", "CapEff"):
        assert int(found[name], 16) & ~SYS_PTRACE == 0, found
    for name in ("CapInh", "CapAmb"):
        assert int(found[name], 16) == 0, found
    assert found["NoNewPrivs"] == "1" and found["Seccomp"] == "2"
    assert owners(box, *files(box), "/run/tend/journal", "/run/log/journal") == uids
    if box.run("getent", "group", "systemd-journal").returncode == 0:
        assert set(box.run("stat", "-c", "%a %G", *files(box)).stdout.splitlines()) == {"640 systemd-journal"}


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_it_still_sees_which_program_speaks(box, user):
    box.run("mkfifo", "-m", "0666", "/run/never", check=True)
    box.unit("talk.service", f"[Service]\nUser={user}\nExecStart=sh -c 'echo hello; read x < /run/never'\nLogExtraFields=A=b")
    box.start()
    box.systemctl("start", "talk.service", check=True)
    wait_for(lambda: messages(box, "-t", "sh"), "the service's message")
    shell = box.run("readlink", "-f", "/bin/sh").stdout.strip()
    assert messages(box, f"_EXE={shell}", '_CMDLINE=sh -c "echo hello; read x < /run/never"', "_SYSTEMD_UNIT=talk.service", "A=b") == ["hello"]


def test_files_of_a_recorder_that_was_root_are_gone_on_with(box):
    """As those of systemd-journald are, and of one with another id."""
    box.start()
    say(box, "first")
    before = files(box)
    box.run("sh", "-c", "chown -R root /run/log/journal /run/tend/journal; chmod 0755 /run/log/journal/*", check=True)
    kill_recorder(box)
    say(box, "second")
    assert [m for m in messages(box) if m in ("first", "second")] == ["first", "second"]
    assert files(box) == before
    assert owners(box, *before, "/run/log/journal").isdisjoint({"0"})
    assert_whole(box, before)


def test_files_with_another_name_elsewhere_are_left_alone(box):
    box.start()
    say(box, "first")
    box.run("sh", "-c", "cd /run/log/journal/*; touch /run/log/precious; ln /run/log/precious trap@1.journal; ln -s /run/log/other link.journal; touch /run/log/other", check=True)
    kill_recorder(box)
    say(box, "second")
    assert owners(box, "/run/log/precious", "/run/log/other") == {"0"}


def test_a_name_space_is_made_by_it(box):
    box.start()
    box.unit("apart.service", "[Service]\nType=oneshot\nLogNamespace=apart\nExecStart=echo hello")
    box.systemctl("start", "apart.service", check=True)
    wait_for(lambda: "hello" in messages(box, "--namespace=apart"), "the message", patience=60)
    kill_recorder(box)
    box.systemctl("start", "apart.service", check=True)
    wait_for(lambda: messages(box, "--namespace=apart").count("hello") == 2, "both messages")


def test_without_other_users_it_stays_root(box):
    """Where the directories cannot be reached by anybody else."""
    box.run("sh", "-c", "mkdir -m 0700 /run/log /run/tend", check=True)
    box.start()
    say(box, "hello")
    found = status(box)
    assert found["Uid"].split()[0] == "0" and int(found["CapEff"], 16) & ~(SYS_PTRACE | 1 << 1) == 0
    assert "Recording as root" in box.manager_log()
