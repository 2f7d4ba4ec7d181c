# SPDX-License-Identifier: Apache-2.0
"""Every setting is given many values, good and bad, to systemd-analyze verify and to our own parser: both must say
the same words about the same lines, and refuse the same ones."""

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("TEND_BIN", ROOT / "build/bin")).parent
PROBE = BUILD / "tests/unit/unit/setting_probe"
US = "\x1f"
REFUSED = 2
N_REFUSED_ASKED = 40

VALUES = [
    "", "bad value", "%", "%%", "%Z", "%n", "/../x", "/a//b/", "rel/path", "-1", "0", "1", "5", "+5", "05",
    "0x10", "1.5", "4294967296", "99999999999999999999999", "infinity", '"unterminated', 'a "b',
    '"quoted word"', "'single q' x", "\\q", "a\\x41b", "\\x00", "x:y", "x:y:z", "x:", "~x", "~", "-", "+", "!",
    "@", "|!x", "/", "/x", "/x y", "-/x", "-+/x", "5%", "5.5%", "200%", "foo.service", "foo.socket",
    "foo@.service", "foo.slice", "yes", "no", "a=b", 'A="b c"', "1 2", "3-1", "1,2", "max", "idle", "SIGTERM",
    "RTMIN+3", "auto", "12:13", "5s", "5min 20s", "1K", "5K:10K", "10:5", "0888", "777", "http://a", "[::1]:80",
    "80", "1.2.3.4/8", "@abstract", "root", "nobody", "\u00e9", "CAP_NET_ADMIN", "read", "~@system-service",
    "read:EPERM", "fifo", "native", "none", "AF_INET", "null", "file:/x", "append:x", "fd:foo", "journal",
    "strict", "/a:/b:norbind", "/a:ro,size=1G", "/dev/null rw", "/dev/null 100", "cpu memory", "tcp:80", "eth0",
    "journal+console", "on-failure", "oneshot", "org.foo.Bar", "TEMPFAIL", "keep-caps", "private", "restart",
    "ns", "low-delay", "aGk=", "base64:aGk=", "kill", "sctp", "egress:/x", "weekly", "syslog", "%1", "%.",
    "/a/../b", "1e3", "2147483648", "18446744073709551615", "18446744073709551616", "a\\q b",
    "a\\tb", "--x", "!!", "|", "100%", "foo@bar.service", "a-b.slice", "-a.slice", "foo.mount", "YES",
    "a=b c=d", "a=", "=a", "1-3", "1 2-5 9", "TERM", "15", "65", "SIGRTMAX", "*", "?", "5 min", "1h30", "1d",
    "1M", "1G", "1KB", "1:2:3", "0777", "7777", "10000", "tcp", "65536", "1.2.3.4", "1.2.3.4:80", "::1",
    "/tmp/x", "~/x", "a b", "a.b", "1abc", "$x", "a;b", "a/b", "~CAP_NET_ADMIN", "cap_net_admin",
    "@system-service", "EPERM", "best-effort", "x86-64", "x86", "~AF_INET", "inet", "fd:", "tty", "inherit",
    "socket", "data", "daemon", "info", "shared", "slave", "full", "read-only", "tmpfs", "/a:/b", "/a:/b:foo",
    "x:y=z", "/dev/null", "char-tty r", "block-*", "/dev/null 1M", "/dev/null max", "cpu", "yes cpu", "any",
    "localhost", "link-local", "ipv4", "udp:1-5", "ipv4:tcp", "~eth0", "*-*-* 10:00", "kmsg", "mail", "local3",
    "debug", "idle:1", "control-group", "mixed", "on-abnormal", "always", "notify", "dbus", "all", "main",
    "exec", "cgroup", "terminate", "reboot", "reboot-force", "poweroff", "exit-force", "replace", "isolate",
    "ignore-dependencies", "inactive-or-failed", "both", "ipv6-only", "250 SIGKILL", "255", "256", "user",
    "system", "noroot", "keep-caps,noroot", "default", "bind", "local", "preferred", "invisible", "ptraceable",
    "pid", "tmp", "abc:def", "off", "us", "deadbeef", "omit", "avoid", "closed", "udplite",
    "00112233445566778899aabbccddeeff", "/a:x:y", "/a::b", "/a:", "0%", "0.5%", "1000%", "AF_INET AF_UNIX",
    "~read write", "@clock:EPERM", "strict x", "tcp:0", "ipv6:udp:any", "80-90", "10.1.2.3/8", "fe80::/64",
    "multicast", "vsock:2:80", "vsock::80", "[::1]:0", "route 1", "audit", "route x", "--", "/x ;", "; /x",
    "/bin/true ; /bin/false", "/bin/true a\\;b", '-/bin/x "y', "@/bin/a b", "@/bin/a", "!!!/bin/x", ":/bin/x",
    "+!/bin/x", "!+/bin/x", '"/bin/x y" z', "\\s/bin", "man:a(1)", "https://", "file:/", "x@.service",
    "x@y.socket", "A_B=c", "_A=b", "AB=c D=e", "SIGKILL TEMPFAIL 900", "root users", "1000", "-5", "+19:40",
    "0:+5", "5min:infinity", "5:", ":5", "5:6:7", "5.5.5", "1.5K", "-1K", "private-anonymous", "all 0x33",
    "elf-headers zz", "kill:5", "fd:a:b", "truncate:/x", "file:%Z", "append:/x/../y", "kmsg+console",
    "syslog+console", "tty-force", "mountpoint", "idle;x",
]

# What differs on purpose, with the reason.
DIFFERS = {
    ("OnCalendar", None): "calendar expressions are not judged yet",
}

UNIT_OF_SECTION = {"Unit": "service", "Install": "service", "Service": "service"}
SECTIONS = ["Unit", "Install", "Service", "Socket", "Mount", "Automount", "Swap", "Timer", "Path", "Slice"]


def settings():
    """Sections and keys that the installed systemd knows, or None."""
    command = "mount -t tmpfs tmpfs /run && exec /lib/systemd/systemd --dump-configuration-items"
    result = subprocess.run(["unshare", "-m", "sh", "-c", command], capture_output=True, text=True)
    found, section = {}, None
    for line in result.stdout.splitlines():
        if match := re.match(r"\[(\w+)\]", line):
            section = match[1]
        elif match := re.match(r"([A-Za-z0-9]+)=", line):
            found.setdefault(section, []).append(match[1])
    return found


@pytest.fixture(scope="module")
def known():
    if not PROBE.exists():
        pytest.skip(f"{PROBE} is not built")
    version = shutil.which("systemd-analyze") and subprocess.run(
        ["systemd-analyze", "--version"], capture_output=True, text=True).stdout
    if not version or "systemd 252" not in version:
        pytest.skip("needs systemd-analyze of version 252")
    found = settings() if os.geteuid() == 0 else {}
    if not found:
        pytest.skip("needs root and a mount namespace to list systemd's settings")
    return found


def ask_ours(questions):
    text = "".join(US.join(q) + "\n" for q in questions)
    result = subprocess.run([PROBE], input=text.encode(), capture_output=True, check=True)
    answers = [line.split(US) for line in result.stdout.decode().splitlines()]
    return [(int(a[0]), a[1:]) for a in answers]


def ask_systemd(directory, questions):
    """Findings for each question, and whether the file was read to its end."""
    unit = directory / questions[0][0]
    lines, section = [], None
    where = {}
    for number, (_, wanted, key, value) in enumerate([*questions, (None, "Unit", "Documentation", "end!")]):
        if wanted != section:
            section = wanted
            lines.append(f"[{section}]")
        lines.append(f"{key}={value}")
        where[len(lines)] = number
    unit.write_text("\n".join(lines) + "\n")
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env={"PATH": os.environ["PATH"], "SYSTEMD_LOG_LEVEL": "info"})
    unit.unlink()
    findings = [[] for _ in range(len(questions) + 1)]
    for line in result.stdout.splitlines():
        match = re.match(re.escape(str(unit)) + r":(\d+): (.*)", line)
        if match and int(match[1]) in where:
            findings[where[int(match[1])]].append(match[2])
    return findings[:-1], bool(findings[-1])


def keys_of(known, section):
    shared = set() if section == "Service" else set(known["Service"])
    return [key for key in known[section]
            if key not in shared - {"TimeoutSec", "Type", "Slice"} and (key, None) not in DIFFERS]


@pytest.mark.parametrize("section", SECTIONS)
def test_both_say_the_same(known, tmp_path, section):
    unit = "x." + UNIT_OF_SECTION.get(section, section.lower())
    questions = [(unit, section, key, value) for key in keys_of(known, section) for value in VALUES]
    ours = ask_ours(questions)
    accepted = [(q, a) for q, a in zip(questions, ours) if a[0] != REFUSED]
    theirs, complete = ask_systemd(tmp_path, [q for q, _ in accepted])
    wrong = [(q[2], q[3], t, a) for (q, a), t in zip(accepted, theirs) if t != a[1]]
    assert not wrong, "\n".join(f"{k}={v}: systemd {t}, we {a}" for k, v, t, a in wrong)
    assert complete, "systemd refuses a value that we take"


def test_both_refuse_the_same(known, tmp_path):
    questions = [("x.service", "Service", key, value) for key in known["Service"] for value in VALUES]
    refused = [(q, a) for q, a in zip(questions, ask_ours(questions)) if a[0] == REFUSED]
    chosen = random.Random(252).sample(refused, min(N_REFUSED_ASKED, len(refused)))
    for question, (_, findings) in chosen:
        theirs, complete = ask_systemd(tmp_path, [question])
        assert (question[2], question[3], theirs[0]) == (question[2], question[3], findings)
        assert not complete, question


NEWER = {"ImportCredential", "ReloadSignal", "RestartMaxDelayUSec", "RestartMode", "RestartSteps"}


@pytest.mark.parametrize("section", ["Unit", *[s for s in SECTIONS if s not in ("Unit", "Install")], "Scope"])
def test_bus_types_are_those_of_systemd(known, section):
    interface = "Service" if section == "Unit" else section
    command = ("mount -t tmpfs tmpfs /run && "
               f"exec /lib/systemd/systemd --bus-introspect=org.freedesktop.systemd1.{interface}")
    result = subprocess.run(["unshare", "-m", "sh", "-c", command], capture_output=True, text=True)
    types = dict(re.findall(r'property name="(\w+)" type="([^"]+)"', result.stdout))
    rows = subprocess.run([PROBE, "--rows"], capture_output=True, text=True, check=True).stdout
    ours = [line.split(US) for line in rows.splitlines()]
    wrong = [(name, bus_name, bus_type, types.get(bus_name)) for row_section, name, bus_name, bus_type in ours
             if row_section == section and bus_name and bus_name not in NEWER and types.get(bus_name) != bus_type]
    assert not wrong
