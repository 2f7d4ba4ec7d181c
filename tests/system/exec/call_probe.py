# SPDX-License-Identifier: Apache-2.0
"""Makes system calls from inside a service and prints "name=errno name", 0 where one succeeded: call_probe.py NAME...

Calls go to the kernel as they are, so that no library gets in the way. None of them changes anything: where one is
not refused its arguments are wrong.
"""

import ctypes
import errno
import mmap
import os
import socket
import sys

libc = ctypes.CDLL(None, use_errno=True)
BAD = -1  # no such descriptor, address or id
CLONE_NEWUSER, CLONE_NEWUTS, CLONE_NEWNS, CLONE_FILES = 0x10000000, 0x04000000, 0x00020000, 0x400


def call(number, *arguments):
    """The errno of a system call, 0 = it succeeded."""
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in arguments))
    if result == -1:
        return ctypes.get_errno()
    return 0


def new_socket(family, kind=socket.SOCK_DGRAM):
    return call(41, family, kind, 0)


def map_page(protection):
    return call(9, 0, 4096, protection, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)


def protect_page(protection):
    page = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return call(10, address, 4096, protection)


def foreign_call():
    """getpid by the 32-bit entry of the kernel, in machine code."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes([0x53, 0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0x5B, 0xC3]))
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    return 0 if function() == os.getpid() else errno.ENOSYS


PROBES = {
    "unix": lambda: new_socket(socket.AF_UNIX),
    "inet": lambda: new_socket(socket.AF_INET),
    "netlink": lambda: new_socket(socket.AF_NETLINK),
    "map_wx": lambda: map_page(mmap.PROT_WRITE | mmap.PROT_EXEC),
    "map_x": lambda: map_page(mmap.PROT_READ | mmap.PROT_EXEC),
    "protect_x": lambda: protect_page(mmap.PROT_READ | mmap.PROT_EXEC),
    "unshare_user": lambda: call(272, CLONE_NEWUSER),
    "unshare_uts": lambda: call(272, CLONE_NEWUTS),
    "unshare_files": lambda: call(272, CLONE_FILES),
    "setns": lambda: call(308, BAD, 0),
    "setns_uts": lambda: call(308, BAD, CLONE_NEWUTS),
    "clone_user": lambda: call(56, CLONE_NEWUSER | 0x80000000 | CLONE_FILES | 0x200 | 0x800, BAD, 0, 0, 0),
    "clone3": lambda: call(435, BAD, 0),
    "fifo": lambda: call(144, BAD, 1, BAD),
    "batch": lambda: call(144, BAD, 3, BAD),
    "chmod_suid": lambda: call(90, BAD, 0o4755),
    "chmod": lambda: call(90, BAD, 0o755),
    "open_suid": lambda: call(257, -100, BAD, os.O_CREAT | os.O_WRONLY, 0o4755),
    "openat2": lambda: call(437, BAD, BAD, BAD, BAD),
    "fchmodat2": lambda: call(452, -100, BAD, 0o4755, 0),
    "personality": lambda: call(135, 8),
    "module": lambda: call(313, BAD, BAD, 0),
    "syslog": lambda: call(103, BAD, 0, 0),
    "clock": lambda: call(227, BAD, BAD),
    "hostname": lambda: call(170, BAD, 1 << 30),
    "raw_io": lambda: call(172, 4),
    "mkdir": lambda: call(83, BAD, 0o755),
    "rmdir": lambda: call(84, BAD),
    "sysinfo": lambda: call(99, BAD),
    "umount": lambda: call(166, BAD, 0),
    "foreign": foreign_call,
}

if __name__ == "__main__":
    for name in sys.argv[1:]:
        number = PROBES[name]()
        print(f"{name}={errno.errorcode.get(number, number)}", flush=True)
