# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One minute of live dubbing, run once and recorded from every side; the tests only look at it."""

import json
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from support import marks
from support.flv import Recording
from support.processes import Livedub

from .helpers import pipelines
from .helpers.live_run import LiveRun
from .helpers.metrics_parser import Metrics
from .helpers.pipelines import Pipeline, announced_delay_s
from .helpers.socketio_monitor import Fragment, Message
from .helpers.stream_analyzer import StreamAnalyzer

STREAM = "minute"
LENGTH_S = 60.0
GRACE_S = pipelines.GRACE_S
ONE_PROCESS = "one process"


@dataclass
class Minute:
    """What was sent, what came out, and what the program said about it."""

    deployment: str
    sent: Recording  # as a second reader saw it at /in, with arrival times
    received: Recording
    fragments: list[dict]
    captions: dict[str, str]
    banner: list[str]
    lines: list[str]
    delay_s: float
    scrapes: list[list] = field(default_factory=list)
    reader_errors: str = ""
    program_errors: str = ""
    publisher_code: int = -1
    reader_code: int = -1
    exit_code: int = -1
    took_s: float = 0.0  # with the start and the end of the programs
    # Only where media-service and sts-service are two programs: what went over the wire between them, what
    # media-service counted when the stream had ended, and what the media server said of the output.
    wire: list[Fragment] = field(default_factory=list)  # of the minute
    lead_in: list[Fragment] = field(default_factory=list)  # of what was sent before it
    lead_in_ms: float = 0.0
    messages: list[Message] = field(default_factory=list)
    counted: Metrics | None = None
    speech: dict = field(default_factory=dict)  # what sts-service says of its engines
    output_path: dict = field(default_factory=dict)

    @cached_property
    def analyzer(self) -> StreamAnalyzer:
        """Decoding a minute takes seconds, so every test shares one."""
        return StreamAnalyzer(self.sent, self.received, self.lead_in_ms)

    def offsets(self, recording: str) -> list[marks.Offset]:
        return self.analyzer.offsets[recording == "received"]

    def sound(self, recording: str) -> tuple[np.ndarray, int]:
        return self.analyzer.sounds[recording == "received"], self.analyzer.rate

    def digests(self, recording: str) -> list[bytes]:
        return self.analyzer.digests[recording == "received"]

    def stream_start_ms(self) -> float:
        """Where the stream's own time 0 lies on the received clock.

        The first picture of the clip shows number 0; captions count from the first packet of the stream,
        which is that picture or a sound at most a few frames before it.
        """
        return float(min(self.received.sounds()[0].dts_ms, self.received.pictures()[0].dts_ms))


def start(deployment: str, build: Path, folder: Path) -> Livedub | Pipeline:
    """`livedub up`, or the same as separate programs."""
    if deployment == ONE_PROCESS:
        return Livedub(build / "apps/livedub", "--captions", str(folder), "--grace", f"{GRACE_S:g}s")
    return pipelines.start(deployment, build, folder)


def run(deployment: str, build: Path, clip: Path, folder: Path) -> Minute:
    began = time.monotonic()
    with start(deployment, build, folder) as program:
        banner = program.banner
        delay_s = announced_delay_s(banner)
        with LiveRun(program, STREAM, clip, LENGTH_S, delay_s) as live:
            minute = Minute(deployment, live.sent, live.received, [], {}, banner, [], delay_s)
            live.watch_output()
            done = threading.Event()
            scraper = threading.Thread(target=scrape, args=(program, minute, done))
            scraper.start()
            try:
                live.finish()
            finally:
                done.set()
                scraper.join()
        minute.publisher_code, minute.reader_code = live.publisher_code, live.reader_code
        minute.reader_errors, minute.output_path = live.reader_errors, live.output_path
        if isinstance(program, Pipeline):
            minute.messages, minute.lead_in_ms = program.monitor.messages, live.lead_in_ms
            minute.lead_in, minute.wire = live.apart(program.monitor.fragments(STREAM))
            minute.counted = program.scrape()
            minute.speech = json.loads(program.sts.get("/ready").text)
            documents = program.documents(STREAM)
        minute.exit_code = program.stop()
        minute.lines = [line for _, line in program.out[len(program.banner) :]]
        minute.program_errors = program.stderr
    if deployment == ONE_PROCESS:
        documents = {path.name: path.read_text() for path in folder.glob(f"{STREAM}.*")}
    minute.fragments = [json.loads(line) for line in documents[f"{STREAM}.transcript.jsonl"].splitlines()]
    minute.captions = {name: text for name, text in documents.items() if name.endswith(".vtt")}
    minute.took_s = time.monotonic() - began
    return minute


def scrape(program: Livedub | Pipeline, minute: Minute, done: threading.Event) -> None:
    while not done.wait(2.0):
        minute.scrapes.append((time.monotonic(), program.metrics()))
