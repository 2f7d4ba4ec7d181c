#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One web site: serves www/SITE.html on 127.0.0.1:PORT and counts visits in the database.

Environment: SITE, PORT, DB_SOCKET, DB_PASSWORD, and NOTIFY_SOCKET from the service manager."""

import html
import os
import signal
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pymysql

SITE = os.environ["SITE"]
PAGE = (Path(__file__).parent / "www" / f"{SITE}.html").read_text(encoding="utf-8")


def notify(state):
    """Tells the service manager (sd_notify(3)); does nothing when there is none."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.sendto(state.encode(), address)


class Visits:
    """The counter in the database, over one connection that is made again when it broke."""

    def __init__(self):
        self.lock = threading.Lock()
        self.connection = None

    def count(self):
        with self.lock:
            if self.connection is None:
                self.connection = pymysql.connect(
                    unix_socket=os.environ["DB_SOCKET"],
                    user="sites",
                    password=os.environ["DB_PASSWORD"],
                    database="sites",
                    autocommit=True,
                )
            self.connection.ping(reconnect=True)
            with self.connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO visits VALUES (%s, 1) ON DUPLICATE KEY UPDATE n = n + 1", (SITE,)
                )
                cursor.execute("SELECT n FROM visits WHERE site = %s", (SITE,))
                return cursor.fetchone()[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    visits = Visits()

    def do_GET(self):
        try:
            text = PAGE.replace("{visits}", str(self.visits.count()))
            status = 200
        except pymysql.Error as error:
            text = f"<!doctype html><title>Sorry</title><p>The database does not answer: {html.escape(str(error))}\n"
            status = 503
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
    server.daemon_threads = True

    def stop(_signal, _frame):
        notify("STOPPING=1")
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    notify(f"READY=1\nSTATUS=Serving {SITE} on port {os.environ['PORT']}\n")
    server.serve_forever()


if __name__ == "__main__":
    main()
