# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A foreign speech service: python-socketio on aiohttp, as our client will meet it in the wild.

StsPeer echoes what it gets. Tests that want something else subclass it and override `on_fragment` or
`on_init`; what came is recorded, with the connection it came by.
"""

import asyncio
import base64
import threading
import time
from dataclasses import dataclass, field

import socketio
from aiohttp import web


@dataclass
class Session:
    """One connection, from its side of the wire."""

    sid: str
    headers: dict
    auth: object
    inits: list = field(default_factory=list)
    fragments: list = field(default_factory=list)  # with "bytes" in place of the audio's text, and the time "at"
    acks: list = field(default_factory=list)
    ends: list = field(default_factory=list)
    is_binary: bool = False
    gone_at: float | None = None

    @property
    def numbers(self) -> list[int]:
        return [fragment["sequence_number"] for fragment in self.fragments]

    def acks_of(self, fragment: dict) -> list[str]:
        return [ack["status"] for ack in self.acks if ack["fragment_id"] == fragment["fragment_id"]]


class StsPeer:
    """Runs while its `with` block does, on a free port of the loopback address and its own thread."""

    path = "socket.io"
    namespace = "/"
    key = None  # what auth.token must be
    max_inflight = 3
    grants_binary = False

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.errors: list[str] = []  # what went wrong in a handler of ours
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._by_sid: dict[str, Session] = {}
        self._tasks: set = set()

    # What tests override -----------------------------------------------------------------------------------

    async def on_init(self, session: Session, init: dict) -> None:
        await self.say_ready(session, init)

    async def on_fragment(self, session: Session, fragment: dict) -> None:
        await self.say_ack(session, fragment)
        await self.say_result(session, fragment)

    # What they say -----------------------------------------------------------------------------------------

    async def emit(self, session: Session, event: str, data: dict) -> None:
        await self.server.emit(event, data, to=session.sid, namespace=self.namespace)

    async def say_ready(self, session: Session, init: dict) -> None:
        session.is_binary = self.grants_binary and init["config"].get("binary") is True
        ready = {"stream_id": init["stream_id"], "session_id": "00000000-0000-4000-8000-000000000000",
                 "max_inflight": self.max_inflight, "capabilities": {"batch_processing": False}}  # fmt: skip
        if self.grants_binary:
            ready["binary"] = session.is_binary
        await self.emit(session, "stream:ready", ready)

    async def say_ack(self, session: Session, fragment: dict) -> None:
        ack = {"fragment_id": fragment["fragment_id"], "status": "queued", "timestamp": int(time.time() * 1000)}
        await self.emit(session, "fragment:ack", ack)

    async def say_result(self, session: Session, fragment: dict, **changes) -> None:
        await self.emit(session, "fragment:processed", {**self.result(session, fragment), **changes})

    async def say_failed(self, session: Session, fragment: dict, code: str, stage: str = "asr") -> None:
        error = {"stage": stage, "code": code, "message": "it broke", "retryable": True}
        await self.say_result(session, fragment, status="failed", dubbed_audio=None, error=error, metadata=None)

    async def say_error(self, session: Session, code: str, fragment: dict | None = None) -> None:
        await self.emit(session, "error", {
            "error_id": "1", "stream_id": None, "fragment_id": fragment and fragment["fragment_id"], "code": code,
            "message": "not like this", "severity": "error", "retryable": False})  # fmt: skip

    async def say_backpressure(self, session: Session, action: str, delay_ms: int | None) -> None:
        await self.emit(session, "backpressure", {
            "stream_id": "probe", "severity": "low" if action == "none" else "high", "action": action,
            "current_inflight": 1, "max_inflight": self.max_inflight, "queue_depth": 0, "threshold_exceeded": None,
            "recommended_delay_ms": delay_ms})  # fmt: skip

    def audio(self, session: Session, content: bytes, like: dict, **changes) -> dict:
        sound = {key: like[key] for key in ("format", "sample_rate_hz", "channels", "duration_ms")}
        if session.is_binary:
            sound["data"] = content
        else:
            sound["data_base64"] = base64.b64encode(content).decode()
        return {**sound, **changes}

    def result(self, session: Session, fragment: dict) -> dict:
        number = fragment["sequence_number"]
        return {
            "fragment_id": fragment["fragment_id"], "stream_id": fragment["stream_id"], "sequence_number": number,
            "status": "success", "dubbed_audio": self.audio(session, fragment["bytes"], fragment["audio"]),
            "transcript": f"original {number}", "translated_text": f"translated {number}", "processing_time_ms": 3,
            "stage_timings": {"asr_ms": 1, "translation_ms": 1, "tts_ms": 1}, "error": None,
            "metadata": {"original_duration_ms": 2000, "dubbed_duration_ms": 2000, "duration_variance_percent": 0.0,
                         "speed_ratio": 1.0, "no_speech": False}}  # fmt: skip

    async def disconnect(self, session: Session) -> None:
        await self.server.disconnect(session.sid, namespace=self.namespace)

    # Running -----------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def session(self) -> Session:
        """The only one there was."""
        assert len(self.sessions) == 1, self.sessions
        return self.sessions[0]

    def open(self) -> None:
        """Listens; after close() on the same port again."""
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def close(self) -> None:
        """Stops listening and drops every connection."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)

    def __enter__(self):
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_) -> None:
        self.close()
        asyncio.run_coroutine_threadsafe(self._cancel_all(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        assert not self.errors, self.errors

    async def _open(self) -> None:
        self.server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*",
                                           max_http_buffer_size=52_428_800)  # fmt: skip
        for event, handler in (
            ("connect", self._on_connect), ("disconnect", self._on_disconnect), ("stream:init", self._on_init),
            ("fragment:data", self._on_fragment), ("fragment:ack", self._on_ack), ("stream:end", self._on_end),
        ):  # fmt: skip
            self.server.on(event, handler, namespace=self.namespace)
        app = web.Application(client_max_size=60_000_000)
        self.server.attach(app, socketio_path=self.path)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True, shutdown_timeout=0.1)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        for session in self.sessions:
            if session.gone_at is None:
                await self.server.disconnect(session.sid, namespace=self.namespace)
        await self._runner.cleanup()

    async def _cancel_all(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _in_background(self, work) -> None:
        """Handlers return at once, so that a slow answer holds up no other event."""

        async def guarded():
            try:
                await work
            except Exception as error:  # noqa: BLE001: whatever it is, the test must hear of it
                self.errors.append(repr(error))

        task = self._loop.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _on_connect(self, sid, environ, auth=None):
        headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key[:5] == "HTTP_"}
        session = Session(sid, headers, auth)
        self.sessions.append(session)
        self._by_sid[sid] = session
        if self.key is not None and (not isinstance(auth, dict) or auth.get("token") != self.key):
            session.gone_at = time.monotonic()
            raise socketio.exceptions.ConnectionRefusedError("AUTH_FAILED", {"code": "AUTH_FAILED"})

    async def _on_disconnect(self, sid):
        if sid in self._by_sid:
            self._by_sid[sid].gone_at = time.monotonic()

    async def _on_init(self, sid, data):
        session = self._by_sid[sid]
        session.inits.append(data)
        self._in_background(self.on_init(session, data))

    async def _on_fragment(self, sid, data):
        session = self._by_sid[sid]
        audio = data["audio"]
        data["bytes"] = audio.pop("data", None) or base64.b64decode(audio.pop("data_base64"), validate=True)
        data["at"] = time.monotonic()
        session.fragments.append(data)
        self._in_background(self.on_fragment(session, data))

    async def _on_ack(self, sid, data):
        self._by_sid[sid].acks.append(data)

    async def _on_end(self, sid, data):
        session = self._by_sid[sid]
        session.ends.append(data)
        await self.emit(session, "stream:complete", {
            "stream_id": session.inits[-1]["stream_id"], "total_fragments": len(session.fragments),
            "total_duration_ms": 0, "statistics": {}})  # fmt: skip
