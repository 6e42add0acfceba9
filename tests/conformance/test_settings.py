# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The settings of both services (external contract, 4.1 to 4.3): every name is known and shown, and a value that
cannot be used is named with what is allowed."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.media_service import MediaServiceApi
from support.processes import BANNER_LINES, Process, wait_for

PROGRAMS = ["media-service", "sts-service"]

# A value that cannot be used, for every name that has such values, older names included.
BAD = {
    "media-service": {
        "PORT": "70000", "ORCH_HTTP_ADDR": "host:no", "MEDIAMTX_RTMP_URL": "http://x", "MEDIAMTX_API_URL": "9997",
        "STS_SERVICE_URL": "localhost:3000", "WORKER_STS_SERVICE_URL": "http://localhost:99999",
        "STS_SOCKETIO_PATH": "socket.io", "STS_NAMESPACE": "sts", "STS_BINARY": "maybe",
        "STS_TLS_INSECURE": "perhaps", "STS_RECONNECT_EXHAUSTED": "explode", "SKIP_STS_CONNECTION": "2",
        "WORKER_STS_MODE": "off", "WORKER_SEGMENT_DIR": "/proc/nothing", "SEGMENT_DIR": "/proc/nothing",
        "WORKER_SEGMENT_DURATION": "31s", "SEGMENT_RETENTION": "soon", "SEGMENT_MAX_BYTES": "-1",
        "OUTPUT_DELAY": "6s", "WORKER_BUFFER_TARGET": "61s", "WORKER_SOURCE_LANGUAGE": "e",
        "WORKER_SOURCE_LANG": "english-please", "WORKER_TARGET_LANGUAGE": "e", "WORKER_TARGET_LANG": "1s",
        "WORKER_STS_TIMEOUT_MS": "10", "WORKER_NO_SPEECH_AUDIO": "music", "WORKER_ORIGINAL_AUDIO": "loud",
        "WORKER_DUCK_DB": "3", "MAX_CONCURRENT_STREAMS": "many", "ORCH_MAX_WORKERS": "-1", "ORCH_GRACE_PERIOD": "6m",
        "WORKER_READY_TIMEOUT": "0", "CIRCUIT_BREAKER_THRESHOLD": "0", "CIRCUIT_BREAKER_TIMEOUT": "x",
        "METRICS_ENABLED": "maybe", "LIVEDUB_CAPTIONS": "/proc/nothing", "LOG_LEVEL": "LOUD", "LOG_FORMAT": "xml",
        "RUN_ID": "x" * 65, "INSTANCE_ID": "two words",
    },
    "sts-service": {
        "STS_MODE": "both", "PORT": "65536", "STS_API_PORT": "-1", "ECHO_PORT": "70000", "REQUIRE_AUTH": "true",
        "ECHO_PROCESSING_DELAY_MS": "-1", "STS_TEST_CONTROLS": "perhaps", "WS_PING_INTERVAL": "soon",
        "WS_PING_TIMEOUT": "0", "WS_MAX_BUFFER_SIZE": "5", "WS_MAX_CONNECTIONS": "0", "WS_IDLE_TIMEOUT": "-1",
        "AUTO_DISCONNECT_DELAY": "1x", "MAX_CONCURRENT_SESSIONS": "-1", "STS_MAX_QUEUE": "-1",
        "STS_RATE_LIMIT_FRAGMENTS_PER_MIN": "many", "SEQUENCE_GAP_TIMEOUT_MS": "2m", "STS_INIT_WAIT_MS": "x",
        "STS_UNSUPPORTED_LANGUAGE": "maybe", "FRAGMENT_TIMEOUT_MS": "10", "BACKPRESSURE_ENABLED": "2",
        "BACKPRESSURE_THRESHOLD_LOW": "7", "BACKPRESSURE_THRESHOLD_MEDIUM": "1", "BACKPRESSURE_THRESHOLD_HIGH": "-1",
        "BACKPRESSURE_THRESHOLD_CRITICAL": "ten", "ASR_PROVIDER": "mock", "ASR_MODEL_SIZE": "turbo.en",
        "ASR_MODEL": "huge", "STS_WHISPER_MODEL": "large", "STS_MAX_WORKERS": "0", "ASR_TIMEOUT_MS": "1",
        "TRANSLATION_TIMEOUT_MS": "3m", "TTS_TIMEOUT_MS": "nan", "TTS_SPEED_MIN": "0.4", "TTS_SPEED_MAX": "3",
        "DURATION_VARIANCE_SUCCESS_MAX": "nan", "DURATION_VARIANCE_PARTIAL_MAX": "0.05",
        "DURATION_OVERRUN_POLICY": "stretch", "ENABLE_ARTIFACT_LOGGING": "maybe", "ARTIFACTS_PATH": "/proc/nothing",
        "ARTIFACTS_RETENTION_HOURS": "-1", "ARTIFACT_RETENTION_HOURS": "a day", "ARTIFACTS_MAX_COUNT": "1.5",
        "ARTIFACT_MAX_COUNT": "all", "DEVICE": "cuda", "ASR_DEVICE": "gpu", "TTS_DEVICE": "cuda",
        "TTS_PROVIDER": "parrot", "ELEVENLABS_API_URL": "ftp://here", "COQUI_URL": "localhost:5002",
        "TTS_MODEL_PATH": "/proc/nothing",
        "VOICE_PROFILES_PATH": "/proc/version", "TTS_VOICES_CONFIG": "/proc/version",
        "TRANSLATION_PROVIDER": "babelfish", "DEEPL_API_URL": "api.deepl.com", "LIBRETRANSLATE_URL": "localhost",
        "OPENAI_BASE_URL": "localhost", "GLOSSARY_PATH": "/proc/nothing", "GPU_MONITORING_INTERVAL": "often",
        "TRANSLATION_REMOVE_SPEAKER_LABELS": "maybe",
        "LOG_LEVEL": "loud", "LOG_FORMAT": "xml", "RUN_ID": "x" * 65, "INSTANCE_ID": "two words",
    },
}  # fmt: skip

# More ways for a value to be wrong.
ALSO_BAD = [
    ("media-service", "STS_SERVICE_URL", "http://localhost:3000/prefix"),
    ("media-service", "STS_SERVICE_URL", "http://localhost:99999"),
    ("sts-service", "TTS_PROVIDER", "espeak,espeak"),
    ("sts-service", "WS_PING_INTERVAL", "11m"),
    ("sts-service", "STS_MAX_QUEUE", "20 or so"),
]

# Without these, such a value is not looked at.
TOGETHER_WITH = {
    "ECHO_PORT": {"STS_MODE": "echo"},
    "ECHO_PROCESSING_DELAY_MS": {"STS_MODE": "echo"},
    "ARTIFACTS_PATH": {"ENABLE_ARTIFACT_LOGGING": "true"},
    "LIBRETRANSLATE_URL": {"TRANSLATION_PROVIDER": "libretranslate"},
    "OPENAI_BASE_URL": {"TTS_PROVIDER": "openai-compatible"},
}

# Names whose every value is as good as another until it is used.
ANYTHING = {
    "media-service": {
        "HOST", "MEDIAMTX_HOST", "ORCH_MEDIAMTX_HOST", "WORKER_MEDIAMTX_HOST", "MEDIAMTX_RTSP_URL", "GST_DEBUG",
        "WORKER_VOICE_PROFILE", "WORKER_TTS_VOICE", "STS_API_KEY", "WORKER_STS_API_KEY", "HOOK_TOKEN",
    },
    "sts-service": {
        "HOST", "ECHO_HOST", "WS_CORS_ORIGINS", "ASR_MODEL_PATH", "MODEL_CACHE_DIR", "STS_MODEL_CACHE_DIR",
        "OPENAI_ASR_MODEL", "OPENAI_TTS_MODEL", "OPENAI_TTS_VOICE", "OPENAI_TRANSLATION_MODEL",
        "ELEVENLABS_MODEL_ID", "ELEVENLABS_VOICE_ID", "STS_API_KEY", "ELEVENLABS_API_KEY", "DEEPL_AUTH_KEY",
        "LIBRETRANSLATE_API_KEY", "OPENAI_API_KEY",
    },
}  # fmt: skip

# Names that the contract does not have.
OUR_OWN = {"LIVEDUB_CAPTIONS", "ELEVENLABS_API_URL", "ELEVENLABS_VOICE_ID", "TRANSLATION_REMOVE_SPEAKER_LABELS"}

# The tables of 4.1 and 4.2, and of 4.1 and 4.3.
CONTRACT = {
    "media-service": """
        LOG_LEVEL LOG_FORMAT RUN_ID INSTANCE_ID STS_API_KEY WORKER_STS_API_KEY HOST PORT ORCH_HTTP_ADDR
        MEDIAMTX_RTMP_URL MEDIAMTX_HOST ORCH_MEDIAMTX_HOST WORKER_MEDIAMTX_HOST MEDIAMTX_API_URL MEDIAMTX_RTSP_URL
        STS_SERVICE_URL WORKER_STS_SERVICE_URL STS_SOCKETIO_PATH STS_NAMESPACE STS_BINARY STS_TLS_INSECURE
        STS_RECONNECT_EXHAUSTED SKIP_STS_CONNECTION WORKER_STS_MODE WORKER_SEGMENT_DIR SEGMENT_DIR
        WORKER_SEGMENT_DURATION SEGMENT_RETENTION SEGMENT_MAX_BYTES OUTPUT_DELAY WORKER_BUFFER_TARGET
        WORKER_SOURCE_LANGUAGE WORKER_SOURCE_LANG WORKER_TARGET_LANGUAGE WORKER_TARGET_LANG WORKER_VOICE_PROFILE
        WORKER_TTS_VOICE WORKER_STS_TIMEOUT_MS WORKER_NO_SPEECH_AUDIO WORKER_ORIGINAL_AUDIO WORKER_DUCK_DB
        MAX_CONCURRENT_STREAMS ORCH_MAX_WORKERS ORCH_GRACE_PERIOD WORKER_READY_TIMEOUT CIRCUIT_BREAKER_THRESHOLD
        CIRCUIT_BREAKER_TIMEOUT METRICS_ENABLED HOOK_TOKEN GST_DEBUG
    """,
    "sts-service": """
        LOG_LEVEL LOG_FORMAT RUN_ID INSTANCE_ID STS_API_KEY STS_MODE HOST PORT STS_API_PORT ECHO_HOST ECHO_PORT
        ECHO_PROCESSING_DELAY_MS BACKPRESSURE_ENABLED BACKPRESSURE_THRESHOLD_LOW BACKPRESSURE_THRESHOLD_MEDIUM
        BACKPRESSURE_THRESHOLD_HIGH BACKPRESSURE_THRESHOLD_CRITICAL WS_PING_INTERVAL WS_PING_TIMEOUT
        WS_MAX_BUFFER_SIZE WS_MAX_CONNECTIONS WS_IDLE_TIMEOUT WS_CORS_ORIGINS AUTO_DISCONNECT_DELAY REQUIRE_AUTH
        STS_TEST_CONTROLS MAX_CONCURRENT_SESSIONS STS_MAX_QUEUE SEQUENCE_GAP_TIMEOUT_MS STS_INIT_WAIT_MS
        STS_UNSUPPORTED_LANGUAGE STS_RATE_LIMIT_FRAGMENTS_PER_MIN FRAGMENT_TIMEOUT_MS ASR_TIMEOUT_MS
        TRANSLATION_TIMEOUT_MS TTS_TIMEOUT_MS ASR_PROVIDER ASR_MODEL_SIZE ASR_MODEL STS_WHISPER_MODEL ASR_MODEL_PATH
        TTS_MODEL_PATH MODEL_CACHE_DIR STS_MODEL_CACHE_DIR ASR_DEVICE TTS_DEVICE DEVICE STS_MAX_WORKERS
        TRANSLATION_PROVIDER DEEPL_AUTH_KEY DEEPL_API_URL LIBRETRANSLATE_URL LIBRETRANSLATE_API_KEY OPENAI_BASE_URL
        OPENAI_API_KEY OPENAI_ASR_MODEL OPENAI_TRANSLATION_MODEL OPENAI_TTS_MODEL OPENAI_TTS_VOICE GLOSSARY_PATH
        TTS_PROVIDER COQUI_URL ELEVENLABS_API_KEY ELEVENLABS_MODEL_ID VOICE_PROFILES_PATH TTS_VOICES_CONFIG
        DURATION_VARIANCE_SUCCESS_MAX DURATION_VARIANCE_PARTIAL_MAX DURATION_OVERRUN_POLICY TTS_SPEED_MIN
        TTS_SPEED_MAX ENABLE_ARTIFACT_LOGGING ARTIFACTS_PATH ARTIFACTS_RETENTION_HOURS ARTIFACT_RETENTION_HOURS
        ARTIFACTS_MAX_COUNT ARTIFACT_MAX_COUNT GPU_MONITORING_INTERVAL
    """,
}


@dataclass
class Checked:
    code: int
    said: str


@pytest.fixture
def check(build, tmp_path):
    """Has a program look at its settings and end; those of media-service have a directory for its segments."""

    def run(program: str, environment: dict[str, str], *flags: str) -> Checked:
        place = {"WORKER_SEGMENT_DIR": str(tmp_path)} if program == "media-service" else {}
        if "SEGMENT_DIR" in environment:
            place = {}
        done = subprocess.run([build / "apps" / program, "--check-config", *flags],
                              env={"PATH": "/usr/bin:/bin"} | place | environment, capture_output=True, text=True,
                              timeout=30)  # fmt: skip
        return Checked(done.returncode, done.stderr)

    return run


def shown_names(build: Path, program: str) -> set[str]:
    """The names in --help: of flags, and of what has none because it is secret."""
    done = subprocess.run([build / "apps" / program, "--help"], capture_output=True, text=True, timeout=30, check=True)
    options, secrets = done.stdout.split("From the environment or a file alone")
    names = set()
    for line in options.splitlines():
        if flags := re.match(r"  (?:-h,)?((?:--[a-z-]+,?)+)", line):
            names |= {flag.removeprefix("--").upper().replace("-", "_") for flag in flags[1].split(",") if flag}
    for line in filter(str.strip, secrets.splitlines()[1:]):
        names |= set(line.split()[0].split(","))
    return names


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_name_of_the_contract_is_shown(build, program):
    missing = set(CONTRACT[program].split()) - shown_names(build, program)
    assert not missing


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_name_has_a_bad_value_or_takes_any(build, program):
    """So that a new setting gets its line in one of the tables above."""
    told = set(BAD[program]) | ANYTHING[program]
    assert set(BAD[program]).isdisjoint(ANYTHING[program])
    assert told == set(CONTRACT[program].split()) | (OUR_OWN & told)
    # What --help shows beyond names of settings.
    others = {"HELP", "VERSION", "CONFIG", "CHECK_CONFIG", "ENABLE_TEST_CONTROLS", "MODE"}
    shorter = {"FROM", "TO", "VOICE", "SEGMENT", "DELAY", "ORIGINAL_AUDIO", "DUCK_DB", "GRACE", "CAPTIONS"}
    assert shown_names(build, program) - others - shorter == told


@pytest.mark.parametrize(
    ("program", "name", "value"),
    [(program, name, value) for program in PROGRAMS for name, value in BAD[program].items()] + ALSO_BAD,
)
def test_a_value_that_is_not_usable_is_named(check, program, name, value):
    done = check(program, TOGETHER_WITH.get(name, {}) | {name: value})
    assert done.code == 10
    (line,) = done.said.splitlines()
    # What a file holds is said with its place within it.
    said = f"{name}: {value}: " if name == "GLOSSARY_PATH" else f'{name} = "{value}" (environment) '
    assert line.startswith(f"{program}: {said}") and re.search(r"allowed: \S", line), line


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_bad_value_is_named_by_where_it_stands(check, tmp_path, program):
    file = tmp_path / "settings.conf"
    file.write_text("# a comment\nLOG_LEVEL = loud\n")
    assert f'LOG_LEVEL = "loud" ({file} line 2)' in check(program, {}, "--config", str(file)).said
    assert f'LOG_LEVEL = "loud" ({file} line 2)' in check(program, {"LIVEDUB_CONFIG": str(file)}).said
    # Each place goes before the one before it, a usable value before one that is not.
    assert '"louder" (environment)' in check(program, {"LIVEDUB_CONFIG": str(file), "LOG_LEVEL": "louder"}).said
    said = check(program, {"LIVEDUB_CONFIG": str(file), "LOG_LEVEL": "louder"}, "--log-level", "loudest").said
    assert '"loudest" (--log-level)' in said
    done = check(program, {"LIVEDUB_CONFIG": str(file), "LOG_LEVEL": "louder"}, "--log-level", "warn")
    assert (done.code, done.said) == (0, "")


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("value", ["debug", "Info", "WARNING", "warn", "eRRor", "CRITICAL", ""])
def test_levels_of_the_log_in_any_case(check, program, value):
    done = check(program, {"LOG_LEVEL": value})
    assert (done.code, done.said) == (0, "")


@pytest.mark.parametrize("program", PROGRAMS)
def test_words_for_yes_and_no(check, program):
    name = {"media-service": "STS_TLS_INSECURE", "sts-service": "BACKPRESSURE_ENABLED"}[program]
    for value in ("true", "false", "1", "0", "yes", "no", "on", "off", "TRUE", "Off"):
        assert check(program, {name: value}) == Checked(0, "")


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_unknown_name_in_a_file_is_named(check, tmp_path, program):
    file = tmp_path / "settings.conf"
    file.write_text("LOG_LEVEL=INFO\nNO_SUCH_NAME=1\n")
    done = check(program, {}, "--config", str(file))
    assert done.code == 10 and "line 2" in done.said and "NO_SUCH_NAME" in done.said
    missing = check(program, {}, "--config", str(tmp_path / "missing.conf"))
    assert missing.code == 10 and "missing.conf" in missing.said


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_unknown_flag_is_a_configuration_error(check, program):
    done = check(program, {}, "--no-such-flag")
    assert done.code == 10 and "no-such-flag" in done.said


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_address_of_another_machine_cannot_be_listened_on(build, tmp_path, program):
    environment = {"PATH": "/usr/bin:/bin", "HOST": "203.0.113.1", "PORT": "0", "WORKER_SEGMENT_DIR": str(tmp_path),
                   "SKIP_STS_CONNECTION": "true", "MEDIAMTX_API_URL": "off", "STS_MODE": "echo"}  # fmt: skip
    done = subprocess.run([build / "apps" / program], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 10 and "203.0.113.1" in done.stderr


# ---- settings of the running program


def test_an_alias_counts_where_the_name_is_not_set(serve):
    """And empty is not set."""
    settings = {"WORKER_BUFFER_TARGET": "9s", "OUTPUT_DELAY": "", "WORKER_SOURCE_LANG": "de",
                "WORKER_TARGET_LANG": "it", "WORKER_TARGET_LANGUAGE": "", "WORKER_TTS_VOICE": "bert",
                "ORCH_MAX_WORKERS": "1"}  # fmt: skip
    service = serve(**settings)
    assert service.hook("ready", "live/one/in")[0] == 200
    options = service.stream("one")["options"]
    assert (options["source_language"], options["target_language"], options["voice"]) == ("de", "it", "bert")
    assert options["delay_ms"] == 9000
    assert service.hook("ready", "live/two/in")[0] == 429


def test_a_flag_goes_before_the_environment_by_whatever_name(build, tmp_path):
    flags = ["--worker-target-lang", "it", "--worker-source-language", "pt", "--orch-max-workers", "1",
             "--output-delay", "7s", "--port", "0"]  # fmt: skip
    environment = {"WORKER_TARGET_LANGUAGE": "fr", "WORKER_TARGET_LANG": "ca", "WORKER_SOURCE_LANGUAGE": "de",
                   "WORKER_SOURCE_LANG": "gl", "MAX_CONCURRENT_STREAMS": "5", "OUTPUT_DELAY": "8s",
                   "WORKER_BUFFER_TARGET": "9s", "PORT": "70000", "HOST": "127.0.0.1", "MEDIAMTX_API_URL": "off",
                   "WORKER_SEGMENT_DIR": str(tmp_path), "SKIP_STS_CONNECTION": "true",
                   "MEDIAMTX_HOST": "127.0.0.1"}  # fmt: skip
    with Process([build / "apps/media-service", *flags], env=environment) as process:
        wait_for(lambda: len(process.out) >= BANNER_LINES or not process.running, "start-up lines")
        assert process.running, process.describe()
        service = MediaServiceApi()
        service.url = re.search(r"(http://127\.0\.0\.1:\d+)/docs", process.stdout)[1]
        assert service.hook("ready", "live/flags/in")[0] == 200
        options = service.stream("flags")["options"]
        assert (options["source_language"], options["target_language"], options["delay_ms"]) == ("pt", "it", 7000)
        assert service.hook("ready", "live/other/in")[0] == 429
