# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Inputs that are not a picture with AAC in another language."""

import subprocess

import pytest
from support import h264, marks, prometheus
from support.flv import Recording
from support.processes import Livedub, Process, Reader, publish, wait_for


@pytest.fixture
def program(livedub, request):
    """A test may say for how long a publisher may be away."""
    grace = getattr(request, "param", "1s")
    with Livedub(livedub, "--speech", "off", "--segment", "1s", "--delay", "2s", "--grace", grace) as running:
        yield running
        assert running.stop() == 0


def played(program, stream: str, source, *output: str, loops: int = 0, query: str = "") -> Recording:
    """All of a stream's output, from before it begins to its end."""
    url = program.url(stream, "in") + query
    with publish(source, url, *output, loops=loops) as publisher, Reader(program.url(stream, "out")) as reader:
        program.wait_ready(stream, "out")
        assert publisher.wait(60) == 0
        reader.process.wait(20)
        return reader.recording


def total(program, name: str, **labels: str) -> float:
    return prometheus.total(program.metrics(), f"media_service_worker_{name}", **labels)


def test_a_picture_without_sound_gets_a_silent_track(program, short_clip):
    # That there is no sound is known after 5 s: with a shorter delay the first pictures are due before.
    recording = played(program, "mute", short_clip, "-an", loops=1, query="?delay_ms=6000")

    pcm, rate = marks.decode_audio(recording)
    assert rate == 48000
    assert not pcm.any()
    assert len(pcm) / rate > 10
    assert len(recording.pictures()) >= 2 * 8 * 30 - 1
    assert total(program, "errors_total", stream_id="mute", error_type="no_audio") == 1


def test_sound_without_a_picture(program, short_clip):
    recording = played(program, "radio", short_clip, "-vn")

    assert not recording.pictures()
    pcm, rate = marks.decode_audio(recording)
    assert 7 < len(pcm) / rate < 8.2  # without keyframes a viewer begins where it comes in
    assert len(marks.find_clicks(pcm, rate)) >= 7


def test_mp3_sound_comes_out_as_aac(program, short_clip):
    recording = played(program, "old", short_clip, "-c:a", "libmp3lame")

    offsets = [offset.offset_ms for offset in marks.av_offsets(recording)]
    assert len(offsets) >= 7


@pytest.mark.parametrize("query", ["?mode=passthrough", "?lang=en"])
def test_passthrough_copies_both_and_takes_a_second(program, short_clip, tmp_path, query):
    recording = played(program, "copy", short_clip, query=query)

    source = Recording.load(marks.remux(short_clip, tmp_path / "source.flv"))
    assert h264.picture_digests(recording) == h264.picture_digests(source)
    sent = [tag.body for tag in source.sounds()]
    copied = [tag.body for tag in recording.sounds()]
    first = sent.index(copied[0])
    assert first <= 4  # what lies before the first picture
    assert copied == sent[first:][: len(copied)]
    assert len(copied) >= len(sent) - first - 1  # rtmp2src may lose the last message before the end
    assert total(program, "output_delay_target_ms", stream_id="copy") == 1000
    assert total(program, "output_lag_ms", stream_id="copy") < 1200


def test_another_video_codec_is_refused_with_a_reason(program, short_clip):
    with publish(short_clip, program.url("flv1", "in"), "-an", "-c:v", "flv", "-s", "320x180"):
        wait_for(lambda: "unsupported_video_codec" in program.stderr, "the refusal")
        assert "live/flv1/out" not in program.paths()
    assert program.stderr.count("stream_started stream=flv1") == 1  # trying again would not help


@pytest.mark.parametrize("program", ["8s"], indirect=True)
def test_a_new_size_in_mid_stream(program, short_clip, tmp_path):
    """The encoder comes back with other settings: new headers reach the viewer with the new pictures."""
    small = tmp_path / "small.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(short_clip), "-s", "320x180", "-c:v", "libx264", "-c:a", "aac",
         "-ar", "48000", str(small)],
        check=True,
    )  # fmt: skip
    url = program.url("size", "in")
    with publish(short_clip, url) as first, Reader(program.url("size", "out")) as reader:
        program.wait_ready("size", "out")
        assert first.wait(60) == 0
        with publish(small, url) as second:
            assert second.wait(60) == 0
        reader.process.wait(30)
    recording = reader.recording

    configs = {bytes(tag.body) for tag in recording.tags if tag.is_avc_header}
    assert len(configs) == 2
    assert len(recording.pictures()) > 2 * 8 * 30 - 40
    times = [tag.dts_ms for tag in recording.sounds()]
    assert all(0 < b - a < 48 for a, b in zip(times, times[1:]))
