# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One stream from its publisher's first packet to its output's last, recorded at both ends.

    with LiveRun(pipeline, "game", clip, length_s=18, delay_s=15) as run:
        run.watch_output()
        ...                       # whatever happens in the middle
        run.finish()
    run.analyzer()
"""

import contextlib
import tempfile
from pathlib import Path

from support.flv import Recording
from support.processes import Livedub, Reader

from .lead_in import PUBLISHED_WITH, LeadIn
from .pipelines import GRACE_S, Pipeline
from .socketio_monitor import Fragment
from .stream_analyzer import StreamAnalyzer
from .stream_publisher import SLACK_S, StreamPublisher

FRAGMENT_SLACK_MS = 50.0  # an AAC frame is 23 ms
# How many pictures a reader may lack at the end where readers are let go with the publisher, whatever they have not got.
LOST_AT_END = 15


class LiveRun:
    """`program` is a pipeline or `livedub up`; its grace period must be GRACE_S. Behind a media server that lets its
    readers wait the encoder is on before the clip begins (lead_in.py); the recordings have the clip alone."""

    def __init__(self, program: Pipeline | Livedub, stream: str, clip: Path, length_s: float, delay_s: float,
                 query: str = "") -> None:  # fmt: skip
        self.program, self.stream, self.clip = program, stream, clip
        self.length_s, self.delay_s, self._query = length_s, delay_s, query
        self.sent, self.received = Recording(), Recording()
        self.output_path: dict = {}  # as the media server described it when it appeared
        self.reader_errors = ""
        self.publisher_code = self.reader_code = -1
        self.lead_in: LeadIn | None = None
        self.lead_in_ms = 0  # where the clip begins on the stream's own clock, when it is over
        self._open = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as opening:
            clip, output = self.clip, ()
            if isinstance(self.program, Pipeline) and self.program.lets_readers_wait:
                folder = Path(opening.enter_context(tempfile.TemporaryDirectory()))
                self.lead_in = LeadIn.before(clip, folder)
                clip, output = self.lead_in.path, PUBLISHED_WITH
            self.publisher = opening.enter_context(
                StreamPublisher(self.program, self.stream, clip, self._query, output=output)
            )
            self.publisher.wait_live()
            opening.enter_context(Reader(self.program.url(self.stream, "in"), self.sent))
            self._open = opening.pop_all()
        return self

    @property
    def lead_in_s(self) -> float:
        """How much longer than the clip the encoder is on."""
        return LeadIn.LENGTH_S if self.lead_in else 0.0

    @property
    def lead_in_shown_s(self) -> float:
        """How much of that readers get."""
        return LeadIn.SHOWN_S if self.lead_in else 0.0

    def watch_output(self) -> None:
        """Waits until the output is there, which takes as long as the delay, and records it from then on."""
        self.output_path = self.program.wait_ready(self.stream, "out", self.lead_in_s + self.delay_s + 10)
        self._viewer = self._open.enter_context(Reader(self.program.url(self.stream, "out"), self.received))

    def finish(self) -> None:
        """Until the clip is sent, played out, the grace period over, and the viewer has seen the end."""
        self.publisher_code = self.publisher.process.wait(self.lead_in_s + self.length_s + SLACK_S)
        self.reader_code = self._viewer.process.wait(self.delay_s + GRACE_S + 15)
        self.reader_errors = self._viewer.process.stderr
        self.program.wait_gone(self.stream, "out")
        if self.lead_in:
            self.lead_in_ms = self.lead_in.forget(self.sent)
            self.lead_in.forget(self.received)
            self._end_together()

    @property
    def lost_at_end(self) -> int:
        """How many of the last pictures no reader need have seen."""
        return LOST_AT_END if self.lead_in else 0

    def _end_together(self) -> None:
        """Leaves both recordings with as many pictures as the shorter has, when that is nearly all."""
        both = self.sent, self.received
        count = min(len(recording.pictures()) for recording in both)
        for recording in both:
            behind = {id(tag) for tag in recording.pictures()[count:]}
            if len(behind) <= LOST_AT_END:
                recording.tags[:] = [tag for tag in recording.tags if id(tag) not in behind]

    def apart(self, fragments: list[Fragment]) -> tuple[list[Fragment], list[Fragment]]:
        """Those of what was sent before the clip, and those of the clip. It begins where a fragment does."""
        early = [fragment for fragment in fragments if fragment.begin_ms < self.lead_in_ms - FRAGMENT_SLACK_MS]
        return early, fragments[len(early) :]

    def analyzer(self) -> StreamAnalyzer:
        return StreamAnalyzer(self.sent, self.received, self.lead_in_ms)

    def __exit__(self, *_) -> None:
        self._open.close()
