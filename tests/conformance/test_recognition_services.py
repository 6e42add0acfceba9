# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service with a transcription service over HTTP: good days and bad ones."""

import json
import subprocess

import pytest
from support.processes import free_port
from support.speech_server import HEARD, KEY, SpeechServer
from support.sts_service import StsClient, error_of, labelled

pytestmark = pytest.mark.timeout(120)

MODEL = "openai-compatible:listener"


@pytest.fixture
def listener():
    with SpeechServer() as running:
        yield running


def with_sound(listener: SpeechServer) -> list[dict]:
    """The questions but for the silence that an init sends."""
    return [form for _, form in listener.asked if len(form["file"][0]) != 44 + 2 * 16000]


def test_a_service_listens(service, listener, sentence):
    started = service(listener.listening())
    assert started.get("/ready").json()["asr_model"] == MODEL
    with StsClient(started) as client:
        client.init(sample_rate_hz=44100, channels=2, domain_hints=["news"])
        for number in range(2):
            client.send(number, **labelled(sentence))
        results = client.results(2, 60)
    for result in results:
        assert result["status"] == "success", result["error"]
        assert result["transcript"] == HEARD
        assert any(word in result["translated_text"].lower() for word in ("país", "personas", "trabajar", "gente"))
        assert result["metadata"]["asr_model"] == MODEL
    first, second = with_sound(listener)
    assert first["prompt"] == ["news."]
    assert second["prompt"] == [f"news. {HEARD}"]
    assert {path for path, _ in listener.asked} == {"/v1/audio/transcriptions"}


def test_a_model_without_times_is_asked_for_the_text_alone(service, listener, sentence):
    listener.kinds = ["json"]
    with StsClient(service(listener.listening())) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(sentence))
        assert client.results(1, 60)[0]["transcript"] == HEARD
    assert [form["response_format"] for form in with_sound(listener)] == [["json"]]  # it has learnt that at the init


def test_silence_is_not_sent(service, listener):
    with StsClient(service(listener.listening())) as client:
        client.init(sample_rate_hz=48000, channels=1, format="pcm_s16le")
        client.send(0, bytes(2 * 2 * 48000), audio=labelled(bytes(2 * 2 * 48000), format="pcm_s16le", channels=1,
                                                            sample_rate_hz=48000, duration_ms=2000)["audio"])  # fmt: skip
        result = client.results(1, 60)[0]
    assert (result["status"], result["transcript"]) == ("success", "")
    assert with_sound(listener) == []


def verbose(**numbers: float) -> tuple[int, str, bytes]:
    segment = {"start": 0, "end": 2, "text": " Thanks for watching!"} | numbers
    return 200, "application/json", json.dumps({"text": "Thanks for watching!", "segments": [segment]}).encode()


@pytest.mark.parametrize("doubt", [{"no_speech_prob": 0.9, "avg_logprob": -1.5}, {"compression_ratio": 3.0}])
def test_what_whisper_would_not_believe_is_no_speech(service, listener, sentence, doubt):
    with StsClient(service(listener.listening())) as client:
        client.init(sample_rate_hz=44100, channels=2)
        listener.instead = verbose(**doubt)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert (result["status"], result["transcript"], result["metadata"]["no_speech"]) == ("success", "", True), result


BAD_DAYS = {
    "too many requests": ((429, b'{"error": {"message": "Slow down"}}'), "RATE_LIMIT_EXCEEDED", True),
    "broken": ((500, b"<html>"), "MODEL_ERROR", True),
    "overloaded": ((503, b""), "MODEL_ERROR", True),
    "key taken back": ((401, b'{"error": "Invalid API key"}'), "ASR_FAILED", False),
    "not JSON": ((200, b"Hello."), "ASR_FAILED", False),
    "not UTF-8": ((200, b'{"text": "\xff"}'), "ASR_FAILED", False),
    "no text": ((200, b'{"segments": []}'), "ASR_FAILED", False),
    "deep": ((200, b"[" * 500_000), "ASR_FAILED", False),
    "10 MB": ((200, b'{"text": "' + b"a" * 10_000_000 + b'"}'), "ASR_FAILED", False),
}


def test_a_bad_day_costs_the_fragment_and_not_the_stream(service, listener, sentence):
    with StsClient(service(listener.listening())) as client:
        client.init(sample_rate_hz=44100, channels=2)
        for number, (name, ((status, body), code, is_retryable)) in enumerate(BAD_DAYS.items()):
            listener.instead = (status, "application/json", body)
            client.send(number, **labelled(sentence))
            result = client.results(number + 1, 60)[-1]
            error = result["error"] or {}
            assert (result["status"], error.get("code"), error.get("retryable")) == ("failed", code, is_retryable), name
            assert error["stage"] == "asr" and "openai-compatible" in error["message"], error
            assert result["dubbed_audio"] is None
        listener.instead = None
        client.send(len(BAD_DAYS), **labelled(sentence))
        assert client.results(len(BAD_DAYS) + 1, 60)[-1]["status"] == "success"


def test_a_service_that_hangs_is_given_up_in_time(service, listener, sentence):
    with StsClient(service(listener.listening(), ASR_TIMEOUT_MS="500")) as client:
        client.init(sample_rate_hz=44100, channels=2)
        listener.instead = "hang"
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert (error["code"], error["stage"]) == ("TIMEOUT", "asr")


REFUSED = {
    "a wrong key": ({"OPENAI_API_KEY": "another"}, {}, "MODEL_ERROR", "HTTP 401: Incorrect API key"),
    "an unknown model": ({"OPENAI_ASR_MODEL": "other"}, {}, "MODEL_ERROR", "HTTP 404: The model does not exist"),
    "an unknown language": ({}, {"source_language": "sv", "target_language": "sv"}, "UNSUPPORTED_LANGUAGE",
                            "'sv' is not supported"),
    "no language": ({}, {"source_language": "auto"}, "UNSUPPORTED_LANGUAGE", "auto"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_service_refuses_ends_the_init(service, listener, name):
    changes, config, code, message = REFUSED[name]
    settings = listener.listening() | changes | {"TRANSLATION_PROVIDER": "none"}
    with StsClient(service(settings)) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": {"target_language": "en"} | config})
        error = error_of(client)
    assert error["code"] == code and message in error["message"], error


def test_a_service_that_is_not_there_does_not_keep_the_stream_from_starting(service, listener, sentence):
    nobody = listener.listening() | {"OPENAI_BASE_URL": f"http://127.0.0.1:{free_port()}/v1"}
    with StsClient(service(nobody)) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert (error["code"], error["stage"], error["retryable"]) == ("MODEL_ERROR", "asr", True)


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "OPENAI_ASR_MODEL"])
def test_what_the_provider_needs_is_asked_for_at_the_start(sts_binary, listener, name):
    settings = {key: value for key, value in listener.listening().items() if key != name}
    done = subprocess.run([sts_binary, "--check-config"], env={"PATH": "/usr/bin:/bin"} | settings,
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 10
    assert name in done.stderr and "allowed" in done.stderr, done.stderr


def test_doctor_tries_the_service(livedub, listener):
    def doctor(**changes: str) -> tuple[dict, str]:
        environment = {"PATH": "/usr/bin:/bin"} | listener.listening() | changes
        done = subprocess.run([livedub, "doctor", "--json", "--quick"], env=environment, capture_output=True,
                              text=True, timeout=90)  # fmt: skip
        assert KEY not in done.stdout + done.stderr
        report = json.loads(done.stdout)
        engines = [it for it in report["engines"] if it["name"] == "openai-compatible"]
        texts = [it["text"] for it in report["findings"] if it["name"] == "openai-compatible"]
        assert [it["stage"] for it in engines if it["used"]] == [engines[0]["stage"]]
        return engines[0], texts[0]

    good, text = doctor()
    assert good["works"] and good["load_ms"] is not None and MODEL in text
    refused, text = doctor(OPENAI_API_KEY="another")
    assert not refused["works"] and "HTTP 401" in text
    away, text = doctor(OPENAI_BASE_URL=f"http://127.0.0.1:{free_port()}/v1")
    assert not away["works"] and "openai-compatible: http://127.0.0.1" in text
