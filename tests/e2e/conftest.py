# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import subprocess
from pathlib import Path

import pytest
from e2e import minute as minute_run
from e2e.helpers import pipelines


@pytest.fixture(scope="session")
def minute_of(build, livedub, clip, tmp_path_factory):
    """The minute of a deployment: run when it is first asked for, once, however many tests look at it."""
    made = {}

    def minute_of(deployment: str) -> minute_run.Minute:
        if deployment not in made:
            try:
                made[deployment] = minute_run.run(deployment, build, clip.mp4, tmp_path_factory.mktemp("minute"))
            except Exception as problem:  # noqa: BLE001: to be told to every test, not to be tried again by each
                made[deployment] = problem
        if isinstance(made[deployment], Exception):
            raise made[deployment]
        return made[deployment]

    return minute_of


@pytest.fixture(scope="session", params=[minute_run.ONE_PROCESS, pipelines.SERVICES])
def minute(request, minute_of):
    """Whoever looks at a minute looks at both: dubbed by one program, and by three."""
    return minute_of(request.param)


@pytest.fixture(params=pipelines.KINDS)
def kind(request) -> str:
    """Every way in which the pipeline runs; those that this machine has not got say what is missing."""
    reason = pipelines.unavailable(request.param)
    if reason:
        pytest.skip(reason)
    return request.param


@pytest.fixture
def pipeline(kind, build, livedub, tmp_path):
    """Starts a pipeline of the kind under test; it ends with the test."""
    with contextlib.ExitStack() as running:
        yield lambda **settings: running.enter_context(pipelines.start(kind, build, tmp_path, **settings))


@pytest.fixture(scope="session")
def short_clip(clip, tmp_path_factory) -> Path:
    """The clip's first eight seconds, cut at a keyframe; four GOPs."""
    target = tmp_path_factory.mktemp("short") / "short.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(clip.mp4), "-t", "8", "-c", "copy", str(target)], check=True
    )
    return target
