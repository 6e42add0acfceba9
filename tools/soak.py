#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Two streams through three programs for a long time, and a fault every minute.

    tools/soak.py --minutes 30

Every minute ends with a line of what viewers saw of it and what the programs held. Fails, and says why, when
the memory of a program grows, or its threads or open files, when sound and picture drift apart, or when there
was a gap that the fault of that minute does not explain. The table is in build/soak/table.md, too.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from chaos.stage import Clip, Stage, crawling  # noqa: E402
from chaos.system import MEDIA, SERVER, STS, System  # noqa: E402
from chaos.viewer import SETTLES_MS, Truth, judge  # noqa: E402
from support.processes import resident_mib  # noqa: E402

CLIP = ROOT / "tests/fixtures/test-streams/1-min-nfl.mp4"
LAG_MS, AV_MS, STEP_MS = 500, 45, 25
DRIFT_MS_PER_HOUR = 40.0
LEAST_MINUTES_OF_DRIFT = 10  # the first is before the clip's first seam: a line through it and a few more looks steep
# A program may hold that much more at the end than after its first quarter.
GROWTH_MIB, GROWTH_THREADS, GROWTH_FILES = 16.0, 2, 2
MINUTE_S = 60.0
PARTS = (SERVER, MEDIA, STS)


@dataclass(frozen=True)
class Fault:
    name: str
    do: Callable[[System, list[Stage]], None]
    breaks_output: bool = False  # pictures may be missing
    damages_sound: bool = False  # of dubs: noise in them may be taken for a click


def nothing(system: System, stages: list[Stage]) -> None:
    """An ordinary minute."""


def killed(system: System, stages: list[Stage]) -> None:
    system.kill(STS)
    time.sleep(8)
    system.start(STS)


def stopped(system: System, stages: list[Stage]) -> None:
    system.pause(STS)
    time.sleep(12)
    system.resume(STS)


def slow(system: System, stages: list[Stage]) -> None:
    with crawling(system, STS, 0.05):
        time.sleep(15)


def half_open(system: System, stages: list[Stage]) -> None:
    system.sts_gate.half_open()
    time.sleep(12)
    system.sts_gate.restore()


def late(system: System, stages: list[Stage]) -> None:
    system.sts_gate.delay(6.0)
    time.sleep(12)
    system.sts_gate.restore()


def garbage(system: System, stages: list[Stage]) -> None:
    system.sts_gate.corrupt(3000)
    time.sleep(8)
    system.sts_gate.restore()
    system.sts_gate.drop()


def output_drops(system: System, stages: list[Stage]) -> None:
    system.rtmp_gate.drop_publishers()


def taken_over(system: System, stages: list[Stage]) -> None:
    """Another encoder takes over the first stream."""
    before = stages[0].publishers[-1]
    stages[0].publish()
    before.wait(30)


FAULTS = [Fault("none", nothing), Fault("sts-service killed", killed), Fault("sts-service stopped 12 s", stopped),
          Fault("sts-service slow", slow), Fault("link half open 12 s", half_open), Fault("answers 12 s late", late),
          Fault("garbage on the link", garbage, damages_sound=True), Fault("outputs dropped", output_drops, True),
          Fault("encoder taken over", taken_over, True)]  # fmt: skip


@dataclass
class Minute:
    number: int
    fault: Fault
    truths: list[Truth]
    held: dict[str, tuple[float, int, int]]  # by part: MiB, threads, open files

    def problems(self, delay_s: float) -> list[str]:
        found = []
        for stream, truth in enumerate(self.truths):
            late_ms = (truth.delays_s - delay_s) * 1000
            av_ms = truth.av_worst_ms
            contradictions = truth.contradictions
            if self.fault.damages_sound:
                av_ms = float(np.median(truth.av_offsets_ms or [0.0]))
                contradictions = [line for line in contradictions if "called original" in line]
            checks = {
                "no picture came": truth.pictures_out > 0,
                f"times go back: {truth.goes_back[:3]}": not truth.goes_back,
                f"late by {np.abs(late_ms).max(initial=0):.0f} ms": np.abs(late_ms).max(initial=0) <= LAG_MS,
                f"A/V {av_ms:+.0f} ms": abs(av_ms) <= AV_MS,
                "; ".join(contradictions): not contradictions,
                f"{len(truth.lost)} pictures lost": self.fault.breaks_output or not truth.lost,
                f"a gap of {truth.sound_gap_ms:.0f} ms": self.fault.breaks_output or truth.sound_gap_ms <= STEP_MS,
                f"{len(truth.dropouts_s) * 10} ms of silence": self.fault.breaks_output or not truth.dropouts_s,
            }
            found += [f"minute {self.number}, stream {stream}: {what}" for what, is_well in checks.items() if not is_well]
        return found

    def row(self, delay_s: float) -> str:
        said = [span.reason for truth in self.truths for span in truth.spans]
        lost = sum(len(truth.lost) for truth in self.truths)
        gap = max(truth.sound_gap_ms for truth in self.truths)
        worst = max((truth.av_worst_ms for truth in self.truths), key=abs)
        late = np.concatenate([truth.delays_s for truth in self.truths]) * 1000 - delay_s * 1000
        held = " | ".join("{:.0f} MiB {} {}".format(*self.held[part]) for part in PARTS)
        return (f"| {self.number} | {self.fault.name} | {said.count(None)} / {len(said)} | {lost} | {gap:.0f} | "
                f"{worst:+.1f} | {late.min(initial=0):+.0f} … {late.max(initial=0):+.0f} | {held} |")  # fmt: skip


HEAD = ("| minute | fault | dubbed | pictures lost | longest gap ms | A/V ms | late ms | "
        + " | ".join(f"{part}: memory, threads, files" for part in PARTS) + " |\n" + "|---" * (7 + len(PARTS)) + "|")  # fmt: skip


def what_is_held(system: System) -> dict[str, tuple[float, int, int]]:
    held = system.held()
    return {part: (resident_mib(system.pid(part)), *held[part]) for part in PARTS}


def growth(minutes: list[Minute]) -> list[str]:
    """Of the programs from their first quarter to their last. A program that was started again begins anew, so
    what it holds is compared by its best minute of each time: what never goes down again has leaked."""
    quarter = max(1, len(minutes) // 4)
    problems = []
    for part in PARTS:
        for index, (what, limit) in enumerate((("MiB", GROWTH_MIB), ("threads", GROWTH_THREADS), ("files", GROWTH_FILES))):
            before = min(minute.held[part][index] for minute in minutes[quarter : 2 * quarter] or minutes)
            after = min(minute.held[part][index] for minute in minutes[-quarter:])
            if after - before > limit:
                problems.append(f"{part}: {before:.0f} {what} in the second quarter, {after:.0f} in the last")
    return problems


def drift(minutes: list[Minute]) -> tuple[float, list[str]]:
    """Of the sound against the picture, in ms an hour; a line through the medians of the minutes."""
    points = [(minute.number / 60, float(np.median(truth.av_offsets_ms))) for minute in minutes
              for truth in minute.truths if truth.av_offsets_ms]  # fmt: skip
    if len({at for at, _ in points}) < LEAST_MINUTES_OF_DRIFT:
        return 0.0, []
    slope = float(np.polyfit(*zip(*points), 1)[0])
    # Within a few minutes a rounding of one millisecond looks like a slope.
    spread = max(value for _, value in points) - min(value for _, value in points)
    too_much = abs(slope) > DRIFT_MS_PER_HOUR and spread > 3.0
    return slope, [f"sound and picture drift by {slope:+.1f} ms an hour"] if too_much else []


def soak(system: System, clip: Clip, count: int, say: Callable[[str], None]) -> list[str]:
    minutes: list[Minute] = []
    problems: list[str] = []
    with contextlib.ExitStack() as stack:
        stages = [stack.enter_context(Stage(system, name, clip)) for name in ("soak-a", "soak-b")]
        for stage in stages:
            stage.publish()
        for stage in stages:
            stage.wait_output()
        say(HEAD)
        begin = time.monotonic()
        for number in range(1, count + 1):
            fault = FAULTS[(number - 1) % len(FAULTS)]
            fault.do(system, stages)
            end = begin + MINUTE_S
            time.sleep(max(0.0, end - time.monotonic()))
            truths = []
            for stage in stages:
                sent = stage.at_in.take(begin - system.delay_s - 4, end)
                received = stage.at_out.take(begin, end)
                seen = [tag.dts_ms for tag in received.pictures()]
                # What follows a seam of the clip cannot be told from it at once, and one may lie before this minute.
                told = [line for line in system.transcript(stage.stream)
                        if seen and seen[0] + SETTLES_MS <= line["start_ms"] and line["end_ms"] <= seen[-1]]  # fmt: skip
                truths.append(judge(sent, received, clip.sound, told))
            minutes.append(Minute(number, fault, truths, what_is_held(system)))
            say(minutes[-1].row(system.delay_s))
            problems += minutes[-1].problems(system.delay_s)
            begin = end
        for stage in stages:
            stage.end()
    slope, drifting = drift(minutes)
    say(f"\nSound against picture: {slope:+.1f} ms an hour over {count} minutes.")
    return problems + drifting + growth(minutes)


def main() -> int:
    parser = argparse.ArgumentParser(description="Two streams and a fault a minute, for a long time.")
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", help="the programs (%(default)s)")
    arguments = parser.parse_args()
    if arguments.minutes < 1:
        parser.error(f"--minutes {arguments.minutes}: at least 1")
    target = ROOT / "build/soak/table.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open(target, "w") as table:

        def say(line: str) -> None:
            print(line, flush=True)
            print(line, file=table, flush=True)

        clip = Clip.load(CLIP, Path(folder))
        with System(arguments.build, Path(folder)) as system:
            problems = soak(system, clip, arguments.minutes, say)
        say("Nothing grew, drifted or broke." if not problems else "\n".join(f"- {line}" for line in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
