# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""An RTMP player that keeps every tag with the moment its last byte came, and does nothing else to it.

ffmpeg as a player probes first and holds pictures back while there is no sound to go with them; what it hands
on tells when it did so, not when things arrived.
"""

import socket
import time
from typing import Iterator

from . import rtmp_client as rtmp
from .flv import AUDIO, SCRIPT, VIDEO, Tag

SET_CHUNK_SIZE = 1
WIDE = 0xFFFFFF  # from here on a time has a field of its own
HEAD_BYTES = (11, 7, 3, 0)


class RtmpPlayer:
    """Plays rtmp://127.0.0.1:<port>/<app>/<name>; tags() ends when the server closes, or close() is called."""

    def __init__(self, port: int, app: str, name: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.settimeout(None)
        rtmp.Players._ask(self._socket, port, app, name)
        self._source = self._socket.makefile("rb", buffering=1 << 16)

    def tags(self) -> Iterator[Tag]:
        """In the order in which they come."""
        chunk_size = rtmp.CHUNK
        streams: dict[int, dict] = {}
        try:
            while True:
                first = self._read(1)[0]
                number = first & 0x3F
                if number < 2:
                    extra = self._read(1 + number)
                    number = 64 + int.from_bytes(extra, "little")
                stream = streams.setdefault(number, {"time": 0, "delta": 0, "wide": False, "body": bytearray()})
                self._read_head(stream, HEAD_BYTES[first >> 6])
                left = stream["size"] - len(stream["body"])
                stream["body"] += self._read(min(left, chunk_size))
                if len(stream["body"]) < stream["size"]:
                    continue
                body, stream["body"] = bytes(stream["body"]), bytearray()
                if stream["kind"] == SET_CHUNK_SIZE:
                    chunk_size = int.from_bytes(body, "big")
                elif stream["kind"] in (AUDIO, VIDEO, SCRIPT):
                    yield Tag(stream["kind"], stream["time"], body, time.monotonic())
        except (OSError, ValueError, EOFError):
            return

    def _read_head(self, stream: dict, count: int) -> None:
        """The head of a chunk: whole, without the stream, only a time, or none."""
        head = self._read(count)
        if count >= 7:
            stream["size"], stream["kind"] = int.from_bytes(head[3:6], "big"), head[6]
        if count:
            value = int.from_bytes(head[:3], "big")
            stream["wide"] = value == WIDE
        if stream["wide"]:
            wide = int.from_bytes(self._read(4), "big")
        if stream["body"]:
            return  # it goes on; its time is known
        if count:
            stream["delta"] = wide if stream["wide"] else value
            stream["time"] = stream["delta"] if count == 11 else stream["time"] + stream["delta"]
        else:
            stream["time"] += stream["delta"]

    def _read(self, count: int) -> bytes:
        data = self._source.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def close(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
