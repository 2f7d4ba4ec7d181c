# SPDX-License-Identifier: Apache-2.0
"""tend's manager of a plain user beside `systemd --user`: as two_managers.py has it, with nobody in the place of root.

Each has a container of its own with a session that nobody opened: a control group, XDG_RUNTIME_DIR, a home, and no message bus.
`systemctl` is `systemctl --user` there, and HOME and the runtime directory are the same paths in both."""

import subprocess

from tendbox import BIN, NOBODY, wait_for
from two_managers import both_started

from container import Container  # after two_managers, which says where it is
from contenders import TOOL, UnitManager

HOME, RUNTIME = "/run/home", "/run/u"
UNITS = f"{HOME}/.config/systemd/user"

# What a log-in does, as root; then the manager.
LOG_IN = f"""
set -e
mkdir -p {HOME}/bin {RUNTIME} {UNITS} /sys/fs/cgroup/session
printf '#!/bin/sh\\nexec /usr/bin/systemctl --user "$@"\\n' >{HOME}/bin/systemctl
chmod 755 {HOME}/bin/systemctl
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
chown -R {NOBODY}:{NOBODY} {HOME} {RUNTIME} /sys/fs/cgroup/session
chmod 700 {RUNTIME}
echo $$ >/sys/fs/cgroup/session/cgroup.procs
exec "$@"
"""


class UserContainer(Container):
    def command(self, *arguments):
        identity = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        path = f"{HOME}/bin:{BIN}:/usr/bin:/bin"
        environment = ["env", f"HOME={HOME}", f"XDG_RUNTIME_DIR={RUNTIME}", f"PATH={path}", "USER=nobody", "SHELL=/bin/sh"]
        return super().command(*identity, *environment, *arguments)

    def log_in(self, *manager):
        """Starts the manager; it ends with the container."""
        become = self.command(*manager)
        first = become.index("setpriv", become.index("--wd"))
        subprocess.Popen(
            [*become[:first], "sh", "-c", LOG_IN, "sh", *become[first:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(self.directory / "manager", "ab"),
        )


class OfUser(UnitManager):
    manager = ()

    def __init__(self, directory):
        super().__init__(directory)
        self.box = UserContainer(directory, self.init, self.extra)

    def wait_ready(self):
        self.before()
        self.box.log_in(*self.manager)
        wait_for(lambda: self.box.inside(f"{RUNTIME}/systemd/private").exists(), f"the socket of {self.name}")
        self.wait_idle()

    def before(self):
        """What the manager must find."""

    def unit(self, name, text):
        self.write(f"{UNITS}/{name}", text)


class UserTend(OfUser):
    name = "tend of a user"
    manager = (BIN / "tend-keeper", "--", BIN / "tendd", "--user")


class UserSystemd(OfUser):
    name = "systemd --user"
    manager = ("/lib/systemd/systemd", "--user")

    def before(self):
        self.box.inside("/run/systemd/system").mkdir(parents=True)  # sd_booted(3): it does not start without


def two_user_managers(directory):
    """Both managers, started; skips the test where systemd's cannot be."""
    return both_started(directory, UserSystemd, UserTend, "a systemd --user that runs in a name space")
