# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The measuring instruments, measured: on the clip as it is, and on clips made wrong by a known amount."""

import subprocess

import numpy as np
import pytest
from support import audio, h264, marks, prometheus, words
from support.flv import Recording

LENGTH_S = 10
CUT_S = "9.7"  # between two clicks, so that both ends are clear


def cut(clip, target, *options):
    """The first seconds of the clip as FLV, packets copied."""
    marks.remux(clip, target, "-t", CUT_S, *options)
    return Recording.load(target)


@pytest.fixture(scope="module")
def plain(clip, tmp_path_factory):
    return cut(clip.mp4, tmp_path_factory.mktemp("plain") / "clip.flv")


@pytest.fixture(scope="module")
def plain_offsets(plain):
    return marks.av_offsets(plain)


def test_the_clip_is_in_sync_with_itself(plain_offsets):
    assert [offset.second for offset in plain_offsets] == list(range(LENGTH_S))
    assert max(abs(offset.offset_ms) for offset in plain_offsets) < 2.0


def test_the_clip_has_b_frames_and_every_number(plain):
    assert any(tag.pts_ms != tag.dts_ms for tag in plain.pictures())
    # The cut is in coding order, so the last few may lack a neighbour.
    assert marks.decode_numbers(plain)[:-3] == list(range(len(plain.pictures()) - 3))


@pytest.mark.parametrize("shift_ms", [-25, 40])
def test_a_shifted_sound_is_measured_to_the_millisecond(clip, tmp_path, plain_offsets, shift_ms):
    target = tmp_path / "late.flv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(clip.mp4), "-itsoffset", str(shift_ms / 1000), "-i", str(clip.mp4),
         "-map", "0:v", "-map", "1:a", "-c", "copy", "-t", CUT_S, str(target)], check=True,
    )  # fmt: skip
    by_second = {offset.second: offset.offset_ms for offset in marks.av_offsets(Recording.load(target))}
    changes = [by_second[o.second] - o.offset_ms for o in plain_offsets[1:-1]]
    assert np.mean(changes) == pytest.approx(shift_ms, abs=1.0)
    assert np.ptp(changes) < 2.0


def test_a_click_is_found_15_db_down_and_its_level_read(plain):
    pcm, rate = marks.decode_audio(plain)
    full = [peak for _, peak in marks.find_clicks(pcm, rate)]
    ducked = [peak for _, peak in marks.find_clicks(pcm * 10 ** (-15 / 20), rate)]
    assert len(full) == len(ducked) == LENGTH_S
    ratios = 20 * np.log10(np.array(ducked) / np.array(full))
    assert ratios == pytest.approx(-15, abs=0.1)


def test_speech_without_clicks_has_none(plain):
    pcm, rate = marks.decode_audio(plain)
    spectrum = np.fft.rfft(pcm, axis=0)
    spectrum[int(11_000 * len(pcm) / rate) :] = 0
    assert marks.find_clicks(np.fft.irfft(spectrum, len(pcm), axis=0), rate) == []


def test_slices_compare_and_a_flipped_bit_shows(plain):
    digests = h264.picture_digests(plain)
    assert len(set(digests)) == len(digests)
    assert h264.align(digests, digests[17:40]) == 17
    picture = plain.pictures()[20]
    body = bytearray(picture.body)
    body[-1] ^= 1
    changed = type(picture)(picture.kind, picture.dts_ms, bytes(body))
    assert h264.slices(changed) != digests[20]
    assert h264.align(digests, [*digests[17:20], h264.slices(changed)]) == -1


def test_the_sound_has_no_gap_and_a_missing_packet_shows(plain):
    _, rate = marks.decode_audio(plain)
    frame_ms = 1024 * 1000 / rate
    assert max(abs(error) for _, error in audio.packet_gaps_ms(plain, rate)) <= 1.0
    assert np.abs(audio.packet_drift_ms(plain, rate)).max() <= 1.0
    lost = plain.sounds()[100:102]
    holed = Recording([tag for tag in plain.tags if tag not in lost])
    assert max(error for _, error in audio.packet_gaps_ms(holed, rate)) > 1.5 * frame_ms


def test_silence_of_20_ms_is_a_dropout(plain):
    pcm, rate = marks.decode_audio(plain)
    # The clip's very first frame is the encoder's run-in.
    assert audio.dropouts(pcm[2048:], rate) == []
    holed = pcm.copy()
    holed[5 * rate : 5 * rate + rate // 50] = 0
    assert audio.dropouts(holed, rate) == [pytest.approx(5.0), pytest.approx(5.01)]


def test_word_error_rate():
    assert words.word_error_rate("It is a cold night.", "it is cold nights") == pytest.approx(2 / 5)
    assert words.word_error_rate("one two", "one two three") == pytest.approx(1 / 2)


def test_prometheus_text_is_read_strictly():
    samples = prometheus.parse('# HELP a b\na{x="1",y="q\\"r"} 2\na{x="2"} 3.5\nb 1e3\n')
    assert prometheus.total(samples, "a") == 5.5
    assert prometheus.total(samples, "a", x="2") == 3.5
    with pytest.raises(KeyError):
        prometheus.total(samples, "c")
    with pytest.raises(ValueError):
        prometheus.parse("a b c\n")
