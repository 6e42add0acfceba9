# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Our Socket.IO client against python-socketio's server, over every transport."""

import base64
import json
import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest
import socketio
from support.gate import Gate
from support.processes import wait_for
from support.sio_probe import Probe
from support.socketio_server import SocketIoServer

TRANSPORTS = ["websocket", "polling", "upgrade"]
TIMES = {"ping_interval": 25, "ping_timeout": 10}
# What an end is called: base/result.hpp.
INVALID_ARGUMENT, PROTOCOL, UNAVAILABLE, TIMEOUT = 1, 2, 3, 4

every_transport = pytest.mark.parametrize("transport", TRANSPORTS)


@pytest.fixture(scope="session")
def binary(built) -> Path:
    return built("tests/sio_client_probe")


@pytest.fixture
def probe(binary):
    """Starts probes: probe(server, "--transport", ...)."""

    def start(server, *flags, env=None) -> Probe:
        return Probe(binary, "--url", f"http://127.0.0.1:{server.port}", *flags, env=env)

    return start


@pytest.fixture
def server():
    with SocketIoServer(**TIMES) as running:
        running.sids = []

        @running.sio.event
        async def connect(sid, environ, auth):
            running.sids.append(sid)
            running.environ, running.auth = environ, auth

        @running.sio.event
        async def disconnect(sid):
            running.events.append(("disconnect", sid))

        @running.sio.on("say back")
        async def say_back(sid, data):
            await running.sio.emit("said back", data, to=sid)

        running.record("a", "b")
        yield running


@every_transport
def test_events_travel_in_order_both_ways(server, probe, transport):
    async def count():
        for number in range(200):
            await server.sio.emit("number", {"n": number}, to=server.sids[0])

    with probe(server, "--transport", transport) as client:
        client.connected()
        for number in range(200):
            client.emit("a", {"n": number, "text": "über\n"})
        server.call(count())
        wait_for(lambda: len(server.named("a")) >= 200 and len(client.events("number")) >= 200, "all events")
        assert server.named("a") == [{"n": number, "text": "über\n"} for number in range(200)]
        assert client.events("number") == [{"n": number} for number in range(200)]
        assert not client.heard("end")


def test_nothing_is_lost_or_overtaken_while_the_transport_changes(server, probe):
    """Both sides talk all the time, from before the upgrade until after it."""

    @server.sio.on("go")
    async def go(sid, data):
        server.number = 0
        while not server.done:
            await server.sio.emit("number", server.number, to=sid)
            server.number += 1
            await server.sio.sleep(0.001)
        await server.sio.emit("last", server.number, to=sid)

    server.done = False
    with probe(server, "--transport", "upgrade") as client:
        client.emit("go", 0)
        sent = 0
        client.connected()

        def upgraded():
            nonlocal sent
            client.emit("a", sent)
            sent += 1
            return server.transport_of(server.sids[0]) == "websocket"

        wait_for(upgraded, "upgrade", step_s=0.001)
        for _ in range(50):
            client.emit("a", sent)
            sent += 1
        wait_for(lambda: len(server.named("a")) == sent, "all events at the server")
        server.done = True
        wait_for(lambda: client.events("last"), "the server's last event")
        assert server.named("a") == list(range(sent))
        assert client.events("number") == list(range(client.events("last")[0]))


@pytest.mark.parametrize("options", [{"websocket": False}, {"allow_upgrades": False}], ids=["refused", "not offered"])
def test_polling_goes_on_when_there_is_no_websocket(probe, options):
    with SocketIoServer(**TIMES, **options) as server:
        server.record("a")
        with probe(server, "--transport", "upgrade") as client:
            client.connected()
            for number in range(50):
                client.emit("a", number)
            wait_for(lambda: len(server.named("a")) == 50, "all events")
            assert server.named("a") == list(range(50))
            assert not client.heard("end")


@every_transport
def test_binary_travels_both_ways(server, probe, transport):
    parts = [bytes(range(256)) * 100, b"", b"\x1e\x00"]
    places = [{"_placeholder": True, "num": number} for number in range(len(parts))]
    with probe(server, "--transport", transport) as client:
        client.connected()
        client.emit("a", {"parts": places, "text": "x"}, parts)
        client.emit("b", 1)
        wait_for(lambda: server.named("b"), "the event behind it")
        assert server.events == [("a", {"parts": parts, "text": "x"}), ("b", 1)]

        server.call(server.sio.emit("bytes", {"parts": parts}, to=server.sids[0]))
        event = wait_for(lambda: client.heard("event"), "bytes")[0]
        assert event["argument"] == {"parts": places}
        assert [base64.b64decode(part) for part in event["attachments"]] == parts


@every_transport
def test_a_message_of_20_mb_travels_both_ways(server, probe, transport):
    text = "x" * 20_000_000
    with probe(server, "--transport", transport) as client:
        client.connected()
        client.emit("say back", {"text": text})
        client.emit("a", 1)
        wait_for(lambda: client.events("said back"), "the message", 60)
        assert client.events("said back") == [{"text": text}]
        wait_for(lambda: server.named("a"), "the event behind it")
        assert server.named("a") == [1]


@every_transport
@pytest.mark.parametrize("path", ["/ws/sts/", "ws/sts"])
def test_path_namespace_and_headers(probe, transport, path):
    with SocketIoServer(path="ws/sts", **TIMES) as server:
        seen = {}

        @server.sio.on("connect", namespace="/sts")
        async def connect(sid, environ, auth):
            seen.update(environ=environ, auth=auth, sid=sid)
            await server.sio.emit("early", {"n": 1}, to=sid, namespace="/sts")

        server.record("a", namespace="/sts")
        flags = ["--path", path, "--namespace", "/sts", "--header", "X-Stream-ID=live_1", "--header", "X-Worker-ID=w-1",
                 "--auth", '{"token":"k"}', "--transport", transport]  # fmt: skip
        with probe(server, *flags) as client:
            # What the connect handler says comes before the answer to CONNECT.
            wait_for(lambda: client.events("early"), "the event sent from the connect handler")
            assert [line["what"] for line in client.said] == ["connect", "event"]
            client.emit("a", {"b": 1})
            wait_for(lambda: server.named("a") == [{"b": 1}], "the event")
            assert seen["auth"] == {"token": "k"}
            assert seen["environ"]["HTTP_X_STREAM_ID"] == "live_1"
            assert seen["environ"]["HTTP_X_WORKER_ID"] == "w-1"


@every_transport
def test_a_refusal_ends_with_its_payload(probe, transport):
    with SocketIoServer(**TIMES) as server:

        @server.sio.event
        async def connect(sid, environ, auth):
            if auth != {"token": "right"}:
                raise socketio.exceptions.ConnectionRefusedError("AUTH_FAILED", {"code": "AUTH_FAILED"})

        with probe(server, "--transport", transport, "--auth", '{"token":"right"}') as client:
            client.connected()
        with probe(server, "--transport", transport, "--auth", '{"token":"wrong"}') as client:
            end = client.wait_said("end")
            assert end["code"] == PROTOCOL
            payload = json.loads(end["message"].partition("refused by the server: ")[2])
            assert payload == {"message": "AUTH_FAILED", "data": {"code": "AUTH_FAILED"}}
            assert not client.heard("connect")


@every_transport
def test_an_unknown_namespace_is_refused(server, probe, transport):
    with probe(server, "--transport", transport, "--namespace", "/nowhere") as client:
        assert client.wait_said("end")["code"] == PROTOCOL


@every_transport
def test_heartbeats_keep_a_quiet_connection(probe, transport):
    with SocketIoServer(ping_interval=0.2, ping_timeout=2) as server:
        server.record("a")

        @server.sio.event
        async def disconnect(sid):
            server.events.append(("disconnect", sid))

        with probe(server, "--transport", transport) as client:
            client.connected()
            # A client that does not answer would be gone after the first interval and timeout.
            server.call(server.sio.sleep(5))
            client.emit("a", 1)
            wait_for(lambda: server.named("a"), "the event")
            assert not client.heard("end")
            assert not server.named("disconnect")


@every_transport
def test_a_silent_server_is_noticed(probe, transport):
    with SocketIoServer(ping_interval=0.3, ping_timeout=0.7) as server, Gate(server.port) as gate:
        with probe(gate, "--transport", transport) as client:
            client.connected()
            gate.shut()
            end = client.wait_said("end")
            assert end["code"] == TIMEOUT
            assert "silent" in end["message"]


@every_transport
def test_a_disconnect_by_the_server_is_an_end(server, probe, transport):
    with probe(server, "--transport", transport) as client:
        client.connected()
        server.call(server.sio.disconnect(server.sids[0]))
        end = client.wait_said("end")
        assert end["code"] == UNAVAILABLE
        assert len(client.heard("end")) == 1


@every_transport
def test_a_cut_connection_is_an_end(server, probe, transport):
    with Gate(server.port) as gate, probe(gate, "--transport", transport) as client:
        client.connected()
        gate.cut()
        assert client.wait_said("end")["code"] == UNAVAILABLE


@every_transport
def test_a_connection_cut_in_the_middle_of_a_message_is_an_end(server, probe, transport):
    with Gate(server.port) as gate, probe(gate, "--transport", transport) as client:
        client.connected()
        gate.shut()
        client.emit("a", {"text": "x" * 5_000_000})
        gate.cut()
        assert client.wait_said("end")["code"] == UNAVAILABLE
        assert not server.named("a")


@every_transport
def test_leaving_is_told_to_the_server(server, probe, transport):
    with probe(server, "--transport", transport) as client:
        client.connected()
        client.leave()
        wait_for(lambda: server.named("disconnect"), "the disconnect")
        assert not client.heard("end")


@every_transport
def test_no_event_comes_after_the_client_was_destroyed_in_a_callback(server, probe, transport):
    async def say():
        for name in ("one", "stop", "two", "three"):
            await server.sio.emit(name, {}, to=server.sids[0])

    with probe(server, "--transport", transport, "--leave-on", "stop") as client:
        client.connected()
        server.call(say())
        wait_for(lambda: server.named("disconnect"), "the disconnect")
        assert client.end() == 0  # so that all it has said is here
        assert [line.get("name", line["what"]) for line in client.said] == ["connect", "one", "stop", "left"]


@every_transport
def test_what_waits_for_a_stuck_server_is_bounded(server, probe, transport):
    with Gate(server.port) as gate, probe(gate, "--transport", transport, "--max-buffered", 1_000_000) as client:
        client.connected()
        gate.shut()
        for _ in range(300):  # more than any socket's buffers take
            if client.heard("end"):
                break
            client.emit("a", "x" * 100_000)
        end = client.wait_said("end")
        assert end["code"] == UNAVAILABLE
        assert "1000000" in end["message"]


@every_transport
def test_a_message_larger_than_it_takes_ends_the_connection(server, probe, transport):
    with probe(server, "--transport", transport, "--max-payload", 100_000) as client:
        client.connected()
        server.call(server.sio.emit("large", "x" * 300_000, to=server.sids[0]))
        assert client.wait_said("end")["code"] == PROTOCOL


@every_transport
def test_nobody_there(binary, transport):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Probe(binary, "--url", f"http://127.0.0.1:{port}", "--transport", transport) as client:
        end = client.wait_said("end")
        assert end["code"] == UNAVAILABLE
        assert "refused" in end["message"]


@every_transport
def test_somebody_there_who_says_nothing(binary, transport):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with Probe(binary, "--url", url, "--transport", transport, "--connect-timeout-ms", 300) as client:
            assert client.wait_said("end")["code"] == TIMEOUT


@every_transport
def test_another_server_there(server, probe, transport):
    with probe(server, "--transport", transport, "--path", "/elsewhere/") as client:
        end = client.wait_said("end")
        assert end["code"] == PROTOCOL
        assert "HTTP 404" in end["message"]


@every_transport
@pytest.mark.parametrize("answer", [b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxyz"])
def test_nonsense_there(binary, transport, answer):
    def talk(listener):
        while True:
            try:
                peer, _ = listener.accept()
                peer.recv(4096)
                peer.sendall(answer)
                peer.close()
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=talk, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Probe(binary, "--url", url, "--transport", transport) as client:
            assert client.wait_said("end")["code"] in (PROTOCOL, UNAVAILABLE)
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "flags",
    [("--url", "localhost:3000"), ("--url", "http://h", "--header", "X: y=1"), ("--url", "http://h", "--header", "X=a\nb"),
     ("--url", "http://h", "--namespace", "sts"), ("--url", "http://h", "--path", "/a b")],
    ids=["url", "header name", "header value", "namespace", "path"],
)  # fmt: skip
def test_what_cannot_be_sent_is_said(binary, flags):
    with Probe(binary, *flags) as client:
        assert client.wait_said("end")["code"] == INVALID_ARGUMENT


def make_certificate(folder: Path, names: str) -> tuple[Path, Path]:
    """Signed by itself."""
    pem, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=livedub test",
         "-addext", f"subjectAltName={names}", "-keyout", key, "-out", pem],
        check=True, capture_output=True,
    )  # fmt: skip
    return pem, key


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"), "DNS:localhost,IP:127.0.0.1")


@pytest.fixture(scope="module")
def tls_server(certificate):
    with SocketIoServer(tls=certificate, **TIMES) as running:

        @running.sio.on("say back")
        async def say_back(sid, data):
            await running.sio.emit("said back", data, to=sid)

        yield running


def check_talks(client):
    client.connected()
    client.emit("say back", {"text": "x" * 500_000})
    wait_for(lambda: client.events("said back"), "the answer")


@every_transport
def test_tls_with_a_certificate_nobody_vouches_for_is_refused(binary, tls_server, transport):
    with Probe(binary, "--url", f"https://localhost:{tls_server.port}", "--transport", transport) as client:
        end = client.wait_said("end")
        assert end["code"] == PROTOCOL
        assert "self-signed certificate" in end["message"]


@every_transport
def test_tls_without_verification(binary, tls_server, transport):
    url = f"wss://localhost:{tls_server.port}"
    with Probe(binary, "--url", url, "--transport", transport, "--insecure") as client:
        check_talks(client)


@every_transport
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls_with_a_certificate_of_an_authority(binary, tls_server, certificate, transport, host):
    environment = os.environ | {"SSL_CERT_FILE": str(certificate[0])}
    url = f"https://{host}:{tls_server.port}"
    with Probe(binary, "--url", url, "--transport", transport, env=environment) as client:
        check_talks(client)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls_with_the_certificate_of_somebody_else_is_refused(binary, tmp_path, host):
    pair = make_certificate(tmp_path, "DNS:other.example,IP:127.0.0.9")
    environment = os.environ | {"SSL_CERT_FILE": str(pair[0])}
    with SocketIoServer(tls=pair, **TIMES) as server:
        with Probe(binary, "--url", f"https://{host}:{server.port}", env=environment) as client:
            end = client.wait_said("end")
            assert end["code"] == PROTOCOL
            assert "mismatch" in end["message"]


def test_a_server_that_has_forgotten_us_may_be_tried_again(server, probe):
    with probe(server, "--transport", "polling") as client:
        client.connected()
        server.call(forget(server))
        client.emit("a", 1)
        end = client.wait_said("end")
        assert end["code"] == UNAVAILABLE
        assert "HTTP 400" in end["message"]


async def forget(server):
    server.sio.eio.sockets.clear()
