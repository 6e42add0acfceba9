# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Sends a clip, or a part of it, to live/<stream>/in as an encoder would: in real time, packets as they are.

    with StreamPublisher(pipeline, "game", cut(clip.mp4, folder / "part.mp4", begin_s=20, length_s=18)) as publisher:
        publisher.wait_live()
        ...
        publisher.wait_end()
"""

from pathlib import Path

from support.marks import remux
from support.processes import MediaServer, Process, publish

# How much longer than the clip a publisher may take: ffmpeg's own start and end.
SLACK_S = 15.0


def cut(source: Path, target: Path, begin_s: float, length_s: float) -> Path:
    """A part of a clip, packets copied. `begin_s` should be a keyframe: every second one of the test clip's is."""
    return remux(source, target, "-t", f"{length_s:g}", before=("-ss", f"{begin_s:g}"))


class StreamPublisher:
    """Publishes from its construction on; leaving the `with` block ends it, as an encoder that is switched off."""

    def __init__(self, server: MediaServer, stream: str, clip: Path, query: str = "", loops: int = 0,
                 output: tuple = ()) -> None:  # fmt: skip
        self.server, self.stream, self.clip = server, stream, clip
        # -stream_loop belongs before the input; what it repeats is everything after the first time.
        before = ("-stream_loop", str(loops)) if loops else ()
        self.process: Process = publish(clip, server.url(stream, "in") + query, *output, before=before)

    def wait_live(self, limit_s: float = 20.0) -> dict:
        """Until the media server shows it; the path as the server describes it."""
        return self.server.wait_ready(self.stream, "in", limit_s)

    def wait_end(self, length_s: float) -> None:
        """Until the clip of `length_s` is sent; anything but a clean end raises."""
        code = self.process.wait(length_s + SLACK_S)
        assert code == 0, f"the publisher of {self.stream} ended with {code}: {self.process.describe()}"

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
