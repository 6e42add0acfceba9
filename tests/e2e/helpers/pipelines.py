# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A media server, media-service and sts-service together, in whatever way they run: one interface for tests.

    with start("services", build, folder) as pipeline:
        with StreamPublisher(pipeline.server, "game", clip): ...
        pipeline.monitor.wait("fragment:processed", 10)
        pipeline.kill_speech(); pipeline.start_speech()

Between media-service and sts-service sits the Socket.IO monitor, always. Ports are free ones, directories the
test's own. What cannot run here is said by unavailable(kind), for the test to skip with those very words.
"""

import os
import re
import subprocess
import uuid
from pathlib import Path

from support import mediamtx
from support.media_service import MediaService, MediaServiceApi
from support.processes import Livedub, MediaServer, Process, Unexpected, free_port, wait_for
from support.sts_service import StsService, StsServiceApi

from .docker_compose_manager import DockerComposeManager, has_image, label_of, missing
from .metrics_parser import Metrics
from .socketio_monitor import SocketIoMonitor

ROOT = Path(__file__).resolve().parents[3]
STOP_LIMIT_S = 10.0
GRACE_S = 2.0

SERVICES = "services"  # processes, and the media server is `livedub serve`
BEHIND_MEDIAMTX = "services behind MediaMTX"  # processes, and the media server is MediaMTX
CONTAINERS = "containers"
BUILTIN = ROOT / "apps/media-service/docker-compose.builtin.yml"
# What tools/source_digest.sh said when an image was built.
SOURCES_LABEL = "livedub.sources"
KINDS = (SERVICES, BEHIND_MEDIAMTX, CONTAINERS)

# How soon `docker compose ps` must call a service healthy.
MEDIA_HEALTHY_S, FULL_HEALTHY_S, ECHO_HEALTHY_S = 60.0, 120.0, 30.0


class Pipeline:
    """What every kind has. Leaving its `with` block ends all of it, whatever state it is in."""

    kind: str
    # A reader of MediaMTX begins at a keyframe that is still to come, one of ours at the last that there was.
    lets_readers_wait: bool
    server: MediaServer
    media: MediaServiceApi
    sts: StsServiceApi
    monitor: SocketIoMonitor

    def kill_speech(self) -> None:
        """sts-service dies at once, as by the kernel's hand."""
        raise NotImplementedError

    def start_speech(self) -> None:
        """sts-service is started again, at the same address, and is ready when this returns."""
        raise NotImplementedError

    def documents(self, stream: str) -> dict[str, str]:
        """Transcript and captions that media-service wrote of a stream: text by the names of the files."""
        raise NotImplementedError

    def logs(self, service: str) -> str:
        """Everything that "mediamtx" (the media server), "media-service" or "sts-service" has said."""
        raise NotImplementedError

    def stop(self) -> int:
        """Ends all, in the order of who needs whom. @return The first exit code that is not 0."""
        raise NotImplementedError

    # As `livedub up` answers, for tests that look at either.

    @property
    def banner(self) -> list[str]:
        """What media-service said when it started."""
        return self.logs("media-service").splitlines()

    @property
    def out(self) -> list[tuple[float, str]]:
        return []

    @property
    def stderr(self) -> str:
        return "\n".join(self.logs(service) for service in ("mediamtx", "media-service", "sts-service"))

    def url(self, stream: str, end: str) -> str:
        return self.server.url(stream, end)

    def paths(self) -> dict:
        return self.server.paths()

    def wait_ready(self, stream: str, end: str, limit_s: float = 30.0) -> dict:
        return self.server.wait_ready(stream, end, limit_s)

    def wait_gone(self, stream: str, end: str, limit_s: float = 20.0) -> None:
        self.server.wait_gone(stream, end, limit_s)

    def metrics(self) -> list:
        return self.media.metrics()

    def scrape(self) -> Metrics:
        return Metrics(self.media.metrics_text())

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        raise NotImplementedError


class NativePipeline(Pipeline):
    """Three processes. The media server is told where media-service will be before that runs: hooks that come
    too early are tried again, and media-service asks for the paths itself."""

    def __init__(self, kind: str, build: Path, folder: Path, mode: str, settings: dict[str, str]) -> None:
        self.kind = kind
        self.lets_readers_wait = kind == BEHIND_MEDIAMTX
        self._build, self._mode = build, mode
        self._captions = folder / "captions"
        self._captions.mkdir(parents=True, exist_ok=True)
        self._running: list = []
        try:
            self.sts = self._keep(self._speech(PORT="0"))
            self._sts_port = int(self.sts.url.rsplit(":", 1)[1])
            self.sts.wait_ready()
            self.monitor = self._keep(SocketIoMonitor(self._sts_port))
            port = free_port()
            self.server = self._keep(self._media_server(kind, folder, f"http://127.0.0.1:{port}"))
            self.media = self._keep(MediaService(
                build, PORT=str(port), MEDIAMTX_RTMP_URL=self.server.rtmp_url, MEDIAMTX_API_URL=self.server.api_url,
                STS_SERVICE_URL=self.monitor.url, WORKER_SEGMENT_DIR=str(folder / "segments"),
                LIVEDUB_CAPTIONS=str(self._captions), **settings))  # fmt: skip
        except BaseException:
            self.__exit__()
            raise
        self._banner = [line for _, line in self.media.out]

    def _keep(self, part):
        self._running.append(part)
        return part

    def _speech(self, **settings: str) -> StsService:
        return StsService(self._build / "apps/sts-service", "--mode", self._mode, **settings)

    def _media_server(self, kind: str, folder: Path, orchestrator: str) -> MediaServer:
        if kind == BEHIND_MEDIAMTX:
            return mediamtx.MediaMtx(mediamtx.find(), folder, orchestrator)
        return Livedub(self._build / "apps/livedub", "--hooks", orchestrator, command="serve")

    def kill_speech(self) -> None:
        self.sts.kill()

    def start_speech(self) -> None:
        self.sts = self._keep(self._speech(PORT=str(self._sts_port)))
        self.sts.wait_ready()

    def documents(self, stream: str) -> dict[str, str]:
        return {path.name: path.read_text() for path in self._captions.glob(f"{stream}.*")}

    def logs(self, service: str) -> str:
        process = {"mediamtx": self.server, "media-service": self.media, "sts-service": self.sts}[service]
        return f"{process.stdout}\n{process.stderr}"

    @property
    def banner(self) -> list[str]:
        return self._banner

    @property
    def out(self) -> list[tuple[float, str]]:
        return self.media.out

    @property
    def stderr(self) -> str:
        return "\n".join(part.stderr for part in self._running if isinstance(part, Process))

    def metrics(self) -> list:
        return self.media.metrics() + self.server.metrics()

    def stop(self) -> int:
        codes = [process.stop(limit_s=STOP_LIMIT_S) for process in (self.media, self.sts)]
        # MediaMTX ends by signal, as any program does that has nothing to put away.
        server = self.server.stop(limit_s=STOP_LIMIT_S)
        return next((code for code in codes + [server] * (self.kind == SERVICES) if code), 0)

    def __exit__(self, *_) -> None:
        for part in reversed(self._running):
            part.close() if isinstance(part, SocketIoMonitor) else part.kill()


class ContainerPipeline(Pipeline):
    """The compose files of apps/, each as a project of its own name, on one network of their own.

    media-service reaches the monitor at this machine's end of that network, which nothing outside the machine
    does; the monitor reaches sts-service at its published port.
    """

    kind = CONTAINERS

    def __init__(self, mode: str, settings: dict[str, str]) -> None:
        name = f"livedub-e2e-{uuid.uuid4().hex[:8]}"
        self._speech_name = "full-sts-service" if mode == "full" else "echo-sts"
        self._speech_healthy_s = FULL_HEALTHY_S if mode == "full" else ECHO_HEALTHY_S
        rtmp_port, api_port, media_port, sts_port = (free_port() for _ in range(4))
        # With an address before the port, compose publishes it there and not on every address.
        ports = {"MEDIAMTX_RTMP_PORT": rtmp_port, "MEDIAMTX_API_PORT": api_port, "MEDIA_SERVICE_PORT": media_port,
                 "MEDIAMTX_RTSP_PORT": free_port(), "MEDIAMTX_METRICS_PORT": free_port(),
                 "MEDIAMTX_PLAYBACK_PORT": free_port()}  # fmt: skip
        ports = {variable: f"127.0.0.1:{port}" for variable, port in ports.items()}
        sts_address = f"127.0.0.1:{sts_port}"
        names = {"NETWORK_NAME": name, "SEGMENTS_VOLUME_NAME": f"{name}-segments",
                 "MODEL_CACHE_VOLUME_NAME": f"{name}-models", "MEDIAMTX_CONTAINER_NAME": f"{name}-mediamtx",
                 "MEDIA_SERVICE_CONTAINER_NAME": f"{name}-media", "STS_CONTAINER_NAME": f"{name}-sts",
                 "HEALTHCHECK_INTERVAL": "2s"}  # fmt: skip
        self._speech = DockerComposeManager(speech_files(mode), f"{name}-sts", STS_PORT=sts_address,
                                            STS_FULL_PORT=sts_address, **names)  # fmt: skip
        self._stacks = [self._speech]
        try:
            self._speech.up(self._speech_name)
            self._speech.wait_healthy(self._speech_healthy_s, self._speech_name)
            self.monitor = SocketIoMonitor(sts_port, self._speech.network_gateway())
            files, image = media_files()
            self.lets_readers_wait = BUILTIN not in files
            self._media = DockerComposeManager(
                files, f"{name}-media", STS_SERVICE_URL=self.monitor.url, LIVEDUB_CAPTIONS="/tmp/segments/captions",
                **ports, **names, **image, **settings)  # fmt: skip
            self._stacks.append(self._media)
            self._media.up()
            self.wait_healthy()
        except BaseException:
            self.__exit__()
            raise
        self.server, self.media, self.sts = MediaServer(), MediaServiceApi(), StsServiceApi()
        self.server.rtmp_url = f"rtmp://127.0.0.1:{rtmp_port}"
        self.server.api_url = f"http://127.0.0.1:{api_port}"
        self.media.url = f"http://127.0.0.1:{media_port}"
        self.sts.url = f"http://{sts_address}"

    @property
    def containers(self) -> dict[str, DockerComposeManager]:
        """By the name of their service, each with the stack that it belongs to."""
        return {"mediamtx": self._media, "media-service": self._media, self._speech_name: self._speech}

    def wait_healthy(self) -> None:
        self._media.wait_healthy(MEDIA_HEALTHY_S, "mediamtx", "media-service")
        self._speech.wait_healthy(self._speech_healthy_s, self._speech_name)

    def kill_speech(self) -> None:
        self._speech.kill(self._speech_name)

    def start_speech(self) -> None:
        self._speech.start(self._speech_name)
        self._speech.wait_healthy(self._speech_healthy_s, self._speech_name)
        self.sts.wait_ready()

    def documents(self, stream: str) -> dict[str, str]:
        folder = "/tmp/segments/captions"
        names = self._media.execute("media-service", "ls", folder).split()
        return {name: self._media.execute("media-service", "cat", f"{folder}/{name}")
                for name in names if name.startswith(f"{stream}.")}  # fmt: skip

    def logs(self, service: str) -> str:
        if service == "sts-service":
            return self._speech.logs(self._speech_name)
        return self._media.logs(service)

    def stop(self) -> int:
        self._media.stop("media-service")
        self._speech.stop(self._speech_name)
        codes = [self._media.ps()["media-service"]["ExitCode"], self._speech.ps()[self._speech_name]["ExitCode"]]
        return next((code for code in codes if code), 0)

    def __exit__(self, *_) -> None:
        # Even when one of them cannot be taken down, the others are; the first problem is what the test hears.
        problems = []
        for stack in reversed(self._stacks):
            try:
                stack.down()
            except (Unexpected, OSError, subprocess.SubprocessError) as problem:
                problems.append(problem)
        if hasattr(self, "monitor"):
            self.monitor.close()
        if problems:
            raise problems[0]


def speech_files(mode: str) -> list[Path]:
    folder = ROOT / "apps/sts-service"
    if mode == "echo":
        return [folder / "docker-compose.yml"]
    return [folder / "docker-compose.full.yml", ROOT / "tests/e2e/docker-compose.own-name.yml"]


def media_files() -> tuple[list[Path], dict[str, str]]:
    """The compose files, and the settings that choose the media server: MediaMTX's image where it is here, one
    made from its program (make images-offline) next, our own server's last."""
    folder = ROOT / "apps/media-service"
    files = [folder / "docker-compose.yml"]
    chosen = {name: os.environ[name] for name in ("MEDIAMTX_IMAGE", "MEDIAMTX_CONFIG") if name in os.environ}
    image = DockerComposeManager(files, "livedub-e2e-look", **chosen).images("mediamtx")[0]
    if has_image(image):
        return files, chosen
    local = "livedub-mediamtx:local"
    if has_image(local):
        return files, chosen | {"MEDIAMTX_IMAGE": local}
    return [*files, BUILTIN], {}


def unavailable(kind: str) -> str:
    """Why a kind of pipeline cannot run here; empty when it can. What is broken, rather than absent, raises."""
    if kind == BEHIND_MEDIAMTX and mediamtx.find() is None:
        return "there is no MediaMTX here: no `mediamtx` on PATH, none that tools/mediamtx.sh made, and no MEDIAMTX_BINARY"
    if kind == CONTAINERS:
        if reason := missing():
            return reason
        files, image = media_files()
        look = DockerComposeManager(files, "livedub-e2e-look", **image)
        needed, ours = look.images(), look.built_images()
        for mode, service in (("full", "full-sts-service"), ("echo", "echo-sts")):
            look = DockerComposeManager(speech_files(mode), "livedub-e2e-look", STS_CONTAINER_NAME="look")
            needed += look.images(service)
            ours += look.built_images(service)
        absent = [name for name in needed if not has_image(name)]
        if absent:
            return f"not built here: {', '.join(absent)} (make images, make images-offline)"
        digest = subprocess.run([ROOT / "tools/source_digest.sh"], capture_output=True, text=True, check=True)
        older = [name for name in ours if label_of(name, SOURCES_LABEL) != digest.stdout.strip()]
        if older:
            return f"built from other sources: {', '.join(older)} (make images, make images-offline)"
    return ""


def start(kind: str, build: Path, folder: Path, mode: str = "full", **settings: str) -> Pipeline:
    """A running pipeline. `mode` is that of sts-service; `settings` are media-service's."""
    settings = {"ORCH_GRACE_PERIOD": f"{GRACE_S:g}s"} | settings
    if kind == CONTAINERS:
        return ContainerPipeline(mode, settings)
    return NativePipeline(kind, build, folder, mode, settings)


def announced_delay_s(lines: list[str]) -> float:
    """From in to out, as the program says it when it starts."""
    found = re.search(r"^out\s+\S+\s+([\d.]+) s later", "\n".join(lines), re.M)
    if found is None:
        raise Unexpected(f"no delay is announced: {lines[:20]}")
    return float(found[1])
