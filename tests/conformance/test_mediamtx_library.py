# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Our RTMP against MediaMTX's: gortmplib, the library that MediaMTX serves and pulls RTMP with, in a program of ours
(tests/peers/gortmp). This is not MediaMTX: it has neither its API nor its hooks nor its configuration, and nothing here
says that it does. What runs behind MediaMTX itself is test_behind_mediamtx.py.

It publishes to our servers and plays from them, and is the media server that media-service follows.
"""

import hashlib
import time

import pytest
from support import gortmp as peer
from support import h264, marks, prometheus
from support.flv import Recording, Tag
from support.processes import Livedub, Reader, free_port, publish, wait_for
from support.sts_service import StsService

QUICK = ("--speech", "off", "--segment", "1s", "--delay", "2s")
GOP = 60  # pictures, in the clip
AV_LIMIT_MS = 45
FRAME_MS = 1000 * 1024 / 44100


@pytest.fixture(scope="module")
def server(livedub):
    with Livedub(livedub, "--speech", "off") as running:
        yield running
        assert running.stop() == 0


@pytest.fixture(scope="module")
def clip_part(clip, tmp_path_factory):
    """So many seconds of the clip as FLV: pictures with B-frames, a keyframe every other second, and sound."""
    folder = tmp_path_factory.mktemp("clip")

    def cut(seconds: int, *options: str):
        path = folder / f"{seconds}{''.join(options)}.flv"
        return path if path.exists() else marks.remux(clip.mp4, path, "-t", str(seconds), *options)

    return cut


def address(server, name: str) -> str:
    return server.url(name, "cam")  # not /in, so nothing is dubbed


def wait_players(server, name: str, count: int) -> None:
    wait_for(lambda: len(server.path(name, "cam").get("readers", [])) == count, f"{count} players of {name}")


def units(tags: list[Tag]) -> list[peer.Unit]:
    return [peer.unit_of(tag, h264.nal_units(tag) if tag.is_picture else None) for tag in tags]


def sent(tag: Tag) -> tuple:
    return tag.pts_ms, tag.dts_ms, tag.payload


def header(recording: Recording) -> bytes:
    return next(tag.payload for tag in recording.tags if tag.is_avc_header)


# ---- publishing to our server, and playing from it


def test_what_it_publishes_comes_out_as_it_was(server, clip_part, gortmp):
    path = clip_part(6)
    source = Recording.load(path)
    assert any(tag.pts_ms > tag.dts_ms + 40 for tag in source.pictures()), "no B-frames"
    with Reader(address(server, "pub")) as reader:
        wait_players(server, "pub", 1)
        with peer.publish(gortmp, path, address(server, "pub")) as publisher:
            assert publisher.wait(30) == 0, publisher.describe()
        assert reader.process.wait(15) == 0
    received = reader.recording
    assert [sent(tag) for tag in received.pictures()] == [sent(tag) for tag in source.pictures()]
    assert [sent(tag) for tag in received.sounds()] == [sent(tag) for tag in source.sounds()]
    assert header(received).startswith(header(source)[:4])


@pytest.mark.parametrize("publisher", ["ffmpeg", "the library"])
def test_what_it_plays_is_what_was_published(server, clip_part, gortmp, publisher):
    path = clip_part(6)
    source = Recording.load(path)
    name = f"play-{publisher.split()[-1]}"
    with peer.Player(gortmp, address(server, name)) as player:
        wait_players(server, name, 1)
        start = publish if publisher == "ffmpeg" else lambda *where: peer.publish(gortmp, *where)
        with start(path, address(server, name)) as sender:
            assert sender.wait(30) == 0, sender.describe()
        assert player.wait(15) == 0, player.describe()
    assert player.all_video[0].is_header
    assert player.pictures == units(source.pictures())
    assert player.sounds == units(source.sounds())
    video, audio = player.tracks["h264"], player.tracks["aac"]
    assert (video["width"], video["height"]) == (1280, 720)
    assert bytes.fromhex(video["sps"]) in header(source) and bytes.fromhex(video["pps"]) in header(source)
    assert (audio["rate"], audio["channels"]) == (44100, 2)


def test_one_that_comes_late_begins_at_a_keyframe(server, clip_part, gortmp):
    path = clip_part(12)
    source = units(Recording.load(path).pictures())
    with Reader(address(server, "late")) as early, publish(path, address(server, "late")) as publisher:
        wait_for(lambda: len(early.recording.pictures()) > GOP + 20, "pictures at the early player")
        with peer.Player(gortmp, address(server, "late")) as player:
            assert publisher.wait(30) == 0
            assert player.wait(15) == 0, player.describe()
    assert player.all_video[0].is_header and player.pictures[0].is_keyframe
    begin = source.index(player.pictures[0])
    assert begin % GOP == 0 and begin > 0 and player.pictures == source[begin:]
    times = [unit.dts_ms for unit in player.sounds]
    assert times == sorted(set(times)) and player.sounds == units(Recording.load(path).sounds())[-len(times) :]


def test_a_second_publisher_takes_over_and_its_player_stays(server, clip_part, gortmp):
    first_path, second_path = clip_part(20), clip_part(6)
    source = [unit.sha256 for unit in units(Recording.load(second_path).pictures())]
    with peer.Player(gortmp, address(server, "swap")) as player:
        wait_players(server, "swap", 1)
        with peer.publish(gortmp, first_path, address(server, "swap")) as first:
            # More than it takes the player to find out what there is.
            wait_for(lambda: len(player.pictures) > 30, "pictures of the first publisher", 20)
            with peer.publish(gortmp, second_path, address(server, "swap")) as second:
                assert first.wait(10) == 1
                assert "the server ended it" in first.stderr
                assert second.wait(30) == 0, second.describe()
        assert player.wait(15) == 0, player.describe()
    assert [unit.sha256 for unit in player.pictures][-len(source) :] == source


# ---- being refused


@pytest.fixture(scope="module")
def guarded(livedub, tmp_path_factory):
    keys = tmp_path_factory.mktemp("keys") / "keys"
    digest = hashlib.sha256(b"play-s3cret").hexdigest()
    keys.write_text(f"publish live/*/in pub-s3cret\nplay live/*/in sha256:{digest}\nplay live/*/out any\n")
    with Livedub(livedub, *QUICK, "--auth", str(keys)) as running:
        yield running
        assert running.stop() == 0


@pytest.mark.parametrize("query", ["", "?key=wrong", "?key=play-s3cret"])
def test_without_the_key_it_is_told_so(guarded, clip_part, gortmp, query):
    began = time.monotonic()
    with peer.publish(gortmp, clip_part(6), guarded.url("shut", "in") + query) as publisher:
        assert publisher.wait(30) == 1
        assert "NetStream.Publish.Denied" in publisher.stderr
    query = query.replace("play", "pub")
    with peer.Player(gortmp, guarded.url("shut", "in") + query) as player:
        assert player.wait(30) == 1
        assert "NetStream.Play.Failed" in player.stderr
        assert "s3cret" not in player.stderr
    assert time.monotonic() - began < 8, "that was its own patience, and not our answer"


def test_with_the_key_it_may(guarded, clip_part, gortmp):
    with peer.publish(gortmp, clip_part(6), guarded.url("open", "in") + "?key=pub-s3cret&lang=es") as publisher:
        guarded.wait_ready("open", "in")
        with peer.Player(gortmp, guarded.url("open", "in") + "?token=play-s3cret") as player:
            assert publisher.wait(30) == 0, publisher.describe()
            assert player.wait(15) == 0, player.describe()
    assert player.pictures and player.sounds


def test_a_path_that_cannot_be_is_refused(server, clip_part, gortmp):
    began = time.monotonic()
    with peer.publish(gortmp, clip_part(6), f"{server.rtmp_url}/alone") as publisher:
        assert publisher.wait(30) == 1
        assert "NetStream.Publish.BadName" in publisher.stderr
    with peer.Player(gortmp, f"{server.rtmp_url}/alone") as player:
        assert player.wait(30) == 1
        assert "NetStream.Play.StreamNotFound" in player.stderr
    assert time.monotonic() - began < 8, "that was its own patience, and not our answer"


def test_who_plays_what_nobody_publishes_is_told_so_in_the_end(server, gortmp):
    with peer.Player(gortmp, address(server, "nobody")) as player:
        assert player.wait(30) == 1
        assert "NetStream.Play.StreamNotFound" in player.stderr


# ---- what is dubbed


def check_constant_delay(source: list[peer.Unit], received: list[peer.Unit]) -> int:
    """The pictures from some keyframe on, each as much later as the others, decoding order kept. @return By how much."""
    digests = [unit.sha256 for unit in source]
    begin = digests.index(received[0].sha256)
    assert received[0].is_keyframe and [unit.sha256 for unit in received] == digests[begin : begin + len(received)]
    of_source = source[begin : begin + len(received)]
    later = received[0].pts_ms - of_source[0].pts_ms
    assert all(abs(got.pts_ms - of.pts_ms - later) <= 1 for of, got in zip(of_source, received))
    assert all(abs(got.dts_ms - of.dts_ms - later) <= 1 for of, got in zip(of_source, received))
    return later


def test_a_stream_of_its_own_is_dubbed_and_played_back_to_it(livedub, clip_part, gortmp):
    """The pictures are the same to the byte and the sound goes with them, B-frames and all; once more for a publisher
    that comes back."""
    path = clip_part(8)
    source = units(Recording.load(path).pictures())
    with Livedub(livedub, *QUICK, "--grace", "30s") as program:
        with peer.publish(gortmp, path, program.url("game", "in")) as first:
            program.wait_ready("game", "out")
            with peer.Player(gortmp, program.url("game", "out")) as player, Reader(program.url("game", "out")) as reader:
                assert first.wait(30) == 0, first.describe()
                wait_for(lambda: len(player.pictures) >= len(source) - GOP, "the pictures of the first", 20)
                with peer.publish(gortmp, path, program.url("game", "in")) as second:
                    assert second.wait(30) == 0, second.describe()
                wait_for(lambda: len(player.pictures) >= 2 * len(source) - GOP, "the pictures of the second", 20)
        seen = player.pictures
        again = next(at for at, unit in enumerate(seen) if at > 0 and unit.sha256 == source[0].sha256)
        check_constant_delay(source, seen[:again])
        check_constant_delay(source, seen[again : again + len(source)])
        times = [unit.dts_ms for unit in player.sounds]
        assert times == sorted(set(times))
        offsets = [offset.offset_ms for offset in marks.av_offsets(reader.recording)]
        assert len(offsets) >= 8 and max(map(abs, offsets)) <= AV_LIMIT_MS, offsets
        assert program.stop() == 0


def test_pictures_alone_get_a_silent_track(livedub, clip_part, gortmp):
    path = clip_part(20, "-an")
    source = units(Recording.load(path).pictures())
    with Livedub(livedub, *QUICK) as program, peer.publish(gortmp, path, program.url("still", "in")) as publisher:
        program.wait_ready("still", "out")
        with peer.Player(gortmp, program.url("still", "out")) as player:
            wait_for(lambda: len(player.sounds) > 60 and len(player.pictures) > 60, "pictures and silence", 30)
        assert publisher.running, publisher.describe()
        assert set(player.tracks) == {"h264", "aac"}
        check_constant_delay(source, player.pictures)


def test_sound_alone_is_dubbed_too(livedub, clip_part, gortmp):
    path = clip_part(8, "-vn")
    with (
        Livedub(livedub, *QUICK, "--grace", "1s") as program,
        peer.publish(gortmp, path, program.url("radio", "in")) as publisher,
    ):
        program.wait_ready("radio", "out")
        with peer.Player(gortmp, program.url("radio", "out")) as player:
            assert publisher.wait(30) == 0, publisher.describe()
            program.wait_gone("radio", "out")
            assert player.wait(15) == 0, player.describe()
    assert set(player.tracks) == {"aac"} and len(player.sounds) > 4000 / FRAME_MS
    times = [unit.dts_ms for unit in player.sounds]
    assert times == sorted(set(times))
    assert max(after - before for before, after in zip(times, times[1:])) <= FRAME_MS + 2, "a gap in the sound"


# ---- the media server that media-service follows


@pytest.fixture
def library_server(gortmp):
    with peer.LibraryServer(gortmp) as running:
        yield running
        assert running.stop() == 0, running.describe()


@pytest.fixture
def echo(sts_binary):
    with StsService(sts_binary, "--mode", "echo") as running:
        running.wait_ready()
        yield running


def slices(recording: Recording) -> list[bytes]:
    return h264.picture_digests(recording)


def test_media_service_pulls_from_it_and_publishes_to_it(serve, library_server, clip_part, echo, gortmp):
    """Hooks are sent as MediaMTX would send them. There is no API to look at, which costs a line in the log."""
    path = clip_part(16)
    source = Recording.load(path)
    service = serve(MEDIAMTX_RTMP_URL=library_server.rtmp_url, STS_SERVICE_URL=echo.url, SKIP_STS_CONNECTION="false",
                    MEDIAMTX_API_URL=f"http://127.0.0.1:{free_port()}", OUTPUT_DELAY="6s")  # fmt: skip
    with publish(path, library_server.url("game", "in") + "?lang=fr") as publisher:
        event = library_server.wait_event("ready", "game", "in")
        status, answer = service.hook("ready", "live/game/in", event["id"], query=event["query"])
        assert (status, answer["action"]) == (200, "worker_started")
        library_server.wait_event("play", "game", "in")
        out = library_server.wait_event("ready", "game", "out")
        assert {track["codec"] for track in out["tracks"]} == {"h264", "aac"}
        with Reader(library_server.url("game", "out")) as reader:
            with peer.Player(gortmp, library_server.url("game", "out")) as player:
                assert publisher.wait(40) == 0, publisher.describe()
                library_server.wait_event("not-ready", "game", "in")
                # The service's options, and what it dubbed.
                stream = service.stream("game")
                assert stream["options"]["target_language"] == "fr"
                service.hook("not-ready", "live/game/in", event["id"])
                service.wait_state("game", "stopped", 40)
                library_server.wait_event("not-ready", "game", "out")
                reader.process.wait(15)
                assert player.wait(15) == 0, player.describe()
    received = slices(reader.recording)
    begin = h264.align(slices(source), received)
    assert begin >= 0 and len(received) > 4 * GOP, f"{len(received)} pictures from {begin}"
    assert reader.recording.pictures()[0].is_keyframe
    assert begin + len(received) == len(slices(source)), "the last pictures are not there"
    offsets = [offset.offset_ms for offset in marks.av_offsets(reader.recording)]
    assert len(offsets) >= 8 and max(map(abs, offsets)) <= AV_LIMIT_MS, offsets
    times = [unit.dts_ms for unit in player.sounds]
    assert times == sorted(set(times))
    assert max(after - before for before, after in zip(times, times[1:])) <= FRAME_MS + 2, "a gap in the sound"

    samples = service.metrics()
    worker = "media_service_worker_"
    assert prometheus.total(samples, f"{worker}dubbed_seconds_total", stream_id="game") >= 8
    assert prometheus.total(samples, f"{worker}output_reconnects_total", stream_id="game") == 0
    # It stamps the headers of a stream that it passes on 0, whatever the time is.
    assert prometheus.total(samples, f"{worker}input_discontinuities_total", stream_id="game") == 0
    assert prometheus.total(samples, f"{worker}restarts_total", stream_id="game") == 0
    assert service.stderr.count("media_server_api_away") == 1


@pytest.mark.parametrize("query", ["", "mode=passthrough"], ids=["original", "passthrough"])
def test_pictures_alone_are_published_to_it_together_with_silence(serve, library_server, clip_part, query):
    """It takes no sound of a publisher that had none at first, and would end the connection."""
    service = serve(MEDIAMTX_RTMP_URL=library_server.rtmp_url, SKIP_STS_CONNECTION=str(not query).lower())
    with publish(clip_part(20, "-an"), library_server.url("still", "in")):
        event = library_server.wait_event("ready", "still", "in")
        service.hook("ready", "live/still/in", event["id"], query=query)
        out = library_server.wait_event("ready", "still", "out")
        assert {track["codec"] for track in out["tracks"]} == {"h264", "aac"}
        with Reader(library_server.url("still", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.pictures()) > GOP, "pictures", 20)
            wait_for(lambda: len(viewer.recording.sounds()) > GOP, "silence", 20)
        assert len(library_server.named("ready", "still", "out")) == 1
        worker = "media_service_worker_"
        assert prometheus.total(service.metrics(), f"{worker}output_reconnects_total", stream_id="still") == 0


def test_media_service_waits_for_an_input_that_it_refuses_at_first(serve, library_server, clip_part):
    """A hook may be faster than the publisher that it tells of."""
    service = serve(MEDIAMTX_RTMP_URL=library_server.rtmp_url)
    assert service.hook("ready", "live/soon/in", "7")[0] == 200
    wait_for(lambda: any(event["event"] == "refused" for event in library_server.events), "a refusal")
    with publish(clip_part(20), library_server.url("soon", "in")):
        library_server.wait_event("play", "soon", "in")
        library_server.wait_event("ready", "soon", "out")
        assert service.wait_state("soon", "running")["state"] == "running"


def test_an_output_that_another_takes_is_taken_back(serve, library_server, clip_part, gortmp):
    service = serve(MEDIAMTX_RTMP_URL=library_server.rtmp_url)
    path = clip_part(20)
    with publish(path, library_server.url("lost", "in")):
        event = library_server.wait_event("ready", "lost", "in")
        service.hook("ready", "live/lost/in", event["id"])
        library_server.wait_event("ready", "lost", "out")
        with peer.publish(gortmp, path, library_server.url("lost", "out")) as usurper:
            library_server.wait_event("ready", "lost", "out", 3)
            assert usurper.wait(10) == 1
        with Reader(library_server.url("lost", "out")) as viewer:
            wait_for(lambda: len(viewer.recording.pictures()) > 15, "pictures")
            wait_for(lambda: len(viewer.recording.sounds()) > 15, "sound")
        assert viewer.recording.pictures()[0].is_keyframe
        assert set(slices(viewer.recording)) <= set(slices(Recording.load(path)))
