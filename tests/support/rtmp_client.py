# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""RTMP players that cost next to nothing: they ask to play, then count bytes and throw them away.

For loading a server with many players from a machine with few cores. The requests are sent without waiting
for their answers, which every server accepts, so the answers need not be understood.
"""

import selectors
import socket
import struct
import threading
import time

CHUNK = 128  # what both sides assume until told otherwise


def _string(text: str) -> bytes:
    return b"\x02" + struct.pack(">H", len(text)) + text.encode()


def _number(value: float) -> bytes:
    return b"\x00" + struct.pack(">d", value)


def _object(**fields: str) -> bytes:
    body = b"".join(struct.pack(">H", len(key)) + key.encode() + _string(value) for key, value in fields.items())
    return b"\x03" + body + b"\x00\x00\x09"


def _command(body: bytes, stream_id: int = 0) -> bytes:
    head = b"\x03" + b"\x00\x00\x00" + len(body).to_bytes(3, "big") + b"\x14" + struct.pack("<I", stream_id)
    parts = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
    return head + b"\xc3".join(parts)


class Players:
    """So many players of one URL, read by one thread."""

    def __init__(self, port: int, app: str, name: str, count: int) -> None:
        self.received = 0
        self._selector = selectors.DefaultSelector()
        self._sockets = []
        for _ in range(count):
            player = socket.create_connection(("127.0.0.1", port), timeout=10)
            self._sockets.append(player)
            self._ask(player, port, app, name)
            player.setblocking(False)
            self._selector.register(player, selectors.EVENT_READ)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    @staticmethod
    def _ask(player: socket.socket, port: int, app: str, name: str) -> None:
        player.sendall(b"\x03" + b"\x00" * 1536)
        answer = b""
        while len(answer) < 1 + 2 * 1536:
            part = player.recv(4096)
            if not part:
                raise ConnectionError("closed during the handshake")
            answer += part
        player.sendall(answer[1 : 1 + 1536])
        connect = _string("connect") + _number(1) + _object(app=app, tcUrl=f"rtmp://127.0.0.1:{port}/{app}")
        create = _string("createStream") + _number(2) + b"\x05"
        play = _string("play") + _number(3) + b"\x05" + _string(name) + _number(-2000)
        player.sendall(_command(connect) + _command(create) + _command(play, stream_id=1))

    def _drain(self) -> None:
        buffer = bytearray(1 << 20)
        while not self._stop.is_set():
            ready = self._selector.select(0.2)
            for key, _ in ready:
                try:
                    count = key.fileobj.recv_into(buffer)
                except BlockingIOError:
                    continue
                except ConnectionError:
                    count = 0
                if count == 0:
                    self._selector.unregister(key.fileobj)
                self.received += count
            if ready:
                time.sleep(0.002)  # larger reads: the load generator leaves the cores to the server

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        for player in self._sockets:
            player.close()
        self._selector.close()
