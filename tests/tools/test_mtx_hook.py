# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The hook script of MediaMTX against a real HTTP server, with Debian's tools and with BusyBox (which is what
MediaMTX's own image has)."""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

HOOK = Path(__file__).resolve().parents[2] / "apps/media-service/deploy/mediamtx/hooks/mtx-hook"
APPLETS = ("sh", "od", "awk", "wget", "sleep", "timeout")


class Orchestrator(ThreadingHTTPServer):
    """Keeps what it is told. Answers after the next of `holds` (seconds) with the next of `statuses`: at once
    and with 200 when there are no more."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.statuses = []
        self.times = []
        self.holds = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        server = self.server
        server.times.append(time.monotonic())
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.requests.append((self.path, self.headers, body))
        time.sleep(server.holds.pop(0) if server.holds else 0)
        self.send_response(server.statuses.pop(0) if server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def orchestrator():
    server = Orchestrator()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["debian", "busybox"])
def hook(request, tmp_path, orchestrator):
    """Runs the script with nothing in PATH but the tools that it may use."""
    busybox = shutil.which("busybox")
    if request.param == "busybox" and busybox is None:
        pytest.skip("no busybox here (tools/setup.sh test)")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in APPLETS:
        (tools / name).symlink_to(busybox if request.param == "busybox" else shutil.which(name))

    def run(*arguments, **changes):
        environment = {
            "PATH": str(tools), "MTX_PATH": "live/game/in", "MTX_SOURCE_TYPE": "rtmpConn",
            "MTX_SOURCE_ID": "17", "ORCHESTRATOR_URL": orchestrator.url, **changes,
        }  # fmt: skip
        command = [str(tools / "sh"), str(HOOK), *arguments]
        given = {name: value for name, value in environment.items() if value is not None}
        return subprocess.run(command, env=given, capture_output=True, timeout=60)

    return run


@pytest.mark.parametrize("event", ["ready", "not-ready"])
def test_an_event_is_posted_once(hook, orchestrator, event):
    done = hook(event, MTX_QUERY="lang=es")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    [(path, headers, body)] = orchestrator.requests
    assert path == f"/v1/mediamtx/events/{event}"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"] == "MediaMTX-Hook/1.0"
    assert headers["Authorization"] is None
    expected = {"path": "live/game/in", "sourceType": "rtmpConn", "sourceId": "17", "query": "lang=es"}
    assert json.loads(body) == expected


def test_no_query_no_member(hook, orchestrator):
    assert hook("ready", MTX_QUERY="").returncode == 0
    assert hook("ready").returncode == 0
    assert all("query" not in json.loads(body) for _, _, body in orchestrator.requests)


def test_one_trailing_slash_of_the_url_is_dropped(hook, orchestrator):
    assert hook("ready", ORCHESTRATOR_URL=orchestrator.url + "/").returncode == 0
    assert orchestrator.requests[0][0] == "/v1/mediamtx/events/ready"


def test_a_token_is_sent(hook, orchestrator):
    assert hook("ready", HOOK_TOKEN="s3cret").returncode == 0
    assert orchestrator.requests[0][1]["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    "value",
    [
        b'quotes " and \\ backslashes \\" \\\\',
        b"newline \n tab \t return \r bell \x07 escape \x1b delete \x7f",
        b'","path":"live/other/in',
        b"$(touch hacked) `touch hacked` ; touch hacked | & ' * ? ~ !",
        b"percent %s %d %n %41 -n -e",
        "é ñ 漢字 😀 \u2028".encode(),
        b"cut \xc3 wrong \xff overlong \xc0\xaf \xe0\x80\xaf surrogate \xed\xa0\x80 beyond \xf4\x90\x80\x80"
        b" end \xf0\x9f",
        b" leading and trailing ",
        b"last newline\n",
        b"x" * 20_000,
    ],
    ids=["quotes", "control", "injection", "shell", "printf", "unicode", "not-utf8", "blanks", "newline", "long"],
)
@pytest.mark.parametrize("variable", ["MTX_QUERY", "MTX_PATH", "MTX_SOURCE_ID"])
def test_any_bytes_arrive_as_they_are(hook, orchestrator, tmp_path, monkeypatch, variable, value):
    monkeypatch.chdir(tmp_path)
    done = hook("ready", **{variable: os.fsdecode(value)})
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    member = {"MTX_QUERY": "query", "MTX_PATH": "path", "MTX_SOURCE_ID": "sourceId"}[variable]
    body = orchestrator.requests[0][2]
    # How many marks stand for one broken sequence is nobody's business.
    arrived, sent = (re.sub("\ufffd+", "\ufffd", text)
                     for text in (json.loads(body)[member], value.decode("utf-8", "replace")))  # fmt: skip
    assert arrived == sent
    assert len(json.loads(body)) == (4 if member == "query" else 3)
    assert body.isascii()
    assert not (tmp_path / "hacked").exists()


def test_two_failures_then_success(hook, orchestrator):
    orchestrator.statuses = [503, 500]
    assert hook("ready").returncode == 0
    assert len(orchestrator.requests) == 3
    gaps = [after - before for before, after in zip(orchestrator.times, orchestrator.times[1:])]
    assert all(1.0 <= gap < 3.0 for gap in gaps), gaps


def test_three_failures_are_the_end_and_the_query_stays_out_of_it(hook, orchestrator):
    orchestrator.statuses = [503] * 5
    done = hook("not-ready", MTX_QUERY="user=joe&pass=hunter2", HOOK_TOKEN="s3cret")
    assert done.returncode == 1
    assert len(orchestrator.requests) == 3
    said = done.stdout + done.stderr
    assert f"{orchestrator.url}/v1/mediamtx/events/not-ready".encode() in done.stderr
    assert b"hunter2" not in said and b"joe" not in said and b"s3cret" not in said


def test_nobody_listens(hook):
    began = time.monotonic()
    done = hook("ready", ORCHESTRATOR_URL="http://127.0.0.1:1", MTX_QUERY="pass=hunter2")
    assert done.returncode == 1
    assert 2.0 <= time.monotonic() - began < 8.0
    assert b"http://127.0.0.1:1/v1/mediamtx/events/ready" in done.stderr
    assert b"hunter2" not in done.stderr


def test_an_answer_that_does_not_come_is_given_five_seconds(hook, orchestrator):
    orchestrator.holds = [8.0]
    assert hook("ready").returncode == 0
    first, second = orchestrator.times
    assert 5.5 <= second - first < 8.0


@pytest.mark.parametrize("arguments", [(), ("",), ("started",), ("Ready",), ("ready; id",)])
def test_another_argument_is_refused(hook, orchestrator, arguments):
    done = hook(*arguments)
    assert done.returncode == 1
    assert b"ready|not-ready" in done.stderr
    assert orchestrator.requests == []


@pytest.mark.parametrize("name", ["MTX_PATH", "MTX_SOURCE_TYPE", "MTX_SOURCE_ID", "ORCHESTRATOR_URL"])
@pytest.mark.parametrize("value", [None, ""])
def test_what_it_cannot_do_without(hook, orchestrator, name, value):
    done = hook("ready", MTX_QUERY="pass=hunter2", **{name: value})
    assert done.returncode == 1
    assert name.encode() in done.stderr
    assert b"hunter2" not in done.stderr
    assert orchestrator.requests == []
