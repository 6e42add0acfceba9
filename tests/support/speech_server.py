# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Services that listen and speak, on loopback: the published APIs of OpenAI's audio, ElevenLabs and a Coqui server,
with bad days on demand. What is spoken is spoken by flite."""

import email.parser
import email.policy
import io
import json
import queue
import subprocess
import tempfile
import threading
import wave
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "a-secret-key"
HEARD = "The people of this country want to work."

Answer = tuple[int, str, bytes]  # status, type, body


def as_json(status: int, document: dict) -> Answer:
    return status, "application/json", json.dumps(document).encode()


def refused(status: int, message: str) -> Answer:
    return as_json(status, {"error": {"message": message, "type": "invalid_request_error"}})


def form_of(headers: dict, body: bytes) -> dict[str, list]:
    """The fields of a multipart form: texts, and for a file its bytes."""
    head = f"Content-Type: {headers['Content-Type']}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    assert message.is_multipart() and not message.defects, message.defects
    form: dict[str, list] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        form.setdefault(name, []).append(content if part.get_filename() else content.decode())
    return form


def is_silent(sound: bytes) -> bool:
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        frames = file.readframes(file.getnframes())
        assert len(frames) == 2 * file.getnframes()
    return not any(frames)


def transcription(form: dict[str, list], kinds: list[str]) -> Answer:
    """What a server of Whisper says: as much of it as `kinds` has."""
    kind = form["response_format"][0]
    if kind not in kinds:
        return refused(400, f"response_format '{kind}' is not compatible with model '{form['model'][0]}'")
    if is_silent(form["file"][0]):
        return as_json(200, {"text": ""})
    if kind == "json":
        return as_json(200, {"text": HEARD, "usage": {"type": "duration", "seconds": 4}})
    assert form["timestamp_granularities[]"] == ["word", "segment"]
    texts = HEARD.strip(".").split()
    words = [{"word": text, "start": 0.1 + 0.25 * at, "end": 0.3 + 0.25 * at} for at, text in enumerate(texts)]
    segment = {"id": 0, "seek": 0, "start": 0.0, "end": 2.4, "text": " " + HEARD, "temperature": 0.0,
               "avg_logprob": -0.3, "compression_ratio": 1.1, "no_speech_prob": 0.01}  # fmt: skip
    return as_json(200, {"task": "transcribe", "language": "english", "duration": 2.4, "text": HEARD,
                         "words": words, "segments": [segment]})  # fmt: skip


def spoken(text: str, speed: float = 1.0) -> bytes:
    """A WAV file of somebody who says so."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", "rms", "--setf", f"duration_stretch={1 / speed:.3f}", "-t", text, "-o",
                        file.name], check=True)  # fmt: skip
        return file.read()


def as_samples(sound: bytes, rate_hz: int) -> bytes:
    """The bare samples of a WAV file: 16 bit, mono."""
    command = ["ffmpeg", "-v", "error", "-i", "-", "-ar", str(rate_hz), "-ac", "1", "-f", "s16le", "-"]
    return subprocess.run(command, input=sound, capture_output=True, check=True).stdout


def coded(sound: bytes, *how: str) -> bytes:
    """The same sound in another file: `how` are ffmpeg's options, the last of them the muxer."""
    with tempfile.NamedTemporaryFile() as file:  # a muxer that may go back says how long the sound is
        command = ["ffmpeg", "-v", "error", "-y", "-i", "-", *how[:-1], "-f", how[-1], file.name]
        subprocess.run(command, input=sound, check=True)
        return file.read()


def without_sizes(sound: bytes) -> bytes:
    """A WAV file as it is written before anybody knows how long it will be."""
    assert sound[:4] == b"RIFF" and sound[36:40] == b"data"
    return sound[:4] + b"\xff" * 4 + sound[8:40] + b"\xff" * 4 + sound[44:]


@dataclass(frozen=True)
class Streamed:
    """How speech is sent while it is made, in chunks of HTTP."""

    piece: int = 1001  # bytes, and so half a sample again and again
    pause: float = 0.0  # seconds between pieces
    then: str = "end"  # or "stall", in the middle; "break off", there too; "go on", from the beginning
    faster_than: float = 0.0  # what is asked for at no more speed than this comes in one piece


class SpeechServer:
    """Answers as the services do. `instead` answers all, once it is set: status, type and bytes, or "hang".

    `file` makes the file that OpenAI's speech is sent as, whatever was asked for: its type, and ffmpeg's options for
    coded(). `streamed` is how speech is sent; whenever a client goes before its end, `gone` has how many bytes it was
    sent, and of how many.
    `kinds` are the kinds of transcription that its model knows, `languages` those that it hears; `stretch` is how many
    times longer than usual it speaks. `asked` has each request's path and what was in it.
    """

    def __init__(self) -> None:
        self.instead: Answer | str | None = None
        self.kinds = ["verbose_json", "json"]
        self.languages = ["en", "fr", "fi"]
        self.stretch = 1.0
        self.file: tuple[str, ...] | None = None
        self.streamed: Streamed | None = None
        self.gone: queue.Queue[tuple[int, int]] = queue.Queue()
        self.asked: list[tuple[str, dict]] = []
        self.speeds: list[float] = []  # those that were asked for
        self._released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.respond(b"")

            def do_POST(self) -> None:
                self.respond(self.rfile.read(int(self.headers["Content-Length"])))

            def respond(self, body: bytes) -> None:
                parts = urlsplit(self.path)
                answer = server._answer(parts.path, parse_qs(parts.query), dict(self.headers), body)
                if answer is None:
                    server._released.wait()
                    self.close_connection = True
                    return
                status, kind, content = answer
                is_spoken = status == 200 and kind.startswith("audio/")
                if server.streamed and is_spoken and server.speeds[-1] > server.streamed.faster_than:
                    self.stream(kind, content, server.streamed)
                    return
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def stream(self, kind: str, content: bytes, how: Streamed) -> None:
                if content[:4] == b"RIFF":
                    content = without_sizes(content)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.close_connection = True
                sent = 0
                end = len(content) if how.then in ("end", "go on") else len(content) // 2
                try:
                    while sent < end or how.then == "go on":
                        at = sent % len(content)
                        piece = content[at : min(at + how.piece, len(content))]
                        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                        sent += len(piece)
                        if server._released.wait(how.pause):
                            return
                    if how.then == "end":
                        self.wfile.write(b"0\r\n\r\n")
                    elif how.then == "stall" and not self.rfile.read(1):
                        raise ConnectionError("the client closed the connection")
                except ConnectionError:
                    server.gone.put((sent, len(content)))

            def log_message(self, *_) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_) -> None:  # a client that went in the middle of an answer
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, path: str, query: dict, headers: dict, body: bytes) -> Answer | None:
        """None: never."""
        is_form = headers.get("Content-Type", "").startswith("multipart/")
        asked = form_of(headers, body) if is_form else json.loads(body) if body else query
        self.asked.append((path, asked))
        if self.instead:
            return None if self.instead == "hang" else self.instead
        if path == "/v1/audio/transcriptions":
            return self._openai(headers, asked["model"][0], "listener") or self._transcribe(asked)
        if path == "/v1/audio/speech":
            return self._openai(headers, asked["model"], "speaker") or self._speak_as_openai(asked)
        if path == "/v1/models" or path.startswith("/v1/text-to-speech/"):
            return self._as_elevenlabs(path, query, headers, asked)
        if path == "/api/tts":
            return self._as_coqui(query)
        return refused(404, f"Invalid URL ({path})")

    @staticmethod
    def _openai(headers: dict, model: str, known: str) -> Answer | None:
        """What OpenAI refuses of any question."""
        if headers.get("Authorization") != f"Bearer {KEY}":
            return refused(401, "Incorrect API key provided")
        return None if model == known else refused(404, "The model does not exist")

    def _transcribe(self, form: dict[str, list]) -> Answer:
        if form["language"][0] not in self.languages:
            return refused(400, f"Language '{form['language'][0]}' is not supported")
        return transcription(form, self.kinds)

    def _speak_as_openai(self, asked: dict) -> Answer:
        assert asked["response_format"] == "wav", asked
        if asked["voice"] not in ("alloy", "nova"):
            return refused(400, f"Voice '{asked['voice']}' is not one of alloy, nova")
        self.speeds.append(asked.get("speed", 1.0))
        assert 0.25 <= self.speeds[-1] <= 4.0
        sound = spoken(asked["input"], self.speeds[-1] / self.stretch)
        return (200, self.file[0], coded(sound, *self.file[1:])) if self.file else (200, "audio/wav", sound)

    def _as_elevenlabs(self, path: str, query: dict, headers: dict, asked: dict) -> Answer:
        if headers.get("xi-api-key") != KEY:
            return as_json(401, {"detail": {"status": "invalid_api_key", "message": "Invalid API key"}})
        if path == "/v1/models":
            languages = [{"language_id": "en", "name": "English"}, {"language_id": "es", "name": "Spanish"}]
            return as_json(200, [{"model_id": "eleven_flash_v2_5", "can_do_text_to_speech": True,
                                  "languages": languages}])  # fmt: skip
        assert query == {"output_format": ["pcm_24000"]}
        if path not in (f"/v1/text-to-speech/{voice}/stream" for voice in ("usual", "other")):
            return as_json(404, {"detail": {"status": "voice_not_found", "message": "A voice was not found"}})
        assert (asked["model_id"], asked["language_code"]) == ("eleven_flash_v2_5", "es"), asked
        self.speeds.append(asked.get("voice_settings", {}).get("speed", 1.0))
        assert 0.7 <= self.speeds[-1] <= 1.2
        return 200, "audio/pcm", as_samples(spoken(asked["text"], self.speeds[-1] / self.stretch), 24000)

    def _as_coqui(self, query: dict) -> Answer:
        if query.get("speaker_id", [""])[0] not in ("", "Ana"):
            return 500, "text/html", b"<title>500 Internal Server Error</title>"
        assert query["language_id"] == ["es"], query
        return 200, "audio/wav", spoken(query["text"][0])

    def speaking(self, provider: str) -> dict[str, str]:
        """What sts-service has to be told to have this server speak."""
        return {"TTS_PROVIDER": provider, "OPENAI_BASE_URL": f"{self.url}/v1", "OPENAI_API_KEY": KEY,
                "OPENAI_TTS_MODEL": "speaker", "OPENAI_TTS_VOICE": "alloy", "ELEVENLABS_API_URL": self.url,
                "ELEVENLABS_API_KEY": KEY, "ELEVENLABS_VOICE_ID": "usual", "COQUI_URL": self.url}  # fmt: skip

    def listening(self) -> dict[str, str]:
        """What sts-service has to be told to have this server listen."""
        return {"ASR_PROVIDER": "openai-compatible", "OPENAI_BASE_URL": f"{self.url}/v1", "OPENAI_API_KEY": KEY,
                "OPENAI_ASR_MODEL": "listener"}  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
