# SPDX-License-Identifier: Apache-2.0
"""Each option of systemd-run: tend under that name does what the distribution's does, on the same tendd with a message
bus: output, exit status, and what the unit is like."""

import os
import re
import shutil

import pytest
from message_bus import running_bus

pytestmark = [
    pytest.mark.skipif(not shutil.which("systemd-run"), reason="needs systemd-run"),
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
]

MOVING = [
    (re.compile(r"run-[ru]?[0-9a-f]+"), "run-X"),
    (re.compile(r"(runtime|consumed): .*"), r"\1: T"),
    (re.compile(r"next_elapse=[^}]*"), "next_elapse=T"),
    (re.compile(r"pts/\d+"), "pts/N"),
]

COMMANDS = r"""
systemd-run --wait true
systemd-run --wait false
systemd-run --wait sh -c 'exit 7'
systemd-run --wait sh -c 'kill -9 $$'
systemd-run --wait -q sh -c 'exit 7'
systemd-run --wait --collect false
systemd-run --unit=u1 --wait false; systemctl is-failed u1; systemctl reset-failed u1
systemd-run --unit=u2 --wait -G false; systemctl is-failed u2
systemd-run --pipe -q cat </etc/hostname
systemd-run --pipe --wait -q sh -c 'echo a; echo b >&2; exit 3'
systemd-run -P -q echo hi
systemd-run --pty -q echo hi
systemd-run -t -q sh -c 'exit 5'
systemd-run -t echo hi
systemd-run --scope echo hi
systemd-run --scope -q sh -c 'exit 4'
systemd-run --scope -p CPUWeight=30 true
systemd-run --scope --nice=5 -q nice
systemd-run --scope --uid=nobody -q id -un
systemd-run --scope --uid=nobody --gid=daemon -q id -gn
systemd-run --scope -E A=5 -q sh -c 'echo $A'
systemd-run --scope --working-directory=/usr -q pwd
systemd-run --scope -d -q pwd
systemd-run --scope --slice=my -q sh -c 'grep -o my.slice /proc/self/cgroup | head -1'
systemd-run --scope nosuchprogram
systemd-run --uid=nobody -P -q id -un
systemd-run --uid=nobody --gid=daemon -P -q id -gn
systemd-run --uid=nosuchuser --wait -q true
systemd-run --nice=5 -P -q nice
systemd-run --working-directory=/usr -P -q pwd
systemd-run -d -P -q pwd
systemd-run --same-dir -P -q pwd
systemd-run --working-directory=/nosuch --wait -q true
systemd-run -E A=5 -P -q sh -c 'echo $A'
systemd-run -E HOME -P -q sh -c 'echo $HOME'
systemd-run --setenv=B=x -P -q sh -c 'echo $B'
systemd-run --slice=my -P -q sh -c 'grep -o my.slice /proc/self/cgroup | head -1'
systemd-run --slice=a/b --wait -q true
systemd-run --service-type=oneshot --wait -q true
systemd-run --service-type=oneshot --wait -q false
systemd-run --service-type=oneshot false
systemd-run --service-type=exec /nosuch
systemd-run --service-type=exec --wait -q true
systemd-run --service-type=notify --wait -q true
systemd-run --service-type=forking --wait -q true
systemd-run --no-block --unit=nb sleep 100; systemctl stop nb
systemd-run --send-sighup --unit=hup sleep 100; systemctl show -P SendSIGHUP hup; systemctl stop hup
systemd-run --unit=dup sleep 100; systemd-run --unit=dup sleep 100; systemctl stop dup
systemd-run --unit=x.service --description='A b' sleep 100; systemctl show -P Description x; systemctl stop x
systemd-run sleep 0.01
systemd-run --unit=def sh -c 'sleep 100; true'; systemctl show -p Description,Type,RemainAfterExit,Transient,CollectMode def; systemctl stop def
systemd-run --on-active=1h true
systemd-run --on-active=1h --unit=t1 true; systemctl show -p TimersMonotonic,Unit,RemainAfterElapse,Transient,AccuracyUSec t1.timer | sed 's/next_elapse=[^}]*/E/'; systemctl stop t1.timer
systemd-run --on-calendar=daily --unit=t3 true; systemctl show -P TimersCalendar t3.timer | sed 's/next_elapse=[^}]*/E/'; systemctl stop t3.timer
systemd-run --on-calendar=foo true
systemd-run --on-timezone-change --unit=t4 true; systemctl show -P OnTimezoneChange t4.timer; systemctl stop t4.timer
systemd-run --on-clock-change --unit=t5 true; systemctl show -P OnClockChange t5.timer; systemctl stop t5.timer
systemd-run --on-active=1h --timer-property=AccuracySec=5s --unit=t6 true; systemctl show -P AccuracyUSec t6.timer; systemctl stop t6.timer
systemd-run --timer-property=OnActiveSec=1h --unit=t7 true; systemctl stop t7.timer
systemd-run --path-property=PathExists=/nosuch --unit=p1 true; systemctl show -P Paths p1.path; systemctl stop p1.path
systemd-run --socket-property=ListenStream=/run/xx.sock --unit=s1 cat; systemctl show -P Listen s1.socket; systemctl stop s1.socket
systemd-run --socket-property=ListenStream=/run/yy.sock --socket-property=Accept=yes --unit=s2 cat; systemctl show -P Accept s2.socket; systemctl stop s2.socket
systemd-run --on-active=1h --unit=exists.timer true; systemctl stop exists.timer
systemd-run --pty --wait -q true
systemd-run --pipe --pty -q echo hi </dev/null
systemd-run --wait --on-active=5 true
systemd-run --scope --remain-after-exit true
systemd-run --scope --on-active=5 true
systemd-run --pty --no-block true
systemd-run -p Nonsense=1 true
systemd-run -p CPUWeight=bad true
systemd-run -p Type=oneshot -p ExecStartPre=/bin/false --wait -q true
systemd-run --wait -p RuntimeMaxSec=1 -q sleep 100
systemd-run --wait -p TimeoutStartSec=1 -p Type=oneshot -q sleep 100
systemd-run --wait -p MemoryMax=1G -p TasksMax=5 -q true
systemd-run --wait -p User=nobody -p DynamicUser=yes -q true
systemd-run -q --wait -p BindPaths=/etc:/mnt ls /mnt/hostname
systemd-run -q -P -p PrivateTmp=yes ls /tmp
systemd-run -q -P -p TemporaryFileSystem=/etc ls /etc
systemd-run --user true
systemd-run --description= --unit=dd sleep 100; systemctl show -P Description dd; systemctl stop dd
"""


@pytest.fixture
def bus(box):
    with running_bus(box) as bus:
        yield bus


def test_every_option_does_the_same(bus, tmp_path):
    bus.box.tend("install-names", tmp_path / "names", check=True)

    def answer(line, names=""):
        result = bus.box.run("sh", "-c", line, env={"PATH": f"{names}/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "TERM": "dumb"})
        texts = [result.stdout, result.stderr]
        for pattern, to in MOVING:
            texts = [pattern.sub(to, text) for text in texts]
        return [result.returncode, *texts]

    different = []
    for line in COMMANDS.strip().splitlines():
        theirs, ours = answer(line), answer(line, f"{tmp_path}/names:")
        if theirs != ours:  # something may have happened between the two: both are asked again before it counts
            theirs, ours = answer(line), answer(line, f"{tmp_path}/names:")
        if theirs != ours:
            different.append(f"{line}: {theirs} {ours}")
    assert not different, "\n".join(different)
