# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The three programs side by side, seen as one: `livedub serve`, media-service and sts-service."""

import socket
from pathlib import Path

from . import prometheus
from .media_service import MediaService
from .processes import Livedub, Process
from .sts_service import StsService

STOP_LIMIT_S = 10.0


def free_port() -> int:
    """A port that was free a moment ago, for programs that have to be told one another's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Services:
    """Looks like Livedub to a test: one banner, one set of paths, the metrics of media server and media-service.

    The media server is told where media-service will be before that runs; hooks that come too early are tried
    again, and media-service asks for the paths itself.
    """

    def __init__(self, build: Path, folder: Path, captions: Path, grace_s: float, **settings: str) -> None:
        port = free_port()
        self._running: list[Process] = []
        try:
            self.sts = self._started(StsService(build / "apps/sts-service"))
            self.sts.wait_ready()
            hooks = f"http://127.0.0.1:{port}"
            self.server = self._started(Livedub(build / "apps/livedub", "--hooks", hooks, command="serve"))
            self.media = self._started(MediaService(
                build, PORT=str(port), MEDIAMTX_RTMP_URL=f"rtmp://127.0.0.1:{self.server.rtmp_port}",
                MEDIAMTX_API_URL=f"http://127.0.0.1:{self.server.api_port}", STS_SERVICE_URL=self.sts.url,
                WORKER_SEGMENT_DIR=str(folder), LIVEDUB_CAPTIONS=str(captions),
                ORCH_GRACE_PERIOD=f"{grace_s:g}s", **settings))  # fmt: skip
        except BaseException:
            self.__exit__()
            raise
        self.banner = [line for _, line in self.media.out]
        self.url = self.server.url
        self.paths = self.server.paths
        self.wait_ready = self.server.wait_ready

    def _started(self, process):
        self._running.append(process)
        return process

    @property
    def out(self) -> list[tuple[float, str]]:
        return self.media.out

    @property
    def stderr(self) -> str:
        return "\n".join(process.stderr for process in self._running)

    def metrics(self) -> list[prometheus.Sample]:
        return self.media.metrics() + self.server.metrics()

    def stop(self) -> int:
        """Ends all three, in the order of who needs whom. @return The first exit code that is not 0."""
        codes = [process.stop(limit_s=STOP_LIMIT_S) for process in (self.media, self.sts, self.server)]
        return next((code for code in codes if code), 0)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        for process in reversed(self._running):
            process.kill()
