# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Compose stacks under a name of their own: up, watched, broken and taken down.

    files = [ROOT / "apps/media-service/docker-compose.yml"]
    stack = DockerComposeManager(files, "livedub-e2e-1", MEDIA_SERVICE_PORT="4242")
    stack.up()
    stack.wait_healthy(60)
    stack.kill("media-service"); stack.start("media-service")
    print(stack.logs("media-service"))
    stack.down()

Nothing but this project's own containers, networks and volumes is ever touched. Images are used, not built:
building is a step of its own (make images, make images-offline).
"""

import json
import os
import re
import signal
import shutil
import subprocess
from pathlib import Path

from support.processes import Unexpected, wait_for

ANSWER_S = 30.0
COMMAND_S = 180.0


def docker(*arguments: str, limit_s: float = ANSWER_S, **options) -> subprocess.CompletedProcess:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=limit_s, **options)


def missing() -> str:
    """What keeps containers from running here, in words; empty when nothing does."""
    if shutil.which("docker") is None:
        return "there is no docker command here"
    try:
        if docker("info").returncode != 0:
            return "no container engine answers `docker info`"
        version = docker("compose", "version", "--short")
    except subprocess.TimeoutExpired:
        return f"the container engine did not answer within {ANSWER_S:g} s"
    if version.returncode != 0 or version.stdout.strip().lstrip("v").startswith("1."):
        return "the engine has no `docker compose` of version 2"
    return ""


def has_image(name: str) -> bool:
    return docker("image", "inspect", name).returncode == 0


def label_of(image: str, name: str) -> str:
    """A label of an image that is here; empty when it has none of that name."""
    return docker("image", "inspect", "--format", f'{{{{index .Config.Labels "{name}"}}}}', image).stdout.strip()


class DockerComposeManager:
    """One project made of some compose files; `settings` are the variables that those files name."""

    def __init__(self, files: list[Path], project: str, **settings: str) -> None:
        self.project = project
        self._command = ["compose", "--env-file", "/dev/null", "--project-name", project]
        for file in files:
            self._command += ["--file", str(file)]
        # Of the caller's environment only what docker itself needs: a MEDIA_SERVICE_PORT from outside would
        # otherwise decide which port a test takes.
        kept = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "XDG_RUNTIME_DIR")
        self._environment = {name: os.environ[name] for name in kept if name in os.environ} | settings

    def run(self, *arguments: str, limit_s: float = COMMAND_S) -> str:
        """One compose command; its output. Anything but success raises with what it said."""
        done = docker(*self._command, *arguments, limit_s=limit_s, env=self._environment)
        if done.returncode != 0:
            raise Unexpected(f"compose {' '.join(arguments)} ({self.project}): {done.stdout}{done.stderr}")
        return done.stdout

    def config(self) -> dict:
        """The files as compose understands them."""
        return json.loads(self.run("config", "--format", "json"))

    def images(self, *services: str) -> list[str]:
        """The images that the services (default: all) need."""
        config = self.config()["services"]
        return [config[service]["image"] for service in services or config]

    def built_images(self, *services: str) -> list[str]:
        """Those of them that are built from this repository."""
        config = self.config()["services"]
        return [config[service]["image"] for service in services or config if "build" in config[service]]

    def up(self, *services: str) -> None:
        self.run("up", "--detach", "--no-build", "--pull", "never", *services)

    def ps(self) -> dict[str, dict]:
        """The containers by service, with their State and Health, also those that have stopped."""
        lines = self.run("ps", "--all", "--format", "json", limit_s=ANSWER_S).splitlines()
        return {entry["Service"]: entry for entry in map(json.loads, lines)}

    def is_healthy(self, service: str) -> bool:
        entry = self.ps().get(service, {})
        return entry.get("State") == "running" and entry.get("Health") == "healthy"

    def wait_healthy(self, limit_s: float, *services: str) -> None:
        """Until these services (default: all that are up) are healthy; what they said is in the error."""
        names = services or tuple(self.ps())
        try:
            wait_for(lambda: all(map(self.is_healthy, names)), f"health of {', '.join(names)}", limit_s, 0.5)
        except Unexpected as problem:
            raise Unexpected(f"{problem}: {self.ps()}\n{self.logs()[-4000:]}") from None

    def logs(self, *services: str) -> str:
        said = self.run("logs", "--no-color", "--no-log-prefix", *services, limit_s=ANSWER_S)
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", said)  # Compose 2.26 clears each line before it writes it

    def execute(self, service: str, *command: str) -> str:
        return self.run("exec", "--no-TTY", service, *command, limit_s=ANSWER_S)

    def network_gateway(self) -> str:
        """The address under which this project's containers reach this machine. It is the machine's own end of
        their bridge: what listens there is not to be reached from outside the machine."""
        network = next(iter(self.config()["networks"].values()))["name"]
        found = docker("network", "inspect", network)
        if found.returncode != 0:
            raise Unexpected(f"network {network}: {found.stderr}")
        return json.loads(found.stdout)[0]["IPAM"]["Config"][0]["Gateway"]

    def stop(self, service: str) -> None:
        self.run("stop", service)

    def kill(self, service: str) -> None:
        self.run("kill", service)

    def start(self, service: str) -> None:
        self.run("start", service)

    def restart(self, service: str) -> None:
        self.run("restart", service)

    def pid(self, service: str) -> int:
        """Of its first process, as this machine counts; 0 while it does not run."""
        container = self.ps()[service]["ID"]
        return int(docker("inspect", "--format", "{{.State.Pid}}", container).stdout)

    def crash(self, service: str) -> None:
        """Its process dies, as by the kernel's hand, and the engine starts it again: returns when it has (root)."""
        before = self.pid(service)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: self.pid(service) not in (0, before), f"{service} to be started again", 30)

    def down(self) -> None:
        """Ends the project and removes its containers, network and volumes."""
        self.run("down", "--volumes", "--timeout", "15")

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.down()
