# SPDX-License-Identifier: Apache-2.0
"""A system call of the executor fails: the service does not start, or it runs and the report says what is missing. Under the strict
policy it never runs with less than asked for.

FAULT_ERRORS="EPERM ENOSYS ENOMEM EINVAL ENOSPC" FAULT_STRIDE=1 tries all of it (about ten minutes); without, some calls are tried."""

import os

import pytest

import faults
import tendbox

ERRORS = os.environ.get("FAULT_ERRORS", "EPERM").split()
STRIDE = int(os.environ.get("FAULT_STRIDE", 9))

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
    pytest.mark.skipif(faults.STRACE is None, reason="needs strace"),
]


@pytest.mark.parametrize("policy", ["report", "strict"])
@pytest.mark.parametrize("settings", [faults.HARDENED, faults.DYNAMIC], ids=["hardened", "dynamic"])
def test_no_failure_is_silent(settings, policy):
    if not tendbox.can_have_namespaces():
        pytest.skip("needs root with CAP_SYS_ADMIN for namespaces")
    facts = [f"Policy={policy}", "DynamicUid=64242"]
    baseline = faults.Start(settings, facts)
    if policy == "strict" and baseline.result.code != 0 and baseline.is_told():
        pytest.skip(f"not everything holds here: {baseline.result.reports}")
    assert baseline.is_whole, f"{baseline.result.code} {baseline.result.reports} {baseline.result.errors}"
    calls = baseline.calls[len(policy) % STRIDE :: STRIDE]
    assert faults.campaign(settings, facts, ERRORS, calls, baseline) == []
