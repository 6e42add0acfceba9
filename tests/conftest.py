# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Fixtures for everything that pytest runs."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))


@dataclass
class Clip:
    mp4: Path
    m4a: Path
    script: dict

    @property
    def text(self) -> str:
        return " ".join(sentence["text"] for sentence in self.script["sentences"])


@pytest.fixture(scope="session")
def clip() -> Clip:
    """The one-minute test clip, made now if it is not there."""
    subprocess.run([sys.executable, str(ROOT / "tools/make_fixtures.py")], check=True)
    base = ROOT / "tests/fixtures/test-streams/1-min-nfl"
    script = json.loads(base.with_suffix(".json").read_text())
    return Clip(base.with_suffix(".mp4"), base.with_suffix(".m4a"), script)


@pytest.fixture(scope="session")
def build() -> Path:
    """LIVEDUB_BUILD names the build folder, build/dev by default."""
    return Path(os.environ.get("LIVEDUB_BUILD", ROOT / "build/dev"))


@pytest.fixture(scope="session")
def built(build):
    """Finds a program by its path in the build folder."""

    def find(path: str) -> Path:
        if not (build / path).exists():
            pytest.fail(f"{build / path} is not built; run `make build`", pytrace=False)
        return build / path

    return find


@pytest.fixture(scope="session")
def livedub(built) -> Path:
    """The program under test."""
    return built("apps/livedub")


@pytest.fixture(scope="session")
def thresholds() -> dict:
    return json.loads((ROOT / "tests/data/thresholds.json").read_text())


@pytest.fixture(scope="session")
def golden():
    """Compares a text with the file of that name in tests/data/golden; LIVEDUB_UPDATE_GOLDEN=1 writes it."""

    def compare(name: str, text: str) -> None:
        path = ROOT / "tests/data/golden" / name
        if os.environ.get("LIVEDUB_UPDATE_GOLDEN") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert text == path.read_text(), f"{path} differs"

    return compare
