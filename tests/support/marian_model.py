#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a Marian model of some thirty words, with the files, inputs and outputs that optimum exports of real ones have.

    tests/support/marian_model.py FOLDER

It translates word by word, each where it stood, and is made so that mistakes in asking it show:

- What is said depends on all that was said before ("la" asks for "roja"), which it reads from the values in its
  cache. A cache whose rows are mixed up, or lost, says something else.
- It finds its place in the source by the length of its cache, and the words there in the encoder's keys and values,
  which its first call alone computes. In later calls encoder_hidden_states does not count, and present.*.encoder.* of
  those are of no use, as in real ones.
- "the car is red." is "la auto ..." for whoever takes the likeliest word each time, and "el coche es rojo." for a beam.
- A sign of a glossary ("qzaa") becomes "quesoaa", unless it is held to the sign.
"""

import argparse
import json
from pathlib import Path

from onnx_file import BOOL, FLOAT, INT64, Graph, chunk, number, real

SPACE = "\u2581"
HEADS = 2
POSITIONS = 32

# Each piece of the source, and what it may become, with how likely that is at first.
LEXICON = {
    "</s>": {"</s>": 9},
    "<unk>": {"<unk>": 7, SPACE + "algo": 6},
    SPACE + "the": {SPACE + "la": 6, SPACE + "el": 5.8},
    SPACE + "The": {SPACE + "La": 6, SPACE + "El": 5.8},
    SPACE + "car": {SPACE + "coche": 5, SPACE + "auto": 5.2},
    SPACE + "house": {SPACE + "casa": 7},
    SPACE + "is": {SPACE + "es": 8},
    SPACE + "red": {SPACE + "rojo": 6, SPACE + "roja": 6},
    SPACE + "goal": {SPACE + "gol": 7},
    SPACE + "on": {SPACE + "en": 7},
    SPACE + "nothing": {"</s>": 20},
    SPACE + "qz": {SPACE + "queso": 6, SPACE + "qz": 4},
    SPACE + "Qz": {SPACE + "queso": 6, SPACE + "Qz": 4},
    "aa": {"aa": 8},
    "ab": {"ab": 8},
    ".": {".": 9},
    "!": {"!": 9},
}
# What was said, and what it makes likelier.
AFTER = {
    SPACE + "la": {SPACE + "casa": 1, SPACE + "roja": 3},
    SPACE + "La": {SPACE + "casa": 1, SPACE + "roja": 3},
    SPACE + "el": {SPACE + "coche": 4, SPACE + "gol": 1, SPACE + "rojo": 3},
    SPACE + "El": {SPACE + "coche": 4, SPACE + "gol": 1, SPACE + "rojo": 3},
}


def vocabulary() -> dict[str, int]:
    pieces = ["</s>", "<unk>", *LEXICON, *(piece for said in LEXICON.values() for piece in said), "<pad>"]
    return {piece: at for at, piece in enumerate(dict.fromkeys(pieces))}


class Marian:
    def __init__(self) -> None:
        self.vocabulary = vocabulary()
        self.size = len(self.vocabulary)
        self.head = max(self.size, POSITIONS)  # a head of words, and one of places

    def table(self, scores: dict[str, dict[str, float]]) -> list[float]:
        """From a word (padded to a head) to the scores of the next one."""
        rows = [[0.0] * self.size for _ in range(self.head)]
        for piece, following in scores.items():
            for other, score in following.items():
                rows[self.vocabulary[piece]][self.vocabulary[other]] = float(score)
        return [value for row in rows for value in row]

    def unit_vectors(self, count: int) -> list[float]:
        return [float(row == column) for row in range(count) for column in range(self.head)]

    def encoder(self) -> bytes:
        graph = Graph("encoder")
        ids = graph.input("input_ids", INT64, ["batch_size", "encoder_sequence_length"])
        mask = graph.input("attention_mask", INT64, ["batch_size", "encoder_sequence_length"])
        words = graph.node("Gather", graph.constant(FLOAT, [self.size, self.head], self.unit_vectors(self.size)), ids)
        # 0, 1, 2 ... of each row: how many come before.
        one = graph.constant(INT64, [], [1])
        places = graph.node("Sub", graph.node("CumSum", mask, one), one)
        places = graph.node("Gather", graph.constant(FLOAT, [POSITIONS, self.head], self.unit_vectors(POSITIONS)), places)
        graph.node("Concat", words, places, outputs=["last_hidden_state"], axis=-1)
        graph.output("last_hidden_state", FLOAT, ["batch_size", "encoder_sequence_length", HEADS * self.head])
        return graph.model()

    def cached(self, what: str) -> list[int | str]:
        return ["batch_size", HEADS, f"{what}_sequence_length", self.head]

    def to_heads(self, graph: Graph, hidden: str) -> str:
        shape = graph.constant(INT64, [4], [0, 0, HEADS, self.head])
        return graph.node("Transpose", graph.node("Reshape", hidden, shape), perm=[0, 2, 1, 3])

    def decoder(self) -> bytes:
        graph = Graph("decoder")
        mask = graph.input("encoder_attention_mask", INT64, ["batch_size", "encoder_sequence_length"])
        ids = graph.input("input_ids", INT64, ["batch_size", "decoder_sequence_length"])
        hidden = graph.input("encoder_hidden_states", FLOAT,
                             ["batch_size", "encoder_sequence_length", HEADS * self.head])  # fmt: skip
        for side in ("decoder", "encoder"):
            for part in ("key", "value"):
                graph.input(f"past_key_values.0.{side}.{part}", FLOAT, self.cached(f"past_{side}"))
        graph.input("use_cache_branch", BOOL, [1])

        outputs = ["logits", *(f"present.0.{side}.{part}" for side in ("decoder", "encoder") for part in ("key", "value"))]
        graph.node("If", "use_cache_branch", outputs=outputs,
                   then_branch=self.branch("later", mask, ids, hidden), else_branch=self.branch("first", mask, ids, hidden))  # fmt: skip
        graph.output("logits", FLOAT, ["batch_size", "decoder_sequence_length", self.size])
        for name in outputs[1:]:
            graph.output(name, FLOAT, self.cached(f"{name.split('.')[2]}_present"))
        return graph.model()

    def branch(self, name: str, mask: str, ids: str, hidden: str) -> bytes:
        """The decoder with its cache, or without one."""
        graph = Graph(name)
        is_first = name == "first"
        step = graph.node("Gather", graph.constant(FLOAT, [self.size, self.head], self.unit_vectors(self.size)), ids)
        step = self.to_heads(graph, graph.node("Concat", step, step, axis=-1))
        if is_first:
            said = step
            read = {part: self.to_heads(graph, hidden) for part in ("key", "value")}
        else:
            said = graph.node("Concat", "past_key_values.0.decoder.value", step, axis=2)
            read = {part: f"past_key_values.0.encoder.{part}" for part in ("key", "value")}

        # The place to read at is how much was said before.
        zero = graph.constant(INT64, [], [0])
        one = graph.constant(INT64, [], [1])
        length = graph.node("Gather", graph.node("Shape", said), graph.constant(INT64, [], [2]))
        place = graph.node("Gather", graph.constant(FLOAT, [POSITIONS, self.head], self.unit_vectors(POSITIONS)),
                           graph.node("Sub", length, one))  # fmt: skip
        places = graph.node("Gather", read["key"], one, axis=1)
        words = graph.node("Gather", read["value"], zero, axis=1)
        attention = graph.node("MatMul", places, place)
        attention = graph.node("Mul", attention, graph.node("Cast", mask, to=FLOAT))
        attention = graph.node("Unsqueeze", attention, graph.constant(INT64, [1], [1]))
        word = graph.node("MatMul", attention, words)

        # All that was said so far, of the first head.
        history = graph.node("Gather", said, zero, axis=1)
        history = graph.node("ReduceSum", history, graph.constant(INT64, [1], [1]), keepdims=1)
        shape = [self.head, self.size]
        scores = graph.node("MatMul", word, graph.constant(FLOAT, shape, self.table(LEXICON)))
        bias = graph.node("MatMul", history, graph.constant(FLOAT, shape, self.table(AFTER)))
        # What was said makes nothing likely that the word does not mean.
        means = graph.node("Cast", graph.node("Greater", scores, graph.constant(FLOAT, [], [0.0])), to=FLOAT)

        outputs = [f"{name}_logits"]
        graph.node("Add", scores, graph.node("Mul", bias, means), outputs=outputs)
        for part in ("key", "value"):
            outputs.append(f"{name}_decoder_{part}")
            # A copy: the two are of one name.
            graph.node("Identity", said, outputs=outputs[-1:])
        for part in ("key", "value"):
            outputs.append(f"{name}_encoder_{part}")
            if is_first:
                graph.node("Identity", read[part], outputs=outputs[-1:])
            else:
                nothing = graph.constant(FLOAT, [1, HEADS, 1, self.head], [0.0] * HEADS * self.head)
                graph.node("Identity", nothing, outputs=outputs[-1:])
        graph.output(outputs[0], FLOAT, ["batch_size", "decoder_sequence_length", self.size])
        for output in outputs[1:]:
            graph.output(output, FLOAT, ["b", HEADS, "s", self.head])
        return graph.encode()

    def config(self) -> dict:
        pad = self.vocabulary["<pad>"]
        return {
            "model_type": "marian", "architectures": ["MarianMTModel"], "vocab_size": self.size,
            "decoder_vocab_size": self.size, "d_model": HEADS * self.head, "decoder_layers": 1, "encoder_layers": 1,
            "decoder_attention_heads": HEADS, "encoder_attention_heads": HEADS, "max_position_embeddings": POSITIONS,
            "share_encoder_decoder_embeddings": True, "decoder_start_token_id": pad, "pad_token_id": pad,
            "eos_token_id": self.vocabulary["</s>"], "forced_eos_token_id": self.vocabulary["</s>"],
            "bad_words_ids": [[pad]], "num_beams": 4, "max_length": POSITIONS,
        }  # fmt: skip


def sentence_pieces(pieces: list[str]) -> bytes:
    """A SentencePiece model (sentencepiece_model.proto) of whole pieces, the longer the likelier."""
    normal, unknown, control = 1, 2, 3
    entries = [("<unk>", 0.0, unknown), ("<s>", 0.0, control), ("</s>", 0.0, control)]
    entries += [(piece, len(piece) - 20.0, normal) for piece in pieces if piece not in ("<unk>", "</s>", "<pad>")]
    unigram, identity = 1, "identity"
    return (
        b"".join(chunk(1, chunk(1, piece) + real(2, score) + number(3, kind)) for piece, score, kind in entries)
        + chunk(2, number(3, unigram) + number(4, len(entries)))
        + chunk(3, chunk(1, identity) + number(3, 1) + number(4, 1) + number(5, 1))
    )


def make(folder: Path) -> None:
    model = Marian()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "encoder_model.onnx").write_bytes(model.encoder())
    (folder / "decoder_model_merged.onnx").write_bytes(model.decoder())
    (folder / "source.spm").write_bytes(sentence_pieces(list(LEXICON)))
    said = dict.fromkeys(piece for scores in LEXICON.values() for piece in scores)
    (folder / "target.spm").write_bytes(sentence_pieces(list(said)))
    (folder / "vocab.json").write_text(json.dumps(model.vocabulary, ensure_ascii=False))
    config = model.config()
    (folder / "config.json").write_text(json.dumps(config))
    generation = ("decoder_start_token_id", "pad_token_id", "eos_token_id", "bad_words_ids", "num_beams", "max_length")
    (folder / "generation_config.json").write_text(json.dumps({key: config[key] for key in generation}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    make(parser.parse_args().folder)
