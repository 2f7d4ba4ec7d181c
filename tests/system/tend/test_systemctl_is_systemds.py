# SPDX-License-Identifier: Apache-2.0
"""tend under the name systemctl against the distribution's systemctl, both asking the same tendd: the same lines
and the same exit status, for each of a list of commands."""

import shutil

import pytest
from same_answers import differences

pytestmark = pytest.mark.skipif(not shutil.which("systemctl"), reason="needs systemctl")

UNITS = {
    "w2.timer": "[Timer]\nOnActiveSec=1h\nOnUnitActiveSec=2h\nUnit=short.service\n",
    "w3.timer": "[Timer]\nOnActiveSec=0\nUnit=once.service\n",
    "foo.service": "[Unit]\nDescription=Foo\nDocumentation=man:foo(8) https://example.com/\nAfter=net.target\nWants=net.target\n[Service]\nExecStart=sleep 1000\n[Install]\nWantedBy=multi-user.target\n",
    "bar.service": "[Unit]\nDescription=Bar\nRequires=foo.service\nAfter=foo.service\nPartOf=all.target\n[Service]\nExecStart=sleep 1000\nExecReload=true\nEnvironment=A=1 B=\"2 3\"\nRuntimeDirectory=bar\n",
    "bar.service.d/10-x.conf": "[Service]\nMemoryMax=100M\nNice=3\n",
    "bad.service": "[Unit]\nDescription=A bad one\n[Service]\nType=oneshot\nExecStart=false\n",
    "broken.service": "[Service]\nExecStart=bin/false\n",
    "byhand.service": "[Unit]\nRefuseManualStart=yes\n[Service]\nExecStart=true\n",
    "cond.service": "[Unit]\nDescription=Conditional\nConditionPathExists=/nonexistent\n[Service]\nExecStart=true\n",
    "once.service": "[Unit]\nDescription=Once\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=true\nExecStart=echo hello\n",
    "short.service": "[Unit]\nDescription=Short\n[Service]\nType=oneshot\nExecStart=sleep 0.3\n",
    "slow.service": "[Service]\nType=notify\nExecStart=sleep 1000\n",
    "t@.service": "[Unit]\nDescription=Instance %i\n[Service]\nExecStart=sleep 1000\n",
    "all.target": "[Unit]\nDescription=All of it\nAllowIsolate=yes\nWants=foo.service bar.service once.service t@a.service\nAfter=foo.service bar.service\n",
    "net.target": "[Unit]\nDescription=Net\n",
    "s.socket": "[Unit]\nDescription=Sock\n[Socket]\nListenStream=/run/s.sock\nListenStream=127.0.0.1:8123\nListenDatagram=/run/d.sock\n",
    "s.service": "[Service]\nExecStart=sleep 1000\n",
    "w.timer": "[Unit]\nDescription=Tick\n[Timer]\nOnCalendar=daily\nOnBootSec=5min\nUnit=short.service\n",
    "default.target": "[Unit]\nDescription=Default\nWants=all.target\nAfter=all.target\nAllowIsolate=yes\n",
    "multi-user.target": "[Unit]\nDescription=Multi\n",
    "x-y.service": "[Unit]\nDescription=With ümläuts and a rather long description that goes on\n[Service]\nExecStart=/bin/sh -c 'sleep 1000 & exec sleep 1001'\n",
    "my.slice": "[Unit]\nDescription=My slice\n[Slice]\nCPUWeight=50\n",
    "insl.service": "[Unit]\nDescription=In slice\n[Service]\nSlice=my.slice\nExecStart=sleep 1000\n",
    "masked.service": "",
    "p.path": "[Unit]\nDescription=Watch\n[Path]\nPathExists=/run/nosuch\nPathChanged=/tmp\nUnit=short.service\n",
    "acc.socket": "[Socket]\nListenStream=/run/acc.sock\nAccept=yes\n",
    "acc@.service": "[Service]\nExecStart=cat\nStandardInput=socket\n",
    "pre.service": "[Unit]\nAssertPathExists=/nonexistent\nConditionPathExists=|!/etc\n[Service]\nExecStart=true\n",
    "cpre.service": "[Service]\nExecStartPre=sleep 1000\nExecStart=true\n",
    "sig.service": "[Service]\nType=oneshot\nExecStart=sh -c 'kill -9 $$$$'\n",
    "say.service": "[Service]\nType=notify\nNotifyAccess=all\nRuntimeMaxSec=1h\nExecStart=sh -c 'systemd-notify --ready --status=hello; sleep 1000'\n",
}

# Commands in order. Those with "! " in front only change what the others see.
COMMANDS = """
! systemctl start default.target foo x-y insl
! systemctl start bad cond
systemctl list-units
systemctl
systemctl list-units nosuch
systemctl list-units -a
systemctl list-units --all --plain
systemctl list-units --no-legend foo.service bar.service
systemctl list-units -o json f* b*
systemctl list-units -o json-pretty f*
systemctl list-units -o json nosuch*
systemctl list-units -o json-pretty nosuch*
systemctl list-units -q f*
systemctl list-units --plain f* bad*
systemctl list-units f* bad
systemctl --failed
systemctl --failed -q
systemctl list-units --failed --plain -o json
systemctl list-units --state=failed,nonsense
systemctl list-units --state=inactive
systemctl list-units --state=running --state=exited
systemctl list-units --state=help
systemctl list-units --state=
systemctl -t help
systemctl list-units -t nonsense
systemctl list-units -t service,masked
systemctl list-units -t service
systemctl list-units -t target,slice -a
systemctl list-units -t
systemctl list-units --type= 
systemctl list-units --legend=no bad.service
systemctl list-units --legend=yes -q bad.service
systemctl list-units --legend=foo
systemctl list-units --full
systemctl list-units 't@*'
systemctl list-units -- -.slice
systemctl list-sockets
systemctl list-sockets -a
systemctl list-sockets -a --show-types
systemctl list-sockets --no-legend
systemctl list-sockets -o json
systemctl list-timers -a
systemctl list-timers
systemctl list-timers -a -o json
systemctl list-automounts
systemctl list-automounts -a
systemctl list-jobs
systemctl list-jobs foo.service
systemctl list-jobs -o json
systemctl list-machines
systemctl list-machines -o json
systemctl list-machines --no-legend
systemctl list-machines --plain
systemctl list-dependencies
systemctl list-dependencies all.target bar
systemctl list-dependencies --plain bar -a
systemctl list-dependencies bar -a
systemctl list-dependencies all.target -a
systemctl list-dependencies --plain all.target
systemctl list-dependencies --reverse foo
systemctl list-dependencies --reverse -a sysinit.target
systemctl list-dependencies --after all.target
systemctl list-dependencies --before foo
systemctl list-dependencies --before -a foo
systemctl list-dependencies --plain --after -a bar
systemctl list-dependencies nosuch
systemctl list-dependencies 'all*'
systemctl list-dependencies 'nosuch*'
systemctl status foo bad nosuch
systemctl status
systemctl status bar x-y cond once
systemctl status 1
systemctl status 99999
systemctl status all.target my.slice w.timer s.socket
systemctl status all.target
systemctl status w.timer
systemctl status s.socket
systemctl status broken -n0
systemctl status masked
systemctl status byhand
systemctl status x*
systemctl status zz*
systemctl status foo bar -q
systemctl -l status t@a
systemctl status t@
systemctl status t@nope
systemctl status -- -.slice
systemctl status --state=failed
systemctl status -t slice
systemctl status nosuch
systemctl status nosuch1 nosuch2
systemctl status foo --timestamp=unix
systemctl status foo --timestamp=us
systemctl status foo --timestamp=utc
systemctl status foo --timestamp=us+utc
systemctl status foo -o json
systemctl status /run
systemctl status /dev/null
systemctl is-active foo
systemctl is-active foo bad nosuch
systemctl is-active bad
systemctl is-active -q bad
systemctl is-active -q foo
systemctl is-active 'f*' 'b*'
systemctl is-active
systemctl is-failed foo
systemctl is-failed bad
systemctl is-failed foo bad
systemctl is-failed
systemctl is-failed 'b*'
systemctl show foo
systemctl show bar
systemctl show bad
systemctl show once
systemctl show cond
systemctl show my.slice
systemctl show all.target
systemctl show w.timer
systemctl show s.socket
systemctl show -- -.slice
systemctl show nosuch
systemctl show masked
systemctl show broken
systemctl show
systemctl show -a foo
systemctl show -a
systemctl show 5
systemctl show -p Id,Names foo bar
systemctl show -P Id foo bar
systemctl show --value -p Id -p Nonsense foo
systemctl show -p Names -p Id foo
systemctl show -p Id f* b*
systemctl show -p Version -p Nonsense
systemctl show -p ExecStart once bad foo
systemctl show -p Environment -p EnvironmentFiles bar
systemctl show -p Documentation foo --value
systemctl show -p FragmentPath -p DropInPaths bar
systemctl show -p '' foo
systemctl show --property=MainPID,ActiveState foo
systemctl show --timestamp=unix -p ActiveEnterTimestamp foo
systemctl show --timestamp=utc -p ActiveEnterTimestamp foo
systemctl show --timestamp=us -p ActiveEnterTimestamp foo
systemctl cat foo bar
systemctl cat foo nosuch bar
systemctl cat nosuch
systemctl cat 'b*'
systemctl cat w.timer sysinit.target
systemctl cat masked
systemctl cat t@a
systemctl cat t@
systemctl cat broken
systemctl cat 'zz*'
systemctl nonsense
systemctl start
systemctl isolate a b
systemctl isolate
systemctl --nonsense
systemctl -Z
systemctl --sta
systemctl --stat=failed
systemctl --job-mode=x start foo
systemctl --job-mode=help
systemctl -s help
systemctl -s list
systemctl -s 99 kill foo
systemctl -s FOO kill foo
systemctl -s SIGCONT kill foo
systemctl -s 18 kill foo
systemctl --kill-whom=x kill foo
systemctl --kill-whom=main -s CONT kill foo
systemctl --kill-who=control -s CONT kill foo
systemctl kill nosuch
systemctl kill bad
systemctl --what=help
systemctl --what=
systemctl --timestamp=x
systemctl --timestamp=help
systemctl -o x
systemctl -o help
systemctl -n x
systemctl --check-inhibitors=x
systemctl set-property foo
systemctl set-property foo Nonsense=30
systemctl set-property foo CPUWeight
systemctl bind foo /a
systemctl bind foo
systemctl mount-image foo /a
systemctl mount-image foo
systemctl reset-failed nosuch
systemctl reset-failed foo
systemctl reset-failed 'zz*'
systemctl set-environment A=1 "B=two words"
systemctl set-environment A
systemctl show-environment
systemctl unset-environment A B
systemctl show-environment
systemctl import-environment
systemctl import-environment NOSUCH
systemctl import-environment HOME
systemctl import-environment A=B
systemctl log-level
systemctl log-level nonsense
systemctl log-target
systemctl log-target nonsense
systemctl service-watchdogs
systemctl service-watchdogs no
systemctl service-watchdogs
systemctl service-watchdogs yes
systemctl service-watchdogs maybe
systemctl start foo
systemctl start nosuch
systemctl start foo nosuch nosuch2
systemctl start bad
systemctl start bad -q
systemctl start broken
systemctl start masked
systemctl start byhand
systemctl start t@
systemctl start cond
systemctl start 'f*'
systemctl start 'zz*'
systemctl restart nosuch
systemctl restart once
systemctl try-restart cond
systemctl condrestart cond
systemctl try-restart nosuch
systemctl reload foo
systemctl reload bar
systemctl reload cond
systemctl reload-or-restart once
systemctl try-reload-or-restart cond
systemctl force-reload cond
systemctl stop nosuch
systemctl stop cond
systemctl stop foo nosuch
! systemctl start default.target
systemctl isolate foo
systemctl isolate foo.service
systemctl isolate nosuch
systemctl start -T foo
systemctl start -T nosuch
systemctl start --wait foo.service nosuch.service --no-block
systemctl start --no-block foo
systemctl stop --wait foo
systemctl help foo
systemctl help
systemctl switch-root
systemctl start --marked
systemctl reload-or-restart --marked foo
systemctl reload-or-restart
systemctl is-system-running
systemctl is-system-running -q
systemctl is-system-running x
systemctl exit x
systemctl --dry-run default
systemctl --dry-run exit
systemctl cancel
systemctl cancel 9999
systemctl cancel x
systemctl --user list-units
systemctl -M foo list-units
systemctl --root=/ start foo
systemctl daemon-reload x
systemctl daemon-reload
systemctl service-log-level
systemctl default
! systemctl start --no-block slow
systemctl list-jobs
systemctl list-jobs --after
systemctl list-jobs -o json
systemctl list-jobs -o json-pretty
systemctl list-jobs --no-legend
systemctl list-jobs slow.service
systemctl list-jobs foo.service
systemctl status slow
systemctl show slow
systemctl list-units 'slow*'
systemctl list-units -o json 'slow*'
! systemctl start default.target
! systemctl start default.target s.socket acc.socket p.path w.timer my.slice say
! systemctl start pre
! systemctl start sig
! systemctl start --no-block cpre
systemctl list-sockets
systemctl list-sockets -a
systemctl list-sockets --show-types
systemctl list-sockets -o json
systemctl list-sockets -o json --show-types
systemctl list-sockets --no-legend s.socket
systemctl list-sockets 's*' -q
systemctl list-timers
systemctl list-timers -a
systemctl list-units -a
systemctl list-units -t socket,path,timer
systemctl status s.socket acc.socket p.path w.timer
systemctl status pre cpre sig say s.service acc@.service
systemctl status short
systemctl show s.socket
systemctl show acc.socket
systemctl show p.path
systemctl show pre
systemctl show sig
systemctl show say
systemctl show cpre
systemctl show -a p.path
systemctl show -p Conditions -p Asserts pre
systemctl list-dependencies -a default.target
systemctl list-dependencies --reverse -a s.service
systemctl stop s.service
systemctl status
systemctl list-jobs
systemctl list-jobs --before --after
systemctl cat acc@1.service
systemctl is-active p.path s.socket
systemctl --failed -o json-pretty
systemctl list-units --plain --no-legend -t service --state=running
systemctl status -- cpre --no-pager
systemctl reset-failed
systemctl stop s.socket acc.socket p.path
systemctl start s.socket
systemctl set-property --runtime foo CPUWeight=33
systemctl set-property --runtime foo TasksMax=44 MemoryMax=1G
systemctl show -p CPUWeight -p TasksMax -p MemoryMax foo
systemctl cat foo
systemctl status foo
systemctl kill -s CONT 'f*'
systemctl show-environment
systemctl set-environment 'Q=a"b' 'D=$HOME' 'T=a b' 'E=' "S=it's"
systemctl show-environment
systemctl log-level
systemctl log-level debug
systemctl log-level
systemctl log-target
systemctl daemon-reexec
! systemctl start w.timer w2.timer w3.timer
systemctl list-timers
systemctl list-timers -a
systemctl list-timers --no-legend
systemctl list-timers w2*
systemctl list-timers --timestamp=utc
systemctl status w.timer w2.timer w3.timer
systemctl show w.timer
systemctl show w2.timer
systemctl list-units --with-dependencies bar.service
systemctl list-units --with-dependencies all.target
systemctl status --with-dependencies bar
systemctl cat --with-dependencies bar
systemctl list-units --with-dependencies 'f*'
systemctl list-units -r
systemctl list-sockets -r
"""


def test_same_lines_and_exit_status(box, tmp_path):
    for name, text in UNITS.items():
        box.unit(name, text)
    box.start()
    assert differences(box, tmp_path, COMMANDS) == []
