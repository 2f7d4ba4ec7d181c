# SPDX-License-Identifier: Apache-2.0
"""Verify says what systemd's says over the unit files of many packages of Debian.

The packages are downloaded, not installed. TEND_CORPUS=all takes all of tools/unit_corpus_packages instead of the
first 30, TEND_CORPUS=COUNT so many; TEND_CORPUS_DIR keeps what was downloaded for the next time."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from analyze import ANALYZE, DISTRIBUTION, answer
from tendbox import BIN, ROOT

USUAL_COUNT = 30
TYPES = {".service", ".socket", ".timer", ".path", ".mount", ".target", ".slice", ".automount", ".swap"}
MODES = [
    [], ["--man=no", "--recursive-errors=no"], ["--man=no", "--recursive-errors=one"],
    ["--man=no", "--recursive-errors=yes"],
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(not ANALYZE, reason="needs systemd-analyze of the distribution"),
    pytest.mark.skipif(not shutil.which("apt-get"), reason="needs apt-get to download packages"),
]


def listed_packages():
    lines = (ROOT / "tools/unit_corpus_packages").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def chosen_packages():
    wanted = os.environ.get("TEND_CORPUS", str(USUAL_COUNT))
    return listed_packages() if wanted == "all" else listed_packages()[: int(wanted)]


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    directory = os.environ.get("TEND_CORPUS_DIR") or tmp_path_factory.mktemp("corpus")
    fetch = [ROOT / "tools/fetch_unit_corpus", directory, str(len(chosen_packages()))]
    result = subprocess.run(fetch, capture_output=True, text=True, timeout=900)
    if result.returncode != 0:
        pytest.skip("needs a registry of Debian packages that answers")
    return Path(directory)


@pytest.fixture(scope="session")
def ours(tmp_path_factory):
    link = tmp_path_factory.mktemp("bin") / "systemd-analyze"
    link.symlink_to(BIN / "tend")
    return link


def units_of(package):
    for scope in DISTRIBUTION:
        for directory in sorted(package.glob(f"**/systemd/{scope}")):
            yield from ((scope, path) for path in sorted(directory.iterdir()) if path.suffix in TYPES)


def differences(ours, scope, path):
    unit_path = [path.parent, DISTRIBUTION[scope]]
    for mode in MODES:
        arguments = [f"--{scope}", *mode, "verify", path]
        theirs, mine = answer(ANALYZE, arguments, unit_path), answer(ours, arguments, unit_path)
        if theirs != mine:
            yield f"{path.name} {mode}: exit status {theirs[0]} and {mine[0]}"
            yield from (f"  only systemd: {line}" for line in theirs[1] - mine[1])
            yield from (f"  only tend:    {line}" for line in mine[1] - theirs[1])


@pytest.mark.parametrize("package", chosen_packages())
def test_units_of_a_package(corpus, ours, package):
    units = list(units_of(corpus / package))
    if not units:
        pytest.skip(f"needs the package {package} in the registry, with units")
    found = [line for scope, path in units for line in differences(ours, scope, path)]
    assert not found, "\n".join(found)


# What is left of units of systemd's own programs, whose work tend does itself.
REPLACED = ["", "[Unit]\nDefaultDependencies=no\n"]


def show_file(directory, name):
    command = [BIN / "tend", "--units", directory, "show-file", name]
    environment = os.environ | {"SYSTEMD_UNIT_PATH": str(directory)}
    return subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, timeout=60)


@pytest.mark.parametrize("package", chosen_packages())
def test_canonical_text_reads_back_as_itself(corpus, package, tmp_path):
    units = list(units_of(corpus / package))
    if not units:
        pytest.skip(f"needs the package {package} in the registry, with units")
    for _, path in units:
        name = path.name.replace("@.", "@i.")
        first = show_file(path.parent, name)
        if first.returncode != 0 or first.stdout in REPLACED:
            continue  # masked, or an alias of what another package has
        (tmp_path / name).write_text(first.stdout)
        second = show_file(tmp_path, name)
        assert second.stdout == first.stdout, (name, second.stderr)
        (tmp_path / name).unlink()
