# SPDX-License-Identifier: Apache-2.0
"""Clients that behave badly, run inside a box:  crowd.py SOCKET KIND. Says "cut off" when the manager hung up."""

import itertools
import os
import resource
import socket
import sys
import threading

from peer import Peer

MANAGER = ["/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"]


def is_cut_off(connection):
    connection.settimeout(20)
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def garbage(path):
    for seed in range(50):
        peer = Peer(path)
        try:
            peer.socket.sendall(bytes((i * 7919 + seed * 104729) % 251 for i in range(5000)))
        except ConnectionError:
            pass
        assert is_cut_off(peer.socket)


def never_reads(path):
    peer = Peer(path)
    try:
        while True:
            peer.send(*MANAGER, "ListUnits")
    except ConnectionError:
        pass


def flood(path):
    peers = [Peer(path) for _ in range(20)]
    for round in range(300):
        for peer in peers:
            try:
                peer.send(*MANAGER, "StartUnit", "a.service" if round % 2 else "b.service", "replace")
            except ConnectionError:
                pass


def pour(peer):
    for i in itertools.count():
        peer.send(*MANAGER, "StopUnit" if i % 4 > 1 else "StartUnit", "b.service" if i % 2 else "a.service", "replace")


def throw_away(peer):
    while peer.socket.recv(1 << 16):
        pass


def flood_on(path):
    """Until it is killed, as many calls as the manager takes."""
    for peer in [Peer(path) for _ in range(20)]:
        peer.socket.settimeout(None)
        for target in (pour, throw_away):
            threading.Thread(target=target, args=[peer]).start()
    print("flooding", flush=True)


def multitude(path):
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    connections = []
    for _ in range(4200):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(path)
        connections.append(connection)
    # Those above the limit are closed as they come.
    connections[-1].settimeout(20)
    assert connections[-1].recv(1) == b""


if __name__ == "__main__":
    {"garbage": garbage, "never-reads": never_reads, "flood": flood, "flood-on": flood_on, "multitude": multitude}[sys.argv[2]](sys.argv[1])
    print("cut off", os.getpid())
