# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""tools/mediamtx.sh: makes MediaMTX where Go can, and says once why it could not."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = "github.com/bluenviron/mediamtx@v1.15.3"
MAKES_IT = f"""\
case "$1" in
    mod) echo "$3" >>"$ASKED"; mkdir -p "$HOME/{MODULE}/internal/core" "$HOME/{MODULE}/internal/servers/hls" ;;
    env) echo "$HOME" ;;
    build) [ -e internal/servers/hls/hls.min.js ] || exit 1
        printf '#!/bin/sh\\necho %s\\n' "$(cat internal/core/VERSION)" >"$4"; chmod +x "$4" ;;
esac"""
REFUSES = """echo "$3" >>"$ASKED"; echo 'go: not found' >&2; echo '    this version is not to be had' >&2; exit 1"""


@pytest.fixture
def run(tmp_path):
    """The script in a folder of its own, with a `go` that does what it is told."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/mediamtx.sh", tmp_path / "tools")
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname", "mkdir", "mktemp", "rm", "timeout", "tail", "sed", "head", "chmod", "env", "cp", "mv", "cat"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))

    def go(does: str | None) -> subprocess.CompletedProcess:
        if does:
            (tmp_path / "bin/go").write_text(f"#!/bin/sh\n{does}\n")
            (tmp_path / "bin/go").chmod(0o755)
        environment = {"PATH": str(tmp_path / "bin"), "ASKED": str(tmp_path / "asked"), "HOME": str(tmp_path)}
        return subprocess.run([tmp_path / "tools/mediamtx.sh"], env=environment, capture_output=True, text=True)

    return go


def asked(tmp_path) -> list[str]:
    return (tmp_path / "asked").read_text().split()


def test_it_is_made_once_and_its_place_is_said(run, tmp_path):
    for _ in range(2):
        done = run(MAKES_IT)
        assert (done.returncode, done.stdout) == (0, f"{tmp_path}/build/tools/mediamtx\n")
    assert asked(tmp_path) == [MODULE]


def test_another_release_is_replaced(run, tmp_path):
    (tmp_path / "build/tools").mkdir(parents=True)
    other = tmp_path / "build/tools/mediamtx"
    other.write_text("#!/bin/sh\necho v1.5.0\n")
    other.chmod(0o755)
    assert run(MAKES_IT).stdout == f"{other}\n"
    assert asked(tmp_path) == [MODULE]


def test_a_refusal_is_said_and_not_asked_for_again(run, tmp_path):
    for _ in range(2):
        done = run(REFUSES)
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.splitlines()[-1].endswith(": this version is not to be had")
    assert len(asked(tmp_path)) == 1


def test_without_go_there_is_none(run, tmp_path):
    done = run(None)
    assert (done.returncode, done.stdout) == (0, "")
    assert "no Go" in done.stderr
    assert not (tmp_path / "build").exists()
