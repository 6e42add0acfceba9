# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Audio/video sync as a number: the frame counter against the click of the test clip.

Every frame of the clip shows its number as a row of blocks, every whole second has a burst at 12.5 kHz
(tools/make_fixtures.py). The offset at a second is: when its click is heard, minus when its frame is shown,
in milliseconds. Positive means that the sound is late.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .flv import Recording

CLICK_HZ = 12_500
CLICK_S = 0.002
CLICK_PEAK = 0.25
FPS = 30
BLOCKS = 16
STRIP_TOP, STRIP_HEIGHT = 672, 48
# A click counts when it is at least this strong: 26 dB under its full level, so that one under a dub
# (15 dB down) is found, and far above what AAC leaves in that band.
CLICK_FLOOR = CLICK_PEAK * 10 ** (-26 / 20)


@dataclass
class Click:
    time_ms: float
    peak: float  # as in the clip: 0.25 when nothing has lowered it


@dataclass
class Offset:
    at_ms: float  # where on the recording's own clock
    second: int  # which second of the clip its frame shows
    offset_ms: float
    peak: float


def _as_flv(recording: Recording) -> tempfile.NamedTemporaryFile:
    file = tempfile.NamedTemporaryFile(suffix=".flv")
    recording.write(file.name)
    return file


def decode_audio(recording: Recording) -> tuple[np.ndarray, int]:
    """The sound as float samples (frames x channels) without any gap filled, and its rate."""
    with _as_flv(recording) as file:
        probe = subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries",
             "stream=sample_rate,channels", "-of", "csv=p=0", file.name],
            capture_output=True, text=True, check=True,
        ).stdout.strip().split(",")  # fmt: skip
        rate, channels = int(probe[0]), int(probe[1])
        raw = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", file.name, "-map", "0:a:0", "-af", "anull", "-f", "f32le", "-"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
    return np.frombuffer(raw, "<f4").reshape(-1, channels), rate


def decode_numbers(recording: Recording) -> list[int]:
    """The number that each picture shows, in the order of showing; -1 where the strip cannot be read."""
    with _as_flv(recording) as file:
        # Only the middle of each block is averaged: its edges are where the encoder is least exact.
        middle = STRIP_TOP + STRIP_HEIGHT // 4
        view = f"crop=iw:{STRIP_HEIGHT // 2}:0:{middle},scale={BLOCKS * 4}:1:flags=area"
        raw = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", file.name, "-map", "0:v:0", "-vf", view, "-pix_fmt", "gray",
             "-fps_mode", "passthrough", "-f", "rawvideo", "-"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
    rows = np.frombuffer(raw, np.uint8).reshape(-1, BLOCKS, 4)[:, :, 1:3].mean(axis=2)
    return [_number(row) for row in rows]


def _number(row: np.ndarray) -> int:
    black, white = row[0], row[1]
    if white - black < 100:
        return -1
    number = 0
    for value in row[2:]:
        bit = (number & 1) ^ int(value > (black + white) / 2)
        number = number << 1 | bit
    return number


def click_strength(pcm: np.ndarray, rate: int) -> np.ndarray:
    """Matched filter for the click, per sample: its peak level, at its centre."""
    mono = pcm.mean(axis=1) if pcm.ndim == 2 else pcm
    count = int(CLICK_S * rate)
    window = np.hanning(count + 2)[1:-1]
    kernel = window * np.exp(-2j * np.pi * CLICK_HZ * np.arange(count) / rate)
    size = 1 << int(np.ceil(np.log2(len(mono) + count)))
    spectrum = np.fft.fft(mono, size) * np.fft.fft(kernel[::-1], size)
    full = np.abs(np.fft.ifft(spectrum))[count - 1 : count - 1 + len(mono)]
    # A burst of peak p and window w gives p * sum(w^2) / 2, centred half a kernel after its start.
    strength = full * 2.0 / np.sum(window**2)
    return np.concatenate([np.zeros(count // 2), strength])[: len(mono)]


def find_clicks(pcm: np.ndarray, rate: int) -> list[tuple[int, float]]:
    """(sample, peak) of every click: the strongest within half a second, above the floor."""
    strength = click_strength(pcm, rate)
    reach = rate // 2
    found = []
    for at in np.flatnonzero(strength > CLICK_FLOOR):
        if found and at - found[-1][0] < reach:
            if strength[at] > found[-1][1]:
                found[-1] = (int(at), float(strength[at]))
        else:
            found.append((int(at), float(strength[at])))
    return found


def sample_clock(recording: Recording, rate: int, samples_per_packet: int = 1024):
    """A function from sample index to time in ms, by the packets' own times with their rounding smoothed."""
    packet_ms = np.array([tag.dts_ms for tag in recording.sounds()], float)
    drift = packet_ms - np.arange(len(packet_ms)) * samples_per_packet * 1000.0 / rate

    def at(sample: int) -> float:
        packet = min(sample // samples_per_packet, len(drift) - 1)
        near = drift[max(0, packet - 40) : packet + 41]
        # FLV times are whole milliseconds, rounded down or to nearest: the mean is within half of one.
        near = near[np.abs(near - drift[packet]) < 2.0]
        return sample * 1000.0 / rate + float(near.mean())

    return at


def clicks(recording: Recording) -> list[Click]:
    pcm, rate = decode_audio(recording)
    at = sample_clock(recording, rate)
    return [Click(at(sample), peak) for sample, peak in find_clicks(pcm, rate)]


def shown_ms(recording: Recording) -> list[int]:
    """When each decoded picture is shown. Sorted within each group of pictures, as decoders do: at a seam
    the last of one publisher may be meant for later than the first of the next."""
    shown, group = [], []
    for tag in recording.pictures():
        if tag.is_keyframe:
            shown += sorted(group)
            group = []
        group.append(tag.pts_ms)
    return shown + sorted(group)


def av_offsets(recording: Recording) -> list[Offset]:
    """The offset at every click that has a whole-second frame within half a second of it."""
    shown = shown_ms(recording)
    numbers = decode_numbers(recording)
    if len(numbers) != len(shown):
        raise ValueError(f"{len(shown)} pictures were received but {len(numbers)} can be decoded")
    whole = [(time, n // FPS) for time, n in zip(shown, numbers) if n >= 0 and n % FPS == 0]
    offsets = []
    for click in clicks(recording):
        near = [(abs(click.time_ms - time), time, second) for time, second in whole]
        if near and min(near)[0] < 500:
            _, time, second = min(near)
            offsets.append(Offset(click.time_ms, second, click.time_ms - time, click.peak))
    return offsets


def remux(source: Path, target: Path, *options: str, before: tuple = ()) -> Path:
    """Any file ffmpeg reads, in another container or in part, with its packets untouched."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *before, "-i", str(source), "-c", "copy", *options, str(target)],
                   check=True)  # fmt: skip
    return target
