#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Breaks a running stream in a named way and prints what viewers would have seen.

    tools/chaos.py                                  the scenarios
    tools/chaos.py sts-killed output-drops          each in a system of its own: three programs and gates between
    tools/chaos.py publisher-back-at-once --rtmp rtmp://127.0.0.1:1935 --api http://127.0.0.1:9997 \\
        --captions /tmp/captions --delay 15         against a system that runs already, with these captions

A scenario that must break parts of the system is not for one that runs already; it says so. The exit code is 0
when each ran to its end, 1 when one did not, 2 for wrong use.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from chaos.scenarios import SCENARIOS, Scenario  # noqa: E402
from chaos.stage import Clip, Stage  # noqa: E402
from chaos.system import AttachedSystem, NotHere, System  # noqa: E402
from support.processes import Unexpected  # noqa: E402

CLIP = ROOT / "tests/fixtures/test-streams/1-min-nfl.mp4"


def run(scenario: Scenario, system, clip: Clip) -> bool:
    print(f"{scenario.name}: {scenario.title}", flush=True)
    went = True
    with Stage(system, f"chaos-{scenario.name}", clip) as stage:
        try:
            scenario.run(stage)
        except NotHere as reason:
            print(f"          not run: {reason}\n")
            return False
        except (Unexpected, AssertionError) as problem:
            print(f"          did not end as it should: {problem}")
            went = False
        finally:
            system.restore()
    print("\n".join(f"          {line}" for line in str(stage.judge()).splitlines()) + "\n", flush=True)
    return went


def main() -> int:
    parser = argparse.ArgumentParser(description="Break a running stream in a named way; see what viewers saw.")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", help="the programs (%(default)s)")
    parser.add_argument("--rtmp", help="a media server that runs already, as rtmp://127.0.0.1:1935")
    parser.add_argument("--api", default="http://127.0.0.1:9997", help="its list of paths (%(default)s)")
    parser.add_argument("--captions", type=Path, help="where that system writes its captions")
    parser.add_argument("--delay", type=float, default=15.0, help="its delay in seconds (%(default)s)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.scenarios if name not in SCENARIOS]
    if unknown:
        parser.error(f"there is no scenario {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    if arguments.rtmp and not arguments.captions:
        parser.error("--rtmp needs --captions: they say what was dubbed, and why not")
    if not arguments.scenarios:
        width = max(map(len, SCENARIOS))
        print("\n".join(f"{name:{width}}  {scenario.title}" for name, scenario in SCENARIOS.items()))
        return 0
    if not CLIP.exists():
        parser.error(f"{CLIP.relative_to(ROOT)} is not there; `make fixtures` makes it")
    went = True
    with tempfile.TemporaryDirectory() as folder:
        clip = Clip.load(CLIP, Path(folder))
        for name in arguments.scenarios:
            scenario = SCENARIOS[name]
            if arguments.rtmp:
                system = AttachedSystem(arguments.rtmp, arguments.api, arguments.captions, arguments.delay)
                went &= run(scenario, system, clip)
                continue
            with System(arguments.build, Path(folder) / name, sts=scenario.sts, **scenario.settings) as system:
                went &= run(scenario, system, clip)
    return 0 if went else 1


if __name__ == "__main__":
    sys.exit(main())
