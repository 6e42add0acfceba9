# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What media-service does with streams, and what it says of them: outputs that are lost, timestamps that jump,
publishers that come and go, streams beside streams, segments on disk, and the metrics of all that.

As in test_media_service.py the media server is the built-in one and the tests send the hooks.
"""

import asyncio
import subprocess
import uuid
from pathlib import Path

import numpy as np
import pytest
from support import audio, h264, marks, prometheus
from support.flv import Recording
from support.media_service import MediaService, MediaServiceApi
from support.processes import Reader, Unexpected, publish, wait_for
from support.rtmp_gate import RtmpGate
from support.rtmp_publisher import RtmpPublisher
from support.sts_service import StsService

pytest.importorskip("socketio", reason="needs python3-socketio")
from support.sts_peer import StsPeer  # noqa: E402

WORKER = "media_service_worker_"
RATE = 44100
FRAME_S = 1024 / RATE
AV_LIMIT_MS = 120
LAG_MS = 500
# Settings of services that dub: the answers have plenty of time, even while something else has the cores.
DUBS = {"SKIP_STS_CONNECTION": "false", "OUTPUT_DELAY": "6s"}


def total(service: MediaServiceApi, name: str, **labels: str) -> float:
    """Of what media-service counts per stream; KeyError when there is no such series."""
    return prometheus.total(service.metrics(), WORKER + name, **labels)


def so_far(service: MediaServiceApi, name: str, **labels: str) -> float:
    """The same for what is being waited for: its series may not be there yet."""
    try:
        return total(service, name, **labels)
    except KeyError:
        return 0.0


def fallbacks(service: MediaServiceApi, stream: str) -> dict[str, float]:
    """How many segments played their original, by reason."""
    return {sample.labels["reason"]: sample.value for sample in service.metrics()
            if sample.name == f"{WORKER}fallback_total" and sample.labels["stream_id"] == stream
            and sample.value}  # fmt: skip


def begin(service: MediaService, relay, stream: str, **hook) -> str:
    """Tells the service of a publisher that is there. @return The publisher's name."""
    source_id = relay.wait_ready(stream, "in")["source"]["id"]
    assert service.hook("ready", f"live/{stream}/in", source_id, **hook)[0] == 200
    return source_id


def expect(service: MediaService, relay, stream: str, **hook) -> str:
    """Tells the service of a publisher that is to come, so that nothing of it is missed. @return As begin()."""
    wait_for(lambda: not relay.path(stream, "in"), "the end of what was there before")
    source_id = str(uuid.uuid4())
    assert service.hook("ready", f"live/{stream}/in", source_id, **hook)[0] == 200
    wait_for(lambda: relay.path(stream, "in").get("readers"), "the service at the input")
    return source_id


def end(service: MediaService, stream: str, source_id: str) -> dict:
    assert service.hook("not-ready", f"live/{stream}/in", source_id)[0] == 200
    try:
        return service.wait_state(stream, "stopped")
    except Unexpected as problem:
        raise Unexpected(f"{problem}: {service.stream(stream)}\n{service.stderr[-3000:]}") from None


def wait_none_active(service: MediaService) -> None:
    """The gauge is set a moment after a stream is called stopped."""
    wait_for(lambda: prometheus.total(service.metrics(), "media_service_active_streams") == 0, "no active stream")


def wait_lag(service: MediaService, stream: str, expected_ms: int) -> None:
    """The gauge is that of the last picture alone."""
    wait_for(lambda: abs(total(service, "output_lag_ms", stream_id=stream) - expected_ms) <= LAG_MS, "the lag")


# ---- the output is lost


def check_goes_on(service: MediaService, relay, stream: str, watched: Reader) -> None:
    """After its output was lost once: on air again, for who stays and for who comes; and nothing else happened."""
    seen = len(watched.recording.pictures())
    wait_for(lambda: len(watched.recording.pictures()) > seen + 15, "pictures for the viewer who stays")
    with Reader(relay.url(stream, "out")) as newcomer:
        wait_for(lambda: len(newcomer.recording.pictures()) > 15, "pictures for a new viewer")
        wait_for(lambda: len(newcomer.recording.sounds()) > 15, "sound for a new viewer")
    assert newcomer.recording.pictures()[0].is_keyframe
    samples = service.metrics()
    assert prometheus.total(samples, f"{WORKER}output_reconnects_total", stream_id=stream) == 1
    assert prometheus.total(samples, f"{WORKER}errors_total", stream_id=stream, error_type="output") >= 1
    assert prometheus.total(samples, f"{WORKER}pipeline_state", stream_id=stream, pipeline="output") == 1
    assert prometheus.total(samples, f"{WORKER}restarts_total", stream_id=stream) == 0
    # What was due while nobody took it is not sent late.
    wait_lag(service, stream, 2000)
    shown = service.stream(stream)
    assert shown["state"] == "running" and shown["counters"]["output_reconnects"] == 1


def test_an_output_that_another_takes_over_is_taken_back(serve, relay, source):
    service = serve()
    with publish(source, relay.url("lost", "in")):
        begin(service, relay, "lost")
        first = relay.wait_ready("lost", "out")["source"]["id"]
        reader = relay.path("lost", "in")["readers"]
        # The usurper has no pictures: those that are seen afterwards are ours.
        with publish(source, relay.url("lost", "out"), "-vn") as usurper:
            wait_for(lambda: relay.path("lost", "out").get("source", {}).get("id") not in (None, first), "the usurper")
            second = relay.path("lost", "out")["source"]["id"]
            wait_for(lambda: so_far(service, "output_reconnects_total", stream_id="lost") == 1, "a reconnection")
            assert usurper.wait(10) != 0, "the usurper was not told to go"
        with Reader(relay.url("lost", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.pictures()) > 15, "pictures")
            assert relay.path("lost", "out")["source"]["id"] not in (first, second)
            check_goes_on(service, relay, "lost", viewer)
        assert relay.path("lost", "in")["readers"] == reader, "the input was connected anew"


def test_an_output_that_the_server_drops_comes_back(serve, relay, source):
    with RtmpGate(int(relay.rtmp_url.rsplit(":", 1)[1])) as gate:
        service = serve(MEDIAMTX_RTMP_URL=f"rtmp://127.0.0.1:{gate.port}")
        with publish(source, relay.url("drop", "in")):
            begin(service, relay, "drop")
            first = relay.wait_ready("drop", "out")["source"]["id"]
            reader = relay.path("drop", "in")["readers"]
            segments = {"name": "segments_processed_total", "stream_id": "drop", "type": "audio"}
            wait_for(lambda: so_far(service, **segments) > 0, "a segment")
            assert gate.drop_publishers() == 1
            wait_for(lambda: so_far(service, "output_reconnects_total", stream_id="drop") == 1, "a reconnection")
            assert relay.wait_ready("drop", "out")["source"]["id"] != first
            before = total(service, **segments)
            with Reader(relay.url("drop", "out")) as viewer:
                check_goes_on(service, relay, "drop", viewer)
            assert relay.path("drop", "in")["readers"] == reader, "the input was connected anew"
            wait_for(lambda: total(service, **segments) > before + 1, "segments after the loss")


# ---- why the original plays


def test_the_same_language_is_not_dubbed(serve, relay, source):
    with StsPeer() as peer:
        service = serve(STS_SERVICE_URL=peer.url, SKIP_STS_CONNECTION="false")
        with publish(source, relay.url("same", "in")):
            begin(service, relay, "same", query="src=en-GB&lang=en")
            wait_for(lambda: fallbacks(service, "same").get("same_language", 0) >= 2, "segments that are not dubbed")
            with Reader(relay.url("same", "out")) as viewer:
                wait_for(lambda: len(viewer.recording.pictures()) > 15, "pictures")
                wait_for(lambda: len(viewer.recording.sounds()) > 15, "sound")
            assert service.stream("same")["options"]["mode"] == "passthrough"
            assert set(fallbacks(service, "same")) == {"same_language"}
            assert total(service, "sts_fragments_sent_total", stream_id="same") == 0
            assert total(service, "dubbed_seconds_total", stream_id="same") == 0
            assert total(service, "output_delay_target_ms", stream_id="same") <= 1000
    assert not [fragment for session in peer.sessions for fragment in session.fragments]


@pytest.mark.parametrize(
    ("segment", "sent_ms", "tail"),
    [
        ("1s", [1000, 1000, 1000], "original"),  # 0.4 s are left
        ("2s", [2000, 1400], "dubbed"),
    ],
)
def test_a_tail_is_dubbed_unless_it_is_short(serve, relay, source, tmp_path, segment, sent_ms, tail):
    """Nothing of the sound is lost either way, and what is dubbed is stored as it came."""
    length_s = 3.4
    with StsPeer() as peer:
        service = serve(STS_SERVICE_URL=peer.url, WORKER_SEGMENT_DURATION=segment, **DUBS)
        source_id = expect(service, relay, "tail")
        with publish(source, relay.url("tail", "in"), "-t", str(length_s)) as publisher:
            assert publisher.wait(20) == 0
        end(service, "tail", source_id)
        fragments = peer.session.fragments
    assert [fragment["sequence_number"] for fragment in fragments] == list(range(len(sent_ms)))
    assert [fragment["audio"]["duration_ms"] for fragment in fragments] == pytest.approx(sent_ms, abs=100)
    assert fallbacks(service, "tail") == ({"short_tail": 1} if tail == "original" else {})
    dubbed = total(service, "dubbed_seconds_total", stream_id="tail")
    assert dubbed == pytest.approx(sum(sent_ms) / 1000, abs=0.1)
    original = total(service, "original_seconds_total", stream_id="tail")
    assert dubbed + original == pytest.approx(length_s, abs=0.1)

    folder = tmp_path / "segments/tail/tail"
    kept = [folder / f"{number:06}_audio_dubbed.m4a" for number in range(len(fragments))]
    assert sorted(folder.glob("*_dubbed.m4a")) == kept
    assert [file.read_bytes() for file in kept] == [fragment["bytes"] for fragment in fragments]
    originals = [folder / f"{number:06}_audio.m4a" for number in range(len(fragments))]
    assert segment_files(folder)[: len(fragments)] == originals


def test_passthrough_of_silence_copies_it(serve, relay, source, tmp_path):
    """A track without any sound in it is sound as any other."""
    silent = tmp_path / "silent.flv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", source, "-f", "lavfi", "-i", "anullsrc=r=44100", "-map", "0:v", "-map", "1:a",
         "-c:v", "copy", "-c:a", "aac", "-t", "20", silent],
        check=True,
    )  # fmt: skip
    service = serve(SKIP_STS_CONNECTION="false")
    with publish(silent, relay.url("hush", "in")):
        begin(service, relay, "hush", query="mode=passthrough")
        relay.wait_ready("hush", "out")
        with Reader(relay.url("hush", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.pictures()) > 45, "pictures")
            wait_for(lambda: len(viewer.recording.sounds()) > 100, "sound")
        sent = {tag.body for tag in Recording.load(silent).sounds()}
        assert all(tag.body in sent for tag in viewer.recording.sounds()), "the sound was not copied"
        assert set(fallbacks(service, "hush")) == {"passthrough"}
        assert service.stream("hush")["state"] == "running"


def test_passthrough_of_pictures_alone_gets_a_silent_track(serve, relay, source):
    service = serve(SKIP_STS_CONNECTION="false")
    with publish(source, relay.url("still", "in"), "-an"):
        begin(service, relay, "still", query="mode=passthrough")
        wait_for(lambda: so_far(service, "errors_total", stream_id="still", error_type="no_audio") == 1, "no_audio")
        relay.wait_ready("still", "out")
        with Reader(relay.url("still", "out")) as viewer:
            # The viewer may come before the silence does: ffmpeg looks for sound first, with a patience of its own.
            wait_for(lambda: len(viewer.recording.pictures()) > 45, "pictures", 30)
            wait_for(lambda: len(viewer.recording.sounds()) > 60, "a silent track", 30)
        pcm, _ = marks.decode_audio(viewer.recording)
        assert not pcm.any()
        source_digests = set(h264.picture_digests(Recording.load(source)))
        assert set(h264.picture_digests(viewer.recording)) <= source_digests
        stream = service.stream("still")
        assert stream["state"] == "running" and stream["options"]["mode"] == "passthrough"
        assert total(service, "restarts_total", stream_id="still") == 0


# ---- what the metrics say

# Section 5: the labels of each metric of a stream.
LABELS = {
    **{name: {"stream_id"} for name in (
        "sts_fragments_sent_total", "sts_processing_latency_seconds", "sts_inflight_fragments", "sts_connected",
        "sts_reconnections_total", "circuit_breaker_state", "circuit_breaker_failures_total",
        "circuit_breaker_fallbacks_total", "av_sync_delta_ms", "av_offset_ms", "av_sync_corrections_total",
        "av_buffer_video_size", "av_buffer_audio_size", "output_lag_ms", "output_delay_target_ms",
        "dubbed_seconds_total", "original_seconds_total", "input_discontinuities_total", "output_reconnects_total",
        "restarts_total")},
    "segments_processed_total": {"stream_id", "type"}, "segments_bytes_total": {"stream_id", "type"},
    "sts_fragments_processed_total": {"stream_id", "status"}, "pipeline_state": {"stream_id", "pipeline"},
    "backpressure_events_total": {"stream_id", "action"},
}  # fmt: skip
WHEN_THERE_IS_ONE = {"fallback_total": {"stream_id", "reason"}, "errors_total": {"stream_id", "error_type"}}


def check_labels(service: MediaServiceApi, expected: dict[str, set[str]]) -> None:
    samples = service.metrics()
    labels = prometheus.labels(samples)
    assert {name: labels.get(WORKER + name) for name in expected} == expected
    assert prometheus.buckets(samples, WORKER + "sts_processing_latency_seconds") == [0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15]
    assert np.isfinite([sample.value for sample in samples]).all()
    assert not any("}" in value for sample in samples for value in sample.labels.values())


@pytest.fixture
def echo(sts_binary):
    with StsService(sts_binary, "--mode", "echo") as running:
        running.wait_ready()
        yield running


def test_the_metrics_of_a_stream_that_is_dubbed(serve, relay, source, echo):
    service = serve(STS_SERVICE_URL=echo.url, **DUBS)
    labels = {"stream_id": "told"}
    with publish(source, relay.url("told", "in")):
        source_id = begin(service, relay, "told")
        relay.wait_ready("told", "out")
        wait_for(lambda: so_far(service, "segments_bytes_total", type="video", **labels) > 0, "something on air")
        wait_for(lambda: so_far(service, "dubbed_seconds_total", **labels) >= 3, "three seconds of dub")
        samples = service.metrics()

        def now(name: str, **more: str) -> float:
            return prometheus.total(samples, WORKER + name, **labels, **more)

        assert now("pipeline_state", pipeline="input") == 1 and now("pipeline_state", pipeline="output") == 1
        assert now("sts_connected") == 1 and now("sts_reconnections_total") == 0
        assert 0 <= now("av_sync_delta_ms") < AV_LIMIT_MS and abs(now("av_offset_ms")) < AV_LIMIT_MS
        assert now("output_delay_target_ms") == 6000
        wait_lag(service, "told", 6000)
        check_labels(service, LABELS)
        assert now("sts_fragments_processed_total", status="success") >= 3
        assert now("sts_processing_latency_seconds_count") >= 3
        assert now("sts_fragments_sent_total") >= now("sts_fragments_processed_total")
        assert now("circuit_breaker_state") == 0
        assert now("original_seconds_total") == 0 and fallbacks(service, "told") == {}
        assert now("segments_processed_total", type="audio") == now("segments_processed_total", type="video")
        assert prometheus.total(samples, "media_service_active_streams") == 1
        before = {kind: now("segments_bytes_total", type=kind) for kind in ("audio", "video")}
        assert all(before.values())
        for kind, bytes_then in before.items():
            wait_for(lambda: total(service, "segments_bytes_total", type=kind, **labels) > bytes_then, f"more {kind}")
        end(service, "told", source_id)
    wait_none_active(service)
    samples = service.metrics()
    for name in ("pipeline_state", "sts_connected", "sts_inflight_fragments", "restarts_total",
                 "input_discontinuities_total", "output_reconnects_total"):  # fmt: skip
        assert now(name) == 0, name
    assert prometheus.total(samples, "media_service_degraded_streams") == 0
    wait_for(lambda: echo.total("sts_sessions_active") == 0, "the end of the session")


def test_seconds_and_bytes_are_those_of_the_stream(serve, relay, source):
    length_s = 5.0
    service = serve()
    source_id = expect(service, relay, "sums")
    with publish(source, relay.url("sums", "in"), "-t", str(length_s)) as publisher:
        assert publisher.wait(20) == 0
    end(service, "sums", source_id)
    assert total(service, "original_seconds_total", stream_id="sums") == pytest.approx(length_s, abs=0.1)
    assert total(service, "dubbed_seconds_total", stream_id="sums") == 0
    sent = sum(len(tag.payload) for tag in Recording.load(source).pictures() if tag.pts_ms < length_s * 1000)
    assert total(service, "segments_bytes_total", stream_id="sums", type="video") == pytest.approx(sent, rel=0.1)
    assert total(service, "segments_bytes_total", stream_id="sums", type="audio") > 0


@pytest.mark.parametrize("jump_ms", [100_000, -3000])
def test_a_jump_of_the_timestamps_is_counted_and_played_over(serve, relay, source, jump_ms):
    """The publisher stays and goes on in real time; what it says the time is does not."""
    tags = [tag for tag in Recording.load(source).tags if tag.kind in (8, 9)]
    seam = next(at for at, tag in enumerate(tags) if tag.is_keyframe and tag.dts_ms >= 4000)
    rest = next(at for at, tag in enumerate(tags) if tag.dts_ms >= 12000)
    service = serve()
    port = int(relay.rtmp_url.rsplit(":", 1)[1])
    labels = {"stream_id": "jump"}
    with RtmpPublisher(port, "live", "jump/in") as publisher:
        ahead = next(at for at, tag in enumerate(tags) if tag.dts_ms >= 500)
        origin = publisher.play(tags[:ahead])
        source_id = begin(service, relay, "jump")
        publisher.play(tags[ahead:seam], origin=origin)
        wait_for(lambda: so_far(service, "pipeline_state", pipeline="output", **labels) == 1, "an output")
        with Reader(relay.url("jump", "out")) as viewer:
            assert total(service, "input_discontinuities_total", **labels) == 0
            publisher.play(tags[seam:rest], shift_ms=jump_ms, origin=origin)
            assert total(service, "input_discontinuities_total", **labels) == 1
            end(service, "jump", source_id)
            viewer.process.wait(20)
    assert total(service, "restarts_total", **labels) == 0
    assert service.stream("jump")["counters"]["input_discontinuities"] == 1
    for received in (viewer.recording.pictures(), viewer.recording.sounds()):
        steps = np.diff([tag.dts_ms for tag in received])
        # As long as it took, not as long as was said; 15 pictures and 43 frames of sound a second.
        assert len(steps) > 100 and steps.min() > 0 and steps.max() < 1000
    digests = h264.picture_digests(Recording.load(source))
    assert h264.align(digests, h264.picture_digests(viewer.recording)) >= 0, "pictures were lost at the seam"
    assert abs(audio.packet_drift_ms(viewer.recording, RATE)).max() <= FRAME_S * 1000


# ---- publishers and hooks


def test_a_publisher_that_comes_back_without_a_not_ready(serve, relay, source, tmp_path):
    service = serve(ORCH_GRACE_PERIOD="20s")
    labels = {"stream_id": "again"}
    with publish(source, relay.url("again", "in")):
        first = begin(service, relay, "again")
        output = relay.wait_ready("again", "out")["source"]["id"]
        wait_for(lambda: so_far(service, "segments_processed_total", type="audio", **labels) >= 2, "segments")
    wait_for(lambda: total(service, "pipeline_state", pipeline="input", **labels) == 0, "the end of the input")
    folder = tmp_path / "segments/again/again"
    first_file = wait_for(lambda: segment_files(folder), "files")[0].stat().st_mtime_ns
    before = total(service, "segments_processed_total", type="audio", **labels)
    with publish(source, relay.url("again", "in")):
        second = begin(service, relay, "again")
        assert second != first
        wait_for(lambda: total(service, "pipeline_state", pipeline="input", **labels) == 1, "the input again")
        service.wait_state("again", "running")
        for _ in range(3):  # duplicates, of the one that is and of the one that was
            assert service.hook("ready", "live/again/in", second)[1]["action"] == "worker_started"
        assert service.hook("not-ready", "live/again/in", first)[1]["action"] == "ignored"
        wait_for(lambda: total(service, "segments_processed_total", type="audio", **labels) > before + 1, "segments")
        assert service.stream("again")["state"] == "running"
        assert len(relay.path("again", "in")["readers"]) == 1
        assert relay.path("again", "out")["source"]["id"] == output, "the output was connected anew"
        assert total(service, "restarts_total", **labels) == 0
        # The first file is still the first one, and there are files beyond the first publisher's.
        wait_for(lambda: int(segment_files(folder)[-1].name[:6]) >= before, "files of the second publisher")
        assert (folder / "000000_audio.m4a").stat().st_mtime_ns == first_file, "the numbers began anew"


def test_hooks_that_come_twice_or_too_late(serve, relay, source):
    service = serve(WORKER_READY_TIMEOUT="4s")
    with publish(source, relay.url("twice", "in")):
        source_id = begin(service, relay, "twice")
        service.wait_state("twice", "running")
        for _ in range(2):
            status, body = service.hook("not-ready", "live/twice/in", source_id)
            assert (status, body["status"], body["action"]) == (200, "received", "worker_stopped")
        service.wait_state("twice", "stopped")
        # The same word once more, after the end.
        assert service.hook("not-ready", "live/twice/in", source_id)[1]["action"] == "worker_stopped"
        assert service.stream("twice")["state"] == "stopped"
    relay.wait_gone("twice", "in")
    # A ready that was held up until its publisher was gone: a worker comes, finds nothing, and goes.
    status, body = service.hook("ready", "live/twice/in", source_id)
    assert (status, body["action"]) == (200, "worker_started")
    wait_for(lambda: str(service.stream("twice")["ended_because"]).startswith("no_input"), "the end without input", 20)
    assert service.stream("twice")["state"] == "stopped"
    wait_none_active(service)
    # And the stream is as good as new.
    with publish(source, relay.url("twice", "in")):
        begin(service, relay, "twice")
        relay.wait_ready("twice", "out")
        assert service.stream("twice")["state"] == "running"


# ---- settings of the running program


def test_a_name_goes_before_its_aliases(serve, relay, source, tmp_path):
    with StsPeer() as right, StsPeer() as wrong:
        settings = {
            "SKIP_STS_CONNECTION": "false", "SEGMENT_DIR": str(tmp_path / "alias"),
            "STS_SERVICE_URL": right.url, "WORKER_STS_SERVICE_URL": wrong.url,
            "OUTPUT_DELAY": "7s", "WORKER_BUFFER_TARGET": "9s",
            "WORKER_SOURCE_LANGUAGE": "pt", "WORKER_SOURCE_LANG": "de",
            "WORKER_TARGET_LANGUAGE": "fr", "WORKER_TARGET_LANG": "it",
            "WORKER_VOICE_PROFILE": "anna", "WORKER_TTS_VOICE": "bert",
            "MAX_CONCURRENT_STREAMS": "1", "ORCH_MAX_WORKERS": "5",
            "MEDIAMTX_HOST": "nowhere.invalid",  # an URL goes before the host it would be made from
        }  # fmt: skip
        service = serve(**settings)
        with publish(source, relay.url("names", "in")):
            begin(service, relay, "names")
            options = service.stream("names")["options"]
            assert (options["source_language"], options["target_language"], options["voice"]) == ("pt", "fr", "anna")
            assert options["delay_ms"] == 7000
            assert service.hook("ready", "live/other/in")[0] == 429
            wait_for(lambda: right.sessions and right.session.fragments, "a fragment to be dubbed")
            sent = right.session.inits[0]["config"]
            assert (sent["source_language"], sent["target_language"], sent["voice_profile"]) == ("pt", "fr", "anna")
            assert not wrong.sessions
            wait_for(lambda: segment_files(tmp_path / "segments/names/names"), "a segment")
            assert not (tmp_path / "alias").exists()


def test_a_file_may_say_what_gstreamer_logs(serve, relay, source, tmp_path):
    settings = tmp_path / "settings.conf"
    settings.write_text("GST_DEBUG=GST_STATES:4\n")
    service = serve(LIVEDUB_CONFIG=str(settings))
    with publish(source, relay.url("debug", "in")):
        begin(service, relay, "debug")
        wait_for(lambda: "GST_STATES" in service.stderr, "a line of GStreamer's")


OPTIONS = {
    "as it is, and more": ("lang=pt-BR&src=fr&voice=anna&domain=sports,news&segment_ms=1500&delay_ms=5500&key=s3cret&x"
                           "&mode=loud", ["mode"]),
    "by the other names, escaped as a whole": ("target%3Dpt-BR%26source%3Dfr%26voice%3Danna%26domain%3Dsports%252Cnews"
                                               "%26segment_ms%3D1500%26delay_ms%3D5500", []),
}  # fmt: skip


@pytest.mark.parametrize("kind", OPTIONS)
def test_options_of_the_publish_url_reach_the_speech_service(serve, relay, source, kind):
    query, unusable = OPTIONS[kind]
    with StsPeer() as peer:
        service = serve(STS_SERVICE_URL=peer.url, **DUBS)
        with publish(source, relay.url("url", "in")):
            begin(service, relay, "url", query=query)
            wait_for(lambda: peer.sessions and peer.session.fragments, "a fragment to be dubbed")
            shown = service.stream("url")
            assert total(service, "output_delay_target_ms", stream_id="url") == 5500
        init, fragment = peer.session.inits[0], peer.session.fragments[0]
    config = init["config"]
    assert (config["source_language"], config["target_language"], config["voice_profile"]) == ("fr", "pt-BR", "anna")
    assert config["domain_hints"] == ["sports", "news"] and config["chunk_duration_ms"] == 1500
    assert fragment["audio"]["duration_ms"] == pytest.approx(1500, abs=100)
    assert len(shown["warnings"]) == len(unusable)
    assert all(name in warning for name, warning in zip(unusable, shown["warnings"]))
    assert "s3cret" not in str(shown) + service.stderr


# ---- streams beside streams


class HalfBroken(StsPeer):
    """Echoes, but for the streams "garbage" and "never"."""

    async def on_fragment(self, session, fragment):
        stream = fragment["stream_id"]
        if stream == "never":
            return
        if stream == "garbage":
            for nonsense in ("nonsense", None, 7, [], {}, {"fragment_id": 1}, {"fragment_id": fragment["fragment_id"]}):
                await self.emit(session, "fragment:ack", nonsense)
                await self.emit(session, "stream:nothing", nonsense)
                await self.emit(session, "backpressure", nonsense)
            noise = bytes(range(256)) * 8
            sound = self.audio(session, noise, fragment["audio"])
            await self.say_result(session, fragment, dubbed_audio=sound)
            return
        await asyncio.sleep(0.05)
        await super().on_fragment(session, fragment)


def test_a_stream_is_dubbed_beside_others_that_get_garbage_or_nothing(serve, relay, source):
    streams = ("good", "garbage", "never")
    with HalfBroken() as peer:
        service = serve(STS_SERVICE_URL=peer.url, WORKER_STS_TIMEOUT_MS="3000", **DUBS)
        with publish(source, relay.url("garbage", "in")), publish(source, relay.url("never", "in")):
            for stream in ("garbage", "never"):
                begin(service, relay, stream)
            wait_for(lambda: fallbacks(service, "garbage").get("undecodable_result", 0) >= 2, "garbage", 20)
            wait_for(lambda: sum(fallbacks(service, "never").values()) >= 2, "two that were not answered", 20)
            with publish(source, relay.url("good", "in")):
                begin(service, relay, "good")
                for stream in streams:
                    relay.wait_ready(stream, "out")
                wait_for(lambda: so_far(service, "dubbed_seconds_total", stream_id="good") >= 5, "the dub", 20)
                assert fallbacks(service, "good") == {}
                for stream in streams:
                    with Reader(relay.url(stream, "out")) as viewer:
                        wait_for(lambda: len(viewer.recording.pictures()) > 30, f"pictures of {stream}")
                    shown = service.stream(stream)
                    assert shown["state"] == "running" and shown["counters"]["restarts"] == 0
                    wait_lag(service, stream, 6000)
                for stream in ("garbage", "never"):
                    assert total(service, "dubbed_seconds_total", stream_id=stream) == 0
                    assert total(service, "original_seconds_total", stream_id=stream) > 0
                assert prometheus.total(service.metrics(), "media_service_active_streams") == 3
                ended = [s for s in peer.sessions if s.inits and s.inits[0]["stream_id"] == "good"]
                assert len(ended) == 1 and ended[0].gone_at is None, "the good one's session did not last"


def test_a_service_that_never_answers_times_out_is_asked_anew_and_is_left_alone(serve, relay, source):
    """timeout_ms is over long before the deadline is; two of them call for a new stream:init, five open the circuit."""
    labels = {"stream_id": "never"}
    with HalfBroken() as peer:
        service = serve(STS_SERVICE_URL=peer.url, WORKER_STS_TIMEOUT_MS="1000", **DUBS)
        with publish(source, relay.url("never", "in")):
            begin(service, relay, "never")
            first = wait_for(lambda: fallbacks(service, "never"), "a segment without an answer")
            assert first.get("timeout", 0) >= 1, first
            wait_for(lambda: len(peer.session.inits) >= 2, "a new stream:init")
            wait_for(lambda: total(service, "circuit_breaker_state", **labels) == 2, "an open circuit", 20)
            wait_for(lambda: fallbacks(service, "never").get("breaker_open", 0) > 0, "a segment that is not sent")
            reasons = fallbacks(service, "never")
            # What is open when the session begins anew has no ready session.
            assert reasons["timeout"] >= 5 and set(reasons) <= {"timeout", "sts_not_ready", "breaker_open"}
            assert total(service, "sts_fragments_processed_total", status="timeout", **labels) >= 5
            assert total(service, "errors_total", error_type="sts_TIMEOUT", **labels) >= 5
            check_labels(service, LABELS | WHEN_THERE_IS_ONE)


class Dawdles(StsPeer):
    """Answers the first fragment when it is too late for it."""

    async def on_fragment(self, session, fragment):
        await asyncio.sleep(3.5 if fragment["sequence_number"] == 0 else 0)
        await super().on_fragment(session, fragment)


def test_a_late_dub_is_counted_and_stored_and_not_played(serve, relay, source, tmp_path):
    labels = {"stream_id": "late"}
    with Dawdles() as peer:
        service = serve(STS_SERVICE_URL=peer.url, WORKER_STS_TIMEOUT_MS="2000", **DUBS)
        with publish(source, relay.url("late", "in")):
            begin(service, relay, "late")
            wait_for(lambda: fallbacks(service, "late"), "the first decision")
            assert total(service, "sts_results_late_total", **labels) == 0
            wait_for(lambda: total(service, "sts_results_late_total", **labels) == 1, "the late dub")
            stored = tmp_path / "segments/late/late/000000_audio_dubbed.m4a"
            wait_for(stored.is_file, "its file")
            assert stored.read_bytes() == peer.session.fragments[0]["bytes"]
            wait_for(lambda: total(service, "dubbed_seconds_total", **labels) >= 2, "the dubs after it")
            assert fallbacks(service, "late") == {"timeout": 1}


# ---- segments on disk


def segment_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*_audio.m4a"))


def decode(path: Path) -> np.ndarray:
    """All samples of a file, mono at RATE; a file that is not whole fails."""
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", "-xerror", "-i", path, "-map", "0:a:0", "-ar", str(RATE), "-ac", "1", "-f", "f32le",
         "-"],
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0 and not done.stderr, f"{path.name}: {done.stderr.decode()}"
    return np.frombuffer(done.stdout, "<f4").astype(np.float64)


@pytest.fixture(scope="module")
def noise(tmp_path_factory) -> Path:
    """Twelve seconds of small pictures and of noise, no moment of which is like another."""
    path = tmp_path_factory.mktemp("noise") / "noise.flv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=320x180:r=15:d=12", "-f", "lavfi", "-i",
         "anoisesrc=r=44100:d=12:c=pink:seed=7:a=0.5,lowpass=f=3000", "-c:v", "libx264", "-preset", "ultrafast",
         "-g", "15", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-aac_pns", "0", "-ac", "2", path],
        check=True,
    )  # fmt: skip
    return path


def place(whole: np.ndarray, part: np.ndarray) -> int:
    """Where in `whole` the samples of `part` are."""
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    products = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    at = int(np.argmax(products[: len(whole) - len(part) + 1]))
    found = whole[at : at + len(part)]
    likeness = np.dot(found, part) / np.sqrt(np.dot(found, found) * np.dot(part, part))
    assert likeness > 0.9, f"not a part of what was sent: {likeness:.2f}"
    return at


def check_segments(files: list[Path], count: int, whole: np.ndarray, length_s: float = 1.0) -> None:
    """`count` whole files of that length, and maybe a tail, each of which goes on where the one before ends."""
    assert [file.name for file in files] == [f"{number:06}_audio.m4a" for number in range(len(files))]
    parts = [decode(file) for file in files]
    for file, part in list(zip(files, parts))[:count]:
        assert file.read_bytes()[4:8] == b"ftyp"
        assert len(part) / RATE == pytest.approx(length_s, abs=FRAME_S), file.name
    places = [place(whole, part) for part in parts if len(part) > RATE // 4]
    for number, at in enumerate(places):
        # Each is where it belongs, so nothing accumulates; and the next begins where it ends.
        assert (at - places[0]) / RATE == pytest.approx(number * length_s, abs=FRAME_S), f"segment {number}"
    for number, (at, following) in enumerate(zip(places, places[1:])):
        assert abs(at + len(parts[number]) - following) <= 1024, f"between {number} and {number + 1}"


def test_segments_are_whole_and_without_a_gap_and_a_new_run_replaces_them(serve, relay, noise, tmp_path):
    service = serve()
    whole = decode(noise)
    folder = tmp_path / "segments/disk/disk"

    def run(length_s: float) -> list[Path]:
        source_id = expect(service, relay, "disk")
        with publish(noise, relay.url("disk", "in"), "-t", str(length_s)) as publisher:
            assert publisher.wait(30) == 0
        end(service, "disk", source_id)
        relay.wait_gone("disk", "in")
        return segment_files(folder)

    first = run(8.5)
    assert len(first) >= 8  # and maybe the tail
    check_segments(first, 8, whole)
    # What is on disk is all that is there: no half-written file, and no dub of what was not dubbed.
    assert sorted(folder.iterdir()) == first
    newest = max(file.stat().st_mtime for file in first)

    second = run(3.5)
    assert len(second) in (3, 4), "files of the run before are left"
    check_segments(second, 3, whole)
    assert sorted(folder.iterdir()) == second
    assert all(file.stat().st_mtime > newest for file in second), "a file of the run before"


def test_a_short_tail_is_stored_as_any_segment(serve, relay, noise, tmp_path):
    """It plays its original and is not sent; its sound is part of the stream on disk all the same."""
    service = serve()
    source_id = expect(service, relay, "end")
    with publish(noise, relay.url("end", "in"), "-t", "2.5") as publisher:
        assert publisher.wait(20) == 0
    end(service, "end", source_id)
    assert fallbacks(service, "end") == {"skip_sts": 2, "short_tail": 1}
    files = segment_files(tmp_path / "segments/end/end")
    assert [file.name for file in files] == [f"{number:06}_audio.m4a" for number in range(3)]
    assert sum(len(decode(file)) for file in files) / RATE == pytest.approx(2.5, abs=0.1)


def packets(path: Path) -> list[bytes]:
    """What a file of AAC holds, coded as it is there: the frames of its ADTS form without their headers."""
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-c", "copy", "-f", "adts", "-"], capture_output=True,
        check=True,
    )  # fmt: skip
    frames, rest = [], done.stdout
    while rest:
        assert rest[0] == 0xFF and rest[1] & 0xF1 == 0xF1, f"{path.name}: no ADTS header"
        length = (rest[3] & 3) << 11 | rest[4] << 3 | rest[5] >> 5
        frames.append(rest[7:length])
        rest = rest[length:]
    return frames


@pytest.mark.parametrize(
    ("query", "reason"),
    [("mode=passthrough", "passthrough"), ("src=en-GB&lang=en", "same_language")],
)
def test_sound_that_is_passed_on_is_stored_packet_by_packet(serve, relay, noise, tmp_path, query, reason):
    """Nobody decodes it, so what is stored is what was sent, cut where a stream that is dubbed is cut."""
    service = serve(SKIP_STS_CONNECTION="false")
    folder = tmp_path / "segments/pass/pass"
    whole = decode(noise)

    def run(length_s: float) -> list[Path]:
        source_id = expect(service, relay, "pass", query=query)
        with publish(noise, relay.url("pass", "in"), "-t", str(length_s)) as publisher:
            assert publisher.wait(30) == 0
        end(service, "pass", source_id)
        relay.wait_gone("pass", "in")
        return segment_files(folder)

    files = run(6.5)
    check_segments(files, 6, whole)
    assert len(files) == 7 and sorted(folder.iterdir()) == files
    assert fallbacks(service, "pass") == {reason: 7}
    sent = [tag for tag in Recording.load(noise).sounds() if tag.dts_ms < 6500]
    stored = [packets(file) for file in files]
    assert sum(stored, []) == [tag.payload for tag in sent]
    # A packet is in the file of the second that it begins in.
    begins = np.cumsum([0] + [len(part) for part in stored[:-1]])
    expected = [next(at for at, tag in enumerate(sent) if tag.dts_ms >= 1000 * second) for second in range(7)]
    assert list(begins) == pytest.approx(expected, abs=1)

    # A new run begins with an empty directory here, too.
    newest = max(file.stat().st_mtime for file in files)
    second = run(2.5)
    assert len(second) == 3 and sorted(folder.iterdir()) == second
    assert all(file.stat().st_mtime > newest for file in second), "a file of the run before"


def test_a_stop_stores_what_was_passed_on(serve, relay, noise, tmp_path):
    """What has come since the last cut is a segment, too, when the service is told to end."""
    service = serve(SKIP_STS_CONNECTION="false", WORKER_SEGMENT_DURATION="30s", OUTPUT_DELAY="0")
    with publish(noise, relay.url("halt", "in")):
        begin(service, relay, "halt", query="mode=passthrough")
        relay.wait_ready("halt", "out")
        with Reader(relay.url("halt", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.sounds()) > 60, "sound")
        assert service.stop() == 0
    (file,) = segment_files(tmp_path / "segments/halt/halt")
    sent = b"".join(tag.payload for tag in Recording.load(noise).sounds())
    stored = packets(file)
    assert len(stored) > 60 and b"".join(stored) in sent


@pytest.fixture(scope="module")
def mp3(noise, tmp_path_factory) -> Path:
    """The same with sound that has to be decoded to be passed on."""
    path = tmp_path_factory.mktemp("mp3") / "mp3.flv"
    subprocess.run(["ffmpeg", "-v", "error", "-i", noise, "-c:v", "copy", "-c:a", "libmp3lame", "-b:a", "192k", path],
                   check=True)  # fmt: skip
    return path


def test_passed_on_sound_that_is_not_aac_is_stored_decoded(serve, relay, mp3, tmp_path):
    """It is on air a second after it came, long before its segment ends, and is in the segment's file all the same."""
    service = serve(SKIP_STS_CONNECTION="false", WORKER_SEGMENT_DURATION="2s", OUTPUT_DELAY="0")
    folder = tmp_path / "segments/other/other"
    whole = decode(mp3)

    def run(length_s: float) -> list[Path]:
        source_id = expect(service, relay, "other", query="mode=passthrough")
        with publish(mp3, relay.url("other", "in"), "-t", str(length_s)) as publisher:
            assert publisher.wait(30) == 0
        end(service, "other", source_id)
        relay.wait_gone("other", "in")
        return segment_files(folder)

    files = run(6.5)
    check_segments(files, 3, whole, 2.0)
    assert len(files) == 4 and sorted(folder.iterdir()) == files
    assert fallbacks(service, "other") == {"passthrough": 4}
    assert sum(len(decode(file)) for file in files) / RATE == pytest.approx(6.5, abs=0.1)
    assert total(service, "original_seconds_total", stream_id="other") == pytest.approx(6.5, abs=0.1)

    # A new run begins with an empty directory here, too.
    newest = max(file.stat().st_mtime for file in files)
    second = run(2.5)
    assert len(second) == 2 and sorted(folder.iterdir()) == second
    assert all(file.stat().st_mtime > newest for file in second), "a file of the run before"


def test_a_stop_stores_what_was_passed_on_and_decoded(serve, relay, mp3, tmp_path):
    service = serve(SKIP_STS_CONNECTION="false", WORKER_SEGMENT_DURATION="30s", OUTPUT_DELAY="0")
    with publish(mp3, relay.url("halt", "in")):
        begin(service, relay, "halt", query="mode=passthrough")
        relay.wait_ready("halt", "out")
        with Reader(relay.url("halt", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.sounds()) > 60, "sound")
        assert service.stop() == 0
    (file,) = segment_files(tmp_path / "segments/halt/halt")
    stored = decode(file)
    assert len(stored) / RATE > 1.5
    place(decode(mp3), stored[RATE // 10 :])
