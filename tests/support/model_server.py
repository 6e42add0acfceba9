# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""A server of files on loopback that is asked for parts of them, with bad days on demand."""

import re
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


@dataclass
class Asked:
    path: str
    range: str | None
    if_range: str | None
    host: str | None


class ModelServer:
    """Serves `files`, each with `etag`. Every request takes the next item of `script`; then all is well.

    An item is a status, ("redirect", URL), or one of
        stall            half of what was asked for, then nothing until release()
        truncate         half of it, though all was announced
        end early        half of it, of an answer whose length nobody announced
        corrupt          all of it, with one byte changed
        ignore range     all of the file, whatever was asked for
        ignore if-range  what was asked for, of whatever file there is
        more             the file, and as much again
        huge             a file of a petabyte is announced
    """

    def __init__(self, files: dict[str, bytes], certificate: Path | None = None) -> None:
        self.files = dict(files)
        self.etag = '"v1"'
        self.script: list = []
        self.asked: list[Asked] = []
        self._released = threading.Event()
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, *_) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_) -> None:  # a client that went in the middle of an answer
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def release(self) -> None:
        self._released.set()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path  # of a whole URL too, as a proxy is asked
        headers = handler.headers
        with self._lock:
            self.asked.append(Asked(path, headers["Range"], headers["If-Range"], headers["Host"]))
            what = self.script.pop(0) if self.script else "well"
            etag, whole = self.etag, self.files.get(path)
        handler.close_connection = True
        if isinstance(what, int) or whole is None:
            return self._send(handler, what if isinstance(what, int) else 404, {}, b"no")
        if isinstance(what, tuple):
            return self._send(handler, 302, {"Location": what[1]}, b"there")

        status, body, extra = 200, whole, {"ETag": etag}
        wanted = re.fullmatch(r"bytes=(\d+)-", headers["Range"] or "")
        is_same = headers["If-Range"] in (None, etag) or what == "ignore if-range"
        if wanted and is_same and what != "ignore range":
            start = int(wanted[1])
            if start >= len(whole):
                return self._send(handler, 416, {"Content-Range": f"bytes */{len(whole)}"}, b"no")
            status, body = 206, whole[start:]
            extra["Content-Range"] = f"bytes {start}-{len(whole) - 1}/{len(whole)}"
        if what == "corrupt":
            body = body[:-1] + bytes([body[-1] ^ 1])
        elif what == "more":
            return self._send(handler, status, extra, body + body, announced=None)
        elif what == "huge":
            return self._send(handler, status, extra, body, announced=10**15)
        elif what == "end early":
            return self._send(handler, status, extra, body[: len(body) // 2], announced=None)
        elif what in ("stall", "truncate"):
            self._send(handler, status, extra, body[: len(body) // 2], announced=len(body))
            if what == "stall":
                self._released.wait()
                handler.wfile.write(body[len(body) // 2 :])
            return None
        return self._send(handler, status, extra, body)

    @staticmethod
    def _send(handler, status: int, headers: dict, body: bytes, announced: int | None = -1) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if announced is not None:
            handler.send_header("Content-Length", str(len(body) if announced < 0 else announced))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
