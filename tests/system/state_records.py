# SPDX-License-Identifier: Apache-2.0
"""The state log of tendd (base/state_record.c), for tests that make a moment of a crash by hand."""

import struct
import zlib

HEAD = "<IIHBBIi16s"
UNIT, SPAWN, VOID = 1, 3, 4


def records_of(data):
    """(kind, unit, bytes) of each record."""
    offset = 0
    while offset < len(data):
        length, crc, _, kind, n_name, _, _, _ = struct.unpack_from(HEAD, data, offset)
        record = data[offset : offset + 4 + length]
        assert zlib.crc32(record[8:]) == crc
        name = record[struct.calcsize(HEAD) :][:n_name].decode()
        yield kind, name, record
        offset += len(record)


def void_record(pid):
    """What an executor writes that was not told what to do."""
    rest = struct.pack(HEAD, 0, 0, 0, VOID, 0, 0, pid, bytes(16))[8:]
    return struct.pack("<II", len(rest) + 4, zlib.crc32(rest)) + rest
