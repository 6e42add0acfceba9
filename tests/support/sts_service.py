# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service on a free port, and a client of its protocol on python-socketio that keeps what it hears."""

import base64
import json
import os
import threading
import time
import uuid
from pathlib import Path

import requests
import socketio

from . import prometheus
from .processes import Process, Unexpected, wait_for

BANNER_LINES = 5
PATIENCE_S = 20.0


class StsServiceApi:
    """sts-service over HTTP, whoever started it; `url` says where it is."""

    url: str

    def get(self, path: str, method: str = "GET") -> requests.Response:
        return requests.request(method, self.url + path, timeout=PATIENCE_S)

    def wait_ready(self, limit_s: float = 30.0) -> None:
        wait_for(lambda: self.get("/ready").status_code == 200, "readiness", limit_s)

    def metrics(self) -> list[prometheus.Sample]:
        return prometheus.parse(self.get("/metrics").text)

    def total(self, name: str, **labels: str) -> float:
        return prometheus.total(self.metrics(), name, **labels)


class StsService(Process, StsServiceApi):
    """`sts-service` on a free port of the loopback address; settings are environment variables."""

    def __init__(self, binary: Path, *flags: str, limit_s: float = 30.0, **settings: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("STS_")}
        environment |= {"HOST": "127.0.0.1", "PORT": "0"} | settings
        super().__init__([binary, *flags], env=environment)
        try:
            wait_for(lambda: len(self.out) >= BANNER_LINES or not self.running, "banner", limit_s)
        except Unexpected:
            self.kill()
            raise
        if len(self.out) < BANNER_LINES:
            self.child.wait()
            raise Unexpected(f"ended with {self.child.returncode} before its banner: {self.describe()}")
        self.banner = [line for _, line in self.out[:BANNER_LINES]]
        self.url = next(line for line in self.banner if line.startswith("serves")).split()[1].split("/socket.io")[0]


class StsClient:
    """One connection, one namespace. Every event is kept in `events` with the moment it came."""

    def __init__(self, service: StsService, namespace: str = "/", path: str = "socket.io", transport: str = "websocket",
                 auth: dict | None = None, headers: dict | None = None) -> None:  # fmt: skip
        self.namespace = namespace
        self.events: list[tuple[float, str, dict]] = []
        self.left = threading.Event()
        self._changed = threading.Condition()
        self.socket = socketio.Client(reconnection=False)
        # It would give each message to a thread of its own, and lose the order they came in.
        trigger = self.socket.eio._trigger_event
        self.socket.eio._trigger_event = lambda event, *data, run_async=False, **more: trigger(
            event, *data, run_async=False, **more)  # fmt: skip
        self.socket.on("*", self._keep, namespace=namespace)
        self.socket.on("disconnect", self.left.set, namespace=namespace)
        transports = ["polling", "websocket"] if transport == "upgrade" else [transport]
        self.socket.connect(service.url, socketio_path=path, namespaces=[namespace], transports=transports, auth=auth,
                            headers=headers or {}, wait_timeout=PATIENCE_S)  # fmt: skip

    def _keep(self, name: str, *data) -> None:
        with self._changed:
            self.events.append((time.monotonic(), name, data[0] if data else None))
            self._changed.notify_all()

    def emit(self, name: str, data=None) -> None:
        self.socket.emit(name, data, namespace=self.namespace)

    def named(self, name: str) -> list[dict]:
        return [data for _, event, data in list(self.events) if event == name]

    def wait(self, name: str, count: int = 1, limit_s: float = PATIENCE_S) -> list[dict]:
        """Until `count` events of that name are there; all of them."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.named(name)) >= count, limit_s):
                seen = [(event, str(data)[:120]) for _, event, data in self.events]
                raise Unexpected(f"{len(self.named(name))} of {count} {name} within {limit_s:g} s; seen: {seen}")
        return self.named(name)

    def init(self, stream: str = "", **config) -> dict:
        """A nested stream:init; keys of the message itself are given as max_inflight and timeout_ms."""
        message = {key: config.pop(key) for key in ("max_inflight", "timeout_ms") if key in config}
        self.emit("stream:init", {"stream_id": stream or f"s-{uuid.uuid4()}", "worker_id": "w-1",
                                  "config": config} | message)  # fmt: skip
        return self.wait("stream:ready", len(self.named("stream:ready")) + 1)[-1]

    def send(self, number: int, sound: bytes = b"sound", **changes) -> str:
        """A nested fragment:data; the result is its id."""
        message = fragment(number, sound) | changes
        self.emit("fragment:data", message)
        return message["fragment_id"]

    def results(self, count: int, limit_s: float = PATIENCE_S) -> list[dict]:
        return self.wait("fragment:processed", count, limit_s)

    def close(self) -> None:
        self.socket.disconnect()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


def error_of(client: StsClient, count: int = 1) -> dict:
    """The `count`-th error that it was told."""
    return client.wait("error", count)[-1]


def fragment(number: int, sound: bytes = b"sound", **audio) -> dict:
    return {
        "fragment_id": str(uuid.uuid4()), "stream_id": "any", "sequence_number": number,
        "timestamp": int(time.time() * 1000),
        "audio": {"format": "m4a", "sample_rate_hz": 48000, "channels": 1, "duration_ms": 6000,
                  "data_base64": base64.b64encode(sound).decode()} | audio,
        "metadata": {"pts_ns": number * 6_000_000_000},
    }  # fmt: skip


def labelled(sound: bytes, **audio) -> dict:
    """The audio of a fragment of `sentence`, the four seconds that the conformance tests speak."""
    message = fragment(0, sound)["audio"] | {"sample_rate_hz": 44100, "channels": 2, "duration_ms": 4000} | audio
    return {"audio": message}


def sound_of(audio: dict) -> bytes:
    """The bytes of a message's `audio` or `dubbed_audio`, in whichever form they went over the wire."""
    return audio["data"] if "data" in audio else base64.b64decode(audio["data_base64"], validate=True)


def log_lines(service: StsService) -> list[dict]:
    """The service's log, one JSON object a line."""
    return [json.loads(line) for _, line in service.err]
