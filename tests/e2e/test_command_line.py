# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Starting, refusing to start, and stopping."""

import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest
from support.processes import Livedub, Process, publish

UP = ("up", "--rtmp", "127.0.0.1:0", "--api", "127.0.0.1:0", "--metrics", "127.0.0.1:0")


def test_the_banner_says_where_everything_is(livedub):
    with Livedub(livedub) as program:
        shapes = [
            r"livedub \d+\.\d+\.\d+ +en -> es",
            r"in +rtmp://127\.0\.0\.1:\d+/live/<id>/in",
            r"out +rtmp://127\.0\.0\.1:\d+/live/<id>/out +15\.0 s later",
            r"engines +pocketsphinx-en-us > apertium > espeak-ng",
            r"watch +http://127\.0\.0\.1:\d+/v3/paths/list +http://127\.0\.0\.1:\d+/metrics",
        ]
        for shape, line in zip(shapes, program.banner, strict=True):
            assert re.fullmatch(shape, line), line
        assert program.paths() == {}
        assert program.stop() == 0


@pytest.mark.parametrize("flag", ["--rtmp", "--api", "--metrics"])
def test_a_port_in_use_is_one_line_and_exit_3(livedub, flag):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ports = [part for name in ("--rtmp", "--api", "--metrics")
                 for part in (name, address if name == flag else "127.0.0.1:0")]  # fmt: skip
        with Process([livedub, "up", *ports]) as program:
            assert program.wait(30) == 3
            assert len(program.err) == 1 and address in program.stderr, program.describe()


@pytest.mark.parametrize(
    "wrong",
    [
        ["--no-such-flag"],
        ["--to", "klingon"],
        ["--segment", "soon"],
        ["--segment", "90s"],
        ["--rtmp", "127.0.0.1:99999"],
        ["--original-audio", "louder"],
        ["--speech", "maybe"],
    ],
    ids=lambda wrong: " ".join(wrong),
)
def test_bad_usage_is_one_clear_line_and_exit_2(livedub, wrong):
    with Process([livedub, *UP, *wrong]) as program:
        assert program.wait(30) == 2, program.describe()
        assert 1 <= len(program.err) <= 3, program.describe()
        assert wrong[0].lstrip("-") in program.stderr or wrong[-1] in program.stderr
        assert program.stdout == ""


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_in_mid_stream(livedub, short_clip, sig):
    with Livedub(livedub, "--segment", "1s", "--delay", "2s", "--speech", "off") as program:
        with publish(short_clip, program.url("cut", "in"), loops=5):
            program.wait_ready("cut", "out")
            began = time.monotonic()
            assert program.stop(sig) == 0, program.describe()
            assert time.monotonic() - began < 5.0


def test_asked_to_stop_while_engines_work(livedub, clip):
    with Livedub(livedub) as program:
        with publish(clip.mp4, program.url("busy", "in")):
            # The first fragment is on its way to the engines once its six seconds are over.
            program.wait_ready("busy", "in")
            deadline = time.monotonic() + 7.0
            while time.monotonic() < deadline and program.running:
                time.sleep(0.1)
            assert program.stop(limit_s=10) == 0, program.describe()


def test_help_names_the_commands_and_exit_codes(livedub):
    with Process([livedub, "--help"]) as program:
        assert program.wait(10) == 0
        for word in ("up", "dub", "exit"):
            assert word in program.stdout.lower()


HELPS = ["livedub", "livedub up", "livedub serve", "livedub dub", "livedub doctor", "livedub models", "livedub models list",
         "livedub models pull", "livedub models verify", "livedub models path", "media-service", "sts-service"]  # fmt: skip


@pytest.mark.parametrize("command", HELPS)
def test_help_is_as_it_was(build, golden, command):
    program, *words = command.split()
    with Process([build / "apps" / program, *words, "--help"]) as running:
        assert running.wait(10) == 0
        # Its own name is the path that it was called by, and the version changes without the flags.
        said = running.stdout.replace(str(build / "apps" / program), program).strip("\n") + "\n"
    golden(f"help/{command.replace(' ', '_')}.txt", re.sub(rf"{program} \d+\.\d+\.\d+", f"{program} VERSION", said))
