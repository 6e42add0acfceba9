# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Prometheus text, read strictly enough that a malformed line fails the test that reads it."""

import re
from dataclasses import dataclass

SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$")
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)')


@dataclass(frozen=True)
class Sample:
    name: str
    labels: dict
    value: float


def parse(text: str) -> list[Sample]:
    samples = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        match = SAMPLE.match(line)
        if match is None:
            raise ValueError(f"not a metric line: {line!r}")
        labels = dict(LABEL.findall(match[2] or ""))
        samples.append(Sample(match[1], labels, float(match[3])))
    return samples


def total(samples: list[Sample], name: str, /, **labels: str) -> float:
    """Sum of the samples with that name and at least those labels; KeyError when there is none."""
    found = [s.value for s in samples if s.name == name and labels.items() <= s.labels.items()]
    if not found:
        raise KeyError(f"no metric {name}{labels or ''}")
    return sum(found)
