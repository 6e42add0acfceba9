# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
"""The layer check on a tiny tree: clean as it stands, and each way to break a rule is found."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from check_layers import check_tree  # noqa: E402

HEAD = "// SPDX-FileCopyrightText: 2026 The livedub authors\n// SPDX-License-Identifier: Apache-2.0\n"


@pytest.fixture
def tree(tmp_path):
    """base <- media <- gst and base <- net, with one engine that uses media."""

    def write(path, text, head=HEAD):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(head + text)

    def room(folder, name, depends="", sources=""):
        text = f"livedub_library({name}\n  SOURCES {sources}\n  DEPENDS {depends})  # {name}\n"
        write(f"src/{folder}/CMakeLists.txt", text, head="")

    room("base", "base", sources="clock.cpp")
    room("media", "media", "base")
    room("gst", "gst", "media base")
    room("net", "net", "base")
    room("engines/loud", "engine_loud", "media")
    write("src/base/clock.cpp", '#include "base/clock.hpp"\n')
    write("src/base/clock.hpp", "#include <chrono>\n")
    write("src/base/mutex.hpp", "#include <mutex>\n")
    write("src/media/pcm.hpp", '#include "base/clock.hpp"\n')
    write("src/gst/tap.hpp", '#include <gst/gst.h>\n#include "media/pcm.hpp"\n')
    write("src/net/asio.hpp", "#include <boost/asio.hpp>\n#include <boost/beast.hpp>\n")
    write("src/engines/loud/loud.hpp", '#include "media/pcm.hpp"\n')
    write("apps/livedub/main.cpp", '#include "gst/tap.hpp"\nusing namespace std;\n')
    return tmp_path, write, room


def test_a_clean_tree_has_no_problems(tree):
    root, _, _ = tree
    assert check_tree(root) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("src/base/x.hpp", '#include "media/pcm.hpp"\n', "room base has no arrow to media"),
        ("src/engines/loud/x.hpp", '#include "base/clock.hpp"\n', "room engine_loud has no arrow to base"),
        ("src/media/x.hpp", '#include "pcm.hpp"\n', "is in no room"),
        ("src/media/x.hpp", "#include <gst/gst.h>\n", "only the room gst"),
        ("src/net/x.hpp", "#include <boost/asio/ip/tcp.hpp>\n", 'include "net/asio.hpp"'),
        ("src/media/x.hpp", "#include <boost/beast.hpp>\n", "only the room net"),
        ("apps/livedub/x.cpp", "#include <mutex>\n", "base/mutex.hpp"),
        ("src/media/x.hpp", "using namespace std;\n", "`using namespace` in a header"),
        ("src/media/x.hpp", "\n" * 800, "802 lines"),
        ("src/media/unbuilt.cpp", "\n", "never built"),
        ("src/homeless/x.hpp", "\n", "this folder is no room"),
    ],
)
def test_each_broken_rule_is_found(tree, path, text, expected):
    root, write, _ = tree
    write(path, text)
    problems = check_tree(root)
    assert len(problems) == 1 and problems[0].startswith(path) and expected in problems[0]


def test_a_file_without_a_licence_is_found(tree):
    root, write, _ = tree
    write("src/media/x.hpp", "#pragma once\n", head="")
    assert check_tree(root) == ["src/media/x.hpp:1: the two SPDX lines are missing"]


def test_a_cycle_and_an_unknown_room_are_found(tree):
    root, _, room = tree
    room("base", "base", "gst nowhere", sources="clock.cpp")
    problems = check_tree(root)
    assert any("cycle between 'base' and 'gst'" in problem for problem in problems)
    assert any("unknown room 'nowhere'" in problem for problem in problems)


def test_a_room_that_names_its_engines_in_a_loop(tree):
    root, write, _ = tree
    loop = "foreach(e loud)\n  list(APPEND made with_${e}.cpp)\n  list(APPEND used engine_${e})\nendforeach()\n"
    write("src/engines/all/CMakeLists.txt", loop + "livedub_library(all SOURCES ${made} DEPENDS ${used})\n", head="")
    write("src/engines/all/with_loud.cpp", '#include "engines/loud/loud.hpp"\n')
    assert check_tree(root) == []
    write("src/engines/all/with_loud.cpp", '#include "media/pcm.hpp"\n')
    assert "room all has no arrow to media" in check_tree(root)[0]
