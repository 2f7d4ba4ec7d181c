# SPDX-License-Identifier: Apache-2.0
"""verify and condition answer programs as well as people."""

import json
import subprocess

import pytest
from tendbox import BIN


def tend(*arguments):
    result = subprocess.run([BIN / "tend", *arguments], capture_output=True, text=True)
    return result.returncode, json.loads(result.stdout)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_conditions(place):
    arguments = ["condition", "ConditionPathExists=!/nope"]
    arguments.insert(place, "--json")
    assert tend(*arguments) == (0, [{"expression": "ConditionPathExists=!/nope", "holds": True}])


def test_conditions_that_do_not_hold():
    status, answers = tend("condition", "ConditionPathExists=/nope", "--json")
    assert (status, [answer["holds"] for answer in answers]) == (1, [False])


def test_findings(tmp_path):
    unit = tmp_path / "web.service"
    unit.write_text("[Service]\nExecStart=/bin/true\nRestrat=always\n")
    status, findings = tend("--json", "verify", str(unit))
    finding = next(finding for finding in findings if finding["unit"] == "web.service")
    assert status == 0
    assert finding == {
        "severity": "warning", "unit": "web.service", "file": str(unit), "line": 3,
        "text": "Unknown key 'Restrat' in section [Service], ignoring.", "hint": "did you mean Restart=?",
    }  # fmt: skip


def test_a_cycle_is_an_error(tmp_path):
    for name, other in [("a", "b"), ("b", "a")]:
        text = f"[Unit]\nRequires={other}.service\nAfter={other}.service\n[Service]\nExecStart=/bin/true\n"
        (tmp_path / f"{name}.service").write_text(text)
    status, findings = tend("--json", "verify", str(tmp_path / "a.service"))
    assert status == 1
    assert any("ordering cycle" in finding["text"] for finding in findings)


def test_a_file_under_another_name(tmp_path):
    (tmp_path / "draft").write_text("[Service]\nExecStart=/bin/true\nFoo=1\n")
    status, findings = tend("--json", "verify", f"{tmp_path}/draft:web.service")
    assert (status, [finding["line"] for finding in findings]) == (0, [3])
