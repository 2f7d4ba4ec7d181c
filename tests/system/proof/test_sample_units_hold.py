# SPDX-License-Identifier: Apache-2.0
"""Every sample unit of tests/units/proof, in every place that can be had here: what it asserts holds, or the manager says that it does not.

TEND_PROOF_RECORD=FILE writes what came of each into FILE (tests/units/results.tsv, from which docs/SUPPORT.md is made).
TEND_PROOF_ONLY=NAME runs one sample alone.
"""

import os
from pathlib import Path

import proof_place
import proof_results
import proof_samples
import pytest
import tendbox


def missing(name):
    """What a place needs that is not here; "" = nothing."""
    if name == "user":
        return ""
    if not tendbox.can_have_namespaces():
        return "needs root with CAP_SYS_ADMIN for namespaces"
    if name == "container" and not proof_place.can_have_container():
        return "needs user name spaces"
    if name == "v1" and not proof_place.old_controllers():
        return "needs control groups of version 1 with cpu, cpuset, devices, memory and pids"
    if name == "v2" and not proof_place.unified_controllers():
        return "needs control groups of version 2 with cpu, memory and pids (./dev vm has them)"
    return ""


@pytest.mark.parametrize("name", proof_results.PLACES)
def test_samples(name, tmp_path):
    if missing(name):
        pytest.skip(missing(name))
    only = os.environ.get("TEND_PROOF_ONLY")
    samples = [sample for sample in proof_samples.samples_for(name) if only in (None, "", sample.name)]
    place = proof_place.Place(name, tmp_path)
    try:
        outcomes = proof_samples.run_all(place, samples, name)
        print("\n".join(map(str, outcomes)))
        record = os.environ.get("TEND_PROOF_RECORD")
        if record:
            proof_results.record(Path(record), name, {one.sample.name: one.word for one in outcomes})
        assert [one.complaint for one in outcomes if one.complaint] == []
        if name == "root" and not only:
            assert sum(one.word == "enforced" for one in outcomes) > 60, "too little of it is proven"
    except BaseException:
        print(place.box.logs())
        raise
    finally:
        place.close()


def test_every_sample_is_in_the_table():
    recorded = proof_results.read(proof_results.TABLE)
    present = {sample.name for sample in proof_samples.all_samples()}
    assert sorted(recorded) == sorted(present), "record the results: TEND_PROOF_RECORD, ./dev vm"
