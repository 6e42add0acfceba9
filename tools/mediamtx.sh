#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# MediaMTX for tests and images, made with Go from a pinned release: one that builds that way and has the v3 API.
# Prints where the program is, and nothing when it is not to be had; then a line on stderr says why. Asks once: what
# came of it stays in build/tools.
#
# Exit code: 0 either way.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.5.0
folder=$PWD/build/tools
program=$folder/mediamtx
refusal=$folder/mediamtx-$version.refused

say() { printf 'mediamtx: %s\n' "$*" >&2; }

if [ ! -x "$program" ] && [ ! -e "$refusal" ]; then
    if ! command -v go >/dev/null; then
        say "there is no Go here to make it with"
        exit 0
    fi
    mkdir -p "$folder"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    say "making release $version"
    if ! GOBIN=$folder CGO_ENABLED=0 GOTOOLCHAIN=local timeout 600 \
        go install "github.com/bluenviron/mediamtx@v$version" >"$log" 2>&1; then
        tail -n 1 "$log" | sed 's/^[[:space:]]*//' >"$refusal"
    fi
fi
if [ -x "$program" ]; then
    echo "$program"
else
    say "release $version could not be made (again: rm build/tools/*.refused): $(head -c 200 "$refusal")"
fi
