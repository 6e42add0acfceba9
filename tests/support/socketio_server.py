# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""python-socketio's server on a free port, in a thread of its own."""

import asyncio
import functools
import ssl
import threading
from pathlib import Path

import engineio.async_drivers.aiohttp
import socketio
from aiohttp import web

LIMIT_BYTES = 52_428_800


class WholeBody:
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, _size: int = -1) -> bytes:
        return self._body


class SocketIoServer:
    """An AsyncServer on aiohttp. Handlers run in its thread; `call` runs a coroutine there."""

    def __init__(self, path: str = "socket.io", tls: tuple[Path, Path] | None = None, websocket: bool = True,
                 **options) -> None:  # fmt: skip
        # aiohttp would take no more than 4 MiB in a WebSocket message.
        engineio.async_drivers.aiohttp.WebSocketResponse = functools.partial(web.WebSocketResponse, max_msg_size=0)
        self.sio = socketio.AsyncServer(async_mode="aiohttp", max_http_buffer_size=LIMIT_BYTES, **options)
        self.events: list[tuple] = []  # (name, data), in the order of arrival
        self._path, self._tls, self._websocket = path, tls, websocket
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()
        assert self._started.wait(20)
        return self

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        tasks = asyncio.all_tasks(self._loop)  # heartbeats and the like
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    async def _serve(self) -> None:
        @web.middleware
        async def read_whole_body(request, handler):
            # python-engineio 4.3 takes what has arrived of a body for all of it.
            if request.method == "POST":
                request._payload = WholeBody(await request.read())
            return await handler(request)

        @web.middleware
        async def refuse_websocket(request, handler):
            if not self._websocket and request.headers.get("Upgrade", "").lower() == "websocket":
                raise web.HTTPForbidden(text="no WebSocket through this proxy")
            return await handler(request)

        app = web.Application(middlewares=[read_whole_body, refuse_websocket], client_max_size=2 * LIMIT_BYTES)
        self.sio.attach(app, self._path)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        context = None
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._tls)
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context, shutdown_timeout=0.1)
        await site.start()
        self.port = self._runner.addresses[0][1]

    def record(self, *names: str, namespace: str = "/") -> None:
        """Keeps what clients emit under these names."""
        for name in names:

            async def keep(sid, data=None, name=name):
                self.events.append((name, data))

            self.sio.on(name, keep, namespace=namespace)

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def named(self, name: str) -> list:
        return [data for event, data in list(self.events) if event == name]

    def transport_of(self, sid: str) -> str:
        return self.sio.eio.transport(self.sio.manager.eio_sid_from_sid(sid, "/"))

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()
