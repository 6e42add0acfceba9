# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0

import subprocess
from pathlib import Path

import pytest
from support.media_service import MediaService, Relay
from support.sts_service import StsService
from support.translation_server import KEY, TranslationServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def gortmp() -> Path:
    """The RTMP peer on MediaMTX's library. A test that wants it is skipped where Go or the library is not to be had."""
    made = subprocess.run([ROOT / "tools/gortmp.sh"], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.fail(f"tools/gortmp.sh: {made.stderr}", pytrace=False)
    if not made.stdout:
        pytest.skip(made.stderr.strip().splitlines()[-1])
    return Path(made.stdout.strip())


@pytest.fixture(scope="session")
def sts_binary(built):
    return built("apps/sts-service")


@pytest.fixture
def server():
    with TranslationServer() as running:
        yield running


@pytest.fixture
def service(sts_binary):
    """Starts sts-service; what is not about a time limit is given time, as the machine may be busy."""
    running = []

    def start(settings: dict[str, str], **limits: str) -> StsService:
        patience = {f"{what}_TIMEOUT_MS": "60000" for what in ("FRAGMENT", "ASR", "TRANSLATION", "TTS")}
        running.append(StsService(sts_binary, **patience | settings | limits))
        running[-1].wait_ready()
        return running[-1]

    yield start
    for program in running:
        assert program.stop() == 0
        assert KEY not in program.stdout + program.stderr


@pytest.fixture(scope="session")
def source(tmp_path_factory) -> Path:
    """Forty seconds of small pictures, a keyframe a second, and a tone."""
    path = tmp_path_factory.mktemp("source") / "source.flv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=320x180:r=15:d=40", "-f", "lavfi", "-i",
         "sine=r=44100:d=40", "-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p",
         "-c:a", "aac", "-ac", "2", path],
        check=True,
    )  # fmt: skip
    return path


@pytest.fixture(scope="session")
def sentence(tmp_path_factory):
    """A sentence in a file of four seconds, as sent: AAC in MP4."""
    folder = tmp_path_factory.mktemp("speech")
    spoken = folder / "spoken.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", "The people of this country want to work.", "-o", str(spoken)],
                   check=True)  # fmt: skip
    target = folder / "sentence.m4a"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(spoken), "-af", "apad", "-t", "4", "-ar", "44100", "-ac", "2",
                    str(target)], check=True)  # fmt: skip
    return target.read_bytes()


@pytest.fixture(scope="module")
def relay(build):
    with Relay(build) as running:
        yield running


@pytest.fixture
def serve(build, relay, tmp_path):
    """Starts services that are ended with the test: short segments, delay and grace."""
    started = []

    def start(**settings: str) -> MediaService:
        defaults = {
            "MEDIAMTX_RTMP_URL": relay.rtmp_url,
            "WORKER_SEGMENT_DIR": str(tmp_path / "segments"),
            "SKIP_STS_CONNECTION": "true",
            "WORKER_SEGMENT_DURATION": "1s",
            "OUTPUT_DELAY": "2s",
            "ORCH_GRACE_PERIOD": "1s",
        }
        started.append(MediaService(build, **(defaults | settings)))
        return started[-1]

    yield start
    for service in started:
        service.kill()
