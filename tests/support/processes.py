# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Running livedub and the foreign programs around it: started here, ended here, by their own ids."""

import json
import re
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import prometheus
from .flv import Recording, read_tags
from .web import call

BANNER_LINES = 5
STOP_LIMIT_S = 30.0


class Unexpected(Exception):
    """A program did not do what it should; the message holds what it said."""


def wait_for(condition, what: str, limit_s: float = 10.0, step_s: float = 0.05):
    """Polls until `condition()` is true and returns its value."""
    deadline = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Unexpected(f"no {what} within {limit_s:g} s")
        time.sleep(step_s)


def free_port() -> int:
    """A port that was free a moment ago, for programs that have to be told one another's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A child process whose output is collected line by line, each with the moment it came."""

    def __init__(self, command: list, binary_stdout=None, **options) -> None:
        self.command = [str(part) for part in command]
        self.out: list[tuple[float, str]] = []
        self.err: list[tuple[float, str]] = []
        self.child = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        self._threads = [threading.Thread(target=self._collect, args=(self.child.stderr, self.err), daemon=True)]
        reader = binary_stdout or (lambda pipe: self._collect(pipe, self.out))
        self._threads.append(threading.Thread(target=reader, args=(self.child.stdout,), daemon=True))
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _collect(pipe, into) -> None:
        for line in pipe:
            into.append((time.monotonic(), line.decode(errors="replace").rstrip("\r\n")))

    @property
    def pid(self) -> int:
        return self.child.pid

    @property
    def running(self) -> bool:
        return self.child.poll() is None

    @property
    def stdout(self) -> str:
        return "\n".join(line for _, line in self.out)

    @property
    def stderr(self) -> str:
        return "\n".join(line for _, line in self.err)

    def wait(self, limit_s: float) -> int:
        """The exit code; the program must end by itself within the limit."""
        try:
            code = self.child.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Unexpected(f"still running after {limit_s:g} s: {self.describe()}") from None
        for thread in self._threads:
            thread.join(5.0)
        return code

    def stop(self, sig: int = signal.SIGTERM, limit_s: float = STOP_LIMIT_S) -> int:
        if self.running:
            self.child.send_signal(sig)
        return self.wait(limit_s)

    def kill(self) -> None:
        if self.running:
            self.child.kill()
            self.child.wait()

    def describe(self) -> str:
        return f"{' '.join(self.command)}\n--- stdout\n{self.stdout[-3000:]}\n--- stderr\n{self.stderr[-3000:]}"

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.kill()


class MediaServer:
    """What a media server says of its paths, whoever started it; `rtmp_url` and `api_url` say where it is."""

    rtmp_url: str
    api_url: str

    def url(self, stream: str, end: str) -> str:
        return f"{self.rtmp_url}/live/{stream}/{end}"

    def paths(self) -> dict:
        """The paths the server has, by name."""
        status, _, text = call(f"{self.api_url}/v3/paths/list")
        if status != 200:
            raise Unexpected(f"/v3/paths/list answered {status}: {text}")
        return {item["name"]: item for item in json.loads(text)["items"]}

    def path(self, stream: str, end: str) -> dict:
        return self.paths().get(f"live/{stream}/{end}", {})

    def path_ready(self, stream: str, end: str) -> bool:
        return bool(self.path(stream, end).get("ready"))

    def wait_ready(self, stream: str, end: str, limit_s: float = 30.0) -> dict:
        wait_for(lambda: self.path_ready(stream, end), f"live/{stream}/{end}", limit_s)
        return self.path(stream, end)

    def wait_gone(self, stream: str, end: str, limit_s: float = 20.0) -> None:
        wait_for(lambda: not self.path_ready(stream, end), f"end of live/{stream}/{end}", limit_s)


class Livedub(Process, MediaServer):
    """`livedub up` or `serve` on free ports of the loopback address, ready when its banner is out."""

    def __init__(self, binary: Path, *flags: str, command: str = "up", limit_s: float = 30.0) -> None:
        ports = []
        for flag in ("--rtmp", "--api", "--metrics"):
            if flag not in flags:
                ports += [flag, "127.0.0.1:0"]
        super().__init__([binary, command, *ports, *flags])
        try:
            wait_for(lambda: len(self.out) >= BANNER_LINES or not self.running, "banner", limit_s)
        except Unexpected as error:
            self.kill()
            raise Unexpected(f"{error}: {self.describe()}") from None
        if len(self.out) < BANNER_LINES:
            self.child.wait()
            raise Unexpected(f"ended with {self.child.returncode} before its banner: {self.describe()}")
        self.banner = [line for _, line in self.out[:BANNER_LINES]]
        # http://127.0.0.1:PORT/v3/paths/list http://127.0.0.1:PORT/metrics
        urls = re.findall(r"(rtmp|http)://127\.0\.0\.1:(\d+)(/\S*)", "\n".join(self.banner))
        self.rtmp_port = next(int(port) for scheme, port, _ in urls if scheme == "rtmp")
        self.api_port = next(int(port) for _, port, path in urls if path.startswith("/v3"))
        self.metrics_port = next(int(port) for _, port, path in urls if path == "/metrics")
        self.rtmp_url = f"rtmp://127.0.0.1:{self.rtmp_port}"
        self.api_url = f"http://127.0.0.1:{self.api_port}"

    def get(self, port: int, path: str) -> tuple[int, str]:
        status, _, text = call(f"http://127.0.0.1:{port}{path}")
        return status, text

    def metrics(self) -> list[prometheus.Sample]:
        status, text = self.get(self.metrics_port, "/metrics")
        if status != 200:
            raise Unexpected(f"/metrics answered {status}: {text}")
        return prometheus.parse(text)


def publish(source: Path, url: str, *output: str, before: tuple = (), loops: int = 0) -> Process:
    """ffmpeg sends a file in real time, its packets as they are."""
    loop = ["-stream_loop", str(loops)] if loops else []
    return Process(
        ["ffmpeg", "-hide_banner", "-nostats", "-loglevel", "warning", *loop, *before, "-re", "-i", source,
         "-c", "copy", *output, "-f", "flv", url]
    )  # fmt: skip


@dataclass
class Reader:
    """ffmpeg plays a stream into a pipe; every tag is kept with the moment it arrived."""

    url: str
    recording: Recording = field(default_factory=Recording)

    def __post_init__(self) -> None:
        # -copyts: the times are the server's, not ffmpeg's. No probing for the frame rate; and no
        # "-fflags nobuffer", which throws away what was probed.
        self.process = Process(
            ["ffmpeg", "-hide_banner", "-nostats", "-loglevel", "warning",
             "-fpsprobesize", "0", "-copyts", "-rw_timeout", "60000000", "-i", self.url, "-map", "0", "-c", "copy",
             "-copyts", "-flush_packets", "1", "-f", "flv", "pipe:1"],
            binary_stdout=self._read,
        )  # fmt: skip

    def _read(self, pipe) -> None:
        for tag in read_tags(pipe):
            self.recording.tags.append(tag)

    def stop(self) -> None:
        """Ends the reader as a viewer does who closes the window; every tag so far has been kept."""
        self.process.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def children(pid: int, name: str = "") -> list[int]:
    """Those called `name`; without one all."""

    def read(path: Path) -> str:
        try:
            return path.read_text()
        except (FileNotFoundError, ProcessLookupError):  # a thread or process that has just ended
            return ""

    pids = [text for task in Path(f"/proc/{pid}/task").iterdir() for text in read(task / "children").split()]
    return [int(text) for text in pids if not name or read(Path(f"/proc/{text}/comm")).strip() == name]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def resident_mib(pid: int, peak: bool = False) -> float:
    key = "VmHWM:" if peak else "VmRSS:"
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith(key):
                return int(line.split()[1]) / 1024.0
    return 0.0
