# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""FLV as a sequence of tags, with the moment each of them arrived.

Written apart from the program under test, on purpose: an error there must not be hidden by the same error here.
"""

import time
from dataclasses import dataclass, field
from typing import BinaryIO, Iterator

AUDIO, VIDEO, SCRIPT = 8, 9, 18
AVC_HEADER, AVC_NALUS = 0, 1


class FlvError(Exception):
    """The bytes are not FLV."""


@dataclass
class Tag:
    """One tag. Times are milliseconds as written; `arrived` is time.monotonic() seconds."""

    kind: int
    dts_ms: int
    body: bytes
    arrived: float = 0.0

    @property
    def is_avc(self) -> bool:
        return self.kind == VIDEO and len(self.body) >= 5 and self.body[0] & 0x8F == 7

    @property
    def is_picture(self) -> bool:
        return self.is_avc and self.body[1] == AVC_NALUS

    @property
    def is_keyframe(self) -> bool:
        return self.is_picture and self.body[0] >> 4 == 1

    @property
    def is_avc_header(self) -> bool:
        return self.is_avc and self.body[1] == AVC_HEADER

    @property
    def is_sound(self) -> bool:
        return self.kind == AUDIO and len(self.body) > 2 and self.body[0] >> 4 == 10 and self.body[1] == 1

    @property
    def is_aac_header(self) -> bool:
        return self.kind == AUDIO and len(self.body) >= 4 and self.body[0] >> 4 == 10 and self.body[1] == 0

    @property
    def pts_ms(self) -> int:
        """When it is to be shown or heard: a picture's composition offset is added."""
        if not self.is_picture:
            return self.dts_ms
        offset = int.from_bytes(self.body[2:5], "big")
        return self.dts_ms + (offset - (1 << 24) if offset & 0x800000 else offset)

    @property
    def payload(self) -> bytes:
        return self.body[5:] if self.is_avc else self.body[2:]


def read_tags(source: BinaryIO) -> Iterator[Tag]:
    """Tags in order as they come, until the stream ends; a tag cut off by the end is left out."""
    head = source.read(9)
    if not head:
        return
    if len(head) < 9 or head[:3] != b"FLV":
        raise FlvError(f"no FLV header: {head[:9]!r}")
    source.read(int.from_bytes(head[5:9], "big") - 9 + 4)
    while True:
        head = source.read(11)
        if len(head) < 11:
            return
        size = int.from_bytes(head[1:4], "big")
        dts_ms = int.from_bytes(head[4:7], "big") | head[7] << 24
        body = source.read(size)
        arrived = time.monotonic()
        tail = source.read(4)
        if len(body) < size or len(tail) < 4:
            return
        if int.from_bytes(tail, "big") != size + 11:
            raise FlvError(f"tag of {size} bytes at {dts_ms} ms is followed by a wrong size")
        yield Tag(head[0] & 0x1F, dts_ms, body, arrived)


@dataclass
class Recording:
    """A stream as it was received. The lists grow while it is still being received."""

    tags: list[Tag] = field(default_factory=list)

    @staticmethod
    def load(path) -> "Recording":
        with open(path, "rb") as source:
            return Recording(list(read_tags(source)))

    def pictures(self) -> list[Tag]:
        return [tag for tag in self.tags if tag.is_picture]

    def sounds(self) -> list[Tag]:
        return [tag for tag in self.tags if tag.is_sound]

    def write(self, path) -> None:
        """Writes the tags as an FLV file, as they are."""
        with open(path, "wb") as out:
            out.write(b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00")
            for tag in self.tags:
                out.write(bytes([tag.kind]) + len(tag.body).to_bytes(3, "big"))
                out.write((tag.dts_ms & 0xFFFFFF).to_bytes(3, "big") + bytes([tag.dts_ms >> 24 & 0xFF]))
                out.write(b"\x00\x00\x00" + tag.body + (len(tag.body) + 11).to_bytes(4, "big"))
