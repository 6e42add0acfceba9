# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A gate that TCP traffic goes through: it can be watched, stopped and cut, and changes nothing."""

import socket
import struct
import threading
from typing import Callable

# Who is told of traffic: (number of the connection, whether the client sent it, the bytes; none at the end).
Watch = Callable[[int, bool, bytes], None]


class Gate:
    """Passes TCP on to a port of this machine until it is shut (nothing passes) or cut (connections end).

    `watch` is called with every piece before it is passed on, so that a question is always seen before its
    answer. It must not block: the traffic waits for it.
    """

    def __init__(self, target: int, watch: Watch | None = None, host: str = "127.0.0.1") -> None:
        self._target = target
        self._watch = watch or (lambda *_: None)
        self._open = threading.Event()
        self._open.set()
        self._count = 0
        self._pairs: list[socket.socket] = []
        self._listener = socket.create_server((host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=10)
            except OSError:
                # Nobody listens there now: the client sees it as a reset, and may come again.
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                near.close()
                continue
            far.settimeout(None)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs += [near, far]
            self._count += 1
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(self._count, source, sink, source is near),
                                 daemon=True).start()  # fmt: skip

    def _pass_on(self, number: int, source: socket.socket, sink: socket.socket, from_client: bool) -> None:
        try:
            while data := source.recv(65536):
                self._open.wait()
                self._watch(number, from_client, data)
                sink.sendall(data)
            self._watch(number, from_client, b"")
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # One end has broken off: the other is to see that too.
            self._watch(number, from_client, b"")
            for end in (source, sink):
                self._end(end)

    @staticmethod
    def _end(end: socket.socket) -> None:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def shut(self) -> None:
        self._open.clear()

    def cut(self) -> None:
        """Ends every connection, and takes no more."""
        # close() alone does not wake who waits in accept() or recv().
        for end in [self._listener, *self._pairs]:
            self._end(end)
            end.close()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._open.set()
        self.cut()
