# SPDX-License-Identifier: Apache-2.0
"""kill -9 of tendd at random moments while clients connect and files come.

What must hold: every connection is answered, by a service of its own or by one that is started with the socket; every file
of a spool is taken from it; a change of a watched file is seen although no manager lived when it came. A kill between accept(2) and the very next system call,
which gives the connection to the keeper, loses it: one in many thousand kills. CHAOS_ROUNDS and CHAOS_SEED as for the other one."""

import os
import random
import signal
import socket
import threading
import time

from tendbox import wait_for

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "40"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
PATIENCE = 60  # seconds that an answer may take

# Answers three connections and ends, so that the next one starts it again.
SERVER = """
import select, socket
listener = socket.socket(fileno=3)
for _ in range(3):
    select.select([listener], [], [])
    connection, _ = listener.accept()
    connection.sendall(connection.recv(100))
    connection.close()
"""

NO_LIMITS = "[Unit]\nStartLimitIntervalSec=0\n"


class Clients(threading.Thread):
    """Connects again and again; each time what was sent has to come back."""

    def __init__(self, path):
        super().__init__()
        self.path, self.n_answered, self.lost, self.stopped = str(path), 0, [], threading.Event()

    def run(self):
        while not self.stopped.is_set():
            word = b"%d\n" % self.n_answered
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(PATIENCE)
                client.connect(self.path)
                client.sendall(word)
                try:
                    answer = client.recv(100)
                except OSError as error:
                    answer = error
            if answer == word:
                self.n_answered += 1
            else:
                self.lost.append((self.n_answered, answer))

    def end(self):
        self.stopped.set()
        self.join()


class Files(threading.Thread):
    """Puts files into a spool, and writes the number of the last one to a file."""

    def __init__(self, spool, last):
        super().__init__()
        self.spool, self.last, self.n_written, self.stopped = spool, last, 0, threading.Event()
        self.random = random.Random(SEED + 1)

    def run(self):
        while not self.stopped.wait(self.random.uniform(0, 0.03)):
            self.n_written += 1
            (self.spool / f"{self.n_written}").write_text("x")
            self.last.write_text(f"{self.n_written}\n")

    def end(self):
        self.stopped.set()
        self.join()


def write_units(box):
    box.path("server.py").write_text(SERVER)
    for name, accept in (("each", "yes"), ("all", "no")):
        box.unit(f"{name}.socket", f"[Socket]\nListenStream={box.path(name)}\nAccept={accept}\nTriggerLimitIntervalSec=0\n")
    box.unit("each@.service", f"{NO_LIMITS}CollectMode=inactive-or-failed\n[Service]\nStandardInput=socket\nExecStart=/bin/sh -c 'read x; echo $x'\n")
    box.unit("all.service", f"{NO_LIMITS}[Service]\nExecStart=/usr/bin/python3 {box.path('server.py')}\n")
    box.unit("spool.path", f"[Path]\nDirectoryNotEmpty={box.path('spool')}\nTriggerLimitIntervalSec=0\n")
    box.unit("spool.service", f"{NO_LIMITS}[Service]\nType=oneshot\nExecStart=/bin/sh -c 'find {box.path('spool')} -type f -delete'\n")
    box.unit("last.path", f"[Path]\nPathChanged={box.path('last')}\nTriggerLimitIntervalSec=0\n")
    box.unit("last.service", f"{NO_LIMITS}[Service]\nType=oneshot\nExecStart=/bin/cp {box.path('last')} {box.path('seen')}\n")


def change_while_no_manager_lives(box):
    box.forget_ready()
    box.kill_manager(signal.SIGSTOP)
    box.path("last").write_text("the last\n")
    box.kill_manager()
    box.wait_ready()


def test_connections_and_files_come_while_the_manager_dies(make_box):
    box = make_box(keeper=True)
    moments = random.Random(SEED)
    write_units(box)
    box.path("spool").mkdir()
    box.path("last").write_text("0\n")
    box.start()
    units = "each.socket", "all.socket", "spool.path", "last.path"
    started = box.systemctl("start", *units)
    assert started.returncode == 0, started.stderr + box.logs()
    workers = [Clients(box.path(name)) for name in ("each", "each", "all")] + [Files(box.path("spool"), box.path("last"))]
    for worker in workers:
        worker.start()
    try:
        for _ in range(ROUNDS):
            time.sleep(moments.uniform(0, 0.15))  # the random moment: no state is awaited here
            box.forget_ready()
            box.kill_manager()
            box.wait_ready()
    finally:
        for worker in workers:
            worker.end()
    *clients, files = workers
    print(f"\nchaos: {ROUNDS} kills, {sum(c.n_answered for c in clients)} connections answered, lost {[c.lost for c in clients]}, {files.n_written} files")
    assert sum(len(client.lost) for client in clients) <= 1 + ROUNDS // 1000
    wait_for(lambda: not os.listdir(box.path("spool")), "the spool to be empty", PATIENCE)
    # A change while the service runs does not start it once more, as with systemd: the last one comes when all is quiet.
    wait_for(lambda: box.show("last.path", "SubState") == "waiting" and box.is_active("last.service") == "inactive", "quiet", PATIENCE)
    change_while_no_manager_lives(box)
    wait_for(lambda: box.path("seen").read_text() == "the last\n", "the last change to be seen", PATIENCE)
    for unit in units:
        assert box.is_active(unit) == "active", box.manager_log()
    wait_for(lambda: box.show("each.socket", "NConnections") == "0", "all connections to be over", PATIENCE)
    said = [words for words in ("Failed with result", "is not wanted any more") if words in box.manager_log()]
    assert not said, box.manager_log()
