# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The commands of README.md, run as they stand there: only the port and the file names are put in."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from support.processes import Livedub, Process, wait_for

ROOT = Path(__file__).resolve().parents[2]


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def only(start: str) -> str:
    found = [line for line in commands() if line.startswith(start)]
    assert len(found) == 1, f"{len(found)} commands begin with '{start}' in README.md"
    return found[0]


def test_every_command_is_known_here():
    known = ("make demo", "make test", "make release", "build/release/apps/livedub up", "build/release/apps/livedub dub ",
             "build/release/apps/livedub doctor", "build/release/apps/livedub models list", "LIBRETRANSLATE_URL=", *SERVICES, "ffmpeg -re ", "ffplay rtmp:", "vlc rtmp:")  # fmt: skip
    for line in commands():
        assert line.startswith(known), f"README.md has a command that no test runs: {line}"


SERVICES = ("build/release/apps/sts-service ", "build/release/apps/livedub serve ", "build/release/apps/media-service ")


@pytest.mark.parametrize("start", SERVICES)
def test_the_services_take_these_flags(build, start):
    """What they do together is in test_live_minute.py; their ports may be in use here."""
    program, *flags = shlex.split(only(start).replace("build/release", str(build)))
    done = subprocess.run([program, *flags, "--check-config"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def test_a_translation_service_is_chosen_like_this(livedub, monkeypatch):
    """What it is asked is in tests/conformance/test_translation_services.py."""
    setting, _, command, *flags = shlex.split(only("LIBRETRANSLATE_URL="))
    monkeypatch.setenv(*setting.split("="))
    with Livedub(livedub, *flags, command=command) as program:
        assert "> libretranslate,apertium >" in "\n".join(program.banner)


def test_doctor_by_name(livedub):
    assert only("build/release/apps/livedub doctor") == "build/release/apps/livedub doctor"
    done = subprocess.run([livedub, "doctor", "--quick"], capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1) and done.stdout, done.stderr


def test_models_are_listed(livedub):
    """What fetching them is like is in tests/conformance/test_models.py."""
    _, *words = shlex.split(only("build/release/apps/livedub models list"))
    done = subprocess.run([livedub, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "whisper-base" in done.stdout, done.stderr


def test_make_targets_exist():
    for line in commands():
        if line.startswith("make "):
            subprocess.run(["make", "--dry-run", *line.split()[1:]], cwd=ROOT, check=True, capture_output=True)


def test_publish_and_watch(livedub, short_clip):
    assert only("build/release/apps/livedub up") == "build/release/apps/livedub up"
    with Livedub(livedub, "--speech", "off", "--segment", "1s", "--delay", "2s", "--grace", "1s") as program:

        def here(command: str) -> list[str]:
            return shlex.split(command.replace(":1935", f":{program.rtmp_port}").replace("clip.mp4", str(short_clip)))

        with Process(here(only("ffmpeg -re"))) as publisher:
            program.wait_ready("game", "out")
            for player in ("ffplay", "vlc"):
                address = here(only(player))[1]
                # Players of flesh and screens are not to be had here; ffprobe reads as they do.
                seen = subprocess.run(
                    ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", address],
                    capture_output=True, text=True, timeout=30, check=True,
                )  # fmt: skip
                assert sorted(seen.stdout.split()) == ["aac", "h264"]
            assert publisher.wait(30) == 0, publisher.describe()
        wait_for(lambda: not program.paths(), "the end of the stream", 15)
        assert program.stop() == 0


@pytest.mark.timeout(120)
def test_dub_a_file(livedub, short_clip, tmp_path):
    command = only("build/release/apps/livedub dub")
    (tmp_path / "clip.mp4").write_bytes(short_clip.read_bytes())
    arguments = shlex.split(command)[1:]
    subprocess.run([livedub, *arguments], cwd=tmp_path, check=True, timeout=100, capture_output=True)
    made = {path.name for path in tmp_path.iterdir()}
    assert {"dubbed.mp4", "dubbed.en.vtt", "dubbed.es.vtt", "dubbed.en.srt", "dubbed.es.srt"} <= made
