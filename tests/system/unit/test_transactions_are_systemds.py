# SPDX-License-Identifier: Apache-2.0
"""Random graphs of dependencies: the jobs that starting a target leads to are those of the real systemd. What systemd
does depends in part on the order of its hash tables, which differs each time: it is asked again until it agrees."""

import os
import random
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("TEND_BIN", ROOT / "build/bin")).parent
TIMELINES = BUILD / "tests/engine/run_timelines"
SYSTEMD = Path("/lib/systemd/systemd")
NOBODY = 65534
GRAPHS = int(os.environ.get("TRANSACTION_GRAPHS", "60"))
FIRST = int(os.environ.get("TRANSACTION_SEED", "0"))
TRIES = 60

KINDS = ["Requires", "Wants", "Wants", "BindsTo", "Requisite", "PartOf", "Upholds", "Requires", "Conflicts"]

pytestmark = [
    pytest.mark.skipif(not SYSTEMD.exists(), reason="needs systemd to compare with"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be another user for systemd --test"),
]


def graph(seed):
    """A target and some services with random dependencies: name -> text of the unit file."""
    chance = random.Random(seed)
    names = ["t.target"] + [f"u{i}.service" for i in range(chance.randint(3, 8))]
    units = {}
    for i, name in enumerate(names):
        lines = ["[Unit]", "DefaultDependencies=no"]
        for j, other in enumerate(names):
            if i == j:
                continue
            if chance.random() < (0.22 if i else 0.5):
                lines.append(f"{chance.choice(KINDS if i else KINDS[:3])}={other}")
            if j < i and chance.random() < 0.3:
                lines.append(f"Before={other}")
        if i:
            lines += ["[Service]", "ExecStart=/bin/true"]
        units[name] = "\n".join(lines) + "\n"
    return units


def reason(text):
    return "refused: " + " ".join(text.split()[:3])


def ask_systemd(directory):
    """The jobs of systemd's first transaction."""
    runtime = directory.parent / "run"
    environment = {"PATH": os.environ["PATH"], "HOME": str(runtime), "XDG_RUNTIME_DIR": str(runtime),
                   "SYSTEMD_UNIT_PATH": str(directory), "SYSTEMD_LOG_TARGET": "console"}
    result = subprocess.run([SYSTEMD, "--user", "--test", "--unit=t.target"], capture_output=True, text=True,
                            errors="replace", user=NOBODY, group=NOBODY, extra_groups=[], env=environment)
    refusal = re.search(r"Failed to start default target: (.*)", result.stdout + result.stderr)
    if refusal:
        return reason(refusal[1])
    _, found, jobs = result.stdout.partition("-> By jobs:")
    assert found, result.stdout + result.stderr
    return sorted(job for job in re.findall(r"Action: (\S+ -> \S+)", jobs) if ".slice" not in job)


def ask_engine(directory, units):
    timeline = directory.parent / "graph.timeline"
    text = "".join(f"unit {name}\n" + "".join(f"    {line}\n" for line in unit.splitlines()) for name, unit in units.items())
    timeline.write_text(text + "show job_added refused job_removed spawn state\nstart t.target\nexpect\n")
    result = subprocess.run([TIMELINES, timeline], capture_output=True, text=True)
    refusal = re.search(r"refused t.target start: (.*)", result.stdout)
    if refusal:
        return reason(refusal[1])
    came = [line[1:].split() for line in result.stdout.splitlines() if line.startswith("#        ")]
    jobs = []
    for words in came:
        if words[0] != "job_added":
            break
        jobs.append(f"{words[1]} -> {words[2]}")
    assert jobs, result.stdout
    return sorted(jobs)


@pytest.fixture
def place():
    """A directory that another user can reach, with one of that user's in it."""
    with tempfile.TemporaryDirectory(prefix="tend-graphs-") as name:
        place = Path(name)
        place.chmod(0o755)
        (place / "run").mkdir()
        os.chown(place / "run", NOBODY, NOBODY)
        yield place


def test_random_graphs_lead_to_the_same_jobs(place):
    units_directory = place / "units"
    differ = []
    for seed in range(FIRST, FIRST + GRAPHS):
        units = graph(seed)
        shutil.rmtree(units_directory, ignore_errors=True)
        units_directory.mkdir()
        for name, text in units.items():
            (units_directory / name).write_text(text)
        ours = ask_engine(units_directory, units)
        theirs = []
        while ours not in theirs and len(theirs) < TRIES:
            theirs.append(ask_systemd(units_directory))
        if ours not in theirs:
            differ.append((seed, ours, theirs[0]))
    assert not differ
