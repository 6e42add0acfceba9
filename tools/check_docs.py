#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Checks that every document that something refers to is there.

Looks at relative links in the Markdown files and at mentions of files under docs/ in sources. Exit code 1 with
file:line for each that leads nowhere.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
MENTION = re.compile(r"\bdocs/[\w./-]+\.(?:md|svg|dot)\b")
TEXT = {".md", ".hpp", ".cpp", ".py", ".sh", ".txt", ".cmake"}


def problems(root: Path, files: list[str]) -> list[str]:
    found = []
    for name in files:
        path = root / name
        if path.suffix not in TEXT or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            targets = [root / mention for mention in MENTION.findall(line)]
            if path.suffix == ".md":
                targets += [path.parent / link for link in LINK.findall(line) if "://" not in link]
            found += [
                f"{name}:{number}: {target.relative_to(root) if target.is_relative_to(root) else target} is not there"
                for target in targets
                if not target.exists()
            ]
    return found


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = problems(ROOT, [name for name in listed.split("\0") if name])
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
