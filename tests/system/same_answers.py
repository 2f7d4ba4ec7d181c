# SPDX-License-Identifier: Apache-2.0
"""tend under the name of a program of systemd's beside that program, both asking the same tendd."""

import re
import shlex
import shutil

import tendbox

# What differs from one moment to the next.
MOVING = [
    (re.compile(r"\d+(us|ms|s|min|h)( \d+(ms|s|min))? (ago|left)"), "T ago"),
    (re.compile(r"(CPU|Memory|Tasks): .*"), r"\1: X"),
    (re.compile(r"^(CPUUsageNSec|Memory(Current|Available)|IO\w+|TasksCurrent)=.*", re.M), r"\1=X"),
    (re.compile(r"job \d+ "), "job N "),
]


def answer(box, program, arguments):
    """Exit status, standard output and standard error, without what moves."""
    result = box.run(program, *arguments)
    texts = [result.stdout, result.stderr]
    for pattern, to in MOVING:
        texts = [pattern.sub(to, text) for text in texts]
    return [result.returncode] + [text.replace(f"{program}:", "PROGRAM:") for text in texts]


def differences(box, directory, commands):
    """Those of the command lines (one a line, their first word the program) that tend answers in another way:
    (line, what the other one said, what tend said). Lines with "! " in front only change what others see."""
    different = []
    for line in commands.strip().splitlines():
        words = shlex.split(line.removeprefix("! "))
        ours = directory / words[0]
        if not ours.exists():
            ours.symlink_to(tendbox.BIN / "tend")
        theirs = shutil.which(words[0])
        expected = answer(box, theirs, words[1:])
        if line.startswith("! ") or answer(box, str(ours), words[1:]) == expected:
            continue
        # Something may have happened between the two: both are asked again before it counts.
        expected, got = answer(box, theirs, words[1:]), answer(box, str(ours), words[1:])
        if got != expected:
            different.append((line, expected, got))
    return different
