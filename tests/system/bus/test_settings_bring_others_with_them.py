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
