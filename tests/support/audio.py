# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Levels, gaps and dropouts."""

import numpy as np

from .flv import Recording

SAMPLES_PER_PACKET = 1024


def level_db(pcm: np.ndarray) -> float:
    """RMS in dBFS; silence is -120."""
    power = float(np.mean(np.square(pcm, dtype=np.float64))) if pcm.size else 0.0
    return 10.0 * np.log10(max(power, 1e-12))


def levels_db(pcm: np.ndarray, rate: int, window_s: float) -> np.ndarray:
    """RMS of each whole window."""
    count = int(window_s * rate)
    mono = pcm.reshape(len(pcm), -1)
    power = np.square(mono[: len(mono) // count * count], dtype=np.float64).mean(axis=1)
    return 10.0 * np.log10(np.maximum(power.reshape(-1, count).mean(axis=1), 1e-12))


def packet_gaps_ms(recording: Recording, rate: int) -> list[tuple[int, float]]:
    """(time, error) per pair of packets: how much longer than one AAC frame the step between them is."""
    frame_ms = SAMPLES_PER_PACKET * 1000.0 / rate
    sounds = recording.sounds()
    return [(b.dts_ms, b.dts_ms - a.dts_ms - frame_ms) for a, b in zip(sounds, sounds[1:])]


def packet_drift_ms(recording: Recording, rate: int) -> np.ndarray:
    """How far each packet's time is from where its samples put it, counted from the first one."""
    times = np.array([tag.dts_ms for tag in recording.sounds()], float)
    return times - times[0] - np.arange(len(times)) * SAMPLES_PER_PACKET * 1000.0 / rate


def dropouts(pcm: np.ndarray, rate: int, floor_db: float = -75.0, window_s: float = 0.01) -> list[float]:
    """Seconds at which a window is as good as silent. The clip's crowd never is, not even ducked."""
    return [index * window_s for index, level in enumerate(levels_db(pcm, rate, window_s)) if level < floor_db]
