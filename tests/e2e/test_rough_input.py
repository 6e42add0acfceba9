# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Streams that are not as smooth as the minute: seams, restarts, jumps, sound before picture.

Speech is off, so the delay can be short; the media path is the same.
"""

import numpy as np
import pytest
from support import audio, h264, marks
from support.flv import Recording
from support.processes import Livedub, Process, Reader, publish

FLAGS = ("--speech", "off", "--segment", "1s", "--delay", "2s")
LIMIT_MS = 20


@pytest.fixture
def program(livedub, request):
    """A test may say for how long a publisher may be away."""
    with Livedub(livedub, *FLAGS, "--grace", getattr(request, "param", "2s")) as running:
        yield running
        assert running.stop() == 0


def play(program, stream) -> Reader:
    """A viewer who waits for the output, and so gets all of it."""
    reader = Reader(program.url(stream, "out"))
    program.wait_ready(stream, "out")
    return reader


def source_digests(path, tmp_path) -> list[bytes]:
    return h264.picture_digests(Recording.load(marks.remux(path, tmp_path / f"{path.stem}.flv")))


def check_continuous(recording: Recording) -> None:
    """One timeline: times go up, the sound has neither gap nor overlap."""
    for tags in (recording.pictures(), recording.sounds()):
        times = [tag.dts_ms for tag in tags]
        assert [(a, b) for a, b in zip(times, times[1:]) if a >= b] == [], "times do not go up"
    rate = marks.decode_audio(recording)[1]
    frame_ms = 1024 * 1000 / rate
    assert np.abs(audio.packet_drift_ms(recording, rate)).max() <= frame_ms


def check_sync(recording: Recording, expected_clicks: int) -> None:
    offsets = [offset.offset_ms for offset in marks.av_offsets(recording)]
    assert len(offsets) >= expected_clicks
    assert max(abs(offset) for offset in offsets) <= LIMIT_MS, np.round(offsets, 1)


def test_a_loop_seam_is_not_noticed(program, short_clip, tmp_path):
    with publish(short_clip, program.url("loop", "in"), loops=2) as publisher, play(program, "loop") as reader:
        assert publisher.wait(60) == 0
        reader.process.wait(20)
        once = source_digests(short_clip, tmp_path)
        assert h264.picture_digests(reader.recording) == once * 3
        check_continuous(reader.recording)
        check_sync(reader.recording, 3 * 7)


def test_a_second_publisher_takes_over_and_the_viewer_stays(program, short_clip, tmp_path):
    """The newcomer's timestamps begin at 0 again, in the middle of the first one's stream."""
    url = program.url("swap", "in")
    with publish(short_clip, url, before=("-stream_loop", "3")) as first, play(program, "swap") as reader:
        with publish(short_clip, url) as second:
            assert second.wait(60) == 0
            assert first.wait(10) != 0, "the first publisher was not told to go"
            reader.process.wait(20)
        once = source_digests(short_clip, tmp_path)
        received = h264.picture_digests(reader.recording)
        assert received[-len(once) :] == once, "the second publisher's pictures are not all there"
        before = received[: -len(once)]
        assert before == (once * 3)[: len(before)] and len(before) > 10
        check_continuous(reader.recording)
        check_sync(reader.recording, 9)


@pytest.mark.parametrize("program", ["8s"], indirect=True)
def test_a_publisher_who_returns_within_the_grace_period(program, short_clip, tmp_path):
    url = program.url("back", "in")
    with publish(short_clip, url) as first, play(program, "back") as reader:
        assert first.wait(30) == 0
        with publish(short_clip, url) as second:
            assert second.wait(30) == 0
        reader.process.wait(30)
        once = source_digests(short_clip, tmp_path)
        assert h264.picture_digests(reader.recording) == once * 2
        check_continuous(reader.recording)
        check_sync(reader.recording, 2 * 7)


def test_timestamps_that_wrap(program, short_clip, tmp_path):
    """ffmpeg's FLV times end at 2^31 ms; four seconds into the stream they begin at 0 again."""
    wrap_s = 2**31 / 1000 - 4
    with publish(short_clip, program.url("wrap", "in"), "-output_ts_offset", f"{wrap_s:.3f}") as publisher:
        with play(program, "wrap") as reader:
            assert publisher.wait(30) == 0
            reader.process.wait(20)
            assert h264.picture_digests(reader.recording) == source_digests(short_clip, tmp_path)
            check_continuous(reader.recording)
            check_sync(reader.recording, 7)


def test_sound_that_begins_before_the_picture(program, short_clip):
    command = ["ffmpeg", "-v", "warning", "-re", "-i", short_clip, "-itsoffset", "0.7", "-re", "-i", short_clip,
               "-map", "1:v", "-map", "0:a", "-c", "copy", "-f", "flv", program.url("early", "in")]  # fmt: skip
    with Process(command) as publisher, play(program, "early") as reader:
        assert publisher.wait(30) == 0, publisher.describe()
        reader.process.wait(20)
        check_continuous(reader.recording)
        # Every click now comes 700 ms before the picture that shows its second, which is 300 ms after
        # the one before.
        offsets = [offset.offset_ms for offset in marks.av_offsets(reader.recording)]
        assert len(offsets) >= 5
        assert np.abs(np.array(offsets) - 300).max() <= LIMIT_MS, np.round(offsets, 1)
