# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Who may publish and play: keys in a file, and a server that is asked as MediaMTX asks one.

Real encoders and players with and without the key; our own sessions, which need none in one process and show
theirs as a service; and no word of a key in anything that people can see.
"""

import hashlib
import json
import os
import resource
import signal
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support import marks
from support.media_service import MediaService
from support.processes import Livedub, Process, Reader, publish, wait_for

KEYS = """\
# action  path        key
publish   live/*/in   pub-s3cret
play      live/*/in   sha256:{digest}
publish   live/*/out  out-s3cret
play      live/*/out  any
"""
QUICK = ("--speech", "off", "--segment", "1s", "--delay", "2s", "--grace", "1s")


@pytest.fixture(scope="module")
def source(clip, tmp_path_factory):
    return marks.remux(clip.mp4, tmp_path_factory.mktemp("source") / "source.flv", "-t", "8")


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "keys"
    path.write_text(KEYS.format(digest=hashlib.sha256(b"play-s3cret").hexdigest()))
    return path


@pytest.mark.parametrize("with_key", [False, True])
@pytest.mark.parametrize("program", ["livedub", "sts-service"])
def test_what_has_a_key_leaves_no_core_dump(build, tmp_path, keys, program, with_key):
    command, environment = [build / "apps" / program], dict(os.environ)
    if program == "livedub":
        command += ["serve", "--rtmp", "127.0.0.1:0", "--api", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]
        command += ["--auth", keys] if with_key else []
    else:
        command += ["--mode", "echo", "--host", "127.0.0.1", "--port", "0"]
        environment |= {"STS_API_KEY": "s3cret"} if with_key else {}
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    child = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, unlimited))  # fmt: skip
    try:
        assert child.stdout.readline(), "it says where it serves"
    finally:
        child.send_signal(signal.SIGQUIT)
        _, status = os.waitpid(child.pid, 0)
        child.returncode = -os.WTERMSIG(status)
        child.stdout.close()
    assert child.returncode == -signal.SIGQUIT
    if not with_key and not os.WCOREDUMP(status):
        pytest.skip("this machine keeps no core dumps, of whatever program")
    assert os.WCOREDUMP(status) == (not with_key)


def all_said(*programs) -> str:
    return "\n".join(f"{program.stdout}\n{program.stderr}" for program in programs)


def refused(process: Process) -> str:
    """ffmpeg was told no, and says what it was told."""
    assert process.wait(30) != 0
    return process.stderr


def test_only_the_key_opens_a_path_and_our_own_sessions_need_none(livedub, source, keys):
    with Livedub(livedub, *QUICK, "--auth", str(keys)) as program:
        url = program.url("game", "in")
        for query in ("", "?key=wrong", "?key=any", "?key=play-s3cret"):
            with publish(source, url + query) as intruder:
                assert "not allowed" in refused(intruder)
        with publish(source, url + "?lang=es&key=pub-s3cret") as publisher:
            path = program.wait_ready("game", "in")
            program.wait_ready("game", "out")
            with Process(["ffprobe", "-v", "error", url]) as peeper:
                assert refused(peeper)
            with Process(["ffprobe", "-v", "error", url + "?token=play-s3cret"]) as watcher:
                assert watcher.wait(30) == 0, watcher.describe()
            # A stranger who would like to be the dub.
            with publish(source, program.url("game", "out") + "?key=pub-s3cret") as imposter:
                assert "not allowed" in refused(imposter)
            with Reader(program.url("game", "out")) as viewer:
                assert publisher.wait(60) == 0
                viewer.process.wait(30)
                assert len(viewer.recording.pictures()) > 30
        assert "s3cret" not in json.dumps(path)
        assert program.get(program.metrics_port, "/metrics")[1].count("rtmp_denied_total 6") == 1
        assert program.stop() == 0
        assert "s3cret" not in all_said(program), "a key is in what the program says"


def test_a_key_works_for_librtmp_too(livedub, source, keys):
    with Livedub(livedub, *QUICK, "--auth", str(keys)) as program:
        location = program.url("obs", "in") + "?key=pub-s3cret live=1"
        with Process(["gst-launch-1.0", "-q", "filesrc", f"location={source}", "!", "flvdemux", "name=d", "d.video", "!",
                      "h264parse", "!", "flvmux", "name=m", "streamable=true", "!", "identity", "sync=true", "!",
                      "rtmpsink", f"location={location}"]) as publisher:  # fmt: skip
            wait_for(lambda: program.path_ready("obs", "in") or not publisher.running, "the input", 30)
            assert publisher.running, publisher.describe()


def test_a_service_shows_the_key_in_its_url(livedub, build, source, keys, tmp_path):
    with Livedub(livedub, "--auth", str(keys), command="serve") as server:
        address = server.rtmp_url.removeprefix("rtmp://")
        keys.write_text(keys.read_text().replace("any", "any\nplay live/*/in svc-s3cret\npublish live/*/out svc-s3cret"))
    with Livedub(livedub, "--auth", str(keys), "--rtmp", address, command="serve") as server:
        settings = {"MEDIAMTX_API_URL": server.api_url, "WORKER_SEGMENT_DURATION": "1s", "OUTPUT_DELAY": "2s",
                    "ORCH_GRACE_PERIOD": "1s", "LIVEDUB_SPEECH": "off", "WORKER_SEGMENT_DIR": str(tmp_path / "segments"),
                    "STS_SERVICE_URL": "http://127.0.0.1:9"}  # fmt: skip
        with MediaService(build, MEDIAMTX_RTMP_URL=f"rtmp://svc:svc-s3cret@{address}", **settings) as media:
            with publish(source, server.url("game", "in") + "?key=pub-s3cret"):
                server.wait_ready("game", "in")
                media.hook("ready", "live/game/in")
                server.wait_ready("game", "out")
            media.hook("not-ready", "live/game/in")
            stream = media.stream("game")
            assert "s3cret" not in json.dumps(stream) + media.metrics_text()
            server.wait_gone("game", "out")
            assert media.stop() == 0
            assert "s3cret" not in all_said(server, media)
        # Without the key it cannot have the input, and says so.
        with MediaService(build, MEDIAMTX_RTMP_URL=f"rtmp://svc:wrong-s3cret@{address}", **settings) as media:
            with publish(source, server.url("other", "in") + "?key=pub-s3cret", before=("-stream_loop", "5")):
                server.wait_ready("other", "in")
                media.hook("ready", "live/other/in")
                wait_for(lambda: media.stream("other").get("last_error"), "an error of the stream", 30)
            assert "s3cret" not in json.dumps(media.stream("other")) + all_said(media)


class Gatekeeper:
    """An authentication server in MediaMTX's format that knows one password."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append(question)
                self.send_response(200 if question["password"] == "http-s3cret" else 401)
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/auth"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_server_is_asked_as_mediamtx_asks(livedub, source):
    with Gatekeeper() as gatekeeper, Livedub(livedub, *QUICK, "--auth", gatekeeper.url) as program:
        url = program.url("game", "in")
        with publish(source, url + "?user=ann&pass=no") as intruder:
            assert "not allowed" in refused(intruder)
        with publish(source, url + "?user=ann&pass=http-s3cret"):
            program.wait_ready("game", "out")
        asked = gatekeeper.asked[-1]
        assert asked | {"id": ""} == {
            "user": "ann", "password": "http-s3cret", "token": "", "ip": "127.0.0.1", "action": "publish",
            "path": "live/game/in", "protocol": "rtmp", "id": "", "query": "user=ann&pass=http-s3cret"}  # fmt: skip
        assert program.stop() == 0
        assert "s3cret" not in all_said(program)


def test_nobody_may_when_nobody_answers(livedub, source):
    with Gatekeeper() as gone:
        url = gone.url
    with Livedub(livedub, *QUICK, "--auth", url) as program:
        with publish(source, program.url("game", "in") + "?key=s3cret") as publisher:
            assert "cannot be found out" in refused(publisher)
        assert "access_unknown path=live/game/in" in all_said(program)


@pytest.mark.parametrize(
    "text, said",
    [("pull live/a/in k3y", "line 1"), ("play live/a/in", "line 1"), ("# only this", "no line"), (None, "cannot be read")],
    ids=["action", "no key", "empty", "missing"],
)
@pytest.mark.parametrize("command", ["up", "serve"])
def test_keys_that_cannot_be_used_end_the_start(livedub, tmp_path, command, text, said):
    path = tmp_path / "keys"
    if text is not None:
        path.write_text(text)
    ports = [part for name in ("--rtmp", "--api", "--metrics") for part in (name, "127.0.0.1:0")]
    speech = ["--speech", "off"] if command == "up" else []
    with Process([livedub, command, *ports, *speech, "--auth", str(path)]) as program:
        assert program.wait(30) == 2
        assert len(program.err) == 1 and said in program.stderr and str(path) in program.stderr
        assert "k3y" not in program.stderr


def test_the_password_of_an_orchestrator_is_not_shown(livedub):
    ports = [part for name in ("--rtmp", "--api", "--metrics") for part in (name, "127.0.0.1:0")]
    hooks = "http://me:s3cret@127.0.0.1:1/hooks"
    with Process([livedub, "serve", *ports, "--hooks", hooks]) as program:
        wait_for(lambda: "watch" in program.stdout, "start-up lines")
        assert "http://***@127.0.0.1:1/hooks" in program.stdout
        assert "s3cret" not in all_said(program)
