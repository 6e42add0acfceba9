# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service against python-socketio: sessions, ordering, errors, backpressure, authentication, pages.

In echo mode, where sounds are not looked into; with engines: test_sts_service_full.py. The tests of a table
of the external contract are named after its rows.
"""

import math
import socket
import subprocess
import time
import uuid

import pytest
import socketio
from support import prometheus
from support.processes import Process, wait_for
from support.sts_service import PATIENCE_S, StsClient, StsService, error_of, fragment, log_lines, sound_of

pytestmark = pytest.mark.timeout(120)

BASE64_LIMIT = 13_981_017


@pytest.fixture(scope="module")
def echo(sts_binary):
    with StsService(sts_binary, "--mode", "echo", AUTO_DISCONNECT_DELAY="300ms") as service:
        yield service
        assert service.stop() == 0


@pytest.fixture(scope="module")
def slow_echo(sts_binary):
    """Each echo takes a second, so that there is something outstanding."""
    with StsService(sts_binary, "--mode", "echo", ECHO_PROCESSING_DELAY_MS="1000", BACKPRESSURE_ENABLED="true",
                    SEQUENCE_GAP_TIMEOUT_MS="600", AUTO_DISCONNECT_DELAY="300ms") as service:  # fmt: skip
        yield service


@pytest.fixture
def client(echo):
    with StsClient(echo) as connected:
        yield connected


@pytest.fixture
def slow(slow_echo):
    with StsClient(slow_echo) as connected:
        yield connected


# ---- a stream from its init to its end


@pytest.mark.parametrize("transport", ["websocket", "polling", "upgrade"])
@pytest.mark.parametrize("namespace", ["/", "/sts"])
@pytest.mark.parametrize("path", ["socket.io", "ws/sts"])
def test_a_stream_over_every_road(echo, transport, namespace, path):
    with StsClient(echo, namespace, path, transport) as client:
        ready = client.init("road", sample_rate_hz=44100)
        assert ready["stream_id"] == "road"
        assert uuid.UUID(ready["session_id"]).version == 4
        ids = [client.send(number, b"%d" % number * 5000) for number in range(3)]
        results = client.results(3)
        client.emit("stream:end", {})
        complete = client.wait("stream:complete")[0]
    assert [result["fragment_id"] for result in results] == ids
    assert [sound_of(result["dubbed_audio"]) for result in results] == [b"%d" % number * 5000 for number in range(3)]
    assert (complete["total_fragments"], complete["success_count"], complete["failed_count"]) == (3, 3, 0)
    assert complete["statistics"]["success_count"] == 3
    assert complete["total_duration_ms"] == 18000


def test_ready_says_what_the_service_can(client):
    ready = client.init(max_inflight=5)
    assert ready["max_inflight"] == 5 and ready["binary"] is False
    assert ready["capabilities"] == {
        "batch_processing": False, "async_delivery": True, "asr": False, "translation": False, "tts": False,
        "duration_matching": False, "binary": True,
    }  # fmt: skip


def test_an_echo_is_the_same_sound_and_says_that_it_is_one(client):
    client.init()
    client.send(0, b"\x00\xff" * 999)
    result = client.results(1)[0]
    assert result["status"] == "success" and result["error"] is None
    assert result["transcript"] == "[ECHO] Original audio (seq=0)"
    assert result["translated_text"] == "[ECHO] Audio original (seq=0)"
    assert sound_of(result["dubbed_audio"]) == b"\x00\xff" * 999
    assert {key: result["dubbed_audio"][key] for key in ("format", "sample_rate_hz", "channels", "duration_ms")} == {
        "format": "m4a", "sample_rate_hz": 48000, "channels": 1, "duration_ms": 6000}  # fmt: skip
    assert result["metadata"]["asr_model"] == "echo-mock"
    assert result["metadata"]["no_speech"] is False


def test_every_fragment_is_acknowledged_at_once(client):
    client.init()
    identity = client.send(0)
    ack = client.wait("fragment:ack")[0]
    assert ack["fragment_id"] == identity and ack["status"] == "queued" and ack["queue_position"] == 0
    assert abs(ack["timestamp"] - time.time() * 1000) < 60_000
    client.results(1)
    assert [name for _, name, _ in client.events][1:] == ["fragment:ack", "fragment:processed"]


def test_ten_at_once_are_all_taken_and_answered_in_order(client):
    client.init(max_inflight=3)
    began = time.monotonic()
    ids = [client.send(number) for number in range(10)]
    results = client.results(10)
    assert [result["fragment_id"] for result in results] == ids
    assert [result["sequence_number"] for result in results] == list(range(10))
    assert len(client.named("fragment:ack")) == 10 and not client.named("error")
    assert time.monotonic() - began < PATIENCE_S


def test_the_end_drains_completes_and_disconnects(slow_echo, slow):
    slow.init()
    for number in range(3):
        slow.send(number)
    slow.emit("stream:end", {"reason": "done"})
    complete = slow.wait("stream:complete")[0]
    assert complete["success_count"] == 3 and len(slow.named("fragment:processed")) == 3
    assert complete["error_breakdown"] == {"by_stage": {}, "by_code": {}}
    assert slow.left.wait(PATIENCE_S), "no disconnect after the end"


def test_a_second_init_replaces_the_stream(slow_echo, slow):
    first = slow.init()
    slow.send(0)
    second = slow.init()
    assert second["session_id"] != first["session_id"]
    identity = slow.send(0)
    assert [result["fragment_id"] for result in slow.results(1)] == [identity], "work of the replaced stream came"


def test_two_namespaces_of_one_connection_are_two_streams(echo):
    client = socketio.Client(reconnection=False)
    ready = {"/": [], "/sts": []}
    for space, heard in ready.items():
        client.on("stream:ready", heard.append, namespace=space)
    client.connect(echo.url, namespaces=["/", "/sts"], transports=["websocket"], wait_timeout=PATIENCE_S)
    try:
        for space in ready:
            client.emit("stream:init", {"stream_id": space, "worker_id": "w", "config": {}}, namespace=space)
        wait_for(lambda: ready["/"] and ready["/sts"], "both ready")
        assert ready["/"][0]["session_id"] != ready["/sts"][0]["session_id"]
    finally:
        client.disconnect()


def test_an_idle_namespace_is_closed_and_the_other_goes_on(sts_binary):
    with StsService(sts_binary, "--mode", "echo", WS_IDLE_TIMEOUT="3s") as service:
        client = socketio.Client(reconnection=False)
        left, results = [], []
        client.on("disconnect", lambda: left.append("/"), namespace="/")
        client.on("disconnect", lambda: left.append("/sts"), namespace="/sts")
        client.on("fragment:processed", results.append, namespace="/sts")
        client.connect(service.url, namespaces=["/", "/sts"], transports=["websocket"], wait_timeout=PATIENCE_S)
        try:
            client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": {}}, namespace="/sts")
            wait_for(lambda: left, "the idle namespace's end")
            client.emit("fragment:data", fragment(0), namespace="/sts")
            wait_for(lambda: results, "a result in the other")
            assert left == ["/"]
        finally:
            client.disconnect()


def test_who_initialises_nothing_is_disconnected(sts_binary):
    with StsService(sts_binary, "--mode", "echo", WS_IDLE_TIMEOUT="1s") as service, StsClient(service) as idle:
        assert idle.left.wait(PATIENCE_S)
    with StsService(sts_binary, "--mode", "echo", WS_IDLE_TIMEOUT="0") as service, StsClient(service) as idle:
        assert not idle.left.wait(1)


def test_a_lost_connection_leaves_no_gauge_behind(slow_echo):
    with StsClient(slow_echo) as client:
        client.init("lost")
        client.send(0)
        client.wait("fragment:ack")
        assert slow_echo.total("sts_sessions_active") >= 1
        client.socket.eio.ws.sock.shutdown(socket.SHUT_RDWR)  # no farewell; a mere close waits for the reader
        wait_for(lambda: slow_echo.total("sts_sessions_active") == 0, "no active session", PATIENCE_S)
        assert slow_echo.total("sts_fragments_in_flight", stream_id="lost") == 0


def test_a_pause_lets_outstanding_work_finish(slow):
    slow.init()
    slow.send(0)
    slow.emit("stream:pause", {})
    refused = slow.send(1)
    slow.emit("stream:resume", {"stream_id": "of whomever"})
    slow.send(2)
    results = slow.results(3)
    assert [result["status"] for result in results] == ["success", "failed", "success"]
    assert results[1]["fragment_id"] == refused and results[1]["error"]["code"] == "STREAM_PAUSED"


@pytest.mark.parametrize("payload", [None, 7, "text", [], {}, {"fragment_id": "nobody's", "status": "applied"},
                                     {"fragment_id": 7, "status": []}])  # fmt: skip
def test_acks_of_clients_change_nothing(client, payload):
    client.emit("fragment:ack", payload)  # before there is a stream
    client.init()
    identity = client.send(0)
    client.emit("fragment:ack", payload)
    client.emit("fragment:ack", {"fragment_id": identity, "status": "received", "timestamp": 1})
    client.send(1)
    assert [result["status"] for result in client.results(2)] == ["success"] * 2
    assert not client.named("error")


# ---- the flat dialect (1.11)


def test_the_flat_dialect(echo, client):
    client.emit("stream:init", {"source_language": "en", "target_language": "es", "sample_rate": 16000})
    ready = client.wait("stream:ready")[0]
    assert ready["stream_id"] == ready["session_id"]
    client.emit("fragment:data", {"fragment_id": "f", "stream_id": "x", "sequence_number": 0, "timestamp": 5,
                                  "audio": "AAAAAA=="})  # fmt: skip
    result = client.results(1)[0]
    assert result["dubbed_audio"] == "AAAAAA=="
    assert result["dubbed_audio_format"] == "pcm_f32le"
    assert (result["dubbed_audio_sample_rate_hz"], result["dubbed_audio_channels"]) == (16000, 1)
    client.emit("stream:end", {})
    client.wait("stream:complete")


def test_a_nested_fragment_in_a_flat_stream_is_answered_flat(client):
    client.emit("stream:init", {"sample_rate_hz": 16000})
    client.wait("stream:ready")
    client.send(0, b"1234")
    assert client.results(1)[0]["dubbed_audio"] == "MTIzNA=="


def test_backpressure_of_a_flat_stream_has_its_own_name(slow):
    slow.emit("stream:init", {"sample_rate_hz": 16000})
    slow.wait("stream:ready")
    for number in range(3):
        slow.send(number)
    slow.wait("backpressure:state", 2)
    assert not slow.named("backpressure")


# ---- attachments (1.12)


def test_attachments_both_ways_once_granted(client):
    assert client.init(binary=True)["binary"] is True
    message = fragment(0)
    del message["audio"]["data_base64"]
    client.emit("fragment:data", message | {"audio": message["audio"] | {"data": b"\x00\x01raw"}})
    assert client.results(1)[0]["dubbed_audio"]["data"] == b"\x00\x01raw"


def test_base64_is_taken_in_a_binary_stream_too(client):
    client.init(binary=True)
    client.send(0, b"text")
    assert client.results(1)[0]["status"] == "success"


def test_an_attachment_that_was_not_granted_is_malformed(client):
    client.init()
    message = fragment(0)
    del message["audio"]["data_base64"]
    client.emit("fragment:data", message | {"audio": message["audio"] | {"data": b"raw"}})
    assert error_of(client)["code"] == "MALFORMED_DATA"
    assert client.results(1)[0]["error"]["code"] == "MALFORMED_DATA"


# ---- table 1.6 and 1.7: what is refused, and what becomes of its place in the order


def test_before_an_init_there_is_no_stream(client):
    for event in ("fragment:data", "stream:pause", "stream:resume", "stream:end"):
        before = len(client.named("error"))
        client.emit(event, fragment(0) if event == "fragment:data" else {})
        assert error_of(client, before + 1)["code"] == "STREAM_NOT_FOUND", event


BAD_INITS = {
    "neither dialect": ({"stream_id": "s", "worker_id": "w"}, "config"),
    "config no object": ({"stream_id": "s", "worker_id": "w", "config": 7}, "config"),
    "no stream id": ({"worker_id": "w", "config": {}}, "stream_id"),
    "empty stream id": ({"stream_id": "", "worker_id": "w", "config": {}}, "stream_id"),
    "rate out of range": ({"stream_id": "s", "worker_id": "w", "config": {"sample_rate_hz": 7999}}, "sample_rate_hz"),
    "boolean for a number": ({"stream_id": "s", "worker_id": "w", "config": {"channels": True}}, "channels"),
    "three channels": ({"stream_id": "s", "worker_id": "w", "config": {"channels": 3}}, "channels"),
    "unknown format": ({"stream_id": "s", "worker_id": "w", "config": {"format": "ogg"}}, "format"),
    "too many in flight": ({"stream_id": "s", "worker_id": "w", "config": {}, "max_inflight": 11}, "max_inflight"),
    "timeout too short": ({"stream_id": "s", "worker_id": "w", "config": {}, "timeout_ms": 999}, "timeout_ms"),
}


@pytest.mark.parametrize("case", BAD_INITS)
def test_a_bad_init_names_its_field_and_the_connection_stays(client, case):
    message, field = BAD_INITS[case]
    client.emit("stream:init", message)
    error = error_of(client)
    assert error["code"] == "INVALID_CONFIG" and field in error["message"]
    assert error["severity"] == "error" and error["retryable"] is False
    client.init()


def test_valid_envelope_bad_audio_content(client):
    client.init()
    client.send(0, audio={"format": "m4a", "sample_rate_hz": 48000, "channels": 1, "duration_ms": 0,
                          "data_base64": "not base64!"})  # fmt: skip
    client.send(1)
    bad, good = client.results(2)
    assert client.named("fragment:ack")[0]["status"] == "queued"
    assert (bad["status"], bad["error"]["code"], bad["error"]["stage"]) == ("failed", "INVALID_AUDIO_FORMAT", "asr")
    assert bad["dubbed_audio"] is None and good["status"] == "success"
    assert not client.named("error")


def test_refused_paused(client):
    client.init()
    client.emit("stream:pause", {"reason": "break"})
    identity = client.send(0, stream_id="as sent")
    assert (error_of(client)["code"], error_of(client)["fragment_id"]) == ("STREAM_PAUSED", identity)
    client.emit("stream:resume", {})
    client.send(1)
    refused, taken = client.results(2)
    assert refused["error"]["code"] == "STREAM_PAUSED" and taken["status"] == "success"
    assert refused["stream_id"] == "as sent"
    assert [ack["fragment_id"] for ack in client.named("fragment:ack")] == [taken["fragment_id"]]


MALFORMED = {
    "no audio": lambda m: m.pop("audio"),
    "audio a list": lambda m: m.update(audio=[]),
    "no data": lambda m: m["audio"].pop("data_base64"),
    "data a number": lambda m: m["audio"].update(data_base64=5),
    "rate a text": lambda m: m["audio"].update(sample_rate_hz="48000"),
    "channels a boolean": lambda m: m["audio"].update(channels=True),
    "too long": lambda m: m["audio"].update(duration_ms=60_001),
    "no timestamp": lambda m: m.pop("timestamp"),
    "metadata a text": lambda m: m.update(metadata="x"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_refused_malformed_with_readable_id_and_number(client, case):
    client.init()
    message = fragment(0)
    MALFORMED[case](message)
    client.emit("fragment:data", message)
    client.send(1)
    refused, taken = client.results(2)
    error = error_of(client)
    assert error["code"] == "MALFORMED_DATA" and error["fragment_id"] == message["fragment_id"]
    assert refused["error"]["code"] == "MALFORMED_DATA" and taken["status"] == "success"


@pytest.mark.parametrize("payload", [None, 7, "text", [], {"sequence_number": 0}, {"fragment_id": "f"},
                                     {"fragment_id": 7, "sequence_number": 0},
                                     fragment(0) | {"unknown": float("nan")}])  # fmt: skip
def test_malformed_without_readable_id_or_number(client, payload):
    client.init()
    client.emit("fragment:data", payload)
    assert error_of(client)["code"] == "MALFORMED_DATA"
    client.send(0)
    assert client.results(1)[0]["status"] == "success"


def test_refused_too_large(client):
    client.init()
    message = fragment(0)
    message["audio"]["data_base64"] = "A" * (BASE64_LIMIT + 3)
    client.emit("fragment:data", message)
    client.send(1)
    refused, taken = client.results(2)
    assert refused["error"]["code"] == "FRAGMENT_TOO_LARGE" and taken["status"] == "success"
    assert error_of(client)["code"] == "FRAGMENT_TOO_LARGE"


def test_refused_queue_full(sts_binary):
    with StsService(sts_binary, "--mode", "echo", ECHO_PROCESSING_DELAY_MS="3000") as service:
        with StsClient(service) as client:
            client.init(max_inflight=10)
            ids = [client.send(number) for number in range(21)]
            results = client.results(21)
            error = error_of(client)
    assert (error["code"], error["severity"], error["retryable"]) == ("QUEUE_FULL", "warning", True)
    assert error["fragment_id"] == ids[20]
    assert [result["fragment_id"] for result in results] == ids
    assert [result["status"] for result in results] == ["success"] * 20 + ["failed"]


def test_refused_rate(sts_binary):
    with StsService(sts_binary, "--mode", "echo", STS_RATE_LIMIT_FRAGMENTS_PER_MIN="2") as service:
        with StsClient(service) as client:
            client.init()
            for number in range(3):
                client.send(number)
            assert [r["status"] for r in client.results(3)] == ["success", "success", "failed"]
            assert error_of(client)["code"] == "RATE_LIMIT"


def test_same_id_and_number_still_outstanding(slow):
    slow.init()
    message = fragment(0)
    slow.emit("fragment:data", message)
    slow.emit("fragment:data", message)
    slow.send(1)
    assert [r["sequence_number"] for r in slow.results(2)] == [0, 1]
    assert [ack["status"] for ack in slow.named("fragment:ack")] == ["queued", "processing", "queued"]


def test_same_id_and_number_already_delivered(client):
    client.init()
    message = fragment(0)
    client.emit("fragment:data", message)
    first = client.results(1)[0]
    client.emit("fragment:data", message)
    assert client.results(2)[1] == first
    assert [ack["status"] for ack in client.wait("fragment:ack", 2)] == ["queued", "processing"]


def test_delivered_too_long_ago(client):
    client.init()
    message = fragment(0)
    client.emit("fragment:data", message)
    for number in range(1, 18):
        client.send(number)
    client.results(18)
    client.emit("fragment:data", message)
    assert error_of(client)["code"] == "INVALID_SEQUENCE"


def test_used_number_with_another_id(slow):
    slow.init()
    slow.send(0)
    other = slow.send(0)
    error = error_of(slow)
    assert (error["code"], error["fragment_id"]) == ("INVALID_SEQUENCE", other)
    assert len(slow.results(1)) == 1 and len(slow.named("fragment:ack")) == 1


def test_number_ahead_of_the_next_expected_one_comes_too(slow):
    slow.init()
    slow.send(1)
    slow.send(0)
    assert [r["sequence_number"] for r in slow.results(2)] == [0, 1]
    assert not slow.named("error")


def test_number_ahead_and_the_missing_one_never_comes(slow):
    slow.init()
    slow.send(0)
    slow.send(3)
    assert [r["sequence_number"] for r in slow.results(2)] == [0, 3]
    error = error_of(slow)
    assert (error["code"], error["severity"]) == ("INVALID_SEQUENCE", "warning")
    assert error["details"]["missing"] == [1, 2]
    slow.send(1)  # too late: behind the delivery point
    assert error_of(slow, 2)["severity"] == "error"


@pytest.fixture(scope="module")
def narrow_echo(sts_binary):
    """One fragment may be outstanding, and stays so."""
    with StsService(sts_binary, "--mode", "echo", STS_MAX_QUEUE="1", ECHO_PROCESSING_DELAY_MS="60000") as service:
        yield service


# Each has the faults that come later in the order, too.
ORDER = ["session", "state", "end", "schema", "size", "sequence", "rate or queue"]
FIRST = dict(zip(ORDER, ["STREAM_NOT_FOUND", "STREAM_PAUSED", "STREAM_NOT_READY", "MALFORMED_DATA",
                         "FRAGMENT_TOO_LARGE", "INVALID_SEQUENCE", "QUEUE_FULL"]))  # fmt: skip


@pytest.mark.parametrize("fault", ORDER)
def test_checks_run_in_their_order(narrow_echo, fault):
    with StsClient(narrow_echo) as client:
        if fault != "session":
            client.init(timeout_ms=120_000)
            client.send(0)
            client.wait("fragment:ack")
        if fault == "state":
            client.emit("stream:pause", {})
        if fault == "end":
            client.emit("stream:end", {})
        faults = ORDER[ORDER.index(fault) :]
        # Its number is taken by another, and there is no room for it.
        message = fragment(0 if "sequence" in faults else 1)
        if "size" in faults:
            message["audio"]["data_base64"] = "A" * (BASE64_LIMIT + 3)
        if "schema" in faults:
            message["audio"]["channels"] = 3
        client.emit("fragment:data", message)
        error = error_of(client)
        assert (error["code"], error["fragment_id"]) == (FIRST[fault], message["fragment_id"])
        assert len(client.named("error")) == 1 and len(client.named("fragment:ack")) == (fault != "session")


def test_a_duplicate_takes_no_room(narrow_echo):
    """It is known by its number, which is looked at before the queue."""
    with StsClient(narrow_echo) as client:
        client.init(timeout_ms=120_000)
        message = fragment(0)
        client.emit("fragment:data", message)
        client.emit("fragment:data", message)
        assert [ack["status"] for ack in client.wait("fragment:ack", 2)] == ["queued", "processing"]
        assert not client.named("error")


def test_after_the_end_a_stream_takes_nothing(slow):
    slow.init()
    slow.send(0)
    slow.emit("stream:end", {})
    slow.send(1)
    assert error_of(slow)["code"] == "STREAM_NOT_READY"


def test_the_end_waits_no_longer_than_a_fragment_may_take(narrow_echo):
    with StsClient(narrow_echo) as client:
        client.init(timeout_ms=1000)
        client.send(0)
        client.emit("stream:end", {})
        complete = client.wait("stream:complete")[0]
        names = [name for _, name, _ in client.events]
        result = client.named("fragment:processed")[0]
    assert (result["status"], result["error"]["code"]) == ("failed", "TIMEOUT")
    assert names.index("fragment:processed") < names.index("stream:complete")
    assert (complete["failed_count"], complete["error_breakdown"]["by_code"]) == (1, {"TIMEOUT": 1})


def test_timeout_in_its_slot_before_the_client_gives_up(sts_binary):
    with StsService(sts_binary, "--mode", "echo", ECHO_PROCESSING_DELAY_MS="4000") as service:
        with StsClient(service) as client:
            client.init(timeout_ms=1000)
            client.send(0)
            result = client.results(1)[0]
    assert (result["status"], result["error"]["code"], result["error"]["retryable"]) == ("failed", "TIMEOUT", True)
    assert result["processing_time_ms"] < 4000


def test_too_many_streams(sts_binary):
    with StsService(sts_binary, "--mode", "echo", MAX_CONCURRENT_SESSIONS="1") as service:
        with StsClient(service) as one, StsClient(service) as two:
            one.init()
            two.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": {}})
            assert error_of(two)["code"] == "RATE_LIMIT"


# ---- table 1.8


def test_levels_of_echo_and_always_a_recovery(slow):
    slow.init(max_inflight=3)
    for number in range(3):
        slow.send(number)
    slow.results(3)
    told = slow.wait("backpressure", 2)
    assert told[0]["action"] == "pause" and told[0]["recommended_delay_ms"] == 1000
    assert told[0]["severity"] == "high" and told[0]["threshold_exceeded"] == "high"
    last = told[-1]
    assert (last["severity"], last["action"], last["recommended_delay_ms"]) == ("low", "none", None)
    assert [now["action"] != then["action"] for then, now in zip(told, told[1:])].count(False) == 0


def test_a_new_stream_need_not_hold_back_for_the_old_one(slow):
    slow.init(max_inflight=3)
    for number in range(4):
        slow.send(number)
    assert slow.wait("backpressure")[-1]["action"] == "pause"
    slow.init()
    names = [name for _, name, _ in slow.events if name in ("backpressure", "stream:ready")]
    assert names[-2:] == ["backpressure", "stream:ready"]
    assert slow.named("backpressure")[-1]["action"] == "none"


# ---- test controls (1.13)


def test_simulated_errors(client):
    client.init()
    client.emit("config:error_simulation", {"enabled": True, "rules": [
        {"trigger": "sequence_number", "value": 1, "error_code": "MODEL_ERROR", "stage": "tts", "retryable": False},
        {"trigger": "nth_fragment", "value": 3, "error_code": "GPU_OOM"}]})  # fmt: skip
    ack = client.wait("config:error_simulation:ack")[0]
    assert (ack["status"], ack["rules_count"]) == ("accepted", 2)
    for number in range(3):
        client.send(number)
    results = client.results(3)
    assert [r["status"] for r in results] == ["success", "failed", "failed"]
    assert results[1]["error"] == {"stage": "tts", "code": "MODEL_ERROR", "message": "Simulated error",
                                   "retryable": False}  # fmt: skip
    assert results[2]["error"]["code"] == "GPU_OOM" and results[2]["error"]["retryable"] is True


def test_simulated_disconnect(client):
    client.emit("simulate:disconnect", {"delay_ms": 50})
    assert client.wait("simulate:disconnect:ack")[0]["status"] == "scheduled"
    assert client.left.wait(PATIENCE_S)


def test_controls_that_are_switched_off(sts_binary):
    with StsService(sts_binary, "--mode", "echo", STS_TEST_CONTROLS="false") as service:
        with StsClient(service) as client:
            client.init()
            client.emit("config:error_simulation", {"enabled": True, "rules": []})
            client.emit("simulate:disconnect", {})
            assert client.wait("config:error_simulation:ack")[0]["status"] == "rejected"
            assert client.wait("simulate:disconnect:ack")[0]["status"] == "rejected"
            client.send(0)
            assert client.results(1)[0]["status"] == "success"


# ---- authentication (1.2)


@pytest.fixture(scope="module")
def locked(sts_binary):
    with StsService(sts_binary, "--mode", "echo", STS_API_KEY="open sesame") as service:
        yield service
        service.stop()
        assert "open sesame" not in service.stdout + service.stderr


@pytest.mark.parametrize("show", [{"auth": {"token": "open sesame"}},
                                  {"headers": {"Authorization": "Bearer open sesame"}}])  # fmt: skip
def test_the_right_key(locked, show):
    with StsClient(locked, **show) as client:
        client.init()


@pytest.mark.parametrize("show", [{}, {"auth": {"token": "open"}}, {"auth": {"token": 7}},
                                  {"headers": {"Authorization": "open sesame"}}])  # fmt: skip
def test_a_wrong_key(locked, show):
    refusals = []
    client = socketio.Client(reconnection=False)
    client.on("connect_error", refusals.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(locked.url, transports=["websocket"], wait_timeout=3, **show)
    assert refusals == [{"message": "AUTH_FAILED", "data": {"code": "AUTH_FAILED"}}]


def test_asking_for_keys_can_be_switched_off(sts_binary):
    with StsService(sts_binary, "--mode", "echo", STS_API_KEY="open sesame", REQUIRE_AUTH="false") as service:
        with StsClient(service) as without, StsClient(service, auth={"token": "wrong"}) as wrong:
            without.init()
            wrong.init()


@pytest.mark.parametrize("auth", [{"token": "any"}, {"token": 7}, "text", [1], {"other": None}])
def test_without_a_key_anybody_may_come_whatever_they_show(echo, auth):
    with StsClient(echo, auth=auth) as client:
        client.init()


def test_the_flag_for_test_controls_goes_before_the_environment(sts_binary):
    with StsService(sts_binary, "--mode", "echo", "--enable-test-controls", STS_TEST_CONTROLS="false") as service:
        with StsClient(service) as client:
            client.init()
            client.emit("config:error_simulation", {"enabled": True, "rules": []})
            assert client.wait("config:error_simulation:ack")[0]["status"] == "accepted"


# ---- pages (3), log, settings (4)


def test_pages_of_echo(echo):
    health = echo.get("/health")
    assert (health.status_code, health.json()) == (200, {"status": "healthy", "service": "echo-sts"})
    assert health.headers["Content-Type"] == "application/json"
    assert echo.get("/ready").json()["models_loaded"] is True
    assert echo.get("/live").json() == {"status": "alive"}
    about = echo.get("/")
    assert about.status_code == 200 and about.json()["service"] == "echo-sts"
    assert echo.get("/openapi.json").json()["openapi"].startswith("3.")
    page = echo.get("/docs").text.lower()
    assert "swagger" in page and "api" in page
    assert echo.get("/metrics").headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert echo.get("/nothing").status_code == 404
    assert echo.get("/health", "POST").status_code == 405


def test_metric_families_are_there_from_the_start(sts_binary, golden):
    with StsService(sts_binary, "--mode", "echo") as service:
        golden("sts_service_metrics.txt", "\n".join(prometheus.families(service.get("/metrics").text)) + "\n")


SLOW = [0.5, 1, 2, 4, 8, 16]
# Section 5: the labels of each metric, and what a histogram tells apart.
LABELS = {
    "sts_fragment_processing_seconds": {"status", "stream_id"}, "sts_fragments_processed_total": {"status"},
    "sts_fragments_in_flight": {"stream_id"}, "sts_queue_depth": {"stream_id"},
    "sts_fragment_errors_total": {"stream_id", "stage", "error_code"}, "sts_asr_duration_seconds": set(),
    "sts_tts_duration_seconds": set(), "sts_translation_duration_seconds": set(), "sts_sessions_active": set(),
    "sts_connections_active": set(), "sts_models_loaded": set(), "sts_timeouts_total": {"stage"},
    "sts_sequence_events_total": {"kind"}, "sts_backpressure_events_total": {"severity"},
    "sts_audio_label_mismatch_total": set(), "sts_provider_failovers_total": {"stage"}, "sts_realtime_factor": set(),
    "sts_duration_overrun_percent": set(),
}  # fmt: skip
BUCKETS = {
    "sts_fragment_processing_seconds": SLOW, "sts_asr_duration_seconds": SLOW, "sts_tts_duration_seconds": SLOW,
    "sts_translation_duration_seconds": [0.1, 0.25, 0.5, 1, 2, 4],
}  # fmt: skip


def test_metrics_have_the_labels_of_the_contract(slow_echo):
    with StsClient(slow_echo) as client:
        client.init("labels}{\"")
        for number in range(3):
            client.send(number, timestamp=-1 if number == 2 else 1)
        client.results(3)
        samples = slow_echo.metrics()
    labels = prometheus.labels(samples)
    assert {name: labels.get(name) for name in LABELS} == LABELS
    assert {name: prometheus.buckets(samples, name) for name in BUCKETS} == BUCKETS
    assert all(math.isfinite(sample.value) for sample in samples)
    assert not any("}" in value for sample in samples for value in sample.labels.values())


def test_every_log_line_is_json(sts_binary):
    with StsService(sts_binary, "--mode", "echo", RUN_ID="run-7") as service:
        with StsClient(service, headers={"X-Stream-ID": "s-1"}) as client:
            client.init()
        service.stop()
        lines = log_lines(service)
    assert lines and all(line["runId"] == "run-7" for line in lines)
    assert [line["streamId"] for line in lines if line["message"].startswith("connected ")] == ["s-1"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("ASR_MODEL_SIZE", "large-v3"), ("ASR_MODEL_SIZE", "whisper-small.en"), ("STS_WHISPER_MODEL", "turbo"),
     ("GPU_MONITORING_INTERVAL", "5"), ("GPU_MONITORING_INTERVAL", "500ms")],
)  # fmt: skip
def test_settings_of_other_engines_are_known(sts_binary, name, value):
    done = subprocess.run([sts_binary, "--check-config"], env={"PATH": "/usr/bin:/bin", name: value},
                          capture_output=True, text=True, timeout=20)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_mock_is_refused_with_a_hint(sts_binary):
    done = subprocess.run([sts_binary, "--check-config"], env={"PATH": "/usr/bin", "TTS_PROVIDER": "mock"},
                          capture_output=True, text=True, timeout=20)  # fmt: skip
    assert "--mode echo" in done.stderr


def test_echo_reads_no_provider_settings(sts_binary):
    with StsService(sts_binary, "--mode", "echo", TTS_PROVIDER="mock", TRANSLATION_PROVIDER="nonsense",
                    ASR_PROVIDER="mock", DEVICE="cuda", ASR_MODEL_SIZE="huge") as service:  # fmt: skip
        assert service.get("/ready").status_code == 200


def test_a_port_in_use(sts_binary, echo):
    port = echo.url.rsplit(":", 1)[1]
    with Process([sts_binary, "--mode", "echo", "--host", "127.0.0.1", "--port", port]) as second:
        assert second.wait(20) == 10
    assert port in second.stderr


def test_the_port_of_the_command_line_beats_the_echos(sts_binary, echo):
    taken = echo.url.rsplit(":", 1)[1]
    with StsService(sts_binary, "--mode", "echo", "--port", "0", ECHO_PORT=taken) as service:
        assert service.get("/live").status_code == 200
