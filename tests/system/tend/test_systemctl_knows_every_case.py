# SPDX-License-Identifier: Apache-2.0
"""tend under the name systemctl beside the distribution's on the same tendd: options in odd places, names that are
none, requests that are refused."""

import shutil

import pytest
from same_answers import differences
from test_systemctl_is_systemds import UNITS

pytestmark = pytest.mark.skipif(not shutil.which("systemctl"), reason="needs systemctl")

COMMANDS = """
! systemctl start foo x-y insl
systemctl freeze
systemctl clean
systemctl mount-image foo /a /b
systemctl mount-image nosuch /etc/passwd /mnt
systemctl mount-image --mkdir --read-only foo /etc/passwd
systemctl bind nosuch /a /b
systemctl bind foo a b
systemctl bind foo /nosuch /mnt
systemctl bind bad /etc /mnt
systemctl bind --read-only foo /etc relative
systemctl switch-root /nosuch
systemctl switch-root /tmp /nosuch
systemctl exit 300
systemctl poweroff x
systemctl suspend x
systemctl --when=now poweroff
systemctl rescue --dry-run
systemctl exit 3 --dry-run
systemctl --boot-loader-menu=x --dry-run reboot
systemctl --check-inhibitors=help
systemctl is-system-running --wait
systemctl -M nosuch status foo
systemctl --image=/x --root=/y start foo
systemctl --root=/nosuch enable foo
systemctl --root=/nosuch is-enabled foo
systemctl --root=/nosuch cat foo
systemctl --root=/tmp status foo
systemctl --root=/tmp daemon-reload
systemctl --root=/tmp list-units
systemctl --root=
systemctl --root= list-units
systemctl --global list-units
systemctl --global is-enabled foo
systemctl --global list-unit-files nosuch
systemctl --global start foo
systemctl log-level 8
systemctl log-target kmsg
systemctl log-target
systemctl help foo
systemctl help nosuch
systemctl help 99999
systemctl edit foo
systemctl edit nosuch
systemctl edit --full nosuch
systemctl edit --force --full nosuch2
systemctl revert foo
systemctl revert nosuch
systemctl is-enabled foo bar nosuch
systemctl is-enabled t@.service t@x masked s.socket
systemctl is-enabled -l foo
systemctl is-enabled --quiet foo
systemctl enable nosuch
systemctl enable bar
systemctl enable -q bar
systemctl disable nosuch
systemctl reenable nosuch
systemctl preset nosuch
systemctl mask foo --runtime
systemctl unmask foo --runtime
systemctl mask nosuch --runtime
systemctl is-enabled nosuch
systemctl unmask --runtime nosuch
systemctl unmask nosuch
systemctl link /nosuch
systemctl link foo
systemctl link /etc/passwd
systemctl add-wants nosuch foo
systemctl add-wants all.target nosuch
systemctl add-requires x y
systemctl set-default nosuch
systemctl set-default nosuch.target
systemctl set-default foo.service
systemctl list-unit-files foo*
systemctl list-unit-files --state=enabled
systemctl list-unit-files --state=disabled,static
systemctl list-unit-files -t service
systemctl list-unit-files -t nonsense
systemctl list-unit-files -o json f*
systemctl list-unit-files -o json-pretty
systemctl list-unit-files --plain nosuch
systemctl list-unit-files --with-dependencies all.target
systemctl --preset-mode=x preset foo
systemctl --preset-mode=help
systemctl --kill-value=3 kill foo
systemctl --kill-whom=help
systemctl -s CONT --kill-whom=main kill foo bad
systemctl kill foo -s CONT --wait
systemctl reset-failed foo nosuch
systemctl set-property foo CPUWeight=max
systemctl set-property foo MemoryMax=1Q
systemctl set-property nosuch CPUWeight=20
systemctl set-property --runtime foo CPUWeight=20 Nonsense=1
systemctl set-property --runtime foo Description=x
systemctl set-property --runtime foo ExecStart=/bin/x
systemctl set-property --runtime 'f*' CPUWeight=20
systemctl set-property --runtime foo IPAddressDeny=any
systemctl set-property --runtime foo Restart=always
systemctl set-property --runtime foo DeviceAllow=/dev/null DevicePolicy=strict
systemctl set-property --runtime all.target CPUWeight=3
systemctl cancel 1 2
systemctl start foo --job-mode=isolate
systemctl start foo --job-mode=triggering
systemctl stop foo --job-mode=triggering
systemctl start foo bar -T
systemctl restart --marked
systemctl reload-or-restart --marked
systemctl start --user foo
systemctl show 99999
systemctl show abc/def
systemctl show a/b c
systemctl status /etc
systemctl status nosuch/path
systemctl show --type=slice -p Id
systemctl show --state=failed -p Id
systemctl show '*' -p Id
systemctl show -t slice '*' -p Id,Slice
systemctl list-units --type=service --type=socket
systemctl list-units --no-legend --plain --all --full -q
systemctl list-units --recursive foo.service
systemctl is-active nosuch/thing
systemctl is-active ''
systemctl status ''
systemctl start ''
systemctl stop 'a b'
systemctl start a@b@c.service
systemctl start foo.nonsense
systemctl start .service
systemctl start /etc/fstab
systemctl status foo -n 2 -o nonsense
systemctl cat /etc/passwd
systemctl show-environment --output=json
systemctl show-environment --output=json-pretty
systemctl import-environment --all
systemctl set-environment =x
systemctl set-environment 1A=x
systemctl unset-environment A=1
systemctl list-dependencies --reverse --all --plain foo
systemctl list-dependencies --before --reverse foo
systemctl list-dependencies --after --before foo
systemctl list-dependencies --before --after foo
systemctl list-dependencies --type=target all.target
systemctl list-sockets nosuch -o json
systemctl list-timers nosuch
systemctl list-machines nosuch
systemctl list-machines --all --full
systemctl list-automounts nosuch -o json
systemctl -P Version show
systemctl show -p SystemState,Tainted,NNames
systemctl -t service -t help
systemctl --signal=
systemctl --signal=help
systemctl --legend=maybe
systemctl --lines=-1
systemctl --root
systemctl --output=
systemctl --dry-run stop foo
systemctl --stdin edit foo
"""

def test_same_lines_and_exit_status(box, tmp_path):
    for name, text in UNITS.items():
        box.unit(name, text)
    box.start()
    assert differences(box, tmp_path, COMMANDS) == []
