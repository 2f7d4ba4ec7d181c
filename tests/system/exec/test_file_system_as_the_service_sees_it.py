# SPDX-License-Identifier: Apache-2.0
"""Settings about the file system and name spaces, asked from inside: what is there, what may be written."""

import os
import stat
import tempfile
from pathlib import Path

import pytest
from executor import NOBODY, needs_capability, run

pytestmark = needs_capability("CAP_SYS_ADMIN")


def ask(settings, script, facts=(), **options):
    """Runs a script given on the command line, so that it needs no file."""
    for old, new in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$"), ("\n", "\\n")):
        script = script.replace(old, new)
    lines = ["StandardOutput=inherit", "StandardError=inherit", *settings, f'ExecStart=/bin/sh -c "{script}"']
    return run(lines, facts, **options)


def can_write(settings, *paths, facts=()):
    """Which of these directories a file can be made in."""
    script = "\n".join(f"(: > {path}/tend-probe) 2>/dev/null && rm {path}/tend-probe && echo {path}" for path in paths)
    return ask(settings, script + "\ntrue", facts).lines


def test_protect_system_closes_what_it_says(tmp_path):
    own = str(tmp_path)
    assert can_write(["ProtectSystem=no"], "/usr", "/etc", own) == ["/usr", "/etc", own]
    assert can_write(["ProtectSystem=yes"], "/usr", "/boot", "/etc", own) == ["/etc", own]
    assert can_write(["ProtectSystem=full"], "/usr", "/boot", "/etc", own) == [own]
    assert can_write(["ProtectSystem=strict"], "/usr", "/etc", "/var", "/run", own, "/home") == ["/home"]


def test_paths_are_excepted_and_closed_at_any_depth(tmp_path):
    for name in ("a/b/c", "x"):
        tmp_path.joinpath(name).mkdir(parents=True)
    a, b, c, x = (str(tmp_path / name) for name in ("a", "a/b", "a/b/c", "x"))
    settings = ["ProtectSystem=strict", f"ReadWritePaths={a}", f"ReadOnlyPaths={b}", f"ReadWritePaths={c} -/no/such"]
    assert can_write(settings, str(tmp_path), a, b, c, x) == [a, c]


def test_a_path_that_is_missing_fails_unless_a_dash_excuses_it():
    result = ask(["ReadOnlyPaths=/no/such/path"], "echo ran")
    assert result.code == 226
    assert result.levels("ReadOnlyPaths") == ["failed"]
    assert ask(["ReadOnlyPaths=-/no/such/path"], "echo ran").lines == ["ran"]


def test_protect_home():
    script = "ls -A /root | wc -l; stat -c %a /root; (: > /root/tend-probe) 2>/dev/null && rm /root/tend-probe && echo written"
    count, mode = ask(["ProtectHome=yes"], script).lines
    assert (count, mode) == ("0", "0")
    assert ask(["ProtectHome=read-only"], script).lines[-1] != "written"
    assert ask(["ProtectHome=tmpfs"], script).lines == ["0", "755"]
    assert ask([], script).lines[-1] == "written"


def test_inaccessible_paths(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    secret.chmod(0o644)
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "file").touch()
    node = tmp_path / "node"
    node.touch(mode=0)
    settings = [f"InaccessiblePaths={secret} {closed}"]
    result = ask(settings, f"cat {secret}; ls -A {closed}; stat -c %a {secret} {closed}", [f"InaccessibleNode={node}"])
    assert result.lines == ["0", "0"]


def test_private_tmp_is_another_directory(tmp_path):
    tmp, var_tmp = tmp_path / "t", tmp_path / "v"
    for directory in (tmp, var_tmp):
        directory.mkdir()
        directory.chmod(0o1777)
    facts = [f"PrivateTmpDirectory={tmp}", f"PrivateVarTmpDirectory={var_tmp}"]
    result = ask(["PrivateTmp=yes"], "echo 1 > /tmp/one; echo 2 > /var/tmp/two; ls /tmp /var/tmp", facts)
    assert result.lines == ["/tmp:", "one", "", "/var/tmp:", "two"]
    assert (tmp / "one").read_text() == "1\n" and (var_tmp / "two").read_text() == "2\n"


def test_private_devices_are_pseudo_devices_only():
    result = ask(
        ["PrivateDevices=yes"],
        "ls /dev; echo x > /dev/null && echo null; head -c 3 /dev/zero | wc -c; (: > /dev/x) 2>/dev/null || echo closed;"
        " mknod /tmp/tend-probe c 1 3 2>/dev/null || echo no nodes",
    )
    names = set(result.lines[:-4])
    assert {"null", "zero", "full", "random", "urandom", "tty", "pts", "shm", "fd"} <= names
    assert not names & {"kmsg", "mem", "vda", "loop0", "kvm"}
    assert result.lines[-4:] == ["null", "3", "closed", "no nodes"]


def test_kernel_tunables_modules_logs_and_groups():
    script = "(echo x > /proc/sys/kernel/domainname) 2>/dev/null && echo tunable; [ -w /sys/kernel ] && echo sys; true"
    assert ask(["ProtectKernelTunables=yes"], script).lines == []
    assert ask(["ProtectKernelModules=yes"], "ls -A /usr/lib/modules 2>/dev/null | wc -l").lines == ["0"]
    bounding = int(ask(["ProtectKernelModules=yes", "ProtectKernelLogs=yes"], "grep CapBnd /proc/self/status").field("CapBnd"), 16)
    assert not bounding & (1 << 16 | 1 << 34)  # CAP_SYS_MODULE, CAP_SYSLOG
    groups = "/sys/fs/cgroup"
    assert ask(["ProtectControlGroups=yes"], f"mkdir {groups}/unified/tend-probe {groups}/tend-probe").code == 1


def test_a_missing_source_is_named(tmp_path):
    result = ask([f"BindPaths=/no/such/source:{tmp_path}/place"], "echo ran")
    assert result.code == 226
    texts = [text for _, _, name, text in result.reports if name == "BindPaths"]
    assert texts == ["/no/such/source: No such file or directory"]


def test_bind_paths_and_temporary_file_systems(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "file").write_text("bound")
    result = ask(
        ["TemporaryFileSystem=/srv:ro,size=1M /opt", f"BindPaths={source}:/srv/a/b", f"BindReadOnlyPaths={source}:/opt/c"],
        "cat /srv/a/b/file; echo; echo new > /srv/a/b/new; (: > /opt/c/x) 2>/dev/null || echo c is closed;"
        " (: > /srv/x) 2>/dev/null || echo srv is closed; : > /opt/x && echo opt is open; df --output=size -k /srv | tail -n 1",
    )
    assert [line.strip() for line in result.lines] == ["bound", "c is closed", "srv is closed", "opt is open", "1024"]
    assert (source / "new").exists() and not Path("/srv/a").exists()


def test_exec_paths(tmp_path):
    program = tmp_path / "program"
    program.write_bytes(Path("/bin/true").read_bytes())
    program.chmod(0o755)
    settings = ["NoExecPaths=/", "ExecPaths=/usr /lib -/lib64 /bin"]
    assert ask(settings, f"{program} 2>/dev/null; echo $?; /usr/bin/true; echo $?").lines == ["126", "0"]


def test_processes_of_others_are_hidden():
    result = ask([f"User={NOBODY}", "ProtectProc=invisible", "ProcSubset=pid"], "[ -e /proc/1 ] || echo hidden; ls /proc/meminfo")
    assert result.lines[0] == "hidden"
    assert "No such file" in result.output + result.errors


def test_network_is_private_with_a_loopback_that_is_up():
    result = ask(["PrivateNetwork=yes"], "ls /sys/class/net; tail -n +3 /proc/net/dev | wc -l; cat /proc/net/route | wc -l")
    assert result.lines[-2:] == ["1", "1"]
    here = os.readlink("/proc/self/ns/net")
    assert ask([f"NetworkNamespacePath=/proc/{os.getpid()}/ns/net"], "readlink /proc/self/ns/net").lines == [here]


@pytest.mark.parametrize("setting,name", [("PrivateIPC", "ipc"), ("ProtectHostname", "uts"), ("PrivateMounts", "mnt")])
def test_name_spaces_are_the_services_own(setting, name):
    assert ask([f"{setting}=yes"], f"readlink /proc/self/ns/{name}").lines != [os.readlink(f"/proc/self/ns/{name}")]
    assert ask([], f"readlink /proc/self/ns/{name}").lines == [os.readlink(f"/proc/self/ns/{name}")]


def test_a_command_with_full_privilege_sees_everything(tmp_path):
    lines = ["ProtectSystem=strict", "StandardOutput=inherit", f"ExecStart=+/bin/touch {tmp_path / 'made'}"]
    assert run(lines).code == 0
    assert stat.S_ISREG((tmp_path / "made").stat().st_mode)


def test_a_dynamic_user_is_closed_in(tmp_path):
    with tempfile.TemporaryDirectory(dir="/run") as root:  # /tmp is hidden from it
        os.chmod(root, 0o755)
        tmp_path.chmod(0o1777)
        facts = ["DynamicUid=61234", f"StateRoot={root}", f"PrivateTmpDirectory={tmp_path}", f"PrivateVarTmpDirectory={tmp_path}"]
        result = ask(
            ["DynamicUser=yes", "StateDirectory=d"],
            f"id -u; : > {root}/d/x && echo state; : > /tmp/y && echo tmp; (: > /etc/z) 2>/dev/null || echo etc is closed",
            facts,
        )
        assert result.lines == ["61234", "state", "tmp", "etc is closed"]


def test_without_privilege_the_service_runs_and_says_what_is_missing():
    result = ask(["ProtectSystem=strict", "PrivateTmp=yes"], "echo ran", uid=NOBODY)
    assert result.lines == ["ran"]
    assert result.levels("ProtectSystem") == ["refused"]
    result = ask(["TemporaryFileSystem=/srv"], "echo ran", uid=NOBODY)
    assert result.code == 226
