# SPDX-License-Identifier: Apache-2.0
"""apt-get install of real packages under tendd: their maintainer scripts enable and start their own units, and the
services answer. The box writes to its own copies of /etc, /usr and /var, and has a network of its own, so that no port
is taken; packages are fetched before it is entered."""

import shutil
import subprocess

import pytest

import tendbox

COPIES = ("/etc", "/usr", "/var")
NET = "/mnt/net"
APT = ["apt-get", "-y", "--reinstall", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=60"]

# Packages, the unit that is up afterwards, and a command that succeeds when the service answers.
PACKAGES = {
    "cron": (["cron"], "cron.service", "pidof cron"),
    "redis": (["redis-server"], "redis-server.service", "redis-cli ping | grep -q PONG"),
    "nginx": (["nginx-light", "nginx-common"], "nginx.service",
              "python3 -c 'import urllib.request as u; assert u.urlopen(\"http://127.0.0.1\").status == 200'"),
    "ssh": (["openssh-server"], "ssh.service",
            "python3 -c 'import socket; assert b\"SSH-2\" in socket.create_connection((\"127.0.0.1\", 22)).recv(64)'"),
    "postgresql": (["postgresql", "postgresql-15"], "postgresql@15-main.service",
                   "su postgres -c 'psql -Atc \"select 42\"' | grep -q 42"),
    "mariadb": (["mariadb-server"], "mariadb.service", "mysqladmin --protocol=socket ping"),
}

# The same for programs of more kinds: it is enough to try them with one systemctl.
MORE = {
    "apache2": (["apache2"], "apache2.service",
                "python3 -c 'import urllib.request as u; assert u.urlopen(\"http://127.0.0.1\").status == 200'"),
    "exim": (["exim4-daemon-light"], "exim4.service", "pidof exim4"),
    "haproxy": (["haproxy"], "haproxy.service", "pidof haproxy"),
    "memcached": (["memcached"], "memcached.service", "pidof memcached"),
    "postfix": (["postfix"], "postfix@-.service", "postfix status"),
}
CASES = [(name, control) for name in PACKAGES for control in ("systemctl", "our systemctl")]
CASES += [(name, "our systemctl") for name in MORE]

pytestmark = pytest.mark.skipif(not shutil.which("apt-get"), reason="needs apt-get")


class NetworkBox(tendbox.Tendbox):
    """A box whose commands run in the network made by `make_network`."""

    network = False

    def command(self, arguments):
        inside = ["nsenter", f"--net={NET}", "--", *arguments] if self.network else arguments
        return super().command(inside)

    def make_network(self):
        self.run("touch", NET, check=True)
        self.run("unshare", f"--net={NET}", "true", check=True)
        self.network = True
        code = ("import fcntl, socket, struct; s = socket.socket();"
                "fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 1))")  # SIOCSIFFLAGS: up
        self.run("/usr/bin/python3", "-c", code, check=True)


@pytest.fixture
def box(tmp_path):
    if not tendbox.can_have_namespaces():
        pytest.skip("needs root with CAP_SYS_ADMIN for namespaces")
    with NetworkBox(tmp_path, own_units=False, journal=True) as box:
        box.run("mount", "-t", "tmpfs", "tmpfs", "/mnt", check=True)
        for directory in COPIES:
            upper, work = f"/mnt{directory}-up", f"/mnt{directory}-work"
            box.run("mkdir", upper, work, check=True)
            options = f"lowerdir={directory},upperdir={upper},workdir={work}"
            made = box.run("mount", "-t", "overlay", "-o", options, "overlay", directory)
            if made.returncode != 0:
                pytest.skip("needs overlay mounts: " + made.stderr.strip())
        box.run("rm", "-f", "/usr/sbin/policy-rc.d", check=True)
        box.run("mkdir", "-m", "1777", "/run/lock", check=True)  # as every Debian has it
        yield box
        print(box.logs())


def fetch(box, packages):
    """Puts the packages into the box; without a mirror there is nothing to test."""
    result = box.run(*APT, "--download-only", "install", *packages, timeout=300)
    if result.returncode != 0:
        pytest.skip("needs packages from a mirror: " + result.stderr.strip().splitlines()[-1])


@pytest.mark.parametrize("name, control", CASES)
def test_a_package_starts_its_service(box, name, control):
    packages, unit, answers = {**PACKAGES, **MORE}[name]
    try:
        fetch(box, packages)
    except subprocess.TimeoutExpired:
        pytest.skip("needs packages from a mirror, and it is too slow")
    if control == "our systemctl":
        box.run("ln", "-sf", (tendbox.BIN / "tend").resolve(), "/usr/bin/systemctl", check=True)
    box.make_network()
    box.start(wait=False)  # its word that it is ready does not reach us from that network
    tendbox.wait_for(lambda: box.systemctl("list-jobs").returncode == 0, "the manager to answer")
    environment = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "5"}
    result = box.run(*APT, "--no-download", "install", *packages, env=environment, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    if box.is_active(unit) != "active":  # it was there before, and its package does not start it again
        assert box.systemctl("restart", unit).returncode == 0
    # Instances are enabled by generators; exim4 has an init script, whose program tells.
    enabled = "enabled-runtime\n" if "@" in unit else "enabled\n"
    assert box.systemctl("is-enabled", unit).stdout == enabled, result.stdout + result.stderr
    last = []

    def service_answers():
        last[:] = [box.run("sh", "-c", answers)]
        return last[0].returncode == 0

    tendbox.wait_for(service_answers, f"{unit} to answer")
    assert box.systemctl("stop", unit).returncode == 0
    assert box.is_active(unit) == "inactive"
