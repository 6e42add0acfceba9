#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# MediaMTX for tests and images, made with Go of a pinned release from the module proxy. Two files that its own build
# generates are not in the module: the number of the release, and a player for the page that it serves beside HLS,
# which stays empty here (HLS is off in our configuration).
# Prints where the program is, and nothing when it is not to be had; then a line on stderr says why. Asks once: what
# came of it stays in build/tools.
#
# Exit code: 0 either way.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.15.3
module=github.com/bluenviron/mediamtx@v$version
folder=$PWD/build/tools
program=$folder/mediamtx
refusal=$folder/mediamtx-$version.refused

say() { printf 'mediamtx: %s\n' "$*" >&2; }

is_made() { [ "$("$program" --version 2>/dev/null)" = "v$version" ]; }

make_it() {
    export GOFLAGS='-mod=readonly -buildvcs=false' GOWORK=off GOTOOLCHAIN=local CGO_ENABLED=0
    cd "$1" &&
        timeout 600 go mod download "$module" &&
        cp -R "$(go env GOMODCACHE)/$module/." . &&
        chmod -R u+w . &&
        printf 'v%s' "$version" >internal/core/VERSION &&
        : >internal/servers/hls/hls.min.js &&
        timeout 900 go build -trimpath -o "$program.new" . &&
        mv "$program.new" "$program"
}

if ! is_made && [ ! -e "$refusal" ]; then
    if ! command -v go >/dev/null; then
        say "there is no Go here to make it with"
        exit 0
    fi
    mkdir -p "$folder"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/source"
    say "making release $version"
    if ! (make_it "$work/source") >"$work/log" 2>&1; then
        tail -n 1 "$work/log" | sed 's/^[[:space:]]*//' >"$refusal"
    fi
fi
if is_made; then
    echo "$program"
else
    say "release $version could not be made (again: rm build/tools/*.refused): $(head -c 200 "$refusal")"
fi
