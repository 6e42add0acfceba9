# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/manual-e2e-test.sh, walked through by nobody: on free ports, with a clip of eight seconds."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from support.processes import Process, free_port, wait_for
from support.web import is_ok

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/manual-e2e-test.sh"
NAMES = ("RTMP_PORT", "API_PORT", "METRICS_PORT", "MEDIA_PORT", "STS_PORT")


@pytest.fixture
def settings(build):
    # Whatever this machine's environment says of its own services is not meant for these.
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {name: str(free_port()) for name in NAMES} | {
        "LIVEDUB_BUILD": str(build), "WORKER_SEGMENT_DURATION": "4s", "OUTPUT_DELAY": "10s"}  # fmt: skip


@pytest.mark.timeout(150)
def test_every_step_passes_and_says_what_to_expect(livedub, settings, short_clip):
    with Process([SCRIPT, "--yes", "--clip", short_clip], env=settings) as walk:
        code = walk.wait(120)
    assert code == 0, walk.describe()
    steps = re.findall(r"^== (\d+)\. (\w+)\n   does:   \S.*\n   expect: \S.*$", walk.stdout, re.M)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1)) and len(steps) >= 8
    assert "aac h264" in walk.stdout and "were dubbed" in walk.stdout
    check_nothing_runs(settings)


def test_what_does_not_start_is_said_and_ended(livedub, settings, short_clip):
    """media-service refuses its settings; the other two must not be left running."""
    with Process([SCRIPT, "--yes", "--clip", short_clip], env=settings | {"OUTPUT_DELAY": "a while"}) as walk:
        assert walk.wait(60) == 1, walk.describe()
    assert "media-service has ended" in walk.stderr and "OUTPUT_DELAY" in walk.stderr and "README" in walk.stderr
    check_nothing_runs(settings)


def test_an_unknown_option_shows_the_known_ones():
    done = subprocess.run([SCRIPT, "--wait"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2 and "--yes" in done.stdout and "--containers" in done.stdout


def check_nothing_runs(settings) -> None:
    for name in ("API_PORT", "MEDIA_PORT", "STS_PORT"):
        wait_for(lambda: not is_ok(f"http://127.0.0.1:{settings[name]}/"), f"end of what took {name}")
