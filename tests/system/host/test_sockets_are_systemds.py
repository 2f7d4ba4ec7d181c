# SPDX-License-Identifier: Apache-2.0
"""Socket units beside the real systemd: what is read of them, what traffic does to them, and what is left on the disk."""

import pytest

from two_managers import two_managers

STATES = ("ActiveState", "SubState", "Result")
SHOWN = (
    "LoadState ActiveState SubState Result Listen Triggers Accept BindIPv6Only Backlog BindToDevice SocketUser SocketGroup SocketMode "
    "DirectoryMode Symlinks MaxConnections MaxConnectionsPerSource KeepAlive KeepAliveTimeUSec KeepAliveIntervalUSec KeepAliveProbes NoDelay "
    "DeferAcceptUSec Priority ReceiveBuffer SendBuffer IPTOS IPTTL Mark PipeSize FreeBind Transparent Broadcast PassCredentials "
    "PassSecurity PassPacketInfo Timestamping RemoveOnStop ReusePort TCPCongestion MessageQueueMaxMessages MessageQueueMessageSize "
    "SocketProtocol TriggerLimitIntervalUSec TriggerLimitBurst FlushPending FileDescriptorName TimeoutUSec Writable SmackLabel SmackLabelIPIn "
    "SmackLabelIPOut"
).split()

# One socket unit each. What systemd refuses, corrects or cannot bind is among them.
SETTINGS = """
ListenStream=/run/s/0
ListenStream=@abstract
ListenStream=7201|ListenDatagram=7201|ListenStream=[::1]:7202
ListenStream=127.0.0.1:7203|ListenStream=127.0.0.1:7203
ListenStream=127.0.0.1:7203|ListenStream=
ListenStream=256.0.0.1:80
ListenStream=127.0.0.1:70000
ListenStream=localhost:80
ListenStream=[fe80::1%lo]:7204|FreeBind=yes
ListenStream=127.0.0.1:0
ListenStream=0
ListenStream=relative/path
ListenStream=/run/s/in/deep/%n|SocketMode=0600|DirectoryMode=0700
ListenStream=/run/s/14|SocketUser=nobody|SocketGroup=daemon|SocketMode=660
ListenStream=/run/s/16|SocketMode=999
ListenStream=/run/s/17|Symlinks=/run/s/link /run/s/a/b/link2|RemoveOnStop=yes
ListenStream=/run/s/18|Backlog=3|Backlog=-1
ListenStream=/run/s/18b|Backlog=3
ListenFIFO=/run/s/19|PipeSize=64K|SocketMode=0622
ListenFIFO=fifo
ListenSpecial=/dev/null|Writable=yes
ListenSpecial=/run/s/absent
ListenNetlink=kobject-uevent 1
ListenNetlink=route
ListenNetlink=nothing 1
ListenMessageQueue=/queue|MessageQueueMaxMessages=4|MessageQueueMessageSize=128|RemoveOnStop=yes
ListenMessageQueue=queue
ListenSequentialPacket=/run/s/29
ListenSequentialPacket=7210
ListenUSBFunction=/run/s/ffs
ListenStream=[::0001]:7211
ListenStream=127.0.0.1:7212|Accept=yes|MaxConnections=3|MaxConnectionsPerSource=1
ListenStream=127.0.0.1:7213|Accept=yes|Service=other.service
ListenStream=127.0.0.1:7214|Service=other.service
ListenStream=127.0.0.1:7215|Service=missing.service
ListenStream=127.0.0.1:7216|Service=other.socket
ListenStream=127.0.0.1:7217|KeepAlive=yes|KeepAliveTimeSec=1h|KeepAliveIntervalSec=10|KeepAliveProbes=5|NoDelay=yes|DeferAcceptSec=3|Priority=3
ListenStream=127.0.0.1:7218|ReceiveBuffer=64K|SendBuffer=1M|IPTOS=low-delay|IPTTL=9|Mark=5|ReusePort=yes|TCPCongestion=reno
ListenStream=127.0.0.1:7219|TCPCongestion=nothing|BindToDevice=lo
ListenStream=127.0.0.1:7220|BindToDevice=absent0
ListenDatagram=127.0.0.1:7221|Broadcast=yes|PassPacketInfo=yes|Timestamping=us|FreeBind=yes|Transparent=yes
ListenDatagram=/run/s/43|PassCredentials=yes|PassSecurity=yes|Timestamping=nsec
ListenDatagram=/run/s/43b|Timestamping=yes
ListenDatagram=/run/s/43c|Timestamping=μs
ListenDatagram=/run/s/43d|Timestamping=ms
ListenDatagram=127.0.0.1:7222|SocketProtocol=udplite
ListenStream=127.0.0.1:7223|SocketProtocol=sctp|SocketProtocol=tcp
ListenStream=[::]:7224|BindIPv6Only=both|FileDescriptorName=front
ListenStream=[::]:7225|BindIPv6Only=ipv6-only|FileDescriptorName=a:b
ListenStream=/run/s/48|TriggerLimitIntervalSec=0|TriggerLimitBurst=7
ListenStream=/run/s/49|TriggerLimitIntervalSec=infinity|FlushPending=yes|TimeoutSec=infinity
ListenStream=/run/s/50|ExecStartPre=false
ListenStream=/run/s/51|ExecStartPre=-false|ExecStartPost=true|ExecStopPre=true|ExecStopPost=true|TimeoutSec=5min
ListenStream=/run/s/52|ExecStartPost=sh -c "exit 3"
ListenStream=/run/s/53|IPTTL=300|IPTOS=7000|Priority=x|Mark=-1
ListenStream=/run/s/54|SmackLabel=a|SmackLabelIPIn=b|SmackLabelIPOut=c
ListenStream=127.0.0.1:7226|SmackLabelIPIn=b|SmackLabelIPOut=c

Accept=yes
""".strip("\n").split("\n")

# What the kernel is told of a socket: all its options are read back, wherever they stand in the file.
OPTIONS = """
ListenStream=/run/o/0
ListenStream=[::1]:7301|ListenDatagram=7302
ListenDatagram=127.0.0.1:7303|Broadcast=yes|PassPacketInfo=yes|Timestamping=us|FreeBind=yes|Transparent=yes
ListenDatagram=[::1]:7304|PassPacketInfo=yes|Timestamping=ns|FreeBind=yes|Transparent=yes|IPTTL=3|IPTOS=4
ListenStream=127.0.0.1:7305|KeepAlive=yes|KeepAliveTimeSec=1h|KeepAliveIntervalSec=10|KeepAliveProbes=5|NoDelay=yes|DeferAcceptSec=3|Priority=3
ListenStream=[::1]:7306|KeepAlive=yes|KeepAliveTimeSec=1h|KeepAliveIntervalSec=10|KeepAliveProbes=5|NoDelay=yes|DeferAcceptSec=3|Priority=3
ListenStream=127.0.0.1:7307|ReceiveBuffer=96K|SendBuffer=1M|IPTOS=low-delay|IPTTL=9|Mark=5|ReusePort=yes|TCPCongestion=reno
ListenStream=[::]:7308|BindIPv6Only=both|ReusePort=yes|IPTOS=8|IPTTL=200|Mark=9
ListenStream=[::]:7309|BindIPv6Only=ipv6-only|BindToDevice=lo|Backlog=7
ListenDatagram=/run/o/9|PassCredentials=yes|PassSecurity=yes|Timestamping=nsec|ReceiveBuffer=32M|SendBuffer=32M
ListenStream=/run/o/10|PassCredentials=yes|PassPacketInfo=yes|Broadcast=yes|KeepAlive=yes|NoDelay=yes|Mark=4|Priority=6|IPTTL=4
ListenSequentialPacket=/run/o/11|PassCredentials=yes|ReceiveBuffer=1|SendBuffer=1
ListenNetlink=kobject-uevent 1|PassCredentials=yes|PassPacketInfo=yes|ReceiveBuffer=64M|Priority=4
ListenNetlink=route 5|ReceiveBuffer=16K
ListenFIFO=/run/o/14|PipeSize=64K
ListenFIFO=/run/o/15
ListenMessageQueue=/options|MessageQueueMaxMessages=4|MessageQueueMessageSize=128
ListenDatagram=127.0.0.1:7310|SocketProtocol=udplite
ListenStream=127.0.0.1:7311|KeepAlive=no|KeepAliveTimeSec=1ms|KeepAliveIntervalSec=999ms|DeferAcceptSec=100ms
ListenStream=127.0.0.1:7312|KeepAliveTimeSec=0|KeepAliveProbes=0|Priority=0|Mark=0|IPTTL=0|IPTOS=0
ListenStream=127.0.0.1:7313|KeepAliveProbes=1000|Priority=100|IPTTL=255|ReceiveBuffer=infinity|SendBuffer=4G
ListenStream=127.0.0.1:7314|KeepAliveTimeSec=100y|KeepAliveIntervalSec=infinity|DeferAcceptSec=1w|Backlog=0
ListenStream=@options|Timestamping=usec
""".strip("\n").split("\n")

# Prints what each descriptor is and all that getsockopt(2) tells, but what is another thing each time: errors, peers, processors,
# cookies, clocks, memory in use, and whether a size that is the default was set.
READER = """
import fcntl, os, socket
VARYING = {1: (4, 17, 28, 49, 55, 56, 57, 72), 6: (11, 24, 26, 35)}
for fd in range(3, 3 + int(os.environ["LISTEN_FDS"])):
    print("descriptor", fcntl.fcntl(fd, fcntl.F_GETFL), oct(os.fstat(fd).st_mode))
    try:
        kind = socket.socket(fileno=os.dup(fd))
    except OSError:
        print("pipe", fcntl.fcntl(fd, 1032) if os.readlink(f"/proc/self/fd/{fd}").startswith("/run") else "none") # F_GETPIPE_SZ
        continue
    print(kind.family, kind.type, kind.proto, kind.getsockname()[1:] if kind.family == socket.AF_NETLINK else kind.getsockname())
    for level in (0, 1, 6, 17, 41, 132, 136, 270):
        for option in range(1, 90):
            try:
                if option not in VARYING.get(level, ()):
                    print(level, option, kind.getsockopt(level, option, 64).hex())
            except OSError:
                pass
"""

# Connects N times to each "SOURCE>HOST/PORT" or path, holds them all, and prints the first words that come back.
CROWD = """
import socket, sys
def connect(to):
    if to.startswith("/"):
        client = socket.socket(socket.AF_UNIX)
        client.connect(to)
        return client
    source, _, rest = to.rpartition(">")
    host, port = rest.split("/")
    client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if source:
        client.bind((source, 0))
    client.connect((host, int(port)))
    return client
def words(client):
    client.settimeout(60)
    try:
        return client.recv(100).decode().strip() or "closed"
    except ConnectionError:
        return "closed"
clients = [connect(to) for to in sys.argv[2:] for _ in range(int(sys.argv[1]))]
print(sorted(words(client) for client in clients))
"""

# Sends to, or reads from, what the arguments name; prints what comes back.
CLIENT = """
import os, socket, sys
kind, path, *words = sys.argv[1:]
family = socket.AF_INET if path.startswith("127.") else socket.AF_UNIX
address = (path.split(":")[0], int(path.split(":")[1])) if family == socket.AF_INET else path.replace("@", chr(0), 1)
if kind == "fifo":
    with open(os.open(path, os.O_WRONLY | os.O_NONBLOCK), "w") as fifo:
        fifo.write(words[0])
    sys.exit()
client = socket.socket(family, socket.SOCK_DGRAM if kind == "datagram" else socket.SOCK_STREAM)
client.settimeout(60)
client.connect(address)
for word in words:
    client.sendall(word.encode())
if kind == "ask":
    client.shutdown(socket.SHUT_WR)
    print(client.makefile().read())
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with two_managers(tmp_path_factory.mktemp("sockets")) as pair:
        for path in pair.paths("/run/client.py"):
            path.write_text(CLIENT)
        yield pair


def client(*words):
    return "python3 /run/client.py " + " ".join(words)


def test_settings_are_read_and_refused_alike(pair):
    for name in pair.start_samples("socket", SETTINGS, "[Service]\nExecStart=sleep 1000\n"):
        pair.agree(name, *SHOWN)
    nodes = "cd /run/s && find . -printf '%p %y %m %u %g %l\\n' | sort"
    pair.agree("", say=nodes, until="./14 s 660 nobody daemon")
    pair.agree("", say="systemctl list-sockets --all --no-legend 's[0-9]*' | tr -s ' ' | sort", until="s14.socket")
    pair.step("systemctl stop 's[0-9]*.socket'; systemctl reset-failed")
    pair.agree("", say=nodes)


def test_the_kernel_is_told_the_same_of_each_socket(pair):
    for path in pair.paths("/run/reader.py"):
        path.write_text(READER)
    names = pair.start_samples("socket", OPTIONS, "[Service]\nType=oneshot\nExecStart=sh -c 'python3 /run/reader.py >/run/%p.told'\n")
    for name in names:
        service = name.replace(".socket", ".service")
        pair.step(f"systemctl start {service}")
        pair.agree(name, *STATES, say=f"cat /run/{name.replace('.socket', '.told')}", until="descriptor")
    pair.step("systemctl stop 's[0-9]*.socket'")


SERVICE = "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=4\n[Service]\n"


def test_traffic_and_what_becomes_of_it(pair):
    pair.unit("web.socket", "[Socket]\nListenStream=/run/web\nFileDescriptorName=web\n")
    pair.unit("web.service", SERVICE + "ExecStart=sh -c 'echo web $LISTEN_FDS $LISTEN_FDNAMES >>/run/said; exec sleep 1000'\n")
    pair.unit("once.socket", "[Socket]\nListenDatagram=/run/once\nTriggerLimitBurst=9\n")
    pair.unit("once.service", SERVICE + "Type=oneshot\nExecStart=sh -c 'echo once >>/run/said; head -c 1 <&3 >/dev/null'\n")
    pair.unit("bad.socket", "[Socket]\nListenDatagram=/run/bad\n")
    pair.unit("bad.service", SERVICE + "ExecStart=sh -c 'echo bad >>/run/said; exit 3'\n")
    pair.unit("pipe.socket", "[Socket]\nListenFIFO=/run/pipe\nFlushPending=yes\n")
    pair.unit("pipe.service", SERVICE + "Type=oneshot\nExecStart=sh -c 'echo pipe >>/run/said'\n")
    names = ("web", "once", "bad", "pipe")
    units = " ".join(f"{name}.{kind}" for name in names for kind in ("socket", "service"))
    counts = "sort /run/said | uniq -c"
    pair.step(": >/run/said; systemctl daemon-reload; systemctl start web.socket once.socket bad.socket pipe.socket")
    pair.agree(units, *STATES)
    pair.step(client("stream", "/run/web"))
    pair.agree(units, *STATES, say=counts, until="1 web 1 web")
    pair.step("systemctl stop web.socket")
    pair.agree(units, *STATES, until="Id=web.socket\nActiveState=inactive")
    pair.step("systemctl start web.socket")  # its service runs without it
    pair.agree(units, *STATES)
    pair.step("systemctl stop web.service; systemctl start web.socket")
    pair.agree(units, *STATES, until="Id=web.socket\nActiveState=active\nSubState=listening")
    pair.step("systemctl start web.service")
    pair.agree(units, *STATES, say=counts, until="2 web 1 web")
    pair.step("systemctl stop web.service")
    pair.agree(units, *STATES, say=counts, until="SubState=listening")
    for i in range(3):
        pair.step(client("datagram", "/run/once", "x"))
        pair.agree(units, *STATES, say=counts, until=f"{i + 1} once")
    pair.step(client("fifo", "/run/pipe", "x"))
    pair.agree(units, *STATES, say=counts, until="1 pipe")
    pair.step(client("datagram", "/run/bad", "x"))
    pair.agree(units, *STATES, say=counts, until="service-start-limit-hit")
    pair.step("systemctl start bad.socket")
    pair.step("systemctl reset-failed bad.service bad.socket; systemctl start bad.socket")
    pair.agree(units, *STATES, say=counts, until="Id=bad.socket\nActiveState=active")
    pair.step("systemctl mask --runtime once.service; systemctl daemon-reload")
    pair.step("systemctl restart once.socket")
    pair.agree(units, *STATES)
    pair.step("systemctl unmask --runtime once.service; systemctl daemon-reload; systemctl stop web.socket once.socket bad.socket pipe.socket")
    pair.agree(units, *STATES)


def test_a_service_for_each_connection(pair):
    talk = "[Service]\nStandardInput=socket\nStandardError=journal\nExecStart="
    pair.unit("echo.socket", "[Socket]\nListenStream=127.0.0.1:7230\nAccept=yes\n")
    pair.unit("echo@.service", talk + "sh -c 'read line; echo got $line from $REMOTE_ADDR of %p; echo $LISTEN_FDS $LISTEN_FDNAMES'\n")
    pair.unit("none.socket", "[Socket]\nListenStream=/run/none\nAccept=yes\n")
    pair.unit("fail.socket", "[Socket]\nListenStream=/run/fail\nAccept=yes\n")
    pair.unit("fail@.service", talk + "sh -c 'read line; exit $line'\n")
    sockets = "echo.socket none.socket fail.socket"
    shown = (*STATES, "NConnections", "NAccepted", "NRefused")
    pair.step(f"systemctl daemon-reload; systemctl start {sockets}")
    for i in range(3):
        pair.step(client("ask", "127.0.0.1:7230", f"'hello {i}\n'"))
    pair.agree(sockets, *shown, until="NAccepted=3")
    pair.step(client("ask", "/run/fail", "'3\n'"))
    pair.agree(sockets, *shown, say="systemctl list-units --all --no-legend --plain 'fail@*' | sed 's/@[-0-9]*//; s/PID [0-9]*/PID N/'", until="failed")
    pair.step(client("stream", "/run/none"))
    pair.agree(sockets, *STATES, until="Result=resources")
    pair.step(f"systemctl stop {sockets}")
    pair.agree(sockets, *STATES)


LIMITS = {
    "source": "ListenStream=127.0.0.1:7240\nListenStream=[::1]:7240\nMaxConnectionsPerSource=2",
    "all": "ListenStream=127.0.0.1:7241\nMaxConnections=2",
    "local": "ListenStream=/run/local\nMaxConnectionsPerSource=2",
    "trigger": "ListenStream=127.0.0.1:7242\nTriggerLimitBurst=2\nTriggerLimitIntervalSec=1h",
    "open": "ListenStream=127.0.0.1:7243\nMaxConnectionsPerSource=0\nMaxConnections=3",
    "both": "ListenStream=[::]:7244\nBindIPv6Only=both\nMaxConnectionsPerSource=1",
}


def test_how_many_connections_there_may_be(pair):
    for path in pair.paths("/run/crowd.py"):
        path.write_text(CROWD)
    for name, settings in LIMITS.items():
        pair.unit(f"{name}.socket", f"[Socket]\nAccept=yes\n{settings}\n")
        pair.unit(f"{name}@.service", "[Service]\nStandardInput=socket\nExecStart=sh -c 'echo for $REMOTE_ADDR; exec cat'\n")
    sockets = " ".join(f"{name}.socket" for name in LIMITS)
    pair.step(f"systemctl daemon-reload; systemctl start {sockets}")
    shown = (*STATES, "NConnections", "NAccepted", "NRefused")
    crowds = (
        ("4 127.0.0.1/7240", "NRefused=2"),
        ("3 '127.0.0.2>127.0.0.1/7240' '127.0.0.3>127.0.0.1/7240' ::1/7240", "NRefused=5"),
        ("3 127.0.0.1/7241", "NRefused=1"),
        ("4 /run/local", "NAccepted=4"),
        ("2 127.0.0.1/7242", "NAccepted=2"),
        ("5 127.0.0.1/7243", "NAccepted=3"),
        ("2 127.0.0.1/7244 ::1/7244", "NRefused=2"),
        ("1 127.0.0.1/7242", "Result=trigger-limit-hit"),
    )
    for crowd, counted in crowds:
        pair.step(f"python3 /run/crowd.py {crowd}")
        pair.agree(sockets, *shown, until=counted)
        pair.agree("", say=f"systemctl show -p NConnections {sockets} | grep -c =0", until=f"{len(LIMITS)}\n")
    pair.step(f"systemctl stop {sockets}; systemctl reset-failed")
