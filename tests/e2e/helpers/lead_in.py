# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What goes before a clip behind a media server that lets its readers wait, so that none of the clip is missed.

`livedub serve` hands every reader the last keyframe and what came since. MediaMTX looks at a stream for a second or
two before it has a path, and a reader begins at a keyframe that is still to come: media-service behind it misses
the first seconds of what is published, and a viewer those of what media-service publishes. On air an encoder is on
for longer than that before anybody has something to see; here it is on for LeadIn.LENGTH_S:

    |--- blind: one keyframe, no sound ---|--- shown: pictures, silence ---|--- the clip ---|
                                          ^ media-service begins here      ^ viewers are there by now

Nobody can begin in the blind part, so where the stream begins, and where its fragments are cut, is certain.
"""

import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from support import h264, marks
from support.flv import Recording, Tag

GOP_S, FRAME_MS = 2, 1024 * 1000 / 44_100
# ffmpeg would keep the blind part's pictures back until there is sound.
PUBLISHED_WITH = ("-max_interleave_delta", "100000")  # microseconds


@dataclass(frozen=True)
class LeadIn:
    """A clip with what goes before it, as a file; and how to forget that again."""

    path: Path
    first_picture: bytes  # the clip's, as h264.slices() has it

    BLIND_GOPS, SHOWN_GOPS = 3, 6
    SHOWN_S = SHOWN_GOPS * GOP_S
    LENGTH_S = BLIND_GOPS * GOP_S + SHOWN_S

    @classmethod
    def before(cls, clip: Path, folder: Path) -> "LeadIn":
        """@param clip At least 16 s of the test clip, from a keyframe on: the lead-in shows a part of it."""
        tags = Recording.load(marks.remux(clip, folder / f"{clip.stem}.flv")).tags
        pictures = [tag for tag in tags if tag.is_picture]
        sounds = [tag for tag in tags if tag.is_sound]
        keyframes = [index for index, tag in enumerate(pictures) if tag.is_keyframe]
        blind = [tag for index, tag in enumerate(pictures[: keyframes[cls.BLIND_GOPS]])
                 if index == 0 or not tag.is_keyframe]  # fmt: skip
        # Not from the beginning: the clip's first picture is where it is told from what goes before it.
        first, last = keyframes[2], keyframes[2 + cls.SHOWN_GOPS]
        blind_ms = cls.BLIND_GOPS * GOP_S * 1000
        shown = _later(pictures[first:last], blind_ms + pictures[0].dts_ms - pictures[first].dts_ms)
        begin_ms = cls.LENGTH_S * 1000
        silence = _silence([tag for tag in tags if tag.is_aac_header], sounds[0].dts_ms + begin_ms, shown[0].dts_ms)
        headers = [tag for tag in tags if tag.is_avc_header or tag.is_aac_header]
        media = sorted(blind + shown + silence + _later(pictures + sounds, begin_ms), key=lambda tag: tag.dts_ms)
        path = folder / f"{clip.stem}-led-in.flv"
        Recording(headers + media).write(path)
        return cls(path, h264.slices(pictures[0]))

    def forget(self, recording: Recording) -> int:
        """Takes away what was recorded before the clip's first picture. @return How many milliseconds of it.

        The stream's own time begins with its first packet, which is a picture: sounds that come behind it and are
        earlier (the first picture's decoding time is what it is shown at) were never part of it.
        """
        zero_ms = recording.pictures()[0].dts_ms
        begin = next((tag for tag in recording.pictures() if h264.slices(tag) == self.first_picture), None)
        if begin is None:
            raise ValueError("of the clip's pictures the first was not recorded")
        # A sound that began less than half of itself before the picture belongs to it.
        recording.tags[:] = [tag for tag in recording.tags if not (tag.is_picture or tag.is_sound)
                             or tag.dts_ms >= begin.dts_ms - (FRAME_MS / 2 if tag.is_sound else 0)]  # fmt: skip
        return min(recording.sounds()[0].dts_ms, recording.pictures()[0].dts_ms) - zero_ms


def _later(tags: list[Tag], by_ms: int) -> list[Tag]:
    return [replace(tag, dts_ms=tag.dts_ms + by_ms) for tag in tags]


def _silence(headers: list[Tag], until_ms: int, from_ms: int) -> list[Tag]:
    """Packets of silence that end there, as many as have room, for a decoder that was set up by these headers."""
    count = int((until_ms - from_ms) / FRAME_MS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "silence.flv"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anullsrc=r=44100:cl=stereo", "-t",
                        f"{(count + 4) * FRAME_MS / 1000:.3f}", "-c:a", "aac", path], check=True)  # fmt: skip
        made = Recording.load(path)
    if [tag.body for tag in made.tags if tag.is_aac_header] != [tag.body for tag in headers]:
        raise ValueError("the silence is of another kind than the clip's sound")
    packets = made.sounds()[1 : count + 1]  # the first is the encoder's run-in
    return [replace(tag, dts_ms=round(until_ms - (count - index) * FRAME_MS)) for index, tag in enumerate(packets)]
