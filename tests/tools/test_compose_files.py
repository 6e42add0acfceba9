# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The compose files as `docker compose config` understands them: valid in every combination, and with the names,
ports and defaults that other projects' scripts rely on. Needs the tool, not an engine."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MEDIA = "apps/media-service/docker-compose.yml"
MEDIA_E2E = "apps/media-service/docker-compose.e2e.yml"
BUILTIN = "apps/media-service/docker-compose.builtin.yml"
STS = "apps/sts-service/docker-compose.yml"
STS_E2E = "apps/sts-service/docker-compose.e2e.yml"
FULL = "apps/sts-service/docker-compose.full.yml"

BASES = [MEDIA, STS, FULL]
COMBINATIONS = [(MEDIA,), (STS,), (FULL,), (MEDIA, MEDIA_E2E), (MEDIA, BUILTIN), (MEDIA, MEDIA_E2E, BUILTIN),
                (STS, STS_E2E)]  # fmt: skip
SERVICES = {MEDIA: {"mediamtx", "media-service"}, STS: {"sts-service", "echo-sts"}, FULL: {"full-sts-service"}}


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    done = subprocess.run(["docker", "compose", "version"], capture_output=True)
    return done.returncode == 0


needs_compose = pytest.mark.skipif(not has_compose(), reason="no `docker compose` here: tools/setup.sh containers")


def config(*files, **environment):
    """What compose makes of the files when nothing else is in the environment."""
    command = ["docker", "compose", "--env-file", "/dev/null"]
    for file in files:
        command += ["-f", str(ROOT / file)]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_CONFIG") if name in os.environ}
    command += ["config", "--format", "json"]
    done = subprocess.run(command, env=kept | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "variable is not set" not in done.stderr, done.stderr
    return json.loads(done.stdout)


def ports(service):
    return {int(port["target"]): int(port["published"]) for port in service.get("ports", [])}


def name_of(service):
    """The engine drops one leading slash, as it always did."""
    return service["container_name"].removeprefix("/")


def id_of(files):
    return "+".join(Path(file).parts[1] + Path(file).stem.removeprefix("docker-compose") for file in files)


@needs_compose
@pytest.mark.parametrize("files", COMBINATIONS, ids=id_of)
def test_files_are_valid_together(files):
    services = config(*files)["services"]
    assert set(services) == SERVICES[files[0]]
    for name, service in services.items():
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert "profiles" not in service, name
        assert set(service["networks"]) == {"dubbing-network"}, name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}, name


@needs_compose
def test_media_defaults():
    found = config(MEDIA)
    mediamtx, media = found["services"]["mediamtx"], found["services"]["media-service"]
    assert ports(mediamtx) == {1935: 1935, 8554: 8554, 9997: 9997, 9998: 9998, 9996: 9996}
    assert ports(media) == {8080: 8080}
    assert (mediamtx["container_name"], media["container_name"]) == ("mediamtx", "media-service")
    assert re.fullmatch(r"bluenviron/mediamtx:\d+\.\d+\.\d+-ffmpeg", mediamtx["image"])
    assert media["image"] == "media-service:latest"
    assert mediamtx["environment"]["ORCHESTRATOR_URL"] == "http://media-service:8080"
    assert mediamtx["environment"]["MTX_PROTOCOLS"] == "tcp"
    assert mediamtx["environment"]["MTX_LOGLEVEL"] == "info"
    for name in ("MTX_RTSPADDRESS", "MTX_RTMPADDRESS", "MTX_APIADDRESS"):
        assert name in mediamtx["environment"]
    assert media["environment"]["PORT"] == "8080"
    assert media["environment"]["STS_SERVICE_URL"] == "http://full-sts-service:8000"
    assert media["environment"]["LOG_LEVEL"] == "INFO"
    assert found["networks"]["dubbing-network"]["name"] == "dubbing-network"
    assert found["volumes"]["media-segments"]["name"] == "media-segments"
    mounts = {mount["target"]: mount for mount in media["volumes"]}
    assert mounts["/tmp/segments"]["source"] == "media-segments"
    assert mounts["/app/config"]["read_only"] and mounts["/app/config"]["source"].endswith("media-service/config")
    mounts = {mount["target"]: mount for mount in mediamtx["volumes"]}
    assert mounts["/mediamtx.yml"]["read_only"] and mounts["/hooks"]["read_only"]
    for mount in mounts.values():
        assert Path(mount["source"]).exists()
    assert mediamtx["healthcheck"]["test"][1:] == ["wget", "-q", "-O", "-", "http://localhost:9997/v3/paths/list"]
    assert media["healthcheck"]["test"][-1] == "http://localhost:8080/health"
    assert (mediamtx["healthcheck"]["start_period"], media["healthcheck"]["start_period"]) == ("10s", "15s")


@needs_compose
def test_sts_defaults():
    found = config(STS)
    full, echo = found["services"]["sts-service"], found["services"]["echo-sts"]
    assert ports(full) == ports(echo) == {3000: 3000}
    assert (full["container_name"], name_of(echo)) == ("sts-service", "echo-sts")
    assert (full["image"], echo["image"]) == ("sts-service:latest", "echo-sts:latest")
    assert (full["environment"]["STS_MODE"], echo["environment"]["STS_MODE"]) == ("full", "echo")
    assert full["environment"]["PORT"] == echo["environment"]["PORT"] == "3000"
    assert full["environment"]["HOST"] == echo["environment"]["HOST"] == "0.0.0.0"
    assert found["networks"]["dubbing-network"]["name"] == "sts-network"
    assert found["volumes"]["sts-model-cache"]["name"] == "sts-model-cache"
    assert (full["healthcheck"]["start_period"], echo["healthcheck"]["start_period"]) == ("1m0s", "5s")
    assert full["build"]["target"] == "sts-service" and echo["build"]["target"] == "echo-sts"
    assert full["build"]["args"]["BASE_IMAGE"] == "debian:forky-slim"


@needs_compose
def test_full_defaults():
    found = config(FULL)
    full = found["services"]["full-sts-service"]
    assert ports(full) == {8000: 8000}
    assert full["container_name"] == "full-sts-service"
    assert full["image"] == "sts-service:latest"
    assert full["environment"]["PORT"] == "8000"
    assert full["healthcheck"]["test"][1:] == ["curl", "-f", "http://localhost:8000/health"]
    assert full["healthcheck"]["start_period"] == "1m0s"
    assert found["networks"]["dubbing-network"] == config(MEDIA)["networks"]["dubbing-network"]
    assert "external" not in found["networks"]["dubbing-network"]


@needs_compose
@pytest.mark.parametrize("file", BASES)
def test_health_check_variables_and_limits(file):
    given = dict(HEALTHCHECK_INTERVAL="7s", HEALTHCHECK_TIMEOUT="6s", HEALTHCHECK_RETRIES="9",
                 HEALTHCHECK_START_PERIOD="3s", MEDIAMTX_CPU_LIMIT="1.5", MEDIA_SERVICE_CPU_LIMIT="1.5",
                 STS_CPU_LIMIT="1.5", MEDIAMTX_MEMORY_LIMIT="512M", MEDIA_SERVICE_MEMORY_LIMIT="512M",
                 STS_MEMORY_LIMIT="512M")  # fmt: skip
    for service in config(file, **given)["services"].values():
        check = service["healthcheck"]
        assert (check["interval"], check["timeout"], check["retries"], check["start_period"]) == ("7s", "6s", 9, "3s")
        limits = service["deploy"]["resources"]["limits"]
        assert float(limits["cpus"]) == 1.5 and int(limits["memory"]) == 512 * 1024 * 1024
    for service in config(file)["services"].values():
        check = service["healthcheck"]
        assert (check["interval"], check["timeout"], check["retries"]) == ("10s", "5s", 3)
        assert "cpus" not in service["deploy"]["resources"].get("limits", {})


@needs_compose
def test_variables_move_ports_names_and_images():
    media = config(MEDIA, MEDIAMTX_RTMP_PORT="21935", MEDIAMTX_RTSP_PORT="28554", MEDIAMTX_API_PORT="29997",
                   MEDIAMTX_METRICS_PORT="29998", MEDIAMTX_PLAYBACK_PORT="29996", MEDIA_SERVICE_PORT="28080",
                   MEDIAMTX_CONTAINER_NAME="m1", MEDIA_SERVICE_CONTAINER_NAME="m2", MEDIAMTX_IMAGE="i1:1",
                   MEDIA_SERVICE_IMAGE="i2:1", NETWORK_NAME="net", SEGMENTS_VOLUME_NAME="vol",
                   ORCHESTRATOR_URL="http://m2:8080", STS_SERVICE_URL="http://e:3000")  # fmt: skip
    mediamtx, service = media["services"]["mediamtx"], media["services"]["media-service"]
    assert ports(mediamtx) == {1935: 21935, 8554: 28554, 9997: 29997, 9998: 29998, 9996: 29996}
    assert ports(service) == {8080: 28080}
    assert service["environment"]["PORT"] == "8080"
    assert [mediamtx["container_name"], service["container_name"]] == ["m1", "m2"]
    assert [mediamtx["image"], service["image"]] == ["i1:1", "i2:1"]
    assert media["networks"]["dubbing-network"]["name"] == "net"
    assert media["volumes"]["media-segments"]["name"] == "vol"
    assert mediamtx["environment"]["ORCHESTRATOR_URL"] == "http://m2:8080"
    assert service["environment"]["STS_SERVICE_URL"] == "http://e:3000"
    sts = config(STS, STS_PORT="23000", STS_CONTAINER_NAME="s1", STS_SERVICE_IMAGE="i3:1", ECHO_STS_IMAGE="i4:1",
                 STS_HOST="127.0.0.1", MODEL_CACHE_VOLUME_NAME="cache")["services"]  # fmt: skip
    assert {name_of(service) for service in sts.values()} == {"s1"}
    assert [ports(sts[name]) for name in sts] == [{3000: 23000}] * 2
    assert (sts["sts-service"]["image"], sts["echo-sts"]["image"]) == ("i3:1", "i4:1")
    assert sts["echo-sts"]["environment"]["HOST"] == "127.0.0.1"
    full = config(FULL, STS_FULL_PORT="28000", STS_CONTAINER_NAME="s1")["services"]["full-sts-service"]
    assert ports(full) == {8000: 28000} and full["container_name"] == "full-sts-service"


@needs_compose
@pytest.mark.parametrize(
    ("file", "service", "names"),
    [
        (MEDIA, "media-service", "WORKER_TARGET_LANGUAGE OUTPUT_DELAY HOOK_TOKEN SKIP_STS_CONNECTION GST_DEBUG"),
        (STS, "sts-service", "STS_API_KEY ASR_PROVIDER TRANSLATION_PROVIDER TTS_PROVIDER STS_MAX_QUEUE"),
        (STS, "echo-sts", "STS_API_KEY ECHO_PROCESSING_DELAY_MS BACKPRESSURE_ENABLED"),
        (FULL, "full-sts-service", "STS_API_KEY DURATION_OVERRUN_POLICY WS_PING_INTERVAL"),
    ],
)
def test_settings_are_passed_through_and_absent_otherwise(file, service, names):
    given = {name: f"value-of-{name}" for name in names.split()}
    environment = config(file, **given)["services"][service]["environment"]
    assert given.items() <= environment.items()
    environment = config(file)["services"][service]["environment"]
    assert all(environment.get(name) is None for name in given)


@needs_compose
def test_the_builtin_server_takes_mediamtx_place():
    service = config(MEDIA, BUILTIN)["services"]["mediamtx"]
    assert service["container_name"] == "mediamtx"
    assert service["image"] == "livedub-media-server:latest"
    assert service["build"]["target"] == "media-server"
    assert service["environment"]["ORCHESTRATOR_URL"] == "http://media-service:8080"


def setting_names(*sources):
    """The names that the programs declare, without their aliases."""
    text = "".join((ROOT / source).read_text() for source in sources)
    return set(re.findall(r'\.name = "([A-Z_0-9]+)"', text))


@pytest.mark.parametrize(
    ("file", "service", "sources", "not_passed"),
    [
        # One address and port inside a container: the port of the host is what changes.
        (MEDIA, "media-service", ("apps/media-service/media_settings.cpp", "apps/common/stream_settings.cpp"),
         {"ORCH_HTTP_ADDR"}),
        (STS, "sts-service", ("apps/sts-service/sts_settings.cpp", "apps/sts-service/engine_settings.cpp",
         "apps/common/speech_settings.cpp", "apps/common/translation_settings.cpp"),
         {"ECHO_HOST", "ECHO_PORT", "ECHO_PROCESSING_DELAY_MS"}),
        (FULL, "full-sts-service", ("apps/sts-service/sts_settings.cpp", "apps/sts-service/engine_settings.cpp",
         "apps/common/speech_settings.cpp", "apps/common/translation_settings.cpp"),
         {"ECHO_HOST", "ECHO_PORT", "ECHO_PROCESSING_DELAY_MS"}),
    ],
)  # fmt: skip
def test_every_setting_of_a_program_can_be_set(file, service, sources, not_passed):
    environment = yaml.safe_load((ROOT / file).read_text())["services"][service]["environment"]
    missing = setting_names(*sources) - set(environment) - not_passed
    assert missing == set(), f"not in the environment of {service} in {file}"


@pytest.mark.parametrize(
    ("example", "files"),
    [("apps/media-service/.env.example", [MEDIA, BUILTIN]), ("apps/sts-service/.env.example", [STS, FULL])],
)
def test_env_examples_name_only_what_is_read(example, files):
    named = re.findall(r"^#?([A-Z][A-Z_0-9]+)=", (ROOT / example).read_text(), re.MULTILINE)
    text = "".join((ROOT / file).read_text() for file in files)
    for name in named:
        assert re.search(rf"\${{{name}\b|^ +{name}:", text, re.MULTILINE), name
    assert len(named) == len(set(named))


def test_both_dockerfiles_begin_alike():
    """The stage with the compiler is shared between them only while it is the same to the letter."""
    stages = []
    for name in ("media", "sts"):
        text = (ROOT / f"apps/{name}-service/Dockerfile").read_text()
        stages.append(re.search(r"^FROM \S+ AS toolchain\n.*?\n\n", text, re.MULTILINE | re.DOTALL).group())
        assert text.rindex("\nUSER livedub\n") > text.rindex("\nFROM ")
    assert stages[0] == stages[1]


def test_mediamtx_configurations_have_the_paths_and_hooks():
    for name, hook in (("mediamtx.yml", "/hooks/mtx-hook"), ("mediamtx-1.5.yml", "mtx-hook")):
        found = yaml.safe_load((ROOT / "apps/media-service/deploy/mediamtx" / name).read_text())
        assert found["logDestinations"] == ["stdout"]
        assert (found["rtmpAddress"], found["rtspAddress"]) == (":1935", ":8554")
        assert (found["apiAddress"], found["metricsAddress"]) == (":9997", ":9998")
        assert found["api"] is True and found["metrics"] is True and found["webrtc"] is False
        assert found.get("rtspTransports", found.get("protocols")) == ["tcp"]
        paths = found["paths"]
        assert list(paths) == ["~^live/[a-zA-Z0-9_-]+/in$", "~^live/[a-zA-Z0-9_-]+/out$", "all_others"]
        assert paths["~^live/[a-zA-Z0-9_-]+/in$"] == {
            "runOnReady": f"{hook} ready", "runOnNotReady": f"{hook} not-ready",
        }  # fmt: skip
        assert paths["~^live/[a-zA-Z0-9_-]+/out$"] is None and paths["all_others"] is None
        assert found["pathDefaults"]["overridePublisher"] is True
