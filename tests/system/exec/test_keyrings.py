# SPDX-License-Identifier: Apache-2.0
"""KeyringMode=: which session keyring the service has, whose it is, and what is in it."""

import ctypes
import errno
import os
import sys

import pytest
from executor import NOBODY, needs_root, run

KEYCTL, GET_KEYRING_ID, DESCRIBE, SEARCH, READ = 250, 0, 6, 10, 11
ID = "0123456789abcdef0123456789abcdef"
ASK = f"""
import ctypes
call = ctypes.CDLL(None, use_errno=True).syscall
key = call({KEYCTL}, {GET_KEYRING_ID}, -3, 0, 0, 0)
text = ctypes.create_string_buffer(200)
call({KEYCTL}, {DESCRIBE}, key, text, 200, 0)
print(key, text.value.decode().split(";")[1])
found = call({KEYCTL}, {SEARCH}, -3, b"user", b"invocation_id", 0)
length = call({KEYCTL}, {READ}, found, text, 200, 0) if found > 0 else 0
print(text.raw[:length].hex() if length > 0 else "none")
"""


def ours():
    """Our own session keyring; skips where the kernel has none."""
    libc = ctypes.CDLL(None, use_errno=True)
    found = libc.syscall(KEYCTL, GET_KEYRING_ID, -3, 0, 0, 0)
    if found == -1 and ctypes.get_errno() == errno.ENOSYS:
        pytest.skip("needs a kernel with keyrings")
    return found


def ask(settings, facts=()):
    script = ASK.replace("\n", "\\n").replace('"', '\\"')
    lines = ["StandardOutput=inherit", "StandardError=inherit", *settings, f'ExecStart=/usr/bin/python3 -c "{script}"']
    result = run(lines, facts, env={"PATH": "/usr/bin:/bin", "INVOCATION_ID": ID})
    assert result.code == 0, result.errors
    (key, uid), (invocation,) = (line.split() for line in result.lines)
    return int(key), int(uid), invocation


@needs_root
def test_private_is_a_new_one_with_the_invocation():
    before = ours()
    for settings in ([], ["KeyringMode=private"], ["KeyringMode=shared"]):
        key, uid, invocation = ask(settings)
        assert key != before
        assert (uid, invocation) == (os.getuid(), ID)


@needs_root
def test_it_belongs_to_the_services_user():
    ours()
    assert ask([f"User={NOBODY}"])[1:] == (NOBODY, ID)


def test_inherited_is_ours():
    before = ours()
    assert ask(["KeyringMode=inherit"])[0] == before
    assert ask([], ["Scope=user"])[0] == before


if sys.platform != "linux" or os.uname().machine != "x86_64":
    pytest.skip("the numbers of calls are those of x86-64", allow_module_level=True)
