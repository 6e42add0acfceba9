# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One minute of live dubbing, run once and recorded from every side; the tests only look at it."""

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from support import h264, marks
from support.flv import Recording
from support.processes import Livedub, Reader, publish, wait_for
from support.services import Services

STREAM = "minute"
GRACE_S = 2.0


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
    _cache: dict = field(default_factory=dict)

    def once(self, name: str, make):
        """Decoding a minute takes seconds, so every test shares one result."""
        if name not in self._cache:
            self._cache[name] = make()
        return self._cache[name]

    def offsets(self, recording: str) -> list[marks.Offset]:
        return self.once(f"offsets {recording}", lambda: marks.av_offsets(getattr(self, recording)))

    def sound(self, recording: str) -> tuple[np.ndarray, int]:
        return self.once(f"sound {recording}", lambda: marks.decode_audio(getattr(self, recording)))

    def digests(self, recording: str) -> list[bytes]:
        return self.once(f"digests {recording}", lambda: h264.picture_digests(getattr(self, recording)))

    def stream_start_ms(self) -> float:
        """Where the stream's own time 0 lies on the received clock.

        The first picture of the clip shows number 0; captions count from the first packet of the stream,
        which is that picture or a sound at most a few frames before it.
        """
        return self.once("start", lambda: float(self.received.tags[0].dts_ms if not self.received.sounds()
                                                 else min(self.received.sounds()[0].dts_ms,
                                                          self.received.pictures()[0].dts_ms)))  # fmt: skip


def start(deployment: str, build: Path, folder: Path) -> Livedub | Services:
    """`livedub up`, or the same as separate programs."""
    if deployment == "one process":
        return Livedub(build / "apps/livedub", "--captions", str(folder), "--grace", f"{GRACE_S:g}s")
    return Services(build, folder / "segments", folder, GRACE_S)


def run(deployment: str, build: Path, clip: Path, folder: Path) -> Minute:
    with start(deployment, build, folder) as program:
        minute = Minute(deployment, Recording(), Recording(), [], {}, program.banner, [], announced_delay_s(program.banner))
        with publish(clip, program.url(STREAM, "in")) as publisher:
            program.wait_ready(STREAM, "in")
            with Reader(program.url(STREAM, "in"), minute.sent):
                program.wait_ready(STREAM, "out", minute.delay_s + 10)
                with Reader(program.url(STREAM, "out"), minute.received) as reader:
                    done = threading.Event()
                    scraper = threading.Thread(target=scrape, args=(program, minute, done))
                    scraper.start()
                    try:
                        minute.publisher_code = publisher.wait(90)
                        # Played out, then the grace period, then the end of the stream reaches the reader.
                        minute.reader_code = reader.process.wait(minute.delay_s + GRACE_S + 15)
                    finally:
                        done.set()
                        scraper.join()
                    minute.reader_errors = reader.process.stderr
        wait_for(lambda: f"live/{STREAM}/out" not in program.paths(), "end of the session")
        minute.exit_code = program.stop()
        minute.lines = [line for _, line in program.out[len(program.banner) :]]
        minute.program_errors = program.stderr
    transcript = folder / f"{STREAM}.transcript.jsonl"
    minute.fragments = [json.loads(line) for line in transcript.read_text().splitlines()]
    minute.captions = {path.name: path.read_text() for path in folder.glob("*.vtt")}
    return minute


def announced_delay_s(banner: list[str]) -> float:
    line = next(line for line in banner if line.startswith("out"))
    return float(line.split()[2])


def scrape(program: Livedub, minute: Minute, done: threading.Event) -> None:
    while not done.wait(2.0):
        minute.scrapes.append((time.monotonic(), program.metrics()))
