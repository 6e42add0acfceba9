# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The judge of scenarios on recordings in which the faults are known: it must see each, and nothing else."""

import subprocess
from dataclasses import replace

import numpy as np
import pytest
from chaos.viewer import ClipSound, judge
from support import marks
from support.flv import Recording, Tag

LENGTH_S = 8
DELAY_S = 9.0


@pytest.fixture(scope="module")
def tags(clip, tmp_path_factory) -> list[Tag]:
    path = marks.remux(clip.mp4, tmp_path_factory.mktemp("viewer") / "part.flv", "-t", str(LENGTH_S))
    tags = Recording.load(path).tags
    for tag in tags:
        tag.arrived = 100.0 + tag.dts_ms / 1000
    return tags


@pytest.fixture(scope="module")
def sound(tags) -> ClipSound:
    return ClipSound(Recording(tags))


def later(tags: list[Tag], by_s: float = DELAY_S) -> list[Tag]:
    return [replace(tag, arrived=tag.arrived + by_s) for tag in tags]


def told(*reasons: str | None, seconds: float = 2.0) -> list[dict]:
    """Fragments of two seconds; None is a dub that speaks."""
    return [{"start_ms": index * seconds * 1000, "end_ms": (index + 1) * seconds * 1000, "reason": reason,
             "translation": "" if reason else "hola"} for index, reason in enumerate(reasons)]  # fmt: skip


def other_sound(tags: list[Tag], begin_ms: int, end_ms: int) -> list[Tag]:
    """The same with the sound of another time there, in packets of the same times."""
    sounds = [tag for tag in tags if tag.is_sound]
    others = {id(tag): sounds[-index - 1].body for index, tag in enumerate(sounds)}
    return [replace(tag, body=others[id(tag)]) if tag.is_sound and begin_ms <= tag.dts_ms < end_ms else tag
            for tag in tags]  # fmt: skip


def test_a_stream_that_came_as_it_went(tags, sound):
    truth = judge(Recording(tags), Recording(later(tags)), sound, told("timeout", "timeout"))
    assert truth.pictures_in == truth.pictures_out >= LENGTH_S * 30 and truth.lost == []
    assert np.allclose(truth.delays_s, DELAY_S)
    assert truth.stop_s < 0.1 and truth.goes_back == [] and truth.contradictions == [] and truth.dropouts_s == []
    assert abs(truth.av_worst_ms) < 5 and len(truth.av_offsets_ms) >= LENGTH_S - 1
    assert set("".join(window.heard for window in truth.windows[1:-1])) == {"o"}
    assert truth.reasons() == ["timeout", "timeout"]


def test_missing_pictures_and_a_stop(tags, sound):
    pictures = [tag for tag in tags if tag.is_picture]
    gone = {id(tag) for tag in pictures[60:90]}
    truth = judge(Recording(tags), Recording(later([tag for tag in tags if id(tag) not in gone])), sound, [])
    assert truth.lost == list(range(60, 90))
    assert 1.0 <= truth.stop_s < 1.2


def test_a_delay_that_grew(tags, sound):
    late = later([tag for tag in tags if tag.dts_ms < 5000]) + later([tag for tag in tags if tag.dts_ms >= 5000], 9.7)
    truth = judge(Recording(tags), Recording(late), sound, [])
    assert truth.delays_s.max() == pytest.approx(9.7)
    assert truth.late_at_s >= 5.0


def test_an_encoder_that_takes_over_with_the_same_pictures(tags, sound):
    media = [tag for tag in tags if not (tag.is_avc_header or tag.is_aac_header)]
    headers = [tag for tag in tags if tag.is_avc_header or tag.is_aac_header]

    def again(at_s: int, until_s: int = LENGTH_S) -> list[Tag]:
        return [replace(tag, dts_ms=tag.dts_ms + at_s * 1000, arrived=tag.arrived + at_s)
                for tag in media if tag.dts_ms < until_s * 1000]  # fmt: skip

    # The first has begun its file again two seconds before: both send these two seconds, one after the other.
    sent = headers + again(0) + again(LENGTH_S, until_s=2) + again(LENGTH_S + 2)
    truth = judge(Recording(sent), Recording(later(sent, 5.0)), sound, [])
    assert truth.lost == [] and len(truth.delays_s) == truth.pictures_out
    assert np.allclose(truth.delays_s, 5.0)
    # Whoever comes when the second is on has seen nothing of the first.
    truth = judge(Recording(sent), Recording(later(headers + again(LENGTH_S + 2), 5.0)), sound, [])
    assert np.allclose(truth.delays_s, 5.0)


def test_times_that_go_back_and_sounds_that_are_missing(tags, sound):
    back = [replace(tag, dts_ms=tag.dts_ms - 200) if tag.is_picture and tag.dts_ms >= 4000 else tag for tag in tags]
    assert len(judge(Recording(tags), Recording(later(back)), sound, []).goes_back) == 1
    gap = [tag for tag in tags if not (tag.is_sound and 3000 <= tag.dts_ms < 3500)]
    truth = judge(Recording(tags), Recording(later(gap)), sound, [])
    assert 450 < truth.sound_gap_ms < 550


def test_sound_that_is_late_against_its_picture(tags, sound):
    late = [replace(tag, dts_ms=tag.dts_ms + 80) if tag.is_sound else tag for tag in tags]
    truth = judge(Recording(tags), Recording(later(late)), sound, [])
    assert truth.av_worst_ms == pytest.approx(80, abs=10)


def test_what_is_said_is_held_against_what_is_heard(tags, sound):
    changed = later(other_sound(tags, 2000, 4000))
    fair = judge(Recording(tags), Recording(changed), sound, told("timeout", None, "timeout", "timeout"))
    assert fair.contradictions == []
    assert {window.heard for window in fair.windows if 2200 <= window.at_ms <= 3300} == {"D"}
    lies = judge(Recording(tags), Recording(changed), sound, told(None, "timeout", None, "timeout")).contradictions
    # Of the first half second of a recording nothing can be said.
    assert [line.split(" ", 2)[1] for line in lies] == ["1", "2"]
    assert "called original (timeout)" in lies[0] and "called dubbed" in lies[1]


def test_a_hole_of_silence(clip, tmp_path, tags, sound):
    quiet = tmp_path / "quiet.flv"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(clip.mp4), "-t", str(LENGTH_S), "-c:v", "copy", "-af",
                    "volume=0:enable='between(t,3,5)'", "-c:a", "aac", str(quiet)], check=True)  # fmt: skip
    silent = Recording.load(quiet).tags
    truth = judge(Recording(tags), Recording(silent), sound, [])
    assert 1.7 < len(truth.dropouts_s) * 0.01 < 2.1
    assert {window.heard for window in truth.windows if 3200 <= window.at_ms <= 4300} == {"_"}


def test_nothing_came(tags, sound):
    truth = judge(Recording(tags), Recording([]), sound, told("timeout"))
    assert truth.pictures_out == 0 and truth.windows == [] and truth.reasons() == ["timeout"]
    assert "nothing" in str(truth)


def test_half_a_sample_is_no_other_sound(clip, tmp_path, tags, sound):
    """@details Six seconds into the clip nobody speaks, and a click is most of what is heard."""
    shifted = tmp_path / "shifted.flv"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(clip.mp4), "-t", str(LENGTH_S), "-c:v", "copy", "-af",
                    "aresample=88200,adelay=1S:all=1,aresample=44100", "-c:a", "aac", "-b:a", "128k", str(shifted)],
                   check=True)  # fmt: skip
    truth = judge(Recording(tags), Recording.load(shifted), sound, told("timeout", "timeout"))
    assert {window.heard for window in truth.windows[1:-1]} == {"o"} and truth.contradictions == []
