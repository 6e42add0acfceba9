# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What `make demo` runs after the build, on free ports: it succeeds, or says in one line why not."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.processes import Process

ROOT = Path(__file__).resolve().parents[2]
FREE = ("--rtmp", "127.0.0.1:0", "--api", "127.0.0.1:0", "--metrics", "127.0.0.1:0")


def demo(livedub: Path, out: Path, *flags: str) -> Process:
    build = livedub.parent.parent
    return Process([sys.executable, ROOT / "tools/demo.py", *FREE, "--build", build, "--out", out, *flags])


def programs_with(word: str) -> list[str]:
    """Command lines of running programs that contain the word."""
    lines = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue  # it has just ended
    return [line for line in lines if word in line]


@pytest.mark.timeout(240)
def test_the_demo_dubs_a_minute_and_leaves_its_files(livedub, clip, tmp_path):
    with demo(livedub, tmp_path) as run:
        assert run.wait(180) == 0, run.describe()
    assert run.stderr == ""
    assert [line for _, line in run.out if len(line) > 100 and str(tmp_path.name) not in line] == []
    assert len(re.findall(r"^ +\d+:\d\d-\d+:\d\d +(?:dubbed|original) ", run.stdout, re.M)) >= 10
    for row in ("fragments", "added delay", "A/V offset", "picture", "sound", "recognition", "real-time factor"):
        assert re.search(rf"^  {re.escape(row)} +\S", run.stdout, re.M), f"no '{row}' in the summary"
    assert "1800 of 1800 frames byte-identical" in run.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        "dubbed.mp4", "dubbed.en.vtt", "dubbed.es.vtt", "transcript.jsonl"}  # fmt: skip
    probe = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", tmp_path / "dubbed.mp4"]
    length_s = float(subprocess.run(probe, capture_output=True, text=True, check=True).stdout)
    assert length_s == pytest.approx(60, abs=1)
    fragments = [json.loads(line) for line in (tmp_path / "transcript.jsonl").read_text().splitlines()]
    assert any(fragment["audio"] == "dubbed" for fragment in fragments)


def test_a_port_in_use_is_one_line_and_exit_3(livedub, clip, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with demo(livedub, tmp_path, "--rtmp", address) as run:
            assert run.wait(60) == 3, run.describe()
    assert len(run.err) == 1 and address in run.stderr


def test_a_missing_build_is_one_line_and_exit_1(livedub, clip, tmp_path):
    with demo(livedub, tmp_path / "out", "--build", tmp_path) as run:
        assert run.wait(60) == 1
    assert len(run.err) == 1 and "make release" in run.stderr


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_running(livedub, clip, tmp_path, sig):
    with demo(livedub, tmp_path) as run:
        deadline = time.monotonic() + 30
        while "ffplay" not in run.stdout and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.0)  # well into publishing
        assert run.stop(sig, 15) == 128 + sig, run.describe()
    address = re.search(r"127\.0\.0\.1:\d+/live/demo", run.stdout)[0]
    assert programs_with(str(tmp_path)) == [] and programs_with(address) == []
