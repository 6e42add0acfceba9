# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Translation services on loopback: the published APIs of DeepL, LibreTranslate and OpenAI, with bad days on demand."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "a-secret-key"
SPANISH = "La gente de este país quiere trabajar."


def spanish(text: str) -> str:
    """The translation of anything, with the signs of glossary terms that are in it."""
    return " ".join([SPANISH[:-1], *re.findall(r"\b[Qq]z[a-z]{2}\b", text)]) + "."


def deepl(headers: dict, body: dict) -> tuple[int, dict]:
    if headers.get("Authorization") != f"DeepL-Auth-Key {KEY}":
        return 403, {"message": "Forbidden"}
    if body["target_lang"] != "ES" or body["source_lang"] != "EN":
        return 400, {"message": "Value for 'target_lang' not supported."}
    signs = re.findall("<x>.*?</x>", body["text"][0])
    assert not signs or (body["tag_handling"], body["ignore_tags"]) == ("xml", ["x"])
    text = " ".join([SPANISH[:-1], *signs]) + "."
    return 200, {"translations": [{"detected_source_language": "EN", "text": text} for _ in body["text"]]}


def libretranslate(headers: dict, body: dict) -> tuple[int, dict]:
    if body.get("api_key") != KEY:
        return 403, {"error": "Invalid API key"}
    if (body["source"], body["target"]) != ("en", "es"):
        return 400, {"error": f"{body['target']} is not supported"}
    assert isinstance(body["q"], str) and body["format"] == "text"
    return 200, {"translatedText": spanish(body["q"])}


def chat_completions(headers: dict, body: dict) -> tuple[int, dict]:
    if headers.get("Authorization") != f"Bearer {KEY}":
        return 401, {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}
    if body["model"] != "small":
        return 404, {"error": {"message": "The model does not exist"}}
    said_before = len(body["messages"]) // 2 - 1
    roles = ["system"] + ["user", "assistant"] * said_before + ["user"]
    assert [message["role"] for message in body["messages"]] == roles
    return 200, {"object": "chat.completion", "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": spanish(body["messages"][-1]["content"])}}]}  # fmt: skip


PATHS = {"/v2/translate": deepl, "/translate": libretranslate, "/v1/chat/completions": chat_completions}


class TranslationServer:
    """Answers as the three services do; `instead` answers everything, once it is set: status and bytes, or "hang"."""

    def __init__(self) -> None:
        self.instead: tuple[int, bytes] | str | None = None
        self.is_lazy = False  # LibreTranslate gives the text back, in another case
        self.asked: list[tuple[str, dict]] = []  # path and body
        self._released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append((self.path, body))
                if server.instead == "hang":
                    server._released.wait()
                    self.close_connection = True
                    return
                if server.is_lazy and self.path == "/translate":
                    status, answer = 200, json.dumps({"translatedText": body["q"].upper()}).encode()
                elif server.instead:
                    status, answer = server.instead
                else:
                    status, document = PATHS[self.path](dict(self.headers), body)
                    answer = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_) -> None:  # a client that went in the middle of an answer
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def release(self) -> None:
        """Those that hang are let go, without an answer; from now on it answers as usual."""
        self.instead = None
        self._released.set()

    def settings(self, provider: str) -> dict[str, str]:
        """What sts-service has to be told to ask this server."""
        return {"TRANSLATION_PROVIDER": provider, "DEEPL_API_URL": self.url, "DEEPL_AUTH_KEY": KEY,
                "LIBRETRANSLATE_URL": self.url, "LIBRETRANSLATE_API_KEY": KEY, "OPENAI_BASE_URL": f"{self.url}/v1",
                "OPENAI_API_KEY": KEY, "OPENAI_TRANSLATION_MODEL": "small"}  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
