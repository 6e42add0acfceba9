#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Every check that does not run the program. All of them run, whatever fails; the last line names the
# ones that did, and the exit code is non-zero if there was any.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

failed=()
check() {
    local name=$1
    shift
    local began=$SECONDS
    if "$@"; then
        printf 'lint: %-12s ok   (%d s)\n' "$name" $((SECONDS - began))
    else
        printf 'lint: %-12s FAILED\n' "$name"
        failed+=("$name")
    fi
}

format() { git ls-files -z '*.hpp' '*.cpp' | xargs -0 -r clang-format-14 --dry-run -Werror; }
shell() { git ls-files -z '*.sh' '*/mtx-hook' .ci/run | xargs -0 -r shellcheck; }
spelling() {
    # Test data is other people's words; the script's Spanish and flite's phonetics are not typos, nor is what
    # the program knows of other languages.
    git ls-files -z -- ':!tests/data' ':!*.tsv' ':!src/vocabulary/spoken_words.cpp' ':!LICENSE' ':!tools/codespell-words.txt' | xargs -0 -r codespell --quiet-level=2 \
        --ignore-words tools/codespell-words.txt
}
golang() { ! command -v gofmt >/dev/null || [ -z "$(git ls-files -z '*.go' | xargs -0 -r gofmt -l | tee /dev/stderr)" ]; }
python() { git ls-files -z '*.py' | xargs -0 -r /usr/bin/python3 -m py_compile; }
tidy() {
    # A folder of its own: whoever is building does not have its commands written anew meanwhile.
    cmake --preset dev -B build/lint >build/lint-configure.log 2>&1 || { cat build/lint-configure.log; return 1; }
    /usr/bin/python3 tools/tidy.py --build build/lint
}

mkdir -p build
check layers /usr/bin/python3 tools/check_layers.py
check docs /usr/bin/python3 tools/check_docs.py
check format format
check shellcheck shell
check codespell spelling
check python python
check gofmt golang
check clang-tidy tidy

if [ ${#failed[@]} -ne 0 ]; then
    echo "lint: FAILED: ${failed[*]}"
    exit 1
fi
echo "lint: all checks passed"
