# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One scrape of /metrics as questions are asked of it (support/prometheus.py reads the text).

    metrics = Metrics(media.metrics_text())
    metrics.worker("segments_processed_total", stream_id="game", type="audio")     # 10.0
    metrics.by("reason", WORKER + "fallback_total", stream_id="game")           # {"sts_disconnected": 2.0}
"""

from support import prometheus

WORKER = "media_service_worker_"


class Metrics:
    def __init__(self, text: str) -> None:
        self.samples = prometheus.parse(text)

    def total(self, name: str, /, **labels: str) -> float:
        """Sum of the series with these labels; KeyError where there is none, for 0 and missing are two things."""
        return prometheus.total(self.samples, name, **labels)

    def worker(self, name: str, /, **labels: str) -> float:
        """The same for what media-service counts per stream."""
        return self.total(WORKER + name, **labels)

    def has(self, name: str, /, **labels: str) -> bool:
        return any(s.name == name and labels.items() <= s.labels.items() for s in self.samples)

    def by(self, label: str, name: str, /, **labels: str) -> dict[str, float]:
        """Value by one label, of the series that are not 0."""
        found: dict[str, float] = {}
        for sample in self.samples:
            if sample.name == name and labels.items() <= sample.labels.items() and sample.value:
                key = sample.labels[label]
                found[key] = found.get(key, 0.0) + sample.value
        return found
