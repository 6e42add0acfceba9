# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One stream from its publisher's first packet to its output's last, recorded at both ends.

    with LiveRun(pipeline, "game", clip, length_s=18, delay_s=15) as run:
        run.watch_output()
        ...                       # whatever happens in the middle
        run.finish()
    StreamAnalyzer(run.sent, run.received)
"""

import contextlib
from pathlib import Path

from support.flv import Recording
from support.processes import Livedub, Reader

from .pipelines import GRACE_S, Pipeline
from .stream_publisher import SLACK_S, StreamPublisher


class LiveRun:
    """`program` is a pipeline or `livedub up`; its grace period must be GRACE_S."""

    def __init__(self, program: Pipeline | Livedub, stream: str, clip: Path, length_s: float, delay_s: float,
                 query: str = "") -> None:  # fmt: skip
        self.program, self.stream, self.clip = program, stream, clip
        self.length_s, self.delay_s, self._query = length_s, delay_s, query
        self.sent, self.received = Recording(), Recording()
        self.output_path: dict = {}  # as the media server described it when it appeared
        self.reader_errors = ""
        self.publisher_code = self.reader_code = -1
        self._open = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as opening:
            self.publisher = opening.enter_context(StreamPublisher(self.program, self.stream, self.clip, self._query))
            self.publisher.wait_live()
            opening.enter_context(Reader(self.program.url(self.stream, "in"), self.sent))
            self._open = opening.pop_all()
        return self

    def watch_output(self) -> None:
        """Waits until the output is there, which takes as long as the delay, and records it from then on."""
        self.output_path = self.program.wait_ready(self.stream, "out", self.delay_s + 10)
        self._viewer = self._open.enter_context(Reader(self.program.url(self.stream, "out"), self.received))

    def finish(self) -> None:
        """Until the clip is sent, played out, the grace period over, and the viewer has seen the end."""
        self.publisher_code = self.publisher.process.wait(self.length_s + SLACK_S)
        self.reader_code = self._viewer.process.wait(self.delay_s + GRACE_S + 15)
        self.reader_errors = self._viewer.process.stderr
        self.program.wait_gone(self.stream, "out")

    def __exit__(self, *_) -> None:
        self._open.close()
