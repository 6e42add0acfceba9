# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""media-service behind MediaMTX itself, with the configuration and the hook that are deployed.

Skipped where there is no MediaMTX: none on PATH, no MEDIAMTX_BINARY, and none that tools/mediamtx.sh could make. Nobody
waits for a new reader there: it begins at a keyframe that is still to come, and a path is ready two seconds after its
publisher began.
"""

import pytest
from support import h264, marks, mediamtx, prometheus
from support.flv import Recording
from support.processes import Reader, free_port, publish, wait_for
from support.sts_service import StsService

WORKER = "media_service_worker_"
GOP = 60  # pictures, in the clip
AV_LIMIT_MS = 45


@pytest.fixture(scope="module")
def binary():
    return mediamtx.find() or pytest.skip("there is no MediaMTX here: tools/mediamtx.sh says why")


@pytest.fixture
def beside(binary, serve, tmp_path):
    """MediaMTX, whose hooks call the service at a port; and what starts the service there."""
    port = free_port()
    with mediamtx.MediaMtx(binary, tmp_path, f"http://127.0.0.1:{port}") as server:

        def start(**settings: str):
            return serve(PORT=str(port), MEDIAMTX_RTMP_URL=server.rtmp_url, MEDIAMTX_API_URL=server.api_url, **settings)

        yield server, start


@pytest.fixture(scope="module")
def clip_part(clip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    return lambda *options: marks.remux(clip.mp4, folder / f"{''.join(options)}.flv", "-t", "20", *options)


@pytest.fixture
def echo(sts_binary):
    with StsService(sts_binary, "--mode", "echo") as running:
        running.wait_ready()
        yield running


def count(service, name: str, stream: str) -> float:
    return prometheus.total(service.metrics(), WORKER + name, stream_id=stream)


def test_its_hooks_begin_and_end_a_stream_that_is_dubbed(beside, clip_part, echo):
    server, start = beside
    service = start(STS_SERVICE_URL=echo.url, SKIP_STS_CONNECTION="false", OUTPUT_DELAY="6s")
    path = clip_part()
    source = h264.picture_digests(Recording.load(path))
    with publish(path, server.url("game", "in") + "?lang=fr") as publisher:
        server.wait_ready("game", "out")
        assert service.stream("game")["options"]["target_language"] == "fr"
        with Reader(server.url("game", "out")) as reader:
            assert publisher.wait(40) == 0, publisher.describe()
            service.wait_state("game", "stopped", 40)
            server.wait_gone("game", "out")
            reader.process.wait(15)
    received = h264.picture_digests(reader.recording)
    begin = h264.align(source, received)
    assert begin >= 0 and len(received) >= 4 * GOP and reader.recording.pictures()[0].is_keyframe
    assert begin + len(received) >= len(source) - 15, "the last pictures are not there"
    offsets = [offset.offset_ms for offset in marks.av_offsets(reader.recording)]
    assert len(offsets) >= 6 and max(map(abs, offsets)) <= AV_LIMIT_MS, offsets
    assert count(service, "dubbed_seconds_total", "game") >= 8
    for name in ("output_reconnects_total", "input_discontinuities_total", "restarts_total"):
        assert count(service, name, "game") == 0, name


@pytest.mark.parametrize("query", ["", "?mode=passthrough"], ids=["original", "passthrough"])
def test_pictures_alone_are_published_together_with_silence(beside, clip_part, query):
    server, start = beside
    service = start(SKIP_STS_CONNECTION=str(not query).lower())
    with publish(clip_part("-an"), server.url("still", "in") + query):
        first = server.wait_ready("still", "out")["source"]["id"]
        with Reader(server.url("still", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.pictures()) > GOP, "pictures", 20)
            wait_for(lambda: len(viewer.recording.sounds()) > GOP, "silence", 20)
        path = server.path("still", "out")
        assert path["source"]["id"] == first and path["tracks"] == ["H264", "MPEG-4 Audio"]
        assert count(service, "output_reconnects_total", "still") == 0


def test_a_stream_that_was_there_before_is_found(beside, clip_part):
    server, start = beside
    with publish(clip_part(), server.url("before", "in")):
        server.wait_ready("before", "in")
        service = start()
        service.wait_state("before", "running")
        server.wait_ready("before", "out")
