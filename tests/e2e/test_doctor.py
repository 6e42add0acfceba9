# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""`livedub doctor`: what it finds on a machine that is well, and on machines that are not."""

import contextlib
import http.server
import json
import os
import socket
import threading
from pathlib import Path

import pytest
from support.processes import Process, free_port
from support.translation_server import TranslationServer

# By the environment, so that a test can say otherwise with a flag.
PORTS = {name: "127.0.0.1:0" for name in ("LIVEDUB_RTMP", "LIVEDUB_API", "LIVEDUB_METRICS")}

NONE = type(None)
ENGINE_KEYS = {
    "name": str, "stage": str, "in_build": bool, "used": bool, "works": bool, "version": (str, NONE),
    "problem": (str, NONE), "load_ms": (int, NONE), "memory_mib": (int, NONE), "sample_ms": (float, NONE),
    "wall_ms": (float, NONE), "worst_ms": (float, NONE), "cpu_ms": (float, NONE),
    "real_time_factor": (float, NONE),
}  # fmt: skip
FINDING_KEYS = {"section": str, "name": str, "mark": str, "text": str, "remedy": (str, NONE)}
KEYS = {
    "version": str, "ready": bool, "verdict": str, "counts": dict, "settings": dict, "machine": dict,
    "gstreamer": (str, NONE), "engines": list, "capacity": (dict, NONE), "findings": list,
}  # fmt: skip
SECTIONS = ["machine", "ports", "media", "engines", "models", "capacity", "services"]


def run(livedub, *flags: str, code: int, **environment: str) -> Process:
    """Ended with `code`; nothing that others on this machine do has a part in it."""
    clean = {key: value for key, value in os.environ.items()
             if key not in ("MEDIAMTX_API_URL", "STS_SERVICE_URL", "WORKER_STS_SERVICE_URL")}  # fmt: skip
    with Process([livedub, "doctor", *flags], env=clean | PORTS | environment) as program:
        assert program.wait(120) == code, program.describe()
        return program


def report(livedub, *flags: str, code: int, **environment: str) -> dict:
    program = run(livedub, "--json", *flags, code=code, **environment)
    assert program.stderr == ""
    return json.loads(program.stdout)


def finding(said: dict, section: str, name: str) -> dict:
    return next(it for it in said["findings"] if (it["section"], it["name"]) == (section, name))


def check_keys(thing: dict, keys: dict) -> None:
    assert list(thing) == list(keys)
    for key, kind in keys.items():
        assert isinstance(thing[key], kind), (key, thing[key])


@contextlib.contextmanager
def answering(pages: dict):
    """A server that answers each path with (status, text); gives its URL and the paths asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, text = pages.get(self.path, (404, "not here"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def measured(livedub) -> dict:
    # A delay that a slow machine holds too: what is measured here is the program, not the machine.
    return report(livedub, "--delay", "60s", code=0)


def test_the_keys_are_the_documented_ones(measured):
    check_keys(measured, KEYS)
    for engine in measured["engines"]:
        check_keys(engine, ENGINE_KEYS)
    for it in measured["findings"]:
        check_keys(it, FINDING_KEYS)
        assert it["mark"] in measured["counts"]
    assert list(dict.fromkeys(it["section"] for it in measured["findings"])) == SECTIONS
    assert sum(measured["counts"].values()) == len(measured["findings"])
    assert set(measured["settings"]) == {
        "source_language", "target_language", "speech", "segment_ms", "delay_ms", "max_streams"
    }  # fmt: skip
    assert set(measured["machine"]) == {"cores", "load", "memory_total_mib", "memory_available_mib"}
    assert set(measured["capacity"]) == {"streams", "limit", "worst_fragment_ms", "delay_needed_ms"}


def test_every_engine_that_is_used_is_measured(measured):
    used = [it for it in measured["engines"] if it["used"]]
    assert [(it["stage"], it["name"]) for it in used] == [
        ("recognise", "pocketsphinx"), ("translate", "apertium"), ("speak", "espeak")
    ]  # fmt: skip
    for engine in used:
        assert engine["works"] and engine["sample_ms"] == 6000.0
        assert 0 < engine["wall_ms"] <= engine["worst_ms"]
        assert engine["real_time_factor"] == pytest.approx(engine["wall_ms"] / 6000.0, abs=1e-5)
        assert engine["cpu_ms"] > 0  # apertium's is that of its children
    # A tenth of real time: an order of magnitude either way is still the recogniser at work.
    assert 0.005 < used[0]["cpu_ms"] / 6000.0 < 1.0


def test_streams_and_delay_follow_from_the_measures(measured):
    worst = sum(it["worst_ms"] for it in measured["engines"] if it["used"])
    capacity = measured["capacity"]
    assert capacity["streams"] >= 1
    assert capacity["worst_fragment_ms"] == pytest.approx(worst, abs=1.0)
    assert capacity["delay_needed_ms"] == pytest.approx(6000 + 1.5 * worst + 1000, abs=101)


def test_quick_measures_nothing_and_still_loads(livedub):
    said = report(livedub, "--quick", code=0)

    assert said["capacity"] is None
    assert all(it["wall_ms"] is None for it in said["engines"])
    assert all(it["load_ms"] is not None for it in said["engines"] if it["used"])


def test_the_table_ends_in_a_verdict_and_has_no_escapes_in_a_pipe(livedub):
    program = run(livedub, "--quick", code=0)

    lines = program.stdout.splitlines()
    assert lines[0].startswith("livedub ") and lines[-1].startswith("Ready")
    assert "\x1b" not in program.stdout and program.stdout.isascii()
    assert program.stderr == ""
    assert [line.split()[0] for line in lines[1:] if line and not line[0].isspace()][:-1] == SECTIONS


@pytest.mark.parametrize("name", ["rtmp", "api", "metrics"])
def test_a_port_in_use_is_told_with_who_has_it(livedub, name):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = report(livedub, "--quick", f"--{name}", address, code=1)

    port = finding(said, "ports", name)
    assert port["mark"] == "fail" and not said["ready"]
    assert address in port["text"] and f"(pid {os.getpid()})" in port["text"]
    assert port["remedy"].startswith(f"livedub up --{name} 127.0.0.1:")


@pytest.mark.skipif(Path("/usr/share/apertium/modes/eng-cat.mode").exists(), reason="the pair is installed")
def test_a_missing_language_pair_is_told_with_its_package(livedub):
    said = report(livedub, "--quick", "--to", "ca", code=1)

    translator = finding(said, "engines", "apertium")
    assert translator["mark"] == "fail"
    assert translator["remedy"] == "apt-get install apertium-eng-cat"


def test_a_machine_without_programs(livedub):
    said = report(livedub, "--quick", code=1, PATH="/nonexistent")

    assert finding(said, "engines", "apertium")["mark"] == "fail"
    assert finding(said, "engines", "apertium")["remedy"] == "apt-get install apertium"
    assert finding(said, "media", "files")["mark"] == "warn"
    assert finding(said, "media", "files")["remedy"] == "apt-get install ffmpeg"


def test_a_machine_without_plug_ins(livedub, tmp_path):
    said = report(livedub, "--quick", code=1, GST_PLUGIN_SYSTEM_PATH_1_0=str(tmp_path),
                  GST_REGISTRY_1_0=str(tmp_path / "registry"))  # fmt: skip

    for name, package in [("rtmp", "gstreamer1.0-plugins-bad"), ("pcm", "gstreamer1.0-plugins-base"),
                          ("aac in", "gstreamer1.0-libav"), ("aac out", "gstreamer1.0-plugins-bad")]:  # fmt: skip
        assert finding(said, "media", name)["mark"] == "fail"
        assert finding(said, "media", name)["remedy"] == f"apt-get install {package}"
    assert finding(said, "media", "other in")["mark"] == "warn"


def test_a_language_that_no_engine_hears(livedub):
    said = report(livedub, "--quick", "--from", "es", "--to", "en", code=1)

    assert '"es"' in finding(said, "engines", "pocketsphinx")["text"]


def test_without_speech_no_engine_is_needed(livedub):
    said = report(livedub, "--speech", "off", code=0, PATH="/nonexistent")

    assert not any(it["used"] for it in said["engines"])
    assert said["capacity"] is None and said["settings"]["speech"] is False


def test_an_engine_that_is_not_in_the_build(livedub):
    said = report(livedub, "--quick", "--asr-provider", "whisper", code=1)

    assert finding(said, "engines", "whisper")["mark"] == "fail"
    assert "not in this build" in finding(said, "engines", "whisper")["text"]
    assert finding(said, "engines", "pocketsphinx")["mark"] == "info"


def test_a_translation_service_is_asked_before_air(livedub):
    with TranslationServer() as server:
        said = report(livedub, "--translation-provider", "libretranslate,apertium", code=0, **server.settings("none"))

        used = [it["name"] for it in said["engines"] if it["stage"] == "translate" and it["used"]]
        assert used == ["apertium", "libretranslate"]
        assert finding(said, "engines", "libretranslate")["mark"] == "ok" and finding(said, "engines", "deepl")["mark"] == "info"
        assert all(it["real_time_factor"] is not None for it in said["engines"] if it["used"])

        server.instead = (503, b"")
        said = report(livedub, "--quick", "--translation-provider", "deepl", code=1, **server.settings("none"))
        assert finding(said, "engines", "deepl") | {"section": None} == {
            "section": None, "name": "deepl", "mark": "fail", "text": "deepl: HTTP 503", "remedy": None}  # fmt: skip


def test_models_that_are_there_are_named(livedub, tmp_path):
    for name, size in {"ggml-silero-v5.1.2.bin": 885_098, "ggml-tiny.bin": 1_000}.items():
        with open(tmp_path / name, "wb") as file:
            file.truncate(size)
    said = report(livedub, "--quick", "--speech", "off", code=0, MODEL_CACHE_DIR=str(tmp_path))
    pulled = finding(said, "models", "pulled")
    assert pulled["text"] == f"{tmp_path}: silero-vad; not whole: whisper-tiny"
    assert (pulled["mark"], pulled["remedy"]) == ("warn", "livedub models pull whisper-tiny")

    settings = tmp_path / "settings.conf"
    settings.write_text(f"MODEL_CACHE_DIR={tmp_path}\n")
    for said_otherwise in (["--model-cache-dir", tmp_path], ["--config", settings]):
        elsewhere = report(livedub, "--quick", "--speech", "off", *said_otherwise, code=0)
        assert finding(elsewhere, "models", "pulled") == pulled


def test_services_that_are_not_named_are_not_asked(livedub):
    said = report(livedub, "--quick", code=0, MEDIAMTX_API_URL="off")

    for name in ("mediamtx", "sts"):
        assert finding(said, "services", name)["mark"] == "info"


def test_services_that_answer(livedub):
    pages = {
        "/v3/paths/list": (200, '{"itemCount":2,"items":[{"ready":true},{"ready":false}]}'),
        "/health": (200, '{"status":"healthy","service":"echo-sts"}'),
    }
    with answering(pages) as (url, asked):
        said = report(livedub, "--quick", "--mediamtx", url + "/", code=0, STS_SERVICE_URL=url)

    assert asked == ["/v3/paths/list", "/health"]
    assert f"{url}/v3/paths/list: 2 paths, 1 ready, in " in finding(said, "services", "mediamtx")["text"]
    assert f"{url}/health: echo-sts healthy, in " in finding(said, "services", "sts")["text"]


def test_services_that_are_something_else_or_not_well(livedub):
    pages = {"/v3/paths/list": (200, "<html>"), "/health": (503, '{"status":"starting"}')}
    with answering(pages) as (url, _):
        said = report(livedub, "--quick", "--mediamtx", url, "--sts", url, code=1)

    assert finding(said, "services", "mediamtx")["mark"] == "fail"
    assert finding(said, "services", "sts")["text"].endswith("starting (status 503)")


def test_services_that_are_not_there_and_no_password_shown(livedub):
    url = f"http://user:secret@127.0.0.1:{free_port()}"
    program = run(livedub, "--quick", "--mediamtx", url, "--sts", url, code=1)

    assert program.stdout.count("FAIL") == 2
    assert "secret" not in program.stdout
    assert program.stdout.splitlines()[-1].startswith("Not ready: 2 things to mend")


@pytest.mark.parametrize(
    "wrong",
    [["--no-such-flag"], ["--segment", "90s"], ["--asr-provider", "dragon"], ["--config", "/nonexistent"]],
    ids=lambda wrong: " ".join(wrong),
)
def test_bad_usage_is_exit_2_and_nothing_on_stdout(livedub, wrong):
    program = run(livedub, *wrong, code=2)

    assert program.stdout == "" and 1 <= len(program.err) <= 3


def test_settings_come_from_a_file_too(livedub, tmp_path):
    settings = tmp_path / "livedub.conf"
    settings.write_text("WORKER_SEGMENT_DURATION=4s\nOUTPUT_DELAY=9s\n")
    said = report(livedub, "--quick", "--config", str(settings), code=0)

    assert (said["settings"]["segment_ms"], said["settings"]["delay_ms"]) == (4000, 9000)
