#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
#   tools/fuzz.sh BUILD_DIR SECONDS
#
# Runs every fuzzer of a build for that long, from the committed corpus. A crash leaves its input in
# BUILD_DIR and fails the run; move it to tests/data/corpus/<fuzzer>/ with the fix.
set -uo pipefail
[ $# -eq 2 ] || { echo "usage: tools/fuzz.sh BUILD_DIR SECONDS" >&2; exit 2; }
build=$1
seconds=$2
root=$(cd "$(dirname "$0")/.." && pwd)

mapfile -t fuzzers < <(find "$build" -type f -name '*_fuzz' -perm -u+x | sort)
if [ ${#fuzzers[@]} -eq 0 ]; then
    echo "fuzz: no fuzzers in $build" >&2
    exit 1
fi
failed=0
for fuzzer in "${fuzzers[@]}"; do
    name=$(basename "$fuzzer")
    work=$build/corpus/$name
    mkdir -p "$work"
    seeds=()
    [ -d "$root/tests/data/corpus/$name" ] && seeds=("$root/tests/data/corpus/$name")
    if "$fuzzer" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$build/$name-" \
        "$work" "${seeds[@]}" >"$build/$name.log" 2>&1; then
        printf 'fuzz: %-28s %s runs\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")"
    else
        tail -n 40 "$build/$name.log"
        printf 'fuzz: %-28s FAILED, see %s\n' "$name" "$build/$name.log"
        failed=1
    fi
done
exit "$failed"
