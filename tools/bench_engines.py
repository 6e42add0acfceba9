#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Measures each engine of this build alone: loading, memory, recognition, translation, synthesis.

    tools/bench_engines.py [--runs N]

Prints its section of bench/README.md, which tools/bench.py writes; docs/engines.md has it, too. Each engine is
measured by bench/engine_costs.cpp in processes of its own. Models that are not packaged are taken from the folder
that LIVEDUB_MODELS names; where there are none, made ones are measured (tests/support), and the text says so.
"""

import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench_figures import ROOT, busy_note, say, spread

BINARY = ROOT / "build/release/bench/engine_costs"
SUPPORT = ROOT / "tests/support"
THREADS = (1, 2)  # of whisper

# Words that the made model of opus knows, as many as its sentences have elsewhere.
MADE_SENTENCES = ("--short", "The house is red.", "--long", "The car is on the house" + " on the house" * 8 + ".")


@dataclass
class Engine:
    stage: str
    name: str  # as the settings call it
    label: str  # of its rows
    options: list[str] = field(default_factory=list)
    threads: int = 1
    costs: dict = field(default_factory=dict)  # what engine_costs prints, with lists of what each process had

    def measure(self, runs: int) -> None:
        """A process for each figure of loading; the last one also works."""
        say(f"engines: {self.label}")
        command = [BINARY, self.stage, self.name, *self.options]
        each = []
        for last in [False] * (runs - 1) + [True]:
            done = subprocess.run([*command, "--runs", str(runs if last else 0)], capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"bench: {self.label}: {done.stderr.strip() or done.returncode}")
            each.append(json.loads(done.stdout))
        self.costs = each[-1] | {key: [one[key] for one in each] for key in ("load_ms", "memory_mib")}


def make(script: str, *arguments: Path | str) -> None:
    subprocess.run(["/usr/bin/python3", SUPPORT / script, *arguments], check=True)


def real_models() -> Path | None:
    folder = os.environ.get("LIVEDUB_MODELS")
    return Path(folder) if folder else None


def whisper_engines(made: Path) -> list[Engine]:
    folder = real_models()
    files = sorted([*folder.glob("whisper/ggml-*.bin"), *folder.glob("ggml-*.bin")]) if folder else []
    models = [(file, f"whisper {file.stem.removeprefix('ggml-')}") for file in files if "silero" not in file.name]
    if not models:
        models = [(made / "ggml-tiny.bin", "whisper tiny, made")]
        make("whisper_model.py", models[0][0], "--size", "tiny")
    return [
        Engine("recognise", "whisper", label, ["--whisper-model", str(file), "--threads", str(threads)], threads)
        for file, label in models
        for threads in THREADS
    ]


def opus_engine(made: Path) -> Engine:
    folder = real_models()
    if folder and (folder / "opus-mt-en-es").is_dir():
        return Engine("translate", "opus", "opus", ["--models", str(folder)])
    make("marian_model.py", made / "opus-mt-en-es")
    return Engine("translate", "opus", "opus, made", ["--models", str(made), *MADE_SENTENCES])


def coqui_engine(made: Path) -> Engine:
    folder = real_models()
    if folder and any([*folder.glob("es_*.onnx"), *folder.glob("*/es_*.onnx")]):
        return Engine("speak", "coqui", "coqui, a local voice", ["--voices", str(folder)])
    make("vits_model.py", made / "es_ES-tiny-low.onnx")
    return Engine("speak", "coqui", "coqui, made", ["--voices", str(made)])


def engines_of_this_build(made: Path) -> list[Engine]:
    listed = json.loads(subprocess.run([BINARY, "list"], check=True, capture_output=True, text=True).stdout)
    found = []
    for stage in ("recognise", "translate", "speak"):
        for name, version in listed[stage].items():
            if name == "whisper":
                found += whisper_engines(made)
            elif name == "opus":
                found.append(opus_engine(made))
            elif name == "coqui":
                found.append(coqui_engine(made))
            else:
                found.append(Engine(stage, name, f"{name} {version}".strip()))
    return found


def loading(engines: list[Engine]) -> str:
    rows = []
    for engine in engines:
        if engine.threads > 1:
            continue  # the same again
        costs = engine.costs
        busy = f"{costs['busy_memory_mib']:.0f}" if "busy_memory_mib" in costs else ""
        rows.append(f"| {engine.label} | {spread(costs['load_ms'], 0)} | {spread(costs['memory_mib'], 0)} | {busy} |")
    return "\n".join(rows)


def threads_of(engine: Engine) -> str:
    return "1 thread" if engine.threads == 1 else f"{engine.threads} threads"


def recognition(engines: list[Engine]) -> str:
    rows = []
    for engine in engines:
        if engine.stage != "recognise":
            continue
        name = engine.label + (f", {threads_of(engine)}" if engine.name == "whisper" else "")
        for row in engine.costs["rows"]:
            window = row.get("window", "")
            whole = spread(row["whole_window"], 3) if "whole_window" in row else ""
            rows.append(
                f"| {name} | {row['seconds']} s | {spread(row['one'], 3)} | {spread(row['two'], 3)} | {window} | {whole} |"
            )
    return "\n".join(rows)


def whisper_notes(engines: list[Engine]) -> str:
    return "".join(
        f"- {engine.label}, {threads_of(engine)}: a beam {engine.costs['beam']} wide; when it was loaded, the encoder on 6 s took "
        f"{engine.costs['encode_ms']:.0f} ms and 32 tokens {engine.costs['decode_ms']:.0f} ms.\n"
        for engine in engines
        if engine.name == "whisper"
    )


def two_texts(engines: list[Engine], stage: str, unit: str, size: str, figure: str, digits: int) -> str:
    rows = []
    for engine in engines:
        if engine.stage == stage:
            cells = [f"{row[size]:.0f} {unit}: {spread(row[figure], digits)}" for row in engine.costs["rows"]]
            rows.append(f"| {engine.label} | {' | '.join(cells)} |")
    return "\n".join(rows)


def made_note(engines: list[Engine]) -> str:
    made = {engine.name for engine in engines if "made" in engine.label}
    notes = []
    if "whisper" in made:
        notes.append("""\
- whisper: weights that say eight tokens whatever they hear, with all dimensions of the real tiny: it loads, takes memory and
  encodes as that does. A real one says some five tokens a second; what they take is below the table.""")
    if "opus" in made:
        notes.append("- opus: thirty words; shows what our code around a model takes, not what a real model does.")
    if "coqui" in made:
        notes.append("- coqui: a voice that hums; shows what our code around a voice takes, not what a real voice does.")
    if not notes:
        return ""
    listed = "\n".join(notes)
    return f"\nThere were no real models (`LIVEDUB_MODELS`) of these, and made ones stood in:\n\n{listed}\n"


def system() -> str:
    lines = Path("/etc/os-release").read_text().splitlines()
    names = dict(line.split("=", 1) for line in lines if "=" in line)
    return names.get("PRETTY_NAME", "Linux").strip('"')


def section(runs: int = 3) -> str:
    if not BINARY.exists():
        raise SystemExit(f"bench: {BINARY} is not built; run `make bench`")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        engines = engines_of_this_build(Path(folder))
        for engine in engines:
            engine.measure(runs)
    return f"""\
### Each engine alone

On {system()}, {os.cpu_count()} cores, {datetime.date.today()}; {runs} runs. Each engine is made as the programs make it, in processes of its own,
with its files in the page cache. Memory is that of the process and all it starts, shared pages in shares, less what it was before.
{busy_note(load)}{made_note(engines)}
| engine | loads in, ms | memory then, MiB | after two streams at once |
|---|---|---|---|
{loading(engines)}

Recognition: seconds for each second of speech, until all of the streams that begin at once have their words. The programs cut
whisper's window, of 1500 positions and 30 s, to the speech and some more; the last column is one stream with the whole one.

| recogniser | speech | one stream | two at once | window | one stream, whole window |
|---|---|---|---|---|---|
{recognition(engines)}

{whisper_notes(engines)}
Translation, English to Spanish: milliseconds for a sentence.

| translator | short sentence | long sentence |
|---|---|---|
{two_texts(engines, "translate", "words", "words", "ms", 1)}

Synthesis, Spanish: seconds for each second of speech.

| voice | short text | long text |
|---|---|---|
{two_texts(engines, "speak", "s", "seconds", "one", 4)}

```
tools/bench_engines.py           this section alone; make bench-forky: the same on Debian forky, which packages all engines
engine_costs recognise NAME      also translate, speak: the figures of one engine, run by run
```
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures the engines, and prints the section.")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(section(options.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
