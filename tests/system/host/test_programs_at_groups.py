# SPDX-License-Identifier: Apache-2.0
"""What programs at a unit's control group refuse: ports to bind, interfaces, and what others pinned for it."""

import platform

import pytest

import tendbox

BINDS = """
import socket
for family, kind, port in ((socket.AF_INET, socket.SOCK_STREAM, 1234), (socket.AF_INET, socket.SOCK_DGRAM, 1234),
                           (socket.AF_INET6, socket.SOCK_STREAM, 1234), (socket.AF_INET, socket.SOCK_STREAM, 1240)):
    s = socket.socket(family, kind)
    try:
        s.bind(("127.0.0.1" if family == socket.AF_INET else "::1", port))
        print("BIND yes", flush=True)
    except PermissionError:
        print("BIND no", flush=True)
"""

TALKS = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
try:
    socket.create_connection(server.getsockname(), timeout=int(sys.argv[1]))
    print("TALK yes", flush=True)
except OSError:
    print("TALK no", flush=True)
"""

OPENS = """
for path in ("/proc/self/status", "/sys/devices/system/cpu/online", "/etc/passwd"):
    try:
        open(path).close()
        print("OPEN yes", flush=True)
    except PermissionError:
        print("OPEN no", flush=True)
"""

# Loads "return 0" as a filter of packets and pins it: bpf(2), BPF_PROG_LOAD and BPF_OBJ_PIN.
PINS = """
import ctypes, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def bpf(command, attributes):
    data = ctypes.create_string_buffer(attributes + bytes(144 - len(attributes)), 144)
    result = libc.syscall(321, command, data, 144)
    if result < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return result
code = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xb7, 0, 0, 0, 0x95, 0, 0, 0), 16)
licence = ctypes.create_string_buffer(b"GPL")
fd = bpf(5, struct.pack("<IIQQ", 8, 2, ctypes.addressof(code), ctypes.addressof(licence)))
path = ctypes.create_string_buffer(sys.argv[1].encode())
bpf(6, struct.pack("<QI", ctypes.addressof(path), fd))
"""


@pytest.fixture
def box(make_box):
    if not tendbox.own_group(""):
        pytest.skip("needs control groups of version 2")
    return make_box()


def answers(box, unit, word):
    return [line.split()[-1] for line in box.log(unit).splitlines() if f"{word} yes" in line or f"{word} no" in line]


def start_each(box, script, word, cases, need=None):
    """Starts a service for each case and compares what the script in it could do; `need` skips after a start."""
    program = box.path("program.py")
    program.write_text(script)
    for name, (settings, expected) in cases.items():
        text = "[Service]\nType=oneshot\nPrivateNetwork=yes\nExecStart=python3 %s %d\n%s\n"
        seconds = 60 if "yes" in expected else 1  # a packet that is dropped is waited for in vain
        box.unit(f"{name}.service", text % (program, seconds, "\n".join(settings)))
    box.start()
    for name, (_, expected) in cases.items():
        assert box.systemctl("start", f"{name}.service").returncode == 0, box.logs()
        if need:
            need(box, f"{name}.service")
        assert answers(box, f"{name}.service", word) == expected.split(), (name, box.logs())


def test_ports_are_denied(box):
    box.unit("closed.slice", "[Slice]\nSocketBindDeny=any\nSocketBindAllow=tcp\n")
    start_each(box, BINDS, "BIND", {
        "free": (["SocketBindAllow=1"], "yes yes yes yes"),
        "none": (["SocketBindDeny=any"], "no no no no"),
        "four": (["SocketBindDeny=any", "SocketBindAllow=ipv4:tcp:1000-1234"], "yes no no no"),
        "tcp": (["SocketBindDeny=any", "SocketBindAllow=tcp"], "yes no yes yes"),
        "port": (["SocketBindDeny=1234"], "no no no yes"),
        "six": (["SocketBindDeny=ipv6"], "yes yes no yes"),
        "slice": (["Slice=closed.slice", "SocketBindDeny=1240", "SocketBindAllow=udp:1234"], "yes no yes no"),
    })


def test_rules_change_while_a_service_runs(box):
    program = box.path("program.py")
    program.write_text(BINDS.replace("import socket\n", "import socket, sys\nfor line in sys.stdin:\n", 1).replace("\nfor family", "\n    for family", 1)
                       .replace("\n    s =", "\n        s =").replace("\n    try", "\n        try").replace("\n        s.bind", "\n            s.bind")
                       .replace("\n        print", "\n            print").replace("\n    except", "\n        except"))
    fifo = box.path("fifo")
    box.run("mkfifo", fifo, check=True)
    box.unit("c.service", f"[Service]\nPrivateNetwork=yes\nSocketBindDeny=any\nExecStart=sh -c 'exec python3 {program} <>{fifo}'\n")
    box.start()
    box.systemctl("start", "c.service")

    def again():
        before = len(answers(box, "c.service", "BIND"))
        box.run("sh", "-c", f"echo go > {fifo}", check=True)
        tendbox.wait_for(lambda: len(answers(box, "c.service", "BIND")) == before + 4, "four answers")
        return answers(box, "c.service", "BIND")[before:]

    assert again() == ["no"] * 4
    box.unit("c.service.d/x.conf", "[Service]\nSocketBindAllow=ipv6\n")
    assert box.systemctl("daemon-reload").returncode == 0
    assert again() == ["no", "no", "yes", "no"]
    box.unit("c.service.d/x.conf", "[Service]\nSocketBindDeny=\n")
    assert box.systemctl("daemon-reload").returncode == 0
    assert again() == ["yes"] * 4


def test_interfaces_are_denied(box):
    start_each(box, TALKS, "TALK", {
        "free": (["RestrictNetworkInterfaces=lo"], "yes"),
        "other": (["RestrictNetworkInterfaces=no-such0"], "no"),
        "denied": (["RestrictNetworkInterfaces=~lo"], "no"),
        "both": (["RestrictNetworkInterfaces=~no-such0"], "yes"),
    })
    assert "RestrictNetworkInterfaces= is weakened: there is no interface no-such0" in box.log("other.service")


def need_file_systems(box, unit):
    """Skips where the kernel runs no programs when files are opened; `unit` was started."""
    for line in box.log(unit).splitlines():
        if "RestrictFileSystems= is refused" in line:
            pytest.skip("needs programs of the kernel's BPF LSM: " + line)


def test_file_systems_are_denied(box):
    root = box.run("findmnt", "-n", "-o", "FSTYPE", "--target", "/etc/passwd", check=True).stdout.strip()
    known = f"{root} ext4 overlay 9p @temporary"  # where Python is, below a layer too
    cases = {
        "denied": (["RestrictFileSystems=~proc"], "no yes yes"),
        "two": (["RestrictFileSystems=~proc sysfs"], "no no yes"),
        "only": ([f"RestrictFileSystems={known}"], "no no yes"),
        "group": ([f"RestrictFileSystems={known} @basic-api"], "yes yes yes"),
        "after": (["RestrictFileSystems=~proc", "ExecStartPre=/bin/true"], "no yes yes"),
        "unknown": (["RestrictFileSystems=~proc no-such-fs"], "no yes yes"),
        "never": ([], "yes yes yes"),
    }
    start_each(box, OPENS, "OPEN", cases, need_file_systems)
    assert "RestrictFileSystems= is weakened: no number of no-such-fs is known" in box.log("unknown.service")


def test_a_running_service_stays_restricted(box):
    program = box.path("program.py")
    program.write_text("import sys\nfor line in sys.stdin:\n" + OPENS.strip().replace("\n", "\n    ").replace("for path", "    for path", 1))
    fifo = box.path("fifo")
    box.run("mkfifo", fifo, check=True)
    box.unit("c.service", f"[Service]\nRestrictFileSystems=~proc\nExecStart=sh -c 'exec python3 {program} <>{fifo}'\n")
    box.start()
    assert box.systemctl("start", "c.service").returncode == 0, box.logs()
    need_file_systems(box, "c.service")

    def again():
        before = len(answers(box, "c.service", "OPEN"))
        box.run("sh", "-c", f"echo go > {fifo}", check=True)
        tendbox.wait_for(lambda: len(answers(box, "c.service", "OPEN")) == before + 3, "three answers")
        return answers(box, "c.service", "OPEN")[before:]

    assert again() == ["no", "yes", "yes"]
    assert box.systemctl("daemon-reload").returncode == 0
    assert again() == ["no", "yes", "yes"]
    box.kill_manager()
    box.start()
    assert again() == ["no", "yes", "yes"]
    box.unit("c.service.d/x.conf", "[Service]\nRestrictFileSystems=\n")
    assert box.systemctl("daemon-reload").returncode == 0
    assert again() == ["yes", "yes", "yes"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="needs the number of bpf(2)")
def test_programs_that_others_pinned_are_used(box):
    pin = box.path("pin.py")
    pin.write_text(PINS)
    (box.directory / "bpf").mkdir()
    mounted = box.run("mount", "-t", "bpf", "bpf", box.path("bpf"))
    if mounted.returncode != 0:
        pytest.skip("needs the bpf file system: " + mounted.stderr)
    pinned = box.path("bpf/drop")
    box.run("python3", pin, pinned, check=True)
    start_each(box, TALKS, "TALK", {
        "in": ([f"IPIngressFilterPath={pinned}"], "no"),
        "out": ([f"IPEgressFilterPath={pinned}"], "no"),
        "any": ([f"BPFProgram=egress:{pinned}"], "no"),
        "free": ([f"IPIngressFilterPath={box.path('bpf/none')}"], "yes"),
    })
    assert "IPIngressFilterPath= is refused: " in box.log("free.service")


def test_without_groups_of_version_2_it_is_said(make_box):
    box = make_box(cgroups="none")
    box.unit("n.service", "[Service]\nType=oneshot\nSocketBindDeny=any\nRestrictNetworkInterfaces=lo\nExecStart=true\n")
    box.start()
    assert box.systemctl("start", "n.service").returncode == 0, box.logs()
    for name in ("SocketBindDeny", "RestrictNetworkInterfaces"):
        assert f"{name}= is refused" in box.log("n.service"), box.logs()
