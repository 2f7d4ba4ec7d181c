# SPDX-License-Identifier: Apache-2.0
"""Marks of units, mounts for services that run, and the users that DynamicUser= made."""

import os
import signal

import pytest


pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for the system's manager")




def test_marked_units_are_restarted_or_reloaded(make_box):
    box = make_box(keeper=True)
    for name in ("a", "b", "c"):
        box.unit(f"{name}.service", "[Service]\nExecStart=sleep 1000\nExecReload=true\n")
    box.start()
    assert box.systemctl("start", "a", "b", "c").returncode == 0
    before = {name: box.show(name, "MainPID") for name in "abc"}
    assert box.systemctl("set-property", "a.service", "Markers=needs-restart").returncode == 0
    assert box.systemctl("set-property", "b.service", "Markers=+needs-reload").returncode == 0
    assert box.systemctl("set-property", "c.service", "Markers=+needs-restart +needs-reload").returncode == 0
    assert box.systemctl("set-property", "c.service", "Markers=-needs-restart -needs-reload").returncode == 0
    assert (box.show("a", "Markers"), box.show("b", "Markers"), box.show("c", "Markers")) == ("needs-restart", "needs-reload", "")
    box.forget_ready()
    box.kill_manager(signal.SIGKILL)
    box.wait_ready()
    assert box.show("a", "Markers") == "needs-restart"
    result = box.systemctl("reload-or-restart", "--marked")
    assert result.returncode == 0, result.stderr
    after = {name: box.show(name, "MainPID") for name in "abc"}
    assert after["a"] != before["a"] and after["b"] == before["b"] and after["c"] == before["c"]
    assert box.show("b", "Markers") == box.show("a", "Markers") == ""
    wrong = box.systemctl("set-property", "a.service", "Markers=nonsense")
    assert wrong.returncode != 0 and 'Unknown marker "nonsense"' in wrong.stderr, wrong.stderr


def test_a_running_service_gets_a_mount(box):
    box.unit("a.service", "[Service]\nPrivateTmp=yes\nExecStart=sleep 1000\n")
    box.unit("open.service", "[Service]\nExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "a", "open").returncode == 0
    source = box.path("source")
    source.mkdir()
    (source / "file").write_text("here")
    result = box.systemctl("bind", "--mkdir", "--read-only", "a.service", source, "/tmp/there/deep")
    assert result.returncode == 0, result.stderr
    seen = f"/proc/{box.show('a', 'MainPID')}/root/tmp/there/deep"
    assert box.run("cat", f"{seen}/file").stdout == "here"
    assert "ead-only" in box.run("touch", f"{seen}/more").stderr
    assert box.systemctl("bind", "--mkdir", "a.service", source / "file", "/tmp/file").returncode == 0
    assert box.run("cat", f"/proc/{box.show('a', 'MainPID')}/root/tmp/file").stdout == "here"
    refused = box.systemctl("bind", "open.service", source, "/mnt")
    assert "Unit not running in private mount namespace" in refused.stderr, refused.stderr
    missing = box.systemctl("bind", "a.service", source, "/tmp/nowhere")
    assert "No such file or directory" in missing.stderr, missing.stderr
    assert box.systemctl("stop", "a").returncode == 0
    assert "not running" in box.systemctl("bind", "a.service", source, "/tmp").stderr


def test_dynamic_users_are_listed(box):
    box.unit("d.service", "[Service]\nDynamicUser=yes\nUser=somebody\nExecStart=sleep 1000\n")
    box.start()
    assert box.systemctl("start", "d").returncode == 0
    uid = box.run("stat", "--format=%u", f"/proc/{box.show('d', 'MainPID')}").stdout.strip()
    script = box.path("ask.py")
    script.write_text(
        "import dbus, sys\n"
        "from dbus.lowlevel import MethodCallMessage\n"
        "bus = dbus.connection.Connection('unix:path=/run/systemd/private')\n"
        "def ask(member, *arguments):\n"
        "    call = MethodCallMessage('org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager', member)\n"
        "    call.append(*arguments)\n"
        "    try:\n"
        "        return [str(a) for a in bus.send_message_with_reply_and_block(call).get_args_list()]\n"
        "    except dbus.DBusException as error:\n"
        "        return error.get_dbus_name()\n"
        "print(ask('LookupDynamicUserByName', 'somebody'), ask('LookupDynamicUserByUID', dbus.UInt32(int(sys.argv[1]))))\n"
        "print(ask('LookupDynamicUserByName', 'nobody'), ask('LookupDynamicUserByUID', dbus.UInt32(1)))\n"
        "print(sys.argv[1] in ask('GetDynamicUsers')[0])\n"
    )
    if box.run("/usr/bin/python3", "-c", "import dbus").returncode != 0:
        pytest.skip("needs python3-dbus")
    answer = box.run("/usr/bin/python3", script, uid)
    missing = "org.freedesktop.systemd1.NoSuchDynamicUser"
    assert answer.stdout.splitlines() == [f"['{uid}'] ['somebody']", f"{missing} {missing}", "True"], answer.stdout + answer.stderr
