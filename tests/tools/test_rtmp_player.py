# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The player of the chaos kit against bytes that are known: it must read chunks as the protocol has them."""

import socket
import struct
import threading

import pytest
from support.rtmp_player import RtmpPlayer

pytestmark = pytest.mark.timeout(60)


def head(kind: int, time_ms: int, size: int, format_and_id: int = 0x04) -> bytes:
    return bytes([format_and_id]) + min(time_ms, 0xFFFFFF).to_bytes(3, "big") + size.to_bytes(3, "big") + \
        bytes([kind]) + struct.pack("<I", 1)  # fmt: skip


@pytest.fixture
def played():
    """Serves one player with the given bytes behind the handshake, then ends; what it made of them."""

    def serve(listener: socket.socket, data: bytes) -> None:
        connection = listener.accept()[0]
        with connection:
            hello = b""
            while len(hello) < 1537:
                hello += connection.recv(4096)
            connection.sendall(b"\x03" + bytes(1536) + hello[1:])
            answer = b""
            while b"play" not in answer:
                answer += connection.recv(4096)
            for at in range(0, len(data), 7):
                connection.sendall(data[at : at + 7])
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass

    def play(data: bytes):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=serve, args=(listener, data), daemon=True)
            thread.start()
            player = RtmpPlayer(listener.getsockname()[1], "live/a", "out")
            tags = list(player.tags())
            player.close()
            thread.join(20)
        return [(tag.kind, tag.dts_ms, tag.body) for tag in tags]

    return play


def test_messages_in_one_chunk_and_in_many(played):
    long = bytes(range(256))
    cut = head(9, 40, 256) + long[:128] + b"\xc4" + long[128:]
    assert played(head(8, 20, 3) + b"abc" + cut) == [(8, 20, b"abc"), (9, 40, long)]


def test_times_as_differences_and_none_at_all(played):
    data = head(8, 1000, 1) + b"a"
    data += b"\x44" + (23).to_bytes(3, "big") + (1).to_bytes(3, "big") + b"\x08" + b"b"  # without the stream
    data += b"\x84" + (24).to_bytes(3, "big") + b"c"  # only a time
    data += b"\xc4" + b"d"  # as before
    assert [(time, body) for _, time, body in played(data)] == [(1000, b"a"), (1023, b"b"), (1047, b"c"), (1071, b"d")]


def test_wide_times_and_another_chunk_size(played):
    wide = 0xFFFFFF + 5
    data = head(1, 0, 4, 0x02) + (4).to_bytes(4, "big")
    data += head(9, wide, 6) + struct.pack(">I", wide) + b"abcd" + b"\xc4" + struct.pack(">I", wide) + b"ef"
    assert played(data) == [(9, wide, b"abcdef")]


def test_chunks_of_two_streams_between_one_another(played):
    body = bytes(200)
    data = head(9, 10, 200, 0x06) + body[:128] + head(8, 11, 2, 0x04) + b"hi" + b"\xc6" + body[128:]
    assert played(data) == [(8, 11, b"hi"), (9, 10, body)]


def test_what_is_cut_off_is_left_out(played):
    assert played(head(8, 20, 3) + b"abc" + head(9, 40, 100) + b"short") == [(8, 20, b"abc")]
