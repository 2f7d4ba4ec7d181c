# SPDX-License-Identifier: Apache-2.0
"""examples/sites: `./dev run` brings five sites, their database and a proxy up, as root and as a plain user."""

import re
import shutil
import subprocess

import pytest
import tendbox
from example_machine import MACHINE, UNSHARE

RUN = tendbox.ROOT / "examples/sites/run"
NEEDED = ["nginx", "mariadbd", "curl", "setpriv", "ip"]

# Brings the fleet up twice (the second time it is there), looks at all sites, and ends it.
CHECK = """
set -e
"$RUN"
"$RUN" | grep 'up already'
for port in 3000 3001 3002 3003 3004; do curl -sf -o /dev/null "http://127.0.0.1:$port/"; done
for site in home boats cafe journal rentals; do curl -sf -o /dev/null "http://127.0.0.1:8080/$site/"; done
"$TEND" status
"$RUN" --down
"$TEND" down
"""


def run(prefix, home):
    needed = [name for name in NEEDED if not shutil.which(name)]
    if needed:
        pytest.skip("needs " + ", ".join(needed))
    if subprocess.run(["/usr/bin/python3", "-c", "import pymysql"], capture_output=True).returncode:
        pytest.skip("needs python3-pymysql")
    if not tendbox.can_have_namespaces():
        pytest.skip("needs root with CAP_SYS_ADMIN for namespaces")
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": home,
        "RUN": str(RUN),
        "TEND": "/run/bin/tend",
    }
    result = subprocess.run(
        [*UNSHARE, "sh", "-c", MACHINE, "sh", *prefix, "sh", "-c", CHECK],
        env={**environment, "BIN": str(tendbox.BIN)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def assert_up(output):
    """The example's eight units are up, beside what packages of the machine have started or skipped by a condition."""
    found = re.search(r"running: ([0-9]+) up", output)
    assert found and int(found[1]) >= 8, output
    assert not re.search(r"^[×x]", output, re.M), output


def test_the_sites_run_as_root():
    output = run([], "/root")
    assert_up(output)
    assert "Everything is down." in output
    assert "Nothing runs here" in output


def test_the_sites_run_as_a_plain_user():
    identity = [f"--reuid={tendbox.NOBODY}", f"--regid={tendbox.NOBODY}", "--clear-groups"]
    prefix = ["sh", "-c", 'mkdir -m 777 /tmp/home; cd /; exec "$@"', "sh", "setpriv", *identity]
    output = run(prefix, "/tmp/home")
    assert_up(output)
    assert "Left out, because this is not root" in output
    assert "Everything is down." in output
