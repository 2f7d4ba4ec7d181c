# SPDX-License-Identifier: Apache-2.0
"""Under systemd's names tend answers as systemd 252 does: the same lines and the same exit status."""

import random
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


PIECES = [
    b"a", b"Z", b"0", b"_", b":", b".", b"-", b"/", b"\\", rb"\x2f", rb"\x2d", b"@", b" ", b"\xc3\xa4", b"\xff", b"\x01", b"%", b"*", b"[",
    b"?", b"~", b"..", b"//", b".service", b".mount", b"dev-", b"/dev/", b"+", b'"',
]  # fmt: skip

# Options, how many strings a call gets, and how many calls there are: one bad string ends a call.
CROWDS = [
    ([], 100, 40), (["-p"], 100, 30), (["--suffix=mount"], 100, 15), (["--template=x@.service"], 100, 15), (["-u"], 1, 60),
    (["-u", "-p"], 1, 60), (["-m"], 1, 120), (["-p", "--suffix=mount"], 1, 60), (["-u", "--template=x@.service"], 1, 60),
    (["-u", "--instance"], 1, 60), (["-u", "-p", "--template=x@.mount"], 1, 40), (["-m", "--suffix=path"], 1, 40),
]  # fmt: skip


@pytest.mark.parametrize("options,size,n_calls", CROWDS, ids=lambda value: " ".join(value) if isinstance(value, list) else str(value))
def test_strings_of_any_kind(options, size, n_calls):
    """10,000 strings, the same in each run, UTF-8 and not."""
    if not shutil.which("systemd-escape"):
        pytest.skip("needs systemd-escape of the distribution")
    source = random.Random(" ".join(options))

    def ask(executable, arguments):
        result = subprocess.run(["systemd-escape", *arguments], executable=executable, capture_output=True)
        return result.returncode, result.stdout, result.stderr

    for _ in range(n_calls):
        strings = [b"".join(source.choices(PIECES, k=source.randrange(9))) for _ in range(size)]
        arguments = [*options, "--", *strings]
        assert ask(BIN / "tend", arguments) == ask(shutil.which("systemd-escape"), arguments)


def test_escape_is_a_command_too():
    assert answer(BIN / "tend", "tend", ["escape", "-p", "/a/b"])[1] == "a-b\n"
