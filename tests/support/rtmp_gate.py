# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A gate in front of an RTMP server that can drop those who publish, and leaves those who play."""

from .gate import Gate

PUBLISH = b"\x02\x00\x07publish"  # the command's name as AMF0 writes it
HEAD_BYTES = 16_384  # a client has said what it wants long before that


class RtmpGate(Gate):
    def __init__(self, target: int) -> None:
        self._heads: dict[int, bytes] = {}
        super().__init__(target, self._look)

    def _look(self, number: int, from_client: bool, data: bytes) -> None:
        head = self._heads.get(number, b"")
        if from_client and len(head) < HEAD_BYTES:
            self._heads[number] = head + data

    def drop_publishers(self) -> int:
        """Ends the connections of all who publish now or once did. @return How many there have been."""
        numbers = [number for number, head in list(self._heads.items()) if PUBLISH in head]
        for number in numbers:
            for end in self._pairs[2 * number - 2 : 2 * number]:
                self._end(end)
        return len(numbers)
