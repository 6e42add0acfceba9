# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Our Socket.IO client as a program (sio_client_probe): lines of JSON in, lines of JSON out."""

import base64
import json
import subprocess
import threading

from .processes import Unexpected, wait_for


class Probe:
    def __init__(self, binary, *flags, env=None) -> None:
        self.said: list[dict] = []
        self.child = subprocess.Popen(
            [str(binary), *[str(flag) for flag in flags]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
        )  # fmt: skip
        self.err = ""
        self._readers = [threading.Thread(target=self._read, daemon=True),
                         threading.Thread(target=self._read_err, daemon=True)]  # fmt: skip
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        for line in self.child.stdout:
            self.said.append(json.loads(line))

    def _read_err(self) -> None:
        self.err = self.child.stderr.read().decode(errors="replace")

    def emit(self, name: str, argument=None, attachments=()) -> None:
        line = {"name": name, "attachments": [base64.b64encode(part).decode() for part in attachments]}
        if argument is not None:
            line["argument"] = argument
        self._write(line)

    def leave(self) -> None:
        self._write({"leave": True})
        self.wait_said("left")

    def _write(self, line: dict) -> None:
        self.child.stdin.write(json.dumps(line).encode() + b"\n")
        self.child.stdin.flush()

    def heard(self, what: str) -> list[dict]:
        return [line for line in list(self.said) if line["what"] == what]

    def events(self, name: str) -> list:
        return [line["argument"] for line in self.heard("event") if line["name"] == name]

    def wait_said(self, what: str, limit_s: float = 20.0) -> dict:
        try:
            return wait_for(lambda: self.heard(what), f'"{what}"', limit_s, 0.01)[0]
        except Unexpected as error:
            raise Unexpected(f"{error}; said {str(self.said)[:2000]}") from None

    def connected(self):
        self.wait_said("connect")
        return self

    def end(self) -> int:
        """Closes its stdin; the exit code."""
        self.child.stdin.close()
        code = self.child.wait(60)  # it reads what it was told to the end
        for reader in self._readers:
            reader.join(5)
        return code

    def __enter__(self):
        return self

    def __exit__(self, failed, *_) -> None:
        try:
            code = self.end()
        except (OSError, subprocess.TimeoutExpired):
            self.child.kill()
            self.child.wait()
            code = None
        if failed is None and code != 0:
            raise Unexpected(f"the probe ended with {code}: {self.err[-3000:]}")
