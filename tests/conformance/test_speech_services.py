# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service with services over HTTP that speak: good days and bad ones."""

import json
import subprocess

import pytest
from support.processes import free_port
from support.speech_server import KEY, SpeechServer, Streamed, coded, spoken
from support.sts_service import StsClient, error_of, labelled, sound_of

pytestmark = pytest.mark.timeout(120)

PATHS = {"openai-compatible": "/v1/audio/speech", "elevenlabs": "/v1/text-to-speech/usual/stream", "coqui": "/api/tts"}


@pytest.fixture
def speaker():
    with SpeechServer() as running:
        yield running


def said(speaker: SpeechServer, path: str) -> list[dict]:
    """What it was asked to say but for the word that an init has tried."""
    return [asked for at, asked in speaker.asked if at == path and "OK." not in str(asked)]


def is_heard(audio: dict) -> bool:
    command = ["ffmpeg", "-v", "error", "-i", "-", "-f", "s16le", "-ac", "1", "-"]
    samples = subprocess.run(command, input=sound_of(audio), capture_output=True, check=True).stdout
    return max(abs(int.from_bytes(samples[at : at + 2], "little", signed=True)) for at in range(0, len(samples), 2)) > 1000


@pytest.mark.parametrize("provider", PATHS)
def test_a_service_speaks(service, speaker, sentence, provider):
    started = service(speaker.speaking(provider))
    assert started.get("/ready").json()["tts_model"] == provider
    with StsClient(started) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]
    assert result["metadata"]["tts_model"] == provider
    assert is_heard(result["dubbed_audio"])
    texts = [str(asked) for asked in said(speaker, PATHS[provider])]
    assert 1 <= len(texts) <= 2  # at another speed once at most
    assert any(word in texts[0].lower() for word in ("país", "personas", "trabajar", "gente")), texts


VOICES = {
    "voices": {
        "star": {"provider": "openai-compatible", "voice_id": "nova", "language": "es", "speed": 1.25},
        "narrator": {"provider": "elevenlabs", "voice_id": "other", "language": "es"},
        "ana": {"provider": "coqui", "speaker": "Ana", "language": "es"},
        "hans": {"provider": "openai-compatible", "voice_id": "no-such-voice", "language": "de"},
        "lost": {"provider": "openai-compatible", "voice_id": "no-such-voice", "language": "es"},
    },
    "default_voice_per_language": {"es": "star"},
}


@pytest.fixture
def voices(tmp_path):
    path = tmp_path / "voices.json"
    path.write_text(json.dumps(VOICES))
    return {"VOICE_PROFILES_PATH": str(path)}


def test_a_profile_is_spoken_by_its_provider_in_its_voice(service, speaker, sentence, voices):
    started = service(speaker.speaking("espeak,openai-compatible,elevenlabs,coqui") | voices)
    for profile in ("star", "narrator", "ana", "hans", "default", "spanish_male_1"):
        speaker.asked.clear()
        speaker.speeds.clear()
        with StsClient(started) as client:
            client.init(sample_rate_hz=44100, channels=2, voice_profile=profile)
            speaker.asked.clear()
            speaker.speeds.clear()
            client.send(0, **labelled(sentence))
            result = client.results(1, 60)[0]
        assert result["status"] == "success", (profile, result["error"])
        paths = {path for path, _ in speaker.asked}
        if profile == "narrator":
            assert paths == {"/v1/text-to-speech/other/stream"}
        elif profile == "ana":
            assert paths == {"/api/tts"} and speaker.asked[0][1]["speaker_id"] == ["Ana"]
        elif profile == "spanish_male_1":
            assert paths == set()  # anybody's: the first of the list is espeak
        else:  # hans is German, so the default voice of Spanish speaks
            assert paths == {"/v1/audio/speech"} and speaker.asked[0][1]["voice"] == "nova", profile
            assert speaker.speeds[0] == 1.25
    assert any("voice_of_another_language voice=hans" in line for _, line in started.err)


def test_what_is_too_long_is_asked_for_once_more_and_faster(service, speaker, sentence):
    with StsClient(service(speaker.speaking("openai-compatible"))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.speeds.clear()
        # Half a second longer than there is room for.
        speaker.stretch = 2.2
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] in ("success", "partial"), result["error"]
    assert len(speaker.speeds) == 2 and speaker.speeds[0] == 1.0 and speaker.speeds[1] > 1.0
    assert result["metadata"]["speed_ratio"] > 1.05


CODED = {
    "MP3": ("audio/mpeg", "-c:a", "libmp3lame", "mp3"),
    "MP3 under the wrong name": ("audio/wav", "-c:a", "libmp3lame", "-b:a", "32k", "mp3"),
    "AAC": ("audio/aac", "adts"),
    "M4A": ("audio/mp4", "ipod"),
    "Opus": ("audio/opus", "-c:a", "libopus", "ogg"),
    "Vorbis": ("application/ogg", "-c:a", "libvorbis", "ogg"),
    "FLAC": ("audio/flac", "flac"),
    "WAV under the wrong name": ("audio/mpeg", "wav"),
}


def test_a_service_may_answer_in_files_that_were_not_asked_for(service, speaker, sentence):
    with StsClient(service(speaker.speaking("openai-compatible"))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        lengths = {}
        for number, (name, file) in enumerate(CODED.items()):
            speaker.file = file
            client.send(number, **labelled(sentence))
            result = client.results(number + 1, 60)[-1]
            assert result["status"] == "success", (name, result["error"])
            assert is_heard(result["dubbed_audio"]), name
            lengths[name] = result["metadata"]["speech_duration_ms"] * result["metadata"]["speed_ratio"]
    assert max(lengths.values()) - min(lengths.values()) < 100, lengths


@pytest.mark.parametrize("provider", ["openai-compatible", "elevenlabs"])
def test_speech_may_come_bit_by_bit(service, speaker, sentence, provider):
    with StsClient(service(speaker.speaking(provider))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.streamed = Streamed(pause=0.002)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success", result["error"]
    assert is_heard(result["dubbed_audio"]) and speaker.gone.empty()


@pytest.mark.parametrize("provider", ["openai-compatible", "elevenlabs"])
def test_what_nobody_can_use_is_not_waited_for(service, speaker, sentence, provider):
    with StsClient(service(speaker.speaking(provider))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.speeds.clear()
        speaker.stretch = 10
        speaker.streamed = Streamed(piece=9601, pause=0.005)
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert (error["code"], error["stage"]) == ("DURATION_MISMATCH_EXCEEDED", "tts")
    assert "at least" in error["message"]
    assert len(speaker.speeds) == 2 and speaker.speeds[1] > 1.0  # asked again at once
    for _ in range(2):
        sent, whole = speaker.gone.get(timeout=20)
        assert sent < whole, (sent, whole)


@pytest.mark.parametrize("file", [None, CODED["MP3"]])
def test_speech_without_an_end_is_ended(service, speaker, sentence, file):
    with StsClient(service(speaker.speaking("openai-compatible"))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.file = file
        speaker.streamed = Streamed(piece=4001, pause=0.01, then="go on")
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
        assert error["code"] == "DURATION_MISMATCH_EXCEEDED", error
        assert all(speaker.gone.get(timeout=20)[0] < 5_000_000 for _ in range(2))
        speaker.streamed = None
        client.send(1, **labelled(sentence))
        assert client.results(2, 60)[-1]["status"] == "success"


def test_speech_that_stands_still_is_given_up_before_its_time_is_over(service, speaker, sentence):
    started = service(speaker.speaking("elevenlabs,espeak"), TTS_TIMEOUT_MS="4000")
    with StsClient(started) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.streamed = Streamed(then="stall")
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] == "success" and is_heard(result["dubbed_audio"]), result["error"]
    speaker.gone.get(timeout=20)
    assert any("synthesizer_failed name=elevenlabs" in line and "nothing more came" in line for _, line in started.err)


def test_a_faster_answer_that_stands_still_is_done_without(service, speaker, sentence):
    with StsClient(service(speaker.speaking("openai-compatible"), TTS_TIMEOUT_MS="4000")) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.stretch = 2.2
        speaker.streamed = Streamed(then="stall", faster_than=1.0)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
    assert result["status"] in ("success", "partial") and result["metadata"]["speed_ratio"] > 1.05, result["error"]
    speaker.gone.get(timeout=20)


def test_speech_that_comes_too_slowly_ends_with_the_stage(service, speaker, sentence):
    with StsClient(service(speaker.speaking("elevenlabs"), TTS_TIMEOUT_MS="1000")) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.streamed = Streamed(pause=0.1)
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert (error["code"], error["stage"]) == ("TIMEOUT", "tts")
    sent, whole = speaker.gone.get(timeout=20)
    assert sent < whole


@pytest.mark.parametrize("provider", ["openai-compatible", "elevenlabs"])
def test_half_of_an_answer_is_not_spoken(service, speaker, sentence, provider):
    with StsClient(service(speaker.speaking(provider))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.streamed = Streamed(then="break off")
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert (error["code"], error["stage"], error["retryable"]) == ("MODEL_ERROR", "tts", True)


def bad(body: bytes, kind: str = "audio/wav", status: int = 200) -> tuple[int, str, bytes]:
    return status, kind, body


def silent() -> bytes:
    sound = spoken("Nothing.")
    return sound[:44] + bytes(len(sound) - 44)


BAD_DAYS = {
    "too many requests": (bad(b'{"error": {"message": "Slow down"}}', "application/json", 429), "RATE_LIMIT_EXCEEDED"),
    "broken": (bad(b"<html>", "text/html", 500), "MODEL_ERROR"),
    "overloaded": (bad(b"", status=503), "MODEL_ERROR"),
    "key taken back": (bad(b'{"error": "no"}', "application/json", 401), "TTS_SYNTHESIS_FAILED"),
    "empty": (bad(b""), "TTS_SYNTHESIS_FAILED"),
    "an error that calls itself a success": (bad(b'{"error": "no"}', "application/json"), "TTS_SYNTHESIS_FAILED"),
    "a page": (bad(b"<html>", "text/html"), "TTS_SYNTHESIS_FAILED"),
    "noise": (bad(bytes(range(256)) * 64), "TTS_SYNTHESIS_FAILED"),
    "nothing but a tag": (bad(b"ID3\x04" + bytes(1000), "audio/mpeg"), "TTS_SYNTHESIS_FAILED"),
    "a page that calls itself MP3": (bad(b"<!doctype html><title>Sorry</title>", "audio/mpeg"), "TTS_SYNTHESIS_FAILED"),
    "MP3 cut short": (bad(coded(spoken("Goal!"), "mp3")[:2000], "audio/mpeg"), "TTS_SYNTHESIS_FAILED"),
    "MP3 of nothing": (bad(coded(silent(), "mp3"), "audio/mpeg"), "TTS_SYNTHESIS_FAILED"),
    "a header alone": (bad(spoken("Goal!")[:44]), "TTS_SYNTHESIS_FAILED"),
    "cut short": (bad(spoken("Goal!")[:4000]), "TTS_SYNTHESIS_FAILED"),
    "silence": (bad(silent()), "TTS_SYNTHESIS_FAILED"),
    "more than 10 MB": (bad(b"RIFF" + bytes(11_000_000)), "TTS_SYNTHESIS_FAILED"),
}


def test_a_bad_day_costs_the_fragment_and_not_the_stream(service, speaker, sentence):
    with StsClient(service(speaker.speaking("openai-compatible"))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        for number, (name, (answer, code)) in enumerate(BAD_DAYS.items()):
            speaker.instead = answer
            client.send(number, **labelled(sentence))
            result = client.results(number + 1, 60)[-1]
            assert (result["status"], (result["error"] or {}).get("code")) == ("failed", code), name
            assert result["error"]["stage"] == "tts" and "openai-compatible" in result["error"]["message"], name
            assert result["dubbed_audio"] is None and result["translated_text"]
        speaker.instead = None
        client.send(len(BAD_DAYS), **labelled(sentence))
        assert client.results(len(BAD_DAYS) + 1, 60)[-1]["status"] == "success"


@pytest.mark.parametrize(
    ("policy", "code", "message"),
    [("fail", "DURATION_MISMATCH_EXCEEDED", "at least"), ("trim", "TTS_SYNTHESIS_FAILED", "mp3: 120 s of sound or more")],
)
def test_minutes_of_speech_are_no_answer(service, speaker, sentence, policy, code, message):
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=125", "-ar", "16000", "-b:a", "16k",
               "-f", "mp3", "-"]  # fmt: skip
    minutes = subprocess.run(command, capture_output=True, check=True).stdout
    with StsClient(service(speaker.speaking("openai-compatible"), DURATION_OVERRUN_POLICY=policy)) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.instead = bad(minutes, "audio/mpeg")
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert error["code"] == code and message in error["message"], error


def test_half_a_sample_is_no_sound(service, speaker, sentence):
    with StsClient(service(speaker.speaking("elevenlabs"))) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.instead = bad(b"\x10\x20\x30", "audio/pcm")
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert error["code"] == "TTS_SYNTHESIS_FAILED" and "elevenlabs: the sound is cut short" in error["message"]


def test_a_service_that_hangs_is_given_up_in_time(service, speaker, sentence):
    with StsClient(service(speaker.speaking("coqui"), TTS_TIMEOUT_MS="500")) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.instead = "hang"
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert (error["code"], error["stage"]) == ("TIMEOUT", "tts")


def test_the_next_in_the_list_stands_in(service, speaker, sentence):
    started = service(speaker.speaking("elevenlabs,espeak"))
    with StsClient(started) as client:
        client.init(sample_rate_hz=44100, channels=2)
        speaker.instead = bad(b"", status=503)
        client.send(0, **labelled(sentence))
        result = client.results(1, 60)[0]
        assert result["status"] == "success" and is_heard(result["dubbed_audio"]), result["error"]
        asked = len(speaker.asked)
        client.send(1, **labelled(sentence))
        assert client.results(2, 60)[-1]["status"] == "success"
        assert len(speaker.asked) == asked  # passed over while it is not to be reached
    assert started.total("sts_provider_failovers_total", stage="tts") >= 1
    assert any("synthesizer_failed name=elevenlabs" in line for _, line in started.err)


def test_a_service_that_is_not_there_does_not_keep_the_stream_from_starting(service, speaker, sentence):
    nobody = speaker.speaking("coqui") | {"COQUI_URL": f"http://127.0.0.1:{free_port()}"}
    with StsClient(service(nobody)) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(sentence))
        error = client.results(1, 60)[0]["error"]
    assert (error["code"], error["stage"], error["retryable"]) == ("MODEL_ERROR", "tts", True)


WRONG = {"OPENAI_API_KEY": "another", "ELEVENLABS_API_KEY": "another"}
REFUSED = {
    "wrong key of openai-compatible": ("openai-compatible", WRONG, {}, "MODEL_ERROR", "HTTP 401: Incorrect API key"),
    "wrong key of elevenlabs": ("elevenlabs", WRONG, {}, "MODEL_ERROR", "HTTP 401: Invalid API key"),
    "unknown model": ("openai-compatible", {"OPENAI_TTS_MODEL": "other"}, {}, "MODEL_ERROR", "HTTP 404"),
    "unknown voice": ("openai-compatible", {}, {"voice_profile": "lost"}, "UNSUPPORTED_LANGUAGE", "no-such-voice"),
    "unknown voice of elevenlabs": ("elevenlabs", {"ELEVENLABS_VOICE_ID": "none"}, {}, "MODEL_ERROR", "voice was not"),
    "no voice": ("openai-compatible", {"OPENAI_TTS_VOICE": ""}, {"target_language": "fr"}, "UNSUPPORTED_LANGUAGE",
                 "OPENAI_TTS_VOICE is not set"),
    "language of elevenlabs": ("elevenlabs", {}, {"target_language": "fi"}, "UNSUPPORTED_LANGUAGE",
                               "eleven_flash_v2_5 does not speak \"fi\""),
    "no such profile": ("coqui", {}, {"voice_profile": "nobody"}, "INVALID_VOICE_PROFILE", "nobody"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_service_refuses_ends_the_init(service, speaker, voices, name):
    provider, changes, config, code, message = REFUSED[name]
    settings = speaker.speaking(provider) | voices | changes
    if "target_language" in config:  # where nothing is translated, nobody else refuses it
        settings |= {"ASR_PROVIDER": "openai-compatible", "OPENAI_ASR_MODEL": "listener"}
        config = config | {"source_language": config["target_language"]}
    with StsClient(service(settings)) as client:
        client.emit("stream:init", {"stream_id": "s", "worker_id": "w", "config": config})
        error = error_of(client)
    assert error["code"] == code and message in error["message"], error


MISSING = {
    "OPENAI_BASE_URL": "openai-compatible",
    "OPENAI_TTS_MODEL": "espeak,openai-compatible",
    "ELEVENLABS_API_KEY": "elevenlabs",
}
BAD = {
    "ELEVENLABS_API_URL": {"ELEVENLABS_API_URL": "ftp://here"},
    "COQUI_URL": {"COQUI_URL": "localhost:5002"},
    "TTS_PROVIDER": {"TTS_PROVIDER": "espeak,espeak"},
}


def check_config(sts_binary, settings: dict[str, str]) -> str:
    done = subprocess.run([sts_binary, "--check-config"], env={"PATH": "/usr/bin:/bin"} | settings,
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 10
    return done.stderr


@pytest.mark.parametrize("name", MISSING)
def test_what_a_provider_needs_is_asked_for_at_the_start(sts_binary, speaker, name):
    said = check_config(sts_binary, {key: value for key, value in speaker.speaking(MISSING[name]).items() if key != name})
    assert name in said and "allowed" in said, said


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named_at_the_start(sts_binary, speaker, name):
    said = check_config(sts_binary, speaker.speaking("espeak") | BAD[name])
    assert name in said and "allowed" in said, said


def test_every_program_refuses_the_same_synthesizers(livedub):
    for value in ("espeak,espeak", "espeak,parrot", "mock"):
        done = subprocess.run([livedub, "doctor", "--quick"], env={"PATH": "/usr/bin:/bin", "TTS_PROVIDER": value},
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        assert done.returncode == 2, done
        assert "TTS_PROVIDER" in done.stderr and value in done.stderr and "allowed" in done.stderr, done.stderr


def test_a_wrong_profile_is_named_at_the_start(sts_binary, tmp_path):
    path = tmp_path / "voices.json"
    path.write_text('{"ana": {"speed": "fast"}}')
    said = check_config(sts_binary, {"VOICE_PROFILES_PATH": str(path)})
    assert 'speed of "ana" is "fast"' in said and str(path) in said, said


@pytest.mark.parametrize("provider", PATHS)
def test_doctor_tries_the_service(livedub, speaker, provider):
    def doctor(**changes: str) -> tuple[dict, list[str]]:
        environment = {"PATH": "/usr/bin:/bin"} | speaker.speaking(provider) | changes
        done = subprocess.run([livedub, "doctor", "--json", "--quick"], env=environment, capture_output=True,
                              text=True, timeout=90)  # fmt: skip
        assert KEY not in done.stdout + done.stderr
        report = json.loads(done.stdout)
        engine = next(it for it in report["engines"] if it["name"] == provider and it["stage"] == "speak")
        return engine, [it["text"] for it in report["findings"] if it["name"] == provider]

    good, _ = doctor()
    assert good["used"] and good["works"] and good["load_ms"] is not None
    speaker.instead = bad(b"", status=503)
    away, texts = doctor()
    assert away["used"] and not away["works"] and any("HTTP 503" in text for text in texts)


def test_a_file_is_dubbed_by_services(livedub, speaker, sentence, tmp_path):
    source, target = tmp_path / "in.m4a", tmp_path / "out.mp4"
    source.write_bytes(sentence)
    settings = speaker.speaking("elevenlabs,espeak") | speaker.listening()
    done = subprocess.run([livedub, "dub", source, "-o", target, "--asr-provider", "openai-compatible"],
                          env={"PATH": "/usr/bin:/bin"} | settings, capture_output=True, text=True, timeout=90)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert target.stat().st_size > 1000
    assert {"/v1/audio/transcriptions", PATHS["elevenlabs"]} <= {path for path, _ in speaker.asked}
    assert KEY not in done.stdout + done.stderr


KEYS = {
    "OPENAI_API_KEY": {"TTS_PROVIDER": "openai-compatible"},
    "ELEVENLABS_API_KEY": {"TTS_PROVIDER": "elevenlabs"},
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_may_be_in_a_file(service, speaker, sentence, tmp_path, name):
    path = tmp_path / "key"
    path.write_text(KEY + "\n")
    settings = speaker.speaking("espeak") | KEYS[name] | {f"{name}_FILE": str(path)}
    del settings[name]
    with StsClient(service(settings)) as client:
        client.init(sample_rate_hz=44100, channels=2)
        client.send(0, **labelled(sentence))
        assert client.results(1, 60)[0]["status"] == "success"


BAD_KEY_FILES = {"no file": None, "empty": b"\n", "two lines": KEY.encode() + b"\nmore", "long": KEY.encode() * 1000}


@pytest.mark.parametrize("name", ["DEEPL_AUTH_KEY", "LIBRETRANSLATE_API_KEY", "OPENAI_API_KEY", "ELEVENLABS_API_KEY"])
def test_a_key_file_that_holds_no_key_is_named_without_what_it_holds(sts_binary, tmp_path, name):
    for what, content in BAD_KEY_FILES.items():
        path = tmp_path / what
        if content is not None:
            path.write_bytes(content)
        said = check_config(sts_binary, {f"{name}_FILE": str(path)})
        assert f'{name}_FILE = "{path}" (environment)' in said and "allowed" in said, said
        assert KEY not in said


@pytest.mark.parametrize("name", ["deepl-auth-key", "openai-api-key", "elevenlabs-api-key", "openai-api-key-file"])
def test_a_key_is_no_flag(sts_binary, livedub, name):
    for program in ([sts_binary], [livedub, "up"], [livedub, "dub", "a.mp4", "-o", "b.mp4"], [livedub, "doctor"]):
        done = subprocess.run([*program, f"--{name}", KEY], capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and f"--{name}" in done.stderr, (program, done)
