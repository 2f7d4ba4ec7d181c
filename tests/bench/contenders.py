# SPDX-License-Identifier: Apache-2.0
"""tend and its peers behind one interface, each in a container of its own.

A contender is entered with a directory for its container. Then:
    prepare(n)      defines services svc-0 to svc-(n-1) and leaves none started
    start_command() starts all of them
    pids()          what is the manager, as seen from outside
    active_command()   asks for one service's state, or None
    order(kind, n)  defines n one-shots in a "chain" or a "fan" and gives the command that starts them, or None
"""

import os
import shutil
import subprocess
from pathlib import Path

from container import Container
from tendbox import BIN, wait_for

TOOL = BIN / "bench_tool"
STAMPS = "/run/stamps"
ADMIN = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def has(*programs):
    return all(shutil.which(program, path=ADMIN) for program in programs)


class Contender:
    name = ""
    init = [TOOL, "reap"]  # PID 1
    extra = ""
    processes = ()  # names of the manager's processes

    @classmethod
    def missing(cls):
        """What this machine lacks for it, or ""."""
        return ""

    def __init__(self, directory):
        self.box = Container(directory, self.init, self.extra)

    def __enter__(self):
        self.box.__enter__()
        try:
            self.wait_ready()
        except BaseException:
            self.box.close()
            raise
        return self

    def __exit__(self, *_):
        self.box.close()

    def wait_ready(self):
        pass

    def pids(self):
        return self.box.processes(*self.processes)

    def write(self, path, text, mode=0o644):
        path = self.box.inside(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def active_command(self):
        return None

    def order(self, _kind, _n):
        return None


class UnitManager(Contender):
    """Reads unit files and listens at systemd's private socket."""

    control = ""

    def unit(self, name, text):
        self.write(f"/etc/systemd/system/{name}", text)

    def service(self, name, verb, unit="", service=""):
        self.unit(
            f"{name}.service",
            f"[Unit]\nDescription=bench {name}\nStartLimitIntervalSec=0\n{unit}"
            f"[Service]\nExecStart={TOOL} {verb} {STAMPS}\n{service}",
        )

    def target(self, name, prefix, n):
        wants = "".join(f"Wants={prefix}{i}.service\n" for i in range(n))
        self.unit(f"{name}.target", f"[Unit]\nDescription=bench\n{wants}")

    def wait_ready(self):
        wait_for(lambda: self.box.inside("/run/systemd/private").exists(), f"{self.name}'s socket")
        self.wait_idle()

    def wait_idle(self):
        wait_for(lambda: "No jobs" in self.box.run("systemctl", "list-jobs"), f"{self.name} to end its jobs", 60)

    def reload(self):
        self.box.run("systemctl", "daemon-reload")

    def prepare(self, n):
        for i in range(n):
            self.service(f"svc-{i}", "service", service="Restart=always\nRestartSec=0\n")
        self.target("bench", "svc-", n)
        self.reload()

    def start_command(self):
        return [self.control, "start", "bench.target"]

    def active_command(self):
        return [self.control, "is-active", "svc-7.service"]

    def order(self, kind, n):
        for i in range(n):
            after = f"Requires=o-{i - 1}.service\nAfter=o-{i - 1}.service\n" if i and kind == "chain" else ""
            self.service(f"o-{i}", "once", after, "Type=oneshot\nRemainAfterExit=yes\n")
        self.target("fan", "o-", n)
        self.reload()
        return [self.control, "start", f"o-{n - 1}.service" if kind == "chain" else "fan.target"]


class Tend(UnitManager):
    name = "tend"
    init = [BIN / "tend-keeper", "--", BIN / "tendd"]
    processes = ("tend-keeper", "tendd", "tend-journald")
    control = BIN / "tend"


class Systemd(UnitManager):
    name = "systemd"
    init = ["/lib/systemd/systemd"]
    processes = ("systemd",)  # not journald: it is not the manager
    control = "/usr/bin/systemctl"

    @classmethod
    def missing(cls):
        return "" if Path(cls.init[0]).exists() and has("systemctl") else "systemd"


class Runit(Contender):
    """The start is `sv start` on services whose runsv is there already: runsvdir looks for new ones every 5 s only."""

    name = "runit"
    processes = ("runsvdir", "runsv")

    @classmethod
    def missing(cls):
        return "" if has("runsvdir", "sv") else "runit"

    def prepare(self, n):
        self.n = n
        for i in range(n):
            self.write(f"/run/runit/s{i}/run", f"#!/bin/sh\nexec {TOOL} service {STAMPS}\n", 0o755)
            self.write(f"/run/runit/s{i}/down", "")
        self.box.run("sh", "-c", "mkdir -p /run/runit && exec runsvdir /run/runit >/dev/null 2>&1 &")
        pipes = "supervise/ok"
        wait_for(lambda: all(self.box.inside(f"/run/runit/s{i}/{pipes}").exists() for i in range(n)), "runsv", 60)

    def start_command(self):
        return ["/usr/bin/sv", "start", *(f"/run/runit/s{i}" for i in range(self.n))]

    def active_command(self):
        return ["/usr/bin/sv", "status", "/run/runit/s7"]


class S6(Contender):
    """The start makes s6-svscan see the directories, so it includes a s6-supervise for each."""

    name = "s6"
    processes = ("s6-svscan", "s6-supervise")

    @classmethod
    def missing(cls):
        return "" if has("s6-svscan", "s6-svscanctl") else "s6"

    def prepare(self, n):
        execline = shutil.which("execlineb", path=ADMIN + ":/usr/lib/execline/bin")
        interpreter = f"{execline} -P\n" if execline else "/bin/sh\nexec"
        self.box.run("sh", "-c", "mkdir -p /run/scan; exec s6-svscan -c 4000 /run/scan >/dev/null 2>&1 &")
        wait_for(lambda: self.box.inside("/run/scan/.s6-svscan/control").exists(), "s6-svscan")
        for i in range(n):
            self.write(f"/run/scan/s{i}/run", f"#!{interpreter} {TOOL} service {STAMPS}\n", 0o755)

    def start_command(self):
        return ["/usr/bin/s6-svscanctl", "-a", "/run/scan"]

    def active_command(self):
        return ["/usr/bin/s6-svstat", "/run/scan/s7"]


class Finit(Contender):
    """PID 1 of its container, out of packages that are unpacked and not installed. It starts services when it learns of them."""

    name = "finit"
    init = ["/sbin/finit"]
    extra = BIN.parent / "peers/finit"
    processes = ("finit", "logit")
    packages = ("finit", "finit-plugins", "libite5", "libuev3")
    initctl = "/lib/finit/initctl"

    @classmethod
    def missing(cls):
        return "" if (cls.extra / "usr/sbin/finit").exists() else "finit (tests/bench/run --peers finit unpacks it)"

    @classmethod
    def fetch(cls):
        """Unpacks Debian's packages below the build directory."""
        packages = cls.extra.parent / "packages"
        packages.mkdir(parents=True, exist_ok=True)
        options = ["-q", "-o", "APT::Sandbox::User=root"]
        subprocess.run(["apt-get", *options, "download", *cls.packages], cwd=packages, check=True, stdout=subprocess.DEVNULL)
        unpacked = cls.extra.parent / "unpacked"
        for package in packages.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, unpacked], check=True)
        for name in ("sbin", "lib"):  # the machine's are links to those below /usr
            shutil.copytree(unpacked / name, cls.extra / "usr" / name, symlinks=True, dirs_exist_ok=True)
        shutil.copytree(unpacked / "usr/lib", cls.extra / "usr/lib", symlinks=True, dirs_exist_ok=True)
        (cls.extra / "etc/finit.d").mkdir(parents=True, exist_ok=True)
        (cls.extra / "etc/finit.conf").touch()
        shutil.rmtree(packages)
        shutil.rmtree(unpacked)

    def wait_ready(self):
        def answers():
            try:
                return self.box.run(self.initctl, "status") or True
            except RuntimeError:
                return False

        wait_for(answers, "finit to answer")

    def define(self, line, n):
        self.write("/run/bench.conf", "".join(line.format(i=i) + "\n" for i in range(n)))

    def start_command(self):
        return ["/bin/sh", "-c", f"cp /run/bench.conf /etc/finit.d/ && exec {self.initctl} reload"]

    def prepare(self, n):
        self.define(f"service [S0123456789] :{{i}} name:svc {TOOL} service {STAMPS} -- svc-{{i}}", n)

    def active_command(self):
        return [self.initctl, "status", "svc:7"]

    def order(self, kind, n):
        if kind != "fan":
            return None
        self.define(f"task [S0123456789] :{{i}} name:f {TOOL} once {STAMPS} -- f-{{i}}", n)
        return self.start_command()


PEERS = {contender.name: contender for contender in (Runit, S6, Finit, Systemd)}
