# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Word error rate."""

import re


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+", text.lower())


def word_errors(said: list[str], heard: list[str]) -> int:
    """Insertions, deletions and substitutions that turn one list into the other."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (word != other))
    return row[-1]


def word_error_rate(said: str, heard: str) -> float:
    reference = words(said)
    return word_errors(reference, words(heard)) / len(reference)
