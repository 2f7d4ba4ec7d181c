# SPDX-License-Identifier: Apache-2.0
"""Starts tend-exec as the manager does: a plan in a memory file, a report socket, passed descriptors."""

import os
import select
import shutil
import signal
import socket
import tempfile
from fcntl import F_DUPFD, fcntl
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("TEND_EXEC", ROOT / "build/bin/tend-exec"))
UNITS = ROOT / "tests/units"
NOBODY = 65534

if not PROGRAM.exists():
    raise RuntimeError(f"{PROGRAM} is not there: build it first")


class Result:
    """What one start came to."""

    def __init__(self, status, output, errors, reports, confirmed):
        self.code = os.waitstatus_to_exitcode(status)
        self.output = output
        self.errors = errors
        self.reports = [tuple(line.split("\t", 3)) for line in reports]
        self.confirmed = confirmed

    @property
    def lines(self):
        return self.output.splitlines()

    @property
    def environment(self):
        """The output of /usr/bin/env."""
        return dict(line.split("=", 1) for line in self.lines if "=" in line)

    def field(self, name):
        """A field of /proc/self/status in the output."""
        for line in self.lines:
            if line.startswith(name + ":"):
                return line.split(":", 1)[1].strip()
        raise KeyError(name)

    def status(self, name):
        """A field of /proc/self/status in the output, words joined by one space."""
        return " ".join(self.field(name).split())

    def capabilities(self, name):
        return int(self.field(name), 16)

    def levels(self, directive):
        return [level for _, level, name, _ in self.reports if name == directive]


def plan(settings, facts=(), unit="probe.service"):
    """The text of a plan from lines of [Service] and [X-Tend-Plan]."""
    lines = ["[Service]", *settings, "", "[X-Tend-Plan]", "Unit=" + unit, "Scope=system", *facts, ""]
    return "\n".join(lines)


def sample(name):
    """The [Service] lines of a sample unit in tests/units."""
    text = (UNITS / (name + ".service")).read_text()
    lines = text.split("[Service]", 1)[1].splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _descriptors(fds):
    """Puts these descriptors at 3 and on, in order, and closes everything above."""
    free = 3 + len(fds) + 64
    moved = [os.dup(fd) if fd > free else _dup_above(fd, free) for fd in fds]
    for target, fd in enumerate(moved, 3):
        os.dup2(fd, target, inheritable=True)
    os.closerange(3 + len(fds), 1024)


def _dup_above(fd, lowest):
    return fcntl(fd, F_DUPFD, lowest)


def run(settings, facts=(), *, unit="probe.service", command=("ExecStart", 0), env=None, fds=(), names=None,
        options=(), uid=None, before=None, program=PROGRAM, text=None, confirm=False, wrapper=(), filters=b""):
    """Starts one command of a plan and waits for its end; `wrapper` is a command line that starts the executor, `filters` are programs
    as src/sandbox/exec_plan.c puts them behind the text."""
    memory = os.memfd_create("plan")
    written = os.write(memory, (plan(settings, facts, unit) if text is None else text).encode())
    if filters:
        os.write(memory, bytes(8 - written % 8) + filters)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    exec_read, exec_write = os.pipe()
    argv = ["tend-exec", command[0], str(command[1]), *options]
    passed = [memory, theirs.fileno(), *fds]
    if fds:
        argv += [f"--listen-fds={len(fds)}", "--listen-names=" + (names or ":".join("fd%d" % i for i in range(len(fds))))]
    if confirm:
        argv.append(f"--exec-fd={3 + len(passed)}")
        passed.append(exec_write)
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            os.dup2(out_write, 1)
            os.dup2(err_write, 2)
            _descriptors(passed)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            if before:
                before()
            if uid is not None:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
            if wrapper:
                argv[:] = [*wrapper, str(program), *argv[1:]]
            os.execve(argv[0] if wrapper else program, argv, {"PATH": "/usr/bin:/bin"} if env is None else env)
        except BaseException as error:
            os.write(2, repr(error).encode())
        finally:
            os._exit(127)
    os.close(memory)
    theirs.close()
    for fd in (out_write, err_write, exec_write):
        os.close(fd)
    confirmed = os.read(exec_read, 1) == b"" if confirm else None
    os.close(exec_read)
    output, errors = _read_all(out_read, err_read)
    _, status = os.waitpid(pid, 0)
    return Result(status, output, errors, _receive(ours), confirmed)


def _read_all(*fds):
    texts = {fd: b"" for fd in fds}
    open_fds = set(fds)
    while open_fds:
        for fd in select.select(list(open_fds), [], [])[0]:
            data = os.read(fd, 65536)
            texts[fd] += data
            if not data:
                open_fds.discard(fd)
                os.close(fd)
    return tuple(texts[fd].decode(errors="replace") for fd in fds)


def _receive(sock):
    sock.setblocking(False)
    lines = []
    while True:
        try:
            lines.append(sock.recv(65536).decode())
        except (BlockingIOError, ConnectionResetError):
            return lines


def shell(settings, script, facts=(), **options):
    """Runs a shell script with these settings, its output on the test's pipes."""
    folder = tempfile.mkdtemp(prefix="tend-exec-")
    path = os.path.join(folder, "script")
    try:
        os.chmod(folder, 0o755)
        Path(path).write_text("#!/bin/sh\n" + script + "\n")
        os.chmod(path, 0o755)
        lines = ["StandardOutput=inherit", "StandardError=inherit", *settings, "ExecStart=" + path]
        return run(lines, facts, **options)
    finally:
        shutil.rmtree(folder)


def run_sample(name, **options):
    """Runs a sample unit, its output on the test's pipes."""
    return run(["StandardOutput=inherit", "StandardError=inherit", *sample(name)], **options)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def needs_capability(name):
    """Skips where this capability is not in the effective set."""
    numbers = {"CAP_SYS_RESOURCE": 24, "CAP_SYS_NICE": 23, "CAP_SYS_CHROOT": 18, "CAP_SYS_ADMIN": 21}
    status = Path("/proc/self/status").read_text()
    effective = int(next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1], 16)
    return pytest.mark.skipif(not effective >> numbers[name] & 1, reason="needs " + name)
