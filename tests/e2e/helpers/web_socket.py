# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One direction of a WebSocket connection, read from the bytes as they pass (RFC 6455).

Libraries that speak WebSocket want the socket to themselves; this one only listens. Bytes in, messages out.
"""

CONTINUATION, TEXT, BINARY, CLOSE = 0, 1, 2, 8
CONTROL = 8  # opcodes from here on are control frames, which may come between the parts of a message


class NotReadable(Exception):
    """The bytes are not what this can read; what they are is in the message."""


class HttpHead:
    """The request or response that a connection begins with."""

    def __init__(self, text: str) -> None:
        self.first, *lines = text.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        self.fields = {name.strip().lower(): value.strip() for name, _, value in pairs}

    @property
    def is_upgrade(self) -> bool:
        return self.fields.get("upgrade", "").lower() == "websocket"


class Direction:
    """Feeds on the bytes of one direction; what is not WebSocket raises NotReadable."""

    def __init__(self) -> None:
        self.head: HttpHead | None = None
        self._bytes = bytearray()
        self._kind = CONTINUATION
        self._parts = bytearray()

    def feed(self, data: bytes) -> list[str | bytes]:
        """The messages that `data` completes: text as str, binary as bytes."""
        self._bytes += data
        if self.head is None:
            end = self._bytes.find(b"\r\n\r\n")
            if end < 0:
                return []
            self.head = HttpHead(self._bytes[:end].decode("latin-1"))
            del self._bytes[: end + 4]
            if not self.head.is_upgrade:
                raise NotReadable(f"a connection that is no WebSocket: {self.head.first}")
        messages = []
        while (frame := self._frame()) is not None:
            messages += self._take(*frame)
        return messages

    def _frame(self) -> tuple[bool, int, bytes] | None:
        """The next frame (last of its message?, opcode, payload), if it is all there."""
        data = self._bytes
        if len(data) < 2:
            return None
        if data[0] & 0x70:
            raise NotReadable("a WebSocket extension (compression?) is in use")
        size, at = data[1] & 0x7F, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(data) < at + width:
                return None
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        masked = bool(data[1] & 0x80)
        begin = at + (4 if masked else 0)
        if len(data) < begin + size:
            return None
        payload = bytes(data[begin : begin + size])
        if masked:
            payload = unmask(payload, bytes(data[at:begin]))
        is_last, opcode = bool(data[0] & 0x80), data[0] & 0x0F
        del data[: begin + size]
        return is_last, opcode, payload

    def _take(self, is_last: bool, opcode: int, payload: bytes) -> list[str | bytes]:
        if opcode >= CONTROL:
            return []
        if opcode != CONTINUATION:
            self._kind = opcode
        self._parts += payload
        if not is_last:
            return []
        whole = bytes(self._parts)
        self._parts.clear()
        return [whole.decode() if self._kind == TEXT else whole]


def unmask(payload: bytes, key: bytes) -> bytes:
    """As one long number, because a fragment's megabyte would take a loop over bytes too long."""
    repeated = (key * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(len(payload), "big")
