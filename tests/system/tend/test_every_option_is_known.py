# SPDX-License-Identifier: Apache-2.0
"""Each option and verb that the distribution's programs list in their help is one of ours too."""

import re
import shutil

import pytest

import tendbox

PROGRAMS = [
    "systemctl", "systemd-analyze", "systemd-run", "systemd-escape", "systemd-cgls", "systemd-cgtop", "systemd-notify", "systemd-cat",
]  # fmt: skip

# What might act on the machine even where no manager is.
SYSTEM = {"default", "rescue", "emergency", "halt", "poweroff", "reboot", "kexec", "exit", "switch-root"}
SYSTEM |= {"suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate"}


def help_of(box, program):
    result = box.run(shutil.which(program), "--help")
    assert result.returncode == 0, result.stderr
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)


@pytest.mark.parametrize("program", PROGRAMS)
def test_options_and_verbs_are_known(box, tmp_path, program):
    if not shutil.which(program):
        pytest.skip(f"needs {program}")
    ours = tmp_path / program
    ours.symlink_to(tendbox.BIN / "tend")
    text = help_of(box, program)
    options = set(re.findall(r"(?:^|[\s])(--[a-z][a-z-]*)(\[?=)?", text))
    assert options
    for name, has_value in sorted(options):
        word = f"{name}=zzz" if has_value else name
        said = box.run(ours, word, "--help").stderr
        assert "unrecognized" not in said and "unknown option" not in said and "doesn't allow" not in said, (word, said)
    if program not in ("systemctl", "systemd-analyze"):
        return
    verbs = set(re.findall(r"^  ([a-z][a-z-]+)(?: |$)", text, re.M)) | set(re.findall(r"^  \[([a-z]+)\]", text, re.M))
    assert len(verbs) > 15
    for verb in sorted(verbs - SYSTEM):
        result = box.run(ours, "--no-pager", verb, *(["/nowhere/at/all"] * 9))
        said = result.stdout + result.stderr
        assert "Unknown" not in said and "not supported by tend" not in said, (verb, said)
