# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service with translation services over HTTP: good days and bad ones."""

import json
import subprocess

import pytest
from support.processes import free_port
from support.sts_service import StsClient, StsService, error_of, labelled
from support.translation_server import PATHS, SPANISH

pytestmark = pytest.mark.timeout(120)

PROVIDERS = dict(zip(("deepl", "libretranslate", "openai-compatible"), PATHS))


def dub(service: StsService, spoken: bytes) -> dict:
    with StsClient(service) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(spoken))
        return client.results(1, 60)[0]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_service_translates(service, server, sentence, provider):
    result = dub(service(server.settings(provider)), sentence)
    assert result["status"] == "success", result["error"]
    assert SPANISH in result["translated_text"]
    assert result["metadata"]["translation_model"] == provider
    paths = {path for path, _ in server.asked}
    assert paths == {PROVIDERS[provider]}
    # The first is the word that the stream's init has tried.
    texts = [str(body) for _, body in server.asked]
    assert any("country" in text or "people" in text for text in texts[1:]), texts


BAD_DAYS = {
    "too many requests": ((429, b'{"error": "Slowdown"}'), "RATE_LIMIT_EXCEEDED"),
    "broken": ((500, b"<html>"), "TRANSLATION_API_UNAVAILABLE"),
    "overloaded": ((503, b""), "TRANSLATION_API_UNAVAILABLE"),
    "key taken back": ((403, b'{"error": "Invalid API key"}'), "TRANSLATION_FAILED"),
    "not JSON": ((200, b"Hola."), "TRANSLATION_FAILED"),
    "not UTF-8": ((200, b'{"translatedText": "\xff"}'), "TRANSLATION_FAILED"),
    "empty": ((200, b'{"translatedText": ""}'), "TRANSLATION_FAILED"),
    "10 MB": ((200, b'{"translatedText": "' + b"a" * 10_000_000 + b'"}'), "TRANSLATION_FAILED"),
}


def test_a_bad_day_costs_the_fragment_and_not_the_stream(service, server, sentence):
    running = service(server.settings("libretranslate"))
    with StsClient(running) as client:
        client.init(sample_rate_hz=44100, channels=2)
        for number, (answer, code) in enumerate(BAD_DAYS.values()):
            server.instead = answer
            client.send(number, **labelled(sentence), sequence_number=number)
            result = client.results(number + 1, 60)[-1]
            assert (result["status"], (result["error"] or {}).get("code")) == ("failed", code), list(BAD_DAYS)[number]
            assert result["error"]["stage"] == "translation" and "libretranslate" in result["error"]["message"]
            assert result["dubbed_audio"] is None and result["translated_text"] != result["transcript"]
        server.instead = None
        client.send(len(BAD_DAYS), **labelled(sentence))
        assert client.results(len(BAD_DAYS) + 1, 60)[-1]["status"] == "success"


@pytest.mark.parametrize(("policy", "status"), [("fail", "failed"), ("trim", "partial")])
def test_what_takes_far_longer_to_say_is_a_duration_mismatch(service, server, sentence, policy, status):
    running = service(server.settings("libretranslate"), DURATION_OVERRUN_POLICY=policy)
    with StsClient(running) as client:
        client.init(sample_rate_hz=44100, channels=2)
        server.instead = 200, json.dumps({"translatedText": f"{SPANISH} " * 8}).encode()
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
        assert result["status"] == status, result["error"]
        error = {key: result["error"][key] for key in ("code", "stage", "retryable")}
        assert error == {"code": "DURATION_MISMATCH_EXCEEDED", "stage": "tts", "retryable": False}
        assert (result["dubbed_audio"] is not None) is (status == "partial")


def test_a_service_that_hangs_is_given_up_in_time(service, server, sentence):
    running = service(server.settings("libretranslate"), TRANSLATION_TIMEOUT_MS="500")
    with StsClient(running) as client:
        client.init(sample_rate_hz=44100, channels=2)
        server.instead = "hang"
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
        assert (error["code"], error["stage"]) == ("TIMEOUT", "translation")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_wrong_key_ends_the_init_and_says_so(service, server, provider):
    wrong = server.settings(provider) | {name: "another" for name in ("DEEPL_AUTH_KEY", "LIBRETRANSLATE_API_KEY", "OPENAI_API_KEY")}
    with StsClient(service(wrong)) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": {}})
        error = error_of(client)
    assert error["code"] == "MODEL_ERROR"
    assert f"{provider}: HTTP 40" in error["message"], error


@pytest.mark.parametrize("provider", ["deepl", "libretranslate"])
def test_a_language_that_the_service_lacks_is_refused(service, server, provider):
    with StsClient(service(server.settings(provider))) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": {"target_language": "fi"}})
        error = error_of(client)
    assert error["code"] == "UNSUPPORTED_LANGUAGE" and "not supported" in error["message"]


def test_the_next_in_the_list_stands_in(service, server, sentence):
    running = service(server.settings("libretranslate,apertium"))
    with StsClient(running) as client:
        client.init(sample_rate_hz=44100, channels=2)
        server.instead = (503, b"")
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
        assert result["status"] == "success", result["error"]
        assert SPANISH not in result["translated_text"]
        assert any(word in result["translated_text"].lower() for word in ("país", "personas", "trabajar", "gente"))
        asked = len(server.asked)
        client.send(1, **labelled(sentence), sequence_number=1)
        assert client.results(2, 60)[-1]["status"] == "success"
        assert len(server.asked) == asked  # passed over while it is not to be reached
    assert any("translator_failed" in line for _, line in running.err)


def test_a_service_that_is_not_there_does_not_keep_the_stream_from_starting(service, server, sentence):
    nobody = server.settings("openai-compatible,apertium") | {"OPENAI_BASE_URL": f"http://127.0.0.1:{free_port()}/v1"}
    assert dub(service(nobody), sentence)["status"] == "success"


MISSING = {
    "DEEPL_AUTH_KEY": {"TRANSLATION_PROVIDER": "deepl"},
    "LIBRETRANSLATE_URL": {"TRANSLATION_PROVIDER": "libretranslate", "LIBRETRANSLATE_URL": "ftp://mt"},
    "OPENAI_BASE_URL": {"TRANSLATION_PROVIDER": "openai-compatible", "OPENAI_TRANSLATION_MODEL": "m"},
    "OPENAI_TRANSLATION_MODEL": {"TRANSLATION_PROVIDER": "openai-compatible", "OPENAI_BASE_URL": "http://llm/v1"},
    "TRANSLATION_PROVIDER": {"TRANSLATION_PROVIDER": "apertium,apertium"},
}


@pytest.mark.parametrize("name", MISSING)
def test_what_a_provider_needs_is_asked_for_at_the_start(sts_binary, name):
    done = subprocess.run([sts_binary, "--check-config"], env={"PATH": "/usr/bin:/bin"} | MISSING[name],
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 10
    assert name in done.stderr and "allowed" in done.stderr, done.stderr
