# SPDX-License-Identifier: Apache-2.0
"""Under systemd's names tend answers as systemd 252 does: the same lines and the same exit status."""

import shutil
import subprocess

import pytest
from tendbox import BIN

ESCAPE = [
    [], [""], ["-p", ""], ["-p", "a/../b"], ["-p", "/"], ["-p", "."], ["-u", r"a\x2"], ["-u", "-p", r"a\x2f"],
    ["-u", "-p", "-"], ["--suffix=foo", "a"], ["--suffix=service", "a b", "c"], ["--template=x@.service", "a", "b/c"],
    ["--template=x.service", "a"], ["-u", "--template=x@.service", "x@a-b.service", "y@a.service"],
    ["-u", "--instance", "x@a-b.service"], ["-u", "--instance", "x@.service"], ["-u", "--instance", "x.service"],
    ["-m", "foo", "/dev/sda", "a b", "foo.service"], ["-m", "foo", "--suffix=mount"],
    ["--template=x@.service", "--suffix=mount", "a"], ["--instance", "a"],
    ["--template=x@.service", "--instance", "-u", "a"], ["-u", "--suffix=mount", "a"], ["-m", "-u", "a"],
    ["-m", "-p", "a"], ["-m", "foo*"], ["--bogus"], ["--suffix"], ["--suffix="], ["--template=x@y.service", "a"],
    ["-p", "--suffix=mount", "relative/path"], ["-u", "tmp-waldi.mount"], ["--pa", "/a"], ["--", "-u"], ["-m", ""],
    ["-u", "--template=x@.service", "bogus"], ["Hallöchen"], [".foo"], ["--template=x@.service", ""], ["-u", ""],
    ["-u", "-p", ""],
]  # fmt: skip

ANALYZE = [
    ["exit-status"], ["exit-status", "0", "EXEC", "99"], ["exit-status", "BOGUS"], ["exit-status", "300"],
    ["unit-paths"], ["unit-paths", "extra"], ["--user", "unit-paths"],
]  # fmt: skip


def answer(executable, name, arguments):
    result = subprocess.run([name, *arguments], executable=executable, capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


def compare(name, arguments):
    if not shutil.which(name):
        pytest.skip(f"needs {name} of the distribution")
    assert answer(BIN / "tend", name, arguments) == answer(shutil.which(name), name, arguments)


@pytest.mark.parametrize("arguments", ESCAPE, ids=" ".join)
def test_escape(arguments):
    compare("systemd-escape", arguments)


@pytest.mark.parametrize("arguments", ANALYZE, ids=" ".join)
def test_analyze(arguments):
    compare("systemd-analyze", arguments)


def test_escape_is_a_command_too():
    assert answer(BIN / "tend", "tend", ["escape", "-p", "/a/b"])[1] == "a-b\n"
