# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The Socket.IO server against foreign clients: python-socketio, and frames and requests by hand."""

import asyncio
import itertools
import threading
import time

import aiohttp
import pytest
import requests
import socketio
import websocket
from support.processes import wait_for
from support.sio_echo import PATIENCE_S, RawPolling, RawSocket, SioEcho, error_of

PATHS = ["/socket.io/", "/socket.io", "/ws/sts/", "/ws/sts"]
NAMESPACES = ["/", "/sts"]
TRANSPORTS = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}
UPGRADE_HEADERS = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="session")
def sio_echo(built):
    return built("tests/sio_echo")


@pytest.fixture(scope="module")
def server(sio_echo):
    with SioEcho(sio_echo) as running:
        yield running
        assert running.stop() == 0


class Client(socketio.Client):
    """Keeps what comes back as `x`."""

    def __init__(self, server, transport="websocket", path="socket.io", namespace="/", **options) -> None:
        super().__init__(reconnection=False)
        self.space = namespace
        self.received: list = []
        self.left = threading.Event()
        self.on("x", self.received.append, namespace=namespace)
        self.on("disconnect", self.left.set, namespace=namespace)
        self.connect(server.url, socketio_path=path, namespaces=[namespace], transports=TRANSPORTS[transport],
                     wait_timeout=PATIENCE_S, **options)  # fmt: skip

    def send_x(self, data) -> None:
        self.emit("x", data, namespace=self.space)

    def expect(self, values: list, limit_s: float = PATIENCE_S) -> None:
        """In any order: this client hands every message to a thread of its own."""
        wait_for(lambda: len(self.received) >= len(values), "echoes", limit_s)
        assert sorted(self.received, key=repr) == sorted(values, key=repr)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.disconnect()


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("path", ["socket.io", "ws/sts"])
def test_python_threaded_client(server, path, namespace, transport):
    with Client(server, transport, path, namespace) as client:
        values = [{"n": n, "text": "ü\u2028"} for n in range(40)]
        for value in values:
            client.send_x(value)
        client.expect(values)
        assert client.call("y", "ask", namespace=namespace, timeout=PATIENCE_S) is None
        assert client.transport() == ("polling" if transport == "polling" else "websocket")


async def echo(server, transport, path, values) -> dict[str, list]:
    """What comes back in each namespace for the values sent into it, in order."""
    client = socketio.AsyncClient(reconnection=False)
    received = {space: [] for space in NAMESPACES}
    for space in NAMESPACES:
        client.on("x", received[space].append, namespace=space)
    await client.connect(server.url, socketio_path=path, namespaces=NAMESPACES, transports=TRANSPORTS[transport],
                         wait_timeout=PATIENCE_S)  # fmt: skip
    for value, space in itertools.product(values, NAMESPACES):
        await client.emit("x", value, namespace=space)
    deadline = time.monotonic() + PATIENCE_S
    while sum(map(len, received.values())) < 2 * len(values) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert client.transport() == ("polling" if transport == "polling" else "websocket")
    await client.disconnect()
    return received


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("path", ["socket.io", "ws/sts"])
def test_python_async_client_keeps_order_and_bytes(server, path, transport):
    values = [[n, bytes([n])] for n in range(20)]
    values += [b"\x00\xff\x1e", {"a": b"one", "b": [b"two", None]}, "end"]
    assert asyncio.run(echo(server, transport, path, values)) == {space: values for space in NAMESPACES}


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_large_messages(server, transport):
    """With the client that takes them over WebSocket, too; one by one, for it packs all it has into one body."""
    with Client(server, transport) as client:
        for value in ["A" * 13_981_017, {"data": bytes(range(256)) * 40_960}]:
            client.send_x(value)
            client.expect([value], 60)
            client.received.clear()


def test_a_refused_client_hears_why(server):
    client = socketio.Client(reconnection=False)
    reasons = []
    client.on("connect_error", reasons.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.url, auth={"token": "bad"}, transports=["websocket"], wait_timeout=3)
    assert reasons == [{"message": "AUTH_FAILED", "data": {"code": "AUTH_FAILED"}}]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_server_disconnects_after_what_it_said(server, transport):
    with Client(server, transport) as client:
        said = []
        client.on("farewell", said.append)
        client.emit("bye")
        assert client.left.wait(PATIENCE_S)
        wait_for(lambda: said, "what it said")
        assert said == ["after this comes the end"]


# The protocol, letter by letter -------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_websocket_handshake(server, path):
    with RawSocket(server, path) as raw:
        sid = raw.handshake.pop("sid")
        assert raw.handshake == {
            "upgrades": [], "pingInterval": 25000, "pingTimeout": 10000, "maxPayload": 52428800
        }  # fmt: skip
        connected = raw.ask("40")
        assert connected.startswith('40{"sid":"') and sid not in connected
        assert raw.ask('42["x",1]') == '42["x",1]'
        assert raw.ask('40/sts,{"token":"any"}').startswith('40/sts,{"sid":"')
        assert raw.ask('42/sts,["x",{}]') == '42/sts,["x",{}]'


@pytest.mark.parametrize("path", PATHS)
def test_polling_handshake(server, path):
    raw = RawPolling(server, path)
    assert raw.handshake["upgrades"] == ["websocket"]
    assert raw.handshake["maxPayload"] == 52428800
    reply = raw.post("40", '42["x","a"]', '451-["x",{"_placeholder":true,"num":0}]', "bAP8=")
    assert (reply.status_code, reply.text) == (200, "ok")
    connected, text, binary, attachment = raw.collect(4)
    assert connected.startswith('40{"sid":"') and text == '42["x","a"]'
    assert binary == '451-["x",{"_placeholder":true,"num":0}]' and attachment == "bAP8="


@pytest.mark.parametrize(
    "packet, answer",
    [
        ("40/nowhere,", '44/nowhere,{"message":"Invalid namespace"}'),
        ('40/nowhere,{"token":"x"}', '44/nowhere,{"message":"Invalid namespace"}'),
        ('40{"token":"bad"}', '44{"message":"AUTH_FAILED","data":{"code":"AUTH_FAILED"}}'),
        ('40/sts,{"token":"bad"}', '44/sts,{"message":"AUTH_FAILED","data":{"code":"AUTH_FAILED"}}'),
    ],
)
def test_connect_errors_leave_the_connection_open(server, packet, answer):
    with RawSocket(server) as raw:
        assert raw.ask(packet) == answer
        assert raw.ask("40").startswith('40{"sid":"')


@pytest.mark.parametrize("packet, ack", [('4217["x",1]', "4317[]"), ('42/sts,0["x",1]', "43/sts,0[]")])
def test_ack_ids_get_an_empty_ack(server, packet, ack):
    with RawSocket(server) as raw:
        raw.ask("40")
        raw.ask("40/sts,")
        assert raw.ask(packet) == ack
        assert raw.receive().endswith('["x",1]')


def test_a_binary_event_with_an_ack_id(server):
    with RawSocket(server) as raw:
        raw.ask("40")
        raw.send('452-9["x",{"_placeholder":true,"num":1},0]')
        raw.send(b"first")
        raw.send(b"second")
        assert raw.receive() == "439[]"
        assert raw.receive().startswith('452-["x",')
        assert [raw.receive(), raw.receive()] == [b"first", b"second"]


@pytest.mark.parametrize("namespace, last", [("", "41"), ("/sts,", "41/sts,")])
def test_server_disconnect_over_websocket(server, namespace, last):
    with RawSocket(server) as raw:
        raw.ask("40" + namespace)
        raw.send(f'42{namespace}["bye"]')
        assert raw.rest()[-1] == last


def test_server_disconnect_over_polling(server):
    raw = RawPolling(server)
    raw.post("40", '42["bye"]')
    assert raw.collect(4)[1:] == ['42["farewell","after this comes the end"]', "41", "1"]
    assert error_of("GET", f"{raw.url}?EIO=4&transport=polling&sid={raw.sid}")[1]["code"] == 1


def test_a_client_may_leave_one_namespace(server):
    with RawSocket(server) as raw:
        raw.ask("40")
        raw.ask("40/sts,")
        raw.send("41")
        raw.send('42["x","nobody listens"]')
        assert raw.ask('42/sts,["x","still here"]') == '42/sts,["x","still here"]'


@pytest.mark.parametrize(
    "method, query, headers, code",
    [
        ("GET", "", {}, 0),
        ("GET", "EIO=4&transport=pigeon", {}, 0),
        ("GET", "EIO=4&transport=polling&sid=nobody", {}, 1),
        ("POST", "EIO=4&transport=polling&sid=nobody", {}, 1),
        ("GET", "EIO=4&transport=websocket&sid=nobody", UPGRADE_HEADERS, 1),
        ("POST", "EIO=4&transport=polling", {}, 2),
        ("DELETE", "EIO=4&transport=polling", {}, 2),
        ("GET", "EIO=4&transport=websocket", {}, 3),
        ("GET", "EIO=4&transport=polling", UPGRADE_HEADERS, 3),
        ("GET", "EIO=3&transport=polling", {}, 5),
        ("GET", "transport=polling", {}, 5),
        ("GET", "EIO=3&transport=websocket", UPGRADE_HEADERS, 5),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_engine_errors(server, path, method, query, headers, code):
    status, body = error_of(method, f"{server.url}{path}?{query}", headers)
    assert (status, body["code"]) == (400, code)
    assert set(body) == {"code", "message"}


def test_other_paths_are_pages(server):
    reply = requests.get(f"{server.url}/anything?transport=polling&EIO=4", timeout=PATIENCE_S)
    assert (reply.status_code, reply.text) == (200, "page")


# Upgrades -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("connect_by", ["polling", "websocket"])
def test_upgrade_releases_the_pending_poll(server, connect_by):
    polling = RawPolling(server)
    if connect_by == "polling":
        polling.post("40")
        polling.collect(1)
    answers = []
    pending = threading.Thread(target=lambda: answers.extend(polling.get()))
    pending.start()
    with RawSocket(server, sid=polling.sid) as raw:
        assert raw.ask("2probe") == "3probe"
        pending.join(PATIENCE_S)
        assert answers == ["6"]
        raw.send("5")
        if connect_by == "websocket":
            assert raw.ask("40").startswith('40{"sid":"')
        assert raw.ask('42["x",1]') == '42["x",1]'
        assert polling.get() == ["6"]
        with pytest.raises(websocket.WebSocketBadStatusException, match="400"):
            RawSocket(server, sid=polling.sid)


def test_what_is_said_during_an_upgrade_comes_once_and_in_order(server):
    for between in range(5):
        polling = RawPolling(server)
        polling.post("40", *(f'42["x",{n}]' for n in range(10)))
        with RawSocket(server, sid=polling.sid) as raw:
            received = polling.get() if between % 2 else []
            assert raw.ask("2probe") == "3probe"
            polling.post(*(f'42["x",{n}]' for n in range(10, 20)))
            assert polling.get() == ["6"]
            raw.send("5")
            for n in range(20, 30):
                raw.send(f'42["x",{n}]')
            while len(received) < 31:
                received.append(raw.receive())
        assert received[1:] == [f'42["x",{n}]' for n in range(30)]


def test_a_failed_upgrade_goes_on_polling(server):
    polling = RawPolling(server)
    polling.post("40")
    polling.collect(1)
    for nonsense in ["5", "40", "2", "nonsense"]:
        with RawSocket(server, sid=polling.sid) as raw:
            assert raw.ask(nonsense) is None
    with RawSocket(server, sid=polling.sid) as raw:
        assert raw.ask("2probe") == "3probe"
        polling.post('42["x",1]')
    packets = []
    wait_for(lambda: packets.extend(p for p in polling.get() if p != "6") or packets, "what was kept")
    assert packets == ['42["x",1]']


def test_an_upgrade_has_its_time(sio_echo):
    with SioEcho(sio_echo, upgrade_timeout=2000) as server:
        polling = RawPolling(server)
        with RawSocket(server, sid=polling.sid) as raw:
            assert raw.ask("2probe") == "3probe"
            assert raw.receive() is None
        polling.post("40")
        assert polling.collect(1)[0].startswith('40{"sid":"')


# Limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_heartbeats_keep_a_quiet_client(sio_echo, transport):
    with SioEcho(sio_echo, ping_interval=100, ping_timeout=2000) as server, Client(server, transport) as client:
        assert not client.left.wait(1.5)
        client.send_x("alive")
        client.expect(["alive"])


def test_a_client_that_answers_no_ping_is_closed(sio_echo):
    with SioEcho(sio_echo, ping_interval=1000, ping_timeout=500) as server:
        polling = RawPolling(server)
        begun = time.monotonic()
        with RawSocket(server) as raw:
            raw.ask("40")
            assert raw.rest() == ["2"]
            assert 1.45 < time.monotonic() - begun < 15
        wait_for(lambda: server.active() == 0, "both closed")
        assert server.closed("ping_timeout") == 2
        assert error_of("GET", f"{polling.url}?EIO=4&transport=polling&sid={polling.sid}")[1]["code"] == 1


def test_a_client_that_joins_nothing_is_closed(sio_echo):
    with SioEcho(sio_echo, connect_timeout=2000) as server:
        with RawSocket(server) as silent, RawSocket(server) as joined:
            joined.ask("40")
            assert silent.rest() == []
            assert joined.ask('42["x",1]') == '42["x",1]'
        assert server.closed("connect_timeout") == 1


def test_too_many_connections(sio_echo):
    with SioEcho(sio_echo, max_connections=2) as server:
        with RawSocket(server) as first, RawSocket(server) as second:
            status, body = error_of("GET", f"{server.url}/socket.io/?EIO=4&transport=polling")
            assert status == 503 and set(body) == {"code", "message"}
            with pytest.raises(websocket.WebSocketBadStatusException, match="503"):
                RawSocket(server)
            assert first.ask("40").startswith("40") and second.ask("40").startswith("40")
        wait_for(lambda: server.active() == 0, "both gone")
        RawPolling(server)


@pytest.mark.parametrize("kind", ["one frame", "fragments"])
def test_the_limit_is_the_whole_message(sio_echo, kind):
    def send(raw, message: bytes) -> None:
        frames = [message] if kind == "one frame" else [message[at : at + 700] for at in range(0, len(message), 700)]
        for n, part in enumerate(frames):
            opcode = websocket.ABNF.OPCODE_CONT if n else websocket.ABNF.OPCODE_TEXT
            raw.socket.send_frame(websocket.ABNF.create_frame(part, opcode, int(n == len(frames) - 1)))

    with SioEcho(sio_echo, max_payload=5000) as server:
        with RawSocket(server) as raw, RawSocket(server) as other:
            raw.ask("40")
            other.ask("40")
            largest = '42["x","' + "x" * 4990 + '"]'
            assert len(largest) == 5000
            send(raw, largest.encode())
            assert raw.receive() == largest
            send(raw, b"x" * 5001)
            assert raw.rest() == []
            assert other.ask('42["x",1]') == '42["x",1]'


def test_a_polling_body_beyond_the_limit_closes_the_session(sio_echo):
    with SioEcho(sio_echo, max_payload=5000) as server:
        polling = RawPolling(server)
        polling.post("40")
        assert polling.post("4" + "x" * 5000).status_code == 413
        assert server.closed("too_large") == 1
        assert error_of("GET", f"{polling.url}?EIO=4&transport=polling&sid={polling.sid}")[1]["code"] == 1


def test_a_slow_reader_is_dropped_and_nobody_else(sio_echo):
    with SioEcho(sio_echo, max_buffered=1_000_000) as server:
        with RawSocket(server) as slow, RawSocket(server) as other:
            slow.ask("40")
            other.ask("40")
            slow.send('42["flood",200]')  # 20 MB, and it does not read
            wait_for(lambda: server.closed("slow_reader") == 1, "the drop")
            assert other.ask('42["x",1]') == '42["x",1]'
        polling = RawPolling(server)
        polling.post("40", '42["flood",200]')
        wait_for(lambda: server.closed("slow_reader") == 2, "the drop of the poller")


MALFORMED = ["", "x", "4", "49", "2", "5", "0{}", "42", "42{}", '42["x"', "42[1]", '45["x"]', '451-["x"]|42["x"]',
             "44{}", "4" + "2" * 100, '4299-["x"]', "BYTES"]  # fmt: skip


@pytest.mark.parametrize("packets", MALFORMED)
def test_malformed_packets_close_their_connection(server, packets):
    before = server.closed("malformed")
    with RawSocket(server) as raw, RawSocket(server) as other:
        raw.ask("40")
        other.ask("40")
        for packet in packets.split("|"):
            raw.send(b"bytes" if packet == "BYTES" else packet)
        assert raw.rest() == []
        assert other.ask('42["x",1]') == '42["x",1]'
    assert server.closed("malformed") == before + 1


@pytest.mark.parametrize(
    "body",
    ["", "4", "9", "b!!!", "bAP8=", '42["x"', "\x1e", "\x1e".join(["6"] * 5000)],
    ids=["nothing", "message", "type", "base64", "bytes", "json", "separator", "too many"],
)
def test_malformed_polling_bodies_close_their_session(server, body):
    before = server.closed("malformed")
    polling = RawPolling(server)
    polling.post("40")
    assert polling.post(body).status_code in (200, 400)
    assert server.closed("malformed") == before + 1
    assert error_of("GET", f"{polling.url}?EIO=4&transport=polling&sid={polling.sid}")[1]["code"] == 1


def test_a_poller_that_leaves_is_noticed(sio_echo):
    with SioEcho(sio_echo) as server:
        polling = RawPolling(server)
        polling.post("40")
        polling.collect(1)
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.get(polling.url, params={"EIO": "4", "transport": "polling", "sid": polling.sid}, timeout=0.3)
        wait_for(lambda: server.closed("transport_closed") == 1, "the end of the session")
        assert server.active() == 0


# Other origins ------------------------------------------------------------------------------------


async def fetch(method, url, origin) -> tuple[int, str | None, str | None]:
    async with aiohttp.ClientSession() as session:
        headers = {"Origin": origin, "Access-Control-Request-Headers": "content-type"}
        async with session.request(method, url, headers=headers) as reply:
            allow = reply.headers.get("Access-Control-Allow-Origin")
            return reply.status, allow, reply.headers.get("Access-Control-Allow-Methods")


def test_any_origin_may_read(server):
    url = f"{server.url}/socket.io/?EIO=4&transport=polling"
    assert asyncio.run(fetch("GET", url, "http://a.example"))[:2] == (200, "*")
    status, allow, methods = asyncio.run(fetch("OPTIONS", url, "http://a.example"))
    assert status in (200, 204) and allow == "*" and "POST" in methods
    assert asyncio.run(fetch("GET", url + "&sid=nobody", "http://a.example"))[:2] == (400, "*")


def test_origins_can_be_restricted(sio_echo):
    with SioEcho(sio_echo, cors="http://a.example") as server:
        url = f"{server.url}/socket.io/?EIO=4&transport=polling"
        assert asyncio.run(fetch("GET", url, "http://a.example"))[:2] == (200, "http://a.example")
        assert asyncio.run(fetch("GET", url, "http://b.example"))[:2] == (400, None)
        assert asyncio.run(fetch("OPTIONS", url, "http://b.example"))[1] is None
        with pytest.raises(websocket.WebSocketBadStatusException, match="400"):
            RawSocket(server, origin="http://b.example")
        with RawSocket(server, origin="http://a.example"), RawSocket(server, suppress_origin=True):
            pass
