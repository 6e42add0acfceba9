# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What the parts of the benchmark share: where things are, and how a figure is written."""

import os
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Above this others were using the machine, and the text says so.
BUSY_LOAD = 3.0


def say(text: str) -> None:
    print(f"bench: {text}", flush=True)


def spread(values: list[float], digits: int = 1, unit: str = "") -> str:
    middle = statistics.median(values)
    return f"{middle:.{digits}f}{unit} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def busy_note(load: float) -> str:
    """A sentence when the machine had other work at the start, measured by its load average of a minute."""
    if load <= BUSY_LOAD:
        return ""
    return f"\nOther programs were using the machine: load {load:.1f} on {os.cpu_count()} cores when this began.\n"
