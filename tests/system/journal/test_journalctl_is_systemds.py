# SPDX-License-Identifier: Apache-2.0
"""tend as journalctl answers as the real journalctl does, on files of tend and on files of the real systemd-journald."""

import fcntl
import json
import os
import pty
import re
import shutil
import socket
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from tendbox import BIN, ROOT, Tendbox, can_have_namespaces

JOURNALD = "/lib/systemd/systemd-journald"

pytestmark = [
    pytest.mark.skipif(not can_have_namespaces(), reason="needs root and namespaces"),
    pytest.mark.skipif(not shutil.which("journalctl"), reason="needs journalctl"),
]

MESSAGES = [
    b"simple", b"two\nlines", b"three\nlines\nhere\n", b"trailing   ", b"tab\there", b"\x1b[31mred\x1b[0m", b"\xff\xfe bad",
    "\u00fcmlaut \u2603 \u65e5\u672c".encode(), b"x" * 2000, b"y" * 5000, b"", b" leading", b"cr\rhere", b"nul\0here",
    b"\xc2\x80 c1", b"a" * 299, b"b" * 300, b"\n", b"\n\nfirst empty", b'quote"back\\slash/<>&',
]


# Unit started, unit failed, session begun, and one that nobody knows.
MESSAGE_IDS = [
    "39f53479d3a045ac8e11786248231fbf", "d9b373ed55a64feb8242e02dbe79a49c", "8d45620c1a4348dbb17410da57c60c66", "0123456789abcdef0123456789abcdef",
]


def datagram(**fields):
    """A native message; a list stands for a field that comes several times."""
    text = b""
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            value = value.encode() if isinstance(value, str) else value
            text += name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"
    return text


def datagrams():
    for number, message in enumerate(MESSAGES):
        for priority in "046":
            yield datagram(MESSAGE=message, PRIORITY=priority, SYSLOG_IDENTIFIER=f"id{number}")
    yield datagram(MESSAGE="many", MULTI=["one", "two", "three"], SYSLOG_PID="77")
    yield datagram(MESSAGE=["m1", "m2"], PRIORITY="9", SYSLOG_IDENTIFIER="long" * 100)
    yield datagram(NOMESSAGE="x")
    yield datagram(MESSAGE="no level", PRIORITY="abc", SYSLOG_IDENTIFIER="uni\u00e9")
    yield datagram(MESSAGE="big " + "z" * 60000, LONG="q" * 5000, BIN=b"\x00\x01\x02")
    for message_id in MESSAGE_IDS:
        yield datagram(MESSAGE="explained", MESSAGE_ID=message_id, UNIT="some.service", PRIORITY="6")
        yield datagram(MESSAGE="explained\nin short", MESSAGE_ID=message_id, PRIORITY="3")
    for length in (40, 59, 60, 61, 62, 63, 64, 200):
        yield datagram(MESSAGE="w" * length, SYSLOG_IDENTIFIER="wide")
        yield datagram(MESSAGE="\n".join(["w" * length] * 4), SYSLOG_IDENTIFIER="wide")
    for number in range(300):
        yield datagram(MESSAGE=f"filler {number}", PRIORITY=str(number % 8), UNIT=f"u{number % 7}.service", GROUP=str(number % 3))


SEND = """
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("/run/systemd/journal/socket")
data = open(sys.argv[1], "rb").read().split(b"--next--")
for message in data:
    s.send(message)
"""

RECORD = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log/journal
%s & recorder=$!
for i in $(seq 200); do [ -S /run/systemd/journal/socket ] && break; sleep 0.05; done
/usr/bin/python3 -c "$1" "$2"
journalctl --sync
kill $recorder
wait $recorder || true
cp /run/log/journal/*/system.journal "$3"
""" % JOURNALD


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A file of each recorder with the same messages, by the recorder's name."""
    directory = tmp_path_factory.mktemp("recorded")
    messages = directory / "messages"
    messages.write_bytes(b"--next--".join(datagrams()))
    found = {}
    if os.path.exists(JOURNALD):
        subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", RECORD, "sh", SEND, messages, directory / "theirs.journal"],
            check=True, timeout=60, stdin=subprocess.DEVNULL,
        )
        found["theirs"] = directory / "theirs.journal"
    with Tendbox(directory, journal=True) as box:
        box.start()
        box.run("/usr/bin/python3", "-c", SEND, str(messages), check=True)
        box.run("journalctl", "--sync", check=True)
        box.run("sh", "-c", f"cp /run/log/journal/*/system.journal {directory}/ours.journal", check=True)
        found["ours"] = directory / "ours.journal"
    return found


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The path of tend under the name journalctl."""
    path = tmp_path_factory.mktemp("names") / "journalctl"
    path.symlink_to(BIN / "tend")
    return path


@pytest.fixture(params=["theirs", "ours"])
def file(request, files):
    if request.param not in files:
        pytest.skip(f"needs {JOURNALD}")
    return files[request.param]


def ask(program, file, *arguments):
    result = subprocess.run([program, "--file", file, *arguments], capture_output=True, timeout=60)
    return result.returncode, result.stdout, result.stderr


def assert_same(ours, file, *arguments):
    assert ask(ours, file, *arguments) == ask("journalctl", file, *arguments)


TEXT_OUTPUTS = [
    "short", "short-full", "short-iso", "short-iso-precise", "short-precise", "short-monotonic", "short-delta", "short-unix",
    "verbose", "export", "cat", "with-unit",
]


@pytest.mark.parametrize("output", TEXT_OUTPUTS)
@pytest.mark.parametrize("extra", [[], ["--all"], ["--reverse"], ["--utc", "--no-hostname"]], ids=" ".join)
def test_text_is_the_same(ours, file, output, extra):
    assert_same(ours, file, "-o", output, *extra)


@pytest.mark.parametrize("output", ["json", "json-pretty", "json-sse", "json-seq"])
@pytest.mark.parametrize("extra", [[], ["--all"]], ids=" ".join)
def test_json_says_the_same(ours, file, output, extra):
    """The real one puts keys in another order in each run."""

    def objects(program):
        text = ask(program, file, "-o", output, *extra)[1].decode()
        text = text.replace("data: ", "") if output == "json-sse" else text.replace("\x1e", "")
        decoder, found, at = json.JSONDecoder(), [], 0
        while at < len(text):
            value, end = decoder.raw_decode(text, at)
            found.append(value)
            at = len(text) - len(text[end:].lstrip("\n"))
        return found, len(text)

    assert objects(ours) == objects("journalctl")


QUESTIONS = [
    ["-n", "7"], ["-n7", "-r"], ["-n", "all", "-p", "warning"], ["-p", "2..4"], ["-u", "u3"], ["-u", "u3", "-n", "5"], ["-u", "u[12]*"], ["-u", "none*"],
    ["-t", "id3", "-t", "id4"], ["GROUP=1", "-n", "9"], ["GROUP=1", "GROUP=2", "PRIORITY=3"], ["PRIORITY=3", "UNIT=u1.service", "+", "GROUP=0"],
    ["-g", "FILLER 9"], ["-g", "filler 9."], ["-g", "filler .*9", "-n", "4"], ["-g", "FILLER", "--case-sensitive=no", "-n", "3"], ["-b"], ["-b", "-1"], ["-b", "1", "-n", "1"], ["-b", "nonsense"],
    ["--list-boots"], ["--header"], ["-k"], ["--since", "-1h", "-n", "3"], ["-S", "-1h", "-U", "now"], ["--until", "-1h"], ["-r", "--until", "now", "-n", "3"],
    ["-S", "tomorrow"], ["-S", "nonsense"], ["-n", "0"], ["-n", "3", "--show-cursor"], ["--cursor", "nonsense"], ["-F", "PRIORITY"], ["-N"], ["NONSENSE"],
    ["--no-full"], ["--no-full", "-l", "-n", "3"], ["--no-full", "-a", "-n", "3"], ["--interval=1h", "-n", "1"], ["--interval=nonsense"], ["--force", "-n", "1"],
    ["-o", "nonsense"], ["-p", "nonsense"], ["--disk-usage"], ["-q", "-u", "nosuch"], ["--verify"], ["-o", "verbose", "--output-fields=MESSAGE,PRIORITY"],
]


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_questions_are_answered_alike(ours, file, question):
    assert_same(ours, file, *question)


@pytest.mark.skipif(not os.path.exists("/var/lib/systemd/catalog/database"), reason="needs the catalog's database")
@pytest.mark.parametrize("question", [
    ["-x"], ["-x", "-o", "verbose", "-n", "400"], ["-x", "-o", "cat", "-n", "400"], ["-x", "-o", "with-unit", "-r", "-n", "400"],
], ids=" ".join)
def test_messages_are_explained_alike(ours, file, question):
    assert_same(ours, file, *question)
    for locale in ("C", "de_DE.UTF-8", "nonsense"):
        answers = [
            subprocess.run([program, "--file", file, "-n", "5", *question, "MESSAGE_ID=" + MESSAGE_IDS[0]], capture_output=True, env=os.environ | {"LC_ALL": locale}).stdout
            for program in (ours, "journalctl")
        ]
        assert answers[0] == answers[1]


@pytest.mark.skipif(not os.path.exists("/var/lib/systemd/catalog/database"), reason="needs the catalog's database")
@pytest.mark.parametrize("question", [
    ["--list-catalog"], ["--dump-catalog"], ["--list-catalog", MESSAGE_IDS[0]], ["--dump-catalog", MESSAGE_IDS[1], MESSAGE_IDS[2]],
    ["--dump-catalog", MESSAGE_IDS[3]], ["--list-catalog", "nonsense", MESSAGE_IDS[0]],
], ids=" ".join)
def test_the_catalog_is_listed_alike(ours, question):
    answers = [subprocess.run([program, *question], capture_output=True) for program in (ours, "journalctl")]
    assert [(a.returncode, a.stdout, a.stderr) for a in answers[:1]] == [(a.returncode, a.stdout, a.stderr) for a in answers[1:]]


CATALOGS = {
    "a.catalog": "# comment\n\n-- 39f50000000000000000000000000000\nSubject: a\nDefined-By: x\n\nBody of a\n\n-- 39f50000000000000000000000000003\n# another\nSubject: a\nDefined-By: x\n# a third\n\nBody 1\n\n\nBody 2\n; a fourth\n  # indented\n-- not an id\n\n"
    "-- 39f50000000000000000000000000001\n\nno headers\n\n-- 39f50000000000000000000000000001 de\nSubject: German\n-- 39f50000000000000000000000000009\nSubject: not one\n",
    "b.catalog": "-- 39f50000000000000000000000000000\nSubject: b\nSupport: y\n\nBody of b\n",
    "c.catalog": "-- 39f50000000000000000000000000000\nDocumentation: c",
    "d.de_DE.catalog": "-- 39f50000000000000000000000000000\nSubject: deutsch\n\n\n",
}


@pytest.mark.parametrize("language", ["C", "de_DE.UTF-8"])
def test_the_catalog_is_made_alike(ours, tmp_path, language):
    """Of texts of our own, and of those that are installed."""
    roots = {name: tmp_path / name for name in ("ours", "theirs", "none")}
    for root in roots.values():
        (root / "usr/lib/systemd/catalog").mkdir(parents=True)
        for name, text in CATALOGS.items():
            (root / "usr/lib/systemd/catalog" / name).write_text(text)
        for path in Path("/usr/lib/systemd/catalog").glob("*.catalog"):
            shutil.copy(path, root / "usr/lib/systemd/catalog")
    environment = os.environ | {"LC_ALL": language}

    def ask(program, root, what):
        result = subprocess.run([program, f"--root={roots[root]}", what], capture_output=True, env=environment)
        assert result.returncode == 0, result.stderr
        return result.stdout

    ask(ours, "ours", "--update-catalog")
    ask("journalctl", "theirs", "--update-catalog")
    for what in ("--dump-catalog", "--list-catalog"):
        expected = ask("journalctl", "theirs", what)
        assert b"Body 2" in expected or what != "--dump-catalog"
        assert ask("journalctl", "ours", what) == expected  # theirs of our database
        assert ask(ours, "ours", what) == expected
        assert ask(ours, "none", what) == expected  # where nobody made one


def test_a_catalog_that_is_wrong_is_told_of(ours, tmp_path):
    directory = tmp_path / "usr/lib/systemd/catalog"
    assert subprocess.run([ours, f"--root={tmp_path}", "--update-catalog"]).returncode == 0  # there is nothing
    directory.mkdir(parents=True)
    for text, line in (("junk\n", 1), ("-- 39f50000000000000000000000000002\n", 2), ("-- 39f50000000000000000000000000002 " + 32 * "x" + "\nSubject: x\n", 1)):
        (directory / "wrong.catalog").write_text(text)
        result = subprocess.run([ours, f"--root={tmp_path}", "--update-catalog"], capture_output=True, text=True)
        assert result.returncode == 1 and f"wrong.catalog:{line}: " in result.stderr
    assert not (tmp_path / "var/lib/systemd/catalog/database").exists()


def on_terminal(program, *arguments, columns=90):
    """What a program writes to a terminal."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
    environment |= {"TERM": "xterm-256color", "SYSTEMD_PAGER": "cat", "SYSTEMD_COLORS": "256"}
    process = subprocess.Popen([program, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    text = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        text += piece
    os.close(master)
    assert process.wait(timeout=60) in (0, 1)
    # Without a pattern the real one highlights nothing at the front of a message, in as many words.
    return re.sub(rb"(\x1b\[[0-9;]*m)\x1b\[0;1;3[19]m\1", rb"\1", text)


@pytest.mark.parametrize("question", [
    ["-n", "100"], ["-x", "-n", "100"], ["-g", "filler"], ["-g", "ll.*9", "-o", "cat"], ["-n", "30", "-o", "verbose"],
], ids=" ".join)
def test_terminals_show_the_same(ours, file, question):
    assert on_terminal(ours, "--file", file, *question) == on_terminal("journalctl", "--file", file, *question)


REFUSED = ["--machine=x", "--image=x", "--setup-keys", "--verify-key=x"]


def test_every_option_is_known(ours):
    """Those that --help of the real one names work, or are refused with a reason."""
    text = subprocess.run(["journalctl", "--help"], capture_output=True, text=True).stdout
    options = re.findall(r"^  (?:-\w|  ) (--[a-z0-9-]+)", text, re.M)
    assert len(options) > 40
    page = (ROOT / "man/tend-journalctl.1").read_text().replace("\\-", "-")
    for option in options:
        assert option in page, option
        result = subprocess.run([ours, option + "-nonsense"], capture_output=True, text=True)
        assert "unrecognized option" in result.stderr
        result = subprocess.run([ours, "--file=/nonexistent", option, "--help"] if option != "--help" else [ours, option], capture_output=True, text=True)
        assert "unrecognized option" not in result.stderr, option
    for option in REFUSED:
        result = subprocess.run([ours, option], capture_output=True, text=True)
        assert result.returncode == 1 and re.match(r"--[a-z-]+ is not supported: .", result.stderr), option


def test_cursors_of_one_are_understood_by_the_other(ours, file):
    for writer, reader in ((ours, "journalctl"), ("journalctl", ours)):
        entry = json.loads(ask(writer, file, "-o", "json", "-n", "20", "GROUP=1")[1].splitlines()[0])
        for question in (["--cursor"], ["--after-cursor"]):
            for extra in ([], ["-n", "2"], ["-r", "-n", "2"]):
                assert_same(ours, file, *question, entry["__CURSOR"], *extra)


def test_a_cursor_file_is_gone_on_with(ours, file, tmp_path):
    assert ask(ours, file, "--cursor-file", tmp_path / "cursor", "-n", "3")[0] == 0
    assert "No entries" in ask(ours, file, "--cursor-file", tmp_path / "cursor")[1].decode()


def test_damage_is_found_and_survived(ours, file, tmp_path):
    """Whatever is overwritten, most is still shown, and --verify says no."""
    whole = file.read_bytes()
    n_lines = len(ask(ours, file)[1].splitlines())
    at = whole.index(b"filler 150")
    damaged = tmp_path / "damaged.journal"
    damaged.write_bytes(whole[:at - 56] + b"\xff" * 32 + whole[at - 24:])
    status, out, _ = ask(ours, damaged)
    assert status == 0 and len(out.splitlines()) > n_lines // 2
    assert ask(ours, damaged, "--verify")[0] == 1
    cut = tmp_path / "cut.journal"
    cut.write_bytes(whole[:at])
    assert ask(ours, cut)[0] == 0
    assert ask(ours, cut, "--verify")[0] == 1


def test_several_files_are_one_journal(ours, files):
    if len(files) < 2:
        pytest.skip(f"needs {JOURNALD}")
    arguments = [word for path in files.values() for word in ("--file", path)][1:]
    assert_same(ours, *arguments, "-o", "export")
    assert_same(ours, *arguments, "-o", "short-iso-precise", "-r", "-n", "50")


def test_what_comes_is_followed(ours, tmp_path):
    with Tendbox(tmp_path, journal=True) as box:
        box.unit("talk.service", "[Service]\nType=oneshot\nExecStart=echo spoken")
        box.start()
        follower = subprocess.Popen(
            box.command([str(ours), "-f", "-o", "cat", "-u", "talk.service"]), stdout=subprocess.PIPE, text=True, env=box.environment()
        )
        try:
            for _ in range(2):
                box.systemctl("start", "talk.service", check=True)
                while follower.stdout.readline() != "spoken\n":
                    pass
                box.run("journalctl", "--rotate", check=True)
        finally:
            follower.kill()
            follower.wait()
