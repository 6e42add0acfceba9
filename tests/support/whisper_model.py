#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a small model in whisper.cpp's file format that says one sentence, whatever it hears.

    tests/support/whisper_model.py OUT [--say WHAT] [--english] [--size small|tiny] [--audio-layers N] [--end SECONDS]
    tests/support/whisper_model.py OUT --voice-gate speech|silence

Layout, tokenizer and tensors are those of a real model (the first 256 tokens are bytes, the marks of time and
language stand where they do in a real one), so the library's own loader and decoder run. The weights are made,
not learnt: each token of the sentence leads to the next through the decoder's first layer, and the encoder adds
nothing. With many audio layers it is as slow as a real one, and still small; of size "tiny" it has all dimensions of
the real tiny, so that it loads, takes memory and listens as that does (the more layers are silent).

    sentence   " Good evening, España." in which a character lies in two tokens (the default)
    loop       " go go go ..." without end, as a model does that goes in circles
    thanks     " Thank you for watching." as a model does in silence

A voice gate has the layout of Silero's, and takes everything for speech, or for silence.
"""

import argparse
import math
import struct
from dataclasses import dataclass, replace
from pathlib import Path

import numpy

MAGIC = 0x67676D6C
AUDIO_POSITIONS = 1500
TEXT_POSITIONS = 448
MELS = 80
BINS = 201
PLAIN_TOKENS = 50257  # in the file; the library adds the marks behind them
EVERY_TOKEN_NORM = 4.0

SENTENCES = {
    "sentence": [b" Good", b" even", b"ing", b",", b" Espa\xc3", b"\xb1", b"a", b"."],
    "loop": [b" go"],
    "thanks": [b" Thank", b" you", b" for", b" watching", b"."],
}


@dataclass(frozen=True)
class Size:
    state: int
    heads: int
    audio_layers: int
    text_layers: int


SIZES = {"small": Size(64, 1, 1, 1), "tiny": Size(384, 6, 4, 4)}  # small: for tests; no real one is


class Tokens:
    """Where the marks stand, as in the library."""

    def __init__(self, english: bool) -> None:
        shift = 0 if english else 1
        self.vocabulary = 51864 + shift
        self.end_of_text = 50256 + shift
        self.start = 50257 + shift
        self.spanish = self.start + 1 + 3
        self.transcribe = 50358 + shift
        self.time_zero = 50363 + shift

    def time(self, seconds: float) -> int:
        return self.time_zero + round(seconds * 50)


def plain_tokens(words: list[bytes]) -> tuple[list[bytes], dict[bytes, int]]:
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    order = printable + [byte for byte in range(256) if byte not in printable]
    tokens = [bytes([byte]) for byte in order]
    for word in words:
        if word not in tokens:
            tokens.append(word)
    ids = {token: number for number, token in enumerate(tokens)}
    tokens += [b" x%05d" % number for number in range(len(tokens), PLAIN_TOKENS)]
    return tokens, ids


def chain_of(say: str, marks: Tokens, ids: dict[bytes, int], end: float, english: bool) -> list[tuple[int, int]]:
    """Which token leads to which."""
    words = [ids[word] for word in SENTENCES[say]]
    before = marks.start if english else marks.transcribe
    path = [before, marks.time(0), *words]
    path += [words[0]] if say == "loop" else [marks.time(end), marks.end_of_text]
    return list(zip(path, path[1:]))


def weights(
    chain: list[tuple[int, int]], marks: Tokens, english: bool, state: int
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The token embedding, and the matrix that leads from one to the next."""
    random = numpy.random.default_rng(1)
    embedding = random.normal(size=(marks.vocabulary, state)) * (0.25 * EVERY_TOKEN_NORM / math.sqrt(state))
    used = sorted({token for pair in chain for token in pair} | {marks.start, marks.spanish})
    # Orthogonal to each other and to (1, 1, ...), which the layer norms take out.
    basis = numpy.linalg.qr(numpy.column_stack([numpy.ones(state), random.normal(size=(state, len(used)))]))[0].T
    unit = dict(zip(used, basis[1:]))
    for token, vector in unit.items():
        embedding[token] = EVERY_TOKEN_NORM * vector
    lead = numpy.zeros((state, state))
    for token, following in chain:
        lead += 5.0 * numpy.outer(unit[following], unit[token])
    if not english:  # a detected language: compared with other languages alone
        lead += 5.0 * numpy.outer(unit[marks.spanish], unit[marks.start])
    return embedding, lead


class Writer:
    def __init__(self, path: Path, state: int = 0) -> None:
        self.file = path.open("wb")
        self.state = state  # of a model

    def numbers(self, *values: int) -> None:
        self.file.write(struct.pack(f"<{len(values)}i", *values))

    def tensor(self, name: str, data: numpy.ndarray, half: bool) -> None:
        self.numbers(data.ndim, len(name), 1 if half else 0, *reversed(data.shape))
        self.file.write(name.encode())
        self.file.write(data.astype("<f2" if half else "<f4").tobytes())

    def zeros(self, name: str, *shape: int, half: bool = False) -> None:
        self.tensor(name, numpy.zeros(shape), half)

    def norm(self, name: str) -> None:
        self.tensor(name + ".weight", numpy.ones(self.state), False)
        self.zeros(name + ".bias", self.state)

    def attention(self, name: str) -> None:
        for part in ("query", "key", "value", "out"):
            self.zeros(f"{name}.{part}.weight", self.state, self.state, half=True)
            if part != "key":
                self.zeros(f"{name}.{part}.bias", self.state)

    def silent_mlp(self, name: str) -> None:
        self.zeros(name + ".mlp.0.weight", 4 * self.state, self.state, half=True)
        self.zeros(name + ".mlp.0.bias", 4 * self.state)
        self.zeros(name + ".mlp.2.weight", self.state, 4 * self.state, half=True)
        self.zeros(name + ".mlp.2.bias", self.state)

    def leading_mlp(self, name: str, lead: numpy.ndarray) -> None:
        """`lead` times what comes in: moved to where the activation between is a straight line, and back."""
        shift = 40.0
        first = numpy.zeros((4 * self.state, self.state))
        first[:self.state] = numpy.eye(self.state)
        bias = numpy.zeros(4 * self.state)
        bias[:self.state] = shift
        second = numpy.zeros((self.state, 4 * self.state))
        second[:, :self.state] = lead.astype("<f2")
        self.tensor(name + ".mlp.0.weight", first, True)
        self.tensor(name + ".mlp.0.bias", bias, False)
        self.tensor(name + ".mlp.2.weight", second, True)
        self.tensor(name + ".mlp.2.bias", -shift * second[:, :self.state].sum(axis=1), False)


def write_model(path: Path, say: str, english: bool, size: Size, end: float) -> None:
    marks = Tokens(english)
    tokens, ids = plain_tokens(SENTENCES[say])
    state = size.state
    embedding, lead = weights(chain_of(say, marks, ids, end, english), marks, english, state)
    out = Writer(path, state)
    out.numbers(MAGIC, marks.vocabulary, AUDIO_POSITIONS, state, size.heads, size.audio_layers)
    out.numbers(TEXT_POSITIONS, state, size.heads, size.text_layers, MELS, 1)
    out.numbers(MELS, BINS)
    out.file.write(numpy.full((MELS, BINS), 1.0 / BINS, dtype="<f4").tobytes())
    out.numbers(len(tokens))
    for token in tokens:
        out.numbers(len(token))
        out.file.write(token)

    out.zeros("encoder.positional_embedding", AUDIO_POSITIONS, state)
    out.zeros("encoder.conv1.weight", state, MELS, 3, half=True)
    out.zeros("encoder.conv1.bias", state, 1)
    out.zeros("encoder.conv2.weight", state, state, 3, half=True)
    out.zeros("encoder.conv2.bias", state, 1)
    for layer in range(size.audio_layers):
        name = f"encoder.blocks.{layer}"
        out.attention(name + ".attn")
        out.norm(name + ".attn_ln")
        out.silent_mlp(name)
        out.norm(name + ".mlp_ln")
    out.norm("encoder.ln_post")

    out.zeros("decoder.positional_embedding", TEXT_POSITIONS, state)
    out.tensor("decoder.token_embedding.weight", embedding, True)
    for layer in range(size.text_layers):
        name = f"decoder.blocks.{layer}"
        out.attention(name + ".attn")
        out.norm(name + ".attn_ln")
        out.attention(name + ".cross_attn")
        out.norm(name + ".cross_attn_ln")
        if layer == 0:
            out.leading_mlp(name, lead)
        else:
            out.silent_mlp(name)
        out.norm(name + ".mlp_ln")
    out.norm("decoder.ln")
    out.file.close()


def write_voice_gate(path: Path, hears: str) -> None:
    layers = [(129, 128), (128, 64), (64, 64), (64, 128)]
    state = 128
    out = Writer(path)
    kind = b"silero-16k"
    out.numbers(MAGIC, len(kind))
    out.file.write(kind)
    out.numbers(5, 1, 2, 512, 64, len(layers))
    for size_in, size_out in layers:
        out.numbers(size_in, size_out, 3)
    out.numbers(state, state, state, 1)
    for layer, (size_in, size_out) in enumerate(layers):
        name = f"_model.encoder.{layer}.reparam_conv"
        out.zeros(name + ".weight", size_out, size_in, 3, half=True)
        out.zeros(name + ".bias", size_out)
    for name in ("weight_ih", "weight_hh"):
        out.zeros("_model.decoder.rnn." + name, 4 * state, state)
    for name in ("bias_ih", "bias_hh"):
        out.zeros("_model.decoder.rnn." + name, 4 * state)
    out.zeros("_model.decoder.decoder.2.weight", state, half=True)
    out.tensor("_model.decoder.decoder.2.bias", numpy.array(9.0 if hears == "speech" else -9.0), False)
    out.zeros("_model.stft.forward_basis_buffer", 258, 1, 256, half=True)
    out.file.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes a small whisper model that says one sentence.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--say", choices=SENTENCES, default="sentence")
    parser.add_argument("--english", action="store_true", help="a model for English alone")
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--audio-layers", type=int, help="instead of the size's own")
    parser.add_argument("--end", type=float, default=2.0, help="when the sentence is over")
    parser.add_argument("--voice-gate", choices=("speech", "silence"), help="a voice gate instead of a model")
    given = parser.parse_args()
    if given.voice_gate:
        write_voice_gate(given.out, given.voice_gate)
        return
    size = SIZES[given.size]
    if given.audio_layers is not None:
        size = replace(size, audio_layers=given.audio_layers)
    write_model(given.out, given.say, given.english, size, given.end)


if __name__ == "__main__":
    main()
