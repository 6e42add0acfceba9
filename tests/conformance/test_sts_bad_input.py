# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""sts-service and input that no client should send: too much, too slow, too many, not what it says it is.

Whatever it is, the clients beside it do not notice. The echo has the limits and reads the messages as the engines'
service does.
"""

import contextlib
import json
import resource
import select
import socket

import pytest
import requests
import socketio
import websocket
from support.processes import resident_mib, wait_for
from support.sio_echo import RawPolling, RawSocket
from support.sts_service import PATIENCE_S, StsClient, StsService, error_of, fragment, log_lines

pytestmark = pytest.mark.timeout(120)

LARGEST = 52_428_800
IDLE = 10_000


class Echo(StsService):
    """What support.sio_echo's clients want to know of a server."""

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port


@pytest.fixture(scope="module")
def echo(sts_binary):
    with Echo(sts_binary, "--mode", "echo") as service:
        yield service
        assert service.stop() == 0


@pytest.fixture
def beside(echo):
    """A client that works while others misbehave; afterwards it still does."""
    with StsClient(echo) as client:
        client.init()
        client.send(0)
        client.results(1)
        yield client
        client.send(1)
        assert [result["status"] for result in client.results(2)] == ["success"] * 2


def joined(echo: Echo) -> RawSocket:
    raw = RawSocket(echo)
    assert raw.ask("40").startswith('40{"sid":')
    return raw


def heard(raw: RawSocket) -> tuple[str, dict]:
    """The next event that is no heartbeat: its name and what it says."""
    while (packet := raw.receive()) == "2":
        raw.send("3")
    assert packet is not None, "the connection was closed"
    name, said = json.loads(packet.removeprefix("42"))
    return name, said


INIT = '42["stream:init",{"stream_id":"s","worker_id":"w","config":{}}]'


# ---- too large


def test_the_largest_message_is_read_and_a_larger_one_ends_its_connection(echo, beside):
    """The limit is the message's, however many frames it comes in."""
    head, tail = b'42["fragment:data",{"fragment_id":"f","sequence_number":0,"x":"', b'"}]'

    def send(raw: RawSocket, length: int, frames: int) -> None:
        message = head + b"A" * (length - len(head) - len(tail)) + tail
        step = -(-length // frames)
        for at in range(0, length, step):
            opcode = websocket.ABNF.OPCODE_CONT if at else websocket.ABNF.OPCODE_TEXT
            is_last = at + step >= length
            raw.socket.send_frame(websocket.ABNF.create_frame(message[at : at + step], opcode, int(is_last)))

    with joined(echo) as raw:
        assert raw.handshake["maxPayload"] == LARGEST
        raw.send(INIT)
        assert heard(raw)[0] == "stream:ready"
        send(raw, LARGEST, frames=1)
        name, error = heard(raw)
        assert (name, error["code"], error["fragment_id"]) == ("error", "MALFORMED_DATA", "f")
        assert heard(raw)[0] == "fragment:processed"
        with contextlib.suppress(OSError, websocket.WebSocketException):  # closed before all of it was sent
            send(raw, LARGEST + 1, frames=51)
        assert raw.rest() == []


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(echo, beside):
    polling = RawPolling(echo)
    polling.post("40")
    before = resident_mib(echo.pid)
    with socket.create_connection(echo.address, PATIENCE_S) as raw:
        raw.sendall(f"POST /socket.io/?EIO=4&transport=polling&sid={polling.sid} HTTP/1.1\r\nHost: x\r\n"
                    f"Content-Length: {LARGEST + 1}\r\n\r\n".encode())  # fmt: skip
        assert raw.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert resident_mib(echo.pid) - before < 16


def test_settings_of_the_transport_are_used(sts_binary):
    settings = {"WS_PING_INTERVAL": "7s", "WS_PING_TIMEOUT": "3", "WS_MAX_BUFFER_SIZE": "4096"}
    with Echo(sts_binary, "--mode", "echo", **settings) as service, RawSocket(service) as raw:
        told = {key: raw.handshake[key] for key in ("pingInterval", "pingTimeout", "maxPayload")}
        assert told == {"pingInterval": 7000, "pingTimeout": 3000, "maxPayload": 4096}
        assert raw.ask("40").startswith("40")
        raw.send("42" + "x" * 4095)
        assert raw.rest() == []


# ---- not what it says it is


@pytest.mark.parametrize("name", ["stream:init", "fragment:data", "stream:pause", "config:error_simulation"])
@pytest.mark.parametrize(
    "argument",
    ["null", "true", "17", '"text"', "[]", "[[],{}]", '{"config":null}', '{"config":[]}', '{"stream_id":"\\ud800"}',
     '{"stream_id":1e999}', '{"config":{},"config":{}}'],
    ids=["null", "true", "number", "text", "list", "lists", "null config", "list config", "half a surrogate",
         "infinite", "twice"],
)  # fmt: skip
def test_wrong_types_are_named_and_the_connection_stays(echo, beside, name, argument):
    with joined(echo) as raw:
        raw.send(f'42["{name}",{argument}]')
        raw.send(INIT)
        seen = [heard(raw)]
        while seen[-1][0] != "stream:ready":
            seen.append(heard(raw))
    codes = [said["code"] for event, said in seen if event == "error"]
    # Without a stream only the init itself is looked at.
    assert codes == ["INVALID_CONFIG" if name == "stream:init" else "STREAM_NOT_FOUND"]


BAD_TEXT = {
    "in a value": b'42["stream:init",{"stream_id":"\xff","worker_id":"w","config":{}}]',
    "in a name": b'42["stream:in\xc0it",{}]',
    "cut short": b'42["stream:init",{"stream_id":"\xe2\x82',
    "a surrogate": b'42["stream:init",{"stream_id":"\xed\xa0\x80","worker_id":"w","config":{}}]',
}


@pytest.mark.parametrize("text", BAD_TEXT)
def test_text_that_is_not_utf8_ends_its_connection(echo, beside, text):
    with joined(echo) as raw:
        raw.socket.send_frame(websocket.ABNF.create_frame(BAD_TEXT[text], websocket.ABNF.OPCODE_TEXT))
        assert raw.rest() == []


@pytest.mark.parametrize("text", BAD_TEXT)
def test_a_body_that_is_not_utf8_is_no_event(echo, beside, text):
    """HTTP has no rule for it as WebSockets have: the message may be refused, or the whole session."""
    polling = RawPolling(echo)
    polling.post("40")
    polling.collect(1)
    query = {"EIO": "4", "transport": "polling", "sid": polling.sid}
    reply = requests.post(polling.url, params=query, data=BAD_TEXT[text], timeout=PATIENCE_S)
    assert reply.status_code in (200, 400)
    polling.post(INIT)
    after = requests.get(polling.url, params=query, timeout=PATIENCE_S)
    assert after.status_code in (200, 400)
    if after.status_code == 200:
        events = [json.loads(packet.removeprefix("42")) for packet in after.text.split("\x1e") if packet != "2"]
        assert [event[0] for event in events][-1:] == ["stream:ready"]
        assert all(event[1]["code"] == "INVALID_CONFIG" for event in events[:-1])


NESTED = {
    "lists": "[" * 5000 + "]" * 5000,
    "objects": '{"a":' * 5000 + "1" + "}" * 5000,
    "beside what is needed": '{"stream_id":"s","worker_id":"w","config":{"x":' + "[" * 5000 + "]" * 5000 + "}}",
    "lists, by the million": "[" * 1_000_000 + "]" * 1_000_000,
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_is_nested_without_measure_is_refused_and_the_connection_stays(echo, beside, kind):
    before = resident_mib(echo.pid, peak=True)
    with joined(echo) as raw:
        raw.send(f'42["stream:init",{NESTED[kind]}]')
        name, error = heard(raw)
        assert (name, error["code"], error["retryable"]) == ("error", "INVALID_CONFIG", False)
        raw.send(INIT)
        assert heard(raw)[0] == "stream:ready"
        for event in ("stream:pause", "fragment:data", "config:error_simulation"):
            raw.send(f'42["{event}",{{"x":{NESTED[kind]}}}]')
            name, error = heard(raw)
            assert (name, error["code"]) == ("error", "MALFORMED_DATA"), event
    assert resident_mib(echo.pid, peak=True) - before < 128, "what is refused was built first"


def test_who_shows_no_key_cannot_make_it_build_what_is_nested(sts_binary):
    with Echo(sts_binary, "--mode", "echo", STS_API_KEY="open sesame") as service:
        before = resident_mib(service.pid, peak=True)
        with RawSocket(service) as raw:
            assert raw.ask('40{"token":' + "[" * 30_000 + "]" * 30_000 + "}").startswith("44")
        with RawSocket(service) as raw:  # more than strangers may say
            raw.send('40{"token":' + "[" * 3_000_000 + "]" * 3_000_000 + "}")
            assert raw.rest() == []
        assert resident_mib(service.pid, peak=True) - before < 16


def test_what_is_nested_and_never_closed_ends_its_connection(echo, beside):
    with joined(echo) as raw:
        raw.send('42["stream:init",' + "[" * 1_000_000 + "]")
        assert raw.rest() == []


def test_a_claim_of_attachments_that_never_come_ends_with_its_connection(echo, beside):
    with joined(echo) as raw:
        raw.send('459-["fragment:data",{"audio":{"data":{"_placeholder":true,"num":0}}}]')
        raw.send('42["stream:init",{}]')  # a text where bytes were announced
        assert raw.rest() == []


@pytest.mark.parametrize("value", ["", "a b", "\u00e9".encode().decode("latin-1"), "x" * 5000, "../../etc", "a\tb"])
def test_headers_that_make_no_sense_are_no_error(echo, value):
    with StsClient(echo, headers={"X-Stream-ID": value, "X-Worker-ID": value}) as client:
        client.init()
    assert all(isinstance(line["message"], str) for line in log_lines(echo))


# ---- too many


def test_connections_beyond_the_limit_are_refused(sts_binary):
    with Echo(sts_binary, "--mode", "echo", WS_MAX_CONNECTIONS="3") as service:
        with contextlib.ExitStack() as open_ones:
            clients = [open_ones.enter_context(StsClient(service)) for _ in range(3)]
            reply = service.get("/socket.io/?EIO=4&transport=polling")
            assert reply.status_code == 503 and set(reply.json()) == {"code", "message"}
            with pytest.raises(websocket.WebSocketBadStatusException, match="503"):
                RawSocket(service)
            with pytest.raises(socketio.exceptions.ConnectionError):
                StsClient(service, transport="polling")
            assert service.get("/health").status_code == 200
            assert service.total("sts_connections_active") == 3
            assert service.total("sts_connections_refused_total") >= 3
            for client in clients:
                client.init()
        wait_for(lambda: service.total("sts_connections_active") == 0, "the end of all three")
        with StsClient(service) as late:
            late.init()


@pytest.fixture
def many_descriptors():
    """Lets this process hold that many sockets, and with it the service that it starts; how many it may hold."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    reserve = 500
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, IDLE + reserve)), hard))
    yield min(IDLE, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - reserve)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


HALF = b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: webso"


def count_refused(sockets: list[socket.socket]) -> int:
    """How many of them the other side has closed, with or without a word."""
    poll = select.poll()
    for one in sockets:
        poll.register(one, select.POLLIN)
    return len(poll.poll(0))


@pytest.mark.parametrize("said", [b"", HALF], ids=["silent", "half a handshake"])
def test_ten_thousand_connections_that_ask_for_nothing(sts_binary, many_descriptors, said):
    limit = 20
    with Echo(sts_binary, "--mode", "echo", WS_MAX_CONNECTIONS=str(limit)) as service, StsClient(service) as working:
        working.init()
        before = resident_mib(service.pid)
        with contextlib.ExitStack() as idle:
            sockets = []
            for number in range(many_descriptors):
                sockets.append(idle.enter_context(socket.create_connection(service.address, PATIENCE_S)))
                with contextlib.suppress(OSError):  # it may be closed already
                    sockets[-1].sendall(said)
                if number % 1000 == 0:
                    working.send(number // 1000)
            asked = -(-many_descriptors // 1000)
            assert len(working.results(asked)) == asked
            # Of those that wait a few are let wait, so that a client which is slow is not turned away.
            wait_for(lambda: count_refused(sockets) > many_descriptors - 10 * limit, "the refusals")
            assert resident_mib(service.pid) - before < 64
            with StsClient(service) as late:  # those who say nothing keep nobody out
                late.init()
        wait_for(lambda: service.get("/health").status_code == 200, "health")
        assert service.total("sts_sessions_active") == 1


def test_handshakes_that_come_letter_by_letter_keep_nobody_out(sts_binary):
    """More of them than there may be connections, each of which goes on, so that none looks dead."""
    with Echo(sts_binary, "--mode", "echo", WS_MAX_CONNECTIONS="5") as service, contextlib.ExitStack() as slow:
        sockets = [slow.enter_context(socket.create_connection(service.address, PATIENCE_S)) for _ in range(200)]
        for letter in HALF[:24]:
            for one in sockets:
                with contextlib.suppress(OSError):
                    one.sendall(bytes([letter]))
            assert service.get("/health").status_code == 200
        with StsClient(service) as client:
            client.init()
            client.send(0)
            assert client.results(1)[0]["status"] == "success"


# ---- what a client may not tell


def test_a_web_page_of_another_origin_is_kept_out_when_told_so(sts_binary):
    with Echo(sts_binary, "--mode", "echo", WS_CORS_ORIGINS="http://a.example, http://b.example") as service:
        url = f"{service.url}/socket.io/?EIO=4&transport=polling"
        for origin, allowed in (("http://a.example", True), ("http://b.example", True), ("http://c.example", False)):
            reply = requests.get(url, headers={"Origin": origin}, timeout=PATIENCE_S)
            assert (reply.status_code == 200) is allowed
            assert reply.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        with pytest.raises(websocket.WebSocketBadStatusException):
            RawSocket(service, origin="http://c.example")
        with RawSocket(service, origin="http://a.example"), RawSocket(service, suppress_origin=True):
            pass


@pytest.mark.parametrize("transport", ["websocket", "polling", "upgrade"])
def test_the_servers_own_origin_need_not_be_listed(sts_binary, transport):
    """python-socketio names the address that it connects to, as a page of the server itself would."""
    with Echo(sts_binary, "--mode", "echo", WS_CORS_ORIGINS="http://a.example") as service:
        with StsClient(service, transport=transport) as client:
            client.init()
        own = service.url
        reply = requests.get(f"{own}/socket.io/?EIO=4&transport=polling", headers={"Origin": own}, timeout=PATIENCE_S)
        assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (200, own)
        for foreign in (f"http://127.0.0.2:{service.port}", f"http://127.0.0.1:{service.port}.example", "null"):
            with pytest.raises(websocket.WebSocketBadStatusException):
                RawSocket(service, origin=foreign)


def test_bytes_that_no_base64_has_are_bad_sound_and_not_a_bad_message(echo):
    """In its place in the order, and acknowledged: row one of table 1.7, whatever the bytes."""
    with StsClient(echo) as client:
        client.init()
        texts = ["====", "A", "AA=A", "QUJD\n", "\u00fc", "data:audio/mp4;base64,QUJD", "QUJD" * 9 + "!"]
        for number, text in enumerate(texts):
            client.emit("fragment:data", fragment(number, data_base64=text))
        client.send(7)
        results = client.results(8)
    assert [result["sequence_number"] for result in results] == list(range(8))
    codes = [result["error"] and result["error"]["code"] for result in results]
    assert codes == ["INVALID_AUDIO_FORMAT"] * 7 + [None]
    assert [ack["status"] for ack in client.named("fragment:ack")] == ["queued"] * 8
    assert not client.named("error")


def test_what_nobody_knows_is_ignored(echo):
    with StsClient(echo) as client:
        for event in ("fragment:unknown", "stream", "__proto__", "error", "stream:ready", "connect_me"):
            client.emit(event, {"anything": [1, 2, {"x": None}]})
        client.init(no_such_key={"a": 1}, source_language="en")
        client.emit("fragment:data", fragment(0) | {"extra": [{"deep": True}]})
        assert client.results(1)[0]["status"] == "success"
        assert not client.named("error")
        client.emit("stream:init", 7)
        assert error_of(client)["code"] == "INVALID_CONFIG"
