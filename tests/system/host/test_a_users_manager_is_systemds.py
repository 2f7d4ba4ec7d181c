# SPDX-License-Identifier: Apache-2.0
"""Timers, sockets and paths of a plain user beside those of the real `systemd --user`."""

import pytest

from two_user_managers import RUNTIME, two_user_managers

STATES = ("LoadState", "ActiveState", "SubState", "Result")

TIMERS = """
OnCalendar=daily|Persistent=yes
OnCalendar=2199-01-01 UTC|RandomizedDelaySec=1000d|FixedRandomDelay=yes
OnCalendar=2199-01-01 %H
OnBootSec=100y
OnStartupSec=100y
OnActiveSec=0|Persistent=yes
OnCalendar=daily|WakeSystem=yes
OnClockChange=yes|OnTimezoneChange=yes
OnCalendar=daily|Unit=missing.service
""".strip("\n").split("\n")

SOCKETS = """
ListenStream=%t/s/0
ListenStream=%h/s/1|SocketMode=0640|DirectoryMode=0711
ListenStream=%S/s/2|ListenDatagram=%C/s/2|ListenSequentialPacket=%L/s/2
ListenStream=80
ListenStream=127.0.0.1:7301|Accept=yes|MaxConnectionsPerSource=1
ListenStream=%t/s/5|SocketUser=nobody|SocketGroup=nogroup
ListenStream=/run/forbidden
ListenFIFO=%t/s/7|SocketMode=0600|PipeSize=8K|Symlinks=%t/s/l1 %h/l2|RemoveOnStop=yes
ListenMessageQueue=/of-a-user|RemoveOnStop=yes
ListenNetlink=kobject-uevent 1
ListenSpecial=/dev/null
ListenUSBFunction=%t/ffs
ListenStream=@%u-%U
ListenStream=127.0.0.1:7302|Mark=7|Transparent=yes|FreeBind=yes|ReusePort=yes
ListenStream=127.0.0.1:7303|BindToDevice=absent0
ListenStream=127.0.0.1:7304|ReceiveBuffer=64M|SendBuffer=64M|Priority=7
ListenStream=%t/s/16|ExecStartPre=touch %t/pre|ExecStopPost=touch %t/post
ListenStream=%T/s/17|ListenDatagram=%V/s/17|PassSecurity=yes|PassCredentials=yes
ListenStream=%E/s/18
""".strip("\n").split("\n")

PATHS = """
PathExists=%h/w/exists
PathChanged=%t/w/changed
DirectoryNotEmpty=%h/w/full/dir|MakeDirectory=yes|DirectoryMode=0700
PathExistsGlob=%t/w/*.go
DirectoryNotEmpty=/run/forbidden/dir|MakeDirectory=yes
PathModified=~/x
PathModified=/root/secret/x
""".strip("\n").split("\n")

# Says under which name it was started and why, and runs once.
SERVICE = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=sh -c 'echo %n in $XDG_RUNTIME_DIR of $HOME by $TRIGGER_PATH >>%t/said'\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with two_user_managers(tmp_path_factory.mktemp("user")) as pair:
        yield pair


def test_timers(pair):
    names = " ".join(pair.start_samples("timer", TIMERS, SERVICE))
    shown = "Unit Triggers TimersCalendar NextElapseUSecRealtime Persistent RandomizedDelayUSec AccuracyUSec WakeSystem Requires Wants Slice"
    pair.agree(names, *STATES, *shown.split(), say=f"cat {RUNTIME}/said", until="t5.service in")
    stamps = "cd ~/.local/share/systemd/timers && find . -printf '%p %y %m\\n' | sort"
    pair.agree("", say=stamps, until="./stamp-t0.timer f 644")
    # FixedRandomDelay= is the same for a user on a machine each time, in both.
    pair.agree("t1.timer", "NextElapseUSecRealtime", until="NextElapseUSecRealtime=")
    pair.step("touch -d '2020-01-01 UTC' ~/.local/share/systemd/timers/stamp-t0.timer; systemctl restart t0.timer")
    pair.agree("t0.timer t0.service", *STATES, say=f"cat {RUNTIME}/said", until="t0.service in")
    pair.step("systemctl stop 't*.timer'")
    pair.agree(names, *STATES)


def test_what_a_service_finds(pair):
    pair.unit("finds.service", "[Service]\nType=oneshot\nExecStart=sh -c 'pwd; umask; id; env | cut -d= -f1 | grep -v -e ^QT_ -e ^DBUS_ | sort; kill -0 $MANAGERPID && echo a manager lives'\nStandardOutput=file:%t/found\n")
    pair.step("systemctl daemon-reload; systemctl start finds.service")
    pair.agree("", say=f"cat {RUNTIME}/found", until="a manager lives")


def test_sockets(pair):
    names = pair.start_samples("socket", SOCKETS, "[Service]\nExecStart=sh -c 'echo %n got $LISTEN_FDS $LISTEN_FDNAMES >>%t/said; exec sleep 1000'\n")
    shown = "Listen Triggers Accept SocketUser SocketGroup SocketMode DirectoryMode Symlinks MaxConnectionsPerSource Mark FileDescriptorName Slice"
    for name in names:
        pair.agree(name, *STATES, *shown.split())
    nodes = f"find ~/s ~/l2 ~/.local/state/s ~/.config ~/.cache {RUNTIME}/s /tmp/s /var/tmp/s -name .local -prune -o ! -path '*systemd*' -printf '%p %y %m %u %l\\n' 2>&1 | sort"
    pair.agree("", say=nodes, until=f"{RUNTIME}/s/0 s 666 nobody")
    pair.agree("", say="systemctl list-sockets --all --no-legend 's[0-9]*' | tr -s ' ' | sort", until="s1.socket")
    pair.agree("", say="ss --listening --numeric --tcp --udp --no-header | tr -s ' ' | sort", until="127.0.0.1:7302")
    pair.step(f"""python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("{RUNTIME}/s/0")'""")
    pair.agree("s0.socket s0.service", *STATES, say=f"grep got {RUNTIME}/said", until="s0.service got 1 s0.socket")
    pair.step("systemctl stop 's[0-9]*.socket' 's[0-9]*.service'; systemctl reset-failed")
    pair.agree("", say=f"{nodes}; ls {RUNTIME} | grep p", until="post")


def test_paths(pair):
    names = " ".join(pair.start_samples("path", PATHS, SERVICE))
    pair.agree(names, *STATES, "Paths", "Triggers", "MakeDirectory", "DirectoryMode")
    pair.step(f"mkdir -p ~/w {RUNTIME}/w; touch ~/w/exists ~/w/full/dir/x {RUNTIME}/w/changed {RUNTIME}/w/one.go")
    said = f"grep '^p' {RUNTIME}/said | sort"
    for i, path in ((0, "/run/home/w/exists"), (1, f"{RUNTIME}/w/changed"), (2, "/run/home/w/full/dir"), (3, f"{RUNTIME}/w/one.go")):
        pair.agree(names, *STATES, say=said, until=f"p{i}.service in {RUNTIME} of /run/home by {path}")
    pair.step("systemctl stop 'p*.path' 'p*.service'")
    pair.agree(names, *STATES)
