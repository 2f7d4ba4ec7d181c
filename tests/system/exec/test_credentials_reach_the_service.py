# SPDX-License-Identifier: Apache-2.0
"""LoadCredential= and SetCredential=: what the service finds, who else may read it, when it is gone."""

import os

import pytest

import tendbox

SHOW = (
    "cd $$CREDENTIALS_DIRECTORY || exit 9; pwd; stat -c '%%a %%u' .; for f in *; do stat -c '%%n %%a %%u' $$f; cat $$f; echo; done;"
    " (: > new) 2>/dev/null && echo writable; true"
)


@pytest.fixture(params=["root", "root's service of a plain user", "plain user"])
def place(request, make_box):
    """A box, the settings that make its service run as whom the parameter says, and that user's id."""
    if request.param == "plain user":
        box = make_box(user=tendbox.NOBODY if os.geteuid() == 0 else os.geteuid())
        return box, [], box.user
    if os.geteuid() != 0:
        pytest.skip("needs root")
    return (make_box(user=0), [], 0) if request.param == "root" else (make_box(user=0), [f"User={tendbox.NOBODY}"], tendbox.NOBODY)


def output(box, unit):
    return [line for line in box.log(unit).splitlines() if not line.startswith("tendd[")]


def service(box, name, settings, command, kind="oneshot"):
    lines = ["[Service]", f"Type={kind}", *settings, f'ExecStart=/bin/sh -c "{command}"', ""]
    box.unit(name, "\n".join(lines))


def credentials_root(box):
    return box.inside("/run/credentials" if box.is_system else box.path("run", "credentials"))


def test_files_and_data(place):
    box, settings, uid = place
    secret = box.path("secret")
    secret.write_text("from a file")
    os.chown(secret, box.user, -1)
    lines = [f"LoadCredential=loaded:{secret}", f"LoadCredential=both:{secret}", "LoadCredential=nowhere", "LoadCredential=other:/no/such/file"]
    lines += ["SetCredential=set:with\\x20blank\\n", "SetCredential=both:not this", "SetCredential=other:stand-in"]
    service(box, "c.service", settings + lines, SHOW)
    box.start()
    assert box.systemctl("start", "c.service").returncode == 0, box.logs()
    found = output(box, "c.service")
    assert found[0].endswith("/credentials/c.service")
    assert found[1] == f"500 {uid}"
    expected = [f"both 400 {uid}", "from a file", f"loaded 400 {uid}", "from a file", f"other 400 {uid}", "stand-in"]
    expected += [f"set 400 {uid}", "with blank", ""]
    assert found[2:] in (expected, [*expected, "writable"])
    assert "writable" not in found or not box.is_system
    tendbox.wait_for(lambda: not (credentials_root(box) / "c.service").exists(), "the end of the credentials")


def test_a_file_that_is_missing_ends_the_start(place):
    box, settings, _ = place
    service(box, "m.service", [*settings, "LoadCredential=a:/no/such/file"], "true")
    box.start()
    assert box.systemctl("start", "m.service").returncode != 0
    assert box.show("m", "ExecMainStatus") == "243"


def test_all_commands_have_the_same_and_it_goes_with_the_unit(place):
    box, settings, _ = place
    service(box, "l.service", [*settings, "SetCredential=a:s3cret\\n", "ExecStartPre=/bin/sh -c 'cat $CREDENTIALS_DIRECTORY/a'"], "exec sleep 1000", "simple")
    box.start()
    assert box.systemctl("start", "l.service").returncode == 0, box.logs()
    assert "s3cret" in output(box, "l.service")
    directory = credentials_root(box) / "l.service"
    assert directory.is_dir()
    if box.is_system:
        as_other = box.run("setpriv", "--reuid=12345", "--clear-groups", "ls", "/run/credentials/l.service")
        assert as_other.returncode != 0
        assert box.run("mountpoint", "-q", "/run/credentials/l.service").returncode == 0
    assert box.systemctl("restart", "l.service").returncode == 0
    assert directory.is_dir()
    assert box.systemctl("stop", "l.service").returncode == 0
    tendbox.wait_for(lambda: not directory.exists(), "the end of the credentials")


def test_nobody_is_shown_the_data(box):
    service(box, "h.service", ["SetCredential=a:s3cret"], "true")
    box.start()
    assert box.systemctl("start", "h.service").returncode == 0, box.logs()
    plan = box.tend("plan-of", "h.service")
    assert plan.returncode == 0
    assert "SetCredential=a:(hidden)" in plan.stdout
    for arguments in (["show", "h.service"], ["show", "-p", "SetCredential", "h.service"], ["status", "h.service"]):
        assert "s3cret" not in box.systemctl(*arguments).stdout
    assert "s3cret" not in plan.stdout + box.logs()
    assert "s3cret" not in box.run("busctl", "--address=unix:path=/run/systemd/private", "introspect", "org.freedesktop.systemd1", "/org/freedesktop/systemd1/unit/h_2eservice").stdout


def test_a_credential_can_be_a_variable_of_the_main_command(place):
    box, settings, _ = place
    name = box.path("token")
    name.write_text("t0ken\n")
    os.chown(name, box.user, -1)
    lines = [*settings, f"LoadCredential=token:{name}", "ExecStartPre=/bin/sh -c 'echo before $${TOKEN-unset}'"]
    service(box, "v.service", lines, "echo main $$TOKEN")
    with open(box.units / "v.service", "a", encoding="utf-8") as file:
        file.write("[X-Tend]\nCredentialEnvironment=TOKEN=token\n")
    box.start()
    assert box.systemctl("start", "v.service").returncode == 0, box.logs()
    assert output(box, "v.service") == ["before unset", "main t0ken"]
    assert "t0ken" not in box.tend("plan-of", "v.service").stdout
    box.unit("w.service", "[Service]\nExecStart=/bin/true\n[X-Tend]\nCredentialEnvironment=TOKEN=none\n")
    box.systemctl("daemon-reload")
    box.systemctl("start", "w.service")
    tendbox.wait_for(lambda: box.show("w", "ActiveState") == "failed", "the failure")


def test_what_the_manager_received_is_imported_by_pattern(make_box):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    received = "/run/received"
    box = make_box(user=0)
    box.run("mkdir", "-p", received, "/run/credstore", check=True)
    for path, text in ((f"{received}/app.one", "1"), (f"{received}/app.two", "2"), (f"{received}/other", "x"),
                       ("/run/credstore/app.two", "not this"), ("/run/credstore/app.three", "3"), ("/run/credstore/named", "n")):
        box.run("sh", "-c", f"printf '%s' '{text}' > {path}", check=True)
    lines = ["ImportCredential=app.*", "ImportCredential=named", "ImportCredential=none*", "LoadCredential=app.one:other", "SetCredential=app.three:stand-in"]
    service(box, "i.service", lines, SHOW)
    service(box, "n.service", [], "env")
    box.extra_environment = {"CREDENTIALS_DIRECTORY": received}
    box.start()
    assert box.systemctl("start", "i.service", "n.service").returncode == 0, box.logs()
    found = output(box, "i.service")
    expected = ["app.one 400 0", "x", "app.three 400 0", "3", "app.two 400 0", "2", "named 400 0", "n"]
    assert [line for line in found[2:] if line != "writable"] == expected
    assert "CREDENTIALS_DIRECTORY" not in box.log("n.service")


def test_what_they_hold_is_shown_to_nobody(make_box):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    box = make_box(user=0)
    secret = box.path("secret")
    secret.write_text("from-a-file-s3cret")
    lines = [f"LoadCredential=loaded:{secret}", "SetCredential=set:in-the-unit-s3cret"]
    service(box, "s.service", lines, "sleep 1000", kind="simple")
    box.start()
    assert box.systemctl("start", "s.service").returncode == 0, box.logs()
    said = [box.tend(*words, "s.service").stdout for words in (("plan-of",), ("report",), ("report", "--json"), ("status",))]
    said += [box.logs()]
    assert all("from-a-file-s3cret" not in text and "in-the-unit-s3cret" not in text for text in said)
    shown = box.run("setpriv", "--reuid=65534", "--clear-groups", "systemctl", "show", "s.service").stdout
    assert "s3cret" not in shown
