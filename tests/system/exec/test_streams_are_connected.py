# SPDX-License-Identifier: Apache-2.0
"""Standard streams in every form."""

import os
import pty
import signal
import socket
import stat
import threading

import pytest
from executor import needs_root, run, shell

BOTH = "echo out; echo err >&2"


def run_plain(settings, script, facts=(), **options):
    """A shell line without the harness's own stream settings."""
    return run([*settings, "ExecStart=/bin/sh -c '%s'" % script.replace("$", "$$")], facts, **options)


def test_null_is_empty_and_swallows():
    result = run_plain(["StandardInput=null", "StandardOutput=null", "StandardError=null"],
                       "cat; readlink /proc/self/fd/0 /proc/self/fd/1 >&2; echo x")
    assert (result.code, result.output, result.errors) == (0, "", "")


def test_output_is_in_the_log_by_default(tmp_path):
    log = tmp_path / "log"
    for _ in range(2):
        result = run_plain([], BOTH, [f"LogFile={log}"])
        assert (result.code, result.output, result.reports) == (0, "", [])
    assert log.read_text() == "out\nerr\n" * 2
    assert stat.S_IMODE(log.stat().st_mode) == 0o640


@pytest.mark.parametrize("form", ["journal", "syslog"])
def test_journal_and_its_older_names(tmp_path, form):
    log = tmp_path / "log"
    run_plain([f"StandardOutput={form}", "StandardError=null"], BOTH, [f"LogFile={log}"])
    assert log.read_text() == "out\n"


def test_copies_for_the_console_are_reported(tmp_path):
    log = tmp_path / "log"
    result = run_plain(["StandardOutput=journal+console"], BOTH, [f"LogFile={log}"])
    assert log.read_text() == "out\nerr\n"
    assert result.levels("StandardOutput") == ["weakened"]


def test_without_a_log_output_is_lost_and_that_is_said():
    result = run_plain([], BOTH)
    assert result.code == 0
    assert result.levels("StandardOutput") == ["weakened"]


def test_file_does_not_truncate_append_appends_truncate_truncates(tmp_path):
    path = tmp_path / "file"
    expected = {"file": "new456", "append": "123456new", "truncate": "new"}
    for form, text in expected.items():
        path.write_text("123456")
        result = run_plain([f"StandardOutput={form}:{path}", "StandardError=null"], "printf new")
        assert (result.code, path.read_text()) == (0, text)


def test_a_new_file_gets_the_mode_of_the_mask(tmp_path):
    path = tmp_path / "new"
    run_plain([f"StandardOutput=file:{path}", "UMask=0026"], "echo x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_error_follows_output(tmp_path):
    path = tmp_path / "file"
    run_plain([f"StandardOutput=truncate:{path}"], BOTH)
    assert path.read_text() == "out\nerr\n"


def test_error_of_the_same_file_shares_its_position(tmp_path):
    path = tmp_path / "file"
    run_plain([f"StandardOutput=truncate:{path}", f"StandardError=truncate:{path}"], BOTH)
    assert path.read_text() == "out\nerr\n"


def test_error_to_another_file(tmp_path):
    run_plain([f"StandardOutput=append:{tmp_path}/out", f"StandardError=append:{tmp_path}/err"], BOTH)
    assert (tmp_path / "out").read_text() == "out\n"
    assert (tmp_path / "err").read_text() == "err\n"


def test_input_and_output_share_one_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("abc\n")
    result = run_plain([f"StandardInput=file:{path}", f"StandardOutput=file:{path}", "StandardError=null"],
                       "read line; echo got $line")
    assert result.code == 0
    assert path.read_text() == "abc\ngot abc\n"


def test_a_socket_in_the_file_system_is_connected(tmp_path):
    path = str(tmp_path / "socket")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    received = []

    def serve():
        connection, _ = server.accept()
        connection.sendall(b"question\n")
        with connection.makefile() as stream:
            received.append(stream.read())

    thread = threading.Thread(target=serve)
    thread.start()
    result = run_plain([f"StandardInput=file:{path}", f"StandardOutput=file:{path}", "StandardError=null"],
                       "read line; echo answer to $line")
    thread.join()
    assert (result.code, received) == (0, ["answer to question\n"])


def test_a_missing_input_file_is_fatal():
    result = run_plain(["StandardInput=file:/no/such/file"], "true")
    assert result.code == 208
    assert result.reports[-1] == ("STDIN", "failed", "StandardInput", "/no/such/file: No such file or directory")


def test_an_output_file_in_no_directory_is_fatal():
    assert run_plain(["StandardOutput=append:/no/such/file"], "true").code == 209
    assert run_plain(["StandardError=append:/no/such/file"], "true").code == 222


def test_data_can_only_be_read():
    result = shell(["StandardInputText=secret", "StandardOutput=inherit"],
                   "cat; (echo x >&0) 2>/dev/null && echo wrote")
    assert result.output == "secret\n"


def test_a_passed_descriptor_by_name():
    read, write = os.pipe()
    out_read, out_write = os.pipe()
    os.write(write, b"through the pipe\n")
    os.close(write)
    result = run_plain(["StandardInput=fd:in", "StandardOutput=fd:out", "StandardError=null"],
                       "cat; echo $LISTEN_FDS $LISTEN_FDNAMES", fds=[read, out_write], names="in:out")
    os.close(out_write)
    assert result.code == 0
    assert os.read(out_read, 100) == b"through the pipe\n2 in:out\n"


def test_a_name_that_was_not_passed_is_fatal():
    assert run_plain(["StandardInput=fd:missing"], "true").code == 208


def test_a_socket_for_a_service_of_the_old_kind():
    ours, theirs = socket.socketpair()
    ours.sendall(b"hello\n")
    ours.shutdown(socket.SHUT_WR)
    result = run_plain(["StandardInput=socket", "StandardError=null"],
                       "read line; echo got $line fds ${LISTEN_FDS-none}; ls /proc/self/fd | wc -l",
                       fds=[theirs.fileno()])
    theirs.close()
    assert result.code == 0
    assert ours.recv(100) == b"got hello fds none\n4\n"


def test_two_sockets_cannot_be_one_stream():
    one, two = socket.socketpair()
    assert run_plain(["StandardInput=socket"], "true", fds=[one.fileno(), two.fileno()]).code == 208


class Terminal:
    """A pseudo terminal whose far side is read here."""

    def __enter__(self):
        self.master, self.slave = pty.openpty()
        self.path = os.ttyname(self.slave)
        return self

    def __exit__(self, *_):
        os.close(self.master)
        os.close(self.slave)

    def text(self, n_lines):
        """What was written, up to this many lines; the terminal hands it over in pieces."""
        text = ""
        while text.count("\n") < n_lines:
            text += os.read(self.master, 1000).decode().replace("\r\n", "\n")
        return text


def test_a_terminal_becomes_the_controlling_one():
    with Terminal() as terminal:
        result = run_plain(["StandardInput=tty", f"TTYPath={terminal.path}", "TTYRows=33", "TTYColumns=44"],
                           "stty size; echo $TERM; echo tty >/dev/tty")
        assert result.code == 0
        assert terminal.text(3) == "33 44\nvt220\ntty\n"


def test_tty_fail_does_not_take_a_terminal_away():
    with Terminal() as terminal:
        settings = [f"TTYPath={terminal.path}", "StandardOutput=null"]
        ready, done = os.pipe()
        holder = os.fork()
        if holder == 0:
            os.setsid()
            os.close(os.open(terminal.path, os.O_RDWR))
            os.write(done, b"x")
            os.close(done)
            signal.pause()
        try:
            os.read(ready, 1)
            assert run_plain([*settings, "StandardInput=tty-fail"], "true").code == 208
        finally:
            os.kill(holder, signal.SIGKILL)
            os.waitpid(holder, 0)


@needs_root
def test_tty_force_takes_it():
    with Terminal() as terminal:
        result = run_plain([f"TTYPath={terminal.path}", "StandardInput=tty-force", "User=daemon"], "ls -l $(tty)")
        assert result.code == 0
        assert terminal.text(1).startswith("crw------- 1 daemon ")


def test_output_on_a_terminal_does_not_take_it():
    with Terminal() as terminal:
        result = run_plain([f"TTYPath={terminal.path}", "StandardOutput=tty"],
                           "tty; (true </dev/tty) 2>/dev/null || echo not mine")
        assert result.code == 0
        assert terminal.text(2) == "not a tty\nnot mine\n"


def test_helpers_leave_the_terminal_alone():
    with Terminal() as terminal:
        result = run(["StandardInput=tty", f"TTYPath={terminal.path}", "ExecStop=/usr/bin/tty"],
                     command=("ExecStop", 0))
        assert result.code == 1
        assert terminal.text(1) == "not a tty\n"
