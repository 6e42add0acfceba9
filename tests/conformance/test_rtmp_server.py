# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The built-in media server against foreign clients: ffmpeg, ffprobe, and GStreamer's two RTMP stacks.

rtmpsink and rtmpsrc are librtmp, which is also what OBS publishes with (digest handshake); rtmp2sink and
rtmp2src are GStreamer's own. The paths here do not end in /in, so nothing is dubbed: what a player gets is
what the server passes on.
"""

import json
import os
import signal
import socket
import subprocess

import pytest
from support import h264, marks, prometheus
from support.flv import Recording
from support.processes import Livedub, Process, Reader, publish, resident_mib, wait_for


@pytest.fixture(scope="module")
def server(livedub):
    with Livedub(livedub, "--speech", "off") as running:
        yield running
        assert running.stop() == 0


@pytest.fixture(scope="module")
def source(clip, tmp_path_factory):
    """Six seconds of the clip as FLV, and the digests of its pictures."""
    path = marks.remux(clip.mp4, tmp_path_factory.mktemp("source") / "source.flv", "-t", "6")
    return path, h264.picture_digests(Recording.load(path))


def url(server, name):
    return f"rtmp://127.0.0.1:{server.rtmp_port}/live/{name}/cam"


def wait_ready(server, name):
    wait_for(lambda: server.paths().get(f"live/{name}/cam", {}).get("ready"), f"path {name}")


def wait_readers(server, name, count, limit_s=10.0):
    def here():
        return len(server.paths().get(f"live/{name}/cam", {}).get("readers", []))
    wait_for(lambda: here() == count, f"{count} readers of {name}", limit_s)


def waiting_reader(server, name, count=1) -> Reader:
    """A player that is there before the publisher, so it must get everything."""
    reader = Reader(url(server, name))
    wait_readers(server, name, count)
    return reader


def check_all_received(path, digests):
    """A file that some player wrote holds the stream's pictures to the last one, from a keyframe on."""
    received = h264.picture_digests(Recording.load(path))
    assert received and received == digests[-len(received) :]
    assert (len(digests) - len(received)) % 60 == 0, "the player did not begin at a keyframe"


def test_ffmpeg_publishes_and_ffmpeg_plays(server, source):
    path, digests = source
    with waiting_reader(server, "ff") as reader, publish(path, url(server, "ff")) as publisher:
        assert publisher.wait(30) == 0
        assert reader.process.wait(15) == 0
        assert h264.picture_digests(reader.recording) == digests
        assert [tag.is_avc_header for tag in reader.recording.tags if tag.is_avc][0]


@pytest.mark.parametrize("sink", ["rtmpsink", "rtmp2sink"])
def test_gstreamer_publishes(server, source, sink):
    path, digests = source
    target = url(server, sink)
    location = f'location="{target} live=1"' if sink == "rtmpsink" else f"location={target}"
    command = ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", "flvdemux", "name=d",
               "flvmux", "name=m", "streamable=true", "!", sink, location.replace('"', ""), "sync=true",
               "d.video", "!", "queue", "!", "h264parse", "!", "m.video",
               "d.audio", "!", "aacparse", "!", "queue", "!", "m.audio"]  # fmt: skip
    with waiting_reader(server, sink) as reader, Process(command) as publisher:
        assert publisher.wait(30) == 0, publisher.describe()
        reader.process.wait(15)
        assert h264.picture_digests(reader.recording) == digests


@pytest.mark.parametrize("element", ["rtmpsrc", "rtmp2src"])
def test_gstreamer_plays(server, source, element, tmp_path):
    path, digests = source
    address = url(server, element)
    target = tmp_path / "played.flv"
    with publish(path, address) as publisher:
        wait_ready(server, element)
        location = f"location={address} live=1" if element == "rtmpsrc" else f"location={address}"
        with Process(["gst-launch-1.0", "-q", element, location, "!", "filesink", f"location={target}"]) as player:
            assert publisher.wait(30) == 0
            player.wait(20)
    check_all_received(target, digests)


def test_ffprobe_sees_the_streams(server, source):
    path, _ = source
    with publish(path, url(server, "probe")):
        wait_ready(server, "probe")
        found = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height,sample_rate,channels",
             "-of", "json", url(server, "probe")], capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
    streams = {stream["codec_name"]: stream for stream in json.loads(found.stdout)["streams"]}
    assert (streams["h264"]["width"], streams["h264"]["height"]) == (1280, 720)
    assert (streams["aac"]["sample_rate"], streams["aac"]["channels"]) == ("44100", 2)


def test_two_publishers_and_ten_players(server, source, clip, tmp_path):
    """Each player gets its own publisher's stream, whole."""
    other = marks.remux(clip.mp4, tmp_path / "other.flv", "-ss", "20", "-t", "6")
    sources = {"one": source[0], "two": other}
    digests = {name: h264.picture_digests(Recording.load(path)) for name, path in sources.items()}
    assert not set(digests["one"]) & set(digests["two"])
    # All of them at once, for the server lets none of them wait for long.
    readers = {name: [Reader(url(server, name)) for _ in range(5)] for name in sources}
    for name in sources:
        wait_readers(server, name, 5, 30)
    publishers = {name: publish(path, url(server, name)) for name, path in sources.items()}
    try:
        for name, publisher in publishers.items():
            assert publisher.wait(30) == 0
            for reader in readers[name]:
                assert reader.process.wait(20) == 0
                assert h264.picture_digests(reader.recording) == digests[name]
    finally:
        for process in [*publishers.values(), *(r.process for group in readers.values() for r in group)]:
            process.kill()


def test_a_late_player_begins_at_a_keyframe_with_headers(server, source):
    path, digests = source
    with waiting_reader(server, "late") as early, publish(path, url(server, "late")) as publisher:
        # In the middle of the second group of pictures, or later.
        wait_for(lambda: len(early.recording.pictures()) > 80, "pictures at the early player")
        with Reader(url(server, "late")) as reader:
            wait_readers(server, "late", 2)
            shown = len(early.recording.pictures())
            assert publisher.wait(30) == 0
            reader.process.wait(15)
    tags = [tag for tag in reader.recording.tags if tag.is_avc]
    assert tags[0].is_avc_header and tags[1].is_keyframe
    received = h264.picture_digests(reader.recording)
    begin = len(digests) - len(received)
    assert begin > 0 and begin % 60 == 0 and received == digests[begin:], "not from the beginning of a group"
    assert begin <= shown + 15, "not the running group of pictures"


def test_a_new_publisher_replaces_the_old_one_and_players_stay(server, source):
    path, digests = source
    with publish(path, url(server, "swap"), loops=5) as first:
        wait_ready(server, "swap")
        with Reader(url(server, "swap")) as reader:
            wait_for(lambda: len(reader.recording.pictures()) > 30, "pictures from the first publisher")
            with publish(path, url(server, "swap")) as second:
                assert first.wait(10) != 0
                assert second.wait(30) == 0
            reader.process.wait(15)
    assert h264.picture_digests(reader.recording)[-len(digests) :] == digests


def test_the_api_has_the_shape_that_watchers_know(server, source):
    path, _ = source
    with publish(path, url(server, "shape") + "?lang=fr&x=1"):
        wait_ready(server, "shape")
        with Reader(url(server, "shape")):
            def item():
                return server.paths()["live/shape/cam"]
            wait_for(lambda: item()["readers"] and item()["bytesSent"] > 0, "a reader with bytes")
            path_item = item()
            assert path_item["source"]["type"] == "rtmpConn" and path_item["source"]["id"]
            assert path_item["ready"] is True and path_item["readyTime"]
            assert path_item["tracks"] == ["H264", "MPEG-4 Audio"]
            assert path_item["bytesReceived"] > 0
            assert path_item["readers"][0]["type"] == "rtmpConn"
            status, text = server.get(server.api_port, "/v3/paths/list")
            whole = json.loads(text)
            assert status == 200 and whole["itemCount"] == len(whole["items"]) and whole["pageCount"] == 1
            status, text = server.get(server.api_port, "/v3/paths/get/live/shape/cam")
            assert status == 200 and json.loads(text)["name"] == "live/shape/cam"
            samples = server.metrics()
            assert prometheus.total(samples, "paths", name="live/shape/cam", state="ready") == 1
            assert prometheus.total(samples, "paths_bytes_received", name="live/shape/cam") > 0
    status, _ = server.get(server.api_port, "/v3/paths/get/live/nobody/cam")
    assert status == 404


@pytest.mark.parametrize(
    "noise",
    [b"GET / HTTP/1.1\r\n\r\n" * 200, b"\x03" + b"\x00" * 1536 + b"\xff" * 4000, os.urandom(8000)],
    ids=["http", "bad chunk", "random"],
)
def test_nonsense_closes_its_own_connection_only(server, source, noise):
    path, digests = source
    name = f"calm{len(noise)}"
    with waiting_reader(server, name) as reader, publish(path, url(server, name)) as publisher:
        with socket.create_connection(("127.0.0.1", server.rtmp_port), timeout=15) as rude:
            rude.sendall(noise)
            rude.settimeout(15)
            try:
                while rude.recv(65536):
                    pass
            except ConnectionResetError:
                pass  # closed with bytes of ours unread: closed all the same
        assert publisher.wait(30) == 0
        reader.process.wait(15)
        assert h264.picture_digests(reader.recording) == digests


def test_a_player_that_stops_reading_costs_nobody_anything(livedub, clip):
    """It may lose groups of pictures; memory stays bounded and the other player gets everything in time."""
    with Livedub(livedub, "--speech", "off") as server:
        # Ten times real time for a few seconds: far more than a stopped player's socket can take.
        command = ["ffmpeg", "-v", "warning", "-stream_loop", "2", "-readrate", "10", "-i", str(clip.mp4), "-c", "copy",
                   "-f", "flv", url(server, "slow")]  # fmt: skip
        with waiting_reader(server, "slow") as good, waiting_reader(server, "slow", 2) as stuck:
            with Process(command) as publisher:
                wait_for(lambda: stuck.recording.pictures(), "pictures at the second reader")
                os.kill(stuck.process.pid, signal.SIGSTOP)
                assert publisher.wait(60) == 0
                good.process.wait(20)
                # ffmpeg may lose a picture of its own at a loop seam.
                assert len(good.recording.pictures()) >= 3 * 1800 - 2
                assert resident_mib(server.pid, peak=True) < 200
                dropped = prometheus.total(server.metrics(), "rtmp_dropped_gops_total")
                assert dropped > 0
        assert server.stop() == 0
