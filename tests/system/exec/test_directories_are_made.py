# SPDX-License-Identifier: Apache-2.0
"""RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory= and ConfigurationDirectory=."""

import ctypes
import os
import pwd
import stat
from pathlib import Path

import pytest
from executor import needs_capability, needs_root, shell

KINDS = ["Runtime", "State", "Cache", "Logs", "Configuration"]
CODES = {"Runtime": 233, "State": 238, "Cache": 239, "Logs": 240, "Configuration": 241}


@pytest.fixture(name="roots")
def make_roots(tmp_path):
    """A root for each kind, as facts of a plan."""
    os.chmod(tmp_path, 0o755)
    for parent in tmp_path.parents:
        if os.stat(parent).st_uid == os.geteuid() and parent != Path("/") and parent != Path("/tmp"):
            os.chmod(parent, 0o755)
    return {kind: tmp_path / kind.lower() for kind in KINDS}


def facts(roots):
    return [f"{kind}Root={path}" for kind, path in roots.items()]


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@pytest.mark.parametrize("kind", KINDS)
def test_directories_and_their_variable(roots, kind):
    result = shell([f"{kind}Directory=foo/bar baz", f"{kind}DirectoryMode=0750", "UMask=0077"],
                   f"echo ${kind.upper()}_DIRECTORY", facts(roots))
    root = roots[kind]
    assert result.output.strip() == f"{root}/foo/bar:{root}/baz"
    assert (mode(root / "foo"), mode(root / "foo/bar"), mode(root / "baz")) == (0o755, 0o750, 0o750)


@needs_root
@pytest.mark.parametrize("kind", KINDS)
def test_the_innermost_belongs_to_the_user(roots, kind):
    shell([f"{kind}Directory=foo/bar", "User=daemon"], "true", facts(roots))
    expected = "root" if kind == "Configuration" else "daemon"
    assert pwd.getpwuid(os.stat(roots[kind] / "foo/bar").st_uid).pw_name == expected
    assert os.stat(roots[kind] / "foo").st_uid == 0


@needs_root
def test_a_command_with_full_privilege_makes_them_for_the_user_too(roots):
    from executor import run

    run(["RuntimeDirectory=a", "User=daemon", "ExecStart=+/bin/true"], facts(roots))
    assert pwd.getpwuid(os.stat(roots["Runtime"] / "a").st_uid).pw_name == "daemon"


def test_links(roots):
    shell(["RuntimeDirectory=foo:bar foo:sub/baz"], "true", facts(roots))
    root = roots["Runtime"]
    assert os.readlink(root / "bar") == "foo"
    assert os.readlink(root / "sub/baz") == "../foo"


def test_an_existing_configuration_directory_is_left(roots):
    directory = roots["Configuration"] / "foo"
    directory.mkdir(parents=True)
    directory.chmod(0o700)
    result = shell(["ConfigurationDirectory=foo"], "true", facts(roots))
    assert result.code == 0
    assert mode(directory) == 0o700
    assert result.levels("ConfigurationDirectoryMode") == ["note"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_in_the_way_is_fatal(roots, kind):
    roots[kind].mkdir()
    (roots[kind] / "foo").touch()
    result = shell([f"{kind}Directory=foo"], "true", facts(roots))
    assert result.code == CODES[kind]
    assert result.reports[-1][1:] == ("failed", f"{kind}Directory", "foo: Not a directory")


def without_sys_admin():
    """The executor does without CAP_SYS_ADMIN: the kernel gives it no name spaces."""
    drop_bounding, sys_admin = 24, 21  # PR_CAPBSET_DROP, CAP_SYS_ADMIN
    ctypes.CDLL(None).prctl(drop_bounding, sys_admin, 0, 0, 0)


@needs_root
def test_a_dynamic_user_has_private_directories_that_it_reaches(roots):
    settings = ["DynamicUser=yes", "StateDirectory=app", "CacheDirectory=app", "RuntimeDirectory=app"]
    more = [*facts(roots), "DynamicUid=61190"]
    result = shell(settings, "id -u; id -g; echo $USER; for d in $STATE_DIRECTORY $CACHE_DIRECTORY "
                   "$RUNTIME_DIRECTORY; do echo x >$d/file && echo $d; done", more, unit="my-app.service")
    expected = [str(roots[kind] / "app") for kind in ("State", "Cache", "Runtime")]
    assert result.lines == ["61190", "61190", "my-app", *expected]
    assert os.readlink(roots["State"] / "app") == "private/app"
    assert os.stat(roots["State"] / "private/app").st_uid == 61190
    assert not (roots["Runtime"] / "app").is_symlink()
    assert mode(roots["State"] / "private") == 0o700
    assert result.levels("StateDirectory") == []


@needs_root
@needs_capability("CAP_SYS_ADMIN")
def test_a_dynamic_user_sees_no_private_directories_of_others(roots):
    (roots["State"] / "private/other").mkdir(parents=True)
    result = shell(["DynamicUser=yes", "StateDirectory=app a/b"], 'cd $(dirname $(readlink -f "${STATE_DIRECTORY%%:*}")); '
                   "ls; touch new || echo closed; touch a/b/new && echo open", [*facts(roots), "DynamicUid=61190"])
    assert result.lines[:2] == ["a", "app"] and result.lines[-2:] == ["closed", "open"], result.output


@needs_root
def test_without_a_mount_name_space_all_may_pass_to_them(roots):
    settings = ["DynamicUser=yes", "StateDirectory=app"]
    more = [*facts(roots), "DynamicUid=61190"]
    result = shell(settings, "echo x >$STATE_DIRECTORY/file && echo done", more, before=without_sys_admin)
    assert result.lines == ["done"]
    assert mode(roots["State"] / "private") == 0o711
    assert result.levels("StateDirectory") == ["weakened"]
    result = shell(settings, "echo started", [*more, "Policy=strict"], before=without_sys_admin)
    assert result.lines == [] and result.code == 226


@needs_root
def test_the_next_dynamic_user_gets_the_files_of_the_last(roots):
    for uid in (61190, 61191):
        result = shell(["DynamicUser=yes", "StateDirectory=app"], "cat $STATE_DIRECTORY/file; echo $(id -u) "
                       ">$STATE_DIRECTORY/file", [*facts(roots), f"DynamicUid={uid}"])
        assert result.code == 0
    assert result.lines == ["61190"]
    assert os.stat(roots["State"] / "private/app/file").st_uid == 61191


@needs_root
def test_a_unit_changes_to_a_dynamic_user_and_back(roots):
    shell(["StateDirectory=app", "User=daemon"], "echo kept >$STATE_DIRECTORY/file", facts(roots))
    for settings in (["DynamicUser=yes"], ["User=daemon"]):
        result = shell([*settings, "StateDirectory=app"], "cat $STATE_DIRECTORY/file",
                       [*facts(roots), "DynamicUid=61190"])
        assert result.output == "kept\n"
    assert not (roots["State"] / "app").is_symlink()
