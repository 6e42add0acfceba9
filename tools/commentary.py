#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""What the sports glossary does to Apertium: how many sentences of commentary have their key words right, with it and
without. The sentences and the words are in tests/data/commentary.en-es.tsv; a sentence counts when all of its are there."""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = ROOT / "tests/data/commentary.en-es.tsv"
UNSEEN = "# unseen"


def sentences() -> list[tuple[str, list[list[str]], bool]]:
    """Text, its key words, each with those of equal right, and whether the glossary was made without it."""
    found, is_unseen = [], False
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            is_unseen = is_unseen or line.startswith(UNSEEN)
            continue
        text, words = line.split("\t")
        found.append((text, [choice.strip().split("|") for choice in words.split(";")], is_unseen))
    return found


def translate(program: Path, texts: list[str], *flags: str) -> list[str]:
    done = subprocess.run([program, *flags], input="\n".join(texts) + "\n", capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def is_right(translation: str, words: list[list[str]]) -> bool:
    return all(any(word in translation.lower() for word in choice) for choice in words)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build/dev", help="[build/dev]")
    parser.add_argument("--all", action="store_true", help="show every sentence, not only the sums")
    flags = parser.parse_args()
    program = flags.build / "tests/translate_lines"
    if not program.exists():
        print(f"{program} is not built: cmake --build {flags.build} --target translate_lines", file=sys.stderr)
        return 1
    known = sentences()
    texts = [text for text, _, _ in known]
    plain, helped = translate(program, texts), translate(program, texts, "--domain", "sports")
    if flags.all:
        for (text, words, _), before, after in zip(known, plain, helped):
            print(f"{text}\n  {'+-'[not is_right(before, words)]} {before}\n  {'+-'[not is_right(after, words)]} {after}")
    for name, unseen in (("seen", False), ("unseen", True)):
        chosen = [at for at, (_, _, is_unseen) in enumerate(known) if is_unseen == unseen]
        right = [sum(is_right(said[at], known[at][1]) for at in chosen) for said in (plain, helped)]
        print(f"{name}: {right[0]} of {len(chosen)} without the glossary, {right[1]} with it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
