# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service with the packaged engines against python-socketio."""

import base64
import contextlib
import json
import signal
import subprocess

import pytest
from support import prometheus
from support.processes import resident_mib, wait_for
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


def test_the_pages_answer_while_fragments_are_dubbed(full, sentence):
    with StsClient(full) as client:
        client.init("busy", sample_rate_hz=44100, channels=2)
        for number in range(3):
            client.send(number, **labelled(sentence))
        client.wait("fragment:ack", 3)
        pages = [full.get(page) for page in ("/ready", "/health", "/live")]
        assert full.total("sts_fragments_in_flight") >= 1, "the fragments were done before the pages were asked for"
        assert [page.status_code for page in pages] == [200, 200, 200]
        assert pages[0].json()["models_loaded"] is True
        assert [result["status"] for result in client.results(3, 60)] == ["success"] * 3


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


OUTPUTS = {  # what ffprobe says of each; of bare samples it can say nothing
    "m4a": "aac,22050,2", "adts": "aac,22050,2", "wav": "pcm_s16le,22050,2", "pcm_s16le": None, "pcm_f32le": None,
}  # fmt: skip


@pytest.mark.parametrize("binary", [False, True], ids=["base64", "attachment"])
@pytest.mark.parametrize("kind", OUTPUTS)
def test_the_dub_is_of_the_kind_that_was_asked_for(full, kind, binary):
    with StsClient(full) as client:
        client.init(sample_rate_hz=16000, format="pcm_s16le", output_format=kind, output_sample_rate_hz=22050,
                    output_channels=2, binary=binary)  # fmt: skip
        client.send(0, **labelled(b"\0" * 64000, format="pcm_s16le", sample_rate_hz=16000, channels=1,
                                  duration_ms=2000))  # fmt: skip
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]
    audio = result["dubbed_audio"]
    assert ("data" in audio) is binary and ("data_base64" in audio) is not binary
    assert (audio["format"], audio["sample_rate_hz"], audio["channels"]) == (kind, 22050, 2)
    sound = sound_of(audio)
    if OUTPUTS[kind]:
        assert probe(sound, "codec_name", "sample_rate", "channels") == OUTPUTS[kind]
    else:
        assert len(sound) == 2 * 22050 * 2 * (2 if kind == "pcm_s16le" else 4)


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


@pytest.fixture
def loading(sts_binary, server):
    """A service whose engines load until the translation server is released."""
    server.instead = "hang"
    settings = server.settings("libretranslate") | PATIENCE | {"STS_INIT_WAIT_MS": "300"}
    with StsService(sts_binary, **settings) as service:
        wait_for(lambda: server.asked, "the translator to be tried")
        yield service
        server.release()
        assert service.stop() == 0


def test_pages_while_the_engines_load(loading, server, golden):
    health = loading.get("/health")
    assert (health.status_code, health.json()) == (503, {"status": "starting", "service": "full-sts-service"})
    ready = loading.get("/ready")
    assert ready.status_code == 503 and set(ready.json()) == {"status", "models_loaded", "reason"}
    assert ready.json()["status"] == "not_ready" and ready.json()["models_loaded"] is False
    assert (loading.get("/live").status_code, loading.get("/live").json()) == (200, {"status": "alive"})
    assert loading.get("/").json()["service"] == "full-sts-service"
    # Everything can be watched from the start, as in echo mode.
    golden("sts_service_metrics.txt", "\n".join(prometheus.families(loading.get("/metrics").text)) + "\n")
    assert loading.total("sts_models_loaded") == 0
    server.release()
    loading.wait_ready()
    assert loading.get("/health").status_code == 200 and loading.total("sts_models_loaded") == 3


def test_ready_says_that_the_service_is_ending(loading, server):
    """It ends when the engines have loaded, which they cannot be kept from half-way."""
    with StsClient(loading) as client:
        client.emit("stream:init", {"stream_id": "held", "worker_id": "w-1", "config": {}})
        loading.child.send_signal(signal.SIGTERM)
        wait_for(lambda: loading.get("/ready").json().get("reason") == "shutting down", "the reason")
        ready = loading.get("/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "not_ready")
        assert ready.json()["models_loaded"] is False
        server.release()
        assert client.left.wait(20)
    assert loading.wait(20) == 0


def test_a_stream_waits_for_engines_only_so_long(loading, server):
    with StsClient(loading) as client:
        client.emit("stream:init", {"stream_id": "early", "worker_id": "w-1", "config": {}})
        error = error_of(client)
        assert (error["code"], error["severity"], error["retryable"]) == ("MODEL_ERROR", "error", True)
        assert error["stream_id"] == "early" and loading.get("/ready").status_code == 503
        server.release()
        loading.wait_ready()
        assert client.init("early")["session_id"]  # the connection has stayed


def test_without_test_controls_nothing_is_simulated(full):
    with StsClient(full) as client:
        client.init()
        client.emit("config:error_simulation", {"enabled": True, "rules": [{"trigger": "nth_fragment", "value": 1,
                                                                            "error_code": "GPU_OOM"}]})  # fmt: skip
        client.emit("simulate:disconnect", {})
        assert client.wait("config:error_simulation:ack")[0]["status"] == "rejected"
        assert client.wait("simulate:disconnect:ack")[0]["status"] == "rejected"
        client.send(0)
        assert client.results(1, 60)[0]["error"]["code"] == "INVALID_AUDIO_FORMAT"


def test_levels_of_full_mode_and_always_a_recovery(service, server, sentence):
    """The first fragment is held up in its translation, and with it all that come after it."""
    started = service(server.settings("libretranslate"))
    with StsClient(started) as client:
        client.init(sample_rate_hz=44100, channels=2, max_inflight=1)
        server.instead = "hang"
        client.send(0, **labelled(sentence))
        for number in range(1, 8):
            client.send(number, b"no sound")
        told = client.wait("backpressure", 2)
        assert [(t["severity"], t["action"], t["recommended_delay_ms"], t["current_inflight"]) for t in told] == [
            ("medium", "slow_down", 500, 4), ("high", "pause", 2000, 7)]  # fmt: skip
        assert [t["threshold_exceeded"] for t in told] == ["medium", "high"]
        server.release()
        assert [result["sequence_number"] for result in client.results(8, 60)] == list(range(8))
        wait_for(lambda: client.named("backpressure")[-1]["action"] == "none", "the recovery")
    last = client.named("backpressure")[-1]
    assert (last["severity"], last["recommended_delay_ms"], last["threshold_exceeded"]) == ("low", None, None)
    actions = [t["action"] for t in client.named("backpressure")]
    assert all(then != now for then, now in zip(actions, actions[1:])), "told again what was known"


DECODER_MIB = 95  # what one pocketsphinx has loaded


def test_twenty_streams_open_without_a_decoder_each_and_all_are_answered(sts_binary, sentence):
    """Decoders are lent for a fragment; a stream as such has none, so there may be more streams than decoders."""
    count, workers = 20, 4
    settings = PATIENCE | {"STS_MAX_WORKERS": str(workers)}
    with StsService(sts_binary, **settings) as service, contextlib.ExitStack() as open_ones:
        service.wait_ready()
        clients = [open_ones.enter_context(StsClient(service)) for _ in range(count)]
        before = resident_mib(service.pid)
        for number, client in enumerate(clients):
            client.emit("stream:init", {"stream_id": f"s-{number}", "worker_id": "w", "config": {
                "sample_rate_hz": 44100, "channels": 2}})  # fmt: skip
        for client in clients:
            client.wait("stream:ready")
        assert service.total("sts_sessions_active") == count
        assert resident_mib(service.pid) - before < DECODER_MIB, "a stream:init has loaded a decoder"

        for client in clients:
            client.send(0, **labelled(sentence))
        results = [client.results(1, 90)[0] for client in clients]
        assert not any(client.named("error") for client in clients)
        assert resident_mib(service.pid, peak=True) - before < workers * DECODER_MIB + 200
    for number, result in enumerate(results):
        assert (result["sequence_number"], result["stream_id"]) == (0, "any")
        assert result["status"] == "success", (number, result["error"])
        assert result["metadata"]["asr_model"].startswith("pocketsphinx")
        assert sound_of(result["dubbed_audio"]) != sentence
    assert len({result["transcript"] for result in results}) == 1, "one stream has changed what another hears"


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
