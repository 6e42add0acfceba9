#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# The RTMP peer of the tests (tests/peers/gortmp), made with Go on MediaMTX's RTMP library from the module proxy.
# Prints where the program is, and nothing when the library is not to be had; then a line on stderr says why. Makes it
# anew when its sources have changed, and asks for the library once: a refusal stays in build/tools.
#
# Exit code: 0 either way; 1 when the library is there and the program cannot be made of it, with what Go says.
set -euo pipefail
cd "$(dirname "$0")/.."

sources=$PWD/tests/peers/gortmp
folder=$PWD/build/tools
program=$folder/gortmp
refusal=$folder/gortmp.refused

say() { printf 'gortmp: %s\n' "$*" >&2; }

# Not older than any of its sources: made already.
is_new() { [ -x "$1" ] && [ -z "$(find "$sources" -newer "$1" -print -quit)" ]; }

if ! is_new "$program"; then
    command -v go >/dev/null || {
        say "there is no Go here to make it with"
        exit 0
    }
    mkdir -p "$folder"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    # What go.mod and go.sum name and nothing else, by the Go that is here.
    export GOFLAGS='-mod=readonly -buildvcs=false' GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=0
    if ! [ -e "$refusal" ] || [ -n "$(find "$sources" -newer "$refusal" -print -quit)" ]; then
        rm -f "$refusal"
        say "fetching the library"
        if ! (cd "$sources" && timeout 300 go mod download) >"$log" 2>&1; then
            sed 's/^[[:space:]]*//' "$log" | tail -n 1 >"$refusal"
        fi
    fi
    if [ -e "$refusal" ]; then
        say "the library cannot be had (again: rm build/tools/*.refused): $(head -c 200 "$refusal")"
        exit 0
    fi
    say "making it"
    if ! (cd "$sources" && timeout 600 go build -trimpath -o "$program.new" .) >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    mv "$program.new" "$program"
fi
echo "$program"
