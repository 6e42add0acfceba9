# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Running media-service and the media server it follows, both on free ports of the loopback address."""

import json
import os
import re
from pathlib import Path

from . import prometheus
from .processes import BANNER_LINES, MediaServer, Process, Unexpected, wait_for
from .web import call


class Relay(Process, MediaServer):
    """The built-in media server alone, with its paths API and without hooks."""

    def __init__(self, build: Path) -> None:
        super().__init__([build / "tests/rtmp_relay"])
        wait_for(lambda: len(self.out) >= 3 or not self.running, "ports of the media server")
        ports = dict(line.split() for _, line in self.out)
        self.rtmp_url = f"rtmp://127.0.0.1:{ports['rtmp']}"
        self.api_url = f"http://127.0.0.1:{ports['api']}"


class MediaServiceApi:
    """media-service over HTTP, whoever started it; `url` says where it is."""

    url: str

    def get(self, path: str) -> tuple[int, dict, str]:
        return call(self.url + path)

    def hook(self, event: str, path: str, source: str = "1", headers: dict | None = None, **more) -> tuple[int, dict]:
        body = {"path": path, "sourceType": "rtmpConn", "sourceId": source} | more
        status, _, text = call(f"{self.url}/v1/mediamtx/events/{event}", body, headers=headers)
        return status, json.loads(text)

    def stream(self, stream: str) -> dict:
        status, _, text = self.get(f"/v1/streams/{stream}")
        return json.loads(text) if status == 200 else {}

    def wait_state(self, stream: str, state: str, limit_s: float = 20.0) -> dict:
        wait_for(lambda: self.stream(stream).get("state") == state, f"{stream} {state}", limit_s)
        return self.stream(stream)

    def metrics_text(self) -> str:
        status, _, text = self.get("/metrics")
        if status != 200:
            raise Unexpected(f"/metrics answered {status}: {text}")
        return text

    def metrics(self) -> list[prometheus.Sample]:
        return prometheus.parse(self.metrics_text())


class MediaService(Process, MediaServiceApi):
    """media-service, ready when its start-up lines are out. `environment` are settings by name."""

    def __init__(self, build: Path, **environment: str) -> None:
        settings = {"HOST": "127.0.0.1", "PORT": "0", "MEDIAMTX_API_URL": "off"} | environment
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR")}
        super().__init__([build / "apps/media-service"], env=kept | settings)
        wait_for(lambda: len(self.out) >= BANNER_LINES or not self.running, "start-up lines")
        if len(self.out) < BANNER_LINES:
            self.child.wait()
            raise Unexpected(f"ended with {self.child.returncode}: {self.describe()}")
        self.url = re.search(r"(http://127\.0\.0\.1:\d+)/docs", self.stdout)[1]
