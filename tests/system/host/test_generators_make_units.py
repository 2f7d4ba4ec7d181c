# SPDX-License-Identifier: Apache-2.0
"""Unit generators: what programs of packages write before units are looked for (systemd.generator(7))."""

import signal

import pytest

import tendbox

MAKES = """#!/bin/sh
echo run >> {count}
echo "[Service]
ExecStart=sleep 1000
SyslogIdentifier=$(cat {value})" > "$1/made.service"
mkdir "$1/basket.target.wants"
ln -s ../made.service "$1/basket.target.wants/"
echo "[Unit]
Description=late" > "$3/late.target"
"""


class GeneratorBox(tendbox.Tendbox):
    """A box whose units stand behind those of its generators in the usual search path."""

    def environment(self):
        usual = {"SYSTEMD_UNIT_PATH": ":", "SYSTEMD_GENERATOR_PATH": str(self.path("generators"))}
        return {**super().environment(), **usual}

    def generator(self, name, text):
        path = self.path("generators", name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def runs(self):
        path = self.path("open", "count")
        return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.fixture(params=["root", "user"])
def box(request, tmp_path):
    if request.param == "root" and not tendbox.can_have_namespaces():
        pytest.skip("needs root with CAP_SYS_ADMIN for namespaces")
    user = 0 if request.param == "root" else tendbox.NOBODY
    if user and tendbox.os.geteuid() not in (0, user):
        user = tendbox.os.geteuid()
    with GeneratorBox(tmp_path, user=user, own_units=False, keeper=True) as box:
        box.path("open").mkdir(mode=0o777)
        box.path("open").chmod(0o777)
        box.path("open", "value").write_text("first")
        box.unit("basket.target", "[Unit]\n")
        box.generator("makes", MAKES.format(count=box.path("open", "count"), value=box.path("open", "value")))
        yield box
        print(box.logs())


def test_a_unit_that_a_generator_makes_is_started(box):
    box.start()
    assert box.systemctl("start", "basket.target").returncode == 0
    box.wait_state("made.service", "active")
    assert box.show("made.service", "FragmentPath").endswith("/systemd/generator/made.service")
    assert box.show("late.target", "FragmentPath").endswith("/systemd/generator.late/late.target")
    assert box.show("made.service", "UnitFileState") == "generated"
    assert box.systemctl("is-enabled", "made.service").stdout == "generated\n"


def test_a_reload_runs_generators_again(box):
    box.start()
    assert box.show("made.service", "SyslogIdentifier") == "first"
    box.path("open", "value").write_text("second")
    assert box.systemctl("daemon-reload").returncode == 0
    assert box.show("made.service", "SyslogIdentifier") == "second"
    assert box.runs() == 2
    box.path("generators", "makes").unlink()
    assert box.systemctl("daemon-reload").returncode == 0
    assert box.show("made.service", "LoadState") == "not-found"


def test_a_manager_that_takes_over_keeps_what_they_made(box):
    box.start()
    assert box.systemctl("start", "made.service").returncode == 0
    pid = box.show("made.service", "MainPID")
    box.kill_manager(signal.SIGKILL)
    box.wait_ready()
    assert box.show("made.service", "MainPID") == pid
    assert box.show("made.service", "LoadState") == "loaded"
    assert box.runs() == 1
    assert box.systemctl("stop", "made.service").returncode == 0


def test_one_that_fails_is_named_and_the_rest_is_there(box):
    box.generator("fails", "#!/bin/sh\necho what is this >&2\nexit 7\n")
    box.generator("notaprogram", "\x7fELF")
    box.start()
    assert box.show("made.service", "LoadState") == "loaded"
    assert "fails: what is this" in box.manager_log()
    assert "generators/fails failed with exit status 7" in box.manager_log()
    assert "Cannot run the generator" in box.manager_log()
    assert box.stop() == 0
