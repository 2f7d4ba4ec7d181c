# SPDX-License-Identifier: Apache-2.0
"""Services start, speak, end, restart and stop, as root and as a plain user."""

import os
import signal

from tendbox import wait_for


def test_a_simple_service_runs_and_stops(any_box):
    any_box.unit("a.service", "[Service]\nExecStart=/bin/sh -c 'echo hello; exec sleep 1000'\n")
    any_box.start()
    assert any_box.systemctl("start", "a.service").returncode == 0
    assert any_box.is_active("a.service") == "active"
    wait_for(lambda: "hello" in any_box.log("a.service"), "output in the log")
    assert any_box.systemctl("stop", "a.service").returncode == 0
    assert any_box.is_active("a.service") == "inactive"
    assert not any_box.processes("sleep")


def test_a_notification_makes_a_service_active(any_box):
    any_box.unit(
        "n.service",
        "[Service]\nType=notify\nNotifyAccess=all\n"
        "ExecStart=/bin/sh -c 'systemd-notify --ready --status=well; exec sleep 1000'\n",
    )
    any_box.start()
    result = any_box.systemctl("start", "n.service")
    assert result.returncode == 0, result.stderr + any_box.manager_log()
    assert any_box.show("n", "StatusText") == "well"


def test_exit_codes_are_kept(any_box):
    any_box.unit("f.service", "[Service]\nExecStart=/bin/sh -c 'exit 3'\n")
    any_box.start()
    any_box.systemctl("start", "f.service")
    any_box.wait_state("f.service", "failed")
    assert any_box.show("f", "ExecMainStatus") == "3"
    assert any_box.show("f", "Result") == "exit-code"


def test_a_killed_service_is_started_again(any_box):
    any_box.unit(
        "r.service", "[Service]\nExecStart=/bin/sleep 1000\nRestart=always\nRestartSec=0\n"
    )
    any_box.start()
    any_box.systemctl("start", "r.service")
    first = wait_for(lambda: any_box.processes("sleep"), "the service to run")
    os.kill(first[0], signal.SIGKILL)
    wait_for(lambda: any_box.processes("sleep") not in ([], first), "another process")
    assert any_box.show("r", "NRestarts") == "1"


def test_a_daemon_that_forked_twice_is_stopped_too(any_box):
    """Its children left their session and their parent; they are found all the same."""
    any_box.unit(
        "d.service",
        "[Service]\nType=forking\nExecStart=/bin/sh -c '(setsid sh -c \"sleep 2000 & sleep 1000\" &)'\n",
    )
    any_box.start()
    assert any_box.systemctl("start", "d.service").returncode == 0
    wait_for(lambda: len(any_box.processes("sleep")) == 2, "both to run")
    assert any_box.systemctl("stop", "d.service").returncode == 0
    assert not any_box.processes("sleep")


def test_sigterm_stops_everything_in_reverse_order(any_box):
    text = "[Unit]\n{}\n[Service]\nExecStart=/bin/sleep 1000\nExecStop=/bin/sh -c 'echo {} >> %s'\n"
    text %= any_box.path("run" if not any_box.is_system else "", "order")
    any_box.unit("first.service", text.format("", "first"))
    any_box.unit("second.service", text.format("Requires=first.service\nAfter=first.service", "second"))
    any_box.start()
    any_box.systemctl("start", "second.service")
    assert any_box.stop() == 0
    assert any_box.path("run" if not any_box.is_system else "", "order").read_text() == "second\nfirst\n"


def test_a_descriptor_is_kept_over_a_restart(any_box):
    program = any_box.path("units", "store.py")
    program.write_text(
        "import array, os, signal, socket, sys\n"
        "if os.environ.get('LISTEN_FDS'):\n"
        "    print('got', os.environ['LISTEN_FDNAMES'], os.read(3, 100).decode(), flush=True)\n"
        "else:\n"
        "    end = os.memfd_create('kept'); os.write(end, b'kept'); os.lseek(end, 0, 0)\n"
        "    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "    s.connect(os.environ['NOTIFY_SOCKET'])\n"
        "    fds = array.array('i', [end])\n"
        "    s.sendmsg([b'FDSTORE=1\\nFDNAME=box'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])\n"
        "    s.send(b'READY=1')\n"
        "    signal.pause()\n"
    )
    any_box.unit(
        "s.service",
        "[Service]\nType=notify\nFileDescriptorStoreMax=4\nRestart=no\n"
        f"ExecStart=/usr/bin/python3 {program}\n",
    )
    any_box.start()
    result = any_box.systemctl("start", "s.service")
    assert result.returncode == 0, any_box.manager_log()
    assert any_box.show("s", "NFileDescriptorStore") == "1"
    any_box.systemctl("restart", "s.service", "--no-block")
    wait_for(lambda: "got box kept" in any_box.log("s.service"), "the descriptor")
