# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The whole deployment, with real recognition, translation and synthesis: media server, media-service, sts-service.

Every test runs as processes behind the built-in media server, as processes behind MediaMTX, and in containers;
what a machine has not got is skipped by name (helpers/pipelines.py). tests/e2e/README.md has the checklist.
"""

import contextlib
import itertools
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from e2e.helpers import pipelines
from e2e.helpers.live_run import LiveRun
from e2e.helpers.metrics_parser import WORKER
from e2e.helpers.stream_analyzer import SEARCH_MS, StreamAnalyzer, decode, speaking, without
from e2e.helpers.stream_publisher import cut
from support import words
from support.processes import wait_for
from support.sts_service import sound_of

ROOT = Path(__file__).resolve().parents[2]
FRAGMENTS = 10
ENGINES = {"asr_model": "pocketsphinx-en-us", "translation_model": "apertium", "tts_model": "espeak-ng"}
COMPLETES_IN_S = 300
AV_METRIC_MS = 120
# While nothing is dubbed the original is there, but for AAC a second time; while something is, it is 15 dB down.
SAME, OTHER = 0.95, 0.6
# The original comes down 50 ms before a dub speaks and is back at full 300 ms behind it.
DUCKED_BEFORE_MS, DUCKED_AFTER_MS = 150.0, 500.0
# Why a fragment is original while there is no speech service.
AWAY = ("sts_disconnected", "sts_not_ready")

pytestmark = pytest.mark.timeout(400)


# ---- what the others need


def test_docker_compose_files_exist():
    files = {
        "apps/media-service/docker-compose.yml": ["mediamtx", "media-service"],
        "apps/media-service/docker-compose.e2e.yml": ["mediamtx", "media-service"],
        "apps/sts-service/docker-compose.yml": ["sts-service", "echo-sts"],
        "apps/sts-service/docker-compose.e2e.yml": ["sts-service", "echo-sts"],
        "apps/sts-service/docker-compose.full.yml": ["full-sts-service"],
    }
    for name, services in files.items():
        path = ROOT / name
        assert path.is_file(), f"{name} is not there"
        section = re.search(r"^services:\n((?:[ #].*\n|\n)+)", path.read_text() + "\n", re.M)
        assert section, f"{name} has no services"
        found = re.findall(r"^  ([a-z-]+):", section[1], re.M)
        assert found == services, name


def test_test_fixture_exists(clip):
    for path, streams in ((clip.mp4, ["video", "audio"]), (clip.m4a, ["audio"])):
        done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)],
                              capture_output=True, text=True, check=True)  # fmt: skip
        found = json.loads(done.stdout)
        assert float(found["format"]["duration"]) == pytest.approx(60, abs=1)
        by_type = {stream["codec_type"]: stream for stream in found["streams"]}
        assert [stream["codec_type"] for stream in found["streams"]] == streams
        audio = by_type["audio"]
        assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "44100", 2)
        if "video" in by_type:
            video = by_type["video"]
            assert (video["codec_name"], video["width"], video["height"]) == ("h264", 1280, 720)
            assert video["r_frame_rate"] == "30/1"
    assert clip.script["sentences"][0]["start_ms"] < 1000, "speech begins in the first second"


# ---- the minute


@pytest.fixture
def minute(kind, minute_of):
    """The same run that test_live_minute.py looks at, where both look at the same kind."""
    return minute_of(kind)


def test_full_pipeline_media_to_sts_to_output(minute, clip, thresholds, record_property):
    """The checklist of tests/e2e/README.md, in its order; the eighth point is the rest of this file."""
    analyzer = minute.analyzer
    # 1. It completes in time.
    record_property("took_s", f"{minute.took_s:.0f}")
    assert minute.took_s < COMPLETES_IN_S
    assert (minute.publisher_code, minute.reader_code, minute.exit_code) == (0, 0, 0)

    # 2. Ten results on the wire, each with sound and both texts.
    before = len(minute.lead_in)
    assert [fragment.number for fragment in minute.wire] == list(range(before, before + FRAGMENTS))
    assert all(fragment.processed for fragment in minute.wire), [fragment.outcome for fragment in minute.wire]
    results = [fragment.processed for fragment in minute.wire]
    assert len({result["fragment_id"] for result in results}) == FRAGMENTS
    outcomes = [fragment.outcome for fragment in minute.wire]
    for result in results:
        assert result["status"] in ("success", "partial"), outcomes
        assert result["dubbed_audio"] and len(sound_of(result["dubbed_audio"])) > 1000
        assert result["transcript"] and result["translated_text"]
        assert result["translated_text"] != result["transcript"]

    # 3. The output is in the list of paths, and plays: a minute of H.264 and AAC.
    assert minute.output_path["name"] == "live/minute/out" and minute.output_path["ready"] is True
    assert analyzer.codecs() == ["aac", "h264"]
    for track in ("video", "audio"):
        assert analyzer.duration_s(track) == pytest.approx(60, abs=1)

    # 4. Ten segments of sound were processed. What is left behind the tenth is too short to be sent.
    tail = [fragment for fragment in minute.fragments if fragment["reason"] == "short_tail"]
    segments = minute.counted.worker("segments_processed_total", stream_id="minute", type="audio")
    assert segments - len(tail) == before + FRAGMENTS
    assert minute.counted.worker("sts_fragments_sent_total", stream_id="minute") == before + FRAGMENTS
    assert minute.counted.worker("sts_fragments_processed_total", stream_id="minute") == before + FRAGMENTS

    # 5. Picture and sound are together, as the program says and as the media show.
    said = [sample.value for _, samples in minute.scrapes for sample in samples
            if sample.name == WORKER + "av_sync_delta_ms"]  # fmt: skip
    assert len(said) > 20 and max(said) < AV_METRIC_MS
    measured = analyzer.av_offsets_ms()
    assert len(measured) >= 58
    worst = max(measured.values(), key=abs)
    record_property("av_offset_ms", f"said {max(said):.2f}, measured {worst:+.2f}")
    assert abs(worst) <= thresholds["av_offset_ms_max"]

    # 6. Nothing is a stand-in: the engines are named, what they say is heard, and only where somebody spoke.
    for result in results:
        assert {name: result["metadata"][name] for name in ENGINES} == ENGINES
    found = set(words.words(" ".join(result["translated_text"] for result in results)))
    assert len(found & set(thresholds["spanish_words"])) >= thresholds["spanish_words_min"]
    check_sound_changed_only_where_somebody_spoke(minute.wire, analyzer, clip, record_property)

    # 7. It ran on this machine's CPU.
    assert all(result["metadata"]["gpu_utilization"] is None for result in results)
    assert minute.speech["status"] == "ready" and minute.speech["models_loaded"] is True


def check_sound_changed_only_where_somebody_spoke(wire, analyzer, clip, record_property) -> None:
    """What was sent is the original; where original and dub speak the output is neither; elsewhere the original."""
    said = [(sentence["start_ms"] + analyzer.clip_zero_ms, sentence["end_ms"] + analyzer.clip_zero_ms)
            for sentence in clip.script["sentences"]]  # fmt: skip
    dubbed, changed = [], []
    for fragment in wire:
        begin = analyzer.stream_zero_ms() + fragment.begin_ms
        original = decode(sound_of(fragment.sent.data["audio"]), analyzer.rate)
        edge = analyzer.rate // 10
        # A media server may have kept the last of the input from the recording; that it is short, others check.
        known_ms = min(len(original) * 1000 / analyzer.rate, analyzer.end_ms() - SEARCH_MS - begin)
        alike = analyzer.likeness_to_input(original[edge : round(known_ms * analyzer.rate / 1000) - edge], begin + 100)
        assert alike.correlation > SAME and abs(alike.lag_ms) < 5, f"fragment {fragment.number} is not what was said"
        if fragment.is_on_air:
            spoken = speaking(decode(sound_of(fragment.processed["dubbed_audio"]), analyzer.rate), analyzer.rate, begin)
            dubbed += spoken
            changed += [(max(a, c), min(b, d)) for a, b in spoken for c, d in said if min(b, d) - max(a, c) > 300]
    begin = analyzer.clip_zero_ms + 100
    end = min(analyzer.clip_zero_ms + clip.script["duration_ms"], analyzer.end_ms()) - 300
    # Behind a dub the original takes a moment to come back; a pause shorter than 200 ms proves nothing.
    quiet = without(without([(begin, end)], said, 50, 50), dubbed, DUCKED_BEFORE_MS, DUCKED_AFTER_MS)
    quiet = [span for span in quiet if span[1] - span[0] > 200]

    other = [analyzer.likeness(*span).correlation for span in changed]
    same = [analyzer.likeness(*span) for span in quiet]
    record_property("likeness", f"where both speak {np.median(other):.2f}, at most {max(other):.2f} ({len(other)}), "
                                f"where nobody does at least {min(s.correlation for s in same):.3f}")  # fmt: skip
    assert len(changed) >= 15 and max(other) < OTHER, np.round(other, 2)
    assert sum(end - begin for begin, end in quiet) > 1500, "too little of the minute is quiet to say anything"
    assert min(alike.correlation for alike in same) > SAME
    assert max(abs(alike.level_db) for alike in same) < 1.0


def test_the_wire_carries_one_orderly_conversation(minute):
    """As contract.md has it: one session, each fragment acknowledged at once and answered once, in order."""
    names = [(message.from_client, message.name) for message in minute.messages]
    assert len({message.connection for message in minute.messages}) == 1
    assert names[:4] == [(True, "connect"), (False, "connect"), (True, "stream:init"), (False, "stream:ready")]
    init = next(message.data for message in minute.messages if message.name == "stream:init")
    assert (init["config"]["sample_rate_hz"], init["config"]["channels"], init["config"]["format"]) == (44100, 2, "m4a")
    assert (init["config"]["source_language"], init["config"]["target_language"]) == ("en", "es")
    for fragment in minute.wire:
        assert fragment.queued.data["status"] == "queued" and fragment.queued.at - fragment.sent.at < 1.0
        assert fragment.processed["sequence_number"] == fragment.number
        assert len(fragment.told) == 1, "each result is told of exactly once"
        dubbed_ms = fragment.processed["metadata"]["dubbed_duration_ms"]
        assert abs(dubbed_ms - fragment.sent.data["audio"]["duration_ms"]) < 25, "longer or shorter by an AAC frame"
    at = [fragment.result.at for fragment in minute.wire]
    assert at == sorted(at)
    complete = [message.data for message in minute.messages if message.name == "stream:complete"]
    everything = minute.lead_in + minute.wire
    assert len(complete) == 1 and complete[0]["total_fragments"] == len(everything)
    assert complete[0]["success_count"] + complete[0]["partial_count"] == sum(
        fragment.processed["status"] in ("success", "partial") for fragment in everything)  # fmt: skip
    assert [name for _, name in names if name in ("error", "backpressure", "connect_error")] == []


# ---- the same infrastructure, otherwise used


def check_picture(run: LiveRun, thresholds) -> StreamAnalyzer:
    """Every picture came out as it went in, in time, and the sound has no hole."""
    analyzer = run.analyzer()
    assert (run.publisher_code, run.reader_code) == (0, 0), run.reader_errors
    assert analyzer.first_picture() == 0
    assert len(run.received.pictures()) == len(run.sent.pictures()) >= run.length_s * 30 - 1 - run.lost_at_end
    late_ms = (analyzer.delays_s() - run.delay_s) * 1000
    earliest, latest = float(late_ms.min()), float(late_ms.max())
    assert max(latest, -earliest) <= thresholds["pace_error_ms_max"], f"{earliest:+.0f} to {latest:+.0f} ms late"
    assert analyzer.sound_steps_ms() <= 1024 * 1000 / analyzer.rate
    assert analyzer.dropouts_s() == []
    assert max(map(abs, analyzer.av_offsets_ms().values())) <= thresholds["av_offset_ms_max"]
    return analyzer


def transcript(running, stream: str) -> list[dict]:
    """What media-service decided of every fragment, in the order of the stream."""
    lines = running.documents(stream)[f"{stream}.transcript.jsonl"].splitlines()
    return sorted(map(json.loads, lines), key=lambda fragment: fragment["start_ms"])


def test_an_echo_comes_back_as_it_went(pipeline, clip, tmp_path, thresholds):
    """sts-service --mode echo: the same way without engines, so what comes out can be foretold to the sample."""
    length_s, delay_s = 18.0, 8.0
    part = cut(clip.mp4, tmp_path / "part.mp4", 0, length_s)
    running = pipeline(mode="echo", OUTPUT_DELAY=f"{delay_s:g}s")
    with LiveRun(running, "echo", part, length_s, delay_s) as run:
        run.watch_output()
        run.finish()
    early, wire = run.apart(running.monitor.fragments("echo"))
    assert [fragment.number - len(early) for fragment in wire] == [0, 1, 2]
    for fragment in wire:
        assert sound_of(fragment.processed["dubbed_audio"]) == sound_of(fragment.sent.data["audio"])
        assert fragment.processed["transcript"] == f"[ECHO] Original audio (seq={fragment.number})"
        assert fragment.processed["translated_text"] == f"[ECHO] Audio original (seq={fragment.number})"
        assert {fragment.processed["metadata"][name] for name in ENGINES} == {"echo-mock"}
        assert fragment.is_on_air

    analyzer = check_picture(run, thresholds)
    # The original, 15 dB down, under itself: the same sound, at the same place, 1.4 dB louder.
    for sentence in clip.script["sentences"]:
        if sentence["end_ms"] < length_s * 1000 - 500:
            begin, end = (analyzer.clip_zero_ms + sentence[name] for name in ("start_ms", "end_ms"))
            alike = analyzer.likeness(begin + 100, end)
            assert alike.correlation > SAME and abs(alike.lag_ms) < 5
            assert alike.level_db == pytest.approx(20 * np.log10(1 + 10 ** (-15 / 20)), abs=0.5)


def test_sts_dies_and_comes_back(pipeline, clip, tmp_path, thresholds, record_property):
    """sts-service is killed in the middle and started again: the dub comes back, and the picture never stops."""
    length_s, delay_s = 48.0, 9.0
    part = cut(clip.mp4, tmp_path / "part.mp4", 0, length_s)
    running = pipeline(WORKER_SEGMENT_DURATION="3s", OUTPUT_DELAY=f"{delay_s:g}s")
    worker = {"stream_id": "back"}

    def fallbacks() -> dict[str, float]:
        return running.scrape().by("reason", WORKER + "fallback_total", **worker)

    with LiveRun(running, "back", part, length_s, delay_s) as run:
        lead_in = round(run.lead_in_shown_s / 3)
        run.watch_output()
        running.monitor.wait("fragment:processed", lead_in + 2, run.lead_in_s + 30, "back")
        running.kill_speech()
        wait_for(lambda: running.scrape().worker("sts_connected", **worker) == 0, "word of the lost connection")
        wait_for(lambda: sum(fallbacks().get(reason, 0) for reason in AWAY) >= 2,
                 "two fragments that play their original", 20)  # fmt: skip
        running.start_speech()
        run.finish()

    # The wire: a second session, numbered from 0, and nothing sent twice.
    wire = running.monitor.fragments("back")
    first, second = running.monitor.connections_of("back")
    assert [f.number for f in wire if f.connection == first] == list(range(sum(f.connection == first for f in wire)))
    again = [fragment for fragment in wire if fragment.connection == second]
    assert [fragment.number for fragment in again] == list(range(len(again))) and len(again) >= 3
    assert len({fragment.id for fragment in wire}) == len(wire)
    assert running.scrape().worker("sts_reconnections_total", **worker) >= 1

    # Every fragment: dubbed, or original for a stated reason; dubbed before, original while it was away, dubbed again.
    fragments = transcript(running, "back")
    spans = [(fragment["start_ms"], fragment["end_ms"]) for fragment in fragments]
    assert [end for _, end in spans[:-1]] == [begin for begin, _ in spans[1:]]
    record_property("reasons", " ".join(fragment["reason"] or "dubbed" for fragment in fragments))
    stated = "; ".join(f"{fragment['reason'] or 'dubbed'} {fragment['detail']}".strip() for fragment in fragments)
    away = [index for index, fragment in enumerate(fragments) if fragment["reason"] in AWAY]
    assert len(away) >= 2 and away == list(range(away[0], away[-1] + 1)), stated
    # Of words that make no sense cut in three seconds an engine may say so; that it had no time is another matter.
    by_start = {round(fragment.begin_ms): fragment for fragment in wire}
    for index, fragment in enumerate(fragments):
        if index >= lead_in and index not in away and fragment["reason"] not in (None, "short_tail"):
            outcome = by_start[fragment["start_ms"]].outcome
            assert re.match(r"failed: (ASR|TRANSLATION|TTS_SYNTHESIS)_FAILED", outcome), stated
    dubbed = [index for index, fragment in enumerate(fragments) if fragment["reason"] is None]
    assert dubbed[0] < away[0] and sum(index > away[-1] for index in dubbed) >= 3, stated
    told = {reason: float(sum(f["reason"] == reason for f in fragments)) for reason in {f["reason"] for f in fragments}}
    told.pop(None)
    assert fallbacks() == told
    assert [fragment["audio"] == "original" for fragment in fragments] == [f["reason"] is not None for f in fragments]

    # What viewers got of it.
    analyzer = check_picture(run, thresholds)
    assert analyzer.longest_stop_s() < 0.5
    zero = analyzer.stream_zero_ms()
    # A dub that spoke up to the cut leaves the original down for a moment.
    begin, end = spans[away[0]][0] + DUCKED_AFTER_MS, spans[away[-1]][1] - DUCKED_BEFORE_MS
    alike = analyzer.likeness(zero + begin, zero + end)
    assert alike.correlation > 0.98 and abs(alike.level_db) < 0.5, "what was called original is not"
    heard = [analyzer.likeness(*span).correlation for fragment in again if fragment.is_on_air
             for span in speaking(decode(sound_of(fragment.processed["dubbed_audio"]), analyzer.rate), analyzer.rate,
                                  zero + fragment.begin_ms)
             if span[1] - span[0] > 300]  # fmt: skip
    assert heard and np.median(heard) < OTHER, "the dub that came back is not heard"


def test_two_streams_at_once(pipeline, clip, tmp_path, thresholds):
    """Two parts of the clip, dubbed at the same time: neither hears, shows or says anything of the other."""
    length_s, delay_s = 18.0, 15.0
    begins = {"left": 0, "right": 30}
    running = pipeline()
    with contextlib.ExitStack() as open_runs:
        runs = {}
        for stream, begin_s in begins.items():
            part = cut(clip.mp4, tmp_path / f"{stream}.mp4", begin_s, length_s)
            runs[stream] = open_runs.enter_context(LiveRun(running, stream, part, length_s, delay_s))
        for run in runs.values():
            run.watch_output()
        assert running.scrape().total("media_service_active_streams") == 2
        assert running.sts.total("sts_sessions_active") == 2
        for run in runs.values():
            run.finish()

    sessions = {stream: running.monitor.connections_of(stream) for stream in begins}
    assert all(len(found) == 1 for found in sessions.values()) and sessions["left"] != sessions["right"]
    said = {stream: " ".join(sentence["text"] for sentence in clip.script["sentences"]
                             if begin_s * 1000 - 500 < sentence["start_ms"] < (begin_s + length_s) * 1000 - 1000)
            for stream, begin_s in begins.items()}  # fmt: skip
    for stream, run in runs.items():
        early, wire = run.apart(running.monitor.fragments(stream))
        assert [fragment.number - len(early) for fragment in wire] == [0, 1, 2]
        assert [fragment.outcome for fragment in wire] == ["success"] * 3
        assert all(fragment.processed["stream_id"] == stream and fragment.is_on_air for fragment in wire)
        heard = " ".join(fragment.processed["transcript"] for fragment in wire)
        other = said["right" if stream == "left" else "left"]
        assert words.word_error_rate(said[stream], heard) < 0.6 < words.word_error_rate(other, heard)
        analyzer = check_picture(run, thresholds)
        seconds = sorted(analyzer.av_offsets_ms())
        assert begins[stream] <= seconds[0] and seconds[-1] <= begins[stream] + length_s, "the other one's pictures"
        assert running.scrape().worker("sts_fragments_processed_total", stream_id=stream, status="success") == sum(
            fragment.outcome == "success" for fragment in early + wire)  # fmt: skip


def test_containers_come_back_in_whatever_order(build, clip, tmp_path, thresholds):
    """Restarted, killed, or stopped and started in any order: no hand is needed, and streams are dubbed as before."""
    if reason := pipelines.unavailable(pipelines.CONTAINERS):
        pytest.skip(reason)
    part = cut(clip.mp4, tmp_path / "part.mp4", 0, 18)
    with pipelines.start(pipelines.CONTAINERS, build, tmp_path, mode="echo", OUTPUT_DELAY="8s") as running:
        for name, stack in running.containers.items():
            stack.restart(name)
            running.wait_healthy()
        for name, stack in running.containers.items():
            stack.crash(name)
            running.wait_healthy()
        orders = list(itertools.permutations(running.containers.items()))
        for stopped, started in zip(orders, reversed(orders)):
            for name, stack in stopped:
                stack.stop(name)
            for name, stack in started:
                stack.start(name)
            running.wait_healthy()
        with LiveRun(running, "after", part, 18, 8) as run:
            run.watch_output()
            run.finish()
        early, wire = run.apart(running.monitor.fragments("after"))
        assert [fragment.number - len(early) for fragment in wire] == [0, 1, 2]
        assert all(fragment.is_on_air for fragment in wire)
        check_picture(run, thresholds)
