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
limit=(-entropic=0 -max_total_time="$seconds")  # entropic schedules cost more than our targets do
if [ "$seconds" -eq 0 ]; then
    limit=(-runs=0)
fi

fuzz_one() {
    local target=$1 binary seeds found log=build/fuzz/$1.log
    binary=$(find build/fuzz -type f -name "$target" -perm -u+x | head -n 1)
    seeds="tests/data/corpus/$target"
    found="build/fuzz/corpus/$target"
    mkdir -p "$seeds" "$found"
    if "$binary" "${limit[@]}" -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/artifacts/$target-" "$found" "$seeds" >"$log" 2>&1; then
        printf 'fuzz: %-24s ok, %s inputs\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    else
        tail -n 30 "$log"
        printf 'fuzz: %-24s FAILED, see build/fuzz/artifacts\n' "$target"
        return 1
    fi
}

# One target for each core; every one of them runs, whatever the others find.
cores=$(nproc)
failed=0
while [ ${#targets[@]} -gt 0 ]; do
    jobs=()
    for target in "${targets[@]:0:cores}"; do
        fuzz_one "$target" &
        jobs+=($!)
    done
    targets=("${targets[@]:cores}")
    for job in "${jobs[@]}"; do
        wait "$job" || failed=$((failed + 1))
    done
done
if [ "$failed" -ne 0 ]; then
    echo "fuzz: $failed targets FAILED"
    exit 1
fi
