#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Measures sts-service: how fast it acknowledges under saturated engines, what an echo and an idle session cost.

    tools/bench_sts.py [--runs N] [--seconds S]

Prints its section of bench/README.md, which tools/bench.py writes. Clients type Engine.IO by hand: a Socket.IO
library on the sending side would cost more than the server that is measured. What counts is the CPU time of the
server process, so a slow client only lowers the load.
"""

import argparse
import asyncio
import base64
import importlib.metadata
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import websocket
from bench_figures import ROOT, busy_note, say, spread

sys.path.insert(0, str(ROOT / "tests"))

from support.processes import Process, cpu_seconds, resident_mib, wait_for  # noqa: E402
from support.sts_service import StsService, fragment  # noqa: E402

BINARY = ROOT / "build/release/apps/sts-service"
CLIP = ROOT / "tests/fixtures/test-streams/1-min-nfl.m4a"
PEER = Path(__file__).resolve().parent / "bench_sts_peer.py"
LOAD = ROOT / "build/release/bench/echo_load"

WINDOW = 3
SMALL_BYTES, FRAGMENT_BYTES = 1_000, 96_000
PATIENCE_S = 20.0
ECHO_SESSIONS = (1, 4)
ECHO_TARGET = 10

ACK_SESSIONS = 20
ACK_SECONDS = 30.0
FRAGMENT_TIMEOUT_MS = 3_000

IDLE_SESSIONS = 500

IS_APART = "LIVEDUB_BENCH_IS_APART"


def event(name: str, data: dict) -> str:
    return "42" + json.dumps([name, data], separators=(",", ":"))


def is_event(frame: str, name: str) -> bool:
    return frame.startswith(f'42["{name}"')


def stream_init(name: str) -> str:
    return event("stream:init", {"stream_id": name, "worker_id": "bench", "config": {}})


def address(url: str) -> str:
    return f"ws{url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket"


class EchoPeer(Process):
    """The same echo on python-socketio, in a process of its own."""

    def __init__(self) -> None:
        super().__init__(["/usr/bin/python3", str(PEER)])
        wait_for(lambda: self.out or not self.running, "the port of python-socketio")
        self.url = self.out[0][1].split()[1]


def echo_service(connections: int = 50) -> StsService:
    return StsService(BINARY, "--mode", "echo", LOG_LEVEL="WARNING", WS_MAX_CONNECTIONS=str(connections))


# ---- one session of echoes


class RawSession:
    """An initialised session on a WebSocket whose text frames are typed by hand."""

    def __init__(self, url: str) -> None:
        # Without its check of UTF-8, which is in Python and takes longer than all the rest.
        self.socket = websocket.create_connection(address(url), timeout=PATIENCE_S, skip_utf8_validation=True)
        self.receive()
        self.socket.send("40")
        self.receive()
        self.socket.send(stream_init(f"bench-{uuid.uuid4()}"))
        ready = self.receive()
        if not is_event(ready, "stream:ready"):
            raise SystemExit(f"bench: {url} answers {ready[:200]} to stream:init")

    def receive(self) -> str:
        """The next message, with pings answered."""
        while True:
            _, data = self.socket.recv_data()
            if data != b"2":
                return data.decode("ascii")
            self.socket.send("3")

    def result(self) -> str:
        """The next fragment:processed; an error is the end."""
        while True:
            frame = self.receive()
            if is_event(frame, "fragment:processed"):
                return frame
            if not is_event(frame, "fragment:ack"):
                raise SystemExit(f"bench: unexpected {frame[:200]}")

    def close(self) -> None:
        self.socket.shutdown()


class Fragments:
    """fragment:data frames that differ in their id and number alone."""

    def __init__(self, sound: bytes) -> None:
        frame = event("fragment:data", fragment(987654321, sound) | {"fragment_id": "ID", "metadata": None})
        self._head, rest = frame.split('"ID"')
        self._middle, self._tail = rest.split("987654321")

    def frame(self, number: int) -> str:
        return f'{self._head}"{number:08x}"{self._middle}{number}{self._tail}'


def masked(payload: bytes) -> tuple[bytes, int]:
    """A client's text frame (RFC 6455, 5.2), and where its payload begins."""
    size, mask = len(payload), b"\x37\xfa\x21\x3d"
    head = b"\x81" + (
        bytes([0x80 | size]) if size < 126
        else b"\xfe" + size.to_bytes(2, "big") if size < 65_536
        else b"\xff" + size.to_bytes(8, "big")
    )  # fmt: skip
    repeated = (mask * (size // 4 + 1))[:size]
    body = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return head + mask + body.to_bytes(size, "big"), len(head + mask)


@dataclass
class EchoRun:
    rate: float  # round trips for each CPU second of the server
    busy: float  # cores that the server used


def check_echo(url: str, sound: bytes) -> None:
    session = RawSession(url)
    session.socket.send(Fragments(sound).frame(0))
    answer = session.result()
    session.close()
    if base64.b64encode(sound).decode() not in answer:
        raise SystemExit(f"bench: {url} does not echo: {answer[:200]}")


def echo_once(url: str, pid: int, size: int, sessions: int, seconds: float) -> EchoRun:
    """bench/echo_load.cpp asks, on sessions that are opened here."""
    sound = os.urandom(size)
    check_echo(url, sound)
    # The id and the number are written over; JSON allows spaces before a number.
    places = {"id": "idididid", "number": "9876543210"}
    named = {"fragment_id": places["id"], "metadata": None}
    text = event("fragment:data", fragment(int(places["number"]), sound) | named)
    frame, payload_at = masked(text.encode())
    opened = [RawSession(url) for _ in range(sessions)]
    sockets = [session.socket.sock.fileno() for session in opened]
    with tempfile.NamedTemporaryFile() as file:
        file.write(frame)
        file.flush()
        at = [payload_at + text.index(place) for place in places.values()]
        command = [LOAD, file.name, payload_at, *at, WINDOW, seconds, *sockets]
        with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                              pass_fds=sockets) as load:  # fmt: skip
            load.stdout.readline()  # it begins
            cpu, began = cpu_seconds(pid), time.monotonic()
            answers = load.stdout.readline()
            used, took = cpu_seconds(pid) - cpu, time.monotonic() - began
    for session in opened:
        session.close()
    if load.returncode != 0:
        raise SystemExit(f"bench: the load on {url} ended with {load.returncode}")
    return EchoRun(int(answers) / used, used / took)


@dataclass
class EchoRuns:
    ours: list[EchoRun] = field(default_factory=list)
    theirs: list[EchoRun] = field(default_factory=list)  # python-socketio's


def echoes(runs: int, seconds: float) -> dict[tuple[int, int], EchoRuns]:
    """By size of the sound and number of sessions."""
    results = {(size, sessions): EchoRuns() for sessions in ECHO_SESSIONS for size in (SMALL_BYTES, FRAGMENT_BYTES)}
    for run in range(runs):
        say(f"echo {run + 1}/{runs}: sts-service, python-socketio")
        with echo_service() as server:
            for (size, sessions), result in results.items():
                result.ours.append(echo_once(server.url, server.pid, size, sessions, seconds))
        with EchoPeer() as server:
            for (size, sessions), result in results.items():
                result.theirs.append(echo_once(server.url, server.pid, size, sessions, seconds))
    return results


# ---- acknowledgements while the engines have more than they can do


@dataclass
class AckRun:
    sessions: int = 0
    refusals: list[str] = field(default_factory=list)  # codes of the streams that were not taken
    latencies_ms: list[float] = field(default_factory=list)
    results: dict[str, int] = field(default_factory=dict)
    server_cores: float = 0.0
    generator_cores: float = 0.0
    idle_cores: float = 0.0  # what nobody used

    def quantile(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def idle_core_seconds() -> float:
    """Time that the cores of the machine have had nothing to do, so far."""
    return int(Path("/proc/stat").read_text().split(maxsplit=5)[4]) / os.sysconf("SC_CLK_TCK")


def speech_fragments() -> list[Fragments]:
    """The minute of the clip as ten fragments of 6 s."""
    with tempfile.TemporaryDirectory() as folder:
        cut = ["ffmpeg", "-v", "error", "-i", CLIP, "-vn", "-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "1",
               "-f", "segment", "-segment_time", "6", "-segment_format", "mp4", f"{folder}/%02d.m4a"]  # fmt: skip
        subprocess.run(cut, check=True)
        # A rest of the last second would not keep an engine busy.
        return [Fragments(path.read_bytes()) for path in sorted(Path(folder).iterdir())[:10]]


async def open_session(client: aiohttp.ClientSession, url: str, name: str) -> tuple:
    """(socket, "") once its stream is ready, or (None, code) of the refusal."""
    socket = await client.ws_connect(address(url), max_msg_size=0)
    await socket.receive_str()
    await socket.send_str("40")
    await socket.receive_str()
    await socket.send_str(stream_init(name))
    while True:
        frame = await socket.receive_str(timeout=PATIENCE_S)
        if is_event(frame, "stream:ready"):
            return socket, ""
        if is_event(frame, "error"):
            await socket.close()
            return None, json.loads(frame[2:])[1]["code"]


async def talk(socket, fragments: list[Fragments], run: AckRun, begin: asyncio.Event, until: asyncio.Event) -> None:
    """A session that always has WINDOW fragments outstanding; what comes from `begin` until `until` counts."""
    sent_at: dict[int, float] = {}
    first = random.randrange(len(fragments))

    async def send() -> None:
        number = len(sent_at)
        frame = fragments[(first + number) % len(fragments)].frame(number)
        sent_at[number] = time.monotonic()
        await socket.send_str(frame)

    await asyncio.sleep(random.random() * FRAGMENT_TIMEOUT_MS / 1000)  # not all at once
    for _ in range(WINDOW):
        await send()
    while not until.is_set():
        frame = await socket.receive_str()
        now = time.monotonic()
        if frame == "2":
            await socket.send_str("3")
        elif is_event(frame, "fragment:ack"):
            if begin.is_set():
                number = int(json.loads(frame[2:])[1]["fragment_id"], 16)
                run.latencies_ms.append(1000 * (now - sent_at[number]))
        elif is_event(frame, "fragment:processed"):
            if begin.is_set():
                result = json.loads(frame[2:])[1]
                outcome = result["error"]["code"] if result["status"] == "failed" else result["status"]
                run.results[outcome] = run.results.get(outcome, 0) + 1
            await send()
    await socket.close()


async def saturate(service: StsService, run: AckRun, seconds: float) -> None:
    fragments = speech_fragments()
    begin, until = asyncio.Event(), asyncio.Event()
    async with aiohttp.ClientSession() as client:
        opened = [await open_session(client, service.url, f"bench-{n}") for n in range(ACK_SESSIONS)]
        sockets = [socket for socket, _ in opened if socket]
        run.sessions = len(sockets)
        run.refusals = sorted({code for socket, code in opened if not socket})
        talks = [asyncio.create_task(talk(socket, fragments, run, begin, until)) for socket in sockets]
        await asyncio.sleep(2 * FRAGMENT_TIMEOUT_MS / 1000)
        begin.set()
        server, generator = cpu_seconds(service.pid), time.process_time()
        idle, began = idle_core_seconds(), time.monotonic()
        await asyncio.sleep(seconds)
        took = time.monotonic() - began
        run.server_cores = (cpu_seconds(service.pid) - server) / took
        run.generator_cores = (time.process_time() - generator) / took
        run.idle_cores = (idle_core_seconds() - idle) / took
        until.set()
        await asyncio.wait_for(asyncio.gather(*talks), PATIENCE_S)


def acknowledgements(seconds: float = ACK_SECONDS) -> AckRun:
    say(f"acknowledgements: {ACK_SESSIONS} sessions of speech")
    run = AckRun()
    with StsService(BINARY, LOG_LEVEL="ERROR", WS_MAX_CONNECTIONS="100",
                    FRAGMENT_TIMEOUT_MS=str(FRAGMENT_TIMEOUT_MS)) as service:  # fmt: skip
        service.wait_ready(60)
        asyncio.run(saturate(service, run, seconds))
    return run


# ---- sessions that do nothing


def idle_kib() -> float:
    """Memory of an idle, initialised session."""
    with echo_service(2 * IDLE_SESSIONS) as service:
        RawSession(service.url).close()  # what the first one alone brings in
        time.sleep(0.5)
        before = resident_mib(service.pid)
        sessions = [RawSession(service.url) for _ in range(IDLE_SESSIONS)]
        time.sleep(0.5)
        grown = resident_mib(service.pid) - before
        for session in sessions:
            session.close()
    return 1024 * grown / IDLE_SESSIONS


# ---- the section


def go_apart() -> str:
    """Begins this program anew in a network of its own, which has loopback alone. What the text says of it."""
    if IS_APART in os.environ:
        return (
            "All of this in a network of its own (`unshare --net`): the packet filter that a container engine brings would take\n"
            "its part of every message."
        )
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    inside = [*unshare, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*inside, "true"], stderr=subprocess.DEVNULL).returncode == 0:
        os.execvpe(inside[0], [*inside, sys.executable, *sys.argv], os.environ | {IS_APART: "1"})
    return "The packet filter of this machine, if it has one, took its part of every message."


def echo_row(size: int, sessions: int, runs: EchoRuns) -> str:
    rates = [[run.rate for run in side] for side in (runs.ours, runs.theirs)]
    busy = [f"{100 * statistics.median(run.busy for run in side):.0f} %" for side in (runs.ours, runs.theirs)]
    times = statistics.median(rates[0]) / statistics.median(rates[1])
    figure = f"{times:.1f} times"
    if sessions == max(ECHO_SESSIONS):
        figure = f"**{figure}** (target: {ECHO_TARGET}{'' if times >= ECHO_TARGET else ', missed'})"
    return (
        f"| {size // 1000} kB | {sessions} | {spread(rates[0], 0)} | {busy[0]} | {spread(rates[1], 0)} | {busy[1]} | {figure} |"
    )


def section(runs: int, seconds: float, network: str) -> str:
    for program in (BINARY, LOAD):
        if not program.exists():
            raise SystemExit(f"bench: {program} is not built; run `make bench`, which builds it")
    load = os.getloadavg()[0]
    results = echoes(runs, seconds)
    idle = []
    for run in range(runs):
        say(f"idle sessions {run + 1}/{runs}")
        idle.append(idle_kib())
    acks = acknowledgements()
    versions = f"python-socketio {importlib.metadata.version('python-socketio')} on aiohttp {aiohttp.__version__}"
    rows = "\n".join(echo_row(*what, result) for what, result in results.items())
    outcomes = ", ".join(f"{count} `{outcome}`" for outcome, count in sorted(acks.results.items()))
    refused = ""
    if acks.sessions < ACK_SESSIONS:
        refused = (
            f"\n**Fewer sessions than the target's {ACK_SESSIONS}:** {ACK_SESSIONS - acks.sessions} of {ACK_SESSIONS} "
            f"were refused with `{', '.join(acks.refusals)}`.\n"
        )
    return f"""\
## sts-service

{network}

### Echo

Each session sends `fragment:data` with {WINDOW} outstanding, the server answers each with `fragment:ack` and the same sound in
`fragment:processed`. Round trips for each CPU second of the server process, and how much of one core it used: {max(ECHO_SESSIONS)} sessions keep
it busy, so that is what one core can do; with one session it sleeps and is woken for each message, which is the system's
work and not its own. {runs} runs of {seconds:.0f} s, in turn, beside {versions} running the
same echo (target: {ECHO_TARGET} times as many). 96 kB is 6 s of AAC at 128 kb/s, 128 kB as base64.

| sound | sessions | sts-service | busy | python-socketio | busy | |
|---|---|---|---|---|---|---|
{rows}

### Acknowledgement while the engines are saturated

{acks.sessions} sessions, each always with {WINDOW} fragments of 6 s of speech outstanding, for {ACK_SECONDS:.0f} s; a fragment has {FRAGMENT_TIMEOUT_MS / 1000:.0f} s, so most
are given up in the queue and replaced. Of the {os.cpu_count()} cores the service used {acks.server_cores:.2f}, the load generator {acks.generator_cores:.2f}, and {acks.idle_cores:.2f} were
idle. The generator runs on the same cores: what it waits for them is in the figures. Results: {outcomes}.
{refused}
| `fragment:data` sent to `fragment:ack` received | ms |
|---|---|
| median | {acks.quantile(0.5):.1f} |
| 99th percentile | **{acks.quantile(0.99):.1f}** (target: below 50) |
| longest of {len(acks.latencies_ms)} | {max(acks.latencies_ms):.1f} |

### Idle sessions

| | KiB |
|---|---|
| resident memory for each of {IDLE_SESSIONS} initialised sessions that send nothing | {spread(idle)} |
{busy_note(load)}
```
tools/bench_sts.py               this section alone
sts-service --mode echo          echo, idle sessions; python-socketio: tools/bench_sts_peer.py
FRAGMENT_TIMEOUT_MS={FRAGMENT_TIMEOUT_MS} sts-service --mode full
```
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures sts-service, and prints the section.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--out", type=argparse.FileType("w"), default=sys.stdout)
    options = parser.parse_args()
    network = go_apart()
    print(section(options.runs, options.seconds, network), file=options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
