#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Makes small ONNX models for tests of the room around the library.

    tests/support/onnx_model.py OUT

    kinds.onnx      one input of each kind, and one output of each made from it
    growing.onnx    what a decoder does with its cache: what was given, and one row more
    endless.onnx    counts without end
    huge.onnx       asks for more memory than there is
    recursive.onnx  has a function that calls itself: the library runs out of stack when it loads it
"""

import sys
from pathlib import Path

from onnx_file import BOOL, FLOAT, INT64, Graph, chunk, number


def kinds() -> bytes:
    graph = Graph("kinds")
    graph.input("x", FLOAT, ["batch", "n"])
    graph.input("k", INT64, ["m"])
    graph.input("flag", BOOL, [1])
    two = graph.constant(FLOAT, [], [2.0])
    graph.node("Mul", "x", two, outputs=["doubled"])
    graph.node("Neg", "k", outputs=["negative"])
    graph.node("Not", "flag", outputs=["otherwise"])
    graph.output("doubled", FLOAT, ["batch", "n"])
    graph.output("negative", INT64, ["m"])
    graph.output("otherwise", BOOL, [1])
    return graph.model()


def growing() -> bytes:
    graph = Graph("growing")
    graph.input("past", FLOAT, ["n", 2])
    graph.input("row", FLOAT, [1, 2])
    graph.node("Concat", "past", "row", outputs=["present"], axis=0)
    graph.output("present", FLOAT, ["m", 2])
    return graph.model()


def endless() -> bytes:
    body = Graph("body")
    body.input("turn", INT64, [])
    body.input("going", BOOL, [])
    body.input("sum", FLOAT, [1])
    body.node("Identity", "going", outputs=["goes_on"])
    body.node("Add", "sum", body.constant(FLOAT, [1], [1.0]), outputs=["more"])
    body.output("goes_on", BOOL, [])
    body.output("more", FLOAT, [1])
    graph = Graph("endless")
    graph.input("x", FLOAT, [1])
    turns = graph.constant(INT64, [], [1 << 60])
    going = graph.constant(BOOL, [], [True])
    graph.node("Loop", turns, going, "x", outputs=["y"], body=body.encode())
    graph.output("y", FLOAT, [1])
    return graph.model()


def huge() -> bytes:
    graph = Graph("huge")
    graph.input("length", INT64, [1])
    graph.node("ConstantOfShape", "length", outputs=["y"])
    graph.output("y", FLOAT, ["n"])
    return graph.model()


def recursive() -> bytes:
    graph = Graph("recursive")
    graph.input("x", FLOAT, [1])
    graph.node("Again", "x", outputs=["y"], domain="own")
    graph.output("y", FLOAT, [1])
    own = chunk(1, "own") + number(2, 1)
    again = chunk(1, "Again") + chunk(4, "x") + chunk(5, "y") + chunk(7, graph.nodes[0]) + chunk(9, own) + chunk(10, "own")
    return graph.model() + chunk(8, own) + chunk(25, again)


def main() -> None:
    out = Path(sys.argv[1])
    for make in (kinds, growing, endless, huge, recursive):
        (out / f"{make.__name__}.onnx").write_bytes(make())


if __name__ == "__main__":
    main()
