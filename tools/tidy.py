#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over every file of ours that a build compiles, in parallel, and remembers what passed.

    tools/tidy.py --build build/dev [FILE...]

A file that passed is not looked at again until it, one of our headers that it includes, its compile
command, .clang-tidy or clang-tidy itself changes; the memory is a folder of empty files named by that
hash, under build/tidy-cache.

No file is left out; what costs most is. Of 25 s of CPU that all checks take on a typical file of the session, the
path-sensitive analyser takes 13 and the reserved-name check 2 (our macros all begin with LIVEDUB_ by another check);
tests, which are a third of all files, get the checks that find mistakes and names instead of matters of taste
(14 s become 4). --all runs everything; do that before a release.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
SLOW = "-clang-analyzer-*,-bugprone-reserved-identifier"
IN_TESTS = (
    "-*,bugprone-use-after-move,bugprone-dangling-handle,bugprone-infinite-loop,bugprone-unused-raii,"
    "concurrency-*,-concurrency-mt-unsafe,misc-unused-*,modernize-use-nullptr,modernize-use-override,"
    "readability-identifier-naming"
)


def checks_for(file: str, everything: bool) -> str:
    if everything:
        return "--checks="
    return f"--checks={IN_TESTS if file.endswith('_test.cpp') else SLOW}"


class Hasher:
    """Content hashes of files together with all of our headers below them."""

    def __init__(self, root: Path) -> None:
        self._src = root / "src"
        self._text: dict[Path, bytes] = {}

    def closure(self, file: Path) -> str:
        seen: set[Path] = set()
        todo = [file]
        while todo:
            path = todo.pop()
            if path in seen or not path.is_file():
                continue
            seen.add(path)
            if path not in self._text:
                self._text[path] = path.read_bytes()
            for name in INCLUDE.findall(self._text[path].decode(errors="replace")):
                todo += [self._src / name, path.parent / name]
        digest = hashlib.sha256()
        for path in sorted(seen):
            digest.update(str(path).encode() + b"\0" + self._text[path] + b"\0")
        return digest.hexdigest()


def our_files(build: Path, only: list[str]) -> list[dict]:
    commands = json.loads((build / "compile_commands.json").read_text())
    wanted = [str(Path(name).resolve()) for name in only]
    ours = {}
    for entry in commands:
        file = Path(entry["file"])
        inside = any(file.is_relative_to(ROOT / top) for top in ("src", "apps", "tests", "bench"))
        if inside and (not wanted or str(file) in wanted):
            ours[str(file)] = entry
    return [ours[name] for name in sorted(ours)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs clang-tidy, remembering what passed.")
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--all", action="store_true", help="the slow checks too")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()

    tidy = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if tidy is None:
        print("tidy: clang-tidy is not installed (tools/setup.sh lint)", file=sys.stderr)
        return 1
    version = subprocess.run([tidy, "--version"], capture_output=True, check=True).stdout
    common = hashlib.sha256(version + (ROOT / ".clang-tidy").read_bytes()).hexdigest()
    cache = ROOT / "build/tidy-cache"
    cache.mkdir(parents=True, exist_ok=True)

    entries = our_files(options.build.resolve(), options.files)
    if not entries:
        print(f"tidy: no files of ours in {options.build}/compile_commands.json", file=sys.stderr)
        return 1
    hasher = Hasher(ROOT)
    todo = []
    for entry in entries:
        command = entry.get("command") or shlex.join(entry["arguments"])
        key = hashlib.sha256(f"{common}{checks_for(entry['file'], options.all)}{command}{hasher.closure(Path(entry['file']))}".encode()).hexdigest()
        if not (cache / key).exists():
            todo.append((entry["file"], key))
    print(f"tidy: {len(entries)} files, {len(entries) - len(todo)} known good", flush=True)

    lock = threading.Lock()
    state = {"done": 0, "failed": 0}
    began = time.monotonic()

    def check(item: tuple[str, str]) -> None:
        file, key = item
        started = time.monotonic()
        command = [tidy, "--quiet", "-p", str(options.build), checks_for(file, options.all)]
        command += ["--extra-arg=-Wno-unknown-warning-option", file]
        done = subprocess.run(command, capture_output=True, text=True)
        with lock:
            state["done"] += 1
            name = os.path.relpath(file, ROOT)
            took = time.monotonic() - started
            print(f"tidy: {state['done']:4d}/{len(todo)} {took:5.1f} s  {name}", flush=True)
            if done.returncode != 0:
                state["failed"] += 1
                print(done.stdout + done.stderr, flush=True)
            else:
                (cache / key).touch()

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(check, todo))
    took = time.monotonic() - began
    print(f"tidy: {state['failed']} of {len(entries)} files with findings, {took:.0f} s")
    return 1 if state["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
