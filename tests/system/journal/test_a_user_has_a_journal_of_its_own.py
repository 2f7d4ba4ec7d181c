# SPDX-License-Identifier: Apache-2.0
"""A user's manager records in the user's own files, which both journalctls read with --user."""

import json
import os
import shutil

import pytest

from tendbox import BIN, NOBODY, Tendbox, can_have_namespaces, wait_for

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not shutil.which("journalctl"), reason="needs journalctl"),
]


@pytest.fixture
def box(tmp_path):
    with Tendbox(tmp_path, journal=True, user=NOBODY) as box:
        box.unit("talk.service", "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=echo hello")
        box.start()
        box.systemctl("start", "talk.service", check=True)
        wait_for(lambda: "hello" in box.tend("logs", "talk").stdout, "the line")
        yield box


def test_its_entries_name_the_user_and_the_users_unit(box):
    lines = box.tend("logs", "-o", "json", "talk", check=True).stdout.splitlines()
    entries = [json.loads(line) for line in lines]
    said = next(entry for entry in entries if entry["MESSAGE"] == "hello")
    assert said["_SYSTEMD_USER_UNIT"] == "talk.service" and "_SYSTEMD_UNIT" not in said
    assert said["_UID"] == said["_SYSTEMD_OWNER_UID"] == str(NOBODY)
    started = next(entry for entry in entries if entry.get("MESSAGE_ID") == "39f53479d3a045ac8e11786248231fbf")
    assert started["USER_UNIT"] == "talk.service" and started["USER_INVOCATION_ID"] == said["_SYSTEMD_INVOCATION_ID"]


def test_both_journalctls_find_a_users_units(box, tmp_path):
    ours = tmp_path / "journalctl"
    ours.symlink_to(os.path.realpath(BIN / "tend"))
    files = next(path for path in (tmp_path / ".local/state/tend/journal", box.runtime / "journal/files") if path.exists())
    assert [path.name for path in files.glob("*.journal")] == [f"user-{NOBODY}.journal"]
    answers = [
        box.run(program, "--quiet", "--directory", files, "--output=cat", *question, check=True).stdout.splitlines()
        for question in (["--user", "-u", "talk"], ["--user-unit", "talk"])
        for program in ("journalctl", ours)
    ]
    assert answers[0][:1] and "hello" in answers[0]
    assert all(answer == answers[0] for answer in answers)
    assert "hello" in box.run(ours, "--quiet", "--output=cat", "--user", "-u", "talk", check=True).stdout.splitlines()
