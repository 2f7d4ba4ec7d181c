# SPDX-License-Identifier: Apache-2.0
"""Asks systemd-analyze, and tend under that name, the same questions."""

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

ANALYZE = shutil.which("systemd-analyze")
DISTRIBUTION = {"system": Path("/lib/systemd/system"), "user": Path("/usr/lib/systemd/user")}

RANDOM = [
    (r"(Failed to create \S+: Unit )\S+", r"\1..."),
    (r"\S+: (Found (ordering cycle|dependency) on|Unable to break cycle starting with) \S+", r"\1 ..."),
    (r"\S+: (Job \S+ deleted to break ordering cycle starting with) \S+", r"\1 ..."),
    (r"conflicting jobs .* for \S+", "conflicting jobs"),
    (r"/tmp/(systemd-analyze|systemd-temporary|tend-verify)-\w+/", "/made/"),
]


def lines_of(text):
    """How often each line was said, without what changes from run to run: which of several missing units a start
    fails for first, where the walk along an ordering cycle begins, which of two jobs is named first, and names of
    directories made for the moment."""
    for pattern, fixed in RANDOM:
        text = re.sub(pattern, fixed, text)
    return Counter(text.splitlines())


def answer(program, arguments, unit_path=None, directory=None):
    """Exit status and lines of one call. A search path of units stands in for the usual one."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
    environment |= {"LC_ALL": "C.UTF-8", "TMPDIR": "/tmp", "XDG_RUNTIME_DIR": "/tmp"}
    if unit_path:
        environment["SYSTEMD_UNIT_PATH"] = ":".join(map(str, unit_path))
    result = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, errors="replace", env=environment,
        cwd=directory, timeout=60,
    )  # fmt: skip
    return result.returncode, lines_of(result.stdout + result.stderr)
