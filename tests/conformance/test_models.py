# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""`livedub models` against servers that are well, and servers that are not."""

import hashlib
import json
import os
import pty
import random
import resource
import signal
import subprocess
from pathlib import Path

import pytest
from support.model_server import ModelServer
from support.processes import Process, free_port, wait_for

pytestmark = pytest.mark.timeout(120)

# Of models: what their files begin with, and nothing that can be compressed.
GGML = b"lmgg" + random.Random(1).randbytes(400_000)
ONNX = b"\x08\x08\x12\x07pytorch" + random.Random(2).randbytes(200_000)
OTHER_ONNX = b"\x08\x08\x12\x07pytorch" + random.Random(3).randbytes(300_000)
CONFIG = b'{"audio": {"sample_rate": 22050}}'
FILES = {"/w/ggml-tiny.bin": GGML, "/v/es.onnx": ONNX, "/v/es.onnx.json": CONFIG}


def file_entry(folder: str, path: str, kind: str, content: bytes | None = None) -> dict:
    known = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} if content else {}
    return {"path": path, "format": kind, "url": f"https://models.invalid/{folder}/{path}"} | known


CATALOGUE = {"models": [
    {"name": "whisper-tiny", "aliases": ["tiny"], "kind": "whisper", "language": "many", "licence": "MIT",
     "source": "https://models.invalid/w", "files": [file_entry("w", "ggml-tiny.bin", "ggml", GGML)]},
    {"name": "es", "kind": "voice", "language": "es-ES", "licence": "CC0-1.0", "source": "https://models.invalid/v",
     "files": [file_entry("v", "es.onnx", "onnx"), file_entry("v", "es.onnx.json", "json")]},
]}  # fmt: skip


@pytest.fixture
def server():
    with ModelServer(FILES) as running:
        yield running


class Models:
    """The program with this catalogue and directory, and nothing of this machine's settings."""

    def __init__(self, program: Path, folder: Path, server: ModelServer) -> None:
        self.program, self.dir, self.server = program, folder / "models", server
        self.catalogue = folder / "catalogue.json"
        self.catalogue.write_text(json.dumps(CATALOGUE))
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder)}

    def start(self, command: str, *words: str, **options) -> Process:
        base = ["--base-url", self.server.url] if command == "pull" and "--base-url" not in words else []
        environment = self.env | options.pop("env", {})
        here = ["--dir", self.dir, "--catalogue", self.catalogue]
        return Process([self.program, "models", command, *words, *here, *base], env=environment, **options)

    def run(self, command: str, *words: str, code: int = 0, **options) -> Process:
        with self.start(command, *words, **options) as program:
            assert program.wait(60) == code, program.describe()
            return program

    def content(self, name: str = "ggml-tiny.bin") -> bytes:
        return (self.dir / name).read_bytes()

    def names(self) -> list[str]:
        return sorted(path.name for path in self.dir.iterdir()) if self.dir.exists() else []

    def partial(self) -> int:
        part = self.dir / "ggml-tiny.bin.part"
        return part.stat().st_size if part.exists() else 0


@pytest.fixture
def models(livedub, tmp_path, server) -> Models:
    return Models(livedub, tmp_path, server)


def test_a_model_is_pulled_and_is_what_it_should_be(models, server):
    assert models.run("path", "tiny", code=1).stdout == str(models.dir / "ggml-tiny.bin")
    pulled = models.run("pull", "tiny", "es", "whisper-tiny")
    assert pulled.stdout.splitlines() == [str(models.dir / "ggml-tiny.bin"), str(models.dir / "es.onnx")]
    assert "100 %" in pulled.stderr and "\r" not in pulled.stderr
    assert "ggml-tiny.bin: SHA-256 as in the catalogue" in pulled.stderr
    assert "es.onnx: no checksum known" in pulled.stderr
    assert (models.content(), models.content("es.onnx")) == (GGML, ONNX)
    assert not [name for name in models.names() if "part" in name]
    assert models.run("path", "tiny").stdout == str(models.dir / "ggml-tiny.bin")

    asked = len(server.asked)
    assert "is there already" in models.run("pull", "tiny", "es").stderr
    assert len(server.asked) == asked


def test_the_list_says_what_is_here(models):
    models.run("pull", "es")
    table = models.run("list").stdout.splitlines()
    assert table[0] == f"models in {models.dir}"
    assert [line.split()[-1] for line in table[2:]] == ["here", "-", "yes"]
    said = json.loads(models.run("list", "--json").stdout)
    assert [it["presence"] for it in said["models"]] == ["absent", "present"]
    assert set(said["models"][0]) == {
        "name", "aliases", "kind", "language", "bytes", "licence", "source", "presence", "path", "files"
    }  # fmt: skip


def test_the_built_in_list_needs_no_network(livedub, tmp_path):
    own = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    done = subprocess.run([livedub, "models", "list"], env=own, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] in (f"models in {tmp_path}/data/livedub/models", "models in /models")
    kinds = [line.split()[1] for line in lines[3:]]
    assert {"whisper", "vad", "voice", "translation"} == set(kinds) and kinds.count("voice") >= 12


@pytest.mark.parametrize("name", ["MODEL_CACHE_DIR", "STS_MODEL_CACHE_DIR"])
def test_the_directory_is_that_of_the_service(livedub, tmp_path, name):
    done = subprocess.run([livedub, "models", "path", "base"], env={name: str(tmp_path)}, capture_output=True,
                          text=True, timeout=30)  # fmt: skip
    assert (done.returncode, done.stdout) == (1, f"{tmp_path}/ggml-base.bin\n")
    assert "livedub models pull whisper-base" in done.stderr


def assert_resumed(server: ModelServer, at: int) -> None:
    first, second = server.asked
    assert first.range is None
    assert (second.range, second.if_range) == (f"bytes={at}-", '"v1"')


def test_a_stalled_download_is_given_up_and_gone_on_with(models, server):
    server.script = ["stall"]
    pulled = models.run("pull", "tiny", "--stall-timeout", "1s")
    assert "trying again in 1 s" in pulled.stderr
    assert models.content() == GGML
    assert_resumed(server, len(GGML) // 2)


@pytest.mark.parametrize("how", ["truncate", "end early"])
def test_a_download_that_breaks_off_is_gone_on_with(models, server, how):
    server.script = [how]
    assert "broken off" in models.run("pull", "tiny").stderr
    assert models.content() == GGML
    assert_resumed(server, len(GGML) // 2)


def test_what_came_before_giving_up_is_kept_for_the_next_pull(models, server):
    server.script = ["truncate", 503]
    failed = models.run("pull", "tiny", "--retries", "1", code=1)
    assert "HTTP 503; gave up, what came is kept" in failed.stderr and failed.stdout == ""
    assert models.partial() == len(GGML) // 2
    assert models.run("list").stdout.splitlines()[3].endswith("partly")
    assert "only a part is there" in models.run("verify", "tiny", code=1).stdout

    server.asked.clear()
    assert "going on after 195.3 KiB" in models.run("pull", "tiny").stderr
    assert server.asked[0].range == f"bytes={len(GGML) // 2}-"
    assert models.content() == GGML


def test_a_server_that_ignores_ranges_sends_it_all(models, server):
    server.script = ["truncate", "ignore range"]
    assert "from the beginning" in models.run("pull", "tiny").stderr
    assert models.content() == GGML


@pytest.mark.parametrize("how", ["well", "ignore if-range"])
def test_a_file_that_changed_meanwhile_is_not_glued(models, server, how):
    """Of `es` no checksum is known: nothing but the server's tag tells the two apart."""
    server.script = ["truncate", 503]
    models.run("pull", "es", "--retries", "1", code=1)
    server.files["/v/es.onnx"], server.etag, server.script = OTHER_ONNX, '"v2"', [how]
    models.run("pull", "es")
    assert models.content("es.onnx") == OTHER_ONNX


def test_without_a_tag_and_a_checksum_it_begins_anew(models, server):
    server.etag = 'W/"weak"'
    server.script = ["truncate", "truncate"]
    models.run("pull", "es", "--retries", "1", code=1)
    models.run("pull", "es")
    assert [it.range for it in server.asked] == [None] * 4 and models.content("es.onnx") == ONNX


def test_a_wrong_checksum_leaves_nothing(models, server):
    server.script = ["corrupt"]
    failed = models.run("pull", "tiny", code=1)
    assert "wrong checksum" in failed.stderr and CATALOGUE["models"][0]["files"][0]["sha256"] in failed.stderr
    assert models.names() == [] and len(server.asked) == 1


def test_a_bad_first_half_is_fetched_again(models, server):
    server.script = ["truncate", 503]
    models.run("pull", "tiny", "--retries", "1", code=1)
    part = models.dir / "ggml-tiny.bin.part"
    part.write_bytes(b"x" * part.stat().st_size)
    assert "fetched anew from its beginning" in models.run("pull", "tiny").stderr
    assert models.content() == GGML


def test_a_whole_part_needs_no_server(models, server):
    models.dir.mkdir()
    (models.dir / "ggml-tiny.bin.part").write_bytes(GGML)
    (models.dir / "ggml-tiny.bin.part-from").write_text(json.dumps({"url": f"{server.url}/w/ggml-tiny.bin"}))
    models.run("pull", "tiny")
    assert models.content() == GGML and server.asked == []


def test_more_than_there_should_be_is_not_taken(models, server):
    server.script = ["more"]
    assert "more than the 400004 bytes" in models.run("pull", "tiny", code=1).stderr
    assert not (models.dir / "ggml-tiny.bin").exists()


def test_a_page_in_the_place_of_a_model_is_refused(models, server):
    server.files["/v/es.onnx"] = b"<!doctype html><title>Log in to the network</title>"
    failed = models.run("pull", "es", code=1)
    assert 'not an ONNX file: it begins with "<!doctype html><"' in failed.stderr
    assert models.names() == []


REFUSALS = {404: "HTTP 404", 403: "HTTP 403", 500: "HTTP 500", 429: "HTTP 429"}


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_is_told_and_tried_again_where_that_helps(models, server, status):
    server.script = [status] * 2
    failed = models.run("pull", "tiny", "--retries", "1", code=1)
    assert f"whisper-tiny: {server.url}/w/ggml-tiny.bin: {REFUSALS[status]}" in failed.stderr
    assert len(server.asked) == (2 if status in (500, 429) else 1)
    assert models.names() == []


def test_one_model_that_fails_does_not_keep_the_others(models, server):
    server.script = [404]
    failed = models.run("pull", "tiny", "es", code=1)
    assert failed.stdout == str(models.dir / "es.onnx")


def test_nobody_there(models):
    nobody = f"http://127.0.0.1:{free_port()}"
    failed = models.run("pull", "tiny", "--retries", "0", "--base-url", nobody, code=1)
    assert "127.0.0.1" in failed.stderr and "gave up" in failed.stderr


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "cert"],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_text((folder / "key").read_text() + (folder / "cert").read_text())
    return both


def test_redirects_lead_to_https_alone(models, server, certificate):
    trust = {"CURL_CA_BUNDLE": str(certificate)}
    with ModelServer(FILES, certificate) as secure:
        server.script = [("redirect", f"{secure.url}/w/ggml-tiny.bin")]
        models.run("pull", "tiny", env=trust)
        assert models.content() == GGML and len(secure.asked) == 1

        secure.script = [("redirect", f"{server.url}/v/es.onnx?token=secret")]
        failed = models.run("pull", "es", "--base-url", secure.url, code=1, env=trust)
        assert f"redirected to {server.url}/v/es.onnx, which is not https" in failed.stderr
        assert "secret" not in failed.stderr and len(server.asked) == 1

        secure.script = [("redirect", f"{secure.url}/v/es.onnx")] * 10
        failed = models.run("pull", "es", "--base-url", secure.url, code=1, env=trust)
        assert "redirected more than" in failed.stderr


def test_a_redirected_download_is_gone_on_with(models, server, certificate):
    with ModelServer(FILES, certificate) as secure:
        server.script = [("redirect", f"{secure.url}/w/ggml-tiny.bin")] * 2
        secure.script = ["truncate"]
        models.run("pull", "tiny", env={"CURL_CA_BUNDLE": str(certificate)})
        assert models.content() == GGML
        assert secure.asked[1].range == f"bytes={len(GGML) // 2}-" and secure.asked[1].if_range == '"v1"'


def test_a_certificate_that_is_not_trusted_is_refused_at_once(models, certificate):
    with ModelServer(FILES, certificate) as secure:
        failed = models.run("pull", "tiny", "--base-url", secure.url, code=1)
        assert "certificate" in failed.stderr.lower() and "trying again" not in failed.stderr
        assert secure.asked == []


def test_the_proxy_of_the_environment_is_asked(models, server):
    models.run("pull", "tiny", "--base-url", "http://models.invalid", env={"http_proxy": server.url})
    assert models.content() == GGML
    assert (server.asked[0].path, server.asked[0].host) == ("/w/ggml-tiny.bin", "models.invalid")


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_pull_goes_on_later(models, server, sig):
    server.script = ["stall"]
    with models.start("pull", "tiny", "es") as program:
        wait_for(lambda: models.partial() == len(GGML) // 2, "half of the file", 60)
        os.kill(program.pid, sig)
        assert program.wait(60) == 130, program.describe()
        assert "what came is kept" in program.stderr and program.stdout == ""
    models.run("pull", "tiny")
    assert models.content() == GGML
    assert_resumed(server, len(GGML) // 2)


def test_a_killed_pull_goes_on_later(models, server):
    server.script = ["stall"]
    with models.start("pull", "tiny") as program:
        wait_for(lambda: models.partial() == len(GGML) // 2, "half of the file", 60)
        os.kill(program.pid, signal.SIGKILL)
        program.wait(60)
    models.run("pull", "tiny")
    assert models.content() == GGML
    assert_resumed(server, len(GGML) // 2)


def test_two_pulls_of_one_model_share_its_file(models, server):
    server.script = ["stall"]
    with models.start("pull", "tiny") as first, models.start("pull", "tiny") as second:
        both = (first, second)
        waiting = wait_for(lambda: next((it for it in both if "waiting for its end" in it.stderr), None),
                           "one that waits for the other", 60)  # fmt: skip
        wait_for(lambda: models.partial() == len(GGML) // 2, "half of the file", 60)
        server.release()
        assert (first.wait(60), second.wait(60)) == (0, 0), first.describe() + second.describe()
        assert "is there already" in waiting.stderr
    assert models.content() == GGML and len(server.asked) == 1
    assert not [name for name in models.names() if "part" in name]


def test_a_waiting_pull_can_be_interrupted(models, server):
    server.script = ["stall"]
    with models.start("pull", "tiny") as first:
        wait_for(lambda: models.partial() > 0, "the first half", 60)
        with models.start("pull", "tiny") as second:
            wait_for(lambda: "waiting for its end" in second.stderr, "the second to wait", 60)
            os.kill(second.pid, signal.SIGINT)
            assert second.wait(60) == 130, second.describe()
        server.release()
        assert first.wait(60) == 0, first.describe()
    assert models.content() == GGML


def test_a_full_disk_is_told_and_what_came_is_kept(models, server):
    limit = 100_000

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    failed = models.run("pull", "tiny", code=1, preexec_fn=little_room)
    assert "cannot write" in failed.stderr and "ggml-tiny.bin.part" in failed.stderr
    assert "trying again" not in failed.stderr and models.partial() == limit
    models.run("pull", "tiny")
    assert models.content() == GGML and server.asked[1].range == f"bytes={limit}-"


def test_a_file_that_has_no_room_is_not_begun(models, server):
    server.script = ["huge"]
    failed = models.run("pull", "es", code=1)
    assert f"{models.dir} has room for " in failed.stderr and "931322.6 GiB are needed" in failed.stderr
    assert models.names() == [] and len(server.asked) == 1


def test_a_directory_that_cannot_be_made_is_told(models):
    models.dir.write_text("in the way")
    assert f"cannot make the directory {models.dir}" in models.run("pull", "tiny", code=1).stderr


def test_a_directory_where_nobody_may_write_is_told(models):
    models.dir = Path("/sys/livedub")  # not even root
    assert "cannot make the directory /sys/livedub" in models.run("pull", "tiny", code=1).stderr


def test_verify_says_of_each_file_how_it_is(models):
    assert models.run("verify").stdout == f"no models in {models.dir}"
    models.run("pull", "tiny", "es")
    size = len(GGML)
    assert models.run("verify").stdout.splitlines() == [
        f"ok    ggml-tiny.bin  {size} bytes, SHA-256 as in the catalogue",
        f"ok    es.onnx  {len(ONNX)} bytes; no checksum known, SHA-256 as when it was pulled",
        f"ok    es.onnx.json  {len(CONFIG)} bytes; no checksum known, SHA-256 as when it was pulled",
    ]
    (models.dir / "es.onnx").write_bytes(OTHER_ONNX)
    (models.dir / "es.onnx.json.pulled").unlink()
    (models.dir / "ggml-tiny.bin").write_bytes(GGML[:-1])
    lines = models.run("verify", code=1).stdout.splitlines()
    assert lines[0] == f"FAIL  ggml-tiny.bin  {size - 1} bytes, should be {size}"
    assert lines[1].startswith("FAIL  es.onnx  SHA-256 is ") and lines[1].endswith(" when it was pulled")
    assert lines[2] == "-     es.onnx.json  33 bytes; no checksum known, none recorded; looks right"
    (models.dir / "es.onnx").unlink()
    assert "FAIL  es.onnx  not there" in models.run("verify", "es", code=1).stdout
    assert models.run("verify", "tiny", code=1).stdout == lines[0]

    models.run("pull", "tiny", "es")
    models.run("verify")


BAD_USAGE = {
    "unknown": (["pull", "tiny", "bse"], 'no model "bse"'),
    "no name": (["pull"], "name is required"),
    "two paths": (["path", "tiny", "es"], "name: At Most 1 required"),
    "base url": (["pull", "tiny", "--base-url", "ftp://x"], '--base-url "ftp://x" (allowed: an http or https'),
    "retries": (["pull", "tiny", "--retries", "-1"], "--retries -1 (allowed: 0 to 100)"),
    "stall": (["pull", "tiny", "--stall-timeout", "soon"], '--stall-timeout "soon" (allowed: 1s to 1h)'),
    "short stall": (["pull", "tiny", "--stall-timeout", "10ms"], '--stall-timeout "10ms" (allowed: 1s to 1h)'),
    "flag": (["list", "--colour"], "--colour"),
}


@pytest.mark.parametrize("which", BAD_USAGE)
def test_bad_usage_is_told_before_anything_is_fetched(models, server, which):
    words, said = BAD_USAGE[which]
    failed = models.run(*words, code=2)
    assert said in failed.stderr and failed.stdout == "", failed.describe()
    assert server.asked == [] and models.names() == []


BAD_CATALOGUES = {
    "not JSON": ("{", "not JSON"),
    "upwards": (json.dumps(CATALOGUE).replace('"ggml-tiny.bin"', '"../tiny.bin"'),
                'models[0].files[0].path is "../tiny.bin" (allowed: a relative path'),
    "absent": (None, "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("which", BAD_CATALOGUES)
def test_a_bad_catalogue_is_refused(models, which):
    text, said = BAD_CATALOGUES[which]
    models.catalogue.unlink() if text is None else models.catalogue.write_text(text)
    failed = models.run("list", code=2)
    assert f"{models.catalogue}: {said}" in failed.stderr


def test_on_a_terminal_there_is_a_bar(models, server):
    ours, theirs = pty.openpty()
    server.script = ["stall"]
    command = [models.program, "models", "pull", "tiny", "--dir", models.dir, "--catalogue", models.catalogue,
               "--base-url", server.url]  # fmt: skip
    with subprocess.Popen(command, env=models.env, stdout=subprocess.DEVNULL, stderr=theirs) as program:
        os.close(theirs)
        wait_for(lambda: models.partial() == len(GGML) // 2, "half of the file", 60)
        server.release()
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # the end of a terminal
            pass
        assert program.wait(60) == 0
    os.close(ours)
    assert b"\r[" in shown and b"%  " in shown
    assert shown.decode().splitlines()[-1] == "ggml-tiny.bin: SHA-256 as in the catalogue"
