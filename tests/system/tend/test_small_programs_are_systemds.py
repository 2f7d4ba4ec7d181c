# SPDX-License-Identifier: Apache-2.0
"""tend under the names systemd-run, systemd-notify, systemd-cat, systemd-cgls and systemd-cgtop."""

import os
import shutil

import pytest
import tendbox
from same_answers import differences
from tendbox import BIN

UNITS = {
    "foo.service": "[Service]\nExecStart=sleep 1000\n",
    "bar.service": "[Service]\nExecStart=sleep 1000\n",
}

COMMANDS = """
! systemctl start foo bar
systemd-cgls /tend.system
systemd-cgls -u foo.service
systemd-cgls --unit foo.service bar
systemd-cgls -u nosuch
systemd-cgls --unit=foo bar
systemd-cgls nosuch
systemd-cgls --xattr=x
systemd-cgls --foo
systemd-notify --ready
systemd-notify --booted
systemd-notify --ready --booted
systemd-notify --pid=x
systemd-notify --uid=nosuch --ready
systemd-notify --no-block A=1
systemd-cat -p nonsense
systemd-cat -p 3 --level-prefix=x
systemd-cat --stderr-priority=x
systemd-cat nosuchprogram
systemd-cgtop --order=x
systemd-cgtop -d x
systemd-cgtop -n x
systemd-cgtop a b
systemd-cgtop --cpu=x
systemd-cgtop --depth=x
systemd-cgtop --recursive=x
systemd-cgtop -d 0
systemd-cgtop -d -1
systemd-cgtop -b -1 /nosuch
systemd-cgtop -b -1 nosuch
systemd-run
systemd-run -p Foo=1 true
systemd-run -p Foo true
systemd-run --on-active=x true
systemd-run nosuchprog
systemd-run --scope --wait true
systemd-run --pty --scope true
systemd-run --on-active=1 --wait true
systemd-run --nice=99 true
systemd-run --nice=x true
systemd-run --on-active=5
systemd-run --unit=foo
systemd-run --shell true
systemd-run -E A B true
systemd-run --remain-after-exit --scope true
systemd-run --timer-property=x true
systemd-run --no-block --wait true
systemd-run -p CPUWeight=x true
systemd-run --on-active=1 --path-property=PathExists=/x true
systemd-run --unit=a/b true
systemd-run --service-type=nosuch true
systemd-run -p Type=oneshot -q true
systemd-run -q -p LimitNOFILE=100 -p Environment=A=1 -p ExecStartPre=/bin/true true
systemd-run -q -p Slice=my.slice -p CPUQuota=20% -p IPAccounting=yes true
systemd-run -q -p After=foo.service -p ConditionPathExists=/ true
systemd-run -q -p SystemCallFilter=@system-service -p ProtectSystem=strict -p PrivateTmp=yes true
systemd-run -q -p LimitNOFILE=100:200 -p EnvironmentFile=-/nosuch true
systemd-run -q -p IPAddressDeny=any -p IPAddressAllow=127.0.0.0/8 -p SetCredential=key:s3cret true
systemd-run -q -p StandardInputData=aGVsbG8K -p WorkingDirectory=-/no/such/place true
systemd-run -q -p ExecSearchPath=/usr/bin true
systemd-run -q -p RootDirectory=/ true
systemctl status a/b
systemctl status 'a b'
systemctl show -p Id 'x y.service'
"""


@pytest.fixture
def named(box, tmp_path):
    """A running box, and a directory with all names."""
    for name, text in UNITS.items():
        box.unit(name, text)
    box.start()
    result = box.tend("install-names", tmp_path / "names", check=True)
    assert str(tmp_path / "names/systemctl") in result.stdout
    return box, tmp_path / "names"


@pytest.mark.skipif(not shutil.which("systemd-cgls"), reason="needs systemd-cgls")
def test_same_lines_and_exit_status(named):
    box, names = named
    assert differences(box, names, COMMANDS) == []


def test_names_are_installed_once(named):
    box, names = named
    (names / "systemd-cat").unlink()
    (names / "systemd-cat").write_text("another program")
    result = box.tend("install-names", names)
    assert result.returncode == 1
    assert "another program" in result.stderr
    assert result.stdout == ""
    assert (names / "systemd-cat").read_text() == "another program"


def test_names_are_installed_where_an_image_is_made(box):
    """There nobody has mounted /proc."""
    script = 'mount -t tmpfs none /proc && exec "$0" install-names /run/names'
    result = box.run("unshare", "--mount", "sh", "-c", script, BIN / "tend")
    assert result.returncode == 0, result.stderr
    assert os.readlink(box.inside("/run/names/systemctl")) == os.path.realpath(BIN / "tend")


@pytest.mark.parametrize("program", ["tend", "systemctl"])
def test_targets_without_a_file_are_not_missed(box, tmp_path, program):
    """An image without systemd has no multi-user.target; tend supplies it. What no file and nobody brings is missed."""
    link = tmp_path / program
    link.symlink_to(BIN / "tend")
    box.unit("x.service", "[Service]\nExecStart=true\n[Install]\nWantedBy=multi-user.target nosuch.target\n")
    script = 'unset SYSTEMD_UNIT_PATH; mount -t tmpfs none /usr/lib/systemd/system && cp "$1" /run/systemd/system/ && exec "$0" enable --runtime x.service'
    box.run("mkdir", "-p", "/run/systemd/system", check=True)
    result = box.run("unshare", "--mount", "sh", "-c", script, link, box.units / "x.service", env={"SYSTEMD_OFFLINE": "1"})
    assert result.returncode == 0, result.stderr
    assert "non-existent unit nosuch.target" in result.stderr
    assert "multi-user.target." not in result.stderr.replace("multi-user.target.wants", "")


def test_run_passes_on_the_exit_status(named):
    box, names = named
    assert box.run(names / "systemd-run", "--wait", "-q", "true").returncode == 0
    assert box.run(names / "systemd-run", "--wait", "-q", "sh", "-c", "exit 7").returncode == 7
    result = box.run(names / "systemd-run", "--wait", "false")
    assert result.returncode == 1
    assert "Finished with result: exit-code" in result.stderr
    assert "Main processes terminated with: code=exited/status=1" in result.stderr


def test_run_pipes_what_it_has_open(named):
    box, names = named
    result = box.run(names / "systemd-run", "--pipe", "-q", "-E", "A=5", "sh", "-c", "cat; echo $A >&2; exit 3", input="in\n")
    assert (result.returncode, result.stdout, result.stderr) == (3, "in\n", "5\n")


def test_run_gives_a_terminal(named):
    box, names = named
    result = box.run(names / "systemd-run", "--pty", "-q", "sh", "-c", "read x; tty; echo got $x; exit 4", input="hello\n")
    assert result.returncode == 4
    assert "/dev/pts/" in result.stdout
    assert "got hello" in result.stdout


def test_run_makes_what_was_said(named):
    box, names = named
    box.run(names / "systemd-run", "--unit=made", "-p", "Nice=5", "--description=Made", "-d", "sleep", "1000", check=True, cwd="/")
    assert box.show("made", "Nice") == "5"
    assert box.show("made", "Description") == "Made"
    assert box.show("made", "WorkingDirectory") == "/"
    assert box.is_active("made") == "active"


def test_notify_makes_a_service_ready(named):
    box, names = named
    script = f"{names}/systemd-notify --status=busy --no-block; {names}/systemd-notify --ready; sleep 1000"
    box.unit("n.service", f"[Service]\nType=notify\nNotifyAccess=all\nExecStart=sh -c '{script}'\n")
    box.systemctl("start", "n", check=True)
    assert box.is_active("n") == "active"
    assert box.show("n", "StatusText") == "busy"


def test_top_counts_what_runs(named):
    box, names = named
    box.systemctl("start", "foo", check=True)
    result = box.run(names / "systemd-cgtop", "-b", "-n", "1", "--depth=5", check=True)
    rows = [line.split() for line in result.stdout.splitlines()]
    assert any(row[0].endswith("/foo.service") and row[1] == "1" for row in rows)


@pytest.mark.skipif(shutil.which("systemd-cgtop") is None, reason="systemd-cgtop is not installed")
def test_top_tells_the_same_as_the_real_one(named):
    """Who is there and with how many processes; what the processor and memory did changes between two looks."""
    box, names = named
    box.unit("three.service", "[Service]\nExecStart=sh -c 'sleep 1000 & sleep 1000 & wait'\n")
    box.systemctl("start", "foo", "three", check=True)

    def rows(program, *options):
        result = box.run(program, "-b", *options)
        lines = [line.split() for line in result.stdout.splitlines()]
        # The real one reads the list of processes up to the first that lives in another name space: there are some in "/".
        return result.returncode, [line[:2] for line in lines if line and line[0] != "/"]

    def agree(*options):
        last = []

        def look():
            last[:] = [rows("systemd-cgtop", *options), rows(names / "systemd-cgtop", *options)]
            return last[0] == last[1]

        try:
            tendbox.wait_for(look, "the same answer")
        except tendbox.Timeout:
            assert last[1] == last[0], options
        return last[0][1]

    for count in ("-P", "-k"):
        found = agree("-1", "-p", count, "--depth=9")
        assert [row[1] for row in found if row[0].endswith("/three.service")] == ["3"]
        agree("-1", "-t", count, "--depth=9")
        agree("-1", "-t", count, "--depth=9", "--recursive=no")
        agree("-1", "-p", count, "--depth=9", "--cpu=time", "--raw")
        agree("-n", "2", "-d", "50ms", "-p", count, "--depth=9")
        assert agree("-1", "-p", count, "/nosuch") == []
