# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""H.264 as far as "are these the same pictures, byte for byte?" needs it."""

import hashlib

from .flv import Recording, Tag

SLICE_TYPES = {1, 2, 3, 4, 5}


def nal_units(tag: Tag) -> list[bytes]:
    """The NAL units of a picture tag; lengths are 4 bytes, as every encoder here writes them."""
    data, units, at = tag.payload, [], 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        unit = data[at + 4 : at + 4 + size]
        if len(unit) != size:
            raise ValueError(f"NAL unit of {size} bytes is cut off at {tag.dts_ms} ms")
        units.append(unit)
        at += 4 + size
    return units


def slices(tag: Tag) -> bytes:
    """Digest of the slice NAL units of one picture, in order."""
    digest = hashlib.sha256()
    for unit in nal_units(tag):
        if unit and unit[0] & 0x1F in SLICE_TYPES:
            digest.update(len(unit).to_bytes(4, "big") + unit)
    return digest.digest()


def picture_digests(recording: Recording) -> list[bytes]:
    return [slices(tag) for tag in recording.pictures()]


def align(reference: list, part: list) -> int:
    """Where `part` begins in `reference`, or -1 when it is not a run of it."""
    if not part:
        return -1
    for at, item in enumerate(reference):
        if item == part[0] and reference[at : at + len(part)] == part:
            return at
    return -1
