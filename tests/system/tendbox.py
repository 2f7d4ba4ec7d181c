# SPDX-License-Identifier: Apache-2.0
"""A box in which a real tendd runs: private namespaces as root, a directory of its own as a plain user.

    with Tendbox(tmp_path) as box:
        box.unit("a.service", "[Service]\\nExecStart=sleep 1000")
        box.start()
        box.systemctl("start", "a.service")
        assert box.show("a", "ActiveState") == "active"

As root the box has its own mounts, process ids and control groups: /run is an empty tmpfs, tendd takes the
places of a system manager there, and the real systemctl finds it. As another user (user=65534, or whoever
runs the tests) tendd is a user's manager in a directory of the box. Everything is gone when the box is left.
"""

import glob
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("TEND_BIN", ROOT / "build/bin"))
NOBODY = 65534
FORKED_NOT_EXECUTED = 0x40  # PF_FORKNOEXEC among the flags in /proc/PID/stat
CONTROLLERS = ("blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids")
PATIENCE = int(os.environ.get("TENDBOX_PATIENCE", 60))  # seconds that a wait lasts before it counts as a failure

# PID 1 of the box: makes it private, says so, and reaps until it is killed.
INIT = """
set -e
mount -t tmpfs -o mode=755 tmpfs /run
for kept in /var/lib/tend /var/lib/systemd/timers; do
    mkdir -p $kept
    mount -t tmpfs -o mode=755 tmpfs $kept
done
remount() { if [ -e "$2/cgroup.procs" ]; then umount "$2"; mount -t "$1" -o "$3" none "$2"; fi; }
remount cgroup2 /sys/fs/cgroup rw
remount cgroup2 /sys/fs/cgroup/unified rw
remount cgroup /sys/fs/cgroup/systemd none,name=systemd
for hierarchy in $2; do # controllers of version 1: "mount point:options"
    if [ "$3" ]; then remount cgroup "${hierarchy%%:*}" "${hierarchy#*:}"; else umount "${hierarchy%%:*}"; fi
done
if [ -d /var/log/journal ]; then mount -t tmpfs -o mode=755 tmpfs /var/log; fi
mkdir /run/dev # of its own, because of /dev/log
mount -t tmpfs -o mode=755 tmpfs /run/dev
cp -ax /dev/. /run/dev 2>/dev/null || :
for name in pts shm mqueue hugepages; do if [ -d /dev/$name ]; then mount --rbind /dev/$name /run/dev/$name; fi; done
mount --move /run/dev /dev
rmdir /run/dev
rm -f /dev/log
echo ready
exec 1>/dev/null
while :; do tail -f /dev/null & wait $!; done
"""


def can_have_namespaces():
    """Whether this process may make mount, pid and cgroup namespaces."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "--pid", "--cgroup", "--fork", "true"], capture_output=True
    ).returncode == 0


def own_group(controller):
    """The directory of our own group in a hierarchy ("" = version 2); None where it is not mounted."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    groups = {names: path for _, names, path in (line.split(":", 2) for line in lines)}
    if controller not in groups:
        return None
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ", 1)
        kind, _, options = right.split(" ", 2)
        wanted = kind == "cgroup2" if controller == "" else kind == "cgroup" and controller in options.split(",")
        if wanted:
            return Path(left.split()[4] + groups[controller])
    return None


def unified_controllers():
    """The controllers of version 2 that groups below our own have."""
    own = own_group("")
    path = own and own / "cgroup.subtree_control"
    return path.read_text().split() if path and path.exists() else []


def controller_mounts():
    """The hierarchies of version 1 that have controllers: mount point to their names ("cpu,cpuacct")."""
    found = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ", 1)
        kind, _, options = right.split(" ", 2)
        names = [name for name in options.split(",") if name in CONTROLLERS]
        if kind == "cgroup" and names:
            found[left.split()[4]] = ",".join(names)
    return found


def remove_groups(top):
    """rmdir of a group and those in it, deepest first. False while a process is still leaving one."""
    for directory, _, _ in os.walk(top, topdown=False):
        try:
            os.rmdir(directory)
        except FileNotFoundError:
            pass
        except OSError:
            return False
    return True


class Timeout(AssertionError):
    pass


def wait_for(condition, what="a condition", patience=PATIENCE):
    """Waits until `condition()` gives something true, and returns it."""
    deadline = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Timeout(f"waited {patience} s for {what}")
        time.sleep(0.005)


class Tendbox:
    """See the top of the file. Arguments:

    keeper     start tend-keeper, which starts tendd
    journal    ... and tend-journald (or another program, `recorder`)
    user       uid that tendd runs as; other than root gives a user's manager without namespaces
    cgroups    --cgroups of tendd
    arguments  further arguments of tendd
    controllers  the controllers that the machine has are there, in groups of the box
    own_units  only units of the box and built-in ones; else those of the machine too
    """

    _count = 0

    def __init__(self, directory, keeper=False, user=None, cgroups="auto", arguments=(), own_units=True, journal=False, recorder=None, controllers=False):
        self.user = os.geteuid() if user is None else user
        self.is_system = self.user == 0
        self.keeper = keeper or journal
        self.journal = journal
        self.recorder = recorder or BIN / "tend-journald"
        self.cgroups = cgroups
        self.arguments = list(arguments)
        self.own_units = own_units
        self.extra_environment = {}  # of the manager
        self.controllers = controllers
        self.directory = Path(directory)
        self.units = self.directory / "units"
        self.runtime = Path("/run/tend") if self.is_system else self.directory / "run/tend"
        self.stderr = self.directory / "stderr"
        self._anchor = None  # unshare, and below it PID 1 of the box
        self._init = None
        self._groups = []
        self._start_in = []  # puts the manager into a group of its own
        self._main = None  # what start() started
        self._ready = None

    # --- making and removing -----------------------------------------------------------------------

    def __enter__(self):
        self.units.mkdir(parents=True, exist_ok=True)
        self.stderr.touch()
        try:
            if self.is_system:
                self._make_namespaces()
            else:
                self._make_user_directory()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _make_namespaces(self):
        Tendbox._count += 1
        self._join = ""  # shell commands that move the shell into the box's groups
        mounts = controller_mounts()
        first_names = [names.split(",")[0] for names in mounts.values()] if self.controllers else []
        for controller in ("", "name=systemd", *first_names):
            own = own_group(controller)
            if own and os.access(own, os.W_OK):
                group = own / f"tendbox-{os.getpid()}-{Tendbox._count}"
                group.mkdir()
                self._groups.append(group)
                for name in ("cpuset.cpus", "cpuset.mems"):  # a new group has none
                    if (own / name).exists() and not (group / name).read_text().strip():
                        (group / name).write_text((own / name).read_text())
                self._join += f"echo 0 > {group}/cgroup.procs; "
        self._sweep()
        unified = self.controllers and self._groups and "memory" in unified_controllers()
        hierarchies = " ".join(f"{mount}:{names}" for mount, names in mounts.items())
        unshare = "exec setpriv --pdeathsig=KILL unshare --mount --pid --cgroup --fork --kill-child --mount-proc --propagation private"
        self._anchor = subprocess.Popen(
            ["sh", "-c", self._join + unshare + ' sh -c "$@"', "sh", INIT, "sh", "", hierarchies, "yes" if self.controllers else ""],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=open(self.stderr, "ab"),
        )
        if self._anchor.stdout.readline() != b"ready\n":
            raise AssertionError("no namespaces: " + self.stderr.read_text())
        self._init = self._child_of(self._anchor.pid)
        if unified:
            self._hand_down(self._groups[0])

    def _hand_down(self, group):
        """The box's controllers of version 2 reach the group in which the manager starts, where nobody else is: the kernel
        hands them down from groups without processes only."""
        for name in ("init", "manager"):
            (group / name).mkdir()
        wait_for(lambda: self._is_emptied(group), f"{group} to be empty")
        for name in (group / "cgroup.controllers").read_text().split():
            (group / "cgroup.subtree_control").write_text("+" + name)
        self._join = self._join.replace(f"{group}/cgroup.procs", f"{group}/init/cgroup.procs")
        self._start_in = ["sh", "-c", 'echo 0 >/sys/fs/cgroup/manager/cgroup.procs; exec "$@"', "sh"]

    @staticmethod
    def _is_emptied(group):
        """Whether nobody is left in a group itself, after all there were sent to init below it."""
        for pid in (group / "cgroup.procs").read_text().split():
            try:
                (group / "init/cgroup.procs").write_text(pid)
            except ProcessLookupError:
                pass
        return not (group / "cgroup.procs").read_text()

    @staticmethod
    def _sweep():
        """Removes the groups of test runs that were killed."""
        for controller in ("", "name=systemd", *CONTROLLERS):
            own = own_group(controller)
            for group in own.glob("tendbox-*") if own else []:
                if not Path("/proc", group.name.split("-")[1]).exists():
                    remove_groups(group)

    def _make_user_directory(self):
        (self.directory / "run").mkdir(mode=0o700, exist_ok=True)
        self.directory.chmod(0o755)
        if self.user != os.geteuid():
            for parent in self.directory.parents:  # pytest keeps its directories closed
                if parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/"):
                    parent.chmod(parent.stat().st_mode | 0o055)  # to read too: inotify(7) wants that
            for path in (self.directory, self.directory / "run", self.units):
                os.chown(path, self.user, self.user)

    def close(self):
        """Ends everything in the box."""
        if not self.is_system:
            self._end_user_processes()
        if self._anchor:
            self._anchor.kill()
            self._anchor.wait()
        if self._main:
            self._main.kill()  # nsenter may have stopped itself with its child
            self._main.wait()
            self._main = None
        for group in self._groups:
            wait_for(lambda: remove_groups(group), f"{group} to be empty")
        self._groups = []
        if self._ready:
            self._ready.close()
        shutil.rmtree(self.directory / "run", ignore_errors=True)
        if self.is_system:
            self._remove_private_tmp()

    def _remove_private_tmp(self):
        """The directories of PrivateTmp= of units that were killed with the box."""
        for unit in self.units.rglob("*.service"):
            for top in ("/tmp", "/var/tmp"):
                for left in Path(top).glob(f"systemd-private-*-{glob.escape(unit.name)}-*"):
                    shutil.rmtree(left, ignore_errors=True)

    def _end_user_processes(self):
        """All that descends from what we started, also when it went astray: it carries our mark."""
        mark = f"TENDBOX={self.directory}".encode()
        while True:
            found = [pid for pid in self._all_pids() if mark in self._environ(pid)]
            for pid in found:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if self._main:
                self._main.poll()
            if not found:
                return

    @staticmethod
    def _all_pids():
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]

    @staticmethod
    def _environ(pid):
        try:
            return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return []

    @staticmethod
    def _stat(pid):
        """The fields of /proc/PID/stat from the state on; empty for a process that is gone."""
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return []

    def _child_of(self, parent):
        def find():
            for pid in self._all_pids():
                stat = self._stat(pid)
                if stat and int(stat[1]) == parent:
                    return pid
            return None

        return wait_for(find, f"a child of process {parent}")

    # --- files ----------------------------------------------------------------------------------------

    def unit(self, name, text):
        """Writes a unit file, or a drop-in for a name like "a.service.d/x.conf". Returns its path."""
        path = self.units / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def path(self, *parts):
        """A path in the box's directory, which looks the same inside."""
        return self.directory.joinpath(*parts)

    def inside(self, path):
        """A path below /run as the test sees it from outside."""
        return Path(f"/proc/{self._init}/root{path}") if self.is_system else Path(path)

    def log(self, unit):
        """The log file of a unit: its output and the manager's lines."""
        path = self.inside(self.runtime / "logs" / f"{unit}.log")
        return path.read_text(errors="replace") if path.exists() else ""

    def manager_log(self):
        return self.stderr.read_text(errors="replace")

    def logs(self):
        """All logs, for people."""
        parts = [f"--- {self.directory.name}: manager", self.manager_log()]
        directory = self.inside(self.runtime / "logs")
        for path in sorted(directory.glob("*.log")) if directory.exists() else []:
            parts += [f"--- {path.name}", path.read_text(errors="replace")]
        return "\n".join(parts)

    # --- running things -------------------------------------------------------------------------------

    def environment(self):
        environment = {
            "PATH": f"{BIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "TENDBOX": str(self.directory),
            "LC_ALL": "C.UTF-8",
            "SYSTEMD_PAGER": "",
            "SYSTEMD_COLORS": "0",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TEND_EXEC"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if not self.is_system:
            environment["XDG_RUNTIME_DIR"] = str(self.directory / "run")
            environment["HOME"] = str(self.directory)
        return environment

    def command(self, arguments):
        """The command line that runs `arguments` inside."""
        arguments = [str(argument) for argument in arguments]
        if self.is_system:
            return ["sh", "-c", self._join + 'exec "$@"', "sh", "nsenter", f"--target={self._init}", "--mount", "--pid", "--cgroup", "--", *arguments]
        if self.user != os.geteuid():
            identity = [f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
            return ["setpriv", *identity, "--", *arguments]
        return arguments

    def run(self, *arguments, check=False, **options):
        """Runs a command inside and returns what it said: returncode, stdout, stderr as text."""
        options.setdefault("timeout", 3 * PATIENCE)
        environment = {**self.environment(), **options.pop("env", {})}
        return subprocess.run(
            self.command(arguments), env=environment, capture_output=True, text=True, check=check, **options
        )

    def systemctl(self, *arguments, **options):
        """The distribution's systemctl against this manager."""
        user = [] if self.is_system else ["--user"]
        return self.run("systemctl", *user, "--no-pager", *arguments, **options)

    def tend(self, *arguments, **options):
        return self.run(BIN / "tend", *arguments, **options)

    def show(self, unit, name):
        """One property as systemctl prints it."""
        result = self.systemctl("show", "--property", name, "--value", unit)
        assert result.returncode == 0, f"systemctl show {unit}: {result.stderr}"
        return result.stdout.rstrip("\n")

    def is_active(self, unit):
        return self.systemctl("is-active", unit).stdout.strip()

    def wait_state(self, unit, state):
        """Waits for a unit's ActiveState."""
        return wait_for(lambda: self.is_active(unit) == state, f"{unit} to be {state}")

    # --- the manager ----------------------------------------------------------------------------------

    def manager_command(self, units=()):
        command = [BIN / "tendd", "--units", self.units, f"--cgroups={self.cgroups}", *self.arguments]
        command += [f"--start={unit}" for unit in units]
        recorder = [self.recorder] if self.journal else []
        return [BIN / "tend-keeper", *recorder, "--", *command] if self.keeper else command

    def start(self, *units, wait=True):
        """Starts the manager (and these units by itself), and waits until it is ready."""
        self._ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ready.bind(b"\0tendbox-%d-%d" % (os.getpid(), id(self)))
        self._ready.settimeout(PATIENCE)
        address = self._ready.getsockname().decode().replace("\0", "@", 1)
        unit_path = {"SYSTEMD_UNIT_PATH": str(self.units)} if self.own_units else {}
        self._main = subprocess.Popen(
            self.command([*self._start_in, *self.manager_command(units)]),
            env={**self.environment(), **unit_path, **self.extra_environment, "NOTIFY_SOCKET": address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(self.stderr, "ab"),
        )
        if wait:
            self.wait_ready()

    def wait_ready(self):
        """Waits until a manager says that it is ready (each new one says so again)."""
        try:
            while b"READY=1" not in self._ready.recv(4096).split(b"\n"):
                pass
        except socket.timeout:
            raise Timeout("the manager does not get ready: " + self.manager_log()) from None

    def forget_ready(self):
        """Drops what managers said before that nobody waited for."""
        self._ready.setblocking(False)
        try:
            while self._ready.recv(4096):
                pass
        except BlockingIOError:
            pass
        self._ready.settimeout(PATIENCE)

    def manager_pid(self):
        """The pid of tendd, as seen from outside; None while none runs. A child that it has just made has its name too."""
        for pid in self._all_pids():
            stat = self._stat(pid) if self._is_ours(pid) and self.name_of(pid) == "tendd" else []
            if stat and stat[0] != "Z" and not int(stat[6]) & FORKED_NOT_EXECUTED:
                return pid
        return None

    @staticmethod
    def name_of(pid):
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            return ""

    def _is_ours(self, pid):
        try:
            if self.is_system:
                return os.readlink(f"/proc/{pid}/ns/pid") == os.readlink(f"/proc/{self._init}/ns/pid")
        except OSError:
            return False
        return f"TENDBOX={self.directory}".encode() in self._environ(pid)

    def kill_manager(self, number=signal.SIGKILL):
        """Sends a signal to tendd and returns its pid. After SIGKILL it is gone."""
        pid = wait_for(self.manager_pid, "tendd to run")
        os.kill(pid, number)
        if number == signal.SIGKILL:
            wait_for(lambda: self._stat(pid)[:1] in ([], ["Z"]), "the end of tendd")
        return pid

    def stop(self):
        """SIGTERM to the manager (the keeper passes it on); waits for the end. Returns the exit status."""
        if self.keeper:
            os.kill(self._descendant_named("tend-keeper"), signal.SIGTERM)
        else:
            self.kill_manager(signal.SIGTERM)
        return self._main.wait(timeout=60)

    def _descendant_named(self, name):
        def find():
            return next((p for p in self._all_pids() if self._is_ours(p) and self.name_of(p) == name), None)

        return wait_for(find, f"{name} to run")

    def processes(self, name):
        """Pids in the box, as seen from outside, of live processes of this name."""
        return [
            pid
            for pid in self._all_pids()
            if self.name_of(pid) == name and self._is_ours(pid) and self._stat(pid)[:1] != ["Z"]
        ]

    def kill_processes(self, name, unit_only=False):
        """SIGKILL to all processes of this name; with `unit_only` not to those outside of units."""
        outside = {self._init, self._main.pid} if unit_only and self._init else set()
        for pid in self.processes(name):
            if pid in outside:
                continue
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def groups(self):
        """The directories of the box's own control groups, as seen from outside."""
        return list(self._groups)
