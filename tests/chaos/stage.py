# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One stream through a system, watched at both ends, and what a scenario can say and wait for.

    with Stage(system, "killed", clip) as stage:
        stage.publish()
        stage.wait_dubbed(2)
        system.kill("sts-service")
        stage.wait_original(2)
        system.start("sts-service")
        stage.wait_dubbed(2)
        stage.end()
    truth = stage.judge()
"""

import contextlib
import subprocess
import tempfile
import threading
import time
import wave
from pathlib import Path

import numpy as np
from support import marks, wordless
from support.flv import Recording
from support.processes import Process, publish, wait_for
from support.rtmp_publisher import RtmpPublisher

from .system import AttachedSystem, System
from .viewer import ClipSound, Truth, Viewer, judge

# How long a scenario waits for a state. The states come sooner, or something is wrong.
PATIENCE_S = 60.0


class Clip:
    """The test clip, or another one, as a file and as packets, and its sound."""

    def __init__(self, path: Path, packets: Recording) -> None:
        self.path, self.packets = path, packets
        self.sound = ClipSound(packets)
        self._others: dict[str, Clip] = {}

    @staticmethod
    def load(path: Path, folder: Path) -> "Clip":
        """@param folder For what is made of it."""
        return Clip(path, Recording.load(marks.remux(path, folder / f"{path.stem}.flv")))

    def other(self, name: str, folder: Path, *arguments: str, inputs: tuple[str, ...] = ()) -> "Clip":
        """The clip as ffmpeg makes it by these arguments; made once."""
        if name not in self._others:
            target = folder / f"{name}.mp4"
            ffmpeg = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(self.path), *inputs]
            subprocess.run([*ffmpeg, *arguments, str(target)], check=True)
            self._others[name] = Clip.load(target, folder)
        return self._others[name]

    def with_sound(self, name: str, folder: Path, part: wordless.Part) -> "Clip":
        """The clip's pictures under other sound."""
        path = folder / f"{name}.wav"
        sound = part.sound(60 * wordless.RATE_HZ, np.random.default_rng(1))
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, wordless.RATE_HZ, 0, "NONE", ""))
            file.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
        return self.other(name, folder, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-ar", "44100",
                          "-ac", "2", "-t", "60", inputs=("-i", str(path)))  # fmt: skip


class Stage:
    def __init__(self, system: System | AttachedSystem, stream: str, clip: Clip) -> None:
        self.system, self.stream, self.clip = system, stream, clip
        self._open = contextlib.ExitStack()
        self.publishers: list[Process] = []
        self.recovered_ms: float | None = None  # on the input's clock
        self.folder = Path(self._open.enter_context(tempfile.TemporaryDirectory()))

    def __enter__(self):
        # Both are there before the first packet, so nothing comes from a cache.
        port = self.system.server.rtmp_port
        self.at_in = self._open.enter_context(Viewer(port, self.stream, "in"))
        self.at_out = self._open.enter_context(Viewer(port, self.stream, "out"))
        return self

    def __exit__(self, *_) -> None:
        self._open.close()

    # The publisher -------------------------------------------------------------------------------------------

    def publish(self, clip: Clip | None = None, *output: str, before: tuple = (), query: str = "") -> Process:
        """An encoder sends a clip from its beginning, over and over, until it is ended."""
        url = self.system.server.url(self.stream, "in") + query
        process = publish((clip or self.clip).path, url, *output, before=("-stream_loop", "-1", *before))
        self._open.callback(process.kill)
        self.publishers.append(process)
        return process

    def go_on_air(self) -> None:
        """An encoder sends, and viewers see the first dubbed fragment begin."""
        self.publish()
        self.wait_dubbed(1)
        self.wait_output(60)

    def unpublish(self) -> None:
        """The encoder is gone, as with its cable pulled."""
        self.publishers[-1].kill()

    @contextlib.contextmanager
    def publishing_packets(self):
        """A publisher that sends what it is told, with whatever times."""
        app, name = f"live/{self.stream}", "in"
        with RtmpPublisher(self.system.server.rtmp_port, app, name) as publisher:
            for tag in self.clip.packets.tags:
                if tag.is_avc_header or tag.is_aac_header:
                    publisher.send(tag, 0)
            yield publisher

    def packets(self, begin_s: float, end_s: float) -> list:
        """The clip's pictures and sounds of that time; `begin_s` is a whole number of seconds: a keyframe."""
        return [tag for tag in self.clip.packets.tags
                if (tag.is_picture or tag.is_sound) and begin_s * 1000 <= tag.dts_ms < end_s * 1000]  # fmt: skip

    # Waiting -------------------------------------------------------------------------------------------------

    def _decided(self) -> list[str]:
        return [fragment["reason"] or "dubbed" for fragment in self.system.transcript(self.stream)]

    def wait_dubbed(self, count: int, limit_s: float = PATIENCE_S) -> None:
        """Until that many more fragments are dubbed than now; of those that began after the cause was gone, if it is."""
        gone_ms = self._gone_ms()

        def dubbed(decided: list[dict]) -> int:
            return sum(f["reason"] is None and (gone_ms is None or f["start_ms"] >= gone_ms) for f in decided)

        target = dubbed(self.system.transcript(self.stream)) + count
        self.system.wait_decided(self.stream, lambda decided: dubbed(decided) >= target,
                                 f"{count} more dubbed fragments", limit_s)  # fmt: skip

    def wait_original(self, count: int, limit_s: float = PATIENCE_S) -> None:
        """Until that many more fragments play their original than now."""
        target = sum(said != "dubbed" for said in self._decided()) + count
        self.system.wait_decided(self.stream, lambda decided: sum(f["reason"] is not None for f in decided) >= target,
                                 f"{count} more original fragments", limit_s)  # fmt: skip

    def wait_decided(self, count: int, limit_s: float = PATIENCE_S) -> None:
        target = len(self._decided()) + count
        self.system.wait_decided(self.stream, lambda decided: len(decided) >= target, f"{count} more fragments",
                                 limit_s)  # fmt: skip

    def wait_output(self, pictures: int = 30, limit_s: float = PATIENCE_S) -> None:
        """Until viewers have seen that many more pictures than now."""
        target = self.at_out.pictures() + pictures
        wait_for(lambda: self.at_out.pictures() >= target, f"{pictures} more pictures at /out", limit_s)

    def pass_time(self, seconds: float) -> None:
        """A fault lasts as long as it lasts: this is not for waiting until something is so."""
        time.sleep(seconds)

    def recovered(self) -> None:
        """The cause is gone, from now on."""
        self.recovered_ms = self.at_in.tags[-1].dts_ms

    def _gone_ms(self) -> float | None:
        """When the cause was gone, on the stream's own clock: it begins with the first packet of the input."""
        if self.recovered_ms is None:
            return None
        sent = self.at_in.recording
        return self.recovered_ms - min(sent.sounds()[0].dts_ms, sent.pictures()[0].dts_ms)

    # The end -------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """The encoder is switched off; until the output has played out and is gone."""
        for process in self.publishers:
            process.kill()
        self.system.server.wait_gone(self.stream, "in", PATIENCE_S)
        self.wait_over()

    def wait_over(self) -> None:
        """Until the session has ended, and its output."""
        self.system.wait_over(self.stream, PATIENCE_S)

    def judge(self) -> Truth:
        sent, received = self.at_in.recording, self.at_out.recording
        truth = judge(sent, received, self.clip.sound, self.system.transcript(self.stream))
        if (gone_ms := self._gone_ms()) is not None:
            later = [span.begin_ms - gone_ms for span in truth.dubbed if span.begin_ms >= gone_ms]
            truth.back_s = min(later, default=float("inf")) / 1000
        return truth


@contextlib.contextmanager
def crawling(system: System, part: str, share: float):
    """A part gets that share of the time only, as on a machine that is far too small."""
    over = threading.Event()
    period_s = 0.2

    def hold() -> None:
        while not over.is_set():
            system.pause(part)
            over.wait(period_s * (1 - share))
            system.resume(part)
            over.wait(period_s * share)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
