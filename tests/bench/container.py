# SPDX-License-Identifier: Apache-2.0
"""A container out of plain namespaces for one manager that is measured.

All contenders get the same: private mounts, processes, hostname, network, IPC and control groups; the
machine's files below an overlay in memory, so that nothing they write stays; an empty /run, /tmp and /dev; /proc/sys
and /sys read-only; no units but a few targets. The control group is one of version 2 without controllers wherever the
machine has those in version 1. Everything is gone when the container is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))
from tendbox import BIN, own_group, remove_groups, wait_for  # noqa: E402

# The units that every container has: what a service depends on, and the journal's.
UNITS = (
    "basic.target emergency.target final.target halt.target multi-user.target network.target paths.target poweroff.target "
    "reboot.target rescue.target shutdown.target slices.target sockets.target sysinit.target timers.target umount.target "
    "systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket -.slice system.slice"
)

# PID 1 until it becomes the manager: init.sh DIRECTORY EXTRA-FILES BIN INIT...
SETUP = """
set -e
top=$1 extra=$2 programs=$3
shift 3
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$top"
mkdir "$top/upper" "$top/work" "$top/root"
root=$top/root
[ -z "$extra" ] || cp -a "$extra/." "$top/upper"
mount -t overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" overlay "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for part in sys sysrq-trigger; do
        [ -e "$root/proc/$part" ] || continue
        mount --bind "$root/proc/$part" "$root/proc/$part"
        mount -o remount,bind,ro "$root/proc/$part"
done
mount -t sysfs -o nosuid,nodev,noexec,ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for device in null zero full random urandom tty; do
        : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for directory in dev/shm run tmp var/log; do mount -t tmpfs -o mode=1777 tmpfs "$root/$directory"; done
chmod 755 "$root/run"
mkdir "$root/run/few-units"
for unit in $UNITS; do
        [ ! -e "$root/usr/lib/systemd/system/$unit" ] || cp -P "$root/usr/lib/systemd/system/$unit" "$root/run/few-units"
done
printf '[Unit]\\nDescription=what comes before services\\nRequires=basic.target\\n' >"$root/run/few-units/default.target"
mkdir "$root/run/few-units/sysinit.target.wants"
ln -s ../systemd-journald.service "$root/run/few-units/sysinit.target.wants"
for directory in etc/systemd usr/lib/systemd/system-generators usr/lib/systemd/system; do
        [ ! -d "$root/$directory" ] || mount -t tmpfs -o mode=755 tmpfs "$root/$directory"
done
[ ! -d "$root/usr/lib/systemd/system" ] || cp -RP "$root/run/few-units/"* "$root/usr/lib/systemd/system"
rm -r "$root/run/few-units"
[ ! -d "$root/etc/systemd" ] || mkdir "$root/etc/systemd/system"
mkdir -p "$root$programs"
[ -s "$root/etc/machine-id" ] || echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
mount --bind "$programs" "$root$programs"
hostname bench
mkdir "$root/.old"
cd "$root"
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
exec env -i container=bench PATH="$programs:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/execline/bin" HOME=/root TERM=dumb LANG=C.UTF-8 \\
        setpriv --bounding-set=-sys_module,-sys_boot,-sys_time,-sys_rawio,-syslog,-audit_control,-audit_read,-audit_write "$@"
"""

NAMESPACES = "--mount --uts --ipc --net --pid --cgroup".split()


class Container:
    """See the top of the file. `init` is the command line of PID 1; `extra` a directory whose files lie over the machine's."""

    urgent = False  # all that runs inside goes before what others run (SCHED_FIFO)
    _count = 0

    def __init__(self, directory, init, extra=""):
        self.directory = Path(directory)
        self.init = [*self._scheduling(), *(str(word) for word in init)]
        self.extra = extra
        self.group = None  # of version 2; what PID 1 sees as the root
        self._heavy = None
        self.pid = None  # of PID 1, as seen from outside
        self._anchor = None

    def __enter__(self):
        self._make_group()
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    @classmethod
    def _scheduling(cls):
        return ["chrt", "--fifo", "5"] if cls.urgent else []

    def _make_group(self):
        own = own_group("")
        if not own:
            raise RuntimeError("no control groups of version 2 here")
        for top in filter(None, (own, own_group("cpu"))):
            for left in top.glob("tend-bench-*"):  # of a run that was killed
                if not Path("/proc", left.name.split("-")[2]).exists():
                    remove_groups(left)
        Container._count += 1
        name = f"tend-bench-{os.getpid()}-{Container._count}"
        self.group = own / name
        self.group.mkdir()
        (self.group / "driver").mkdir()
        self._join = f"echo 0 >{self.group}/driver/cgroup.procs; "
        self._make_heavy_group(name)

    def _make_heavy_group(self, name):
        """Where the machine has the cpu controller of version 1: a weight that leaves others little while we measure."""
        own = own_group("cpu")
        if self.urgent or not own or not os.access(own, os.W_OK):
            return
        self._heavy = own / name
        self._heavy.mkdir()
        (self._heavy / "cpu.shares").write_text("262144")
        self._join += f"echo 0 >{self._heavy}/cgroup.procs; "

    def _start(self):
        top = self.directory / "container"
        top.mkdir()
        script = f'UNITS="{UNITS}"\n{SETUP}'
        join = self._join + f'echo 0 >{self.group}/cgroup.procs; exec setpriv --pdeathsig=KILL unshare --fork --kill-child "$@"'
        self._anchor = subprocess.Popen(
            ["sh", "-c", join, "sh", *NAMESPACES, "sh", "-c", script, "bench-setup", top, self.extra, BIN, *self.init],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(self.directory / "stderr", "ab"),
        )
        self.pid = wait_for(self._find_init, "the container's PID 1")

    def _find_init(self):
        """PID 1 once it is the manager."""
        if self._anchor.poll() is not None:
            raise RuntimeError("no container: " + (self.directory / "stderr").read_text(errors="replace"))
        children = Path(f"/proc/{self._anchor.pid}/task/{self._anchor.pid}/children").read_text().split()
        if not children or Path(f"/proc/{self._anchor.pid}/comm").read_text() != "unshare\n":
            return None
        command = Path(f"/proc/{children[0]}/cmdline").read_bytes().split(b"\0")
        return None if b"bench-setup" in command or command[0] in (b"unshare", b"env", b"setpriv", b"chrt", b"") else int(children[0])

    def close(self):
        """Ends everything in the container."""
        if self.pid:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self._anchor:
            if not self.pid:
                self._anchor.kill()
            self._anchor.wait()
        for group in filter(None, (self.group, self._heavy)):
            wait_for(lambda: remove_groups(group), f"{group} to be empty")

    def inside(self, path):
        """A path of the container as seen from outside."""
        return Path(f"/proc/{self.pid}/root{path}")

    def command(self, *arguments):
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"]
        environment = ["env", "-i", f"PATH={BIN}:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/execline/bin", "HOME=/root", "LANG=C.UTF-8", "TERM=dumb"]
        return ["sh", "-c", self._join + 'exec "$@"', "sh", *enter, "--", *self._scheduling(), *environment, *[str(argument) for argument in arguments]]

    def run(self, *arguments, timeout=300):
        """What a command inside prints; an error when it fails."""
        result = subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, arguments[:6]))}: {result.stderr.strip() or result.stdout.strip() or result.returncode}")
        return result.stdout

    def processes(self, *names):
        """Pids, as seen from outside, of the container's processes with one of these names."""
        space = os.readlink(f"/proc/{self.pid}/ns/pid")
        found = []
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and Path(f"/proc/{entry}/comm").read_text().strip() in names:
                    if os.readlink(f"/proc/{entry}/ns/pid") == space:
                        found.append(int(entry))
            except OSError:
                pass  # ended meanwhile
        return found

    def cpu_seconds(self):
        """CPU time of all that ran in the container, and of what we ran in it."""
        return next(int(line.split()[1]) for line in (self.group / "cpu.stat").read_text().splitlines() if line.startswith("usage_usec")) / 1e6
