#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The livedub authors
# SPDX-License-Identifier: Apache-2.0
#
# Installs the distribution packages that a task needs, and nothing when they are all there.
#
#   tools/setup.sh demo            build and run (the default)
#   tools/setup.sh test            demo + what the tests need; MediaMTX and its RTMP library where there is Go
#   tools/setup.sh lint|bench      test + formatters and analysers | + what the benchmark compares with
#   tools/setup.sh coverage        test + what sums up which lines were run
#   tools/setup.sh containers      what makes images offline, and Compose v2 beside an engine that lacks it
#
# Runs apt-get as root, through sudo otherwise. Exit codes: 0 everything is there, 1 it could not be
# made so (the line on stderr says which package and why), 2 bad usage or not a Debian family system.
set -euo pipefail

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$2" >&2; exit "$1"; }

# A file of its own: the images are built with the same ones, and start anew whenever it changes.
mapfile -t build_packages <"$(dirname "$0")/build_packages.txt"
# For engines that are only packaged in newer releases: installed where there are such packages.
mapfile -t newer_packages <"$(dirname "$0")/build_packages_newer.txt"
run_packages=(
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav
    pocketsphinx-en-us espeak-ng-data apertium apertium-eng-spa
    ffmpeg flite fonts-dejavu-core python3 python3-numpy ca-certificates
)
test_packages=(
    libgtest-dev libgmock-dev libbenchmark-dev python3-pytest python3-pytest-timeout gstreamer1.0-tools
    clang-14 libclang-rt-14-dev openssl
    busybox python3-yaml python3-socketio python3-aiohttp python3-requests python3-websocket
)
lint_packages=(git clang-format-14 clang-tidy-14 shellcheck codespell)
bench_packages=(nginx-core libnginx-mod-rtmp iproute2)
container_packages=(debootstrap tar)

profile=${1:-demo}
case "$profile" in
    demo) wanted=("${build_packages[@]}" "${run_packages[@]}") ;;
    test) wanted=("${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}") ;;
    lint) wanted=("${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" "${lint_packages[@]}") ;;
    bench) wanted=("${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}") ;;
    coverage) wanted=("${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" gcovr) ;;
    containers) wanted=("${container_packages[@]}") ;;
    *) die 2 "unknown task '$profile' (allowed: demo, test, lint, bench, coverage, containers)" ;;
esac
if ! { command -v dpkg-query && command -v apt-get; } >/dev/null; then
    die 2 "this is not a Debian or Ubuntu system (no apt-get); install by hand: ${wanted[*]}"
fi

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
done
add_newer() {
    local package
    [ "$profile" != containers ] || return 0
    for package in "${newer_packages[@]}"; do
        if ! installed "$package" && [[ " ${missing[*]} " != *" $package "* ]] &&
            apt-cache show "$package" >/dev/null 2>&1; then
            missing+=("$package")
        fi
    done
}
add_newer
finish() {
    case "$profile" in
        containers) exec "$(dirname "$0")/compose_plugin.sh" ;;
        test)
            "$(dirname "$0")/mediamtx.sh" >/dev/null
            "$(dirname "$0")/gortmp.sh" >/dev/null
            ;;
    esac
    exit 0
}
if [ ${#missing[@]} -eq 0 ]; then
    finish
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
        die 1 "not root and no sudo; ask an administrator for: apt-get install ${missing[*]}"
    as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# apt-get reports an unreachable mirror as a warning and exits 0; the error mode makes it a failure.
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o APT::Update::Error-Mode=any \
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -qq "$@" >"$log" 2>&1
}
reason() { grep -E '^(E|Err|W):' "$log" | tail -n 1; }

say "installing ${#missing[@]} packages: ${missing[*]}"
apt update || die 1 "the package lists cannot be fetched (no network?): $(reason)"
add_newer  # the lists may have been empty before

# Some names differ between releases: a tool that Debian 12 calls foo-14 is plain foo where 14 is gone.
resolved=()
for package in "${missing[@]}"; do
    if apt-cache show "$package" >/dev/null 2>&1; then
        resolved+=("$package")
    elif [ "$package" = libclang-rt-14-dev ] && apt-cache show libclang-rt-dev >/dev/null 2>&1; then
        resolved+=(libclang-rt-dev)
    elif apt-cache show "${package%-14}" >/dev/null 2>&1; then
        resolved+=("${package%-14}")
    else
        die 1 "package '$package' is not in this system's repositories"
    fi
done
apt install --no-install-recommends "${resolved[@]}" ||
    die 1 "apt-get install failed: $(reason)"
say "done"
finish
