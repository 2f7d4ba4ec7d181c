# SPDX-License-Identifier: Apache-2.0
"""Each option of systemd.socket(5) is seen on the descriptor that the service gets."""

import grp
import json
import os
import pty
import pwd
import random
import socket
import stat

import pytest

from tendbox import wait_for

# Prints what the kernel says of each passed descriptor: {name: {option: value}}.
TELL = """
import ctypes, fcntl, json, os, socket, sys
OPTIONS = json.loads(sys.argv[1])
def option(fd, level, number):
    kind = socket.socket(fileno=os.dup(fd))
    try:
        if (level, number) == (socket.SOL_TCP, 13): # TCP_CONGESTION
            return kind.getsockopt(level, number, 16).rstrip(bytes(1)).decode()
        if (level, number) == (socket.SOL_SOCKET, 25): # SO_BINDTODEVICE
            return kind.getsockopt(level, number, 16).rstrip(bytes(1)).decode()
        return kind.getsockopt(level, number)
    except OSError as error:
        return error.strerror
    finally:
        kind.close()
def tell(fd):
    said = {"link": os.readlink(f"/proc/self/fd/{fd}"), "flags": fcntl.fcntl(fd, fcntl.F_GETFL), "mode": os.fstat(fd).st_mode}
    if said["link"].startswith("socket:"):
        said |= {name: option(fd, *where) for name, where in OPTIONS.items()}
        said["address"] = str(socket.socket(fileno=os.dup(fd)).getsockname())
    try:
        said["pipe"] = fcntl.fcntl(fd, 1032) # F_GETPIPE_SZ
    except OSError:
        pass
    limits = (ctypes.c_long * 8)()
    if ctypes.CDLL("librt.so.1").mq_getattr(fd, limits) == 0:
        said["queue"] = list(limits[1:3])
    return said
names = os.environ["LISTEN_FDNAMES"].split(":")
assert int(os.environ["LISTEN_FDS"]) == len(names) and int(os.environ["LISTEN_PID"]) == os.getpid()
print(json.dumps({name: tell(3 + i) for i, name in enumerate(names)}), file=open(sys.argv[2] + ".new", "w"), flush=True)
os.rename(sys.argv[2] + ".new", sys.argv[2])
"""

SOL_IPV6, SOL_NETLINK = 41, 270
OPTIONS = {
    "KeepAlive": (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
    "KeepAliveTimeSec": (socket.SOL_TCP, socket.TCP_KEEPIDLE),
    "KeepAliveIntervalSec": (socket.SOL_TCP, socket.TCP_KEEPINTVL),
    "KeepAliveProbes": (socket.SOL_TCP, socket.TCP_KEEPCNT),
    "NoDelay": (socket.SOL_TCP, socket.TCP_NODELAY),
    "DeferAcceptSec": (socket.SOL_TCP, socket.TCP_DEFER_ACCEPT),
    "TCPCongestion": (socket.SOL_TCP, 13),
    "Priority": (socket.SOL_SOCKET, socket.SO_PRIORITY),
    "ReceiveBuffer": (socket.SOL_SOCKET, socket.SO_RCVBUF),
    "SendBuffer": (socket.SOL_SOCKET, socket.SO_SNDBUF),
    "Broadcast": (socket.SOL_SOCKET, socket.SO_BROADCAST),
    "PassCredentials": (socket.SOL_SOCKET, socket.SO_PASSCRED),
    "PassSecurity": (socket.SOL_SOCKET, socket.SO_PASSSEC),
    "ReusePort": (socket.SOL_SOCKET, socket.SO_REUSEPORT),
    "Mark": (socket.SOL_SOCKET, socket.SO_MARK),
    "BindToDevice": (socket.SOL_SOCKET, 25),
    "Timestamping": (socket.SOL_SOCKET, 35),  # nanoseconds
    "IPTOS": (socket.SOL_IP, socket.IP_TOS),
    "IPTTL": (socket.SOL_IP, socket.IP_TTL),
    "FreeBind": (socket.SOL_IP, 15),
    "Transparent": (socket.SOL_IP, 19),
    "PassPacketInfo": (socket.SOL_IP, 8),
    "PassPacketInfo6": (SOL_IPV6, socket.IPV6_RECVPKTINFO),
    "PassPacketInfoNetlink": (SOL_NETLINK, 3),
    "BindIPv6Only": (SOL_IPV6, socket.IPV6_V6ONLY),
    "type": (socket.SOL_SOCKET, socket.SO_TYPE),
    "listens": (socket.SOL_SOCKET, socket.SO_ACCEPTCONN),
    "protocol": (socket.SOL_SOCKET, socket.SO_PROTOCOL),
}


def told(box, sockets):
    """Opens socket units ({name: text}) for one service, and gives what it saw."""
    program, answer = box.path("tell.py"), box.path("answer")
    program.write_text(TELL)
    box.path("options").write_text(json.dumps(OPTIONS))
    names = " ".join(f"{name}.socket" for name in sockets)
    for name, text in sockets.items():
        box.unit(f"{name}.socket", f"[Socket]\nService=t.service\nFileDescriptorName={name}\n{text}")
    box.unit(
        "t.service",
        f"[Service]\nType=oneshot\nSockets={names}\nExecStart=/bin/sh -c 'exec /usr/bin/python3 {program} \"$$(cat {box.path('options')})\" {answer}'\n",
    )
    box.start()
    started = box.systemctl("start", *names.split())
    assert started.returncode == 0, started.stderr + box.logs()
    assert box.systemctl("start", "t.service").returncode == 0, box.logs()
    return json.loads(answer.read_text())


def own_address():
    """An address of the loopback interface that nobody else uses."""
    return f"127.{random.randrange(2, 255)}.{random.randrange(256)}.{random.randrange(1, 255)}"


def assert_has(said, expected):
    assert {name: said[name] for name in expected} == expected


def test_tcp(box):
    address = own_address()
    text = f"""ListenStream={address}:7100
KeepAlive=yes
KeepAliveTimeSec=77
KeepAliveIntervalSec=7
KeepAliveProbes=3
NoDelay=yes
DeferAcceptSec=1
TCPCongestion=reno
Priority=5
ReceiveBuffer=64K
SendBuffer=32K
ReusePort=yes
Mark=17
BindToDevice=lo
Timestamping=ns
IPTTL=42
FreeBind=yes
Transparent=yes
"""
    said = told(box, {"tcp": text})["tcp"]
    assert_has(
        said,
        {
            "KeepAlive": 1,
            "KeepAliveTimeSec": 77,
            "KeepAliveIntervalSec": 7,
            "KeepAliveProbes": 3,
            "NoDelay": 1,
            "DeferAcceptSec": 1,
            "TCPCongestion": "reno",
            "Priority": 5,
            "ReceiveBuffer": 2 * 65536,  # socket(7): the kernel doubles it
            "SendBuffer": 2 * 32768,
            "ReusePort": 1,
            "Mark": 17,
            "BindToDevice": "lo",
            "Timestamping": 1,
            "IPTTL": 42,
            "FreeBind": 1,
            "Transparent": 1,
            "type": socket.SOCK_STREAM,
            "listens": 1,
            "address": str((address, 7100)),
        },
    )
    assert not said["flags"] & os.O_NONBLOCK, "NonBlocking= is not asked for"


def test_nothing_is_set_that_was_not_asked_for(any_box):
    said = told(any_box, {"plain": f"ListenStream={own_address()}:7101\n"})["plain"]
    off = "KeepAlive NoDelay Priority Broadcast ReusePort Mark Timestamping IPTOS FreeBind Transparent PassPacketInfo"
    assert_has(said, {name: 0 for name in off.split()} | {"BindToDevice": ""})


def test_datagrams_and_local_sockets(any_box):
    path = any_box.path("local")
    said = told(
        any_box,
        {
            "udp": f"ListenDatagram={own_address()}:7102\nBroadcast=yes\nPassPacketInfo=yes\nIPTOS=low-cost\n",
            "local": f"ListenDatagram={path}\nPassCredentials=yes\nPassSecurity=yes\n",
            "without": f"ListenDatagram=@{path}.2\n",
            "packets": f"ListenSequentialPacket=@{path}\n",
        },
    )
    assert_has(said["udp"], {"type": socket.SOCK_DGRAM, "Broadcast": 1, "PassPacketInfo": 1, "IPTOS": 2, "listens": 0})
    assert_has(said["local"], {"PassCredentials": 1, "PassSecurity": 1, "address": str(path)})
    assert_has(said["without"], {"PassCredentials": 0, "PassSecurity": 0})
    assert_has(said["packets"], {"type": socket.SOCK_SEQPACKET, "listens": 1, "address": str(b"\0" + os.fsencode(path))})


@pytest.mark.skipif(not os.path.exists("/proc/net/if_inet6"), reason="needs IPv6")
def test_ipv6(any_box):
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::", 0))
        port = probe.getsockname()[1]
    said = told(
        any_box,
        {
            "only": f"ListenDatagram=[::1]:{port}\nBindIPv6Only=ipv6-only\nPassPacketInfo=yes\nFreeBind=yes\n",
            "both": f"ListenStream=[::]:{port}\nBindIPv6Only=both\n",
        },
    )
    assert_has(said["only"], {"BindIPv6Only": 1, "PassPacketInfo6": 1})
    assert_has(said["both"], {"BindIPv6Only": 0, "listens": 1})


def test_what_is_no_socket(box):
    fifo, queue = box.path("fifo"), f"/tend-{os.getpid()}-{random.randrange(1 << 30)}"
    _, terminal = pty.openpty()  # a device that can be waited for
    special = os.ttyname(terminal)
    said = told(
        box,
        {
            "fifo": f"ListenFIFO={fifo}\nPipeSize=128K\nSocketMode=0620\n",
            "readable": f"ListenSpecial={special}\n",
            "writable": f"ListenSpecial={special}\nWritable=yes\n",
            "queue": f"ListenMessageQueue={queue}\nMessageQueueMaxMessages=4\nMessageQueueMessageSize=512\nRemoveOnStop=yes\n",
            "netlink": "ListenNetlink=route 1\nPassPacketInfo=yes\n",
        },
    )
    assert said["fifo"]["pipe"] == 128 * 1024
    assert stat.S_ISFIFO(said["fifo"]["mode"]) and stat.S_IMODE(fifo.stat().st_mode) == 0o620
    assert said["readable"]["flags"] & os.O_ACCMODE == os.O_RDONLY
    assert said["writable"]["flags"] & os.O_ACCMODE == os.O_RDWR
    assert said["queue"]["queue"] == [4, 512]
    assert_has(said["netlink"], {"PassPacketInfoNetlink": 1, "type": socket.SOCK_RAW, "protocol": socket.NETLINK_ROUTE})
    assert said["netlink"]["address"].endswith(", 1)"), "the group"
    box.systemctl("stop", "queue.socket")
    assert box.run("test", "-e", f"/dev/mqueue{queue}").returncode == 1


def test_owner_and_modes_of_nodes(box):
    box.unit("n.service", "[Service]\nExecStart=/bin/sleep 1000\n")
    directory = box.path("new")
    box.unit(
        "n.socket",
        f"[Socket]\nListenStream={directory}/node\nSocketUser=nobody\nSocketGroup=daemon\nSocketMode=0610\nDirectoryMode=0711\n",
    )
    box.start()
    assert box.systemctl("start", "n.socket").returncode == 0, box.logs()
    about = (directory / "node").stat()
    assert (about.st_uid, about.st_gid) == (pwd.getpwnam("nobody").pw_uid, grp.getgrnam("daemon").gr_gid)
    assert stat.S_IMODE(about.st_mode) == 0o610
    assert stat.S_IMODE(directory.stat().st_mode) == 0o711
    # What is there already is replaced when nobody listens, and stays when the socket stops.
    assert box.systemctl("restart", "n.socket").returncode == 0
    assert (directory / "node").stat().st_ctime_ns != about.st_ctime_ns
    assert box.systemctl("stop", "n.socket").returncode == 0
    assert (directory / "node").exists()


def test_what_waits_is_flushed_when_asked(box):
    """FlushPending=: what nobody read does not start the service again."""
    path = box.path("d")
    for name, extra in (("keep", ""), ("flush", "FlushPending=yes\n")):
        box.unit(f"{name}.socket", f"[Socket]\nListenDatagram={path}.{name}\nTriggerLimitBurst=3\nTriggerLimitIntervalSec=600\n{extra}")
        box.unit(f"{name}.service", "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/true\n")
    box.start()
    assert box.systemctl("start", "keep.socket", "flush.socket").returncode == 0
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        for name in ("keep", "flush"):
            client.sendto(b"x", f"{path}.{name}")
    wait_for(lambda: box.show("keep.socket", "Result") == "trigger-limit-hit", "the limit")
    wait_for(lambda: "Finished flush.service" in box.manager_log(), "the run")
    wait_for(lambda: box.show("flush.socket", "SubState") == "listening", "the socket to listen again")
    assert box.manager_log().count("Finished flush.service") == 1


def test_no_more_wait_than_the_backlog_says(any_box):
    path = any_box.path("b")
    any_box.unit("b.socket", f"[Socket]\nListenStream={path}\nBacklog=2\n")
    any_box.unit("b.service", "[Service]\nExecStart=/bin/sleep 1000\n")  # accepts nobody
    any_box.start()
    assert any_box.systemctl("start", "b.socket").returncode == 0, any_box.logs()
    waiting = [socket.socket(socket.AF_UNIX) for _ in range(9)]
    n_connected = 0
    for client in waiting:
        client.setblocking(False)
        n_connected += client.connect_ex(str(path)) == 0
    assert n_connected == 3  # the kernel holds one more than it says
    for client in waiting:
        client.close()


def test_another_protocol(any_box):
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE).close()
    except OSError as error:
        pytest.skip(f"needs a kernel with UDP-Lite: {error}")
    said = told(any_box, {"lite": f"ListenDatagram={own_address()}:7104\nSocketProtocol=udplite\n"})["lite"]
    assert_has(said, {"type": socket.SOCK_DGRAM, "protocol": socket.IPPROTO_UDPLITE})


def test_what_cannot_be_waited_for_is_refused(any_box):
    any_box.unit("n.socket", "[Socket]\nListenSpecial=/dev/null\n")
    any_box.unit("n.service", "[Service]\nExecStart=/bin/true\n")
    any_box.start()
    assert any_box.systemctl("start", "n.socket").returncode == 1
    assert any_box.show("n.socket", "Result") == "resources"
    assert "n.socket: /dev/null cannot be watched for traffic: Operation not permitted" in any_box.manager_log()


def test_a_service_that_blocks_does_not_block_the_manager(any_box):
    """What a service does to the flags of its descriptors holds for the manager's too."""
    any_box.unit("p.socket", f"[Socket]\nListenFIFO={any_box.path('p')}\nFlushPending=yes\n")
    any_box.unit("s.socket", f"[Socket]\nListenStream={any_box.path('s')}\nFlushPending=yes\n")
    for name in ("p", "s"):
        any_box.unit(f"{name}.service", "[Service]\nType=oneshot\nNonBlocking=no\nExecStart=/bin/true\n")
    any_box.start()
    assert any_box.systemctl("start", "p.socket", "s.socket").returncode == 0, any_box.logs()
    with open(any_box.path("p"), "w") as fifo:
        fifo.write("x")
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(any_box.path("s")))
        for name in ("p", "s"):
            wait_for(lambda: f"Finished {name}.service" in any_box.manager_log(), "the run")
            wait_for(lambda: any_box.show(f"{name}.socket", "SubState") == "listening", "the socket to listen again")


def test_vsock_says_what_the_kernel_lacks(box):
    try:
        socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()
    except OSError:
        box.unit("v.socket", "[Socket]\nListenStream=vsock::7103\n")
        box.unit("v.service", "[Service]\nExecStart=/bin/true\n")
        box.start()
        assert box.systemctl("start", "v.socket").returncode == 1
        assert "Cannot listen on vsock::7103: no socket" in box.manager_log()
        return
    said = told(box, {"v": f"ListenStream=vsock::{random.randrange(1 << 20, 1 << 30)}\n"})["v"]
    assert_has(said, {"type": socket.SOCK_STREAM, "listens": 1})
