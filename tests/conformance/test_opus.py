# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The local neural translator, on a model of some thirty words (support/marian_model.py)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.sts_service import StsClient, error_of, labelled

pytestmark = pytest.mark.timeout(120)

MAKE_MODEL = Path(__file__).parents[1] / "support" / "marian_model.py"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOST": "127.0.0.1", "PORT": "0"}


def start(sts_binary, **settings: str) -> subprocess.CompletedProcess:
    """A service that is to end by itself."""
    return subprocess.run([sts_binary], env=ENVIRONMENT | settings, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def has_opus(sts_binary) -> bool:
    said = start(sts_binary, TRANSLATION_PROVIDER="babelfish").stderr
    assert "TRANSLATION_PROVIDER" in said
    return "opus" in said


@pytest.fixture
def models(tmp_path, has_opus) -> Path:
    if not has_opus:
        pytest.skip("opus is not in this build: it needs libonnxruntime-dev and libsentencepiece-dev (Debian 13)")
    subprocess.run([sys.executable, MAKE_MODEL, tmp_path / "opus-mt-en-es"], check=True)
    return tmp_path


@pytest.fixture
def translate(build, models):
    def run(*lines: str, provider: str = "opus", options: tuple = (), code: int = 0) -> list[str]:
        command = [build / "tests/translate_lines", "--provider", provider, "--models", models, *options]
        done = subprocess.run(command, input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stderr
        return (done.stdout if code == 0 else done.stderr).splitlines()

    return run


def test_without_it_the_refusal_names_what_there_is(has_opus, sts_binary):
    if has_opus:
        pytest.skip("opus is in this build")
    done = start(sts_binary, TRANSLATION_PROVIDER="opus")
    assert done.returncode == 10
    assert "TRANSLATION_PROVIDER" in done.stderr and "apertium, deepl" in done.stderr
    assert "opus: " in done.stderr and "libonnxruntime-dev" in done.stderr


def test_it_translates(translate):
    assert translate("the car is red.", "The house is red. The car is red.") == [
        "el coche es rojo.", "La casa es roja. El coche es rojo."]  # fmt: skip


def test_a_glossary_survives_it(translate, tmp_path):
    (tmp_path / "terms.tsv").write_text("cup\tcopa\n")
    assert translate("the cup is red.", options=("--glossary", tmp_path / "terms.tsv")) == ["la copa es roja."]


def test_what_it_cannot_say_the_next_one_says(translate):
    if not Path("/usr/share/apertium/modes/eng-spa.mode").is_file():
        pytest.skip("the package apertium-eng-spa is not installed")
    assert translate("nothing", provider="opus,apertium")[0].lower().startswith("nada")


def test_a_pair_that_is_not_there_is_refused(translate):
    said = "\n".join(translate(options=("--to", "fr"), code=1))
    assert "opus-mt-en-fr" in said and "opus-mt-en-es" in said


def test_without_a_model_the_service_says_what_is_missing(sts_binary, models, tmp_path):
    done = start(sts_binary, TRANSLATION_PROVIDER="opus", MODEL_CACHE_DIR=str(tmp_path / "empty"))
    assert done.returncode == 10
    assert str(tmp_path / "empty") in done.stderr and "livedub models pull opus-mt-en-es" in done.stderr


def test_a_broken_model_is_named(sts_binary, models):
    decoder = models / "opus-mt-en-es" / "decoder_model_merged.onnx"
    decoder.write_bytes(decoder.read_bytes()[:1000])
    done = start(sts_binary, TRANSLATION_PROVIDER="opus", MODEL_CACHE_DIR=str(models))
    assert done.returncode == 10
    assert str(decoder) in done.stderr


def test_one_that_makes_the_library_crash_is_named(sts_binary, models):
    subprocess.run([sys.executable, MAKE_MODEL.with_name("onnx_model.py"), models], check=True)
    (models / "recursive.onnx").rename(models / "opus-mt-en-es" / "encoder_model.onnx")
    done = start(sts_binary, TRANSLATION_PROVIDER="opus", MODEL_CACHE_DIR=str(models))
    assert done.returncode == 10
    assert f"{models / 'opus-mt-en-es'} cannot be used" in done.stderr and "signal 11" in done.stderr, done.stderr


def test_fragments_are_dubbed_with_it(service, models, sentence):
    with StsClient(service({"TRANSLATION_PROVIDER": "opus", "MODEL_CACHE_DIR": str(models)})) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]
    assert result["metadata"]["translation_model"] == "opus"
    said = set(result["translated_text"].lower().replace(".", "").split())
    assert "algo" in said and said <= {"algo", "la", "el"}, said  # of the words it knows "the" alone


def test_a_language_that_it_has_no_model_for_is_refused(service, models):
    with StsClient(service({"TRANSLATION_PROVIDER": "opus", "MODEL_CACHE_DIR": str(models)})) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": {"target_language": "fr"}})
        error = error_of(client)
    assert error["code"] == "UNSUPPORTED_LANGUAGE" and "opus-mt-en-fr" in error["message"], error


def test_the_doctor_tries_it(build, models):
    done = subprocess.run(
        [build / "apps/livedub", "doctor", "--quick", "--translation-provider", "opus"],
        env={"PATH": "/usr/bin:/bin", "MODEL_CACHE_DIR": str(models)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert re.search(r"ok +opus +.* MiB +[0-9.]+, en > es", done.stdout), done.stdout + done.stderr
