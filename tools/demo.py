#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Dubs one live minute on this machine and shows it happening.

    tools/demo.py [--rtmp HOST:PORT] [--api HOST:PORT] [--metrics HOST:PORT]

Starts `livedub up`, publishes the test clip over RTMP in real time, prints every fragment as it is decided,
records live/demo/out to build/demo and measures the recording. Exit codes: 0 the minute was dubbed, 1 it was
not (one line says why), 3 a port is in use, 130 or 143 it was stopped (Ctrl-C, SIGTERM). Whatever happens, nothing
it started is left running.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

try:
    import numpy as np
    from support import audio, h264, marks, words
    from support.flv import Recording
    from support.processes import Livedub, Reader, Unexpected, cpu_seconds, publish, resident_mib, wait_for
except ImportError as problem:
    sys.exit(f"demo: {problem}; run tools/setup.sh demo, then use /usr/bin/python3")

STREAM = "demo"
GRACE_S = 2.0
WIDTH = 100
WORST_CASE_S = 170.0
COLOURS = {"bold": "1", "dim": "2", "green": "32", "yellow": "33", "cyan": "36", "blue": "34"}


class Failed(Exception):
    """The demo cannot go on; the message is the one line the person reads."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Stopped(Exception):
    """The person has seen enough."""


class StopSignals:
    """SIGINT and SIGTERM, noted when they come and acted on where the demo asks for them. An exception out of the
    handler itself could be raised anywhere: lost in a finaliser, or leaving a lock of `subprocess` taken for ever.
    """

    def __init__(self) -> None:
        self.received = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame) -> None:
        self.received = number

    def check(self) -> None:
        if self.received:
            raise Stopped


class Screen:
    """Lines that stay, and one line at the bottom that moves; plain text when nobody watches."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._colour = self._live and "NO_COLOR" not in os.environ
        self._bottom = False

    def paint(self, text: str, *styles: str) -> str:
        if not self._colour:
            return text
        return f"\x1b[{';'.join(COLOURS[style] for style in styles)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        self.clear()
        print(text, flush=True)

    def bottom(self, text: str) -> None:
        if self._live:
            print(f"\r\x1b[K{text}", end="", flush=True)
            self._bottom = True

    def clear(self) -> None:
        if self._bottom:
            print("\r\x1b[K", end="")
            self._bottom = False


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def took(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{milliseconds:.0f} ms"


def show_fragment(screen: Screen, fragment: dict) -> None:
    span = f"{clock(fragment['start_ms'] / 1000)}-{clock(fragment['end_ms'] / 1000)}"
    head = f"  {span:>11}  "
    if fragment["audio"] == "dubbed":
        stages = " · ".join(
            f"{name} {took(fragment[key])}"
            for name, key in (("recognise", "recognise_ms"), ("translate", "translate_ms"), ("speak", "synthesise_ms"))
        )
        ratio = fragment.get("speed_ratio") or 1.0
        screen.line(head + screen.paint("dubbed", "bold", "green") + screen.paint(f"    {stages} · speed x{ratio:.2f}", "dim"))
    else:
        why = str(fragment["reason"]).replace("_", " ")
        if fragment.get("detail"):
            why += f": {fragment['detail']}"
        screen.line(head + screen.paint("original", "bold", "yellow") + f"  {why}")
    for label, text, style in (("en", fragment["transcript"], "dim"), ("es", fragment["translation"], "cyan")):
        if text:
            # Wrapped plain and painted line by line: escape codes have no width.
            lines = textwrap.wrap(text, WIDTH - 20)
            for index, part in enumerate(lines):
                screen.line(f"{'':15}{label if index == 0 else '  '}  {screen.paint(part, style)}")


def bar(done: float, total: float, width: int = 40) -> str:
    full = int(width * min(1.0, max(0.0, done / total)))
    return "█" * full + "░" * (width - full)


class Watch:
    """Prints decided fragments as they appear in the transcript, and the progress below them."""

    def __init__(self, screen: Screen, transcript: Path, length_s: float) -> None:
        self._screen = screen
        self._transcript = transcript
        self._length_s = length_s
        self._seen = 0
        self._rest = ""
        self.fragments: list[dict] = []

    def turn(self, sent: Recording, received: Recording) -> None:
        if self._transcript.exists():
            with open(self._transcript, encoding="utf-8") as file:
                file.seek(self._seen)
                text = self._rest + file.read()
                self._seen = file.tell()
            *lines, self._rest = text.split("\n")
            for line in lines:
                fragment = json.loads(line)
                self.fragments.append(fragment)
                show_fragment(self._screen, fragment)
        went, came = self._seconds(sent), self._seconds(received)
        self._screen.bottom(
            f"  {bar(came, self._length_s)}  sent {clock(went)}  dubbed and back {clock(came)} of {clock(self._length_s)}"
        )

    @staticmethod
    def _seconds(recording: Recording) -> float:
        tags = recording.tags
        return (tags[-1].dts_ms - tags[0].dts_ms) / 1000 if len(tags) > 1 else 0.0


def start(binary: Path, options: argparse.Namespace, folder: Path) -> Livedub:
    flags = ["--rtmp", options.rtmp, "--api", options.api, "--metrics", options.metrics]
    try:
        return Livedub(binary, *flags, "--captions", str(folder), "--grace", f"{GRACE_S:g}s")
    except Unexpected as problem:
        lines = [line for line in str(problem).split("--- stderr\n")[-1].splitlines() if line.strip()]
        code = 3 if "ended with 3" in str(problem) else 1
        hint = " (choose others: tools/demo.py --rtmp HOST:PORT --api HOST:PORT --metrics HOST:PORT)" if code == 3 else ""
        raise Failed((lines[-1] if lines else str(problem)) + hint, code) from None


def summary(screen: Screen, watch: Watch, sent: Recording, received: Recording, facts: dict) -> None:
    rows: list[tuple[str, str]] = []
    dubbed = [f for f in watch.fragments if f["audio"] == "dubbed"]
    reasons: dict[str, int] = {}
    for fragment in watch.fragments:
        if fragment["audio"] != "dubbed":
            reasons[fragment["reason"]] = reasons.get(fragment["reason"], 0) + 1
    original = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(reasons.items()))
    rows.append(("fragments", f"{len(dubbed)} dubbed, {sum(reasons.values())} original" + (f" ({original})" if original else "")))

    arrived = dict(zip(h264.picture_digests(sent), sent.pictures()))
    received_digests = h264.picture_digests(received)
    settle_in, settle_out = sent.tags[0].arrived + 2, received.tags[0].arrived + 2
    delays = [
        tag.arrived - arrived[digest].arrived
        for digest, tag in zip(received_digests, received.pictures())
        if digest in arrived and arrived[digest].arrived > settle_in and tag.arrived > settle_out
    ]
    if delays:
        middle = float(np.median(delays))
        rows.append(("added delay", f"{middle:.2f} s, constant within {(max(delays) - min(delays)) * 1000:.0f} ms "
                                    f"(announced {facts['delay_s']:.1f} s)"))  # fmt: skip

    before = float(np.median([offset.offset_ms for offset in facts["clip_offsets"]]))
    offsets = {offset.second: offset.offset_ms - before for offset in marks.av_offsets(received)}
    ends = sorted(offsets)
    if len(ends) > 12:
        first = float(np.median([offsets[second] for second in ends[1:6]]))
        last = float(np.median([offsets[second] for second in ends[-6:-1]]))
        rows.append(("A/V offset", f"{first:+.1f} ms at the start, {last:+.1f} ms at the end, measured on {len(ends)} clicks"))

    same = len(set(received_digests) & set(facts["clip_digests"]))
    rows.append(("picture", f"{same} of {len(facts['clip_digests'])} frames byte-identical to the input"))
    pcm, rate = marks.decode_audio(received)
    worst = max(abs(error) for _, error in audio.packet_gaps_ms(received, rate))
    rows.append(("sound", f"one track, {len(pcm) / rate:.1f} s, longest step off by {worst:.0f} ms "
                          f"(one AAC frame is {1024000 / rate:.0f} ms)"))  # fmt: skip

    heard = " ".join(fragment["transcript"] for fragment in watch.fragments)
    rows.append(("recognition", f"{words.word_error_rate(facts['said'], heard):.0%} word error rate against the script"))
    spoken_ms = sum(f["end_ms"] - f["start_ms"] for f in dubbed) or 1
    stages = (("recognise", "recognise_ms"), ("translate", "translate_ms"), ("speak", "synthesise_ms"))
    rows.append(("real-time factor", ", ".join(
        f"{name} {sum(f[key] for f in dubbed) / spoken_ms:.3f}" for name, key in stages)))  # fmt: skip
    rows.append(("livedub", f"{facts['cpu_s'] / facts['wall_s']:.0%} of one core, {facts['peak_mib']:.0f} MiB at most"))

    screen.line()
    screen.line("  " + screen.paint("what came out", "bold"))
    for name, value in rows:
        screen.line(f"  {screen.paint(f'{name:<17}', 'dim')} {value}")


def keep(folder: Path, received: Recording) -> None:
    """The recording and its captions, under the names a person looks for."""
    raw = folder / "dubbed.flv"
    received.write(raw)
    marks.remux(raw, folder / "dubbed.mp4", "-movflags", "+faststart")
    raw.unlink()
    for made, name in ((f"{STREAM}.en.vtt", "dubbed.en.vtt"), (f"{STREAM}.es.vtt", "dubbed.es.vtt"),
                       (f"{STREAM}.transcript.jsonl", "transcript.jsonl")):  # fmt: skip
        os.replace(folder / made, folder / name)


def run(options: argparse.Namespace, screen: Screen, signals: StopSignals) -> None:
    began = time.monotonic()
    for tool, package in (("ffmpeg", "ffmpeg"), ("ffprobe", "ffmpeg")):
        if shutil.which(tool) is None:
            raise Failed(f"{tool} is not installed (package {package}); run tools/setup.sh demo")
    binary = Path(options.build) / "apps/livedub"
    if not binary.exists():
        raise Failed(f"{binary} is not built; run `make release`")
    clip = ROOT / "tests/fixtures/test-streams/1-min-nfl.mp4"
    if not clip.exists():
        raise Failed(f"{clip} is not made; run `make fixtures`")
    script = json.loads(clip.with_suffix(".json").read_text())
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("dubbed.*"), *folder.glob("*transcript.jsonl"), *folder.glob(f"{STREAM}.*")):
        old.unlink()

    sent, received = Recording(), Recording()
    length_s = script["duration_ms"] / 1000
    watch = Watch(screen, folder / f"{STREAM}.transcript.jsonl", length_s)
    facts: dict = {"said": " ".join(sentence["text"] for sentence in script["sentences"])}
    with start(binary, options, folder) as program:
        for line in program.banner:
            word, _, rest = line.partition(" ")
            screen.line(f"  {screen.paint(f'{word:<8}', 'bold')} {rest.strip()}".replace("<id>", STREAM))
        facts["delay_s"] = float(next(line for line in program.banner if line.startswith("out")).split()[2])
        screen.line()
        screen.line(f"  ffmpeg publishes one minute of commentary; its dub comes back {facts['delay_s']:.0f} s later. "
                    "Watch it live:")  # fmt: skip
        screen.line(f"  ffplay {program.url(STREAM, 'out')}")
        screen.line()
        started, cpu = time.monotonic(), cpu_seconds(program.pid)
        with publish(clip, program.url(STREAM, "in")) as publisher:
            program.wait_ready(STREAM, "in", 10)
            with Reader(program.url(STREAM, "in"), sent):

                def out_is_ready() -> bool:
                    signals.check()
                    watch.turn(sent, received)
                    if not publisher.running:
                        raise Failed(f"the publisher ended early: {publisher.stderr.strip()[-200:]}")
                    return program.path_ready(STREAM, "out")

                wait_for(out_is_ready, f"live/{STREAM}/out", facts["delay_s"] + 10)
                with Reader(program.url(STREAM, "out"), received) as reader:
                    while reader.process.running:
                        signals.check()
                        watch.turn(sent, received)
                        if not program.running:
                            raise Failed(f"livedub ended unexpectedly: {program.stderr.strip()[-300:]}")
                        if time.monotonic() - began > WORST_CASE_S:
                            raise Failed("the stream did not end in time")
                        if publisher.running or time.monotonic() - started < length_s:
                            facts["peak_mib"] = resident_mib(program.pid, peak=True)
                        time.sleep(0.1)
                    watch.turn(sent, received)
            facts["wall_s"] = time.monotonic() - started
            facts["cpu_s"] = cpu_seconds(program.pid) - cpu
        if program.stop() != 0:
            raise Failed(f"livedub did not stop cleanly: {program.stderr.strip()[-300:]}")
    if not received.pictures():
        raise Failed("nothing came out")

    screen.bottom("  measuring the recording ...")
    signals.check()
    flat = Recording.load(marks.remux(clip, folder / "clip.flv"))
    (folder / "clip.flv").unlink()
    facts["clip_digests"] = h264.picture_digests(flat)
    facts["clip_offsets"] = marks.av_offsets(flat)
    signals.check()
    summary(screen, watch, sent, received, facts)
    keep(folder, received)
    shown = os.path.relpath(folder, os.getcwd())
    screen.line()
    screen.line("  " + screen.paint("see and hear it", "bold"))
    screen.line(f"  ffplay {shown}/dubbed.mp4            (or: vlc {shown}/dubbed.mp4)")
    screen.line(f"  {shown}/dubbed.en.vtt  dubbed.es.vtt  transcript.jsonl")
    if not any(fragment["audio"] == "dubbed" for fragment in watch.fragments):
        raise Failed("no fragment was dubbed")
    screen.line()
    screen.line(f"  done in {time.monotonic() - began:.0f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description="Dubs one live minute on this machine and shows it happening.")
    parser.add_argument("--rtmp", default="127.0.0.1:1935")
    parser.add_argument("--api", default="127.0.0.1:9997")
    parser.add_argument("--metrics", default="127.0.0.1:9998")
    parser.add_argument("--build", default=str(ROOT / "build/release"))
    parser.add_argument("--out", default=str(ROOT / "build/demo"))
    options = parser.parse_args()

    signals = StopSignals()
    screen = Screen()
    try:
        run(options, screen, signals)
    except (Stopped, Failed, Unexpected, OSError, ValueError, subprocess.CalledProcessError) as problem:
        screen.clear()
        if signals.received:  # a terminal's Ctrl-C ends the programs started here too, and that is no failure
            print("demo: stopped", file=sys.stderr)
            return 128 + signals.received
        print(f"demo: {str(problem).splitlines()[0]}", file=sys.stderr)
        return problem.code if isinstance(problem, Failed) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
