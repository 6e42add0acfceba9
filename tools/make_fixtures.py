#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the test clip: one minute of spoken American-football commentary over a moving picture.

    tools/make_fixtures.py [--out tests/fixtures/test-streams] [--force]

Writes three files that belong together:

    1-min-nfl.mp4    60 s; H.264 1280x720 30 fps, B-frames, closed GOPs of 2 s, about 2.5 Mb/s; AAC 44.1 kHz
    1-min-nfl.m4a    the same audio, copied
    1-min-nfl.json   what is said and when, and how to read the two measuring marks

The marks make audio/video sync a number instead of an opinion. Every frame carries its own number as a
row of 16 black and white blocks at the bottom (and in figures, for people); at every whole second both
audio channels carry a 2 ms burst at 12.5 kHz. That band lies above the synthetic voices on both sides
(flite ends at 8 kHz, espeak-ng at 11 kHz), so the burst can be found, and its level read, under speech
and dub alike.

Everything is computed from the constants below: two runs on one system give the same bytes. A run with
nothing to do (the stamp in the JSON equals the hash of this file) takes no time.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

DURATION_S = 60
FPS = 30
WIDTH, HEIGHT = 1280, 720
GOP_FRAMES = 60
RATE_HZ = 44_100
VOICE = "rms"

# The strip that carries the frame number: black, white, then 14 bits of Gray code, high bit first.
STRIP_BLOCKS = 16
STRIP_TOP, STRIP_HEIGHT = 672, 48
GRAY_BITS = 14

CLICK_HZ = 12_500
CLICK_S = 0.002
CLICK_PEAK = 0.25
SPEECH_RMS_DB = -19.0
BED_RMS_DB = -42.0

# (pause before the sentence in seconds, sentence). Common words and whole clauses, because the packaged
# recogniser knows those; nothing is aligned to the 6 s grid on which a stream is cut.
SCRIPT = [
    (0.20, "Good evening and welcome to the game."),
    (0.55, "It is a cold night, and the stadium is full."),
    (0.70, "The home team starts with the ball."),
    (0.50, "The quarterback takes the ball and looks for an open man."),
    (0.60, "He throws the ball to the far side of the field."),
    (0.45, "The catch is good, and the crowd is on its feet."),
    (1.90, "Now they have six more yards to go."),
    (0.70, "He is down after a short run."),
    (0.50, "The coach wants to keep the ball on the ground."),
    (0.65, "He runs through the line and into the end zone."),
    (0.90, "The extra point is good."),
    (0.70, "The home team is in the lead."),
    (0.80, "The fans are happy with the score."),
    (0.60, "There are two minutes left in the first half."),
    (0.75, "The other team gets the ball after the break."),
    (0.55, "They need a good play in the second half."),
    (0.70, "What a great start to the game tonight."),
    (0.60, "We will be right back after this."),
]

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
NAME = "1-min-nfl"


def db(value: float) -> float:
    return 10.0 ** (value / 20.0)


def run(*command: str) -> None:
    """Runs a program quietly; its own words are shown when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise SystemExit(f"fixtures: {command[0]} failed ({done.returncode}): {done.stdout.strip()}")


def spoken(sentence: str, folder: Path) -> np.ndarray:
    """The sentence as flite says it, at RATE_HZ, without the silence around it, levelled."""
    path = folder / "sentence.wav"
    run("flite", "-voice", VOICE, "-t", sentence, "-o", str(path))
    with wave.open(str(path)) as source:
        rate = source.getframerate()
        pcm = np.frombuffer(source.readframes(source.getnframes()), "<i2").astype(np.float64) / 32768.0
    loud = np.flatnonzero(np.abs(pcm) > 0.01)
    pad = int(0.04 * rate)
    pcm = pcm[max(0, loud[0] - pad) : loud[-1] + pad]
    # Resampled through the spectrum: exact, and the same on every machine.
    count = round(len(pcm) * RATE_HZ / rate)
    spectrum = np.fft.rfft(pcm)
    wide = np.zeros(count // 2 + 1, complex)
    wide[: len(spectrum)] = spectrum
    out = np.fft.irfft(wide, count) * (count / len(pcm))
    return out * (db(SPEECH_RMS_DB) / np.sqrt(np.mean(out**2)))


def crowd(count: int, rng: np.random.Generator) -> np.ndarray:
    """A murmur: noise shaped like many distant voices, swelling slowly, in two loose channels."""
    frequency = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    shape = 1.0 / (1.0 + (frequency / 900.0) ** 2) * (frequency / (frequency + 120.0)) ** 2
    channels = []
    for _ in range(2):
        spectrum = np.fft.rfft(rng.standard_normal(count)) * shape
        channels.append(np.fft.irfft(spectrum, count))
    bed = np.stack(channels, 1)
    time = np.arange(count) / RATE_HZ
    swell = 1.0 + 0.25 * np.sin(2 * np.pi * time / 11.0) + 0.15 * np.sin(2 * np.pi * time / 4.3 + 1.0)
    bed *= swell[:, None]
    return bed * (db(BED_RMS_DB) / np.sqrt(np.mean(bed**2)))


def click() -> np.ndarray:
    count = int(CLICK_S * RATE_HZ)
    window = np.hanning(count + 2)[1:-1]
    return CLICK_PEAK * window * np.sin(2 * np.pi * CLICK_HZ * np.arange(count) / RATE_HZ)


def make_audio(folder: Path) -> tuple[np.ndarray, list[dict]]:
    count = DURATION_S * RATE_HZ
    voice = np.zeros(count)
    sentences = []
    at = 0.0
    for pause, text in SCRIPT:
        at += pause
        pcm = spoken(text, folder)
        first = round(at * RATE_HZ)
        if first + len(pcm) > count:
            raise SystemExit(f"fixtures: the script is longer than {DURATION_S} s at: {text}")
        voice[first : first + len(pcm)] += pcm
        end = at + len(pcm) / RATE_HZ
        sentences.append({"start_ms": round(at * 1000), "end_ms": round(end * 1000), "text": text})
        at = end
    stereo = crowd(count, np.random.default_rng(20260101)) + voice[:, None]
    mark = click()
    for second in range(DURATION_S):
        # The burst's centre, not its first sample, is the whole second.
        first = second * RATE_HZ - len(mark) // 2
        part = mark[max(0, -first) :]
        first = max(0, first)
        stereo[first : first + len(part)] += part[:, None]
    return np.clip(stereo, -0.99, 0.99), sentences


def gray_bits(number: int) -> list[int]:
    code = number ^ (number >> 1)
    return [0, 1] + [(code >> (GRAY_BITS - 1 - bit)) & 1 for bit in range(GRAY_BITS)]


class Picture:
    """Draws the frames: a pitch that scrolls, a restless crowd, a lamp that lights with each click."""

    def __init__(self) -> None:
        rng = np.random.default_rng(20260102)
        self.crowd = rng.integers(40, 150, (220, WIDTH + 512), np.uint8)
        self.crowd = np.repeat(np.repeat(self.crowd[::4, ::4], 4, 0), 4, 1)
        pitch = np.full((STRIP_TOP - 220, WIDTH * 2), 95, np.uint8)
        pitch[:, :] += (np.arange(WIDTH * 2) // 160 % 2 * 14).astype(np.uint8)[None, :]
        for line in range(0, WIDTH * 2, 160):
            pitch[:, line : line + 6] = 215
        pitch[::16, :] += 4
        pitch += rng.integers(0, 12, pitch.shape, np.uint8)
        self.pitch = pitch

    def draw(self, number: int) -> bytes:
        luma = np.empty((HEIGHT, WIDTH), np.uint8)
        jitter = (number * 37) % 96
        luma[:220] = self.crowd[:220, jitter : jitter + WIDTH]
        scroll = (number * 4) % WIDTH
        luma[220:STRIP_TOP] = self.pitch[:, scroll : scroll + WIDTH]
        for player in range(6):
            x = int(200 + player * 170 + 60 * np.sin(number / 17.0 + player)) % (WIDTH - 40)
            y = int(380 + 110 * np.sin(number / 23.0 + 2 * player))
            luma[y : y + 70, x : x + 28] = 40 if player % 2 else 200
        if number % FPS < 3:
            luma[240:300, 1190:1250] = 235
        block = WIDTH // STRIP_BLOCKS
        for index, bit in enumerate(gray_bits(number)):
            luma[STRIP_TOP : STRIP_TOP + STRIP_HEIGHT, index * block : (index + 1) * block] = (
                235 if bit else 16
            )
        chroma = np.full((2, HEIGHT // 2, WIDTH // 2), 128, np.uint8)
        chroma[0, 110 : STRIP_TOP // 2] = 108
        chroma[1, 110 : STRIP_TOP // 2] = 104
        return luma.tobytes() + chroma.tobytes()


def write_wav(path: Path, pcm: np.ndarray) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(np.round(pcm * 32767.0).astype("<i2").tobytes())


def encode(wav: Path, target: Path, show_progress: bool) -> None:
    font = f"fontfile={FONT}:" if os.path.exists(FONT) else ""
    label = (
        f"drawtext={font}text='%{{frame_num}}':x=24:y=236:fontsize=64:fontcolor=white:box=1:"
        "boxcolor=black@0.6:boxborderw=10"
    )
    x264 = (
        f"keyint={GOP_FRAMES}:min-keyint={GOP_FRAMES}:scenecut=0:open-gop=0:bframes=2:b-adapt=0:"
        "threads=4:nal-hrd=vbr"
    )
    command = (
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p"]
        + ["-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0", "-i", str(wav)]
        + ["-vf", label, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main"]
        + ["-b:v", "2500k", "-maxrate", "3000k", "-bufsize", "3000k", "-x264-params", x264]
        + ["-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k", "-cutoff", "16000", "-ac", "2"]
        + ["-t", str(DURATION_S), "-fflags", "+bitexact", "-flags:v", "+bitexact"]
        + ["-flags:a", "+bitexact", "-movflags", "+faststart", str(target)]
    )
    picture = Picture()
    total = DURATION_S * FPS
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
        try:
            for number in range(total):
                encoder.stdin.write(picture.draw(number))
                if show_progress and number % FPS == 0:
                    print(f"\rfixtures: drawing {number * 100 // total:3d} %", end="", flush=True)
        except BrokenPipeError:
            pass
        _, errors = encoder.communicate()
    if show_progress:
        print("\r" + " " * 30 + "\r", end="")
    if encoder.returncode != 0:
        raise SystemExit(f"fixtures: ffmpeg failed: {errors.decode(errors='replace').strip()}")


def up_to_date(folder: Path, stamp: str) -> bool:
    try:
        known = json.loads((folder / f"{NAME}.json").read_text())["made_from"]
    except (OSError, ValueError, KeyError):
        return False
    return known == stamp and all((folder / f"{NAME}.{kind}").exists() for kind in ("mp4", "m4a"))


def main() -> int:
    here = Path(__file__).resolve()
    parser = argparse.ArgumentParser(description="Makes the one-minute test clip.")
    parser.add_argument("--out", type=Path, default=here.parent.parent / "tests/fixtures/test-streams")
    parser.add_argument("--force", action="store_true", help="make it again even if it is up to date")
    options = parser.parse_args()

    stamp = hashlib.sha256(here.read_bytes()).hexdigest()
    if not options.force and up_to_date(options.out, stamp):
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    # Made beside its final place and moved there whole: a run that was cut off leaves no half clip.
    with tempfile.TemporaryDirectory(dir=options.out, prefix=".making-") as name:
        folder = Path(name)
        pcm, sentences = make_audio(folder)
        wav, clip, audio = folder / "audio.wav", folder / f"{NAME}.mp4", folder / f"{NAME}.m4a"
        write_wav(wav, pcm)
        encode(wav, clip, sys.stdout.isatty())
        run("ffmpeg", "-v", "error", "-y", "-i", str(clip), "-map", "0:a", "-c", "copy",
            "-fflags", "+bitexact", str(audio))  # fmt: skip
        script = {
            "made_from": stamp,
            "duration_ms": DURATION_S * 1000,
            "voice": f"flite {VOICE}",
            "sentences": sentences,
            "video": {"fps": FPS, "width": WIDTH, "height": HEIGHT, "gop_frames": GOP_FRAMES},
            "frame_number": {
                "top": STRIP_TOP, "height": STRIP_HEIGHT, "blocks": STRIP_BLOCKS,
                "code": "black, white, then 14 bits of Gray code, high bit first",
            },  # fmt: skip
            "click": {"hz": CLICK_HZ, "length_ms": CLICK_S * 1000, "peak": CLICK_PEAK, "every_ms": 1000},
        }
        for path in (clip, audio):
            os.replace(path, options.out / path.name)
        text = json.dumps(script, indent=1) + "\n"
        (folder / "script").write_text(text)
        os.replace(folder / "script", options.out / f"{NAME}.json")
    print(f"fixtures: {options.out}/{NAME}.mp4 (+ .m4a, .json)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
