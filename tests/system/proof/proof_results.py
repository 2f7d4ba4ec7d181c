#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The table of what came of the sample units: a line a sample, a column a place.

    enforced    what it asserts holds there, and does not without the directive
    anyway      it holds there with and without the directive
    weakened, refused, not supported   what the manager says; the unit runs
    fails       the unit is not started
    -           it asserts nothing about this place, or was not tried

proof_results.py FILE PLACE...: takes these places' columns from another table.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PLACES = ("root", "user", "container", "v1", "v2", "none")
TABLE = ROOT / "tests/units/results.tsv"
HEADER = "# What came of each sample unit of tests/units/proof in each place; written by the tests, see CONTRIBUTING.md"


def read(path):
    """Sample to place to word."""
    table = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) == len(PLACES) + 1 and cells[0] != "sample":
            table[cells[0]] = dict(zip(PLACES, cells[1:]))
    return table


def write(path, table):
    lines = [HEADER, "\t".join(("sample", *PLACES))]
    lines += ["\t".join((name, *(row.get(place, "-") for place in PLACES))) for name, row in sorted(table.items())]
    path.write_text("\n".join(lines) + "\n")


def record(path, place, words):
    """Puts one column into the table. Samples that are gone are left out."""
    table = read(path)
    table = {sample.stem: table.get(sample.stem, {}) for sample in ROOT.glob("tests/units/proof/*.service")}
    for name, word in words.items():
        table[name][place] = word
    write(path, table)


def main(source, *places):
    """Copies columns."""
    there = read(Path(source))
    for place in places:
        record(TABLE, place, {name: row[place] for name, row in there.items() if row[place] != "-"})


if __name__ == "__main__":
    main(*sys.argv[1:])
