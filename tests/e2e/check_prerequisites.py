#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Says what this machine has of what the end-to-end tests need, and what to do about the rest.

    tests/e2e/check_prerequisites.py [--build build/dev] [--all]

  ok    is there
  --    is not there; the cases that need it are skipped, or only starting by hand is affected
  NO    is not there, and without it nothing runs

Exit codes: 0 no NO, 1 some. --all turns every -- into a NO, for a machine that is to run every case.
"""

import argparse
import importlib.util
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = {"pytest": "python3-pytest", "pytest_timeout": "python3-pytest-timeout", "numpy": "python3-numpy",
           "requests": "python3-requests", "socketio": "python3-socketio"}  # fmt: skip
# The tests take free ports. Started by hand or by compose, the services take these.
PORTS = {
    1935: "RTMP", 3000: "sts-service, echo-sts", 8000: "full-sts-service", 8080: "media-service", 8554: "RTSP",
    8889: "WebRTC of MediaMTX", 9996: "playback", 9997: "paths API", 9998: "metrics of the media server",
}  # fmt: skip
NEEDED_MIB, CONTAINERS_MIB = 1500, 3000
BUILT = ("livedub", "media-service", "sts-service")

problems = {"NO": 0, "--": 0}


def report(found: bool, name: str, text: str, remedy: str = "", needed: bool = True) -> bool:
    mark = "ok" if found else "NO" if needed else "--"
    if not found:
        problems[mark] += 1
    print(f"  {mark}  {name:<12} {text if found or not remedy else f'{text}: {remedy}'}")
    return found


def said(*command: str) -> str:
    """The first line a program prints, or nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.splitlines()[0] if done.returncode == 0 and done.stdout else ""


def available_mib() -> int:
    found = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.M)
    return int(found[1]) // 1024 if found else 0


def is_free(port: int) -> bool:
    """Free on every address, which is what a service that listens everywhere asks for."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def check_tools(build: Path) -> bool:
    print("everything needs")
    for tool in ("ffmpeg", "ffprobe"):
        version = said(tool, "-version")
        report(bool(version), tool, version.partition(" Copyright")[0] or "is not installed", "tools/setup.sh test")
    missing = [package for module, package in MODULES.items() if importlib.util.find_spec(module) is None]
    report(not missing, "python", "all modules are there" if not missing else f"lacks {', '.join(missing)}",
           "tools/setup.sh test")  # fmt: skip
    built = [name for name in BUILT if (build / "apps" / name).is_file()]
    report(len(built) == len(BUILT), "programs", f"{build}/apps has {', '.join(built) or 'none'} of {', '.join(BUILT)}",
           "make build, or name another folder with --build")  # fmt: skip
    memory = available_mib()
    report(memory >= NEEDED_MIB, "memory", f"{memory} MiB available, {NEEDED_MIB} needed", "end something")
    return not missing


def check_variants(modules: bool) -> None:
    print("the cases behind MediaMTX, and those in containers, need")
    if not modules:
        report(False, "variants", "cannot be looked at without the modules above", needed=False)
        return
    sys.path.insert(0, str(ROOT / "tests"))
    from e2e.helpers import docker_compose_manager, pipelines

    variants = (("MediaMTX", pipelines.BEHIND_MEDIAMTX, "see tests/e2e/README.md"),
                ("containers", pipelines.CONTAINERS, "tools/setup.sh containers, make images"))  # fmt: skip
    for name, kind, remedy in variants:
        if kind == pipelines.CONTAINERS:
            reason = docker_compose_manager.missing()
            version = said("docker", "version", "--format", "{{.Server.Version}}")
            if not report(not reason, "engine", reason or f"{version}, {said('docker', 'compose', 'version')}",
                          "install docker and Compose v2 (tools/setup.sh containers)", needed=False):  # fmt: skip
                continue
            memory = available_mib()
            report(memory >= CONTAINERS_MIB, "memory", f"{memory} MiB available, {CONTAINERS_MIB} needed", needed=False)
        try:
            reason = pipelines.unavailable(kind)
        except Exception as problem:  # noqa: BLE001: shown to a person, who has to mend it
            reason = str(problem).strip().splitlines()[0]
        report(not reason, name, reason or "can run", remedy, needed=False)


def check_ports() -> None:
    print("starting the services by hand or with compose needs these ports (the tests take free ones)")
    for port, use in PORTS.items():
        report(is_free(port), str(port), f"{use}{'' if is_free(port) else ' is in use'}",
               f"ss -ltnp 'sport = :{port}' says by whom", needed=False)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="What the end-to-end tests need, and whether it is here.")
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev", help="folder that has apps/media-service")
    parser.add_argument("--all", action="store_true", help="fail when any case would be skipped, or a port is taken")
    options = parser.parse_args()
    modules = check_tools(options.build)
    check_variants(modules)
    check_ports()
    missing = problems["NO"] + (problems["--"] if options.all else 0)
    optional = f", {problems['--']} optional ones not" if problems["--"] and not options.all else ""
    print(f"prerequisites: {f'{missing} missing' if missing else 'all there'}{optional}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
