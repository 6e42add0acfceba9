# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""media-service from outside: hooks, pages, metrics, settings, and streams that come and go.

The media server is the built-in one, without hooks of its own: the tests send them. Nothing is dubbed
unless a test says so.
"""

import json
import re
import socket
import subprocess
import time

import pytest
from support import prometheus
from support.media_service import MediaService
from support.processes import Process, Reader, free_port, publish, wait_for
from support.web import call

HOOKS = "/v1/mediamtx/events"


def test_the_pages_answer_exactly(serve):
    service = serve()
    status, headers, text = service.get("/health")
    assert (status, headers["Content-Type"], text) == (
        200,
        "application/json",
        '{"status":"ok","service":"media-service"}',
    )
    status, _, text = service.get("/")
    about = json.loads(text)
    assert status == 200 and about["service"] == "stream-orchestration" and about["status"] == "running"
    assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])
    status, _, text = service.get("/ready")
    assert status == 200 and json.loads(text)["status"] == "ready"
    status, _, text = service.get("/openapi.json")
    document = json.loads(text)
    assert status == 200 and document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Media Service API" and document["info"]["version"]
    assert f"{HOOKS}/ready" in document["paths"]
    status, headers, text = service.get("/docs")
    assert status == 200 and headers["Content-Type"].startswith("text/html")
    assert "swagger" in text.lower() and "api" in text.lower()
    status, headers, _ = service.get("/metrics")
    assert (status, headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert service.get("/v1/streams/nobody")[0] == 404
    assert json.loads(service.get("/v1/streams")[2]) == {"count": 0, "streams": []}


def test_ready_says_when_segments_cannot_be_stored(serve, tmp_path):
    service = serve()
    (tmp_path / "segments").rmdir()
    status, _, text = service.get("/ready")
    assert status == 503
    body = json.loads(text)
    assert body["status"] == "not_ready" and "segments" in body["reason"]
    assert service.get("/health")[0] == 200


def test_metrics_can_be_switched_off(serve):
    assert serve(METRICS_ENABLED="false").get("/metrics")[0] == 404


def test_every_family_is_there_from_the_start(serve, golden):
    text = serve().metrics_text()
    golden("media_service_metrics.txt", "\n".join(prometheus.families(text)) + "\n")
    assert "\nmedia_service_worker_info_info 1\n" in text
    assert "\nmedia_service_active_streams 0\n" in text
    assert re.search(r'^media_service_build_info\{commit="\w+",version="\d+\.\d+\.\d+"\} 1$', text, re.M)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", None),
        ("[]", None),
        ({}, "path"),
        ({"path": "live/a/in", "sourceId": "1"}, "sourceType"),
        ({"path": "live/a/in", "sourceType": "rtmpConn"}, "sourceId"),
        ({"path": "live/a/other", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "live/a b/in", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "live/../in", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": 7, "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "live/a/in", "sourceType": "1x", "sourceId": "1"}, "sourceType"),
        ({"path": "live/a/in", "sourceType": "rtmpConn", "sourceId": "1", "query": 5}, "query"),
        ({"path": "live/a/in", "sourceType": "rtmpConn", "sourceId": "1", "timestamp": 5}, "timestamp"),
        ({"path": "live/a/in", "sourceType": "rtmpConn", "sourceId": "1", "correlation_id": []}, "correlation_id"),
        ({"path": "live/a/in", "sourceType": "rtmpConn", "sourceId": ["1"]}, "sourceId"),
        ({"path": "live/a/in", "sourceType": "rtmpConn", "sourceId": True}, "sourceId"),
        ({"path": f"live/{'a' * 129}/in", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "live//in", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "/live/a/in", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "live/a/in/", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "live/\u00e9/in", "sourceType": "rtmpConn", "sourceId": "1"}, "path"),
        ({"path": "live/a/in", "sourceType": "a" * 65, "sourceId": "1"}, "sourceType"),
        ("null", None),
        ("", None),
        ("[" * 1000, None),
        ('{"path":"live/a/in","path":"live/b/in","sourceType":"rtmpConn","sourceId":"1"}', "path"),
        (b'{"path":"live/a/in","sourceType":"rtmpConn","sourceId":"\xff"}', None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_hook_that_makes_no_sense_is_refused_in_detail(build, refuser, body, field):
    for event in ("ready", "not-ready"):
        status, headers, text = call(f"{refuser.url}{HOOKS}/{event}", body)
        assert status == 422 and headers["Content-Type"] == "application/json"
        detail = json.loads(text)["detail"]
        assert all({"loc", "msg", "type"} <= set(problem) for problem in detail)
        assert all(problem["loc"][0] == "body" for problem in detail)
        if field:
            assert field in [problem["loc"][-1] for problem in detail]
    assert json.loads(refuser.get("/v1/streams")[2])["count"] == 0


@pytest.fixture(scope="module")
def refuser(build, tmp_path_factory):
    directory = tmp_path_factory.mktemp("segments")
    with MediaService(build, WORKER_SEGMENT_DIR=str(directory), SKIP_STS_CONNECTION="true") as running:
        yield running


def test_hooks_are_answered_in_their_shape_and_at_once(serve):
    service = serve()
    began = time.monotonic()
    status, body = service.hook("ready", "live/a/in", query="lang=fr&mode=loud", correlation_id="c-1")
    assert status == 200
    assert set(body) == {"status", "action", "message", "stream_id", "correlation_id"}
    assert (body["status"], body["action"], body["stream_id"], body["correlation_id"]) == (
        "received", "worker_started", "a", "c-1",
    )  # fmt: skip
    status, body = service.hook("ready", "live/a/out")
    assert (status, body["status"], body["action"], body["direction"]) == (200, "skipped", "skipped", "out")
    status, body = service.hook("not-ready", "live/nobody/in")
    assert (status, body["status"], body["action"]) == (200, "received", "worker_stopped")
    assert len(body["correlation_id"]) == 36
    # The aliases, and the other spelling of the fields.
    other = {"path": "live/b/in", "source_type": "whatever", "source_id": "9"}
    status, _, text = call(f"{service.url}/hooks/mediamtx/on-ready", other)
    assert status == 200 and json.loads(text)["action"] == "worker_started"
    status, _, text = call(f"{service.url}/hooks/mediamtx/on-not-ready", other)
    assert status == 200 and json.loads(text)["action"] == "worker_stopped"
    assert time.monotonic() - began < 2
    stream = service.stream("a")
    assert stream["options"]["target_language"] == "fr" and stream["state"] == "starting"
    assert any("mode" in warning for warning in stream["warnings"])


def test_an_input_that_never_comes_ends_the_stream(serve):
    service = serve(MEDIAMTX_RTMP_URL=f"rtmp://127.0.0.1:{free_port()}", WORKER_READY_TIMEOUT="1s")
    assert service.hook("ready", "live/late/in")[0] == 200
    stream = service.wait_state("late", "stopped")
    assert stream["ended_because"].startswith("no_input")
    errors = prometheus.total(service.metrics(), "media_service_worker_errors_total", error_type="startup_failure")
    assert errors >= 1


def test_no_more_streams_than_allowed(serve):
    service = serve(MAX_CONCURRENT_STREAMS="1", MEDIAMTX_RTMP_URL=f"rtmp://127.0.0.1:{free_port()}")
    assert service.hook("ready", "live/one/in")[0] == 200
    status, body = service.hook("ready", "live/two/in")
    assert status == 429 and isinstance(body["detail"], str)
    assert service.hook("ready", "live/one/in")[0] == 200
    assert service.hook("not-ready", "live/one/in")[0] == 200
    service.wait_state("one", "stopped")
    assert service.hook("ready", "live/two/in")[0] == 200
    hooks = "media_service_hook_events_total"
    assert prometheus.total(service.metrics(), hooks, event="ready", result="refused") == 1


def test_hooks_need_the_token(serve):
    service = serve(HOOK_TOKEN="open sesame")
    for headers in ({}, {"Authorization": "Bearer open"}, {"Authorization": "open sesame"}):
        status, body = service.hook("ready", "live/a/in", headers=headers)
        assert status == 401 and "detail" in body
    assert service.hook("ready", "live/a/in", headers={"Authorization": "Bearer open sesame"})[0] == 200
    assert service.get("/health")[0] == 200
    assert "sesame" not in service.get("/v1/streams")[2] + service.stderr


def test_a_stream_comes_and_goes(serve, relay, source, tmp_path):
    service = serve()
    with publish(source, relay.url("life", "in")) as publisher:
        source_id = relay.wait_ready("life", "in")["source"]["id"]
        for _ in range(3):  # duplicates
            assert service.hook("ready", "live/life/in", source_id)[0] == 200
        relay.wait_ready("life", "out")
        assert len(relay.path("life", "in")["readers"]) == 1
        assert service.wait_state("life", "running")["options"]["mode"] == "original"
        with Reader(relay.url("life", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.pictures()) > 30, "pictures")
        assert service.hook("not-ready", "live/life/in", "somebody-else")[1]["action"] == "ignored"
        assert service.stream("life")["state"] == "running"

        samples = service.metrics()
        worker = "media_service_worker_"
        assert prometheus.total(samples, "media_service_active_streams") == 1
        assert prometheus.total(samples, f"{worker}output_delay_target_ms", stream_id="life") == 2000

        def lag_ms() -> float:  # of the last picture alone
            return prometheus.total(service.metrics(), f"{worker}output_lag_ms", stream_id="life")

        wait_for(lambda: abs(lag_ms() - 2000) <= 500, "the lag")
        assert prometheus.total(samples, f"{worker}fallback_total", stream_id="life", reason="skip_sts") > 0
        assert prometheus.total(samples, f"{worker}segments_processed_total", stream_id="life", type="audio") > 0
        assert prometheus.total(samples, f"{worker}sts_fragments_sent_total", stream_id="life") == 0

        # The media server says that it has ended: what it still sends does not matter.
        assert service.hook("not-ready", "live/life/in", source_id)[1]["action"] == "worker_stopped"
        service.wait_state("life", "draining")
        assert service.wait_state("life", "stopped")["ended_because"] == "the publisher left"
        relay.wait_gone("life", "out")
        assert publisher.running
        wait_for(lambda: prometheus.total(service.metrics(), "media_service_active_streams") == 0, "no active stream")
        assert prometheus.total(service.metrics(), f"{worker}original_seconds_total", stream_id="life") > 0
    first = tmp_path / "segments/life/life/000000_audio.m4a"
    found = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", first],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert abs(float(found.stdout) - 1.0) < 0.1
    assert not list(first.parent.glob("*_dubbed.m4a"))


def test_a_publisher_that_comes_back_in_time_goes_on(serve, relay, source):
    service = serve(ORCH_GRACE_PERIOD="20s")
    with publish(source, relay.url("back", "in")):
        first = relay.wait_ready("back", "in")["source"]["id"]
        service.hook("ready", "live/back/in", first)
        output = relay.wait_ready("back", "out")["source"]["id"]
    service.hook("not-ready", "live/back/in", first)
    service.wait_state("back", "draining")
    with publish(source, relay.url("back", "in")):
        second = relay.wait_ready("back", "in")["source"]["id"]
        service.hook("ready", "live/back/in", second)
        service.wait_state("back", "running")
        assert service.hook("not-ready", "live/back/in", first)[1]["action"] == "ignored"
        assert relay.path("back", "out")["source"]["id"] == output, "the output was connected anew"
        # Other options are another session.
        service.hook("not-ready", "live/back/in", second)
        service.hook("ready", "live/back/in", second, query="lang=fr")
        wait_for(lambda: service.stream("back")["options"]["target_language"] == "fr", "the new options")
        service.wait_state("back", "running")
        wait_for(lambda: relay.path("back", "out").get("source", {}).get("id") not in (None, output), "a new output")


def test_a_stream_that_was_there_before_is_found(serve, relay, source):
    with publish(source, relay.url("before", "in") + "?lang=fr"):
        relay.wait_ready("before", "in")
        service = serve(MEDIAMTX_API_URL=relay.api_url)
        stream = service.wait_state("before", "running")
        assert stream["options"]["target_language"] == "fr"
        relay.wait_ready("before", "out")


def test_a_media_server_without_api_is_said_once(serve):
    service = serve(MEDIAMTX_API_URL=f"http://127.0.0.1:{free_port()}")
    wait_for(lambda: "media_server_api_away" in service.stderr, "a line about it")
    assert service.get("/health")[0] == 200


def test_without_a_speech_service_the_original_plays(serve, relay, source):
    service = serve(SKIP_STS_CONNECTION="false", STS_SERVICE_URL=f"http://127.0.0.1:{free_port()}")
    with publish(source, relay.url("mute", "in")):
        relay.wait_ready("mute", "in")
        service.hook("ready", "live/mute/in")
        relay.wait_ready("mute", "out")
        def original() -> bool:
            samples = service.metrics()
            try:
                return prometheus.total(samples, "media_service_worker_fallback_total", reason="sts_not_ready") > 0
            except KeyError:
                return False
        wait_for(original, "a fragment that plays its original")
        assert prometheus.total(service.metrics(), "media_service_worker_sts_connected", stream_id="mute") == 0
        assert json.loads(service.get("/ready")[2])["sts"] == {"enabled": True, "connected_streams": 0}


def test_sigterm_ends_it_in_time(serve, relay, source):
    service = serve(SKIP_STS_CONNECTION="false", STS_SERVICE_URL=f"http://127.0.0.1:{free_port()}")
    with publish(source, relay.url("stop1", "in")), publish(source, relay.url("stop2", "in")):
        for stream in ("stop1", "stop2"):
            relay.wait_ready(stream, "in")
            service.hook("ready", f"live/{stream}/in")
        for stream in ("stop1", "stop2"):
            relay.wait_ready(stream, "out")
        assert service.stop(limit_s=10) == 0
        relay.wait_gone("stop1", "out")
    lines = [json.loads(line) for line in service.stderr.splitlines()]
    assert all({"time", "severity", "component", "runId", "instanceId", "message"} <= set(line) for line in lines)
    assert any(line.get("streamId") == "stop1" for line in lines)


def test_settings_come_from_flag_environment_file_and_default(build, tmp_path):
    file = tmp_path / "media.conf"
    file.write_text("WORKER_TARGET_LANGUAGE=ca\nWORKER_SOURCE_LANGUAGE=de\nMAX_CONCURRENT_STREAMS=3\n")
    command = [build / "apps/media-service", "--config", file, "--worker-target-language", "fr", "--port", "0",
               "--mediamtx-api-url", "off", "--skip-sts-connection", "true"]  # fmt: skip
    environment = {"WORKER_TARGET_LANGUAGE": "gl", "WORKER_SOURCE_LANG": "pt", "SEGMENT_DIR": str(tmp_path / "s")}
    with Process(command, env=environment) as service:
        wait_for(lambda: service.out or not service.running, "start-up lines")
        assert "pt -> fr" in service.stdout, service.describe()


@pytest.mark.parametrize(
    ("skip", "mode", "is_asked"),
    [("", "", True), ("", "enabled", True), ("", "passthrough", False), ("", "disabled", False), ("true", "", False),
     ("true", "enabled", False), ("false", "disabled", True)],
)  # fmt: skip
def test_whether_the_speech_service_is_asked_has_an_older_name(serve, skip, mode, is_asked):
    service = serve(SKIP_STS_CONNECTION=skip, WORKER_STS_MODE=mode)
    assert json.loads(service.get("/ready")[2])["sts"]["enabled"] is is_asked


def test_the_address_in_one_setting_and_the_media_servers_host(serve):
    service = serve(HOST="", PORT="", ORCH_HTTP_ADDR="127.0.0.1:0", MEDIAMTX_RTMP_URL="", ORCH_MEDIAMTX_HOST="first",
                    WORKER_MEDIAMTX_HOST="second")  # fmt: skip
    assert service.get("/health")[0] == 200
    assert "rtmp://first:1935/live/<id>/in" in service.stdout
    # Of what says the same thing the name of its own goes first.
    other = serve(ORCH_HTTP_ADDR="203.0.113.1:1", MEDIAMTX_HOST="nowhere", ORCH_MEDIAMTX_HOST="first")
    assert other.get("/health")[0] == 200 and "nowhere" not in other.stdout


def test_a_port_in_use(build, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [build / "apps/media-service"],
            env={"HOST": "127.0.0.1", "PORT": port, "WORKER_SEGMENT_DIR": str(tmp_path), "SKIP_STS_CONNECTION": "1"},
            capture_output=True, text=True, timeout=10,
        )  # fmt: skip
    assert done.returncode == 10 and port in done.stderr
