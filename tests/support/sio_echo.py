# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The Socket.IO echo server of the tests, and clients that speak to it in bare frames and requests."""

import json

import requests
import websocket

from . import prometheus
from .processes import Process, Unexpected, wait_for

PATIENCE_S = 15.0
SEPARATOR = "\x1e"


class SioEcho(Process):
    """sio_echo on a free port; options are its own: SioEcho(binary, ping_interval=200)."""

    def __init__(self, binary, **options) -> None:
        flags = [part for name, value in options.items() for part in ("--" + name.replace("_", "-"), value)]
        super().__init__([binary, *flags])
        wait_for(lambda: self.out or not self.running, "port")
        if not self.out:
            raise Unexpected(self.describe())
        self.port = int(self.out[0][1].split()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def metrics(self) -> list[prometheus.Sample]:
        return prometheus.parse(requests.get(f"{self.url}/metrics", timeout=PATIENCE_S).text)

    def closed(self, reason: str) -> float:
        return prometheus.total(self.metrics(), "sts_connections_closed_total", reason=reason)

    def active(self) -> float:
        return prometheus.total(self.metrics(), "sts_connections_active")


class RawSocket:
    """A WebSocket on which Engine.IO is typed by hand. A message is str or bytes; None is the end."""

    def __init__(self, server: SioEcho, path="/socket.io/", sid="", query="EIO=4", **options) -> None:
        target = f"ws://127.0.0.1:{server.port}{path}?{query}&transport=websocket"
        self.socket = websocket.create_connection(
            target + (f"&sid={sid}" if sid else ""), timeout=PATIENCE_S, enable_multithread=True, **options
        )
        self.handshake = None if sid else json.loads(self.receive()[1:])

    def send(self, message) -> None:
        if isinstance(message, bytes):
            self.socket.send_binary(message)
        else:
            self.socket.send(message)

    def receive(self):
        """The next message; None when the server has closed."""
        try:
            opcode, data = self.socket.recv_data()
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return None
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return None
        return data.decode() if opcode == websocket.ABNF.OPCODE_TEXT else data

    def ask(self, message):
        self.send(message)
        return self.receive()

    def rest(self) -> list:
        """Everything until the server closes."""
        return list(iter(self.receive, None))

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.socket.shutdown()


class RawPolling:
    """Long-polling by hand: one handshake, then GET and POST."""

    def __init__(self, server: SioEcho, path="/socket.io/") -> None:
        self.url = server.url + path
        self.session = requests.Session()
        self.sid = ""
        self.handshake = json.loads(self.get()[0][1:])
        self.sid = self.handshake["sid"]

    def _params(self) -> dict:
        return {"EIO": "4", "transport": "polling"} | ({"sid": self.sid} if self.sid else {})

    def get(self) -> list[str]:
        reply = requests.get(self.url, params=self._params(), timeout=PATIENCE_S)
        reply.raise_for_status()
        return reply.text.split(SEPARATOR)

    def post(self, *packets: str) -> requests.Response:
        body = SEPARATOR.join(packets).encode()
        return self.session.post(self.url, params=self._params(), data=body, timeout=PATIENCE_S)

    def collect(self, count: int) -> list[str]:
        """The next `count` packets, pings aside."""
        packets = []
        while len(packets) < count:
            packets += [packet for packet in self.get() if packet != "2"]
        return packets


def error_of(method: str, url: str, headers: dict | None = None) -> tuple[int, dict]:
    """Status and JSON of a request that is refused."""
    reply = requests.request(method, url, headers=headers, timeout=PATIENCE_S)
    return reply.status_code, reply.json()
