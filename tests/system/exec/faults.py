# SPDX-License-Identifier: Apache-2.0
"""Lets one system call of the executor fail and looks at what became of the service: strace(1) injects the error."""

import ctypes
import os
import re
import shutil
import struct
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from executor import PROGRAM, run

CANNOT_FAIL = {"arch_prctl", "getegid", "geteuid", "getpid", "umask"}  # of these no caller expects an error
STRACE = shutil.which("strace")
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18

# Everything that a step leaves behind and a service could miss, one line each.
STATE = r"""
grep -E '^(Uid|Gid|Groups|NoNewPrivs|Seccomp|Cap|Sig(Blk|Ign)|Umask|Cpus_allowed_list)' /proc/self/status
for kind in net ipc uts user mnt cgroup; do echo "name space $kind $(readlink /proc/self/ns/$kind)"; done
sed -E 's/^[0-9]+ [0-9]+ [^ ]+ //; s/(shared|master):[0-9]+/\1/g' /proc/self/mountinfo | sort | sed 's/^/mount /'
sed 's/^/limit /' /proc/self/limits
for file in oom_score_adj coredump_filter personality; do echo "$file $(cat /proc/$$/$file)"; done
set -- $(sed 's/.*) //' /proc/$$/stat); echo "nice ${17} priority ${38} policy ${39} session $(($4 == $$))"
echo "io $(ionice -p $$)"
echo "in $(pwd)"; env | sort | sed 's/^/variable /'
for path in $RUNTIME_DIRECTORY $STATE_DIRECTORY $CREDENTIALS_DIRECTORY $CREDENTIALS_DIRECTORY/*; do echo "path $(stat -c '%n %a %u %g %F' $path)"; done
echo "secret $(cat $CREDENTIALS_DIRECTORY/one)"
echo end
"""

DYNAMIC = """
DynamicUser=yes
RuntimeDirectory=fault
StateDirectory=fault
CacheDirectory=fault
LoadCredential=one:/etc/hostname
Environment=A=1
PrivateUsers=yes
PrivateMounts=yes
ProtectHostname=yes
ProcSubset=pid
ReadWritePaths=/srv
NoExecPaths=/mnt
ExecPaths=/usr
SystemCallFilter=@system-service
CapabilityBoundingSet=
UMask=0077
StandardOutput=inherit
StandardError=inherit
""".split("\n")[1:-1]

HARDENED = """
User=daemon
Group=games
SupplementaryGroups=audio
RuntimeDirectory=fault
StateDirectory=fault
SetCredential=one:two
LimitNOFILE=777
LimitCORE=0
OOMScoreAdjust=100
CoredumpFilter=0x1
Nice=5
CPUSchedulingPolicy=batch
CPUAffinity=0
IOSchedulingClass=idle
TimerSlackNSec=5ms
Personality=x86-64
UMask=0027
IgnoreSIGPIPE=yes
WorkingDirectory=/usr
KeyringMode=private
NoNewPrivileges=yes
PrivateNetwork=yes
PrivateIPC=yes
ProtectHostname=yes
ProtectSystem=strict
ProtectHome=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectProc=invisible
InaccessiblePaths=/mnt
TemporaryFileSystem=/opt
BindReadOnlyPaths=/usr:/srv
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_CHOWN
AmbientCapabilities=CAP_NET_BIND_SERVICE
SecureBits=noroot
SystemCallFilter=@system-service
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
StandardOutput=inherit
StandardError=inherit
""".split("\n")[1:-1]


# A filter of system calls that lets all of them pass: the number of instructions, and "return SECCOMP_RET_ALLOW".
FILTERS = struct.pack("=QHBBI", 1, 0x06, 0, 0, 0x7FFF0000)


def be_alone():
    """What is mounted before the service has a name space of its own goes with this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) < 0 or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) < 0:
        raise OSError(ctypes.get_errno(), "no mount name space")


class Start:
    """One start under strace, with options of it. `state` holds what the service found, with names of this start taken out."""

    def __init__(self, settings, facts=(), options=()):
        top = Path(tempfile.mkdtemp(prefix="tend-fault-"))
        try:
            top.chmod(0o755)
            script, trace = top / "script", top / "trace"
            script.write_text("#!/bin/sh\n" + STATE)
            script.chmod(0o755)
            wrapper = (STRACE, "-o", str(trace), *options, "--")
            roots = [f"RuntimeRoot={top}/run", f"StateRoot={top}/state", f"CacheRoot={top}/cache", f"SystemCallProgram={len(FILTERS)}"]
            self.result = run([*settings, f"ExecStart={script}"], [*roots, *facts], before=be_alone, wrapper=wrapper, filters=FILTERS)
            self.calls = calls_before(trace, script)
            text = self.result.output.replace(str(top), "TOP")
            self.state = [plain(line) for line in text.splitlines()]
        finally:
            shutil.rmtree(top)

    @property
    def is_whole(self):
        return self.state[-1:] == ["end"]

    def is_told(self):
        return bool(self.result.reports)

    def is_only_noted(self):
        return all(level == "note" for _, level, _, _ in self.result.reports)


def plain(line):
    """Numbers change with each start: of a name space it counts whether it is ours."""
    line = re.sub(r"SYSTEMD_EXEC_PID=\d+", "SYSTEMD_EXEC_PID=", line)
    found = re.fullmatch(r"name space (\w+) (.*)", line)
    if not found:
        return line
    is_own = os.readlink(f"/proc/self/ns/{found[1]}") == found[2]
    return f"name space {found[1]} {'own' if is_own else 'new'}"


def calls_before(trace, program):
    """The system calls of the executor as (name, which of that name), in order."""
    calls, counts = [], {}
    for line in trace.read_text(errors="replace").splitlines():
        name = re.match(r"\w+(?=\()", line)
        if not name:
            continue
        counts[name[0]] = counts.get(name[0], 0) + 1
        if line.startswith("execve(") and counts["execve"] == 1:
            continue  # it begins to be
        if name[0] not in CANNOT_FAIL:
            calls.append((name[0], counts[name[0]]))
        if line.startswith("execve(") and str(program) in line:
            break
    return calls


def judge(settings, facts, baseline, call, error):
    """What is wrong when this call fails so; None when nothing is."""
    name, which = call
    start = Start(settings, facts, ("-e", f"inject={name}:error={error}:when={which}"))
    label = f"{name} #{which} {error}"
    code = start.result.code
    if start.state == baseline.state or code < 0:  # it does not matter, or nothing runs
        return None
    if 0 < code < 200:
        return f"{label}: ended with {code}: {start.result.errors.strip()[-200:]}"
    changed = "; ".join(sorted(set(baseline.state) ^ set(start.state))) if start.is_whole else ""
    if not start.is_told():
        return f"{label}: exit {code}, nothing is told; {changed[:400]}"
    if code == 0 and "Policy=strict" in facts and not start.is_only_noted():
        return f"{label}: runs in spite of {start.result.reports}; {changed[:400]}"
    return None


def campaign(settings, facts, errors, calls, baseline):
    """All these errors of all these calls: the list of what is wrong."""
    faults = [(call, error) for call in calls for error in errors]
    with ProcessPoolExecutor(2) as pool:
        results = [pool.submit(judge, settings, facts, baseline, *fault) for fault in faults]
        return [result.result() for result in results if result.result()]
