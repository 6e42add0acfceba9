#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Makes small VITS voices with the inputs, outputs and configuration of real ones.

    tests/support/vits_model.py FOLDER/es_ES-tiny-low.onnx [--speakers N] [--language CODE] [--slow TURNS]
    tests/support/vits_model.py FOLDER/name/model.onnx --coqui [--speakers N] [--languages es,fr]

Such a voice hums: each symbol lasts 40 ms times the length scale, and the pitch is 220 Hz for speaker 0 and 110 Hz
more for each one after it (and 55 Hz for each language), so that length, speaker and language can be heard. Half of
the noise scale is how loud it is. A pause of 100 ms is put around it, as real voices do. --slow makes it count
first, so that it can be stopped.
"""

import argparse
import json
import math
from pathlib import Path

from onnx_file import BOOL, FLOAT, INT64, Graph

RATE = 16000
SYMBOL = 640  # samples
PAUSE = 1600
LETTERS = " abcdefghijklmnopqrstuvwxyzæðøŋɐɑɔəɛɡɣɪɲɹɾʃʊʌʎʒʝʤʧˈˌːβθχ\u0327\u0303!'(),-.:;?"


def graph_of(speakers: int, languages: int, slow: int) -> bytes:
    graph = Graph("vits")
    graph.input("input", INT64, ["batch_size", "phonemes"])
    graph.input("input_lengths", INT64, ["batch_size"])
    graph.input("scales", FLOAT, [3])

    def scalar(value: float) -> str:
        return graph.constant(FLOAT, [], [value])

    def index(value: int) -> str:
        return graph.constant(INT64, [], [value])

    # Of the symbols as many as input_lengths says, each the length scale long.
    count = graph.node("Gather", "input_lengths", index(0))
    length = graph.node("Mul", graph.node("Cast", count, to=FLOAT), scalar(SYMBOL))
    if slow:
        length = counted(graph, length, slow)
    length = graph.node("Mul", length, graph.node("Gather", "scales", index(1)))
    samples = graph.node("Cast", length, to=INT64)
    times = graph.node("Cast", graph.node("Range", index(0), samples, index(1)), to=FLOAT)

    pitch = scalar(220.0)
    if speakers > 1:
        graph.input("sid", INT64, [1])
        pitch = graph.node("Add", pitch, graph.node("Mul", graph.node("Cast", "sid", to=FLOAT), scalar(110.0)))
    if languages:
        graph.input("langid", INT64, [1])
        pitch = graph.node("Add", pitch, graph.node("Mul", graph.node("Cast", "langid", to=FLOAT), scalar(55.0)))
    step = graph.node("Mul", pitch, scalar(2 * math.pi / RATE))
    wave = graph.node("Sin", graph.node("Mul", times, step))
    loudness = graph.node("Mul", graph.node("Gather", "scales", index(0)), scalar(0.5))
    wave = graph.node("Mul", wave, loudness)
    # Symbols that the table does not have are an error, as of a real embedding.
    table = graph.constant(FLOAT, [len(LETTERS) + 3], [0.0] * (len(LETTERS) + 3))
    known = graph.node("ReduceSum", graph.node("Gather", table, "input"), keepdims=0)
    wave = graph.node("Add", wave, known)
    wave = graph.node("Pad", wave, graph.constant(INT64, [2], [PAUSE, PAUSE]))
    graph.node("Reshape", wave, graph.constant(INT64, [3], [1, 1, -1]), outputs=["output"])
    graph.output("output", FLOAT, ["batch_size", "time1", "time2"])
    return graph.model(opset=15)


def counted(graph: Graph, value: str, turns: int) -> str:
    """`value`, after as many turns of a loop."""
    body = Graph("body")
    body.input("turn", INT64, [])
    body.input("going", BOOL, [])
    body.input("held", FLOAT, [])
    body.node("Identity", "going", outputs=["goes_on"])
    body.node("Abs", "held", outputs=["still_held"])
    body.output("goes_on", BOOL, [])
    body.output("still_held", FLOAT, [])
    limit = graph.constant(INT64, [], [turns])
    return graph.node("Loop", limit, graph.constant(BOOL, [], [True]), value, body=body.encode())


def piper_config(language: str, speakers: int) -> dict:
    symbols = {"_": [0], "^": [1], "$": [2]} | {letter: [3 + at] for at, letter in enumerate(LETTERS)}
    return {
        "audio": {"sample_rate": RATE, "quality": "low"},
        "espeak": {"voice": language.partition("_")[0]},
        "language": {"code": language, "family": language.partition("_")[0]},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak", "phoneme_map": {}, "phoneme_id_map": symbols,
        "num_symbols": 256, "num_speakers": speakers,
        "speaker_id_map": {f"speaker_{at}": at for at in range(speakers)} if speakers > 1 else {},
        "piper_version": "1.0.0",
    }  # fmt: skip


def coqui_config(language: str, speakers: int) -> dict:
    letters, punctuations = LETTERS[1:-11], LETTERS[-11:] + " "
    return {
        "model": "vits", "audio": {"sample_rate": RATE, "hop_length": 256}, "use_phonemes": True,
        "phonemizer": "espeak", "phoneme_language": language, "text_cleaner": "phoneme_cleaners",
        "add_blank": True, "enable_eos_bos_chars": False,
        "characters": {
            "characters_class": "TTS.tts.models.vits.VitsCharacters", "pad": "_", "eos": "", "bos": "", "blank": None,
            "characters": letters, "punctuations": punctuations, "phonemes": "", "is_unique": False, "is_sorted": True,
        },
        "model_args": {"num_speakers": speakers, "inference_noise_scale": 0.667, "length_scale": 1,
                       "inference_noise_scale_dp": 1.0},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--speakers", type=int, default=1)
    parser.add_argument("--language", default="es_ES")
    parser.add_argument("--languages", default="", help="of Coqui's, which may have several")
    parser.add_argument("--coqui", action="store_true")
    parser.add_argument("--slow", type=int, default=0)
    options = parser.parse_args()

    folder = options.out.parent
    folder.mkdir(parents=True, exist_ok=True)
    languages = [name for name in options.languages.split(",") if name]
    options.out.write_bytes(graph_of(options.speakers, len(languages), options.slow))
    if not options.coqui:
        config = json.dumps(piper_config(options.language, options.speakers))
        options.out.with_name(options.out.name + ".json").write_text(config)
        return
    config = coqui_config(options.language.partition("_")[0], options.speakers)
    (folder / "config.json").write_text(json.dumps(config))
    if options.speakers > 1:
        speakers = {f"speaker_{at}": at for at in range(options.speakers)}
        (folder / "speaker_ids.json").write_text(json.dumps(speakers))
    if languages:
        ids = {name: at for at, name in enumerate(languages)}
        (folder / "language_ids.json").write_text(json.dumps(ids))


if __name__ == "__main__":
    main()
