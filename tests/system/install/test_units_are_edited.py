# SPDX-License-Identifier: Apache-2.0
"""edit: drop-ins and whole files, by an editor on a terminal and from standard input, with and without a manager."""

import os
import subprocess

import pytest

import tendbox

LIB = "usr/lib/systemd/system"
ETC = "etc/systemd/system"


@pytest.fixture
def root(tmp_path):
    """A root directory with one unit."""
    top = tmp_path / "root"
    top.joinpath(LIB).mkdir(parents=True)
    top.joinpath(LIB, "web.service").write_text("[Service]\nExecStart=true\n")
    return top


def run(arguments, text=None, editor=None, name="tend"):
    """Runs tend; with an editor, standard input is a terminal."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "SYSTEMD_OFFLINE": "1"}
    options = {"input": text} if text is not None else {"stdin": subprocess.DEVNULL}
    if editor:
        environment["SYSTEMD_EDITOR"] = editor
        master, slave = os.openpty()
        options = {"stdin": slave}
    command = ["bash", "-c", 'exec -a "$0" "$@"', name, tendbox.BIN / "tend", *arguments]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False, **options)
    if editor:
        os.close(master)
        os.close(slave)
    return result


def make_editor(tmp_path, script):
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_drop_in_comes_from_standard_input(root):
    result = run(["--root", root, "--stdin", "edit", "web"], text="[Service]\nNice=3\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert root.joinpath(ETC, "web.service.d/override.conf").read_text() == "[Service]\nNice=3\n"
    result = run(["--root", root, "--stdin", "--runtime", "--drop-in=10-x.conf", "edit", "web"], text="[Service]\nNice=4\n")
    assert result.returncode == 0
    assert root.joinpath("run/systemd/system/web.service.d/10-x.conf").read_text() == "[Service]\nNice=4\n"


def test_a_new_unit_needs_force(root):
    result = run(["--root", root, "--stdin", "--full", "edit", "new"], text="[Service]\nExecStart=true\n")
    assert result.returncode == 1
    assert "No files found for new.service." in result.stderr and "--force --full new.service" in result.stderr
    result = run(["--root", root, "--stdin", "--full", "--force", "edit", "new"], text="[Service]\nExecStart=true\n")
    assert result.returncode == 0
    assert root.joinpath(ETC, "new.service").read_text() == "[Service]\nExecStart=true\n"


def test_the_editor_shows_all_files_and_only_its_part_is_kept(root, tmp_path):
    editor = make_editor(tmp_path, f'cp "$2" {tmp_path}/seen; [ "$1" = +4 ]; sed -i "4i [Service]\\nNice=5" "$2"')
    result = run(["--root", root, "edit", "web"], editor=editor)
    assert (result.returncode, result.stderr) == (0, "")
    assert root.joinpath(ETC, "web.service.d/override.conf").read_text() == "[Service]\nNice=5\n"
    seen = tmp_path.joinpath("seen").read_text()
    assert seen.startswith(f"### Editing {root}/{ETC}/web.service.d/override.conf\n### Anything between here")
    assert seen.endswith(f"### {root}/{LIB}/web.service\n# [Service]\n# ExecStart=true\n")
    assert os.listdir(root / ETC / "web.service.d") == ["override.conf"]


def test_a_whole_file_is_a_copy(root, tmp_path):
    editor = make_editor(tmp_path, 'echo "Nice=6" >>"$1"')
    result = run(["--root", root, "--full", "edit", "web"], editor=editor)
    assert result.returncode == 0
    assert root.joinpath(ETC, "web.service").read_text() == "[Service]\nExecStart=true\nNice=6\n"
    assert root.joinpath(LIB, "web.service").read_text() == "[Service]\nExecStart=true\n"


def test_an_empty_result_and_a_failed_editor_change_nothing(root, tmp_path):
    result = run(["--root", root, "edit", "web"], editor=make_editor(tmp_path, "true"))
    assert 'override.conf" canceled: temporary file is empty.' in result.stderr
    result = run(["--root", root, "edit", "web"], editor=make_editor(tmp_path, 'echo x >"$2"; exit 3'))
    assert result.returncode == 1
    assert os.listdir(root / ETC / "web.service.d") == []


def test_without_a_terminal_there_is_no_editor(root):
    result = run(["--root", root, "edit", "web"])
    assert (result.returncode, result.stderr) == (1, "tend: Cannot edit units if not on a tty.\n")
    result = run(["edit", "web"], name="systemctl")
    assert (result.returncode, result.stderr) == (1, "Cannot edit units if not on a tty.\n")


def test_the_manager_reads_the_result(make_box):
    box = make_box(user=0, own_units=False)
    box.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/etc/systemd/system", check=True)
    box.unit("web.service", "[Service]\nExecStart=sleep 1000\n")
    box.start()
    result = box.tend("--stdin", "edit", "web", input="[Unit]\nDescription=Edited\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert box.show("web", "Description") == "Edited"
