# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The gate that scenarios break connections with, against a plain echo: each verb does what it says, and only that."""

import contextlib
import select
import socket
import threading
import time

import pytest
from support.chaos_gate import ChaosGate, RtmpChaosGate

pytestmark = pytest.mark.timeout(60)
TEXT = bytes(range(256)) * 40


@pytest.fixture
def echo():
    """The port of a server that sends everything back, and ends when its client does."""

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(65536):
                connection.sendall(data)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def gate(echo):
    with ChaosGate(echo) as opened:
        yield opened


def connect(gate: ChaosGate) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gate.port), timeout=20)


def receive(client: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count and (data := client.recv(65536)):
        received += data
    return received


def ask(client: socket.socket, data: bytes = TEXT) -> bytes:
    client.sendall(data)
    return receive(client, len(data))


def is_ended(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def test_an_open_gate_changes_nothing_and_passes_the_end_on(gate):
    with connect(gate) as client:
        assert ask(client) == TEXT
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""


def test_a_delay_holds_every_piece_and_keeps_their_order(gate):
    with connect(gate) as client:
        gate.delay(0.15)
        begin = time.monotonic()
        assert ask(client) == TEXT
        assert time.monotonic() - begin >= 0.3, "there and back"


def test_a_throttle_carries_no_more_than_it_says(gate):
    with connect(gate) as client:
        gate.throttle(100_000)
        begin = time.monotonic()
        assert ask(client) == TEXT
        assert time.monotonic() - begin >= 2 * len(TEXT) / 100_000


def test_corruption_turns_one_bit_of_every_so_many_bytes():
    with socket.create_server(("127.0.0.1", 0)) as server, ChaosGate(server.getsockname()[1]) as gate:
        gate.corrupt(1000)
        with connect(gate) as client, server.accept()[0] as far:
            for begin in range(0, len(TEXT), 700):
                client.sendall(TEXT[begin : begin + 700])
            received = receive(far, len(TEXT))
    changed = {at: was ^ now for at, (was, now) in enumerate(zip(TEXT, received)) if was != now}
    assert changed == {at: 0x10 for at in range(999, len(TEXT), 1000)}


@pytest.mark.parametrize("verb, value", [("scatter", 7), ("concatenate", 0.2)])
def test_other_pieces_are_the_same_bytes(gate, verb, value):
    getattr(gate, verb)(value)
    with connect(gate) as client:
        for piece in (TEXT[:100], TEXT[100:3000], TEXT[3000:]):
            client.sendall(piece)
        assert receive(client, len(TEXT)) == TEXT


def test_half_open_nothing_comes_and_nothing_ends_until_it_is_restored(gate):
    with connect(gate) as client:
        assert ask(client) == TEXT
        gate.half_open()
        client.sendall(TEXT)
        assert select.select([client], [], [], 0.3)[0] == [], "something came, or the connection ended"
        gate.restore()
        assert receive(client, len(TEXT)) == TEXT


def test_dropped_connections_end_and_new_ones_are_taken(gate):
    with connect(gate) as first:
        assert ask(first) == TEXT
        gate.drop()
        assert is_ended(first)
    with connect(gate) as second:
        assert ask(second) == TEXT
    assert gate.connections == 2


def test_who_is_refused_is_reset_and_who_is_there_stays(gate):
    with connect(gate) as first:
        assert ask(first) == TEXT
        gate.refuse()
        with contextlib.suppress(ConnectionError), connect(gate) as second:
            assert is_ended(second)
        assert ask(first) == TEXT
        gate.restore()
    with connect(gate) as third:
        assert ask(third) == TEXT


def test_nobody_behind_the_gate_looks_like_nobody():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening
        with ChaosGate(nobody.getsockname()[1]) as gate, contextlib.suppress(ConnectionError), connect(gate) as client:
            assert is_ended(client)


def test_publishers_are_told_from_players(echo):
    publish, play = b"\x03....\x02\x00\x07publish....", b"\x03....\x02\x00\x04play...."
    with RtmpChaosGate(echo) as gate, connect(gate) as publisher, connect(gate) as player:
        assert ask(publisher, publish) == publish
        assert ask(player, play) == play
        assert gate.drop_publishers() == 1
        assert is_ended(publisher)
        assert ask(player, play) == play
        gate.refuse_publishers()
        with connect(gate) as another:
            another.sendall(publish)
            assert is_ended(another)
        assert ask(player, play) == play
        gate.restore()
        with connect(gate) as another:
            assert ask(another, publish) == publish
