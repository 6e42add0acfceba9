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


def families(text: str) -> list[str]:
    """ "name type" of each family, sorted; each is to be there once, with HELP and TYPE."""
    helped = set(re.findall(r"^# HELP (\S+) \S", text, re.M))
    typed = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M)
    assert helped == {name for name, _ in typed}, "a family without HELP or TYPE"
    assert len({name for name, _ in typed}) == len(typed), "a family twice"
    return sorted(f"{name} {kind}" for name, kind in typed)


def labels(samples: list[Sample]) -> dict[str, set[str]]:
    """The names of the labels that the samples of each family have; `le` aside, which makes buckets of a histogram."""
    histograms = {s.name.removesuffix("_bucket") for s in samples if "le" in s.labels}
    found: dict[str, set[str]] = {}
    for sample in samples:
        part = re.sub("_(bucket|sum|count)$", "", sample.name)
        found.setdefault(part if part in histograms else sample.name, set()).update(sample.labels.keys() - {"le"})
    return found


def buckets(samples: list[Sample], name: str) -> list[float]:
    """The bounds of a histogram, without the last, which is infinite."""
    bounds = {s.labels["le"] for s in samples if s.name == f"{name}_bucket"}
    assert "+Inf" in bounds, bounds
    return sorted(float(bound) for bound in bounds - {"+Inf"})
