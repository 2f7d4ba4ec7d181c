# SPDX-License-Identifier: Apache-2.0
"""Random unit files and random sequences of enable, disable, mask, preset and their like: after each command the
distribution's systemctl and ours have left the same tree, said the same lines and ended with the same status.

Lines may differ in order only: it is that of the directory on the disk. INSTALL_CASES sets how many sequences
there are, INSTALL_SEED where they begin."""

import os
import random
import shutil
import subprocess

import pytest

import tendbox

SYSTEMCTL = "/usr/bin/systemctl"
CASES = int(os.environ.get("INSTALL_CASES", "120"))
SEED = int(os.environ.get("INSTALL_SEED", "1"))
COMMANDS = 6

SERVICES = ["a.service", "b.service", "c-d.service", "t@.service", "u@.service", "s.socket", "m.timer", "x.target",
            "default.target", "y.slice", "v.mount", "p.path"]
NAMES = ["a", "a.service", "b", "c-d", "t@", "t@1", "t@two.service", "u@", "u@1", "s.socket", "m.timer", "x.target",
         "y.slice", "v.mount", "p.path", "nosuch", "al", "al2.service", "o", "o@", "o@i", "default.target", "in/valid",
         "/srv/o.service", "/srv/o@.service", "/usr/lib/systemd/system/a.service", "/srv/nosuch.service"]
TARGETS = ["x.target", "multi-user.target", "t@.service", "t@i.service", "a.service", "%i.target", "%p.target", "u@%i.target",
           "%n.target", "bad name", "%z.target", "nosuch.target", "default.target"]
ALIASES = ["al.service", "al2.service", "al@.service", "al@1.service", "t@1.service", "x.target.wants/a.service", "a.service",
           "al.socket", "default.target", "%p-al.service", "b.service", "bad", "m.timer", "al.target"]
DIRECTORIES = ["usr/lib/systemd/system", "usr/lib/systemd/system", "usr/lib/systemd/system", "etc/systemd/system",
               "run/systemd/system", "usr/local/lib/systemd/system", "run/systemd/generator", "run/systemd/transient",
               "lib/systemd/system"]


def install_section(rng):
    lines = []
    for key, values, chance in (("WantedBy", TARGETS, 0.6), ("RequiredBy", TARGETS, 0.2), ("Alias", ALIASES, 0.4),
                                ("Also", SERVICES + ["nosuch.service", "u@1.service", "%p.socket"], 0.3)):
        while rng.random() < chance:
            lines.append(f"{key}={' '.join(rng.sample(values, rng.choice([1, 1, 2])))}")
            chance /= 3
    if rng.random() < 0.3:
        lines.append(f"DefaultInstance={rng.choice(['1', 'two', '%p', ''])}")
    if rng.random() < 0.1:
        lines.append(rng.choice(["WantedBy=", "Alias=", "Strange=1", "X-Strange=1", "Also="]))
    rng.shuffle(lines)
    return "[Install]\n" + "\n".join(lines) + "\n" if lines else ""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink() and not path.exists():
        path.write_text(text)


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink() and not path.exists():
        path.symlink_to(target)


def make_tree(rng, root):
    """A root directory with unit files, links, masks, drop-ins and presets."""
    if rng.random() < 0.7:
        root.joinpath("usr/lib").mkdir(parents=True)
        root.joinpath("lib").symlink_to("usr/lib")
    for name in SERVICES:
        for _ in range(rng.choice([0, 1, 1, 1, 1, 2])):
            text = "" if rng.random() < 0.05 else "[Unit]\nDescription=x\n" + install_section(rng)
            write(root / rng.choice(DIRECTORIES) / name, text)
    write(root / "srv/o.service", "[Service]\nExecStart=true\n" + install_section(rng))
    write(root / "srv/o@.service", "[Service]\nExecStart=true\n" + install_section(rng))
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        directory = rng.choice(["etc", "etc", "run", "usr/lib"])
        name = rng.choice(["al.service", "al2.service", "al@.service", "t@1.service", "a.service", "b.service", "o.service",
                           "default.target", "al@x.service", "x.target.wants/a.service", "x.target.wants/t@1.service",
                           "x.target.requires/b.service", "z.target.wants/o.service", "dangling.service"])
        target = rng.choice(["/usr/lib/systemd/system/a.service", "../../../usr/lib/systemd/system/b.service", "/dev/null",
                             "a.service", "/lib/systemd/system/t@.service", "/srv/o.service", "/srv/o@.service", "nosuch.service",
                             "/usr/lib/systemd/system/x.target", "/etc/systemd/system/al.service", "al2.service"])
        link(root / directory / "systemd/system" / name, target)
    for _ in range(rng.choice([0, 0, 1, 2])):
        directory = rng.choice(["etc", "run", "usr/lib"])
        name = rng.choice(["a.service.d", "t@.service.d", "t@1.service.d", "b.service.d", "o.service.d"])
        write(root / directory / "systemd/system" / name / rng.choice(["1.conf", "2.conf"]), install_section(rng))
    rules = ["enable a.service", "disable *", "disable b*", "enable t@.service 1 three", "disable t@*", "# no", "", "strange",
             "enable b.service 1", "enable *.socket", "disable al*", "enable u@.service", "ignore a.service", "  enable x.target"]
    for name in rng.sample(["10-a.preset", "20-b.preset", "30-c.preset"], rng.choice([0, 1, 2])):
        text = "\n".join(rng.sample(rules, rng.choice([1, 3, 6]))) + "\n"
        write(root / rng.choice(["etc", "usr/lib"]) / "systemd/system-preset" / name, text)


def make_command(rng):
    verb = rng.choice(["enable", "enable", "enable", "disable", "disable", "reenable", "preset", "preset-all", "mask", "unmask",
                       "link", "revert", "add-wants", "add-requires", "is-enabled", "is-enabled", "list-unit-files",
                       "get-default", "set-default"])
    options = []
    if rng.random() < 0.25 and verb != "is-enabled":
        options.append(rng.choice(["--runtime", "--force", "--quiet", "--now", "-f", "--no-reload"]))
    if verb.startswith("preset") and rng.random() < 0.4:
        options.append("--preset-mode=" + rng.choice(["full", "enable-only", "disable-only"]))
    if verb in ("preset-all", "list-unit-files", "get-default"):
        return [*options, verb]
    if verb == "set-default":
        return [*options, verb, rng.choice(["x", "x.target", "a.service", "nosuch", "default.target"])]
    names = rng.sample(NAMES, rng.choice([1, 1, 1, 2, 3]))
    if verb == "link":
        names = rng.sample(["/srv/o.service", "/srv/o@.service", "/usr/lib/systemd/system/a.service", "/nosuch.service"], 1)
    if verb.startswith("add-"):
        names.insert(0, rng.choice(["x.target", "x", "nosuch", "t@1.service", "a.service"]))
    return [*options, verb, *names]


def tree_of(root):
    """All there is below a directory, as lines."""
    lines = []
    for directory, directories, files in os.walk(root):
        for name in directories + files:
            path = os.path.join(directory, name)
            shown = os.path.relpath(path, root)
            if os.path.islink(path):
                lines.append(f"{shown} -> {os.readlink(path)}")
            elif os.path.isdir(path):
                lines.append(shown + "/")
            else:
                with open(path, encoding="utf-8") as file:
                    lines.append(f"{shown}: {file.read()!r}")
    return sorted(lines)


def run(program, root, command):
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""}
    result = subprocess.run([program, f"--root={root}", *command], env=environment, capture_output=True, text=True, timeout=60,
                            check=False)
    clean = [text.replace(str(root), "ROOT") for text in (result.stdout, result.stderr)]
    return result.returncode, sorted(clean[0].splitlines()), sorted(clean[1].splitlines())


def differences(got, expected):
    """What one list of lines has more often than the other."""
    more = [f"ours: {line}" for line in set(got) if got.count(line) > expected.count(line)]
    return more + [f"systemctl's: {line}" for line in set(expected) if expected.count(line) > got.count(line)]


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """Our program under systemctl's name."""
    name = tmp_path_factory.mktemp("bin") / "systemctl"
    name.symlink_to((tendbox.BIN / "tend").resolve())
    return name


@pytest.mark.skipif(not shutil.which(SYSTEMCTL), reason="needs systemctl")
@pytest.mark.parametrize("case", range(SEED, SEED + CASES))
def test_trees_lines_and_statuses_are_the_same(tmp_path, ours, case):
    roots = [tmp_path / "1", tmp_path / "2"]
    for root in roots:
        root.mkdir()
        make_tree(random.Random(case), root)
    assert tree_of(roots[0]) == tree_of(roots[1])
    rng = random.Random(case + 1000000)
    for _ in range(COMMANDS):
        command = make_command(rng)
        before = tree_of(roots[0])
        expected, got = run(SYSTEMCTL, roots[0], command), run(ours, roots[1], command)
        found = differences(got[1] + got[2] + tree_of(roots[1]), expected[1] + expected[2] + tree_of(roots[0]))
        if found or got[0] != expected[0]:
            text = [f"status {got[0]}, systemctl's {expected[0]}: {' '.join(command)}", *found, "Before:", *before]
            pytest.fail("\n".join(text), pytrace=False)
