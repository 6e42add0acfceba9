# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Watches the wire between media-service and sts-service, and changes nothing on it.

    with SocketIoMonitor(sts_port) as monitor:
        # media-service is started with STS_SERVICE_URL=monitor.url
        monitor.wait("fragment:processed", 10, limit_s=90)
        for fragment in monitor.fragments("my-stream"):
            print(fragment.number, fragment.processed["transcript"], fragment.fate)

It is a TCP gate in front of sts-service (support/gate.py), so what it reports was really sent, by the programs
under test, in both directions; decoding is done beside the traffic, in a thread of its own. Engine.IO is read
here, Socket.IO with python-socketio's decoder. What it cannot decode (polling, compression) is kept in
`unreadable`, and every look at the messages fails then: silence must never be taken for proof.
"""

import queue
import threading
import time
from dataclasses import dataclass, field

from socketio import packet as socketio_packet
from support.gate import Gate
from support.processes import Unexpected

from .web_socket import Direction, NotReadable

# Engine.IO packets that are only about the connection: open, close, ping, pong, upgrade, noop.
ENGINE_MESSAGE = "4"
# A client may ask whether the service is there before it connects: no conversation, and nothing to be read.
PAGE = b"GET /ready HTTP/1.1\r\n"
CONTROLS = {
    socketio_packet.CONNECT: "connect",
    socketio_packet.DISCONNECT: "disconnect",
    socketio_packet.CONNECT_ERROR: "connect_error",
}


@dataclass(frozen=True)
class Message:
    """One Socket.IO packet. `name` is that of the event, or connect, disconnect, connect_error."""

    at: float  # time.monotonic(), when its last byte passed
    connection: int  # counted from 1, in the order of connecting
    from_client: bool
    name: str
    data: object

    def __str__(self) -> str:
        return f"{self.connection} {'>' if self.from_client else '<'} {self.name}"


@dataclass
class Fragment:
    """One fragment's way over the wire; what has not come is None."""

    connection: int
    sent: Message  # fragment:data
    queued: Message | None = None  # the server's fragment:ack
    result: Message | None = None  # fragment:processed
    told: list[Message] = field(default_factory=list)  # the client's fragment:ack; exactly one

    @property
    def id(self) -> str:
        return self.sent.data["fragment_id"]

    @property
    def number(self) -> int:
        return self.sent.data["sequence_number"]

    @property
    def begin_ms(self) -> float:
        """On the stream's own clock."""
        return self.sent.data["metadata"]["pts_ns"] / 1e6

    @property
    def processed(self) -> dict | None:
        return self.result.data if self.result else None

    @property
    def outcome(self) -> str:
        """In words: "success", "failed: TIMEOUT in asr, ...", or that there was no result."""
        if self.result is None:
            return "no result"
        error = self.result.data["error"]
        said = f": {error['code']} in {error['stage']}, {error['message']}" if error else ""
        return self.result.data["status"] + said

    @property
    def is_on_air(self) -> bool:
        """Whether media-service said that it used the result."""
        return [message.data["status"] for message in self.told] == ["applied"]


class _Connection:
    """Both directions of one connection, with the Socket.IO packet that still waits for its attachments."""

    def __init__(self) -> None:
        self.directions = {True: Direction(), False: Direction()}
        self.waiting: dict[bool, socketio_packet.Packet | None] = {True: None, False: None}
        self.is_page = False

    def feed(self, from_client: bool, data: bytes) -> list[socketio_packet.Packet]:
        packets = []
        self.is_page |= from_client and data.startswith(PAGE)
        if self.is_page:
            return packets
        for message in self.directions[from_client].feed(data):
            packet = self.waiting[from_client]
            if isinstance(message, bytes):
                if packet is None:
                    raise NotReadable("a binary message that no packet announced")
                if packet.add_attachment(message):
                    packets.append(packet)
                    self.waiting[from_client] = None
            elif message.startswith(ENGINE_MESSAGE):
                packet = socketio_packet.Packet(encoded_packet=message[1:])
                if packet.attachment_count:
                    self.waiting[from_client] = packet
                else:
                    packets.append(packet)
        return packets


class SocketIoMonitor:
    """Runs from its construction on until close(), on a free port of `host`."""

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.unreadable: list[str] = []
        self._messages: list[Message] = []
        self._changed = threading.Condition()
        self._pieces: queue.SimpleQueue = queue.SimpleQueue()
        self._connections: dict[int, _Connection] = {}
        self._decoder = threading.Thread(target=self._decode, daemon=True)
        self._decoder.start()
        self._gate = Gate(target, self._keep, host)
        self.url = f"http://{host}:{self._gate.port}"

    def _keep(self, connection: int, from_client: bool, data: bytes) -> None:
        self._pieces.put((time.monotonic(), connection, from_client, data))

    def _decode(self) -> None:
        while (piece := self._pieces.get()) is not None:
            at, number, from_client, data = piece
            connection = self._connections.setdefault(number, _Connection())
            with self._changed:
                try:
                    for packet in connection.feed(from_client, data):
                        name, *arguments = packet.data if packet.packet_type not in CONTROLS else (None, packet.data)
                        self._messages.append(Message(at, number, from_client, name or CONTROLS[packet.packet_type],
                                                      arguments[0] if arguments else None))  # fmt: skip
                except (NotReadable, ValueError, IndexError, KeyError, TypeError, AttributeError) as problem:
                    self.unreadable.append(f"connection {number}: {problem!r}")
                self._changed.notify_all()

    # Looking at it -----------------------------------------------------------------------------------------

    @property
    def messages(self) -> list[Message]:
        """All so far, in the order in which they passed."""
        with self._changed:
            if self.unreadable:
                raise Unexpected(f"on the wire is something that cannot be read: {self.unreadable[:3]}")
            return list(self._messages)

    def named(self, name: str, stream: str | None = None) -> list[Message]:
        """The messages of one name, of one stream where `stream` says so (every payload names its own)."""
        return [message for message in self.messages
                if message.name == name and (stream is None or message.data.get("stream_id") == stream)]  # fmt: skip

    def wait(self, name: str, count: int = 1, limit_s: float = 20.0, stream: str | None = None) -> list[Message]:
        """Until `count` messages of that name have passed; all of them."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.named(name, stream)) >= count, limit_s):
                raise Unexpected(f"{len(self.named(name, stream))} of {count} {name} within {limit_s:g} s; on the wire "
                                 f"were: {[str(message) for message in self._messages[-40:]]}")  # fmt: skip
        return self.named(name, stream)

    def connections_of(self, stream: str) -> list[int]:
        """The connections on which the stream was opened, in their order."""
        return list(dict.fromkeys(message.connection for message in self.named("stream:init", stream)))

    def fragments(self, stream: str) -> list[Fragment]:
        """What was sent for a stream, in the order of sending, each with all that was said of it."""
        found: dict[tuple[int, str], Fragment] = {}
        for message in self.messages:
            if message.name == "fragment:data" and message.data["stream_id"] == stream:
                found[message.connection, message.data["fragment_id"]] = Fragment(message.connection, message)
                continue
            if message.name not in ("fragment:ack", "fragment:processed"):
                continue
            fragment = found.get((message.connection, message.data["fragment_id"]))
            if fragment is None:
                continue
            if message.name == "fragment:processed":
                fragment.result = message
            elif message.from_client:
                fragment.told.append(message)
            else:
                fragment.queued = message
        return list(found.values())

    # The end -----------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Ends every connection; what passed before can still be looked at."""
        self._gate.__exit__()
        self._pieces.put(None)
        self._decoder.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()
