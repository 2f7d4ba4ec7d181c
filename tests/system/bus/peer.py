# SPDX-License-Identifier: Apache-2.0
"""A D-Bus client of few words: connects to a private socket, calls methods with string arguments, reads string
replies. Run as a program it prints what an object says to Introspect, or to another call:
peer.py SOCKET PATH [INTERFACE MEMBER [ARGUMENT...]]"""

import os
import socket
import struct
import sys

METHOD_CALL, METHOD_RETURN, ERROR = 1, 2, 3
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, SIGNATURE = 1, 2, 3, 4, 5, 8


def pad(data, boundary):
    return data + b"\0" * (-len(data) % boundary)


def string(data, text):
    raw = text.encode()
    return pad(data, 4) + struct.pack("<I", len(raw)) + raw + b"\0"


def field(data, code, signature, value):
    data = pad(data, 8) + bytes([code, len(signature)]) + signature.encode() + b"\0"
    if signature == "g":
        return data + bytes([len(value)]) + value.encode() + b"\0"
    return string(data, value)


class Peer:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.serial = 0
        self.socket.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
        if not self._line().startswith(b"OK "):
            raise ConnectionError("not let in")
        self.socket.sendall(b"BEGIN\r\n")

    def _line(self):
        line = b""
        while not line.endswith(b"\r\n"):
            got = self.socket.recv(1)
            if not got:
                raise ConnectionError("closed")
            line += got
        return line

    def _read(self, length):
        data = b""
        while len(data) < length:
            got = self.socket.recv(length - len(data))
            if not got:
                raise ConnectionError("closed")
            data += got
        return data

    def send(self, path, interface, member, *arguments):
        self.serial += 1
        fields = field(b"", PATH, "o", path)
        fields = field(fields, INTERFACE, "s", interface)
        fields = field(fields, MEMBER, "s", member)
        body = b""
        if arguments:
            fields = field(fields, SIGNATURE, "g", "s" * len(arguments))
            for argument in arguments:
                body = string(body, argument)
        head = struct.pack("<cBBBIII", b"l", METHOD_CALL, 0, 1, len(body), self.serial, len(fields))
        self.socket.sendall(pad(head + fields, 8) + body)

    def receive(self):
        """(kind, serial that it answers, body) of the next message."""
        head = self._read(16)
        _, kind, _, _, body_length, _, fields_length = struct.unpack("<cBBBIII", head)
        fields = self._read(fields_length + -fields_length % 8)
        answers, i = None, 0
        while i < fields_length:
            code, signature = fields[i], fields[i + 2 : i + 2 + fields[i + 1]]
            i += 3 + fields[i + 1]
            if signature == b"g":
                i += fields[i] + 2
            else:
                i += -i % 4
                (value,) = struct.unpack_from("<I", fields, i)
                answers = value if code == REPLY_SERIAL else answers
                i += 4 if signature == b"u" else 5 + value
            i += -i % 8
        return kind, answers, self._read(body_length)

    def call(self, *call):
        """The first string of the answer; an error is raised."""
        self.send(*call)
        while True:
            kind, answers, body = self.receive()
            if answers == self.serial:
                break
        text = body[4 : 4 + struct.unpack_from("<I", body)[0]].decode() if body else ""
        if kind == ERROR:
            raise RuntimeError(text)
        return text


if __name__ == "__main__":
    CALL = sys.argv[3:] or ["org.freedesktop.DBus.Introspectable", "Introspect"]
    print(Peer(sys.argv[1]).call(sys.argv[2], *CALL))
