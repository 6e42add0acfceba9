#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzz preset and runs every *_fuzz target for a while, each from its corpus under
# tests/data/corpus/. A crash leaves its input in build/fuzz/artifacts/ and fails the script: put the
# input into the target's corpus, where it stays as a regression test.
#
#   tools/fuzz.sh [SECONDS_PER_TARGET] [TARGET...]      (60; all)
#   tools/fuzz.sh 0                                     only replays the corpora
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
cmake --preset fuzz >/dev/null
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    mapfile -t targets < <(find src -name '*_fuzz.cpp' -printf '%f\n' | sed 's/\.cpp$//' | sort)
fi
ninja -C build/fuzz "${targets[@]}"

mkdir -p build/fuzz/artifacts
status=0
for target in "${targets[@]}"; do
    binary=$(find build/fuzz -type f -name "$target" -perm -u+x | head -n 1)
    seeds="tests/data/corpus/$target"
    found="build/fuzz/corpus/$target"
    mkdir -p "$seeds" "$found"
    limit=(-entropic=0 -max_total_time="$seconds")  # entropic schedules cost more than our targets do
    if [ "$seconds" -eq 0 ]; then
        limit=(-runs=0)
    fi
    printf 'fuzz: %s\n' "$target"
    if ! "$binary" "${limit[@]}" -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/artifacts/$target-" "$found" "$seeds" \
        >"build/fuzz/$target.log" 2>&1; then
        tail -n 30 "build/fuzz/$target.log"
        status=1
    else
        grep -E 'number_of_executed_units|average_exec_per_sec' "build/fuzz/$target.log" || true
    fi
done
exit $status
