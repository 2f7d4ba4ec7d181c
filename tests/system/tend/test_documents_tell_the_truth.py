# SPDX-License-Identifier: Apache-2.0
"""What README files tell people to type is typed, and the commands that documents name are there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tendbox
from example_machine import MACHINE, UNSHARE

ROOT = tendbox.ROOT
EXAMPLE = ROOT / "examples/observability"
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
DOCUMENTS = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/README.md"), *ROOT.glob("man/*.[1-8]")]

# The checkout as a reader has it after ./dev build, and a home.
CHECKOUT = """
set -e
mkdir -p /run/checkout/build /tmp/home
ln -s /run/bin /run/checkout/build/bin
export HOME=/tmp/home
cd /run/checkout
exec "$@"
"""


def typed(text, heading="# "):
    """The indented blocks behind a heading as one script."""
    text = text.split(heading, 1)[1].split("\n## ")[0]
    return "".join(line[4:] + "\n" for line in text.splitlines() if line.startswith("    "))


def type_in(script):
    needed = [name for name in ("ip", "git") if not shutil.which(name)]
    if needed:
        pytest.skip("needs " + ", ".join(needed))
    if not tendbox.can_have_namespaces():
        pytest.skip("needs root with CAP_SYS_ADMIN for namespaces")
    result = subprocess.run(
        [*UNSHARE, "sh", "-c", MACHINE, "sh", "sh", "-c", CHECKOUT, "sh", "sh", "-exc", script],
        env={
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "EXAMPLE": str(EXAMPLE),
            "BIN": str(tendbox.BIN),
            "TEND": "/run/bin/tend",
        },
        capture_output=True,
        text=True,
        timeout=5 * tendbox.PATIENCE,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_first_five_minutes():
    said = type_in(typed((ROOT / "README.md").read_text(), "## The first five minutes"))
    assert "hello.service" in said and "Everything is down." in said


@pytest.mark.skipif(not POSTGRES, reason="needs the PostgreSQL server (package postgresql)")
def test_the_host_that_watches_itself():
    said = type_in("/run/example/run\n" + typed((EXAMPLE / "README.md").read_text()) + "/run/example/run --down\n")
    assert "collector: twice as often" in said or "collector.conf | 2" in said
    assert "The Practice of Programming" in said and "(for what was missed)" in said


def named_commands(path):
    """(line, command) of each `tend COMMAND` in it."""
    for n, line in enumerate(path.read_text().replace("\\-", "-").splitlines(), 1):
        if path.suffix == ".md":
            found = re.findall(r"(?:`|^    (?:build/bin/)?)tend ([a-z][a-z-]+)", line)
        else:
            found = re.findall(r'^\.(?:B|BR|BI) "?tend ([a-z][a-z-]+)', line)
        yield from ((n, command) for command in found)


def test_the_commands_that_documents_name_are_there():
    said = subprocess.run([tendbox.BIN / "tend", "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
    others = said.split("As systemctl(1) has them:\n")[1].split("\n\n")[0]
    known = {*re.findall(r"^ +([a-z][a-z-]+)", said, re.M), *others.split()}
    unknown = [f"{path.relative_to(ROOT)}:{n}: tend {command}" for path in DOCUMENTS for n, command in named_commands(path) if command not in known]
    assert not unknown, "\n".join(unknown)
    assert sum(1 for path in DOCUMENTS for _ in named_commands(path)) > 20
