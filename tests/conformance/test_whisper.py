# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service with whisper, on models that say one sentence whatever they hear (support/whisper_model.py)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import children, wait_for
from support.sts_service import StsClient, StsService, labelled

pytestmark = pytest.mark.timeout(180)

MAKE_MODEL = Path(__file__).parents[1] / "support" / "whisper_model.py"
PATIENCE = {f"{what}_TIMEOUT_MS": "60000" for what in ("FRAGMENT", "ASR", "TRANSLATION", "TTS")}


@pytest.fixture(scope="module")
def with_whisper(build):
    if not (build / "apps/livedub-whisper").is_file():
        pytest.skip("whisper is not in this build: it needs libwhisper-dev (Debian 14)")


@pytest.fixture(scope="module")
def models(tmp_path_factory, with_whisper) -> Path:
    folder = tmp_path_factory.mktemp("models")
    (folder / "whisper").mkdir()
    for name, *options in [("base", "--end", "4"), ("tiny.en", "--english", "--end", "4")]:
        subprocess.run([sys.executable, MAKE_MODEL, folder / "whisper" / f"ggml-{name}.bin", *options], check=True)
    return folder


@pytest.fixture
def service(sts_binary):
    running = []

    def start(**settings: str) -> StsService:
        running.append(StsService(sts_binary, **PATIENCE | {"TRANSLATION_PROVIDER": "none"} | settings))
        running[-1].wait_ready()
        return running[-1]

    yield start
    for program in running:
        assert program.stop() == 0


def refusal(sts_binary, **settings: str) -> str:
    """What it says when it ends by itself, with 10 or 50 as any engine that cannot be had."""
    done = subprocess.run([sts_binary], env={"PATH": "/usr/bin:/bin", "HOST": "127.0.0.1", "PORT": "0"} | settings,
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode in (10, 50), done.stderr
    return done.stderr


def english(client: StsClient) -> None:
    client.init(sample_rate_hz=44100, channels=2, source_language="en", target_language="en")


def test_without_it_the_refusal_names_what_there_is(build, sts_binary):
    if (build / "apps/livedub-whisper").is_file():
        pytest.skip("whisper is in this build")
    said = refusal(sts_binary, ASR_PROVIDER="whisper")
    assert "ASR_PROVIDER" in said and "auto, pocketsphinx, openai-compatible (what this build has)" in said


@pytest.mark.parametrize("provider", ["whisper", "auto"])
def test_it_recognises_and_says_so(service, models, sentence, provider):
    running = service(ASR_PROVIDER=provider, MODEL_CACHE_DIR=str(models))
    assert running.get("/ready").json()["asr_model"] == "whisper-base"
    with StsClient(running) as client:
        english(client)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result
    assert "Good evening, España." in result["transcript"]
    assert result["metadata"]["asr_model"] == "whisper-base"


def test_the_size_takes_effect(service, models):
    running = service(ASR_PROVIDER="whisper", STS_MODEL_CACHE_DIR=str(models), STS_WHISPER_MODEL="whisper-tiny.en")
    assert running.get("/ready").json()["asr_model"] == "whisper-tiny.en"


def test_auto_without_a_model_takes_the_packaged_one_and_says_why(service, models, tmp_path):
    running = service(ASR_PROVIDER="auto", MODEL_CACHE_DIR=str(tmp_path))
    assert running.get("/ready").json()["asr_model"] == "pocketsphinx-en-us"
    wait_for(lambda: "no ggml-base.bin in" in running.stderr, "the reason")


def test_what_cannot_be_used_ends_the_start_and_is_named(sts_binary, models, tmp_path):
    whole = (models / "whisper/ggml-base.bin").read_bytes()
    for name, content, why in [
        ("truncated", whole[:-1], "it ends too early"),
        ("hostile", whole[:4] + b"\xff\xff\xff\x7f" + whole[8:], "vocabulary 2147483647"),
        ("page", b"<html>not found</html>", "it begins with"),
    ]:
        path = tmp_path / f"{name}.bin"
        path.write_bytes(content)
        said = refusal(sts_binary, ASR_PROVIDER="whisper", ASR_MODEL_PATH=str(path))
        assert str(path) in said and why in said, said
    said = refusal(sts_binary, ASR_PROVIDER="whisper", ASR_MODEL_SIZE="small", MODEL_CACHE_DIR=str(models))
    assert "no ggml-small.bin" in said and "there is ggml-base.bin" in said


def test_a_killed_worker_costs_at_most_a_fragment(service, models, sentence):
    running = service(ASR_PROVIDER="whisper", MODEL_CACHE_DIR=str(models))
    with StsClient(running) as client, StsClient(running) as other:
        english(client)
        english(other)
        client.send(0, **labelled(sentence))
        assert client.results(1, 60)[0]["status"] == "success"
        for weights in children(running.child.pid):
            for worker in children(weights):
                os.kill(worker, signal.SIGKILL)
        for number in (1, 2):
            client.send(number, **labelled(sentence))
        other.send(0, **labelled(sentence))
        assert client.results(3, 60)[2]["status"] == "success"
        assert other.results(1, 60)[0]["status"] in ("success", "failed")
    assert running.running
