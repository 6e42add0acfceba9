# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0

import subprocess
from pathlib import Path

import pytest
from e2e import minute as minute_run


@pytest.fixture(scope="session", params=["one process", "services"])
def minute(request, build, clip, tmp_path_factory):
    """Whoever looks at a minute looks at both: dubbed by one program, and by three."""
    return minute_run.run(request.param, build, clip.mp4, tmp_path_factory.mktemp("minute"))


@pytest.fixture(scope="session")
def short_clip(clip, tmp_path_factory) -> Path:
    """The clip's first eight seconds, cut at a keyframe; four GOPs."""
    target = tmp_path_factory.mktemp("short") / "short.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(clip.mp4), "-t", "8", "-c", "copy", str(target)], check=True
    )
    return target
