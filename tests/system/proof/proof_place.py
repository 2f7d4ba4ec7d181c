# SPDX-License-Identifier: Apache-2.0
"""The places in which sample units are run: root, a plain user, a container without CAP_SYS_ADMIN; with and without
control groups. A place is a box with the files that the sample units speak of in /run/proof."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import tendbox
from tendbox import ROOT, wait_for

PROBE = Path(os.environ.get("TEND_PROBE", ROOT / "build/tests/units/probe/proof_probe"))
FIRST_UID = 100000  # of the users of the container, as the machine sees them
SAMPLE_PLACE = "/run/proof"

# PID 1 of the container. It has no control groups, as such a container usually may not change them.
CONTAINER_INIT = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
for directory in /var/cache /var/log /var/lib; do mount -t tmpfs -o mode=755 tmpfs $directory; done
mkdir -p /run/etc/upper /run/etc/work # its root owns its /etc
mount -t overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work overlay /etc 2>/dev/null || :
echo ready
exec 1>/dev/null
while :; do tail -f /dev/null & wait $!; done
"""


class ContainerBox(tendbox.Tendbox):
    """A box in a user name space with many users, whose processes have all capabilities but CAP_SYS_ADMIN."""

    def __init__(self, directory, **options):
        super().__init__(directory, user=0, cgroups="none", **options)
        self._holder = None  # keeps the user name space

    def _make_namespaces(self):
        self._join = ""
        self.directory.chmod(0o755)
        for parent in self.directory.parents:
            if parent.stat().st_uid == os.geteuid() and str(parent).startswith(("/tmp/", "/var/tmp/")):
                parent.chmod(parent.stat().st_mode | 0o011)
        self._holder = subprocess.Popen(["setpriv", "--pdeathsig=KILL", "unshare", "--user", "cat"], stdin=subprocess.PIPE)
        own = os.readlink("/proc/self/ns/user")
        wait_for(lambda: self._user_namespace(self._holder.pid) not in ("", own), "the user name space")
        for kind in ("uid", "gid"):
            Path(f"/proc/{self._holder.pid}/{kind}_map").write_text(f"0 {FIRST_UID} 65536\n")
        enter = ["nsenter", f"--target={self._holder.pid}", "--user", "--setuid=0", "--setgid=0", "setpriv", "--pdeathsig=KILL", "--clear-groups"]
        unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]
        self._anchor = subprocess.Popen(
            [*enter, *unshare, "sh", "-c", CONTAINER_INIT],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(self.stderr, "ab"),
        )  # fmt: skip
        if self._anchor.stdout.readline() != b"ready\n":
            raise AssertionError("no container: " + self.stderr.read_text())
        self._init = self._child_of(self._anchor.pid)

    def close(self):
        super().close()
        if self._holder:
            self._holder.kill()
            self._holder.communicate()
            self._holder = None

    @staticmethod
    def _user_namespace(pid):
        try:
            return os.readlink(f"/proc/{pid}/ns/user")
        except OSError:
            return ""

    def command(self, arguments):
        enter = ["nsenter", f"--target={self._init}", "--user", "--mount", "--pid", "--setuid=0", "--setgid=0", "--"]
        return [*enter, "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", *map(str, arguments)]


def can_have_container():
    """Whether this process may map the users of a container."""
    first, _, count = map(int, Path("/proc/self/uid_map").read_text().split()[:3])
    has_users = first == 0 and count >= FIRST_UID + 65536
    return os.geteuid() == 0 and has_users and subprocess.run(["unshare", "--user", "true"], capture_output=True).returncode == 0


def old_controllers():
    """Whether there are control groups of version 1 with what the sample units ask for."""
    found = {name for names in tendbox.controller_mounts().values() for name in names.split(",")}
    return {"cpu", "cpuset", "devices", "memory", "pids"} <= found and bool(tendbox.own_group("memory"))


def unified_controllers():
    """Whether the control groups of version 2 have them."""
    return {"cpu", "memory", "pids"} <= set(tendbox.unified_controllers())


class Place:
    """A box with the sample units' files; `name` is a column of the results."""

    def __init__(self, name, directory):
        self.name = name
        self.outside = None  # the files of a plain user's units, which has no /run of its own
        if name == "container":
            self.box = ContainerBox(directory)
        elif name == "user":
            self.box = tendbox.Tendbox(directory, user=tendbox.NOBODY if os.geteuid() == 0 else os.geteuid())
        else:
            cgroups = "none" if name == "none" else "auto"
            self.box = tendbox.Tendbox(directory, user=0, cgroups=cgroups, controllers=name in ("v1", "v2"))
        self.box.__enter__()
        try:
            self._make_files()
        except BaseException:
            self.close()
            raise

    def _make_files(self):
        if self.name == "user":
            parent = "/run" if os.geteuid() == 0 else None
            self.outside = Path(tempfile.mkdtemp(prefix="tend-proof-", dir=parent))
            self.files = str(self.outside)
        else:
            self.files = SAMPLE_PLACE
        probe = self.box.path("probe")
        shutil.copy(PROBE, probe)
        probe.chmod(0o755)
        script = Path(__file__).with_name("make_files.sh").read_text()
        # A plain user's files are made by who runs the tests; the others inside.
        arguments = ["sh", "-c", script, "sh", self.files, probe, self.name]
        if self.outside:
            subprocess.run(list(map(str, arguments)), check=True)
        else:
            made = self.box.run(*arguments)
            assert made.returncode == 0, made.stderr

    def text(self, sample):
        """A sample unit's text as it is used here."""
        return sample.replace(SAMPLE_PLACE + "/", self.files + "/").replace(SAMPLE_PLACE + ":", self.files + ":")

    def close(self):
        self.box.close()
        if self.outside:
            shutil.rmtree(self.outside)
