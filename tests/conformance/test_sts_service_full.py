# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service with the packaged engines against python-socketio."""

import base64
import json
import subprocess

import pytest
import socketio
from support.processes import wait_for
from support.sts_service import StsClient, StsService, error_of, labelled, log_lines, sound_of

pytestmark = pytest.mark.timeout(120)

# For tests that are not about a time limit: the machine may be busy.
PATIENCE = {f"{what}_TIMEOUT_MS": "60000" for what in ("FRAGMENT", "ASR", "TRANSLATION", "TTS")} | {
    "STS_INIT_WAIT_MS": "60000"
}


@pytest.fixture(scope="module")
def full(sts_binary):
    with StsService(sts_binary, **PATIENCE) as service:
        service.wait_ready()
        yield service
        assert service.stop() == 0


def probe(sound: bytes, *entries: str) -> str:
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=" + ",".join(entries), "-of", "csv=p=0", "-"]
    return subprocess.run(command, input=sound, capture_output=True, check=True).stdout.decode().strip()


def test_pages_of_full(full):
    assert full.get("/health").json() == {"status": "healthy", "service": "full-sts-service"}
    ready = full.get("/ready").json()
    assert ready["models_loaded"] is True and ready["asr_model"].startswith("pocketsphinx")
    assert full.total("sts_models_loaded") == 3


def test_a_sentence_is_dubbed(full, sentence):
    with StsClient(full) as client:
        ready = client.init("full", sample_rate_hz=44100, channels=2)
        assert ready["capabilities"]["asr"] is True
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]
    assert "people" in result["transcript"].lower() or "country" in result["transcript"].lower()
    assert any(word in result["translated_text"].lower() for word in ("país", "personas", "trabajar", "gente"))
    metadata = result["metadata"]
    assert metadata["asr_model"].startswith("pocketsphinx") and metadata["translation_model"] == "apertium"
    assert metadata["tts_model"].startswith("espeak") and metadata["no_speech"] is False
    assert metadata["speech_duration_ms"] > 500
    sound = sound_of(result["dubbed_audio"])
    assert sound != sentence
    assert probe(sound, "codec_name", "sample_rate", "channels") == "aac,44100,2"
    assert abs(result["dubbed_audio"]["duration_ms"] - 4000) <= 25
    assert result["stage_timings"]["asr_ms"] > 0


def test_languages_are_the_same_in_any_case(full):
    with StsClient(full) as client:
        client.init(source_language="EN-us", target_language="ES")


def test_flat_samples_need_not_say_how_long_they_are(full):
    with StsClient(full) as client:
        client.emit("stream:init", {"sample_rate": 48000, "format": "pcm_s16le"})
        client.wait("stream:ready")
        sound = bytes(2 * 2 * 48000)
        client.emit("fragment:data", {"fragment_id": "f", "stream_id": "s", "sequence_number": 0, "timestamp": 0,
                                      "audio": base64.b64encode(sound).decode()})  # fmt: skip
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]
    assert len(base64.b64decode(result["dubbed_audio"])) == len(sound)


def test_silence_is_success_without_words(full):
    with StsClient(full) as client:
        client.init(sample_rate_hz=16000, format="pcm_s16le")
        client.send(0, **labelled(b"\0" * 64000, format="pcm_s16le", sample_rate_hz=16000, channels=1,
                                  duration_ms=2000))  # fmt: skip
        result = client.results(1, 60)[0]
    assert (result["status"], result["transcript"], result["translated_text"]) == ("success", "", "")
    assert result["metadata"]["no_speech"] is True and result["metadata"]["speed_ratio"] == 1.0
    assert result["dubbed_audio"]["duration_ms"] == pytest.approx(2000, abs=65)


@pytest.mark.parametrize("sound", [b"", b"no sound at all", b"\0\0\0\x18ftypM4A " + b"\0" * 64],
                         ids=["empty", "text", "hollow mp4"])  # fmt: skip
def test_sound_that_is_none(full, sound):
    with StsClient(full) as client:
        client.init()
        client.send(0, sound)
        result = client.results(1, 60)[0]
    assert (result["status"], result["error"]["code"]) == ("failed", "INVALID_AUDIO_FORMAT")
    assert result["dubbed_audio"] is None and result["metadata"] is None


REFUSED = {
    "no such pair": ({"target_language": "ja"}, "UNSUPPORTED_LANGUAGE"),
    "no such source": ({"source_language": "fi"}, "UNSUPPORTED_LANGUAGE"),
    "no such voice": ({"voice_profile": "nobody"}, "INVALID_VOICE_PROFILE"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_nobody_can_dub_is_refused_at_the_start(full, case):
    config, code = REFUSED[case]
    with StsClient(full) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": config})
        assert error_of(client)["code"] == code


def test_a_language_nobody_has_may_be_let_in(sts_binary, sentence):
    with StsService(sts_binary, STS_UNSUPPORTED_LANGUAGE="accept", **PATIENCE) as service:
        service.wait_ready()
        with StsClient(service) as client:
            client.init(target_language="ja")
            client.send(0, **labelled(sentence))
            assert client.results(1, 60)[0]["error"]["code"] == "UNSUPPORTED_LANGUAGE"


def test_adts_under_the_wrong_name_is_taken_and_counted(full, sentence, tmp_path):
    file = tmp_path / "s.aac"
    (tmp_path / "s.m4a").write_bytes(sentence)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(tmp_path / "s.m4a"), "-c", "copy", str(file)], check=True)
    before = full.total("sts_audio_label_mismatch_total")
    with StsClient(full) as client:
        client.init()
        client.send(0, **labelled(file.read_bytes()))
        assert client.results(1, 60)[0]["status"] == "success"
    assert full.total("sts_audio_label_mismatch_total") == before + 1


def test_a_stream_asked_for_while_the_engines_load_is_answered_when_they_have(sts_binary):
    with StsService(sts_binary, **PATIENCE) as service:
        with StsClient(service) as client:
            assert client.init()["session_id"]
        service.wait_ready()
        assert service.stop() == 0


def test_a_stream_asked_for_while_the_engines_load_may_end_before_they_have(sts_binary):
    with StsService(sts_binary, AUTO_DISCONNECT_DELAY="1") as service:
        with StsClient(service) as client:
            client.emit("stream:init", {"stream_id": "held", "worker_id": "w-1", "config": {}})
            for name in ("stream:pause", "stream:resume", "stream:end"):
                client.emit(name, {})
            complete = client.wait("stream:complete")[0]
            assert (complete["stream_id"], complete["total_fragments"]) == ("held", 0)
            service.wait_ready()
            assert client.left.wait(20)
            assert not client.named("stream:ready") and not client.named("error")
        assert service.stop() == 0


def test_three_at_once_are_acknowledged_while_the_engines_work(full, sentence):
    with StsClient(full) as client:
        client.init(sample_rate_hz=44100, channels=2)
        ids = [client.send(number, **labelled(sentence)) for number in range(3)]
        acks = client.wait("fragment:ack", 3)
        assert [ack["fragment_id"] for ack in acks] == ids and not client.named("fragment:processed")
        results = client.results(3, 60)
    assert [result["fragment_id"] for result in results] == ids
    assert all(result["status"] == "success" for result in results)


def test_artifacts_are_kept_when_asked_for(sts_binary, sentence, tmp_path):
    settings = {"ENABLE_ARTIFACT_LOGGING": "true", "ARTIFACTS_PATH": str(tmp_path / "kept")}
    with StsService(sts_binary, **settings, **PATIENCE) as service:
        with StsClient(service) as client:
            client.init("s/1", sample_rate_hz=44100, channels=2)
            fragment_id = client.send(0, **labelled(sentence))
            result = client.results(1, 60)[0]
        folder = tmp_path / "kept" / "s_1" / fragment_id
        wait_for((folder / "metadata.json").exists, "artifacts")
    assert json.loads((folder / "metadata.json").read_text())["status"] == "success"
    assert (folder / "transcript.txt").read_text().strip() == result["transcript"]
    for name in ("original_audio.m4a", "dubbed_audio.m4a"):
        assert probe((folder / name).read_bytes(), "codec_name") == "aac"


def test_voice_profiles_of_a_file(sts_binary, tmp_path):
    voices = tmp_path / "voices.json"
    voices.write_text('{"voices": {"anna": {"language": "es", "gender": "female"}}}')
    with StsService(sts_binary, VOICE_PROFILES_PATH=str(voices), **PATIENCE) as service:
        with StsClient(service) as client:
            assert client.init(voice_profile="anna")["session_id"]
    voices.write_text("anna")
    done = subprocess.run([sts_binary, "--check-config", "--voice-profiles-path", voices],
                          capture_output=True, text=True, timeout=20)  # fmt: skip
    assert done.returncode == 10 and "VOICE_PROFILES_PATH" in done.stderr


@pytest.mark.parametrize("name", ["BACKPRESSURE_THRESHOLD_HIGH", "BACKPRESSURE_THRESHOLD_CRITICAL"])
def test_a_threshold_without_effect_is_logged(sts_binary, name):
    with StsService(sts_binary, **{name: "12"}) as service:
        assert service.stop() == 0
        said = [line["message"] for line in log_lines(service) if "setting_without_effect" in line["message"]]
    assert len(said) == 1 and "BACKPRESSURE_THRESHOLD_HIGH" in said[0] and "value=12" in said[0]
