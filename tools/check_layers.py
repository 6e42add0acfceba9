#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""Checks that the code keeps to the rooms and arrows of ARCHITECTURE.md.

    tools/check_layers.py [ROOT]

The DEPENDS lists in src/**/CMakeLists.txt are the only description of the arrows; this reads them and then
every #include. The rules, one line each in RULES, are also what --list prints. Exit code 1 when anything
breaks one, with file:line of each.
"""

import argparse
import fnmatch
import re
import sys
from pathlib import Path

RULES = """\
an #include "room/file.hpp" names the own room or one in the room's DEPENDS
arrows have no cycle
only gst/ includes <gst/...>
only net/asio.hpp (and asio_impl.cpp) includes <boost/asio...>, only net/ includes <boost/beast...>
only base/mutex.hpp includes <mutex>
no `using namespace` in a header
no file over 800 lines
every source file begins with the two SPDX lines
every .cpp under src/ is named in its room's CMakeLists.txt"""

MAX_LINES = 800
CALL = re.compile(r"livedub_library\(\s*(\w+)(.*?)\)", re.S)
APPEND = re.compile(r"list\(\s*APPEND\s+(\w+)\s+([^)]*)\)")
VARIABLE = re.compile(r"\$\{(\w+)\}")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
USING = re.compile(r"^\s*using\s+namespace\s")
KEYWORDS = {"SOURCES", "DEPENDS", "PUBLIC_LIBS", "PRIVATE_LIBS", "TESTS", "FUZZ"}
SOURCE_SUFFIXES = {".hpp", ".cpp"}
SPDX = ("SPDX-FileCopyrightText:", "SPDX-License-Identifier: Apache-2.0")


def without_comments(text: str) -> str:
    return re.sub(r"#[^\n]*", "", text)


class Rooms:
    """What the CMake files say: which folder is which room, and what it may use."""

    def __init__(self, root: Path) -> None:
        self.depends: dict[str, list[str]] = {}
        self.folder: dict[str, str] = {}  # room -> path below src/
        self.named: dict[str, set[str]] = {}  # folder -> words in its CMakeLists.txt
        for path in sorted((root / "src").rglob("CMakeLists.txt")):
            text = without_comments(path.read_text())
            folder = path.parent.relative_to(root / "src").as_posix()
            self.named[folder] = set(text.replace("(", " ").replace(")", " ").split())
            lists: dict[str, list[str]] = {}
            for name, items in APPEND.findall(text):
                lists.setdefault(name, []).extend(items.split())
            for room, body in CALL.findall(text):
                self.depends[room] = []
                self.folder[room] = folder
                section = ""
                for word in body.split():
                    if word in KEYWORDS:
                        section = word
                    elif section == "DEPENDS":
                        variable = VARIABLE.fullmatch(word)
                        self.depends[room] += lists.get(variable[1], [word]) if variable else [word]
        # A name with a variable in it, as in engine_${name}, stands for every room it could be.
        for room, used in self.depends.items():
            self.depends[room] = [
                name
                for word in used
                for name in (fnmatch.filter(self.depends, VARIABLE.sub("*", word)) if "${" in word else [word])
                if name != room
            ]

    def names(self, folder: str, file: str) -> bool:
        """Whether the folder's CMakeLists.txt has this file."""
        return any(fnmatch.fnmatchcase(file, VARIABLE.sub("*", word)) for word in self.named[folder])

    def of(self, path: str) -> str | None:
        """The room of a file given below src/, by its folder; the deepest folder wins."""
        best = None
        for room, folder in self.folder.items():
            if path.startswith(folder + "/"):
                if best is None or len(folder) > len(self.folder[best]):
                    best = room
        return best

    def reach(self, room: str) -> set[str]:
        """The room and everything its arrows lead to, one after another."""
        seen: set[str] = set()
        todo = [room]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.depends.get(name, [])
        return seen

    def problems(self) -> list[str]:
        found = []
        for room, used in self.depends.items():
            for name in used:
                if name not in self.depends:
                    found.append(f"src/{self.folder[room]}/CMakeLists.txt: unknown room '{name}'")
                elif room in self.reach(name):
                    found.append(f"src/{self.folder[room]}/CMakeLists.txt: cycle between '{room}' and '{name}'")
        return found


def check_include(rooms: Rooms, path: str, room: str | None, quote: str, target: str) -> str | None:
    """Why this include breaks a rule, or None. `path` is below the root, `room` None outside src/."""
    if quote == "<":
        if target.startswith("gst/") and room != "gst":
            return f"<{target}>: only the room gst knows GStreamer"
        if target.startswith("boost/asio") and path not in ("src/net/asio.hpp", "src/net/asio_impl.cpp"):
            return f"<{target}>: include \"net/asio.hpp\""
        if target.startswith("boost/beast") and room != "net":
            return f"<{target}>: only the room net knows Beast"
        if target == "mutex" and path != "src/base/mutex.hpp":
            return "<mutex>: include \"base/mutex.hpp\""
        return None
    if room is None:
        return None
    used = rooms.of(target)
    if used is None:
        return f'"{target}" is in no room (includes are "room/file.hpp")'
    if used != room and used not in rooms.depends[room]:
        return f'"{target}": room {room} has no arrow to {used}'
    return None


def check_file(rooms: Rooms, root: Path, file: Path) -> list[str]:
    path = file.relative_to(root).as_posix()
    lines = file.read_text().splitlines()
    found = []
    if len(lines) > MAX_LINES:
        found.append(f"{path}:{MAX_LINES + 1}: {len(lines)} lines (at most {MAX_LINES})")
    head = lines[:3]
    if not all(any(mark in line for line in head) for mark in SPDX):
        found.append(f"{path}:1: the two SPDX lines are missing")
    if file.suffix not in SOURCE_SUFFIXES:
        return found
    below_src = path.removeprefix("src/") if path.startswith("src/") else None
    room = rooms.of(below_src) if below_src else None
    if below_src and room is None:
        found.append(f"{path}:1: this folder is no room (no livedub_library in its CMakeLists.txt)")
    if below_src and room and file.suffix == ".cpp":
        name = Path(below_src).relative_to(rooms.folder[room]).as_posix()
        if not rooms.names(rooms.folder[room], name):
            found.append(f"{path}:1: not named in src/{rooms.folder[room]}/CMakeLists.txt, so never built")
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if include:
            why = check_include(rooms, path, room, include[1], include[2])
            if why:
                found.append(f"{path}:{number}: {why}")
        elif file.suffix == ".hpp" and USING.match(line):
            found.append(f"{path}:{number}: `using namespace` in a header")
    return found


def check_tree(root: Path) -> list[str]:
    rooms = Rooms(root)
    found = rooms.problems()
    for folder in ("src", "apps", "tests", "bench", "tools"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in SOURCE_SUFFIXES | {".py", ".sh"} and "fixtures" not in file.parts:
                found += check_file(rooms, root, file)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks rooms, arrows and file habits.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--list", action="store_true", help="print the rules and stop")
    options = parser.parse_args()
    if options.list:
        print(RULES)
        return 0
    found = check_tree(options.root.resolve())
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
