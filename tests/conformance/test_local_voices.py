# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service with voices of its own that hum instead of speaking (support/vits_model.py)."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from support.processes import children, wait_for
from support.sts_service import StsClient, error_of, labelled, sound_of

pytestmark = pytest.mark.timeout(180)

MAKE_VOICE = Path(__file__).parents[1] / "support" / "vits_model.py"
ANA = {"voices": {"ana": {"provider": "coqui", "speaker": "speaker_1", "language": "es"},
                  "bad": {"provider": "coqui", "model": "es_MX-bad-low", "language": "es"},
                  "lost": {"provider": "coqui", "model": "es_ES-nobody-low", "language": "es"}}}  # fmt: skip
BAD = {"source_language": "en", "target_language": "es", "voice_profile": "bad"}


def has_voices(build: Path) -> bool:
    return (build / "tests/vits_component_test").is_file()


@pytest.fixture
def models(tmp_path, build) -> Path:
    if not has_voices(build):
        pytest.skip("local voices are not in this build: they need libonnxruntime-dev (Debian 13)")
    subprocess.run([sys.executable, MAKE_VOICE, tmp_path / "es_ES-tiny-low.onnx", "--speakers", "2"], check=True)
    (tmp_path / "voices.json").write_text(json.dumps(ANA))
    return tmp_path


def settings(models: Path, provider: str = "coqui") -> dict[str, str]:
    return {"TTS_PROVIDER": provider, "MODEL_CACHE_DIR": str(models), "VOICE_PROFILES_PATH": str(models / "voices.json")}


def pitch_hz(audio: dict) -> float:
    """Of what is loud in it."""
    command = ["ffmpeg", "-v", "error", "-i", "-", "-f", "s16le", "-ac", "1", "-ar", "44100", "-"]
    raw = subprocess.run(command, input=sound_of(audio), capture_output=True, check=True).stdout
    samples = numpy.frombuffer(raw, numpy.int16).astype(float)
    spectrum = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(samples.size)))
    assert numpy.abs(samples).max() > 1000
    return float(spectrum.argmax()) * 44100 / samples.size


def refused(service, models: Path, **config) -> dict:
    started = service(settings(models))
    with StsClient(started) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": config})
        return error_of(client)


def test_without_them_the_refusal_names_the_package(build, sts_binary):
    if has_voices(build):
        pytest.skip("local voices are in this build")
    done = subprocess.run([sts_binary, "--check-config"], env={"PATH": "/usr/bin:/bin", "TTS_PROVIDER": "coqui"},
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 10
    assert "COQUI_URL" in done.stderr and "libonnxruntime-dev" in done.stderr, done.stderr


@pytest.mark.parametrize(("provider", "name"), [("coqui", "coqui"), ("auto", "coqui,espeak-ng")])
@pytest.mark.parametrize(("profile", "hz"), [("default", 220), ("ana", 330)])
def test_a_voice_speaks_as_the_profile_says(service, models, sentence, provider, name, profile, hz):
    started = service(settings(models, provider))
    assert started.get("/ready").json()["tts_model"] == name
    with StsClient(started) as client:
        client.init(sample_rate_hz=44100, channels=2, voice_profile=profile)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]
    # A little off where the hum was stretched to fit.
    assert pitch_hz(result["dubbed_audio"]) == pytest.approx(hz, abs=6)


def test_auto_without_a_voice_is_espeak(service, models, tmp_path_factory):
    started = service(settings(models, "auto") | {"MODEL_CACHE_DIR": str(tmp_path_factory.mktemp("none"))})
    assert started.get("/ready").json()["tts_model"] == "espeak-ng"


def test_a_language_without_a_voice_is_refused(service, models):
    for path in models.glob("es_ES-*"):
        path.unlink()
    subprocess.run([sys.executable, MAKE_VOICE, models / "de_DE-tiny-low.onnx", "--language", "de_DE"], check=True)
    error = refused(service, models, source_language="en", target_language="es")
    assert error["code"] == "UNSUPPORTED_LANGUAGE" and 'no voice for the language "es"' in error["message"], error


def test_a_profile_with_a_voice_that_is_not_there_is_refused(service, models):
    error = refused(service, models, source_language="en", target_language="es", voice_profile="lost")
    assert "es_ES-nobody-low" in error["message"] and "es_ES-tiny-low" in error["message"], error


def test_a_voice_that_is_no_good_is_named(service, models):
    model = models / "es_ES-tiny-low.onnx"
    whole = model.read_bytes()
    for content, why in [(whole[:-40], "cut short"), (b"<html>not found</html>", "no ONNX model")]:
        model.write_bytes(content)
        error = refused(service, models, source_language="en", target_language="es")
        assert error["code"] == "MODEL_ERROR" and str(model) in error["message"] and why in error["message"], error
    model.write_bytes(whole)
    (models / "es_ES-tiny-low.onnx.json").unlink()
    error = refused(service, models, source_language="en", target_language="es")
    assert error["code"] == "MODEL_ERROR" and "es_ES-tiny-low.onnx.json" in error["message"], error


def bad_voice(models: Path, *options: str) -> Path:
    path = models / "es_MX-bad-low.onnx"
    subprocess.run([sys.executable, MAKE_VOICE, path, "--language", "es_MX", *options], check=True)
    return path


def still_speaks(started, sentence) -> None:
    with StsClient(started) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]


def test_a_voice_that_makes_the_library_crash_costs_nobody_else(service, models, sentence, tmp_path_factory):
    graphs = tmp_path_factory.mktemp("graphs")
    subprocess.run([sys.executable, MAKE_VOICE.with_name("onnx_model.py"), graphs], check=True)
    bad = (graphs / "recursive.onnx").rename(bad_voice(models))
    started = service(settings(models))
    with StsClient(started) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": BAD})
        error = error_of(client)
    assert error["code"] == "MODEL_ERROR", error
    assert f"{bad} cannot be used: the program that tried it ended: signal 11" in error["message"], error
    still_speaks(started, sentence)


def test_a_voice_that_the_system_kills_for_its_memory_costs_nobody_else(service, models, sentence):
    bad_voice(models, "--slow", str(1 << 60))
    started = service(settings(models))
    with StsClient(started) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": BAD})
        trying = wait_for(lambda: children(started.pid, "livedub-onnx"), "the trial")[0]
        wait_for(lambda: Path(f"/proc/{trying}/oom_score_adj").read_text() == "1000\n", "its being the first to go")
        os.kill(trying, signal.SIGKILL)
        error = error_of(client)
    assert "the program that tried it ended: signal 9 (Killed)" in error["message"], error
    still_speaks(started, sentence)


def test_no_voice_at_all_ends_the_start(sts_binary, models, tmp_path_factory):
    empty = str(tmp_path_factory.mktemp("none"))
    done = subprocess.run([sts_binary], env={"PATH": "/usr/bin:/bin", "HOST": "127.0.0.1", "PORT": "0"}
                          | settings(models) | {"TTS_MODEL_PATH": empty},
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode in (10, 50)
    assert empty in done.stderr and "livedub models pull" in done.stderr, done.stderr
