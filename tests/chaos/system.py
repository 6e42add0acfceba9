# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The three programs of a deployment with a gate between any two of them, and what can be done to each.

    with System(build, folder, mode="full") as system:
        system.sts_gate.delay(0.5)                  # between media-service and sts-service
        system.rtmp_gate.drop_publishers()          # between media-service and the media server
        system.kill("sts-service"); system.start("sts-service")
        system.pause("sts-service"); system.resume("sts-service")

A part that is started again listens where it listened before.
"""

import json
import os
import signal
import subprocess
from pathlib import Path

from support.chaos_gate import ChaosGate, RtmpChaosGate
from support.media_service import MediaService
from support.processes import Livedub, MediaServer, Process, Unexpected, free_port, wait_for
from support.sts_service import StsService

SERVER, MEDIA, STS = "media server", "media-service", "sts-service"
STOP_LIMIT_S = 10.0
# Threads and files that a part keeps from its first stream on: pools, and connections kept open for the next one.
MADE_ONCE = (4, 8)


class Watchable:
    """A system that writes transcripts."""

    captions: Path
    delay_s: float

    def transcript(self, stream: str) -> list[dict]:
        """What was decided of every fragment so far, in the order of the stream."""
        path = self.captions / f"{stream}.transcript.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return sorted(map(json.loads, lines), key=lambda fragment: fragment["start_ms"])

    def wait_decided(self, stream: str, condition, what: str, limit_s: float) -> None:
        """Until the fragments that were decided fulfil a condition."""
        try:
            wait_for(lambda: condition(self.transcript(stream)), what, limit_s)
        except Unexpected as problem:
            said = [fragment["reason"] or "dubbed" for fragment in self.transcript(stream)]
            raise Unexpected(f"{problem}; decided were {said}") from None


class NotHere(Exception):
    """A scenario wants to break what only a system of our own lets it break."""


class AttachedSystem(Watchable):
    """A system that runs already, on this machine: streams can be sent to it, its parts are not ours to break."""

    def __init__(self, rtmp_url: str, api_url: str, captions: Path, delay_s: float) -> None:
        self.server = MediaServer()
        self.server.rtmp_url, self.server.api_url = rtmp_url.rstrip("/"), api_url.rstrip("/")
        self.server.rtmp_port = int(self.server.rtmp_url.rsplit(":", 1)[1])
        self.captions, self.delay_s = captions, delay_s

    def wait_over(self, stream: str, limit_s: float) -> None:
        self.server.wait_gone(stream, "out", limit_s + self.delay_s)

    def restore(self) -> None:
        """Nothing of it was changed."""

    def __getattr__(self, name: str):
        raise NotHere(f"it needs {name.replace('_', ' ')}, which only a system of its own has")


class System(Watchable):
    def __init__(self, build: Path, folder: Path, mode: str = "full", sts: dict | None = None, **media: str) -> None:
        """`sts` and `media` are settings by name."""
        self.segment_s, self.delay_s, self.grace_s = 3.0, 12.0, 6.0
        self.captions, self.segments = folder / "captions", folder / "segments"
        self.captions.mkdir(parents=True, exist_ok=True)
        self._build, self._mode = build, mode
        self._sts_settings = dict(sts or {})
        self._media_settings = {"WORKER_SEGMENT_DURATION": f"{self.segment_s:g}s",
                                "OUTPUT_DELAY": f"{self.delay_s:g}s", "ORCH_GRACE_PERIOD": f"{self.grace_s:g}s",
                                "WORKER_SEGMENT_DIR": str(self.segments), "LIVEDUB_CAPTIONS": str(self.captions)}  # fmt: skip
        self._media_settings |= media
        self._ports = {MEDIA: free_port()}
        self._parts: dict[str, Process] = {}
        self._gates: list[ChaosGate] = []
        self._is_disk_full = False
        try:
            self.start(STS)
            self.sts_gate = self._keep(ChaosGate(self._ports[STS]))
            self.start(SERVER)
            self.rtmp_gate = self._keep(RtmpChaosGate(self._ports[SERVER]))
            self.start(MEDIA)
            self._idle = self.held()
        except BaseException:
            self.close()
            raise

    def _keep(self, gate):
        self._gates.append(gate)
        return gate

    # The parts -----------------------------------------------------------------------------------------------

    @property
    def server(self) -> Livedub:
        return self._parts[SERVER]

    @property
    def media(self) -> MediaService:
        return self._parts[MEDIA]

    @property
    def sts(self) -> StsService:
        return self._parts[STS]

    def start(self, part: str) -> None:
        """Returns when the part is ready for work."""
        if part == STS:
            settings = self._sts_settings | {"PORT": str(self._ports.get(STS, 0))}
            self._parts[STS] = StsService(self._build / "apps/sts-service", "--mode", self._mode, **settings)
            self._ports[STS] = int(self.sts.url.rsplit(":", 1)[1])
            self.sts.wait_ready()
        elif part == SERVER:
            where = []
            if SERVER in self._ports:
                where = ["--rtmp", f"127.0.0.1:{self._ports[SERVER]}", "--api", f"127.0.0.1:{self._ports['api']}"]
            self._parts[SERVER] = Livedub(self._build / "apps/livedub", "--hooks",
                                          f"http://127.0.0.1:{self._ports[MEDIA]}", *where, command="serve")  # fmt: skip
            self._ports |= {SERVER: self.server.rtmp_port, "api": self.server.api_port}
        else:
            self._parts[MEDIA] = MediaService(
                self._build, PORT=str(self._ports[MEDIA]), MEDIAMTX_RTMP_URL=f"rtmp://127.0.0.1:{self.rtmp_gate.port}",
                MEDIAMTX_API_URL=self.server.api_url, STS_SERVICE_URL=f"http://127.0.0.1:{self.sts_gate.port}",
                **self._media_settings)  # fmt: skip

    def pid(self, part: str) -> int:
        return self._parts[part].pid

    def kill(self, part: str) -> None:
        """At once, as by the kernel's hand."""
        self._parts[part].kill()

    def stop(self, part: str) -> int:
        """By SIGTERM. @return The exit code."""
        return self._parts[part].stop(limit_s=STOP_LIMIT_S)

    def pause(self, part: str) -> None:
        """SIGSTOP: its connections stay, and nobody answers on them."""
        os.kill(self._parts[part].pid, signal.SIGSTOP)

    def resume(self, part: str) -> None:
        os.kill(self._parts[part].pid, signal.SIGCONT)

    def fill_segments_disk(self, stream: str) -> None:
        """From now on there is no room for a segment file; what is there already is out of sight."""
        if os.geteuid() != 0:
            raise NotHere("it needs root, for a small disk")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", self.segments], check=True)
        self._is_disk_full = True
        folder = self.segments / stream / stream
        folder.mkdir(parents=True)
        (folder / "filler").write_bytes(bytes(4096))

    def restore(self) -> None:
        """Everything runs, every gate is open, and the disk has room."""
        if self._is_disk_full:
            subprocess.run(["umount", "--lazy", self.segments], check=True)
            self._is_disk_full = False
        for gate in self._gates:
            gate.restore()
        for part in (STS, SERVER, MEDIA):
            if self._parts[part].running:
                self.resume(part)
            else:
                self.start(part)

    # What it says --------------------------------------------------------------------------------------------

    def wait_over(self, stream: str, limit_s: float) -> None:
        self.media.wait_state(stream, "stopped", limit_s)
        self.server.wait_gone(stream, "out", limit_s)

    def held(self) -> dict[str, tuple[int, int]]:
        """Threads and open files of each part."""
        return {name: _held(part.pid) for name, part in self._parts.items() if part.running}

    def wait_let_go(self, limit_s: float = 30) -> None:
        """Until no part holds more threads and files than it did before its first stream, but for what is made once."""

        def kept() -> dict[str, tuple[int, int]]:
            return {name: (threads, files) for name, (threads, files) in self.held().items()
                    if threads > self._idle[name][0] + MADE_ONCE[0] or files > self._idle[name][1] + MADE_ONCE[1]}  # fmt: skip

        try:
            wait_for(lambda: not kept(), "what the stream had to be let go", limit_s)
        except Unexpected as problem:
            raise Unexpected(f"{problem}; threads and files before {self._idle}, now {kept()}") from None

    # The end -------------------------------------------------------------------------------------------------

    def close(self) -> None:
        if self._is_disk_full:
            subprocess.run(["umount", "--lazy", self.segments], check=False)
        for gate in self._gates:
            gate.close()
        for part in self._parts.values():
            part.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


def _held(pid: int) -> tuple[int, int]:
    return len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))
