# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The RTMP peer made with MediaMTX's library (tests/peers/gortmp), as a process: publisher, player and media server."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .flv import Tag
from .processes import Process, Unexpected, wait_for

PARAMETER_SETS = {7, 8}  # types of NAL units
KEYFRAME = 5
DELIMITER = 9


def publish(program: Path, source: Path, url: str) -> Process:
    """Sends an FLV file in real time. Exit code 0: all of it; 1: the server would not have it to the end."""
    return Process([program, "publish", source, url])


@dataclass(frozen=True)
class Unit:
    """A picture or a packet of sound, and what is left of it for comparing: size and digest."""

    pts_ms: int
    dts_ms: int
    size: int
    sha256: str
    kinds: tuple[int, ...] = ()  # of the NAL units of a picture

    @property
    def is_header(self) -> bool:
        """Parameter sets alone: what a sequence header reads as."""
        return bool(self.kinds) and set(self.kinds) <= PARAMETER_SETS

    @property
    def is_keyframe(self) -> bool:
        return KEYFRAME in self.kinds


def unit_of(tag: Tag, nal_units: list[bytes] | None = None) -> Unit:
    """What the peer should say of a tag; `nal_units` instead of those that are in it."""
    data, kinds = tag.payload, ()
    if nal_units is not None:
        data = b"".join(len(unit).to_bytes(4, "big") + unit for unit in nal_units)
        kinds = tuple(unit[0] & 0x1F for unit in nal_units)
    return Unit(tag.pts_ms, tag.dts_ms, len(data), hashlib.sha256(data).hexdigest(), kinds)


class Player(Process):
    """Plays a URL to the end of the stream. What it was told so far is in `tracks`, `pictures` and `sounds`."""

    def __init__(self, program: Path, url: str) -> None:
        super().__init__([program, "read", url])

    def _lines(self) -> list[dict]:
        return [json.loads(line) for _, line in list(self.out)]

    @property
    def is_playing(self) -> bool:
        """The server has said that it plays."""
        return any("playing" in line for line in self._lines())

    @property
    def tracks(self) -> dict[str, dict]:
        """By codec."""
        found = next((line["tracks"] for line in self._lines() if "tracks" in line), [])
        return {track["codec"]: track for track in found}

    def _units(self, codec: str) -> list[Unit]:
        names = list(self.tracks)
        lines = [line for line in self._lines() if "track" in line and names[line["track"]] == codec]
        return [Unit(line["pts_ms"], line["dts_ms"], line["size"], line["sha256"], tuple(line.get("kinds", ())))
                for line in lines]  # fmt: skip

    @property
    def all_video(self) -> list[Unit]:
        """Pictures, and headers where they came."""
        return self._units("h264")

    @property
    def pictures(self) -> list[Unit]:
        return [unit for unit in self.all_video if not unit.is_header]

    @property
    def sounds(self) -> list[Unit]:
        return self._units("aac")


class LibraryServer(Process):
    """A media server made with the library, on a free port of the loopback address. It has neither API nor hooks:
    `events` is what happened."""

    def __init__(self, program: Path) -> None:
        super().__init__([program, "serve", "127.0.0.1:0"])
        wait_for(lambda: self.out or not self.running, "port of the library's server")
        if not self.out:
            self.child.wait()
            raise Unexpected(f"ended with {self.child.returncode}: {self.describe()}")
        self.rtmp_url = f"rtmp://127.0.0.1:{self.events[0]['port']}"

    @property
    def events(self) -> list[dict]:
        return [json.loads(line) for _, line in list(self.out)]

    def url(self, stream: str, end: str) -> str:
        return f"{self.rtmp_url}/live/{stream}/{end}"

    def named(self, event: str, stream: str, end: str) -> list[dict]:
        return [line for line in self.events if line["event"] == event and line.get("path") == f"live/{stream}/{end}"]

    def wait_event(self, event: str, stream: str, end: str, count: int = 1, limit_s: float = 30.0) -> dict:
        """Until that has happened `count` times. @return The last of them."""
        wait_for(lambda: len(self.named(event, stream, end)) >= count, f"{event} of live/{stream}/{end}", limit_s)
        return self.named(event, stream, end)[count - 1]
