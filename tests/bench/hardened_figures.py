# SPDX-License-Identifier: Apache-2.0
"""What a start costs that is closed in. Sessions and limits as in figures.py."""

from contenders import STAMPS, TOOL, Tend
from figures import FLOOR, until_stamped
from tendbox import BIN

PLACE = "/run/hardened"
FILTERS = f"{PLACE}/filters"
GROUP = "/sys/fs/cgroup/floor"

# What a careful production service has: another user, a closed file system, no capabilities, the calls of services only.
HARDENING = f"""Type=oneshot
RemainAfterExit=yes
User=daemon
Group=daemon
WorkingDirectory={PLACE}
LimitNOFILE=16384
LimitNPROC=4096
MemoryMax=2G
CPUQuota=200%
Nice=-5
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ProtectHome=true
ReadWritePaths={PLACE}/cache {PLACE}/logs
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectControlGroups=true
RestrictRealtime=true
RestrictNamespaces=true
LockPersonality=true
MemoryDenyWriteExecute=true
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=
"""


def write_filters(contender):
    """The programs for system calls of such a unit, for the floor."""
    plan = contender.box.inside(f"{PLACE}/plan")
    plan.write_text(f"[Service]\n{HARDENING}ExecStart=/bin/true\n\n[X-Tend-Plan]\nUnit=h.service\nScope=system\n")
    contender.box.run("sh", "-c", f"{BIN}/bench_filters {PLACE}/plan >{FILTERS}")


def hardened(contender, n=100):
    """One-shots after one another, each with a file system, a user and filters of its own. The floor does the same kernel calls."""
    box = contender.box
    box.run("mkdir", "-p", *(f"{PLACE}/{name}" for name in ("cache", "logs")))
    box.run("touch", f"{PLACE}/closed", STAMPS)
    box.run("chmod", "0666", STAMPS)
    program = f"{PLACE}/bench_tool"  # the checkout may be in /tmp, which is another one in there
    box.run("cp", TOOL, program)
    for i in range(n):
        after = f"Requires=h-{i - 1}.service\nAfter=h-{i - 1}.service\n" if i else ""
        service = f"{HARDENING}ReadWritePaths={STAMPS}\nExecStart={program} once {STAMPS}\n"
        contender.unit(f"h-{i}.service", f"[Unit]\nDescription=bench\nStartLimitIntervalSec=0\n{after}[Service]\n{service}")
    contender.reload()
    if isinstance(contender, Tend):
        write_filters(contender)
        box.run("mkdir", "-p", GROUP, "/run/credentials")
        box.run("mkdir", "-m", "0", f"{PLACE}/none")  # what others may not see is one empty directory, as tend has it
        box.run("touch", f"{PLACE}/cache/floor")
        box.run("chmod", "0666", f"{PLACE}/cache/floor")
        yield "chain of 100 hardened one-shots", float(box.run(BIN / "bench_hardened", n, FILTERS, GROUP, program, "once", f"{PLACE}/cache/floor")), FLOOR
    taken = until_stamped(contender, n, [contender.control, "start", f"h-{n - 1}.service"])
    yield "chain of 100 hardened one-shots", taken
    yield "the same, beside systemd", taken


SESSIONS = {"hardened": (hardened, {"systemd"}, 3, 3)}
LIMITS = {
    "chain of 100 hardened one-shots": (1.3, FLOOR),
    "the same, beside systemd": (0.33, "systemd"),
}
