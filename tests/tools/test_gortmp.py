# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""tools/gortmp.sh: makes the RTMP peer where Go can, says once why it could not, and hides no error of ours."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKS = """echo "$1" >>"$ASKED"; [ "$1" = mod ] || { printf '#!/bin/sh\\n' >"$4"; chmod +x "$4"; }"""
REFUSES = """echo "$1" >>"$ASKED"; echo 'go: no' >&2; echo '    this version is not to be had' >&2; exit 1"""
DOES_NOT_COMPILE = """echo "$1" >>"$ASKED"; [ "$1" = mod ] || { echo 'main.go:1: what is this' >&2; exit 1; }"""


@pytest.fixture
def run(tmp_path):
    """The script in a folder of its own, with a `go` that does what it is told."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/gortmp.sh", tmp_path / "tools")
    shutil.copytree(ROOT / "tests/peers/gortmp", tmp_path / "tests/peers/gortmp")
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname", "mkdir", "mktemp", "mv", "rm", "timeout", "tail", "sed", "head", "chmod", "cat", "find"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))

    def go(does: str | None) -> subprocess.CompletedProcess:
        if does:
            (tmp_path / "bin/go").write_text(f"#!/bin/sh\n{does}\n")
            (tmp_path / "bin/go").chmod(0o755)
        environment = {"PATH": str(tmp_path / "bin"), "ASKED": str(tmp_path / "asked"), "HOME": os.environ["HOME"]}
        return subprocess.run([tmp_path / "tools/gortmp.sh"], env=environment, capture_output=True, text=True)

    return go


def asked(tmp_path) -> list[str]:
    return (tmp_path / "asked").read_text().split()


def test_it_is_made_once_for_its_sources_and_its_place_is_said(run, tmp_path):
    for _ in range(2):
        done = run(WORKS)
        assert (done.returncode, done.stdout) == (0, f"{tmp_path}/build/tools/gortmp\n")
    assert asked(tmp_path) == ["mod", "build"]
    later = time.time() + 5
    os.utime(tmp_path / "tests/peers/gortmp/main.go", (later, later))
    assert run(WORKS).returncode == 0
    assert asked(tmp_path) == ["mod", "build"] * 2


def test_a_refusal_is_said_and_not_asked_for_again(run, tmp_path):
    for _ in range(2):
        done = run(REFUSES)
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.splitlines()[-1].endswith(": this version is not to be had")
    assert asked(tmp_path) == ["mod"]


def test_what_does_not_compile_is_an_error(run, tmp_path):
    for _ in range(2):
        done = run(DOES_NOT_COMPILE)
        assert (done.returncode, done.stdout) == (1, "")
        assert "what is this" in done.stderr
    assert asked(tmp_path) == ["mod", "build"] * 2


def test_without_go_there_is_none(run, tmp_path):
    done = run(None)
    assert (done.returncode, done.stdout) == (0, "")
    assert "no Go" in done.stderr
    assert not (tmp_path / "build").exists()
