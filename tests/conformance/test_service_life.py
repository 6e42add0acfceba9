# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""How both services begin, wait and end: exit codes, /ready while ending, and what is tried again for how long."""

import contextlib
import json
import shlex
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest
from support import prometheus
from support.processes import BANNER_LINES, Process, publish, wait_for

pytest.importorskip("socketio", reason="needs python3-socketio")
from support.sts_peer import StsPeer  # noqa: E402

PROGRAMS = ["media-service", "sts-service"]


@pytest.fixture(params=PROGRAMS)
def program(request, build, tmp_path):
    """Its command and environment: on a free port, in need of nobody."""
    environment = {"PATH": "/usr/bin:/bin", "HOST": "127.0.0.1", "PORT": "0", "STS_MODE": "echo",
                   "SEGMENT_DIR": str(tmp_path / "segments"), "MEDIAMTX_API_URL": "off"}  # fmt: skip
    return build / "apps" / request.param, environment


def run(command: list, environment: dict) -> subprocess.CompletedProcess:
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


# ---- exit codes (section 4)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_exit_code_0_stopped_as_asked(program, sig):
    binary, environment = program
    with Process([binary], env=environment) as service:
        wait_for(lambda: len(service.out) >= BANNER_LINES or not service.running, "start-up lines")
        assert service.stop(sig, limit_s=10) == 0, service.describe()


@pytest.mark.parametrize("flag", ["--version", "--help", "--check-config"])
def test_exit_code_0_asked_for_words_alone(program, flag):
    binary, environment = program
    assert run([binary, flag], environment).returncode == 0


@pytest.mark.parametrize("wrong", [{"PORT": "70000"}, {"LOG_LEVEL": "loud"}, {"LIVEDUB_CONFIG": "/nowhere"}],
                         ids=lambda wrong: next(iter(wrong)))  # fmt: skip
def test_exit_code_10_bad_configuration(program, wrong):
    binary, environment = program
    done = run([binary], environment | wrong)
    assert done.returncode == 10
    (name, value), = wrong.items()
    assert value in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


def test_exit_code_10_unknown_flag(program):
    binary, environment = program
    assert run([binary, "--no-such-flag"], environment).returncode == 10


def test_exit_code_10_port_in_use(program):
    binary, environment = program
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run([binary], environment | {"PORT": port})
    assert done.returncode == 10 and port in done.stderr


def test_exit_code_50_internal_failure(program):
    """Without descriptors there is nothing to wait for sockets with: the configuration is good, and it is no use."""
    binary, environment = program
    for limit in range(4, 9):  # the first that lets it begin at all
        done = run(["sh", "-c", f"ulimit -n {limit}; exec {shlex.quote(str(binary))}"], environment)
        if done.returncode not in (127, 10):
            break
    assert done.returncode == 50, done
    assert done.stderr.splitlines()[-1].startswith(f"{binary.name}: ")


# ---- the input is tried again (2.2)


class Hangs(threading.Thread):
    """A port where who connects is noted and then sent away."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.came: list[float] = []

    def run(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self.listener.accept()
                self.came.append(time.monotonic())  # before it can be known over there that it failed
                near.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def test_an_input_that_is_refused_is_tried_again_after_1_2_4_and_then_5_seconds(serve):
    with Hangs() as server:
        service = serve(MEDIAMTX_RTMP_URL=f"rtmp://127.0.0.1:{server.port}", WORKER_READY_TIMEOUT="60s")
        assert service.hook("ready", "live/again/in")[0] == 200
        wait_for(lambda: len(server.came) >= 6, "six attempts", 40)
        assert service.stream("again")["state"] == "starting"
    pauses = [later - earlier for earlier, later in zip(server.came, server.came[1:], strict=False)]
    assert all(pause >= least for pause, least in zip(pauses, (1, 2, 4, 5, 5), strict=False)), pauses


# ---- the speech service is given up, or not (1.14)


class Refuses(StsPeer):
    key = "another"

    def attempts(self, stream: str) -> int:
        return sum(session.headers.get("x-stream-id") == stream for session in self.sessions)


def test_who_is_to_stop_when_the_speech_service_stays_away_does_and_nobody_else(serve, relay, source):
    """Five retries take a minute, whoever waits; two services wait at once."""
    with Refuses() as peer, contextlib.ExitStack() as publishers:
        services = {}
        for what in ("stop", "passthrough"):
            services[what] = serve(SKIP_STS_CONNECTION="false", STS_SERVICE_URL=peer.url, STS_RECONNECT_EXHAUSTED=what)
            publishers.enter_context(publish(source, relay.url(what, "in"), loops=-1))
            relay.wait_ready(what, "in")
            assert services[what].hook("ready", f"live/{what}/in")[0] == 200
            relay.wait_ready(what, "out")
        assert services["stop"].wait_state("stop", "running")["state"] == "running"
        ended = services["stop"].wait_state("stop", "stopped", 120)
        assert ended["ended_because"] == "the speech service cannot be reached"
        assert peer.attempts("stop") == 6  # the first, and five more
        relay.wait_gone("stop", "out")
        wait_for(lambda: peer.attempts("passthrough") >= 6, "as many attempts of the other", 60)
        stays = services["passthrough"].stream("passthrough")
        assert stays["state"] == "running" and stays["counters"]["restarts"] == 0
        played = {"stream_id": "passthrough", "reason": "init_rejected"}

        def originals() -> float:
            return prometheus.total(services["passthrough"].metrics(), "media_service_worker_fallback_total", **played)

        before = originals()
        wait_for(lambda: originals() > before, "another segment that plays its original")
        assert relay.path("passthrough", "out")["ready"]
        assert peer.attempts("stop") == 6


# ---- /ready while ending (2)


class NeverCompletes(StsPeer):
    async def _on_end(self, sid, data):
        self._by_sid[sid].ends.append(data)


def test_ready_says_that_the_service_is_ending(serve, relay, source):
    """A speech service that is waited for gives the time to look."""
    with NeverCompletes() as peer, publish(source, relay.url("ending", "in")):
        service = serve(SKIP_STS_CONNECTION="false", STS_SERVICE_URL=peer.url)
        relay.wait_ready("ending", "in")
        assert service.hook("ready", "live/ending/in")[0] == 200
        relay.wait_ready("ending", "out")
        wait_for(lambda: peer.sessions and peer.sessions[0].fragments, "a fragment")
        assert service.get("/ready")[0] == 200
        service.child.send_signal(signal.SIGTERM)
        wait_for(lambda: service.get("/ready")[0] == 503, "no readiness", step_s=0.01)
        status, _, text = service.get("/ready")
        assert (status, json.loads(text)["status"], json.loads(text)["reason"]) == (503, "not_ready", "shutting down")
        assert service.get("/health")[0] == 200
        assert service.wait(10) == 0
    assert len(peer.session.ends) == 1


# ---- the end, whoever does not answer (2.2)


@pytest.fixture
def silent_names(tmp_path) -> str:
    """A library to preload: looking up a name under .invalid is announced and never ends, as with a dead name server."""
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    source = tmp_path / "names.c"
    source.write_text(r'''
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <netdb.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>
        typedef int Look(const char*, const char*, const struct addrinfo*, struct addrinfo**);
        int getaddrinfo(const char* name, const char* port, const struct addrinfo* hints, struct addrinfo** found) {
            while (name != NULL && strstr(name, ".invalid") != NULL) {
                fprintf(stderr, "looked up: %s\n", name);
                pause();
            }
            return ((Look*)dlsym(RTLD_NEXT, "getaddrinfo"))(name, port, hints, found);
        }
    ''')
    library = tmp_path / "names.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return str(library)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_a_name_that_is_still_looked_up_does_not_hold_up_the_end(serve, relay, source, silent_names, sig):
    with publish(source, relay.url("names", "in"), loops=-1):
        service = serve(SKIP_STS_CONNECTION="false", STS_SERVICE_URL="http://speech.invalid:3000",
                        MEDIAMTX_API_URL="http://media.invalid:9997", LD_PRELOAD=silent_names)  # fmt: skip
        relay.wait_ready("names", "in")
        assert service.hook("ready", "live/names/in")[0] == 200
        relay.wait_ready("names", "out")
        for name in ("speech", "media"):
            wait_for(lambda name=name: f"looked up: {name}.invalid" in service.stderr, f"a look-up of {name}")
        assert service.stop(sig, limit_s=10) == 0, service.describe()
    assert '"stopped"' in service.stderr
    relay.wait_gone("names", "out")
