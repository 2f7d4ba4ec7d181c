# SPDX-License-Identifier: Apache-2.0
"""RootDirectory= and what belongs to it, asked from inside of a small root that the test makes."""

import re
import shutil
import subprocess

import pytest
from executor import NOBODY, needs_capability, run

pytestmark = needs_capability("CAP_SYS_ADMIN")

PROGRAMS = ("sh", "ls", "cat", "stat", "readlink", "touch", "mount")


def make_root(root, programs=PROGRAMS):
    """A directory with some programs and what they are linked with."""
    for name in programs:
        program = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
        linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for path in ["/bin/" + name, *re.findall(r"(/\S+) \(", linked)]:
            target = root / path[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.copy(program if path.startswith("/bin/") else path, target)
    return root


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return make_root(tmp_path_factory.mktemp("root"))


@pytest.fixture
def root(template, tmp_path):
    shutil.copytree(template, tmp_path / "root", symlinks=True)
    for directory in (tmp_path, tmp_path / "root"):
        directory.chmod(0o755)
    return tmp_path / "root"


def ask(root, settings, script, facts=(), **options):
    """Runs a script in the root."""
    script = script.replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    lines = [f"RootDirectory={root}", "StandardOutput=inherit", "StandardError=inherit", *settings]
    return run([*lines, f'ExecStart=/bin/sh -c "{script}"'], facts, **options)


def test_the_root_is_its_own_with_the_usual_file_systems(root):
    result = ask(root, [], "ls /; cat /proc/self/comm; [ -c /dev/null ] && echo device; [ -d /sys/kernel ] && echo sys; ls /run")
    assert result.code == 0, (result.errors, result.reports)
    assert set(result.lines) == {"cat", "device", "sys"} | {"bin", "dev", "proc", "run"} | {path.name for path in root.iterdir()}
    assert result.lines[-3:] == ["cat", "device", "sys"]
    assert not result.reports


def test_the_root_cannot_be_left(root):
    """A directory outside that is held, and a second chroot, lead out of a root that chroot(2) made."""
    (root / "leave.py").touch()
    script = "readlink /proc/1/root >/dev/null; ls -d /proc/self/root/bin; ls /proc/self/mountinfo; cat /proc/self/mountinfo"
    result = ask(root, [], script)
    assert result.code == 0, result.errors
    places = [line.split()[4] for line in result.lines if re.match(r"\d+ \d+ \d+:\d+ ", line)]
    assert "/" in places and all(re.match(r"/($|dev|proc|sys|run)", place) for place in places), places


def test_without_the_usual_file_systems(root):
    result = ask(root, ["MountAPIVFS=no"], "ls -d /proc /dev /run 2>/dev/null; echo end")
    assert result.lines == ["end"]
    assert not (root / "proc").exists()


def test_links_do_not_lead_out(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link").symlink_to(outside)
    settings = ["BindReadOnlyPaths=/etc/passwd:/link/copy"]
    result = ask(root, settings, "echo ran")
    assert (result.code, result.lines) == (226, [])
    assert not (outside / "copy").exists()
    (root / str(outside)[1:]).mkdir(parents=True)
    result = ask(root, settings, f"ls {outside}")
    assert (result.code, result.lines) == (0, ["copy"]), result.reports
    assert not (outside / "copy").exists()


def test_protections_hold_in_the_root(root):
    (root / "usr").mkdir(exist_ok=True)
    (root / "home").mkdir()
    (root / "home/secret").touch()
    script = (
        "for d in /usr /bin /run /proc/sys/kernel/domainname; do [ -w $d ] && (: >> $d/probe) 2>/dev/null && echo $d; done; ls /home;"
        " (echo x > /proc/sys/kernel/domainname) 2>/dev/null && echo tunable; ls /dev"
    )
    result = ask(root, ["ProtectSystem=strict", "ProtectHome=yes", "ProtectKernelTunables=yes", "PrivateDevices=yes"], script)
    assert result.code == 0, (result.errors, result.reports)
    assert not {"/usr", "/bin", "/run", "secret", "tunable"} & set(result.lines), result.lines
    assert {"null", "urandom"} <= set(result.lines) and "kmsg" not in result.lines


def test_what_is_the_units_own_is_seen(root, tmp_path):
    state = tmp_path / "state"
    socket = tmp_path / "notify"
    socket.touch()
    result = ask(
        root,
        ["StateDirectory=own", "SetCredential=word:s3cret", f"BindPaths={tmp_path}/state:/bound"],
        "touch $STATE_DIRECTORY/made; cat $CREDENTIALS_DIRECTORY/word; echo; ls $NOTIFY_SOCKET /bound",
        [f"StateRoot={state}", f"RuntimeRoot={tmp_path}/runtime"],
        env={"PATH": "/bin", "NOTIFY_SOCKET": str(socket)},
    )
    subprocess.run(["umount", f"{tmp_path}/runtime/credentials/probe.service"], check=False, capture_output=True)
    assert result.code == 0, (result.errors, result.reports)
    assert (state / "own/made").exists()
    assert result.lines == ["s3cret", str(socket), "", "/bound:", "own"]


def test_a_command_with_full_privilege_is_in_the_root(root):
    lines = [f"RootDirectory={root}", "ProtectSystem=strict", "StandardOutput=inherit", "ExecStart=+/bin/sh -c 'ls -d /proc/self; touch /made'"]
    result = run(lines)
    assert result.code == 0 and result.lines == ["/proc/self"]
    assert (root / "made").exists()


def test_private_users_and_another_user_in_the_root(root):
    result = ask(root, ["PrivateUsers=yes", f"User={NOBODY}", f"Group={NOBODY}"], "cat /proc/self/uid_map; stat -L -c %u /proc/self")
    assert result.code == 0, (result.errors, result.reports)
    assert [line.split() for line in result.lines] == [["0", "0", "1"], [str(NOBODY), str(NOBODY), "1"], [str(NOBODY)]]


def test_where_no_mount_name_space_can_be_had_it_is_said(root):
    """With CAP_SYS_CHROOT alone the root is another one all the same, and not called safe."""
    def drop():
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        for capability in range(64):
            if capability not in (18, 6, 7):  # CAP_SYS_CHROOT, CAP_SETGID, CAP_SETUID
                libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP

    result = ask(root, ["MountAPIVFS=no"], "ls /bin/sh", before=drop)
    assert result.lines == ["/bin/sh"], (result.code, result.reports, result.errors)
    assert result.levels("RootDirectory") == ["weakened"]
    result = ask(root, ["MountAPIVFS=no"], "ls /bin/sh", ["Policy=strict"], before=drop)
    assert (result.code, result.lines) == (210, [])
