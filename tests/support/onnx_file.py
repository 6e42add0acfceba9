# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Writes ONNX files without the onnx package: graphs small enough to be written by hand.

An ONNX file is one protocol buffer (onnx/onnx.proto); the numbers of its fields are below.
"""

import struct

FLOAT, INT64, BOOL = 1, 7, 9


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def real(field: int, value: float) -> bytes:
    return varint(field << 3 | 5) + struct.pack("<f", value)


def chunk(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name: str, kind: int, shape: list[int], values: list) -> bytes:
    """A TensorProto; `values` row by row."""
    code = {FLOAT: "f", INT64: "q", BOOL: "?"}[kind]
    raw = struct.pack(f"<{len(values)}{code}", *values)
    return b"".join(number(1, size) for size in shape) + number(2, kind) + chunk(8, name) + chunk(9, raw)


def value_info(name: str, kind: int, shape: list[int | str]) -> bytes:
    """An input or output; sizes that may differ are names."""
    sizes = b"".join(chunk(1, chunk(2, size) if isinstance(size, str) else number(1, size)) for size in shape)
    return chunk(1, name) + chunk(2, chunk(1, number(1, kind) + chunk(2, sizes)))


def attribute(name: str, value) -> bytes:
    """Numbers, lists of whole numbers, text; bytes are a graph's."""
    if isinstance(value, bytes):
        return chunk(1, name) + chunk(6, value) + number(20, 5)
    if isinstance(value, float):
        return chunk(1, name) + real(2, value) + number(20, 1)
    if isinstance(value, int):
        return chunk(1, name) + number(3, value) + number(20, 2)
    if isinstance(value, str):
        return chunk(1, name) + chunk(4, value) + number(20, 3)
    return chunk(1, name) + b"".join(number(8, item) for item in value) + number(20, 7)


class Graph:
    """A GraphProto as it grows. Names of tensors are strings; node() gives those that it makes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[bytes] = []
        self.constants: list[bytes] = []
        self.inputs: list[bytes] = []
        self.outputs: list[bytes] = []
        self.made = 0

    def input(self, name: str, kind: int, shape: list[int | str]) -> str:
        self.inputs.append(value_info(name, kind, shape))
        return name

    def output(self, name: str, kind: int, shape: list[int | str]) -> None:
        self.outputs.append(value_info(name, kind, shape))

    def constant(self, kind: int, shape: list[int], values: list) -> str:
        name = self.new_name("constant")
        self.constants.append(tensor(name, kind, shape, values))
        return name

    def new_name(self, what: str) -> str:
        self.made += 1
        return f"{self.name}_{what}_{self.made}"

    def node(self, kind: str, *inputs: str, outputs: list[str] | None = None, domain: str = "", **attributes) -> str:
        """Its first output."""
        names = outputs or [self.new_name(kind)]
        self.nodes.append(
            b"".join(chunk(1, name) for name in inputs) + b"".join(chunk(2, name) for name in names)
            + chunk(3, self.new_name("node")) + chunk(4, kind)
            + b"".join(chunk(5, attribute(*item)) for item in attributes.items()) + chunk(7, domain)
        )  # fmt: skip
        return names[0]

    def encode(self) -> bytes:
        return (
            b"".join(chunk(1, item) for item in self.nodes) + chunk(2, self.name)
            + b"".join(chunk(5, item) for item in self.constants)
            + b"".join(chunk(11, item) for item in self.inputs)
            + b"".join(chunk(12, item) for item in self.outputs)
        )  # fmt: skip

    def model(self, opset: int = 17) -> bytes:
        return (
            number(1, 8) + chunk(2, "livedub tests") + chunk(7, self.encode())
            + chunk(8, chunk(1, "") + number(2, opset))
        )  # fmt: skip
