# SPDX-License-Identifier: Apache-2.0
"""enable, mask and their like through the manager: by the distribution's systemctl, by ours, and by tend; and the
same without a manager. The box has unit directories of its own."""

import shutil

import pytest

import tendbox

SYSTEMCTL = "/usr/bin/systemctl"
ETC = "/etc/systemd/system"
LIB = "/usr/local/lib/systemd/system"
WEB = "[Service]\nExecStart=sleep 1000\n[Install]\nWantedBy=multi-user.target\nAlias=www.service\nAlso=db@.service\n"
DB = "[Service]\nExecStart=sleep 1000\n[Install]\nWantedBy=multi-user.target\nDefaultInstance=one\n"


@pytest.fixture
def box(make_box):
    box = make_box(user=0, own_units=False)
    for directory in (ETC, "/usr/local/lib"):
        box.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", directory, check=True)
    write(box, "web.service", WEB)
    write(box, "db@.service", DB)
    return box


def write(box, name, text):
    path = box.inside(f"{LIB}/{name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def links(box):
    """The links below /etc/systemd/system."""
    top = box.inside(ETC)
    return {str(path.relative_to(top)): str(path.readlink()) for path in sorted(top.rglob("*")) if path.is_symlink()}


@pytest.fixture(params=["systemctl", "our systemctl", "tend", "offline"])
def control(request, box, tmp_path):
    """Runs a command: by one of the programs with a manager, or by ours without."""
    if request.param == "systemctl" and not shutil.which(SYSTEMCTL):
        pytest.skip("needs systemctl")
    ours = tmp_path / "systemctl"
    ours.symlink_to((tendbox.BIN / "tend").resolve())
    program = {"systemctl": SYSTEMCTL, "tend": tendbox.BIN / "tend"}.get(request.param, ours)
    if request.param != "offline":
        box.start()

    def run(*arguments):
        offline = {"SYSTEMD_OFFLINE": "1"} if request.param == "offline" else {}
        result = box.run(program, *arguments, env=offline)
        return result.returncode, result.stdout, result.stderr.replace("tend: ", "")

    run.has_manager = request.param != "offline"
    return run


def test_enable_and_disable(box, control):
    assert control("is-enabled", "web") == (1, "disabled\n", "")
    assert control("enable", "web") == (0, "", (
        f"Created symlink {ETC}/www.service → {LIB}/web.service.\n"
        f"Created symlink {ETC}/multi-user.target.wants/web.service → {LIB}/web.service.\n"
        f"Created symlink {ETC}/multi-user.target.wants/db@one.service → {LIB}/db@.service.\n"))
    assert links(box) == {
        "www.service": f"{LIB}/web.service",
        "multi-user.target.wants/web.service": f"{LIB}/web.service",
        "multi-user.target.wants/db@one.service": f"{LIB}/db@.service",
    }
    assert control("is-enabled", "web", "www", "db@", "db@one", "db@two") == (
        0, "enabled\nalias\nenabled\nenabled\ndisabled\n", "")
    assert control("enable", "web") == (0, "", "")
    status, _, errors = control("disable", "web")
    assert status == 0 and errors.count("Removed") == 3
    assert links(box) == {}


def test_mask_and_unmask(box, control):
    assert control("mask", "web") == (0, "", f"Created symlink {ETC}/web.service → /dev/null.\n")
    assert control("is-enabled", "web") == (1, "masked\n", "")
    status, _, errors = control("enable", "web")
    assert status == 1 and "masked" in errors
    if control.has_manager:
        assert "masked" in control("start", "web")[2]
    assert control("unmask", "web") == (0, "", f'Removed "{ETC}/web.service".\n')
    assert control("--runtime", "mask", "web")[0] == 0
    assert control("is-enabled", "web") == (1, "masked-runtime\n", "")


def test_presets_and_lists(box, control):
    box.inside("/run/systemd/system-preset").mkdir(parents=True, exist_ok=True)
    box.inside("/run/systemd/system-preset/00-test.preset").write_text("enable web.service\ndisable *\n")
    assert control("preset", "web")[0] == 0
    assert "multi-user.target.wants/web.service" in links(box)
    status, output, _ = control("list-unit-files", "web.service", "db@.service")
    assert status == 0
    assert [line.split() for line in output.splitlines()[1:3]] == [
        ["db@.service", "enabled", "disabled"], ["web.service", "enabled", "enabled"]]


def test_the_default_target(box, control):
    assert control("set-default", "multi-user.target")[0] == 0
    assert links(box)["default.target"].endswith("/multi-user.target")
    assert control("get-default") == (0, "multi-user.target\n", "")


def test_dependencies_links_and_what_the_vendor_ships(box, control):
    box.path("own.service").write_text("[Service]\nExecStart=sleep 1000\n")
    assert control("link", box.path("own.service"))[0] == 0
    assert control("is-enabled", "own") == (1, "linked\n", "")
    assert control("add-wants", "multi-user.target", "own")[0] == 0
    assert set(links(box)) == {"own.service", "multi-user.target.wants/own.service"}
    drop_in = box.inside(f"{ETC}/web.service.d")
    drop_in.mkdir()
    drop_in.joinpath("x.conf").write_text("[Service]\nNice=1\n")
    assert control("revert", "web")[0] == 0
    assert not drop_in.exists()


def test_errors(box, control):
    for verb in ("enable", "disable", "preset"):
        status, _, errors = control(verb, "nosuch")
        assert "does not exist" in errors
        assert status == (0 if verb == "disable" and not control.has_manager else 1)
    status, _, errors = control("is-enabled", "nosuch")
    assert (status, errors) == (1, "Failed to get unit file state for nosuch.service: No such file or directory\n")
    box.inside(f"{ETC}/web.service").write_text(WEB)
    status, _, errors = control("mask", "web")
    assert status == 1 and f"{ETC}/web.service" in errors and "already exists" in errors


def test_now_starts_and_stops(box, control):
    if not control.has_manager:
        pytest.skip("needs nothing but a manager, which this variant is without")
    assert control("enable", "--now", "web")[0] == 0
    assert box.is_active("web") == "active"
    assert box.show("web", "UnitFileState") == "enabled"
    assert control("disable", "--now", "web")[0] == 0
    assert box.is_active("web") == "inactive"


def test_an_enabled_unit_is_wanted_after_the_reload(box, control):
    assert control("enable", "web")[0] == 0
    if control.has_manager:
        assert "web.service" in box.show("multi-user.target", "Wants").split()
        assert control("start", "www")[0] == 0
        assert box.is_active("web") == "active"
