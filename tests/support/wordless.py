# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A tape on which there is much to hear and nothing is said: what recognisers invent words from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

RATE_HZ = 16_000


def at_level(sound: np.ndarray, db: float) -> np.ndarray:
    rms = np.sqrt(np.mean(sound**2))
    return sound * (10 ** (db / 20) / rms) if rms > 0 else sound


def _noise(count: int, rng: np.random.Generator, low_hz: float, high_hz: float) -> np.ndarray:
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE_HZ)
    return np.fft.irfft(spectrum / (1 + (frequency / high_hz) ** 4) * (frequency > low_hz), count)


def silence(count: int, rng: np.random.Generator) -> np.ndarray:
    """Not even a noise."""
    return np.zeros(count)


def studio(count: int, rng: np.random.Generator) -> np.ndarray:
    """A quiet room with a mains hum."""
    hum = sum(np.sin(2 * np.pi * 50 * n * np.arange(count) / RATE_HZ) / n for n in (1, 2, 3))
    return at_level(_noise(count, rng, 20, 2_000), -62) + at_level(hum, -58)


def crowd(count: int, rng: np.random.Generator) -> np.ndarray:
    """A stadium: a murmur that swells into roars, some whistles, some clapping."""
    time = np.arange(count) / RATE_HZ
    sound = _noise(count, rng, 150, 1_200)
    sound *= 1 + 0.5 * np.sin(2 * np.pi * time / 7) + 1.5 * np.maximum(0, np.sin(2 * np.pi * time / 31)) ** 6
    sound = at_level(sound, -24)
    for start in rng.uniform(0, time[-1] - 1, int(time[-1] / 5)):
        part = slice(int(start * RATE_HZ), int((start + 0.6) * RATE_HZ))
        glide = 2_200 + 500 * np.sin(2 * np.pi * 3 * time[part])
        sound[part] += 0.04 * np.sin(2 * np.pi * np.cumsum(glide) / RATE_HZ)
    for start in rng.uniform(0, time[-1] - 1, int(time[-1] * 4)):
        first = int(start * RATE_HZ)
        sound[first : first + 400] += 0.08 * rng.standard_normal(400) * np.exp(-np.arange(400) / 60)
    return sound


def music(count: int, rng: np.random.Generator) -> np.ndarray:
    """A band: chords, a melody with vibrato, a drum on each beat."""
    time = np.arange(count) / RATE_HZ
    beat = (time / 0.5).astype(int)
    roots = np.array([220.0, 174.6, 261.6, 196.0])[(beat // 4) % 4]
    sound = np.zeros(count)
    for interval in (1, 1.26, 1.5, 2):
        phase = 2 * np.pi * np.cumsum(roots * interval) / RATE_HZ
        sound += sum(np.sin(n * phase) / n**1.5 for n in (1, 2, 3, 4, 5))
    steps = rng.choice([1, 1.125, 1.25, 1.5, 1.667, 2], beat[-1] + 1)[beat]
    phase = 2 * np.pi * np.cumsum(2 * roots * steps * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * time))) / RATE_HZ
    envelope = np.exp(-3 * (time % 0.5))
    sound += 2 * envelope * sum(np.sin(n * phase) / n for n in (1, 2, 3, 4))
    drum = np.exp(-25 * (time % 0.5)) * (np.sin(2 * np.pi * 70 * time) + 0.4 * rng.standard_normal(count))
    return at_level(sound + 3 * drum, -22)


@dataclass(frozen=True)
class Part:
    name: str
    sound: Callable[[int, np.random.Generator], np.ndarray]


PARTS = [
    Part("silence", silence),
    Part("studio", studio),
    Part("crowd", crowd),
    Part("music", music),
    Part("crowd and music", lambda count, rng: crowd(count, rng) + 0.5 * music(count, rng)),
]


def tape(seconds: int) -> np.ndarray:
    """@returns Samples at RATE_HZ within -1 .. 1: each part, again and again, 20 s at a time."""
    rng = np.random.default_rng(20261128)
    parts = [PARTS[n % len(PARTS)].sound(20 * RATE_HZ, rng) for n in range(-(-seconds // 20))]
    return np.clip(np.concatenate(parts)[: seconds * RATE_HZ], -1, 1)
