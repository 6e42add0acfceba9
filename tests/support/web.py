# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""One HTTP request, answered or not."""

import json
import urllib.error
import urllib.request


def call(url: str, body=None, method: str | None = None, headers: dict | None = None) -> tuple[int, dict, str]:
    """Status, headers and text of one request; a body that is neither text nor bytes goes as JSON."""
    if body is None or isinstance(body, bytes):
        data = body
    else:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=5) as reply:
            return reply.status, dict(reply.headers), reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def is_ok(url: str) -> bool:
    """Whether it answers 200; a server that does not listen yet does not."""
    try:
        return call(url)[0] == 200
    except OSError:
        return False
