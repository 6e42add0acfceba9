# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""`livedub dub`: a file in, the same file in Spanish out; or one clear line and nothing."""

import hashlib
import json
import os
import signal
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from support import wordless
from support.audio import level_db
from support.processes import Process, wait_for
from support.words import word_error_rate, words

SENTENCES = [
    "The home team takes the lead.",
    "There are two minutes left in the first half.",
    "The other team gets the ball after the break.",
]
LIMIT_S = 120


def ffmpeg(*arguments) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def probe(path: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", f"file:{path}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def streams(path: Path) -> dict:
    return {stream["codec_type"]: stream for stream in probe(path)["streams"]}


def video_md5(path: Path) -> str:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", f"file:{path}", "-map", "0:v", "-c", "copy"]
    packets = subprocess.run([*command, "-f", "h264", "-"], check=True, capture_output=True).stdout
    return hashlib.md5(packets).hexdigest()


def pcm(path: Path, rate: int = 16_000) -> np.ndarray:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", f"file:{path}", "-ac", "1", "-ar", str(rate)]
    raw = subprocess.run([*command, "-f", "s16le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, "<i2").astype(np.float32) / 32768.0


def dub(livedub, *arguments, cwd=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(livedub), "dub", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=LIMIT_S
    )


@pytest.fixture(scope="module")
def talk(tmp_path_factory) -> Path:
    """Three sentences with pauses, 44.1 kHz stereo, under a small moving picture."""
    folder = tmp_path_factory.mktemp("talk")
    inputs, filters = [], []
    for n, sentence in enumerate(SENTENCES):
        subprocess.run(["flite", "-voice", "rms", "-t", sentence, "-o", folder / f"{n}.wav"], check=True)
        inputs += ["-i", folder / f"{n}.wav"]
        filters.append(f"[{n}:a]apad=pad_dur=0.7[p{n}]")
    joined = "".join(f"[p{n}]" for n in range(len(SENTENCES)))
    filters.append(f"{joined}concat=n={len(SENTENCES)}:v=0:a=1,aresample=44100,aformat=channel_layouts=stereo[a]")
    picture = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=25:duration=20"]
    maps = ["-map", f"{len(SENTENCES)}:v", "-map", "[a]", "-shortest"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "aac"]
    ffmpeg(*inputs, *picture, "-filter_complex", ";".join(filters), *maps, *codecs, folder / "talk.mp4")
    return folder / "talk.mp4"


@pytest.fixture(scope="module")
def dubbed(livedub, talk, tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess]:
    target = tmp_path_factory.mktemp("dubbed") / "charla.mp4"
    return target, dub(livedub, talk, "-o", target)


def test_the_video_is_the_same_and_the_audio_is_new(talk, dubbed):
    target, run = dubbed
    assert run.returncode == 0, run.stderr
    before, after = streams(talk), streams(target)
    assert video_md5(target) == video_md5(talk)
    assert after["audio"]["codec_name"] == "aac"
    assert after["audio"]["sample_rate"] == "44100" and after["audio"]["channels"] == 2
    assert abs(float(after["audio"]["duration"]) - float(before["audio"]["duration"])) < 0.06
    original, new = pcm(talk), pcm(target)
    size = min(len(original), len(new))
    assert level_db(new[:size] - original[:size]) > -40.0
    assert abs(level_db(new[:size]) - level_db(original[:size])) < 6.0


def test_captions_in_both_languages_lie_beside_it(dubbed):
    target, _ = dubbed
    names = sorted(path.name for path in target.parent.iterdir())
    assert names == ["charla.en.srt", "charla.en.vtt", "charla.es.srt", "charla.es.vtt", "charla.mp4"]
    for language in ("en", "es"):
        vtt = target.with_name(f"charla.{language}.vtt").read_text()
        assert vtt.startswith("WEBVTT\n\n")
        assert "00:00:0" in vtt and " --> " in vtt
        assert target.with_name(f"charla.{language}.srt").read_text().startswith("1\n00:00:0")
        assert "webvtt" in probe(target.with_name(f"charla.{language}.vtt"))["format"]["format_name"]


def spoken(path: Path) -> str:
    lines = path.read_text().splitlines()
    return " ".join(line for line in lines if "-->" not in line and not line.isdigit())


def test_the_words_are_right(dubbed):
    target, _ = dubbed
    assert word_error_rate(" ".join(SENTENCES), spoken(target.with_name("charla.en.srt"))) < 0.35
    spanish = words(spoken(target.with_name("charla.es.srt")))
    assert {"equipo", "mitad"} & set(spanish), spanish


def test_ten_minutes_of_silence_crowd_and_music_yield_no_words(livedub, tmp_path):
    with wave.open(str(tmp_path / "tape.wav"), "wb") as tape:
        tape.setparams((1, 2, wordless.RATE_HZ, 0, "NONE", ""))
        tape.writeframes((wordless.tape(600) * 32_767).astype("<i2").tobytes())
    run = dub(livedub, tmp_path / "tape.wav", "-o", tmp_path / "out.m4a")
    assert run.returncode == 0, run.stderr
    assert float(probe(tmp_path / "out.m4a")["format"]["duration"]) == pytest.approx(600, abs=0.1)
    assert spoken(tmp_path / "out.en.srt").split() == []
    assert spoken(tmp_path / "out.es.srt").split() == []


def test_progress_and_a_summary_are_on_standard_error(dubbed):
    _, run = dubbed
    lines = run.stderr.splitlines()
    assert run.stdout == ""
    assert " %  00:" in run.stderr and "x real time" in run.stderr
    assert lines[-1].startswith("dubbed ") and "fragments" in lines[-1]


def test_audio_alone_and_names_that_look_like_options(livedub, talk, tmp_path):
    ffmpeg("-i", talk, "-vn", "-t", "4", tmp_path / "-i.wav")
    run = dub(livedub, "-o", "a:b.m4a", "--", "-i.wav", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert streams(tmp_path / "a:b.m4a")["audio"]["codec_name"] == "aac"
    assert not list(tmp_path.glob(".*"))


def test_audio_that_begins_late_stays_in_place(livedub, talk, tmp_path):
    late = tmp_path / "late.mkv"
    ffmpeg("-i", talk, "-itsoffset", "2", "-i", talk, "-map", "0:v", "-map", "1:a", "-c", "copy", "-t", "8", late)
    run = dub(livedub, late, "-o", tmp_path / "out.mkv")
    assert run.returncode == 0, run.stderr
    sound = pcm(tmp_path / "out.mkv")
    assert level_db(sound[: int(1.8 * 16_000)]) < -60.0
    assert level_db(sound[int(2.2 * 16_000) : 4 * 16_000]) > -40.0


def test_silence_and_music_are_left_alone(livedub, tmp_path):
    source = tmp_path / "hum.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=330:duration=5", "-af", "apad=pad_dur=3", source)
    run = dub(livedub, source, "-o", tmp_path / "out.wav")
    assert run.returncode == 0, run.stderr
    assert "no_speech" in run.stderr
    original, new = pcm(source), pcm(tmp_path / "out.wav")
    assert np.abs(original - new[: len(original)]).max() < 1e-3
    assert (tmp_path / "out.es.vtt").read_text() == "WEBVTT\n\n"


@pytest.fixture
def bench(tmp_path, talk) -> Path:
    """A folder with what the refusals need."""
    (tmp_path / "text.mp4").write_text("not media")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "talk.mp4").symlink_to(talk)
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=160x120:duration=1", "-an", tmp_path / "mute.mp4")
    ffmpeg("-i", talk, "-t", "1", "-c:v", "libvpx-vp9", "-speed", "8", "-c:a", "libopus", tmp_path / "vp9.mkv")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["none.mp4", "-o", "out.mp4"], ['input "none.mp4"', "no such file"]),
        (["folder", "-o", "out.mp4"], ['input "folder"', "directory"]),
        (["pipe.mp4", "-o", "out.mp4"], ['input "pipe.mp4"', "no file on a disk (allowed"]),
        (["text.mp4", "-o", "out.mp4"], ['input "text.mp4"', "allowed"]),
        (["mute.mp4", "-o", "out.mp4"], ['input "mute.mp4"', "has no audio"]),
        (["talk.mp4", "-o", "out.txt"], ['output "out.txt"', "mp4, "]),
        (["talk.mp4", "-o", "out"], ['output "out"', "mp4, "]),
        (["talk.mp4", "-o", "folder"], ['output "folder"', "directory"]),
        (["talk.mp4", "-o", "talk.mp4"], ['output "talk.mp4"', "is the input"]),
        (["talk.mp4", "-o", "no/out.mp4"], ['output "no/out.mp4"', "directory"]),
        (["talk.mp4", "-o", "/proc/out.mp4"], ['output "/proc/out.mp4"', "allowed"]),
        (["vp9.mkv", "-o", "out.flv"], ['output "out.flv"', "vp9"]),
        (["talk.mp4", "-o", "out.mp4", "--to", "x!"], ['--to "x!"', "allowed"]),
        (["talk.mp4", "-o", "out.mp4", "--to", "en"], ['--to "en"', "allowed"]),
        (["talk.mp4", "-o", "out.mp4", "--from", "xx"], ["xx"]),
        (["talk.mp4", "-o", "out.mp4", "--to", "tlh"], ["tlh"]),
        (["talk.mp4", "-o", "out.mp4", "--duck-db", "5"], ["--duck-db", "-60 to 0"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and "-o" in value else "",
)
def test_bad_input_is_one_clear_line_and_nothing_is_left(livedub, bench, arguments, named):
    before = sorted(bench.iterdir())
    run = dub(livedub, *arguments, cwd=bench)
    assert run.returncode == 2, run.stderr
    assert len(run.stderr.splitlines()) == 1, run.stderr
    for part in named:
        assert part in run.stderr
    assert sorted(bench.iterdir()) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(livedub, talk, tmp_path, number):
    long = tmp_path / "long.mp4"
    ffmpeg("-stream_loop", "20", "-i", talk, "-c", "copy", long)
    target = tmp_path / "out" / "out.mp4"
    target.parent.mkdir()
    with Process([livedub, "dub", long, "-o", target]) as program:
        wait_for(lambda: any(path.stat().st_size for path in target.parent.iterdir()), "encoder at work", 60)
        program.child.send_signal(number)
        begin = time.monotonic()
        assert program.wait(10) == 1
        assert time.monotonic() - begin < 5
        assert "interrupted" in program.stderr
    assert not list(target.parent.iterdir())
