#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Measures what livedub costs, beside the nearest well-known program in the same run.

    tools/bench.py [--runs N] [--seconds S] [--only passthrough,engines,relay,sts]

Writes bench/README.md. CPU is user + system time from /proc/<pid>/stat over the measured span, as a share of
one core; every figure is the median of the runs, with the lowest and highest behind it.
"""

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench_engines
from bench_figures import ROOT, say, spread

sys.path.insert(0, str(ROOT / "tests"))

from support.processes import (  # noqa: E402
    Livedub,
    Process,
    cpu_seconds,
    free_port,
    publish,
    resident_mib,
    wait_for,
)
from support.rtmp_client import Players  # noqa: E402

BINARY = ROOT / "build/release/apps/livedub"
CLIP = ROOT / "tests/fixtures/test-streams/1-min-nfl.mp4"
PLAYERS = 20
RELAY_SPEED = 20


def cpu_share(pids: list[int], seconds: float) -> list[float]:
    """Percent of one core that each process uses over the span."""
    before, began = [cpu_seconds(pid) for pid in pids], time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    return [100.0 * (cpu_seconds(pid) - start) / took for pid, start in zip(pids, before)]


# ---- one stream, nothing dubbed


def passthrough(runs: int, seconds: float) -> str:
    whole, path_only, relays, servers, memory, grown = [], [], [], [], [], []
    for run in range(runs):
        say(f"passthrough {run + 1}/{runs}: ffmpeg relays the stream through the same server")
        with Livedub(BINARY, "--speech", "off", "--grace", "1s") as program:
            idle_mib = resident_mib(program.pid)
            source = program.url("bench", "cam")
            with publish(CLIP, source, loops=-1):
                program.wait_ready("bench", "cam")
                relay = ["ffmpeg", "-v", "error", "-i", source, "-c", "copy", "-f", "flv", program.url("bench", "copy")]
                with Process(relay) as copier:
                    program.wait_ready("bench", "copy")
                    time.sleep(3)
                    server, ffmpeg = cpu_share([program.pid, copier.pid], seconds)
                    servers.append(server)
                    relays.append(ffmpeg)
                    copier_mib = resident_mib(copier.pid)
            wait_for(lambda: not program.paths().get("live/bench/cam", {}).get("ready"), "the first stream's end")
            say(f"passthrough {run + 1}/{runs}: livedub carries it from in to out")
            with publish(CLIP, program.url("bench", "in"), loops=-1):
                program.wait_ready("bench", "out", 40)
                time.sleep(5)
                total = cpu_share([program.pid], seconds)[0]
                whole.append(total)
                path_only.append(total - servers[-1])
                memory.append(resident_mib(program.pid))
                grown.append(memory[-1] - idle_mib)
            program.stop()
    return f"""\
## One stream, nothing dubbed

720p30 H.264 of 2.5 Mb/s with AAC 44.1 kHz stereo, played from the test clip in real time. livedub decodes the AAC, keeps
15 s of the stream, and encodes the AAC again; `ffmpeg -c copy` only moves packets. Both go through livedub's own server in the
same process run: one publisher in, one player, one publisher back. {runs} runs of {seconds:.0f} s.

| | CPU, % of one core | memory |
|---|---|---|
| livedub, whole process (server and media path) | {spread(whole)} | {statistics.median(memory):.0f} MiB, {statistics.median(grown):.0f} MiB more than idle |
| of it the media path: AAC decode and encode, delay line, pacing | **{spread(path_only)}** (target: 4 at most) | |
| `ffmpeg -c copy`, relaying the same stream | {spread(relays)} | {copier_mib:.0f} MiB |
| the server's share of that relay | {spread(servers)} | |

```
livedub up --speech off                              the whole process while live/bench/in is published
ffmpeg -i …/live/bench/cam -c copy -f flv …/copy     the relay
```
"""


# ---- engines


def engines() -> str:
    say("engines: one dubbed minute")
    with tempfile.TemporaryDirectory() as folder:
        with Livedub(BINARY, "--captions", folder, "--grace", "1s") as program:
            names = next(line for line in program.banner if line.startswith("engines")).split(maxsplit=1)[1]
            began, cpu = time.monotonic(), cpu_seconds(program.pid)
            with publish(CLIP, program.url("bench", "in")) as publisher:
                publisher.wait(90)
            wait_for(lambda: not program.paths(), "the end of the stream", 40, 0.2)
            took, used = time.monotonic() - began, cpu_seconds(program.pid) - cpu
            peak = resident_mib(program.pid, peak=True)
            program.stop()
        lines = (Path(folder) / "bench.transcript.jsonl").read_text().splitlines()
    fragments = [json.loads(line) for line in lines]
    dubbed = [fragment for fragment in fragments if fragment["audio"] == "dubbed"]
    rows = []
    for stage, key, name in zip(("recognise", "translate", "speak and fit"),
                                ("recognise_ms", "translate_ms", "synthesise_ms"), names.split(" > ")):  # fmt: skip
        factors = [fragment[key] / (fragment["end_ms"] - fragment["start_ms"]) for fragment in dubbed]
        slowest = max(fragment[key] for fragment in dubbed)
        rows.append(f"| {stage} | {name} | {statistics.median(factors):.4f} | {max(factors):.4f} | {slowest} ms |")
    totals = sorted(fragment["total_ms"] for fragment in dubbed)
    return f"""\
## Engines

Wall-clock time of each stage over the length of the fragment it worked on: {len(dubbed)} dubbed fragments of one live minute. Below 1 is
faster than real time.

| stage | engine | real-time factor, median | worst | slowest fragment |
|---|---|---|---|---|
{chr(10).join(rows)}

A fragment took {totals[len(totals) // 2]} ms in the middle and {totals[-1]} ms at most, of 8000 allowed. The whole process used \
{100 * used / took:.0f} % of one core and {peak:.0f} MiB at most.

```
livedub up --captions DIR        timings from DIR/bench.transcript.jsonl
```
"""


# ---- the server alone


def nginx_config(folder: Path, port: int) -> Path:
    path = folder / "nginx.conf"
    path.write_text(f"""\
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
rtmp {{ server {{ listen 127.0.0.1:{port}; chunk_size 4096; application live {{ live on; }} }} }}
""")
    return path


def relay_once(port: int, pid: int, name: str) -> tuple[float, float]:
    """(CPU seconds per Gbit sent, Gbit/s) of a server that passes one fast stream to many players."""
    app, _, rest = name.partition("/")
    # Players first: some servers refuse a stream nobody publishes, so the publisher runs a moment ahead.
    command = ["ffmpeg", "-v", "error", "-stream_loop", "5", "-readrate", str(RELAY_SPEED), "-i", str(CLIP), "-c", "copy",
               "-f", "flv", f"rtmp://127.0.0.1:{port}/{name}"]  # fmt: skip
    with Process(command) as publisher:
        time.sleep(1.0)
        players = Players(port, app, rest, PLAYERS)
        try:
            time.sleep(1.0)
            bytes_before, cpu_before, began = players.received, cpu_seconds(pid), time.monotonic()
            publisher.wait(60)
            took = time.monotonic() - began
            time.sleep(0.5)
            gbit = (players.received - bytes_before) * 8e-9
            return (cpu_seconds(pid) - cpu_before) / gbit, gbit / took
        finally:
            players.close()


def relay(runs: int) -> str:
    if shutil.which("nginx") is None:
        raise SystemExit("bench: nginx is not installed; run tools/setup.sh bench")
    ours, theirs = [], []
    for run in range(runs):
        say(f"relay {run + 1}/{runs}: livedub")
        with Livedub(BINARY, "--speech", "off") as program:
            ours.append(relay_once(program.rtmp_port, program.pid, "live/relay/cam"))
            program.stop()
        say(f"relay {run + 1}/{runs}: nginx")
        with tempfile.TemporaryDirectory() as name:
            folder, port = Path(name), free_port()
            with Process(["nginx", "-p", name, "-c", str(nginx_config(folder, port))]) as server:
                wait_for(lambda: (folder / "nginx.pid").exists(), "nginx")
                # The master only watches; the work is done by its one child.
                children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
                worker = wait_for(lambda: children.read_text().split(), "nginx worker")[0]
                theirs.append(relay_once(port, int(worker), "live/relay"))
                server.stop()
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip().split("/")[-1]

    def row(name: str, values: list[tuple[float, float]]) -> str:
        return f"| {name} | {spread([v[0] for v in values], 2)} | {spread([v[1] for v in values], 2)} |"

    return f"""\
## The media server alone

One publisher at {RELAY_SPEED} times real time (about {RELAY_SPEED * 2.6:.0f} Mb/s), {PLAYERS} players that read and discard. CPU seconds of the server
process for each gigabit that reached the players. {runs} runs, in turn.

| server | CPU s per Gbit | Gbit/s delivered |
|---|---|---|
{row("livedub", ours)}
{row(f"nginx {version} with libnginx-mod-rtmp", theirs)}

```
ffmpeg -stream_loop 5 -readrate {RELAY_SPEED} -i 1-min-nfl.mp4 -c copy -f flv rtmp://…     players: tests/support/rtmp_client.py
livedub up --speech off                                              nginx: one worker, chunk_size 4096, live on
```
"""


def sts(runs: int) -> str:
    """In a process of its own, which goes where there is nothing but loopback."""
    with tempfile.NamedTemporaryFile("r") as text:
        script = Path(__file__).with_name("bench_sts.py")
        subprocess.run([sys.executable, script, "--runs", str(runs), "--out", text.name], check=True)
        return text.read()


def machine() -> str:
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True).stdout.split()[2]
    return f"{os.cpu_count()} cores of {model}; ffmpeg {ffmpeg}; release build; {datetime.date.today()}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures, and writes bench/README.md.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--only", default="passthrough,engines,relay,sts")
    parser.add_argument("--out", type=Path, default=ROOT / "bench/README.md")
    options = parser.parse_args()
    if not BINARY.exists():
        raise SystemExit(f"bench: {BINARY} is not built; run `make release`")
    if not CLIP.exists():
        raise SystemExit(f"bench: there is no {CLIP}; run `make fixtures`")
    wanted = options.only.split(",")
    parts = [
        "# What it costs\n\nMade by `make bench` (tools/bench.py); run it again rather than trust a number from another machine.\n"
        f"\nMeasured on {machine()}.\nEvery figure is a median with lowest and highest in brackets.\n"
    ]
    if "passthrough" in wanted:
        parts.append(passthrough(options.runs, options.seconds))
    if "engines" in wanted:
        parts.append(engines())
        parts.append(bench_engines.section(options.runs))
    if "relay" in wanted:
        parts.append(relay(options.runs))
    if "sts" in wanted:
        parts.append(sts(options.runs))
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text("\n".join(parts))
    say(f"wrote {os.path.relpath(options.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
