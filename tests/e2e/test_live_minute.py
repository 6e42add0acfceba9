# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A live minute is dubbed: ffmpeg publishes the test clip over RTMP, ffmpeg plays what comes out.

The minute is run once by `livedub up` and once by the three programs (minute.py), and looked at from all
sides here.
"""

import re

import numpy as np
import pytest
from support import audio, h264, prometheus, words

pytestmark = pytest.mark.timeout(400)

FRAGMENTS = 10
# What the reader's start may cost: ffmpeg looks at the stream's beginning before it hands on, so the first
# packets come in one burst.
SETTLE_S = 2.0


# ---- the picture


def test_the_publisher_was_served_and_the_reader_saw_the_end(minute):
    assert minute.publisher_code == 0
    assert minute.reader_code == 0
    assert minute.exit_code == 0


def test_every_slice_comes_out_byte_for_byte(minute, clip):
    received = minute.digests("received")
    sent = minute.digests("sent")
    assert len(received) >= 60 * 30 - 1, "pictures are missing at the beginning or the end"
    assert h264.align(received, sent) >= 0, "the pictures differ from those sent, or are in another order"


def test_composition_offsets_are_kept(minute):
    """Decoding order and the distance between decoding and showing: what B-frames need."""
    sent = {d: t.pts_ms - t.dts_ms for d, t in zip(minute.digests("sent"), minute.sent.pictures())}
    assert len(set(sent.values())) > 1, "the clip has no B-frames, so this test shows nothing"
    for digest, tag in zip(minute.digests("received"), minute.received.pictures()):
        if digest in sent:
            assert abs((tag.pts_ms - tag.dts_ms) - sent[digest]) <= 1


def test_decoding_times_only_go_up(minute):
    """Every reader complains of times that do not; ffmpeg mends them and says so."""
    for tags in (minute.received.pictures(), minute.received.sounds()):
        times = [tag.dts_ms for tag in tags]
        assert all(a < b for a, b in zip(times, times[1:]))
    assert "Non-monoton" not in minute.reader_errors


def test_the_first_picture_is_a_keyframe_behind_its_headers(minute):
    kinds = [tag for tag in minute.received.tags if tag.is_avc]
    assert kinds[0].is_avc_header
    assert next(tag for tag in kinds if tag.is_picture).is_keyframe
    sounds = [tag for tag in minute.received.tags if tag.is_aac_header or tag.is_sound]
    assert sounds[0].is_aac_header


# ---- picture and sound together


def test_av_offset_at_start_and_end(minute, thresholds, record_property):
    limit = thresholds["av_offset_ms_max"]
    before = {offset.second: offset.offset_ms for offset in minute.offsets("sent")}
    after = {offset.second: offset.offset_ms for offset in minute.offsets("received")}
    own = float(np.median(list(before.values())))
    start = float(np.median([after[second] for second in range(1, 6)])) - own
    end = float(np.median([after[second] for second in range(54, 59)])) - own
    record_property("av_offset_ms", f"{start:.1f} {end:.1f}")
    print(f"A/V offset: {start:+.1f} ms at the start, {end:+.1f} ms at the end")
    assert abs(start) <= limit and abs(end) <= limit
    assert abs(end - start) <= 5, "sound and picture drift apart"
    worst = max(after.values(), key=lambda value: abs(value - own))
    assert abs(worst - own) <= limit, "sound and picture part somewhere in between"


def test_every_click_is_there_once(minute):
    seconds = [offset.second for offset in minute.offsets("received")]
    assert seconds[1:] == list(range(seconds[1], 60)), "a piece of sound is missing or came twice"
    assert seconds[1] <= 1


# ---- the sound


def test_no_audio_gap_longer_than_one_aac_frame(minute):
    _, rate = minute.sound("received")
    frame_ms = 1024 * 1000 / rate
    steps = audio.packet_gaps_ms(minute.received, rate)
    assert len(steps) > 59 * rate / 1024
    # The times are whole milliseconds, so each is up to one off.
    assert max(abs(error) for _, error in steps) <= frame_ms
    assert np.abs(audio.packet_drift_ms(minute.received, rate)).max() <= frame_ms


def test_no_dropout_in_the_decoded_sound(minute):
    pcm, rate = minute.sound("received")
    # Encoder run-in at the front; the last packet is filled up with silence.
    holes = [at for at in audio.dropouts(pcm, rate) if 0.2 < at < len(pcm) / rate - 0.3]
    assert holes == []


def test_the_sound_is_not_clipped(minute):
    pcm, _ = minute.sound("received")
    assert np.mean(np.abs(pcm) > 0.999) < 1e-4


def _dubbed_spans_s(minute, clip) -> list[tuple[float, float]]:
    """Where somebody speaks in the clip and the dub went on air: the dub speaks there too."""
    overlaps = [
        (max(sentence["start_ms"], fragment["start_ms"]) / 1000, min(sentence["end_ms"], fragment["end_ms"]) / 1000)
        for fragment in minute.fragments
        if fragment["audio"] == "dubbed"
        for sentence in clip.script["sentences"]
    ]
    return [(begin, end) for begin, end in overlaps if end - begin > 0.3]


def _click_gains_db(minute) -> list[tuple[float, float]]:
    """(second of the stream, gain of the original there), read from the clicks in it."""
    full = {offset.second: offset.peak for offset in minute.offsets("sent")}
    start = minute.stream_start_ms()
    return [
        ((offset.at_ms - start) / 1000, 20 * np.log10(offset.peak / full[offset.second]))
        for offset in minute.offsets("received")
        if offset.second in full and full[offset.second] > 0.15
    ]


def test_the_original_is_ducked_under_the_dub_and_back_in_the_pauses(minute, clip):
    # The spans are those of what was said: a translation that takes longer still speaks behind its span, so
    # a click there may be ducked too. Some must be back at full, and none may be in between or above.
    spans = _dubbed_spans_s(minute, clip)
    under, between = [], []
    for at, gain in _click_gains_db(minute):
        if any(begin + 0.15 < at < end - 0.15 for begin, end in spans):
            under.append(gain)
        elif all(at < begin - 0.3 or at > end + 1.2 for begin, end in spans):
            between.append(gain)
    print(f"original under the dub {np.median(under):+.1f} dB ({len(under)} clicks), "
          f"elsewhere {np.round(between, 1)} dB")
    assert len(under) >= 10 and np.median(under) == pytest.approx(-15, abs=2)
    back = [gain for gain in between if abs(gain) <= 1.5]
    still_ducked = [gain for gain in between if abs(gain + 15) <= 2]
    assert back and len(back) + len(still_ducked) == len(between)


def test_the_dub_is_heard(minute, clip):
    """Where a dub lies, something speaks about as loud as the original did; and it is not the original."""
    sent, rate = minute.sound("sent")
    received, _ = minute.sound("received")
    start_s = minute.received.sounds()[0].dts_ms / 1000 - minute.stream_start_ms() / 1000
    speaking, louder = 0, []
    for begin, end in _dubbed_spans_s(minute, clip):
        first, last = int((begin - start_s) * rate), int((end - start_s) * rate)
        level = audio.level_db(received[max(0, first) : last])
        speaking += level > -35
        louder.append(level)
    assert speaking >= 0.9 * len(louder)
    speech_db = audio.level_db(sent)
    assert np.median(louder) == pytest.approx(speech_db, abs=6), "dub and original differ much in loudness"


# ---- time


def test_output_keeps_pace_with_the_announced_delay(minute, thresholds, record_property):
    limit = thresholds["pace_error_ms_max"]
    arrived = dict(zip(minute.digests("sent"), minute.sent.pictures()))
    begin_in = minute.sent.tags[0].arrived + SETTLE_S
    begin_out = minute.received.tags[0].arrived + SETTLE_S
    errors = []
    for digest, tag in zip(minute.digests("received"), minute.received.pictures()):
        source = arrived.get(digest)
        if source and source.arrived > begin_in and tag.arrived > begin_out:
            errors.append((tag.arrived - source.arrived - minute.delay_s) * 1000)
    print(f"delay: {minute.delay_s} s, off by {min(errors):+.0f} .. {max(errors):+.0f} ms")
    record_property("pace_error_ms", f"{min(errors):.0f} {max(errors):.0f}")
    assert len(errors) > 50 * 30
    assert max(abs(error) for error in errors) <= limit


def test_sound_leaves_at_the_same_pace(minute, thresholds):
    """Audio against its own timestamps: no burst, no stall, for the whole minute."""
    tags = [t for t in minute.received.sounds() if t.arrived > minute.received.tags[0].arrived + SETTLE_S]
    ahead = np.array([tag.arrived * 1000 - tag.dts_ms for tag in tags])
    assert np.abs(ahead - np.median(ahead)).max() <= thresholds["pace_error_ms_max"]


# ---- the words


def test_ten_fragments_were_decided_and_most_dubbed(minute, thresholds):
    whole = [f for f in minute.fragments if f["end_ms"] - f["start_ms"] == 6000]
    assert len(whole) in (FRAGMENTS - 1, FRAGMENTS)
    assert [f["start_ms"] for f in whole] == [6000 * index for index in range(len(whole))]
    dubbed = [f for f in minute.fragments if f["audio"] == "dubbed"]
    assert len(dubbed) >= thresholds["dubbed_fragments_min"], [f["reason"] for f in minute.fragments]
    for fragment in minute.fragments:
        assert (fragment["reason"] is None) == (fragment["audio"] == "dubbed")


def test_word_error_rate(minute, clip, thresholds, record_property):
    heard = " ".join(fragment["transcript"] for fragment in minute.fragments)
    rate = words.word_error_rate(clip.text, heard)
    record_property("word_error_rate", f"{rate:.3f}")
    print(f"word error rate {rate:.1%}\nsaid:  {clip.text}\nheard: {heard}")
    assert rate <= thresholds["word_error_rate_max"][minute.deployment]


def test_the_translation_is_spanish(minute, thresholds):
    found = set(words.words(" ".join(fragment["translation"] for fragment in minute.fragments)))
    known = found & set(thresholds["spanish_words"])
    assert len(known) >= thresholds["spanish_words_min"], f"only {sorted(known)} in {sorted(found)}"


def test_captions_in_both_languages(minute):
    for language in ("en", "es"):
        text = minute.captions[f"minute.{language}.vtt"]
        assert text.startswith("WEBVTT")
        assert text.count("-->") >= 8


def test_one_line_is_printed_per_fragment(minute):
    if minute.deployment == "services":
        pytest.skip("services log; `livedub up` shows progress to a person")
    assert len(minute.lines) >= len(minute.fragments)


# ---- what it says about itself


def test_metrics_agree_with_what_was_measured(minute):
    _, samples = minute.scrapes[-4]
    processed = prometheus.total(samples, "media_service_worker_sts_fragments_processed_total")
    assert processed >= 8
    for _, scrape in minute.scrapes[2:-4]:
        lag = prometheus.total(scrape, "media_service_worker_output_lag_ms")
        assert abs(lag - minute.delay_s * 1000) <= 500


def test_the_engines_count_in_one_process_too(minute):
    if minute.deployment == "services":
        pytest.skip("sts-service counts there (tests/conformance/test_vocabulary.py)")
    _, samples = minute.scrapes[-4]
    assert prometheus.total(samples, "sts_translation_cache_lookups_total", result="miss") >= 8
    assert prometheus.total(samples, "sts_degraded") == 0


def test_no_warnings_on_a_healthy_stream(minute):
    """Text lines say "12:00:01.000 warn room ...", JSON lines "severity": "WARNING"."""
    bad = re.compile(r'^\S+ (warn|warning|error|critical)\b|"severity": ?"(WARN|WARNING|ERROR|CRITICAL)"', re.I)
    assert [line for line in minute.program_errors.splitlines() if bad.search(line)] == []
