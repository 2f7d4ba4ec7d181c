# SPDX-License-Identifier: Apache-2.0
"""Clients see what a setting makes of others, as with systemd 252; the words are its own answers to the same units."""

import pytest

EXPECTED = {
    "PrivateDevices=yes": {"DevicePolicy": "closed", "-CapabilityBoundingSet": "cap_mknod cap_sys_rawio"},
    "PrivateDevices=yes\nDevicePolicy=strict": {"DevicePolicy": "strict"},
    "PrivateDevices=yes\nCapabilityBoundingSet=CAP_MKNOD CAP_CHOWN": {"CapabilityBoundingSet": "cap_chown"},
    "ProtectClock=yes": {"-CapabilityBoundingSet": "cap_sys_time cap_wake_alarm"},
    "ProtectKernelModules=yes\nProtectKernelLogs=yes": {"-CapabilityBoundingSet": "cap_sys_module cap_syslog"},
    "DynamicUser=yes": {"NoNewPrivileges": "yes", "PrivateTmp": "yes", "ProtectHome": "read-only", "ProtectSystem": "strict",
                        "RemoveIPC": "yes", "RestrictSUIDSGID": "yes"},
    "DynamicUser=yes\nProtectSystem=full\nProtectHome=yes": {"ProtectHome": "yes", "ProtectSystem": "strict"},
    "Delegate=cpu memory": {"OOMPolicy": "continue"},
    "Delegate=yes\nOOMPolicy=kill": {"OOMPolicy": "kill"},
    "Nice=1": {"DevicePolicy": "auto", "OOMPolicy": "stop", "ProtectSystem": "no", "RemoveIPC": "no"},
}


@pytest.fixture
def box(make_box):
    return make_box()


def test_what_is_implied_is_shown(box):
    for i, settings in enumerate(EXPECTED):
        box.unit(f"u{i}.service", f"[Service]\nExecStart=/bin/sleep 1000\n{settings}\n")
    box.start()
    everything = None
    for i, (settings, expected) in enumerate(EXPECTED.items()):
        for name, value in expected.items():
            shown = box.show(f"u{i}.service", name.lstrip("-"))
            if name.startswith("-"):  # all but these
                everything = everything or set(box.show(f"u{len(EXPECTED) - 1}.service", name[1:]).split())
                assert everything - set(shown.split()) == set(value.split()), settings
            else:
                assert shown == value, (settings, name)


def test_lists_are_shown_in_order(box):
    box.unit("p.service", "[Service]\nExecStart=/bin/true\nSocketBindAllow=ipv4:tcp:80-90\nSocketBindAllow=udp\nSocketBindDeny=any\n")
    box.unit("b.service", "[Service]\nExecStart=/bin/true\nIOReadBandwidthMax=/dev/zero 2M\nBlockIOWriteBandwidth=/dev/null 1M\nIODeviceWeight=/dev/null 5\n")
    box.start()
    assert box.show("p.service", "SocketBindDeny") == "any"
    assert box.show("p.service", "SocketBindAllow").split() == ["udpany", "ipv4:tcp80-90"]  # so systemctl writes them
    assert box.show("b.service", "IOReadBandwidthMax") == "/dev/zero 2000000"
    assert box.show("b.service", "BlockIOWriteBandwidth") == "/dev/null 1000000"
    assert box.show("b.service", "IODeviceWeight") == "/dev/null 5"
