# SPDX-License-Identifier: Apache-2.0
"""What runs as root removes, kills, waits and reads on behalf of services: nobody who owns a service, or any other user, makes it do
that to something else."""

import os
import signal

import pytest
from tendbox import wait_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
ATTACKER = "daemon"


def attack(box, program, settings, name="hostile.service"):
    """Starts a service of an ordinary user that runs this program and says "at work"."""
    box.inside(f"/run/{name}.py").write_text(program)
    box.unit(name, f"[Service]\nUser={ATTACKER}\n{settings}\nExecStart=/usr/bin/python3 -S /run/{name}.py\n")
    result = box.systemctl("start", name)
    assert result.returncode == 0, result.stderr + box.logs()
    wait_for(lambda: "at work" in box.log(name), "the attack to begin")


@pytest.mark.parametrize("cgroups", ["auto", "none"])
def test_a_link_to_the_pid_file_of_another_is_not_believed(make_box, cgroups):
    """Root wrote the file at its end, but the attacker chose it."""
    box = make_box(cgroups=cgroups)
    box.start()
    box.run("sh", "-c", "setsid sleep 7777 >/dev/null 2>&1 & echo $! >/run/victim.pid", check=True)
    victim = box.inside("/run/victim.pid").read_text().strip()
    box.unit("hostile.service", f"""[Service]
Type=forking
User={ATTACKER}
RuntimeDirectory=hostile
PIDFile=/run/hostile/main.pid
ExecStart=/bin/sh -c 'ln -s ../victim.pid /run/hostile/main.pid; sleep 6666 & exit 0'
""")
    box.systemctl("start", "--no-block", "hostile.service")
    wait_for(lambda: "reached by an unsafe path" in box.log("hostile.service"), "the file to be refused")
    box.systemctl("stop", "hostile.service")
    assert box.run("kill", "-0", victim).returncode == 0, box.logs()


# Puts a link in the place of a directory on the way.
SWAP = """
import os, time
os.rename("/run/app/way", "/run/app/was")
os.symlink("/run/elsewhere", "/run/app/way")
print("at work", flush=True)
time.sleep(7777)
"""


@pytest.mark.parametrize("directories", ["app/way/treasure app", "app/way/treasure"])
def test_what_is_removed_at_the_stop_is_not_chosen_by_a_link(box, directories):
    """The service swaps a directory on the way to one that the manager removes."""
    box.start()
    treasure = box.inside("/run/elsewhere/treasure")
    treasure.mkdir(parents=True)
    (treasure / "gold").touch()
    own = box.inside("/run/app")
    own.mkdir()
    os.chown(own, 1, 1)
    attack(box, SWAP, f"RuntimeDirectory={directories}")
    assert box.systemctl("stop", "hostile.service").returncode == 0
    assert (treasure / "gold").exists(), box.logs()


def test_what_is_cleaned_is_not_chosen_by_a_link(box):
    box.start()
    treasure = box.inside("/run/elsewhere/treasure")
    treasure.mkdir(parents=True)
    (treasure / "gold").touch()
    attack(box, SWAP, "RuntimeDirectory=app app/way/treasure\nRuntimeDirectoryPreserve=yes")
    assert box.systemctl("stop", "hostile.service").returncode == 0
    box.unit("hostile.service", "[Service]\nExecStart=true\nRuntimeDirectory=app/way/treasure\nRuntimeDirectoryPreserve=yes\n")
    box.systemctl("daemon-reload")
    box.systemctl("clean", "--what=runtime", "hostile.service")
    assert (treasure / "gold").exists(), box.logs()


def test_credentials_that_were_imported_end_with_the_service(box):
    box.start()
    store = box.inside("/run/credstore")
    store.mkdir()
    (store / "secret.key").write_text("secret")
    box.unit("a.service", "[Service]\nType=exec\nImportCredential=secret.*\nExecStart=sleep 7777\n")
    assert box.systemctl("start", "a.service").returncode == 0, box.logs()
    assert box.inside("/run/credentials/a.service/secret.key").exists()
    assert box.systemctl("stop", "a.service").returncode == 0
    assert not box.inside("/run/credentials/a.service").exists()


def test_credentials_end_with_the_service_though_its_file_asks_for_none_any_more(box):
    box.unit("a.service", "[Service]\nType=exec\nSetCredential=secret:x\nExecStart=sleep 7777\n")
    box.start()
    assert box.systemctl("start", "a.service").returncode == 0, box.logs()
    box.unit("a.service", "[Service]\nExecStart=sleep 7777\n")
    assert box.systemctl("daemon-reload").returncode == 0
    assert box.systemctl("stop", "a.service").returncode == 0
    assert not box.inside("/run/credentials/a.service").exists()


LINGERS = """
import array, os, socket, struct, sys, time
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen()
one = socket.create_connection(listening.getsockname())
other = listening.accept()[0]
one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 100000))
one.setblocking(False)
try:
    while True:
        one.send(b"x" * 65536)
except BlockingIOError:
    pass
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
where = sys.argv[1] if len(sys.argv) > 1 else os.environ["NOTIFY_SOCKET"]
notify.sendmsg([b"FDSTORE=1\\nFDNAME=x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [one.fileno()]))], 0, where)
one.close()
print("at work", flush=True)
while not os.path.exists("/run/go"):
    time.sleep(0.01)
notify.sendto(b"FDSTOREREMOVE=1\\nFDNAME=x", where)
while True:
    time.sleep(7777)
"""


def test_a_stored_connection_that_lingers_holds_nobody_up(make_box):
    """close(2) of its last descriptor waits until the peer has read everything, which it never does."""
    box = make_box(keeper=True)
    box.start()
    attack(box, LINGERS, "NotifyAccess=all\nFileDescriptorStoreMax=4")
    wait_for(lambda: box.show("hostile.service", "NFileDescriptorStore") == "1", "the descriptor to be stored")
    box.unit("b.service", "[Service]\nExecStart=sleep 7777\n")
    box.inside("/run/go").touch()
    wait_for(lambda: box.show("hostile.service", "NFileDescriptorStore") == "0", "the descriptor to be dropped")
    assert box.systemctl("start", "b.service").returncode == 0
    box.kill_manager()
    wait_for(lambda: box.is_active("b.service") == "active", "the keeper to start another manager")


def test_a_connection_that_any_user_sends_holds_nobody_up(make_box):
    box = make_box()
    box.start()
    box.inside("/run/linger.py").write_text(LINGERS)
    box.kill_manager(signal.SIGSTOP)  # so that the sender has closed its own before
    become = "setsid setpriv --reuid=1 --regid=1 --clear-groups"
    box.run("sh", "-c", f"{become} python3 -S /run/linger.py /run/systemd/notify >/run/said 2>&1 &", check=True)
    wait_for(lambda: "at work" in box.inside("/run/said").read_text(), "the message to be sent")
    box.kill_manager(signal.SIGCONT)
    box.unit("b.service", "[Service]\nExecStart=sleep 7777\n")
    assert box.systemctl("start", "b.service").returncode == 0


def test_deep_directories_are_removed_with_their_service(box):
    """Deeper than the manager may have descriptors open."""
    box.start()
    attack(box, """
import os, signal
os.chdir("/run/deep")
for i in range(25000):
    os.mkdir("d")
    os.chdir("d")
print("at work", flush=True)
signal.pause()
""", "RuntimeDirectory=deep")
    assert box.systemctl("stop", "hostile.service").returncode == 0, box.logs()
    assert box.is_active("hostile.service") == "inactive", box.logs()
    assert not box.inside("/run/deep").exists()


def test_a_fifo_of_another_user_is_not_listened_on(box):
    """Who made it could read what is written for the service."""
    box.unit("a.service", "[Service]\nExecStart=sleep 7777\n")
    box.unit("a.socket", "[Socket]\nListenFIFO=/run/a.fifo\nSocketUser=games\n")
    box.start()
    box.run("sh", "-c", "mkfifo -m 666 /run/a.fifo; chown daemon /run/a.fifo", check=True)
    assert box.systemctl("start", "a.socket").returncode != 0
    box.run("rm", "/run/a.fifo", check=True)
    for _ in range(2):  # the second time it is there, and the user's
        assert box.systemctl("start", "a.socket").returncode == 0, box.logs()
        assert box.systemctl("stop", "a.socket").returncode == 0, box.logs()
