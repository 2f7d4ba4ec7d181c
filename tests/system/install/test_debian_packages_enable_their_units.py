# SPDX-License-Identifier: Apache-2.0
"""What the maintainer scripts of Debian's packages do: deb-systemd-helper and deb-systemd-invoke with our systemctl.
The box has unit directories of its own."""

import shutil

import pytest

import tendbox

LIB = "/usr/lib/systemd/system"
ETC = "/etc/systemd/system"
UNIT = "[Service]\nExecStart=sleep 1000\n[Install]\nWantedBy=multi-user.target\nAlias=www.service\n"

pytestmark = pytest.mark.skipif(not shutil.which("deb-systemd-helper"), reason="needs init-system-helpers")


@pytest.fixture
def box(make_box):
    box = make_box(user=0, own_units=False)
    for directory in (ETC, LIB, "/usr/local/lib", "/var/lib/systemd", "/mnt", "/usr/sbin/policy-rc.d"):
        if box.inside(directory).is_dir():
            box.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", directory, check=True)
    box.inside("/mnt/systemctl").symlink_to((tendbox.BIN / "tend").resolve())
    box.inside(f"{LIB}/web.service").write_text(UNIT)
    box.start()
    return box


def script(box, text):
    """A maintainer script; nobody forbids to start services."""
    before = "mount --bind /bin/true /usr/sbin/policy-rc.d 2>/dev/null; set -e; export PATH=/mnt:$PATH DPKG_MAINTSCRIPT_PACKAGE=web; "
    return box.run("unshare", "--mount", "sh", "-c", before + text)


def links(box):
    top = box.inside(ETC)
    return {str(path.relative_to(top)) for path in top.rglob("*") if path.is_symlink()}


def test_a_package_is_installed_upgraded_and_removed(box):
    result = script(box, """
        deb-systemd-helper unmask web.service
        deb-systemd-helper --quiet was-enabled web.service
        deb-systemd-helper enable web.service
        systemctl --system daemon-reload
        deb-systemd-invoke start web.service
        systemctl is-enabled web.service
        systemctl is-active web.service""")
    assert (result.returncode, result.stdout) == (0, "enabled\nactive\n"), result.stderr
    assert links(box) == {"www.service", "multi-user.target.wants/web.service"}
    result = script(box, "systemctl disable web.service; deb-systemd-helper debian-installed web.service;"
                         "! deb-systemd-helper --quiet was-enabled web.service; deb-systemd-helper update-state web.service;"
                         "systemctl enable web.service; systemctl daemon-reload; deb-systemd-invoke restart web.service")
    assert result.returncode == 0, result.stderr
    assert box.is_active("web") == "active"
    result = script(box, "deb-systemd-invoke stop web.service; deb-systemd-helper mask web.service;"
                         "deb-systemd-helper purge web.service; deb-systemd-helper unmask web.service;"
                         "systemctl --system daemon-reload")
    assert result.returncode == 0, result.stderr
    assert box.is_active("web") == "inactive"
    assert links(box) == set()


def test_what_the_administrator_disabled_is_not_started(box):
    result = script(box, "systemctl disable web.service; systemctl mask web.service; deb-systemd-invoke start web.service")
    assert "web.service is a disabled or a static unit" in result.stderr + result.stdout, (result.stdout, result.stderr)
    assert box.is_active("web") == "inactive"
