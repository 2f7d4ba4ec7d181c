# SPDX-License-Identifier: Apache-2.0
"""systemctl clean removes what a service keeps, and nothing while it runs."""

import os
import shutil

import pytest

from message_bus import MessageBus

pytestmark = [
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
    pytest.mark.skipif(not shutil.which("busctl"), reason="needs busctl"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a bus of the system"),
]

KEEPER = """[Service]
ExecStart=sh -c 'touch $STATE_DIRECTORY/s $CACHE_DIRECTORY/c $RUNTIME_DIRECTORY/r; exec sleep 1000'
StateDirectory=tend-clean-test
CacheDirectory=tend-clean-test
RuntimeDirectory=tend-clean-test
RuntimeDirectoryPreserve=yes
"""


def test_directories_are_cleaned(box):
    box.run("sh", "-c", "mount -t tmpfs tmpfs /var/lib && mount -t tmpfs tmpfs /var/cache", check=True)
    box.unit("keeps.service", KEEPER)
    box.unit("bare.service", "[Service]\nExecStart=sleep 1000\n")
    box.start()
    bus = MessageBus(box)
    bus.start()
    bus.wait_manager()
    assert box.show("keeps", "CanClean") == "runtime state cache"
    assert box.systemctl("start", "keeps").returncode == 0
    busy = box.systemctl("clean", "keeps")
    assert "Unit is not inactive or has pending job" in busy.stderr
    assert box.systemctl("stop", "keeps").returncode == 0
    state, cache, runtime = (box.inside(f"{top}/tend-clean-test") for top in ("/var/lib", "/var/cache", "/run"))
    assert state.exists() and cache.exists() and runtime.exists()
    result = box.systemctl("clean", "keeps")
    assert result.returncode == 0, result.stderr
    assert state.exists() and not cache.exists() and not runtime.exists()
    assert box.systemctl("clean", "--what=all", "keeps").returncode == 0
    assert not state.exists()
    assert box.show("keeps", "CleanResult") == "success"
    assert "No matching resources found" in box.systemctl("clean", "bare").stderr
    assert "Invalid resource type: rubbish" in box.systemctl("clean", "--what=rubbish", "keeps").stderr
    assert box.systemctl("start", "keeps").returncode == 0
    bus.stop()
