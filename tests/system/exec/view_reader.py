# SPDX-License-Identifier: Apache-2.0
"""What self_view printed, made comparable: numbers that differ from start to start get names, and mounts are what a path walk
finds, without those that change nothing."""

import functools
import re

DYNAMIC = range(61184, 65520)  # users of DynamicUser=
# What other units make, and what is systemd's own: where it hands mounts to a running service, where it keeps devices for a while.
IGNORED = re.compile(r"path /tmp/(systemd-private|namespace-dev)-|mount /run/lock:|mount /run/systemd/incoming:|word: /[a-z]")


def uid_name(match):
    return "DYNAMIC" if int(match.group()) in DYNAMIC else match.group()


# What stands for something that is hidden.
HIDING = re.compile(r"/(systemd|tend)/inaccessible")

REPLACED = (
    (re.compile(r"/run/tend/notify"), "/run/systemd/notify"),
    (re.compile(r"(path \S+: [df]0000 .* ro),.*"), r"\1"),  # hidden
    (re.compile(r"/memfd:(data-fd|stdin)"), "/memfd:DATA"),
    (re.compile(r"(path /(?:proc|usr|etc)/.*?) '.*"), r"\1"),
    (re.compile(r"\b6\d{4}\b"), uid_name),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"(systemd-private-ID-\S+?\.service-)\w{6}"), r"\1RANDOM"),
    (re.compile(r"(socket|pipe|anon_inode):\[\w+\]"), r"\1"),
    (re.compile(r"(env: JOURNAL_STREAM=)\d+:\d+"), r"\1STREAM"),
    (re.compile(r"(env: (?:SYSTEMD_EXEC_PID|MAINPID|WATCHDOG_PID)=)\d+"), r"\1PID"),
)


class Mount:
    def __init__(self, line):
        left, right = line.split(" - ", 1)
        words = left.split()
        self.id, self.parent, self.device = words[:3]
        self.root, self.path = (unescape(word) for word in words[3:5])
        self.options = sorted(set(words[5].split(",")) - {"relatime"})
        self.propagation = {word.partition(":")[0] for word in words[6:]}
        self.kind, _, rest = right.split(" ", 2)
        self.details = [word for word in sorted(rest.split(",")) if word.startswith(("size=", "mode=", "uid=", "gid=", "hidepid=", "subset=", "nr_inodes="))]

    def is_same_as(self, other):
        """Whether a file is found below it as it would be found in another mount that it lies on."""
        below = self.path if other.path == "/" else self.path.removeprefix(other.path)
        return (
            (self.device, self.options, self.propagation) == (other.device, other.options, other.propagation)
            and other.root.removesuffix("/") + below == self.root
        )

    def __str__(self):
        if HIDING.search(self.root) or "mode=000" in self.details:
            return f"mount {self.path}: hidden"
        propagation = "shared" if "shared" in self.propagation else ",".join(self.propagation)
        parts = [f"mount {self.path}: {self.kind}", ",".join(self.options), propagation]
        if self.root != "/" and self.kind != "cgroup2":
            parts.append(f"from {self.root}")
        return " ".join([*parts, *self.details])


def unescape(word):
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match.group(1), 8)), word)


def visible_mounts(mounts):
    """By path: what a walk from the root comes upon."""
    known = {mount.id for mount in mounts}
    on = {}
    for mount in mounts:
        on[mount.parent, mount.path] = mount
    roots = [mount for mount in mounts if mount.parent not in known or mount.parent == mount.id]

    def walk(path):
        at = next((mount for mount in roots if mount.path == "/"), None)
        for step in steps_to(path):
            while at and (at.id, step) in on and on[at.id, step] is not at:
                at = on[at.id, step]
        return at

    return {mount.path: mount for mount in mounts if walk(mount.path) is mount}


@functools.cache
def steps_to(path):
    """The directories on the way, from the root to the path itself."""
    names = path.strip("/").split("/") if path != "/" else []
    return ["/", *("/" + "/".join(names[: i + 1]) for i in range(len(names)))]


def mount_lines(lines):
    """The mounts that matter, as text."""
    visible = visible_mounts([Mount(line) for line in lines])
    for path in sorted(visible, key=len, reverse=True):
        above = next((visible[step] for step in reversed(steps_to(path)[:-1]) if step in visible), None)
        if above and visible[path].is_same_as(above):
            del visible[path]
    return [str(mount) for path, mount in sorted(visible.items())]


def is_credential_of_another(line, unit):
    return line.startswith("mount /run/credentials/") and f"/{unit}.service:" not in line


def left_over(text, unit):
    """What stands in the file system afterwards with the name of the unit."""
    lines = [line for line in text.splitlines() if re.search(rf"\b{unit}\b", line)]
    return replaced([f"left {line}" for line in lines])


def replaced(lines):
    text = "\n".join(lines)
    for pattern, name in REPLACED:
        text = pattern.sub(name, text)
    return text.splitlines()


def comparable(unit, text, init_namespaces):
    """The lines of what a unit printed, in an order of their own. `init_namespaces` are those of the manager: kind to its link."""
    mounts, lines = [], []
    for line in text.splitlines():
        if line.startswith("mount: "):
            mounts.append(line.partition(" ")[2])
        elif line.startswith("namespace "):
            kind, link = line.split()[1:]
            kind = kind.rstrip(":")
            state = link if "[" not in link else "shared" if link == init_namespaces[kind] else "own"
            lines.append(f"namespace {kind}: {state}")
        else:
            lines.append(line)
    lines += mount_lines(mounts)
    lines = [line for line in lines if not IGNORED.match(line) and not is_credential_of_another(line, unit)]
    return replaced(lines)
