#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Runs layers of the test suite against one build and ends with one line that sums them up.

    tools/run_tests.py --preset dev unit component tools conformance e2e

unit and component are GoogleTest binaries, run by ctest; tools (the measuring instruments and linters,
tested on themselves), conformance, e2e and chaos (whole programs) are pytest folders. A failing layer does not
stop the next one: the closing line counts everything, and the exit code is 0 only if every test that was found
passed and every layer had some.
"""

import argparse
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GTEST_LAYERS = ("unit", "component")
PYTEST_LAYERS = ("tools", "conformance", "e2e", "chaos")


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: str = ""  # why the layer as a whole cannot be believed, if so

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed,
                     self.skipped + other.skipped, self.broken or other.broken)  # fmt: skip


def read_report(path: Path, exit_code: int, layer: str) -> Count:
    """Counts the cases of a JUnit report; a runner that left no report, or no case, is a failure."""
    count = Count()
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        return Count(broken=f"{layer}: no report ({error})")
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"} or case.get("status") == "fail":
            count.failed += 1
        elif "skipped" in kinds or case.get("status") in ("notrun", "disabled"):
            count.skipped += 1
        else:
            count.passed += 1
    if not cases:
        count.broken = f"{layer}: no tests were found"
    elif exit_code != 0 and count.failed == 0:
        count.broken = f"{layer}: the runner failed with exit code {exit_code}"
    return count


def ctest(layer: str, preset: str, jobs: int, only: str) -> Count:
    report = ROOT / "build" / preset / f"{layer}.xml"
    report.unlink(missing_ok=True)
    command = ["ctest", "--preset", preset, "-L", f"^{layer}$", "--output-junit", str(report)]
    command += ["--parallel", str(jobs)] + (["--tests-regex", only] if only else [])
    done = subprocess.run(command, cwd=ROOT)
    return read_report(report, done.returncode, layer)


def pytest(layer: str, preset: str) -> Count:
    report = ROOT / "build" / preset / f"{layer}.xml"
    report.unlink(missing_ok=True)
    environment = dict(os.environ, LIVEDUB_BUILD=str(ROOT / "build" / preset))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"tests/{layer}"]
    command += [f"--junitxml={report}", "-o", "junit_family=xunit1"]
    done = subprocess.run(command, cwd=ROOT, env=environment)
    return read_report(report, done.returncode, layer)


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs layers of the test suite.")
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="a regular expression: unit and component tests with such names")
    parser.add_argument("layers", nargs="+", choices=GTEST_LAYERS + PYTEST_LAYERS)
    options = parser.parse_args()

    began = time.monotonic()
    total = Count()
    parts = []
    for layer in options.layers:
        print(f"\n=== {layer} tests ({options.preset})", flush=True)
        if layer in GTEST_LAYERS:
            count = ctest(layer, options.preset, options.jobs, options.only)
        else:
            count = pytest(layer, options.preset)
        parts.append(f"{layer} {count.passed}/{count.passed + count.failed}")
        if count.broken:
            print(f"run_tests: {count.broken}", file=sys.stderr)
        total += count
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"\n{options.preset}: {total.passed} passed, {total.failed} failed{skipped}"
          f" in {time.monotonic() - began:.0f}s ({', '.join(parts)})", flush=True)  # fmt: skip
    return 1 if total.failed or total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
