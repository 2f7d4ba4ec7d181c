# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the system tests: boxes in which a real manager runs."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import tendbox


@pytest.fixture
def make_box(tmp_path):
    """Makes boxes: make_box(keeper=..., user=..., cgroups=..., arguments=...); all are ended after the test."""
    boxes = []

    def make(**options):
        user = options.get("user", os.geteuid())
        if user == 0 and not tendbox.can_have_namespaces():
            pytest.skip("needs root with CAP_SYS_ADMIN for namespaces")
        if user != os.geteuid() and os.geteuid() != 0:
            pytest.skip("needs root to become another user")
        directory = tmp_path / f"box{len(boxes)}"
        directory.mkdir()
        box = tendbox.Tendbox(directory, **options)
        boxes.append(box)
        return box.__enter__()

    yield make
    for box in boxes:
        print(box.logs())  # shown when the test fails
        box.close()


@pytest.fixture
def box(make_box):
    """A box of the user who runs the tests: the system's manager as root."""
    return make_box()


@pytest.fixture(params=["root", "user"])
def any_box(request, make_box):
    """The same test as root in namespaces and as a plain user without."""
    if request.param == "user":
        return make_box(user=tendbox.NOBODY if os.geteuid() == 0 else os.geteuid())
    if os.geteuid() != 0:
        pytest.skip("needs root")
    return make_box(user=0)
