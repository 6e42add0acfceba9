#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes `docker compose` (version 2) work for this user, where the engine came without it: from this
# distribution if it has it, else from a newer Debian (a static program, so it runs here too), else built with
# Go. Nothing but one file is added, in ~/.docker/cli-plugins. Exit code 1, with a reason, if none worked.
set -euo pipefail

say() { printf 'compose: %s\n' "$*"; }
die() { printf 'compose: %s\n' "$*" >&2; exit 1; }

compose_works() { docker compose version --short 2>/dev/null | grep -Eq '^v?([2-9]|[1-9][0-9])\.|^dev'; }

compose_works && exit 0
command -v docker >/dev/null || die "there is no docker command here; install an engine first"

plugins=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$plugins"

# The name of the package differs: docker-compose in Debian, where 1.x was something else, and
# docker-compose-v2 in Ubuntu.
from_package() {
    local package=$1
    shift
    rm -rf "$work"/*.deb "$work/unpacked"
    (cd "$work" && apt-get -qq "$@" -o APT::Sandbox::User=root download "$package") >"$work/log" 2>&1 || return 1
    dpkg-deb -x "$work/$package"_*.deb "$work/unpacked" || return 1
    cp "$work"/unpacked/usr/*/docker/cli-plugins/docker-compose "$plugins/" 2>/dev/null || return 1
    compose_works
}

from_this_release() {
    local package
    for package in docker-compose-v2 docker-compose; do
        if apt-cache policy "$package" 2>/dev/null | grep -Eq 'Candidate: (.*:)?([2-9]|[1-9][0-9])\.'; then
            from_package "$package" && return 0
        fi
    done
    return 1
}

from_newer_debian() {
    local mirror release keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    mirror=$("$(dirname "$0")/debian_mirror.sh") || return 1
    [ -e "$keyring" ] || return 1
    # Indexes of its own, so that this machine's apt never hears of the other release.
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    local apart=(-o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o Dir::Etc::PreferencesParts=/dev/null)
    for release in trixie forky; do
        printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$release" >"$work/sources.list"
        apt-get -qq "${apart[@]}" -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any update \
            >"$work/log" 2>&1 || continue
        from_package docker-compose "${apart[@]}" && return 0
    done
    return 1
}

from_go() {
    command -v go >/dev/null || return 1
    GOBIN="$work/go" GOFLAGS=-buildvcs=false go install github.com/docker/compose/v2/cmd@v2.32.4 \
        >"$work/log" 2>&1 || return 1
    cp "$work/go/cmd" "$plugins/docker-compose"
    compose_works
}

from_this_release || from_newer_debian || from_go || {
    rm -f "$plugins/docker-compose"
    die "neither this release nor a newer Debian has it within reach, nor can Go build it: $(tail -n 1 "$work/log")"
}
say "$(docker compose version), in $plugins"
