# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The helpers of the end-to-end tests, tested on what they could get wrong: the wire, sounds, metrics, machines."""

import http.client
import os
import socket
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
import socketio
from e2e.helpers import docker_compose_manager
from e2e.helpers.lead_in import LeadIn
from e2e.helpers.metrics_parser import Metrics
from e2e.helpers.socketio_monitor import SocketIoMonitor
from e2e.helpers.stream_analyzer import compare, speaking, without
from e2e.helpers.stream_publisher import cut
from e2e.helpers.web_socket import Direction, NotReadable
from support import audio, marks, mediamtx
from support.flv import Recording
from support.gate import Gate
from support.processes import Unexpected, wait_for
from support.socketio_server import SocketIoServer

ROOT = Path(__file__).resolve().parents[2]
HEAD = b"GET /socket.io/?transport=websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"
RATE = 44_100


# ---- WebSocket


def frame(payload: bytes, opcode: int = 1, last: bool = True, mask: bytes = b"") -> bytes:
    """As RFC 6455 has it; a mask is four bytes."""
    head = bytes([(0x80 if last else 0) | opcode])
    flag = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes([flag | len(payload)])
    elif len(payload) < 65536:
        head += bytes([flag | 126]) + len(payload).to_bytes(2, "big")
    else:
        head += bytes([flag | 127]) + len(payload).to_bytes(8, "big")
    return head + mask + bytes(byte ^ mask[i % 4] if mask else byte for i, byte in enumerate(payload))


STREAM = (
    HEAD
    + frame(b"40", mask=b"abcd")
    + frame(b'42["x",', last=False, mask=b"\x00\xff\x10\x20")
    + frame(b"ping", opcode=9)  # between the parts of a message
    + frame("ü]".encode(), opcode=0)
    + frame(bytes(range(256)) * 300, opcode=2, mask=b"wxyz")
    + frame(b"n" * 200)
)
MESSAGES = ["40", '42["x",ü]', bytes(range(256)) * 300, "n" * 200]


@pytest.mark.parametrize("size", [1, 7, 1000, len(STREAM)])
def test_messages_are_read_however_the_bytes_arrive(size):
    direction, found = Direction(), []
    for at in range(0, len(STREAM), size):
        found += direction.feed(STREAM[at : at + size])
    assert found == MESSAGES
    assert direction.head.fields["host"] == "a"


@pytest.mark.parametrize("data", [b"GET /socket.io/?transport=polling HTTP/1.1\r\nHost: a\r\n\r\n", HEAD + b"\xc1\x00"])
def test_what_cannot_be_read_is_said(data):
    with pytest.raises(NotReadable):
        Direction().feed(data)


# ---- the monitor


@pytest.fixture
def wire():
    """python-socketio's server behind a monitor, and its client in front of it."""
    with SocketIoServer() as server:
        server.record("fragment:data", "fragment:ack")
        with SocketIoMonitor(server.port) as monitor:
            yield server, monitor


def connect(monitor, transports=("websocket",)) -> socketio.Client:
    client = socketio.Client(reconnection=False)
    client.connect(monitor.url, transports=list(transports), wait_timeout=20)
    return client


def test_both_directions_are_seen_with_their_attachments(wire):
    server, monitor = wire
    client = connect(monitor)
    sound = os.urandom(300_000)
    sent = {"fragment_id": "f", "stream_id": "s", "sequence_number": 0, "audio": {"data": sound}}
    client.emit("fragment:data", sent)
    monitor.wait("fragment:data")
    wait_for(lambda: server.named("fragment:data"), "the event")
    assert server.named("fragment:data") == [sent], "the monitor changed what it passed on"
    for name, data in (("fragment:ack", {"fragment_id": "f", "status": "queued"}),
                       ("fragment:processed", {"fragment_id": "f", "stream_id": "s", "dubbed_audio": {"data": sound}})):
        server.call(server.sio.emit(name, data))
    monitor.wait("fragment:processed")
    client.emit("fragment:ack", {"fragment_id": "f", "status": "applied"})
    monitor.wait("fragment:ack", 2)
    # By hand: the client's disconnect() may close the connection before its own farewell is written.
    client._send_packet(client.packet_class(socketio.packet.DISCONNECT, namespace="/"))
    monitor.wait("disconnect")
    client.disconnect()

    names = [(message.from_client, message.name) for message in monitor.messages]
    assert names[:3] == [(True, "connect"), (False, "connect"), (True, "fragment:data")]
    (fragment,) = monitor.fragments("s")
    assert fragment.processed["dubbed_audio"]["data"] == sound
    assert fragment.sent.at < fragment.queued.at < fragment.result.at < fragment.told[0].at
    assert fragment.is_on_air
    assert monitor.fragments("other") == []


def test_who_asks_whether_the_service_is_there_says_nothing(wire):
    _, monitor = wire
    asking = http.client.HTTPConnection(monitor.url.removeprefix("http://"))
    asking.request("GET", "/ready")
    asking.getresponse().read()
    client = connect(monitor)
    monitor.wait("connect", 2)
    client.disconnect()
    assert {message.connection for message in monitor.messages} == {2}


def test_polling_is_no_silence(wire):
    """A transport that the monitor cannot read must fail whoever counts on what it read."""
    _, monitor = wire
    client = connect(monitor, ["polling"])
    client.emit("fragment:data", {})
    wait_for(lambda: monitor.unreadable, "word of it")
    with pytest.raises(Unexpected, match="cannot be read"):
        _ = monitor.messages
    client.disconnect()


def test_what_does_not_come_is_said_with_what_did(wire):
    _, monitor = wire
    client = connect(monitor)
    monitor.wait("connect", 2)
    with pytest.raises(Unexpected, match="0 of 1 stream:ready within 0.2 s.*< connect"):
        monitor.wait("stream:ready", limit_s=0.2)
    client.disconnect()


def test_a_gate_passes_every_byte_and_the_end_of_each_side():
    """Also while nobody listens behind it for a moment."""
    seen = {True: b"", False: b""}

    def watch(_, from_client, data):
        seen[from_client] += data

    with socket.create_server(("127.0.0.1", 0)) as server, Gate(server.getsockname()[1], watch) as gate:
        sent, answer = os.urandom(1_000_000), os.urandom(500_000)

        def serve():
            peer, _ = server.accept()
            with peer:
                got = b"".join(iter(lambda: peer.recv(65536), b""))
                peer.sendall(answer if got == sent else b"wrong")

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        with socket.create_connection(("127.0.0.1", gate.port)) as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            assert b"".join(iter(lambda: client.recv(65536), b"")) == answer
        serving.join()
        server.close()
        with pytest.raises(OSError):
            with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as client:
                client.sendall(b"x")
                if client.recv(1) == b"":
                    raise OSError("ended")
    assert seen[True].startswith(sent) and seen[False] == answer


# ---- sounds


def noise(seconds: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, (int(seconds * RATE), 2))


@pytest.mark.parametrize("lag", [-900, 0, 441])
def test_a_sound_is_found_again_later_and_louder(lag):
    sound, reach = noise(2), int(0.03 * RATE)
    wide = noise(2, 2)[: reach * 2 + RATE] * 0.01
    wide[reach + lag : reach + lag + RATE - 1000] += 1.5 * sound[: RATE - 1000]
    alike = compare(sound[: RATE - 1000], wide[: RATE - 1000 + 2 * reach], RATE)
    assert alike.correlation > 0.99
    assert alike.lag_ms == pytest.approx(lag * 1000 / RATE, abs=0.1)
    assert alike.level_db == pytest.approx(3.5, abs=0.2)


def test_other_sounds_are_not_alike():
    reach = int(0.03 * RATE)
    assert compare(noise(1), noise(2, 2)[: RATE + 2 * reach], RATE).correlation < 0.1
    with pytest.raises(ValueError):
        compare(noise(1), noise(1), RATE)


def test_where_a_dub_speaks_and_where_nobody_does():
    pcm = np.zeros((RATE, 2))
    pcm[int(0.2 * RATE) : int(0.5 * RATE)] = 0.1
    (span,) = speaking(pcm, RATE, 6000)
    assert span == pytest.approx((6200, 6500), abs=20)
    assert without([(0, 100), (200, 300)], [(220, 240)], 5, 10) == [(0, 100), (200, 215), (250, 300)]
    assert without([(0, 100)], [(0, 90)], 5, 20) == []


# ---- metrics


def test_missing_is_not_zero():
    metrics = Metrics('a{reason="x",stream_id="s"} 2\na{reason="y",stream_id="s"} 0\na{reason="x",stream_id="t"} 5\n')
    assert metrics.by("reason", "a", stream_id="s") == {"x": 2.0}
    assert metrics.total("a", stream_id="s", reason="y") == 0
    assert not metrics.has("a", reason="z")
    with pytest.raises(KeyError):
        metrics.total("a", reason="z")


# ---- machines that lack something


def test_a_machine_without_docker_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert docker_compose_manager.missing() == "there is no docker command here"


@pytest.mark.parametrize(("script", "reason"), [
    ("exit 1", "no container engine answers"),
    ("[ $1 = info ] || exit 1", "no `docker compose`"),
    ("[ $1 = info ] || echo 1.29.2", "no `docker compose`"),
])  # fmt: skip
def test_an_engine_that_cannot_be_used_says_why(monkeypatch, tmp_path, script, reason):
    docker = tmp_path / "docker"
    docker.write_text(f"#!/bin/sh\n{script}\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert reason in docker_compose_manager.missing()


def test_a_mediamtx_that_was_named_must_be_there(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MEDIAMTX_BINARY", raising=False)
    made = tmp_path / "made"
    monkeypatch.setattr(mediamtx, "MADE", made)
    assert mediamtx.find() is None
    made.write_text("")
    made.chmod(0o755)
    assert mediamtx.find() == made
    monkeypatch.setenv("MEDIAMTX_BINARY", "none")
    assert mediamtx.find() is None
    monkeypatch.setenv("MEDIAMTX_BINARY", str(tmp_path / "mediamtx"))
    with pytest.raises(Unexpected):
        mediamtx.find()


def test_prerequisites_are_checked(build, tmp_path):
    """Everything that this run needs is there; and a folder without programs is not called complete."""
    command = [ROOT / "tests/e2e/check_prerequisites.py", "--build"]
    done = subprocess.run([*command, build], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    for word in ("ffmpeg", "engine", "MediaMTX", "memory", "1935", "3000", "8080", "8554", "8889", "9998"):
        assert word in done.stdout
    done = subprocess.run([*command, tmp_path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "make build" in done.stdout


# ---- the lead-in


def test_a_lead_in_lets_readers_begin_at_one_place_and_is_forgotten(clip, tmp_path):
    part = cut(clip.mp4, tmp_path / "part.mp4", 0, 18)
    lead_in = LeadIn.before(part, tmp_path)
    sent = Recording.load(lead_in.path)
    own = Recording.load(marks.remux(part, tmp_path / "own.flv"))

    blind_ms, begin_ms = 1000 * (LeadIn.LENGTH_S - LeadIn.SHOWN_S), 1000 * LeadIn.LENGTH_S
    keyframes = [tag.dts_ms for tag in sent.pictures() if tag.is_keyframe]
    assert keyframes[:8] == [0, *range(int(blind_ms), int(begin_ms) + 1, 2000)]
    sounds = [tag.dts_ms for tag in sent.sounds()]
    assert blind_ms <= sounds[0] < blind_ms + 25
    assert {b - a for a, b in zip(sounds, sounds[1:])} <= {22, 23, 24}
    quiet = marks.decode_audio(Recording([tag for tag in sent.tags if tag.is_aac_header or tag.dts_ms < begin_ms]))[0]
    assert audio.level_db(quiet) < -80

    # What a reader gets who came in the blind part.
    seen = Recording([tag for tag in sent.tags if not (tag.is_picture or tag.is_sound) or tag.dts_ms >= blind_ms])
    assert lead_in.forget(seen) == pytest.approx(begin_ms - blind_ms, abs=24)  # an AAC frame
    # The clip's sound begins 44 ms behind its picture; silence reaches up to it.
    silent = len(seen.sounds()) - len(own.sounds())
    assert silent <= 2
    for before, after in ((own.pictures(), seen.pictures()), (own.sounds(), seen.sounds()[silent:])):
        assert [tag.body for tag in before] == [tag.body for tag in after]
        assert {b.dts_ms - a.dts_ms for a, b in zip(before, after)} == {begin_ms}


def test_a_recording_that_lacks_the_clips_beginning_is_no_recording(clip, tmp_path):
    lead_in = LeadIn.before(cut(clip.mp4, tmp_path / "part.mp4", 0, 18), tmp_path)
    late = Recording([tag for tag in Recording.load(lead_in.path).tags if tag.dts_ms > 19_000])
    with pytest.raises(ValueError, match="first was not recorded"):
        lead_in.forget(late)
