# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""An RTMP publisher that sends tags with whatever times it is told, which ffmpeg would put right.

As in rtmp_client.py the requests are sent without waiting for their answers, which are read and thrown away.
"""

import socket
import struct
import threading
import time

from . import rtmp_client as rtmp
from .flv import Tag

CHUNK = 1 << 20
WIDE = 0xFFFFFF  # from here on a time has a field of its own


class RtmpPublisher:
    """Publishes rtmp://127.0.0.1:<port>/<app>/<name> from its construction to the end of its `with` block."""

    def __init__(self, port: int, app: str, name: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.sendall(b"\x03" + bytes(1536))
        answer = self._receive(1 + 2 * 1536)
        self._socket.sendall(answer[1 : 1 + 1536])
        connect = rtmp._string("connect") + rtmp._number(1)
        connect += rtmp._object(app=app, tcUrl=f"rtmp://127.0.0.1:{port}/{app}", type="nonprivate")
        create = rtmp._string("createStream") + rtmp._number(2) + b"\x05"
        publish = rtmp._string("publish") + rtmp._number(3) + b"\x05" + rtmp._string(name) + rtmp._string("live")
        commands = rtmp._command(connect) + rtmp._command(create) + rtmp._command(publish, stream_id=1)
        set_chunk_size = b"\x02\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00\x00" + struct.pack(">I", CHUNK)
        self._socket.sendall(commands + set_chunk_size)
        threading.Thread(target=self._drain, daemon=True).start()

    def _receive(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            part = self._socket.recv(4096)
            if not part:
                raise ConnectionError("closed during the handshake")
            received += part
        return received

    def _drain(self) -> None:
        try:
            while self._socket.recv(65536):
                pass
        except OSError:
            pass

    def send(self, tag: Tag, time_ms: int) -> None:
        """One audio or video tag, as one chunk."""
        if len(tag.body) > CHUNK:
            raise ValueError(f"a tag of {len(tag.body)} bytes")
        channel = b"\x04" if tag.kind == 8 else b"\x06"
        head = channel + min(time_ms, WIDE).to_bytes(3, "big") + len(tag.body).to_bytes(3, "big") + bytes([tag.kind])
        wide = struct.pack(">I", time_ms) if time_ms >= WIDE else b""
        self._socket.sendall(head + struct.pack("<I", 1) + wide + tag.body)

    def play(self, tags: list[Tag], shift_ms: int = 0, origin: float | None = None) -> float:
        """Sends tags in real time by their own times, each marked as `shift_ms` later than it is.

        @return The moment of the time 0 of the tags, to go on from: give it as `origin`.
        """
        begin = time.monotonic() - tags[0].dts_ms / 1000 if origin is None else origin
        for tag in tags:
            time.sleep(max(0.0, begin + tag.dts_ms / 1000 - time.monotonic()))
            self.send(tag, tag.dts_ms + shift_ms)
        return begin

    def close(self) -> None:
        # A mere close() would leave the connection open until the thread that reads from it wakes.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()
