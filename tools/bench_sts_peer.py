#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The echo that sts-service is measured beside: python-socketio on aiohttp, as its documentation sets it up.

Prints `serves http://127.0.0.1:PORT` when it listens, and runs until it is killed.
"""

import asyncio
import functools
import time
import uuid

import engineio.async_drivers.aiohttp
import socketio
from aiohttp import web

LIMIT_BYTES = 52_428_800

# aiohttp would take no more than 4 MiB in a WebSocket message.
engineio.async_drivers.aiohttp.WebSocketResponse = functools.partial(web.WebSocketResponse, max_msg_size=0)
server = socketio.AsyncServer(async_mode="aiohttp", max_http_buffer_size=LIMIT_BYTES, cors_allowed_origins="*")


@server.on("stream:init")
async def on_init(sid, data):
    ready = {"stream_id": data["stream_id"], "session_id": str(uuid.uuid4()), "max_inflight": 3,
             "capabilities": {"batch_processing": False, "async_delivery": True}}  # fmt: skip
    await server.emit("stream:ready", ready, to=sid)


@server.on("fragment:data")
async def on_fragment(sid, data):
    ack = {"fragment_id": data["fragment_id"], "status": "queued", "timestamp": int(time.time() * 1000)}
    await server.emit("fragment:ack", ack, to=sid)
    result = {
        "fragment_id": data["fragment_id"], "stream_id": data["stream_id"],
        "sequence_number": data["sequence_number"], "status": "success", "dubbed_audio": data["audio"],
        "transcript": "", "translated_text": "", "processing_time_ms": 0,
        "stage_timings": {"asr_ms": 0, "translation_ms": 0, "tts_ms": 0}, "error": None, "metadata": None,
    }  # fmt: skip
    await server.emit("fragment:processed", result, to=sid)


async def serve() -> None:
    app = web.Application(client_max_size=LIMIT_BYTES)
    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"serves http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
