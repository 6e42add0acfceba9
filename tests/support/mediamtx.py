# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""MediaMTX itself, as a process on free ports of the loopback address, with the configuration that we deploy."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import prometheus
from .processes import MediaServer, Process, Unexpected, free_port, wait_for
from .web import call, is_ok

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = ROOT / "apps/media-service/deploy/mediamtx"
MADE = ROOT / "build/tools/mediamtx"  # by tools/mediamtx.sh, where there is Go
# Releases from here on know the options of mediamtx.yml; older ones, those of mediamtx-1.5.yml.
FIRST_OF_NEW_OPTIONS = (1, 12)


def find() -> Path | None:
    """The program: MEDIAMTX_BINARY, `mediamtx` on PATH, or the one that test set-up made. A MEDIAMTX_BINARY that is
    not there is an error, and "none" is none."""
    named = os.environ.get("MEDIAMTX_BINARY")
    if named == "none":
        return None
    if named:
        path = shutil.which(named)
        if path is None:
            raise Unexpected(f"MEDIAMTX_BINARY is {named}, which is no program")
        return Path(path)
    path = shutil.which("mediamtx") or shutil.which(str(MADE))
    return Path(path) if path else None


def configuration(binary: Path) -> Path:
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    release = re.search(r"v?(\d+)\.(\d+)\.", said)
    # A release built by `go install` does not know its number: those are the old ones, which build that way.
    is_new = release is not None and (int(release[1]), int(release[2])) >= FIRST_OF_NEW_OPTIONS
    return DEPLOYED / ("mediamtx.yml" if is_new else "mediamtx-1.5.yml")


class MediaMtx(Process, MediaServer):
    """Ready when its API answers. `orchestrator_url` is media-service, which its hooks call."""

    def __init__(self, binary: Path, folder: Path, orchestrator_url: str) -> None:
        ports = {name: free_port() for name in ("RTMP", "RTSP", "API", "METRICS", "PLAYBACK")}
        hooks = DEPLOYED / "hooks"
        config = folder / "mediamtx.yml"
        # The deployed file names the hook by its place in the container.
        config.write_text(configuration(binary).read_text().replace("/hooks/", f"{hooks}/"))
        addresses = {f"MTX_{name}ADDRESS": f"127.0.0.1:{port}" for name, port in ports.items()}
        # RTP and RTCP over UDP have ports of their own, which must not be taken for a stream over TCP.
        addresses |= {"MTX_PROTOCOLS": "tcp", "MTX_RTSPTRANSPORTS": "tcp"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MTX_")}
        environment |= addresses | {"ORCHESTRATOR_URL": orchestrator_url, "PATH": f"{hooks}:{os.environ['PATH']}"}
        super().__init__([binary, config], env=environment)
        self.rtmp_url = f"rtmp://127.0.0.1:{ports['RTMP']}"
        self.api_url = f"http://127.0.0.1:{ports['API']}"
        self._metrics_url = f"http://127.0.0.1:{ports['METRICS']}/metrics"
        try:
            wait_for(lambda: is_ok(f"{self.api_url}/v3/paths/list") or not self.running, "API of MediaMTX", 20)
        except Unexpected:
            self.kill()
            raise
        if not self.running:
            raise Unexpected(f"ended with {self.child.returncode}: {self.describe()}")

    def metrics(self) -> list[prometheus.Sample]:
        return prometheus.parse(call(self._metrics_url)[2])
